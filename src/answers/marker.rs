//! One question: its systems, its judges, and what the author's formulas say so far.

use super::document::Formula;
use super::words::Introduction;
use super::{Entry, Found, Setting, number, wanted};
use crate::answer::Names;
use crate::diagnostic::{Diagnostic, Diagnostics, Span};
use crate::integer::{Condition, Truth};
use crate::judge::{Judge, Verdict};
use crate::language::print::{Alphabet, expression};
use crate::language::syntax::{Claim, ClaimValue, Expr, Name, Problem, Question, Target};
use crate::latex::{self, Kind, Tree};
use crate::model::System;
use crate::model::formula::index_formula;
use crate::reading::{Reader, Said, mark};

/// Judges the formulas of one question.
pub(super) struct Marker<'a> {
    problem: &'a Problem,
    question: &'a Question,
    numbered: bool,
    settings: &'a [Setting],
    names: Vec<Names>,
    judges: Vec<Judge<'a>>,
    /// The author's own symbols and what they are.
    defined: Vec<(Name, Expr)>,
    last: Option<Last>,
    pub answered: Vec<String>,
    /// The symbols in the formulas, with the line where each first stands.
    used: Vec<(String, usize)>,
}

/// What the statement before spoke of, for a line that begins with `=`.
enum Last {
    Answer(Target),
    Symbol(Name),
}

impl<'a> Marker<'a> {
    pub fn new(problem: &'a Problem, question: &'a Question, settings: &'a [Setting]) -> Result<Self, Diagnostics> {
        let judges = settings.iter().map(|s| Judge::new(&s.system)).collect::<Result<_, _>>()?;
        let names = settings.iter().map(|s| Names::new(&s.system)).collect();
        let (defined, answered, used) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Marker { problem, question, numbered: true, settings, names, judges, defined, last: None, answered, used })
    }

    /// Begins with formulas that numbers assign to the question, or with others: what was said so far
    /// does not reach from the ones to the others.
    pub fn begin(&mut self, numbered: bool) {
        self.numbered = numbered;
        self.defined.clear();
        self.last = None;
    }

    /// What is odd about the symbols that lines of the question introduce.
    pub fn remarks(&self, introduced: &[&Introduction]) -> Vec<(usize, String, String)> {
        let question = number(self.problem, self.question, None);
        let mut remarks: Vec<(usize, String, String)> = Vec::new();
        let mut say = |line: usize, words: String| remarks.push((line, question.clone(), words));
        for (k, one) in introduced.iter().enumerate() {
            if let Some(words) = one.contradiction() {
                say(one.line, words);
            }
            if introduced[..k].iter().any(|other| other.symbol == one.symbol) {
                say(one.line, format!("{} is introduced a second time", one.symbol));
            }
            if self.used.iter().all(|(name, _)| *name != one.symbol) {
                say(one.line, format!("{} is introduced and never used", one.symbol));
            }
        }
        let known = |name: &str| {
            introduced.iter().any(|i| i.symbol == name)
                || self.defined.iter().any(|(n, _)| **n == *name)
                || self.question.text.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word == name)
        };
        let size = |name: &str| self.settings[0].system.sizes.iter().any(|(size, _)| **size == *name);
        for (name, line) in self.used.iter().filter(|(name, _)| !introduced.is_empty() && size(name) && !known(name)) {
            say(*line, format!("{name} is used and introduced nowhere"));
        }
        remarks
    }

    /// The entries of a formula; without numbers around it, none if its left side is no answer here.
    pub fn formula(&mut self, formula: &Formula) -> Vec<Entry> {
        let part = formula.place.part.as_deref().filter(|part| self.question.parts.iter().any(|p| p.label == *part));
        let question = number(self.problem, self.question, part);
        let entry = |formula_text: String, found| Entry {
            line: formula.line,
            question: question.clone(),
            formula: formula_text,
            found,
        };
        let trees = match latex::read(&formula.text) {
            Ok(trees) => trees,
            Err(_) if !self.numbered => return Vec::new(),
            Err(problem) => return vec![entry(formula.text.clone(), Found::Unreadable(moved(problem, formula.start)))],
        };
        let mut entries = Vec::new();
        for tree in &trees {
            let part = formula.text.get(tree.span.start..tree.span.end).unwrap_or(&formula.text);
            let text = if trees.len() == 1 { formula.text.clone() } else { part.trim().to_string() };
            let found = self.statement(tree);
            let sets = |found: &Found| matches!(found, Found::Definition { set: Some(_), .. });
            if !found.as_ref().is_ok_and(|found| found.iter().any(sets)) {
                symbols(tree, &mut |name| {
                    if self.used.iter().all(|(known, _)| *known != name) {
                        self.used.push((name, formula.line));
                    }
                });
            }
            match found {
                Ok(found) => entries.extend(found.into_iter().map(|found| entry(text.clone(), found))),
                Err(problem) if self.numbered => {
                    entries.push(entry(text, Found::Unreadable(moved(problem, formula.start))));
                }
                Err(_) => {}
            }
        }
        if !self.numbered && !entries.iter().any(|e| matches!(e.found, Found::Judged { .. })) {
            return Vec::new();
        }
        entries
    }

    /// What is found of a statement, in the first system in which it makes sense.
    fn statement(&mut self, tree: &Tree) -> Result<Vec<Found>, Diagnostic> {
        if let Some(found) = self.symbol(tree) {
            return Ok(vec![found]);
        }
        let last = match &self.last {
            Some(Last::Answer(target)) => Some(target.clone()),
            _ => None,
        };
        let mut first_problem = None;
        for k in 0..self.settings.len() {
            let reader = Reader::new(&self.settings[k].system, &self.names[k]).with_definitions(&self.defined);
            let claims = match reader.statement(tree, last.as_ref()) {
                Ok(Said::Claims(claims)) => claims,
                Ok(Said::Lengths(members, span)) => reader.lengths_of_output(members, span),
                Ok(Said::Symbol(_) | Said::Remark) => return Ok(Vec::new()),
                Err(problem) => {
                    first_problem.get_or_insert(problem);
                    continue;
                }
            };
            if let Some(found) = self.placeholder(k, &claims) {
                return Ok(vec![found]);
            }
            match self.judged(k, &claims) {
                Ok(found) => {
                    self.last = claims.last().map(|claim| Last::Answer(claim.target.clone()));
                    return Ok(found);
                }
                Err(problem) => {
                    first_problem.get_or_insert(problem);
                }
            }
        }
        Err(first_problem.unwrap_or_else(|| Diagnostic::new("no question asks for this", tree.span)))
    }

    /// A shape with letters that are no sizes in any of the systems.
    fn placeholder(&mut self, k: usize, claims: &[Claim]) -> Option<Found> {
        let [Claim { value: ClaimValue::Shape(lengths), target, .. }] = claims else { return None };
        let unknown = |k: usize| {
            let reader = Reader::new(&self.settings[k].system, &self.names[k]);
            let lengths_known = self.names[k].lengths.iter().map(|(letter, _)| letter.to_string());
            let known: Vec<String> = lengths_known.collect();
            let mut found = Vec::new();
            lengths.iter().for_each(|length| reader.unknown(length, &mut found));
            found.retain(|name| !known.contains(name));
            found
        };
        let missing: Vec<Vec<String>> = (0..self.settings.len()).map(unknown).collect();
        if missing.iter().any(Vec::is_empty) {
            return None;
        }
        self.note(target);
        let right = self.judges[k].right(target);
        Some(Found::Placeholder { unknown: missing.into_iter().next()?, right })
    }

    fn judged(&mut self, k: usize, claims: &[Claim]) -> Result<Vec<Found>, Diagnostic> {
        let mut found = Vec::new();
        for claim in claims {
            let mark = mark(&self.settings[k].system, &mut self.judges[k], claim).map_err(|mut problems| {
                problems.drain(..).next().unwrap_or_else(|| Diagnostic::general("not judged"))
            })?;
            let refuted = matches!(mark.judgement.verdict, Verdict::Refuted(_));
            let right = if refuted { self.judges[k].right(&claim.target) } else { None };
            self.note(&claim.target);
            found.push(Found::Judged { mark: Box::new(mark), right });
        }
        Ok(found)
    }

    /// Notes which of the things asked for is answered.
    fn note(&mut self, target: &Target) {
        let plain = target.bare();
        for (name, wanted) in wanted(self.problem, self.question) {
            let shape_too = matches!((&plain, wanted.bare()), (Target::Shape(a), b) if **a == b);
            if (wanted.bare() == plain || shape_too && !matches!(wanted, Target::Value(..)))
                && !self.answered.contains(&name)
            {
                self.answered.push(name);
            }
        }
    }

    /// A symbol of the author's own: `H_P = P_{H1} + P_{H2} + H`, or a line that goes on with it.
    fn symbol(&mut self, tree: &Tree) -> Option<Found> {
        let Kind::Relations(first, sides) = &tree.kind else { return None };
        if let Some(found) = self.convention(tree) {
            return Some(found);
        }
        let reader = Reader::new(&self.settings[0].system, &self.names[0]).with_definitions(&self.defined);
        let name: Name = match (first, &self.last) {
            (Some(first), _) => reader.own_symbol(first)?,
            (None, Some(Last::Symbol(name))) => name.clone(),
            (None, _) => return None,
        };
        let mut values = Vec::new();
        for (_, side) in sides {
            values.push(reader.value(side, &[]).ok()?);
        }
        let mut unknown = Vec::new();
        values.iter().for_each(|value| reader.unknown(value, &mut unknown));
        let known = self.defined.iter().find(|(n, _)| *n == name).map(|(_, value)| value.clone());
        let members: Vec<&Expr> = known.iter().chain(&values).collect();
        let chain = equal(&self.settings[0].system, &members);
        let axis = values.first().and_then(|value| self.axis(value));
        if known.is_none() {
            self.defined.push((name.clone(), values.into_iter().next()?));
        }
        self.last = Some(Last::Symbol(name));
        Some(Found::Definition { unknown, chain, axis, set: None })
    }

    /// Sizes set equal, as answers ask for them: `S = S_W = S_H`, `B = 1`.
    fn convention(&mut self, tree: &Tree) -> Option<Found> {
        let Kind::Relations(Some(first), sides) = &tree.kind else { return None };
        for Setting { system, by } in self.settings.iter().filter(|s| !s.by.is_empty()) {
            let reader = Reader::new(system, &self.names[0]).with_definitions(by);
            let Ok(left) = reader.value(first, &[]) else { continue };
            let Ok(right) = sides.iter().map(|(_, side)| reader.value(side, &[])).collect::<Result<Vec<_>, _>>() else {
                continue;
            };
            let mut unknown = Vec::new();
            let members: Vec<&Expr> = [&left].into_iter().chain(&right).collect();
            members.iter().for_each(|member| reader.unknown(member, &mut unknown));
            let declared = crate::reading::written(first).is_some_and(|name| {
                by.iter().any(|(n, _)| **n == *name) || system.sizes.iter().any(|(size, _)| **size == *name)
            });
            if unknown.is_empty() && declared {
                let texts: Vec<String> = members.iter().map(|e| expression(e, Alphabet::Unicode)).collect();
                let set = Some(texts.join(" = "));
                return Some(Found::Definition { unknown, chain: equal(system, &members), axis: None, set });
            }
        }
        None
    }

    /// The axis of a shape asked for of which a value is the length.
    fn axis(&self, value: &Expr) -> Option<String> {
        let system = &self.settings[0].system;
        let value = index_formula(system, value, &[]).ok()?;
        let facts = system.facts();
        for (_, target) in wanted(self.problem, self.question) {
            let Target::Shape(of) = target.bare() else { continue };
            let Target::Value(array, _) = *of else { continue };
            let same = |length: &crate::integer::Index| {
                facts.judge(&Condition::Equal(length.clone(), value.clone())) == Truth::Yes
            };
            if let Some(axis) = system.lengths(&array).iter().position(same) {
                return Some(format!("axis {} of {array}", axis + 1));
            }
        }
        None
    }
}

/// Whether the members of a chain are equal for all sizes.
fn equal(system: &System, members: &[&Expr]) -> Truth {
    let indices = members.iter().map(|e| index_formula(system, e, &[]).ok()).collect::<Option<Vec<_>>>();
    let Some(indices) = indices else { return Truth::Unknown };
    let facts = system.facts();
    let mut all = Truth::Yes;
    for pair in indices.windows(2) {
        let pair = Condition::Equal(pair[0].clone(), pair[1].clone());
        match facts.judge(&pair) {
            Truth::Yes => {}
            _ if facts.fails_somewhere(&pair) => return Truth::No,
            _ => all = Truth::Unknown,
        }
    }
    all
}

/// Calls `f` on every symbol of a tree.
fn symbols(tree: &Tree, f: &mut dyn FnMut(String)) {
    if let Some(name) = crate::reading::written(tree) {
        return f(name);
    }
    match &tree.kind {
        Kind::Number(_) | Kind::Name(_) | Kind::Words(_) => {}
        Kind::Scripts(base, below, above) => {
            [Some(base), below.as_ref(), above.as_ref()].into_iter().flatten().for_each(|t| symbols(t, f));
        }
        Kind::Fenced(_, items) | Kind::List(items) | Kind::Joined(_, items) => items.iter().for_each(|t| symbols(t, f)),
        Kind::Row(factors) => factors.iter().for_each(|(_, t)| symbols(t, f)),
        Kind::Sum(terms) => terms.iter().for_each(|(_, t)| symbols(t, f)),
        Kind::Over(a, b) => [a, b].into_iter().for_each(|t| symbols(t, f)),
        Kind::Big(_, below, above, body) => {
            [below.as_ref(), above.as_ref(), Some(body)].into_iter().flatten().for_each(|t| symbols(t, f));
        }
        Kind::Cases(cases) => cases.iter().for_each(|(value, condition)| {
            symbols(value, f);
            condition.iter().for_each(|t| symbols(t, f));
        }),
        Kind::Relations(first, sides) => {
            first.iter().for_each(|t| symbols(t, f));
            sides.iter().for_each(|(_, t)| symbols(t, f));
        }
    }
}

fn moved(mut problem: Diagnostic, by: usize) -> Diagnostic {
    for (span, _) in &mut problem.places {
        *span = Span::new(span.start + by, span.end + by);
    }
    problem
}
