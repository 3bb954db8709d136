//! Random layers: what holds of every layer, tried of many, each of them well-typed and none like
//! the other. What fails is printed as the smallest specification found, to be pasted into a test.
//!
//! `FIRST` is the first seed and `LAYERS` the number of layers, if others are wanted.

mod case;
mod equation;
mod formula;
mod judged;
mod latex;
mod layer;
mod mutate;
mod rewrite;
mod source;
mod theorems;
mod walk;

use case::{Tally, Theorem, try_all};

/// So many layers in the ordinary run.
const LAYERS: u64 = 1_000;

fn seeds(usual: u64) -> std::ops::Range<u64> {
    let number = |name: &str| std::env::var(name).ok().and_then(|n| n.parse().ok());
    let first = number("FIRST").unwrap_or(0);
    first..first + number("LAYERS").unwrap_or(usual)
}

fn holds(theorem: Theorem, layers: u64) -> Tally {
    let tally = try_all(theorem, seeds(layers));
    println!("{}", tally.report());
    assert!(tally.failures.is_empty(), "\n{}", tally.report());
    tally
}

#[test]
fn every_answer_agrees_with_dual_numbers() {
    holds(theorems::agrees, LAYERS);
}

#[test]
fn what_is_printed_is_read_back() {
    holds(theorems::is_read_back, LAYERS / 10);
}

#[test]
fn presentation_and_the_order_of_rules_do_not_change_a_normal_form() {
    holds(theorems::has_one_normal_form, LAYERS / 10);
}

#[test]
fn a_gradient_is_upstream_times_jacobian() {
    holds(theorems::gradient_is_upstream_times_jacobian, LAYERS / 10);
}

#[test]
fn the_derivative_is_linear() {
    holds(theorems::derivative_is_linear, LAYERS / 10);
}

#[test]
fn mixed_partials_commute() {
    holds(theorems::partials_commute, LAYERS / 10);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    holds(theorems::same_bytes, LAYERS / 20);
}

#[test]
fn a_right_answer_in_another_form_is_never_refuted() {
    holds(judged::rewritings, LAYERS / 10);
}

#[test]
fn a_right_answer_in_latex_is_read_and_never_refuted() {
    holds(judged::in_latex, LAYERS / 10);
}

#[test]
fn a_wrong_answer_is_always_refuted() {
    holds(judged::slips, LAYERS / 10);
}
