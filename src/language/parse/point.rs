//! Answers at a point and in a limit, built from what the grammar recognised.
//!
//! Invariant: lists are only as deep as the scan lets brackets nest.

use super::derivative::target;
use super::expression::{name, sum};
use super::homework::equality;
use super::{Node, Read, Rule, next, span_of, unreadable};
use crate::diagnostic::Diagnostic;
use crate::language::syntax::{AnswerKind, Given, LimitAsked, Place, Sign, Target, ValueAsked, Values};

/// Builds `value … at …` or `limit … as …`.
pub(super) fn answer(node: Node<'_>) -> Read<AnswerKind> {
    if node.as_rule() == Rule::limit {
        return limit(node);
    }
    let span = span_of(&node);
    let mut wanted = None;
    let (mut sizes, mut at) = (Vec::new(), Vec::new());
    for part in node.into_inner() {
        match part.as_rule() {
            Rule::target => wanted = Some(target(part)?),
            Rule::equality => equality(part, &mut sizes)?,
            Rule::assigned => at.push(assigned(part)?),
            _ => {}
        }
    }
    let target = wanted.ok_or_else(|| unreadable(span))?;
    Ok(AnswerKind::Value(Box::new(ValueAsked { target, sizes, at })))
}

fn assigned(node: Node<'_>) -> Read<Given> {
    let span = span_of(&node);
    let mut parts = node.into_inner().filter(|part| matches!(part.as_rule(), Rule::target | Rule::values));
    let of = target(next(&mut parts, span)?)?;
    if !matches!(of, Target::Value(..) | Target::Gradient(..)) {
        let complaint = Diagnostic::new("only arrays and upstream gradients are given values", span);
        return Err(complaint.hint("as in `x = 1/3`, `h[t-1] = 0` or `dl/df = 1`"));
    }
    Ok(Given { of, values: values(next(&mut parts, span)?)?, span })
}

fn values(node: Node<'_>) -> Read<Values> {
    let span = span_of(&node);
    let inner = next(&mut node.into_inner(), span)?;
    match inner.as_rule() {
        Rule::list => Ok(Values::List(inner.into_inner().map(values).collect::<Read<_>>()?)),
        _ => Ok(Values::One(sum(inner, 0)?)),
    }
}

fn limit(node: Node<'_>) -> Read<AnswerKind> {
    let span = span_of(&node);
    let (mut wanted, mut param, mut to) = (None, None, None);
    for part in node.into_inner() {
        match part.as_rule() {
            Rule::target => wanted = Some(target(part)?),
            Rule::identifier => param = Some(name(&part)),
            Rule::place => to = Some(place(part)?),
            _ => {}
        }
    }
    match (wanted, param, to) {
        (Some(target), Some(param), Some(to)) => Ok(AnswerKind::Limit(Box::new(LimitAsked { target, param, to }))),
        _ => Err(unreadable(span)),
    }
}

fn place(node: Node<'_>) -> Read<Place> {
    let span = span_of(&node);
    let mut sign = Sign::Plus;
    for part in node.into_inner() {
        match part.as_rule() {
            Rule::minus => sign = Sign::Minus,
            Rule::infinity => return Ok(Place::Infinity(sign)),
            _ => return Ok(Place::At(sum(part, 0)?)),
        }
    }
    Err(unreadable(span))
}
