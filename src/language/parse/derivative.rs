//! Derivatives and targets: everything written with a `d` or a `∂` before a name.
//!
//! `df/dW` is a derivative only where no blank stands around the slash; `dl/dW` is the gradient
//! of the scalar loss, and `dl/df` inside a formula the upstream gradient. Without a slash `df`
//! is an ordinary name.
//!
//! Invariant: `∂` never begins a name.

use super::expression::{called, list, name, reference};
use super::{Node, Read, Rule, next, span_of, unreadable};
use crate::diagnostic::{Diagnostic, Span};
use crate::language::syntax::{Expr, ExprKind, Name, Target};

/// The names of the scalar loss.
const LOSS: [&str; 2] = ["l", "ℓ"];

/// `d(a)/dW[i]`; without the slash a call of `d`.
pub(super) fn derivative(node: Node<'_>, depth: usize) -> Read<ExprKind> {
    let span = span_of(&node);
    let bare = node.as_str().starts_with('d');
    let mut parts = node.into_inner();
    let mut arguments = list(next(&mut parts, span)?, depth + 1)?;
    match (parts.next(), arguments.len()) {
        (Some(slope), 1) => {
            let (by, at) = divisor(slope, depth)?;
            let of = arguments.pop().ok_or_else(|| unreadable(span))?;
            Ok(ExprKind::Derivative(Box::new(of), by, at.unwrap_or_default()))
        }
        (None, _) if bare => Ok(ExprKind::Call("d".into(), arguments)),
        (None, _) => Err(unfinished(span)),
        (Some(_), _) => Err(Diagnostic::new("a derivative is taken of one expression", span)),
    }
}

/// What `∂…` without a divisor gets.
fn unfinished(span: Span) -> Diagnostic {
    Diagnostic::new("a derivative needs something to differentiate by", span)
        .hint("write `/∂W` directly after it, without a blank")
}

/// The pieces of `df[r]/dW[k]`: the letters after the first d, then what follows.
struct Ratio<'i> {
    whole: &'i str,
    below: Option<(Name, Option<Vec<Expr>>)>,
    indices: Option<Vec<Expr>>,
    call: Option<ExprKind>,
}

impl Ratio<'_> {
    /// The name after the first `d` or `∂`.
    fn above(&self) -> &str {
        self.whole.strip_prefix(['d', '∂']).unwrap_or(self.whole)
    }

    /// Whether `∂` was written, which no name can start with.
    fn partial(&self) -> bool {
        self.whole.starts_with('∂')
    }
}

fn ratio(node: Node<'_>, depth: usize) -> Read<Ratio<'_>> {
    let span = span_of(&node);
    let mut parts = node.into_inner();
    let whole = next(&mut parts, span)?.as_str();
    let mut found = Ratio { whole, below: None, indices: None, call: None };
    for part in parts {
        match part.as_rule() {
            Rule::indices => found.indices = Some(list(part, depth + 1)?),
            Rule::called => found.call = Some(called(whole.into(), part, depth)?),
            _ => found.below = Some(divisor(part, depth)?),
        }
    }
    Ok(found)
}

/// `df/dW`, `dl/df[r]`, or a name that starts with d.
pub(super) fn differential(node: Node<'_>, depth: usize) -> Read<ExprKind> {
    let span = span_of(&node);
    let found = ratio(node, depth)?;
    if found.partial() && found.below.is_none() {
        return Err(unfinished(span));
    }
    let above: Name = found.above().into();
    let whole: Name = found.whole.into();
    Ok(match (found.below, found.indices, found.call) {
        (Some((by, at)), None, _) if LOSS.contains(&&*above) => ExprKind::Upstream(by, at.unwrap_or_default()),
        (Some((by, at)), indices, _) => {
            let kind = match indices {
                Some(indices) => ExprKind::Read(above, indices),
                None => ExprKind::Name(above),
            };
            ExprKind::Derivative(Box::new(Expr { kind, span }), by, at.unwrap_or_default())
        }
        (None, Some(indices), _) => ExprKind::Read(whole, indices),
        (None, None, Some(call)) => call,
        (None, None, None) => ExprKind::Name(whole),
    })
}

type Part = (Name, Option<Vec<Expr>>);

/// f, W and x of `d2f[r]/dW[k] dx[i]`, with their indices.
fn parts(node: Node<'_>, depth: usize) -> Read<[Part; 3]> {
    let span = span_of(&node);
    let mut found: Vec<Part> = Vec::new();
    for part in node.into_inner() {
        match part.as_rule() {
            Rule::slope => found.push(divisor(part, depth)?),
            Rule::indices => match found.last_mut() {
                Some((_, at)) => *at = Some(list(part, depth + 1)?),
                None => return Err(unreadable(span)),
            },
            _ => found.push((name(&part), None)),
        }
    }
    <[Part; 3]>::try_from(found).map_err(|_| unreadable(span))
}

/// `d2f[r]/dW[k] dx[i]`: the derivative for x of the derivative of f for W.
pub(super) fn second(node: Node<'_>, depth: usize) -> Read<ExprKind> {
    let span = span_of(&node);
    let [(of, rows), (first, at), (by, columns)] = parts(node, depth)?;
    let kind = match rows {
        Some(rows) => ExprKind::Read(of, rows),
        None => ExprKind::Name(of),
    };
    let inner = ExprKind::Derivative(Box::new(Expr { kind, span }), first, at.unwrap_or_default());
    Ok(ExprKind::Derivative(Box::new(Expr { kind: inner, span }), by, columns.unwrap_or_default()))
}

/// The array and the indices of `/dW[k]`.
fn divisor(node: Node<'_>, depth: usize) -> Read<(Name, Option<Vec<Expr>>)> {
    let span = span_of(&node);
    let mut parts = node.into_inner();
    let by = name(&next(&mut parts, span)?);
    let at = parts.next().map(|indices| list(indices, depth + 1)).transpose()?;
    Ok((by, at))
}

/// Builds a target.
pub(super) fn target(node: Node<'_>) -> Read<Target> {
    let span = span_of(&node);
    let mut shape = false;
    for part in node.into_inner() {
        let found = match part.as_rule() {
            Rule::shape_word => {
                shape = true;
                continue;
            }
            Rule::differential => ratio_target(part)?,
            Rule::second => Target::Second(Box::new(parts(part, 0)?)),
            _ => match reference(part, 0)? {
                ExprKind::Name(name) => Target::Value(name, None),
                ExprKind::Read(name, at) => Target::Value(name, Some(at)),
                _ => return Err(no_call(span)),
            },
        };
        return Ok(if shape { Target::Shape(Box::new(found)) } else { found });
    }
    Err(unreadable(span))
}

fn ratio_target(node: Node<'_>) -> Read<Target> {
    let span = span_of(&node);
    let found = ratio(node, 0)?;
    if found.call.is_some() {
        return Err(no_call(span));
    }
    if found.partial() && found.below.is_none() {
        return Err(unfinished(span));
    }
    let above: Name = found.above().into();
    Ok(match found.below {
        Some((by, at)) if found.indices.is_none() && LOSS.contains(&&*above) => Target::Gradient(by, at),
        Some(below) => Target::Jacobian((above, found.indices), below),
        None => Target::Value(found.whole.into(), found.indices),
    })
}

fn no_call(span: Span) -> Diagnostic {
    Diagnostic::new("only an array or a derivative can be asked for, not a call", span)
        .hint("as in `f`, `shape f`, `df/dW` or `dl/dW[1,k,i]`")
}
