//! The ways in which a layer fits into a question at some sizes: which arrays of the question are its
//! given ones, what its sizes are, and which of its arrays are arrays of the question.
//!
//! Axes are matched in order, those of length 1 left out on either side. Sizes that lengths do not
//! decide – strides, paddings – are numbers and sizes that stand in the question. Invariant: a fit has the
//! values of the question in every array that is said to be one of its.

use super::wrong::{WORK, Wrong, same};
use crate::evaluate::{Asked, Instance, Pins, Scalar, Sizes, Work, integer};
use crate::language::program::{ArrayBox, AxisBox, Program};
use crate::language::syntax::{Expr, ExprKind, Name, Role};
use crate::model::{System, each_part};
use num_traits::ToPrimitive;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

/// How many points are drawn for all layers together, and for one.
const DRAWN: usize = 4_000;
const DRAWN_FOR_ONE: usize = 40;
/// How many partial choices are gone through for one layer.
const CHOICES: usize = 2_000;
/// The greatest number in a question that may be a stride or the like.
const GREATEST: i64 = 16;
/// How many entries an array may have.
const MOST: usize = 4_096;

/// A layer with the values of a question in it.
pub(super) struct Fit {
    pub instance: Instance,
    pub sizes: Sizes,
    /// What it was given.
    pub pins: Pins,
    /// Its arrays, each with that of the question that is the same.
    arrays: BTreeMap<Name, Name>,
}

impl Fit {
    /// The array of the question that an array of the layer is.
    pub fn others(&self, own: &Name) -> Option<&Name> {
        self.arrays.get(own)
    }

    /// Whether arrays of the layer are those of the question.
    pub fn are(&self, own: &[Name], others: &[Name]) -> bool {
        own.len() == others.len() && own.iter().zip(others).all(|(own, other)| self.others(own) == Some(other))
    }
}

/// An array of the question.
struct Field<'a> {
    name: &'a Name,
    axes: &'a [(i64, i64)],
    /// The lengths that are not 1.
    lengths: Vec<i64>,
    data: bool,
    computed: bool,
}

/// What layers are fitted into.
pub(super) struct Search<'a> {
    wrong: &'a Wrong<'a>,
    fields: Vec<Field<'a>>,
    /// The numbers that stand in the question.
    numbers: Vec<i64>,
    drawn: Cell<usize>,
}

impl<'a> Search<'a> {
    pub fn new(wrong: &'a Wrong<'a>) -> Search<'a> {
        let program = &wrong.system.program;
        let given = program.arrays.iter().map(|array| (&array.name, array.role == Role::Integer, false));
        let computed: BTreeSet<&Name> = program.equations.iter().map(|equation| &equation.array).collect();
        let all = given.chain(computed.into_iter().map(|name| (name, false, true)));
        let field = |(name, data, computed): (&'a Name, bool, bool)| {
            let axes = wrong.instance.axes(name)?;
            let lengths = axes.iter().map(length).filter(|length| *length != 1).collect();
            (volume(axes) <= MOST).then_some(Field { name, axes, lengths, data, computed })
        };
        let fields = all.filter_map(field).collect();
        Search { wrong, fields, numbers: numbers(program, wrong.sizes), drawn: Cell::new(0) }
    }

    /// Calls `found` with every fit of a layer until it says that it has what it wants.
    pub fn each(&self, layer: &System, found: &mut dyn FnMut(&Fit) -> bool) {
        if layer.outputs.len() == 1 && layer.program.arrays.iter().all(|array| self.candidates(array).next().is_some())
        {
            let most = (self.drawn.get() + DRAWN_FOR_ONE).min(DRAWN);
            let (program, ends) = (&layer.program, ends(&layer.program));
            let (base, least) = (layer.base, &layer.sizes);
            let mut try_ = Try { search: self, program, ends, base, least, choices: CHOICES, most };
            try_.assign(&mut Vec::new(), &Sizes::new(), found);
        }
    }

    /// The arrays that may be a given array of a layer.
    fn candidates(&self, array: &ArrayBox) -> impl Iterator<Item = (usize, &Field<'a>)> {
        let (data, axes) = (array.role == Role::Integer, array.axes.len());
        self.fields.iter().enumerate().filter(move |(_, field)| field.data == data && field.lengths.len() <= axes)
    }
}

/// One layer that is tried.
struct Try<'s, 'a> {
    search: &'s Search<'a>,
    program: &'s Program,
    /// The ends of the axes of what it computes.
    ends: Option<Asked>,
    base: i64,
    /// Its sizes with their least values.
    least: &'s [(Name, i128)],
    /// How many more choices may be made.
    choices: usize,
    /// How many points may have been drawn.
    most: usize,
}

impl Try<'_, '_> {
    /// Chooses an array of the question for the next given array of the layer.
    fn assign(&mut self, given: &mut Vec<usize>, sizes: &Sizes, found: &mut dyn FnMut(&Fit) -> bool) -> bool {
        let Some(array) = self.program.arrays.get(given.len()) else { return self.sized(given, sizes, found) };
        let search = self.search;
        for (number, field) in search.candidates(array) {
            if given.contains(&number) {
                continue;
            }
            for sizes in self.matched(&array.axes, &field.lengths, sizes) {
                if self.choices == 0 {
                    return true;
                }
                self.choices -= 1;
                given.push(number);
                let done = self.assign(given, &sizes, found);
                given.pop();
                if done {
                    return true;
                }
            }
        }
        false
    }

    /// The sizes with which axes have some lengths, in order, and the others the length 1.
    fn matched(&self, axes: &[AxisBox], lengths: &[i64], sizes: &Sizes) -> Vec<Sizes> {
        let Some((axis, rest)) = axes.split_first() else { return vec![sizes.clone()] };
        let mut all = Vec::new();
        if let Some((length, others)) = lengths.split_first()
            && let Some(sizes) = self.with_length(axis, *length, sizes)
        {
            all.extend(self.matched(rest, others, &sizes));
        }
        if lengths.len() < axes.len()
            && let Some(sizes) = self.with_length(axis, 1, sizes)
        {
            all.extend(self.matched(rest, lengths, &sizes));
        }
        all
    }

    /// The sizes with which an axis has a length; a length in which several are unknown decides none.
    fn with_length(&self, axis: &AxisBox, wanted: i64, sizes: &Sizes) -> Option<Sizes> {
        let mut unknown: BTreeSet<&Name> = BTreeSet::new();
        for side in [&axis.first, &axis.last] {
            each_part(side, &mut |part| {
                if let ExprKind::Name(name) = &part.kind
                    && let Some(size) = self.program.sizes.iter().find(|size| *size == name)
                    && !sizes.contains_key(name)
                {
                    unknown.insert(size);
                }
            });
        }
        let length = |sizes: &Sizes| Some(integer(&axis.last, sizes).ok()? - integer(&axis.first, sizes).ok()? + 1);
        let mut sizes = sizes.clone();
        match unknown.into_iter().collect::<Vec<_>>()[..] {
            [] => (length(&sizes)? == i128::from(wanted)).then_some(sizes),
            [name] => {
                sizes.insert(name.clone(), 0);
                let none = length(&sizes)?;
                sizes.insert(name.clone(), 1);
                let slope = length(&sizes)? - none;
                let rest = i128::from(wanted) - none;
                if slope == 0 || rest % slope != 0 || rest / slope < 0 {
                    return None;
                }
                sizes.insert(name.clone(), i64::try_from(rest / slope).ok()?);
                Some(sizes)
            }
            _ => Some(sizes),
        }
    }

    /// Tries the numbers of the question for the sizes that are left.
    fn sized(&mut self, given: &[usize], sizes: &Sizes, found: &mut dyn FnMut(&Fit) -> bool) -> bool {
        let Some(unknown) = self.program.sizes.iter().find(|size| !sizes.contains_key(*size)) else {
            return self.drawn(given, sizes, found);
        };
        let least = self.least.iter().find(|(size, _)| size == unknown).map_or(0, |(_, least)| *least);
        for number in self.search.numbers.iter().filter(|number| i128::from(**number) >= least) {
            if self.choices == 0 {
                return true;
            }
            self.choices -= 1;
            let mut sizes = sizes.clone();
            sizes.insert(unknown.clone(), *number);
            if self.sized(given, &sizes, found) {
                return true;
            }
        }
        false
    }

    /// Draws the layer at the values of the question, if what it computes has the shape of anything there.
    fn drawn(&mut self, given: &[usize], sizes: &Sizes, found: &mut dyn FnMut(&Fit) -> bool) -> bool {
        let search = self.search;
        let Some(output) = self.program.outputs.first() else { return true };
        if !self.fits(sizes) {
            return false;
        }
        if search.drawn.get() >= self.most {
            return true;
        }
        search.drawn.set(search.drawn.get() + 1);
        let Some(pins) = self.pins(given, sizes) else { return false };
        let work = Work::new(WORK);
        let seed = search.wrong.instance.seed();
        let Ok(instance) = Instance::pinned(self.program, sizes, seed, &work, &pins) else { return false };
        let mut arrays: BTreeMap<Name, Name> = self
            .program
            .arrays
            .iter()
            .zip(given)
            .map(|(own, at)| (own.name.clone(), search.fields[*at].name.clone()))
            .collect();
        let computed: BTreeSet<&Name> = self.program.equations.iter().map(|equation| &equation.array).collect();
        for own in computed {
            if let Some(other) = search.fields.iter().find(|field| field.computed && search.is(field, &instance, own)) {
                arrays.insert(own.clone(), other.name.clone());
            }
        }
        arrays.contains_key(output) && found(&Fit { instance, sizes: sizes.clone(), pins, arrays })
    }

    /// Whether what the layer computes has the shape of anything computed in the question, as far as is known.
    fn fits(&self, sizes: &Sizes) -> bool {
        let mut computed = self.search.fields.iter().filter(|field| field.computed);
        let Some(ends) = &self.ends else { return computed.next().is_some() };
        let numbers: Option<Vec<i64>> = self.program.sizes.iter().map(|size| sizes.get(size).copied()).collect();
        let Some(ends) = numbers.and_then(|numbers| ends.at(&numbers)) else { return false };
        let lengths = ends.chunks_exact(2).map(|ends| ends[1] - ends[0] + 1).filter(|length| *length != 1);
        let lengths: Vec<i128> = lengths.collect();
        computed.any(|field| field.lengths.iter().copied().map(i128::from).eq(lengths.iter().copied()))
    }

    /// The values of the question for what is given.
    fn pins(&self, given: &[usize], sizes: &Sizes) -> Option<Pins> {
        let (search, mut pins) = (self.search, Pins::default());
        let question = search.wrong.instance;
        for (own, field) in self.program.arrays.iter().zip(given).map(|(own, at)| (own, &search.fields[*at])) {
            let mut axes = Vec::new();
            for axis in &own.axes {
                let end = |end| i64::try_from(integer(end, sizes).ok()?).ok();
                axes.push((end(&axis.first)?, end(&axis.last)?));
            }
            if volume(&axes) != volume(field.axes) {
                return None;
            }
            for place in 0..volume(&axes) {
                let (own, at) = ((own.name.clone(), placed(&axes, place)), placed(field.axes, place));
                if field.data {
                    let shift = self.base - search.wrong.system.base;
                    pins.integers.insert(own, question.integer_entry(field.name, &at)? + shift);
                } else {
                    pins.arrays.insert(own, question.entry(field.name, &at)?);
                }
            }
        }
        let params = &search.wrong.system.program.params;
        for (k, param) in self.program.params.iter().enumerate() {
            let value = question.param(&params.get(k)?.name)?;
            pins.arrays.insert((param.name.clone(), Vec::new()), value);
        }
        Some(pins)
    }
}

impl Search<'_> {
    /// Whether an array of a layer is an array of the question.
    fn is(&self, field: &Field, layer: &Instance, own: &Name) -> bool {
        let lengths: Vec<i64> =
            layer.axes(own).unwrap_or_default().iter().map(length).filter(|length| *length != 1).collect();
        let (Some(a), Some(b)) = (layer.entries(own), self.wrong.instance.entries(field.name)) else { return false };
        let equal = |(a, b): (&Scalar, &Scalar)| same(Some(*a), Some(*b));
        lengths == field.lengths && a.len() == b.len() && a.iter().zip(b).all(equal)
    }
}

/// The first and the last index of each axis of the output, where one equation defines it.
fn ends(program: &Program) -> Option<Asked> {
    let output = program.outputs.first()?;
    let mut own = program.equations.iter().filter(|equation| equation.array == *output);
    let (Some(only), None) = (own.next(), own.next()) else { return None };
    let ranges: Option<Vec<[&Expr; 2]>> =
        only.indices.iter().map(|binder| binder.range.as_ref().map(|(first, last)| [first, last])).collect();
    Asked::new(&program.sizes, &[], ranges?.as_flattened()).ok()
}

/// The numbers that stand in a system, with 0 and 1, and its sizes.
fn numbers(program: &Program, sizes: &Sizes) -> Vec<i64> {
    let mut found: BTreeSet<i64> = sizes.values().copied().collect();
    let mut add = |part: &Expr| {
        if let ExprKind::Number(number) = &part.kind {
            found.extend(number.is_integer().then(|| number.to_integer().to_i64()).flatten());
        }
    };
    program.equations.iter().for_each(|equation| each_part(&equation.body, &mut add));
    for axis in program.arrays.iter().flat_map(|array| &array.axes) {
        add(&axis.before);
        add(&axis.after);
    }
    let others = found.into_iter().filter(|number| (2..=GREATEST).contains(number));
    [1, 0].into_iter().chain(others).collect()
}

fn length((lo, hi): &(i64, i64)) -> i64 {
    hi - lo + 1
}

/// How many entries a box has.
pub(super) fn volume(axes: &[(i64, i64)]) -> usize {
    axes.iter().map(|axis| usize::try_from(length(axis)).unwrap_or(0)).fold(1, usize::saturating_mul)
}

/// The entry at a position, row-major.
pub(super) fn placed(axes: &[(i64, i64)], place: usize) -> Vec<i64> {
    let mut rest = place as i64;
    let mut at: Vec<i64> = axes
        .iter()
        .rev()
        .map(|axis| {
            let index = axis.0 + rest % length(axis).max(1);
            rest /= length(axis).max(1);
            index
        })
        .collect();
    at.reverse();
    at
}
