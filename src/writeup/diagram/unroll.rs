//! A recurrence unrolled over some steps: the arrays of the first, then those of the next, with what
//! passes between them, dangling at both ends.
//!
//! Invariant: only arrays that have a step are shown; where a step holds many, those between its inputs
//! and its states are passed over.

use super::graph::{Read, Reads, When};
use super::{Graph, Node, Part};
use crate::language::syntax::Name;
use crate::writeup::reason::text;
use std::collections::BTreeSet;

/// `Two steps`
pub(super) fn in_words(count: usize) -> String {
    const WORDS: [&str; 9] = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight"];
    let number = WORDS.get(count).map_or_else(|| count.to_string(), |word| word.to_string());
    format!("{number} step{}", if count == 1 { "" } else { "s" })
}

/// The most arrays of one step that are all shown.
const MOST_SHOWN: usize = 9;

impl Reads<'_> {
    /// The graph of so many steps, if something passes from one step to the next.
    pub(super) fn unrolled(&self, count: usize) -> Option<Graph> {
        let steps = self.steps(count)?;
        let timed: Vec<Name> = self.arrays.iter().filter(|name| self.clocks.contains_key(*name)).cloned().collect();
        let shown = self.shown(&timed);
        let mut graph = Graph::default();
        for step in steps.iter().copied() {
            for name in timed.iter().filter(|name| shown.contains(*name) && !self.is_given(name)) {
                for (array, n) in self.through(name, &shown) {
                    self.passed(&mut graph, (name, step), (&array, step + n), &steps);
                }
            }
        }
        let untimed = self.arrays.iter().filter(|name| !self.clocks.contains_key(*name));
        let parts: BTreeSet<bool> = untimed.map(|name| self.part(name) == Part::Weight).collect();
        let rest = match (shown.len() < timed.len(), parts.contains(&false), parts.contains(&true)) {
            (true, ..) => ": inputs and states",
            (false, true, _) => ", without what belongs to none",
            (false, false, true) => ", without the weights",
            (false, false, false) => "",
        };
        graph.caption = vec![text(format!("{}{rest}", in_words(count)))];
        (!graph.edges.is_empty()).then_some(graph)
    }

    /// So many steps in the order in which they are computed, relative to the present one; none if nothing passes
    /// from one to the next, or at a distance that is no number.
    pub(super) fn steps(&self, count: usize) -> Option<Vec<i128>> {
        let reads = || self.reads.values().flatten();
        let moved = |read: &&Read| matches!(read.when, When::Moved(_)) && !self.is_given(&read.array);
        let lags: Vec<&Read> = reads().filter(|read| !read.initial).filter(moved).collect();
        if lags.is_empty() || reads().any(|read| matches!(read.when, When::Elsewhere(_))) {
            return None;
        }
        let earlier = lags.iter().any(|read| matches!(read.when, When::Moved(n) if n < 0));
        let back = (0..count as i128).rev();
        Some(back.map(|step| if earlier { -step } else { step }).collect())
    }

    /// The arrays of one step that are shown: all if they are few, else inputs, states and outputs.
    pub(super) fn shown(&self, timed: &[Name]) -> BTreeSet<Name> {
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
    pub(super) fn through(&self, name: &Name, shown: &BTreeSet<Name>) -> Vec<(Name, i128)> {
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
    fn passed(&self, graph: &mut Graph, (name, step): (&Name, i128), (array, at): (&Name, i128), steps: &[i128]) {
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
