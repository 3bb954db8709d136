//! Indices that are called like one outside.

use super::affine::mentions;
use super::lower::Lowering;
use crate::language::syntax::{Binder, Condition, Expr, ExprKind};
use crate::model::{each_part, rewrite};

impl Lowering<'_, '_> {
    /// A reduction whose index has a range that reads an outer index of the same name, with its own index renamed;
    /// none if there is nothing to rename, or if something inside is called the same once more.
    pub(super) fn apart(
        &self,
        binders: &[Binder],
        condition: Option<&Condition>,
        body: &Expr,
    ) -> Option<(Vec<Binder>, Option<Condition>, Expr)> {
        let reads_itself = |binder: &Binder| {
            let is_it = |e: &Expr| mentions(e, &|name| (*name == binder.name).then_some(0));
            self.axis(&binder.name).is_some() && binder.range.as_ref().is_some_and(|(lo, hi)| is_it(lo) || is_it(hi))
        };
        let place = binders.iter().position(reads_itself)?;
        let name = &binders[place].name;
        let mut again = false;
        each_part(body, &mut |part| {
            again |= matches!(&part.kind, ExprKind::Reduce(_, inner, ..) | ExprKind::Normalise(_, inner, ..) if inner.iter().any(|b| b.name == *name));
        });
        if again {
            return None;
        }
        let mut fresh = format!("{name}'");
        while self.axis(&fresh.as_str().into()).is_some() {
            fresh.push('\'');
        }
        let renamed = |e: &Expr| {
            rewrite(e, &|part| match &part.kind {
                ExprKind::Name(other) if other == name => Some(ExprKind::Name(fresh.as_str().into())),
                _ => None,
            })
        };
        let mut own = binders.to_vec();
        own[place].name = fresh.as_str().into();
        for later in own.iter_mut().skip(place + 1) {
            later.range = later.range.as_ref().map(|(lo, hi)| (renamed(lo), renamed(hi)));
        }
        let condition =
            condition.map(|condition| match renamed(&Expr::new(ExprKind::Bracket(Box::new(condition.clone())))).kind {
                ExprKind::Bracket(condition) => *condition,
                _ => condition.clone(),
            });
        Some((own, condition, renamed(body)))
    }
}
