//! Statements as they are written where indices start at another number: every index, every explicit
//! range and every datum is moved by the same amount.
//!
//! x[1 + 2*(r-1)] counted from 1 is x[2*r] counted from 0. Sums are made flat and their numbers added,
//! so that an index that stood alone on an axis still does.

use crate::language::syntax::*;
use crate::model::resolve::{map_condition_mut, map_parts_mut};
use num_rational::BigRational;
use num_traits::{Signed, Zero};
use std::collections::BTreeSet;

/// The statements with indices that start higher by `by`.
pub fn rebased(statements: &[Statement], by: i128) -> Vec<Statement> {
    if by == 0 {
        return statements.to_vec();
    }
    let mut shift = Shift { by, data: BTreeSet::new(), declared: BTreeSet::new() };
    statements.iter().for_each(|statement| shift.learn(statement));
    statements.iter().map(|statement| shift.statement(statement)).collect()
}

struct Shift {
    by: i128,
    data: BTreeSet<Name>,
    declared: BTreeSet<Name>,
}

impl Shift {
    fn learn(&mut self, statement: &Statement) {
        match &statement.kind {
            StatementKind::Size(sizes) => self.declared.extend(sizes.iter().map(|s| s.name.clone())),
            StatementKind::Param(params) => self.declared.extend(params.iter().map(|p| p.name.clone())),
            StatementKind::Arrays(role, arrays) => arrays.iter().for_each(|array| self.learn_array(*role, array)),
            StatementKind::Call(call) => {
                self.declared.extend(call.names().cloned());
                call.arguments.iter().for_each(|argument| self.learn_array(argument.role, &argument.declared));
            }
            StatementKind::Equation(equation) => {
                self.declared.insert(equation.array.clone());
            }
            StatementKind::Require(_) | StatementKind::Output(_) | StatementKind::Notation(..) => {}
        }
    }

    fn learn_array(&mut self, role: Role, array: &ArrayDecl) {
        self.declared.insert(array.name.clone());
        if role == Role::Integer {
            self.data.insert(array.name.clone());
        }
    }

    fn statement(&self, statement: &Statement) -> Statement {
        let kind = match &statement.kind {
            StatementKind::Arrays(role, arrays) => {
                StatementKind::Arrays(*role, arrays.iter().map(|array| self.array(array)).collect())
            }
            StatementKind::Require(condition) => StatementKind::Require(self.requirement(condition)),
            StatementKind::Equation(equation) => StatementKind::Equation(self.equation(equation)),
            StatementKind::Call(call) => {
                let argument = |a: &Argument| Argument { declared: self.array(&a.declared), ..a.clone() };
                let arguments = call.arguments.iter().map(argument).collect();
                let requires = call.requires.iter().map(|condition| self.requirement(condition)).collect();
                StatementKind::Call(Call { arguments, requires, ..call.clone() })
            }
            StatementKind::Size(_) | StatementKind::Param(_) => statement.kind.clone(),
            StatementKind::Output(_) | StatementKind::Notation(..) => statement.kind.clone(),
        };
        Statement { kind, span: statement.span }
    }

    /// A length stays; an explicit range and the range of values move.
    fn array(&self, array: &ArrayDecl) -> ArrayDecl {
        let moved = |e: &Expr| self.index(e, &mut Vec::new());
        let axis = |axis: &Axis| match &axis.first {
            Some(first) => Axis { first: Some(moved(first)), last: moved(&axis.last), pad: axis.pad.clone() },
            None => axis.clone(),
        };
        ArrayDecl {
            axes: array.axes.iter().map(axis).collect(),
            values: array.values.as_ref().map(|(lo, hi)| (moved(lo), moved(hi))),
            ..array.clone()
        }
    }

    /// In a requirement, names that nothing declares are indices.
    fn requirement(&self, condition: &Condition) -> Condition {
        let mut names = BTreeSet::new();
        let whole = Expr::new(ExprKind::Bracket(Box::new(condition.clone())));
        super::renaming::names_of(&whole, &mut names);
        let mut scope = names.into_iter().filter(|name| !self.declared.contains(name)).collect();
        map_condition_mut(condition, &mut |part| self.value(part, &mut scope))
    }

    fn equation(&self, equation: &Equation) -> Equation {
        let mut scope = Vec::new();
        let at = equation.at.iter().map(|left| match left {
            LeftIndex::Free(binder) => LeftIndex::Free(self.binder(binder, &mut scope)),
            LeftIndex::Fixed(expr) => LeftIndex::Fixed(self.index(expr, &mut scope)),
        });
        let at = at.collect();
        Equation { at, body: self.value(&equation.body, &mut scope), ..equation.clone() }
    }

    fn binder(&self, binder: &Binder, scope: &mut Vec<Name>) -> Binder {
        let range = binder.range.as_ref().map(|(lo, hi)| (self.index(lo, scope), self.index(hi, scope)));
        scope.push(binder.name.clone());
        Binder { range, ..binder.clone() }
    }

    /// An expression that says where: it is moved.
    fn index(&self, expr: &Expr, scope: &mut Vec<Name>) -> Expr {
        plus(&self.value(expr, scope), self.by)
    }

    /// An expression that says how much: the indices in it are moved back.
    fn value(&self, expr: &Expr, scope: &mut Vec<Name>) -> Expr {
        let outside = scope.len();
        let kind = match &expr.kind {
            ExprKind::Name(name) if scope.contains(name) || self.data.contains(name) => {
                return plus(expr, -self.by);
            }
            ExprKind::Read(array, at) => {
                let kind = ExprKind::Read(array.clone(), at.iter().map(|e| self.index(e, scope)).collect());
                let read = Expr { kind, span: expr.span };
                return if self.data.contains(array) { plus(&read, -self.by) } else { read };
            }
            ExprKind::Upstream(array, at) => {
                ExprKind::Upstream(array.clone(), at.iter().map(|e| self.index(e, scope)).collect())
            }
            ExprKind::Derivative(of, array, at) => {
                let at = at.iter().map(|e| self.index(e, scope)).collect();
                ExprKind::Derivative(Box::new(self.value(of, scope)), array.clone(), at)
            }
            ExprKind::Reduce(word, binders, condition, body) => {
                let binders = binders.iter().map(|b| self.binder(b, scope)).collect();
                let condition = condition
                    .as_ref()
                    .map(|condition| Box::new(map_condition_mut(condition, &mut |part| self.value(part, scope))));
                ExprKind::Reduce(*word, binders, condition, Box::new(self.value(body, scope)))
            }
            ExprKind::Normalise(word, binders, condition, argument) => {
                let binders = binders.iter().map(|b| self.binder(b, scope)).collect();
                let condition = condition
                    .as_ref()
                    .map(|condition| Box::new(map_condition_mut(condition, &mut |part| self.value(part, scope))));
                ExprKind::Normalise(*word, binders, condition, Box::new(self.value(argument, scope)))
            }
            _ => {
                let mapped = map_parts_mut(expr, &mut |part| self.value(part, scope));
                match &mapped.kind {
                    ExprKind::Sum(terms) if terms.iter().any(|(_, e)| matches!(e.kind, ExprKind::Sum(_))) => {
                        plus(&mapped, 0).kind
                    }
                    _ => mapped.kind,
                }
            }
        };
        scope.truncate(outside);
        Expr { kind, span: expr.span }
    }
}

/// The expression and a number, as one flat sum without superfluous numbers.
pub(super) fn plus(expr: &Expr, n: i128) -> Expr {
    let mut terms = Vec::new();
    let mut number = BigRational::from_integer(n.into());
    flatten(expr, Sign::Plus, &mut terms, &mut number);
    if !number.is_zero() || terms.is_empty() {
        let sign = if number.is_negative() { Sign::Minus } else { Sign::Plus };
        terms.push((sign, Expr { kind: ExprKind::Number(number.abs()), span: expr.span }));
    }
    match terms.as_slice() {
        [(Sign::Plus, only)] => only.clone(),
        _ => Expr { kind: ExprKind::Sum(terms), span: expr.span },
    }
}

fn flatten(expr: &Expr, sign: Sign, terms: &mut Vec<(Sign, Expr)>, number: &mut BigRational) {
    match &expr.kind {
        ExprKind::Sum(parts) => {
            for (inner, part) in parts {
                let both = if *inner == sign { Sign::Plus } else { Sign::Minus };
                flatten(part, both, terms, number);
            }
        }
        ExprKind::Number(n) if sign == Sign::Plus => *number += n,
        ExprKind::Number(n) => *number -= n,
        _ => terms.push((sign, expr.clone())),
    }
}
