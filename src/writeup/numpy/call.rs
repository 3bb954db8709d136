//! Functions of the language to Python.
//!
//! Only numbers are written here; what is made of integers stays an integer.

use super::arithmetic::{fraction, is_fraction, is_one};
use super::code::{Code, Level, Mode};
use super::expression::Writer;
use super::layout::{Doc, chain, list, text};
use crate::language::function::Function;
use crate::language::syntax::{Expr, ExprKind, Sign};

/// Whether Python has a function for numbers alone.
pub(super) fn is_of_numbers(word: &str) -> bool {
    let own = ["floor", "ceil", "min", "max", "abs", "sqrt", "exp", "log", "tanh", "sin", "cos", "pi"];
    own.contains(&word)
}

impl Writer<'_> {
    /// A function of the language.
    pub(super) fn call(&mut self, function: &str, arguments: &[Expr], mode: Mode) -> Result<Code, String> {
        match (function, arguments) {
            ("floor" | "ceil", [only]) if self.is_ratio(only) => self.rounded(function == "ceil", only),
            ("min" | "max", [only]) => self.expression(only, mode),
            ("min" | "max", [_, ..]) | ("abs", [_]) => self.applied(function, arguments, mode),
            _ => {
                let unknown = || format!("`{function}` cannot be written in NumPy yet");
                let known = Function::named(function, arguments.len()).ok_or_else(unknown)?;
                self.applied(&known.entry().numpy.replace("np.", "math."), arguments, Mode::Value)
            }
        }
    }

    /// A function by its name in Python.
    fn applied(&mut self, python: &str, arguments: &[Expr], mode: Mode) -> Result<Code, String> {
        let mut docs = Vec::new();
        for argument in arguments {
            docs.push(self.expression(argument, mode)?.doc);
        }
        Ok(Code { doc: list(format!("{python}("), docs, ")"), level: Level::Atom })
    }

    /// A quotient of integers rounded down (`a // b`) or up (`-(-a // b)`).
    fn rounded(&mut self, up: bool, e: &Expr) -> Result<Code, String> {
        if let ExprKind::Sum(terms) = &e.kind {
            let mut fractions = terms.iter().filter(|(_, term)| is_fraction(term));
            if let (Some((Sign::Plus, only)), None) = (fractions.next(), fractions.next())
                && terms.len() > 1
            {
                return self.rounded_term(up, terms, only);
            }
        }
        let (above, below) = fraction(e);
        if is_one(&below) {
            return self.expression(&above, Mode::Index);
        }
        if !up {
            return self.quotient(e);
        }
        let opposite = Expr::new(ExprKind::Sum(vec![(Sign::Minus, above)]));
        let above = self.expression(&opposite, Mode::Index)?.at(Level::Floor);
        let below = self.expression(&below, Mode::Index)?.at(Level::Minus);
        let quotient = Code { doc: chain(above, vec![("//".into(), below)]), level: Level::Floor };
        Ok(Code { doc: Doc::Seq(vec![text("-"), quotient.at(Level::Product)]), level: Level::Minus })
    }

    /// Integers stand outside the rounding of the one term that needs it.
    fn rounded_term(&mut self, up: bool, terms: &[(Sign, Expr)], only: &Expr) -> Result<Code, String> {
        let word = if up { "ceil" } else { "floor" };
        let round = |term: &Expr| match term == only {
            true => Expr::new(ExprKind::Call(word.into(), vec![term.clone()])),
            false => term.clone(),
        };
        let terms = terms.iter().map(|(sign, term)| (*sign, round(term)));
        self.expression(&Expr::new(ExprKind::Sum(terms.collect())), Mode::Index)
    }
}
