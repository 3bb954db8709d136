//! The calculus: a goal and a system become a derivation, step by step, by the rules of one table.
//!
//! Invariant: every step is one application of one rule at one place, and is logged.

pub mod adjoint;
mod attained;
pub mod boundary;
mod canonical;
mod chain;
pub mod differentiate;
pub mod domain;
pub mod equality;
pub mod extremum;
pub mod floor;
mod flow;
mod fold;
mod fractions;
pub mod greatest;
pub mod identities;
pub mod indices;
pub mod joint;
pub mod limit;
pub mod matching;
pub mod normal;
mod order;
pub mod proof;
pub mod range;
pub mod rearrange;
mod renaming;
pub mod rule;
pub mod shape;
pub mod sift;
mod signs;
mod simplify;
mod slope;
mod step;
pub(crate) mod strategy;
mod tangent;

pub use adjoint::{Derivations, adjoints_in};
pub use chain::chain;
pub use flow::{Contribution, contributions};
pub use rule::{Example, PHASES, Place, Printing, Rewrite, Rule, rules};
pub use shape::shape;
pub use step::rows_of_step;
pub use strategy::{derive, derive_with, folded, insert_jacobian};
