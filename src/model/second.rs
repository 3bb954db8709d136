//! A Jacobian as an array of its own, so that it can be differentiated again.
//!
//! Invariant: the array ∂f/∂x has the axes of f, then those of x; no author can give it that name.

use super::system::{Equation, System};
use super::{Quote, Term};
use crate::language::program::ResolvedEquation;
use crate::language::syntax::{Expr, ExprKind, Name};

/// The array ∂of/∂by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differentiated {
    /// What it is called: `∂f/∂x`.
    pub name: Name,
    /// The array differentiated.
    pub of: Name,
    /// How many axes that has.
    pub rank: usize,
    /// The array it is differentiated with respect to.
    pub by: Name,
}

impl Differentiated {
    /// An entry as what it is: ∂of[…]/∂by[…].
    pub(super) fn entry(&self, mut at: Vec<Expr>) -> ExprKind {
        let columns = at.split_off(self.rank.min(at.len()));
        let of = if at.is_empty() { ExprKind::Name(self.of.clone()) } else { ExprKind::Read(self.of.clone(), at) };
        ExprKind::Derivative(Box::new(Expr::new(of)), self.by.clone(), columns)
    }
}

/// The name of the array ∂of/∂by.
pub fn jacobian_name(of: &str, by: &str) -> Name {
    format!("∂{of}/∂{by}").into()
}

/// What an array that is called ∂of/∂by is the derivative of, and with respect to what.
pub fn jacobian_parts(name: &str) -> Option<(&str, &str)> {
    name.strip_prefix('∂')?.rsplit_once("/∂")
}

impl System {
    /// The same system without what the author requires of values. Derivatives know nothing of that.
    pub fn unconstrained(&self) -> System {
        let mut free = self.clone();
        free.facts_of_values.clear();
        free.program.facts.clear();
        free
    }

    /// The system with the array ∂of/∂by, defined by its formula.
    pub fn with_jacobian(&self, of: &Name, by: &Name, indices: Vec<super::Bound>, body: Term) -> System {
        let mut wider = self.clone();
        let name = jacobian_name(of, by);
        let quote = Quote { differentiated: self.differentiated.clone().into(), ..Quote::plain() };
        let binders = indices.iter().map(|bound| quote.binder(bound)).collect();
        let resolved = ResolvedEquation { array: name.clone(), indices: binders, body: quote.formula(&body) };
        let equation = Equation { array: name.clone(), indices, body, parts: Vec::new(), limits: Vec::new() };
        let rank = self.bounds(of).map_or(0, |axes| axes.len());
        wider.dependencies.add(wider.equations.len(), &equation);
        wider.differentiated.push(Differentiated { name, of: of.clone(), rank, by: by.clone() });
        wider.equations.push(equation);
        wider.program.equations.push(resolved);
        wider
    }
}
