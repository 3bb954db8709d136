//! Interior and boundary: one way to print an answer.
//!
//! In the interior no sum is clipped by the range of its index, and no term of the formula drops
//! out; there the formula is written without max, min and brackets.

use super::limit::unclipped;
use super::rule::{Example, Rewrite, Rule};
use crate::derivation::RuleName;
use crate::integer::{Condition, Facts, Index, Truth};
use crate::model::{Contents, Kind, Term};
use std::collections::BTreeSet;

/// F = [interior] F without what holds there + [not interior] F.
pub const BOUNDARY: Rule = Rule {
    name: RuleName::Boundary,
    statement: "in the interior no sum is clipped by the range of its index and no term drops out, and the formula is \
                written without maxima, minima and brackets; elsewhere it stays as it is",
    formula: &[("F", "if a <= b then I else F")],
    conditions: "It is applied only where interior and boundary are asked for apart; a ≤ b says that no sum is clipped and no term drops out, and I is F without what says so.",
    shrinks: "it is applied once, to a whole formula",
    example: Example { system: "x[5]; y[i in 2..4] = x[i+1] - x[i-1]", goal: "dl/dx" },
    needs: Contents::NOTHING,
    apply: |term, place| {
        if !place.whole || is_split(term) {
            return None;
        }
        let mut conditions = Vec::new();
        let inside = interior(term, place.facts, matches!(term.kind(), Kind::Sum(_)), &mut conditions)?;
        let free = term.free_vars();
        let bound = |c: &Condition| {
            let mut vars = BTreeSet::new();
            c.collect_vars(&mut vars);
            !vars.is_subset(&free)
        };
        if conditions.iter().any(bound) {
            return None;
        }
        let asked = needed(conditions, place.facts);
        let asked = match asked.len() {
            0 => return None,
            1 => asked[0].clone(),
            _ => Condition::All(asked),
        };
        let outside = Term::bracket(Condition::Not(Box::new(asked.clone())));
        let both = [Term::product([Term::bracket(asked), inside]), Term::product([outside, term.clone()])];
        Some(Rewrite::from(Term::sum(both)))
    },
};

fn is_split(term: &Term) -> bool {
    let negated = |t: &Term| matches!(t.factors()[0].kind(), Kind::Bracket(Condition::Not(_)));
    matches!(term.kind(), Kind::Sum(terms) if terms.iter().any(negated))
}

/// The conditions that do not follow from the facts and the others; none at all if they contradict
/// each other.
fn needed(mut conditions: Vec<Condition>, facts: &Facts) -> Vec<Condition> {
    let mut k = 0;
    while k < conditions.len() {
        let mut known = facts.clone();
        conditions.iter().enumerate().filter(|(j, _)| *j != k).for_each(|(_, c)| known.require(c));
        match known.judge(&conditions[k]) {
            Truth::Yes => {
                conditions.remove(k);
            }
            Truth::No => return Vec::new(),
            Truth::Unknown => k += 1,
        }
    }
    conditions
}

/// The term as it is in the interior; what that asks of the free indices is added to `conditions`.
/// Brackets on free indices are dropped where `terms` says that they stand on terms of a sum. None
/// if the formula has no interior.
fn interior(term: &Term, facts: &Facts, terms: bool, conditions: &mut Vec<Condition>) -> Option<Term> {
    match term.kind() {
        Kind::Bracket(Condition::AtMost(a, b)) if terms => {
            conditions.push(Condition::AtMost(Index::default(), b.minus(a)));
            Some(Term::one())
        }
        Kind::Bracket(Condition::Within(lo, e, hi)) if terms => {
            let sides = [e.minus(lo), hi.minus(e)];
            conditions.extend(sides.map(|room| Condition::AtMost(Index::default(), room)));
            Some(Term::one())
        }
        Kind::Sum(_) | Kind::Product(_) => {
            let parts = term.children().iter().map(|t| interior(t, facts, terms, conditions));
            Some(term.with_children(parts.collect::<Option<Vec<_>>>()?))
        }
        Kind::Sigma(..) => {
            let (sum, asked) = unclipped(term, facts)?;
            conditions.extend(asked);
            Some(sum)
        }
        _ => Some(term.clone()),
    }
}
