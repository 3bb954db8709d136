//! Slips: a formula with one thing changed.

use crate::rewrite::somewhere;
use crate::source::Source;
use backprose::language::syntax::{Condition, Expr, ExprKind, Operator, Relation, Sign};

type Slip = fn(&Expr, &mut Source) -> Option<Expr>;

/// Each kind of slip, made in one part of a formula; none where it cannot be.
pub const SLIPS: &[(&str, Slip)] = &[
    ("a number", number),
    ("a sign", sign),
    ("a factor left out", left_out),
    ("a term left out", term_left_out),
    ("indices exchanged", exchanged),
    ("an index moved", moved),
    ("a relation", relation),
    ("a range", range),
    ("the other case", other_case),
];

fn number(e: &Expr, _: &mut Source) -> Option<Expr> {
    let ExprKind::Number(n) = &e.kind else { return None };
    let one = num(1);
    let ExprKind::Number(one) = one.kind else { return None };
    Some(Expr::new(ExprKind::Number(n + one)))
}

fn num(n: i128) -> Expr {
    Expr::integer(n)
}

fn sign(e: &Expr, source: &mut Source) -> Option<Expr> {
    let ExprKind::Sum(terms) = &e.kind else { return None };
    let mut terms = terms.clone();
    let place = source.below(terms.len());
    terms[place].0 = if terms[place].0 == Sign::Plus { Sign::Minus } else { Sign::Plus };
    Some(Expr::new(ExprKind::Sum(terms)))
}

fn left_out(e: &Expr, source: &mut Source) -> Option<Expr> {
    let ExprKind::Product(factors) = &e.kind else { return None };
    let mut factors = factors.clone();
    let times = factors.iter().all(|(op, _)| *op == Operator::Times);
    factors.remove(source.below(factors.len()));
    let ok = times && !factors.is_empty();
    ok.then(|| if factors.len() == 1 { factors.remove(0).1 } else { Expr::new(ExprKind::Product(factors)) })
}

fn term_left_out(e: &Expr, source: &mut Source) -> Option<Expr> {
    let ExprKind::Sum(terms) = &e.kind else { return None };
    let mut terms = terms.clone();
    terms.remove(source.below(terms.len()));
    match terms.as_slice() {
        [] => None,
        [(Sign::Plus, only)] => Some(only.clone()),
        _ => Some(Expr::new(ExprKind::Sum(terms))),
    }
}

fn exchanged(e: &Expr, source: &mut Source) -> Option<Expr> {
    let at = match &e.kind {
        ExprKind::Read(_, at) | ExprKind::Upstream(_, at) if at.len() > 1 => at,
        _ => return None,
    };
    let place = source.below(at.len() - 1);
    let mut at = at.clone();
    at.swap(place, place + 1);
    with_indices(e, at)
}

fn with_indices(e: &Expr, at: Vec<Expr>) -> Option<Expr> {
    let kind = match &e.kind {
        ExprKind::Read(name, _) => ExprKind::Read(name.clone(), at),
        ExprKind::Upstream(name, _) => ExprKind::Upstream(name.clone(), at),
        _ => return None,
    };
    let new = Expr::new(kind);
    (new != *e).then_some(new)
}

fn moved(e: &Expr, source: &mut Source) -> Option<Expr> {
    let at = match &e.kind {
        ExprKind::Read(_, at) | ExprKind::Upstream(_, at) if !at.is_empty() => at,
        _ => return None,
    };
    let mut at = at.clone();
    let place = source.below(at.len());
    let by = if source.below(2) == 0 { Sign::Plus } else { Sign::Minus };
    at[place] = Expr::new(ExprKind::Sum(vec![(Sign::Plus, at[place].clone()), (by, num(1))]));
    with_indices(e, at)
}

fn relation(e: &Expr, source: &mut Source) -> Option<Expr> {
    let other = |relation: &Relation| match relation {
        Relation::Equal => Relation::AtMost,
        Relation::NotEqual => Relation::Less,
        Relation::Less => Relation::AtMost,
        Relation::AtMost => Relation::Less,
        Relation::Greater => Relation::AtLeast,
        Relation::AtLeast => Relation::Greater,
    };
    let change = |c: &Condition, source: &mut Source| match c {
        Condition::Chain(a, rest) => {
            let mut rest = rest.clone();
            let place = source.below(rest.len());
            rest[place].0 = other(&rest[place].0);
            Some(Condition::Chain(a.clone(), rest))
        }
        Condition::All(parts) => {
            let mut parts = parts.clone();
            parts.remove(source.below(parts.len()));
            Some(if parts.len() == 1 { parts.remove(0) } else { Condition::All(parts) })
        }
        Condition::Divides(..) => Some(Condition::Not(Box::new(c.clone()))),
        _ => None,
    };
    match &e.kind {
        ExprKind::Bracket(c) => Some(Expr::new(ExprKind::Bracket(Box::new(change(c, source)?)))),
        ExprKind::If(c, a, b) => Some(Expr::new(ExprKind::If(Box::new(change(c, source)?), a.clone(), b.clone()))),
        ExprKind::Reduce(which, binders, Some(c), body) => {
            let c = Some(Box::new(change(c, source)?));
            Some(Expr::new(ExprKind::Reduce(*which, binders.clone(), c, body.clone())))
        }
        _ => None,
    }
}

fn range(e: &Expr, source: &mut Source) -> Option<Expr> {
    let ExprKind::Reduce(which, binders, condition, body) = &e.kind else { return None };
    let mut binders = binders.clone();
    let place = source.below(binders.len());
    let (lo, hi) = binders[place].range.clone()?;
    let less = Expr::new(ExprKind::Sum(vec![(Sign::Plus, hi), (Sign::Minus, num(1))]));
    binders[place].range = Some((lo, less));
    Some(Expr::new(ExprKind::Reduce(*which, binders, condition.clone(), body.clone())))
}

fn other_case(e: &Expr, _: &mut Source) -> Option<Expr> {
    let ExprKind::If(c, a, b) = &e.kind else { return None };
    Some(Expr::new(ExprKind::If(c.clone(), b.clone(), a.clone())))
}

/// A slip at a random place where it can be made.
pub fn slip(formula: &Expr, made: Slip, source: &mut Source) -> Option<Expr> {
    somewhere(formula, made, source).filter(|new| new != formula)
}
