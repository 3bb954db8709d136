//! Derivatives of a whole system along one direction, and the ways in which a running formula sees
//! the entries of an instance: as they are, all moved along a direction, or one of them moved.
//!
//! Invariant: an array that does not depend on what is moved has an empty vector of tangents,
//! which stands for zeros.

use super::error::EvalError;
use super::instance::Instance;
use super::machine::Machine;
use super::node::{Place, Value};
use super::number::{Dual, Memory};
use super::scalar::Scalar;
use crate::language::function::Function;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The tangents of all arrays of the scope.
pub type Tangents = Rc<Vec<Vec<Scalar>>>;

/// Derivatives of all arrays of an instance along one direction.
#[derive(Debug)]
pub struct Tangent<'a> {
    pub(super) instance: &'a Instance,
    pub(super) tangents: Tangents,
}

impl Tangent<'_> {
    /// The derivative of an entry; none outside the box.
    pub fn entry(&self, array: &str, at: &[i64]) -> Option<Scalar> {
        let scope = &self.instance.scope;
        let place = scope.place(scope.array(array).ok()?, at)?;
        let tangents = &self.tangents[place.array];
        Some(tangents.get(place.offset).copied().unwrap_or_default())
    }

    /// The derivative of Σ g·f over all entries of all outputs f with upstream gradient g.
    pub fn loss(&self) -> Scalar {
        loss(self.instance, &self.tangents)
    }
}

/// Derivatives of entries along a direction on one array.
pub enum Slopes<'a> {
    /// All arrays are moved.
    Forward(Tangent<'a>),
    /// Each entry is differentiated for all arrays at once.
    Backward {
        /// Of which system.
        instance: &'a Instance,
        /// The array that moves.
        array: usize,
        /// How its entries move, row-major.
        direction: &'a [Scalar],
    },
}

impl Slopes<'_> {
    /// The derivative of an entry; none outside the box.
    ///
    /// # Errors
    /// Too much work.
    pub fn entry(&self, output: &str, at: &[i64]) -> Result<Option<Scalar>, EvalError> {
        let (instance, array, direction) = match self {
            Slopes::Forward(tangent) => return Ok(tangent.entry(output, at)),
            Slopes::Backward { instance, array, direction } => (*instance, *array, *direction),
        };
        let scope = &instance.scope;
        let Some(place) = scope.array(output).ok().and_then(|output| scope.place(output, at)) else { return Ok(None) };
        let adjoints = instance.backward_from(place)?;
        let pairs = adjoints[array].iter().zip(direction);
        Ok(Some(pairs.fold(Scalar::ZERO, |sum, (adjoint, step)| sum + *adjoint * *step)))
    }
}

/// Σ of the upstream gradients of the outputs times their tangents.
pub fn loss(instance: &Instance, tangents: &[Vec<Scalar>]) -> Scalar {
    instance.seeds().fold(Scalar::ZERO, |sum, (output, given)| {
        let pairs = tangents[output].iter().zip(&instance.values[given]);
        pairs.fold(sum, |sum, (tangent, upstream)| sum + *tangent * *upstream)
    })
}

/// The entries as they are.
#[derive(Clone, Copy)]
pub struct Stored<'a> {
    /// Whose entries.
    pub instance: &'a Instance,
    /// The literals of the formula that runs.
    pub literals: &'a [Scalar],
}

impl Memory for Stored<'_> {
    type Number = Scalar;
    fn load(&self, place: Place) -> Scalar {
        self.instance.values[place.array][place.offset]
    }
    fn literal(&self, index: usize) -> Scalar {
        self.literals[index]
    }
    fn param(&self, index: usize) -> Scalar {
        self.instance.params[index]
    }
    fn derivative(&self, of: &Value, place: Place, total: bool, slots: &[i64]) -> Result<Scalar, EvalError> {
        let stored = *self;
        if let (true, Value::Read(access)) = (total, of) {
            let mut machine = Machine::new(&self.instance.scope, &self.instance.work, stored, slots.len());
            machine.slots.copy_from_slice(slots);
            let entry = machine.locate(access)?;
            if let Some(entry) = entry.filter(|entry| self.instance.stands_alone(entry.array, place.array)) {
                return Ok(if entry == place { Scalar::ONE } else { Scalar::ZERO });
            }
            if let Some(entry) = entry
                && let Some(piece) = self.instance.direct_reader(entry.array, place.array)
            {
                let stored = Stored { instance: self.instance, literals: &piece.formula.literals };
                let moved = Moved { stored, how: Motion::One(place) };
                return Ok(self.instance.entry_of(piece, entry.offset, moved)?.tangent);
            }
            if let Some(entry) = entry.filter(|_| self.instance.is_deep()) {
                let adjoints = self.instance.backward_from(entry)?;
                return Ok(adjoints[place.array].get(place.offset).copied().unwrap_or_default());
            }
        }
        let tangents = if total { Some(self.instance.forward_one_hot(place)?) } else { None };
        let moved = match &tangents {
            Some(tangents) => Moved { stored, how: Motion::All(tangents) },
            None => Moved { stored, how: Motion::One(place) },
        };
        let mut machine = Machine::new(&self.instance.scope, &self.instance.work, moved, slots.len());
        machine.slots.copy_from_slice(slots);
        Ok(machine.value(of)?.tangent)
    }
    fn adjoint(&self, place: Place) -> Result<Scalar, EvalError> {
        let adjoints = &self.instance.adjoints()?[place.array];
        Ok(adjoints.get(place.offset).copied().unwrap_or_default())
    }
    fn outside(&self, function: Function) {
        self.instance.outside.set(self.instance.outside.get().or(Some(function)));
    }
}

/// What moves, and how far.
pub enum Motion<'a> {
    /// All arrays, along their tangents.
    All(&'a [Vec<Scalar>]),
    /// Some entries, each by so much.
    Some(&'a BTreeMap<Place, Scalar>),
    /// One entry by 1, and nothing that is computed from it.
    One(Place),
}

/// The entries and their derivatives.
pub struct Moved<'a> {
    /// The entries.
    pub stored: Stored<'a>,
    /// How they move.
    pub how: Motion<'a>,
}

impl Memory for Moved<'_> {
    type Number = Dual;
    fn load(&self, place: Place) -> Dual {
        let tangent = match self.how {
            Motion::All(tangents) => tangents[place.array].get(place.offset).copied().unwrap_or_default(),
            Motion::Some(tangents) => tangents.get(&place).copied().unwrap_or_default(),
            Motion::One(moved) if moved == place => Scalar::ONE,
            Motion::One(_) => Scalar::ZERO,
        };
        Dual { value: self.stored.load(place), tangent }
    }
    fn literal(&self, index: usize) -> Dual {
        Dual::constant(self.stored.literal(index))
    }
    fn param(&self, index: usize) -> Dual {
        Dual::constant(self.stored.param(index))
    }
}
