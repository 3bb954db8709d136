//! What a figure shows, asked of the system.

use super::sizes::small;
use super::{Figure, Panel};
use crate::answer::goal_name;
use crate::derivation::Goal;
use crate::diagnostic::{Diagnostic, Diagnostics, Span, few};
use crate::language::print::{Alphabet, expression};
use crate::language::syntax::{Expr, Name, Role, Statement};
use crate::model::{Kind, Sizes};
use crate::study::{NoAnswer, Study};
use crate::writeup::diagram::{self, Graph, MOST_NODES};
use crate::writeup::document::{Inline, Piece, Prose, Reads, Symbol};
use crate::writeup::pattern::{Extent, picture_within};
use crate::writeup::reads::{candidates, footprint, reads_data};
use crate::writeup::reason::{listed, text};

/// The most rows and columns of a matrix.
const MOST_ROWS: usize = 60;
const MOST_COLUMNS: usize = 80;
/// How long axes may be where sizes are chosen, tried one after the other.
const LENGTHS: [i128; 3] = [6, 4, 3];
/// How many steps of a recurrence are shown if nothing else is said.
const STEPS: usize = 2;
/// The most entries of integer data that are listed.
const MOST_DATA: usize = 12;

/// What a figure shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The computational graph.
    Graph,
    /// A recurrence over some of its steps.
    Unrolled,
    /// Which entries an equation reads.
    Reads,
    /// Which entries of a Jacobian are not 0.
    Jacobian,
    /// Which gradients feed which.
    Adjoint,
}

impl What {
    /// Whether every size must be a number.
    pub fn needs_numbers(self) -> bool {
        matches!(self, What::Reads | What::Jacobian)
    }
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What is shown.
    pub what: What,
    /// The array that is computed; by default the outputs, or the one that shows most.
    pub of: Option<Name>,
    /// The array that is read, or differentiated with respect to.
    pub wrt: Option<Name>,
    /// How many steps of a recurrence; of the adjoint none folds it.
    pub steps: Option<usize>,
    /// Whether axes on which a pattern does not depend are kept.
    pub whole: bool,
}

/// Why there is no figure.
#[derive(Clone, Debug)]
pub enum NoFigure {
    /// The statements are wrong.
    Wrong(Diagnostics),
    /// There is no such picture of the system, or what it would show is not verified.
    Unanswered(NoAnswer),
}

impl From<Diagnostics> for NoFigure {
    fn from(wrong: Diagnostics) -> Self {
        NoFigure::Wrong(wrong)
    }
}

impl From<NoAnswer> for NoFigure {
    fn from(error: NoAnswer) -> Self {
        NoFigure::Unanswered(error)
    }
}

/// The figure of a system. Where it needs a number for every size, small ones are taken for those that have none,
/// such that it can be read.
///
/// # Errors
/// If the statements are wrong, there is no such picture of the system, it is too large to be read, or what it shows
/// does not pass verification.
pub fn figure(statements: &[Statement], base: i64, chosen: &Sizes, asked: &Asked) -> Result<Figure, NoFigure> {
    let study = |sizes: &Sizes| Study::new(statements, base, sizes).map(Study::without_lengths);
    let mut made = study(chosen)?;
    if !asked.what.needs_numbers() || made.system.sizes.is_empty() {
        return Ok(figure_of(&mut made, asked)?);
    }
    let mut first = None;
    for long in LENGTHS {
        let Some(numbers) = small(&made.system, long) else { continue };
        let mut all = chosen.clone();
        all.given.extend(numbers.into_iter().map(|(size, number)| (size, Some(number))));
        match figure_of(&mut study(&all)?, asked) {
            Ok(drawn) => return Ok(drawn),
            Err(error) => first = first.or(Some(error)),
        }
    }
    let none = || refused("no small sizes were found that satisfy all requirements", "give them: N=7 K=3");
    Err(first.unwrap_or_else(none).into())
}

/// The figure of a system in which the sizes are what they are.
fn figure_of(study: &mut Study, asked: &Asked) -> Result<Figure, NoAnswer> {
    check(study, asked)?;
    let of = asked.of.as_ref().map_or_else(|| study.system.outputs.clone(), |of| vec![of.clone()]);
    let figure = match asked.what {
        What::Graph => graph(study, &of),
        What::Unrolled => unrolled(study, &of, asked.steps.unwrap_or(STEPS)),
        What::Reads => reads(study, asked),
        What::Jacobian => jacobian(study, asked, &of),
        What::Adjoint => adjoint(study, asked.steps),
    }?;
    Ok(Figure { notation: study.system.notation.clone(), ..figure })
}

fn refused(message: impl Into<String>, hint: impl Into<String>) -> NoAnswer {
    NoAnswer::Refused(Diagnostic::general(message).hint(hint))
}

fn check(study: &Study, asked: &Asked) -> Result<(), NoAnswer> {
    if let Some(of) = &asked.of {
        study.defined(of, Span::default()).map_err(placeless)?;
    }
    if let (Some(wrt), What::Jacobian) = (&asked.wrt, asked.what) {
        study.differentiable(wrt, Span::default()).map_err(placeless)?;
    }
    Ok(())
}

fn placeless(mut wrong: Diagnostic) -> NoAnswer {
    wrong.places.clear();
    NoAnswer::Refused(wrong)
}

fn names(names: &[Name]) -> String {
    names.iter().map(|name| name.to_string()).collect::<Vec<_>>().join(", ")
}

/// "`h` is", "`h` and `c` are"
fn are(names: &[Name]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    format!(
        "{} {}",
        few(&quoted.iter().map(String::as_str).collect::<Vec<_>>()),
        if names.len() == 1 { "is" } else { "are" }
    )
}

fn of_graph(title: String, graph: Graph, verb: &str) -> Figure {
    let details = format!("{title}: {}.", graph.sentence(verb));
    Figure { title, details, panels: vec![Panel::Graph(graph)], ..Figure::default() }
}

fn too_many(message: String) -> NoAnswer {
    let message = message.trim_end_matches('.').to_string();
    let mut letters = message.chars();
    let first = letters.next().map(|c| c.to_lowercase().to_string()).unwrap_or_default();
    refused(first + letters.as_str(), "--of NAME draws the part of the graph that leads to one array")
}

fn graph(study: &Study, of: &[Name]) -> Result<Figure, NoAnswer> {
    let graph = diagram::folded(&study.system, of).map_err(too_many)?;
    Ok(of_graph(format!("Computational graph of {}", names(of)), graph, "reads"))
}

fn unrolled(study: &Study, of: &[Name], steps: usize) -> Result<Figure, NoAnswer> {
    match diagram::unrolled(&study.system, of, steps).map_err(too_many)? {
        Some(graph) => {
            let title = format!("{} unrolled over {steps} step{}", names(of), if steps == 1 { "" } else { "s" });
            Ok(of_graph(title, graph, "reads"))
        }
        None => Err(not_unrolled(study, of, "graph")),
    }
}

/// Why a recurrence is not unrolled.
fn not_unrolled(study: &Study, of: &[Name], folded: &str) -> NoAnswer {
    let within = |name: &Name| of.iter().any(|of| study.system.depends(of, name));
    let hint = match folded {
        "graph" => "--what graph draws what is computed from what".to_string(),
        _ => "leave out --steps: the flow is drawn without them".to_string(),
    };
    match study.system.recurrences.iter().flat_map(|r| r.arrays.keys()).find(|name| within(name)) {
        Some(state) => {
            let message =
                format!("the steps of `{state}` read others at a distance that is no number: they are not drawn apart");
            refused(message, if folded == "graph" { "--what graph draws it folded".into() } else { hint })
        }
        None => refused(format!("{} computed without a recurrence: there are no steps", are(of)), hint),
    }
}

fn adjoint(study: &mut Study, steps: Option<usize>) -> Result<Figure, NoAnswer> {
    let outputs = study.system.outputs.clone();
    let title = format!("Flow of the adjoint of {}", names(&outputs));
    let small = |graph: &Graph| match graph.nodes.len() {
        n if n > MOST_NODES => Err(refused(
            format!("the flow of the adjoint has {n} nodes; one of more than {MOST_NODES} is too large to draw"),
            "draw a part of the system, as a system of its own, or fewer --steps",
        )),
        _ => Ok(()),
    };
    if steps != Some(0) {
        let count = steps.unwrap_or(STEPS);
        match diagram::backward_unrolled(study, count)? {
            Some(graph) => {
                small(&graph)?;
                return Ok(of_graph(
                    format!("{title} over {count} step{}", if count == 1 { "" } else { "s" }),
                    graph,
                    "gets from",
                ));
            }
            None if steps.is_some() => return Err(not_unrolled(study, &outputs, "adjoint")),
            None => {}
        }
    }
    let graph = diagram::backward(study)?;
    small(&graph)?;
    if graph.edges.is_empty() {
        return Err(refused("nothing that can be differentiated feeds the outputs", "declare an input or a weight"));
    }
    Ok(of_graph(title, graph, "gets from"))
}

fn reads(study: &Study, asked: &Asked) -> Result<Figure, NoAnswer> {
    let all = candidates(&study.system);
    let fits = |(of, read): &&(Name, Name)| {
        asked.of.as_ref().is_none_or(|name| name == of) && asked.wrt.as_ref().is_none_or(|name| name == read)
    };
    let Some((of, read)) = all.iter().find(fits) else {
        let pairs: Vec<String> = all.iter().map(|(of, read)| format!("--of {of} --wrt {read}")).take(6).collect();
        let hint = format!("there {} {}", if pairs.len() == 1 { "is" } else { "are" }, pairs.join(", "));
        return Err(match all.is_empty() {
            true => refused("no equation reads an array", "--what graph draws what there is"),
            false => refused("no equation reads so", hint),
        });
    };
    let hint = "give smaller sizes, such as N=7, or other arrays with --of and --wrt";
    let found = footprint(study, of, read).map_err(|why| refused(why, hint))?;
    let mut panels: Vec<Panel> = found.rows.iter().cloned().map(Panel::Reads).collect();
    panels.extend(found.window.map(Panel::Matrix));
    let title = format!("Reads of {read} by {of}");
    let details = format!("{} {}", found.alternative, found.rows.iter().map(spoken).collect::<Vec<_>>().join(" "));
    let note = note(study, reads_data(&study.system, of, read));
    Ok(Figure { title, details, panels, note, ..Figure::default() })
}

/// A row of reads in words.
fn spoken(reads: &Reads) -> String {
    let one = |(place, label): (usize, &String)| {
        let read = reads.lines.iter().filter(|line| line.0 == place).map(|line| reads.inputs[line.1].0.as_str());
        let read: Vec<&str> = read.collect();
        (!read.is_empty()).then(|| format!("{label} reads {}", read.join(", ")))
    };
    let parts: Vec<String> = reads.outputs.iter().enumerate().filter_map(one).collect();
    format!("{}.", parts.join(". "))
}

fn jacobian(study: &mut Study, asked: &Asked, of: &[Name]) -> Result<Figure, NoAnswer> {
    let Some(output) = of.first().cloned() else {
        return Err(refused("there is no output", "declare one: `output f`"));
    };
    let mut arrays: Vec<(bool, Name)> = study
        .system
        .differentiable()
        .filter(|array| study.system.depends(&output, &array.name))
        .map(|array| (array.role == Role::Weight, array.name.clone()))
        .collect();
    arrays.sort_by_key(|(weight, _)| *weight);
    let array = asked.wrt.clone().or_else(|| arrays.first().map(|(_, name)| name.clone()));
    let Some(array) = array else {
        return Err(refused(
            format!("`{output}` depends on no array that can be differentiated with respect to"),
            "name one with --wrt",
        ));
    };
    let goal = Goal::Jacobian { output, array };
    let (answer, _) = study.answer(&goal)?;
    let extent = Extent { rows: MOST_ROWS, columns: MOST_COLUMNS, whole: asked.whole, blocks: true };
    let hint = if asked.whole {
        "give smaller sizes, such as N=4, or leave out --whole"
    } else {
        "give smaller sizes, such as N=4"
    };
    let picture = picture_within(study, &answer, extent).map_err(|why| refused(why, hint))?;
    let chance =
        answer.derivation.result.any(&mut |term| matches!(term.kind(), Kind::Compare(..) | Kind::Extremum(..)));
    let mut note = note(study, true);
    if chance {
        note.push(text("; at values drawn at random"));
    }
    let title = format!("Pattern of {}", goal_name(&goal));
    Ok(Figure {
        title,
        details: picture.alternative,
        panels: vec![Panel::Matrix(picture.matrix)],
        note,
        ..Figure::default()
    })
}

/// The numbers that were taken for sizes, and if wanted for integer data.
fn note(study: &Study, data: bool) -> Prose {
    let equal = |name: &Name, value: Expr| {
        Inline::Math(vec![Piece::Expr(Expr::name(name.clone())), Piece::Symbol(Symbol::Equal), Piece::Expr(value)])
    };
    let mut parts: Vec<Inline> =
        study.system.given.iter().map(|(size, value)| equal(size, Expr::integer(*value))).collect();
    if data {
        for (name, values) in crate::writeup::reads::data(&study.system) {
            if values.len() <= MOST_DATA {
                let values: Vec<String> = values.iter().map(i64::to_string).collect();
                parts.push(text(format!(
                    "{} = ({})",
                    expression(&Expr::name(name.clone()), Alphabet::Unicode),
                    values.join(", ")
                )));
            }
        }
    }
    if parts.is_empty() {
        return Vec::new();
    }
    let mut prose = vec![text("For ")];
    prose.extend(listed(parts));
    prose
}
