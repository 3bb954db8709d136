//! Scalar terms: one closed enum for every formula of the calculus.
//!
//! Terms are immutable and shared. Sums and products are flat; the factors keep the order in which
//! the author or a rule put them, because a reader wants to see them so – equality up to order is
//! the business of the canonical form. Binders carry names; substitution never captures.

use super::contents::Contents;
use crate::integer::{Condition, Index, Var};
use crate::language::function::Function;
use crate::language::syntax::{Extremum, Name, Relation};
use num_rational::BigRational;
use num_traits::{One, Zero};
use std::sync::Arc;

/// A scalar-valued formula.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Term(Arc<Node>);

/// What a term is, and what stands in it.
#[derive(PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Node {
    kind: Kind,
    contents: Contents,
}

impl std::fmt::Debug for Term {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Term").field(self.kind()).finish()
    }
}

/// The shapes a term can have.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A rational number.
    Number(BigRational),
    /// An index expression as a value: a size, an index.
    Integer(Index),
    /// An entry of an array.
    Read(Name, Vec<Index>),
    /// An entry of the upstream gradient of an output: ∂ℓ/∂f[…].
    Upstream(Name, Vec<Index>),
    /// A sum of at least two terms.
    Sum(Vec<Term>),
    /// A product of at least two factors.
    Product(Vec<Term>),
    /// An integer power other than 0 and 1.
    Power(Term, i64),
    /// A scalar function of the table at its arguments.
    Apply(Function, Vec<Term>),
    /// A Σ over one or more bound indices; a range may mention indices bound before it.
    Sigma(Vec<Bound>, Term),
    /// A Π over one or more bound indices, wherever the condition holds.
    Pi(Vec<Bound>, Condition, Term),
    /// A maximum or minimum over exactly one bound index, or the first place where it stands,
    /// wherever the condition holds.
    Extremum(Extremum, Vec<Bound>, Condition, Term),
    /// An Iverson bracket. It is strong: where it is false, what it multiplies is not evaluated.
    Bracket(Condition),
    /// An Iverson bracket on values: [a > b]. It is strong as well.
    Compare(Relation, [Term; 2]),
    /// ∂ term / ∂ array[…], not yet carried out. Of an entry of a defined array it is the total
    /// derivative; of anything else only the reads of the array that stand in it count, and other
    /// arrays are held, though they be computed from it.
    Derivative(Term, Name, Vec<Index>),
}

/// Whether a power of a number is short enough to be worked out.
fn is_short_power(n: &BigRational, exponent: i64) -> bool {
    let bits = (n.numer().bits() + n.denom().bits()).saturating_mul(exponent.unsigned_abs());
    exponent.unsigned_abs() <= 64 && bits <= 8192
}

/// A bound index with its range, both ends included.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Bound {
    /// The index.
    pub var: Var,
    /// Its first value.
    pub lo: Index,
    /// Its last value.
    pub hi: Index,
}

impl Bound {
    pub(super) fn map(&self, f: &mut dyn FnMut(&Index) -> Index) -> Bound {
        Bound { var: self.var.clone(), lo: f(&self.lo), hi: f(&self.hi) }
    }
}

impl Term {
    /// What it is.
    pub fn kind(&self) -> &Kind {
        &self.0.kind
    }

    /// What stands in it.
    pub fn contents(&self) -> Contents {
        self.0.contents
    }

    /// What copies of one term have in common, and no other term that is in use.
    pub fn identity(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    fn new(kind: Kind) -> Term {
        let contents = Contents::of(&kind);
        Term(Arc::new(Node { kind, contents }))
    }

    /// A rational number.
    pub fn number(value: BigRational) -> Term {
        Term::new(Kind::Number(value))
    }

    /// The integer n.
    pub fn from_i64(n: i64) -> Term {
        Term::number(BigRational::from_integer(n.into()))
    }

    /// 0
    pub fn zero() -> Term {
        Term::from_i64(0)
    }

    /// 1
    pub fn one() -> Term {
        Term::from_i64(1)
    }

    /// An index expression as a value.
    pub fn integer(index: Index) -> Term {
        match index.as_constant() {
            Some(n) => Term::number(BigRational::from_integer(n.into())),
            None => Term::new(Kind::Integer(index)),
        }
    }

    /// array[at]
    pub fn read(array: Name, at: Vec<Index>) -> Term {
        Term::new(Kind::Read(array, at))
    }

    /// ∂ℓ/∂output[at]
    pub fn upstream(output: Name, at: Vec<Index>) -> Term {
        Term::new(Kind::Upstream(output, at))
    }

    /// [condition]
    pub fn bracket(condition: Condition) -> Term {
        match &condition {
            Condition::All(parts) if parts.is_empty() => Term::one(),
            Condition::Any(parts) if parts.is_empty() => Term::zero(),
            _ => Term::new(Kind::Bracket(condition)),
        }
    }

    /// f(arguments)
    pub fn apply(function: Function, arguments: Vec<Term>) -> Term {
        Term::new(Kind::Apply(function, arguments))
    }

    /// [a > b] and the like
    pub fn compare(relation: Relation, a: Term, b: Term) -> Term {
        Term::new(Kind::Compare(relation, [a, b]))
    }

    /// ∂ of / ∂ array[at]
    pub fn derivative(of: Term, array: Name, at: Vec<Index>) -> Term {
        Term::new(Kind::Derivative(of, array, at))
    }

    /// The sum of terms: flat, numbers added up, zeros gone.
    pub fn sum(terms: impl IntoIterator<Item = Term>) -> Term {
        let mut constant: Option<BigRational> = None;
        let mut flat = Vec::new();
        for term in terms {
            match term.kind() {
                Kind::Sum(inner) => flat.extend(inner.iter().cloned()),
                _ => flat.push(term),
            }
        }
        flat.retain(|term| match term.as_number() {
            Some(n) => {
                constant = Some(constant.take().map_or_else(|| n.clone(), |sum| sum + n));
                false
            }
            None => true,
        });
        flat.extend(constant.filter(|n| !n.is_zero()).map(Term::number));
        match flat.len() {
            0 => Term::zero(),
            1 => flat.remove(0),
            _ => Term::new(Kind::Sum(flat)),
        }
    }

    /// The product of factors: flat, numbers multiplied and put first, ones gone, zero if one is.
    pub fn product(factors: impl IntoIterator<Item = Term>) -> Term {
        let mut number: Option<BigRational> = None;
        let mut flat: Vec<Term> = Vec::new();
        for factor in factors {
            match factor.kind() {
                Kind::Product(inner) => flat.extend(inner.iter().cloned()),
                _ => flat.push(factor),
            }
        }
        flat.retain(|factor| match factor.as_number() {
            Some(n) => {
                number = Some(number.take().map_or_else(|| n.clone(), |product| product * n));
                false
            }
            None => true,
        });
        match number {
            Some(n) if n.is_zero() => return Term::zero(),
            Some(n) if !n.is_one() => flat.insert(0, Term::number(n)),
            _ => {}
        }
        match flat.len() {
            0 => Term::one(),
            1 => flat.remove(0),
            _ => Term::new(Kind::Product(flat)),
        }
    }

    /// base^exponent
    pub fn power(base: Term, exponent: i64) -> Term {
        match (exponent, base.kind()) {
            (0, _) => Term::one(),
            (1, _) => base,
            (2.., Kind::Bracket(_) | Kind::Compare(..)) => base,
            (_, Kind::Number(n)) if !n.is_zero() && is_short_power(n, exponent) => Term::number(n.pow(exponent as i32)),
            (_, Kind::Power(inner, e)) if e.checked_mul(exponent).is_some_and(|n| n.unsigned_abs() < 1 << 62) => {
                Term::power(inner.clone(), e * exponent)
            }
            (_, Kind::Product(factors)) if exponent < 0 && !factors.iter().any(Term::is_bracket) => {
                Term::product(factors.iter().map(|factor| Term::power(factor.clone(), exponent)))
            }
            _ => Term::new(Kind::Power(base, exponent)),
        }
    }

    /// How many subterms it has, numbers and index expressions counted by their length, and how
    /// deep they nest.
    pub fn extent(&self) -> (usize, usize) {
        let own = match self.kind() {
            Kind::Number(n) => (n.numer().bits() + n.denom().bits()) as usize / 64,
            Kind::Bracket(condition) => {
                let mut weight = 0;
                condition.visit(&mut |index| weight += index.weight());
                weight
            }
            _ => self.own_indices().map(Index::weight).sum(),
        };
        let children = self.children().iter().map(Term::extent);
        let (size, depth) = children.fold((0, 0), |(size, depth), (s, d)| (size + s, depth.max(d)));
        (size + own + 1, depth + 1)
    }

    /// term · term · … with n ≥ 1 factors, the bound indices of each copy its own.
    pub fn product_of_copies(term: &Term, n: usize) -> Term {
        let mut copies: Vec<Term> = Vec::with_capacity(n);
        for _ in 0..n {
            let used = |v: &Var| copies.iter().any(|c| c.any_var(v));
            let copy = term.with_all_bounds_fresh(&used);
            copies.push(copy);
        }
        Term::product(copies)
    }

    /// Σ over bounds; adjacent sums are one, and a sum over a range of numbers that is empty is 0.
    pub fn sigma(mut bounds: Vec<Bound>, body: Term) -> Term {
        if bounds.is_empty() || body.is_zero() {
            return body;
        }
        if bounds.iter().any(|b| b.hi.minus(&b.lo).as_constant().is_some_and(|steps| steps < 0)) {
            return Term::zero();
        }
        match body.kind() {
            Kind::Sigma(inner, body) if inner.iter().all(|b| bounds.iter().all(|o| o.var != b.var)) => {
                bounds.extend(inner.iter().cloned());
                Term::new(Kind::Sigma(bounds, body.clone()))
            }
            _ => Term::new(Kind::Sigma(bounds, body)),
        }
    }

    /// Π over bounds wherever the condition holds.
    pub fn pi(bounds: Vec<Bound>, condition: Condition, body: Term) -> Term {
        match body.as_number().is_some_and(One::is_one) {
            true => body,
            false => Term::new(Kind::Pi(bounds, condition, body)),
        }
    }

    /// The extremum over a bound index wherever the condition holds.
    pub fn extremum(which: Extremum, bound: Bound, condition: Condition, body: Term) -> Term {
        Term::new(Kind::Extremum(which, vec![bound], condition, body))
    }

    /// The bound indices of a Σ, a Π or an extremum; none of anything else.
    pub fn bounds(&self) -> &[Bound] {
        match self.kind() {
            Kind::Sigma(bounds, _) | Kind::Pi(bounds, ..) | Kind::Extremum(_, bounds, ..) => bounds,
            _ => &[],
        }
    }

    /// The condition under which a Π or an extremum runs; none of anything else.
    pub fn held(&self) -> Option<&Condition> {
        match self.kind() {
            Kind::Pi(_, condition, _) | Kind::Extremum(_, _, condition, _) => Some(condition),
            _ => None,
        }
    }

    /// A Σ, a Π or an extremum with other bounds, and its condition and body replaced.
    pub(super) fn rebound(&self, bounds: Vec<Bound>, f: &mut dyn FnMut(&Index) -> Index, body: Term) -> Term {
        match self.kind() {
            Kind::Pi(_, condition, _) => Term::pi(bounds, condition.map(f), body),
            Kind::Extremum(which, _, condition, _) => Term::new(Kind::Extremum(*which, bounds, condition.map(f), body)),
            _ => Term::sigma(bounds, body),
        }
    }

    /// −term
    pub fn negative(self) -> Term {
        Term::product([Term::from_i64(-1), self])
    }

    /// The number this is, if it is one.
    pub fn as_number(&self) -> Option<&BigRational> {
        match self.kind() {
            Kind::Number(n) => Some(n),
            _ => None,
        }
    }

    /// Whether this is an Iverson bracket, on integers or on values.
    pub fn is_bracket(&self) -> bool {
        matches!(self.kind(), Kind::Bracket(_) | Kind::Compare(..))
    }

    /// Whether this is the number 0.
    pub fn is_zero(&self) -> bool {
        self.as_number().is_some_and(Zero::is_zero)
    }

    /// The factors of a product; anything else is its own only factor.
    pub fn factors(&self) -> &[Term] {
        match self.kind() {
            Kind::Product(factors) => factors,
            _ => std::slice::from_ref(self),
        }
    }

    /// The terms of a sum; anything else is its own only term.
    pub fn summands(&self) -> &[Term] {
        match self.kind() {
            Kind::Sum(terms) => terms,
            _ => std::slice::from_ref(self),
        }
    }
}
