//! The run backwards against dual numbers, entry by entry, for systems made at random.

use super::*;
use crate::evaluate::{EvalError, Random, Scalar};
use crate::language::syntax::Extremum;

fn free(index: &str) -> Binder {
    range(index, int(1), int(3))
}

fn entry(random: &mut Random, arrays: &[String], index: &str) -> Expr {
    let name = &arrays[random.between(0, arrays.len() as i64 - 1) as usize];
    let place = if random.between(0, 3) == 0 { int(random.between(1, 3).into()) } else { n(index) };
    read(name, [place])
}

/// A formula of each kind that there is, of what was defined before.
pub(super) fn formula(random: &mut Random, arrays: &[String], index: &str, depth: usize) -> Expr {
    if depth == 0 {
        return entry(random, arrays, index);
    }
    let inner = ["a", "b", "c", "d"][depth];
    let part = |random: &mut Random| formula(random, arrays, index, depth - 1);
    match random.between(0, 15) {
        15 => {
            let which = Extremum::ALL[random.between(0, 3) as usize];
            reduce(Reduction::Extremum(which), [free(inner)], None, formula(random, arrays, inner, depth - 1))
        }
        0 => add([part(random), part(random)]),
        1 => sub(part(random), mul([int(2), part(random)])),
        2 => mul([part(random), part(random), part(random)]),
        3 => over(part(random), add([int(3), pow(part(random), int(2))])),
        4 => pow(part(random), int(random.between(0, 3).into())),
        5 => sum([free(inner)], formula(random, arrays, inner, depth - 1)),
        6 => reduce(Reduction::Mean, [free(inner)], None, formula(random, arrays, inner, depth - 1)),
        7 => reduce(Reduction::Product, [free(inner)], None, formula(random, arrays, inner, depth - 1)),
        8 => reduce(Reduction::Variance, [free(inner)], None, formula(random, arrays, inner, depth - 1)),
        9 => {
            let function = ["tanh", "sigmoid", "relu", "abs", "erf", "normpdf", "sin", "silu", "gelu", "softplus"]
                [random.between(0, 9) as usize];
            call(function, [part(random)])
        }
        10 => call(["max", "min", "leaky_relu"][random.between(0, 2) as usize], [part(random), part(random)]),
        11 => normalise(Normaliser::Softargmax, [free(index)], part(random)),
        12 => normalise(Normaliser::LogSumExp, [free(inner)], formula(random, arrays, inner, depth - 1)),
        13 => choose(compare(part(random), Relation::Greater, part(random)), part(random), part(random)),
        _ => mul([bracket(compare(part(random), Relation::AtMost, int(0))), part(random)]),
    }
}

pub(super) fn system(seed: u64) -> Program {
    let mut random = Random::new(seed);
    let mut arrays: Vec<String> = vec!["x".into(), "w".into()];
    let given = arrays.iter().map(|name| array(name, [axis(int(3))])).collect();
    let mut equations = Vec::new();
    for name in ["h", "k", "y", "z"] {
        equations.push(equation(name, [free("i")], formula(&mut random, &arrays, "i", 3)));
        arrays.push(name.into());
    }
    program("", given, equations, "h y z")
}

#[test]
fn the_sweep_agrees_with_dual_numbers_at_every_entry() {
    let (mut compared, mut moving) = (0, 0);
    for seed in 0..60 {
        let instance = match Instance::new(&system(seed), &sizes(&[]), seed, WORK) {
            Ok(instance) => instance,
            Err(EvalError::OutsideDomain { .. }) => continue,
            Err(error) => panic!("{seed}: {error}"),
        };
        for array in ["x", "w", "h", "k", "y", "z"] {
            for at in 1..=3 {
                let expected = instance.entry_tangent(array, &[at]).unwrap().loss();
                let found = instance.total_upstream(array, &[at]).unwrap();
                assert_eq!(found, expected, "seed {seed}, {array}[{at}]");
                compared += 1;
                moving += usize::from(found != Scalar::ZERO);
            }
        }
    }
    assert!(compared > 900 && moving > 600, "{compared} compared, {moving} not 0");
}

#[test]
fn an_upstream_gradient_is_given_for_an_output_that_nothing_reads_and_total_for_others() {
    let h = equation("h", [free("i")], pow(read("x", [n("i")]), int(2)));
    let y = equation("y", [free("i")], mul([int(5), read("h", [n("i")])]));
    let z = equation("z", [free("i")], mul([read("y", [n("i")]), read("y", [n("i")])]));
    let program = program("", vec![array("x", [axis(int(3))])], vec![h, y, z], "y z");
    let mut instance = Instance::new(&program, &sizes(&[]), 3, WORK).unwrap();
    instance.alias_upstream("δ".into(), "h").unwrap();
    instance.alias_upstream("g".into(), "y").unwrap();
    let value = |expr: Expr| instance.evaluate(&instance.compile(&expr, &[]).unwrap(), &[]).unwrap();
    let [gy, gz, y] = [read("g", [int(2)]), upstream("z", [int(2)]), read("y", [int(2)])].map(value);
    let total = gy + gz * y + gz * y;
    let five = Scalar::from_integer(5);
    assert_eq!(instance.upstream("y", &[2]), Some(total));
    assert_eq!(value(upstream("y", [int(2)])), total);
    assert_eq!(instance.total_upstream("y", &[2]), Ok(total));
    assert_eq!(value(upstream("h", [int(2)])), five * total);
    assert_eq!(value(read("δ", [int(2)])), five * total);
    let x = instance.entry("x", &[2]).unwrap();
    assert_eq!(value(upstream("x", [int(2)])), five * total * (x + x));
    gradient(&instance, "x", "i", mul([int(2), upstream("h", [n("i")]), read("x", [n("i")])])).unwrap();
    gradient(&instance, "h", "i", upstream("h", [n("i")])).unwrap();
    gradient(&instance, "y", "i", upstream("y", [n("i")])).unwrap();
    assert!(gradient(&instance, "y", "i", read("g", [n("i")])).is_err());
}

#[test]
fn the_sweep_costs_about_two_runs_forwards() {
    let square = range("i", int(1), n("N"));
    let body = mul([read("x", [n("i"), n("k")]), read("x", [n("k"), n("j")])]);
    let product = sum([range("k", int(1), n("N"))], body);
    let y = equation("y", [square, range("j", int(1), n("N"))], product);
    let program = program("N", vec![array("x", [axis(n("N")), axis(n("N"))])], vec![y], "y");
    for size in [4, 12] {
        let instance = Instance::new(&program, &sizes(&[("N", size)]), 3, WORK).unwrap();
        let before = instance.work();
        instance.total_upstream("x", &[1, 1]).unwrap();
        let sweep = instance.work() - before;
        assert!(sweep < 3 * instance.forward_work(), "{sweep} after {}", instance.forward_work());
        instance.total_upstream("x", &[2, 3]).unwrap();
        assert_eq!(instance.work() - before, sweep);
    }
}
