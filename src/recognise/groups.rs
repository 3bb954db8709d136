//! Channels in groups: two places whose groups are the same number, which nothing else shows.
//!
//! Invariant: place − first = size·(group − first) + (number in the group − first) on both sides.

use super::axis::{Axis, Groups};
use super::same;
use super::wire::{Linear, Part, Tie, Wiring};
use crate::integer::Index;

/// The groups that pairs of ties make, and the other ties. None if a number that is tied twice is
/// no group.
pub(super) fn groups<'a>(wiring: &Wiring, ties: &'a [Tie]) -> Option<(Vec<Axis>, Vec<&'a Tie>)> {
    let mut found = Vec::new();
    let mut rest: Vec<&Tie> = ties.iter().collect();
    for group in 0..wiring.wires.len() {
        let within = |tie: &&Tie| matches!(tie, Tie::Equal(e) if e.terms.len() == 3 && e.wires().any(|w| w == group));
        let both: Vec<&Tie> = rest.iter().copied().filter(within).collect();
        if wiring.wires[group].part() != Part::Loose || both.len() != 2 {
            continue;
        }
        let sides = both.iter().map(|tie| match tie {
            Tie::Equal(linear) => side(wiring, linear, group),
            _ => None,
        });
        let sides: Vec<Side> = sides.collect::<Option<_>>()?;
        let number = |s: &Side| wiring.wires[s.channel].length().exact_quotient(&s.size);
        let groups = sides.iter().find_map(number)?;
        let even = |s: &Side| same(&wiring.wires[s.channel].length(), &groups.times(&s.size));
        let [a, b] = sides.as_slice() else { return None };
        if !even(a) || !even(b) || !same(&a.first, &b.first) {
            return None;
        }
        let sizes = [a.size.clone(), b.size.clone()];
        let sides = [(a.channel, a.number), (b.channel, b.number)];
        found.push(Axis::Groups(Groups { sides, sizes, groups, group }));
        rest.retain(|tie| !within(tie));
    }
    Some((found, rest))
}

/// channel = size·group + number + …, the channel with the number 0 of the group 0 being the first.
struct Side {
    channel: usize,
    number: usize,
    size: Index,
    /// The group that the first channel is in.
    first: Index,
}

fn side(wiring: &Wiring, linear: &Linear, group: usize) -> Option<Side> {
    let slope = |wire: usize| linear.terms.iter().find(|(w, _)| *w == wire).map(|(_, s)| s.clone());
    let others: Vec<usize> = linear.wires().filter(|w| *w != group).collect();
    let wide = slope(group)?;
    others.iter().find_map(|channel| {
        let number = *others.iter().find(|w| *w != channel)?;
        let sign = slope(*channel)?.as_constant().filter(|n| n.abs() == 1)?;
        let (size, wire) = (wide.times_number(-sign), &wiring.wires[number]);
        if slope(number)?.as_constant() != Some(-sign) || !same(&wire.length(), &size) {
            return None;
        }
        // sign·(channel − size·group − number) + rest = 0 at the first channel and the first number
        let offset = wiring.wires[*channel].lo.minus(&wire.lo).plus(&linear.rest.times_number(sign));
        let first = offset.exact_quotient(&size).or_else(|| offset.is_zero().then(Index::default))?;
        Some(Side { channel: *channel, number, size, first })
    })
}
