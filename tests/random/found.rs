//! What was found in documents with random formulas.

use backprose::answers::{Detail, Grader, Mapping};
use backprose::language::parse::parse_file;
use backprose::language::syntax::Item;

const HOMEWORK: &str = "homework \"H\" { problem 1 \"P\" { question 1 \"Q\" {
    size N; input x[N], v[2]; weight W[N, N]
    y[i] = sum[j] W[i,j]*x[j]; z[i in 1..2] = v[1 + i mod 2]
    answer y, z } } }";

/// The verdicts on formulas that stand under the question.
fn verdicts(formulas: &[&str]) -> Vec<&'static str> {
    let file = parse_file(HOMEWORK).unwrap();
    let Some(Item::Homework(homework)) = file.items.first() else { panic!("a homework") };
    let shown: String = formulas.iter().map(|formula| format!("$$\n{formula}\n$$\n\n")).collect();
    let mapping = Mapping::default();
    let mut grader = Grader::new(homework, 1, &mapping, Detail::Full).unwrap();
    let marked = grader.judge(&format!("# Problem 1\n\n1. Answers\n\n{shown}")).unwrap();
    marked.entries.iter().map(|entry| entry.verdict()).collect()
}

#[test]
fn an_entry_with_one_subscript_is_no_symbol_of_the_authors() {
    assert_eq!(
        verdicts(&[
            "y_i = \\sum_{j=1}^{N} W_{ij} x_j",
            "y_{i} = \\sum_{j=1}^{N} W_{ji} x_j",
            "z_{i} = v_{1 + i \\bmod 2}",
            "z_i = v_i",
        ]),
        ["proved", "refuted", "proved", "refuted"]
    );
    assert_eq!(verdicts(&["H_P = N + 1"]), ["definition"]);
}
