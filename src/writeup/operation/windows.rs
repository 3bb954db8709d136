//! The words for pooling, upsampling and unfolding.

use super::super::document::Prose;
use super::super::words::{Words, clauses, enumerated, text};
use super::{all_one, lengths, letter, others, sentence};
use crate::integer::Index;
use crate::recognise::{Operation, WindowKind, Windows};

/// "Average pooling of x: window K, stride S."
pub(super) fn describe(words: &Words, operation: &Operation, windows: &Windows) -> Prose {
    let array = words.factor(operation, 0);
    let spare = others(words, &windows.others);
    let times = || words.times(operation);
    match windows.kind {
        WindowKind::Pooling => {
            let opening = [vec![text(format!("{} pooling of ", mean(windows, "Average", "Sum")))], array].concat();
            let scale = if windows.mean { None } else { times() };
            sentence(opening, [parameters(words, operation, windows), spare, scale.into_iter().collect()].concat())
        }
        WindowKind::Spreading => {
            let name = format!("A transposed {} pooling of ", mean(windows, "average", "sum"));
            let opening = [vec![text(name)], array].concat();
            let how = mean(
                windows,
                "every entry is shared out evenly over its window",
                "every entry is added to all of its window",
            );
            let scale = if windows.mean { None } else { times() };
            let items = [vec![vec![text(how)]], parameters(words, operation, windows), spare];
            sentence(opening, [items.concat(), scale.into_iter().collect()].concat())
        }
        WindowKind::Repetition => {
            let opening = [vec![text("Nearest-neighbour upsampling of ")], array, vec![text(" by ")]].concat();
            let mut prose = [opening, lengths(words, &taps(operation, windows), true)].concat();
            for clause in spare.into_iter().chain(times()) {
                prose.push(text(", "));
                prose.extend(clause);
            }
            prose.push(text("."));
            prose
        }
        WindowKind::Unfolding => unfolding(words, operation, windows),
        WindowKind::Folding => {
            let opening = [vec![text("A folding of ")], array, vec![text(" (col2im)")]].concat();
            let how = vec![text("windows are put back in their places and added up where they overlap")];
            let items = [vec![how], parameters(words, operation, windows), spare, times().into_iter().collect()];
            sentence(opening, items.concat())
        }
    }
}

/// "average pooling, window 3, stride 2"
pub(super) fn short(words: &Words, operation: &Operation, windows: &Windows) -> Prose {
    let name = match windows.kind {
        WindowKind::Pooling => mean(windows, "average pooling", "sum pooling"),
        WindowKind::Spreading => mean(windows, "transposed average pooling", "transposed sum pooling"),
        WindowKind::Repetition => {
            let by = lengths(words, &taps(operation, windows), true);
            return [vec![text("nearest-neighbour upsampling by ")], by].concat();
        }
        WindowKind::Unfolding => return vec![text("windows (im2col)")],
        WindowKind::Folding => "folding (col2im)",
    };
    clauses([vec![text(name)]].into_iter().chain(parameters(words, operation, windows)).collect())
}

fn mean(windows: &Windows, yes: &'static str, no: &'static str) -> &'static str {
    if windows.mean { yes } else { no }
}

fn taps(operation: &Operation, windows: &Windows) -> Vec<Index> {
    windows.axes.iter().map(|w| operation.wiring.wires[w.tap].length()).collect()
}

/// Window, stride, dilation, padding, trivial ones but the first left out.
fn parameters(words: &Words, operation: &Operation, windows: &Windows) -> Vec<Prose> {
    let wires = &operation.wiring.wires;
    let all = |of: &dyn Fn(&crate::recognise::axis::Window) -> Index| windows.axes.iter().map(of).collect::<Vec<_>>();
    let (strides, dilations) = (all(&|w| w.stride.clone()), all(&|w| w.dilation.clone()));
    let paddings = all(&|w| w.padding(wires).canonical());
    let mut items = vec![[vec![text("window ")], lengths(words, &taps(operation, windows), false)].concat()];
    let mut put = |name: &str, values: &[Index]| {
        items.push([vec![text(format!("{name} "))], lengths(words, values, true)].concat());
    };
    put("stride", &strides);
    if !all_one(&dilations) {
        put("dilation", &dilations);
    }
    if !paddings.iter().all(Index::is_zero) {
        put("padding", &paddings);
    }
    items
}

/// "Windows of x (im2col), moved by 2 for each step of r."
fn unfolding(words: &Words, operation: &Operation, windows: &Windows) -> Prose {
    let wires = &operation.wiring.wires;
    let mut prose = vec![text("Windows of "), letter(words, operation), text(" (im2col)")];
    for window in &windows.axes {
        let steps = [(&window.stride, window.window), (&window.dilation, window.tap)];
        let step = |(size, wire): &(&Index, usize)| {
            let shown = &wires[*wire].shown;
            (size.as_constant() != Some(1))
                .then(|| vec![words.index(size), text(" for each step of "), words.index(shown)])
        };
        let steps: Vec<Prose> = steps.iter().filter_map(step).collect();
        if !steps.is_empty() {
            prose.push(text(", moved by "));
            prose.extend(enumerated(steps));
        }
    }
    let equal = words.diagonals(&windows.others);
    if !equal.is_empty() {
        prose.push(text(" where "));
        prose.extend(enumerated(equal.clone()));
        prose.push(text(", else 0"));
    }
    if outside(operation, windows) {
        prose.extend([
            text(if equal.is_empty() { "; 0 outside " } else { ", and 0 outside " }),
            letter(words, operation),
        ]);
    }
    for clause in others(words, &windows.others).into_iter().chain(words.times(operation)) {
        prose.push(text(", "));
        prose.extend(clause);
    }
    prose.push(text("."));
    prose
}

/// Whether some window reaches beyond the positions.
fn outside(operation: &Operation, windows: &Windows) -> bool {
    let wires = &operation.wiring.wires;
    let limited = |w: &crate::recognise::axis::Window| {
        let last = |k: usize, slope: &Index| slope.times(&wires[k].hi);
        let reach = last(w.window, &w.stride).plus(&last(w.tap, &w.dilation)).plus(&w.shift);
        !w.padding(wires).canonical().is_zero()
            || reach.minus(&wires[w.position].hi).as_constant().is_some_and(|n| n > 0)
    };
    !operation.wiring.guards.is_empty() && windows.axes.iter().any(limited)
}
