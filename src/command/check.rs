//! `backprose check`: judges the `test` blocks of specifications and the marked formulas of papers.

use super::against::against;
use super::findings::{Findings, Tally};
use super::folder::files;
use super::input::{catalogue, specification, text_of};
use super::known::rejections;
use super::limits::out_of_time;
use super::output::{print, print_plain};
use super::parallel::in_order;
use super::report::{Source, complain, unusable};
use super::subject::Subjects;
use super::{AgainstFormat, CheckArgs, Stop};
use backprose::catalogue::Catalogue;
use backprose::diagnostic::Diagnostics;
use backprose::judge::judge_tests_within;
use backprose::limits::Limits;
use backprose::model::compose::composed_layer;
use backprose::paper::{Kind, Paper, SIGN};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What became of a file.
enum Outcome {
    /// It cannot be read: what is said of it.
    Unread(String, Option<String>),
    /// It holds nothing to judge: what is said if it was named.
    Nothing(String),
    /// What was found in it.
    Found(Box<Findings>),
}

/// Judges every file, and every file in the folders, and says what is not as expected.
pub fn check(arguments: &CheckArgs, folders: &[PathBuf]) -> Result<(), Stop> {
    let limits = arguments.limits.read()?;
    if let Some(homework) = &arguments.against {
        return against(arguments, homework, folders, &limits);
    }
    let only_answers = match arguments.format {
        AgainstFormat::Text | AgainstFormat::Json | AgainstFormat::Github => None,
        AgainstFormat::Csv => Some("a table is a report on answers to a homework"),
        AgainstFormat::Markdown | AgainstFormat::Html | AgainstFormat::Latex => {
            Some("a page is a report on answers to a homework")
        }
    };
    if let Some(message) = only_answers {
        complain(message, Some("without --against there are --format text, json and github"));
        return Err(Stop::Unusable);
    }
    let catalogue = Arc::new(catalogue(folders, &limits)?);
    let endings: Vec<&str> = ["bp"].iter().chain(Kind::ENDINGS).copied().collect();
    let paths = files(&arguments.files, &endings)?;
    let (mut tally, mut documents, mut unread) = (Tally::default(), Vec::new(), 0);
    let mut tell = |outcome: (&Path, Outcome)| -> Result<(), Stop> {
        match outcome {
            (_, Outcome::Unread(message, hint)) => {
                complain(message, hint.as_deref());
                unread += 1;
            }
            (path, Outcome::Nothing(said)) => {
                let named = arguments.files.iter().any(|file| file == path);
                if named && arguments.format == AgainstFormat::Text {
                    print_plain(&said)?;
                }
            }
            (_, Outcome::Found(found)) => {
                found.count(&mut tally);
                if !found.problems.is_empty() {
                    unusable(&found.source, &found.problems);
                }
                match arguments.format {
                    AgainstFormat::Json => documents.push(found.data()),
                    AgainstFormat::Github => print(found.annotations(arguments.strict))?,
                    _ => print(found.text(arguments.quiet))?,
                }
            }
        }
        Ok(())
    };
    let begin = || Subjects::new(&catalogue, &limits);
    let work = |subjects: &mut Subjects, path: &PathBuf| (path.clone(), judged(path, &catalogue, subjects, &limits));
    in_order(&paths, begin, work, |(path, outcome)| tell((&path, outcome)))?;
    let Tally { proved, refuted, undecided, wrong, problems } = tally;
    let total = proved + refuted + undecided;
    if arguments.format == AgainstFormat::Json {
        let summary = json!({
            "claims": total, "proved": proved, "refuted": refuted, "undecided": undecided,
            "not_as_expected": wrong, "problems": problems + unread,
        });
        let whole = json!({ "version": 1, "kind": "check", "files": documents, "summary": summary });
        print(format!("{}\n", serde_json::to_string_pretty(&whole).unwrap_or_default()))?;
    } else {
        print(format!(
            "{total} claim{}: {proved} proved, {refuted} refuted, {undecided} undecided; {wrong} not as expected\n",
            if total == 1 { "" } else { "s" },
        ))?;
    }
    if limits.expired() {
        return Err(out_of_time());
    }
    match (problems + unread, wrong > 0 || (arguments.strict && undecided > 0)) {
        (0, true) => Err(Stop::Refuted),
        (0, false) => {
            if total == 0 {
                let hint = "specifications hold `test` blocks, papers formulas marked by a comment `backprose: …`";
                complain("nothing was checked", Some(hint));
            }
            Ok(())
        }
        _ => Err(Stop::Unusable),
    }
}

/// What becomes of one file.
fn judged(path: &Path, catalogue: &Arc<Catalogue>, subjects: &mut Subjects, limits: &Limits) -> Outcome {
    if limits.expired() {
        return Outcome::Unread(format!("{} is not finished: the time ran out", path.display()), None);
    }
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    let kind = Kind::of(&ending);
    let source = match text_of(path, limits) {
        Ok(source) => source,
        Err((message, hint)) => return Outcome::Unread(message, hint),
    };
    match kind {
        Some(kind) => of_paper(path, source, kind, (subjects, limits)),
        None => of_specification(source, catalogue, limits),
    }
}

fn of_specification(source: Source, catalogue: &Arc<Catalogue>, limits: &Limits) -> Outcome {
    match specification(&source, catalogue, limits) {
        Err(problems) => unusable_file(source, problems),
        Ok(file) => {
            let known = rejections(&file, catalogue);
            let layer = |name: &str| composed_layer(name, &**catalogue)?.ok();
            let reports = judge_tests_within(&file, &layer, Some(&known), limits);
            match reports.is_empty() {
                true => Outcome::Nothing(format!("{}: no tests\n", source.name)),
                false => Outcome::Found(Box::new(Findings::of_tests(source, reports))),
            }
        }
    }
}

fn of_paper(path: &Path, source: Source, kind: Kind, (subjects, limits): (&mut Subjects, &Limits)) -> Outcome {
    let nothing = |source: &Source| Outcome::Nothing(format!("{}: no marked formulas\n", source.name));
    if !source.text.contains(SIGN) {
        return nothing(&source);
    }
    let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
    match Paper::within(&source.text, kind, limits) {
        Err(problems) => unusable_file(source, problems),
        Ok(paper) if !paper.is_marked() => nothing(&source),
        Ok(paper) => {
            let entries = paper.judge(&mut |target| subjects.find(&folder, target));
            Outcome::Found(Box::new(Findings::of_paper(source, entries)))
        }
    }
}

fn unusable_file(source: Source, problems: Diagnostics) -> Outcome {
    Outcome::Found(Box::new(Findings { source, claims: Vec::new(), problems }))
}
