//! What a rule is, and the one ordered table of them.
//!
//! The contract, checked for all rules by one test: wherever a rule applies, the term before and
//! the term after have the same value for all entries of all arrays and all indices in range.

use super::{
    adjoint, boundary, differentiate, extremum, floor, fold, greatest, limit, order, range, rearrange, sift, simplify,
};
use crate::derivation::RuleName;
use crate::integer::{Condition, Facts, Index, Var};
use crate::model::{Contents, System, Term};
use std::collections::BTreeSet;

/// A rule of the calculus.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Its name.
    pub name: RuleName,
    /// What it says, in a sentence without capital and full stop.
    pub statement: &'static str,
    /// What it says as formulas of the specification language: before and after.
    pub formula: &'static [(&'static str, &'static str)],
    /// Where it applies, in sentences.
    pub conditions: &'static str,
    /// Why rewriting with it ends: what each application lowers.
    pub shrinks: &'static str,
    /// Where it can be seen at work.
    pub example: Example,
    /// What must stand in a term for the rule to apply to it: elsewhere it is not tried.
    pub needs: Contents,
    /// Rewrites a term at the place where it stands, if the rule applies there.
    pub apply: fn(&Term, &Place) -> Option<Rewrite>,
}

/// A small system, and an answer in whose derivation a rule is applied.
#[derive(Clone, Copy)]
pub struct Example {
    /// The system, in the specification language, on one line.
    pub system: &'static str,
    /// The answer: `df/dx`.
    pub goal: &'static str,
}

/// What is known at the place of a term.
pub struct Place<'a> {
    /// The system, for definitions and dependence.
    pub system: &'a System,
    /// The ranges of the free indices and of the binders that enclose the place.
    pub facts: &'a Facts,
    /// The indices that a new binder must not be called.
    pub taken: &'a BTreeSet<Var>,
    /// Whether the term is the whole formula.
    pub whole: bool,
}

/// The result of applying a rule.
pub struct Rewrite {
    /// What stands there now.
    pub after: Term,
    /// The bound index that was solved for.
    pub solved: Option<(Var, Index)>,
    /// Conditions that were found to hold.
    pub discharged: Vec<Condition>,
    /// The brackets beside it on which that rests, beyond the ranges in force.
    pub given: Vec<Condition>,
}

impl From<Term> for Rewrite {
    fn from(after: Term) -> Self {
        Rewrite { after, solved: None, discharged: Vec::new(), given: Vec::new() }
    }
}

/// The rules in the phases in which they are applied; within a phase the first that applies
/// anywhere, outermost first, is applied.
pub const PHASES: &[&[Rule]] = &[
    &[
        differentiate::CONSTANT,
        differentiate::DEFINITION,
        differentiate::SUM,
        differentiate::PRODUCT,
        differentiate::INDEXED_PRODUCT,
        greatest::EXTREMUM,
        differentiate::POWER,
        differentiate::COMPARE,
        differentiate::CHAIN,
    ],
    &[differentiate::READ],
    &[
        rearrange::SEPARATE,
        sift::SINGLE_WITH_BRACKETS,
        sift::SIFT,
        extremum::CASES,
        floor::SPLIT,
        rearrange::DISTRIBUTE,
        rearrange::JOIN,
        rearrange::FACTOR,
    ],
    &[floor::WINDOW],
    &[extremum::SETTLE, range::RANGE, rearrange::FACTOR, limit::LIMIT],
    &[limit::LATTICE, extremum::SETTLE],
    &[rearrange::COLLECT],
    &[fold::FOLD, simplify::VANISH],
    SHORTEN,
];

/// What makes an answer short.
const SHORTEN: &[Rule] = &[
    fold::FACT,
    simplify::CANCEL,
    fold::FOLD,
    sift::SINGLE,
    simplify::COUNT,
    simplify::OUTSIDE,
    simplify::EXPAND,
    simplify::COMMON,
    order::ORDER,
    rearrange::FACTOR,
    rearrange::COLLECT,
];

/// The ways in which a derivative is printed; all are the same function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Printing {
    /// Inequalities as brackets, or under the sums.
    #[default]
    Brackets,
    /// Inequalities as limits of the sums, rounded to integers.
    Limits,
    /// Interior and boundary apart.
    Cases,
}

impl Printing {
    /// The phases of rules that give the answer in this form.
    pub fn phases(self) -> Vec<&'static [Rule]> {
        const LIMITS: &[Rule] = &[limit::LIMITS, extremum::SETTLE];
        const CASES: &[Rule] = &[boundary::BOUNDARY];
        let last: &[&[Rule]] = match self {
            Printing::Brackets => &[],
            Printing::Limits => &[LIMITS],
            Printing::Cases => &[CASES, LIMITS],
        };
        PHASES.iter().chain(last).copied().collect()
    }
}

/// Every rule once, in the order of the phases, then those of the printings, then what is put in on
/// the walk back through a system.
pub fn rules() -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    let printings = [Printing::Brackets, Printing::Limits, Printing::Cases];
    for rule in printings.into_iter().flat_map(Printing::phases).flatten() {
        if rules.iter().all(|known| known.name != rule.name) {
            rules.push(*rule);
        }
    }
    rules.push(adjoint::ADJOINT);
    rules
}
