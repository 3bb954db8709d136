//! The author's own symbols: what they are said to be, and whether that agrees with what was said of
//! them before, here or by the question.

use super::marker::{Last, Marker};
use super::{Elsewhere, Found, Setting, wanted};
use crate::integer::{Condition, Truth};
use crate::language::print::{Alphabet, expression};
use crate::language::syntax::{Expr, Name, Target};
use crate::latex::{Kind, Tree};
use crate::model::System;
use crate::model::formula::index_formula;
use crate::reading::Reader;

impl Marker<'_> {
    /// A symbol of the author's own: `H_P = P_{H1} + P_{H2} + H`, or a line that goes on with it.
    pub(super) fn symbol(&mut self, tree: &Tree, line: usize) -> Option<Found> {
        let Kind::Relations(first, sides) = &tree.kind else { return None };
        if let Some(found) = self.convention(tree).or_else(|| self.size(tree)) {
            return Some(found);
        }
        let reader = self.reader(0);
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
        let system = &self.settings[0].system;
        let chain = equal(system, &members);
        let axis = values.first().and_then(|value| self.axis(value));
        let other = members.len() > 1 && known.is_some() && equal(system, &members[..2]) == Truth::No;
        let first = self.defined_in.iter().find(|(n, _)| *n == name).map(|(_, line)| *line);
        let elsewhere = first.filter(|_| other).map(Elsewhere::Line);
        if known.is_none() {
            self.defined.push((name.clone(), values.into_iter().next()?));
            self.defined_in.push((name.clone(), line));
        }
        self.last = Some(Last::Symbol(name));
        Some(Found::Definition { unknown, chain, axis, elsewhere, set: None })
    }

    /// A value for a size that the question gives.
    fn size(&self, tree: &Tree) -> Option<Found> {
        let Kind::Relations(Some(first), sides) = &tree.kind else { return None };
        let reader = self.reader(0);
        let name = crate::reading::written(first).filter(|name| reader.is_size(name))?;
        let values = sides.iter().map(|(_, side)| reader.value(side, &[])).collect::<Result<Vec<_>, _>>().ok()?;
        let mut unknown = Vec::new();
        values.iter().for_each(|value| reader.unknown(value, &mut unknown));
        let given = Expr::name(name);
        let members: Vec<&Expr> = [&given].into_iter().chain(&values).collect();
        let chain = equal(&self.settings[0].system, &members);
        let elsewhere = (chain == Truth::No).then_some(Elsewhere::Question);
        Some(Found::Definition { unknown, chain, axis: None, elsewhere, set: None })
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
                return Some(Found::Definition {
                    unknown,
                    chain: equal(system, &members),
                    axis: None,
                    elsewhere: None,
                    set,
                });
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
pub(super) fn symbols(tree: &Tree, f: &mut dyn FnMut(String)) {
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
        Kind::Root(inner) => symbols(inner, f),
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
