//! `backprose check ANSWERS --against HOMEWORK.bp`: what people wrote, judged.

use super::annotate::{Level, annotation};
use super::input::{catalogue, read, specification, the_homework};
use super::output::print;
use super::report::{Source, colours, complain, unusable};
use super::{AgainstFormat, CheckArgs, Stop};
use backprose::answers::{Entry, Found, Mapping, Marked, Unjudged, judge_answers};
use backprose::judge::Verdict;
use backprose::writeup::mathml::Engine;
use backprose::writeup::render::{Format, render};
use backprose::writeup::{marks, mistake};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

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
pub fn against(arguments: &CheckArgs, homework: &Path, folders: &[PathBuf]) -> Result<(), Stop> {
    let source = read(homework)?;
    let file = specification(&source, &catalogue(folders)?).map_err(|wrong| unusable(&source, &wrong))?;
    let homework = the_homework(&file.items, &source.name)?;
    let whole_pages = matches!(arguments.format, AgainstFormat::Markdown | AgainstFormat::Html | AgainstFormat::Latex);
    if whole_pages && arguments.files.len() > 1 {
        complain(
            "a page is the report on one document",
            Some("name one document, or use --format text, json or github"),
        );
        return Err(Stop::Unusable);
    }
    let map = arguments.map.as_deref().map(read).transpose()?;
    let mapping = match &map {
        Some(map) => Mapping::parse(&map.text).map_err(|wrong| unusable(map, &wrong))?,
        None => Mapping::default(),
    };
    let mut tally = Tally::default();
    let mut documents = Vec::new();
    for path in &arguments.files {
        let document = read(path)?;
        let base = file.base.unwrap_or(1);
        let marked = judge_answers(&document.text, homework, base, &mapping).map_err(|wrong| match wrong {
            Unjudged::Homework(wrong) => unusable(&source, &wrong),
            Unjudged::Mapping(wrong) => unusable(map.as_ref().unwrap_or(&source), &wrong),
        })?;
        count(&marked, &mut tally);
        match arguments.format {
            AgainstFormat::Text => print(&text(&document, &marked, arguments))?,
            AgainstFormat::Github => print(&annotations(&document, &marked, arguments))?,
            AgainstFormat::Json => documents.push(data(&document, &marked, arguments.no_solutions)),
            AgainstFormat::Markdown => print(&page(&document, &marked, arguments, Format::Markdown)?)?,
            AgainstFormat::Html => print(&page(&document, &marked, arguments, Format::Html(Engine::MathCore))?)?,
            AgainstFormat::Latex => print(&page(&document, &marked, arguments, Format::Latex)?)?,
        }
    }
    if arguments.format == AgainstFormat::Json {
        let whole = json!({ "version": 1, "kind": "answers", "documents": documents });
        print(&format!("{}\n", serde_json::to_string_pretty(&whole).unwrap_or_default()))?;
    }
    if matches!(arguments.format, AgainstFormat::Text | AgainstFormat::Github) {
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

/// A workflow command for each answer that is not proved.
fn annotations(document: &Source, marked: &Marked, arguments: &CheckArgs) -> String {
    let solutions = !arguments.no_solutions;
    let mut text = String::new();
    for entry in &marked.entries {
        let word = entry.verdict();
        let level = match word {
            "refuted" | "unreadable" => Level::Error,
            "undecided" => Level::Warning,
            _ => continue,
        };
        let right = entry.right().filter(|_| solutions).map(|right| format!("right: {right}"));
        let lines = [vec![shortened(&entry.formula)], entry.reasons(solutions), right.into_iter().collect()].concat();
        let lines: Vec<String> = lines.iter().map(|line| harmless(line)).collect();
        let title = format!("{} {word}", entry.question);
        text += &annotation(level, (&document.name, entry.line, None), title.trim(), &lines.join("\n"));
    }
    text
}

/// The report as a document of its own.
fn page(document: &Source, marked: &Marked, arguments: &CheckArgs, format: Format) -> Result<String, Stop> {
    let report = marks::report(&document.name, marked, !arguments.no_solutions);
    render(&report, format, false).map_err(|error| {
        complain(error.to_string(), None);
        Stop::Unusable
    })
}

fn count(marked: &Marked, tally: &mut Tally) {
    for entry in &marked.entries {
        match entry.verdict() {
            "proved" => tally.proved += 1,
            "refuted" => tally.refuted += 1,
            "undecided" => tally.undecided += 1,
            "unreadable" => tally.unreadable += 1,
            _ => {}
        }
    }
    tally.unanswered += marked.unanswered.len();
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
        let word = entry.verdict();
        if arguments.quiet && word != "refuted" && word != "unreadable" {
            continue;
        }
        let (on, off) = colour(word);
        let formula = shortened(&entry.formula);
        let place = format!("{}:{}", document.name, entry.line);
        text += &format!("{place}  {:width$}  {on}{word:10}{off}  {}\n", entry.question, formula);
        for line in entry.reasons(!arguments.no_solutions) {
            text += &format!("    {}\n", harmless(&line));
        }
        if let (Some(right), false) = (entry.right(), arguments.no_solutions) {
            text += &format!("    right: {right}\n");
        }
        let cells = entry.cells().filter(|_| !arguments.no_solutions);
        for line in cells.and_then(mistake::picture).iter().flat_map(mistake::characters) {
            text += &format!("{line}\n");
        }
    }
    for (line, question, words) in marked.remarks.iter().filter(|_| !arguments.quiet) {
        let (on, off) = colour("note");
        text += &format!("{}:{line}  {question:width$}  {on}note      {off}  {words}\n", document.name);
    }
    for name in not_answered(marked) {
        let (on, off) = colour("unanswered");
        text += &format!("{}  {on}not answered{off}  {name}\n", document.name);
    }
    text
}

/// What is asked for and was not found; a problem of which nothing was found is one line.
fn not_answered(marked: &Marked) -> Vec<String> {
    let problem = |number: &str| number.rsplit_once('.').map(|(problem, _)| problem.to_string());
    let begun: BTreeSet<String> = marked.entries.iter().filter_map(|entry| problem(&entry.question)).collect();
    let mut found: Vec<(Option<String>, Vec<&String>)> = Vec::new();
    for name in &marked.unanswered {
        let number = name.split_whitespace().next().unwrap_or_default();
        let whole = problem(number).filter(|problem| !begun.contains(problem));
        match found.last_mut() {
            Some((known, names)) if whole.is_some() && *known == whole => names.push(name),
            _ => found.push((whole, vec![name])),
        }
    }
    let said = |(problem, names): (Option<String>, Vec<&String>)| match (problem, names.as_slice()) {
        (Some(problem), [_, _, ..]) => format!("problem {problem}, {} answers", names.len()),
        _ => names[0].clone(),
    };
    found.into_iter().map(said).collect()
}

/// A formula on one line, cut where it is very long.
pub(super) fn shortened(formula: &str) -> String {
    let words: Vec<&str> = formula.split_whitespace().collect();
    let line = harmless(&words.join(" "));
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// Words without characters that a terminal would act on.
pub(super) fn harmless(words: &str) -> String {
    words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
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
    let (mut reading, mut counterexample, mut other, mut slip) = (None, None, None, None);
    let mut notes = Vec::new();
    match &entry.found {
        Found::Judged { mark, .. } => {
            reading = Some(mark.reading.clone()).filter(|r| !r.is_empty());
            other = mark.other.clone().filter(|_| !hidden);
            match &mark.judgement.verdict {
                Verdict::Refuted(found) if hidden => {
                    counterexample = Some(found.without_solution());
                    slip = mark.judgement.slip.as_ref().map(|slip| json!({ "name": slip.name }));
                }
                Verdict::Refuted(found) => {
                    counterexample = Some(found.to_string());
                    slip = mark
                        .judgement
                        .slip
                        .as_ref()
                        .map(|slip| json!({ "name": slip.name, "sentence": slip.sentence }));
                    notes.clone_from(&mark.judgement.reasons);
                }
                Verdict::Proved | Verdict::Undecided { .. } => notes.clone_from(&mark.judgement.reasons),
            }
        }
        _ => notes = entry.reasons(false),
    }
    notes.extend(entry.link().map(String::from));
    json!({
        "line": entry.line,
        "question": entry.question,
        "formula": entry.formula,
        "verdict": entry.verdict(),
        "reading": reading,
        "otherwise": other,
        "counterexample": counterexample,
        "slip": slip,
        "expected": entry.right().filter(|_| !hidden).map(ToString::to_string),
        "notes": notes,
    })
}
