//! A derivation given away step by step.
//!
//! Each answer is laid out alone, as in a solution sheet; a line of its derivation is a step, and
//! whatever else the sheet says of it – the box, the pictures, the words – belongs to its last step.

use super::asked::Asked;
use crate::diagnostic::Diagnostics;
use crate::language::print::{Alphabet, answer as answer_text};
use crate::language::syntax::{Answer, AnswerKind, Homework, Name, Part, Problem, Question};
use crate::limits::Limits;
use crate::verify::Unverified;
use crate::writeup::document::{self, Block, Document, Inline, Prose};
use crate::writeup::outline::Style;
use crate::writeup::sheet::sheet_within;

/// One step.
#[derive(Clone, Debug)]
pub struct Hint {
    /// The number of the step, from 1 on; 0 is the idea alone.
    pub step: usize,
    /// How many steps there are.
    pub of: usize,
    /// The page that shows it.
    pub document: Document,
}

/// Why there is no hint.
#[derive(Clone, Debug)]
pub enum Unhinted {
    /// What is wrong with the question.
    Refused(Diagnostics),
    /// The answer did not pass verification.
    Unverified(Unverified),
    /// The answer is the author's text, in which there are no steps.
    NoSteps,
    /// There are only so many steps.
    Beyond(usize),
}

/// A step of one of the answers of a question.
struct Step {
    /// What is derived: `dl/dW`.
    of: String,
    /// How names print there.
    notation: Vec<(Name, String)>,
    blocks: Vec<Block>,
}

/// The step with a number, of the derivations of some answers of a place, one after the other. Step 0
/// is the first without its formula.
///
/// # Errors
/// Why there is none.
pub fn hint(
    homework: &Homework,
    base: i64,
    (place, answers): (Asked, &[Answer]),
    number: usize,
    style: Style,
    limits: &Limits,
) -> Result<Hint, Unhinted> {
    let mut steps = Vec::new();
    for answer in answers.iter().filter(|a| !matches!(a.kind, AnswerKind::Text(_))) {
        steps.extend(steps_of(homework, base, (place, answer), style, limits)?);
    }
    let of = steps.len();
    if steps.is_empty() {
        return Err(Unhinted::NoSteps);
    }
    if number > of {
        return Err(Unhinted::Beyond(of));
    }
    let step = steps.swap_remove(number.max(1) - 1);
    let title = match number {
        0 => format!("{} {}: the idea ({of} steps)", place.name(), step.of),
        _ => format!("{} {}: step {number} of {of}", place.name(), step.of),
    };
    let blocks = if number == 0 { idea(&step.blocks) } else { step.blocks };
    let question = document::Question {
        text: vec![Inline::Text(title)],
        notation: step.notation,
        blocks,
        ..document::Question::default()
    };
    let problem = document::Problem { questions: vec![question], ..document::Problem::default() };
    Ok(Hint { step: number, of, document: Document { problems: vec![problem], ..Document::default() } })
}

/// The reason of a step in words, without the line.
fn idea(blocks: &[Block]) -> Vec<Block> {
    let reason = blocks.iter().find_map(|block| match block {
        Block::Derivation { lines, .. } => lines.first().map(|line| line.reason.clone()),
        _ => None,
    });
    let words: Prose = match reason {
        Some(reason) if !reason.is_empty() => reason,
        _ => vec![Inline::Text("It follows from the definition at once.".into())],
    };
    vec![Block::Paragraph(words)]
}

/// The steps of one answer, which is laid out as if nothing else were asked for.
fn steps_of(
    homework: &Homework,
    base: i64,
    (place, answer): (Asked, &Answer),
    style: Style,
    limits: &Limits,
) -> Result<Vec<Step>, Unhinted> {
    let done = sheet_within(&alone(homework, place, answer), base, style, limits).map_err(Unhinted::Refused)?;
    if let Some(unverified) = done.unverified.into_iter().next() {
        return Err(Unhinted::Unverified(unverified));
    }
    let questions = done.document.problems.into_iter().flat_map(|problem| problem.questions);
    let mut steps = Vec::new();
    for question in questions {
        let of = answer_text(answer, Alphabet::Ascii);
        let blocks = question.blocks.into_iter().chain(question.parts.into_iter().flat_map(|part| part.blocks));
        let blocks = split(blocks.collect());
        steps.extend(blocks.into_iter().map(|blocks| Step {
            of: of.clone(),
            notation: question.notation.clone(),
            blocks,
        }));
    }
    Ok(steps)
}

/// The homework with one answer left in it.
fn alone(homework: &Homework, place: Asked, answer: &Answer) -> Homework {
    let answers = vec![answer.clone()];
    let (own, parts) = match place.part {
        None => (answers, Vec::new()),
        Some(part) => (Vec::new(), vec![Part { answers, ..part.clone() }]),
    };
    let question = Question { answers: own, parts, ..place.question.clone() };
    let problem = Problem { questions: vec![question], ..place.problem.clone() };
    Homework { problems: vec![problem], ..homework.clone() }
}

/// The blocks of an answer, dealt out to its steps.
fn split(blocks: Vec<Block>) -> Vec<Vec<Block>> {
    let mut steps: Vec<Vec<Block>> = Vec::new();
    let (mut before, mut kept): (Vec<Block>, Vec<Block>) = (Vec::new(), Vec::new());
    let derived = blocks.iter().any(|block| matches!(block, Block::Derivation { folded: None, .. }));
    for block in blocks {
        match block {
            Block::Derivation { left, lines, folded: None } => {
                for line in lines {
                    let line = Block::Derivation { left: left.clone(), lines: vec![line], folded: None };
                    steps.push(before.drain(..).chain([line]).collect());
                }
            }
            Block::Boxed { .. } => {
                if let Some(last) = steps.last_mut() {
                    last.append(&mut kept);
                }
                kept.push(block);
            }
            Block::Paragraph(_) if derived && steps.is_empty() => before.push(block),
            other => kept.push(other),
        }
    }
    kept.splice(..0, before);
    match steps.last_mut() {
        Some(last) => last.append(&mut kept),
        None if kept.is_empty() => {}
        None => steps.push(kept),
    }
    steps
}
