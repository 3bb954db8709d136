//! Sums that go the other way: where an index of the result picks out which terms there are, every term
//! is added at its place instead.
//!
//! In Σ(r: D ∣ q, 0 ≤ q/D ≤ K−1) g[r]·W[1 + q/D] with q = n − 1 − S·(r−1), the position t = 1 + q/D in `W`
//! is made an index of its own; then n = 1 + S·(r−1) + D·(t−1), and the terms, a contraction over what
//! else is summed, are added there. Invariant: the change of index is one to one, and what it does not
//! prove of the conditions stays a mask.

use super::affine::{Affine, affine, mentions, times};
use super::arithmetic::{fraction, is_one, minus, plus, split_guards};
use super::code::tuple;
use super::layout::list;
use super::lower::{Axis, Lowering};
use super::native::{Placed, transposed};
use super::tensor::{Dialect, Kind, Tensor};
use crate::language::syntax::{Binder, Condition, Expr, ExprKind, Name, Operator, Reduction};
use crate::model::rewrite;

/// What is at a place on an axis of the result.
struct Move {
    /// The axis of the result.
    result: usize,
    /// The position that is now an index, as it stands in the formula.
    position: Expr,
    /// The first and last position.
    range: (Expr, Expr),
}

/// A sum whose terms are added at their places; none if it is no such sum.
pub(super) fn scattered(
    lowering: &mut Lowering<'_, '_>,
    binders: &[Binder],
    condition: Option<&Condition>,
    body: &Expr,
) -> Result<Option<Tensor>, String> {
    let (mut conditions, body) = split_guards(body);
    conditions.extend(condition.cloned());
    let mut binders = binders.to_vec();
    let (more, body) = nested(body, &mut conditions);
    binders.extend(more);
    let found = if conditions.is_empty() && lowering.guards.is_empty() && !is_ragged(lowering, &binders) {
        Vec::new()
    } else {
        moves(lowering, &binders, &body)
    };
    if found.is_empty() {
        return Ok(None);
    }
    let outside = lowering.outside();
    let result = placed(lowering, &binders, conditions, &body, &found);
    lowering.leave(outside);
    result
}

/// Whether the range of an index depends on others.
fn is_ragged(lowering: &Lowering<'_, '_>, binders: &[Binder]) -> bool {
    let ranges = binders.iter().filter_map(|binder| binder.range.as_ref());
    ranges.into_iter().any(|(first, last)| !lowering.is_number(first) || !lowering.is_number(last))
}

/// The binders and conditions of sums that stand directly under a sum.
fn nested(body: Expr, conditions: &mut Vec<Condition>) -> (Vec<Binder>, Expr) {
    match body.kind {
        ExprKind::Reduce(Reduction::Sum, mut binders, condition, inner) => {
            let (guards, inner) = split_guards(&inner);
            conditions.extend(condition.map(|condition| *condition));
            conditions.extend(guards);
            let (more, inner) = nested(inner, conditions);
            binders.extend(more);
            (binders, inner)
        }
        _ => (Vec::new(), body),
    }
}

/// The positions that hold an index of the result and one that is summed over.
fn moves(lowering: &Lowering<'_, '_>, binders: &[Binder], body: &Expr) -> Vec<Move> {
    let is_bound = |dim: usize| dim >= lowering.axes.len();
    let own = |name: &Name| {
        let bound = binders.iter().position(|binder| binder.name == *name).map(|k| lowering.axes.len() + k);
        bound.or_else(|| lowering.axis(name))
    };
    let mut known = lowering.known.clone();
    for binder in binders {
        known.bind(binder);
    }
    let mut found: Vec<Move> = Vec::new();
    let ExprKind::Product(factors) = &body.kind else { return found };
    for (_, factor) in factors {
        let (ExprKind::Read(array, at) | ExprKind::Upstream(array, at)) = &factor.kind else { continue };
        let Some(stored) = lowering.writer.arrays.get(array) else { continue };
        for (e, axis) in at.iter().zip(&stored.axes) {
            let (above, below) = rational(e);
            let Some(form) = affine(&above, &own) else { continue };
            let results: Vec<&(usize, Expr)> = form.terms.iter().filter(|(dim, _)| !is_bound(*dim)).collect();
            let ([(dim, step)], true) = (results.as_slice(), form.terms.len() == 2) else { continue };
            let padded = (minus(&axis.first, &axis.before), plus(&axis.last, &axis.after));
            if known.is_within(e, &padded.0, &padded.1) {
                continue;
            }
            let unit = is_one(step) || is_one(&times(&Expr::integer(-1), step));
            if unit && found.iter().all(|other| other.result != *dim) && !mentions(&below, &own) {
                let range = (axis.first.clone(), axis.last.clone());
                found.push(Move { result: *dim, position: e.clone(), range });
            }
        }
    }
    found
}

/// An index expression as a quotient, also where it is rounded.
fn rational(e: &Expr) -> (Expr, Expr) {
    let mut bare = e.clone();
    if let ExprKind::Sum(terms) = &e.kind {
        let terms = terms.iter().map(|(sign, term)| (*sign, unrounded(term))).collect();
        bare = Expr::new(ExprKind::Sum(terms));
    } else {
        bare = unrounded(&bare);
    }
    fraction(&bare)
}

fn unrounded(e: &Expr) -> Expr {
    match &e.kind {
        ExprKind::Call(word, arguments) if &**word == "floor" && arguments.len() == 1 => arguments[0].clone(),
        ExprKind::Product(factors) => {
            let exact = |operator| if operator == Operator::Div { Operator::Over } else { operator };
            Expr::new(ExprKind::Product(factors.iter().map(|(o, f)| (exact(*o), f.clone())).collect()))
        }
        _ => e.clone(),
    }
}

/// An expression in which one that stands in it is another.
fn swapped(e: &Expr, old: &Expr, new: &Expr) -> Expr {
    rewrite(e, &|part| (part == old).then(|| new.kind.clone()))
}

fn placed(
    lowering: &mut Lowering<'_, '_>,
    binders: &[Binder],
    mut conditions: Vec<Condition>,
    body: &Expr,
    moves: &[Move],
) -> Result<Option<Tensor>, String> {
    let mut bound = Vec::new();
    for binder in binders {
        let (axis, inside) = lowering.bind(binder)?;
        conditions.extend(inside);
        bound.push(axis);
    }
    lowering.scope.retain(|axis| moves.iter().all(|found| found.result != *axis));
    let (mut taps, mut swaps) = (Vec::new(), Vec::new());
    for (number, found) in moves.iter().enumerate() {
        let tap = Expr::name(format!("tap {number}"));
        let ExprKind::Name(name) = &tap.kind else { continue };
        let binder = Binder { name: name.clone(), range: Some(found.range.clone()), span: Default::default() };
        taps.push(lowering.bind(&binder)?.0);
        swaps.push((found.position.clone(), tap));
    }
    let mut forms = Vec::new();
    for (found, (_, tap)) in moves.iter().zip(swaps.clone()) {
        let name = lowering.axes[found.result].name.clone();
        let (above, below) = rational(&found.position);
        let Some(form) = affine(&above, &|other| (*other == name).then_some(0)) else { return Ok(None) };
        let scaled = times(&below, &tap);
        let place = match form.terms.as_slice() {
            [(_, step)] if is_one(step) => minus(&scaled, &form.offset),
            _ => minus(&form.offset, &scaled),
        };
        let Some(form) = affine(&place, &|name| lowering.axis(name)) else { return Ok(None) };
        forms.push(form);
        swaps.push((Expr::name(name), place));
    }
    let put = |e: &Expr| swaps.iter().fold(e.clone(), |e, (old, new)| swapped(&e, old, new));
    let body = put(body);
    let mut kept = Vec::new();
    while let Some(condition) = conditions.pop() {
        let condition = match condition {
            Condition::All(parts) => {
                conditions.extend(parts);
                continue;
            }
            other => put(&Expr::new(ExprKind::Bracket(Box::new(other)))),
        };
        if let ExprKind::Bracket(condition) = condition.kind
            && !lowering.known.proves(&condition)
        {
            kept.push(*condition);
        }
    }
    let mut along = Vec::new();
    for (form, tap) in forms.iter().zip(&taps) {
        match form.terms.iter().filter(|(dim, _)| dim != tap).collect::<Vec<_>>().as_slice() {
            [(dim, _)] if !along.contains(dim) => along.push(*dim),
            _ => return Ok(None),
        }
        if !form.terms.iter().all(|(_, step)| lowering.known.is_positive(step)) {
            return Ok(None);
        }
    }
    let summed: Vec<usize> = bound.iter().copied().filter(|axis| !along.contains(axis)).collect();
    if lowering.dialect() == Dialect::Torch && kept.is_empty() {
        let mut all = Vec::new();
        for (k, (form, found)) in forms.iter().zip(moves).enumerate() {
            let start = lowering.writer.index(&first_of(&lowering.axes, form, found))?;
            let ends = [lowering.length(found.result)?, start];
            let steps = [taps[k], along[k]].map(|dim| lowering.writer.index(&step_of(form, dim)));
            let [tap, place] = steps;
            all.push(Placed { result: found.result, ends, dims: [taps[k], along[k]], steps: [tap?, place?] });
        }
        if let Some(factors) = lowering.plain_factors(&body)?
            && let Some(value) = transposed(&factors, &summed, &all)
        {
            lowering.writer.needs.library.insert("_transposed".into());
            return Ok(Some(value));
        }
    }
    let value = lowering.summed(&summed, kept, &body)?;
    let mut order = [taps.as_slice(), &along].concat();
    let rest: Vec<usize> = value.dims.iter().copied().filter(|dim| !order.contains(dim)).collect();
    order.extend(&rest);
    let value = match order.len() == value.dims.len() {
        true => value.permuted(&order, lowering.dialect()),
        false => lowering.spread(&value, &order)?,
    };
    let mut places = Vec::new();
    for ((form, found), (tap, other)) in forms.iter().zip(moves).zip(taps.iter().zip(&along)) {
        let start = first_of(&lowering.axes, form, found);
        let length = lowering.length(found.result)?;
        let numbers = [start, step_of(form, *tap), step_of(form, *other)];
        let numbers = numbers.iter().map(|e| lowering.writer.index(e)).collect::<Result<Vec<_>, String>>()?;
        places.push(tuple([vec![length], numbers].concat()));
    }
    let function = lowering.word("_scattered");
    let doc = list(format!("{function}("), [vec![value.doc], places].concat(), ")");
    let dims = moves.iter().map(|found| found.result).chain(rest).collect();
    Ok(Some(Tensor::new(doc, dims, Kind::Real)))
}

/// Where the first entry is.
fn first_of(axes: &[Axis], form: &Affine, found: &Move) -> Expr {
    let start = minus(&form.offset, &axes[found.result].range.0);
    form.terms.iter().fold(start, |start, (dim, step)| plus(&start, &times(step, &axes[*dim].range.0)))
}

/// What a form moves by when an index goes up by one.
fn step_of(form: &Affine, dim: usize) -> Expr {
    form.terms.iter().find(|(own, _)| *own == dim).map_or(Expr::integer(0), |(_, step)| step.clone())
}
