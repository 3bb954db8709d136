//! Values at a point and limits against the equations, run with what is given in place.
//!
//! Invariant: the expected side comes from the evaluator alone, at points at which only the chosen
//! entries are chosen.

use super::{Certificate, Unverified, assignments};
use crate::answer::Names;
use crate::derivation::Goal;
use crate::evaluate::{Agreement, EvalError, Instance, Pins, Random, Scalar, Sizes, Steps, Work, integer};
use crate::language::program::Fact;
use crate::language::syntax::{Binder, Expr, ExprKind, Name};
use crate::model::{Quote, StepAxes, System, each_part};

/// How many operations one value may take.
const WORK: u64 = 60_000_000;
/// How many assignments of sizes are tried.
const ASSIGNMENTS: usize = 6;
/// How many entries are compared at one assignment.
const MOST_ENTRIES: usize = 60;
/// How many points are tried at each.
const POINTS: u64 = 3;

/// A claimed value: a formula for entries of a goal.
pub struct Claim<'a> {
    /// Its name.
    pub name: String,
    /// What it is a value of.
    pub goal: &'a Goal,
    /// Of one step of a recurrence, along which axes the steps run.
    pub steps: Option<&'a StepAxes>,
    /// The free indices with their ranges.
    pub free: Vec<Binder>,
    /// The indices of the goal.
    pub at: Vec<Expr>,
    /// How many of them belong to the output.
    pub output_axes: usize,
    /// The claimed value of that entry.
    pub formula: Expr,
}

/// What is chosen: an array or an upstream gradient, its first indices, its values.
pub struct Pin {
    /// The array or the output.
    pub name: Name,
    /// Whether it is the upstream gradient.
    pub upstream: bool,
    /// Its first indices, over sizes and the free indices.
    pub at: Vec<Expr>,
    /// Its values.
    pub values: PinValues,
}

/// Values nested as the axes that are left.
pub enum PinValues {
    /// One for every entry.
    One(Expr),
    /// One for each index of the next axis.
    List(Vec<PinValues>),
}

/// The sizes at which a system is tried, lengths with letters included, and how they are shown.
fn sizes_of(system: &System, names: &Names) -> Result<Vec<(Sizes, Sizes)>, EvalError> {
    let mut all = Vec::new();
    for shown in assignments(system, ASSIGNMENTS) {
        let mut sizes = shown.clone();
        for (name, index) in &names.lengths {
            sizes.insert(name.clone(), integer(&Quote::plain().index(index), &shown)? as i64);
        }
        all.push((shown, sizes));
    }
    Ok(all)
}

/// All values of the free indices, at most so many.
fn places(free: &[Binder], sizes: &Sizes) -> Result<Vec<Vec<i64>>, EvalError> {
    let mut all: Vec<Vec<i64>> = vec![Vec::new()];
    for binder in free {
        let (lo, hi) = binder.range.as_ref().ok_or_else(|| EvalError::NoRange(binder.name.clone()))?;
        let (lo, hi) = (integer(lo, sizes)? as i64, integer(hi, sizes)? as i64);
        all = all.iter().flat_map(|known| (lo..=hi).map(move |n| [known.as_slice(), &[n]].concat())).collect();
        if all.len() > 20 * MOST_ENTRIES {
            all.truncate(20 * MOST_ENTRIES);
        }
    }
    if all.len() > MOST_ENTRIES {
        let step = all.len().div_ceil(MOST_ENTRIES);
        all = all.into_iter().step_by(step).collect();
    }
    Ok(all)
}

/// The entries that pins choose at a place; none where one of them does not exist there.
fn chosen(pins: &[Pin], plain: &Instance, bound: &Sizes) -> Result<Option<Pins>, EvalError> {
    let mut found = Pins::default();
    for pin in pins {
        let axes: Vec<(i64, i64)> = plain.axes(&pin.name).map(<[_]>::to_vec).unwrap_or_default();
        let mut at = Vec::with_capacity(axes.len());
        for (index, (lo, hi)) in pin.at.iter().zip(&axes) {
            let value = integer(index, bound)? as i64;
            if value < *lo || value > *hi {
                return Ok(None);
            }
            at.push(value);
        }
        let mut open = vec![(at, &pin.values)];
        while let Some((at, values)) = open.pop() {
            match (axes.get(at.len()), values) {
                (None, PinValues::One(value)) => {
                    let value = scalar(plain, value, bound)?;
                    let list = if pin.upstream { &mut found.upstream } else { &mut found.arrays };
                    list.insert((pin.name.clone(), at), value);
                }
                (Some((lo, hi)), PinValues::One(_)) => {
                    open.extend((*lo..=*hi).map(|n| ([at.as_slice(), &[n]].concat(), values)));
                }
                (Some((lo, _)), PinValues::List(list)) => {
                    let longer = (*lo..).zip(list).map(|(n, values)| ([at.as_slice(), &[n]].concat(), values));
                    open.extend(longer);
                }
                (None, PinValues::List(_)) => return Err(EvalError::Count { expected: 1, found: 2 }),
            }
        }
    }
    Ok(Some(found))
}

/// A value over sizes and indices.
fn scalar(instance: &Instance, value: &Expr, bound: &Sizes) -> Result<Scalar, EvalError> {
    let names: Vec<Name> = bound.keys().cloned().collect();
    let at: Vec<i64> = bound.values().copied().collect();
    instance.evaluate(&instance.compile(value, &names)?, &at)
}

/// What the equations give for an entry of a goal.
fn expected(instance: &Instance, claim: &Claim, at: &[i64]) -> Result<Scalar, EvalError> {
    let missing = |name: &Name| EvalError::UnknownName(name.clone());
    match claim.goal {
        Goal::Value { output } => instance.entry(output, at).ok_or_else(|| missing(output)),
        Goal::Jacobian { output, array } => {
            let (row, column) = at.split_at(claim.output_axes);
            instance.entry_tangent(array, column)?.entry(output, row).ok_or_else(|| missing(output))
        }
        Goal::Step { output, array, .. } => {
            let (row, column) = at.split_at(claim.output_axes);
            let steps = Steps::new(instance, claim.steps.ok_or_else(|| missing(output))?)?;
            steps.tangent(&steps.of(output, row)?, array, column)?.entry(output, row).ok_or_else(|| missing(output))
        }
        Goal::Gradient { array } => instance.total_upstream(array, at),
    }
}

/// Compares a claimed value with what the equations give where the pins are in place. Also gives the
/// values in floating point, in the order of the entries, at the first assignment of sizes.
///
/// # Errors
/// The first entry that differs, or why nothing could be compared.
pub fn verify_value(
    system: &System,
    names: &Names,
    claim: &Claim,
    pins: &[Pin],
) -> Result<(Certificate, Vec<f64>), Unverified> {
    let fail = |reason: String, sizes: &Sizes| Unverified {
        answer: claim.name.clone(),
        reason,
        sizes: sizes.clone(),
        cause: None,
    };
    let broken = |e: EvalError| fail(e.to_string(), &Sizes::new());
    let work = Work::until(WORK, &system.limits);
    let mut total = Certificate::default();
    let mut decimals = Vec::new();
    let moving = pins.iter().any(|pin| !pin.at.is_empty());
    let all = sizes_of(system, names).map_err(broken)?;
    let assigned = all.len();
    for (number, (shown, sizes)) in all.into_iter().enumerate() {
        let broken = |e: EvalError| fail(e.to_string(), &shown);
        let free: Vec<Name> = claim.free.iter().map(|b| b.name.clone()).collect();
        let plain = Instance::sharing(&system.program, &sizes, 1, &work).map_err(broken)?;
        for point in 0..POINTS {
            let seed = Random::new(1000 * number as u64 + point + 1).bits();
            let mut instance: Option<Instance> = None;
            let mut compared = 0;
            for place in places(&claim.free, &sizes).map_err(broken)? {
                let mut bound = sizes.clone();
                bound.extend(free.iter().cloned().zip(place.iter().copied()));
                if moving || instance.is_none() {
                    let Some(pins) = chosen(pins, &plain, &bound).map_err(broken)? else { continue };
                    let made = Instance::pinned(&system.program, &sizes, seed, &work, &pins).map_err(broken)?;
                    instance = Some(made);
                }
                let Some(instance) = &mut instance else { continue };
                let at: Result<Vec<i64>, EvalError> =
                    claim.at.iter().map(|index| integer(index, &bound).map(|n| n as i64)).collect();
                let wanted = expected(instance, claim, &at.map_err(broken)?).map_err(broken)?;
                let formula = instance.compile(&claim.formula, &free).map_err(broken)?;
                let found = instance.evaluate(&formula, &place).map_err(broken)?;
                match instance.agreement(&formula, found, wanted) {
                    Agreement::Exact | Agreement::Numeric => {}
                    Agreement::None => {
                        let reason = format!("it is given as {}, the equations give {}", found.real, wanted.real);
                        return Err(fail(reason, &shown));
                    }
                }
                if number == 0 && point == 0 {
                    decimals.push(found.real);
                }
                compared += 1;
            }
            if point == 0 {
                total.values += compared;
            }
        }
    }
    if total.values == 0 {
        return Err(fail(
            "the entries that are given exist at none of the sizes that were tried".into(),
            &Sizes::new(),
        ));
    }
    total.assignments = if system.sizes.is_empty() { 0 } else { assigned };
    Ok((total, decimals))
}

/// Where a param goes, for the evaluator.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Approach {
    /// To ∞, or to −∞ if the sign is negative.
    Infinity(f64),
    /// To a number.
    Number,
}

/// How many steps are taken towards a limit.
const STEPS: u32 = 13;
/// Values nearer to their limit than this count as there.
const THERE: f64 = 1e-7;
/// The share of the distance that may be left after a step.
const LEFT: f64 = 0.7;

/// Whether the equations converge to a claimed limit: at points some of whose entries are equal, at
/// values of the param that double, or halve their distance to the number.
///
/// # Errors
/// The first entry that does not.
pub fn verify_limit(
    system: &System,
    names: &Names,
    claim: &Claim,
    (param, approach, to): (&Name, Approach, Option<&Expr>),
) -> Result<Certificate, Unverified> {
    let fail = |reason: String, sizes: &Sizes| Unverified {
        answer: claim.name.clone(),
        reason,
        sizes: sizes.clone(),
        cause: None,
    };
    let work = Work::until(WORK, &system.limits);
    let mut total = Certificate::default();
    let all = sizes_of(system, names).map_err(|e| fail(e.to_string(), &Sizes::new()))?;
    let assigned = all.len();
    let mut stopped = None;
    for (number, (shown, sizes)) in all.into_iter().enumerate() {
        let broken = |e: EvalError| fail(e.to_string(), &shown);
        let plain = Instance::sharing(&system.program, &sizes, 1, &work).map_err(broken)?;
        let goal = to.map(|to| scalar(&plain, to, &sizes)).transpose().map_err(broken)?;
        for point in 0..2 * POINTS {
            let seed = 1000 * number as u64 + point + 1;
            let drawn = Random::new(seed).bits();
            let base = Instance::sharing(&system.program, &sizes, drawn, &work).map_err(broken)?;
            let mut ties = Random::new(seed);
            let mut pins = kept(system, &base, (point % 2 == 1).then_some(&mut ties));
            let sides: &[i64] = if approach == Approach::Number { &[1, -1] } else { &[1] };
            for side in sides {
                let mut path = Vec::new();
                for step in 2..STEPS {
                    let away = Scalar::from_integer(1 << step);
                    let value = match (approach, goal) {
                        (Approach::Infinity(sign), _) => away * Scalar::from_integer(if sign < 0.0 { -1 } else { 1 }),
                        (Approach::Number, goal) => {
                            let near = away.inverse().unwrap_or_default() * Scalar::from_integer((*side).into());
                            goal.unwrap_or_default() + near
                        }
                    };
                    pins.arrays.insert((param.clone(), Vec::new()), value);
                    match Instance::pinned(&system.program, &sizes, drawn, &work, &pins) {
                        Ok(instance) => path.push(instance),
                        Err(error @ (EvalError::TooMuchWork { .. } | EvalError::OutOfTime)) => {
                            return Err(broken(error));
                        }
                        Err(error) => {
                            stopped = Some(error);
                            break;
                        }
                    }
                }
                let free: Vec<Name> = claim.free.iter().map(|b| b.name.clone()).collect();
                for place in places(&claim.free, &sizes).map_err(broken)? {
                    let mut bound = sizes.clone();
                    bound.extend(free.iter().cloned().zip(place.iter().copied()));
                    let at: Result<Vec<i64>, EvalError> =
                        claim.at.iter().map(|index| integer(index, &bound).map(|n| n as i64)).collect();
                    let at = at.map_err(broken)?;
                    let mut distances = Vec::new();
                    let mut last = (f64::NAN, f64::NAN);
                    for instance in &path {
                        let formula = instance.compile(&claim.formula, &free).map_err(broken)?;
                        let Ok(claimed) = instance.evaluate(&formula, &place) else { break };
                        let Ok(found) = expected(instance, claim, &at) else { break };
                        if !claimed.real.is_finite() || !found.real.is_finite() {
                            break;
                        }
                        last = (claimed.real, found.real);
                        distances.push((claimed.real - found.real).abs() / claimed.real.abs().max(1.0));
                    }
                    match converges(&distances) {
                        Some(true) => total.limits += 1,
                        None => {}
                        Some(false) => {
                            let reason = format!("the limit is given as {}, the equations tend to {}", last.0, last.1);
                            return Err(fail(reason, &shown));
                        }
                    }
                }
            }
        }
    }
    if total.limits == 0 {
        let why = stopped.map_or("no value was found near the limit".to_string(), |e| e.to_string());
        return Err(fail(why, &Sizes::new()));
    }
    total.assignments = if system.sizes.is_empty() { 0 } else { assigned };
    Ok(total)
}

/// Whether distances shrink to nothing; none where too few are known.
fn converges(distances: &[f64]) -> Option<bool> {
    let last = *distances.last()?;
    if last < THERE && distances.len() > 1 {
        return Some(true);
    }
    let (_, rest) = distances.split_at_checked(distances.len().checked_sub(3)?)?;
    let shrinks = rest.windows(2).all(|pair| pair[1] <= LEFT * pair[0] || pair[1] < THERE);
    (distances.len() >= 4).then_some(shrinks && last < 0.25)
}

/// All given entries and params as an instance has them; from a few numbers where some are to be equal,
/// but for arrays of whose values something is required.
fn kept(system: &System, instance: &Instance, ties: Option<&mut Random>) -> Pins {
    let mut ties = ties;
    let mut pins = Pins::default();
    for param in &system.program.params {
        if let Some(value) = instance.param(&param.name) {
            pins.arrays.insert((param.name.clone(), Vec::new()), value);
        }
    }
    for array in system.arrays.iter().filter(|array| !array.constant) {
        let (Some(axes), Some(entries)) = (instance.axes(&array.name), instance.entries(&array.name)) else { continue };
        let mut places: Vec<Vec<i64>> = vec![Vec::new()];
        for &(lo, hi) in axes {
            places = places.iter().flat_map(|at| (lo..=hi).map(move |n| [at.as_slice(), &[n]].concat())).collect();
        }
        let required = system.program.facts.iter().any(|fact| reads(fact, &array.name));
        for (at, value) in places.into_iter().zip(entries) {
            let value = match &mut ties {
                Some(random) if !required => Scalar::from_integer(random.between(-1, 2).into()),
                _ => *value,
            };
            pins.arrays.insert((array.name.clone(), at), value);
        }
    }
    pins
}

/// Whether a requirement speaks of an array.
fn reads(fact: &Fact, array: &Name) -> bool {
    let mut found = false;
    for side in [&fact.left, &fact.right] {
        each_part(side, &mut |part| {
            found |= matches!(&part.kind, ExprKind::Name(name) | ExprKind::Read(name, _) if name == array);
        });
    }
    found
}
