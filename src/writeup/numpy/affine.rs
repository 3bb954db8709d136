//! Index expressions as numbers times the indices of axes, plus what does not depend on them; the
//! least and greatest value of an index expression.

use super::arithmetic::{fraction, is_one, is_zero, minus, plus, product};
use crate::language::syntax::{Expr, ExprKind, Name, Operator, Sign};
use crate::model::each_part;
use num_traits::Signed;

/// `Σ coefficient · index + offset`.
#[derive(Clone, Debug)]
pub(super) struct Affine {
    /// The axes with their coefficients, which depend on sizes alone.
    pub terms: Vec<(usize, Expr)>,
    /// What is left.
    pub offset: Expr,
}

impl Affine {
    fn constant(e: Expr) -> Affine {
        Affine { terms: Vec::new(), offset: e }
    }

    fn add(mut self, sign: Sign, other: &Affine) -> Affine {
        let join = |a: &Expr, b: &Expr| if sign == Sign::Plus { plus(a, b) } else { minus(a, b) };
        for (axis, coefficient) in &other.terms {
            match self.terms.iter_mut().find(|(found, _)| found == axis) {
                Some((_, found)) => *found = join(found, coefficient),
                None => self.terms.push((*axis, join(&Expr::integer(0), coefficient))),
            }
        }
        self.offset = join(&self.offset, &other.offset);
        self.terms.retain(|(_, coefficient)| !is_zero(coefficient));
        self
    }

    fn times(self, factor: &Expr) -> Affine {
        let terms = self.terms.iter().map(|(axis, e)| (*axis, times(factor, e))).collect();
        Affine { terms, offset: times(factor, &self.offset) }
    }
}

/// A product with its sums multiplied out.
pub(super) fn times(a: &Expr, b: &Expr) -> Expr {
    let spread = |terms: &[(Sign, Expr)], other: &Expr| {
        terms.iter().fold(Expr::integer(0), |sum, (sign, term)| {
            let part = times(term, other);
            if *sign == Sign::Plus { plus(&sum, &part) } else { minus(&sum, &part) }
        })
    };
    match (&a.kind, &b.kind) {
        _ if is_zero(a) || is_zero(b) => Expr::integer(0),
        (ExprKind::Sum(terms), _) => spread(terms, b),
        (_, ExprKind::Sum(terms)) => spread(terms, a),
        (ExprKind::Number(x), ExprKind::Number(y)) => Expr::new(ExprKind::Number(x * y)),
        (_, ExprKind::Number(_)) => product(vec![b.clone(), a.clone()]),
        _ => product(vec![a.clone(), b.clone()]),
    }
}

/// An index expression by the axes that names stand for, if it is of that form.
pub(super) fn affine(e: &Expr, axis: &dyn Fn(&Name) -> Option<usize>) -> Option<Affine> {
    match &e.kind {
        ExprKind::Name(name) if axis(name).is_some() => {
            Some(Affine { terms: vec![(axis(name)?, Expr::integer(1))], offset: Expr::integer(0) })
        }
        ExprKind::Sum(terms) => terms.iter().try_fold(Affine::constant(Expr::integer(0)), |sum, (sign, term)| {
            Some(sum.add(*sign, &affine(term, axis)?))
        }),
        ExprKind::Product(factors) if factors.iter().all(|(operator, _)| *operator == Operator::Times) => {
            factors.iter().try_fold(Affine::constant(Expr::integer(1)), |all, (_, factor)| {
                let factor = affine(factor, axis)?;
                match (all.terms.is_empty(), factor.terms.is_empty()) {
                    (true, _) => Some(factor.times(&all.offset)),
                    (_, true) => Some(all.times(&factor.offset)),
                    (false, false) => None,
                }
            })
        }
        _ => (!mentions(e, axis)).then(|| Affine::constant(e.clone())),
    }
}

/// Whether an index of an axis stands in an expression.
pub(super) fn mentions(e: &Expr, axis: &dyn Fn(&Name) -> Option<usize>) -> bool {
    let mut found = false;
    each_part(e, &mut |part| found |= matches!(&part.kind, ExprKind::Name(name) if axis(name).is_some()));
    found
}

/// Bounds for an index expression: at least the first, at most the second, given those of names.
pub(super) fn bounds(e: &Expr, of: &dyn Fn(&Expr) -> Option<(Expr, Expr)>) -> Option<(Expr, Expr)> {
    if let Some(found) = of(e) {
        return Some(found);
    }
    match &e.kind {
        ExprKind::Number(_) | ExprKind::Name(_) => Some((e.clone(), e.clone())),
        ExprKind::Sum(terms) => terms.iter().try_fold((Expr::integer(0), Expr::integer(0)), |sum, (sign, term)| {
            let (low, high) = bounds(term, of)?;
            Some(match sign {
                Sign::Plus => (plus(&sum.0, &low), plus(&sum.1, &high)),
                Sign::Minus => (minus(&sum.0, &high), minus(&sum.1, &low)),
            })
        }),
        ExprKind::Product(factors) => {
            let mut all: Option<(Expr, Expr)> = None;
            for (operator, factor) in factors {
                let (low, high) = bounds(factor, of)?;
                all = Some(match all {
                    None => (low, high),
                    Some(before) => corners(&before, *operator, &(low, high)),
                });
            }
            all
        }
        ExprKind::Call(word, arguments)
            if matches!(&**word, "floor" | "ceil") && is_positive(&fraction(arguments.first()?).1) =>
        {
            let (above, below) = fraction(arguments.first()?);
            let (low, high) = bounds(&above, of)?;
            let rounded = |e: Expr| {
                if is_one(&below) {
                    return e;
                }
                let over = vec![(Operator::Times, e), (Operator::Over, below.clone())];
                Expr::new(ExprKind::Call(word.clone(), vec![Expr::new(ExprKind::Product(over))]))
            };
            Some((rounded(low), rounded(high)))
        }
        ExprKind::Call(word, arguments) if matches!(&**word, "min" | "max") => {
            let parts = arguments.iter().map(|e| bounds(e, of)).collect::<Option<Vec<_>>>()?;
            let (low, high): (Vec<Expr>, Vec<Expr>) = parts.into_iter().unzip();
            let call = |parts| Expr::new(ExprKind::Call(word.clone(), parts));
            Some((call(low), call(high)))
        }
        _ => None,
    }
}

/// Whether an expression is a product of sizes and positive numbers: what an index is divided by.
fn is_positive(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Number(value) => value.is_positive(),
        ExprKind::Name(_) => true,
        ExprKind::Product(factors) => factors.iter().all(|(o, f)| *o == Operator::Times && is_positive(f)),
        _ => false,
    }
}

/// The least and greatest of what the ends give.
fn corners(a: &(Expr, Expr), operator: Operator, b: &(Expr, Expr)) -> (Expr, Expr) {
    if a.0 == a.1 && is_positive(&a.0) && operator == Operator::Times {
        return (times(&a.0, &b.0), times(&a.0, &b.1));
    }
    if b.0 == b.1 && is_positive(&b.0) && operator != Operator::Mod {
        let join = |e: &Expr| match operator {
            Operator::Times => times(e, &b.0),
            _ => Expr::new(ExprKind::Product(vec![(Operator::Times, e.clone()), (operator, b.0.clone())])),
        };
        return (join(&a.0), join(&a.1));
    }
    let join = |x: &Expr, y: &Expr| match operator {
        Operator::Times => times(x, y),
        _ => Expr::new(ExprKind::Product(vec![(Operator::Times, x.clone()), (operator, y.clone())])),
    };
    let mut all = vec![join(&a.0, &b.0), join(&a.1, &b.1), join(&a.0, &b.1), join(&a.1, &b.0)];
    let mut seen: Vec<Expr> = Vec::new();
    all.retain(|e| {
        !seen.contains(e) && {
            seen.push(e.clone());
            true
        }
    });
    if let [only] = all.as_slice() {
        return (only.clone(), only.clone());
    }
    let call = |word: &str| Expr::new(ExprKind::Call(word.into(), all.clone()));
    (call("min"), call("max"))
}
