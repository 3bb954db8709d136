//! The page of the design notes: question 3, parts (a) to (d).

use super::builders::*;
use crate::language::syntax::Expr;
use crate::writeup::document::*;
use crate::writeup::render::{Format, render, render_with};
use crate::writeup::templates::{Template, Templates};

fn position(tap: &str) -> Expr {
    add(&[n(tap), mul(&[i(2), sub(n("r"), i(1))])])
}

fn tap() -> Expr {
    sub(n("n"), mul(&[i(2), sub(n("r"), i(1))]))
}

fn output() -> Expr {
    read("f", &[n("r")])
}

fn weight() -> Expr {
    read("W", &[i(1), n("k"), n("i")])
}

fn at_weight() -> Vec<Expr> {
    vec![i(1), n("k"), n("i")]
}

fn input(tap: &str, channel: &str) -> Expr {
    read("x", &[position(tap), n(channel)])
}

fn values() -> Part {
    let body = sum(&[("k", 5), ("i", 3)], mul(&[weight(), input("i", "k")]));
    Part {
        label: "(a)".into(),
        text: source("What is the dimension of $f_W(x)$? Give its elements."),
        blocks: vec![
            Block::Boxed { formulas: vec![space(n("f"), &[&[3]]), is(output(), body)], ranges: vec![range("r", 3)] },
            Block::Paragraph(source(
                "The last tap of window $r$ reads position $3+2(r-1)$, which must exist: $3+2(r-1)\\le 7\\iff r\\le 3$. (The filter axis has length 1 and is dropped.)",
            )),
        ],
    }
}

fn by_weight() -> Part {
    let whole = by(output(), "W", &at_weight());
    let fresh = read("W", &[i(1), n("k'"), n("i'")]);
    let binders = [("k'", 5), ("i'", 3)];
    let first = sum(&binders, mul(&[by(fresh, "W", &at_weight()), input("i'", "k'")]));
    let second =
        sum(&binders, mul(&[bracket(equal(n("k'"), n("k"))), bracket(equal(n("i'"), n("i"))), input("i'", "k'")]));
    let renamed = vec![
        Inline::Math(vec![e(n("x"))]),
        text(" does not depend on "),
        Inline::Math(vec![e(n("W"))]),
        text("; sums renamed"),
    ];
    let survives = vec![
        text("one term survives: "),
        Inline::Math(is(n("k'"), n("k"))),
        text(", "),
        Inline::Math(is(n("i'"), n("i"))),
    ];
    let lines = vec![
        line(first, renamed),
        line(second, vec![text("a weight depends on itself only")]),
        line(input("i", "k"), survives),
    ];
    Part {
        label: "(b)".into(),
        text: source("What is the dimension of $\\partial f_W(x)/\\partial W$? What are its values?"),
        blocks: vec![
            Block::Boxed {
                formulas: vec![space(by(n("f"), "W", &[]), &[&[3], &[1, 5, 3]]), is(whole.clone(), input("i", "k"))],
                ranges: vec![range("r", 3), range("k", 5), range("i", 3)],
            },
            Block::Derivation { left: vec![e(whole.clone())], lines: lines.clone(), folded: None },
            Block::Derivation { left: vec![e(whole)], lines, folded: Some("every step".into()) },
        ],
    }
}

fn by_input() -> Part {
    let at = [n("n"), n("c")];
    let whole = by(output(), "x", &at);
    let inside = within(i(1), tap(), i(3));
    let value = read("W", &[i(1), n("c"), tap()]);
    let first = sum(
        &[("k", 5), ("i", 3)],
        mul(&[weight(), bracket(equal(position("i"), n("n"))), bracket(equal(n("k"), n("c")))]),
    );
    let second = sum(&[("i", 3)], mul(&[read("W", &[i(1), n("c"), n("i")]), bracket(equal(n("i"), tap()))]));
    let solved = vec![Inline::Math(is(n("k"), n("c"))), text("; the position solved for the tap")];
    let lines = vec![
        line(first, vec![text("an input depends on itself only")]),
        line(second, solved),
        line(mul(&[bracket(inside.clone()), value.clone()]), vec![text("a term survives only if that tap exists")]),
    ];
    Part {
        label: "(c)".into(),
        text: source("What is the dimension of $\\partial f_W(x)/\\partial x$? What are its values?"),
        blocks: vec![
            Block::Boxed {
                formulas: vec![
                    space(by(n("f"), "x", &[]), &[&[3], &[7, 5]]),
                    is(whole.clone(), cases(inside, value, i(0))),
                ],
                ranges: vec![range("r", 3), range("n", 7), range("c", 5)],
            },
            Block::Derivation { left: vec![e(whole.clone())], lines, folded: None },
            Block::Picture(picture(3, 7, 3, 2)),
            Block::Paragraph(source(
                "Each row is the row above, shifted by the stride. At $n=4$, row 2 uses tap $4-2=2$; row 3 would need tap 0: zero.",
            )),
        ],
    }
}

/// Which inputs feed which outputs, for any sizes.
pub fn picture(rows: usize, columns: usize, taps: usize, stride: usize) -> Picture {
    let lines = (0..rows).flat_map(|r| (0..taps).map(move |tap| (r, tap + stride * r, tap))).collect();
    let cell = |r: usize, c: usize| {
        (c >= stride * r && c < stride * r + taps)
            .then(|| (c - stride * r, "w".to_string(), (c - stride * r + 1).to_string()))
    };
    let labels = |count: usize| (1..=count).map(|label| label.to_string());
    let jacobian = Inline::Math(vec![e(by(output(), "x", &[n("n"), n("c")]))]);
    Picture {
        alternative: "Each output reads three inputs; the Jacobian is a band.".into(),
        reads: Some(Reads {
            output_title: vec![text("output "), Inline::Math(vec![e(n("r"))])],
            input_title: vec![text("position "), Inline::Math(vec![e(n("n"))])],
            outputs: labels(rows).collect(),
            inputs: labels(columns).map(|label| (label, false)).collect(),
            lines,
            caption: vec![text("which inputs each output reads; colour: tap")],
        }),
        matrix: Pattern {
            row_title: vec![e(n("r")), Piece::Symbol(Symbol::Equal)],
            column_title: vec![e(n("n")), Piece::Symbol(Symbol::Equal)],
            rows: labels(rows).collect(),
            columns: labels(columns).collect(),
            cells: (0..rows).map(|r| (0..columns).map(|c| cell(r, c)).collect()).collect(),
            frame: Frame::default(),
            caption: vec![
                jacobian,
                text(" for one channel, "),
                Inline::Source("$w_i=W[1,c,i]$".into()),
                text("; empty cells are 0"),
            ],
        },
    }
}

fn gradient() -> Part {
    let whole = by(n("l"), "W", &at_weight());
    let g = read("g", &[n("r")]);
    let answer = sum(&[("r", 3)], mul(&[g.clone(), input("i", "k")]));
    let first = sum(&[("r", 3)], mul(&[g, by(output(), "W", &at_weight())]));
    let chain = vec![
        text("chain rule: "),
        Inline::Math(vec![e(n("W"))]),
        text(" reaches ℓ only through "),
        Inline::Math(vec![e(n("f"))]),
    ];
    let lines = vec![line(first, chain), line(answer.clone(), vec![text("by (b)")])];
    Part {
        label: "(d)".into(),
        text: source(
            "Given $g[r]=\\partial\\ell/\\partial f_W(x)[r]$, what are the dimension and the expression of $\\partial\\ell/\\partial W$? Compare it with (a).",
        ),
        blocks: vec![
            Block::Boxed {
                formulas: vec![space(by(n("l"), "W", &[]), &[&[1, 5, 3]]), is(whole.clone(), answer)],
                ranges: vec![range("k", 5), range("i", 3)],
            },
            Block::Derivation { left: vec![e(whole)], lines, folded: None },
            Block::Paragraph(source(
                "Both passes are cross-correlations that read $x$ at the *same* place, $i+2(r-1)$. Which index is summed and which stays is exchanged; therefore the factor 2 is a stride in one and a dilation in the other.",
            )),
            comparison(),
        ],
    }
}

fn comparison() -> Block {
    let row = |cells: [&str; 3], bold: bool| (cells.map(source).to_vec(), bold);
    Block::Table {
        header: vec![vec![], source("(a) $f_W(x)[r]$"), source("(d) $\\partial\\ell/\\partial W[1,k,i]$")],
        rows: vec![
            row(["slides over $x$", "the filter $W$, length 3", "the upstream gradient $g$, length 3"], false),
            row(["stays $\\mid$ is summed", "$r\\;\\mid\\;i$ and $k$", "$i$ and $k\\;\\mid\\;r$"], false),
            row(["stride, dilation", "2, 1", "1, 2"], true),
            row(["channels", "added up", "kept apart: $g$ has none"], false),
            row(
                [
                    "length",
                    "$\\lfloor(7-3)/2\\rfloor+1=3$",
                    "$7-(2\\cdot2+1)+1=3$ (equal to the filter's, as it must be)",
                ],
                false,
            ),
        ],
    }
}

/// The whole page.
pub fn document() -> Document {
    let mut by_weight = by_weight();
    by_weight.blocks.truncate(2);
    let question = Question {
        label: "3".into(),
        text: source(
            "A sequence of length 7 with 5 channels, $x\\in\\mathbb{R}^{7\\times5}$, goes through a one-dimensional convolutional layer with one filter $W\\in\\mathbb{R}^{1\\times5\\times3}$ of size 3, stride 2, no dilation, no padding, no bias and no non-linearity.",
        ),
        notation: vec![("f".into(), "f_W(x)".into()), ("l".into(), "\\ell".into())],
        conventions: source(
            "indices start at 1; $x[n,k]$ is position $n$, channel $k$; $W[1,k,i]$ is channel $k$, tap $i$; $[p]$ is 1 if $p$ holds, else 0 (Iverson bracket).",
        ),
        parts: vec![values(), by_weight, by_input(), gradient()],
        evidence: source(
            "Verified: all 168 entries of (a)–(d) equal the dual-number derivatives of the definition, exactly, at 20 random points of $\\mathbb{F}_p$, $p=2^{61}-1$; also at 12 other sizes.",
        ),
        ..Question::default()
    };
    let problem =
        Problem { label: "1.1".into(), title: "Convolutional neural networks".into(), questions: vec![question] };
    Document { title: "Homework 2".into(), problems: vec![problem], ..Document::default() }
}

#[test]
fn the_ideal_page_in_every_format() {
    assert!(super::write_all("sheet", &document()).is_empty());
}

#[test]
fn the_folded_steps_of_a_part() {
    let mut document = document();
    document.problems[0].questions[0].parts = vec![by_weight()];
    assert!(super::write_all("folded", &document).is_empty());
}

#[test]
fn a_template_of_ones_own_sees_the_same_model() {
    let own = "<% for p in document.problems[0].questions[0].parts %><< p.label >> << p.blocks[0].formulas[0].left >>;<% endfor %>";
    let by = |text: &str| Templates {
        document: Some(Template { name: "//own".into(), file: "own.tex".into(), text: text.into() }),
        others: vec![],
    };
    let text = render_with(&document(), Format::LatexFragment(345), false, &by(own)).expect("rendered");
    assert!(text.starts_with("(a) f_W(x);(b) \\frac{\\partial f_W(x)}{\\partial W};"), "{text}");
    let error = |text| render_with(&document(), Format::Text, false, &by(text)).expect_err("refused").to_string();
    let lines = "{{ document.title }}\n{{ document.tilte }}";
    assert_eq!(error(lines), "own.tex:2: field `tilte` is not defined (did you mean `title`?)");
    assert!(error("{{ nothing").starts_with("own.tex:1: "), "{}", error("{{ nothing"));
    assert!(error("<< document.title >>").contains("says nothing of the document"));
    let beyond = error("{% include \"../README.md\" %}");
    assert!(beyond.starts_with("own.tex:1: unknown template `../README.md`"), "{beyond}");
}

#[test]
fn terminal_text_keeps_its_columns_with_and_without_colours() {
    let plain = render(&document(), Format::Text, false).expect("rendered");
    assert!(plain.lines().all(|line| line.chars().count() <= 80));
    let coloured = render(&document(), Format::Text, true).expect("rendered");
    let stripped: String = coloured
        .split('\u{1b}')
        .enumerate()
        .map(|(place, piece)| if place == 0 { piece } else { &piece[1 + piece.find('m').unwrap_or(0)..] })
        .collect();
    assert_eq!(stripped, plain);
}
