//! A normaliser inside a formula gets a name and an equation of its own, as an author would give it:
//! −log softargmax[c](z[c]) becomes −log p[c], where p[c] = softargmax[c](z[c]).
//!
//! Invariant: an equation whose right side is a normaliser and nothing else stays as it is.

use crate::diagnostic::Span;
use crate::language::syntax::*;
use std::collections::BTreeSet;

/// What normalised arrays are called, in this order of preference.
const LETTERS: [&str; 6] = ["p", "a", "q", "P", "A", "s"];

/// The statements with every normaliser that leaves its index free in an equation of its own.
pub(super) fn hoisted(statements: &[Statement]) -> Vec<Statement> {
    let mut hoist = Hoist { taken: BTreeSet::new(), made: Vec::new() };
    statements.iter().for_each(|statement| hoist.take_names(statement));
    let mut all = Vec::with_capacity(statements.len());
    for statement in statements {
        let StatementKind::Equation(equation) = &statement.kind else {
            all.push(statement.clone());
            continue;
        };
        let mut scope: Vec<Name> = Vec::new();
        for left in &equation.at {
            if let LeftIndex::Free(binder) = left {
                scope.push(binder.name.clone());
            }
        }
        let body = match &equation.body.kind {
            ExprKind::Normalise(word, binders, argument) => {
                let argument = Box::new(hoist.expr(argument, &mut scope));
                Expr { kind: ExprKind::Normalise(*word, binders.clone(), argument), span: equation.body.span }
            }
            _ => hoist.expr(&equation.body, &mut scope),
        };
        let named = |made: Equation| Statement { kind: StatementKind::Equation(made), span: statement.span };
        all.extend(std::mem::take(&mut hoist.made).into_iter().map(named));
        let equation = Equation { body, ..equation.clone() };
        all.push(Statement { kind: StatementKind::Equation(equation), span: statement.span });
    }
    all
}

struct Hoist {
    taken: BTreeSet<Name>,
    made: Vec<Equation>,
}

impl Hoist {
    fn take_names(&mut self, statement: &Statement) {
        match &statement.kind {
            StatementKind::Size(sizes) => self.taken.extend(sizes.iter().map(|s| s.name.clone())),
            StatementKind::Param(params) => self.taken.extend(params.iter().map(|p| p.name.clone())),
            StatementKind::Arrays(_, arrays) => self.taken.extend(arrays.iter().map(|a| a.name.clone())),
            StatementKind::Equation(equation) => {
                self.taken.insert(equation.array.clone());
                for left in &equation.at {
                    if let LeftIndex::Free(binder) = left {
                        self.taken.insert(binder.name.clone());
                    }
                }
                super::resolve::each_part(&equation.body, &mut |part| match &part.kind {
                    ExprKind::Name(name) | ExprKind::Read(name, _) => {
                        self.taken.insert(name.clone());
                    }
                    ExprKind::Reduce(_, binders, ..) | ExprKind::Normalise(_, binders, _) => {
                        self.taken.extend(binders.iter().map(|b| b.name.clone()));
                    }
                    _ => {}
                });
            }
            StatementKind::Require(_) | StatementKind::Output(_) => {}
            StatementKind::Notation(..) | StatementKind::Call(_) => {}
        }
    }

    fn expr(&mut self, expr: &Expr, scope: &mut Vec<Name>) -> Expr {
        let outside = scope.len();
        if let ExprKind::Reduce(_, binders, ..) = &expr.kind {
            scope.extend(binders.iter().map(|b| b.name.clone()));
        }
        if let ExprKind::Normalise(word, binders, _) = &expr.kind
            && word.binds()
        {
            scope.extend(binders.iter().map(|b| b.name.clone()));
        }
        let inner = super::resolve::map_parts_mut(expr, &mut |part| self.expr(part, scope));
        scope.truncate(outside);
        let ExprKind::Normalise(word, binders, _) = &inner.kind else { return inner };
        let known = binders.iter().all(|b| scope.contains(&b.name));
        if word.binds() || !known {
            return inner;
        }
        self.named(inner, scope)
    }

    /// A read of a new array that is defined as the normaliser, over those indices in scope that
    /// occur in it.
    fn named(&mut self, normaliser: Expr, scope: &[Name]) -> Expr {
        let mut used: Vec<Name> = Vec::new();
        super::resolve::each_part(&normaliser, &mut |part| match &part.kind {
            ExprKind::Name(name) => used.push(name.clone()),
            ExprKind::Normalise(_, binders, _) => used.extend(binders.iter().map(|b| b.name.clone())),
            _ => {}
        });
        let mut indices: Vec<Name> = Vec::new();
        for name in scope.iter().filter(|name| used.contains(name)) {
            if !indices.contains(name) {
                indices.push(name.clone());
            }
        }
        let at = indices.iter().map(|name| Expr::name(name.clone())).collect::<Vec<Expr>>();
        let left = indices
            .iter()
            .map(|name| LeftIndex::Free(Binder { name: name.clone(), range: None, span: Span::default() }));
        let same = |made: &&Equation| made.body == normaliser;
        let array = match self.made.iter().find(same) {
            Some(known) => known.array.clone(),
            None => {
                let array = self.fresh();
                let (at, span) = (left.collect(), normaliser.span);
                self.made.push(Equation { array: array.clone(), at, body: normaliser.clone(), span });
                array
            }
        };
        Expr { kind: ExprKind::Read(array, at), span: normaliser.span }
    }

    fn fresh(&mut self) -> Name {
        let numbered = (1..).map(|k| format!("p_{k}"));
        let wishes = LETTERS.iter().map(|letter| letter.to_string()).chain(numbered).map(Name::from);
        let name = wishes.into_iter().find(|name| !self.taken.contains(name)).unwrap_or_else(|| "p".into());
        self.taken.insert(name.clone());
        name
    }
}
