//! What lights up in a page: a factor of a derivative, and the read of the forward equation it comes from.
//!
//! Every origin has a number; all that comes from the same read has the number of a group. In formulas both
//! are marks, in the page they are classes, and the style sheet does the rest.

use super::document::{Math, Piece, Prose};
use super::latex::Highlight;
use super::origin::{Origin, Source};
use super::reason::{math, text};
use crate::language::syntax::Expr;
use serde::Serialize;
use std::cell::RefCell;
use std::collections::BTreeSet;

/// Where a factor of a derivative comes from.
#[derive(Clone, Debug, Serialize)]
pub struct OriginView {
    /// Its number in the document: the factor has the class `f` and its note the class `n` with this number.
    pub number: usize,
    /// The number of what it comes from, which has the class `r`, in a block with this number among its
    /// `sources`; all that comes from it has the class `g`.
    pub group: usize,
    /// In a sentence.
    pub text: String,
}

/// The origins of a question, numbered.
pub struct Trail<'a> {
    /// Number, group, origin.
    origins: Vec<(usize, usize, &'a Origin)>,
    /// The groups of what was seen in a block so far.
    seen: RefCell<BTreeSet<usize>>,
    /// The numbers of the notes that stand behind a box so far.
    noted: RefCell<BTreeSet<usize>>,
}

impl<'a> Trail<'a> {
    /// The origins, numbered from `first` on.
    pub fn new(origins: &'a [Origin], first: usize) -> Trail<'a> {
        let group = |origin: &Origin| {
            let same = |other: &Origin| other.equation == origin.equation && read(other) == read(origin);
            origins.iter().position(same).unwrap_or(0)
        };
        let numbered = origins.iter().enumerate().map(|(k, origin)| (first + k, first + group(origin), origin));
        Trail { origins: numbered.collect(), seen: RefCell::default(), noted: RefCell::default() }
    }

    /// The marks of a boxed formula.
    pub fn boxed(&self, formula: &Math) -> Vec<Highlight> {
        self.marks(formula, true)
    }

    /// The marks of a line of a derivation with this left side.
    pub fn within(&self, left: &Math) -> Vec<Highlight> {
        self.marks(left, false)
    }

    fn marks(&self, formula: &Math, boxed: bool) -> Vec<Highlight> {
        let Some(Piece::Expr(left)) = formula.first() else { return Vec::new() };
        let mut marks: Vec<Highlight> = Vec::new();
        let mut put = |entry: &Expr, id: String| match marks.iter_mut().find(|mark| mark.entry == *entry) {
            Some(mark) if mark.id.split('-').any(|known| known == id) => {}
            Some(mark) => mark.id += &format!("-{id}"),
            None => marks.push(Highlight { entry: entry.clone(), id }),
        };
        for (number, group, origin) in &self.origins {
            if origin.derivative == *left {
                if boxed {
                    put(&origin.factor, format!("f{number}"));
                }
                put(&origin.factor, format!("g{group}"));
            }
            if origin.equation == *left {
                put(read(origin).unwrap_or(left), format!("r{group}"));
            }
        }
        marks
    }

    /// Number, group and note of each origin of a boxed formula that was in no box before.
    pub fn notes(&self, formula: &Math) -> Vec<(usize, usize, Prose)> {
        let here = self.origins.iter().filter(|(.., origin)| is_left(&origin.derivative, formula));
        let here = here.filter(|(number, ..)| self.noted.borrow_mut().insert(*number));
        here.map(|(number, group, origin)| (*number, *group, note(origin))).collect()
    }

    /// The groups of what stands in a formula and was in no block before.
    pub fn sources(&self, formula: &Math) -> Vec<usize> {
        let here = self.origins.iter().filter(|(.., origin)| is_left(&origin.equation, formula));
        here.map(|(_, group, _)| *group).filter(|group| self.seen.borrow_mut().insert(*group)).collect()
    }
}

fn is_left(left: &Expr, formula: &Math) -> bool {
    matches!(formula.first(), Some(Piece::Expr(first)) if first == left)
}

fn read(origin: &Origin) -> Option<&Expr> {
    match &origin.source {
        Source::Read(read, _) => Some(read),
        Source::Value | Source::Upstream => None,
    }
}

/// In a sentence: where a factor comes from.
fn note(origin: &Origin) -> Prose {
    let (factor, equation) = (math(origin.factor.clone()), math(origin.equation.clone()));
    match &origin.source {
        Source::Read(read, at) => {
            let mut prose = vec![factor, text(" comes from the read "), math(read.clone()), text(" in "), equation];
            for (place, (name, index)) in at.iter().enumerate() {
                prose.push(text(if place == 0 { ", with " } else { ", " }));
                prose.extend([math(index.clone()), text(" for "), math(Expr::name(name.clone()))]);
            }
            prose.push(text("."));
            prose
        }
        Source::Value => vec![factor, text(" is what the equation of "), equation, text(" computes.")],
        Source::Upstream => vec![factor, text(" is the upstream gradient at "), equation, text(".")],
    }
}

/// A formula up to its first relation; nothing of one without relation.
pub fn before_relation(math: &Math) -> &[Piece] {
    let at = math.iter().position(|piece| matches!(piece, Piece::Symbol(_))).unwrap_or(0);
    &math[..at]
}
