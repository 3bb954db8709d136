//! A point at which some entries are chosen: of params, given arrays, computed arrays and upstream
//! gradients.
//!
//! Invariant: a computed entry that is pinned has its value in everything that reads it, and its
//! derivatives are those of its equation.

use super::component::{Entries, Piece};
use super::error::EvalError;
use super::instance::Instance;
use super::node::Place;
use super::scalar::Scalar;
use crate::language::syntax::Name;
use std::collections::BTreeMap;

/// Chosen values by entry.
#[derive(Clone, Debug, Default)]
pub struct Pins {
    /// Of arrays and params.
    pub arrays: BTreeMap<(Name, Vec<i64>), Scalar>,
    /// Of integer data.
    pub integers: BTreeMap<(Name, Vec<i64>), i64>,
    /// Of the upstream gradients of outputs.
    pub upstream: BTreeMap<(Name, Vec<i64>), Scalar>,
}

impl Pins {
    /// The value of a param.
    pub(super) fn param(&self, name: &Name) -> Option<Scalar> {
        self.arrays.get(&(name.clone(), Vec::new())).copied()
    }
}

impl Instance {
    /// Puts in what is chosen for the entries of an array, or for its upstream gradient.
    ///
    /// # Errors
    /// An entry outside its box.
    pub(super) fn pin(&mut self, name: &Name, number: usize, upstream: bool) -> Result<(), EvalError> {
        let from = if upstream { &self.pins.upstream } else { &self.pins.arrays };
        let own: Vec<(Vec<i64>, Scalar)> =
            from.iter().filter(|((array, _), _)| array == name).map(|((_, at), value)| (at.clone(), *value)).collect();
        for (at, value) in own {
            let layout = &self.scope.layouts[number];
            let offset = layout.offset(&at).ok_or_else(|| super::instance::outside(layout, &at))?;
            if !upstream {
                self.held.insert(Place { array: number, offset }, value);
            }
            if let Some(slot) = self.values.get_mut(number).and_then(|entries| entries.get_mut(offset)) {
                *slot = value;
            }
        }
        for ((_, at), value) in self.pins.integers.iter().filter(|((array, _), _)| !upstream && array == name) {
            let layout = &mut self.scope.layouts[number];
            let offset = layout.offset(at).ok_or_else(|| super::instance::outside(layout, at))?;
            if let Some(slot) = layout.integers.as_mut().and_then(|entries| entries.get_mut(offset)) {
                *slot = *value;
            }
        }
        Ok(())
    }

    /// What is chosen for a computed entry.
    pub(super) fn held(&self, place: Place) -> Option<Scalar> {
        self.held.get(&place).copied()
    }

    /// The entries of an equation with those that are chosen put in.
    pub(super) fn with_held(&self, piece: &Piece, mut entries: Vec<Scalar>) -> Vec<Scalar> {
        if self.held.is_empty() {
            return entries;
        }
        let mut places = Entries::new(&piece.axes, &self.scope.layouts[piece.array]);
        for entry in &mut entries {
            let Some((offset, _)) = places.advance() else { break };
            if let Some(value) = self.held(Place { array: piece.array, offset }) {
                *entry = value;
            }
        }
        entries
    }
}
