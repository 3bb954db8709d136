//! Answers at a point and in a limit, in the syntax tree.
//!
//! Invariant: what is given is an array, an entry of one or an upstream gradient; its values are
//! expressions, or lists as deep as the array has axes.

use super::syntax::{Expr, Name, Sign, Target};
use crate::diagnostic::Span;

/// `value A where n = 1 at x = 1/3, h[t-1] = 0`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueAsked {
    /// What.
    pub target: Target,
    /// Sizes set before.
    pub sizes: Vec<(Name, Expr)>,
    /// What is given: at least one.
    pub at: Vec<Given>,
}

/// `h[t-1] = 1/3`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// An array or an upstream gradient, whole or with its first indices.
    pub of: Target,
    /// Its values.
    pub values: Values,
    /// Where it stands.
    pub span: Span,
}

/// `1/3`, `[1, 2, 3]`, `[[1, 2], [3, 4]]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Values {
    /// One value for every entry.
    One(Expr),
    /// A value for each index of the next axis.
    List(Vec<Values>),
}

/// `limit A as beta -> infinity`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitAsked {
    /// What.
    pub target: Target,
    /// The param that moves.
    pub param: Name,
    /// Where to.
    pub to: Place,
}

/// Where a param goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// `infinity`, `-infinity`
    Infinity(Sign),
    /// `1/2`
    At(Expr),
}
