//! The computational graph of an array: which arrays are read on the way to it, and with a recurrence
//! the same unrolled over two steps.
//!
//! What is drawn is data here – nodes and edges; `layers` and `place` say where they stand, `draw`
//! makes shapes of them, `mermaid` text. Invariant: edges are the reads of the equations, all of them and
//! no others; a read at another step comes from a node of its own.

mod draw;
mod graph;
mod layers;
mod mermaid;
mod place;
mod sign;
mod unroll;

#[cfg(test)]
mod tests;

pub use draw::drawing;
pub use mermaid::mermaid;

use super::document::{Inline, Math, Piece, Prose};
use super::reason::text;
use crate::language::print::{self, Alphabet};
use crate::language::syntax::{Expr, Name};
use crate::model::System;
use graph::Reads;

/// The most nodes that a picture has.
pub const MOST_NODES: usize = 40;

/// A computational graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagram {
    /// The array.
    pub of: Name,
    /// What it shows, in plain words.
    pub alternative: String,
    /// The graph, with feedback edges where there is a recurrence.
    pub folded: Graph,
    /// Two steps of the recurrence.
    pub unrolled: Option<Graph>,
}

/// Nodes and edges.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graph {
    /// The nodes.
    pub nodes: Vec<Node>,
    /// The edges.
    pub edges: Vec<Edge>,
    /// What stands under the picture.
    pub caption: Prose,
}

/// A node: an array, at a step if it has one.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// `h[t]`
    pub label: Expr,
    /// The operation in a few signs: `σ(Σ + Σ)`; empty where there is none.
    pub sign: String,
    /// What it is.
    pub part: Part,
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A given array.
    Input,
    /// A weight.
    Weight,
    /// An array that is computed on the way.
    Computed,
    /// The array that is asked for.
    Output,
    /// An array as it was at an earlier step.
    Earlier,
    /// The steps that follow.
    Later,
}

impl Part {
    /// The word for it in data.
    pub fn word(self) -> &'static str {
        match self {
            Part::Input => "input",
            Part::Weight => "weight",
            Part::Computed => "intermediate",
            Part::Output => "output",
            Part::Earlier => "earlier",
            Part::Later => "later",
        }
    }
}

/// An edge from what is read to what reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The node that is read.
    pub from: usize,
    /// The node that reads it.
    pub to: usize,
    /// Of an edge that leads back to an earlier step: `lag 1`.
    pub back: Option<String>,
}

impl Graph {
    fn node(&mut self, node: Node) -> usize {
        match self.nodes.iter().position(|known| known.label == node.label && known.part == node.part) {
            Some(place) => place,
            None => {
                self.nodes.push(node);
                self.nodes.len() - 1
            }
        }
    }

    fn edge(&mut self, from: usize, to: usize, back: Option<String>) {
        let edge = Edge { from, to, back };
        if !self.edges.contains(&edge) {
            self.edges.push(edge);
        }
    }

    /// Every node that reads, with what it reads.
    pub fn reads(&self) -> impl Iterator<Item = (&Node, Vec<&Node>)> {
        self.nodes.iter().enumerate().filter_map(|(place, node)| {
            let into = self.edges.iter().filter(|edge| edge.to == place && edge.back.is_none());
            let from: Vec<&Node> = into.map(|edge| &self.nodes[edge.from]).collect();
            (!from.is_empty()).then_some((node, from))
        })
    }
}

impl Node {
    /// Its label as a formula.
    pub fn math(&self) -> Math {
        vec![Piece::Expr(self.label.clone())]
    }
}

/// The computational graph of an array.
///
/// # Errors
/// Why it is not drawn: it would be too large to be read.
pub fn diagram(system: &System, of: &Name) -> Result<Diagram, String> {
    let reads = Reads::new(system, of);
    let folded = Graph { caption: folded_caption(&reads), ..reads.folded() };
    let count = folded.nodes.len();
    if count > MOST_NODES {
        return Err(format!(
            "The computational graph of {of} has {count} nodes; one of more than {MOST_NODES} is too large to draw."
        ));
    }
    let unrolled = reads.unrolled().filter(|graph| graph.nodes.len() <= MOST_NODES);
    Ok(Diagram { of: of.clone(), alternative: alternative(of, &folded, unrolled.is_some()), folded, unrolled })
}

fn alternative(of: &Name, graph: &Graph, unrolled: bool) -> String {
    let label = |node: &Node| print::expression(&node.label, Alphabet::Unicode);
    let reads = graph.reads().map(|(node, from)| {
        let from: Vec<String> = from.into_iter().map(label).collect();
        format!("{} reads {}", label(node), from.join(", "))
    });
    let reads: Vec<String> = reads.collect();
    let how = if unrolled { ", folded and unrolled over two steps" } else { "" };
    format!("Computational graph of {of}{how}: {}.", reads.join("; "))
}

fn folded_caption(reads: &Reads<'_>) -> Prose {
    let mut prose: Vec<Inline> =
        vec![text("Computational graph of "), Inline::Math(vec![Piece::Expr(Expr::name(reads.of.clone()))])];
    if reads.has_lags() {
        prose.push(text("; dashed: from another step"));
    }
    prose
}
