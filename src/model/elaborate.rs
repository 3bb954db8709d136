//! From statements to a system: declarations first, then the equations in the order in which they
//! can be evaluated. All complaints are collected before giving up.

use super::names::{Names, Scope, Sizes};
use super::quote::Quote;
use super::resolve::arrays_read;
use super::system::{Array, Axis, Equation, System};
use super::term::Bound;
use super::translate::Padding;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, nearest};
use crate::integer::{Condition, Index, Var};
use crate::language::program::{ArrayBox, AxisBox, Program, ResolvedEquation};
use crate::language::syntax::{
    self, Binder, Expr, ExprKind, LeftIndex, Name, Operator, Role, Sign, Statement, StatementKind,
};
use std::collections::BTreeMap;

/// The system that statements describe, at the sizes chosen. `base` is the index base of the file.
///
/// # Errors
/// Everything that is wrong with the statements, in source order as far as it could be found.
pub fn elaborate(statements: &[Statement], base: i64, chosen: &Sizes) -> Result<System, Diagnostics> {
    let mut names = Names { base, ..Names::default() };
    declare_all(&mut names, statements, chosen);
    let written: Vec<&syntax::Equation> = statements
        .iter()
        .filter_map(|s| match &s.kind {
            StatementKind::Equation(equation) => Some(equation),
            _ => None,
        })
        .collect();
    if written.is_empty() && names.problems.is_empty() {
        let message = "there is no equation to derive from";
        return Err(vec![Diagnostic::general(message).hint("write one: `y[i] = sum[j] W[i,j] * x[j]`")]);
    }
    let order = evaluation_order(&mut names, &written);
    let mut equations = Vec::new();
    let mut resolved = Vec::new();
    let mut failed: Vec<Name> = Vec::new();
    for equation in order {
        if equation_depends_on(equation, &failed) {
            failed.push(equation.array.clone());
            continue;
        }
        match names.equation(equation) {
            Some((model, program)) => {
                equations.push(model);
                resolved.push(program);
            }
            None => failed.push(equation.array.clone()),
        }
    }
    let outputs = outputs(&mut names, statements, &equations);
    if !names.problems.is_empty() {
        return Err(names.problems);
    }
    Ok(assemble(names, statements, equations, resolved, outputs))
}

fn equation_depends_on(equation: &syntax::Equation, failed: &[Name]) -> bool {
    let mut read = Vec::new();
    arrays_read(&equation.body, &mut read);
    read.iter().any(|(name, _)| failed.contains(name))
}

fn declare_all(names: &mut Names, statements: &[Statement], chosen: &Sizes) {
    let rank = |s: &Statement| match s.kind {
        StatementKind::Size(_) => 0,
        StatementKind::Require(_) => 2,
        _ => 1,
    };
    for wave in 0..3 {
        statements.iter().filter(|s| rank(s) == wave).for_each(|s| names.declare(s, chosen));
    }
    for size in chosen.given.keys() {
        if !names.sizes.contains_key(size) {
            let known: Vec<&str> = names.sizes.keys().map(|n| &**n).collect();
            let mut diagnostic = Diagnostic::general(format!("there is no size `{size}`"));
            diagnostic = match nearest(size, known.iter().copied()) {
                Some(guess) => diagnostic.hint(format!("did you mean `{guess}`?")),
                None if known.is_empty() => diagnostic.hint("nothing here has a symbolic size"),
                None => diagnostic.hint(format!("the sizes are {}", known.join(", "))),
            };
            names.report(diagnostic);
        }
    }
}

/// The equations, each after those that define what it reads; a circle is reported.
fn evaluation_order<'a>(names: &mut Names, written: &[&'a syntax::Equation]) -> Vec<&'a syntax::Equation> {
    let mut by_name: BTreeMap<Name, &'a syntax::Equation> = BTreeMap::new();
    for equation in written {
        if let Some(first) = by_name.get(&equation.array) {
            let message = format!("`{}` is defined twice", equation.array);
            let diagnostic = Diagnostic::new(message, equation.span).label("again here").also(first.span, "first here");
            names.report(diagnostic.hint("several equations for one array are not in the language yet"));
        } else {
            by_name.insert(equation.array.clone(), equation);
        }
    }
    let mut order: Vec<&syntax::Equation> = Vec::new();
    let mut waiting: Vec<&syntax::Equation> = by_name.values().copied().collect();
    waiting.sort_by_key(|e| e.span.start);
    while !waiting.is_empty() {
        let ready = waiting.iter().position(|equation| {
            let mut read = Vec::new();
            arrays_read(&equation.body, &mut read);
            !read.iter().any(|(name, _)| waiting.iter().any(|w| w.array == *name))
        });
        match ready {
            Some(place) => order.push(waiting.remove(place)),
            None => {
                report_circle(names, &waiting);
                return Vec::new();
            }
        }
    }
    order
}

/// Shows one circle: each array and the one it reads.
fn report_circle(names: &mut Names, waiting: &[&syntax::Equation]) {
    let next = |equation: &syntax::Equation| {
        let mut read = Vec::new();
        arrays_read(&equation.body, &mut read);
        waiting.iter().find(|w| read.iter().any(|(name, _)| *name == w.array)).copied()
    };
    let mut path = vec![waiting[0]];
    while let Some(following) = path.last().and_then(|last| next(last)) {
        if let Some(start) = path.iter().position(|e| e.array == following.array) {
            path.drain(..start);
            break;
        }
        path.push(following);
    }
    let mut arrows: Vec<String> = path.iter().map(|e| format!("`{}`", e.array)).collect();
    arrows.push(arrows[0].clone());
    let message = format!("the definitions go round in a circle: {}", arrows.join(" reads "));
    let mut diagnostic = Diagnostic::new(message, path[0].span).label("this one");
    for equation in &path[1..] {
        diagnostic = diagnostic.also(equation.span, "and this one");
    }
    names.report(diagnostic.hint("recurrences are not in the language yet"));
}

fn outputs(names: &mut Names, statements: &[Statement], equations: &[Equation]) -> Vec<Name> {
    let mut outputs = Vec::new();
    for statement in statements {
        let StatementKind::Output(listed) = &statement.kind else { continue };
        for (name, span) in listed {
            if equations.iter().any(|e| e.array == *name) {
                outputs.push(name.clone());
            } else if names.problems.is_empty() {
                let message = format!("`{name}` is an output, but no equation defines it");
                names.report(Diagnostic::new(message, *span).hint(format!("write `{name}[…] = …`")));
            }
        }
    }
    if outputs.is_empty() {
        let read = |name: &Name| equations.iter().any(|e| e.body.reads(name));
        outputs = equations.iter().map(|e| e.array.clone()).filter(|name| !read(name)).collect();
    }
    outputs
}

impl Names {
    fn equation(&mut self, written: &syntax::Equation) -> Option<(Equation, ResolvedEquation)> {
        let declared = self.take_declaration(written);
        let known = self.problems.len();
        self.check_names(&written.body);
        if self.problems.len() > known {
            return None;
        }
        let body = self.resolve(&written.body);
        let mut scope = Scope::new();
        let mut indices: Vec<(Var, Option<Bound>)> = Vec::new();
        for (axis, left) in written.at.iter().enumerate() {
            let (var, bound) = self.left_index(left, &scope, declared.as_ref().and_then(|d| d.get(axis)))?;
            scope.push((var.name.clone(), var.clone()));
            indices.push((var, bound));
        }
        if let Some(declared) = &declared
            && declared.len() != indices.len()
        {
            let message = format!("`{}` was declared with another number of axes", written.array);
            self.report(Diagnostic::new(message, written.span));
            return None;
        }
        let plain = self.term(&body, &scope, Padding::Ignored)?;
        let limits = self.infer_ranges(&mut indices, &plain, written.span)?;
        let term = self.term(&body, &scope, Padding::Brackets)?;
        let bounds: Vec<Bound> = indices.into_iter().filter_map(|(_, b)| b).collect();
        self.define(written, &bounds);
        let quote = Quote::plain();
        let binders = bounds.iter().map(|b| quote.binder(b)).collect();
        let model = Equation { array: written.array.clone(), indices: bounds, body: term, limits };
        Some((model, ResolvedEquation { array: written.array.clone(), indices: binders, body }))
    }

    /// Complains about every array that is not declared or is read with a wrong number of indices.
    fn check_names(&mut self, expr: &Expr) {
        if let ExprKind::Read(array, at) = &expr.kind {
            match self.arrays.get(array).map(|info| info.axes.len()) {
                None => self.unknown_array(array, expr.span),
                Some(axes) if axes != at.len() => {
                    self.checked_indices(array, at, expr.span, &Scope::new());
                }
                Some(_) => {}
            }
        }
        super::resolve::visit(expr, &mut |part| self.check_names(part));
    }

    /// A declaration without a role of an array that an equation defines is only its box.
    fn take_declaration(&mut self, written: &syntax::Equation) -> Option<Vec<Axis>> {
        match self.arrays.get(&written.array) {
            Some(info) if info.role == Role::Plain && !info.constant => {
                self.array_order.retain(|n| *n != written.array);
                self.arrays.remove(&written.array).map(|info| info.axes)
            }
            Some(info) => {
                let message = format!("`{}` is given and cannot be defined", written.array);
                let declared = info.span;
                self.report(Diagnostic::new(message, written.span).also(declared, "given here"));
                None
            }
            None => {
                if let Some(size) = self.sizes.get(&written.array) {
                    let (message, declared) = (format!("`{}` is a size", written.array), size.span);
                    let diagnostic = Diagnostic::new(message, written.span).also(declared, "declared here");
                    self.report(diagnostic.hint("a size and an array cannot share a name: rename one"));
                }
                None
            }
        }
    }

    fn left_index(&mut self, left: &LeftIndex, scope: &Scope, declared: Option<&Axis>) -> Option<(Var, Option<Bound>)> {
        match left {
            LeftIndex::Fixed(expr) => {
                let diagnostic =
                    Diagnostic::new("a constant on the left of an equation is not in the language yet", expr.span);
                self.report(diagnostic.hint("name the index and drop the axis, or give it a range"));
                None
            }
            LeftIndex::Free(binder) => {
                if self.sizes.contains_key(&binder.name) || scope.iter().any(|(n, _)| *n == binder.name) {
                    let message = format!("`{}` cannot name this index: the name is taken", binder.name);
                    self.report(Diagnostic::new(message, binder.span).hint("choose another letter"));
                    return None;
                }
                let var = Var::new(binder.name.clone());
                let bound = match (&binder.range, declared) {
                    (Some((lo, hi)), _) => {
                        let (lo, hi) = (self.index(lo, scope)?, self.index(hi, scope)?);
                        if !lo.is_free_of_vars() || !hi.is_free_of_vars() {
                            let message = "the range of an output's index cannot depend on another index";
                            self.report(
                                Diagnostic::new(message, binder.span).hint("the box of an array is rectangular"),
                            );
                            return None;
                        }
                        Some(Bound { var: var.clone(), lo, hi })
                    }
                    (None, Some(axis)) => {
                        Some(Bound { var: var.clone(), lo: axis.first.clone(), hi: axis.last.clone() })
                    }
                    (None, None) => None,
                };
                Some((var, bound))
            }
        }
    }

    fn define(&mut self, written: &syntax::Equation, bounds: &[Bound]) {
        let quote = Quote::plain();
        let axes = bounds
            .iter()
            .map(|b| Axis {
                first: b.lo.clone(),
                last: b.hi.clone(),
                before: Index::default(),
                after: Index::default(),
            })
            .collect();
        let boxes = bounds
            .iter()
            .map(|b| AxisBox {
                first: quote.index(&b.lo),
                last: quote.index(&b.hi),
                before: Expr::integer(0),
                after: Expr::integer(0),
            })
            .collect();
        let info = super::names::ArrayInfo {
            role: Role::Plain,
            constant: false,
            axes,
            boxes,
            values: None,
            span: written.span,
        };
        self.arrays.insert(written.array.clone(), info);
    }
}

fn assemble(
    names: Names,
    statements: &[Statement],
    equations: Vec<Equation>,
    resolved: Vec<ResolvedEquation>,
    outputs: Vec<Name>,
) -> System {
    let (mut offsets, mut order) = (BTreeMap::new(), names.size_order.clone());
    let mut notation = Vec::new();
    for statement in statements {
        match &statement.kind {
            StatementKind::Equation(equation) => collect_offsets(&equation.body, &mut offsets, &mut order),
            StatementKind::Notation(name, text) => notation.push((name.clone(), text.clone())),
            _ => {}
        }
    }
    let given = |name: &Name| &names.arrays[name];
    let arrays: Vec<Array> = names
        .array_order
        .iter()
        .map(|name| Array {
            name: name.clone(),
            role: given(name).role,
            constant: given(name).constant,
            axes: given(name).axes.clone(),
        })
        .collect();
    let boxes = names.array_order.iter().filter(|name| !given(name).constant).map(|name| ArrayBox {
        name: name.clone(),
        role: given(name).role,
        axes: given(name).boxes.clone(),
        values: given(name).values.clone(),
    });
    let symbols = |name: &&Name| names.sizes[*name].value.is_none();
    let program = Program {
        sizes: names.size_order.iter().filter(symbols).cloned().collect(),
        params: names.params.clone(),
        arrays: boxes.collect(),
        equations: resolved,
        outputs: outputs.clone(),
    };
    System {
        base: names.base,
        sizes: names.size_order.iter().filter(symbols).map(|n| (n.clone(), names.sizes[n].least)).collect(),
        given: names.sizes.iter().filter_map(|(n, s)| s.value.map(|v| (n.clone(), v))).collect(),
        arrays,
        equations,
        outputs,
        requires: names.requires,
        assumptions: names.assumptions,
        notation,
        program,
        offsets,
        order,
    }
}

/// `(r - 1)` as a factor says that the author counts r from 1: remembered for printing, with the
/// order in which names come.
fn collect_offsets(expr: &Expr, offsets: &mut BTreeMap<Name, i128>, order: &mut Vec<Name>) {
    if let ExprKind::Name(name) = &expr.kind
        && !order.contains(name)
    {
        order.push(name.clone());
    }
    if let ExprKind::Product(factors) = &expr.kind {
        for (operator, factor) in factors {
            if let (Operator::Times, ExprKind::Sum(terms)) = (operator, &factor.kind)
                && let [(Sign::Plus, first), (sign, second)] = terms.as_slice()
                && let (ExprKind::Name(name), ExprKind::Number(n)) = (&first.kind, &second.kind)
                && let Ok(n) = i128::try_from(n.to_integer())
            {
                offsets.entry(name.clone()).or_insert(if *sign == Sign::Minus { n } else { -n });
            }
        }
    }
    super::resolve::visit(expr, &mut |part| collect_offsets(part, offsets, order));
}

/// The statements with sizes replaced: each name on the left by its value. A value that is a new
/// name becomes a size, with the greatest of the least values of the sizes it replaces.
pub fn specialise(statements: &[Statement], by: &[(Name, Expr)]) -> Vec<Statement> {
    let value = |name: &Name| by.iter().find(|(n, _)| n == name).map(|(_, e)| e.kind.clone());
    let mut made: Vec<syntax::SizeDecl> = Vec::new();
    let mut rewritten = Vec::new();
    for statement in statements {
        let mut statement = super::resolve::map_statement(statement, &value);
        if let StatementKind::Size(decls) = &mut statement.kind {
            let mut kept = Vec::new();
            for decl in decls.drain(..) {
                match value(&decl.name) {
                    None => kept.push(decl),
                    Some(ExprKind::Name(name)) => match made.iter_mut().find(|d| d.name == name) {
                        Some(new) if decl.least.is_none() => new.least = None,
                        Some(_) => {}
                        None => made.push(syntax::SizeDecl { name, ..decl }),
                    },
                    Some(_) => {}
                }
            }
            *decls = kept;
        }
        rewritten.push(statement);
    }
    let declared = |name: &Name| {
        rewritten.iter().any(|s| matches!(&s.kind, StatementKind::Size(d) if d.iter().any(|d| d.name == *name)))
    };
    made.retain(|d| !declared(&d.name));
    if !made.is_empty() {
        let span = made[0].span;
        rewritten.push(Statement { kind: StatementKind::Size(made), span });
    }
    rewritten
}

/// A formula about a system – a claim, an answer given by hand – as resolved syntax over the free
/// indices with their ranges.
///
/// # Errors
/// What is wrong with the formula.
pub fn formula(system: &System, expr: &Expr, free: &[Bound]) -> Result<super::term::Term, Diagnostics> {
    let mut names = names_of(system);
    let resolved = names.resolve(expr);
    let scope: Scope = free.iter().map(|b| (b.var.name.clone(), b.var.clone())).collect();
    match names.term(&resolved, &scope, Padding::Brackets) {
        Some(term) if names.problems.is_empty() => Ok(term),
        _ => Err(names.problems),
    }
}

/// A formula as resolved syntax: sizes given as numbers, every range explicit.
///
/// # Errors
/// What is wrong with the formula.
pub fn resolve_formula(system: &System, expr: &Expr) -> Result<Expr, Diagnostics> {
    let mut names = names_of(system);
    let resolved = names.resolve(expr);
    if names.problems.is_empty() { Ok(resolved) } else { Err(names.problems) }
}

/// An index expression over the sizes of a system and the free indices.
///
/// # Errors
/// What is wrong with it.
pub fn index_formula(system: &System, expr: &Expr, free: &[Bound]) -> Result<Index, Diagnostics> {
    let mut names = names_of(system);
    let scope: Scope = free.iter().map(|b| (b.var.name.clone(), b.var.clone())).collect();
    let resolved = names.with_sizes(expr);
    match names.index(&resolved, &scope) {
        Some(index) if names.problems.is_empty() => Ok(index),
        _ => Err(names.problems),
    }
}

fn names_of(system: &System) -> Names {
    let mut names = Names { base: system.base, facts: system.facts(), ..Names::default() };
    for (size, least) in &system.sizes {
        let info = super::names::SizeInfo { least: *least, value: None, span: Span::default() };
        names.sizes.insert(size.clone(), info);
    }
    for (size, value) in &system.given {
        let info = super::names::SizeInfo { least: *value, value: Some(*value), span: Span::default() };
        names.sizes.insert(size.clone(), info);
    }
    let quote = Quote::plain();
    let resolved = |a: &Axis| AxisBox {
        first: quote.index(&a.first),
        last: quote.index(&a.last),
        before: quote.index(&a.before),
        after: quote.index(&a.after),
    };
    for array in &system.arrays {
        let boxes = array.axes.iter().map(resolved).collect();
        names.insert_array(
            array.name.clone(),
            array.role,
            array.constant,
            (array.axes.clone(), boxes),
            None,
            Span::default(),
        );
    }
    for equation in &system.equations {
        let written = syntax::Equation {
            array: equation.array.clone(),
            at: Vec::new(),
            body: Expr::integer(0),
            span: Span::default(),
        };
        names.define(&written, &equation.indices);
    }
    names
}

/// The binder of a bound index, for code and for the evaluator.
pub fn binders(bounds: &[Bound]) -> Vec<Binder> {
    let quote = Quote::plain();
    bounds.iter().map(|b| quote.binder(b)).collect()
}

/// A requirement or assumption as syntax.
pub fn conditions(conditions: &[Condition]) -> Vec<syntax::Condition> {
    let quote = Quote::plain();
    conditions.iter().map(|c| quote.condition(c)).collect()
}
