//! The author's own commands: `\newcommand{\grad}[2]{\frac{\partial #1}{\partial #2}}`, put in before a
//! formula is read.
//!
//! Invariant: every byte of the expansion knows the byte of the formula it came from, and the work is
//! bounded by counting what is put in, so that a command that calls itself ends in an error.

use super::lexical::space;
use crate::diagnostic::{Diagnostic, Span};
use std::collections::BTreeMap;

/// How many characters the commands of one formula may put in.
const MOST_PUT_IN: usize = 50_000;
/// How many commands a document may define.
const MOST_DEFINED: usize = 1_000;
/// Words that define a command.
const DEFINING: &[&str] =
    &["newcommand", "renewcommand", "providecommand", "def", "gdef", "DeclareMathOperator", "let"];

/// What commands stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Macros {
    known: BTreeMap<String, Macro>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Macro {
    parameters: usize,
    /// What the first parameter is where it is not given in brackets.
    default: Option<String>,
    body: String,
}

/// A formula with the commands put in.
pub(super) struct Expanded {
    pub text: String,
    /// For each byte of it the byte of the formula that it came from, and one more for the end.
    pub origins: Vec<usize>,
}

impl Macros {
    /// The commands that a document defines, wherever it does.
    pub fn of(document: &str) -> Macros {
        let mut macros = Macros::default();
        let mut rest = document;
        while let Some(at) = rest.find(['\\', '%']) {
            let here = &rest[at..];
            if here.starts_with('%') {
                rest = here.split_once('\n').map_or("", |(_, next)| next);
                continue;
            }
            rest = match macros.definition(here) {
                Some(after) if after.len() < here.len() => after,
                _ => {
                    let mut escaped = here.chars();
                    escaped.nth(1);
                    escaped.as_str()
                }
            };
        }
        macros
    }

    /// Opening and closing commands that stand for environments: `\be` for `\begin{equation}`.
    pub fn environments(&self, name: &str) -> Vec<(String, String)> {
        let of = |word: &str| {
            let body = format!("\\{word}{{{name}}}");
            let found = self.known.iter().filter(move |(_, known)| known.parameters == 0 && known.body.trim() == body);
            found.map(|(name, _)| format!("\\{name}")).collect::<Vec<_>>()
        };
        let closing = of("end");
        of("begin")
            .into_iter()
            .flat_map(|open| closing.iter().map(move |close| (open.clone(), close.clone())))
            .collect()
    }

    /// Takes in the definition that a text begins with, and gives what follows it.
    fn definition<'t>(&mut self, text: &'t str) -> Option<&'t str> {
        let (word, rest) = control_word(text)?;
        if !DEFINING.contains(&word) {
            return None;
        }
        let rest = rest.strip_prefix('*').unwrap_or(rest);
        let (name, mut rest) = match rest.trim_start().strip_prefix('{') {
            Some(inner) => {
                let (name, inner) = control_word(inner.trim_start())?;
                (name, inner.trim_start().strip_prefix('}')?)
            }
            None => control_word(rest.trim_start())?,
        };
        let (mut parameters, mut default) = (0, None);
        match word {
            "let" => {
                let after = rest.trim_start();
                let (other, after) = control_word(after.strip_prefix('=').unwrap_or(after).trim_start())?;
                let body = format!("\\{other}");
                let known = self.known.get(other).cloned().unwrap_or(Macro { parameters: 0, default: None, body });
                return self.know(name, known).then_some(after);
            }
            "def" | "gdef" => {
                while let Some(after) = rest.trim_start().strip_prefix('#') {
                    parameters += 1;
                    rest = after.strip_prefix(|c: char| c.is_ascii_digit())?;
                }
            }
            _ => {
                if let Some((count, after)) = bracketed(rest) {
                    parameters = count.trim().parse::<usize>().ok().filter(|count| *count <= 9)?;
                    rest = after;
                    if let Some((given, after)) = bracketed(rest) {
                        default = Some(given.to_string());
                        rest = after;
                    }
                }
            }
        }
        let (body, rest) = group(rest.trim_start())?;
        let body = match word {
            "DeclareMathOperator" => format!("\\operatorname{{{body}}}"),
            _ => body.to_string(),
        };
        self.know(name, Macro { parameters, default, body }).then_some(rest)
    }

    fn know(&mut self, name: &str, known: Macro) -> bool {
        let room = self.known.len() < MOST_DEFINED;
        if room {
            self.known.insert(name.to_string(), known);
        }
        room
    }

    /// The formula with all commands put in and definitions in it taken in; none if there are none.
    ///
    /// # Errors
    /// If the commands put in too much, or one lacks an argument.
    pub(super) fn expanded(&self, formula: &str) -> Result<Option<Expanded>, Diagnostic> {
        let mut known = self.clone();
        let used = |known: &Macros, text: &str| {
            let mut rest = text;
            while let Some(at) = rest.find('\\') {
                let word = control_word(&rest[at..]).map_or("", |(word, _)| word);
                if known.known.contains_key(word) || DEFINING.contains(&word) {
                    return true;
                }
                rest = &rest[at + 1 + word.len()..];
            }
            false
        };
        if !used(&known, formula) {
            return Ok(None);
        }
        let mut pending: Vec<(char, usize)> = formula.char_indices().rev().map(|(at, c)| (c, at)).collect();
        let (mut text, mut origins, mut put_in) = (String::new(), Vec::new(), 0);
        while let Some((c, at)) = pending.pop() {
            if c == '\\' {
                let word = letters(&mut pending);
                if DEFINING.contains(&word.as_str()) {
                    let rest: String = pending.iter().rev().map(|(c, _)| *c).collect();
                    let whole = format!("\\{word}{rest}");
                    put_in += whole.len();
                    match known.definition(&whole).filter(|_| put_in <= MOST_PUT_IN) {
                        Some(after) => pending.truncate(after.chars().count()),
                        None => {
                            return Err(Diagnostic::new("this definition is not understood", Span::new(at, at + 1)));
                        }
                    }
                    continue;
                }
                if let Some(found) = known.known.get(&word) {
                    let body = arguments(found, &mut pending).map(|given| found.with(&given));
                    let Some(body) = body else {
                        let message = format!("`\\{word}` lacks an argument");
                        return Err(Diagnostic::new(message, Span::new(at, at + 1)));
                    };
                    put_in += body.len() + 1;
                    if put_in > MOST_PUT_IN {
                        let message = "the commands that the document defines put in too much here";
                        return Err(
                            Diagnostic::new(message, Span::new(at, at + 1)).hint("does one of them contain itself?")
                        );
                    }
                    pending.extend(body.chars().rev().map(|c| (c, at)));
                    continue;
                }
                text.push('\\');
                text += &word;
                if word.is_empty()
                    && let Some((next, _)) = pending.pop()
                {
                    text.push(next);
                }
            } else {
                text.push(c);
            }
            origins.resize(text.len(), at);
        }
        origins.push(formula.len());
        Ok(Some(Expanded { text, origins }))
    }
}

impl Macro {
    /// Its body with the arguments put in; words of letters stay apart from what follows them.
    fn with(&self, given: &[String]) -> String {
        let mut out = String::new();
        let mut pieces = self.body.split('#');
        out += pieces.next().unwrap_or_default();
        for piece in pieces {
            let number = piece.chars().next().and_then(|c| c.to_digit(10)).unwrap_or(0) as usize;
            match number.checked_sub(1).and_then(|k| given.get(k)) {
                Some(argument) => {
                    if ends_in_word(&out) {
                        out.push(' ');
                    }
                    out += argument;
                    if ends_in_word(&out) {
                        out.push(' ');
                    }
                    out += &piece[1..];
                }
                None => out += piece,
            }
        }
        if ends_in_word(&out) {
            out.push(' ');
        }
        out
    }
}

/// Whether a text ends in a command of letters.
fn ends_in_word(text: &str) -> bool {
    text.trim_end_matches(|c: char| c.is_ascii_alphabetic()).ends_with('\\')
        && text.ends_with(|c: char| c.is_ascii_alphabetic())
}

/// `\name`: the name and what follows.
fn control_word(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix('\\')?;
    let end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
    (end > 0).then(|| rest.split_at(end))
}

/// `[…]`: what is inside, and what follows.
fn bracketed(text: &str) -> Option<(&str, &str)> {
    text.trim_start().strip_prefix('[')?.split_once(']')
}

/// `{…}`: what is inside, braces in it balanced, and what follows; else one sign or command.
fn group(text: &str) -> Option<(&str, &str)> {
    let Some(inner) = text.strip_prefix('{') else {
        if let Some((word, rest)) = control_word(text) {
            return Some((&text[..word.len() + 1], rest));
        }
        let first = text.chars().next()?;
        return Some(text.split_at(first.len_utf8()));
    };
    let (mut depth, mut escaped) = (1usize, false);
    for (at, c) in inner.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((&inner[..at], &inner[at + 1..]));
        }
    }
    None
}

/// The letters that come next.
fn letters(pending: &mut Vec<(char, usize)>) -> String {
    let mut word = String::new();
    while let Some((c, _)) = pending.last().filter(|(c, _)| c.is_ascii_alphabetic()) {
        word.push(*c);
        pending.pop();
    }
    word
}

/// The arguments of a command; none if they do not all come.
fn arguments(of: &Macro, pending: &mut Vec<(char, usize)>) -> Option<Vec<String>> {
    let mut given = Vec::new();
    if of.parameters == 0 {
        return Some(given);
    }
    let rest: String = pending.iter().rev().map(|(c, _)| *c).take(MOST_PUT_IN).collect();
    let mut after = rest.as_str();
    if let Some(default) = &of.default {
        match bracketed(after) {
            Some((own, next)) => {
                given.push(own.to_string());
                after = next;
            }
            None => given.push(default.clone()),
        }
    }
    while given.len() < of.parameters {
        let (argument, next) = group(space(after))?;
        given.push(argument.to_string());
        after = next;
    }
    let taken = rest.chars().count() - after.chars().count();
    pending.truncate(pending.len() - taken);
    Some(given)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(document: &str, formula: &str) -> String {
        let expanded = Macros::of(document).expanded(formula).unwrap();
        expanded.map_or_else(|| formula.to_string(), |expanded| expanded.text)
    }

    #[test]
    fn commands_are_put_in_with_their_arguments() {
        let preamble = r"\newcommand{\grad}[2]{\frac{\partial #1}{\partial #2}} \def\R{\mathbb{R}}
            \newcommand*\half[1][1]{\frac{#1}{2}} \DeclareMathOperator{\tr}{tr} \let\eps\varepsilon
            % \newcommand{\R}{wrong}";
        assert_eq!(expanded(preamble, r"\grad{\ell}{W_i} = 1"), r"\frac{\partial \ell }{\partial W_i} = 1");
        assert_eq!(expanded(preamble, r"\half x + \half[3] y"), r"\frac{1}{2} x + \frac{3}{2} y");
        assert_eq!(expanded(preamble, r"\tr A \in\R^n \eps"), r"\operatorname{tr} A \in\mathbb{R}^n \varepsilon ");
        assert_eq!(expanded(r"\def\p#1{\partial#1}", r"\p x\p{y}"), r"\partial x\partial y");
        assert_eq!(expanded("", r"\def\a{b} \a_1"), " b_1");
    }

    #[test]
    fn a_command_that_contains_itself_is_an_error() {
        for document in [r"\def\a{\a}", r"\def\a{\b\b}\def\b{\a}", r"\def\a{x\a x}"] {
            assert!(Macros::of(document).expanded(r"y = \a").is_err(), "{document}");
        }
    }

    #[test]
    fn bytes_know_where_they_come_from() {
        let expanded = Macros::of(r"\def\a{bcd}").expanded(r"x\a y").unwrap().unwrap();
        assert_eq!((expanded.text.as_str(), expanded.origins), ("xbcd y", vec![0, 1, 1, 1, 3, 4, 5]));
    }
}
