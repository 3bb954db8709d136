//! Small numbers for the sizes that are still symbols, such that a picture has something to show: no axis of one
//! place, none that is long, no two sizes alike, where the requirements allow it.

use crate::evaluate::Sizes;
use crate::integer::Index;
use crate::language::syntax::Name;
use crate::model::System;
use crate::verify::{Limits, assignments};
use std::collections::BTreeMap;

/// How many assignments are begun with, and how often all sizes are tried anew.
const BEGINNINGS: usize = 12;
const ROUNDS: usize = 6;
/// How far above its least a size is tried.
const SPAN: i64 = 9;

/// Numbers for the symbolic sizes of a system, where no axis should have more than `long` places; none if no small
/// ones satisfy its requirements.
pub(super) fn small(system: &System, long: i128) -> Option<BTreeMap<Name, i128>> {
    let limits = Limits::new(system);
    let mut best = assignments(system, BEGINNINGS).into_iter().min_by_key(|sizes| cost(system, sizes, long))?;
    for _ in 0..ROUNDS {
        let before = best.clone();
        for (size, least) in &system.sizes {
            for value in 0..=SPAN {
                let mut other = best.clone();
                other.insert(size.clone(), *least as i64 + value);
                let numbers: Vec<i64> = system.sizes.iter().filter_map(|(size, _)| other.get(size).copied()).collect();
                if cost(system, &other, long) < cost(system, &best, long) && limits.accept(&numbers) {
                    best = other;
                }
            }
        }
        if best == before {
            break;
        }
    }
    Some(best.into_iter().map(|(size, value)| (size, value.into())).collect())
}

/// How far an assignment is from what can be seen well.
fn cost(system: &System, sizes: &Sizes, long: i128) -> i128 {
    let value = |index: &Index| {
        let put =
            |index: Index, (size, value): (&Name, &i64)| index.substitute_size(size, &Index::constant((*value).into()));
        sizes.iter().fold(index.clone(), put).as_constant()
    };
    let arrays = system.arrays.iter().map(|array| &array.name).chain(system.equations.iter().map(|e| &e.array));
    let lengths = arrays.flat_map(|name| system.lengths(name)).filter(|length| length.as_constant().is_none());
    let axis = |length: i128| match length {
        1 => 60,
        2 => 12,
        n if n > long => 10 * (n - long) + n,
        n => n,
    };
    let axes: i128 = lengths.filter_map(|length| value(&length)).map(axis).sum();
    let values: Vec<i64> = sizes.values().copied().collect();
    let alike = values.iter().enumerate().filter(|(k, value)| values[..*k].contains(value)).count();
    let ones = values.iter().filter(|value| **value == 1).count();
    axes + 4 * alike as i128 + 40 * ones as i128
}
