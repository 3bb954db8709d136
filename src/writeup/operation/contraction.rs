//! The words for contractions: matrix products, outer products, traces, broadcasts.

use super::super::document::Prose;
use super::super::words::{Words, enumerated, equation, formula, text};
use super::{letter, sentence, with_article};
use crate::answer::Answer;
use crate::integer::Index;
use crate::language::syntax::{Expr, ExprKind};
use crate::recognise::{Contraction, Form, Operation, Place};

/// "A matrix product: Y = A·B."
pub(super) fn describe(words: &Words, operation: &Operation, found: &Contraction, answer: &Answer) -> Prose {
    let factors = operation.wiring.factors.len();
    let times: Vec<Prose> = words.times(operation).into_iter().collect();
    let spare = times.iter().cloned().flat_map(|t| [vec![text(", ")], t].concat()).collect::<Prose>();
    if let Some(form) = words.matrix_form(operation) {
        let mut left = answer.left.clone();
        strip_indices(&mut left);
        let name = with_article(vec![text(name(operation, found))]);
        return [capital(name), vec![text(": "), equation(left, form), text(".")]].concat();
    }
    let array = |k: usize| words.factor(operation, k);
    let summed = shown(found, |r| !r.stays);
    let idle = shown(found, |r| r.within.is_empty());
    let close = |mut prose: Prose| {
        prose.extend(spare.clone());
        prose.push(text("."));
        prose
    };
    match &found.form {
        Some(Form::Trace(_)) => return close([vec![text("The trace of ")], array(0)].concat()),
        Some(Form::Diagonal(_)) => return close([vec![text("The diagonal of ")], array(0)].concat()),
        Some(Form::DiagonalMatrix(_)) => {
            let matrix =
                Expr::new(ExprKind::Call("diag".into(), vec![words.letter(&operation.wiring.factors[0].source)]));
            return close(vec![text("A diagonal matrix: "), formula(matrix)]);
        }
        _ => {}
    }
    if factors == 1 && !summed.is_empty() {
        let mut prose = [vec![text("The sum of ")], array(0), vec![text(" over ")], words.shown(&summed)].concat();
        if !idle.is_empty() {
            prose.extend([vec![text(", the same for every ")], words.shown(&idle)].concat());
        }
        return close(prose);
    }
    if factors == 1 && !idle.is_empty() {
        return close([vec![text("A broadcast of ")], array(0), vec![text(" along ")], words.shown(&idle)].concat());
    }
    let all = enumerated((0..factors).map(array).collect());
    if let Some(matrix) = found.pointwise {
        let opening =
            [vec![text(format!("A pointwise ({}) convolution of ", taps(operation, matrix)))], array(1 - matrix)];
        let opening = [opening.concat(), vec![text(" with ")], array(matrix)].concat();
        let positions = shown(found, |r| r.stays && r.within == [1 - matrix]);
        let product = [vec![text("a matrix product at every ")], words.shown(&positions)].concat();
        let over = [vec![text("summed over ")], words.shown(&summed)].concat();
        return sentence(opening, [vec![product, over], times].concat());
    }
    if found.batched.is_some() {
        let shared = shown(found, |r| r.stays && r.within.len() == 2);
        let each = [vec![text("one for every ")], words.shown(&shared)].concat();
        let over = [vec![text("summed over ")], words.shown(&summed)].concat();
        let opening = [capital(with_article(vec![text(name(operation, found))])), vec![text(" of ")], all].concat();
        return sentence(opening, [vec![each, over], times].concat());
    }
    let mut prose = [capital(with_article(vec![text(name(operation, found))])), vec![text(" of ")], all].concat();
    if found.form.is_none() && !summed.is_empty() {
        prose.extend([vec![text(" over ")], words.shown(&summed)].concat());
    }
    if found.form.is_none() && !idle.is_empty() {
        prose.extend([vec![text(", the same for every ")], words.shown(&idle)].concat());
    }
    close(prose)
}

/// The name of a contraction.
pub(super) fn name(operation: &Operation, found: &Contraction) -> &'static str {
    let contracted = found.roles.iter().any(|r| !r.stays);
    let vector = |form: &Form| matches!(form, Form::Product(a, b) if a.vector || b.vector);
    if found.pointwise.is_some() {
        return "pointwise convolution";
    }
    match (&found.form, &found.batched, operation.wiring.factors.len()) {
        (Some(form @ Form::Product(..)), ..) if vector(form) => "matrix–vector product",
        (Some(Form::Product(..)), ..) => "matrix product",
        (Some(Form::Outer(..)), ..) => "outer product",
        (Some(Form::Inner(..)), ..) => "inner product",
        (Some(Form::Bilinear(..)), ..) => "bilinear form",
        (Some(Form::Elementwise(..)), ..) => "elementwise product",
        (Some(Form::Itself(m)), ..) if m.transposed && !m.vector => "transpose",
        (Some(Form::Itself(_)), ..) => "copy",
        (Some(Form::AxisSum(_)), ..) => "sum over an axis",
        (Some(Form::Trace(_)), ..) => "trace",
        (Some(Form::Diagonal(_)), ..) => "diagonal",
        (Some(Form::DiagonalMatrix(_)), ..) => "diagonal matrix",
        (None, Some(form), _) if vector(form) => "batched matrix–vector product",
        (None, Some(Form::Product(..)), _) => "batched matrix product",
        (None, Some(Form::Inner(..)), _) => "batched inner product",
        (None, _, 1) if contracted => "sum over axes",
        (None, _, 1) if found.roles.iter().any(|r| r.within.is_empty()) => "broadcast",
        (None, _, 1) => "rearrangement of the axes",
        (None, ..) if contracted => "tensor contraction",
        (None, ..) => "product without a sum",
    }
}

/// A contraction as a summand among others: `the weight b`, `the matrix product x·W^⊤`.
pub(super) fn in_a_sum(words: &Words, operation: &Operation, found: &Contraction) -> Prose {
    let form = words.matrix_form(operation);
    let whole = operation.wiring.factors.len() == 1 && found.roles.iter().all(|r| r.stays);
    let several = found.roles.iter().filter(|r| !r.within.is_empty()).count() > 1;
    let times = words.times(operation).map(|t| [vec![text(", ")], t].concat()).unwrap_or_default();
    match (whole && !found.roles.is_empty(), form) {
        (true, Some(form)) if several || !times.is_empty() => vec![formula(form)],
        (true, None) if several => [vec![text("entries of ")], words.factor(operation, 0), times].concat(),
        (true, _) => [words.factor(operation, 0), times].concat(),
        (false, Some(form)) => [vec![text(format!("the {} ", name(operation, found)))], vec![formula(form)]].concat(),
        (false, None) => match &found.form {
            Some(Form::Trace(_) | Form::Diagonal(_)) => {
                vec![text(format!("the {} of ", name(operation, found))), letter(words, operation)]
            }
            _ => with_article(vec![text(name(operation, found))]),
        },
    }
}

/// The indices, as the formula writes them, whose role is such.
fn shown(found: &Contraction, wanted: impl Fn(&crate::recognise::IndexRole) -> bool) -> Vec<&Index> {
    found.roles.iter().filter(|r| wanted(r)).map(|r| &r.shown).collect()
}

/// `1×1` for a kernel with two axes of one place.
fn taps(operation: &Operation, matrix: usize) -> String {
    let fixed = operation.wiring.places[matrix].iter().filter(|p| matches!(p, Place::Fixed(_))).count();
    vec!["1"; fixed.max(2)].join("×")
}

/// The first letter large.
fn capital(prose: Prose) -> Prose {
    let mut prose = prose;
    if let Some(super::super::document::Inline::Text(words)) = prose.first_mut()
        && let Some(first) = words.chars().next()
    {
        *words = first.to_uppercase().chain(words.chars().skip(1)).collect();
    }
    prose
}

/// f[n, j] as f, ∂ℓ/∂W[i, j] as ∂ℓ/∂W.
fn strip_indices(left: &mut Expr) {
    match &mut left.kind {
        ExprKind::Read(name, _) => left.kind = ExprKind::Name(name.clone()),
        ExprKind::Upstream(_, at) => at.clear(),
        ExprKind::Derivative(of, _, at) => {
            at.clear();
            strip_indices(of);
        }
        _ => {}
    }
}
