//! Conditions: what stands in a bracket, under a sum, behind *if*.

use super::expression::Reader;
use crate::diagnostic::Diagnostic;
use crate::language::syntax::{Condition, Expr, Name, Relation};
use crate::latex::{Fence, Glyph, Kind, Tree};

impl Reader<'_> {
    /// The condition a tree stands for.
    ///
    /// # Errors
    /// What has no meaning, at its place.
    pub(super) fn condition(&self, tree: &Tree, scope: &[Name]) -> Result<Condition, Diagnostic> {
        match &tree.kind {
            Kind::Joined(word, parts) => {
                let parts = parts.iter().map(|part| self.condition(part, scope)).collect::<Result<Vec<_>, _>>()?;
                Ok(if *word == "or" { Condition::Any(parts) } else { Condition::All(parts) })
            }
            Kind::Relations(Some(first), sides) => self.relations(first, sides, tree, scope),
            Kind::Fenced(Fence::Round | Fence::Square, inner) if inner.len() == 1 => self.condition(&inner[0], scope),
            _ => Err(Diagnostic::new("a condition is expected here", tree.span).hint("as in `1 \\le i \\le K`")),
        }
    }

    fn relations(
        &self,
        first: &Tree,
        sides: &[(Glyph, Tree)],
        whole: &Tree,
        scope: &[Name],
    ) -> Result<Condition, Diagnostic> {
        let mut parts = Vec::new();
        let mut left = first;
        let mut chain: Vec<(Relation, Expr)> = Vec::new();
        let mut head = self.value(first, scope)?;
        for (glyph, side) in sides {
            match glyph {
                Glyph::Compare(relation) => {
                    chain.push((*relation, self.value(side, scope)?));
                    left = side;
                }
                Glyph::In => {
                    let Some((lo, hi)) = self.interval(side, scope)? else {
                        return Err(Diagnostic::new("a range is expected here", side.span).hint("as in `[1, 3]`"));
                    };
                    let e = self.value(left, scope)?;
                    parts.push(Condition::Chain(lo, vec![(Relation::AtMost, e), (Relation::AtMost, hi)]));
                }
                Glyph::Divides | Glyph::DividesNot => {
                    let divides = Condition::Divides(self.value(left, scope)?, self.value(side, scope)?);
                    let holds = *glyph == Glyph::Divides;
                    parts.push(if holds { divides } else { Condition::Not(Box::new(divides)) });
                    left = side;
                }
            }
        }
        if !chain.is_empty() {
            parts.insert(0, Condition::Chain(std::mem::replace(&mut head, Expr::integer(0)), chain));
        }
        match parts.len() {
            0 => Err(Diagnostic::new("a condition is expected here", whole.span)),
            1 => Ok(parts.remove(0)),
            _ => Ok(Condition::All(parts)),
        }
    }

    /// `[1, 3]`, `\{1, …, K\}`: both ends.
    pub(super) fn interval(&self, tree: &Tree, scope: &[Name]) -> Result<Option<(Expr, Expr)>, Diagnostic> {
        let Kind::Fenced(fence, items) = &tree.kind else { return Ok(None) };
        let dots = items.iter().any(|item| matches!(&item.kind, Kind::Words(w) if w == "…"));
        let (Some(first), Some(last)) = (items.first(), items.last()) else { return Ok(None) };
        let closed = (*fence == Fence::Square && items.len() == 2) || dots;
        if !closed {
            return Ok(None);
        }
        Ok(Some((self.value(first, scope)?, self.value(last, scope)?)))
    }
}
