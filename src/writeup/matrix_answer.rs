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

/// The box, and a line on its layout and its signs as far as that is not `said` yet.
pub fn blocks(system: &System, names: &Names, answer: &Answer, form: &MatrixForm, said: &mut Vec<Prose>) -> Vec<Block> {
    let formulas = vec![membership(system, names, answer, form), equation(answer, form)];
    let mut blocks = vec![Block::Boxed { formulas, ranges: Vec::new() }];
    let compared = vec![text("Matrix forms are compared with the index forms at a sample of entries.")];
    let sentences = [layout(answer, form.layout), signs(&form.matrix, said), compared];
    let mut about = Prose::new();
    for sentence in sentences {
        if sentence.is_empty() || said.contains(&sentence) {
            continue;
        }
        if !about.is_empty() {
            about.push(text(" "));
        }
        about.extend(sentence.iter().cloned());
        said.push(sentence);
    }
    blocks.extend((!about.is_empty()).then_some(Block::Paragraph(about)));
    blocks
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
    let scalar = derivation.indices[..derivation.output_axes].iter().all(|b| b.lo == b.hi);
    let gradient = match derivation.goal {
        Goal::Value { .. } => return Prose::new(),
        Goal::Step { .. } => false,
        Goal::Jacobian { .. } => scalar,
        Goal::Gradient { .. } => true,
    };
    vec![text(match (layout, gradient) {
        (Layout::Shape, true) => "Shape layout: a gradient has the shape of its array.",
        (Layout::Numerator, true) => "Numerator layout: a gradient has the shape of its array, transposed.",
        (Layout::Denominator, true) => "Denominator layout: a gradient has the shape of its array.",
        (Layout::Shape, false) => "Shape layout: rows are those of what is differentiated, columns those of the array.",
        (Layout::Numerator, false) => {
            "Numerator layout: rows are those of what is differentiated, columns those of the array."
        }
        (Layout::Denominator, false) => {
            "Denominator layout: rows are those of the array, columns those of what is differentiated."
        }
    })]
}

/// What the signs mean that are not of everyday use, and have not been explained.
fn signs(matrix: &Matrix, known: &mut Vec<Prose>) -> Prose {
    let holds = |test: &dyn Fn(&Form) -> bool| matrix.any(&mut |m| !m.is_scalar() && test(&m.form));
    let sign = |form: Form| Inline::Math(vec![Piece::Matrix(Matrix { form, ..matrix.clone() })]);
    let mut said: Vec<Prose> = Vec::new();
    if holds(&|f| matches!(f, Form::Hadamard(_))) {
        said.push(vec![text("⊙ multiplies entry by entry")]);
    }
    if holds(&|f| matches!(f, Form::Quotient(_))) {
        said.push(vec![text("⊘ divides entry by entry")]);
    }
    for (words, found) in [
        ("powers are taken entry by entry", holds(&|f| matches!(f, Form::Power(..)))),
        ("functions are taken entry by entry", holds(&|f| matches!(f, Form::Apply(..)))),
        ("brackets are taken entry by entry", holds(&|f| matches!(f, Form::Compare(..)))),
    ] {
        if found {
            said.push(vec![text(words)]);
        }
    }
    if holds(&|f| matches!(f, Form::Ones)) {
        said.push(vec![sign(Form::Ones), text(" is a vector of ones")]);
    }
    if holds(&|f| matches!(f, Form::Identity)) {
        said.push(vec![sign(Form::Identity), text(" is the identity")]);
    }
    said.retain(|sign| known.iter().all(|explained| explained.last() != sign.last()));
    known.extend(said.iter().cloned());
    match said.is_empty() {
        true => Vec::new(),
        false => [vec![text("Here ")], said.join(&text(", ")), vec![text(".")]].concat(),
    }
}

/// The formula with indices, and which of them are summed between which factors.
pub fn index_form(answer: &Answer) -> Block {
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
