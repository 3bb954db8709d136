//! Compiles scalar expressions.
//!
//! Invariant: `a * b div c` takes everything at its left as an exact integer, and brackets stay
//! strong whatever operators stand between them. The derivative of a bare read of a defined array
//! is always the total one; that of anything else may be the one in which no other array moves.

use super::kind::is_whole;
use super::{Compiler, strengthened};
use crate::evaluate::error::EvalError;
use crate::evaluate::node::{Access, Exact, Normalise, Reduce, Value};
use crate::language::function::Function;
use crate::language::syntax::{Binder, Condition, Expr, ExprKind, Name, Normaliser, Operator, Reduction};
use num_rational::BigRational;

impl Compiler<'_> {
    pub(super) fn value(&mut self, expr: &Expr) -> Result<Value, EvalError> {
        self.nested(|compiler| compiler.value_node(expr))
    }

    fn value_node(&mut self, expr: &Expr) -> Result<Value, EvalError> {
        Ok(match &expr.kind {
            ExprKind::Number(value) => self.literal(value.clone()),
            ExprKind::Name(name) => self.value_name(name)?,
            ExprKind::Read(name, index) => self.read_named(name, index)?,
            ExprKind::Upstream(name, index) => self.upstream(name, index)?,
            ExprKind::Derivative(of, array, index) => self.derivative(of, array, index)?,
            ExprKind::Sum(terms) => {
                let term = |(sign, term): &(_, _)| Ok((*sign, self.value(term)?));
                Value::Sum(terms.iter().map(term).collect::<Result<_, EvalError>>()?)
            }
            ExprKind::Product(factors) => self.value_product(factors)?,
            ExprKind::Power(base, exponent) => self.power(base, exponent)?,
            ExprKind::Reduce(reduction, binders, condition, body) => {
                self.reduce(*reduction, binders, condition.as_deref(), body)?
            }
            ExprKind::Call(_, _) if self.is_exact(expr) => Value::Exact(self.exact(expr, false)?),
            ExprKind::Call(name, arguments) => self.call(name, arguments)?,
            ExprKind::Layer(call) => return Err(EvalError::Unsupported(format!("a call of {}", call.layer))),
            ExprKind::Normalise(word, binders, condition, body) => {
                self.normalise(*word, binders, condition.as_deref(), body)?
            }
            ExprKind::Bracket(condition) => Value::Bracket(self.test(condition)?),
            ExprKind::If(condition, yes, no) => {
                let test = self.test(condition)?;
                Value::If(Box::new((test, self.value(yes)?, self.value(no)?)))
            }
        })
    }

    fn literal(&mut self, value: BigRational) -> Value {
        let known = self.literals.iter().position(|literal| *literal == value);
        Value::Literal(known.unwrap_or_else(|| {
            self.literals.push(value);
            self.literals.len() - 1
        }))
    }

    fn value_name(&mut self, name: &Name) -> Result<Value, EvalError> {
        if self.slot(name).is_some() || self.scope.sizes.contains_key(name) {
            return Ok(Value::Exact(self.exact(&Expr::name(name.clone()), true)?));
        }
        if let Some(param) = self.scope.params.iter().position(|param| param == name) {
            return Ok(Value::Param(param));
        }
        match self.constant(name) {
            Some(function) => {
                self.depends_on(function);
                Ok(Value::Call(function, Vec::new()))
            }
            None => self.read_named(name, &[]),
        }
    }

    fn read_named(&mut self, name: &Name, index: &[Expr]) -> Result<Value, EvalError> {
        if let Some(of) = self.scope.aliases.get(name) {
            return match self.scope.upstream.get(of) {
                Some(&given) => Ok(Value::Read(self.access_array(given, index)?)),
                None => self.upstream(of, index),
            };
        }
        let access = self.access(name, index)?;
        Ok(self.read(access))
    }

    /// The upstream gradient of an output that nothing reads is given; that of any other array is the
    /// total derivative of the loss.
    fn upstream(&mut self, array: &Name, index: &[Expr]) -> Result<Value, EvalError> {
        if let Some(&given) = self.scope.upstream.get(array)
            && !self.scope.passed_on.contains(array)
        {
            return Ok(Value::Read(self.access_array(given, index)?));
        }
        let unknown = || EvalError::UnknownName(format!("dl/d{array}").into());
        let number = self.scope.arrays.get(array).copied().ok_or_else(unknown)?;
        if self.scope.layouts[number].integers.is_some() {
            return Err(EvalError::NotDifferentiable(array.clone()));
        }
        self.total(&format!("dl/d{array}"), number, index)
    }

    /// The total derivative of the loss, which no equation may read.
    fn total(&mut self, name: &str, array: usize, index: &[Expr]) -> Result<Value, EvalError> {
        match self.differentiable {
            true => Ok(Value::Adjoint(self.access_array(array, index)?)),
            false => Err(EvalError::UnknownName(name.into())),
        }
    }

    fn power(&mut self, base: &Expr, exponent: &Expr) -> Result<Value, EvalError> {
        let base = self.value(base)?;
        if !self.is_exact(exponent) {
            self.depends_on(Function::Pow);
            return Ok(Value::Call(Function::Pow, vec![base, self.value(exponent)?]));
        }
        if !is_whole(exponent) {
            self.depends_on(Function::Pow);
        }
        Ok(Value::Power(Box::new((base, self.exact(exponent, false)?))))
    }

    fn call(&mut self, name: &Name, arguments: &[Expr]) -> Result<Value, EvalError> {
        let unknown = || EvalError::Unsupported(format!("{name} of {} arguments", arguments.len()));
        let function = Function::named(name, arguments.len()).ok_or_else(unknown)?;
        self.depends_on(function);
        let arguments = arguments.iter().map(|argument| self.value(argument)).collect::<Result<_, _>>()?;
        Ok(Value::Call(function, arguments))
    }

    fn normalise(
        &mut self,
        word: Normaliser,
        binders: &[Binder],
        condition: Option<&Condition>,
        body: &Expr,
    ) -> Result<Value, EvalError> {
        self.depends_on(Function::Exp);
        let unknown = |binder: &Binder| EvalError::UnknownName(binder.name.clone());
        let outer = match word.binds() {
            true => Vec::new(),
            false => {
                binders.iter().map(|b| self.slot(&b.name).ok_or_else(|| unknown(b))).collect::<Result<Vec<_>, _>>()?
            }
        };
        let outside = self.bound.len();
        let binders = self.bind(binders)?;
        let condition = condition.map(|c| self.test(c)).transpose()?;
        let body = self.value(body)?;
        self.bound.truncate(outside);
        Ok(Value::Normalise(Box::new(Normalise { word, binders, condition, outer, body })))
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
            Operator::Div | Operator::Mod | Operator::Matmul => true,
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
        self.valued |= matches!(reduction, Reduction::Extremum(_));
        let outside = self.bound.len();
        let binders = self.bind(binders)?;
        let condition = condition.map(|condition| self.test(condition)).transpose()?;
        let body = self.value(body)?;
        self.bound.truncate(outside);
        Ok(Value::Reduce(Box::new(Reduce { binders, condition, body, how: reduction })))
    }

    /// ∂f[…]/∂x[…] as an entry of the array ∂f/∂x, if the program defines that.
    fn jacobian(&self, of: &Expr) -> Option<Expr> {
        let ExprKind::Derivative(of, by, columns) = &of.kind else { return None };
        let (of, rows) = match &of.kind {
            ExprKind::Name(of) => (of, &[][..]),
            ExprKind::Read(of, rows) => (of, rows.as_slice()),
            _ => return None,
        };
        let name = Name::from(format!("∂{of}/∂{by}"));
        let known = self.scope.arrays.contains_key(&name);
        known.then(|| Expr::new(ExprKind::Read(name, rows.iter().chain(columns).cloned().collect())))
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
        let of = match self.jacobian(of) {
            Some(entry) => self.value(&entry),
            None => self.value(of),
        };
        self.differentiable = true;
        let of = of?;
        let total = matches!(&of, Value::Read(read) if self.scope.layouts[read.array].defined);
        Ok(Value::Derivative(Box::new((of, access, total))))
    }
}
