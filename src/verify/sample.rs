//! Which entries are compared where a box is too large for all of them: the corners of every axis
//! and a few places between, always the same ones for the same instance.

use super::step;
use crate::derivation::{Derivation, Goal};
use crate::evaluate::check::{Checked, Failure, Mismatch};
use crate::evaluate::{Agreement, EvalError, Formula, Instance, Random, Scalar, Spread};
use std::slice::from_ref;

const ALL: i128 = 60_000;
const SAMPLED: usize = 20_000;
const SIDE: usize = 140;
const GRADIENT: usize = 400;
/// At so many entries the lines of a derivation are compared where there is one assignment of sizes, and where
/// there are many.
pub const LINES: [usize; 2] = [24, 4];
/// At so many entries it is asked what else is claimed of an answer.
pub const PROBES: [usize; 2] = [24, 8];
/// At so many entries of the array that is differentiated by, where there is one assignment of sizes, and where there
/// are many: what moves with one of them is worked out once for all answers.
const COLUMNS: [usize; 2] = [12, 2];

/// The axes of the goal's rows and of its columns.
fn sides(instance: &Instance, derivation: &Derivation) -> [Vec<(i64, i64)>; 2] {
    let axes = |name: &str| instance.axes(name).map(<[_]>::to_vec).unwrap_or_default();
    match &derivation.goal {
        Goal::Step { array, .. } => [step::rows(instance, derivation).unwrap_or_default(), axes(array)],
        Goal::Value { output } => [axes(output), Vec::new()],
        Goal::Jacobian { output, array } => [axes(output), axes(array)],
        Goal::Gradient { array } => [axes(array), Vec::new()],
    }
}

fn goal_axes(instance: &Instance, derivation: &Derivation) -> Vec<(i64, i64)> {
    sides(instance, derivation).concat()
}

fn volume(axes: &[(i64, i64)]) -> i128 {
    axes.iter().fold(1i128, |v, (lo, hi)| v.saturating_mul((hi - lo + 1).into()))
}

/// How many entries of a formula can be computed with so many operations, judged by what two of
/// them take.
pub fn affordable(instance: &Instance, derivation: &Derivation, formula: &Formula, work: u64) -> usize {
    let axes = goal_axes(instance, derivation);
    let before = instance.work();
    let ends: [Vec<i64>; 2] = [axes.iter().map(|axis| axis.0).collect(), axes.iter().map(|axis| axis.1).collect()];
    for at in step::settled(instance, derivation, ends.to_vec()) {
        let _ = instance.evaluate(formula, &at);
    }
    let one = (instance.work() - before).div_ceil(2).max(1);
    usize::try_from(work / one).unwrap_or(SAMPLED).max(1)
}

/// Whether every entry of the goal's box can be compared.
pub fn is_small(instance: &Instance, derivation: &Derivation, affordable: usize) -> bool {
    volume(&goal_axes(instance, derivation)) <= ALL.min(affordable as i128)
}

/// A sample of entries, so many of them at one of so many assignments of sizes, half of them where the result is not
/// 0, which is looked for with at most about `work` operations.
pub fn entries(
    instance: &Instance,
    derivation: &Derivation,
    result: Option<&Formula>,
    (assignments, work): (usize, u64),
    wanted: [usize; 2],
) -> Vec<Vec<i64>> {
    let axes = goal_axes(instance, derivation);
    let settled = |entries: Vec<Vec<i64>>| step::settled(instance, derivation, entries);
    let [rows, columns] = sides(instance, derivation);
    let several = usize::from(assignments > 1);
    let place = |axes: &[(i64, i64)], random: &mut Random| -> Vec<i64> {
        axes.iter().map(|(lo, hi)| random.between(*lo, *hi)).collect()
    };
    let mut random = Random::new(instance.seed() ^ 0x33);
    let columns: Vec<Vec<i64>> = (0..COLUMNS[several]).map(|_| place(&columns, &mut random)).collect();
    let mut random = Random::new(instance.seed() ^ 0x11);
    let draw = |random: &mut Random| -> Vec<i64> {
        let column = random.between(0, columns.len() as i64 - 1);
        [place(&rows, random), columns[column as usize].clone()].concat()
    };
    let wanted = wanted[several];
    if volume(&axes) <= wanted as i128 {
        return settled(grid(&axes.iter().map(|(lo, hi)| (*lo..=*hi).collect()).collect::<Vec<_>>()));
    }
    let chosen: Vec<Vec<i64>> = (0..wanted.div_ceil(2)).map(|_| draw(&mut random)).collect();
    let mut value = result.map(|formula| instance.evaluator(from_ref(formula)));
    let mut nonzero = |at: &Vec<i64>| value.as_mut().is_some_and(|f| f(0, at).is_ok_and(|v| v != Scalar::ZERO));
    let tries = (20 * wanted).min(result.map_or(0, |f| affordable(instance, derivation, f, work)));
    let drawn = settled((0..tries).map(|_| draw(&mut random)).collect());
    let mut chosen = settled(chosen);
    chosen.extend(drawn.into_iter().filter(|at| nonzero(at)).take(wanted / 2));
    chosen
}

/// Compares a sample of the entries of a goal with what the equations give.
pub fn check(instance: &Instance, goal: &Goal, formula: &Formula, affordable: usize) -> Result<Checked, Failure> {
    let most = affordable.min(SAMPLED);
    let axes = |name: &str| instance.axes(name).map(<[_]>::to_vec).unwrap_or_default();
    let mut random = Random::new(instance.seed() ^ 0x22);
    let mut checked = Checked::default();
    let mut claimed = instance.evaluator(from_ref(formula));
    match goal {
        Goal::Value { output } => {
            for at in &places(&axes(output), most, &mut random) {
                let expected = instance.entry(output, at).ok_or_else(|| EvalError::UnknownName(output.clone()))?;
                compare((instance, formula), (at, claimed(0, at)), expected, &mut checked)?;
            }
        }
        Goal::Gradient { array } => {
            for at in &places(&axes(array), most.min(GRADIENT), &mut random) {
                let expected = instance.total_upstream(array, at)?;
                compare((instance, formula), (at, claimed(0, at)), expected, &mut checked)?;
            }
        }
        Goal::Jacobian { output, array } | Goal::Step { output, array, .. } => {
            let side = ((most as f64).sqrt() as usize).min(SIDE);
            let (rows, columns) = (places(&axes(output), side, &mut random), places(&axes(array), side, &mut random));
            let (direction, weights) = direction(instance, array, &columns, &mut random);
            let slopes = instance.slopes(array, &direction)?;
            for row in &rows {
                let (mut sum, mut magnitude) = (Scalar::ZERO, 0.0f64);
                for (column, weight) in columns.iter().zip(&weights) {
                    let at = [row.as_slice(), column].concat();
                    let term = value(&at, claimed(0, &at))? * *weight;
                    magnitude = magnitude.max(term.real.abs());
                    sum = sum + term;
                }
                let expected = slopes.entry(output, row)?.ok_or_else(|| EvalError::UnknownName(output.clone()))?;
                match sum.agreement(expected, instance.is_opaque(formula), magnitude) {
                    Agreement::Exact => {}
                    Agreement::Numeric => checked.numeric += columns.len(),
                    Agreement::None => {
                        let at = [row.as_slice(), &columns[0]].concat();
                        return Err(Failure::Mismatch(Mismatch { at, expected, found: sum }));
                    }
                }
            }
            checked.entries = rows.len() * columns.len();
        }
    }
    Ok(checked)
}

fn value(at: &[i64], found: Result<Scalar, EvalError>) -> Result<Scalar, Failure> {
    found.map_err(|error| Failure::NoValue { at: at.to_vec(), error })
}

fn compare(
    (instance, formula): (&Instance, &Formula),
    (at, found): (&[i64], Result<Scalar, EvalError>),
    expected: Scalar,
    checked: &mut Checked,
) -> Result<(), Failure> {
    let found = value(at, found)?;
    match instance.agreement(formula, found, expected) {
        Agreement::Exact => {}
        Agreement::Numeric => checked.numeric += 1,
        Agreement::None => return Err(Failure::Mismatch(Mismatch { at: at.to_vec(), expected, found })),
    }
    checked.entries += 1;
    Ok(())
}

/// A direction that is random at the given places and 0 elsewhere, and its values there.
fn direction(instance: &Instance, array: &str, places: &[Vec<i64>], random: &mut Random) -> (Vec<Scalar>, Vec<Scalar>) {
    let axes = instance.axes(array).map(<[_]>::to_vec).unwrap_or_default();
    let mut direction = vec![Scalar::ZERO; usize::try_from(volume(&axes)).unwrap_or(0)];
    let weights: Vec<Scalar> = places.iter().map(|_| random.scalar(Spread::WIDE)).collect();
    for (place, weight) in places.iter().zip(&weights) {
        let offset = place.iter().zip(&axes).fold(0i64, |o, (i, (lo, hi))| o * (hi - lo + 1) + i - lo);
        direction[offset as usize] = *weight;
    }
    (direction, weights)
}

/// At most about `most` places of a box: per axis the first, the last and some between; of a box
/// with very many axes two corners and some between.
fn places(axes: &[(i64, i64)], most: usize, random: &mut Random) -> Vec<Vec<i64>> {
    let mut per_axis = (most as f64).powf(1.0 / axes.len().max(1) as f64).floor().max(2.0) as usize;
    if axes.iter().any(|(lo, hi)| ((hi - lo + 1) as usize) < per_axis) {
        per_axis *= 2;
    }
    let choose = |(lo, hi): &(i64, i64), random: &mut Random| -> Vec<i64> {
        if ((hi - lo + 1) as usize) <= per_axis {
            return (*lo..=*hi).collect();
        }
        let edge = per_axis as i64 / 3;
        let mut chosen: Vec<i64> = (*lo..=lo + edge).chain(hi - edge..=*hi).collect();
        chosen.extend((0..per_axis / 3).map(|_| random.between(*lo, *hi)));
        chosen.sort_unstable();
        chosen.dedup();
        chosen
    };
    let choices: Vec<Vec<i64>> = axes.iter().map(|axis| choose(axis, random)).collect();
    let all = choices.iter().fold(1usize, |n, axis| n.saturating_mul(axis.len()));
    if all <= most.saturating_mul(16).max(4096) {
        return grid(&choices);
    }
    let mut chosen: Vec<Vec<i64>> = vec![axes.iter().map(|a| a.0).collect(), axes.iter().map(|a| a.1).collect()];
    chosen.extend((2..most).map(|_| axes.iter().map(|(lo, hi)| random.between(*lo, *hi)).collect()));
    chosen.sort_unstable();
    chosen.dedup();
    chosen
}

fn grid(choices: &[Vec<i64>]) -> Vec<Vec<i64>> {
    choices.iter().fold(vec![Vec::new()], |places, axis| {
        places.iter().flat_map(|place| axis.iter().map(move |i| [place.as_slice(), &[*i]].concat())).collect()
    })
}
