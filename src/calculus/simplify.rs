//! Rules that make an answer short: what cancels, what moves out of sums, common factors.

use super::domain::is_in_range;
use super::normal::proved_zero;
use super::rule::{Example, Place, Rule};
use crate::derivation::RuleName;
use crate::integer::{Condition, Facts, Index, Truth, Var};
use crate::model::{Bound, Contents, Kind, Term};
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};
use std::collections::BTreeSet;

/// How many terms a product may have when it is multiplied out.
const MOST_TERMS: usize = 64;
/// How often it is multiplied out again after something has cancelled.
const MOST_ROUNDS: usize = 3;

/// a·a⁻¹ = 1, a⁻²·a⁻¹ = a⁻³
pub const CANCEL: Rule = Rule {
    name: RuleName::Cancel,
    statement: "a factor cancels against its own reciprocal, and two of its reciprocals are one power",
    formula: &[("a * c / a", "c"), ("c / (a^2 * a)", "c / a^3")],
    conditions: "It applies where a stands in a denominator, so that it is not 0 wherever the formula has a value.",
    shrinks: "the number of factors",
    example: Example { system: "x[3], y[3]; l1 = sum[c] y[c]*log(x[c]^2)", goal: "dl1/dx" },
    needs: Contents::DENOMINATOR,
    apply: |term, _| {
        let Kind::Product(factors) = term.kind() else { return None };
        let powers: Vec<(&Term, i64)> = factors.iter().map(power).collect();
        for (k, (base, n)) in powers.iter().enumerate() {
            let joins = |(j, (other, m)): &(usize, &(&Term, i64))| *j > k && other == base && (*m).min(*n) < 0;
            let Some((j, (_, m))) = powers.iter().enumerate().find(joins) else { continue };
            let mut left = factors.clone();
            left[k] = Term::power((*base).clone(), n + m);
            left.remove(j);
            return Some(Term::product(left).into());
        }
        None
    },
};

fn power(term: &Term) -> (&Term, i64) {
    match term.kind() {
        Kind::Power(base, n) => (base, *n),
        _ => (term, 1),
    }
}

/// Σ_i a·F(i) = a·Σ_i F(i), where a does not mention i.
pub const OUTSIDE: Rule = Rule {
    name: RuleName::Outside,
    statement: "a factor that does not depend on the bound index moves out of the sum",
    formula: &[("sum[i] a * c[i]", "a * sum[i] c[i]")],
    conditions: "It applies to factors in which none of the bound indices occurs, where the sum holds another factor, \
                 and to a sum of one index at a time. A factor that has a value only where the sum has terms stays: an \
                 entry that may be out of range elsewhere, and a division by a sum that may be empty elsewhere.",
    shrinks: "the number of factors below a Σ",
    example: Example { system: "x[3], w; y = sum[i] tanh(w*x[i])*x[1]", goal: "dy/dw" },
    needs: Contents::SIGMA,
    apply: |term, place| {
        let Kind::Sigma(bounds, body) = term.kind() else { return None };
        let depends = |f: &Term| bounds.iter().any(|b| f.any_var(&b.var));
        if body.factors().iter().all(depends) {
            return None;
        }
        let sure = is_sure(bounds, body.factors().iter().filter(|f| depends(f)), place.facts);
        let has_value =
            |f: &Term| divides_by_something(f, place.facts) && (sure || is_in_range(place.system, place.facts, f));
        let free = |f: &Term| !depends(f) && has_value(f);
        let (out, inside): (Vec<Term>, Vec<Term>) = body.factors().iter().cloned().partition(free);
        let plain = |f: &Term| matches!(f.kind(), Kind::Bracket(_) | Kind::Compare(..));
        if out.is_empty() || inside.iter().all(plain) {
            return None;
        }
        let sum = Term::sigma(bounds.clone(), Term::product(inside));
        Some(Term::product(out.into_iter().chain([sum])).into())
    },
};

/// Whether a sum with these factors has a term that is read, wherever the facts hold.
fn is_sure<'a>(bounds: &[Bound], mut factors: impl Iterator<Item = &'a Term>, facts: &Facts) -> bool {
    let mut facts = facts.clone();
    let filled = bounds.iter().all(|Bound { var, lo, hi }| {
        let filled = facts.proves_nonnegative(&hi.minus(lo));
        facts.bound_index(var, lo, hi);
        filled
    });
    filled && !factors.any(Term::is_bracket)
}

/// Whether no sum that a factor divides by is over nothing, wherever the facts hold: its ends, or indices that its
/// conditions speak of, are tried.
fn divides_by_something(factor: &Term, facts: &Facts) -> bool {
    let Kind::Power(base, ..=-1) = factor.kind() else { return true };
    base.factors().iter().all(|divisor| {
        let Kind::Sigma(bounds, body) = divisor.kind() else { return true };
        let guard = |f: &Term| if let Kind::Bracket(condition) = f.kind() { Some(condition.clone()) } else { None };
        let mut guards: Vec<Condition> = body.factors().iter().filter_map(guard).collect();
        let mut facts = facts.clone();
        bounds.iter().all(|Bound { var, lo, hi }| {
            let about: Vec<Condition> = guards.extract_if(.., |guard| guard.mentions(var)).collect();
            let mut spoken = BTreeSet::new();
            about.iter().for_each(|guard| guard.collect_vars(&mut spoken));
            spoken.remove(var);
            let tried = [lo.clone(), hi.clone()].into_iter().chain(spoken.iter().map(Index::var));
            let met = |index: Index| {
                let inside = Condition::Within(lo.clone(), index.clone(), hi.clone());
                Condition::All([inside].into_iter().chain(about.iter().map(|g| g.substitute(var, &index))).collect())
            };
            let some = facts.judge(&Condition::Any(tried.map(met).collect())) == Truth::Yes;
            facts.bound_index(var, lo, hi);
            some
        })
    })
}

/// Σ_i a = n·a, where i runs over n values and a does not mention it.
pub const COUNT: Rule = Rule {
    name: RuleName::Count,
    statement: "a sum of equal terms is their number times one of them",
    formula: &[("sum[i in l..h] a", "(h - l + 1) * a")],
    conditions: "It applies where none of the bound indices occurs in the term or in a range, and no range ends more than \
                 one before it starts. A term that has a value only where the sum has terms stays.",
    shrinks: "the number of sums",
    example: Example { system: "size N; input w; y = sum[n in 1..N] w^2", goal: "dy/dw" },
    needs: Contents::SIGMA,
    apply: |term, place| {
        let Kind::Sigma(bounds, body) = term.kind() else { return None };
        let constant = |b: &Bound| {
            !body.any_var(&b.var) && bounds.iter().all(|o| !o.lo.mentions(&b.var) && !o.hi.mentions(&b.var))
        };
        let number = bounds.iter().map(|b| {
            let length = b.hi.minus(&b.lo).plus_number(1);
            (constant(b) && place.facts.proves_nonnegative(&length)).then(|| Term::integer(length))
        });
        let number: Option<Vec<Term>> = number.collect();
        let sure = is_sure(bounds, std::iter::empty(), place.facts);
        let has_value = sure || is_in_range(place.system, place.facts, body);
        if !has_value || !body.factors().iter().all(|f| divides_by_something(f, place.facts)) {
            return None;
        }
        Some(Term::product(number?.into_iter().chain([body.clone()])).into())
    },
};

/// a·b + a·c = a·(b + c)
pub const COMMON: Rule = Rule {
    name: RuleName::Common,
    statement: "a factor that terms of a sum share is taken out",
    formula: &[("a*b + a*c", "a*(b + c)")],
    conditions: "It applies to entries of arrays, functions, brackets, powers and sums that are factors of every term, \
                 written alike and in range without the brackets beside them, and to a number by which every term is \
                 multiplied; where there is none such, to a factor of several terms that reads an array and is no \
                 bracket, and these are put together.",
    shrinks: "the number of factors",
    example: Example { system: "z[3]; p[c] = softargmax[c](z[c])", goal: "dl/dz" },
    needs: Contents::SUM,
    apply: |term, place| {
        let Kind::Sum(terms) = term.kind() else { return None };
        let shared = |f: &&Term| {
            is_common(f)
                && terms[1..].iter().all(|t| t.factors().contains(f))
                && is_in_range(place.system, place.facts, f)
        };
        match terms[0].factors().iter().find(shared) {
            Some(common) => Some(taken_out(common, terms.iter()).into()),
            None => number(terms).or_else(|| of_some(terms, place)).map(Into::into),
        }
    },
};

/// a·(b + c) for the terms a·b and a·c.
fn taken_out<'a>(common: &Term, terms: impl Iterator<Item = &'a Term>) -> Term {
    let without = terms.map(|t| {
        let mut factors = t.factors().to_vec();
        if let Some(k) = factors.iter().position(|f| f == common) {
            factors.remove(k);
        }
        Term::product(factors)
    });
    let rest = Term::sum(without.collect::<Vec<_>>());
    Term::product([common.clone(), rest])
}

/// a·b + a·c + d as a·(b + c) + d: the factor that most terms share, of those the first.
fn of_some(terms: &[Term], place: &Place) -> Option<Term> {
    let shares = |f: &Term| terms.iter().filter(|t| t.factors().contains(f)).count();
    let mut best: Option<(usize, &Term)> = None;
    for factor in terms.iter().filter(|t| t.factors().len() > 1).flat_map(Term::factors) {
        let known = best.map_or(1, |(count, _)| count);
        let read = factor.any(&mut |t| matches!(t.kind(), Kind::Read(..) | Kind::Upstream(..)));
        if read
            && is_common(factor)
            && !factor.is_bracket()
            && shares(factor) > known
            && is_in_range(place.system, place.facts, factor)
        {
            best = Some((shares(factor), factor));
        }
    }
    let (_, common) = best?;
    let has = |t: &&Term| t.factors().contains(common);
    let first = terms.iter().position(|t| has(&t))?;
    let others = |range: &[Term]| range.iter().filter(|t| !has(t)).cloned().collect::<Vec<_>>();
    let together = taken_out(common, terms.iter().filter(has));
    Some(Term::sum(others(&terms[..first]).into_iter().chain([together]).chain(others(&terms[first..]))))
}

/// 2a − 2b as 2(a − b), −2a − 2b as −2(a + b)
fn number(terms: &[Term]) -> Option<Term> {
    let coefficient = |t: &Term| t.factors()[0].as_number().filter(|_| t.factors().len() > 1).cloned();
    let all: Vec<BigRational> = terms.iter().map(coefficient).collect::<Option<_>>()?;
    let common = all[0].abs();
    if common.is_one() || all.iter().any(|n| n.abs() != common) {
        return None;
    }
    let common = if all.iter().all(Signed::is_negative) { -common } else { common };
    let by = Term::number(common.recip());
    let rest = terms.iter().map(|t| Term::product([by.clone(), t.clone()]));
    Some(Term::product([Term::number(common), Term::sum(rest)]))
}

/// What may be taken out of a sum: no number.
fn is_common(term: &Term) -> bool {
    is_letter(term) || matches!(term.kind(), Kind::Sum(_))
}

/// What counts as a letter: no number, no sum.
fn is_letter(term: &Term) -> bool {
    match term.kind() {
        Kind::Read(..) | Kind::Upstream(..) | Kind::Apply(..) | Kind::Bracket(_) | Kind::Compare(..) => true,
        Kind::Extremum(..) => true,
        Kind::Power(base, _) => !matches!(base.kind(), Kind::Number(_)),
        _ => false,
    }
}

/// a·(b + c) = a·b + a·c, where that makes it shorter.
pub const EXPAND: Rule = Rule {
    name: RuleName::Expand,
    statement: "a product is multiplied out where terms or factors cancel by it",
    formula: &[("a*(b/a + c)", "b + a*c"), ("a*(1 - b) - (1 - a)*b", "a - b")],
    conditions: "It applies where the formula is shorter afterwards and names no more entries than before, so that a \
                 factor or a number taken out is not multiplied in again.",
    shrinks: "the size of the formula",
    example: Example {
        system: "z[3], y[3]; p[n] = sigmoid(z[n]); l1 = sum[n] (y[n]*log(p[n]) + (1-y[n])*log(1-p[n]))",
        goal: "dl1/dz",
    },
    needs: Contents::SUM,
    apply: |term, _| {
        let sums = |t: &Term| matches!(t.kind(), Kind::Sum(_));
        let candidate = match term.kind() {
            Kind::Product(factors) => factors.iter().any(sums),
            Kind::Sum(terms) => terms.iter().any(|t| t.factors().iter().any(sums)),
            _ => false,
        };
        if !candidate {
            return None;
        }
        let mut after = term.clone();
        for _ in 0..MOST_ROUNDS {
            let mut kept = Vec::new();
            denominators(&after, &mut kept);
            let monomials = collected(expanded(&after, &kept)?);
            if is_last(&monomials) && written(&monomials) > letters(term) {
                return None;
            }
            let next = rebuilt(monomials);
            if next == after {
                break;
            }
            after = next;
        }
        let with_number_outside = match after.kind() {
            Kind::Sum(terms) => number(terms),
            _ => None,
        };
        let size = with_number_outside.as_ref().unwrap_or(&after).extent().0;
        let shorter = size < term.extent().0 && letters(&after) <= letters(term);
        shorter.then(|| after.into())
    },
};

/// How many letters a formula is written with: what taking out a common factor lowers.
fn letters(term: &Term) -> usize {
    let mut count = 0;
    term.any(&mut |part| {
        count += usize::from(is_letter(part) && !matches!(part.kind(), Kind::Power(..)));
        false
    });
    count
}

/// Whether nothing more can come of multiplying out: all powers are positive, and of letters.
fn is_last(monomials: &Monomials) -> bool {
    let compound = |t: &Term| matches!(t.kind(), Kind::Number(_) | Kind::Sum(_) | Kind::Product(_) | Kind::Power(..));
    monomials.iter().flat_map(|(_, powers)| powers).all(|(base, n)| *n > 0 && !compound(base))
}

/// How many letters such monomials are written with.
fn written(monomials: &Monomials) -> usize {
    monomials.iter().flat_map(|(_, powers)| powers).map(|(base, _)| letters(base)).sum()
}

/// The sums that stand in denominators.
fn denominators(term: &Term, found: &mut Vec<Term>) {
    match term.kind() {
        Kind::Power(base, n) if *n < 0 && matches!(base.kind(), Kind::Sum(_)) => found.push(base.clone()),
        Kind::Sum(_) | Kind::Product(_) => term.children().iter().for_each(|child| denominators(child, found)),
        _ => {}
    }
}

/// Numbers times powers of letters.
type Monomials = Vec<(BigRational, Vec<(Term, i64)>)>;

/// The monomials of a formula; sums that stand in a denominator are letters, so that they cancel.
fn expanded(term: &Term, kept: &[Term]) -> Option<Monomials> {
    match term.kind() {
        Kind::Sum(_) if kept.contains(term) => Some(vec![(BigRational::one(), vec![(term.clone(), 1)])]),
        Kind::Number(n) => Some(vec![(n.clone(), Vec::new())]),
        Kind::Sum(terms) => {
            let all: Option<Vec<Monomials>> = terms.iter().map(|t| expanded(t, kept)).collect();
            Some(all?.concat()).filter(|all| all.len() <= MOST_TERMS)
        }
        Kind::Product(factors) => {
            let (first, rest) = factors.split_first()?;
            rest.iter().try_fold(expanded(first, kept)?, |product, factor| times(&product, &expanded(factor, kept)?))
        }
        Kind::Power(base, n @ 2..=3) if matches!(base.kind(), Kind::Sum(_) | Kind::Product(_)) => {
            let base = expanded(base, kept)?;
            (1..*n).try_fold(base.clone(), |product, _| times(&product, &base))
        }
        Kind::Power(base, n) => Some(vec![(BigRational::one(), vec![(base.clone(), *n)])]),
        _ => Some(vec![(BigRational::one(), vec![(term.clone(), 1)])]),
    }
}

fn times(a: &Monomials, b: &Monomials) -> Option<Monomials> {
    if a.len() * b.len() > MOST_TERMS {
        return None;
    }
    let joined = |x: &[(Term, i64)], y: &[(Term, i64)]| {
        let mut powers = x.to_vec();
        for (base, n) in y {
            match powers.iter_mut().find(|(known, _)| known == base) {
                Some((_, sum)) => *sum += n,
                None => powers.push((base.clone(), *n)),
            }
        }
        powers.retain(|(_, n)| *n != 0);
        powers
    };
    Some(a.iter().flat_map(|(m, x)| b.iter().map(move |(n, y)| (multiplied(m, n), joined(x, y)))).collect())
}

/// m·n, where mostly one of them is 1.
fn multiplied(m: &BigRational, n: &BigRational) -> BigRational {
    match (m.is_one(), n.is_one()) {
        (true, _) => n.clone(),
        (_, true) => m.clone(),
        _ => m * n,
    }
}

fn collected(monomials: Monomials) -> Monomials {
    let mut sums: Monomials = Vec::with_capacity(monomials.len());
    for (n, powers) in monomials {
        let powers = met(powers);
        let same = |known: &[(Term, i64)]| known.len() == powers.len() && known.iter().all(|p| powers.contains(p));
        match sums.iter_mut().find(|(_, known)| same(known)) {
            Some((sum, _)) => *sum += n,
            None => sums.push((n, powers)),
        }
    }
    sums.retain(|(n, _)| !n.is_zero());
    sums
}

/// Where a bracket says that two places are one, letters there may cancel: [t = m] a[m]/a[t] = [t = m].
fn met(powers: Vec<(Term, i64)>) -> Vec<(Term, i64)> {
    if powers.iter().all(|(_, n)| *n > 0) {
        return powers;
    }
    for (k, (bracket, _)) in powers.iter().enumerate() {
        let Kind::Bracket(Condition::Equal(a, b)) = bracket.kind() else { continue };
        let (var, by) = match (a.as_var(), b.as_var()) {
            (Some(var), _) => (var, b),
            (None, Some(var)) => (var, a),
            (None, None) => continue,
        };
        let mut joined: Vec<(Term, i64)> = vec![powers[k].clone()];
        for (letter, n) in powers.iter().enumerate().filter(|(j, _)| *j != k).map(|(_, power)| power) {
            let moved = letter.substitute(var, by);
            match joined.iter_mut().find(|(known, _)| *known == moved) {
                Some((_, sum)) => *sum += n,
                None => joined.push((moved, *n)),
            }
        }
        joined.retain(|(_, n)| *n != 0);
        if joined.len() < powers.len() {
            return joined;
        }
    }
    powers
}

fn rebuilt(monomials: Monomials) -> Term {
    let product = |(n, powers): (BigRational, Vec<(Term, i64)>)| {
        let powers = powers.into_iter().map(|(base, n)| Term::power(base, n));
        Term::product(std::iter::once(Term::number(n)).chain(powers))
    };
    Term::sum(monomials.into_iter().map(product))
}

/// Σ_n (x[n] − μ) = 0, where μ is the mean of x.
pub const VANISH: Rule = Rule {
    name: RuleName::Vanish,
    statement: "a sum that the definitions of its arrays make 0 is 0",
    formula: &[("sum[i] (a[i] - c)", "0")],
    conditions: "It applies to a sum over one index in which a difference of arrays is a factor, or an array defined by one, \
                 and which is proved to be 0 once the definitions of its arrays are put in, as the sum of the \
                 distances from the mean.",
    shrinks: "the number of sums",
    example: Example { system: "x[3]; m = mean[n] x[n]; v = mean[n] (x[n]-m)^2", goal: "dv/dx" },
    needs: Contents::SIGMA,
    apply: |term, place| {
        let Kind::Sigma(bounds, body) = term.kind() else { return None };
        let reads = |t: &&Term| t.any(&mut |part| matches!(part.kind(), Kind::Read(..)));
        let difference = |f: &Term| matches!(f.kind(), Kind::Sum(terms) if terms.iter().filter(reads).count() > 1);
        let by_difference = |f: &Term| match f.kind() {
            Kind::Read(name, _) => place.system.equation(name).is_some_and(|e| e.body.factors().iter().any(difference)),
            _ => false,
        };
        if bounds.len() != 1 || !body.factors().iter().any(|f| difference(f) || by_difference(f)) {
            return None;
        }
        let plain = defined(term, place);
        let twice = defined(&plain, place);
        let vanishes = |t: &Term| *t != *term && proved_zero(place.system, place.facts, t);
        (vanishes(&plain) || twice != plain && vanishes(&twice)).then(|| Term::zero().into())
    },
};

/// The term with the definitions of the arrays that it reads.
fn defined(term: &Term, place: &Place) -> Term {
    if let Kind::Read(name, at) = term.kind()
        && let Some(equation) = place.system.equation(name)
    {
        let pairs: Vec<(Var, Index)> = equation.indices.iter().map(|b| b.var.clone()).zip(at.iter().cloned()).collect();
        let taken = |v: &Var| place.taken.contains(v) || at.iter().any(|e| e.mentions(v));
        return equation.body.with_all_bounds_fresh(&taken).substitute_all(&pairs);
    }
    term.map_children(&mut |child| defined(child, place))
}
