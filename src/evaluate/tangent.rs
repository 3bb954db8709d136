//! Derivatives of a whole system along one direction, and the two ways a running formula sees
//! the entries of an instance: as they are, or moved along a direction.
//!
//! Invariant: an array that does not depend on what is moved has an empty vector of tangents,
//! which stands for zeros.

use super::compile::Formula;
use super::error::EvalError;
use super::field::Fp;
use super::instance::Instance;
use super::machine::Machine;
use super::node::{Place, Value};
use super::number::{Dual, Memory, Number};
use std::rc::Rc;

/// The tangents of all arrays of the scope.
pub type Tangents = Rc<Vec<Vec<Fp>>>;

/// Derivatives of all arrays of an instance along one direction.
#[derive(Debug)]
pub struct Tangent<'a> {
    pub(super) instance: &'a Instance,
    pub(super) tangents: Tangents,
}

impl Tangent<'_> {
    /// The derivative of an entry; none outside the box.
    pub fn entry(&self, array: &str, at: &[i64]) -> Option<Fp> {
        let scope = &self.instance.scope;
        let place = scope.place(scope.array(array).ok()?, at)?;
        let tangents = &self.tangents[place.array];
        Some(tangents.get(place.offset).copied().unwrap_or_default())
    }

    /// The derivative of Σ g·f over all entries of all outputs f with upstream gradient g.
    pub fn loss(&self) -> Fp {
        let scope = &self.instance.scope;
        let mut sum = Fp::ZERO;
        for output in &self.instance.outputs {
            let (Some(&f), Some(&g)) = (scope.arrays.get(output), scope.upstream.get(output)) else {
                continue;
            };
            let pairs = self.tangents[f].iter().zip(&self.instance.values[g]);
            sum = pairs.fold(sum, |sum, (tangent, upstream)| sum + *tangent * *upstream);
        }
        sum
    }
}

/// The entries as they are.
pub struct Stored<'a> {
    /// Whose entries.
    pub instance: &'a Instance,
    /// Whose literals.
    pub formula: &'a Formula,
}

impl Memory for Stored<'_> {
    type Number = Fp;
    fn load(&self, place: Place) -> Fp {
        self.instance.values[place.array][place.offset]
    }
    fn literal(&self, index: usize) -> Fp {
        self.formula.literals[index]
    }
    fn param(&self, index: usize) -> Fp {
        self.instance.params[index]
    }
    fn derivative(&self, of: &Value, place: Place, slots: &[i64]) -> Result<Fp, EvalError> {
        let (instance, formula) = (self.instance, self.formula);
        let tangents = instance.forward_one_hot(place)?;
        let memory = Moved { instance, formula, tangents: &tangents };
        let mut machine = Machine::new(&instance.scope, &instance.work, memory, slots.len());
        machine.slots.copy_from_slice(slots);
        Ok(machine.value(of)?.tangent)
    }
}

/// The entries and their derivatives.
pub struct Moved<'a> {
    /// Whose entries.
    pub instance: &'a Instance,
    /// Whose literals.
    pub formula: &'a Formula,
    /// How they move.
    pub tangents: &'a [Vec<Fp>],
}

impl Memory for Moved<'_> {
    type Number = Dual<Fp>;
    fn load(&self, place: Place) -> Dual<Fp> {
        let value = self.instance.values[place.array][place.offset];
        let tangent = self.tangents[place.array].get(place.offset);
        Dual { value, tangent: tangent.copied().unwrap_or_default() }
    }
    fn literal(&self, index: usize) -> Dual<Fp> {
        Dual::constant(self.formula.literals[index])
    }
    fn param(&self, index: usize) -> Dual<Fp> {
        Dual::constant(self.instance.params[index])
    }
}
