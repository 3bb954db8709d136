//! Limits: what is left of ranges and brackets once equations are solved.
//!
//! A limit that the boxes of the arrays imply says nothing and is dropped; one on a single place
//! narrows its range; one on several places is a summed index of its own – the tap of a pooling
//! window is n − S(r−1). Invariant: no limit is dropped unless it is proved.

use super::relation::Relation;
use super::same;
use crate::integer::{Condition, Extreme, Facts, Index};

/// lo ≤ value ≤ hi
#[derive(Clone, Debug)]
pub(super) struct Span {
    /// The value as the formula writes it.
    pub(super) shown: Index,
    pub(super) value: Index,
    pub(super) lo: Index,
    pub(super) hi: Index,
}

/// The expression is not negative.
#[derive(Clone, Debug)]
pub(super) struct Bound(pub(super) Index);

/// More limits than this have no name.
const MOST_LIMITS: usize = 100;

/// Drops limits, narrows ranges, names what is limited on both sides; what stays is an order.
pub(super) fn settle(relation: &mut Relation) -> Option<()> {
    if relation.bounds.len() + relation.spans.len() > MOST_LIMITS {
        return None;
    }
    pair(relation);
    loop {
        let facts = known(relation);
        let spans = std::mem::take(&mut relation.spans);
        let open = |s: &Span| {
            !(implied(relation, &facts, &s.value.minus(&s.lo)) && implied(relation, &facts, &s.hi.minus(&s.value)))
        };
        let mut open: Vec<Span> = spans.into_iter().filter(open).collect();
        match open.iter().position(|s| single(relation, &s.value).is_some()) {
            Some(k) => {
                let span = open.remove(k);
                let (unknown, slope, rest) = single(relation, &span.value)?;
                narrow(relation, unknown, slope, [span.lo.minus(&rest), span.hi.minus(&rest)]);
            }
            None if open.is_empty() => break,
            None => {
                let span = open.remove(0);
                if span.value.is_free_of_vars() {
                    return None;
                }
                relation.name(span.shown, &span.value, span.lo, span.hi);
            }
        }
        relation.spans = open;
        relation.combine();
    }
    order(relation)
}

/// Two bounds on one expression become a span.
fn pair(relation: &mut Relation) {
    let mut k = 0;
    while k < relation.bounds.len() {
        let lower = relation.bounds[k].0.clone();
        let opposite = |b: &Bound| b.0.plus(&lower).is_free_of_vars();
        match (k + 1..relation.bounds.len()).find(|j| !lower.is_free_of_vars() && opposite(&relation.bounds[*j])) {
            Some(j) => {
                let hi = relation.bounds.remove(j).0.plus(&lower);
                relation.bounds.remove(k);
                relation.spans.push(Span { shown: lower.clone(), value: lower, lo: Index::default(), hi });
            }
            None => k += 1,
        }
    }
}

/// Drops the one-sided bounds that are implied and narrows ranges by those on one unknown.
fn order(relation: &mut Relation) -> Option<()> {
    let mut kept = Vec::new();
    for Bound(e) in std::mem::take(&mut relation.bounds) {
        if implied(relation, &known(relation), &e) {
            continue;
        }
        if e.is_free_of_vars() {
            return None;
        }
        match single(relation, &e).filter(|(unknown, ..)| relation.unknowns[*unknown].ranged) {
            Some((unknown, slope, rest)) => {
                let wire = &relation.unknowns[unknown].wire;
                let ends = if slope > 0 {
                    [rest.times_number(-1), wire.hi.clone()]
                } else {
                    [rest.times_number(-1), wire.lo.times_number(-1)]
                };
                narrow(relation, unknown, slope, ends);
            }
            None => kept.push(Bound(e)),
        }
    }
    relation.bounds = kept;
    Some(())
}

/// The one unknown in an expression ±unknown + rest: which, the sign, the rest.
fn single(relation: &Relation, e: &Index) -> Option<(usize, i128, Index)> {
    let mut inside = (0..relation.unknowns.len()).filter(|k| e.mentions(&relation.unknowns[*k].var));
    let only = inside.next()?;
    let (slope, rest) = e.linear_in(&relation.unknowns[only].var)?;
    let sign = slope.as_constant().filter(|n| n.abs() == 1)?;
    inside.next().is_none().then_some((only, sign, rest))
}

/// Narrows the range of an unknown to lo ≤ sign·unknown ≤ hi.
fn narrow(relation: &mut Relation, unknown: usize, sign: i128, [lo, hi]: [Index; 2]) {
    let (lo, hi) = if sign > 0 { (lo, hi) } else { (hi.times_number(-1), lo.times_number(-1)) };
    let facts = relation.facts.clone();
    if !std::mem::replace(&mut relation.unknowns[unknown].ranged, true) {
        let wire = &mut relation.unknowns[unknown].wire;
        (wire.lo, wire.hi) = (lo, hi);
        return;
    }
    let wire = &mut relation.unknowns[unknown].wire;
    wire.whole &= same(&lo, &wire.lo) && same(&hi, &wire.hi);
    let tighter = |new: Index, old: &Index, which: Extreme| {
        let sign = if which == Extreme::Greatest { 1 } else { -1 };
        match facts.proves_nonnegative(&old.minus(&new).times_number(sign)) {
            true => old.clone(),
            false if facts.proves_nonnegative(&new.minus(old).times_number(sign)) => new,
            false => Index::extreme(which, vec![new, old.clone()]),
        }
    };
    (wire.lo, wire.hi) = (tighter(lo, &wire.lo, Extreme::Greatest), tighter(hi, &wire.hi, Extreme::Least));
}

/// The ranges and equations in force.
fn known(relation: &Relation) -> Facts {
    let mut facts = relation.with_ranges();
    for equation in &relation.equations {
        facts.require(&Condition::Equal(equation.clone(), Index::default()));
    }
    facts
}

/// Whether e ≥ 0 follows, perhaps after an equation is added to it, or solved for one unknown.
fn implied(relation: &Relation, facts: &Facts, e: &Index) -> bool {
    if facts.proves_nonnegative(e) {
        return true;
    }
    relation.equations.iter().any(|equation| {
        let added = [1, -1].map(|sign| e.plus(&equation.times_number(sign)));
        added.iter().any(|sum| sum.terms().len() <= e.terms().len() && facts.proves_nonnegative(sum))
            || relation.unknowns.iter().filter(|u| e.mentions(&u.var)).any(|unknown| {
                let Some((slope, _)) = equation.linear_in(&unknown.var) else { return false };
                let Some(sign) = slope.as_constant().filter(|n| n.abs() == 1) else { return false };
                let value = Index::var(&unknown.var).minus(&equation.times_number(sign));
                facts.proves_nonnegative(&e.substitute(&unknown.var, &value))
            })
    })
}
