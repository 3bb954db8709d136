//! Comparisons of values, normalisers, variances and real powers against loops in floating point and
//! against formulas that mean the same.

use super::*;
use crate::evaluate::check::{Failure, check_jacobian, check_value};
use crate::evaluate::range::check_box;
use crate::evaluate::{EvalError, Scalar};
use crate::language::syntax::Extremum;

fn at(instance: &Instance, expr: Expr, free: &str, indices: &[i64]) -> Result<Scalar, EvalError> {
    let formula = instance.compile(&expr, &names(free))?;
    instance.evaluate(&formula, indices)
}

fn x(index: &str) -> Expr {
    read("x", [n(index)])
}

fn reals(instance: &Instance) -> Vec<f64> {
    instance.entries("x").unwrap().iter().map(|entry| entry.real).collect()
}

fn near(found: Scalar, expected: f64) {
    assert!((found.real - expected).abs() <= 1e-12 * (1.0 + expected.abs()), "{} is not {expected}", found.real);
}

fn all(index: &str) -> Binder {
    range(index, int(1), n("N"))
}

#[test]
fn comparisons_of_values_decide_brackets_branches_and_sums() {
    let instance = vectors();
    let positive = || compare(x("i"), Relation::Greater, int(0));
    let values = reals(&instance);
    assert!(values.iter().any(|v| *v > 0.0) && values.iter().any(|v| *v < 0.0));
    for i in 1..=7 {
        let entry = instance.entry("x", &[i]).unwrap();
        let (is, zero) = (entry.real > 0.0, Scalar::ZERO);
        let relu = if is { entry } else { zero };
        assert_eq!(at(&instance, mul([bracket(positive()), x("i")]), "i", &[i]), Ok(relu));
        assert_eq!(at(&instance, choose(positive(), x("i"), int(0)), "i", &[i]), Ok(relu));
        let not = Condition::Not(Box::new(positive()));
        assert_eq!(at(&instance, bracket(not), "i", &[i]), Ok(Scalar::from_integer((!is).into())));
        let same = compare(x("i"), Relation::Equal, mul([x("i"), int(1)]));
        assert_eq!(at(&instance, bracket(same), "i", &[i]), Ok(Scalar::ONE));
    }
    let count = reduce(Reduction::Sum, [all("i")], Some(positive()), int(1));
    let expected = values.iter().filter(|v| **v > 0.0).count();
    assert_eq!(at(&instance, count, "", &[]), Ok(Scalar::from_integer(expected as i128)));
    let inside = || within(int(1), n("i"), n("N"));
    for [one, other] in [[inside(), positive()], [positive(), inside()]] {
        let product = mul([bracket(one.clone()), bracket(other.clone()), x("i")]);
        assert_eq!(at(&instance, product, "i", &[9]), Ok(Scalar::ZERO));
        assert_eq!(at(&instance, bracket(Condition::All(vec![one, other])), "i", &[9]), Ok(Scalar::ZERO));
    }
    assert!(at(&instance, bracket(positive()), "i", &[9]).is_err());
    let margin = compare(add([sub(x("i"), x("j")), int(1)]), Relation::Greater, int(0));
    let hinge = choose(margin, int(1), int(0));
    let expected = i128::from(values[1] - values[4] + 1.0 > 0.0);
    assert_eq!(at(&instance, hinge, "i j", &[2, 5]), Ok(Scalar::from_integer(expected)));
    let condition = instance.compile_condition(&positive(), &names("i")).unwrap();
    assert!(condition.compares_values());
    assert_eq!(instance.evaluate_condition(&condition, &[3]), Ok(values[2] > 0.0));
    let integers = instance.compile_condition(&compare(n("i"), Relation::Less, n("N")), &names("i")).unwrap();
    assert!(!integers.compares_values());
}

#[test]
fn integer_functions_stay_exact_and_others_take_a_branch() {
    let instance = vectors();
    for i in 1..=7 {
        let entry = instance.entry("x", &[i]).unwrap();
        let floor = at(&instance, call("floor", [x("i")]), "i", &[i]).unwrap();
        assert_eq!(floor, Scalar::from_integer(entry.real.floor() as i128));
        let most = at(&instance, call("max", [x("i"), read("x", [int(1)])]), "i", &[i]).unwrap();
        assert_eq!(most.real, entry.real.max(instance.entry("x", &[1]).unwrap().real));
    }
    let formula = instance.compile(&call("max", [n("N"), int(3)]), &[]).unwrap();
    assert!(!formula.valued && !instance.is_opaque(&formula));
}

#[test]
fn normalisers_are_quotients_of_exponentials() {
    let instance = vectors();
    let e = |index: &str| call("exp", [x(index)]);
    let total = sum([all("k")], e("k"));
    let values = reals(&instance);
    let reference: f64 = values.iter().map(|v| v.exp()).sum();
    for i in 1..=7 {
        let own = values[i as usize - 1];
        let soft = at(&instance, normalise(Normaliser::Softargmax, [all("i")], x("i")), "i", &[i]).unwrap();
        assert_eq!(Ok(soft), at(&instance, over(e("i"), total.clone()), "i", &[i]));
        near(soft, own.exp() / reference);
        let log = at(&instance, normalise(Normaliser::LogSoftmax, [all("i")], x("i")), "i", &[i]).unwrap();
        assert_eq!(Ok(log), at(&instance, sub(x("i"), call("log", [total.clone()])), "i", &[i]));
        near(log, own - reference.ln());
    }
    let lse = at(&instance, normalise(Normaliser::LogSumExp, [all("k")], x("k")), "", &[]).unwrap();
    assert_eq!(Ok(lse), at(&instance, call("log", [total]), "", &[]));
    let large = normalise(Normaliser::LogSumExp, [all("k")], mul([int(10_000), x("k")]));
    near(at(&instance, large, "", &[]).unwrap(), 10_000.0 * values.iter().copied().fold(f64::MIN, f64::max));
}

#[test]
fn the_range_of_a_normaliser_is_kept() {
    let instance = vectors();
    let some = |word| normalise(word, [range("i", int(2), int(3))], read("x", [mul([int(2), n("i")])]));
    assert_eq!(at(&instance, some(Normaliser::Softargmax), "i", &[6]), Ok(Scalar::ZERO));
    let outside = at(&instance, some(Normaliser::LogSoftargmax), "i", &[6]);
    assert_eq!(outside, Err(EvalError::OutsideNormaliser("logsoftargmax")));
    let parts = [2, 3].map(|i| at(&instance, some(Normaliser::Softargmax), "i", &[i]).unwrap());
    assert_eq!(parts[0] + parts[1], Scalar::ONE);
    let empty = normalise(Normaliser::LogSumExp, [range("i", int(3), int(2))], x("i"));
    assert_eq!(at(&instance, empty, "", &[]), Err(EvalError::EmptyNormaliser("logsumexp")));
    let lone = instance.compile(&normalise(Normaliser::Softargmax, [all("i")], x("i")), &[]);
    assert_eq!(lone.unwrap_err(), EvalError::UnknownName("i".into()));
    let triangle = [range("i", int(1), int(3)), range("j", int(1), n("i"))];
    let pairs = || normalise(Normaliser::Softargmax, triangle.clone(), mul([x("i"), x("j")]));
    let both = sum(triangle.clone(), pairs());
    assert_eq!(at(&instance, both, "", &[]), Ok(Scalar::ONE));
    assert_eq!(at(&instance, pairs(), "i j", &[2, 3]), Ok(Scalar::ZERO));
}

#[test]
fn the_condition_of_a_normaliser_is_kept() {
    let instance = vectors();
    let others = |word, index: &str| {
        let condition = Some(Box::new(compare(n(index), Relation::NotEqual, int(2))));
        Expr::new(ExprKind::Normalise(word, vec![range(index, int(1), int(3))], condition, Box::new(x(index))))
    };
    assert_eq!(at(&instance, others(Normaliser::Softargmax, "i"), "i", &[2]), Ok(Scalar::ZERO));
    let outside = at(&instance, others(Normaliser::LogSoftargmax, "i"), "i", &[2]);
    assert_eq!(outside, Err(EvalError::OutsideNormaliser("logsoftargmax")));
    let parts = [1, 3].map(|i| at(&instance, others(Normaliser::Softargmax, "i"), "i", &[i]).unwrap());
    assert_eq!(parts[0] + parts[1], Scalar::ONE);
    let log = at(&instance, others(Normaliser::LogSumExp, "k"), "", &[]).unwrap();
    let values = reals(&instance);
    near(log, (values[0].exp() + values[2].exp()).ln());
}

#[test]
fn a_variance_is_the_mean_square_distance_from_the_mean() {
    let instance = vectors();
    let variance = reduce(Reduction::Variance, [all("i")], None, x("i"));
    let mean = |index: &str, body| reduce(Reduction::Mean, [all(index)], None, body);
    let squares = sub(mean("i", pow(x("i"), int(2))), pow(mean("k", x("k")), int(2)));
    let found = at(&instance, variance.clone(), "", &[]).unwrap();
    assert_eq!(Ok(found), at(&instance, squares, "", &[]));
    let slope = derivative(variance, "x", [n("i")]);
    let by_hand = over(mul([int(2), sub(x("i"), mean("k", x("k")))]), n("N"));
    for i in 1..=7 {
        assert_eq!(at(&instance, slope.clone(), "i", &[i]), at(&instance, by_hand.clone(), "i", &[i]));
    }
    let nothing = reduce(Reduction::Variance, [range("i", int(2), int(1))], None, x("i"));
    assert_eq!(at(&instance, nothing, "", &[]), Err(EvalError::EmptyMean));
}

#[test]
fn of_equal_terms_the_first_is_the_extremum() {
    let instance = vectors();
    let over = |which, binders: [Binder; 1], body| reduce(Reduction::Extremum(which), binders, None, body);
    let distance = || pow(sub(n("i"), int(4)), int(2));
    let found = |which| at(&instance, over(which, [range("i", int(1), int(7))], distance()), "", &[]).unwrap();
    assert_eq!(Extremum::ALL.map(|which| found(which).real), [9.0, 0.0, 1.0, 4.0]);
    let real = |i: i64| at(&instance, x("i"), "i", &[i]).unwrap().real;
    let greatest = (1..=7).rev().max_by(|a, b| real(*a).total_cmp(&real(*b))).unwrap();
    let slope = derivative(over(Extremum::Max, [all("k")], x("k")), "x", [n("i")]);
    for i in 1..=7 {
        let expected = if i == greatest { Scalar::ONE } else { Scalar::ZERO };
        assert_eq!(at(&instance, slope.clone(), "i", &[i]), Ok(expected));
    }
    let nothing = over(Extremum::Min, [range("i", int(2), int(1))], x("i"));
    assert_eq!(at(&instance, nothing, "", &[]), Err(EvalError::EmptyExtremum("min")));
}

/// `h[i] = x[i]^2`, `p[i] = softargmax[i](h[i])`, `y = sum[i] p[i] * h[i]`
fn composed() -> Instance {
    let all = |index| range(index, int(1), int(4));
    let equations = vec![
        equation("h", [all("i")], pow(x("i"), int(2))),
        equation("p", [all("i")], normalise(Normaliser::Softargmax, [all("i")], read("h", [n("i")]))),
        equation("y", [], sum([all("i")], mul([read("p", [n("i")]), read("h", [n("i")])]))),
    ];
    let program = program("", vec![array("x", [axis(int(4))])], equations, "y");
    Instance::new(&program, &sizes(&[]), 5, WORK).unwrap()
}

#[test]
fn the_jacobian_of_a_normaliser_is_exact() {
    let instance = composed();
    let p = |index: &str| read("p", [n(index)]);
    let jacobian = mul([p("a"), sub(bracket(equal(n("a"), n("b"))), p("b"))]);
    let formula = instance.compile(&jacobian, &names("a b")).unwrap();
    let checked = check_jacobian(&instance, "p", "h", &formula).unwrap();
    assert_eq!((checked.entries, checked.numeric), (16, 0));
    let wrong = instance.compile(&mul([p("a"), sub(int(1), p("b"))]), &names("a b")).unwrap();
    assert!(matches!(check_jacobian(&instance, "p", "h", &wrong), Err(Failure::Mismatch(_))));
    let doubled = over(call("exp", [mul([int(2), read("h", [n("i")])])]), call("exp", [read("h", [n("i")])]));
    let total = sum([range("k", int(1), int(4))], call("exp", [read("h", [n("k")])]));
    let formula = instance.compile(&over(doubled, total), &names("i")).unwrap();
    let checked = check_value(&instance, "p", &formula).unwrap();
    assert_eq!((checked.entries, checked.numeric), (4, 4));
    let doubled = over(call("exp", [mul([int(2), read("h", [n("a")])])]), call("exp", [read("h", [n("a")])]));
    let total = sum([range("k", int(1), int(4))], call("exp", [read("h", [n("k")])]));
    let jacobian = mul([over(doubled, total), sub(bracket(equal(n("a"), n("b"))), p("b"))]);
    let formula = instance.compile(&jacobian, &names("a b")).unwrap();
    let checked = check_jacobian(&instance, "p", "h", &formula).unwrap();
    assert_eq!((checked.entries, checked.numeric), (16, 16), "what is equal in floating point only is counted");
}

#[test]
fn a_derivative_of_an_expression_holds_what_is_computed() {
    let instance = composed();
    let h = read("h", [n("i")]);
    let [bare, product] = [h.clone(), mul([h, x("i")])].map(|of| derivative(of, "x", [n("i")]));
    let entry = instance.entry("x", &[2]).unwrap();
    assert_eq!(at(&instance, bare, "i", &[2]), Ok(entry + entry));
    assert_eq!(at(&instance, product, "i", &[2]), Ok(entry * entry));
}

#[test]
fn a_test_of_values_leaves_the_reads_of_both_branches() {
    let positive = compare(x("i"), Relation::Greater, int(0));
    let next = read("x", [add([n("i"), int(1)])]);
    let body = choose(positive.clone(), x("i"), mul([bracket(positive), next]));
    let equations = vec![equation("y", [range("i", int(1), sub(n("N"), int(1)))], body)];
    let program = program("N", vec![array("x", [axis(n("N"))])], equations, "y");
    let check = |last| check_box(&program, &sizes(&[("N", 6)]), 0, 1, &[(1, last)]);
    assert!(check(5).is_ok());
    assert!(check(6).is_err());
    assert!(check(4).is_err());
}
