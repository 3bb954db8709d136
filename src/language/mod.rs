//! Text to syntax tree and back.
//!
//! [`parse`] reads the surface language of `grammar/backprose.pest` into the tree of [`syntax`];
//! [`print`](mod@print) writes a tree as plain text, in ASCII or in mathematical Unicode. A [`program`] is
//! the same tree after every name is resolved and every range made explicit.
//!
//! Invariant: parsing what was printed gives the tree that was printed, in both alphabets, and
//! no input makes the parser panic or recurse without bound.

mod build;
pub mod call;
pub mod function;
pub mod greek;
pub mod homework;
pub mod matrix;
pub mod parse;
pub mod point;
pub mod print;
pub mod program;
mod reduction;
pub mod syntax;
