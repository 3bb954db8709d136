//! Commands, their arguments, and their exit codes.

mod against;
mod annotate;
mod check;
mod completions;
mod derive;
mod explain;
mod findings;
mod folder;
mod hint;
mod input;
mod known;
mod layers;
mod man;
mod names;
mod new;
mod output;
mod parallel;
mod pdf;
mod report;
mod solve;
mod stale;
mod subject;
mod submission;
mod table;
mod tally;
mod templates;
mod vary;
mod watch;

use backprose::calculus::Printing;
use backprose::language::syntax::Layout;
use backprose::writeup::mathml::Engine;
use backprose::writeup::outline::Level;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::process::ExitCode;

/// How a command ended when it did not end well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Something is refuted or not verified: exit code 1.
    Refuted,
    /// The input cannot be used: exit code 2.
    Unusable,
}

#[derive(Parser)]
#[command(name = "backprose", version, about = ABOUT, after_help = EXAMPLES, max_term_width = 100)]
struct Cli {
    /// A folder with layers (.bp files) of your own, beside the built-in catalogue.
    #[arg(long, global = true, value_name = "DIR")]
    layers: Vec<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

const ABOUT: &str = "Derivations of backprop, written out: a layer in index notation becomes its output, Jacobians and \
                     gradients, with steps, each one checked.";

const EXAMPLES: &str = "Examples:
  backprose derive 'x[7,5], W[1,5,3]; f[r] = sum[k,i] x[i+2*(r-1), k] * W[1,k,i]'
  backprose derive conv1d N=7 C=5 F=1 K=3 S=2 --steps main
  backprose solve examples/homework2.bp";

#[derive(Subcommand)]
enum Command {
    /// Turn a homework file into verified write-ups.
    #[command(after_help = "Examples:
  backprose solve examples/homework2.bp
  backprose solve homework.bp --out build --format latex,html,text --steps all
  backprose solve homework.bp --format json
  backprose solve homework.bp --check
  backprose solve homework.bp --format notebook
  backprose solve homework.bp --template my-slides.tex
  backprose solve homework.bp --format markdown --templates my-templates
  backprose solve homework.bp --format pdf
  backprose solve - --out - --format text < homework.bp")]
    Solve(SolveArgs),
    /// Solve a homework file again whenever it is saved.
    #[command(after_help = "Examples:
  backprose watch homework.bp
  backprose watch homework.bp --format html --steps all
The same options as `solve`. A file that has an error is complained about, and the next save is waited for. Ctrl-C ends.")]
    Watch(SolveArgs),
    /// Begin a homework file.
    #[command(after_help = "Examples:
  backprose new homework3.bp
  backprose new homework3 && backprose watch homework3.bp
The file can be solved as it is; what it shows is there to be replaced. A file that exists is never overwritten.")]
    New {
        /// The file to write; its name becomes the title.
        file: PathBuf,
    },
    /// Derive the answers of one layer or formula.
    #[command(after_help = "Examples:
  backprose derive 'size N, K; x[N], w[K]; y[i] = sum[k] x[i+k-1] * w[k]'
  backprose derive conv1d N=7 C=5 F=1 K=3 S=2 --wrt W --steps main
  backprose derive linear --matrix --layout numerator
  backprose derive conv1d --general --format latex -o conv1d.tex
  backprose derive conv1d --general -o fragment.tex --width column --label conv
  backprose derive conv1d --general -o conv1d.pdf
  backprose derive conv2d --general -o conv2d.html
  backprose derive conv1d N=7 C=5 F=1 K=3 S=2 -o conv1d.json
  backprose derive conv1d N=7 C=5 F=1 K=3 S=2 -o conv1d.ipynb
  backprose derive conv1d --template my-readme.md -o README.md
  backprose derive my-layers.bp:gate n=4 --format numpy > gate.py")]
    Derive(DeriveArgs),
    /// Judge the tests of specification files and the marked formulas of papers, or the answers in documents.
    #[command(after_help = "Examples:
  backprose check layers/conv1d.bp
  backprose check --strict --quiet layers/
  backprose check my-paper.tex
  backprose check my-papers my-layers --format github
  backprose check my-notes.ipynb --format json
  backprose check answers.md --against homework.bp
  backprose check answers.tex --against homework.bp --no-solutions
  backprose check answers.md --against homework.bp --format html > report.html
  backprose check answers.md --against homework.bp --map answers.map
  backprose check submissions --against homework.bp --format csv -o tally.csv
A formula of a paper (.tex, .md, .ipynb) is marked by a comment before it that says what it claims:
  % backprose: conv1d N=7 S=2 : dl/dW
  <!-- backprose: my-layers.bp:gate : dh[t]/dh[t-1] -->
  % backprose: reject conv1d : shape f because \"the stride is lost\"
  % backprose: symbol \\kappa = W
A claim is as expected if an `expect` is not refuted and a `reject` is refuted. Exit codes: 0 all as
expected, 1 any not as expected (with --strict also any undecided), 2 unreadable. With --against: 0 all proved or
undecided, 1 any refuted, 2 unreadable or nothing found.")]
    Check(CheckArgs),
    /// Give the next step of a derivation, and no more.
    #[command(after_help = "Examples:
  backprose hint homework.bp '1.1.3(d)'
  backprose hint homework.bp '1.1.3(d)' --step 2
  backprose hint homework.bp '1.1.3(d) dl/dW' --step 0
A question with several answers goes through them one after the other; step 0 is the idea of the first step in
words alone. The answer stands in the last step and in none before it. Without a question, those there are are
listed.")]
    Hint(HintArgs),
    /// Make variants of a homework for an exam, with their keys.
    #[command(after_help = "Examples:
  backprose vary homework.bp --seed 7
  backprose vary homework.bp --seed 7 --count 30 --out exam --format latex
  backprose vary homework.bp --seed 7 --out - | backprose solve - --out - --format text
A variant has other sizes, strides, paddings and dilations, and other letters for indices that no text mentions.
Numbers are taken only if the usual slips – a lost stride, exchanged axes, a sum that ends one too late – still
give other answers than the right one. The text of a question says the new numbers; a number of which it does not
say what it is stays, and standard error says why. Each variant is three files: NAME-variant-01.bp, a homework
for `solve` and `check --against`, NAME-variant-01-questions and NAME-variant-01-key in the formats wanted. The
same seed gives the same files.")]
    Vary(VaryArgs),
    /// List the catalogue of layers, or print a definition.
    #[command(after_help = "Examples:
  backprose layers
  backprose layers conv1d
  backprose layers --layers my-folder
  backprose layers --format markdown > catalogue.md")]
    Layers {
        /// The layer to print.
        #[arg(value_parser = names::Known(layers::names), hide_possible_values = true)]
        name: Option<String>,
        /// The format of what is printed.
        #[arg(long, value_enum, default_value_t = ListFormat::Text)]
        format: ListFormat,
    },
    /// Say what the rules of the calculus are, each with an example worked out on the spot.
    #[command(after_help = "Examples:
  backprose explain
  backprose explain sift
  backprose explain --format markdown > rules.md")]
    Explain(ExplainArgs),
    /// Print the completions of a shell.
    #[command(after_help = "Examples:
  backprose completions bash > backprose.bash
  backprose completions zsh > _backprose
  backprose completions fish > backprose.fish")]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual, or write its pages into a folder.
    #[command(after_help = "Examples:
  backprose man > backprose.1
  backprose man --out man1")]
    Man {
        /// The folder for the pages, one for the program and one for each command.
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
}

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
    pub templates: templates::TemplateArgs,
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
    pub templates: templates::TemplateArgs,
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
    #[arg(value_parser = names::Known(explain::names))]
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
pub struct Width(u16);

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

/// The engine asked for; to ask for one where no HTML is written is a mistake.
fn engine(asked: Option<MathmlEngine>, html: bool) -> Result<Engine, Stop> {
    match asked {
        Some(_) if !html => {
            report::complain("--mathml is about html, which is not written here", Some("add --format html"));
            Err(Stop::Unusable)
        }
        Some(MathmlEngine::Latex2mathml) => Ok(Engine::Latex2mathml),
        Some(MathmlEngine::MathCore) | None => Ok(Engine::MathCore),
    }
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

/// Runs the command line and gives its exit code.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        None => output::print(&format!("{ABOUT}\n\n{EXAMPLES}\n\n`backprose --help` lists all commands.\n")),
        Some(Command::Solve(arguments)) => solve::solve(&arguments, &cli.layers),
        Some(Command::Watch(arguments)) => watch::watch(&arguments, &cli.layers),
        Some(Command::New { file }) => new::new(&file),
        Some(Command::Check(arguments)) => check::check(&arguments, &cli.layers),
        Some(Command::Derive(arguments)) => derive::derive(&arguments, &cli.layers),
        Some(Command::Vary(arguments)) => vary::vary(&arguments, &cli.layers),
        Some(Command::Hint(arguments)) => hint::hint(&arguments, &cli.layers),
        Some(Command::Layers { name, format }) => layers::layers(name.as_deref(), format, &cli.layers),
        Some(Command::Explain(arguments)) => explain::explain(&arguments),
        Some(Command::Completions { shell }) => completions::completions(shell),
        Some(Command::Man { out }) => man::man(out.as_deref()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop::Refuted) => ExitCode::from(1),
        Err(Stop::Unusable) => ExitCode::from(2),
    }
}
