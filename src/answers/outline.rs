//! The outline of a homework – problems, questions, parts – and where in it a line of a document stands.
//!
//! Headings open a problem, a question or a part, in any nesting (`# Problem 1.1`, `## 3`, `### (b)`; or
//! `# 1.1.3(b)` at once); list items and the heads of lines count within what the headings opened. Invariant: a
//! number that the homework does not have says nothing, but for a heading, which opens something else.

use super::number::{Number, leading};
use crate::language::syntax::Homework;
use std::collections::BTreeMap;

/// What is numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Problem,
    Question,
    Part,
}

/// Where something stands in the outline: under which problem, question and part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// `1.1`
    pub problem: Option<String>,
    /// `3`
    pub question: Option<String>,
    /// `a`
    pub part: Option<String>,
}

impl Place {
    fn level(&self) -> Option<Level> {
        match (&self.problem, &self.question, &self.part) {
            (_, _, Some(_)) => Some(Level::Part),
            (_, Some(_), None) => Some(Level::Question),
            (Some(_), None, None) => Some(Level::Problem),
            (None, None, None) => None,
        }
    }

    fn question(&self) -> Place {
        Place { part: None, ..self.clone() }
    }

    fn problem(&self) -> Place {
        Place { question: None, ..self.question() }
    }
}

/// The numbers of a homework.
#[derive(Clone, Debug, Default)]
pub(super) struct Outline {
    /// Every problem, question and part: the labels from the outside, in small letters, and its place.
    nodes: Vec<(Vec<String>, Place)>,
    /// The titles of the problems, in small letters.
    titles: Vec<(String, Place)>,
}

impl Outline {
    pub fn of(homework: &Homework) -> Outline {
        let mut outline = Outline::default();
        for problem in &homework.problems {
            let place = Place { problem: Some(problem.label.clone()), ..Place::default() };
            outline.titles.push((plain(&problem.title), place.clone()));
            outline.nodes.push((labels(&problem.label), place.clone()));
            for question in &problem.questions {
                let place = Place { question: Some(question.label.clone()), ..place.clone() };
                outline.nodes.push((joined(&outline.path(&place.problem()), &question.label), place.clone()));
                for part in &question.parts {
                    let path = joined(&outline.path(&place), &part.label);
                    outline.nodes.push((path, Place { part: Some(part.label.clone()), ..place.clone() }));
                }
            }
        }
        outline
    }

    fn path(&self, of: &Place) -> Vec<String> {
        self.nodes.iter().find(|(_, place)| place == of).map_or(Vec::new(), |(path, _)| path.clone())
    }

    /// What labels mean inside a place.
    fn inside(&self, at: &Place, labels: &[String]) -> Option<&Place> {
        let path = self.path(at);
        let known = at.level().is_none() || !path.is_empty();
        let mut nodes = self.nodes.iter();
        nodes.find(|(node, _)| known && node.strip_prefix(path.as_slice()) == Some(labels)).map(|(_, place)| place)
    }

    /// The child of a place with a number, counted from 1: the label `3`, or the third part.
    fn nth(&self, at: &Place, count: usize) -> Option<&Place> {
        let labelled = self.inside(at, &[count.to_string()]);
        let parts = self.nodes.iter().filter(|(_, place)| place.part.is_some() && place.question() == *at);
        labelled.or_else(|| parts.map(|(_, place)| place).nth(count.checked_sub(1)?))
    }

    /// The only problem, if there is one.
    fn only(&self) -> Option<&Place> {
        let mut problems = self.nodes.iter().filter(|(_, place)| place.level() == Some(Level::Problem));
        problems.next().filter(|_| problems.next().is_none()).map(|(_, place)| place)
    }
}

fn labels(label: &str) -> Vec<String> {
    label.to_lowercase().split('.').map(String::from).collect()
}

fn joined(path: &[String], label: &str) -> Vec<String> {
    path.iter().cloned().chain(labels(label)).collect()
}

fn plain(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// Where the line that is read stands.
pub(super) struct Reading<'o> {
    outline: &'o Outline,
    /// The headings that are open: how deep each is, and what it opened.
    headings: Vec<(usize, Place)>,
    /// What headings of each depth opened last.
    usual: BTreeMap<usize, Level>,
    /// The lists of LaTeX that are open: how many items were counted, none if they have no numbers, and where the
    /// list began.
    lists: Vec<(Option<usize>, Place)>,
    /// What the headings say.
    anchor: Place,
    /// Where the line stands.
    pub place: Place,
}

impl<'o> Reading<'o> {
    pub fn new(outline: &'o Outline) -> Self {
        let (headings, usual, lists) = (Vec::new(), BTreeMap::new(), Vec::new());
        Reading { outline, headings, usual, lists, anchor: Place::default(), place: Place::default() }
    }

    /// Takes in what a line says of where it stands.
    pub fn line(&mut self, line: &str) {
        if let Some((depth, title)) = heading(line) {
            return self.heading(depth, title);
        }
        let plain = line.trim();
        for list in ["enumerate", "itemize", "description"] {
            if let Some(options) = plain.strip_prefix("\\begin{").and_then(|rest| rest.strip_prefix(list)) {
                let start = options.split_once("start=").map_or("", |(_, rest)| rest);
                let before = split_number(start).unwrap_or(1).saturating_sub(1);
                return self.lists.push(((list == "enumerate").then_some(before), self.place.clone()));
            }
            if plain.strip_prefix("\\end{").is_some_and(|rest| rest.starts_with(list)) {
                return drop(self.lists.pop());
            }
        }
        if let Some(count) = plain.strip_prefix("\\setcounter{enum").and_then(|rest| rest.split_once("}{")) {
            if let Some((Some(counted), _)) = self.lists.last_mut() {
                *counted = split_number(count.1).unwrap_or(*counted);
            }
            return;
        }
        match plain.strip_prefix("\\item") {
            Some(rest) => self.item(rest.trim_start()),
            None => self.labelled(plain),
        }
    }

    fn heading(&mut self, depth: usize, title: &str) {
        let Some(found) = self.opened(depth, title) else { return };
        while self.headings.last().is_some_and(|(open, _)| *open >= depth) {
            self.headings.pop();
        }
        self.usual.extend(found.level().map(|level| (depth, level)));
        self.headings.push((depth, found.clone()));
        if depth < UNMARKED || found.level() == Some(Level::Problem) {
            self.anchor = found.clone();
        }
        self.place = found;
    }

    /// What a heading opens, if it says so.
    fn opened(&self, depth: usize, title: &str) -> Option<Place> {
        let Some((number, _)) = leading(title) else {
            let title = plain(title);
            return self
                .outline
                .titles
                .iter()
                .find(|(known, _)| !known.is_empty() && *known == title)
                .map(|t| t.1.clone());
        };
        let around = self.headings.iter().rev().filter(|(open, _)| *open < depth).map(|(_, place)| place.clone());
        let before = [self.place.clone(), self.place.question(), self.place.problem()];
        let top = self.outline.only().cloned().into_iter().chain([Place::default()]);
        let contexts: Vec<Place> = around.chain(before).chain(top).collect();
        let wanted = number.level.or(self.usual.get(&depth).copied());
        for kept in (1..=number.labels.len()).rev() {
            let labels = &number.labels[..kept];
            let whole = (labels.len() > 1).then(|| self.outline.inside(&Place::default(), labels)).flatten();
            let found: Vec<&Place> =
                whole.into_iter().chain(contexts.iter().filter_map(|at| self.outline.inside(at, labels))).collect();
            let fitting = found.iter().find(|place| whole.is_none() && place.level() == wanted);
            if let Some(place) = fitting.or(found.first()) {
                return Some((*place).clone());
            }
        }
        let other = Place { problem: Some(number.labels.join(".")), ..Place::default() };
        (number.level.is_some() || number.labels.len() > 1).then_some(other)
    }

    fn item(&mut self, rest: &str) {
        if let Some((label, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            self.labelled(label);
            return self.labelled(after);
        }
        if let Some((Some(count), at)) = self.lists.last_mut() {
            *count += 1;
            let anywhere = Place { question: Some(count.to_string()), ..at.clone() };
            match self.outline.nth(at, *count) {
                Some(place) => self.place = place.clone(),
                None if at.question.is_none() => self.place = anywhere,
                None => {}
            }
        }
        self.labelled(rest);
    }

    /// Takes in the number at the head of a line or of an item.
    fn labelled(&mut self, line: &str) {
        let Some((number, _)) = leading(line) else { return };
        if !number.closed {
            return;
        }
        if let Some(place) = self.meant(&number) {
            self.place = place;
        }
    }

    fn meant(&self, number: &Number) -> Option<Place> {
        let labels = &number.labels;
        let mut contexts = vec![self.place.question(), self.anchor.clone()];
        if self.anchor.level() == Some(Level::Part) || number.level.is_some() {
            contexts.push(self.anchor.question());
        }
        if number.level.is_some() {
            contexts.push(self.anchor.problem());
        }
        contexts.extend(self.outline.only().filter(|_| self.anchor.level().is_none()).cloned());
        if labels.len() > 1 || number.level.is_some() {
            contexts.push(Place::default());
        }
        let found = contexts.iter().filter_map(|at| self.outline.inside(at, labels)).next().cloned();
        let anywhere = || {
            let [question, part @ ..] = labels.as_slice() else { return None };
            let part = part.first().cloned();
            let somewhere = self.anchor.question.is_none() && question.starts_with(|c: char| c.is_ascii_digit());
            let question = Some(question.clone());
            somewhere.then(|| Place { problem: self.anchor.problem.clone(), question, part })
        };
        let part = || {
            let lettered = labels.len() == 1 && self.place.question.is_some() && self.place.problem.is_none();
            lettered.then(|| Place { part: Some(labels[0].clone()), ..self.place.clone() })
        };
        found.or_else(anywhere).or_else(part)
    }
}

fn split_number(text: &str) -> Option<usize> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().ok()
}

/// The headings of LaTeX, from the outside.
const SECTIONS: &[&str] =
    &["\\part", "\\chapter", "\\section", "\\subsection", "\\subsubsection", "\\paragraph", "\\subparagraph"];

/// So deep are lines in bold and lines that are nothing but a number.
const UNMARKED: usize = 20;

/// So many words are a heading without marks; more are a sentence.
const MOST_WORDS: usize = 8;

/// How deep a heading is, and its text.
fn heading(line: &str) -> Option<(usize, &str)> {
    let line = line.trim();
    let depth = line.len() - line.trim_start_matches('#').len();
    if depth > 0 {
        return Some((depth, line[depth..].trim()));
    }
    for (depth, command) in SECTIONS.iter().enumerate() {
        let rest = line.strip_prefix(command).map(|rest| rest.strip_prefix('*').unwrap_or(rest));
        if let Some(title) = rest.and_then(|rest| rest.strip_prefix('{')) {
            return Some((depth, title.split_once('}').map_or(title, |(title, _)| title)));
        }
    }
    let called = leading(line).is_some_and(|(number, _)| number.level.is_some_and(|level| level != Level::Part));
    let short = || !line.contains(['$', '\\', '=']) && line.split_whitespace().count() <= MOST_WORDS;
    let bold = line.strip_prefix("**").and_then(|rest| rest.strip_suffix("**")).filter(|inner| !inner.contains("**"));
    bold.or((called && short()).then_some(line)).map(|title| (UNMARKED, title))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::parse::parse_file;
    use crate::language::syntax::Item;

    const HOMEWORK: &str = r#"homework "H" {
  problem 1.1 "Convolution" {
    question 1 "" { x[2]; f[i] = x[i]; output f; answer df/dx }
    question 3 "" { x[2]; f[i] = x[i]; output f
      part a "" answer df/dx
      part b "" answer dl/dx
    }
  }
  problem 1.2 "Recurrent nets" {
    question 1 "" { x[2]; f[i] = x[i]; output f
      part a "" answer df/dx
      part b "" answer dl/dx
    }
  }
}"#;

    fn places(document: &str) -> String {
        let file = parse_file(HOMEWORK).unwrap();
        let Item::Homework(homework) = &file.items[0] else { panic!("no homework") };
        let outline = Outline::of(homework);
        let mut reading = Reading::new(&outline);
        let mut found = Vec::new();
        for line in document.lines() {
            reading.line(line.trim_end_matches('!'));
            if line.ends_with('!') {
                let Place { problem, question, part } = &reading.place;
                let all = [problem, question, part].map(|label| label.as_deref().unwrap_or("-"));
                found.push(all.join(" "));
            }
        }
        found.join(", ")
    }

    #[test]
    fn a_line_stands_where_headings_and_numbers_say() {
        for (document, expected) in [
            ("# Problem 1.1\n3. So!\n(a) So!\n(b) So!\n4. So!", "1.1 3 -, 1.1 3 a, 1.1 3 b, 1.1 4 -"),
            ("# 1.1.3(b)!", "1.1 3 b"),
            ("## Problem 1.1\n### 3\n#### b!\n#### a)!\n### 1!", "1.1 3 b, 1.1 3 a, 1.1 1 -"),
            ("# Problem 1.1\n# Question 3\n# Part (b)!\n# Problem 1.2\n# Question 1!", "1.1 3 b, 1.2 1 -"),
            ("# Homework 2\n## 1.1\n**3.**\n**(a)** So!\n**(b)**!\n## 1.2\n1. So!", "1.1 3 a, 1.1 3 b, 1.2 1 -"),
            ("Problem 1.2\n\nQuestion 1:\nb) So!", "1.2 1 b"),
            ("Convolution!\n# Convolution\n3) So!", "- - -, 1.1 3 -"),
            ("## 1.1.3\n1. First the sum.!\n2. Then.!\n(b) So!", "1.1 3 -, 1.1 3 -, 1.1 3 b"),
            ("## 1.1\n3. There are\n3 layers!\n1.5 times!\n(5 points)!", "1.1 3 -, 1.1 3 -, 1.1 3 -"),
            ("# Exercise 1.2, question 1(a)!", "1.2 1 a"),
            ("# Problem 7\n1. So!\n# Problem 1.1\n1. So!", "7 1 -, 1.1 1 -"),
            ("3. So!\n(a) So!", "- 3 -, - 3 a"),
            (
                "\\section*{Problem 1.1}\n\\begin{enumerate}\n\\item So\n\\item\n\\item!\n\\begin{enumerate}\n\\item!\n\\item!",
                "1.1 3 -, 1.1 3 a, 1.1 3 b",
            ),
            ("\\section{1.1.3}\n\\begin{enumerate}\n\\item So!\n\\item[(b)] So!", "1.1 3 a, 1.1 3 b"),
            (
                "\\section{1.1}\n\\begin{enumerate}[start=3]\n\\item So!\n\\begin{itemize}\n\\item So!",
                "1.1 3 -, 1.1 3 -",
            ),
            ("\\section{1.1}\n\\begin{enumerate}\n\\setcounter{enumi}{2}\n\\item So!", "1.1 3 -"),
            ("\\textbf{Problem 1.2}\n\n1(b) So!", "1.2 1 b"),
        ] {
            assert_eq!(places(document), expected, "{document}");
        }
    }
}
