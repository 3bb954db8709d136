//! Homeworks in the syntax tree: problems, their questions, and what these ask for.
//!
//! Invariant: as for the whole tree, what is printed is read back as it was.

use super::syntax::{Binder, Expr, LimitAsked, Name, Statement, Target, ValueAsked};
use crate::diagnostic::Span;

/// A homework: what a student hands in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Homework {
    /// Its title.
    pub title: String,
    /// `author "…"`
    pub author: Option<String>,
    /// `course "…"`
    pub course: Option<String>,
    /// `date 2022-10-09`
    pub date: Option<String>,
    /// How problems, questions and parts are numbered: `"1.1", "1", "(a)"`.
    pub numbering: Vec<String>,
    /// `layout numerator`: how matrices are laid out where nothing else is said.
    pub layout: Option<Layout>,
    /// Its problems.
    pub problems: Vec<Problem>,
}

/// `problem 1.1 "…" { … }`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// `1.1`
    pub label: String,
    /// Its title.
    pub title: String,
    /// How matrices are laid out in it.
    pub layout: Option<Layout>,
    /// Its questions.
    pub questions: Vec<Question>,
}

impl Problem {
    /// What a question of the problem, or a part of it, is called: `1.1.3(d)`.
    pub fn number(&self, question: &Question, part: Option<&str>) -> String {
        let part = part.map_or(String::new(), |part| format!("({part})"));
        format!("{}.{}{part}", self.label, question.label)
    }
}

/// `question 3 "…" { … }`: statements that all its parts share, then its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// `3`
    pub label: String,
    /// The question as given: Markdown with TeX mathematics.
    pub text: String,
    /// How matrices are laid out in it.
    pub layout: Option<Layout>,
    /// Sizes, arrays, equations, notation.
    pub statements: Vec<Statement>,
    /// Answers asked for before any part.
    pub answers: Vec<Answer>,
    /// `part a "…" answer …`
    pub parts: Vec<Part>,
    /// Where the word `question` and its label stand.
    pub span: Span,
}

/// `part a "…" answer …`, `part a "…" { input … answer … }`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// `a`
    pub label: String,
    /// The question as given.
    pub text: String,
    /// A system of its own, in place of the question's, if it has one.
    pub statements: Vec<Statement>,
    /// What it asks for.
    pub answers: Vec<Answer>,
}

/// One thing a question asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What.
    pub kind: AnswerKind,
    /// Where it stands.
    pub span: Span,
}

/// The answers a question can ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerKind {
    /// `df/dW`, or `shape f where K_H = K_W = K`: the chains of equal sizes after `where`, each
    /// as the names on its left and the value on its right.
    Derive(Target, Vec<(Name, Expr)>),
    /// `dl/dW given total dl/dh`, `dl/dh given direct dl/dh and dh/dh`: in terms of what is given.
    Given(Target, GivenGradient),
    /// `matrix dl/dW layout numerator`: in matrix form.
    Matrix(Target, Option<Layout>),
    /// `show q[c] = p[c]`: a proof.
    Show(Box<Equality>),
    /// `compare dl/dW with f`
    Compare(Target, Target),
    /// `picture df/dx`
    Picture(Target),
    /// `diagram h`: the computational graph of an array.
    Diagram(Target),
    /// `count weights`: how many numbers there are in all weights, or in one array.
    Count(Target),
    /// `value A at x = 1/3`: at a point.
    Value(Box<ValueAsked>),
    /// `limit A as beta -> infinity`
    Limit(Box<LimitAsked>),
    /// `text """…"""`
    Text(String),
}

/// The gradient that a question gives, and how it is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenGradient {
    /// How.
    pub reading: Reading,
    /// The gradient: `dl/dh`.
    pub gradient: Target,
    /// The Jacobian that is given beside it: `dh/dh`.
    pub jacobian: Option<Target>,
}

/// What a gradient for an array that is read again is taken to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// `total`: all ways to the loss count.
    Total,
    /// `direct`: ways through entries that are computed from it do not count.
    Direct,
}

impl Reading {
    /// Both of them.
    pub const ALL: [Reading; 2] = [Reading::Total, Reading::Direct];

    /// The word in the language.
    pub fn word(self) -> &'static str {
        match self {
            Reading::Total => "total",
            Reading::Direct => "direct",
        }
    }
}

/// `q[c] = p[c] for c in 1..N`: what is to be proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equality {
    /// The left and the right side.
    pub sides: [Expr; 2],
    /// The ranges given for free indices.
    pub ranges: Vec<Binder>,
}

/// How derivatives are laid out as matrices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// `shape`: a gradient has the shape of its array; of a Jacobian the rows are the output's.
    #[default]
    Shape,
    /// `numerator`: a gradient is transposed – by a column it is a row, by an m×n matrix it is n×m;
    /// of a Jacobian the rows are the output's.
    Numerator,
    /// `denominator`: a gradient has the shape of its array; of a Jacobian the rows are the array's.
    Denominator,
}

impl Layout {
    /// All of them.
    pub const ALL: [Layout; 3] = [Layout::Shape, Layout::Numerator, Layout::Denominator];

    /// The word in the language.
    pub fn word(self) -> &'static str {
        match self {
            Layout::Shape => "shape",
            Layout::Numerator => "numerator",
            Layout::Denominator => "denominator",
        }
    }
}
