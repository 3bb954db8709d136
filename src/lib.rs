//! Backprose.

pub mod answer;
pub mod calculus;
pub mod catalogue;
pub mod derivation;
pub mod diagnostic;
pub mod evaluate;
pub mod example;
pub mod integer;
pub mod judge;
pub mod language;
pub mod model;
pub mod recognise;
pub mod study;
pub mod verify;
pub mod writeup;
