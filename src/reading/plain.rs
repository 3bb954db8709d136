//! A claim with names of our own for its indices, so that claims that differ in those alone are the same.

use crate::answer::Names;
use crate::language::syntax::{Binder, Claim, ClaimValue, Expr, ExprKind, Name, Target};
use crate::model::{System, each_part, rewrite};
use std::collections::BTreeMap;

/// The claim with its indices called `i1`, `i2`, … in the order in which they first stand. A name that
/// stands for something else too keeps standing.
pub fn with_plain_indices(system: &System, names: &Names, claim: &Claim) -> Claim {
    let ClaimValue::Formula(formula) = &claim.value else { return claim.clone() };
    let denotes = |name: &str| {
        let letters = names.upstream.iter().map(|(_, letter)| letter);
        let mut letters = letters.chain(names.lengths.iter().map(|(letter, _)| letter));
        system.bounds(name).is_some()
            || system.given.contains_key(name)
            || system.sizes.iter().any(|(size, _)| **size == *name)
            || letters.any(|letter| **letter == *name)
            || name == "g"
    };
    let mut plain = (1..).map(|k| Name::from(format!("i{k}"))).filter(|name| !denotes(name));
    let mut renamed: BTreeMap<Name, Name> = BTreeMap::new();
    let mut add = |name: &Name| {
        if !denotes(name) && !renamed.contains_key(name) {
            renamed.insert(name.clone(), plain.next().unwrap_or_else(|| name.clone()));
        }
    };
    for index in indices(&claim.target) {
        each_part(index, &mut |part| {
            if let ExprKind::Name(name) = &part.kind {
                add(name);
            }
        });
    }
    each_part(formula, &mut |part| {
        if let ExprKind::Reduce(_, binders, ..) | ExprKind::Normalise(_, binders, ..) = &part.kind {
            binders.iter().for_each(|binder| add(&binder.name));
        }
    });
    let mut clash = false;
    each_part(formula, &mut |part| {
        if let ExprKind::Name(name) = &part.kind {
            clash |= !renamed.contains_key(name) && renamed.values().any(|taken| taken == name);
        }
    });
    if clash {
        return claim.clone();
    }
    let new = |name: &Name| renamed.get(name).unwrap_or(name).clone();
    let binders =
        |binders: &[Binder]| binders.iter().map(|b| Binder { name: new(&b.name), ..b.clone() }).collect::<Vec<_>>();
    let go = |expr: &Expr| {
        rewrite(expr, &|part| match &part.kind {
            ExprKind::Name(name) => Some(ExprKind::Name(new(name))),
            ExprKind::Reduce(word, bound, condition, body) => {
                Some(ExprKind::Reduce(*word, binders(bound), condition.clone(), body.clone()))
            }
            ExprKind::Normalise(word, bound, condition, body) => {
                Some(ExprKind::Normalise(*word, binders(bound), condition.clone(), body.clone()))
            }
            _ => None,
        })
    };
    let entry =
        |(name, at): &(Name, Option<Vec<Expr>>)| (name.clone(), at.as_ref().map(|at| at.iter().map(go).collect()));
    let target = match &claim.target {
        Target::Value(name, at) => {
            let (name, at) = entry(&(name.clone(), at.clone()));
            Target::Value(name, at)
        }
        Target::Gradient(name, at) => {
            let (name, at) = entry(&(name.clone(), at.clone()));
            Target::Gradient(name, at)
        }
        Target::Jacobian(of, array) => Target::Jacobian(entry(of), entry(array)),
        Target::Second(parts) => Target::Second(Box::new(parts.each_ref().map(entry))),
        Target::Shape(of) => Target::Shape(of.clone()),
    };
    Claim { target, value: ClaimValue::Formula(go(formula)), ..claim.clone() }
}

/// The indices on the left side.
fn indices(target: &Target) -> Vec<&Expr> {
    let parts: Vec<&Option<Vec<Expr>>> = match target {
        Target::Value(_, at) | Target::Gradient(_, at) => vec![at],
        Target::Jacobian((_, rows), (_, columns)) => vec![rows, columns],
        Target::Second(parts) => parts.iter().map(|(_, at)| at).collect(),
        Target::Shape(of) => return indices(of),
    };
    parts.into_iter().flatten().flatten().collect()
}
