//! Computes a compiled formula at given indices, in whatever kind of number its memory holds.
//!
//! Invariant: everything that can be repeated is charged to the work limit first, and an array is
//! read only after all its indices were found in range.

use super::error::EvalError;
use super::fraction::{Fraction, floor_div, floor_mod};
use super::node::{Access, Exact, Place, Reduce, Test, Value};
use super::number::{Memory, Number};
use super::scope::Scope;
use crate::language::syntax::{Operator, Reduction, Relation, Sign};
use std::cell::Cell;
use std::cmp::Ordering;
use std::rc::Rc;

/// How many elementary operations were done, and how many may be; copies count together.
#[derive(Clone, Debug)]
pub struct Work {
    limit: u64,
    done: Rc<Cell<u64>>,
}

impl Work {
    /// Nothing done yet.
    pub fn new(limit: u64) -> Work {
        Work { limit, done: Rc::default() }
    }

    /// How many operations were done.
    pub fn done(&self) -> u64 {
        self.done.get()
    }

    /// Forgets operations that were done since.
    pub(super) fn set_back(&self, done: u64) {
        self.done.set(done.min(self.done.get()));
    }

    /// Pays for so many operations before they are done.
    pub fn charge(&self, operations: u64) -> Result<(), EvalError> {
        let done = self.done.get().saturating_add(operations);
        if done > self.limit {
            return Err(EvalError::TooMuchWork { limit: self.limit });
        }
        self.done.set(done);
        Ok(())
    }

    /// Fails if so many operations are more than what is left, without doing any.
    pub(super) fn expect(&self, operations: u128) -> Result<(), EvalError> {
        let left = u128::from(self.limit - self.done.get());
        if operations > left {
            return Err(EvalError::TooMuchWork { limit: self.limit });
        }
        Ok(())
    }
}

/// A formula in the course of being computed.
pub struct Machine<'a, M> {
    scope: &'a Scope,
    work: &'a Work,
    memory: M,
    /// The values of free and bound indices.
    pub slots: Vec<i64>,
}

impl<'a, M: Memory> Machine<'a, M> {
    /// A machine with all indices at 0.
    pub fn new(scope: &'a Scope, work: &'a Work, memory: M, slots: usize) -> Machine<'a, M> {
        let slots = vec![0; slots];
        Machine { scope, work, memory, slots }
    }

    /// The value of a formula at the given free indices.
    pub fn value_at(&mut self, root: &Value, at: &[i64]) -> Result<M::Number, EvalError> {
        self.slots[..at.len()].copy_from_slice(at);
        self.value(root)
    }

    /// The value of a formula at the indices in the slots.
    pub fn value(&mut self, node: &Value) -> Result<M::Number, EvalError> {
        self.work.charge(1)?;
        match node {
            Value::Exact(exact) => self.embedded(exact),
            Value::Literal(index) => Ok(self.memory.literal(*index)),
            Value::Param(index) => Ok(self.memory.param(*index)),
            Value::Read(access) => Ok(match self.locate(access)? {
                Some(place) => self.memory.load(place),
                None => M::Number::integer(0),
            }),
            Value::Sum(terms) => {
                let mut sum = M::Number::integer(0);
                for (sign, term) in terms {
                    let term = self.value(term)?;
                    sum = match sign {
                        Sign::Plus => sum + term,
                        Sign::Minus => sum - term,
                    };
                }
                Ok(sum)
            }
            Value::Product(guards, factors) => self.product(guards, factors),
            Value::Power(power) => {
                let base = self.value(&power.0)?;
                let exponent = self.integer(&power.1)?;
                base.power(exponent).ok_or(EvalError::ZeroDivisor)
            }
            Value::Reduce(reduce) => self.reduce(reduce),
            Value::Bracket(test) => Ok(M::Number::integer(self.test(test)?.into())),
            Value::If(parts) => {
                let (test, yes, no) = &**parts;
                let taken = self.test(test)?;
                self.value(if taken { yes } else { no })
            }
            Value::Derivative(parts) => {
                let (of, access) = &**parts;
                let place = self.entry(access)?;
                self.memory.derivative(of, place, &self.slots)
            }
        }
    }

    fn product(&mut self, guards: &[Test], factors: &[(bool, Value)]) -> Result<M::Number, EvalError> {
        for guard in guards {
            if !self.test(guard)? {
                return Ok(M::Number::integer(0));
            }
        }
        let mut product = M::Number::integer(1);
        for (over, factor) in factors {
            let mut factor = self.value(factor)?;
            if *over {
                factor = factor.inverse().ok_or(EvalError::ZeroDivisor)?;
            }
            product = product * factor;
        }
        Ok(product)
    }

    fn reduce(&mut self, reduce: &Reduce) -> Result<M::Number, EvalError> {
        let neutral = i128::from(reduce.how == Reduction::Product);
        let mut total = (M::Number::integer(neutral), 0);
        self.accumulate(reduce, 0, &mut total)?;
        let (result, terms) = total;
        match (reduce.how, terms) {
            (Reduction::Sum | Reduction::Product, _) => Ok(result),
            (Reduction::Variance, _) => Err(EvalError::Unsupported("var".into())),
            (Reduction::Mean, 0) => Err(EvalError::EmptyMean),
            (Reduction::Mean, _) => {
                let number = M::Number::integer(terms);
                Ok(result * number.inverse().ok_or(EvalError::ZeroDivisor)?)
            }
        }
    }

    fn accumulate(&mut self, reduce: &Reduce, level: usize, total: &mut (M::Number, i128)) -> Result<(), EvalError> {
        let Some((slot, first, last)) = reduce.binders.get(level) else {
            let counts = match &reduce.condition {
                Some(condition) => self.test(condition)?,
                None => true,
            };
            if counts {
                let term = self.value(&reduce.body)?;
                total.0 = match reduce.how {
                    Reduction::Sum | Reduction::Mean | Reduction::Variance => total.0 + term,
                    Reduction::Product => total.0 * term,
                };
                total.1 += 1;
            }
            return Ok(());
        };
        let (first, last) = (self.integer(first)?, self.integer(last)?);
        if first > last {
            return Ok(());
        }
        self.work.expect(last.abs_diff(first).saturating_add(1))?;
        let narrow = |end| i64::try_from(end).map_err(|_| EvalError::Overflow);
        for index in narrow(first)?..=narrow(last)? {
            self.work.charge(1)?;
            self.slots[*slot] = index;
            self.accumulate(reduce, level + 1, total)?;
        }
        Ok(())
    }

    /// The place an access reads; none in the padding.
    fn locate(&mut self, access: &Access) -> Result<Option<Place>, EvalError> {
        self.work.charge(access.cost)?;
        let scope = self.scope;
        let layout = &scope.layouts[access.array];
        let (mut offset, mut inside) = (0usize, true);
        for (axis, expr) in access.index.iter().enumerate() {
            let index = self.integer(expr)?;
            let (first, last) = layout.axes[axis];
            if index >= i128::from(first) && index <= i128::from(last) {
                let length = (i128::from(last) - i128::from(first) + 1) as usize;
                offset = offset.wrapping_mul(length).wrapping_add((index - i128::from(first)) as usize);
                continue;
            }
            let (low, high) = layout.padded[axis];
            if index < i128::from(low) || index > i128::from(high) {
                return Err(self.out_of_range(access.array, axis, index));
            }
            inside = false;
        }
        let array = access.array;
        Ok(inside.then_some(Place { array, offset }))
    }

    /// The place of an entry that must lie in the box itself.
    fn entry(&mut self, access: &Access) -> Result<Place, EvalError> {
        if let Some(place) = self.locate(access)? {
            return Ok(place);
        }
        for (axis, expr) in access.index.iter().enumerate() {
            let index = self.integer(expr)?;
            let (first, last) = self.scope.layouts[access.array].axes[axis];
            if index < i128::from(first) || index > i128::from(last) {
                return Err(self.out_of_range(access.array, axis, index));
            }
        }
        Err(EvalError::Overflow)
    }

    fn out_of_range(&self, array: usize, axis: usize, index: i128) -> EvalError {
        let layout = &self.scope.layouts[array];
        let (first, last) = layout.axes[axis];
        let array = layout.name.clone();
        EvalError::OutOfRange { array, axis, index, first, last }
    }

    fn embedded(&mut self, exact: &Exact) -> Result<M::Number, EvalError> {
        if let Exact::Affine(affine) = exact {
            return Ok(M::Number::integer(affine.evaluate(&self.slots)?));
        }
        let (numerator, denominator) = self.exact(exact)?.parts();
        let numerator = M::Number::integer(numerator);
        if denominator == 1 {
            return Ok(numerator);
        }
        let reciprocal = M::Number::integer(denominator).inverse();
        Ok(numerator * reciprocal.ok_or(EvalError::ZeroDivisor)?)
    }

    /// An exact expression that must be an integer.
    pub fn integer(&mut self, node: &Exact) -> Result<i128, EvalError> {
        match node {
            Exact::Affine(affine) => affine.evaluate(&self.slots),
            _ => self.exact(node)?.integer(),
        }
    }

    fn exact(&mut self, node: &Exact) -> Result<Fraction, EvalError> {
        self.work.charge(1)?;
        match node {
            Exact::Affine(affine) => Ok(Fraction::whole(affine.evaluate(&self.slots)?)),
            Exact::Constant(value) => Ok(*value),
            Exact::Sum(terms) => {
                let mut sum = Fraction::whole(0);
                for (sign, term) in terms {
                    let term = self.exact(term)?;
                    sum = sum.plus(match sign {
                        Sign::Plus => term,
                        Sign::Minus => term.negated()?,
                    })?;
                }
                Ok(sum)
            }
            Exact::Product { guards, factors, whole } => self.exact_product(guards, factors, *whole),
            Exact::Power(power) => {
                let base = self.exact(&power.0)?;
                base.power(self.integer(&power.1)?)
            }
            Exact::Least(parts) => self.extremum(parts, Ordering::Less),
            Exact::Greatest(parts) => self.extremum(parts, Ordering::Greater),
            Exact::Absolute(part) => {
                let value = self.exact(part)?;
                if value.parts().0 < 0 { value.negated() } else { Ok(value) }
            }
            Exact::Floor(part) => Ok(Fraction::whole(self.exact(part)?.floor()?)),
            Exact::Ceil(part) => Ok(Fraction::whole(self.exact(part)?.ceil()?)),
            Exact::Read(access) => self.integer_entry(access),
            Exact::Bracket(test) => Ok(Fraction::whole(self.test(test)?.into())),
            Exact::If(parts) => {
                let (test, yes, no) = &**parts;
                let taken = self.test(test)?;
                self.exact(if taken { yes } else { no })
            }
        }
    }

    fn exact_product(
        &mut self,
        guards: &[Test],
        factors: &[(Operator, Exact)],
        whole: bool,
    ) -> Result<Fraction, EvalError> {
        for guard in guards {
            if !self.test(guard)? {
                return Ok(Fraction::whole(0));
            }
        }
        let mut product = Fraction::whole(1);
        for (operator, factor) in factors {
            let factor = self.exact(factor)?;
            product = match operator {
                Operator::Times => product.times(factor)?,
                Operator::Over => product.over(factor)?,
                Operator::Div => Fraction::whole(floor_div(product.integer()?, factor.integer()?)?),
                Operator::Mod => Fraction::whole(floor_mod(product.integer()?, factor.integer()?)?),
            };
            if whole {
                product.integer()?;
            }
        }
        Ok(product)
    }

    fn extremum(&mut self, parts: &[Exact], wanted: Ordering) -> Result<Fraction, EvalError> {
        let mut best: Option<Fraction> = None;
        for part in parts {
            let value = self.exact(part)?;
            best = match best {
                Some(known) if value.compare(known)? != wanted => Some(known),
                _ => Some(value),
            };
        }
        best.ok_or(EvalError::Overflow)
    }

    fn integer_entry(&mut self, access: &Access) -> Result<Fraction, EvalError> {
        let place = self.locate(access)?;
        let values = self.scope.layouts[access.array].integers.as_deref();
        let value = place.and_then(|place| values?.get(place.offset));
        Ok(Fraction::whole(value.copied().map_or(0, i128::from)))
    }

    /// Whether a condition holds.
    pub fn test(&mut self, node: &Test) -> Result<bool, EvalError> {
        self.work.charge(1)?;
        match node {
            Test::Chain(first, rest) => {
                let mut left = self.exact(first)?;
                for (relation, right) in rest {
                    let right = self.exact(right)?;
                    if !holds(*relation, left.compare(right)?) {
                        return Ok(false);
                    }
                    left = right;
                }
                Ok(true)
            }
            Test::Divides(divisor, of) => {
                let divisor = self.integer(divisor)?;
                Ok(floor_mod(self.integer(of)?, divisor)? == 0)
            }
            Test::All(parts) => self.all(parts, true),
            Test::Any(parts) => Ok(!self.all(parts, false)?),
            Test::Not(part) => Ok(!self.test(part)?),
        }
    }

    fn all(&mut self, parts: &[Test], wanted: bool) -> Result<bool, EvalError> {
        for part in parts {
            if self.test(part)? != wanted {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn holds(relation: Relation, order: Ordering) -> bool {
    match relation {
        Relation::Equal => order.is_eq(),
        Relation::NotEqual => order.is_ne(),
        Relation::Less => order.is_lt(),
        Relation::AtMost => order.is_le(),
        Relation::Greater => order.is_gt(),
        Relation::AtLeast => order.is_ge(),
    }
}
