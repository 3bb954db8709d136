//! A system of equations between indexed arrays: what a layer is to the calculus.
//!
//! Invariant: every array's box is known, every index expression is over the declared sizes, and a
//! padded read has become [in range]·read.

use super::dependencies::Dependencies;
use super::second::Differentiated;
use super::term::{Bound, Kind, Term};
use super::wellfounded::Recurrence;
use crate::integer::{Condition, Facts, Index, Var};
use crate::language::function::Function;
use crate::language::program::Program;
use crate::language::syntax::{Extremum, Name, Role};
use crate::limits::Limits;
use std::collections::{BTreeMap, BTreeSet};

/// A layer, ready for the calculus.
#[derive(Clone, Debug)]
pub struct System {
    /// The index base: 1 unless the file says `index from 0`.
    pub base: i64,
    /// The sizes that are symbols, with their least values, in source order.
    pub sizes: Vec<(Name, i128)>,
    /// The sizes that were given as numbers.
    pub given: BTreeMap<Name, i128>,
    /// Inputs, weights, data and params (axis-free) in source order.
    pub arrays: Vec<Array>,
    /// The equations, each after those it reads.
    pub equations: Vec<Equation>,
    /// The outputs in source order.
    pub outputs: Vec<Name>,
    /// What the author requires of the sizes.
    pub requires: Vec<Condition>,
    /// What the author requires of the values of arrays.
    pub facts_of_values: Vec<Fact>,
    /// What had to be assumed of the sizes: outputs are not empty, reads stay inside.
    pub assumptions: Vec<Condition>,
    /// How names print, where the author says so.
    pub notation: Vec<(Name, String)>,
    /// The same system as the author wrote it, names resolved: for the evaluator and for code.
    pub program: Program,
    /// The offsets in which the author wrote an index: `r` ↦ 1 where `2*(r-1)` was written.
    pub offsets: BTreeMap<Name, i128>,
    /// Index names in the order in which the author first wrote them.
    pub order: Vec<Name>,
    /// The Jacobians that are arrays of their own.
    pub differentiated: Vec<Differentiated>,
    /// Of one step of a recurrence, the arrays that hold entries of other steps, each with the array
    /// whose entries they are.
    pub held: Vec<(Name, Name)>,
    /// The outputs that equations read, each with the letter of the given, direct part of its gradient.
    pub direct: Vec<(Name, Name)>,
    /// What is computed step by step.
    pub recurrences: Vec<Recurrence>,
    /// What each defined array depends on.
    pub dependencies: Dependencies,
    /// Within what its answers are worked out.
    pub limits: Limits,
    pub(super) facts: Facts,
}

/// A given array.
#[derive(Clone, Debug)]
pub struct Array {
    /// Its name.
    pub name: Name,
    /// What it is to the layer.
    pub role: Role,
    /// Whether it is a `param`: a constant, not differentiated unless asked for.
    pub constant: bool,
    /// Its axes.
    pub axes: Vec<Axis>,
    /// The least and the greatest value of integer data.
    pub values: Option<(Index, Index)>,
}

/// The indices first..=last of one axis, and how far reads may leave them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    /// The first index.
    pub first: Index,
    /// The last index.
    pub last: Index,
    /// Padding ahead of the first.
    pub before: Index,
    /// Padding behind the last.
    pub after: Index,
}

impl Axis {
    /// The number of indices.
    pub fn length(&self) -> Index {
        self.last.minus(&self.first).plus_number(1)
    }
}

/// left = right, for all values of the indices.
#[derive(Clone, Debug)]
pub struct Fact {
    /// The indices for which it holds, with their ranges.
    pub indices: Vec<Bound>,
    /// Its left side, as the author wrote it.
    pub left: Term,
    /// Its right side.
    pub right: Term,
}

/// array[indices] = body
#[derive(Clone, Debug)]
pub struct Equation {
    /// The array it defines.
    pub array: Name,
    /// Its indices and their ranges.
    pub indices: Vec<Bound>,
    /// The right-hand side.
    pub body: Term,
    /// Where the author wrote several equations for the array: each with its ranges.
    pub parts: Vec<(Vec<Bound>, Term)>,
    /// How the ranges that the author did not give were found.
    pub limits: Vec<Limit>,
}

/// The read that ends the range of an index of the output.
#[derive(Clone, Debug)]
pub struct Limit {
    /// The index.
    pub var: Var,
    /// The place in `indices`.
    pub axis: usize,
    /// The array whose axis ends the range, and that axis.
    pub read: (Name, usize),
    /// The extreme read and what bounds it: 3 + 2(r−1) ≤ 7.
    pub reach: Condition,
    /// The same solved for the index: r ≤ 3.
    pub solved: Condition,
}

impl System {
    /// The equation that defines an array.
    pub fn equation(&self, array: &str) -> Option<&Equation> {
        self.place(array).map(|place| &self.equations[place])
    }

    /// Which of the equations defines an array.
    pub fn place(&self, array: &str) -> Option<usize> {
        self.dependencies.equation(array)
    }

    /// The equations that read an array, in order.
    pub fn readers(&self, array: &str) -> impl DoubleEndedIterator<Item = &Equation> {
        self.dependencies.readers(array).iter().map(|place| &self.equations[*place])
    }

    /// The given array of that name.
    pub fn array(&self, name: &str) -> Option<&Array> {
        self.dependencies.given(name).map(|place| &self.arrays[place])
    }

    /// First and last index of each axis of an array, given or defined.
    pub fn bounds(&self, name: &str) -> Option<Vec<(Index, Index)>> {
        if let Some(array) = self.array(name) {
            return Some(array.axes.iter().map(|a| (a.first.clone(), a.last.clone())).collect());
        }
        let name = self.direct.iter().find(|(_, letter)| **letter == *name).map_or(name, |(output, _)| output);
        self.equation(name).map(|e| e.indices.iter().map(|b| (b.lo.clone(), b.hi.clone())).collect())
    }

    /// The recurrence in which an array is computed, if it is.
    pub fn recurrence(&self, array: &str) -> Option<&Recurrence> {
        self.recurrences.iter().find(|recurrence| recurrence.arrays.contains_key(array))
    }

    /// Whether an array is read at another step than its own.
    pub fn is_state(&self, array: &str) -> bool {
        self.recurrences.iter().any(|recurrence| recurrence.states.contains(array))
    }

    /// The letter of the direct part of the gradient of an output that equations read.
    pub fn direct_part(&self, output: &str) -> Option<&Name> {
        self.direct.iter().find(|(name, _)| **name == *output).map(|(_, letter)| letter)
    }

    /// The lengths of the axes of an array.
    pub fn lengths(&self, name: &str) -> Vec<Index> {
        self.bounds(name).unwrap_or_default().iter().map(|(lo, hi)| hi.minus(lo).plus_number(1)).collect()
    }

    /// The functions of the table that stand in the equations.
    pub fn functions(&self) -> BTreeSet<Function> {
        let mut found = BTreeSet::new();
        for equation in &self.equations {
            equation.body.any(&mut |term| {
                if let Kind::Apply(function, _) = term.kind() {
                    found.insert(*function);
                }
                false
            });
        }
        found
    }

    /// The maxima and minima over an index, and the places of such, that stand in the equations.
    pub fn extrema(&self) -> BTreeSet<Extremum> {
        let mut found = BTreeSet::new();
        for equation in &self.equations {
            equation.body.any(&mut |term| {
                if let Kind::Extremum(which, ..) = term.kind() {
                    found.insert(*which);
                }
                false
            });
        }
        found
    }

    /// What is known of the sizes.
    pub fn facts(&self) -> Facts {
        self.facts.clone()
    }

    /// Whether the array, given or defined, depends on `on`.
    pub fn depends(&self, array: &str, on: &str) -> bool {
        array == on || self.dependencies.depends(array, on)
    }

    /// Whether a size, an array or an index is called so.
    pub fn names(&self, name: &str) -> bool {
        self.dependencies.names(name)
            || self.direct.iter().any(|(_, letter)| **letter == *name)
            || self.sizes.iter().any(|(size, _)| &**size == name)
            || self.given.contains_key(name)
    }

    /// The arrays that derivatives are taken with respect to: inputs and weights.
    pub fn differentiable(&self) -> impl Iterator<Item = &Array> {
        self.arrays.iter().filter(|a| !a.constant && a.role != Role::Integer)
    }
}

/// What is known of the sizes: their least values, the values of integer data, and the conditions
/// required and assumed.
pub(super) fn facts_of_sizes<'a>(
    sizes: &[(Name, i128)],
    arrays: &[Array],
    conditions: impl Iterator<Item = &'a Condition>,
) -> Facts {
    let mut facts = Facts::default();
    sizes.iter().for_each(|(size, least)| facts.bound_size(size.clone(), *least));
    for array in arrays {
        if let Some((least, greatest)) = &array.values {
            facts.bound_data(array.name.clone(), least.clone(), greatest.clone());
        }
    }
    conditions.for_each(|condition| facts.require(condition));
    facts
}
