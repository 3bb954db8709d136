//! How much is read, held and worked on: one table of limits, and a point in time.
//!
//! What a person writes stays far below the values of the table; what is beyond would keep the program busy or fill
//! the memory without bound, and is refused with a sentence that names the limit. Limits are counted, never timed:
//! without a deadline the same input gives the same bytes on any machine.
//!
//! Invariant: limits are values handed down – to the parser, into a system – and nobody
//! changes them on the way.

use std::time::{Duration, Instant};

/// Something that is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Bytes of a specification.
    Bytes,
    /// Bytes of a document or a template.
    DocumentBytes,
    /// Bytes of a notebook.
    NotebookBytes,
    /// Brackets and `if`s open at once.
    Nesting,
    /// Operators of one chain.
    Operators,
    /// Letters of a word.
    Letters,
    /// Sizes of a system.
    Sizes,
    /// Requirements of a system.
    Requirements,
    /// Given arrays of a system.
    Arrays,
    /// Equations of a system.
    Equations,
    /// Axes of an array, and indices bound at once.
    Axes,
    /// Outputs of a system.
    Outputs,
    /// Parts of the right side of an equation.
    Terms,
    /// Factors of a product.
    Factors,
    /// Statements that calls of layers make.
    Composed,
    /// Answers of a question, or of one derivation.
    Answers,
    /// Extent of all formulas of a derivation together.
    Rewriting,
    /// Operations of verification.
    Work,
    /// Summands that the proof of one claim brings to their least forms.
    Proving,
    /// Formulas of a document.
    Formulas,
    /// Marks of a paper.
    Marks,
    /// Files of a folder of templates.
    Templates,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// What is limited.
    pub limit: Limit,
    /// What it is called on the command line.
    pub name: &'static str,
    /// The value unless another is chosen.
    pub value: u64,
    /// The greatest value that may be chosen.
    pub most: u64,
    /// What is counted.
    pub unit: &'static str,
    /// What it protects from.
    pub protects: &'static str,
}

const fn entry(
    limit: Limit,
    name: &'static str,
    (value, most): (u64, u64),
    unit: &'static str,
    protects: &'static str,
) -> Entry {
    Entry { limit, name, value, most, unit, protects }
}

const MANY: u64 = 1 << 40;

/// All limits, in the order of [`Limit`].
pub const TABLE: [Entry; 22] = [
    entry(Limit::Bytes, "bytes", (1 << 18, 1 << 30), "bytes of a specification", "memory of the parser"),
    entry(Limit::DocumentBytes, "document-bytes", (4 << 20, 1 << 30), "bytes of a document or template", "memory"),
    entry(Limit::NotebookBytes, "notebook-bytes", (64 << 20, 1 << 32), "bytes of a notebook", "memory"),
    entry(Limit::Nesting, "nesting", (64, 64), "brackets and `if`s open at once", "the stack"),
    entry(Limit::Operators, "operators", (10_000, 1 << 20), "operators of one chain", "time of the parser"),
    entry(Limit::Letters, "letters", (200, 1 << 20), "letters of a word, digits of a number", "time, and the page"),
    entry(Limit::Sizes, "sizes", (100, MANY), "sizes of a system", "time of proofs about indices"),
    entry(Limit::Requirements, "requirements", (100, MANY), "requirements of a system", "time of proofs about indices"),
    entry(Limit::Arrays, "arrays", (10_000, MANY), "given arrays of a system", "time and memory"),
    entry(Limit::Equations, "equations", (10_000, MANY), "equations of a system", "time and memory"),
    entry(Limit::Axes, "axes", (32, 96), "axes of an array, indices bound at once", "the stack, and time of proofs"),
    entry(Limit::Outputs, "outputs", (100, MANY), "outputs of a system", "time, and the page"),
    entry(Limit::Terms, "terms", (5_000, MANY), "operators, reads and numbers of an equation", "time of a derivation"),
    entry(Limit::Factors, "factors", (500, MANY), "factors of a product", "time of a derivation"),
    entry(Limit::Composed, "composed", (2_000, MANY), "statements that calls of layers make", "time and memory"),
    entry(Limit::Answers, "answers", (500, MANY), "answers of `derive`, or of a question", "time, and the page"),
    entry(Limit::Rewriting, "rewriting", (150_000, MANY), "parts of all lines of a derivation", "time and memory"),
    entry(Limit::Work, "work", (12_000_000, 1 << 50), "operations that verify a system's answers", "time"),
    entry(Limit::Proving, "proving", (30_000, MANY), "summands that the proof of a claim compares", "time"),
    entry(Limit::Formulas, "formulas", (2_000, MANY), "formulas of a document", "time"),
    entry(Limit::Marks, "marks", (2_000, MANY), "marked formulas of a paper", "time"),
    entry(Limit::Templates, "templates", (1_000, MANY), "files of a folder of templates", "time, and the wrong folder"),
];

/// A value for each limit, and when to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    values: [u64; TABLE.len()],
    end: Option<Instant>,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { values: TABLE.map(|entry| entry.value), end: None }
    }
}

impl Limit {
    /// Its row of the table.
    pub fn entry(self) -> &'static Entry {
        &TABLE[self as usize]
    }
}

impl Limits {
    /// The value of a limit.
    pub fn of(&self, limit: Limit) -> usize {
        usize::try_from(self.values[limit as usize]).unwrap_or(usize::MAX)
    }

    /// The same with another value, as it is written on the command line: `terms=200000`.
    ///
    /// # Errors
    /// What is wrong with it, and a hint: no limit of that name, no number, more than can be had.
    pub fn with(mut self, written: &str) -> Result<Limits, (String, String)> {
        let names = || TABLE.map(|entry| entry.name).join(", ");
        let Some((name, value)) = written.split_once('=') else {
            return Err((format!("`{written}` sets no limit"), "write NAME=VALUE, as in terms=200000".into()));
        };
        let Some(entry) = TABLE.iter().find(|entry| entry.name == name) else {
            return Err((format!("there is no limit `{name}`"), format!("the limits are {}", names())));
        };
        match value.replace('_', "").parse::<u64>() {
            Ok(value) if (1..=entry.most).contains(&value) => {
                self.values[entry.limit as usize] = value;
                Ok(self)
            }
            Ok(_) => Err((format!("{name} is from 1 to {}", entry.most), format!("it counts {}", entry.unit))),
            Err(_) => Err((format!("`{value}` is no number"), format!("as in {name}={}", entry.value))),
        }
    }

    /// The same, with so much time from now on.
    pub fn lasting(self, time: Duration) -> Limits {
        Limits { end: Instant::now().checked_add(time), ..self }
    }

    /// The same, without an end.
    pub fn untimed(self) -> Limits {
        Limits { end: None, ..self }
    }

    /// Whether there is an end at all.
    pub fn timed(&self) -> bool {
        self.end.is_some()
    }

    /// Whether the time has run out; never again not, once it has.
    pub fn expired(&self) -> bool {
        self.end.is_some_and(|end| Instant::now() >= end)
    }

    /// How to allow more of what is limited: a value for the command line; nothing if there is no more.
    pub fn raised(&self, limit: Limit) -> Option<String> {
        let (entry, value) = (limit.entry(), self.values[limit as usize]);
        (value < entry.most).then(|| format!("--limit {}={}", entry.name, value.saturating_mul(2).min(entry.most)))
    }

    /// A hint for what is too large: what else can be done about it, and how to allow more.
    pub fn hint(&self, limit: Limit, otherwise: &str) -> String {
        match (self.raised(limit), otherwise) {
            (None, _) => otherwise.into(),
            (Some(option), "") => format!("`{option}` allows more"),
            (Some(option), _) => format!("{otherwise}, or allow more: `{option}`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_in_the_order_of_their_limits_and_have_different_names() {
        for (place, entry) in TABLE.iter().enumerate() {
            assert_eq!(entry.limit as usize, place, "{}", entry.name);
            assert!(entry.value <= entry.most, "{}", entry.name);
            assert_eq!(TABLE.iter().filter(|other| other.name == entry.name).count(), 1, "{}", entry.name);
        }
    }

    #[test]
    fn a_limit_is_set_by_its_name_and_a_wrong_one_is_refused() {
        let limits = Limits::default().with("terms=200_000").unwrap();
        assert_eq!((limits.of(Limit::Terms), limits.of(Limit::Factors)), (200_000, 500));
        for wrong in ["terms", "term=3", "terms=", "terms=-1", "terms=0", "nesting=1000", "terms=99999999999999999999"]
        {
            assert!(Limits::default().with(wrong).is_err(), "{wrong}");
        }
        assert_eq!(limits.raised(Limit::Terms).as_deref(), Some("--limit terms=400000"));
        assert_eq!(limits.raised(Limit::Nesting), None);
    }

    #[test]
    fn time_runs_out_once_and_for_good() {
        assert!(!Limits::default().expired());
        assert!(Limits::default().lasting(Duration::ZERO).expired());
        assert!(!Limits::default().lasting(Duration::ZERO).untimed().expired());
    }
}
