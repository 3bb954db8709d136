//! The editor package against the language: every word has a colour, every snippet is a specification.

use backprose::language::function::Function;
use backprose::language::parse::parse_file;
use backprose::language::syntax::Normaliser;
use serde_json::Value;
use std::path::PathBuf;

fn read(path: &str) -> String {
    std::fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn json(path: &str) -> Value {
    serde_json::from_str(&read(path)).unwrap()
}

/// The words in quotes in a grammar, but for those that are part of a name only: `d`.
fn words(grammar: &str) -> Vec<String> {
    let code = grammar.lines().filter(|line| !line.trim_start().starts_with("//"));
    let quoted = code.flat_map(|line| line.split('"').skip(1).step_by(2).map(str::to_string).collect::<Vec<_>>());
    let mut found: Vec<String> = quoted.filter(|w| w.len() > 1 && w.chars().all(|c| c.is_ascii_lowercase())).collect();
    found.sort();
    found.dedup();
    found
}

/// Whether a word stands by itself in a text.
fn stands(word: &str, text: &str) -> bool {
    let inside = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    text.match_indices(word)
        .any(|(at, _)| !inside(text[..at].chars().next_back()) && !inside(text[at + word.len()..].chars().next()))
}

#[test]
fn every_word_of_the_language_has_a_colour() {
    let colours = read("editors/vscode/syntaxes/backprose.tmLanguage.json").replace("\\\\b", " ").replace("\\\\s", " ");
    let words = words(&read("grammar/backprose.pest"));
    assert!(words.len() > 50, "{words:?}");
    let functions = Function::all().map(|function| function.name().to_string());
    let normalisers = Normaliser::ALL.iter().map(|normaliser| normaliser.word().to_string());
    let printed_only = ["pow", "normcdf", "normpdf"];
    let all = words.into_iter().chain(functions).chain(normalisers).filter(|w| !printed_only.contains(&w.as_str()));
    let missing: Vec<String> = all.filter(|word| !stands(word, &colours)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_snippet_is_a_specification() {
    let snippets = json("editors/vscode/snippets.json");
    for (name, snippet) in snippets.as_object().unwrap() {
        let lines: Vec<&str> = snippet["body"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
        let text = filled(&lines.join("\n"));
        let text = match name.as_str() {
            "Question" => format!("homework \"h\" {{ problem 1 {{ {text} }} }}"),
            _ => text,
        };
        if let Err(wrong) = parse_file(&text) {
            panic!("{name}: {wrong:?}\n{text}");
        }
    }
}

/// A snippet with its proposals accepted; at the last place of the cursor stands a system.
fn filled(body: &str) -> String {
    let mut text = String::new();
    let mut rest = body;
    while let Some((before, after)) = rest.split_once("${") {
        let (proposal, after) = after.split_once('}').unwrap();
        text += before;
        text += proposal.split_once(':').unwrap().1;
        rest = after;
    }
    (text + rest).replace("$0", "size M, N\n input x[N]\n weight W[M, N]\n y[i] = sum[j] W[i,j]*x[j]")
}

#[test]
fn the_package_names_files_that_are_there() {
    let package = json("editors/vscode/package.json");
    let contributes = &package["contributes"];
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("editors/vscode");
    let paths = [
        &contributes["languages"][0]["configuration"],
        &contributes["grammars"][0]["path"],
        &contributes["snippets"][0]["path"],
    ];
    for path in paths {
        assert!(folder.join(path.as_str().unwrap()).is_file(), "{path}");
    }
    json("editors/vscode/language-configuration.json");
    assert_eq!(package["version"], env!("CARGO_PKG_VERSION"));
}
