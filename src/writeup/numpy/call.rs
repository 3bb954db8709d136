//! Functions of the language to Python.
//!
//! What is made of integers stays an integer, by Python's own functions; anything else is a function
//! of NumPy, or one of the library that the module then defines.

use super::arithmetic::{fraction, is_fraction, is_one};
use super::code::{Code, Level, Mode};
use super::expression::Writer;
use super::layout::{Doc, chain, list, text};
use crate::language::function::Function;
use crate::language::syntax::{Expr, ExprKind, Sign};

impl Writer<'_> {
    /// A function of the language.
    pub(super) fn call(&mut self, function: &str, arguments: &[Expr], mode: Mode) -> Result<Code, String> {
        let integers = mode == Mode::Index || arguments.iter().all(|argument| self.is_ratio(argument));
        match (function, arguments) {
            ("floor" | "ceil", [only]) if self.is_ratio(only) => self.rounded(function == "ceil", only),
            ("min" | "max", [only]) => self.expression(only, mode),
            ("min" | "max", [_, ..]) | ("abs", [_]) if integers => self.applied(function, arguments, mode),
            ("min" | "max", [first, rest @ ..]) if rest.len() > 1 => {
                let rest = Expr::new(ExprKind::Call(function.into(), rest.to_vec()));
                self.call(function, &[first.clone(), rest], mode)
            }
            _ => {
                let unknown = || format!("`{function}` cannot be written in NumPy yet");
                let known = Function::named(function, arguments.len()).ok_or_else(unknown)?;
                let python = known.entry().numpy;
                let simple = ["np.sqrt", "np.exp", "np.log", "np.tanh", "np.sin", "np.cos"];
                if simple.contains(&python) {
                    return self.applied(&python.replace("np.", "math."), arguments, Mode::Value);
                }
                let value = self.applied(python, arguments, Mode::Value)?;
                Ok(Code { doc: list("float(", vec![value.doc], ")"), level: Level::Atom })
            }
        }
    }

    /// A function by its name in Python; one that begins with `_` is of the library.
    pub(super) fn applied(&mut self, python: &str, arguments: &[Expr], mode: Mode) -> Result<Code, String> {
        if python.starts_with('_') {
            self.needs.library.insert(python.to_string());
        }
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
