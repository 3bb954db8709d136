//! Rules with the slips that hand derivations make, each a small change of the right rule.

use backprose::calculus::differentiate::{CONSTANT, DEFINITION, POWER, PRODUCT, READ, SUM};
use backprose::calculus::greatest::EXTREMUM;
use backprose::calculus::range::RANGE;
use backprose::calculus::rearrange::{COLLECT, DISTRIBUTE, FACTOR, JOIN};
use backprose::calculus::sift::SIFT;
use backprose::calculus::{Place, Rewrite, Rule};
use backprose::integer::{Condition, Index, Var};
use backprose::language::syntax::Name;
use backprose::model::{Bound, Kind, Term};

/// A wrong rule.
pub struct Wrong {
    /// What is wrong with it.
    pub slip: &'static str,
    /// The rule.
    pub rule: Rule,
    /// The random term at which the search for a counterexample begins.
    pub term: u64,
    /// Whether a derivation from a goal can show it: every index in it has a name of its own, so that
    /// what forgets to rename goes wrong on other terms only.
    pub in_derivations: bool,
}

const fn wrong(slip: &'static str, right: Rule, apply: fn(&Term, &Place) -> Option<Rewrite>) -> Wrong {
    Wrong { slip, rule: Rule { apply, ..right }, term: 0, in_derivations: true }
}

impl Wrong {
    const fn starting_at(self, term: u64) -> Wrong {
        Wrong { term, ..self }
    }

    const fn outside_derivations(self) -> Wrong {
        Wrong { in_derivations: false, ..self }
    }
}

/// The rejected rules.
pub const REJECTED: &[Wrong] = &[
    wrong("sift loses the divisibility", SIFT, |term, place| {
        let after = (SIFT.apply)(term, place)?.after;
        Some(new_brackets(term, &after, &|c| !matches!(c, Condition::Divides(..))).into())
    })
    .starting_at(120),
    wrong("sift loses the range", SIFT, |term, place| {
        let after = (SIFT.apply)(term, place)?.after;
        Some(new_brackets(term, &after, &|c| !matches!(c, Condition::Within(..))).into())
    }),
    wrong("sift begins the range one too late", SIFT, |term, place| shifted_range(term, place, 1, 0)),
    wrong("sift begins the range one too early", SIFT, |term, place| shifted_range(term, place, -1, 0)),
    wrong("sift ends the range one too late", SIFT, |term, place| shifted_range(term, place, 0, 1)),
    wrong("sift ends the range one too early", SIFT, |term, place| shifted_range(term, place, 0, -1)),
    wrong("sift slips in a sign", SIFT, |term, place| {
        with_equations(term, place, &|_, a, b| Condition::Equal(a.clone(), b.times_number(-1)))
    }),
    wrong("sift loses the stride", SIFT, |term, place| {
        with_equations(term, place, &|bounds, a, b| {
            let unit = |e: Index, bound: &Bound| match e.linear_in(&bound.var) {
                Some((slope, rest)) if slope.as_constant().is_none_or(|n| n.abs() > 1) => {
                    rest.plus(&Index::var(&bound.var))
                }
                _ => e,
            };
            Condition::Equal(bounds.iter().fold(a.minus(b), unit), Index::default())
        })
    }),
    wrong("sift captures an index", SIFT, sift_without_renaming).outside_derivations().starting_at(1061),
    wrong("definition captures an index", DEFINITION, |term, place| {
        let (of, array, at) = derivative(term)?;
        let Kind::Read(name, indices) = of.kind() else { return None };
        let equation = place.system.equation(name).filter(|_| name != array)?;
        let pairs = equation.indices.iter().map(|b| &b.var).zip(indices);
        let replaced = |e: &Index| pairs.clone().fold(e.clone(), |e, (var, by)| e.substitute(var, by));
        let body = equation.body.map_indices(&mut |e| replaced(e));
        Some(Term::derivative(body, array.clone(), at.to_vec()).into())
    })
    .outside_derivations()
    .starting_at(2002),
    wrong("definition puts the indices in the wrong order", DEFINITION, |term, place| {
        let (of, array, at) = derivative(term)?;
        let Kind::Read(name, indices) = of.kind() else { return None };
        let turned = Term::read(name.clone(), indices.iter().rev().cloned().collect());
        (DEFINITION.apply)(&Term::derivative(turned, array.clone(), at.to_vec()), place)
    }),
    wrong("constant does not look into definitions", CONSTANT, |term, _| {
        let (of, array, _) = derivative(term)?;
        (!of.reads(array)).then(|| Term::zero().into())
    }),
    wrong("sum forgets a term", SUM, |term, place| match derivative(term)?.0.kind() {
        Kind::Sum(_) => Some(all_but_last((SUM.apply)(term, place)?.after)),
        _ => (SUM.apply)(term, place),
    })
    .starting_at(161),
    wrong("sum captures an index", SUM, sum_without_renaming).outside_derivations().starting_at(599),
    wrong("product forgets a term", PRODUCT, |term, place| Some(all_but_last((PRODUCT.apply)(term, place)?.after))),
    wrong("product subtracts a term", PRODUCT, |term, place| {
        let after = (PRODUCT.apply)(term, place)?.after;
        let (last, others) = after.summands().split_last()?;
        Some(Term::sum(others.iter().cloned().chain([last.clone().negative()])).into())
    }),
    wrong("power loses the factor", POWER, |term, _| {
        let (of, array, at) = derivative(term)?;
        let Kind::Power(base, n) = of.kind() else { return None };
        let inner = Term::derivative(base.clone(), array.clone(), at.to_vec());
        Some(Term::product([Term::power(base.clone(), n - 1), inner]).into())
    }),
    wrong("power forgets the chain", POWER, |term, _| {
        let Kind::Power(base, n) = derivative(term)?.0.kind() else { return None };
        Some(Term::product([Term::from_i64(*n), Term::power(base.clone(), n - 1)]).into())
    }),
    wrong("extremum loses the bracket", EXTREMUM, |term, place| {
        let after = (EXTREMUM.apply)(term, place)?.after;
        Some(without_comparisons(&after, &|_| None).into())
    }),
    wrong("extremum takes the least for the greatest", EXTREMUM, |term, place| {
        let after = (EXTREMUM.apply)(term, place)?.after;
        Some(without_comparisons(&after, &|first| mirrored(first, 0)).into())
    }),
    wrong("extremum is one place off", EXTREMUM, |term, place| {
        let after = (EXTREMUM.apply)(term, place)?.after;
        Some(without_comparisons(&after, &|first| mirrored(&mirrored(first, 0)?, 1)).into())
    }),
    wrong("read swaps the axes", READ, |term, place| {
        let (of, array, at) = derivative(term)?;
        let turned = at.iter().rev().cloned().collect();
        (READ.apply)(&Term::derivative(of.clone(), array.clone(), turned), place)
    }),
    wrong("read forgets an axis", READ, |term, place| {
        let (of, array, at) = derivative(term)?;
        let Kind::Read(name, indices) = of.kind() else { return None };
        let shorter = Term::read(name.clone(), indices.split_last()?.1.to_vec());
        (READ.apply)(&Term::derivative(shorter, array.clone(), at.split_last()?.1.to_vec()), place)
    }),
    wrong("range drops a bracket that does not follow", RANGE, |term, _| {
        let place = term.factors().iter().position(|f| matches!(f.kind(), Kind::Bracket(Condition::Within(..))))?;
        let mut factors = term.factors().to_vec();
        factors.remove(place);
        Some(Term::product(factors).into())
    }),
    wrong("range judges one end only", RANGE, |term, place| {
        let follows = |f: &Term| match f.kind() {
            Kind::Bracket(Condition::Within(lo, e, _)) => place.facts.proves_nonnegative(&e.minus(lo)),
            _ => false,
        };
        let (gone, rest): (Vec<Term>, Vec<Term>) = term.factors().iter().cloned().partition(follows);
        (!gone.is_empty()).then(|| Term::product(rest).into())
    }),
    wrong("distribute loses a term", DISTRIBUTE, |term, place| {
        let after = (DISTRIBUTE.apply)(term, place)?.after;
        match after.kind() {
            Kind::Sigma(bounds, body) => {
                let Kind::Sum(terms) = body.kind() else { return None };
                Some(Term::sigma(bounds.clone(), terms[0].clone()).into())
            }
            _ => Some(all_but_last(after)),
        }
    }),
    wrong("join captures an index", JOIN, |term, place| {
        (JOIN.apply)(term, place)?;
        let Kind::Sigma(bounds, body) = term.kind() else { return None };
        let delta = |f: &Term| match f.kind() {
            Kind::Bracket(c @ Condition::Equal(..)) => bounds.iter().any(|b| c.mentions(&b.var)),
            _ => false,
        };
        let waits = |f: &Term| matches!(f.kind(), Kind::Sigma(..)) && f.any(&mut |t| delta(t));
        let mut others = body.factors().to_vec();
        let inner = others.remove(others.iter().position(waits)?);
        let Kind::Sigma(more, inside) = inner.kind() else { return None };
        let all: Vec<Bound> = bounds.iter().chain(more).cloned().collect();
        Some(Term::sigma(all, Term::product(others.into_iter().chain([inside.clone()]))).into())
    })
    .starting_at(128),
    wrong("factor moves a bracket on the bound index", FACTOR, |term, _| {
        let Kind::Sigma(bounds, body) = term.kind() else { return None };
        let bracket = |f: &Term| matches!(f.kind(), Kind::Bracket(_));
        let (out, inside): (Vec<Term>, Vec<Term>) = body.factors().iter().cloned().partition(bracket);
        let sum = Term::sigma(bounds.clone(), Term::product(inside));
        (!out.is_empty()).then(|| Term::product(out.into_iter().chain([sum])).into())
    }),
    wrong("collect counts a term once", COLLECT, |term, place| {
        (COLLECT.apply)(term, place)?;
        let terms = term.summands();
        let repeated = |k: usize| terms[..k].contains(&terms[k]);
        let kept: Vec<Term> = (0..terms.len()).filter(|k| !repeated(*k)).map(|k| terms[k].clone()).collect();
        (kept.len() < terms.len()).then(|| Term::sum(kept).into())
    })
    .starting_at(658),
];

fn derivative(term: &Term) -> Option<(&Term, &Name, &[Index])> {
    match term.kind() {
        Kind::Derivative(of, array, at) => Some((of, array, at)),
        _ => None,
    }
}

/// The sum that the extremum rule makes, with its comparison changed or gone.
fn without_comparisons(after: &Term, change: &dyn Fn(&Term) -> Option<Term>) -> Term {
    let Kind::Sigma(bounds, body) = after.kind() else { return after.clone() };
    let changed = body.factors().iter().filter_map(|f| match f.kind() {
        Kind::Compare(..) => change(f),
        _ => Some(f.clone()),
    });
    Term::sigma(bounds.clone(), Term::product(changed))
}

/// [k + n = argmin …] for [k = argmax …], and the other way round.
fn mirrored(comparison: &Term, n: i64) -> Option<Term> {
    let Kind::Compare(relation, [index, place]) = comparison.kind() else { return None };
    let Kind::Extremum(which, bounds, condition, body) = place.kind() else { return None };
    let other = Term::extremum(which.mirrored(), bounds.first()?.clone(), condition.clone(), body.clone());
    Some(Term::compare(*relation, Term::sum([index.clone(), Term::from_i64(n)]), other))
}

fn all_but_last(term: Term) -> Rewrite {
    let terms = term.summands();
    match terms.len() {
        1 => term.into(),
        n => Term::sum(terms[..n - 1].iter().cloned()).into(),
    }
}

/// The term after a rule with the brackets that were not there before changed or gone.
fn new_brackets(before: &Term, after: &Term, keep: &dyn Fn(&Condition) -> bool) -> Term {
    change_brackets(before, after, &|c| keep(c).then(|| c.clone()))
}

fn change_brackets(before: &Term, after: &Term, change: &dyn Fn(&Condition) -> Option<Condition>) -> Term {
    match after.kind() {
        Kind::Sigma(bounds, body) => Term::sigma(bounds.clone(), change_brackets(before, body, change)),
        Kind::Bracket(_) | Kind::Product(_) => Term::product(after.factors().iter().map(|f| match f.kind() {
            Kind::Bracket(c) if !before.any(&mut |t| t == f) => change(c).map_or_else(Term::one, Term::bracket),
            _ => f.clone(),
        })),
        _ => after.clone(),
    }
}

fn shifted_range(term: &Term, place: &Place, first: i128, last: i128) -> Option<Rewrite> {
    let after = (SIFT.apply)(term, place)?.after;
    let shifted = |c: &Condition| {
        Some(match c {
            Condition::Within(lo, e, hi) => Condition::Within(lo.plus_number(first), e.clone(), hi.plus_number(last)),
            _ => c.clone(),
        })
    };
    Some(change_brackets(term, &after, &shifted).into())
}

/// The sift of a sum whose equations were changed first.
fn with_equations(
    term: &Term,
    place: &Place,
    change: &dyn Fn(&[Bound], &Index, &Index) -> Condition,
) -> Option<Rewrite> {
    let Kind::Sigma(bounds, body) = term.kind() else { return None };
    let changed = body.factors().iter().map(|f| match f.kind() {
        Kind::Bracket(Condition::Equal(a, b)) => Term::bracket(change(bounds, a, b)),
        _ => f.clone(),
    });
    (SIFT.apply)(&Term::sigma(bounds.clone(), Term::product(changed)), place)
}

/// The sift of an index with slope 1 from an equation of its own, nothing inside renamed.
fn sift_without_renaming(term: &Term, _: &Place) -> Option<Rewrite> {
    let Kind::Sigma(bounds, body) = term.kind() else { return None };
    let [bound] = bounds.as_slice() else { return None };
    let solution = |f: &Term| match f.kind() {
        Kind::Bracket(Condition::Equal(a, b)) => unit_solution(&a.minus(b), &bound.var),
        _ => None,
    };
    let (place, value) = body.factors().iter().enumerate().find_map(|(k, f)| Some((k, solution(f)?)))?;
    let mut factors = body.factors().to_vec();
    factors[place] = Term::bracket(Condition::Within(bound.lo.clone(), value.clone(), bound.hi.clone()));
    Some(Term::product(factors).map_indices(&mut |e| e.substitute(&bound.var, &value)).into())
}

fn sum_without_renaming(term: &Term, place: &Place) -> Option<Rewrite> {
    let (of, array, at) = derivative(term)?;
    let Kind::Sigma(bounds, body) = of.kind() else { return (SUM.apply)(term, place) };
    Some(Term::sigma(bounds.clone(), Term::derivative(body.clone(), array.clone(), at.to_vec())).into())
}

fn unit_solution(equation: &Index, var: &Var) -> Option<Index> {
    let (slope, rest) = equation.linear_in(var)?;
    slope.as_constant().filter(|n| n.abs() == 1).map(|n| rest.times_number(-n))
}
