//! `backprose check ANSWERS --against HOMEWORK.bp`: what people wrote, judged.

use super::annotate::{Level, annotation};
use super::folder::files;
use super::input::{Complaint, catalogue, complained, read, specification, the_homework};
use super::known::rejections;
use super::limits::out_of_time;
use super::output::Sink;
use super::parallel::in_order;
use super::report::{Source, colours, complain, unusable};
use super::submission::{Counts, DOCUMENTS, Graded, Outcome, Trouble, graded};
use super::tally::{self, Summary};
use super::{AgainstFormat, CheckArgs, Stop};
use backprose::answers::{Cell, Detail, Entry, Found, Grader, Mapping, Marked, Unjudged};
use backprose::judge::Verdict;
use backprose::limits::Limits;
use backprose::writeup::mathml::Engine;
use backprose::writeup::render::{Format, render};
use backprose::writeup::{harmless, marks, mistake};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Judges the answers in documents against a homework.
pub fn against(arguments: &CheckArgs, homework: &Path, folders: &[PathBuf], limits: &Limits) -> Result<(), Stop> {
    let source = read(homework, limits)?;
    let catalogue = Arc::new(catalogue(folders, limits)?);
    let file = specification(&source, &catalogue, limits).map_err(|wrong| unusable(&source, &wrong))?;
    let homework = the_homework(&file.items, &source.name)?;
    let map = arguments.map.as_deref().map(|map| read(map, limits)).transpose()?;
    let mapping = match &map {
        Some(map) => Mapping::parse(&map.text).map_err(|wrong| unusable(map, &wrong))?,
        None => Mapping::default(),
    };
    let format = format_of(arguments);
    let detail = if format == AgainstFormat::Csv { Detail::Verdicts } else { Detail::Full };
    let begin = || {
        let grader = Grader::new(homework, file.base.unwrap_or(1), &mapping, detail)?.within(limits);
        Ok(if detail == Detail::Full { grader.with_rejections(rejections(&file, &catalogue)) } else { grader })
    };
    let sources = Sources { homework: &source, map: map.as_ref().unwrap_or(&source) };
    let wanted: Vec<String> = match begin() {
        Ok(grader) => grader.wanted().iter().map(|(name, _)| name.clone()).collect(),
        Err(wrong) => return Err(sources.complain(wrong)),
    };
    let documents = files(&arguments.files, DOCUMENTS)?;
    let whole_pages = matches!(format, AgainstFormat::Markdown | AgainstFormat::Html | AgainstFormat::Latex);
    if whole_pages && documents.len() > 1 {
        complain(
            "a page is the report on one document",
            Some("name one document, or use --format text, json, csv or github"),
        );
        return Err(Stop::Unusable);
    }
    let report = |document: &Source, marked: &Marked| report(document, marked, arguments, format);
    let mut run = Run::new(format, wanted, documents.len(), Sink::new(arguments.output.as_deref())?);
    let work = |grader: &mut Result<Grader, Unjudged>, path: &PathBuf| graded(grader, (path, limits), &report);
    let judged = in_order(&documents, begin, work, |outcome| run.add(outcome, &sources));
    let ended = judged.and_then(|()| run.finish());
    if limits.expired() { Err(out_of_time()) } else { ended }
}

/// The format asked for, or the one that the name of the file to write says.
fn format_of(arguments: &CheckArgs) -> AgainstFormat {
    let ending = arguments.output.as_deref().and_then(Path::extension).and_then(|ending| ending.to_str());
    match (arguments.format, ending) {
        (AgainstFormat::Text, Some("csv")) => AgainstFormat::Csv,
        (AgainstFormat::Text, Some("json")) => AgainstFormat::Json,
        (AgainstFormat::Text, Some("md")) => AgainstFormat::Markdown,
        (AgainstFormat::Text, Some("html")) => AgainstFormat::Html,
        (AgainstFormat::Text, Some("tex")) => AgainstFormat::Latex,
        (format, _) => format,
    }
}

/// What is printed of a document.
fn report(
    document: &Source,
    marked: &Marked,
    arguments: &CheckArgs,
    format: AgainstFormat,
) -> Result<String, Complaint> {
    match format {
        AgainstFormat::Text => Ok(text(document, marked, arguments)),
        AgainstFormat::Json => Ok(pretty(&data(document, marked, arguments.no_solutions))),
        AgainstFormat::Github => Ok(annotations(document, marked, arguments)),
        AgainstFormat::Csv => Ok(String::new()),
        AgainstFormat::Markdown => page(document, marked, arguments, Format::Markdown),
        AgainstFormat::Html => page(document, marked, arguments, Format::Html(Engine::MathCore)),
        AgainstFormat::Latex => page(document, marked, arguments, Format::Latex),
    }
}

/// The texts in which what is wrong with a run may stand.
struct Sources<'a> {
    homework: &'a Source,
    map: &'a Source,
}

impl Sources<'_> {
    fn complain(&self, wrong: Unjudged) -> Stop {
        match wrong {
            Unjudged::Homework(wrong) | Unjudged::Document(wrong) => unusable(self.homework, &wrong),
            Unjudged::Mapping(wrong) | Unjudged::Places(wrong) => unusable(self.map, &wrong),
        }
    }
}

/// A run over all documents: what is printed, as they come, and what is counted.
struct Run<'a> {
    format: AgainstFormat,
    wanted: Vec<String>,
    documents: usize,
    sink: Sink<'a>,
    begun: bool,
    counts: Counts,
    summary: Summary,
    /// Whether a document could not be read or judged.
    unread: bool,
}

impl<'a> Run<'a> {
    fn new(format: AgainstFormat, wanted: Vec<String>, documents: usize, sink: Sink<'a>) -> Run<'a> {
        let (counts, summary) = (Counts::default(), Summary::new(&wanted));
        Run { format, wanted, documents, sink, begun: false, counts, summary, unread: false }
    }

    /// Takes in what came of the next document.
    fn add(&mut self, outcome: Outcome, sources: &Sources) -> Result<(), Stop> {
        let (report, cells) = match outcome.result {
            Ok(Graded { report, counts, cells }) => {
                self.counts.add(counts);
                (report, cells)
            }
            Err(trouble) => {
                let message = self.complain(trouble, &outcome.name, sources)?;
                self.unread = true;
                let report = match self.format {
                    AgainstFormat::Json => pretty(&unread(&outcome.name, &self.wanted, &message)),
                    _ => String::new(),
                };
                (report, vec![Cell::Unreadable; self.wanted.len()])
            }
        };
        self.summary.add(&cells);
        match self.format {
            AgainstFormat::Csv => {
                if !self.begun {
                    self.sink.push(tally::head(&self.wanted))?;
                }
                self.sink.push(tally::line(&outcome.name, &cells))?;
            }
            AgainstFormat::Json => {
                let before = if self.begun { ",\n    " } else { JSON_HEAD };
                self.sink.push(format!("{before}{}", report.replace('\n', "\n    ")))?;
            }
            _ => self.sink.push(&report)?,
        }
        self.begun = true;
        Ok(())
    }

    /// Says why there is no report on a document; where that is not for it alone, or there is no other,
    /// the run ends.
    fn complain(&self, trouble: Trouble, name: &str, sources: &Sources) -> Result<String, Stop> {
        let goes_on = self.documents > 1 || self.format == AgainstFormat::Csv;
        match trouble {
            Trouble::Unjudged(Unjudged::Places(wrong) | Unjudged::Document(wrong)) if goes_on => {
                for problem in &wrong {
                    complain(format!("{name}: {}", problem.message), problem.hint.as_deref());
                }
                Ok(wrong.first().map_or_else(String::new, |problem| problem.message.clone()))
            }
            Trouble::Unjudged(wrong) => Err(sources.complain(wrong)),
            Trouble::Unread(complaint) | Trouble::Unreported(complaint) => {
                let message = complaint.0.clone();
                let stop = complained(complaint);
                if goes_on { Ok(message) } else { Err(stop) }
            }
        }
    }

    /// Prints what comes after all documents, and says how it ended.
    fn finish(mut self) -> Result<(), Stop> {
        let Counts { proved, refuted, undecided, unreadable, unanswered, unasked } = self.counts;
        match self.format {
            AgainstFormat::Json => self.sink.push("\n  ]\n}\n")?,
            AgainstFormat::Text | AgainstFormat::Github => {
                if self.documents > 1 && self.format == AgainstFormat::Text {
                    self.sink.push(format!("\n{}\n", self.summary.table()))?;
                }
                let claims = proved + refuted + undecided;
                self.sink.push(format!(
                    "{claims} answer{}: {proved} proved, {refuted} refuted, {undecided} undecided; {unreadable} unreadable, \
                     {unanswered} not answered\n",
                    if claims == 1 { "" } else { "s" },
                ))?;
            }
            _ => {}
        }
        self.sink.finish()?;
        match (unreadable, refuted, proved + undecided) {
            (0, 0, 0) if !self.unread => {
                match unasked {
                    0 => {
                        let hint = "answers are displayed formulas, or formulas alone in their line";
                        complain("no answers were found", Some(hint));
                    }
                    _ => {
                        let hint = "write the question's number above each, as in `Problem 1.1` and `3. (b)`, or say with \
                                    `--map FILE` what is what";
                        complain("no formula answers a question of the homework", Some(hint));
                    }
                }
                Err(Stop::Unusable)
            }
            _ if self.unread => Err(Stop::Unusable),
            (unreadable, 0, _) if unreadable > 0 => Err(Stop::Unusable),
            (_, refuted, _) if refuted > 0 => Err(Stop::Refuted),
            _ => Ok(()),
        }
    }
}

/// What stands before the documents; they are printed as they come.
const JSON_HEAD: &str = "{\n  \"version\": 1,\n  \"kind\": \"answers\",\n  \"documents\": [\n    ";

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
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
fn page(document: &Source, marked: &Marked, arguments: &CheckArgs, format: Format) -> Result<String, Complaint> {
    let report = marks::report(&document.name, marked, !arguments.no_solutions);
    render(&report, format, false).map_err(|error| (error.to_string(), None))
}

fn text(document: &Source, marked: &Marked, arguments: &CheckArgs) -> String {
    let coloured = arguments.output.is_none() && colours(&std::io::stdout());
    let colour = |word: &str| match (coloured, word) {
        (false, _) => ("", ""),
        (true, "proved") => ("\u{1b}[32m", "\u{1b}[0m"),
        (true, "refuted" | "unreadable") => ("\u{1b}[31m", "\u{1b}[0m"),
        (true, _) => ("\u{1b}[33m", "\u{1b}[0m"),
    };
    let mut text = String::new();
    let name = harmless(&document.name);
    let width = marked.entries.iter().map(|e| e.question.chars().count()).max().unwrap_or(0);
    for entry in &marked.entries {
        let word = entry.verdict();
        if arguments.quiet && word != "refuted" && word != "unreadable" {
            continue;
        }
        let (on, off) = colour(word);
        let formula = shortened(&entry.formula);
        let place = format!("{name}:{}", entry.line);
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
        let words = harmless(words);
        text += &format!("{name}:{line}  {question:width$}  {on}note      {off}  {words}\n");
    }
    for missing in not_answered(marked) {
        let (on, off) = colour("unanswered");
        text += &format!("{name}  {on}not answered{off}  {missing}\n");
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

/// The longest formula that is shown, in characters.
const LONGEST: usize = 300;

fn data(document: &Source, marked: &Marked, hidden: bool) -> Value {
    let entries: Vec<Value> = marked.entries.iter().map(|entry| entry_data(entry, hidden)).collect();
    let remark = |(line, question, words): &(usize, String, String)| json!({ "line": line, "question": question, "text": words });
    let remarks: Vec<Value> = marked.remarks.iter().map(remark).collect();
    json!({ "file": document.name, "answers": entries, "remarks": remarks, "unanswered": marked.unanswered })
}

/// A document of which there is no report.
fn unread(name: &str, wanted: &[String], problem: &str) -> Value {
    json!({ "file": name, "answers": [], "remarks": [], "unanswered": wanted, "problem": problem })
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
        "answers": entry.answers,
        "verdict": entry.verdict(),
        "reading": reading,
        "otherwise": other,
        "counterexample": counterexample,
        "slip": slip,
        "expected": entry.right().filter(|_| !hidden).map(ToString::to_string),
        "notes": notes,
    })
}
