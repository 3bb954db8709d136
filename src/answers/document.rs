//! The formulas of a document that are answers: displayed ones, and those alone in their line.
//!
//! Markdown and LaTeX are read alike, line by line: headings and numbers say which question a
//! formula belongs to. Invariant: a formula inside a sentence is no answer.

use super::number::leading;
use super::outline::{Outline, Place, Reading};
use super::spoken::Spoken;
use super::words::Introduction;
use crate::latex::Macros;

/// A formula and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formula {
    /// The LaTeX between the signs.
    pub text: String,
    /// The first byte of it in the document.
    pub start: usize,
    /// Its line, from 1.
    pub line: usize,
    /// Under which numbers it stands.
    pub place: Place,
}

/// What opens and closes a display, and what an inline formula.
const DISPLAYS: &[(&str, &str)] = &[
    ("$$", "$$"),
    ("\\[", "\\]"),
    ("\\begin{equation}", "\\end{equation}"),
    ("\\begin{equation*}", "\\end{equation*}"),
    ("\\begin{align}", "\\end{align}"),
    ("\\begin{align*}", "\\end{align*}"),
    ("\\begin{gather}", "\\end{gather}"),
    ("\\begin{gather*}", "\\end{gather*}"),
    ("\\begin{multline}", "\\end{multline}"),
    ("\\begin{multline*}", "\\end{multline*}"),
    ("\\begin{eqnarray}", "\\end{eqnarray}"),
    ("\\begin{eqnarray*}", "\\end{eqnarray*}"),
    ("\\begin{flalign}", "\\end{flalign}"),
    ("\\begin{flalign*}", "\\end{flalign*}"),
    ("\\begin{alignat}", "\\end{alignat}"),
    ("\\begin{alignat*}", "\\end{alignat*}"),
    ("\\begin{displaymath}", "\\end{displaymath}"),
    ("```math", "```"),
];
const INLINE: &[(&str, &str)] = &[("\\(", "\\)"), ("$", "$")];

/// What is found in a document, in order.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// The formulas that are answers.
    pub formulas: Vec<Formula>,
    /// The symbols that lines introduce.
    pub introduced: Vec<Introduction>,
    /// What sentences call the answers.
    pub spoken: Vec<Spoken>,
    /// Equations inside sentences: they may say what a letter is.
    pub stated: Vec<Formula>,
}

/// The formulas of a document that are displayed or alone in their line, whatever numbers are around them.
pub fn formulas(text: &str, macros: &Macros) -> Vec<Formula> {
    document(text, macros, &Outline::default()).formulas
}

/// Reads a document line by line.
pub(super) fn document(text: &str, macros: &Macros, outline: &Outline) -> Document {
    let mut found = Document::default();
    let fixed = DISPLAYS.iter().map(|(open, close)| (open.to_string(), close.to_string()));
    let environments = DISPLAYS.iter().filter_map(|(open, _)| open.strip_prefix("\\begin{")?.strip_suffix('}'));
    let own = environments.flat_map(|name| macros.environments(name));
    let displays: Vec<(String, String)> = fixed.chain(own).collect();
    let breaks: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
    let line_of = |at: usize| breaks.partition_point(|b| *b < at) + 1;
    let latex = ["\\documentclass", "\\begin{document}"].iter().any(|sign| text.contains(sign));
    let (mut at, mut reading) = (0, Reading::new(outline));
    let mut line_end = 0;
    while at < text.len() {
        if at >= line_end {
            line_end = text[at..].find('\n').map_or(text.len(), |n| at + n);
        }
        let line = &text[at..line_end];
        reading.line(line);
        let place = &reading.place;
        let line = if latex { without_comment(line) } else { line };
        let defines = ["\\def", "\\newcommand", "\\renewcommand", "\\providecommand", "\\DeclareMathOperator", "\\let"];
        let comment = defines.iter().any(|word| line.trim_start().starts_with(word));
        let escaped = |start: usize| line[..start].ends_with('\\');
        let mut signs =
            line.match_indices(['$', '\\', '`']).map(|(start, _)| start).filter(|start| !comment && !escaped(*start));
        let display = signs.find_map(|start| {
            let rest = &line[start..];
            let letter = |open: &str| open.ends_with(|c: char| c.is_ascii_alphabetic()) && !open.starts_with('`');
            let whole =
                |open: &str| !(letter(open) && rest[open.len()..].starts_with(|c: char| c.is_ascii_alphabetic()));
            let (open, close) = displays.iter().find(|(open, _)| rest.starts_with(open.as_str()) && whole(open))?;
            Some((start, open.as_str(), close.as_str()))
        });
        if let Some((start, open, close)) = display {
            let begin = at + start + open.len();
            let end = text[begin..].find(close).map_or(text.len(), |n| begin + n);
            found.formulas.extend(formula(text, begin, end, &line_of, place));
            at = (end + close.len()).min(text.len());
            continue;
        }
        match alone(line) {
            Some((begin, end)) => found.formulas.extend(formula(text, at + begin, at + end, &line_of, place)),
            None if comment => {}
            None => {
                found.stated.extend(stated(text, (at, line), &line_of, place));
                found.introduced.extend(Introduction::of(line, line_of(at), place));
                let sentences = line.split_inclusive(['.', '?', '!', ';']);
                found.spoken.extend(sentences.filter_map(|sentence| Spoken::of(sentence, line_of(at), place)));
            }
        }
        at = line_end + 1;
    }
    found
}

/// The formula between two places; none if there is only space.
fn formula(text: &str, begin: usize, end: usize, line_of: &dyn Fn(usize) -> usize, place: &Place) -> Option<Formula> {
    let inside = &text[begin..end];
    let start = begin + inside.len() - inside.trim_start().len();
    let formula = Formula { text: inside.trim().to_string(), start, line: line_of(start), place: place.clone() };
    (!formula.text.is_empty()).then_some(formula)
}

/// A line of LaTeX up to its comment.
fn without_comment(line: &str) -> &str {
    let mut signs = line.match_indices('%').map(|(at, _)| at);
    let comment = signs.find(|at| !line[..*at].ends_with('\\'));
    comment.map_or(line, |at| &line[..at])
}

/// The equations in a sentence.
fn stated(text: &str, (at, line): (usize, &str), line_of: &dyn Fn(usize) -> usize, place: &Place) -> Vec<Formula> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some((start, open, close)) =
        INLINE.iter().filter_map(|(open, close)| Some((from + line[from..].find(open)?, *open, *close))).min()
    {
        let begin = start + open.len();
        let Some(end) = line[begin..].find(close).map(|n| begin + n) else { break };
        let inside = &line[begin..end];
        if inside.contains('=') {
            found.extend(formula(text, at + begin, at + end, line_of, place));
        }
        from = end + close.len();
    }
    found
}

/// The formula that a line is, apart from numbers, emphasis and full stops.
fn alone(line: &str) -> Option<(usize, usize)> {
    let (start, open, close) = INLINE.iter().find_map(|(open, close)| Some((line.find(open)?, open, close)))?;
    let begin = start + open.len();
    let end = begin + line[begin..].find(close)?;
    let blank = |text: &str| text.chars().all(|c| c.is_whitespace() || "*_.,;:-)}".contains(c));
    let before = after_item(line.get(..start)?);
    let before = leading(before).map_or(before, |(_, rest)| rest);
    (blank(before) && blank(&line[end + close.len()..])).then_some((begin, end))
}

/// What follows `\item` or `\item[…]` at the head of a line.
fn after_item(line: &str) -> &str {
    let Some(rest) = line.trim_start().strip_prefix("\\item") else { return line };
    match rest.trim_start().strip_prefix('[') {
        Some(label) => label.split_once(']').map_or(rest, |(_, after)| after),
        None => rest,
    }
}
