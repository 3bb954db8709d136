//! Formulas and texts that no line can hold.

use super::builders::*;
use super::sheet::picture;
use crate::language::syntax::{Expr, ExprKind, Operator, Sign};
use crate::writeup::document::*;

fn window(size: &str, index: &str, tap: &str) -> Expr {
    let name = |letter: &str| n(&format!("{letter}_{size}"));
    let terms = [i(1), mul(&[name("S"), sub(n(index), i(1))]), mul(&[name("D"), sub(n(tap), i(1))])]
        .map(|term| (Sign::Plus, term));
    Expr::new(ExprKind::Sum(terms.into_iter().chain([(Sign::Minus, n(&format!("P_{size}1")))]).collect()))
}

fn length(size: &str) -> Expr {
    let name = |letter: &str| n(&format!("{letter}_{size}"));
    let first = n(&format!("P_{size}1"));
    let kernel = mul(&[name("D"), sub(name("K"), i(1))]);
    let terms = vec![
        (Sign::Plus, n(size)),
        (Sign::Plus, first),
        (Sign::Plus, n(&format!("P_{size}2"))),
        (Sign::Minus, kernel),
        (Sign::Minus, i(1)),
    ];
    add(&[op(Expr::new(ExprKind::Sum(terms)), Operator::Div, name("S")), i(1)])
}

fn convolution() -> Expr {
    let x = read("x", &[n("b"), n("c"), window("H", "r", "u"), window("W", "s", "v")]);
    let w = read("w", &[n("o"), n("c"), n("u"), n("v")]);
    open_sum(&["c", "u", "v"], None, mul(&[x, w]))
}

fn long(count: i128) -> Expr {
    let term = |k: i128| mul(&[read("weight_matrix", &[i(k), n("k")]), convolution()]);
    add(&(1..=count).map(term).collect::<Vec<_>>())
}

fn document() -> Document {
    let at = [n("b"), n("o"), n("r"), n("s")];
    let f = read("f", &at);
    let shape =
        vec![e(n("f")), Piece::Symbol(Symbol::In), Piece::Space(vec![vec![n("B"), n("F"), length("H"), length("W")]])];
    let ranges: Vec<Math> = ["b", "o", "c", "u", "v", "n_1", "n_2", "k", "t", "q", "z", "w"]
        .iter()
        .map(|name| range(name, 12345))
        .collect();
    let reason = || {
        source(
            "a reason of some length, with a formula $\\frac{\\partial f}{\\partial W}$ in it, that has to be broken into several lines of its column",
        )
    };
    let deep = by(long(2), "W", &[n("o"), n("c"), window("H", "r", "u"), window("W", "s", "v")]);
    let unbreakable = read("x", &(0..30).map(|k| add(&[n("alpha_beta"), i(k)])).collect::<Vec<_>>());
    let blocks = vec![
        Block::Boxed { formulas: vec![shape, is(f.clone(), convolution())], ranges: ranges[..3].to_vec() },
        Block::Boxed { formulas: vec![is(f.clone(), long(6))], ranges: ranges.clone() },
        Block::Boxed { formulas: vec![is(f.clone(), unbreakable.clone())], ranges: vec![] },
        Block::Boxed {
            formulas: vec![is(f.clone(), op(long(3), Operator::Over, call("sqrt", &[long(2)])))],
            ranges: vec![],
        },
        Block::Derivation {
            left: vec![e(by(f, "w", &[n("o'"), n("c'"), n("u'"), n("v'")]))],
            lines: vec![
                line(convolution(), reason()),
                line(long(4), reason()),
                line(n("x"), reason()),
                line(unbreakable, vec![]),
                line(op(long(2), Operator::Over, i(2)), reason()),
            ],
            folded: None,
        },
        Block::Derivation {
            left: vec![e(deep)],
            lines: vec![line(convolution(), reason()), line(n("x"), reason())],
            folded: Some("every step".into()),
        },
        Block::Picture(picture(16, 40, 10, 2)),
        Block::Picture(picture(12, 22, 6, 1)),
        Block::Missing(source(
            "No answer: the range of $r$ is empty for $N<3$; and so on with enough words for this line to be broken once or twice in every format.",
        )),
        Block::Table {
            header: vec![source("a"), source("b | c")],
            rows: vec![
                (vec![source(&"many words ".repeat(30)), source("$|x|$"), source(&"more ".repeat(30))], true),
                (vec![], false),
            ],
        },
    ];
    let text = source(
        "An *odd* text: 50% & more_of #1 {braces} ~ ^ \\ <tag> `code_x` $\\input{/etc/passwd}$ $}{$ $x_1^2$ **bold *both*** $\\undefined$ é ñ 中 γ ≤ \"quoted\" [a](b)\n\n- item $5\n- item $\\left(x$\n\n$$\\sum_{k=1}^5 x_k$$ end",
    );
    let plain = vec![text_of("* not emphasis * _ $ \\ { } % # & ~ ^ < > | ` \" – ħ\u{7}")];
    let question = Question {
        label: "1".into(),
        text,
        conventions: plain.clone(),
        blocks,
        evidence: plain,
        ..Question::default()
    };
    let problem = Problem {
        label: "1_1".into(),
        title: "A title as long as a line and longer, with # & % $ _ and so on, to see what becomes of it".into(),
        questions: vec![question.clone(), Question { blocks: vec![], ..question }],
    };
    Document {
        title: "Homework {2} & more_of it".into(),
        author: Some("A. Ünal".into()),
        course: Some("C#".into()),
        date: Some("2022-10-09".into()),
        label: Some("wide".into()),
        problems: vec![problem, Problem::default()],
        notation: vec![],
    }
}

fn text_of(words: &str) -> Inline {
    Inline::Text(words.into())
}

#[test]
fn nothing_is_too_wide_and_nothing_breaks_out() {
    assert!(super::write_all("wide", &document()).is_empty());
}

#[test]
fn an_empty_document_is_a_document() {
    super::write_all(
        "empty",
        &Document {
            problems: vec![Problem { questions: vec![Question::default()], ..Problem::default() }],
            ..Document::default()
        },
    );
}

#[test]
fn whatever_an_author_types_the_document_compiles() {
    const TOKENS: &[&str] = &[
        "$",
        "$$",
        "*",
        "**",
        "`",
        "{",
        "}",
        "\\\\",
        "\\",
        "&",
        "%",
        "#",
        "_",
        "^",
        "'",
        "~",
        "a",
        "1",
        " ",
        "\n\n",
        "\n- ",
        "|",
        "\"",
        "<",
        ">",
        "[",
        "]",
        "(",
        "é",
        "ℓ",
        "中",
        "ᵀ",
        "\\frac",
        "\\sqrt",
        "\\left(",
        "\\right)",
        "\\left\\{",
        "\\right.",
        "\\begin{cases}",
        "\\end{cases}",
        "\\begin{pmatrix}",
        "\\end{pmatrix}",
        "\\text{if }",
        "\\mathbb",
        "\\sum",
        "\\limits",
        "\\bar",
        "\\,",
        "\\!",
        "\\substack",
        "\\not",
        "\\le",
        "\\mid",
        "\\input",
        "\\def",
        "x_1",
        "\\alpha",
        "\\pmod",
        "\\big",
        "\\operatorname",
        "\\underbrace",
    ];
    let mut state = 12345_u64;
    let mut next = |bound: usize| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as usize % bound
    };
    let mut blocks = Vec::new();
    for _ in 0..1500 {
        let core: String = (0..1 + next(9)).map(|_| TOKENS[next(TOKENS.len())]).collect();
        let text = if next(3) > 0 { format!("a ${core}$ b") } else { core };
        blocks.push(Block::Paragraph(vec![Inline::Source(text.clone()), text_of(&text), Inline::Emphasis(text)]));
    }
    let question = Question { blocks, ..Question::default() };
    let problem = Problem { questions: vec![question], ..Problem::default() };
    super::write_all("typed", &Document { problems: vec![problem], ..Document::default() });
}
