//! Where a formula reads arrays that are computed together with it, and what is known there.
//!
//! A bracket guards what it multiplies, a case its branch, a condition what it is put on: what is
//! not evaluated is not read. Invariant: no read of a wanted array is missed.

use super::PieceKind;
use super::known::Known;
use super::reading::jacobian_of;
use crate::integer::Index;
use crate::language::syntax::{Binder, Condition, Expr, ExprKind, Name};
use crate::model::jacobian_name;

/// One entry that is read.
#[derive(Debug)]
pub(super) struct Entry {
    /// Which of the wanted arrays.
    pub member: usize,
    /// At which place, as far as that is known.
    pub at: Vec<Option<Index>>,
    /// What holds where it is read.
    pub known: Known,
}

/// Finds the reads of some arrays, given or derived.
#[derive(Debug)]
pub(super) struct Reads<'a> {
    /// The arrays.
    pub wanted: &'a [PieceKind],
    /// What was found.
    pub found: Vec<Entry>,
}

impl Reads<'_> {
    /// The reads of a formula.
    pub(super) fn walk(&mut self, e: &Expr, known: &Known) {
        match &e.kind {
            ExprKind::Number(_) => {}
            ExprKind::Name(name) if known.binds(name) => {}
            ExprKind::Name(name) => self.read(name, &[], known),
            ExprKind::Read(name, at) => {
                self.read(name, at, known);
                at.iter().for_each(|index| self.walk(index, known));
            }
            ExprKind::Upstream(name, at) => self.note(&PieceKind::Gradient(name.clone()), at, known),
            ExprKind::Derivative(of, by, at) => {
                if let Ok((output, at)) = jacobian_of(of, by, at) {
                    self.note(&PieceKind::Jacobian(output.clone(), by.clone()), &at, known);
                    self.note(&PieceKind::Value(jacobian_name(&output, by)), &at, known);
                }
            }
            ExprKind::Sum(terms) => terms.iter().for_each(|(_, term)| self.walk(term, known)),
            ExprKind::Product(factors) => {
                let mut guarded = known.clone();
                for (_, factor) in factors {
                    if let ExprKind::Bracket(condition) = &factor.kind {
                        guarded.assume(condition);
                    }
                }
                for (_, factor) in factors {
                    let bracket = matches!(factor.kind, ExprKind::Bracket(_));
                    self.walk(factor, if bracket { known } else { &guarded });
                }
            }
            ExprKind::Power(base, exponent) => [base, exponent].iter().for_each(|part| self.walk(part, known)),
            ExprKind::Reduce(_, binders, condition, body) | ExprKind::Normalise(_, binders, condition, body) => {
                let mut inner = self.bound(binders, known);
                if let Some(condition) = condition {
                    self.condition(condition, &inner);
                    inner.assume(condition);
                }
                self.walk(body, &inner);
            }
            ExprKind::Call(_, arguments) => arguments.iter().for_each(|argument| self.walk(argument, known)),
            ExprKind::Layer(call) => call.at.iter().flatten().for_each(|index| self.walk(index, known)),
            ExprKind::Bracket(condition) => self.condition(condition, known),
            ExprKind::If(condition, yes, no) => {
                self.condition(condition, known);
                let (mut holds, mut fails) = (known.clone(), known.clone());
                holds.assume(condition);
                fails.deny(condition);
                self.walk(yes, &holds);
                self.walk(no, &fails);
            }
        }
    }

    fn bound(&mut self, binders: &[Binder], known: &Known) -> Known {
        let mut inner = known.clone();
        for binder in binders {
            inner.bind(binder);
        }
        inner
    }

    fn condition(&mut self, condition: &Condition, known: &Known) {
        match condition {
            Condition::Chain(first, rest) => {
                self.walk(first, known);
                rest.iter().for_each(|(_, e)| self.walk(e, known));
            }
            Condition::Divides(divisor, e) => [divisor, e].iter().for_each(|part| self.walk(part, known)),
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter().for_each(|part| self.condition(part, known));
            }
            Condition::Not(inner) => self.condition(inner, known),
        }
    }

    fn read(&mut self, name: &Name, at: &[Expr], known: &Known) {
        self.note(&PieceKind::Value(name.clone()), at, known);
    }

    fn note(&mut self, kind: &PieceKind, at: &[Expr], known: &Known) {
        if let Some(member) = self.wanted.iter().position(|wanted| wanted == kind) {
            let at = at.iter().map(|e| known.index(e)).collect();
            self.found.push(Entry { member, at, known: known.clone() });
        }
    }
}
