//! Whether the boxes of the equations of one array fill the box of the array, each entry once.
//!
//! The box of the array is the smallest one around those of its equations. Invariant: only ends of
//! boxes are compared, so that the answer costs the same whatever the sizes are.

use super::error::EvalError;
use super::work::Work;
use crate::language::syntax::Name;

/// The first and last index of each axis.
pub type Axes = Vec<(i64, i64)>;

/// The box around the boxes of the equations of an array.
///
/// # Errors
/// An entry that lies in two of them, or in none.
pub fn hull(array: &Name, boxes: &[Axes], work: &Work) -> Result<Axes, EvalError> {
    let first = boxes.first().cloned().unwrap_or_default();
    if let Some(other) = boxes.iter().find(|other| other.len() != first.len()) {
        let (one, other) = (first.len(), other.len());
        let what = format!("{array}, which is defined with {one} indices and with {other}");
        return Err(EvalError::Unsupported(what));
    }
    let filled: Vec<&Axes> = boxes.iter().filter(|piece| !is_empty(piece)).collect();
    let Some((one, others)) = filled.split_first() else { return Ok(first) };
    let around = others.iter().fold((*one).clone(), |around, piece| {
        let pairs = around.iter().zip(*piece);
        pairs.map(|(a, b)| (a.0.min(b.0), a.1.max(b.1))).collect()
    });
    let pieces = filled.len() as u64;
    work.charge(if pieces > 1 { pieces.saturating_mul(pieces) } else { 0 })?;
    for (place, one) in filled.iter().enumerate() {
        if let Some(at) = filled[..place].iter().find_map(|other| shared(one, other)) {
            return Err(EvalError::DefinedTwice { array: array.clone(), at });
        }
    }
    match gap(&around, &filled, work)? {
        Some(at) => Err(EvalError::NeverDefined { array: array.clone(), at }),
        None => Ok(around),
    }
}

fn is_empty(axes: &[(i64, i64)]) -> bool {
    axes.iter().any(|(first, last)| first > last)
}

/// The first entry that two boxes share.
fn shared(one: &[(i64, i64)], other: &[(i64, i64)]) -> Option<Vec<i64>> {
    let both = one.iter().zip(other).map(|(a, b)| (a.0.max(b.0), a.1.min(b.1)));
    both.map(|(first, last)| (first <= last).then_some(first)).collect()
}

/// The first entry of a box that lies in none of the pieces.
fn gap(around: &Axes, pieces: &[&Axes], work: &Work) -> Result<Option<Vec<i64>>, EvalError> {
    let mut left = vec![around.clone()];
    for piece in pieces {
        work.charge(if pieces.len() > 1 { left.len() as u64 } else { 0 })?;
        left = left.into_iter().flat_map(|part| without(part, piece)).collect();
    }
    let corner = |part: &Axes| part.iter().map(|(first, _)| *first).collect::<Vec<i64>>();
    Ok(left.iter().map(corner).min())
}

/// What is left of a box without a piece, in boxes.
fn without(mut part: Axes, piece: &[(i64, i64)]) -> Vec<Axes> {
    if shared(&part, piece).is_none() {
        return vec![part];
    }
    let mut left = Vec::new();
    for (axis, &(first, last)) in piece.iter().enumerate() {
        let (low, high) = part[axis];
        if low < first {
            part[axis] = (low, first - 1);
            left.push(part.clone());
        }
        if high > last {
            part[axis] = (last + 1, high);
            left.push(part.clone());
        }
        part[axis] = (low.max(first), high.min(last));
    }
    left
}
