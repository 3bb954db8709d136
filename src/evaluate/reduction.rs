//! Sums, means, products, variances, extrema and normalisers: what is computed of many entries at once.
//!
//! Invariant: every point is paid for before it is visited, and where a range is empty a mean, a
//! variance, an extremum and a normaliser are errors and a sum is 0.

use super::error::EvalError;
use super::machine::{CALL, Machine};
use super::node::{Exact, Normalise, Reduce, Test, Value};
use super::number::{Known, Memory, Number};
use crate::language::function::Function;
use crate::language::syntax::{Extremum, Normaliser, Reduction};
use std::cmp::Ordering;

type Ranges = [(usize, Exact, Exact)];

impl<M: Memory> Machine<'_, M> {
    pub(super) fn reduce(&mut self, reduce: &Reduce) -> Result<M::Number, EvalError> {
        let Reduce { binders, condition, body, how } = reduce;
        let mut total = M::Number::integer((*how == Reduction::Product).into());
        let mut terms = 0i128;
        match how {
            Reduction::Variance => {
                let values = self.terms(binders, condition.as_ref(), body)?;
                return self.variance(&values);
            }
            Reduction::Extremum(which) => return self.extremum(*which, binders, condition.as_ref(), body),
            Reduction::Product => self.each(binders, condition.as_ref(), &mut |machine| {
                total = total * machine.value(body)?;
                Ok(())
            })?,
            Reduction::Sum | Reduction::Mean => self.each(binders, condition.as_ref(), &mut |machine| {
                total = total + machine.value(body)?;
                terms += 1;
                Ok(())
            })?,
        }
        match how {
            Reduction::Mean => Ok(total * part::<M::Number>(terms)?),
            Reduction::Sum | Reduction::Product | Reduction::Variance | Reduction::Extremum(_) => Ok(total),
        }
    }

    /// The first of the greatest or least terms, or its place; what is not a number is the extremum.
    fn extremum(
        &mut self,
        which: Extremum,
        binders: &Ranges,
        condition: Option<&Test>,
        body: &Value,
    ) -> Result<M::Number, EvalError> {
        if which.is_place() && binders.len() != 1 {
            return Err(EvalError::Unsupported(format!("`{}` over several indices", which.word())));
        }
        let better = if which.is_least() { Ordering::Less } else { Ordering::Greater };
        let mut best: Option<(M::Number, i64)> = None;
        self.each(binders, condition, &mut |machine| {
            let found = (machine.value(body)?, binders.first().map_or(0, |(slot, ..)| machine.slots[*slot]));
            best = Some(match best {
                Some(known) if !known.0.real().is_nan() => match found.0.compare(known.0) {
                    Known::Order(order) if order != better => known,
                    Known::Order(_) | Known::Unordered | Known::Nothing => found,
                },
                Some(known) => known,
                None => found,
            });
            Ok(())
        })?;
        let (value, place) = best.ok_or(EvalError::EmptyExtremum(which.word()))?;
        Ok(if which.is_place() { M::Number::integer(place.into()) } else { value })
    }

    fn variance(&mut self, values: &[M::Number]) -> Result<M::Number, EvalError> {
        let part = part::<M::Number>(values.len() as i128)?;
        self.work.charge(2 * values.len() as u64)?;
        let zero = M::Number::integer(0);
        let mean = values.iter().fold(zero, |sum, value| sum + *value) * part;
        let squares = values.iter().map(|value| (*value - mean) * (*value - mean));
        Ok(squares.fold(zero, |sum, square| sum + square) * part)
    }

    pub(super) fn normalise(&mut self, normalise: &Normalise) -> Result<M::Number, EvalError> {
        let Normalise { word, binders, condition, body, .. } = normalise;
        let chosen = if word.binds() { None } else { self.chosen(normalise)? };
        match (word, chosen) {
            (Normaliser::Softargmax | Normaliser::Softmax, None) => {
                self.outside = true;
                return Ok(M::Number::integer(0));
            }
            (Normaliser::LogSoftargmax | Normaliser::LogSoftmax, None) => {
                return Err(EvalError::OutsideNormaliser(word.word()));
            }
            _ => {}
        }
        let values = self.terms(binders, condition.as_ref(), body)?;
        if values.is_empty() {
            return Err(EvalError::EmptyNormaliser(word.word()));
        }
        self.work.charge((CALL + 1) * values.len() as u64)?;
        let greatest = values.iter().map(|value| value.real()).fold(f64::NEG_INFINITY, f64::max);
        let shift = if greatest.is_finite() { greatest } else { 0.0 };
        let exponentials = values.iter().map(|value| value.shifted_exponential(shift));
        let total = exponentials.fold(M::Number::integer(0), |sum, one| sum + one);
        let logarithm = || total.shifted_logarithm(shift);
        let found = match (word, chosen) {
            (Normaliser::Softargmax | Normaliser::Softmax, Some(chosen)) => {
                chosen.shifted_exponential(shift) * total.inverse().ok_or(EvalError::ZeroDivisor)?
            }
            (Normaliser::LogSoftargmax | Normaliser::LogSoftmax, Some(chosen)) => chosen - logarithm(),
            _ => logarithm(),
        };
        self.noted(Function::Exp, found)
    }

    /// The argument at the indices outside; none where it does not count.
    fn chosen(&mut self, normalise: &Normalise) -> Result<Option<M::Number>, EvalError> {
        let Normalise { binders, condition, outer, body, .. } = normalise;
        for ((slot, first, last), outer) in binders.iter().zip(outer) {
            let index = self.slots[*outer];
            let (first, last) = (self.integer(first)?, self.integer(last)?);
            if i128::from(index) < first || i128::from(index) > last {
                return Ok(None);
            }
            self.slots[*slot] = index;
        }
        if let Some(condition) = condition
            && self.test(condition)? == Some(false)
        {
            return Ok(None);
        }
        self.value(body).map(Some)
    }

    fn terms(&mut self, binders: &Ranges, condition: Option<&Test>, body: &Value) -> Result<Vec<M::Number>, EvalError> {
        let mut values = Vec::new();
        self.each(binders, condition, &mut |machine| {
            values.push(machine.value(body)?);
            Ok(())
        })?;
        Ok(values)
    }

    /// Visits all points of ranges at which a condition holds, or may hold.
    pub(super) fn each(
        &mut self,
        binders: &Ranges,
        condition: Option<&Test>,
        visit: &mut impl FnMut(&mut Self) -> Result<(), EvalError>,
    ) -> Result<(), EvalError> {
        let Some(((slot, first, last), inner)) = binders.split_first() else {
            let counts = match condition {
                Some(condition) => self.test(condition)? != Some(false),
                None => true,
            };
            return if counts { visit(self) } else { Ok(()) };
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
            self.each(inner, condition, visit)?;
        }
        Ok(())
    }
}

/// One over a number of terms.
pub(super) fn part<N: Number>(terms: i128) -> Result<N, EvalError> {
    match terms {
        0 => Err(EvalError::EmptyMean),
        _ => N::integer(terms).inverse().ok_or(EvalError::ZeroDivisor),
    }
}
