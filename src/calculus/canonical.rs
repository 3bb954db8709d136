//! What stands inside functions, comparisons and denominators, in a form of its own.
//!
//! The normal form treats f(u), [u > 0] and 1/u as letters; here u itself is brought to its normal
//! form first, so that letters that mean the same are the same. Exponentials of one summand are
//! gathered into one, and powers of one base too; a base in a denominator is not 0.

use super::attained;
use super::identities::{by_parity, falls, logarithm, root, softened};
use super::normal::{Normal, Summand, normal};
use crate::integer::{Facts, Var};
use crate::language::function::Function;
use crate::language::syntax::Relation;
use crate::model::{Kind, System, Term};
use num_rational::BigRational;

/// The term with everything inside functions, comparisons and powers in normal form.
pub(super) fn settled(system: &System, facts: &Facts, term: &Term) -> Term {
    let inner = match term.bounds() {
        [] => None,
        bounds => {
            let mut facts = facts.clone();
            bounds.iter().for_each(|b| facts.bound_index(&b.var, &b.lo, &b.hi));
            Some(facts)
        }
    };
    let facts = inner.as_ref().unwrap_or(facts);
    match term.kind() {
        Kind::Apply(function, arguments) => {
            let arguments: Vec<Term> = arguments.iter().map(|u| canonical(system, facts, u)).collect();
            match by_letters(*function, &arguments).or_else(|| by_identity(system, facts, *function, &arguments)) {
                Some(plain) => settled(system, facts, &plain),
                None => Term::apply(*function, arguments),
            }
        }
        Kind::Extremum(..) => match attained::by_cases(term) {
            Some(cases) => settled(system, facts, &cases),
            None => attained::letter(system, facts, term),
        },
        Kind::Compare(relation, [a, b]) => match attained::place_by_cases(*relation, a, b) {
            Some(cases) => settled(system, facts, &cases),
            None => comparison(system, facts, *relation, a, b),
        },
        Kind::Pi(bounds, condition, body) => {
            Term::pi(bounds.clone(), condition.clone(), canonical(system, facts, body))
        }
        Kind::Power(base, n) if *n < 0 && matches!(base.kind(), Kind::Sum(_) | Kind::Sigma(..)) => {
            let base = canonical(system, facts, base);
            match logistic(&base) {
                Some(u) => Term::power(settled(system, facts, &Term::apply(Function::Sigmoid, vec![u])), -n),
                None => Term::power(base, *n),
            }
        }
        Kind::Power(base, n) => match base.kind() {
            Kind::Apply(Function::Sqrt, u) => {
                let root = Term::apply(Function::Sqrt, vec![canonical(system, facts, &u[0])]);
                let whole = Term::power(settled(system, facts, &u[0]), n.div_euclid(2));
                settled_power(Term::product([whole, Term::power(root, n.rem_euclid(2))]), system, facts)
            }
            _ => term.map_children(&mut |child| settled(system, facts, child)),
        },
        _ => term.map_children(&mut |child| settled(system, facts, child)),
    }
}

/// u, where the base is 1 + exp(−u).
fn logistic(base: &Term) -> Option<Term> {
    let Kind::Sum(terms) = base.kind() else { return None };
    let [a, b] = terms.as_slice() else { return None };
    let exponent = |t: &Term| match t.kind() {
        Kind::Apply(Function::Exp, u) => Some(u[0].clone().negative()),
        _ => None,
    };
    let one = |t: &Term| t.as_number().is_some_and(num_traits::One::is_one);
    match (one(a), one(b)) {
        (true, false) => exponent(b),
        (false, true) => exponent(a),
        _ => None,
    }
}

/// A function in terms of those few that stay letters: the exponential, the sigmoid, Φ, brackets.
fn by_letters(function: Function, arguments: &[Term]) -> Option<Term> {
    let apply = |function: Function, u: &Term| Term::apply(function, vec![u.clone()]);
    let positive = |u: &Term| Term::compare(Relation::Greater, u.clone(), Term::zero());
    let [u, rest @ ..] = arguments else { return None };
    Some(match (function, rest) {
        (Function::Relu, []) => Term::product([positive(u), u.clone()]),
        (Function::Abs, []) => Term::product([apply(Function::Sign, u), u.clone()]),
        (Function::Sign, []) => Term::sum([positive(u), positive(&u.clone().negative()).negative()]),
        (Function::Step, []) => positive(u),
        (Function::Silu, []) => Term::product([u.clone(), apply(Function::Sigmoid, u)]),
        (Function::Gelu, []) => Term::product([u.clone(), apply(Function::NormalCdf, u)]),
        (Function::Softplus, []) => apply(Function::Log, &Term::sum([Term::one(), apply(Function::Exp, u)])),
        (Function::LeakyRelu, [slope]) => Term::sum([
            Term::product([positive(u), u.clone()]),
            Term::product([Term::compare(Relation::AtMost, u.clone(), Term::zero()), slope.clone(), u.clone()]),
        ]),
        (Function::Max, [v]) => either(Relation::AtLeast, u, v),
        (Function::Min, [v]) => either(Relation::AtMost, u, v),
        (Function::Log, []) => match u.kind() {
            Kind::Apply(Function::Exp, inside) => inside[0].clone(),
            _ => return None,
        },
        _ => return None,
    })
}

/// A function by the identities of the table, where that ends: u before −u, products apart.
fn by_identity(system: &System, facts: &Facts, function: Function, arguments: &[Term]) -> Option<Term> {
    let [u] = arguments else { return None };
    match (function, u.kind()) {
        (Function::Log, Kind::Apply(Function::Sigmoid, v)) => {
            let exponential = Term::apply(Function::Exp, vec![v[0].clone().negative()]);
            Some(Term::apply(Function::Log, vec![Term::sum([Term::one(), exponential])]).negative())
        }
        (Function::Log, _) => softened(u).or_else(|| logarithm(system, facts, u)),
        (Function::Sqrt, _) => root(system, facts, u),
        _ if falls(u) => by_parity(function, Term::sum(u.summands().iter().map(|t| t.clone().negative()))),
        _ => None,
    }
}

/// [u ⋛ v]·u + [not]·v
fn either(relation: Relation, u: &Term, v: &Term) -> Term {
    let first = Term::compare(relation, u.clone(), v.clone());
    let second = Term::compare(relation.negated(), u.clone(), v.clone());
    Term::sum([Term::product([first, u.clone()]), Term::product([second, v.clone()])])
}

/// Negative powers that came of a root, with their bases in normal form.
fn settled_power(term: Term, system: &System, facts: &Facts) -> Term {
    let factor = |f: &Term| match f.kind() {
        Kind::Power(base, n) if *n < 0 => Term::power(canonical(system, facts, base), *n),
        _ => f.clone(),
    };
    Term::product(term.factors().iter().map(factor))
}

/// [a − b > 0], with every other comparison as 1 minus one of these, or as an equation.
fn comparison(system: &System, facts: &Facts, relation: Relation, a: &Term, b: &Term) -> Term {
    let difference = |a: &Term, b: &Term| canonical(system, facts, &Term::sum([a.clone(), b.clone().negative()]));
    let greater = |a: &Term, b: &Term| Term::compare(Relation::Greater, difference(a, b), Term::zero());
    let equal = || {
        let both = [difference(a, b), difference(b, a)];
        Term::compare(Relation::Equal, both.into_iter().min().unwrap_or_else(Term::zero), Term::zero())
    };
    let otherwise = |holds: Term| Term::sum([Term::one(), holds.negative()]);
    match relation {
        Relation::Greater => greater(a, b),
        Relation::Less => greater(b, a),
        Relation::AtMost => otherwise(greater(a, b)),
        Relation::AtLeast => otherwise(greater(b, a)),
        Relation::Equal => equal(),
        Relation::NotEqual => otherwise(equal()),
    }
}

/// The normal form as a term again; the term itself if it has none. Bound indices have the names of
/// their places, so that equal terms come out equal.
pub(super) fn canonical(system: &System, facts: &Facts, term: &Term) -> Term {
    match normal(system, facts, term) {
        Some(normal) => named(&of_normal(&normal), 0),
        None => term.clone(),
    }
}

fn of_normal(normal: &Normal) -> Term {
    Term::sum(normal.iter().map(|(summand, coefficient)| of_summand(summand, coefficient)))
}

fn of_summand(summand: &Summand, coefficient: &BigRational) -> Term {
    let conditions = summand.conditions.iter().cloned().map(Term::bracket);
    let inside = Term::product(conditions.chain(summand.factors.iter().cloned()));
    Term::product([Term::number(coefficient.clone()), Term::sigma(summand.bounds.clone(), inside)])
}

/// The same with the bound indices named by how deep they stand.
pub(super) fn named(term: &Term, depth: usize) -> Term {
    let bounds = term.bounds().len();
    let names: Vec<Var> = (depth..depth + bounds).map(|k| Var { name: "Σ".into(), serial: k as u16 }).collect();
    let renamed = if names.is_empty() { term.clone() } else { term.with_bounds_named(&names) };
    renamed.map_children(&mut |child| named(child, depth + bounds))
}

/// The factors with the powers of one base, and all exponentials, gathered.
pub(super) fn gathered(system: &System, facts: &Facts, factors: Vec<Term>) -> Vec<Term> {
    let mut powers: Vec<(Term, i64)> = Vec::with_capacity(factors.len());
    let mut exponents: Vec<Term> = Vec::new();
    for factor in factors {
        let (base, n) = match factor.kind() {
            Kind::Power(base, n) => (base.clone(), *n),
            _ => (factor, 1),
        };
        match base.kind() {
            Kind::Apply(Function::Exp, u) => exponents.push(Term::product([Term::from_i64(n), u[0].clone()])),
            Kind::Compare(..) if n == 1 && powers.iter().any(|(known, _)| *known == base) => {}
            _ => match powers.iter_mut().find(|(known, _)| *known == base) {
                Some((_, sum)) => *sum += n,
                None => powers.push((base, n)),
            },
        }
    }
    let mut gathered: Vec<Term> = Vec::with_capacity(powers.len() + 1);
    for (base, n) in powers {
        match n {
            0 => {}
            1..=4 => gathered.extend(std::iter::repeat_n(base, n as usize)),
            _ => gathered.push(Term::power(base, n)),
        }
    }
    if !exponents.is_empty() {
        let exponent = canonical(system, facts, &Term::sum(exponents));
        if !exponent.is_zero() {
            gathered.push(Term::apply(Function::Exp, vec![exponent]));
        }
    }
    gathered
}

/// The sum of summands times a power of a base that stands in their denominators, so that it stands
/// there no more; none if no summand has one that does not depend on its bound indices.
pub(super) fn without_denominator(normal: &Normal) -> Option<Term> {
    let (base, n) = normal.keys().find_map(|summand| {
        summand.factors.iter().find_map(|factor| match factor.kind() {
            Kind::Power(base, n) if *n < 0 && !matches!(base.kind(), Kind::Integer(_) | Kind::Number(_)) => {
                let free = summand.bounds.iter().all(|b| !base.any_var(&b.var));
                free.then(|| (base.clone(), *n))
            }
            _ => None,
        })
    })?;
    let power = |factor: &Term| match factor.kind() {
        Kind::Power(found, n) if *found == base => *n,
        _ if *factor == base => 1,
        _ => 0,
    };
    let least = |summand: &Summand| summand.factors.iter().map(&power).sum::<i64>();
    let most = normal.keys().map(&least).min().unwrap_or(n).min(n);
    let cleared = normal.iter().map(|(summand, coefficient)| {
        let left = least(summand) - most;
        let others = summand.factors.iter().filter(|f| power(f) == 0).cloned();
        let whole = Summand { factors: others.chain([Term::power(base.clone(), left)]).collect(), ..summand.clone() };
        of_summand(&whole, coefficient)
    });
    Some(Term::sum(cleared))
}
