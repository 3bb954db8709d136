//! Witnesses: small numbers for sizes and indices that satisfy the facts in force. Two of them at
//! which a condition has different truth values show that it cannot be decided, before any proof
//! is tried.

use super::index::{Atom, Extreme, Index, Var};
use crate::language::syntax::Name;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// How many draws are tried before a proof.
pub(super) const FEW: u64 = 40;

/// How many draws are tried where a witness is what is wanted.
pub(super) const MANY: u64 = 5_000;

/// Numbers for sizes and indices.
pub(super) struct Point<'a> {
    sizes: Vec<(Name, i128)>,
    vars: Vec<(Var, i128)>,
    data: &'a BTreeMap<Name, (Index, Index)>,
    seed: u64,
}

impl Point<'_> {
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

/// What a witness must satisfy: least values of sizes, ranges of indices from the outside in, and
/// expressions that are not negative.
pub(super) struct Search<'a> {
    pub sizes: Vec<(&'a Name, i128)>,
    pub ranges: &'a [(Var, Index, Index)],
    pub nonnegative: &'a [Index],
    pub data: &'a BTreeMap<Name, (Index, Index)>,
}

impl Search<'_> {
    /// Whether `holds` was seen true, and seen false, at some witness.
    pub fn both(&self, e: &Index, tries: u64, holds: impl Fn(i128) -> bool) -> (bool, bool) {
        let (mut yes, mut no) = (false, false);
        for seed in 0..tries {
            let Some(value) = self.draw(seed).and_then(|point| point.value(e)) else { continue };
            if holds(value) {
                yes = true
            } else {
                no = true
            }
            if yes && no {
                break;
            }
        }
        (yes, no)
    }

    fn draw(&self, seed: u64) -> Option<Point<'_>> {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut next = |span: i128| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            i128::from(state >> 16).rem_euclid(span.max(1))
        };
        let mut point = Point { sizes: Vec::new(), vars: Vec::new(), data: self.data, seed };
        for (name, least) in &self.sizes {
            let extra = if next(3) == 0 { 0 } else { next(7) };
            point.sizes.push(((*name).clone(), least + extra));
        }
        for (var, lo, hi) in self.ranges {
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
        self.nonnegative.iter().all(|e| point.value(e).is_some_and(|n| n >= 0)).then_some(point)
    }
}
