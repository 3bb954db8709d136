//! The judge: right and wrong claims, their verdicts, and the words of the counterexamples.

use backprose::diagnostic::Diagnostics;
use backprose::judge::{Cell, Judge, Judgement, Verdict, judge_claim, judge_tests};
use backprose::language::parse::parse_file;
use backprose::language::syntax::{File, Item, Test};
use backprose::model::{Sizes, elaborate};

const CONVOLUTION: &str = "input x[7, 5]  weight W[1, 5, 3]  f[r] = sum[k, i] x[i + 2*(r-1), k] * W[1, k, i]";
const CORRELATION: &str = "size N, K  input x[N]  weight w[K]  y[n] = sum[i] x[n + i - 1] * w[i]";
const PRODUCT: &str = "size N, D, M  input A[N, D], B[D, M]  Y[i, j] = sum[k] A[i, k] * B[k, j]";
const COPY: &str = "size N  input x[N]  y[n] = x[n]";

fn parsed(statements: &str, claim: &str, base: i64) -> File {
    let text = format!("index from {base}\ntest \"t\" {{\n{statements}\nexpect {claim}\n}}\n");
    parse_file(&text).unwrap_or_else(|problems| panic!("{claim}: {}", problems[0]))
}

fn judged_from(base: i64, statements: &str, claim: &str) -> Result<Judgement, Diagnostics> {
    let file = parsed(statements, claim, base);
    let Some(Item::Test(Test { statements, claims, .. })) = file.items.first() else { panic!("no test") };
    let system = elaborate(statements, base, &Sizes::default()).unwrap_or_else(|problems| panic!("{}", problems[0]));
    judge_claim(&system, &claims[0])
}

fn proved(statements: &str, claim: &str) {
    let judgement = judged_from(1, statements, claim).unwrap_or_else(|problems| panic!("{claim}: {}", problems[0]));
    assert_eq!(judgement.verdict, Verdict::Proved, "{claim}");
    assert!(judgement.good);
}

fn refuted(statements: &str, claim: &str, expected: &str) {
    let judgement = judged_from(1, statements, claim).unwrap_or_else(|problems| panic!("{claim}: {}", problems[0]));
    assert!(!judgement.good);
    match judgement.verdict {
        Verdict::Refuted(found) => assert_eq!(found.to_string(), expected, "{claim}"),
        other => panic!("{claim}: {other:?}"),
    }
}

fn refused(statements: &str, claim: &str, expected: &str) {
    let problems = judged_from(1, statements, claim).expect_err(claim);
    assert_eq!(problems[0].to_string(), expected, "{claim}");
}

#[test]
fn how_a_right_formula_is_written_does_not_matter() {
    for right in [
        "sum[r] g[r] * x[i + 2*(r-1), k]",
        "sum[r] x[2*r + i - 2, k] * dl/df[r]",
        "sum[s in 0..2] g[s+1] * x[i + 2*s, k]",
        "sum[s in 1..3] g[4-s] * x[i + 2*(3-s), k]",
        "sum[r in 1..2] g[r] * x[i + 2*(r-1), k] + g[3] * x[i + 4, k]",
        "sum[r, n : n = i + 2*(r-1)] g[r] * x[n, k]",
        "sum[n : 2 | n - i and 1 <= (n - i) div 2 + 1 <= 3] g[(n - i) div 2 + 1] * x[n, k]",
        "sum[r in 1..9] [r <= 3] * g[r] * x[i + 2*(r-1), k]",
        "1/2 * sum[r] 2*g[r] * x[i + 2*(r-1), k]",
        "3 * mean[r] g[r] * x[i + 2*(r-1), k]",
        "sum[r] g[r] * df[r]/dW[1,k,i]",
    ] {
        proved(CONVOLUTION, &format!("dl/dW[1,k,i] = {right}"));
    }
}

#[test]
fn cases_brackets_and_limits_are_one() {
    for right in [
        "if 1 <= n - 2*(r-1) <= 3 then W[1, c, n - 2*(r-1)] else 0",
        "[1 <= n - 2*(r-1) <= 3] * W[1, c, n - 2*(r-1)]",
        "if n < 2*r - 1 or n > 2*r + 1 then 0 else W[1, c, n - 2*(r-1)]",
        "sum[i] [n = i + 2*(r-1)] * W[1,c,i]",
        "sum[i : i = n - 2*(r-1)] W[c,i]",
    ] {
        proved(CONVOLUTION, &format!("df[r]/dx[n,c] = {right}"));
    }
    proved(
        CONVOLUTION,
        "dl/dx[n,k] = sum[r in max(1, ceil((n-1)/2))..min(3, floor((n+1)/2))] g[r] * W[1, k, n - 2*(r-1)]",
    );
}

#[test]
fn axes_of_length_one_may_be_dropped() {
    for claim in [
        "dl/dW[k,i] = sum[r] g[r] * x[i + 2*(r-1), k]",
        "df[r]/dW[k,i] = x[i + 2*(r-1), k]",
        "shape dl/dW = 5 x 3",
        "shape dl/dW = 1 x 5 x 3",
        "shape df/dW = 3 x 1 x 5 x 3",
        "shape f = 3 x 1",
    ] {
        proved(CONVOLUTION, claim);
    }
}

#[test]
fn symbolic_sizes_are_proved_for_all_values() {
    proved(CORRELATION, "shape y = N - K + 1");
    proved(CORRELATION, "dl/dw[i] = sum[n] g[n] * x[n + i - 1]");
    proved(CORRELATION, "dl/dw[i] = sum[p in i..N-K+i] g[p - i + 1] * x[p]");
    proved(CORRELATION, "dl/dx[p] = sum[n : 1 <= p - n + 1 <= K] g[n] * w[p - n + 1]");
    proved(CORRELATION, "dl/dx[p] = sum[i : 1 <= p - i + 1 <= N-K+1] g[p - i + 1] * w[i]");
    proved(PRODUCT, "dY[i,j]/dA[p,k] = delta[p,i] * B[k,j]");
    proved(PRODUCT, "dY[i,j]/dA[i,k] = B[k,j]");
    proved(PRODUCT, "dl/dA[1,k] = sum[j] B[k,j] * g[1,j]");
    proved("size n  input x[n]  s = sum[i] x[i]^2", "ds/dx[i] = 2*x[i]");
    proved("input a, b  y = a*b", "dl/da = b * g");
    proved("size n  input x[n]  s = sum[i] x[i]^2", "dl/dx[i] = 2*g*x[i]");
}

#[test]
fn a_divisor_may_be_a_product() {
    let mean = "size H, V  input x[H, V]  y = mean[h, w] x[h, w]";
    for right in ["g/(H*V)", "1/(V*H) * g", "g/H/V", "1/H * 1/V * g", "(H*V)^(-1) * g"] {
        proved(mean, &format!("dl/dx[h,w] = {right}"));
    }
    proved(mean, "y = mean[h] mean[w] x[h,w]");
    proved(mean, "y = 1/(2*H*V) * sum[h, w] 2*x[h,w]");
    proved("input a, b  y = 1/(a*b)", "y = 1/a * 1/b");
    proved("size N  input x[N]  y[n] = x[n]/(n + N)", "y[n] = 1/(N + n) * x[n]");
    refuted(mean, "dl/dx[h,w] = g/(H+V)", "at H = 2, V = 3, h = 1, w = 1: yours is g/5, it should be g/6");
}

#[test]
fn the_base_of_the_file_counts() {
    let claim = "dl/dx[i] = sum[n : 0 <= i - n < K] w[i - n] * g[n]";
    let statements = "size N, K  input x[N]  weight w[K]  y[n] = sum[i] x[n + i] * w[i]";
    assert_eq!(judged_from(0, statements, claim).map(|j| j.verdict), Ok(Verdict::Proved));
    let late = judged_from(0, "size N  input x[N]  y[n] = x[n]", "dl/dx[i] = [i >= 1] * g[i]").map(|j| j.verdict);
    let Ok(Verdict::Refuted(found)) = late else { panic!("{late:?}") };
    assert_eq!(found.to_string(), "at N = 2, i = 0: yours is 0, it should be g[0]");
}

#[test]
fn wrong_formulas_meet_their_smallest_counterexample() {
    refuted(COPY, "y[n] = [n >= 2] * x[n]", "at N = 2, n = 1: yours is 0, it should be x[1]");
    refuted(COPY, "dy[n]/dx[m] = 1", "at N = 2, n = 1, m = 2: yours is 1, it should be 0");
    refuted(
        CORRELATION,
        "dl/dx[p] = sum[i] w[i]",
        "at N = 3, K = 2, p = 1: yours is w[1] + w[2], it should be dl/dy[1] * w[1]",
    );
    refuted(
        CORRELATION,
        "dl/dw[i] = sum[n in 2..N-K+1] g[n] * x[n + i - 1]",
        "at N = 3, K = 2, i = 1: yours is g[2] * x[2], it should be g[1] * x[1] + g[2] * x[2]",
    );
    refuted(
        CORRELATION,
        "dl/dw[i] = sum[n] g[n] * x[n + i]",
        "at N = 3, K = 2, i = 1: yours is g[1] * x[2] + g[2] * x[3], it should be g[1] * x[1] + g[2] * x[2]",
    );
    refuted(
        CORRELATION,
        "dl/dx[p] = sum[i] g[p - i + 1] * w[i]",
        "at N = 3, K = 2, p = 1: yours reads outside an array: dl/dy is read at 0 on axis 1, which runs over 1..2 (if reads outside an array were 0, it would be right: guard them with a bracket)",
    );
    refuted(
        CORRELATION,
        "dl/dw[i] = 2 * sum[n] g[n] * x[n + i - 1]",
        "at N = 3, K = 2, i = 1: yours is 2 * g[1] * x[1] + 2 * g[2] * x[2], it should be g[1] * x[1] + g[2] * x[2]",
    );
    refuted(
        CORRELATION,
        "dl/dw[i] = mean[n] g[n] * x[n + i - 1]",
        "at N = 3, K = 2, i = 1: yours is g[1] * x[1] / 2 + g[2] * x[2] / 2, it should be g[1] * x[1] + g[2] * x[2]",
    );
    refuted(CORRELATION, "shape y = N - K", "at N = 3, K = 2: yours is 1, it should be 2");
    refuted(CORRELATION, "shape dy/dx = N x (N - K + 1)", "at N = 3, K = 2: yours is 3 x 2, it should be 2 x 3");
    refuted(
        PRODUCT,
        "dl/dA[i,k] = sum[j] g[i,j] * B[j,k]",
        "at N = 2, D = 3, M = 4, i = 1, k = 1: yours reads outside an array: B is read at 4 on axis 1, which runs over 1..3",
    );
    refuted(
        PRODUCT,
        "dl/dB[k,j] = sum[i] A[k,i] * g[i,j]",
        "at N = 2, D = 3, M = 4, k = 1, j = 1: yours reads outside an array: dl/dY is read at 3 on axis 1, which runs over 1..2",
    );
    refuted(
        PRODUCT,
        "dl/dA[i,k] = g[i,j] * B[k,j]",
        "`j` is neither on the left nor bound: there is no summation convention",
    );
    refuted(
        PRODUCT,
        "dY[i,j]/dA[p,k] = delta[j,p] * B[k,j]",
        "at N = 2, D = 3, M = 4, i = 1, j = 2, p = 1, k = 1: yours is 0, it should be B[1,2]",
    );
    refuted(
        PRODUCT,
        "dl/dA[i,k] = sum[j] B[k,j]",
        "at N = 2, D = 3, M = 4, i = 1, k = 1: yours is B[1,1] + B[1,2] + B[1,3] + B[1,4], it should be dl/dY[1,1] * B[1,1] + dl/dY[1,2] * B[1,2] + dl/dY[1,3] * B[1,3] + dl/dY[1,4] * B[1,4]",
    );
    refuted(
        "size n  input X[n, n]  s = sum[i, j] X[i, j] * X[j, i]",
        "ds/dX[i,j] = 2*X[i,j]",
        "at n = 2, i = 1, j = 2: yours is 2 * X[1,2], it should be 2 * X[2,1]",
    );
    refuted(
        CONVOLUTION,
        "dl/dW[1,k,i] = sum[r] dl/df[r,1] * x[i + r - 1, k]",
        "at k = 1, i = 1: yours is dl/df[1] * x[1,1] + dl/df[2] * x[2,1] + dl/df[3] * x[3,1], it should be dl/df[1] * x[1,1] + dl/df[2] * x[3,1] + dl/df[3] * x[5,1]",
    );
    refuted(
        CONVOLUTION,
        "df[r]/dx[n,c] = if 1 <= n - 2*(r-1) <= 4 then W[1, c, n - 2*(r-1)] else 0",
        "at r = 1, n = 4, c = 1: yours reads outside an array: W is read at 4 on axis 3, which runs over 1..3 (if reads outside an array were 0, it would be right: guard them with a bracket)",
    );
    refuted(
        CONVOLUTION,
        "df[r]/dx[n,c] = if 1 <= n - 2*r <= 3 then W[1, c, n - 2*r] else 0",
        "at r = 1, n = 1, c = 1: yours is 0, it should be W[1,1,1]",
    );
    refuted(
        CONVOLUTION,
        "f[r] = sum[k, i in 1..3] x[i + 2*(r-1), k] * W[1, k, 4 - i]",
        "at r = 1: the coefficient of W[1,1,1] * x[1,1] is 0 in yours, it should be 1",
    );
    refuted(
        CONVOLUTION,
        "df[r]/dx[n,c] = W[1, c, (n + 1)/2]",
        "at r = 1, n = 2, c = 1: yours has no value: 3/2 is not an integer where an integer is needed",
    );
}

#[test]
fn a_rejection_is_good_when_it_is_refuted() {
    let text = format!(
        "test \"t\" {{ {COPY}\n expect y[n] = x[n]\n reject y[n] = 2*x[n] because \"no factor\"\n reject y[n] = x[n]\n \
         expect y[n] = 0\n expect z[n] = 0 }}"
    );
    let reports = judge_tests(&parse_file(&text).expect("the test parses"), &|_| None);
    let claims = &reports[0].claims;
    let good: Vec<Option<bool>> = claims.iter().map(|c| c.as_ref().ok().map(|j| j.good)).collect();
    assert_eq!(good, [Some(true), Some(true), Some(false), Some(false), None]);
    assert_eq!(claims[1].as_ref().ok().and_then(|j| j.because.clone()), Some("no factor".into()));
    assert!(!reports[0].good() && reports[0].undecided() == 0);
}

#[test]
fn a_test_finds_its_layer_and_says_what_is_wrong_with_it() {
    let told = |text: &str| {
        let reports = judge_tests(&parse_file(text).expect("the test parses"), &|_| None);
        reports[0].problems.first().map(ToString::to_string)
    };
    let layer = "layer twice { size N\n input x[N]\n y[n] = 2*x[n] }\n";
    assert_eq!(told(&format!("{layer} test \"t\" for twice(N=3) {{ expect shape y = 3 }}")), None);
    assert_eq!(
        told(&format!("{layer} test \"t\" for twic(N=3) {{ expect shape y = 3 }}")).as_deref(),
        Some("there is no layer `twic` (did you mean `twice`?)")
    );
    assert_eq!(
        told(&format!("{layer} test \"t\" for twice(M=3) {{ expect shape y = 3 }}")).as_deref(),
        Some("there is no size `M` (the sizes are N)")
    );
    assert_eq!(
        told(&format!("{layer} test \"t\" for twice(N=q) {{ expect shape y = 3 }}")).as_deref(),
        Some("N is not given a number (as in `N=3`; `N=N` keeps it a symbol)")
    );
}

#[test]
fn an_array_called_g_is_itself() {
    let statements = "size N  input x[N]  weight g[N]  y[n] = g[n] * x[n]";
    proved(statements, "dl/dx[n] = dl/dy[n] * g[n]");
    refuted(statements, "dl/dx[n] = g[n]", "at N = 2, n = 1: yours is g[1], it should be dl/dy[1] * g[1]");
}

#[test]
fn nothing_panics() {
    for claim in [
        "y[n] = x[n] * 10000000000000000000000000000000000000000",
        "y[n] = x[10000000000*N - 10000000000*N + n]",
        "y[n] = sum[a in 1..1000000000, b in 1..1000000000] x[n]",
        "y[n] = 1/0",
        "y[n] = x[n]^(-1)",
        "y[n] = x[n]^1000",
        "y[n] = x[n div 0]",
        "y[n] = dx[n]/dx[n]",
        "y[n] = dl/dy[n]",
        "y[1000000000000] = 0",
        "y[N] = x[N]",
        "y[n] = foo(n)",
        "y[n] = 0 * x[n + 1]",
        "dy[n]/dx[n] = 1",
        "dl/dy[n] = g[n]",
        "shape y = 10000000000000000000000000000000",
        "shape y = 1/0",
        "shape dl/dx[1] = scalar",
    ] {
        for statements in [COPY, "input x[1]  y[n] = x[n]", "input x[2000]  y[n] = x[n]"] {
            let _ = judged_from(1, statements, claim);
        }
    }
}

#[test]
fn what_cannot_be_judged_is_refused_with_a_hint() {
    refused(CONVOLUTION, "dl/dw[1,k,i] = 0", "there is no array `w` (the arrays are x, W, f)");
    refused(
        CONVOLUTION,
        "dl/dW = 0",
        "`W` has 3 axes, and the left side names 0 of them (name every index, or fix it: `W[i,j,k]`)",
    );
    refused(CONVOLUTION, "dl/dW[2,k,i] = 0", "`W` has no such index on this axis");
    refused(
        CONVOLUTION,
        "x[n,c] = 0",
        "`x` is given: there is nothing to derive (claim something of an array that an equation defines)",
    );
    refused(
        CONVOLUTION,
        "dl/dW[1,k,i] = sum[r] dl/dx[r,1]",
        "`dl/dx` is what is asked for: nothing defines `x` (given upstream: `dl/df`)",
    );
    refused(
        CONVOLUTION,
        "dl/dW[1,k,i] = sum[r] 2",
        "the range of `r` is not known: it stands alone on no axis (give it: `r in 1..3`)",
    );
    refused(
        CONVOLUTION,
        "dl/dW[1,k,i] = v[k]",
        "`v` is not declared (declare it: `size v` or `input v[…]`, or bind it: `sum[v] …`)",
    );
    refused(CONVOLUTION, "df[r]/dW[1,k,i] = x[i]", "`x` has 2 axes, read with 1 index (give one index for each axis)");
    refused(CONVOLUTION, "shape h = 3", "there is no array `h` (the arrays are x, W, f)");
    refused(
        CONVOLUTION,
        "shape f = q",
        "`q` is not declared (declare it: `size q` or `input q[…]`, or bind it: `sum[q] …`)",
    );
}

#[test]
fn a_shape_comes_with_the_window_that_ends_it() {
    const SUM: &str = "x[7,5], W[5,3]; f[r] = sum[k,i] x[i+2*(r-1),k] * W[k,i]";
    const PADDED: &str = "x[6 pad 1], w[3]; f[r] = sum[i] x[r+i-2] * w[i]";
    const STEPS: &str = "x[6]; f[i] = x[i+1] - x[i]";
    for (spec, claim, reasons) in [
        (SUM, "shape f = 2", "r = 3 reads x[5,·], x[6,·], x[7,·], all there"),
        (SUM, "shape f = 4", "r = 4 would read x[9,·], and x ends at 7"),
        (SUM, "shape df/dW = 5 x 5 x 3", "r = 5 would read x[11,·], and x ends at 7"),
        (SUM, "shape f = 3", "r = 3 reads x[5,·], x[6,·], x[7,·], all there; r = 4 would read x[9,·], and x ends at 7"),
        (SUM, "shape f = 3 x 2", ""),
        (PADDED, "shape f = 5", "r = 6 reads x[5], x[6], x[7] (padding included), all there"),
        (PADDED, "shape f = 8", "r = 8 would read x[9], and x ends at 7, padding included"),
        (STEPS, "shape f = 6", "i = 6 would read x[7], and x ends at 6"),
        (STEPS, "shape f = 4", "i = 5 reads x[5], x[6], all there"),
        (
            "size N, K; x[N], w[K]; f[i] = sum[k] x[i+k-1] * w[k]",
            "shape f = N",
            "i = 3 would read x[4], and x ends at 3",
        ),
    ] {
        let judgement = judged_from(1, spec, claim).unwrap();
        assert_eq!(judgement.reasons.join("; "), reasons, "{spec}: {claim}");
    }
}

#[test]
fn every_wrong_entry_of_a_jacobian_is_marked() {
    use Cell::{Missing, Other, Outside, Right, Superfluous, Zero};
    let spec = "x[4], w[4]; f[i in 1..3] = w[i] * x[i] + w[i+1] * x[i+1]";
    for (claim, cells) in [
        ("w[i] * [n = i]", [Right, Missing, Zero, Zero, Zero, Right, Missing, Zero, Zero, Zero, Right, Missing]),
        (
            "w[n] * [n <= i+1]",
            [Right, Right, Zero, Zero, Superfluous, Right, Right, Zero, Superfluous, Superfluous, Right, Right],
        ),
        (
            "w[i+1] * [n = i] + w[n] * [n = i+1]",
            [Other, Right, Zero, Zero, Zero, Other, Right, Zero, Zero, Zero, Other, Right],
        ),
        (
            "w[n+1] * [i = 1]",
            [Other, Other, Superfluous, Outside, Zero, Missing, Missing, Zero, Zero, Zero, Missing, Missing],
        ),
    ] {
        let file = parsed(spec, &format!("df[i]/dx[n] = {claim}"), 1);
        let Some(Item::Test(test)) = file.items.first() else { panic!("no test") };
        let system = elaborate(&test.statements, 1, &Sizes::default()).unwrap();
        let mut judge = Judge::new(&system).unwrap();
        let judgement = judge.judge(&test.claims[0]).unwrap();
        let Verdict::Refuted(found) = &judgement.verdict else { panic!("{} is not refuted", judgement.claim) };
        let marked = judge.cells(&test.claims[0], found).unwrap();
        let wrong = cells.iter().filter(|cell| !matches!(cell, Right | Zero)).count();
        assert_eq!(marked.wrong(), wrong, "{}", judgement.claim);
        let read: Vec<Cell> = marked.entries.values().copied().collect();
        assert_eq!(read, cells, "{}", judgement.claim);
    }
}

#[test]
fn integer_data_read_outside_is_called_by_its_name() {
    refuted(
        "integer t[3] in 1..2  input w[2]  y[i in 1..3] = w[t[i]]",
        "y[i] = w[t[i + 3]]",
        "at i = 1: yours reads outside an array: t is read at 4 on axis 1, which runs over 1..3",
    );
}

#[test]
fn what_stays_undecided_agreed_at_some_entries() {
    let growing = "size T  input x  h[0] = 0  h[i in 1..T] = h[i-1] * x";
    let judgement = judged_from(1, growing, "h[i] = 0").unwrap();
    assert!(matches!(judgement.verdict, Verdict::Undecided { tried } if tried > 10), "{:?}", judgement.verdict);
}
