//! Wrong rules are caught: by the contract on random terms, and end to end, where the answers
//! derived with them are not verified.

use crate::contract::{Effective, exercise};
use crate::fixture::{Fixture, system};
use crate::wrong::REJECTED;
use backprose::answer::{Answer, Names};
use backprose::calculus::{PHASES, Rule, rules};
use backprose::derivation::Goal;
use backprose::model::System;
use backprose::verify::Trials;

const TERMS: u64 = 6000;

/// Layers on which every wrong rule shows.
const LAYERS: &[&str] = &[
    "input x[7 pad 1, 2]   weight W[3, 2, 3]
     f[r, o] = sum[k, i] x[3*(r-1) + 2*(i-1), k] * W[o, k, i]",
    "input x[9, 2]   weight W[3]
     f[r in 1..3, k] = sum[i] x[3*(r-1) + i, k] * W[i]",
    "input A[2, 3]   weight B[3, 4]   weight b[4]
     Y[i, j] = (sum[k] A[i, k] * B[k, j]) + b[j]",
    "input x[4]   weight A[4, 4]   y = sum[i, j] x[i] * A[i, j] * x[j]",
    "input x[4]   weight w[4]   y = (sum[i] (w[i] * x[i] + x[i] * (x[i] + w[i])))^3",
    "input x[4]   y = sum[i] x[i] * x[i]",
    "input x[3]   weight w[4]   weight U[4, 3]   weight V[2, 4]
     h[p] = w[p] * sum[k] U[p, k] * x[k]   f[i] = sum[k] V[i, k] * h[k]",
    "input x[4]   weight w[4]   weight v   integer a[4] in 1..3   integer b[4] in 1..3   integer c[3] in 1..3
     y[r in 1..3] = v * (sum[k in 1..4 : a[k] = c[r]] x[k]) * (sum[k in 1..4 : b[k] = c[r]] w[k])",
    "input x[5]   s[t in 1..5] = sum[k in 1..t] x[k]",
    "input x[6]   y[n in 1..2] = max[j in 1..3] x[j + 3*(n-1)]",
];

#[test]
fn every_wrong_rule_breaks_the_contract() {
    let fixtures = Fixture::all();
    let rules = rules();
    for wrong in REJECTED {
        let caught = (wrong.term..TERMS).chain(0..wrong.term).find_map(|seed| {
            let fixture = &fixtures[(seed % 2) as usize];
            exercise(fixture, &[wrong.rule], &rules, 1_000_000 + seed, &mut Effective::new()).err().map(|e| (seed, e))
        });
        match caught {
            Some((seed, _)) => println!("`{}` is caught by term {seed}", wrong.slip),
            None => panic!("`{}` passes for a right rule", wrong.slip),
        }
    }
}

#[test]
fn no_answer_derived_with_a_wrong_rule_is_verified() {
    let layers: Vec<System> = LAYERS.iter().map(|text| system(text)).collect();
    let names: Vec<Names> = layers.iter().map(Names::new).collect();
    let trials = layers.iter().zip(&names).map(|(layer, names)| Trials::new(layer, names).expect("trials"));
    let trials: Vec<Trials> = trials.collect();
    let refuted = |phases: &[Vec<Rule>]| {
        let layers = layers.iter().zip(&names).zip(&trials);
        layers.map(|((layer, names), trials)| refutation(layer, names, trials, phases)).find_map(|r| r)
    };
    assert_eq!(refuted(&phases_with(None)), None, "the right rules are not verified");
    for wrong in REJECTED.iter().filter(|wrong| wrong.in_derivations) {
        match refuted(&phases_with(Some(wrong.rule))) {
            Some(reason) => println!("`{}`: {reason}", wrong.slip),
            None => panic!("answers derived with `{}` are verified", wrong.slip),
        }
    }
}

/// The rules of the calculus with the one of the same name replaced.
fn phases_with(wrong: Option<Rule>) -> Vec<Vec<Rule>> {
    let replaced = |rule: &Rule| wrong.filter(|w| w.name == rule.name).unwrap_or(*rule);
    PHASES.iter().map(|phase| phase.iter().map(replaced).collect()).collect()
}

/// Why some answer of a layer is not verified.
fn refutation(layer: &System, names: &Names, trials: &Trials, phases: &[Vec<Rule>]) -> Option<String> {
    let phases: Vec<&[Rule]> = phases.iter().map(Vec::as_slice).collect();
    goals(layer).iter().find_map(|goal| match Answer::new(layer, names, goal, &phases) {
        Some(answer) => trials.verify(&answer).err().map(|e| e.to_string()),
        None => Some("no derivation ends".into()),
    })
}

fn goals(layer: &System) -> Vec<Goal> {
    let arrays: Vec<_> = layer.differentiable().map(|a| a.name.clone()).collect();
    let values = layer.outputs.iter().map(|output| Goal::Value { output: output.clone() });
    let jacobians = layer
        .outputs
        .iter()
        .flat_map(|output| arrays.iter().map(|array| Goal::Jacobian { output: output.clone(), array: array.clone() }));
    let gradients = arrays.iter().map(|array| Goal::Gradient { array: array.clone() });
    values.chain(jacobians).chain(gradients).collect()
}
