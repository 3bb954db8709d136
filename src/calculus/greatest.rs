//! The derivative of a maximum or a minimum over an index: that of the first term that attains it.
//!
//! Invariant: which term attains it is said by one bracket, [k = argmax …], that is the same for
//! every entry that is differentiated for.

use super::differentiate::partial;
use super::rule::{Example, Rule};
use crate::derivation::RuleName;
use crate::integer::Index;
use crate::language::syntax::Relation;
use crate::model::{Contents, Kind, Term};

/// ∂max_k F(k) = Σ_k [k = argmax_j F(j)]·∂F(k), and ∂argmax = 0.
pub const EXTREMUM: Rule = Rule {
    name: RuleName::Extremum,
    statement: "the derivative of a maximum over k is that of the first term that attains it, picked out by the \
                bracket [k = argmax]; the place of a maximum is constant",
    formula: &[
        ("d(max[k] a[k])/dx[b]", "sum[k] [k = argmax[j] a[j]] * d(a[k])/dx[b]"),
        ("d(argmax[k] a[k])/dx[b]", "0"),
    ],
    conditions: "It applies everywhere, to a minimum alike. Where several terms are greatest the derivative follows \
                 the first; a condition under the maximum holds for k and for j alike.",
    shrinks: "the term under the derivative",
    example: Example { system: "x[6]; y[n in 1..2] = max[j in 1..3] x[j + 3*(n-1)]", goal: "dl/dx" },
    needs: Contents::DERIVATIVE,
    apply: |term, place| {
        let Kind::Derivative(of, array, at) = term.kind() else { return None };
        let Kind::Extremum(which, ..) = of.kind() else { return None };
        if which.is_place() {
            return Some(Term::zero().into());
        }
        let outer = of.with_fresh_bounds(&|v| place.taken.contains(v) || at.iter().any(|e| e.mentions(v)));
        let Kind::Extremum(_, bounds, condition, body) = outer.kind() else { return None };
        let inner = outer.with_fresh_bounds(&|v| place.taken.contains(v) || bounds.iter().any(|b| b.var == *v));
        let Kind::Extremum(_, others, held, rest) = inner.kind() else { return None };
        let (bound, other) = (bounds.first()?, others.first()?);
        let first = Term::extremum(which.place(), other.clone(), held.clone(), rest.clone());
        let factors = [
            Term::bracket(condition.clone()),
            Term::compare(Relation::Equal, Term::integer(Index::var(&bound.var)), first),
            partial(place.system, body, array, at),
        ];
        Some(Term::sigma(bounds.clone(), Term::product(factors)).into())
    },
};
