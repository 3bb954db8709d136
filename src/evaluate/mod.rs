//! The independent evaluator: runs the equations the author wrote, at given sizes, exactly over
//! the prime field of 2^61 − 1 elements and in floating point at once ([`Scalar`]), and says whether
//! a claimed formula has the same values.
//!
//! Derivatives come from dual numbers, and those of the loss from one run backwards that dual
//! numbers confirm, so a derivation is judged by the forward equations alone. The pipeline: a point
//! is drawn at which everything has a value, names become slots ([`Instance::compile`]), a small
//! machine computes the compiled formula, [`check`] compares it with what the equations give,
//! [`range`] tests a claimed range. Arrays that are computed from each other are run entry by entry,
//! in an order that is found by demand and kept.
//!
//! Invariant: this module reads `language::syntax` and `language::program` and imports nothing
//! from the calculus; it never panics on any tree and stops at its work limit.

pub mod check;
mod compile;
mod component;
mod cover;
mod draw;
mod error;
mod field;
mod forward;
mod fraction;
mod function;
mod instance;
mod keep;
mod linear;
mod machine;
mod node;
mod number;
mod pinned;
pub mod range;
mod reduction;
mod reverse;
mod scalar;
mod schedule;
mod scope;
mod settle;
mod step;
mod tangent;
mod tape;
#[cfg(test)]
mod tests;
mod work;

pub use compile::{ConditionFormula, Formula, General, IntegerFormula};
pub use error::EvalError;
pub use field::{Fp, Random};
pub use instance::{DEFAULT_WORK, Instance};
pub use pinned::Pins;
pub use scalar::{Agreement, Scalar, Spread};
pub use scope::Sizes;
pub use step::{StepTangent, Steps};
pub use tangent::Tangent;
pub use work::Work;

use crate::language::syntax::{Condition, Expr, Name};
use machine::Machine;
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

/// Conditions and integer expressions over sizes, resolved once and asked at many.
#[derive(Debug)]
pub struct Asked {
    scope: Scope,
    conditions: Vec<ConditionFormula>,
    integers: Vec<IntegerFormula>,
}

impl Asked {
    /// What is asked about the sizes `names`.
    ///
    /// # Errors
    /// Those of [`integer`] that do not depend on numbers.
    pub fn new(names: &[Name], conditions: &[Condition], integers: &[&Expr]) -> Result<Asked, EvalError> {
        let scope = Scope::new(&Sizes::new());
        let conditions = conditions.iter().map(|c| compile::condition(&scope, c, names)).collect::<Result<_, _>>()?;
        let integers = integers.iter().map(|e| compile::integer(&scope, e, names)).collect::<Result<_, _>>()?;
        Ok(Asked { scope, conditions, integers })
    }

    /// The integers at numbers for the sizes, in their order; none if a condition does not hold there, or one of
    /// them or an integer has no value.
    pub fn at(&self, sizes: &[i64]) -> Option<Vec<i128>> {
        let work = Work::new(DEFAULT_WORK);
        let slots = self.conditions.iter().map(|c| c.slots).chain(self.integers.iter().map(|e| e.slots));
        let mut machine = Machine::new(&self.scope, &work, Nothing, slots.max().unwrap_or(0).max(sizes.len()));
        machine.slots[..sizes.len()].copy_from_slice(sizes);
        let holds = self.conditions.iter().all(|formula| machine.decided(&formula.root).unwrap_or(false));
        if !holds {
            return None;
        }
        self.integers.iter().map(|formula| machine.integer(&formula.root).ok()).collect()
    }
}

/// Whether a condition over sizes and bindings only holds.
///
/// # Errors
/// Those of [`integer`].
pub fn condition(condition: &Condition, sizes: &Sizes) -> Result<bool, EvalError> {
    let scope = Scope::new(sizes);
    let formula = compile::condition(&scope, condition, &[])?;
    let work = Work::new(DEFAULT_WORK);
    Machine::new(&scope, &work, Nothing, formula.slots).decided(&formula.root)
}
