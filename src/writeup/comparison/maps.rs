//! The comparison of any two answers by their index maps: what each is, what it reads and where,
//! which index stays and which is summed, the parameters of what ties them.

use super::super::document::{Inline, Piece, Prose};
use super::super::operation::short_name;
use super::super::shape::lengths_of;
use super::super::words::{clauses, enumerated, formula, text};
use super::{Rows, Side, counts, relation};
use crate::answer::Names;
use crate::integer::{Atom, Condition, Index, Var};
use crate::model::System;
use crate::recognise::{Axis, IndexRole, Move, Operation, OperationKind, View, summands};

pub(super) fn compare(system: &System, names: &Names, sides: &[Side; 2]) -> (Prose, Rows) {
    let mut rows: Rows = Vec::new();
    let mut row = |title: &str, cells: [Prose; 2], bold: bool| {
        let [a, b] = cells;
        if !(a.is_empty() && b.is_empty()) {
            rows.push((vec![vec![text(title)], dashed(a), dashed(b)], bold));
        }
    };
    let each = |f: &dyn Fn(&Side) -> Prose| sides.each_ref().map(f);
    row(
        "operation",
        each(&|side| match &side.compared.operations {
            Some(operations) => short_name(system, names, side.compared.answer, operations),
            None => Prose::new(),
        }),
        false,
    );
    let form = |side: &Side| side.operation().and_then(|o| side.words.matrix_form(o)).map(formula);
    row("matrix form", each(&|side| form(side).into_iter().collect()), false);
    row("shape", each(&|side| vec![shape(system, names, side)]), false);
    row("reads", each(&reads), false);
    row("stays | is summed", each(&stays_and_summed), false);
    let parameters = sides.each_ref().map(parameters);
    let mut titles: Vec<String> = Vec::new();
    for (title, _) in parameters.iter().flatten().filter(|(_, value)| !value.is_empty()) {
        if !titles.contains(title) {
            titles.push(title.clone());
        }
    }
    for title in titles {
        let cell =
            |k: usize| parameters[k].iter().find(|(t, _)| *t == title).map(|(_, v)| v.clone()).unwrap_or_default();
        let (a, b) = (cell(0), cell(1));
        let differ = !a.is_empty() && !b.is_empty() && a != b;
        row(&title, [a, b], differ);
    }
    row("terms of the sum", each(&|side| counts::terms(side).unwrap_or_default()), false);
    let factor = |side: &Side| side.operation().and_then(|o| side.words.scale(o)).map(formula);
    row("factor", each(&|side| factor(side).into_iter().collect()), false);
    row("conditions", each(&conditions), false);
    let mut sentences = match sides.each_ref().map(contraction) {
        [Some(a), Some(b)] => exchanged(sides, [a, b]),
        _ => Prose::new(),
    };
    if sentences.is_empty() {
        sentences = relation::shared(sides);
    }
    (sentences, rows)
}

fn dashed(cell: Prose) -> Prose {
    if cell.is_empty() { vec![text("–")] } else { cell }
}

fn shape(system: &System, names: &Names, side: &Side) -> Inline {
    let groups = match lengths_of(system, names, &side.compared.answer.derivation.goal).pop() {
        Some(Piece::Lengths(groups)) => groups,
        _ => Vec::new(),
    };
    Inline::Math(vec![Piece::Space(groups)])
}

/// The entries that are read; of a sum of several terms, the whole formula.
fn reads(side: &Side) -> Prose {
    match &side.view {
        Some(view) if view.factors.is_empty() => Prose::new(),
        Some(view) => enumerated(view.factors.iter().map(|f| vec![side.words.read(&f.source, &f.at)]).collect()),
        None => vec![Inline::Math(vec![Piece::Expr(side.compared.answer.formula.clone())])],
    }
}

fn stays_and_summed(side: &Side) -> Prose {
    let derivation = &side.compared.answer.derivation;
    let of_terms = || {
        let terms = summands(&derivation.result)?;
        terms.iter().map(|t| View::new(&derivation.indices, t)).collect::<Option<Vec<_>>>()
    };
    let Some(views) = side.view.clone().map(|v| vec![v]).or_else(of_terms) else { return Prose::new() };
    let stays: Vec<&Var> = derivation.indices.iter().filter(|b| b.lo != b.hi).map(|b| &b.var).collect();
    let mut summed: Vec<&Var> = Vec::new();
    for bound in views.iter().flat_map(|v| &v.summed) {
        if !summed.contains(&&bound.var) {
            summed.push(&bound.var);
        }
    }
    side.stays_and_summed(&stays, &summed)
}

fn conditions(side: &Side) -> Prose {
    let Some(view) = &side.view else { return Prose::new() };
    if view.guards.is_empty() {
        return Prose::new();
    }
    vec![Inline::Math(vec![Piece::Condition(side.words.quote.conditions(&view.guards))])]
}

/// The parameters of what ties the places, by name; the axes of one kind in one cell.
fn parameters(side: &Side) -> Vec<(String, Prose)> {
    let mut found: Vec<(String, Prose)> = Vec::new();
    let Some((wiring, axes)) = &side.wired else { return found };
    let wires = &wiring.wires;
    let mut put_all = |title: &str, value: Prose, separator: &str| match found.iter_mut().find(|(t, _)| t == title) {
        Some((_, values)) => {
            values.push(text(separator));
            values.extend(value);
        }
        None => found.push((title.into(), value)),
    };
    let index = |e: &Index| side.words.index(&e.canonical());
    for axis in axes {
        let mut put = |title: &str, value: Inline| put_all(title, vec![value], ", ");
        match axis {
            Axis::Window(w) => {
                let [taps, padding] = [wires[w.tap].length(), w.padding(wires).canonical()];
                put("window", index(&taps));
                put("stride", index(&w.stride));
                if w.dilation.as_constant() != Some(1) {
                    put("dilation", index(&w.dilation));
                }
                if !padding.is_zero() {
                    put("padding", index(&padding));
                }
                if let Some(places) = w.places(wires) {
                    let places = places.iter().map(|place| vec![side.words.index(place)]).collect();
                    put_all("position, window, tap", clauses(places), "; ");
                }
            }
            Axis::Line(line) => {
                if line.slope.as_constant() != Some(1) {
                    put("step", index(&line.slope));
                }
                put("shift by", index(&line.shift));
            }
            Axis::Cycle(cycle) => {
                let moves = side.operation().map(|o| &o.kind);
                if let Some(OperationKind::Rearrangement(found)) = moves {
                    let roll = |m: &Move| match m {
                        Move::Roll(wire, shift) if cycle.terms.iter().any(|(k, _)| k == wire) => Some(shift.clone()),
                        _ => None,
                    };
                    found.moves.iter().filter_map(roll).for_each(|shift| put("shift by", index(&shift)));
                }
                put("modulo", index(&cycle.modulus));
            }
            Axis::Lookup(lookup) => {
                let at = lookup.at.iter().map(|k| wires[*k].shown.clone()).collect();
                let datum = Index::atom(Atom::Datum(lookup.data.clone(), at)).plus(&lookup.shift);
                put("place from data", side.words.index(&datum));
            }
            Axis::Order(order) => {
                let (small, large) = (&wires[order.small].shown, &wires[order.large].shown);
                let condition = Condition::AtMost(small.plus(&order.gap), large.clone());
                put("order", Inline::Math(vec![Piece::Condition(side.words.quote.condition(&condition))]));
            }
            Axis::Groups(groups) => put("groups", index(&groups.groups)),
            Axis::Bare(_) | Axis::Fixed(..) | Axis::Digits(_) => {}
        }
    }
    found
}

/// The wires of a contraction and what becomes of each.
fn contraction<'a>(side: &Side<'a>) -> Option<(&'a Operation, &'a [IndexRole])> {
    let operation = side.operation()?;
    match &operation.kind {
        OperationKind::Contraction(found) => Some((operation, &found.roles)),
        _ => None,
    }
}

/// For the arrays that both contractions read once: what becomes of each of their axes.
fn exchanged(sides: &[Side; 2], both: [(&Operation, &[IndexRole]); 2]) -> Prose {
    let factors = both.map(|(operation, _)| &operation.wiring.factors);
    let once = |k: usize, f: usize| factors[k].iter().filter(|x| x.source == factors[k][f].source).count() == 1;
    let partner = |k: usize| {
        let other = factors[1].iter().position(|f| f.source == factors[0][k].source)?;
        (once(0, k) && once(1, other)).then_some((k, other))
    };
    let common: Vec<(usize, usize)> = (0..factors[0].len()).filter_map(partner).collect();
    if common.is_empty() {
        return Prose::new();
    }
    let letters = common.iter().map(|(k, _)| vec![formula(sides[0].words.letter(&factors[0][*k].source))]).collect();
    let mut prose = [vec![text("Both read ")], enumerated(letters), vec![text(".")]].concat();
    let role = |side: usize, factor: usize, axis: usize| {
        both[side].1.iter().find(|r| both[side].0.wiring.wires[r.wire].within.contains(&(factor, axis)))
    };
    let (mut changed, mut kept): (Vec<Prose>, Vec<Prose>) = (Vec::new(), Vec::new());
    let axes = common.iter().flat_map(|(k, other)| (0..factors[0][*k].at.len()).map(move |axis| (*k, *other, axis)));
    for (here, there, axis) in axes {
        let (Some(first), Some(second)) = (role(0, here, axis), role(1, there, axis)) else { continue };
        let (x, y) = (&factors[0][here].at[axis], &factors[1][there].at[axis]);
        let index = if x == y {
            vec![sides[0].words.index(x)]
        } else {
            vec![sides[0].words.index(x), text(" ("), sides[1].words.index(y), text(" in the second)")]
        };
        let (list, fate) = match (first.stays, second.stays) {
            (true, false) => (&mut changed, " stays in the first and is summed in the second"),
            (false, true) => (&mut changed, " is summed in the first and stays in the second"),
            (true, true) => (&mut kept, " stays in both"),
            (false, false) => (&mut kept, " is summed in both"),
        };
        let clause = [index, vec![text(fate)]].concat();
        if !list.contains(&clause) {
            list.push(clause);
        }
    }
    for clause in changed.into_iter().chain(kept) {
        prose.push(text(" The index "));
        prose.extend(clause);
        prose.push(text("."));
    }
    prose
}
