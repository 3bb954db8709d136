//! What `check` found in one file, and how it is said: as text, as annotations, as data.

use super::against::shortened;
use super::annotate::{Level, annotation};
use super::report::{Source, colours};
use backprose::diagnostic::{Diagnostic, Span};
use backprose::judge::{Judgement, Right, TestReport, Verdict};
use backprose::paper::Entry;
use backprose::writeup::harmless;
use serde_json::{Value, json};

/// A claim that was judged.
pub struct Finding {
    /// Where it stands, in bytes.
    span: Span,
    /// The title of the test; of a formula, what it is about.
    subject: String,
    /// Of a formula, what it is for, and how it is written.
    formula: Option<(String, String)>,
    judgement: Judgement,
    /// What was assumed to read it.
    reading: String,
    /// Another reading in which it would be right.
    other: Option<String>,
    /// What is right, where a formula is not.
    right: Option<Right>,
}

/// What was found in one file.
pub struct Findings {
    /// The file.
    pub source: Source,
    /// Claims that were judged.
    pub claims: Vec<Finding>,
    /// What cannot be used.
    pub problems: Vec<Diagnostic>,
}

/// What became of the claims of all files.
#[derive(Default)]
pub struct Tally {
    pub proved: usize,
    pub refuted: usize,
    pub undecided: usize,
    /// Not as expected.
    pub wrong: usize,
    pub problems: usize,
}

impl Findings {
    /// The tests of a specification.
    pub fn of_tests(source: Source, reports: Vec<TestReport>) -> Findings {
        let mut found = Findings { source, claims: Vec::new(), problems: Vec::new() };
        for report in reports {
            found.problems.extend(report.problems);
            for claim in report.claims {
                match claim {
                    Err(problems) => found.problems.extend(problems),
                    Ok(judgement) => found.claims.push(Finding {
                        span: judgement.span,
                        subject: report.title.clone(),
                        formula: None,
                        judgement,
                        reading: String::new(),
                        other: None,
                        right: None,
                    }),
                }
            }
        }
        found
    }

    /// The marked formulas of a paper.
    pub fn of_paper(source: Source, entries: Vec<Entry>) -> Findings {
        let mut found = Findings { source, claims: Vec::new(), problems: Vec::new() };
        for Entry { span, name, subject, found: judged } in entries {
            match judged {
                Err(problems) => found.problems.extend(problems),
                Ok(judged) => found.claims.push(Finding {
                    span,
                    subject,
                    formula: Some((judged.beside.unwrap_or(name), judged.formula)),
                    judgement: judged.judgement,
                    reading: judged.reading,
                    other: judged.other,
                    right: judged.right,
                }),
            }
        }
        found
    }

    /// Counts.
    pub fn count(&self, tally: &mut Tally) {
        tally.problems += self.problems.len();
        for Finding { judgement, .. } in &self.claims {
            match judgement.verdict {
                Verdict::Proved => tally.proved += 1,
                Verdict::Refuted(_) => tally.refuted += 1,
                Verdict::Undecided { .. } => tally.undecided += 1,
            }
            tally.wrong += usize::from(!judgement.good && !judgement.undecided());
        }
    }

    /// A line a claim, with the reasons below it; with `quiet` of those alone that are not as expected.
    pub fn text(&self, quiet: bool) -> String {
        let (red, green, yellow, end) = match colours(&std::io::stdout()) {
            true => ("\u{1b}[31m", "\u{1b}[32m", "\u{1b}[33m", "\u{1b}[0m"),
            false => ("", "", "", ""),
        };
        let shown = || self.claims.iter().filter(|claim| !quiet || !claim.judgement.good);
        let name = |claim: &Finding| claim.formula.as_ref().map_or(0, |(name, _)| name.chars().count());
        let width = shown().map(name).max().unwrap_or(0);
        let mut text = String::new();
        let place = harmless(&self.source.name);
        for claim in shown() {
            let color = match (claim.judgement.good, claim.judgement.undecided()) {
                (_, true) => yellow,
                (true, false) => green,
                (false, false) => red,
            };
            let said = match &claim.formula {
                Some((name, formula)) => format!("{name:width$}  {}", shortened(formula)),
                None => claim.judgement.claim.clone(),
            };
            let (line, _) = self.place(claim.span);
            text += &format!("{place}:{line}  {color}{:9}{end}  {said}\n", claim.word());
            for line in claim.reasons() {
                text += &format!("    {}\n", harmless(&line));
            }
        }
        text
    }

    /// A workflow command for each problem and each claim that is not as expected; with `strict`
    /// what is undecided is an error as well.
    pub fn annotations(&self, strict: bool) -> String {
        let mut text = String::new();
        for problem in &self.problems {
            let span = problem.places.first().map_or(Span::default(), |(span, _)| *span);
            let (line, column) = self.place(span);
            let lines = [Some(&problem.message), problem.hint.as_ref()].into_iter().flatten();
            let message = lines.map(|line| harmless(line)).collect::<Vec<_>>().join("\n");
            text += &annotation(Level::Error, (&self.source.name, line, Some(column)), "cannot be used", &message);
        }
        for claim in self.claims.iter().filter(|claim| !claim.judgement.good || claim.judgement.undecided()) {
            let level = if claim.judgement.undecided() && !strict { Level::Warning } else { Level::Error };
            let (title, said) = match &claim.formula {
                Some((name, formula)) => (format!("{name} of {}", claim.subject), shortened(formula)),
                None => (claim.subject.clone(), claim.judgement.claim.clone()),
            };
            let lines: Vec<String> = [vec![said], claim.reasons()].concat().iter().map(|line| harmless(line)).collect();
            let (line, column) = self.place(claim.span);
            let title = format!("{}: {title}", claim.word());
            text += &annotation(level, (&self.source.name, line, Some(column)), &title, &lines.join("\n"));
        }
        text
    }

    /// All of it as data.
    pub fn data(&self) -> Value {
        let claims: Vec<Value> = self.claims.iter().map(|claim| self.claim_data(claim)).collect();
        let problems: Vec<Value> = self.problems.iter().map(|problem| self.problem_data(problem)).collect();
        json!({ "file": self.source.name, "claims": claims, "problems": problems })
    }

    fn claim_data(&self, claim: &Finding) -> Value {
        let Judgement { claim: said, expected, verdict, slip, reasons, good, because, .. } = &claim.judgement;
        let (line, column) = self.place(claim.span);
        let (counterexample, tried) = match verdict {
            Verdict::Refuted(found) => (Some(found.to_string()), None),
            Verdict::Undecided { tried } => (None, Some(tried)),
            Verdict::Proved => (None, None),
        };
        json!({
            "line": line,
            "column": column,
            "subject": claim.subject,
            "name": claim.formula.as_ref().map(|(name, _)| name),
            "formula": claim.formula.as_ref().map(|(_, formula)| formula),
            "claim": said,
            "expected": if *expected { "holds" } else { "fails" },
            "because": because,
            "verdict": claim.word(),
            "as_expected": Some(*good).filter(|_| !claim.judgement.undecided()),
            "tried": tried,
            "counterexample": counterexample,
            "slip": slip.as_ref().map(|slip| json!({ "name": slip.name, "sentence": slip.sentence })),
            "right": claim.right.as_ref().map(ToString::to_string),
            "reading": Some(&claim.reading).filter(|reading| !reading.is_empty()),
            "otherwise": claim.other,
            "notes": reasons,
        })
    }

    fn problem_data(&self, problem: &Diagnostic) -> Value {
        let place = problem.places.first().map(|(span, _)| self.place(*span));
        json!({
            "line": place.map(|(line, _)| line),
            "column": place.map(|(_, column)| column),
            "message": problem.message,
            "hint": problem.hint,
        })
    }

    /// Line and column, from 1; the column counts characters.
    fn place(&self, span: Span) -> (usize, usize) {
        let before = self.source.text.get(..span.start).unwrap_or(&self.source.text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        (before.matches('\n').count() + 1, line.chars().count() + 1)
    }
}

impl Finding {
    fn word(&self) -> &'static str {
        match self.judgement.verdict {
            Verdict::Proved => "proved",
            Verdict::Refuted(_) => "refuted",
            Verdict::Undecided { .. } => "undecided",
        }
    }

    /// Why, and what would be right, a line each.
    fn reasons(&self) -> Vec<String> {
        let Judgement { expected, verdict, slip, reasons, good, because, .. } = &self.judgement;
        let mut lines = Vec::new();
        if let Some(because) = because.as_ref().filter(|_| !expected && *good) {
            lines.push(format!("as it should be: {because}"));
        }
        if !self.reading.is_empty() {
            lines.push(format!("read with {}", self.reading));
        }
        match verdict {
            Verdict::Proved => {}
            Verdict::Refuted(counterexample) => lines.push(counterexample.to_string()),
            Verdict::Undecided { tried } => {
                lines.push(format!("agrees at all {tried} entries tried, not proved"));
                lines.extend_from_slice(reasons);
            }
        }
        lines.extend(slip.as_ref().filter(|_| !good).map(ToString::to_string));
        lines.extend(self.other.as_ref().filter(|_| !good).map(|other| format!("with {other} it would be right")));
        lines.extend(self.right.as_ref().filter(|_| !good).map(|right| format!("right: {right}")));
        if !expected && matches!(verdict, Verdict::Proved) {
            lines.push("this was to be refuted".to_string());
        }
        lines
    }
}
