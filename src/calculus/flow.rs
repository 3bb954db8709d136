//! What each equation adds to the gradient of an array: the terms of the adjoint equation, apart.
//!
//! Invariant: a contribution speaks of no other adjoint than that of the array it comes from, and the
//! contributions together are the gradient.

use super::adjoint::{Backward, Done};
use super::indices::indices_of;
use super::rule::Rule;
use super::strategy::{facts_of, rewrite};
use crate::language::syntax::Name;
use crate::model::{Bound, System, Term};

/// What reaches the gradient of an array on one way.
#[derive(Clone, Debug)]
pub struct Contribution {
    /// The array whose gradient it goes through; none: it comes from the loss itself.
    pub from: Option<Name>,
    /// The term, at the free indices of the array.
    pub term: Term,
}

/// The free indices of an array, and what each equation that reads it adds to its gradient; terms that are 0 are
/// left out. None if one of them grows too large.
pub fn contributions(system: &System, array: &Name, phases: &[&[Rule]]) -> Option<(Vec<Bound>, Vec<Contribution>)> {
    system.bounds(array)?;
    let mut done = Done::default();
    let backward = Backward { system, phases, done: &mut done, within: None };
    let at = indices_of(system, array, &[]);
    let facts = facts_of(system, &at);
    let mut found = Vec::new();
    for (from, start) in backward.added(&None, array, &[], &at) {
        let steps = rewrite(system, &facts, &at, phases, &start)?;
        let result = steps.last().map_or(&start, |step| &step.after);
        let terms = result.summands().iter().filter(|term| !term.is_zero());
        found.extend(terms.map(|term| Contribution { from: from.clone(), term: term.clone() }));
    }
    Some((at, found))
}
