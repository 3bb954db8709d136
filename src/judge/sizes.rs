//! The sizes at which a claim is tried, in the order in which a counterexample is worth showing.
//!
//! Invariant: the small ones come first; where few sizes are symbols, those that are at least 2 and
//! pairwise different come before all, because a transposed matrix hides at size 1.

use crate::evaluate::{Random, Sizes};
use crate::language::syntax::Name;
use crate::model::System;
use crate::verify::{Limits, assignments};
use std::collections::BTreeSet;

const FEW: usize = 4;
const SMALLEST: usize = 16;
const DIFFERENT: usize = 4;
const CORNERS: usize = 12;
const DRAWN: usize = 4_000;
/// A range of so many entries is long.
const LONG: i128 = 3;
/// How much larger than the least the sizes are that are drawn for long ranges, and how many for each.
const SPANS: [i64; 2] = [4, 12];
const DRAWS: usize = 200;
/// How many more sizes there are, and how much larger than the least, for claims that are not proved.
const MORE: usize = 48;
const WIDE: i64 = 7;

/// Assignments that satisfy all requirements; one empty assignment if no size is symbolic.
pub(super) fn sizes_to_try(system: &System) -> Vec<Sizes> {
    if system.sizes.is_empty() {
        return vec![Sizes::new()];
    }
    let limits = Limits::new(system);
    let (mut different, mut smallest) = (Vec::new(), Vec::new());
    let wish = if system.sizes.len() <= FEW { DIFFERENT } else { 0 };
    let mut drawn = 0;
    let mut excess = 0;
    while drawn < DRAWN && (smallest.len() < SMALLEST || different.len() < wish) {
        shares(excess, system.sizes.len(), &mut Vec::new(), &mut |extra| {
            drawn += 1;
            let numbers: Vec<i64> =
                system.sizes.iter().zip(extra).map(|((_, least), more)| *least as i64 + more).collect();
            let sizes = limits.named(&numbers);
            let list = if different.len() < wish && is_different(&sizes) { &mut different } else { &mut smallest };
            if (list.len() < SMALLEST) && limits.accept(&numbers) {
                list.push(sizes);
            }
            drawn < DRAWN
        });
        excess += 1;
    }
    let mut all = different;
    for sizes in smallest.into_iter().chain(assignments(system, CORNERS)) {
        if !all.contains(&sizes) {
            all.push(sizes);
        }
    }
    let long = longer(system, &limits, &all);
    all.extend(long);
    all
}

/// Sizes at which ranges are long that are short at all the others: what differs only from the second or third
/// window on hides there.
fn longer(system: &System, limits: &Limits, others: &[Sizes]) -> Vec<Sizes> {
    let numbers =
        |sizes: &Sizes| -> Vec<i64> { system.sizes.iter().filter_map(|(name, _)| sizes.get(name).copied()).collect() };
    let mut reached: BTreeSet<usize> = others.iter().flat_map(|sizes| limits.reaching(&numbers(sizes), LONG)).collect();
    let mut found = Vec::new();
    for span in SPANS {
        let mut random = Random::new(span as u64);
        let mut all: Vec<Vec<i64>> = (0..DRAWS).map(|_| limits.draw(&mut random, span)).collect();
        all.sort_by_key(|drawn| drawn.iter().sum::<i64>());
        for drawn in all {
            let long = limits.reaching(&drawn, LONG);
            if !long.is_subset(&reached) && limits.accept(&drawn) {
                reached.extend(long);
                found.push(limits.named(&drawn));
            }
        }
    }
    found
}

/// More sizes, drawn at random, for a claim that holds at all the others and is not proved.
pub(super) fn more_sizes(system: &System) -> Vec<Sizes> {
    if system.sizes.is_empty() {
        return Vec::new();
    }
    let limits = Limits::new(system);
    let mut random = Random::new(WIDE as u64);
    let mut all: Vec<Vec<i64>> =
        (0..DRAWS).map(|_| limits.draw(&mut random, WIDE)).filter(|drawn| limits.accept(drawn)).take(MORE).collect();
    all.sort_by_key(|drawn| drawn.iter().sum::<i64>());
    all.dedup();
    all.iter().map(|drawn| limits.named(drawn)).collect()
}

/// The sizes with one of them smaller, each in turn, the least first.
pub(super) fn with_one_smaller(system: &System, sizes: &[(Name, i64)]) -> Vec<Sizes> {
    let limits = Limits::new(system);
    let numbers: Vec<i64> = sizes.iter().map(|(_, value)| *value).collect();
    let mut found = Vec::new();
    for (place, (_, least)) in system.sizes.iter().enumerate().take(numbers.len()) {
        for value in *least as i64..numbers[place] {
            let mut smaller = numbers.clone();
            smaller[place] = value;
            if limits.accept(&smaller) {
                found.push(limits.named(&smaller));
            }
        }
    }
    found
}

fn is_different(sizes: &Sizes) -> bool {
    let mut values: Vec<(&i64, &Name)> = sizes.iter().map(|(name, value)| (value, name)).collect();
    values.sort();
    values.first().is_none_or(|(least, _)| **least >= 2) && values.windows(2).all(|pair| pair[0].0 != pair[1].0)
}

/// Every way to share `total` among `parts`, until `f` has enough.
fn shares(total: i64, parts: usize, chosen: &mut Vec<i64>, f: &mut dyn FnMut(&[i64]) -> bool) -> bool {
    if parts <= 1 {
        chosen.push(total);
        let more = f(chosen);
        chosen.pop();
        return more;
    }
    for share in 0..=total {
        chosen.push(share);
        let more = shares(total - share, parts - 1, chosen, f);
        chosen.pop();
        if !more {
            return false;
        }
    }
    true
}
