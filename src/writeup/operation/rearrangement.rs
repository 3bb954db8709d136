//! The words for shifts, reversals and reshapes.

use super::super::document::Prose;
use super::super::words::{Words, clauses, enumerated, ordinal, text};
use super::item;
use crate::integer::Index;
use crate::recognise::{Move, Operation, Rearrangement};

/// "A circular shift of x: every i reads s places ahead, modulo N."
pub(super) fn describe(words: &Words, operation: &Operation, found: &Rearrangement) -> Prose {
    let wires = &operation.wiring.wires;
    let index = |wire: &usize| words.index(&wires[*wire].shown);
    let along = |wire: &usize| vec![text("along "), index(wire)];
    let clause = |one: &Move| -> Prose {
        match one {
            Move::Shift(wire, shift) => [vec![text("every "), index(wire)], distance(words, shift)].concat(),
            Move::Roll(wire, shift) => {
                let modulus = wires[*wire].length();
                let around = vec![text(", modulo "), words.index(&modulus)];
                [vec![text("every "), index(wire)], distance(words, shift), around].concat()
            }
            Move::Pad(wire, [before, after]) => {
                let end = |size: &Index, which: &str| {
                    (!size.is_zero()).then(|| vec![words.index(size), text(which.to_string())])
                };
                let ends = [end(before, " ahead"), end(after, " behind")].into_iter().flatten().collect();
                [enumerated(ends), vec![text(" ")], along(wire)].concat()
            }
            Move::Crop(wire, [before, after]) => {
                let end =
                    |size: &Index, which: &str| (!size.is_zero()).then(|| item(words, &format!("the {which}"), size));
                let ends = [end(before, "first"), end(after, "last")].into_iter().flatten().collect();
                [vec![text("without ")], enumerated(ends), vec![text(" places ")], along(wire)].concat()
            }
            Move::Reversal(wire) | Move::RollBack(wire) | Move::Repetition(wire) => along(wire),
            Move::Subsampling(wire, step) => {
                [vec![text("one entry in "), words.index(step), text(" ")], along(wire)].concat()
            }
            Move::Insertion(wire, step) => {
                [vec![text("its entries stand "), words.index(step), text(" places apart ")], along(wire)].concat()
            }
            Move::Merge(wire, parts) => {
                let axes: Vec<String> = parts.iter().filter_map(|k| wires[*k].axis_of(0)).map(ordinal).collect();
                let last = axes.last().cloned().unwrap_or_default();
                let listed = enumerated(axes.into_iter().map(|a| vec![text(a)]).collect());
                let become_one = vec![text(" axes become one, "), index(wire), text(format!(", the {last} fastest"))];
                [vec![text("its ")], listed, become_one].concat()
            }
            Move::Split(axis, parts) => {
                let place = ordinal(wires[*axis].axis_of(0).unwrap_or_default());
                let listed = enumerated(parts.iter().map(|k| vec![index(k)]).collect());
                let fastest = parts.last().map(|k| vec![text(", "), index(k), text(" fastest")]).unwrap_or_default();
                [vec![text(format!("its {place} axis becomes "))], listed, fastest].concat()
            }
        }
    };
    let mut items: Vec<Prose> = found.moves.iter().map(clause).collect();
    let read = operation.wiring.factors.first().map(|f| words.read(&f.source, &f.at));
    if found.part {
        items.push([vec![text("it reads ")], read.into_iter().collect(), vec![text(" alone")]].concat());
    }
    if found.turned {
        items.push(vec![text("its axes in another order")]);
    }
    items.extend(words.times(operation));
    let mut opening = [vec![text(format!("{} of ", head(found)))], words.factor(operation, 0)].concat();
    let turns = |m: &Move| matches!(m, Move::Reversal(_) | Move::RollBack(_) | Move::Repetition(_));
    if !items.is_empty() {
        let plain = items.len() == found.moves.len() && found.moves.iter().all(turns);
        opening.push(text(if plain { " " } else { ": " }));
        opening.extend(clauses(items));
    }
    if !operation.wiring.guards.is_empty()
        && found.moves.iter().any(|m| matches!(m, Move::Shift(..) | Move::Subsampling(..)))
    {
        opening.push(text("; 0 where there is none"));
    }
    opening.push(text("."));
    opening
}

/// "circular shift", "reversal"
pub(super) fn short(words: &Words, found: &Rearrangement) -> Prose {
    let head = head(found);
    let name: String = head.trim_start_matches("A ").chars().flat_map(char::to_lowercase).collect();
    match found.moves.as_slice() {
        [Move::Shift(_, shift) | Move::Roll(_, shift)] => {
            let (size, direction) = measured(shift);
            let by = vec![text(format!("{name} by ")), words.index(&size)];
            [by, vec![text(if direction { " ahead" } else { " behind" })]].concat()
        }
        _ => vec![text(name)],
    }
}

fn head(found: &Rearrangement) -> &'static str {
    let name = |one: &Move| match one {
        Move::Shift(..) => "A shift",
        Move::Pad(..) => "Zero padding",
        Move::Crop(..) => "A slice",
        Move::Reversal(..) => "A reversal",
        Move::Subsampling(..) => "A subsampling",
        Move::Insertion(..) => "Zero insertion (upsampling with zeros)",
        Move::Roll(..) => "A circular shift",
        Move::RollBack(..) => "A circular reversal",
        Move::Repetition(..) => "A periodic continuation",
        Move::Merge(..) | Move::Split(..) => "A reshape",
    };
    let mut names: Vec<&str> = found.moves.iter().map(name).collect();
    names.dedup();
    match names.as_slice() {
        [] => "A slice",
        [only] => only,
        _ => "A rearrangement",
    }
}

/// ` reads s places ahead`
fn distance(words: &Words, shift: &Index) -> Prose {
    let (size, ahead) = measured(shift);
    let places = if size.as_constant() == Some(1) { " place " } else { " places " };
    vec![text(" reads "), words.index(&size), text(places), text(if ahead { "ahead" } else { "behind" })]
}

/// The size of a shift, and whether it is written as a positive one.
fn measured(shift: &Index) -> (Index, bool) {
    let negative = shift.terms().iter().all(|(_, n)| *n < 0);
    (if negative { shift.times_number(-1) } else { shift.clone() }, !negative)
}
