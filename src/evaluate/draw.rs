//! Drawing a point: numbers for params and given arrays at which everything has a real value and
//! every fact of the program holds.
//!
//! What a function needs of its arguments is never analysed: points are drawn from one spread after
//! another until the equations have values. Invariant: an equality among the facts holds exactly,
//! on the residues, because it was solved for an entry.

use super::compile;
use super::error::EvalError;
use super::field::{Fp, Random};
use super::instance::Instance;
use super::machine::Machine;
use super::node::Place;
use super::pinned::Pins;
use super::reverse::gradient;
use super::scalar::{Scalar, Spread};
use super::scope::{Points, Sizes, volume};
use super::tangent::Stored;
use super::work::Work;
use crate::language::print::{Alphabet, expression};
use crate::language::program::{Fact, Param, Program};
use crate::language::syntax::{Condition, Expr, ExprKind, Name, Relation, Sign};
use std::collections::BTreeSet;

/// What all entries are drawn from, tried in this order.
const SPREADS: [Spread; 8] = [
    Spread::WIDE,
    Spread(0.0, 1.0),
    Spread(0.1, 2.0),
    Spread(-1.0, 0.0),
    Spread(2.0, 4.0),
    Spread(0.0, 0.1),
    Spread(0.0, 0.02),
    Spread(0.0, 0.001),
];
/// How often each is tried.
const ROUNDS: usize = 3;
/// How often each array is then drawn from a spread of its own.
const MIXED: usize = 16;

/// One attempt at a point.
struct Attempt {
    random: Random,
    /// None if each array has its own.
    spread: Option<Spread>,
    choice: Random,
}

impl Attempt {
    fn all(seed: u64) -> impl Iterator<Item = Attempt> {
        let same = (0..ROUNDS).flat_map(|_| SPREADS.map(Some));
        let spreads = same.chain((0..MIXED).map(|_| None));
        spreads.enumerate().map(move |(number, spread)| {
            let number = number as u64;
            let random = Random::new(if number == 0 { seed } else { Random::new(seed ^ number).bits() });
            Attempt { random, spread, choice: Random::new(!seed ^ number) }
        })
    }

    fn vector(&mut self, length: usize) -> Vec<Scalar> {
        let last = SPREADS.len() as i64 - 1;
        let spread = self.spread.unwrap_or_else(|| SPREADS[self.choice.between(0, last) as usize]);
        self.random.vector_of(length, spread)
    }
}

/// An instance of a program at a point at which it has real values.
///
/// # Errors
/// Those that no other point would avoid, and the first of the others if no point was found.
pub fn instance(program: &Program, sizes: &Sizes, seed: u64, work: &Work, pins: &Pins) -> Result<Instance, EvalError> {
    if let Some(missing) = program.sizes.iter().find(|size| !sizes.contains_key(*size)) {
        return Err(EvalError::MissingSize(missing.clone()));
    }
    let mut failure = None;
    for attempt in Attempt::all(seed) {
        let before = work.done();
        let mut instance = Instance::empty(program, sizes, seed, work);
        instance.pins = pins.clone();
        match drawn(&mut instance, program, attempt) {
            Ok(()) => {
                instance.forward_work = work.done() - before;
                return Ok(instance);
            }
            Err(error @ (EvalError::OutsideDomain { .. } | EvalError::UnmetFact(_))) => {
                failure.get_or_insert(error);
            }
            Err(EvalError::ZeroDivisor) if instance.valued => {
                failure.get_or_insert(EvalError::ZeroDivisor);
            }
            Err(error @ (EvalError::TooMuchWork { .. } | EvalError::OutOfTime)) => return Err(failure.unwrap_or(error)),
            Err(error) => return Err(error),
        }
    }
    Err(failure.unwrap_or(EvalError::Overflow))
}

fn drawn(instance: &mut Instance, program: &Program, mut attempt: Attempt) -> Result<(), EvalError> {
    for param in &program.params {
        let drawn = drawn_param(instance, param, &mut attempt)?;
        let value = instance.pins.param(&param.name).unwrap_or(drawn);
        instance.scope.params.push(param.name.clone());
        instance.params.push(value);
    }
    for array in &program.arrays {
        let number = instance.scope.give(array, &mut attempt.random, &instance.work)?;
        let layout = &instance.scope.layouts[number];
        let length = if layout.integers.is_some() { 0 } else { layout.volume };
        instance.values.push(attempt.vector(length));
        instance.pin(&array.name, number, false)?;
    }
    instance.valued |= !program.facts.is_empty();
    solve(instance, program)?;
    instance.define(program)?;
    for fact in program.facts.iter().filter(|fact| fact.relation != Relation::Equal) {
        met(instance, fact)?;
    }
    for output in &program.outputs {
        let read = instance.scope.array(output)?;
        let mut pieces = instance.components.iter().flat_map(|component| &component.pieces);
        if pieces.any(|piece| piece.reads(|array| array == read)) {
            instance.scope.passed_on.insert(output.clone());
        }
        let number = instance.scope.differentiate(output, &instance.work)?;
        let length = instance.scope.layouts[number].volume;
        instance.values.push(attempt.random.vector(length));
        instance.pin(output, number, true)?;
    }
    Ok(())
}

/// A param within its bound.
fn drawn_param(instance: &Instance, param: &Param, attempt: &mut Attempt) -> Result<Scalar, EvalError> {
    let free = attempt.vector(1).first().copied().unwrap_or_default();
    let Some((relation, bound)) = &param.bound else { return Ok(free) };
    let formula = compile::value(&instance.scope, bound, &[], false)?;
    let memory = Stored { instance, literals: &formula.literals };
    let bound = Machine::new(&instance.scope, &instance.work, memory, formula.slots).value(&formula.root)?;
    let step = attempt.choice.scalar(Spread(0.0, 1.0));
    Ok(match relation {
        Relation::Equal => bound,
        Relation::NotEqual => free,
        Relation::Greater | Relation::AtLeast => bound + step,
        Relation::Less | Relation::AtMost => bound - step,
    })
}

/// Changes entries of given arrays until every required equality holds. An entry that an equality
/// depends on is not changed again.
fn solve(instance: &mut Instance, program: &Program) -> Result<(), EvalError> {
    let mut settled: BTreeSet<Place> = instance.held.keys().copied().collect();
    for fact in program.facts.iter().filter(|fact| fact.relation == Relation::Equal) {
        let refused = || EvalError::NotAFact(shown(fact));
        let sides = vec![(Sign::Plus, fact.left.clone()), (Sign::Minus, fact.right.clone())];
        let difference = Expr::new(ExprKind::Sum(sides));
        let formula = match compile::value(&instance.scope, &difference, &names(fact), false) {
            Err(EvalError::UnknownName(_)) => return Err(refused()),
            formula => formula?,
        };
        for at in places(instance, fact)? {
            let (value, slopes) = gradient(instance, &formula, &at)?;
            if value.exact != Fp::ZERO {
                let free = slopes.iter().rev().filter(|(place, _)| !settled.contains(*place));
                let solved = free.into_iter().any(|(place, slope)| {
                    let before = instance.values[place.array][place.offset];
                    let step = slope.inverse().map_or(Scalar::ZERO, |inverse| value * inverse);
                    instance.values[place.array][place.offset] = before - step;
                    let exact = instance.evaluate(&formula, &at).is_ok_and(|left| left.exact == Fp::ZERO);
                    if !exact {
                        instance.values[place.array][place.offset] = before;
                    }
                    exact
                });
                if !solved {
                    return Err(refused());
                }
            }
            settled.extend(slopes.into_keys());
        }
    }
    instance.outside.set(None);
    for fact in program.facts.iter().filter(|fact| fact.relation == Relation::Equal) {
        if !holds(instance, fact)? {
            return Err(EvalError::NotAFact(shown(fact)));
        }
        if instance.outside.get().is_some() {
            return Err(EvalError::UnmetFact(shown(fact)));
        }
    }
    Ok(())
}

fn met(instance: &Instance, fact: &Fact) -> Result<(), EvalError> {
    if holds(instance, fact)? { Ok(()) } else { Err(EvalError::UnmetFact(shown(fact))) }
}

/// Whether a fact holds at all its indices.
fn holds(instance: &Instance, fact: &Fact) -> Result<bool, EvalError> {
    let condition = Condition::Chain(fact.left.clone(), vec![(fact.relation, fact.right.clone())]);
    let condition = compile::condition(&instance.scope, &condition, &names(fact))?;
    for at in places(instance, fact)? {
        if !instance.evaluate_condition(&condition, &at)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn names(fact: &Fact) -> Vec<Name> {
    fact.indices.iter().map(|index| index.name.clone()).collect()
}

/// All values of the indices of a fact.
fn places(instance: &Instance, fact: &Fact) -> Result<Vec<Vec<i64>>, EvalError> {
    let axes = instance.scope.index_box(&fact.indices)?;
    let mut places = Vec::with_capacity(volume(&axes, &instance.work)?);
    let mut points = Points::new(&axes);
    while let Some(at) = points.advance() {
        places.push(at.to_vec());
    }
    Ok(places)
}

fn shown(fact: &Fact) -> String {
    let sign = match fact.relation {
        Relation::Equal => "=",
        Relation::NotEqual => "!=",
        Relation::Less => "<",
        Relation::AtMost => "<=",
        Relation::Greater => ">",
        Relation::AtLeast => ">=",
    };
    let side = |side| expression(side, Alphabet::Ascii);
    format!("{} {sign} {}", side(&fact.left), side(&fact.right))
}
