//! Which arrays an array is computed from, and at which steps: the graph, folded.
//!
//! Arrays of a recurrence have an axis of steps; what is read at the same index, or reads so, has one too.
//! Invariant: a read at another step than the reader's has a lag, and a node of its own.

use super::sign::sign;
use super::{Graph, Node, Part};
use crate::integer::{Atom, Index, Var};
use crate::language::syntax::{Expr, ExprKind, Name, Role};
use crate::model::{Bound, Kind, Quote, System, Term};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// The axis of the steps of an array, and how its first indices are written at the present step.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    pub(super) axis: usize,
    pub(super) step: Var,
    pub(super) at: Vec<Index>,
}

/// At which step something is read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum When {
    /// At the reader's own, or it has none.
    Now,
    /// So many steps on.
    Moved(i128),
    /// At several others: the index there.
    Elsewhere(Vec<Index>),
}

/// One read of an equation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Read {
    pub(super) array: Name,
    pub(super) when: When,
    /// Whether it stands in an equation for one fixed step only.
    pub(super) initial: bool,
}

/// The arrays on the way to an array, with what they read.
pub(super) struct Reads<'a> {
    pub(super) system: &'a System,
    pub(super) of: Vec<Name>,
    /// In source order, given arrays first.
    pub(super) arrays: Vec<Name>,
    pub(super) clocks: BTreeMap<Name, Clock>,
    pub(super) reads: BTreeMap<Name, Vec<Read>>,
}

/// A read as it stands: the indices of its equation, the array, where, whether at a fixed step.
type Raw = (Vec<Bound>, Name, Vec<Index>, bool);

impl<'a> Reads<'a> {
    pub(super) fn new(system: &'a System, of: &[Name]) -> Self {
        let given = system.arrays.iter().map(|array| array.name.clone());
        let defined = system.equations.iter().map(|equation| equation.array.clone());
        let mut raws: BTreeMap<Name, Vec<Raw>> = BTreeMap::new();
        let mut open = of.to_vec();
        while let Some(name) = open.pop() {
            if let Entry::Vacant(place) = raws.entry(name) {
                let reads = raw(system, place.key());
                open.extend(reads.iter().map(|(_, array, ..)| array.clone()));
                place.insert(reads);
            }
        }
        let arrays: Vec<Name> = given.chain(defined).filter(|name| raws.contains_key(name)).collect();
        let clocks = clocks(system, &raws);
        let mut found = Reads { system, of: of.to_vec(), arrays, clocks, reads: BTreeMap::new() };
        for (name, raws) in &raws {
            let mut reads: Vec<Read> = Vec::new();
            for raw in raws {
                let read = found.read(name, raw);
                let same = |known: &&mut Read| known.array == read.array && known.when == read.when;
                match reads.iter_mut().find(same) {
                    Some(known) => known.initial &= read.initial,
                    None => reads.push(read),
                }
            }
            found.reads.insert(name.clone(), reads);
        }
        found.break_circles();
        found
    }

    fn read(&self, reader: &Name, (bounds, array, at, initial): &Raw) -> Read {
        let moved = || {
            let (own, other) = (self.clocks.get(reader)?, self.clocks.get(array)?);
            let step = Index::var(&bounds.get(own.axis)?.var);
            let index = at.get(other.axis)?;
            let together = self.system.recurrence(reader).is_some_and(|r| r.arrays.contains_key(array));
            Some(match index.minus(&step).as_constant() {
                Some(0) => When::Now,
                Some(n) => When::Moved(n),
                None if together => When::Elsewhere(at[..=other.axis].to_vec()),
                None => When::Now,
            })
        };
        Read { array: array.clone(), when: moved().unwrap_or(When::Now), initial: *initial }
    }

    /// Reads at the same step that go round are reads at another place on another axis.
    fn break_circles(&mut self) {
        for name in self.arrays.clone() {
            let present = |r: &Read| r.when == When::Now;
            let mut reached: BTreeSet<Name> = BTreeSet::new();
            let mut open: Vec<Name> = vec![name.clone()];
            while let Some(next) = open.pop() {
                let reads = self.reads.get(&next).into_iter().flatten().filter(|r| present(r));
                open.extend(reads.map(|r| r.array.clone()).filter(|read| reached.insert(read.clone())));
            }
            if reached.contains(&name) {
                let whole = raw(self.system, &name);
                for read in self.reads.entry(name).or_default().iter_mut().filter(|r| r.when == When::Now) {
                    if reached.contains(&read.array)
                        && self.system.recurrences.iter().any(|r| r.arrays.contains_key(&read.array))
                        && let Some((_, _, at, _)) = whole.iter().find(|(_, array, ..)| *array == read.array)
                    {
                        read.when = When::Elsewhere(at.clone());
                    }
                }
            }
        }
    }

    pub(super) fn has_lags(&self) -> bool {
        self.reads.values().flatten().any(|read| read.when != When::Now)
    }

    pub(super) fn is_given(&self, name: &Name) -> bool {
        self.system.array(name).is_some()
    }

    /// What a node for an array is.
    pub(super) fn part(&self, name: &Name) -> Part {
        match self.system.array(name) {
            Some(array) if array.role == Role::Weight || array.constant => Part::Weight,
            Some(_) => Part::Input,
            None if self.of.contains(name) => Part::Output,
            None => Part::Computed,
        }
    }

    /// An array as it is called at a step.
    pub(super) fn label(&self, name: &Name, step: i128) -> Expr {
        let Some(clock) = self.clocks.get(name) else { return Expr::name(name.clone()) };
        let moved = Index::var(&clock.step).plus_number(step);
        let at: Vec<Index> = clock.at.iter().map(|index| index.substitute(&clock.step, &moved)).collect();
        labelled(name, &at)
    }

    pub(super) fn node(&self, name: &Name, step: i128) -> Node {
        let bodies = self.system.program.equations.iter().filter(|equation| equation.array == *name);
        let mut signs = bodies.rev().map(|equation| sign(&equation.body)).filter(|sign| !sign.is_empty());
        Node { label: self.label(name, step), sign: signs.next().unwrap_or_default(), part: self.part(name) }
    }

    /// The graph, with a node for each read at another step and an edge that leads back to it.
    pub(super) fn folded(&self) -> Graph {
        let mut graph = Graph::default();
        let nodes: BTreeMap<&Name, usize> =
            self.arrays.iter().map(|name| (name, graph.node(self.node(name, 0)))).collect();
        for name in &self.arrays {
            let Some(to) = nodes.get(name).copied() else { continue };
            for read in self.reads.get(name).into_iter().flatten() {
                let Some(source) = nodes.get(&read.array).copied() else { continue };
                let (label, lag) = match &read.when {
                    When::Now => {
                        graph.edge(source, to, None);
                        continue;
                    }
                    When::Moved(n) => (self.label(&read.array, *n), lag(*n)),
                    When::Elsewhere(at) => (labelled(&read.array, at), "earlier".to_string()),
                };
                let given = self.is_given(&read.array);
                let part = if given { self.part(&read.array) } else { Part::Earlier };
                let earlier = graph.node(Node { label, sign: String::new(), part });
                graph.edge(earlier, to, None);
                if !given {
                    graph.edge(source, earlier, Some(lag));
                }
            }
        }
        graph
    }
}

/// An array with its first indices.
pub(super) fn labelled(name: &Name, at: &[Index]) -> Expr {
    let at = at.iter().map(|index| Quote::plain().index(index)).collect();
    Expr::new(ExprKind::Read(name.clone(), at))
}

fn lag(n: i128) -> String {
    if n < 0 { format!("lag {}", -n) } else { format!("lead {n}") }
}

/// The reads of the equations of an array.
fn raw(system: &System, name: &Name) -> Vec<Raw> {
    let Some(equation) = system.equation(name) else { return Vec::new() };
    let axis = system.recurrence(name).and_then(|r| r.arrays.get(name)).copied();
    let whole = vec![(equation.indices.clone(), equation.body.clone())];
    let parts = if equation.parts.is_empty() { &whole } else { &equation.parts };
    let mut found = Vec::new();
    for (bounds, body) in parts {
        let fixed = axis.and_then(|axis| bounds.get(axis)).is_some_and(|b| b.lo.canonical() == b.hi.canonical());
        each_read(body, &mut |array, at| found.push((bounds.clone(), array.clone(), at.to_vec(), fixed)));
    }
    found
}

/// Calls `f` on every read, those of integer data in indices too.
fn each_read(body: &Term, f: &mut dyn FnMut(&Name, &[Index])) {
    body.any(&mut |term| {
        for index in term.own_indices() {
            index.any_atom(&mut |atom| {
                if let Atom::Datum(array, at) = atom {
                    f(array, at);
                }
                false
            });
        }
        if let Kind::Read(array, at) = term.kind() {
            f(array, at);
        }
        false
    });
}

/// The axis of the steps of every array that has one.
fn clocks(system: &System, raw: &BTreeMap<Name, Vec<Raw>>) -> BTreeMap<Name, Clock> {
    let own = |name: &Name, axis: usize| {
        let bounds = &system.equation(name)?.indices;
        let at = bounds.get(..=axis)?.iter().map(|b| Index::var(&b.var)).collect();
        Some(Clock { axis, step: bounds[axis].var.clone(), at })
    };
    let steps = system.recurrences.iter().flat_map(|r| &r.arrays);
    let mut found: BTreeMap<Name, Clock> =
        steps.filter_map(|(name, axis)| Some((name.clone(), own(name, *axis)?))).collect();
    loop {
        let mut new: Vec<(Name, Clock)> = Vec::new();
        for (reader, reads) in raw {
            for (bounds, array, at, _) in reads {
                match (found.get(reader), found.get(array)) {
                    (Some(clock), None) => {
                        let Some(step) = bounds.get(clock.axis).map(|b| Index::var(&b.var)) else { continue };
                        let constant = |index: &Index| index.minus(&step).as_constant();
                        let Some(axis) = at.iter().position(|index| constant(index).is_some()) else { continue };
                        let mut shown = at[..=axis].to_vec();
                        shown[axis] = step.clone();
                        let Some(step) = step.as_var().cloned() else { continue };
                        new.push((array.clone(), own(array, axis).unwrap_or(Clock { axis, step, at: shown })));
                    }
                    (None, Some(clock)) => {
                        let Some(index) = at.get(clock.axis) else { continue };
                        let same = |b: &Bound| index.minus(&Index::var(&b.var)).as_constant().is_some();
                        let Some(axis) = bounds.iter().position(same) else { continue };
                        new.extend(own(reader, axis).map(|clock| (reader.clone(), clock)));
                    }
                    _ => {}
                }
            }
        }
        if new.is_empty() {
            return found;
        }
        for (name, clock) in new {
            found.entry(name).or_insert(clock);
        }
    }
}
