//! Functions of the table at exact arguments: σ(0) = 1/2, log(1/C) = −log C, √4 = 2.
//!
//! Invariant: a function is replaced by another term only where both are the same real number.

use crate::language::function::Function;
use crate::language::syntax::Relation;
use crate::model::{Kind, Term};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

fn half() -> Term {
    Term::number(BigRational::new(1.into(), 2.into()))
}

fn one_of(function: Function, argument: Term) -> Term {
    Term::apply(function, vec![argument])
}

/// A function at its arguments, evaluated as far as that is exact.
///
/// # Errors
/// Why there is no value.
pub(super) fn apply(function: Function, arguments: &[Term]) -> Result<Term, String> {
    let kept = || Ok(Term::apply(function, arguments.to_vec()));
    match arguments {
        [u] => one(function, u),
        [u, v] => two(function, u, v),
        _ => kept(),
    }
}

fn one(function: Function, u: &Term) -> Result<Term, String> {
    let kept = || Ok(one_of(function, u.clone()));
    let number = u.as_number();
    let zero = u.is_zero();
    let sign = sign(u);
    Ok(match function {
        Function::Abs => match sign {
            Some(s) if s < 0 => u.clone().negative(),
            Some(_) => u.clone(),
            None => return kept(),
        },
        Function::Sign => return sign.map_or_else(kept, |s| Ok(Term::from_i64(s))),
        Function::Relu => match sign {
            Some(s) if s > 0 => u.clone(),
            Some(_) => Term::zero(),
            None => return kept(),
        },
        Function::Step => return sign.map_or_else(kept, |s| Ok(Term::from_i64((s > 0).into()))),
        Function::Floor | Function::Ceil => match number {
            Some(n) => Term::number(if function == Function::Floor { n.floor() } else { n.ceil() }),
            None => return kept(),
        },
        Function::Exp if zero => Term::one(),
        Function::Exp => return exponential(u).map_or_else(kept, Ok),
        Function::Log => return logarithm(u),
        Function::Sqrt => match number {
            Some(n) if n.is_negative() => return Err(format!("the square root of {n}, which is negative")),
            Some(n) => return root(n).map_or_else(kept, |root| Ok(Term::number(root))),
            None => return kept(),
        },
        Function::Tanh | Function::Silu | Function::Gelu | Function::Erf | Function::Sin if zero => Term::zero(),
        Function::Cos if zero => Term::one(),
        Function::Sigmoid | Function::NormalCdf if zero => half(),
        Function::Sigmoid => match exponential(u) {
            Some(e) if e.as_number().is_some() => {
                Term::product([e.clone(), Term::power(Term::sum([Term::one(), e]), -1)])
            }
            _ => return kept(),
        },
        Function::Tanh => match exponential(u) {
            Some(e) if e.as_number().is_some() => {
                let square = Term::power(e, 2);
                let above = Term::sum([square.clone(), Term::from_i64(-1)]);
                Term::product([above, Term::power(Term::sum([square, Term::one()]), -1)])
            }
            _ => return kept(),
        },
        Function::Softplus if zero => one_of(Function::Log, Term::from_i64(2)),
        Function::NormalPdf if zero => {
            let circle = Term::product([Term::from_i64(2), Term::apply(Function::Pi, Vec::new())]);
            Term::power(one_of(Function::Sqrt, circle), -1)
        }
        _ => return kept(),
    })
}

fn two(function: Function, u: &Term, v: &Term) -> Result<Term, String> {
    let kept = || Ok(Term::apply(function, vec![u.clone(), v.clone()]));
    match function {
        Function::LeakyRelu => match sign(u) {
            Some(s) if s > 0 => Ok(u.clone()),
            Some(_) => Ok(Term::product([v.clone(), u.clone()])),
            None => kept(),
        },
        Function::Max | Function::Min => match compared(Relation::AtLeast, u, v) {
            Some(first) if first == (function == Function::Max) => Ok(u.clone()),
            Some(_) => Ok(v.clone()),
            None => kept(),
        },
        Function::Pow => raised(u, v).unwrap_or_else(kept),
        _ => kept(),
    }
}

/// uᵛ for rational v.
fn raised(u: &Term, v: &Term) -> Option<Result<Term, String>> {
    let (base, exponent) = (u.as_number(), v.as_number()?);
    if base.is_some_and(One::is_one) {
        return Some(Ok(Term::one()));
    }
    if base.is_some_and(|n| !n.is_positive()) {
        return Some(Err("a power whose base is not positive".into()));
    }
    if let Some(n) = exponent.is_integer().then(|| exponent.to_integer().to_i64()).flatten() {
        return (n.unsigned_abs() <= 64).then(|| Ok(Term::power(u.clone(), n)));
    }
    if *exponent.denom() != BigInt::from(2) {
        return None;
    }
    let n = exponent.numer().to_i64().filter(|n| n.unsigned_abs() <= 64)?;
    root(base?).map(|root| Ok(Term::power(Term::number(root), n)))
}

/// The exact square root of a number.
fn root(n: &BigRational) -> Option<BigRational> {
    let (above, below) = (n.numer().sqrt(), n.denom().sqrt());
    let exact = &above * &above == *n.numer() && &below * &below == *n.denom();
    exact.then(|| BigRational::new(above, below))
}

/// eᵘ where u is made of logarithms with integer factors.
fn exponential(u: &Term) -> Option<Term> {
    let factor = |term: &Term| {
        let (number, rest): (Vec<&Term>, Vec<&Term>) = term.factors().iter().partition(|f| f.as_number().is_some());
        let n = number.first().map_or(Some(1), |n| {
            let n = n.as_number()?;
            n.is_integer().then(|| n.to_integer().to_i64()).flatten().filter(|n| n.unsigned_abs() <= 64)
        })?;
        match rest.as_slice() {
            [only] => match only.kind() {
                Kind::Apply(Function::Log, inner) => Some(Term::power(inner.first()?.clone(), n)),
                _ => None,
            },
            _ => None,
        }
    };
    let factors: Option<Vec<Term>> = u.summands().iter().map(factor).collect();
    Some(Term::product(factors?))
}

fn logarithm(u: &Term) -> Result<Term, String> {
    if let Some(n) = u.as_number() {
        if !n.is_positive() {
            return Err(format!("the logarithm of {n}, which is not positive"));
        }
        if n.is_one() {
            return Ok(Term::zero());
        }
        if n.numer().is_one() {
            let whole = Term::number(BigRational::from_integer(n.denom().clone()));
            return Ok(one_of(Function::Log, whole).negative());
        }
    }
    match u.kind() {
        Kind::Power(base, n) if is_positive(base) => {
            Ok(Term::product([Term::from_i64(*n), one_of(Function::Log, base.clone())]))
        }
        Kind::Apply(Function::Exp, inner) => Ok(inner.first().cloned().unwrap_or_else(Term::zero)),
        _ => Ok(one_of(Function::Log, u.clone())),
    }
}

/// Whether a closed term is positive for all sizes: a size counts as at least 1.
fn is_positive(term: &Term) -> bool {
    match term.kind() {
        Kind::Number(n) => n.is_positive(),
        Kind::Integer(index) => {
            let positive = |(monomial, n): &(Vec<_>, i128)| !monomial.is_empty() && *n > 0;
            index.is_free_of_vars()
                && index.constant_term() >= 0
                && index.terms().iter().all(|term| term.0.is_empty() || positive(term))
                && index.terms().iter().any(|(monomial, _)| !monomial.is_empty())
                && !index.any_atom(&mut |atom| !atom.parts().is_empty())
        }
        Kind::Sum(terms) | Kind::Product(terms) => terms.iter().all(is_positive),
        Kind::Power(base, _) => is_positive(base),
        Kind::Sigma(_, body) => is_positive(body),
        Kind::Apply(Function::Exp | Function::Sigmoid | Function::Pi | Function::Softplus, _) => true,
        Kind::Apply(Function::Sqrt, inner) => inner.iter().all(is_positive),
        _ => false,
    }
}

/// −1, 0 or 1, where that is known.
pub(super) fn sign(term: &Term) -> Option<i64> {
    if let Some(n) = term.as_number() {
        return Some(if n.is_zero() {
            0
        } else if n.is_positive() {
            1
        } else {
            -1
        });
    }
    if is_positive(term) {
        return Some(1);
    }
    if is_positive(&term.clone().negative()) {
        return Some(-1);
    }
    let value = approximate(term)?;
    if value.abs() < APART { None } else { Some(if value > 0.0 { 1 } else { -1 }) }
}

/// Closed numbers nearer to each other than this are not told apart.
const APART: f64 = 1e-9;

/// Whether two closed numbers are in a relation, where that is known.
pub(super) fn compared(relation: Relation, a: &Term, b: &Term) -> Option<bool> {
    let order = if a == b { 0 } else { sign(&Term::sum([a.clone(), b.clone().negative()]))? };
    Some(match relation {
        Relation::Equal => order == 0,
        Relation::NotEqual => order != 0,
        Relation::Less => order < 0,
        Relation::AtMost => order <= 0,
        Relation::Greater => order > 0,
        Relation::AtLeast => order >= 0,
    })
}

/// A closed term in floating point; none where it is not closed, or holds a function that is not
/// computed here.
pub fn approximate(term: &Term) -> Option<f64> {
    let value = match term.kind() {
        Kind::Number(n) => n.to_f64()?,
        Kind::Sum(terms) => terms.iter().map(approximate).sum::<Option<f64>>()?,
        Kind::Product(factors) => factors.iter().map(approximate).product::<Option<f64>>()?,
        Kind::Power(base, n) => approximate(base)?.powi(i32::try_from(*n).ok()?),
        Kind::Apply(function, arguments) => {
            let values: Option<Vec<f64>> = arguments.iter().map(approximate).collect();
            match (function, values?.as_slice()) {
                (Function::Exp, [u]) => u.exp(),
                (Function::Log, [u]) => u.ln(),
                (Function::Sqrt, [u]) => u.sqrt(),
                (Function::Tanh, [u]) => u.tanh(),
                (Function::Sigmoid, [u]) => 1.0 / (1.0 + (-u).exp()),
                (Function::Softplus, [u]) => u.max(0.0) + (-u.abs()).exp().ln_1p(),
                (Function::Silu, [u]) => u / (1.0 + (-u).exp()),
                (Function::Sin, [u]) => u.sin(),
                (Function::Cos, [u]) => u.cos(),
                (Function::Pow, [u, v]) => u.powf(*v),
                (Function::Pi, []) => std::f64::consts::PI,
                _ => return None,
            }
        }
        _ => return None,
    };
    value.is_finite().then_some(value)
}
