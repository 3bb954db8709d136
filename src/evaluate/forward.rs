//! The equations run forwards: values once, when a point is drawn, and derivatives along
//! directions by dual numbers.
//!
//! An array outside all circles is computed as a whole, one inside entry by entry as scheduled.
//! Invariant: what is moved in a recurrent array is added to what its equation gives. No entry is
//! computed from itself, so that this is the sum over the moved entries of the derivatives for each
//! of them, its own equation left out and those of all later entries kept.

use super::component::{Component, Entries, Piece, components};
use super::error::EvalError;
use super::instance::Instance;
use super::machine::Machine;
use super::number::Memory;
use super::scalar::Scalar;
use super::schedule;
use super::scope::{Layout, Points, length};
use super::tangent::{Motion, Moved, Stored};
use crate::language::program::Program;
use crate::language::syntax::Name;
use std::collections::BTreeSet;

impl Instance {
    /// Computes all defined arrays.
    pub(super) fn define(&mut self, program: &Program) -> Result<(), EvalError> {
        let components = components(&mut self.scope, program, &self.work)?;
        let defined: BTreeSet<&Name> = program.equations.iter().map(|equation| &equation.array).collect();
        for name in defined {
            self.pin(name, self.scope.array(name)?, false)?;
        }
        self.values.resize(self.scope.layouts.len(), Vec::new());
        for mut component in components {
            self.compute(&mut component)?;
            let place = self.components.len();
            self.defined_in.extend(component.arrays().map(|array| (array, place)));
            for read in component.pieces.iter().flat_map(|piece| &piece.formula.reads) {
                self.first_read_in.entry(*read).or_insert(place);
            }
            self.components.push(component);
        }
        Ok(())
    }

    fn compute(&mut self, component: &mut Component) -> Result<(), EvalError> {
        for piece in &component.pieces {
            self.opaque |= piece.formula.opaque;
            self.valued |= piece.formula.valued;
        }
        if component.recurrent {
            component.schedule = schedule::compute(self, component)?;
            return Ok(());
        }
        for piece in &component.pieces {
            let memory = Stored { instance: self, literals: &piece.formula.literals };
            let entries = self.with_held(piece, self.entries_of(piece, memory)?);
            self.real(piece.array, &entries)?;
            put(piece, &self.scope.layouts[piece.array], entries, &mut self.values[piece.array]);
        }
        Ok(())
    }

    /// Fails if entries of an array depend on floating point and have no real value.
    pub(super) fn real(&self, array: usize, values: &[Scalar]) -> Result<(), EvalError> {
        let unreal = values.iter().any(|value| !value.real.is_finite());
        if self.valued && (unreal || self.outside.get().is_some()) {
            let array = self.scope.layouts[array].name.clone();
            let function = self.outside.get();
            return Err(EvalError::OutsideDomain { array, function });
        }
        Ok(())
    }

    /// Moves everything that depends on what moves. An array outside all circles that moves already
    /// keeps its direction.
    pub(super) fn forward(&self, mut tangents: Vec<Vec<Scalar>>) -> Result<Vec<Vec<Scalar>>, EvalError> {
        for component in &self.components {
            if component.recurrent {
                self.move_entries(component, &mut tangents)?;
            } else if component.arrays().all(|array| tangents[array].is_empty()) {
                self.move_array(component, &mut tangents)?;
            }
        }
        Ok(tangents)
    }

    /// Whether both are one array, and none of its entries is computed from another.
    pub(super) fn stands_alone(&self, of: usize, read: usize) -> bool {
        let component = self.defined_in.get(&of).and_then(|place| self.components.get(*place));
        of == read && component.is_none_or(|component| !component.recurrent)
    }

    /// The equation of an array that depends on another through its own reads alone.
    pub(super) fn direct_reader(&self, of: usize, read: usize) -> Option<&Piece> {
        let place = self.defined_in.get(&of)?;
        let component = self.components.get(*place)?;
        let first = self.first_read_in.get(&read) == Some(place);
        match component.pieces.as_slice() {
            [only] if first && !component.recurrent => Some(only),
            _ => None,
        }
    }

    fn move_array(&self, component: &Component, tangents: &mut [Vec<Scalar>]) -> Result<(), EvalError> {
        for piece in component.pieces.iter() {
            if !piece.reads(|read| !tangents[read].is_empty()) {
                continue;
            }
            let stored = Stored { instance: self, literals: &piece.formula.literals };
            let duals = self.entries_of(piece, Moved { stored, how: Motion::All(tangents) })?;
            let moved = duals.into_iter().map(|dual| dual.tangent).collect();
            put(piece, &self.scope.layouts[piece.array], moved, &mut tangents[piece.array]);
        }
        Ok(())
    }

    fn move_entries(&self, component: &Component, tangents: &mut [Vec<Scalar>]) -> Result<(), EvalError> {
        if !component.pieces.iter().any(|piece| piece.reads(|read| !tangents[read].is_empty())) {
            return Ok(());
        }
        for array in component.arrays() {
            let volume = self.scope.layouts[array].volume;
            self.work.charge(volume as u64)?;
            tangents[array].resize(volume, Scalar::ZERO);
        }
        for step in &component.schedule {
            let (piece, offset) = (&component.pieces[step.piece as usize], step.offset as usize);
            let stored = Stored { instance: self, literals: &piece.formula.literals };
            let dual = self.entry_of(piece, offset, Moved { stored, how: Motion::All(tangents) })?;
            let moved = &mut tangents[piece.array][offset];
            *moved = *moved + dual.tangent;
        }
        Ok(())
    }

    /// The entries that an equation defines, row-major.
    fn entries_of<M: Memory>(&self, piece: &Piece, memory: M) -> Result<Vec<M::Number>, EvalError> {
        let lengths = piece.axes.iter().map(|&(first, last)| length(first, last).unwrap_or(0));
        let volume = lengths.fold(1, usize::saturating_mul);
        self.work.charge(volume as u64)?;
        self.work.expect(volume as u128 * u128::from(piece.formula.least))?;
        let mut entries = Vec::with_capacity(volume);
        let mut machine = Machine::new(&self.scope, &self.work, memory, piece.formula.slots);
        let mut points = Points::new(&piece.axes);
        while let Some(at) = points.advance() {
            entries.push(machine.value_at(&piece.formula.root, at)?);
        }
        Ok(entries)
    }

    /// One entry that an equation defines.
    pub(super) fn entry_of<M: Memory>(&self, piece: &Piece, offset: usize, memory: M) -> Result<M::Number, EvalError> {
        self.work.charge(1)?;
        self.work.expect(piece.formula.least.into())?;
        let layout = &self.scope.layouts[piece.array];
        let mut machine = Machine::new(&self.scope, &self.work, memory, piece.formula.slots);
        layout.indices(offset, &mut machine.slots[..layout.axes.len()]);
        machine.value(&piece.formula.root)
    }
}

/// Puts the entries of a piece into its array.
fn put(piece: &Piece, layout: &Layout, entries: Vec<Scalar>, array: &mut Vec<Scalar>) {
    if piece.axes == layout.axes {
        *array = entries;
        return;
    }
    array.resize(layout.volume, Scalar::ZERO);
    let mut places = Entries::new(&piece.axes, layout);
    for entry in entries {
        let Some((offset, _)) = places.advance() else { break };
        array[offset] = entry;
    }
}
