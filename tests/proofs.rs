//! Equalities that are to be shown: `tests/proofs/*.bp` are homeworks whose every answer is a proof.

use backprose::language::parse::parse_file;
use backprose::language::syntax::{Homework, Item};
use backprose::writeup::document::Document;
use backprose::writeup::outline::Level;
use backprose::writeup::sheet::{Sheet, sheet};

fn homeworks(text: &str) -> Vec<Homework> {
    let file = parse_file(text).unwrap_or_else(|problems| panic!("{problems:?}"));
    let homework = |item| if let Item::Homework(homework) = item { Some(homework) } else { None };
    file.items.into_iter().filter_map(homework).collect()
}

fn solved(text: &str) -> Sheet {
    let homework = homeworks(text).remove(0);
    sheet(&homework, 1, Level::Main).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn text(document: &Document) -> String {
    use backprose::writeup::render::{Format, render};
    render(document, Format::Text, false).unwrap()
}

#[test]
fn every_equality_is_proved() {
    let sheet = solved(include_str!("proofs/equalities.bp"));
    println!("{}", text(&sheet.document));
    let open: Vec<String> = sheet.unverified.iter().map(ToString::to_string).collect();
    assert!(open.is_empty(), "{open:#?}");
}
