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
mod notebook;
mod number;
mod outline;
mod setting;
mod spoken;
mod symbol;
mod tally;
mod unnumbered;
mod words;

pub(crate) use chain::{letter_and_formula, plain};
pub use document::{Document, Formula, formulas};
pub use entry::{Elsewhere, Entry, Found, Marked};
pub use mapping::Mapping;
pub use notebook::{Places, notebook};
pub use outline::Place;
pub use setting::Detail;
pub use spoken::Spoken;
pub use tally::Cell;
pub use words::Introduction;

use document::document;
use marker::Marker;
use outline::Outline;
use setting::{Setting, systems};
use unnumbered::{Assigned, Unnumbered};

use crate::answer::Names;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::judge::Rejections;
use crate::language::print::{Alphabet, target as target_text};
use crate::language::syntax::{AnswerKind, Homework, Layout, Problem, Question, Target};
use crate::latex::Macros;
use crate::limits::{Limit, Limits};
use crate::reading::Reader;

/// Why the answers of a document were not judged.
#[derive(Clone, Debug)]
pub enum Unjudged {
    /// What is wrong with the homework.
    Homework(Diagnostics),
    /// What is wrong with the mapping.
    Mapping(Diagnostics),
    /// Places that the mapping names and that the document does not have.
    Places(Diagnostics),
    /// What is wrong with the document as a whole.
    Document(Diagnostics),
}

impl From<Diagnostics> for Unjudged {
    fn from(problems: Diagnostics) -> Unjudged {
        Unjudged::Homework(problems)
    }
}

/// A question and what is derived of it, as far as it was needed.
struct Asked<'a> {
    problem: &'a Problem,
    question: &'a Question,
    /// What it asks for: its name with the number, and the target.
    wanted: Vec<(String, Target)>,
    /// The layout in force.
    layout: Layout,
    /// Its systems; none before they are needed.
    settings: Vec<Setting>,
}

/// Judges documents against a homework; what is derived for one serves those after it.
///
/// Invariant: what becomes of a document does not depend on those before.
pub struct Grader<'a> {
    base: i64,
    mapping: &'a Mapping,
    detail: Detail,
    asked: Vec<Asked<'a>>,
    outline: Outline,
    /// What all questions ask for, in order.
    wanted: Vec<(String, Target)>,
    rejections: Option<Rejections>,
    limits: Limits,
}

impl<'a> Grader<'a> {
    /// Lists the questions; nothing is derived yet.
    ///
    /// # Errors
    /// Symbols of the mapping that mean nothing in any question, or what is wrong with the homework.
    pub fn new(homework: &'a Homework, base: i64, mapping: &'a Mapping, detail: Detail) -> Result<Self, Unjudged> {
        let questions = homework.problems.iter().flat_map(|p| p.questions.iter().map(move |q| (p, q)));
        let asked = |(problem, question)| {
            let layout = chain::layout_of(problem, question).or(homework.layout).unwrap_or_default();
            Asked { problem, question, wanted: wanted(problem, question), layout, settings: Vec::new() }
        };
        let asked: Vec<Asked> = questions.map(asked).collect();
        let wanted = asked.iter().flat_map(|asked| asked.wanted.iter().cloned()).collect();
        known_symbols(mapping, &asked, base)?;
        let outline = Outline::of(homework);
        Ok(Grader { base, mapping, detail, asked, outline, wanted, rejections: None, limits: Limits::default() })
    }

    /// The same within other limits.
    pub fn within(self, limits: &Limits) -> Self {
        Grader { limits: *limits, ..self }
    }

    /// The same, with what authors are known to reject: a wrong formula that is such a one is explained in
    /// their words.
    pub fn with_rejections(self, rejections: Rejections) -> Self {
        Grader { rejections: Some(rejections), ..self }
    }

    /// What is asked for, each with its name: `1.1.3(d) dl/dW`.
    pub fn wanted(&self) -> &[(String, Target)] {
        &self.wanted
    }

    /// Judges the formulas of a document.
    ///
    /// # Errors
    /// What is wrong with the homework, the mapping or the document.
    pub fn judge(&mut self, text: &str) -> Result<Marked, Unjudged> {
        let macros = Macros::of(text);
        let document = document(text, &macros, &self.outline);
        let count = document.formulas.len();
        let most = self.limits.of(Limit::Formulas);
        if count > most {
            let message = format!("the document holds {count} formulas, and at most {most} are judged");
            let hint = self.limits.hint(Limit::Formulas, "judge it in parts");
            return Err(Unjudged::Document(vec![Diagnostic::general(message).hint(hint)]));
        }
        let Grader { base, mapping, detail, asked, wanted, rejections, limits, .. } = self;
        let mut marked = Marked::default();
        let names: Vec<String> = wanted.iter().map(|(name, _)| name.clone()).collect();
        let meanings = mapping.meanings(&document.formulas, &names)?;
        let marker = |asked| Marker::new(asked, mapping, &macros, *detail);
        let mut markers: Vec<Marker> = asked.iter_mut().map(marker).collect();
        let assign = |(formula, meaning)| Assigned::new(formula, meaning, wanted, &markers);
        let assigned: Vec<Assigned> = document.formulas.iter().zip(meanings).map(assign).collect();
        let mut left: Vec<&Assigned> = assigned.iter().collect();
        for (number, marker) in markers.iter_mut().enumerate() {
            let mine = |assigned: &&Assigned| assigned.question == Some(number);
            if !left.iter().any(mine) || !marker.prepared(*base, rejections.as_ref(), limits)? {
                continue;
            }
            marker.begin(true, &document.stated);
            left.retain(|one| {
                let entries = if mine(one) { marker.formula(one.formula, one.said) } else { Vec::new() };
                let judged = !entries.is_empty();
                marked.entries.extend(entries);
                !judged
            });
            if *detail == Detail::Full {
                marked.remarks.extend(marker.remarks(&document));
            }
        }
        if left.iter().any(|one| !one.nothing) {
            let mut unnumbered = Unnumbered::default();
            for mut marker in markers {
                if marker.prepared(*base, rejections.as_ref(), limits)? {
                    marker.begin(false, &document.stated);
                    unnumbered.markers.push(marker);
                }
            }
            left.retain(|one| {
                let entries = if one.nothing { Vec::new() } else { unnumbered.formula(one, &marked) };
                let judged = !entries.is_empty();
                marked.entries.extend(entries);
                !judged
            });
        }
        marked.unanswered = names.into_iter().filter(|name| marked.is_open(name)).collect();
        marked.entries.extend(left.into_iter().map(|one| Entry::unasked(one.formula)));
        marked.entries.sort_by_key(|entry| entry.line);
        Ok(marked)
    }
}

/// Letters that the mapping gives a meaning to must mean something in one of the questions.
fn known_symbols(mapping: &Mapping, asked: &[Asked], base: i64) -> Result<(), Unjudged> {
    if mapping.symbols.is_empty() {
        return Ok(());
    }
    let mut known_systems = Vec::new();
    for asked in asked {
        known_systems.extend(
            systems(asked.question, base, &Limits::default())?
                .into_iter()
                .map(|(system, _)| (Names::new(&system), system)),
        );
    }
    let known = |name: &str| known_systems.iter().any(|(names, system)| Reader::new(system, names).has(name));
    let mut unknown: Diagnostics = Vec::new();
    for (_, name, span) in &mapping.symbols {
        if !known(name) {
            let hint = "it is an array, a size, or a derivative such as `dl/dW` or `df/dx`";
            unknown.push(Diagnostic::new(format!("`{name}` is nothing that the homework knows"), *span).hint(hint));
        }
    }
    if unknown.is_empty() { Ok(()) } else { Err(Unjudged::Mapping(unknown)) }
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
            let name = format!("{} {}", problem.number(question, part), target_text(target, Alphabet::Ascii));
            if found.iter().all(|(known, _)| *known != name) {
                found.push((name, target.clone()));
            }
        }
    }
    found
}
