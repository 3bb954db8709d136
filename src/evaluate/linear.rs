//! The equations linearised at a point: the derivative of each entry for every entry that its equation reads,
//! worked out once, so that all that moves with a direction costs one multiplication for each of them.
//!
//! Invariant: along a random direction that moves every array by itself, each entry moves as dual numbers say, or
//! there is no linearisation.

use super::component::{Component, Piece};
use super::error::EvalError;
use super::field::Random;
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

/// The derivatives of every entry of every equation, in the order in which they are computed.
#[derive(Debug)]
pub struct Linear {
    /// The entries of each component.
    components: Vec<Vec<Row>>,
}

/// An entry, and its derivative for each entry that its equation reads; some may come several times.
#[derive(Debug)]
struct Row {
    entry: Place,
    slopes: Box<[(Place, Scalar)]>,
}

impl Row {
    /// How far the entry moves with those that it reads.
    fn moved(&self, tangents: &[Vec<Scalar>]) -> Scalar {
        self.slopes.iter().fold(Scalar::ZERO, |sum, (read, slope)| match tangents[read.array].get(read.offset) {
            Some(tangent) if *tangent != Scalar::ZERO => sum + *slope * *tangent,
            _ => sum,
        })
    }
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
        let rows = |component: &Component| -> Result<Vec<Row>, EvalError> {
            let entries = entries(instance, component).into_iter();
            entries.map(|entry| row(instance, component, entry, (&tape, &all))).collect()
        };
        Ok(Some(Linear { components: instance.components.iter().map(rows).collect::<Result<_, _>>()? }))
    }

    /// Moves everything that depends on what moves, as [`Instance::forward`] does.
    pub fn forward(
        &self,
        instance: &Instance,
        mut tangents: Vec<Vec<Scalar>>,
    ) -> Result<Vec<Vec<Scalar>>, EvalError> {
        for (component, rows) in instance.components.iter().zip(&self.components) {
            let keeps = !component.recurrent && component.arrays().any(|array| !tangents[array].is_empty());
            let reads = |piece: &Piece| piece.reads(|read| !tangents[read].is_empty());
            if keeps || !component.pieces.iter().any(reads) {
                continue;
            }
            for array in component.arrays() {
                tangents[array].resize(instance.scope.layouts[array].volume, Scalar::ZERO);
            }
            for row in rows {
                instance.work.charge(1 + (row.slopes.len() / CHEAPER) as u64)?;
                let moved = row.moved(&tangents);
                let tangent = &mut tangents[row.entry.array][row.entry.offset];
                *tangent = *tangent + moved;
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
    let row = Row { entry: Place { array: piece.array, offset }, slopes: slopes(instance, piece, offset, tape)?.into() };
    let stored = Stored { instance, literals: &piece.formula.literals };
    let dual = instance.entry_of(piece, offset, Moved { stored, how: Motion::All(all) })?;
    if row.moved(all) == dual.tangent {
        return Ok(row);
    }
    let what = "the equations linearised: derivatives over a tape and dual numbers differ";
    Err(EvalError::Unsupported(what.into()))
}
