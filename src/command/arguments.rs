//! The arguments of the commands, and what may be chosen in them.

use super::limits::LimitArgs;
use super::templates::TemplateArgs;
use backprose::calculus::Printing;
use backprose::language::syntax::Layout;
use backprose::writeup::figure::What;
use backprose::writeup::outline::Level;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Arguments of `solve`.
#[derive(Args)]
pub struct SolveArgs {
    /// The homework file, or - for standard input.
    pub file: PathBuf,
    /// The folder for the write-ups, or - for standard output (one format).
    #[arg(long, value_name = "DIR", default_value = "out")]
    pub out: PathBuf,
    /// The formats, separated by commas; by default latex, markdown and html, or that of --template.
    #[arg(long, value_enum, value_delimiter = ',')]
    pub format: Vec<SheetFormat>,
    #[command(flatten)]
    pub templates: TemplateArgs,
    /// What sets the formulas of html: math-core unless said otherwise.
    #[arg(long, value_enum, value_name = "ENGINE")]
    pub mathml: Option<MathmlEngine>,
    /// How much of each derivation is shown.
    #[arg(long, value_enum, default_value_t = Steps::Main)]
    pub steps: Steps,
    /// How inequalities in derivatives are printed.
    #[arg(long, value_enum, default_value_t = Inequalities::Brackets)]
    pub printing: Inequalities,
    /// Write what could be verified, with a visible box in place of the rest (exit code still 1).
    #[arg(long)]
    pub keep_going: bool,
    /// Write nothing; show how the files that are there differ from what would be written (exit code 1).
    #[arg(long, conflicts_with = "keep_going")]
    pub check: bool,
    #[command(flatten)]
    pub limits: LimitArgs,
}

/// Arguments of `vary`.
#[derive(Args)]
pub struct VaryArgs {
    /// The homework file, or - for standard input.
    pub file: PathBuf,
    /// What the variants are drawn from: the same number, the same variants.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,
    /// How many variants.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub count: u16,
    /// The folder for the variants, or - for one homework file on standard output.
    #[arg(long, value_name = "DIR", default_value = "out")]
    pub out: PathBuf,
    /// The formats of questions and keys, separated by commas.
    #[arg(long, value_enum, value_delimiter = ',',
        default_values_t = [SheetFormat::Latex, SheetFormat::Markdown, SheetFormat::Html])]
    pub format: Vec<SheetFormat>,
    /// What sets the formulas of html: math-core unless said otherwise.
    #[arg(long, value_enum, value_name = "ENGINE")]
    pub mathml: Option<MathmlEngine>,
    /// How much of each derivation the key shows.
    #[arg(long, value_enum, default_value_t = Steps::Main)]
    pub steps: Steps,
    /// How inequalities in derivatives are printed.
    #[arg(long, value_enum, default_value_t = Inequalities::Brackets)]
    pub printing: Inequalities,
    #[command(flatten)]
    pub limits: LimitArgs,
}

/// Arguments of `hint`.
#[derive(Args)]
pub struct HintArgs {
    /// The homework file, or - for standard input.
    pub file: PathBuf,
    /// The question: its number, and behind it, if one of several answers is meant, that answer.
    pub question: Option<String>,
    /// The number of the step.
    #[arg(long, value_name = "K", default_value_t = 1)]
    pub step: usize,
    /// The format of the hint.
    #[arg(long, value_enum, default_value_t = ExplainFormat::Text)]
    pub format: ExplainFormat,
    /// How inequalities in derivatives are printed.
    #[arg(long, value_enum, default_value_t = Inequalities::Brackets)]
    pub printing: Inequalities,
    #[command(flatten)]
    pub limits: LimitArgs,
}

/// Arguments of `derive`.
#[derive(Args)]
pub struct DeriveArgs {
    /// A layer of the catalogue, FILE[:LAYER], a formula in quotes, or - for standard input.
    pub target: String,
    /// Numbers for sizes (N=7); S=S keeps a size with a default symbolic.
    #[arg(value_name = "SIZE=VALUE")]
    pub sizes: Vec<String>,
    /// Only derivatives with respect to these arrays.
    #[arg(long, value_name = "NAME", num_args = 1..)]
    pub wrt: Vec<String>,
    /// Keep every size symbolic, defaults included.
    #[arg(long)]
    pub general: bool,
    /// The format of the output; by default text, or what the extension of --template or -o says.
    #[arg(long, value_enum)]
    pub format: Option<DeriveFormat>,
    #[command(flatten)]
    pub templates: TemplateArgs,
    /// What sets the formulas of html: math-core unless said otherwise.
    #[arg(long, value_enum, value_name = "ENGINE")]
    pub mathml: Option<MathmlEngine>,
    /// How much of each derivation is shown.
    #[arg(long, value_enum)]
    pub steps: Option<Steps>,
    /// How inequalities in derivatives are printed.
    #[arg(long, value_enum, default_value_t = Inequalities::Brackets)]
    pub printing: Inequalities,
    /// Add the matrix form of each answer that has one: W^T g.
    #[arg(long)]
    pub matrix: bool,
    /// How derivatives are laid out as matrices: shape unless said otherwise.
    #[arg(long, value_enum, requires = "matrix")]
    pub layout: Option<MatrixLayout>,
    /// How wide the lines of latex may be: column (229pt), page (345pt), or a number of points such as 252pt.
    #[arg(long, value_name = "WIDTH")]
    pub width: Option<Width>,
    /// A LaTeX document with a preamble of its own, not a fragment.
    #[arg(long, conflicts_with_all = ["width", "label"])]
    pub standalone: bool,
    /// In latex, number each answer and label it for \eqref: conv gives conv:dl-dW.
    #[arg(long, value_name = "PREFIX", value_parser = prefix)]
    pub label: Option<String>,
    /// In a module for PyTorch, a torch.autograd.Function with the derived gradients.
    #[arg(long)]
    pub autograd: bool,
    /// A file to write to: .tex, .pdf, .md, .html, .ipynb, .txt, .py or .json.
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub limits: LimitArgs,
}

/// Arguments of `draw`.
#[derive(Args)]
pub struct DrawArgs {
    /// A layer of the catalogue, FILE[:LAYER], a formula in quotes, or - for standard input.
    pub target: String,
    /// Numbers for sizes (N=7).
    #[arg(value_name = "SIZE=VALUE")]
    pub sizes: Vec<String>,
    /// What is drawn.
    #[arg(long, value_enum, default_value_t = Drawn::Graph)]
    pub what: Drawn,
    /// The array that is computed, or differentiated; by default the outputs, or the one that shows most.
    #[arg(long, value_name = "NAME")]
    pub of: Option<String>,
    /// The array that is read, or differentiated with respect to.
    #[arg(long, value_name = "NAME")]
    pub wrt: Option<String>,
    /// How many steps of a recurrence: two unless said otherwise; 0 folds the way back.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=8))]
    pub steps: Option<u8>,
    /// Keep axes on which the pattern of a Jacobian does not depend.
    #[arg(long)]
    pub whole: bool,
    /// The format; by default svg, or what the extension of -o says.
    #[arg(long, value_enum)]
    pub format: Option<DrawFormat>,
    /// In tikz, a document that shows the picture alone.
    #[arg(long)]
    pub standalone: bool,
    /// A file to write to: .svg, .tex or .mmd.
    #[arg(short = 'o', long = "output", value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// What can be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Drawn {
    /// What is computed from what; a recurrence folded.
    Graph,
    /// A recurrence over some of its steps.
    Unrolled,
    /// Which entries of an array the entries of another read, with stride, dilation and padding.
    Reads,
    /// Which entries of a Jacobian are not 0, several axes as blocks.
    Jacobian,
    /// Which gradients feed which, with what each equation adds.
    Adjoint,
}

impl From<Drawn> for What {
    fn from(drawn: Drawn) -> What {
        match drawn {
            Drawn::Graph => What::Graph,
            Drawn::Unrolled => What::Unrolled,
            Drawn::Reads => What::Reads,
            Drawn::Jacobian => What::Jacobian,
            Drawn::Adjoint => What::Adjoint,
        }
    }
}

/// The formats of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DrawFormat {
    /// A picture for any browser, in a file of its own.
    Svg,
    /// LaTeX to be \input into a document that uses tikz.
    Tikz,
    /// A flowchart for Markdown, of what has nodes and edges.
    Mermaid,
}

/// Arguments of `check`.
#[derive(Args)]
pub struct CheckArgs {
    /// Specifications, papers (.tex, .md, .ipynb) and folders of both, or with --against documents in Markdown
    /// or LaTeX, notebooks and folders of them; - for standard input.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Count an undecided claim as not as expected.
    #[arg(long)]
    pub strict: bool,
    /// Show only claims that are not as expected.
    #[arg(short, long)]
    pub quiet: bool,
    /// Judge the formulas of documents against this homework.
    #[arg(long, value_name = "HOMEWORK")]
    pub against: Option<PathBuf>,
    /// Do not say what would be right.
    #[arg(long, requires = "against")]
    pub no_solutions: bool,
    /// A file that says which formula answers what, where the document does not.
    #[arg(long, value_name = "FILE", requires = "against")]
    pub map: Option<PathBuf>,
    /// The format of the report.
    #[arg(long, value_enum, default_value_t = AgainstFormat::Text)]
    pub format: AgainstFormat,
    /// A file to write the report to; .csv, .json, .md, .html and .tex say the format too.
    #[arg(short = 'o', long = "output", value_name = "FILE", requires = "against")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub limits: LimitArgs,
}

/// The formats of a report on answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AgainstFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// Workflow commands, which GitHub shows beside the lines of a change.
    Github,
    /// A table with a row a document and a column a question (with --against).
    Csv,
    /// Markdown with TeX mathematics, pictures as SVG (with --against).
    Markdown,
    /// A page for any browser, pictures as SVG (with --against).
    Html,
    /// A LaTeX document, pictures in TikZ (with --against).
    Latex,
}

/// The formats of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// A line a layer; of one layer its file.
    Text,
    /// Markdown: each layer with its definition and its answers, derived and verified.
    Markdown,
}

/// Arguments of `explain`.
#[derive(Args)]
pub struct ExplainArgs {
    /// The rule; all of them in a list if none is named.
    #[arg(value_parser = super::names::Known(super::explain::names))]
    pub rule: Option<String>,
    /// The format of the explanation.
    #[arg(long, value_enum, default_value_t = ExplainFormat::Text)]
    pub format: ExplainFormat,
}

/// The formats of an explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExplainFormat {
    /// Unicode text for the terminal.
    Text,
    /// Markdown with TeX mathematics; without a rule, the page of all rules.
    Markdown,
}

/// The formats of a write-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SheetFormat {
    /// A LaTeX document (.tex).
    Latex,
    /// Markdown with TeX mathematics (.md).
    Markdown,
    /// A page for any browser, its formulas MathML (.html).
    Html,
    /// A Jupyter notebook that runs its NumPy checks (.ipynb).
    Notebook,
    /// Unicode text, 80 columns (.txt).
    Text,
    /// The derivations as data for other programs (.json).
    Json,
    /// The LaTeX document as TeX sets it (.pdf); needs pdflatex, lualatex or tectonic.
    Pdf,
}

/// The formats of a derivation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DeriveFormat {
    /// Unicode text for the terminal.
    Text,
    /// LaTeX to be \input into a paper.
    Latex,
    /// Markdown with TeX mathematics.
    Markdown,
    /// A page for any browser, its formulas MathML.
    Html,
    /// A Jupyter notebook that runs its NumPy check.
    Notebook,
    /// A Python module that needs only NumPy.
    Numpy,
    /// A Python module that needs only PyTorch.
    #[value(alias = "pytorch")]
    Torch,
    /// The derivations as data for other programs, all steps.
    Json,
    /// A page as TeX sets it; needs pdflatex, lualatex or tectonic.
    Pdf,
}

/// How wide a line of text is, in points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Width(pub u16);

impl Width {
    /// A column of a paper set in two: the narrowest of the usual classes, that of `article`.
    pub const COLUMN: Width = Width(229);
    /// The line of a paper set in one column: that of `article` at ten points.
    const PAGE: Width = Width(345);
}

impl std::str::FromStr for Width {
    type Err = String;

    fn from_str(text: &str) -> Result<Width, String> {
        match text {
            "column" => Ok(Width::COLUMN),
            "page" => Ok(Width::PAGE),
            _ => match text.strip_suffix("pt").unwrap_or(text).trim().parse::<f64>() {
                Ok(points) if (150.0..=2000.0).contains(&points) => Ok(Width(points as u16)),
                _ => Err("give column, page, or a number of points from 150pt to 2000pt".into()),
            },
        }
    }
}

/// What labels begin with: letters, digits, and what may stand between them.
fn prefix(text: &str) -> Result<String, String> {
    let known = |c: char| c.is_ascii_alphanumeric() || "-_:.+/".contains(c);
    match !text.is_empty() && text.chars().all(known) {
        true => Ok(text.into()),
        false => Err("a label is made of letters, digits and - _ : . + /".into()),
    }
}

/// How inequalities in derivatives are printed; all forms are verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Inequalities {
    /// As brackets, or conditions under the sums.
    Brackets,
    /// As limits of the sums, rounded up or down.
    Limits,
    /// Interior and boundary apart.
    Cases,
}

impl From<Inequalities> for Printing {
    fn from(inequalities: Inequalities) -> Printing {
        match inequalities {
            Inequalities::Brackets => Printing::Brackets,
            Inequalities::Limits => Printing::Limits,
            Inequalities::Cases => Printing::Cases,
        }
    }
}

/// How derivatives are laid out as matrices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MatrixLayout {
    /// A gradient has the shape of its array; rows of a Jacobian are the output's.
    Shape,
    /// A gradient is transposed; rows of a Jacobian are the output's.
    Numerator,
    /// A gradient has the shape of its array; rows of a Jacobian are the array's.
    Denominator,
}

impl From<MatrixLayout> for Layout {
    fn from(layout: MatrixLayout) -> Layout {
        match layout {
            MatrixLayout::Shape => Layout::Shape,
            MatrixLayout::Numerator => Layout::Numerator,
            MatrixLayout::Denominator => Layout::Denominator,
        }
    }
}

/// What turns TeX into MathML.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MathmlEngine {
    /// The crate math-core.
    MathCore,
    /// The crate latex2mathml.
    Latex2mathml,
}

/// How much of a derivation is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Steps {
    /// The answers alone.
    Answer,
    /// What a good teacher would write on the board.
    Main,
    /// Every application of every rule as well.
    All,
}

impl From<Steps> for Level {
    fn from(steps: Steps) -> Level {
        match steps {
            Steps::Answer => Level::Answer,
            Steps::Main => Level::Main,
            Steps::All => Level::All,
        }
    }
}
