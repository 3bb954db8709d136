//! The mapping file: which formula answers what, and what the author's letters mean, where a document
//! gives too little.
//!
//! One line each: `line 12 = 1.1.3(a) f`, `formula 3 = 1.1.3(b) df/dW`, `label eq:grad = 1.1.3(d) dl/dW`,
//! `line 40 = nothing`, `symbol G = dl/dW`; `#` begins a comment.

use super::Unjudged;
use super::document::Formula;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, nearest};
use crate::latex::{self, Kind, Link};
use crate::reading::Symbol;

/// What a mapping file says.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    formulas: Vec<(Which, Meaning, Span)>,
    /// Letters in LaTeX, and the name of what they stand for: `G`, `dl/dW`.
    pub(super) symbols: Vec<(Symbol, String, Span)>,
}

/// How a formula is pointed out.
#[derive(Clone, Debug)]
enum Which {
    /// By the line in which it begins.
    Line(usize),
    /// By its number among the formulas of the document.
    Number(usize),
    /// By its `\label`.
    Label(String),
}

/// What a formula answers.
#[derive(Clone, Debug)]
pub(super) enum Meaning {
    /// One of the things asked for: `1.1.3(d) dl/dW`.
    Answer(String),
    /// Nothing that is asked for.
    Nothing,
}

impl Mapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    /// Each line that cannot be understood.
    pub fn parse(source: &str) -> Result<Mapping, Diagnostics> {
        let (mut mapping, mut problems, mut at) = (Mapping::default(), Vec::new(), 0);
        for line in source.split_inclusive('\n') {
            let said = line.split('#').next().unwrap_or_default();
            let start = at + said.len() - said.trim_start().len();
            let span = Span::new(start, start + said.trim().len());
            if !said.trim().is_empty() {
                problems.extend(mapping.line(said.trim(), span).err());
            }
            at += line.len();
        }
        if problems.is_empty() { Ok(mapping) } else { Err(problems) }
    }

    fn line(&mut self, said: &str, span: Span) -> Result<(), Diagnostic> {
        const HINT: &str = "as in `line 12 = 1.1.3(a) f`, `formula 3 = 1.1.3(b) df/dW`, `label eq:g = 1.1.3(d) dl/dW`, \
                            `line 40 = nothing` or `symbol G = dl/dW`";
        let wrong = |message: &str| Diagnostic::new(message, span).hint(HINT);
        let (left, right) = said.split_once('=').ok_or_else(|| wrong("a line of a mapping says what = what"))?;
        let (left, right) = (left.trim(), right.trim());
        let (word, rest) = left.split_once(char::is_whitespace).ok_or_else(|| wrong("this line points at nothing"))?;
        let number = || rest.trim().parse::<usize>().map_err(|_| wrong("a number is expected here"));
        if right.is_empty() {
            return Err(wrong("nothing stands behind the `=`"));
        }
        let which = match word {
            "line" => Which::Line(number()?),
            "formula" => Which::Number(number()?),
            "label" => Which::Label(rest.trim().to_string()),
            "symbol" => {
                let trees = latex::read(rest.trim().trim_matches('$')).map_err(|_| wrong("this symbol is no LaTeX"))?;
                let [tree] = trees.as_slice() else { return Err(wrong("one symbol is expected here")) };
                let items = match &tree.kind {
                    Kind::Row(factors) => factors.clone(),
                    _ => vec![(Link::Beside, tree.clone())],
                };
                self.symbols.push((items, right.to_string(), span));
                return Ok(());
            }
            _ => return Err(wrong(&format!("`{word}` points at nothing that is known here"))),
        };
        let meaning = match right {
            "nothing" => Meaning::Nothing,
            answer => Meaning::Answer(answer.split_whitespace().collect::<Vec<_>>().join(" ")),
        };
        self.formulas.push((which, meaning, span));
        Ok(())
    }

    /// What is said of each of the formulas.
    ///
    /// # Errors
    /// Lines that point at no formula, or at an answer that is not asked for.
    pub(super) fn meanings(&self, found: &[Formula], wanted: &[String]) -> Result<Vec<Option<Meaning>>, Unjudged> {
        let (mut meanings, mut problems, mut places) = (vec![None; found.len()], Vec::new(), true);
        for (which, meaning, span) in &self.formulas {
            if let Meaning::Answer(name) = meaning
                && !wanted.contains(name)
            {
                places = false;
                let problem = Diagnostic::new(format!("`{name}` is not asked for"), *span);
                problems.push(match nearest(name, wanted.iter().map(String::as_str)) {
                    Some(guess) => problem.hint(format!("did you mean `{guess}`?")),
                    None => problem.hint(format!("asked for are {}", wanted.join(", "))),
                });
            }
            let place = match which {
                Which::Line(line) => found.iter().position(|formula| formula.line == *line),
                Which::Number(number) => number.checked_sub(1).filter(|place| *place < found.len()),
                Which::Label(label) => found.iter().position(|f| f.text.contains(&format!("\\label{{{label}}}"))),
            };
            match place {
                Some(place) => meanings[place] = Some(meaning.clone()),
                None => problems.push(Diagnostic::new(format!("the document has no formula at {which}"), *span)),
            }
        }
        match (problems.is_empty(), places) {
            (true, _) => Ok(meanings),
            (false, true) => Err(Unjudged::Places(problems)),
            (false, false) => Err(Unjudged::Mapping(problems)),
        }
    }
}

impl std::fmt::Display for Which {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Which::Line(line) => write!(f, "line {line}"),
            Which::Number(number) => write!(f, "number {number}"),
            Which::Label(label) => write!(f, "the label {label}"),
        }
    }
}
