//! What a tally says of a class is what the reports on its documents say, one by one.

#[path = "../benches/class/mod.rs"]
mod class;

use backprose::answers::{Cell, Detail, Grader, Mapping};
use backprose::language::parse::parse_file;
use backprose::language::syntax::{File, Homework, Item};
use serde_json::Value;
use std::process::Command;

const HOMEWORK: &str = include_str!("../examples/homework2.bp");
const CLASS: u64 = 60;

fn homework(file: &File) -> &Homework {
    file.items.iter().find_map(|item| if let Item::Homework(homework) = item { Some(homework) } else { None }).unwrap()
}

fn cells(grader: &mut Grader, text: &str) -> Vec<Cell> {
    let marked = grader.judge(text).unwrap();
    marked.cells(grader.wanted())
}

/// Verdicts and slips do not depend on what indices are called, on how much is said of them, or on the
/// documents before.
#[test]
fn a_document_is_judged_alike_alone_and_in_a_class_in_any_order() {
    let file = parse_file(HOMEWORK).unwrap();
    let (homework, mapping) = (homework(&file), Mapping::default());
    let grader = |detail| Grader::new(homework, 1, &mapping, detail).unwrap();
    let texts: Vec<String> = (0..CLASS).map(class::submission).collect();
    let (mut forwards, mut backwards) = (grader(Detail::Verdicts), grader(Detail::Verdicts));
    let in_class: Vec<Vec<Cell>> = texts.iter().map(|text| cells(&mut forwards, text)).collect();
    let mut reversed: Vec<Vec<Cell>> = texts.iter().rev().map(|text| cells(&mut backwards, text)).collect();
    reversed.reverse();
    assert_eq!(in_class, reversed);
    for (text, found) in texts.iter().zip(&in_class).step_by(4) {
        assert_eq!(cells(&mut grader(Detail::Full), text), *found, "{text}");
    }
    let refuted = in_class.iter().flatten().filter(|cell| matches!(cell, Cell::Refuted(Some(_)))).count();
    let proved = in_class.iter().flatten().filter(|cell| **cell == Cell::Proved).count();
    assert!(refuted > 20 && proved > 100, "{refuted} refuted, {proved} proved");
}

fn run(arguments: &[&str]) -> String {
    let run = Command::new(env!("CARGO_BIN_EXE_backprose"))
        .args(arguments)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/tally.in"))
        .output()
        .unwrap();
    String::from_utf8(run.stdout).unwrap()
}

/// The worst verdict of the formulas that answer a question, as the report has them.
fn expected(document: &Value, name: &str) -> String {
    let answers = document["answers"].as_array().unwrap();
    let answering = |answer: &&Value| answer["answers"].as_array().unwrap().iter().any(|known| known == name);
    let found: Vec<&Value> = answers.iter().filter(answering).collect();
    let has = |verdict: &str| found.iter().any(|answer| answer["verdict"] == verdict);
    let slip = found.iter().find_map(|answer| answer["slip"]["name"].as_str());
    let only_shape = !name.contains("shape ") && found.iter().all(|a| a["formula"].as_str().unwrap().contains("\\in"));
    match slip {
        _ if document.get("problem").is_some() => "unreadable".into(),
        Some(slip) => format!("refuted: {slip}"),
        None if has("refuted") => "refuted".into(),
        None if found.is_empty() => "nothing".into(),
        None if only_shape => "missing: only its shape is given".into(),
        None if has("undecided") => "undecided".into(),
        None => "proved".into(),
    }
}

#[test]
fn the_cells_of_the_table_are_what_the_reports_say() {
    let reports: Value =
        serde_json::from_str(&run(&["check", "class", "--against", "homework.bp", "--format", "json"])).unwrap();
    let table = run(&["check", "class", "--against", "homework.bp", "--format", "csv"]);
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let head = reader.headers().unwrap().clone();
    let documents = reports["documents"].as_array().unwrap();
    let mut rows = 0;
    for (row, document) in reader.records().zip(documents) {
        let row = row.unwrap();
        assert_eq!(row[0], *document["file"].as_str().unwrap());
        for (name, cell) in head.iter().zip(&row).skip(1).take(head.len() - 3) {
            match expected(document, name).as_str() {
                "nothing" => assert!(["missing", "unreadable"].contains(&cell), "{}: {name}: {cell}", &row[0]),
                word => assert_eq!(cell, word, "{}: {name}", &row[0]),
            }
            let unanswered = document["unanswered"].as_array().unwrap().iter().any(|known| known == name);
            assert_eq!(unanswered, ["missing", "unreadable"].contains(&cell), "{}: {name}", &row[0]);
        }
        rows += 1;
    }
    assert_eq!((rows, documents.len()), (5, 5));
}
