//! Exact fractions of 128-bit integers, for index positions and conditions.
//!
//! Invariant: the denominator is positive and prime to the numerator; whatever does not fit is an
//! error, never a wrapped number.

use super::error::EvalError;
use std::cmp::Ordering;

/// A reduced fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fraction {
    numerator: i128,
    denominator: i128,
}

impl Fraction {
    /// An integer.
    pub fn whole(value: i128) -> Fraction {
        Fraction { numerator: value, denominator: 1 }
    }

    /// The reduced quotient of two integers.
    pub fn new(numerator: i128, denominator: i128) -> Result<Fraction, EvalError> {
        if denominator == 0 {
            return Err(EvalError::ZeroDivisor);
        }
        if denominator == 1 {
            return Ok(Fraction::whole(numerator));
        }
        let divisor = gcd(numerator.unsigned_abs(), denominator.unsigned_abs());
        let divisor = i128::try_from(divisor).map_err(|_| EvalError::Overflow)?;
        let sign = denominator.signum();
        Ok(Fraction {
            numerator: product(numerator / divisor, sign)?,
            denominator: product(denominator / divisor, sign)?,
        })
    }

    /// The value, if it is an integer.
    pub fn integer(self) -> Result<i128, EvalError> {
        if self.denominator == 1 {
            Ok(self.numerator)
        } else {
            let text = format!("{}/{}", self.numerator, self.denominator);
            Err(EvalError::NotInteger(text))
        }
    }

    /// Numerator and denominator.
    pub fn parts(self) -> (i128, i128) {
        (self.numerator, self.denominator)
    }

    /// The sum.
    pub fn plus(self, other: Fraction) -> Result<Fraction, EvalError> {
        if self.denominator == 1 && other.denominator == 1 {
            let sum = self.numerator.checked_add(other.numerator);
            return Ok(Fraction::whole(sum.ok_or(EvalError::Overflow)?));
        }
        let left = product(self.numerator, other.denominator)?;
        let right = product(other.numerator, self.denominator)?;
        let sum = left.checked_add(right).ok_or(EvalError::Overflow)?;
        Fraction::new(sum, product(self.denominator, other.denominator)?)
    }

    /// The value with the other sign.
    pub fn negated(self) -> Result<Fraction, EvalError> {
        Ok(Fraction { numerator: product(self.numerator, -1)?, ..self })
    }

    /// The product.
    pub fn times(self, other: Fraction) -> Result<Fraction, EvalError> {
        Fraction::new(product(self.numerator, other.numerator)?, product(self.denominator, other.denominator)?)
    }

    /// The quotient.
    pub fn over(self, other: Fraction) -> Result<Fraction, EvalError> {
        Fraction::new(product(self.numerator, other.denominator)?, product(self.denominator, other.numerator)?)
    }

    /// The largest integer at most this.
    pub fn floor(self) -> Result<i128, EvalError> {
        floor_div(self.numerator, self.denominator)
    }

    /// The smallest integer at least this.
    pub fn ceil(self) -> Result<i128, EvalError> {
        let (numerator, denominator) = (self.numerator, self.denominator);
        let remainder = numerator.rem_euclid(denominator);
        Ok(floor_div(numerator, denominator)? + i128::from(remainder != 0))
    }

    /// An integer power; negative ones are reciprocals.
    pub fn power(self, exponent: i128) -> Result<Fraction, EvalError> {
        let base = if exponent < 0 { Fraction::whole(1).over(self)? } else { self };
        let exponent = exponent.unsigned_abs();
        let numerator = integer_power(base.numerator, exponent)?;
        Fraction::new(numerator, integer_power(base.denominator, exponent)?)
    }

    /// Which of two is larger.
    pub fn compare(self, other: Fraction) -> Result<Ordering, EvalError> {
        if self.denominator == other.denominator {
            return Ok(self.numerator.cmp(&other.numerator));
        }
        let left = product(self.numerator, other.denominator)?;
        Ok(left.cmp(&product(other.numerator, self.denominator)?))
    }
}

/// The quotient rounded down.
pub fn floor_div(a: i128, b: i128) -> Result<i128, EvalError> {
    if b == 0 {
        return Err(EvalError::ZeroDivisor);
    }
    let quotient = a.checked_div(b).ok_or(EvalError::Overflow)?;
    let inexact = quotient * b != a;
    Ok(quotient - i128::from(inexact && (a < 0) != (b < 0)))
}

/// `a − b·⌊a/b⌋`.
pub fn floor_mod(a: i128, b: i128) -> Result<i128, EvalError> {
    match b {
        0 => Err(EvalError::ZeroDivisor),
        1 | -1 => Ok(0),
        _ => {
            let remainder = a % b;
            let wraps = remainder != 0 && (remainder < 0) != (b < 0);
            Ok(if wraps { remainder + b } else { remainder })
        }
    }
}

fn product(a: i128, b: i128) -> Result<i128, EvalError> {
    a.checked_mul(b).ok_or(EvalError::Overflow)
}

fn integer_power(mut base: i128, mut exponent: u128) -> Result<i128, EvalError> {
    let mut result = 1;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = product(result, base)?;
        }
        exponent >>= 1;
        if exponent > 0 {
            base = product(base, base)?;
        }
    }
    Ok(result)
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn division_rounds_down_for_every_sign() {
        for (a, b, quotient, remainder) in [(7, 2, 3, 1), (-7, 2, -4, 1), (7, -2, -4, -1), (-7, -2, 3, -1)] {
            assert_eq!(floor_div(a, b), Ok(quotient));
            assert_eq!(floor_mod(a, b), Ok(remainder));
            let fraction = Fraction::new(a, b).unwrap();
            assert_eq!(fraction.floor(), Ok(quotient));
            assert_eq!(fraction.ceil(), Ok(quotient + 1));
        }
        assert_eq!(floor_div(i128::MIN, -1), Err(EvalError::Overflow));
        assert_eq!(floor_mod(i128::MIN, -1), Ok(0));
        assert_eq!(floor_mod(1, 0), Err(EvalError::ZeroDivisor));
    }

    #[test]
    fn powers_overflow_as_errors() {
        let two = Fraction::whole(2);
        assert_eq!(two.power(10), Ok(Fraction::whole(1024)));
        assert_eq!(two.power(-1), Fraction::new(1, 2));
        assert_eq!(two.power(i128::MAX), Err(EvalError::Overflow));
        assert_eq!(Fraction::whole(-1).power(i128::MAX), Ok(Fraction::whole(-1)));
        assert_eq!(Fraction::whole(0).power(-1), Err(EvalError::ZeroDivisor));
    }
}
