//! Derivatives of one step of a recurrence: which entries they have, and what they are compared with.
//!
//! Invariant: an index that is fixed by others, as t−1 by t, has its value at every entry compared.

use crate::derivation::{Derivation, Goal};
use crate::evaluate::check::{Checked, Failure, StepJacobian, check_step};
use crate::evaluate::{EvalError, Formula, Instance, IntegerFormula, Steps};
use crate::language::syntax::Name;
use crate::model::{OneStep, Quote};

/// Compares a formula with the derivatives within a step, and says whether only a part of the entries
/// was compared.
pub fn check(
    instance: &Instance,
    step: &OneStep,
    derivation: &Derivation,
    formula: &Formula,
    affordable: usize,
) -> Result<(Checked, bool), Failure> {
    let Goal::Step { output, array, .. } = &derivation.goal else { return Ok((Checked::default(), true)) };
    let (rows, at) = (rows(instance, derivation)?, fixed(instance, derivation)?);
    let steps = Steps::new(instance, &step.axes)?;
    let claim = StepJacobian { output, rows: Some(&rows), array, at: &at };
    let checked = check_step(&steps, claim, formula, affordable)?;
    Ok((checked, checked.entries >= affordable))
}

/// The ranges of the indices of the output.
pub fn rows(instance: &Instance, derivation: &Derivation) -> Result<Vec<(i64, i64)>, EvalError> {
    let quote = Quote::plain();
    let number = |index| -> Result<i64, EvalError> {
        let formula = instance.compile_integer(&quote.index(index), &[])?;
        i64::try_from(instance.evaluate_integer(&formula, &[])?).map_err(|_| EvalError::Overflow)
    };
    derivation.indices[..derivation.output_axes].iter().map(|b| Ok((number(&b.lo)?, number(&b.hi)?))).collect()
}

/// The indices of the array that are fixed by those of the output, as formulas in these.
fn fixed(instance: &Instance, derivation: &Derivation) -> Result<Vec<Option<IntegerFormula>>, EvalError> {
    let Goal::Step { at, .. } = &derivation.goal else { return Ok(Vec::new()) };
    let quote = Quote::plain();
    let names = derivation.indices[..derivation.output_axes].iter().map(|b| quote.var(&b.var));
    let names: Vec<Name> = names.collect();
    let formula = |index: &Option<_>| index.as_ref().map(|i| instance.compile_integer(&quote.index(i), &names));
    at.iter().map(|index| formula(index).transpose()).collect()
}

/// Entries with the indices of a step that others fix at their values; those outside of the array are
/// left out.
pub fn settled(instance: &Instance, derivation: &Derivation, entries: Vec<Vec<i64>>) -> Vec<Vec<i64>> {
    let Goal::Step { array, .. } = &derivation.goal else { return entries };
    let (Ok(fixed), Some(axes)) = (fixed(instance, derivation), instance.axes(array)) else { return Vec::new() };
    let split = derivation.output_axes;
    let settle = |mut at: Vec<i64>| {
        for (k, (formula, (lo, hi))) in fixed.iter().zip(axes).enumerate() {
            let Some(formula) = formula else { continue };
            let index = i64::try_from(instance.evaluate_integer(formula, &at[..split]).ok()?).ok()?;
            at[split + k] = (lo..=hi).contains(&&index).then_some(index)?;
        }
        Some(at)
    };
    entries.into_iter().filter_map(settle).collect()
}
