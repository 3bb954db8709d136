//! Sums of products of entries at bare indices: contractions, in matrix form where there is one.
//!
//! Invariant: every place is fixed or a bare index, no factor is read twice at one index, and every
//! index runs over a whole axis; so the formula is the contraction, whatever order its axes have.

use super::view::{Factor, Source, View};
use super::{IndexRole, reads_are_whole, roles};
use crate::integer::Var;
use crate::model::{System, Term};

/// A contraction of one or two factors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contraction {
    /// The factors, as they stand in the formula.
    pub factors: Vec<Source>,
    /// The indices, those that stay first.
    pub roles: Vec<IndexRole>,
    /// The matrix form, if the factors are matrices and vectors and the answer is one.
    pub form: Option<Form>,
    /// Numbers and sizes that multiply everything.
    pub scale: Vec<Term>,
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
    /// a ⊙ b: entry by entry.
    Elementwise(Source, Source),
    /// The sum over an axis of a matrix; with the axis transposed, over its rows.
    AxisSum(Matrix),
    /// The array itself, or the transpose of a matrix.
    Itself(Matrix),
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

/// The contraction that a view is, if every place in it is bare.
pub(super) fn contraction(system: &System, view: &View) -> Option<Contraction> {
    let axes: Vec<Vec<&Var>> = view.factors.iter().map(bare_axes).collect::<Option<_>>()?;
    if axes.is_empty() || axes.len() > 2 || !view.equal.is_empty() || !reads_are_whole(system, view) || view.guarded {
        return None;
    }
    let roles = roles(view, &[]);
    let factors: Vec<Source> = view.factors.iter().map(|f| f.source.clone()).collect();
    let form = if roles.iter().any(|r| r.within.is_empty()) { None } else { form(&factors, &axes, &roles) };
    Some(Contraction { factors, roles, form, scale: view.scale.clone() })
}

fn bare_axes(factor: &Factor) -> Option<Vec<&Var>> {
    let mut axes: Vec<&Var> = Vec::new();
    for access in factor.accesses.iter().filter(|a| !a.is_fixed()) {
        let var = access.as_bare()?;
        if axes.contains(&var) {
            return None;
        }
        axes.push(var);
    }
    Some(axes)
}

fn form(factors: &[Source], axes: &[Vec<&Var>], roles: &[IndexRole]) -> Option<Form> {
    let stays: Vec<&Var> = roles.iter().filter(|r| r.stays).map(|r| &r.var).collect();
    let summed: Vec<&IndexRole> = roles.iter().filter(|r| !r.stays).collect();
    let matrix = |k: usize, wanted: &[&Var]| {
        let straight = axes[k] == wanted;
        let turned = axes[k].iter().rev().eq(wanted.iter());
        let whole = straight || (turned && axes[k].len() == 2);
        let (transposed, vector) = (!straight, axes[k].len() == 1);
        whole.then(|| Matrix { source: factors[k].clone(), transposed, vector })
    };
    if let [_] = factors {
        return match (stays.as_slice(), summed.as_slice()) {
            (whole, []) => matrix(0, whole).map(Form::Itself),
            ([a], [s]) => matrix(0, &[a, &s.var]).map(Form::AxisSum),
            _ => None,
        };
    }
    let source = |k: usize| factors[k].clone();
    let owner = |v: &Var| (0..2).filter(|k| axes[*k].contains(&v)).collect::<Vec<_>>();
    match (stays.as_slice(), summed.as_slice()) {
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
            let both = (left != right).then(|| (matrix(left, &[a, &s.var]), matrix(right, &[&s.var, b])));
            let (left, right) = both?;
            Some(Form::Product(left?, right?))
        }
        ([a], [s]) if s.within.len() == 2 => {
            let &[left] = &owner(a)[..] else { return None };
            Some(Form::Product(matrix(left, &[a, &s.var])?, matrix(1 - left, &[&s.var])?))
        }
        _ => None,
    }
}
