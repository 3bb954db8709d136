//! The answers of one system, by themselves.

use super::{merge, missing};
use crate::answer::goal_name;
use crate::derivation::Goal;
use crate::study::{NoAnswer, Study};
use crate::verify::{Certificate, Unverified};
use crate::writeup::conventions::{conventions, definitions};
use crate::writeup::document::{Block, Document, Problem, Prose, Question};
use crate::writeup::evidence::evidence;
use crate::writeup::origin::origins;
use crate::writeup::outline::{self, Level};
use crate::writeup::reason::text;
use crate::writeup::{matrix_answer, operation, shape};

/// The answers of one system as a document without title: for `derive`.
///
/// # Errors
/// If one cannot be derived or does not pass verification.
pub fn answers(study: &mut Study, goals: &[Goal], about: &str, level: Level) -> Result<Document, NoAnswer> {
    let mut blocks = definitions(study, goals.iter(), false);
    let (mut total, mut said) = (None, Vec::new());
    for (k, goal) in goals.iter().enumerate() {
        let answered = answered(study, goal, level, &mut said);
        if study.out_of_time(&goals[k..]) {
            break;
        }
        let (more, certificate) = answered?;
        total = merge(total, &Some(certificate));
        blocks.extend(more);
    }
    blocks.extend(study.open().iter().map(|goal| missing(&Unverified::unfinished(goal_name(goal)))));
    let traced = origins(&study.system, &study.names.upstream, &blocks.iter().collect::<Vec<_>>());
    let question = Question {
        text: vec![text(about)],
        origins: traced,
        notation: study.system.notation.clone(),
        conventions: conventions(study, goals.iter()),
        blocks,
        evidence: total.map(|c| evidence(&c, &[])).unwrap_or_default(),
        ..Question::default()
    };
    Ok(Document { problems: vec![Problem { questions: vec![question], ..Problem::default() }], ..Document::default() })
}

/// What is said of one goal, and how that was verified.
fn answered(
    study: &mut Study,
    goal: &Goal,
    level: Level,
    said: &mut Vec<Prose>,
) -> Result<(Vec<Block>, Certificate), NoAnswer> {
    let (answer, mut certificate) = study.answer(goal)?;
    let mut blocks = vec![outline::boxed(&study.system, &study.names, &answer)];
    if let Goal::Value { output } = goal {
        let (found, more) = study.shape(output)?;
        certificate = certificate.and(&more);
        if level != Level::Answer {
            blocks.extend(shape::derivation(&study.system, &found));
        }
    }
    let by = answer.shortcut.as_ref().map(|_| "the Jacobian above");
    blocks.extend(outline::derivation(&study.system, &study.names, &answer, level, by));
    if let Some(Ok(form)) = study.layout().map(|layout| study.matrix(&answer, layout)) {
        blocks.extend(matrix_answer::blocks(&study.system, &study.names, &answer, &form, said));
    }
    if let Some(found) = study.operation(&answer) {
        let prose = operation::describe(&study.system, &study.names, &answer, &found);
        blocks.extend((!prose.is_empty()).then_some(Block::Paragraph(prose)));
    }
    Ok((blocks, certificate))
}
