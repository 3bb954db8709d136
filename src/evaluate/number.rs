//! What a formula is computed in: scalars, dual numbers over them, or nothing at all when only the
//! reads matter. One machine serves them all.
//!
//! Invariant: a [`Dual`] obeys the sum, product, quotient and power rules and the contract of each
//! function exactly, and no other rule of differentiation occurs in the evaluator.

use super::error::EvalError;
use super::function;
use super::node::{Place, Value};
use super::scalar::Scalar;
use crate::language::function::Function;
use std::cmp::Ordering;
use std::ops::{Add, Mul, Neg, Sub};

/// What the values of a formula are computed in.
pub trait Number: Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Neg<Output = Self> {
    /// An exact integer.
    fn integer(value: i128) -> Self;
    /// The reciprocal; none for zero.
    fn inverse(self) -> Option<Self>;
    /// An integer power; none for a negative power of zero.
    fn power(self, exponent: i128) -> Option<Self>;
    /// A function of the table.
    fn call(function: Function, arguments: &[Self]) -> Self;
    /// The exponential, divided on the floating point face by that of `shift`.
    fn shifted_exponential(self, shift: f64) -> Self;
    /// The logarithm, with `shift` added on the floating point face.
    fn shifted_logarithm(self, shift: f64) -> Self;
    /// Which of two is greater, and whether that is known at all: nothing is not compared, and what
    /// is not a number is in no order.
    fn compare(self, other: Self) -> Known;
    /// The floating point face.
    fn real(self) -> f64;
}

/// What is known of the order of two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// They are in this order.
    Order(Ordering),
    /// They are in no order.
    Unordered,
    /// Nothing is known.
    Nothing,
}

impl Number for Scalar {
    fn integer(value: i128) -> Scalar {
        Scalar::from_integer(value)
    }
    fn inverse(self) -> Option<Scalar> {
        self.inverse()
    }
    fn power(self, exponent: i128) -> Option<Scalar> {
        self.power(exponent)
    }
    fn call(function: Function, arguments: &[Scalar]) -> Scalar {
        function::value(function, arguments)
    }
    fn shifted_exponential(self, shift: f64) -> Scalar {
        function::shifted_exponential(self, shift)
    }
    fn shifted_logarithm(self, shift: f64) -> Scalar {
        function::shifted_logarithm(self, shift)
    }
    fn compare(self, other: Scalar) -> Known {
        self.compare(other).map_or(Known::Unordered, Known::Order)
    }
    fn real(self) -> f64 {
        self.real
    }
}

/// A value and its derivative along one direction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dual {
    /// The value.
    pub value: Scalar,
    /// Its derivative.
    pub tangent: Scalar,
}

impl Dual {
    /// A number that does not move.
    pub fn constant(value: Scalar) -> Dual {
        Dual { value, tangent: Scalar::ZERO }
    }
}

impl Number for Dual {
    fn integer(value: i128) -> Self {
        Dual::constant(Scalar::from_integer(value))
    }
    fn inverse(self) -> Option<Self> {
        let value = self.value.inverse()?;
        let tangent = -(self.tangent * value * value);
        Some(Dual { value, tangent })
    }
    fn power(self, exponent: i128) -> Option<Self> {
        if exponent == 0 {
            return Some(Dual::integer(1));
        }
        let before = self.value.power(exponent.checked_sub(1)?)?;
        Some(Dual { value: before * self.value, tangent: Scalar::from_integer(exponent) * before * self.tangent })
    }
    fn call(function: Function, arguments: &[Self]) -> Self {
        let values: Vec<Scalar> = arguments.iter().map(|argument| argument.value).collect();
        let value = function::value(function, &values);
        let moves = |argument: &Dual| argument.tangent != Scalar::ZERO;
        if !arguments.iter().any(moves) {
            return Dual::constant(value);
        }
        let slopes = function::slopes(function, &values, value);
        let moved = arguments.iter().zip(slopes).filter(|(argument, _)| moves(argument));
        let tangent = moved.fold(Scalar::ZERO, |sum, (argument, slope)| sum + slope * argument.tangent);
        Dual { value, tangent }
    }
    fn shifted_exponential(self, shift: f64) -> Self {
        let value = function::shifted_exponential(self.value, shift);
        Dual { value, tangent: value * self.tangent }
    }
    fn shifted_logarithm(self, shift: f64) -> Self {
        let value = function::shifted_logarithm(self.value, shift);
        let slope = self.value.inverse().unwrap_or(Scalar::undefined());
        Dual { value, tangent: slope * self.tangent }
    }
    fn compare(self, other: Self) -> Known {
        Number::compare(self.value, other.value)
    }
    fn real(self) -> f64 {
        self.value.real
    }
}

impl Add for Dual {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Dual { value: self.value + other.value, tangent: self.tangent + other.tangent }
    }
}

impl Sub for Dual {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Dual { value: self.value - other.value, tangent: self.tangent - other.tangent }
    }
}

impl Mul for Dual {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Dual { value: self.value * other.value, tangent: self.value * other.tangent + self.tangent * other.value }
    }
}

impl Neg for Dual {
    type Output = Self;
    fn neg(self) -> Self {
        Dual { value: -self.value, tangent: -self.tangent }
    }
}

/// No value at all: computing in it asks only whether every read is in range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nothing;

impl Number for Nothing {
    fn integer(_: i128) -> Self {
        Nothing
    }
    fn inverse(self) -> Option<Self> {
        Some(Nothing)
    }
    fn power(self, _: i128) -> Option<Self> {
        Some(Nothing)
    }
    fn call(_: Function, _: &[Nothing]) -> Self {
        Nothing
    }
    fn shifted_exponential(self, _: f64) -> Self {
        Nothing
    }
    fn shifted_logarithm(self, _: f64) -> Self {
        Nothing
    }
    fn compare(self, _: Nothing) -> Known {
        Known::Nothing
    }
    fn real(self) -> f64 {
        0.0
    }
}

impl Add for Nothing {
    type Output = Self;
    fn add(self, _: Self) -> Self {
        Nothing
    }
}

impl Sub for Nothing {
    type Output = Self;
    fn sub(self, _: Self) -> Self {
        Nothing
    }
}

impl Mul for Nothing {
    type Output = Self;
    fn mul(self, _: Self) -> Self {
        Nothing
    }
}

impl Neg for Nothing {
    type Output = Self;
    fn neg(self) -> Self {
        Nothing
    }
}

/// Where a running formula finds the entries of arrays.
pub trait Memory {
    /// What an entry is.
    type Number: Number;

    /// Whether a part of a formula may be computed once for the same indices: not where computing it leaves traces.
    const KEEPS: bool = true;

    /// The entry at a place that is known to be in range.
    fn load(&self, place: Place) -> Self::Number;

    /// The scalar numbered `index` among the literals of the formula that runs.
    fn literal(&self, index: usize) -> Self::Number;

    /// The param of that number.
    fn param(&self, index: usize) -> Self::Number;

    /// The derivative of `of` for the entry at `place`, at the indices in `slots`: the total one, or
    /// the one in which no other array moves.
    fn derivative(&self, of: &Value, place: Place, total: bool, slots: &[i64]) -> Result<Self::Number, EvalError> {
        let _ = (of, place, total, slots);
        Err(EvalError::Unsupported("a derivative inside a derivative".into()))
    }

    /// The total derivative of the loss for the entry at a place.
    fn adjoint(&self, place: Place) -> Result<Self::Number, EvalError> {
        let _ = place;
        Err(EvalError::Unsupported("an upstream gradient inside an equation".into()))
    }

    /// Takes note that values are compared, and that what is read next depends on the answer.
    fn compared(&self) {}

    /// Takes note that a function has no real value.
    fn outside(&self, function: Function) {
        let _ = function;
    }
}

impl Memory for Nothing {
    type Number = Nothing;
    const KEEPS: bool = false;
    fn load(&self, _: Place) -> Nothing {
        Nothing
    }
    fn literal(&self, _: usize) -> Nothing {
        Nothing
    }
    fn param(&self, _: usize) -> Nothing {
        Nothing
    }
    fn adjoint(&self, _: Place) -> Result<Nothing, EvalError> {
        Ok(Nothing)
    }
}
