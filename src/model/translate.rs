//! From resolved syntax to terms. A padded read becomes [in range]·read.

use super::names::{Names, Scope};
use super::term::{Bound, Term};
use crate::diagnostic::{Diagnostic, Span};
use crate::integer::{Condition, Index, Var};
use crate::language::function::Function;
use crate::language::syntax::*;
use num_traits::{One, Zero};

/// How reads of padded arrays are translated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Padding {
    /// As [in range]·read: what they mean.
    Brackets,
    /// As plain reads: to find which indices stay inside the padded box.
    Ignored,
}

impl Names {
    /// The term a resolved expression means; complaints go to the list of problems.
    pub fn term(&mut self, expr: &Expr, scope: &Scope, padding: Padding) -> Option<Term> {
        match &expr.kind {
            ExprKind::Number(n) => Some(Term::number(n.clone())),
            ExprKind::Name(name) => self.term_name(name, expr.span, scope),
            ExprKind::Read(array, at) => self.read(array, at, expr.span, scope, padding),
            ExprKind::Upstream(output, at) => {
                let at = self.checked_indices(output, at, expr.span, scope)?;
                Some(Term::upstream(output.clone(), at))
            }
            ExprKind::Derivative(of, array, at) => {
                let of = self.term(of, scope, padding)?;
                let at = self.checked_indices(array, at, expr.span, scope)?;
                Some(Term::derivative(of, array.clone(), at))
            }
            ExprKind::Sum(terms) => {
                let mut sum = Vec::with_capacity(terms.len());
                for (sign, term) in terms {
                    let term = self.term(term, scope, padding)?;
                    sum.push(if *sign == Sign::Plus { term } else { term.negative() });
                }
                Some(Term::sum(sum))
            }
            ExprKind::Product(factors) => self.term_product(expr, factors, scope, padding),
            ExprKind::Power(base, exponent) => {
                let base = self.term(base, scope, padding)?;
                self.raised(base, exponent, expr.span, scope, padding)
            }
            ExprKind::Reduce(word, binders, condition, body) => {
                self.reduce(*word, binders, condition.as_deref(), body, scope, padding)
            }
            ExprKind::Call(name, arguments) => self.call(expr, name, arguments, scope, padding),
            ExprKind::Layer(call) => self.fail(format!("there is no layer `{}`", call.layer), expr.span),
            ExprKind::Normalise(word, binders, condition, argument) => {
                self.normalised(*word, (binders, condition.as_deref()), argument, expr.span, scope, padding)
            }
            ExprKind::Bracket(condition) => self.holds(condition, scope, padding),
            ExprKind::If(condition, then, otherwise) => {
                let holds = self.holds(condition, scope, padding)?;
                let fails = self.fails(condition, scope, padding)?;
                let then = self.term(then, scope, padding)?;
                let otherwise = self.term(otherwise, scope, padding)?;
                Some(Term::sum([Term::product([holds, then]), Term::product([fails, otherwise])]))
            }
        }
    }

    pub(super) fn fail<T>(&mut self, message: impl Into<String>, span: Span) -> Option<T> {
        self.report(Diagnostic::new(message, span));
        None
    }

    fn term_name(&mut self, name: &Name, span: Span, scope: &Scope) -> Option<Term> {
        let bound = scope.iter().any(|(n, _)| n == name);
        match self.arrays.get(name) {
            Some(_) if !bound => self.read(name, &[], span, scope, Padding::Ignored),
            None if !bound && self.is_pi(name) => Some(Term::apply(Function::Pi, Vec::new())),
            _ => self.index_name_value(name, span, scope),
        }
    }

    fn index_name_value(&mut self, name: &Name, span: Span, scope: &Scope) -> Option<Term> {
        let expr = Expr { kind: ExprKind::Name(name.clone()), span };
        self.index(&expr, scope).map(Term::integer)
    }

    pub(super) fn checked_indices(
        &mut self,
        array: &Name,
        at: &[Expr],
        span: Span,
        scope: &Scope,
    ) -> Option<Vec<Index>> {
        let Some(info) = self.arrays.get(array) else {
            self.unknown(array, span, scope);
            return None;
        };
        let (wanted, declared) = (info.axes.len(), info.span);
        if at.len() != wanted {
            let plural = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "es" });
            let message = format!(
                "`{array}` has {}, read with {}",
                axes(wanted),
                plural(at.len(), "index").replace("indexes", "indices")
            );
            let diagnostic = Diagnostic::new(message, span).label("here").also(declared, "declared here");
            self.report(diagnostic.hint("give one index for each axis"));
            return None;
        }
        at.iter().map(|e| self.index(e, scope)).collect()
    }

    fn read(&mut self, array: &Name, at: &[Expr], span: Span, scope: &Scope, padding: Padding) -> Option<Term> {
        if self.arrays.get(array).is_some_and(|info| info.role == Role::Integer) {
            return self.datum(array, at, span, scope).map(Term::integer);
        }
        let indices = self.checked_indices(array, at, span, scope)?;
        let mut factors = Vec::new();
        if padding == Padding::Brackets {
            for (axis, index) in self.arrays[array].axes.iter().zip(&indices) {
                if !(axis.before.is_zero() && axis.after.is_zero()) {
                    factors.push(Term::bracket(Condition::Within(
                        axis.first.clone(),
                        index.clone(),
                        axis.last.clone(),
                    )));
                }
            }
        }
        factors.push(if padding == Padding::Brackets || indices.is_empty() {
            let (array, at) = self.behind_view(array, indices);
            Term::read(array, at)
        } else {
            Term::read(array.clone(), indices)
        });
        Some(Term::product(factors))
    }

    fn term_product(
        &mut self,
        whole: &Expr,
        factors: &[(Operator, Expr)],
        scope: &Scope,
        padding: Padding,
    ) -> Option<Term> {
        if factors.iter().any(|(o, _)| matches!(o, Operator::Div | Operator::Mod)) {
            return self.index(whole, scope).map(Term::integer);
        }
        let mut product = Vec::with_capacity(factors.len());
        for (operator, factor) in factors {
            let term = self.term(factor, scope, padding)?;
            if *operator == Operator::Over {
                if term.is_zero() {
                    return self.fail("this divides by zero", factor.span);
                }
                product.push(Term::power(term, -1));
            } else {
                product.push(term);
            }
        }
        Some(Term::product(product))
    }

    fn reduce(
        &mut self,
        word: Reduction,
        binders: &[Binder],
        condition: Option<&crate::language::syntax::Condition>,
        body: &Expr,
        scope: &Scope,
        padding: Padding,
    ) -> Option<Term> {
        let (bounds, scope) = self.opened(binders, scope)?;
        if let Reduction::Extremum(which) = word {
            return self.extremum(which, (binders, bounds), condition, body, &scope, padding);
        }
        if word == Reduction::Product {
            let holds = match condition {
                Some(condition) => self.condition(condition, &scope)?,
                None => Condition::always(),
            };
            let body = self.term(body, &scope, padding)?;
            return Some(Term::pi(bounds, holds, body));
        }
        let holds = match condition {
            Some(condition) => self.holds(condition, &scope, padding)?,
            None => Term::one(),
        };
        let body = self.term(body, &scope, padding)?;
        let count = match word {
            Reduction::Sum | Reduction::Product | Reduction::Extremum(_) => Term::one(),
            Reduction::Mean | Reduction::Variance => self.count(&bounds, condition.is_some(), binders[0].span)?,
        };
        let mean = |body: Term| {
            let sum = Term::sigma(bounds.clone(), Term::product([holds.clone(), body]));
            Term::product([Term::power(count.clone(), -1), sum])
        };
        if word != Reduction::Variance {
            return Some(mean(body));
        }
        let outer = |v: &Var| scope.iter().any(|(_, other)| other == v);
        let centre = mean(body.clone()).with_all_bounds_fresh(&outer);
        let distance = Term::sum([body, centre.negative()]);
        Some(mean(Term::power(distance, 2)))
    }

    /// Binders with their ranges, and the scope inside them.
    pub(super) fn opened(&mut self, binders: &[Binder], scope: &Scope) -> Option<(Vec<Bound>, Scope)> {
        let mut scope = scope.clone();
        let mut bounds = Vec::with_capacity(binders.len());
        for binder in binders {
            let (lo, hi) = binder.range.as_ref()?;
            let (lo, hi) = (self.index(lo, &scope)?, self.index(hi, &scope)?);
            let var = self.bind(&binder.name, &scope);
            scope.push((binder.name.clone(), var.clone()));
            bounds.push(Bound { var, lo, hi });
        }
        Some((bounds, scope))
    }

    fn count(&mut self, bounds: &[Bound], conditional: bool, span: Span) -> Option<Term> {
        let dependent = bounds.iter().any(|b| bounds.iter().any(|o| b.lo.mentions(&o.var) || b.hi.mentions(&o.var)));
        if conditional || dependent {
            return self.fail("a mean runs over fixed ranges without a condition", span);
        }
        let mut count = Index::constant(1);
        for bound in bounds {
            let length = bound.hi.minus(&bound.lo).plus_number(1);
            if !self.facts.proves_positive(&length) {
                return self.fail(format!("the mean over `{}` may be over nothing", bound.var.name), span);
            }
            count = count.times(&length);
        }
        Some(Term::integer(count))
    }
}

pub(super) fn axes(n: usize) -> String {
    match n {
        0 => "no axes".into(),
        1 => "1 axis".into(),
        n => format!("{n} axes"),
    }
}

/// The number a constant expression is.
pub(super) fn fold(expr: &Expr) -> Option<num_rational::BigRational> {
    match &expr.kind {
        ExprKind::Number(n) => Some(n.clone()),
        ExprKind::Sum(terms) => terms.iter().try_fold(num_rational::BigRational::zero(), |sum, (sign, e)| {
            let value = fold(e)?;
            Some(if *sign == Sign::Plus { sum + value } else { sum - value })
        }),
        ExprKind::Product(factors) => factors.iter().try_fold(num_rational::BigRational::one(), |product, (o, e)| {
            let value = fold(e)?;
            match o {
                Operator::Times => Some(product * value),
                Operator::Over if !value.is_zero() => Some(product / value),
                _ => None,
            }
        }),
        _ => None,
    }
}
