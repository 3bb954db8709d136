//! Why the axes of an output are as long as they are, at numbers: the last window of reads is all
//! there, and the next one is not.

use super::trial::Run;
use crate::calculus;
use crate::derivation::ShapeDerivation;
use crate::evaluate::{Sizes, integer};
use crate::integer::{Condition, Index};
use crate::language::syntax::Target;
use crate::model::system::Limit;
use crate::model::{Bound, Kind, Quote, System, Term};

/// So many reads of a window are listed; of a longer one the first and the last.
const LISTED: usize = 5;
/// How many places of the bound indices are looked at.
const MOST_PLACES: usize = 10_000;

/// What is said of each axis of the array that a shape begins with: why its length is not the
/// claimed one, or where no length is claimed, why it is what it is. `whole` are the right lengths.
pub(super) fn reasons(
    system: &System,
    run: &Run,
    (of, whole): (&Target, &[Index]),
    claimed: Option<&[i128]>,
) -> Vec<String> {
    let (Target::Value(array, None) | Target::Jacobian((array, None), _)) = of.within() else { return Vec::new() };
    let Some(shape) = calculus::shape(system, array) else { return Vec::new() };
    let lengths: Option<Vec<i128>> = shape.lengths.iter().map(|length| number(length, &run.all)).collect();
    let all: Option<Vec<i128>> = whole.iter().map(|length| number(length, &run.all)).collect();
    let (Some(lengths), Some(all)) = (lengths, all) else { return Vec::new() };
    let claimed = claimed.map(|claimed| aligned(claimed, &all, lengths.len()));
    let of_axis = |(axis, length): (usize, &i128)| match claimed.as_ref().map(|claimed| claimed.get(axis)) {
        Some(Some(Some(said))) if said != length => axis_reason(system, run, &shape, axis, Some(*said)),
        Some(_) => None,
        None => axis_reason(system, run, &shape, axis, None),
    };
    lengths.iter().enumerate().filter_map(of_axis).collect()
}

/// The claimed lengths beside the first so many of the right ones; axes of length 1 may be left out,
/// and nothing is compared where the others are not as many.
fn aligned(claimed: &[i128], right: &[i128], first: usize) -> Vec<Option<i128>> {
    if claimed.len() == right.len() {
        return claimed[..first].iter().copied().map(Some).collect();
    }
    let long = |lengths: &[i128]| lengths.iter().filter(|n| **n != 1).count();
    if long(claimed) != long(right) {
        return vec![None; first];
    }
    let mut rest = claimed.iter().filter(|n| **n != 1);
    right[..first].iter().map(|n| if *n == 1 { Some(1) } else { rest.next().copied() }).collect()
}

fn axis_reason(
    system: &System,
    run: &Run,
    shape: &ShapeDerivation,
    axis: usize,
    claimed: Option<i128>,
) -> Option<String> {
    let limit = shape.limits.iter().find(|limit| limit.axis == axis && !begins(limit) && steep(limit))?;
    let bound = &shape.indices[axis];
    let (first, last) = (number(&bound.lo, &run.all)?, number(&bound.hi, &run.all)?);
    let window = Window { system, run, shape, limit };
    let name = &limit.var.name;
    let there = |at: i128| Some(format!("{name} = {at} reads {}, all there", window.listed(at)?));
    let outside = |at: i128| {
        let (place, end) = (window.places(at)?.pop()?, window.end()?);
        let padding = if window.padded() { ", padding included" } else { "" };
        let words =
            || format!("{name} = {at} would read {}, and {} ends at {end}{padding}", window.read(place), limit.read.0);
        (place > end).then(words)
    };
    match claimed.map(|length| first + length - 1) {
        Some(said) if said < last => there(last),
        Some(said) => outside(said),
        None if last < first => None,
        None => match outside(last + 1) {
            Some(outside) => Some(format!("{}; {outside}", there(last)?)),
            None => there(last),
        },
    }
}

/// Whether the limit says where the index begins.
fn begins(limit: &Limit) -> bool {
    matches!(&limit.solved, Condition::AtMost(_, last) if last.mentions(&limit.var))
}

/// Whether more than the index itself is read at the limit.
fn steep(limit: &Limit) -> bool {
    !matches!(&limit.reach, Condition::AtMost(a, b) if a.as_var().is_some() || b.as_var().is_some())
}

/// The reads of one array along one axis, as one output index moves.
struct Window<'a> {
    system: &'a System,
    run: &'a Run,
    shape: &'a ShapeDerivation,
    limit: &'a Limit,
}

impl Window<'_> {
    /// The places read at an index, in order.
    fn places(&self, at: i128) -> Option<Vec<i128>> {
        let mut sizes = self.run.all.clone();
        for bound in &self.shape.indices {
            let value = if bound.var == self.limit.var { at } else { number(&bound.lo, &sizes)? };
            sizes.insert(bound.var.written(), i64::try_from(value).ok()?);
        }
        let mut found = Vec::new();
        let body = &self.system.equation(&self.shape.array)?.body;
        self.collect(body, &mut sizes, &mut found)?;
        found.sort_unstable();
        found.dedup();
        (!found.is_empty()).then_some(found)
    }

    fn collect(&self, term: &Term, sizes: &mut Sizes, found: &mut Vec<i128>) -> Option<()> {
        match term.kind() {
            Kind::Read(name, at) => {
                let (array, axis) = &self.limit.read;
                if name == array && at.get(*axis).is_some_and(|index| index.mentions(&self.limit.var)) {
                    found.push(number(&at[*axis], sizes)?);
                }
                Some(())
            }
            Kind::Sigma(bounds, body) => self.over(bounds, body, sizes, found),
            _ if self.guarded(term) => Some(()),
            _ => term.children().iter().try_for_each(|child| self.collect(child, sizes, found)),
        }
    }

    /// Whether a bracket of the author's decides what is read; those of padding say no more than where it
    /// begins.
    fn guarded(&self, term: &Term) -> bool {
        !self.padded() && term.factors().iter().any(|factor| matches!(factor.kind(), Kind::Bracket(_)))
    }

    fn over(&self, bounds: &[Bound], body: &Term, sizes: &mut Sizes, found: &mut Vec<i128>) -> Option<()> {
        let Some((bound, rest)) = bounds.split_first() else { return self.collect(body, sizes, found) };
        let (lo, hi) = (number(&bound.lo, sizes)?, number(&bound.hi, sizes)?);
        for value in lo..=hi {
            if found.len() > MOST_PLACES {
                return None;
            }
            sizes.insert(bound.var.written(), i64::try_from(value).ok()?);
            self.over(rest, body, sizes, found)?;
        }
        Some(())
    }

    /// `x[5,·], x[6,·], x[7,·]`
    fn listed(&self, at: i128) -> Option<String> {
        let places = self.places(at)?;
        let read: Vec<String> = places.iter().map(|place| self.read(*place)).collect();
        let all = if self.padded() { " (padding included)" } else { "" };
        Some(match read.as_slice() {
            long if long.len() > LISTED => format!("{}, …, {}{all}", long[0], long[long.len() - 1]),
            _ => format!("{}{all}", read.join(", ")),
        })
    }

    /// An entry with the place on its axis, the other axes left open.
    fn read(&self, place: i128) -> String {
        let (array, axis) = &self.limit.read;
        let axes = self.system.bounds(array).map_or(1, |axes| axes.len());
        let index: Vec<String> = (0..axes).map(|k| if k == *axis { place.to_string() } else { "·".into() }).collect();
        format!("{array}[{}]", index.join(","))
    }

    /// The last place that may be read, padding included.
    fn end(&self) -> Option<i128> {
        let (array, axis) = &self.limit.read;
        let after = self.system.array(array).and_then(|array| array.axes.get(*axis)).map(|axis| &axis.after);
        let (_, last) = self.system.bounds(array)?.swap_remove(*axis);
        number(&after.map_or(last.clone(), |after| last.plus(after)), &self.run.all)
    }

    /// Whether reads may leave the axis by padding.
    fn padded(&self) -> bool {
        let (array, axis) = &self.limit.read;
        let axis = self.system.array(array).and_then(|array| array.axes.get(*axis));
        axis.is_some_and(|axis| !(axis.before.is_zero() && axis.after.is_zero()))
    }
}

fn number(index: &Index, sizes: &Sizes) -> Option<i128> {
    integer(&Quote::plain().index(index), sizes).ok()
}
