//! Whether claimed formulas have the values and the derivatives that the equations themselves
//! give.
//!
//! One random direction tests all entries of a derivative at once (Schwartz and Zippel); only
//! after a failure are entries compared one by one, to name the first that differs.
//! Invariant: the expected side comes from the forward equations alone.

use super::Formula;
use super::error::EvalError;
use super::field::{Fp, Random};
use super::instance::Instance;
use super::scope::Points;
use std::fmt;

/// A check that passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// How many entries of the claimed formula were computed.
    pub entries: usize,
}

/// A check that did not pass.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// The formula has another value than the equations.
    Mismatch(Mismatch),
    /// The formula has no value at an entry.
    NoValue {
        /// The values of the formula's free indices.
        at: Vec<i64>,
        /// Why.
        error: EvalError,
    },
    /// The check itself could not be run.
    Error(EvalError),
}

/// An entry at which a claimed formula is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The values of the formula's free indices.
    pub at: Vec<i64>,
    /// What the equations give.
    pub expected: Fp,
    /// What the formula gives.
    pub found: Fp,
}

impl From<EvalError> for Failure {
    fn from(error: EvalError) -> Failure {
        Failure::Error(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Mismatch(Mismatch { at, expected, found }) => {
                write!(f, "the formula is wrong at {at:?}: it gives {found} instead of {expected}")
            }
            Failure::NoValue { at, error } => {
                write!(f, "the formula has no value at {at:?}: {error}")
            }
            Failure::Error(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Failure {}

/// Compares every entry of an array with a formula whose free indices are the array's.
///
/// # Errors
/// The first entry that differs or has no value, in row-major order.
pub fn check_value(instance: &Instance, array: &str, formula: &Formula) -> Result<Checked, Failure> {
    let axes = axes(instance, array)?;
    let mut claimed = instance.runner(formula);
    let mut points = Points::new(axes);
    let mut entries = 0;
    while let Some(at) = points.advance() {
        let expected = known(instance.entry(array, at), array)?;
        compared(at, expected, claimed(at))?;
        entries += 1;
    }
    Ok(Checked { entries })
}

/// Compares the Jacobian of `output` for `array` with a formula whose free indices are those of
/// the output, then those of the array: Σ over β of J[α, β] v[β] for one random direction v, at
/// every α.
///
/// # Errors
/// The first entry that differs or has no value.
pub fn check_jacobian(instance: &Instance, output: &str, array: &str, formula: &Formula) -> Result<Checked, Failure> {
    let (rows, columns) = (axes(instance, output)?, axes(instance, array)?);
    let direction = direction(instance, array)?;
    let tangent = instance.tangent(array, &direction)?;
    let mut claimed = instance.runner(formula);
    let mut entries = 0;
    let mut at = Vec::new();
    let mut points = Points::new(rows);
    while let Some(row) = points.advance() {
        let mut sum = Fp::ZERO;
        let mut others = Points::new(columns);
        for &v in &direction {
            let Some(column) = others.advance() else {
                break;
            };
            at.clear();
            at.extend(row.iter().chain(column));
            sum = sum + value(&at, claimed(&at))? * v;
            entries += 1;
        }
        if sum != known(tangent.entry(output, row), output)? {
            return Err(jacobian_culprit(instance, output, array, row, formula)?);
        }
    }
    Ok(Checked { entries })
}

/// Compares the gradient for `array` of the loss whose upstream gradients the instance holds with
/// a formula whose free indices are the array's: Σ over β of G[β] v[β] for one random v.
///
/// # Errors
/// The first entry that differs or has no value.
pub fn check_gradient(instance: &Instance, array: &str, formula: &Formula) -> Result<Checked, Failure> {
    let columns = axes(instance, array)?;
    let direction = direction(instance, array)?;
    let expected = instance.tangent(array, &direction)?.loss();
    let mut claimed = instance.runner(formula);
    let mut sum = Fp::ZERO;
    let mut points = Points::new(columns);
    for &v in &direction {
        let Some(at) = points.advance() else { break };
        sum = sum + value(at, claimed(at))? * v;
    }
    if sum == expected {
        let entries = direction.len();
        return Ok(Checked { entries });
    }
    let mut points = Points::new(columns);
    while let Some(at) = points.advance() {
        let expected = instance.entry_tangent(array, at)?.loss();
        compared(at, expected, claimed(at))?;
    }
    Err(inconsistent())
}

fn jacobian_culprit(
    instance: &Instance,
    output: &str,
    array: &str,
    row: &[i64],
    formula: &Formula,
) -> Result<Failure, Failure> {
    let mut claimed = instance.runner(formula);
    let mut columns = Points::new(axes(instance, array)?);
    while let Some(column) = columns.advance() {
        let tangent = instance.entry_tangent(array, column)?;
        let expected = known(tangent.entry(output, row), output)?;
        let at: Vec<i64> = row.iter().chain(column).copied().collect();
        compared(&at, expected, claimed(&at))?;
    }
    Ok(inconsistent())
}

fn inconsistent() -> Failure {
    let what = "the derivative: its entries agree one by one and not together";
    Failure::Error(EvalError::Unsupported(what.into()))
}

fn axes<'a>(instance: &'a Instance, array: &str) -> Result<&'a [(i64, i64)], EvalError> {
    known(instance.axes(array), array)
}

fn known<T>(found: Option<T>, array: &str) -> Result<T, EvalError> {
    found.ok_or_else(|| EvalError::UnknownName(array.into()))
}

fn direction(instance: &Instance, array: &str) -> Result<Vec<Fp>, EvalError> {
    let not_differentiable = || EvalError::NotDifferentiable(array.into());
    let length = instance.entries(array).ok_or_else(not_differentiable)?.len();
    Ok(Random::new(!instance.seed()).vector(length))
}

fn value(at: &[i64], found: Result<Fp, EvalError>) -> Result<Fp, Failure> {
    found.map_err(|error| match error {
        EvalError::TooMuchWork { .. } | EvalError::Count { .. } => Failure::Error(error),
        _ => Failure::NoValue { at: at.to_vec(), error },
    })
}

fn compared(at: &[i64], expected: Fp, found: Result<Fp, EvalError>) -> Result<(), Failure> {
    let found = value(at, found)?;
    if found == expected {
        return Ok(());
    }
    let at = at.to_vec();
    Err(Failure::Mismatch(Mismatch { at, expected, found }))
}
