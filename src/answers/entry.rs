//! What became of a formula, and how it is said.

use super::document::Formula;
use crate::diagnostic::Diagnostic;
use crate::integer::Truth;
use crate::judge::{Cells, Difference, Right, Verdict};
use crate::language::syntax::Target;
use crate::reading::Mark;

/// What became of one formula, or of one `=` in it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The line in the document.
    pub line: usize,
    /// `1.1.3(d)`
    pub question: String,
    /// The formula as written.
    pub formula: String,
    /// What it answers, of what is asked for: `1.1.3(d) dl/dW`.
    pub answers: Vec<String>,
    /// What was found.
    pub found: Found,
}

/// What was found of a formula.
#[derive(Clone, Debug)]
pub enum Found {
    /// It was judged.
    Judged {
        /// What it says something of.
        target: Target,
        /// The verdict and the reading.
        mark: Box<Mark>,
        /// What is right, where it is not.
        right: Option<Right>,
        /// The entries of a wrong Jacobian.
        cells: Option<Cells>,
        /// Which `=` of a chain it is: `the second = is the first that is wrong`.
        link: Option<String>,
    },
    /// The author names something; `unknown` are the letters that nothing defines.
    Definition {
        /// Letters used that are neither declared nor defined before.
        unknown: Vec<String>,
        /// Whether the members of the chain are equal, where that could be found out.
        chain: Truth,
        /// The axis of the answer that it is the length of: `axis 3 of f`.
        axis: Option<String>,
        /// Where the symbol has another value.
        elsewhere: Option<Elsewhere>,
        /// What it says with the sizes that the question sets equal: `P = P + P`.
        set: Option<String>,
    },
    /// A shape with letters that nothing defines.
    Placeholder {
        /// What it says something of.
        target: Target,
        /// The letters.
        unknown: Vec<String>,
        /// What is right.
        right: Option<Right>,
    },
    /// It cannot be read: why, and where in the document.
    Unreadable(Diagnostic),
    /// No question asks for it.
    Unasked,
}

/// Where a symbol has another value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Elsewhere {
    /// In the question.
    Question,
    /// In that line of the document.
    Line(usize),
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

impl Found {
    /// What is said something of, if it is something that can be asked for.
    pub fn target(&self) -> Option<&Target> {
        match self {
            Found::Judged { target, .. } | Found::Placeholder { target, .. } => Some(target),
            Found::Definition { .. } | Found::Unreadable(_) | Found::Unasked => None,
        }
    }
}

impl Marked {
    /// Whether nothing answers something that is asked for.
    pub(super) fn is_open(&self, name: &String) -> bool {
        !self.entries.iter().any(|entry| entry.answers.contains(name))
    }
}

impl Entry {
    /// A formula that no question asks for.
    pub(super) fn unasked(formula: &Formula) -> Entry {
        let (line, formula) = (formula.line, formula.text.clone());
        Entry { line, question: String::new(), formula, answers: Vec::new(), found: Found::Unasked }
    }

    /// Whether it speaks of an array of another number of axes.
    pub(super) fn has_other_axes(&self) -> bool {
        let Found::Judged { mark, .. } = &self.found else { return false };
        let Verdict::Refuted(found) = &mark.judgement.verdict else { return false };
        matches!(&found.difference, Difference::Shapes { claimed, right } if claimed.len() != right.len())
    }

    /// The verdict in a word: `proved`, `refuted`, `undecided`, `definition`, `unreadable`, `not asked`.
    pub fn verdict(&self) -> &'static str {
        match &self.found {
            Found::Judged { mark, .. } => match mark.judgement.verdict {
                Verdict::Proved => "proved",
                Verdict::Refuted(_) => "refuted",
                Verdict::Undecided { .. } => "undecided",
            },
            Found::Placeholder { .. } => "refuted",
            Found::Definition { unknown, chain, .. } if unknown.is_empty() && *chain != Truth::No => "definition",
            Found::Definition { .. } => "refuted",
            Found::Unreadable(_) => "unreadable",
            Found::Unasked => "not asked",
        }
    }

    /// Why, a sentence each; with `solutions` those that tell what would be right.
    pub fn reasons(&self, solutions: bool) -> Vec<String> {
        let mut lines = Vec::new();
        match &self.found {
            Found::Judged { mark, link, .. } => {
                lines.extend(link.clone());
                judged(mark, solutions, &mut lines);
            }
            Found::Placeholder { unknown, .. } => lines.push(undefined(unknown)),
            Found::Definition { unknown, chain, axis, elsewhere, set } => {
                lines.extend(axis.as_ref().map(|axis| format!("this is the length of {axis}")));
                if !unknown.is_empty() {
                    lines.push(undefined(unknown));
                }
                if *chain == Truth::No {
                    lines.push(match (elsewhere, set) {
                        (Some(Elsewhere::Question), _) => "the question gives this symbol another value".into(),
                        (Some(Elsewhere::Line(line)), _) => {
                            format!("the symbol is redefined: in line {line} it has another value")
                        }
                        (None, Some(set)) => format!("with the sizes that the question sets equal it says {set}"),
                        (None, None) => "the sides are not equal".into(),
                    });
                }
            }
            Found::Unreadable(problem) => {
                lines.push(problem.message.clone());
                lines.extend(problem.hint.clone());
            }
            Found::Unasked => {}
        }
        lines
    }

    /// What would be right, where the formula is not.
    pub fn right(&self) -> Option<&Right> {
        match &self.found {
            Found::Judged { right, .. } | Found::Placeholder { right, .. } => right.as_ref(),
            _ => None,
        }
    }

    /// Of a wrong `=` in a chain, which it is.
    pub fn link(&self) -> Option<&str> {
        match &self.found {
            Found::Judged { link, .. } => link.as_deref(),
            _ => None,
        }
    }

    /// The entries of a wrong Jacobian.
    pub fn cells(&self) -> Option<&Cells> {
        match &self.found {
            Found::Judged { cells, .. } => cells.as_ref(),
            _ => None,
        }
    }
}

fn judged(mark: &Mark, solutions: bool, lines: &mut Vec<String>) {
    let reasons = || mark.judgement.reasons.iter().cloned();
    if !mark.reading.is_empty() {
        lines.push(format!("read with {}", mark.reading));
    }
    match &mark.judgement.verdict {
        Verdict::Proved => lines.extend(reasons()),
        Verdict::Undecided { tried } => {
            lines.push(format!("agrees at all {tried} entries tried, not proved"));
            lines.extend(reasons());
        }
        Verdict::Refuted(found) if solutions => {
            lines.push(found.to_string());
            lines.extend(reasons());
            lines.extend(mark.judgement.slip.as_ref().map(|slip| format!("slip: {slip}")));
            lines.extend(mark.other.as_ref().map(|other| format!("with {other} it would be right")));
        }
        Verdict::Refuted(found) => {
            lines.push(found.without_solution());
            lines.extend(mark.judgement.slip.as_ref().map(|slip| format!("slip: {}", slip.name)));
        }
    }
}

fn undefined(unknown: &[String]) -> String {
    format!("used and never defined: {}", unknown.join(", "))
}
