//! The sentences of ARCHITECTURE.md, as tests: who imports whom, how long files are, what is never
//! written.

use backprose::language::function::Function;
use backprose::language::syntax::Normaliser;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn stage(path: &Path) -> String {
    let inside = path.strip_prefix(root().join("src")).unwrap();
    inside.components().next().unwrap().as_os_str().to_string_lossy().trim_end_matches(".rs").to_string()
}

fn allowed() -> BTreeMap<String, Vec<String>> {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let list = text.split("```imports\n").nth(1).unwrap().split("```").next().unwrap();
    list.lines()
        .map(|line| {
            let (stage, imports) = line.split_once(':').unwrap();
            (stage.to_string(), imports.split_whitespace().map(str::to_string).collect())
        })
        .collect()
}

/// The stages a source text names after `crate::`, those in braces included.
fn imports(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in text.split("crate::").skip(1) {
        match part.strip_prefix('{') {
            Some(group) => {
                let group = group.split('}').next().unwrap_or_default();
                found.extend(group.split(',').map(|p| p.trim().split("::").next().unwrap_or_default().to_string()));
            }
            None => found.push(part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()),
        }
    }
    found
}

#[test]
fn a_stage_imports_only_what_the_architecture_says() {
    let allowed = allowed();
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    let mut wrong = Vec::new();
    for file in files {
        let stage = stage(&file);
        if ["lib", "main", "command"].contains(&stage.as_str()) {
            continue;
        }
        let Some(may) = allowed.get(&stage) else {
            wrong.push(format!("the stage {stage} is not in ARCHITECTURE.md"));
            continue;
        };
        for import in imports(&std::fs::read_to_string(&file).unwrap()) {
            if import != stage && !may.contains(&import) {
                wrong.push(format!("{}: {stage} imports {import}", file.display()));
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_list_of_stages_has_no_circle() {
    let mut seen: Vec<String> = Vec::new();
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let list = text.split("```imports\n").nth(1).unwrap().split("```").next().unwrap().to_string();
    for line in list.lines() {
        let (stage, imports) = line.split_once(':').unwrap();
        for import in imports.split_whitespace() {
            assert!(seen.iter().any(|s| s == import), "{stage} imports {import}, which stands below it");
        }
        seen.push(stage.to_string());
    }
}

#[test]
fn only_the_command_line_reads_writes_and_exits() {
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    for file in files.iter().filter(|f| !["main", "command"].contains(&stage(f).as_str())) {
        if file.components().any(|c| ["tests", "tests.rs", "hostile.rs"].iter().any(|t| c.as_os_str() == *t)) {
            continue;
        }
        let text = std::fs::read_to_string(file).unwrap();
        for forbidden in ["std::fs", "println!", "process::exit", "std::env::args", "SystemTime", "Instant::now"] {
            if forbidden == "Instant::now" && file.ends_with("src/limits.rs") {
                continue;
            }
            assert!(!text.contains(forbidden), "{} contains {forbidden}", file.display());
        }
    }
}

#[test]
fn files_are_readable_at_one_sitting() {
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    sources(&root().join("tests"), &mut files);
    let long: Vec<String> = files
        .iter()
        .map(|f| (f, std::fs::read_to_string(f).unwrap().lines().count()))
        .filter(|(_, lines)| *lines > 500)
        .map(|(f, lines)| format!("{}: {lines} lines", f.display()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

/// Whether a word of the language is called so: a function of the table, a normaliser.
fn is_function(name: &str) -> bool {
    Function::all().any(|function| function.name() == name)
        || Normaliser::ALL.iter().any(|normaliser| normaliser.word() == name)
}

#[test]
fn nothing_in_the_source_knows_a_layer() {
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    let layers: Vec<String> = std::fs::read_dir(root().join("layers"))
        .unwrap()
        .map(|e| e.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .filter(|layer| !is_function(layer))
        .collect();
    // What operations are called is said in one place, what LaTeX's commands are in another, and a
    // layer may be called like one.
    let names = |f: &&PathBuf| {
        ["src/writeup/operation", "src/latex", "src/reading/whole.rs"].iter().any(|d| f.starts_with(root().join(d)))
    };
    for file in files.iter().filter(|f| !names(f) && !f.components().any(|c| c.as_os_str() == "tests")) {
        let text = std::fs::read_to_string(file).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let is_example = |line: &str| line.contains("backprose ") || line.trim_start().starts_with("//");
        for layer in &layers {
            let quoted = format!("\"{layer}\"");
            let line = code.lines().find(|l| l.contains(&quoted) && !is_example(l));
            assert!(line.is_none(), "{} knows {layer}", file.display());
        }
    }
}
