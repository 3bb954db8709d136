//! Exact polynomials in the entries of arrays: what a formula is at one place once all sums are
//! written out. Exponents may be negative.
//!
//! Invariant: no coefficient and no exponent is zero, monomials are sorted; so equal polynomials
//! are equal values.

use crate::language::syntax::{Expr, ExprKind, Name, Operator, Sign};
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};
use std::collections::BTreeMap;

/// The most terms a polynomial may have.
const MOST_TERMS: usize = 4_000;

/// An entry of an array, or of the upstream gradient of an output.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    /// Whether it is an entry of ∂ℓ/∂array.
    pub upstream: bool,
    /// The array.
    pub array: Name,
    /// The place.
    pub at: Vec<i64>,
}

type Monomial = BTreeMap<Entry, i64>;

/// A sum of products of entries.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Polynomial {
    terms: BTreeMap<Monomial, BigRational>,
}

impl Polynomial {
    /// A number.
    pub fn constant(value: BigRational) -> Self {
        let mut terms = BTreeMap::new();
        if !value.is_zero() {
            terms.insert(Monomial::new(), value);
        }
        Polynomial { terms }
    }

    /// One entry.
    pub fn entry(entry: Entry) -> Self {
        Polynomial { terms: BTreeMap::from([(Monomial::from([(entry, 1)]), BigRational::one())]) }
    }

    /// The number of terms.
    pub fn len(&self) -> usize {
        self.terms.len()
    }

    /// Whether it is 0.
    pub fn is_zero(&self) -> bool {
        self.terms.is_empty()
    }

    /// Adds `sign`·other.
    pub fn add(&mut self, other: &Polynomial, sign: Sign) -> Option<()> {
        for (monomial, n) in &other.terms {
            let n = if sign == Sign::Minus { -n.clone() } else { n.clone() };
            self.add_term(monomial.clone(), n);
        }
        (self.len() <= MOST_TERMS).then_some(())
    }

    fn add_term(&mut self, monomial: Monomial, n: BigRational) {
        let sum = self.terms.remove(&monomial).unwrap_or_else(BigRational::zero) + n;
        if !sum.is_zero() {
            self.terms.insert(monomial, sum);
        }
    }

    /// self · other, unless it is too large.
    pub fn times(&self, other: &Polynomial) -> Option<Polynomial> {
        if self.len().checked_mul(other.len())? > 16 * MOST_TERMS {
            return None;
        }
        let mut product = Polynomial::default();
        for (a, m) in &self.terms {
            for (b, n) in &other.terms {
                let mut monomial = a.clone();
                for (entry, exponent) in b {
                    let sum = monomial.remove(entry).unwrap_or(0).checked_add(*exponent)?;
                    if sum != 0 {
                        monomial.insert(entry.clone(), sum);
                    }
                }
                product.add_term(monomial, m * n);
            }
        }
        (product.len() <= MOST_TERMS).then_some(product)
    }

    /// self^exponent; a negative one only of a single term.
    pub fn power(&self, exponent: i64) -> Option<Polynomial> {
        let base = if exponent < 0 { self.inverse()? } else { self.clone() };
        if exponent.unsigned_abs() > 64 {
            return None;
        }
        (0..exponent.unsigned_abs()).try_fold(Polynomial::constant(BigRational::one()), |p, _| p.times(&base))
    }

    /// 1/self, if self is a single term.
    pub fn inverse(&self) -> Option<Polynomial> {
        let (monomial, n) = self.terms.first_key_value().filter(|_| self.len() == 1)?;
        let monomial = monomial.iter().map(|(entry, e)| (entry.clone(), -e)).collect();
        Some(Polynomial { terms: BTreeMap::from([(monomial, n.recip())]) })
    }

    /// The derivative for one entry.
    pub fn derivative(&self, entry: &Entry) -> Polynomial {
        let mut derivative = Polynomial::default();
        for (monomial, n) in &self.terms {
            let Some(exponent) = monomial.get(entry) else { continue };
            let mut rest = monomial.clone();
            rest.remove(entry);
            if *exponent != 1 {
                rest.insert(entry.clone(), exponent - 1);
            }
            derivative.add_term(rest, n * BigRational::from_integer((*exponent).into()));
        }
        derivative
    }

    /// The first term in which two polynomials differ, without its coefficient, and both
    /// coefficients.
    pub fn first_difference(&self, other: &Polynomial) -> Option<(Polynomial, BigRational, BigRational)> {
        let of = |p: &Polynomial, m: &Monomial| p.terms.get(m).cloned().unwrap_or_else(BigRational::zero);
        let mut monomials: Vec<&Monomial> = self.terms.keys().chain(other.terms.keys()).collect();
        monomials.sort();
        let differs = monomials.into_iter().find(|m| of(self, m) != of(other, m))?;
        let alone = Polynomial { terms: BTreeMap::from([(differs.clone(), BigRational::one())]) };
        Some((alone, of(self, differs), of(other, differs)))
    }

    /// The polynomial as syntax; `letter` names upstream gradients.
    pub fn quote(&self, letter: &dyn Fn(&Name) -> Option<Name>) -> Expr {
        let mut terms: Vec<(Sign, Expr)> = self.terms.iter().map(|(m, n)| quote_term(m, n, letter)).collect();
        match (terms.len(), terms.first()) {
            (0, _) => Expr::integer(0),
            (1, Some((Sign::Plus, _))) => terms.remove(0).1,
            _ => Expr::new(ExprKind::Sum(terms)),
        }
    }
}

/// A number as syntax.
pub(super) fn quote_number(n: &BigRational) -> Expr {
    Polynomial::constant(n.clone()).quote(&|_| None)
}

fn quote_term(monomial: &Monomial, n: &BigRational, letter: &dyn Fn(&Name) -> Option<Name>) -> (Sign, Expr) {
    let number = |n: BigRational| Expr::new(ExprKind::Number(n));
    let whole = |n: &num_bigint::BigInt| number(BigRational::from_integer(n.clone()));
    let size = n.abs();
    let mut factors = Vec::new();
    if !size.numer().is_one() || monomial.values().all(|e| *e < 0) {
        factors.push((Operator::Times, whole(size.numer())));
    }
    let (upstream, own): (Vec<_>, Vec<_>) = monomial.iter().filter(|(_, e)| **e > 0).partition(|(e, _)| e.upstream);
    for (entry, exponent) in upstream.into_iter().chain(own) {
        factors.push((Operator::Times, quote_power(entry, *exponent, letter)));
    }
    if !size.denom().is_one() {
        factors.push((Operator::Over, whole(size.denom())));
    }
    for (entry, exponent) in monomial.iter().filter(|(_, e)| **e < 0) {
        factors.push((Operator::Over, quote_power(entry, exponent.saturating_neg(), letter)));
    }
    let product = if factors.len() == 1 { factors.remove(0).1 } else { Expr::new(ExprKind::Product(factors)) };
    (if n.is_negative() { Sign::Minus } else { Sign::Plus }, product)
}

fn quote_power(entry: &Entry, exponent: i64, letter: &dyn Fn(&Name) -> Option<Name>) -> Expr {
    let at: Vec<Expr> = entry.at.iter().map(|i| Expr::integer((*i).into())).collect();
    let letter = if entry.upstream { letter(&entry.array) } else { Some(entry.array.clone()) };
    let base = Expr::new(match letter {
        Some(name) if at.is_empty() => ExprKind::Name(name),
        Some(name) => ExprKind::Read(name, at),
        None => ExprKind::Upstream(entry.array.clone(), at),
    });
    match exponent {
        1 => base,
        _ => Expr::new(ExprKind::Power(Box::new(base), Box::new(Expr::integer(exponent.into())))),
    }
}
