//! Formulas, each with the TeX it must become.

use super::builders::*;
use crate::language::syntax::*;
use crate::writeup::latex::{Place, Printer};
use crate::writeup::notation::Notation;
use ExprKind as K;
use num_rational::BigRational;

fn check(e: Expr, expected: &str) {
    check_at(e, Place::Display, expected);
}

fn check_at(e: Expr, place: Place, expected: &str) {
    let notation = Notation::default();
    assert_eq!(Printer { notation: &notation, marks: &[] }.set(&e, place).tex, expected);
}

fn power(a: Expr, b: Expr) -> Expr {
    Expr::new(K::Power(Box::new(a), Box::new(b)))
}

#[test]
fn parentheses_stand_where_the_reading_would_be_in_doubt() {
    let ab = || add(&[n("a"), n("b")]);
    check(mul(&[ab(), n("c")]), "(a+b)\\,c");
    check(neg(ab()), "-(a+b)");
    check(mul(&[n("a"), neg(n("b"))]), "a(-b)");
    check(power(neg(n("x")), i(2)), "(-x)^{2}");
    check(neg(power(n("x"), i(2))), "-x^{2}");
    check(power(power(n("x"), i(2)), i(3)), "(x^{2})^{3}");
    check(power(call("exp", &[n("x")]), i(2)), "(\\exp(x))^{2}");
    check(sub(n("a"), sub(n("b"), n("c"))), "a-(b-c)");
    check(mul(&[i(2), i(3)]), "2\\cdot 3");
    check(mul(&[n("a"), i(3)]), "a\\cdot 3");
    check(mul(&[n("a"), bracket(equal(n("k"), n("c")))]), "a\\cdot [k=c]");
    check(power(n("k'"), i(2)), "{k'}^{2}");
}

#[test]
fn what_is_open_at_the_right_is_closed_before_anything_follows() {
    let total = || sum(&[("k", 5)], read("a", &[n("k")]));
    check(mul(&[total(), n("b")]), "\\left(\\sum_{k=1}^{5}a[k]\\right)\\,b");
    check(mul(&[n("b"), total()]), "b\\;\\sum_{k=1}^{5}a[k]");
    check(add(&[mul(&[i(2), total()]), n("b")]), "\\left(2\\,\\sum_{k=1}^{5}a[k]\\right)+b");
    check(sum(&[("k", 5)], add(&[n("a"), n("b")])), "\\sum_{k=1}^{5}(a+b)");
    let choice = cases(equal(n("a"), i(1)), n("b"), cases(equal(n("a"), i(2)), n("c"), i(0)));
    check(
        add(&[choice, n("d")]),
        "\\left(\\begin{cases}b & \\text{if } a=1\\\\ c & \\text{if } a=2\\\\ 0 & \\text{otherwise}\\end{cases}\\right)+d",
    );
}

#[test]
fn fractions_are_built_up_in_displays_and_flat_in_indices() {
    let ratio = || op(sub(n("n"), i(1)), Operator::Over, mul(&[i(2), n("S")]));
    check(ratio(), "\\frac{n-1}{2S}");
    check_at(ratio(), Place::Index, "(n-1)/(2S)");
    let floor = || op(sub(n("n"), i(1)), Operator::Div, n("S"));
    check(floor(), "\\left\\lfloor\\frac{n-1}{S}\\right\\rfloor");
    check_at(floor(), Place::Index, "\\lfloor (n-1)/S\\rfloor");
    check(add(&[op(n("a"), Operator::Mod, n("b")), i(1)]), "(a\\bmod b)+1");
    check_at(op(op(n("a"), Operator::Over, n("b")), Operator::Times, n("c")), Place::Index, "(a/b)\\,c");
    check_at(Expr::new(K::Number(BigRational::new(1.into(), 2.into()))), Place::Display, "\\frac{1}{2}");
    check(read("x", &[add(&[n("i"), mul(&[n("S"), sub(n("r"), i(1))])]), n("k")]), "x[\\,i+S(r-1),\\,k\\,]");
}

#[test]
fn derivatives_and_sums_under_conditions() {
    let f = read("f", &[n("r")]);
    check(by(f.clone(), "W", &[i(1), n("k")]), "\\frac{\\partial f[r]}{\\partial W[1,k]}");
    check(upstream("f", &[n("r")]), "\\frac{\\partial\\ell}{\\partial f[r]}");
    check_at(upstream("f", &[]), Place::Inline, "\\partial\\ell/\\partial f");
    check(by(mul(&[f.clone(), n("b")]), "W", &[n("k")]), "\\frac{\\partial}{\\partial W[k]}(f[r]\\;b)");
    let tap = within(i(1), sub(n("n"), mul(&[i(2), sub(n("r"), i(1))])), i(3));
    let both = Condition::All(vec![within(i(1), n("r"), i(3)), tap]);
    check(open_sum(&["r"], Some(both), f), "\\sum_{\\substack{r\\\\ 1\\le r\\le 3\\\\ 1\\le n-2(r-1)\\le 3}}f[r]");
}

#[test]
fn tex_becomes_readable_unicode() {
    let cases = [
        (r"\partial \ell/\partial W", "∂ℓ/∂W"),
        (r"\mathbb{R}^{3\times(7\times5)}", "ℝ^(3×(7×5))"),
        (r"\frac{a}{b}\le x^5", "a/b ≤ x⁵"),
        (r"\frac{a+1}{b}", "(a+1)/b"),
        (r"f_W(x)\in\mathbb{R}^{5}", "f_W(x) ∈ ℝ⁵"),
        (r"\left\lfloor\frac{n-1}{2}\right\rfloor", "⌊(n-1)/2⌋"),
        (r"\sum_{k=1}^{5} x_k\text{ if }\alpha", "∑_(k=1)⁵x_k if α"),
        (r"\input{x}", r"\input{x}"),
    ];
    for (source, expected) in cases {
        assert_eq!(crate::writeup::tex::to_unicode(source), expected);
    }
}
