//! What became of each thing asked for, in a word.

use super::{Entry, Found, Marked};
use crate::judge::Verdict;
use crate::language::syntax::Target;
use std::fmt;

/// What became of one thing asked for. In the order of this list the worst of several counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    /// All that is said of it is proved.
    Proved,
    /// It agrees on everything tried and is not proved.
    Undecided,
    /// It is refuted; the slip that explains it.
    Refuted(Option<&'static str>),
    /// Nothing answers it; `shape` if no more than its shape is given.
    Missing {
        /// Whether its shape is given.
        shape: bool,
    },
    /// Nothing answers it, and a formula that stands where its answer is asked for cannot be read.
    Unreadable,
}

impl Cell {
    /// The word without what explains it.
    pub fn word(self) -> &'static str {
        match self {
            Cell::Proved => "proved",
            Cell::Undecided => "undecided",
            Cell::Refuted(_) => "refuted",
            Cell::Missing { .. } => "missing",
            Cell::Unreadable => "unreadable",
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cell::Refuted(Some(slip)) => write!(f, "refuted: {slip}"),
            Cell::Missing { shape: true } => f.write_str("missing: only its shape is given"),
            _ => f.write_str(self.word()),
        }
    }
}

impl Marked {
    /// What became of each thing asked for. Every formula that answers it counts, each `=` of a chain and
    /// a claim about its shape too: one that is refuted makes the answer refuted, whatever else is said. A
    /// shape alone is no answer where more is asked for.
    pub fn cells(&self, wanted: &[(String, Target)]) -> Vec<Cell> {
        wanted.iter().map(|(name, target)| self.cell(name, target)).collect()
    }

    fn cell(&self, name: &String, target: &Target) -> Cell {
        let answering: Vec<&Entry> = self.entries.iter().filter(|entry| entry.answers.contains(name)).collect();
        let shape = |entry: &&Entry| matches!(entry.found.target(), Some(Target::Shape(_)));
        let only_shape = !matches!(target, Target::Shape(_)) && answering.iter().all(shape);
        match answering.iter().filter_map(|entry| entry.cell()).fold(None, worse) {
            Some(found @ Cell::Refuted(_)) => found,
            Some(_) if only_shape => Cell::Missing { shape: true },
            Some(found) => found,
            None if self.unreadable_at(name) => Cell::Unreadable,
            None => Cell::Missing { shape: false },
        }
    }

    /// Whether a formula cannot be read that stands under the numbers of a thing asked for.
    fn unreadable_at(&self, name: &str) -> bool {
        let under = |number: &str| name.strip_prefix(number).is_some_and(|rest| rest.starts_with(['(', ' ']));
        self.entries.iter().any(|entry| matches!(entry.found, Found::Unreadable(_)) && under(&entry.question))
    }
}

/// The worse of two; of two refuted ones the first that a slip explains.
fn worse(one: Option<Cell>, other: Cell) -> Option<Cell> {
    Some(match (one, other) {
        (Some(Cell::Refuted(Some(slip))), Cell::Refuted(_)) => Cell::Refuted(Some(slip)),
        (Some(one), other) => one.max(other),
        (None, other) => other,
    })
}

impl Entry {
    /// What this formula is for the thing it answers.
    fn cell(&self) -> Option<Cell> {
        match &self.found {
            Found::Judged { mark, .. } => Some(match &mark.judgement.verdict {
                Verdict::Proved => Cell::Proved,
                Verdict::Undecided { .. } => Cell::Undecided,
                Verdict::Refuted(_) => Cell::Refuted(mark.judgement.slip.as_ref().map(|slip| slip.name)),
            }),
            Found::Placeholder { .. } => Some(Cell::Refuted(None)),
            Found::Definition { .. } | Found::Unreadable(_) | Found::Unasked => None,
        }
    }
}
