//! The flow of the adjoint: which gradients feed which, from the loss back to what is given.
//!
//! An edge is what one equation adds to the gradient of an array that it reads; what is added stands at it, and
//! where several edges meet, their sum is the gradient. Invariant: the pieces at the edges of a node were verified
//! to be its gradient together, as they are printed.

use super::graph::{Reads, labelled};
use super::unroll::in_words;
use super::{Edge, Graph, Node, Part};
use crate::calculus::Contribution;
use crate::integer::Index;
use crate::language::syntax::{Expr, ExprKind, Name, Role};
use crate::model::{Bound, Kind, Quote, System};
use crate::study::{Flow, NoAnswer, Study};
use crate::writeup::document::{Inline, Piece};
use crate::writeup::notation::Notation;
use crate::writeup::plain;
use crate::writeup::reason::{math, text};
use std::collections::{BTreeMap, BTreeSet};

/// The most formulas that stand on the edges themselves, and how long each may be.
const FEW: usize = 8;
const SHORT: usize = 30;
/// The most numbers of edges that a sum in a node names.
const MOST_NAMED: usize = 4;

/// Where a contribution comes from, relative to the step of the array.
#[derive(Clone, Debug)]
enum Way {
    /// The loss itself.
    Loss,
    /// The gradient of an array at the same step, or there are no steps.
    Now(Name),
    /// The gradient of an array so many steps on.
    Moved(Name, i128),
    /// The gradient of an array at other places: the first of them.
    Elsewhere(Name, Vec<Index>),
}

impl PartialEq for Way {
    fn eq(&self, other: &Way) -> bool {
        match (self, other) {
            (Way::Loss, Way::Loss) => true,
            (Way::Now(a), Way::Now(b)) | (Way::Elsewhere(a, _), Way::Elsewhere(b, _)) => a == b,
            (Way::Moved(a, m), Way::Moved(b, n)) => (a, m) == (b, n),
            _ => false,
        }
    }
}

/// The gradients of a system and what feeds them.
struct Flows<'a> {
    reads: Reads<'a>,
    /// In the order in which they are computed on the way back.
    flows: Vec<(Name, Flow<Way>)>,
}

/// The flow of the adjoint, a recurrence folded.
///
/// # Errors
/// If a gradient cannot be derived or does not pass verification.
pub fn backward(study: &mut Study) -> Result<Graph, NoAnswer> {
    let system = study.system.clone();
    Ok(Flows::new(study, &system)?.folded())
}

/// The same over so many steps of a recurrence; none if nothing passes from step to step, or it is read at a
/// distance that is no number.
///
/// # Errors
/// As [`backward`].
pub fn backward_unrolled(study: &mut Study, steps: usize) -> Result<Option<Graph>, NoAnswer> {
    let system = study.system.clone();
    if Reads::new(&system, &system.outputs).steps(steps).is_none() {
        return Ok(None);
    }
    Ok(Flows::new(study, &system)?.unrolled(steps))
}

impl<'a> Flows<'a> {
    fn new(study: &mut Study, system: &'a System) -> Result<Self, NoAnswer> {
        let reads = Reads::new(system, &system.outputs);
        let given = |name: &Name| system.array(name).map(|a| a.role != Role::Integer && !a.constant);
        let sources: Vec<&Name> = system.differentiable().map(|array| &array.name).collect();
        let carries = |name: &&Name| given(name).unwrap_or_else(|| sources.iter().any(|a| system.depends(name, a)));
        let arrays: Vec<Name> = reads.arrays.iter().filter(carries).cloned().collect();
        let mut flows = Vec::new();
        for array in arrays.into_iter().rev() {
            let flow = study.flow(&array, |contribution, indices| way(&reads, &array, contribution, indices))?;
            flows.push((array, flow));
        }
        Ok(Flows { reads, flows })
    }

    fn folded(&self) -> Graph {
        let mut graph = Graph::default();
        let nodes: BTreeMap<&Name, usize> = self
            .flows
            .iter()
            .map(|(name, flow)| (name, push(&mut graph, flow.left.clone(), self.part(name))))
            .collect();
        let loss = push(&mut graph, Expr::name("ℓ"), Part::Loss);
        for (name, flow) in &self.flows {
            let to = nodes[name];
            for (way, formula) in &flow.parts {
                let piece = piece(&mut graph, formula);
                let (earlier, source, back) = match way {
                    Way::Loss => {
                        edge(&mut graph, (loss, to), Some(piece));
                        continue;
                    }
                    Way::Now(from) => {
                        if let Some(from) = nodes.get(from) {
                            edge(&mut graph, (*from, to), Some(piece));
                        }
                        continue;
                    }
                    Way::Moved(from, n) => (self.label(from, *n), from, passed(*n)),
                    Way::Elsewhere(from, at) => (Some(gradient(&labelled(from, at))), from, "other steps".to_string()),
                };
                let (Some(label), Some(source)) = (earlier, nodes.get(source)) else { continue };
                let node = graph.node(Node { label, sign: String::new(), part: Part::Earlier });
                edge(&mut graph, (node, to), Some(piece));
                graph.edge(*source, node, Some(back));
            }
        }
        let mut caption = vec![text("Flow of the adjoint")];
        if self.reads.has_lags() {
            caption.push(text("; dashed: from another step"));
        }
        let listed = is_long(&graph);
        finished(graph, caption, listed)
    }

    fn unrolled(&self, count: usize) -> Option<Graph> {
        let steps = self.reads.steps(count)?;
        let timed: Vec<Name> =
            self.reads.arrays.iter().filter(|name| self.reads.clocks.contains_key(*name)).cloned().collect();
        let shown = self.reads.shown(&timed);
        let whole = shown.len() == timed.len();
        let mut graph = Graph::default();
        for step in steps.iter().rev().copied() {
            for (name, flow) in self.flows.iter().filter(|(name, _)| shown.contains(name)) {
                let to =
                    graph.node(Node { label: self.label(name, step)?, sign: String::new(), part: self.part(name) });
                for (way, formula) in &flow.parts {
                    self.arrive(&mut graph, (name, to, step), (way, formula), &steps);
                }
            }
        }
        if !whole {
            self.join_hidden(&mut graph, &shown, &steps);
        }
        let given = self.flows.iter().filter(|(name, _)| self.reads.is_given(name));
        let untimed = given.filter(|(name, _)| !self.reads.clocks.contains_key(name));
        let parts: BTreeSet<bool> = untimed.map(|(name, _)| self.part(name) == Part::Weight).collect();
        let rest = match (whole, parts.contains(&false), parts.contains(&true)) {
            (false, ..) => ": inputs and states",
            (true, true, _) => ", without what belongs to none",
            (true, false, true) => ", without the weights",
            (true, false, false) => "",
        };
        let mut caption = vec![text(format!("Flow of the adjoint over {}{rest}", in_words(count).to_lowercase()))];
        let listed = !graph.pieces.is_empty();
        let clock = self.flows.iter().find_map(|(name, _)| self.reads.clocks.get(name));
        if let (true, Some(clock)) = (listed, clock) {
            caption.push(text("; the formulas are those of step "));
            caption.push(math(Expr::name(Quote::plain().var(&clock.step))));
        }
        (!graph.edges.is_empty()).then(|| finished(graph, caption, listed))
    }

    /// What comes on one way to the gradient of an array at a step.
    fn arrive(
        &self,
        graph: &mut Graph,
        (name, to, step): (&Name, usize, i128),
        (way, formula): (&Way, &Expr),
        steps: &[i128],
    ) {
        let (from, at) = match way {
            Way::Loss => {
                let loss = push(graph, Expr::name("ℓ"), Part::Loss);
                let piece = piece(graph, formula);
                return edge(graph, (loss, to), Some(piece));
            }
            Way::Now(from) if !self.reads.clocks.contains_key(from) => {
                let Some(label) = self.label(from, 0) else { return };
                let source = push(graph, label, self.part(from));
                let piece = piece(graph, formula);
                return edge(graph, (source, to), Some(piece));
            }
            Way::Now(from) => (from, step),
            Way::Moved(from, n) => (from, step + n),
            Way::Elsewhere(..) => return,
        };
        let known = self.reads.clocks.contains_key(from) && self.flows.iter().any(|(array, _)| array == from);
        let visible = self.flows.iter().any(|(array, _)| array == name);
        let Some(label) = self.label(from, at).filter(|_| known && visible) else { return };
        if !self.reads.shown(&self.timed()).contains(from) {
            return;
        }
        let piece = piece(graph, formula);
        let part = if steps.contains(&at) { self.part(from) } else { Part::Earlier };
        let source = graph.node(Node { label, sign: String::new(), part });
        edge(graph, (source, to), Some(piece));
        let beyond = at - step;
        for last in steps.iter().copied().filter(|last| beyond != 0 && !steps.contains(&(last - beyond))) {
            let Some(label) = self.label(name, last - beyond).filter(|_| !self.reads.is_given(name)) else { continue };
            let (Some(own), later) = (self.label(from, last), Node { label, sign: String::new(), part: Part::Later })
            else {
                continue;
            };
            let own = graph.node(Node { label: own, sign: String::new(), part: self.part(from) });
            let later = graph.node(later);
            edge(graph, (own, later), None);
        }
    }

    fn timed(&self) -> Vec<Name> {
        self.reads.arrays.iter().filter(|name| self.reads.clocks.contains_key(*name)).cloned().collect()
    }

    /// Edges between the arrays that are shown where the gradient passes through others, without formulas.
    fn join_hidden(&self, graph: &mut Graph, shown: &BTreeSet<Name>, steps: &[i128]) {
        for step in steps {
            for (name, _) in self.flows.iter().filter(|(name, _)| shown.contains(name) && !self.reads.is_given(name)) {
                for (array, n) in self.reads.through(name, shown) {
                    let inside = steps.contains(&(step + n)) && self.flows.iter().any(|(known, _)| *known == array);
                    let (Some(own), Some(read)) = (self.label(name, *step), self.label(&array, step + n)) else {
                        continue;
                    };
                    if inside {
                        let from = graph.node(Node { label: own, sign: String::new(), part: self.part(name) });
                        let to = graph.node(Node { label: read, sign: String::new(), part: self.part(&array) });
                        if !graph.edges.iter().any(|edge| (edge.from, edge.to) == (from, to)) {
                            edge(graph, (from, to), None);
                        }
                    }
                }
            }
        }
    }

    fn part(&self, name: &Name) -> Part {
        self.reads.part(name)
    }

    /// The gradient of an array so many steps on.
    fn label(&self, name: &Name, n: i128) -> Option<Expr> {
        let (_, flow) = self.flows.iter().find(|(array, _)| array == name)?;
        let axis = self.reads.clocks.get(name).map(|clock| clock.axis);
        let at = |(k, bound): (usize, &Bound)| {
            let index = Index::var(&bound.var);
            if Some(k) == axis { index.plus_number(n) } else { index }
        };
        let at: Vec<Index> = flow.indices.iter().enumerate().map(at).collect();
        Some(gradient(&labelled(name, &at)))
    }
}

/// Where a contribution comes from.
fn way(reads: &Reads<'_>, array: &Name, contribution: &Contribution, indices: &[Bound]) -> Way {
    let Some(from) = &contribution.from else { return Way::Loss };
    let mut places: Vec<Vec<Index>> = Vec::new();
    contribution.term.any(&mut |term| {
        if let Kind::Upstream(name, at) = term.kind()
            && name == from
        {
            places.push(at.clone());
        }
        false
    });
    let steps = reads.clocks.get(from).zip(reads.clocks.get(array));
    let distance = |at: &Vec<Index>| {
        let (there, here) = steps?;
        at.get(there.axis)?.minus(&Index::var(&indices.get(here.axis)?.var)).as_constant()
    };
    let distances: BTreeSet<Option<i128>> = places.iter().map(distance).collect();
    let together = reads.system.recurrence(from).is_some_and(|r| r.arrays.contains_key(array));
    match (distances.first(), distances.len()) {
        (Some(Some(n)), 1) if *n != 0 => Way::Moved(from.clone(), *n),
        (Some(Some(_)), 1) if from != array => Way::Now(from.clone()),
        _ if together || from == array => Way::Elsewhere(from.clone(), places.first().cloned().unwrap_or_default()),
        _ => Way::Now(from.clone()),
    }
}

/// `∂ℓ/∂h[t]` of `h[t]`
fn gradient(of: &Expr) -> Expr {
    match &of.kind {
        ExprKind::Read(name, at) => Expr::new(ExprKind::Upstream(name.clone(), at.clone())),
        ExprKind::Name(name) => Expr::new(ExprKind::Upstream(name.clone(), Vec::new())),
        _ => of.clone(),
    }
}

fn passed(n: i128) -> String {
    if n > 0 { format!("lag {n}") } else { format!("lead {}", -n) }
}

/// A node of its own, though another be called like it.
fn push(graph: &mut Graph, label: Expr, part: Part) -> usize {
    graph.nodes.push(Node { label, sign: String::new(), part });
    graph.nodes.len() - 1
}

/// The place of a formula among those of the graph.
fn piece(graph: &mut Graph, formula: &Expr) -> usize {
    match graph.pieces.iter().position(|known| known == formula) {
        Some(place) => place,
        None => {
            graph.pieces.push(formula.clone());
            graph.pieces.len() - 1
        }
    }
}

fn edge(graph: &mut Graph, (from, to): (usize, usize), piece: Option<usize>) {
    let edge = Edge { from, to, back: None, piece };
    if !graph.edges.contains(&edge) {
        graph.edges.push(edge);
    }
}

/// Whether the formulas are too many or too long to stand on the edges.
fn is_long(graph: &Graph) -> bool {
    let notation = Notation::default();
    let width = |formula: &Expr| plain::math(&[Piece::Expr(formula.clone())], &notation).chars().count();
    graph.pieces.len() > FEW || graph.pieces.iter().any(|formula| width(formula) > SHORT)
}

/// The graph without what no gradient reaches, with its sums and its caption.
fn finished(mut graph: Graph, mut caption: Vec<Inline>, listed: bool) -> Graph {
    let joined: BTreeSet<usize> = graph.edges.iter().flat_map(|edge| [edge.from, edge.to]).collect();
    let places: BTreeMap<usize, usize> = joined.iter().enumerate().map(|(new, old)| (*old, new)).collect();
    graph.nodes = joined.iter().map(|node| graph.nodes[*node].clone()).collect();
    for edge in &mut graph.edges {
        (edge.from, edge.to) = (places[&edge.from], places[&edge.to]);
    }
    graph.listed = listed;
    for node in 0..graph.nodes.len() {
        let into: Vec<&Edge> = graph.edges.iter().filter(|edge| edge.to == node && edge.back.is_none()).collect();
        let numbers: Vec<String> = into.iter().filter_map(|edge| Some(super::number(edge.piece?))).collect();
        graph.nodes[node].sign = match (into.len(), graph.listed) {
            (0 | 1, _) => String::new(),
            (n, true) if n <= MOST_NAMED && numbers.len() == n => numbers.join(" + "),
            (n, true) => format!("sum of {n}"),
            (_, false) => "+".into(),
        };
    }
    let sums = graph.nodes.iter().any(|node| !node.sign.is_empty());
    if sums {
        caption.push(text("; where several arrows meet, what they bring is added"));
    }
    graph.caption = caption;
    graph
}
