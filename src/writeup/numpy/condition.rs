//! Conditions to Python.
//!
//! A comparison of integers is written with integer arithmetic; where it holds a quotient that
//! need not be whole, it is a comparison of numbers.

use super::arithmetic::{fraction, is_fraction};
use super::code::{Code, Level, Mode};
use super::expression::Writer;
use super::layout::{Doc, chain, text};
use crate::language::syntax::{Condition, Expr, ExprKind, Operator, Relation};

impl Writer<'_> {
    /// A condition, which is then taken for granted.
    pub(super) fn condition(&mut self, condition: &Condition) -> Result<Code, String> {
        let code = match condition {
            Condition::Chain(first, rest) => self.comparison(first, rest),
            Condition::Divides(divisor, e) => {
                let e = self.expression(e, Mode::Index)?.at(Level::Product);
                let divisor = self.expression(divisor, Mode::Index)?.at(Level::Minus);
                let rest = vec![("%".into(), divisor), ("==".into(), text("0"))];
                Ok(Code { doc: chain(e, rest), level: Level::Relation })
            }
            Condition::All(parts) => self.connected("and", Level::And, parts),
            Condition::Any(parts) => self.connected("or", Level::Or, parts),
            Condition::Not(inner) => Ok(Code {
                doc: Doc::Seq(vec![text("not "), self.alone(inner)?.at(Level::Relation)]),
                level: Level::Not,
            }),
        }?;
        self.guards.push(condition.clone());
        Ok(code)
    }

    /// A condition that need not hold where it stands.
    fn alone(&mut self, condition: &Condition) -> Result<Code, String> {
        let held = self.guards.len();
        let code = self.condition(condition)?;
        self.guards.truncate(held);
        Ok(code)
    }

    fn connected(&mut self, word: &str, level: Level, parts: &[Condition]) -> Result<Code, String> {
        let mut docs = Vec::new();
        for part in parts {
            let code = if level == Level::And { self.condition(part)? } else { self.alone(part)? };
            docs.push((word.to_string(), code.at(Level::Not)));
        }
        if docs.is_empty() {
            return Err("a condition without parts".into());
        }
        let first = docs.remove(0).1;
        Ok(Code { doc: chain(first, docs), level })
    }

    fn comparison(&mut self, first: &Expr, rest: &[(Relation, Expr)]) -> Result<Code, String> {
        let mut operand = |e: &Expr| -> Result<Doc, String> {
            let mode = if self.is_whole(e) { Mode::Index } else { Mode::Value };
            Ok(self.expression(e, mode)?.at(Level::Sum))
        };
        let lead = operand(first)?;
        let mut others = Vec::new();
        for (relation, e) in rest {
            others.push((symbol(*relation).to_string(), operand(e)?));
        }
        Ok(Code { doc: chain(lead, others), level: Level::Relation })
    }

    /// Whether `e` is an integer for certain.
    fn is_whole(&self, e: &Expr) -> bool {
        let exact = || {
            let (above, below) = fraction(e);
            self.guards.contains(&Condition::Divides(below, above))
        };
        self.is_ratio(e) && (!is_fraction(e) || exact())
    }

    /// Whether `e` is made of integers by arithmetic alone.
    pub(super) fn is_ratio(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Number(_) => true,
            ExprKind::Name(name) => self.is_integer(name),
            ExprKind::Read(array, _) => self.is_integer(array),
            ExprKind::Sum(terms) => terms.iter().all(|(_, term)| self.is_ratio(term)),
            ExprKind::Product(factors) => factors.iter().all(|(operator, factor)| {
                self.is_ratio(factor) && (*operator == Operator::Times || !is_fraction(factor))
            }),
            ExprKind::Call(name, arguments) => {
                matches!(&**name, "floor" | "ceil" | "min" | "max" | "abs")
                    && arguments.iter().all(|e| self.is_whole(e))
            }
            ExprKind::Power(base, exponent) => self.is_whole(base) && matches!(exponent.kind, ExprKind::Number(_)),
            ExprKind::Bracket(_) => true,
            ExprKind::Reduce(..)
            | ExprKind::Normalise(..)
            | ExprKind::Layer(_)
            | ExprKind::Upstream(..)
            | ExprKind::Derivative(..)
            | ExprKind::If(..) => false,
        }
    }
}

/// A comparison in Python.
pub(super) fn symbol(relation: Relation) -> &'static str {
    match relation {
        Relation::Equal => "==",
        Relation::NotEqual => "!=",
        Relation::Less => "<",
        Relation::AtMost => "<=",
        Relation::Greater => ">",
        Relation::AtLeast => ">=",
    }
}
