//! The sift: a sum that a Kronecker delta cuts down to one term, with everything that hand
//! derivations forget – the range of the index that is gone, and divisibility.

use super::rule::{Example, Place, Rewrite, Rule};
use crate::derivation::RuleName;
use crate::integer::{Atom, Condition, Facts, Index, Truth, Var};
use crate::model::{Bound, Contents, Kind, Term};

/// Σ_i [c·i + e = 0] F(i) = [c | e] [lo ≤ −e/c ≤ hi] F(−e/c), for c ≥ 1.
pub const SIFT: Rule = Rule {
    name: RuleName::Sift,
    statement: "of a sum over i that carries the bracket [c·i + e = 0], c at least 1, only the term i = −e/c is left, \
                provided that c divides e and that −e/c lies in the range of i",
    formula: &[("sum[i in l..h] [c*i + e = 0] * F[i]", "[c | e] * [l <= -e/c <= h] * F[-e/c]")],
    conditions: "It applies where c holds no index and is proved to be at least 1, after a change of sign if need be; \
                 where several indices can be solved for, those with c = 1 come first. Of the brackets only those are \
                 written that do not follow from the ranges in force.",
    shrinks: "the number of bound indices",
    example: Example { system: "x[7], w[3]; f[r] = sum[i] x[2*i + r - 2] * w[i]", goal: "df/dx" },
    needs: Contents::GUARDED_SIGMA,
    apply: |term, place| {
        let Kind::Sigma(bounds, _) = term.kind() else { return None };
        let clear = term.with_fresh_bounds(&|v| hides(bounds, v));
        let Kind::Sigma(bounds, body) = clear.kind() else { return None };
        let best = candidates(bounds, body, place.facts).into_iter().min_by_key(|s| s.preference)?;
        Some(best.apply(bounds, body, place))
    },
};

/// Σ_{i=a}^{a} F(i) = F(a)
pub const SINGLE: Rule = Rule {
    name: RuleName::Single,
    statement: "a sum over a range of one number is its only term",
    formula: &[("sum[i in a..a] F[i]", "F[a]")],
    conditions: "It applies where both ends of the range are the same expression.",
    shrinks: "the number of bound indices",
    example: Example { system: "x[7], w[1]; f[r] = sum[i] x[2*i + r - 2] * w[i]", goal: "df/dx" },
    needs: Contents::SIGMA,
    apply: |term, _| only_term(term),
};

/// The same of a sum with brackets, before they are solved; where there are none, a sum may still turn out to be what
/// the author has a name for.
pub const SINGLE_WITH_BRACKETS: Rule = Rule {
    needs: Contents::GUARDED_SIGMA,
    apply: |term, _| if term.contents().include(Contents::GUARDED_SIGMA) { only_term(term) } else { None },
    ..SINGLE
};

fn only_term(term: &Term) -> Option<Rewrite> {
    let Kind::Sigma(bounds, _) = term.kind() else { return None };
    let single = bounds.iter().position(|b| b.lo == b.hi)?;
    let clear = term.with_fresh_bounds(&|v| hides(bounds, v));
    let Kind::Sigma(bounds, body) = clear.kind() else { return None };
    let (around, inside) = bounds.split_at(single);
    let (Bound { var, lo, .. }, inside) = inside.split_first()?;
    let only = Term::sigma(inside.to_vec(), body.clone()).substitute(var, lo);
    let solved = Some((var.clone(), lo.clone()));
    Some(Rewrite { solved, ..Rewrite::from(Term::sigma(around.to_vec(), only)) })
}

/// Whether a range mentions an outer index of the name of one bound there or later.
fn hides(bounds: &[Bound], var: &Var) -> bool {
    let mentions = |b: &Bound| b.lo.mentions(var) || b.hi.mentions(var);
    let first = bounds.iter().position(mentions).unwrap_or(bounds.len());
    bounds[first..].iter().any(|b| b.var == *var) && bounds[..first].iter().all(|b| b.var != *var)
}

/// A bound index solved for from one bracket: slope·var = value.
struct Solution {
    preference: (u8, usize),
    binder: usize,
    factor: usize,
    slope: Index,
    value: Index,
}

fn candidates(bounds: &[Bound], body: &Term, facts: &Facts) -> Vec<Solution> {
    let mut found = Vec::new();
    for (factor, term) in body.factors().iter().enumerate() {
        let Kind::Bracket(Condition::Equal(a, b)) = term.kind() else { continue };
        let difference = a.minus(b);
        let content = difference.content().max(1);
        let Some(equation) = difference.exact_quotient(&Index::constant(content)) else { continue };
        let waits = waits(&equation, bounds);
        for binder in 0..bounds.len() {
            let solution = solve_bound(&equation, binder, bounds, facts);
            found.extend(solution.filter(|(slope, _)| !waits || slope.as_constant() == Some(1)).map(
                |(slope, value)| Solution {
                    preference: preference(&slope, &value, binder, bounds),
                    binder,
                    factor,
                    slope,
                    value,
                },
            ));
        }
    }
    found
}

/// Whether a floor or an extremum of a bound index stands in the equation, which may yet give a
/// unit slope when it is split.
fn waits(equation: &Index, bounds: &[Bound]) -> bool {
    equation.any_atom(&mut |atom| {
        matches!(atom, Atom::Div(_) | Atom::Extreme(..))
            && atom.parts().iter().any(|part| bounds.iter().any(|b| part.mentions(&b.var)))
    })
}

/// (c, v) with c ≥ 1 and c·var = v, from an expression that must be 0.
pub(super) fn solve(equation: &Index, var: &Var, facts: &Facts) -> Option<(Index, Index)> {
    if !equation.mentions(var) {
        return None;
    }
    let (slope, rest) = equation.linear_in(var)?;
    if !slope.is_free_of_vars() {
        return None;
    }
    match facts.proves_positive(&slope) {
        true => Some((slope, rest.times_number(-1))),
        false => {
            let falling = slope.times_number(-1);
            facts.proves_positive(&falling).then_some((falling, rest))
        }
    }
}

/// The same for a bound index, unless its value mentions an index whose range depends on it.
fn solve_bound(equation: &Index, binder: usize, bounds: &[Bound], facts: &Facts) -> Option<(Index, Index)> {
    let bound = &bounds[binder];
    let (slope, value) = solve(equation, &bound.var, facts)?;
    let mut later =
        bounds[binder + 1..].iter().skip_while(|b| !b.lo.mentions(&bound.var) && !b.hi.mentions(&bound.var));
    let circular = later.any(|b| value.mentions(&b.var));
    (!circular).then_some((slope, value))
}

/// Bare indices first, in order; then unit slopes, numbers and symbols, innermost first.
fn preference(slope: &Index, value: &Index, binder: usize, bounds: &[Bound]) -> (u8, usize) {
    let settled = bounds.iter().all(|b| !value.mentions(&b.var));
    match slope.as_constant() {
        Some(1) if settled && value.as_var().is_some() => (0, binder),
        Some(1) => (1, bounds.len() - binder),
        Some(_) => (2, bounds.len() - binder),
        None => (3, bounds.len() - binder),
    }
}

impl Solution {
    fn apply(&self, bounds: &[Bound], body: &Term, place: &Place) -> Rewrite {
        let bound = &bounds[self.binder];
        let shifted = self.value.minus(&self.slope.times(&bound.lo));
        let plain = self.value.terms().len() < shifted.terms().len();
        let (numerator, first) =
            if plain { (self.value.clone(), Index::default()) } else { (shifted, bound.lo.clone()) };
        let quotient = numerator.floor_div(&self.slope);
        let solved = first.plus(&quotient);
        let replace = |e: &Index| replace_exactly(e, &bound.var, &self.slope, &self.value, &solved);

        let mut rest: Vec<Bound> = bounds.to_vec();
        rest.remove(self.binder);
        for later in &mut rest[self.binder..] {
            *later = Bound { var: later.var.clone(), lo: replace(&later.lo), hi: replace(&later.hi) };
        }
        let mut factors = body.factors().to_vec();
        factors.remove(self.factor);
        let left = substitute(&Term::product(factors), &bound.var, &replace, &solved);

        let mut facts = place.facts.clone();
        for b in &rest {
            facts.bound_index(&b.var, &b.lo, &b.hi);
        }
        let mut discharged = Vec::new();
        let mut guards = Vec::new();
        let in_range = match self.slope.as_constant() {
            Some(1) => Condition::Within(bound.lo.clone(), solved.clone(), bound.hi.clone()),
            _ => Condition::Within(bound.lo.minus(&first), quotient.clone(), bound.hi.minus(&first)),
        };
        let conditions = [Condition::Divides(self.slope.clone(), numerator), in_range];
        for condition in conditions {
            match facts.judge(&condition) {
                Truth::Yes => discharged.push(condition),
                Truth::No | Truth::Unknown => guards.push(Term::bracket(condition)),
            }
        }
        let inequality = |f: &Term| matches!(f.kind(), Kind::Bracket(c) if !matches!(c, Condition::Equal(..)));
        let (ahead, behind): (Vec<Term>, Vec<Term>) = left.factors().iter().cloned().partition(inequality);
        let after = Term::sigma(rest, Term::product(guards.into_iter().chain(ahead).chain(behind)));
        Rewrite { after, solved: Some((bound.var.clone(), solved)), discharged, given: Vec::new() }
    }
}

/// The expression with var replaced, where slope·var = value is used wherever the slope divides
/// the factor of var, so that no quotient is left there.
fn replace_exactly(e: &Index, var: &Var, slope: &Index, value: &Index, solved: &Index) -> Index {
    if !e.mentions(var) {
        return e.clone();
    }
    if let Some((factor, rest)) = e.linear_in(var)
        && let Some(times) = factor.exact_quotient(slope)
    {
        return rest.plus(&times.times(value));
    }
    e.substitute(var, solved)
}

fn substitute(term: &Term, var: &Var, replace: &dyn Fn(&Index) -> Index, solved: &Index) -> Term {
    let clear = term.with_all_bounds_fresh(&|v| v == var || solved.mentions(v));
    clear.map_indices(&mut |index| replace(index))
}
