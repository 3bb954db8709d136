//! The ties of a formula, each recognised as one of a few relations with its parameters.
//!
//! Invariant: an axis says exactly what its tie says, about exactly the wires in it; a tie that is
//! none of these relations, or a wire in two of them, leaves the formula without axes.

use super::view::Source;
use super::wire::{Linear, Part, Tie, Wire, Wiring};
use super::{groups, same};
use crate::integer::{Facts, Index};
use crate::language::syntax::Name;
use crate::model::System;

/// A relation between wires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Axis {
    /// One wire, tied to no other.
    Bare(usize),
    /// An output index for which the entry is 0 at every other value.
    Fixed(usize, Index),
    /// One place runs with one index.
    Line(Line),
    /// A position, made of a window and a tap.
    Window(Window),
    /// A place, made of several as a number is of digits.
    Digits(Digits),
    /// Places that go round in a circle.
    Cycle(Cycle),
    /// A place that integer data gives.
    Lookup(Lookup),
    /// A place that another must not exceed.
    Order(Order),
    /// Channels in groups.
    Groups(Groups),
}

/// to = slope·from + shift
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The place, where an array is read at it.
    pub to: usize,
    /// The index.
    pub from: usize,
    /// 1, −1, or a step.
    pub slope: Index,
    /// What is added.
    pub shift: Index,
}

/// position = stride·window ± dilation·tap + shift
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// The position.
    pub position: usize,
    /// The window.
    pub window: usize,
    /// The place in the window.
    pub tap: usize,
    /// The step from one window to the next, at least 1.
    pub stride: Index,
    /// The step from one tap to the next, at least 1.
    pub dilation: Index,
    /// What is added.
    pub shift: Index,
    /// Whether the taps run backwards: −dilation·tap.
    pub flipped: bool,
}

/// whole − its first value = Σ radix·(part − its first value), the radices as in a numeral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digits {
    /// The number.
    pub whole: usize,
    /// Its digits, the one that counts most first.
    pub parts: Vec<usize>,
}

/// Σ ±wire + shift is a multiple of the modulus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycle {
    /// The wires, and whether each counts negatively; the first does not.
    pub terms: Vec<(usize, bool)>,
    /// What is added.
    pub shift: Index,
    /// The length of the circle.
    pub modulus: Index,
}

/// value = data[at] + shift
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// The array of integer data.
    pub data: Name,
    /// Where it is read.
    pub at: Vec<usize>,
    /// The place that it gives.
    pub value: usize,
    /// What is added.
    pub shift: Index,
}

/// small + gap ≤ large
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The place that comes first.
    pub small: usize,
    /// The place that comes last.
    pub large: usize,
    /// How far apart they are at least.
    pub gap: Index,
}

/// Two numbers of two digits each that agree in the first: channels in and out, group by group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Groups {
    /// What has a number of its own in the group: a channel, and its number in the group.
    pub sides: [(usize, usize); 2],
    /// The group's size on each side.
    pub sizes: [Index; 2],
    /// The number of groups.
    pub groups: Index,
    /// The wire of the group, which neither stays nor is read.
    pub(super) group: usize,
}

/// The axes that ties between wires are.
pub(super) fn axes(system: &System, wiring: &Wiring, ties: &[Tie]) -> Option<Vec<Axis>> {
    let facts = system.facts();
    let (mut found, rest) = groups::groups(wiring, ties)?;
    for tie in rest {
        found.push(match tie {
            Tie::Equal(linear) => equal(system, &facts, wiring, linear)?,
            Tie::Congruent(linear, modulus) => cycle(&facts, linear, modulus)?,
            Tie::Ordered(linear) => order(linear)?,
            Tie::Datum { data, at, value } => lookup(data, at, value)?,
        });
    }
    let mut used = vec![0; wiring.wires.len()];
    for axis in &found {
        let shared = matches!(axis, Axis::Lookup(_));
        for wire in axis.wires() {
            used[wire] += if shared { 0 } else { 1 };
        }
    }
    if used.iter().any(|n| *n > 1) {
        return None;
    }
    let tied = |wire: usize| {
        let group = |a: &Axis| matches!(a, Axis::Groups(g) if g.group == wire);
        found.iter().any(|a| a.wires().contains(&wire) || group(a))
    };
    let bare: Vec<Axis> = (0..wiring.wires.len()).filter(|w| !tied(*w)).map(Axis::Bare).collect();
    found.extend(bare);
    found.sort_by_key(|axis| axis.wires().into_iter().min());
    Some(found)
}

impl Axis {
    /// The wires in it.
    pub fn wires(&self) -> Vec<usize> {
        match self {
            Axis::Bare(wire) | Axis::Fixed(wire, _) => vec![*wire],
            Axis::Line(line) => vec![line.to, line.from],
            Axis::Window(w) => vec![w.position, w.window, w.tap],
            Axis::Digits(d) => std::iter::once(d.whole).chain(d.parts.iter().copied()).collect(),
            Axis::Cycle(c) => c.terms.iter().map(|(wire, _)| *wire).collect(),
            Axis::Lookup(l) => l.at.iter().copied().chain([l.value]).collect(),
            Axis::Order(o) => vec![o.small, o.large],
            Axis::Groups(g) => g.sides.iter().flat_map(|(a, b)| [*a, *b]).collect(),
        }
    }
}

/// An equation as a line, a window or digits.
fn equal(system: &System, facts: &Facts, wiring: &Wiring, linear: &Linear) -> Option<Axis> {
    let signs = linear.terms.iter().map(|(_, slope)| sign(facts, slope)).collect::<Option<Vec<_>>>()?;
    match linear.terms.as_slice() {
        [(wire, slope)] => {
            let value = linear.rest.times_number(-slope.as_constant().filter(|n| n.abs() == 1)?);
            Some(Axis::Fixed(*wire, value))
        }
        [a, b] => {
            let place = |(wire, slope): &&(usize, Index)| {
                let unit = slope.as_constant().is_some_and(|n| n.abs() == 1);
                (unit, !wiring.wires[*wire].stays())
            };
            let (to, from) = if place(&a) >= place(&b) { (a, b) } else { (b, a) };
            let unit = to.1.as_constant().filter(|n| n.abs() == 1)?;
            let (slope, shift) = (from.1.times_number(-unit), linear.rest.times_number(-unit));
            Some(Axis::Line(Line { to: to.0, from: from.0, slope, shift }))
        }
        [_, _, _] => window(system, wiring, linear, &signs).map(Axis::Window),
        _ => digits(wiring, linear, &signs).map(Axis::Digits),
    }
}

fn sign(facts: &Facts, slope: &Index) -> Option<i128> {
    if facts.proves_positive(slope) {
        return Some(1);
    }
    facts.proves_positive(&slope.times_number(-1)).then_some(-1)
}

/// The one whose sign differs from the others', and the others.
fn odd_one_out(signs: &[i128]) -> Option<usize> {
    let mut odd = (0..signs.len()).filter(|k| signs.iter().filter(|s| **s == signs[*k]).count() == 1);
    let only = odd.next()?;
    odd.next().is_none().then_some(only)
}

fn window(system: &System, wiring: &Wiring, linear: &Linear, signs: &[i128]) -> Option<Window> {
    let odd = odd_one_out(signs)?;
    let size = |k: usize| linear.terms[k].1.times_number(signs[k]);
    let wire = |k: usize| linear.terms[k].0;
    let one = |k: usize| size(k).as_constant() == Some(1);
    let loose = (0..3).find(|k| wiring.wires[wire(*k)].part() == Part::Loose);
    if let Some(loose) = loose.filter(|_| !one(odd)) {
        let (other, signs) = from_the_other_end(wiring, linear, signs, loose);
        let odd = odd_one_out(&signs)?;
        let unit = other.terms[odd].1.as_constant().is_some_and(|n| n.abs() == 1);
        return unit.then(|| window(system, wiring, &other, &signs)).flatten();
    }
    let others: Vec<usize> = (0..3).filter(|k| *k != odd).collect();
    let rest = linear.rest.times_number(-signs[odd]);
    if one(odd) {
        let rank = |k: usize| rank(system, wiring, wire(k), one(k));
        let (a, b) = if rank(others[0]) <= rank(others[1]) { (others[0], others[1]) } else { (others[1], others[0]) };
        let (stride, dilation) = (size(a), size(b));
        let (position, window, tap) = (wire(odd), wire(a), wire(b));
        let found = Window { position, window, tap, stride, dilation, shift: rest, flipped: false };
        let turned = found.turned();
        let [a, b] = [found.window, found.tap].map(|k| wiring.wires[k].part());
        if turned.is_block(&wiring.wires) && (a == b || [a, b].contains(&Part::Several)) {
            return Some(turned);
        }
        return Some(if found.is_block(&wiring.wires) { found } else { found.reading(&wiring.wires) });
    }
    let position = others.iter().copied().filter(|k| one(*k)).min_by_key(|k| rank(system, wiring, wire(*k), true))?;
    let tap = others.iter().copied().find(|k| *k != position)?;
    let (stride, dilation) = (size(odd), size(tap));
    let shift = rest.times_number(-1);
    let (position, window, tap) = (wire(position), wire(odd), wire(tap));
    Some(Window { position, window, tap, stride, dilation, shift, flipped: true })
}

/// The same equation with a summed index that nothing is read at counted from its other end.
fn from_the_other_end(wiring: &Wiring, linear: &Linear, signs: &[i128], k: usize) -> (Linear, Vec<i128>) {
    let (mut linear, mut signs) = (linear.clone(), signs.to_vec());
    let (wire, slope) = linear.terms[k].clone();
    let ends = wiring.wires[wire].lo.plus(&wiring.wires[wire].hi);
    linear.rest = linear.rest.plus(&slope.times(&ends));
    linear.terms[k].1 = slope.times_number(-1);
    signs[k] = -signs[k];
    (linear, signs)
}

/// What is rather a window than a tap: first an output index, last what is summed and read nowhere;
/// of two places the upstream gradient's, then one that is not a weight's, then one with a stride.
fn rank(system: &System, wiring: &Wiring, wire: usize, unit: bool) -> (u8, bool, bool, bool, usize) {
    let found = &wiring.wires[wire];
    let kind = match found.part() {
        Part::Output => 0,
        Part::Several => 1,
        Part::Read(_) => 2,
        Part::Loose => 3,
    };
    let any = |test: &dyn Fn(&Source) -> bool| found.within.iter().any(|(f, _)| test(&wiring.factors[*f].source));
    let outputs = kind == 0;
    (kind, !any(&Source::is_upstream), any(&|s| s.is_weight(system)), unit && !outputs, wire)
}

/// Mixed radix: sorted by size, each slope is the next one's times its length.
fn digits(wiring: &Wiring, linear: &Linear, signs: &[i128]) -> Option<Digits> {
    let odd = odd_one_out(signs)?;
    let size = |k: usize| linear.terms[k].1.times_number(signs[k]);
    let wire = |k: usize| linear.terms[k].0;
    let mut rest: Vec<usize> = (0..signs.len()).filter(|k| *k != odd).collect();
    let mut parts = Vec::new();
    let mut radix = Index::constant(1);
    let mut first = linear.rest.times_number(-signs[odd]);
    while !rest.is_empty() {
        let next = rest.iter().position(|k| same(&size(*k), &radix))?;
        let k = rest.remove(next);
        first = first.plus(&radix.times(&wiring.wires[wire(k)].lo));
        radix = radix.times(&wiring.wires[wire(k)].length());
        parts.insert(0, wire(k));
    }
    let whole = &wiring.wires[wire(odd)];
    let complete = same(&size(odd), &Index::constant(1)) && same(&whole.length(), &radix) && same(&whole.lo, &first);
    complete.then_some(Digits { whole: wire(odd), parts })
}

fn cycle(facts: &Facts, linear: &Linear, modulus: &Index) -> Option<Axis> {
    let unit = |slope: &Index| slope.as_constant().filter(|n| n.abs() == 1);
    let first = unit(&linear.terms.first()?.1)?;
    let negative = |(wire, slope): &(usize, Index)| unit(slope).map(|n| (*wire, n != first));
    let terms = linear.terms.iter().map(negative).collect::<Option<Vec<_>>>()?;
    let modulus = modulus.times_number(sign(facts, modulus)?);
    Some(Axis::Cycle(Cycle { terms, shift: linear.rest.times_number(first), modulus }))
}

fn order(linear: &Linear) -> Option<Axis> {
    let [(a, s), (b, t)] = linear.terms.as_slice() else { return None };
    let gap = linear.rest.times_number(-1);
    let (small, large) = match (s.as_constant(), t.as_constant()) {
        (Some(1), Some(-1)) => (*b, *a),
        (Some(-1), Some(1)) => (*a, *b),
        _ => return None,
    };
    Some(Axis::Order(Order { small, large, gap }))
}

fn lookup(data: &Name, at: &[Linear], value: &Linear) -> Option<Axis> {
    let bare = |linear: &Linear| match linear.terms.as_slice() {
        [(wire, slope)] if slope.as_constant() == Some(1) => Some((*wire, linear.rest.clone())),
        _ => None,
    };
    let at = at.iter().map(|e| bare(e).filter(|(_, rest)| rest.is_zero()).map(|(wire, _)| wire));
    let (value, rest) = bare(value)?;
    let shift = rest.times_number(-1);
    Some(Axis::Lookup(Lookup { data: data.clone(), at: at.collect::<Option<_>>()?, value, shift }))
}

impl Window {
    /// How far the first tap of the first window lies ahead of the first position.
    pub fn padding(&self, wires: &[Wire]) -> Index {
        let first = |k: usize, slope: &Index| slope.times(&wires[k].lo);
        let sign = if self.flipped { -1 } else { 1 };
        let reached = first(self.window, &self.stride).plus(&first(self.tap, &self.dilation).times_number(sign));
        wires[self.position].lo.minus(&reached).minus(&self.shift)
    }

    /// Position, window and tap as the formula writes them, the tap counted so that they satisfy the
    /// relation; none if they do not.
    pub fn places(&self, wires: &[Wire]) -> Option<[Index; 3]> {
        let [position, window, tap] = [self.position, self.window, self.tap].map(|k| wires[k].shown.clone());
        let sign = if self.flipped { -1 } else { 1 };
        let found = |tap: &Index| {
            let made = self.stride.times(&window).plus(&self.dilation.times(tap).times_number(sign)).plus(&self.shift);
            same(&made, &position)
        };
        let other = wires[self.tap].lo.plus(&wires[self.tap].hi).minus(&tap);
        let tap = [tap, other].into_iter().find(found)?;
        Some([position, window, tap])
    }

    /// The same with window and tap exchanged.
    fn turned(&self) -> Window {
        let (window, tap) = (self.tap, self.window);
        Window { window, tap, stride: self.dilation.clone(), dilation: self.stride.clone(), ..self.clone() }
    }

    /// Where nothing is read at the tap and both steps are 1, position and window may change parts:
    /// the position is then the place that is read.
    fn reading(self, wires: &[Wire]) -> Window {
        let one = |e: &Index| e.as_constant() == Some(1);
        let parts = [self.position, self.window, self.tap].map(|k| wires[k].part());
        let turns = matches!(parts, [Part::Output, Part::Read(_), Part::Loose]);
        if self.flipped || !turns || !one(&self.stride) || !one(&self.dilation) {
            return self;
        }
        // window = position − tap − shift, and a tap may be counted from the other end
        let ends = wires[self.tap].lo.plus(&wires[self.tap].hi);
        let shift = self.shift.plus(&ends).times_number(-1);
        Window { position: self.window, window: self.position, shift, ..self }
    }

    /// Whether the windows lie side by side and cover the positions: position − first =
    /// stride·(window − first) + (tap − first), and the stride is the number of taps.
    pub fn is_block(&self, wires: &[Wire]) -> bool {
        let [position, window, tap] = [self.position, self.window, self.tap].map(|k| wires[k].length());
        !self.flipped
            && self.dilation.as_constant() == Some(1)
            && same(&self.stride, &tap)
            && same(&position, &window.times(&tap))
            && self.padding(wires).canonical().is_zero()
    }
}
