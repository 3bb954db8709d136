//! Backprose.

pub mod diagnostic;
pub mod language;
pub mod writeup;
