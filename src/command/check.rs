//! `backprose check`: judges the `test` blocks of specification files.

use super::against::against;
use super::input::{catalogue, read, specification};
use super::output::print;
use super::report::{Source, colours, complain, unusable};
use super::{CheckArgs, Stop};
use backprose::catalogue::Catalogue;
use backprose::diagnostic::Span;
use backprose::judge::{Judgement, TestReport, Verdict, judge_tests};
use backprose::model::compose::composed_layer;
use std::path::PathBuf;

/// What became of the claims of all files.
#[derive(Default)]
struct Tally {
    proved: usize,
    refuted: usize,
    undecided: usize,
    wrong: usize,
    unusable: bool,
}

/// Judges every test of the files and prints a line a claim that is not as expected.
pub fn check(arguments: &CheckArgs, folders: &[PathBuf]) -> Result<(), Stop> {
    if let Some(homework) = &arguments.against {
        return against(arguments, homework, folders);
    }
    let catalogue = catalogue(folders)?;
    let mut tally = Tally::default();
    for path in &arguments.files {
        let Ok(source) = read(path) else {
            tally.unusable = true;
            continue;
        };
        match specification(&source, &catalogue) {
            Err(wrong) => {
                unusable(&source, &wrong);
                tally.unusable = true;
            }
            Ok(file) => {
                let find = |name: &str| found(&catalogue, name);
                let reports = judge_tests(&file, &find);
                if reports.is_empty() {
                    print(&format!("{}: no tests\n", source.name))?;
                }
                for report in &reports {
                    show(&source, report, arguments.quiet, &mut tally)?;
                }
            }
        }
    }
    let total = tally.proved + tally.refuted + tally.undecided;
    print(&format!(
        "{total} claim{}: {} proved, {} refuted, {} undecided; {} not as expected\n",
        if total == 1 { "" } else { "s" },
        tally.proved,
        tally.refuted,
        tally.undecided,
        tally.wrong
    ))?;
    match (tally.unusable, tally.wrong > 0 || (arguments.strict && tally.undecided > 0)) {
        (true, _) => Err(Stop::Unusable),
        (false, true) => Err(Stop::Refuted),
        (false, false) => {
            if total == 0 {
                complain("nothing was checked", Some("a file of specifications holds `test` blocks"));
            }
            Ok(())
        }
    }
}

fn found(catalogue: &Catalogue, name: &str) -> Option<(backprose::language::syntax::Layer, i64)> {
    composed_layer(name, catalogue)?.ok()
}

fn show(source: &Source, report: &TestReport, quiet: bool, tally: &mut Tally) -> Result<(), Stop> {
    if !report.problems.is_empty() {
        unusable(source, &report.problems);
        tally.unusable = true;
        return Ok(());
    }
    for claim in &report.claims {
        match claim {
            Err(wrong) => {
                unusable(source, wrong);
                tally.unusable = true;
            }
            Ok(judgement) => {
                match judgement.verdict {
                    Verdict::Proved => tally.proved += 1,
                    Verdict::Refuted(_) => tally.refuted += 1,
                    Verdict::Undecided { .. } => tally.undecided += 1,
                }
                tally.wrong += usize::from(!judgement.good && !judgement.undecided());
                if !quiet || !judgement.good {
                    print(&line(source, judgement))?;
                }
            }
        }
    }
    Ok(())
}

/// `file:line  proved    expect dl/dW[i] = …`, and for what is not as expected the reason below.
fn line(source: &Source, judgement: &Judgement) -> String {
    let (red, green, yellow, end) = match colours(&std::io::stdout()) {
        true => ("\u{1b}[31m", "\u{1b}[32m", "\u{1b}[33m", "\u{1b}[0m"),
        false => ("", "", "", ""),
    };
    let (word, detail) = match &judgement.verdict {
        Verdict::Proved => ("proved", None),
        Verdict::Refuted(counterexample) => ("refuted", Some(counterexample.to_string())),
        Verdict::Undecided { tried } => ("undecided", Some(format!("agrees at all {tried} entries tried, not proved"))),
    };
    let color = match (judgement.good, judgement.undecided()) {
        (_, true) => yellow,
        (true, false) => green,
        (false, false) => red,
    };
    let place = format!("{}:{}", source.name, line_of(&source.text, judgement.span));
    let mut text = format!("{place}  {color}{word:9}{end}  {}\n", judgement.claim);
    let because = judgement.because.as_ref().filter(|_| !judgement.expected && judgement.good);
    if let Some(because) = because {
        text += &format!("    as it should be: {because}\n");
    }
    if let Some(detail) = detail {
        text += &format!("    {detail}\n");
    }
    if let Some(slip) = judgement.slip.as_ref().filter(|_| !judgement.good) {
        text += &format!("    {slip}\n");
    }
    if !judgement.expected && matches!(judgement.verdict, Verdict::Proved) {
        text += "    this was to be refuted\n";
    }
    text
}

fn line_of(text: &str, span: Span) -> usize {
    text.bytes().take(span.start.min(text.len())).filter(|b| *b == b'\n').count() + 1
}
