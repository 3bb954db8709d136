//! Formulas about a system – claims, answers given by hand – with its names; and the small pieces
//! of syntax that others need of a system.

use super::names::{Names, Scope};
use super::quote::Quote;
use super::resolve::each_part;
use super::system::{Axis, System};
use super::term::{Bound, Term};
use super::translate::Padding;
use crate::diagnostic::{Diagnostic, Diagnostics, Span};
use crate::integer::{Condition, Index};
use crate::language::program::AxisBox;
use crate::language::syntax::{self, Expr, ExprKind};

/// A formula about a system – a claim, an answer given by hand – as resolved syntax over the free
/// indices with their ranges.
///
/// # Errors
/// What is wrong with the formula.
pub fn formula(system: &System, expr: &Expr, free: &[Bound]) -> Result<Term, Diagnostics> {
    let mut names = names_of(system);
    let resolved = names.resolve(expr);
    let scope: Scope = free.iter().map(|b| (b.var.written(), b.var.clone())).collect();
    match names.term(&resolved, &scope, Padding::Brackets) {
        Some(term) if names.problems.is_empty() => Ok(term),
        None if names.problems.is_empty() => Err(vec![Diagnostic::new("this formula has no meaning here", expr.span)]),
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
    let scope: Scope = free.iter().map(|b| (b.var.written(), b.var.clone())).collect();
    let mut names = if is_of_sizes(system, expr, &scope) { sizes_of(system) } else { names_of(system) };
    let resolved = names.with_sizes(expr);
    match names.index(&resolved, &scope) {
        Some(index) if names.problems.is_empty() => Ok(index),
        _ => Err(names.problems),
    }
}

/// Whether an expression speaks of sizes and free indices only.
fn is_of_sizes(system: &System, expr: &Expr, scope: &Scope) -> bool {
    let mut only = true;
    each_part(expr, &mut |part| {
        only &= match &part.kind {
            ExprKind::Name(name) => {
                scope.iter().any(|(index, _)| index == name)
                    || system.given.contains_key(name)
                    || system.sizes.iter().any(|(size, _)| size == name)
            }
            ExprKind::Number(_) | ExprKind::Sum(_) | ExprKind::Product(_) | ExprKind::Power(..) => true,
            _ => false,
        }
    });
    only
}

pub(super) fn names_of(system: &System) -> Names {
    let mut names = sizes_of(system);
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
    let letters = |e: &super::system::Equation| {
        let mut named = e.clone();
        named.array = system.direct_part(&e.array)?.clone();
        Some(named)
    };
    let direct: Vec<_> = system.equations.iter().filter_map(letters).collect();
    for equation in system.equations.iter().chain(&direct) {
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

/// The names without those of arrays.
fn sizes_of(system: &System) -> Names {
    let mut names = Names { base: system.base, facts: system.facts(), ..Names::default() };
    for (size, least) in &system.sizes {
        let info = super::names::SizeInfo { least: *least, value: None, span: Span::default() };
        names.sizes.insert(size.clone(), info);
    }
    for (size, value) in &system.given {
        let info = super::names::SizeInfo { least: *value, value: Some(*value), span: Span::default() };
        names.sizes.insert(size.clone(), info);
    }
    names
}

/// A requirement or assumption as syntax.
pub fn conditions(conditions: &[Condition]) -> Vec<syntax::Condition> {
    let quote = Quote::plain();
    conditions.iter().map(|c| quote.condition(c)).collect()
}
