//! Mathematics that people wrote in LaTeX, read into a tree that says how it is built and not what
//! it means: `x_{n}[k]` is a letter with a subscript and a bracket after it.
//!
//! Invariant: every node knows the bytes it came from; nesting is bounded; what is not understood
//! is an error at its place, with what was expected.

mod lexical;
mod parse;
mod signs;
mod tree;

pub use parse::read;
pub use tree::{Fence, Glyph, Kind, Link, Tree};
