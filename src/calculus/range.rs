//! Brackets that the ranges in force decide.

use super::domain::decides_in_range;
use super::rule::{Example, Place, Rewrite, Rule};
use crate::derivation::RuleName;
use crate::integer::{Condition, Facts, Truth};
use crate::model::{Contents, Kind, Term};

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
                 brackets of the product. Half of a double inequality can go alone. What cannot be decided stays, and \
                 so does a bracket that follows from integer data which may lie outside its array where it does not \
                 hold.",
    shrinks: "the number of relations in brackets",
    example: Example { system: "x[5]; s[t in 1..5] = sum[k in 1..t] x[k]", goal: "ds/dx" },
    needs: Contents::BRACKET,
    apply: |term, place| {
        let factors = term.factors();
        for (k, factor) in factors.iter().enumerate() {
            let Kind::Bracket(condition) = factor.kind() else { continue };
            let others = factors.iter().take(MOST_BRACKETS).enumerate().filter(|(j, _)| *j != k);
            let beside = others.filter_map(|(_, other)| match other.kind() {
                Kind::Bracket(other) => Some(other.clone()),
                _ => None,
            });
            let beside: Vec<Condition> = beside.collect();
            let Some(found) = simpler(condition, &given(place.facts, &beside)) else { continue };
            let suffices = |some: &[Condition]| simpler(condition, &given(place.facts, some)).as_ref() == Some(&found);
            let rests_on = if suffices(&[]) {
                Vec::new()
            } else {
                let one = beside.iter().find(|one| suffices(std::slice::from_ref(*one))).cloned();
                one.map_or(beside, |one| vec![one])
            };
            if found.left != Condition::never() && !is_read_without(place, factors, k, &rests_on) {
                continue;
            }
            let mut factors = factors.to_vec();
            factors[k] = Term::bracket(found.left);
            guard_data(&mut factors, k, &rests_on);
            let after = Term::product(factors);
            return Some(Rewrite { after, solved: None, discharged: vec![found.discharged], given: rests_on });
        }
        None
    },
};

/// Whether the data in those brackets on which the one at `k` rests is in range even without it.
fn is_read_without(place: &Place, factors: &[Term], k: usize, rests_on: &[Condition]) -> bool {
    if !rests_on.iter().any(Condition::reads_data) {
        return true;
    }
    let mut facts = place.facts.clone();
    factors.iter().enumerate().filter(|(j, _)| *j != k).all(|(j, factor)| {
        let Kind::Bracket(condition) = factor.kind() else { return true };
        let inside = j < k || !rests_on.contains(condition) || decides_in_range(place.system, &facts, condition);
        facts.require(condition);
        inside
    })
}

/// Where integer data is read between a bracket that goes and those on which that rests, these take its
/// place: data is read only where every bracket before it holds.
fn guard_data(factors: &mut Vec<Term>, k: usize, rests_on: &[Condition]) {
    let resting = |factor: &Term| matches!(factor.kind(), Kind::Bracket(c) if rests_on.contains(c));
    let reads_data = |factor: &Term| matches!(factor.kind(), Kind::Bracket(condition) if condition.reads_data());
    let Some(data) = (k + 1..factors.len()).find(|j| reads_data(&factors[*j])) else { return };
    let mut place = k;
    for j in data + 1..factors.len() {
        if resting(&factors[j]) {
            let factor = factors.remove(j);
            factors.insert(place, factor);
            place += 1;
        }
    }
}

/// The facts, and conditions that hold besides.
fn given(facts: &Facts, conditions: &[Condition]) -> Facts {
    let mut facts = facts.clone();
    conditions.iter().for_each(|condition| facts.require(condition));
    facts
}

/// What is left of a condition, and what was found to hold.
#[derive(PartialEq)]
struct Simpler {
    left: Condition,
    discharged: Condition,
}

/// A condition without the part of it that holds; or that it never holds.
fn simpler(condition: &Condition, facts: &Facts) -> Option<Simpler> {
    let found = |left, discharged| Some(Simpler { left, discharged });
    match facts.judge(condition) {
        Truth::Yes => return found(Condition::always(), condition.clone()),
        Truth::No => return found(Condition::never(), condition.negated()),
        Truth::Unknown => {}
    }
    if let Condition::All(parts) | Condition::Any(parts) = condition {
        let all = matches!(condition, Condition::All(_));
        let idle = if all { Truth::Yes } else { Truth::No };
        let place = parts.iter().position(|part| facts.judge(part) == idle)?;
        let mut rest = parts.clone();
        let part = rest.remove(place);
        let left = match (rest.len(), all) {
            (1, _) => rest.remove(0),
            (_, true) => Condition::All(rest),
            (_, false) => Condition::Any(rest),
        };
        return found(left, if all { part } else { part.negated() });
    }
    let Condition::Within(lo, e, hi) = condition else { return None };
    let lower = Condition::AtMost(lo.clone(), e.clone());
    let upper = Condition::AtMost(e.clone(), hi.clone());
    if facts.judge(&lower) == Truth::Yes {
        return found(upper, lower);
    }
    if facts.judge(&upper) == Truth::Yes { found(lower, upper) } else { None }
}
