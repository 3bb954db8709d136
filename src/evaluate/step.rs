//! Derivatives of one step of a recurrence: what is computed at the same step is expanded, entries
//! at all other steps are held.
//!
//! The caller says along which axis of each array the steps run. Invariant: a path from the entry
//! that is moved to an entry of a step passes only through entries of that step, so that these
//! derivatives are the factors of which derivatives over several steps consist.

use super::compile::Formula;
use super::component::{Component, Entries, Piece};
use super::error::EvalError;
use super::instance::Instance;
use super::machine::Machine;
use super::node::{Place, Value};
use super::number::Memory;
use super::scalar::Scalar;
use super::tangent::{Motion, Moved, Stored};
use crate::language::function::Function;
use crate::language::syntax::Name;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::slice::from_ref;

/// The derivatives of the entries of one step for one entry, where they are not 0.
type Slopes = Rc<BTreeMap<Place, Scalar>>;

/// The entries of an instance, by the step at which they are computed.
#[derive(Debug)]
pub struct Steps<'a> {
    pub(super) instance: &'a Instance,
    /// The step axes of each array that has some.
    axes: BTreeMap<usize, BTreeSet<usize>>,
    /// The defined entries of each step, in an order in which they can be computed.
    entries: BTreeMap<Vec<i64>, Vec<(&'a Piece, usize)>>,
    known: RefCell<BTreeMap<(Vec<i64>, Place), Slopes>>,
}

impl<'a> Steps<'a> {
    /// Sorts entries by steps; `axes` says which axes of an array, counted from 0, are those of the
    /// steps: several of a grid. An array it does not name is held.
    ///
    /// # Errors
    /// An unknown array or axis, an array that is recurrent together with a named one and is not
    /// named, too much work.
    pub fn new(instance: &'a Instance, axes: &BTreeMap<Name, BTreeSet<usize>>) -> Result<Steps<'a>, EvalError> {
        let mut steps = Steps { instance, axes: BTreeMap::new(), entries: BTreeMap::new(), known: RefCell::default() };
        for (name, axes) in axes {
            let number = instance.differentiable(name)?;
            let known = instance.scope.layouts[number].axes.len();
            if let Some(axis) = axes.iter().find(|axis| **axis >= known) {
                let what = format!("steps along axis {} of {name}: it has {known} axes", axis.saturating_add(1));
                return Err(EvalError::Unsupported(what));
            }
            steps.axes.insert(number, axes.clone());
        }
        for component in &instance.components {
            steps.add(component)?;
        }
        Ok(steps)
    }

    fn add(&mut self, component: &'a Component) -> Result<(), EvalError> {
        let scope = &self.instance.scope;
        let (named, others): (BTreeSet<usize>, BTreeSet<usize>) =
            component.arrays().partition(|array| self.axes.contains_key(array));
        if named.is_empty() {
            return Ok(());
        }
        if let Some(other) = others.first() {
            return Err(no_axis(&scope.layouts[*other].name));
        }
        if !component.recurrent {
            for piece in &component.pieces {
                let mut entries = Entries::new(&piece.axes, &scope.layouts[piece.array]);
                while let Some((offset, at)) = entries.advance() {
                    self.instance.work.charge(1)?;
                    self.entries.entry(place(&self.axes[&piece.array], at)).or_default().push((piece, offset));
                }
            }
        }
        for step in &component.schedule {
            self.instance.work.charge(1)?;
            let (piece, offset) = (&component.pieces[step.piece as usize], step.offset as usize);
            let layout = &scope.layouts[piece.array];
            let mut at = vec![0; layout.axes.len()];
            layout.indices(offset, &mut at);
            self.entries.entry(place(&self.axes[&piece.array], &at)).or_default().push((piece, offset));
        }
        Ok(())
    }

    /// The step of an entry of an array.
    ///
    /// # Errors
    /// The array is unknown or has no steps.
    pub fn of(&self, array: &str, at: &[i64]) -> Result<Vec<i64>, EvalError> {
        let number = self.instance.scope.array(array)?;
        self.axes.get(&number).map(|axes| place(axes, at)).ok_or_else(|| no_axis(array))
    }

    /// The derivatives of all entries of one step for one entry of an array, of the same step or of
    /// another.
    ///
    /// # Errors
    /// The array is unknown or integer data, the entry is outside its box, or too much work.
    pub fn tangent(&self, step: &[i64], array: &str, at: &[i64]) -> Result<StepTangent<'a>, EvalError> {
        let place = self.instance.differentiable_place(array, at)?;
        Ok(StepTangent { instance: self.instance, tangents: self.moved(step, place)? })
    }

    /// The value of a formula at the given free indices, in which the derivative of an entry is that
    /// within one step, or if none is given within its own: entries of all others are held.
    ///
    /// # Errors
    /// The formula has no value there.
    pub fn evaluate(&self, formula: &Formula, at: &[i64], step: Option<&[i64]>) -> Result<Scalar, EvalError> {
        self.evaluator(from_ref(formula), step)(0, at)
    }

    /// The values of formulas that were resolved together, within that step: what was computed once is kept from
    /// call to call.
    pub fn evaluator<'e>(
        &'e self,
        formulas: &'e [Formula],
        step: Option<&'e [i64]>,
    ) -> impl FnMut(usize, &[i64]) -> Result<Scalar, EvalError> {
        self.instance.evaluating(formulas, move |stored| Within { steps: self, step, stored })
    }

    fn step_of(&self, entry: Place) -> Result<Vec<i64>, EvalError> {
        let layout = &self.instance.scope.layouts[entry.array];
        let mut at = vec![0; layout.axes.len()];
        layout.indices(entry.offset, &mut at);
        let axes = self.axes.get(&entry.array).ok_or_else(|| no_axis(&layout.name))?;
        Ok(place(axes, &at))
    }

    /// The derivatives of the entries of a step for one entry, remembered.
    fn moved(&self, step: &[i64], place: Place) -> Result<Slopes, EvalError> {
        let key = (step.to_vec(), place);
        if let Some(known) = self.known.borrow().get(&key) {
            return Ok(known.clone());
        }
        let mut tangents = BTreeMap::from([(place, Scalar::ONE)]);
        let linear = self.instance.linear()?;
        for (piece, offset) in self.entries.get(step).into_iter().flatten() {
            let entry = Place { array: piece.array, offset: *offset };
            let moved = match linear {
                Some(linear) => {
                    linear.moved(self.instance, entry, |read| tangents.get(&read).copied().unwrap_or_default())?
                }
                None => {
                    let stored = Stored { instance: self.instance, literals: &piece.formula.literals };
                    let memory = Moved { stored, how: Motion::Some(&tangents) };
                    self.instance.entry_of(piece, *offset, memory)?.tangent
                }
            };
            let tangent = tangents.entry(entry).or_default();
            *tangent = *tangent + moved;
        }
        let tangents = Rc::new(tangents);
        self.known.borrow_mut().insert(key, tangents.clone());
        Ok(tangents)
    }
}

/// The entries as they are, with derivatives within a step.
#[derive(Clone, Copy)]
struct Within<'s, 'a> {
    steps: &'s Steps<'a>,
    step: Option<&'s [i64]>,
    stored: Stored<'s>,
}

impl Memory for Within<'_, '_> {
    type Number = Scalar;
    fn load(&self, place: Place) -> Scalar {
        self.stored.load(place)
    }
    fn literal(&self, index: usize) -> Scalar {
        self.stored.literal(index)
    }
    fn param(&self, index: usize) -> Scalar {
        self.stored.param(index)
    }
    fn derivative(&self, of: &Value, place: Place, total: bool, slots: &[i64]) -> Result<Scalar, EvalError> {
        let (true, Value::Read(access)) = (total, of) else { return self.stored.derivative(of, place, total, slots) };
        let instance = self.steps.instance;
        let mut machine = Machine::new(&instance.scope, &instance.work, *self, slots.len());
        machine.slots.copy_from_slice(slots);
        match machine.locate(access)? {
            Some(entry) => {
                let own = if self.step.is_none() { self.steps.step_of(entry)? } else { Vec::new() };
                let moved = self.steps.moved(self.step.unwrap_or(&own), place)?;
                Ok(moved.get(&entry).copied().unwrap_or_default())
            }
            None => Ok(Scalar::ZERO),
        }
    }
    fn adjoint(&self, place: Place) -> Result<Scalar, EvalError> {
        self.stored.adjoint(place)
    }
    fn outside(&self, function: Function) {
        self.stored.outside(function);
    }
}

/// The indices on some axes.
fn place(axes: &BTreeSet<usize>, at: &[i64]) -> Vec<i64> {
    axes.iter().map(|axis| at[*axis]).collect()
}

fn no_axis(array: &str) -> EvalError {
    EvalError::Unsupported(format!("a step of {array}: it is not said along which axis the steps run"))
}

/// The derivatives of the entries of one step for one entry.
#[derive(Debug)]
pub struct StepTangent<'a> {
    instance: &'a Instance,
    tangents: Slopes,
}

impl StepTangent<'_> {
    /// The derivative of an entry, 0 for one of another step; none outside the box.
    pub fn entry(&self, array: &str, at: &[i64]) -> Option<Scalar> {
        let scope = &self.instance.scope;
        let place = scope.place(scope.array(array).ok()?, at)?;
        Some(self.tangents.get(&place).copied().unwrap_or_default())
    }
}
