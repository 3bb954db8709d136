//! Expressions, built from what the grammar recognised.
//!
//! The grammar keeps products, powers, signs and branches as flat lists; here they are folded
//! from the right into the tree, without recursion along the list.
//!
//! Invariant: every step down the tree, whether by recursion or by folding, counts against
//! [`MAX_DEPTH`], so that no later pass over a tree can run out of stack.

use super::condition::{condition, value};
use super::derivative::{derivative, differential, second};
use super::product::product;
use super::{Node, Read, Rule, next, span_of, unreadable};
use crate::diagnostic::{Diagnostic, Span};
use crate::language::syntax::{
    Binder, Condition, Expr, ExprKind, Extremum, LayerCall, Name, Normaliser, Operator, Reduction, Relation, Setting,
    Sign,
};
use num_bigint::BigInt;
use num_rational::BigRational;

/// How deep expressions may nest, counting brackets, signs, exponents, sums and branches.
pub(super) const MAX_DEPTH: usize = 96;

/// Builds a `sum`, or a chain of `if … then … else`.
pub(super) fn expression(node: Node<'_>, depth: usize) -> Read<Expr> {
    if node.as_rule() == Rule::sum {
        return sum(node, depth);
    }
    let place = span_of(&node);
    let mut branches = Vec::new();
    for child in node.into_inner() {
        let depth = depth + branches.len();
        check_depth(depth, span_of(&child))?;
        match child.as_rule() {
            Rule::branch => branches.push(branch(child, depth + 1)?),
            _ => {
                let last = sum(child, depth)?;
                return Ok(branches.into_iter().rev().fold(last, |rest, (start, p, then)| {
                    let span = start.to(rest.span);
                    Expr { kind: ExprKind::If(Box::new(p), Box::new(then), Box::new(rest)), span }
                }));
            }
        }
    }
    Err(unreadable(place))
}

/// The condition and the value of `if p then a else`, and where it starts.
fn branch(node: Node<'_>, depth: usize) -> Read<(Span, Condition, Expr)> {
    let place = span_of(&node);
    let mut parts = node.into_inner().filter(|part| matches!(part.as_rule(), Rule::disjunction | Rule::expression));
    let p = condition(next(&mut parts, place)?, depth)?;
    let then = expression(next(&mut parts, place)?, depth)?;
    Ok((place, p, then))
}

/// Builds `a + b - c`.
pub(super) fn sum(node: Node<'_>, depth: usize) -> Read<Expr> {
    check_depth(depth, span_of(&node))?;
    let mut sign = Sign::Plus;
    let mut start = None;
    let mut terms: Vec<(Sign, Expr)> = Vec::new();
    let place = span_of(&node);
    for child in node.into_inner() {
        match child.as_rule() {
            Rule::plus => sign = Sign::Plus,
            Rule::minus => {
                sign = Sign::Minus;
                start.get_or_insert(span_of(&child));
            }
            _ => {
                terms.push((sign, product(child, depth)?));
                start.get_or_insert(place);
            }
        }
    }
    match terms.as_slice() {
        [] => Err(unreadable(place)),
        [(Sign::Plus, _)] => terms.pop().map(|(_, only)| only).ok_or_else(|| unreadable(place)),
        [first, ..] => {
            let last = terms.last().map_or(place, |(_, term)| term.span);
            let span = start.unwrap_or(first.1.span).to(last);
            Ok(Expr { kind: ExprKind::Sum(terms), span })
        }
    }
}

/// Builds `a ^ b ^ c`, from the right.
pub(super) fn power(node: Node<'_>, depth: usize) -> Read<Expr> {
    let place = span_of(&node);
    let mut depth = depth;
    let mut levels: Vec<(Vec<Span>, Expr)> = Vec::new();
    for child in node.into_inner() {
        let (signs, operand) = if child.as_rule() == Rule::exponent {
            let mut signs = Vec::new();
            let mut operand = None;
            for part in child.into_inner() {
                depth += 1;
                check_depth(depth, span_of(&part))?;
                match part.as_rule() {
                    Rule::minus => signs.push(span_of(&part)),
                    _ => operand = Some(primary(part, depth)?),
                }
            }
            (signs, operand.ok_or_else(|| unreadable(place))?)
        } else {
            (Vec::new(), primary(child, depth)?)
        };
        levels.push((signs, operand));
    }
    let mut above: Option<Expr> = None;
    while let Some((signs, operand)) = levels.pop() {
        let mut value = match above {
            None => operand,
            Some(exponent) => {
                let span = operand.span.to(exponent.span);
                Expr { kind: ExprKind::Power(Box::new(operand), Box::new(exponent)), span }
            }
        };
        for sign in signs.into_iter().rev() {
            let span = sign.to(value.span);
            value = Expr { kind: ExprKind::Sum(vec![(Sign::Minus, value)]), span };
        }
        above = Some(value);
    }
    above.ok_or_else(|| unreadable(place))
}

/// Builds what stands by itself.
fn primary(node: Node<'_>, depth: usize) -> Read<Expr> {
    let span = span_of(&node);
    let kind = match node.as_rule() {
        Rule::number => return number(node),
        Rule::group => {
            let inner = next(&mut node.into_inner().filter(|part| part.as_rule() != Rule::if_word), span)?;
            let inner = match inner.as_rule() {
                Rule::disjunction => value(inner, depth + 1)?,
                _ => expression(inner, depth + 1)?,
            };
            return Ok(Expr { kind: inner.kind, span });
        }
        Rule::bracket => ExprKind::Bracket(Box::new(condition(next(&mut node.into_inner(), span)?, depth + 1)?)),
        Rule::floor => floor(expression(next(&mut node.into_inner(), span)?, depth + 1)?),
        Rule::ceiling => {
            let inner = expression(next(&mut node.into_inner(), span)?, depth + 1)?;
            ExprKind::Call("ceil".into(), vec![inner])
        }
        Rule::kronecker => {
            let list = list(next(&mut node.into_inner(), span)?, depth + 1)?;
            let [left, right] = <[Expr; 2]>::try_from(list)
                .map_err(|_| Diagnostic::new("`delta` takes two indices, as in `delta[i,j]`", span))?;
            ExprKind::Bracket(Box::new(Condition::Chain(left, vec![(Relation::Equal, right)])))
        }
        Rule::normalised => normalised(node, depth)?,
        Rule::derivative => derivative(node, depth)?,
        Rule::differential => differential(node, depth)?,
        Rule::second => second(node, depth)?,
        Rule::reference => reference(node, depth)?,
        _ => return Err(unreadable(span)),
    };
    Ok(Expr { kind, span })
}

/// `⌊a/b⌋` is `a div b`; anything else is `floor(…)`.
fn floor(inner: Expr) -> ExprKind {
    match inner.kind {
        ExprKind::Product(mut factors) if matches!(factors.last(), Some((Operator::Over, _))) => {
            if let Some(last) = factors.last_mut() {
                last.0 = Operator::Div;
            }
            ExprKind::Product(factors)
        }
        kind => ExprKind::Call("floor".into(), vec![Expr { kind, span: inner.span }]),
    }
}

/// `f`, `x[i, k]`, `floor(a)`.
pub(super) fn reference(node: Node<'_>, depth: usize) -> Read<ExprKind> {
    let span = span_of(&node);
    let mut parts = node.into_inner();
    let name = name(&next(&mut parts, span)?);
    match parts.next() {
        None => Ok(ExprKind::Name(name)),
        Some(rest) => applied(name, rest, depth),
    }
}

/// A name with its indices or its arguments.
fn applied(name: Name, rest: Node<'_>, depth: usize) -> Read<ExprKind> {
    match rest.as_rule() {
        Rule::indices => Ok(ExprKind::Read(name, list(rest, depth + 1)?)),
        _ => called(name, rest, depth),
    }
}

/// `exp(a)`, `conv1d(x, W; S = 2)[r, 1]`.
pub(super) fn called(name: Name, node: Node<'_>, depth: usize) -> Read<ExprKind> {
    let span = span_of(&node);
    let mut parts = node.into_inner();
    let mut call = LayerCall::plain(name, Vec::new());
    for part in next(&mut parts, span)?.into_inner() {
        match part.as_rule() {
            Rule::setting => call.settings.push(setting(part, depth + 1)?),
            _ => call.arguments.push(expression(part, depth + 1)?),
        }
    }
    call.at = parts.next().map(|indices| list(indices, depth + 1)).transpose()?;
    Ok(call.kind())
}

/// `S = 2`.
pub(super) fn setting(node: Node<'_>, depth: usize) -> Read<Setting> {
    let span = span_of(&node);
    let mut parts = node.into_inner().filter(|part| part.as_rule() != Rule::equals);
    let name = name(&next(&mut parts, span)?);
    let value = sum(next(&mut parts, span)?, depth)?;
    Ok(Setting { name, value, span })
}

/// `softargmax[j](s[i, j])`.
fn normalised(node: Node<'_>, depth: usize) -> Read<ExprKind> {
    let span = span_of(&node);
    let mut parts = node.into_inner();
    let word = next(&mut parts, span)?;
    let named = Normaliser::ALL.into_iter().find(|known| known.word() == word.as_str());
    let (mut binders, mut p, mut argument) = (Vec::new(), None, None);
    for part in parts {
        match part.as_rule() {
            Rule::binder => binders.push(binder(part, depth + 1)?),
            Rule::disjunction => p = Some(Box::new(condition(part, depth + 1)?)),
            _ => argument = Some(expression(part, depth + 1)?),
        }
    }
    let (normaliser, argument) = named.zip(argument).ok_or_else(|| unreadable(span))?;
    Ok(ExprKind::Normalise(normaliser, binders, p, Box::new(argument)))
}

/// The expressions between brackets.
pub(super) fn list(node: Node<'_>, depth: usize) -> Read<Vec<Expr>> {
    node.into_inner().map(|part| expression(part, depth)).collect()
}

pub(super) fn reduction(node: Node<'_>, depth: usize) -> Read<(Reduction, Vec<Binder>, Option<Condition>)> {
    let mut word = Reduction::Sum;
    let mut binders = Vec::new();
    let mut p = None;
    for part in node.into_inner() {
        match part.as_rule() {
            Rule::extremum_word => {
                let named = Extremum::ALL.into_iter().find(|known| known.word() == part.as_str());
                word = named.map_or(word, Reduction::Extremum);
            }
            Rule::reduction_word if part.as_str() == "mean" => word = Reduction::Mean,
            Rule::reduction_word if part.as_str() == "var" => word = Reduction::Variance,
            Rule::reduction_word if matches!(part.as_str(), "prod" | "Π" | "∏") => word = Reduction::Product,
            Rule::binder => binders.push(binder(part, depth + 1)?),
            Rule::disjunction => p = Some(condition(part, depth + 1)?),
            _ => {}
        }
    }
    Ok((word, binders, p))
}

/// `i`, `i in 1..3`, and an index on the left of an equation, which is written alike.
pub(super) fn binder(node: Node<'_>, depth: usize) -> Read<Binder> {
    let span = span_of(&node);
    let mut found = Binder { name: "".into(), range: None, span };
    for part in node.into_inner() {
        match part.as_rule() {
            Rule::identifier => found.name = name(&part),
            Rule::range => found.range = Some(range(part, depth)?),
            _ => {}
        }
    }
    Ok(found)
}

/// `1..3`.
pub(super) fn range(node: Node<'_>, depth: usize) -> Read<(Expr, Expr)> {
    let span = span_of(&node);
    let mut parts = node.into_inner();
    let first = sum(next(&mut parts, span)?, depth)?;
    let last = sum(next(&mut parts, span)?, depth)?;
    Ok((first, last))
}

/// A literal, exactly.
pub(super) fn number(node: Node<'_>) -> Read<Expr> {
    let span = span_of(&node);
    let (whole, part) = node.as_str().split_once('.').unwrap_or((node.as_str(), ""));
    let digits = format!("{whole}{part}");
    let value = BigInt::parse_bytes(digits.as_bytes(), 10).ok_or_else(|| unreadable(span))?;
    let scale = BigInt::from(10).pow(part.len() as u32);
    Ok(Expr { kind: ExprKind::Number(BigRational::new(value, scale)), span })
}

/// An identifier.
pub(super) fn name(node: &Node<'_>) -> Name {
    node.as_str().into()
}

/// An error where expressions nest too deeply.
pub(super) fn check_depth(depth: usize, span: Span) -> Read<()> {
    if depth <= MAX_DEPTH {
        return Ok(());
    }
    Err(Diagnostic::new("this expression is nested too deeply", span)
        .hint("give a part of it a name, in an equation of its own"))
}
