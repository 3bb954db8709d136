//! The words for gathers, scatters and running sums.

use super::super::document::{Inline, Prose};
use super::super::words::{Words, text};
use super::{others, sentence};
use crate::integer::{Atom, Index};
use crate::recognise::{Operation, Running, Selection};

/// "A gather: row token[t] of the weight E."
pub(super) fn describe(words: &Words, operation: &Operation, found: &Selection) -> Prose {
    let wires = &operation.wiring.wires;
    let value = &wires[found.lookup.value];
    let at = found.lookup.at.iter().map(|k| wires[*k].shown.clone()).collect();
    let place = Index::atom(Atom::Datum(found.lookup.data.clone(), at)).plus(&found.lookup.shift);
    let factor = &operation.wiring.factors[0];
    let kept = found.others.iter().all(|r| r.stays && r.within.len() == 1);
    let (prose, spare) = if found.gathers {
        let axis = value.axis_of(0);
        let opening = match (factor.at.len(), axis) {
            (1, _) => vec![text("A gather: entry "), words.index(&place), text(" of ")],
            (2, Some(0)) => vec![text("A gather: row "), words.index(&place), text(" of ")],
            (2, _) => vec![text("A gather: column "), words.index(&place), text(" of ")],
            _ => vec![text("A gather: "), words.read(&factor.source, &factor.at), text(" from ")],
        };
        let loose: Vec<&Index> =
            found.lookup.at.iter().filter(|k| !wires[**k].stays()).map(|k| &wires[*k].shown).collect();
        let summed = (!loose.is_empty()).then(|| [vec![text("summed over ")], words.shown(&loose)].concat());
        ([opening, words.factor(operation, 0)].concat(), summed.into_iter().collect())
    } else {
        let opening = [vec![text("A scatter-add of ")], words.factor(operation, 0), vec![text(": ")]].concat();
        let added = vec![part_read(words, operation, found), text(" is added to ")];
        let first = value.stays() && found.lookup.value == 0;
        let place = match (first && kept, found.others.len()) {
            (true, 0) => vec![text("entry "), words.index(&place)],
            (true, 1) => vec![text("row "), words.index(&place)],
            _ => vec![text("place "), words.index(&place), text(" along "), words.index(&value.shown)],
        };
        ([opening, added, place].concat(), Vec::new())
    };
    let items: Vec<Prose> =
        [spare, others(words, &found.others), words.times(operation).into_iter().collect()].concat();
    let mut prose = prose;
    for item in items {
        prose.push(text(", "));
        prose.extend(item);
    }
    prose.push(text("."));
    prose
}

/// `g[t]`: what is added, without the axes that are kept behind those of the data.
fn part_read(words: &Words, operation: &Operation, found: &Selection) -> Inline {
    let factor = &operation.wiring.factors[0];
    let axes: Vec<Option<usize>> = found.lookup.at.iter().map(|k| operation.wiring.wires[*k].axis_of(0)).collect();
    let at = match axes.iter().enumerate().all(|(k, axis)| *axis == Some(k)) {
        true => &factor.at[..axes.len()],
        false if axes.iter().all(Option::is_none) => &[],
        false => &factor.at[..],
    };
    words.read(&factor.source, at)
}

/// "gather", "scatter-add"
pub(super) fn name(found: &Selection) -> &'static str {
    if found.gathers { "gather" } else { "scatter-add" }
}

/// "A prefix sum of x along i."
pub(super) fn describe_running(words: &Words, operation: &Operation, running: &Running) -> Prose {
    let name = running_name(running);
    let article = if running.exclusive { "An" } else { "A" };
    let array = words.factor(operation, 0);
    let along = vec![text(" along "), words.index(&operation.wiring.wires[running.stays].shown)];
    let opening = [vec![text(format!("{article} {name} of "))], array, along].concat();
    sentence(opening, [others(words, &running.others), words.times(operation).into_iter().collect()].concat())
}

/// "prefix sum", "exclusive suffix sum"
pub(super) fn running_name(running: &Running) -> &'static str {
    match (running.from_first, running.exclusive) {
        (true, false) => "prefix sum",
        (true, true) => "exclusive prefix sum",
        (false, false) => "suffix sum",
        (false, true) => "exclusive suffix sum",
    }
}
