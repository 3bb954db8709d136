//! Answers against the clock.

use super::{NoAnswer, Study};
use crate::derivation::Goal;

impl Study {
    /// The goals that are answered before the time runs out, and the others; what is worked out from here on
    /// is no longer timed, so that an answer looks the same however it was reached.
    ///
    /// # Errors
    /// The first answer that does not fail for want of time.
    pub fn in_time(&mut self, goals: &[Goal]) -> Result<(Vec<Goal>, Vec<Goal>), NoAnswer> {
        let (mut done, mut open) = (Vec::new(), Vec::new());
        if !self.system.limits.timed() {
            return Ok((goals.to_vec(), open));
        }
        for goal in goals {
            match self.answer(goal) {
                Ok(_) => done.push(goal.clone()),
                Err(NoAnswer::Unverified(unverified)) if unverified.is_unfinished() => open.push(goal.clone()),
                Err(why) => return Err(why),
            }
        }
        self.system.limits = self.system.limits.untimed();
        self.trials = None;
        Ok((done, open))
    }
}
