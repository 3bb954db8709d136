//! What a specification means: terms, systems of equations, and the way back to syntax.
//!
//! `elaborate` takes statements to a [`System`]: names resolved, ranges found, padding turned into
//! brackets. `quote` takes terms back to syntax. What is printed and verified is always syntax.

mod arguments;
pub mod compose;
mod contents;
pub mod count;
pub mod dependencies;
mod elaborate;
mod equation;
mod extrema;
mod fact;
pub mod formula;
mod hoist;
pub mod identity;
mod limits;
mod names;
mod order;
mod outside;
pub mod quote;
mod quote_integer;
mod ranges;
mod recurrence;
mod resolve;
mod second;
mod specialise;
mod step;
mod substitute;
pub mod system;
pub mod term;
mod translate;
mod values;
mod vector;
mod walk;
mod wellfounded;

pub use contents::Contents;
pub use count::counted;
pub use elaborate::{elaborate, elaborate_within};
pub use names::Sizes;
pub(crate) use order::components;
pub use quote::Quote;
pub use ranges::nonempty;
pub(crate) use resolve::{each_part, map_parts_mut, rewrite, visit};
pub use second::{jacobian_name, jacobian_parts};
pub use specialise::specialise;
pub use step::{OneStep, StepAxes};
pub use system::System;
pub use term::{Bound, Kind, Term};
pub use wellfounded::Recurrence;
