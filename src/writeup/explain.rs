//! The rules of the calculus, explained: what each says, where it applies, why it ends, and one
//! step of a derivation in which it is applied.
//!
//! Invariant: the step is derived and verified here and now; nothing of it is written down
//! anywhere.

use super::document::{Block, Document, Inline, Line, Math, Piece, Problem, Prose, Question, Symbol};
use super::reason::{listed, text};
use super::{evidence, outline, reason};
use crate::answer::Answer;
use crate::calculus::{Printing, Rule};
use crate::diagnostic::{Diagnostic, Span};
use crate::language::parse::{parse_expression, parse_file, parse_target};
use crate::language::syntax::Expr;
use crate::model::Sizes;
use crate::study::{NoAnswer, Study};
use crate::verify::Certificate;

/// The title of the page of all rules.
pub const TITLE: &str = "The rules of the calculus";

/// How the page of all rules begins.
pub const ABOUT: &str = "Every step of every derivation is one application of one of these rules. The examples are \
                         derived and verified whenever this page is made; `backprose explain --format markdown` \
                         makes it.";

/// A rule at work in the derivation of an answer.
pub struct Application {
    /// The system, with the answer derived from it.
    pub study: Study,
    /// The answer.
    pub answer: Answer,
    /// How it was verified, this step included.
    pub certificate: Certificate,
    /// Which step of the derivation it is.
    pub step: usize,
}

impl Application {
    /// Derives and verifies the example of a rule and finds the first step that is due to it.
    ///
    /// # Errors
    /// If the example cannot be derived or verified, or does without the rule.
    pub fn of(rule: &Rule) -> Result<Application, NoAnswer> {
        let refused = |mut wrong: Vec<Diagnostic>| NoAnswer::Refused(wrong.remove(0));
        let file = parse_file(rule.example.system).map_err(refused)?;
        let target = parse_target(rule.example.goal).map_err(refused)?;
        let base = file.base.unwrap_or(1);
        let mut study = Study::new(&file.statements, base, &Sizes::default()).map_err(refused)?.printed(printing(rule));
        let goal = study.goal(&target, Span::default()).map_err(NoAnswer::Refused)?;
        let (answer, certificate) = study.answer(&goal)?;
        match answer.derivation.steps.iter().position(|step| step.rule == rule.name) {
            Some(step) => Ok(Application { study, answer, certificate, step }),
            None => {
                let message = format!("the example of the rule `{}` does without it", rule.name.text());
                Err(NoAnswer::Refused(Diagnostic::general(message)))
            }
        }
    }

    /// The right-hand side before the step.
    pub fn before(&self) -> &Expr {
        match self.step {
            0 => &self.answer.start,
            k => &self.answer.lines[k - 1],
        }
    }

    /// The right-hand side after the step.
    pub fn after(&self) -> &Expr {
        &self.answer.lines[self.step]
    }

    fn block(&self) -> Block {
        let line =
            |right: &Expr, reason| Line { relation: Symbol::Equal, right: vec![Piece::Expr(right.clone())], reason };
        let step = &self.answer.derivation.steps[self.step];
        let why = reason::single(&self.study.names, &self.study.system, &self.answer, step);
        Block::Derivation {
            left: vec![Piece::Expr(self.answer.left.clone())],
            lines: vec![line(self.before(), Prose::new()), line(self.after(), why)],
            folded: None,
        }
    }
}

/// The first printing that has use for a rule.
fn printing(rule: &Rule) -> Printing {
    let uses = |p: &Printing| p.phases().iter().any(|phase| phase.iter().any(|r| r.name == rule.name));
    [Printing::Brackets, Printing::Limits, Printing::Cases].into_iter().find(uses).unwrap_or_default()
}

/// Rules as a document, a section each.
///
/// # Errors
/// If an example cannot be derived or verified.
pub fn explanation(rules: &[Rule], title: &str, about: &str) -> Result<Document, NoAnswer> {
    let opening = (!about.is_empty()).then(|| Problem {
        questions: vec![Question { text: vec![Inline::Source(about.into())], ..Question::default() }],
        ..Problem::default()
    });
    let sections = rules.iter().map(section).collect::<Result<Vec<_>, _>>()?;
    let problems = opening.into_iter().chain(sections).collect();
    Ok(Document { title: title.into(), problems, ..Document::default() })
}

fn section(rule: &Rule) -> Result<Problem, NoAnswer> {
    let application = Application::of(rule)?;
    let mut example = vec![Inline::Source(format!(
        "For example, this is a step in the derivation of `{}` from `{}`",
        rule.example.goal, rule.example.system
    ))];
    let ranges = outline::ranges(&application.study.system, &application.study.names, &application.answer);
    if !ranges.is_empty() {
        example.push(text(", where "));
        example.extend(listed(ranges.into_iter().map(Inline::Math).collect()));
    }
    example.push(text(":"));
    let ends = format!("{} Rewriting with it ends, because each application lowers {}.", rule.conditions, rule.shrinks);
    let blocks = vec![
        Block::Boxed { formulas: formulas(rule)?, ranges: Vec::new() },
        Block::Paragraph(vec![text(ends)]),
        Block::Paragraph(example),
        application.block(),
    ];
    let question = Question {
        text: vec![text(sentence(rule.statement))],
        notation: application.study.system.notation.clone(),
        blocks,
        evidence: evidence::evidence(&application.certificate, &[]),
        ..Question::default()
    };
    Ok(Problem { title: rule.name.text().into(), questions: vec![question], ..Problem::default() })
}

/// What the rule says: before = after.
fn formulas(rule: &Rule) -> Result<Vec<Math>, NoAnswer> {
    let read = |formula: &str| parse_expression(formula).map_err(|mut wrong| NoAnswer::Refused(wrong.remove(0)));
    let equal = |(before, after): &(&str, &str)| {
        Ok(vec![Piece::Expr(read(before)?), Piece::Symbol(Symbol::Equal), Piece::Expr(read(after)?)])
    };
    rule.formula.iter().map(equal).collect()
}

/// With a capital and a full stop.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
