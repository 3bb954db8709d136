//! Small algebra on expression trees: shifting an index to a position, the length of an axis,
//! numerators and denominators, brackets taken out of a product.
//!
//! It tidies what it makes (`i + 1 - 1` is `i`) and leaves what the author wrote alone.

use crate::language::syntax::{Condition, Expr, ExprKind, Name, Operator, Sign};
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};
use std::collections::BTreeMap;

/// `a + b`, tidied; `a` itself if `b` is 0.
pub(super) fn plus(a: &Expr, b: &Expr) -> Expr {
    tidy(&[(Sign::Plus, a), (Sign::Plus, b)])
}

/// `a - b`, tidied; `a` itself if `b` is 0.
pub(super) fn minus(a: &Expr, b: &Expr) -> Expr {
    tidy(&[(Sign::Plus, a), (Sign::Minus, b)])
}

/// How many integers there are from `first` to `last`.
pub(super) fn length(first: &Expr, last: &Expr) -> Expr {
    tidy(&[(Sign::Plus, last), (Sign::Minus, first), (Sign::Plus, &Expr::integer(1))])
}

/// A sum with its literals folded into one at the end and opposite terms cancelled.
fn tidy(terms: &[(Sign, &Expr)]) -> Expr {
    if let [(Sign::Plus, only), rest @ ..] = terms
        && rest.iter().all(|(_, term)| is_zero(term))
    {
        return (*only).clone();
    }
    let mut flat = Vec::new();
    let mut constant = BigRational::zero();
    for (sign, term) in terms {
        flatten(*sign, term, &mut flat, &mut constant);
    }
    if let Some(k) = flat.iter().position(|(sign, _)| *sign == Sign::Plus) {
        let lead = flat.remove(k);
        flat.insert(0, lead);
    }
    if !constant.is_zero() {
        let sign = if constant.is_negative() { Sign::Minus } else { Sign::Plus };
        flat.push((sign, Expr::new(ExprKind::Number(constant.abs()))));
    }
    match flat.as_slice() {
        [] => Expr::integer(0),
        [(Sign::Plus, only)] => only.clone(),
        _ => Expr::new(ExprKind::Sum(flat)),
    }
}

fn flatten(sign: Sign, term: &Expr, flat: &mut Vec<(Sign, Expr)>, constant: &mut BigRational) {
    match &term.kind {
        ExprKind::Number(value) if sign == Sign::Plus => *constant += value,
        ExprKind::Number(value) => *constant -= value,
        ExprKind::Sum(terms) => {
            for (inner, term) in terms {
                let sign = if *inner == sign { Sign::Plus } else { Sign::Minus };
                flatten(sign, term, flat, constant);
            }
        }
        _ => match flat.iter().position(|(s, e)| *s != sign && e == term) {
            Some(k) => {
                flat.remove(k);
            }
            None => flat.push((sign, term.clone())),
        },
    }
}

/// Whether `e` is the literal 0 (`-0` too).
pub(super) fn is_zero(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Number(value) => value.is_zero(),
        ExprKind::Sum(terms) => terms.iter().all(|(_, term)| is_zero(term)),
        _ => false,
    }
}

/// Whether `e` is the literal 1.
pub(super) fn is_one(e: &Expr) -> bool {
    matches!(&e.kind, ExprKind::Number(value) if value.is_one())
}

/// A product, without needless literals 1.
pub(super) fn product(factors: Vec<Expr>) -> Expr {
    let mut kept: Vec<Expr> = factors.into_iter().filter(|e| !is_one(e)).collect();
    match kept.len() {
        0 => Expr::integer(1),
        1 => kept.remove(0),
        _ => Expr::new(ExprKind::Product(kept.into_iter().map(|e| (Operator::Times, e)).collect())),
    }
}

/// Whether `e` is, at its top, a quotient: an exact division or a literal such as `1/2`.
pub(super) fn is_fraction(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Number(value) => !value.is_integer(),
        ExprKind::Product(factors) => !is_one(&fraction_of_product(factors).1),
        ExprKind::Sum(terms) => terms.iter().any(|(_, term)| is_fraction(term)),
        _ => false,
    }
}

/// Numerator and denominator of `e`; the denominator is 1 where there is no division.
pub(super) fn fraction(e: &Expr) -> (Expr, Expr) {
    match &e.kind {
        ExprKind::Number(value) => (
            Expr::new(ExprKind::Number(value.numer().clone().into())),
            Expr::new(ExprKind::Number(value.denom().clone().into())),
        ),
        ExprKind::Product(factors) => fraction_of_product(factors),
        ExprKind::Sum(terms) => fraction_of_sum(terms),
        _ => (e.clone(), Expr::integer(1)),
    }
}

fn fraction_of_product(factors: &[(Operator, Expr)]) -> (Expr, Expr) {
    let whole = |operator: &Operator| matches!(operator, Operator::Div | Operator::Mod);
    if factors.iter().any(|(operator, _)| whole(operator)) {
        let all = Expr::new(ExprKind::Product(factors.to_vec()));
        return (all, Expr::integer(1));
    }
    let (mut above, mut below) = (Vec::new(), Vec::new());
    for (operator, factor) in factors {
        let (numerator, denominator) = match &factor.kind {
            ExprKind::Number(_) => fraction(factor),
            _ => (factor.clone(), Expr::integer(1)),
        };
        let over = *operator == Operator::Over;
        above.push(if over { denominator.clone() } else { numerator.clone() });
        below.push(if over { numerator } else { denominator });
    }
    (product(above), product(below))
}

fn fraction_of_sum(terms: &[(Sign, Expr)]) -> (Expr, Expr) {
    let parts: Vec<(Expr, Expr)> = terms.iter().map(|(_, term)| fraction(term)).collect();
    let mut denominators: Vec<Expr> = Vec::new();
    for (_, denominator) in &parts {
        if !is_one(denominator) && !denominators.contains(denominator) {
            denominators.push(denominator.clone());
        }
    }
    let scaled = terms.iter().zip(&parts).map(|((sign, _), (top, bottom))| {
        let others = denominators.iter().filter(|d| *d != bottom).cloned();
        (*sign, product([top.clone()].into_iter().chain(others).collect()))
    });
    let numerator = Expr::new(ExprKind::Sum(scaled.collect()));
    (numerator, product(denominators))
}

/// The brackets that `e` is multiplied by, outermost first, and `e` without them.
pub(super) fn split_guards(e: &Expr) -> (Vec<Condition>, Expr) {
    match &e.kind {
        ExprKind::Bracket(condition) => (vec![(**condition).clone()], Expr::integer(1)),
        ExprKind::Sum(terms) => match terms.as_slice() {
            [(Sign::Minus, only)] => {
                let (guards, rest) = split_guards(only);
                (guards, Expr::new(ExprKind::Sum(vec![(Sign::Minus, rest)])))
            }
            _ => (Vec::new(), e.clone()),
        },
        ExprKind::Product(factors) => {
            let (mut guards, mut kept) = (Vec::new(), Vec::new());
            for (operator, factor) in factors {
                if *operator != Operator::Times {
                    if kept.is_empty() {
                        kept.push((Operator::Times, Expr::integer(1)));
                    }
                    kept.push((*operator, factor.clone()));
                    continue;
                }
                let (found, rest) = split_guards(factor);
                if found.is_empty() || !is_one(&rest) {
                    kept.push((Operator::Times, rest));
                }
                guards.extend(found);
            }
            match kept.as_slice() {
                [] => (guards, Expr::integer(1)),
                [(_, only)] => (guards, only.clone()),
                _ => (guards, Expr::new(ExprKind::Product(kept))),
            }
        }
        _ => (Vec::new(), e.clone()),
    }
}

/// `e` as numbers times names plus a number, if it is that.
pub(super) fn linear(e: &Expr) -> Option<(BTreeMap<Name, i64>, i64)> {
    match &e.kind {
        ExprKind::Number(value) if value.is_integer() => Some((BTreeMap::new(), value.to_integer().to_i64()?)),
        ExprKind::Name(name) => Some((BTreeMap::from([(name.clone(), 1)]), 0)),
        ExprKind::Sum(terms) => {
            let mut total = (BTreeMap::new(), 0);
            for (sign, term) in terms {
                let factor = if *sign == Sign::Plus { 1 } else { -1 };
                add(&mut total, factor, &linear(term)?)?;
            }
            Some(total)
        }
        ExprKind::Product(factors) => {
            let mut total = (BTreeMap::new(), 1);
            for (operator, factor) in factors {
                let factor = (*operator == Operator::Times).then(|| linear(factor))??;
                let (by, of) = if total.0.is_empty() {
                    (total.1, factor)
                } else {
                    (factor.0.is_empty().then_some(factor.1)?, total)
                };
                total = (BTreeMap::new(), 0);
                add(&mut total, by, &of)?;
            }
            Some(total)
        }
        _ => None,
    }
}

fn add(total: &mut (BTreeMap<Name, i64>, i64), factor: i64, form: &(BTreeMap<Name, i64>, i64)) -> Option<()> {
    total.1 = total.1.checked_add(factor.checked_mul(form.1)?)?;
    for (name, coefficient) in &form.0 {
        let entry = total.0.entry(name.clone()).or_insert(0);
        *entry = entry.checked_add(factor.checked_mul(*coefficient)?)?;
    }
    total.0.retain(|_, coefficient| *coefficient != 0);
    Some(())
}
