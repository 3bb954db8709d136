//! Selections: places that integer data gives, and places up to or from an index on.
//!
//! Invariant: one array is read, along one axis in the named way; every other wire runs over whole
//! axes and is tied to nothing.

use super::axis::{Axis, Lookup, Order};
use super::wire::{Part, Wire, Wiring};
use super::{IndexRole, role};

/// Entries chosen by integer data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Whether entries are read at the places that the data gives; otherwise they are added to them.
    pub gathers: bool,
    /// The data.
    pub lookup: Lookup,
    /// The other indices.
    pub others: Vec<IndexRole>,
}

/// A sum that grows along an axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// Whether it begins at the first place; otherwise it ends at the last.
    pub from_first: bool,
    /// Whether the place of the index itself is left out.
    pub exclusive: bool,
    /// The wire of the output index.
    pub stays: usize,
    /// The other indices.
    pub others: Vec<IndexRole>,
}

/// The selection that wires and axes are, if they are one.
pub(super) fn selection(wiring: &Wiring, axes: &[Axis]) -> Option<Selection> {
    let (lookup, others) = only(wiring, axes, |axis| match axis {
        Axis::Lookup(lookup) => Some(lookup.clone()),
        _ => None,
    })?;
    let gathers = match (wiring.wires[lookup.value].part(), parts(wiring, &lookup.at)) {
        (Part::Read(0), at) if at.iter().all(|p| matches!(p, Part::Output | Part::Loose)) => true,
        (Part::Output, at) if at.iter().all(|p| matches!(p, Part::Read(0) | Part::Loose)) => false,
        _ => return None,
    };
    Some(Selection { gathers, lookup, others })
}

/// The running sum that wires and axes are, if they are one.
pub(super) fn running(wiring: &Wiring, axes: &[Axis]) -> Option<Running> {
    let (Order { small, large, gap }, others) = only(wiring, axes, |axis| match axis {
        Axis::Order(order) => Some(order.clone()),
        _ => None,
    })?;
    let (from_first, stays) = match [small, large].map(|k| wiring.wires[k].part()) {
        [Part::Read(0), Part::Output] => (true, large),
        [Part::Output, Part::Read(0)] => (false, small),
        _ => return None,
    };
    let exclusive = match gap.as_constant() {
        Some(0) => false,
        Some(1) => true,
        _ => return None,
    };
    Some(Running { from_first, exclusive, stays, others })
}

fn parts(wiring: &Wiring, wires: &[usize]) -> Vec<Part> {
    wires.iter().map(|k| wiring.wires[*k].part()).collect()
}

/// The one axis of a kind, where one array is read, all else is bare and everything is whole.
fn only<T>(wiring: &Wiring, axes: &[Axis], wanted: impl Fn(&Axis) -> Option<T>) -> Option<(T, Vec<IndexRole>)> {
    if wiring.factors.len() != 1 || !wiring.wires.iter().all(|w: &Wire| w.whole) {
        return None;
    }
    let mut found: Vec<T> = Vec::new();
    let mut others = Vec::new();
    for axis in axes {
        match (wanted(axis), axis) {
            (Some(one), _) => found.push(one),
            (None, Axis::Bare(wire)) => others.push(role(wiring, *wire)?),
            (None, _) => return None,
        }
    }
    others.sort_by_key(|role: &IndexRole| !role.stays);
    (found.len() == 1).then(|| found.remove(0)).map(|one| (one, others))
}
