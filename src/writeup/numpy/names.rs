//! Python identifiers for the author's names: no two things of one scope share one, none hides a
//! word that the module itself uses.
//!
//! Invariant: identifiers made from the author's names never begin with an underscore, the
//! module's own always do (or are reserved below).

use super::PieceKind;
use crate::language::{program::Program, syntax::Name};
use std::collections::{BTreeMap, BTreeSet};

/// Python's keywords, and the names that the template and the generated code rely on.
const RESERVED: &str = "False None True and as assert async await break class continue def del \
    elif else except finally for from global if import in is lambda nonlocal not or pass raise \
    return try while with yield np math itertools abs all bool dict divmod enumerate float getattr int \
    isinstance len list max min print range round sorted str sum tuple type zip torch Operation ArithmeticError \
    AttributeError Exception IndexError SystemExit TypeError ValueError";

/// What everything is called in Python.
#[derive(Debug)]
pub(super) struct Names {
    /// Sizes and params.
    pub constants: BTreeMap<Name, String>,
    /// Those of them that are params: no integers.
    pub params: BTreeSet<Name>,
    /// Given and defined arrays.
    pub arrays: BTreeMap<Name, String>,
    /// The upstream gradient of each output: of one that is read further, the direct part.
    pub upstream: BTreeMap<Name, String>,
    /// The letters of direct parts in formulas, with their outputs.
    pub letters: BTreeMap<Name, Name>,
    /// The derivatives, where they stand by name.
    pub derived: BTreeMap<PieceKind, String>,
    /// The array that a function fills.
    pub result: String,
    taken: BTreeSet<String>,
}

impl Names {
    /// Names everything in `program` and the derivatives `kinds`; `keywords` are sizes that are
    /// accepted though substituted; `direct` are outputs with the letters of their direct parts.
    pub fn new<'a>(
        program: &'a Program,
        kinds: &[PieceKind],
        keywords: impl Iterator<Item = &'a Name>,
        direct: &[(Name, Name)],
    ) -> Names {
        let mut taken = reserved();
        let mut constants = BTreeMap::new();
        let params = program.params.iter().map(|param| &param.name);
        for name in program.sizes.iter().chain(params).chain(keywords) {
            constants.entry(name.clone()).or_insert_with(|| fresh(name, &mut taken));
        }
        let mut arrays = BTreeMap::new();
        let given = program.arrays.iter().map(|array| &array.name);
        let defined = program.equations.iter().map(|equation| &equation.array);
        for name in given.chain(defined) {
            let wanted = PieceKind::Value(name.clone()).contract();
            arrays.entry(name.clone()).or_insert_with(|| fresh(&wanted, &mut taken));
        }
        let mut upstream = BTreeMap::new();
        for output in &program.outputs {
            let letter = direct.iter().find(|(of, _)| of == output).map(|(_, letter)| letter.to_string());
            let wanted = letter.unwrap_or_else(|| match program.outputs.len() {
                1 => "g".to_string(),
                _ => format!("g_{output}"),
            });
            upstream.insert(output.clone(), fresh(&wanted, &mut taken));
        }
        let mut derived = BTreeMap::new();
        for kind in kinds.iter().filter(|kind| !matches!(kind, PieceKind::Value(_))) {
            derived.entry(kind.clone()).or_insert_with(|| fresh(&kind.contract(), &mut taken));
        }
        let result = fresh("result", &mut taken);
        Names {
            constants,
            params: program.params.iter().map(|p| p.name.clone()).collect(),
            arrays,
            upstream,
            letters: direct.iter().map(|(output, letter)| (letter.clone(), output.clone())).collect(),
            derived,
            result,
            taken,
        }
    }

    /// Whether the whole gradient of an array is given: it is an output that nothing else reads.
    pub fn given(&self, array: &Name) -> bool {
        self.upstream.contains_key(array) && self.letters.values().all(|output| output != array)
    }

    /// An identifier for an index that differs from all others in its scope.
    pub fn index<'a>(&self, name: &str, scope: impl Iterator<Item = &'a String>) -> String {
        let mut taken = self.taken.clone();
        taken.extend(scope.cloned());
        fresh(name, &mut taken)
    }
}

/// Identifiers for the public functions, in the order of their contract names.
pub(super) fn functions(contract: &[String]) -> Vec<String> {
    let mut taken = reserved();
    contract.iter().map(|name| fresh(name, &mut taken)).collect()
}

fn reserved() -> BTreeSet<String> {
    RESERVED.split_whitespace().map(str::to_string).collect()
}

/// The first of `name`, `name_`, `name_2`, … that is free; it is then taken.
fn fresh(name: &str, taken: &mut BTreeSet<String>) -> String {
    let stem = identifier(name);
    let mut candidate = stem.clone();
    let mut count = 1;
    while taken.contains(&candidate) {
        candidate = match count {
            1 => format!("{stem}_"),
            _ => format!("{stem}_{count}"),
        };
        count += 1;
    }
    taken.insert(candidate.clone());
    candidate
}

/// Python folds some letters into others (NFKC), so only letters that are safe from it are kept.
fn identifier(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        match letter {
            '\'' | '′' | ' ' => out.push('_'),
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' => out.push(letter),
            'α'..='ω' | 'Α'..='Ω' | 'а'..='я' | 'А'..='Я' if letter.is_alphabetic() => {
                out.push(letter);
            }
            _ => out.push_str(&format!("u{:x}", letter as u32)),
        }
    }
    match out.chars().next() {
        Some('_' | '0'..='9') | None => format!("v{out}"),
        _ => out,
    }
}
