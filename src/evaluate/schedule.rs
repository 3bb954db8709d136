//! In which order the entries of arrays that are computed from each other can be computed: by
//! demand.
//!
//! An entry is tried; where it reads entries that are not known yet, those are computed first and
//! it is tried again. Whatever was computed from an unknown entry is thrown away, and behind a
//! comparison with one nothing more is demanded. Invariant: an entry is computed when everything it
//! reads is known, and is tried again only after something it asked for has become known.

use super::component::{Component, Entries, Step};
use super::error::EvalError;
use super::instance::Instance;
use super::node::Place;
use super::number::Memory;
use super::scalar::Scalar;
use super::tangent::Stored;
use crate::language::function::Function;
use std::cell::{Cell, RefCell};

/// How far an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    Unknown,
    /// It was tried, and waits for others.
    Waiting,
    Known,
}

/// Computes all entries of a recurrent component and says in which order.
///
/// # Errors
/// A circle of entries, an entry without a value, too much work.
pub fn compute(instance: &mut Instance, component: &Component) -> Result<Vec<Step>, EvalError> {
    let mut search = Search::new(instance, component)?;
    for (number, piece) in component.pieces.iter().enumerate() {
        let layout = instance.scope.layouts[piece.array].clone();
        let mut entries = Entries::new(&piece.axes, &layout);
        while let Some((offset, _)) = entries.advance() {
            search.demand(instance, Step { piece: number as u32, offset: offset as u32 })?;
        }
    }
    Ok(search.schedule)
}

struct Search<'a> {
    component: &'a Component,
    /// For each array of the scope, how far its entries are; nothing for arrays known before.
    progress: Vec<Vec<Progress>>,
    /// The entries that wait, each for the next.
    waiting: Vec<Step>,
    schedule: Vec<Step>,
}

impl<'a> Search<'a> {
    fn new(instance: &mut Instance, component: &'a Component) -> Result<Search<'a>, EvalError> {
        let mut progress = vec![Vec::new(); instance.scope.layouts.len()];
        for array in component.arrays() {
            let volume = instance.scope.layouts[array].volume;
            instance.work.charge(volume as u64)?;
            progress[array] = vec![Progress::Unknown; volume];
            instance.values[array] = vec![Scalar::ZERO; volume];
        }
        Ok(Search { component, progress, waiting: Vec::new(), schedule: Vec::new() })
    }

    /// Computes an entry and all that it needs.
    fn demand(&mut self, instance: &mut Instance, wanted: Step) -> Result<(), EvalError> {
        let mut stack = vec![wanted];
        while let Some(&step) = stack.last() {
            instance.work.charge(1)?;
            let place = self.place(step);
            match self.progress[place.array][place.offset] {
                Progress::Known => {
                    stack.pop();
                    continue;
                }
                Progress::Unknown => self.waiting.push(step),
                Progress::Waiting => {}
            }
            self.progress[place.array][place.offset] = Progress::Waiting;
            match self.attempt(instance, step)? {
                Attempt::Computed(value) => {
                    let value = instance.held(place).unwrap_or(value);
                    instance.real(place.array, &[value])?;
                    instance.values[place.array][place.offset] = value;
                    self.progress[place.array][place.offset] = Progress::Known;
                    self.schedule.push(step);
                    self.waiting.pop();
                    stack.pop();
                }
                Attempt::Needs(places) => {
                    for place in places {
                        stack.push(self.next(instance, place)?);
                    }
                }
            }
        }
        Ok(())
    }

    fn attempt(&self, instance: &Instance, step: Step) -> Result<Attempt, EvalError> {
        let piece = &self.component.pieces[step.piece as usize];
        let stored = Stored { instance, literals: &piece.formula.literals };
        let needed = Needed::default();
        let memory = Demanding { stored, progress: &self.progress, needed: &needed };
        let found = instance.entry_of(piece, step.offset as usize, memory);
        let places = needed.places.into_inner();
        match found {
            Err(error @ (EvalError::TooMuchWork { .. } | EvalError::OutOfTime)) => Err(error),
            _ if !places.is_empty() => Ok(Attempt::Needs(places)),
            found => found.map(Attempt::Computed),
        }
    }

    fn place(&self, step: Step) -> Place {
        let array = self.component.pieces[step.piece as usize].array;
        Place { array, offset: step.offset as usize }
    }

    /// The equation of an entry that is needed and not known.
    fn next(&self, instance: &Instance, place: Place) -> Result<Step, EvalError> {
        if self.progress[place.array][place.offset] == Progress::Waiting {
            return Err(self.circle(instance, place));
        }
        let layout = &instance.scope.layouts[place.array];
        let mut at = vec![0; layout.axes.len()];
        layout.indices(place.offset, &mut at);
        let inside =
            |axes: &[(i64, i64)]| axes.iter().zip(&at).all(|(axis, index)| axis.0 <= *index && *index <= axis.1);
        instance.work.charge(self.component.pieces.len() as u64)?;
        let mut pieces = self.component.pieces.iter();
        let piece = pieces.position(|piece| piece.array == place.array && inside(&piece.axes));
        let never = || EvalError::NeverDefined { array: layout.name.clone(), at: at.clone() };
        Ok(Step { piece: piece.ok_or_else(never)? as u32, offset: place.offset as u32 })
    }

    fn circle(&self, instance: &Instance, place: Place) -> EvalError {
        let places = self.waiting.iter().map(|step| self.place(*step));
        let circle = places.skip_while(|other| *other != place);
        let entry = |place: Place| {
            let layout = &instance.scope.layouts[place.array];
            let mut at = vec![0; layout.axes.len()];
            layout.indices(place.offset, &mut at);
            (layout.name.clone(), at)
        };
        EvalError::Circle(circle.map(entry).collect())
    }
}

enum Attempt {
    Computed(Scalar),
    Needs(Vec<Place>),
}

/// The entries that were read and are not known.
#[derive(Default)]
struct Needed {
    places: RefCell<Vec<Place>>,
    /// Whether what is read from now on may depend on them.
    closed: Cell<bool>,
}

/// The entries as far as they are known; the others are taken note of.
struct Demanding<'a> {
    stored: Stored<'a>,
    progress: &'a [Vec<Progress>],
    needed: &'a Needed,
}

impl Memory for Demanding<'_> {
    type Number = Scalar;
    fn load(&self, place: Place) -> Scalar {
        match self.progress[place.array].get(place.offset) {
            None | Some(Progress::Known) => self.stored.load(place),
            Some(Progress::Unknown | Progress::Waiting) => {
                if !self.needed.closed.get() {
                    self.needed.places.borrow_mut().push(place);
                }
                Scalar::ONE
            }
        }
    }
    fn literal(&self, index: usize) -> Scalar {
        self.stored.literal(index)
    }
    fn param(&self, index: usize) -> Scalar {
        self.stored.param(index)
    }
    fn outside(&self, function: Function) {
        if self.needed.places.borrow().is_empty() {
            self.stored.outside(function);
        }
    }
    fn compared(&self) {
        self.needed.closed.set(self.needed.closed.get() || !self.needed.places.borrow().is_empty());
    }
}
