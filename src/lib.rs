//! Derivations of backprop, written out: a layer in index notation becomes its output, its
//! Jacobians and the gradients of a loss, as formulas with steps, each one checked.
//!
//! The pipeline is one sentence: a text is parsed into [syntax](language::syntax), elaborated into
//! a [system](model::system) of terms, differentiated by the rules of the [calculus] into a
//! [derivation](derivation::Derivation), put back into syntax as an [answer](answer::Answer),
//! [verified](verify) by an independent [evaluator](evaluate), named by its index maps
//! ([recognise]), written with [matrices](matrix) where it can be, and laid out as a [document](writeup::document) for a [template](writeup::render).
//! A formula that someone else wrote goes the other way, to the [judge].
//!
//! ```
//! use backprose::language::{parse::parse_file, print::{Alphabet, expression}};
//! use backprose::{derivation::Goal, model::Sizes, study::Study};
//!
//! let file = parse_file("x[7,5], W[1,5,3]; f[r] = sum[k,i] x[i + 2*(r-1), k] * W[1,k,i]").unwrap();
//! let mut study = Study::new(&file.statements, 1, &Sizes::default()).unwrap();
//! let (answer, certificate) = study.answer(&Goal::Gradient { array: "x".into() }).unwrap();
//!
//! let formula = expression(&answer.formula, Alphabet::Unicode);
//! assert_eq!(formula, "Σ(r=1..3: 1 ≤ n−2(r−1) ≤ 3) g[r]·W[1, c, n−2(r−1)]");
//! assert_eq!(certificate.entries, 35);
//! ```

#![forbid(unsafe_code)]

pub mod answer;
pub mod answers;
pub mod calculus;
pub mod catalogue;
pub mod derivation;
pub mod diagnostic;
pub mod evaluate;
pub mod exam;
pub mod example;
pub mod integer;
pub mod judge;
pub mod language;
pub mod latex;
pub mod limits;
pub mod matrix;
pub mod model;
pub mod paper;
pub mod point;
pub mod reading;
pub mod recognise;
pub mod study;
pub mod verify;
pub mod writeup;

/// The examples of the book's page on the library, as tests.
#[cfg(doctest)]
#[doc = include_str!("../docs/library.md")]
pub struct Library;

/// The example of the book's page on limits, as a test.
#[cfg(doctest)]
#[doc = include_str!("../docs/limits.md")]
pub struct LimitsPage;
