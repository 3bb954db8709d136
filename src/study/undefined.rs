//! What is to blame when a system has no values anywhere, or an index no range.

use crate::diagnostic::{Diagnostic, Span};
use crate::evaluate::EvalError;
use crate::language::print::{Alphabet, expression};
use crate::language::syntax::{ExprKind, Name, Operator};
use crate::model::{Quote, System, each_part};
use crate::verify::{Cause, Unverified};

/// How many places are shown of what has no value.
const MOST_PLACES: usize = 3;

/// What to say of a system that has no values at any point – which function or divisor is to blame, and where it
/// stands – or of an index whose range its author has to give.
pub fn undefined(system: &System, why: &Unverified) -> Option<Diagnostic> {
    match why.cause.as_deref()? {
        Cause::Evaluation(error) => valueless(system, error),
        Cause::Larger { array, index, value } => unlimited(system, array, index, *value),
    }
}

/// The range of an index was taken from reads, some of which conditions on the index keep from being made.
fn unlimited(system: &System, array: &Name, index: &Name, value: i64) -> Option<Diagnostic> {
    let equation = system.equation(array)?;
    let written = system.program.equations.iter().find(|equation| equation.array == *array)?;
    let bound = equation.indices.iter().find(|bound| bound.var.name == *index)?;
    let [lo, hi] = [&bound.lo, &bound.hi].map(|end| expression(&Quote::plain().index(end), Alphabet::Ascii));
    let message =
        format!("the range of `{index}` depends on a condition: at {index} = {value} no read leaves its array either");
    let given =
        Diagnostic::new(message, written.body.span).label(format!("what `{array}` reads here limits `{index}`"));
    Some(given.hint(format!("give the range: `{index} in {lo}..{hi}`")))
}

fn valueless(system: &System, error: &EvalError) -> Option<Diagnostic> {
    let equations = || system.program.equations.iter();
    let (message, wanted, array, hint) = match error {
        EvalError::OutsideDomain { array, function: Some(function) } => {
            let name = function.name();
            let message = format!("`{name}` has no real value at any point that was tried");
            let hint = function.entry().domain.map(|domain| format!("`{name}(u)` is real where {domain}"));
            (message, Some(name), Some(array), hint)
        }
        EvalError::ZeroDivisor => (
            "a divisor is zero at every point that was tried".into(),
            None,
            None,
            Some("is something subtracted from itself, or multiplied by 0?".into()),
        ),
        _ => return None,
    };
    let mut places: Vec<Span> = Vec::new();
    for equation in equations().filter(|equation| array.is_none_or(|array| equation.array == *array)) {
        each_part(&equation.body, &mut |part| match (&part.kind, wanted) {
            (ExprKind::Call(called, _), Some(name)) if **called == *name => places.push(part.span),
            (ExprKind::Product(factors), None) => {
                let over = factors.iter().filter(|(operator, _)| *operator == Operator::Over);
                places.extend(over.map(|(_, factor)| factor.span));
            }
            _ => {}
        });
    }
    places.retain(|span| span.end > span.start);
    places.truncate(MOST_PLACES);
    let (first, rest) = places.split_first()?;
    let mut diagnostic = Diagnostic::new(message, *first);
    for place in rest {
        diagnostic = diagnostic.also(*place, "");
    }
    Some(match hint {
        Some(hint) => diagnostic.hint(hint),
        None => diagnostic,
    })
}
