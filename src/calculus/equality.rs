//! Equality by cases, for what two normal forms leave when like summands are cancelled.
//!
//! A summand says at which places entries are read and under which conditions on these places. What
//! reads the same arrays is gathered, whatever its sums looked like, and the conditions are told
//! apart case by case: in each case the coefficients that are left must add up to 0. So ranges side
//! by side, cases written differently, and sums solved in another order are proved equal.

use super::normal::{Normal, Summand};
use super::sift;
use crate::integer::{Condition, Facts, Index, Truth, Var};
use crate::model::{Kind, Term};
use num_rational::BigRational;
use num_traits::{One, ToPrimitive, Zero};
use std::collections::BTreeMap;

/// How many cases are told apart for one pattern of reads.
const MOST_CASES: usize = 200;

/// How many summands are looked at, and how many reads in each.
const MOST_SUMMANDS: usize = 60;
const MOST_PLACES: usize = 30;

/// For how many summands of a pattern a place is looked at before the cases are told apart.
const TRIED: usize = 3;

/// Whether a sum of summands is 0 wherever the facts hold; no says nothing.
pub fn vanishes(facts: &Facts, normal: &Normal) -> bool {
    if normal.len() > MOST_SUMMANDS {
        return false;
    }
    let mut patterns: BTreeMap<Vec<Term>, Vec<Part>> = BTreeMap::new();
    for (summand, coefficient) in normal {
        let Some((reads, part)) = Part::new(summand, coefficient, facts) else { return false };
        patterns.entry(reads).or_default().push(part);
    }
    let seen = patterns.values().any(|parts| parts.iter().take(TRIED).any(|part| stays(facts, parts, part)));
    !seen && patterns.into_values().all(|parts| cancels(facts, parts, &mut { MOST_CASES }))
}

/// Whether the parts add up to something other than 0 at a place where this one of them is not left out:
/// a look at one place before all cases are gone through.
fn stays(facts: &Facts, parts: &[Part], part: &Part) -> bool {
    let Some(place) = facts.example(&Condition::All(part.conditions.clone())) else { return false };
    let sum = parts.iter().try_fold(BigRational::zero(), |sum, part| {
        let met = part.conditions.iter().try_fold(true, |met, condition| Some(met & place.holds(condition)?))?;
        let weight = if met { place.value(&part.weight)? } else { 0 };
        Some(sum + &part.coefficient * BigRational::from_integer(weight.into()))
    });
    sum.is_some_and(|sum| !sum.is_zero())
}

/// coefficient · weight where the conditions hold, else 0.
#[derive(Clone)]
struct Part {
    coefficient: BigRational,
    weight: Index,
    conditions: Vec<Condition>,
}

impl Part {
    /// A summand as its reads at places □, and what holds of the places. A bound index is solved for
    /// from a place; one on which nothing depends is counted; any other stays, as one more place.
    fn new(summand: &Summand, coefficient: &BigRational, facts: &Facts) -> Option<(Vec<Term>, Part)> {
        let mut factors = summand.factors.clone();
        factors.sort_by_key(rank);
        let mut part = Part { coefficient: coefficient.clone(), weight: Index::constant(1), conditions: Vec::new() };
        let (mut reads, mut places) = (Vec::new(), 0);
        let mut next = |name: &str| {
            places += 1;
            Var { name: name.into(), serial: places }
        };
        for factor in &factors {
            match factor.kind() {
                Kind::Integer(index) => part.weight = part.weight.times(index),
                Kind::Read(..) | Kind::Upstream(..) => reads.push(factor.map_indices(&mut |index| {
                    let place = Index::var(&next("□"));
                    part.conditions.push(Condition::Equal(place.clone(), index.clone()));
                    place
                })),
                _ => reads.push(factor.clone()),
            }
        }
        if part.conditions.len() > MOST_PLACES {
            return None;
        }
        part.conditions.extend(summand.conditions.iter().cloned());
        for bound in &summand.bounds {
            part.conditions.push(Condition::Within(bound.lo.clone(), Index::var(&bound.var), bound.hi.clone()));
        }
        for bound in summand.bounds.iter().rev() {
            if reads.iter().all(|read| !read.any_var(&bound.var)) && part.count(&bound.var, facts) {
                continue;
            }
            let by = match part.solve(&bound.var, facts) {
                Some((place, divisible, value)) => {
                    part.conditions.remove(place);
                    part.conditions.extend(divisible);
                    value
                }
                None => Index::var(&next("•")),
            };
            part.weight = part.weight.substitute(&bound.var, &by);
            part.conditions = part.conditions.iter().map(|c| c.substitute(&bound.var, &by)).collect();
            reads = reads.iter().map(|f| f.substitute(&bound.var, &by)).collect();
        }
        Some((reads, part))
    }

    /// A bound index on which nothing depends counts its range, if its ends are known, but for one place that a
    /// condition may take out.
    fn count(&mut self, var: &Var, facts: &Facts) -> bool {
        let (about, others): (Vec<Condition>, Vec<Condition>) =
            self.conditions.iter().flat_map(Condition::canonical).partition(|condition| condition.mentions(var));
        let mut facts = facts.clone();
        others.iter().for_each(|condition| facts.require(condition));
        let (mut lowers, mut uppers, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
        for condition in &about {
            let (e, equal) = match (condition, condition.as_unequal()) {
                (Condition::AtMost(zero, e), _) => (e.minus(zero), false),
                (_, Some((a, b))) => (a.minus(b), true),
                _ => return false,
            };
            let Some((slope, rest)) = e.linear_in(var) else { return false };
            match (slope.as_constant(), equal) {
                (Some(slope @ (1 | -1)), true) => left_out.push(rest.times_number(-slope)),
                (Some(1), false) => lowers.push(rest.times_number(-1)),
                (Some(-1), false) => uppers.push(rest),
                _ => return false,
            }
        }
        let tightest = |ends: &[Index], sign: i128| {
            let beats = |end: &Index, other: &Index| facts.proves_nonnegative(&end.minus(other).times_number(sign));
            ends.iter().find(|end| ends.iter().all(|other| beats(end, other))).cloned()
        };
        let (Some(lo), Some(hi)) = (tightest(&lowers, 1), tightest(&uppers, -1)) else { return false };
        let inside = |place: &Index| Condition::Within(lo.clone(), place.clone(), hi.clone());
        if left_out.len() > 1 || left_out.iter().any(|place| facts.judge(&inside(place)) != Truth::Yes) {
            return false;
        }
        let length = hi.minus(&lo).plus_number(1 - left_out.len() as i128);
        if self.weight.mentions(var) {
            return false;
        }
        self.weight = self.weight.times(&length);
        self.conditions = others;
        self.conditions.push(Condition::AtMost(lo, hi.plus_number(1)));
        true
    }

    /// An index from an equation among the conditions: which one, what must be divisible, its value.
    fn solve(&self, var: &Var, facts: &Facts) -> Option<(usize, Option<Condition>, Index)> {
        let solutions = self.conditions.iter().enumerate().filter_map(|(place, condition)| {
            let Condition::Equal(a, b) = condition else { return None };
            let (slope, value) = sift::solve(&a.minus(b), var, facts)?;
            let unit = slope.as_constant() == Some(1);
            let divisible = (!unit).then(|| Condition::Divides(slope.clone(), value.clone()));
            Some((!unit, place, divisible, value.floor_div(&slope)))
        });
        solutions.min_by_key(|(steep, place, ..)| (*steep, *place)).map(|(_, place, d, value)| (place, d, value))
    }
}

/// Reads by array, so that their order does not depend on the places.
fn rank(factor: &Term) -> (bool, Term) {
    match factor.kind() {
        Kind::Read(..) | Kind::Upstream(..) => (false, factor.map_indices(&mut |_| Index::default())),
        _ => (true, factor.clone()),
    }
}

/// Whether the parts add up to 0 wherever the facts hold, by distinction of cases.
fn cancels(facts: &Facts, parts: Vec<Part>, cases: &mut usize) -> bool {
    let mut left: BTreeMap<Vec<Condition>, Vec<Part>> = BTreeMap::new();
    for mut part in parts {
        part.conditions = part.conditions.iter().flat_map(Condition::canonical).collect();
        part.conditions.sort();
        part.conditions.dedup();
        let mut open = Vec::with_capacity(part.conditions.len());
        let mut refuted = false;
        for condition in std::mem::take(&mut part.conditions) {
            match facts.judge(&condition) {
                Truth::Yes => {}
                Truth::Unknown => open.push(condition),
                Truth::No => {
                    refuted = true;
                    break;
                }
            }
        }
        if !refuted {
            part.conditions = open.clone();
            left.entry(open).or_default().push(part);
        }
    }
    left.retain(|_, parts| !adds_up(facts, parts));
    let Some(condition) = left.keys().flatten().next().cloned() else {
        return left.is_empty() || facts.impossible();
    };
    let Some(fewer) = cases.checked_sub(1) else { return false };
    *cases = fewer;
    let parts: Vec<Part> = left.into_values().flatten().collect();
    [condition.clone(), condition.negated()].iter().all(|case| {
        let mut facts = facts.clone();
        facts.require(case);
        facts.impossible() || cancels(&facts, parts.clone(), cases)
    })
}

/// Whether parts under the same conditions add up to 0.
fn adds_up(facts: &Facts, parts: &[Part]) -> bool {
    let whole = parts.iter().fold(BigRational::one(), |whole, part| {
        let denominator = (&part.coefficient * &whole).denom().clone();
        whole * BigRational::from_integer(denominator)
    });
    let total = parts.iter().try_fold(Index::default(), |total, part| {
        let n = (&part.coefficient * &whole).to_integer().to_i128()?;
        Some(total.plus(&part.weight.canonical().times_number(n)))
    });
    total.is_some_and(|total| total.is_zero() || facts.judge(&Condition::Equal(total, Index::default())) == Truth::Yes)
}
