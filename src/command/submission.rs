//! One document among many: read and judged by whichever worker takes it.

use super::folder::ends;
use super::input::{Complaint, text_of};
use super::report::Source;
use backprose::answers::{Cell, Grader, Marked, Unjudged, notebook};
use backprose::diagnostic::Diagnostics;
use backprose::limits::Limits;
use std::path::Path;

/// The endings of documents in a folder. The last ones are no text; they are not passed over, so that
/// nobody's work is.
pub const DOCUMENTS: &[&str] = &["md", "markdown", "tex", "ipynb", "pdf", "doc", "docx", "odt"];
const FOREIGN: &[&str] = &["pdf", "doc", "docx", "odt"];

/// What came of a document.
pub struct Outcome {
    /// What it is called.
    pub name: String,
    /// The report on it, and what is counted; or why there is none.
    pub result: Result<Graded, Trouble>,
}

/// The report on a document, and what is counted.
pub struct Graded {
    /// What is printed of it.
    pub report: String,
    /// How many formulas have each verdict.
    pub counts: Counts,
    /// What became of each thing asked for.
    pub cells: Vec<Cell>,
}

/// Why there is no report on a document.
pub enum Trouble {
    /// It cannot be read.
    Unread(Complaint),
    /// It was not judged.
    Unjudged(Unjudged),
    /// The report could not be made.
    Unreported(Complaint),
}

/// How many formulas have each verdict.
#[derive(Clone, Copy, Default)]
pub struct Counts {
    pub proved: usize,
    pub refuted: usize,
    pub undecided: usize,
    pub unreadable: usize,
    pub unanswered: usize,
    pub unasked: usize,
}

impl Counts {
    fn of(marked: &Marked) -> Counts {
        let count = |word: &str| marked.entries.iter().filter(|entry| entry.verdict() == word).count();
        Counts {
            proved: count("proved"),
            refuted: count("refuted"),
            undecided: count("undecided"),
            unreadable: count("unreadable"),
            unanswered: marked.unanswered.len(),
            unasked: count("not asked"),
        }
    }

    /// Counts those of another document too.
    pub fn add(&mut self, other: Counts) {
        self.proved += other.proved;
        self.refuted += other.refuted;
        self.undecided += other.undecided;
        self.unreadable += other.unreadable;
        self.unanswered += other.unanswered;
        self.unasked += other.unasked;
    }
}

/// Reads and judges a document; `report` says what is printed of it.
pub fn graded(
    grader: &mut Result<Grader, Unjudged>,
    (path, limits): (&Path, &Limits),
    report: &dyn Fn(&Source, &Marked) -> Result<String, Complaint>,
) -> Outcome {
    let name = path.display().to_string();
    let in_time = match limits.expired() {
        true => Err(Trouble::Unread((format!("{name} is not finished: the time ran out"), None))),
        false => document(path, limits).map_err(Trouble::Unread),
    };
    let result = in_time.and_then(|document| {
        let grader = grader.as_mut().map_err(|wrong| Trouble::Unjudged(wrong.clone()))?;
        let marked = grader.judge(&document.text).map_err(Trouble::Unjudged)?;
        let report = report(&document, &marked).map_err(Trouble::Unreported)?;
        Ok(Graded { report, counts: Counts::of(&marked), cells: marked.cells(grader.wanted()) })
    });
    Outcome { name, result }
}

/// The text of a document; of a notebook, what is written in it.
fn document(path: &Path, limits: &Limits) -> Result<Source, Complaint> {
    let source = text_of(path, limits).map_err(|(message, hint)| {
        let foreign = hint.is_some() || ends(path, FOREIGN);
        (message, foreign.then(|| "documents are Markdown, LaTeX or notebooks: .md, .tex, .ipynb".into()))
    })?;
    match ends(path, &["ipynb"]) {
        true => {
            let (text, _) = notebook(&source.text).map_err(|problems| unread(&source.name, problems))?;
            Ok(Source { text, ..source })
        }
        false => Ok(source),
    }
}

/// What keeps a file from being a notebook.
fn unread(name: &str, problems: Diagnostics) -> Complaint {
    let problem = problems.into_iter().next();
    let label = problem.iter().flat_map(|problem| &problem.places).find(|(_, label)| !label.is_empty());
    let why = label.map_or(String::new(), |(_, label)| format!(": {label}"));
    (format!("{name} is no notebook{why}"), problem.and_then(|problem| problem.hint))
}
