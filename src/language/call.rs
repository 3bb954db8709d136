//! Layer calls in the syntax tree: as an author writes them, and what a call leaves behind when the
//! equations of the layer have been put in its place.
//!
//! Invariant: a call without sizes and indices, `f(x, W)`, is an ordinary [`Call`](ExprKind::Call):
//! whether its name is a function or a layer is found when layers are looked up.

use super::syntax::{ArrayDecl, Condition, Expr, ExprKind, Name, Role, SizeDecl};
use crate::diagnostic::Span;

/// `conv1d(x, W; S = 2)[r, 1]`: a layer at its arrays, with sizes or indices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerCall {
    /// The layer.
    pub layer: Name,
    /// Its arrays, in the order in which it declares them: names, or calls.
    pub arguments: Vec<Expr>,
    /// Sizes and params by name.
    pub settings: Vec<Setting>,
    /// Which entry of what it gives.
    pub at: Option<Vec<Expr>>,
}

/// `S = 2`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The size or the param.
    pub name: Name,
    /// Its value.
    pub value: Expr,
    /// Where it stands.
    pub span: Span,
}

/// What is left of a call: its arguments under the names by which the equations put in its place read
/// them, and what the layer says of them. Such names hold a dot, so that no author's name is like them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The layer, for complaints.
    pub layer: Name,
    /// The sizes of the layer that its arguments decide, and those that are given: these have their value
    /// as default.
    pub sizes: Vec<SizeDecl>,
    /// The arguments, in order.
    pub arguments: Vec<Argument>,
    /// What the layer requires.
    pub requires: Vec<Condition>,
    /// Where the call stands.
    pub span: Span,
}

/// An array that a call was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// The array of the caller.
    pub of: Name,
    /// What it is to the layer.
    pub role: Role,
    /// What the layer calls it, for complaints.
    pub written: Name,
    /// The name by which the equations read it, its axes and the range of its values.
    pub declared: ArrayDecl,
}

impl Call {
    /// The names that the equations know from this call.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.sizes.iter().map(|size| &size.name).chain(self.arguments.iter().map(|a| &a.declared.name))
    }
}

impl LayerCall {
    /// A call of a name with arguments and nothing else.
    pub fn plain(layer: Name, arguments: Vec<Expr>) -> Self {
        LayerCall { layer, arguments, settings: Vec::new(), at: None }
    }

    /// The expression that it is.
    pub fn kind(self) -> ExprKind {
        match (self.settings.as_slice(), &self.at) {
            ([], None) => ExprKind::Call(self.layer, self.arguments),
            _ => ExprKind::Layer(Box::new(self)),
        }
    }
}
