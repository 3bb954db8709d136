//! `backprose draw`: a picture of one layer or formula.

use super::input::{Target, sizes, target};
use super::output::{print, write};
use super::report::{complain, unusable};
use super::{DrawArgs, DrawFormat, Stop};
use backprose::language::syntax::Name;
use backprose::model::Sizes;
use backprose::study::{NoAnswer, Study};
use backprose::writeup::figure::{Asked, Figure, Form, What, figure, small};
use std::path::{Path, PathBuf};

/// How long axes may be where sizes are chosen, tried one after the other.
const LENGTHS: [i128; 3] = [6, 4, 3];

/// Draws what is asked for and prints it.
pub fn draw(arguments: &DrawArgs, folders: &[PathBuf]) -> Result<(), Stop> {
    let form = form(arguments)?;
    let asked = asked(arguments)?;
    let chosen = sizes(&arguments.sizes, false)?;
    let target = target(&arguments.target, folders)?;
    let drawn = drawn(&target, &chosen, &asked)?;
    let text = drawn.written(form).map_err(|wrong| unusable(&target.source, &[wrong]))?;
    match &arguments.output {
        Some(path) => write(path, text),
        None => print(text),
    }
}

fn asked(arguments: &DrawArgs) -> Result<Asked, Stop> {
    let what = What::from(arguments.what);
    let stray = |option: &str, of: &str| {
        complain(
            format!("{option} is about {of}, which is not drawn here"),
            Some("leave it out, or choose another --what"),
        );
        Err(Stop::Unusable)
    };
    if arguments.steps.is_some() && !matches!(what, What::Unrolled | What::Adjoint) {
        return stray("--steps", "--what unrolled and --what adjoint");
    }
    if arguments.wrt.is_some() && !matches!(what, What::Reads | What::Jacobian) {
        return stray("--wrt", "--what reads and --what jacobian");
    }
    if arguments.whole && what != What::Jacobian {
        return stray("--whole", "--what jacobian");
    }
    if arguments.of.is_some() && what == What::Adjoint {
        return stray("--of", "one array, and the flow of the adjoint begins at all outputs");
    }
    if arguments.steps == Some(0) && what == What::Unrolled {
        complain("a recurrence cannot be unrolled over no steps", Some("--what graph draws it folded"));
        return Err(Stop::Unusable);
    }
    let name = |given: &Option<String>| given.as_deref().map(Name::from);
    let steps = arguments.steps.map(usize::from);
    Ok(Asked { what, of: name(&arguments.of), wrt: name(&arguments.wrt), steps, whole: arguments.whole })
}

/// The form that is asked for, or that of the extension of the file; SVG if neither says one.
fn form(arguments: &DrawArgs) -> Result<Form, Stop> {
    let format = match (arguments.format, &arguments.output) {
        (Some(format), _) => format,
        (None, None) => DrawFormat::Svg,
        (None, Some(path)) => of_extension(path)?,
    };
    if arguments.standalone && format != DrawFormat::Tikz {
        complain("--standalone is about tikz, which is not written here", Some("add --format tikz"));
        return Err(Stop::Unusable);
    }
    Ok(match format {
        DrawFormat::Svg => Form::Svg,
        DrawFormat::Tikz => Form::Tikz { alone: arguments.standalone },
        DrawFormat::Mermaid => Form::Mermaid,
    })
}

fn of_extension(path: &Path) -> Result<DrawFormat, Stop> {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("svg") => Ok(DrawFormat::Svg),
        Some("tex" | "tikz") => Ok(DrawFormat::Tikz),
        Some("mmd" | "mermaid") => Ok(DrawFormat::Mermaid),
        _ => {
            let message = format!("the format of {} is not known from its extension", path.display());
            complain(message, Some("use .svg, .tex or .mmd, or give --format"));
            Err(Stop::Unusable)
        }
    }
}

/// The figure, with numbers for all sizes where it needs them: those with which it can be read.
fn drawn(target: &Target, chosen: &Sizes, asked: &Asked) -> Result<Figure, Stop> {
    let study = |sizes: &Sizes| {
        let made = Study::new(&target.statements, target.base, sizes);
        made.map(Study::without_lengths).map_err(|wrong| unusable(&target.source, &wrong))
    };
    let mut made = study(chosen)?;
    if !asked.what.needs_numbers() || made.system.sizes.is_empty() {
        return figure(&mut made, asked).map_err(|error| refuse(error, target));
    }
    let mut first = None;
    for long in LENGTHS {
        let Some(numbers) = small(&made.system, long) else { continue };
        let mut all = chosen.clone();
        all.given.extend(numbers.into_iter().map(|(size, number)| (size, Some(number))));
        match figure(&mut study(&all)?, asked) {
            Ok(drawn) => return Ok(drawn),
            Err(error) => first = first.or(Some(error)),
        }
    }
    Err(match first {
        Some(error) => refuse(error, target),
        None => {
            complain("no small sizes were found that satisfy all requirements", Some("give them: N=7 K=3"));
            Stop::Unusable
        }
    })
}

fn refuse(error: NoAnswer, target: &Target) -> Stop {
    match error {
        NoAnswer::Refused(diagnostic) => unusable(&target.source, &[diagnostic]),
        NoAnswer::Unverified(unverified) => {
            complain(unverified.to_string(), Some("what is not verified is not drawn; smaller sizes may do"));
            Stop::Refuted
        }
    }
}
