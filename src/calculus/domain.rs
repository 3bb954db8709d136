//! Whether formulas have a value: what they read lies in its array.

use crate::integer::{Atom, Condition, Facts, Index, Truth};
use crate::language::syntax::Name;
use crate::model::{Bound, Kind, System, Term};

/// Whether everything read is in range wherever the facts hold, and the brackets beside it in the term.
pub fn is_in_range(system: &System, facts: &Facts, term: &Term) -> bool {
    if let Kind::Read(name, at) | Kind::Upstream(name, at) = term.kind()
        && !is_inside(system, facts, name, at)
    {
        return false;
    }
    if !ends_are_in_range(system, facts, term.bounds()) {
        return false;
    }
    let mut facts = facts.clone();
    term.bounds().iter().for_each(|b| facts.bound_index(&b.var, &b.lo, &b.hi));
    term.held().into_iter().for_each(|condition| facts.require(condition));
    for factor in term.factors() {
        if let Kind::Bracket(condition) = factor.kind() {
            facts.require(condition);
        }
    }
    let mut data = term.own_indices().all(|index| data_is_in_range(system, &facts, index));
    if let Kind::Bracket(condition) = term.kind() {
        condition.visit(&mut |index| data = data && data_is_in_range(system, &facts, index));
    }
    data && term.children().iter().all(|part| is_in_range(system, &facts, part))
}

/// Whether the data that the ends of ranges are read from is in range wherever the facts hold.
pub fn ends_are_in_range(system: &System, facts: &Facts, bounds: &[Bound]) -> bool {
    let mut facts = facts.clone();
    bounds.iter().all(|Bound { var, lo, hi }| {
        let inside = [lo, hi].into_iter().all(|end| data_is_in_range(system, &facts, end));
        facts.bound_index(var, lo, hi);
        inside
    })
}

/// Whether an index expression reads integer data nowhere outside its array.
pub fn data_is_in_range(system: &System, facts: &Facts, index: &Index) -> bool {
    !index.any_atom(&mut |atom| match atom {
        Atom::Datum(name, at) => !is_inside(system, facts, name, at),
        _ => false,
    })
}

fn is_inside(system: &System, facts: &Facts, name: &Name, at: &[Index]) -> bool {
    let inside = |(index, (lo, hi)): (&Index, (Index, Index))| {
        facts.judge(&Condition::Within(lo, index.clone(), hi)) == Truth::Yes
    };
    system.bounds(name).is_some_and(|axes| at.iter().zip(axes).all(inside))
}
