//! Extrema over an index in the normal form: of few terms by cases, of others as letters.
//!
//! Invariant: a letter is a maximum that begins at 0 of a term in normal form, which every extremum is
//! but for its sign and where it begins; by cases the first of equal terms is taken.

use super::canonical::canonical;
use crate::integer::{Condition, Facts, Index};
use crate::language::syntax::{Extremum, Relation};
use crate::model::{Bound, Kind, System, Term};

/// So many terms are told apart by cases.
const FEW: i128 = 3;

/// An extremum as a letter.
pub(super) fn letter(system: &System, facts: &Facts, term: &Term) -> Term {
    let Kind::Extremum(which, bounds, condition, body) = term.kind() else { return term.clone() };
    let [bound] = bounds.as_slice() else { return term.clone() };
    let shifted = Index::var(&bound.var).plus(&bound.lo);
    let ends = Bound { var: bound.var.clone(), lo: Index::default(), hi: bound.hi.minus(&bound.lo).canonical() };
    let mut inner = facts.clone();
    inner.bound_index(&ends.var, &ends.lo, &ends.hi);
    let body = body.substitute(&bound.var, &shifted);
    let body = if which.is_least() { body.negative() } else { body };
    let condition = match condition.substitute(&bound.var, &shifted).canonical() {
        mut parts if parts.len() == 1 => parts.remove(0),
        parts => Condition::All(parts),
    };
    let greatest = if which.is_least() { which.mirrored() } else { *which };
    let found = Term::extremum(greatest, ends, condition, canonical(system, &inner, &body));
    match which {
        Extremum::Max => found,
        Extremum::Min => found.negative(),
        Extremum::ArgMax | Extremum::ArgMin => Term::sum([Term::integer(bound.lo.clone()), found]),
    }
}

/// An extremum of few terms: each where it is the first that is not exceeded.
pub(super) fn by_cases(term: &Term) -> Option<Term> {
    let Kind::Extremum(which, ..) = term.kind() else { return None };
    let cases = few(term)?;
    let value = |k: usize| match which.is_place() {
        true => Term::integer(cases[k].0.clone()),
        false => cases[k].1.clone(),
    };
    Some(Term::sum((0..cases.len()).map(|k| Term::product([first(*which, &cases, k), value(k)]))))
}

/// [k = argmax] of few terms: for each the bracket that k is its index and that it is the first.
pub(super) fn place_by_cases(relation: Relation, a: &Term, b: &Term) -> Option<Term> {
    let (index, place) = match relation {
        Relation::Equal => integer(a).map(|e| (e, b)).or_else(|| Some((integer(b)?, a)))?,
        _ => return None,
    };
    let Kind::Extremum(which, ..) = place.kind() else { return None };
    let cases = few(place).filter(|_| which.is_place())?;
    let one = |k: usize| {
        let there = Condition::Equal(index.clone(), cases[k].0.clone());
        Term::product([Term::bracket(there), first(*which, &cases, k)])
    };
    Some(Term::sum((0..cases.len()).map(one)))
}

/// The index expression that a value is: integers, their sums and products.
fn integer(term: &Term) -> Option<Index> {
    match term.kind() {
        Kind::Integer(index) => Some(index.clone()),
        Kind::Number(n) => n.is_integer().then(|| n.to_integer().try_into().ok().map(Index::constant))?,
        Kind::Sum(terms) => terms.iter().try_fold(Index::default(), |sum, t| Some(sum.plus(&integer(t)?))),
        Kind::Product(factors) => factors.iter().try_fold(Index::constant(1), |all, f| Some(all.times(&integer(f)?))),
        _ => None,
    }
}

/// The indices of an extremum of few terms, and the terms; none if there are several and others inside.
fn few(term: &Term) -> Option<Vec<(Index, Term)>> {
    let Kind::Extremum(_, bounds, condition, body) = term.kind() else { return None };
    let [bound] = bounds.as_slice() else { return None };
    let last = bound.hi.minus(&bound.lo).canonical().as_constant().filter(|n| (0..FEW).contains(n))?;
    let nested = body.any(&mut |t| matches!(t.kind(), Kind::Extremum(..)));
    let plain = *condition == Condition::always() && (last == 0 || !nested);
    let at = |k: i128| bound.lo.plus_number(k);
    plain.then(|| (0..=last).map(|k| (at(k), body.substitute(&bound.var, &at(k)))).collect())
}

/// The brackets that the k-th term is the first of the greatest or least.
fn first(which: Extremum, cases: &[(Index, Term)], k: usize) -> Term {
    let beats = |j: usize| match (which.is_least(), j < k) {
        (false, true) => Relation::Greater,
        (false, false) => Relation::AtLeast,
        (true, true) => Relation::Less,
        (true, false) => Relation::AtMost,
    };
    let others = (0..cases.len()).filter(|j| *j != k);
    Term::product(others.map(|j| Term::compare(beats(j), cases[k].1.clone(), cases[j].1.clone())))
}
