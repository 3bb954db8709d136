//! The formulas of a paper under test: comments say what a displayed formula claims, and it is judged
//! against what is derived.
//!
//! A mark stands in a comment of LaTeX, Markdown or a notebook's Markdown cell and is for the next
//! formula, or for the lines of a formula that follow it. Invariant: a mark that cannot be used is
//! an error at its place, never passed over.

mod formula;
mod mark;
mod source;

pub use formula::Judged;
pub use mark::{Mark, Pledge};
pub use source::SIGN;

use crate::answers::{Formula, Places, formulas, notebook};
use crate::diagnostic::{Diagnostic, Diagnostics, Span};
use crate::language::print::{Alphabet, target as target_text};
use crate::language::syntax::{Name, Statement};
use crate::latex::{self, Macros};
use crate::limits::{Limit, Limits};
use crate::model::{System, elaborate_within};
use crate::reading::Symbol;
use formula::{Bench, Part};

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// LaTeX: marks stand behind `%`.
    Latex,
    /// Markdown: marks stand in `<!-- -->`, or behind a `%` at the head of a line.
    Markdown,
    /// A notebook: its Markdown cells.
    Notebook,
}

impl Kind {
    /// The endings of documents' names.
    pub const ENDINGS: &[&str] = &["tex", "md", "ipynb"];

    /// The kind that the ending of a name says.
    pub fn of(ending: &str) -> Option<Kind> {
        match ending.to_ascii_lowercase().as_str() {
            "tex" => Some(Kind::Latex),
            "md" => Some(Kind::Markdown),
            "ipynb" => Some(Kind::Notebook),
            _ => None,
        }
    }
}

/// What formulas are about: a layer, or a file of statements.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Its statements, layer calls written out.
    pub statements: Vec<Statement>,
    /// The number from which its indices count.
    pub base: i64,
}

/// A document and its marks.
#[derive(Debug)]
pub struct Paper {
    /// The text, comments and code blank.
    text: String,
    places: Places,
    marks: Vec<Result<Mark, Diagnostics>>,
    limits: Limits,
}

/// What became of a mark, or of one `=` of its formula.
#[derive(Debug)]
pub struct Entry {
    /// Where the formula stands in the file; the mark, where that is at fault.
    pub span: Span,
    /// What the formula is for: `dl/dW`; empty if the mark could not be read.
    pub name: String,
    /// What it is about: `conv1d`.
    pub subject: String,
    /// The verdict, or what is wrong with the mark or the formula, at places in the file.
    pub found: Result<Box<Judged>, Diagnostics>,
}

impl Paper {
    /// Reads a document.
    ///
    /// # Errors
    /// If it is none, or holds too many marks.
    pub fn read(file: &str, kind: Kind) -> Result<Paper, Diagnostics> {
        Paper::within(file, kind, &Limits::default())
    }

    /// The same within other limits, which hold for judging it too.
    ///
    /// # Errors
    /// As [`Paper::read`].
    pub fn within(file: &str, kind: Kind, limits: &Limits) -> Result<Paper, Diagnostics> {
        let (text, places) = match kind {
            Kind::Notebook => notebook(file)?,
            Kind::Latex | Kind::Markdown => (file.to_string(), Places::default()),
        };
        let source = source::source(&text, kind);
        let most = limits.of(Limit::Marks);
        if source.marks.len() > most {
            let message = format!("the document has {} marks, and at most {most} are judged", source.marks.len());
            return Err(vec![Diagnostic::general(message).hint(limits.hint(Limit::Marks, "judge it in parts"))]);
        }
        let read = |(whole, words): &(Span, Span)| mark::mark(&text[words.start..words.end], words.start, *whole);
        let marks = source.marks.iter().map(read).collect();
        Ok(Paper { text: source.text, places, marks, limits: *limits })
    }

    /// Whether there is any mark.
    pub fn is_marked(&self) -> bool {
        !self.marks.is_empty()
    }

    /// Judges the formulas. `find` gives what the target of a mark names, or says what is wrong with it.
    pub fn judge(&self, find: &mut dyn FnMut(&str) -> Result<Subject, Diagnostic>) -> Vec<Entry> {
        let macros = Macros::of(&self.text);
        let formulas = formulas(&self.text, &macros);
        let mut systems = Systems::default();
        let found: Vec<Result<usize, Diagnostics>> =
            self.pledges().map(|pledge| systems.add(pledge, find, &self.limits)).collect();
        let mut benches: Vec<Result<Bench, Diagnostics>> = systems.found.iter().map(|(_, s)| Bench::new(s)).collect();
        let unknown = self.unknown_letters(&benches);
        let (mut entries, mut letters, mut place) = (Vec::new(), Vec::<(Symbol, String)>::new(), 0);
        for mark in &self.marks {
            let wrong = |problems: Diagnostics| self.entry(None, Err(problems));
            let pledge = match mark {
                Err(problems) => {
                    entries.push(wrong(problems.clone()));
                    continue;
                }
                Ok(Mark::Letter { symbol, name, span }) => {
                    match unknown.iter().find(|problem| problem.places.first().is_some_and(|p| same(p.0, *span))) {
                        Some(problem) => entries.push(wrong(vec![problem.clone()])),
                        None => {
                            letters.retain(|(other, _)| other != symbol);
                            letters.push((symbol.clone(), name.clone()));
                        }
                    }
                    continue;
                }
                Ok(Mark::Claim(pledge)) => pledge,
            };
            let bench = match &found[place] {
                Err(problems) => Err(problems.clone()),
                Ok(number) => match &mut benches[*number] {
                    Ok(bench) => Ok(bench),
                    Err(problems) => Err(elsewhere(problems.clone(), pledge)),
                },
            };
            place += 1;
            let parts = match bench.and_then(|bench| Ok((bench, self.part(pledge, &formulas, &macros)?))) {
                Err(problems) => vec![(pledge.span, Err(problems))],
                Ok((bench, part)) => bench.judge(pledge, &part, &letters),
            };
            for (span, found) in parts {
                entries.push(self.entry(Some((pledge, span)), found));
            }
        }
        entries
    }

    fn pledges(&self) -> impl Iterator<Item = &Pledge> {
        self.marks.iter().filter_map(|mark| match mark {
            Ok(Mark::Claim(pledge)) => Some(pledge),
            _ => None,
        })
    }

    /// Letters for what is nothing in any of the systems that the document is about.
    fn unknown_letters(&self, benches: &[Result<Bench, Diagnostics>]) -> Diagnostics {
        let mut unknown = Vec::new();
        for mark in &self.marks {
            let Ok(Mark::Letter { name, span, .. }) = mark else { continue };
            if !benches.iter().flatten().any(|bench| bench.has(name)) {
                let problem = Diagnostic::new(format!("`{name}` is nothing that the marked formulas are about"), *span);
                unknown.push(problem.hint("it is an array, a size, or a derivative such as `dl/dW` or `df/dx`"));
            }
        }
        unknown
    }

    /// The statements that a mark is for: of the next formula, or what follows of that around it.
    fn part(&self, pledge: &Pledge, formulas: &[Formula], macros: &Macros) -> Result<Part, Diagnostics> {
        let begin = pledge.span.end;
        let next = self.pledges().map(|other| other.span.start).find(|start| *start >= begin);
        let end = next.unwrap_or(usize::MAX);
        let formula = formulas.iter().find(|formula| formula.start + formula.text.len() > begin);
        let Some(formula) = formula.filter(|formula| formula.start < end) else {
            let what = if next.is_some() {
                "no formula stands between this mark and the next"
            } else {
                "no formula follows this mark"
            };
            let hint =
                "a mark is for the next displayed formula; within a formula of several lines, for the lines below it";
            return Err(vec![Diagnostic::new(what, pledge.span).hint(hint)]);
        };
        let trees = latex::read_with(&formula.text, macros).map_err(|problem| vec![problem.moved(formula.start)])?;
        let within = |start: usize| (begin..end).contains(&(start + formula.start));
        let trees: Vec<_> = trees.into_iter().filter(|tree| within(tree.span.start)).collect();
        Ok(Part { trees, text: formula.text.clone(), start: formula.start })
    }

    /// An entry with its places in the file.
    fn entry(&self, of: Option<(&Pledge, Span)>, mut found: Result<Box<Judged>, Diagnostics>) -> Entry {
        if let Err(problems) = &mut found {
            let places = problems.iter_mut().flat_map(|problem| &mut problem.places);
            places.for_each(|(span, _)| *span = self.places.in_file(*span));
        }
        let first = match &found {
            Err(problems) => problems.iter().flat_map(|problem| &problem.places).next().map(|(span, _)| *span),
            Ok(_) => None,
        };
        let span = first.or_else(|| of.map(|(_, span)| self.places.in_file(span))).unwrap_or_default();
        let name = |pledge: &Pledge| {
            let name = target_text(&pledge.target, Alphabet::Ascii);
            if pledge.matrix.is_some() { format!("matrix {name}") } else { name }
        };
        let subject = of.map_or(String::new(), |(pledge, _)| pledge.subject.clone());
        Entry { span, name: of.map_or(String::new(), |(pledge, _)| name(pledge)), subject, found }
    }
}

/// What sizes are set to, in order.
type Given = Vec<(Name, Option<i128>)>;

/// The systems that marks are about, each worked out once.
#[derive(Default)]
struct Systems {
    found: Vec<((String, Given), System)>,
}

impl Systems {
    /// The number of the system that a mark is about.
    fn add(
        &mut self,
        pledge: &Pledge,
        find: &mut dyn FnMut(&str) -> Result<Subject, Diagnostic>,
        limits: &Limits,
    ) -> Result<usize, Diagnostics> {
        let given: Given = pledge.sizes.given.iter().map(|(name, value)| (name.clone(), *value)).collect();
        let key = (pledge.subject.clone(), given);
        if let Some(known) = self.found.iter().position(|(other, _)| *other == key) {
            return Ok(known);
        }
        let subject = find(&pledge.subject).map_err(|mut problem| {
            problem.places = vec![(pledge.subject_span, String::new())];
            vec![problem]
        })?;
        let system = elaborate_within(&subject.statements, subject.base, &pledge.sizes, limits)
            .map_err(|problems| elsewhere(problems, pledge))?;
        self.found.push((key, system));
        Ok(self.found.len() - 1)
    }
}

/// Complaints about another text, at the mark that speaks of it.
fn elsewhere(mut problems: Diagnostics, pledge: &Pledge) -> Diagnostics {
    for problem in &mut problems {
        problem.places = vec![(pledge.span, format!("of {}", pledge.subject))];
    }
    problems
}

fn same(one: Span, other: Span) -> bool {
    (one.start, one.end) == (other.start, other.end)
}
