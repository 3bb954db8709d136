//! The contract of the calculus, tested on random terms: no rule changes a value, the integer
//! solver never guesses, equal normal forms are equal formulas, quoting keeps the value – and
//! each of a table of wrong rules is caught.

mod complete;
mod contract;
mod fixture;
mod generate;
mod normal;
mod quote;
mod rejected;
mod shapes;
mod solver;
mod wrong;

use backprose::calculus::rearrange::COLLECT;
use backprose::calculus::{Place, Rewrite, Rule, derive_with, rules};
use backprose::derivation::{Goal, RuleName};
use backprose::integer::Index;
use backprose::model::{Kind, Term};
use contract::{Effective, exercise, exercise_on};
use fixture::Fixture;
use generate::Generator;

const TERMS: u64 = 120;
const SHAPES: u64 = 12;

/// Sums whose ranges depend on an index that an equation ties to one bound still later, and one
/// in which a quotient is exact by a bracket that the sift leaves behind its own.
const CHAINED: &[&str] = &[
    "sum[i in 1..2] [3 | 2*a-3] * [3*i = 1 + (2*a-3) div 3] * x[i]",
    "sum[i in 1..5, j in 1..i, k in 0..4] [i = 2*k] * x[j] * z[k]",
    "sum[i in 1..5, j in 1..i, k in 1..4] [i = 2*k + a] * x[j] * z[k]",
    "sum[i in 1..5, j in i..5, k in 0..3] [i = 3*k + 1] * [j = 2*k] * x[j] * z[k]",
];

/// Sums with terms that are equal but for a number, or for the name of a bound index.
const EQUAL: &[&str] = &[
    "x[a] * z[1] + 2 * x[a] * z[1] - z[0]",
    "x[1] * z[a]^2 - 3 * x[1] * z[a]^2 + x[a]",
    "sum[i in 1..3] x[i] * z[i] + 2 * sum[j in 1..3] x[j] * z[j]",
];

/// Comparisons that others beside them decide in part.
const ORDERED: &[&str] = &[
    "[x[a] < z[a]] * [min(x[a], z[a]) > x[1]] * z[1] + x[a]",
    "[x[a] >= z[a]] * [max(z[a], x[a]) <= x[1]] * z[1] + x[a]",
    "[x[a] > 0] * [relu(x[a]) < z[a]] * z[1] + x[a]",
    "[0 >= x[a]] * [abs(x[a]) + relu(x[a]) >= z[a]] * z[1] + x[a]",
    "[x[a] <= 0] * [relu(x[a]) < 2] * z[1] + x[a]",
];

/// Formulas whose derivatives for an entry of x need a rule that random ones need seldom.
const SLOPES: &[&str] = &[
    "input x[5]   p[a in 1..5] = x[a]^3",
    "input x[5]   p[a in 1..5] = x[a]^(-2) * x[1]^2",
    "input x[5]   input z[5]   p[a in 1..5] = [x[a] < z[a]] * x[a]^2",
    "input x[5]   input z[5]   p[a in 1..5] = [x[a] > z[a]] * x[a]^2",
    "input x[5]   input z[5]   p[a in 1..5] = [x[a] < z[a] + 100] * x[a]^2",
    "input x[5]   input z[5]   p[a in 1..3] = max[k in 1..3] (x[k+a-1] * z[k]) + min[k : k <= a] x[k]^2",
    "input x[5]   p[a in 1..5] = argmin[k] x[k] * x[a]",
    "input x[5]   input z[5]   p[a in 1..5] = min[k in 1..a] max[j : j >= k] (x[k] * z[j] + x[1])",
    "input x[5]   input z[5]   p[a in 1..5] = z[a] * max[k in a..5] (z[k] - x[1]^2)",
];

/// Sums that the definitions of their arrays make 0, beside a term that is not 0.
const VANISHING: &[&str] = &[
    "input x[5]   m = mean[n] x[n]   p[a in 1..5] = x[a] + sum[k in 1..5] (x[k] - m)",
    "size N   input x[N]   m = mean[n] x[n]   p[a in 1..N] = x[a] + sum[k] (x[k] - m)",
];

/// So many cases, times the number in the environment variable `SOUNDNESS` for a longer search.
fn cases(usual: u64) -> std::ops::Range<u64> {
    let factor = std::env::var("SOUNDNESS").ok().and_then(|n| n.parse().ok()).unwrap_or(1);
    0..usual * factor
}

#[test]
fn every_rule_keeps_the_value() {
    let rules = rules();
    let mut effective = Effective::new();
    let mut failures = Vec::new();
    for fixture in Fixture::all() {
        for seed in cases(TERMS) {
            failures.extend(exercise(&fixture, &rules, &rules, seed, &mut effective).err().map(|e| e.to_string()));
        }
    }
    for body in CHAINED.iter().chain(EQUAL).chain(ORDERED) {
        let fixture = Fixture::new(&format!("input x[5]   input z[0..6]   p[a in 1..5] = {body}"));
        let term = fixture.system.equations[0].body.clone();
        let given = (term, 0, Generator::new(&fixture, 0));
        failures.extend(exercise_on(&fixture, &rules, &rules, given, &mut effective).err().map(|e| e.to_string()));
    }
    for (text, differentiated) in SLOPES.iter().map(|text| (text, true)).chain(VANISHING.iter().map(|t| (t, false))) {
        let fixture = Fixture::new(text);
        let body = fixture.system.equations.last().unwrap().body.clone();
        let entry = || vec![Index::constant(1)];
        let term = if differentiated { Term::derivative(body, "x".into(), entry()) } else { body };
        let given = (term, 0, Generator::new(&fixture, 0));
        failures.extend(exercise_on(&fixture, &rules, &rules, given, &mut effective).err().map(|e| e.to_string()));
    }
    for seed in cases(SHAPES) {
        for (fixture, term) in shapes::terms(seed) {
            let given = (term, seed, Generator::new(&fixture, seed));
            failures.extend(exercise_on(&fixture, &rules, &rules, given, &mut effective).err().map(|e| e.to_string()));
        }
    }
    println!("effective applications: {effective:?}");
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures[..failures.len().min(6)].join("\n"));
    for rule in rules.iter().filter(|rule| rule.name != RuleName::Adjoint) {
        let count = effective.get(rule.name.text()).copied().unwrap_or_default();
        assert!(count >= 2, "the rule `{}` was effective only {count} times", rule.name.text());
    }
}

#[test]
fn rules_that_undo_each_other_come_to_an_end() {
    let turned: fn(&Term, &Place) -> Option<Rewrite> = |term, _| match term.kind() {
        Kind::Sum(terms) => Some(Term::sum(terms.iter().rev().cloned()).into()),
        _ => None,
    };
    let phase = [Rule { apply: turned, ..COLLECT }];
    let fixture = Fixture::new("input x[5]   input z[5]   p[a in 1..5] = x[a] + z[a]");
    let derived = derive_with(&fixture.system, &Goal::Value { output: "p".into() }, &[&phase]);
    let steps = derived.expect("an answer, not one that grows too large").steps;
    assert_eq!(steps.len(), 1, "turned round, and not back and forth");
}
