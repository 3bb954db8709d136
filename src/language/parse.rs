//! The parser: text to the tree of [`syntax`](super::syntax).
//!
//! A text goes through three hands: `scan` walks it once, letter by letter, and turns away what
//! would make a parser recurse or run without bound; the grammar of `grammar/backprose.pest`
//! recognises it; `statement`, `homework`, `expression` and their neighbours build the tree.
//! `complaint` puts what the grammar did not expect into the language's own terms.
//!
//! Invariant: recursion is bounded before it starts, by the limit of nesting while the grammar runs
//! and by `expression::MAX_DEPTH` in the tree; nothing here panics on any input.

mod complaint;
mod condition;
mod derivative;
mod expression;
mod homework;
#[cfg(test)]
mod hostile;
mod matrix;
mod point;
mod product;
mod scan;
mod statement;
#[cfg(test)]
mod tests;

use super::syntax::{Condition, Expr, File, MatrixExpr, Target};
use crate::diagnostic::{Diagnostic, Diagnostics, Span};
use crate::limits::Limits;
use pest::Parser;
use pest::iterators::Pair;

#[allow(missing_docs)]
mod grammar {
    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/backprose.pest"]
    pub struct Grammar;
}
use grammar::{Grammar, Rule};

/// A piece of the text that the grammar recognised.
type Node<'i> = Pair<'i, Rule>;

/// What building a piece gives.
type Read<T> = Result<T, Diagnostic>;

/// Reads a specification file.
///
/// # Errors
/// Everything wrong with the text that can be told apart, each with its place.
pub fn parse_file(text: &str) -> Result<File, Diagnostics> {
    parse_file_within(text, &Limits::default())
}

/// Reads a specification file within other limits.
///
/// # Errors
/// As [`parse_file`].
pub fn parse_file_within(text: &str, limits: &Limits) -> Result<File, Diagnostics> {
    statement::file(recognise(Rule::file, text, limits)?)
}

/// Reads one expression.
///
/// # Errors
/// As [`parse_file`].
pub fn parse_expression(text: &str) -> Result<Expr, Diagnostics> {
    let node = only_child(recognise(Rule::expression_alone, text, &Limits::default())?)?;
    expression::expression(node, 0).map_err(|found| vec![found])
}

/// Reads one condition.
///
/// # Errors
/// As [`parse_file`].
pub fn parse_condition(text: &str) -> Result<Condition, Diagnostics> {
    let node = only_child(recognise(Rule::condition_alone, text, &Limits::default())?)?;
    condition::condition(node, 0).map_err(|found| vec![found])
}

/// Reads the name of something derived: `shape f`, `df/dW`, `dl/dW[1, k, i]`.
///
/// # Errors
/// As [`parse_file`].
pub fn parse_target(text: &str) -> Result<Target, Diagnostics> {
    let node = only_child(recognise(Rule::target_alone, text, &Limits::default())?)?;
    derivative::target(node).map_err(|found| vec![found])
}

/// Reads a matrix form: `W^T*g`, `diag(p) − p·pᵀ`.
///
/// # Errors
/// As [`parse_file`].
pub fn parse_matrix(text: &str) -> Result<MatrixExpr, Diagnostics> {
    let node = only_child(recognise(Rule::matrix_alone, text, &Limits::default())?)?;
    matrix::matrix(node, 0).map_err(|found| vec![found])
}

/// Runs the grammar, unless the scan turns the text away.
fn recognise<'i>(rule: Rule, text: &'i str, limits: &Limits) -> Result<Node<'i>, Diagnostics> {
    let scanned = scan::scan(text, limits);
    if !scanned.is_empty() {
        return Err(scanned);
    }
    let mut nodes = Grammar::parse(rule, text).map_err(|error| complaint::complaints(rule, text, &error))?;
    nodes.next().ok_or_else(|| vec![Diagnostic::general("there is nothing to read")])
}

/// The one thing in a rule that holds one thing and the end of the text.
fn only_child(node: Node<'_>) -> Result<Node<'_>, Diagnostics> {
    let span = span_of(&node);
    node.into_inner().next().ok_or_else(|| vec![unreadable(span)])
}

/// The next piece of `nodes`, which the grammar promises; `place` is blamed if it lied.
fn next<'i>(nodes: &mut impl Iterator<Item = Node<'i>>, place: Span) -> Read<Node<'i>> {
    nodes.next().ok_or_else(|| unreadable(place))
}

/// What is said where the grammar and the tree builder disagree.
fn unreadable(span: Span) -> Diagnostic {
    Diagnostic::new("this cannot be read", span)
}

/// Where a piece stands, without the blanks behind it.
fn span_of(node: &Node<'_>) -> Span {
    let found = node.as_span();
    Span::new(found.start(), found.start() + found.as_str().trim_end().len())
}
