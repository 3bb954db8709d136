//! What an answer is, in a sentence or two, and in a few words for a table.
//!
//! Invariant: what is said follows from the operation's data alone; trivial parameters are left
//! out as a person would leave them out.

mod contraction;
mod pattern;
mod rearrangement;
mod selection;
mod sliding;
mod windows;

use super::document::{Inline, Prose};
use super::words::{Words, clauses, enumerated, formula, text};
use crate::answer::{Answer, Names};
use crate::integer::Index;
use crate::model::System;
use crate::recognise::{IndexRole, Operation, OperationKind};

/// One or two sentences: "A cross-correlation of x with the upstream gradient g: stride 1, dilation 2."
pub fn describe(system: &System, names: &Names, answer: &Answer, operations: &[Operation]) -> Prose {
    let words = Words::new(system, names, answer);
    match operations {
        [only] => match &only.kind {
            OperationKind::Sliding(sliding) => sliding::describe(&words, only, sliding),
            OperationKind::Contraction(found) => contraction::describe(&words, only, found, answer),
            OperationKind::Windows(windows) => windows::describe(&words, only, windows),
            OperationKind::Rearrangement(found) => rearrangement::describe(&words, only, found),
            OperationKind::Selection(selection) => selection::describe(&words, only, selection),
            OperationKind::Running(running) => selection::describe_running(&words, only, running),
            OperationKind::Pattern(pattern) => pattern::describe(&words, only, pattern),
        },
        several => {
            let named: Vec<Prose> = several.iter().map(|o| in_a_sum(&words, o)).collect();
            if named.iter().all(|prose| matches!(prose.as_slice(), [Inline::Math(_)])) {
                return Prose::new();
            }
            [vec![text("A sum of ")], enumerated(named), vec![text(".")]].concat()
        }
    }
}

/// A few words for a table: "cross-correlation, dilation 2", "matrix product".
pub fn short_name(system: &System, names: &Names, answer: &Answer, operations: &[Operation]) -> Prose {
    let words = Words::new(system, names, answer);
    match operations {
        [only] => short(&words, only),
        several => {
            let mut named: Vec<Prose> = several.iter().map(|o| short(&words, o)).collect();
            named.dedup();
            [vec![text("sum: ")], enumerated(named)].concat()
        }
    }
}

fn short(words: &Words, operation: &Operation) -> Prose {
    match &operation.kind {
        OperationKind::Sliding(sliding) => sliding::short(words, operation, sliding),
        OperationKind::Contraction(found) => vec![text(contraction::name(operation, found))],
        OperationKind::Windows(windows) => windows::short(words, operation, windows),
        OperationKind::Rearrangement(found) => rearrangement::short(words, found),
        OperationKind::Selection(selection) => vec![text(selection::name(selection))],
        OperationKind::Running(running) => vec![text(selection::running_name(running))],
        OperationKind::Pattern(pattern) => vec![text(pattern::name(operation, pattern))],
    }
}

/// An operation as a summand among others.
fn in_a_sum(words: &Words, operation: &Operation) -> Prose {
    match &operation.kind {
        OperationKind::Contraction(found) => contraction::in_a_sum(words, operation, found),
        _ => with_article(short(words, operation)),
    }
}

/// The name of a sliding operation, without its parameters.
pub(super) fn sliding_name(operation: &Operation, sliding: &crate::recognise::Sliding) -> String {
    sliding::name(operation, sliding)
}

/// `a matrix product`, `an outer product`
fn with_article(prose: Prose) -> Prose {
    let vowel = matches!(prose.first(), Some(Inline::Text(t)) if t.starts_with(['a', 'e', 'i', 'o']));
    [vec![text(if vowel { "an " } else { "a " })], prose].concat()
}

/// `A sentence.` with its first letter large.
fn sentence(opening: Prose, items: Vec<Prose>) -> Prose {
    let mut prose = opening;
    if !items.is_empty() {
        prose.push(text(": "));
        prose.extend(clauses(items));
    }
    prose.push(text("."));
    prose
}

/// What happens to the indices that are tied to no other: `summed over k`, `the same for every n`.
fn others(words: &Words, roles: &[IndexRole]) -> Vec<Prose> {
    let chosen = |test: &dyn Fn(&IndexRole) -> bool| -> Vec<&Index> {
        roles.iter().filter(|r| test(r)).map(|r| &r.shown).collect()
    };
    let summed = chosen(&|r| !r.stays);
    let idle = chosen(&|r| r.stays && r.within.is_empty() && r.equal.is_empty());
    let mut items = Vec::new();
    if !summed.is_empty() {
        items.push([vec![text("summed over ")], words.shown(&summed)].concat());
    }
    if !idle.is_empty() {
        items.push([vec![text("the same for every ")], words.shown(&idle)].concat());
    }
    items
}

/// A name and a number: `stride 2`.
fn item(words: &Words, name: &str, e: &Index) -> Prose {
    vec![text(format!("{name} ")), words.index(e)]
}

/// `2 × 3`, or `2` where all are equal and `alike` says to write it once.
fn lengths(words: &Words, all: &[Index], alike: bool) -> Prose {
    if alike && all.iter().all(|e| *e == all[0]) {
        return all.first().map(|e| vec![words.index(e)]).unwrap_or_default();
    }
    let mut prose = Prose::new();
    for (k, e) in all.iter().enumerate() {
        if k > 0 {
            prose.push(text(" × "));
        }
        prose.push(words.index(e));
    }
    prose
}

/// Whether a parameter is 1 everywhere.
fn all_one(all: &[Index]) -> bool {
    all.iter().all(|e| e.as_constant() == Some(1))
}

/// The letter of the first array.
fn letter(words: &Words, operation: &Operation) -> Inline {
    match operation.wiring.factors.first() {
        Some(factor) => formula(words.letter(&factor.source)),
        None => text(""),
    }
}
