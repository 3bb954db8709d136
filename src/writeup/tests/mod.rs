//! The page of the design notes, built by hand, in every format; formulas and texts of every
//! shape and size through the same templates. LaTeX is compiled where pdflatex is installed, HTML
//! is read as XML.

mod builders;
mod formulas;
mod origin;
mod sheet;
mod wide;

use super::document::Document;
use super::mathml::Engine;
use super::render::{Format, render};
use std::path::{Path, PathBuf};
use std::process::Command;

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/writeup");
    std::fs::create_dir_all(&folder).expect("a folder for the results");
    folder
}

/// Renders all formats into `target/writeup`, compiles both LaTeX forms; the document's overfull lines.
fn write_all(name: &str, document: &Document) -> Vec<String> {
    let forms = [
        (Format::Latex, "tex"),
        (Format::LatexFragment(345), "part.tex"),
        (Format::Markdown, "md"),
        (Format::MarkdownFragment, "part.md"),
        (Format::Html(Engine::MathCore), "html"),
        (Format::Html(Engine::Latex2mathml), "second.html"),
        (Format::Text, "txt"),
    ];
    for (format, extension) in forms {
        let text = render(document, format, false).unwrap_or_else(|error| panic!("{error}"));
        if extension.ends_with("html") {
            let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
            let page = roxmltree::Document::parse_with_options(&text, options);
            assert!(page.is_ok(), "{name}.{extension}: {page:?}");
        }
        std::fs::write(folder().join(format!("{name}.{extension}")), text).expect("written");
    }
    let column = format!(
        "\\documentclass[twocolumn]{{article}}\\usepackage{{amsmath}}\\begin{{document}}\\input{{{name}.part.tex}}\\end{{document}}"
    );
    std::fs::write(folder().join(format!("{name}-column.tex")), column).expect("written");
    overfull(&format!("{name}-column"));
    overfull(name)
}

/// Compiles a document; the overfull lines of its log.
fn overfull(name: &str) -> Vec<String> {
    let run = Command::new("pdflatex")
        .args(["-interaction=nonstopmode", "-halt-on-error", &format!("{name}.tex")])
        .current_dir(folder())
        .output();
    let Ok(output) = run else {
        eprintln!("pdflatex is not installed: {name}.tex was not compiled");
        return vec![];
    };
    let log = String::from_utf8_lossy(&output.stdout).to_string();
    assert!(output.status.success(), "{name}.tex does not compile:\n{log}");
    log.lines().filter(|line| line.starts_with("Overfull")).map(String::from).collect()
}
