//! Values made short by the rules of the calculus that keep a value and need no definition.

use crate::calculus::{Rule, rules, strategy::rewrite};
use crate::derivation::RuleName;
use crate::integer::Facts;
use crate::model::{System, Term};

/// The rules, in the order in which they are tried.
const RULES: [RuleName; 11] = [
    RuleName::Range,
    RuleName::Sift,
    RuleName::Single,
    RuleName::Fact,
    RuleName::Cancel,
    RuleName::Count,
    RuleName::Outside,
    RuleName::Expand,
    RuleName::Common,
    RuleName::Factor,
    RuleName::Collect,
];

/// Makes values short.
pub(super) struct Tidy {
    phase: Vec<Rule>,
}

impl Tidy {
    /// With the rules that apply to values.
    pub(super) fn new() -> Tidy {
        let all = rules();
        let phase = RULES.iter().filter_map(|name| all.iter().find(|rule| rule.name == *name).copied());
        Tidy { phase: phase.collect() }
    }

    /// The term after the last rule that applies; as it is, where that takes too much.
    pub(super) fn term(&self, system: &System, facts: &Facts, term: &Term) -> Term {
        if term.children().is_empty() {
            return term.clone();
        }
        let steps = rewrite(system, facts, &[], &[&self.phase], term).unwrap_or_default();
        steps.last().map_or_else(|| term.clone(), |step| step.after.clone())
    }
}
