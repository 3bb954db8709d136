//! Whether the claimed range of an equation's indices is the largest in which every read is in
//! range.
//!
//! Invariant: only reads are computed here, never values, so that the answer does not depend on
//! what the arrays hold (integer data apart).

use super::check::Checked;
use super::compile::{self, Formula};
use super::component;
use super::error::EvalError;
use super::field::Random;
use super::instance::DEFAULT_WORK;
use super::machine::Machine;
use super::number::Nothing;
use super::scope::{Points, Scope, Sizes, volume};
use super::work::Work;
use crate::language::program::Program;
use crate::language::syntax::Name;
use std::fmt;

/// Why a claimed box is not the largest one in which every read is in range.
#[derive(Clone, Debug, PartialEq)]
pub enum BoxFault {
    /// A point of the claimed box at which something cannot be evaluated.
    Point {
        /// The point.
        at: Vec<i64>,
        /// Why.
        error: EvalError,
    },
    /// The box can be larger: with this index at this value every read is in range.
    Extends {
        /// The index.
        index: Name,
        /// A value outside the claimed box.
        value: i64,
    },
    /// The box begins ahead of the index base.
    BelowBase {
        /// The index.
        index: Name,
        /// Its claimed first value.
        first: i64,
    },
    /// The box has no points.
    Empty,
    /// The check itself could not be run.
    Error(EvalError),
}

impl From<EvalError> for BoxFault {
    fn from(error: EvalError) -> BoxFault {
        BoxFault::Error(error)
    }
}

impl fmt::Display for BoxFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BoxFault::Point { at, error } => {
                write!(f, "the claimed range is too large at {at:?}: {error}")
            }
            BoxFault::Extends { index, value } => {
                write!(f, "the claimed range is too small: {index} = {value} is possible too")
            }
            BoxFault::BelowBase { index, first } => {
                write!(f, "the range of {index} begins at {first}, ahead of the index base")
            }
            BoxFault::Empty => f.write_str("the claimed range is empty"),
            BoxFault::Error(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for BoxFault {}

/// Checks that `claimed` cannot be made larger: it begins at `base` or after it, every read of an equation
/// (counted from 0) is in range at every point of it, and one index moved beyond an end reaches a point that
/// reads out of range, or leaves the range of a normaliser altogether. What lies beyond that point does not
/// matter: a larger box would hold the point too.
///
/// # Errors
/// The first fault found.
pub fn check_box(
    program: &Program,
    sizes: &Sizes,
    equation: usize,
    base: i64,
    claimed: &[(i64, i64)],
) -> Result<Checked, BoxFault> {
    let reads = Reads::new(program, sizes, equation)?;
    let (expected, found) = (reads.indices.len(), claimed.len());
    if expected != found {
        return Err(EvalError::Count { expected, found }.into());
    }
    if claimed.iter().any(|(first, last)| first > last) {
        return Err(BoxFault::Empty);
    }
    for (index, &(first, _)) in reads.indices.iter().zip(claimed) {
        if first < base {
            return Err(BoxFault::BelowBase { index: index.clone(), first });
        }
    }
    let entries = volume(claimed, &reads.work)?;
    if let Some((at, error)) = reads.first_fault(claimed)? {
        return Err(BoxFault::Point { at, error });
    }
    let mut slice = claimed.to_vec();
    for (axis, &(first, last)) in claimed.iter().enumerate() {
        let ends = [first.checked_sub(1), last.checked_add(1)];
        for value in ends.into_iter().flatten().filter(|value| *value >= base) {
            slice[axis] = (value, value);
            match reads.first_fault(&slice)? {
                Some((_, EvalError::OutOfRange { .. } | EvalError::OutsideNormaliser(_))) => {}
                Some((at, error)) => return Err(BoxFault::Point { at, error }),
                None if reads.all_outside(&slice)? => {}
                None => return Err(BoxFault::Extends { index: reads.indices[axis].clone(), value }),
            }
        }
        slice[axis] = (first, last);
    }
    Ok(Checked { entries, numeric: 0 })
}

/// An equation of which only the reads are computed.
struct Reads {
    scope: Scope,
    work: Work,
    indices: Vec<Name>,
    formula: Formula,
}

impl Reads {
    fn new(program: &Program, sizes: &Sizes, equation: usize) -> Result<Reads, EvalError> {
        let work = Work::new(DEFAULT_WORK);
        let mut scope = Scope::new(sizes);
        scope.params = program.params.iter().map(|param| param.name.clone()).collect();
        let mut random = Random::new(0);
        for array in &program.arrays {
            scope.give(array, &mut random, &work)?;
        }
        let (expected, found) = (program.equations.len(), equation);
        let wanted = program.equations.get(equation).ok_or(EvalError::Count { expected, found })?;
        component::define(&mut scope, program, &work)?;
        let indices = component::indices(wanted);
        let padded = program.padded.iter().find(|reads| reads.array == wanted.array);
        for argument in padded.iter().flat_map(|reads| &reads.arguments) {
            scope.give(argument, &mut random, &work)?;
        }
        let body = padded.map_or(&wanted.body, |reads| &reads.body);
        let formula = compile::value(&scope, body, &indices, false)?;
        Ok(Reads { scope, work, indices, formula })
    }

    /// The first point of a box at which the equation cannot be evaluated.
    fn first_fault(&self, axes: &[(i64, i64)]) -> Result<Option<(Vec<i64>, EvalError)>, EvalError> {
        let mut machine = Machine::new(&self.scope, &self.work, Nothing, self.formula.slots);
        let mut points = Points::new(axes);
        while let Some(at) = points.advance() {
            match machine.value_at(&self.formula.root, at) {
                Ok(Nothing) => {}
                Err(error @ (EvalError::TooMuchWork { .. } | EvalError::OutOfTime)) => return Err(error),
                Err(error) => return Ok(Some((at.to_vec(), error))),
            }
        }
        Ok(None)
    }

    /// Whether at all points of a box a normaliser is 0 because its index is outside its range.
    fn all_outside(&self, axes: &[(i64, i64)]) -> Result<bool, EvalError> {
        let mut points = Points::new(axes);
        while let Some(at) = points.advance() {
            let mut machine = Machine::new(&self.scope, &self.work, Nothing, self.formula.slots);
            machine.value_at(&self.formula.root, at)?;
            if !machine.outside {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
