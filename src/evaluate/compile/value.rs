//! Compiles scalar expressions.
//!
//! Invariant: `a * b div c` takes everything at its left as an exact integer, and brackets stay
//! strong whatever operators stand between them.

use super::{Compiler, strengthened};
use crate::evaluate::error::EvalError;
use crate::evaluate::node::{Access, Exact, Reduce, Value};
use crate::language::syntax::{Binder, Condition, Expr, ExprKind, Name, Operator, Reduction};
use num_rational::BigRational;

impl Compiler<'_> {
    pub(super) fn value(&mut self, expr: &Expr) -> Result<Value, EvalError> {
        self.nested(|compiler| compiler.value_node(expr))
    }

    fn value_node(&mut self, expr: &Expr) -> Result<Value, EvalError> {
        Ok(match &expr.kind {
            ExprKind::Number(value) => self.literal(value.clone()),
            ExprKind::Name(name) => self.value_name(name)?,
            ExprKind::Read(name, index) => {
                let access = self.access(name, index)?;
                self.read(access)
            }
            ExprKind::Upstream(name, index) => Value::Read(self.access_upstream(name, index)?),
            ExprKind::Derivative(of, array, index) => self.derivative(of, array, index)?,
            ExprKind::Sum(terms) => {
                let term = |(sign, term): &(_, _)| Ok((*sign, self.value(term)?));
                Value::Sum(terms.iter().map(term).collect::<Result<_, EvalError>>()?)
            }
            ExprKind::Product(factors) => self.value_product(factors)?,
            ExprKind::Power(base, exponent) => Value::Power(Box::new((self.value(base)?, self.exact(exponent, true)?))),
            ExprKind::Reduce(reduction, binders, condition, body) => {
                self.reduce(*reduction, binders, condition.as_deref(), body)?
            }
            ExprKind::Call(name, arguments) => Value::Exact(self.exact_call(name, arguments, false)?),
            ExprKind::Normalise(word, ..) => return Err(EvalError::Unsupported(word.word().into())),
            ExprKind::Bracket(condition) => Value::Bracket(self.test(condition)?),
            ExprKind::If(condition, yes, no) => {
                let test = self.test(condition)?;
                Value::If(Box::new((test, self.value(yes)?, self.value(no)?)))
            }
        })
    }

    fn literal(&mut self, value: BigRational) -> Value {
        self.literals.push(value);
        Value::Literal(self.literals.len() - 1)
    }

    fn value_name(&mut self, name: &Name) -> Result<Value, EvalError> {
        if self.slot(name).is_some() || self.scope.sizes.contains_key(name) {
            return Ok(Value::Exact(self.exact(&Expr::name(name.clone()), true)?));
        }
        if let Some(param) = self.scope.params.iter().position(|param| param == name) {
            return Ok(Value::Param(param));
        }
        let access = self.access(name, &[])?;
        Ok(self.read(access))
    }

    fn read(&self, access: Access) -> Value {
        match self.scope.layouts[access.array].integers {
            Some(_) => Value::Exact(Exact::Read(access)),
            None => Value::Read(access),
        }
    }

    fn value_product(&mut self, factors: &[(Operator, Expr)]) -> Result<Value, EvalError> {
        let (conditions, factors) = strengthened(factors);
        let guards = self.tests(conditions)?;
        let divides = |(operator, _): &(Operator, Expr)| match operator {
            Operator::Div | Operator::Mod => true,
            Operator::Times | Operator::Over => false,
        };
        let split = factors.iter().rposition(divides).map_or(0, |last| last + 1);
        let mut compiled = Vec::with_capacity(factors.len());
        if split > 0 {
            let integer = self.exact_product(Vec::new(), &factors[..split], true)?;
            compiled.push((false, Value::Exact(integer)));
        }
        for (operator, factor) in &factors[split..] {
            if *operator == Operator::Times && *factor == Expr::integer(1) {
                continue;
            }
            let factor = self.value(factor)?;
            compiled.push(self.factor(*operator == Operator::Over, factor));
        }
        Ok(Value::Product(guards, compiled))
    }

    /// Division by a constant becomes multiplication by a literal.
    fn factor(&mut self, over: bool, factor: Value) -> (bool, Value) {
        let divisor = match &factor {
            Value::Exact(Exact::Affine(affine)) => affine.as_constant().map(|c| BigRational::from_integer(c.into())),
            Value::Literal(index) => Some(self.literals[*index].clone()),
            _ => None,
        };
        match divisor {
            Some(divisor) if over && *divisor.numer() != 0.into() => (false, self.literal(divisor.recip())),
            _ => (over, factor),
        }
    }

    fn reduce(
        &mut self,
        reduction: Reduction,
        binders: &[Binder],
        condition: Option<&Condition>,
        body: &Expr,
    ) -> Result<Value, EvalError> {
        let outside = self.bound.len();
        let binders = self.bind(binders)?;
        let condition = condition.map(|condition| self.test(condition)).transpose()?;
        let body = self.value(body)?;
        self.bound.truncate(outside);
        Ok(Value::Reduce(Box::new(Reduce { binders, condition, body, how: reduction })))
    }

    fn derivative(&mut self, of: &Expr, array: &Name, at: &[Expr]) -> Result<Value, EvalError> {
        if !self.differentiable {
            let what = "a derivative inside a derivative or an equation";
            return Err(EvalError::Unsupported(what.into()));
        }
        let number = self.scope.arrays.get(array).copied();
        let number = number.ok_or_else(|| EvalError::NotDifferentiable(array.clone()))?;
        if self.scope.layouts[number].integers.is_some() {
            return Err(EvalError::NotDifferentiable(array.clone()));
        }
        let access = self.access_array(number, at)?;
        self.differentiable = false;
        let of = self.value(of);
        self.differentiable = true;
        Ok(Value::Derivative(Box::new((of?, access))))
    }
}
