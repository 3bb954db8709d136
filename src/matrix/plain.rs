//! Parts of written matrix forms that hold no matrices: numbers, quotients of sizes, exponents. These are
//! formulas of the language. Invariant: nothing but scalars comes through.

use crate::language::syntax::{Condition, Expr, ExprKind, MatrixExpr, MatrixKind};

/// Whether it is a number that satisfies the test.
pub(super) fn is_number(value: &Expr, test: impl Fn(&num_rational::BigRational) -> bool) -> bool {
    matches!(&value.kind, ExprKind::Number(n) if test(n))
}

/// A form without matrices in it as a formula of the language.
pub(super) fn plain(written: &MatrixExpr) -> Option<Expr> {
    let all = |parts: &[MatrixExpr]| parts.iter().map(plain).collect::<Option<Vec<Expr>>>();
    Some(Expr::new(match &written.kind {
        MatrixKind::Entry(value) => value.kind.clone(),
        MatrixKind::Name(name) => ExprKind::Name(name.clone()),
        MatrixKind::Power(base, exponent, false) => ExprKind::Power(Box::new(plain(base)?), Box::new(plain(exponent)?)),
        MatrixKind::Product(factors) => {
            let parts = factors.iter().map(|(operator, factor)| Some((*operator, plain(factor)?)));
            ExprKind::Product(parts.collect::<Option<_>>()?)
        }
        MatrixKind::Sum(terms) => {
            let parts = terms.iter().map(|(sign, term)| Some((*sign, plain(term)?)));
            ExprKind::Sum(parts.collect::<Option<_>>()?)
        }
        MatrixKind::Call(name, arguments) => ExprKind::Call(name.clone(), all(arguments)?),
        MatrixKind::Compare(relation, pair) => {
            let chain = Condition::Chain(plain(&pair[0])?, vec![(*relation, plain(&pair[1])?)]);
            ExprKind::Bracket(Box::new(chain))
        }
        _ => return None,
    }))
}
