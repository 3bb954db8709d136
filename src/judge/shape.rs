//! Claims about shapes: lengths compared in order, axes of length 1 left out on both sides.
//!
//! Invariant: a shape is refuted by numbers and proved by canonical forms and the solver.

use super::Verdict;
use super::complete::complete_length;
use super::counterexample::{Counterexample, Difference};
use super::left::unknown_array;
use super::trial::Run;
use crate::answer::Names;
use crate::diagnostic::{Diagnostic, Diagnostics, Span};
use crate::evaluate::{Sizes, integer};
use crate::integer::{Condition, Facts, Index, Truth};
use crate::language::syntax::{Expr, Name, Target};
use crate::model::formula::index_formula;
use crate::model::{Quote, System};

/// The arrays whose axes make up a shape.
pub(super) fn arrays(system: &System, of: &Target, span: Span) -> Result<Vec<Name>, Diagnostics> {
    let arrays = match of {
        Target::Value(name, _) | Target::Gradient(name, _) => vec![name.clone()],
        Target::Jacobian((output, _), (array, _)) => vec![output.clone(), array.clone()],
        Target::Shape(inner) => return arrays(system, inner, span),
        Target::Second(parts) => parts.iter().map(|(name, _)| name.clone()).collect(),
    };
    let unknown = arrays.iter().filter(|name| system.bounds(name).is_none());
    let problems: Diagnostics = unknown.map(|name| unknown_array(system, name, span)).collect();
    if problems.is_empty() { Ok(arrays) } else { Err(problems) }
}

/// Judges claimed lengths.
pub(super) fn judge(
    system: &System,
    names: &Names,
    runs: &[Run],
    of: &Target,
    (claimed, span): (&[Expr], Span),
) -> Result<Verdict, Diagnostics> {
    let right = lengths(system, of, span)?;
    let mut wanted = Vec::new();
    for length in claimed {
        wanted.push(index_formula(system, &complete_length(system, names, length), &[])?);
    }
    for run in runs {
        let (Some(a), Some(b)) = (numbers(&wanted, &run.all), numbers(&right, &run.all)) else { continue };
        if long(&a) != long(&b) {
            let sizes = system.sizes.iter().filter_map(|(n, _)| Some((n.clone(), *run.sizes.get(n)?))).collect();
            let right = if long(&b).len() == a.len() { long(&b) } else { b };
            let difference = Difference::Shapes { claimed: a, right };
            let found = Counterexample { sizes, indices: Vec::new(), difference, note: None, unfit: false };
            return Ok(Verdict::Refuted(Box::new(found)));
        }
    }
    let proved = proved(&system.facts(), &wanted, &right);
    Ok(if proved { Verdict::Proved } else { Verdict::Undecided { tried: runs.len() } })
}

/// The lengths of a target; indices that are given take away the first axes.
pub(super) fn lengths(system: &System, of: &Target, span: Span) -> Result<Vec<Index>, Diagnostics> {
    let slice = |name: &Name, at: &Option<Vec<Expr>>| {
        let (all, given) = (system.lengths(name), at.as_ref().map_or(0, Vec::len));
        match given <= all.len() {
            true => Ok(all[given..].to_vec()),
            false => Err(vec![Diagnostic::new(format!("`{name}` has only {} axes", all.len()), span)]),
        }
    };
    arrays(system, of, span)?;
    match of {
        Target::Value(name, at) | Target::Gradient(name, at) => slice(name, at),
        Target::Jacobian((output, rows), (array, columns)) => {
            Ok([slice(output, rows)?, slice(array, columns)?].concat())
        }
        Target::Shape(inner) => lengths(system, inner, span),
        Target::Second(parts) => {
            let parts: Result<Vec<_>, _> = parts.iter().map(|(name, at)| slice(name, at)).collect();
            Ok(parts?.concat())
        }
    }
}

fn numbers(lengths: &[Index], sizes: &Sizes) -> Option<Vec<i128>> {
    lengths.iter().map(|length| integer(&Quote::plain().index(length), sizes).ok()).collect()
}

fn long(lengths: &[i128]) -> Vec<i128> {
    lengths.iter().copied().filter(|n| *n != 1).collect()
}

fn proved(facts: &Facts, a: &[Index], b: &[Index]) -> bool {
    let equal = |a: &Index, b: &Index| {
        a.canonical() == b.canonical() || facts.judge(&Condition::Equal(a.clone(), b.clone())) == Truth::Yes
    };
    let one = Index::constant(1);
    let longer = |lengths: &[Index]| -> Vec<Index> { lengths.iter().filter(|n| !equal(n, &one)).cloned().collect() };
    let (a, b) = (longer(a), longer(b));
    a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| equal(a, b))
}
