//! The language reference cannot drift from the language: every block marked `bp` is parsed, its
//! systems are derived and verified, its homeworks solved, its tests judged.

use backprose::catalogue::Catalogue;
use backprose::judge::judge_tests;
use backprose::language::parse::parse_file;
use backprose::language::syntax::Item;
use backprose::model::Sizes;
use backprose::model::compose::{compose, composed_layer};
use backprose::study::Study;
use backprose::writeup::outline::Level;
use backprose::writeup::sheet::sheet;

#[test]
fn every_block_of_the_language_reference_works() {
    let text = include_str!("../docs/language.md");
    let blocks: Vec<&str> = text.split("```bp\n").skip(1).map(|b| b.split("```").next().unwrap()).collect();
    assert!(blocks.len() >= 5);
    for block in blocks {
        let catalogue = Catalogue::built_in();
        let file = parse_file(block).and_then(|file| compose(&file, &catalogue));
        let file = file.unwrap_or_else(|e| panic!("{block}\n{e:?}"));
        if !file.statements.is_empty() {
            derive(&file.statements, block);
        }
        for item in &file.items {
            match item {
                Item::Layer(layer) => derive(&layer.statements, block),
                Item::Homework(homework) => {
                    let sheet = sheet(homework, 1, Level::Main).unwrap_or_else(|e| panic!("{block}\n{e:?}"));
                    assert!(sheet.unverified.is_empty(), "{:?}", sheet.unverified);
                }
                Item::Test(_) => {}
            }
        }
        for report in judge_tests(&file, &|name| composed_layer(name, &catalogue)?.ok()) {
            assert!(report.good() && report.undecided() == 0, "{report:?}");
        }
    }
}

fn derive(statements: &[backprose::language::syntax::Statement], block: &str) {
    let mut study = Study::new(statements, 1, &Sizes::default()).unwrap_or_else(|e| panic!("{block}\n{e:?}"));
    for goal in study.goals(&[]) {
        study.answer(&goal).unwrap_or_else(|e| panic!("{block}\n{e:?}"));
    }
}

/// The targets of links to files in a page, without what is behind `#`.
fn links(text: &str) -> Vec<String> {
    let ends = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let files = ends.filter(|link| !link.starts_with('#') && !link.contains("://") && !link.contains(' '));
    files.map(|link| link.split('#').next().unwrap_or_default().to_string()).collect()
}

#[test]
fn every_page_is_in_the_book_and_every_link_leads_to_a_file() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let summary = std::fs::read_to_string(root.join("docs/SUMMARY.md")).unwrap();
    let listed = links(&summary);
    for entry in std::fs::read_dir(root.join("docs")).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        if name.ends_with(".md") && name != "SUMMARY.md" {
            assert!(listed.contains(&name), "docs/{name} is not in docs/SUMMARY.md");
        }
    }
    let pages = listed.iter().map(|name| format!("docs/{name}")).chain(["README.md".into(), "ARCHITECTURE.md".into()]);
    for page in pages {
        let path = root.join(&page);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{page}: {e}"));
        let prose: String = text.split("```").step_by(2).collect();
        let code_removed: String = prose.split('`').step_by(2).collect();
        for link in links(&code_removed).into_iter().filter(|link| !link.is_empty()) {
            assert!(path.parent().unwrap().join(&link).exists(), "{page} links to {link}, which is not there");
        }
    }
}
