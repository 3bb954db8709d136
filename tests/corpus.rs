//! What was found once holds for good: the kept bytes of each fuzz target, and files of this repository, on stable Rust.

#[path = "../fuzz/src/lib.rs"]
mod targets;

use std::path::PathBuf;

fn each(target: &str, others: &[&str], holds: fn(&[u8])) {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in [format!("fuzz/corpus/{target}").as_str()].iter().chain(others) {
        let before = files.len();
        let entries = std::fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path());
        files.extend(entries.filter(|path| path.is_file()));
        assert!(files.len() > before, "{folder} is empty");
    }
    files.sort();
    for file in files {
        eprintln!("{}", file.display());
        holds(&std::fs::read(&file).unwrap());
    }
}

#[test]
fn a_specification_is_read_or_refused_at_a_place() {
    each("specification", &["layers", "examples", "tests/problems"], targets::specification);
}

#[test]
fn a_formula_is_read_or_refused_at_a_place() {
    each("formula", &[], targets::formula);
}

#[test]
fn a_template_is_rendered_or_refused() {
    each("template", &["templates/markdown", "templates/latex"], targets::template);
}

#[test]
fn a_notebook_is_read_or_refused() {
    each("notebook", &[], targets::notebook);
}

#[test]
fn a_marked_paper_is_judged() {
    each("marked", &["examples/paper"], targets::marked);
}

#[test]
fn a_document_is_judged() {
    each("document", &["tests/latex", "examples"], targets::document);
}
