//! What stands below and above a sum, a product, a maximum: the indices it binds, their ranges, and
//! conditions.

use super::expression::Reader;
use super::head::plain;
use crate::diagnostic::Diagnostic;
use crate::language::syntax::{
    Binder, Condition, Expr, ExprKind, Extremum, Name, Normaliser, Reduction, Relation, Sign,
};
use crate::latex::{Glyph, Kind, Tree};

/// What is reduced, over which indices.
pub(super) struct Limits {
    pub reduction: Reduction,
    pub bound: Bound,
}

/// Indices that stand below a sign.
pub(super) struct Bound {
    pub binders: Vec<Binder>,
    pub condition: Option<Box<Condition>>,
    /// The indices that are known inside.
    pub scope: Vec<Name>,
}

impl Reader<'_> {
    /// A sum, a product, a maximum over indices.
    pub(super) fn big(
        &self,
        word: &str,
        around: (&Option<Box<Tree>>, &Option<Box<Tree>>),
        body: &Tree,
        whole: &Tree,
        scope: &[Name],
    ) -> Result<Expr, Diagnostic> {
        let Limits { reduction, bound } = self.limits(word, around, whole, scope)?;
        let body = Box::new(self.value(body, &bound.scope)?);
        let kind = ExprKind::Reduce(reduction, bound.binders, bound.condition, body);
        Ok(Expr { kind, span: whole.span })
    }

    /// What stands below and above the sign of a sum.
    pub(super) fn limits(
        &self,
        word: &str,
        (below, above): (&Option<Box<Tree>>, &Option<Box<Tree>>),
        whole: &Tree,
        scope: &[Name],
    ) -> Result<Limits, Diagnostic> {
        let reduction = match word {
            "sum" => Reduction::Sum,
            "prod" => Reduction::Product,
            _ => match Extremum::ALL.into_iter().find(|known| known.word() == word) {
                Some(which) => Reduction::Extremum(which),
                None => {
                    let message = format!("`\\{word}` over an index is not in the language");
                    return Err(Diagnostic::new(message, whole.span));
                }
            },
        };
        let Some(below) = below else {
            return Err(Diagnostic::new("this sum has no index", whole.span).hint("as in `\\sum_{i=1}^{K}`"));
        };
        let bound = self.bound_below(below, above.as_deref(), scope)?;
        match bound.binders.is_empty() {
            true => Err(Diagnostic::new("this sum binds no index", below.span)),
            false => Ok(Limits { reduction, bound }),
        }
    }

    /// The indices that stand below a sign, and the condition on them.
    fn bound_below(&self, below: &Tree, above: Option<&Tree>, scope: &[Name]) -> Result<Bound, Diagnostic> {
        let items = match &below.kind {
            Kind::List(items) => items.clone(),
            _ => vec![below.clone()],
        };
        let mut inner = scope.to_vec();
        let (mut binders, mut conditions): (Vec<Binder>, Vec<Condition>) = (Vec::new(), Vec::new());
        for item in &items {
            let (new, condition) = self.limit(item, above, &binders, &inner)?;
            inner.extend(new.iter().map(|b| b.name.clone()));
            binders.extend(new);
            conditions.extend(condition);
        }
        let condition = match conditions.len() {
            0 => None,
            1 => Some(Box::new(conditions.remove(0))),
            _ => Some(Box::new(Condition::All(conditions))),
        };
        Ok(Bound { binders, condition, scope: inner })
    }

    /// `\operatorname{softmax}_{j \ne i}` before its argument: the index of a normaliser is known outside, unless
    /// it is bound; of several in a condition it is the one that comes first.
    pub(super) fn normalised(
        &self,
        (word, below): (Normaliser, &Tree),
        argument: &Tree,
        scope: &[Name],
    ) -> Result<ExprKind, Diagnostic> {
        let mut bound = self.bound_below(below, None, scope)?;
        if bound.binders.is_empty() && !word.binds() {
            let mut first = None;
            below.any(&mut |part| {
                first = plain(part).filter(|name| scope.iter().any(|known| **known == **name));
                first.is_some()
            });
            let outside: Vec<Name> =
                scope.iter().filter(|known| first.as_deref() != Some(&***known)).cloned().collect();
            bound = self.bound_below(below, None, &outside)?;
        }
        if bound.binders.is_empty() {
            return Err(Diagnostic::new(format!("this {} has no index", word.word()), below.span));
        }
        let argument = Box::new(self.value(argument, &bound.scope)?);
        Ok(ExprKind::Normalise(word, bound.binders, bound.condition, argument))
    }

    /// What stands under a sum: indices it binds, or a condition.
    fn limit(
        &self,
        item: &Tree,
        above: Option<&Tree>,
        bound: &[Binder],
        scope: &[Name],
    ) -> Result<(Vec<Binder>, Option<Condition>), Diagnostic> {
        let binder = |name: &str, range| Binder { name: name.into(), range, span: item.span };
        let base = || Expr::integer(self.system.base.into());
        let new = |tree: &Tree| {
            plain(tree).filter(|n| !self.is_size(n) && !self.is_array(n) && !bound.iter().any(|b| *b.name == **n))
        };
        let end = |above: &Tree| self.value(above, scope);
        if let Some(name) = new(item) {
            let range = above.map(|above| Ok::<_, Diagnostic>((base(), end(above)?))).transpose()?;
            return Ok((vec![binder(&name, range)], None));
        }
        if let Kind::Row(factors) = &item.kind
            && let Some(names) = factors.iter().map(|(_, tree)| new(tree)).collect::<Option<Vec<_>>>()
        {
            return Ok((names.iter().map(|name| binder(name, None)).collect(), None));
        }
        if let Kind::Relations(Some(first), sides) = &item.kind {
            match (new(first), sides.as_slice(), above) {
                (Some(name), [(Glyph::Compare(Relation::Equal), lo)], Some(above)) => {
                    return Ok((vec![binder(&name, Some((self.value(lo, scope)?, end(above)?)))], None));
                }
                (Some(name), [(Glyph::In, set)], _) if !scope.contains(&name.as_str().into()) => {
                    if let Some((lo, hi)) = self.interval(set, scope)? {
                        return Ok((vec![binder(&name, Some((lo, hi)))], None));
                    }
                }
                _ => {}
            }
            if let [(Glyph::Compare(low), middle), (Glyph::Compare(high), hi)] = sides.as_slice()
                && let Some(name) = new(middle)
                && !scope.contains(&name.as_str().into())
                && let (Some(up), Some(down)) = (step(*low), step(*high))
            {
                let lo = plus(self.value(first, scope)?, up);
                let hi = plus(self.value(hi, scope)?, -down);
                return Ok((vec![binder(&name, Some((lo, hi)))], None));
            }
        }
        let condition = self.condition(item, scope)?;
        let mut unknown = Vec::new();
        self.unbound(item, scope, &mut unknown);
        let new = unknown.iter().filter(|_| bound.is_empty()).map(|name| binder(name, None)).collect();
        Ok((new, Some(condition)))
    }

    /// The letters of a condition that nothing declares or binds.
    fn unbound(&self, tree: &Tree, scope: &[Name], found: &mut Vec<String>) {
        if let Some(name) = plain(tree) {
            let known = self.is_size(&name) || self.is_array(&name) || scope.iter().any(|n| **n == *name);
            if !known && !found.contains(&name) {
                found.push(name);
            }
            return;
        }
        match &tree.kind {
            Kind::Relations(first, sides) => {
                first.iter().for_each(|t| self.unbound(t, scope, found));
                sides.iter().for_each(|(_, t)| self.unbound(t, scope, found));
            }
            Kind::Sum(terms) => terms.iter().for_each(|(_, t)| self.unbound(t, scope, found)),
            Kind::Row(factors) => factors.iter().for_each(|(_, t)| self.unbound(t, scope, found)),
            Kind::Fenced(_, items) | Kind::List(items) => items.iter().for_each(|t| self.unbound(t, scope, found)),
            _ => {}
        }
    }
}

/// By how much a range is shorter than its relation: 0 for ≤, 1 for <.
fn step(relation: Relation) -> Option<i128> {
    match relation {
        Relation::AtMost => Some(0),
        Relation::Less => Some(1),
        _ => None,
    }
}

fn plus(e: Expr, n: i128) -> Expr {
    match n {
        0 => e,
        1 => Expr::new(ExprKind::Sum(vec![(Sign::Plus, e), (Sign::Plus, Expr::integer(1))])),
        _ => Expr::new(ExprKind::Sum(vec![(Sign::Plus, e), (Sign::Minus, Expr::integer(-n))])),
    }
}
