//! A number with two faces: a residue, with which identities are decided exactly, and a floating
//! point number, which says what is greater and what a function really gives.
//!
//! A function that is not rational has an *opaque* residue: a fixed hash of the function and of the
//! residues of its arguments. Invariant: both faces are the same number wherever no opaque residue
//! went into them, up to the rounding of the floating point one.

use super::field::{Fp, Random};
use num_rational::BigRational;
use num_traits::ToPrimitive;
use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};

/// How far two floating point faces of the same number may be apart, for each unit of what was
/// added up.
const TOLERANCE: f64 = 1e-7;
/// Random numbers are odd multiples of 2 to the power of minus this.
const BINARY_PLACES: i32 = 40;

/// A number, seen exactly and in floating point. Two are equal if their residues are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scalar {
    /// The residue.
    pub exact: Fp,
    /// The floating point number; not a number or infinite where there is no real value.
    pub real: f64,
}

/// Whether two numbers are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// Their residues are equal.
    Exact,
    /// Their residues differ, which opaque ones may, and in floating point they are equal.
    Numeric,
    /// Neither.
    None,
}

impl Scalar {
    /// The neutral element of addition.
    pub const ZERO: Scalar = Scalar { exact: Fp::ZERO, real: 0.0 };
    /// The neutral element of multiplication.
    pub const ONE: Scalar = Scalar { exact: Fp::ONE, real: 1.0 };

    /// An integer.
    pub fn from_integer(value: i128) -> Scalar {
        Scalar { exact: Fp::from_integer(value), real: value as f64 }
    }

    /// A rational number; none if the modulus of the field divides its denominator.
    pub fn from_rational(value: &BigRational) -> Option<Scalar> {
        Some(Scalar { exact: Fp::from_rational(value)?, real: value.to_f64().unwrap_or(f64::NAN) })
    }

    /// What stands where a function has no value at all.
    pub(super) fn undefined() -> Scalar {
        Scalar { exact: Fp::ZERO, real: f64::NAN }
    }

    /// An odd multiple of 2⁻⁴⁰, the same number on both faces.
    fn dyadic(numerator: i64) -> Scalar {
        let shift = Fp::from_integer(1 << (61 - BINARY_PLACES));
        Scalar {
            exact: Fp::from_integer(numerator.into()) * shift,
            real: numerator as f64 * f64::powi(0.5, BINARY_PLACES),
        }
    }

    /// The reciprocal; none for an exact zero.
    pub fn inverse(self) -> Option<Scalar> {
        Some(Scalar { exact: self.exact.inverse()?, real: self.real.recip() })
    }

    /// An integer power, with 0^0 = 1; none for a negative power of an exact zero.
    pub fn power(self, exponent: i128) -> Option<Scalar> {
        let real = match i32::try_from(exponent) {
            Ok(small) => self.real.powi(small),
            Err(_) => self.real.powf(exponent as f64),
        };
        Some(Scalar { exact: self.exact.power(exponent)?, real })
    }

    /// Which of two is greater: equal where the residues are; none if one is not a number.
    pub fn compare(self, other: Scalar) -> Option<Ordering> {
        if self.exact == other.exact { Some(Ordering::Equal) } else { self.real.partial_cmp(&other.real) }
    }

    /// Whether two numbers are the same. Floating point is asked only if residues may be `opaque`;
    /// `magnitude` is the greatest number that was added up on the way, or 0.
    pub fn agreement(self, other: Scalar, opaque: bool, magnitude: f64) -> Agreement {
        if self.exact == other.exact {
            return Agreement::Exact;
        }
        let scale = self.real.abs().max(other.real.abs()).max(magnitude).max(1.0);
        match opaque && scale.is_finite() && (self.real - other.real).abs() <= TOLERANCE * scale {
            true => Agreement::Numeric,
            false => Agreement::None,
        }
    }
}

impl PartialEq for Scalar {
    fn eq(&self, other: &Scalar) -> bool {
        self.exact == other.exact
    }
}

impl Eq for Scalar {}

impl Add for Scalar {
    type Output = Scalar;
    fn add(self, other: Scalar) -> Scalar {
        Scalar { exact: self.exact + other.exact, real: self.real + other.real }
    }
}

impl Sub for Scalar {
    type Output = Scalar;
    fn sub(self, other: Scalar) -> Scalar {
        Scalar { exact: self.exact - other.exact, real: self.real - other.real }
    }
}

impl Mul for Scalar {
    type Output = Scalar;
    fn mul(self, other: Scalar) -> Scalar {
        Scalar { exact: self.exact * other.exact, real: self.real * other.real }
    }
}

impl Neg for Scalar {
    type Output = Scalar;
    fn neg(self) -> Scalar {
        Scalar { exact: -self.exact, real: -self.real }
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.exact.fmt(f)
    }
}

/// The numbers that a random entry may be: those between the two, neither 0 nor an end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread(pub f64, pub f64);

impl Spread {
    /// What entries are drawn from where nothing speaks against it.
    pub const WIDE: Spread = Spread(-2.0, 2.0);
}

impl Random {
    /// A random number of a spread, one of at least a million.
    pub fn scalar(&mut self, spread: Spread) -> Scalar {
        let unit = f64::powi(2.0, BINARY_PLACES);
        let (first, last) = ((spread.0 * unit) as i64, (spread.1 * unit) as i64);
        Scalar::dyadic(self.between(first, last - 1) | 1)
    }

    /// That many random numbers between −2 and 2.
    pub fn vector(&mut self, length: usize) -> Vec<Scalar> {
        self.vector_of(length, Spread::WIDE)
    }

    /// That many random numbers of a spread.
    pub fn vector_of(&mut self, length: usize, spread: Spread) -> Vec<Scalar> {
        (0..length).map(|_| self.scalar(spread)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_faces_of_a_random_number_are_the_same() {
        let mut random = Random::new(3);
        for spread in [Spread::WIDE, Spread(0.0, 1.0), Spread(-1.0, 0.0), Spread(0.0, 0.02)] {
            for _ in 0..200 {
                let x = random.scalar(spread);
                assert!(spread.0 < x.real && x.real < spread.1 && x.real != 0.0, "{x:?}");
                let numerator = x.real * f64::powi(2.0, BINARY_PLACES);
                assert_eq!(numerator.fract(), 0.0);
                let scale = Fp::from_integer(1 << BINARY_PLACES);
                assert_eq!(x.exact * scale, Fp::from_integer(numerator as i128));
            }
        }
    }

    #[test]
    fn floating_point_decides_only_where_it_is_asked() {
        let (a, b) = (Scalar { exact: Fp::ONE, real: 1.0 }, Scalar { exact: Fp::ZERO, real: 1.0 + 1e-9 });
        assert_eq!(a.agreement(b, true, 0.0), Agreement::Numeric);
        assert_eq!(a.agreement(b, false, 0.0), Agreement::None);
        let far = Scalar { exact: Fp::ZERO, real: 1.0 + 1e-5 };
        assert_eq!(a.agreement(far, true, 0.0), Agreement::None);
        assert_eq!(a.agreement(far, true, 1e3), Agreement::Numeric);
        let nothing = Scalar { exact: Fp::ZERO, real: f64::NAN };
        assert_eq!(a.agreement(nothing, true, 0.0), Agreement::None);
        let infinite = Scalar { exact: Fp::ZERO, real: f64::INFINITY };
        assert_eq!(infinite.agreement(Scalar { exact: Fp::ONE, ..infinite }, true, 0.0), Agreement::None);
    }
}
