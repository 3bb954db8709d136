//! Conditions, built from what the grammar recognised.
//!
//! To the grammar `(a + b)` and `(p or q)` are both a group; which is meant shows in the place.
//! That keeps the grammar from trying each parenthesis twice, which would cost a factor of two
//! for every level of nesting.
//!
//! Invariant: a group counts as a condition exactly where it is all of one side of `and`, `or`
//! or a bracket.

use super::expression::{check_depth, sum};
use super::{Node, Read, Rule, next, span_of};
use crate::diagnostic::Diagnostic;
use crate::language::syntax::{Condition, Expr, Relation};

/// A `disjunction` where a condition is wanted.
pub(super) fn condition(node: Node<'_>, depth: usize) -> Read<Condition> {
    check_depth(depth, span_of(&node))?;
    let parts = node.into_inner().filter(|part| part.as_rule() == Rule::conjunction);
    let any: Vec<Condition> = parts.map(|part| conjunction(part, depth)).collect::<Read<_>>()?;
    Ok(single(any).unwrap_or_else(Condition::Any))
}

fn conjunction(node: Node<'_>, depth: usize) -> Read<Condition> {
    let parts = node.into_inner().filter(|part| part.as_rule() == Rule::chain);
    let all: Vec<Condition> = parts.map(|part| chain(part, depth)).collect::<Read<_>>()?;
    Ok(single(all).unwrap_or_else(Condition::All))
}

/// The only element, or the whole list back.
fn single(mut list: Vec<Condition>) -> Result<Condition, Vec<Condition>> {
    match list.pop() {
        Some(only) if list.is_empty() => Ok(only),
        Some(last) => {
            list.push(last);
            Err(list)
        }
        None => Err(list),
    }
}

fn chain(node: Node<'_>, depth: usize) -> Read<Condition> {
    let span = span_of(&node);
    let mut parts = node.into_inner();
    let first = next(&mut parts, span)?;
    if first.as_rule() == Rule::negation {
        let mut inner = first.into_inner().filter(|part| part.as_rule() == Rule::disjunction);
        return Ok(Condition::Not(Box::new(condition(next(&mut inner, span)?, depth + 1)?)));
    }
    let Some(joint) = parts.next() else {
        return match sole_group(first) {
            Some(inner) => condition(inner, depth + 1),
            None => Err(Diagnostic::new("a condition is expected here, and this is a value", span)
                .hint("compare it with something, as in `1 <= n` or `n = 0`")),
        };
    };
    if joint.as_rule() == Rule::divides {
        let right = sum(next(&mut parts, span)?, depth)?;
        return Ok(Condition::Divides(sum(first, depth)?, right));
    }
    let left = sum(first, depth)?;
    let mut links = vec![(relation(&joint), sum(next(&mut parts, span)?, depth)?)];
    while let Some(joint) = parts.next() {
        links.push((relation(&joint), sum(next(&mut parts, span)?, depth)?));
    }
    Ok(Condition::Chain(left, links))
}

/// What stands in the parentheses that are all of a sum.
fn sole_group(node: Node<'_>) -> Option<Node<'_>> {
    let mut node = node;
    while node.as_rule() != Rule::disjunction {
        let mut parts = node.into_inner();
        node = parts.next()?;
        if parts.next().is_some() {
            return None;
        }
    }
    Some(node)
}

/// A comparison.
pub(super) fn relation(node: &Node<'_>) -> Relation {
    match node.as_str() {
        "<" => Relation::Less,
        "<=" | "≤" => Relation::AtMost,
        ">" => Relation::Greater,
        ">=" | "≥" => Relation::AtLeast,
        "!=" | "≠" => Relation::NotEqual,
        _ => Relation::Equal,
    }
}

/// A `disjunction` where a value is wanted.
pub(super) fn value(node: Node<'_>, depth: usize) -> Read<Expr> {
    let span = span_of(&node);
    let mut node = node;
    while node.as_rule() != Rule::sum {
        let mut parts = node.into_inner();
        node = next(&mut parts, span)?;
        if node.as_rule() == Rule::negation || parts.next().is_some() {
            return Err(Diagnostic::new("a value is expected here, and this is a condition", span)
                .hint("a condition in square brackets, as in `[1 <= n]`, is 1 where it holds and 0 elsewhere"));
        }
    }
    sum(node, depth)
}
