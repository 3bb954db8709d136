//! Every formula that is printed as text can be read back in, in either alphabet, and is then
//! judged to be what it was printed from.

mod layers;

use backprose::judge::{Verdict, judge_tests};
use backprose::language::parse::{parse_expression, parse_file};
use backprose::language::print::{Alphabet, expression};
use backprose::language::syntax::{Item, Layer};
use backprose::model::Sizes;
use backprose::study::Study;
use layers::of_every_layer;

#[test]
fn what_was_printed_is_the_same_tree_and_proved_when_it_is_read_back() {
    of_every_layer(|layer, base| {
        let mut study = Study::new(&layer.statements, base, &Sizes { general: true, ..Sizes::default() }).unwrap();
        for goal in study.goals(&[]) {
            let (answer, _) = study.answer(&goal).unwrap();
            for alphabet in [Alphabet::Ascii, Alphabet::Unicode] {
                let print = |e| expression(e, alphabet);
                for formula in answer.all_lines().chain([&answer.left]) {
                    let text = print(formula);
                    let read = parse_expression(&text).unwrap_or_else(|e| panic!("{text}\n{e:?}"));
                    assert_eq!(read, *formula, "{text}");
                }
                is_proved(layer, base, &study, &format!("{} = {}", print(&answer.left), print(&answer.formula)));
            }
        }
    });
}

/// A claim about a layer at all sizes is proved.
fn is_proved(layer: &Layer, base: i64, study: &Study, claim: &str) {
    let sizes: Vec<String> = study.system.sizes.iter().map(|(n, _)| format!("{n} = {n}")).collect();
    let text = format!("test \"printed\" for {}({}) {{ expect {claim} }}", layer.name, sizes.join(", "));
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
