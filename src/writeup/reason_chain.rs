//! The reason beside the first line of a derivative: through which arrays it goes.

use super::document::Prose;
use super::reason::{listed, math, text};
use crate::answer::Answer;
use crate::derivation::Goal;
use crate::language::syntax::{Expr, ExprKind, Name};
use crate::model::{Kind, Term};

/// Why a derivative is a sum over the entries of the arrays that are computed from the array.
pub fn chain_rule(answer: &Answer) -> Prose {
    let (array, seed) = match &answer.derivation.goal {
        Goal::Gradient { array } => (array, None),
        Goal::Jacobian { output, array } if output == array => {
            let array = math(Expr::name(array.clone()));
            return vec![text("an entry of "), array, text(" moves itself, and others through the steps between")];
        }
        Goal::Jacobian { output, array } => (array, Some(output)),
        Goal::Step { output, .. } => return within_step(answer, output),
        Goal::Value { .. } => return Vec::new(),
    };
    let mut through = through(&answer.derivation.start, seed);
    let direct = through.iter().position(|name| name == array);
    direct.map(|place| through.remove(place));
    let mut prose = vec![text("chain rule: "), math(Expr::name(array.clone())), text(" reaches ")];
    prose.push(match seed {
        Some(output) => math(Expr::name(output.clone())),
        None => text("ℓ"),
    });
    prose.push(text(if direct.is_some() { " directly and through " } else { " only through " }));
    prose.extend(listed(through.into_iter().map(|o| math(Expr::name(o))).collect()));
    prose
}

/// Why a derivative of one step is a sum over what is computed in the step.
fn within_step(answer: &Answer, output: &Name) -> Prose {
    let own = |name: &Name| answer.step.as_ref().is_some_and(|step| step.system.equation(name).is_some());
    let through: Vec<Name> = through(&answer.derivation.start, Some(output)).into_iter().filter(own).collect();
    let ExprKind::Derivative(of, by, at) = &answer.left.kind else { return Vec::new() };
    let entry = Expr::new(ExprKind::Read(by.clone(), at.clone()));
    let mut prose = vec![text("chain rule within the step: "), math(entry), text(" reaches "), math((**of).clone())];
    let direct = answer.derivation.start.summands().len() > through.len();
    prose.push(text(if direct { " directly and through " } else { " only through " }));
    prose.extend(listed(through.into_iter().map(|name| math(Expr::name(name))).collect()));
    prose.push(text("; what other steps computed is held"));
    prose
}

/// The arrays whose adjoints stand in a formula.
fn through(term: &Term, seed: Option<&Name>) -> Vec<Name> {
    let mut found: Vec<Name> = Vec::new();
    term.any(&mut |t| {
        let name = match (t.kind(), seed) {
            (Kind::Upstream(name, _), None) => Some(name),
            (Kind::Derivative(of, name, _), Some(output)) if of.reads(output) && !matches!(of.kind(), Kind::Sum(_)) => {
                Some(name)
            }
            _ => None,
        };
        if let Some(name) = name.filter(|name| !found.contains(name)) {
            found.push(name.clone());
        }
        false
    });
    found
}
