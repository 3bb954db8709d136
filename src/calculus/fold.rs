//! Folding: what defines a named array becomes its name again, so that answers speak of the
//! author's own intermediates.

use super::matching::Match;
use super::rule::{Example, Place, Rewrite, Rule};
use crate::derivation::RuleName;
use crate::integer::{Condition, Facts, Index, Truth};
use crate::language::syntax::Name;
use crate::model::system::Equation;
use crate::model::{Bound, Contents, Kind, Term};
use hashbrown::HashSet;
use num_traits::One;

/// E[a] is y[a], where y[i] = E[i].
pub const FOLD: Rule = Rule {
    name: RuleName::Fold,
    statement: "what a named array is defined as becomes its name again",
    formula: &[("E[a]", "y[a]")],
    conditions: "It applies where y is defined by an equation y[i] = E[i], and a is proved to lie in the range of i. \
                 In a product, factors that make up E count as E, without those brackets of E that are proved to hold; \
                 of a power of a sum in a denominator what is left stays, and a denominator beside a Σ counts as a \
                 factor below it. A definition that is no more than a read, or a product of reads, is not looked for.",
    shrinks: "the size of the formula",
    example: Example { system: "x[3]; h[i] = tanh(x[i]); y[i] = 2*h[i]", goal: "dy/dx" },
    needs: Contents::NOTHING,
    apply: |term, place| {
        if let Some(folded) = named(term, place) {
            return Some(folded.into());
        }
        let Kind::Product(factors) = term.kind() else { return None };
        let mut facts = place.facts.clone();
        for factor in factors {
            if let Kind::Bracket(condition) = factor.kind() {
                facts.require(condition);
            }
        }
        if let Some(folded) = below(factors, &Place { facts: &facts, ..*place }) {
            return Some(folded.into());
        }
        if facts.identity() == place.facts.identity() {
            return None;
        }
        let (k, folded) = factors.iter().enumerate().find_map(|(k, f)| Some((k, beside(f, place, &facts)?)))?;
        let mut after = factors.clone();
        after[k] = folded;
        Some(Term::product(after).into())
    },
};

/// The name of what a term is, or holds as factors, where what is known there proves it.
fn named(term: &Term, place: &Place) -> Option<Term> {
    if !is_composed(term) {
        return None;
    }
    let mut tried: HashSet<&str> = HashSet::new();
    for array in term.arrays_read() {
        for equation in place.system.readers(array) {
            if tried.insert(&equation.array)
                && let Some(folded) = folded(equation, term, place)
            {
                return Some(folded);
            }
        }
    }
    None
}

/// A product in which a denominator goes below a Σ, where it makes up a name.
fn below(factors: &[Term], place: &Place) -> Option<Term> {
    let is_denominator = |f: &Term| matches!(f.kind(), Kind::Power(_, n) if *n < 0);
    for (k, sum) in factors.iter().enumerate() {
        let Kind::Sigma(bounds, body) = sum.kind() else { continue };
        let mut facts = place.facts.clone();
        bounds.iter().for_each(|b| facts.bound_index(&b.var, &b.lo, &b.hi));
        for (j, factor) in factors.iter().enumerate().filter(|(_, f)| is_denominator(f)) {
            if bounds.iter().any(|b| factor.any_var(&b.var)) {
                continue;
            }
            let inside = Term::product(body.factors().iter().chain([factor]).cloned());
            let folded = named(&inside, &Place { facts: &facts, ..*place });
            let Some(folded) = folded.filter(|folded| !folded.factors().contains(factor)) else { continue };
            let mut after = factors.to_vec();
            after[k] = Term::sigma(bounds.clone(), folded);
            after.remove(j);
            return Some(Term::product(after));
        }
    }
    None
}

/// A factor with one part of it named, where brackets beside it hold.
fn beside(term: &Term, place: &Place, facts: &Facts) -> Option<Term> {
    let mut facts = facts.clone();
    if let Some(folded) = named(term, &Place { facts: &facts, ..*place }) {
        return Some(folded);
    }
    for bound in term.bounds() {
        facts.bound_index(&bound.var, &bound.lo, &bound.hi);
    }
    let (k, folded) = term.children().iter().enumerate().find_map(|(k, c)| Some((k, beside(c, place, &facts)?)))?;
    let mut children = term.children().to_vec();
    children[k] = folded;
    Some(term.with_children(children))
}

/// What the author requires of values: Σ_c y[c] = 1.
pub const FACT: Rule = Rule {
    name: RuleName::Fact,
    statement: "what the author requires of values is used: the left side of the equation becomes its right side",
    formula: &[("L[a]", "R[a]")],
    conditions: "It applies where L[i] = R[i] is required for all i and a is proved to lie in the range of i. Derivatives \
                 know nothing of such a requirement, so an answer that used one is not differentiated again.",
    shrinks: "the number of left sides of requirements",
    example: Example { system: "y[3], z[3]; require sum[c] y[c] = 1; l1 = sum[c, k] y[c]*z[k]", goal: "dl1/dz" },
    needs: Contents::NOTHING,
    apply: |term, place| {
        let facts = place.system.facts_of_values.iter();
        let mut used = facts.filter_map(|fact| {
            let values = Match::whole(&fact.left, &fact.indices, term)?;
            let within = inside(&fact.indices, &values, place)?;
            let pairs: Vec<_> = fact.indices.iter().map(|b| b.var.clone()).zip(values).collect();
            let after = fact.right.substitute_all(&pairs);
            Some(Rewrite { discharged: within, ..Rewrite::from(after) })
        });
        used.next()
    },
};

/// Whether a term is made of more than one entry of an array.
fn is_composed(term: &Term) -> bool {
    match term.kind() {
        Kind::Apply(..) | Kind::Sum(_) | Kind::Sigma(..) | Kind::Power(..) => true,
        Kind::Product(factors) => factors.iter().any(is_composed),
        _ => false,
    }
}

fn folded(equation: &Equation, term: &Term, place: &Place) -> Option<Term> {
    if place.system.differentiated.iter().any(|d| d.name == equation.array) {
        return None;
    }
    let part = |(indices, body): (&[Bound], &Term)| folded_part(&equation.array, indices, body, term, place);
    match equation.parts.as_slice() {
        [] => part((&equation.indices, &equation.body)),
        parts => parts.iter().find_map(|(indices, body)| part((indices, body))),
    }
}

fn folded_part(array: &Name, indices: &[Bound], body: &Term, term: &Term, place: &Place) -> Option<Term> {
    if !is_composed(body) {
        return None;
    }
    if let Some(found) = Match::whole(body, indices, term) {
        inside(indices, &found, place)?;
        return Some(Term::read(array.clone(), found));
    }
    let (Kind::Product(pattern), Kind::Product(factors)) = (body.kind(), term.kind()) else { return None };
    let (found, rest) =
        among(Match::new(indices), pattern, factors).or_else(|| unguarded(indices, pattern, factors, place))?;
    inside(indices, &found, place)?;
    let name = Term::read(array.clone(), found);
    let first = factors.iter().zip(&rest).position(|(old, new)| *old != *new).unwrap_or(0);
    let mut after = rest;
    after.insert(first, name);
    Some(Term::product(after))
}

/// The indices at which the factors hold all factors of the pattern, and what is left of each.
fn among(found: Match<'_>, pattern: &[Term], factors: &[Term]) -> Option<(Vec<Index>, Vec<Term>)> {
    let Some((first, rest)) = pattern.split_first() else { return Some((found.settled()?, factors.to_vec())) };
    for (k, factor) in factors.iter().enumerate() {
        let mut tried = found.clone();
        let left = match (first.kind(), factor.kind()) {
            (Kind::Power(a, n), Kind::Power(b, m)) if *n < 0 && m <= n && tried.term(a, b) => {
                Term::power(b.clone(), m - n)
            }
            _ if found.clone().term(first, factor) && tried.term(first, factor) => Term::one(),
            _ => continue,
        };
        let mut others = factors.to_vec();
        others[k] = left;
        if let Some(done) = among(tried, rest, &others) {
            return Some(done);
        }
    }
    None
}

/// The same for a pattern whose brackets are not written in the product but are proved to hold there.
fn unguarded(indices: &[Bound], pattern: &[Term], factors: &[Term], place: &Place) -> Option<(Vec<Index>, Vec<Term>)> {
    let (brackets, rest): (Vec<Term>, Vec<Term>) =
        pattern.iter().cloned().partition(|f| matches!(f.kind(), Kind::Bracket(_)));
    if brackets.is_empty() || rest.is_empty() {
        return None;
    }
    let (found, left) = among(Match::new(indices), &rest, factors)?;
    let pairs: Vec<_> = indices.iter().map(|b| b.var.clone()).zip(found.iter().cloned()).collect();
    let holds = brackets.iter().all(|bracket| match bracket.substitute_all(&pairs).kind() {
        Kind::Bracket(condition) => place.facts.judge(condition) == Truth::Yes,
        Kind::Number(n) => n.is_one(),
        _ => false,
    });
    holds.then_some((found, left))
}

/// The conditions that put the values into the ranges; none if one of them is not proved.
fn inside(indices: &[Bound], values: &[Index], place: &Place) -> Option<Vec<Condition>> {
    let within = indices.iter().zip(values).map(|(b, value)| {
        let condition = Condition::Within(b.lo.clone(), value.clone(), b.hi.clone());
        (place.facts.judge(&condition) == Truth::Yes).then_some(condition)
    });
    within.collect()
}
