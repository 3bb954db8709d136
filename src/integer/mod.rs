//! Integer expressions over indices and sizes, conditions on them, and what can be proved of them.
//!
//! An index expression is a polynomial with integer coefficients whose unknowns are indices, sizes
//! and atoms (⌊e/m⌋, extrema, integer data). Everything here is exact; what cannot be decided is *unknown*.

mod cases;
pub mod condition;
mod ends;
mod facts;
pub mod index;
mod linear;
mod omega;
pub mod solver;
mod witness;

pub use condition::Condition;
pub use facts::Facts;
pub use index::{Atom, Extreme, Index, Var, gcd};
pub use solver::Truth;
pub use witness::Point;
