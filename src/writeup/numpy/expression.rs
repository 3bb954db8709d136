//! Formulas to Python expressions.
//!
//! Brackets are strong: what a false one multiplies is not evaluated, so they become conditional
//! expressions and the `if` of generators. An index position is integer arithmetic, where a
//! division is exact and written `//`; in a value position it is `/`.

use super::PieceKind;
use super::arithmetic::{fraction, is_fraction, is_one, is_zero, plus, split_guards};
use super::code::{Code, Level, Mode, number, symbol};
use super::exponential::paired;
use super::layout::{Doc, bracketed, chain, group, list, text};
use super::names::Names;
use super::reading::{Stored, range_of};
use crate::language::function::Function;
use crate::language::syntax::{Binder, Condition, Expr, ExprKind, Extremum, Name, Operator, Reduction, Sign};
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
    /// What things are called.
    pub names: &'a Names,
    /// All arrays.
    pub arrays: &'a BTreeMap<Name, Stored>,
    /// The indices in scope, innermost last.
    pub scope: Vec<Bound>,
    /// The conditions that hold where the next expression stands.
    pub guards: Vec<Condition>,
    /// What the code written so far needs.
    pub needs: Needs,
}

impl<'a> Writer<'a> {
    pub(super) fn new(names: &'a Names, arrays: &'a BTreeMap<Name, Stored>) -> Self {
        Writer { names, arrays, scope: Vec::new(), guards: Vec::new(), needs: Needs::default() }
    }

    /// Brings an index into scope: its Python name and `range(…)`.
    pub(super) fn bind(&mut self, binder: &Binder) -> Result<(String, Doc), String> {
        let range = range_of(binder)?;
        let stop = self.index(&plus(&range.1, &Expr::integer(1)))?;
        let limits = if is_zero(&range.0) { vec![stop] } else { vec![self.index(&range.0)?, stop] };
        if self.scope.iter().any(|bound| bound.name == binder.name) {
            self.guards.clear();
        }
        let used = self.scope.iter().map(|bound| &bound.python);
        let python = self.names.index(&binder.name, used);
        self.scope.push(Bound { name: binder.name.clone(), python: python.clone(), range: range.clone() });
        Ok((python, list("range(", limits, ")")))
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
            ExprKind::Upstream(output, at) => self.upstream(output, at),
            ExprKind::Derivative(of, array, at) => self.derivative(of, array, at),
            ExprKind::Sum(terms) => self.sum(terms, mode),
            ExprKind::Product(_) | ExprKind::Bracket(_) => match split_guards(e) {
                (guards, _) if guards.is_empty() => self.product(e, mode),
                (guards, rest) => {
                    let zero = Expr::integer(0);
                    self.choice(&all(guards), &rest, &zero, mode)
                }
            },
            ExprKind::Power(base, exponent) => self.power(base, exponent, mode),
            ExprKind::Reduce(reduction, binders, condition, body) => {
                self.reduce(*reduction, binders, condition.as_deref(), body, mode)
            }
            ExprKind::Call(function, arguments) => self.call(function, arguments, mode),
            ExprKind::Layer(call) => Err(format!("a call of `{}` has no code", call.layer)),
            ExprKind::Normalise(word, binders, body) => self.normalise(*word, binders, body, mode),
            ExprKind::If(condition, yes, no) => self.choice(condition, yes, no, mode),
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
            Some(constant) if !self.arrays.contains_key(name) => Ok(Code::atom(constant.entry().numpy)),
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
        let paired = if mode == Mode::Value { paired(factors) } else { None };
        let factors = paired.as_ref().unwrap_or(factors);
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

    fn reduce(
        &mut self,
        reduction: Reduction,
        binders: &[Binder],
        condition: Option<&Condition>,
        body: &Expr,
        mode: Mode,
    ) -> Result<Code, String> {
        let (inner, rest) = match reduction {
            Reduction::Sum => split_guards(body),
            Reduction::Extremum(which) if which.is_place() => return self.place(which, binders, condition, body),
            Reduction::Mean | Reduction::Variance | Reduction::Product | Reduction::Extremum(_) => {
                (Vec::new(), body.clone())
            }
        };
        let guards = condition.into_iter().cloned().chain(inner).collect();
        let terms = self.terms(binders, guards, &rest, mode)?;
        let (open, close) = match reduction {
            Reduction::Sum => ("sum(", ")"),
            Reduction::Product => ("np.prod([", "])"),
            Reduction::Mean => {
                self.needs.library.insert("_mean".into());
                ("_mean(", ")")
            }
            Reduction::Variance => ("np.var([", "])"),
            Reduction::Extremum(which) if which.is_least() => ("np.min([", "])"),
            Reduction::Extremum(_) => ("np.max([", "])"),
        };
        Ok(Code { doc: bracketed(open, terms, close), level: Level::Atom })
    }

    /// `max(range(…), key=lambda k: body)`: the first index at which the body is greatest.
    fn place(
        &mut self,
        which: Extremum,
        binders: &[Binder],
        condition: Option<&Condition>,
        body: &Expr,
    ) -> Result<Code, String> {
        let [binder] = binders else { return Err(format!("`{}` over several indices has no code", which.word())) };
        let outside = (self.scope.len(), self.guards.clone());
        let (python, range) = self.bind(binder)?;
        let indices = match condition {
            None => range,
            Some(condition) => {
                let head = text(format!("{python} for {python} in "));
                let test = self.condition(condition)?.at(Level::Or);
                bracketed("(", Doc::Seq(vec![head, range, Doc::Line(" "), text("if "), test]), ")")
            }
        };
        let key = vec![indices, text(","), Doc::Line(" "), text(format!("key=lambda {python}: "))];
        let value = self.expression(body, Mode::Value)?.doc;
        self.scope.truncate(outside.0);
        self.guards = outside.1;
        let open = if which.is_least() { "min(" } else { "max(" };
        let inside = Doc::Seq(key.into_iter().chain([value]).collect());
        Ok(Code { doc: bracketed(open, inside, ")"), level: Level::Atom })
    }

    /// `body for k in … for i in … if guards`, what stands between the brackets of a generator.
    pub(super) fn terms(
        &mut self,
        binders: &[Binder],
        guards: Vec<Condition>,
        body: &Expr,
        mode: Mode,
    ) -> Result<Doc, String> {
        let outside = (self.scope.len(), self.guards.clone());
        let mut clauses = Vec::new();
        for binder in binders {
            let (python, range) = self.bind(binder)?;
            let head = text(format!("for {python} in "));
            clauses.extend([Doc::Line(" "), head, range]);
        }
        if !guards.is_empty() {
            let test = self.condition(&all(guards))?.at(Level::Or);
            clauses.extend([Doc::Line(" "), text("if "), test]);
        }
        let mut generator = vec![self.expression(body, mode)?.doc];
        generator.extend(clauses);
        self.scope.truncate(outside.0);
        self.guards = outside.1;
        Ok(Doc::Seq(generator))
    }

    fn choice(&mut self, condition: &Condition, yes: &Expr, no: &Expr, mode: Mode) -> Result<Code, String> {
        let outside = self.guards.clone();
        let test = self.condition(condition)?.at(Level::Or);
        let mut branch = self.expression(yes, mode)?;
        self.guards = outside;
        let mut other = self.expression(no, mode)?;
        if mode == Mode::Value {
            let decimal = |e: &Expr| is_one(e).then_some("1.0").or(is_zero(e).then_some("0.0"));
            branch = decimal(yes).map_or(branch, Code::atom);
            other = decimal(no).map_or(other, Code::atom);
        }
        let parts = vec![
            branch.at(Level::Or),
            Doc::Line(" "),
            text("if "),
            test,
            Doc::Line(" "),
            text("else "),
            other.at(Level::Choice),
        ];
        Ok(Code { doc: group(parts), level: Level::Choice })
    }
}

/// All of the conditions.
pub(super) fn all(mut guards: Vec<Condition>) -> Condition {
    if guards.len() == 1 { guards.remove(0) } else { Condition::All(guards) }
}
