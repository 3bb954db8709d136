//! A convolution with stride, dilation and padding against loops, and wrong answers about it.

use super::*;
use crate::evaluate::check::{Failure, check_jacobian, check_value};
use crate::evaluate::range::{BoxFault, check_box};
use crate::evaluate::{EvalError, Scalar};

/// `1 + S*(r-1) + D*(i-1) - P`
fn position() -> Expr {
    let start = mul([n("S"), sub(n("r"), int(1))]);
    let tap = mul([n("D"), sub(n("i"), int(1))]);
    sub(add([int(1), start, tap]), n("P"))
}

fn rows() -> Expr {
    let reach = mul([n("D"), sub(n("K"), int(1))]);
    let room = sub(add([n("N"), mul([int(2), n("P")])]), add([reach, int(1)]));
    add([call("floor", [over(room, n("S"))]), int(1)])
}

fn body() -> Expr {
    let product = mul([read("x", [position(), n("k")]), read("W", [n("o"), n("k"), n("i")])]);
    sum([range("k", int(1), n("C")), range("i", int(1), n("K"))], product)
}

fn layer() -> Program {
    let x = array("x", [padded(n("N"), n("P")), axis(n("C"))]);
    let w = array("W", [axis(n("F")), axis(n("C")), axis(n("K"))]);
    let indices = [range("r", int(1), rows()), range("o", int(1), n("F"))];
    program("N C F K S D P", vec![x, w], vec![equation("f", indices, body())], "f")
}

/// N, C, F, K, S, D, P
const CASES: [[i64; 7]; 8] = [
    [7, 5, 1, 3, 2, 1, 0],
    [11, 2, 3, 4, 3, 2, 1],
    [5, 3, 2, 1, 2, 1, 0],
    [6, 2, 3, 2, 5, 1, 3],
    [4, 3, 2, 2, 1, 3, 5],
    [9, 1, 2, 3, 1, 2, 2],
    [3, 2, 1, 3, 4, 1, 0],
    [10, 2, 3, 3, 2, 3, 0],
];

fn at(case: [i64; 7]) -> Sizes {
    names("N C F K S D P").into_iter().zip(case).collect()
}

fn instance(case: [i64; 7]) -> Instance {
    let mut instance = Instance::new(&layer(), &at(case), 17, WORK).unwrap();
    instance.alias_upstream("g".into(), "f").unwrap();
    instance
}

fn row_count([n, _, _, k, s, d, p]: [i64; 7]) -> i64 {
    (n + 2 * p - d * (k - 1) - 1).div_euclid(s) + 1
}

/// `sum[r : 1 <= p <= N] g[r,o] * x[p,k]`
fn weight_gradient(position: Expr, guard: Option<Condition>) -> Expr {
    let term = mul([read("g", [n("r"), n("o")]), read("x", [position, n("k")])]);
    reduce(Reduction::Sum, [range("r", int(1), rows())], guard, term)
}

/// `sum[o] sum[r] [D | q] * [0 <= q/D <= K-1] * g[r,o] * W[o, k, shift + q/D]`
fn input_gradient(stride: Expr, shift: i128, divisible: bool) -> Expr {
    let q = sub(add([n("n"), n("P")]), add([int(1), mul([stride, sub(n("r"), int(1))])]));
    let tap = over(q.clone(), n("D"));
    let divides = if divisible { Condition::Divides(n("D"), q) } else { equal(int(0), int(0)) };
    let reach = within(int(0), tap.clone(), sub(n("K"), int(1)));
    let weight = read("W", [n("o"), n("k"), add([int(shift), tap])]);
    let term = mul([bracket(divides), bracket(reach), upstream("f", [n("r"), n("o")]), weight]);
    sum([range("o", int(1), n("F")), range("r", int(1), rows())], term)
}

#[test]
fn the_forward_pass_equals_direct_loops() {
    for case in CASES {
        let instance = instance(case);
        let [len, channels, filters, taps, s, d, p] = case;
        assert_eq!(instance.axes("f").unwrap(), [(1, row_count(case)), (1, filters)]);
        for (r, o) in (1..=row_count(case)).flat_map(|r| (1..=filters).map(move |o| (r, o))) {
            let mut expected = Scalar::ZERO;
            for (k, i) in (1..=channels).flat_map(|k| (1..=taps).map(move |i| (k, i))) {
                let position = 1 + s * (r - 1) + d * (i - 1) - p;
                if (1..=len).contains(&position) {
                    let x = instance.entry("x", &[position, k]).unwrap();
                    expected = expected + x * instance.entry("W", &[o, k, i]).unwrap();
                }
            }
            assert_eq!(instance.entry("f", &[r, o]), Some(expected));
        }
    }
}

#[test]
fn the_right_answers_pass() {
    for case in CASES {
        let instance = instance(case);
        let in_range = within(int(1), position(), n("N"));
        gradient(&instance, "W", "o k i", weight_gradient(position(), Some(in_range))).unwrap();
        gradient(&instance, "x", "n k", input_gradient(n("S"), 1, true)).unwrap();
        let value = instance.compile(&body(), &names("r o")).unwrap();
        check_value(&instance, "f", &value).unwrap();
        let scatter = mul([bracket(equal(position(), n("n"))), read("W", [n("o"), n("c"), n("i")])]);
        let jacobian = sum([range("i", int(1), n("K"))], scatter);
        let jacobian = instance.compile(&jacobian, &names("r o n c")).unwrap();
        let checked = check_jacobian(&instance, "f", "x", &jacobian).unwrap();
        let [len, channels, filters, ..] = case;
        let expected = row_count(case) * filters * len * channels;
        assert_eq!(i64::try_from(checked.entries), Ok(expected));
    }
}

#[test]
fn wrong_answers_are_refuted_at_an_entry() {
    let instance = instance([11, 2, 3, 4, 3, 2, 1]);
    let claims = [
        ("a tap too far", input_gradient(n("S"), 2, true)),
        ("the stride is lost", input_gradient(int(1), 1, true)),
        ("the wrong stride", input_gradient(n("D"), 1, true)),
    ];
    for (slip, claim) in claims {
        match gradient(&instance, "x", "n k", claim).unwrap_err() {
            Failure::Mismatch(mismatch) => assert_ne!(mismatch.expected, mismatch.found, "{slip}"),
            Failure::NoValue { error: EvalError::OutOfRange { .. }, .. } => {}
            other => panic!("{slip}: {other}"),
        }
    }
    let unguarded = input_gradient(n("S"), 1, false);
    let failure = gradient(&instance, "x", "n k", unguarded).unwrap_err();
    let fraction = |error: &EvalError| matches!(error, EvalError::NotInteger(_));
    assert!(matches!(&failure, Failure::NoValue { error, .. } if fraction(error)), "{failure}");
}

#[test]
fn a_lost_bracket_in_a_jacobian_names_the_entry() {
    let instance = instance([7, 5, 1, 3, 2, 1, 0]);
    let tap = sub(n("n"), mul([int(2), sub(n("r"), int(1))]));
    let guarded = |last| {
        let weight = read("W", [n("o"), n("c"), tap.clone()]);
        choose(within(int(1), tap.clone(), int(last)), weight, int(0))
    };
    let free = names("r o n c");
    let right = instance.compile(&guarded(3), &free).unwrap();
    check_jacobian(&instance, "f", "x", &right).unwrap();
    let narrow = instance.compile(&guarded(2), &free).unwrap();
    let Err(Failure::Mismatch(mismatch)) = check_jacobian(&instance, "f", "x", &narrow) else {
        panic!("the last tap is missing and was not missed");
    };
    assert_eq!(mismatch.at, [1, 1, 3, 1]);
    assert_eq!(Some(mismatch.expected), instance.entry("W", &[1, 1, 3]));
    assert_eq!(mismatch.found, Scalar::ZERO);
    let bare = instance.compile(&read("W", [n("o"), n("c"), tap]), &free).unwrap();
    let failure = check_jacobian(&instance, "f", "x", &bare).unwrap_err();
    assert!(matches!(failure, Failure::NoValue { error: EvalError::OutOfRange { axis: 2, .. }, .. }));
}

#[test]
fn the_padding_reads_as_zero_and_no_further() {
    let instance = instance([6, 2, 3, 2, 5, 1, 3]);
    let formula = instance.compile(&read("x", [n("n"), n("k")]), &names("n k")).unwrap();
    assert_eq!(instance.evaluate(&formula, &[-2, 1]), Ok(Scalar::ZERO));
    assert_eq!(instance.evaluate(&formula, &[9, 1]), Ok(Scalar::ZERO));
    let error = instance.evaluate(&formula, &[10, 1]).unwrap_err();
    assert_eq!(error.to_string(), "x is read at 10 on axis 1, which runs over 1..6");
    assert!(instance.evaluate(&formula, &[-2, 3]).is_err());
}

#[test]
fn the_largest_range_is_recognised() {
    for case in CASES {
        let right = [(1, row_count(case)), (1, case[2])];
        let check = |claimed: &[_]| check_box(&layer(), &at(case), 0, 1, claimed);
        assert!(check(&right).is_ok(), "{case:?}");
        let (mut long, mut short, mut early) = (right, right, right);
        long[0].1 += 1;
        assert!(matches!(check(&long), Err(BoxFault::Point { .. })));
        early[0].0 -= 1;
        assert!(matches!(check(&early), Err(BoxFault::BelowBase { first: 0, .. })));
        short[0].1 -= 1;
        assert!(matches!(check(&short), Err(BoxFault::Extends { .. } | BoxFault::Empty)));
    }
}

#[test]
fn a_small_convolution_costs_little_work() {
    let instance = instance([7, 5, 1, 3, 2, 1, 0]);
    assert!(instance.work() < 1000, "{}", instance.work());
}
