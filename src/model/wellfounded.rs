//! Whether a recurrence ends: every round through its equations moves an index strictly one way.
//!
//! Each array gets an axis on which its entries are computed one after the other, upwards or
//! downwards, and a read may go back on it, or stay. Those reads that may stay must not go round in a
//! circle, or move on another axis: that is a lexicographic order, and grids have one. Offsets
//! between arrays are allowed for. Invariant: what is accepted has an order of computation.

use super::names::Names;
use super::order::{components, equation_depends_on};
use super::system::Equation;
use super::term::{Bound, Kind, Term};
use crate::diagnostic::Diagnostic;
use crate::integer::{Condition, Facts, Index, Truth};
use crate::language::syntax::{self, Name};
use std::collections::{BTreeMap, BTreeSet};

/// The farthest that an array may run ahead of another, in steps.
const AHEAD: i128 = 3;
/// How many choices of axes are tried.
const CHOICES: usize = 2_000;

/// The arrays that are computed step by step, each with the axis of the steps, and whether upwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recurrence {
    /// The arrays with their axes.
    pub arrays: BTreeMap<Name, usize>,
    /// Those of them that are read at another step than their own.
    pub states: BTreeSet<Name>,
    /// Whether an entry is computed from those at lower places.
    pub upwards: bool,
}

/// One read of an array of the group.
struct Edge {
    from: usize,
    to: usize,
    left: Vec<Bound>,
    at: Vec<Index>,
    facts: Facts,
}

impl Edge {
    /// The least number that the read is proved to be ahead at most, on an axis of the one and an axis
    /// of the other.
    fn ahead(&self, (own, read): (usize, usize), upwards: bool) -> Option<i128> {
        let own = Index::var(&self.left.get(own)?.var);
        let step = self.at.get(read)?.minus(&own).times_number(if upwards { 1 } else { -1 });
        if let Some(step) = step.as_constant() {
            return (step.abs() <= AHEAD).then_some(step).or((step < 0).then_some(-AHEAD));
        }
        let at_most = |n: i128| self.facts.judge(&Condition::AtMost(step.clone(), Index::constant(n))) == Truth::Yes;
        (-1..=AHEAD).find(|n| at_most(*n))
    }
}

impl Edge {
    /// Whether the read is of the same place on the axes of the steps.
    fn stays(&self, steps: &BTreeMap<usize, usize>) -> bool {
        let (Some(own), Some(read)) = (steps.get(&self.from), steps.get(&self.to)) else { return false };
        self.left.get(*own).zip(self.at.get(*read)).is_some_and(|(b, at)| at.as_var() == Some(&b.var))
    }
}

impl Names {
    /// Complains about a group that has no order of computation; otherwise says how it steps.
    pub(super) fn check_wellfounded(&mut self, equations: &[Equation], written: &[&syntax::Equation]) -> Option<()> {
        let arrays: Vec<&Name> = equations.iter().map(|e| &e.array).collect();
        let mut edges = Vec::new();
        for (from, equation) in equations.iter().enumerate() {
            let mut facts = self.facts.clone();
            equation.indices.iter().for_each(|b| facts.bound_index(&b.var, &b.lo, &b.hi));
            each_read(&equation.body, &facts, &mut |name, at, facts| {
                if let Some(to) = arrays.iter().position(|array| *array == name) {
                    let left = equation.indices.clone();
                    edges.push(Edge { from, to, left, at: at.to_vec(), facts: facts.clone() });
                }
            });
        }
        let ranks: Vec<usize> = equations.iter().map(|e| e.indices.len()).collect();
        let all: Vec<&Edge> = edges.iter().collect();
        match ordered(&all, &ranks) {
            Ok(chosen) => {
                for (steps, upwards) in chosen {
                    let moves = |edge: &&Edge| steps.contains_key(&edge.to) && !edge.stays(&steps);
                    let states = edges.iter().filter(moves).map(|edge| arrays[edge.to].clone()).collect();
                    let arrays = steps.iter().map(|(array, axis)| (arrays[*array].clone(), *axis)).collect();
                    self.recurrences.push(Recurrence { arrays, states, upwards });
                }
                Some(())
            }
            Err(circle) => {
                self.report_circle(&circle, &arrays, written);
                None
            }
        }
    }

    fn report_circle(&mut self, circle: &[usize], arrays: &[&Name], written: &[&syntax::Equation]) {
        let mut arrows: Vec<String> = circle.iter().map(|array| format!("`{}`", arrays[*array])).collect();
        arrows.push(arrows[0].clone());
        let message = format!("the definitions go round in a circle: {}", arrows.join(" reads "));
        let next = circle.iter().cycle().skip(1);
        let place = |(array, read): (&usize, &usize)| {
            let own: Vec<_> = written.iter().filter(|e| e.array == *arrays[*array]).collect();
            let reads = |e: &&&&syntax::Equation| equation_depends_on(e, std::slice::from_ref(arrays[*read]));
            own.iter().find(reads).or(own.first()).map(|e| e.span)
        };
        let spans: Vec<_> = circle.iter().zip(next).filter_map(place).collect();
        let Some((first, rest)) = spans.split_first() else { return };
        let mut diagnostic = Diagnostic::new(message, *first).label("this one");
        for span in rest {
            diagnostic = diagnostic.also(*span, "and this one");
        }
        let hint = "on every round an index must move strictly one way, as in `h[t] = f(h[t-1])`";
        self.report(diagnostic.hint(hint));
    }
}

/// The axes on which a component steps, by array, and whether upwards.
type Steps = (BTreeMap<usize, usize>, bool);

/// An order for each component of the reads, or a circle that has none.
fn ordered(edges: &[&Edge], ranks: &[usize]) -> Result<Vec<Steps>, Vec<usize>> {
    let mut graph: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); ranks.len()];
    edges.iter().for_each(|edge| {
        graph[edge.from].insert(edge.to);
    });
    let component = components(&graph);
    let mut chosen = Vec::new();
    for group in 0..ranks.len() {
        let inside = |edge: &&&Edge| component[edge.from] == group && component[edge.to] == group;
        let own: Vec<&Edge> = edges.iter().filter(inside).copied().collect();
        if own.is_empty() {
            continue;
        }
        let members: Vec<usize> = (0..ranks.len()).filter(|array| component[*array] == group).collect();
        let found = [true, false].into_iter().find_map(|upwards| {
            let mut search = Search { edges: &own, members: &members, ranks, upwards, tried: 0 };
            search.extend(&mut BTreeMap::new()).map(|steps| (steps, upwards))
        });
        chosen.push(found.ok_or_else(|| circle(&graph, &component, group))?);
    }
    Ok(chosen)
}

struct Search<'a> {
    edges: &'a [&'a Edge],
    members: &'a [usize],
    ranks: &'a [usize],
    upwards: bool,
    tried: usize,
}

impl Search<'_> {
    /// Axes for the arrays that have none yet, such that there is an order; the first axes first.
    fn extend(&mut self, steps: &mut BTreeMap<usize, usize>) -> Option<BTreeMap<usize, usize>> {
        let Some(next) = self.members.get(steps.len()).copied() else {
            return self.is_ordered(steps).then(|| steps.clone());
        };
        for axis in 0..self.ranks[next] {
            self.tried += 1;
            if self.tried > CHOICES {
                return None;
            }
            steps.insert(next, axis);
            let fits = |edge: &&Edge| match (steps.get(&edge.from), steps.get(&edge.to)) {
                (Some(own), Some(read)) => edge.ahead((*own, *read), self.upwards).is_some(),
                _ => true,
            };
            if self.edges.iter().all(fits)
                && let Some(found) = self.extend(steps)
            {
                return Some(found);
            }
            steps.remove(&next);
        }
        None
    }

    /// Whether no round goes ahead, and what may stay in place on these axes has an order on others.
    fn is_ordered(&self, steps: &BTreeMap<usize, usize>) -> bool {
        let ahead = |edge: &&Edge| edge.ahead((steps[&edge.from], steps[&edge.to]), self.upwards).unwrap_or(AHEAD);
        let weights: Vec<i128> = self.edges.iter().map(ahead).collect();
        let mut height: BTreeMap<usize, i128> = self.members.iter().map(|array| (*array, 0)).collect();
        for round in 0..=self.members.len() {
            let mut changed = false;
            for (edge, weight) in self.edges.iter().zip(&weights) {
                let above = height[&edge.to] + weight;
                if height[&edge.from] < above {
                    height.insert(edge.from, above);
                    changed = true;
                }
            }
            if !changed {
                break;
            }
            if round == self.members.len() {
                return false;
            }
        }
        let stays = |(edge, weight): &(&&Edge, &i128)| height[&edge.to] + **weight == height[&edge.from];
        let left: Vec<&Edge> = self.edges.iter().zip(&weights).filter(stays).map(|(edge, _)| *edge).collect();
        left.len() < self.edges.len() && ordered(&left, self.ranks).is_ok()
    }
}

/// A way through a component that ends where it begins.
fn circle(graph: &[BTreeSet<usize>], component: &[usize], group: usize) -> Vec<usize> {
    let start = component.iter().position(|c| *c == group).unwrap_or(0);
    let mut path = vec![start];
    while let Some(next) = path.last().and_then(|last| graph[*last].iter().find(|to| component[**to] == group)) {
        if let Some(first) = path.iter().position(|array| array == next) {
            path.drain(..first);
            break;
        }
        path.push(*next);
    }
    path
}

/// Calls `f` on every read with what is known at its place.
fn each_read(term: &Term, facts: &Facts, f: &mut dyn FnMut(&Name, &[Index], &Facts)) {
    match term.kind() {
        Kind::Read(name, at) => f(name, at, facts),
        Kind::Product(factors) => {
            let mut guarded = facts.clone();
            for factor in factors {
                if let Kind::Bracket(condition) = factor.kind() {
                    guarded.require(condition);
                }
            }
            factors.iter().for_each(|factor| each_read(factor, &guarded, f));
        }
        Kind::Sigma(bounds, body) | Kind::Pi(bounds, _, body) | Kind::Extremum(_, bounds, _, body) => {
            let mut inner = facts.clone();
            bounds.iter().for_each(|b| inner.bound_index(&b.var, &b.lo, &b.hi));
            if let Some(condition) = term.held() {
                inner.require(condition);
            }
            each_read(body, &inner, f);
        }
        _ => term.children().iter().for_each(|child| each_read(child, facts, f)),
    }
}
