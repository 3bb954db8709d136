//! Claims of a formula: tried at all sizes, proved if nothing differs, or refuted with the slip that explains it.

use super::complete::complete;
use super::counterexample::Counterexample;
use super::left::Left;
use super::rejected::{Wrong, at_runs};
use super::settled::settled;
use super::slips::{Slip, slip_of_unbound, usual_slip};
use super::trial::{Run, Trial, Tried, further_runs};
use super::unfold::{put_in, unfold};
use super::{Judge, Judged, Verdict, meaningless};
use crate::answer::{Answer, at_indices};
use crate::calculus::{domain::is_in_range, normal::proved_equal, proof::prove};
use crate::derivation::Goal;
use crate::diagnostic::{Diagnostic, Diagnostics, Span};
use crate::integer::Facts;
use crate::language::syntax::{Expr, Target};
use crate::limits::Limit;
use crate::model::formula::{formula, resolve_formula};
use crate::model::{Contents, Term};

impl Judge<'_> {
    pub(super) fn judge_formula(&mut self, target: &Target, right: &Expr, span: Span) -> Result<Judged, Diagnostics> {
        let left = Left::read(&self.system, target, span)?;
        let completed = complete(&self.system, &self.names, right, &left, false)?;
        let answer = self.answer(&left.goal)?;
        if let Some(name) = completed.unbound {
            let reason = format!("`{name}` is neither on the left nor bound: there is no summation convention");
            let trial = self.trial(&left, &answer, &completed.formula, completed.lettered);
            let settled = |formula: &Expr| self.settled(formula, &left).map(|(formula, _)| formula);
            let slip = || slip_of_unbound(&trial, &self.runs, (right, &name), &settled);
            let slip = self.explains.then(slip).flatten();
            return Ok((Verdict::Refuted(Box::new(Counterexample::reason(reason))), slip).into());
        }
        if let Some(name) = completed.undefined {
            return Err(vec![meaningless(&name, span)]);
        }
        let resolved = match resolve_formula(&self.system, &completed.formula) {
            Ok(resolved) => resolved,
            Err(problems) => return self.refute_settled(&left, &answer, right).ok_or(problems),
        };
        let term = formula(&self.system, &completed.formula, &left.free);
        let trial = self.trial(&left, &answer, &resolved, completed.lettered);
        match self.verdict(&trial, term, span)? {
            Verdict::Refuted(found) => Ok(self.refuted(&trial, found)),
            verdict => Ok((verdict, None).into()),
        }
    }

    /// A claim tried at all sizes; what agrees everywhere is proved, if it can be.
    pub(super) fn verdict(
        &self,
        trial: &Trial,
        term: Result<Term, Diagnostics>,
        span: Span,
    ) -> Result<Verdict, Diagnostics> {
        match (trial.run(&self.runs), term) {
            (Ok(Tried::Differs(found)), _) => Ok(Verdict::Refuted(found)),
            (Ok(Tried::Agrees { complete: true, .. }), _) => Ok(Verdict::Proved),
            (Ok(Tried::Agrees { .. }), Ok(term)) if self.proved(trial.left, trial.answer, &term) => Ok(Verdict::Proved),
            (Ok(Tried::Agrees { entries, .. }), _) => Ok(match trial.run(self.further()) {
                Ok(Tried::Differs(found)) => Verdict::Refuted(trial.least(found)),
                Ok(Tried::Agrees { entries: more, .. }) => Verdict::Undecided { tried: entries + more },
                Err(_) => Verdict::Undecided { tried: entries },
            }),
            (Err(_), Err(problems)) => Err(problems),
            (Err(error), Ok(_)) => {
                Err(vec![Diagnostic::new(format!("the formula has no value that can be compared: {error}"), span)])
            }
        }
    }

    fn further(&self) -> &[Run] {
        self.further.get_or_init(|| further_runs(&self.system, &self.names))
    }

    pub(super) fn trial<'t>(
        &'t self,
        left: &'t Left,
        answer: &'t Answer,
        claim: &'t Expr,
        lettered: bool,
    ) -> Trial<'t> {
        let (explained, shown) = (self.explains, self.explains && !self.brief);
        Trial { system: &self.system, names: &self.names, left, answer, claim, lettered, explained, shown }
    }

    fn refuted(&self, trial: &Trial, found: Box<Counterexample>) -> Judged {
        let runs = if self.run_at(&found.sizes).is_some() { &self.runs } else { self.further() };
        let slip = self.explains.then(|| usual_slip(trial, runs, &found)).flatten();
        let slip = self.told(slip, |run| Wrong::formula(trial, run));
        (Verdict::Refuted(found), slip).into()
    }

    /// A slip with the reason for which authors reject the claim.
    pub(super) fn told<'t>(&'t self, slip: Option<Slip>, wrong: impl Fn(&'t Run) -> Option<Wrong<'t>>) -> Option<Slip> {
        let known = self.rejections.as_ref().filter(|_| self.explains);
        let because = known.and_then(|known| known.because(&at_runs(&self.runs, wrong)));
        match because {
            Some(because) => Some(Slip::told(slip, &because)),
            None => slip,
        }
    }

    /// A formula whose bound indices stand on axes of different lengths is refuted if it fails with
    /// what these ranges have in common; otherwise its author has to say which is meant.
    fn refute_settled(&self, left: &Left, answer: &Answer, right: &Expr) -> Option<Judged> {
        let (resolved, lettered) = self.settled(right, left)?;
        let trial = self.trial(left, answer, &resolved, lettered);
        match trial.run(&self.runs) {
            Ok(Tried::Differs(found)) => Some(self.refuted(&trial, found)),
            Ok(Tried::Agrees { .. }) | Err(_) => None,
        }
    }

    /// A formula with every range explicit, what they have in common where several fit, and whether it
    /// has letters for upstream gradients.
    pub(super) fn settled(&self, right: &Expr, left: &Left) -> Option<(Expr, bool)> {
        let settled = complete(&self.system, &self.names, right, left, true).ok()?;
        let resolved = resolve_formula(&self.system, &settled.formula).ok()?;
        Some((resolved, settled.lettered))
    }

    fn proved(&self, left: &Left, answer: &Answer, claimed: &Term) -> bool {
        let derived = at_indices(&answer.derivation, &left.values());
        let facts = left.facts(&self.system);
        let guarded = claimed.contents().include(Contents::ORDER) && !is_in_range(&self.system, &facts, claimed);
        let met = || !guarded && self.met(left, &answer.derivation.goal, &facts, [claimed, &derived]);
        let (proved, spent) = facts.within(self.system.limits.of(Limit::Proving), met);
        self.lacked.set(spent && !proved);
        proved
    }

    /// Whether a claimed and a derived formula meet, the cheapest way first.
    fn met(&self, left: &Left, goal: &Goal, facts: &Facts, [claimed, derived]: [&Term; 2]) -> bool {
        proved_equal(&self.system, facts, claimed, derived)
            || unfold(&self.system, claimed).zip(unfold(&self.system, derived)).is_some_and(|(claimed, derived)| {
                proved_equal(&self.system, facts, &claimed, &derived)
                    || proved_equal(
                        &self.system,
                        facts,
                        &settled(&self.system, facts, &claimed),
                        &settled(&self.system, facts, &derived),
                    )
            })
            || put_in(goal, left, claimed, derived)
                .is_some_and(|claimed| proved_equal(&self.system, facts, &claimed, derived))
            || prove(&self.system, facts, &left.free, [claimed, derived]).is_some()
    }
}
