//! What follows from the ranges and requirements in force: yes, no, or unknown – never a guess.
//!
//! To prove e ≥ 0, each index is replaced by the end of its range that makes e smallest, floors by
//! their bounds, sizes by their least value plus something ≥ 0; if no negative coefficient is left
//! e ≥ 0 holds. Otherwise known facts are subtracted and the proof is tried again. Where only
//! numbers are involved and this does not decide, the values are enumerated.

#[cfg(test)]
mod tests;

use super::condition::Condition;
use super::index::{Atom, Extreme, Index, Var};
use super::witness::{FEW, MANY, Search};
use crate::language::syntax::Name;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

/// An answer that may be withheld.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It follows.
    Yes,
    /// Its negation follows.
    No,
    /// Neither was proved.
    Unknown,
}

/// The ranges of sizes and indices, and the requirements, that are in force at a place.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    least: BTreeMap<Name, i128>,
    ranges: Vec<(Var, Index, Index)>,
    nonnegative: Vec<Index>,
    data: BTreeMap<Name, (Index, Index)>,
    work: Cell<usize>,
}

const DEPTH: usize = 3;
const ENUMERATION: i128 = 4096;
/// What a proof may cost: a replacement costs `STEP`, looking at a fact 1.
const WORK: usize = 300 * STEP;
const STEP: usize = 16;

impl Facts {
    /// States that a size is at least a number.
    pub fn bound_size(&mut self, size: Name, least: i128) {
        self.least.insert(size, least);
    }

    /// States that every entry of an array of integer data lies between two values.
    pub fn bound_data(&mut self, array: Name, least: Index, greatest: Index) {
        self.data.insert(array, (least, greatest));
    }

    /// States lo ≤ var ≤ hi; inner indices are stated after the outer ones their range mentions.
    /// What was known of an outer index of the same name is forgotten.
    pub fn bound_index(&mut self, var: Var, lo: Index, hi: Index) {
        self.ranges.retain(|(v, a, b)| *v != var && !a.mentions(&var) && !b.mentions(&var));
        self.nonnegative.retain(|e| !e.mentions(&var));
        if !lo.mentions(&var) && !hi.mentions(&var) {
            self.ranges.push((var, lo, hi));
        }
    }

    /// The indices whose ranges are in force.
    pub fn indices(&self) -> impl Iterator<Item = &Var> {
        self.ranges.iter().map(|(var, ..)| var)
    }

    /// States the range of an index that was bound before all those stated so far.
    pub fn bound_index_outermost(&mut self, var: Var, lo: Index, hi: Index) {
        self.ranges.retain(|(v, ..)| *v != var);
        self.ranges.insert(0, (var, lo, hi));
    }

    /// The expression with every index in range pushed, innermost first, to the end at which it is
    /// largest or smallest; none if the direction of some index cannot be proved.
    pub fn extreme_over_ranges(&self, e: &Index, largest: bool) -> Option<Index> {
        let mut pushed = e.clone();
        for (var, lo, hi) in self.ranges.iter().rev() {
            if !pushed.mentions(var) {
                continue;
            }
            let (slope, _) = pushed.linear_in(var)?;
            let end = if self.proves_nonnegative(&slope) {
                if largest { hi } else { lo }
            } else if self.proves_nonnegative(&slope.times_number(-1)) {
                if largest { lo } else { hi }
            } else {
                return None;
            };
            pushed = pushed.substitute(var, end);
        }
        Some(pushed)
    }

    /// States a requirement; those that are not order relations or equations are not used.
    pub fn require(&mut self, condition: &Condition) {
        self.nonnegative.extend(condition.as_nonnegative().into_iter().flatten());
    }

    /// The range of an index, if it is in force.
    pub fn range(&self, var: &Var) -> Option<(&Index, &Index)> {
        self.ranges.iter().rev().find(|(v, ..)| v == var).map(|(_, lo, hi)| (lo, hi))
    }

    /// Whether the condition holds wherever the facts do (Yes), nowhere (No), or neither is proved.
    pub fn judge(&self, condition: &Condition) -> Truth {
        match condition {
            Condition::Equal(a, b) => self.judge_zero(&a.minus(b)),
            Condition::AtMost(a, b) => self.judge_nonnegative(&b.minus(a)),
            Condition::Within(lo, e, hi) => {
                both(self.judge_nonnegative(&e.minus(lo)), self.judge_nonnegative(&hi.minus(e)))
            }
            Condition::Divides(m, e) => self.judge_divides(m, e),
            Condition::All(parts) => parts.iter().fold(Truth::Yes, |t, p| both(t, self.judge(p))),
            Condition::Any(parts) => negate(parts.iter().fold(Truth::Yes, |t, p| both(t, negate(self.judge(p))))),
            Condition::Not(inner) => negate(self.judge(inner)),
        }
    }

    /// Whether e ≥ 0 follows.
    pub fn proves_nonnegative(&self, e: &Index) -> bool {
        self.judge_nonnegative(e) == Truth::Yes
    }

    /// Whether e ≥ 1 follows.
    pub fn proves_positive(&self, e: &Index) -> bool {
        self.proves_nonnegative(&e.plus_number(-1))
    }

    fn judge_nonnegative(&self, e: &Index) -> Truth {
        if let Some(n) = e.as_constant() {
            return if n >= 0 { Truth::Yes } else { Truth::No };
        }
        let (yes, no) = self.witnesses().both(e, FEW, |value| value >= 0);
        if yes && no {
            return Truth::Unknown;
        }
        if !no && self.proves(e) {
            return Truth::Yes;
        }
        if !yes && self.proves(&e.times_number(-1).plus_number(-1)) {
            return Truth::No;
        }
        self.enumerate(e, |value| value >= 0)
    }

    fn judge_zero(&self, e: &Index) -> Truth {
        let e = e.canonical();
        if e.is_zero() {
            return Truth::Yes;
        }
        let g = e.plus_number(-e.constant_term()).content();
        if g == 0 || e.constant_term() % g != 0 {
            return Truth::No;
        }
        let (yes, no) = self.witnesses().both(&e, FEW, |value| value == 0);
        if yes && no {
            return Truth::Unknown;
        }
        let negative = e.times_number(-1);
        if !yes && (self.proves(&e.plus_number(-1)) || self.proves(&negative.plus_number(-1))) {
            return Truth::No;
        }
        if !no && self.proves(&e) && self.proves(&negative) {
            return Truth::Yes;
        }
        self.enumerate(&e, |value| value == 0)
    }

    /// Whether numbers were found that satisfy the facts and not the condition, an order relation.
    pub fn fails_somewhere(&self, condition: &Condition) -> bool {
        let parts = condition.as_nonnegative().unwrap_or_default();
        parts.iter().any(|e| self.witnesses().both(e, MANY, |value| value >= 0).1)
    }

    fn witnesses(&self) -> Search<'_> {
        Search {
            sizes: self.least.iter().map(|(name, least)| (name, *least)).collect(),
            ranges: &self.ranges,
            nonnegative: &self.nonnegative,
            data: &self.data,
        }
    }

    fn judge_divides(&self, m: &Index, e: &Index) -> Truth {
        let (_, rest) = e.split_by(m);
        if rest.is_zero() || m.as_constant() == Some(1) {
            return Truth::Yes;
        }
        match m.as_constant() {
            Some(m) if m > 0 => match rest.as_constant() {
                Some(n) if n % m != 0 => Truth::No,
                _ => self.enumerate(e, |value| value.rem_euclid(m) == 0),
            },
            _ => Truth::Unknown,
        }
    }

    /// Whether a proof of e ≥ 0 is found in a bounded number of steps.
    fn proves(&self, e: &Index) -> bool {
        self.work.set(WORK);
        self.prove(e, DEPTH)
    }

    /// Pays for a part of the proof, if it can still be paid for.
    fn spend(&self, cost: usize) -> bool {
        let left = self.work.get();
        self.work.set(left.saturating_sub(cost));
        left > 0
    }

    fn prove(&self, e: &Index, depth: usize) -> bool {
        if let Some(atom) = find_atom(e, |a| matches!(a, Atom::Extreme(..) | Atom::Datum(..))) {
            return self.spend(STEP) && self.prove_without(e, &atom, depth);
        }
        self.prove_by_ends(e, self.ranges.len(), 2 * DEPTH) || (depth > 0 && self.prove_by_facts(e, depth))
    }

    /// Proves e ≥ 0 with an extremum replaced by its parts – by each, or by any one, as its sign in e
    /// asks – or with integer data replaced by the worse end of its values.
    fn prove_without(&self, e: &Index, atom: &Atom, depth: usize) -> bool {
        let Some((slope, _)) = split_at(e, atom) else { return false };
        let rising = self.prove(&slope, 0);
        if !rising && !self.prove(&slope.times_number(-1), 0) {
            return false;
        }
        let with = |part: &Index| self.prove(&replace_atom(e, atom, part), depth);
        match atom {
            Atom::Extreme(which, parts) if rising == (*which == Extreme::Greatest) => parts.iter().any(with),
            Atom::Extreme(_, parts) => parts.iter().all(with),
            Atom::Datum(name, _) => match self.data.get(name) {
                Some((least, greatest)) => with(if rising { least } else { greatest }),
                None => false,
            },
            Atom::Var(_) | Atom::Size(_) | Atom::Div(_) => false,
        }
    }

    fn prove_by_facts(&self, e: &Index, depth: usize) -> bool {
        let useful = |fact: &Index| {
            fact.terms()
                .iter()
                .any(|(m, n)| !m.is_empty() && e.terms().iter().any(|(o, k)| o == m && (*k < 0) == (*n < 0)))
        };
        self.nonnegative.iter().any(|fact| {
            if !self.spend(1) {
                return false;
            }
            if useful(fact) {
                return self.prove(&e.minus(fact), depth - 1);
            }
            sizes_of(e).into_iter().filter(|size| self.least.get(size).is_none_or(|n| *n >= 0)).any(|size| {
                let multiple = fact.times(&Index::size(size));
                self.spend(1) && useful(&multiple) && self.prove(&e.minus(&multiple), depth - 1)
            })
        })
    }

    /// Replaces the indices of the first `inner` ranges, innermost first, by their worse end.
    fn prove_by_ends(&self, e: &Index, inner: usize, fuel: usize) -> bool {
        if !self.spend(STEP) {
            return false;
        }
        let Some(place) = (0..inner).rev().find(|k| e.mentions(&self.ranges[*k].0)) else {
            return self.prove_over_sizes(e, fuel);
        };
        let (var, lo, hi) = &self.ranges[place];
        match e.linear_in(var) {
            Some((slope, _)) => {
                let sign = |s: &Index| match s.as_constant() {
                    Some(n) => n >= 0,
                    None => self.prove_by_ends(s, place, fuel),
                };
                if sign(&slope) {
                    self.prove_by_ends(&e.substitute(var, lo), place, fuel)
                } else if sign(&slope.times_number(-1)) {
                    self.prove_by_ends(&e.substitute(var, hi), place, fuel)
                } else {
                    false
                }
            }
            None => {
                let mut bounds = self.bound_quotient(e, Some(var), fuel).into_iter();
                bounds.any(|bound| self.prove_by_ends(&bound, inner, fuel - 1))
            }
        }
    }

    fn prove_over_sizes(&self, e: &Index, fuel: usize) -> bool {
        if !self.spend(STEP) {
            return false;
        }
        let shifted = e.map_atoms(&|atom| match atom {
            Atom::Size(name) => {
                let least = self.least.get(name).copied().unwrap_or(1);
                (least != 0).then(|| Index::atom(atom.clone()).plus_number(least))
            }
            Atom::Div(_) | Atom::Extreme(..) | Atom::Datum(..) => Some(Index::atom(atom.clone())),
            Atom::Var(_) => None,
        });
        let only_sizes = |m: &[Atom]| m.iter().all(|a| matches!(a, Atom::Size(_)));
        if shifted.terms().iter().all(|(m, n)| *n >= 0 && only_sizes(m)) {
            return true;
        }
        fuel > 0
            && (self.bound_quotient(e, None, fuel).into_iter().any(|bound| self.prove_over_sizes(&bound, fuel - 1))
                || self.nonnegative.iter().any(|fact| {
                    let cancels = fact
                        .terms()
                        .iter()
                        .any(|(m, n)| !m.is_empty() && shifted.terms().iter().any(|(o, k)| o == m && *k < 0 && *n < 0));
                    cancels && fact.is_free_of_vars() && self.prove_over_sizes(&e.minus(fact), fuel.min(3) - 1)
                }))
    }

    /// Expressions that are not negative only where e is not, in which one quotient ⌊a/m⌋ (one that
    /// mentions `var`, if given) is replaced: n + ⌊a/m⌋ ≥ 0 is m·n + a ≥ 0, n − ⌊a/m⌋ ≥ 0 is
    /// m·(n+1) − a − 1 ≥ 0; else by a bound, m⌊a/m⌋ ≤ a, m⌊a/m⌋ ≥ a − m + 1.
    fn bound_quotient(&self, e: &Index, var: Option<&Var>, fuel: usize) -> Vec<Index> {
        let Some(fuel) = fuel.checked_sub(1) else { return Vec::new() };
        let nonnegative = |e: &Index| self.prove_by_ends(e, self.ranges.len(), fuel);
        let mentions = |pair: &(Index, Index)| var.is_none_or(|v| pair.0.mentions(v));
        let found = find_atom(e, |atom| matches!(atom, Atom::Div(pair) if mentions(pair)));
        let Some(quotient @ Atom::Div(pair)) = &found else { return Vec::new() };
        let (numerator, divisor) = &**pair;
        let Some((slope, rest)) = split_at(e, quotient) else { return Vec::new() };
        let lower = numerator.minus(divisor).plus_number(1);
        let mut bounds: Vec<Index> = match slope.as_constant() {
            Some(1) => vec![rest.times(divisor).plus(numerator)],
            Some(-1) => vec![rest.plus_number(1).times(divisor).minus(numerator).plus_number(-1)],
            _ => Vec::new(),
        };
        let mut bound = |factor: &Index, rest: &Index| {
            if nonnegative(factor) {
                bounds.push(factor.times(&lower).plus(rest));
                if nonnegative(numerator) {
                    bounds.push(rest.clone());
                }
            } else if nonnegative(&factor.times_number(-1)) {
                bounds.push(factor.times(numerator).plus(rest));
            }
        };
        match slope.exact_quotient(divisor) {
            Some(factor) => bound(&factor, &rest),
            None => bound(&slope, &rest.times(divisor)),
        }
        bounds
    }

    /// Decides by trying all values, where all ranges are numbers and few.
    fn enumerate(&self, e: &Index, holds: impl Fn(i128) -> bool) -> Truth {
        let mut vars = BTreeSet::new();
        e.collect_vars(&mut vars);
        let involved: Vec<&(Var, Index, Index)> = {
            for (var, lo, hi) in self.ranges.iter().rev() {
                if vars.contains(var) {
                    lo.collect_vars(&mut vars);
                    hi.collect_vars(&mut vars);
                }
            }
            self.ranges.iter().filter(|(v, ..)| vars.contains(v)).collect()
        };
        if involved.len() != vars.len() || e.any_atom(&mut |a| matches!(a, Atom::Size(_))) {
            return Truth::Unknown;
        }
        let (mut seen, mut budget) = ([false, false], ENUMERATION);
        if !walk(e, &involved, &holds, &mut seen, &mut budget) {
            return Truth::Unknown;
        }
        match seen {
            [_, false] => Truth::Yes,
            [false, true] => Truth::No,
            [true, true] => Truth::Unknown,
        }
    }
}

fn walk(
    e: &Index,
    ranges: &[&(Var, Index, Index)],
    holds: &impl Fn(i128) -> bool,
    seen: &mut [bool; 2],
    budget: &mut i128,
) -> bool {
    let Some(((var, lo, hi), inner)) = ranges.split_first().map(|(first, inner)| (*first, inner)) else {
        *budget -= 1;
        return match e.as_constant() {
            Some(n) if *budget >= 0 => {
                seen[usize::from(!holds(n))] = true;
                true
            }
            _ => false,
        };
    };
    let (Some(lo), Some(hi)) = (lo.as_constant(), hi.as_constant()) else { return false };
    if hi.saturating_sub(lo) > *budget {
        return false;
    }
    (lo..=hi).all(|n| {
        let value = Index::constant(n);
        let narrowed: Vec<(Var, Index, Index)> =
            inner.iter().map(|(v, a, b)| (v.clone(), a.substitute(var, &value), b.substitute(var, &value))).collect();
        walk(&e.substitute(var, &value), &narrowed.iter().collect::<Vec<_>>(), holds, seen, budget)
    })
}

/// The first factor of a term that satisfies the predicate.
fn find_atom(e: &Index, wanted: impl Fn(&Atom) -> bool) -> Option<Atom> {
    e.terms().iter().flat_map(|(m, _)| m).find(|atom| wanted(atom)).cloned()
}

/// (c, r) with e = c·atom + r, where the atom stands in neither as a factor; none if it is squared.
fn split_at(e: &Index, atom: &Atom) -> Option<(Index, Index)> {
    let marker = Var { name: "·".into(), serial: 0 };
    let marked = e.map_atoms(&|a| Some(if a == atom { Index::var(&marker) } else { Index::atom(a.clone()) }));
    marked.linear_in(&marker)
}

fn replace_atom(e: &Index, atom: &Atom, by: &Index) -> Index {
    e.map_atoms(&|a| Some(if a == atom { by.clone() } else { Index::atom(a.clone()) }))
}

fn sizes_of(e: &Index) -> BTreeSet<Name> {
    let mut sizes = BTreeSet::new();
    e.any_atom(&mut |atom| {
        if let Atom::Size(name) = atom {
            sizes.insert(name.clone());
        }
        false
    });
    sizes
}

fn both(a: Truth, b: Truth) -> Truth {
    match (a, b) {
        (Truth::No, _) | (_, Truth::No) => Truth::No,
        (Truth::Yes, Truth::Yes) => Truth::Yes,
        _ => Truth::Unknown,
    }
}

fn negate(a: Truth) -> Truth {
    match a {
        Truth::Yes => Truth::No,
        Truth::No => Truth::Yes,
        Truth::Unknown => Truth::Unknown,
    }
}
