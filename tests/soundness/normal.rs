//! The normal form: what it calls equal is equal, and names, order, shifts and reversals of sums
//! do not matter to it.

use crate::cases;
use crate::fixture::{Fixture, show, system};
use crate::generate::Generator;
use crate::shapes;
use backprose::calculus::normal::{Normal, normal, proved_equal};
use backprose::evaluate::Scalar;
use backprose::integer::{Condition, Index, Var};
use backprose::model::{Bound, Kind, Term};

const PAIRS: u64 = 120;
const SHAPES: u64 = 60;

#[test]
fn equal_normal_forms_have_equal_values() {
    let (mut effective, mut failures) = (0, Vec::new());
    for fixture in Fixture::all() {
        for seed in cases(PAIRS) {
            let mut generator = Generator::new(&fixture, 3_000_000 + seed);
            let depth = 1 + generator.below(2);
            let one = generator.plain(depth);
            let other = variant(&mut generator, &one);
            let vars = one.free_vars().union(&other.free_vars()).cloned().collect();
            let (Ok(a), Ok(b)) = (fixture.values(&one, &vars), fixture.values(&other, &vars)) else { continue };
            if !proved_equal(&fixture.system, &fixture.facts(), &one, &other) {
                continue;
            }
            if a != b {
                failures.push(format!("seed {seed}\n  {}\n  {}", show(&one), show(&other)));
            }
            effective += usize::from(one != other && a.iter().any(|v| *v != Scalar::ZERO));
        }
    }
    println!("{effective} pairs of different terms proved equal");
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures[..failures.len().min(5)].join("\n"));
    assert!(effective > 50, "only {effective} pairs were effective");
}

/// Variants of sums with floors, extrema and congruences, which normal forms seldom tell; some of
/// the variants have a range that is one too short.
#[test]
fn what_is_proved_by_cases_has_equal_values() {
    let (mut effective, mut unequal, mut failures) = (0, 0, Vec::new());
    for seed in cases(SHAPES) {
        for (fixture, one) in shapes::terms(seed) {
            if one.any(&mut |t| matches!(t.kind(), Kind::Derivative(..))) {
                continue;
            }
            let mut generator = Generator::new(&fixture, seed);
            let other = variant(&mut generator, &one);
            let vars = one.free_vars().union(&other.free_vars()).cloned().collect();
            let (Ok(a), Ok(b)) = (fixture.values(&one, &vars), fixture.values(&other, &vars)) else { continue };
            let proved = proved_equal(&fixture.system, &fixture.facts(), &one, &other);
            if proved && a != b {
                failures.push(format!("seed {seed}\n  {}\n  {}", show(&one), show(&other)));
            }
            unequal += usize::from(a != b);
            let form = |term: &Term| normal(&fixture.system, &fixture.facts(), term);
            effective += usize::from(proved && form(&one) != form(&other) && a.iter().any(|v| *v != Scalar::ZERO));
        }
    }
    println!("{effective} pairs of different normal form proved equal by cases, {unequal} pairs differ");
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures[..failures.len().min(5)].join("\n"));
    assert!(effective > 20 && unequal > 20, "only {effective} and {unequal} pairs were effective");
}

#[test]
fn terms_of_one_normal_form_have_one_value() {
    for fixture in Fixture::all() {
        let vars = fixture.taken();
        let mut known: Vec<(Normal, Term, Vec<Scalar>)> = Vec::new();
        for seed in cases(PAIRS) {
            let mut generator = Generator::new(&fixture, 4_000_000 + seed);
            let term = generator.plain(1);
            let Some(form) = normal(&fixture.system, &fixture.facts(), &term) else { continue };
            let Ok(values) = fixture.values(&term, &vars) else { continue };
            if let Some((_, other, same)) = known.iter().find(|(known, ..)| *known == form) {
                assert_eq!(values, *same, "{}\n{}", show(&term), show(other));
            }
            known.push((form, term, values));
        }
    }
}

/// The same sum or product in another presentation, or a term that is nearly the same.
fn variant(generator: &mut Generator, term: &Term) -> Term {
    let changed = match term.kind() {
        Kind::Sigma(bounds, body) => sum_variant(generator, bounds, body),
        Kind::Sum(terms) => Term::sum(terms.iter().rev().cloned()),
        Kind::Product(factors) => Term::product(factors.iter().rev().cloned()),
        Kind::Bracket(Condition::Equal(a, b)) => Term::bracket(Condition::Equal(b.clone(), a.clone())),
        _ => term.clone(),
    };
    changed.map_children(&mut |child| variant(generator, child))
}

fn sum_variant(generator: &mut Generator, bounds: &[Bound], body: &Term) -> Term {
    let sum = |bounds: Vec<Bound>, body: Term| Term::sigma(bounds, body);
    let last = bounds.len() - 1;
    let (outer, Bound { var, lo, hi }) = (bounds[..last].to_vec(), bounds[last].clone());
    let with = |lo: Index, hi: Index| outer.iter().cloned().chain([Bound { var: var.clone(), lo, hi }]).collect();
    let by = |index: Index| body.substitute(&var, &index);
    let here = Index::var(&var);
    match generator.below(9) {
        0 => sum(bounds.to_vec(), body.clone()).with_all_bounds_fresh(&|v| v.serial == 0),
        1 => sum(with(lo.plus_number(2), hi.plus_number(2)), by(here.plus_number(-2))),
        2 => sum(with(hi.times_number(-1), lo.times_number(-1)), by(here.times_number(-1))),
        3 if bounds.iter().all(|b| bounds.iter().all(|o| !b.lo.mentions(&o.var) && !b.hi.mentions(&o.var))) => {
            sum(bounds.iter().rev().cloned().collect(), body.clone())
        }
        4 => {
            let middle = Condition::AtMost(here.clone(), lo.plus_number(1));
            let parts = [middle.clone(), Condition::Not(Box::new(middle))];
            Term::sum(parts.map(|p| sum(bounds.to_vec(), Term::product([Term::bracket(p), body.clone()]))))
        }
        5 => sum(with(lo.plus_number(1), hi.clone()), body.clone()),
        6 => sum(with(lo.clone(), hi.plus_number(-1)), body.clone()),
        7 => {
            let fresh = Var::new("y");
            let range = Bound { var: fresh.clone(), lo: lo.clone(), hi: hi.clone() };
            let twin = Term::bracket(Condition::Equal(Index::var(&fresh), here));
            sum(bounds.iter().cloned().chain([range]).collect(), Term::product([body.clone(), twin]))
        }
        _ => sum(bounds.to_vec(), body.clone()),
    }
}

/// Formulas over x[1..5], z[0..6] and a free index a, equal in value.
const EQUAL: &[(&str, &str)] = &[
    ("sum[i in 1..5] x[i]", "sum[j in 1..5] x[j]"),
    ("sum[i in 1..5] x[i]", "sum[j in 3..7] x[j-2]"),
    ("sum[i in 1..5] x[i]", "sum[j in -5..-1] x[-j]"),
    ("sum[i in 1..5] x[i]", "sum[j in 1..5] x[6-j]"),
    ("sum[i in 1..5, j in 0..6] x[i] * z[j]", "sum[i in 0..6, j in 1..5] z[i] * x[j]"),
    ("sum[i in 1..5, j in 0..6] x[i] * z[j]", "(sum[i in 1..5] x[i]) * (sum[i in 0..6] z[i])"),
    ("(sum[i in 1..5] x[i])^2", "sum[i in 1..5, j in 1..5] x[i] * x[j]"),
    ("sum[i in 1..5 : i <= 3] x[i]", "sum[i in 1..3] x[i]"),
    ("[a <= 3] * x[a] + [a > 3] * x[a] - [a > 3] * x[a]", "[a < 4] * x[a]"),
    ("sum[i in 1..a] x[i]", "sum[i in 1..5] [i <= a] * x[i]"),
    ("2 * x[a] + x[a] * 3", "5 * x[a]"),
    ("a * x[a] / 2 + (1 - a) * x[a] / 3", "x[a] / 3 + a * x[a] / 6"),
    ("(sum[i in 1..5] x[i])^-1 * z[a]", "z[a] / (sum[i in 1..5] x[i])"),
];

/// Formulas that are not, though they look alike.
const DIFFERENT: &[(&str, &str)] = &[
    ("sum[i in 1..5] x[i]", "sum[i in 1..4] x[i]"),
    ("sum[i in 1..2] [a = 2*i] * x[a]", "[2 <= a <= 4] * x[a]"),
    ("sum[i in 1..5, j in 1..5] x[i] * x[j]", "sum[i in 1..5] x[i]^2"),
    ("(sum[i in 1..5] x[i])^-1 * (sum[i in 1..5] z[i])", "sum[j in 1..5] z[j] * (sum[i in 1..5] x[j])^-1"),
    ("sum[j in -2..2, i in j..2] [i = i] * z[j+2] * x[3]", "sum[j in -2..2, i in -j..2] z[j+2] * x[3]"),
    ("sum[j in -2..0] sum[i in j..2] z[-j]", "sum[j in 0..2] sum[i in j..2] z[j]"),
    ("x[a] * (sum[i in 1..5] z[i])", "sum[i in 1..5] x[i] * z[i]"),
    ("a", "a^2"),
    ("a * x[a] / 2", "x[a] / 3"),
    ("a * x[a] / 2 + (1 - a) * x[a] / 3", "x[a] / 3 + a * x[a] / 7"),
];

fn pair(one: &str, other: &str) -> (Fixture, Term, Term) {
    let text = format!("input x[5]   input z[0..6]   p[a in 1..5] = {one}\n q[a in 1..5] = {other}");
    let fixture = Fixture::new(&text);
    let body = |name: &str| system(&text).equation(name).expect("an equation").body.clone();
    (fixture, body("p"), body("q"))
}

#[test]
fn normal_form_ignores_names_order_shifts_and_reversals() {
    for (one, other) in EQUAL {
        let (fixture, a, b) = pair(one, other);
        assert_eq!(fixture.values(&a, &fixture.taken()), fixture.values(&b, &fixture.taken()), "{one} and {other}");
        assert!(proved_equal(&fixture.system, &fixture.facts(), &a, &b), "{one} and {other} are equal");
    }
}

#[test]
fn formulas_of_different_value_have_different_normal_forms() {
    for (one, other) in DIFFERENT {
        let (fixture, a, b) = pair(one, other);
        assert_ne!(fixture.values(&a, &fixture.taken()), fixture.values(&b, &fixture.taken()), "{one} and {other}");
        assert!(!proved_equal(&fixture.system, &fixture.facts(), &a, &b), "{one} and {other} are not equal");
    }
}
