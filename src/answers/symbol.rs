//! The author's own symbols: what they are said to be, and whether that agrees with what was said of
//! them before, here or by the question.

use super::marker::{Last, Marker};
use super::setting::Setting;
use super::{Elsewhere, Found};
use crate::diagnostic::Diagnostic;
use crate::integer::{Condition, Truth};
use crate::language::print::{Alphabet, expression, target as target_text};
use crate::language::syntax::{Expr, Name, Target};
use crate::latex::{Kind, Link, Tree};
use crate::model::System;
use crate::model::formula::index_formula;
use crate::reading::{Reader, bare_letter};

impl Marker<'_> {
    /// A letter that is said to be a derivative, `\delta_i = \frac{\partial\ell}{\partial z_i} = …`: what is
    /// found of each side. The letter stands for the derivative from here on.
    pub(super) fn letter(&mut self, tree: &Tree) -> Result<Option<Vec<Found>>, Diagnostic> {
        let Some((side, target)) = self.introduced(tree) else { return Ok(None) };
        let Kind::Relations(_, sides) = &tree.kind else { return Ok(None) };
        let said =
            || Found::Definition { unknown: Vec::new(), chain: Truth::Yes, axis: None, elsewhere: None, set: None };
        self.last = Some(Last::Answer(target));
        let mut found = Vec::new();
        for (k, side_of) in sides.iter().enumerate() {
            if k == side {
                found.push(said());
                continue;
            }
            let alone = Tree { kind: Kind::Relations(None, vec![side_of.clone()]), span: tree.span };
            found.extend(self.further(&alone)?);
        }
        Ok(Some(found))
    }

    /// The side of a chain that says what derivative its letter is, noted.
    pub(super) fn introduced(&mut self, tree: &Tree) -> Option<(usize, Target)> {
        let Kind::Relations(Some(first), sides) = &tree.kind else { return None };
        let letter = bare_letter(first)?;
        for k in 0..self.settings.len() {
            let reader = self.reader(k);
            if reader.target(first).ok().flatten().is_some() || reader.own_symbol(&letter).is_none() {
                continue;
            }
            let is = |tree: &Tree| {
                let target = reader.target(tree).ok().flatten()?;
                matches!(target, Target::Gradient(..) | Target::Jacobian(..)).then_some(target)
            };
            let found = sides.iter().enumerate().find_map(|(at, (_, side))| Some((at, is(side)?)));
            if let Some((at, target)) = found {
                let name = target_text(&target.bare(), Alphabet::Ascii);
                let symbol = vec![(Link::Beside, letter)];
                self.letters.retain(|(known, _)| *known != symbol);
                self.letters.push((symbol, name));
                return Some((at, target));
            }
        }
        None
    }

    /// A symbol of the author's own that has indices, or is a whole vector: `\delta_i = p_i - y_i`.
    fn own(&mut self, tree: &Tree) -> Option<Found> {
        let own = self.reader(0).own_of(tree)?;
        self.own.retain(|known| known.letter != own.letter);
        self.own.push(own);
        Some(Found::Definition { unknown: Vec::new(), chain: Truth::Unknown, axis: None, elsewhere: None, set: None })
    }

    /// A symbol of the author's own: `H_P = P_{H1} + P_{H2} + H`, or a line that goes on with it.
    pub(super) fn symbol(&mut self, tree: &Tree, line: usize) -> Option<Found> {
        let Kind::Relations(first, sides) = &tree.kind else { return None };
        if let Some(found) = self.convention(tree).or_else(|| self.size(tree)) {
            return Some(found);
        }
        let answers = |first: &Tree| {
            (0..self.settings.len()).any(|k| self.reader(k).target(first).is_ok_and(|target| target.is_some()))
        };
        if first.as_ref().is_some_and(|first| answers(first)) {
            return None;
        }
        if let Some(found) = self.own(tree) {
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
        for Setting { system, by, .. } in self.settings.iter().filter(|s| !s.by.is_empty()) {
            let reader = Reader::new(system, &self.settings[0].names).with_definitions(by);
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
        for (_, target) in self.wanted {
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
    tree.parts().into_iter().for_each(|part| symbols(part, f));
}
