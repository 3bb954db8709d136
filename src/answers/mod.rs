//! The answers of a document, judged against the questions of a homework.
//!
//! Each formula is matched with a question by the numbers around it, or else by its left side, read,
//! and judged in the reading that fits. What cannot be read is an error at its place and not a wrong
//! answer; what is asked for and not found is listed.

mod chain;
mod document;
mod entry;
mod mapping;
mod marker;
mod spoken;
mod symbol;
mod words;

pub(crate) use chain::{letter_and_formula, plain};
pub use document::{Document, Formula, Place, document};
pub use entry::{Elsewhere, Entry, Found, Marked};
pub use mapping::Mapping;
pub use spoken::Spoken;
pub use words::Introduction;

use mapping::Meaning;
use marker::Marker;

use crate::answer::Names;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::language::print::{Alphabet, target as target_text};
use crate::language::syntax::{AnswerKind, Expr, Homework, Name, Problem, Question, Target};
use crate::latex::Macros;
use crate::model::{Sizes, System, elaborate, specialise};
use crate::reading::Reader;
use std::cell::OnceCell;

/// How many formulas of one document are judged.
const MOST_FORMULAS: usize = 2_000;

/// Why the answers of a document were not judged.
#[derive(Clone, Debug)]
pub enum Unjudged {
    /// What is wrong with the homework, or with the document as a whole.
    Homework(Diagnostics),
    /// What is wrong with the mapping.
    Mapping(Diagnostics),
}

impl From<Diagnostics> for Unjudged {
    fn from(problems: Diagnostics) -> Unjudged {
        Unjudged::Homework(problems)
    }
}

/// Judges the formulas of a document against a homework.
///
/// # Errors
/// What is wrong with the homework, or with the mapping.
pub fn judge_answers(text: &str, homework: &Homework, base: i64, mapping: &Mapping) -> Result<Marked, Unjudged> {
    let macros = Macros::of(text);
    let Document { formulas: found, introduced, spoken, stated } = document(text, &macros);
    if found.len() > MOST_FORMULAS {
        let message = format!("the document holds {} formulas, and at most {MOST_FORMULAS} are judged", found.len());
        return Err(vec![Diagnostic::general(message).hint("judge it in parts")].into());
    }
    let mut marked = Marked::default();
    let asked: Vec<(&Problem, &Question)> =
        homework.problems.iter().flat_map(|p| p.questions.iter().map(move |q| (p, q))).collect();
    let all: Vec<(String, Target)> = asked.iter().flat_map(|(p, q)| wanted(p, q)).collect();
    let names: Vec<String> = all.iter().map(|(name, _)| name.clone()).collect();
    let meanings = mapping.meanings(&found, &names).map_err(Unjudged::Mapping)?;
    known_symbols(mapping, &asked, base)?;
    let mut taken: Vec<bool> = meanings.iter().map(|meaning| matches!(meaning, Some(Meaning::Nothing))).collect();
    let mut judged = vec![false; found.len()];
    let answered = |k: usize| match &meanings[k] {
        Some(Meaning::Answer(name)) => all.iter().find(|(known, _)| known == name),
        _ => None,
    };
    let kept: Vec<OnceCell<Vec<Setting>>> = asked.iter().map(|_| OnceCell::new()).collect();
    let mut markers: Vec<Option<Marker>> = asked.iter().map(|_| None).collect();
    for numbered in [true, false] {
        for (place, (problem, question)) in asked.iter().enumerate() {
            let names: Vec<String> = wanted(problem, question).into_iter().map(|(name, _)| name).collect();
            let here = |k: usize| match answered(k) {
                Some((name, _)) => names.contains(name),
                None => !numbered || stands(&found[k].place, problem, question),
            };
            let mine: Vec<usize> = (0..found.len()).filter(|k| !taken[*k] && here(*k)).collect();
            if mine.is_empty() {
                continue;
            }
            let marker = match &mut markers[place] {
                Some(marker) => marker,
                new => {
                    let settings = settings(question, base)?;
                    if settings.is_empty() {
                        continue;
                    }
                    new.insert({
                        let settings = kept[place].get_or_init(|| settings);
                        let mut marker = Marker::new(problem, question, settings, mapping, &macros)?;
                        marker.layout = chain::layout_of(problem, question).or(homework.layout).unwrap_or_default();
                        let anywhere = |f: &&Formula| f.place.question.is_none() || stands(&f.place, problem, question);
                        stated.iter().filter(anywhere).for_each(|formula| marker.introduce(formula));
                        marker
                    })
                }
            };
            marker.begin(numbered);
            for k in mine {
                let entries = marker.formula(&found[k], answered(k));
                judged[k] |= !entries.is_empty();
                taken[k] |= judged[k];
                marked.entries.extend(entries);
            }
            if numbered {
                let here: Vec<&Introduction> =
                    introduced.iter().filter(|i| stands(&i.place, problem, question)).collect();
                marked.remarks.extend(marker.remarks(&here));
                let said: Vec<&Spoken> = spoken.iter().filter(|s| stands(&s.place, problem, question)).collect();
                let question = number(problem, question, None);
                let said = marker.said(&said).into_iter();
                marked.remarks.extend(said.map(|(line, words)| (line, question.clone(), words)));
            }
        }
    }
    for ((problem, question), marker) in asked.iter().zip(&markers) {
        let answered = |name: &String| marker.as_ref().is_some_and(|marker| marker.answered.contains(name));
        let names = wanted(problem, question).into_iter().map(|(name, _)| name);
        marked.unanswered.extend(names.filter(|name| !answered(name)));
    }
    let left = found.iter().zip(judged).filter(|(_, judged)| !judged).map(|(f, _)| Entry {
        line: f.line,
        question: String::new(),
        formula: f.text.clone(),
        found: Found::Unasked,
    });
    marked.entries.extend(left);
    marked.entries.sort_by_key(|entry| entry.line);
    Ok(marked)
}

/// Letters that the mapping gives a meaning to must mean something in one of the questions.
fn known_symbols(mapping: &Mapping, asked: &[(&Problem, &Question)], base: i64) -> Result<(), Unjudged> {
    if mapping.symbols.is_empty() {
        return Ok(());
    }
    let mut systems = Vec::new();
    for (_, question) in asked {
        systems
            .extend(settings(question, base)?.into_iter().map(|Setting { system, .. }| (Names::new(&system), system)));
    }
    let known = |name: &str| systems.iter().any(|(names, system)| Reader::new(system, names).has(name));
    let mut unknown: Diagnostics = Vec::new();
    for (_, name, span) in &mapping.symbols {
        if !known(name) {
            let hint = "it is an array, a size, or a derivative such as `dl/dW` or `df/dx`";
            unknown.push(Diagnostic::new(format!("`{name}` is nothing that the homework knows"), *span).hint(hint));
        }
    }
    if unknown.is_empty() { Ok(()) } else { Err(Unjudged::Mapping(unknown)) }
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
        if let AnswerKind::Derive(target, _) | AnswerKind::Matrix(target, _) | AnswerKind::Given(target, _) =
            &answer.kind
        {
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

/// A question as it stands, then the systems that parts have of their own, then with the sizes that its answers set equal.
fn settings(question: &Question, base: i64) -> Result<Vec<Setting>, Diagnostics> {
    let mut found = Vec::new();
    if !question.statements.is_empty() {
        let system = elaborate(&question.statements, base, &Sizes::default())?;
        found.push(Setting { system, by: Vec::new() });
    }
    for part in question.parts.iter().filter(|part| !part.statements.is_empty()) {
        found.push(Setting { system: elaborate(&part.statements, base, &Sizes::default())?, by: Vec::new() });
    }
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
