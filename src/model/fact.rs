//! Facts: what an author requires of the values of given arrays – Σ_c y[c] = 1, p[c] > 0.
//!
//! Invariant: an equation among facts can be solved for some entry of a given array, so that points
//! can be drawn at which it holds.

use super::names::{Names, Scope};
use super::quote::Quote;
use super::system::Fact;
use super::term::{Bound, Kind, Term};
use super::translate::Padding;
use crate::diagnostic::{Diagnostic, Span};
use crate::language::program;
use crate::language::syntax::{Binder, Condition, Expr, ExprKind, Name, Relation, Role};
use std::collections::BTreeSet;

impl Names {
    /// Takes in a requirement on values.
    pub(super) fn declare_fact(&mut self, condition: &Condition, span: Span) -> Option<()> {
        let Condition::Chain(left, rest) = condition else {
            return self.fail("a requirement on values is one comparison", span);
        };
        let [(relation, right)] = rest.as_slice() else {
            return self.fail("a requirement on values is one comparison", span);
        };
        let whole = Expr::new(ExprKind::Bracket(Box::new(condition.clone())));
        let mut free: Vec<Name> = Vec::new();
        self.free_names(&whole, &mut Vec::new(), &mut free);
        let (mut scope, mut indices) = (Scope::new(), Vec::new());
        for name in free {
            let (lo, hi) = self.range_of(&name, &whole, span)?;
            let (lo, hi) = (self.index(&lo, &scope)?, self.index(&hi, &scope)?);
            let var = self.bind(&name, &scope);
            scope.push((name, var.clone()));
            indices.push(Bound { var, lo, hi });
        }
        let (written_left, written_right) = (self.resolve(left), self.resolve(right));
        let left = self.term(&written_left, &scope, Padding::Brackets)?;
        let right = self.term(&written_right, &scope, Padding::Brackets)?;
        if *relation == Relation::Equal && !self.is_solvable(&left, &right) {
            let message = "this requirement is linear in no entry of a given array";
            let hint = "an equation between values is solved for one of them, as `sum[c] y[c] = 1` is";
            self.report(Diagnostic::new(message, span).hint(hint));
            return None;
        }
        let quote = Quote::plain();
        let binders: Vec<Binder> = indices.iter().map(|b| quote.binder(b)).collect();
        let fact = program::Fact {
            indices: binders,
            left: self.without_views(&written_left),
            relation: *relation,
            right: self.without_views(&written_right),
        };
        if self.program_facts.contains(&fact) {
            return Some(());
        }
        self.program_facts.push(fact);
        if *relation == Relation::Equal {
            self.facts_of_values.push(Fact { indices, left, right });
        }
        Some(())
    }

    /// Whether a requirement speaks of values, and not of sizes alone.
    pub(super) fn is_on_values(&self, condition: &Condition) -> bool {
        !self.is_condition_on_integers(condition, &Scope::new())
    }

    /// The names that nothing declares and nothing binds, in the order in which they come.
    fn free_names(&self, expr: &Expr, bound: &mut Vec<Name>, found: &mut Vec<Name>) {
        let outside = bound.len();
        match &expr.kind {
            ExprKind::Name(name) => {
                let size = self.sizes.contains_key(name) || self.lengths.contains_key(name);
                let known = size || self.arrays.contains_key(name) || self.is_pi(name);
                if !known && !bound.contains(name) && !found.contains(name) {
                    found.push(name.clone());
                }
            }
            ExprKind::Reduce(_, binders, ..) | ExprKind::Normalise(_, binders, ..) => {
                bound.extend(binders.iter().map(|b| b.name.clone()));
            }
            _ => {}
        }
        super::resolve::visit(expr, &mut |part| self.free_names(part, bound, found));
        bound.truncate(outside);
    }

    /// Whether left − right is linear in the entries of some given array of real numbers.
    fn is_solvable(&self, left: &Term, right: &Term) -> bool {
        let mut read = BTreeSet::new();
        left.collect_reads(&mut read);
        right.collect_reads(&mut read);
        let given = |name: &Name| self.arrays.get(name).is_some_and(|a| a.role != Role::Integer && !a.constant);
        read.iter().any(|name| given(name) && [left, right].iter().all(|side| is_linear(side, name)))
    }
}

/// Whether each summand reads an array at most once, and nowhere under a function or a power.
fn is_linear(term: &Term, array: &Name) -> bool {
    match term.kind() {
        Kind::Sum(terms) => terms.iter().all(|t| is_linear(t, array)),
        Kind::Product(factors) => {
            let reading: Vec<&Term> = factors.iter().filter(|f| f.reads(array)).collect();
            reading.len() <= 1 && reading.iter().all(|f| is_linear(f, array))
        }
        Kind::Sigma(_, body) => is_linear(body, array),
        Kind::Read(..) => true,
        _ => !term.reads(array),
    }
}
