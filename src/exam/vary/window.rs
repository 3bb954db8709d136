//! Where reads begin: a window that begins at the first entry of its axis, or at the first place of its
//! padding, does so after the sizes have changed; the constant in the index moves.
//!
//! `x[i + 2*r - 2]` with the stride 3 is `x[i + 3*r - 3]`, `x[r + i - 1 - 1]` with the padding 2 is
//! `x[r + i - 1 - 2]`, and `x[r - i + 3]` with a kernel of 4 is `x[r - i + 4]`.

use super::walk::{Visitor, literal};
use crate::language::syntax::*;
use crate::model::each_part;
use std::collections::BTreeMap;

/// What is known of the axes of statements, and of their indices.
pub(super) struct Windows {
    base: i64,
    /// The first place that may be read of each axis, if that is a number.
    first: BTreeMap<Name, Vec<Option<i64>>>,
    /// The last value of each index, if that is a number.
    last: BTreeMap<Name, i64>,
}

/// An index expression as a constant and the coefficients of its indices.
type Linear = (i64, BTreeMap<Name, i64>);

impl Windows {
    pub fn new(statements: &[Statement], base: i64) -> Windows {
        let mut windows = Windows { base, first: BTreeMap::new(), last: BTreeMap::new() };
        let mut lasts: BTreeMap<Name, Vec<Option<i64>>> = BTreeMap::new();
        for statement in statements {
            let StatementKind::Arrays(_, arrays) = &statement.kind else { continue };
            for array in arrays {
                let first = |axis: &Axis| {
                    let first = axis.first.as_ref().map_or(Some(base), literal)?;
                    let padding = axis.pad.as_ref().map_or(Some(0), |(before, _)| literal(before))?;
                    Some(first - padding)
                };
                let last = |axis: &Axis| {
                    let last = literal(&axis.last)?;
                    Some(if axis.first.is_some() { last } else { base + last - 1 })
                };
                windows.first.insert(array.name.clone(), array.axes.iter().map(first).collect());
                lasts.insert(array.name.clone(), array.axes.iter().map(last).collect());
            }
        }
        for equation in statements.iter().filter_map(equation) {
            each_part(&equation.body, &mut |part| windows.see(part, &lasts));
        }
        windows
    }

    /// Notes how far indices go.
    fn see(&mut self, part: &Expr, lasts: &BTreeMap<Name, Vec<Option<i64>>>) {
        match &part.kind {
            ExprKind::Reduce(_, binders, ..) => {
                for binder in binders {
                    let last = binder.range.as_ref().and_then(|(_, last)| literal(last));
                    self.last.extend(last.map(|last| (binder.name.clone(), last)));
                }
            }
            ExprKind::Read(array, at) => {
                for (index, last) in at.iter().zip(lasts.get(array).into_iter().flatten()) {
                    if let (ExprKind::Name(name), Some(last)) = (&index.kind, last) {
                        self.last.insert(name.clone(), *last);
                    }
                }
            }
            _ => {}
        }
    }

    /// How far beyond the first place of an axis reads begin.
    fn lead(&self, array: &Name, axis: usize, index: &Expr) -> Option<i64> {
        let first = (*self.first.get(array)?.get(axis)?)?;
        let (constant, coefficients) = linear(index)?;
        let least = |(name, by): (&Name, &i64)| match *by >= 0 {
            true => Some(by * self.base),
            false => Some(by * self.last.get(name)?),
        };
        let least: Option<i64> = coefficients.iter().map(least).sum();
        Some(constant + least? - first)
    }
}

/// How far beyond the first place of their axes the reads of a question begin, in order.
pub(super) struct Leads<'a> {
    pub windows: &'a Windows,
    pub found: Vec<Vec<Option<i64>>>,
}

impl Visitor for Leads<'_> {
    fn read(&mut self, array: &Name, at: &mut [Expr]) {
        self.found.push(at.iter().enumerate().map(|(axis, index)| self.windows.lead(array, axis, index)).collect());
    }
}

/// Moves the constants of the reads that began at the first place.
pub(super) struct Shift<'a> {
    pub windows: &'a Windows,
    pub leads: std::vec::IntoIter<Vec<Option<i64>>>,
}

impl Visitor for Shift<'_> {
    fn read(&mut self, array: &Name, at: &mut [Expr]) {
        let leads = self.leads.next().unwrap_or_default();
        for (axis, index) in at.iter_mut().enumerate() {
            if let (Some(Some(0)), Some(lead)) = (leads.get(axis), self.windows.lead(array, axis, index)) {
                moved(index, -lead);
            }
        }
    }
}

/// Adds to the last constant of a sum, or behind it.
fn moved(index: &mut Expr, by: i64) {
    if by == 0 {
        return;
    }
    let mut terms = match std::mem::replace(&mut index.kind, ExprKind::Sum(Vec::new())) {
        ExprKind::Sum(terms) => terms,
        other => vec![(Sign::Plus, Expr { kind: other, span: index.span })],
    };
    let constant = terms.iter().rposition(|(_, term)| literal(term).is_some());
    let old = constant.map_or(0, |k| signed(&terms[k]).unwrap_or(0));
    let (new, span) = (old + by, index.span);
    let sign = if new < 0 { Sign::Minus } else { Sign::Plus };
    let term = (sign, Expr { span, ..Expr::integer(new.abs().into()) });
    match constant {
        Some(k) if new == 0 && terms.len() > 1 => drop(terms.remove(k)),
        Some(k) => terms[k] = term,
        None => terms.push(term),
    }
    index.kind = match terms.as_slice() {
        [(Sign::Plus, only)] => only.kind.clone(),
        _ => ExprKind::Sum(terms),
    };
}

fn signed((sign, term): &(Sign, Expr)) -> Option<i64> {
    literal(term).map(|value| if *sign == Sign::Minus { -value } else { value })
}

/// An index that is linear with numbers for coefficients.
fn linear(index: &Expr) -> Option<Linear> {
    match &index.kind {
        ExprKind::Number(_) => Some((literal(index)?, BTreeMap::new())),
        ExprKind::Name(name) => Some((0, BTreeMap::from([(name.clone(), 1)]))),
        ExprKind::Sum(terms) => {
            let mut sum = (0, BTreeMap::new());
            for (sign, term) in terms {
                let by = if *sign == Sign::Minus { -1 } else { 1 };
                add(&mut sum, &linear(term)?, by);
            }
            Some(sum)
        }
        ExprKind::Product(factors) if factors.iter().all(|(operator, _)| *operator == Operator::Times) => {
            let numbers: Option<Vec<Linear>> = factors.iter().map(|(_, factor)| linear(factor)).collect();
            let (constant, indexed): (Vec<Linear>, Vec<Linear>) = numbers?.into_iter().partition(|l| l.1.is_empty());
            let by = constant.iter().map(|l| l.0).product();
            let mut product = (0, BTreeMap::new());
            match indexed.as_slice() {
                [] => product.0 = by,
                [only] => add(&mut product, only, by),
                _ => return None,
            }
            Some(product)
        }
        _ => None,
    }
}

fn add(sum: &mut Linear, (constant, coefficients): &Linear, by: i64) {
    sum.0 += by * constant;
    for (name, coefficient) in coefficients {
        *sum.1.entry(name.clone()).or_default() += by * coefficient;
    }
}

fn equation(statement: &Statement) -> Option<&Equation> {
    match &statement.kind {
        StatementKind::Equation(equation) => Some(equation),
        _ => None,
    }
}
