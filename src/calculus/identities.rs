//! Identities between functions: one table, with where each holds.
//!
//! Proofs apply them where a formula gets shorter by it; the normal form knows them as well. Invariant:
//! both sides have the same value wherever the left one has a value and the condition holds.

use super::canonical;
use super::rule::{Place, Rewrite};
use crate::integer::{Facts, Truth};
use crate::language::function::Function;
use crate::language::syntax::Relation;
use crate::model::{Kind, System, Term};
use num_traits::{One, Signed};

/// An identity of the table.
#[derive(Clone, Copy)]
pub struct Identity {
    /// Both sides, as formulas of the language in u and v.
    pub formula: (&'static str, &'static str),
    /// Where it holds, as a condition on u and v; wherever the left side has a value, if absent.
    pub holds: Option<&'static str>,
    /// The right side of a term that is its left side, where that is of use.
    pub apply: fn(&Term, &Place) -> Option<Term>,
}

const fn identity(left: &'static str, right: &'static str, apply: fn(&Term, &Place) -> Option<Term>) -> Identity {
    Identity { formula: (left, right), holds: None, apply }
}

/// What makes a formula shorter, or lets something cancel.
pub const SHORTER: &[Identity] = &[
    identity("exp(u + v)", "exp(u)*exp(v)", |term, _| apart(term)),
    identity("exp(u)*exp(v)", "exp(u + v)", |term, _| together(term)),
    identity("log(exp(u))", "u", |term, _| match term.kind() {
        Kind::Apply(Function::Log, u) => match u[0].kind() {
            Kind::Apply(Function::Exp, inside) => Some(inside[0].clone()),
            _ => None,
        },
        _ => None,
    }),
    Identity {
        holds: Some("u > 0"),
        ..identity("log(u*v)", "log(u) + log(v)", |term, place| match term.kind() {
            Kind::Apply(Function::Log, u) if u[0].factors().len() > 1 => logarithm(place.system, place.facts, &u[0]),
            _ => None,
        })
    },
    Identity {
        holds: Some("u > 0"),
        ..identity("log(1/u)", "-log(u)", |term, place| match term.kind() {
            Kind::Apply(Function::Log, u) if matches!(u[0].kind(), Kind::Power(..)) => {
                logarithm(place.system, place.facts, &u[0])
            }
            _ => None,
        })
    },
    Identity {
        holds: Some("u >= 0"),
        ..identity("sqrt(u^2*v)", "u*sqrt(v)", |term, place| match term.kind() {
            Kind::Apply(Function::Sqrt, u) => root(place.system, place.facts, &u[0]),
            _ => None,
        })
    },
];

/// Functions in terms of exponentials.
pub const EXPONENTIALS: &[Identity] = &[
    identity("sigmoid(u)", "1/(1 + exp(-u))", |term, _| match term.kind() {
        Kind::Apply(Function::Sigmoid, u) => {
            let exponential = Term::apply(Function::Exp, vec![u[0].clone().negative()]);
            Some(Term::power(Term::sum([Term::one(), exponential]), -1))
        }
        _ => None,
    }),
    identity("tanh(u)", "(exp(u) - exp(-u))/(exp(u) + exp(-u))", |term, _| match term.kind() {
        Kind::Apply(Function::Tanh, u) => {
            let exp = |u: Term| Term::apply(Function::Exp, vec![u]);
            let (plus, minus) = (exp(u[0].clone()), exp(u[0].clone().negative()));
            let below = Term::sum([plus.clone(), minus.clone()]);
            Some(Term::product([Term::sum([plus, minus.negative()]), Term::power(below, -1)]))
        }
        _ => None,
    }),
    identity("silu(u)", "u*sigmoid(u)", |term, _| match term.kind() {
        Kind::Apply(Function::Silu, u) => {
            Some(Term::product([u[0].clone(), Term::apply(Function::Sigmoid, u.clone())]))
        }
        _ => None,
    }),
    identity("softplus(u)", "log(1 + exp(u))", |term, _| match term.kind() {
        Kind::Apply(Function::Softplus, u) => {
            let exponential = Term::apply(Function::Exp, u.clone());
            Some(Term::apply(Function::Log, vec![Term::sum([Term::one(), exponential])]))
        }
        _ => None,
    }),
];

/// Even and odd functions, and those that are odd about 1/2.
pub const PARITY: &[Identity] = &[
    identity("sigmoid(-u)", "1 - sigmoid(u)", |term, _| parity(Function::Sigmoid, term)),
    identity("normcdf(-u)", "1 - normcdf(u)", |term, _| parity(Function::NormalCdf, term)),
    identity("normpdf(-u)", "normpdf(u)", |term, _| parity(Function::NormalPdf, term)),
    identity("tanh(-u)", "-tanh(u)", |term, _| parity(Function::Tanh, term)),
    identity("erf(-u)", "-erf(u)", |term, _| parity(Function::Erf, term)),
    identity("sin(-u)", "-sin(u)", |term, _| parity(Function::Sin, term)),
    identity("cos(-u)", "cos(u)", |term, _| parity(Function::Cos, term)),
    identity("softplus(-u)", "softplus(u) - u", |term, _| match term.kind() {
        Kind::Apply(Function::Softplus, u) if falls(&u[0]) => {
            let positive = Term::apply(Function::Softplus, vec![u[0].clone().negative()]);
            Some(Term::sum([positive, u[0].clone()]))
        }
        _ => None,
    }),
];

/// All of them.
pub fn identities() -> impl Iterator<Item = &'static Identity> {
    SHORTER.iter().chain(EXPONENTIALS).chain(PARITY)
}

/// Rewrites by the first identity of a list that applies.
pub(super) fn rewritten(list: &[Identity], term: &Term, place: &Place) -> Option<Rewrite> {
    list.iter().find_map(|identity| (identity.apply)(term, place)).map(Rewrite::from)
}

/// Whether the first term of a sum is subtracted; of u and −u it is one.
pub(super) fn falls(u: &Term) -> bool {
    let first = u.summands().first().and_then(|t| t.factors().first()).and_then(Term::as_number);
    first.is_some_and(Signed::is_negative)
}

/// f(u) by f(−u), where u begins with a minus sign.
fn parity(function: Function, term: &Term) -> Option<Term> {
    let Kind::Apply(found, arguments) = term.kind() else { return None };
    let [u] = arguments.as_slice() else { return None };
    if *found != function || !falls(u) {
        return None;
    }
    by_parity(function, Term::sum(u.summands().iter().map(|t| t.clone().negative())))
}

/// f(−u) by f(u), for a function that is even or odd, about 0 or 1/2.
pub(super) fn by_parity(function: Function, u: Term) -> Option<Term> {
    let whole = Term::apply(function, vec![u]);
    match function {
        Function::Sigmoid | Function::NormalCdf => Some(Term::sum([Term::one(), whole.negative()])),
        Function::Tanh | Function::Erf | Function::Sin => Some(whole.negative()),
        Function::Cos | Function::NormalPdf => Some(whole),
        _ => None,
    }
}

/// The argument of an exponential.
fn exponent(term: &Term) -> Option<&Term> {
    match term.kind() {
        Kind::Apply(Function::Exp, u) => u.first(),
        _ => None,
    }
}

/// e^(u+v) taken apart where eᵘ then moves out of a sum, or cancels.
fn apart(term: &Term) -> Option<Term> {
    if let Kind::Sigma(bounds, body) = term.kind() {
        let factors = body.factors();
        for (k, factor) in factors.iter().enumerate() {
            let Some(u) = exponent(factor) else { continue };
            let free = |t: &Term| bounds.iter().all(|b| !t.any_var(&b.var));
            let (outside, inside): (Vec<Term>, Vec<Term>) = u.summands().iter().cloned().partition(free);
            if outside.is_empty() || inside.is_empty() {
                continue;
            }
            let exp = |terms: Vec<Term>| Term::apply(Function::Exp, vec![Term::sum(terms)]);
            let mut factors = factors.to_vec();
            factors[k] = Term::product([exp(outside), exp(inside)]);
            return Some(Term::sigma(bounds.clone(), Term::product(factors)));
        }
        return None;
    }
    let Kind::Product(factors) = term.kind() else { return None };
    let below: Vec<&Term> = factors
        .iter()
        .filter_map(|f| match f.kind() {
            Kind::Power(base, n) if *n < 0 => exponent(base),
            _ => None,
        })
        .collect();
    for (k, factor) in factors.iter().enumerate() {
        let Some(u) = exponent(factor) else { continue };
        let terms = u.summands();
        let Some(place) = terms.iter().position(|t| below.contains(&t)).filter(|_| terms.len() > 1) else { continue };
        let mut rest = terms.to_vec();
        let one = rest.remove(place);
        let exp = |u: Term| Term::apply(Function::Exp, vec![u]);
        let mut factors = factors.to_vec();
        factors[k] = Term::product([exp(one), exp(Term::sum(rest))]);
        return Some(Term::product(factors));
    }
    None
}

/// eᵘ·e⁻ᵘ = 1: exponentials whose exponents cancel at least in part.
fn together(term: &Term) -> Option<Term> {
    let Kind::Product(factors) = term.kind() else { return None };
    for (k, a) in factors.iter().enumerate() {
        let Some(u) = exponent(a) else { continue };
        for (j, b) in factors.iter().enumerate().skip(k + 1) {
            let Some(v) = exponent(b) else { continue };
            let opposite = |t: &Term| v.summands().contains(&t.clone().negative());
            if !u.summands().iter().any(opposite) {
                continue;
            }
            let both = u
                .summands()
                .iter()
                .filter(|t| !opposite(t))
                .chain(v.summands().iter().filter(|t| !u.summands().contains(&(*t).clone().negative())));
            let sum = Term::sum(both.cloned());
            let mut factors = factors.clone();
            factors[k] = if sum.is_zero() { Term::one() } else { Term::apply(Function::Exp, vec![sum]) };
            factors.remove(j);
            return Some(Term::product(factors));
        }
    }
    None
}

/// Whether a term is positive wherever it and the logarithm of a multiple have values.
pub(super) fn is_positive(system: &System, facts: &Facts, term: &Term) -> bool {
    let positive = |t: &Term| is_positive(system, facts, t);
    match term.kind() {
        Kind::Number(n) => n.is_positive(),
        Kind::Integer(index) => {
            facts.judge(&crate::integer::Condition::AtMost(crate::integer::Index::constant(1), index.clone()))
                == Truth::Yes
        }
        Kind::Apply(Function::Exp | Function::Sigmoid | Function::Softplus | Function::NormalCdf, _) => true,
        Kind::Sum(terms) | Kind::Product(terms) => terms.iter().all(positive),
        Kind::Power(base, _) => positive(base),
        Kind::Sigma(bounds, body) => {
            positive(body)
                && bounds
                    .iter()
                    .all(|b| facts.judge(&crate::integer::Condition::AtMost(b.lo.clone(), b.hi.clone())) == Truth::Yes)
        }
        Kind::Read(name, at) if at.is_empty() => {
            let param = system.program.params.iter().find(|param| param.name == *name);
            param.and_then(|param| param.bound.as_ref()).is_some_and(|(relation, end)| {
                let zero = matches!(&end.kind, crate::language::syntax::ExprKind::Number(n) if !n.is_negative());
                *relation == Relation::Greater && zero
            })
        }
        _ => false,
    }
}

/// log(u·v) = log u + log v, where all factors but one are positive; none if nothing is taken apart.
pub(super) fn logarithm(system: &System, facts: &Facts, u: &Term) -> Option<Term> {
    let log = |t: Term| Term::apply(Function::Log, vec![t]);
    let (mut apart, mut rest): (Vec<Term>, Vec<Term>) = (Vec::new(), Vec::new());
    for factor in u.factors() {
        let (base, n) = match factor.kind() {
            Kind::Power(base, n) => (base.clone(), *n),
            _ => (factor.clone(), 1),
        };
        let times = |t: Term| Term::product([Term::from_i64(n), t]);
        match base.kind() {
            Kind::Apply(Function::Exp, inside) => apart.push(times(inside[0].clone())),
            _ if is_positive(system, facts, &base) => apart.push(times(log(base))),
            _ => rest.push(factor.clone()),
        }
    }
    match rest.as_slice() {
        [] => {}
        [only] => match only.kind() {
            Kind::Power(base, -1) => apart.push(log(base.clone()).negative()),
            _ => apart.push(log(only.clone())),
        },
        _ => apart.push(log(Term::product(rest))),
    }
    let found = Term::sum(apart);
    (found != log(u.clone())).then_some(found)
}

/// √(u²·v) = u·√v for a positive u, also below a Σ that does not depend on it; none if there is none.
pub(super) fn root(system: &System, facts: &Facts, whole: &Term) -> Option<Term> {
    let (bounds, body) = match whole.kind() {
        Kind::Sigma(bounds, body) => (bounds.clone(), body.clone()),
        _ => (Vec::new(), whole.clone()),
    };
    if bounds.is_empty()
        && let Kind::Product(factors) = whole.kind()
        && let Some(k) = factors.iter().position(|f| matches!(f.kind(), Kind::Sigma(..)))
    {
        let Kind::Apply(Function::Sqrt, inside) = root(system, facts, &factors[k]).map(outside_root)?.1.kind().clone()
        else {
            return None;
        };
        let (out, _) = outside_root(root(system, facts, &factors[k])?);
        let mut factors = factors.clone();
        factors[k] = inside[0].clone();
        return Some(Term::product([out, Term::apply(Function::Sqrt, vec![Term::product(factors)])]));
    }
    let mut powers: Vec<(Term, i64)> = Vec::new();
    let parts = body.factors().iter().flat_map(|factor| match factor.kind() {
        Kind::Power(base, n) => base.factors().iter().map(|f| (f.clone(), *n)).collect(),
        _ => vec![(factor.clone(), 1)],
    });
    for (base, n) in parts {
        match powers.iter_mut().find(|(known, _)| *known == base) {
            Some((_, sum)) => *sum += n,
            None => powers.push((base, n)),
        }
    }
    let taken = |(base, n): &(Term, i64)| {
        let free = bounds.iter().all(|b| !base.any_var(&b.var));
        n.abs() > 1 && free && base.as_number().is_none() && is_positive(system, facts, base)
    };
    let out: Vec<Term> =
        powers.iter().filter(|p| taken(p)).map(|(b, n)| Term::power(b.clone(), n.div_euclid(2))).collect();
    if out.is_empty() {
        return None;
    }
    let left = powers.iter().map(|p| Term::power(p.0.clone(), if taken(p) { p.1.rem_euclid(2) } else { p.1 }));
    let inside = Term::sigma(bounds.clone(), Term::product(left.collect::<Vec<_>>()));
    Some(Term::product(out.into_iter().chain([Term::apply(Function::Sqrt, vec![inside])])))
}

/// What stands before a root, and the root.
fn outside_root(term: Term) -> (Term, Term) {
    let is_root = |f: &Term| matches!(f.kind(), Kind::Apply(Function::Sqrt, _));
    let (roots, others): (Vec<Term>, Vec<Term>) = term.factors().iter().cloned().partition(is_root);
    (Term::product(others), Term::product(roots))
}

/// A logarithm of 1 + e⁻ᵘ as u less one of 1 + eᵘ, so that of the two one stays.
pub(super) fn softened(u: &Term) -> Option<Term> {
    let Kind::Sum(terms) = u.kind() else { return None };
    let [a, b] = terms.as_slice() else { return None };
    let one = |t: &Term| t.as_number().is_some_and(One::is_one);
    let inside = match (one(a), one(b)) {
        (true, false) => exponent(b)?,
        (false, true) => exponent(a)?,
        _ => return None,
    };
    if !falls(inside) {
        return None;
    }
    let positive = Term::sum(inside.summands().iter().map(|t| t.clone().negative()));
    let whole = Term::sum([Term::one(), Term::apply(Function::Exp, vec![positive])]);
    Some(Term::sum([Term::apply(Function::Log, vec![whole]), inside.clone()]))
}

/// Whether two terms are the same up to the names of bound indices and the order of terms and factors.
pub(super) fn same(a: &Term, b: &Term) -> bool {
    let plain = |t: &Term| sorted(&canonical::named(&t.map_indices(&mut |index| index.canonical()), 0));
    a == b || plain(a) == plain(b)
}

/// The same with the terms of sums and the factors of products in one order.
fn sorted(term: &Term) -> Term {
    let mapped = term.map_children(&mut sorted);
    match mapped.kind() {
        Kind::Sum(parts) | Kind::Product(parts) => {
            let mut parts = parts.clone();
            parts.sort();
            mapped.with_children(parts)
        }
        _ => mapped,
    }
}
