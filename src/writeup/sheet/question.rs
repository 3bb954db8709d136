//! A question with its parts: the system it is about, what is said at its head, its evidence.
//!
//! Invariant: what a part has of its own – a system – is explained in that part, all else once at the
//! head.

use super::{Asked, Row, Section, Writer, merge};
use crate::derivation::Goal;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::language::syntax::{self, AnswerKind, Statement};
use crate::limits::Limit;
use crate::model::Sizes;
use crate::study::Study;
use crate::verify::Certificate;
use crate::writeup::conventions::{conventions, definitions};
use crate::writeup::document::{Block, Inline, Part, Question};
use crate::writeup::evidence::evidence;
use crate::writeup::json;
use crate::writeup::once::once;
use crate::writeup::origin::origins;

/// What was said of a system so far.
#[derive(Default)]
struct Said {
    /// The goals that were answered, each with the label of its part.
    given: Vec<(String, Goal)>,
    /// What was spoken of besides, where something is about the equations themselves.
    spoken: Option<Vec<Goal>>,
}

impl Said {
    fn goals(&self) -> Vec<Goal> {
        self.given.iter().map(|(_, goal)| goal).chain(self.spoken.iter().flatten()).cloned().collect()
    }

    /// The definitions of the arrays between the given ones and what was asked for.
    fn definitions(&self, study: &Study) -> Vec<Block> {
        definitions(study, self.goals().iter(), self.spoken.is_some())
    }
}

impl Writer<'_> {
    pub(super) fn question(&mut self, base: i64) -> Result<(Question, json::Question), Diagnostics> {
        let asked = self.question.answers.len() + self.question.parts.iter().map(|p| p.answers.len()).sum::<usize>();
        let most = self.limits.of(Limit::Answers);
        if asked > most {
            let message = format!("a question asks for at most {most} answers; here are {asked}");
            let hint = self.limits.hint(Limit::Answers, "");
            return Err(vec![Diagnostic::new(message, self.question.span).hint(hint)]);
        }
        let mut study = self.study(&self.question.statements, base)?;
        let mut said = Said::default();
        let mut total: Option<Certificate> = None;
        let (mut blocks, mut answers) = (Vec::new(), Vec::new());
        if !self.question.answers.is_empty() {
            let section = self.answered(study.as_mut(), "", &self.question.answers, &mut said, base)?;
            total = merge(total, &section.certificate);
            (blocks, answers) = (section.blocks, section.answers);
        }
        let mut notation = study.as_ref().map(|study| study.system.notation.clone()).unwrap_or_default();
        let (mut parts, mut records) = (Vec::new(), Vec::new());
        for (at, part) in self.question.parts.iter().enumerate() {
            let label = label(&self.homework.numbering, 2, &part.label);
            let mut own = match part.statements.as_slice() {
                [] => None,
                statements => self.study(statements, base)?,
            };
            let mut owned = Said::default();
            let mut section = match &mut own {
                None => self.answered(study.as_mut(), &label, &part.answers, &mut said, base)?,
                Some(study) => {
                    let mut section = self.answered(Some(study), &label, &part.answers, &mut owned, base)?;
                    section.blocks.splice(..0, owned.definitions(study));
                    notation.extend(study.system.notation.iter().cloned());
                    section
                }
            };
            total = merge(total, &section.certificate.take());
            records.push(json::Part::new(part, own.as_ref().map(json::system), section.answers));
            parts.push(Part { label, text: vec![Inline::Source(part.text.clone())], blocks: section.blocks });
            self.asked(own, Some(at), owned);
        }
        let mut head = Vec::new();
        if let Some(study) = &study {
            blocks.splice(..0, said.definitions(study));
            head = conventions(study, said.goals().iter());
        }
        once(&mut blocks, &mut parts);
        let labels: Vec<&str> = parts.iter().map(|p| p.label.as_str()).collect();
        let system = study.as_ref().map_or_else(|| json::System::without(base), json::system);
        let record = json::Question::new(self.question, system, answers, records);
        let all: Vec<&Block> = blocks.iter().chain(parts.iter().flat_map(|part: &Part| &part.blocks)).collect();
        let traced =
            study.as_ref().map(|study| origins(&study.system, &study.names.upstream, &all)).unwrap_or_default();
        let question = Question {
            label: label(&self.homework.numbering, 1, &self.question.label),
            text: vec![Inline::Source(self.question.text.clone())],
            notation,
            conventions: head,
            blocks,
            evidence: total.map(|c| evidence(&c, &labels)).unwrap_or_default(),
            parts,
            origins: traced,
        };
        self.asked(study, None, said);
        Ok((question, record))
    }

    fn asked(&mut self, study: Option<Study>, part: Option<usize>, said: Said) {
        let (problem, question) = self.place;
        let goals = said.given.into_iter().map(|(_, goal)| goal).collect();
        self.sheet.asked.extend(study.map(|study| Asked {
            place: (problem, question, part),
            study: study.rested(),
            goals,
        }));
    }

    /// The system of statements; none if there are none, and nothing but text is asked for.
    fn study(&self, statements: &[Statement], base: i64) -> Result<Option<Study>, Diagnostics> {
        let shared = self.question.parts.iter().filter(|part| part.statements.is_empty());
        let mut asked = self.question.answers.iter().chain(shared.flat_map(|part| &part.answers));
        if statements.is_empty() && asked.all(|answer| matches!(answer.kind, AnswerKind::Text(_))) {
            return Ok(None);
        }
        Ok(Some(Study::within(statements, base, &Sizes::default(), self.limits)?.printed(self.printing)))
    }

    /// Answers of one system, or texts where there is none.
    fn answered(
        &mut self,
        study: Option<&mut Study>,
        label: &str,
        answers: &[syntax::Answer],
        said: &mut Said,
        base: i64,
    ) -> Result<Section, Diagnostics> {
        let Some(study) = study else { return Ok(texts(answers)) };
        let mut section = self.section(study, label, answers, &mut said.given, base)?;
        if let Some(goals) = section.spoken.take() {
            said.spoken.get_or_insert_default().extend(goals);
        }
        self.row(label, &section, study);
        Ok(section)
    }

    fn row(&mut self, part: &str, section: &Section, study: &Study) {
        let outcome = match (&section.failure, &section.certificate) {
            (Some(reason), _) => Err(reason.clone()),
            (None, Some(certificate)) => Ok(certificate.clone()),
            (None, None) => return,
        };
        self.sheet.rows.push(Row {
            number: format!("{}.{}{part}", self.problem, self.question.label),
            summary: section.summary.clone().unwrap_or_default(),
            outcome,
            notation: study.system.notation.clone(),
        });
    }
}

fn texts(answers: &[syntax::Answer]) -> Section {
    let mut section = Section::default();
    for answer in answers {
        if let AnswerKind::Text(words) = &answer.kind {
            section.text(words);
        }
    }
    section
}

/// The label as the author's numbering writes it: `(a)` for part a where the numbering says `(a)`.
fn label(numbering: &[String], depth: usize, own: &str) -> String {
    let pattern = numbering.get(depth).map(String::as_str).unwrap_or(if depth == 2 { "(a)" } else { "1" });
    let first = pattern.find(char::is_alphanumeric).unwrap_or(0);
    let last = pattern.rfind(char::is_alphanumeric).map_or(0, |k| k + 1);
    format!("{}{own}{}", &pattern[..first], &pattern[last.max(first)..])
}
