//! Backprose.

pub mod calculus;
pub mod derivation;
pub mod diagnostic;
pub mod integer;
pub mod language;
pub mod model;
pub mod writeup;
