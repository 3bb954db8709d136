//! What a formula is computed in: field elements, dual numbers over them, or nothing at all when
//! only the reads matter. One machine serves them all.
//!
//! Invariant: a [`Dual`] obeys the sum, product, quotient and power rules exactly and no other
//! rule of differentiation occurs in the evaluator.

use super::error::EvalError;
use super::field::Fp;
use super::node::{Place, Value};
use std::ops::{Add, Mul, Neg, Sub};

/// What the values of a formula are computed in.
pub trait Number: Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Neg<Output = Self> {
    /// What constants and params are stored as.
    type Scalar: Copy;
    /// A number that depends on no array.
    fn constant(value: Self::Scalar) -> Self;
    /// An exact integer.
    fn integer(value: i128) -> Self;
    /// The reciprocal; none for zero.
    fn inverse(self) -> Option<Self>;
    /// An integer power; none for a negative power of zero.
    fn power(self, exponent: i128) -> Option<Self>;
}

impl Number for Fp {
    type Scalar = Fp;
    fn constant(value: Fp) -> Fp {
        value
    }
    fn integer(value: i128) -> Fp {
        Fp::from_integer(value)
    }
    fn inverse(self) -> Option<Fp> {
        self.inverse()
    }
    fn power(self, exponent: i128) -> Option<Fp> {
        self.power(exponent)
    }
}

/// A value and its derivative along one direction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dual<F> {
    /// The value.
    pub value: F,
    /// Its derivative.
    pub tangent: F,
}

impl<F: Number<Scalar = F>> Number for Dual<F> {
    type Scalar = F;
    fn constant(value: F) -> Self {
        let tangent = F::integer(0);
        Dual { value, tangent }
    }
    fn integer(value: i128) -> Self {
        Dual::constant(F::integer(value))
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
        Some(Dual { value: before * self.value, tangent: F::integer(exponent) * before * self.tangent })
    }
}

impl<F: Number> Add for Dual<F> {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Dual { value: self.value + other.value, tangent: self.tangent + other.tangent }
    }
}

impl<F: Number> Sub for Dual<F> {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Dual { value: self.value - other.value, tangent: self.tangent - other.tangent }
    }
}

impl<F: Number> Mul for Dual<F> {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Dual { value: self.value * other.value, tangent: self.value * other.tangent + self.tangent * other.value }
    }
}

impl<F: Number> Neg for Dual<F> {
    type Output = Self;
    fn neg(self) -> Self {
        Dual { value: -self.value, tangent: -self.tangent }
    }
}

/// No value at all: computing in it asks only whether every read is in range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nothing;

impl Number for Nothing {
    type Scalar = Nothing;
    fn constant(_: Nothing) -> Self {
        Nothing
    }
    fn integer(_: i128) -> Self {
        Nothing
    }
    fn inverse(self) -> Option<Self> {
        Some(Nothing)
    }
    fn power(self, _: i128) -> Option<Self> {
        Some(Nothing)
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

    /// The entry at a place that is known to be in range.
    fn load(&self, place: Place) -> Self::Number;

    /// The scalar numbered `index` among the literals of the formula that runs.
    fn literal(&self, index: usize) -> Self::Number;

    /// The param of that number.
    fn param(&self, index: usize) -> Self::Number;

    /// The total derivative of `of` for the entry at `place`, at the indices in `slots`.
    fn derivative(&self, of: &Value, place: Place, slots: &[i64]) -> Result<Self::Number, EvalError> {
        let _ = (of, place, slots);
        Err(EvalError::Unsupported("a derivative inside a derivative".into()))
    }
}

impl Memory for Nothing {
    type Number = Nothing;
    fn load(&self, _: Place) -> Nothing {
        Nothing
    }
    fn literal(&self, _: usize) -> Nothing {
        Nothing
    }
    fn param(&self, _: usize) -> Nothing {
        Nothing
    }
}
