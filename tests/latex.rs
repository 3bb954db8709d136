//! Formulas as people write them, read and judged: `tests/latex/formulas.txt` holds the verdicts.

mod layers;

use backprose::answer::Names;
use backprose::judge::{Judge, Verdict};
use backprose::language::parse::parse_file;
use backprose::language::syntax::Layout;
use backprose::latex;
use backprose::model::{Sizes, System, elaborate};
use backprose::reading::{Reader, Said, Side, mark};
use backprose::study::Study;
use backprose::writeup::document::{Piece, Symbol};
use backprose::writeup::latex::{Place, Printer};
use backprose::writeup::notation::Notation;
use layers::of_every_layer;

const FORMULAS: &str = include_str!("latex/formulas.txt");
const NETWORKS: &str = include_str!("latex/networks.txt");
const WHOLE: &str = include_str!("latex/whole.txt");

fn system(statements: &str) -> System {
    let file = parse_file(statements).unwrap_or_else(|problems| panic!("{statements}: {}", problems[0]));
    elaborate(&file.statements, 1, &Sizes::default()).unwrap_or_else(|problems| panic!("{statements}: {}", problems[0]))
}

/// The verdict on a line, and why.
fn verdict(system: &System, judge: &mut Judge, layout: Layout, formula: &str) -> (&'static str, String) {
    let names = Names::new(system);
    let reader = Reader::new(system, &names).with_layout(layout);
    let trees = match latex::read(formula) {
        Ok(trees) => reader.statements(&trees),
        Err(problem) => return ("unreadable", problem.to_string()),
    };
    let (mut last, mut word, mut why) = (None, "nothing", String::new());
    for tree in &trees {
        let sides = match reader.statement(tree, last.as_ref()) {
            Err(problem) => return ("unreadable", problem.to_string()),
            Ok(Said::Claims(target, sides)) => {
                last = Some(target);
                sides
            }
            Ok(Said::Lengths(claims, span)) => {
                let claims = reader.lengths_of_output(claims, span);
                claims.into_iter().map(|claim| Ok(Side::plain(claim))).collect()
            }
            Ok(Said::Symbol(_) | Said::Remark) => continue,
        };
        for side in sides {
            let marked = side.map_err(|problem| vec![problem]).and_then(|side| mark(system, judge, &side, layout));
            let (found, reason) = match marked {
                Err(problems) => ("unreadable", problems[0].to_string()),
                Ok(mark) => match mark.judgement.verdict {
                    Verdict::Proved => ("proved", mark.reading),
                    Verdict::Refuted(found) => {
                        let slip = mark.judgement.slip.map_or(String::new(), |slip| format!("; {slip}"));
                        ("refuted", format!("{}: {found}{slip}", mark.judgement.claim))
                    }
                    Verdict::Undecided { .. } => ("undecided", String::new()),
                },
            };
            if word == "nothing" || word == "proved" || word == "undecided" && found == "refuted" {
                (word, why) = (found, reason);
            }
        }
    }
    (word, why)
}

/// What is printed in LaTeX, read back, is proved equal to what it was printed from.
#[test]
fn what_is_printed_in_latex_is_proved_when_it_is_read_back() {
    let found = of_every_layer(|layer, base| {
        let (mut wrong, mut count) = (Vec::new(), 0);
        let sizes = Sizes { general: true, ..Sizes::default() };
        let mut study = Study::new(&layer.statements, base, &sizes).unwrap();
        let notation = Notation::new(&study.system.notation);
        let printer = Printer { notation: &notation, marks: &[] };
        let system = study.system.clone();
        let mut judge = Judge::new(&system).unwrap_or_else(|problems| panic!("{}: {}", layer.name, problems[0]));
        for goal in study.goals(&[]) {
            let (answer, _) = study.answer(&goal).unwrap();
            let math =
                [Piece::Expr(answer.left.clone()), Piece::Symbol(Symbol::Equal), Piece::Expr(answer.formula.clone())];
            let tex = printer.math(&math, Place::Display);
            let (found, why) = verdict(&system, &mut judge, Layout::Shape, &tex);
            count += 1;
            if found != "proved" {
                wrong.push(format!("{}: {found}: {tex}\n    {why}", layer.name));
            }
        }
        (wrong, count)
    });
    let count: usize = found.iter().map(|(_, count)| count).sum();
    let wrong: Vec<String> = found.into_iter().flat_map(|(wrong, _)| wrong).collect();
    assert!(count > 80, "only {count} formulas");
    assert!(wrong.is_empty(), "{} of {count}\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn formulas_get_their_verdicts() {
    verdicts(FORMULAS);
}

#[test]
fn formulas_in_the_notations_of_networks_get_their_verdicts() {
    verdicts(NETWORKS);
}

#[test]
fn formulas_about_whole_arrays_get_their_verdicts() {
    verdicts(WHOLE);
}

/// Judges the formulas of a table: blocks that begin with a system and, where it is not `shape`, the layout.
fn verdicts(table: &str) {
    let (mut wrong, mut count, mut text) = (Vec::new(), 0, "");
    let mut lines = table.lines().filter(|l| !l.trim().is_empty() && !l.starts_with("//")).peekable();
    while let Some(line) = lines.next() {
        text = line.strip_prefix("system ").unwrap_or(text);
        let system = system(text);
        let mut judge = Judge::new(&system).unwrap_or_else(|problems| panic!("{text}: {}", problems[0]));
        let mut layout = Layout::Shape;
        while let Some(line) = lines.next_if(|line| !line.starts_with("system ")) {
            if let Some(word) = line.strip_prefix("layout ") {
                layout = Layout::ALL.into_iter().find(|layout| layout.word() == word.trim()).unwrap();
                continue;
            }
            let (expected, rest) = line.split_once(' ').unwrap();
            let formula = rest.split_once("  #").map_or(rest, |(formula, _)| formula).trim();
            let (found, why) = verdict(&system, &mut judge, layout, formula);
            count += 1;
            if found != expected {
                wrong.push(format!("{expected} expected, {found}: {formula}\n    {why}"));
            }
        }
    }
    assert!(count > 80, "only {count} formulas");
    assert!(wrong.is_empty(), "{} of {count}\n{}", wrong.len(), wrong.join("\n"));
}
