//! Sums of powers of a variable that grows, up to an error: c·β^d + … + o(β^e).
//!
//! Invariant: coefficients are free of the variable; one may vanish at some points, and nothing
//! divides by it unless it is known not to, or that is noted.

use crate::model::Term;
use std::collections::BTreeMap;

/// How many powers below the leading one are kept.
const DEPTH: i64 = 3;

/// Σ c·β^d + o(β^error)
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Series {
    /// The coefficients by degree.
    pub terms: BTreeMap<i64, Term>,
    /// The degree of which the error is a lower order; exact if there is none.
    pub error: Option<i64>,
}

impl Series {
    pub(super) fn constant(value: Term) -> Series {
        Series::power(value, 0)
    }

    pub(super) fn power(coefficient: Term, degree: i64) -> Series {
        let mut series = Series { terms: BTreeMap::new(), error: None };
        if !coefficient.is_zero() {
            series.terms.insert(degree, coefficient);
        }
        series
    }

    /// The greatest degree.
    pub(super) fn leading(&self) -> Option<(i64, &Term)> {
        self.terms.last_key_value().map(|(degree, coefficient)| (*degree, coefficient))
    }

    /// Without what the error hides.
    fn settled(mut self) -> Series {
        if let Some(error) = self.error {
            self.terms.retain(|degree, _| *degree >= error);
        }
        self.terms.retain(|_, coefficient| !coefficient.is_zero());
        self
    }

    pub(super) fn plus(&self, other: &Series) -> Series {
        let mut terms = self.terms.clone();
        for (degree, coefficient) in &other.terms {
            let sum = match terms.remove(degree) {
                Some(known) => Term::sum([known, coefficient.clone()]),
                None => coefficient.clone(),
            };
            terms.insert(*degree, sum);
        }
        let error = [self.error, other.error].into_iter().flatten().max();
        Series { terms, error }.settled()
    }

    pub(super) fn times(&self, other: &Series) -> Series {
        let mut product = Series { terms: BTreeMap::new(), error: None };
        for (d, a) in &self.terms {
            for (e, b) in &other.terms {
                product = product.plus(&Series::power(Term::product([a.clone(), b.clone()]), d + e));
            }
        }
        // The order of a factor is at most its leading degree, or that of its error.
        let order = |s: &Series| s.leading().map(|(d, _)| d).into_iter().chain(s.error).max();
        let errors = [self.error.zip(order(other)), other.error.zip(order(self))];
        product.error = errors.into_iter().flatten().map(|(error, order)| error + order).max();
        product.settled()
    }

    /// 1/s by its leading term: 1/(a(1 + r)) = (1 − r + r² − …)/a.
    pub(super) fn inverse(&self) -> Option<Series> {
        let (degree, coefficient) = self.leading()?;
        if self.error.is_some_and(|error| error >= degree) {
            return None;
        }
        let front = Series::power(Term::power(coefficient.clone(), -1), -degree);
        let mut rest = self.clone();
        rest.terms.remove(&degree);
        let ratio = rest.times(&front).times(&Series::constant(Term::from_i64(-1)));
        let mut sum = Series::constant(Term::one());
        if !(ratio.terms.is_empty() && ratio.error.is_none()) {
            let mut power = Series::constant(Term::one());
            for _ in 0..DEPTH {
                power = power.times(&ratio);
                sum = sum.plus(&power);
            }
            let order = ratio.leading().map(|(d, _)| d).into_iter().chain(ratio.error).max().unwrap_or(0);
            let cut = order * DEPTH;
            sum.error = Some(sum.error.map_or(cut, |error| error.max(cut)));
            sum = sum.settled();
        }
        Some(sum.times(&front))
    }

    pub(super) fn map(&self, f: &mut dyn FnMut(&Term) -> Term) -> Series {
        let terms = self.terms.iter().map(|(degree, coefficient)| (*degree, f(coefficient))).collect();
        Series { terms, error: self.error }.settled()
    }
}
