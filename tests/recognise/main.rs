//! Answers are named by their index maps: small layers as text, and the words for what is derived.

mod any_answers;
mod by_hand;
mod comparison;
mod families;
mod jacobians;
mod loops;
mod refused;

use backprose::answer::{Answer, goal_name};
use backprose::derivation::Goal;
use backprose::language::parse::parse_file;
use backprose::language::print::{Alphabet, condition, expression};
use backprose::language::syntax::Expr;
use backprose::model::Sizes;
use backprose::recognise::{Operation, OperationKind, Slide, recognise};
use backprose::study::Study;
use backprose::writeup::comparison::{Compared, compare};
use backprose::writeup::document::{Block, Inline, Piece, Prose, Symbol};
use backprose::writeup::operation::{describe, short_name};

fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

struct Layer {
    study: Study,
}

impl Layer {
    fn new(text: &str) -> Layer {
        let text = &text.replace("; ", "\n");
        let file = parse_file(text).unwrap_or_else(|e| panic!("{text}: {e:?}"));
        let study = Study::new(&file.statements, file.base.unwrap_or(1), &Sizes::default());
        Layer { study: study.unwrap_or_else(|e| panic!("{text}: {e:?}")) }
    }

    fn goal(&self, name: &str) -> Goal {
        let mut goals = self.study.goals(&[]).into_iter();
        goals.find(|g| goal_name(g) == name).unwrap_or_else(|| panic!("no goal {name}"))
    }

    /// The answer, verified, and the operations that it is.
    ///
    /// What is recognised must be confirmed: a name that is withheld because performing the
    /// operation gives other entries would hide a defect.
    fn answer(&mut self, name: &str) -> (Answer, Option<Vec<Operation>>) {
        let (answer, _) = self.study.answer(&self.goal(name)).unwrap_or_else(|e| panic!("{name}: {e:?}"));
        let found = recognise(&self.study.system, &answer.derivation);
        let confirmed = self.study.operation(&answer);
        assert_eq!(found, confirmed, "{name} is named but not confirmed");
        (answer, confirmed)
    }

    fn operation(&mut self, name: &str) -> Option<Vec<Operation>> {
        self.answer(name).1
    }

    fn sentence(&mut self, name: &str) -> String {
        let (answer, operations) = self.answer(name);
        let (system, names) = (&self.study.system, &self.study.names);
        match operations {
            Some(operations) => {
                let short = plain(&short_name(system, names, &answer, &operations));
                assert!(!short.is_empty(), "{name} has a sentence and no short name");
                plain(&describe(system, names, &answer, &operations))
            }
            None => "no name".into(),
        }
    }

    fn comparison(&mut self, a: &str, b: &str) -> String {
        let (x, y) = (self.answer(a), self.answer(b));
        let first = Compared { answer: &x.0, label: "(a)", operations: x.1 };
        let second = Compared { answer: &y.0, label: "(d)", operations: y.1 };
        compare(&self.study.system, &self.study.names, [&first, &second]).iter().map(block).collect()
    }
}

fn block(block: &Block) -> String {
    match block {
        Block::Paragraph(prose) => plain(prose) + "\n",
        Block::Table { header, rows } => {
            let line = |cells: &[Prose]| cells.iter().map(plain).collect::<Vec<_>>().join(" || ") + "\n";
            line(header) + &rows.iter().map(|(cells, _)| line(cells)).collect::<String>()
        }
        other => panic!("{other:?}"),
    }
}

fn plain(prose: &Prose) -> String {
    let piece = |p: &Piece| match p {
        Piece::Expr(e) => expression(e, Alphabet::Unicode),
        Piece::Condition(c) => condition(c, Alphabet::Unicode),
        Piece::Symbol(Symbol::Equal) => " = ".into(),
        Piece::Space(groups) => space(groups),
        other => panic!("{other:?}"),
    };
    let inline = |i: &Inline| match i {
        Inline::Text(t) | Inline::Emphasis(t) | Inline::Source(t) => t.clone(),
        Inline::Math(pieces) => pieces.iter().map(piece).collect(),
    };
    prose.iter().map(inline).collect()
}

/// `ℝ^(N×K)`
fn space(groups: &[Vec<Expr>]) -> String {
    let axis = |e: &Expr| expression(e, Alphabet::Unicode);
    let group = |g: &Vec<Expr>| g.iter().map(axis).collect::<Vec<_>>().join("×");
    match groups {
        [] => "ℝ".into(),
        groups => format!("ℝ^({})", groups.iter().map(group).collect::<Vec<_>>().join(")×(")),
    }
}

#[track_caller]
fn check(layer: &str, expected: &[(&str, &str)]) {
    let mut layer = Layer::new(layer);
    let found: Vec<(&str, String)> = expected.iter().map(|(name, _)| (*name, layer.sentence(name))).collect();
    let expected: Vec<(&str, String)> = expected.iter().map(|(name, s)| (*name, (*s).into())).collect();
    assert_eq!(found, expected);
}

const SHEET: &str = "input x[7,5]\nweight W[1,5,3]\nf[r] = sum[k,i] x[i+2*(r-1), k]*W[1,k,i]\noutput f";
const GENERAL: &str = "size N, C, F, K, S, D, P >= 0
input x[N pad P, C]
weight W[F, C, K]
f[r, o] = sum[k, i] x[1 + S*(r-1) + D*(i-1) - P, k] * W[o, k, i]
output f";

#[test]
fn the_sheets_convolution() {
    check(
        SHEET,
        &[
            ("f", "A cross-correlation of x with the weight W: stride 2, summed over k."),
            (
                "dl/dW",
                "A cross-correlation of x with the upstream gradient g: stride 1, dilation 2, separately for each k.",
            ),
            (
                "dl/dx",
                "A transposed convolution of the upstream gradient g with the weight W: stride 2, separately for each c.",
            ),
            ("df/dW", "Windows of x (im2col), moved by 2 for each step of r."),
            ("df/dx", "A band that holds W, moved by 2 for each step of r; 0 elsewhere."),
        ],
    );
}

#[test]
fn a_convolution_with_symbolic_sizes() {
    check(
        GENERAL,
        &[
            (
                "f",
                "A cross-correlation of x with the weight W: stride S, dilation D, padding P, summed over k, separately for each o.",
            ),
            (
                "dl/dW",
                "A cross-correlation of x with the upstream gradient g: stride D, dilation S, padding P, separately for each o and k.",
            ),
            (
                "dl/dx",
                "A transposed convolution of the upstream gradient g with the weight W: stride S, dilation D, padding P, summed over o, separately for each c.",
            ),
            (
                "df/dW",
                "Windows of x (im2col), moved by S for each step of r and D for each step of i where o = o', else 0, and 0 outside x.",
            ),
            ("df/dx", "A band that holds W; 0 elsewhere."),
        ],
    );
}

#[test]
fn numeric_stride_dilation_and_padding() {
    let layer = "input x[11 pad 1, 7]\nweight W[2,7,3]
f[r,o] = sum[k,i] x[1+2*(r-1)+3*(i-1)-1, k]*W[o,k,i]\noutput f";
    check(
        layer,
        &[
            (
                "f",
                "A cross-correlation of x with the weight W: stride 2, dilation 3, padding 1, summed over k, separately for each o.",
            ),
            (
                "dl/dW",
                "A cross-correlation of x with the upstream gradient g: stride 3, dilation 2, padding 1, separately for each o and k.",
            ),
            (
                "dl/dx",
                "A transposed convolution of the upstream gradient g with the weight W: stride 2, dilation 3, padding 1, summed over o, separately for each c.",
            ),
        ],
    );
}

#[test]
fn base_zero() {
    let layer = "index from 0\ninput x[7,5]\nweight W[1,5,3]\nf[r] = sum[k,i] x[i+2*r, k]*W[0,k,i]\noutput f";
    check(
        layer,
        &[
            ("f", "A cross-correlation of x with the weight W: stride 2, summed over k."),
            (
                "dl/dW",
                "A cross-correlation of x with the upstream gradient g: stride 1, dilation 2, separately for each k.",
            ),
            (
                "dl/dx",
                "A transposed convolution of the upstream gradient g with the weight W: stride 2, separately for each c.",
            ),
        ],
    );
}

#[test]
fn unit_stride_is_solved_for_the_window() {
    let layer = "input x[8]\nweight W[3]\nf[r] = sum[i] x[r+2*(i-1)]*W[i]\noutput f";
    check(
        layer,
        &[
            ("f", "A cross-correlation of x with the weight W: stride 1, dilation 2."),
            ("dl/dW", "A cross-correlation of x with the upstream gradient g: stride 2."),
            ("dl/dx", "A transposed convolution of the upstream gradient g with the weight W: stride 1, dilation 2."),
        ],
    );
}

#[test]
fn two_axes_with_their_own_parameters() {
    let layer = "input x[6,8]\nweight W[2,3]
f[r,s] = sum[i,j] x[i+2*(r-1), s+2*(j-1)]*W[i,j]\noutput f";
    check(
        layer,
        &[
            (
                "f",
                "A cross-correlation of x with the weight W: stride 2 along the first axis; stride 1 and dilation 2 along the second axis.",
            ),
            (
                "dl/dW",
                "A cross-correlation of x with the upstream gradient g: stride 1 and dilation 2 along the first axis; stride 2 along the second axis.",
            ),
            (
                "dl/dx",
                "A transposed convolution of the upstream gradient g with the weight W: stride 2 along the first axis; stride 1 and dilation 2 along the second axis.",
            ),
        ],
    );
}

#[test]
fn depthwise() {
    let layer = "input x[9,4]\nweight W[4,3]\nf[r,c] = sum[i] x[r+i-1,c]*W[c,i]\noutput f";
    check(
        layer,
        &[
            ("f", "A depthwise convolution (cross-correlation) of x with the weight W: in each c."),
            ("dl/dW", "A cross-correlation of x with the upstream gradient g: in each c."),
            ("dl/dx", "A depthwise transposed convolution of the upstream gradient g with the weight W: in each p."),
        ],
    );
}

#[test]
fn true_convolution() {
    let layer = "input x[7]\nweight k[3]\ny[n in 2..10] = sum[m] [1 <= n-m <= 7] * x[n-m]*k[m]\noutput y";
    check(
        layer,
        &[
            ("y", "A convolution of x with the weight k (flipped): padding 2."),
            ("dl/dx", "A cross-correlation of the upstream gradient g with the weight k."),
            ("dl/dk", "A cross-correlation of the upstream gradient g with x."),
        ],
    );
    let strided = "input x[9]\nweight k[3]\ny[n in 2..4] = sum[m] x[2*n-m]*k[m]\noutput y";
    check(strided, &[("y", "A convolution of x with the weight k (flipped): stride 2.")]);
}

#[test]
fn a_kernel_written_backwards_is_flipped() {
    check(
        "input x[9]\nweight W[3]\nf[r] = sum[i in 1..3] x[r+i-1]*W[4-i]\noutput f",
        &[("f", "A convolution of x with the weight W (flipped).")],
    );
}

#[test]
fn transposed_convolution_as_a_layer() {
    let layer = "input x[4]\nweight W[3]
y[n in 1..9] = sum[r,i] [n = 1 + 2*(r-1) + (i-1)] * x[r]*W[i]\noutput y";
    check(
        layer,
        &[
            ("y", "A transposed convolution of x with the weight W: stride 2."),
            ("dl/dx", "A cross-correlation of the upstream gradient g with the weight W: stride 2."),
            ("dl/dW", "A cross-correlation of the upstream gradient g with x: stride 1, dilation 2."),
        ],
    );
}

#[test]
fn linear_layer_with_bias() {
    let layer = "size N, I, J\ninput x[N,I]\nweight W[J,I], b[J]
f[n,j] = b[j] + sum[i] W[j,i]*x[n,i]\noutput f";
    check(
        layer,
        &[
            ("f", "A sum of the weight b and the matrix product x·W^⊤."),
            ("dl/dx", "A matrix product: ∂ℓ/∂x = g·W."),
            ("dl/dW", "A matrix product: ∂ℓ/∂W = g^⊤·x."),
            ("dl/db", "The sum of the upstream gradient g over n."),
            ("df/dx", "Diagonal blocks: W where n = n', else 0."),
            ("df/db", "A diagonal: 1 where j = j', else 0."),
        ],
    );
}

#[test]
fn matrix_and_vector() {
    let layer = "input x[3]\nweight W[4,3]\nh[i] = sum[j] W[i,j]*x[j]\noutput h";
    check(
        layer,
        &[
            ("h", "A matrix–vector product: h = W·x."),
            ("dl/dx", "A matrix–vector product: ∂ℓ/∂x = W^⊤·g."),
            ("dl/dW", "An outer product: ∂ℓ/∂W = g·x^⊤."),
        ],
    );
}

#[test]
fn outer_product_and_contractions() {
    check(
        "input a[3], b[4]\nf[i,j] = a[i]*b[j]\noutput f",
        &[
            ("f", "An outer product: f = a·b^⊤."),
            ("dl/da", "A matrix–vector product: ∂ℓ/∂a = g·b."),
            ("dl/db", "A matrix–vector product: ∂ℓ/∂b = g^⊤·a."),
        ],
    );
    check(
        "input a[3,4,2], b[4,2,5]\nf[i,j] = sum[p,q] a[i,p,q]*b[p,q,j]\noutput f",
        &[
            ("f", "A tensor contraction of a and b over p and q."),
            ("dl/da", "A tensor contraction of the upstream gradient g and b over j."),
        ],
    );
    check(
        "input a[3], b[3]\nf[i] = a[i]*b[i]\noutput f",
        &[
            ("f", "An elementwise product of a and b."),
            ("dl/da", "An elementwise product of the upstream gradient g and b."),
        ],
    );
}

#[test]
fn what_has_no_name() {
    check("input x[6]\nf[r in 0..2] = sum[i in 1..4] x[i]*x[i+r]\noutput f", &[("f", "no name"), ("dl/dx", "no name")]);
    check("input x[9]\nweight W[5]\nf[r] = sum[i in 1..3] x[r+i-1]*W[i]\noutput f", &[("f", "no name")]);
    check("input x[9]\nweight W[7,3]\nf[r] = sum[i] x[r+i-1]*W[r,i]\noutput f", &[("f", "no name")]);
    check("input x[9]\nweight W[3]\nf[r in 1..3] = sum[i] x[10-r-i]*W[i]\noutput f", &[("f", "no name")]);
    check("input x[5], W[5,5]\nf[i] = sum[j] [j <= i]*W[i,j]*x[j]\noutput f", &[("f", "no name")]);
}

#[test]
fn names_play_no_part() {
    let renamed = "input photo[7,5]\nweight x[1,5,3]\nW[q] = sum[a,b] photo[b+2*(q-1), a]*x[1,a,b]\noutput W";
    let (mut one, mut other) = (Layer::new(SHEET), Layer::new(renamed));
    for (a, b) in [("f", "W"), ("dl/dW", "dl/dx"), ("dl/dx", "dl/dphoto"), ("df/dx", "dW/dphoto")] {
        assert_eq!(kind(one.operation(a)), kind(other.operation(b)), "{a}");
    }
    let sentence =
        "A cross-correlation of photo with the upstream gradient g: stride 1, dilation 2, separately for each a.";
    assert_eq!(other.sentence("dl/dx"), sentence);
}

fn kind(operation: Option<Vec<Operation>>) -> String {
    let operation = operation.and_then(|mut all| all.pop());
    match operation.map(|o| o.kind) {
        Some(OperationKind::Sliding(s)) => {
            let axes: Vec<_> = s.axes.iter().map(|x| (&x.stride, &x.dilation, &x.padding, &x.lengths)).collect();
            format!("{:?} {axes:?} {:?}", s.slide, s.others.iter().map(|r| (r.stays, &r.within)).collect::<Vec<_>>())
        }
        other => format!("{other:?}"),
    }
}

#[test]
fn kinds_are_data() {
    let mut layer = Layer::new(GENERAL);
    let operation = layer.operation("dl/dx").and_then(|mut all| all.pop()).unwrap();
    let OperationKind::Sliding(s) = operation.kind else { panic!("a sliding operation") };
    assert_eq!(s.slide, Slide::Transposed);
}
