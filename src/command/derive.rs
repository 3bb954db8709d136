//! `backprose derive`: the answers of one layer or formula.

use super::input::{Target, sizes, target};
use super::limits::unfinished;
use super::output::{print, write};
use super::pdf::pdf;
use super::report::{colours, complain, unusable};
use super::templates::{unknown_format, unrendered, without_templates};
use super::{DeriveArgs, DeriveFormat, MatrixLayout, Steps, Stop, Width};
use backprose::answer::goal_name;
use backprose::derivation::Goal;
use backprose::diagnostic::Span;
use backprose::language::syntax::Name;
use backprose::limits::{Limit, Limits};
use backprose::model::Sizes;
use backprose::study::{NoAnswer, Study};
use backprose::writeup::json;
use backprose::writeup::listing::{Listing, listing};
use backprose::writeup::mathml::Engine;
use backprose::writeup::module::module;
use backprose::writeup::notebook::{check, notebook};
use backprose::writeup::numpy::Dialect;
use backprose::writeup::render::{Format, render_with};
use backprose::writeup::sheet::answers;
use std::io::IsTerminal;

/// Derives the answers and prints them.
pub fn derive(arguments: &DeriveArgs, folders: &[std::path::PathBuf]) -> Result<(), Stop> {
    let format = format_of(arguments)?;
    if arguments.autograd && format != DeriveFormat::Torch {
        complain("--autograd is for --format torch", None);
        return Err(Stop::Unusable);
    }
    let engine = super::engine(arguments.mathml, format == DeriveFormat::Html)?;
    let (given, wrt): (Vec<String>, Vec<String>) = arguments.wrt.iter().cloned().partition(|w| w.contains('='));
    let chosen = sizes(&[arguments.sizes.as_slice(), &given].concat(), arguments.general)?;
    if format != DeriveFormat::Latex && (arguments.width.is_some() || arguments.label.is_some() || arguments.standalone)
    {
        complain(
            "--width, --label and --standalone are about latex, which is not written here",
            Some("add --format latex"),
        );
        return Err(Stop::Unusable);
    }
    if format == DeriveFormat::Pdf && arguments.output.is_none() && std::io::stdout().is_terminal() {
        complain("a PDF is nothing for a terminal", Some("name a file: -o derivation.pdf"));
        return Err(Stop::Unusable);
    }
    let limits = arguments.limits.read()?;
    let target = target(&arguments.target, folders, &limits)?;
    match format {
        DeriveFormat::Numpy if arguments.templates.given() => return Err(without_templates("numpy")),
        DeriveFormat::Json if arguments.templates.given() => return Err(without_templates("json")),
        DeriveFormat::Notebook if arguments.templates.template.is_some() => return Err(without_templates("notebook")),
        _ => {}
    }
    let (text, open) = match format {
        DeriveFormat::Numpy => code(&target, (&chosen, &limits), &wrt, (Dialect::Numpy, false)).map(whole)?,
        DeriveFormat::Torch => {
            code(&target, (&chosen, &limits), &wrt, (Dialect::Torch, arguments.autograd)).map(whole)?
        }
        _ => writeup(&target, (&chosen, &limits), &wrt, arguments, (format, engine))?,
    };
    let contents = if format == DeriveFormat::Pdf { pdf(&text)? } else { text.into_bytes() };
    match &arguments.output {
        Some(path) => write(path, &contents)?,
        None => print(&contents)?,
    }
    if open.is_empty() { Ok(()) } else { Err(unfinished(&open)) }
}

/// A text from which nothing is missing.
fn whole(text: String) -> (String, Vec<String>) {
    (text, Vec::new())
}

/// The answers of a target in rows, without colours.
pub fn answered(target: &Target) -> Result<String, Stop> {
    let mut study = study(target, (&Sizes::default(), &Limits::default()))?;
    let goals = study.with_adjoints(&study.goals(&[]));
    rows(&mut study, &goals, false).map_err(|error| refuse(error, (target, &Limits::default())))
}

fn rows(study: &mut Study, goals: &[Goal], color: bool) -> Result<String, NoAnswer> {
    let Listing { rows, evidence } = listing(study, goals)?;
    Ok(super::table::answers(&rows, &evidence, color))
}

fn format_of(arguments: &DeriveArgs) -> Result<DeriveFormat, Stop> {
    if let Some(format) = arguments.format {
        return Ok(format);
    }
    if let Some(path) = &arguments.templates.template {
        return match arguments.templates.extension() {
            Some("tex") => Ok(DeriveFormat::Latex),
            Some("md") => Ok(DeriveFormat::Markdown),
            Some("html") => Ok(DeriveFormat::Html),
            Some("txt") => Ok(DeriveFormat::Text),
            _ => Err(unknown_format(path)),
        };
    }
    let Some(path) = &arguments.output else { return Ok(DeriveFormat::Text) };
    match path.extension().and_then(|e| e.to_str()) {
        Some("tex") => Ok(DeriveFormat::Latex),
        Some("pdf") => Ok(DeriveFormat::Pdf),
        Some("md") => Ok(DeriveFormat::Markdown),
        Some("html") => Ok(DeriveFormat::Html),
        Some("ipynb") => Ok(DeriveFormat::Notebook),
        Some("txt") => Ok(DeriveFormat::Text),
        Some("py") => Ok(DeriveFormat::Numpy),
        Some("json") => Ok(DeriveFormat::Json),
        _ => {
            let message = format!("the format of {} is not known from its extension", path.display());
            complain(message, Some("use .tex, .pdf, .md, .html, .ipynb, .txt, .py or .json, or give --format"));
            Err(Stop::Unusable)
        }
    }
}

fn study(target: &Target, (sizes, limits): (&Sizes, &Limits)) -> Result<Study, Stop> {
    Study::within(&target.statements, target.base, sizes, limits).map_err(|wrong| unusable(&target.source, &wrong))
}

fn arrays(study: &Study, wrt: &[String], target: &Target) -> Result<Vec<Name>, Stop> {
    let names: Vec<Name> = wrt.iter().flat_map(|w| w.split(',')).filter(|w| !w.is_empty()).map(Name::from).collect();
    for name in &names {
        study.differentiable(name, Span::default()).map_err(|mut wrong| {
            wrong.places.clear();
            unusable(&target.source, &[wrong])
        })?;
    }
    Ok(names)
}

/// A write-up, and the answers that were not finished.
fn writeup(
    target: &Target,
    (sizes, limits): (&Sizes, &Limits),
    wrt: &[String],
    arguments: &DeriveArgs,
    (format, engine): (DeriveFormat, Engine),
) -> Result<(String, Vec<String>), Stop> {
    let layout = arguments.matrix.then(|| arguments.layout.unwrap_or(MatrixLayout::Shape).into());
    let mut study = study(target, (sizes, limits))?.printed(arguments.printing.into()).with_matrices(layout);
    let goals = study.goals(&arrays(&study, wrt, target)?);
    let most = limits.of(Limit::Answers);
    if goals.len() > most {
        let message = format!("there are {} answers; at most {most} are derived at once", goals.len());
        complain(message, Some(&limits.hint(Limit::Answers, "--wrt chooses the arrays, `output` the outputs")));
        return Err(Stop::Unusable);
    }
    let goals = study.with_adjoints(&goals);
    let text = written(&mut study, &goals, (target, sizes, limits), arguments, (format, engine))?;
    let open: Vec<String> = study.open().iter().map(goal_name).collect();
    if open.len() == goals.len() { Err(unfinished(&open)) } else { Ok((text, open)) }
}

/// A write-up of the goals that are finished in time; the others are said to be open.
fn written(
    study: &mut Study,
    goals: &[Goal],
    (target, sizes, limits): (&Target, &Sizes, &Limits),
    arguments: &DeriveArgs,
    (format, engine): (DeriveFormat, Engine),
) -> Result<String, Stop> {
    let failed = |error: NoAnswer| refuse(error, (target, limits));
    if let (DeriveFormat::Text, None, false) = (format, arguments.steps, arguments.templates.given()) {
        let color = arguments.output.is_none() && colours(&std::io::stdout());
        return rows(study, goals, color).map_err(failed);
    }
    if format == DeriveFormat::Json {
        let mut document = json::derivation(study, goals, &target.name, &target.about).map_err(failed)?;
        document.answers.extend(study.open().iter().map(|goal| json::Answer::unfinished(&goal_name(goal))));
        return Ok(json::text(&document));
    }
    let templates = arguments.templates.read(limits)?;
    let level = arguments.steps.unwrap_or(Steps::Main).into();
    let mut document = answers(study, goals, &target.about, level).map_err(failed)?;
    let own = templates.document.is_some();
    if own || matches!(format, DeriveFormat::Notebook | DeriveFormat::Html) {
        document.title = target.name.clone();
    }
    let format = match format {
        DeriveFormat::Notebook => {
            let done = &goals[..goals.len() - study.open().len()];
            let again = Study::within(&target.statements, target.base, sizes, &limits.untimed());
            let again = again.map_err(|wrong| unusable(&target.source, &wrong))?.printed(arguments.printing.into());
            let check = check((0, 0, None), again, done);
            return notebook(&document, &[check], &templates).map_err(unrendered);
        }
        DeriveFormat::Latex if !arguments.standalone && !own => {
            document.label = arguments.label.clone();
            Format::LatexFragment(arguments.width.unwrap_or(Width::COLUMN).0)
        }
        DeriveFormat::Latex | DeriveFormat::Pdf => {
            document.title = target.name.clone();
            Format::Latex
        }
        DeriveFormat::Markdown => Format::MarkdownFragment,
        DeriveFormat::Html => Format::Html(engine),
        DeriveFormat::Text | DeriveFormat::Numpy | DeriveFormat::Torch | DeriveFormat::Json => Format::Text,
    };
    let color = arguments.output.is_none() && colours(&std::io::stdout());
    render_with(&document, format, color, &templates).map_err(unrendered)
}

/// A module for every size where that can be derived, for the given sizes otherwise.
fn code(
    target: &Target,
    (sizes, limits): (&Sizes, &Limits),
    wrt: &[String],
    library: (Dialect, bool),
) -> Result<String, Stop> {
    let given = study(target, (sizes, limits))?;
    let wanted = arrays(&given, wrt, target)?;
    let defaults = given.system.given.clone();
    let code = |study: Study| {
        let goals = study.goals(&wanted);
        module(library, study.without_letters(), &goals, &defaults, &target.name)
    };
    let all = Sizes { general: true, ..Sizes::default() };
    let general = match defaults.is_empty() {
        true => None,
        false => Study::within(&target.statements, target.base, &all, limits).ok().and_then(|study| code(study).ok()),
    };
    match general {
        Some(text) => Ok(text),
        None => code(given).map_err(|error| refuse(error, (target, limits))),
    }
}

fn refuse(error: NoAnswer, (target, limits): (&Target, &Limits)) -> Stop {
    match error {
        NoAnswer::Refused(diagnostic) => unusable(&target.source, &[diagnostic]),
        NoAnswer::Unverified(unverified) if unverified.is_unfinished() => unfinished(&[unverified.answer]),
        NoAnswer::Unverified(unverified) => {
            let usual = "what is not verified is not printed; smaller sizes, or --general, may do";
            complain(unverified.to_string(), Some(unverified.remedy(limits).as_deref().unwrap_or(usual)));
            Stop::Refuted
        }
    }
}
