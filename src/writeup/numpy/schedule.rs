//! The order in which the entries of arrays that read each other are computed.
//!
//! What reads each other in a circle is put into a loop over one axis of each, on which no read
//! looks ahead; what is left are the reads that may stay at the same step, and so on inside. A part
//! that runs ahead of another is shifted. Invariant: in what is found, every entry stands behind all
//! that it reads.

use super::known::Known;
use crate::integer::Index;
use crate::model::components;
use std::collections::{BTreeMap, BTreeSet};

/// The farthest that a part may run ahead of another, in steps.
const AHEAD: i128 = 3;
/// How many choices of axes are tried.
const CHOICES: usize = 2_000;

/// What is computed by one formula: a part of an array.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    /// Which array it is a part of.
    pub member: usize,
    /// The number of its axes.
    pub axes: usize,
}

/// That entries of a part are computed from entries of a part.
#[derive(Debug)]
pub(super) struct Edge {
    /// The part that reads.
    pub from: usize,
    /// The part that is read.
    pub to: usize,
    /// The indices of the entry that is computed.
    pub own: Vec<Index>,
    /// Those of the entry that is read, as far as they are known.
    pub at: Vec<Option<Index>>,
    /// What is known where it is read.
    pub known: Known,
}

impl Edge {
    /// The least number that the read is proved to be ahead at most, on an axis of the one and an
    /// axis of the other.
    fn ahead(&self, (own, read): (usize, usize), upwards: bool) -> Option<i128> {
        let step = self.at.get(read)?.as_ref()?.minus(self.own.get(own)?);
        let step = step.times_number(if upwards { 1 } else { -1 });
        match step.as_constant() {
            Some(step) => (step <= AHEAD).then_some(step),
            None => (-1..=AHEAD).find(|number| self.known.is_at_most(&step, *number)),
        }
    }
}

/// What is done, one after the other.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Schedule {
    /// All entries of a part that the loops around leave open.
    Fill(usize),
    /// A loop over steps.
    Loop(Steps),
}

/// A loop over an axis of each of several parts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Steps {
    /// Whether the index grows.
    pub upwards: bool,
    /// Of each part, its axis, and by how many steps it runs ahead.
    pub parts: BTreeMap<usize, (usize, i128)>,
    /// What is done at each step.
    pub body: Vec<Schedule>,
}

/// An order for all parts, if one is found.
pub(super) fn schedule(parts: &[Part], edges: &[Edge]) -> Option<Vec<Schedule>> {
    let mut search = Search { parts, tried: 0 };
    search.ordered(&(0..parts.len()).collect(), &edges.iter().collect::<Vec<_>>(), &BTreeMap::new())
}

/// The axes of each array that loops around run over.
type Used = BTreeMap<usize, Vec<usize>>;

struct Search<'a> {
    parts: &'a [Part],
    tried: usize,
}

impl Search<'_> {
    fn ordered(&mut self, parts: &BTreeSet<usize>, edges: &[&Edge], used: &Used) -> Option<Vec<Schedule>> {
        let mut graph = vec![BTreeSet::new(); self.parts.len()];
        for edge in edges {
            graph[edge.from].insert(edge.to);
        }
        let component = components(&graph);
        let mut groups: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for part in parts {
            groups.entry(component[*part]).or_default().insert(*part);
        }
        let mut order = Vec::new();
        for group in groups.values() {
            let inside = |edge: &&&Edge| group.contains(&edge.from) && group.contains(&edge.to);
            let own: Vec<&Edge> = edges.iter().filter(inside).copied().collect();
            match own.is_empty() {
                true => order.extend(group.iter().copied().map(Schedule::Fill)),
                false => order.push(Schedule::Loop(self.stepwise(group, &own, used)?)),
            }
        }
        Some(order)
    }

    /// A loop for parts that read each other in a circle; upwards and the first axes first.
    fn stepwise(&mut self, group: &BTreeSet<usize>, edges: &[&Edge], used: &Used) -> Option<Steps> {
        let members: BTreeSet<usize> = group.iter().map(|part| self.parts[*part].member).collect();
        let members: Vec<usize> = members.into_iter().collect();
        for upwards in [true, false] {
            let mut axes = BTreeMap::new();
            if let Some(found) = self.with_axes(group, edges, used, &members, &mut axes, upwards) {
                return Some(found);
            }
        }
        None
    }

    fn with_axes(
        &mut self,
        group: &BTreeSet<usize>,
        edges: &[&Edge],
        used: &Used,
        members: &[usize],
        axes: &mut BTreeMap<usize, usize>,
        upwards: bool,
    ) -> Option<Steps> {
        let Some((next, rest)) = members.split_first() else {
            return self.with_steps(group, edges, used, axes, upwards);
        };
        let rank = group.iter().find(|part| self.parts[**part].member == *next).map(|part| self.parts[*part].axes)?;
        for axis in (0..rank).filter(|axis| !used.get(next).is_some_and(|used| used.contains(axis))) {
            self.tried += 1;
            if self.tried > CHOICES {
                return None;
            }
            axes.insert(*next, axis);
            let fits = edges.iter().all(|edge| match self.axes_of(edge, axes) {
                Some(pair) => edge.ahead(pair, upwards).is_some(),
                None => true,
            });
            if fits && let Some(found) = self.with_axes(group, edges, used, rest, axes, upwards) {
                return Some(found);
            }
            axes.remove(next);
        }
        None
    }

    fn axes_of(&self, edge: &Edge, axes: &BTreeMap<usize, usize>) -> Option<(usize, usize)> {
        let axis = |part: usize| axes.get(&self.parts[part].member).copied();
        Some((axis(edge.from)?, axis(edge.to)?))
    }

    /// The loop over those axes, if what may stay at a step has an order inside.
    fn with_steps(
        &mut self,
        group: &BTreeSet<usize>,
        edges: &[&Edge],
        used: &Used,
        axes: &BTreeMap<usize, usize>,
        upwards: bool,
    ) -> Option<Steps> {
        let ahead = |edge: &&Edge| edge.ahead(self.axes_of(edge, axes)?, upwards);
        let weights: Vec<i128> = edges.iter().map(ahead).collect::<Option<_>>()?;
        let shift = shifted(group, edges, &weights)?;
        let stays = |(edge, weight): &(&&Edge, &i128)| shift[&edge.from] + **weight == shift[&edge.to];
        let left: Vec<&Edge> = edges.iter().zip(&weights).filter(stays).map(|(edge, _)| *edge).collect();
        if left.len() == edges.len() {
            return None;
        }
        let mut inner = used.clone();
        axes.iter().for_each(|(member, axis)| inner.entry(*member).or_default().push(*axis));
        let body = self.ordered(group, &left, &inner)?;
        let parts = group.iter().map(|part| (*part, (axes[&self.parts[*part].member], shift[part])));
        Some(Steps { upwards, parts: parts.collect(), body })
    }
}

/// By how many steps each part runs ahead so that no read looks ahead; none if a round does.
fn shifted(group: &BTreeSet<usize>, edges: &[&Edge], weights: &[i128]) -> Option<BTreeMap<usize, i128>> {
    let mut shift: BTreeMap<usize, i128> = group.iter().map(|part| (*part, 0)).collect();
    for _ in 0..=group.len() {
        let mut changed = false;
        for (edge, weight) in edges.iter().zip(weights) {
            let wanted = shift[&edge.from] + weight;
            if shift[&edge.to] < wanted {
                shift.insert(edge.to, wanted);
                changed = true;
            }
        }
        if !changed {
            return Some(shift);
        }
    }
    None
}
