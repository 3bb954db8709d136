//! Short words for building documents.

use crate::language::syntax::{Binder, Condition, Expr, ExprKind, Operator, Reduction, Relation, Sign};
use crate::writeup::document::*;
use ExprKind as K;

pub fn n(name: &str) -> Expr {
    Expr::name(name)
}

pub fn i(value: i128) -> Expr {
    Expr::integer(value)
}

pub fn add(terms: &[Expr]) -> Expr {
    Expr::new(K::Sum(terms.iter().map(|term| (Sign::Plus, term.clone())).collect()))
}

pub fn sub(a: Expr, b: Expr) -> Expr {
    Expr::new(K::Sum(vec![(Sign::Plus, a), (Sign::Minus, b)]))
}

pub fn neg(a: Expr) -> Expr {
    Expr::new(K::Sum(vec![(Sign::Minus, a)]))
}

pub fn mul(factors: &[Expr]) -> Expr {
    Expr::new(K::Product(factors.iter().map(|factor| (Operator::Times, factor.clone())).collect()))
}

pub fn op(a: Expr, operator: Operator, b: Expr) -> Expr {
    Expr::new(K::Product(vec![(Operator::Times, a), (operator, b)]))
}

pub fn read(array: &str, at: &[Expr]) -> Expr {
    if at.is_empty() { n(array) } else { Expr::new(K::Read(array.into(), at.to_vec())) }
}

pub fn upstream(array: &str, at: &[Expr]) -> Expr {
    Expr::new(K::Upstream(array.into(), at.to_vec()))
}

pub fn by(body: Expr, array: &str, at: &[Expr]) -> Expr {
    Expr::new(K::Derivative(Box::new(body), array.into(), at.to_vec()))
}

pub fn sum(binders: &[(&str, i128)], body: Expr) -> Expr {
    let binder = |(name, last): &(&str, i128)| Binder {
        name: (*name).into(),
        range: Some((i(1), i(*last))),
        span: Default::default(),
    };
    Expr::new(K::Reduce(Reduction::Sum, binders.iter().map(binder).collect(), None, Box::new(body)))
}

pub fn open_sum(names: &[&str], condition: Option<Condition>, body: Expr) -> Expr {
    let binder = |name: &&str| Binder { name: (*name).into(), range: None, span: Default::default() };
    Expr::new(K::Reduce(Reduction::Sum, names.iter().map(binder).collect(), condition.map(Box::new), Box::new(body)))
}

pub fn call(name: &str, arguments: &[Expr]) -> Expr {
    Expr::new(K::Call(name.into(), arguments.to_vec()))
}

pub fn bracket(condition: Condition) -> Expr {
    Expr::new(K::Bracket(Box::new(condition)))
}

pub fn cases(condition: Condition, a: Expr, b: Expr) -> Expr {
    Expr::new(K::If(Box::new(condition), Box::new(a), Box::new(b)))
}

pub fn equal(a: Expr, b: Expr) -> Condition {
    Condition::Chain(a, vec![(Relation::Equal, b)])
}

pub fn within(a: Expr, b: Expr, c: Expr) -> Condition {
    Condition::Chain(a, vec![(Relation::AtMost, b), (Relation::AtMost, c)])
}

pub fn range(name: &str, last: i128) -> Math {
    vec![Piece::Condition(within(i(1), n(name), i(last)))]
}

pub fn e(e: Expr) -> Piece {
    Piece::Expr(e)
}

pub fn is(a: Expr, b: Expr) -> Math {
    vec![e(a), Piece::Symbol(Symbol::Equal), e(b)]
}

pub fn space(a: Expr, groups: &[&[i128]]) -> Math {
    let group = |group: &&[i128]| group.iter().map(|length| i(*length)).collect();
    vec![e(a), Piece::Symbol(Symbol::In), Piece::Space(groups.iter().map(group).collect())]
}

pub fn source(text: &str) -> Prose {
    vec![Inline::Source(text.into())]
}

pub fn text(text: &str) -> Inline {
    Inline::Text(text.into())
}

pub fn line(right: Expr, reason: Prose) -> Line {
    Line { relation: Symbol::Equal, right: vec![e(right)], reason }
}
