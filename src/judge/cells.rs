//! A wrong Jacobian entry by entry: which are right, and how the others are wrong.

use super::trial::{Run, Trial};
use crate::derivation::Goal;
use crate::evaluate::{EvalError, Scalar};
use crate::language::syntax::Name;
use std::collections::BTreeMap;

/// What an entry of a claimed Jacobian is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    /// 0, as it should be.
    Zero,
    /// Not 0, and right.
    Right,
    /// 0, and should not be.
    Missing,
    /// Not 0, and should be.
    Superfluous,
    /// Not 0, and should be something else.
    Other,
    /// No value: the claim reads outside an array.
    Outside,
}

/// The entries of a claimed Jacobian at some sizes.
#[derive(Clone, Debug)]
pub struct Cells {
    /// The differentiated output and the array.
    pub of: (Name, Name),
    /// Numbers for the symbolic sizes.
    pub sizes: Vec<(Name, i64)>,
    /// The axes: the index, its first and its last value.
    pub axes: Vec<(Name, i64, i64)>,
    /// How many of the axes are the output's; they come first.
    pub output_axes: usize,
    /// Every entry the claim speaks of.
    pub entries: BTreeMap<Vec<i64>, Cell>,
}

impl Cells {
    /// Compares every entry, at one point.
    pub(super) fn new(trial: &Trial, run: &Run) -> Option<Cells> {
        let Goal::Jacobian { output, array } = &trial.left.goal else { return None };
        let instance = run.instances.first()?;
        let claimed = instance.compile(trial.claim, &trial.free_names()).ok()?;
        let derived = instance.compile(&trial.answer.formula, &trial.full_names()).ok()?;
        let (spots, all) = trial.spots(run).ok()?;
        if !all || spots.is_empty() {
            return None;
        }
        let mut entries = BTreeMap::new();
        for spot in spots {
            let right = instance.evaluate(&derived, &spot.full).ok()?;
            let cell = match instance.evaluate(&claimed, &spot.free) {
                Ok(value) => {
                    let agrees = instance.agree((&claimed, value), (&derived, right));
                    match (agrees, value == Scalar::ZERO, right == Scalar::ZERO) {
                        (true, _, true) => Cell::Zero,
                        (true, _, false) => Cell::Right,
                        (false, true, _) => Cell::Missing,
                        (false, false, true) => Cell::Superfluous,
                        (false, false, false) => Cell::Other,
                    }
                }
                Err(EvalError::OutOfRange { .. }) => Cell::Outside,
                Err(_) => return None,
            };
            entries.insert(spot.full, cell);
        }
        let range = |axis: usize| {
            let places = entries.keys().map(|at: &Vec<i64>| at[axis]);
            Some((places.clone().min()?, places.max()?))
        };
        let mut axes = Vec::new();
        for (axis, bound) in trial.answer.indices.iter().enumerate() {
            let (first, last) = range(axis)?;
            axes.push((trial.authors(axis).unwrap_or_else(|| bound.name.clone()), first, last));
        }
        let sizes = trial.system.sizes.iter().filter_map(|(n, _)| Some((n.clone(), *run.sizes.get(n)?))).collect();
        let output_axes = trial.answer.derivation.output_axes;
        Some(Cells { of: (output.clone(), array.clone()), sizes, axes, output_axes, entries })
    }

    /// How many entries are wrong.
    pub fn wrong(&self) -> usize {
        self.entries.values().filter(|cell| !matches!(cell, Cell::Zero | Cell::Right)).count()
    }
}
