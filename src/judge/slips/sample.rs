//! The values with which a suspected slip is compared: those of a refuted claim and the right ones.
//!
//! Invariant: entries at which the claim is wrong come first, so that most suspects are cleared by
//! one value; the work is counted and given back to the instances, which other claims use too.

use crate::answer::Names;
use crate::evaluate::{Agreement, EvalError, Formula, Instance, Scalar};
use crate::judge::counterexample::Counterexample;
use crate::judge::trial::{Run, Trial};
use crate::language::syntax::{Condition, Expr, ExprKind, Name};
use crate::model::{Quote, System};
use std::cell::Cell;

use super::tree;

const ENTRIES: usize = 60;
const WORK: u64 = 2_000_000;
const DEAREST: u64 = WORK / 8;
const COMPILED: u64 = 200;

/// The right values at some sizes, and the claimed ones.
pub struct Samples<'a> {
    system: &'a System,
    names: &'a Names,
    free: Vec<Name>,
    groups: Vec<Group<'a>>,
    /// A read of the claim that leaves its array.
    pub outside: Option<EvalError>,
    work: Cell<u64>,
}

/// One instance and its entries.
struct Group<'a> {
    instance: &'a Instance,
    entries: Vec<Entry>,
}

/// The values at one place.
struct Entry {
    free: Vec<i64>,
    right: Scalar,
    claimed: Option<Scalar>,
    opaque: bool,
}

/// What a suspect is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// The right values.
    Right,
    /// The claimed ones.
    Claim,
}

impl<'a> Samples<'a> {
    /// Computes both sides at all sizes but those where they cost too much. Nothing if none is left.
    pub fn new(trial: &Trial<'a>, runs: &'a [Run], found: Option<&Counterexample>) -> Option<Samples<'a>> {
        let mut samples = Samples {
            system: trial.system,
            names: trial.names,
            free: trial.free_names(),
            groups: Vec::new(),
            outside: None,
            work: Cell::new(0),
        };
        for run in runs {
            for instance in run.instances.iter().take(2) {
                samples.add(trial, run, instance, found);
            }
        }
        samples.groups.sort_by_key(|group| group.entries.first().is_none_or(Entry::agrees));
        (!samples.groups.is_empty()).then_some(samples)
    }

    fn add(
        &mut self,
        trial: &Trial<'a>,
        run: &'a Run,
        instance: &'a Instance,
        found: Option<&Counterexample>,
    ) -> Option<()> {
        let (spots, _) = trial.spots(run).ok()?;
        let step = spots.len() / ENTRIES + 1;
        let shown: Vec<i64> = found.iter().flat_map(|c| c.indices.iter().map(|(_, v)| *v)).collect();
        let chosen = spots.iter().enumerate().filter(|(k, spot)| k % step == 0 || spot.free == shown).map(|(_, s)| s);
        let derived = instance.compile(&trial.answer.formula, &trial.full_names()).ok()?;
        let before = instance.work();
        let mut entries = Vec::new();
        let mut claim = found.map(|_| Side::new(self, instance, trial.claim));
        for spot in chosen {
            let right = instance.evaluate(&derived, &spot.full).ok();
            let claimed = claim.as_mut().and_then(|side| side.value(&spot.free));
            if let Some(right) = right {
                let opaque = instance.is_opaque(&derived) || claim.as_ref().is_some_and(Side::is_opaque);
                entries.push(Entry { free: spot.free.clone(), right, claimed, opaque });
            }
            if instance.work() - before > DEAREST {
                instance.set_work_back(before);
                return None;
            }
        }
        let outside = claim.and_then(|side| side.outside);
        instance.set_work_back(before);
        entries.sort_by_key(Entry::agrees);
        self.outside = self.outside.take().or(outside);
        self.groups.push(Group { instance, entries });
        Some(())
    }

    /// Whether the claim is right once reads outside an array count as 0.
    pub fn claim_agrees(&self) -> bool {
        self.groups.iter().flat_map(|g| &g.entries).all(Entry::agrees)
    }

    /// Whether more may be computed.
    pub fn can_go_on(&self) -> bool {
        self.work.get() < WORK
    }

    /// Whether a formula has the same values everywhere, reads outside an array counted as 0.
    pub fn equal(&self, formula: &Expr, against: Against) -> bool {
        self.groups.iter().all(|group| {
            let before = group.instance.work();
            let mut side = Side::new(self, group.instance, formula);
            let equal = group.entries.iter().all(|entry| {
                let within = self.work.get() + (group.instance.work() - before) < WORK;
                let wanted = match against {
                    Against::Right => Some(entry.right),
                    Against::Claim => entry.claimed,
                };
                within && same(side.value(&entry.free), wanted, entry.opaque || side.is_opaque())
            });
            self.work.set(self.work.get() + (group.instance.work() - before) + COMPILED);
            group.instance.set_work_back(before);
            equal
        })
    }

    /// Whether a formula reads outside an array somewhere.
    pub fn leaves_arrays(&self, formula: &Expr) -> bool {
        self.groups.iter().any(|group| {
            let before = group.instance.work();
            let mut side = Side::new(self, group.instance, formula);
            for entry in group.entries.iter().take_while(|_| self.can_go_on()) {
                side.value(&entry.free);
            }
            self.work.set(self.work.get() + (group.instance.work() - before));
            group.instance.set_work_back(before);
            side.outside.is_some()
        })
    }

    /// The first and last index of an axis.
    pub fn axis(&self, array: &str, axis: usize) -> Option<(Expr, Expr)> {
        let (lo, hi) = self.system.bounds(array)?.get(axis)?.clone();
        let quote = Quote::plain();
        Some((quote.index(&lo), quote.index(&hi)))
    }

    /// The formula with every read kept inside its array.
    pub fn guarded(&self, formula: &Expr) -> Expr {
        tree::changed(formula, &mut |role, part| {
            let array = match &part.kind {
                ExprKind::Read(name, _) | ExprKind::Upstream(name, _) if !role.integer() => name,
                _ => return true,
            };
            let aliased = self.names.upstream.iter().find(|(_, letter)| letter == array);
            let array = aliased.map_or(array, |(output, _)| output);
            let axes = self.system.bounds(array).unwrap_or_default();
            let (ExprKind::Read(_, at) | ExprKind::Upstream(_, at)) = &part.kind else { return true };
            let quote = Quote::plain();
            let inside =
                at.iter().zip(&axes).map(|(e, (lo, hi))| tree::within(quote.index(lo), e.clone(), quote.index(hi)));
            let inside: Vec<Condition> = inside.collect();
            if !inside.is_empty() {
                let guard = Expr::new(ExprKind::Bracket(Box::new(Condition::All(inside))));
                *part = tree::times(guard, part.clone());
            }
            false
        })
    }
}

impl Entry {
    fn agrees(&self) -> bool {
        same(self.claimed, Some(self.right), self.opaque)
    }
}

/// Whether two sides agree, in having no value too.
fn same(one: Option<Scalar>, other: Option<Scalar>, opaque: bool) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.agreement(other, opaque, 0.0) != Agreement::None,
        (one, other) => one.is_none() && other.is_none(),
    }
}

/// A formula at one instance: as it is, and with its reads guarded where that fails.
struct Side<'s, 'a> {
    samples: &'s Samples<'a>,
    instance: &'a Instance,
    formula: &'s Expr,
    plain: Option<Formula>,
    guarded: Option<Option<Formula>>,
    outside: Option<EvalError>,
}

impl<'s, 'a> Side<'s, 'a> {
    fn new(samples: &'s Samples<'a>, instance: &'a Instance, formula: &'s Expr) -> Side<'s, 'a> {
        let plain = instance.compile(formula, &samples.free).ok();
        Side { samples, instance, formula, plain, guarded: None, outside: None }
    }

    fn is_opaque(&self) -> bool {
        self.plain.as_ref().is_some_and(|formula| self.instance.is_opaque(formula))
    }

    /// The value at a place; nothing if there is none even with reads outside counted as 0.
    fn value(&mut self, at: &[i64]) -> Option<Scalar> {
        match self.instance.evaluate(self.plain.as_ref()?, at) {
            Ok(value) => Some(value),
            Err(error @ EvalError::OutOfRange { .. }) => {
                self.outside.get_or_insert(error);
                let (samples, instance, formula) = (self.samples, self.instance, self.formula);
                let guarded =
                    self.guarded.get_or_insert_with(|| instance.compile(&samples.guarded(formula), &samples.free).ok());
                instance.evaluate(guarded.as_ref()?, at).ok()
            }
            Err(_) => None,
        }
    }
}
