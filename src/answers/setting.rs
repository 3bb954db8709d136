//! A question's system with some of its sizes set equal, and what is found of claims about it.
//!
//! Invariant: what is remembered of a claim is what would be found of it again, because a judgement
//! does not depend on those before and names of indices mean nothing.

use super::Found;
use crate::answer::Names;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::judge::{Judge, Rejections, Verdict};
use crate::language::print::{Alphabet, claim as claim_text};
use crate::language::syntax::{AnswerKind, Expr, Layout, Name, Question, Statement};
use crate::limits::Limits;
use crate::model::{Sizes, System, elaborate_within, specialise};
use crate::reading::{Patterns, Reader, Side, mark, patterns, with_plain_indices};
use std::collections::HashMap;

/// How many claims about one system are remembered.
const MOST_KNOWN: usize = 12_000;

/// How much is found out of a claim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// All there is to say, in the author's own names.
    #[default]
    Full,
    /// The verdict and the name of the slip: what is right is not worked out, indices have names of the
    /// judge's own, and a claim that was judged before is not judged again.
    Verdicts,
}

/// A question's system with some of its sizes set equal.
pub(super) struct Setting {
    pub system: System,
    /// What each size is set to.
    pub by: Vec<(Name, Expr)>,
    pub names: Names,
    patterns: Patterns,
    pub judge: Judge<'static>,
    /// What was found of claims, by their text.
    known: HashMap<String, (Side, Result<Found, Diagnostic>)>,
}

impl Setting {
    fn new(system: System, by: Vec<(Name, Expr)>, rejections: Option<&Rejections>) -> Result<Setting, Diagnostics> {
        let names = Names::new(&system);
        let judge = Judge::owning(system.clone())?.with_rejections(rejections);
        Ok(Setting { patterns: patterns(&system), system, by, names, judge, known: HashMap::new() })
    }

    /// A question as it stands, then the systems that parts have of their own, then with the sizes that
    /// its answers set equal.
    ///
    /// # Errors
    /// What is wrong with one of them.
    pub fn all(
        question: &Question,
        base: i64,
        rejections: Option<&Rejections>,
        limits: &Limits,
    ) -> Result<Vec<Setting>, Diagnostics> {
        let setting = |system: System, by: &[(Name, Expr)]| Setting::new(system, by.to_vec(), rejections);
        systems(question, base, limits)?.into_iter().map(|(system, by)| setting(system, by)).collect()
    }

    /// Reads formulas about the system.
    pub fn reader(&self) -> Reader<'_> {
        Reader::with_patterns(&self.system, &self.names, self.patterns.clone())
    }

    /// What is found of one side of a chain in the layout in force, which is the same for all sides.
    ///
    /// # Errors
    /// Why it is not judged.
    pub fn found(&mut self, side: &Side, layout: Layout, detail: Detail) -> Result<Found, Diagnostic> {
        if detail == Detail::Full {
            return self.judged(side, layout, detail);
        }
        let plain = |claim| with_plain_indices(&self.system, &self.names, claim);
        let layouts = side.layouts.iter().map(|(layout, claim)| (*layout, plain(claim))).collect();
        let swapped = side.swapped.as_deref().map(|claim| Box::new(plain(claim)));
        let side = Side { claim: plain(&side.claim), swapped, layouts, ..side.clone() };
        let text = claim_text(&side.claim, Alphabet::Ascii);
        if let Some((known, found)) = self.known.get(&text)
            && *known == side
        {
            return found.clone();
        }
        self.judge.brief();
        let found = self.judged(&side, layout, detail);
        if self.known.len() >= MOST_KNOWN {
            self.known.clear();
        }
        self.known.insert(text, (side, found.clone()));
        found
    }

    fn judged(&mut self, side: &Side, layout: Layout, detail: Detail) -> Result<Found, Diagnostic> {
        let claim = &side.claim;
        let mark = mark(&self.system, &mut self.judge, side, layout)
            .map_err(|problems| problems.into_iter().next().unwrap_or_else(|| Diagnostic::general("not judged")))?;
        let (right, cells) = match &mark.judgement.verdict {
            Verdict::Refuted(wrong) if detail == Detail::Full => {
                let cells = if side.misfit.is_none() { self.judge.cells(claim, wrong) } else { None };
                (self.judge.right(&claim.target), cells)
            }
            _ => (None, None),
        };
        Ok(Found::Judged { target: claim.target.clone(), mark: Box::new(mark), right, cells, link: None })
    }
}

/// What sizes are set to.
type Given<'q> = &'q [(Name, Expr)];

/// The systems of a question, each with what its sizes are set to.
pub(super) fn systems<'q>(
    question: &'q Question,
    base: i64,
    limits: &Limits,
) -> Result<Vec<(System, Given<'q>)>, Diagnostics> {
    let system = |statements: &[Statement]| elaborate_within(statements, base, &Sizes::default(), limits);
    let mut found: Vec<(System, Given)> = Vec::new();
    if !question.statements.is_empty() {
        found.push((system(&question.statements)?, &[]));
    }
    for part in question.parts.iter().filter(|part| !part.statements.is_empty()) {
        found.push((system(&part.statements)?, &[]));
    }
    let answers = question.answers.iter().chain(question.parts.iter().flat_map(|p| &p.answers));
    for answer in answers {
        if let AnswerKind::Derive(_, by) = &answer.kind
            && !by.is_empty()
        {
            found.push((system(&specialise(&question.statements, by))?, by));
        }
    }
    Ok(found)
}
