//! Division with remainder: a bound index under a floor, and a window exactly as wide as its step.

use super::extremum::settle;
use super::indices::fresh_index;
use super::rule::{Example, Place, Rewrite, Rule};
use crate::derivation::RuleName;
use crate::integer::{Atom, Condition, Index, Truth, Var};
use crate::model::{Bound, Contents, Kind, Term};

/// Σ_i F(i, ⌊(±i+e)/m⌋) = Σ_q Σ_{j=0}^{m−1} [lo ≤ i ≤ hi] F(i, q) with ±i + e = m·q + j.
/// Where lo is a number, q and j count from it too: ±i + e = m·(q−lo) + (j−lo).
pub const SPLIT: Rule = Rule {
    name: RuleName::Split,
    statement: "a bound index under a floor is divided with remainder: ±i + e = m·q + j with 0 ≤ j ≤ m − 1, and the \
                floor of (±i + e)/m is q",
    formula: &[(
        "sum[i in l..h] F[i, (i + e) div m]",
        "sum[q, j in 0..m-1] [l <= m*q + j - e <= h] * F[m*q + j - e, q]",
    )],
    conditions: "It applies where the floor stands in an equation and i occurs in it with the factor 1 or −1. The range of q is that of \
                 the floor; where l is a number both count from it: ±i + e = m·(q − l) + (j − l).",
    shrinks: "the number of floors of bound indices in equations",
    example: Example { system: "x[3]; y[i in 1..6] = x[1 + (i-1) div 2]", goal: "dl/dx" },
    needs: Contents::GUARDED_SIGMA,
    apply: |term, place| {
        let Kind::Sigma(bounds, body) = term.kind() else { return None };
        let division = divisions(bounds, body).into_iter().next()?;
        Some(division.apply(bounds, body, place))
    },
};

/// Σ_t [lo ≤ e − m·t ≤ lo + m − 1] F(t) = [t in range] F(t) with t = ⌊(e − lo)/m⌋.
pub const WINDOW: Rule = Rule {
    name: RuleName::Window,
    statement: "a window of m places that moves in steps of m covers each place once: of a sum over t with the bracket \
                [lo ≤ e − m·t ≤ lo + m − 1] only the term t = ⌊(e − lo)/m⌋ is left",
    formula: &[("sum[t in l..h] [a <= e - m*t <= a + m - 1] * F[t]", "[l <= (e - a) div m <= h] * F[(e - a) div m]")],
    conditions: "It applies where the two ends differ by exactly m − 1, whatever m is. Of the brackets only what does not follow from the ranges in force is written.",
    shrinks: "the number of bound indices",
    example: Example { system: "x[6], w[2]; y[r] = sum[i] x[2*(r-1) + i] * w[i]", goal: "dl/dx" },
    needs: Contents::GUARDED_SIGMA,
    apply: |term, place| {
        let Kind::Sigma(bounds, body) = term.kind() else { return None };
        let places = (0..bounds.len()).rev().flat_map(|b| (0..body.factors().len()).map(move |f| (b, f)));
        let (binder, factor, solved) = places.into_iter().find_map(|(b, f)| {
            let Kind::Bracket(condition) = body.factors()[f].kind() else { return None };
            Some((b, f, window(condition, b, bounds, place)?))
        })?;
        let bound = &bounds[binder];
        let mut rest = bounds.to_vec();
        rest.remove(binder);
        let mut factors = body.factors().to_vec();
        factors.remove(factor);
        let in_range = Condition::Within(bound.lo.clone(), solved.clone(), bound.hi.clone());
        let mut facts = place.facts.clone();
        rest.iter().for_each(|b| facts.bound_index(&b.var, &b.lo, &b.hi));
        let (guard, discharged) = match facts.judge(&in_range) {
            Truth::Yes => (Term::one(), vec![in_range]),
            Truth::No | Truth::Unknown => (Term::bracket(in_range), Vec::new()),
        };
        let left = Term::product(factors).substitute(&bound.var, &solved);
        let after = Term::sigma(rest, Term::product([guard, left]));
        Some(Rewrite { after, solved: Some((bound.var.clone(), solved)), discharged, given: Vec::new() })
    },
};

/// sign·i + rest = divisor·q + j
struct Division {
    binder: usize,
    sign: i128,
    rest: Index,
    divisor: Index,
}

/// The divisions that would free an equation of a floor, those first whose divisor divides most.
fn divisions(bounds: &[Bound], body: &Term) -> Vec<Division> {
    let mut found: Vec<Division> = Vec::new();
    for factor in body.factors() {
        let Kind::Bracket(Condition::Equal(a, b)) = factor.kind() else { continue };
        a.minus(b).any_atom(&mut |atom| {
            if let Atom::Div(pair) = atom {
                found.extend(division(bounds, &pair.0, &pair.1));
            }
            false
        });
    }
    let divides = |a: &Division| found.iter().filter(|b| b.divisor.exact_quotient(&a.divisor).is_some()).count();
    let most = found.iter().map(divides).max().unwrap_or(0);
    let first = found.iter().position(|a| divides(a) == most).unwrap_or(0);
    found.rotate_left(first);
    found
}

fn division(bounds: &[Bound], numerator: &Index, divisor: &Index) -> Option<Division> {
    (0..bounds.len()).rev().find_map(|binder| {
        let var = &bounds[binder].var;
        let (slope, rest) = numerator.linear_in(var)?;
        let sign = slope.as_constant().filter(|n| n.abs() == 1)?;
        let ranged = bounds.iter().any(|b| b.lo.mentions(var) || b.hi.mentions(var));
        (!ranged).then(|| Division { binder, sign, rest, divisor: divisor.clone() })
    })
}

impl Division {
    fn apply(&self, bounds: &[Bound], body: &Term, place: &Place) -> Rewrite {
        let old = &bounds[self.binder];
        let taken = |v: &Var| place.taken.contains(v) || body.any_var(v) || bounds.iter().any(|b| b.var == *v);
        let q = fresh_index(place.system, "q", &taken);
        let j = fresh_index(place.system, "j", &|v| taken(v) || *v == q);
        let first = Index::constant(old.lo.as_constant().unwrap_or(0));
        let remainder = Index::var(&j).minus(&first);
        let whole = self.divisor.times(&Index::var(&q).minus(&first)).plus(&remainder);
        let solved = whole.minus(&self.rest).times_number(self.sign);
        let ends = match self.sign {
            1 => (self.rest.plus(&old.lo), self.rest.plus(&old.hi)),
            _ => (self.rest.minus(&old.hi), self.rest.minus(&old.lo)),
        };
        let mut discharged = Vec::new();
        let mut end = |e: &Index| {
            let quotient = settle(&e.floor_div(&self.divisor).canonical(), place.facts, &mut discharged);
            quotient.plus(&first).canonical()
        };
        let quotients = Bound { var: q.clone(), lo: end(&ends.0), hi: end(&ends.1) };
        let remainders = Bound { var: j.clone(), lo: first.clone(), hi: self.divisor.plus(&first).plus_number(-1) };
        let mut rest = bounds.to_vec();
        rest.remove(self.binder);
        rest.extend([quotients, remainders]);
        let replace = |e: &Index| self.settle(&e.substitute(&old.var, &solved), &remainder);
        let clear = body.with_all_bounds_fresh(&|v| *v == old.var || solved.mentions(v));
        let left = clear.map_indices(&mut |e| replace(e));
        let in_range = Term::bracket(Condition::Within(old.lo.clone(), solved.clone(), old.hi.clone()));
        let after = Term::sigma(rest, Term::product([in_range, left]));
        Rewrite { after, solved: Some((old.var.clone(), solved)), discharged, given: Vec::new() }
    }

    /// ⌊(m·e + j)/(m·n)⌋ as ⌊e/n⌋, wherever it stands; j is the remainder.
    fn settle(&self, e: &Index, j: &Index) -> Index {
        e.map_atoms(&|atom| {
            let Atom::Div(pair) = atom else { return None };
            let numerator = self.settle(&pair.0, j);
            let times = pair.1.exact_quotient(&self.divisor)?;
            let quotient = numerator.minus(j).exact_quotient(&self.divisor)?;
            Some(quotient.floor_div(&times))
        })
    }
}

/// The one value of a bound index for which a bracket lo ≤ e ∓ m·t ≤ lo + m − 1 holds.
fn window(condition: &Condition, binder: usize, bounds: &[Bound], place: &Place) -> Option<Index> {
    let Condition::Within(lo, e, hi) = condition else { return None };
    let var = &bounds[binder].var;
    if bounds.iter().any(|b| b.lo.mentions(var) || b.hi.mentions(var)) {
        return None;
    }
    let (slope, rest) = e.linear_in(var)?;
    let width = hi.minus(lo).plus_number(1);
    let rising = slope == width;
    if !(rising || slope == width.times_number(-1)) || slope.as_constant().is_some_and(|n| n.abs() <= 1) {
        return None;
    }
    if !width.is_free_of_vars() || lo.mentions(var) || !place.facts.proves_positive(&width) {
        return None;
    }
    let plain = |e: &&Index| e.terms().iter().flat_map(|(m, _)| m).all(|a| matches!(a, Atom::Var(_) | Atom::Size(_)));
    let first = Some(&bounds[binder].lo).filter(plain).cloned().unwrap_or_default();
    let sign = if rising { -1 } else { 1 };
    let place_from_first = rest.minus(lo).minus(&width.times(&first).times_number(sign));
    Some(first.plus(&quotient(&place_from_first, &width).times_number(sign)))
}

/// ⌊e/m⌋, the terms of e that m divides taken out of the floor; of numbers only if e is one.
pub(super) fn quotient(e: &Index, m: &Index) -> Index {
    let (numbers, moving) = e.split_terms(|_| false);
    let (whole, part) = moving.split_by(m);
    whole.plus(&part.plus(&numbers).floor_div(m))
}
