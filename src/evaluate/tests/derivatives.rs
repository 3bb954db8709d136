//! Derivative nodes against formulas found by hand.

use super::*;
use crate::evaluate::check::{Failure, check_jacobian, check_value};
use crate::evaluate::{EvalError, Scalar};

/// `h[i] = x[i]^2 * eps`, `y[i] = h[i] / (1 + sum[j] h[j])` for i in 1..4.
fn system() -> Instance {
    let all = |index| range(index, int(1), int(4));
    let h = mul([pow(read("x", [n("i")]), int(2)), n("eps")]);
    let total = add([int(1), sum([all("j")], read("h", [n("j")]))]);
    let y = over(read("h", [n("i")]), total);
    let equations = vec![equation("h", [all("i")], h), equation("y", [all("i")], y)];
    let mut program = program("", vec![array("x", [axis(int(4))])], equations, "y");
    program.params.push(param("eps", None));
    Instance::new(&program, &sizes(&[]), 5, WORK).unwrap()
}

fn total() -> Expr {
    add([int(1), sum([range("j", int(1), int(4))], read("h", [n("j")]))])
}

/// `dy[a]/dh[b] = ([a = b] - y[a]) / (1 + sum h)`
fn quotient_rule() -> Expr {
    let delta = bracket(equal(n("a"), n("b")));
    over(sub(delta, read("y", [n("a")])), total())
}

#[test]
fn jacobians_for_given_and_defined_arrays() {
    let instance = system();
    let free = names("a b");
    let through_h = instance.compile(&quotient_rule(), &free).unwrap();
    check_jacobian(&instance, "y", "h", &through_h).unwrap();
    let inner = mul([int(2), read("x", [n("b")]), n("eps")]);
    let chained = instance.compile(&mul([quotient_rule(), inner]), &free).unwrap();
    check_jacobian(&instance, "y", "x", &chained).unwrap();
    assert!(matches!(check_jacobian(&instance, "y", "x", &through_h), Err(Failure::Mismatch(_))));
}

#[test]
fn derivative_nodes_are_total_derivatives() {
    let instance = system();
    let free = names("a b");
    let node = derivative(read("y", [n("a")]), "h", [n("b")]);
    let node = instance.compile(&node, &free).unwrap();
    check_jacobian(&instance, "y", "h", &node).unwrap();
    let node = derivative(read("y", [n("a")]), "x", [n("b")]);
    let node = instance.compile(&node, &free).unwrap();
    check_jacobian(&instance, "y", "x", &node).unwrap();
    let chain = sum(
        [range("b", int(1), int(4))],
        mul([upstream("y", [n("b")]), derivative(read("y", [n("b")]), "x", [n("a")])]),
    );
    gradient(&instance, "x", "a", chain).unwrap();
}

#[test]
fn a_derivative_of_an_expression_uses_the_bound_indices() {
    let instance = system();
    let product = mul([read("x", [n("a")]), pow(read("x", [n("j")]), int(-1))]);
    let node = sum([range("j", int(1), int(4))], derivative(product, "x", [n("b")]));
    let node = instance.compile(&node, &names("a b")).unwrap();
    let x = |at| instance.entry("x", &[at]).unwrap();
    let reciprocals = (1..=4).map(|j| x(j).inverse().unwrap());
    let everywhere = reciprocals.fold(Scalar::ZERO, |sum, one| sum + one);
    let (a, b) = (x(2), x(3).inverse().unwrap());
    assert_eq!(instance.evaluate(&node, &[2, 3]), Ok(-(a * b * b)));
    let own = a.inverse().unwrap();
    assert_eq!(instance.evaluate(&node, &[2, 2]), Ok(everywhere - own));
}

#[test]
fn derivatives_that_mean_nothing_are_errors() {
    let instance = system();
    let inner = derivative(read("y", [int(1)]), "x", [int(1)]);
    let nested = derivative(inner, "x", [int(2)]);
    assert!(matches!(instance.compile(&nested, &[]), Err(EvalError::Unsupported(_))));
    let outside = instance.compile(&derivative(read("y", [int(1)]), "x", [int(5)]), &[]).unwrap();
    assert!(matches!(instance.evaluate(&outside, &[]), Err(EvalError::OutOfRange { index: 5, .. })));
    let size = derivative(read("y", [int(1)]), "eps", []);
    assert_eq!(instance.compile(&size, &[]).unwrap_err(), EvalError::NotDifferentiable("eps".into()));
    assert!(matches!(instance.entry_tangent("x", &[0]), Err(EvalError::OutOfRange { .. })));
    let short = instance.tangent("x", &[Scalar::ONE]).unwrap_err();
    assert_eq!(short, EvalError::Count { expected: 4, found: 1 });
}

#[test]
fn a_mean_squared_error_has_its_factor() {
    let square = pow(sub(read("z", [n("m")]), read("t", [n("m")])), int(2));
    let loss = reduce(Reduction::Mean, [range("m", int(1), n("M"))], None, square);
    let arrays = vec![array("z", [axis(n("M"))]), array("t", [axis(n("M"))])];
    let program = program("M", arrays, vec![equation("loss", [], loss.clone())], "loss");
    let instance = Instance::new(&program, &sizes(&[("M", 6)]), 2, WORK).unwrap();
    let value = instance.compile(&loss, &[]).unwrap();
    assert_eq!(check_value(&instance, "loss", &value).unwrap().entries, 1);
    let difference = sub(read("z", [n("m")]), read("t", [n("m")]));
    let without = mul([int(2), upstream("loss", []), difference]);
    gradient(&instance, "z", "m", over(without.clone(), n("M"))).unwrap();
    assert!(matches!(gradient(&instance, "z", "m", without), Err(Failure::Mismatch(_))));
}

#[test]
fn integer_data_gathers_and_scatters() {
    let mut token = array("token", [axis(n("T"))]);
    token.role = Role::Integer;
    token.values = Some((int(1), n("V")));
    let table = array("E", [axis(n("V")), axis(int(2))]);
    let body = read("E", [read("token", [n("t")]), n("c")]);
    let indices = [range("t", int(1), n("T")), range("c", int(1), int(2))];
    let program = program("T V", vec![token, table], vec![equation("y", indices, body)], "y");
    let instance = Instance::new(&program, &sizes(&[("T", 9), ("V", 3)]), 4, WORK).unwrap();
    let hit = bracket(equal(read("token", [n("t")]), n("v")));
    let scatter = sum([range("t", int(1), n("T"))], mul([hit, upstream("y", [n("t"), n("c")])]));
    gradient(&instance, "E", "v c", scatter).unwrap();
    let token = instance.integer_entry("token", &[4]).unwrap();
    assert_eq!(instance.entry("y", &[4, 2]), instance.entry("E", &[token, 2]));
    assert!(matches!(instance.tangent("token", &[]), Err(EvalError::NotDifferentiable(_))));
}
