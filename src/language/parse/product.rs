//! Products, built from the flat list of factors that the grammar recognised.
//!
//! Signs and reductions stand before a factor in any number. A sign reaches over its factor, a
//! reduction to the end of the product, so the list is folded from the right.
//!
//! Invariant: no recursion along the list; every prefix counts as one step down.

use super::expression::{check_depth, number, power, reduction};
use super::{Node, Read, Rule, next, span_of, unreadable};
use crate::diagnostic::{Diagnostic, Span};
use crate::language::syntax::{Binder, Condition, Expr, ExprKind, Operator, Reduction, Sign};

/// A sign or a reduction in front of a factor.
enum Prefix {
    Minus(Span),
    Reduce(Span, Reduction, Vec<Binder>, Option<Condition>),
}

/// A factor before signs and reductions are given their reach.
struct Factor {
    operator: Operator,
    prefixes: Vec<Prefix>,
    /// One operand, or two where a number stands directly before one.
    operands: Vec<Expr>,
}

/// Builds `a * b / c`: a sign reaches over its factor, a reduction to the end of the product.
pub(super) fn product(node: Node<'_>, depth: usize) -> Read<Expr> {
    let place = span_of(&node);
    let mut operator = Operator::Times;
    let mut factors = Vec::new();
    let mut depth = depth;
    for child in node.into_inner() {
        match child.as_rule() {
            Rule::times => operator = Operator::Times,
            Rule::over => operator = Operator::Over,
            Rule::div_word => operator = Operator::Div,
            Rule::mod_word => operator = Operator::Mod,
            Rule::matmul => operator = Operator::Matmul,
            _ => factors.push(factor(child, operator, &mut depth)?),
        }
    }
    let mut rest: Vec<(Operator, Expr)> = Vec::new();
    for found in factors.into_iter().rev() {
        attach(found, &mut rest);
    }
    join(rest).ok_or_else(|| unreadable(place))
}

/// Puts a factor in front of the factors at its right, which stand in reverse in `rest`.
fn attach(found: Factor, rest: &mut Vec<(Operator, Expr)>) {
    let mut tail = std::mem::take(rest);
    let mut near: Vec<(Operator, Expr)> =
        found.operands.into_iter().rev().map(|operand| (Operator::Times, operand)).collect();
    for prefix in found.prefixes.into_iter().rev() {
        let (start, kind) = match prefix {
            Prefix::Minus(start) => {
                let Some(inner) = join(near) else { return };
                let span = inner.span;
                (start.to(span), ExprKind::Sum(vec![(Sign::Minus, inner)]))
            }
            Prefix::Reduce(start, word, binders, p) => {
                let mut all = std::mem::take(&mut tail);
                all.extend(near);
                let Some(body) = join(all) else { return };
                let span = body.span;
                (start.to(span), ExprKind::Reduce(word, binders, p.map(Box::new), Box::new(body)))
            }
        };
        near = vec![(Operator::Times, Expr { kind, span: start })];
    }
    if let Some(first) = near.last_mut() {
        first.0 = found.operator;
    }
    tail.extend(near);
    *rest = tail;
}

/// The product of factors that stand in reverse; a single one is itself.
fn join(mut reversed: Vec<(Operator, Expr)>) -> Option<Expr> {
    reversed.reverse();
    let mut factors = reversed;
    if let Some(first) = factors.first_mut() {
        first.0 = Operator::Times;
    }
    let span = factors.first()?.1.span.to(factors.last()?.1.span);
    match factors.len() {
        1 => factors.pop().map(|(_, only)| only),
        _ => Some(Expr { kind: ExprKind::Product(factors), span }),
    }
}

/// Reads one factor; every sign and reduction in front of it is one step deeper.
fn factor(node: Node<'_>, operator: Operator, depth: &mut usize) -> Read<Factor> {
    let place = span_of(&node);
    let mut prefixes = Vec::new();
    for child in node.into_inner() {
        let here = span_of(&child);
        check_depth(*depth, here)?;
        match child.as_rule() {
            Rule::minus => {
                *depth += 1;
                prefixes.push(Prefix::Minus(here));
            }
            Rule::reduction => {
                *depth += 1;
                let (word, binders, p) = reduction(child, *depth)?;
                prefixes.push(Prefix::Reduce(here, word, binders, p));
            }
            Rule::juxtaposed
                if operator != Operator::Times && !prefixes.iter().any(|p| matches!(p, Prefix::Reduce(..))) =>
            {
                return Err(Diagnostic::new("it is not clear what this divides by", here)
                    .label("a number directly before a factor")
                    .hint("write `1/(2*x)` or `(1/2)*x`, whichever is meant"));
            }
            Rule::juxtaposed => {
                let mut parts = child.into_inner();
                let first = number(next(&mut parts, place)?)?;
                let second = power(next(&mut parts, place)?, *depth)?;
                return Ok(Factor { operator, prefixes, operands: vec![first, second] });
            }
            _ => {
                let only = power(child, *depth)?;
                return Ok(Factor { operator, prefixes, operands: vec![only] });
            }
        }
    }
    Err(unreadable(place))
}
