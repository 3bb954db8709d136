//! An equality that somebody wants shown: tried at many sizes and points, then proved.
//!
//! Invariant: a proof is given only if both sides agree at every entry tried, and every line of it has
//! the value of the left side; the derivatives in these are the evaluator's own.

use super::expand::Expander;
use super::trial::{Run, places, runs};
use crate::answer::Names;
use crate::calculus::proof::{Proof, prove};
use crate::diagnostic::{Diagnostic, Diagnostics, Span};
use crate::evaluate::{EvalError, Formula, Instance, Scalar, condition, integer};
use crate::language::print::{Alphabet, equality as print_equality, expression};
use crate::language::syntax::{Equality, Expr, ExprKind, Name};
use crate::limits::Limit;
use crate::model::identity::{Identity, identity};
use crate::model::{Quote, System, each_part, rewrite};
use crate::verify::Certificate;

/// How many entries of a line are compared at one assignment of sizes.
const MOST_PLACES: usize = 24;
const FUEL: usize = 200_000;
/// A value of more terms than this is shown as a number.
const LONGEST: usize = 4;

/// An equality that holds.
#[derive(Clone, Debug)]
pub struct Proved {
    /// Both sides, the free indices with their ranges, and what was assumed.
    pub identity: Identity,
    /// How it was proved.
    pub proof: Proof,
    /// The lines from the left side and those from the right side: first the side, then a line a step.
    pub lines: [Vec<Expr>; 2],
    /// Both sides without normalisers, means and the like.
    pub starts: [Expr; 2],
    /// How it was verified.
    pub certificate: Certificate,
}

/// An equality for which there is no proof.
#[derive(Clone, Debug)]
pub enum Unshown {
    /// It makes no sense, or does not hold.
    Wrong(Diagnostics),
    /// It agrees on everything tried and is not proved.
    Unproved {
        /// How many entries were compared.
        tried: usize,
        /// Whether the proof would have needed more than is allowed.
        lacked: bool,
    },
}

/// Tries and proves an equality about a system.
///
/// # Errors
/// What is wrong with it, or that it is not proved.
pub fn show(system: &System, names: &Names, equality: &Equality, span: Span) -> Result<Proved, Unshown> {
    let letters = names.upstream.clone();
    let mut identity = identity(system, equality, &letters, span).map_err(Unshown::Wrong)?;
    identity.sides = identity.sides.map(|side| lettered(&side, &letters));
    let wrong = |message: String| Unshown::Wrong(vec![Diagnostic::new(message, span)]);
    let runs = runs(system, names).map_err(&wrong)?;
    let mut trial = Trial { system, names, identity: &identity, certificate: Certificate::default() };
    trial.compare(&runs, span)?;
    let tried = trial.certificate.compared;
    let [a, b] = &identity.terms;
    let (found, spent) = identity
        .facts
        .within(system.limits.of(Limit::Proving), || prove(system, &identity.facts, &identity.free, [a, b]));
    let proof = found.ok_or(Unshown::Unproved { tried, lacked: spent })?;
    let quote = Quote { conditional_sums: true, ..names.quote(system, &identity.free) };
    let lines = [0, 1].map(|side| {
        let steps = proof.sides[side].steps.iter().map(|step| quote.formula(&step.after));
        std::iter::once(identity.sides[side].clone()).chain(steps).collect::<Vec<Expr>>()
    });
    let starts = proof.sides.each_ref().map(|side| quote.formula(&side.start));
    if !trial.lines_agree(&runs, &lines, &starts) {
        return Err(Unshown::Unproved { tried, lacked: false });
    }
    let certificate = trial.certificate;
    Ok(Proved { identity, proof, lines, starts, certificate })
}

/// Whether both sides of an equality agree at everything tried; nothing is proved.
pub fn agrees(system: &System, names: &Names, equality: &Equality) -> bool {
    let Ok(identity) = identity(system, equality, &names.upstream, Span::default()) else { return false };
    let Ok(runs) = runs(system, names) else { return false };
    let mut trial = Trial { system, names, identity: &identity, certificate: Certificate::default() };
    trial.compare(&runs, Span::default()).is_ok()
}

/// The same with the letters of upstream gradients in their place.
fn lettered(side: &Expr, letters: &[(Name, Name)]) -> Expr {
    rewrite(side, &|part| match &part.kind {
        ExprKind::Upstream(output, at) => {
            let (_, letter) = letters.iter().find(|(name, _)| name == output)?;
            let plain = || ExprKind::Name(letter.clone());
            Some(if at.is_empty() { plain() } else { ExprKind::Read(letter.clone(), at.clone()) })
        }
        _ => None,
    })
}

struct Trial<'a> {
    system: &'a System,
    names: &'a Names,
    identity: &'a Identity,
    certificate: Certificate,
}

impl Trial<'_> {
    fn free(&self) -> Vec<Name> {
        self.identity.free.iter().map(|b| b.var.written()).collect()
    }

    /// The places at some sizes; none if what was assumed does not hold there.
    fn spots(&self, run: &Run) -> Result<Vec<Vec<i64>>, EvalError> {
        let plain = Quote::plain();
        for assumed in &self.identity.assumptions {
            if !condition(&plain.condition(assumed), &run.all)? {
                return Ok(Vec::new());
            }
        }
        let number = |index| i64::try_from(integer(&plain.index(index), &run.all)?).map_err(|_| EvalError::Overflow);
        let ranges = self.identity.free.iter().map(|b| Ok((number(&b.lo)?, number(&b.hi)?)));
        Ok(places(&ranges.collect::<Result<Vec<_>, EvalError>>()?).0)
    }

    fn compare(&mut self, runs: &[Run], span: Span) -> Result<(), Unshown> {
        let free = self.free();
        let mut failure = None;
        self.certificate.functions = !self.system.functions().is_empty();
        for run in runs {
            let fail = |e: EvalError| Unshown::Wrong(vec![Diagnostic::new(e.to_string(), span)]);
            let spots = self.spots(run).map_err(fail)?;
            for instance in &run.instances {
                let compiled = self.identity.sides.each_ref().map(|side| instance.compile(side, &free));
                let [Ok(left), Ok(right)] = compiled else {
                    let error = compiled.into_iter().find_map(Result::err);
                    return Err(error.map_or_else(|| fail(EvalError::Overflow), fail));
                };
                for at in &spots {
                    match (instance.evaluate(&left, at), instance.evaluate(&right, at)) {
                        (Ok(a), Ok(b)) if instance.agree((&left, a), (&right, b)) => {
                            self.certificate.compared += 1;
                            self.certificate.numeric += usize::from(a.exact != b.exact);
                        }
                        (Ok(a), Ok(b)) => return Err(self.refuted(run, instance, at, [a, b], span)),
                        (Err(error), _) | (_, Err(error)) => failure = Some(error),
                    }
                }
                self.certificate.points += 1;
            }
            let symbolic = !self.system.sizes.is_empty() && !spots.is_empty();
            self.certificate.assignments += usize::from(symbolic);
        }
        match failure {
            Some(error) if self.certificate.compared == 0 => {
                let message = format!("a side of the equality has no value: {error}");
                Err(Unshown::Wrong(vec![Diagnostic::new(message, span)]))
            }
            _ if self.certificate.compared == 0 => {
                let message = "no small sizes were found at which there is anything to compare";
                Err(Unshown::Wrong(vec![Diagnostic::new(message, span)]))
            }
            _ => Ok(()),
        }
    }

    /// Where both sides differ, and their values there.
    fn refuted(&self, run: &Run, instance: &Instance, at: &[i64], values: [Scalar; 2], span: Span) -> Unshown {
        let sizes = self.system.sizes.iter().filter_map(|(n, _)| Some((n.clone(), *run.sizes.get(n)?)));
        let place: Vec<String> =
            sizes.chain(self.free().into_iter().zip(at.iter().copied())).map(|(n, v)| format!("{n} = {v}")).collect();
        let place = if place.is_empty() { String::new() } else { format!("at {}: ", place.join(", ")) };
        let [left, right] = self.formulas(instance, at).unwrap_or_else(|| values.map(|v| decimal(v.real)));
        let message = format!("this does not hold: {place}the left side is {left}, the right side {right}");
        Unshown::Wrong(vec![Diagnostic::new(message, span)])
    }

    /// Both sides at a place as short formulas in entries of given arrays, where they are such.
    fn formulas(&self, instance: &Instance, at: &[i64]) -> Option<[String; 2]> {
        let given = |side: &Expr| {
            let mut given = true;
            each_part(side, &mut |part| match &part.kind {
                ExprKind::Derivative(..) => given = false,
                ExprKind::Upstream(name, _) => given &= self.names.upstream.iter().any(|(output, _)| output == name),
                _ => {}
            });
            given
        };
        let letter = |output: &Name| {
            self.names.upstream.iter().find(|(known, _)| known == output).map(|(_, letter)| letter.clone())
        };
        let mut shown = Vec::new();
        for side in &self.identity.sides {
            let mut expander = Expander::new(instance, &self.system.program, &self.names.upstream, FUEL);
            let formula = expander.compile(side, &self.free()).filter(|_| given(side))?;
            let value = expander.expand(&formula, at).filter(|value| value.len() <= LONGEST)?;
            shown.push(expression(&value.quote(&letter), Alphabet::Ascii));
        }
        <[String; 2]>::try_from(shown).ok().filter(|[a, b]| a != b)
    }

    /// Whether every line has the value of the left side, at a sample of places.
    fn lines_agree(&mut self, runs: &[Run], lines: &[Vec<Expr>; 2], starts: &[Expr; 2]) -> bool {
        let free = self.free();
        for run in runs {
            let (Some(instance), Ok(spots)) = (run.instances.first(), self.spots(run)) else { return false };
            let all = lines.iter().flatten().chain(starts);
            let Ok(compiled) = all.map(|line| instance.compile(line, &free)).collect::<Result<Vec<Formula>, _>>()
            else {
                return false;
            };
            let every = spots.len().div_ceil(MOST_PLACES).max(1);
            for at in spots.iter().step_by(every) {
                let Ok(first) = instance.evaluate(&compiled[0], at) else { continue };
                for line in &compiled[1..] {
                    let agrees = |value: Scalar| instance.agree((&compiled[0], first), (line, value));
                    if !instance.evaluate(line, at).is_ok_and(agrees) {
                        return false;
                    }
                    self.certificate.steps += 1;
                }
            }
        }
        self.certificate.steps > 0
    }
}

/// A number with six digits.
fn decimal(value: f64) -> String {
    let text = format!("{value:.6}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".into() } else { short.into() }
}

/// The name of what is shown: `show q[c] = p[c]`.
pub fn shown_name(equality: &Equality) -> String {
    format!("show {}", print_equality(equality, Alphabet::Ascii))
}
