//! How many numbers there are in arrays: for each the product of its lengths, and the sum of all, in the
//! shortest form that a person would write.
//!
//! Weights that one equation reads belong together: (D+1)·H for a matrix and its bias. That form, the
//! sum multiplied out and the sum with what all terms share taken out are compared by length.
//!
//! Invariant: the total is a polynomial in the sizes, equal to the sum of the products.

use super::quote::Quote;
use super::resolve::each_part;
use super::system::System;
use super::term::Kind;
use crate::integer::Index;
use crate::language::syntax::{Expr, ExprKind, Name, Operator, Role, Sign, Target};
use std::collections::BTreeMap;

/// The entries of arrays, counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Count {
    /// Each array with its lengths and the number of its entries.
    pub arrays: Vec<(Name, Vec<Expr>, Expr)>,
    /// The number of all entries.
    pub total: Expr,
    /// The same as an index expression.
    pub number: Index,
}

/// A number of arrays of which each has `common`·`rest` entries.
struct Group {
    common: Index,
    rest: Index,
    times: i128,
}

impl System {
    /// The names of the weights, in source order.
    pub fn weights(&self) -> Vec<Name> {
        self.arrays.iter().filter(|a| a.role == Role::Weight && !a.constant).map(|a| a.name.clone()).collect()
    }

    /// The entries of arrays, counted.
    pub fn count(&self, names: &[Name]) -> Count {
        let quote = Quote::plain();
        let entries = |name: &Name| product(&self.lengths(name));
        let number = names.iter().fold(Index::constant(0), |sum, name| sum.plus(&entries(name)));
        let arrays = names.iter().map(|name| {
            let lengths = self.lengths(name).iter().map(|length| quote.index(length)).collect();
            (name.clone(), lengths, factored(&entries(name)))
        });
        let forms = [grouped(&self.groups(names)), factored(&number), quote.index(&number)];
        let total = forms.into_iter().min_by_key(parts).unwrap_or_else(|| Expr::integer(0));
        Count { arrays: arrays.collect(), total, number }
    }

    /// Arrays read in one equation together, equal groups as one.
    fn groups(&self, names: &[Name]) -> Vec<Group> {
        let mut readers: BTreeMap<&Name, usize> = BTreeMap::new();
        for (place, equation) in self.equations.iter().enumerate() {
            equation.body.any(&mut |term| {
                if let Kind::Read(name, _) = term.kind()
                    && let Some(name) = names.iter().find(|known| *known == name)
                {
                    readers.entry(name).or_insert(place);
                }
                false
            });
        }
        let mut members: Vec<(Option<usize>, Vec<&Name>)> = Vec::new();
        for name in names {
            let reader = readers.get(name).copied();
            match members.iter_mut().find(|(known, _)| reader.is_some() && *known == reader) {
                Some((_, names)) => names.push(name),
                None => members.push((reader, vec![name])),
            }
        }
        let mut groups: Vec<Group> = Vec::new();
        for (_, names) in members {
            let found = group(&names.iter().map(|name| self.lengths(name)).collect::<Vec<_>>());
            let same = |g: &&mut Group| g.common.canonical() == found.common.canonical() && g.rest == found.rest;
            match groups.iter_mut().find(same) {
                Some(known) => known.times += 1,
                None => groups.push(found),
            }
        }
        groups
    }
}

fn product(lengths: &[Index]) -> Index {
    lengths.iter().fold(Index::constant(1), |product, length| product.times(length))
}

/// The lengths that all arrays have, and the sum of the products of the others.
fn group(arrays: &[Vec<Index>]) -> Group {
    let symbolic = |length: &&Index| length.as_constant().is_none();
    let mut common: Vec<Index> = arrays.first().into_iter().flatten().filter(symbolic).cloned().collect();
    for lengths in arrays {
        let mut left = lengths.clone();
        common.retain(|length| {
            let place = left.iter().position(|other| other == length);
            place.map(|place| left.remove(place)).is_some()
        });
    }
    let mut rest = Index::constant(0);
    for lengths in arrays {
        let mut left = lengths.clone();
        for length in &common {
            if let Some(place) = left.iter().position(|other| other == length) {
                left.remove(place);
            }
        }
        rest = rest.plus(&product(&left));
    }
    match rest.as_constant() {
        Some(_) => Group { common: product(&common).times(&rest), rest: Index::constant(1), times: 1 },
        None => Group { common: product(&common), rest, times: 1 },
    }
}

fn grouped(groups: &[Group]) -> Expr {
    let quote = Quote::plain();
    let (numbers, symbols): (Vec<&Group>, Vec<&Group>) =
        groups.iter().partition(|g| g.common.as_constant().is_some() && g.rest.as_constant().is_some());
    let number: i128 = numbers.iter().filter_map(|g| g.common.times(&g.rest).as_constant()).sum();
    let mut terms: Vec<Expr> = symbols
        .iter()
        .map(|g| multiplied(&quote.index(&g.common.times_number(g.times)), &quote.index(&g.rest)))
        .collect();
    if number != 0 || terms.is_empty() {
        terms.push(Expr::integer(number));
    }
    match terms.len() {
        1 => terms.remove(0),
        _ => Expr::new(ExprKind::Sum(terms.into_iter().map(|term| (Sign::Plus, term)).collect())),
    }
}

/// A polynomial with what all its terms share before the bracket.
fn factored(number: &Index) -> Expr {
    let quote = Quote::plain();
    let terms = number.terms();
    let Some((first, _)) = terms.first() else { return Expr::integer(0) };
    let content = number.content().max(1);
    let mut shared = first.clone();
    for (atoms, _) in terms {
        let mut left = atoms.clone();
        shared.retain(|atom| left.iter().position(|other| other == atom).map(|place| left.remove(place)).is_some());
    }
    let mut rest = Index::constant(0);
    for (atoms, coefficient) in terms {
        let mut left = atoms.clone();
        for atom in &shared {
            if let Some(place) = left.iter().position(|other| other == atom) {
                left.remove(place);
            }
        }
        let atoms: Vec<Index> = left.into_iter().map(Index::atom).collect();
        rest = rest.plus(&product(&atoms).times_number(coefficient / content));
    }
    let shared: Vec<Index> = shared.into_iter().map(Index::atom).collect();
    multiplied(&quote.index(&product(&shared).times_number(content)), &quote.index(&rest))
}

/// A product without ones, and flat.
fn multiplied(a: &Expr, b: &Expr) -> Expr {
    let one = |e: &Expr| *e == Expr::integer(1);
    let factors = |e: &Expr| match &e.kind {
        ExprKind::Product(factors) => factors.clone(),
        _ => vec![(Operator::Times, e.clone())],
    };
    match (one(a), one(b)) {
        (true, _) => b.clone(),
        (_, true) => a.clone(),
        (false, false) => Expr::new(ExprKind::Product([factors(a), factors(b)].concat())),
    }
}

/// How many numbers and names there are in an expression.
fn parts(expr: &Expr) -> usize {
    let mut found = 0;
    each_part(expr, &mut |part| found += usize::from(matches!(part.kind, ExprKind::Number(_) | ExprKind::Name(_))));
    found
}

/// The arrays whose entries a target asks for: all weights where it says so, or the array that it names.
///
/// # Errors
/// The name that is none of an array; nothing where it names no whole array.
pub fn counted(system: &System, of: &Target) -> Result<Vec<Name>, Option<Name>> {
    match of {
        Target::Value(name, None) if system.bounds(name).is_some() => Ok(vec![name.clone()]),
        Target::Value(name, None) if &**name == "weights" => Ok(system.weights()),
        Target::Value(name, None) => Err(Some(name.clone())),
        _ => Err(None),
    }
}
