//! Problems with known answers, from published sheets and books, as `test` blocks: each file of
//! `tests/problems/`, and the tests that the layers of the catalogue carry themselves.

use backprose::answer::{Answer, Names};
use backprose::calculus::PHASES;
use backprose::catalogue::Catalogue;
use backprose::derivation::Goal;
use backprose::judge::judge_tests;
use backprose::language::parse::parse_file;
use backprose::language::print::{Alphabet, expression};
use backprose::language::syntax::{Expr, File, Item, Layer, Name, Statement};
use backprose::model::compose::{compose, composed_layer};
use backprose::model::{Sizes, System, elaborate};
use std::fmt::Write;
use std::path::Path;

fn read(path: &Path) -> (String, File) {
    let text = std::fs::read_to_string(path).expect("the file can be read");
    let file = parse_file(&text).and_then(|file| compose(&file, &Catalogue::built_in()));
    let file = file.unwrap_or_else(|problems| panic!("{}: {}", path.display(), problems[0]));
    (path.display().to_string(), file)
}

fn specifications(folder: &str) -> Vec<(String, File)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let listed = std::fs::read_dir(root).expect("the folder can be read");
    let mut paths: Vec<_> = listed.filter_map(|entry| entry.ok()).map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|e| e == "bp"));
    paths.sort();
    assert!(!paths.is_empty());
    paths.iter().map(|path| read(path)).collect()
}

/// What is not as expected in the tests of a file, and how many claims were judged.
fn complaints(name: &str, file: &File) -> (String, usize) {
    let catalogue = Catalogue::built_in();
    let find = |name: &str| composed_layer(name, &catalogue)?.ok();
    let (mut text, mut judged) = (String::new(), 0);
    for report in judge_tests(file, &find) {
        for problem in &report.problems {
            let _ = writeln!(text, "{name}: {}: {problem}", report.title);
        }
        for claim in &report.claims {
            judged += 1;
            let told = match claim {
                Ok(judgement) if judgement.good && !judgement.undecided() => continue,
                Ok(judgement) => format!("{}: {:?}", judgement.claim, judgement.verdict),
                Err(problems) => problems[0].to_string(),
            };
            let _ = writeln!(text, "{name}: {}: {told}", report.title);
        }
    }
    (text, judged)
}

fn all_hold(folder: &str, least: usize) {
    let (mut text, mut judged) = (String::new(), 0);
    for (name, file) in specifications(folder) {
        let (told, claims) = complaints(&name, &file);
        text += &told;
        judged += claims;
    }
    assert!(text.is_empty(), "\n{text}");
    assert!(judged >= least, "only {judged} claims were judged");
}

#[test]
fn the_published_problems_come_out() {
    all_hold("tests/problems", 590);
}

#[test]
fn the_catalogue_passes_its_own_tests() {
    all_hold("layers", 450);
}

#[test]
fn every_layer_of_the_catalogue_has_a_source_a_sentence_and_a_test() {
    for (name, file) in specifications("layers") {
        let text = std::fs::read_to_string(&name).expect("the file can be read");
        assert!(text.contains("# Source: ") && text.contains("Convention: "), "{name} cites no source");
        assert!(file.items.iter().any(|item| matches!(item, Item::Test(_))), "{name} has no test");
        assert!(layers(&file).all(|layer| !layer.about.is_empty()), "{name} has no sentence");
    }
}

fn layers(file: &File) -> impl Iterator<Item = &Layer> {
    file.items.iter().filter_map(|item| match item {
        Item::Layer(layer) => Some(layer),
        Item::Homework(_) | Item::Test(_) => None,
    })
}

#[path = "problems/rename.rs"]
mod rename;
use rename::Table;

/// The names the program invents for a layer, and every answer about it.
fn answers(statements: &[Statement], base: i64) -> (Names, Vec<Answer>) {
    let system = elaborate(statements, base, &Sizes::default()).unwrap_or_else(|problems| panic!("{}", problems[0]));
    let names = Names::new(&system);
    let answer = |goal| Answer::new(&system, &names, &goal, PHASES).expect("the goal names arrays of the system");
    let answers = goals(&system).into_iter().map(answer).collect();
    (names, answers)
}

fn goals(system: &System) -> Vec<Goal> {
    let mut goals = Vec::new();
    for output in &system.outputs {
        goals.push(Goal::Value { output: output.clone() });
        let jacobian = |array: &backprose::model::system::Array| Goal::Jacobian {
            output: output.clone(),
            array: array.name.clone(),
        };
        goals.extend(system.differentiable().map(jacobian));
    }
    goals.extend(system.differentiable().map(|array| Goal::Gradient { array: array.name.clone() }));
    goals
}

/// New name to old name: those of the layer, and those the program invents after the author's.
fn restoring(table: &Table, (old, a): (&Names, &Answer), (new, b): (&Names, &Answer)) -> Table {
    let mut back = rename::inverse(table);
    let letters = |names: &Names| -> Vec<Name> {
        let lengths = names.lengths.iter().map(|(letter, _)| letter.clone());
        lengths.chain(names.upstream.iter().map(|(_, letter)| letter.clone())).collect()
    };
    back.extend(letters(new).into_iter().zip(letters(old)));
    let invented = b.indices.iter().zip(&a.indices).map(|(new, old)| (new.name.clone(), old.name.clone()));
    back.extend(invented);
    back
}

#[test]
fn renaming_a_layer_renames_its_answers_and_nothing_else() {
    let mut compared = 0;
    for (_, file) in specifications("layers") {
        for layer in layers(&file) {
            let base = file.base.unwrap_or(1);
            let table = rename::table(layer);
            let (names, plain) = answers(&layer.statements, base);
            let (new_names, renamed) = answers(&rename::layer(layer, &table).statements, base);
            assert_eq!(plain.len(), renamed.len());
            for (a, b) in plain.iter().zip(&renamed) {
                let back = restoring(&table, (&names, a), (&new_names, b));
                let text = |e: &Expr| expression(e, Alphabet::Ascii);
                assert!(text(&b.left).contains("qq"), "{} was not renamed", b.name);
                assert_eq!(text(&rename::formula(&b.left, &back)), text(&a.left), "layer {}", layer.name);
                let (b, a) = (rename::numbered(&b.formula, back.keys()), rename::numbered(&a.formula, back.values()));
                assert_eq!(text(&rename::formula(&b, &back)), text(&a), "layer {}", layer.name);
                compared += 1;
            }
        }
    }
    assert!(compared >= 20);
}
