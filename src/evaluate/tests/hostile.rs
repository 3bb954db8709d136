//! Nothing panics, overflows or runs on, whatever the numbers are.

use super::*;
use crate::evaluate::range::check_box;
use crate::evaluate::{EvalError, integer};

fn total(size: i64) -> Result<Instance, EvalError> {
    let body = sum([range("i", int(1), n("N"))], read("x", [n("i")]));
    let program = program("N", vec![array("x", [axis(n("N"))])], vec![equation("y", [], body)], "y");
    Instance::new(&program, &sizes(&[("N", size)]), 1, WORK)
}

fn lone(size: i64, indices: [Binder; 2]) -> Result<Instance, EvalError> {
    let program = program("N", vec![], vec![equation("y", indices, int(1))], "y");
    Instance::new(&program, &sizes(&[("N", size)]), 1, WORK)
}

#[test]
fn huge_sizes_are_refused_at_once() {
    let refused = |result: Result<Instance, EvalError>| {
        assert_eq!(result.unwrap_err(), EvalError::TooMuchWork { limit: WORK });
    };
    refused(total(1_000_000_000_000_000_000));
    refused(total(i64::MAX));
    let wide = || range("a", neg(n("N")), n("N"));
    refused(lone(i64::MAX, [wide(), range("b", int(1), n("N"))]));
    assert!(total(0).is_ok());
    assert!(total(i64::MIN).is_ok());
    let empty = lone(i64::MAX, [wide(), range("b", int(2), int(1))]).unwrap();
    assert_eq!(empty.entry("y", &[0, 1]), None);
    let beyond = range("b", int(1), mul([n("N"), n("N")]));
    assert_eq!(lone(i64::MAX, [wide(), beyond]).unwrap_err(), EvalError::Overflow);
}

#[test]
fn long_sums_stop_at_the_limit() {
    let instance = vectors();
    let huge = int(1_000_000_000_000_000_000);
    let evaluate = |body: Expr| instance.evaluate(&instance.compile(&body, &[])?, &[]);
    let long = sum([range("i", int(1), huge.clone())], int(1));
    assert!(matches!(evaluate(long), Err(EvalError::TooMuchWork { .. })));
    let square = [range("i", int(1), int(1_000_000)), range("j", int(1), int(1_000_000))];
    assert!(matches!(evaluate(sum(square, int(1))), Err(EvalError::TooMuchWork { .. })));
    let far = mul([huge.clone(), huge.clone(), huge]);
    let beyond = sum([range("i", far.clone(), far)], int(1));
    assert!(matches!(evaluate(beyond), Err(EvalError::Overflow)));
}

#[test]
fn arithmetic_overflows_as_an_error() {
    let given = sizes(&[("N", i64::MAX), ("M", i64::MIN)]);
    let whole = |expr: Expr| integer(&expr, &given);
    assert_eq!(whole(add([n("N"), n("N")])), Ok(2 * i128::from(i64::MAX)));
    assert_eq!(whole(neg(n("M"))), Ok(-i128::from(i64::MIN)));
    let cube = || mul([n("N"), n("N"), n("N")]);
    assert_eq!(whole(cube()), Err(EvalError::Overflow));
    assert_eq!(whole(pow(int(2), n("N"))), Err(EvalError::Overflow));
    assert_eq!(whole(int(i128::MIN)), Err(EvalError::Overflow));
    assert_eq!(whole(call("floor", [over(cube(), int(3))])), Err(EvalError::Overflow));
    assert_eq!(whole(call("min", [])), Err(EvalError::Unsupported("min of 0 arguments".into())));
}

/// One more layer around a formula, of each kind that nests.
fn layers() -> Vec<fn(Expr) -> Expr> {
    vec![
        |inner| add([int(1), inner]),
        |inner| mul([n("N"), inner]),
        |inner| pow(inner, int(1)),
        |inner| sum([range("i", int(1), int(1))], inner),
        |inner| choose(equal(int(0), int(0)), inner, int(1)),
        |inner| mul([n("N"), bracket(equal(inner, int(1)))]),
        |inner| call("abs", [inner]),
        |inner| read("token", [join(inner, Operator::Mod, int(1))]),
        |inner| over(int(1), inner),
    ]
}

#[test]
fn deep_formulas_are_refused() {
    let instance = vectors();
    for layer in layers() {
        let deep = (0..500).fold(n("N"), |inner, _| layer(inner));
        let error = instance.compile(&deep, &[]).unwrap_err();
        assert!(matches!(error, EvalError::Unsupported(_)));
        let shallow = (0..45).fold(n("N"), |inner, _| layer(inner));
        if let Ok(formula) = instance.compile(&shallow, &[]) {
            let _ = instance.evaluate(&formula, &[]);
        }
    }
    let deep = (0..500).fold(equal(n("N"), int(1)), |inner, _| Condition::Not(Box::new(inner)));
    assert!(instance.compile(&bracket(deep), &[]).is_err());
}

#[test]
fn brackets_inside_brackets_compile_once() {
    let instance = vectors();
    let layer = |inner| mul([n("N"), mul([n("N"), mul([n("N"), bracket(equal(inner, int(1)))])])]);
    let nested = (0..15).fold(n("N"), |inner, _| layer(inner));
    let formula = instance.compile(&nested, &[]).unwrap();
    instance.evaluate(&formula, &[]).unwrap();
    assert!(instance.work() < 1000);
}

#[test]
fn mistaken_programs_are_errors() {
    let unbound = range("i", int(1), n("Q"));
    let cases = [
        (read("z", [n("i")]), EvalError::UnknownName("z".into())),
        (read("y", [n("i")]), EvalError::Circle(vec![("y".into(), vec![1])])),
        (sum([unbound], int(1)), EvalError::UnknownName("Q".into())),
        (read("x", []), EvalError::Rank { array: "x".into(), expected: 1, found: 0 }),
        (
            derivative(n("i"), "x", [n("i")]),
            EvalError::Unsupported("a derivative inside a derivative or an equation".into()),
        ),
    ];
    for (body, expected) in cases {
        let equation = equation("y", [range("i", int(1), int(2))], body);
        let program = program("", vec![array("x", [axis(int(3))])], vec![equation], "y");
        assert_eq!(Instance::new(&program, &sizes(&[]), 1, WORK).unwrap_err(), expected);
    }
    let mut rangeless = range("i", int(1), int(2));
    rangeless.range = None;
    let error = lone(1, [range("a", int(1), int(1)), rangeless]).unwrap_err();
    assert_eq!(error.to_string(), "the index i has no range");
    let sizeless = program("N", vec![], vec![], "");
    let error = Instance::new(&sizeless, &sizes(&[]), 1, WORK).unwrap_err();
    assert_eq!(error, EvalError::MissingSize("N".into()));
}

#[test]
fn hostile_claims_about_ranges_are_errors() {
    let body = read("x", [n("i")]);
    let arrays = vec![array("x", [axis(n("N"))])];
    let equations = vec![equation("y", [range("i", int(1), n("N"))], body)];
    let program = program("N", arrays, equations, "y");
    let given = sizes(&[("N", 4)]);
    assert!(check_box(&program, &given, 0, 1, &[(1, 4)]).is_ok());
    for claimed in [&[][..], &[(1, i64::MAX)], &[(i64::MIN, i64::MAX)], &[(1, 5)], &[(2, 4)], &[(4, 1)]] {
        assert!(check_box(&program, &given, 0, 1, claimed).is_err());
    }
    assert!(check_box(&program, &given, 1, 1, &[(1, 4)]).is_err());
}

#[test]
fn the_same_seed_gives_the_same_entries() {
    let entries = |seed| {
        let body = read("x", [n("i")]);
        let arrays = vec![array("x", [axis(int(5))])];
        let program = program("", arrays, vec![equation("y", [range("i", int(1), int(5))], body)], "y");
        let instance = Instance::new(&program, &sizes(&[]), seed, WORK).unwrap();
        (instance.entries("y").unwrap().to_vec(), instance.upstream("y", &[3]))
    };
    assert_eq!(entries(8), entries(8));
    assert_ne!(entries(8), entries(9));
}
