//! What is read, what is turned away, and with which words.

use super::*;
use crate::language::syntax::*;

/// The complaint about a text, with its hint and the part it underlines.
fn complaint(text: &str) -> (String, String, String) {
    match parse_file(text) {
        Ok(tree) => panic!("`{text}` was read as {tree:?}"),
        Err(found) => {
            let first = &found[0];
            let span = first.places.first().map_or(Span::default(), |place| place.0);
            let hint = first.hint.clone().unwrap_or_default();
            (first.message.clone(), text[span.start..span.end].to_owned(), hint)
        }
    }
}

fn check(text: &str, message: &str, underlined: &str, hint: &str) {
    let found = complaint(text);
    assert_eq!((found.0.as_str(), found.1.as_str(), found.2.as_str()), (message, underlined, hint), "{text}");
}

fn same(one: &str, other: &str) {
    let one = parse_expression(one).unwrap_or_else(|found| panic!("{one}: {found:?}"));
    let other = parse_expression(other).unwrap_or_else(|found| panic!("{other}: {found:?}"));
    assert_eq!(one, other);
}

#[test]
fn what_is_written_two_ways_is_one_tree() {
    same("2(r-1)", "2*(r-1)");
    same("a*2x[i]^2", "a * 2 * x[i]^2");
    same("1/sum[k in 1..3] 2x[k]", "1/(sum[k in 1..3] 2*x[k])");
    same("a/Σ(k=1..3) 2k", "a/(sum[k in 1..3] 2*k)");
    same("-x^2", "-(x^2)");
    same("x^-2^k", "x^(-(2^k))");
    same("a - b div c * d", "a - ((b div c * d))");
    same("Σ(k=1..5, i: 1 ≤ k−i ≤ 2) x[k]·y", "sum[k in 1..5, i : 1 <= k - i <= 2] (x[k]*y)");
    same("a * sum[k] x[k] * y + 1", "(a * (sum[k] (x[k] * y))) + 1");
    same("mean[m] (x[m]-mu)^2", "mean[m] ((x[m]-mu)^2)");
    same("⌊a/b⌋ + ⌈a/b⌉ + ⌊a⌋", "a div b + ceil(a/b) + floor(a)");
    same("∂ℓ/∂f[r,1]", "dl/df[r,1]");
    same("∂(x*y)/∂W", "d(x*y)/dW");
    same("delta[i,j]", "[i = j]");
    same("[(i = j and (k | n)) or not (i ≠ j)]", "[i == j and k | n or not (i != j)]");
    same("if a < b then 1 else if a = b then 2 else 3", "if a < b then 1 else (if a = b then 2 else 3)");
    same("0.50", "0.5");
}

#[test]
fn a_slash_between_blanks_divides() {
    let quotient = parse_expression("df / dx").expect("a quotient of two arrays");
    assert!(matches!(quotient.kind, ExprKind::Product(_)));
    let slope = parse_expression("df/dx").expect("a derivative");
    assert!(matches!(slope.kind, ExprKind::Derivative(..)));
}

/// The layers of the language's own description.
const LAYERS: &str = r#"
index from 0
layer conv1d "One-dimensional convolution." {   # a comment
  size   N, C, F, K, S = 1, D = 1, P >= 0 = 0
  param  eps > 0 = 1/100000
  require D*(K-1) + 1 <= N + 2*P
  input  x[N pad P, C], m[H pad (top, bottom), V]
  weight W[F, C, K], b
  integer token[T] in 1..vocab
  h[0..T, m]
  h[0, j] = 0
  h[t in 1..T, (T)] = input[t] + size
  f[r, o] = sum[k, i] x[1 + S*(r-1) + D*(i-1) - P, k] * W[o, k, i]
  notation f as f_W(x)   # kept out
  output f, h
}
test "the sheet's answers" for conv1d(N=7, C=5, F=1, K=3, S=2) {
  expect shape f           = 3 x (7 × 5)
  expect shape f           = F x ((H + 2*P - D*(K-1) - 1) div S + 1)
  expect shape loss        = scalar
  expect df[r,1]/dx[n,c]   = if 1 <= n - 2*(r-1) <= 3 then W[1, c, n - 2*(r-1)] else 0
  reject dl/dW[1,k,i]      = sum[r] dl/df[r,1] * x[i + r - 1, k]   because "the stride is lost"
}
test "without a layer" { size N  x[N]  f = x[1]; expect f = x[1] }
"#;

#[test]
fn layers_and_tests_are_read() {
    let file = parse_file(LAYERS).unwrap_or_else(|found| panic!("{found:?}"));
    assert_eq!((file.base, file.items.len()), (Some(0), 3));
    let (Item::Layer(layer), Item::Test(test)) = (&file.items[0], &file.items[1]) else { panic!() };
    assert_eq!(layer.statements.len(), 12);
    let StatementKind::Equation(equation) = &layer.statements[8].kind else { panic!() };
    assert!(matches!(equation.at.as_slice(), [LeftIndex::Free(_), LeftIndex::Fixed(_)]));
    assert_eq!(layer.statements[10].kind, StatementKind::Notation("f".into(), "f_W(x)".to_owned()));
    let lengths = |at: usize| match &test.claims[at].value {
        ClaimValue::Shape(lengths) => lengths.len(),
        ClaimValue::Formula(_) | ClaimValue::Matrix(..) | ClaimValue::Count(_) => 99,
    };
    assert_eq!((lengths(0), lengths(1), lengths(2), lengths(3)), (3, 2, 0, 99));
}

#[test]
fn a_formula_alone_is_a_file() {
    let text = "x[7,5], W[1,5,3]; f[r] = sum[k,i] x[i + 2*(r-1), k] * W[1,k,i]";
    let file = parse_file(text).unwrap_or_else(|found| panic!("{found:?}"));
    assert!(matches!(&file.statements[0].kind, StatementKind::Arrays(Role::Plain, list) if list.len() == 2));
    assert_eq!(file.statements.len(), 2);
}

#[test]
fn the_homework_is_read() {
    let text = include_str!("../../../examples/homework2.bp");
    let file = parse_file(text).unwrap_or_else(|found| panic!("{found:?}"));
    let [Item::Homework(homework)] = file.items.as_slice() else { panic!() };
    assert_eq!(homework.date.as_deref(), Some("2022-10-09"));
    let questions = &homework.problems[0].questions;
    assert_eq!(questions.len(), 3);
    let AnswerKind::Derive(_, sizes) = &questions[1].answers[1].kind else { panic!() };
    assert_eq!(sizes.len(), 11);
    let wanted: Vec<usize> = questions[2].parts.iter().map(|part| part.answers.len()).collect();
    assert_eq!(wanted, [2, 1, 2, 3]);
}

#[test]
fn mistakes_are_told_in_the_languages_own_terms() {
    check("wieght W[3]", "no statement begins with `wieght`", "wieght", "did you mean `weight`?");
    check("ouput f, h", "no statement begins with `ouput`", "ouput", "did you mean `output`?");
    check(
        "f[r] = x[r] W[r]",
        "the equation before this has already ended",
        "W[r]",
        "write `* W[r]` if a product is meant, or begin a new line",
    );
    check(
        "z = logsumexp[k] a[T, k]",
        "the equation before this has already ended",
        "a[T, k]",
        "what is normalised stands in parentheses: `logsumexp[k](a[T, k])`",
    );
    check(
        "z[k] = softmax[j](a[j]) + logsoftmax[k] a[k]",
        "the equation before this has already ended",
        "a[k]",
        "what is normalised stands in parentheses: `logsoftmax[k](a[k])`",
    );
    check("f = x y", "an operator is missing before `y`", "y", "a product is written with `*`");
    check("f = x[1] (y + 1)", "an operator is missing before `(`", "(", "a product is written with `*`");
    check("f[r] == x[r]", "an equation is written with one `=`", "==", "write `=` instead of `==`");
    check(
        "f = 1/2(x)",
        "it is not clear what this divides by",
        "2(x)",
        "write `1/(2*x)` or `(1/2)*x`, whichever is meant",
    );
    check("f[r = x[r]", "`[` is never closed", "[", "a `]` is missing");
    check("f = (x[1)]", "`[` is closed by `)`", ")", "a `]` is missing before this");
    check("layer a { size N", "this block is never closed", "{", "end it with `}`");
    check("f = x)", "`)` closes nothing", ")", "leave it out, or open it with `(`");
    check("z = conv1d(x, W; 2)", "expected a name, found `2`", "2", "");
    check("size if", "`if` is a word of the language, not a name", "if", "choose another name");
    check(
        "f = 2 * if a = 1 then 2 else 3",
        "expected an expression, found `if`",
        "if",
        "put `if … then … else …` in parentheses",
    );
    check("f = x +", "expected an expression, found the end of the text", "", "");
    check("f = x[i + ]", "expected an expression, found `]`", "]", "");
    check(
        "require a + b",
        "a condition is expected here, and this is a value",
        "a + b",
        "compare it with something, as in `1 <= n` or `n = 0`",
    );
    check(
        "f = (a < b) * 2",
        "a value is expected here, and this is a condition",
        "a < b",
        "a condition in square brackets, as in `[1 <= n]`, is 1 where it holds and 0 elsewhere",
    );
    check(
        "layer a \"b { f = 1 }",
        "this text in quotes is never closed",
        "\"b { f = 1 }",
        "a text of several lines stands between `\"\"\"` and `\"\"\"`",
    );
    check(
        "homework \"a\" { problem 1 { question 1 { answer limit A } } }",
        "this does not say where the limit is taken",
        "limit A",
        "as in `limit p as beta -> infinity`",
    );
    check(
        "homework \"a\" { author \"b\" author \"c\" }",
        "`author` is given twice",
        "author \"c\"",
        "keep one of the two",
    );
    check("a\0b = 1", "a text may not hold a NUL byte", "\0", "is this a text file?");
}

#[test]
fn what_was_expected_is_said_in_words() {
    check("f = x ? y", "expected an operator, found `?`", "?", "");
    check("f = x[0..3]", "expected an operator, `,` or `]`, found `.`", ".", "");
    check("f = if a < b then 1", "expected an operator or `else`, found the end of the text", "", "");
    check("f = sum x", "expected an expression, found `sum`", "sum", "name the index behind it, as in `sum[k] x[k]`");
    check("input 3", "expected a name after `input`, found `3`", "3", "");
    check("layer a", "expected a text in quotes or `{`, found the end of the text", "", "");
    check("answer f", "`answer` does not belong here", "answer", "it belongs in a question");
    check(
        "weight W[3] w[4]",
        "the declaration before this has already ended",
        "w[4]",
        "write `, w[4]` if one more array is meant, or begin a new line",
    );
    let question = |text: &str| format!("homework \"a\" {{ problem 1 {{ question 1 {{ {text} }} }} }}");
    check(&question("answer"), "expected an array or a derivative after `answer`, found `}`", "}", "");
    check(
        &question("answer df / dW"),
        "expected `where` or a statement, found `/`",
        "/",
        "write a derivative without blanks, as in `df/dW`",
    );
    check(
        &question("answer shape f, value df/dW"),
        "this does not say where the value is taken",
        "value df/dW",
        "as in `value f at x = 1/3`",
    );
    check(
        &question("answer value f at df/dx = 1"),
        "only arrays and upstream gradients are given values",
        "df/dx = 1",
        "as in `x = 1/3`, `h[t-1] = 0` or `dl/df = 1`",
    );
}

#[test]
fn a_layout_stands_in_a_block_or_behind_its_target() {
    let homework =
        |question: &str| format!("homework \"a\" {{ problem 1 {{ layout numerator question 1 {{ {question} }} }} }}");
    let read = |question: &str| {
        let file = parse_file(&homework(question)).unwrap_or_else(|e| panic!("{question}: {e:?}"));
        let [Item::Homework(read)] = file.items.as_slice() else { panic!("{question}") };
        assert_eq!((read.layout, read.problems[0].layout), (None, Some(Layout::Numerator)));
        read.problems[0].questions[0].clone()
    };
    let behind = |question: &Question| match &question.answers[0].kind {
        AnswerKind::Matrix(_, layout) => *layout,
        other => panic!("{other:?}"),
    };
    let found = read("x[3]; answer matrix dl/dx layout denominator, x");
    assert_eq!((found.layout, behind(&found), found.answers.len()), (None, Some(Layout::Denominator), 2));
    let found = read("x[3]\nanswer matrix dl/dx\nlayout shape\nlayout[i] = x[i]");
    assert_eq!((found.layout, behind(&found), found.statements.len()), (Some(Layout::Shape), None, 2));
    let found = read("matrix[i] = x[i]; answer matrix, matrix layout");
    assert_eq!(found.answers.len(), 2);
    check(
        &homework("layout numerators"),
        "expected `shape`, `numerator` or `denominator` after `layout`, found `numerators`",
        "numerators",
        "",
    );
    check(
        &homework("layout shape layout numerator"),
        "`layout` is given twice",
        "layout numerator",
        "keep one of the two",
    );
    check(
        &homework("answer matrix dl/dx layout wide"),
        "expected `shape`, `numerator` or `denominator` after `layout`, found `wide`",
        "wide",
        "",
    );
}

#[test]
fn several_mistakes_are_told_in_one_run() {
    let found = parse_file("f = 1/2(x)\ng = (a < b)\nh = 1").expect_err("two mistakes");
    assert_eq!(found.len(), 2);
}
