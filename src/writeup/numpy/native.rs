//! Convolutions as PyTorch has them: where the one factor of a contraction is a window over an array and
//! the other a kernel, and where the terms of a product are added at places.
//!
//! Which they are follows from the index maps: a place and a tap on each axis of a window, one of them
//! summed. What is summed and alone on its axis is a channel.

use super::affine::{Affine, times};
use super::arithmetic::plus;
use super::code::tuple;
use super::layout::{Doc, list, text};
use super::lower::Lowering;
use super::tensor::{Dialect, Kind, Tensor};

/// How an axis of an array is read by two indices: its first place, and the step of each.
#[derive(Clone, Debug)]
pub(super) struct Pair {
    /// The axes of indices, in the order of the window.
    pub dims: [usize; 2],
    /// How many there are of each.
    pub counts: [Doc; 2],
    /// What each moves by.
    pub steps: [Doc; 2],
    /// Where the first entry is.
    pub start: Doc,
}

/// A window over an array.
#[derive(Clone, Debug)]
pub(super) struct Window {
    /// The array with its axes: of an axis that two indices share, the first of them.
    pub array: Tensor,
    /// Those that two indices share.
    pub pairs: Vec<Pair>,
}

impl Lowering<'_, '_> {
    /// The window that index maps are; none if an index stands alone and its axis is not read whole.
    pub(super) fn window(&mut self, python: &str, forms: &[Affine], whole: &[bool]) -> Result<Option<Window>, String> {
        if self.dialect() != Dialect::Torch {
            return Ok(None);
        }
        let (mut dims, mut pairs) = (Vec::new(), Vec::new());
        for (form, whole) in forms.iter().zip(whole) {
            match form.terms.as_slice() {
                [(dim, _)] if *whole => dims.push(*dim),
                [(one, s), (two, t)] if self.known.is_positive(s) && self.known.is_positive(t) => {
                    dims.push(*one);
                    let mut start = form.offset.clone();
                    for (dim, step) in &form.terms {
                        start = plus(&start, &times(step, &self.axes[*dim].range.0));
                    }
                    let steps = [self.writer.index(s)?, self.writer.index(t)?];
                    let counts = [self.length(*one)?, self.length(*two)?];
                    pairs.push(Pair { dims: [*one, *two], counts, steps, start: self.writer.index(&start)? });
                }
                _ => return Ok(None),
            }
        }
        let mut all: Vec<usize> = forms.iter().flat_map(|form| form.terms.iter().map(|(dim, _)| *dim)).collect();
        all.sort_unstable();
        let count = all.len();
        all.dedup();
        let fits = count == all.len() && (1..=3).contains(&pairs.len());
        let array = Tensor { view: true, ..Tensor::new(text(python), dims, Kind::Real) };
        Ok(fits.then_some(Window { array, pairs }))
    }

    /// The product of two factors as a convolution.
    pub(super) fn convolved(&mut self, factors: &[Tensor], summed: &[usize]) -> Option<Tensor> {
        let [a, b] = factors else { return None };
        let one = |window: &Tensor, kernel: &Tensor| convolution(window, kernel, summed);
        let found = one(a, b).or_else(|| one(b, a))?;
        self.writer.needs.library.insert("_convolved".into());
        Some(found)
    }
}

fn convolution(window: &Tensor, kernel: &Tensor, summed: &[usize]) -> Option<Tensor> {
    let Window { array, pairs } = window.window.as_deref()?;
    let (mut places, mut taps) = (Vec::new(), Vec::new());
    for pair in pairs {
        match pair.dims.map(|dim| summed.contains(&dim)) {
            [false, true] => (places.push(0), taps.push(1)),
            [true, false] => (places.push(1), taps.push(0)),
            _ => return None,
        };
    }
    let place: Vec<usize> = pairs.iter().zip(&places).map(|(pair, k)| pair.dims[*k]).collect();
    let tap: Vec<usize> = pairs.iter().zip(&taps).map(|(pair, k)| pair.dims[*k]).collect();
    let has = |dims: &[usize], dim: &usize| dims.contains(dim);
    let single = |dim: &&usize| !has(&place, dim) && pairs.iter().all(|pair| !pair.dims.contains(dim));
    let channels: Vec<usize> = array.dims.iter().filter(single).filter(|dim| summed.contains(dim)).copied().collect();
    let batch: Vec<usize> = array.dims.iter().filter(single).filter(|dim| !summed.contains(dim)).copied().collect();
    let outputs: Vec<usize> =
        kernel.dims.iter().filter(|dim| !has(&tap, dim) && !has(&channels, dim)).copied().collect();
    let fits = tap.iter().chain(&channels).all(|dim| has(&kernel.dims, dim))
        && outputs.iter().all(|dim| !summed.contains(dim) && !has(&window.dims, dim))
        && summed.iter().all(|dim| has(&tap, dim) || has(&channels, dim))
        && [&channels, &batch, &outputs].iter().all(|dims| dims.len() <= 1);
    if !fits || kernel.kind != Kind::Real {
        return None;
    }
    let shared: Vec<usize> = pairs.iter().map(|pair| pair.dims[0]).collect();
    let input = faced(array, &[&batch, &channels], &shared);
    let weights = faced(kernel, &[&outputs, &channels], &tap);
    let row = |of: &dyn Fn(usize, &Pair) -> Doc| tuple(pairs.iter().enumerate().map(|(k, pair)| of(k, pair)).collect());
    let counts = row(&|k, pair| pair.counts[places[k]].clone());
    let starts = row(&|_, pair| pair.start.clone());
    let strides = row(&|k, pair| pair.steps[places[k]].clone());
    let dilations = row(&|k, pair| pair.steps[taps[k]].clone());
    let doc = list("_convolved(", vec![input, weights, counts, starts, strides, dilations], ")");
    Some(unfaced(doc, [&batch, &outputs], place))
}

/// An array with its axes in the order of groups of at most one, 1 long where there is none, then the rest.
pub(super) fn faced(array: &Tensor, groups: &[&Vec<usize>], rest: &[usize]) -> Doc {
    let order: Vec<usize> = groups.iter().flat_map(|group| group.iter()).chain(rest).copied().collect();
    let moved = array.permuted(&order, Dialect::Torch);
    if groups.iter().all(|group| group.len() == 1) {
        return moved.doc;
    }
    let mut places: Vec<&str> = groups.iter().map(|group| if group.is_empty() { "None" } else { ":" }).collect();
    while places.last() == Some(&":") {
        places.pop();
    }
    Doc::Seq(vec![moved.at(super::code::Level::Atom), text(format!("[{}]", places.join(", ")))])
}

/// The result of a convolution without the axes that it need not have.
pub(super) fn unfaced(doc: Doc, groups: [&Vec<usize>; 2], rest: Vec<usize>) -> Tensor {
    let mut dims: Vec<usize> = groups.iter().flat_map(|group| group.iter()).copied().collect();
    dims.extend(rest);
    let mut places: Vec<&str> = groups.iter().map(|group| if group.is_empty() { "0" } else { ":" }).collect();
    while places.last() == Some(&":") {
        places.pop();
    }
    let doc = if places.is_empty() { doc } else { Doc::Seq(vec![doc, text(format!("[{}]", places.join(", ")))]) };
    Tensor::new(doc, dims, Kind::Real)
}

/// An axis of a transposed convolution: the axis of the result, its length, where its first entry is
/// added, and the tap and the place with what they move by.
pub(super) struct Placed {
    /// The axis of the result.
    pub result: usize,
    /// Its length and the first place.
    pub ends: [Doc; 2],
    /// The tap and the place.
    pub dims: [usize; 2],
    /// What they move by.
    pub steps: [Doc; 2],
}

/// The product of an array at places and a kernel at taps, summed and added, as a transposed convolution.
pub(super) fn transposed(factors: &[Tensor], summed: &[usize], placed: &[Placed]) -> Option<Tensor> {
    let [a, b] = factors else { return None };
    let taps: Vec<usize> = placed.iter().map(|one| one.dims[0]).collect();
    let places: Vec<usize> = placed.iter().map(|one| one.dims[1]).collect();
    let has_all = |tensor: &Tensor, own: &[usize], other: &[usize]| {
        own.iter().all(|dim| tensor.dims.contains(dim)) && !other.iter().any(|dim| tensor.dims.contains(dim))
    };
    let (array, kernel) = match (has_all(a, &places, &taps), has_all(b, &places, &taps)) {
        (true, _) => (a, b),
        (_, true) => (b, a),
        _ => return None,
    };
    let rest = |tensor: &Tensor, own: &[usize], inner: bool| -> Vec<usize> {
        let others = tensor.dims.iter().filter(|dim| !own.contains(dim) && summed.contains(dim) == inner);
        others.copied().collect()
    };
    let (channels, batch, outputs) =
        (rest(array, &places, true), rest(array, &places, false), rest(kernel, &taps, false));
    let fits = has_all(kernel, &taps, &places)
        && rest(kernel, &taps, true) == channels
        && summed.len() == channels.len()
        && outputs.iter().all(|dim| !batch.contains(dim))
        && [&channels, &batch, &outputs].iter().all(|dims| dims.len() <= 1)
        && placed.len() <= 3;
    if !fits || array.kind != Kind::Real || kernel.kind != Kind::Real {
        return None;
    }
    let input = faced(array, &[&batch, &channels], &places);
    let weights = faced(kernel, &[&channels, &outputs], &taps);
    let row = |of: &dyn Fn(&Placed) -> Doc| tuple(placed.iter().map(of).collect());
    let arguments = vec![
        input,
        weights,
        row(&|one| one.ends[0].clone()),
        row(&|one| one.ends[1].clone()),
        row(&|one| one.steps[1].clone()),
        row(&|one| one.steps[0].clone()),
    ];
    let doc = list("_transposed(", arguments, ")");
    Some(unfaced(doc, [&batch, &outputs], placed.iter().map(|one| one.result).collect()))
}
