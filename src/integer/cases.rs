//! The complete procedure: whether formulas can hold together, by distinction of cases.
//!
//! The Omega test decides what is linear. A solution that it finds is held against the alternatives
//! and the products that were left out; the first one that it violates is split, and each case is
//! decided anew. Where all unknowns in products are bounded, and the work suffices, the answer is
//! complete; otherwise it is withheld.

use super::linear::{Formula, Linear, Product, Translation};
use super::omega::{Constraints, Outcome, Row};

/// Whether formulas can hold together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// They cannot.
    Refuted,
    /// They do at these values of the unknowns.
    Met(Vec<i128>),
    /// It was not found out.
    Open,
}

/// The work, in coefficients computed, that a decision may cost.
const WORK: usize = 500_000;

/// The least work that a case counts for.
const CASE: usize = 200;

/// How far from a solution an unknown in a product may reach for its values to be tried.
const REACH: i128 = 4_096;

/// Whether everything stated in the translation can hold together.
pub(super) fn decide(translation: &Translation) -> Verdict {
    let unknowns = translation.unknowns();
    let mut case = Case { constraints: Constraints { unknowns, ..Constraints::default() }, alternatives: Vec::new() };
    if translation.stated().iter().any(|formula| case.add(formula).is_none()) {
        return Verdict::Open;
    }
    Decision { products: translation.products(), budget: WORK }.of(case)
}

/// Constraints, and alternatives still to choose from.
#[derive(Clone)]
struct Case<'a> {
    constraints: Constraints,
    alternatives: Vec<&'a [Formula]>,
}

impl<'a> Case<'a> {
    /// Adds a formula; none if a number becomes too large.
    fn add(&mut self, formula: &'a Formula) -> Option<()> {
        let row = |e: &Linear| e.row(self.constraints.unknowns);
        match formula {
            Formula::Zero(e) => self.constraints.equal.push(row(e)?),
            Formula::AtLeast(e) => self.constraints.atleast.push(row(e)?),
            Formula::All(parts) => parts.iter().try_for_each(|part| self.add(part))?,
            Formula::Any(parts) => match parts.as_slice() {
                [only] => self.add(only)?,
                parts => self.alternatives.push(parts),
            },
        }
        Some(())
    }

    fn with(&self, equal: &[Row], atleast: &[Row]) -> Case<'a> {
        let mut case = self.clone();
        case.constraints.equal.extend_from_slice(equal);
        case.constraints.atleast.extend_from_slice(atleast);
        case
    }
}

struct Decision<'a> {
    products: &'a [Product],
    budget: usize,
}

impl<'a> Decision<'a> {
    fn of(&mut self, case: Case<'a>) -> Verdict {
        self.budget = self.budget.saturating_sub(CASE);
        let point = match case.constraints.solve(&mut self.budget) {
            Outcome::Unsatisfiable => return Verdict::Refuted,
            Outcome::GaveUp => return Verdict::Open,
            Outcome::Satisfiable(point) => point,
        };
        let violated = |options: &&[Formula]| !options.iter().any(|option| option.holds_at(&point));
        match case.alternatives.iter().position(violated) {
            Some(place) => self.split(case, place),
            None => self.of_products(case, point),
        }
    }

    /// Takes each of the alternatives at this place in turn.
    fn split(&mut self, mut case: Case<'a>, place: usize) -> Verdict {
        for option in case.alternatives.swap_remove(place) {
            let mut chosen = case.clone();
            if chosen.add(option).is_none() {
                return Verdict::Open;
            }
            match self.of(chosen) {
                Verdict::Refuted => {}
                other => return other,
            }
        }
        Verdict::Refuted
    }

    /// Splits the first product that is violated at a point at the value of a bounded factor: below
    /// it, above it, and at it, where the product is linear.
    fn of_products(&mut self, case: Case<'a>, point: Vec<i128>) -> Verdict {
        let violated = |p: &&Product| point[p.left].checked_mul(point[p.right]) != Some(point[p.whole]);
        let mut violated = self.products.iter().filter(violated).peekable();
        if violated.peek().is_none() {
            return Verdict::Met(point);
        }
        let mut factors = violated.flat_map(|p| [(p.left, p.right, p.whole), (p.right, p.left, p.whole)]);
        let Some((factor, other, whole)) = factors.find(|(f, ..)| self.bounded(&case, *f, point[*f])) else {
            return if case.alternatives.is_empty() { Verdict::Open } else { self.split(case, 0) };
        };
        let unknowns = case.constraints.unknowns;
        let value = point[factor];
        let row = |terms: &[(usize, i128)], constant: i128| {
            let mut row = vec![0; unknowns + 1];
            terms.iter().for_each(|(unknown, n)| row[*unknown] += n);
            row[unknowns] = constant;
            row
        };
        let at = case.with(&[row(&[(factor, 1)], -value), row(&[(whole, 1), (other, -value)], 0)], &[]);
        let below = case.with(&[], &[row(&[(factor, -1)], value - 1)]);
        let above = case.with(&[], &[row(&[(factor, 1)], -value - 1)]);
        for part in [at, below, above] {
            match self.of(part) {
                Verdict::Refuted => {}
                other => return other,
            }
        }
        Verdict::Refuted
    }

    fn bounded(&mut self, case: &Case, unknown: usize, value: i128) -> bool {
        [1, -1].iter().all(|sign| {
            let mut beyond = vec![0; case.constraints.unknowns + 1];
            beyond[unknown] = *sign;
            beyond[case.constraints.unknowns] = -sign * value - REACH;
            case.with(&[], &[beyond]).constraints.solve(&mut self.budget) == Outcome::Unsatisfiable
        })
    }
}
