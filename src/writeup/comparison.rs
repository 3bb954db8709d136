//! The comparison of two answers, from their index maps: sentences and a table of two columns.
//!
//! Invariant: a sentence is written only if the index maps prove it; what cannot be compared gets
//! the table of the index maps alone.

mod maps;
mod slides;

use super::document::{Block, Inline, Piece, Prose};
use super::words::{Words, text};
use crate::answer::{Answer, Names};
use crate::model::System;
use crate::recognise::{Operation, View, recognise};

/// One side of a comparison.
struct Side<'a> {
    answer: &'a Answer,
    label: &'a str,
    words: Words<'a>,
}

/// Compares two answers, each with the label of the part in which it stands (`(a)`, or empty).
pub fn compare(system: &System, names: &Names, a: (&Answer, &str), b: (&Answer, &str)) -> Vec<Block> {
    let side = |(answer, label)| Side { answer, label, words: Words::new(system, names, answer) };
    let operations = [recognise(system, &a.0.derivation), recognise(system, &b.0.derivation)];
    let sides = [side(a), side(b)];
    let (sentences, rows) = match &operations {
        [Some(Operation::Sliding(x)), Some(Operation::Sliding(y))] => slides::compare(&sides, [x, y]),
        _ => maps::compare(system, names, &sides, &operations, sides.each_ref().map(|s| view(system, s))),
    };
    let header = [vec![], sides[0].title(), sides[1].title()];
    let table = Block::Table { header: header.to_vec(), rows };
    let paragraph = (!sentences.is_empty()).then_some(Block::Paragraph(sentences));
    paragraph.into_iter().chain([table]).collect()
}

fn view(system: &System, side: &Side) -> Option<View> {
    let derivation = &side.answer.derivation;
    View::new(system, &derivation.indices, &derivation.result)
}

impl Side<'_> {
    /// `(a) f[r]`
    fn title(&self) -> Prose {
        let label = (!self.label.is_empty()).then(|| text(format!("{} ", self.label)));
        let left = Inline::Math(vec![Piece::Expr(self.answer.left.clone())]);
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
