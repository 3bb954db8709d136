//! What is made of values and not of integers alone: functions, normalisers, powers, comparisons.
//!
//! Composite operations are written out in exponentials, sums and quotients; only the functions of
//! the table stay as they are.

use super::names::{Names, Scope};
use super::term::{Bound, Term};
use super::translate::{Padding, fold};
use crate::diagnostic::{Diagnostic, Span, nearest};
use crate::integer::{Condition as Integral, Index};
use crate::language::function::Function;
use crate::language::syntax::*;
use num_traits::ToPrimitive;

impl Names {
    /// Whether a name that nothing declares is the number π.
    pub(super) fn is_pi(&self, name: &Name) -> bool {
        matches!(&**name, "pi" | "π") && !self.sizes.contains_key(name) && !self.arrays.contains_key(name)
    }

    /// Whether an expression is made of integers: indices, sizes, integer data.
    pub(super) fn is_integral(&self, expr: &Expr, scope: &Scope) -> bool {
        let all =
            |mut parts: &mut dyn Iterator<Item = &Expr>| Iterator::all(&mut parts, |e| self.is_integral(e, scope));
        let integers = |name: &Name| self.arrays.get(name).is_some_and(|info| info.role == Role::Integer);
        match &expr.kind {
            ExprKind::Number(n) => n.is_integer(),
            ExprKind::Name(name) => {
                scope.iter().any(|(n, _)| n == name)
                    || integers(name)
                    || !(self.arrays.contains_key(name) || self.is_pi(name))
            }
            ExprKind::Read(name, _) => integers(name) || !self.arrays.contains_key(name),
            ExprKind::Sum(terms) => all(&mut terms.iter().map(|(_, e)| e)),
            ExprKind::Product(factors) => {
                let over = |(operator, _): &(Operator, Expr)| *operator == Operator::Over;
                all(&mut factors.iter().map(|(_, e)| e)) && !factors.iter().any(over)
            }
            ExprKind::Power(base, exponent) => all(&mut [&**base, exponent].into_iter()),
            ExprKind::Call(name, arguments) => match (&**name, arguments.as_slice()) {
                ("floor" | "ceil", [only]) => self.is_rational(only, scope),
                ("abs" | "min" | "max", arguments) => all(&mut arguments.iter()),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether an expression is a quotient of integers, or made of such quotients.
    fn is_rational(&self, expr: &Expr, scope: &Scope) -> bool {
        match &expr.kind {
            ExprKind::Number(_) => true,
            ExprKind::Sum(terms) => terms.iter().all(|(_, e)| self.is_rational(e, scope)),
            ExprKind::Product(factors) => factors.iter().all(|(_, e)| self.is_rational(e, scope)),
            _ => self.is_integral(expr, scope),
        }
    }

    pub(super) fn is_condition_on_integers(&self, condition: &Condition, scope: &Scope) -> bool {
        match condition {
            Condition::Chain(first, rest) => {
                std::iter::once(first).chain(rest.iter().map(|(_, e)| e)).all(|side| self.is_rational(side, scope))
            }
            Condition::Divides(..) => true,
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter().all(|part| self.is_condition_on_integers(part, scope))
            }
            Condition::Not(inner) => self.is_condition_on_integers(inner, scope),
        }
    }

    /// 1 where a condition holds, else 0.
    pub(super) fn holds(&mut self, condition: &Condition, scope: &Scope, padding: Padding) -> Option<Term> {
        if self.is_condition_on_integers(condition, scope) {
            return self.condition(condition, scope).map(Term::bracket);
        }
        match condition {
            Condition::Chain(first, rest) => {
                let mut left = self.term(first, scope, padding)?;
                let mut links = Vec::with_capacity(rest.len());
                for (relation, side) in rest {
                    let right = self.term(side, scope, padding)?;
                    links.push(Term::compare(*relation, left, right.clone()));
                    left = right;
                }
                Some(Term::product(links))
            }
            Condition::All(parts) => {
                let parts: Option<Vec<Term>> = parts.iter().map(|part| self.holds(part, scope, padding)).collect();
                parts.map(Term::product)
            }
            Condition::Any(parts) => self.any_of(parts, scope, padding),
            Condition::Not(inner) => self.fails(inner, scope, padding),
            Condition::Divides(..) => None,
        }
    }

    /// [p or q] = [p] + [not p]·[q]
    fn any_of(&mut self, parts: &[Condition], scope: &Scope, padding: Padding) -> Option<Term> {
        let (first, rest) = parts.split_first()?;
        let holds = self.holds(first, scope, padding)?;
        if rest.is_empty() {
            return Some(holds);
        }
        let otherwise = [self.fails(first, scope, padding)?, self.any_of(rest, scope, padding)?];
        Some(Term::sum([holds, Term::product(otherwise)]))
    }

    /// 1 where a condition does not hold, else 0.
    pub(super) fn fails(&mut self, condition: &Condition, scope: &Scope, padding: Padding) -> Option<Term> {
        if self.is_condition_on_integers(condition, scope) {
            let holds = self.condition(condition, scope)?;
            return Some(Term::bracket(Integral::Not(Box::new(holds))));
        }
        match condition {
            Condition::Chain(first, rest) => {
                let sides: Vec<&Expr> = std::iter::once(first).chain(rest.iter().map(|(_, e)| e)).collect();
                let denied = rest.iter().zip(sides.windows(2)).map(|((relation, _), pair)| {
                    Condition::Chain(pair[0].clone(), vec![(relation.negated(), pair[1].clone())])
                });
                let denied: Vec<Condition> = denied.collect();
                self.any_of(&denied, scope, padding)
            }
            Condition::All(parts) => {
                let denied: Vec<Condition> = parts.iter().map(|p| Condition::Not(Box::new(p.clone()))).collect();
                self.any_of(&denied, scope, padding)
            }
            Condition::Any(parts) => {
                let denied: Option<Vec<Term>> = parts.iter().map(|part| self.fails(part, scope, padding)).collect();
                denied.map(Term::product)
            }
            Condition::Not(inner) => self.holds(inner, scope, padding),
            Condition::Divides(..) => None,
        }
    }

    /// A function at its arguments; of integers, floor, ceil, abs, min and max are integers.
    pub(super) fn call(
        &mut self,
        whole: &Expr,
        name: &Name,
        arguments: &[Expr],
        scope: &Scope,
        padding: Padding,
    ) -> Option<Term> {
        if matches!(&**name, "floor" | "ceil" | "abs" | "min" | "max") && self.is_integral(whole, scope) {
            return self.index(whole, scope).map(Term::integer);
        }
        let extremum = matches!(&**name, "min" | "max") && arguments.len() > 2;
        let Some(function) = Function::named(name, if extremum { 2 } else { arguments.len() }) else {
            return self.unknown_function(name, arguments.len(), whole.span);
        };
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            values.push(self.term(argument, scope, padding)?);
        }
        if extremum {
            return values.into_iter().reduce(|first, next| Term::apply(function, vec![first, next]));
        }
        Some(Term::apply(function, values))
    }

    fn unknown_function<T>(&mut self, name: &Name, arguments: usize, span: Span) -> Option<T> {
        let known: Vec<&str> = Function::all().map(Function::name).collect();
        let same = Function::all().find(|f| f.name() == &**name);
        let diagnostic = match same.map(|f| f.entry().derivatives.len()) {
            Some(wanted) => {
                let plural = if wanted == 1 { "" } else { "s" };
                let example = ["u", "v", "w"][..wanted.min(3)].join(", ");
                let message = format!("`{name}` takes {wanted} argument{plural}, not {arguments}");
                Diagnostic::new(message, span).hint(format!("as in `{name}({example})`"))
            }
            None => {
                let diagnostic = Diagnostic::new(format!("there is no function `{name}`"), span);
                match nearest(name, known.iter().copied()) {
                    Some(guess) => diagnostic.hint(format!("did you mean `{guess}`?")),
                    None => diagnostic.hint(format!("the functions are {}", known.join(", "))),
                }
            }
        };
        self.report(diagnostic);
        None
    }

    /// base^exponent: an integer power, or a power in general.
    pub(super) fn raised(
        &mut self,
        base: Term,
        exponent: &Expr,
        span: Span,
        scope: &Scope,
        padding: Padding,
    ) -> Option<Term> {
        match fold(exponent) {
            Some(n) if n.is_integer() => match n.to_integer().to_i64() {
                Some(n) if n < 0 && base.is_zero() => self.fail("this divides by zero", span),
                Some(n) if n.unsigned_abs() <= 1024 => Some(Term::power(base, n)),
                _ => self.fail("an integer exponent lies between −1024 and 1024", exponent.span),
            },
            _ => {
                let exponent = self.term(exponent, scope, padding)?;
                Some(Term::apply(Function::Pow, vec![base, exponent]))
            }
        }
    }

    /// exp(u)/Σexp(u), its logarithm, or log Σexp(u).
    pub(super) fn normalised(
        &mut self,
        word: Normaliser,
        (binders, condition): (&[Binder], Option<&Condition>),
        argument: &Expr,
        span: Span,
        scope: &Scope,
        padding: Padding,
    ) -> Option<Term> {
        let (bounds, inside) = self.opened(binders, scope)?;
        for bound in &bounds {
            self.assume_nonempty(bound, span)?;
        }
        let mut counted = Vec::new();
        if let Some(condition) = condition {
            if let [bound] = bounds.as_slice()
                && self.is_condition_on_integers(condition, &inside)
            {
                let condition = self.condition(condition, &inside)?;
                self.assume_some(bound, &condition, span)?;
            }
            counted.push(self.holds(condition, &inside, padding)?);
        }
        let exponential = |u: Term| Term::apply(Function::Exp, vec![u]);
        counted.push(exponential(self.term(argument, &inside, padding)?));
        let total = Term::sigma(bounds.clone(), Term::product(counted));
        if word.binds() {
            return Some(Term::apply(Function::Log, vec![total]));
        }
        for binder in binders {
            if !scope.iter().any(|(name, _)| *name == binder.name) {
                let message =
                    format!("`{}` leaves its index free, and `{}` is no index here", word.word(), binder.name);
                let hint = format!("write `p[{0}] = {1}[{0}](…)`, or bind {0} outside", binder.name, word.word());
                self.report(Diagnostic::new(message, binder.span).hint(hint));
                return None;
            }
        }
        let own = self.term(argument, scope, padding)?;
        match word {
            Normaliser::LogSoftargmax | Normaliser::LogSoftmax => {
                Some(Term::sum([own, Term::apply(Function::Log, vec![total]).negative()]))
            }
            Normaliser::Softargmax | Normaliser::Softmax | Normaliser::LogSumExp => {
                let mut factors = self.inside(binders, &bounds, argument, scope);
                if let Some(condition) = condition {
                    factors.push(self.holds(condition, scope, padding)?);
                }
                factors.extend([exponential(own), Term::power(total, -1)]);
                Some(Term::product(factors))
            }
        }
    }

    /// The brackets that keep the free indices of a normaliser in the range given for them; none
    /// for one that runs over its whole axis.
    fn inside(&mut self, binders: &[Binder], bounds: &[Bound], argument: &Expr, scope: &Scope) -> Vec<Term> {
        let mut brackets = Vec::new();
        for (binder, bound) in binders.iter().zip(bounds) {
            let known = self.problems.len();
            let axis = self.range_of(&binder.name, argument, binder.span);
            self.problems.truncate(known);
            let whole = axis.is_some_and(|(lo, hi)| {
                let ends = self.index(&lo, scope).zip(self.index(&hi, scope));
                ends.is_some_and(|(lo, hi)| {
                    (lo.canonical(), hi.canonical()) == (bound.lo.canonical(), bound.hi.canonical())
                })
            });
            let outer = scope.iter().rev().find(|(name, _)| *name == binder.name);
            if let (false, Some((_, var))) = (whole, outer) {
                let within = Integral::Within(bound.lo.clone(), Index::var(var), bound.hi.clone());
                brackets.push(Term::bracket(within));
            }
        }
        brackets
    }
}
