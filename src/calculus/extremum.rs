//! Maxima and minima in index expressions.

use super::rule::{Example, Rewrite, Rule};
use crate::derivation::RuleName;
use crate::integer::{Atom, Condition, Extreme, Facts, Index, Truth};
use crate::model::{Bound, Contents, Kind, Term};

/// Σ_i [max(a, b) = v] F = Σ_i ([a = v][b ≤ a] + [b = v][a < b]) F.
pub const CASES: Rule = Rule {
    name: RuleName::Cases,
    statement: "an equation with a maximum or minimum of bound indices is split by which of its parts it is; of equal \
                parts it is the first",
    formula: &[("sum[i] [max(a[i], b) = v] * F[i]", "sum[i] ([a[i] = v] * [b <= a[i]] + [b = v] * [a[i] < b]) * F[i]")],
    conditions: "It applies where a bound index stands under the extremum. Absolute values are the greater of e and −e.",
    shrinks: "the number of extrema in equations on bound indices",
    example: Example { system: "x[4]; y[i in 1..6] = x[min(max(i-1, 1), 4)]", goal: "dl/dx" },
    needs: Contents::GUARDED_SIGMA,
    apply: |term, _| {
        let Kind::Sigma(bounds, body) = term.kind() else { return None };
        let (place, cases) = body.factors().iter().enumerate().find_map(|(k, factor)| {
            let Kind::Bracket(Condition::Equal(a, b)) = factor.kind() else { return None };
            Some((k, cases(&a.minus(b), bounds)?))
        })?;
        let mut factors = body.factors().to_vec();
        factors[place] = Term::sum(cases);
        Some(Term::sigma(bounds.clone(), Term::product(factors)).into())
    },
};

/// max(a, b) is a where b ≤ a, and ⌊a/m⌋ is 0 where 0 ≤ a < m, if that follows from the ranges.
pub const SETTLE: Rule = Rule {
    name: RuleName::Settle,
    statement: "a maximum or minimum of which the ranges in force decide which part it is, is that part; a floor that \
                they show to be 0 or −1 is that",
    formula: &[("max(a, b)", "a"), ("a div m", "0")],
    conditions: "It applies where b ≤ a, or 0 ≤ a < m, or −m ≤ a < 0, is proved from the ranges in force.",
    shrinks: "the number of extrema and floors",
    example: Example { system: "x[4]; y[i in 1..3] = x[max(i, 1)]", goal: "dy/dx" },
    needs: Contents::FLOOR,
    apply: |term, place| {
        let mut discharged = Vec::new();
        let mut settle = |index: &Index| settle(index, place.facts, &mut discharged);
        let after = match term.kind() {
            Kind::Bracket(condition) => Term::bracket(condition.map(&mut settle)),
            Kind::Integer(index) => Term::integer(settle(index)),
            Kind::Read(array, at) => Term::read(array.clone(), at.iter().map(settle).collect()),
            Kind::Upstream(output, at) => Term::upstream(output.clone(), at.iter().map(settle).collect()),
            _ => return None,
        };
        (after != *term).then_some(Rewrite { after, solved: None, discharged, given: Vec::new() })
    },
};

/// Kronecker deltas whose sum is [e = 0], one for each part of an extremum of bound indices in e.
fn cases(e: &Index, bounds: &[Bound]) -> Option<Vec<Term>> {
    let bound = |part: &Index| bounds.iter().any(|b| part.mentions(&b.var));
    let extremum = |atom: &&Atom| matches!(atom, Atom::Extreme(_, parts) if parts.iter().any(bound));
    let atom = e.terms().iter().flat_map(|(m, _)| m).find(extremum)?.clone();
    let Atom::Extreme(which, parts) = &atom else { return None };
    let case = |k: usize| {
        let equation = e.map_atoms(&|a| Some(if *a == atom { parts[k].clone() } else { Index::atom(a.clone()) }));
        let others = (0..parts.len()).filter(|j| *j != k).map(|j| {
            let strictly = i128::from(j < k);
            let condition = match which {
                Extreme::Greatest => Condition::AtMost(parts[j].plus_number(strictly), parts[k].clone()),
                Extreme::Least => Condition::AtMost(parts[k].plus_number(strictly), parts[j].clone()),
            };
            Term::bracket(without_extrema(condition))
        });
        let delta = Term::bracket(Condition::Equal(equation, Index::default()));
        Term::product([delta].into_iter().chain(others.collect::<Vec<_>>()))
    };
    Some((0..parts.len()).map(case).collect())
}

/// An inequality with an extremum alone on one side as inequalities of its parts.
fn without_extrema(condition: Condition) -> Condition {
    let Condition::AtMost(a, b) = &condition else { return condition };
    let room = b.minus(a);
    let found = room.terms().iter().find_map(|(m, n)| match (m.as_slice(), n) {
        ([atom @ Atom::Extreme(which, parts)], 1 | -1) => Some((atom, *which, parts, *n)),
        _ => None,
    });
    let Some((atom, which, parts, sign)) = found else { return condition };
    let rest = room.minus(&Index::atom(atom.clone()).times_number(sign));
    let side = |part: &Index| without_extrema(Condition::AtMost(Index::default(), rest.plus(&part.times_number(sign))));
    let all = (which == Extreme::Greatest) == (sign == -1);
    let sides = parts.iter().map(side).collect();
    if all { Condition::All(sides) } else { Condition::Any(sides) }
}

/// The expression with every extremum and floor in it that the facts decide replaced; why goes to
/// the list.
pub(super) fn settle(index: &Index, facts: &Facts, discharged: &mut Vec<Condition>) -> Index {
    let compound = |atom: &Atom| matches!(atom, Atom::Extreme(..) | Atom::Div(_));
    if !index.any_atom(&mut |atom| compound(atom)) {
        return index.clone();
    }
    let mut settled = index.clone();
    let mut waiting = Vec::new();
    index.any_atom(&mut |atom| {
        if compound(atom) {
            waiting.push(atom.clone());
        }
        false
    });
    for atom in waiting {
        if let Some((value, why)) = value(&atom, facts) {
            settled = settled.map_atoms(&|a| (*a == atom).then(|| value.clone()));
            discharged.extend(why);
        }
    }
    settled
}

/// What an extremum or a floor is by the facts, and the conditions that say so.
fn value(atom: &Atom, facts: &Facts) -> Option<(Index, Vec<Condition>)> {
    match atom {
        Atom::Extreme(which, parts) => (0..parts.len()).find_map(|k| {
            let others = (0..parts.len()).filter(|j| *j != k).map(|j| match which {
                Extreme::Greatest => Condition::AtMost(parts[j].clone(), parts[k].clone()),
                Extreme::Least => Condition::AtMost(parts[k].clone(), parts[j].clone()),
            });
            let conditions: Vec<Condition> = others.collect();
            conditions.iter().all(|c| facts.judge(c) == Truth::Yes).then(|| (parts[k].clone(), conditions))
        }),
        Atom::Div(pair) => [0, -1].into_iter().find_map(|quotient| {
            let lo = pair.1.times_number(quotient);
            let hi = lo.plus(&pair.1).plus_number(-1);
            let there = Condition::Within(lo, pair.0.clone(), hi);
            (facts.judge(&there) == Truth::Yes).then(|| (Index::constant(quotient), vec![there]))
        }),
        Atom::Var(_) | Atom::Size(_) | Atom::Datum(..) => None,
    }
}
