//! The finished write-ups in `out/`, byte for byte. `BLESS=1 cargo test --release --test golden` writes them
//! anew; read the difference before it is committed.

use backprose::language::parse::parse_file;
use backprose::language::syntax::Item;
use backprose::writeup::json;
use backprose::writeup::mathml::Engine;
use backprose::writeup::notebook::{checks, notebook};
use backprose::writeup::outline::Level;
use backprose::writeup::render::{Format, render};
use backprose::writeup::sheet::sheet;
use backprose::writeup::templates::Templates;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn write_ups(example: &Path) -> Vec<(PathBuf, String)> {
    let text = std::fs::read_to_string(example).unwrap();
    let file = parse_file(&text).unwrap();
    let stem = example.file_stem().unwrap().to_string_lossy().into_owned();
    let homework = file.items.iter().find_map(|i| if let Item::Homework(h) = i { Some(h) } else { None }).unwrap();
    let sheet = sheet(homework, file.base.unwrap_or(1), Level::Main).unwrap();
    assert!(sheet.unverified.is_empty(), "{:?}", sheet.unverified);
    let rendered = |format| render(&sheet.document, format, false).unwrap();
    let texts = [
        ("tex", rendered(Format::Latex)),
        ("md", rendered(Format::Markdown)),
        ("html", rendered(Format::Html(Engine::MathCore))),
        ("txt", rendered(Format::Text)),
        ("json", json::text(&sheet.data)),
        ("ipynb", notebook(&sheet.document, &checks(sheet.asked), &Templates::default()).unwrap()),
    ];
    texts.map(|(extension, text)| (root().join("out").join(format!("{stem}.{extension}")), text)).into()
}

fn examples() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        std::fs::read_dir(root().join("examples")).unwrap().map(|e| e.unwrap().path()).collect();
    found.retain(|p| p.extension().is_some_and(|e| e == "bp"));
    found.sort();
    found
}

#[test]
fn the_write_ups_are_what_is_committed() {
    for (path, text) in examples().iter().flat_map(|e| write_ups(e)) {
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        let line = committed.lines().zip(text.lines()).position(|(a, b)| a != b);
        assert!(
            committed == text,
            "{} differs from line {:?} on; BLESS=1 writes it anew",
            path.display(),
            line.map(|l| l + 1)
        );
    }
}

#[test]
fn nothing_lies_in_out_that_no_example_makes() {
    let made: Vec<PathBuf> = examples().iter().flat_map(|e| write_ups(e)).map(|(path, _)| path).collect();
    for entry in std::fs::read_dir(root().join("out")).unwrap() {
        let path = entry.unwrap().path();
        assert!(made.contains(&path), "{} is made by no example", path.display());
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    for example in examples() {
        assert_eq!(write_ups(&example), write_ups(&example));
    }
}
