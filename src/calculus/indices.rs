//! Names for the free indices of an answer: the author's own where an array is always read with
//! bare bound indices, the size's letter or a fresh one elsewhere.

use crate::integer::{Index, Var};
use crate::language::syntax::Name;
use crate::model::{Bound, Kind, System};
use std::collections::BTreeSet;

const LETTERS: &[&str] = &["n", "c", "p", "q", "m", "a", "b", "u", "v", "s", "t", "d", "e", "h", "j", "l", "z"];

/// The indices of an array, named, with their ranges. `avoid` holds indices already in use.
pub fn indices_of(system: &System, array: &str, avoid: &[Bound]) -> Vec<Bound> {
    let bounds = system.bounds(array).unwrap_or_default();
    if let Some(equation) = system.equation(array) {
        return equation.indices.clone();
    }
    let names =
        authors_names(system, array, bounds.len(), avoid).unwrap_or_else(|| fresh_names(system, &bounds, avoid));
    let bound = |(var, (lo, hi)): (Var, (Index, Index))| Bound { var, lo, hi };
    names.into_iter().zip(bounds).map(bound).collect()
}

/// The bare indices with which the array is read, if every read is with the same ones (numbers
/// aside) and they are different from each other; primed where they are in use.
fn authors_names(system: &System, array: &str, axes: usize, avoid: &[Bound]) -> Option<Vec<Var>> {
    let mut names: Vec<Option<Var>> = vec![None; axes];
    for equation in system.readers(array) {
        let mut good = true;
        equation.body.any(&mut |term| {
            if let Kind::Read(name, at) = term.kind()
                && &**name == array
            {
                for (slot, index) in names.iter_mut().zip(at) {
                    match (index.as_var(), &slot) {
                        (Some(var), None) => *slot = Some(var.clone()),
                        (Some(var), Some(old)) => good &= var == old,
                        (None, _) => good &= index.as_constant().is_some(),
                    }
                }
            }
            false
        });
        if !good {
            return None;
        }
    }
    let used: BTreeSet<&Var> = names.iter().flatten().collect();
    if used.len() != names.iter().flatten().count() {
        return None;
    }
    let mut taken = avoid.iter().map(|b| b.var.name.clone()).collect();
    let in_use = |v: &Var| avoid.iter().any(|b| b.var == *v);
    Some(
        names
            .into_iter()
            .map(|slot| slot.map_or_else(|| pick(system, &mut taken, None), |v| v.fresh(in_use)))
            .collect(),
    )
}

fn fresh_names(system: &System, bounds: &[(Index, Index)], avoid: &[Bound]) -> Vec<Var> {
    let mut taken = avoid.iter().map(|b| b.var.name.clone()).collect();
    bounds
        .iter()
        .map(|(lo, hi)| {
            let length = hi.minus(lo).plus_number(1);
            let own = match length.terms() {
                [(monomial, 1)] => match monomial.as_slice() {
                    [crate::integer::Atom::Size(name)] if name.chars().count() == 1 => Some(name.to_lowercase()),
                    _ => None,
                },
                _ => None,
            };
            pick(system, &mut taken, own)
        })
        .collect()
}

/// An index of its own, called as wished if nothing else is called so.
pub(crate) fn fresh_index(system: &System, wish: &str, taken: &dyn Fn(&Var) -> bool) -> Var {
    let mut names = BTreeSet::new();
    let mut wish = Some(wish.to_string());
    loop {
        let var = pick(system, &mut names, wish.take());
        if !taken(&var) {
            return var;
        }
    }
}

/// A letter that nothing else is called, neither in the system nor among those taken.
fn pick(system: &System, taken: &mut BTreeSet<Name>, wish: Option<String>) -> Var {
    let free = |name: &Name| !taken.contains(name) && !is_letter_in_use(system, name);
    let wish = wish.map(Name::from).filter(&free);
    let letter = || LETTERS.iter().map(|l| Name::from(*l)).find(&free);
    let numbered = || (1..).map(|k| Name::from(format!("i_{k}"))).find(&free);
    let name = wish.or_else(letter).or_else(numbered).unwrap_or_else(|| "i".into());
    taken.insert(name.clone());
    Var::new(name)
}

/// Whether a name means something in the system, or is a letter of gradients.
pub(crate) fn is_letter_in_use(system: &System, name: &str) -> bool {
    ["g", "l", "d"].contains(&name) || system.names(name)
}
