//! The equations run backwards: the derivative of the loss Σ g·f for every entry of every array, in
//! about the time of one run forwards.
//!
//! Sums, means and branches are passed through, whatever else an entry is made of goes over a tape.
//! Invariant: the same derivatives along one random direction come from dual numbers, or the sweep
//! is an error.

use super::compile::Formula;
use super::component::{Component, Piece};
use super::error::EvalError;
use super::field::Random;
use super::instance::Instance;
use super::machine::Machine;
use super::node::{Place, Reduce, Test, Value};
use super::number::Memory;
use super::reduction::part;
use super::scalar::Scalar;
use super::tangent::{Stored, loss};
use super::tape::{Tape, Traced};
use crate::language::syntax::{Reduction, Sign};
use std::collections::BTreeMap;

/// The derivative of the loss for each entry of each array; an empty vector stands for zeros.
pub type Adjoints = Vec<Vec<Scalar>>;

/// Runs the equations of an instance backwards.
///
/// # Errors
/// Too much work, or dual numbers that say otherwise.
pub fn sweep(instance: &Instance) -> Result<Adjoints, EvalError> {
    let mut adjoints: Adjoints = vec![Vec::new(); instance.values.len()];
    for (output, given) in instance.seeds() {
        instance.work.charge(instance.values[given].len() as u64)?;
        adjoints[output].clone_from(&instance.values[given]);
    }
    confirmed(instance, backwards(instance, adjoints)?, loss)
}

/// The total derivatives of one entry for every entry of every array.
///
/// # Errors
/// Too much work, or dual numbers that say otherwise.
pub fn sweep_from(instance: &Instance, entry: Place) -> Result<Adjoints, EvalError> {
    let mut adjoints: Adjoints = vec![Vec::new(); instance.values.len()];
    add(instance, &mut adjoints, entry, Scalar::ONE);
    let moved =
        |_: &Instance, tangents: &[Vec<Scalar>]| tangents[entry.array].get(entry.offset).copied().unwrap_or_default();
    confirmed(instance, backwards(instance, adjoints)?, moved)
}

fn backwards(instance: &Instance, mut adjoints: Adjoints) -> Result<Adjoints, EvalError> {
    let tape = Tape::default();
    for component in instance.components.iter().rev() {
        match component.recurrent {
            true => push_entries(instance, component, &tape, &mut adjoints)?,
            false => push_array(instance, component, &tape, &mut adjoints)?,
        }
    }
    Ok(adjoints)
}

fn push_array(
    instance: &Instance,
    component: &Component,
    tape: &Tape,
    adjoints: &mut Adjoints,
) -> Result<(), EvalError> {
    for piece in &component.pieces {
        let own = std::mem::take(&mut adjoints[piece.array]);
        let mut machine = machine(instance, piece, tape);
        let mut entries = piece.entries(&instance.scope);
        while let Some((offset, at)) = entries.advance() {
            let Some(adjoint) = own.get(offset) else { break };
            machine.work.charge(1)?;
            if *adjoint != Scalar::ZERO {
                machine.slots[..at.len()].copy_from_slice(at);
                push(&mut machine, &piece.formula.root, *adjoint, adjoints)?;
            }
        }
        adjoints[piece.array] = own;
    }
    Ok(())
}

/// Every entry passes on what it has when all entries computed from it have passed on theirs.
fn push_entries(
    instance: &Instance,
    component: &Component,
    tape: &Tape,
    adjoints: &mut Adjoints,
) -> Result<(), EvalError> {
    for step in component.schedule.iter().rev() {
        let (piece, offset) = (&component.pieces[step.piece as usize], step.offset as usize);
        let adjoint = adjoints[piece.array].get(offset).copied().unwrap_or_default();
        instance.work.charge(1)?;
        if adjoint != Scalar::ZERO {
            let layout = &instance.scope.layouts[piece.array];
            let mut machine = machine(instance, piece, tape);
            layout.indices(offset, &mut machine.slots[..layout.axes.len()]);
            push(&mut machine, &piece.formula.root, adjoint, adjoints)?;
        }
    }
    Ok(())
}

fn machine<'a>(instance: &'a Instance, piece: &'a Piece, tape: &'a Tape) -> Machine<'a, Recorded<'a>> {
    let stored = Stored { instance, literals: &piece.formula.literals };
    Machine::new(&instance.scope, &instance.work, Recorded { stored, tape }, piece.formula.slots)
}

/// Passes the derivative of the loss for a value on to everything that the value reads.
fn push(
    machine: &mut Machine<'_, Recorded>,
    node: &Value,
    adjoint: Scalar,
    adjoints: &mut Adjoints,
) -> Result<(), EvalError> {
    machine.work.charge(1)?;
    match node {
        Value::Exact(_) | Value::Literal(_) | Value::Param(_) | Value::Bracket(_) => Ok(()),
        Value::Read(access) => {
            if let Some(place) = machine.locate(access)? {
                add(machine.memory.stored.instance, adjoints, place, adjoint);
            }
            Ok(())
        }
        Value::Sum(terms) => terms.iter().try_for_each(|(sign, term)| match sign {
            Sign::Plus => push(machine, term, adjoint, adjoints),
            Sign::Minus => push(machine, term, -adjoint, adjoints),
        }),
        Value::If(parts) => {
            let (test, yes, no) = &**parts;
            let taken = machine.decided(test)?;
            push(machine, if taken { yes } else { no }, adjoint, adjoints)
        }
        Value::Reduce(reduce) => push_reduction(machine, node, reduce, adjoint, adjoints),
        Value::Product(guards, factors) => match only_moving(factors) {
            Some(moving) => push_scaled(machine, guards, factors, moving, adjoint, adjoints),
            None => push_taped(machine, node, adjoint, adjoints),
        },
        Value::Kept(kept) => push(machine, &kept.part, adjoint, adjoints),
        Value::Power(_) | Value::Call(..) | Value::Normalise(_) | Value::Derivative(_) | Value::Adjoint(_) => {
            push_taped(machine, node, adjoint, adjoints)
        }
    }
}

fn push_reduction(
    machine: &mut Machine<'_, Recorded>,
    node: &Value,
    reduce: &Reduce,
    adjoint: Scalar,
    adjoints: &mut Adjoints,
) -> Result<(), EvalError> {
    let Reduce { binders, condition, body, how } = reduce;
    let adjoint = match how {
        Reduction::Product | Reduction::Variance | Reduction::Extremum(_) => {
            return push_taped(machine, node, adjoint, adjoints);
        }
        Reduction::Sum => adjoint,
        Reduction::Mean => {
            let mut terms = 0;
            machine.each(binders, condition.as_ref(), &mut |_| {
                terms += 1;
                Ok(())
            })?;
            adjoint * part::<Scalar>(terms)?
        }
    };
    machine.each(binders, condition.as_ref(), &mut |machine| push(machine, body, adjoint, adjoints))
}

/// The place of the one factor that may move, if all others are constants.
fn only_moving(factors: &[(bool, Value)]) -> Option<usize> {
    let moves = |factor: &Value| !matches!(factor, Value::Exact(_) | Value::Literal(_) | Value::Param(_));
    let mut moving = factors.iter().enumerate().filter(|(_, (_, factor))| moves(factor));
    match (moving.next(), moving.next()) {
        (Some((place, (false, _))), None) => Some(place),
        _ => None,
    }
}

fn push_scaled(
    machine: &mut Machine<'_, Recorded>,
    guards: &[Test],
    factors: &[(bool, Value)],
    moving: usize,
    mut adjoint: Scalar,
    adjoints: &mut Adjoints,
) -> Result<(), EvalError> {
    if !machine.decided_all(guards)? {
        return Ok(());
    }
    for (_, (over, factor)) in factors.iter().enumerate().filter(|(place, _)| *place != moving) {
        let factor = machine.value(factor)?.value;
        let factor = if *over { factor.inverse().ok_or(EvalError::ZeroDivisor)? } else { factor };
        adjoint = adjoint * factor;
    }
    push(machine, &factors[moving].1, adjoint, adjoints)
}

fn push_taped(
    machine: &mut Machine<'_, Recorded>,
    node: &Value,
    adjoint: Scalar,
    adjoints: &mut Adjoints,
) -> Result<(), EvalError> {
    let (tape, instance) = (machine.memory.tape, machine.memory.stored.instance);
    tape.clear();
    let value = machine.value(node)?;
    tape.back(value, adjoint, |place, part| add(instance, adjoints, place, part))
}

fn add(instance: &Instance, adjoints: &mut Adjoints, place: Place, adjoint: Scalar) {
    let of = &mut adjoints[place.array];
    if of.is_empty() {
        of.resize(instance.values[place.array].len(), Scalar::ZERO);
    }
    of[place.offset] = of[place.offset] + adjoint;
}

/// The sweep, if along a direction that moves all given arrays it agrees with dual numbers; `moved` is what was
/// differentiated, in tangents.
fn confirmed(
    instance: &Instance,
    adjoints: Adjoints,
    moved: impl Fn(&Instance, &[Vec<Scalar>]) -> Scalar,
) -> Result<Adjoints, EvalError> {
    let (directions, tangents) = instance.probe()?;
    let pairs = |number: usize| adjoints[number].iter().zip(&directions[number]);
    let all = (0..adjoints.len()).flat_map(pairs);
    let expected = all.fold(Scalar::ZERO, |sum, (adjoint, step)| sum + *adjoint * *step);
    if moved(instance, tangents) == expected {
        return Ok(adjoints);
    }
    let what = "the upstream gradients: the equations run backwards and dual numbers differ";
    Err(EvalError::Unsupported(what.into()))
}

/// A random direction that moves all given arrays, and how it moves every array.
pub type Probe = (Vec<Vec<Scalar>>, Vec<Vec<Scalar>>);

/// Draws a direction and runs the equations along it.
///
/// # Errors
/// Too much work.
pub fn probe(instance: &Instance) -> Result<Probe, EvalError> {
    let mut random = Random::new(!instance.seed() ^ 0x5EED);
    let mut directions = vec![Vec::new(); instance.values.len()];
    for (number, layout) in instance.scope.layouts.iter().enumerate() {
        if !layout.defined && layout.integers.is_none() {
            instance.work.charge(layout.volume as u64)?;
            directions[number] = random.vector(layout.volume);
        }
    }
    let tangents = instance.forward(directions.clone())?;
    Ok((directions, tangents))
}

/// The entries as they are, each leaving a trace.
struct Recorded<'a> {
    stored: Stored<'a>,
    tape: &'a Tape,
}

impl<'a> Memory for Recorded<'a> {
    type Number = Traced<'a>;
    const KEEPS: bool = false;
    fn load(&self, place: Place) -> Traced<'a> {
        self.tape.read(place, self.stored.load(place))
    }
    fn literal(&self, index: usize) -> Traced<'a> {
        Traced::constant(self.stored.literal(index))
    }
    fn param(&self, index: usize) -> Traced<'a> {
        Traced::constant(self.stored.param(index))
    }
}

/// The derivatives of an entry for those that its equation reads; some may come several times.
///
/// # Errors
/// The entry has no value, or too much work.
pub fn slopes(
    instance: &Instance,
    piece: &Piece,
    offset: usize,
    tape: &Tape,
) -> Result<Vec<(Place, Scalar)>, EvalError> {
    tape.clear();
    let stored = Stored { instance, literals: &piece.formula.literals };
    let value = instance.entry_of(piece, offset, Recorded { stored, tape })?;
    let mut found = Vec::new();
    tape.back(value, Scalar::ONE, |place, slope| found.push((place, slope)))?;
    Ok(found)
}

/// The value of a formula at the given free indices, and its derivative for each entry it reads.
pub fn gradient(
    instance: &Instance,
    formula: &Formula,
    at: &[i64],
) -> Result<(Scalar, BTreeMap<Place, Scalar>), EvalError> {
    let tape = Tape::default();
    let memory = Recorded { stored: Stored { instance, literals: &formula.literals }, tape: &tape };
    let value = Machine::new(&instance.scope, &instance.work, memory, formula.slots).value_at(&formula.root, at)?;
    let mut found = BTreeMap::new();
    tape.back(value, Scalar::ONE, |place, part| {
        let slope = found.entry(place).or_insert(Scalar::ZERO);
        *slope = *slope + part;
    })?;
    Ok((value.value, found))
}
