//! Definitions put in: a formula that reads only given arrays, and in which no derivative is left.
//!
//! Invariant: the value stays the same wherever every read is inside its array.

use super::left::Left;
use crate::answer::at_indices;
use crate::calculus::derive;
use crate::derivation::Goal;
use crate::integer::{Index, Var};
use crate::model::{Kind, System, Term};

const DEEPEST: usize = 12;
const MOST_READS: usize = 200;

/// The formula with every defined array replaced by its equation and every derivative of an array
/// carried out; nothing if it grows too large or holds derivatives of formulas.
pub(super) fn unfold(system: &System, term: &Term) -> Option<Term> {
    let mut budget = MOST_READS;
    replace(system, term, DEEPEST, &mut budget)
}

/// The claim about an entry of an array with what that entry is put in where the claim reads it: what is
/// claimed of some entries leaves the others as they are. Nothing of a claim that reads nothing else.
pub(super) fn put_in(goal: &Goal, left: &Left, claimed: &Term, derived: &Term) -> Option<Term> {
    let values = left.values();
    let own = |term: &Term| match (goal, term.kind()) {
        (Goal::Value { output: own }, Kind::Read(array, at))
        | (Goal::Gradient { array: own } | Goal::Jacobian { array: own, .. }, Kind::Upstream(array, at)) => {
            own == array && *at == values
        }
        (Goal::Jacobian { output, array: own }, Kind::Derivative(of, array, at)) => {
            matches!(of.kind(), Kind::Read(name, rows) if name == output && rows.is_empty())
                && own == array
                && *at == values
        }
        _ => false,
    };
    fn go(term: &Term, own: &dyn Fn(&Term) -> bool, by: &Term) -> Term {
        match own(term) {
            true => by.clone(),
            false => term.with_children(term.children().iter().map(|child| go(child, own, by)).collect()),
        }
    }
    (!own(claimed)).then(|| go(claimed, &own, derived))
}

/// Whether the gradient for an array is derived, and not the given one of an output.
fn is_intermediate(system: &System, array: &str) -> bool {
    !system.outputs.iter().any(|output| **output == *array)
}

fn replace(system: &System, term: &Term, depth: usize, budget: &mut usize) -> Option<Term> {
    match term.kind() {
        Kind::Read(array, at) => {
            let Some(equation) = system.equation(array) else { return Some(term.clone()) };
            *budget = budget.checked_sub(1).filter(|_| depth > 0)?;
            let vars = equation.indices.iter().map(|b| b.var.clone());
            let pairs: Vec<(Var, Index)> = vars.zip(at.iter().cloned()).collect();
            replace(system, &equation.body.substitute_all(&pairs), depth - 1, budget)
        }
        Kind::Derivative(of, array, at) => {
            let Kind::Read(output, rows) = of.kind() else { return None };
            *budget = budget.checked_sub(1).filter(|_| depth > 0)?;
            let goal = Goal::Jacobian { output: output.clone(), array: array.clone() };
            let values: Vec<Index> = rows.iter().chain(at).cloned().collect();
            replace(system, &at_indices(&derive(system, &goal)?, &values), depth - 1, budget)
        }
        Kind::Upstream(array, at) if is_intermediate(system, array) => {
            *budget = budget.checked_sub(1).filter(|_| depth > 0)?;
            let goal = Goal::Gradient { array: array.clone() };
            replace(system, &at_indices(&derive(system, &goal)?, at), depth - 1, budget)
        }
        _ if term.children().is_empty() => Some(term.clone()),
        _ => {
            let children = term.children().iter().map(|child| replace(system, child, depth, budget));
            Some(term.with_children(children.collect::<Option<_>>()?))
        }
    }
}
