//! Rearrangements: each entry of the answer is one entry of an array, or 0.
//!
//! Invariant: every index of the answer is tied to a place of its own, or to a place that it shares
//! in a numeral; nothing is summed, nothing is repeated but what goes round in a circle.

use super::axis::{Axis, Cycle, Line, Window};
use super::same;
use super::wire::{Part, Place, Wiring};
use crate::integer::{Facts, Index};
use crate::model::System;

/// What happens along the axes of one array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rearrangement {
    /// What happens along each axis where something does; nothing at all is a slice of fixed places.
    pub moves: Vec<Move>,
    /// Whether a place is fixed where there are others.
    pub part: bool,
    /// Whether the output indices stand in another order than the axes.
    pub turned: bool,
}

/// What happens along an axis, with the wire of the output index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// The place is the index plus a shift that is not 0.
    Shift(usize, Index),
    /// So many zeros ahead of the array and so many behind it.
    Pad(usize, [Index; 2]),
    /// So many places left out at the beginning of the array and so many at its end.
    Crop(usize, [Index; 2]),
    /// The place runs backwards over the whole axis.
    Reversal(usize),
    /// Every so many places one is read.
    Subsampling(usize, Index),
    /// The entries stand so many places apart, with zeros between.
    Insertion(usize, Index),
    /// The place is the index plus a shift, round in a circle.
    Roll(usize, Index),
    /// The place runs backwards round in a circle.
    RollBack(usize),
    /// The array over and over.
    Repetition(usize),
    /// Several axes become one.
    Merge(usize, Vec<usize>),
    /// One axis becomes several; the first is the wire of that axis.
    Split(usize, Vec<usize>),
}

/// The rearrangement that wires and axes are, if they are one.
pub(super) fn rearrangement(system: &System, wiring: &Wiring, axes: &[Axis]) -> Option<Rearrangement> {
    let [factor] = wiring.factors.as_slice() else { return None };
    let facts = system.facts();
    let bounds = factor.bounds(system);
    let mut moves = Vec::new();
    for axis in axes {
        let found = match axis {
            Axis::Bare(wire) => {
                let found = &wiring.wires[*wire];
                if !found.is_simple() || !found.stays() || found.within.is_empty() {
                    return None;
                }
                if found.whole { None } else { Some(partly(wiring, &bounds, *wire)?) }
            }
            Axis::Line(line) => Some(along(&facts, wiring, line)?),
            Axis::Cycle(cycle) => turn(wiring, cycle)?,
            Axis::Window(window) => Some(block(wiring, window)?),
            Axis::Digits(d) => Some(numeral(wiring, d.whole, &d.parts)?),
            Axis::Fixed(..) | Axis::Lookup(_) | Axis::Order(_) | Axis::Groups(_) => return None,
        };
        moves.extend(found);
    }
    let fixed = |(place, (lo, hi)): (&Place, &(Index, Index))| matches!(place, Place::Fixed(_)) && !same(lo, hi);
    let part = wiring.places[0].iter().zip(&bounds).any(fixed);
    let order = wiring.wires_of(0);
    let rank = |k: &usize| axes.iter().position(|a| a.wires().contains(k));
    let ranks: Vec<_> = order.iter().map(rank).collect();
    let turned = ranks.windows(2).any(|w| w[0] > w[1]);
    (part || !moves.is_empty()).then_some(Rearrangement { moves, part, turned })
}

/// An index of which only some values are places, or a place of which only some are indices.
fn partly(wiring: &Wiring, bounds: &[(Index, Index)], wire: usize) -> Option<Move> {
    let found = &wiring.wires[wire];
    let output = wiring.free.iter().find(|b| found.stays.contains(&b.var))?;
    let (first, last) = &bounds[found.axis_of(0)?];
    if same(first, &found.lo) && same(last, &found.hi) {
        return Some(Move::Pad(wire, [found.lo.minus(&output.lo), output.hi.minus(&found.hi)]));
    }
    let all = same(&output.lo, &found.lo) && same(&output.hi, &found.hi);
    all.then(|| Move::Crop(wire, [found.lo.minus(first), last.minus(&found.hi)]))
}

fn along(facts: &Facts, wiring: &Wiring, line: &Line) -> Option<Move> {
    let (to, from) = (&wiring.wires[line.to], &wiring.wires[line.from]);
    if !to.whole || !from.whole {
        return None;
    }
    let reads = matches!((to.part(), from.part()), (Part::Read(_), Part::Output));
    let spreads = matches!((to.part(), from.part()), (Part::Output, Part::Read(_)));
    let wire = line.from;
    match (line.slope.as_constant(), reads, spreads) {
        (Some(1), true, _) => {
            let before = to.lo.minus(&from.lo.plus(&line.shift));
            let after = from.hi.plus(&line.shift).minus(&to.hi);
            let minus = |e: &Index| e.times_number(-1);
            let some = |a: &Index, b: &Index| {
                let proved = facts.proves_nonnegative(a) && facts.proves_nonnegative(b);
                proved && if line.shift.is_zero() { !b.is_zero() } else { !a.is_zero() }
            };
            Some(if some(&before, &after) {
                Move::Pad(wire, [before, after])
            } else if some(&minus(&before), &minus(&after)) {
                Move::Crop(wire, [minus(&before), minus(&after)])
            } else {
                Move::Shift(wire, line.shift.clone())
            })
        }
        (Some(-1), true, _) => {
            let turns = same(&line.shift, &from.lo.plus(&to.hi)) && same(&line.shift, &from.hi.plus(&to.lo));
            turns.then_some(Move::Reversal(wire))
        }
        (_, true, _) if facts.proves_positive(&line.slope) => Some(Move::Subsampling(wire, line.slope.clone())),
        (_, _, true) if facts.proves_positive(&line.slope) => Some(Move::Insertion(line.to, line.slope.clone())),
        _ => None,
    }
}

fn turn(wiring: &Wiring, cycle: &Cycle) -> Option<Option<Move>> {
    let [(a, _), (b, negative)] = cycle.terms.as_slice() else { return None };
    let parts = [*a, *b].map(|k| wiring.wires[k].part());
    let (place, wire, sign) = match parts {
        [Part::Read(_), Part::Output] => (*a, *b, -1),
        [Part::Output, Part::Read(_)] => (*b, *a, 1),
        _ => return None,
    };
    let (to, from) = (&wiring.wires[place], &wiring.wires[wire]);
    if !to.whole || !from.whole || !same(&to.length(), &cycle.modulus) {
        return None;
    }
    if !*negative {
        return same(&from.length(), &cycle.modulus).then_some(Some(Move::RollBack(wire)));
    }
    let shift = cycle.shift.times_number(sign).plus(&from.lo).minus(&to.lo).canonical();
    let none = shift.is_zero() || shift.exact_quotient(&cycle.modulus).is_some();
    Some(match same(&from.length(), &cycle.modulus) {
        true if none => None,
        true => Some(Move::Roll(wire, shift)),
        false => Some(Move::Repetition(wire)),
    })
}

fn block(wiring: &Wiring, window: &Window) -> Option<Move> {
    if !window.is_block(&wiring.wires) {
        return None;
    }
    numeral(wiring, window.position, &[window.window, window.tap])
}

fn numeral(wiring: &Wiring, whole: usize, parts: &[usize]) -> Option<Move> {
    let wires = &wiring.wires;
    if !wires[whole].whole || parts.iter().any(|k| !wires[*k].whole) {
        return None;
    }
    let all = |wanted: fn(Part) -> bool| parts.iter().all(|k| wanted(wires[*k].part()));
    let (read, output) = (|p: Part| matches!(p, Part::Read(_)), |p: Part| p == Part::Output);
    match wires[whole].part() {
        Part::Output if all(read) => Some(Move::Merge(whole, parts.to_vec())),
        Part::Read(_) if all(output) => Some(Move::Split(whole, parts.to_vec())),
        _ => None,
    }
}
