//! Formulas at a point and in a limit: entries and sizes are put in, functions are evaluated where
//! they have exact values, and what grows faster decides.
//!
//! Invariant: only exact steps are taken – a function without an exact value stays as it is – and
//! no layer is known here, only the functions of the table.

mod asked;
mod exact;
mod given;
mod growth;
mod limit;
mod reduce;
mod series;
mod steps;
mod tidy;

pub use asked::{Asked, asked};
pub use exact::approximate;
pub use given::{Assigned, Slot, Tree, resolve};
pub use growth::{Argument, Found};
pub use limit::{Limit, Towards, limit};
pub use reduce::{Derive, Point, Stuck};
pub use steps::{Line, Told, steps};
