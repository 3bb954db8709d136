//! Commands, their arguments, and their exit codes.

mod against;
mod annotate;
mod arguments;
mod check;
mod completions;
mod derive;
mod draw;
mod explain;
mod findings;
mod folder;
mod hint;
mod input;
mod known;
mod layers;
mod limits;
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

pub use arguments::{
    AgainstFormat, CheckArgs, DeriveArgs, DeriveFormat, DrawArgs, DrawFormat, ExplainArgs, ExplainFormat, HintArgs,
    ListFormat, MathmlEngine, MatrixLayout, SheetFormat, SolveArgs, Steps, VaryArgs, Width,
};

use backprose::writeup::mathml::Engine;
use clap::{Parser, Subcommand};
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
    /// Draw one layer or formula: its graph, its recurrence, its reads, a Jacobian, the way back.
    #[command(after_help = "Examples:
  backprose draw lstm -o lstm.svg
  backprose draw rnn --what unrolled --steps 3 -o rnn.svg
  backprose draw conv1d N=7 K=3 S=2 P=1 --what reads -o reads.svg
  backprose draw 'x[7] ; y[i] = sum[k in 1..3] x[i + 2*(k-1)]' --what reads --format tikz
  backprose draw conv2d H=4 V=4 K_H=2 K_W=2 --what jacobian --wrt x -o conv2d.tex --standalone
  backprose draw attention --what adjoint --format mermaid
  backprose draw my-layers.bp:gate --what adjoint --steps 0 -o gate.svg
Reads and Jacobians need a number for every size; where none is given, a small one is taken and said. The pattern
of a Jacobian and every formula on the way back are verified before they are drawn.")]
    Draw(DrawArgs),
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
Numbers are taken only if the usual slips (a lost stride, exchanged axes, a sum that ends one too late) still
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

/// Runs the command line and gives its exit code.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        None => output::print(format!("{ABOUT}\n\n{EXAMPLES}\n\n`backprose --help` lists all commands.\n")),
        Some(Command::Solve(arguments)) => solve::solve(&arguments, &cli.layers),
        Some(Command::Watch(arguments)) => watch::watch(&arguments, &cli.layers),
        Some(Command::New { file }) => new::new(&file),
        Some(Command::Check(arguments)) => check::check(&arguments, &cli.layers),
        Some(Command::Derive(arguments)) => derive::derive(&arguments, &cli.layers),
        Some(Command::Draw(arguments)) => draw::draw(&arguments, &cli.layers),
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
