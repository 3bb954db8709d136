//! Statements, layers and whole files, built from what the grammar recognised.
//!
//! Every statement is built by itself, so that several mistakes are told in one run. A statement
//! that declares an array right behind an equation, on the same line, is a forgotten `*`.
//!
//! Invariant: source order is kept within each list of the tree.

use super::condition::{condition, relation};
use super::expression::{binder, expression, name, range, sum};
use super::{Node, Read, Rule, homework, next, span_of, unreadable};
use crate::diagnostic::{Diagnostic, Diagnostics, Span};
use crate::language::syntax::{
    ArrayDecl, Axis, Equation, Expr, File, Item, Layer, LeftIndex, Normaliser, ParamDecl, Role, SizeDecl, Statement,
    StatementKind,
};

/// Builds a file.
pub(super) fn file(node: Node<'_>) -> Result<File, Diagnostics> {
    let text = node.as_str();
    let mut found = Collected::new(text);
    let mut file = File::default();
    for part in node.into_inner() {
        match part.as_rule() {
            Rule::base => file.base = found.keep(base(part)),
            Rule::layer => file.items.push(Item::Layer(layer(part, &mut found))),
            Rule::homework => {
                let built = homework::homework(part, &mut found);
                file.items.push(Item::Homework(built));
            }
            Rule::test => file.items.push(Item::Test(homework::test(part, &mut found))),
            Rule::statement => found.statement(part, &mut file.statements),
            _ => {}
        }
    }
    if found.complaints.is_empty() { Ok(file) } else { Err(found.complaints) }
}

/// What was wrong so far.
pub(super) struct Collected<'i> {
    text: &'i str,
    pub(super) complaints: Diagnostics,
}

impl<'i> Collected<'i> {
    fn new(text: &'i str) -> Self {
        Collected { text, complaints: Vec::new() }
    }

    /// The piece, or none and its complaint kept.
    pub(super) fn keep<T>(&mut self, read: Read<T>) -> Option<T> {
        read.map_err(|complaint| self.complaints.push(complaint)).ok()
    }

    /// Adds a statement to those before it.
    pub(super) fn statement(&mut self, node: Node<'_>, before: &mut Vec<Statement>) {
        let Some(found) = self.keep(statement(node)) else {
            return;
        };
        if let Some(complaint) = before.last().and_then(|last| self.forgotten_joint(last, &found)) {
            self.complaints.push(complaint);
        }
        before.push(found);
    }

    /// `f[r] = x[r] W[r]` is an equation and a declaration to the grammar, `input x[3] y[4]` two
    /// declarations.
    fn forgotten_joint(&self, last: &Statement, found: &Statement) -> Option<Diagnostic> {
        let StatementKind::Arrays(Role::Plain, _) = found.kind else {
            return None;
        };
        let (ended, joint, meant) = match last.kind {
            StatementKind::Equation(_) => ("equation", "*", "a product"),
            StatementKind::Arrays(..) => ("declaration", ",", "one more array"),
            _ => return None,
        };
        let between = self.text.get(last.span.end..found.span.start)?;
        if between.contains(['\n', ';']) {
            return None;
        }
        let words = self.text.get(found.span.start..found.span.end)?;
        let message = format!("the {ended} before this has already ended");
        let written = self.text.get(last.span.start..last.span.end)?.trim_end();
        let hint = match last_normaliser(written) {
            Some(call) => format!("what is normalised stands in parentheses: `{call}({words})`"),
            None => format!("write `{joint} {words}` if {meant} is meant, or begin a new line"),
        };
        Some(Diagnostic::new(message, found.span).hint(hint))
    }
}

/// `logsumexp[k]` at the end of a text.
fn last_normaliser(text: &str) -> Option<&str> {
    let mut depth = 0;
    let (open, _) = text.char_indices().rev().find(|(_, c)| {
        depth += i32::from(*c == ']') - i32::from(*c == '[');
        depth <= 0
    })?;
    let before = text.get(..open)?;
    let call = text.get(before.trim_end_matches(char::is_alphabetic).len()..)?;
    Normaliser::ALL.iter().any(|n| call.starts_with(&format!("{}[", n.word()))).then_some(call)
}

/// `index from 0`
fn base(node: Node<'_>) -> Read<i64> {
    let span = span_of(&node);
    let value = next(&mut node.into_inner(), span)?;
    value.as_str().parse().map_err(|_| Diagnostic::new("this index is too large", span))
}

fn layer(node: Node<'_>, found: &mut Collected<'_>) -> Layer {
    let mut layer = Layer { name: "".into(), about: String::new(), statements: Vec::new(), span: span_of(&node) };
    for part in node.into_inner() {
        match part.as_rule() {
            Rule::identifier => {
                layer.name = name(&part);
                layer.span = span_of(&part);
            }
            Rule::string => layer.about = unquoted(&part),
            Rule::statement => found.statement(part, &mut layer.statements),
            _ => {}
        }
    }
    layer
}

/// The text between quotes.
pub(super) fn unquoted(node: &Node<'_>) -> String {
    let text = node.as_str();
    let inner = text.strip_prefix("\"\"\"").and_then(|text| text.strip_suffix("\"\"\""));
    inner.unwrap_or_else(|| text.trim_matches('"')).to_owned()
}

fn statement(node: Node<'_>) -> Read<Statement> {
    let mut span = span_of(&node);
    let node = next(&mut node.into_inner(), span)?;
    let kind = match node.as_rule() {
        Rule::size => StatementKind::Size(items(node, Rule::size_item, size_item)?),
        Rule::param => StatementKind::Param(items(node, Rule::param_item, param_item)?),
        Rule::require => {
            let mut parts = node.into_inner().filter(|part| part.as_rule() == Rule::disjunction);
            StatementKind::Require(condition(next(&mut parts, span)?, 0)?)
        }
        Rule::arrays => {
            let role = match node.as_str().get(..2) {
                Some("we") => Role::Weight,
                Some("in") if node.as_str().starts_with("integer") => Role::Integer,
                _ => Role::Input,
            };
            StatementKind::Arrays(role, items(node, Rule::array, array)?)
        }
        Rule::plain => StatementKind::Arrays(Role::Plain, items(node, Rule::array, array)?),
        Rule::output => StatementKind::Output(items(node, Rule::identifier, |part| Ok((name(&part), span_of(&part))))?),
        Rule::notation => {
            let mut parts = node.into_inner();
            let array = name(&next(&mut parts, span)?);
            StatementKind::Notation(array, next(&mut parts, span)?.as_str().trim().to_owned())
        }
        Rule::equation => {
            let found = equation(node)?;
            span = span.to(found.span);
            span.end = found.body.span.end;
            StatementKind::Equation(found)
        }
        _ => return Err(unreadable(span)),
    };
    Ok(Statement { kind, span })
}

/// Every piece of one kind, in order.
fn items<'i, T>(node: Node<'i>, rule: Rule, build: impl Fn(Node<'i>) -> Read<T>) -> Read<Vec<T>> {
    node.into_inner().filter(|part| part.as_rule() == rule).map(build).collect()
}

fn size_item(node: Node<'_>) -> Read<SizeDecl> {
    let span = span_of(&node);
    let mut found = SizeDecl { name: "".into(), least: None, default: None, span };
    for part in node.into_inner() {
        match part.as_rule() {
            Rule::identifier => found.name = name(&part),
            Rule::least => found.least = Some(sum(next(&mut part.into_inner(), span)?, 0)?),
            _ => found.default = Some(sum(next(&mut part.into_inner(), span)?, 0)?),
        }
    }
    Ok(found)
}

fn param_item(node: Node<'_>) -> Read<ParamDecl> {
    let span = span_of(&node);
    let mut found = ParamDecl { name: "".into(), bound: None, default: None, span };
    for part in node.into_inner() {
        match part.as_rule() {
            Rule::identifier => found.name = name(&part),
            Rule::bound => {
                let mut parts = part.into_inner();
                let joint = relation(&next(&mut parts, span)?);
                found.bound = Some((joint, sum(next(&mut parts, span)?, 0)?));
            }
            _ => found.default = Some(sum(next(&mut part.into_inner(), span)?, 0)?),
        }
    }
    Ok(found)
}

fn array(node: Node<'_>) -> Read<ArrayDecl> {
    let span = span_of(&node);
    let mut found = ArrayDecl { name: "".into(), axes: Vec::new(), values: None, span };
    for part in node.into_inner() {
        match part.as_rule() {
            Rule::declared => {
                for piece in part.into_inner() {
                    match piece.as_rule() {
                        Rule::identifier => found.name = name(&piece),
                        _ => found.axes = items(piece, Rule::axis, axis)?,
                    }
                }
            }
            Rule::range => found.values = Some(range(part, 0)?),
            _ => {}
        }
    }
    Ok(found)
}

fn axis(node: Node<'_>) -> Read<Axis> {
    let span = span_of(&node);
    let mut parts = node.into_inner();
    let mut found = Axis { first: None, last: sum(next(&mut parts, span)?, 0)?, pad: None };
    for part in parts {
        match part.as_rule() {
            Rule::last => {
                let last = sum(next(&mut part.into_inner(), span)?, 0)?;
                found.first = Some(std::mem::replace(&mut found.last, last));
            }
            _ => found.pad = Some(pad(part)?),
        }
    }
    Ok(found)
}

/// `pad P`, `pad (top, bottom)`
fn pad(node: Node<'_>) -> Read<(Expr, Expr)> {
    let span = span_of(&node);
    let mut parts = node.into_inner().filter(|part| part.as_rule() != Rule::pad_word);
    let both = next(&mut parts, span)?;
    if both.as_rule() == Rule::pair {
        return range(both, 0);
    }
    let both = sum(both, 0)?;
    Ok((both.clone(), both))
}

fn equation(node: Node<'_>) -> Read<Equation> {
    let span = span_of(&node);
    let mut parts = node.into_inner().filter(|part| part.as_rule() != Rule::equals);
    let left = next(&mut parts, span)?;
    let place: Span = span_of(&left);
    let body = expression(next(&mut parts, span)?, 0)?;
    let mut pieces = left.into_inner();
    let array = name(&next(&mut pieces, place)?);
    let at = match pieces.next() {
        None => Vec::new(),
        Some(list) => items(list, Rule::left_index, left_index)?,
    };
    Ok(Equation { array, at, body, span: place })
}

fn left_index(node: Node<'_>) -> Read<LeftIndex> {
    let span = span_of(&node);
    let inner = next(&mut node.into_inner(), span)?;
    match inner.as_rule() {
        Rule::free => Ok(LeftIndex::Free(binder(inner, 0)?)),
        _ => Ok(LeftIndex::Fixed(sum(inner, 0)?)),
    }
}
