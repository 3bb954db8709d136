//! How many terms the sum of an answer has, for one value of its indices.
//!
//! Invariant: a number is exact only where no bracket can leave a term out; otherwise it is an upper
//! bound and said to be one.

use super::super::document::Prose;
use super::super::words::{equation, formula, text};
use super::Side;
use crate::integer::{Atom, Index};
use crate::language::syntax::{Expr, ExprKind, Sign};
use crate::recognise::axis::{Cycle, Groups, Lookup, Order, Window};
use crate::recognise::{Axis, Wiring};

/// `K`, `at most ⌈K/S⌉`, `as many as token[t] = v`; none if it is not known.
pub(super) fn terms(side: &Side) -> Option<Prose> {
    let (wiring, axes) = side.wired.as_ref()?;
    let mut count = Count { number: Index::constant(1), at_most: !wiring.guards.is_empty() };
    let (mut chosen, mut running): (Option<Prose>, Option<Prose>) = (None, None);
    let exact = |e: Index| Some(Count { number: e, at_most: false });
    for axis in axes {
        let stays = |k: usize| wiring.wires[k].stays();
        let length = |k: usize| wiring.wires[k].length();
        let one = Index::constant(1);
        let found = match axis {
            Axis::Bare(k) => exact(if stays(*k) { one } else { length(*k) }),
            Axis::Fixed(..) => exact(one),
            Axis::Line(line) if stays(line.to) || stays(line.from) => exact(one),
            Axis::Line(line) => Some(Count { number: length(line.from), at_most: true }),
            Axis::Digits(d) if stays(d.whole) || d.parts.iter().all(|k| stays(*k)) => exact(one),
            Axis::Digits(_) => None,
            Axis::Window(window) => windows(wiring, window),
            Axis::Cycle(cycle) => turns(wiring, cycle),
            Axis::Order(order) => {
                running = up_to(side, wiring, order);
                if running.is_none() && !(stays(order.small) && stays(order.large)) {
                    return None;
                }
                exact(one)
            }
            Axis::Groups(groups) => in_groups(wiring, groups),
            Axis::Lookup(lookup) if stays(lookup.value) && !lookup.at.iter().any(|k| stays(*k)) => {
                chosen = Some(matching(side, wiring, lookup));
                exact(one)
            }
            Axis::Lookup(lookup) => {
                let loose = lookup.at.iter().filter(|k| !stays(**k));
                exact(loose.fold(one, |n, k| n.times(&length(*k))))
            }
        };
        count = count.times(&found?);
    }
    let alone = count.number.as_constant() == Some(1);
    if let Some(mut prose) = chosen.or(running) {
        if !alone {
            prose.extend([text(", times "), side.words.index(&count.number)]);
        }
        return Some(prose);
    }
    let word = if count.at_most && !is_determined(axes, wiring) { "at most " } else { "" };
    Some(vec![text(word), side.words.index(&count.number)].into_iter().filter(|i| *i != text("")).collect())
}

struct Count {
    number: Index,
    at_most: bool,
}

impl Count {
    fn times(&self, other: &Count) -> Count {
        Count { number: self.number.times(&other.number), at_most: self.at_most || other.at_most }
    }
}

/// Whether the brackets are all about places that are tied to a datum or lie in an order: then the
/// count is exact.
fn is_determined(axes: &[Axis], wiring: &Wiring) -> bool {
    axes.iter().all(|axis| match axis {
        Axis::Bare(_) | Axis::Cycle(_) | Axis::Order(_) | Axis::Lookup(_) | Axis::Digits(_) | Axis::Groups(_) => true,
        Axis::Window(w) => w.is_block(&wiring.wires),
        Axis::Line(_) | Axis::Fixed(..) => false,
    })
}

fn windows(wiring: &Wiring, window: &Window) -> Option<Count> {
    let wires = &wiring.wires;
    let length = |k: usize| wires[k].length();
    let of = |number: Index, at_most: bool| Some(Count { number, at_most });
    let [position, place, tap] = [window.position, window.window, window.tap].map(|k| wires[k].stays());
    match (position, place, tap) {
        (false, true, false) => of(length(window.tap), false),
        (false, false, true) => of(length(window.window), false),
        (true, false, false) if window.is_block(wires) => of(Index::constant(1), false),
        (true, false, false) => match window.dilation.as_constant() {
            Some(1) => of(ceiling(&length(window.tap), &window.stride), true),
            _ => of(length(window.tap), true),
        },
        (true, true, _) | (true, _, true) | (_, true, true) => of(Index::constant(1), false),
        (false, false, false) => None,
    }
}

/// ⌈a/m⌉
fn ceiling(a: &Index, m: &Index) -> Index {
    a.times_number(-1).floor_div(m).times_number(-1)
}

fn turns(wiring: &Wiring, cycle: &Cycle) -> Option<Count> {
    let open: Vec<usize> = cycle.terms.iter().map(|(k, _)| *k).filter(|k| !wiring.wires[*k].stays()).collect();
    let complete = |k: &usize| wiring.wires[*k].length() == cycle.modulus;
    let number = match open.as_slice() {
        [] | [_] => Index::constant(1),
        [a, b] if complete(a) => wiring.wires[*b].length(),
        [a, b] if complete(b) => wiring.wires[*a].length(),
        _ => return None,
    };
    Some(Count { number, at_most: false })
}

/// `i`, `N − k + 1`: how many places lie on the one side of the index that stays.
fn up_to(side: &Side, wiring: &Wiring, order: &Order) -> Option<Prose> {
    let (small, large) = (&wiring.wires[order.small], &wiring.wires[order.large]);
    let quoted = |e: &Index| side.words.quote.index(e);
    let facts = side.words.system.facts();
    let proved = |e: Index| facts.proves_nonnegative(&e);
    let first = order.gap.plus_number(-1);
    let (least, inside) = if large.stays() {
        (large.lo.minus(&small.lo).minus(&first), small.hi.minus(&large.hi).plus(&order.gap))
    } else {
        (large.hi.minus(&small.hi).minus(&first), small.lo.plus(&order.gap).minus(&large.lo))
    };
    if !proved(least) || !proved(inside) {
        return None;
    }
    match (small.stays(), large.stays()) {
        (true, true) => None,
        (true, false) => {
            let more = order.gap.times_number(-1).plus_number(1);
            let mut parts = vec![(Sign::Plus, quoted(&large.hi)), (Sign::Minus, quoted(&small.shown))];
            if large.hi.as_constant().is_some() {
                parts[0].1 = quoted(&large.hi.plus(&more));
            } else if !more.is_zero() {
                parts.push((Sign::Plus, quoted(&more)));
            }
            Some(vec![formula(Expr::new(ExprKind::Sum(parts)))])
        }
        _ => Some(vec![formula(quoted(&large.shown.minus(&small.lo).minus(&order.gap).plus_number(1)))]),
    }
}

fn in_groups(wiring: &Wiring, groups: &Groups) -> Option<Count> {
    let stays = |k: usize| wiring.wires[k].stays();
    groups.sides.iter().any(|(channel, _)| stays(*channel)).then_some(())?;
    let side = |((channel, number), size): (&(usize, usize), &Index)| match stays(*channel) || stays(*number) {
        true => Index::constant(1),
        false => size.clone(),
    };
    let number = groups.sides.iter().zip(&groups.sizes).map(side).fold(Index::constant(1), |n, m| n.times(&m));
    Some(Count { number, at_most: false })
}

/// `one for every t with token[t] = v`
fn matching(side: &Side, wiring: &Wiring, lookup: &Lookup) -> Prose {
    let shown: Vec<Index> = lookup.at.iter().map(|k| wiring.wires[*k].shown.clone()).collect();
    let value = &wiring.wires[lookup.value].shown;
    let datum = Index::atom(Atom::Datum(lookup.data.clone(), shown.clone())).plus(&lookup.shift);
    let mut prose = vec![text("one for every ")];
    prose.extend(side.words.shown(&shown.iter().collect::<Vec<_>>()));
    prose.push(text(" with "));
    prose.push(equation(side.words.quote.index(&datum), side.words.quote.index(value)));
    prose
}
