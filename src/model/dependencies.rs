//! Where the arrays of a system stand, what each depends on, and which names have a meaning.
//!
//! Invariant: it is made once, of all equations in the order of their evaluation; what a lookup
//! costs does not grow with their number.

use super::system::{Array, Equation};
use super::term::Term;
use crate::language::syntax::Name;
use hashbrown::HashMap;
use std::collections::BTreeSet;

/// The arrays of a system by name, and the arrays that each defined array depends on.
#[derive(Clone, Debug, Default)]
pub struct Dependencies {
    defined: HashMap<Name, Place>,
    given: HashMap<Name, usize>,
    numbers: HashMap<Name, usize>,
    readers: HashMap<Name, Vec<usize>>,
    indices: BTreeSet<Name>,
}

#[derive(Clone, Debug)]
struct Place {
    equation: usize,
    /// The arrays it depends on, a bit each, by their numbers.
    on: Vec<u64>,
}

impl Dependencies {
    /// What depends on what, through the definitions before it.
    pub(super) fn new(arrays: &[Array], equations: &[Equation]) -> Dependencies {
        let given = arrays.iter().enumerate().map(|(place, array)| (array.name.clone(), place)).collect();
        let mut found = Dependencies { given, ..Dependencies::default() };
        equations.iter().enumerate().for_each(|(place, equation)| found.add(place, equation));
        let forward = |equation: &Equation, known: &Dependencies| {
            let mut read = BTreeSet::new();
            equation.body.collect_reads(&mut read);
            read.iter().all(|name| known.places_before(name, &equation.array))
        };
        if !equations.iter().all(|equation| forward(equation, &found)) {
            found.close(equations);
        }
        found
    }

    /// Whether an array is given, or defined before another.
    fn places_before(&self, name: &str, array: &str) -> bool {
        let place = |of: &str| self.defined.get(of).map(|place| place.equation);
        place(name).is_none_or(|own| place(array).is_some_and(|other| own < other))
    }

    /// Carries dependence round the circles of recurrences.
    fn close(&mut self, equations: &[Equation]) {
        loop {
            let mut changed = false;
            for read in equations {
                let Some(through) = self.defined.get(&read.array).map(|place| place.on.clone()) else { continue };
                for reader in self.readers.get(&read.array).into_iter().flatten() {
                    let Some(place) = self.defined.get_mut(&equations[*reader].array) else { continue };
                    let before = place.on.clone();
                    place.on.resize(before.len().max(through.len()), 0);
                    place.on.iter_mut().zip(&through).for_each(|(own, other)| *own |= other);
                    changed |= place.on != before;
                }
            }
            if !changed {
                return;
            }
        }
    }

    /// Enters the equation after all that it reads.
    pub(super) fn add(&mut self, place: usize, equation: &Equation) {
        self.indices.extend(equation.indices.iter().map(|b| b.var.name.clone()));
        collect_bound(&equation.body, &mut self.indices);
        let mut read = BTreeSet::new();
        equation.body.collect_reads(&mut read);
        let mut on: Vec<u64> = Vec::new();
        for name in read {
            let next = self.numbers.len();
            let number = *self.numbers.entry(name.clone()).or_insert(next);
            let through = self.defined.get(&name).map_or(&[][..], |place| &place.on);
            on.resize(on.len().max(through.len()).max(number / 64 + 1), 0);
            on[number / 64] |= 1 << (number % 64);
            on.iter_mut().zip(through).for_each(|(own, other)| *own |= other);
            self.readers.entry(name).or_default().push(place);
        }
        self.defined.insert(equation.array.clone(), Place { equation: place, on });
    }

    /// The place of the equation that defines an array.
    pub(super) fn equation(&self, array: &str) -> Option<usize> {
        self.defined.get(array).map(|place| place.equation)
    }

    /// The place of a given array.
    pub(super) fn given(&self, array: &str) -> Option<usize> {
        self.given.get(array).copied()
    }

    /// The places of the equations that read an array.
    pub(super) fn readers(&self, array: &str) -> &[usize] {
        self.readers.get(array).map_or(&[], Vec::as_slice)
    }

    /// Whether a defined array reads another, or reads one that depends on it.
    pub fn depends(&self, array: &str, on: &str) -> bool {
        let word = |number: &usize| self.defined.get(array)?.on.get(number / 64).map(|word| word >> (number % 64) & 1);
        self.numbers.get(on).and_then(word) == Some(1)
    }

    /// Whether an array or an index of an equation is called so.
    pub(super) fn names(&self, name: &str) -> bool {
        self.indices.contains(name) || self.given.contains_key(name) || self.defined.contains_key(name)
    }
}

fn collect_bound(term: &Term, names: &mut BTreeSet<Name>) {
    names.extend(term.bounds().iter().map(|b| b.var.name.clone()));
    term.children().iter().for_each(|child| collect_bound(child, names));
}
