//! Slips that leave an index unbound: a sum forgotten, one index bound for another, a limit that is
//! declared nowhere.
//!
//! Invariant: such a claim has no value; a slip is named if the claim with it taken back is right,
//! and a limit that is declared nowhere in any case.

use super::sample::Samples;
use super::scene::{Scene, inner};
use super::tree::{Role, changed, names, places, with_place};
use super::{Shown, Slip, Suspect, first, repair};
use crate::judge::trial::{Run, Trial};
use crate::language::syntax::{Binder, Expr, ExprKind, Name, Reduction};

/// The slip that explains why `name` is not bound in the formula `written`. `complete` makes a
/// formula as it is written one whose ranges are explicit, if it can.
pub(in crate::judge) fn slip_of_unbound(
    trial: &Trial,
    runs: &[Run],
    (written, name): (&Expr, &Name),
    complete: &dyn Fn(&Expr) -> Option<Expr>,
) -> Option<Slip> {
    let scene = Scene::new(trial);
    let samples = Samples::new(trial, runs, None)?;
    let completed = |(sentence, formula): (String, Expr)| Some(Suspect::repair(sentence, complete(&formula)?));
    let tried = |slip: &'static str, found: Vec<(String, Expr)>| {
        first(slip, found.into_iter().filter_map(completed).collect(), Some(&samples))
    };
    let double = |of: &Binder| binders(written).iter().filter(|b| b.name == of.name).count() > 1;
    tried("placeholder", limits(&scene, written, name))
        .or_else(|| tried("doubled index", rebound(written, name, &|b| double(b), "is bound twice, and")))
        .or_else(|| tried("wrong summation index", rebound(written, name, &|b| !double(b), "is summed over, and")))
        .or_else(|| tried("unbound index", vec![bound(written, name)]))
        .or_else(|| undeclared(written, name))
}

/// Other limits in place of those that hold the name.
fn limits(scene: &Scene, written: &Expr, name: &Name) -> Vec<(String, Expr)> {
    let held = limits_with(written, name);
    let with = |(number, limit): &(usize, Expr)| {
        let told = |new: Expr| {
            let sentence = format!("the limit {} is declared nowhere: it should be {}", inner(limit), inner(&new));
            (sentence, with_place(written, *number, &new))
        };
        repair::limits(scene).into_iter().map(told).collect::<Vec<_>>()
    };
    held.iter().flat_map(with).collect()
}

/// The formula with one binder that `may` accepts binding the name instead.
fn rebound(written: &Expr, name: &Name, may: &dyn Fn(&Binder) -> bool, said: &str) -> Vec<(String, Expr)> {
    let with = |(number, binder): (usize, Binder)| {
        let mut at = 0;
        let formula = changed(written, &mut |_, part| {
            if let ExprKind::Reduce(_, binders, ..) = &mut part.kind {
                for binder in binders.iter_mut() {
                    if at == number {
                        binder.name = name.clone();
                    }
                    at += 1;
                }
            }
            true
        });
        (format!("{} {said} {name} is not", binder.name), formula)
    };
    binders(written).into_iter().enumerate().filter(|(_, b)| may(b)).map(with).collect()
}

/// The sum of the formula over the name.
fn bound(written: &Expr, name: &Name) -> (String, Expr) {
    let binder = Binder { name: name.clone(), range: None, span: written.span };
    let formula = Expr::new(ExprKind::Reduce(Reduction::Sum, vec![binder], None, Box::new(written.clone())));
    (format!("nothing sums over {name}: put sum[{name}] before it"), formula)
}

fn undeclared(written: &Expr, name: &Name) -> Option<Slip> {
    let (_, limit) = limits_with(written, name).into_iter().next()?;
    let sentence = format!("the limit {} is declared nowhere; was that left in?", inner(&limit));
    Some(Slip { name: "placeholder", sentence, shown: Shown::Nothing })
}

fn limits_with(written: &Expr, name: &Name) -> Vec<(usize, Expr)> {
    let all = places(written).into_iter().enumerate();
    let limits =
        all.filter(|(_, (role, part))| matches!(role, Role::Lower | Role::Upper) && names(part).contains(name));
    limits.map(|(number, (_, part))| (number, part)).collect()
}

/// The binders of a formula in reading order.
fn binders(written: &Expr) -> Vec<Binder> {
    let reductions = places(written).into_iter().filter_map(|(_, part)| match part.kind {
        ExprKind::Reduce(_, binders, ..) => Some(binders),
        _ => None,
    });
    reductions.flatten().collect()
}
