//! The JSON of every derivation is what docs/derivation.schema.json says, and can be used: its
//! formulas are read back in and proved, its steps form a chain.

mod layers;

use backprose::calculus::rules;
use backprose::judge::{Verdict, judge_tests};
use backprose::language::parse::{parse_condition, parse_expression, parse_file};
use backprose::language::syntax::{Item, Layer};
use backprose::model::Sizes;
use backprose::study::Study;
use backprose::writeup::json;
use backprose::writeup::outline::Level;
use backprose::writeup::sheet::sheet;
use boon::{Compiler, Schemas};
use layers::{of_each, of_every_layer};
use serde_json::Value;
use std::sync::LazyLock;

fn schema() -> Value {
    serde_json::from_str(include_str!("../docs/derivation.schema.json")).unwrap()
}

/// Layers of the catalogue with and without their defaults, each with its document.
static DERIVATIONS: LazyLock<Vec<(Layer, i64, Value)>> = LazyLock::new(derivations);

fn derivations() -> Vec<(Layer, i64, Value)> {
    let documents = of_every_layer(|layer, base| {
        [false, true].map(|general| {
            let sizes = Sizes { general, ..Sizes::default() };
            let mut study = Study::new(&layer.statements, base, &sizes).unwrap();
            let goals = study.goals(&[]);
            let document = json::derivation(&mut study, &goals, &layer.name, &layer.about).unwrap();
            (layer.clone(), base, serde_json::from_str(&json::text(&document)).unwrap())
        })
    });
    documents.into_iter().flatten().collect()
}

fn homework() -> Value {
    let file = parse_file(include_str!("../examples/homework2.bp")).unwrap();
    let homework = file.items.iter().find_map(|i| if let Item::Homework(h) = i { Some(h) } else { None }).unwrap();
    serde_json::from_str(&json::text(&sheet(homework, 1, Level::Main).unwrap().data)).unwrap()
}

/// Every object in a document that has a field, that field being `value` if one is given.
fn objects<'a>(document: &'a Value, field: &str, value: Option<&str>) -> Vec<&'a Value> {
    let own = document.get(field).filter(|found| value.is_none_or(|v| **found == v)).map(|_| document);
    let inner: Vec<&Value> = match document {
        Value::Array(items) => items.iter().collect(),
        Value::Object(fields) => fields.values().collect(),
        _ => Vec::new(),
    };
    own.into_iter().chain(inner.into_iter().flat_map(|inner| objects(inner, field, value))).collect()
}

fn text<'a>(object: &'a Value, field: &str) -> &'a str {
    object[field].as_str().unwrap_or_else(|| panic!("{field} of {object}"))
}

fn list<'a>(object: &'a Value, field: &str) -> &'a [Value] {
    object[field].as_array().unwrap_or_else(|| panic!("{field} of {object}"))
}

#[test]
fn every_document_is_as_the_schema_says() {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.add_resource("schema.json", schema()).unwrap();
    let index = compiler.compile("schema.json", &mut schemas).unwrap();
    let valid = |document: &Value| schemas.validate(document, index).map_err(|e| format!("{e:#}"));
    for (layer, _, document) in DERIVATIONS.iter() {
        assert_eq!(valid(document), Ok(()), "{}", layer.name);
    }
    let mut homework = homework();
    assert_eq!(valid(&homework), Ok(()));
    homework["problems"][0]["questions"][0]["answers"][0]["kind"] = "essay".into();
    assert!(valid(&homework).is_err(), "the schema allows anything");
}

#[test]
fn values_and_limits_are_as_the_schema_says() {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.add_resource("schema.json", schema()).unwrap();
    let index = compiler.compile("schema.json", &mut schemas).unwrap();
    let language = include_str!("../docs/language.md");
    let block = language.split("```bp\n").find(|block| block.starts_with("homework \"Points")).unwrap();
    let file = parse_file(block.split("```").next().unwrap()).unwrap();
    let homework = file.items.iter().find_map(|i| if let Item::Homework(h) = i { Some(h) } else { None }).unwrap();
    let document = json::text(&sheet(homework, 1, Level::Main).unwrap().data);
    let document: Value = serde_json::from_str(&document).unwrap();
    assert_eq!(schemas.validate(&document, index).map_err(|e| format!("{e:#}")), Ok(()));
    let answers = list(&document["problems"][0]["questions"][0], "answers");
    assert_eq!((&answers[0]["kind"], &answers[0]["entries"][0]["exact"]), (&"value".into(), &"1/C".into()));
    assert_eq!((&answers[4]["kind"], &answers[4]["value"]), (&"limit".into(), &"1/C".into()));
    for text in answers[1]["steps"].as_array().unwrap() {
        parse_expression(text["right"].as_str().unwrap()).unwrap();
    }
}

#[test]
fn answers_about_the_system_itself_are_as_the_schema_says() {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.add_resource("schema.json", schema()).unwrap();
    let index = compiler.compile("schema.json", &mut schemas).unwrap();
    let language = include_str!("../docs/language.md");
    let block = language.split("```bp\n").find(|block| block.starts_with("homework \"Recurrent")).unwrap();
    let file = parse_file(block.split("```").next().unwrap()).unwrap();
    let homework = file.items.iter().find_map(|i| if let Item::Homework(h) = i { Some(h) } else { None }).unwrap();
    let document = json::text(&sheet(homework, 1, Level::Main).unwrap().data);
    let document: Value = serde_json::from_str(&document).unwrap();
    assert_eq!(schemas.validate(&document, index).map_err(|e| format!("{e:#}")), Ok(()));
    let [diagram, shape, count, ..] = list(&document["problems"][0]["questions"][0], "answers") else {
        panic!("{document}")
    };
    assert_eq!((list(diagram, "nodes").len(), list(diagram, "edges").len()), (7, 9));
    assert_eq!((text(shape, "name"), text(shape, "formula")), ("shape c[t]", "m"));
    assert_eq!((text(count, "total"), list(count, "arrays").len()), ("m*(m + 2*n)", 3));
    let lags: Vec<&Value> = objects(diagram, "back", Some("lag 1"));
    assert_eq!((lags.len(), text(lags[0], "from"), text(lags[0], "to")), (1, "h[t]", "h[t-1]"));
}

#[test]
fn a_proof_is_as_the_schema_says_and_its_lines_are_read_back() {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.add_resource("schema.json", schema()).unwrap();
    let index = compiler.compile("schema.json", &mut schemas).unwrap();
    let file = parse_file(include_str!("proofs/equalities.bp")).unwrap();
    let homework = file.items.iter().find_map(|i| if let Item::Homework(h) = i { Some(h) } else { None }).unwrap();
    let document: Value = serde_json::from_str(&json::text(&sheet(homework, 1, Level::Main).unwrap().data)).unwrap();
    assert_eq!(schemas.validate(&document, index).map_err(|e| format!("{e:#}")), Ok(()));
    let proofs = objects(&document, "kind", Some("proof"));
    assert!(proofs.len() >= 20, "{}", proofs.len());
    for proof in proofs {
        let lines = list(proof, "lines");
        assert_eq!(text(lines.last().unwrap(), "formula"), text(proof, "right"));
        for line in lines {
            assert!(parse_expression(text(line, "formula")).is_ok(), "{line}");
        }
    }
}

/// What the program prints of the answers in a document.
fn judged(arguments: &[&str]) -> Value {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_backprose"));
    command.args(["check", "--against", "examples/homework2.bp", "--format", "json"]).args(arguments);
    serde_json::from_slice(&command.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap().stdout).unwrap()
}

#[test]
fn every_report_on_answers_is_as_its_schema_says() {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    let schema: Value = serde_json::from_str(include_str!("../docs/answers.schema.json")).unwrap();
    compiler.add_resource("answers.json", schema).unwrap();
    let index = compiler.compile("answers.json", &mut schemas).unwrap();
    let submission = "tests/latex/homework2-answers.md";
    let documents = [
        judged(&[submission]),
        judged(&["--no-solutions", submission]),
        judged(&["tests/latex/sheet.tex", submission]),
        judged(&["--map", "tests/latex/unnumbered.map", "tests/latex/unnumbered.md"]),
    ];
    for document in &documents {
        let valid = schemas.validate(document, index).map_err(|e| format!("{e:#}"));
        assert_eq!(valid, Ok(()));
    }
    let answers = |document: &Value| list(&document["documents"][0], "answers").to_vec();
    assert!(answers(&documents[0]).iter().any(|answer| answer["expected"].is_string()));
    assert!(answers(&documents[1]).iter().all(|answer| answer["expected"].is_null()));
    assert!(schemas.validate(&serde_json::json!({ "version": 1 }), index).is_err(), "the schema allows anything");
}

#[test]
fn every_report_on_claims_is_as_its_schema_says() {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    let schema: Value = serde_json::from_str(include_str!("../docs/check.schema.json")).unwrap();
    compiler.add_resource("check.json", schema).unwrap();
    let index = compiler.compile("check.json", &mut schemas).unwrap();
    let checked = |paths: &[&str]| -> Value {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_backprose"));
        command.args(["check", "--format", "json"]).args(paths).current_dir(env!("CARGO_MANIFEST_DIR"));
        serde_json::from_slice(&command.output().unwrap().stdout).unwrap()
    };
    let documents = [checked(&["tests/cli/wrong.bp", "tests/marks/notes.ipynb"]), checked(&["tests/marks/bad.tex"])];
    for document in &documents {
        assert_eq!(schemas.validate(document, index).map_err(|e| format!("{e:#}")), Ok(()));
    }
    assert_eq!(documents[0]["files"].as_array().map(Vec::len), Some(2));
    assert_eq!(documents[0]["summary"]["not_as_expected"], 4);
    assert!(list(&documents[1]["files"][0], "problems").iter().all(|problem| problem["line"].is_u64()));
    assert!(schemas.validate(&serde_json::json!({ "version": 1 }), index).is_err(), "the schema allows anything");
}

#[test]
fn the_schema_knows_the_rules_and_the_version() {
    let schema = schema();
    let mut known: Vec<&str> = schema["$defs"]["step"]["properties"]["rule"]["enum"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(Value::as_str)
        .collect();
    let mut table: Vec<&str> = rules().iter().map(|rule| rule.name.text()).collect();
    known.sort();
    table.sort();
    assert_eq!(known, table);
    assert_eq!(schema["$defs"]["derivation"]["properties"]["schema"]["const"], json::SCHEMA);
    assert_eq!(schema["$defs"]["homework"]["properties"]["schema"]["const"], json::SCHEMA);
}

#[test]
fn the_steps_of_every_answer_form_a_chain() {
    let mut steps = 0;
    let documents = DERIVATIONS.iter().map(|(_, _, document)| document.clone()).chain([homework()]);
    for document in documents {
        for answer in objects(&document, "kind", Some("formula")) {
            let mut reached = text(answer, "start");
            for step in list(answer, "steps") {
                assert_eq!(text(step, "before"), reached, "{}", answer["name"]);
                reached = text(step, "after");
                steps += 1;
            }
            assert_eq!(text(answer, "result"), reached, "{}", answer["name"]);
        }
    }
    assert!(steps > 100, "only {steps} steps");
}

#[test]
fn every_formula_and_condition_can_be_read_back() {
    let mut read = 0;
    for (layer, _, document) in DERIVATIONS.iter() {
        let name = &layer.name;
        let mut formula = |text: &Value| {
            let text = text.as_str().unwrap();
            parse_expression(text).unwrap_or_else(|e| panic!("{name}: {text}\n{e:?}"));
            read += 1;
        };
        for answer in objects(document, "kind", Some("formula")) {
            ["left", "formula", "start", "result"].into_iter().for_each(|field| formula(&answer[field]));
        }
        for step in objects(document, "rule", None) {
            ["before", "after"].into_iter().for_each(|field| formula(&step[field]));
            for condition in list(step, "discharged") {
                parse_condition(condition.as_str().unwrap()).unwrap_or_else(|e| panic!("{condition}: {e:?}"));
            }
        }
        for solved in objects(document, "solved", None).into_iter().filter(|s| s["solved"].is_object()) {
            formula(&solved["solved"]["value"]);
        }
        objects(document, "equals", None).into_iter().for_each(|letter| formula(&letter["equals"]));
        let ranges = objects(document, "first", None);
        ranges.iter().flat_map(|r| [&r["first"], &r["last"]]).filter(|v| v.is_string()).for_each(&mut formula);
    }
    assert!(read > 500, "only {read} formulas");
}

#[test]
fn what_is_read_back_is_proved() {
    of_each(&DERIVATIONS, |(layer, base, document)| {
        let set = |size: &Value| match &size["value"] {
            Value::Null => format!("{0} = {0}", text(size, "name")),
            value => format!("{} = {value}", text(size, "name")),
        };
        let sizes: Vec<String> = list(&document["system"], "sizes").iter().map(set).collect();
        let mut claims = Vec::new();
        for answer in objects(document, "kind", Some("shape")) {
            claims.push(format!("expect {} = {}", text(answer, "name"), text(answer, "formula")));
        }
        for answer in objects(document, "kind", Some("formula")) {
            claims.push(format!("expect {} = {}", text(answer, "left"), text(answer, "formula")));
            claims.push(format!("expect {} = {}", text(answer, "left"), text(answer, "result")));
        }
        let test = format!("test \"json\" for {}({}) {{\n{}\n}}", layer.name, sizes.join(", "), claims.join("\n"));
        let mut file = parse_file(&test).unwrap_or_else(|e| panic!("{test}\n{e:?}"));
        file.base = Some(*base);
        file.items.push(Item::Layer(layer.clone()));
        for report in judge_tests(&file, &|_| None) {
            assert!(report.problems.is_empty(), "{test}\n{:?}", report.problems);
            assert_eq!(report.claims.len(), claims.len());
            for judged in &report.claims {
                let judgement = judged.as_ref().unwrap_or_else(|e| panic!("{test}\n{e:?}"));
                assert_eq!(judgement.verdict, Verdict::Proved, "{}\n{test}", judgement.claim);
            }
        }
    });
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let again = derivations();
    let documents =
        |found: &[(Layer, i64, Value)]| found.iter().map(|(_, _, document)| document.to_string()).collect::<Vec<_>>();
    assert_eq!(documents(&again), documents(&DERIVATIONS));
}
