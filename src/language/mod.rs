//! Text to syntax tree and back.

pub mod program;
pub mod syntax;
pub mod print;
