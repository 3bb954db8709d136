//! Formulas to expressions over whole arrays: every index in scope is an axis or a number.
//!
//! What depends on no axis is arithmetic of Python. What a condition guards may be computed where the
//! condition fails, and is then not taken: reads outside an array give 0 there.

use super::affine::{bounds, mentions};
use super::arithmetic::{fraction, is_fraction, is_one, is_zero, length, plus, split_guards};
use super::code::{Level, Mode, symbol};
use super::exponential::paired;
use super::expression::Writer;
use super::known::Known;
use super::layout::{Doc, group, lines, list, loose, one_line, text};
use super::reading::range_of;
use super::tensor::{Dialect, Kind, Tensor, both, called, joined, negative};
use crate::language::function::Function;
use crate::language::syntax::{Binder, Condition, Expr, ExprKind, Name, Operator, Relation, Sign};
use crate::model::each_part;

/// An index that is an axis.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    /// Its name.
    pub name: Name,
    /// Its first and last value, which depend on no axis.
    pub range: (Expr, Expr),
    /// Its range as the author gave it.
    pub given: (Expr, Expr),
}

/// Writes expressions over whole arrays.
pub(super) struct Lowering<'w, 'a> {
    /// Writes what depends on no axis; knows the indices that are numbers.
    pub writer: &'w mut Writer<'a>,
    /// What is known of the indices.
    pub known: Known,
    /// All axes there were.
    pub axes: Vec<Axis>,
    /// Those in scope, innermost last.
    pub scope: Vec<usize>,
    /// The conditions that hold where the next value is taken.
    pub guards: Vec<Condition>,
    /// Whether values are computed that are not taken.
    pub masked: bool,
    /// Arrays of indices that have names: the text that each stands for.
    pub locals: Vec<(String, Doc)>,
}

impl<'w, 'a> Lowering<'w, 'a> {
    pub(super) fn new(writer: &'w mut Writer<'a>, known: &Known) -> Self {
        let mut known = known.clone();
        for bound in &writer.scope {
            known.bind(&Binder {
                name: bound.name.clone(),
                range: Some(bound.range.clone()),
                span: Default::default(),
            });
        }
        Lowering {
            writer,
            known,
            axes: Vec::new(),
            scope: Vec::new(),
            guards: Vec::new(),
            masked: false,
            locals: Vec::new(),
        }
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.writer.dialect
    }

    /// The axis that a name stands for.
    pub(super) fn axis(&self, name: &Name) -> Option<usize> {
        self.scope.iter().rev().copied().find(|axis| self.axes[*axis].name == *name)
    }

    /// Brings an index into scope as an axis, and the condition that it lies in its range where that
    /// depends on other axes.
    pub(super) fn bind(&mut self, binder: &Binder) -> Result<(usize, Option<Condition>), String> {
        let given = range_of(binder)?.clone();
        let range = self.hull(&given)?;
        let name = &binder.name;
        let mut chain = vec![(Relation::AtMost, Expr::name(name.clone()))];
        let inside = match (range.0 == given.0, range.1 == given.1) {
            (true, true) => None,
            (false, true) => Some(Condition::Chain(given.0.clone(), chain)),
            (true, false) => {
                Some(Condition::Chain(Expr::name(name.clone()), vec![(Relation::AtMost, given.1.clone())]))
            }
            (false, false) => {
                chain.push((Relation::AtMost, given.1.clone()));
                Some(Condition::Chain(given.0.clone(), chain))
            }
        };
        let shadows = |e: &Expr| mentions(e, &|other| (other == name).then_some(0));
        if inside.is_some() && (shadows(&given.0) || shadows(&given.1)) {
            return Err(format!("the range of `{name}` depends on another index of that name"));
        }
        self.known.bind(&Binder { name: name.clone(), range: Some(range.clone()), span: binder.span });
        self.axes.push(Axis { name: name.clone(), range, given });
        self.scope.push(self.axes.len() - 1);
        Ok((self.axes.len() - 1, inside))
    }

    /// A range that depends on no axis and holds one that may.
    pub(super) fn hull(&self, (first, last): &(Expr, Expr)) -> Result<(Expr, Expr), String> {
        if self.is_number(first) && self.is_number(last) {
            return Ok((first.clone(), last.clone()));
        }
        let of = |e: &Expr| match &e.kind {
            ExprKind::Name(name) => self.axis(name).map(|axis| self.axes[axis].range.clone()),
            ExprKind::Read(array, _) => self.known.values_of(array),
            _ => None,
        };
        let unknown = || "the range of an index depends on others in a way that has no code".to_string();
        let low = bounds(first, &of).ok_or_else(unknown)?.0;
        Ok((low, bounds(last, &of).ok_or_else(unknown)?.1))
    }

    /// Whether an expression is a number of Python: made of sizes, params and numbers in scope.
    pub(super) fn is_number(&self, e: &Expr) -> bool {
        let mut number = true;
        each_part(e, &mut |part| {
            number &= match &part.kind {
                ExprKind::Name(name) => {
                    self.axis(name).is_none()
                        && (!self.writer.arrays.contains_key(name)
                            || self.writer.scope.iter().any(|bound| bound.name == *name))
                        && !self.writer.names.letters.contains_key(name)
                }
                ExprKind::Number(_)
                | ExprKind::Sum(_)
                | ExprKind::Product(_)
                | ExprKind::Power(..)
                | ExprKind::Bracket(_) => true,
                ExprKind::Call(word, _) => super::call::is_of_numbers(word),
                _ => false,
            };
        });
        number
    }

    /// The indices of an axis.
    pub(super) fn arange(&mut self, axis: usize) -> Result<Tensor, String> {
        let (first, last) = self.axes[axis].range.clone();
        let stop = self.writer.index(&plus(&last, &Expr::integer(1)))?;
        let limits = if is_zero(&first) { vec![stop] } else { vec![self.writer.index(&first)?, stop] };
        let word = self.dialect().name("arange(");
        let range = Tensor::new(list(word, limits, ")"), vec![axis], Kind::Integer);
        let name = self.axes[axis].name.clone();
        Ok(self.named(&name, range))
    }

    /// An array of indices by a name, which it is given if it has none.
    fn named(&mut self, name: &str, tensor: Tensor) -> Tensor {
        let words = one_line(&tensor.doc);
        let same = |(_, doc): &&(String, Doc)| one_line(doc) == words;
        let found = self.locals.iter().find(same).map(|(name, _)| name.clone());
        let name = found.unwrap_or_else(|| {
            let used = self.writer.scope.iter().map(|bound| &bound.python).chain(&self.writer.avoid);
            let name = self.writer.names.index(name, used.chain(self.locals.iter().map(|(name, _)| name)));
            self.locals.push((name.clone(), tensor.doc.clone()));
            name
        });
        Tensor::new(text(name), tensor.dims, tensor.kind)
    }

    /// The statements that compute the arrays of indices.
    pub(super) fn statements(&self, indent: usize) -> Vec<String> {
        let statement = |(name, doc): &(String, Doc)| {
            lines(indent, &Doc::Seq(vec![text(format!("{name} = ")), loose(doc.clone())]))
        };
        self.locals.iter().map(statement).collect()
    }

    /// How many indices an axis has.
    pub(super) fn length(&mut self, axis: usize) -> Result<Doc, String> {
        let (first, last) = self.axes[axis].range.clone();
        self.writer.index(&length(&first, &last))
    }

    /// A number of Python.
    pub(super) fn number(&mut self, e: &Expr, mode: Mode) -> Result<Tensor, String> {
        let integer = self.writer.is_ratio(e) && (mode == Mode::Index || !is_fraction(e));
        let code = self.writer.expression(e, mode)?;
        Ok(Tensor::plain(code.doc, code.level, if integer { Kind::Integer } else { Kind::Real }))
    }

    /// A whole number where an index is wanted.
    pub(super) fn index(&mut self, e: &Expr) -> Result<Tensor, String> {
        self.value(e, Mode::Index)
    }

    /// Any expression.
    pub(super) fn value(&mut self, e: &Expr, mode: Mode) -> Result<Tensor, String> {
        if !matches!(e.kind, ExprKind::Bracket(_)) && split_guards(e).0.is_empty() && self.is_number(e) {
            return self.number(e, mode);
        }
        match &e.kind {
            ExprKind::Number(_) => self.number(e, mode),
            ExprKind::Name(name) => match self.axis(name) {
                Some(axis) => self.arange(axis),
                None if self.writer.arrays.contains_key(name) || self.writer.names.letters.contains_key(name) => {
                    self.read(name, &[])
                }
                None => self.number(e, mode),
            },
            ExprKind::Read(array, at) => self.read(array, at),
            ExprKind::Upstream(output, at) => self.upstream(output, at),
            ExprKind::Derivative(of, array, at) => self.derivative(of, array, at),
            ExprKind::Sum(terms) => self.sum(terms, mode),
            ExprKind::Product(_) | ExprKind::Bracket(_) => match split_guards(e) {
                (guards, _) if guards.is_empty() => self.product(e, mode),
                (guards, rest) => self.choice(&super::expression::all(guards), &rest, &Expr::integer(0), mode),
            },
            ExprKind::Power(base, exponent) => {
                let base = self.value(base, mode)?;
                let exponent = self.value(exponent, mode)?;
                Ok(joined(&base, "**", Level::Power, &exponent, self.dialect()))
            }
            ExprKind::Reduce(reduction, binders, condition, body) => {
                match self.apart(binders, condition.as_deref(), body) {
                    Some((binders, condition, body)) => self.reduce(*reduction, &binders, condition.as_ref(), &body),
                    None => self.reduce(*reduction, binders, condition.as_deref(), body),
                }
            }
            ExprKind::Call(function, arguments) => self.call(function, arguments, mode),
            ExprKind::Layer(call) => Err(format!("a call of `{}` has no code", call.layer)),
            ExprKind::Normalise(word, binders, condition, body) => {
                self.normalise(*word, binders, condition.as_deref(), body)
            }
            ExprKind::If(condition, yes, no) => self.choice(condition, yes, no, mode),
        }
    }

    fn sum(&mut self, terms: &[(Sign, Expr)], mode: Mode) -> Result<Tensor, String> {
        if mode == Mode::Index && terms.iter().any(|(_, e)| is_fraction(e)) {
            return self.quotient(&Expr::new(ExprKind::Sum(terms.to_vec())));
        }
        let dialect = self.dialect();
        let mut all: Option<Tensor> = None;
        for (sign, term) in terms {
            let term = self.value(term, mode)?;
            all = Some(match (all, sign) {
                (None, Sign::Plus) => term,
                (None, Sign::Minus) => negative(&term),
                (Some(all), Sign::Plus) => joined(&all, "+", Level::Sum, &term, dialect),
                (Some(all), Sign::Minus) => joined(&all, "-", Level::Sum, &term, dialect),
            });
        }
        match all {
            None => self.number(&Expr::integer(0), mode),
            Some(all) if all.kind == Kind::Integer && all.dims.len() > 1 => Ok(self.named("at", all)),
            Some(all) => Ok(all),
        }
    }

    fn product(&mut self, e: &Expr, mode: Mode) -> Result<Tensor, String> {
        let ExprKind::Product(factors) = &e.kind else {
            return self.value(e, mode);
        };
        let paired = if mode == Mode::Value { paired(factors) } else { None };
        let factors = paired.as_ref().unwrap_or(factors);
        if mode == Mode::Index && is_fraction(e) {
            return self.quotient(e);
        }
        let floors = factors.iter().any(|(operator, _)| matches!(operator, Operator::Div | Operator::Mod));
        let mode = if floors { Mode::Index } else { mode };
        let dialect = self.dialect();
        let mut all: Option<Tensor> = None;
        for (operator, factor) in factors {
            let factor = self.value(factor, mode)?;
            all = Some(match all {
                None => factor,
                Some(all) if *operator == Operator::Times => joined(&all, "*", Level::Product, &factor, dialect),
                Some(all) => joined(&all, &symbol(*operator, mode), Level::Floor, &factor, dialect),
            });
        }
        all.map_or_else(|| self.number(&Expr::integer(1), mode), Ok)
    }

    /// An exact division of integers.
    pub(super) fn quotient(&mut self, e: &Expr) -> Result<Tensor, String> {
        let (above, below) = fraction(e);
        let above = self.value(&above, Mode::Index)?;
        if is_one(&below) {
            return Ok(above);
        }
        let below = self.value(&below, Mode::Index)?;
        Ok(joined(&above, "//", Level::Floor, &below, self.dialect()))
    }

    /// A value where a condition holds, another where it does not.
    pub(super) fn choice(
        &mut self,
        condition: &Condition,
        yes: &Expr,
        no: &Expr,
        mode: Mode,
    ) -> Result<Tensor, String> {
        let outside = (self.guards.len(), self.writer.guards.clone());
        let test = self.condition(condition)?;
        self.guards.push(condition.clone());
        let branch = self.value(yes, mode)?;
        self.guards.truncate(outside.0);
        self.guards.push(Condition::Not(Box::new(condition.clone())));
        let other = self.value(no, mode)?;
        self.guards.truncate(outside.0);
        self.writer.guards = outside.1;
        let decimal = |e: &Expr, found: Tensor| match mode {
            Mode::Value if is_one(e) => Tensor::plain(text("1.0"), Level::Atom, Kind::Real),
            Mode::Value if is_zero(e) => Tensor::plain(text("0.0"), Level::Atom, Kind::Real),
            _ => found,
        };
        let (branch, other) = (decimal(yes, branch), decimal(no, other));
        self.chosen(test, branch, other)
    }

    /// One where a test holds, the other where it does not.
    pub(super) fn chosen(&mut self, test: Tensor, branch: Tensor, other: Tensor) -> Result<Tensor, String> {
        let kind = if branch.kind == Kind::Real || other.kind == Kind::Real { Kind::Real } else { Kind::Integer };
        if !test.plain {
            self.masked = true;
            let function = self.word("where");
            return Ok(called(&function, &[test, branch, other], kind, self.dialect()));
        }
        let dims = super::tensor::union(&[&branch, &other]);
        let dialect = self.dialect();
        let parts = vec![
            branch.aligned(&dims, dialect).at(Level::Or),
            Doc::Line(" "),
            text("if "),
            test.at(Level::Or),
            Doc::Line(" "),
            text("else "),
            other.aligned(&dims, dialect).at(Level::Choice),
        ];
        let same = branch.dims.len() == other.dims.len();
        let all = Tensor { level: Level::Choice, ..Tensor::new(group(parts), dims.clone(), kind) };
        if same || dims.is_empty() {
            Ok(Tensor { plain: branch.plain && other.plain, ..all })
        } else {
            self.spread(&all, &dims)
        }
    }

    /// An array with all of the axes, each as long as it is.
    pub(super) fn spread(&mut self, tensor: &Tensor, dims: &[usize]) -> Result<Tensor, String> {
        let lengths = dims.iter().map(|dim| self.length(*dim)).collect::<Result<Vec<_>, String>>()?;
        let aligned = tensor.aligned(dims, self.dialect()).doc;
        let shape = super::code::tuple(lengths);
        let function = self.word("broadcast");
        let doc = list(format!("{function}("), vec![aligned, shape], ")");
        Ok(Tensor { view: true, ..Tensor::new(doc, dims.to_vec(), tensor.kind) })
    }

    /// The name of a function in the library that code is written for.
    pub(super) fn word(&mut self, function: &str) -> String {
        let (plain, own) = match (self.dialect(), function) {
            (Dialect::Numpy, "where") => ("np.where", false),
            (Dialect::Numpy, "broadcast") => ("np.broadcast_to", false),
            (Dialect::Torch, "where") => ("_where", true),
            (Dialect::Torch, "broadcast") => ("_broadcast", true),
            (_, other) => (other, true),
        };
        if own {
            self.writer.needs.library.insert(plain.to_string());
        }
        plain.to_string()
    }

    fn call(&mut self, function: &str, arguments: &[Expr], mode: Mode) -> Result<Tensor, String> {
        if let ("log", [only]) = (function, arguments)
            && let Some(logarithm) = self.writer.log_probability(only, &|name| self.axis_in(name))
        {
            return self.value(&logarithm, mode);
        }
        let whole = arguments.iter().all(|argument| self.is_ratio(argument));
        match (function, arguments) {
            ("floor" | "ceil", [only]) if whole => self.rounded(function == "ceil", only),
            ("min" | "max", [only]) => self.value(only, mode),
            ("min" | "max", [first, rest @ ..]) if rest.len() > 1 => {
                let rest = Expr::new(ExprKind::Call(function.into(), rest.to_vec()));
                self.call(function, &[first.clone(), rest], mode)
            }
            ("log", [only]) if matches!(only.kind, ExprKind::Reduce(..)) => self.logarithm(only),
            _ => {
                let unknown = || format!("`{function}` cannot be written in NumPy yet");
                let known = Function::named(function, arguments.len()).ok_or_else(unknown)?;
                let mode = if whole && mode == Mode::Index { Mode::Index } else { Mode::Value };
                self.applied(known.entry().numpy, arguments, mode)
            }
        }
    }

    fn axis_in(&self, name: &Name) -> bool {
        self.axis(name).is_some()
    }

    /// A function by its name in NumPy; one that begins with `_` is of the library.
    pub(super) fn applied(&mut self, python: &str, arguments: &[Expr], mode: Mode) -> Result<Tensor, String> {
        let python = self.dialect().function(python);
        if python.starts_with('_') {
            self.writer.needs.library.insert(python.clone());
        }
        let mut parts = Vec::new();
        for argument in arguments {
            parts.push(self.value(argument, mode)?);
        }
        let kind = if mode == Mode::Index { Kind::Integer } else { Kind::Real };
        Ok(called(&python, &parts, kind, self.dialect()))
    }

    /// A quotient of integers rounded down (`a // b`) or up (`-(-a // b)`).
    fn rounded(&mut self, up: bool, e: &Expr) -> Result<Tensor, String> {
        if !up {
            return self.quotient(e);
        }
        let opposite = Expr::new(ExprKind::Sum(vec![(Sign::Minus, e.clone())]));
        let (above, below) = fraction(&opposite);
        Ok(negative(
            &self.quotient(&Expr::new(ExprKind::Product(vec![(Operator::Times, above), (Operator::Over, below)])))?,
        ))
    }

    /// Whether a value is made of integers by arithmetic alone.
    pub(super) fn is_ratio(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Name(name) if self.axis(name).is_some() => true,
            ExprKind::Sum(terms) => terms.iter().all(|(_, term)| self.is_ratio(term)),
            ExprKind::Product(factors) => factors.iter().all(|(_, factor)| self.is_ratio(factor)),
            ExprKind::Call(_, arguments) => {
                self.writer.is_ratio(e)
                    || {
                        let word = matches!(&e.kind, ExprKind::Call(word, _) if matches!(&**word, "floor" | "ceil" | "min" | "max" | "abs"));
                        word && arguments.iter().all(|argument| self.is_ratio(argument))
                    }
            }
            ExprKind::Power(base, exponent) => self.is_ratio(base) && matches!(exponent.kind, ExprKind::Number(_)),
            _ => self.writer.is_ratio(e),
        }
    }

    /// A condition, entry by entry.
    pub(super) fn condition(&mut self, condition: &Condition) -> Result<Tensor, String> {
        if self.is_number(&Expr::new(ExprKind::Bracket(Box::new(condition.clone())))) {
            let code = self.writer.condition(condition)?;
            self.writer.guards.pop();
            return Ok(Tensor::plain(code.doc, code.level, Kind::Truth));
        }
        let dialect = self.dialect();
        match condition {
            Condition::Chain(first, rest) => {
                let mut left = self.compared(first)?;
                let mut all: Option<Tensor> = None;
                for (relation, right) in rest {
                    let right = self.compared(right)?;
                    let part = joined(&left, super::condition::symbol(*relation), Level::Relation, &right, dialect);
                    all = Some(match all {
                        None => part,
                        Some(all) => both(&all, "&", &part, dialect),
                    });
                    left = right;
                }
                all.ok_or_else(|| "a condition without parts".to_string())
            }
            Condition::Divides(divisor, e) => {
                let (e, divisor) = (self.index(e)?, self.index(divisor)?);
                let rest = joined(&e, "%", Level::Floor, &divisor, dialect);
                let zero = Tensor::plain(text("0"), Level::Atom, Kind::Integer);
                Ok(joined(&rest, "==", Level::Relation, &zero, dialect))
            }
            Condition::All(parts) | Condition::Any(parts) => {
                let operator = if matches!(condition, Condition::All(_)) { "&" } else { "|" };
                let mut all: Option<Tensor> = None;
                for part in parts {
                    let part = self.condition(part)?;
                    all = Some(match all {
                        None => part,
                        Some(all) => both(&all, operator, &part, dialect),
                    });
                }
                all.ok_or_else(|| "a condition without parts".to_string())
            }
            Condition::Not(inner) => {
                let inner = self.condition(inner)?;
                let doc = Doc::Seq(vec![text("~"), inner.at(Level::Atom)]);
                Ok(Tensor { doc, level: Level::Minus, ..inner })
            }
        }
    }

    fn compared(&mut self, e: &Expr) -> Result<Tensor, String> {
        let mode = if self.is_ratio(e) && !is_fraction(e) { Mode::Index } else { Mode::Value };
        self.value(e, mode)
    }
}
