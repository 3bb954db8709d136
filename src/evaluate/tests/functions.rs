//! Every function of the table: its value against a formula of its own, its derivatives against
//! differences, and the identities that hold on both faces.

use super::*;
use crate::evaluate::function::{is_opaque, slopes, value as of};
use crate::evaluate::number::{Dual, Number};
use crate::evaluate::{Agreement, Random, Scalar, Spread};
use crate::language::function::Function;

/// Where a function is smooth, as spreads of its two arguments.
fn smooth(function: Function) -> [Spread; 2] {
    let wide = Spread(-3.0, 3.0);
    match function {
        Function::Log | Function::Sqrt => [Spread(0.2, 3.0), wide],
        Function::Pow => [Spread(0.2, 3.0), Spread(-2.5, 2.5)],
        _ => [wide, wide],
    }
}

/// Whether a kink is near.
fn kinked(function: Function, u: f64, v: f64) -> bool {
    let near = |x: f64| x.abs() < 1e-2;
    match function {
        Function::Abs | Function::Sign | Function::Relu | Function::LeakyRelu | Function::Step => near(u),
        Function::Floor | Function::Ceil => near(u - u.round()),
        Function::Max | Function::Min => near(u - v),
        _ => false,
    }
}

fn arity(function: Function) -> usize {
    (0..3).find(|n| Function::named(function.name(), *n) == Some(function)).unwrap()
}

#[test]
fn derivatives_agree_with_differences() {
    let mut random = Random::new(11);
    for function in Function::all() {
        let arity = arity(function);
        let [first, second] = smooth(function);
        let mut tried = 0;
        while tried < 50 {
            let at = [random.scalar(first), random.scalar(second)];
            if kinked(function, at[0].real, at[1].real) {
                continue;
            }
            tried += 1;
            let y = of(function, &at[..arity]);
            let slopes = slopes(function, &at[..arity], y);
            for k in 0..arity {
                let step = 1e-5;
                let shifted = |by: f64| {
                    let mut moved = at;
                    moved[k].real += by;
                    moved[k].exact = moved[k].exact + Scalar::ONE.exact;
                    of(function, &moved[..arity]).real
                };
                let difference = (shifted(step) - shifted(-step)) / (2.0 * step);
                let close = (difference - slopes[k].real).abs() <= 1e-7 * (1.0 + difference.abs());
                assert!(close, "{function:?} argument {k} at {at:?}: {difference} and {:?}", slopes[k]);
            }
        }
    }
}

#[test]
fn dual_numbers_follow_the_contract() {
    let mut random = Random::new(12);
    for function in Function::all().filter(|f| arity(*f) > 0) {
        let arity = arity(function);
        let [first, second] = smooth(function);
        for _ in 0..20 {
            let at = [random.scalar(first), random.scalar(second)];
            let steps = [random.scalar(Spread::WIDE), random.scalar(Spread::WIDE)];
            let dual = |k: usize| Dual { value: at[k], tangent: steps[k] };
            let found = Dual::call(function, &[dual(0), dual(1)][..arity]);
            let y = of(function, &at[..arity]);
            let slopes = slopes(function, &at[..arity], y);
            let expected = (0..arity).fold(Scalar::ZERO, |sum, k| sum + slopes[k] * steps[k]);
            assert_eq!((found.value, found.tangent), (y, expected), "{function:?}");
            assert!((found.tangent.real - expected.real).abs() <= 1e-12 * (1.0 + expected.real.abs()));
        }
    }
}

#[test]
fn kinks_take_the_side_that_is_stated() {
    let (zero, one, v) = (Scalar::ZERO, Scalar::ONE, Scalar::from_integer(3));
    let slope = |function, arguments: &[Scalar]| slopes(function, arguments, of(function, arguments));
    for function in [Function::Abs, Function::Sign, Function::Relu, Function::Step, Function::Floor, Function::Ceil] {
        assert_eq!(slope(function, &[zero]), [zero, zero], "{function:?}");
    }
    assert_eq!(slope(Function::LeakyRelu, &[zero, v]), [v, zero]);
    assert_eq!(slope(Function::Max, &[v, v]), [one, zero]);
    assert_eq!(slope(Function::Min, &[v, v]), [one, zero]);
}

#[test]
fn values_are_those_of_textbooks() {
    let close = |function, arguments: &[i128], expected: f64| {
        let arguments: Vec<Scalar> = arguments.iter().map(|n| Scalar::from_integer(*n)).collect();
        let found = of(function, &arguments).real;
        assert!((found - expected).abs() <= 1e-13 * expected.abs(), "{function:?}: {found} is not {expected}");
    };
    close(Function::Erf, &[1], 0.842_700_792_949_714_9);
    close(Function::NormalCdf, &[-3], 0.001_349_898_031_630_094_6);
    close(Function::NormalPdf, &[1], 0.241_970_724_519_143_37);
    close(Function::Gelu, &[1], 0.841_344_746_068_542_9);
    close(Function::Softplus, &[0], std::f64::consts::LN_2);
    close(Function::Tanh, &[1], 0.761_594_155_955_764_9);
    close(Function::Sigmoid, &[2], 0.880_797_077_977_882_4);
    close(Function::Pow, &[2, -3], 0.125);
    close(Function::LeakyRelu, &[-4, 2], -8.0);
}

/// Two expressions and whether they are equal on the residues, in floating point only, or not.
fn agreement(one: Expr, other: Expr) -> Agreement {
    let instance = vectors();
    let [one, other] = [one, other].map(|side| instance.compile(&side, &[]).unwrap());
    let [a, b] = [&one, &other].map(|side| instance.evaluate(side, &[]).unwrap());
    a.agreement(b, instance.is_opaque(&one) || instance.is_opaque(&other), 0.0)
}

#[test]
fn identities_hold_exactly_where_few_atoms_suffice() {
    let x = || read("x", [int(1)]);
    let f = |name: &str, u: Expr| call(name, [u]);
    let half = || over(int(1), int(2));
    let square = || mul([x(), x()]);
    let exact = [
        (f("exp", neg(x())), over(int(1), f("exp", x()))),
        (f("sigmoid", neg(x())), sub(int(1), f("sigmoid", x()))),
        (f("tanh", x()), sub(mul([int(2), f("sigmoid", mul([int(2), x()]))]), int(1))),
        (f("silu", x()), mul([x(), f("sigmoid", x())])),
        (f("gelu", x()), mul([x(), f("normcdf", x())])),
        (f("softplus", x()), f("log", add([int(1), f("exp", x())]))),
        (f("exp", int(0)), int(1)),
        (f("log", int(1)), int(0)),
        (f("sin", neg(x())), neg(f("sin", x()))),
        (f("cos", neg(x())), f("cos", x())),
        (f("normcdf", x()), over(add([int(1), f("erf", over(x(), f("sqrt", int(2))))]), int(2))),
        (f("normpdf", x()), over(f("exp", neg(over(square(), int(2)))), f("sqrt", mul([int(2), n("pi")])))),
        (pow(square(), half()), f("sqrt", square())),
        (pow(square(), over(int(3), int(2))), mul([square(), f("sqrt", square())])),
        (call("pow", [x(), int(3)]), pow(x(), int(3))),
        (f("abs", neg(x())), f("abs", x())),
        (f("relu", x()), call("max", [x(), int(0)])),
        (call("leaky_relu", [x(), half()]), call("max", [x(), mul([half(), x()])])),
        (sub(f("relu", x()), f("relu", neg(x()))), x()),
        (call("pi", []), n("π")),
    ];
    for (one, other) in exact {
        assert_eq!(agreement(one.clone(), other.clone()), Agreement::Exact, "{one:?} {other:?}");
    }
    let numeric = [
        (f("exp", add([x(), x()])), pow(f("exp", x()), int(2))),
        (pow(f("sqrt", square()), int(2)), square()),
        (f("log", f("exp", x())), x()),
        (add([pow(f("sin", x()), int(2)), pow(f("cos", x()), int(2))]), int(1)),
        (f("sqrt", square()), f("abs", x())),
    ];
    for (one, other) in numeric {
        assert_eq!(agreement(one.clone(), other.clone()), Agreement::Numeric, "{one:?} {other:?}");
    }
    let wrong = [
        (f("exp", x()), f("exp", neg(x()))),
        (f("tanh", x()), f("sigmoid", x())),
        (f("relu", x()), f("relu", neg(x()))),
        (f("cos", x()), f("sin", x())),
    ];
    for (one, other) in wrong {
        assert_eq!(agreement(one.clone(), other.clone()), Agreement::None, "{one:?} {other:?}");
    }
}

#[test]
fn no_two_functions_share_a_residue() {
    let mut random = Random::new(5);
    let (u, v) = (random.scalar(Spread(0.1, 0.9)), random.scalar(Spread(0.1, 0.9)));
    let opaque: Vec<Function> = Function::all().filter(|f| is_opaque(*f)).collect();
    let residues: Vec<Scalar> = opaque.iter().map(|f| of(*f, &[u, v][..arity(*f)])).collect();
    for (k, a) in residues.iter().enumerate() {
        assert!(residues[..k].iter().all(|b| a != b), "{:?}", opaque[k]);
    }
}
