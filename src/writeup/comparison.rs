//! The comparison of two answers, from their index maps: sentences and a table of two columns.
//!
//! Invariant: a sentence is written only if the index maps prove it; what cannot be compared gets
//! the table of the index maps alone.

mod counts;
mod maps;
mod relation;
mod slides;

use super::document::{Block, Inline, Piece, Prose};
use super::words::{Words, text};
use crate::answer::{Answer, Names};
use crate::model::System;
use crate::recognise::{Axis, Operation, OperationKind, Sliding, View, Wiring, wired};

/// What is compared.
pub struct Compared<'a> {
    /// The answer.
    pub answer: &'a Answer,
    /// The label of the part in which it stands: `(a)`, or empty.
    pub label: &'a str,
    /// The operations whose sum it is, if it has been recognised.
    pub operations: Option<Vec<Operation>>,
}

/// One side of a comparison.
struct Side<'a> {
    compared: &'a Compared<'a>,
    words: Words<'a>,
    view: Option<View>,
    wired: Option<(Wiring, Vec<Axis>)>,
}

/// A row of a table: the title and the two cells, and whether it is set in bold.
type Rows = Vec<(Vec<Prose>, bool)>;

/// Compares two answers.
pub fn compare(system: &System, names: &Names, both: [&Compared; 2]) -> Vec<Block> {
    let sides = both.map(|compared| Side::new(system, names, compared));
    let (sentences, rows) = match sides.each_ref().map(Side::sliding) {
        [Some(a), Some(b)] => slides::compare(&sides, [a, b]),
        _ => maps::compare(system, names, &sides),
    };
    let header = [vec![], sides[0].title(), sides[1].title()];
    let table = Block::Table { header: header.to_vec(), rows };
    let paragraph = (!sentences.is_empty()).then_some(Block::Paragraph(sentences));
    paragraph.into_iter().chain([table]).collect()
}

impl<'a> Side<'a> {
    fn new(system: &'a System, names: &Names, compared: &'a Compared<'a>) -> Side<'a> {
        let derivation = &compared.answer.derivation;
        let words = Words::new(system, names, compared.answer);
        let view = View::new(&derivation.indices, &derivation.result);
        Side { compared, words, view, wired: wired(system, derivation, &derivation.result) }
    }

    /// The operation that the answer is, if it is one.
    fn operation(&self) -> Option<&'a Operation> {
        match self.compared.operations.as_deref() {
            Some([only]) => Some(only),
            _ => None,
        }
    }

    fn sliding(&self) -> Option<(&'a Operation, &'a Sliding)> {
        let operation = self.operation()?;
        match &operation.kind {
            OperationKind::Sliding(sliding) => Some((operation, sliding)),
            _ => None,
        }
    }

    /// `(a) f[r]`
    fn title(&self) -> Prose {
        let label = (!self.compared.label.is_empty()).then(|| text(format!("{} ", self.compared.label)));
        let left = Inline::Math(vec![Piece::Expr(self.compared.answer.left.clone())]);
        label.into_iter().chain([left]).collect()
    }

    /// `r | i and k`
    fn stays_and_summed(&self, stays: &[&crate::integer::Var], summed: &[&crate::integer::Var]) -> Prose {
        let list = |vars: &[&crate::integer::Var]| match vars {
            [] => vec![text("none")],
            vars => self.words.list(vars),
        };
        [list(stays), vec![text(" | ")], list(summed)].concat()
    }
}
