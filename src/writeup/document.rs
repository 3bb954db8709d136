//! The document model: what a write-up says, before any format is chosen.
//!
//! The outline makes it from derivations, the renderer turns its mathematics into the notation of
//! one format and hands it to a template. Nothing is computed in a template.

use super::diagram::Diagram;
use super::origin::Origin;
use crate::language::syntax::{Condition, Expr, Name};
use crate::matrix::Matrix;

/// A write-up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// Its title; empty for a fragment.
    pub title: String,
    /// Who hands it in.
    pub author: Option<String>,
    /// The course.
    pub course: Option<String>,
    /// The date, as the author wrote it.
    pub date: Option<String>,
    /// What the labels of its answers begin with, in a fragment of LaTeX; none: no labels.
    pub label: Option<String>,
    /// Its sections.
    pub problems: Vec<Problem>,
    /// How names print.
    pub notation: Vec<(Name, String)>,
}

/// A problem: a section of the write-up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Problem {
    /// `1.1`
    pub label: String,
    /// Its title.
    pub title: String,
    /// Its questions.
    pub questions: Vec<Question>,
}

/// A question with its answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Question {
    /// As printed: `3`.
    pub label: String,
    /// The question as given.
    pub text: Prose,
    /// How names print in this question (they override the document's).
    pub notation: Vec<(Name, String)>,
    /// One line on the conventions in force: base, axes, Iverson brackets, the upstream gradient.
    pub conventions: Prose,
    /// What answers the question itself.
    pub blocks: Vec<Block>,
    /// Its parts.
    pub parts: Vec<Part>,
    /// One line: how the answers were verified.
    pub evidence: Prose,
    /// Where the factors of its derivatives come from.
    pub origins: Vec<Origin>,
}

/// A part of a question.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Part {
    /// As printed: `(a)`.
    pub label: String,
    /// The question as given.
    pub text: Prose,
    /// What answers it.
    pub blocks: Vec<Block>,
}

/// A piece of an answer, in reading order.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant)]
pub enum Block {
    /// The answer, boxed: formulas side by side, and beside the box the ranges of the free indices.
    Boxed {
        /// `f ∈ ℝ^3`, then `f[r] = …`.
        formulas: Vec<Math>,
        /// `1 ≤ r ≤ 3`, one for each free index.
        ranges: Vec<Math>,
    },
    /// Left side once, then one line a step.
    Derivation {
        /// The left side.
        left: Math,
        /// The lines.
        lines: Vec<Line>,
        /// A title for the folded appendix (`every step`); none for the main derivation.
        folded: Option<String>,
    },
    /// Sentences.
    Paragraph(Prose),
    /// A table with a header row; the first column names the rows.
    Table {
        /// The header; its first cell is often empty.
        header: Vec<Prose>,
        /// The rows, and whether a row is set in bold.
        rows: Vec<(Vec<Prose>, bool)>,
    },
    /// A picture.
    Picture(Picture),
    /// A computational graph.
    Diagram(Box<Diagram>),
    /// The visible box in place of an answer that could not be derived or verified.
    Missing(Prose),
}

/// One line of a derivation: `= right-hand side`, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// `=`, `⟺`, …
    pub relation: Symbol,
    /// What stands to the right of it.
    pub right: Math,
    /// The reason in words.
    pub reason: Prose,
}

/// Text with mathematics in it.
pub type Prose = Vec<Inline>;

/// A piece of prose.
#[derive(Clone, Debug, PartialEq)]
pub enum Inline {
    /// Plain words (escaped by the format).
    Text(String),
    /// Emphasised words.
    Emphasis(String),
    /// A formula.
    Math(Math),
    /// The author's own text: Markdown with TeX mathematics between dollar signs.
    Source(String),
}

/// A formula: pieces in a row.
pub type Math = Vec<Piece>;

/// A piece of a formula.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// An expression.
    Expr(Expr),
    /// A number rounded to some digits: `0.693147`.
    Decimal(String),
    /// A condition: `1 ≤ r ≤ 3`.
    Condition(Condition),
    /// An expression of matrix algebra: `Wᵀ·g`.
    Matrix(Matrix),
    /// `ℝ^{3×(7×5)}`: groups of axis lengths. A group of its own is parenthesised when there are
    /// several groups and it has more than one axis; no axes at all is `ℝ`.
    Space(Vec<Vec<Expr>>),
    /// `3 × 5`: axis lengths without the ℝ.
    Lengths(Vec<Vec<Expr>>),
    /// A relation or arrow.
    Symbol(Symbol),
    /// A wide space between two formulas on one line.
    Quad,
}

/// Relations between formulas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symbol {
    /// `=`
    Equal,
    /// `≈`
    Approx,
    /// `∼`: both have the same leading term.
    Similar,
    /// `→`
    To,
    /// `∞`
    Infinity,
    /// `−∞`
    MinusInfinity,
    /// `∈`
    In,
    /// `⟺`
    Iff,
    /// `≔`
    Define,
    /// `|`
    Bar,
    /// `,`
    Comma,
    /// `⋯`
    Dots,
}

/// A picture of which input feeds which output.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Alternative text: what the picture shows, in a sentence without mathematics.
    pub alternative: String,
    /// The lines from outputs to the inputs they read, when the picture is small enough.
    pub reads: Option<Reads>,
    /// The pattern of the Jacobian.
    pub matrix: Pattern,
}

/// Two rows of nodes, outputs above inputs, joined by coloured lines.
#[derive(Clone, Debug, PartialEq)]
pub struct Reads {
    /// What the upper row is (`output r`).
    pub output_title: Prose,
    /// What the lower row is (`position n`).
    pub input_title: Prose,
    /// The labels of the upper row.
    pub outputs: Vec<String>,
    /// The labels of the lower row; padding places are marked true.
    pub inputs: Vec<(String, bool)>,
    /// Lines: place in the upper row, place in the lower row, colour.
    pub lines: Vec<(usize, usize, usize)>,
    /// The caption.
    pub caption: Prose,
}

/// A cell that is not 0: its colour, and a label such as `w_{1}` (base, subscript).
pub type Cell = (usize, String, String);

/// A matrix with labelled rows, labelled columns and coloured cells; an empty cell is 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    /// What the rows are (`r =`).
    pub row_title: Math,
    /// What the columns are (`n =`).
    pub column_title: Math,
    /// The labels of the rows.
    pub rows: Vec<String>,
    /// The labels of the columns.
    pub columns: Vec<String>,
    /// Row by row; none where the entry is 0.
    pub cells: Vec<Vec<Option<Cell>>>,
    /// What is drawn around the cells.
    pub frame: Frame,
    /// The caption.
    pub caption: Prose,
}

/// Blocks of a matrix, and cells that lie outside of an array.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    /// Blocks of rows: how many rows each has, and what is the same in them (`r = 1`).
    pub rows: Vec<(usize, Math)>,
    /// Blocks of columns.
    pub columns: Vec<(usize, Math)>,
    /// Cells in the padding of an array, by row and column.
    pub dashed: Vec<(usize, usize)>,
}

impl Frame {
    /// Whether nothing is told apart by blocks.
    pub fn is_plain(&self) -> bool {
        self.rows.is_empty() && self.columns.is_empty()
    }
}
