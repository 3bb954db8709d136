//! The usual slips: what somebody who made this claim probably did.
//!
//! A refuted claim is held against one table of slips ([`TABLE`]). A slip is made on the right
//! formula – in the forms that its derivation went through – and compared with the claim, or it is
//! taken back in the claim, which is then compared with the right formula, whichever needs less
//! guessing; the first that matches is named. A formula is a tree here, and a slip is a change of
//! one place or of all places that hold the same: nothing knows what the formula is for.
//!
//! Invariant: a slip is named only if both sides have the same values at every place tried
//! ([`sample`]), among them one at which the claim is wrong. That explains the claim, it proves
//! nothing: the verdict never rests on it.

mod dropped;
mod repair;
mod sample;
mod scene;
mod shapes;
mod tree;
mod unbound;

pub(super) use shapes::slip_of_shape;
pub(super) use unbound::slip_of_unbound;

use super::counterexample::Counterexample;
use super::trial::{Run, Trial};
use crate::evaluate::EvalError;
use crate::language::print::{Alphabet, index};
use crate::language::syntax::{Expr, ExprKind};
use sample::{Against, Samples};
use scene::Scene;
use std::fmt;

/// A usual slip that explains a wrong claim.
#[derive(Clone, Debug, PartialEq)]
pub struct Slip {
    /// What it is called: `lost stride`.
    pub name: &'static str,
    /// What was done, to whoever did it.
    pub sentence: String,
    /// The formula that shows it.
    pub shown: Shown,
}

/// What shows that a slip explains a claim.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    /// The right formula with the slip in it has the values of the claim.
    Mutant(Expr),
    /// The claim with the slip taken back has the right values.
    Repair(Expr),
    /// A sentence that needs no formula.
    Nothing,
}

impl Slip {
    /// A slip that has a reason in an author's words, whether it is a usual one or not.
    pub(super) fn told(usual: Option<Slip>, because: &str) -> Slip {
        match usual {
            Some(slip) => Slip { sentence: format!("{} – {because}", slip.sentence), ..slip },
            None => Slip { name: "known mistake", sentence: because.into(), shown: Shown::Nothing },
        }
    }
}

impl fmt::Display for Slip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.sentence)
    }
}

/// A slip somebody may have made.
struct Suspect {
    sentence: String,
    shown: Shown,
}

impl Suspect {
    fn mutant(sentence: String, formula: Expr) -> Suspect {
        Suspect { sentence, shown: Shown::Mutant(formula) }
    }

    fn repair(sentence: String, formula: Expr) -> Suspect {
        Suspect { sentence, shown: Shown::Repair(formula) }
    }

    /// Whether it explains the claim.
    fn explains(&self, samples: &Samples) -> bool {
        match &self.shown {
            Shown::Mutant(formula) => samples.equal(formula, Against::Claim),
            Shown::Repair(formula) => samples.equal(formula, Against::Right),
            Shown::Nothing => true,
        }
    }
}

/// A line of the table: a name, and every way to make that slip here.
struct Usual {
    name: &'static str,
    suspects: fn(&Scene) -> Vec<Suspect>,
}

/// The slips in the order in which they are tried: the narrow ones first.
const TABLE: &[Usual] = &[
    Usual { name: "placeholder", suspects: repair::placeholder },
    Usual { name: "lost stride", suspects: dropped::stride },
    Usual { name: "lost stride", suspects: repair::stride },
    Usual { name: "lost dilation", suspects: dropped::dilation },
    Usual { name: "lost dilation", suspects: repair::dilation },
    Usual { name: "lost padding", suspects: dropped::padding },
    Usual { name: "lost padding", suspects: repair::padding },
    Usual { name: "missing upstream gradient", suspects: dropped::upstream },
    Usual { name: "sign", suspects: repair::sign },
    Usual { name: "doubled sum", suspects: repair::doubled_sum },
    Usual { name: "flipped kernel", suspects: repair::flipped },
    Usual { name: "swapped axes", suspects: repair::swapped_axes },
    Usual { name: "transpose", suspects: repair::transpose },
    Usual { name: "off by one", suspects: repair::off_by_one },
    Usual { name: "wrong upper limit", suspects: repair::upper_limit },
    Usual { name: "wrong lower limit", suspects: repair::lower_limit },
    Usual { name: "lost bracket", suspects: dropped::bracket },
    Usual { name: "lost diagonal term", suspects: dropped::diagonal },
    Usual { name: "lost summand", suspects: dropped::summand },
    Usual { name: "missing factor", suspects: dropped::factor },
    Usual { name: "missing factor", suspects: repair::missing_factor },
    Usual { name: "wrong factor", suspects: repair::wrong_factor },
    Usual { name: "lost sum", suspects: dropped::sum_over },
    Usual { name: "exchanged sizes", suspects: repair::exchanged_sizes },
    Usual { name: "wrong index", suspects: repair::wrong_index },
    Usual { name: "placeholder", suspects: repair::any_placeholder },
];

/// The slip that explains a claim refuted by `found`.
pub(super) fn usual_slip(trial: &Trial, runs: &[Run], found: &Counterexample) -> Option<Slip> {
    let scene = Scene::new(trial);
    let left_in = repair::any_placeholder(&scene);
    let evaluable = left_in.is_empty().then_some(found);
    let Some(samples) = Samples::new(trial, runs, evaluable) else {
        return first("placeholder", left_in, None);
    };
    if samples.claim_agrees() {
        return samples.outside.as_ref().map(|error| unguarded(&samples, trial.claim, error));
    }
    TABLE.iter().find_map(|usual| match samples.can_go_on() || usual.name == "placeholder" {
        true => first(usual.name, (usual.suspects)(&scene), Some(&samples)),
        false => None,
    })
}

/// A usual slip made on the right formula.
#[derive(Clone, Debug, PartialEq)]
pub struct Slipped {
    /// What it is called.
    pub name: &'static str,
    /// The formula with the slip in it.
    pub formula: Expr,
    /// Whether that has another value anywhere it was tried.
    pub differs: bool,
}

/// The slips that change a formula itself, not what it might have been instead: of these it can be asked
/// whether an answer shows them.
const MADE: [&str; 13] = [
    "lost stride",
    "lost dilation",
    "lost padding",
    "missing upstream gradient",
    "sign",
    "flipped kernel",
    "swapped axes",
    "transpose",
    "off by one",
    "lost bracket",
    "lost diagonal term",
    "lost summand",
    "lost sum",
];

/// The right formula with each of the usual slips made in it, as far as the work goes that one claim may
/// cost. `trial` claims what is right.
pub(super) fn slipped(trial: &Trial, runs: &[Run]) -> Vec<Slipped> {
    let scene = Scene::new(trial);
    let Some(samples) = Samples::new(trial, runs, None) else { return Vec::new() };
    let mut made = Vec::new();
    for Usual { name, suspects } in TABLE.iter().filter(|usual| MADE.contains(&usual.name)) {
        for suspect in suspects(&scene) {
            let (Shown::Mutant(formula) | Shown::Repair(formula)) = suspect.shown else { continue };
            if formula == *trial.claim {
                continue;
            }
            let differs = !samples.equal(&formula, Against::Right);
            if !samples.can_go_on() {
                return made;
            }
            made.push(Slipped { name, formula, differs });
        }
    }
    made
}

fn first(name: &'static str, suspects: Vec<Suspect>, samples: Option<&Samples>) -> Option<Slip> {
    let Some(samples) = samples else {
        let told = suspects.into_iter().find(|suspect| suspect.shown == Shown::Nothing)?;
        return Some(Slip { name, sentence: told.sentence, shown: told.shown });
    };
    let stays = |suspect: &Suspect| match &suspect.shown {
        Shown::Repair(formula) => !samples.leaves_arrays(formula),
        Shown::Mutant(formula) => samples.leaves_arrays(formula) == samples.outside.is_some(),
        Shown::Nothing => true,
    };
    let mut explaining: Vec<Suspect> = suspects.into_iter().filter(|s| s.explains(samples)).collect();
    let best = explaining.iter().position(stays).unwrap_or(0);
    let Suspect { sentence, shown } = (!explaining.is_empty()).then(|| explaining.swap_remove(best))?;
    let shown = match shown {
        Shown::Repair(formula) if samples.leaves_arrays(&formula) => Shown::Repair(samples.guarded(&formula)),
        shown => shown,
    };
    Some(Slip { name, sentence, shown })
}

/// A claim that is right but for reads outside an array.
fn unguarded(samples: &Samples, claim: &Expr, error: &EvalError) -> Slip {
    let mut sentence = "the condition that keeps the reads inside their arrays is missing".to_string();
    if let EvalError::OutOfRange { array, axis, .. } = error {
        let read = tree::places(claim).into_iter().find_map(|(_, part)| match part.kind {
            ExprKind::Read(name, at) if name == *array => Some((array.to_string(), at.get(*axis)?.clone())),
            ExprKind::Upstream(name, at) if name == *array => Some((format!("dl/d{array}"), at.get(*axis)?.clone())),
            _ => None,
        });
        if let (Some((of, at)), Some((lo, hi))) = (read, samples.axis(array, *axis)) {
            let text = |e: &Expr| index(e, Alphabet::Ascii);
            sentence = format!(
                "the condition {} <= {} <= {} is missing: outside it {of} has no entry, and the term is 0",
                text(&lo),
                text(&at),
                text(&hi)
            );
        }
    }
    Slip { name: "lost bracket", sentence, shown: Shown::Repair(samples.guarded(claim)) }
}
