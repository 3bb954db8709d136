//! Numbers for symbolic sizes: a few assignments that satisfy every requirement and have the
//! nasty corners among them – a size at its least, one larger than another, not divisible by it,
//! an output of one place.

use crate::evaluate::{Asked, Random, Sizes};
use crate::integer::Index;
use crate::language::syntax::{Expr, Name};
use crate::model::System;
use crate::model::formula::conditions;
use std::cmp::Reverse;
use std::collections::BTreeSet;

const DRAWS: usize = 1500;
const SPANS: [i64; 3] = [4, 9, 30];
/// The product of the entries of the two largest arrays is at most this, where such sizes are found.
const SMALL: i128 = 30_000;
/// Where none are: how many times as many as at the smallest sizes found.
const MORE: i128 = 4;

/// What the sizes of a system must satisfy, and what its arrays cost, as syntax.
pub(crate) struct Limits {
    /// The ends of every range that an axis has, once each.
    asked: Option<Asked>,
    /// Of each array, the places of its ranges among these.
    arrays: Vec<Vec<usize>>,
    sizes: Vec<(Name, i64)>,
    /// What sizes may cost.
    largest: i128,
}

/// At most `wanted` assignments, small ones first; one empty assignment if no size is symbolic.
pub fn assignments(system: &System, wanted: usize) -> Vec<Sizes> {
    if system.sizes.is_empty() {
        return vec![Sizes::new()];
    }
    let limits = Limits::new(system);
    let mut pool: Vec<Vec<i64>> = Vec::new();
    for span in SPANS {
        let mut random = Random::new(0x5eed ^ span as u64);
        for _ in 0..DRAWS {
            let drawn = limits.draw(&mut random, span);
            if !pool.contains(&drawn) && limits.accept(&drawn) {
                pool.push(drawn);
            }
            if pool.len() >= 6 * wanted {
                break;
            }
        }
        if pool.len() >= 6 * wanted || (span > 4 && !pool.is_empty()) {
            break;
        }
    }
    let mut chosen = cover(pool.iter().map(|drawn| limits.named(drawn)).collect(), wanted);
    chosen.sort_by_key(|sizes| (sizes.values().sum::<i64>(), sizes.values().copied().collect::<Vec<_>>()));
    chosen
}

impl Limits {
    /// What a system demands of its sizes.
    pub(crate) fn new(system: &System) -> Self {
        let mut stated = system.requires.clone();
        stated.extend(system.assumptions.iter().cloned());
        let plain = crate::model::Quote::plain();
        let names = system.arrays.iter().map(|a| &a.name).chain(system.equations.iter().map(|e| &e.array));
        let mut ranges: Vec<(Index, Index)> = Vec::new();
        let mut place = |range: (Index, Index)| {
            let known = ranges.iter().position(|known| *known == range);
            known.unwrap_or_else(|| {
                ranges.push(range);
                ranges.len() - 1
            })
        };
        let mut axes = |name| system.bounds(name).unwrap_or_default().into_iter().map(&mut place).collect();
        let arrays = names.map(|name| axes(name)).collect();
        let ends: Vec<Expr> = ranges.iter().flat_map(|(lo, hi)| [plain.index(lo), plain.index(hi)]).collect();
        let names: Vec<Name> = system.sizes.iter().map(|(name, _)| name.clone()).collect();
        let limits = Limits {
            asked: Asked::new(&names, &conditions(&stated), &ends.iter().collect::<Vec<_>>()).ok(),
            arrays,
            sizes: system.sizes.iter().map(|(n, least)| (n.clone(), *least as i64)).collect(),
            largest: SMALL,
        };
        Limits { largest: limits.cost_to_allow(), ..limits }
    }

    /// What small sizes cost at most; where arrays are large at all sizes, a few times what the smallest cost.
    fn cost_to_allow(&self) -> i128 {
        let mut random = Random::new(0x5eed);
        let mut least: Option<i128> = None;
        for _ in 0..DRAWS {
            let Some(cost) = self.cost(&self.draw(&mut random, SPANS[0])) else { continue };
            if cost <= SMALL {
                return SMALL;
            }
            least = Some(least.map_or(cost, |least| least.min(cost)));
        }
        least.map_or(SMALL, |least| least.saturating_mul(MORE))
    }

    /// Sizes in the order of the system, each at its least or up to `span` more.
    pub(crate) fn draw(&self, random: &mut Random, span: i64) -> Vec<i64> {
        let value = |random: &mut Random, least: i64| match random.between(0, 4) {
            0 => least,
            _ => random.between(least, least + span),
        };
        self.sizes.iter().map(|(_, least)| value(random, *least)).collect()
    }

    /// Sizes in the order of the system with their names.
    pub(crate) fn named(&self, numbers: &[i64]) -> Sizes {
        self.sizes.iter().map(|(name, _)| name.clone()).zip(numbers.iter().copied()).collect()
    }

    /// How long each range is at these sizes.
    fn lengths(&self, sizes: &[i64]) -> Option<Vec<i128>> {
        let ends = self.asked.as_ref().and_then(|asked| asked.at(sizes))?;
        Some(ends.chunks_exact(2).map(|ends| ends[1].saturating_sub(ends[0]).saturating_add(1)).collect())
    }

    /// The ranges that are at least so long at these sizes.
    pub(crate) fn reaching(&self, sizes: &[i64], length: i128) -> BTreeSet<usize> {
        let lengths = self.lengths(sizes).unwrap_or_default();
        lengths.iter().enumerate().filter(|(_, found)| **found >= length).map(|(range, _)| range).collect()
    }

    /// The product of the numbers of entries of the two largest arrays; none if a requirement is not satisfied,
    /// or an array is empty.
    fn cost(&self, sizes: &[i64]) -> Option<i128> {
        let lengths = self.lengths(sizes)?;
        if lengths.iter().any(|length| *length <= 0) {
            return None;
        }
        let volume = |axes: &Vec<usize>| axes.iter().fold(1i128, |volume, axis| volume.saturating_mul(lengths[*axis]));
        let mut volumes: Vec<i128> = self.arrays.iter().map(volume).collect();
        volumes.sort_unstable();
        Some(volumes.iter().rev().take(2).fold(1i128, |product, v| product.saturating_mul(*v)))
    }

    /// Whether sizes, in the order of the system, satisfy every requirement, leave no array empty and keep boxes
    /// small.
    pub(crate) fn accept(&self, sizes: &[i64]) -> bool {
        self.cost(sizes).is_some_and(|cost| cost <= self.largest)
    }
}

/// Greedily the assignments that together show the most corners. Where two show as many more, the one in which more
/// sizes are more than 1 is taken, of those the smaller one: at it an entry is computed in less time.
fn cover(pool: Vec<Sizes>, wanted: usize) -> Vec<Sizes> {
    let above_one = |sizes: &Sizes| sizes.values().filter(|size| **size > 1).count();
    let volume = |sizes: &Sizes| sizes.values().fold(1i64, |volume, size| volume.saturating_mul((*size).max(1)));
    let described = |sizes: Sizes| (corners(&sizes), (above_one(&sizes), Reverse(volume(&sizes))), sizes);
    let mut pool: Vec<_> = pool.into_iter().map(described).collect();
    let kinds = pool.iter().flat_map(|(corners, ..)| corners).max().map_or(0, |most| most + 1);
    let mut seen = vec![false; kinds];
    let mut chosen = Vec::new();
    while chosen.len() < wanted && !pool.is_empty() {
        let gain = |corners: &[usize]| corners.iter().filter(|c| !seen[**c]).count();
        let rank = |k: usize| (gain(&pool[k].0), pool[k].1, Reverse(k));
        let best = (0..pool.len()).max_by_key(|k| rank(*k)).unwrap_or(0);
        let (corners, _, sizes) = pool.swap_remove(best);
        corners.into_iter().for_each(|c| seen[c] = true);
        chosen.push(sizes);
    }
    chosen
}

/// Numbers for the corners an assignment shows: each size at 0 to 4 or more; of each two sizes that are both more
/// than 1, whether the first is smaller, whether it leaves a remainder, and whether they are equal; all sizes
/// different; all more than 1.
fn corners(sizes: &Sizes) -> Vec<usize> {
    let values: Vec<i64> = sizes.values().copied().collect();
    let pairs = 8 * values.len();
    let all = pairs + 3 * values.len() * values.len();
    let mut found = Vec::new();
    for (a, m) in values.iter().enumerate() {
        found.push(8 * a + (*m).clamp(0, 4) as usize);
        for (b, n) in values.iter().enumerate().filter(|(b, n)| *b != a && *m > 1 && **n > 1) {
            found.extend(numbered(pairs + 3 * (a * values.len() + b), &[m < n, n % m != 0, m == n]));
        }
    }
    let distinct = values.iter().collect::<BTreeSet<_>>().len() == values.len();
    found.extend(numbered(all, &[distinct, values.iter().all(|size| *size > 1)]));
    found
}

/// The numbers, from the first on, of those that are shown.
fn numbered(first: usize, shown: &[bool]) -> impl Iterator<Item = usize> {
    (first..).zip(shown).filter(|(_, shown)| **shown).map(|(number, _)| number)
}
