//! In which way two formulas are equal.

use super::fractions::crosswise;
use super::normal::{Normal, normal};
use super::{canonical, equality};
use crate::integer::Facts;
use crate::model::{System, Term};
use num_rational::BigRational;
use num_traits::Zero;

/// How many denominators are multiplied out before a difference is given up.
const MOST_DENOMINATORS: usize = 6;

/// Whether two formulas are proved equal wherever the facts hold: by their normal forms, or else, for
/// what is left of these when like summands are cancelled, by cases.
pub fn proved_equal(system: &System, facts: &Facts, a: &Term, b: &Term) -> bool {
    how_equal(system, facts, a, b).is_some()
}

/// In which way two formulas are proved equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Joint {
    /// They are written alike.
    Same,
    /// They have one normal form.
    Form,
    /// What their normal forms leave is 0 case by case.
    Cases,
    /// They are equal when multiplied with their denominators.
    Denominators,
    /// They are equal in each case of the signs of what they compare.
    Signs,
    /// They are equal as fractions in exponentials.
    Exponentials,
}

/// The same as [`proved_equal`], and in which way.
pub fn how_equal(system: &System, facts: &Facts, a: &Term, b: &Term) -> Option<Joint> {
    let by_sign = || super::signs::equal(system, facts, a, b).then_some(Joint::Signs);
    equal_forms(system, facts, a, b).or_else(by_sign).or_else(|| {
        let (a, b) = crosswise(system, facts, a, b)?;
        equal_forms(system, facts, &a, &b).map(|_| Joint::Exponentials)
    })
}

pub(super) fn equal_forms(system: &System, facts: &Facts, a: &Term, b: &Term) -> Option<Joint> {
    let (mut difference, b) = (normal(system, facts, a)?, normal(system, facts, b)?);
    for (summand, coefficient) in b {
        *difference.entry(summand).or_insert_with(BigRational::zero) -= coefficient;
    }
    difference.retain(|_, n| !n.is_zero());
    if difference.is_empty() {
        return Some(Joint::Form);
    }
    if equality::vanishes(facts, &difference) {
        return Some(Joint::Cases);
    }
    cleared(system, facts, difference).then_some(Joint::Denominators)
}

/// Whether a sum of summands is 0 when it is multiplied with its denominators.
pub(super) fn cleared(system: &System, facts: &Facts, mut difference: Normal) -> bool {
    for _ in 0..MOST_DENOMINATORS {
        let Some(next) = canonical::without_denominator(&difference).and_then(|t| normal(system, facts, &t)) else {
            return false;
        };
        difference = next;
        if difference.is_empty() || equality::vanishes(facts, &difference) {
            return true;
        }
    }
    false
}
