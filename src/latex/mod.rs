//! Mathematics that people wrote in LaTeX, read into a tree that says how it is built and not what
//! it means: `x_{n}[k]` is a letter with a subscript and a bracket after it.
//!
//! Invariant: every node knows the bytes it came from; nesting is bounded; what is not understood
//! is an error at its place, with what was expected.

mod commands;
mod lexical;
mod macros;
mod parse;
mod signs;
mod tree;

pub use macros::Macros;
pub use parse::read;
pub use tree::{Fence, Glyph, Kind, Link, Tree};

use crate::diagnostic::{Diagnostic, Span};

/// Reads the statements of a formula in which commands of the author's own may stand.
///
/// # Errors
/// The place of what is not understood, in the formula as it was written.
pub fn read_with(text: &str, macros: &Macros) -> Result<Vec<Tree>, Diagnostic> {
    let Some(expanded) = macros.expanded(text)? else { return read(text) };
    let origin = |at: usize| expanded.origins.get(at).copied().unwrap_or(text.len());
    let back = |span: Span| Span::new(origin(span.start), origin(span.end).max(origin(span.start)));
    match read(&expanded.text) {
        Ok(trees) => Ok(trees.into_iter().map(|tree| tree.moved(&back)).collect()),
        Err(mut problem) => {
            problem.places.iter_mut().for_each(|(span, _)| *span = back(*span));
            Err(problem)
        }
    }
}
