//! Derivatives of one step of a recurrence: what is computed at the same step is expanded, entries
//! at all other steps are held.
//!
//! The caller says along which axis of each array the steps run. Invariant: a path from the entry
//! that is moved to an entry of a step passes only through entries of that step, so that these
//! derivatives are the factors of which derivatives over several steps consist.

use super::component::{Component, Entries, Piece};
use super::error::EvalError;
use super::instance::Instance;
use super::node::Place;
use super::scalar::Scalar;
use super::tangent::{Motion, Moved, Stored};
use crate::language::syntax::Name;
use std::collections::{BTreeMap, BTreeSet};

/// The entries of an instance, by the step at which they are computed.
#[derive(Debug)]
pub struct Steps<'a> {
    pub(super) instance: &'a Instance,
    /// The step axis of each array that has one.
    axes: BTreeMap<usize, usize>,
    /// The defined entries of each step, in an order in which they can be computed.
    entries: BTreeMap<i64, Vec<(&'a Piece, usize)>>,
}

impl<'a> Steps<'a> {
    /// Sorts entries by steps; `axes` says which axis of an array, counted from 0, is that of the
    /// steps. An array it does not name is held.
    ///
    /// # Errors
    /// An unknown array or axis, an array that is recurrent together with a named one and is not
    /// named, too much work.
    pub fn new(instance: &'a Instance, axes: &BTreeMap<Name, usize>) -> Result<Steps<'a>, EvalError> {
        let mut steps = Steps { instance, axes: BTreeMap::new(), entries: BTreeMap::new() };
        for (name, axis) in axes {
            let number = instance.differentiable(name)?;
            let known = instance.scope.layouts[number].axes.len();
            if *axis >= known {
                let what = format!("steps along axis {} of {name}: it has {known} axes", axis.saturating_add(1));
                return Err(EvalError::Unsupported(what));
            }
            steps.axes.insert(number, *axis);
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
                    self.entries.entry(at[self.axes[&piece.array]]).or_default().push((piece, offset));
                }
            }
        }
        for step in &component.schedule {
            self.instance.work.charge(1)?;
            let (piece, offset) = (&component.pieces[step.piece as usize], step.offset as usize);
            let layout = &scope.layouts[piece.array];
            let mut at = vec![0; layout.axes.len()];
            layout.indices(offset, &mut at);
            self.entries.entry(at[self.axes[&piece.array]]).or_default().push((piece, offset));
        }
        Ok(())
    }

    /// Which axis of an array the steps run along, counted from 0.
    ///
    /// # Errors
    /// The array is unknown or has none.
    pub fn axis(&self, array: &str) -> Result<usize, EvalError> {
        let number = self.instance.scope.array(array)?;
        self.axes.get(&number).copied().ok_or_else(|| no_axis(array))
    }

    /// The derivatives of all entries of one step for one entry of an array, of the same step or of
    /// another.
    ///
    /// # Errors
    /// The array is unknown or integer data, the entry is outside its box, or too much work.
    pub fn tangent(&self, step: i64, array: &str, at: &[i64]) -> Result<StepTangent<'a>, EvalError> {
        let place = self.instance.differentiable_place(array, at)?;
        let mut tangents = BTreeMap::from([(place, Scalar::ONE)]);
        for (piece, offset) in self.entries.get(&step).into_iter().flatten() {
            let stored = Stored { instance: self.instance, literals: &piece.formula.literals };
            let memory = Moved { stored, how: Motion::Some(&tangents) };
            let dual = self.instance.entry_of(piece, *offset, memory)?;
            let moved = tangents.entry(Place { array: piece.array, offset: *offset }).or_default();
            *moved = *moved + dual.tangent;
        }
        Ok(StepTangent { instance: self.instance, tangents })
    }
}

fn no_axis(array: &str) -> EvalError {
    EvalError::Unsupported(format!("a step of {array}: it is not said along which axis the steps run"))
}

/// The derivatives of the entries of one step for one entry.
#[derive(Debug)]
pub struct StepTangent<'a> {
    instance: &'a Instance,
    tangents: BTreeMap<Place, Scalar>,
}

impl StepTangent<'_> {
    /// The derivative of an entry, 0 for one of another step; none outside the box.
    pub fn entry(&self, array: &str, at: &[i64]) -> Option<Scalar> {
        let scope = &self.instance.scope;
        let place = scope.place(scope.array(array).ok()?, at)?;
        Some(self.tangents.get(&place).copied().unwrap_or_default())
    }
}
