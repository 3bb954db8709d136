//! Which expressions are exact – integers and fractions of sizes, indices and integer data – and
//! which are values.
//!
//! Invariant: what is called exact here is compiled exactly, so that comparisons of integers never
//! depend on floating point.

use super::Compiler;
use crate::evaluate::function::is_opaque;
use crate::language::function::Function;
use crate::language::syntax::{Expr, ExprKind, Name, Operator, Relation};

/// How deep the question is followed; compilation refuses what is deeper.
const DEEPEST: usize = super::DEEPEST;

impl Compiler<'_> {
    /// Whether one side of a chain of comparisons is a value.
    pub(super) fn compares_values(&self, first: &Expr, rest: &[(Relation, Expr)]) -> bool {
        !(self.is_exact(first) && rest.iter().all(|(_, side)| self.is_exact(side)))
    }

    /// Whether an expression has no part that is a value. Brackets are exact: they are 0 or 1.
    pub(super) fn is_exact(&self, expr: &Expr) -> bool {
        self.has_no_value(expr, 0)
    }

    fn has_no_value(&self, expr: &Expr, depth: usize) -> bool {
        if depth > DEEPEST {
            return true;
        }
        let exact = |part: &Expr| self.has_no_value(part, depth + 1);
        match &expr.kind {
            ExprKind::Number(_) | ExprKind::Bracket(_) => true,
            ExprKind::Name(name) => self.is_exact_name(name),
            ExprKind::Read(name, _) => !self.is_value_array(name),
            ExprKind::Sum(terms) => terms.iter().all(|(_, term)| exact(term)),
            ExprKind::Product(factors) => factors.iter().all(|(_, factor)| exact(factor)),
            ExprKind::Power(base, exponent) => exact(base) && exact(exponent),
            ExprKind::If(_, yes, no) => exact(yes) && exact(no),
            ExprKind::Call(name, arguments) => is_exact_function(name) && arguments.iter().all(exact),
            ExprKind::Upstream(..) | ExprKind::Derivative(..) | ExprKind::Reduce(..) => false,
            ExprKind::Normalise(..) | ExprKind::Layer(_) => false,
        }
    }

    fn is_exact_name(&self, name: &Name) -> bool {
        if self.slot(name).is_some() || self.scope.sizes.contains_key(name) {
            return true;
        }
        !self.scope.params.contains(name) && !self.is_value_array(name) && self.constant(name).is_none()
    }

    fn is_value_array(&self, name: &Name) -> bool {
        let number = self.scope.arrays.get(name);
        let real = number.is_some_and(|number| self.scope.layouts[*number].integers.is_none());
        real || self.scope.aliases.contains_key(name)
    }

    /// The constant of that name, if no array has it.
    pub(super) fn constant(&self, name: &Name) -> Option<Function> {
        match self.scope.arrays.contains_key(name) || self.scope.aliases.contains_key(name) {
            true => None,
            false => Function::named(name, 0),
        }
    }

    /// Takes note of a function that a value depends on.
    pub(super) fn depends_on(&mut self, function: Function) {
        self.opaque |= is_opaque(function);
        self.valued = true;
    }
}

/// Whether a function has exact values at exact arguments.
fn is_exact_function(name: &str) -> bool {
    matches!(name, "floor" | "ceil" | "abs" | "min" | "max")
}

/// Whether an exact expression can only be an integer.
pub(super) fn is_whole(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Number(value) => value.is_integer(),
        ExprKind::Name(_) | ExprKind::Read(..) | ExprKind::Bracket(_) => true,
        ExprKind::Sum(terms) => terms.iter().all(|(_, term)| is_whole(term)),
        ExprKind::Product(factors) => {
            factors.iter().all(|(operator, factor)| *operator != Operator::Over && is_whole(factor))
        }
        ExprKind::If(_, yes, no) => is_whole(yes) && is_whole(no),
        ExprKind::Call(name, arguments) => matches!(&**name, "floor" | "ceil") || arguments.iter().all(is_whole),
        ExprKind::Power(..)
        | ExprKind::Upstream(..)
        | ExprKind::Derivative(..)
        | ExprKind::Reduce(..)
        | ExprKind::Layer(_)
        | ExprKind::Normalise(..) => false,
    }
}
