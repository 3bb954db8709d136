//! What is computed once, settled at sizes or linearised, against the same computed anew.

use super::reverse::{formula, system};
use super::*;
use crate::evaluate::linear::Linear;
use crate::evaluate::reverse::gradient;
use crate::evaluate::{Random, Scalar};

/// The values of both are the same to the last bit of the residue, whatever they are.
fn same<E: std::fmt::Debug>(one: Result<Scalar, E>, other: Result<Scalar, E>, what: &str) {
    match (&one, &other) {
        (Ok(a), Ok(b)) => assert_eq!(a.exact, b.exact, "{what}"),
        (Err(_), Err(_)) => {}
        _ => panic!("{what}: {one:?} and {other:?}"),
    }
}

#[test]
fn what_is_kept_changes_no_value() {
    let arrays: Vec<String> = ["x", "w", "h", "k", "y", "z"].map(String::from).into();
    for seed in 0..150 {
        let Ok(instance) = Instance::new(&system(seed), &sizes(&[]), seed, WORK) else { continue };
        let mut random = Random::new(!seed);
        let lines: Vec<Expr> = (0..5).map(|_| formula(&mut random, &arrays, "i", 3)).collect();
        // Lines that share parts with others, at the same depth and at another.
        let lines = [
            lines.clone(),
            vec![
                add([lines[0].clone(), lines[1].clone()]),
                sum([range("j", int(1), int(3))], mul([lines[2].clone(), read("x", [n("j")])])),
                sum([range("j", int(1), n("i"))], add([lines[2].clone(), lines[2].clone()])),
            ],
        ]
        .concat();
        let general = instance.compile_general(&lines.iter().collect::<Vec<_>>(), &names("i")).unwrap();
        let together = general.at(&instance).unwrap();
        let mut kept = instance.evaluator(&together);
        for at in [1, 3, 2, 1] {
            for (k, line) in lines.iter().enumerate() {
                let alone = instance.compile(line, &names("i")).unwrap();
                let anew = gradient(&instance, &alone, &[at]).map(|(value, _)| value);
                same(kept(k, &[at]), anew, &format!("seed {seed}, line {k} at {at}: {line:?}"));
            }
        }
    }
}

#[test]
fn formulas_for_all_sizes_have_the_values_of_those_at_the_sizes() {
    let program = written("N K S", &["x 1..N", "w 1..K 0..S"], &[], "");
    let formulas = [
        "sum[k in 1..K] x[min(i + S*(k-1), N)] * w[k, k mod (S+1)] / (N*K)",
        "[K <= N and i <= N - K] * x[i + K] / K + [2 | N - i] * x[1 + (N - i)/2]^2",
        "sum[k in max(1, i-N+1)..min(i, K), s in 0..S : S*s <= N] w[k, s] * (S*k - N)/(1 + S)",
        "(if i mod K = 0 then x[i] else w[1 + (i-1) mod K, i div N]) * 2^S - N div K",
        "mean[k in 1..K] x[1 + (S*k) mod N] + max[s in 0..S] w[K, s] + x[N]^(K - S)",
    ]
    .map(text);
    let at = |n: i64, k: i64, s: i64| sizes(&[("N", n), ("K", k), ("S", s)]);
    let first = Instance::new(&program, &at(5, 3, 2), 1, WORK).unwrap();
    let general = first.compile_general(&formulas.iter().collect::<Vec<_>>(), &names("i")).unwrap();
    for (n, k, s) in [(5, 3, 2), (1, 1, 0), (7, 2, 3), (2, 5, 1), (4, 4, 4)] {
        let instance = Instance::new(&program, &at(n, k, s), 7, WORK).unwrap();
        let settled = general.at(&instance).unwrap();
        let mut values = instance.evaluator(&settled);
        for (place, formula) in formulas.iter().enumerate() {
            let plain = instance.compile(formula, &names("i")).unwrap();
            for i in 1..=n {
                let what = format!("formula {place} at N = {n}, K = {k}, S = {s}, i = {i}");
                same(values(place, &[i]), instance.evaluate(&plain, &[i]), &what);
            }
        }
    }
}

/// Every entry of every array moved by itself: the linearised equations against dual numbers.
fn moves_as_dual_numbers(instance: &Instance, what: &str) {
    let linear = Linear::of(instance).unwrap().expect("a small system is linearised");
    for (number, values) in instance.values.iter().enumerate() {
        for place in 0..values.len() {
            let mut tangents = vec![Vec::new(); instance.values.len()];
            tangents[number] = vec![Scalar::ZERO; values.len()];
            tangents[number][place] = Scalar::ONE;
            let expected = instance.forward(tangents.clone()).unwrap();
            let found = linear.forward(instance, tangents).unwrap();
            for (array, (expected, found)) in expected.iter().zip(&found).enumerate() {
                let at = |all: &[Scalar], k: usize| all.get(k).copied().unwrap_or_default();
                for k in 0..expected.len().max(found.len()) {
                    assert_eq!(at(found, k), at(expected, k), "{what}: entry {k} of array {array} for {number}");
                }
            }
        }
    }
}

#[test]
fn linearised_equations_move_as_dual_numbers() {
    for seed in 0..150 {
        if let Ok(instance) = Instance::new(&system(seed), &sizes(&[]), seed, WORK) {
            moves_as_dual_numbers(&instance, &format!("seed {seed}"));
        }
    }
    let equations = [
        "h 0 = b",
        "h t:1..T = tanh(w*h[t-1] + u*x[t])",
        "y t:1..T = v*h[t] + h[t-1]^2",
        "m t:0..T = sum[s in 0..t] h[s]",
    ];
    let recurrent = written("T", &["w", "u", "v", "b", "x 1..T"], &equations, "y m");
    for steps in [1, 2, 5] {
        let instance = Instance::new(&recurrent, &sizes(&[("T", steps)]), 3, WORK).unwrap();
        moves_as_dual_numbers(&instance, &format!("{steps} steps"));
    }
}
