//! A claim judged in its readings.
//!
//! What is right as written is right. Otherwise a reading that is the author's to choose and in which
//! the shapes fit counts; a reading that is not is mentioned beside the verdict.

use super::Side;
use super::variant::{arrays, readings};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::judge::{Counterexample, Difference, Judge, Judgement, Shown, Slip, Verdict};
use crate::language::print::{Alphabet, claim as print_claim, condition};
use crate::language::syntax::{Claim, ClaimValue, Condition, Expr, ExprKind, Layout, Name, Sign, Target};
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

/// Judges what one side of a chain claims, in the layout in force; what is right in another one is
/// refuted, and that is the slip.
///
/// # Errors
/// What is wrong with the claim in every reading.
pub fn mark(system: &System, judge: &mut Judge, side: &Side, layout: Layout) -> Result<Mark, Diagnostics> {
    let mut mark = match &side.misfit {
        None => mark_in_order(system, judge, side)?,
        Some(reason) => misfit(&side.claim, reason),
    };
    if !matches!(mark.judgement.verdict, Verdict::Refuted(_)) {
        return Ok(mark);
    }
    for (other, claim) in &side.layouts {
        if judge.judge(claim).is_ok_and(|judgement| !matches!(judgement.verdict, Verdict::Refuted(_))) {
            let sentence =
                format!("in the {} layout it is right, and the {} layout is in force", other.word(), layout.word());
            mark.judgement.slip = Some(Slip { name: "another layout", sentence, shown: Shown::Nothing });
            break;
        }
    }
    Ok(mark)
}

/// Judges a claim with indices above and below in the order in which they are written and, where that is
/// wrong, in the other one.
fn mark_in_order(system: &System, judge: &mut Judge, side: &Side) -> Result<Mark, Diagnostics> {
    let written = mark_claim(system, judge, &side.claim, &side.loose);
    let written = written.and_then(|mark| in_range(judge, &side.claim, mark));
    let wrong = |mark: &Mark| matches!(mark.judgement.verdict, Verdict::Refuted(_));
    let Some(swapped) = side.swapped.as_deref().filter(|_| written.as_ref().map_or(true, wrong)) else {
        return written;
    };
    match mark_claim(system, judge, swapped, &[]).and_then(|mark| in_range(judge, swapped, mark)) {
        Ok(mark) if !wrong(&mark) => {
            let order = "indices above and below in the other order".to_string();
            let reading = if mark.reading.is_empty() { order } else { format!("{order}, {}", mark.reading) };
            Ok(Mark { reading, ..mark })
        }
        swapped => written.or(swapped),
    }
}

/// The mark of a claim with the range in which it is made, if it is made of some entries only: one that is
/// made of none says nothing.
fn in_range(judge: &mut Judge, claim: &Claim, mut mark: Mark) -> Result<Mark, Diagnostics> {
    let found = ranged(claim).filter(|_| !matches!(mark.judgement.verdict, Verdict::Refuted(_)));
    let Some((range, value, rest)) = found else { return Ok(mark) };
    let other = Expr::new(ExprKind::Sum(vec![(Sign::Plus, value.clone()), (Sign::Plus, Expr::integer(1))]));
    let wrong = Expr::new(ExprKind::If(Box::new(range.clone()), Box::new(other), Box::new(rest.clone())));
    let wrong = Claim { value: ClaimValue::Formula(wrong), ..claim.clone() };
    let shown = condition(range, Alphabet::Unicode);
    if judge.judge(&wrong).is_ok_and(|judgement| !matches!(judgement.verdict, Verdict::Refuted(_))) {
        return Err(vec![Diagnostic::new(format!("no entry has {shown}"), claim.span)]);
    }
    let reading = format!("nothing said but where {shown}");
    mark.reading = if mark.reading.is_empty() { reading } else { format!("{}, {reading}", mark.reading) };
    Ok(mark)
}

/// The range in which a claim is made, what it says there, and the entry itself, which it is elsewhere.
fn ranged(claim: &Claim) -> Option<(&Condition, &Expr, &Expr)> {
    let ClaimValue::Formula(Expr { kind: ExprKind::If(range, value, rest), .. }) = &claim.value else { return None };
    let own = match (claim.target.within(), &rest.kind) {
        (Target::Value(array, Some(at)), ExprKind::Read(name, indices)) => array == name && at == indices,
        (
            Target::Gradient(array, Some(at)) | Target::Jacobian(_, (array, Some(at))),
            ExprKind::Upstream(name, indices) | ExprKind::Derivative(_, name, indices),
        ) => array == name && at == indices,
        _ => false,
    };
    own.then_some((&**range, &**value, &**rest))
}

/// A claim that cannot hold whatever the values are.
fn misfit(claim: &Claim, reason: &str) -> Mark {
    let difference = Difference::Reason(reason.to_string());
    let found = Counterexample { sizes: Vec::new(), indices: Vec::new(), difference, note: None, unfit: false };
    let judgement = Judgement {
        claim: print_claim(claim, Alphabet::Ascii),
        expected: claim.expected,
        verdict: Verdict::Refuted(Box::new(found)),
        slip: None,
        reasons: Vec::new(),
        good: false,
        because: None,
        span: claim.span,
    };
    Mark { judgement, reading: String::new(), other: None, orders: Vec::new() }
}

/// Judges a claim as written and, where that fails, as it may have been meant; the order of the axes of
/// `loose` arrays is not said.
fn mark_claim(system: &System, judge: &mut Judge, claim: &Claim, loose: &[Name]) -> Result<Mark, Diagnostics> {
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
    if let (Err(_), Some(ranged)) = (&written, judge.ranged(claim))
        && let Some(judgement) = judge.proves(&ranged)
    {
        let reading = "sums over what all arrays in them have".to_string();
        return Ok(Mark { judgement, reading, other: None, orders: orders(system, claim, &[]) });
    }
    let mut other = None;
    for reading in readings(system, claim).into_iter().skip(1) {
        let Some(judgement) = judge.proves(&reading.claim) else { continue };
        let unsaid = !reading.orders.is_empty() && reading.orders.iter().all(|(name, _)| loose.contains(name));
        if reading.free && unfit || unsaid {
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
