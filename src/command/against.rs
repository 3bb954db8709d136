//! `backprose check ANSWERS --against HOMEWORK.bp`: what people wrote, judged.

use super::input::read;
use super::output::print;
use super::report::{Source, colours, complain, unusable};
use super::{AgainstFormat, CheckArgs, Stop};
use backprose::answers::{Entry, Found, Marked, judge_answers};
use backprose::integer::Truth;
use backprose::judge::Verdict;
use backprose::language::parse::parse_file;
use backprose::language::syntax::{Homework, Item};
use serde_json::{Value, json};
use std::path::Path;

/// Counts of all documents.
#[derive(Default)]
struct Tally {
    proved: usize,
    refuted: usize,
    undecided: usize,
    unreadable: usize,
    unanswered: usize,
}

/// Judges the answers in documents against a homework.
pub fn against(arguments: &CheckArgs, homework: &Path) -> Result<(), Stop> {
    let source = read(homework)?;
    let file = parse_file(&source.text).map_err(|wrong| unusable(&source, &wrong))?;
    let homeworks: Vec<&Homework> = file
        .items
        .iter()
        .filter_map(|item| match item {
            Item::Homework(homework) => Some(homework),
            Item::Layer(_) | Item::Test(_) => None,
        })
        .collect();
    let [homework] = homeworks.as_slice() else {
        let message = format!("{} holds {} homeworks, and one is needed", source.name, homeworks.len());
        complain(message, Some("a homework begins with `homework \"…\" {`"));
        return Err(Stop::Unusable);
    };
    let mut tally = Tally::default();
    let mut documents = Vec::new();
    for path in &arguments.files {
        let document = read(path)?;
        let base = file.base.unwrap_or(1);
        let marked = judge_answers(&document.text, homework, base).map_err(|wrong| unusable(&source, &wrong))?;
        count(&marked, &mut tally);
        match arguments.format {
            AgainstFormat::Text => print(&text(&document, &marked, arguments))?,
            AgainstFormat::Json => documents.push(data(&document, &marked, arguments.no_solutions)),
        }
    }
    if arguments.format == AgainstFormat::Json {
        let whole = json!({ "version": 1, "kind": "answers", "documents": documents });
        print(&format!("{}\n", serde_json::to_string_pretty(&whole).unwrap_or_default()))?;
    } else {
        let Tally { proved, refuted, undecided, unreadable, unanswered } = tally;
        let claims = proved + refuted + undecided;
        print(&format!(
            "{claims} answer{}: {proved} proved, {refuted} refuted, {undecided} undecided; {unreadable} unreadable, \
             {unanswered} not answered\n",
            if claims == 1 { "" } else { "s" },
        ))?;
    }
    match (tally.unreadable, tally.refuted, tally.proved + tally.undecided) {
        (0, 0, 0) => {
            complain("no answers were found", Some("answers are displayed formulas, or formulas alone in their line"));
            Err(Stop::Unusable)
        }
        (unreadable, 0, _) if unreadable > 0 => Err(Stop::Unusable),
        (_, refuted, _) if refuted > 0 => Err(Stop::Refuted),
        _ => Ok(()),
    }
}

fn count(marked: &Marked, tally: &mut Tally) {
    for entry in &marked.entries {
        match &entry.found {
            Found::Judged { mark, .. } => match mark.judgement.verdict {
                Verdict::Proved => tally.proved += 1,
                Verdict::Refuted(_) => tally.refuted += 1,
                Verdict::Undecided { .. } => tally.undecided += 1,
            },
            Found::Placeholder { .. } => tally.refuted += 1,
            Found::Definition { unknown, chain, .. } => {
                tally.refuted += usize::from(!unknown.is_empty() || *chain == Truth::No);
            }
            Found::Unreadable(_) => tally.unreadable += 1,
            Found::Unasked => {}
        }
    }
    tally.unanswered += marked.unanswered.len();
}

/// The verdict of an entry in a word, and the lines below it.
fn words(entry: &Entry, solutions: bool) -> (&'static str, Vec<String>) {
    let mut lines = Vec::new();
    match &entry.found {
        Found::Judged { mark, right } => {
            if !mark.reading.is_empty() {
                lines.push(format!("read with {}", mark.reading));
            }
            let word = match &mark.judgement.verdict {
                Verdict::Proved => "proved",
                Verdict::Undecided { tried } => {
                    lines.push(format!("agrees at all {tried} entries tried, not proved"));
                    "undecided"
                }
                Verdict::Refuted(found) => {
                    lines.push(found.to_string());
                    lines.extend(mark.judgement.slip.as_ref().map(|slip| format!("slip: {slip}")));
                    "refuted"
                }
            };
            if let Some(other) = &mark.other {
                lines.push(format!("with {other} it would be right"));
            }
            if let (Some(right), true) = (right, solutions) {
                lines.push(format!("right: {right}"));
            }
            (word, lines)
        }
        Found::Placeholder { unknown, right } => {
            lines.push(format!("used and never defined: {}", unknown.join(", ")));
            if let (Some(right), true) = (right, solutions) {
                lines.push(format!("right: {right}"));
            }
            ("refuted", lines)
        }
        Found::Definition { unknown, chain, axis, set } => {
            if let Some(axis) = axis {
                lines.push(format!("this is the length of {axis}"));
            }
            if !unknown.is_empty() {
                lines.push(format!("used and never defined: {}", unknown.join(", ")));
            }
            if *chain == Truth::No {
                lines.push(match set {
                    Some(set) => format!("with the sizes that the question sets equal it says {set}"),
                    None => "the sides are not equal".into(),
                });
            }
            let good = unknown.is_empty() && *chain != Truth::No;
            (if good { "definition" } else { "refuted" }, lines)
        }
        Found::Unreadable(problem) => {
            lines.push(problem.message.clone());
            lines.extend(problem.hint.clone());
            ("unreadable", lines)
        }
        Found::Unasked => ("not asked", lines),
    }
}

fn text(document: &Source, marked: &Marked, arguments: &CheckArgs) -> String {
    let colour = |word: &str| match (colours(&std::io::stdout()), word) {
        (false, _) => ("", ""),
        (true, "proved") => ("\u{1b}[32m", "\u{1b}[0m"),
        (true, "refuted" | "unreadable") => ("\u{1b}[31m", "\u{1b}[0m"),
        (true, _) => ("\u{1b}[33m", "\u{1b}[0m"),
    };
    let mut text = String::new();
    let width = marked.entries.iter().map(|e| e.question.chars().count()).max().unwrap_or(0);
    for entry in &marked.entries {
        let (word, lines) = words(entry, !arguments.no_solutions);
        if arguments.quiet && word != "refuted" && word != "unreadable" {
            continue;
        }
        let (on, off) = colour(word);
        let formula = shortened(&entry.formula);
        let place = format!("{}:{}", document.name, entry.line);
        text += &format!("{place}  {:width$}  {on}{word:10}{off}  {}\n", entry.question, formula);
        for line in lines {
            text += &format!("    {line}\n");
        }
    }
    for (line, question, words) in marked.remarks.iter().filter(|_| !arguments.quiet) {
        let (on, off) = colour("note");
        text += &format!("{}:{line}  {question:width$}  {on}note      {off}  {words}\n", document.name);
    }
    for name in &marked.unanswered {
        let (on, off) = colour("unanswered");
        text += &format!("{}  {on}not answered{off}  {name}\n", document.name);
    }
    text
}

/// A formula on one line, cut where it is very long.
fn shortened(formula: &str) -> String {
    let words: Vec<&str> = formula.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// The longest formula that is shown, in characters.
const LONGEST: usize = 300;

fn data(document: &Source, marked: &Marked, hidden: bool) -> Value {
    let entries: Vec<Value> = marked.entries.iter().map(|entry| entry_data(entry, hidden)).collect();
    let remark = |(line, question, words): &(usize, String, String)| json!({ "line": line, "question": question, "text": words });
    let remarks: Vec<Value> = marked.remarks.iter().map(remark).collect();
    json!({ "file": document.name, "answers": entries, "remarks": remarks, "unanswered": marked.unanswered })
}

fn entry_data(entry: &Entry, hidden: bool) -> Value {
    let (word, lines) = words(entry, false);
    let (mut reading, mut counterexample, mut expected, mut other, mut slip) = (None, None, None, None, None);
    if let Found::Judged { mark, right } = &entry.found {
        reading = Some(mark.reading.clone()).filter(|r| !r.is_empty());
        other = mark.other.clone();
        expected = right.clone().filter(|_| !hidden);
        if let Verdict::Refuted(found) = &mark.judgement.verdict {
            counterexample = Some(found.to_string());
            slip = mark.judgement.slip.as_ref().map(|slip| json!({ "name": slip.name, "sentence": slip.sentence }));
        }
    }
    json!({
        "line": entry.line,
        "question": entry.question,
        "formula": entry.formula,
        "verdict": word,
        "reading": reading,
        "otherwise": other,
        "counterexample": counterexample,
        "slip": slip,
        "expected": expected,
        "notes": if counterexample.is_some() { Vec::new() } else { lines },
    })
}
