//! Exponentials that cannot overflow: normalisers, logarithms of sums of exponentials, and quotients
//! of exponentials by such sums.
//!
//! Invariant: what is written has the value of what it stands for; only the order of the operations
//! differs, so that no exponential of a positive number is taken.

use super::code::{Code, Level, Mode};
use super::expression::Writer;
use super::layout::bracketed;
use crate::language::syntax::{Binder, Condition, Expr, ExprKind, Normaliser, Operator, Reduction, Relation, Sign};

impl Writer<'_> {
    /// A normaliser. One that leaves its index free has its value at the index in scope.
    pub(super) fn normalise(
        &mut self,
        word: Normaliser,
        binders: &[Binder],
        body: &Expr,
        mode: Mode,
    ) -> Result<Code, String> {
        if word.binds() {
            return self.log_sum_exp(binders, None, body);
        }
        let total = ExprKind::Normalise(Normaliser::LogSumExp, binders.to_vec(), Box::new(body.clone()));
        let rest = less(body, Expr::new(total));
        let value = match word {
            Normaliser::LogSoftargmax | Normaliser::LogSoftmax => return self.expression(&rest, mode),
            Normaliser::Softargmax | Normaliser::Softmax | Normaliser::LogSumExp => exponential(rest),
        };
        let inside: Vec<Condition> = binders.iter().filter_map(|binder| self.narrower(binder)).collect();
        if inside.is_empty() {
            return self.expression(&value, mode);
        }
        let choice =
            ExprKind::If(Box::new(super::expression::all(inside)), Box::new(value), Box::new(Expr::integer(0)));
        self.expression(&Expr::new(choice), mode)
    }

    /// That the index in scope lies in the range that a normaliser has for it; none if it always does.
    fn narrower(&self, binder: &Binder) -> Option<Condition> {
        let (first, last) = binder.range.as_ref()?;
        let bound = self.scope.iter().rev().find(|bound| bound.name == binder.name)?;
        let differs = bound.range.0 != *first || bound.range.1 != *last;
        let at_most = |e: Expr| (Relation::AtMost, e);
        let chain = vec![at_most(Expr::name(binder.name.clone())), at_most(last.clone())];
        differs.then(|| Condition::Chain(first.clone(), chain))
    }

    /// The logarithm of a sum.
    pub(super) fn logarithm(&mut self, sum: &Expr) -> Result<Code, String> {
        match as_total(sum) {
            Some((binders, condition, argument)) => self.log_sum_exp(binders, condition, argument),
            None => self.applied("np.log", std::slice::from_ref(sum), Mode::Value),
        }
    }

    fn log_sum_exp(
        &mut self,
        binders: &[Binder],
        condition: Option<&Condition>,
        argument: &Expr,
    ) -> Result<Code, String> {
        self.needs.library.insert("_logsumexp".into());
        let terms = self.terms(binders, condition.into_iter().cloned().collect(), argument, Mode::Value)?;
        Ok(Code { doc: bracketed("_logsumexp(", terms, ")"), level: Level::Atom })
    }
}

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
fn as_total(e: &Expr) -> Option<(&[Binder], Option<&Condition>, &Expr)> {
    let ExprKind::Reduce(Reduction::Sum, binders, condition, body) = &e.kind else { return None };
    let ExprKind::Call(name, arguments) = &body.kind else { return None };
    let (true, [argument]) = (&**name == "exp", arguments.as_slice()) else { return None };
    Some((binders, condition.as_deref(), argument))
}

fn exponential(e: Expr) -> Expr {
    Expr::new(ExprKind::Call("exp".into(), vec![e]))
}

fn less(a: &Expr, b: Expr) -> Expr {
    Expr::new(ExprKind::Sum(vec![(Sign::Plus, a.clone()), (Sign::Minus, b)]))
}
