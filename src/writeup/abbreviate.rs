//! A long index expression that a formula repeats gets a letter: p = 1+S(r−1)+D(i−1)−P.
//!
//! Invariant: putting the definitions back gives the formula, which is what was verified.

use crate::language::syntax::{Binder, Condition, Expr, ExprKind, Name};
use crate::model::visit;

const LETTERS: &[&str] = &["p", "q", "u", "v", "m", "j", "t"];
const TERMS: usize = 3;

/// A formula with letters for what it repeats, and what the letters stand for.
pub fn abbreviate(formula: &Expr, taken: &dyn Fn(&str) -> bool) -> (Expr, Vec<(Name, Expr)>) {
    let mut short = formula.clone();
    let mut defined: Vec<(Name, Expr)> = Vec::new();
    while let Some(repeated) = most_repeated(&short) {
        let free = |l: &&&str| !taken(l) && !mentions(formula, l) && !defined.iter().any(|(n, _)| **n == ***l);
        let Some(letter) = LETTERS.iter().find(free) else { break };
        let name: Name = (*letter).into();
        short = replace(&short, &repeated, &Expr::name(name.clone()));
        defined.push((name, repeated));
    }
    let expanded = defined.iter().rev().fold(short.clone(), |e, (name, by)| replace(&e, &Expr::name(name.clone()), by));
    if expanded == *formula { (short, defined) } else { (formula.clone(), Vec::new()) }
}

/// The largest sum of at least three terms that occurs more than once.
fn most_repeated(formula: &Expr) -> Option<Expr> {
    let mut sums: Vec<(Expr, usize)> = Vec::new();
    collect(formula, &mut sums);
    sums.into_iter().filter(|(_, n)| *n > 1).map(|(e, _)| e).max_by_key(size)
}

fn collect(expr: &Expr, sums: &mut Vec<(Expr, usize)>) {
    if let ExprKind::Sum(terms) = &expr.kind
        && terms.len() >= TERMS
        && is_integer(expr)
    {
        match sums.iter_mut().find(|(e, _)| e == expr) {
            Some((_, n)) => *n += 1,
            None => sums.push((expr.clone(), 1)),
        }
    }
    visit(expr, &mut |part| collect(part, sums));
}

/// Whether nothing in it is an entry of an array or a sum over an index.
fn is_integer(expr: &Expr) -> bool {
    let mut plain = !matches!(
        expr.kind,
        ExprKind::Read(..)
            | ExprKind::Upstream(..)
            | ExprKind::Derivative(..)
            | ExprKind::Reduce(..)
            | ExprKind::Normalise(..)
            | ExprKind::If(..)
    );
    visit(expr, &mut |part| plain &= is_integer(part));
    plain
}

fn size(expr: &Expr) -> usize {
    let mut n = 1;
    visit(expr, &mut |part| n += size(part));
    n
}

fn mentions(expr: &Expr, name: &str) -> bool {
    let mut found = match &expr.kind {
        ExprKind::Name(n) | ExprKind::Read(n, _) | ExprKind::Upstream(n, _) => &**n == name,
        ExprKind::Reduce(_, binders, ..) => binders.iter().any(|b| &*b.name == name),
        _ => false,
    };
    visit(expr, &mut |part| found |= mentions(part, name));
    found
}

fn replace(expr: &Expr, old: &Expr, new: &Expr) -> Expr {
    if expr == old {
        return new.clone();
    }
    map_parts(expr, &mut |part| replace(part, old, new))
}

/// The expression with `f` applied to its direct parts.
fn map_parts(expr: &Expr, f: &mut dyn FnMut(&Expr) -> Expr) -> Expr {
    let kind = match &expr.kind {
        ExprKind::Number(_) | ExprKind::Name(_) => expr.kind.clone(),
        ExprKind::Read(name, at) => ExprKind::Read(name.clone(), at.iter().map(f).collect()),
        ExprKind::Upstream(name, at) => ExprKind::Upstream(name.clone(), at.iter().map(f).collect()),
        ExprKind::Call(name, at) => ExprKind::Call(name.clone(), at.iter().map(f).collect()),
        ExprKind::Derivative(of, name, at) => {
            let of = Box::new(f(of));
            ExprKind::Derivative(of, name.clone(), at.iter().map(f).collect())
        }
        ExprKind::Sum(terms) => ExprKind::Sum(terms.iter().map(|(s, e)| (*s, f(e))).collect()),
        ExprKind::Product(factors) => ExprKind::Product(factors.iter().map(|(o, e)| (*o, f(e))).collect()),
        ExprKind::Power(a, b) => ExprKind::Power(Box::new(f(a)), Box::new(f(b))),
        ExprKind::Bracket(c) => ExprKind::Bracket(Box::new(map_condition(c, f))),
        ExprKind::If(c, a, b) => {
            let c = Box::new(map_condition(c, f));
            ExprKind::If(c, Box::new(f(a)), Box::new(f(b)))
        }
        ExprKind::Normalise(word, binders, argument) => {
            ExprKind::Normalise(*word, binders.clone(), Box::new(f(argument)))
        }
        ExprKind::Reduce(word, binders, condition, body) => {
            let binder = |b: &Binder, f: &mut dyn FnMut(&Expr) -> Expr| Binder {
                range: b.range.as_ref().map(|(lo, hi)| (f(lo), f(hi))),
                ..b.clone()
            };
            let binders = binders.iter().map(|b| binder(b, f)).collect();
            let condition = condition.as_ref().map(|c| Box::new(map_condition(c, f)));
            ExprKind::Reduce(*word, binders, condition, Box::new(f(body)))
        }
    };
    Expr { kind, span: expr.span }
}

fn map_condition(condition: &Condition, f: &mut dyn FnMut(&Expr) -> Expr) -> Condition {
    match condition {
        Condition::Chain(first, rest) => {
            let first = f(first);
            Condition::Chain(first, rest.iter().map(|(r, e)| (*r, f(e))).collect())
        }
        Condition::Divides(m, e) => {
            let m = f(m);
            Condition::Divides(m, f(e))
        }
        Condition::All(all) => Condition::All(all.iter().map(|c| map_condition(c, f)).collect()),
        Condition::Any(any) => Condition::Any(any.iter().map(|c| map_condition(c, f)).collect()),
        Condition::Not(inner) => Condition::Not(Box::new(map_condition(inner, f))),
    }
}
