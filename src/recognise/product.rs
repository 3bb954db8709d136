//! Sums of products of entries at bare indices: contractions, in matrix form where there is one.
//!
//! Invariant: every place is fixed or the wire's own, no factor is read twice at one wire except in
//! a trace or a diagonal, and every wire runs over whole axes; so the formula is the contraction,
//! whatever order its axes have.

use super::axis::Axis;
use super::view::Source;
use super::wire::{Place, Wire, Wiring};
use super::{IndexRole, role};
use crate::model::System;

/// A contraction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contraction {
    /// The indices, those that stay first.
    pub roles: Vec<IndexRole>,
    /// The matrix form, if the factors are matrices and vectors and the answer is one.
    pub form: Option<Form>,
    /// The matrix form for each value of the wires that stay and that both factors are read at.
    pub batched: Option<Form>,
    /// The matrix of a product with every vector of the other factor, where it is a weight and there
    /// are several indices more, or has axes of one place: a convolution whose kernel has one tap.
    pub pointwise: Option<usize>,
}

/// A contraction as matrix algebra writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// A B: the last axis of A meets the first of B; either may be a vector.
    Product(Matrix, Matrix),
    /// a b^⊤
    Outer(Source, Source),
    /// a^⊤ b
    Inner(Source, Source),
    /// a^⊤ B c
    Bilinear(Source, Matrix, Source),
    /// a ⊙ b: entry by entry.
    Elementwise(Source, Source),
    /// The sum over an axis of a matrix; with the axis transposed, over its rows.
    AxisSum(Matrix),
    /// The array itself, or the transpose of a matrix.
    Itself(Matrix),
    /// tr A
    Trace(Source),
    /// The vector of the entries A[i, i].
    Diagonal(Source),
    /// The matrix that has a vector on its diagonal and 0 elsewhere.
    DiagonalMatrix(Source),
}

/// A factor of a matrix product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// The array.
    pub source: Source,
    /// Whether it stands transposed.
    pub transposed: bool,
    /// Whether it has one axis only.
    pub vector: bool,
}

/// The contraction that wires are, if none is tied to another.
pub(super) fn contraction(system: &System, wiring: &Wiring, axes: &[Axis]) -> Option<Contraction> {
    let bounds: Vec<_> = wiring.factors.iter().map(|f| f.bounds(system)).collect();
    let bare = axes.iter().all(|axis| matches!(axis, Axis::Bare(_)));
    let whole = wiring.wires.iter().all(|w| w.whole) && wiring.fixed_are_only(&bounds);
    if !bare || !whole || wiring.factors.is_empty() {
        return None;
    }
    if let Some(form) = repeated(wiring) {
        return Some(Contraction { roles: Vec::new(), form: Some(form), batched: None, pointwise: None });
    }
    if !wiring.wires.iter().all(Wire::is_simple) {
        return None;
    }
    let wires = 0..wiring.wires.len();
    let mut roles = wires.map(|wire| role(wiring, wire)).collect::<Option<Vec<IndexRole>>>()?;
    roles.sort_by_key(|role| !role.stays);
    let idle = roles.iter().any(|r| r.within.is_empty());
    let form = if idle { None } else { form(wiring, &roles, &[]) };
    let shared: Vec<usize> = roles.iter().filter(|r| r.stays && r.within.len() == 2).map(|r| r.wire).collect();
    let summed = roles.iter().any(|r| !r.stays && r.within.len() == 2);
    let batches = form.is_none() && !idle && summed && !shared.is_empty();
    let batched = if batches { self::form(wiring, &roles, &shared) } else { None };
    Some(Contraction { pointwise: pointwise(system, wiring, &roles, form.is_some()), roles, form, batched })
}

/// Forms in which a wire is two axes of one matrix, or two output indices.
fn repeated(wiring: &Wiring) -> Option<Form> {
    let [factor] = wiring.factors.as_slice() else { return None };
    let [wire] = wiring.wires.as_slice() else { return None };
    let source = factor.source.clone();
    match (wire.stays.len(), wire.within.len()) {
        (0, 2) => Some(Form::Trace(source)),
        (1, 2) => Some(Form::Diagonal(source)),
        (2, 1) => Some(Form::DiagonalMatrix(source)),
        _ => None,
    }
}

/// The matrix among two factors, where it meets many vectors or has axes of one place.
fn pointwise(system: &System, wiring: &Wiring, roles: &[IndexRole], formed: bool) -> Option<usize> {
    if wiring.factors.len() != 2 || roles.iter().any(|r| r.within.is_empty() || (r.stays && r.within.len() == 2)) {
        return None;
    }
    let count = |stays: bool, within: &[usize]| roles.iter().filter(|r| r.stays == stays && r.within == within).count();
    let fixed = |k: usize| wiring.places[k].iter().any(|p| matches!(p, Place::Fixed(_)));
    let one_sum = count(false, &[0, 1]) == 1 && roles.iter().filter(|r| !r.stays).count() == 1;
    let found = |k: &usize| {
        let (own, positions) = (count(true, &[*k]), count(true, &[1 - k]));
        own == 1
            && ((positions >= 2 && !formed && wiring.factors[*k].source.is_weight(system))
                || (positions >= 1 && fixed(*k) && !fixed(1 - k)))
    };
    (0..2).find(found).filter(|_| one_sum)
}

/// The matrix form of what is left when some wires are held fixed.
fn form(wiring: &Wiring, roles: &[IndexRole], held: &[usize]) -> Option<Form> {
    let free = |wire: &usize| !held.contains(wire);
    let axes: Vec<Vec<usize>> =
        (0..wiring.factors.len()).map(|k| wiring.wires_of(k).into_iter().filter(free).collect()).collect();
    let stays: Vec<usize> = roles.iter().filter(|r| r.stays).map(|r| r.wire).filter(free).collect();
    let summed: Vec<&IndexRole> = roles.iter().filter(|r| !r.stays).collect();
    let source = |k: usize| wiring.factors[k].source.clone();
    let matrix = |k: usize, wanted: &[usize]| {
        let straight = axes[k] == wanted;
        let turned = axes[k].iter().rev().eq(wanted.iter());
        let whole = straight || (turned && axes[k].len() == 2);
        let (transposed, vector) = (!straight, axes[k].len() == 1);
        whole.then(|| Matrix { source: source(k), transposed, vector })
    };
    match axes.len() {
        1 => match (stays.as_slice(), summed.as_slice()) {
            (whole, []) => matrix(0, whole).map(Form::Itself),
            ([a], [s]) => matrix(0, &[*a, s.wire]).map(Form::AxisSum),
            _ => None,
        },
        2 => pair(&axes, &stays, &summed, source, matrix),
        3 => bilinear(&axes, &stays, &summed, source, matrix),
        _ => None,
    }
}

fn pair(
    axes: &[Vec<usize>],
    stays: &[usize],
    summed: &[&IndexRole],
    source: impl Fn(usize) -> Source,
    matrix: impl Fn(usize, &[usize]) -> Option<Matrix>,
) -> Option<Form> {
    let owner = |wire: &usize| (0..2).filter(|k| axes[*k].contains(wire)).collect::<Vec<_>>();
    match (stays, summed) {
        (_, []) if !stays.is_empty() && axes[0] == stays && axes[1] == stays => {
            Some(Form::Elementwise(source(0), source(1)))
        }
        ([a, b], []) => {
            let (&[left], &[right]) = (&owner(a)[..], &owner(b)[..]) else { return None };
            (left != right && axes[left].len() == 1 && axes[right].len() == 1)
                .then(|| Form::Outer(source(left), source(right)))
        }
        ([], [s]) if s.within.len() == 2 && axes.iter().all(|a| a.len() == 1) => {
            Some(Form::Inner(source(0), source(1)))
        }
        ([a, b], [s]) if s.within.len() == 2 => {
            let (&[left], &[right]) = (&owner(a)[..], &owner(b)[..]) else { return None };
            let both = (left != right).then(|| (matrix(left, &[*a, s.wire]), matrix(right, &[s.wire, *b])));
            let (left, right) = both?;
            Some(Form::Product(left?, right?))
        }
        ([a], [s]) if s.within.len() == 2 => {
            let &[left] = &owner(a)[..] else { return None };
            Some(Form::Product(matrix(left, &[*a, s.wire])?, matrix(1 - left, &[s.wire])?))
        }
        _ => None,
    }
}

fn bilinear(
    axes: &[Vec<usize>],
    stays: &[usize],
    summed: &[&IndexRole],
    source: impl Fn(usize) -> Source,
    matrix: impl Fn(usize, &[usize]) -> Option<Matrix>,
) -> Option<Form> {
    let middle = (0..3).find(|k| axes[*k].len() == 2)?;
    let mut ends = (0..3).filter(|k| *k != middle && axes[*k].len() == 1);
    let (left, right) = (ends.next()?, ends.next()?);
    if !stays.is_empty() || summed.iter().any(|r| r.within.len() != 2) || axes[left] == axes[right] {
        return None;
    }
    let form = matrix(middle, &[axes[left][0], axes[right][0]])?;
    Some(Form::Bilinear(source(left), form, source(right)))
}
