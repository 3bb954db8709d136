//! Equality of fractions in exponentials.
//!
//! The sigmoid and the hyperbolic tangent become quotients of exponentials, e⁻ᵘ becomes 1/eᵘ, and both
//! formulas one fraction each; they are equal if numerator times the other's denominator is. A
//! denominator is not 0 wherever the formula has a value.

use super::canonical::canonical;
use crate::integer::Facts;
use crate::language::function::Function;
use crate::model::{Bound, Kind, System, Term};
use num_traits::Signed;

/// The greatest extent of a numerator or denominator.
const LARGEST: usize = 2_000;

/// Both formulas with numerator and denominator exchanged crosswise: equal if these two are. None if
/// no exponentials stand in them, or the fractions grow too large.
pub(super) fn crosswise(system: &System, facts: &Facts, a: &Term, b: &Term) -> Option<(Term, Term)> {
    let exponential = |t: &Term| {
        t.any(&mut |t| match t.kind() {
            Kind::Apply(f, _) => {
                matches!(f, Function::Sigmoid | Function::Tanh | Function::Exp | Function::Silu)
            }
            _ => false,
        })
    };
    if !exponential(a) && !exponential(b) {
        return None;
    }
    let fractions = Fractions { system };
    let (one, other) = (fractions.of(facts, a)?, fractions.of(facts, b)?);
    Some((times(one.0, other.1), times(other.0, one.1)))
}

fn times(a: Term, b: Term) -> Term {
    let fresh = b.with_all_bounds_fresh(&|v| a.any_var(v));
    Term::product([a, fresh])
}

type Fraction = (Term, Term);

struct Fractions<'a> {
    system: &'a System,
}

impl Fractions<'_> {
    fn of(&self, facts: &Facts, term: &Term) -> Option<Fraction> {
        let found = self.made(facts, term)?;
        (found.0.extent().0 <= LARGEST && found.1.extent().0 <= LARGEST).then_some(found)
    }

    fn made(&self, facts: &Facts, term: &Term) -> Option<Fraction> {
        Some(match term.kind() {
            Kind::Apply(Function::Exp, u) => self.exponential(facts, &u[0]),
            Kind::Apply(Function::Sigmoid, u) => {
                let (n, d) = self.exponential(facts, &u[0].clone().negative());
                (d.clone(), Term::sum([d, n]))
            }
            Kind::Apply(Function::Tanh, u) => {
                let (n, d) = self.exponential(facts, &Term::product([Term::from_i64(-2), u[0].clone()]));
                (Term::sum([d.clone(), n.clone().negative()]), Term::sum([d, n]))
            }
            Kind::Apply(Function::Silu, u) => {
                let (n, d) = self.exponential(facts, &u[0].clone().negative());
                let whole = self.of(facts, &u[0])?;
                (times(whole.0, d.clone()), times(whole.1, Term::sum([d, n])))
            }
            Kind::Sum(terms) => {
                let all: Vec<Fraction> = terms.iter().map(|t| self.of(facts, t)).collect::<Option<_>>()?;
                let mut whole: Vec<Term> = Vec::new();
                for (_, d) in &all {
                    whole.extend(without(d.factors(), &whole));
                }
                let raised = all.into_iter().map(|(n, d)| times(n, Term::product(without(&whole, d.factors()))));
                (Term::sum(raised), Term::product(whole.clone()))
            }
            Kind::Product(factors) => {
                let one = (Term::one(), Term::one());
                factors.iter().try_fold(one, |(n, d), factor| {
                    let (m, e) = self.of(facts, factor)?;
                    Some((times(n, m), times(d, e)))
                })?
            }
            Kind::Power(base, n @ 2..=4) => {
                let (above, below) = self.of(facts, base)?;
                let raised = |t: &Term| Term::product_of_copies(t, *n as usize);
                (raised(&above), raised(&below))
            }
            Kind::Power(base, n @ -4..=-1) => {
                let (above, below) = self.of(facts, base)?;
                let raised = |t: &Term| Term::product_of_copies(t, n.unsigned_abs() as usize);
                (raised(&below), raised(&above))
            }
            Kind::Sigma(bounds, body) => self.sigma(facts, bounds, body)?,
            _ => (term.clone(), Term::one()),
        })
    }

    /// A sum whose denominator does not depend on its indices; any other denominator stays below it.
    fn sigma(&self, facts: &Facts, bounds: &[Bound], body: &Term) -> Option<Fraction> {
        let mut inner = facts.clone();
        bounds.iter().for_each(|b| inner.bound_index(&b.var, &b.lo, &b.hi));
        let (n, d) = self.of(&inner, body)?;
        let free = |f: &Term| bounds.iter().all(|b| !f.any_var(&b.var));
        let (outside, inside): (Vec<Term>, Vec<Term>) = d.factors().iter().cloned().partition(free);
        let inside = inside.into_iter().map(|f| Term::power(f, -1));
        let above = Term::sigma(bounds.to_vec(), Term::product(std::iter::once(n).chain(inside)));
        Some((above, Term::product(outside)))
    }

    /// eᵘ, with what is subtracted in u below.
    fn exponential(&self, facts: &Facts, u: &Term) -> Fraction {
        let whole = canonical(self.system, facts, u);
        let negative = |t: &Term| t.factors().first().and_then(Term::as_number).is_some_and(Signed::is_negative);
        let (below, above): (Vec<Term>, Vec<Term>) = whole.summands().iter().cloned().partition(negative);
        let raised = |terms: Vec<Term>| match Term::sum(terms) {
            zero if zero.is_zero() => Term::one(),
            u => Term::apply(Function::Exp, vec![u]),
        };
        (raised(above), raised(below.into_iter().map(Term::negative).collect()))
    }
}

/// The factors that are not among others, each as often as it stands there more often.
fn without(factors: &[Term], others: &[Term]) -> Vec<Term> {
    let mut left = others.to_vec();
    let mut missing = Vec::new();
    for factor in factors.iter().filter(|f| !f.as_number().is_some_and(num_traits::One::is_one)) {
        match left.iter().position(|other| other == factor) {
            Some(place) => drop(left.remove(place)),
            None => missing.push(factor.clone()),
        }
    }
    missing
}
