//! Pieces of Python: how tightly they hold together, literals, entries of arrays.

use super::layout::{Doc, bracketed, list, text};
use crate::language::syntax::Operator;
use num_rational::BigRational;
use num_traits::One;

/// How tightly a piece of Python holds together, loosest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// `a if p else b`
    Choice,
    /// `p or q`
    Or,
    /// `p and q`
    And,
    /// `not p`
    Not,
    /// `a < b`
    Relation,
    /// `a + b`
    Sum,
    /// `a // b`, `a % b`: not to be negated or multiplied without parentheses
    Floor,
    /// `a * b`
    Product,
    /// `-a`
    Minus,
    /// `a ** b`
    Power,
    /// anything that needs no parentheses
    Atom,
}

/// A Python expression.
#[derive(Clone, Debug)]
pub(super) struct Code {
    /// Its text.
    pub doc: Doc,
    /// How tightly it holds together.
    pub level: Level,
}

impl Code {
    pub(super) fn atom(words: impl Into<String>) -> Code {
        Code { doc: text(words), level: Level::Atom }
    }

    /// The text, in parentheses if it is looser than `level`.
    pub(super) fn at(self, level: Level) -> Doc {
        if self.level < level { bracketed("(", self.doc, ")") } else { self.doc }
    }
}

/// Whether an expression counts or measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// A place in an array, a limit of a range: an integer.
    Index,
    /// A number.
    Value,
}
/// `array[i, j]`, with `()` for an array without axes.
pub(super) fn entry(array: &str, mut places: Vec<Doc>) -> Doc {
    if places.is_empty() {
        places.push(text("()"));
    }
    list(format!("{array}["), places, "]")
}

/// `(a, b)`, `(a,)`, `()`.
pub(super) fn tuple(items: Vec<Doc>) -> Doc {
    let close = if items.len() == 1 { ",)" } else { ")" };
    list("(", items, close)
}

/// A factor is joined by this.
pub(super) fn symbol(operator: Operator, mode: Mode) -> String {
    match (operator, mode) {
        (Operator::Times, _) => "*",
        (Operator::Over, Mode::Value) => "/",
        (Operator::Over, Mode::Index) | (Operator::Div, _) => "//",
        (Operator::Mod, _) => "%",
        (Operator::Matmul, _) => "@",
    }
    .to_string()
}

/// A literal: decimal where that is exact and short, else a quotient.
pub(super) fn number(value: &BigRational, mode: Mode) -> Result<Code, String> {
    if value.is_integer() {
        return Ok(Code::atom(value.to_integer().to_string()));
    }
    if mode == Mode::Index {
        return Err(format!("the fraction {value} cannot stand in an index"));
    }
    let ten = BigRational::from_integer(10.into());
    let mut shifted = value.clone();
    let mut unit = BigRational::one();
    for digits in 1..=9 {
        shifted *= &ten;
        unit *= &ten;
        if shifted.is_integer() {
            let whole = value.to_integer();
            let part = ((value - BigRational::from_integer(whole.clone())) * unit).to_integer();
            return Ok(Code::atom(format!("{whole}.{:0>digits$}", part.to_string())));
        }
    }
    Ok(Code { doc: text(format!("{} / {}", value.numer(), value.denom())), level: Level::Floor })
}
