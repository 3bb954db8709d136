//! The names of a layer in the place where it is called, and which names are still free there.
//!
//! Invariant: no index of the layer is called like an array, a size or a param of the caller; every
//! expression that was renamed stands where the call stands.

use super::rebase::plus;
use crate::diagnostic::Span;
use crate::language::syntax::*;
use crate::model::resolve::{each_part, map_array, map_condition_mut, map_parts_mut};
use num_traits::One;
use std::collections::{BTreeMap, BTreeSet};

/// The names that a list of statements has.
#[derive(Default)]
pub(super) struct Taken {
    all: BTreeSet<Name>,
    global: BTreeSet<Name>,
    prefixes: BTreeSet<Name>,
}

impl Taken {
    /// The names of statements.
    pub fn of<'s>(statements: impl Iterator<Item = &'s Statement>) -> Self {
        let mut taken = Taken::default();
        statements.for_each(|statement| taken.take(statement));
        taken.all.extend(taken.global.iter().cloned());
        taken
    }

    fn take(&mut self, statement: &Statement) {
        match &statement.kind {
            StatementKind::Size(sizes) => self.global.extend(sizes.iter().map(|s| s.name.clone())),
            StatementKind::Param(params) => self.global.extend(params.iter().map(|p| p.name.clone())),
            StatementKind::Arrays(_, arrays) => self.global.extend(arrays.iter().map(|a| a.name.clone())),
            StatementKind::Equation(equation) => {
                self.global.insert(equation.array.clone());
                self.all.extend(names_in(equation));
            }
            StatementKind::Call(call) => {
                let prefix = |name: &Name| name.rsplit_once('.').map(|(prefix, _)| Name::from(prefix));
                self.prefixes.extend(call.names().filter_map(prefix));
            }
            StatementKind::Require(_) | StatementKind::Output(_) | StatementKind::Notation(..) => {}
        }
    }

    /// Whether anything is called so.
    pub fn contains(&self, name: &str) -> bool {
        self.all.contains(name)
    }

    /// A new array: called as wished, or with a number behind.
    pub fn fresh(&mut self, wish: &str) -> Name {
        let numbered = (2..).map(|k| Name::from(format!("{wish}{k}")));
        let mut names = std::iter::once(Name::from(wish)).chain(numbered);
        let name = names.find(|name| !self.all.contains(name)).unwrap_or_else(|| wish.into());
        self.global.insert(name.clone());
        self.all.insert(name.clone());
        name
    }

    /// What stands before the dots of the names of one call.
    pub fn prefix(&mut self, layer: &str) -> Name {
        let numbered = (2..).map(|k| Name::from(format!("{layer}#{k}")));
        let mut names = std::iter::once(Name::from(layer)).chain(numbered);
        let name = names.find(|name| !self.prefixes.contains(name)).unwrap_or_else(|| layer.into());
        self.prefixes.insert(name.clone());
        name
    }

    /// Takes the names of an equation that was put in.
    pub fn insert(&mut self, equation: &Equation) {
        self.all.extend(names_in(equation));
    }

    /// The index as it is, or with primes if the caller, or `also`, means something else by it.
    pub fn index(&self, name: &Name, own: &BTreeSet<Name>, also: &BTreeSet<Name>) -> Name {
        let free = |name: &Name| !self.global.contains(name) && !also.contains(name);
        if free(name) {
            return name.clone();
        }
        let primed = (1..).map(|k| Name::from(format!("{name}{}", "'".repeat(k))));
        primed
            .take(own.len() + also.len() + self.global.len() + 1)
            .find(|n| free(n) && !own.contains(n))
            .unwrap_or_else(|| name.clone())
    }
}

/// All names that occur in an equation, but those of arrays that are read with indices.
pub(super) fn names_in(equation: &Equation) -> BTreeSet<Name> {
    let mut found = BTreeSet::new();
    for left in &equation.at {
        if let LeftIndex::Free(binder) = left {
            found.insert(binder.name.clone());
        }
    }
    names_of(&equation.body, &mut found);
    found
}

/// Adds the names that occur in an expression.
pub(super) fn names_of(expr: &Expr, found: &mut BTreeSet<Name>) {
    each_part(expr, &mut |part| match &part.kind {
        ExprKind::Name(name) => {
            found.insert(name.clone());
        }
        ExprKind::Reduce(_, binders, ..) | ExprKind::Normalise(_, binders, ..) => {
            found.extend(binders.iter().map(|b| b.name.clone()));
        }
        _ => {}
    });
}

/// What the indices in scope become, innermost last.
pub(super) type Scope = Vec<(Name, ExprKind)>;

/// What the names of a layer become.
pub(super) struct Renaming<'a> {
    /// Bare names: sizes, params, arrays without axes.
    pub values: &'a BTreeMap<Name, ExprKind>,
    /// Arrays that are read with indices.
    pub arrays: &'a BTreeMap<Name, Name>,
    /// Bound indices.
    pub index: &'a dyn Fn(&Name) -> Name,
    /// Where the call stands.
    pub span: Span,
}

impl Renaming<'_> {
    /// The expression in the caller's names.
    pub fn expr(&self, expr: &Expr, scope: &mut Scope) -> Expr {
        let outside = scope.len();
        let kind = match &expr.kind {
            ExprKind::Name(name) => {
                let bound = scope.iter().rev().find(|(n, _)| n == name).map(|(_, kind)| kind);
                bound.or_else(|| self.values.get(name)).unwrap_or(&expr.kind).clone()
            }
            ExprKind::Read(array, at) => {
                let at = at.iter().map(|index| self.expr(index, scope)).collect();
                ExprKind::Read(self.arrays.get(array).unwrap_or(array).clone(), at)
            }
            ExprKind::Reduce(word, binders, condition, body) => {
                let binders = self.binders(binders, true, scope);
                let condition = condition.as_ref().map(|c| Box::new(self.condition(c, scope)));
                ExprKind::Reduce(*word, binders, condition, Box::new(self.expr(body, scope)))
            }
            ExprKind::Normalise(word, binders, condition, argument) => {
                let binders = self.binders(binders, word.binds(), scope);
                let condition = condition.as_ref().map(|c| Box::new(self.condition(c, scope)));
                ExprKind::Normalise(*word, binders, condition, Box::new(self.expr(argument, scope)))
            }
            _ => numbers_folded(&expr.kind, map_parts_mut(expr, &mut |part| self.expr(part, scope))),
        };
        scope.truncate(outside);
        Expr { kind, span: self.span }
    }

    /// The condition in the caller's names.
    pub fn condition(&self, condition: &Condition, scope: &mut Scope) -> Condition {
        map_condition_mut(condition, &mut |part| self.expr(part, scope))
    }

    /// The range in the caller's names.
    pub fn range(&self, (lo, hi): &(Expr, Expr)) -> (Expr, Expr) {
        (self.expr(lo, &mut Scope::new()), self.expr(hi, &mut Scope::new()))
    }

    /// The axes and values of a declaration in the caller's names.
    pub fn array(&self, array: &ArrayDecl) -> ArrayDecl {
        let mapped = map_array(array, &|expr| self.expr(expr, &mut Scope::new()));
        ArrayDecl { span: self.span, ..mapped }
    }

    /// Binders, which come into scope; those that leave their index free keep the name it has outside.
    fn binders(&self, binders: &[Binder], bind: bool, scope: &mut Scope) -> Vec<Binder> {
        let mut renamed = Vec::with_capacity(binders.len());
        for binder in binders {
            let range = binder.range.as_ref().map(|(lo, hi)| (self.expr(lo, scope), self.expr(hi, scope)));
            let outside = scope.iter().rev().find(|(n, _)| !bind && *n == binder.name);
            let name = match outside {
                Some((_, ExprKind::Name(name))) => name.clone(),
                _ => (self.index)(&binder.name),
            };
            scope.push((binder.name.clone(), ExprKind::Name(name.clone())));
            renamed.push(Binder { name, range, span: self.span });
        }
        renamed
    }
}

/// A sum or a product in which names became numbers, without what these make superfluous: `1*(r-1) - 0`
/// is `r - 1`.
fn numbers_folded(before: &ExprKind, after: Expr) -> ExprKind {
    let number = |expr: &Expr| matches!(expr.kind, ExprKind::Number(_));
    match (before, &after.kind) {
        (ExprKind::Product(old), ExprKind::Product(new)) => {
            let one = |(operator, factor): &(Operator, Expr)| {
                *operator == Operator::Times && matches!(&factor.kind, ExprKind::Number(n) if n.is_one())
            };
            let became = |k: &usize| number(&new[*k].1) && !number(&old[*k].1);
            let divides = new.get(1).is_some_and(|(operator, _)| *operator != Operator::Times);
            let idle = |k: &usize| became(k) && one(&new[*k]) && !(*k == 0 && divides);
            let kept: Vec<(Operator, Expr)> = (0..new.len()).filter(|k| !idle(k)).map(|k| new[k].clone()).collect();
            match kept.as_slice() {
                [] => after.kind,
                [(_, only)] => only.kind.clone(),
                _ => ExprKind::Product(kept),
            }
        }
        (ExprKind::Sum(old), ExprKind::Sum(new)) => {
            let flat = |expr: &Expr| matches!(expr.kind, ExprKind::Number(_) | ExprKind::Sum(_));
            let became = old.iter().zip(new).any(|((_, old), (_, new))| flat(new) && !flat(old));
            if became { plus(&after, 0).kind } else { after.kind }
        }
        _ => after.kind,
    }
}
