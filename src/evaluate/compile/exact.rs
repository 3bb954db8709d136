//! Compiles what stands in indices, ranges and conditions: exact integers and fractions.
//!
//! Invariant: folding into an affine node never changes a value and never hides an error.

use super::{Compiler, strengthened};
use crate::evaluate::error::EvalError;
use crate::evaluate::fraction::Fraction;
use crate::evaluate::node::{Affine, Exact, Test};
use crate::language::syntax::{Expr, ExprKind, Name, Operator, Sign};
use num_rational::BigRational;
use num_traits::ToPrimitive;

impl Compiler<'_> {
    /// An exact expression; if `whole`, each quotient in it must be an integer, except under
    /// `floor` and `ceil`.
    pub(super) fn exact(&mut self, expr: &Expr, whole: bool) -> Result<Exact, EvalError> {
        self.nested(|compiler| compiler.exact_node(expr, whole))
    }

    fn exact_node(&mut self, expr: &Expr, whole: bool) -> Result<Exact, EvalError> {
        Ok(match &expr.kind {
            ExprKind::Number(value) => constant(literal(value)?, whole)?,
            ExprKind::Name(name) => self.exact_name(name)?,
            ExprKind::Read(name, index) => self.integer_read(name, index)?,
            ExprKind::Sum(terms) => self.exact_sum(terms, whole)?,
            ExprKind::Product(factors) => {
                let (conditions, rest) = strengthened(factors);
                let guards = self.tests(conditions)?;
                self.exact_product(guards, &rest, whole)?
            }
            ExprKind::Power(base, exponent) => {
                let base = self.exact(base, whole)?;
                let power = Exact::Power(Box::new((base, self.exact(exponent, true)?)));
                required_whole(power, whole)
            }
            ExprKind::Call(name, arguments) => self.exact_call(name, arguments, whole)?,
            ExprKind::Bracket(condition) => Exact::Bracket(Box::new(self.test(condition)?)),
            ExprKind::If(condition, yes, no) => {
                let test = self.test(condition)?;
                let branches = (test, self.exact(yes, whole)?, self.exact(no, whole)?);
                Exact::If(Box::new(branches))
            }
            ExprKind::Layer(call) => return Err(EvalError::Unsupported(format!("a call of {}", call.layer))),
            ExprKind::Normalise(word, ..) => {
                let what = format!("a {} as an index or in a condition", word.word());
                return Err(EvalError::Unsupported(what));
            }
            ExprKind::Reduce(reduction, ..) => {
                let what = format!("a {} as an index or in a condition", reduction.word());
                return Err(EvalError::Unsupported(what));
            }
            ExprKind::Upstream(name, _) | ExprKind::Derivative(_, name, _) => {
                let what = format!("a derivative of or for {name} as an index or in a condition");
                return Err(EvalError::Unsupported(what));
            }
        })
    }

    fn exact_name(&mut self, name: &Name) -> Result<Exact, EvalError> {
        if let Some(slot) = self.slot(name) {
            return Ok(Exact::Affine(Affine::slot(slot)));
        }
        if let Some(&size) = self.scope.sizes.get(name) {
            return Ok(Exact::Affine(Affine::constant(size)));
        }
        if self.scope.params.contains(name) {
            return Err(not_an_integer(name));
        }
        self.integer_read(name, &[])
    }

    fn integer_read(&mut self, name: &Name, index: &[Expr]) -> Result<Exact, EvalError> {
        let access = self.access(name, index)?;
        match self.scope.layouts[access.array].integers {
            Some(_) => Ok(Exact::Read(access)),
            None => Err(not_an_integer(name)),
        }
    }

    fn exact_sum(&mut self, terms: &[(Sign, Expr)], whole: bool) -> Result<Exact, EvalError> {
        let term = |(sign, term): &(Sign, Expr)| Ok((*sign, self.exact(term, whole)?));
        Ok(Exact::sum(terms.iter().map(term).collect::<Result<_, EvalError>>()?))
    }

    /// A guarded product of factors that stand from left to right.
    pub(super) fn exact_product(
        &mut self,
        guards: Vec<Test>,
        factors: &[(Operator, Expr)],
        whole: bool,
    ) -> Result<Exact, EvalError> {
        let factor = |(operator, factor): &(Operator, Expr)| {
            Ok((*operator, self.exact(factor, whole || is_integer_operator(*operator))?))
        };
        let factors = factors.iter().map(factor).collect::<Result<_, EvalError>>()?;
        Ok(Exact::product(guards, factors, whole))
    }

    /// `floor`, `ceil`, `abs`, `min` and `max` of exact expressions.
    fn exact_call(&mut self, name: &Name, arguments: &[Expr], whole: bool) -> Result<Exact, EvalError> {
        let rounded = matches!(&**name, "floor" | "ceil");
        let inner: Result<Vec<_>, _> = match &**name {
            "floor" | "ceil" | "abs" | "min" | "max" => {
                arguments.iter().map(|argument| self.exact(argument, whole && !rounded)).collect()
            }
            _ => return Err(EvalError::Unsupported(format!("{name} exactly"))),
        };
        let mut inner = inner?;
        let single = inner.len() == 1;
        Ok(match (&**name, inner.pop()) {
            ("floor", Some(argument)) if single => Exact::Floor(Box::new(argument)),
            ("ceil", Some(argument)) if single => Exact::Ceil(Box::new(argument)),
            ("abs", Some(argument)) if single => Exact::Absolute(Box::new(argument)),
            ("min" | "max", Some(argument)) => {
                inner.push(argument);
                let least = &**name == "min";
                if least { Exact::Least(inner) } else { Exact::Greatest(inner) }
            }
            _ => {
                let what = format!("{name} of {} arguments", arguments.len());
                return Err(EvalError::Unsupported(what));
            }
        })
    }
}

fn is_integer_operator(operator: Operator) -> bool {
    match operator {
        Operator::Div | Operator::Mod | Operator::Matmul => true,
        Operator::Times | Operator::Over => false,
    }
}

fn required_whole(power: Exact, whole: bool) -> Exact {
    if !whole {
        return power;
    }
    let factors = vec![(Operator::Times, power)];
    let guards = Vec::new();
    Exact::Product { guards, factors, whole }
}

fn literal(value: &BigRational) -> Result<Fraction, EvalError> {
    let numerator = value.numer().to_i128().ok_or(EvalError::Overflow)?;
    Fraction::new(numerator, value.denom().to_i128().ok_or(EvalError::Overflow)?)
}

fn constant(value: Fraction, whole: bool) -> Result<Exact, EvalError> {
    match value.integer().map(i64::try_from) {
        Ok(Ok(small)) => Ok(Exact::Affine(Affine::constant(small))),
        Err(error) if whole => Err(error),
        _ => Ok(Exact::Constant(value)),
    }
}

fn not_an_integer(name: &Name) -> EvalError {
    EvalError::Unsupported(format!("{name} as an index or in a condition: it is no integer"))
}
