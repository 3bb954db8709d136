//! What the solver must be able to prove.

use super::super::index::{Atom, Extreme, Var};
use super::*;

fn size(name: &str) -> Index {
    Index::size(name)
}

#[test]
fn the_last_window_of_a_strided_dilated_padded_correlation_is_readable() {
    let mut facts = Facts::default();
    facts.bound_size("P".into(), 0);
    let (r, i) = (Var::new("r"), Var::new("i"));
    let reach =
        size("N").plus(&size("P").times_number(2)).minus(&size("D").times(&size("K").plus_number(-1))).plus_number(-1);
    facts.require(&Condition::AtMost(Index::default(), reach.clone()));
    let last = reach.floor_div(&size("S")).plus_number(1);
    facts.bound_index(&r, &Index::constant(1), &last);
    facts.bound_index(&i, &Index::constant(1), &size("K"));
    let position = Index::constant(1)
        .plus(&size("S").times(&Index::var(&r).plus_number(-1)))
        .plus(&size("D").times(&Index::var(&i).plus_number(-1)))
        .minus(&size("P"));
    let padded = Condition::Within(Index::constant(1).minus(&size("P")), position.clone(), size("N").plus(&size("P")));
    assert_eq!(facts.judge(&padded), Truth::Yes);
    let inner = Condition::Within(Index::constant(1), position, size("N"));
    assert_eq!(facts.judge(&inner), Truth::Unknown);
}

#[test]
fn numbers_are_decided_completely() {
    let mut facts = Facts::default();
    let (a, b) = (Var::new("a"), Var::new("b"));
    facts.bound_index(&a, &Index::constant(1), &Index::constant(4));
    facts.bound_index(&b, &Index::constant(1), &Index::var(&a));
    let difference = Index::var(&a).minus(&Index::var(&b));
    assert_eq!(facts.judge(&Condition::AtMost(Index::default(), difference.clone())), Truth::Yes);
    let even = Condition::Divides(Index::constant(2), Index::var(&a).times_number(2).plus(&difference.times_number(4)));
    assert_eq!(facts.judge(&even), Truth::Yes);
    let square = Index::var(&a).times(&Index::var(&a)).minus(&Index::var(&a));
    assert_eq!(facts.judge(&Condition::AtMost(Index::default(), square)), Truth::Yes);
}

fn number(n: i128) -> Index {
    Index::constant(n)
}

fn var(name: &str) -> Index {
    Index::var(&Var::new(name))
}

fn equal(a: &Index, b: &Index) -> Condition {
    Condition::Equal(a.clone(), b.clone())
}

fn not(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}

/// Facts about indices in ranges.
fn ranges(ranges: &[(&str, Index, Index)]) -> Facts {
    let mut facts = Facts::default();
    ranges.iter().for_each(|(name, lo, hi)| facts.bound_index(&Var::new(*name), lo, hi));
    facts
}

#[test]
fn requirements_of_every_kind_are_used() {
    let i = var("i");
    let base = ranges(&[("i", number(1), number(50)), ("j", number(1), number(50))]);
    let divides = |m: i128, e: &Index| Condition::Divides(number(m), e.clone());
    let mut facts = base.clone();
    facts.require(&divides(2, &i));
    assert_eq!(facts.judge(&divides(6, &i)), Truth::Unknown);
    facts.require(&divides(3, &i));
    assert_eq!(facts.judge(&divides(6, &i)), Truth::Yes);
    assert_eq!(facts.judge(&divides(6, &i.plus_number(4))), Truth::No);
    let mut facts = base.clone();
    facts.require(&Condition::Any(vec![equal(&i, &number(2)), equal(&i, &number(5))]));
    assert_eq!(facts.judge(&divides(3, &i.plus_number(1))), Truth::Yes);
    let mut facts = base;
    facts.require(&not(equal(&i, &var("j"))));
    facts.require(&Condition::AtMost(i.clone(), var("j")));
    assert_eq!(facts.judge(&Condition::AtMost(i.plus_number(1), var("j"))), Truth::Yes);
}

#[test]
fn linear_relations_between_sizes_are_decided() {
    let (n, k) = (size("N"), size("K"));
    let mut facts = ranges(&[("r", number(1), n.minus(&k).plus_number(1)), ("i", number(1), k.clone())]);
    let place = var("r").plus(&var("i")).plus_number(-1);
    assert_eq!(facts.judge(&Condition::Within(number(1), place.clone(), n.clone())), Truth::Yes);
    assert_eq!(facts.judge(&Condition::AtMost(place, n.plus_number(-1))), Truth::Unknown);
    assert_eq!(facts.judge(&Condition::AtMost(k.clone(), n.clone())), Truth::Yes, "the range of r is not empty");
    facts.require(&Condition::AtMost(n.times_number(2), k.times_number(3).plus_number(1)));
    facts.require(&Condition::AtMost(k.times_number(3).plus_number(1), n.times_number(2)));
    assert_eq!(facts.judge(&Condition::Divides(number(2), k.plus_number(1))), Truth::Yes);
}

#[test]
fn extrema_are_what_they_are() {
    let (n, k) = (size("N"), size("K"));
    let both = vec![n.clone(), k.clone()];
    let greatest = Index::extreme(Extreme::Greatest, both.clone());
    let least = Index::extreme(Extreme::Least, both);
    let facts = Facts::default();
    assert_eq!(facts.judge(&equal(&greatest.plus(&least), &n.plus(&k))), Truth::Yes);
    assert_eq!(facts.judge(&Condition::AtMost(greatest.clone(), n.clone())), Truth::Unknown);
    let mut facts = facts;
    facts.require(&Condition::AtMost(k.plus_number(1), n.clone()));
    assert_eq!(facts.judge(&equal(&greatest, &n)), Truth::Yes);
}

#[test]
fn equal_places_hold_equal_data() {
    let entry = |at: Index| Index::atom(Atom::Datum("token".into(), vec![at]));
    let mut facts = ranges(&[("i", number(1), size("N")), ("j", number(1), size("N"))]);
    facts.bound_data("token".into(), number(1), size("V"));
    let (at_i, at_j) = (entry(var("i")), entry(var("j")));
    assert_eq!(facts.judge(&Condition::Within(number(1), at_i.clone(), size("V"))), Truth::Yes);
    assert_eq!(facts.judge(&equal(&at_i, &at_j)), Truth::Unknown);
    let mut same = facts.clone();
    same.require(&equal(&var("i").times_number(2), &var("j").times_number(2)));
    assert_eq!(same.judge(&equal(&at_i, &at_j)), Truth::Yes);
    facts.require(&not(equal(&at_i, &at_j)));
    assert_eq!(facts.judge(&equal(&var("i"), &var("j"))), Truth::No);
}

#[test]
fn large_ranges_are_no_obstacle() {
    let large = number(1 << 30);
    let facts = ranges(&[("i", number(1), large.clone()), ("j", number(1), large.clone())]);
    let (i, j) = (var("i"), var("j"));
    let claim = equal(&i.times_number(6).plus(&j.times_number(10)), &number(29));
    assert_eq!(facts.judge(&claim), Truth::No);
    let quotient = i.times_number(6).plus_number(5).floor_div(&number(4));
    assert_eq!(facts.judge(&equal(&quotient.times_number(2), &i.times_number(3).plus_number(2))), Truth::Unknown);
    assert_eq!(facts.judge(&Condition::AtMost(i.times_number(3).plus_number(1), quotient.times_number(2))), Truth::Yes);
}

#[test]
fn products_of_bounded_indices_are_decided_by_cases() {
    let facts = ranges(&[("i", number(-3), number(4)), ("j", number(2), number(6))]);
    let (i, j) = (var("i"), var("j"));
    let square = i.times(&i);
    assert_eq!(facts.judge(&Condition::AtMost(square.clone(), number(16))), Truth::Yes);
    assert_eq!(facts.judge(&equal(&square, &number(7))), Truth::No);
    assert_eq!(facts.judge(&equal(&i.times(&j), &number(11))), Truth::No);
    assert_eq!(facts.judge(&equal(&i.times(&j), &number(24))), Truth::Unknown);
}

#[test]
fn what_is_too_much_is_left_unknown() {
    let sum = |from: usize, n: usize| {
        (from..from + n).fold(Index::default(), |sum, k| sum.plus(&size(&format!("N{k}")).times_number(k as i128 + 7)))
    };
    let mut facts = Facts::default();
    for k in 0..40 {
        facts.require(&not(equal(&sum(k, 40), &sum(3 * k + 1, 50))));
    }
    let claim = Condition::Divides(number(1_000_003), sum(0, 150));
    assert_eq!(facts.judge(&claim), Truth::Unknown);
}

#[test]
fn failures_are_found_far_from_the_least_sizes() {
    let (n, k, d) = (size("N"), size("K"), size("D"));
    let mut facts = Facts::default();
    ["N", "K", "D"].iter().for_each(|name| facts.bound_size((*name).into(), 1));
    facts.require(&Condition::AtMost(k.clone(), n.clone()));
    let reach = d.times(&k.plus_number(-1)).plus_number(1);
    assert!(!facts.fails_somewhere(&Condition::AtMost(k.clone(), n.plus_number(1))));
    assert!(facts.fails_somewhere(&Condition::AtMost(reach, n.clone())));
    facts.require(&Condition::AtMost(number(1_000), k.clone()));
    assert!(facts.fails_somewhere(&Condition::AtMost(n, number(2_000))));
}

#[test]
fn what_was_known_of_an_outer_index_of_the_same_name_is_forgotten() {
    let mut facts = ranges(&[("i", number(1), number(9)), ("j", number(1), var("i"))]);
    let even = Condition::Divides(number(2), var("i"));
    facts.require(&even);
    facts.require(&Condition::AtMost(var("i"), number(4)));
    assert_eq!(facts.judge(&even), Truth::Yes);
    facts.bound_index(&Var::new("i"), &number(1), &number(9));
    assert_eq!(facts.judge(&even), Truth::Unknown);
    assert_eq!(facts.judge(&Condition::AtMost(var("i"), number(4))), Truth::Unknown);
    assert_eq!(facts.judge(&Condition::AtMost(var("j"), number(9))), Truth::Unknown);
}
