//! Other ways to write a right formula.

use crate::source::Source;
use crate::walk::{each, names, put};
use backprose::language::syntax::{Binder, Condition, Expr, ExprKind, Operator, Reduction, Relation, Sign};

type Rewriting = fn(&Expr, &mut Source) -> Option<Expr>;

/// Each kind of rewriting, applied to one part of a formula; none where it does not apply.
pub const REWRITINGS: &[(&str, Rewriting)] = &[
    ("renamed", renamed),
    ("shifted", shifted),
    ("reversed", reversed),
    ("exchanged", exchanged),
    ("split", split),
    ("nested", nested),
    ("other order", other_order),
    ("distributed", distributed),
    ("pulled out", pulled_out),
    ("pushed in", pushed_in),
    ("cases for a bracket", cases_for_bracket),
    ("brackets for cases", brackets_for_cases),
    ("condition below a bracket", condition_to_bracket),
    ("bracket to a condition", bracket_to_condition),
    ("other relation", other_relation),
    ("twice a half", twice_a_half),
    ("squares written out", squares),
];

/// A rewriting at a random place where it applies.
pub fn somewhere(formula: &Expr, rewriting: Rewriting, source: &mut Source) -> Option<Expr> {
    let mut places = Vec::new();
    let mut number = 0;
    each(&mut formula.clone(), &mut |part| {
        if rewriting(part, &mut Source::given(&[])).is_some() {
            places.push(number);
        }
        number += 1;
    });
    let chosen = *places.get(source.below(places.len().max(1)))?;
    let (mut new, mut number) = (formula.clone(), 0);
    let mut ok = true;
    each(&mut new, &mut |part| {
        if number == chosen {
            match rewriting(part, source) {
                Some(other) => *part = other,
                None => ok = false,
            }
        }
        number += 1;
    });
    ok.then_some(new)
}

pub fn product(factors: Vec<Expr>) -> Expr {
    let mut all = Vec::new();
    for factor in factors {
        match factor.kind {
            ExprKind::Product(inner) if inner.iter().all(|(op, _)| *op == Operator::Times) => all.extend(inner),
            _ => all.push((Operator::Times, factor)),
        }
    }
    match all.len() {
        0 => Expr::integer(1),
        1 => all.remove(0).1,
        _ => Expr::new(ExprKind::Product(all)),
    }
}

fn sum(terms: Vec<(Sign, Expr)>) -> Expr {
    match terms.as_slice() {
        [(Sign::Plus, only)] => only.clone(),
        _ => Expr::new(ExprKind::Sum(terms)),
    }
}

fn plus(a: &Expr, b: &Expr) -> Expr {
    sum(vec![(Sign::Plus, a.clone()), (Sign::Plus, b.clone())])
}

fn minus(a: &Expr, b: &Expr) -> Expr {
    sum(vec![(Sign::Plus, a.clone()), (Sign::Minus, b.clone())])
}

fn bracket(condition: Condition) -> Expr {
    Expr::new(ExprKind::Bracket(Box::new(condition)))
}

/// A sum or a product over an index with both ends.
fn reduction(e: &Expr) -> Option<(Reduction, &[Binder], Option<&Condition>, &Expr)> {
    match &e.kind {
        ExprKind::Reduce(which @ (Reduction::Sum | Reduction::Product), binders, condition, body) => {
            Some((*which, binders, condition.as_deref(), body))
        }
        _ => None,
    }
}

fn reduce(which: Reduction, binders: Vec<Binder>, condition: Option<Condition>, body: Expr) -> Expr {
    if binders.is_empty() {
        return match condition {
            Some(condition) => product(vec![bracket(condition), body]),
            None => body,
        };
    }
    Expr::new(ExprKind::Reduce(which, binders, condition.map(Box::new), Box::new(body)))
}

/// The whole with an index replaced, in inner ranges, condition and body; the new range is given.
fn with_index(e: &Expr, place: usize, by: &Expr, range: (Expr, Expr)) -> Option<Expr> {
    let (which, binders, condition, body) = reduction(e)?;
    let name = binders[place].name.clone();
    let mut new = binders.to_vec();
    for binder in new.iter_mut().enumerate().filter(|(k, _)| *k != place).map(|(_, b)| b) {
        if binder.name == name {
            return None;
        }
        if let Some((lo, hi)) = &mut binder.range {
            (*lo, *hi) = (put(lo, &name, by)?, put(hi, &name, by)?);
        }
    }
    new[place].range = Some(range);
    let condition = match condition {
        Some(c) => match put(&bracket(c.clone()), &name, by)?.kind {
            ExprKind::Bracket(c) => Some(*c),
            _ => None,
        },
        None => None,
    };
    Some(reduce(which, new, condition, put(body, &name, by)?))
}

fn renamed(e: &Expr, source: &mut Source) -> Option<Expr> {
    let (which, binders, ..) = reduction(e)?;
    let place = source.below(binders.len());
    let fresh = ["o", "a_1", "s_1", "i_7"].into_iter().find(|n| !names(e).iter().any(|own| **own == **n))?;
    let range = binders[place].range.clone()?;
    let new = with_index(e, place, &Expr::name(fresh), range)?;
    let ExprKind::Reduce(_, mut binders, condition, body) = new.kind else { return None };
    binders[place].name = fresh.into();
    Some(Expr::new(ExprKind::Reduce(which, binders, condition, body)))
}

fn shifted(e: &Expr, source: &mut Source) -> Option<Expr> {
    let (_, binders, ..) = reduction(e)?;
    let place = source.below(binders.len());
    let by = Expr::integer(1 + source.below(2) as i128);
    let (lo, hi) = binders[place].range.clone()?;
    let name = Expr::name(binders[place].name.clone());
    match source.below(2) {
        0 => with_index(e, place, &minus(&name, &by), (plus(&lo, &by), plus(&hi, &by))),
        _ => with_index(e, place, &plus(&name, &by), (minus(&lo, &by), minus(&hi, &by))),
    }
}

fn reversed(e: &Expr, source: &mut Source) -> Option<Expr> {
    let (_, binders, ..) = reduction(e)?;
    let place = source.below(binders.len());
    let (lo, hi) = binders[place].range.clone()?;
    let name = Expr::name(binders[place].name.clone());
    with_index(e, place, &minus(&plus(&lo, &hi), &name), (lo.clone(), hi.clone()))
}

fn exchanged(e: &Expr, _: &mut Source) -> Option<Expr> {
    let (which, binders, condition, body) = reduction(e)?;
    let free = |b: &Binder| {
        let read = |e: &Expr| names(e).iter().any(|name| binders.iter().any(|other| other.name == *name));
        b.range.as_ref().is_some_and(|(lo, hi)| !read(lo) && !read(hi))
    };
    let ok = binders.len() > 1 && binders.iter().all(free);
    ok.then(|| reduce(which, binders.iter().rev().cloned().collect(), condition.cloned(), body.clone()))
}

fn nested(e: &Expr, _: &mut Source) -> Option<Expr> {
    let (which, binders, condition, body) = reduction(e)?;
    let [outer, inner @ ..] = binders else { return None };
    let inside = !inner.is_empty();
    inside.then(|| {
        let inner = reduce(which, inner.to_vec(), condition.cloned(), body.clone());
        reduce(which, vec![outer.clone()], None, inner)
    })
}

fn split(e: &Expr, source: &mut Source) -> Option<Expr> {
    let (which, binders, condition, body) = reduction(e)?;
    let place = source.below(binders.len());
    let (lo, _) = binders[place].range.clone()?;
    let name = Expr::name(binders[place].name.clone());
    let here = |relation| {
        let own = Condition::Chain(name.clone(), vec![(relation, plus(&lo, &Expr::integer(1)))]);
        match condition {
            None => own,
            Some(Condition::All(parts)) => Condition::All(parts.iter().cloned().chain([own]).collect()),
            Some(other) => Condition::All(vec![other.clone(), own]),
        }
    };
    let part = |relation| reduce(which, binders.to_vec(), Some(here(relation)), body.clone());
    let (a, b) = (part(Relation::AtMost), part(Relation::Greater));
    Some(match which {
        Reduction::Product => product(vec![a, b]),
        _ => plus(&a, &b),
    })
}

fn other_order(e: &Expr, source: &mut Source) -> Option<Expr> {
    match &e.kind {
        ExprKind::Sum(terms) if terms.len() > 1 => {
            let mut terms = terms.clone();
            let by = 1 + source.below(terms.len() - 1);
            terms.rotate_left(by);
            Some(Expr::new(ExprKind::Sum(terms)))
        }
        ExprKind::Product(factors) if factors.iter().all(|(op, _)| *op == Operator::Times) => {
            let mut factors = factors.clone();
            let guards = |e: &Expr| matches!(e.kind, ExprKind::Bracket(_));
            if factors.iter().any(|(_, e)| guards(e)) {
                let place = factors.iter().position(|(_, e)| !guards(e))?;
                factors[place..].reverse();
            } else {
                factors.reverse();
            }
            let new = Expr::new(ExprKind::Product(factors));
            (new != *e).then_some(new)
        }
        _ => None,
    }
}

/// a·(b + c) = a·b + a·c
fn distributed(e: &Expr, source: &mut Source) -> Option<Expr> {
    let ExprKind::Product(factors) = &e.kind else { return None };
    let places: Vec<usize> = (0..factors.len())
        .filter(|k| factors[*k].0 == Operator::Times && matches!(&factors[*k].1.kind, ExprKind::Sum(t) if t.len() > 1))
        .collect();
    let over = factors.iter().any(|(op, _)| *op != Operator::Times);
    let place = *places.get(source.below(places.len().max(1)))?;
    let ExprKind::Sum(terms) = &factors[place].1.kind else { return None };
    let term = |(sign, inner): &(Sign, Expr)| {
        let mut factors = factors.clone();
        factors[place].1 = inner.clone();
        (*sign, Expr::new(ExprKind::Product(factors)))
    };
    (!over).then(|| Expr::new(ExprKind::Sum(terms.iter().map(term).collect())))
}

fn pure(e: &Expr) -> bool {
    matches!(e.kind, ExprKind::Read(..) | ExprKind::Upstream(..) | ExprKind::Name(_) | ExprKind::Number(_))
}

/// Σ a·b(k) = a·Σ b(k), where a is no bracket.
fn pulled_out(e: &Expr, _: &mut Source) -> Option<Expr> {
    let (Reduction::Sum, binders, condition, body) = reduction(e)? else { return None };
    let ExprKind::Product(factors) = &body.kind else { return None };
    let bound = |e: &Expr| names(e).iter().any(|name| binders.iter().any(|b| b.name == *name));
    let free = |(op, e): &(Operator, Expr)| {
        *op == Operator::Times && matches!(e.kind, ExprKind::Name(_) | ExprKind::Number(_)) && !bound(e)
    };
    let times = factors.iter().all(|(op, _)| *op == Operator::Times);
    let (out, inside): (Vec<_>, Vec<_>) = factors.iter().cloned().partition(free);
    let ok = times && !out.is_empty() && !inside.is_empty();
    ok.then(|| {
        let inside = product(inside.into_iter().map(|(_, e)| e).collect());
        let inner = reduce(Reduction::Sum, binders.to_vec(), condition.cloned(), inside);
        product(out.into_iter().map(|(_, e)| e).chain([inner]).collect())
    })
}

/// a·Σ b(k) = Σ a·b(k)
fn pushed_in(e: &Expr, _: &mut Source) -> Option<Expr> {
    let ExprKind::Product(factors) = &e.kind else { return None };
    let (last, before) = factors.split_last()?;
    let (Reduction::Sum, binders, condition, body) = reduction(&last.1)? else { return None };
    let times = factors.iter().all(|(op, _)| *op == Operator::Times);
    let before: Vec<Expr> = before.iter().map(|(_, e)| e.clone()).collect();
    let clash = before.iter().any(|e| names(e).iter().any(|name| binders.iter().any(|b| b.name == *name)));
    let ok = times && !clash && before.iter().all(pure);
    ok.then(|| {
        let body = product(before.into_iter().chain([body.clone()]).collect());
        reduce(Reduction::Sum, binders.to_vec(), condition.cloned(), body)
    })
}

/// [p]·a as cases
fn cases_for_bracket(e: &Expr, _: &mut Source) -> Option<Expr> {
    let ExprKind::Product(factors) = &e.kind else { return None };
    let ((_, first), rest) = factors.split_first()?;
    let ExprKind::Bracket(condition) = &first.kind else { return None };
    let times = rest.iter().all(|(op, _)| *op == Operator::Times);
    times.then(|| {
        let rest = product(rest.iter().map(|(_, e)| e.clone()).collect());
        Expr::new(ExprKind::If(condition.clone(), Box::new(rest), Box::new(Expr::integer(0))))
    })
}

fn brackets_for_cases(e: &Expr, _: &mut Source) -> Option<Expr> {
    let ExprKind::If(condition, a, b) = &e.kind else { return None };
    let not = Condition::Not(condition.clone());
    Some(plus(
        &product(vec![bracket((**condition).clone()), (**a).clone()]),
        &product(vec![bracket(not), (**b).clone()]),
    ))
}

fn condition_to_bracket(e: &Expr, _: &mut Source) -> Option<Expr> {
    let (Reduction::Sum, binders, Some(condition), body) = reduction(e)? else { return None };
    Some(reduce(Reduction::Sum, binders.to_vec(), None, product(vec![bracket(condition.clone()), body.clone()])))
}

fn bracket_to_condition(e: &Expr, _: &mut Source) -> Option<Expr> {
    let (Reduction::Sum, binders, None, body) = reduction(e)? else { return None };
    let ExprKind::Product(factors) = &body.kind else { return None };
    let ((_, first), rest) = factors.split_first()?;
    let ExprKind::Bracket(condition) = &first.kind else { return None };
    let times = rest.iter().all(|(op, _)| *op == Operator::Times);
    let rest = product(rest.iter().map(|(_, e)| e.clone()).collect());
    times.then(|| reduce(Reduction::Sum, binders.to_vec(), Some((**condition).clone()), rest))
}

/// a ≤ b as not a > b, or with its sides exchanged.
fn other_relation(e: &Expr, source: &mut Source) -> Option<Expr> {
    let change = |c: &Condition, source: &mut Source| match c {
        Condition::Chain(a, rest) => match rest.as_slice() {
            [(relation, b)] if source.below(2) == 0 => {
                Some(Condition::Chain(b.clone(), vec![(relation.mirrored(), a.clone())]))
            }
            [(relation, b)] => {
                Some(Condition::Not(Box::new(Condition::Chain(a.clone(), vec![(relation.negated(), b.clone())]))))
            }
            [(first, b), (second, c)] => Some(Condition::All(vec![
                Condition::Chain(b.clone(), vec![(*second, c.clone())]),
                Condition::Chain(a.clone(), vec![(*first, b.clone())]),
            ])),
            _ => None,
        },
        _ => None,
    };
    match &e.kind {
        ExprKind::Bracket(c) => Some(bracket(change(c, source)?)),
        ExprKind::If(c, a, b) => Some(Expr::new(ExprKind::If(Box::new(change(c, source)?), a.clone(), b.clone()))),
        ExprKind::Reduce(which, binders, Some(c), body) => {
            let c = change(c, source)?;
            Some(Expr::new(ExprKind::Reduce(*which, binders.clone(), Some(Box::new(c)), body.clone())))
        }
        _ => None,
    }
}

fn twice_a_half(e: &Expr, _: &mut Source) -> Option<Expr> {
    let value = matches!(e.kind, ExprKind::Reduce(Reduction::Sum, ..) | ExprKind::Upstream(..));
    let half =
        || Expr::new(ExprKind::Product(vec![(Operator::Times, Expr::integer(1)), (Operator::Over, Expr::integer(2))]));
    value.then(|| plus(&product(vec![half(), e.clone()]), &product(vec![half(), e.clone()])))
}

fn squares(e: &Expr, _: &mut Source) -> Option<Expr> {
    let ExprKind::Power(base, exponent) = &e.kind else { return None };
    (**exponent == Expr::integer(2)).then(|| product(vec![(**base).clone(), (**base).clone()]))
}
