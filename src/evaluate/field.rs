//! The prime field of 2^61 − 1 elements and a small deterministic source of random numbers.
//!
//! Two different polynomials of degree d agree at a point drawn from m elements of this field with
//! chance at most d / m, so one agreement at a random point is as good as a proof.
//!
//! Invariant: the number inside an [`Fp`] is always less than the modulus.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::ToPrimitive;
use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};

/// An element of the field of 2^61 − 1 elements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fp(u64);

impl Fp {
    /// The number of elements.
    pub const MODULUS: u64 = (1 << 61) - 1;
    /// The neutral element of addition.
    pub const ZERO: Fp = Fp(0);
    /// The neutral element of multiplication.
    pub const ONE: Fp = Fp(1);

    /// The residue of an integer.
    pub fn from_integer(value: i128) -> Fp {
        match u64::try_from(value) {
            Ok(small) if small < Fp::MODULUS => Fp(small),
            _ => Fp(value.rem_euclid(i128::from(Fp::MODULUS)) as u64),
        }
    }

    /// The residue of a rational number; none if the modulus divides its denominator.
    pub fn from_rational(value: &BigRational) -> Option<Fp> {
        Some(Fp::from_big(value.numer()) * Fp::from_big(value.denom()).inverse()?)
    }

    fn from_big(value: &BigInt) -> Fp {
        let remainder = value % BigInt::from(Fp::MODULUS);
        Fp::from_integer(remainder.to_i128().unwrap_or_default())
    }

    /// The least non-negative integer with this residue.
    pub fn residue(self) -> u64 {
        self.0
    }

    /// The reciprocal; none for zero.
    pub fn inverse(self) -> Option<Fp> {
        (self != Fp::ZERO).then(|| {
            // p − 2 = 4·(2⁵⁹ − 1) + 1, and 59 = 32 + 16 + 8 + 2 + 1.
            let doubled = |ones: Fp, count: u32| ones.squared(count) * ones;
            let two = doubled(self, 1);
            let eight = doubled(doubled(two, 2), 4);
            let sixteen = doubled(eight, 8);
            let most = doubled(sixteen, 16).squared(16) * sixteen;
            let all = (most.squared(8) * eight).squared(2) * two;
            (all.squared(1) * self).squared(2) * self
        })
    }

    /// The power to 2 to the power of `count`.
    fn squared(self, count: u32) -> Fp {
        (0..count).fold(self, |power, _| power * power)
    }

    /// An integer power, with 0^0 = 1; none for a negative power of zero.
    pub fn power(self, exponent: i128) -> Option<Fp> {
        let base = if exponent < 0 { self.inverse()? } else { self };
        Some(base.raised(exponent.unsigned_abs()))
    }

    fn raised(self, mut exponent: u128) -> Fp {
        let (mut base, mut result) = (self, Fp::ONE);
        while exponent > 0 {
            if exponent & 1 == 1 {
                result = result * base;
            }
            base = base * base;
            exponent >>= 1;
        }
        result
    }

    fn folded(value: u64) -> Fp {
        let sum = (value & Fp::MODULUS) + (value >> 61);
        Fp(if sum >= Fp::MODULUS { sum - Fp::MODULUS } else { sum })
    }
}

impl Add for Fp {
    type Output = Fp;
    fn add(self, other: Fp) -> Fp {
        Fp::folded(self.0 + other.0)
    }
}

impl Sub for Fp {
    type Output = Fp;
    fn sub(self, other: Fp) -> Fp {
        Fp::folded(self.0 + Fp::MODULUS - other.0)
    }
}

impl Neg for Fp {
    type Output = Fp;
    fn neg(self) -> Fp {
        Fp::ZERO - self
    }
}

impl Mul for Fp {
    type Output = Fp;
    fn mul(self, other: Fp) -> Fp {
        let product = u128::from(self.0) * u128::from(other.0);
        let low = (product as u64) & Fp::MODULUS;
        let high = (product >> 61) as u64;
        Fp::folded(low + high)
    }
}

impl fmt::Display for Fp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A deterministic source of random numbers (splitmix64).
#[derive(Clone, Debug)]
pub struct Random {
    state: u64,
}

impl Random {
    /// The source that every run with this seed repeats.
    pub fn new(seed: u64) -> Random {
        Random { state: seed }
    }

    /// Sixty-four random bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A random integer of `first..=last`; `first` if that range is empty.
    pub fn between(&mut self, first: i64, last: i64) -> i64 {
        let span = (i128::from(last) - i128::from(first) + 1).max(1) as u128;
        let step = (u128::from(self.bits()) * span) >> 64;
        (i128::from(first) + step as i128) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_laws_hold() {
        let mut random = Random::new(1);
        for _ in 0..200 {
            let mut element = || Fp::from_integer((random.bits() >> 3).into());
            let (a, b, c) = (element(), element(), element());
            assert_eq!(a * (b + c), a * b + a * c);
            assert_eq!(a - b, -(b - a));
            assert_eq!(a.inverse().map(|inverse| a * inverse), Some(Fp::ONE));
            assert_eq!(a.power(-3), (a * a * a).inverse());
        }
        assert_eq!(Fp::ZERO.inverse(), None);
        assert_eq!(Fp::ZERO.power(0), Some(Fp::ONE));
    }

    #[test]
    fn integers_and_rationals_embed() {
        assert_eq!(Fp::from_integer(-1) + Fp::ONE, Fp::ZERO);
        assert_eq!(Fp::from_integer(i128::MIN), -Fp::from_integer(2).power(127).unwrap());
        let half = BigRational::new((-1).into(), 2.into());
        let embedded = Fp::from_rational(&half).unwrap();
        assert_eq!(embedded + embedded, Fp::from_integer(-1));
        let impossible = BigRational::new(1.into(), Fp::MODULUS.into());
        assert_eq!(Fp::from_rational(&impossible), None);
    }

    #[test]
    fn random_integers_stay_in_range() {
        let mut random = Random::new(7);
        assert!((0..100).all(|_| (-2..=3).contains(&random.between(-2, 3))));
        assert_eq!(random.between(5, 5), 5);
        random.between(i64::MIN, i64::MAX);
    }
}
