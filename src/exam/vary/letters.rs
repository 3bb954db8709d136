//! Other letters for the indices of a question, free and bound: those that no text mentions.

use super::sizes::Place;
use super::walk::Visitor;
use crate::evaluate::Random;
use crate::language::syntax::{AnswerKind, Name, Question, Statement, StatementKind};
use std::collections::{BTreeMap, BTreeSet};

/// Letters that are usual for indices; those that the program or a reader takes for something else are
/// left out.
const USUAL: [&str; 15] = ["i", "j", "k", "m", "n", "p", "q", "r", "s", "t", "u", "v", "a", "b", "c"];

/// All names that may be indices.
#[derive(Default)]
struct Names(BTreeSet<Name>);

impl Visitor for Names {
    fn name(&mut self, name: &mut Name) {
        self.0.insert(name.clone());
    }
}

/// Puts other names in the place of indices.
struct Rename(BTreeMap<Name, Name>);

impl Visitor for Rename {
    fn name(&mut self, name: &mut Name) {
        if let Some(new) = self.0.get(name) {
            *name = new.clone();
        }
    }
}

/// The indices of a question that may have other letters.
pub(super) fn free(place: Place, question: &Question) -> BTreeSet<Name> {
    let mut names = Names::default();
    place.walk(&mut question.clone(), &mut names);
    let (taken, spoken) = (declared(question), spoken(question));
    let is_index = |name: &Name| {
        !taken.contains(name) && !spoken.contains(&**name) && USUAL.contains(&name.trim_end_matches('\''))
    };
    names.0.into_iter().filter(is_index).collect()
}

/// Gives the indices that may have them other letters.
pub(super) fn renamed(place: Place, question: &mut Question, random: &mut Random) {
    let free = free(place, question);
    let mut names = Names::default();
    place.walk(&mut question.clone(), &mut names);
    let (taken, spoken) = (declared(question), spoken(question));
    let fits = |letter: &&str| {
        let name = Name::from(*letter);
        let other = names.0.contains(&name) && !free.contains(&name);
        !other && !taken.contains(&name) && !spoken.contains(*letter)
    };
    let mut letters: Vec<&str> = USUAL.iter().filter(|letter| fits(letter)).copied().collect();
    let mut map = BTreeMap::new();
    for name in free {
        let last = letters.len() as i64 - 1;
        let new = letters.swap_remove(random.between(0, last) as usize);
        map.insert(name, Name::from(new));
    }
    place.walk(question, &mut Rename(map));
}

/// The names that statements declare or define.
fn declared(question: &Question) -> BTreeSet<Name> {
    let parts = question.parts.iter().flat_map(|part| &part.statements);
    let mut names = BTreeSet::new();
    let mut all: Vec<&Statement> = question.statements.iter().chain(parts).collect();
    for statement in all.drain(..) {
        match &statement.kind {
            StatementKind::Size(sizes) => names.extend(sizes.iter().map(|size| size.name.clone())),
            StatementKind::Param(params) => names.extend(params.iter().map(|param| param.name.clone())),
            StatementKind::Arrays(_, arrays) => names.extend(arrays.iter().map(|array| array.name.clone())),
            StatementKind::Equation(equation) => {
                names.insert(equation.array.clone());
            }
            StatementKind::Require(_)
            | StatementKind::Output(_)
            | StatementKind::Notation(..)
            | StatementKind::Call(_) => {}
        }
    }
    names
}

/// The letters that a text, an answer in words or a notation mentions, alone or side by side.
fn spoken(question: &Question) -> BTreeSet<String> {
    let answers = question.answers.iter().chain(question.parts.iter().flat_map(|part| &part.answers));
    let words = answers.filter_map(|answer| match &answer.kind {
        AnswerKind::Text(words) => Some(words),
        _ => None,
    });
    let systems = question.statements.iter().chain(question.parts.iter().flat_map(|part| &part.statements));
    let notations = systems.filter_map(|statement| match &statement.kind {
        StatementKind::Notation(_, text) => Some(text),
        _ => None,
    });
    let texts = std::iter::once(&question.text).chain(question.parts.iter().map(|part| &part.text));
    let mut letters = BTreeSet::new();
    for text in texts.chain(words).chain(notations) {
        let marked = text.split('$').enumerate().map(|(k, piece)| (k % 2 == 1, piece));
        for (mathematics, piece) in marked {
            for word in piece.split(|c: char| !(c.is_alphanumeric() || c == '\\')) {
                match mathematics && !word.starts_with('\\') {
                    true => letters.extend(word.chars().map(String::from)),
                    false => {
                        letters.insert(word.to_string());
                    }
                }
            }
        }
    }
    letters
}
