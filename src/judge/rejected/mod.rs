//! What authors of tests reject, with their reasons: a wrong claim that is a rejected formula in other
//! letters is explained by the author's own sentence.
//!
//! That is found out by values alone. A layer fits a question if, with its given arrays at the values of
//! arrays of the question, what it computes is an array of the question ([`fit`]); how the two are
//! written does not matter. Then a rejected formula is compared with the claim, entry by entry
//! ([`wrong`]). Invariant: as with any slip, the verdict never rests on it; the work is bounded, by
//! counting.

mod fit;
mod wrong;

pub(super) use wrong::Wrong;

use super::report::statements;
use super::trial::Run;
use crate::evaluate;
use crate::language::syntax::{Claim, File, Item, Layer, Statement};
use crate::model::{Sizes, System, elaborate};
use fit::Search;
use std::cell::OnceCell;
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fmt;
use std::rc::Rc;
use wrong::Layered;

/// A system of which an author rejects formulas.
#[derive(Clone, Debug)]
pub struct Rejected {
    statements: Vec<Statement>,
    base: i64,
    claims: Vec<Claim>,
    system: OnceCell<Option<System>>,
}

impl Rejected {
    /// The system with all its sizes symbols.
    fn system(&self) -> Option<&System> {
        let general = Sizes { general: true, ..Sizes::default() };
        self.system.get_or_init(|| elaborate(&self.statements, self.base, &general).ok()).as_ref()
    }
}

/// What the tests of a file reject and why; layers are found as in [`judge_tests`](super::judge_tests).
pub fn rejected(file: &File, catalogue: &dyn Fn(&str) -> Option<(Layer, i64)>) -> Vec<Rejected> {
    let mut found = Vec::new();
    for item in &file.items {
        let Item::Test(test) = item else { continue };
        let claims: Vec<Claim> = test.claims.iter().filter(|c| !c.expected && c.because.is_some()).cloned().collect();
        if let (false, Ok(statements)) = (claims.is_empty(), statements(test, file, catalogue)) {
            let base = file.base.unwrap_or(1);
            found.push(Rejected { statements, base, claims, system: OnceCell::new() });
        }
    }
    found
}

/// What is known to be rejected, looked up when a claim is first refuted. Copies share it.
#[derive(Clone)]
pub struct Rejections(Rc<Known>);

struct Known {
    load: Box<dyn Fn() -> Vec<Rejected>>,
    all: OnceCell<Vec<Rejected>>,
}

impl fmt::Debug for Rejections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Rejections").field(&self.0.all.get()).finish()
    }
}

impl Rejections {
    /// What `load` gives, which is called at most once.
    pub fn new(load: impl Fn() -> Vec<Rejected> + 'static) -> Rejections {
        Rejections(Rc::new(Known { load: Box::new(load), all: OnceCell::new() }))
    }

    /// The reason for which a claim is rejected, if it is known. It is the claim at several sizes, wrong
    /// at all of them.
    pub(super) fn because(&self, wrong: &[Wrong]) -> Option<String> {
        let searches: Vec<Search> = wrong.iter().map(Search::new).collect();
        let first = wrong.first()?;
        self.0.all.get_or_init(|| (self.0.load)()).iter().find_map(|rejected| {
            let mut claims: Vec<&Claim> = rejected.claims.iter().filter(|claim| first.is_like(claim)).collect();
            for (wrong, search) in wrong.iter().zip(&searches) {
                if claims.is_empty() {
                    return None;
                }
                claims = said(rejected, &claims, wrong, search)?;
            }
            claims.first()?.because.clone()
        })
    }
}

/// A claim at the run whose sizes tell most axes apart, of these the one with the greatest, and at the first run, of
/// those at which it is wrong.
pub(super) fn at_runs<'a>(runs: &'a [Run], wrong: impl Fn(&'a Run) -> Option<Wrong<'a>>) -> Vec<Wrong<'a>> {
    let mut order: Vec<usize> = (0..runs.len()).collect();
    let apart = |sizes: &evaluate::Sizes| sizes.values().filter(|size| **size > 1).collect::<BTreeSet<_>>().len();
    order.sort_by_key(|k| Reverse((apart(&runs[*k].sizes), runs[*k].sizes.values().min().copied())));
    let at = |k: usize| Some((k, wrong(&runs[k])?));
    let Some((k, greatest)) = order.into_iter().find_map(at) else { return Vec::new() };
    let first = (0..k).find_map(at).map(|(_, first)| first);
    [greatest].into_iter().chain(first).collect()
}

/// Those of the claims that say what is said.
fn said<'c>(rejected: &Rejected, claims: &[&'c Claim], wrong: &Wrong, search: &Search) -> Option<Vec<&'c Claim>> {
    let mut same = Vec::new();
    search.each(rejected.system()?, &mut |fit| {
        if let Some(layered) = Layered::new(&rejected.statements, rejected.base, wrong, fit) {
            same.extend(claims.iter().filter(|claim| layered.says(claim, wrong, fit).unwrap_or(false)).copied());
        }
        !same.is_empty()
    });
    Some(same)
}
