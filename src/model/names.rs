//! The names a specification declares: sizes, params, arrays; and what to say of a name it does not.

use super::arguments::{Length, View};
use super::limits;
use super::quote::Quote;
use super::system::{Axis, Fact};
use super::wellfounded::Recurrence;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, few, nearest};
use crate::integer::index::LARGEST;
use crate::integer::{Atom, Condition, Extreme, Facts, Index, Var};
use crate::language::program::{self, AxisBox, PaddedReads, Param};
use crate::language::syntax::*;
use num_traits::ToPrimitive;
use std::collections::{BTreeMap, BTreeSet};

/// The sizes that are chosen when a layer is instantiated.
#[derive(Clone, Debug, Default)]
pub struct Sizes {
    /// A number for a size, or `None` to keep it a symbol although it has a default.
    pub given: BTreeMap<Name, Option<i128>>,
    /// Whether all defaults are ignored.
    pub general: bool,
}

/// A declared size.
#[derive(Clone, Debug)]
pub(super) struct SizeInfo {
    pub least: i128,
    pub value: Option<i128>,
    pub span: Span,
}

/// A declared or defined array whose box is known.
#[derive(Clone, Debug)]
pub(super) struct ArrayInfo {
    pub role: Role,
    pub constant: bool,
    pub axes: Vec<Axis>,
    pub boxes: Vec<AxisBox>,
    pub values: Option<Values>,
    pub span: Span,
    /// Whether its box is known: arrays that are defined by each other are known by their axes first.
    pub settled: bool,
}

/// The least and the greatest value of integer data, as the calculus and as the evaluator see them.
pub(super) type Values = ((Index, Index), (Expr, Expr));

/// What the names of a specification stand for, and what was found wrong with them so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    pub base: i64,
    pub sizes: BTreeMap<Name, SizeInfo>,
    pub size_order: Vec<Name>,
    pub arrays: BTreeMap<Name, ArrayInfo>,
    pub array_order: Vec<Name>,
    pub params: Vec<Param>,
    pub requires: Vec<Condition>,
    pub assumptions: Vec<Condition>,
    pub facts_of_values: Vec<Fact>,
    pub program_facts: Vec<program::Fact>,
    pub recurrences: Vec<Recurrence>,
    pub facts: Facts,
    pub problems: Diagnostics,
    /// The arrays that equations define.
    pub defined: BTreeSet<Name>,
    /// The arguments of layer calls, the sizes they decide, and the arrays behind both.
    pub views: BTreeMap<Name, View>,
    pub lengths: BTreeMap<Name, Length>,
    pub behind: BTreeMap<Name, Vec<Name>>,
    pub padded: Vec<PaddedReads>,
}

/// The indices in scope, innermost last.
pub(super) type Scope = Vec<(Name, Var)>;

impl Names {
    pub fn report(&mut self, diagnostic: Diagnostic) {
        if self.problems.len() < limits::COMPLAINTS && !self.problems.contains(&diagnostic) {
            self.problems.push(diagnostic);
        }
    }

    /// Complains about a name that nothing declares.
    pub fn unknown(&mut self, name: &str, span: Span, scope: &Scope) {
        let known = self.sizes.keys().chain(self.arrays.keys()).chain(scope.iter().map(|(n, _)| n));
        let guess = nearest(name, known.map(|n| &**n)).map(str::to_string);
        let mut diagnostic = Diagnostic::new(format!("`{name}` is not declared"), span).label("unknown here");
        diagnostic = match guess {
            Some(guess) => diagnostic.hint(format!("did you mean `{guess}`?")),
            None => {
                diagnostic.hint(format!("declare it: `size {name}` or `input {name}[…]`, or bind it: `sum[{name}] …`"))
            }
        };
        self.report(diagnostic);
    }

    /// Complains about an array that nothing declares.
    pub fn unknown_array(&mut self, name: &str, span: Span) {
        let known: Vec<&str> = self.arrays.keys().filter(|n| !self.views.contains_key(*n)).map(|n| &**n).collect();
        let hint = match nearest(name, known.iter().copied()) {
            Some(guess) => format!("did you mean `{guess}`?"),
            None if known.is_empty() => format!("declare it: `input {name}[…]`"),
            None => format!("declare it: `input {name}[…]`; the arrays so far are {}", few(&known)),
        };
        self.report(Diagnostic::new(format!("there is no array `{name}`"), span).label("read here").hint(hint));
    }

    /// Takes in a declaration; equations, outputs and notation are left to the caller.
    pub fn declare(&mut self, statement: &Statement, chosen: &Sizes) {
        match &statement.kind {
            StatementKind::Size(sizes) => sizes.iter().for_each(|s| self.declare_size(s, chosen)),
            StatementKind::Param(params) => params.iter().for_each(|p| self.declare_param(p)),
            StatementKind::Arrays(role, arrays) => arrays.iter().for_each(|a| self.declare_array(*role, a)),
            StatementKind::Require(condition) if self.is_on_values(condition) => {
                self.declare_fact(condition, statement.span);
            }
            StatementKind::Require(condition) => {
                if let Some(condition) = self.condition(condition, &Scope::new()) {
                    if self.facts.judge(&condition) == crate::integer::Truth::No {
                        let message = "the sizes given break this requirement";
                        self.report(Diagnostic::new(message, statement.span).hint("choose sizes that satisfy it"));
                    }
                    self.facts.require(&condition);
                    self.requires.push(condition);
                }
            }
            StatementKind::Equation(_) | StatementKind::Output(_) | StatementKind::Notation(..) => {}
            StatementKind::Call(_) => {}
        }
    }

    fn taken(&mut self, name: &Name, span: Span) -> bool {
        let first = self.sizes.get(name).map(|s| s.span).or(self.arrays.get(name).map(|a| a.span));
        if let Some(first) = first {
            let message = format!("`{name}` is declared twice");
            let diagnostic = Diagnostic::new(message, span).label("again here").also(first, "first here");
            self.report(diagnostic.hint("a size and an array, or two arrays, cannot share a name: rename one"));
        }
        first.is_some()
    }

    fn declare_size(&mut self, decl: &SizeDecl, chosen: &Sizes) {
        if self.taken(&decl.name, decl.span) {
            return;
        }
        let scope = Scope::new();
        let least = decl.least.as_ref().map_or(Some(1), |e| self.number(e, &scope)).unwrap_or(1);
        let default = decl.default.as_ref().and_then(|e| self.number(e, &scope));
        let value = match chosen.given.get(&decl.name) {
            Some(given) => *given,
            None if chosen.general => None,
            None => default,
        };
        if let Some(value) = value {
            if value < least {
                let message = format!("{} = {value}, but it must be at least {least}", decl.name);
                self.report(Diagnostic::new(message, decl.span).label("declared here"));
            } else if value > LARGEST {
                let message = format!("{} = {value} is too large", decl.name);
                self.report(Diagnostic::new(message, decl.span).hint(format!("sizes go up to {LARGEST}")));
            }
        } else {
            self.facts.bound_size(decl.name.clone(), least);
        }
        self.sizes.insert(decl.name.clone(), SizeInfo { least, value, span: decl.span });
        self.size_order.push(decl.name.clone());
    }

    fn declare_param(&mut self, decl: &ParamDecl) {
        if self.taken(&decl.name, decl.span) {
            return;
        }
        let (name, bound, default) = (decl.name.clone(), decl.bound.clone(), decl.default.clone());
        self.params.push(Param { name, bound, default });
        self.insert_array(decl.name.clone(), Role::Plain, true, (Vec::new(), Vec::new()), None, decl.span);
    }

    fn declare_array(&mut self, role: Role, decl: &ArrayDecl) {
        if self.taken(&decl.name, decl.span) {
            return;
        }
        let (mut axes, mut boxes) = (Vec::new(), Vec::new());
        for axis in &decl.axes {
            if let Some((model, resolved)) = self.axis(axis) {
                axes.push(model);
                boxes.push(resolved);
            }
        }
        let values = self.values(role, decl);
        self.insert_array(decl.name.clone(), role, false, (axes, boxes), values, decl.span);
    }

    /// The range of the values of integer data; it must be given, and not be empty.
    fn values(&mut self, role: Role, decl: &ArrayDecl) -> Option<Values> {
        let Some((lo, hi)) = &decl.values else {
            if role == Role::Integer {
                let message = format!("the values of `{}` need a range", decl.name);
                self.report(Diagnostic::new(message, decl.span).hint(format!("say `{}[…] in 1..V`", decl.name)));
            }
            return None;
        };
        let (least, greatest) = (self.index(lo, &Scope::new())?, self.index(hi, &Scope::new())?);
        if self.facts.judge(&Condition::AtMost(least.clone(), greatest.clone())) == crate::integer::Truth::No {
            let empty = Diagnostic::new("this range of values is empty", lo.span);
            self.report(empty.hint("the least value comes first, as in `1..5`"));
        }
        self.facts.bound_data(decl.name.clone(), least.clone(), greatest.clone());
        Some(((least, greatest), (self.with_sizes(lo), self.with_sizes(hi))))
    }

    pub fn insert_array(
        &mut self,
        name: Name,
        role: Role,
        constant: bool,
        (axes, boxes): (Vec<Axis>, Vec<AxisBox>),
        values: Option<Values>,
        span: Span,
    ) {
        self.arrays.insert(name.clone(), ArrayInfo { role, constant, axes, boxes, values, span, settled: true });
        self.array_order.push(name);
    }

    pub(super) fn axis(&mut self, axis: &crate::language::syntax::Axis) -> Option<(Axis, AxisBox)> {
        let scope = Scope::new();
        let base = Expr::integer(self.base.into());
        let first = axis.first.clone().unwrap_or_else(|| base.clone());
        let last = match &axis.first {
            Some(_) => axis.last.clone(),
            None if self.base == 1 => axis.last.clone(),
            None => {
                let shift = Expr::integer(1 - i128::from(self.base));
                Expr::new(ExprKind::Sum(vec![(Sign::Plus, axis.last.clone()), (Sign::Minus, shift)]))
            }
        };
        let (before, after) = axis.pad.clone().unwrap_or((Expr::integer(0), Expr::integer(0)));
        let model = Axis {
            first: self.index(&first, &scope)?,
            last: self.index(&last, &scope)?,
            before: self.index(&before, &scope)?,
            after: self.index(&after, &scope)?,
        };
        if self.facts.judge(&Condition::AtMost(model.first.clone(), model.last.clone())) == crate::integer::Truth::No {
            self.report(Diagnostic::new("this axis is empty", axis.last.span).hint("a length is at least 1"));
        }
        let resolved = AxisBox {
            first: self.with_sizes(&first),
            last: self.with_sizes(&last),
            before: self.with_sizes(&before),
            after: self.with_sizes(&after),
        };
        Some((model, resolved))
    }

    /// The number an expression over given sizes is.
    pub fn number(&mut self, expr: &Expr, scope: &Scope) -> Option<i128> {
        let index = self.index(expr, scope)?;
        let value = index.as_constant();
        if value.is_none() {
            self.report(Diagnostic::new("a number is needed here", expr.span));
        }
        value
    }

    /// The same expression with the sizes that were given as numbers written as numbers.
    pub fn with_sizes(&self, expr: &Expr) -> Expr {
        super::resolve::map_names(expr, &|name| {
            let length = || self.lengths.get(name).map(|l| Quote::plain().index(&l.value).kind);
            self.sizes.get(name).and_then(|s| s.value).map(|n| Expr::integer(n).kind).or_else(length)
        })
    }

    /// An index expression over the indices in scope and the sizes.
    pub fn index(&mut self, expr: &Expr, scope: &Scope) -> Option<Index> {
        let index = self.index_of(expr, scope)?;
        self.bounded(index, expr.span)
    }

    /// Complains about an index expression that is too long or holds too large a number.
    fn bounded(&mut self, index: Index, span: Span) -> Option<Index> {
        if index.weight() > limits::WEIGHT {
            return self.refuse("this index expression is too long", span);
        }
        if index.terms().iter().any(|(_, n)| n.unsigned_abs() > limits::COEFFICIENT.unsigned_abs()) {
            return self.refuse("a number in this index expression is too large", span);
        }
        Some(index)
    }

    fn index_of(&mut self, expr: &Expr, scope: &Scope) -> Option<Index> {
        match &expr.kind {
            ExprKind::Number(n) => match n.is_integer().then(|| n.to_integer().to_i128()).flatten() {
                Some(n) if n.abs() <= LARGEST => Some(Index::constant(n)),
                Some(_) => self.refuse(format!("integers here go up to {LARGEST}"), expr.span),
                None => self.refuse("an index is an integer", expr.span),
            },
            ExprKind::Name(name) => self.index_name(name, expr.span, scope),
            ExprKind::Sum(terms) => {
                let mut sum = Index::default();
                for (sign, term) in terms {
                    let term = self.index(term, scope)?;
                    sum = if *sign == Sign::Plus { sum.plus(&term) } else { sum.minus(&term) };
                    sum = self.bounded(sum, expr.span)?;
                }
                Some(sum)
            }
            ExprKind::Product(factors) => self.index_product(factors, scope),
            ExprKind::Power(base, exponent) => {
                let (base, exponent) = (self.index(base, scope)?, self.number(exponent, scope)?);
                if !(0..=3).contains(&exponent) || !base.is_free_of_vars() {
                    return self.refuse("powers in an index are of sizes, with exponent 0 to 3", expr.span);
                }
                let mut power = Index::constant(1);
                for _ in 0..exponent {
                    power = self.bounded_product(&power, &base, expr.span)?;
                }
                Some(power)
            }
            ExprKind::Call(name, arguments) => self.index_call(name, arguments, expr.span, scope),
            ExprKind::Read(name, at) => self.datum(name, at, expr.span, scope),
            _ => self.refuse("this cannot stand in an index: sums and products of indices and sizes can", expr.span),
        }
    }

    /// An entry of integer data.
    pub(super) fn datum(&mut self, name: &Name, at: &[Expr], span: Span, scope: &Scope) -> Option<Index> {
        if self.arrays.get(name).is_some_and(|info| info.role != Role::Integer) {
            let diagnostic = Diagnostic::new(format!("`{name}` is not integer data"), span).label("inside an index");
            self.report(diagnostic.hint(format!("declare it as `integer {name}[…] in 1..V`")));
            return None;
        }
        let at = self.checked_indices(name, at, span, scope)?;
        let (array, at) = self.behind_view(name, at);
        Some(Index::atom(Atom::Datum(array, at)))
    }

    fn refuse<T>(&mut self, message: impl Into<String>, span: Span) -> Option<T> {
        self.report(Diagnostic::new(message, span));
        None
    }

    fn index_name(&mut self, name: &Name, span: Span, scope: &Scope) -> Option<Index> {
        if let Some((_, var)) = scope.iter().rev().find(|(n, _)| n == name) {
            return Some(Index::var(var));
        }
        match self.sizes.get(name) {
            Some(SizeInfo { value: Some(n), .. }) => Some(Index::constant(*n)),
            Some(_) => Some(Index::size(name.clone())),
            None if self.lengths.contains_key(name) => Some(self.lengths[name].value.clone()),
            None if self.arrays.get(name).is_some_and(|info| info.role == Role::Integer) => {
                self.datum(name, &[], span, scope)
            }
            None if self.arrays.contains_key(name) => {
                self.refuse(format!("`{name}` is an array; an index is made of indices and sizes"), span)
            }
            None => {
                self.unknown(name, span, scope);
                None
            }
        }
    }

    fn index_product(&mut self, factors: &[(Operator, Expr)], scope: &Scope) -> Option<Index> {
        let mut product = Index::constant(1);
        for (operator, factor) in factors {
            let value = self.index(factor, scope)?;
            product = match operator {
                Operator::Times => {
                    if !product.is_free_of_vars() && !value.is_free_of_vars() {
                        return self.refuse("an index expression is linear in the indices", factor.span);
                    }
                    self.bounded_product(&product, &value, factor.span)?
                }
                Operator::Over => match product.exact_quotient(&value) {
                    Some(quotient) => quotient,
                    None => self.positive(value, factor.span).map(|m| product.floor_div(&m))?,
                },
                Operator::Div => self.positive(value, factor.span).map(|m| product.floor_div(&m))?,
                Operator::Mod => self.positive(value, factor.span).map(|m| product.modulo(&m))?,
                Operator::Matmul => {
                    return self.refuse("`@` multiplies matrices and vectors; an index is an integer", factor.span);
                }
            };
            product = self.bounded(product, factor.span)?;
            if product.terms().iter().any(|(m, _)| m.len() > 4) {
                return self.refuse("this index expression multiplies too many sizes", factor.span);
            }
        }
        Some(product)
    }

    fn bounded_product(&mut self, a: &Index, b: &Index, span: Span) -> Option<Index> {
        if a.terms().len() * b.terms().len() > limits::WEIGHT {
            return self.refuse("this index expression is too long", span);
        }
        self.bounded(a.times(b), span)
    }

    fn positive(&mut self, value: Index, span: Span) -> Option<Index> {
        if !value.is_free_of_vars() {
            return self.refuse("a divisor in an index is a number or made of sizes", span);
        }
        if self.facts.proves_positive(&value) {
            return Some(value);
        }
        self.refuse("this divisor is not known to be at least 1", span)
    }

    fn index_call(&mut self, name: &Name, arguments: &[Expr], span: Span, scope: &Scope) -> Option<Index> {
        match (&**name, arguments) {
            ("floor", [argument]) => self.index(argument, scope),
            ("ceil", [argument]) => {
                let negative = Expr { kind: negate_quotient(argument), span: argument.span };
                self.index(&negative, scope).map(|index| index.times_number(-1))
            }
            ("abs", [argument]) => self.index(argument, scope).map(|index| index.absolute()),
            ("min" | "max", [_, ..]) => {
                let parts = arguments.iter().map(|e| self.index(e, scope)).collect::<Option<Vec<_>>>()?;
                let which = if &**name == "min" { Extreme::Least } else { Extreme::Greatest };
                Some(Index::extreme(which, parts))
            }
            ("floor" | "ceil" | "abs", _) => self.refuse(format!("`{name}` takes one expression"), span),
            ("min" | "max", _) => self.refuse(format!("`{name}` takes at least one expression"), span),
            _ => self.refuse(format!("`{name}(…)` cannot stand in an index"), span),
        }
    }

    /// A condition on integers.
    pub fn condition(&mut self, condition: &crate::language::syntax::Condition, scope: &Scope) -> Option<Condition> {
        use crate::language::syntax::Condition as Written;
        match condition {
            Written::Chain(first, rest) => self.chain(first, rest, scope),
            Written::Divides(m, e) => {
                let value = self.index(m, scope)?;
                let m = self.positive(value, m.span)?;
                Some(Condition::Divides(m, self.index(e, scope)?))
            }
            Written::All(parts) => {
                parts.iter().map(|p| self.condition(p, scope)).collect::<Option<_>>().map(Condition::All)
            }
            Written::Any(parts) => {
                parts.iter().map(|p| self.condition(p, scope)).collect::<Option<_>>().map(Condition::Any)
            }
            Written::Not(inner) => Some(Condition::Not(Box::new(self.condition(inner, scope)?))),
        }
    }

    fn chain(&mut self, first: &Expr, rest: &[(Relation, Expr)], scope: &Scope) -> Option<Condition> {
        let mut sides = vec![self.index(first, scope)?];
        for (_, side) in rest {
            sides.push(self.index(side, scope)?);
        }
        let relations: Vec<Relation> = rest.iter().map(|(r, _)| *r).collect();
        if let ([a, b], [lo, e, hi]) = (relations.as_slice(), sides.as_slice()) {
            let shift = |r: &Relation| i128::from(matches!(r, Relation::Less | Relation::Greater));
            match (a, b) {
                (Relation::AtMost | Relation::Less, Relation::AtMost | Relation::Less) => {
                    return Some(Condition::Within(lo.plus_number(shift(a)), e.clone(), hi.plus_number(-shift(b))));
                }
                (Relation::AtLeast | Relation::Greater, Relation::AtLeast | Relation::Greater) => {
                    return Some(Condition::Within(hi.plus_number(shift(b)), e.clone(), lo.plus_number(-shift(a))));
                }
                _ => {}
            }
        }
        let parts = relations.iter().zip(sides.windows(2)).map(|(r, pair)| compare(*r, &pair[0], &pair[1]));
        Some(Condition::joined(parts.collect()))
    }
}

fn negate_quotient(argument: &Expr) -> ExprKind {
    match &argument.kind {
        ExprKind::Product(factors) => {
            let mut factors = factors.clone();
            let first = factors[0].1.clone();
            factors[0].1 = Expr::new(ExprKind::Sum(vec![(Sign::Minus, first)]));
            ExprKind::Product(factors)
        }
        _ => ExprKind::Sum(vec![(Sign::Minus, argument.clone())]),
    }
}

fn compare(relation: Relation, a: &Index, b: &Index) -> Condition {
    match relation {
        Relation::Equal => Condition::Equal(a.clone(), b.clone()),
        Relation::NotEqual => Condition::Not(Box::new(Condition::Equal(a.clone(), b.clone()))),
        Relation::AtMost => Condition::AtMost(a.clone(), b.clone()),
        Relation::Less => Condition::AtMost(a.plus_number(1), b.clone()),
        Relation::AtLeast => Condition::AtMost(b.clone(), a.clone()),
        Relation::Greater => Condition::AtMost(b.plus_number(1), a.clone()),
    }
}
