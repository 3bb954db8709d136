//! Windows over one array: pooling and its transpose, upsampling, unfolding, folding.
//!
//! Invariant: on every tied axis position, window and tap are the same parts of the answer, and a
//! mean is claimed only where the factor is exactly one over the number of taps.

use super::axis::{Axis, Window};
use super::wire::{Part, Wiring};
use super::{IndexRole, role, same};
use crate::integer::Index;
use crate::model::{Kind, Term};
use num_traits::ToPrimitive;

/// An operation on the windows of one array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Windows {
    /// Which.
    pub kind: WindowKind,
    /// The axes along which windows lie, in the order of the output.
    pub axes: Vec<Window>,
    /// The other indices.
    pub others: Vec<IndexRole>,
    /// Whether the factor is one over the number of taps.
    pub mean: bool,
}

/// What is done with windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowKind {
    /// The entries of each window are added up.
    Pooling,
    /// Each entry is added to every position of its window.
    Spreading,
    /// The same where the windows lie side by side: each entry is repeated.
    Repetition,
    /// The windows side by side, one a row: im2col.
    Unfolding,
    /// The rows put back and added up where they overlap: col2im.
    Folding,
}

/// The operation on windows that wires and axes are, if they are one.
pub(super) fn windows(wiring: &Wiring, axes: &[Axis]) -> Option<Windows> {
    if wiring.factors.len() != 1 {
        return None;
    }
    let (mut found, mut others, mut kinds) = (Vec::new(), Vec::new(), Vec::new());
    for axis in axes {
        match axis {
            Axis::Window(w) => {
                kinds.push(kind(wiring, w)?);
                found.push(w.clone());
            }
            Axis::Bare(wire) => others.push(role(wiring, *wire).filter(|_| wiring.wires[*wire].whole)?),
            Axis::Line(_) | Axis::Fixed(..) | Axis::Digits(_) | Axis::Cycle(_) | Axis::Lookup(_) => return None,
            Axis::Order(_) | Axis::Groups(_) => return None,
        }
    }
    let kind = *kinds.first()?;
    let taps = found.iter().fold(Index::constant(1), |n, w| n.times(&wiring.wires[w.tap].length()));
    let mean = mean(&wiring.scale, &taps);
    others.sort_by_key(|role| !role.stays);
    kinds.iter().all(|k| *k == kind).then_some(Windows { kind, axes: found, others, mean })
}

fn kind(wiring: &Wiring, window: &Window) -> Option<WindowKind> {
    let wires = &wiring.wires;
    let whole = [window.window, window.tap].iter().all(|k| wires[*k].whole);
    let parts = [window.position, window.window, window.tap].map(|k| wires[k].part());
    let kind = match parts {
        [Part::Read(_), Part::Output, Part::Loose] => WindowKind::Pooling,
        [Part::Output, Part::Read(_), Part::Loose] if window.is_block(wires) => WindowKind::Repetition,
        [Part::Output, Part::Read(_), Part::Loose] => WindowKind::Spreading,
        [Part::Read(_), Part::Output, Part::Output] => WindowKind::Unfolding,
        [Part::Output, Part::Read(_), Part::Read(_)] => WindowKind::Folding,
        _ => return None,
    };
    (whole && !window.flipped).then_some(kind)
}

/// Whether factors multiply to one over a number.
fn mean(scale: &[Term], number: &Index) -> bool {
    let (mut above, mut below) = (Index::constant(1), Index::constant(1));
    for term in scale {
        match term.kind() {
            Kind::Number(n) => {
                let (Some(p), Some(q)) = (n.numer().to_i128(), n.denom().to_i128()) else { return false };
                above = above.times_number(p);
                below = below.times_number(q);
            }
            Kind::Power(base, -1) => match as_index(base) {
                Some(index) => below = below.times(&index),
                None => return false,
            },
            _ => match as_index(term) {
                Some(index) => above = above.times(&index),
                None => return false,
            },
        }
    }
    !scale.is_empty() && same(&above.times(number), &below)
}

/// An integer that is written as a value.
fn as_index(term: &Term) -> Option<Index> {
    match term.kind() {
        Kind::Number(n) if n.is_integer() => n.numer().to_i128().map(Index::constant),
        Kind::Integer(index) => Some(index.clone()),
        Kind::Sum(terms) => terms.iter().map(as_index).try_fold(Index::default(), |sum, t| Some(sum.plus(&t?))),
        Kind::Product(factors) => {
            factors.iter().map(as_index).try_fold(Index::constant(1), |product, f| Some(product.times(&f?)))
        }
        _ => None,
    }
}
