//! A claim judged in its readings.
//!
//! What is right as written is right. Otherwise a reading that is the author's to choose and in which
//! the shapes fit counts; a reading that is not is mentioned beside the verdict.

use super::variant::readings;
use crate::diagnostic::Diagnostics;
use crate::judge::{Judge, Judgement, Verdict};
use crate::language::syntax::Claim;
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
                return written.map(|judgement| Mark { judgement, reading: String::new(), other: None });
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
            return Ok(Mark { judgement, reading: reading.stated, other: None });
        }
        other.get_or_insert(reading.stated);
    }
    written.map(|judgement| Mark { judgement, reading: String::new(), other })
}
