//! One random layer, and what trying it came to.

use crate::layer::layer;
use crate::source::{Source, smallest};
use backprose::diagnostic::{Diagnostic, Diagnostics};
use backprose::language::parse::parse_file;
use backprose::language::print::file as print_file;
use backprose::language::syntax::File;
use backprose::model::Sizes;
use backprose::study::{NoAnswer, Study};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What became of a property of a layer.
#[derive(Debug)]
pub enum Trial {
    /// It does not hold, and why.
    Fails(String),
    /// Nothing was tried, for the reason that the program gives.
    Refused(String),
}

impl From<Diagnostics> for Trial {
    fn from(problems: Diagnostics) -> Trial {
        Trial::Refused(problems.first().map(ToString::to_string).unwrap_or_default())
    }
}

impl From<Diagnostic> for Trial {
    fn from(problem: Diagnostic) -> Trial {
        Trial::Refused(problem.to_string())
    }
}

impl From<NoAnswer> for Trial {
    fn from(none: NoAnswer) -> Trial {
        match none {
            NoAnswer::Unverified(why) => Trial::Fails(why.to_string()),
            NoAnswer::Refused(why) => why.into(),
        }
    }
}

/// A layer that was read.
pub struct Case {
    /// Its statements.
    pub file: File,
    /// The index base.
    pub base: i64,
    /// For what else is chosen.
    pub source: Source,
    /// How often each thing was counted.
    pub counts: BTreeMap<String, usize>,
}

impl Case {
    /// The layer that a list of choices makes.
    pub fn new(choices: &[u16]) -> Result<Case, Trial> {
        let mut source = Source::given(choices);
        let text = layer(&mut source, None);
        let file = parse_file(&text).map_err(|problems| Trial::Fails(format!("it is not read: {}", problems[0])))?;
        Ok(Case {
            base: file.base.unwrap_or(1),
            file,
            source: Source::seeded(text.len() as u64),
            counts: BTreeMap::new(),
        })
    }

    /// The system under study.
    pub fn study(&self) -> Result<Study, Trial> {
        Ok(Study::new(&self.file.statements, self.base, &Sizes::default())?)
    }

    pub fn count(&mut self, what: &str) {
        *self.counts.entry(what.to_string()).or_default() += 1;
    }
}

/// Failures count as the same while they are made small if their reasons begin alike.
const ALIKE: usize = 20;

/// A property of layers.
pub type Theorem = fn(&mut Case) -> Result<(), Trial>;

/// What came of trying a property of many layers.
#[derive(Default)]
pub struct Tally {
    pub tried: usize,
    /// Each reason for which nothing was tried, how often, and a layer.
    pub refused: BTreeMap<String, (usize, String)>,
    pub counts: BTreeMap<String, usize>,
    /// The seed, why, the smallest layer found.
    pub failures: Vec<(u64, String, String)>,
}

fn choices(seed: u64) -> Vec<u16> {
    let mut source = Source::seeded(seed);
    layer(&mut source, None);
    source.chosen().to_vec()
}

fn tried(theorem: Theorem, choices: &[u16]) -> (Result<(), Trial>, BTreeMap<String, usize>) {
    let run = || {
        let mut case = Case::new(choices)?;
        let result = theorem(&mut case);
        Ok::<_, Trial>((result, case.counts))
    };
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(found)) => found,
        Ok(Err(trial)) => (Err(trial), BTreeMap::new()),
        Err(panic) => {
            let said = panic.downcast_ref::<String>().cloned();
            let said = said.or_else(|| panic.downcast_ref::<&str>().map(|s| s.to_string()));
            (Err(Trial::Fails(format!("it panics: {}", said.unwrap_or_default()))), BTreeMap::new())
        }
    }
}

/// A reason without its numbers and names, so that like ones are counted together.
fn kind(reason: &str) -> String {
    let mut quoted = false;
    let mut text = String::new();
    for c in reason.chars() {
        match c {
            '`' => quoted = !quoted,
            _ if quoted => continue,
            '0'..='9' => continue,
            _ => {}
        }
        text.push(c);
    }
    text
}

/// Tries a property of the layers of many seeds; what fails is made small.
pub fn try_all(theorem: Theorem, seeds: impl IntoIterator<Item = u64>) -> Tally {
    let mut tally = Tally::default();
    for seed in seeds {
        let choices = choices(seed);
        if std::env::var_os("SHOW").is_some() {
            println!("# {seed}\n{}", text(&choices));
        }
        let (result, counts) = tried(theorem, &choices);
        tally.tried += 1;
        for (what, n) in counts {
            *tally.counts.entry(what).or_default() += n;
        }
        match result {
            Ok(()) => {}
            Err(Trial::Refused(reason)) => {
                let entry = tally.refused.entry(kind(&reason)).or_insert_with(|| (0, text(&choices) + "# " + &reason));
                entry.0 += 1;
            }
            Err(Trial::Fails(first)) => {
                println!("seed {seed}: {first}\n{}\nIt is made smaller.", text(&choices));
                let alike = |choices: &[u16]| match tried(theorem, choices).0 {
                    Err(Trial::Fails(why)) => kind(&why).chars().take(ALIKE).eq(kind(&first).chars().take(ALIKE)),
                    _ => false,
                };
                let small = smallest(&choices, &alike);
                let why = match tried(theorem, &small).0 {
                    Err(Trial::Fails(why)) => why,
                    _ => first,
                };
                println!("seed {seed}: {why}\n{}", text(&small));
                tally.failures.push((seed, why, text(&small)));
            }
        }
    }
    tally
}

/// A layer as text that can be pasted into a file.
fn text(choices: &[u16]) -> String {
    let text = layer(&mut Source::given(choices), None);
    parse_file(&text).map_or(text, |file| print_file(&file))
}

impl Tally {
    /// How many layers something was tried of.
    pub fn held(&self) -> usize {
        self.tried - self.refused.values().map(|(n, _)| n).sum::<usize>()
    }

    /// Which share of what was counted as `good` or `bad` is good.
    pub fn share(&self, good: &str, bad: &str) -> f64 {
        let all = |word: &str| -> usize {
            self.counts.iter().filter(|(what, _)| what.starts_with(word)).map(|(_, n)| n).sum()
        };
        all(good) as f64 / (all(good) + all(bad)).max(1) as f64
    }

    /// Everything, for people.
    pub fn report(&self) -> String {
        let mut text = format!("{} layers, {} refused\n", self.tried, self.tried - self.held());
        for (reason, (n, layer)) in &self.refused {
            let _ = write!(text, "{n} times refused: {reason}");
            let _ = if std::env::var_os("SHOW").is_some() { writeln!(text, "\n{layer}") } else { writeln!(text) };
        }
        for (what, n) in &self.counts {
            let _ = writeln!(text, "{n} {what}");
        }
        for (seed, why, layer) in &self.failures {
            let _ = writeln!(text, "seed {seed}: {why}\n{layer}");
        }
        text
    }
}
