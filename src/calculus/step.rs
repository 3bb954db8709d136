//! Jacobians of one step of a recurrence.
//!
//! The step is a system of its own, in which entries of other steps are given arrays: so the derivative
//! is an ordinary one, at indices of which some are fixed by others, as t−1 by t. Invariant: no
//! derivative of an intermediate is left by name.

use super::adjoint::{Backward, Insertion};
use super::indices::indices_of;
use crate::derivation::{Derivation, Goal, Step};
use crate::integer::Index;
use crate::language::syntax::Name;
use crate::model::{Bound, System, Term};

impl Backward<'_> {
    /// The derivative of a step, `rows` being the indices of the output.
    pub(super) fn step(&mut self, goal: &Goal, rows: &[Bound]) -> Option<Derivation> {
        let Goal::Step { output, at, .. } = goal else { return None };
        let array = moved(self.system, goal)?;
        let seed = Some(output.clone());
        for name in self.between(&seed, &array)? {
            self.once(&seed, &name)?;
        }
        let mut columns = self.clear(indices_of(self.system, &array, rows), rows);
        for (bound, fixed) in columns.iter_mut().zip(at) {
            if let Some(index) = fixed {
                (bound.lo, bound.hi) = (index.clone(), index.clone());
            }
        }
        let derivation = self.derived(goal.clone(), (&seed, &array), (rows, &columns), Insertion::Always)?;
        Some(self.released(derivation))
    }

    fn released(&self, derivation: Derivation) -> Derivation {
        let released = |term: &Term| self.system.released(term);
        let step = |step: Step| Step { before: released(&step.before), after: released(&step.after), ..step };
        Derivation {
            start: released(&derivation.start),
            result: released(&derivation.result),
            steps: derivation.steps.into_iter().map(step).collect(),
            ..derivation
        }
    }
}

/// The array of the step that is moved: the one named, or what holds its entries of other steps.
fn moved(step: &System, goal: &Goal) -> Option<Name> {
    let Goal::Step { output, array, rows, at } = goal else { return None };
    let Some(held) = step.held_name(array) else { return Some(array.clone()) };
    let axes = step.equation(output)?.indices.len().min(at.len());
    let bare = |axis: usize| rows.get(axis).is_some_and(|var| at[axis].as_ref() == Some(&Index::var(var)));
    let fixed = (0..axes).filter(|axis| at[*axis].is_some()).all(bare);
    Some(if fixed { array.clone() } else { held.clone() })
}

/// The indices of the output of a step, cut down to where it is a step and the entry that is moved
/// exists.
pub fn rows_of_step(system: &System, goal: &Goal) -> Option<Vec<Bound>> {
    let Goal::Step { output, array, at, .. } = goal else { return None };
    let mut rows = system.proper_steps(output)?;
    for (index, (lo, hi)) in at.iter().zip(system.bounds(array)?) {
        if let Some(index) = index {
            system.within(&mut rows, index, (&lo, &hi));
        }
    }
    Some(rows)
}
