//! Whether two answers tie the same places: then they differ only in what stays and what is summed.
//!
//! A place is named by its array and axis: the output index r of f[r] and the place r in the upstream
//! gradient of f are one. Invariant: every axis of one answer has its like in the other.

use super::super::document::{Inline, Piece, Prose};
use super::super::words::{enumerated, formula, text};
use super::Side;
use crate::derivation::Goal;
use crate::integer::{Condition, Index, Var};
use crate::language::syntax::{Expr, ExprKind, Name};
use crate::recognise::{Axis, Part, Wiring};
use std::collections::BTreeSet;

/// The places that a wire is.
type Places = BTreeSet<(Name, usize)>;

/// A sentence on what the two have in common, if they tie the same places in the same way.
pub(super) fn shared(sides: &[Side; 2]) -> Prose {
    let (Some(a), Some(b)) = (signature(&sides[0]), signature(&sides[1])) else { return Prose::new() };
    if a != b {
        return Prose::new();
    }
    let is_value = |side: &&Side| matches!(side.compared.answer.derivation.goal, Goal::Value { .. });
    let shown = sides.iter().find(is_value).unwrap_or(&sides[0]);
    let mut prose = vec![text("The same entries meet in both: ")];
    prose.extend(enumerated(entries(shown).into_iter().map(|e| vec![e]).collect()));
    prose.extend(conditions(shown));
    prose.push(text(". "));
    prose.extend(fate(&sides[0], "The first"));
    prose.push(text("; "));
    prose.extend(fate(&sides[1], "the second"));
    prose.push(text("."));
    prose
}

/// The axes as the places they tie, with their parameters, in an order of their own.
fn signature(side: &Side) -> Option<Vec<String>> {
    let (wiring, axes) = side.wired.as_ref()?;
    let places: Vec<Places> = (0..wiring.wires.len()).map(|k| places(side, wiring, k)).collect();
    let of = |wires: &[usize]| wires.iter().map(|k| &places[*k]).collect::<Vec<_>>();
    let canonical = |e: &Index| e.canonical();
    let one = |axis: &Axis| match axis {
        Axis::Bare(_) | Axis::Order(_) | Axis::Digits(_) => {
            format!("{axis_kind} {:?}", of(&axis.wires()), axis_kind = kind(axis))
        }
        Axis::Fixed(wire, value) => format!("fixed {:?} {:?}", of(&[*wire]), canonical(value)),
        Axis::Line(line) => format!(
            "line {:?}",
            forms(
                &[(line.to, Index::constant(1)), (line.from, line.slope.times_number(-1)),],
                &line.shift.times_number(-1),
                &places
            )
        ),
        Axis::Window(w) if wiring.wires[w.tap].part() == Part::Loose => {
            let terms = [(w.position, Index::constant(1)), (w.window, w.stride.times_number(-1))];
            let tap = &wiring.wires[w.tap];
            let ends = [&tap.lo, &tap.hi].map(|end| w.dilation.times(end).plus(&w.shift).times_number(-1));
            format!("span {:?} {:?}", w.dilation, spanned(&terms, &ends, &places))
        }
        Axis::Window(w) => {
            let sign = if w.flipped { 1 } else { -1 };
            let terms = [
                (w.position, Index::constant(1)),
                (w.window, w.stride.times_number(-1)),
                (w.tap, w.dilation.times_number(sign)),
            ];
            format!("window {:?}", forms(&terms, &w.shift.times_number(-1), &places))
        }
        Axis::Cycle(c) => {
            let signed = |(k, negative): &(usize, bool)| (*k, Index::constant(if *negative { -1 } else { 1 }));
            let terms: Vec<(usize, Index)> = c.terms.iter().map(signed).collect();
            format!("cycle {:?} {:?}", forms(&terms, &c.shift, &places), c.modulus)
        }
        Axis::Lookup(l) => format!("lookup {} {:?} {:?}", l.data, of(&axis.wires()), l.shift),
        Axis::Groups(g) => {
            let mut sides: Vec<String> =
                g.sides.iter().zip(&g.sizes).map(|((a, b), size)| format!("{:?} {size:?}", of(&[*a, *b]))).collect();
            sides.sort();
            format!("groups {sides:?}")
        }
    };
    let mut signature: Vec<String> = axes.iter().map(one).collect();
    signature.sort();
    Some(signature)
}

fn kind(axis: &Axis) -> &'static str {
    match axis {
        Axis::Bare(_) => "bare",
        Axis::Order(_) => "order",
        _ => "digits",
    }
}

/// A linear form over places with its two ends, with the sign that makes it least.
fn spanned(terms: &[(usize, Index)], ends: &[Index; 2], places: &[Places]) -> String {
    let signed = |sign: i128| {
        let mut parts: Vec<String> =
            terms.iter().map(|(k, slope)| format!("{:?} {:?}", places[*k], slope.times_number(sign))).collect();
        parts.sort();
        let mut ends: Vec<Index> = ends.iter().map(|e| e.times_number(sign).canonical()).collect();
        ends.sort();
        format!("{parts:?} {ends:?}")
    };
    signed(1).min(signed(-1))
}

/// A linear form over places, with the sign that makes it least.
fn forms(terms: &[(usize, Index)], rest: &Index, places: &[Places]) -> String {
    let signed = |sign: i128| {
        let mut parts: Vec<String> =
            terms.iter().map(|(k, slope)| format!("{:?} {:?}", places[*k], slope.times_number(sign))).collect();
        parts.sort();
        format!("{parts:?} {:?}", rest.times_number(sign).canonical())
    };
    signed(1).min(signed(-1))
}

fn places(side: &Side, wiring: &Wiring, wire: usize) -> Places {
    let wire = &wiring.wires[wire];
    let derivation = &side.compared.answer.derivation;
    let output = |var: &Var| {
        let axis = derivation.indices.iter().position(|b| b.var == *var)?;
        Some(match &derivation.goal {
            Goal::Value { output } => (output.clone(), axis),
            Goal::Gradient { array } => (array.clone(), axis),
            Goal::Jacobian { output, .. } | Goal::Step { output, .. } if axis < derivation.output_axes => {
                (output.clone(), axis)
            }
            Goal::Jacobian { array, .. } | Goal::Step { array, .. } => (array.clone(), axis - derivation.output_axes),
        })
    };
    let read = wire.within.iter().map(|(factor, axis)| (wiring.factors[*factor].source.array().clone(), *axis));
    read.chain(wire.stays.iter().filter_map(output)).collect()
}

/// The entry of the answer and those it is made of.
fn entries(side: &Side) -> Vec<Inline> {
    let derivation = &side.compared.answer.derivation;
    let at = |axes: std::ops::Range<usize>| {
        derivation.indices[axes].iter().map(|b| Expr::name(side.words.quote.var(&b.var)))
    };
    let entry = |name: &Name, axes: std::ops::Range<usize>| {
        let whole = axes.is_empty();
        formula(if whole {
            Expr::name(name.clone())
        } else {
            Expr::new(ExprKind::Read(name.clone(), at(axes).collect()))
        })
    };
    let all = 0..derivation.indices.len();
    let rows = 0..derivation.output_axes;
    let columns = derivation.output_axes..derivation.indices.len();
    let own = match &derivation.goal {
        Goal::Value { output } => vec![entry(output, all)],
        Goal::Gradient { array } => vec![entry(array, all)],
        Goal::Jacobian { output, array } | Goal::Step { output, array, .. } => {
            vec![entry(output, rows), entry(array, columns)]
        }
    };
    let factors = side.wired.iter().flat_map(|(wiring, _)| &wiring.factors);
    own.into_iter().chain(factors.map(|f| side.words.read(&f.source, &f.at))).collect()
}

/// `, where k ≤ i`
fn conditions(side: &Side) -> Prose {
    let Some((wiring, axes)) = &side.wired else { return Prose::new() };
    let shown = |k: usize| wiring.wires[k].shown.clone();
    let order = axes.iter().find_map(|axis| match axis {
        Axis::Order(o) => Some(Condition::AtMost(shown(o.small).plus(&o.gap), shown(o.large))),
        _ => None,
    });
    let guards = if wiring.guards.is_empty() { order.into_iter().collect() } else { wiring.guards.clone() };
    if guards.is_empty() {
        return Prose::new();
    }
    vec![text(", where "), Inline::Math(vec![Piece::Condition(side.words.quote.conditions(&guards))])]
}

/// `the first keeps i and sums over n`
fn fate(side: &Side, who: &str) -> Prose {
    let Some(view) = &side.view else { return Prose::new() };
    let list = |bounds: &[crate::model::Bound]| side.words.list(&bounds.iter().map(|b| &b.var).collect::<Vec<_>>());
    let mut prose = vec![text(format!("{who} keeps "))];
    prose.extend(if view.free.is_empty() { vec![text("nothing")] } else { list(&view.free) });
    prose.push(text(" and sums "));
    prose.extend(if view.summed.is_empty() {
        vec![text("nothing")]
    } else {
        [vec![text("over ")], list(&view.summed)].concat()
    });
    prose
}
