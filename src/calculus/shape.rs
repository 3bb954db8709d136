//! The shape of an array: the largest box for which every read is in range.

use crate::derivation::ShapeDerivation;
use crate::integer::Condition;
use crate::model::{Bound, System, nonempty};

/// How the shape of an array, given or defined, was derived; none if there is no such array.
pub fn shape(system: &System, array: &str) -> Option<ShapeDerivation> {
    let lengths = system.lengths(array);
    let (indices, limits) = match system.equation(array) {
        Some(equation) => (equation.indices.clone(), equation.limits.clone()),
        None => {
            system.array(array)?;
            (Vec::<Bound>::new(), Vec::new())
        }
    };
    let of_range = |c: &Condition| indices.iter().any(|bound| nonempty(bound) == *c);
    let (open, assumptions) = system.assumptions.iter().cloned().partition(of_range);
    Some(ShapeDerivation { array: array.into(), indices, limits, nonempty: open, assumptions, lengths })
}
