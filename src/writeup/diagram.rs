//! The computational graph of arrays: which arrays are read on the way to them, with a recurrence the same
//! unrolled over some steps, and the way back: which gradients feed which.
//!
//! What is drawn is data here – nodes and edges; `layers` and `place` say where they stand, `draw`
//! makes shapes of them, `mermaid` text. Invariant: edges are the reads of the equations, all of them and
//! no others – on the way back, those that a gradient passes –; a read at another step comes from a node of
//! its own.

mod backward;
mod draw;
mod graph;
mod layers;
mod mermaid;
mod place;
mod sign;
mod unroll;

#[cfg(test)]
mod tests;

pub use backward::{backward, backward_unrolled};
pub use draw::drawing;
pub(super) use mermaid::escaped;
pub use mermaid::mermaid;

use super::document::{Inline, Math, Piece, Prose};
use super::reason::{listed, math, text};
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
    /// The formulas of edges.
    pub pieces: Vec<Expr>,
    /// Whether these are listed with numbers under the graph; otherwise they stand on the edges.
    pub listed: bool,
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
    /// The loss.
    Loss,
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
            Part::Loss => "loss",
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
    /// Which of the formulas of the graph belongs to it.
    pub piece: Option<usize>,
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
        let edge = Edge { from, to, back, piece: None };
        if !self.edges.contains(&edge) {
            self.edges.push(edge);
        }
    }

    /// What stands at a formula of an edge: its number where they are listed.
    fn tag(&self, piece: usize) -> Prose {
        match (self.listed, self.pieces.get(piece)) {
            (false, Some(formula)) => vec![math(formula.clone())],
            _ => vec![text(number(piece))],
        }
    }

    /// What is listed under the graph, line by line.
    pub fn list(&self) -> Vec<Prose> {
        let line = |(piece, formula): (usize, &Expr)| vec![text(format!("{} ", number(piece))), math(formula.clone())];
        if self.listed { self.pieces.iter().enumerate().map(line).collect() } else { Vec::new() }
    }

    /// What is joined to what, in words.
    pub fn sentence(&self, verb: &str) -> String {
        let label = |node: &Node| print::expression(&node.label, Alphabet::Unicode);
        let reads = self.reads().map(|(node, from)| {
            let from: Vec<String> = from.into_iter().map(label).collect();
            format!("{} {verb} {}", label(node), from.join(", "))
        });
        reads.collect::<Vec<_>>().join("; ")
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
    let reads = Reads::new(system, std::slice::from_ref(of));
    let folded = small(whole(&reads), &format!("computational graph of {of}"))?;
    let unrolled = reads.unrolled(2).filter(|graph| graph.nodes.len() <= MOST_NODES);
    Ok(Diagram { of: of.clone(), alternative: alternative(of, &folded, unrolled.is_some()), folded, unrolled })
}

/// The computational graph of several arrays, a recurrence folded.
///
/// # Errors
/// As [`diagram`].
pub fn folded(system: &System, of: &[Name]) -> Result<Graph, String> {
    small(whole(&Reads::new(system, of)), "computational graph")
}

/// The recurrence on the way to arrays over so many steps; none if nothing passes from step to step, or it is
/// read at a distance that is no number.
///
/// # Errors
/// As [`diagram`].
pub fn unrolled(system: &System, of: &[Name], steps: usize) -> Result<Option<Graph>, String> {
    Reads::new(system, of).unrolled(steps).map(|graph| small(graph, "unrolled graph")).transpose()
}

/// `(1)`
fn number(piece: usize) -> String {
    format!("({})", piece + 1)
}

fn small(graph: Graph, what: &str) -> Result<Graph, String> {
    match graph.nodes.len() {
        count if count > MOST_NODES => {
            Err(format!("The {what} has {count} nodes; one of more than {MOST_NODES} is too large to draw."))
        }
        _ => Ok(graph),
    }
}

fn whole(reads: &Reads<'_>) -> Graph {
    Graph { caption: folded_caption(reads), ..reads.folded() }
}

fn alternative(of: &Name, graph: &Graph, unrolled: bool) -> String {
    let how = if unrolled { ", folded and unrolled over two steps" } else { "" };
    format!("Computational graph of {of}{how}: {}.", graph.sentence("reads"))
}

fn folded_caption(reads: &Reads<'_>) -> Prose {
    let names = reads.of.iter().map(|name| math(Expr::name(name.clone()))).collect();
    let mut prose: Vec<Inline> = vec![text("Computational graph of ")];
    prose.extend(listed(names));
    if reads.has_lags() {
        prose.push(text("; dashed: from another step"));
    }
    prose
}
