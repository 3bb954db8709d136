//! Points at which functions have real values, params keep their bounds and facts hold.

use super::*;
use crate::evaluate::{EvalError, Scalar};
use crate::language::function::Function;
use crate::language::program::Fact;

fn five(index: &str) -> Binder {
    range(index, int(1), int(5))
}

fn defined(body: Expr) -> Program {
    program("", vec![array("x", [axis(int(5))])], vec![equation("y", [five("i")], body)], "y")
}

fn instance(program: &Program, seed: u64) -> Result<Instance, EvalError> {
    Instance::new(program, &sizes(&[]), seed, WORK)
}

fn x() -> Expr {
    read("x", [n("i")])
}

fn reals(instance: &Instance, array: &str) -> Vec<f64> {
    instance.entries(array).unwrap().iter().map(|entry| entry.real).collect()
}

#[test]
fn points_lie_in_the_domain() {
    let bodies = [
        call("log", [x()]),
        call("sqrt", [sub(int(1), pow(x(), int(2)))]),
        call("log", [neg(x())]),
        call("log", [sub(x(), int(2))]),
        call("log", [sub(over(int(1), int(10)), x())]),
        pow(call("sqrt", [x()]), int(3)),
        call("pow", [x(), over(int(1), int(3))]),
    ];
    for body in bodies {
        for seed in 1..4 {
            let instance = instance(&defined(body.clone()), seed).unwrap();
            assert!(reals(&instance, "y").iter().all(|y| y.is_finite()), "{body:?}");
        }
    }
}

#[test]
fn what_has_no_real_value_is_refused() {
    let error = instance(&defined(call("log", [neg(pow(x(), int(2)))])), 1).unwrap_err();
    assert_eq!(error, EvalError::OutsideDomain { array: "y".into(), function: Some(Function::Log) });
    assert_eq!(error.to_string(), "y has no real value at any point that was tried: log has none there");
    let hidden = choose(compare(call("log", [neg(pow(x(), int(2)))]), Relation::Greater, int(0)), int(1), int(2));
    assert!(matches!(instance(&defined(hidden), 1), Err(EvalError::OutsideDomain { .. })));
    let divided = over(call("exp", [x()]), sub(x(), x()));
    assert_eq!(instance(&defined(divided), 1).unwrap_err(), EvalError::ZeroDivisor);
}

#[test]
fn a_system_without_functions_needs_no_real_values() {
    let instance = instance(&defined(pow(mul([int(1 << 40), x()]), int(1000))), 1).unwrap();
    assert!(reals(&instance, "y").iter().any(|y| !y.is_finite()));
}

#[test]
fn params_keep_their_bounds() {
    let bounds = [
        (Relation::Greater, int(0)),
        (Relation::AtLeast, int(3)),
        (Relation::Less, n("first")),
        (Relation::AtMost, int(-7)),
        (Relation::NotEqual, int(0)),
        (Relation::Equal, over(int(1), int(2))),
    ];
    for seed in 1..6 {
        let mut program = defined(mul([n("first"), x()]));
        program.params.push(param("first", None));
        for (k, bound) in bounds.iter().enumerate() {
            program.params.push(param(&format!("p{k}"), Some(bound.clone())));
        }
        let instance = instance(&program, seed).unwrap();
        let value = |name: &str| instance.param(name).unwrap();
        let real = |name: &str| value(name).real;
        assert!(real("p0") > 0.0 && real("p1") > 3.0 && real("p2") < real("first"));
        assert!(real("p3") < -7.0 && real("p4") != 0.0);
        assert_eq!(value("p5") + value("p5"), Scalar::ONE);
    }
}

fn fact<const M: usize>(indices: [Binder; M], left: Expr, relation: Relation, right: Expr) -> Fact {
    Fact { indices: indices.into(), left, relation, right }
}

/// `x[i]` are probabilities.
fn probabilities() -> Vec<Fact> {
    vec![fact([], sum([five("i")], x()), Relation::Equal, int(1)), fact([five("i")], x(), Relation::Greater, int(0))]
}

#[test]
fn facts_hold_on_both_faces() {
    for seed in 1..6 {
        let mut program = defined(call("log", [x()]));
        program.facts = probabilities();
        let instance = instance(&program, seed).unwrap();
        let total = instance.entries("x").unwrap().iter().fold(Scalar::ZERO, |sum, entry| sum + *entry);
        assert_eq!(total, Scalar::ONE);
        assert!((total.real - 1.0).abs() < 1e-12);
        assert!(reals(&instance, "x").iter().all(|x| *x > 0.0));
    }
}

#[test]
fn a_fact_for_each_index_is_solved_for_each() {
    let rows = range("r", int(1), int(3));
    let entry = |row: Expr| read("t", [row, n("i")]);
    let total = sum([five("i")], mul([x(), entry(n("r"))]));
    let equations = vec![equation("y", [five("i")], entry(int(1)))];
    let mut program =
        program("", vec![array("x", [axis(int(5))]), array("t", [axis(int(3)), axis(int(5))])], equations, "y");
    program.facts = vec![
        fact([rows], total, Relation::Equal, int(2)),
        fact([], pow(read("x", [int(1)]), int(2)), Relation::NotEqual, int(0)),
    ];
    let instance = instance(&program, 2).unwrap();
    for row in 1..=3 {
        let term = |i| instance.entry("x", &[i]).unwrap() * instance.entry("t", &[row, i]).unwrap();
        assert_eq!((1..=5).fold(Scalar::ZERO, |sum, i| sum + term(i)), Scalar::from_integer(2));
    }
}

#[test]
fn what_is_no_fact_is_refused() {
    let refused = |facts: Vec<Fact>| {
        let mut program = defined(x());
        program.facts = facts;
        instance(&program, 1).unwrap_err()
    };
    let square = fact([], pow(read("x", [int(1)]), int(2)), Relation::Equal, int(2));
    let error = refused(vec![square]);
    assert!(matches!(&error, EvalError::NotAFact(_)), "{error}");
    let twice = |right| fact([], sum([five("i")], x()), Relation::Equal, int(right));
    assert!(matches!(refused(vec![twice(1), twice(2)]), EvalError::NotAFact(_)));
    let defined_first = fact([], read("y", [int(1)]), Relation::Equal, int(0));
    assert!(matches!(refused(vec![defined_first]), EvalError::NotAFact(_)));
    let never = fact([five("i")], pow(x(), int(2)), Relation::Less, int(0));
    let error = refused(vec![never]);
    assert_eq!(error, EvalError::UnmetFact("x[i]^2 < 0".into()));
}
