//! The independent evaluator: runs the equations the author wrote, at given sizes, exactly over
//! the prime field of 2^61 − 1 elements, and says whether a claimed formula has the same values.
//!
//! Derivatives come from dual numbers, so a derivation is judged by the forward equations alone.
//! The pipeline: names become slots ([`Instance::compile`]), a small machine computes the compiled
//! formula, [`check`] compares it with what the equations give,
//! [`range`] tests a claimed range.
//!
//! Invariant: this module reads `language::syntax` and `language::program` and imports nothing
//! from the calculus; it never panics on any tree and stops at its work limit.

pub mod check;
mod compile;
mod error;
mod field;
mod fraction;
mod instance;
mod machine;
mod node;
mod number;
pub mod range;
mod scope;
mod tangent;
#[cfg(test)]
mod tests;

pub use compile::{ConditionFormula, Formula, IntegerFormula};
pub use error::EvalError;
pub use field::{Fp, Random};
pub use instance::{DEFAULT_WORK, Instance};
pub use scope::Sizes;
pub use tangent::Tangent;

use crate::language::syntax::{Condition, Expr};
use machine::{Machine, Work};
use number::Nothing;
use scope::Scope;

/// The value of an integer expression over sizes and bindings only, a quotient only where it
/// divides exactly or under `floor` and `ceil`.
///
/// # Errors
/// An unknown name, a quotient that is not an integer, a zero divisor, overflow, or a construct
/// that has no integer value.
pub fn integer(expr: &Expr, sizes: &Sizes) -> Result<i128, EvalError> {
    let scope = Scope::new(sizes);
    let formula = compile::integer(&scope, expr, &[])?;
    let work = Work::new(DEFAULT_WORK);
    Machine::new(&scope, &work, Nothing, formula.slots).integer(&formula.root)
}

/// Whether a condition over sizes and bindings only holds.
///
/// # Errors
/// Those of [`integer`].
pub fn condition(condition: &Condition, sizes: &Sizes) -> Result<bool, EvalError> {
    let scope = Scope::new(sizes);
    let formula = compile::condition(&scope, condition, &[])?;
    let work = Work::new(DEFAULT_WORK);
    Machine::new(&scope, &work, Nothing, formula.slots).test(&formula.root)
}
