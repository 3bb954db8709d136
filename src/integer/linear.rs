//! Conditions as linear constraints on unknown integers, for the complete procedure.
//!
//! Every index, size and quotient becomes an unknown, and so does every product of these; what makes
//! it what it is (the range of an index, m·q ≤ a < m·(q+1) for a quotient) is stated once, where it
//! is first met. Invariant: numbers that satisfy the conditions satisfy the constraints, so that
//! constraints without a solution refute the conditions. Only products can be weaker than they are:
//! the case distinction makes up for that where it can.

use super::condition::Condition;
use super::facts::Facts;
use super::index::{Atom, Extreme, Index};
use super::omega::Row;
use crate::language::syntax::Name;
use std::collections::BTreeSet;

/// A sum of multiples of unknowns, and a constant.
#[derive(Clone, Debug, Default)]
pub(super) struct Linear {
    terms: Vec<(usize, i128)>,
    constant: i128,
}

/// Linear constraints, combined.
#[derive(Clone, Debug)]
pub(super) enum Formula {
    /// It is 0.
    Zero(Linear),
    /// It is at least 0.
    AtLeast(Linear),
    /// All of them hold.
    All(Vec<Formula>),
    /// One of them holds.
    Any(Vec<Formula>),
}

/// A product of two unknowns that is an unknown itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Product {
    /// Which one it is.
    pub whole: usize,
    /// The one factor.
    pub left: usize,
    /// The other factor, not less than the first.
    pub right: usize,
}

/// An unknown: its value is that of the atom less the shift, the least value known.
struct Unknown {
    atom: Option<Atom>,
    shift: i128,
    nonnegative: bool,
}

/// With how many entries of the same array an entry of integer data is compared.
const MOST_ENTRIES: usize = 8;

/// How many unknowns there may be before conditions are left out.
const MOST_UNKNOWNS: usize = 120;

/// How many factors a product may have before the condition is left out.
const MOST_FACTORS: usize = 8;

/// The translation of conditions that hold together.
pub(super) struct Translation<'a> {
    facts: &'a Facts,
    unknowns: Vec<Unknown>,
    products: Vec<Product>,
    stated: Vec<Formula>,
    multiplied: BTreeSet<Vec<Atom>>,
}

impl<'a> Translation<'a> {
    /// Of nothing yet, in the ranges of these facts, with room for a condition asked of them.
    pub fn new(facts: &'a Facts, asked: &Condition) -> Self {
        let mut multiplied = BTreeSet::new();
        facts
            .stated
            .required
            .iter()
            .chain([asked])
            .for_each(|c| c.visit(&mut |e| collect_products(e, &mut multiplied)));
        Translation { facts, unknowns: Vec::new(), products: Vec::new(), stated: Vec::new(), multiplied }
    }

    /// States that the condition holds, or that it does not. What cannot be said is left out.
    pub fn state(&mut self, condition: &Condition, holds: bool) {
        let formula = self.formula(condition, holds);
        self.stated.push(formula);
    }

    /// States all requirements of the facts, and the ranges of all indices: even those that occur
    /// nowhere else limit what their ends mention.
    pub fn state_facts(&mut self) {
        let facts = self.facts;
        facts.stated.required.iter().for_each(|condition| self.state(condition, true));
        for var in facts.indices() {
            self.unknown(&Atom::Var(var.clone()));
        }
    }

    /// What stands for the unknowns, with the values at a solution.
    pub fn values(&self, solution: &[i128]) -> impl Iterator<Item = (&Atom, i128)> {
        let values = self.unknowns.iter().zip(solution);
        values.filter_map(|(unknown, n)| Some((unknown.atom.as_ref()?, n.saturating_add(unknown.shift))))
    }

    /// How many unknowns there are.
    pub fn unknowns(&self) -> usize {
        self.unknowns.len()
    }

    /// What was stated.
    pub fn stated(&self) -> &[Formula] {
        &self.stated
    }

    /// The products among the unknowns.
    pub fn products(&self) -> &[Product] {
        &self.products
    }

    fn formula(&mut self, condition: &Condition, holds: bool) -> Formula {
        match condition {
            Condition::Equal(a, b) if holds => self.relation(&a.minus(b), Formula::Zero),
            Condition::Equal(a, b) => {
                let difference = a.minus(b);
                Formula::Any(vec![
                    self.atleast(&difference.plus_number(-1)),
                    self.atleast(&difference.times_number(-1).plus_number(-1)),
                ])
            }
            Condition::AtMost(a, b) if holds => self.atleast(&b.minus(a)),
            Condition::AtMost(a, b) => self.atleast(&a.minus(b).plus_number(-1)),
            Condition::Within(lo, e, hi) => {
                let parts = [(lo, e), (e, hi)].map(|(a, b)| Condition::AtMost(a.clone(), b.clone()));
                self.formulas(&parts, holds, holds)
            }
            Condition::Divides(m, e) => self.divisibility(m, e, holds),
            Condition::All(parts) => self.formulas(parts, holds, holds),
            Condition::Any(parts) => self.formulas(parts, holds, !holds),
            Condition::Not(inner) => self.formula(inner, !holds),
        }
    }

    fn formulas(&mut self, parts: &[Condition], holds: bool, all: bool) -> Formula {
        let parts = parts.iter().map(|part| self.formula(part, holds)).collect();
        if all { Formula::All(parts) } else { Formula::Any(parts) }
    }

    /// m | e is e ≤ m⌊e/m⌋.
    fn divisibility(&mut self, m: &Index, e: &Index, holds: bool) -> Formula {
        if m.as_constant().is_some_and(|n| n < 1) {
            return Formula::All(Vec::new());
        }
        let rest = e.minus(&m.times(&e.floor_div(m)));
        if holds { self.atleast(&rest.times_number(-1)) } else { self.atleast(&rest.plus_number(-1)) }
    }

    fn atleast(&mut self, e: &Index) -> Formula {
        self.relation(e, Formula::AtLeast)
    }

    fn relation(&mut self, e: &Index, relation: fn(Linear) -> Formula) -> Formula {
        let multiples: Vec<Index> =
            self.multipliers(e).iter().map(|size| e.times(&Index::atom(size.clone()))).collect();
        let plain = self.linear(e).map_or(Formula::All(Vec::new()), relation);
        if multiples.is_empty() {
            return plain;
        }
        let multiplied = multiples.iter().filter_map(|e| self.linear(e)).map(relation).collect::<Vec<_>>();
        Formula::All([plain].into_iter().chain(multiplied).collect())
    }

    /// The sizes by which a relation is multiplied as well, because they stand in a product with one
    /// of its unknowns; sizes are not negative.
    fn multipliers(&self, e: &Index) -> Vec<Atom> {
        if self.multiplied.is_empty() || e.terms().iter().any(|(m, _)| m.len() > 1) {
            return Vec::new();
        }
        let alone: Vec<&Atom> = e.terms().iter().filter_map(|(m, _)| m.first()).collect();
        let mut sizes: Vec<Atom> = Vec::new();
        for product in &self.multiplied {
            for (k, factor) in product.iter().enumerate() {
                let is_size = matches!(factor, Atom::Size(name) if self.facts.least_size(name) >= 0);
                if is_size && alone.contains(&&product[1 - k]) && !sizes.contains(factor) {
                    sizes.push(factor.clone());
                }
            }
        }
        sizes
    }

    fn state_atleast(&mut self, e: &Index) {
        let formula = self.atleast(e);
        self.stated.push(formula);
    }

    /// The expression over the unknowns; none if a number becomes too large, or it itself is.
    fn linear(&mut self, e: &Index) -> Option<Linear> {
        let mut sum = Linear::default();
        if self.unknowns.len() > MOST_UNKNOWNS || e.terms().iter().any(|(m, _)| m.len() > MOST_FACTORS) {
            return None;
        }
        for (monomial, n) in e.terms() {
            let mut expanded: Vec<(Vec<usize>, i128)> = vec![(Vec::new(), *n)];
            for atom in monomial {
                let unknown = self.unknown(atom);
                let shift = self.unknowns[unknown].shift;
                let constant_parts = match shift {
                    0 => Vec::new(),
                    _ => {
                        expanded.iter().map(|(f, n)| Some((f.clone(), n.checked_mul(shift)?))).collect::<Option<_>>()?
                    }
                };
                expanded.iter_mut().for_each(|(factors, _)| factors.push(unknown));
                expanded.extend(constant_parts);
            }
            for (mut factors, n) in expanded {
                factors.sort_unstable();
                match self.product(&factors) {
                    Some(unknown) => sum.terms.push((unknown, n)),
                    None => sum.constant = sum.constant.checked_add(n)?,
                }
            }
        }
        Some(sum)
    }

    /// The unknown that is the product of these, which are sorted; none of none.
    fn product(&mut self, factors: &[usize]) -> Option<usize> {
        let (left, rest) = factors.split_first()?;
        let Some(right) = self.product(rest) else { return Some(*left) };
        if let Some(known) = self.products.iter().find(|p| (p.left, p.right) == (*left, right)) {
            return Some(known.whole);
        }
        let nonnegative = self.unknowns[*left].nonnegative && self.unknowns[right].nonnegative;
        let whole = self.add(Unknown { atom: None, shift: 0, nonnegative });
        self.products.push(Product { whole, left: *left, right });
        Some(whole)
    }

    fn unknown(&mut self, atom: &Atom) -> usize {
        if let Some(known) = self.unknowns.iter().position(|u| u.atom.as_ref() == Some(atom)) {
            return known;
        }
        let least = match atom {
            Atom::Size(name) => Some(self.facts.least_size(name)),
            Atom::Var(var) => self.facts.range(var).and_then(|(lo, _)| lo.as_constant()),
            Atom::Datum(array, _) => self.facts.stated.data.get(array).and_then(|(least, _)| least.as_constant()),
            Atom::Div(_) | Atom::Extreme(..) => None,
        };
        let shift = least.unwrap_or(0);
        let unknown = self.add(Unknown { atom: Some(atom.clone()), shift, nonnegative: least.is_some() });
        self.define(atom);
        unknown
    }

    fn add(&mut self, unknown: Unknown) -> usize {
        let place = self.unknowns.len();
        if unknown.nonnegative {
            self.stated.push(Formula::AtLeast(Linear { terms: vec![(place, 1)], constant: 0 }));
        }
        self.unknowns.push(unknown);
        place
    }

    /// States what an atom is, beyond its least value.
    fn define(&mut self, atom: &Atom) {
        let itself = Index::atom(atom.clone());
        match atom {
            Atom::Size(_) => {}
            Atom::Var(var) => {
                let facts = self.facts;
                if let Some((lo, hi)) = facts.range(var) {
                    if lo.as_constant().is_none() {
                        self.state_atleast(&itself.minus(lo));
                    }
                    self.state_atleast(&hi.minus(&itself));
                }
            }
            Atom::Div(pair) => {
                let (numerator, divisor) = &**pair;
                if divisor.as_constant().is_none_or(|n| n >= 1) {
                    let rest = numerator.minus(&divisor.times(&itself));
                    self.state_atleast(&rest);
                    self.state_atleast(&divisor.minus(&rest).plus_number(-1));
                }
            }
            Atom::Extreme(which, parts) => {
                let sign = if *which == Extreme::Greatest { 1 } else { -1 };
                let ahead: Vec<Index> = parts.iter().map(|p| itself.minus(p).times_number(sign)).collect();
                ahead.iter().for_each(|e| self.state_atleast(e));
                let reached = ahead.iter().map(|e| self.atleast(&e.times_number(-1))).collect();
                self.stated.push(Formula::Any(reached));
            }
            Atom::Datum(array, at) => self.define_datum(array, at, &itself),
        }
    }

    /// An entry of integer data lies in the range of the values, and it equals every entry that was
    /// met before, unless an index differs.
    fn define_datum(&mut self, array: &Name, at: &[Index], entry: &Index) {
        let facts = self.facts;
        if let Some((least, greatest)) = facts.stated.data.get(array) {
            if least.as_constant().is_none() {
                self.state_atleast(&entry.minus(least));
            }
            self.state_atleast(&greatest.minus(entry));
        }
        let met: Vec<(Index, Vec<Index>)> = self
            .unknowns
            .iter()
            .filter_map(|u| match &u.atom {
                Some(other @ Atom::Datum(name, at)) if name == array => Some((Index::atom(other.clone()), at.clone())),
                _ => None,
            })
            .collect();
        for (other, there) in met.into_iter().filter(|(other, _)| other != entry).take(MOST_ENTRIES) {
            let places = at.iter().zip(&there).map(|(a, b)| Condition::Equal(a.clone(), b.clone())).collect();
            let equal = Condition::Equal(entry.clone(), other);
            self.state(&Condition::Any(vec![Condition::Not(Box::new(Condition::All(places))), equal]), true);
        }
    }
}

/// The products of two unknowns, one of them a size, in an expression: its own, and m·⌊a/m⌋.
fn collect_products(e: &Index, found: &mut BTreeSet<Vec<Atom>>) {
    let pair = |m: &[Atom]| m.len() == 2 && m.iter().any(|a| matches!(a, Atom::Size(_)));
    found.extend(e.terms().iter().map(|(m, _)| m).filter(|m| pair(m)).cloned());
    e.any_atom(&mut |atom| {
        if let Atom::Div(quotient) = atom {
            let whole = quotient.1.times(&Index::atom(atom.clone()));
            found.extend(whole.terms().iter().map(|(m, _)| m).filter(|m| pair(m)).cloned());
        }
        false
    });
}

impl Linear {
    /// The coefficients of all unknowns, and the constant; none if a number becomes too large.
    pub fn row(&self, unknowns: usize) -> Option<Row> {
        let mut row = vec![0i128; unknowns + 1];
        row[unknowns] = self.constant;
        for (unknown, n) in &self.terms {
            row[*unknown] = row[*unknown].checked_add(*n)?;
        }
        Some(row)
    }

    fn value(&self, point: &[i128]) -> Option<i128> {
        self.terms.iter().try_fold(self.constant, |sum, (unknown, n)| sum.checked_add(n.checked_mul(point[*unknown])?))
    }
}

impl Formula {
    /// Whether it is known to hold where the unknowns have these values.
    pub fn holds_at(&self, point: &[i128]) -> bool {
        match self {
            Formula::Zero(e) => e.value(point) == Some(0),
            Formula::AtLeast(e) => e.value(point).is_some_and(|n| n >= 0),
            Formula::All(parts) => parts.iter().all(|part| part.holds_at(point)),
            Formula::Any(parts) => parts.iter().any(|part| part.holds_at(point)),
        }
    }
}
