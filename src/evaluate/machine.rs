//! Computes a compiled formula at given indices, in whatever kind of number its memory holds.
//!
//! Invariant: everything that can be repeated is charged to the work limit first, and an array is
//! read only after all its indices were found in range.

use super::error::EvalError;
use super::fraction::{Fraction, floor_div, floor_mod};
use super::keep::{Kept, Key, KeyHasher};
use super::node::{Access, Exact, Place, Test, Value};
use super::number::{Known, Memory, Number};
use super::scope::Scope;
use super::work::Work;
use crate::language::function::Function;
use crate::language::syntax::{Operator, Relation, Sign};
use hashbrown::HashMap;
use std::cmp::Ordering;
use std::hash::BuildHasherDefault;

/// What stands for no number of its own.
const MATMUL: &str = "a product of matrices that is not written as a sum";

/// The most values that are kept at a time.
const MOST_KEPT: usize = 1 << 15;

/// How many operations a function counts for.
pub const CALL: u64 = 4;

/// A formula in the course of being computed.
pub struct Machine<'a, M: Memory> {
    pub(super) scope: &'a Scope,
    pub(super) work: &'a Work,
    pub(super) memory: M,
    /// The values of free and bound indices.
    pub slots: Vec<i64>,
    /// Whether a normaliser was 0 because its index was outside its range.
    pub(super) outside: bool,
    /// The values of the parts that are kept.
    kept: HashMap<Key, M::Number, BuildHasherDefault<KeyHasher>>,
}

impl<'a, M: Memory> Machine<'a, M> {
    /// A machine with all indices at 0.
    pub fn new(scope: &'a Scope, work: &'a Work, memory: M, slots: usize) -> Machine<'a, M> {
        let slots = vec![0; slots];
        Machine { scope, work, memory, slots, outside: false, kept: HashMap::default() }
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
            Value::Power(power) => self.power(&power.0, &power.1),
            Value::Call(function, arguments) => self.call(*function, arguments),
            Value::Reduce(reduce) => self.reduce(reduce),
            Value::Normalise(normalise) => self.normalise(normalise),
            Value::Bracket(test) => Ok(M::Number::integer((self.test(test)? == Some(true)).into())),
            Value::If(parts) => {
                let (test, yes, no) = &**parts;
                match self.test(test)? {
                    Some(taken) => self.value(if taken { yes } else { no }),
                    None => self.value(yes).and(self.value(no)),
                }
            }
            Value::Derivative(parts) => {
                let (of, access, total) = &**parts;
                let place = self.entry(access)?;
                self.memory.derivative(of, place, *total, &self.slots)
            }
            Value::Adjoint(access) => match self.locate(access)? {
                Some(place) => self.memory.adjoint(place),
                None => Ok(M::Number::integer(0)),
            },
            Value::Kept(kept) => self.kept(kept),
        }
    }

    fn kept(&mut self, kept: &Kept) -> Result<M::Number, EvalError> {
        let Some(key) = kept.key(&self.slots).filter(|_| M::KEEPS) else { return self.value(&kept.part) };
        if let Some(known) = self.kept.get(&key) {
            return Ok(*known);
        }
        let value = self.value(&kept.part)?;
        if self.kept.len() >= MOST_KEPT {
            self.kept.clear();
        }
        self.kept.insert(key, value);
        Ok(value)
    }

    fn power(&mut self, base: &Value, exponent: &Exact) -> Result<M::Number, EvalError> {
        let base = self.value(base)?;
        let exponent = match exponent {
            Exact::Affine(affine) => Fraction::whole(affine.evaluate(&self.slots)?),
            _ => self.exact(exponent)?,
        };
        match exponent.parts() {
            (whole, 1) => base.power(whole).ok_or(EvalError::ZeroDivisor),
            _ => {
                let exponent = fraction(exponent)?;
                self.noted(Function::Pow, M::Number::call(Function::Pow, &[base, exponent]))
            }
        }
    }

    fn call(&mut self, function: Function, arguments: &[Value]) -> Result<M::Number, EvalError> {
        self.work.charge(CALL)?;
        let mut values = [M::Number::integer(0); 2];
        for (value, argument) in values.iter_mut().zip(arguments) {
            *value = self.value(argument)?;
        }
        self.noted(function, M::Number::call(function, &values[..arguments.len().min(2)]))
    }

    /// Passes on what a function gave.
    pub(super) fn noted(&mut self, function: Function, found: M::Number) -> Result<M::Number, EvalError> {
        if !found.real().is_finite() {
            self.memory.outside(function);
        }
        Ok(found)
    }

    fn product(&mut self, guards: &[Test], factors: &[(bool, Value)]) -> Result<M::Number, EvalError> {
        if self.all(guards, true)? == Some(false) {
            return Ok(M::Number::integer(0));
        }
        let mut product = None;
        for (over, factor) in factors {
            let mut factor = self.value(factor)?;
            if *over {
                factor = factor.inverse().ok_or(EvalError::ZeroDivisor)?;
            }
            product = Some(product.map_or(factor, |product: M::Number| product * factor));
        }
        Ok(product.unwrap_or(M::Number::integer(1)))
    }

    /// The place an access reads; none in the padding.
    pub(super) fn locate(&mut self, access: &Access) -> Result<Option<Place>, EvalError> {
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
        fraction(self.exact(exact)?)
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
            Exact::Least(parts) => self.extreme(parts, Ordering::Less),
            Exact::Greatest(parts) => self.extreme(parts, Ordering::Greater),
            Exact::Absolute(part) => {
                let value = self.exact(part)?;
                if value.parts().0 < 0 { value.negated() } else { Ok(value) }
            }
            Exact::Floor(part) => Ok(Fraction::whole(self.exact(part)?.floor()?)),
            Exact::Ceil(part) => Ok(Fraction::whole(self.exact(part)?.ceil()?)),
            Exact::Read(access) => self.integer_entry(access),
            Exact::Bracket(test) => Ok(Fraction::whole(self.decided(test)?.into())),
            Exact::If(parts) => {
                let (test, yes, no) = &**parts;
                let taken = self.decided(test)?;
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
        if !self.decided_all(guards)? {
            return Ok(Fraction::whole(0));
        }
        let mut product = Fraction::whole(1);
        for (operator, factor) in factors {
            let factor = self.exact(factor)?;
            product = match operator {
                Operator::Times => product.times(factor)?,
                Operator::Over => product.over(factor)?,
                Operator::Div => Fraction::whole(floor_div(product.integer()?, factor.integer()?)?),
                Operator::Mod => Fraction::whole(floor_mod(product.integer()?, factor.integer()?)?),
                Operator::Matmul => return Err(EvalError::Unsupported(MATMUL.into())),
            };
            if whole {
                product.integer()?;
            }
        }
        Ok(product)
    }

    fn extreme(&mut self, parts: &[Exact], wanted: Ordering) -> Result<Fraction, EvalError> {
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

    /// Whether a condition holds; none if that depends on values that are not known.
    pub fn test(&mut self, node: &Test) -> Result<Option<bool>, EvalError> {
        self.work.charge(1)?;
        match node {
            Test::Chain(first, rest) => {
                if let (Exact::Affine(left), [(relation, Exact::Affine(right))]) = (first, rest.as_slice()) {
                    self.work.charge(2)?;
                    let order = left.evaluate(&self.slots)?.cmp(&right.evaluate(&self.slots)?);
                    return Ok(Some(holds(*relation, order)));
                }
                let mut left = self.exact(first)?;
                for (relation, right) in rest {
                    let right = self.exact(right)?;
                    if !holds(*relation, left.compare(right)?) {
                        return Ok(Some(false));
                    }
                    left = right;
                }
                Ok(Some(true))
            }
            Test::Values(chain) => self.compare(&chain.0, &chain.1),
            Test::Divides(divisor, of) => {
                let divisor = self.integer(divisor)?;
                Ok(Some(floor_mod(self.integer(of)?, divisor)? == 0))
            }
            Test::All(parts) => self.all(parts, true),
            Test::Any(parts) => Ok(self.all(parts, false)?.map(|none| !none)),
            Test::Not(part) => Ok(self.test(part)?.map(|holds| !holds)),
        }
    }

    /// Whether a condition holds, where only an answer will do.
    pub fn decided(&mut self, node: &Test) -> Result<bool, EvalError> {
        self.test(node)?.ok_or_else(undecided)
    }

    /// Whether all of these hold, where only an answer will do.
    pub fn decided_all(&mut self, nodes: &[Test]) -> Result<bool, EvalError> {
        self.all(nodes, true)?.ok_or_else(undecided)
    }

    fn compare(&mut self, first: &Value, rest: &[(Relation, Value)]) -> Result<Option<bool>, EvalError> {
        let mut left = self.value(first)?;
        let mut known = Some(true);
        for (relation, right) in rest {
            let right = self.value(right)?;
            self.memory.compared();
            match left.compare(right) {
                Known::Order(order) if holds(*relation, order) => {}
                Known::Order(_) | Known::Unordered => return Ok(Some(false)),
                Known::Nothing => known = None,
            }
            left = right;
        }
        Ok(known)
    }

    /// Whether each of these is what is wanted. Whichever is not decides, in any order: a part without a
    /// value, such as a read outside its array, matters only if no other part decides.
    fn all(&mut self, parts: &[Test], wanted: bool) -> Result<Option<bool>, EvalError> {
        let (mut known, mut without_value) = (Some(true), None);
        for part in parts {
            match self.test(part) {
                Ok(Some(holds)) if holds != wanted => return Ok(Some(false)),
                Ok(Some(_)) => {}
                Ok(None) => known = None,
                Err(error @ EvalError::TooMuchWork { .. }) => return Err(error),
                Err(error) => without_value = without_value.or(Some(error)),
            }
        }
        without_value.map_or(Ok(known), Err)
    }
}

fn undecided() -> EvalError {
    EvalError::Unsupported("a comparison of values where there are none".into())
}

fn fraction<N: Number>(value: Fraction) -> Result<N, EvalError> {
    let (numerator, denominator) = value.parts();
    if denominator == 1 {
        return Ok(N::integer(numerator));
    }
    let reciprocal = N::integer(denominator).inverse();
    Ok(N::integer(numerator) * reciprocal.ok_or(EvalError::ZeroDivisor)?)
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
