//! What is said of an answer in matrix form: the box, its layout, the signs in it, and the index form
//! from which it was read.

use super::document::{Block, Inline, Line, Math, Piece, Prose, Symbol};
use super::outline::whole_left;
use super::reason::{listed, math, text};
use crate::answer::{Answer, Names};
use crate::derivation::Goal;
use crate::language::syntax::{Binder, Expr, ExprKind, Layout, Name, Reduction};
use crate::matrix::{Extent, Form, Matrix, MatrixForm, Unfit};
use crate::model::System;

/// The box, a line on its layout and its signs, and the index form below it.
pub fn blocks(system: &System, names: &Names, answer: &Answer, form: &MatrixForm) -> Vec<Block> {
    let formulas = vec![membership(system, names, answer, form), equation(answer, form)];
    let mut about = layout(answer, form.layout);
    about.extend(signs(&form.matrix));
    about.push(text(" Compared with the index form at a sample of entries."));
    vec![Block::Boxed { formulas, ranges: Vec::new() }, Block::Paragraph(about), index_form(answer)]
}

/// `∂ℓ/∂W = Xᵀ·g`
pub fn equation(answer: &Answer, form: &MatrixForm) -> Math {
    let left = Piece::Expr(whole_left(&answer.derivation.goal));
    vec![left, Piece::Symbol(Symbol::Equal), Piece::Matrix(form.matrix.clone())]
}

/// `∂ℓ/∂W ∈ ℝ^{n×m}` in the layout.
pub fn membership(system: &System, names: &Names, answer: &Answer, form: &MatrixForm) -> Math {
    let left = Piece::Expr(whole_left(&answer.derivation.goal));
    vec![left, Piece::Symbol(Symbol::In), Piece::Space(vec![lengths(system, names, &form.matrix)])]
}

/// The lengths of rows and columns: those of a column alone, none of a scalar.
pub fn lengths(system: &System, names: &Names, matrix: &Matrix) -> Vec<Expr> {
    let quote = names.quote(system, &[]);
    let length = |extent: &Extent| quote.index(&extent.length());
    match (&matrix.rows, &matrix.columns) {
        (Extent::One, Extent::One) => Vec::new(),
        (rows, Extent::One) => vec![length(rows)],
        (rows, columns) => vec![length(rows), length(columns)],
    }
}

/// The shape that a gradient in index form has in numerator layout, where that is another one.
pub fn turned(system: &System, names: &Names, goal: &Goal) -> Option<Block> {
    let Goal::Gradient { array } = goal else { return None };
    let quote = names.quote(system, &[]);
    let mut lengths: Vec<Expr> = system.lengths(array).iter().map(|length| quote.index(length)).collect();
    match lengths.len() {
        1 => lengths.insert(0, Expr::integer(1)),
        2 => lengths.reverse(),
        _ => return None,
    }
    let transposed = vec![Piece::Expr(whole_left(goal)), Piece::Symbol(Symbol::In), Piece::Space(vec![lengths])];
    Some(Block::Paragraph(vec![text("In numerator layout it is transposed: "), Inline::Math(transposed), text(".")]))
}

/// How the axes are laid out.
fn layout(answer: &Answer, layout: Layout) -> Prose {
    let derivation = &answer.derivation;
    let name = |name: &Name| math(Expr::name(name.clone()));
    let scalar = derivation.indices[..derivation.output_axes].iter().all(|b| b.lo == b.hi);
    let mut prose = vec![text(match layout {
        Layout::Shape => "Shape layout: ",
        Layout::Numerator => "Numerator layout: ",
        Layout::Denominator => "Denominator layout: ",
    })];
    match &derivation.goal {
        Goal::Value { .. } => return vec![text("In matrix form.")],
        Goal::Step { .. } => {
            if let ExprKind::Derivative(of, by, at) = whole_left(&derivation.goal).kind {
                let by = if at.is_empty() { Expr::name(by) } else { Expr::new(ExprKind::Read(by, at)) };
                let (first, second) = if layout == Layout::Denominator { (by, *of) } else { (*of, by) };
                prose.extend([text("the axes of "), math(first), text(" come before those of "), math(second)]);
            }
        }
        Goal::Jacobian { output, array } if !scalar => {
            let (first, second) = if layout == Layout::Denominator { (array, output) } else { (output, array) };
            prose.extend([text("the axes of "), name(first), text(" come before those of "), name(second)]);
        }
        Goal::Jacobian { array, .. } | Goal::Gradient { array } => {
            prose.extend([text("the derivative has the shape of "), name(array)]);
            if layout == Layout::Numerator {
                prose.push(text(" transposed"));
            }
        }
    }
    prose.push(text("."));
    prose
}

/// What the signs mean that are not of everyday use.
fn signs(matrix: &Matrix) -> Prose {
    let holds = |test: &dyn Fn(&Form) -> bool| matrix.any(&mut |m| !m.is_scalar() && test(&m.form));
    let sign = |form: Form| Inline::Math(vec![Piece::Matrix(Matrix { form, ..matrix.clone() })]);
    let mut said: Vec<Prose> = Vec::new();
    if holds(&|f| matches!(f, Form::Hadamard(_))) {
        said.push(vec![text("⊙ multiplies entry by entry")]);
    }
    if holds(&|f| matches!(f, Form::Quotient(_))) {
        said.push(vec![text("⊘ divides entry by entry")]);
    }
    let entrywise: Vec<Inline> = [
        ("powers", holds(&|f| matches!(f, Form::Power(..)))),
        ("functions", holds(&|f| matches!(f, Form::Apply(..)))),
        ("brackets", holds(&|f| matches!(f, Form::Compare(..)))),
    ]
    .into_iter()
    .filter(|(_, found)| *found)
    .map(|(word, _)| text(word))
    .collect();
    if !entrywise.is_empty() {
        said.push(listed(entrywise).into_iter().chain([text(" are taken entry by entry")]).collect());
    }
    if holds(&|f| matches!(f, Form::Ones)) {
        said.push(vec![sign(Form::Ones), text(" is a vector of ones")]);
    }
    if holds(&|f| matches!(f, Form::Identity)) {
        said.push(vec![sign(Form::Identity), text(" is the identity")]);
    }
    match said.is_empty() {
        true => Vec::new(),
        false => [vec![text(" Here ")], said.join(&text(", ")), vec![text(".")]].concat(),
    }
}

/// The formula with indices, and which of them are summed between which factors.
fn index_form(answer: &Answer) -> Block {
    let left = vec![Piece::Expr(answer.left.clone())];
    let mut reason: Prose = vec![text("in index form")];
    for (index, factors) in sums(&answer.formula) {
        let between = match factors.len() {
            0 => vec![text(" counts the summands")],
            1 => [vec![text(" is summed over ")], listed(factors)].concat(),
            _ => [vec![text(" is summed between ")], listed(factors)].concat(),
        };
        reason.push(text(", "));
        reason.push(math(Expr::name(index)));
        reason.extend(between);
    }
    let right = vec![Piece::Expr(answer.formula.clone())];
    Block::Derivation { left, lines: vec![Line { relation: Symbol::Equal, right, reason }], folded: None }
}

/// The summed indices of a formula, each with the letters of the factors that are read at it.
fn sums(formula: &Expr) -> Vec<(Name, Vec<Inline>)> {
    let mut found: Vec<(Name, Vec<Inline>)> = Vec::new();
    each(formula, &mut |e| {
        let ExprKind::Reduce(Reduction::Sum, binders, _, body) = &e.kind else { return };
        for Binder { name, .. } in binders {
            let mut letters: Vec<Name> = Vec::new();
            each(body, &mut |part| {
                if let ExprKind::Read(array, at) | ExprKind::Upstream(array, at) = &part.kind
                    && at.iter().any(|index| matches!(&index.kind, ExprKind::Name(n) if n == name))
                    && !letters.contains(array)
                {
                    letters.push(array.clone());
                }
            });
            let letters: Vec<Inline> = letters.into_iter().map(|letter| math(Expr::name(letter))).collect();
            if !found.contains(&(name.clone(), letters.clone())) {
                found.push((name.clone(), letters));
            }
        }
    });
    found
}

/// Calls `f` on an expression and its parts, those of conditions left out.
fn each(e: &Expr, f: &mut dyn FnMut(&Expr)) {
    f(e);
    match &e.kind {
        ExprKind::Sum(terms) => terms.iter().for_each(|(_, term)| each(term, f)),
        ExprKind::Product(factors) => factors.iter().for_each(|(_, factor)| each(factor, f)),
        ExprKind::Power(a, b) | ExprKind::If(_, a, b) => {
            each(a, f);
            each(b, f);
        }
        ExprKind::Reduce(.., body) | ExprKind::Normalise(.., body) | ExprKind::Derivative(body, ..) => each(body, f),
        ExprKind::Call(_, parts) => parts.iter().for_each(|part| each(part, f)),
        _ => {}
    }
}

/// Why there is no matrix form, in a sentence.
pub fn why_not(unfit: &Unfit) -> Prose {
    let mut prose = vec![text("There is no matrix form: ")];
    prose.extend(reason(unfit));
    prose.push(text("."));
    prose
}

fn reason(unfit: &Unfit) -> Prose {
    let letter = |name: &Name| math(Expr::name(name.clone()));
    match unfit {
        Unfit::Axes(count) => vec![text(format!("the answer has {count} axes, a matrix has two"))],
        Unfit::Factor(name) => vec![text("the factor "), letter(name), text(" has more than two axes")],
        Unfit::Place(name) => {
            vec![letter(name), text(" is read elsewhere than at an index that runs over a whole axis")]
        }
        Unfit::Condition => vec![text("a bracket asks for more than that two indices of one range are equal")],
        Unfit::Range(name) => {
            vec![text("the range of "), letter(name), text(" depends on another index")]
        }
        Unfit::Value => vec![text("it holds a value that no operation on matrices gives")],
        Unfit::Wiring => vec![text("the factors share their indices in a way that products of matrices do not have")],
        Unfit::Differs => vec![text("the one that was found did not pass the comparison with the index form")],
    }
}
