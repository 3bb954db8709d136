//! What a template sees: the document with every formula and every sentence already written in
//! the format at hand. This is the documented model for templates of one's own, too.
//!
//! For the terminal, every block also holds its finished lines in `layout`. In HTML a formula is
//! still TeX between two marks here; it becomes MathML when the page is finished.

use super::highlights::OriginView;
use super::picture::Drawing;
use serde::Serialize;

/// A write-up.
#[derive(Clone, Debug, Serialize)]
pub struct DocumentView {
    /// Its title.
    pub title: String,
    /// Who hands it in; empty if not given.
    pub author: String,
    /// The course; empty if not given.
    pub course: String,
    /// The date; empty if not given.
    pub date: String,
    /// Author, course and date in one line.
    pub byline: String,
    /// What a PDF says of itself: words alone, escaped for LaTeX.
    pub properties: Properties,
    /// The width of a line in points, in a fragment of LaTeX.
    pub column: f64,
    /// Whether title and byline stand above the problems (not opposite to a problem's title).
    pub titled: bool,
    /// Whether any factor lights up with what it comes from, in HTML.
    pub traced: bool,
    /// Its sections.
    pub problems: Vec<ProblemView>,
    /// Fill and line colour of each class in pictures.
    pub palette: Vec<ColourView>,
    /// Its heading, laid out for the terminal.
    pub layout: Vec<String>,
}

/// The properties of a PDF.
#[derive(Clone, Debug, Serialize)]
pub struct Properties {
    /// Its title.
    pub title: String,
    /// Who wrote it; empty if not given.
    pub author: String,
    /// The course; empty if not given.
    pub subject: String,
    /// The titles of its problems.
    pub keywords: String,
}

/// A colour of pictures.
#[derive(Clone, Debug, Serialize)]
pub struct ColourView {
    /// Six hexadecimal digits.
    pub fill: &'static str,
    /// Six hexadecimal digits.
    pub line: &'static str,
}

/// A problem.
#[derive(Clone, Debug, Serialize)]
pub struct ProblemView {
    /// `1.1`
    pub label: String,
    /// Its title.
    pub title: String,
    /// Its title for the bookmarks of a PDF.
    pub bookmark: String,
    /// What stands opposite to its title: the document's title unless that stands above, and its
    /// question if it has but one.
    pub aside: String,
    /// Its questions.
    pub questions: Vec<QuestionView>,
    /// Its heading, laid out for the terminal.
    pub layout: Vec<String>,
}

/// A question.
#[derive(Clone, Debug, Serialize)]
pub struct QuestionView {
    /// `3`
    pub label: String,
    /// The question as given.
    pub text: String,
    /// The conventions in force.
    pub conventions: String,
    /// What answers it.
    pub blocks: Vec<BlockView>,
    /// Its parts.
    pub parts: Vec<PartView>,
    /// How it was verified.
    pub evidence: String,
    /// The question and its conventions, laid out for the terminal.
    pub layout: Vec<String>,
    /// The evidence, laid out for the terminal.
    pub evidence_layout: Vec<String>,
}

/// A part.
#[derive(Clone, Debug, Serialize)]
pub struct PartView {
    /// `(a)`
    pub label: String,
    /// The question as given.
    pub text: String,
    /// What answers it.
    pub blocks: Vec<BlockView>,
    /// The question, laid out for the terminal.
    pub layout: Vec<String>,
}

/// A formula.
#[derive(Clone, Debug, Serialize)]
pub struct Formula {
    /// All of it.
    pub whole: String,
    /// Up to its first relation.
    pub left: String,
    /// From its first relation on; empty if there is none.
    pub right: String,
    /// In LaTeX: its left side, if the right one stands beside it.
    pub head: String,
    /// In LaTeX: the lines of the rest.
    pub rows: Vec<String>,
}

/// A line of a derivation.
#[derive(Clone, Debug, Serialize)]
pub struct LineView {
    /// `=`
    pub relation: String,
    /// What stands to the right of it.
    pub right: String,
    /// In LaTeX: both, in lines that fit.
    pub rows: Vec<String>,
    /// Why.
    pub reason: String,
    /// Why, in a form that may stand inside a formula's `\text{…}`, piece by piece: words, and
    /// whether they are mathematics.
    pub reason_pieces: Vec<(String, bool)>,
}

/// A row of a table.
#[derive(Clone, Debug, Serialize)]
pub struct RowView {
    /// Its cells, as many as the header has.
    pub cells: Vec<String>,
    /// Whether it is set in bold.
    pub bold: bool,
}

/// A block; `kind` tells which. A block is `wide` if its parts do not stand side by side in a
/// line. In LaTeX, `above` holds the lines of a left side that stands above the rest; in a fragment of it,
/// `label` is what an answer is referred to by, and reasons have `room` points, `beside` the formulas or below.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum BlockView {
    Boxed {
        /// What it is the answer for; empty if that is said above in the question.
        name: String,
        formulas: Vec<Formula>,
        wide: bool,
        label: String,
        ranges: Vec<String>,
        /// Where its factors come from, in HTML.
        origins: Vec<OriginView>,
        /// What factors come from that stands here first.
        sources: Vec<usize>,
        layout: Vec<String>,
    },
    Derivation {
        left: String,
        lines: Vec<LineView>,
        above: Vec<String>,
        beside: bool,
        room: u32,
        folded: Option<String>,
        /// What factors come from that stands here first.
        sources: Vec<usize>,
        layout: Vec<String>,
    },
    Paragraph {
        text: String,
        layout: Vec<String>,
    },
    Table {
        header: Vec<String>,
        rows: Vec<RowView>,
        shares: Vec<f64>,
        wide: bool,
        layout: Vec<String>,
    },
    Picture {
        /// The matrix, cell by cell, in TeX; the first row and the first column name the others.
        cells: Vec<Vec<String>>,
        alternative: String,
        caption: String,
        drawings: Vec<Drawing>,
        layout: Vec<String>,
    },
    Diagram {
        alternative: String,
        drawings: Vec<Drawing>,
        mermaid: Vec<(String, String)>,
        reads: Vec<ReadView>,
        layout: Vec<String>,
    },
    Missing {
        text: String,
        layout: Vec<String>,
    },
}

/// What a node of a diagram reads, as formulas.
#[derive(Clone, Debug, Serialize)]
pub struct ReadView {
    /// The node.
    pub node: String,
    /// What it reads.
    pub from: Vec<String>,
}
