//! Quick proofs of e ≥ 0.
//!
//! Each index is replaced by the end of its range that makes e smallest, floors by their bounds, sizes
//! by their least value plus something ≥ 0; if no negative coefficient is left e ≥ 0 holds. Otherwise
//! known facts are subtracted and the proof is tried again. Products of sizes and indices are no
//! obstacle here. The number of steps is bounded, and what is not proved is not thereby refuted.

use super::facts::Facts;
use super::index::{Atom, Extreme, Index, Var};
use crate::language::syntax::Name;
use std::collections::BTreeSet;

const DEPTH: usize = 3;
/// What a proof may cost: a replacement costs `STEP`, looking at a fact 1.
const WORK: usize = 300 * STEP;
const STEP: usize = 16;

impl Facts {
    /// Whether a proof of e ≥ 0 is found in a bounded number of steps.
    pub(super) fn proves(&self, e: &Index) -> bool {
        self.learnt.work.set(WORK);
        self.prove(e, DEPTH)
    }

    /// Pays for a part of the proof, if it can still be paid for.
    fn spend(&self, cost: usize) -> bool {
        let left = self.learnt.work.get();
        self.learnt.work.set(left.saturating_sub(cost));
        left > 0
    }

    fn prove(&self, e: &Index, depth: usize) -> bool {
        if let Some(atom) = find_atom(e, |a| matches!(a, Atom::Extreme(..) | Atom::Datum(..))) {
            return self.spend(STEP) && self.prove_without(e, &atom, depth);
        }
        self.prove_by_ends(e, self.stated.ranges.len(), 2 * DEPTH) || (depth > 0 && self.prove_by_facts(e, depth))
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
            Atom::Datum(name, _) => match self.stated.data.get(name) {
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
        self.stated.nonnegative.iter().any(|fact| {
            if !self.spend(1) {
                return false;
            }
            if useful(fact) {
                return self.prove(&e.minus(fact), depth - 1);
            }
            sizes_of(e).into_iter().filter(|size| self.least_size(size) >= 0).any(|size| {
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
        let Some(place) = (0..inner).rev().find(|k| e.mentions(&self.stated.ranges[*k].0)) else {
            return self.prove_over_sizes(e, fuel);
        };
        let (var, lo, hi) = &self.stated.ranges[place];
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
                let least = self.least_size(name);
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
                || self.stated.nonnegative.iter().any(|fact| {
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
        let nonnegative = |e: &Index| self.prove_by_ends(e, self.stated.ranges.len(), fuel);
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
