//! Numbers as plain text, exactly.
//!
//! The language writes integers and finite decimals. A derivation may also hold quotients and
//! negative numbers; they stand in parentheses and are read back as a quotient or with a sign.
//!
//! Invariant: no digit is lost.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

/// `3`, `0.5`; what no literal can say as a quotient or with a sign, in parentheses.
pub(super) fn literal(value: &BigRational) -> String {
    if value.is_negative() {
        return format!("(-{})", literal(&value.abs()));
    }
    if value.is_integer() {
        return value.numer().to_string();
    }
    match decimals(value.denom()) {
        Some(places) => {
            let ten = BigInt::from(10).pow(places);
            let digits = (value.numer() * ten / value.denom()).to_string();
            let digits = format!("{digits:0>width$}", width = places as usize + 1);
            let (whole, part) = digits.split_at(digits.len() - places as usize);
            format!("{whole}.{part}")
        }
        None => format!("({}/{})", value.numer(), value.denom()),
    }
}

/// How many decimal places a fraction with this denominator has, if finitely many.
fn decimals(denominator: &BigInt) -> Option<u32> {
    let mut rest = denominator.clone();
    let mut powers = [0u32, 0];
    for (count, prime) in powers.iter_mut().zip([2u32, 5]) {
        while (&rest % prime).is_zero() {
            rest /= prime;
            *count += 1;
        }
    }
    rest.is_one().then(|| powers[0].max(powers[1]))
}
