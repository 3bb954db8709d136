//! Which question a formula answers: the one that the numbers around it say, or else the one that it fits best.
//!
//! Without numbers the left side decides, and among questions that ask for the same of different layers the one in which
//! the formula is right. Invariant: what numbers say is not overruled.

use super::mapping::Meaning;
use super::marker::Marker;
use super::{Entry, Formula, Marked, Place};
use crate::language::syntax::Target;

/// A formula and what it answers, as far as the numbers around it or the mapping say so.
pub(super) struct Assigned<'d> {
    pub formula: &'d Formula,
    /// The only question that it can belong to, by its number.
    pub question: Option<usize>,
    /// What the mapping says that it answers.
    pub said: Option<&'d (String, Target)>,
    /// Whether the mapping says that it answers nothing.
    pub nothing: bool,
}

impl<'d> Assigned<'d> {
    pub fn new(
        formula: &'d Formula,
        meaning: Option<Meaning>,
        wanted: &'d [(String, Target)],
        markers: &[Marker],
    ) -> Self {
        let mut assigned = Assigned { formula, question: None, said: None, nothing: false };
        match meaning {
            Some(Meaning::Nothing) => assigned.nothing = true,
            Some(Meaning::Answer(name)) => {
                assigned.said = wanted.iter().find(|(known, _)| *known == name);
                assigned.question = markers.iter().position(|m| m.wanted.iter().any(|(wanted, _)| *wanted == name));
            }
            None => {
                let mut here = (0..markers.len()).filter(|number| markers[*number].stands(&formula.place));
                assigned.question = here.next().filter(|_| here.next().is_none());
            }
        }
        assigned
    }
}

/// Finds the questions of formulas that no number assigns.
#[derive(Default)]
pub(super) struct Unnumbered<'a> {
    pub markers: Vec<Marker<'a>>,
    /// The question of the formula before.
    last: Option<usize>,
}

/// How well a formula fits a question, the weightiest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    /// It stands under the problem's number.
    problem: bool,
    /// It stands under a question's number that this one has in its problem.
    question: bool,
    proved: bool,
    agrees: bool,
    /// It speaks of an array of that many axes.
    axes: bool,
    /// It answers something that nothing answers yet.
    open: bool,
    /// It answers something that is asked for.
    asked: bool,
    /// The formula before belongs to the question.
    next: bool,
}

impl Unnumbered<'_> {
    /// The entries of a formula in the question that it fits best; none if it fits in none.
    pub fn formula(&mut self, assigned: &Assigned, before: &Marked) -> Vec<Entry> {
        let mut best: Option<(Fit, usize, Vec<Entry>)> = None;
        for number in 0..self.markers.len() {
            let entries = self.markers[number].formula(assigned.formula, None);
            if entries.is_empty() {
                continue;
            }
            let mut fit = self.fit(number, &assigned.formula.place, &entries);
            fit.open = entries.iter().any(|entry| entry.answers.iter().any(|name| before.is_open(name)));
            if best.as_ref().is_none_or(|(known, ..)| fit > *known) {
                best = Some((fit, number, entries));
            }
        }
        let Some((_, number, entries)) = best else { return Vec::new() };
        self.last = Some(number);
        entries
    }

    fn fit(&self, number: usize, place: &Place, entries: &[Entry]) -> Fit {
        let marker = &self.markers[number];
        let all = |wanted: &[&str]| entries.iter().all(|entry| wanted.contains(&entry.verdict()));
        Fit {
            problem: place.problem.as_ref() == Some(&marker.problem.label),
            question: place.question.as_ref() == Some(&marker.question.label),
            proved: all(&["proved", "definition"]),
            agrees: all(&["proved", "definition", "undecided"]),
            axes: !entries.iter().any(Entry::has_other_axes),
            open: false,
            asked: entries.iter().any(|entry| !entry.answers.is_empty()),
            next: self.last == Some(number),
        }
    }
}
