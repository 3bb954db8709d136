//! Factors that share indices, contracted into products of matrices.
//!
//! Indices are nodes, matrices are edges between them, vectors are weights on them. A summed node at
//! the end of one edge becomes a vector, one between two edges a product, a circle of them a trace;
//! edges side by side are multiplied entry by entry. Invariant: each step keeps the value of the
//! whole, and what no step can take apart is refused.

use super::build::{self, Scaled};
use super::{Extent, Form, Matrix, Unfit};
use crate::integer::Var;
use crate::model::{Bound, Term};

/// A factor: a matrix and the indices of its rows and columns.
pub(super) struct Piece {
    pub(super) matrix: Matrix,
    pub(super) row: Option<Var>,
    pub(super) column: Option<Var>,
    /// Whether it is divided by.
    pub(super) under: bool,
}

/// A matrix at a place of the network, and which factor it was first.
#[derive(Clone)]
struct Entry {
    matrix: Matrix,
    under: bool,
    order: usize,
}

struct Node {
    var: Var,
    extent: Extent,
    /// Whether it is an index of the answer, or the last of its part of the network.
    kept: bool,
    gone: bool,
    weights: Vec<Entry>,
}

/// Matrices of one shape, from one node to another.
struct Edge {
    ends: [usize; 2],
    entries: Vec<Entry>,
}

/// The network of a product.
pub(super) struct Network {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    sides: [Option<usize>; 2],
    /// Whether both indices of the answer must be equal.
    diagonal: bool,
    /// Which node stands for one that an equation of indices has put away.
    joined: Vec<(usize, usize)>,
    factors: usize,
    done: Scaled,
}

impl Network {
    /// The indices in force, those that are rows and columns of the answer first, and no factors yet.
    pub(super) fn new(scope: &[Bound], sides: [&Option<Var>; 2], summed: &[Bound]) -> Network {
        let mut nodes: Vec<Node> = Vec::new();
        let wanted = |b: &&Bound| sides.iter().any(|s| s.as_ref() == Some(&b.var));
        for bound in scope.iter().filter(wanted).chain(summed) {
            let (var, extent) = (bound.var.clone(), Extent::new(&bound.lo, &bound.hi));
            let kept = wanted(&bound);
            nodes.push(Node { var, extent, kept, gone: false, weights: Vec::new() });
        }
        let place = |side: &Option<Var>| nodes.iter().position(|n| Some(&n.var) == side.as_ref());
        let sides = sides.map(place);
        Network {
            nodes,
            edges: Vec::new(),
            sides,
            diagonal: false,
            joined: Vec::new(),
            factors: 0,
            done: Scaled::default(),
        }
    }

    fn node(&self, var: &Var) -> Result<usize, Unfit> {
        let mut place = self.nodes.iter().position(|n| n.var == *var).ok_or(Unfit::Wiring)?;
        while let Some(other) = self.merged(place) {
            place = other;
        }
        Ok(place)
    }

    /// The node that an equation of indices has put in the place of this one.
    fn merged(&self, place: usize) -> Option<usize> {
        self.joined.iter().find(|(from, _)| *from == place).map(|(_, to)| *to)
    }

    /// Makes two indices one: [i = j].
    ///
    /// # Errors
    /// If they do not have one range.
    pub(super) fn join(&mut self, a: &Var, b: &Var) -> Result<(), Unfit> {
        let (a, b) = (self.node(a)?, self.node(b)?);
        if a == b {
            return Ok(());
        }
        if !self.nodes[a].extent.is(&self.nodes[b].extent) {
            return Err(Unfit::Condition);
        }
        let (stays, goes) = if self.nodes[b].kept && !self.nodes[a].kept { (b, a) } else { (a, b) };
        self.diagonal |= self.nodes[goes].kept;
        self.nodes[goes].gone = true;
        self.joined.push((goes, stays));
        Ok(())
    }

    /// Puts a factor into the network.
    ///
    /// # Errors
    /// If it has an index that is none of the network's.
    pub(super) fn add(&mut self, piece: Piece) -> Result<(), Unfit> {
        let Piece { matrix, row, column, under } = piece;
        let order = self.factors;
        self.factors += 1;
        let entry = |matrix: Matrix| Entry { matrix, under, order };
        match (row, column) {
            (None, None) if under => self.done.below.push(matrix),
            (None, None) => self.done.above.push(matrix),
            (Some(row), None) => {
                let node = self.node(&row)?;
                self.nodes[node].weights.push(entry(matrix));
            }
            (None, Some(column)) => {
                let node = self.node(&column)?;
                self.nodes[node].weights.push(entry(build::transposed(matrix)));
            }
            (Some(row), Some(column)) => {
                let ends = [self.node(&row)?, self.node(&column)?];
                self.edges.push(Edge { ends, entries: vec![entry(matrix)] });
            }
        }
        Ok(())
    }

    /// The matrix that is left when everything summed over is gone.
    ///
    /// # Errors
    /// If something cannot be taken apart.
    pub(super) fn contracted(mut self) -> Result<Scaled, Unfit> {
        while self.circle() || self.tree() || self.leaf(None) || self.parallel() || self.own() || self.path() {}
        if self.nodes.iter().any(|n| !n.gone && !n.kept) || self.edges.iter().any(|e| !self.is_answer(e)) {
            return Err(Unfit::Wiring);
        }
        self.done.matrix = match self.sides {
            [None, None] => None,
            [Some(row), None] => Some(self.vector(row)),
            [None, Some(column)] => Some(build::transposed(self.vector(column))),
            [Some(row), Some(_)] if self.diagonal => {
                let kept = if self.nodes[row].gone { self.sides[1].unwrap_or(row) } else { row };
                Some(build::diag(self.vector(kept)))
            }
            [Some(row), Some(column)] => Some(self.both(row, column)),
        };
        Ok(self.done)
    }

    fn is_answer(&self, edge: &Edge) -> bool {
        edge.ends[0] != edge.ends[1] && edge.ends.iter().all(|end| self.sides.contains(&Some(*end)))
    }

    /// The matrix between the two indices of the answer.
    fn both(&self, row: usize, column: usize) -> Matrix {
        let Some(edge) = self.edges.iter().position(|e| self.is_answer(e)) else {
            return build::product(vec![self.vector(row), build::transposed(self.vector(column))]);
        };
        let middle = self.along(edge, row);
        let side = |node: usize| (!self.nodes[node].weights.is_empty()).then(|| build::diag(self.vector(node)));
        build::product(side(row).into_iter().chain([middle]).chain(side(column)).collect())
    }

    /// The weights of a node as one vector.
    fn vector(&self, node: usize) -> Matrix {
        combined(&self.nodes[node].weights, self.nodes[node].extent.clone(), Extent::One)
    }

    /// The matrix of an edge, its rows at a node.
    fn along(&self, edge: usize, from: usize) -> Matrix {
        let Edge { ends: [a, b], entries } = &self.edges[edge];
        let matrix = combined(entries, self.nodes[*a].extent.clone(), self.nodes[*b].extent.clone());
        if *a == from { matrix } else { build::transposed(matrix) }
    }

    fn other(&self, edge: usize, node: usize) -> usize {
        let [a, b] = self.edges[edge].ends;
        if a == node { b } else { a }
    }

    fn order(&self, edge: usize) -> usize {
        self.edges[edge].entries.iter().map(|e| e.order).min().unwrap_or(0)
    }

    fn edges_at(&self, node: usize) -> Vec<usize> {
        (0..self.edges.len()).filter(|e| self.edges[*e].ends.contains(&node)).collect()
    }

    /// The nodes that edges connect with one.
    fn part_of(&self, node: usize) -> Vec<usize> {
        let mut part = vec![node];
        let mut next = 0;
        while let Some(node) = part.get(next).copied() {
            next += 1;
            for edge in self.edges_at(node) {
                let other = self.other(edge, node);
                if !part.contains(&other) {
                    part.push(other);
                }
            }
        }
        part
    }

    /// The parts of the network without an index of the answer.
    fn closed_parts(&self) -> Vec<Vec<usize>> {
        let mut parts: Vec<Vec<usize>> = Vec::new();
        for node in (0..self.nodes.len()).filter(|n| !self.nodes[*n].gone) {
            if !parts.iter().any(|part| part.contains(&node)) {
                parts.push(self.part_of(node));
            }
        }
        parts.retain(|part| part.iter().all(|node| !self.nodes[*node].kept));
        parts
    }

    /// A circle of matrices, all of whose nodes are summed over: a trace.
    fn circle(&mut self) -> bool {
        for part in self.closed_parts() {
            let edges: Vec<usize> = self.edges_of(&part);
            let plain = edges.iter().all(|e| matches!(self.edges[*e].entries.as_slice(), [one] if !one.under));
            let weighted = part.iter().any(|n| !self.nodes[*n].weights.is_empty());
            let ends: Vec<usize> = edges.iter().flat_map(|e| self.edges[*e].ends).collect();
            let round = part.iter().all(|n| ends.iter().filter(|end| *end == n).count() == 2);
            if edges.is_empty() || !plain || !round || weighted && part.len() < 3 {
                continue;
            }
            let around = self.around(&edges);
            self.done.above.push(build::trace(build::product(around)));
            self.remove(&part);
            return true;
        }
        false
    }

    fn edges_of(&self, part: &[usize]) -> Vec<usize> {
        (0..self.edges.len()).filter(|e| part.contains(&self.edges[*e].ends[0])).collect()
    }

    /// The matrices around a circle, from where and in the direction in which the fewest are
    /// transposed; from a transposed one, as in tr(AᵀB), else from the first factor.
    fn around(&self, edges: &[usize]) -> Vec<Matrix> {
        let mut best: Option<((usize, bool, usize), Vec<Matrix>)> = None;
        for start in edges {
            for from in self.edges[*start].ends {
                let (mut list, mut left) = (Vec::new(), edges.to_vec());
                let (mut edge, mut node) = (*start, from);
                loop {
                    left.retain(|e| *e != edge);
                    list.push(self.along(edge, node));
                    node = self.other(edge, node);
                    if !self.nodes[node].weights.is_empty() {
                        list.push(build::diag(self.vector(node)));
                    }
                    match left.iter().find(|e| self.edges[**e].ends.contains(&node)) {
                        Some(next) => edge = *next,
                        None => break,
                    }
                }
                let turned = list.iter().map(build::turns).sum();
                let straight = !matches!(list[0].form, Form::Transpose(_));
                let key = (turned, straight, self.order(*start));
                if best.as_ref().is_none_or(|(least, _)| key < *least) {
                    best = Some((key, list));
                }
            }
        }
        best.map(|(_, list)| list).unwrap_or_default()
    }

    fn remove(&mut self, part: &[usize]) {
        part.iter().for_each(|node| self.nodes[*node].gone = true);
        self.edges.retain(|edge| !part.contains(&edge.ends[0]));
    }

    /// A part without circles, all of whose nodes are summed over: a number.
    fn tree(&mut self) -> bool {
        for part in self.closed_parts() {
            let edges = self.edges_of(&part);
            if edges.len() + 1 != part.len() {
                continue;
            }
            if let Some(squares) = self.squares(&part, &edges) {
                self.done.above.push(squares);
                self.remove(&part);
                return true;
            }
            let ends = |node: &&usize| self.edges_at(**node).len() <= 1;
            let first = |node: &&usize| self.nodes[**node].weights.iter().map(|e| e.order).min();
            let weighted = part.iter().filter(|n| first(n).is_some());
            let root = weighted.min_by_key(|n| (!ends(n), first(n))).copied().unwrap_or(part[0]);
            self.nodes[root].kept = true;
            while self.leaf(Some(&part)) {}
            match number(&self.nodes[root]) {
                Ok(matrix) => self.done.above.push(matrix),
                Err(length) => self.done.scale.push(length),
            }
            self.nodes[root].gone = true;
            return true;
        }
        false
    }

    /// Σ A[i,j]² as tr(AᵀA).
    fn squares(&self, part: &[usize], edges: &[usize]) -> Option<Matrix> {
        let [edge] = edges else { return None };
        let [Entry { matrix, under: false, .. }] = self.edges[*edge].entries.as_slice() else { return None };
        let Form::Power(base, 2) = &matrix.form else { return None };
        let bare = part.iter().all(|n| self.nodes[*n].weights.is_empty());
        bare.then(|| build::trace(build::product(vec![build::transposed((**base).clone()), (**base).clone()])))
    }

    /// A summed node at the end of one edge: a matrix times a vector. In one part only, if one is given.
    fn leaf(&mut self, part: Option<&[usize]>) -> bool {
        let within = |n: &usize| part.is_none_or(|part| part.contains(n));
        let summed = |n: &usize| !self.nodes[*n].gone && !self.nodes[*n].kept && within(n);
        let found = (0..self.nodes.len()).filter(summed).find_map(|node| match self.edges_at(node).as_slice() {
            [edge] if self.other(*edge, node) != node => Some((node, *edge)),
            _ => None,
        });
        let Some((node, edge)) = found else { return false };
        let at = self.other(edge, node);
        let matrix = build::product(vec![self.along(edge, at), self.vector(node)]);
        let order = self.nodes[node].weights.iter().map(|e| e.order).chain([self.order(edge)]).min().unwrap_or(0);
        self.nodes[at].weights.push(Entry { matrix, under: false, order });
        self.nodes[node].gone = true;
        self.edges.remove(edge);
        true
    }

    /// Two edges side by side: a product entry by entry.
    fn parallel(&mut self) -> bool {
        let same = |a: usize, b: usize| {
            let ([p, q], [r, s]) = (self.edges[a].ends, self.edges[b].ends);
            (p, q) == (r, s) || (p, q) == (s, r)
        };
        let pairs = (0..self.edges.len()).flat_map(|b| (0..b).map(move |a| (a, b)));
        let Some((a, b)) = pairs.into_iter().find(|(a, b)| same(*a, *b)) else { return false };
        let turned = self.edges[a].ends != self.edges[b].ends;
        let Edge { entries, .. } = self.edges.remove(b);
        let turn = |e: Entry| Entry { matrix: if turned { build::transposed(e.matrix) } else { e.matrix }, ..e };
        self.edges[a].entries.extend(entries.into_iter().map(turn));
        true
    }

    /// An edge from a node to itself: the diagonal.
    fn own(&mut self) -> bool {
        let Some(edge) = self.edges.iter().position(|e| e.ends[0] == e.ends[1]) else { return false };
        let (node, order) = (self.edges[edge].ends[0], self.order(edge));
        let matrix = build::diagonal(self.along(edge, node));
        self.edges.remove(edge);
        self.nodes[node].weights.push(Entry { matrix, under: false, order });
        true
    }

    /// A summed node between two others: a product of matrices.
    fn path(&mut self) -> bool {
        let summed = |n: &usize| !self.nodes[*n].gone && !self.nodes[*n].kept;
        let found = (0..self.nodes.len()).filter(summed).find_map(|node| match self.edges_at(node).as_slice() {
            [a, b] => Some((node, *a, *b)),
            _ => None,
        });
        let Some((node, a, b)) = found else { return false };
        let (from, to) = (self.other(a, node), self.other(b, node));
        let weight = (!self.nodes[node].weights.is_empty()).then(|| build::diag(self.vector(node)));
        let chain = std::iter::once(self.along(a, from)).chain(weight).chain([self.along(b, node)]);
        let matrix = build::product(chain.collect());
        let order = self.order(a).min(self.order(b));
        self.nodes[node].gone = true;
        self.edges.remove(a.max(b));
        self.edges.remove(a.min(b));
        self.edges.push(Edge { ends: [from, to], entries: vec![Entry { matrix, under: false, order }] });
        true
    }
}

/// Matrices of one shape multiplied and divided entry by entry, in the order of the factors.
fn combined(entries: &[Entry], rows: Extent, columns: Extent) -> Matrix {
    let mut sorted: Vec<&Entry> = entries.iter().collect();
    sorted.sort_by_key(|e| e.order);
    let (below, above): (Vec<&Entry>, Vec<&Entry>) = sorted.into_iter().partition(|e| e.under);
    let all = |list: Vec<&Entry>| build::hadamard(list.into_iter().map(|e| e.matrix.clone()).collect());
    let above = all(above).unwrap_or_else(|| build::ones(rows, columns));
    match all(below) {
        Some(below) => build::quotient(above, below),
        None => above,
    }
}

/// The sum of the products of the weights of a node; without weights the number of its places.
fn number(node: &Node) -> Result<Matrix, Term> {
    let mut weights = node.weights.clone();
    weights.sort_by_key(|e| e.order);
    let extent = || node.extent.clone();
    let row = |matrix: &Matrix| build::transposed(matrix.clone());
    if weights.is_empty() {
        return Err(Term::integer(node.extent.length()));
    }
    if let [Entry { matrix, under: false, .. }] = weights.as_slice()
        && let Form::Power(base, 2) = &matrix.form
    {
        return Ok(build::product(vec![row(base), (**base).clone()]));
    }
    let first = weights.iter().position(|e| !e.under).filter(|_| weights.len() > 1);
    let left = first.map_or_else(|| build::ones(extent(), Extent::One), |k| weights.remove(k).matrix);
    Ok(build::product(vec![row(&left), combined(&weights, extent(), Extent::One)]))
}
