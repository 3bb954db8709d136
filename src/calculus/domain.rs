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
    let mut before = |condition: &Condition| {
        let inside = decides_in_range(system, &facts, condition);
        facts.require(condition);
        inside
    };
    // A bracket guards what stands after it, but not the data that decides whether it holds.
    let decided = term.held().is_none_or(&mut before) && brackets(term).all(before);
    let mut parts = term.children().iter().filter(|part| !matches!(part.kind(), Kind::Bracket(_)));
    decided
        && term.own_indices().all(|index| data_is_in_range(system, &facts, index))
        && parts.all(|part| is_in_range(system, &facts, part))
}

/// The conditions of the brackets that are factors of a term.
fn brackets(term: &Term) -> impl Iterator<Item = &Condition> {
    term.factors().iter().filter_map(|factor| match factor.kind() {
        Kind::Bracket(condition) => Some(condition),
        _ => None,
    })
}

/// Whether the data that a condition reads is in range wherever the facts hold, and, of a part, where those before
/// it leave it open.
pub fn decides_in_range(system: &System, facts: &Facts, condition: &Condition) -> bool {
    if !condition.reads_data() {
        return true;
    }
    if let Condition::All(parts) | Condition::Any(parts) = condition {
        let all = matches!(condition, Condition::All(_));
        let mut facts = facts.clone();
        return parts.iter().all(|part| {
            let inside = decides_in_range(system, &facts, part);
            facts.require(&if all { part.clone() } else { part.negated() });
            inside
        });
    }
    let mut inside = true;
    condition.visit(&mut |index| inside &= data_is_in_range(system, facts, index));
    inside
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
