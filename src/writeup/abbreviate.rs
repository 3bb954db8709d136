//! A long index expression that a formula repeats gets a letter: p = 1+S(r−1)+D(i−1)−P.
//!
//! Invariant: putting the definitions back gives the formula, which is what was verified.

use crate::language::syntax::{Expr, ExprKind, Name};
use crate::model::{map_parts_mut, visit};

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

pub(super) fn replace(expr: &Expr, old: &Expr, new: &Expr) -> Expr {
    if expr == old {
        return new.clone();
    }
    map_parts_mut(expr, &mut |part| replace(part, old, new))
}
