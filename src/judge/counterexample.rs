//! Where a claim goes wrong, in the author's names.
//!
//! Invariant: the sentence begins with the smallest sizes and indices that were found, and the
//! values it names are exact.

use crate::language::print::{Alphabet, expression, shape};
use crate::language::syntax::{Expr, Name};
use std::fmt;

/// A place at which a claim is wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Counterexample {
    /// Numbers for the symbolic sizes.
    pub sizes: Vec<(Name, i64)>,
    /// Numbers for the free indices of the claim.
    pub indices: Vec<(Name, i64)>,
    /// What is wrong there.
    pub difference: Difference,
    /// What more there is to say.
    pub note: Option<String>,
    /// Whether the claim reads outside an array, here or at another entry for these sizes: then its
    /// indices do not fit the shapes.
    pub unfit: bool,
}

/// What is wrong at a place.
#[derive(Clone, Debug, PartialEq)]
pub enum Difference {
    /// Two values, multiplied out.
    Values {
        /// The claimed one.
        claimed: Expr,
        /// The right one.
        right: Expr,
    },
    /// Two long values that differ, among others, in one term.
    Term {
        /// The term without its coefficient.
        term: Expr,
        /// The claimed coefficient.
        claimed: Expr,
        /// The right coefficient.
        right: Expr,
    },
    /// Two shapes.
    Shapes {
        /// The claimed lengths.
        claimed: Vec<i128>,
        /// The right lengths.
        right: Vec<i128>,
    },
    /// Two values that are too large to write down.
    Unequal,
    /// Why the claim cannot hold whatever the values are.
    Reason(String),
}

impl Counterexample {
    /// A claim that is wrong everywhere, for a reason.
    pub(super) fn reason(reason: String) -> Counterexample {
        let difference = Difference::Reason(reason);
        Counterexample { sizes: Vec::new(), indices: Vec::new(), difference, note: None, unfit: false }
    }

    /// The place, and what the claim says there; of a shape, which would be the solution, no more than
    /// that it is wrong.
    pub fn without_solution(&self) -> String {
        match &self.difference {
            Difference::Shapes { claimed, .. } => {
                let place = self.place();
                format!("{place}yours is {}, which is not right", product(claimed))
            }
            _ => self.to_string(),
        }
    }

    /// `at N = 3, i = 1: `; nothing where there are no numbers to give.
    fn place(&self) -> String {
        let numbers: Vec<String> = self.sizes.iter().chain(&self.indices).map(|(n, v)| format!("{n} = {v}")).collect();
        if numbers.is_empty() { String::new() } else { format!("at {}: ", numbers.join(", ")) }
    }
}

fn product(lengths: &[i128]) -> String {
    let lengths: Vec<Expr> = lengths.iter().map(|n| Expr::integer(*n)).collect();
    shape(&lengths, Alphabet::Ascii)
}

impl fmt::Display for Counterexample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.place(), self.difference)?;
        match &self.note {
            Some(note) => write!(f, " ({note})"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |e: &Expr| expression(e, Alphabet::Ascii);
        match self {
            Difference::Values { claimed, right } => {
                write!(f, "yours is {}, it should be {}", text(claimed), text(right))
            }
            Difference::Term { term, claimed, right } => {
                let (term, claimed, right) = (text(term), text(claimed), text(right));
                write!(f, "the coefficient of {term} is {claimed} in yours, it should be {right}")
            }
            Difference::Shapes { claimed, right } => {
                write!(f, "yours is {}, it should be {}", product(claimed), product(right))
            }
            Difference::Unequal => f.write_str("yours has another value"),
            Difference::Reason(reason) => f.write_str(reason),
        }
    }
}
