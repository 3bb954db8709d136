//! A recurrence unrolled over two steps: the arrays of the one, then those of the other, with what
//! passes between them, dangling at both ends.
//!
//! Invariant: only arrays that have a step are shown; where a step holds many, those between its inputs
//! and its states are passed over.

use super::graph::{Read, Reads, When};
use super::{Graph, Node, Part};
use crate::language::syntax::Name;
use crate::writeup::reason::text;
use std::collections::BTreeSet;

/// The most arrays of one step that are all shown.
const MOST_SHOWN: usize = 9;

impl Reads<'_> {
    /// The graph of two steps, if something passes from one step to the next.
    pub(super) fn unrolled(&self) -> Option<Graph> {
        let moved = |read: &&Read| matches!(read.when, When::Moved(_)) && !self.is_given(&read.array);
        let lags: Vec<&Read> = self.reads.values().flatten().filter(|read| !read.initial).filter(moved).collect();
        let earlier = lags.iter().any(|read| matches!(read.when, When::Moved(n) if n < 0));
        if lags.is_empty() {
            return None;
        }
        if self.reads.values().flatten().any(|read| matches!(read.when, When::Elsewhere(_))) {
            return None;
        }
        let timed: Vec<Name> = self.arrays.iter().filter(|name| self.clocks.contains_key(*name)).cloned().collect();
        let shown = self.shown(&timed);
        let steps: [i128; 2] = if earlier { [-1, 0] } else { [1, 0] };
        let mut graph = Graph::default();
        for step in steps {
            for name in timed.iter().filter(|name| shown.contains(*name) && !self.is_given(name)) {
                for (array, n) in self.through(name, &shown) {
                    self.passed(&mut graph, (name, step), (&array, step + n), &steps);
                }
            }
        }
        let untimed = self.arrays.iter().filter(|name| !self.clocks.contains_key(*name));
        let parts: BTreeSet<bool> = untimed.map(|name| self.part(name) == Part::Weight).collect();
        let caption = match (shown.len() < timed.len(), parts.contains(&false), parts.contains(&true)) {
            (true, ..) => "Two steps: inputs and states",
            (false, true, _) => "Two steps, without what belongs to none",
            (false, false, true) => "Two steps, without the weights",
            (false, false, false) => "Two steps",
        };
        graph.caption = vec![text(caption)];
        (!graph.edges.is_empty()).then_some(graph)
    }

    /// The arrays of one step that are shown: all if they are few, else inputs, states and outputs.
    fn shown(&self, timed: &[Name]) -> BTreeSet<Name> {
        let states: BTreeSet<&Name> =
            self.reads.values().flatten().filter(|read| read.when != When::Now).map(|read| &read.array).collect();
        let kept = |name: &&Name| self.is_given(name) || states.contains(name) || self.part(name) == Part::Output;
        if timed.len() <= MOST_SHOWN {
            timed.iter().cloned().collect()
        } else {
            timed.iter().filter(kept).cloned().collect()
        }
    }

    /// What an array reads of the shown ones, through those that are not, and how many steps on.
    fn through(&self, name: &Name, shown: &BTreeSet<Name>) -> Vec<(Name, i128)> {
        let mut found: Vec<(Name, i128)> = Vec::new();
        let mut seen: BTreeSet<(Name, i128)> = BTreeSet::new();
        let mut open: Vec<(Name, i128)> = vec![(name.clone(), 0)];
        while let Some((reader, offset)) = open.pop() {
            for read in self.reads.get(&reader).into_iter().flatten() {
                let (When::Now | When::Moved(_)) = read.when else { continue };
                let n = offset + if let When::Moved(n) = read.when { n } else { 0 };
                let at = (read.array.clone(), n);
                if read.initial || !self.clocks.contains_key(&read.array) || !seen.insert(at.clone()) {
                    continue;
                }
                if shown.contains(&read.array) { found.push(at) } else { open.push(at) }
            }
        }
        found
    }

    /// One read of an array at a step, and where it is read beyond the last step.
    fn passed(&self, graph: &mut Graph, (name, step): (&Name, i128), (array, at): (&Name, i128), steps: &[i128; 2]) {
        let to = graph.node(self.node(name, step));
        let from = match steps.contains(&at) || self.is_given(array) {
            true => graph.node(self.node(array, at)),
            false => graph.node(Node { label: self.label(array, at), sign: String::new(), part: Part::Earlier }),
        };
        graph.edge(from, to, None);
        let beyond = |source: i128| source + step - at;
        for source in steps.iter().copied().filter(|source| !steps.contains(&beyond(*source))) {
            if self.is_given(array) {
                continue;
            }
            let label = self.label(array, 2 * beyond(source).signum());
            let source = graph.node(self.node(array, source));
            let later = graph.node(Node { label, sign: String::new(), part: Part::Later });
            graph.edge(source, later, None);
        }
    }
}
