//! Random layers: what holds of every layer, tried of many, each of them well-typed and none like
//! the other. What fails is printed as the smallest specification found, to be pasted into a test.
//!
//! `FIRST` is the first seed and `LAYERS` the number of layers, if others are wanted; `SHOW` prints every layer
//! before it is tried, and those of which nothing was tried once more.

mod case;
mod drawn;
mod equation;
mod formula;
mod found;
mod judged;
mod latex;
mod layer;
mod mutate;
mod rewrite;
mod source;
#[path = "../draw/svg.rs"]
mod svg;
mod theorems;
mod walk;

use case::{Tally, Theorem, try_all};

/// So many layers in the ordinary run.
const LAYERS: u64 = 1_000;

/// So many layers of the long run are tried of everything before the next ones.
const CHUNK: u64 = 1_000;

/// Which share of the right answers is proved at least.
const PROVED: f64 = 0.95;

/// Every property with how many layers there are for one on which it is tried in the long run.
const THEOREMS: &[(&str, Theorem, u64)] = &[
    ("dual numbers", theorems::agrees, 1),
    ("read back", theorems::is_read_back, 10),
    ("normal form", theorems::has_one_normal_form, 10),
    ("gradient", theorems::gradient_is_upstream_times_jacobian, 10),
    ("linear", theorems::derivative_is_linear, 10),
    ("mixed partials", theorems::partials_commute, 10),
    ("bytes", theorems::same_bytes, 50),
    ("right answers", judged::rewritings, 10),
    ("right answers in LaTeX", judged::in_latex, 10),
    ("wrong answers", judged::slips, 10),
    ("pictures", drawn::is_drawn, 10),
];

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
    holds(theorems::is_read_back, LAYERS / 20);
}

#[test]
fn presentation_and_the_order_of_rules_do_not_change_a_normal_form() {
    holds(theorems::has_one_normal_form, LAYERS / 20);
}

#[test]
fn a_gradient_is_upstream_times_jacobian() {
    holds(theorems::gradient_is_upstream_times_jacobian, LAYERS / 20);
}

#[test]
fn the_derivative_is_linear() {
    holds(theorems::derivative_is_linear, LAYERS / 20);
}

#[test]
fn mixed_partials_commute() {
    holds(theorems::partials_commute, LAYERS / 20);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    holds(theorems::same_bytes, LAYERS / 50);
}

#[test]
fn a_right_answer_in_another_form_is_never_refuted_and_mostly_proved() {
    let tally = holds(judged::rewritings, LAYERS / 20);
    let share = tally.share("proved", "undecided");
    println!("{:.1} % are proved", 100.0 * share);
    assert!(share >= PROVED, "only {share} of the right answers are proved\n{}", tally.report());
}

#[test]
fn a_right_answer_in_latex_is_read_and_never_refuted() {
    let tally = holds(judged::in_latex, LAYERS / 20);
    let share = tally.share("in LaTeX proved", "in LaTeX undecided");
    println!("{:.1} % are proved", 100.0 * share);
    assert!(share >= PROVED, "only {share} of the right answers are proved\n{}", tally.report());
}

#[test]
fn a_wrong_answer_is_always_refuted() {
    holds(judged::slips, LAYERS / 20);
}

#[test]
fn a_picture_can_be_read_or_is_refused_with_a_hint() {
    let tally = holds(drawn::is_drawn, LAYERS / 20);
    assert!(tally.counts.keys().filter(|what| what.ends_with("drawn")).count() >= 4, "{}", tally.report());
}

/// The long run: `cargo test --release --test random -- --ignored --nocapture`.
#[test]
#[ignore = "takes hours"]
fn everything_holds_of_a_hundred_thousand_layers() {
    let (all, mut failures) = (seeds(100_000), Vec::new());
    for first in all.clone().step_by(CHUNK as usize) {
        for (name, theorem, every) in THEOREMS {
            let some = (first..all.end.min(first + CHUNK)).filter(|seed| seed % every == 0);
            let tally = try_all(*theorem, some);
            println!("{name}, from {first}: {}", tally.report());
            failures.extend(tally.failures);
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
}
