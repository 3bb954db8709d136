//! A wrong claim at some sizes, and a layer that fits there, which may have it rejected.

use super::fit::{Fit, placed, volume};
use crate::answer::Names;
use crate::derivation::Goal;
use crate::diagnostic::Span;
use crate::evaluate::{Agreement, Instance, Pins, Scalar, Sizes, Work, integer};
use crate::judge::complete::{complete, complete_length};
use crate::judge::left::{Left, Place};
use crate::judge::shape::arrays;
use crate::judge::trial::{Run, Trial, lettered, with_lengths};
use crate::language::syntax::{Claim, ClaimValue, Expr, Name, Statement, Target};
use crate::model::formula::resolve_formula;
use crate::model::{self, Quote, System, elaborate};

/// How many operations one point may take.
pub(super) const WORK: u64 = 400_000;
/// How many entries are compared.
const ENTRIES: usize = 200;

/// A wrong claim at some sizes.
pub(in crate::judge) struct Wrong<'a> {
    pub(super) system: &'a System,
    pub(super) instance: &'a Instance,
    /// Its sizes, with those of lengths.
    pub(super) sizes: &'a Sizes,
    /// The arrays it is about: an output, what is differentiated for.
    arrays: Vec<Name>,
    said: Said,
}

/// What it says there.
enum Said {
    /// The values of a derived thing.
    Values(Kind, Vec<Entry>),
    /// The lengths of a shape, those that are 1 left out.
    Lengths(Vec<i128>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Value,
    Jacobian,
    Gradient,
}

struct Entry {
    full: Vec<i64>,
    claimed: Option<Scalar>,
    right: Scalar,
}

impl<'a> Wrong<'a> {
    /// A formula at a run; nothing if it is not wrong there, or cannot be compared.
    pub fn formula(trial: &Trial<'a>, run: &'a Run) -> Option<Wrong<'a>> {
        let (kind, arrays) = of_goal(&trial.left.goal)?;
        let instance = run.instances.first()?;
        let (before, mut entries) = (instance.work(), Vec::new());
        let claimed = instance.compile(trial.claim, &trial.free_names()).ok()?;
        let derived = instance.compile(&trial.answer.formula, &trial.full_names()).ok()?;
        let (spots, _) = trial.spots(run).ok()?;
        let step = spots.len() / ENTRIES + 1;
        for spot in spots.into_iter().step_by(step) {
            let right = instance.evaluate(&derived, &spot.full).ok()?;
            let claimed = instance.evaluate(&claimed, &spot.free).ok();
            entries.push(Entry { full: spot.full, claimed, right });
        }
        instance.set_work_back(before);
        let wrong = entries.iter().any(|entry| entry.claimed.is_some() && !same(entry.claimed, Some(entry.right)));
        let said = Said::Values(kind, entries);
        wrong.then_some(Wrong { system: trial.system, instance, sizes: &run.all, arrays, said })
    }

    /// The lengths that are claimed of a shape.
    pub fn shape(
        (system, names): (&'a System, &Names),
        of: &Target,
        lengths: &[Expr],
        run: &'a Run,
    ) -> Option<Wrong<'a>> {
        let arrays = arrays(system, of, Span::default()).ok()?;
        let said = Said::Lengths(long((system, names), lengths, &run.all)?);
        Some(Wrong { system, instance: run.instances.first()?, sizes: &run.all, arrays, said })
    }

    /// Whether a claim is about a thing of the same kind.
    pub(super) fn is_like(&self, claim: &Claim) -> bool {
        matches!(
            (&self.said, &claim.value, &claim.target),
            (Said::Lengths(_), ClaimValue::Shape(_), _)
                | (Said::Values(Kind::Value, _), ClaimValue::Formula(_), Target::Value(..))
                | (Said::Values(Kind::Jacobian, _), ClaimValue::Formula(_), Target::Jacobian(..))
                | (Said::Values(Kind::Gradient, _), ClaimValue::Formula(_), Target::Gradient(..))
        )
    }
}

/// A layer at the very sizes and values of a question, with the upstream gradient that the question has
/// there.
pub(super) struct Layered {
    system: System,
    names: Names,
    instance: Instance,
    sizes: Sizes,
}

impl Layered {
    pub fn new(statements: &[Statement], base: i64, wrong: &Wrong, fit: &Fit) -> Option<Layered> {
        let given = fit.sizes.iter().map(|(name, value)| (name.clone(), Some(i128::from(*value)))).collect();
        let system = elaborate(statements, base, &model::Sizes { given, ..model::Sizes::default() }).ok()?;
        let names = Names::new(&system);
        let mut pins: Pins = fit.pins.clone();
        let output = system.outputs.first()?;
        let theirs = wrong.instance.axes(fit.others(output)?)?;
        for place in 0..volume(theirs) {
            let value = wrong.instance.upstream(fit.others(output)?, &placed(theirs, place))?;
            pins.upstream.insert((output.clone(), placed(fit.instance.axes(output)?, place)), value);
        }
        let sizes = with_lengths(&names, &fit.sizes).ok()?;
        let work = Work::until(WORK, &system.limits);
        let mut instance = Instance::pinned(&system.program, &sizes, wrong.instance.seed(), &work, &pins).ok()?;
        lettered(&system, &names, &mut instance).ok()?;
        Some(Layered { system, names, instance, sizes })
    }

    /// Whether a claim about the layer says what is said of the question.
    pub fn says(&self, claim: &Claim, wrong: &Wrong, fit: &Fit) -> Option<bool> {
        match (&wrong.said, &claim.value) {
            (Said::Lengths(theirs), ClaimValue::Shape(lengths)) => {
                let own = arrays(&self.system, &claim.target, claim.span).ok()?;
                Some(
                    fit.are(&own, &wrong.arrays) && long((&self.system, &self.names), lengths, &self.sizes)? == *theirs,
                )
            }
            (Said::Values(kind, entries), ClaimValue::Formula(formula)) => {
                let left = Left::read(&self.system, &claim.target, claim.span).ok()?;
                let (own, arrays) = of_goal(&left.goal)?;
                Some(
                    own == *kind
                        && fit.are(&arrays, &wrong.arrays)
                        && self.agree(&left, formula, wrong, (&arrays, entries))?,
                )
            }
            _ => None,
        }
    }

    /// Whether a formula has the claimed values; of a gradient, whether it is the same gradient, too.
    fn agree(
        &self,
        left: &Left,
        formula: &Expr,
        wrong: &Wrong,
        (arrays, entries): (&[Name], &[Entry]),
    ) -> Option<bool> {
        let completed = complete(&self.system, &self.names, formula, left, false).ok()?;
        let resolved = resolve_formula(&self.system, &completed.formula).ok()?;
        let free: Vec<Name> = left.free.iter().map(|bound| bound.var.written()).collect();
        let compiled = self.instance.compile(&resolved, &free).ok()?;
        for entry in entries {
            let (mut full, mut rest) = (Vec::new(), entry.full.as_slice());
            for (own, other) in arrays.iter().zip(&wrong.arrays) {
                let (own, other) = (self.instance.axes(own)?, wrong.instance.axes(other)?);
                let at = rest.split_off(..other.len())?;
                full.extend(placed(own, offset(other, at)));
            }
            if let (Goal::Gradient { array }, true) = (&left.goal, entry.claimed.is_some())
                && !same(self.instance.total_upstream(array, &full).ok(), Some(entry.right))
            {
                return Some(false);
            }
            let at = self.free_at(left, &free, &full)?;
            if !same(self.instance.evaluate(&compiled, &at).ok(), entry.claimed) {
                return Some(false);
            }
        }
        Some(true)
    }

    /// The free indices at a place; nothing if the left side does not speak of it.
    fn free_at(&self, left: &Left, free: &[Name], full: &[i64]) -> Option<Vec<i64>> {
        let mut at: Vec<Option<i64>> = vec![None; free.len()];
        for (place, value) in left.places.iter().zip(full) {
            if let Place::Free(number) = place
                && *at[*number].get_or_insert(*value) != *value
            {
                return None;
            }
        }
        let at: Vec<i64> = at.into_iter().collect::<Option<_>>()?;
        let mut known = self.sizes.clone();
        known.extend(free.iter().cloned().zip(at.iter().copied()));
        let stands = |(place, value): (&Place, &i64)| match place {
            Place::Free(_) => true,
            Place::Fixed(index) => integer(&Quote::plain().index(index), &known) == Ok(i128::from(*value)),
        };
        left.places.iter().zip(full).all(stands).then_some(at)
    }
}

/// Lengths as numbers, without those that are 1.
fn long((system, names): (&System, &Names), lengths: &[Expr], sizes: &Sizes) -> Option<Vec<i128>> {
    let mut all = sizes.clone();
    all.extend(system.given.iter().filter_map(|(name, value)| Some((name.clone(), i64::try_from(*value).ok()?))));
    let number = |length: &Expr| integer(&complete_length(system, names, length), &all).ok();
    let lengths: Option<Vec<i128>> = lengths.iter().map(number).collect();
    Some(lengths?.into_iter().filter(|length| *length != 1).collect())
}

/// What a goal is and the arrays it is about, in the order of its axes.
fn of_goal(goal: &Goal) -> Option<(Kind, Vec<Name>)> {
    match goal {
        Goal::Value { output } => Some((Kind::Value, vec![output.clone()])),
        Goal::Jacobian { output, array } => Some((Kind::Jacobian, vec![output.clone(), array.clone()])),
        Goal::Gradient { array } => Some((Kind::Gradient, vec![array.clone()])),
        Goal::Step { .. } => None,
    }
}

/// The position of an entry in its array.
fn offset(axes: &[(i64, i64)], at: &[i64]) -> usize {
    let step = |offset: i64, (index, (lo, hi)): (&i64, &(i64, i64))| offset * (hi - lo + 1) + index - lo;
    at.iter().zip(axes).fold(0, step).max(0) as usize
}

/// Whether two sides agree, in having no value too.
pub(super) fn same(one: Option<Scalar>, other: Option<Scalar>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.agreement(other, true, 0.0) != Agreement::None,
        (one, other) => one.is_none() && other.is_none(),
    }
}
