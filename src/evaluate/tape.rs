//! Numbers that remember how they were computed, for derivatives backwards.
//!
//! Each operation on something that was read from an array leaves a node with the derivative for
//! each of its two arguments; going back over the nodes once gives the derivative for all reads.
//! Invariant: a node stands behind all nodes it depends on, and constants leave none.

use super::error::EvalError;
use super::function;
use super::node::Place;
use super::number::{Known, Number};
use super::scalar::Scalar;
use crate::language::function::Function;
use std::cell::RefCell;
use std::ops::{Add, Mul, Neg, Sub};

/// The most nodes a tape may have; they take about a hundred megabytes.
const MOST_NODES: usize = 1 << 21;

/// What was computed since the tape was cleared.
#[derive(Debug, Default)]
pub struct Tape {
    nodes: RefCell<Vec<Node>>,
}

/// Where a number on the tape comes from.
#[derive(Clone, Copy, Debug)]
enum Node {
    Read(Place),
    One((u32, Scalar)),
    Two((u32, Scalar), (u32, Scalar)),
}

impl Tape {
    /// Forgets everything.
    pub fn clear(&self) {
        self.nodes.borrow_mut().clear();
    }

    /// An entry of an array.
    pub fn read(&self, place: Place, value: Scalar) -> Traced<'_> {
        self.push(Node::Read(place), value)
    }

    fn push(&self, node: Node, value: Scalar) -> Traced<'_> {
        let mut nodes = self.nodes.borrow_mut();
        if nodes.len() <= MOST_NODES {
            nodes.push(node);
        }
        Traced { value, origin: Some((self, nodes.len() as u32 - 1)) }
    }

    /// Gives `found` every read that a number depends on, with the derivative of the number for it
    /// times `seed`; a place that was read several times comes several times.
    ///
    /// # Errors
    /// The tape was too short.
    pub fn back(&self, from: Traced<'_>, seed: Scalar, mut found: impl FnMut(Place, Scalar)) -> Result<(), EvalError> {
        let nodes = self.nodes.borrow();
        if nodes.len() > MOST_NODES {
            return Err(EvalError::TooMuchWork { limit: MOST_NODES as u64 });
        }
        let Some((_, last)) = from.origin else { return Ok(()) };
        let mut adjoints = vec![Scalar::ZERO; last as usize + 1];
        adjoints[last as usize] = seed;
        for number in (0..adjoints.len()).rev() {
            let adjoint = adjoints[number];
            if adjoint == Scalar::ZERO {
                continue;
            }
            let mut pass = |(to, slope): (u32, Scalar)| {
                adjoints[to as usize] = adjoints[to as usize] + adjoint * slope;
            };
            match nodes[number] {
                Node::Read(place) => found(place, adjoint),
                Node::One(one) => pass(one),
                Node::Two(one, other) => {
                    pass(one);
                    pass(other);
                }
            }
        }
        Ok(())
    }
}

/// A number and its place on a tape; none if it is a constant.
#[derive(Clone, Copy, Debug)]
pub struct Traced<'t> {
    /// The value.
    pub value: Scalar,
    origin: Option<(&'t Tape, u32)>,
}

impl<'t> Traced<'t> {
    /// A number that depends on no array.
    pub fn constant(value: Scalar) -> Traced<'t> {
        Traced { value, origin: None }
    }

    fn of_one(self, value: Scalar, slope: impl FnOnce() -> Scalar) -> Traced<'t> {
        match self.origin {
            Some((tape, number)) => tape.push(Node::One((number, slope())), value),
            None => Traced::constant(value),
        }
    }

    fn of_two(self, slope: Scalar, other: Traced<'t>, other_slope: Scalar, value: Scalar) -> Traced<'t> {
        match (self.origin, other.origin) {
            (Some((tape, one)), Some((_, two))) => tape.push(Node::Two((one, slope), (two, other_slope)), value),
            (Some(_), None) => self.of_one(value, || slope),
            (None, Some(_)) => other.of_one(value, || other_slope),
            (None, None) => Traced::constant(value),
        }
    }

    fn is_constant(self, value: Scalar) -> bool {
        self.origin.is_none() && self.value == value && self.value.real == value.real
    }
}

impl Number for Traced<'_> {
    fn integer(value: i128) -> Self {
        Traced::constant(Scalar::from_integer(value))
    }
    fn inverse(self) -> Option<Self> {
        let value = self.value.inverse()?;
        Some(self.of_one(value, || -(value * value)))
    }
    fn power(self, exponent: i128) -> Option<Self> {
        if exponent == 0 {
            return Some(Traced::integer(1));
        }
        let before = self.value.power(exponent.checked_sub(1)?)?;
        Some(self.of_one(before * self.value, || Scalar::from_integer(exponent) * before))
    }
    fn call(function: Function, arguments: &[Self]) -> Self {
        let argument = |k: usize| arguments.get(k).copied().unwrap_or(Traced::integer(0));
        let (u, v) = (argument(0), argument(1));
        let values = &[u.value, v.value][..arguments.len().min(2)];
        let value = function::value(function, values);
        if u.origin.is_none() && v.origin.is_none() {
            return Traced::constant(value);
        }
        let slopes = function::slopes(function, values, value);
        u.of_two(slopes[0], v, slopes[1], value)
    }
    fn shifted_exponential(self, shift: f64) -> Self {
        let value = function::shifted_exponential(self.value, shift);
        self.of_one(value, || value)
    }
    fn shifted_logarithm(self, shift: f64) -> Self {
        let value = function::shifted_logarithm(self.value, shift);
        self.of_one(value, || self.value.inverse().unwrap_or(Scalar::undefined()))
    }
    fn compare(self, other: Self) -> Known {
        Number::compare(self.value, other.value)
    }
    fn real(self) -> f64 {
        self.value.real
    }
}

impl Add for Traced<'_> {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        if self.is_constant(Scalar::ZERO) {
            return other;
        }
        self.of_two(Scalar::ONE, other, Scalar::ONE, self.value + other.value)
    }
}

impl Sub for Traced<'_> {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.of_two(Scalar::ONE, other, -Scalar::ONE, self.value - other.value)
    }
}

impl Mul for Traced<'_> {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        if self.is_constant(Scalar::ONE) {
            return other;
        }
        self.of_two(other.value, other, self.value, self.value * other.value)
    }
}

impl Neg for Traced<'_> {
    type Output = Self;
    fn neg(self) -> Self {
        self.of_one(-self.value, || -Scalar::ONE)
    }
}
