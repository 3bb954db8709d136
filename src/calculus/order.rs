//! Brackets on values that are shorter beside others.

use super::rule::{Example, Rule};
use crate::derivation::RuleName;
use crate::language::function::Function;
use crate::language::syntax::Relation;
use crate::model::{Contents, Kind, Term};

/// [u < v]·[min(u, v) > w] = [u < v]·[u > w]
pub const ORDER: Rule = Rule {
    name: RuleName::Order,
    statement: "beside a bracket that says which of two values is greater, their maximum or minimum in another bracket \
                is that one",
    formula: &[("[u < v] * [min(u, v) > w]", "[u < v] * [u > w]"), ("[u > 0] * [relu(u) < w]", "[u > 0] * [u < w]")],
    conditions: "It applies to max(u, v) and min(u, v), and to relu(u) and abs(u) where one of the two values is 0, \
                 in a bracket that compares values.",
    shrinks: "the number of functions",
    example: Example { system: "x[3]; y[c] = max(-1, min(1, x[c]))", goal: "dy/dx" },
    needs: Contents::ORDER,
    apply: |term, _| {
        let factors = term.factors();
        let pairs = factors.iter().enumerate().filter_map(|(k, factor)| Some((k, ordered(factor)?)));
        for (k, pair) in pairs {
            let decided = factors.iter().enumerate().filter(|(j, _)| *j != k).find_map(|(j, factor)| {
                let Kind::Compare(relation, sides) = factor.kind() else { return None };
                let [a, b] = sides.each_ref().map(|side| decided(side, pair));
                (a != sides[0] || b != sides[1]).then(|| (j, compared(*relation, a, b)))
            });
            if let Some((j, bracket)) = decided {
                let mut factors = factors.to_vec();
                factors[j] = bracket;
                return Some(Term::product(factors).into());
            }
        }
        None
    },
};

/// The greater value and the lesser one, where a bracket holds.
fn ordered(bracket: &Term) -> Option<(&Term, &Term)> {
    let Kind::Compare(relation, [a, b]) = bracket.kind() else { return None };
    match relation {
        Relation::Greater | Relation::AtLeast => Some((a, b)),
        Relation::Less | Relation::AtMost => Some((b, a)),
        _ => None,
    }
}

/// The term without the functions that choose between the greater value and the lesser one.
fn decided(term: &Term, (greater, lesser): (&Term, &Term)) -> Term {
    if !term.bounds().is_empty() {
        return term.clone();
    }
    if let Kind::Apply(function, arguments) = term.kind() {
        let both = |a: &Term, b: &Term| (a, b) == (greater, lesser) || (b, a) == (greater, lesser);
        match (function, arguments.as_slice()) {
            (Function::Max, [a, b]) if both(a, b) => return greater.clone(),
            (Function::Min, [a, b]) if both(a, b) => return lesser.clone(),
            (Function::Relu | Function::Abs, [u]) if u == greater && lesser.is_zero() => return u.clone(),
            (Function::Relu, [u]) if u == lesser && greater.is_zero() => return Term::zero(),
            (Function::Abs, [u]) if u == lesser && greater.is_zero() => return u.clone().negative(),
            _ => {}
        }
    }
    term.map_children(&mut |child| decided(child, (greater, lesser)))
}

/// [a > b] and the like; of two numbers, 1 or 0.
fn compared(relation: Relation, a: Term, b: Term) -> Term {
    let (Some(m), Some(n)) = (a.as_number(), b.as_number()) else { return Term::compare(relation, a, b) };
    let holds = match relation {
        Relation::Equal => m == n,
        Relation::NotEqual => m != n,
        Relation::Less => m < n,
        Relation::AtMost => m <= n,
        Relation::Greater => m > n,
        Relation::AtLeast => m >= n,
    };
    if holds { Term::one() } else { Term::zero() }
}
