//! Extrema over an index: from syntax to terms, and whether each runs over something.
//!
//! Over several indices an extremum is one of extrema, the first index outermost, so that equal values
//! are told apart by the first index first. Invariant: no extremum of a system runs over nothing; where
//! that depends on sizes alone it is an assumption.

use super::names::{Names, Scope};
use super::term::{Bound, Kind, Term};
use super::translate::Padding;
use crate::diagnostic::{Diagnostic, Span};
use crate::integer::{Condition, Facts, Index, Truth};
use crate::language::syntax::{self, Binder, Expr, Extremum};

/// An extremum, and what is known where it stands.
type Found = (Bound, Condition, Facts);

impl Names {
    /// The extremum of a body over indices that are bound already.
    pub(super) fn extremum(
        &mut self,
        which: Extremum,
        (binders, bounds): (&[Binder], Vec<Bound>),
        condition: Option<&syntax::Condition>,
        body: &Expr,
        scope: &Scope,
        padding: Padding,
    ) -> Option<Term> {
        let word = which.word();
        if let ([first, second, ..], true) = (binders, which.is_place()) {
            let inner = format!("{word}[{}] {}[{}] …", first.name, word.replace("arg", ""), second.name);
            let diagnostic = Diagnostic::new(format!("`{word}` gives one index"), first.span.to(second.span));
            self.report(diagnostic.hint(format!("take one inside the other: `{inner}`")));
            return None;
        }
        let holds = match condition {
            Some(condition) if !self.is_condition_on_integers(condition, scope) => {
                let message = format!("the condition of `{word}` is on indices, not on values");
                return self.fail(message, binders.first()?.span);
            }
            Some(condition) => self.condition(condition, scope)?,
            None => Condition::always(),
        };
        let body = self.term(body, scope, padding)?;
        let mut held = by_index(&bounds, holds);
        let over = |body, bound| Term::extremum(which, bound, held.pop().unwrap_or_else(Condition::always), body);
        Some(bounds.into_iter().rev().fold(body, over))
    }

    /// Sees to it that no extremum in a formula runs over nothing, wherever the indices are in range.
    pub(super) fn check_extrema(&mut self, bounds: &[Bound], body: &Term, span: Span) -> Option<()> {
        let mut facts = self.facts.clone();
        bounds.iter().for_each(|b| facts.bound_index(&b.var, &b.lo, &b.hi));
        let mut found = Vec::new();
        extrema(body, &facts, &mut found);
        found.iter().try_for_each(|one| self.check_extremum(one, span))
    }

    /// Assumes of the sizes that some index satisfies a condition, as far as that is a matter of the sizes alone;
    /// what else there may be is seen where it is evaluated.
    pub(super) fn assume_some(&mut self, bound: &Bound, condition: &Condition, span: Span) -> Option<()> {
        let Some(Ends { lowers, uppers, excluded, .. }) = ends(bound, condition) else { return Some(()) };
        for room in rooms(&lowers, &uppers, excluded).filter(Index::is_free_of_vars) {
            let message = || format!("no `{}` satisfies the condition", bound.var.name);
            self.assume(&Condition::AtMost(Index::default(), room), span, message)?;
        }
        Some(())
    }

    /// Some index satisfies all inequalities if each lower end is at most each upper end, with room for the values that
    /// are left out.
    fn check_extremum(&mut self, (bound, condition, facts): &Found, span: Span) -> Option<()> {
        let message = || format!("the extremum over `{}` may be over nothing", bound.var.name);
        let Some(Ends { lowers, uppers, others, excluded }) = ends(bound, condition) else {
            let hint = "its condition may be inequalities in which the index stands without a factor, and `!=`";
            self.report(Diagnostic::new(message(), span).label("in this equation").hint(hint));
            return None;
        };
        let mut facts = facts.clone();
        self.assumptions.iter().for_each(|assumption| facts.require(assumption));
        for room in rooms(&lowers, &uppers, excluded).chain(others) {
            let condition = Condition::AtMost(Index::default(), room.clone());
            if facts.judge(&condition) == Truth::Yes {
                continue;
            }
            match facts.extreme_over_ranges(&room, false).filter(Index::is_free_of_vars) {
                Some(least) => self.assume(&Condition::AtMost(Index::default(), least), span, message)?,
                None => {
                    let hint = "give a range or a condition that some index always satisfies";
                    self.report(Diagnostic::new(message(), span).label("in this equation").hint(hint));
                    return None;
                }
            }
        }
        Some(())
    }
}

/// How much further than each lower end each upper end lies, without as many values as are left out.
fn rooms<'a>(lowers: &'a [Index], uppers: &'a [Index], excluded: i128) -> impl Iterator<Item = Index> + 'a {
    lowers.iter().flat_map(move |lo| uppers.iter().map(move |hi| hi.minus(lo).plus_number(-excluded)))
}

/// What a condition says of each index, given those before it: each of its parts goes to the last index that it
/// speaks of.
fn by_index(bounds: &[Bound], condition: Condition) -> Vec<Condition> {
    let mut held: Vec<Vec<Condition>> = vec![Vec::new(); bounds.len()];
    let mut open = vec![condition];
    while let Some(part) = open.pop() {
        match part {
            Condition::All(parts) if bounds.len() > 1 => open.extend(parts.into_iter().rev()),
            part => held[bounds.iter().rposition(|bound| part.mentions(&bound.var)).unwrap_or(0)].push(part),
        }
    }
    held.into_iter().map(Condition::joined).collect()
}

/// The extrema in a term, with what is known at their places.
fn extrema(term: &Term, facts: &Facts, found: &mut Vec<Found>) {
    let mut inner = facts.clone();
    term.bounds().iter().for_each(|b| inner.bound_index(&b.var, &b.lo, &b.hi));
    if let Some(condition) = term.held() {
        inner.require(condition);
    }
    for factor in term.factors() {
        if let Kind::Bracket(condition) = factor.kind() {
            inner.require(condition);
        }
    }
    if let Kind::Extremum(_, bounds, condition, _) = term.kind() {
        found.extend(bounds.iter().map(|bound| (bound.clone(), condition.clone(), facts.clone())));
    }
    term.children().iter().for_each(|child| extrema(child, &inner, found));
}

/// What a range and a condition say of an index.
struct Ends {
    lowers: Vec<Index>,
    uppers: Vec<Index>,
    /// What must not be negative besides.
    others: Vec<Index>,
    /// How many values are left out at most.
    excluded: i128,
}

/// The ends that a range and a condition give an index; none if the condition says anything else of it but that it
/// is not some value.
fn ends(bound: &Bound, condition: &Condition) -> Option<Ends> {
    let (lowers, uppers) = (vec![bound.lo.clone()], vec![bound.hi.clone()]);
    let mut ends = Ends { lowers, uppers, others: Vec::new(), excluded: 0 };
    for part in condition.canonical() {
        if let Condition::Not(inner) = &part
            && let Condition::Equal(a, b) = &**inner
            && let Some((slope, _)) = a.minus(b).linear_in(&bound.var)
            && !slope.is_zero()
            && slope.as_constant().is_some()
        {
            ends.excluded += 1;
            continue;
        }
        let Condition::AtMost(a, b) = &part else { return None };
        let room = b.minus(a);
        let (slope, rest) = room.linear_in(&bound.var)?;
        match slope.as_constant() {
            Some(0) => ends.others.push(room),
            Some(1) => ends.lowers.push(rest.times_number(-1)),
            Some(-1) => ends.uppers.push(rest),
            _ => return None,
        }
    }
    Some(ends)
}
