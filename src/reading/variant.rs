//! Other readings of a claim: the axes of an array in another order, indices that count from
//! another number.

use crate::integer::{Condition, Truth};
use crate::language::syntax::{Claim, ClaimValue, Expr, ExprKind, Name, Sign, Target};
use crate::model::{System, each_part, rewrite};
use std::collections::BTreeSet;

/// A claim as it may have been meant.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The claim.
    pub claim: Claim,
    /// What was assumed: `the axes of x exchanged`; empty for the claim as written.
    pub stated: String,
    /// Whether it is the author's to choose: the order of the axes of the array that the answer is
    /// for, and the number from which all indices count.
    pub free: bool,
    /// The arrays whose axes stand in another order than declared, and that order.
    pub orders: Vec<(Name, Vec<usize>)>,
}

/// How many axes of one array are tried in every order.
const MOST_AXES: usize = 3;

/// The claim as written, then with the axes of one given array in other orders, then with those of
/// two, then counting from the other base.
pub fn readings(system: &System, claim: &Claim) -> Vec<Reading> {
    let mut found = vec![Reading { claim: claim.clone(), stated: String::new(), free: true, orders: Vec::new() }];
    let own = |array: &Name| match claim.target.within() {
        Target::Jacobian(_, (name, _)) | Target::Gradient(name, _) => name == array,
        Target::Value(..) | Target::Shape(_) | Target::Second(_) => false,
    };
    let orders = orders(system, claim);
    for (array, order, stated) in &orders {
        let claim = permuted(system, claim, array, order);
        let orders = vec![(array.clone(), order.clone())];
        found.push(Reading { claim, stated: stated.clone(), free: own(array), orders });
    }
    for (k, (one, first, stated)) in orders.iter().enumerate() {
        for (other, second, also) in &orders[k + 1..] {
            if one != other {
                let claim = permuted(system, &permuted(system, claim, one, first), other, second);
                let orders = vec![(one.clone(), first.clone()), (other.clone(), second.clone())];
                found.push(Reading { claim, stated: format!("{stated}, {also}"), free: false, orders });
            }
        }
    }
    if let ClaimValue::Formula(_) = claim.value {
        let other = 1 - system.base;
        let stated = format!("indices that count from {other}");
        let claim = shifted(claim, i128::from(system.base - other));
        found.push(Reading { claim, stated, free: true, orders: Vec::new() });
    }
    found
}

/// Every other order of the long axes of a given array that the claim reads.
fn orders(system: &System, claim: &Claim) -> Vec<(Name, Vec<usize>, String)> {
    let mut found = Vec::new();
    for array in arrays(system, claim) {
        let long = long_axes(system, &array);
        if !(2..=MOST_AXES).contains(&long.len()) {
            continue;
        }
        let mut order: Vec<usize> = (0..long.len()).collect();
        let mut all = Vec::new();
        permutations(&mut order, 0, &mut all);
        for order in all.into_iter().filter(|order| order.windows(2).any(|w| w[0] > w[1])) {
            let shown: Vec<String> = order.iter().map(|k| (long[*k] + 1).to_string()).collect();
            let stated = match long.len() {
                2 => format!("the axes of {array} exchanged"),
                _ => format!("the axes of {array} in the order {}", shown.join(", ")),
            };
            found.push((array.clone(), order, stated));
        }
    }
    found
}

/// The given arrays that a claim names.
pub(super) fn arrays(system: &System, claim: &Claim) -> BTreeSet<Name> {
    let mut arrays = BTreeSet::new();
    let mut add = |name: &Name| {
        if system.array(name).is_some() {
            arrays.insert(name.clone());
        }
    };
    match claim.target.within() {
        Target::Jacobian(_, (array, _)) | Target::Gradient(array, _) => add(array),
        Target::Second(parts) => parts[1..].iter().for_each(|(array, _)| add(array)),
        Target::Value(..) | Target::Shape(_) => {}
    }
    if let ClaimValue::Formula(formula) = &claim.value {
        each_part(formula, &mut |e| match &e.kind {
            ExprKind::Read(name, _) | ExprKind::Derivative(_, name, _) => add(name),
            _ => {}
        });
    }
    arrays
}

fn permutations(order: &mut Vec<usize>, from: usize, all: &mut Vec<Vec<usize>>) {
    if from + 1 >= order.len() {
        all.push(order.clone());
        return;
    }
    for k in from..order.len() {
        order.swap(from, k);
        permutations(order, from + 1, all);
        order.swap(from, k);
    }
}

/// The axes of an array that are not of length 1.
fn long_axes(system: &System, array: &Name) -> Vec<usize> {
    let facts = system.facts();
    let bounds = system.bounds(array).unwrap_or_default();
    let long = |(lo, hi): &(_, _)| facts.judge(&Condition::Equal(Clone::clone(lo), Clone::clone(hi))) != Truth::Yes;
    bounds.iter().enumerate().filter(|(_, axis)| long(axis)).map(|(k, _)| k).collect()
}

/// The claim with the indices of an array as the axes declared are: the author's k-th long axis is
/// the declared order[k]-th.
fn permuted(system: &System, claim: &Claim, array: &Name, order: &[usize]) -> Claim {
    let axes = system.bounds(array).map_or(0, |axes| axes.len());
    let long = long_axes(system, array);
    let rearranged = |at: &[Expr]| -> Vec<Expr> {
        let places: Vec<usize> = match at.len() {
            n if n == axes => long.clone(),
            n if n == long.len() => (0..n).collect(),
            _ => return at.to_vec(),
        };
        let mut out = at.to_vec();
        for (k, place) in places.iter().enumerate() {
            out[places[order[k]]] = at[*place].clone();
        }
        out
    };
    let mut claim = claim.clone();
    claim.target = match claim.target {
        Target::Jacobian(of, (name, at)) if name == *array => {
            Target::Jacobian(of, (name, at.map(|at| rearranged(&at))))
        }
        Target::Gradient(name, at) if name == *array => Target::Gradient(name, at.map(|at| rearranged(&at))),
        Target::Shape(of) => Target::Shape(of),
        other => other,
    };
    claim.value = match claim.value {
        ClaimValue::Formula(formula) => ClaimValue::Formula(rewrite(&formula, &|e| match &e.kind {
            ExprKind::Read(name, at) if name == array => Some(ExprKind::Read(name.clone(), rearranged(at))),
            ExprKind::Derivative(of, name, at) if name == array => {
                Some(ExprKind::Derivative(of.clone(), name.clone(), rearranged(at)))
            }
            _ => None,
        })),
        other @ (ClaimValue::Matrix(..) | ClaimValue::Count(_)) => other,
        ClaimValue::Shape(lengths) => {
            ClaimValue::Shape(shape_permuted(&claim.target, array, &rearranged, lengths, axes))
        }
    };
    claim
}

/// The lengths of a claimed shape with those of a given array, which come last, rearranged.
fn shape_permuted(
    target: &Target,
    array: &Name,
    rearranged: &dyn Fn(&[Expr]) -> Vec<Expr>,
    lengths: Vec<Expr>,
    axes: usize,
) -> Vec<Expr> {
    let of = match target.within() {
        Target::Jacobian(_, (name, _)) | Target::Gradient(name, _) => name == array,
        Target::Value(..) | Target::Shape(_) | Target::Second(_) => false,
    };
    let Some(before) = lengths.len().checked_sub(axes).filter(|_| of) else { return lengths };
    [lengths[..before].to_vec(), rearranged(&lengths[before..])].concat()
}

/// The claim of an author who counts from another number: every index that is read is `by` more.
fn shifted(claim: &Claim, by: i128) -> Claim {
    let more = |e: &Expr| {
        let sign = if by < 0 { Sign::Minus } else { Sign::Plus };
        Expr::new(ExprKind::Sum(vec![(Sign::Plus, e.clone()), (sign, Expr::integer(by.abs()))]))
    };
    let less = |name: &Name| {
        let sign = if by < 0 { Sign::Plus } else { Sign::Minus };
        ExprKind::Sum(vec![(Sign::Plus, Expr::name(name.clone())), (sign, Expr::integer(by.abs()))])
    };
    let mut free: BTreeSet<Name> = BTreeSet::new();
    let mut collect = |at: &Option<Vec<Expr>>| {
        for index in at.iter().flatten() {
            if let ExprKind::Name(name) = &index.kind {
                free.insert(name.clone());
            }
        }
    };
    match &claim.target {
        Target::Value(_, at) | Target::Gradient(_, at) => collect(at),
        Target::Jacobian((_, rows), (_, columns)) => {
            collect(rows);
            collect(columns);
        }
        Target::Second(parts) => parts.iter().for_each(|(_, at)| collect(at)),
        Target::Shape(_) => {}
    }
    let mut claim = claim.clone();
    if let ClaimValue::Formula(formula) = &claim.value {
        let named = rewrite(formula, &|e| match &e.kind {
            ExprKind::Name(name) if free.contains(name) => Some(less(name)),
            _ => None,
        });
        claim.value = ClaimValue::Formula(rewrite(&named, &|e| match &e.kind {
            ExprKind::Read(name, at) => Some(ExprKind::Read(name.clone(), at.iter().map(more).collect())),
            ExprKind::Upstream(name, at) => Some(ExprKind::Upstream(name.clone(), at.iter().map(more).collect())),
            _ => None,
        }));
    }
    claim
}
