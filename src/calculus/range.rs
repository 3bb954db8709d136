//! Brackets that the ranges in force decide, and brackets that become the limits of a sum.

use super::rule::{Rewrite, Rule};
use crate::derivation::RuleName;
use crate::integer::{Condition, Facts, Index, Truth};
use crate::model::{Bound, Kind, Term};

/// A bracket that follows from the ranges and requirements in force disappears; one that they
/// refute makes its product 0; of a double inequality the half that follows disappears.
pub const RANGE: Rule = Rule {
    name: RuleName::Range,
    statement: "a bracket that follows from the ranges in force is 1, one that contradicts them is 0",
    shrinks: "the number of relations in brackets",
    apply: |term, place| {
        let factors = term.factors();
        for (k, factor) in factors.iter().enumerate() {
            let Kind::Bracket(condition) = factor.kind() else { continue };
            let mut facts = place.facts.clone();
            for (j, other) in factors.iter().enumerate() {
                if let (true, Kind::Bracket(other)) = (j != k, other.kind()) {
                    facts.require(other);
                }
            }
            if place.facts.judge(condition) == Truth::No {
                return Some(Term::zero().into());
            }
            let Some((now, discharged)) = simpler(condition, &facts) else { continue };
            let mut factors = factors.to_vec();
            factors[k] = Term::bracket(now);
            let after = Term::product(factors);
            return Some(Rewrite { after, solved: None, discharged: vec![discharged] });
        }
        None
    },
};

/// Σ_{i=lo}^{hi} [a ≤ i] F(i) = Σ_{i=a}^{hi} F(i), where lo ≤ a.
pub const LIMIT: Rule = Rule {
    name: RuleName::Limit,
    statement: "a bracket that bounds the index of a sum more tightly than its limit does becomes the limit",
    shrinks: "the number of relations in brackets",
    apply: |term, place| {
        let Kind::Sigma(bounds, body) = term.kind() else { return None };
        let mut facts = place.facts.clone();
        for (k, bound) in bounds.iter().enumerate() {
            let found = body.factors().iter().enumerate().find_map(|(f, factor)| {
                let Kind::Bracket(condition) = factor.kind() else { return None };
                Some((f, tighter(condition, bound, &bounds[k..], &facts)?))
            });
            if let Some((f, limited)) = found {
                let mut bounds = bounds.clone();
                bounds[k] = limited;
                let mut factors = body.factors().to_vec();
                factors.remove(f);
                return Some(Term::sigma(bounds, Term::product(factors)).into());
            }
            facts.bound_index(bound.var.clone(), bound.lo.clone(), bound.hi.clone());
        }
        None
    },
};

/// The bound with the limits that a condition on it alone gives, if they are at least as tight as
/// its own. `inner` holds the bound and those that may depend on it.
fn tighter(condition: &Condition, bound: &Bound, inner: &[Bound], facts: &Facts) -> Option<Bound> {
    let mut limited = bound.clone();
    for (lo, hi) in sides(condition)? {
        let room = hi.minus(&lo);
        let (slope, rest) = room.linear_in(&bound.var)?;
        if inner.iter().any(|b| rest.mentions(&b.var)) {
            return None;
        }
        match slope.as_constant() {
            Some(1) => {
                limited.lo = rest.times_number(-1);
                if !facts.proves_nonnegative(&limited.lo.minus(&bound.lo)) {
                    return None;
                }
            }
            Some(-1) => {
                limited.hi = rest;
                if !facts.proves_nonnegative(&bound.hi.minus(&limited.hi)) {
                    return None;
                }
            }
            _ => return None,
        }
    }
    Some(limited)
}

fn sides(condition: &Condition) -> Option<Vec<(Index, Index)>> {
    match condition {
        Condition::AtMost(a, b) => Some(vec![(a.clone(), b.clone())]),
        Condition::Within(lo, e, hi) => Some(vec![(lo.clone(), e.clone()), (e.clone(), hi.clone())]),
        _ => None,
    }
}

/// What is left of a condition, and the part of it that was found to hold; what is left when a part
/// was found not to hold.
fn simpler(condition: &Condition, facts: &Facts) -> Option<(Condition, Condition)> {
    if facts.judge(condition) == Truth::Yes {
        return Some((Condition::always(), condition.clone()));
    }
    if let Condition::All(parts) | Condition::Any(parts) = condition {
        let all = matches!(condition, Condition::All(_));
        let idle = if all { Truth::Yes } else { Truth::No };
        let place = parts.iter().position(|part| facts.judge(part) == idle)?;
        let mut rest = parts.clone();
        let found = rest.remove(place);
        let left = match (rest.len(), all) {
            (1, _) => rest.remove(0),
            (_, true) => Condition::All(rest),
            (_, false) => Condition::Any(rest),
        };
        return Some((left, if all { found } else { Condition::Not(Box::new(found)) }));
    }
    let Condition::Within(lo, e, hi) = condition else { return None };
    let lower = Condition::AtMost(lo.clone(), e.clone());
    let upper = Condition::AtMost(e.clone(), hi.clone());
    if facts.judge(&lower) == Truth::Yes {
        return Some((upper, lower));
    }
    (facts.judge(&upper) == Truth::Yes).then_some((lower, upper))
}
