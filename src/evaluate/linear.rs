//! The equations linearised at a point: the derivative of each entry for every entry that its equation reads,
//! worked out once, so that all that moves with a direction costs one multiplication for each of them.
//!
//! Invariant: along a random direction that moves every array by itself, each entry moves as dual numbers say, or
//! there is no linearisation.

use super::component::{Component, Piece};
use super::error::EvalError;
use super::field::{Fp, Random};
use super::instance::Instance;
use super::node::Place;
use super::reverse::slopes;
use super::scalar::Scalar;
use super::tangent::{Motion, Moved, Stored};
use super::tape::Tape;

/// A system is linearised only if one run of it takes no more operations than this.
const LARGEST: u64 = 1 << 17;
/// So many derivatives cost as much as one operation of a formula.
const CHEAPER: usize = 8;

/// The derivatives of every entry of every equation.
#[derive(Debug)]
pub struct Linear {
    /// The entries, in the order in which they are computed.
    rows: Vec<Row>,
    /// How many of them each component has.
    lengths: Vec<usize>,
    /// For each entry of each array, which of them it is.
    places: Vec<Vec<Option<u32>>>,
}

/// An entry, and its derivative for each entry that its equation reads; some may come several times.
#[derive(Debug)]
struct Row {
    entry: Place,
    slopes: Box<[(Place, Scalar)]>,
}

impl Row {
    /// How far the entry moves with those that it reads.
    fn moved(&self, tangent: impl Fn(Place) -> Scalar) -> Scalar {
        self.slopes.iter().fold(Scalar::ZERO, |sum, (read, slope)| match tangent(*read) {
            Scalar { exact: Fp::ZERO, .. } => sum,
            tangent => sum + *slope * tangent,
        })
    }

    /// What that costs.
    fn work(&self) -> u64 {
        1 + (self.slopes.len() / CHEAPER) as u64
    }
}

/// How far an entry moves; an empty vector stands for zeros.
fn tangent(tangents: &[Vec<Scalar>], place: Place) -> Scalar {
    tangents[place.array].get(place.offset).copied().unwrap_or_default()
}

impl Linear {
    /// Linearises an instance; none if that is large.
    ///
    /// # Errors
    /// Too much work, or dual numbers that say otherwise.
    pub fn of(instance: &Instance) -> Result<Option<Linear>, EvalError> {
        if instance.forward_work() > LARGEST {
            return Ok(None);
        }
        let tape = Tape::default();
        let mut random = Random::new(!instance.seed() ^ 0xD0A1);
        let all: Vec<Vec<Scalar>> = instance.values.iter().map(|values| random.vector(values.len())).collect();
        let mut places: Vec<Vec<Option<u32>>> = instance.values.iter().map(|values| vec![None; values.len()]).collect();
        let (mut rows, mut lengths) = (Vec::new(), Vec::with_capacity(instance.components.len()));
        for component in &instance.components {
            let before = rows.len();
            for entry in entries(instance, component) {
                let row = row(instance, component, entry, (&tape, &all))?;
                places[row.entry.array][row.entry.offset] = Some(rows.len() as u32);
                rows.push(row);
            }
            lengths.push(rows.len() - before);
        }
        Ok(Some(Linear { rows, lengths, places }))
    }

    /// How far an entry moves with those that its equation reads.
    ///
    /// # Errors
    /// Too much work.
    pub fn moved(
        &self,
        instance: &Instance,
        entry: Place,
        tangent: impl Fn(Place) -> Scalar,
    ) -> Result<Scalar, EvalError> {
        let row = self.places[entry.array].get(entry.offset).copied().flatten();
        let Some(row) = row.map(|row| &self.rows[row as usize]) else { return Ok(Scalar::ZERO) };
        instance.work.charge(row.work())?;
        Ok(row.moved(tangent))
    }

    /// Moves everything that depends on what moves, as [`Instance::forward`] does.
    pub fn forward(&self, instance: &Instance, mut tangents: Vec<Vec<Scalar>>) -> Result<Vec<Vec<Scalar>>, EvalError> {
        let mut rest = self.rows.as_slice();
        for (component, length) in instance.components.iter().zip(&self.lengths) {
            let (rows, behind) = rest.split_at(*length);
            rest = behind;
            let keeps = !component.recurrent && component.arrays().any(|array| !tangents[array].is_empty());
            let reads = |piece: &Piece| piece.reads(|read| !tangents[read].is_empty());
            if keeps || !component.pieces.iter().any(reads) {
                continue;
            }
            for array in component.arrays() {
                tangents[array].resize(instance.scope.layouts[array].volume, Scalar::ZERO);
            }
            for row in rows {
                instance.work.charge(row.work())?;
                let moved = row.moved(|place| tangent(&tangents, place));
                let own = &mut tangents[row.entry.array][row.entry.offset];
                *own = *own + moved;
            }
        }
        Ok(tangents)
    }
}

/// The equation and the place of every entry of a component, in the order in which they are computed.
fn entries(instance: &Instance, component: &Component) -> Vec<(usize, usize)> {
    if component.recurrent {
        return component.schedule.iter().map(|step| (step.piece as usize, step.offset as usize)).collect();
    }
    let mut found = Vec::new();
    for (number, piece) in component.pieces.iter().enumerate() {
        let mut entries = piece.entries(&instance.scope);
        while let Some((offset, _)) = entries.advance() {
            found.push((number, offset));
        }
    }
    found
}

/// The derivatives of one entry, confirmed by dual numbers along a direction on all arrays.
fn row(
    instance: &Instance,
    component: &Component,
    (piece, offset): (usize, usize),
    (tape, all): (&Tape, &[Vec<Scalar>]),
) -> Result<Row, EvalError> {
    let piece = &component.pieces[piece];
    let row =
        Row { entry: Place { array: piece.array, offset }, slopes: slopes(instance, piece, offset, tape)?.into() };
    let stored = Stored { instance, literals: &piece.formula.literals };
    let dual = instance.entry_of(piece, offset, Moved { stored, how: Motion::All(all) })?;
    if row.moved(|place| tangent(all, place)) == dual.tangent {
        return Ok(row);
    }
    let what = "the equations linearised: derivatives over a tape and dual numbers differ";
    Err(EvalError::Unsupported(what.into()))
}
