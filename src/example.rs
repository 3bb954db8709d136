//! One entry worked by hand: where the conditions of an answer hold, what is left of it there, and
//! a place beside it where they fail.

use crate::derivation::Derivation;
use crate::integer::{Condition, Facts, Index, Truth, Var};
use crate::model::{Bound, Kind, System, Term};

const MOST_PLACES: usize = 4_000;
const MOST_TERMS: usize = 4;

/// An answer at numbers for the indices on which its conditions depend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The indices and their numbers.
    pub at: Vec<(Var, i128)>,
    /// The conditions there, as numbers; none for a sum, whose terms are picked.
    pub conditions: Vec<Condition>,
    /// Whether they hold.
    pub holds: bool,
    /// The value there; 0 where the conditions fail.
    pub value: Term,
}

/// Examples for an answer whose sizes are numbers: one for a sum under conditions; for cases one
/// where they hold and, if there is one beside it, one where they fail.
pub fn examples(system: &System, derivation: &Derivation) -> Vec<Example> {
    if !system.sizes.is_empty() {
        return Vec::new();
    }
    match derivation.result.kind() {
        Kind::Product(factors) => cases(derivation, factors),
        Kind::Sigma(bounds, body) => sum(derivation, bounds, body).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn brackets(factors: &[Term]) -> Vec<Condition> {
    let condition = |f: &Term| match f.kind() {
        Kind::Bracket(condition) => Some(condition.clone()),
        _ => None,
    };
    factors.iter().filter_map(condition).collect()
}

/// The free indices that conditions mention, with their ranges as numbers.
fn involved(derivation: &Derivation, conditions: &[Condition]) -> Option<Vec<(Var, i128, i128)>> {
    let free = derivation.indices.iter().filter(|b| conditions.iter().any(|c| c.mentions(&b.var)));
    free.map(|b| Some((b.var.clone(), b.lo.as_constant()?, b.hi.as_constant()?))).collect()
}

/// All places of a box, those nearest to its middle first.
fn places(ranges: &[(Var, i128, i128)]) -> Vec<Vec<i128>> {
    let volume = ranges.iter().fold(1i128, |v, (_, lo, hi)| v.saturating_mul(hi - lo + 1));
    if volume > MOST_PLACES as i128 {
        return Vec::new();
    }
    let mut all = ranges.iter().fold(vec![Vec::new()], |places: Vec<Vec<i128>>, (_, lo, hi)| {
        places.iter().flat_map(|p| (*lo..=*hi).map(move |v| [p.as_slice(), &[v]].concat())).collect()
    });
    let distance =
        |place: &Vec<i128>| -> i128 { place.iter().zip(ranges).map(|(v, (_, lo, hi))| (2 * v - lo - hi).abs()).sum() };
    all.sort_by_key(distance);
    all
}

fn at(condition: &Condition, point: &[(Var, i128)]) -> Condition {
    point.iter().fold(condition.clone(), |c, (var, n)| c.substitute(var, &Index::constant(*n)))
}

fn hold(conditions: &[Condition], point: &[(Var, i128)]) -> bool {
    conditions.iter().all(|c| Facts::default().judge(&at(c, point)) == Truth::Yes)
}

fn value_at(term: &Term, point: &[(Var, i128)]) -> Term {
    point.iter().fold(term.clone(), |t, (var, n)| t.substitute(var, &Index::constant(*n)))
}

fn cases(derivation: &Derivation, factors: &[Term]) -> Vec<Example> {
    let conditions = brackets(factors);
    if conditions.iter().all(|c| matches!(c, Condition::Equal(..))) {
        return Vec::new();
    }
    let Some(ranges) = involved(derivation, &conditions) else { return Vec::new() };
    let rest = Term::product(factors.iter().filter(|f| !matches!(f.kind(), Kind::Bracket(_))).cloned());
    let named = |place: &Vec<i128>| -> Vec<(Var, i128)> {
        ranges.iter().map(|(v, ..)| v.clone()).zip(place.iter().copied()).collect()
    };
    let all = places(&ranges);
    let example = |point: Vec<(Var, i128)>, holds: bool| Example {
        conditions: conditions.iter().map(|c| at(c, &point)).collect(),
        holds,
        value: if holds { value_at(&rest, &point) } else { Term::zero() },
        at: point,
    };
    let Some(good) = all.iter().find(|p| hold(&conditions, &named(p))) else { return Vec::new() };
    let beside = |p: &&Vec<i128>| p.iter().zip(good.iter()).filter(|(a, b)| a != b).count() == 1;
    let bad = all.iter().filter(beside).find(|p| !hold(&conditions, &named(p)));
    std::iter::once(example(named(good), true)).chain(bad.map(|p| example(named(p), false))).collect()
}

fn sum(derivation: &Derivation, bounds: &[Bound], body: &Term) -> Option<Example> {
    let conditions: Vec<Condition> = brackets(body.factors());
    if conditions.is_empty() {
        return None;
    }
    let free = involved(derivation, &conditions)?;
    let (picked, kept): (Vec<&Bound>, Vec<&Bound>) =
        bounds.iter().partition(|b| conditions.iter().any(|c| c.mentions(&b.var)));
    let ranges: Option<Vec<(Var, i128, i128)>> =
        picked.iter().map(|b| Some((b.var.clone(), b.lo.as_constant()?, b.hi.as_constant()?))).collect();
    let ranges = ranges?;
    let rest = Term::product(body.factors().iter().filter(|f| !matches!(f.kind(), Kind::Bracket(_))).cloned());
    let mut best: Option<(usize, Example)> = None;
    for place in places(&free).into_iter().take(64) {
        let point: Vec<(Var, i128)> = free.iter().map(|(v, ..)| v.clone()).zip(place).collect();
        let mut inner = places(&ranges);
        inner.sort();
        let mut terms = Vec::new();
        for values in inner {
            let both: Vec<(Var, i128)> =
                point.iter().cloned().chain(ranges.iter().map(|(v, ..)| v.clone()).zip(values)).collect();
            if hold(&conditions, &both) {
                let outer = kept.iter().map(|b| (*b).clone()).collect();
                terms.push(value_at(&Term::sigma(outer, rest.clone()), &both));
            }
        }
        let count = terms.len();
        if (1..=MOST_TERMS).contains(&count) && best.as_ref().is_none_or(|(most, _)| count > *most) {
            let example = Example { at: point, conditions: Vec::new(), holds: true, value: Term::sum(terms) };
            best = Some((count, example));
        }
    }
    best.map(|(_, example)| example)
}
