//! Answers about a system as it stands → the structures that are written as JSON.

use super::make::{amount, ascii, certify, latex};
use super::{Amount, Answer, Certificate};
use crate::derivation::{Goal, ShapeDerivation};
use crate::language::print::{self, Alphabet};
use crate::language::syntax::{Expr, Name, Target};
use crate::model::count;
use crate::study::Study;
use crate::verify;
use crate::writeup::diagram;
use crate::writeup::document::Piece;
use crate::writeup::shape as shapes;
use serde::Serialize;

/// A computational graph, folded.
#[derive(Clone, Debug, Serialize)]
pub struct Diagram {
    /// The array.
    pub of: String,
    /// The nodes.
    pub nodes: Vec<GraphNode>,
    /// The edges.
    pub edges: Vec<GraphEdge>,
}

/// How many numbers there are in arrays.
#[derive(Clone, Debug, Serialize)]
pub struct Count {
    /// `count weights`
    pub name: String,
    /// The number of all entries.
    pub total: Amount,
    /// Each array.
    pub arrays: Vec<Counted>,
    /// How it was verified.
    pub certificate: Certificate,
}

/// A node of a computational graph.
#[derive(Clone, Debug, Serialize)]
pub struct GraphNode {
    /// `h[t]`
    pub name: String,
    /// `input`, `weight`, `intermediate`, `output`, or `earlier` for an array at another step.
    pub role: &'static str,
    /// The operation in a few signs; empty where there is none.
    pub operation: String,
}

/// An edge of a computational graph.
#[derive(Clone, Debug, Serialize)]
pub struct GraphEdge {
    /// The name of the node that is read.
    pub from: String,
    /// The name of the node that reads it.
    pub to: String,
    /// Of an edge that leads back to another step: `lag 1`.
    pub back: Option<String>,
}

/// The entries of one array.
#[derive(Clone, Debug, Serialize)]
pub struct Counted {
    /// The array.
    pub name: String,
    /// The lengths of its axes.
    pub shape: Vec<Amount>,
    /// Their product.
    pub entries: Amount,
}

/// The shape of what remains of an array where its first indices are given.
pub fn slice(
    study: &Study,
    (goal, at): (&Goal, &[Expr]),
    found: &ShapeDerivation,
    certificate: &verify::Certificate,
    by: Option<&[(Name, Expr)]>,
) -> Answer {
    let whole = super::shape(study, goal, Some(found), certificate, by);
    let Answer::Shape(mut shape) = whole else { return whole };
    let left = ascii(&shapes::sliced(&found.array, at));
    let quote = study.names.quote(&study.system, &[]);
    let lengths: Vec<Expr> = found.lengths.iter().map(|length| quote.index(length)).collect();
    shape.name = format!("shape {left}");
    shape.left = left;
    shape.formula = print::shape(&lengths, Alphabet::Ascii);
    shape.shape = if lengths.is_empty() { Vec::new() } else { vec![lengths.iter().map(amount).collect()] };
    let boxed: Vec<Piece> =
        shapes::boxed_slice(&study.system, &study.names, found, at).into_iter().next().unwrap_or_default();
    shape.latex = latex(study, &boxed);
    Answer::Shape(shape)
}

/// How many numbers there are in arrays.
pub fn count(target: &Target, count: &count::Count, certificate: &verify::Certificate) -> Answer {
    let arrays = count.arrays.iter().map(|(name, lengths, entries)| Counted {
        name: name.to_string(),
        shape: lengths.iter().map(amount).collect::<Vec<Amount>>(),
        entries: amount(entries),
    });
    Answer::Count(Box::new(Count {
        name: format!("count {}", print::target(target, Alphabet::Ascii)),
        total: amount(&count.total),
        arrays: arrays.collect(),
        certificate: certify(certificate),
    }))
}

/// A computational graph.
pub fn diagram(diagram: &diagram::Diagram) -> Answer {
    let label = |number: usize| ascii(&diagram.folded.nodes[number].label);
    let nodes = diagram.folded.nodes.iter().enumerate().map(|(number, node)| GraphNode {
        name: label(number),
        role: node.part.word(),
        operation: node.sign.clone(),
    });
    let edges = diagram.folded.edges.iter().map(|edge| GraphEdge {
        from: label(edge.from),
        to: label(edge.to),
        back: edge.back.clone(),
    });
    Answer::Diagram(Box::new(Diagram { of: diagram.of.to_string(), nodes: nodes.collect(), edges: edges.collect() }))
}
