//! How much work may be done: elementary operations, counted and never timed.
//!
//! Invariant: what can be repeated is paid for before it is done, so that nothing runs on.

use super::error::EvalError;
use crate::limits::Limits;
use std::cell::Cell;
use std::rc::Rc;

/// After how many operations the clock is looked at.
const GLANCE: u64 = 1 << 16;

/// How many elementary operations were done, and how many may be; copies count together.
#[derive(Clone, Debug)]
pub struct Work {
    limit: u64,
    limits: Limits,
    done: Rc<Cell<u64>>,
    /// How many may be done for now.
    most: Rc<Cell<u64>>,
}

impl Work {
    /// Nothing done yet.
    pub fn new(limit: u64) -> Work {
        Work::until(limit, &Limits::default())
    }

    /// The same, ended when the time of some limits runs out.
    pub fn until(limit: u64, limits: &Limits) -> Work {
        Work { limit, limits: *limits, done: Rc::default(), most: Rc::new(Cell::new(u64::MAX)) }
    }

    /// What `f` gives, if it needs no more operations than these.
    ///
    /// # Errors
    /// As `f`, and too much work.
    pub fn at_most<T>(&self, operations: u64, f: impl FnOnce() -> Result<T, EvalError>) -> Result<T, EvalError> {
        let before = self.most.replace(self.done().saturating_add(operations).min(self.most.get()));
        let found = f();
        self.most.set(before);
        found
    }

    /// How many operations were done.
    pub fn done(&self) -> u64 {
        self.done.get()
    }

    /// Forgets operations that were done since.
    pub(super) fn set_back(&self, done: u64) {
        self.done.set(done.min(self.done.get()));
    }

    /// Pays for so many operations before they are done.
    pub fn charge(&self, operations: u64) -> Result<(), EvalError> {
        let before = self.done.get();
        let done = before.saturating_add(operations);
        if self.limits.timed() && before / GLANCE != done / GLANCE && self.limits.expired() {
            return Err(EvalError::OutOfTime);
        }
        if done > self.limit.min(self.most.get()) {
            return Err(EvalError::TooMuchWork { limit: self.limit });
        }
        self.done.set(done);
        Ok(())
    }

    /// Fails if so many operations are more than what is left, without doing any.
    pub(super) fn expect(&self, operations: u128) -> Result<(), EvalError> {
        let left = u128::from(self.limit - self.done.get());
        if operations > left {
            return Err(EvalError::TooMuchWork { limit: self.limit });
        }
        Ok(())
    }
}
