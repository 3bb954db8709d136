//! The numbers of a scope that may vary, and the scope with others in their place.
//!
//! Numbers of one kind and one value vary alike, in the statements and in the text. A number of which
//! the text does not say what it is stays, with all that it may be.

use super::numbers::{Token, in_place_of, numbers};
use super::walk::{Kind, Role, Visitor, Walk, literal};
use super::window::{Leads, Shift, Windows};
use crate::language::syntax::{AnswerKind, Expr, File, Problem, Question, Statement};
use crate::limits::Limits;
use crate::model::compose::Library;
use std::collections::{BTreeMap, BTreeSet};

/// Numbers of one kind and one value.
pub(super) type Class = (Kind, i64);
/// New values.
pub(super) type Choice = BTreeMap<Class, i64>;

/// The numbers that may vary, and why others may not.
#[derive(Default)]
pub(super) struct Found {
    pub free: BTreeSet<Class>,
    pub kept: BTreeMap<Class, String>,
}

/// The file of a homework and where the layers are that it calls.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub file: &'a File,
    pub library: &'a dyn Library,
    pub limits: &'a Limits,
}

impl Place<'_> {
    /// Lets a visitor see a question.
    pub fn walk(self, question: &mut Question, visitor: &mut dyn Visitor) {
        Walk { visitor, library: self.library, file: self.file }.question(question);
    }

    fn walk_statements(self, statements: &mut [Statement], visitor: &mut dyn Visitor) {
        Walk { visitor, library: self.library, file: self.file }.system(statements);
    }
}

/// The numbers of one question.
#[derive(Default)]
struct Gather {
    varies: BTreeSet<Class>,
    stays: BTreeSet<i64>,
}

impl Visitor for Gather {
    fn number(&mut self, role: Role, expr: &mut Expr) {
        match (role, literal(expr)) {
            (Role::Varies(kind), Some(value)) if value >= if kind == Kind::Padding { 1 } else { 2 } => {
                self.varies.insert((kind, value));
            }
            (Role::Stays, Some(value)) => {
                self.stays.insert(value);
            }
            _ => {}
        }
    }
}

/// What may vary in problems that speak of the same things.
pub(super) fn found(place: Place, problems: &[Problem]) -> Found {
    let mut found = Found::default();
    for problem in problems {
        for question in &problem.questions {
            let mut gather = Gather::default();
            place.walk(&mut question.clone(), &mut gather);
            found.free.extend(gather.varies.iter().copied());
            for class in gather.varies.iter().filter(|(_, value)| gather.stays.contains(value)) {
                found.kept.entry(*class).or_insert_with(|| {
                    format!("{}.{} has a {} in a condition or at a point", problem.label, question.label, class.1)
                });
            }
        }
    }
    for problem in problems {
        found.heed(&problem.title, &problem.label, &|_| false);
        for question in &problem.questions {
            let mut gather = Gather::default();
            place.walk(&mut question.clone(), &mut gather);
            let number = format!("{}.{}", problem.label, question.label);
            let has = |class: &Class| gather.varies.contains(class);
            for text in texts(question) {
                found.heed(text, &number, &has);
            }
            let answers = question.answers.iter().chain(question.parts.iter().flat_map(|part| &part.answers));
            let told = answers.filter_map(|answer| match &answer.kind {
                AnswerKind::Text(words) => Some(words),
                _ => None,
            });
            if !gather.varies.is_empty() {
                told.for_each(|words| found.heed_answer(words, &number, &gather.varies));
            }
        }
    }
    let kept = &found.kept;
    found.free.retain(|class| !kept.contains_key(class));
    found
}

/// The texts of a question and its parts.
fn texts(question: &Question) -> impl Iterator<Item = &String> {
    std::iter::once(&question.text).chain(question.parts.iter().map(|part| &part.text))
}

impl Found {
    /// Keeps what a text speaks of in a way that cannot be followed. `here` says which numbers its own
    /// question has.
    fn heed(&mut self, text: &str, number: &str, here: &dyn Fn(&Class) -> bool) {
        for token in numbers(text) {
            let same: Vec<Class> = self.free.iter().filter(|(_, value)| *value == token.value).copied().collect();
            let quiet = token.value == 1 && token.kind.is_none() && text[token.start..].starts_with('1');
            match token.kind {
                Some(kind) if same.contains(&(kind, token.value)) => {}
                None if quiet => {}
                _ => self.keep(&same, &format!("the text of {number} says `{}`", around(text, &token))),
            }
            let own: Vec<Class> = self.free.iter().filter(|class| here(class)).copied().collect();
            let size = matches!(token.kind, Some(Kind::Length | Kind::Step | Kind::Padding));
            if size && token.value > 1 && !own.iter().any(|class| Some(class.0) == token.kind && class.1 == token.value)
            {
                let why =
                    format!("the text of {number} says `{}`, a number that may follow from it", around(text, &token));
                self.keep(&own, &why);
            }
        }
    }

    /// Keeps the sizes of a question that is answered in words with numbers in them.
    fn heed_answer(&mut self, words: &str, number: &str, own: &BTreeSet<Class>) {
        if let Some(token) = numbers(words).iter().find(|token| token.value > 1) {
            let own: Vec<Class> = own.iter().copied().collect();
            self.keep(&own, &format!("the answer of {number} in words says `{}`", around(words, token)));
        }
    }

    fn keep(&mut self, classes: &[Class], why: &str) {
        for class in classes {
            self.kept.entry(*class).or_insert_with(|| why.to_string());
        }
    }
}

/// A number with a few characters on both sides.
fn around(text: &str, token: &Token) -> String {
    const NEAR: usize = 12;
    let from = text[..token.start].char_indices().rev().nth(NEAR).map_or(0, |(at, _)| at);
    let to = text[token.end..].char_indices().nth(NEAR).map_or(text.len(), |(at, _)| token.end + at);
    let (head, tail) = (if from > 0 { "…" } else { "" }, if to < text.len() { "…" } else { "" });
    let words = text[from..to].split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{head}{words}{tail}")
}

/// Puts new numbers in the place of old ones.
struct Replace<'a> {
    choice: &'a Choice,
}

impl Visitor for Replace<'_> {
    fn number(&mut self, role: Role, expr: &mut Expr) {
        let (Role::Varies(kind), Some(value)) = (role, literal(expr)) else { return };
        if let Some(new) = self.choice.get(&(kind, value)) {
            *expr = Expr { span: expr.span, ..Expr::integer((*new).into()) };
        }
    }
}

/// The problems with other numbers: windows begin where they began, and the text says the same.
pub(super) fn replaced(place: Place, problems: &[Problem], choice: &Choice) -> Vec<Problem> {
    let mut problems = problems.to_vec();
    for question in problems.iter_mut().flat_map(|problem| &mut problem.questions) {
        let before = question.clone();
        place.walk(question, &mut Replace { choice });
        shift(place, &before.statements, &mut question.statements);
        for (old, new) in before.parts.iter().zip(&mut question.parts) {
            shift(place, &old.statements, &mut new.statements);
            new.text = retold(&new.text, choice);
        }
        question.text = retold(&question.text, choice);
    }
    problems
}

/// Moves the windows of one system back to where they began; sizes in a linear index are symbols and
/// change nothing.
fn shift(place: Place, before: &[Statement], after: &mut [Statement]) {
    let base = place.file.base.unwrap_or(1);
    let windows = Windows::new(before, base);
    let mut leads = Leads { windows: &windows, found: Vec::new() };
    place.walk_statements(&mut before.to_vec(), &mut leads);
    let leads = leads.found.into_iter();
    let windows = Windows::new(after, base);
    place.walk_statements(after, &mut Shift { windows: &windows, leads });
}

/// The text with its numbers replaced.
fn retold(text: &str, choice: &Choice) -> String {
    let mut new = text.to_string();
    for token in numbers(text).into_iter().rev() {
        let value = token.kind.and_then(|kind| choice.get(&(kind, token.value)));
        if let Some(value) = value {
            let range = token.start..token.end;
            let word = in_place_of(&text[range.clone()], *value);
            new.replace_range(range, &word);
        }
    }
    new
}

/// Whether a question has one of the numbers.
pub(super) fn concerns(place: Place, question: &Question, choice: &Choice) -> bool {
    let mut gather = Gather::default();
    place.walk(&mut question.clone(), &mut gather);
    gather.varies.iter().any(|class| choice.contains_key(class))
}
