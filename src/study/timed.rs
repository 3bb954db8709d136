//! Answers against the clock.
//!
//! Invariant: what was finished before the time ran out is what it is without a clock; what was being worked out
//! when it ran out is given up, whatever came of it.

use super::Study;
use crate::derivation::Goal;

impl Study {
    /// Whether the time has run out; then these goals, the first of them begun, are left open.
    pub fn out_of_time(&mut self, rest: &[Goal]) -> bool {
        let expired = self.system.limits.expired();
        if expired {
            self.open = rest.to_vec();
        }
        expired
    }

    /// The goals that were not finished when the time ran out.
    pub fn open(&self) -> &[Goal] {
        &self.open
    }

    /// The same without an end.
    pub fn untimed(mut self) -> Study {
        self.system.limits = self.system.limits.untimed();
        self.rested()
    }
}
