//! The judge: whether a formula somebody wrote is what the engine derives.
//!
//! A claim is read against the axes of what it is for ([`left`]), its formula completed
//! ([`complete`]) and tried, exactly, at every entry for many sizes, the smallest first
//! ([`trial`]), and where it fails the usual slip is looked for ([`slips`]); what agrees everywhere is
//! then proved, by normal forms, by cases or, where all sizes are numbers, by expanding both sides
//! into polynomials ([`expand`]). [`judge_tests`] judges whole
//! `test` blocks. A matrix form is given its shapes ([`matrices`]) and tried entry by entry.
//!
//! Invariant: the derived side was verified against the equations before anything is compared
//! with it, and *proved* is never said of a claim that differed at any entry tried.

mod cells;
mod complete;
mod count;
mod counterexample;
mod equality;
mod expand;
mod formula;
mod inquiry;
mod left;
mod matrices;
mod polynomial;
mod rejected;
mod report;
mod settled;
mod shape;
mod sizes;
mod slips;
mod trial;
mod unfold;
mod window;

pub use cells::{Cell, Cells};
pub use counterexample::{Counterexample, Difference};
pub use equality::{Proved, Unshown, agrees, show, shown_name};
pub use left::fits;
pub use rejected::{Rejected, Rejections, rejected};
pub use report::{TestReport, judge_tests, judge_tests_within};
pub use slips::{Shown, Slip, Slipped};

use crate::answer::{Answer, Names, goal_name};
use crate::calculus::PHASES;
use crate::derivation::Goal;
use crate::diagnostic::{Diagnostic, Diagnostics, Span};
use crate::language::print::{Alphabet, claim as print_claim, expression, shape as print_shape};
use crate::language::syntax::{Claim, ClaimValue, Expr, Name, Target};
use crate::limits::Limit;
use crate::model::System;
use crate::study::{undefined, with_jacobian};
use crate::verify::{Trials, Unverified};
use hashbrown::HashMap;
use rejected::Wrong;
use slips::slip_of_shape;
use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::rc::Rc;
use trial::Run;

/// What became of a claim.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It holds for all sizes and entries.
    Proved,
    /// It does not, and here is where.
    Refuted(Box<Counterexample>),
    /// It agrees on everything tried and is not proved.
    Undecided {
        /// How many entries were compared.
        tried: usize,
    },
}

/// A verdict, and what explains it.
#[derive(Clone)]
struct Judged {
    verdict: Verdict,
    slip: Option<Slip>,
    reasons: Vec<String>,
}

impl From<(Verdict, Option<Slip>)> for Judged {
    fn from((verdict, slip): (Verdict, Option<Slip>)) -> Judged {
        Judged { verdict, slip, reasons: Vec::new() }
    }
}

/// A claim and its verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The claim as text: `dl/dW[k] = sum[r] g[r] * x[r+k-1]`.
    pub claim: String,
    /// Whether it was expected to hold (`expect`) or to fail (`reject`).
    pub expected: bool,
    /// What was found.
    pub verdict: Verdict,
    /// The usual slip that explains a refuted claim, if one does. It says what probably happened; the
    /// verdict does not rest on it.
    pub slip: Option<Slip>,
    /// Of a claim about a shape, why its lengths are what they are: `r = 3 reads x[5,·], x[6,·],
    /// x[7,·], all there`, one sentence an axis.
    pub reasons: Vec<String>,
    /// Whether that does not go against what was expected: an expectation is not refuted, a
    /// rejection is.
    pub good: bool,
    /// Why the author rejects it.
    pub because: Option<String>,
    /// Where it stands.
    pub span: Span,
}

impl Judgement {
    fn new(claim: &Claim, Judged { verdict, slip, reasons }: Judged) -> Judgement {
        let refuted = matches!(verdict, Verdict::Refuted(_));
        Judgement {
            claim: print_claim(claim, Alphabet::Ascii),
            expected: claim.expected,
            good: refuted != claim.expected,
            verdict,
            slip,
            reasons,
            because: claim.because.clone(),
            span: claim.span,
        }
    }

    /// Whether the claim was neither proved nor refuted.
    pub fn undecided(&self) -> bool {
        matches!(self.verdict, Verdict::Undecided { .. })
    }
}

/// A complaint about a system that cannot be verified at all, or the shape of an array.
fn unverified(system: &System, why: &Unverified) -> Diagnostic {
    if let Some(complaint) = undefined(system, why) {
        return complaint;
    }
    let complaint = Diagnostic::general(why.to_string());
    match why.remedy(&system.limits) {
        Some(hint) => complaint.hint(hint),
        None => complaint,
    }
}

/// What is said of a claim when the time has run out, whatever was found by then: something may have been
/// missing.
fn unfinished() -> Judged {
    let reasons = vec!["not finished: the time ran out".into()];
    Judged { verdict: Verdict::Undecided { tried: 0 }, slip: None, reasons }
}

/// Judges one claim about a system.
///
/// # Errors
/// What is wrong with the claim, or with the system.
pub fn judge_claim(system: &System, claim: &Claim) -> Result<Judgement, Diagnostics> {
    Judge::new(system)?.judge(claim)
}

/// What is right.
#[derive(Clone, Debug, PartialEq)]
pub enum Right {
    /// `∂ℓ/∂W[1,k,i] = …`: both sides.
    Equation(Expr, Expr),
    /// The lengths of a shape.
    Shape(Vec<Expr>),
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |e: &Expr| expression(e, Alphabet::Unicode);
        match self {
            Right::Equation(left, right) => write!(f, "{} = {}", text(left), text(right)),
            Right::Shape(lengths) => f.write_str(&print_shape(lengths, Alphabet::Unicode)),
        }
    }
}

/// A system with what claims about it are compared with, worked out once.
///
/// Invariant: what becomes of a claim does not depend on the claims judged before.
pub struct Judge<'a> {
    system: Cow<'a, System>,
    names: Names,
    trials: Trials,
    runs: Vec<Run>,
    /// More of them, drawn when a claim is not proved.
    further: OnceCell<Vec<Run>>,
    answers: BTreeMap<String, Rc<Answer>>,
    /// The arrays whose shapes are verified.
    shaped: BTreeSet<Name>,
    /// Whether it is asked what explains a refuted claim.
    explains: bool,
    /// What authors are known to reject.
    rejections: Option<Rejections>,
    /// Whether no more than the slip is said of a refuted claim, and no reasons of any.
    brief: bool,
    /// Whether the proof of this claim would have needed more than is allowed.
    lacked: std::cell::Cell<bool>,
    /// What became of claims, by their text: many people write the same one.
    known: HashMap<String, Vec<Known>>,
}

/// A claim and what became of it, where explanations were asked for or not.
struct Known {
    claim: Claim,
    explained: bool,
    judged: Judged,
}

/// Of so many different texts it is remembered what became of them.
const MOST_KNOWN: usize = 4_096;

impl<'a> Judge<'a> {
    /// Draws sizes and points.
    ///
    /// # Errors
    /// If no sizes satisfy the requirements, or the system cannot be evaluated.
    pub fn new(system: &'a System) -> Result<Self, Diagnostics> {
        Judge::of(Cow::Borrowed(system))
    }

    /// The same with a system of its own.
    ///
    /// # Errors
    /// As [`Judge::new`].
    pub fn owning(system: System) -> Result<Judge<'static>, Diagnostics> {
        Judge::of(Cow::Owned(system))
    }

    fn of(system: Cow<'a, System>) -> Result<Self, Diagnostics> {
        let names = Names::new(&system);
        let trials = Trials::new(&system, &names).map_err(|why| vec![unverified(&system, &why)])?;
        let runs = trial::runs(&system, &names).map_err(|e| vec![Diagnostic::general(e)])?;
        let (answers, shaped) = (BTreeMap::new(), BTreeSet::new());
        Ok(Judge {
            system,
            names,
            trials,
            runs,
            further: OnceCell::new(),
            answers,
            shaped,
            explains: true,
            rejections: None,
            brief: false,
            lacked: Default::default(),
            known: HashMap::new(),
        })
    }

    /// The same, with what authors are known to reject: a refuted claim that is such a one is explained
    /// in their words.
    pub fn with_rejections(mut self, rejections: Option<&Rejections>) -> Self {
        self.rejections = rejections.cloned();
        self.known.clear();
        self
    }

    /// From here on no more is worked out of a refuted claim than that it is refuted and its slip, not the
    /// values that differ; and no reasons.
    pub fn brief(&mut self) {
        self.brief = true;
        self.known.clear();
    }

    /// Forgets what earlier claims cost and what was found out on the way: what is kept does not grow
    /// with them, and no claim gets less work than another.
    fn forget(&mut self) {
        self.system.facts().forget();
        self.runs.iter_mut().chain(self.further.get_mut().into_iter().flatten()).for_each(Run::forget);
        self.trials.forget();
    }

    /// Judges one claim.
    ///
    /// # Errors
    /// What is wrong with the claim, or a derived answer that does not verify.
    pub fn judge(&mut self, claim: &Claim) -> Result<Judgement, Diagnostics> {
        if let Some((wider, target)) = self.wider(&claim.target, claim.span)? {
            let judged = Judge::new(&wider)?.judge(&Claim { target, ..claim.clone() })?;
            return Ok(Judgement { claim: print_claim(claim, Alphabet::Ascii), ..judged });
        }
        let text = print_claim(claim, Alphabet::Ascii);
        let same = |known: &&Known| known.claim == *claim && known.explained == self.explains;
        if let Some(known) = self.known.get(&text).and_then(|known| known.iter().find(same)) {
            return Ok(Judgement::new(claim, known.judged.clone()));
        }
        self.forget();
        self.lacked.set(false);
        let rejections = if claim.expected { None } else { self.rejections.take() };
        let judged = self.judged(claim);
        self.rejections = rejections.or(self.rejections.take());
        if self.system.limits.expired() {
            return Ok(Judgement::new(claim, unfinished()));
        }
        let mut judged = judged?;
        if self.lacked.get() && matches!(judged.verdict, Verdict::Undecided { .. }) {
            judged.reasons.push(format!("the proof grows too large; {}", self.system.limits.hint(Limit::Proving, "")));
        }
        if self.known.len() < MOST_KNOWN {
            let known = Known { claim: claim.clone(), explained: self.explains, judged: judged.clone() };
            self.known.entry(text).or_default().push(known);
        }
        Ok(Judgement::new(claim, judged))
    }

    fn judged(&mut self, claim: &Claim) -> Result<Judged, Diagnostics> {
        Ok(match (&claim.target, &claim.value) {
            (Target::Shape(of), ClaimValue::Shape(lengths)) => self.judge_shape(of, lengths, claim.span)?,
            (of, ClaimValue::Count(claimed)) => self.judge_count(of, claimed, claim.span)?,
            (target, ClaimValue::Matrix(written, layout)) => {
                self.judge_matrix(target, written, layout.unwrap_or_default(), claim.span)?
            }
            (Target::Shape(_), ClaimValue::Formula(_)) | (_, ClaimValue::Shape(_)) => {
                let message = "a shape is claimed with `shape`, a value without";
                let hint = "as in `expect shape f = 3 x 1` or `expect f[r] = x[r]`";
                return Err(vec![Diagnostic::new(message, claim.span).hint(hint)]);
            }
            (target, ClaimValue::Formula(right)) => self.judge_formula(target, right, claim.span)?,
        })
    }

    /// The judgement of a claim if it is proved; what explains it if it is not is not looked for.
    pub fn proves(&mut self, claim: &Claim) -> Option<Judgement> {
        self.explains = false;
        let judged = self.judge(claim);
        self.explains = true;
        judged.ok().filter(|judgement| judgement.verdict == Verdict::Proved)
    }

    /// For a claim about a second derivative, the system in which the first one is an array, and what
    /// is claimed there.
    fn wider(&self, target: &Target, span: Span) -> Result<Option<(System, Target)>, Diagnostics> {
        let Target::Second(parts) = target.within() else { return Ok(None) };
        shape::arrays(&self.system, target, span)?;
        let [(of, _), (first, _), _] = &**parts;
        left::check_arrays(&self.system, &Goal::Jacobian { output: of.clone(), array: first.clone() }, span)?;
        let wider = with_jacobian(&self.system, of, first, span).map_err(|why| vec![why])?;
        Ok(Some((wider, target.lowered())))
    }

    fn judge_shape(&mut self, of: &Target, claimed: &[Expr], span: Span) -> Result<Judged, Diagnostics> {
        for array in shape::arrays(&self.system, of, span)? {
            if self.shaped.contains(&array) {
                continue;
            }
            if let Some(derived) = crate::calculus::shape(&self.system, &array) {
                let verified = self.trials.verify_shape(&self.system, &derived);
                verified.map_err(|why| vec![unverified(&self.system, &why)])?;
                self.forget();
            }
            self.shaped.insert(array);
        }
        let judge = |lengths: &[Expr]| shape::judge(&self.system, &self.names, &self.runs, of, (lengths, span));
        let verdict = judge(claimed)?;
        let slip = match verdict {
            Verdict::Refuted(_) if self.explains => {
                let usual =
                    slip_of_shape(claimed, &|other| judge(other).is_ok_and(|v| !matches!(v, Verdict::Refuted(_))));
                self.told(usual, |run| Wrong::shape((&self.system, &self.names), of, claimed, run))
            }
            _ => None,
        };
        let whole = shape::lengths(&self.system, of, span)?;
        let reasons = match &verdict {
            _ if self.brief => Vec::new(),
            Verdict::Refuted(found) => match (&found.difference, self.run_at(&found.sizes)) {
                (Difference::Shapes { claimed, .. }, Some(run)) => {
                    window::reasons(&self.system, run, (of, &whole), Some(claimed))
                }
                _ => Vec::new(),
            },
            Verdict::Proved if self.system.sizes.is_empty() => {
                self.runs.first().map_or(Vec::new(), |run| window::reasons(&self.system, run, (of, &whole), None))
            }
            Verdict::Proved | Verdict::Undecided { .. } => Vec::new(),
        };
        Ok(Judged { verdict, slip, reasons })
    }

    /// The run at the sizes of a counterexample.
    fn run_at(&self, sizes: &[(Name, i64)]) -> Option<&Run> {
        self.runs.iter().find(|run| sizes.iter().all(|(name, value)| run.sizes.get(name) == Some(value)))
    }

    /// The derived and verified answer to a goal.
    fn answer(&mut self, goal: &Goal) -> Result<Rc<Answer>, Diagnostics> {
        let name = goal_name(goal);
        if let Some(known) = self.answers.get(&name) {
            return Ok(known.clone());
        }
        self.forget();
        let underived = || vec![Diagnostic::general(format!("{name} could not be derived"))];
        let answer = Answer::new(&self.system, &self.names, goal, PHASES).ok_or_else(underived)?;
        self.trials.verify(&answer).map_err(|e| vec![Diagnostic::general(e.to_string())])?;
        self.forget();
        Ok(self.answers.entry(name).or_insert(Rc::new(answer)).clone())
    }
}

/// A letter for a value stands in a formula, and nothing says which.
pub(crate) fn meaningless(name: &str, span: Span) -> Diagnostic {
    let message = format!("nothing says what `{name}` is");
    Diagnostic::new(message, span).hint("define it, in the formula or in one before it")
}
