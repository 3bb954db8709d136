//! Functions with a kink beside a comparison that says on which side of it they are taken:
//! [0 < u]·max(0, u) = [0 < u]·u.
//!
//! Invariant: the value stays the same, because a comparison that does not hold makes what it multiplies
//! 0 whatever that is.

use crate::calculus::normal::proved_equal;
use crate::integer::Facts;
use crate::language::function::Function;
use crate::language::syntax::Relation;
use crate::model::{Kind, System, Term};

/// What is known to hold of two values.
type Known = (Relation, Term, Term);

/// The formula with every maximum, minimum, absolute value and rectified value that a comparison beside
/// it decides.
pub(super) fn settled(system: &System, facts: &Facts, term: &Term) -> Term {
    Settling { system, facts }.under(term, &[])
}

struct Settling<'a> {
    system: &'a System,
    facts: &'a Facts,
}

impl Settling<'_> {
    fn under(&self, term: &Term, known: &[Known]) -> Term {
        match term.kind() {
            Kind::Product(factors) => {
                let beside = factors.iter().filter_map(|factor| match factor.kind() {
                    Kind::Compare(relation, [a, b]) => Some((*relation, a.clone(), b.clone())),
                    _ => None,
                });
                let all: Vec<Known> = known.iter().cloned().chain(beside).collect();
                Term::product(factors.iter().map(|factor| match factor.kind() {
                    Kind::Compare(..) => self.under(factor, known),
                    _ => self.under(factor, &all),
                }))
            }
            Kind::Apply(function, arguments) => self
                .chosen(*function, arguments, known)
                .unwrap_or_else(|| term.map_children(&mut |child| self.under(child, known))),
            Kind::Sigma(bounds, _) | Kind::Pi(bounds, ..) | Kind::Extremum(_, bounds, ..) => {
                let outer = |(_, a, b): &&Known| bounds.iter().all(|i| !a.any_var(&i.var) && !b.any_var(&i.var));
                let outside: Vec<Known> = known.iter().filter(outer).cloned().collect();
                term.map_children(&mut |child| self.under(child, &outside))
            }
            _ => term.map_children(&mut |child| self.under(child, known)),
        }
    }

    /// The value of a function with a kink, if it is known on which side of it.
    fn chosen(&self, function: Function, arguments: &[Term], known: &[Known]) -> Option<Term> {
        let zero = Term::zero();
        let at_most = |a: &Term, b: &Term| self.at_most(a, b, known);
        match (function, arguments) {
            (Function::Max, [a, b]) if at_most(a, b) => Some(self.under(b, known)),
            (Function::Max, [a, b]) if at_most(b, a) => Some(self.under(a, known)),
            (Function::Min, [a, b]) if at_most(a, b) => Some(self.under(a, known)),
            (Function::Min, [a, b]) if at_most(b, a) => Some(self.under(b, known)),
            (Function::Relu | Function::Abs, [u]) if at_most(&zero, u) => Some(self.under(u, known)),
            (Function::Relu, [u]) if at_most(u, &zero) => Some(zero),
            (Function::Abs, [u]) if at_most(u, &zero) => Some(self.under(u, known).negative()),
            _ => None,
        }
    }

    fn at_most(&self, a: &Term, b: &Term, known: &[Known]) -> bool {
        let holds = |relation: Relation| matches!(relation, Relation::Less | Relation::AtMost | Relation::Equal);
        let same = |x: &Term, y: &Term| x == y || proved_equal(self.system, self.facts, x, y);
        known.iter().any(|(relation, x, y)| {
            holds(*relation) && same(x, a) && same(y, b) || holds(relation.mirrored()) && same(y, a) && same(x, b)
        })
    }
}
