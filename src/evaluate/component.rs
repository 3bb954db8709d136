//! The equations of a program in the order in which they are run: those whose arrays read each
//! other in a circle together, everything they read before them.
//!
//! Only the reads of the compiled equations tell what is recurrent. Invariant: the pieces of an
//! array fill its box, each entry once, and an ordinary program keeps its order.

use super::compile::{self, Formula};
use super::cover::{Axes, hull};
use super::error::EvalError;
use super::scope::{Layout, Points, Scope};
use super::work::Work;
use crate::language::program::{Program, ResolvedEquation};
use crate::language::syntax::Name;
use std::collections::BTreeMap;

/// One equation on its box.
#[derive(Clone, Debug)]
pub struct Piece {
    /// The array whose entries it defines.
    pub array: usize,
    /// The box of its indices.
    pub axes: Axes,
    /// The right-hand side.
    pub formula: Formula,
}

impl Piece {
    /// Whether it reads one of those arrays.
    pub fn reads(&self, wanted: impl Fn(usize) -> bool) -> bool {
        self.formula.reads.iter().any(|read| wanted(*read))
    }

    /// Runs over its entries in row-major order.
    pub fn entries<'a>(&'a self, scope: &'a Scope) -> Entries<'a> {
        Entries::new(&self.axes, &scope.layouts[self.array])
    }
}

/// An entry and the equation that defines it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The place of the equation among the pieces of its component.
    pub piece: u32,
    /// The place of the entry in its array.
    pub offset: u32,
}

/// Equations that are run together: those of one array, or of arrays that read each other.
#[derive(Clone, Debug)]
pub struct Component {
    /// The equations, in source order.
    pub pieces: Vec<Piece>,
    /// Whether entries of its arrays are computed from entries of its arrays.
    pub recurrent: bool,
    /// If so, an order in which every entry stands behind those it is computed from.
    pub schedule: Vec<Step>,
}

impl Component {
    /// Its arrays, each as often as it has equations.
    pub fn arrays(&self) -> impl Iterator<Item = usize> + '_ {
        self.pieces.iter().map(|piece| piece.array)
    }
}

/// Runs over the entries of a box inside an array.
pub struct Entries<'a> {
    points: Points<'a>,
    layout: &'a Layout,
    /// The place of the next entry, if the box is the whole array.
    next: Option<usize>,
}

impl<'a> Entries<'a> {
    /// Before the first entry.
    pub fn new(axes: &'a [(i64, i64)], layout: &'a Layout) -> Entries<'a> {
        let next = (*axes == *layout.axes).then_some(0);
        Entries { points: Points::new(axes), layout, next }
    }

    /// The next entry: its place in the array, and its indices.
    pub fn advance(&mut self) -> Option<(usize, &[i64])> {
        let at = self.points.advance()?;
        let offset = match &mut self.next {
            Some(next) => {
                *next += 1;
                *next - 1
            }
            None => self.layout.offset(at)?,
        };
        Some((offset, at))
    }
}

/// Gives each defined array of a program its box: the numbers of the arrays, equation by equation.
///
/// # Errors
/// An entry that is defined twice or never, an array that is too large.
pub fn define(scope: &mut Scope, program: &Program, work: &Work) -> Result<Vec<(usize, Axes)>, EvalError> {
    let boxes = program.equations.iter().map(|equation| scope.equation_box(equation)).collect::<Result<Vec<_>, _>>()?;
    let mut parts: BTreeMap<&Name, Vec<Axes>> = BTreeMap::new();
    for (equation, axes) in program.equations.iter().zip(&boxes) {
        parts.entry(&equation.array).or_default().push(axes.clone());
    }
    let mut numbers = BTreeMap::new();
    let mut defined = Vec::with_capacity(boxes.len());
    for (equation, axes) in program.equations.iter().zip(boxes) {
        let name = &equation.array;
        let number = match numbers.get(name) {
            Some(number) => *number,
            None => scope.define(name, hull(name, &parts[name], work)?, work)?,
        };
        numbers.insert(name, number);
        defined.push((number, axes));
    }
    Ok(defined)
}

/// The equations of a program, compiled and ordered.
///
/// # Errors
/// Those of [`define`], and what cannot be compiled.
pub fn components(scope: &mut Scope, program: &Program, work: &Work) -> Result<Vec<Component>, EvalError> {
    let base = scope.layouts.len();
    let defined = define(scope, program, work)?;
    let mut pieces = Vec::with_capacity(defined.len());
    for (equation, (array, axes)) in program.equations.iter().zip(defined) {
        let formula = compile::value(scope, &equation.body, &indices(equation), false)?;
        pieces.push(Piece { array, axes, formula });
    }
    let mut reads = vec![Vec::new(); scope.layouts.len() - base];
    for piece in &pieces {
        let inside = piece.formula.reads.iter().filter_map(|read| read.checked_sub(base));
        reads[piece.array - base].extend(inside);
    }
    let circles = circles(&reads);
    let mut circle_of = vec![0; reads.len()];
    for (number, circle) in circles.iter().enumerate() {
        circle.iter().for_each(|array| circle_of[*array] = number);
    }
    let recurrent = |circle: &Vec<usize>| circle.len() > 1 || circle.iter().any(|array| reads[*array].contains(array));
    let empty = |circle| Component { pieces: Vec::new(), recurrent: recurrent(circle), schedule: Vec::new() };
    let mut components: Vec<Component> = circles.iter().map(empty).collect();
    for piece in pieces {
        components[circle_of[piece.array - base]].pieces.push(piece);
    }
    Ok(components)
}

/// The names of the free indices of an equation.
pub fn indices(equation: &ResolvedEquation) -> Vec<Name> {
    equation.indices.iter().map(|index| index.name.clone()).collect()
}

const UNSEEN: usize = usize::MAX;

/// The arrays in sets of those that read each other in a circle, each set behind all that it reads
/// (Tarjan's algorithm, with its own stack).
fn circles(reads: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut circles = Vec::new();
    let (mut number, mut low) = (vec![UNSEEN; reads.len()], vec![UNSEEN; reads.len()]);
    let (mut open, mut is_open) = (Vec::new(), vec![false; reads.len()]);
    let mut seen = 0;
    for root in 0..reads.len() {
        let mut path = if number[root] == UNSEEN { vec![(root, 0)] } else { Vec::new() };
        while let Some((node, next)) = path.last_mut() {
            let node = *node;
            if number[node] == UNSEEN {
                (number[node], low[node], is_open[node]) = (seen, seen, true);
                open.push(node);
                seen += 1;
            }
            if let Some(&read) = reads[node].get(*next) {
                *next += 1;
                if number[read] == UNSEEN {
                    path.push((read, 0));
                } else if is_open[read] {
                    low[node] = low[node].min(number[read]);
                }
                continue;
            }
            path.pop();
            if let Some((reader, _)) = path.last() {
                low[*reader] = low[*reader].min(low[node]);
            }
            if low[node] == number[node] {
                let first = open.iter().position(|other| *other == node).unwrap_or(0);
                let circle = open.split_off(first);
                circle.iter().for_each(|array| is_open[*array] = false);
                circles.push(circle);
            }
        }
    }
    circles
}

#[cfg(test)]
mod tests {
    use super::circles;

    #[test]
    fn circles_stand_behind_what_they_read() {
        let reads = vec![vec![], vec![0, 2], vec![3], vec![1, 0], vec![4, 1], vec![4]];
        assert_eq!(circles(&reads), [vec![0], vec![1, 2, 3], vec![4], vec![5]]);
        let ordered: Vec<Vec<usize>> = (0..5).map(|array| (0..array).rev().collect()).collect();
        assert_eq!(circles(&ordered), [[0], [1], [2], [3], [4]]);
        let chain: Vec<Vec<usize>> = (0..100_000).map(|array| vec![(array + 1) % 100_000]).collect();
        assert_eq!(circles(&chain).len(), 1);
    }
}
