//! Whether claimed formulas have the values and the derivatives that the equations themselves
//! give.
//!
//! One random direction tests all entries of a Jacobian at once (Schwartz and Zippel); only after a
//! failure are entries compared one by one, to name the first that differs. Gradients are compared
//! entry by entry with one run backwards. Where functions have opaque residues, floating point has
//! the last word, and is counted. Invariant: the expected side comes from the forward equations alone.

use super::error::EvalError;
use super::field::Random;
use super::instance::Instance;
use super::scalar::{Agreement, Scalar};
use super::scope::Points;
use super::step::Steps;
use super::{Formula, IntegerFormula};
use std::fmt;
use std::slice::from_ref;

/// A check that passed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// How many entries of the claimed formula were computed.
    pub entries: usize,
    /// How many of them were equal in floating point only.
    pub numeric: usize,
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
    pub expected: Scalar,
    /// What the formula gives.
    pub found: Scalar,
}

impl Failure {
    /// The error, if it is that more work was needed than allowed.
    pub fn work(&self) -> Option<EvalError> {
        match self {
            Failure::Error(error @ EvalError::TooMuchWork { .. }) => Some(error.clone()),
            _ => None,
        }
    }
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
    check_entries(instance, array, formula, |at| known(instance.entry(array, at), array))
}

/// Compares the gradient for `array` of the loss whose upstream gradients the instance holds with
/// a formula whose free indices are the array's. A defined array is moved as if it were given.
///
/// # Errors
/// The first entry that differs or has no value.
pub fn check_gradient(instance: &Instance, array: &str, formula: &Formula) -> Result<Checked, Failure> {
    instance.adjoints()?;
    check_entries(instance, array, formula, |at| instance.total_upstream(array, at))
}

/// The same for a formula in which a Jacobian by name is that of one step of a recurrence.
///
/// # Errors
/// As [`check_gradient`].
pub fn check_gradient_by_steps(steps: &Steps, array: &str, formula: &Formula) -> Result<Checked, Failure> {
    let instance = steps.instance;
    instance.adjoints()?;
    let mut points = Points::new(axes(instance, array)?);
    let mut checked = Checked::default();
    while let Some(at) = points.advance() {
        let expected = instance.total_upstream(array, at)?;
        checked.numeric += compared(instance, formula, at, expected, steps.evaluate(formula, at, None))?;
        checked.entries += 1;
    }
    Ok(checked)
}

/// Compares the total derivatives of a recurrent array for its own entries at an earlier step with
/// the product of the derivatives of the steps between: `(∂h[t]/∂h[t-1])·…·(∂h[s+1]/∂h[s])`. `axis` is
/// that of the steps.
///
/// # Errors
/// The first entry that differs.
pub fn check_product(steps: &Steps, array: &str, axis: usize, upwards: bool) -> Result<Checked, Failure> {
    let instance = steps.instance;
    let all = axes(instance, array)?.to_vec();
    let (first, last) = all[axis];
    let at_step = |step: i64| -> Vec<Vec<i64>> {
        let mut axes = all.clone();
        axes[axis] = (step, step);
        let (mut found, mut points) = (Vec::new(), Points::new(&axes));
        while let Some(at) = points.advance() {
            found.push(at.to_vec());
        }
        found
    };
    let order: Vec<i64> = if upwards { (first..=last).collect() } else { (first..=last).rev().collect() };
    let mut checked = Checked::default();
    for (place, from) in order.iter().enumerate() {
        let columns = at_step(*from);
        let mut product: Vec<Vec<Scalar>> = (0..columns.len())
            .map(|i| (0..columns.len()).map(|j| if i == j { Scalar::ONE } else { Scalar::ZERO }).collect())
            .collect();
        let mut before = columns.clone();
        for step in &order[place + 1..] {
            let rows = at_step(*step);
            let mut next = vec![vec![Scalar::ZERO; columns.len()]; rows.len()];
            for (k, through) in before.iter().enumerate() {
                let tangent = steps.tangent(&steps.of(array, &rows[0])?, array, through)?;
                for (i, row) in rows.iter().enumerate() {
                    let slope = known(tangent.entry(array, row), array)?;
                    for (j, entry) in next[i].iter_mut().enumerate() {
                        instance.work.charge(1)?;
                        *entry = *entry + slope * product[k][j];
                    }
                }
            }
            for (j, column) in columns.iter().enumerate() {
                let total = instance.entry_tangent(array, column)?;
                for (i, row) in rows.iter().enumerate() {
                    let expected = known(total.entry(array, row), array)?;
                    let found = next[i][j];
                    match found.agreement(expected, instance.opaque, found.real.abs()) {
                        Agreement::Exact => {}
                        Agreement::Numeric => checked.numeric += 1,
                        Agreement::None => {
                            let at = row.iter().chain(column).copied().collect();
                            return Err(Failure::Mismatch(Mismatch { at, expected, found }));
                        }
                    }
                    checked.entries += 1;
                }
            }
            (product, before) = (next, rows);
        }
    }
    Ok(checked)
}

fn check_entries(
    instance: &Instance,
    array: &str,
    formula: &Formula,
    expected: impl Fn(&[i64]) -> Result<Scalar, EvalError>,
) -> Result<Checked, Failure> {
    let mut claimed = instance.evaluator(from_ref(formula));
    let mut points = Points::new(axes(instance, array)?);
    let mut checked = Checked::default();
    while let Some(at) = points.advance() {
        let found = claimed(0, at);
        checked.numeric += compared(instance, formula, at, expected(at)?, found)?;
        checked.entries += 1;
    }
    Ok(checked)
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
    let slopes = instance.slopes(array, &direction)?;
    let mut claimed = instance.evaluator(from_ref(formula));
    let mut checked = Checked::default();
    let mut at = Vec::new();
    let mut points = Points::new(rows);
    while let Some(row) = points.advance() {
        let mut sum = Scalar::ZERO;
        let mut magnitude = 0.0f64;
        let mut others = Points::new(columns);
        for &v in &direction {
            let Some(column) = others.advance() else {
                break;
            };
            at.clear();
            at.extend(row.iter().chain(column));
            let term = value(&at, claimed(0, &at))? * v;
            magnitude = magnitude.max(term.real.abs());
            sum = sum + term;
            checked.entries += 1;
        }
        let expected = known(slopes.entry(output, row)?, output)?;
        match sum.agreement(expected, instance.is_opaque(formula), magnitude) {
            Agreement::Exact => {}
            Agreement::Numeric => checked.numeric += direction.len(),
            Agreement::None => checked.numeric += check_row(instance, (output, array), row, formula)?,
        }
    }
    Ok(checked)
}

/// Compares a row of a Jacobian entry by entry; entries equal in floating point may add up to
/// something that is not, but those equal exactly may not.
fn check_row(
    instance: &Instance,
    (output, array): (&str, &str),
    row: &[i64],
    formula: &Formula,
) -> Result<usize, Failure> {
    let mut claimed = instance.evaluator(from_ref(formula));
    let mut columns = Points::new(axes(instance, array)?);
    let mut numeric = 0;
    while let Some(column) = columns.advance() {
        let tangent = instance.entry_tangent(array, column)?;
        let expected = known(tangent.entry(output, row), output)?;
        let at: Vec<i64> = row.iter().chain(column).copied().collect();
        numeric += compared(instance, formula, &at, expected, claimed(0, &at))?;
    }
    match numeric {
        0 => {
            let what = "the derivative: its entries agree one by one and not together";
            Err(Failure::Error(EvalError::Unsupported(what.into())))
        }
        _ => Ok(numeric),
    }
}

/// What a formula claims to be: the derivatives of the entries of `output` for the entries of
/// `array` at one step, in which only entries of the same step as that of `output` are expanded.
#[derive(Clone, Copy, Debug)]
pub struct StepJacobian<'a> {
    /// The array differentiated.
    pub output: &'a str,
    /// The box of its entries that are compared; all of them if there is none.
    pub rows: Option<&'a [(i64, i64)]>,
    /// The array it is differentiated for.
    pub array: &'a str,
    /// For each axis of that array, its index there, of the indices of `output`, if it is fixed: `t-1`.
    pub at: &'a [Option<IntegerFormula>],
}

/// Compares a step of a recurrence with a formula whose free indices are those of the output, then
/// those of the array. Where a fixed index lies outside the box of the array nothing is compared;
/// a box of more than `most` entries is compared at as many, in strides.
///
/// # Errors
/// The first entry that differs or has no value.
pub fn check_step(steps: &Steps, claim: StepJacobian, formula: &Formula, most: usize) -> Result<Checked, Failure> {
    let instance = steps.instance;
    let all = axes(instance, claim.output)?;
    let rows = claim.rows.unwrap_or(all);
    let columns = axes(instance, claim.array)?;
    for (expected, found) in [(all.len(), rows.len()), (columns.len(), claim.at.len())] {
        if expected != found {
            return Err(EvalError::Count { expected, found }.into());
        }
    }
    let free = columns.iter().zip(claim.at).filter(|(_, fixed)| fixed.is_none()).map(|(axis, _)| axis);
    let every = volume(rows.iter().chain(free)).div_ceil(most.max(1)).max(1);
    let mut checked = Checked::default();
    let mut points = Points::new(rows);
    let mut count = 0;
    while let Some(row) = points.advance() {
        instance.work.charge(1)?;
        instance.differentiable_place(claim.output, row)?;
        let Some(columns) = fixed_columns(instance, claim, columns, row)? else { continue };
        let step = steps.of(claim.output, row)?;
        let mut others = Points::new(&columns);
        while let Some(column) = others.advance() {
            count += 1;
            if (count - 1) % every != 0 {
                continue;
            }
            let tangent = steps.tangent(&step, claim.array, column)?;
            let expected = known(tangent.entry(claim.output, row), claim.output)?;
            let at: Vec<i64> = row.iter().chain(column).copied().collect();
            checked.numeric += compared(instance, formula, &at, expected, steps.evaluate(formula, &at, Some(&step)))?;
            checked.entries += 1;
        }
    }
    Ok(checked)
}

/// The box of the entries of the array that belong to an entry of the output; none outside of it.
fn fixed_columns(
    instance: &Instance,
    claim: StepJacobian,
    columns: &[(i64, i64)],
    row: &[i64],
) -> Result<Option<Vec<(i64, i64)>>, EvalError> {
    let mut found = Vec::with_capacity(columns.len());
    for ((first, last), fixed) in columns.iter().zip(claim.at) {
        let Some(fixed) = fixed else {
            found.push((*first, *last));
            continue;
        };
        let index = i64::try_from(instance.evaluate_integer(fixed, row)?).ok();
        let Some(index) = index.filter(|index| (*first..=*last).contains(index)) else { return Ok(None) };
        found.push((index, index));
    }
    Ok(Some(found))
}

fn volume<'a>(axes: impl Iterator<Item = &'a (i64, i64)>) -> usize {
    axes.fold(1usize, |volume, (lo, hi)| volume.saturating_mul(usize::try_from(hi - lo + 1).unwrap_or(0)))
}

fn axes<'a>(instance: &'a Instance, array: &str) -> Result<&'a [(i64, i64)], EvalError> {
    known(instance.axes(array), array)
}

fn known<T>(found: Option<T>, array: &str) -> Result<T, EvalError> {
    found.ok_or_else(|| EvalError::UnknownName(array.into()))
}

fn direction(instance: &Instance, array: &str) -> Result<Vec<Scalar>, EvalError> {
    let not_differentiable = || EvalError::NotDifferentiable(array.into());
    let length = instance.entries(array).ok_or_else(not_differentiable)?.len();
    Ok(Random::new(!instance.seed()).vector(length))
}

fn value(at: &[i64], found: Result<Scalar, EvalError>) -> Result<Scalar, Failure> {
    found.map_err(|error| match error {
        EvalError::TooMuchWork { .. } | EvalError::OutOfTime | EvalError::Count { .. } => Failure::Error(error),
        _ => Failure::NoValue { at: at.to_vec(), error },
    })
}

/// 1 if the two are equal in floating point only, 0 if exactly.
fn compared(
    instance: &Instance,
    formula: &Formula,
    at: &[i64],
    expected: Scalar,
    found: Result<Scalar, EvalError>,
) -> Result<usize, Failure> {
    let found = value(at, found)?;
    match instance.agreement(formula, found, expected) {
        Agreement::Exact => Ok(0),
        Agreement::Numeric => Ok(1),
        Agreement::None => Err(Failure::Mismatch(Mismatch { at: at.to_vec(), expected, found })),
    }
}
