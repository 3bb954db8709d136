//! A claim judged in its readings.
//!
//! What is right as written is right. Otherwise a reading that is the author's to choose and in which
//! the shapes fit counts; a reading that is not is mentioned beside the verdict.

use super::variant::{arrays, readings};
use crate::diagnostic::Diagnostics;
use crate::judge::{Judge, Judgement, Verdict};
use crate::language::syntax::{Claim, ClaimValue, Name};
use crate::model::System;

/// A judgement, and the reading it rests on.
#[derive(Clone, Debug)]
pub struct Mark {
    /// The judgement of the claim in this reading.
    pub judgement: Judgement,
    /// What was assumed; empty for the claim as written.
    pub reading: String,
    /// Another reading in which the claim is right, if in this one it is not.
    pub other: Option<String>,
    /// The order in which the claim has the axes of each array that it names: none as declared.
    pub orders: Vec<(Name, Option<Vec<usize>>)>,
}

/// Judges a claim as written and, where that fails, as it may have been meant.
///
/// # Errors
/// What is wrong with the claim in every reading.
pub fn mark(system: &System, judge: &mut Judge, claim: &Claim) -> Result<Mark, Diagnostics> {
    let written = judge.judge(claim);
    let unfit = match &written {
        Err(_) => true,
        Ok(judgement) => match &judgement.verdict {
            Verdict::Proved | Verdict::Undecided { .. } => {
                let orders = orders(system, claim, &[]);
                return written.map(|judgement| Mark { judgement, reading: String::new(), other: None, orders });
            }
            Verdict::Refuted(found) => found.unfit,
        },
    };
    let mut other = None;
    for reading in readings(system, claim).into_iter().skip(1) {
        let Ok(judgement) = judge.judge(&reading.claim) else { continue };
        if judgement.verdict != Verdict::Proved {
            continue;
        }
        if reading.free && unfit {
            let orders = orders(system, claim, &reading.orders);
            return Ok(Mark { judgement, reading: reading.stated, other: None, orders });
        }
        other.get_or_insert(reading);
    }
    let orders = orders(system, claim, other.as_ref().map_or(&[], |other| &other.orders));
    let other = other.map(|other| other.stated);
    written.map(|judgement| Mark { judgement, reading: String::new(), other, orders })
}

/// The order of the axes of each array that a formula names; of a shape nothing is said.
fn orders(system: &System, claim: &Claim, taken: &[(Name, Vec<usize>)]) -> Vec<(Name, Option<Vec<usize>>)> {
    if matches!(claim.value, ClaimValue::Shape(_)) {
        return Vec::new();
    }
    let order = |name: &Name| taken.iter().find(|(array, _)| array == name).map(|(_, order)| order.clone());
    arrays(system, claim).into_iter().map(|name| (name.clone(), order(&name))).collect()
}
