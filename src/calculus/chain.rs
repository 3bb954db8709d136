//! The chain rule through the steps of a recurrence, with its Jacobians by name.
//!
//! An entry s[t] of the state reaches the loss directly and through later steps. Either the total
//! gradients ∂ℓ/∂s[r] of the steps that read it are known: then ∂s[r]/∂s[t] is the derivative of one
//! step. Or the direct parts of all later gradients are: then it is the total one. Invariant: which
//! of the two a Jacobian is follows from the reading, and is verified so.

use super::indices::indices_of;
use super::strategy::{entry, vars};
use crate::derivation::{Derivation, Goal};
use crate::integer::{Condition, Extreme, Index};
use crate::language::syntax::{Name, Reading};
use crate::model::{Bound, System, Term};

/// ∂ℓ/∂state of all entries by the chain rule; none if there are several states, or steps along
/// several axes, or, where direct parts are given, the loss does not depend on the state directly.
pub fn chain(system: &System, state: &Name, reading: Reading) -> Option<Derivation> {
    let axis = system.step_axis(state)?;
    let upwards = system.recurrence(state)?.upwards;
    let here = indices_of(system, state, &[]);
    let mut there = here.clone();
    for bound in &mut there {
        bound.var = bound.var.fresh(|v| here.iter().any(|b| b.var == *v));
    }
    let t = Index::var(&here[axis].var);
    let (first, last) = (here[axis].lo.clone(), here[axis].hi.clone());
    let mut condition = None;
    let (lo, hi) = match (reading, system.reach(state)) {
        (Reading::Direct, _) => {
            if upwards {
                (t.clone(), last)
            } else {
                (first, t.clone())
            }
        }
        (Reading::Total, Some(reach)) if reach.as_constant() == Some(1) => {
            let next = t.plus_number(if upwards { 1 } else { -1 });
            condition = Some(match upwards {
                true => Condition::AtMost(next.clone(), last),
                false => Condition::AtMost(first, next.clone()),
            });
            (next.clone(), next)
        }
        (Reading::Total, reach) => {
            let within = |end: Index, reached: Index, which| match reach {
                Some(_) => Index::extreme(which, vec![reached, end]),
                None => end,
            };
            let reach = reach.clone().unwrap_or_default();
            match upwards {
                true => (t.plus_number(1), within(last, t.plus(&reach), Extreme::Least)),
                false => (within(first, t.minus(&reach), Extreme::Greatest), t.plus_number(-1)),
            }
        }
    };
    (there[axis].lo, there[axis].hi) = (lo, hi);
    let at = vars(&there);
    let letter = system.direct_part(state);
    let upstream = match (reading, letter) {
        (Reading::Total, _) => Term::upstream(state.clone(), at),
        (Reading::Direct, Some(letter)) => Term::read(letter.clone(), at),
        (Reading::Direct, None) => return None,
    };
    let jacobian = Term::derivative(entry(state, &there), state.clone(), vars(&here));
    there.retain(|b| b.lo != b.hi);
    let through = Term::sigma(there, Term::product([upstream, jacobian]));
    let through = Term::product(condition.map(Term::bracket).into_iter().chain([through]));
    let direct = letter.filter(|_| reading == Reading::Total).map(|letter| Term::read(letter.clone(), vars(&here)));
    let result = Term::sum(direct.into_iter().chain([through]));
    let goal = Goal::Gradient { array: state.clone() };
    let indices: Vec<Bound> = here;
    Some(Derivation { goal, indices, output_axes: 0, start: result.clone(), steps: Vec::new(), result })
}
