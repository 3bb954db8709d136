//! Formulas → LaTeX mathematics, without the dollar signs around them.
//!
//! A formula is a row of pieces: expressions, conditions, spaces of arrays, relations. It is printed in
//! one line; `lines` cuts what is too long.

use super::document::{Piece, Symbol};
use super::latex_expression::Level;
use super::notation::Notation;
use crate::language::syntax::{Condition, Expr, ExprKind, Relation};

/// Where a formula stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On a line of its own.
    Display,
    /// In a line of text.
    Inline,
    /// Within an index, an exponent or a limit.
    Index,
}

/// Prints formulas in one notation.
#[derive(Clone, Copy, Debug)]
pub struct Printer<'a> {
    /// How names print.
    pub notation: &'a Notation,
    /// Entries that are marked where they stand.
    pub marks: &'a [Highlight],
}

/// An entry that is marked wherever it stands in a formula.
#[derive(Clone, Debug, PartialEq)]
pub struct Highlight {
    /// The entry.
    pub entry: Expr,
    /// What it is marked as: lower-case letters, digits and hyphens.
    pub id: String,
}

impl Printer<'_> {
    /// A formula.
    pub fn math(&self, math: &[Piece], place: Place) -> String {
        let mut out = String::new();
        for (position, piece) in math.iter().enumerate() {
            let bare = !matches!(piece, Piece::Symbol(_) | Piece::Quad);
            let after_bare = position > 0 && !matches!(math[position - 1], Piece::Symbol(_) | Piece::Quad);
            if bare && after_bare {
                out += "\\;";
            }
            out += &self.piece(piece, place);
        }
        out.trim_end().to_string()
    }

    /// A formula in two parts: up to its first relation, and from there on. One without relation
    /// is all left.
    pub fn halves(&self, math: &[Piece], place: Place) -> (String, String) {
        let relates =
            |piece: &Piece| matches!(piece, Piece::Symbol(Symbol::Equal | Symbol::In | Symbol::Iff | Symbol::Define));
        let at = math.iter().position(relates).unwrap_or(math.len());
        (self.math(&math[..at], place), self.math(&math[at..], place))
    }

    fn piece(&self, piece: &Piece, place: Place) -> String {
        match piece {
            Piece::Expr(e) => self.set(e, place).tex,
            Piece::Matrix(matrix) => super::matrix::tex(matrix, self, place),
            Piece::Condition(c) => self.condition(c, if place == Place::Index { place } else { Place::Inline }),
            Piece::Space(groups) if groups.iter().all(Vec::is_empty) => "\\mathbb{R}".into(),
            Piece::Space(groups) => format!("\\mathbb{{R}}^{{{}}}", self.lengths(groups)),
            Piece::Lengths(groups) if groups.iter().all(Vec::is_empty) => "1".into(),
            Piece::Lengths(groups) => self.lengths(groups),
            Piece::Decimal(digits) => digits.clone(),
            Piece::Symbol(Symbol::Equal) => "=".into(),
            Piece::Symbol(Symbol::Approx) => "\\approx ".into(),
            Piece::Symbol(Symbol::Similar) => "\\sim ".into(),
            Piece::Symbol(Symbol::To) => "\\to ".into(),
            Piece::Symbol(Symbol::Infinity) => "\\infty ".into(),
            Piece::Symbol(Symbol::MinusInfinity) => "-\\infty ".into(),
            Piece::Symbol(Symbol::In) => "\\in ".into(),
            Piece::Symbol(Symbol::Iff) => "\\iff ".into(),
            Piece::Symbol(Symbol::Define) => ":=".into(),
            Piece::Symbol(Symbol::Bar) => "\\;\\mid\\;".into(),
            Piece::Symbol(Symbol::Comma) => ",\\; ".into(),
            Piece::Symbol(Symbol::Dots) => "\\cdots ".into(),
            Piece::Quad => "\\qquad ".into(),
        }
    }

    fn lengths(&self, groups: &[Vec<Expr>]) -> String {
        let groups: Vec<&Vec<Expr>> = groups.iter().filter(|group| !group.is_empty()).collect();
        let alone = groups.len() == 1;
        let group = |axes: &&Vec<Expr>| {
            let single = alone && axes.len() == 1;
            let level = if single { Level::Sum } else { Level::Product };
            let lengths: Vec<String> = axes.iter().map(|axis| self.at_least(axis, level, Place::Index).tex).collect();
            let text = lengths.join("\\times ");
            if alone || axes.len() == 1 { text } else { format!("({text})") }
        };
        groups.iter().map(group).collect::<Vec<_>>().join("\\times ").replace("\\times (", "\\times(")
    }

    /// A condition.
    pub fn condition(&self, condition: &Condition, place: Place) -> String {
        match condition {
            Condition::Chain(first, rest) => {
                let mut out = self.operand(first, place);
                for (relation, operand) in rest {
                    out += sign(*relation);
                    out += &self.operand(operand, place);
                }
                out
            }
            Condition::Divides(divisor, e) => {
                format!("{}\\mid {}", self.operand(divisor, place), self.operand(e, place))
            }
            Condition::All(parts) => self.connected(parts, "\\text{ and }", place),
            Condition::Any(parts) => self.connected(parts, "\\text{ or }", place),
            Condition::Not(inner) => format!("\\text{{not }}({})", self.condition(inner, place)),
        }
    }

    fn operand(&self, e: &Expr, place: Place) -> String {
        let level = if matches!(e.kind, ExprKind::If(..)) { Level::Atom } else { Level::Sum };
        self.at_least(e, level, place).tex
    }

    fn connected(&self, parts: &[Condition], word: &str, place: Place) -> String {
        let part = |part: &Condition| match part {
            Condition::All(_) | Condition::Any(_) => format!("({})", self.condition(part, place)),
            _ => self.condition(part, place),
        };
        parts.iter().map(part).collect::<Vec<_>>().join(word)
    }
}

/// The sign of a comparison.
pub(super) fn sign(relation: Relation) -> &'static str {
    match relation {
        Relation::Equal => "=",
        Relation::NotEqual => "\\ne ",
        Relation::Less => "<",
        Relation::AtMost => "\\le ",
        Relation::Greater => ">",
        Relation::AtLeast => "\\ge ",
    }
}
