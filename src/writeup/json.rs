//! Derivations as data for other programs: what `docs/derivation.schema.json` describes.
//!
//! Plain structures, written in the order of their fields. Every formula stands in the
//! specification language, in ASCII, and can be read back in.
//!
//! Invariant: the steps of an answer form a chain – the first begins at `start`, each begins where
//! the one before ended, the last ends at `result`.

mod make;
mod point;
mod proof;
mod system;
mod whole;

pub use make::{derivation, formula, matrix, shape, system};
pub use point::{Entry, Limit as LimitAnswer, PointStep, Value as ValueAnswer, limit, value};
pub use proof::{Proof, ProofLine, proof};
pub use system::{Amount, Array, Axis, Definition, Letter, Range, Size, System};
pub use whole::{Count, Counted, Diagram, GraphEdge, GraphNode, count, diagram, slice};

use crate::language::print::{self, Alphabet};
use crate::language::syntax;
use crate::verify::Unverified;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The version of the schema; it grows when a field changes its meaning or goes.
pub const SCHEMA: u32 = 1;

/// Columns of a line that holds more than one value.
const WIDTH: usize = 100;

/// What every document says of itself.
#[derive(Clone, Debug, Serialize)]
pub struct Head {
    /// `backprose`
    pub tool: &'static str,
    /// [`SCHEMA`]
    pub schema: u32,
}

impl Default for Head {
    fn default() -> Self {
        Head { tool: "backprose", schema: SCHEMA }
    }
}

/// The answers of one layer or formula.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename = "derivation")]
pub struct Derivation {
    /// What the document is.
    #[serde(flatten)]
    pub head: Head,
    /// The layer, or `formula`.
    pub target: String,
    /// The sentence about it; empty if there is none.
    pub about: String,
    /// What the formulas are about.
    pub system: System,
    /// The answers, in the order in which they were derived.
    pub answers: Vec<Answer>,
}

/// A solved homework.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(tag = "kind", rename = "homework")]
pub struct Homework {
    /// What the document is.
    #[serde(flatten)]
    pub head: Head,
    /// Its title.
    pub title: String,
    /// Who hands it in.
    pub author: Option<String>,
    /// The course.
    pub course: Option<String>,
    /// The date, as the author wrote it.
    pub date: Option<String>,
    /// Its problems.
    pub problems: Vec<Problem>,
}

/// A problem of a homework.
#[derive(Clone, Debug, Serialize)]
pub struct Problem {
    /// `1.1`
    pub label: String,
    /// Its title.
    pub title: String,
    /// Its questions.
    pub questions: Vec<Question>,
}

/// A question of a homework.
#[derive(Clone, Debug, Serialize)]
pub struct Question {
    /// `3`
    pub label: String,
    /// The question as given: Markdown with TeX mathematics.
    pub text: String,
    /// What the formulas are about.
    pub system: System,
    /// What answers the question itself.
    pub answers: Vec<Answer>,
    /// Its parts.
    pub parts: Vec<Part>,
}

/// A part of a question.
#[derive(Clone, Debug, Serialize)]
pub struct Part {
    /// `a`
    pub label: String,
    /// The question as given.
    pub text: String,
    /// What its answers speak of, if that is not the question's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<System>,
    /// What answers it.
    pub answers: Vec<Answer>,
}

/// An answer.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Answer {
    /// A shape.
    Shape(Box<Shape>),
    /// A formula.
    Formula(Box<Formula>),
    /// An equality with its proof.
    Proof(Box<Proof>),
    /// Two answers side by side.
    Comparison {
        /// The first.
        of: String,
        /// The second.
        with: String,
    },
    /// A picture of a Jacobian.
    Picture {
        /// The Jacobian.
        of: String,
    },
    /// A computational graph.
    Diagram(Box<Diagram>),
    /// How many numbers there are in arrays.
    Count(Box<Count>),
    /// A value at a point.
    Value(Box<ValueAnswer>),
    /// A limit.
    Limit(Box<LimitAnswer>),
    /// Words of the author.
    Text {
        /// Markdown with TeX mathematics.
        text: String,
    },
    /// What could not be derived or verified.
    Missing {
        /// What was asked for.
        name: String,
        /// Why there is no answer.
        reason: String,
    },
}

/// Sizes set equal, and what the formulas are about then.
#[derive(Clone, Debug, Serialize)]
pub struct Special {
    /// Size and value, as in the question.
    pub sizes: BTreeMap<String, String>,
    /// The system with these sizes.
    pub system: System,
}

/// How long the axes of an array are, and why.
#[derive(Clone, Debug, Serialize)]
pub struct Shape {
    /// `shape f`
    pub name: String,
    /// The array or derivative without its indices: `f`.
    pub left: String,
    /// `5 x 2`
    pub formula: String,
    /// The same in LaTeX.
    pub latex: String,
    /// The lengths; the axes of a Jacobian in two groups.
    pub shape: Vec<Vec<Amount>>,
    /// The reads that end the ranges the author left open.
    pub limits: Vec<Limit>,
    /// Where the array is not empty, as far as that is not known.
    pub nonempty: Vec<String>,
    /// What else had to be assumed.
    pub assumptions: Vec<String>,
    /// Sizes set equal for this answer.
    #[serde(rename = "where")]
    pub special: Option<Special>,
    /// How it was verified.
    pub certificate: Certificate,
}

/// The read that ends a range.
#[derive(Clone, Debug, Serialize)]
pub struct Limit {
    /// The index.
    pub index: String,
    /// The array that is read.
    pub array: String,
    /// The number of the axis that ends the range, from 1.
    pub axis: usize,
    /// The extreme read and what bounds it: `3 + 2*(r - 1) <= 7`.
    pub reach: String,
    /// The same solved for the index.
    pub solved: String,
}

/// A formula with its derivation.
#[derive(Clone, Debug, Serialize)]
pub struct Formula {
    /// `df/dW`
    pub name: String,
    /// `df[r,o]/dW[o',k,i]`
    pub left: String,
    /// The right-hand side as it is printed.
    pub formula: String,
    /// Both sides in LaTeX, an equals sign between them.
    pub latex: String,
    /// The lengths; the axes of a Jacobian in two groups.
    pub shape: Vec<Vec<Amount>>,
    /// The free indices; one with a single value does not occur in the formula.
    pub indices: Vec<Range>,
    /// What the formula is, in a sentence.
    pub operation: Option<String>,
    /// The matrix form, where one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matrix: Option<MatrixForm>,
    /// The first right-hand side.
    pub start: String,
    /// The steps, each from the formula before it.
    pub steps: Vec<Step>,
    /// The last right-hand side: equal to `formula`, with brackets in the place of cases and of
    /// conditions under sums.
    pub result: String,
    /// Sizes set equal for this answer.
    #[serde(rename = "where")]
    pub special: Option<Special>,
    /// How it was verified.
    pub certificate: Certificate,
}

/// A formula as an expression of matrix algebra; without text there is none.
#[derive(Clone, Debug, Serialize)]
pub struct MatrixForm {
    /// `shape`, `numerator` or `denominator`.
    pub layout: &'static str,
    /// `Xᵀ·g`
    pub text: Option<String>,
    /// Both sides in LaTeX, an equals sign between them.
    pub latex: Option<String>,
    /// The numbers of rows and columns.
    pub shape: Option<[Amount; 2]>,
    /// Why there is none.
    pub missing: Option<String>,
}

/// One application of one rule.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// The rule, as `backprose explain` knows it.
    pub rule: &'static str,
    /// Where in the term: the numbers of the children from the root down, from 0.
    pub place: Vec<usize>,
    /// The whole formula before.
    pub before: String,
    /// The whole formula after.
    pub after: String,
    /// The bound index that was solved for.
    pub solved: Option<Solved>,
    /// Conditions that were found to hold.
    pub discharged: Vec<String>,
    /// The brackets beside it on which that rests, beyond the ranges in force.
    pub given: Vec<String>,
}

/// A bound index and its value.
#[derive(Clone, Debug, Serialize)]
pub struct Solved {
    /// The index.
    pub index: String,
    /// Its value.
    pub value: String,
}

/// What was checked, exactly, by the independent evaluator.
#[derive(Clone, Debug, Serialize)]
pub struct Certificate {
    /// Entries compared with the equations and their dual-number derivatives.
    pub entries: usize,
    /// Whether these are a sample, since some box was too large to check every entry.
    pub sampled: bool,
    /// Random points of the field at which they were compared.
    pub points: usize,
    /// The number of elements of the field.
    pub field: &'static str,
    /// Assignments of numbers to symbolic sizes; 0 if every size is a number.
    pub assignments: usize,
    /// Values of lines of the derivation compared with the line before.
    pub comparisons: usize,
    /// Places of the output at which every read was found in range, and none one step further.
    pub places: usize,
    /// The same in a sentence.
    pub sentence: String,
}

impl Homework {
    /// A homework with its solved problems.
    pub fn new(homework: &syntax::Homework, problems: Vec<Problem>) -> Homework {
        Homework {
            head: Head::default(),
            title: homework.title.clone(),
            author: homework.author.clone(),
            course: homework.course.clone(),
            date: homework.date.clone(),
            problems,
        }
    }
}

impl Question {
    /// A question with what answers it.
    pub fn new(question: &syntax::Question, system: System, answers: Vec<Answer>, parts: Vec<Part>) -> Question {
        Question { label: question.label.clone(), text: question.text.clone(), system, answers, parts }
    }
}

impl Part {
    /// A part with what answers it.
    pub fn new(part: &syntax::Part, system: Option<System>, answers: Vec<Answer>) -> Part {
        Part { label: part.label.clone(), text: part.text.clone(), system, answers }
    }
}

impl Answer {
    /// The same with its matrix form, if it is a formula.
    pub fn with_matrix(mut self, matrix: Option<MatrixForm>) -> Answer {
        if let Answer::Formula(formula) = &mut self {
            formula.matrix = matrix;
        }
        self
    }

    /// In the place of what was not finished when the time ran out.
    pub fn unfinished(name: &str) -> Answer {
        Answer::Missing { name: name.into(), reason: Unverified::unfinished(name).to_string() }
    }

    /// In the place of what was asked for and did not pass verification.
    pub fn missing(asked: &syntax::Answer, why: &Unverified) -> Answer {
        Answer::Missing { name: print::answer(asked, Alphabet::Ascii), reason: why.to_string() }
    }
}

/// A document as text: what fits stands on one line, everything else is indented by two spaces.
pub fn text(document: &impl Serialize) -> String {
    let value = serde_json::to_value(document).unwrap_or_default();
    let mut text = String::new();
    lay_out(&mut text, &value, 0, 0);
    text + "\n"
}

/// Writes a value `indent` columns from the margin, behind a key that takes `key` columns: on one line if it fits.
fn lay_out(text: &mut String, value: &Value, indent: usize, key: usize) {
    let start = text.len();
    let whole = on_one_line(text, value, (start, WIDTH.saturating_sub(indent + key)));
    if whole || !(value.is_array() || value.is_object()) {
        return;
    }
    text.truncate(start);
    let inner = indent + 2;
    let (open, close) = if value.is_array() { ('[', ']') } else { ('{', '}') };
    let broken = |text: &mut String, indent: usize| {
        text.push('\n');
        text.extend(std::iter::repeat_n(' ', indent));
    };
    text.push(open);
    let mut first = true;
    let mut item = |text: &mut String, name: Option<&str>, value: &Value| {
        if !std::mem::take(&mut first) {
            text.push(',');
        }
        broken(text, inner);
        let start = text.len();
        name.into_iter().for_each(|name| put(text, &Value::from(name), ": "));
        let key = text[start..].chars().count();
        lay_out(text, value, inner, key);
    };
    match value {
        Value::Array(items) => items.iter().for_each(|value| item(text, None, value)),
        Value::Object(fields) => fields.iter().for_each(|(name, value)| item(text, Some(name), value)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    broken(text, indent);
    text.push(close);
}

/// Writes a value on the line that begins at `start`; false as soon as that takes more than `room` columns.
fn on_one_line(text: &mut String, value: &Value, (start, room): (usize, usize)) -> bool {
    match value {
        Value::Array(items) => {
            text.push('[');
            for (place, value) in items.iter().enumerate() {
                text.push_str(if place == 0 { "" } else { ", " });
                if !on_one_line(text, value, (start, room)) {
                    return false;
                }
            }
            text.push(']');
        }
        Value::Object(fields) => {
            text.push('{');
            for (place, (name, value)) in fields.iter().enumerate() {
                text.push_str(if place == 0 { "" } else { ", " });
                put(text, &Value::from(name.as_str()), ": ");
                if !on_one_line(text, value, (start, room)) {
                    return false;
                }
            }
            text.push('}');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => put(text, value, ""),
    }
    text.len() - start <= room || text[start..].chars().count() <= room
}

fn put(text: &mut String, value: &Value, behind: &str) {
    let _ = write!(text, "{value}{behind}");
}
