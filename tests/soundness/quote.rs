//! Every way of writing a term has the value of the plain one.

use crate::cases;
use crate::fixture::{Fixture, show};
use crate::generate::Generator;
use backprose::evaluate::Scalar;
use backprose::language::print::{Alphabet, expression};
use backprose::model::Quote;
use std::collections::BTreeMap;

const TERMS: u64 = 120;

#[test]
fn quoting_keeps_the_value() {
    let (mut effective, mut failures) = (0, Vec::new());
    for fixture in Fixture::all() {
        for seed in cases(TERMS) {
            let mut generator = Generator::new(&fixture, 2_000_000 + seed);
            let term = generator.term(2);
            let vars = term.free_vars();
            let Ok(values) = fixture.values(&term, &vars) else { continue };
            for quote in quotes(&fixture) {
                let formula = quote.formula(&term);
                if fixture.values_of(&formula, &vars) != Ok(values.clone()) {
                    let written = expression(&formula, Alphabet::Ascii);
                    let found = fixture.values_of(&formula, &vars).err();
                    failures.push(format!("seed {seed} {found:?}\n  plain  {}\n  quoted {written}", show(&term)));
                }
            }
            effective += usize::from(values.iter().any(|v| *v != Scalar::ZERO));
        }
    }
    println!("{effective} terms that are not 0");
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures[..failures.len().min(5)].join("\n"));
    assert!(effective > 50, "only {effective} terms were effective");
}

/// Offsets and order as an author would leave them, under every choice of presentation.
fn quotes(fixture: &Fixture) -> Vec<Quote> {
    let authors = Quote {
        offsets: BTreeMap::from([("i", 1), ("a", 1), ("b", 2), ("k", -1)].map(|(name, n)| (name.into(), n))).into(),
        order: ["k", "b", "a", "i"].map(Into::into).to_vec().into(),
        taken: fixture.taken(),
        ..Quote::plain()
    };
    let with = |conditional_sums, cases| Quote { conditional_sums, cases, ..authors.clone() };
    vec![with(false, false), with(true, false), with(false, true), with(true, true)]
}
