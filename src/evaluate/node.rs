//! Compiled formulas: the syntax tree with every name replaced by the number of a slot, an array,
//! a literal or a param, and index expressions that are affine folded into one node.
//!
//! Invariant: in a product the guards are the Iverson brackets it is multiplied with; they are
//! asked first, and where one is false nothing else of the product has to have a value, the other
//! brackets included.

use super::error::EvalError;
use super::fraction::Fraction;
use super::keep::Kept;
use crate::language::function::Function;
use crate::language::syntax::{Normaliser, Operator, Reduction, Relation, Sign};
use std::rc::Rc;

/// A scalar expression.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// A number computed exactly and then embedded.
    Exact(Exact),
    /// A rational literal, by its number in the formula.
    Literal(usize),
    /// A param, by its number in the scope.
    Param(usize),
    /// An array read.
    Read(Access),
    /// Terms added and subtracted.
    Sum(Vec<(Sign, Value)>),
    /// Guarded factors, multiplied (false) or divided by (true).
    Product(Vec<Test>, Vec<(bool, Value)>),
    /// A power whose exponent is computed exactly: an integer power, or else one by the function.
    Power(Box<(Value, Exact)>),
    /// A function of the table.
    Call(Function, Vec<Value>),
    /// A sum, a mean, a product, a variance or an extremum.
    Reduce(Box<Reduce>),
    /// What is normalised by the exponentials of all entries.
    Normalise(Box<Normalise>),
    /// 1 or 0.
    Bracket(Test),
    /// The branch that the test takes.
    If(Box<(Test, Value, Value)>),
    /// The derivative of a value for an entry; if `true` the total one, else all other arrays are held.
    Derivative(Box<(Value, Access, bool)>),
    /// The total derivative of the loss for an entry.
    Adjoint(Access),
    /// A part that is computed once for the same indices.
    Kept(Rc<Kept>),
}

impl Value {
    /// A number of operations that computing it surely takes, at whatever indices.
    pub fn least_work(&self) -> u64 {
        let all = |parts: &mut dyn Iterator<Item = &Value>| {
            parts.fold(1u64, |sum, part| sum.saturating_add(part.least_work()))
        };
        match self {
            Value::Sum(terms) => all(&mut terms.iter().map(|(_, term)| term)),
            Value::Product(guards, factors) if guards.is_empty() => all(&mut factors.iter().map(|(_, factor)| factor)),
            Value::Power(power) => power.0.least_work(),
            Value::Call(_, arguments) => all(&mut arguments.iter()),
            Value::Reduce(reduce) => reduce.least_work(),
            Value::Exact(_)
            | Value::Literal(_)
            | Value::Param(_)
            | Value::Read(_)
            | Value::Product(..)
            | Value::Bracket(_)
            | Value::If(_)
            | Value::Normalise(_)
            | Value::Adjoint(_)
            | Value::Derivative(_)
            | Value::Kept(_) => 1,
        }
    }
}

impl Reduce {
    fn least_work(&self) -> u64 {
        let body = if self.condition.is_some() { 0 } else { self.body.least_work() };
        let number = |e: &Exact| match e {
            Exact::Affine(affine) => affine.as_constant().map(i128::from),
            _ => None,
        };
        let length = |(_, first, last): &(usize, Exact, Exact)| Some((number(last)? - number(first)? + 1).max(0));
        let terms = self.binders.iter().try_fold(1u64, |terms, binder| {
            length(binder).map(|n| terms.saturating_mul(u64::try_from(n).unwrap_or(u64::MAX)))
        });
        terms.map_or(1, |terms| terms.saturating_mul(body.saturating_add(1)).saturating_add(1))
    }
}

/// A sum, a mean, a product, a variance or an extremum over bound indices.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reduce {
    /// The slot of each index with its first and last value.
    pub binders: Vec<(usize, Exact, Exact)>,
    /// Where the body counts.
    pub condition: Option<Test>,
    /// The terms.
    pub body: Value,
    /// What is done with the terms.
    pub how: Reduction,
}

/// A normaliser over indices.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Normalise {
    /// Which.
    pub word: Normaliser,
    /// The slot of each index inside, with its first and last value.
    pub binders: Vec<(usize, Exact, Exact)>,
    /// Where the argument counts.
    pub condition: Option<Test>,
    /// The slot of each index outside, at which the value is taken; none if the indices are bound.
    pub outer: Vec<usize>,
    /// The argument.
    pub body: Value,
}

/// A read of an array at computed indices.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Access {
    /// Which array of the scope.
    pub array: usize,
    /// One index an axis.
    pub index: Vec<Exact>,
    /// How many operations finding the place takes.
    pub cost: u64,
}

impl Access {
    /// A read of an array at an index for each axis.
    pub fn new(array: usize, index: Vec<Exact>) -> Access {
        let terms = index.iter().map(|e| if let Exact::Affine(affine) = e { affine.terms.len() } else { 1 });
        let cost = terms.sum::<usize>() as u64;
        Access { array, index, cost }
    }
}

/// An entry of an array, known to exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Which array of the scope.
    pub array: usize,
    /// Its position in row-major order.
    pub offset: usize,
}

/// An expression over integers, computed in exact fractions.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Exact {
    /// A constant and multiples of slots.
    Affine(Affine),
    /// A constant that is no 64-bit integer.
    Constant(Fraction),
    /// Terms added and subtracted.
    Sum(Vec<(Sign, Exact)>),
    /// Guarded factors; if `whole`, each quotient must be an integer.
    Product {
        /// The brackets it is multiplied with.
        guards: Vec<Test>,
        /// How each factor joins what stands at its left.
        factors: Vec<(Operator, Exact)>,
        /// Whether each quotient must be an integer.
        whole: bool,
    },
    /// An integer power.
    Power(Box<(Exact, Exact)>),
    /// The least of several.
    Least(Vec<Exact>),
    /// The greatest of several.
    Greatest(Vec<Exact>),
    /// The absolute value.
    Absolute(Box<Exact>),
    /// Rounded down.
    Floor(Box<Exact>),
    /// Rounded up.
    Ceil(Box<Exact>),
    /// Integer data.
    Read(Access),
    /// 1 or 0.
    Bracket(Box<Test>),
    /// The branch that the test takes.
    If(Box<(Test, Exact, Exact)>),
}

impl Exact {
    /// Terms added and subtracted, folded where they are affine.
    pub fn sum(terms: Vec<(Sign, Exact)>) -> Exact {
        let mut affine = Affine::constant(0);
        let mut others = Vec::new();
        for (sign, term) in terms {
            let merged = match &term {
                Exact::Affine(term) => match sign {
                    Sign::Plus => affine.plus(term),
                    Sign::Minus => term.scaled(-1).and_then(|negated| affine.plus(&negated)),
                },
                _ => None,
            };
            match merged {
                Some(sum) => affine = sum,
                None => others.push((sign, term)),
            }
        }
        if others.is_empty() {
            return Exact::Affine(affine);
        }
        others.push((Sign::Plus, Exact::Affine(affine)));
        Exact::Sum(others)
    }

    /// A guarded product of factors that stand from left to right, folded as far as it is affine.
    pub fn product(guards: Vec<Test>, factors: Vec<(Operator, Exact)>, whole: bool) -> Exact {
        let mut affine = Affine::constant(1);
        let mut others = Vec::new();
        for (operator, factor) in factors {
            let merged = match &factor {
                Exact::Affine(factor) if others.is_empty() && operator == Operator::Times => affine.times(factor),
                _ => None,
            };
            match merged {
                Some(product) => affine = product,
                None => others.push((operator, factor)),
            }
        }
        if others.is_empty() && guards.is_empty() {
            return Exact::Affine(affine);
        }
        others.insert(0, (Operator::Times, Exact::Affine(affine)));
        Exact::Product { guards, factors: others, whole }
    }
}

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Test {
    /// A chain of comparisons of integers and fractions.
    Chain(Exact, Vec<(Relation, Exact)>),
    /// A chain of comparisons of values.
    Values(Box<(Value, Vec<(Relation, Value)>)>),
    /// The first divides the second.
    Divides(Exact, Exact),
    /// All hold.
    All(Vec<Test>),
    /// One holds.
    Any(Vec<Test>),
    /// It does not hold.
    Not(Box<Test>),
}

/// `constant + Σ coefficient · slot`, with slots that differ and no zero coefficient.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Affine {
    /// The constant.
    pub constant: i64,
    /// Slots and their coefficients.
    pub terms: Vec<(usize, i64)>,
}

impl Affine {
    /// A constant.
    pub fn constant(constant: i64) -> Affine {
        let terms = Vec::new();
        Affine { constant, terms }
    }

    /// A slot alone.
    pub fn slot(slot: usize) -> Affine {
        Affine { constant: 0, terms: vec![(slot, 1)] }
    }

    /// The constant, if there is nothing else.
    pub fn as_constant(&self) -> Option<i64> {
        self.terms.is_empty().then_some(self.constant)
    }

    /// The multiple; none if a coefficient overflows.
    pub fn scaled(&self, factor: i64) -> Option<Affine> {
        if factor == 0 {
            return Some(Affine::constant(0));
        }
        let scale = |&(slot, c): &(usize, i64)| Some((slot, c.checked_mul(factor)?));
        Some(Affine {
            constant: self.constant.checked_mul(factor)?,
            terms: self.terms.iter().map(scale).collect::<Option<_>>()?,
        })
    }

    /// The product; none if neither is a constant, or a coefficient overflows.
    pub fn times(&self, other: &Affine) -> Option<Affine> {
        match (self.as_constant(), other.as_constant()) {
            (Some(factor), _) => other.scaled(factor),
            (_, Some(factor)) => self.scaled(factor),
            (None, None) => None,
        }
    }

    /// The sum; none if a coefficient overflows.
    pub fn plus(&self, other: &Affine) -> Option<Affine> {
        let mut sum = self.clone();
        sum.constant = sum.constant.checked_add(other.constant)?;
        for &(slot, coefficient) in &other.terms {
            match sum.terms.iter_mut().find(|(known, _)| *known == slot) {
                Some((_, known)) => *known = known.checked_add(coefficient)?,
                None => sum.terms.push((slot, coefficient)),
            }
        }
        sum.terms.retain(|(_, coefficient)| *coefficient != 0);
        Some(sum)
    }

    /// The value at the given slots.
    pub fn evaluate(&self, slots: &[i64]) -> Result<i128, EvalError> {
        let mut sum = self.constant;
        for &(slot, coefficient) in &self.terms {
            match coefficient.checked_mul(slots[slot]).and_then(|term| sum.checked_add(term)) {
                Some(next) => sum = next,
                None => return self.evaluate_wide(slots),
            }
        }
        Ok(i128::from(sum))
    }

    fn evaluate_wide(&self, slots: &[i64]) -> Result<i128, EvalError> {
        let start = i128::from(self.constant);
        self.terms.iter().try_fold(start, |sum, &(slot, c)| {
            let term = i128::from(c) * i128::from(slots[slot]);
            sum.checked_add(term).ok_or(EvalError::Overflow)
        })
    }
}
