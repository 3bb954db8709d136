//! Witnesses: small numbers for sizes and indices that satisfy the facts in force. Two of them at
//! which a condition has different truth values show that it cannot be decided, before any proof
//! is tried.

use super::condition::Condition;
use super::facts::Facts;
use super::index::{Atom, Extreme, Index, Var};
use crate::language::syntax::Name;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

/// How many draws are tried before a proof.
const FEW: u64 = 40;

/// How many draws are tried where a witness is what is wanted.
pub(super) const MANY: u64 = 5_000;

/// The witnesses of some facts that were drawn so far.
#[derive(Debug, Default)]
pub(super) struct Witnesses {
    tried: u64,
    points: Vec<Point>,
}

impl Witnesses {
    /// One of few witnesses of the facts, always the same facts.
    pub fn get(&mut self, place: usize, facts: &Facts) -> Option<&Point> {
        while self.points.len() <= place && self.tried < FEW {
            self.points.extend(Point::draw(facts, self.tried));
            self.tried += 1;
        }
        self.points.get(place)
    }
}

/// Numbers for sizes and indices, and thereby for integer data: what is read depends on the number of
/// the draw and the place alone.
#[derive(Debug)]
pub struct Point {
    sizes: Vec<(Name, i128)>,
    vars: Vec<(Var, i128)>,
    data: Rc<BTreeMap<Name, (Index, Index)>>,
    seed: u64,
}

impl Point {
    /// Numbers that satisfy the facts, if the draw of this number finds some.
    pub fn draw(facts: &Facts, seed: u64) -> Option<Point> {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut next = |span: i128| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            i128::from(state >> 16).rem_euclid(span.max(1))
        };
        let mut point = Point { sizes: Vec::new(), vars: Vec::new(), data: Rc::clone(&facts.stated.data), seed };
        for (name, least) in &facts.stated.least {
            let extra = if next(3) == 0 { 0 } else { next(7) };
            point.sizes.push((name.clone(), least + extra));
        }
        for (var, lo, hi) in &facts.stated.ranges {
            let (lo, hi) = (point.value(lo)?, point.value(hi)?);
            if hi < lo {
                return None;
            }
            let length = hi.checked_sub(lo)?.checked_add(1)?;
            let value = match next(4) {
                0 => lo,
                1 => hi,
                _ => lo + next(length),
            };
            point.vars.push((var.clone(), value));
        }
        point.meets_requirements(facts).then_some(point)
    }

    /// These values of sizes and indices.
    pub fn at<'a>(facts: &Facts, values: impl Iterator<Item = (&'a Atom, i128)>) -> Point {
        let mut point = Point { sizes: Vec::new(), vars: Vec::new(), data: Rc::clone(&facts.stated.data), seed: 0 };
        for (atom, n) in values {
            match atom {
                Atom::Size(name) => point.sizes.push((name.clone(), n)),
                Atom::Var(var) => point.vars.push((var.clone(), n)),
                Atom::Div(_) | Atom::Extreme(..) | Atom::Datum(..) => {}
            }
        }
        point
    }

    /// Whether the sizes, the ranges and the requirements are as the facts state.
    pub fn satisfies(&self, facts: &Facts) -> bool {
        let inside = |(var, lo, hi): &(Var, Index, Index)| {
            self.holds(&Condition::Within(lo.clone(), Index::var(var), hi.clone())) == Some(true)
        };
        self.sizes.iter().all(|(name, n)| *n >= facts.least_size(name))
            && facts.stated.ranges.iter().all(inside)
            && self.meets_requirements(facts)
    }

    fn meets_requirements(&self, facts: &Facts) -> bool {
        facts.stated.required.iter().all(|condition| self.holds(condition) == Some(true))
    }

    /// Whether a condition holds, if every unknown in it has a value.
    pub fn holds(&self, condition: &Condition) -> Option<bool> {
        match condition {
            Condition::Equal(a, b) => Some(self.value(a)? == self.value(b)?),
            Condition::AtMost(a, b) => Some(self.value(a)? <= self.value(b)?),
            Condition::Within(lo, e, hi) => Some((self.value(lo)?..=self.value(hi)?).contains(&self.value(e)?)),
            Condition::Divides(m, e) => {
                let m = self.value(m).filter(|m| *m >= 1)?;
                Some(self.value(e)?.rem_euclid(m) == 0)
            }
            Condition::All(parts) => self.all(parts, true),
            Condition::Any(parts) => Some(!self.all(parts, false)?),
            Condition::Not(inner) => Some(!self.holds(inner)?),
        }
    }

    fn all(&self, parts: &[Condition], truth: bool) -> Option<bool> {
        parts.iter().try_fold(true, |all, part| Some(all & (self.holds(part)? == truth)))
    }

    /// The value of an expression, if every unknown in it has one.
    pub fn value(&self, e: &Index) -> Option<i128> {
        let mut sum = 0i128;
        for (monomial, n) in e.terms() {
            let mut product = *n;
            for atom in monomial {
                product = product.checked_mul(self.atom(atom)?)?;
            }
            sum = sum.checked_add(product)?;
        }
        Some(sum)
    }

    fn atom(&self, atom: &Atom) -> Option<i128> {
        match atom {
            Atom::Var(var) => self.vars.iter().rev().find(|(v, _)| v == var).map(|(_, n)| *n),
            Atom::Size(name) => self.sizes.iter().find(|(s, _)| s == name).map(|(_, n)| *n),
            Atom::Div(pair) => {
                let divisor = self.value(&pair.1)?;
                if divisor < 1 { None } else { Some(self.value(&pair.0)?.div_euclid(divisor)) }
            }
            Atom::Extreme(which, parts) => {
                let values: Vec<i128> = parts.iter().map(|p| self.value(p)).collect::<Option<_>>()?;
                let values = values.into_iter();
                if *which == Extreme::Greatest { values.max() } else { values.min() }
            }
            Atom::Datum(array, at) => {
                let (least, greatest) = self.data.get(array)?;
                let at: Vec<i128> = at.iter().map(|i| self.value(i)).collect::<Option<_>>()?;
                let (least, greatest) = (self.value(least)?, self.value(greatest)?);
                let mut hasher = DefaultHasher::new();
                (self.seed, array, at).hash(&mut hasher);
                let span = greatest.checked_sub(least)?.checked_add(1).filter(|n| *n > 0)?;
                Some(least + i128::from(hasher.finish()).rem_euclid(span))
            }
        }
    }
}
