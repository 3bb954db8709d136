//! Expressions made of expressions.

use super::syntax::{Binder, Condition, Expr, ExprKind, Operator, Reduction, Relation};

impl Expr {
    /// `[a = b]`
    pub fn equality(a: &Expr, b: &Expr) -> Expr {
        let chain = Condition::Chain(a.clone(), vec![(Relation::Equal, b.clone())]);
        Expr::new(ExprKind::Bracket(Box::new(chain)))
    }

    /// The product of factors; a single one stands for itself.
    pub fn product(mut factors: Vec<Expr>) -> Expr {
        match factors.len() {
            1 => factors.remove(0),
            _ => Expr::new(ExprKind::Product(factors.into_iter().map(|f| (Operator::Times, f)).collect())),
        }
    }

    /// The sum over some indices; over none the body itself.
    pub fn sum_over(binders: Vec<Binder>, body: Expr) -> Expr {
        match binders.is_empty() {
            true => body,
            false => Expr::new(ExprKind::Reduce(Reduction::Sum, binders, None, Box::new(body))),
        }
    }
}
