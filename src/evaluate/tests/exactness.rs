//! Integers stay integers, fractions stay exact, and brackets are strong.

use super::*;
use crate::evaluate::{EvalError, Scalar, condition, integer};
use num_rational::BigRational;

fn whole(expr: Expr) -> Result<i128, EvalError> {
    integer(&expr, &sizes(&[("N", 7), ("m", -7)]))
}

fn value(expr: Expr) -> Result<Scalar, EvalError> {
    let instance = vectors();
    let formula = instance.compile(&expr, &[])?;
    instance.evaluate(&formula, &[])
}

fn missing() -> Expr {
    read("x", [int(99)])
}

fn never() -> Condition {
    equal(int(0), int(1))
}

#[test]
fn index_arithmetic_is_exact() {
    assert_eq!(whole(join(n("m"), Operator::Div, int(2))), Ok(-4));
    assert_eq!(whole(join(n("m"), Operator::Mod, int(2))), Ok(1));
    assert_eq!(whole(call("floor", [over(n("m"), int(2))])), Ok(-4));
    assert_eq!(whole(call("ceil", [over(n("m"), int(2))])), Ok(-3));
    assert_eq!(whole(over(n("m"), n("N"))), Ok(-1));
    let error = whole(over(n("N"), int(2))).unwrap_err();
    assert_eq!(error, EvalError::NotInteger("7/2".into()));
    assert!(whole(mul([over(n("N"), int(2)), int(2)])).is_err());
    let half = Expr::new(ExprKind::Number(BigRational::new(1.into(), 2.into())));
    assert_eq!(whole(call("floor", [mul([half.clone(), n("N")])])), Ok(3));
    assert!(whole(half).is_err());
    assert_eq!(whole(call("max", [n("m"), call("abs", [n("m")]), int(3)])), Ok(7));
    assert_eq!(whole(call("min", [n("N"), int(3)])), Ok(3));
    assert_eq!(whole(pow(n("N"), int(2))), Ok(49));
    assert!(matches!(whole(pow(n("N"), int(-1))), Err(EvalError::NotInteger(_))));
    assert_eq!(whole(join(mul([n("N"), int(3)]), Operator::Div, int(0))), Err(EvalError::ZeroDivisor));
    assert_eq!(whole(n("Q")), Err(EvalError::UnknownName("Q".into())));
}

#[test]
fn conditions_are_exact_and_short_circuit() {
    let holds = |claim: Condition| condition(&claim, &sizes(&[("N", 7)]));
    assert_eq!(holds(within(int(3), over(n("N"), int(2)), int(4))), Ok(true));
    assert_eq!(holds(Condition::Divides(int(-7), n("N"))), Ok(true));
    assert_eq!(holds(Condition::Divides(int(0), n("N"))), Err(EvalError::ZeroDivisor));
    let bad = || Condition::Divides(int(0), n("N"));
    assert_eq!(holds(Condition::All(vec![never(), bad()])), Ok(false));
    let always = Condition::Not(Box::new(never()));
    assert_eq!(holds(Condition::Any(vec![always, bad()])), Ok(true));
    assert!(holds(Condition::Any(vec![never(), bad()])).is_err());
}

#[test]
fn integer_operations_embed_as_values() {
    let product = Expr::new(ExprKind::Product(vec![
        (Operator::Times, n("N")),
        (Operator::Div, int(2)),
        (Operator::Times, read("x", [int(2)])),
    ]));
    let x = vectors().entry("x", &[2]).unwrap();
    assert_eq!(value(product), Ok(Scalar::from_integer(3) * x));
    assert_eq!(value(mul([over(n("N"), int(2)), int(2)])), Ok(Scalar::from_integer(7)));
    assert_eq!(value(call("max", [over(n("N"), int(2)), int(1)])), value(over(n("N"), int(2))));
    assert_eq!(value(over(int(1), sub(n("N"), int(7)))), Err(EvalError::ZeroDivisor));
    assert_eq!(value(pow(int(2), int(-3))), value(over(int(1), int(8))));
    assert!(matches!(whole(call("exp", [int(1)])), Err(EvalError::Unsupported(_))));
    assert!(matches!(value(call("exp", [int(1), int(2)])), Err(EvalError::Unsupported(_))));
}

#[test]
fn a_false_bracket_leaves_its_product_unevaluated() {
    let zero = Ok(Scalar::ZERO);
    assert_eq!(value(mul([missing(), bracket(never())])), zero);
    assert_eq!(value(mul([missing(), mul([int(2), bracket(never())])])), zero);
    assert_eq!(value(mul([missing(), neg(bracket(never()))])), zero);
    assert_eq!(value(over(mul([bracket(never()), int(1)]), int(0))), zero);
    let data = mul([bracket(never()), read("token", [int(9)])]);
    assert_eq!(value(read("x", [add([int(1), data])])), value(read("x", [int(1)])));
    assert!(matches!(value(mul([missing(), int(0)])), Err(EvalError::OutOfRange { .. })));
    assert!(value(add([bracket(never()), missing()])).is_err());
    assert_eq!(value(choose(never(), missing(), int(4))), value(int(4)));
    let always = Condition::Not(Box::new(never()));
    assert_eq!(value(mul([bracket(always.clone()), int(4)])), value(int(4)));
    assert!(value(mul([bracket(always), missing()])).is_err());
}

#[test]
fn reductions_follow_their_ranges_and_conditions() {
    let triangle = [range("i", int(1), n("N")), range("j", n("i"), n("N"))];
    assert_eq!(value(sum(triangle, int(1))), value(int(28)));
    assert_eq!(value(sum([range("i", int(3), int(2))], missing())), Ok(Scalar::ZERO));
    let inside = within(int(1), n("i"), n("N"));
    let wide = || [range("i", int(-5), int(50))];
    let conditional = |reduction, body| reduce(reduction, wide(), Some(inside.clone()), body);
    let x = read("x", [n("i")]);
    let narrow = sum([range("i", int(1), n("N"))], x.clone());
    assert_eq!(value(conditional(Reduction::Sum, x.clone())), value(narrow.clone()));
    assert_eq!(value(conditional(Reduction::Mean, x)), value(over(narrow, n("N"))));
    let nothing = reduce(Reduction::Mean, wide(), Some(never()), int(1));
    assert_eq!(value(nothing), Err(EvalError::EmptyMean));
    let shadow = sum([range("N", int(1), int(2))], n("N"));
    assert_eq!(value(shadow), value(int(3)));
}

#[test]
fn integers_and_conditions_of_an_instance_read_its_data() {
    let instance = vectors();
    let free = names("t");
    let token = instance.compile_integer(&read("token", [n("t")]), &free).unwrap();
    let inside = within(int(1), read("token", [n("t")]), n("N"));
    let inside = instance.compile_condition(&inside, &free).unwrap();
    for t in 1..=4 {
        let known = instance.integer_entry("token", &[t]).map(i128::from);
        assert_eq!(instance.evaluate_integer(&token, &[t]).ok(), known);
        assert_eq!(instance.evaluate_condition(&inside, &[t]), Ok(true));
    }
    assert!(instance.evaluate_integer(&token, &[0]).is_err());
    assert_eq!(instance.evaluate_integer(&token, &[]), Err(EvalError::Count { expected: 1, found: 0 }));
}
