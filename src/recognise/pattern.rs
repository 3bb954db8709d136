//! Patterns: answers of which every entry is a number, an entry of one array, or 0 – what the
//! Jacobians of linear operations are.
//!
//! Invariant: nothing is summed: output indices alone are tied to each other, or to one place in the
//! array.

use super::axis::{Axis, Cycle, Window};
use super::same;
use super::wire::{Part, Wiring};
use crate::integer::Var;

/// Where the entries stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// What ties output indices, axis by axis.
    pub families: Vec<Family>,
    /// Output indices that must be equal.
    pub diagonal: Vec<Vec<Var>>,
}

/// A way in which output indices are tied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Family {
    /// One beside the diagonal: n = i + shift.
    OffDiagonal,
    /// From corner to corner the other way: n = shift − i.
    AntiDiagonal,
    /// One in each row or column, a step apart.
    Strided,
    /// position = stride·window + dilation·tap, the first two output indices: a Toeplitz matrix if
    /// both steps are 1.
    Band(Window),
    /// A diagonal that goes round in a circle: a permutation.
    CircularShift,
    /// The same the other way round.
    CircularReversal,
    /// Every row is the one above, shifted round in a circle.
    Circulant,
    /// One in each row, in the column that integer data gives.
    OneHot,
    /// All on one side of the diagonal.
    Triangle,
    /// The numeral of one index is several others: a permutation.
    Numeral,
}

/// The pattern that wires and axes are, if they are one.
pub(super) fn pattern(wiring: &Wiring, axes: &[Axis]) -> Option<Pattern> {
    if wiring.factors.len() > 1 {
        return None;
    }
    let turns = |k: usize, cycle: &Cycle| same(&wiring.wires[k].length(), &cycle.modulus);
    let (mut families, mut diagonal) = (Vec::new(), Vec::new());
    for axis in axes {
        let parts: Vec<Part> = axis.wires().iter().map(|k| wiring.wires[*k].part()).collect();
        let outputs = parts.iter().all(|p| *p == Part::Output);
        families.push(match axis {
            Axis::Bare(wire) => {
                let wire = &wiring.wires[*wire];
                if !wire.stays() || wire.within.len() > 1 {
                    return None;
                }
                if wire.stays.len() > 1 {
                    diagonal.push(wire.stays.clone());
                }
                continue;
            }
            Axis::Line(line) if outputs => match line.slope.as_constant() {
                Some(1) => Family::OffDiagonal,
                Some(-1) => Family::AntiDiagonal,
                _ => Family::Strided,
            },
            Axis::Window(w) => match parts.as_slice() {
                [Part::Output, Part::Output, Part::Read(_) | Part::Loose] if !w.flipped => Family::Band(w.clone()),
                _ if outputs && w.is_block(&wiring.wires) => Family::Numeral,
                _ => return None,
            },
            Axis::Cycle(cycle) => match (parts.as_slice(), cycle.terms.as_slice()) {
                ([Part::Output, Part::Output], [(a, _), (b, negative)]) if turns(*a, cycle) && turns(*b, cycle) => {
                    if *negative {
                        Family::CircularShift
                    } else {
                        Family::CircularReversal
                    }
                }
                ([Part::Output, Part::Output, Part::Read(_)], [(a, x), (b, y), (c, _)])
                    if x != y && [a, b, c].iter().all(|k| turns(**k, cycle)) =>
                {
                    Family::Circulant
                }
                _ => return None,
            },
            Axis::Digits(_) if outputs => Family::Numeral,
            Axis::Lookup(_) if outputs => Family::OneHot,
            Axis::Order(o) if outputs && matches!(o.gap.as_constant(), Some(0 | 1)) => Family::Triangle,
            Axis::Line(_) | Axis::Fixed(..) | Axis::Digits(_) | Axis::Lookup(_) => return None,
            Axis::Order(_) | Axis::Groups(_) => return None,
        });
    }
    let whole = wiring.wires.iter().all(|w| w.whole || (w.stays.len() > 1 && w.within.is_empty()));
    let one_kind = families.windows(2).all(|w| w[0].is_like(&w[1])) || families.iter().all(Family::is_permutation);
    let named = |f: &Family| matches!(f, Family::Band(_) | Family::Circulant);
    let one_kind = one_kind && (wiring.factors.is_empty() || families.iter().all(named));
    let some = !(families.is_empty() && diagonal.is_empty());
    (whole && one_kind && some).then_some(Pattern { families, diagonal })
}

impl Family {
    fn is_like(&self, other: &Family) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    /// Whether a matrix of this family has one 1 in each row and column.
    pub fn is_permutation(&self) -> bool {
        matches!(self, Family::AntiDiagonal | Family::CircularShift | Family::CircularReversal | Family::Numeral)
    }
}
