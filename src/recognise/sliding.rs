//! Correlations and convolutions: two arrays, tied by position = stride·window + dilation·tap.
//!
//! Which of position, window and tap the answer keeps, and which array each of the others is the
//! place in, decides the name. Invariant: on every sliding axis the three are an output index and a
//! place in each array; every other wire runs over whole axes, once a factor at most.

use super::axis::{Axis, Cycle, Window};
use super::view::Source;
use super::wire::{Part, Wiring};
use super::{IndexRole, role, same};
use crate::integer::Index;
use crate::model::System;

/// What slides, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sliding {
    /// The operation's kind.
    pub slide: Slide,
    /// The factor that the kernel slides over; for a transposed convolution, what it spreads.
    pub input: usize,
    /// The factor that slides.
    pub kernel: usize,
    /// The sliding axes, in the order of the input's.
    pub axes: Vec<SlidingAxis>,
    /// Channels in groups.
    pub groups: Vec<Grouping>,
    /// The other indices; in `within` 0 is the input, 1 the kernel.
    pub others: Vec<IndexRole>,
}

/// Which of position, window and tap the answer keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slide {
    /// Σ over taps of input[stride·window + dilation·tap] · kernel[tap].
    Correlation,
    /// Σ over taps of input[stride·window − dilation·tap] · kernel[tap]: the kernel runs backwards.
    Convolution,
    /// The position stays: Σ of input[window] · kernel[tap] over position = stride·window + dilation·tap.
    Transposed,
}

/// One sliding axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlidingAxis {
    /// The wire of the output index.
    pub stays: usize,
    /// The step from one window to the next.
    pub stride: Index,
    /// The step from one tap to the next.
    pub dilation: Index,
    /// How far the first tap of the first window lies ahead of the first position; for a true
    /// convolution, how far the last one does. In a circle: how far the position that is read, or
    /// for a convolution the position that stays, lies behind the sum of the others.
    pub padding: Index,
    /// The length of the circle, where positions go round in one.
    pub modulus: Option<Index>,
    /// The wire that is the place in the input.
    pub input: usize,
    /// The wire that is the place in the kernel.
    pub kernel: usize,
    /// The axis of the input.
    pub input_axis: usize,
    /// The axis of the kernel.
    pub kernel_axis: usize,
    /// The lengths of the input's axis, the kernel's axis and the output's range.
    pub lengths: [Index; 3],
}

/// Channels in groups, each with its own part of the kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grouping {
    /// The number of groups.
    pub groups: Index,
    /// The wires of channels, and how many of each are in a group.
    pub channels: Vec<(usize, Index)>,
    /// Whether each group is one channel, and the kernel has no axis for it: depthwise.
    pub depthwise: bool,
}

/// The sliding operation that wires and axes are, if they are one.
pub(super) fn sliding(system: &System, wiring: &Wiring, axes: &[Axis]) -> Option<Sliding> {
    let bounds: Vec<_> = wiring.factors.iter().map(|f| f.bounds(system)).collect();
    if wiring.factors.len() != 2 || !wiring.fixed_are_only(&bounds) {
        return None;
    }
    let (mut found, mut groups, mut bare) = (Vec::new(), Vec::new(), Vec::new());
    for axis in axes {
        match axis {
            Axis::Window(w) => match moving(wiring, w) {
                Some(moving) => found.push(moving),
                None => groups.push(block(wiring, w)?),
            },
            Axis::Cycle(c) => found.push(turning(system, wiring, c)?),
            Axis::Groups(g) => {
                let channels = g.sides.iter().zip(&g.sizes).map(|((channel, _), size)| (*channel, size.clone()));
                groups.push(Grouping { groups: g.groups.clone(), channels: channels.collect(), depthwise: false });
            }
            Axis::Bare(wire) => bare.push(*wire),
            Axis::Line(_) | Axis::Fixed(..) | Axis::Digits(_) | Axis::Lookup(_) | Axis::Order(_) => return None,
        }
    }
    let (slide, input) = agreed(wiring, &mut found)?;
    let kernel = 1 - input;
    let mut slid: Vec<SlidingAxis> = found.into_iter().map(|m| m.axis).collect();
    slid.sort_by_key(|a| a.input_axis);
    let mut others = bare.iter().map(|wire| role(wiring, *wire)).collect::<Option<Vec<IndexRole>>>()?;
    if input == 1 {
        for role in &mut others {
            role.within = role.within.iter().rev().map(|k| 1 - k).collect();
        }
    }
    others.sort_by_key(|role| !role.stays);
    Some(Sliding { slide, input, kernel, axes: slid, groups, others })
}

/// An axis that slides.
struct Moving {
    slide: Slide,
    input: usize,
    axis: SlidingAxis,
}

/// A window whose three wires are an output index and a place in each factor.
fn moving(wiring: &Wiring, window: &Window) -> Option<Moving> {
    let wires = &wiring.wires;
    let parts = [window.position, window.window, window.tap].map(|k| wires[k].part());
    let (slide, input, kernel, stays) = match (parts, window.flipped) {
        ([Part::Read(a), Part::Output, Part::Read(b)], false) if a != b => (Slide::Correlation, a, b, window.window),
        ([Part::Read(a), Part::Output, Part::Read(b)], true) if a != b => (Slide::Convolution, a, b, window.window),
        ([Part::Output, Part::Read(a), Part::Read(b)], false) if a != b => (Slide::Transposed, a, b, window.position),
        _ => return None,
    };
    let [input_wire, kernel_wire] = match slide {
        Slide::Transposed => [window.window, window.tap],
        Slide::Correlation | Slide::Convolution => [window.position, window.tap],
    };
    let whole = [window.window, window.tap].iter().all(|k| wires[*k].whole);
    let (stride, dilation) = (window.stride.clone(), window.dilation.clone());
    let mut padding = window.padding(wires);
    if slide == Slide::Convolution {
        padding = padding.plus(&spread(&dilation, &wires[window.tap].length()));
    }
    let axis = SlidingAxis {
        stays,
        stride,
        dilation,
        padding,
        modulus: None,
        input: input_wire,
        kernel: kernel_wire,
        input_axis: wires[input_wire].axis_of(input)?,
        kernel_axis: wires[kernel_wire].axis_of(kernel)?,
        lengths: [input_wire, kernel_wire, stays].map(|k| wires[k].length()),
    };
    whole.then_some(Moving { slide, input, axis })
}

/// dilation·(taps − 1)
fn spread(dilation: &Index, taps: &Index) -> Index {
    dilation.times(&taps.plus_number(-1))
}

/// Positions that go round in a circle.
fn turning(system: &System, wiring: &Wiring, cycle: &Cycle) -> Option<Moving> {
    let wires = &wiring.wires;
    if cycle.terms.len() != 3 || cycle.terms.iter().any(|(wire, _)| !wires[*wire].whole) {
        return None;
    }
    let odd = |k: &usize| cycle.terms.iter().filter(|(_, sign)| *sign == cycle.terms[*k].1).count() == 1;
    let odd = (0..3).find(odd)?;
    let stays = cycle.terms.iter().map(|(wire, _)| *wire).find(|wire| wires[*wire].part() == Part::Output)?;
    let place = |factor: usize| {
        cycle.terms.iter().map(|(wire, _)| *wire).find(|wire| wires[*wire].part() == Part::Read(factor))
    };
    let (a, b) = (place(0)?, place(1)?);
    let complete = |wire: usize| same(&wires[wire].length(), &cycle.modulus);
    let (slide, input) = match cycle.terms[odd].0 {
        wire if wire == a => (Slide::Correlation, 0),
        wire if wire == b => (Slide::Correlation, 1),
        _ => {
            let late = |k: usize| {
                let source: &Source = &wiring.factors[k].source;
                (!source.is_upstream(), source.is_weight(system), !complete(if k == 0 { a } else { b }))
            };
            (Slide::Convolution, if late(0) <= late(1) { 0 } else { 1 })
        }
    };
    let (input_wire, kernel_wire) = if input == 0 { (a, b) } else { (b, a) };
    let firsts = cycle.terms.iter().fold(cycle.shift.clone(), |sum, (wire, negative)| {
        sum.plus(&wires[*wire].lo.times_number(if *negative { -1 } else { 1 }))
    });
    let upright = if cycle.terms[odd].1 { 1 } else { -1 };
    let offset = firsts.times_number(upright).canonical();
    let padding = if offset.exact_quotient(&cycle.modulus).is_some() { Index::default() } else { offset };
    let axis = SlidingAxis {
        stays,
        stride: Index::constant(1),
        dilation: Index::constant(1),
        padding,
        modulus: Some(cycle.modulus.clone()),
        input: input_wire,
        kernel: kernel_wire,
        input_axis: wires[input_wire].axis_of(input)?,
        kernel_axis: wires[kernel_wire].axis_of(1 - input)?,
        lengths: [input_wire, kernel_wire, stays].map(|k| wires[k].length()),
    };
    complete(input_wire).then_some(Moving { slide, input, axis })
}

/// The kind and the input on which all axes agree. Position = window + tap without strides is a true
/// convolution, unless one array is an upstream gradient.
fn agreed(wiring: &Wiring, found: &mut [Moving]) -> Option<(Slide, usize)> {
    let one = |e: &Index| e.as_constant() == Some(1);
    let plain = |m: &Moving| one(&m.axis.stride) && one(&m.axis.dilation);
    let first = found.iter().find(|m| !plain(m)).or(found.first())?;
    let (slide, input) = (first.slide, first.input);
    if slide != Slide::Transposed {
        return found.iter().all(|m| (m.slide, m.input) == (slide, input)).then_some((slide, input));
    }
    for moving in found.iter_mut().filter(|m| m.input != input) {
        let axis = &mut moving.axis;
        std::mem::swap(&mut axis.stride, &mut axis.dilation);
        std::mem::swap(&mut axis.input, &mut axis.kernel);
        std::mem::swap(&mut axis.input_axis, &mut axis.kernel_axis);
        axis.lengths.swap(0, 1);
        moving.input = input;
    }
    let upstream = wiring.factors.iter().any(|f| f.source.is_upstream());
    if found.iter().any(|m| m.slide != slide) {
        return None;
    }
    if upstream || found.iter().any(|m| !one(&m.axis.stride)) {
        return Some((Slide::Transposed, input));
    }
    for moving in found.iter_mut() {
        let axis = &mut moving.axis;
        axis.padding = spread(&axis.dilation, &axis.lengths[1]).minus(&axis.padding);
    }
    Some((Slide::Convolution, input))
}

/// Channels in groups where one side has one channel a group: whole = size·group + number, the group
/// being a channel itself.
fn block(wiring: &Wiring, window: &Window) -> Option<Grouping> {
    let wires = &wiring.wires;
    let whole = [window.position, window.window, window.tap].iter().all(|k| wires[*k].whole);
    let three = [window.position, window.window, window.tap];
    let several = three.iter().any(|k| wires[*k].part() == Part::Several);
    if !several || !whole || !window.is_block(wires) || !three.iter().all(|k| wires[*k].is_simple()) {
        return None;
    }
    let channels = vec![(window.position, window.stride.clone()), (window.window, Index::constant(1))];
    let depthwise = wires[window.tap].part() == Part::Loose;
    Some(Grouping { groups: wires[window.window].length(), channels, depthwise })
}

impl SlidingAxis {
    /// Whether stride and dilation of the other are this one's, exchanged.
    pub fn exchanged(&self, other: &SlidingAxis) -> bool {
        same(&self.stride, &other.dilation) && same(&self.dilation, &other.stride)
    }

    /// Whether stride and dilation are those of the other.
    pub fn alike(&self, other: &SlidingAxis) -> bool {
        same(&self.stride, &other.stride) && same(&self.dilation, &other.dilation) && self.modulus == other.modulus
    }
}
