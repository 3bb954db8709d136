//! Formulas as trees whose places can be told apart and changed one at a time.
//!
//! Invariant: places are counted in reading order, ranges and conditions included, by one walk, so
//! that the number of a place means the same wherever it is used.

use crate::language::syntax::{Binder, Condition, Expr, ExprKind, Name, Operator, Reduction, Relation, Sign};

/// What a part of a formula is to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It has a value: the formula itself, a factor, a term.
    Value,
    /// An index of a read.
    Index,
    /// The first value of a bound index.
    Lower,
    /// Its last value.
    Upper,
    /// A side of a comparison.
    Side,
    /// A part of one of the last four.
    Inner,
}

impl Role {
    /// The role of the terms and factors of what has this one.
    fn part(self) -> Role {
        if self == Role::Value { Role::Value } else { Role::Inner }
    }

    /// Whether integers stand here.
    pub fn integer(self) -> bool {
        self != Role::Value
    }
}

/// All places of a formula.
pub fn places(expr: &Expr) -> Vec<(Role, Expr)> {
    let mut found = Vec::new();
    walk(&mut expr.clone(), Role::Value, &mut |role, part| {
        found.push((role, part.clone()));
        true
    });
    found
}

/// The formula with another expression at the place of that number.
pub fn with_place(expr: &Expr, number: usize, new: &Expr) -> Expr {
    let (mut changed, mut at) = (expr.clone(), 0);
    walk(&mut changed, Role::Value, &mut |_, part| {
        let here = at == number;
        if here {
            *part = new.clone();
        }
        at += 1;
        !here && at <= number
    });
    changed
}

/// The formula with every place that holds `old`, among integers or among values, replaced.
pub fn with_all(expr: &Expr, integer: bool, old: &Expr, new: &Expr) -> Expr {
    let mut changed = expr.clone();
    walk(&mut changed, Role::Value, &mut |role, part| {
        let here = role.integer() == integer && *part == *old;
        if here {
            *part = new.clone();
        }
        !here
    });
    changed
}

/// The formula changed at every place by `f`, from the root down.
pub fn changed(expr: &Expr, f: &mut dyn FnMut(Role, &mut Expr) -> bool) -> Expr {
    let mut changed = expr.clone();
    walk(&mut changed, Role::Value, f);
    changed
}

/// The formula with names exchanged for others, bound ones included.
pub fn renamed(expr: &Expr, f: &dyn Fn(&Name) -> Name) -> Expr {
    changed(expr, &mut |_, part| {
        match &mut part.kind {
            ExprKind::Name(name) => *name = f(name),
            ExprKind::Reduce(_, binders, ..) => binders.iter_mut().for_each(|b| b.name = f(&b.name)),
            _ => {}
        }
        true
    })
}

/// The names that stand in a formula, those of arrays left out, each once.
pub fn names(expr: &Expr) -> Vec<Name> {
    let mut found: Vec<Name> = Vec::new();
    for (_, part) in places(expr) {
        if let ExprKind::Name(name) = part.kind
            && !found.contains(&name)
        {
            found.push(name);
        }
    }
    found
}

/// The product of factors, one factor alone.
pub fn product(mut factors: Vec<(Operator, Expr)>) -> Expr {
    match factors.as_slice() {
        [] => Expr::integer(1),
        [(Operator::Times, _)] => factors.remove(0).1,
        [(Operator::Times, _), ..] => Expr::new(ExprKind::Product(factors)),
        _ => {
            factors.insert(0, (Operator::Times, Expr::integer(1)));
            Expr::new(ExprKind::Product(factors))
        }
    }
}

/// a·b
pub fn times(a: Expr, b: Expr) -> Expr {
    Expr::new(ExprKind::Product(vec![(Operator::Times, a), (Operator::Times, b)]))
}

/// The sum of terms, one term alone.
pub fn sum(mut terms: Vec<(Sign, Expr)>) -> Expr {
    match terms.as_slice() {
        [] => Expr::integer(0),
        [(Sign::Plus, _)] => terms.remove(0).1,
        _ => Expr::new(ExprKind::Sum(terms)),
    }
}

/// The expression plus a number, the two numbers of a sum put together.
pub fn plus(expr: &Expr, number: i128) -> Expr {
    let mut terms = match &expr.kind {
        ExprKind::Sum(terms) => terms.clone(),
        _ => vec![(Sign::Plus, expr.clone())],
    };
    let mut total = number;
    terms.retain(|(sign, term)| match as_integer(term) {
        Some(n) => {
            total += if *sign == Sign::Plus { n } else { -n };
            false
        }
        None => true,
    });
    if total != 0 || terms.is_empty() {
        let sign = if total < 0 { Sign::Minus } else { Sign::Plus };
        terms.push((sign, Expr::integer(total.abs())));
    }
    sum(terms)
}

/// The integer that a literal is.
pub fn as_integer(expr: &Expr) -> Option<i128> {
    match &expr.kind {
        ExprKind::Number(n) if n.is_integer() => i128::try_from(n.to_integer()).ok(),
        _ => None,
    }
}

/// The conditions that a condition becomes when one part of it is forgotten; nothing where all is.
pub fn weaker(condition: &Condition) -> Vec<Option<Condition>> {
    let mut found = vec![None];
    match condition {
        Condition::All(parts) if parts.len() <= 8 => {
            for k in 0..parts.len() {
                let mut rest = parts.clone();
                rest.remove(k);
                found.push(Some(if rest.len() == 1 { rest.remove(0) } else { Condition::All(rest) }));
            }
        }
        Condition::Chain(first, rest) if rest.len() == 2 => {
            found.push(Some(Condition::Chain(first.clone(), rest[..1].to_vec())));
            found.push(Some(Condition::Chain(rest[0].1.clone(), rest[1..].to_vec())));
        }
        _ => {}
    }
    found
}

/// lo ≤ e ≤ hi
pub fn within(lo: Expr, e: Expr, hi: Expr) -> Condition {
    Condition::Chain(lo, vec![(Relation::AtMost, e), (Relation::AtMost, hi)])
}

/// A sum without one of its indices; where none is left, its condition is a bracket before the body.
pub fn without_binder(binders: &[Binder], gone: usize, condition: Option<&Condition>, body: &Expr) -> Expr {
    let rest: Vec<Binder> = binders.iter().enumerate().filter(|(k, _)| *k != gone).map(|(_, b)| b.clone()).collect();
    match condition {
        None if rest.is_empty() => body.clone(),
        Some(condition) if rest.is_empty() => {
            times(Expr::new(ExprKind::Bracket(Box::new(condition.clone()))), body.clone())
        }
        _ => {
            let condition = condition.cloned().map(Box::new);
            Expr::new(ExprKind::Reduce(Reduction::Sum, rest, condition, Box::new(body.clone())))
        }
    }
}

/// Calls `f` on every place in reading order; on the parts of a place only where it says so.
fn walk(expr: &mut Expr, role: Role, f: &mut dyn FnMut(Role, &mut Expr) -> bool) {
    if !f(role, expr) {
        return;
    }
    let part = role.part();
    match &mut expr.kind {
        ExprKind::Number(_) | ExprKind::Name(_) => {}
        ExprKind::Read(_, at) | ExprKind::Upstream(_, at) => at.iter_mut().for_each(|e| walk(e, Role::Index, f)),
        ExprKind::Call(_, at) => at.iter_mut().for_each(|e| walk(e, part, f)),
        ExprKind::Layer(call) => call.arguments.iter_mut().for_each(|e| walk(e, part, f)),
        ExprKind::Derivative(of, _, at) => {
            walk(of, Role::Value, f);
            at.iter_mut().for_each(|e| walk(e, Role::Index, f));
        }
        ExprKind::Sum(terms) => terms.iter_mut().for_each(|(_, e)| walk(e, part, f)),
        ExprKind::Product(factors) => factors.iter_mut().for_each(|(_, e)| walk(e, part, f)),
        ExprKind::Power(base, exponent) => {
            walk(base, part, f);
            walk(exponent, Role::Inner, f);
        }
        ExprKind::Bracket(condition) => walk_condition(condition, f),
        ExprKind::If(condition, a, b) => {
            walk_condition(condition, f);
            walk(a, part, f);
            walk(b, part, f);
        }
        ExprKind::Reduce(_, binders, condition, body) | ExprKind::Normalise(_, binders, condition, body) => {
            for (lo, hi) in binders.iter_mut().filter_map(|b| b.range.as_mut()) {
                walk(lo, Role::Lower, f);
                walk(hi, Role::Upper, f);
            }
            condition.iter_mut().for_each(|c| walk_condition(c, f));
            walk(body, part, f);
        }
    }
}

fn walk_condition(condition: &mut Condition, f: &mut dyn FnMut(Role, &mut Expr) -> bool) {
    match condition {
        Condition::Chain(first, rest) => {
            walk(first, Role::Side, f);
            rest.iter_mut().for_each(|(_, e)| walk(e, Role::Side, f));
        }
        Condition::Divides(m, e) => {
            walk(m, Role::Side, f);
            walk(e, Role::Side, f);
        }
        Condition::All(parts) | Condition::Any(parts) => parts.iter_mut().for_each(|p| walk_condition(p, f)),
        Condition::Not(inner) => walk_condition(inner, f),
    }
}
