//! A homework in the hands of those who set it and those who work at it: variants of it for an exam,
//! sheets of questions without their answers, and hints, one step at a time.
//!
//! Invariant: what is shown of a derivation was verified with it, and a hint before the last holds no
//! answer.

mod asked;
mod hint;
mod paper;
mod vary;

pub use asked::{Asked, asked, find};
pub use hint::{Hint, Unhinted, hint};
pub use paper::questions;
pub use vary::{Varied, vary, vary_within};
