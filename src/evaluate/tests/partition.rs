//! Several equations for one array: they fill its box, each entry once, or it is said which entry
//! is wrong.

use super::*;
use crate::evaluate::range::check_box;
use crate::evaluate::{EvalError, Scalar};

fn run(equations: &[&str], given: &[(&str, i64)]) -> Result<Instance, EvalError> {
    let size_names: Vec<&str> = given.iter().map(|(name, _)| *name).collect();
    Instance::new(&written(&size_names.join(" "), &["x 0..9"], equations, ""), &sizes(given), 7, WORK)
}

fn message(equations: &[&str], given: &[(&str, i64)]) -> String {
    run(equations, given).unwrap_err().to_string()
}

#[test]
fn pieces_are_put_together_without_a_circle() {
    let pieces = ["y 0 i:0..1 = 5", "y r:2..3 i:0..1 = x[r+i]", "y 1 0 = 7*x[1]", "y 1 1 = x[2]^2"];
    let mut program = written("", &["x 0..9"], &pieces, "z");
    program.equations.push(rule("z i:0..1 = sum[r in 0..3] r*y[r,i]"));
    let instance = Instance::new(&program, &sizes(&[]), 7, WORK).unwrap();
    let x = |at| instance.entry("x", &[at]).unwrap();
    let whole = Scalar::from_integer;
    assert_eq!(instance.axes("y").unwrap(), [(0, 3), (0, 1)]);
    let expected = [whole(5), whole(5), whole(7) * x(1), x(2) * x(2), x(2), x(3), x(3), x(4)];
    assert_eq!(instance.entries("y").unwrap(), expected);
    let g = [0, 1].map(|i| instance.upstream("z", &[i]).unwrap());
    let two = whole(2);
    assert_eq!(instance.total_upstream("x", &[2]), Ok(two * x(2) * g[1] + two * g[0]));
    assert_eq!(instance.total_upstream("x", &[3]), Ok(two * g[1] + whole(3) * g[0]));
    assert_eq!(instance.total_upstream("y", &[1, 1]), Ok(g[1]));
    for (array, at) in [("x", &[1][..]), ("x", &[2]), ("y", &[1, 0]), ("y", &[3, 1])] {
        let tangent = instance.entry_tangent(array, at).unwrap();
        assert_eq!(tangent.loss(), instance.total_upstream(array, at).unwrap(), "{array}{at:?}");
    }
}

#[test]
fn an_entry_defined_twice_is_named() {
    let twice = ["y 0 i:0..1 = 5", "y r:0..3 1 = 2"];
    assert_eq!(message(&twice, &[]), "y[0,1] is defined twice");
    assert_eq!(message(&["y t:0..T = 5", "y 3 = 2"], &[("T", 4)]), "y[3] is defined twice");
    assert_eq!(message(&["y = 5", "y = 2"], &[]), "y is defined twice");
    assert_eq!(message(&["y t:0..T = 5", "y 3 = 2"], &[("T", 1)]), "y[2] is never defined");
    assert!(run(&["y t:0..T = 5", "y 3 = 2"], &[("T", 2)]).is_ok());
}

#[test]
fn an_entry_that_is_never_defined_is_named() {
    assert_eq!(message(&["y 0 = 5", "y t:2..T = 2"], &[("T", 4)]), "y[1] is never defined");
    let ring = ["y 0 i:0..2 = 1", "y 2 i:0..2 = 1", "y 1 0 = 1", "y 1 2 = 1"];
    assert_eq!(message(&ring, &[]), "y[1,1] is never defined");
    let corners = ["y 0 0 = 1", "y 1000000000000 1000000000000 = 1"];
    assert_eq!(message(&corners, &[]), "y[0,1] is never defined");
    let ranks = message(&["y 0 = 1", "y 1 1 = 1"], &[]);
    assert_eq!(ranks, "cannot evaluate y, which is defined with 1 indices and with 2");
}

#[test]
fn an_equation_of_an_empty_box_leaves_the_others() {
    let equations = ["y 0 j:1..J = 5", "y t:1..T j:1..J = y[t-1,j] + x[t]"];
    let axes = |t, j| run(&equations, &[("T", t), ("J", j)]).unwrap().axes("y").unwrap().to_vec();
    assert_eq!(axes(2, 3), [(0, 2), (1, 3)]);
    assert_eq!(axes(0, 3), [(0, 0), (1, 3)]);
    assert!(run(&equations, &[("T", 2), ("J", 0)]).unwrap().entries("y").unwrap().is_empty());
    assert!(run(&equations, &[("T", 0), ("J", 0)]).unwrap().entries("y").unwrap().is_empty());
}

#[test]
fn equations_may_stand_ahead_of_what_they_read() {
    let instance = run(&["z = y[1]*y[2]", "y i:1..2 = w*x[i]", "w = x[0]^2"], &[]).unwrap();
    let x = |at| instance.entry("x", &[at]).unwrap();
    assert_eq!(instance.entry("z", &[]), Some(x(0).power(4).unwrap() * x(1) * x(2)));
}

#[test]
fn many_pieces_cost_what_they_are() {
    let lines: Vec<String> = (0..400).map(|k| format!("y {k} = {k}")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let instance = run(&lines, &[]).unwrap();
    assert_eq!(instance.entry("y", &[333]), Some(Scalar::from_integer(333)));
    assert!(matches!(run(&["y 0 = 1", "y t:1..T = 1"], &[("T", i64::MAX)]), Err(EvalError::TooMuchWork { .. })));
}

#[test]
fn the_range_of_a_recurrent_equation_is_tested_too() {
    let program = written("T", &["x 1..T"], &["h 0 = 0", "h t:1..T = h[t-1]*x[t]"], "");
    assert!(check_box(&program, &sizes(&[("T", 5)]), 1, 0, &[(1, 5)]).is_ok());
    assert!(check_box(&program, &sizes(&[("T", 5)]), 1, 0, &[(1, 4)]).is_err());
    assert!(check_box(&program, &sizes(&[("T", 5)]), 1, 0, &[(0, 5)]).is_err());
}
