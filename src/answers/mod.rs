//! The answers of a document, judged against the questions of a homework.
//!
//! Each formula is matched with a question by the numbers around it, or else by its left side, read,
//! and judged in the reading that fits. What cannot be read is an error at its place and not a wrong
//! answer; what is asked for and not found is listed.

mod document;
mod marker;
mod words;

pub use document::{Formula, Place, formulas};
pub use words::Introduction;

use marker::Marker;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::integer::Truth;
use crate::language::print::{Alphabet, target as target_text};
use crate::language::syntax::{AnswerKind, Expr, Homework, Name, Problem, Question, Target};
use crate::model::{Sizes, System, elaborate, specialise};
use crate::reading::Mark;
use std::cell::OnceCell;

/// What became of one formula, or of one `=` in it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The line in the document.
    pub line: usize,
    /// `1.1.3(d)`
    pub question: String,
    /// The formula as written.
    pub formula: String,
    /// What was found.
    pub found: Found,
}

/// What was found of a formula.
#[derive(Clone, Debug)]
pub enum Found {
    /// It was judged.
    Judged {
        /// The verdict and the reading.
        mark: Box<Mark>,
        /// What is right, where it is not.
        right: Option<String>,
    },
    /// The author names something; `unknown` are the letters that nothing defines.
    Definition {
        /// Letters used that are neither declared nor defined before.
        unknown: Vec<String>,
        /// Whether the members of the chain are equal, where that could be found out.
        chain: Truth,
        /// The axis of the answer that it is the length of: `axis 3 of f`.
        axis: Option<String>,
        /// What it says with the sizes that the question sets equal: `P = P + P`.
        set: Option<String>,
    },
    /// A shape with letters that nothing defines.
    Placeholder {
        /// The letters.
        unknown: Vec<String>,
        /// What is right.
        right: Option<String>,
    },
    /// It cannot be read: why, and where in the document.
    Unreadable(Diagnostic),
    /// No question asks for it.
    Unasked,
}

/// The judged answers of a document.
#[derive(Clone, Debug, Default)]
pub struct Marked {
    /// One entry a formula, in order.
    pub entries: Vec<Entry>,
    /// What is asked for and was not found: `1.1.3(d) dl/dW`.
    pub unanswered: Vec<String>,
    /// What is odd about the author's symbols: the line, the question, and the words.
    pub remarks: Vec<(usize, String, String)>,
}

/// How many formulas of one document are judged.
const MOST_FORMULAS: usize = 2_000;

/// Judges the formulas of a document against a homework.
///
/// # Errors
/// What is wrong with the homework.
pub fn judge_answers(text: &str, homework: &Homework, base: i64) -> Result<Marked, Diagnostics> {
    let (found, introduced) = formulas(text);
    if found.len() > MOST_FORMULAS {
        let message = format!("the document holds {} formulas, and at most {MOST_FORMULAS} are judged", found.len());
        return Err(vec![Diagnostic::general(message).hint("judge it in parts")]);
    }
    let mut marked = Marked::default();
    let mut taken = vec![false; found.len()];
    let asked: Vec<(&Problem, &Question)> =
        homework.problems.iter().flat_map(|p| p.questions.iter().map(move |q| (p, q))).collect();
    let kept: Vec<OnceCell<Vec<Setting>>> = asked.iter().map(|_| OnceCell::new()).collect();
    let mut markers: Vec<Option<Marker>> = asked.iter().map(|_| None).collect();
    for numbered in [true, false] {
        for (place, (problem, question)) in asked.iter().enumerate() {
            let here = |f: &Formula| !numbered || stands(&f.place, problem, question);
            let mine: Vec<usize> = (0..found.len()).filter(|k| !taken[*k] && here(&found[*k])).collect();
            if mine.is_empty() {
                continue;
            }
            let marker = match &mut markers[place] {
                Some(marker) => marker,
                new => {
                    let settings = settings(question, base)?;
                    new.insert(Marker::new(problem, question, kept[place].get_or_init(|| settings))?)
                }
            };
            marker.begin(numbered);
            for k in mine {
                let entries = marker.formula(&found[k]);
                taken[k] |= !entries.is_empty();
                marked.entries.extend(entries);
            }
            if numbered {
                let here: Vec<&Introduction> =
                    introduced.iter().filter(|i| stands(&i.place, problem, question)).collect();
                marked.remarks.extend(marker.remarks(&here));
            }
        }
    }
    for ((problem, question), marker) in asked.iter().zip(&markers) {
        let answered = |name: &String| marker.as_ref().is_some_and(|marker| marker.answered.contains(name));
        let names = wanted(problem, question).into_iter().map(|(name, _)| name);
        marked.unanswered.extend(names.filter(|name| !answered(name)));
    }
    let left = found.iter().zip(taken).filter(|(_, taken)| !taken).map(|(f, _)| Entry {
        line: f.line,
        question: String::new(),
        formula: f.text.clone(),
        found: Found::Unasked,
    });
    marked.entries.extend(left);
    marked.entries.sort_by_key(|entry| entry.line);
    Ok(marked)
}

fn stands(place: &Place, problem: &Problem, question: &Question) -> bool {
    place.problem.as_ref().is_none_or(|label| *label == problem.label)
        && place.question.as_ref() == Some(&question.label)
}

fn number(problem: &Problem, question: &Question, part: Option<&str>) -> String {
    let part = part.map_or(String::new(), |part| format!("({part})"));
    format!("{}.{}{part}", problem.label, question.label)
}

/// What a question asks for: its name with the number, and the target.
fn wanted(problem: &Problem, question: &Question) -> Vec<(String, Target)> {
    let own = question.answers.iter().map(|a| (None, a));
    let parts = question.parts.iter().flat_map(|p| p.answers.iter().map(move |a| (Some(p.label.as_str()), a)));
    let mut found: Vec<(String, Target)> = Vec::new();
    for (part, answer) in own.chain(parts) {
        if let AnswerKind::Derive(target, _) = &answer.kind {
            let name = format!("{} {}", number(problem, question, part), target_text(target, Alphabet::Ascii));
            if found.iter().all(|(known, _)| *known != name) {
                found.push((name, target.clone()));
            }
        }
    }
    found
}

/// A question's system with some of its sizes set equal.
pub(super) struct Setting {
    pub system: System,
    /// What each size is set to.
    pub by: Vec<(Name, Expr)>,
}

/// A question as it stands, then with the sizes that its answers set equal.
fn settings(question: &Question, base: i64) -> Result<Vec<Setting>, Diagnostics> {
    let plain = elaborate(&question.statements, base, &Sizes::default())?;
    let mut found = vec![Setting { system: plain, by: Vec::new() }];
    let answers = question.answers.iter().chain(question.parts.iter().flat_map(|p| &p.answers));
    for answer in answers {
        if let AnswerKind::Derive(_, by) = &answer.kind
            && !by.is_empty()
        {
            let system = elaborate(&specialise(&question.statements, by), base, &Sizes::default())?;
            found.push(Setting { system, by: by.clone() });
        }
    }
    Ok(found)
}
