//! Walking through formulas.

use backprose::language::syntax::{Binder, Condition, Expr, ExprKind, Name};
use std::collections::BTreeSet;

/// What stands directly in a formula.
fn parts(e: &mut Expr) -> Vec<&mut Expr> {
    match &mut e.kind {
        ExprKind::Number(_) | ExprKind::Name(_) => Vec::new(),
        ExprKind::Read(_, at) | ExprKind::Upstream(_, at) | ExprKind::Call(_, at) => at.iter_mut().collect(),
        ExprKind::Derivative(of, _, at) => std::iter::once(&mut **of).chain(at).collect(),
        ExprKind::Sum(terms) => terms.iter_mut().map(|(_, e)| e).collect(),
        ExprKind::Product(factors) => factors.iter_mut().map(|(_, e)| e).collect(),
        ExprKind::Power(a, b) => vec![a, b],
        ExprKind::Reduce(_, binders, condition, body) | ExprKind::Normalise(_, binders, condition, body) => {
            let mut found = ends(binders);
            found.extend(condition.iter_mut().flat_map(|c| of_condition(c)));
            found.push(body);
            found
        }
        ExprKind::Bracket(c) => of_condition(c),
        ExprKind::If(c, a, b) => {
            let mut found = of_condition(c);
            found.extend([&mut **a, &mut **b]);
            found
        }
        ExprKind::Layer(call) => call.at.iter_mut().flatten().collect(),
    }
}

fn ends(binders: &mut [Binder]) -> Vec<&mut Expr> {
    binders.iter_mut().filter_map(|b| b.range.as_mut()).flat_map(|(a, b)| [a, b]).collect()
}

fn of_condition(c: &mut Condition) -> Vec<&mut Expr> {
    match c {
        Condition::Chain(first, rest) => std::iter::once(first).chain(rest.iter_mut().map(|(_, e)| e)).collect(),
        Condition::Divides(a, b) => vec![a, b],
        Condition::All(parts) | Condition::Any(parts) => parts.iter_mut().flat_map(of_condition).collect(),
        Condition::Not(inner) => of_condition(inner),
    }
}

/// Changes every part of a formula, inner ones first.
pub fn each(e: &mut Expr, change: &mut dyn FnMut(&mut Expr)) {
    for part in parts(e) {
        each(part, change);
    }
    change(e);
}

/// The names in a formula, bound ones too.
pub fn names(e: &Expr) -> BTreeSet<Name> {
    let mut found = BTreeSet::new();
    each(&mut e.clone(), &mut |part| match &part.kind {
        ExprKind::Name(name) | ExprKind::Read(name, _) | ExprKind::Upstream(name, _) => {
            found.insert(name.clone());
        }
        ExprKind::Reduce(_, binders, ..) | ExprKind::Normalise(_, binders, ..) => {
            found.extend(binders.iter().map(|b| b.name.clone()));
        }
        _ => {}
    });
    found
}

/// The formula with a name replaced by a formula, unless a binder inside has that name.
pub fn put(e: &Expr, name: &str, by: &Expr) -> Option<Expr> {
    let (mut shadowed, mut new) = (false, e.clone());
    each(&mut new, &mut |part| match &mut part.kind {
        ExprKind::Name(own) if **own == *name => *part = by.clone(),
        ExprKind::Reduce(_, binders, ..) | ExprKind::Normalise(_, binders, ..) => {
            shadowed |= binders.iter().any(|b| *b.name == *name);
        }
        _ => {}
    });
    (!shadowed).then_some(new)
}
