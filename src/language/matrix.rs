//! Matrix forms as they are written: `W^T*g`, `diag(p) - p*p^T`, `(dl/dh) .* silu(a)`.
//!
//! A tree of its own beside that of formulas with indices, because `1`, `I` and a name mean whole
//! matrices in it. Which shape each part has is found out when it is compared with a system.
//! Invariant: as for the whole tree, what is printed is read back as it was.

use super::syntax::{Expr, Name, Operator, Relation, Sign};
use crate::diagnostic::Span;

/// A matrix form and where it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatrixExpr {
    /// What it is.
    pub kind: MatrixKind,
    /// Where it stood (ignored by equality).
    pub span: Span,
}

/// The shapes a matrix form can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MatrixKind {
    /// A number, an entry `x[1]`, a bracket of several conditions: a formula of the language that is a
    /// scalar. The number 1 is a vector of ones where a vector is wanted.
    Entry(Expr),
    /// An array, a size, the letter of an upstream gradient, the identity `I`.
    Name(Name),
    /// The upstream gradient of an array: `dl/dh`.
    Upstream(Name),
    /// `A^T`
    Transpose(Box<MatrixExpr>),
    /// `h^2`, and `X.^2` where it says that every entry is meant.
    Power(Box<MatrixExpr>, Box<MatrixExpr>, bool),
    /// `A*B/c`: at least two factors; the first carries `Times`.
    Product(Vec<(Operator, MatrixExpr)>),
    /// `a .* b ./ c`, entry by entry: at least two factors; the first carries `Times`.
    Entrywise(Vec<(Operator, MatrixExpr)>),
    /// `A + B - C`: at least two terms, or a single negative one.
    Sum(Vec<(Sign, MatrixExpr)>),
    /// `diag(p)`, `tr(A)`, `silu(a)`
    Call(Name, Vec<MatrixExpr>),
    /// `[X*w > 0]`, entry by entry.
    Compare(Relation, Box<[MatrixExpr; 2]>),
}

impl MatrixExpr {
    /// A matrix form that stands nowhere in a source text.
    pub fn new(kind: MatrixKind) -> Self {
        MatrixExpr { kind, span: Span::default() }
    }
}
