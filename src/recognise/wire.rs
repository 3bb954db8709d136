//! Wires: the places of arrays and the output indices that a formula ties together.
//!
//! Where an array is read at a bare index, its axis and the index are one wire. Invariant: for each
//! value of the output indices, the formula is the sum, over all values of the other wires in their
//! ranges for which every tie holds, of the product of the entries at the places.

use super::view::{Factor, View};
use crate::integer::{Condition, Index, Var};
use crate::language::syntax::Name;
use crate::model::{Bound, Term};

/// A formula as wires and ties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wiring {
    /// The arrays, as they are read.
    pub factors: Vec<Factor>,
    /// Where each axis of each factor is read.
    pub places: Vec<Vec<Place>>,
    /// Output indices first, then places, then what is summed over and read nowhere.
    pub wires: Vec<Wire>,
    /// The output indices that have more than one value.
    pub free: Vec<Bound>,
    /// Numbers, sizes and entries of arrays without axes that multiply everything.
    pub scale: Vec<Term>,
    /// The brackets, as the formula writes them; some of them may say what the places say anyhow.
    pub guards: Vec<Condition>,
}

/// The place that is read on one axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// That of a wire.
    Wire(usize),
    /// Always the same.
    Fixed(Index),
}

/// An integer that runs over a range: an output index, the place on an axis, a summed index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wire {
    /// The output indices that it is; several if they must be equal.
    pub stays: Vec<Var>,
    /// The factors and axes that are read at it.
    pub within: Vec<(usize, usize)>,
    /// How the formula writes it.
    pub shown: Index,
    /// Its first value.
    pub lo: Index,
    /// Its last value.
    pub hi: Index,
    /// Whether it runs over the whole of every axis that is read at it.
    pub whole: bool,
}

/// A condition on wires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tie {
    /// Σ slope·wire + rest = 0
    Equal(Linear),
    /// Σ slope·wire + rest is a multiple of the modulus.
    Congruent(Linear, Index),
    /// Σ slope·wire + rest ≥ 0
    Ordered(Linear),
    /// data[at] = value
    Datum { data: Name, at: Vec<Linear>, value: Linear },
}

/// Σ slope·wire + rest, slopes and rest free of indices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Linear {
    pub(super) terms: Vec<(usize, Index)>,
    pub(super) rest: Index,
}

/// What becomes of a wire, up to which output index or axis it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// An output index that no array is read at.
    Output,
    /// Summed over, and one axis of this factor is read at it.
    Read(usize),
    /// Summed over, and nothing is read at it.
    Loose,
    /// Anything else.
    Several,
}

impl Wire {
    /// Whether it is an output index.
    pub fn stays(&self) -> bool {
        !self.stays.is_empty()
    }

    /// The number of its values.
    pub fn length(&self) -> Index {
        self.hi.minus(&self.lo).plus_number(1)
    }

    /// What becomes of it.
    pub fn part(&self) -> Part {
        match (self.stays.as_slice(), self.within.as_slice()) {
            ([_], []) => Part::Output,
            ([], [(factor, _)]) => Part::Read(*factor),
            ([], []) => Part::Loose,
            _ => Part::Several,
        }
    }

    /// Whether it is one output index at most, and the place on one axis of a factor at most.
    pub fn is_simple(&self) -> bool {
        let mut factors: Vec<usize> = self.within.iter().map(|(f, _)| *f).collect();
        factors.dedup();
        self.stays.len() <= 1 && factors.len() == self.within.len()
    }

    /// The axis of a factor that is read at it, if exactly one is.
    pub fn axis_of(&self, factor: usize) -> Option<usize> {
        let mut axes = self.within.iter().filter(|(f, _)| *f == factor);
        let first = axes.next()?;
        axes.next().is_none().then_some(first.1)
    }
}

impl Wiring {
    /// Whether only whole arrays are read: places are fixed only where there is no other.
    pub(super) fn fixed_are_only(&self, bounds: &[Vec<(Index, Index)>]) -> bool {
        let only = |(place, (lo, hi)): (&Place, &(Index, Index))| match place {
            Place::Wire(_) => true,
            Place::Fixed(_) => super::same(lo, hi),
        };
        self.places.iter().zip(bounds).all(|(places, bounds)| places.iter().zip(bounds).all(only))
    }

    /// The wires of the axes of a factor, fixed places left out.
    pub fn wires_of(&self, factor: usize) -> Vec<usize> {
        self.places[factor]
            .iter()
            .filter_map(|place| match place {
                Place::Wire(wire) => Some(*wire),
                Place::Fixed(_) => None,
            })
            .collect()
    }

    /// The wiring of a view before anything is tied.
    pub(super) fn of(view: &View) -> Wiring {
        Wiring {
            factors: view.factors.clone(),
            places: Vec::new(),
            wires: Vec::new(),
            free: view.free.clone(),
            scale: view.scale.clone(),
            guards: view.guards.clone(),
        }
    }
}

impl Linear {
    /// The wires in it.
    pub(super) fn wires(&self) -> impl Iterator<Item = usize> + '_ {
        self.terms.iter().map(|(wire, _)| *wire)
    }
}
