//! Where factors come from, worked out by hand.

use crate::language::parse::parse_file;
use crate::language::print::{Alphabet, expression};
use crate::model::Sizes;
use crate::study::Study;
use crate::writeup::origin::{Origin, Source};
use crate::writeup::outline::Level;
use crate::writeup::sheet::answers;

/// Each factor with the derivative it stands in and what it comes from.
fn origins(text: &str) -> Vec<String> {
    let file = parse_file(text).expect("a specification");
    let mut study = Study::new(&file.statements, 1, &Sizes::default()).expect("a system");
    let goals = study.goals(&[]);
    let goals = study.with_adjoints(&goals);
    let document = answers(&mut study, &goals, "", Level::Answer).expect("answers");
    document.problems.iter().flat_map(|problem| &problem.questions).flat_map(|q| &q.origins).map(said).collect()
}

fn said(Origin { derivative, factor, equation, source }: &Origin) -> String {
    let print = |expr| expression(expr, Alphabet::Ascii);
    let source = match source {
        Source::Value => format!("the value of {}", print(equation)),
        Source::Upstream => format!("the upstream gradient at {}", print(equation)),
        Source::Read(read, at) => {
            let at: String = at.iter().map(|(name, index)| format!(", {name} = {}", print(index))).collect();
            format!("{} in {}{at}", print(read), print(equation))
        }
    };
    format!("{}: {} is {source}", print(derivative), print(factor))
}

/// f reads x at i + 2(r-1) and w at i. In dl/dw[i] the entry of x is the one that f reads; in dl/dx[n] the tap is
/// the i with i + 2(r-1) = n.
#[test]
fn the_index_of_a_read_is_solved_for() {
    let found = origins("x[7], w[3]; f[r] = sum[i] x[i+2*(r-1)] * w[i]");
    for expected in
        ["dl/dw[i]: x[i+2*(r-1)] is x[i+2*(r-1)] in f[r]", "dl/dx[n]: w[n-2*(r-1)] is w[i] in f[r], i = n-2*(r-1)"]
    {
        let tight = |line: &str| line.replace(' ', "");
        assert!(found.iter().any(|line| tight(line) == tight(expected)), "{expected}\n{}", found.join("\n"));
    }
}

/// y[i] reads x[i] twice, as x[i] * x[i]; both lead to the same read, said once. exp(x[i]) is no read of its own.
#[test]
fn what_is_read_twice_is_said_once() {
    let found = origins("size N; x[N]; y[i] = x[i]^2");
    let by_x: Vec<&String> = found.iter().filter(|line| line.starts_with("dl/dx[i]: x[i]")).collect();
    assert_eq!(by_x.len(), 1, "{found:?}");
    assert!(by_x[0].ends_with("is x[i] in y[i]") || by_x[0].contains("x[i] in y[i], i = "), "{found:?}");
}
