//! Mutants of Rust sources behind switches: a whole sample of them in one build, each chosen by its number
//! when the tests run.
//!
//! `mutants list FILE…` prints every mutant as number, place, function and change. `mutants write NUMBERS FILE…`
//! rewrites the files with those of the numbers (a file of them) that can stand there, as `crate::mutant(N)`.
//! What counts as a mutant follows cargo-mutants: a body replaced by a value of its type, an operator by another,
//! `!` and `-` left out, an arm before a wildcard left out, a guard that is always or never true.

mod change;
mod values;

use change::Mutator;
use std::collections::BTreeSet;
use std::error::Error;
use std::fs;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (chosen, files) = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["list", files @ ..] => (None, files.to_vec()),
        ["write", numbers, files @ ..] => {
            let numbers: Result<BTreeSet<u32>, _> =
                fs::read_to_string(numbers)?.split_whitespace().map(str::parse).collect();
            (Some(numbers?), files.to_vec())
        }
        _ => return Err("usage: mutants list FILE… | mutants write NUMBERS FILE…".into()),
    };
    let mut mutator = Mutator::new(chosen.clone().unwrap_or_default());
    for file in files {
        let text = fs::read_to_string(file)?;
        let mutated = mutator.file(file, syn::parse_file(&text)?);
        match chosen {
            Some(_) => fs::write(file, prettyplease::unparse(&mutated))?,
            None => mutator.listed.drain(..).for_each(|mutant| println!("{mutant}")),
        }
    }
    Ok(())
}
