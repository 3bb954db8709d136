//! Exponentials that cannot overflow: quotients of exponentials by sums of exponentials.
//!
//! Invariant: what is written has the value of what it stands for; only the order of the operations
//! differs, so that no exponential of a positive number is taken.

use crate::language::syntax::{Binder, Condition, Expr, ExprKind, Operator, Reduction, Sign};

/// Factors in which every exponential that is divided by a sum of exponentials has become one of a
/// difference: exp(a)/Σexp(b) is exp(a − log Σexp(b)). None if there is no such pair.
pub(super) fn paired(factors: &[(Operator, Expr)]) -> Option<Vec<(Operator, Expr)>> {
    let mut factors = factors.to_vec();
    let mut found = false;
    while let Some((above, below)) = pair(&factors) {
        found = true;
        let (total, left) = match &factors[below].1.kind {
            ExprKind::Power(base, exponent) => ((**base).clone(), less_one(base, exponent)),
            _ => (factors[below].1.clone(), None),
        };
        let ExprKind::Call(_, arguments) = &factors[above].1.kind else { return None };
        let logarithm = Expr::new(ExprKind::Call("log".into(), vec![total]));
        factors[above].1 = exponential(less(arguments.first()?, logarithm));
        match left {
            Some(left) => factors[below].1 = left,
            None => {
                factors.remove(below);
            }
        }
    }
    found.then_some(factors)
}

/// The places of an exponential and of a sum of exponentials that divides it.
fn pair(factors: &[(Operator, Expr)]) -> Option<(usize, usize)> {
    let above = |(operator, factor): &(Operator, Expr)| {
        *operator == Operator::Times
            && matches!(&factor.kind, ExprKind::Call(name, _) if &**name == "exp")
            && !is_shifted(factor)
    };
    let below = |(operator, factor): &(Operator, Expr)| {
        let total = match &factor.kind {
            ExprKind::Power(base, exponent) if matches!(exponent.kind, ExprKind::Number(_)) => base,
            _ => factor,
        };
        *operator == Operator::Over && as_total(total).is_some()
    };
    factors.iter().position(above).zip(factors.iter().position(below))
}

/// Whether an exponential has been paired.
fn is_shifted(exponential: &Expr) -> bool {
    let ExprKind::Call(_, arguments) = &exponential.kind else { return false };
    let [Expr { kind: ExprKind::Sum(terms), .. }] = arguments.as_slice() else { return false };
    terms.iter().any(|(sign, term)| match &term.kind {
        ExprKind::Call(name, inner) => {
            *sign == Sign::Minus && &**name == "log" && inner.iter().any(|e| as_total(e).is_some())
        }
        _ => false,
    })
}

/// `base^(n−1)`; none if that is 1.
fn less_one(base: &Expr, exponent: &Expr) -> Option<Expr> {
    let one = Expr::integer(1);
    let left = super::arithmetic::minus(exponent, &one);
    if super::arithmetic::is_zero(&left) {
        return None;
    }
    let power = ExprKind::Power(Box::new(base.clone()), Box::new(left.clone()));
    Some(if left == one { base.clone() } else { Expr::new(power) })
}

/// A sum of exponentials: its indices, its condition and what they are exponentials of.
pub(super) fn as_total(e: &Expr) -> Option<(&[Binder], Option<&Condition>, &Expr)> {
    let ExprKind::Reduce(Reduction::Sum, binders, condition, body) = &e.kind else { return None };
    let ExprKind::Call(name, arguments) = &body.kind else { return None };
    let (true, [argument]) = (&**name == "exp", arguments.as_slice()) else { return None };
    Some((binders, condition.as_deref(), argument))
}

/// exp(e)
pub(super) fn exponential(e: Expr) -> Expr {
    Expr::new(ExprKind::Call("exp".into(), vec![e]))
}

/// a − b
pub(super) fn less(a: &Expr, b: Expr) -> Expr {
    Expr::new(ExprKind::Sum(vec![(Sign::Plus, a.clone()), (Sign::Minus, b)]))
}
