//! What is said of an answer that did not pass.

use crate::evaluate::{EvalError, Sizes};
use crate::language::syntax::Name;
use crate::limits::{Limit, Limits};
use std::fmt;

/// A formula that did not pass.
#[derive(Clone, Debug, PartialEq)]
pub struct Unverified {
    /// The answer: `df/dW`.
    pub answer: String,
    /// What differs, or why it could not be checked.
    pub reason: String,
    /// The numbers chosen for the symbolic sizes.
    pub sizes: Sizes,
    /// What is behind that, if more can be said of it.
    pub cause: Option<Box<Cause>>,
}

/// What is behind a failure.
#[derive(Clone, Debug, PartialEq)]
pub enum Cause {
    /// The system has no values at all, or work or time was lacking.
    Evaluation(EvalError),
    /// The range of an array's index is not the largest in which every read is in range: it could have this
    /// value too.
    Larger {
        /// The array.
        array: Name,
        /// The index.
        index: Name,
        /// The value.
        value: i64,
    },
}

impl Unverified {
    /// An answer that was not finished when the time ran out.
    pub fn unfinished(answer: impl Into<String>) -> Unverified {
        let cause = Some(Box::new(Cause::Evaluation(EvalError::OutOfTime)));
        Unverified { answer: answer.into(), reason: String::new(), sizes: Sizes::new(), cause }
    }

    /// How to allow what it lacked, if that is work.
    pub fn remedy(&self, limits: &Limits) -> Option<String> {
        let lacked = matches!(self.cause.as_deref(), Some(Cause::Evaluation(EvalError::TooMuchWork { .. })));
        if lacked {
            Some(limits.hint(Limit::Work, "what is not verified is not printed; choose smaller sizes"))
        } else {
            None
        }
    }

    /// Whether nothing is wrong with it but that the time ran out.
    pub fn is_unfinished(&self) -> bool {
        self.cause.as_deref() == Some(&Cause::Evaluation(EvalError::OutOfTime))
    }
}

impl fmt::Display for Unverified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_unfinished() {
            return write!(f, "{} is not finished: the time ran out", self.answer);
        }
        write!(f, "{} is not verified: {}", self.answer, self.reason)?;
        if !self.sizes.is_empty() {
            let sizes: Vec<String> = self.sizes.iter().map(|(n, v)| format!("{n} = {v}")).collect();
            write!(f, ", at {}", sizes.join(", "))?;
        }
        Ok(())
    }
}
