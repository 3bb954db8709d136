//! The derivatives of the scalar functions, from the one table of them.

use crate::language::function::Function;
use crate::language::parse::parse_expression;
use crate::language::syntax::{Condition, Expr, ExprKind, Operator, Sign};
use crate::model::Term;
use num_traits::ToPrimitive;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The texts of the table, each read once.
static READ: LazyLock<BTreeMap<&str, Expr>> = LazyLock::new(|| {
    let texts = Function::all().flat_map(|function| function.entry().derivatives).copied();
    texts.filter_map(|text| Some((text, parse_expression(text).ok()?))).collect()
});

/// The derivative of a function for one of its arguments, where these stand: `whole` is the function
/// at them.
pub(super) fn slope(function: Function, argument: usize, arguments: &[Term], whole: &Term) -> Term {
    let text = function.entry().derivatives.get(argument).copied().unwrap_or("0");
    let letters = Letters { arguments, whole };
    READ.get(text).and_then(|expr| letters.term(expr)).unwrap_or_else(Term::zero)
}

/// What the letters of the table stand for.
struct Letters<'a> {
    arguments: &'a [Term],
    whole: &'a Term,
}

impl Letters<'_> {
    fn term(&self, expr: &Expr) -> Option<Term> {
        match &expr.kind {
            ExprKind::Number(n) => Some(Term::number(n.clone())),
            ExprKind::Name(name) => match &**name {
                "u" => self.arguments.first().cloned(),
                "v" => self.arguments.get(1).cloned(),
                "y" => Some(self.whole.clone()),
                "pi" => Some(Term::apply(Function::Pi, Vec::new())),
                _ => None,
            },
            ExprKind::Sum(terms) => {
                let signed = |(sign, e): &(Sign, Expr)| {
                    let term = self.term(e)?;
                    Some(if *sign == Sign::Plus { term } else { term.negative() })
                };
                terms.iter().map(signed).collect::<Option<Vec<Term>>>().map(Term::sum)
            }
            ExprKind::Product(factors) => {
                let joined = |(operator, e): &(Operator, Expr)| match operator {
                    Operator::Times => self.term(e),
                    Operator::Over => self.term(e).map(|t| Term::power(t, -1)),
                    Operator::Div | Operator::Mod | Operator::Matmul => None,
                };
                factors.iter().map(joined).collect::<Option<Vec<Term>>>().map(Term::product)
            }
            ExprKind::Power(base, exponent) => self.power(base, exponent),
            ExprKind::Call(name, arguments) => {
                let function = Function::named(name, arguments.len())?;
                let arguments: Option<Vec<Term>> = arguments.iter().map(|e| self.term(e)).collect();
                arguments.map(|arguments| Term::apply(function, arguments))
            }
            ExprKind::Bracket(condition) => match &**condition {
                Condition::Chain(first, rest) => match rest.as_slice() {
                    [(relation, second)] => Some(Term::compare(*relation, self.term(first)?, self.term(second)?)),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }

    /// u² and the like, or u to a power that is no number.
    fn power(&self, base: &Expr, exponent: &Expr) -> Option<Term> {
        let (base, exponent) = (self.term(base)?, self.term(exponent)?);
        let whole = exponent.as_number().filter(|n| n.is_integer()).and_then(|n| n.to_integer().to_i64());
        Some(match whole {
            Some(n) => Term::power(base, n),
            None => Term::apply(Function::Pow, vec![base, exponent]),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Kind;

    #[test]
    fn every_derivative_of_the_table_is_read() {
        let letters = ["u", "v"].map(|name| Term::read(name.into(), Vec::new()));
        for function in Function::all() {
            let derivatives = function.entry().derivatives;
            let arguments = &letters[..derivatives.len()];
            let whole = Term::apply(function, arguments.to_vec());
            for (k, text) in derivatives.iter().enumerate() {
                let found = slope(function, k, arguments, &whole);
                assert!(*text == "0" || !matches!(found.kind(), Kind::Number(_)), "{}: {text}", function.name());
            }
        }
    }
}
