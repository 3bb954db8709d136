//! How a value comes about: the formula, the values put in, the functions evaluated, the result.
//!
//! Values that are put in are kept apart from the term, so that nothing is worked out too early:
//! 20·(1/3) stays so. Invariant: each line has the value of the line before.

use super::given::{Slot, with};
use super::reduce::{Point, Stuck, places, unrolled};
use crate::calculus::strategy::vars;
use crate::integer::{Facts, Index, Var};
use crate::language::syntax::Name;
use crate::model::{Kind, Term};
use std::collections::BTreeSet;

/// How many sums are written out.
const MOST_WRITTEN: usize = 8;
/// How many entries of a computed array are shown one by one.
const MOST_ENTRIES: usize = 6;
/// How many computed arrays are shown on the way.
const MOST_SHOWN: usize = 12;

/// A term in which letters stand for values.
#[derive(Clone, Debug)]
pub struct Told {
    /// The term.
    pub term: Term,
    /// What its letters stand for.
    pub values: Vec<(Name, Term)>,
}

/// The lines of one entry, and why each is equal to the one before.
#[derive(Clone, Debug)]
pub struct Line {
    /// What is computed on the way; none for what is asked for.
    pub left: Option<Term>,
    /// The formula.
    pub formula: Term,
    /// With values put in.
    pub put_in: Option<Told>,
    /// With functions evaluated.
    pub evaluated: Option<Told>,
    /// The value.
    pub result: Term,
}

/// The lines of what is computed on the way to a value, and last those of the value itself.
///
/// # Errors
/// As [`Point::closed`].
pub fn steps(point: &Point, term: &Term, facts: &Facts) -> Result<Vec<Line>, Stuck> {
    let mut teller = Teller { point, free: term.free_vars(), seen: BTreeSet::new(), lines: Vec::new() };
    let result = point.closed(term, facts)?;
    teller.on_the_way(term, facts);
    let mut lines = std::mem::take(&mut teller.lines);
    lines.push(teller.line(None, term, result, facts));
    Ok(lines)
}

struct Teller<'p, 'a> {
    point: &'p Point<'a>,
    free: BTreeSet<Var>,
    seen: BTreeSet<Term>,
    lines: Vec<Line>,
}

impl Teller<'_, '_> {
    /// The computed arrays that a term reads, each after those that it is computed from.
    fn on_the_way(&mut self, term: &Term, facts: &Facts) {
        if let Kind::Read(array, at) = term.kind() {
            let system = self.point.system;
            let slot = Slot::Array(array.clone());
            if self.point.given(&slot, array, at, facts).is_ok() {
                return;
            }
            let Some(equation) = system.equation(array) else { return };
            let at: Vec<Index> = at
                .iter()
                .zip(&equation.indices)
                .map(|(index, b)| if b.lo == b.hi { b.lo.clone() } else { index.clone() })
                .collect();
            let term = &Term::read(array.clone(), at.clone());
            let own = |index: &Index| {
                let mut read = BTreeSet::new();
                index.collect_vars(&mut read);
                read.iter().all(|var| self.free.contains(var))
            };
            let plain = at.iter().zip(&equation.indices).all(|(index, b)| b.lo == b.hi || index.as_var().is_some());
            let (left, facts) = match at.iter().all(own) && (!plain || at.is_empty() || self.moves(array)) {
                true => (term.clone(), facts.clone()),
                false => {
                    let entry = Term::read(array.clone(), vars(&equation.indices));
                    (entry, with(facts.clone(), &equation.indices))
                }
            };
            let Kind::Read(_, at) = left.kind() else { return };
            let general = at.iter().any(|index| index.as_var().is_some_and(|var| !self.free.contains(var)));
            if general
                && self.point.closed(&left, &facts).is_err()
                && let Some(entries) = places(&equation.indices).filter(|entries| entries.len() <= MOST_ENTRIES)
            {
                for pairs in entries {
                    self.on_the_way(&left.substitute_all(&pairs), &facts);
                }
                return;
            }
            let Some(body) = self.point.definition(array, at, &facts) else { return };
            if self.lines.len() >= MOST_SHOWN || !self.seen.insert(left.clone()) {
                return;
            }
            self.on_the_way(&body, &facts);
            if let Ok(value) = self.point.closed(&left, &facts) {
                let outer = std::mem::replace(&mut self.free, left.free_vars());
                let line = self.line(Some(left), &body, value, &facts);
                self.lines.push(line);
                self.free = outer;
            }
            return;
        }
        if let Kind::Upstream(array, at) = term.kind()
            && at.iter().all(Index::is_free_of_vars)
            && let Some(body) = self.point.adjoint(array, at, facts)
            && self.lines.len() < MOST_SHOWN
            && self.seen.insert(term.clone())
        {
            self.on_the_way(&body, facts);
            if let Ok(value) = self.point.closed(term, facts) {
                let line = self.line(Some(term.clone()), &body, value, facts);
                self.lines.push(line);
            }
            return;
        }
        let off = |factor: &Term| factor.is_bracket() && self.point.value(factor, facts).is_ok_and(|v| v.is_zero());
        if term.factors().iter().any(off) {
            return;
        }
        let facts = with(facts.clone(), term.bounds());
        term.children().iter().for_each(|child| self.on_the_way(child, &facts));
    }

    /// Whether entries of an array, or of what it is computed from, are given one by one.
    fn moves(&self, array: &Name) -> bool {
        self.point.system.recurrence(array).is_some() || self.point.single(array)
    }

    /// Sums of one term as that term, and brackets on numbers as their values.
    fn plain(&self, term: &Term, facts: &Facts) -> Term {
        match (term.kind(), unrolled(term).as_deref()) {
            (Kind::Bracket(_), _) if term.free_vars().is_empty() => {
                self.point.value(term, facts).unwrap_or_else(|_| term.clone())
            }
            (_, Some([only])) => self.plain(only, facts),
            _ => term.map_children(&mut |child| self.plain(child, facts)),
        }
    }

    fn line(&self, left: Option<Term>, term: &Term, result: Term, facts: &Facts) -> Line {
        let told = |functions: bool| {
            let mut values = Vec::new();
            let term = self.put(term, facts, functions, &mut values)?;
            Some(Told { term, values })
        };
        Line { left, formula: self.plain(term, facts), put_in: told(false), evaluated: told(true), result }
    }

    /// A letter for a value, or the term itself where its value still speaks of indices bound in it.
    fn held(&self, term: &Term, facts: &Facts, values: &mut Vec<(Name, Term)>) -> Option<Term> {
        let value = self.point.closed(term, facts).ok()?;
        if value.free_vars().iter().any(|var| !self.free.contains(var)) {
            return None;
        }
        let name: Name = format!("\u{2}{}", values.len()).into();
        values.push((name.clone(), value));
        Some(Term::read(name, Vec::new()))
    }

    /// A term with letters for what has a value; none where that cannot be written.
    fn put(&self, term: &Term, facts: &Facts, functions: bool, values: &mut Vec<(Name, Term)>) -> Option<Term> {
        match term.kind() {
            Kind::Read(..) | Kind::Upstream(..) | Kind::Derivative(..) => {
                Some(self.held(term, facts, values).unwrap_or_else(|| term.clone()))
            }
            Kind::Apply(..) if functions => match self.held(term, facts, values) {
                Some(letter) => Some(letter),
                None => self.inside(term, facts, functions, values),
            },
            Kind::Bracket(_) | Kind::Compare(..) => self.point.value(term, facts).ok(),
            Kind::Product(factors) => {
                for factor in factors.iter().filter(|f| f.is_bracket()) {
                    if self.point.value(factor, facts).ok()?.is_zero() {
                        return Some(Term::zero());
                    }
                }
                self.inside(term, facts, functions, values)
            }
            Kind::Sigma(bounds, _) => {
                if let Some([only]) = unrolled(term).as_deref() {
                    return self.put(only, facts, functions, values);
                }
                let before = values.len();
                let whole = self.inside(term, facts, functions, values)?;
                let open = |part: &Term| {
                    let read = match part.kind() {
                        Kind::Read(name, _) => !name.starts_with('\u{2}'),
                        kind => matches!(kind, Kind::Upstream(..) | Kind::Derivative(..) | Kind::Bracket(_)),
                    };
                    read && bounds.iter().any(|b| part.any_var(&b.var))
                };
                if !whole.any(&mut |part| open(part)) {
                    return Some(whole);
                }
                let kept = values.split_off(before);
                let Some(terms) = unrolled(term).filter(|terms| terms.len() <= MOST_WRITTEN) else {
                    values.extend(kept);
                    return Some(whole);
                };
                let written: Option<Vec<Term>> =
                    terms.iter().map(|term| self.put(term, facts, functions, values)).collect();
                let written = written.map(Term::sum);
                let reads = |t: &Term| matches!(t.kind(), Kind::Read(name, _) if !name.starts_with('\u{2}'));
                if written.as_ref().is_some_and(|sum| sum.any(&mut |part| reads(part))) {
                    *values = [&values[..before], &kept].concat();
                    return Some(whole);
                }
                written
            }
            _ => self.inside(term, facts, functions, values),
        }
    }

    fn inside(&self, term: &Term, facts: &Facts, functions: bool, values: &mut Vec<(Name, Term)>) -> Option<Term> {
        let facts = with(facts.clone(), term.bounds());
        let children = term.children().iter().map(|child| self.put(child, &facts, functions, values));
        let children: Option<Vec<Term>> = children.collect();
        Some(if term.children().is_empty() { term.clone() } else { term.with_children(children?) })
    }
}
