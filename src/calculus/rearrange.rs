//! Rules that move sums, products and brackets to where a sift or a reader can use them.

use super::domain::ends_are_in_range;
use super::rule::{Example, Rule};
use crate::derivation::RuleName;
use crate::integer::Condition;
use crate::model::{Bound, Contents, Kind, Term};
use num_rational::BigRational;
use num_traits::{One, Signed};

/// Σ(a + b) = Σa + Σb, and a·(b + c) = ab + ac, where a bracket waits inside.
pub const DISTRIBUTE: Rule = Rule {
    name: RuleName::Distribute,
    statement: "a sum of sums is split, and a product with a sum is multiplied out, where a bracket on the bound index stands inside",
    formula: &[
        ("sum[i] (a[i] + c[i])", "sum[i] a[i] + sum[i] c[i]"),
        ("sum[i] a[i] * (b[i] + c[i])", "sum[i] (a[i]*b[i] + a[i]*c[i])"),
    ],
    conditions: "It applies where a bracket with an equation for the bound index i, which a sift can solve, stands \
                 inside the sum that is taken apart.",
    shrinks: "the number of sums that hold a bracket below a Σ",
    example: Example { system: "x[3], w[3]; y = sum[i] (w[i]*x[i] + x[i]^2)", goal: "dy/dx" },
    needs: Contents::GUARDED_SIGMA,
    apply: |term, _| {
        let Kind::Sigma(bounds, body) = term.kind() else { return None };
        if let Kind::Sum(terms) = body.kind() {
            let wanted = terms.iter().any(|t| delta_on(t, bounds));
            return wanted.then(|| Term::sum(terms.iter().map(|t| Term::sigma(bounds.clone(), t.clone()))).into());
        }
        let factors = body.factors();
        let place = factors.iter().position(|f| matches!(f.kind(), Kind::Sum(_)) && delta_on(f, bounds))?;
        let each = factors[place].summands().iter().map(|summand| {
            let mut factors = factors.to_vec();
            factors[place] = summand.clone();
            Term::product(factors)
        });
        Some(Term::sigma(bounds.clone(), Term::sum(each)).into())
    },
};

/// Σ_a F·Σ_b G = Σ_a Σ_b F·G, where G holds a bracket on a.
pub const JOIN: Rule = Rule {
    name: RuleName::Join,
    statement: "a factor moves into an inner sum, so that both sums stand at one place",
    formula: &[("sum[i] a[i] * sum[j] c[i,j]", "sum[i, j] a[i] * c[i,j]")],
    conditions: "It applies where the inner sum holds a bracket with an equation for the outer index i. The index j \
                 gets a prime where it occurs in a. Where an end of the inner sum is read from data that a may guard, \
                 the brackets of the inner sum on outer indices move out instead.",
    shrinks: "the number of sums below a Σ whose brackets wait for an outer index",
    example: Example { system: "x[3], W[2,3], u[2]; y = sum[i] u[i] * (sum[k] W[i,k]*x[k])", goal: "dy/dW" },
    needs: Contents::GUARDED_SIGMA,
    apply: |term, place| {
        let Kind::Sigma(bounds, body) = term.kind() else { return None };
        let factors = body.factors();
        let inner = factors.iter().position(|f| matches!(f.kind(), Kind::Sigma(..)) && delta_on(f, bounds))?;
        let others: Vec<Term> =
            factors.iter().enumerate().filter(|(k, _)| *k != inner).map(|(_, f)| f.clone()).collect();
        let rest = Term::product(others.clone());
        let fresh = factors[inner]
            .with_fresh_bounds(&|v| place.taken.contains(v) || rest.any_var(v) || bounds.iter().any(|b| b.var == *v));
        let Kind::Sigma(more, inside) = fresh.kind() else { return None };
        let mut facts = place.facts.clone();
        bounds.iter().for_each(|b| facts.bound_index(&b.var, &b.lo, &b.hi));
        if !ends_are_in_range(place.system, &facts, more) {
            let (out, stay) = split_off(inside, more)?;
            let sum = Term::sigma(more.clone(), stay);
            return Some(Term::sigma(bounds.clone(), Term::product(others.into_iter().chain([out, sum]))).into());
        }
        let all: Vec<Bound> = bounds.iter().chain(more).cloned().collect();
        Some(Term::sigma(all, Term::product(others.into_iter().chain([inside.clone()]))).into())
    },
};

/// The brackets of a sum that its own indices and data do not occur in, and the rest; none if there are none.
fn split_off(inside: &Term, bounds: &[Bound]) -> Option<(Term, Term)> {
    let outer = |factor: &&Term| match factor.kind() {
        Kind::Bracket(condition) => !condition.reads_data() && !bounds.iter().any(|b| condition.mentions(&b.var)),
        _ => false,
    };
    let (out, stay): (Vec<&Term>, Vec<&Term>) = inside.factors().iter().partition(outer);
    let product = |factors: Vec<&Term>| Term::product(factors.into_iter().cloned());
    (!out.is_empty()).then(|| (product(out), product(stay)))
}

/// [p and q] = [p]·[q], and what is not at most is greater.
pub const SEPARATE: Rule = Rule {
    name: RuleName::Separate,
    statement: "a bracket with *and* is a product of brackets, and an inequality that is denied is the opposite one",
    formula: &[
        ("sum[i] [i = b and i <= c] * a[i]", "sum[i] [i = b]*[i <= c] * a[i]"),
        ("sum[i] [not (i <= b)] * a[i]", "sum[i] [b < i] * a[i]"),
    ],
    conditions: "It applies to brackets in which the bound index i of a sum occurs. The denial of an equation or of a \
                 divisibility stays.",
    shrinks: "the number of words in brackets",
    example: Example { system: "x[5], w[5]; y[j in 1..5] = sum[i : i = j and i <= 3] x[i]*w[i]", goal: "dy/dx" },
    needs: Contents::GUARDED_SIGMA,
    apply: |term, _| {
        let Kind::Sigma(bounds, body) = term.kind() else { return None };
        let factors = body.factors();
        let (place, parts) = factors.iter().enumerate().find_map(|(place, factor)| match factor.kind() {
            Kind::Bracket(condition) if bounds.iter().any(|b| condition.mentions(&b.var)) => {
                Some((place, separate(condition)?))
            }
            _ => None,
        })?;
        let mut factors = factors.to_vec();
        factors.splice(place..=place, parts.into_iter().map(Term::bracket));
        Some(Term::sigma(bounds.clone(), Term::product(factors)).into())
    },
};

/// The conditions of which each must hold, if there are several, or the word *not* goes.
fn separate(condition: &Condition) -> Option<Vec<Condition>> {
    match condition {
        Condition::All(parts) => Some(parts.clone()),
        Condition::Not(inner) => match inner.negated() {
            Condition::Not(_) | Condition::Any(_) => None,
            negated => Some(vec![negated]),
        },
        _ => None,
    }
}

/// Σ_i [p] F(i) = [p] Σ_i F(i), where p does not mention i.
pub const FACTOR: Rule = Rule {
    name: RuleName::Factor,
    statement: "a bracket that does not depend on the bound index, and a sign, move out of the sum",
    formula: &[("sum[i] [b = c] * a[i]", "[b = c] * sum[i] a[i]"), ("sum[i] -a[i]", "-sum[i] a[i]")],
    conditions: "It applies to every bracket in which i does not occur, and to the sign of the term.",
    shrinks: "the number of brackets and of signs below a Σ",
    example: Example { system: "x[3], w[2]; y[j] = sum[i] x[i]*w[j]", goal: "dy/dw" },
    needs: Contents::SIGMA,
    apply: |term, _| {
        let Kind::Sigma(bounds, body) = term.kind() else { return None };
        let outside = |f: &Term| match f.kind() {
            Kind::Bracket(condition) => bounds.iter().all(|b| !condition.mentions(&b.var)),
            _ => false,
        };
        let (mut out, inside): (Vec<Term>, Vec<Term>) = body.factors().iter().cloned().partition(outside);
        let mut inside = Term::product(inside);
        if inside.as_number().is_none() && coefficient(&inside).0.is_negative() {
            out.push(Term::from_i64(-1));
            inside = inside.negative();
        }
        if out.is_empty() {
            return None;
        }
        Some(Term::product(out.into_iter().chain([Term::sigma(bounds.clone(), inside)])).into())
    },
};

/// a + a = 2a
pub const COLLECT: Rule = Rule {
    name: RuleName::Collect,
    statement: "equal terms of a sum are collected",
    formula: &[("m*a + n*a", "(m + n)*a")],
    conditions: "It applies where m and n are numbers and a is the same product in both terms, written alike.",
    shrinks: "the number of terms",
    example: Example { system: "x[3], w[3]; y[i] = w[i]*x[i] + 2*w[i]*x[i]", goal: "dy/dx" },
    needs: Contents::SUM,
    apply: |term, _| {
        let Kind::Sum(terms) = term.kind() else { return None };
        let split: Vec<(BigRational, Term)> = terms.iter().map(coefficient).collect();
        for (k, (n, body)) in split.iter().enumerate() {
            let Some(j) = (k + 1..split.len()).find(|j| split[*j].1 == *body && body.as_number().is_none()) else {
                continue;
            };
            let mut terms = terms.clone();
            terms[k] = Term::product([Term::number(n + &split[j].0), body.clone()]);
            terms.remove(j);
            return Some(Term::sum(terms).into());
        }
        None
    },
};

fn coefficient(term: &Term) -> (BigRational, Term) {
    match term.factors().first().and_then(Term::as_number) {
        Some(n) if term.factors().len() > 1 => (n.clone(), Term::product(term.factors()[1..].iter().cloned())),
        _ => (BigRational::one(), term.clone()),
    }
}

/// Whether a Kronecker delta on one of the bound indices stands anywhere in the term.
fn delta_on(term: &Term, bounds: &[Bound]) -> bool {
    term.any(&mut |t| match t.kind() {
        Kind::Bracket(condition @ Condition::Equal(..)) => bounds.iter().any(|b| condition.mentions(&b.var)),
        _ => false,
    })
}
