//! A normaliser inside a formula gets a name and an equation of its own, as an author would give it:
//! −log softargmax[c](z[c]) becomes −log p[c], where p[c] = softargmax[c](z[c]). So does what is
//! normalised, if it holds a sum: the scores of softargmax[j](Σ_k Q[i,k]·K[j,k]) become s[i,j].
//!
//! Invariant: an equation whose right side is a normaliser of single entries stays as it is.

use crate::diagnostic::Span;
use crate::language::syntax::*;
use std::collections::BTreeSet;

/// What normalised arrays are called, in this order of preference.
const LETTERS: [&str; 6] = ["p", "a", "q", "P", "A", "pi"];
/// What arrays of scores are called.
const SCORES: [&str; 6] = ["z", "s", "u", "v", "Z", "S"];

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
            ExprKind::Normalise(..) => hoist.normaliser(&equation.body, &mut scope),
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
                    ExprKind::Reduce(_, binders, ..) | ExprKind::Normalise(_, binders, ..) => {
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
        if let ExprKind::Normalise(word, binders, ..) = &expr.kind {
            let inner = self.normaliser(expr, scope);
            let known = binders.iter().all(|b| scope.contains(&b.name));
            return if word.binds() || !known { inner } else { self.named(inner, scope, &LETTERS) };
        }
        let inner = super::resolve::map_parts_mut(expr, &mut |part| self.expr(part, scope));
        scope.truncate(outside);
        inner
    }

    /// A normaliser whose argument has a name if it holds a sum and runs over its whole axis.
    fn normaliser(&mut self, expr: &Expr, scope: &mut Vec<Name>) -> Expr {
        let ExprKind::Normalise(word, binders, condition, argument) = &expr.kind else { return expr.clone() };
        let outside = scope.len();
        let unknown = binders.iter().map(|b| &b.name).filter(|name| !scope.contains(name));
        let unknown: Vec<Name> = unknown.cloned().collect();
        scope.extend(unknown);
        let mut argument = self.expr(argument, scope);
        let mut sums = false;
        super::resolve::each_part(&argument, &mut |part| sums |= matches!(part.kind, ExprKind::Reduce(..)));
        if sums && condition.is_none() && binders.iter().all(|b| b.range.is_none()) {
            argument = self.named(argument, scope, &SCORES);
        }
        scope.truncate(outside);
        let kind = ExprKind::Normalise(*word, binders.clone(), condition.clone(), Box::new(argument));
        Expr { kind, span: expr.span }
    }

    /// A read of a new array that is defined by a formula, over those indices in scope that occur in
    /// it.
    fn named(&mut self, formula: Expr, scope: &[Name], letters: &[&str]) -> Expr {
        let mut used: Vec<Name> = Vec::new();
        super::resolve::each_part(&formula, &mut |part| match &part.kind {
            ExprKind::Name(name) => used.push(name.clone()),
            ExprKind::Normalise(_, binders, ..) => used.extend(binders.iter().map(|b| b.name.clone())),
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
        let same = |made: &&Equation| made.body == formula;
        let array = match self.made.iter().find(same) {
            Some(known) => known.array.clone(),
            None => {
                let array = self.fresh(letters);
                let (at, span) = (left.collect(), formula.span);
                self.made.push(Equation { array: array.clone(), at, body: formula.clone(), span });
                array
            }
        };
        Expr { kind: ExprKind::Read(array, at), span: formula.span }
    }

    fn fresh(&mut self, letters: &[&str]) -> Name {
        let numbered = (1..).map(|k| format!("{}_{k}", letters[0]));
        let wishes = letters.iter().map(|letter| letter.to_string()).chain(numbered).map(Name::from);
        let name = wishes.into_iter().find(|name| !self.taken.contains(name)).unwrap_or_else(|| letters[0].into());
        self.taken.insert(name.clone());
        name
    }
}
