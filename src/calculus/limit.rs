//! Brackets that become the limits of a sum: where that is shorter, where a congruence leaves a
//! lattice of terms, or wherever it can be done, as one way to print an answer.

use super::floor::quotient;
use super::indices::fresh_index;
use super::rule::{Example, Place, Rewrite, Rule};
use crate::derivation::RuleName;
use crate::integer::{Atom, Condition, Extreme, Facts, Index, Var, gcd};
use crate::model::{Bound, Contents, Kind, Term};

/// Σ_{i=lo}^{hi} [a ≤ i] F(i) = Σ_{i=a}^{hi} F(i), where lo ≤ a.
pub const LIMIT: Rule = Rule {
    name: RuleName::Limit,
    statement: "a bracket that bounds the index of a sum at least as tightly as its limit does becomes the limit",
    formula: &[("sum[i in l..h] [a <= i] * F[i]", "sum[i in a..h] F[i]")],
    conditions: "It applies where i has the factor 1 or −1 and l ≤ a, or the like at the other end, is proved; so no maximum is needed.",
    shrinks: "the number of relations in brackets",
    example: Example { system: "x[5]; s[t in 1..5] = sum[k in 1..t] x[k]", goal: "dl/dx" },
    needs: Contents::GUARDED_SIGMA,
    apply: |term, place| {
        limited(term, place, |bound, ends, facts| {
            let tight = |end: &End| match end {
                End::First(e) => is_plain(e) && facts.proves_nonnegative(&e.minus(&bound.lo)),
                End::Last(e) => is_plain(e) && facts.proves_nonnegative(&bound.hi.minus(e)),
            };
            ends.iter().all(tight)
        })
    },
};

/// Σ_i [a ≤ c·i + e ≤ b] F(i) = Σ_{i=max(lo,⌈(a−e)/c⌉)}^{min(hi,⌊(b−e)/c⌋)} F(i).
pub const LIMITS: Rule = Rule {
    name: RuleName::Limits,
    statement: "an inequality that is linear in the index of a sum becomes a limit, rounded up or down to an integer",
    formula: &[("sum[i in l..h] [0 <= c*i + e] * F[i]", "sum[i in max(l, ceil(-e/c))..h] F[i]")],
    conditions: "It is applied only where limits are asked for, to inequalities in which the sign of the factor c is proved.",
    shrinks: "the number of relations in brackets",
    example: Example { system: "x[7], w[3]; f[r] = sum[i] x[2*(r-1) + i] * w[i]", goal: "dl/dx" },
    needs: Contents::GUARDED_SIGMA,
    apply: |term, place| limited(term, place, |_, _, _| true),
};

/// Σ_i [m | c·i + e] F(i) = [g | e] Σ_t F(u·e/g + m/g·t), with g = gcd(c, m), u·c/g ≡ −1 mod m/g.
pub const LATTICE: Rule = Rule {
    name: RuleName::Lattice,
    statement: "the solutions of a congruence m | c·i + e with numbers m and c are a lattice i = u·e/g + (m/g)·t, where \
                g = gcd(c, m) divides e and u·c/g ≡ −1 modulo m/g; one sum over t is left, the inequalities its limits",
    formula: &[(
        "sum[i in l..h] [m | c*i + e] * F[i]",
        "[g | e] * sum[t in ceil((l - u*e/g)/(m/g))..floor((h - u*e/g)/(m/g))] F[u*e/g + m/g*t]",
    )],
    conditions: "It applies where m and c are numbers and g = gcd(c, m) is less than m; inequalities on i become limits of t with it.",
    shrinks: "the number of divisibility brackets on bound indices",
    example: Example { system: "x[30], w[4]; y[r] = sum[i] x[1 + 2*(r-1) + 3*(i-1)] * w[i]", goal: "dl/dx" },
    needs: Contents::GUARDED_SIGMA,
    apply: |term, place| {
        let Kind::Sigma(bounds, body) = term.kind() else { return None };
        let factors = body.factors();
        let places = (0..bounds.len()).flat_map(|b| (0..factors.len()).map(move |f| (b, f)));
        let (factor, lattice) = places.into_iter().find_map(|(b, f)| match factors[f].kind() {
            Kind::Bracket(Condition::Divides(m, e)) => Some((f, lattice(m, e, b, bounds, body, place)?)),
            _ => None,
        })?;
        Some(lattice.apply(bounds, body, factor, place))
    },
};

/// An end of the range of an index.
enum End {
    First(Index),
    Last(Index),
}

/// The sum with one bracket made a limit, if there is one whose ends are `wanted`.
fn limited(term: &Term, place: &Place, wanted: impl Fn(&Bound, &[End], &Facts) -> bool) -> Option<Rewrite> {
    let Kind::Sigma(bounds, body) = term.kind() else { return None };
    for k in (0..bounds.len()).rev() {
        let mut facts = place.facts.clone();
        let others = bounds.iter().enumerate().filter(|(j, _)| *j != k);
        others.for_each(|(_, b)| facts.bound_index(&b.var, &b.lo, &b.hi));
        for (f, factor) in body.factors().iter().enumerate() {
            let Kind::Bracket(condition) = factor.kind() else { continue };
            let Some(ends) = ends(condition, &bounds[k].var, &facts) else { continue };
            let Some((mut bounds, at)) = rearranged(bounds, k, &ends) else { continue };
            if wanted(&bounds[at], &ends, &facts) {
                bounds[at] = tightened(&bounds[at], &ends, &facts);
                let mut factors = body.factors().to_vec();
                factors.remove(f);
                return Some(Term::sigma(bounds, Term::product(factors)).into());
            }
        }
    }
    None
}

/// A sum with its inequalities made limits that need no maximum or minimum, and the conditions under
/// which the range of no index clips it; none if some inequality is not linear in a bound index.
pub(super) fn unclipped(term: &Term, facts: &Facts) -> Option<(Term, Vec<Condition>)> {
    let Kind::Sigma(bounds, body) = term.kind() else { return None };
    let mut conditions = Vec::new();
    let mut bounds = bounds.clone();
    let mut factors = Vec::new();
    for factor in body.factors() {
        let Kind::Bracket(condition @ (Condition::AtMost(..) | Condition::Within(..))) = factor.kind() else {
            factors.push(factor.clone());
            continue;
        };
        let found = (0..bounds.len()).rev().find_map(|k| {
            let ends = ends(condition, &bounds[k].var, facts)?;
            rearranged(&bounds, k, &ends).map(|(bounds, at)| (ends, bounds, at))
        });
        let (ends, moved, at) = found?;
        bounds = moved;
        for end in ends {
            let bound = &mut bounds[at];
            match end {
                End::First(e) => {
                    conditions.push(freed(Condition::AtMost(bound.lo.clone(), e.clone())));
                    bound.lo = e;
                }
                End::Last(e) => {
                    conditions.push(freed(Condition::AtMost(e.clone(), bound.hi.clone())));
                    bound.hi = e;
                }
            }
        }
    }
    Some((Term::sigma(bounds, Term::product(factors)), conditions))
}

/// An inequality between floors of one divisor m freed of them: n ≤ ⌊a/m⌋ is m·n ≤ a, and ⌊a/m⌋ ≤ n
/// is a ≤ m·n + m − 1.
fn freed(condition: Condition) -> Condition {
    let Condition::AtMost(a, b) = &condition else { return condition };
    let room = b.minus(a);
    let found = room.terms().iter().find_map(|(m, n)| match (m.as_slice(), n) {
        ([Atom::Div(pair)], 1 | -1) => Some((pair, *n)),
        _ => None,
    });
    let Some((pair, sign)) = found else { return condition };
    let rest = room.minus(&Index::atom(Atom::Div(pair.clone())).times_number(sign));
    let (numerator, divisor) = &**pair;
    freed(match sign {
        1 => Condition::AtMost(Index::default(), rest.times(divisor).plus(numerator)),
        _ => Condition::AtMost(numerator.clone(), rest.plus_number(1).times(divisor).plus_number(-1)),
    })
}

/// The ends that inequalities set an index: a ≤ c·i + e ≤ b.
fn ends(condition: &Condition, var: &Var, facts: &Facts) -> Option<Vec<End>> {
    let side = |a: &Index, b: &Index| {
        let (slope, rest) = b.minus(a).linear_in(var)?;
        if slope.is_zero() || !slope.is_free_of_vars() {
            return None;
        }
        if facts.proves_positive(&slope) {
            return Some(End::First(quotient(&rest, &slope).times_number(-1)));
        }
        let falling = slope.times_number(-1);
        facts.proves_positive(&falling).then(|| End::Last(quotient(&rest, &falling)))
    };
    match condition {
        Condition::AtMost(a, b) => Some(vec![side(a, b)?]),
        Condition::Within(lo, e, hi) => Some(vec![side(lo, e)?, side(e, hi)?]),
        _ => None,
    }
}

/// The bounds in an order in which the k-th may have these ends, and its place; none if there is none.
fn rearranged(bounds: &[Bound], k: usize, ends: &[End]) -> Option<(Vec<Bound>, usize)> {
    let var = &bounds[k].var;
    let on = |v: &Var| ends.iter().any(|(End::First(e) | End::Last(e))| e.mentions(v));
    if !bounds[k..].iter().any(|b| on(&b.var)) {
        return Some((bounds.to_vec(), k));
    }
    if on(var) || bounds.iter().any(|b| b.lo.mentions(var) || b.hi.mentions(var)) {
        return None;
    }
    let mut moved = bounds.to_vec();
    let bound = moved.remove(k);
    moved.push(bound);
    Some((moved, bounds.len() - 1))
}

fn tightened(bound: &Bound, ends: &[End], facts: &Facts) -> Bound {
    ends.iter().fold(bound.clone(), |bound, end| match end {
        End::First(e) => Bound { lo: tighter(Extreme::Greatest, &bound.lo, e, facts), ..bound },
        End::Last(e) => Bound { hi: tighter(Extreme::Least, &bound.hi, e, facts), ..bound },
    })
}

/// The greater or lesser of two ends: one of them where the facts say which.
fn tighter(which: Extreme, a: &Index, b: &Index, facts: &Facts) -> Index {
    let sign = if which == Extreme::Greatest { 1 } else { -1 };
    let ahead = |a: &Index, b: &Index| facts.proves_nonnegative(&a.minus(b).times_number(sign));
    if ahead(a, b) {
        a.clone()
    } else if ahead(b, a) {
        b.clone()
    } else {
        Index::extreme(which, vec![a.clone(), b.clone()])
    }
}

/// Whether no floor and no extremum stands in the expression.
fn is_plain(e: &Index) -> bool {
    !e.any_atom(&mut |atom| !atom.parts().is_empty())
}

/// i = start + step·t, and (c·i + e)/m, on which the congruence was, as `whole`.
struct Lattice {
    binder: usize,
    shared: Option<Condition>,
    var: Var,
    solved: Index,
    quotient: (Index, Index),
    whole: Index,
}

fn lattice(m: &Index, e: &Index, binder: usize, bounds: &[Bound], body: &Term, place: &Place) -> Option<Lattice> {
    let m_number = m.as_constant().filter(|n| *n > 1)?;
    let var = &bounds[binder].var;
    if bounds.iter().any(|b| b.lo.mentions(var) || b.hi.mentions(var)) {
        return None;
    }
    let (slope, rest) = e.linear_in(var)?;
    let c = slope.as_constant()?;
    let g = gcd(c, m_number);
    let (c, step) = (c / g, m_number / g);
    if step == 1 {
        return None;
    }
    let shared = Index::constant(g);
    let start = rest.floor_div(&shared);
    let u = (0..step).map(|k| if k <= step / 2 { k } else { k - step }).find(|u| (u * c + 1).rem_euclid(step) == 0)?;
    let taken = |v: &Var| place.taken.contains(v) || body.any_var(v) || bounds.iter().any(|b| b.var == *v);
    let t = fresh_index(place.system, "t", &taken);
    Some(Lattice {
        binder,
        shared: (g > 1).then_some(Condition::Divides(shared, rest)),
        solved: start.times_number(u).plus(&Index::var(&t).times_number(step)),
        whole: start.times_number((c * u + 1) / step).plus(&Index::var(&t).times_number(c)),
        var: t,
        quotient: (e.clone(), m.clone()),
    })
}

impl Lattice {
    fn apply(&self, bounds: &[Bound], body: &Term, factor: usize, place: &Place) -> Rewrite {
        let old = &bounds[self.binder];
        let mut facts = place.facts.clone();
        let mut rest = bounds.to_vec();
        rest.remove(self.binder);
        rest.iter().for_each(|b| facts.bound_index(&b.var, &b.lo, &b.hi));
        let whole = |atom: &Atom| match atom {
            Atom::Div(pair) if **pair == self.quotient => Some(self.whole.clone()),
            _ => None,
        };
        let replace = |e: &Index| e.map_atoms(&whole).substitute(&old.var, &self.solved);
        let clear = body.with_all_bounds_fresh(&|v| *v == old.var || self.solved.mentions(v));
        let mut factors: Vec<Term> = clear.factors().iter().map(|f| f.map_indices(&mut |e| replace(e))).collect();
        factors.remove(factor);
        let in_range = Condition::Within(old.lo.clone(), self.solved.clone(), old.hi.clone());
        let mut bound: Option<Bound> = None;
        let mut kept = vec![];
        for factor in [Term::bracket(in_range)].into_iter().chain(factors) {
            let limits = match factor.kind() {
                Kind::Bracket(condition) => ends(condition, &self.var, &facts),
                _ => None,
            };
            match (limits.as_deref(), &bound) {
                (Some([End::First(lo), End::Last(hi)] | [End::Last(hi), End::First(lo)]), None) => {
                    bound = Some(Bound { var: self.var.clone(), lo: lo.clone(), hi: hi.clone() });
                }
                (Some(limits), Some(so_far)) => bound = Some(tightened(so_far, limits, &facts)),
                _ => kept.push(factor),
            }
        }
        rest.extend(bound);
        let guard = self.shared.clone().map(Term::bracket);
        let after = Term::product(guard.into_iter().chain([Term::sigma(rest, Term::product(kept))]));
        Rewrite {
            after,
            solved: Some((old.var.clone(), self.solved.clone())),
            discharged: Vec::new(),
            given: Vec::new(),
        }
    }
}
