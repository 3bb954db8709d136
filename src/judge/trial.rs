//! A claim tried at many sizes, at every entry, by the independent evaluator.
//!
//! Invariant: entries are visited in the order of sizes, then of the claim's free indices, so that
//! the first difference is the smallest counterexample.

use super::counterexample::{Counterexample, Difference};
use super::expand::{Expandable, Expander};
use super::left::{Left, Place};
use super::polynomial::{Polynomial, quote_number};
use super::sizes::{more_sizes, sizes_to_try, with_one_smaller};
use crate::answer::{Answer, Names};
use crate::evaluate::{EvalError, Formula, Instance, Random, Scalar, Sizes, Work, integer};
use crate::integer::Index;
use crate::language::syntax::{Expr, ExprKind, Name};
use crate::model::{Contents, Quote, System, each_part};
use std::slice::from_ref;

const WORK: u64 = 60_000_000;
const COSTLY: u64 = 300_000;
/// At so many points a claim is tried at numbers for all sizes, where it matters which of several values is greater.
const ORDERED: usize = 24;
/// The same at each of the first assignments of symbolic sizes, and how many these are: different sizes and the smallest.
const FEWER: usize = 12;
const FIRST: usize = 8;
/// The place of the first of the further runs.
const FURTHER: usize = 1_000;
const MOST_ENTRIES: i128 = 20_000;
const FUEL: usize = 400_000;
const LONGEST: usize = 4;

/// A system at some sizes.
pub(super) struct Run {
    /// Numbers for the symbolic sizes.
    pub sizes: Sizes,
    /// The same at random points, with the letters of lengths and of upstream gradients known.
    pub instances: Vec<Instance>,
    /// The same sizes, with those of lengths.
    pub all: Sizes,
    /// How much work each instance had done when it was drawn.
    drawn: Vec<u64>,
}

impl Run {
    /// The run of a place in the list of all, at so many points, or fewer where one is costly.
    fn new(system: &System, names: &Names, sizes: Sizes, (place, points): (usize, usize)) -> Result<Run, EvalError> {
        let all = with_lengths(names, &sizes)?;
        let mut instances = Vec::new();
        for point in 0..points {
            let seed = Random::new((7919 * place + point) as u64 + 17).bits();
            let mut instance = Instance::sharing(&system.program, &all, seed, &Work::until(WORK, &system.limits))?;
            lettered(system, names, &mut instance)?;
            let costly = instance.work() > COSTLY;
            instances.push(instance);
            if costly {
                break;
            }
        }
        let drawn = instances.iter().map(Instance::work).collect();
        Ok(Run { sizes, instances, all, drawn })
    }

    /// Forgets what was done since the instances were drawn.
    pub fn forget(&mut self) {
        self.instances.iter_mut().zip(&self.drawn).for_each(|(instance, drawn)| instance.forget(*drawn));
    }
}

/// The runs at which claims about a system are tried: not those at which its values only grow too large.
pub(super) fn runs(system: &System, names: &Names) -> Result<Vec<Run>, String> {
    let (mut runs, mut too_large) = (Vec::new(), None);
    let ordered = || system.equations.iter().any(|e| e.body.contents().include(Contents::ORDER));
    let points = |k: usize| match system.sizes.is_empty() {
        true if ordered() => ORDERED,
        true => 3,
        false if k < FIRST && ordered() => FEWER,
        false => 1,
    };
    for (k, sizes) in sizes_to_try(system).into_iter().enumerate() {
        match Run::new(system, names, sizes, (k, points(k))) {
            Ok(run) => runs.push(run),
            Err(error) if error.grew_too_large() => {
                too_large.get_or_insert(error);
            }
            Err(error) => return Err(error.to_string()),
        }
    }
    match too_large {
        Some(error) if runs.is_empty() => Err(error.to_string()),
        _ => Ok(runs),
    }
}

/// More runs, for claims that hold at all the others and are not proved: as many as can be drawn with the work
/// that one may take.
pub(super) fn further_runs(system: &System, names: &Names) -> Vec<Run> {
    let mut work = 0;
    let sizes = more_sizes(system).into_iter().enumerate();
    let runs = sizes.filter_map(|(k, sizes)| Run::new(system, names, sizes, (FURTHER + k, 1)).ok());
    let affordable = |run: &Run| {
        work += run.drawn.iter().sum::<u64>();
        work <= WORK
    };
    runs.take_while(affordable).collect()
}

/// The sizes with those of lengths that have a letter.
pub(super) fn with_lengths(names: &Names, sizes: &Sizes) -> Result<Sizes, EvalError> {
    let mut all = sizes.clone();
    for (name, length) in &names.lengths {
        let value = integer(&Quote::plain().index(length), sizes)?;
        all.insert(name.clone(), i64::try_from(value).map_err(|_| EvalError::Overflow)?);
    }
    Ok(all)
}

/// Lets formulas write the letters of upstream gradients.
pub(super) fn lettered(system: &System, names: &Names, instance: &mut Instance) -> Result<(), EvalError> {
    let mut letters = names.upstream.iter().chain(&system.direct);
    letters.try_for_each(|(output, letter)| instance.alias_upstream(letter.clone(), output))
}

/// What came of trying.
pub(super) enum Tried {
    /// No difference was found.
    Agrees {
        /// How many entries were compared.
        entries: usize,
        /// Whether the comparison was exact at all sizes and entries there are.
        complete: bool,
    },
    /// The first difference.
    Differs(Box<Counterexample>),
}

/// A claim and what it is compared with.
pub(super) struct Trial<'a> {
    /// What it is about.
    pub system: &'a System,
    /// The letters of its write-up.
    pub names: &'a Names,
    /// The left side.
    pub left: &'a Left,
    /// The verified answer.
    pub answer: &'a Answer,
    /// The claimed formula, resolved.
    pub claim: &'a Expr,
    /// Whether upstream gradients are shown by their letter.
    pub lettered: bool,
    /// Whether what explains a difference is looked for.
    pub explained: bool,
    /// Whether the values that differ are shown.
    pub shown: bool,
}

/// The claim's free indices, and the same place in the answer's.
pub(super) struct Spot {
    /// The first.
    pub free: Vec<i64>,
    /// The second.
    pub full: Vec<i64>,
}

impl Trial<'_> {
    /// Tries the claim at all runs.
    ///
    /// # Errors
    /// Why it cannot be evaluated at any of them.
    pub fn run(&self, runs: &[Run]) -> Result<Tried, EvalError> {
        let (mut entries, mut failure) = (0, None);
        let mut complete = self.system.sizes.is_empty();
        for run in runs {
            let (spots, all) = self.spots(run)?;
            for instance in &run.instances {
                match self.compare(run, instance, &spots) {
                    Ok(None) => {}
                    Ok(Some(found)) => return Ok(Tried::Differs(Box::new(found))),
                    Err(error) => {
                        failure = Some(error);
                        continue;
                    }
                }
                entries += spots.len();
            }
            complete = complete && all && failure.is_none() && self.expansions_agree(run, &spots);
        }
        match failure {
            Some(error) if entries == 0 => Err(error),
            _ => Ok(Tried::Agrees { entries, complete }),
        }
    }

    /// The counterexample that is left when one size after the other is made smaller for as long as there is one.
    pub fn least(&self, mut found: Box<Counterexample>) -> Box<Counterexample> {
        let differing = |sizes: Sizes| {
            let run = Run::new(self.system, self.names, sizes, (FURTHER, 1)).ok()?;
            match self.run(&[run]) {
                Ok(Tried::Differs(found)) => Some(found),
                _ => None,
            }
        };
        while let Some(smaller) = with_one_smaller(self.system, &found.sizes).into_iter().find_map(differing) {
            found = smaller;
        }
        found
    }

    fn compare(&self, run: &Run, instance: &Instance, spots: &[Spot]) -> Result<Option<Counterexample>, EvalError> {
        let claimed = instance.compile(self.claim, &self.free_names())?;
        let derived = instance.compile(&self.answer.formula, &self.full_names())?;
        let (mut values, mut rights) = (instance.evaluator(from_ref(&claimed)), instance.evaluator(from_ref(&derived)));
        for spot in spots {
            let found = (rights(0, &spot.full)?, values(0, &spot.free));
            if let Some(difference) = self.differ(run, instance, (&claimed, &derived), found, spot)? {
                let noted = self.shown && matches!(difference, Difference::Reason(_));
                let note = noted.then(|| self.zero_note(run, spots)).flatten();
                let indices = self.free_names().into_iter().zip(spot.free.iter().copied()).collect();
                let sizes = self.system.sizes.iter().filter_map(|(n, _)| Some((n.clone(), *run.sizes.get(n)?)));
                let unfit = self.explained
                    && spots.iter().any(|spot| {
                        matches!(instance.evaluate(&claimed, &spot.free), Err(EvalError::OutOfRange { .. }))
                    });
                return Ok(Some(Counterexample { sizes: sizes.collect(), indices, difference, note, unfit }));
            }
        }
        Ok(None)
    }

    fn differ(
        &self,
        run: &Run,
        instance: &Instance,
        (claimed, derived): (&Formula, &Formula),
        (right, found): (Scalar, Result<Scalar, EvalError>),
        spot: &Spot,
    ) -> Result<Option<Difference>, EvalError> {
        match found {
            Ok(value) if instance.agree((claimed, value), (derived, right)) => Ok(None),
            Ok(_) if !self.shown => Ok(Some(Difference::Unequal)),
            Ok(value) => {
                Ok(Some(self.instantiated(run, instance, spot, (value, right)).unwrap_or(Difference::Unequal)))
            }
            Err(error) => match &error {
                EvalError::OutOfRange { array, .. } => {
                    let upstream = if self.is_upstream(array) { "dl/d" } else { "" };
                    let reason = format!("yours reads outside an array: {upstream}{error}");
                    Ok(Some(Difference::Reason(reason)))
                }
                EvalError::ZeroDivisor
                | EvalError::NotInteger(_)
                | EvalError::EmptyMean
                | EvalError::EmptyNormaliser(_)
                | EvalError::EmptyExtremum(_)
                | EvalError::OutsideNormaliser(_) => {
                    Ok(Some(Difference::Reason(format!("yours has no value: {error}"))))
                }
                _ => Err(error),
            },
        }
    }

    /// Whether the claim reads the upstream gradient of that name and not the array itself.
    fn is_upstream(&self, array: &Name) -> bool {
        let (mut upstream, mut own) = (false, false);
        each_part(self.claim, &mut |part| match &part.kind {
            ExprKind::Upstream(name, _) => upstream |= name == array,
            ExprKind::Read(name, _) => own |= name == array,
            _ => {}
        });
        upstream && !own
    }

    /// Both values at a place as formulas, evaluated once more before they are shown.
    fn instantiated(
        &self,
        run: &Run,
        instance: &Instance,
        spot: &Spot,
        values: (Scalar, Scalar),
    ) -> Option<Difference> {
        let (claimed, right) = self.expansions(run)?.at(spot)?;
        let value = |shown: &Polynomial| {
            let formula = instance.compile(&shown.quote(&|_| None), &[]).ok()?;
            instance.evaluate(&formula, &[]).ok()
        };
        if (value(&claimed)?, value(&right)?) != values {
            return None;
        }
        let letter = |output: &Name| {
            let named = self.names.upstream.iter().find(|(name, _)| name == output);
            named.filter(|_| self.lettered).map(|(_, letter)| letter.clone())
        };
        if claimed.len() <= LONGEST && right.len() <= LONGEST {
            return Some(Difference::Values { claimed: claimed.quote(&letter), right: right.quote(&letter) });
        }
        let (term, claimed, right) = claimed.first_difference(&right)?;
        let (claimed, right) = (quote_number(&claimed), quote_number(&right));
        Some(Difference::Term { term: term.quote(&letter), claimed, right })
    }

    /// What to say of reads outside an array if reading 0 there would make the claim right.
    fn zero_note(&self, run: &Run, spots: &[Spot]) -> Option<String> {
        let mut expansions = self.expansions(run)?;
        let equal = spots.iter().all(|spot| expansions.at(spot).is_some_and(|(a, b)| a == b));
        equal.then(|| "if reads outside an array were 0, it would be right: guard them with a bracket".into())
    }

    fn expansions_agree(&self, run: &Run, spots: &[Spot]) -> bool {
        let Some(mut expansions) = self.expansions(run) else { return false };
        spots.iter().all(|spot| expansions.at(spot).is_some_and(|(a, b)| a == b))
    }

    fn expansions<'a>(&'a self, run: &'a Run) -> Option<Expansions<'a>> {
        let instance = run.instances.first()?;
        let expander = Expander::new(instance, &self.system.program, &self.names.upstream, FUEL);
        let claimed = expander.compile(self.claim, &self.free_names())?;
        let derived = expander.compile(&self.answer.formula, &self.full_names())?;
        Some(Expansions { expander, claimed, derived })
    }

    /// The claim's free indices.
    pub fn free_names(&self) -> Vec<Name> {
        self.left.free.iter().map(|b| b.var.written()).collect()
    }

    /// The author's name of the index on an axis of the answer, if the author named one there.
    pub fn authors(&self, axis: usize) -> Option<Name> {
        match self.left.places.get(axis)? {
            Place::Free(number) => Some(self.left.free[*number].var.written()),
            Place::Fixed(_) => None,
        }
    }

    /// The answer's free indices.
    pub fn full_names(&self) -> Vec<Name> {
        self.answer.indices.iter().map(|b| b.name.clone()).collect()
    }

    /// The places to compare, and whether they are all there are.
    pub fn spots(&self, run: &Run) -> Result<(Vec<Spot>, bool), EvalError> {
        let plain = Quote::plain();
        let at = |index: &Index, sizes: &Sizes| -> Result<i64, EvalError> {
            i64::try_from(integer(&plain.index(index), sizes)?).map_err(|_| EvalError::Overflow)
        };
        let number = |index: &Index| at(index, &run.all);
        let mut ranges = Vec::new();
        for bound in &self.left.free {
            ranges.push((number(&bound.lo)?, number(&bound.hi)?));
        }
        let mut axes = Vec::new();
        for (lo, hi) in &self.left.axes {
            axes.push((number(lo)?, number(hi)?));
        }
        let constant = |place: &Place| match place {
            Place::Fixed(index) if index.is_free_of_vars() => number(index).map(Some),
            _ => Ok(None),
        };
        let constants = self.left.places.iter().map(constant).collect::<Result<Vec<Option<i64>>, EvalError>>()?;
        let (places, all) = places(&ranges);
        let mut spots = Vec::with_capacity(places.len());
        for free in places {
            let mut full = Vec::with_capacity(axes.len());
            for (place, constant) in self.left.places.iter().zip(&constants) {
                full.push(match (place, constant) {
                    (_, Some(constant)) => *constant,
                    (Place::Free(number), _) => free[*number],
                    (Place::Fixed(index), None) => {
                        let mut known = run.all.clone();
                        known.extend(self.free_names().into_iter().zip(free.iter().copied()));
                        at(index, &known)?
                    }
                });
            }
            if full.iter().zip(&axes).all(|(i, (lo, hi))| lo <= i && i <= hi) {
                spots.push(Spot { free, full });
            }
        }
        Ok((spots, all))
    }
}

/// Both sides of a claim, ready to be expanded.
struct Expansions<'a> {
    expander: Expander<'a>,
    claimed: Expandable,
    derived: Expandable,
}

impl Expansions<'_> {
    fn at(&mut self, spot: &Spot) -> Option<(Polynomial, Polynomial)> {
        let claimed = self.expander.expand(&self.claimed, &spot.free)?;
        Some((claimed, self.expander.expand(&self.derived, &spot.full)?))
    }
}

/// The points of a box in order, or an even selection of a large one; and whether these are all.
pub(super) fn places(ranges: &[(i64, i64)]) -> (Vec<Vec<i64>>, bool) {
    let length = |(lo, hi): &(i64, i64)| (i128::from(*hi) - i128::from(*lo) + 1).max(0);
    let volume = ranges.iter().fold(1i128, |v, range| v.saturating_mul(length(range)));
    let step = (volume / MOST_ENTRIES + 1) | 1;
    let mut places = Vec::new();
    let mut number = 0;
    while number < volume {
        let mut rest = number;
        let mut at: Vec<i64> = ranges
            .iter()
            .rev()
            .map(|range| {
                let digit = rest % length(range);
                rest /= length(range);
                range.0 + digit as i64
            })
            .collect();
        at.reverse();
        places.push(at);
        number += step;
    }
    (places, step == 1)
}
