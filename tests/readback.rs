//! Every formula that is printed as text can be read back in, in either alphabet, and is then
//! judged to be what it was printed from.

use backprose::catalogue::Catalogue;
use backprose::judge::{Verdict, judge_tests};
use backprose::language::parse::{parse_expression, parse_file};
use backprose::language::print::{Alphabet, expression};
use backprose::language::syntax::{Item, Layer};
use backprose::model::Sizes;
use backprose::model::compose::composed_layer;
use backprose::study::Study;

fn layers() -> Vec<(Layer, i64)> {
    let catalogue = Catalogue::built_in();
    catalogue.names().iter().map(|n| composed_layer(n, &catalogue).unwrap().unwrap()).collect()
}

fn symbolic(layer: &Layer, base: i64) -> (Study, String) {
    let study = Study::new(&layer.statements, base, &Sizes { general: true, ..Sizes::default() }).unwrap();
    let sizes: Vec<String> = study.system.sizes.iter().map(|(n, _)| format!("{n} = {n}")).collect();
    (study, sizes.join(", "))
}

#[test]
fn reading_what_was_printed_gives_the_tree_that_was_printed() {
    for (layer, base) in layers() {
        let (mut study, _) = symbolic(&layer, base);
        for goal in study.goals(&[]) {
            let (answer, _) = study.answer(&goal).unwrap();
            for alphabet in [Alphabet::Ascii, Alphabet::Unicode] {
                for formula in answer.all_lines().chain([&answer.left]) {
                    let text = expression(formula, alphabet);
                    let read = parse_expression(&text).unwrap_or_else(|e| panic!("{text}\n{e:?}"));
                    assert_eq!(read, *formula, "{text}");
                }
            }
        }
    }
}

#[test]
fn what_was_printed_is_proved_when_it_is_read_back() {
    for (layer, base) in layers() {
        let (mut study, sizes) = symbolic(&layer, base);
        for goal in study.goals(&[]) {
            let (answer, _) = study.answer(&goal).unwrap();
            for alphabet in [Alphabet::Ascii, Alphabet::Unicode] {
                let print = |e| expression(e, alphabet);
                let claim = format!("{} = {}", print(&answer.left), print(&answer.formula));
                let text = format!("test \"printed\" for {}({sizes}) {{ expect {claim} }}", layer.name);
                let mut file = parse_file(&text).unwrap_or_else(|e| panic!("{text}\n{e:?}"));
                file.base = Some(base);
                file.items.push(Item::Layer(layer.clone()));
                for report in judge_tests(&file, &|_| None) {
                    assert!(report.problems.is_empty(), "{claim}\n{:?}", report.problems);
                    for judged in &report.claims {
                        let judgement = judged.as_ref().unwrap_or_else(|e| panic!("{claim}\n{e:?}"));
                        assert_eq!(judgement.verdict, Verdict::Proved, "{claim}");
                    }
                }
            }
        }
    }
}
