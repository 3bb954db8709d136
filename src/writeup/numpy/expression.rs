//! Numbers to Python: what is made of sizes, params and the indices of loops.
//!
//! An index position is integer arithmetic, where a division is exact and written `//`; in a value
//! position it is `/`.

use super::PieceKind;
use super::arithmetic::{fraction, is_fraction, is_one};
use super::code::{Code, Level, Mode, number, symbol};
use super::layout::{Doc, chain, text};
use super::names::Names;
use super::reading::Stored;
use super::tensor::Dialect;
use crate::language::function::Function;
use crate::language::syntax::{Condition, Expr, ExprKind, Name, Operator, Sign};
use num_rational::BigRational;
use num_traits::Zero;
use std::collections::{BTreeMap, BTreeSet};

/// An index in scope.
#[derive(Clone, Debug)]
pub(super) struct Bound {
    /// Its name.
    pub name: Name,
    /// Its name in Python.
    pub python: String,
    /// Its first and last value.
    pub range: (Expr, Expr),
}

/// What a piece of code needs to have at hand.
#[derive(Clone, Debug, Default)]
pub(super) struct Needs {
    /// Given and defined arrays.
    pub arrays: BTreeSet<Name>,
    /// Derivatives that stand by name.
    pub derived: BTreeSet<PieceKind>,
    /// Outputs whose upstream gradients are read.
    pub upstream: BTreeSet<Name>,
    /// Sizes and params.
    pub constants: BTreeSet<Name>,
    /// Functions of the library.
    pub library: BTreeSet<String>,
}

/// Writes expressions; knows the indices in scope and the brackets that hold.
#[derive(Debug)]
pub(super) struct Writer<'a> {
    /// The library that code is written for.
    pub dialect: Dialect,
    /// What things are called.
    pub names: &'a Names,
    /// All arrays.
    pub arrays: &'a BTreeMap<Name, Stored>,
    /// The indices in scope, innermost last.
    pub scope: Vec<Bound>,
    /// The conditions that hold where the next expression stands.
    pub guards: Vec<Condition>,
    /// Arrays of which only a part is there yet: PyTorch must not share it.
    pub filled: Vec<String>,
    /// Names that code around uses.
    pub avoid: Vec<String>,
    /// What the code written so far needs.
    pub needs: Needs,
}

impl<'a> Writer<'a> {
    pub(super) fn new(dialect: Dialect, names: &'a Names, arrays: &'a BTreeMap<Name, Stored>) -> Self {
        Writer {
            dialect,
            names,
            arrays,
            scope: Vec::new(),
            guards: Vec::new(),
            filled: Vec::new(),
            avoid: Vec::new(),
            needs: Needs::default(),
        }
    }

    /// Whether a name stands for an integer: an index, a size, integer data.
    pub(super) fn is_integer(&self, name: &Name) -> bool {
        self.scope.iter().any(|bound| bound.name == *name)
            || self.names.constants.contains_key(name) && !self.names.params.contains(name)
            || self.arrays.get(name).is_some_and(|array| array.integer)
    }

    /// An expression in an index position.
    pub(super) fn index(&mut self, e: &Expr) -> Result<Doc, String> {
        Ok(self.expression(e, Mode::Index)?.doc)
    }

    /// Any expression.
    pub(super) fn expression(&mut self, e: &Expr, mode: Mode) -> Result<Code, String> {
        match &e.kind {
            ExprKind::Number(value) => number(value, mode),
            ExprKind::Name(name) => self.name(name),
            ExprKind::Read(array, at) => self.read(array, at),
            ExprKind::Sum(terms) => self.sum(terms, mode),
            ExprKind::Product(_) => self.product(e, mode),
            ExprKind::Power(base, exponent) => self.power(base, exponent, mode),
            ExprKind::Call(function, arguments) => self.call(function, arguments, mode),
            _ => Err("an array stands where a number is expected".into()),
        }
    }

    fn name(&mut self, name: &Name) -> Result<Code, String> {
        if let Some(bound) = self.scope.iter().rev().find(|bound| bound.name == *name) {
            return Ok(Code::atom(bound.python.clone()));
        }
        if let Some(python) = self.names.constants.get(name) {
            self.needs.constants.insert(name.clone());
            return Ok(Code::atom(python.clone()));
        }
        match Function::named(name, 0) {
            Some(constant) if !self.arrays.contains_key(name) => {
                Ok(Code::atom(constant.entry().numpy.replace("np.", "math.")))
            }
            _ => self.read(name, &[]),
        }
    }

    fn sum(&mut self, terms: &[(Sign, Expr)], mode: Mode) -> Result<Code, String> {
        if mode == Mode::Index && terms.iter().filter(|(_, e)| is_fraction(e)).count() > 1 {
            return self.quotient(&Expr::new(ExprKind::Sum(terms.to_vec())));
        }
        let Some(((sign, first), rest)) = terms.split_first() else {
            return number(&BigRational::zero(), mode);
        };
        let mut lead = self.expression(first, mode)?;
        if *sign == Sign::Minus {
            let level = match lead.level {
                Level::Minus => Level::Atom,
                _ => Level::Product,
            };
            lead = Code { doc: Doc::Seq(vec![text("-"), lead.at(level)]), level: Level::Minus };
        }
        if rest.is_empty() {
            return Ok(lead);
        }
        let mut others = Vec::new();
        for (sign, term) in rest {
            let operator = if *sign == Sign::Plus { "+" } else { "-" };
            let term = self.expression(term, mode)?.at(Level::Floor);
            others.push((operator.to_string(), term));
        }
        Ok(Code { doc: chain(lead.at(Level::Sum), others), level: Level::Sum })
    }

    fn product(&mut self, e: &Expr, mode: Mode) -> Result<Code, String> {
        let ExprKind::Product(factors) = &e.kind else {
            return self.expression(e, mode);
        };
        if mode == Mode::Index && is_fraction(e) {
            return self.quotient(e);
        }
        let floors = factors.iter().any(|(operator, _)| matches!(operator, Operator::Div | Operator::Mod));
        let mode = if floors { Mode::Index } else { mode };
        let (mut first, mut others) = (None, Vec::new());
        for (operator, factor) in factors {
            let code = self.expression(factor, mode)?;
            match first {
                None => first = Some(code.at(Level::Product)),
                Some(_) => others.push((symbol(*operator, mode), code.at(Level::Minus))),
            }
        }
        Ok(Code {
            doc: chain(first.unwrap_or_else(|| text("1")), others),
            level: if floors || mode == Mode::Value && factors.iter().any(|f| f.0 == Operator::Over) {
                Level::Floor
            } else {
                Level::Product
            },
        })
    }

    /// An exact division of integers.
    pub(super) fn quotient(&mut self, e: &Expr) -> Result<Code, String> {
        let (above, below) = fraction(e);
        let above = self.expression(&above, Mode::Index)?;
        if is_one(&below) {
            return Ok(above);
        }
        let below = self.expression(&below, Mode::Index)?.at(Level::Minus);
        Ok(Code { doc: chain(above.at(Level::Floor), vec![("//".to_string(), below)]), level: Level::Floor })
    }

    fn power(&mut self, base: &Expr, exponent: &Expr, mode: Mode) -> Result<Code, String> {
        let base = self.expression(base, mode)?.at(Level::Atom);
        let exponent = self.expression(exponent, mode)?.at(Level::Minus);
        Ok(Code { doc: Doc::Seq(vec![base, text(" ** "), exponent]), level: Level::Power })
    }
}

/// All of the conditions.
pub(super) fn all(mut guards: Vec<Condition>) -> Condition {
    if guards.len() == 1 { guards.remove(0) } else { Condition::All(guards) }
}
