//! What is known of the indices at a place in a formula, read off its syntax.
//!
//! Ranges of indices, brackets and cases become facts of the solver. Invariant: what cannot be
//! read – a comparison of values, say – is left out, so that nothing is proved that need not hold.

use super::arithmetic::fraction;
use crate::integer::{self, Extreme, Facts, Index, Truth, Var};
use crate::language::program::Program;
use crate::language::syntax::{Binder, Condition, Expr, ExprKind, Name, Operator, Relation, Role, Sign};
use num_traits::ToPrimitive;
use std::collections::{BTreeMap, BTreeSet};

/// The indices in scope and what holds of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    sizes: BTreeSet<Name>,
    data: BTreeSet<Name>,
    values: BTreeMap<Name, (Expr, Expr)>,
    scope: Vec<(Name, Var)>,
    facts: Facts,
}

impl Known {
    /// What is known of the sizes of a program.
    pub(super) fn new(program: &Program, requires: &[Condition]) -> Known {
        let data = program.arrays.iter().filter(|array| array.role == Role::Integer);
        let mut known = Known {
            sizes: program.sizes.iter().cloned().collect(),
            data: data.clone().map(|array| array.name.clone()).collect(),
            ..Known::default()
        };
        for array in data {
            let Some((first, last)) = &array.values else { continue };
            known.values.insert(array.name.clone(), (first.clone(), last.clone()));
            if let (Some(first), Some(last)) = (known.index(first), known.index(last)) {
                known.facts.bound_data(array.name.clone(), first, last);
            }
        }
        requires.iter().for_each(|require| known.assume(require));
        known
    }

    /// Brings an index into scope.
    pub(super) fn bind(&mut self, binder: &Binder) -> Var {
        let taken = |var: &Var| self.scope.iter().any(|(_, other)| other == var);
        let var = Var::new(binder.name.clone()).fresh(taken);
        if let Some((first, last)) = &binder.range
            && let (Some(first), Some(last)) = (self.index(first), self.index(last))
        {
            self.facts.bound_index(&var, &first, &last);
        }
        self.scope.push((binder.name.clone(), var.clone()));
        var
    }

    /// Whether a name is that of an index in scope.
    pub(super) fn binds(&self, name: &Name) -> bool {
        self.scope.iter().any(|(bound, _)| bound == name)
    }

    /// Takes for granted that a condition holds.
    pub(super) fn assume(&mut self, condition: &Condition) {
        if let Condition::All(parts) = condition {
            parts.iter().for_each(|part| self.assume(part));
        } else if let Some(condition) = self.condition(condition) {
            self.facts.require(&condition);
        }
    }

    /// Takes for granted that a condition does not hold.
    pub(super) fn deny(&mut self, condition: &Condition) {
        if let Some(condition) = self.condition(condition) {
            self.facts.require(&condition.negated());
        }
    }

    /// The least of several expressions, if it is proved to be: the only one, or the first.
    pub(super) fn least<'e>(&self, all: &'e [Expr]) -> Option<&'e Expr> {
        let below =
            |e: &Expr, other: &Expr| e == other || self.difference(e, other).is_some_and(|d| self.is_at_most(&d, 0));
        all.iter().find(|e| all.iter().all(|other| below(e, other)))
    }

    /// The greatest of several expressions, if it is proved to be.
    pub(super) fn greatest<'e>(&self, all: &'e [Expr]) -> Option<&'e Expr> {
        let above =
            |e: &Expr, other: &Expr| e == other || self.difference(other, e).is_some_and(|d| self.is_at_most(&d, 0));
        all.iter().find(|e| all.iter().all(|other| above(e, other)))
    }

    fn difference(&self, e: &Expr, other: &Expr) -> Option<Index> {
        Some(self.index(e)?.minus(&self.index(other)?))
    }

    /// Whether something is proved to be at most a number.
    pub(super) fn is_at_most(&self, e: &Index, number: i128) -> bool {
        self.facts.judge(&integer::Condition::AtMost(e.clone(), Index::constant(number))) == Truth::Yes
    }

    /// Whether something is proved to lie outside a range.
    pub(super) fn is_outside(&self, e: &Index, (first, last): &(Index, Index)) -> bool {
        let inside = integer::Condition::Within(first.clone(), e.clone(), last.clone());
        self.facts.judge(&inside) == Truth::No
    }

    /// Whether something is proved to be at least 1.
    pub(super) fn is_positive(&self, e: &Expr) -> bool {
        self.index(e).is_some_and(|e| self.is_at_most(&Index::constant(1).minus(&e), 0))
    }

    /// Whether something is proved to lie in a range.
    pub(super) fn is_within(&self, e: &Expr, first: &Expr, last: &Expr) -> bool {
        let parts = (self.index(first), self.index(e), self.index(last));
        let (Some(first), Some(e), Some(last)) = parts else { return false };
        self.facts.judge(&integer::Condition::Within(first, e, last)) == Truth::Yes
    }

    /// Whether a condition is proved.
    pub(super) fn proves(&self, condition: &Condition) -> bool {
        self.condition(condition).is_some_and(|condition| self.facts.judge(&condition) == Truth::Yes)
    }

    /// The range of the values of integer data.
    pub(super) fn values_of(&self, array: &Name) -> Option<(Expr, Expr)> {
        self.values.get(array).cloned()
    }

    /// An index expression; none where it is not one of integers that the solver knows.
    pub(super) fn index(&self, e: &Expr) -> Option<Index> {
        match &e.kind {
            ExprKind::Number(value) if value.is_integer() => Some(Index::constant(value.to_integer().to_i128()?)),
            ExprKind::Name(name) => match self.scope.iter().rev().find(|(bound, _)| bound == name) {
                Some((_, var)) => Some(Index::var(var)),
                None if self.sizes.contains(name) => Some(Index::size(name.clone())),
                None => self.datum(name, &[]),
            },
            ExprKind::Read(array, at) => self.datum(array, at),
            ExprKind::Sum(terms) => terms.iter().try_fold(Index::constant(0), |sum, (sign, term)| {
                let term = self.index(term)?;
                Some(if *sign == Sign::Plus { sum.plus(&term) } else { sum.minus(&term) })
            }),
            ExprKind::Product(factors) => self.product(factors),
            ExprKind::Call(function, arguments) => self.call(function, arguments),
            _ => None,
        }
    }

    fn datum(&self, array: &Name, at: &[Expr]) -> Option<Index> {
        let at: Option<Vec<Index>> = at.iter().map(|e| self.index(e)).collect();
        let datum = integer::Atom::Datum(array.clone(), at?);
        self.data.contains(array).then(|| Index::atom(datum))
    }

    fn product(&self, factors: &[(Operator, Expr)]) -> Option<Index> {
        factors.iter().try_fold(Index::constant(1), |product, (operator, factor)| {
            let factor = self.index(factor)?;
            match operator {
                Operator::Times => Some(product.times(&factor)),
                Operator::Over => product.exact_quotient(&factor),
                Operator::Div => Some(product.floor_div(&factor)),
                Operator::Mod => Some(product.modulo(&factor)),
                Operator::Matmul => None,
            }
        })
    }

    fn call(&self, function: &str, arguments: &[Expr]) -> Option<Index> {
        let parts = || arguments.iter().map(|e| self.index(e)).collect::<Option<Vec<Index>>>();
        match (function, arguments) {
            ("min", [_, ..]) => Some(Index::extreme(Extreme::Least, parts()?)),
            ("max", [_, ..]) => Some(Index::extreme(Extreme::Greatest, parts()?)),
            ("abs", [only]) => Some(self.index(only)?.absolute()),
            ("floor" | "ceil", [only]) => {
                let sign = if function == "floor" { 1 } else { -1 };
                let (above, below) = fraction(only);
                let above = self.index(&above)?.times_number(sign);
                Some(above.floor_div(&self.index(&below)?).times_number(sign))
            }
            _ => None,
        }
    }

    fn condition(&self, condition: &Condition) -> Option<integer::Condition> {
        let all = |parts: &[Condition]| parts.iter().map(|part| self.condition(part)).collect::<Option<Vec<_>>>();
        match condition {
            Condition::Chain(first, rest) => {
                let mut left = self.index(first)?;
                let mut parts = Vec::new();
                for (relation, right) in rest {
                    let right = self.index(right)?;
                    parts.push(related(left, *relation, right.clone()));
                    left = right;
                }
                Some(if parts.len() == 1 { parts.remove(0) } else { integer::Condition::All(parts) })
            }
            Condition::Divides(divisor, e) => Some(integer::Condition::Divides(self.index(divisor)?, self.index(e)?)),
            Condition::All(parts) => Some(integer::Condition::All(all(parts)?)),
            Condition::Any(parts) => Some(integer::Condition::Any(all(parts)?)),
            Condition::Not(inner) => Some(self.condition(inner)?.negated()),
        }
    }
}

fn related(left: Index, relation: Relation, right: Index) -> integer::Condition {
    match relation {
        Relation::Equal => integer::Condition::Equal(left, right),
        Relation::NotEqual => integer::Condition::Equal(left, right).negated(),
        Relation::Less => integer::Condition::AtMost(left.plus_number(1), right),
        Relation::AtMost => integer::Condition::AtMost(left, right),
        Relation::Greater => integer::Condition::AtMost(right.plus_number(1), left),
        Relation::AtLeast => integer::Condition::AtMost(right, left),
    }
}
