//! Brackets that the ranges in force decide.

use super::rule::{Example, Rewrite, Rule};
use crate::derivation::RuleName;
use crate::integer::{Condition, Facts, Truth};
use crate::model::{Kind, Term};

/// Of a product with more factors only the first so many are looked at for what they say.
const MOST_BRACKETS: usize = 40;

/// A bracket that follows from the ranges and requirements in force disappears; one that they
/// refute makes its product 0; of a double inequality the half that follows disappears.
pub const RANGE: Rule = Rule {
    name: RuleName::Range,
    statement: "a bracket that follows from the ranges in force is 1, one that contradicts them is 0",
    formula: &[("[b <= c] * a", "a"), ("[b > c] * a", "0")],
    conditions: "It applies where b ≤ c is proved, or whatever else the bracket holds: from the ranges of the free indices \
                 and of the sums around, from what is required of the sizes and, for a bracket that goes, from the other \
                 brackets of the product. Half of a double inequality can go alone. What cannot be decided stays.",
    shrinks: "the number of relations in brackets",
    example: Example { system: "x[5]; s[t in 1..5] = sum[k in 1..t] x[k]", goal: "ds/dx" },
    apply: |term, place| {
        let factors = term.factors();
        for (k, factor) in factors.iter().enumerate() {
            let Kind::Bracket(condition) = factor.kind() else { continue };
            let mut facts = place.facts.clone();
            for (j, other) in factors.iter().enumerate().take(MOST_BRACKETS) {
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
