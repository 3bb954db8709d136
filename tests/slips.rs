//! The usual slips: wrong claims with the slip that explains them, wrong claims that none explains,
//! and that what is shown of a slip is true.

use backprose::judge::{Judgement, Shown, Verdict, judge_claim};
use backprose::language::parse::parse_file;
use backprose::language::print::{Alphabet, expression};
use backprose::language::syntax::{Expr, Item, Test};
use backprose::model::{Sizes, elaborate};

const SHEET: &str = "input x[7, 5]  weight W[1, 5, 3]  f[r] = sum[k, i] x[i + 2*(r-1), k] * W[1, k, i]";
const STRIDED: &str = "size N, K, S, D  require D*(K-1) + 1 <= N  input x[N]  weight w[K]
    y[r] = sum[i] x[1 + S*(r-1) + D*(i-1)] * w[i]";
const PADDED: &str = "size N, K, P >= 1  require K <= N  input x[N pad P]  weight w[K]
    y[r] = sum[i] x[r + i - 1 - P] * w[i]";
const CHANNELS: &str = "size N, K, C, F  input x[N, C]  weight w[F, C, K]
    y[n, o] = sum[c, i] x[n + i - 1, c] * w[o, c, i]";
const CORRELATION: &str = "size N, K  input x[N]  weight w[K]  y[n] = sum[i] x[n + i - 1] * w[i]";
const PRODUCT: &str = "size N, D, M  input A[N, D], B[D, M]  Y[i, j] = sum[k] A[i, k] * B[k, j]";
const MEAN: &str = "size H, V  input x[H, V]  y = mean[h, w] x[h, w]";
const SQUARES: &str = "size n  input x[n]  s = sum[i] x[i]^2";
const TRACE: &str = "size n  input X[n, n]  s = sum[i, j] X[i, j] * X[j, i]^2";
const SCALED: &str = "size N  input x[N]  y[n] = x[n] * sum[m] x[m]";
const DIFFERENCE: &str = "size N  input x[N]  y[n in 1..N-1] = x[n+1] - x[n]";
const PREFIX: &str = "size N  input x[N]  y[n in 1..N] = sum[m in 1..n] x[m]";

/// System, wrong claim, the name of its slip.
const WRONG: &[(&str, &str, &str)] = &[
    (SHEET, "dl/dW[1,k,i] = sum[r] g[r] * x[i + r - 1, k]", "lost stride"),
    (SHEET, "dl/dW[1,k,i] = sum[q] x[i + q - 1, k] * g[q]", "lost stride"),
    (SHEET, "dl/dx[n,c] = sum[r : 1 <= n - (r-1) <= 3] g[r] * W[1, c, n - (r-1)]", "lost stride"),
    (SHEET, "df[r]/dx[n,c] = if 1 <= n - r + 1 <= 3 then W[1, c, n - r + 1] else 0", "lost stride"),
    (STRIDED, "dl/dw[i] = sum[r] g[r] * x[1 + (r-1) + D*(i-1)]", "lost stride"),
    (STRIDED, "dl/dw[i] = sum[r] g[r] * x[1 + S*(r-1) + (i-1)]", "lost dilation"),
    (STRIDED, "dl/dx[n] = sum[r, i : 1 + S*(r-1) + i - 1 = n] g[r] * w[i]", "lost dilation"),
    (STRIDED, "dl/dw[i] = sum[r] g[r] * x[1 + D*(r-1) + S*(i-1)]", "exchanged sizes"),
    (PADDED, "y[r] = sum[i : 1 <= r + i - 1 <= N] x[r + i - 1] * w[i]", "lost padding"),
    (PADDED, "dl/dw[i] = sum[r : 1 <= r + i - 1 <= N] g[r] * x[r + i - 1]", "lost padding"),
    (SHEET, "dl/dW[1,k,i] = sum[r in 1..3] x[i + 2*(r-1), k]", "missing upstream gradient"),
    (SHEET, "dl/dx[n,k] = sum[r in 1..3 : 1 <= n - 2*(r-1) <= 3] W[1, k, n - 2*(r-1)]", "missing upstream gradient"),
    (DIFFERENCE, "y[n] = x[n] - x[n+1]", "sign"),
    (DIFFERENCE, "y[n] = x[n] + x[n+1]", "sign"),
    (DIFFERENCE, "dl/dx[n] = [n >= 2]*g[n-1] + [n < N]*g[n]", "sign"),
    (CORRELATION, "y[n] = sum[i in 1..K] x[n + i - 1] * w[K + 1 - i]", "flipped kernel"),
    (SHEET, "f[r] = sum[k, i in 1..3] x[i + 2*(r-1), k] * W[1, k, 4 - i]", "flipped kernel"),
    (PRODUCT, "dl/dA[i,k] = sum[j] g[i,j] * B[j,k]", "swapped axes"),
    (PRODUCT, "dl/dB[k,j] = sum[i] A[k,i] * g[i,j]", "swapped axes"),
    (TRACE, "ds/dX[i,j] = X[i,j]^2 + 2*X[j,i]*X[i,j]", "swapped axes"),
    ("size n  input X[n, n]  s = sum[i, j] j * X[i, j]", "ds/dX[i,j] = i", "transpose"),
    (CORRELATION, "dl/dw[i] = sum[n] g[n] * x[n + i]", "off by one"),
    (CORRELATION, "dl/dw[i] = sum[n in 2..N-K+1] g[n] * x[n + i - 1]", "off by one"),
    (CORRELATION, "dl/dx[p] = sum[n : 1 <= p - n + 1 <= K-1] g[n] * w[p - n + 1]", "off by one"),
    (SHEET, "df[r]/dx[n,c] = if 1 <= n - 2*r <= 3 then W[1, c, n - 2*r] else 0", "off by one"),
    (PREFIX, "dl/dx[m] = sum[n in m+1..N] g[n]", "off by one"),
    (PREFIX, "dl/dx[m] = sum[n in 1..N] g[n]", "wrong lower limit"),
    (PREFIX, "y[n] = sum[m in 1..N] x[m]", "wrong upper limit"),
    (CORRELATION, "dl/dw[i] = sum[n in 1..2] g[n] * x[n + i - 1]", "wrong upper limit"),
    ("input x[11]  y[r in 1..5] = x[r]  s = sum[r] y[r]", "s = sum[r in 1..3] x[r]", "wrong upper limit"),
    (SHEET, "dl/dW[1,k,i] = sum[r in 1..23232] g[r] * x[i + 2*(r-1), k]", "placeholder"),
    (SHEET, "dl/dW[1,k,i] = sum[r in 1..R] g[r] * x[i + 2*(r-1), k]", "placeholder"),
    (SHEET, "df[r]/dx[n,c] = W[1, c, n - 2*(r-1)]", "lost bracket"),
    (CORRELATION, "dl/dx[p] = sum[i] g[p - i + 1] * w[i]", "lost bracket"),
    (PRODUCT, "dY[i,j]/dA[p,k] = B[k,j]", "lost bracket"),
    (
        STRIDED,
        "dl/dx[n] = sum[r : 0 <= (n - 1 - S*(r-1)) div D <= K-1] g[r] * w[1 + (n - 1 - S*(r-1)) div D]",
        "lost bracket",
    ),
    ("size N  input x[N]  y[n] = x[n]", "dy[n]/dx[m] = 1", "lost bracket"),
    (SCALED, "dy[n]/dx[m] = x[n]", "lost diagonal term"),
    (TRACE, "ds/dX[i,j] = X[j,i]^2", "lost summand"),
    (SQUARES, "ds/dx[i] = x[i]", "missing factor"),
    (MEAN, "dl/dx[h,w] = g/H", "missing factor"),
    (MEAN, "dl/dx[h,w] = g", "missing factor"),
    (CORRELATION, "dl/dw[i] = 3 * sum[n] g[n] * x[n + i - 1]", "wrong factor"),
    (CORRELATION, "dl/dw[i] = mean[n] g[n] * x[n + i - 1]", "missing factor"),
    (CHANNELS, "y[n,o] = sum[i] x[n + i - 1, 1] * w[o, 1, i]", "lost sum"),
    (PRODUCT, "dl/dA[i,k] = sum[j, p in 1..D] g[i,j] * B[k,j]", "doubled sum"),
    (PREFIX, "dl/dx[m] = sum[n in m..N, q in 1..n] g[n]", "doubled sum"),
    (PRODUCT, "dl/dA[i,k] = g[i,j] * B[k,j]", "unbound index"),
    (SHEET, "f[r] = sum[k] sum[k] x[i + 2*(r-1), k] * W[1, k, i]", "doubled index"),
    (PRODUCT, "dl/dA[i,k] = sum[p in 1..M] g[i,j] * B[k,j]", "wrong summation index"),
    (
        "size n  input A[n, n], B[n, n]  Y[i, j] = sum[k] A[i, k] * B[k, j]",
        "dl/dA[i,k] = sum[j] g[i,j] * B[j,j]",
        "wrong index",
    ),
    (SHEET, "shape f = 2 x 1", "off by one"),
    (SHEET, "shape df/dx = 3 x (5 x 7)", "swapped axes"),
    (PRODUCT, "shape Y = M x N", "swapped axes"),
];

/// Systems and wrong claims that no usual slip explains.
const UNEXPLAINED: &[(&str, &str)] = &[
    (SHEET, "dl/dW[1,k,i] = x[i, k]^7"),
    (CORRELATION, "dl/dx[p] = sum[i] w[i]"),
    (SQUARES, "ds/dx[i] = x[i]^3"),
    (PRODUCT, "dl/dA[i,k] = A[i,k]"),
    (MEAN, "y = sum[h, w] x[h,w]^2"),
    (SHEET, "shape f = 2 x 9"),
];

const RIGHT: &[(&str, &str)] = &[
    (SHEET, "dl/dW[1,k,i] = sum[r] g[r] * x[i + 2*(r-1), k]"),
    (SHEET, "f[r] = sum[k] sum[i] x[i + 2*(r-1), k] * W[k, i]"),
    (SHEET, "shape df/dx = 3 x (7 x 5)"),
    (CORRELATION, "dl/dx[p] = sum[n : 1 <= p - n + 1 <= K] g[n] * w[p - n + 1]"),
    (PRODUCT, "dl/dA[i,k] = sum[j] B[k,j] * g[i,j]"),
    (MEAN, "dl/dx[h,w] = g/(H*V)"),
    (PREFIX, "dl/dx[m] = sum[n in m..N] g[n]"),
    (SCALED, "dy[n]/dx[m] = x[n] + [n = m] * sum[k] x[k]"),
];

fn judged(statements: &str, claim: &str) -> Judgement {
    let file = parse_file(&format!("test \"t\" {{\n{statements}\nexpect {claim}\n}}\n"))
        .unwrap_or_else(|problems| panic!("{claim}: {}", problems[0]));
    let Some(Item::Test(Test { statements, claims, .. })) = file.items.first() else { panic!("no test") };
    let system = elaborate(statements, 1, &Sizes::default()).unwrap_or_else(|problems| panic!("{}", problems[0]));
    judge_claim(&system, &claims[0]).unwrap_or_else(|problems| panic!("{claim}: {}", problems[0]))
}

fn is_refuted(judgement: &Judgement) -> bool {
    matches!(judgement.verdict, Verdict::Refuted(_))
}

/// What a claim of another formula with the same left side comes to.
fn judged_with(statements: &str, claim: &str, formula: &Expr) -> Judgement {
    let left = claim.split(" = ").next().unwrap_or_default();
    judged(statements, &format!("{left} = {}", expression(formula, Alphabet::Ascii)))
}

#[test]
fn a_wrong_claim_is_explained_by_its_slip() {
    let mut wrong = Vec::new();
    for (statements, claim, name) in WRONG {
        let judgement = judged(statements, claim);
        assert!(is_refuted(&judgement), "{claim}");
        let found = judgement.slip.as_ref().map(|slip| slip.name);
        if found != Some(*name) {
            wrong.push(format!("{claim}: {:?}, not {name}", judgement.slip.map(|s| s.to_string())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_slip_taken_back_is_right_and_a_slip_made_is_wrong() {
    let (mut repairs, mut mutants) = (0, 0);
    for (statements, claim, _) in WRONG {
        match judged(statements, claim).slip.map(|slip| slip.shown) {
            Some(Shown::Repair(formula)) => {
                repairs += 1;
                assert!(!is_refuted(&judged_with(statements, claim, &formula)), "{claim}: {formula:?}");
            }
            Some(Shown::Mutant(formula)) => {
                mutants += 1;
                assert!(is_refuted(&judged_with(statements, claim, &formula)), "{claim}: {formula:?}");
            }
            Some(Shown::Nothing) | None => {}
        }
    }
    assert!(repairs > 15 && mutants > 10, "{repairs} repairs, {mutants} mutants");
}

#[test]
fn what_no_slip_explains_is_left_unexplained() {
    for (statements, claim) in UNEXPLAINED {
        let judgement = judged(statements, claim);
        assert!(is_refuted(&judgement), "{claim}");
        assert_eq!(judgement.slip.map(|slip| slip.to_string()), None, "{claim}");
    }
}

#[test]
fn a_right_claim_has_no_slip() {
    for (statements, claim) in RIGHT {
        let judgement = judged(statements, claim);
        assert!(!is_refuted(&judgement), "{claim}");
        assert_eq!(judgement.slip, None, "{claim}");
    }
}

#[test]
fn the_sentence_names_what_is_wrong() {
    for (statements, claim, told) in [
        (
            SHEET,
            "dl/dW[1,k,i] = sum[r] g[r] * x[i + r - 1, k]",
            "lost stride: the stride 2 is missing: 2*(r-1) became r-1",
        ),
        (
            SHEET,
            "dl/dW[1,k,i] = sum[r in 1..23232] g[r] * x[i + 2*(r-1), k]",
            "placeholder: the upper limit 23232 should be 3; was that left in?",
        ),
        (
            SHEET,
            "dl/dW[1,k,i] = sum[r in 1..R] g[r] * x[i + 2*(r-1), k]",
            "placeholder: the limit R is declared nowhere: it should be 3",
        ),
        (
            CORRELATION,
            "dl/dx[p] = sum[i] g[p - i + 1] * w[i]",
            "lost bracket: the condition 1 <= p - i + 1 <= N - K + 1 is missing: outside it dl/dy has no entry, and the term is 0",
        ),
        (
            CORRELATION,
            "y[n] = sum[i in 1..K] x[n + i - 1] * w[K + 1 - i]",
            "flipped kernel: w[K + 1 - i] is read backwards: it should be w[i]",
        ),
        (PREFIX, "y[n] = sum[m in 1..N] x[m]", "wrong upper limit: the upper limit N should be n"),
        (SHEET, "f[r] = sum[k] sum[k] x[i + 2*(r-1), k] * W[1, k, i]", "doubled index: k is bound twice, and i is not"),
        (MEAN, "dl/dx[h,w] = g/H", "missing factor: the factor 1/V is missing"),
        (
            STRIDED,
            "dl/dx[n] = sum[r : 0 <= (n - 1 - S*(r-1)) div D <= K-1] g[r] * w[1 + (n - 1 - S*(r-1)) div D]",
            "lost bracket: of the condition [D | n - S*(r-1) - 1 and 0 <= (n - S*(r-1) - 1)/D <= K - 1] only [0 <= (n - S*(r-1) - 1)/D <= K - 1] is left",
        ),
        (SHEET, "shape f = 2 x 1", "off by one: the length 2 should be 3"),
    ] {
        assert_eq!(judged(statements, claim).slip.map(|slip| slip.to_string()).as_deref(), Some(told), "{claim}");
    }
}
