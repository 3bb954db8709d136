//! What a rule is, and the one ordered table of them.
//!
//! The contract, checked for all rules by one test: wherever a rule applies, the term before and
//! the term after have the same value for all entries of all arrays and all indices in range.

use super::{boundary, differentiate, extremum, floor, limit, range, rearrange, sift};
use crate::derivation::RuleName;
use crate::integer::{Condition, Facts, Index, Var};
use crate::model::{System, Term};
use std::collections::BTreeSet;

/// A rule of the calculus.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Its name.
    pub name: RuleName,
    /// What it says, in a sentence.
    pub statement: &'static str,
    /// Why rewriting with it ends.
    pub shrinks: &'static str,
    /// Rewrites a term at the place where it stands, if the rule applies there.
    pub apply: fn(&Term, &Place) -> Option<Rewrite>,
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
}

impl From<Term> for Rewrite {
    fn from(after: Term) -> Self {
        Rewrite { after, solved: None, discharged: Vec::new() }
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
        differentiate::FOLD,
        differentiate::POWER,
    ],
    &[differentiate::READ],
    &[sift::SIFT, extremum::CASES, floor::SPLIT, rearrange::DISTRIBUTE, rearrange::JOIN, rearrange::FACTOR],
    &[floor::WINDOW],
    &[extremum::SETTLE, range::RANGE, rearrange::FACTOR, limit::LIMIT],
    &[limit::LATTICE, extremum::SETTLE],
    &[rearrange::COLLECT],
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
