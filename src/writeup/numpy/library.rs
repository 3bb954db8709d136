//! The functions that a module defines for itself: `templates/numpy/functions/` or
//! `templates/torch/functions/`, a file each.
//!
//! Invariant: a module holds those that its code calls, and those that these call, in the order of
//! their names, and no others.

use super::tensor::Dialect;
use super::{NUMPY, TORCH};
use std::collections::BTreeSet;

/// The definitions of functions and of all that they call.
pub(super) fn definitions(called: &BTreeSet<String>, dialect: Dialect) -> Result<Vec<&'static str>, String> {
    let mut found: BTreeSet<String> = BTreeSet::new();
    let mut open: Vec<String> = called.iter().cloned().collect();
    while let Some(name) = open.pop() {
        let text = definition(&name, dialect)?;
        if found.insert(name) {
            open.extend(calls(text));
        }
    }
    found.iter().map(|name| definition(name, dialect)).collect()
}

fn definition(name: &str, dialect: Dialect) -> Result<&'static str, String> {
    let folder = if dialect == Dialect::Torch { &TORCH } else { &NUMPY };
    let file = folder.get_file(format!("functions/{}.py", name.trim_start_matches('_')));
    let text = file.and_then(|file| file.contents_utf8()).map(str::trim_end);
    text.ok_or_else(|| format!("the function `{name}` has no code in {dialect:?} yet"))
}

/// The functions of the library that a definition calls, itself among them.
fn calls(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '('));
    let heads = words.filter_map(|word| word.split_once('(').map(|(head, _)| head));
    heads.filter(|head| head.starts_with('_')).map(str::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::function::Function;

    #[test]
    fn every_function_of_the_language_has_code() {
        for dialect in [Dialect::Numpy, Dialect::Torch] {
            let names = Function::all().map(|function| dialect.function(function.entry().numpy));
            let called: BTreeSet<String> = names.filter(|name| name.starts_with('_')).collect();
            let text = definitions(&called, dialect).unwrap().join("\n");
            assert!(called.iter().all(|name| text.contains(&format!("def {name}("))), "{text}");
        }
    }
}
