//! What the names of a formula mean at given sizes: numbers for sizes, boxes for arrays.
//!
//! Invariant: the volume of every layout was computed with checked arithmetic and paid for from
//! the work limit before anything was allocated.

use super::error::EvalError;
use super::field::Random;
use super::node::Place;
use super::work::Work;
use crate::language::program::{ArrayBox, AxisBox, ResolvedEquation};
use crate::language::syntax::{Binder, Expr, Name, Role};
use std::collections::{BTreeMap, BTreeSet};

/// A number for each size (and for whatever else stands for an integer).
pub type Sizes = BTreeMap<Name, i64>;

/// The box of an array, row-major.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Its name.
    pub name: Name,
    /// The first and last index of each axis.
    pub axes: Vec<(i64, i64)>,
    /// The first and last index of each axis that may be read, padding included.
    pub padded: Vec<(i64, i64)>,
    /// The number of entries.
    pub volume: usize,
    /// The values, if it is integer data.
    pub integers: Option<Vec<i64>>,
    /// Whether an equation defines it.
    pub defined: bool,
}

impl Layout {
    /// The position of an entry; none outside the box or at the wrong number of indices.
    pub fn offset(&self, at: &[i64]) -> Option<usize> {
        if at.len() != self.axes.len() {
            return None;
        }
        let mut offset = 0;
        for (&index, &(first, last)) in at.iter().zip(&self.axes) {
            if index < first || index > last {
                return None;
            }
            let step = usize::try_from(i128::from(index) - i128::from(first)).ok()?;
            offset = length(first, last)?.checked_mul(offset)?.checked_add(step)?;
        }
        Some(offset)
    }

    /// The indices of the entry at a position inside the box.
    pub fn indices(&self, offset: usize, at: &mut [i64]) {
        let mut rest = offset as i128;
        for (index, &(first, last)) in at.iter_mut().zip(&self.axes).rev() {
            let length = i128::from(last) - i128::from(first) + 1;
            *index = (i128::from(first) + rest.rem_euclid(length.max(1))) as i64;
            rest = rest.div_euclid(length.max(1));
        }
    }
}

/// The number of indices from `first` to `last`, 0 if there are none.
pub fn length(first: i64, last: i64) -> Option<usize> {
    let length = i128::from(last) - i128::from(first) + 1;
    usize::try_from(length.max(0)).ok()
}

/// The most entries an array may have.
const MOST_ENTRIES: usize = 1 << 25;

/// The number of entries of a box, paid for from the work limit.
pub fn volume(axes: &[(i64, i64)], work: &Work) -> Result<usize, EvalError> {
    if axes.iter().any(|(first, last)| first > last) {
        return Ok(0);
    }
    let lengths = axes.iter().map(|&(first, last)| length(first, last));
    let volume = lengths.into_iter().try_fold(1usize, |volume, length| volume.checked_mul(length?));
    let volume = volume.unwrap_or(usize::MAX);
    work.charge(volume as u64)?;
    if volume > MOST_ENTRIES {
        return Err(EvalError::TooManyEntries { limit: MOST_ENTRIES });
    }
    Ok(volume)
}

/// Sizes, params and arrays by name.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// The number of each size.
    pub sizes: Sizes,
    /// The params; a formula knows them by their place here.
    pub params: Vec<Name>,
    /// The arrays; a formula knows them by their place here.
    pub layouts: Vec<Layout>,
    /// The arrays by name.
    pub arrays: BTreeMap<Name, usize>,
    /// The array that holds the upstream gradient of each output.
    pub upstream: BTreeMap<Name, usize>,
    /// The outputs that equations read: ℓ depends on them directly, as given, and through these.
    pub passed_on: BTreeSet<Name>,
    /// Other names of upstream gradients, each with its array.
    pub aliases: BTreeMap<Name, Name>,
}

impl Scope {
    /// Sizes and nothing else.
    pub fn new(sizes: &Sizes) -> Scope {
        Scope { sizes: sizes.clone(), ..Scope::default() }
    }

    /// Adds a given array; integer data is drawn from its range of values.
    pub fn give(&mut self, array: &ArrayBox, random: &mut Random, work: &Work) -> Result<usize, EvalError> {
        let bounds = |axis: &AxisBox| -> Result<_, EvalError> {
            let (first, last) = (self.index(&axis.first)?, self.index(&axis.last)?);
            let low = first.checked_sub(self.index(&axis.before)?.max(0));
            let high = last.checked_add(self.index(&axis.after)?.max(0));
            let padded = (low.ok_or(EvalError::Overflow)?, high.ok_or(EvalError::Overflow)?);
            Ok(((first, last), padded))
        };
        let axes: Result<Vec<_>, _> = array.axes.iter().map(bounds).collect();
        let (axes, padded): (Vec<_>, Vec<_>) = axes?.into_iter().unzip();
        let volume = volume(&axes, work)?;
        let integers = match array.role {
            Role::Integer => Some(self.data(array, volume, random)?),
            Role::Input | Role::Weight | Role::Plain => None,
        };
        let name = array.name.clone();
        let layout = Layout { name, axes, padded, volume, integers, defined: false };
        Ok(self.name(layout))
    }

    /// Adds a defined array.
    pub fn define(&mut self, name: &Name, axes: Vec<(i64, i64)>, work: &Work) -> Result<usize, EvalError> {
        let layout = self.layout(name, axes, work)?;
        Ok(self.name(layout))
    }

    /// Adds the upstream gradient of an array.
    pub fn differentiate(&mut self, output: &Name, work: &Work) -> Result<usize, EvalError> {
        let axes = self.layouts[self.array(output)?].axes.clone();
        let layout = self.layout(output, axes, work)?;
        self.layouts.push(layout);
        self.upstream.insert(output.clone(), self.layouts.len() - 1);
        Ok(self.layouts.len() - 1)
    }

    /// The box of an equation's indices.
    pub fn equation_box(&self, equation: &ResolvedEquation) -> Result<Vec<(i64, i64)>, EvalError> {
        self.index_box(&equation.indices)
    }

    /// The first and last value of each of several indices.
    pub fn index_box(&self, indices: &[Binder]) -> Result<Vec<(i64, i64)>, EvalError> {
        let range = |binder: &Binder| {
            let no_range = || EvalError::NoRange(binder.name.clone());
            let (first, last) = binder.range.as_ref().ok_or_else(no_range)?;
            Ok((self.index(first)?, self.index(last)?))
        };
        indices.iter().map(range).collect()
    }

    /// The array of that name.
    pub fn array(&self, name: &str) -> Result<usize, EvalError> {
        let unknown = || EvalError::UnknownName(name.into());
        self.arrays.get(name).copied().ok_or_else(unknown)
    }

    /// The place of an entry; none outside the box.
    pub fn place(&self, array: usize, at: &[i64]) -> Option<Place> {
        let offset = self.layouts[array].offset(at)?;
        Some(Place { array, offset })
    }

    fn layout(&self, name: &Name, axes: Vec<(i64, i64)>, work: &Work) -> Result<Layout, EvalError> {
        let volume = volume(&axes, work)?;
        let (name, padded, integers) = (name.clone(), axes.clone(), None);
        Ok(Layout { name, axes, padded, volume, integers, defined: true })
    }

    fn name(&mut self, layout: Layout) -> usize {
        self.arrays.insert(layout.name.clone(), self.layouts.len());
        self.layouts.push(layout);
        self.layouts.len() - 1
    }

    fn data(&self, array: &ArrayBox, volume: usize, random: &mut Random) -> Result<Vec<i64>, EvalError> {
        let no_values = || EvalError::NoValues(array.name.clone());
        let (first, last) = array.values.as_ref().ok_or_else(no_values)?;
        let (first, last) = (self.index(first)?, self.index(last)?);
        if first > last && volume > 0 {
            return Err(no_values());
        }
        Ok((0..volume).map(|_| random.between(first, last)).collect())
    }

    fn index(&self, expr: &Expr) -> Result<i64, EvalError> {
        let value = super::integer(expr, &self.sizes)?;
        i64::try_from(value).map_err(|_| EvalError::Overflow)
    }
}

/// Runs over a box in row-major order without allocating at each point.
pub struct Points<'a> {
    axes: &'a [(i64, i64)],
    at: Vec<i64>,
    started: bool,
}

impl<'a> Points<'a> {
    /// Before the first point.
    pub fn new(axes: &'a [(i64, i64)]) -> Points<'a> {
        let at = axes.iter().map(|(first, _)| *first).collect();
        let started = false;
        Points { axes, at, started }
    }

    /// The next point, if any is left.
    pub fn advance(&mut self) -> Option<&[i64]> {
        if !self.started {
            self.started = true;
            let empty = self.axes.iter().any(|(first, last)| first > last);
            return (!empty).then_some(&self.at);
        }
        for (index, &(first, last)) in self.at.iter_mut().zip(self.axes).rev() {
            if *index < last {
                *index += 1;
                return Some(&self.at);
            }
            *index = first;
        }
        None
    }
}
