//! Correlations and convolutions: two factors, one read at a place that an output index and a
//! summed index make together.
//!
//! On every sliding axis three indices are tied by position = stride·window + dilation·tap + shift:
//! the place in what the kernel slides over, the window, and the place in the kernel. Which of the
//! three the answer keeps decides the name. Invariant: every other index is read bare, once a
//! factor at most.

use super::view::{Access, Source, View};
use super::{IndexRole, reads_are_whole, roles, same};
use crate::integer::{Facts, Index, Var};
use crate::model::{Bound, System, Term};

/// What slides, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sliding {
    /// The operation's kind.
    pub slide: Slide,
    /// What the kernel slides over; for a transposed convolution, what it spreads.
    pub input: Source,
    /// What slides.
    pub kernel: Source,
    /// The sliding axes, in the order of the input's.
    pub axes: Vec<SlidingAxis>,
    /// The other indices; factor 0 is the input, factor 1 the kernel.
    pub others: Vec<IndexRole>,
    /// Numbers and sizes that multiply everything.
    pub scale: Vec<Term>,
    /// Whether a bracket keeps some read inside its array.
    pub guarded: bool,
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
    /// The output index.
    pub stays: Var,
    /// The summed index.
    pub summed: Var,
    /// The step from one window to the next.
    pub stride: Index,
    /// The step from one tap to the next.
    pub dilation: Index,
    /// How far the first tap of the first window lies ahead of the first position; for a true
    /// convolution, how far the last one does.
    pub padding: Index,
    /// The place that the two indices make, as written.
    pub place: Access,
    /// The axis of the input.
    pub input_axis: usize,
    /// The axis of the kernel.
    pub kernel_axis: usize,
    /// The lengths of the input's axis, the kernel's axis and the output's range.
    pub lengths: [Index; 3],
}

/// A place made of an output index and a summed index, and the bare place of one of them.
struct Link<'a> {
    composite: usize,
    composite_axis: usize,
    bare_axis: usize,
    access: &'a Access,
    stays: &'a Bound,
    summed: &'a Bound,
    slope: Index,
    summed_slope: Index,
}

/// Which index is the position.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    Read,
    Stays,
    Summed,
}

/// The sliding operation that a view of two factors is, if it is one.
pub(super) fn sliding(system: &System, view: &View) -> Option<Sliding> {
    if view.factors.len() != 2 || !view.equal.is_empty() || !reads_are_whole(system, view) {
        return None;
    }
    let links = links(view)?;
    let facts = system.facts();
    let kinds = links.iter().map(|l| position(&facts, l)).collect::<Option<Vec<_>>>()?;
    let (slide, input) = parts(system, view, &links, &kinds)?;
    let mut axes = links.iter().map(|l| axis(system, view, l, slide, input)).collect::<Option<Vec<_>>>()?;
    axes.sort_by_key(|a| a.input_axis);
    let used: Vec<&Var> = links.iter().flat_map(|l| [&l.stays.var, &l.summed.var]).collect();
    let mut others = roles(view, &used);
    if input == 1 {
        for role in &mut others {
            role.within = role.within.iter().rev().map(|k| 1 - k).collect();
        }
    }
    let source = |k: usize| view.factors[k].source.clone();
    let (scale, guarded) = (view.scale.clone(), view.guarded);
    Some(Sliding { slide, input: source(input), kernel: source(1 - input), axes, others, scale, guarded })
}

/// The composite places; none if there are none, or if any other place is neither fixed nor bare.
fn links(view: &View) -> Option<Vec<Link<'_>>> {
    let mut links = Vec::new();
    for (composite, factor) in view.factors.iter().enumerate() {
        for (composite_axis, access) in factor.accesses.iter().enumerate() {
            if access.is_fixed() {
                continue;
            }
            if let Some(var) = access.as_bare() {
                factor.bare_axis(var)?;
                continue;
            }
            let [(a, slope_a), (b, slope_b)] = access.terms.as_slice() else { return None };
            let free = |v: &Var| view.free.iter().find(|bound| bound.var == *v);
            let bound = |v: &Var| view.summed.iter().find(|bound| bound.var == *v);
            let (stays, slope, summed, summed_slope) = match (free(a), bound(b), free(b), bound(a)) {
                (Some(stays), Some(summed), ..) => (stays, slope_a, summed, slope_b),
                (.., Some(stays), Some(summed)) => (stays, slope_b, summed, slope_a),
                _ => return None,
            };
            let alone = |v: &Var| factor.accesses.iter().filter(|x| x.mentions(v)).count() == 1;
            let other = &view.factors[1 - composite];
            let bare_axis = other.bare_axis(&summed.var)?;
            if !alone(&stays.var) || !alone(&summed.var) || other.mentions(&stays.var) {
                return None;
            }
            let (slope, summed_slope) = (slope.clone(), summed_slope.clone());
            links.push(Link { composite, composite_axis, bare_axis, access, stays, summed, slope, summed_slope });
        }
    }
    (!links.is_empty()).then_some(links)
}

/// The position: of divisor·place = slope·stays + slope·summed + offset, the index that stands
/// alone on its side.
fn position(facts: &Facts, link: &Link) -> Option<Position> {
    let positive = |e: &Index| facts.proves_positive(e);
    let negative = |e: &Index| facts.proves_positive(&e.times_number(-1));
    let (stays, summed) = (&link.slope, &link.summed_slope);
    if positive(stays) && positive(summed) {
        return (link.access.divisor.as_constant() == Some(1)).then_some(Position::Read);
    }
    if positive(stays) && negative(summed) {
        return Some(Position::Stays);
    }
    (negative(stays) && summed.as_constant() == Some(1)).then_some(Position::Summed)
}

/// The operation's kind, and which factor is the input.
fn parts(system: &System, view: &View, links: &[Link], kinds: &[Position]) -> Option<(Slide, usize)> {
    if kinds.iter().all(|k| *k != Position::Stays) {
        let input = |(l, k): (&Link, &Position)| if *k == Position::Read { l.composite } else { 1 - l.composite };
        let mut inputs = links.iter().zip(kinds).map(input);
        let first = inputs.next()?;
        return inputs.all(|k| k == first).then_some((Slide::Correlation, first));
    }
    if kinds.iter().any(|k| *k != Position::Stays) {
        return None;
    }
    let composite = links[0].composite;
    let only = |test: &dyn Fn(&Source) -> bool| match [0, 1].map(|k| test(&view.factors[k].source)) {
        [true, false] => Some(0),
        [false, true] => Some(1),
        _ => None,
    };
    let upstream = only(&|s| matches!(s, Source::Upstream(_)));
    let other = |kernel: usize| 1 - kernel;
    let plain = |l: &Link| l.access.divisor.as_constant() == Some(1);
    let divided = links.iter().find(|l| !plain(l)).map(|l| 1 - l.composite);
    let input = upstream.or_else(|| only(&|s| s.is_weight(system)).map(other)).or(divided).unwrap_or(composite);
    if upstream.is_none() && links.iter().all(|l| l.composite == input && plain(l)) {
        return Some((Slide::Convolution, input));
    }
    links.iter().all(|l| l.slope.as_constant() == Some(1)).then_some((Slide::Transposed, input))
}

fn axis(system: &System, view: &View, link: &Link, slide: Slide, input: usize) -> Option<SlidingAxis> {
    let factors = [link.composite, 1 - link.composite].map(|k| view.factors[k].bounds(system));
    let composite = factors[0].get(link.composite_axis)?;
    let bare = factors[1].get(link.bare_axis)?;
    let length = |(lo, hi): &(Index, Index)| hi.minus(lo).plus_number(1);
    let over = link.composite == input;
    let (input_axis, kernel_axis) =
        if over { (link.composite_axis, link.bare_axis) } else { (link.bare_axis, link.composite_axis) };
    let (slid, kernel) = if over { (composite, bare) } else { (bare, composite) };
    let minus = |e: &Index| e.times_number(-1);
    let (stays, summed, divisor) = (link.slope.clone(), link.summed_slope.clone(), link.access.divisor.clone());
    let (stride, dilation) = match (slide, over) {
        (Slide::Correlation, true) => (stays, summed),
        (Slide::Correlation, false) => (minus(&stays), divisor),
        (Slide::Convolution, _) => (stays, minus(&summed)),
        (Slide::Transposed, true) => (divisor, minus(&summed)),
        (Slide::Transposed, false) => (minus(&summed), divisor),
    };
    let at = |value: &Index, place: &(Index, Index)| value.times(&place.0);
    let origin = (link.stays.lo.clone(), link.stays.hi.clone());
    let first = at(&link.slope, &origin).plus(&at(&link.summed_slope, bare)).plus(&link.access.offset);
    let shift = first.minus(&at(&link.access.divisor, composite));
    let padding = match (slide, over) {
        (Slide::Correlation, true) => minus(&shift),
        (Slide::Correlation, false) | (Slide::Transposed, _) => shift,
        (Slide::Convolution, _) => dilation.times(&length(kernel).plus_number(-1)).minus(&shift),
    };
    let output = length(&origin);
    Some(SlidingAxis {
        stays: link.stays.var.clone(),
        summed: link.summed.var.clone(),
        stride,
        dilation,
        padding,
        place: link.access.clone(),
        input_axis,
        kernel_axis,
        lengths: [length(slid), length(kernel), output],
    })
}

impl SlidingAxis {
    /// Whether stride and dilation of the other are this one's, exchanged.
    pub fn exchanged(&self, other: &SlidingAxis) -> bool {
        same(&self.stride, &other.dilation) && same(&self.dilation, &other.stride)
    }

    /// Whether stride and dilation are those of the other.
    pub fn alike(&self, other: &SlidingAxis) -> bool {
        same(&self.stride, &other.stride) && same(&self.dilation, &other.dilation)
    }
}
