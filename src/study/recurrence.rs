//! Answers about recurrences: the chain rule through their steps, with Jacobians by name.

use super::{NoAnswer, Study, ready};
use crate::answer::{Answer, goal_name};
use crate::calculus::chain;
use crate::derivation::Goal;
use crate::diagnostic::Diagnostic;
use crate::language::syntax::{Name, Reading};
use crate::verify::Certificate;
use std::rc::Rc;

impl Study {
    /// The gradient for a state from the given gradients of later steps and Jacobians by name: those
    /// of single steps where the gradients are total, total ones where they are direct.
    ///
    /// # Errors
    /// If the array is no only state of a recurrence, or the formula does not pass verification.
    pub fn chain(&mut self, state: &Name, reading: Reading) -> Result<(Answer, Certificate), NoAnswer> {
        let refused = |message: String, hint: String| NoAnswer::Refused(Diagnostic::general(message).hint(hint));
        if self.system.recurrence(state).is_none() {
            let message = format!("`{state}` is not computed step by step");
            return Err(refused(message, "Jacobians between steps are given of a recurrence".into()));
        }
        if reading == Reading::Direct && self.system.direct_part(state).is_none() {
            let message = format!("the loss does not depend on `{state}` directly");
            return Err(refused(message, format!("write `output {state}`, or give the total gradient")));
        }
        let Some(derivation) = chain(&self.system, state, reading) else {
            let message = format!("`{state}` is not the only state of its recurrence, or has steps along several axes");
            return Err(refused(
                message,
                format!("ask for `{}` itself", goal_name(&Goal::Gradient { array: state.clone() })),
            ));
        };
        let mut answer = Answer::of(&self.system, &self.names, derivation);
        answer.name = format!("dl/d{state} given {} dl/d{state} and d{state}/d{state}", reading.word());
        answer.examples.clear();
        if reading == Reading::Total {
            answer.step = self.system.step(state).map(Rc::new);
        }
        let certificate = ready(&mut self.trials, &self.system, &self.names)?.verify(&answer)?;
        Ok((answer, certificate))
    }

    /// Verifies that the Jacobian of a state for an earlier one is the product of those of the steps
    /// between; none if steps read more than the step before, or more than one state.
    ///
    /// # Errors
    /// If it does not pass verification.
    pub fn product_of_steps(&mut self, state: &Name) -> Result<Option<Certificate>, NoAnswer> {
        let Some(axis) = self.system.step_axis(state) else { return Ok(None) };
        let single = self.system.reach(state).and_then(|reach| reach.as_constant()) == Some(1);
        let (true, Some(step), Some(recurrence)) = (single, self.system.step(state), self.system.recurrence(state))
        else {
            return Ok(None);
        };
        let trials = ready(&mut self.trials, &self.system, &self.names)?;
        Ok(Some(trials.verify_product(state, &step, (axis, recurrence.upwards))?))
    }
}
