//! A system of equations as the author wrote it, with every name resolved and every range made
//! explicit. This is what the independent evaluator runs, and what code is generated from.

use super::syntax::{Binder, Expr, Name, Relation, Role};

/// The equations of a system in an order in which they can be evaluated.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    /// The sizes that are still symbols, in source order.
    pub sizes: Vec<Name>,
    /// Constants that occur in values only, in source order.
    pub params: Vec<Param>,
    /// Inputs, weights and integer data, in source order.
    pub arrays: Vec<ArrayBox>,
    /// The equations of an array share its box out among them. Bodies read given arrays and arrays
    /// defined before, but for those of a recurrence, which stand together.
    pub equations: Vec<ResolvedEquation>,
    /// The outputs, in source order.
    pub outputs: Vec<Name>,
    /// What is required of the values of given arrays, in source order.
    pub facts: Vec<Fact>,
    /// Equations in which a layer reads an argument that it pads, in the order of the equations.
    pub padded: Vec<PaddedReads>,
}

/// An equation of a layer as it reads its arguments, those that it pads as arrays of their own: the
/// ranges of its indices are the largest in which these reads are inside.
#[derive(Clone, Debug, PartialEq)]
pub struct PaddedReads {
    /// The array that the equation defines.
    pub array: Name,
    /// The arguments that are padded.
    pub arguments: Vec<ArrayBox>,
    /// The right-hand side.
    pub body: Expr,
}

/// A constant that occurs in values only: `eps > 0 = 1/100000`.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// Its name.
    pub name: Name,
    /// `> 0`
    pub bound: Option<(Relation, Expr)>,
    /// `= 1/100000`
    pub default: Option<Expr>,
}

/// For all indices, `left` and `right` are in the relation: `sum[c] p[c] = 1`. An equality is
/// linear in some entry of a given array.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// The indices with their ranges.
    pub indices: Vec<Binder>,
    /// The left side.
    pub left: Expr,
    /// How the sides are related.
    pub relation: Relation,
    /// The right side.
    pub right: Expr,
}

/// A given array and the box of its indices.
#[derive(Clone, Debug, PartialEq)]
pub struct ArrayBox {
    /// Its name.
    pub name: Name,
    /// Input, weight or integer data.
    pub role: Role,
    /// Its axes.
    pub axes: Vec<AxisBox>,
    /// The first and last value integer data may take.
    pub values: Option<(Expr, Expr)>,
}

/// One axis: indices `first..=last` are stored; reads up to `before` places ahead of the first
/// and `after` places behind the last are 0.
#[derive(Clone, Debug, PartialEq)]
pub struct AxisBox {
    /// The first index.
    pub first: Expr,
    /// The last index.
    pub last: Expr,
    /// Padding ahead of the first index.
    pub before: Expr,
    /// Padding behind the last index.
    pub after: Expr,
}

/// `array[indices] = body`, every binder in it with its range.
#[derive(Clone, Debug, PartialEq)]
pub struct ResolvedEquation {
    /// The array defined.
    pub array: Name,
    /// Its indices with their ranges.
    pub indices: Vec<Binder>,
    /// The right-hand side.
    pub body: Expr,
}
