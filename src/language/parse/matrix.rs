//! Matrix forms, built from what the grammar recognised.
//!
//! As for formulas, the grammar keeps chains flat and only brackets recurse. Invariant: products
//! of matrices and products entry by entry are never mixed without parentheses, so that nobody has to
//! know which of them binds tighter.

use super::condition::relation;
use super::derivative::differential;
use super::expression::{check_depth, list, name, number};
use super::{Node, Read, Rule, next, span_of, unreadable};
use crate::diagnostic::Diagnostic;
use crate::language::matrix::{MatrixExpr, MatrixKind};
use crate::language::syntax::{Expr, ExprKind, Operator, Sign};

/// Builds `A + B - C`.
pub(super) fn matrix(node: Node<'_>, depth: usize) -> Read<MatrixExpr> {
    let span = span_of(&node);
    check_depth(depth, span)?;
    let mut sign = Sign::Plus;
    let mut terms: Vec<(Sign, MatrixExpr)> = Vec::new();
    for child in node.into_inner() {
        match child.as_rule() {
            Rule::plus => sign = Sign::Plus,
            Rule::minus => sign = Sign::Minus,
            _ => terms.push((sign, entrywise(child, depth)?)),
        }
    }
    match (terms.len(), terms.pop()) {
        (1, Some((Sign::Plus, only))) => Ok(only),
        (_, Some(last)) => {
            terms.push(last);
            Ok(MatrixExpr { kind: MatrixKind::Sum(terms), span })
        }
        (_, None) => Err(unreadable(span)),
    }
}

/// The factors of a chain with their operators; a single one is itself.
fn chain(
    node: Node<'_>,
    build: impl Fn(Node<'_>) -> Read<Vec<MatrixExpr>>,
    whole: impl Fn(Vec<(Operator, MatrixExpr)>) -> MatrixKind,
) -> Read<MatrixExpr> {
    let span = span_of(&node);
    let mut operator = Operator::Times;
    let mut factors: Vec<(Operator, MatrixExpr)> = Vec::new();
    for child in node.into_inner() {
        match child.as_rule() {
            Rule::times | Rule::entry_times => operator = Operator::Times,
            Rule::over | Rule::entry_over => operator = Operator::Over,
            Rule::div_word => operator = Operator::Div,
            Rule::mod_word => operator = Operator::Mod,
            _ => {
                for factor in build(child)? {
                    factors.push((operator, factor));
                    operator = Operator::Times;
                }
            }
        }
    }
    match (factors.len(), factors.pop()) {
        (1, Some((_, only))) => Ok(only),
        (_, Some(last)) => {
            factors.push(last);
            Ok(MatrixExpr { kind: whole(factors), span })
        }
        (_, None) => Err(unreadable(span)),
    }
}

fn entrywise(node: Node<'_>, depth: usize) -> Read<MatrixExpr> {
    let alone = node.clone().into_inner().count() == 1;
    let operand = |child: Node<'_>| {
        let factors = child.clone().into_inner();
        let mixed = !alone && factors.count() > 1;
        if mixed {
            let message = "`*` and `.*` stand in one product: which comes first is not clear";
            return Err(Diagnostic::new(message, span_of(&child)).hint("put this in parentheses"));
        }
        Ok(vec![chain(child, |factor| operands(factor, depth), MatrixKind::Product)?])
    };
    chain(node, operand, MatrixKind::Entrywise)
}

/// One factor, or two where a number stands directly before one.
fn operands(node: Node<'_>, depth: usize) -> Read<Vec<MatrixExpr>> {
    match node.as_rule() {
        Rule::matrix_juxtaposed => node.into_inner().map(|part| power(part, depth)).collect(),
        _ => Ok(vec![power(node, depth)?]),
    }
}

fn power(node: Node<'_>, depth: usize) -> Read<MatrixExpr> {
    if node.as_rule() == Rule::number {
        return primary(node, depth);
    }
    let span = span_of(&node);
    let mut parts = node.into_inner();
    let base = primary(next(&mut parts, span)?, depth)?;
    let kind = match parts.next() {
        None => return Ok(base),
        Some(mark) if mark.as_rule() == Rule::transpose => MatrixKind::Transpose(Box::new(base)),
        Some(raised) => {
            let entry = raised.as_rule() == Rule::entry_power;
            let mut pieces = raised.into_inner();
            let first = next(&mut pieces, span)?;
            let exponent = match first.as_rule() {
                Rule::minus => {
                    let size = primary(next(&mut pieces, span)?, depth + 1)?;
                    let span = span_of(&first).to(size.span);
                    MatrixExpr { kind: MatrixKind::Sum(vec![(Sign::Minus, size)]), span }
                }
                _ => primary(first, depth + 1)?,
            };
            MatrixKind::Power(Box::new(base), Box::new(exponent), entry)
        }
    };
    Ok(MatrixExpr { kind, span })
}

fn primary(node: Node<'_>, depth: usize) -> Read<MatrixExpr> {
    let span = span_of(&node);
    let only = |node: Node<'_>| matrix(next(&mut node.into_inner(), span)?, depth + 1);
    let kind = match node.as_rule() {
        Rule::number => MatrixKind::Entry(number(node)?),
        Rule::matrix_group => only(node)?.kind,
        Rule::matrix_floor => floor(only(node)?),
        Rule::matrix_ceiling => MatrixKind::Call("ceil".into(), vec![only(node)?]),
        Rule::bracket => {
            let whole = next(&mut node.into_inner(), span)?;
            let condition = super::condition::condition(whole, depth + 1)?;
            MatrixKind::Entry(Expr { kind: ExprKind::Bracket(Box::new(condition)), span })
        }
        Rule::matrix_compare => {
            let mut parts = node.into_inner();
            let left = matrix(next(&mut parts, span)?, depth + 1)?;
            let joint = relation(&next(&mut parts, span)?);
            let right = matrix(next(&mut parts, span)?, depth + 1)?;
            MatrixKind::Compare(joint, Box::new([left, right]))
        }
        Rule::matrix_upstream => upstream(node, depth)?,
        Rule::matrix_reference => reference(node, depth)?,
        _ => return Err(unreadable(span)),
    };
    Ok(MatrixExpr { kind, span })
}

/// `⌊a/b⌋` is `a div b`; anything else is `floor(…)`.
fn floor(inner: MatrixExpr) -> MatrixKind {
    match inner.kind {
        MatrixKind::Product(mut factors) if matches!(factors.last(), Some((Operator::Over, _))) => {
            if let Some(last) = factors.last_mut() {
                last.0 = Operator::Div;
            }
            MatrixKind::Product(factors)
        }
        kind => MatrixKind::Call("floor".into(), vec![MatrixExpr { kind, span: inner.span }]),
    }
}

/// `dl/dh`, or with indices an entry of it.
fn upstream(node: Node<'_>, depth: usize) -> Read<MatrixKind> {
    let span = span_of(&node);
    match differential(node, depth)? {
        ExprKind::Upstream(name, at) if at.is_empty() => Ok(MatrixKind::Upstream(name)),
        kind @ ExprKind::Upstream(..) => Ok(MatrixKind::Entry(Expr { kind, span })),
        _ => Err(Diagnostic::new("a matrix form holds no derivatives but upstream gradients", span)
            .hint("write what the derivative is, or `dl/dh` for the gradient of an array")),
    }
}

/// `W`, `x[1]`, `diag(p)`
fn reference(node: Node<'_>, depth: usize) -> Read<MatrixKind> {
    let span = span_of(&node);
    let mut parts = node.into_inner();
    let name = name(&next(&mut parts, span)?);
    match parts.next() {
        None => Ok(MatrixKind::Name(name)),
        Some(rest) if rest.as_rule() == Rule::indices => {
            let kind = ExprKind::Read(name, list(rest, depth + 1)?);
            Ok(MatrixKind::Entry(Expr { kind, span }))
        }
        Some(rest) => {
            let arguments: Read<Vec<MatrixExpr>> = rest.into_inner().map(|part| matrix(part, depth + 1)).collect();
            Ok(MatrixKind::Call(name, arguments?))
        }
    }
}
