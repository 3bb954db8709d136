//! Whole `test` blocks: the layer looked up, its sizes chosen, every claim judged.
//!
//! Invariant: one report a test and one entry a claim, in source order, whatever goes wrong.

use super::{Judge, Judgement, Rejections};
use crate::diagnostic::{Diagnostic, Diagnostics, Span, nearest};
use crate::evaluate::{self, Sizes as Numbers};
use crate::language::syntax::{ExprKind, File, Item, Layer, Statement, Subject, Test};
use crate::limits::Limits;
use crate::model::compose::rebased;
use crate::model::{self, Sizes, elaborate_within};

/// What became of a test.
#[derive(Clone, Debug)]
pub struct TestReport {
    /// Its title.
    pub title: String,
    /// Where its title stands.
    pub span: Span,
    /// One entry a claim: its judgement, or what is wrong with it.
    pub claims: Vec<Result<Judgement, Diagnostics>>,
    /// What is wrong with the test itself; then no claim was judged.
    pub problems: Diagnostics,
}

impl TestReport {
    /// Whether every claim could be judged and none goes against what was expected.
    pub fn good(&self) -> bool {
        self.problems.is_empty() && self.claims.iter().all(|claim| claim.as_ref().is_ok_and(|j| j.good))
    }

    /// How many claims are neither proved nor refuted.
    pub fn undecided(&self) -> usize {
        self.claims.iter().flatten().filter(|judgement| judgement.undecided()).count()
    }
}

/// Judges the tests of a file. A layer is looked for in the file first, then in the catalogue,
/// which gives it with the index base of its file.
pub fn judge_tests(file: &File, catalogue: &dyn Fn(&str) -> Option<(Layer, i64)>) -> Vec<TestReport> {
    judge_tests_within(file, catalogue, None, &Limits::default())
}

/// The same within other limits; a wrong claim that authors are known to reject is explained in their
/// words.
pub fn judge_tests_within(
    file: &File,
    catalogue: &dyn Fn(&str) -> Option<(Layer, i64)>,
    known: Option<&Rejections>,
    limits: &Limits,
) -> Vec<TestReport> {
    let tests = file.items.iter().filter_map(|item| match item {
        Item::Test(test) => Some(test),
        Item::Layer(_) | Item::Homework(_) => None,
    });
    tests.map(|test| judge_test(test, file, catalogue, (known, limits))).collect()
}

fn judge_test(
    test: &Test,
    file: &File,
    catalogue: &dyn Fn(&str) -> Option<(Layer, i64)>,
    (known, limits): (Option<&Rejections>, &Limits),
) -> TestReport {
    let mut report =
        TestReport { title: test.title.clone(), span: test.span, claims: Vec::new(), problems: Vec::new() };
    match system(test, file, catalogue, limits) {
        Err(problems) => report.problems = problems,
        Ok(system) => match Judge::new(&system).map(|judge| judge.with_rejections(known)) {
            Err(_) if limits.expired() => {
                let judged = |claim| Ok(Judgement::new(claim, super::unfinished()));
                report.claims = test.claims.iter().map(judged).collect();
            }
            Err(problems) => report.problems = here(problems, test, file),
            Ok(mut judge) => report.claims = test.claims.iter().map(|claim| judge.judge(claim)).collect(),
        },
    }
    report
}

/// Complaints about the system of a test, whose places are those of another text if the layer is not of
/// this file.
fn here(mut problems: Diagnostics, test: &Test, file: &File) -> Diagnostics {
    let own = |subject: &Subject| {
        file.items.iter().any(|item| matches!(item, Item::Layer(layer) if layer.name == subject.layer))
    };
    if test.subject.as_ref().is_some_and(|subject| !own(subject)) {
        problems.iter_mut().for_each(|problem| problem.places.clear());
    }
    problems
}

/// The system a test is about.
fn system(
    test: &Test,
    file: &File,
    catalogue: &dyn Fn(&str) -> Option<(Layer, i64)>,
    limits: &Limits,
) -> Result<model::System, Diagnostics> {
    let sizes = test.subject.as_ref().map(sizes).transpose()?.unwrap_or_default();
    elaborate_within(&statements(test, file, catalogue)?, file.base.unwrap_or(1), &sizes, limits)
}

/// The statements a test is about, with the index base of its file.
pub(super) fn statements(
    test: &Test,
    file: &File,
    catalogue: &dyn Fn(&str) -> Option<(Layer, i64)>,
) -> Result<Vec<Statement>, Diagnostics> {
    let Some(subject) = &test.subject else { return Ok(test.statements.clone()) };
    let (layer, base) = find(subject, file, catalogue)?;
    let mut statements = rebased(&layer.statements, i128::from(file.base.unwrap_or(1)) - i128::from(base));
    statements.extend(test.statements.iter().cloned());
    Ok(statements)
}

fn find(
    subject: &Subject,
    file: &File,
    catalogue: &dyn Fn(&str) -> Option<(Layer, i64)>,
) -> Result<(Layer, i64), Diagnostics> {
    let local: Vec<&Layer> = file
        .items
        .iter()
        .filter_map(|item| match item {
            Item::Layer(layer) => Some(layer),
            Item::Homework(_) | Item::Test(_) => None,
        })
        .collect();
    if let Some(layer) = local.iter().find(|layer| layer.name == subject.layer) {
        return Ok(((*layer).clone(), file.base.unwrap_or(1)));
    }
    catalogue(&subject.layer).ok_or_else(|| {
        let diagnostic = Diagnostic::new(format!("there is no layer `{}`", subject.layer), subject.span);
        vec![match nearest(&subject.layer, local.iter().map(|layer| &*layer.name)) {
            Some(guess) => diagnostic.hint(format!("did you mean `{guess}`?")),
            None => diagnostic.hint("neither this file nor the catalogue defines it"),
        }]
    })
}

/// The sizes a subject chooses; `S=S` keeps a size a symbol.
fn sizes(subject: &Subject) -> Result<Sizes, Diagnostics> {
    let mut chosen = Sizes::default();
    let mut problems = Vec::new();
    for (name, value) in &subject.sizes {
        if matches!(&value.kind, ExprKind::Name(same) if same == name) {
            chosen.given.insert(name.clone(), None);
            continue;
        }
        match evaluate::integer(value, &Numbers::new()) {
            Ok(number) => {
                chosen.given.insert(name.clone(), Some(number));
            }
            Err(_) => {
                let message = format!("{name} is not given a number");
                let hint = format!("as in `{name}=3`; `{name}={name}` keeps it a symbol");
                problems.push(Diagnostic::new(message, value.span).hint(hint));
            }
        }
    }
    if problems.is_empty() { Ok(chosen) } else { Err(problems) }
}
