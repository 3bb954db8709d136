//! The words for correlations and convolutions.

use super::super::document::Prose;
use super::super::words::{Words, clauses, enumerated, joined, ordinal, text};
use super::item;
use crate::integer::Index;
use crate::recognise::{Grouping, IndexRole, Operation, Slide, Sliding, SlidingAxis};

/// "A cross-correlation of x with the weight W: stride 2, summed over k."
pub(super) fn describe(words: &Words, operation: &Operation, sliding: &Sliding) -> Prose {
    let name = name(operation, sliding);
    let article = if name.starts_with(['a', 'e', 'i', 'o', 'u']) { "An" } else { "A" };
    let mut prose = vec![text(format!("{article} {name} of "))];
    prose.extend(words.factor(operation, sliding.input));
    prose.push(text(" with "));
    let factors = &operation.wiring.factors;
    if factors[sliding.input].source == factors[sliding.kernel].source {
        prose.push(text("itself (an autocorrelation)"));
    } else {
        prose.extend(words.factor(operation, sliding.kernel));
    }
    if sliding.slide == Slide::Convolution {
        prose.push(text(" (flipped)"));
    }
    let mut items = parameters(words, &sliding.axes, true);
    items.extend(sliding.groups.iter().map(|g| group(words, operation, sliding, g)));
    items.extend(fates(words, sliding));
    items.extend(words.times(operation));
    super::sentence(prose, items)
}

/// "cross-correlation, stride 2"
pub(super) fn short(words: &Words, operation: &Operation, sliding: &Sliding) -> Prose {
    let parameters = parameters(words, &sliding.axes, false);
    clauses([vec![text(name(operation, sliding))]].into_iter().chain(parameters).collect())
}

/// The kind, with what channels and circles make of it. Channels are the kernel's: an upstream
/// gradient has none.
pub(super) fn name(operation: &Operation, sliding: &Sliding) -> String {
    let plain = match sliding.slide {
        Slide::Correlation => "cross-correlation",
        Slide::Convolution => "convolution",
        Slide::Transposed => "transposed convolution",
    };
    let circular = if sliding.axes.iter().all(|a| a.modulus.is_some()) { "circular " } else { "" };
    let shared = sliding.others.iter().any(|r| r.stays && r.within.len() == 2);
    let mixed = sliding.others.iter().any(|r| !r.stays && r.within.len() == 2);
    let channels = match (sliding.groups.is_empty(), shared) {
        _ if operation.wiring.factors[sliding.kernel].source.is_upstream() => "",
        (false, _) if sliding.groups.iter().all(|g| g.depthwise) => "depthwise ",
        (false, _) => "grouped ",
        (true, true) if mixed => "grouped ",
        (true, true) => "depthwise ",
        (true, false) => "",
    };
    match sliding.slide {
        Slide::Correlation if !channels.is_empty() => format!("{channels}{circular}convolution ({plain})"),
        _ => format!("{channels}{circular}{plain}"),
    }
}

/// Stride, dilation and padding, trivial ones left out; one item for all axes if they agree.
fn parameters(words: &Words, axes: &[SlidingAxis], with_padding: bool) -> Vec<Prose> {
    let one = |e: &Index| e.as_constant() == Some(1);
    let of = |axis: &SlidingAxis| {
        let mut items = Vec::new();
        let plain = axis.modulus.is_none();
        if !one(&axis.stride) || (with_padding && !one(&axis.dilation)) {
            items.push(item(words, "stride", &axis.stride));
        }
        if !one(&axis.dilation) {
            items.push(item(words, "dilation", &axis.dilation));
        }
        if let Some(modulus) = axis.modulus.as_ref().filter(|_| with_padding) {
            items.push(item(words, "modulo", modulus));
        }
        if with_padding && !axis.padding.is_zero() {
            items.push(item(words, if plain { "padding" } else { "offset" }, &axis.padding));
        }
        items
    };
    let agree = axes.iter().all(|a| a.alike(&axes[0]) && (!with_padding || a.padding == axes[0].padding));
    if agree {
        return axes.first().map(of).unwrap_or_default();
    }
    let each = |(k, axis): (usize, &SlidingAxis)| {
        let mut items = of(axis);
        if items.is_empty() {
            items.push(item(words, "stride", &axis.stride));
        }
        [enumerated(items), vec![text(format!(" along the {} axis", ordinal(k)))]].concat()
    };
    vec![joined(axes.iter().enumerate().map(each).collect(), "; ")]
}

/// What happens to the indices that do not slide.
fn fates(words: &Words, sliding: &Sliding) -> Vec<Prose> {
    let chosen = |stays: bool, both: bool| -> Vec<&Index> {
        let fits = |r: &&IndexRole| r.stays == stays && (r.within.len() == 2) == both;
        sliding.others.iter().filter(fits).map(|r| &r.shown).collect()
    };
    let summed: Vec<&Index> = sliding.others.iter().filter(|r| !r.stays).map(|r| &r.shown).collect();
    let (shared, apart) = (chosen(true, true), chosen(true, false));
    let mut items = Vec::new();
    if !summed.is_empty() {
        items.push([vec![text("summed over ")], words.shown(&summed)].concat());
    }
    if !shared.is_empty() {
        items.push([vec![text("in each ")], words.shown(&shared)].concat());
    }
    if !apart.is_empty() {
        items.push([vec![text("separately for each ")], words.shown(&apart)].concat());
    }
    items
}

/// `G groups, each of C channels of x and F of f`
fn group(words: &Words, operation: &Operation, sliding: &Sliding, group: &Grouping) -> Prose {
    let wires = &operation.wiring.wires;
    let side = |(wire, size): &(usize, Index)| {
        let one = size.as_constant() == Some(1);
        let mut prose = vec![words.index(size), text(if one { " channel of " } else { " channels of " })];
        match wires[*wire].within.iter().map(|(factor, _)| *factor).find(|f| *f == sliding.input) {
            Some(input) => prose.push(super::formula(words.letter(&operation.wiring.factors[input].source))),
            None if wires[*wire].stays() => prose.push(text("the output")),
            None => match wires[*wire].within.first() {
                Some((factor, _)) => {
                    prose.push(super::formula(words.letter(&operation.wiring.factors[*factor].source)))
                }
                None => prose.push(text("the sum")),
            },
        }
        prose
    };
    let sides = enumerated(group.channels.iter().map(side).collect());
    [vec![words.index(&group.groups), text(" groups, each of ")], sides].concat()
}
