//! The contract of a rule: wherever it applies, the whole term before and after have the same value.

use crate::fixture::{Fixture, show};
use crate::generate::Generator;
use backprose::calculus::{Place, Rule};
use backprose::derivation::RuleName;
use backprose::evaluate::Scalar;
use backprose::integer::{Facts, Var};
use backprose::model::{Kind, System, Term};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

const STEPS: usize = 7;
const CHECKED_AT_ONCE: usize = 4;

/// A term whose value a rule changes.
pub struct Counterexample {
    rule: &'static str,
    seed: u64,
    before: Term,
    after: Term,
    why: String,
}

impl fmt::Display for Counterexample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counterexample { rule, seed, before, after, why } = self;
        write!(f, "the rule `{rule}` {why} (seed {seed})\nbefore  {}\nafter   {}", show(before), show(after))
    }
}

/// How often each rule was applied to a term that is not 0 everywhere.
pub type Effective = BTreeMap<&'static str, usize>;

/// Rewrites one random term by the rules of `all`, and compares the values wherever one of
/// `checked` applies on the way.
pub fn exercise(
    fixture: &Fixture,
    checked: &[Rule],
    all: &[Rule],
    seed: u64,
    effective: &mut Effective,
) -> Result<(), Box<Counterexample>> {
    let mut generator = Generator::new(fixture, seed);
    let depth = 2 + generator.below(2);
    let term = generator.term(depth);
    exercise_on(fixture, checked, all, (term, seed, generator), effective)
}

/// As [`exercise`], on a given term; the generator chooses what is done to it.
pub fn exercise_on(
    fixture: &Fixture,
    checked: &[Rule],
    all: &[Rule],
    (mut term, seed, mut generator): (Term, u64, Generator),
    effective: &mut Effective,
) -> Result<(), Box<Counterexample>> {
    for _ in 0..STEPS {
        let found = applications(fixture, checked, &term);
        if !found.is_empty() {
            compare(fixture, &term, found, seed, &mut generator, effective)?;
        }
        let mut waiting = all.to_vec();
        let next = loop {
            if waiting.is_empty() {
                return Ok(());
            }
            let rule = waiting.swap_remove(generator.below(waiting.len()));
            let mut found = applications(fixture, &[rule], &term);
            if !found.is_empty() {
                break found.swap_remove(generator.below(found.len())).1;
            }
        };
        term = next;
    }
    Ok(())
}

fn compare(
    fixture: &Fixture,
    term: &Term,
    mut found: Vec<(Rule, Term)>,
    seed: u64,
    generator: &mut Generator,
    effective: &mut Effective,
) -> Result<(), Box<Counterexample>> {
    let vars = term.free_vars();
    let Ok(values) = fixture.values(term, &vars) else { return Ok(()) };
    while found.len() > CHECKED_AT_ONCE {
        found.swap_remove(generator.below(found.len()));
    }
    for (rule, after) in found {
        let name = rule.name.text();
        if let Some(why) = difference(fixture, &values, &vars, &after) {
            return Err(Box::new(Counterexample { rule: name, seed, before: term.clone(), after, why }));
        }
        *effective.entry(name).or_default() += usize::from(values.iter().any(|v| *v != Scalar::ZERO));
    }
    Ok(())
}

fn difference(fixture: &Fixture, before: &[Scalar], vars: &BTreeSet<Var>, after: &Term) -> Option<String> {
    if !after.free_vars().is_subset(vars) {
        return Some("lets a bound index escape".into());
    }
    match fixture.values(after, vars) {
        Ok(after) if after == before => None,
        Ok(_) => Some("changes the value".into()),
        Err(error) => Some(format!("leaves no value: {error}")),
    }
}

/// The whole term after each rule at each place where it applies; what is required of values is not
/// used under a derivative, which knows nothing of it.
fn applications(fixture: &Fixture, rules: &[Rule], term: &Term) -> Vec<(Rule, Term)> {
    at_places(&fixture.system, rules, term, &fixture.facts(), &fixture.taken(), true)
}

fn at_places(
    system: &System,
    rules: &[Rule],
    term: &Term,
    facts: &Facts,
    taken: &BTreeSet<Var>,
    whole: bool,
) -> Vec<(Rule, Term)> {
    let place = Place { system, facts, taken, whole };
    let here = |rule: &Rule| (rule.apply)(term, &place).map(|rewrite| (*rule, rewrite.after));
    let mut found: Vec<(Rule, Term)> = rules.iter().filter_map(here).collect();
    let without = found.iter().find(|(rule, _)| !term.contents().include(rule.needs));
    assert!(without.is_none(), "{:?} applies where what it needs does not stand", without.map(|(rule, _)| rule.name));
    let (mut facts, mut taken) = (facts.clone(), taken.clone());
    for b in term.bounds() {
        facts.bound_index(&b.var, &b.lo, &b.hi);
        taken.insert(b.var.clone());
    }
    let differentiated = matches!(term.kind(), Kind::Derivative(..));
    let rules: Vec<Rule> = rules.iter().filter(|r| !differentiated || r.name != RuleName::Fact).copied().collect();
    for (k, child) in term.children().iter().enumerate() {
        for (rule, after) in at_places(system, &rules, child, &facts, &taken, false) {
            let mut children = term.children().to_vec();
            children[k] = after;
            found.push((rule, term.with_children(children)));
        }
    }
    found
}
