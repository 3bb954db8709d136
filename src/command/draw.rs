//! `backprose draw`: a picture of one layer or formula.

use super::input::{Target, sizes, target};
use super::output::{print, write};
use super::report::{complain, unusable};
use super::{DrawArgs, DrawFormat, Stop};
use backprose::language::syntax::Name;
use backprose::limits::Limits;
use backprose::study::NoAnswer;
use backprose::writeup::figure::{Asked, Form, NoFigure, What, figure};
use std::path::{Path, PathBuf};

/// Draws what is asked for and prints it.
pub fn draw(arguments: &DrawArgs, folders: &[PathBuf]) -> Result<(), Stop> {
    let form = form(arguments)?;
    let asked = asked(arguments)?;
    let chosen = sizes(&arguments.sizes, false)?;
    let target = target(&arguments.target, folders, &Limits::default())?;
    let drawn = figure(&target.statements, target.base, &chosen, &asked).map_err(|error| refuse(error, &target))?;
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
        complain("the flow of the adjoint begins at all outputs, not at one array", Some("leave --of out"));
        return Err(Stop::Unusable);
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

fn refuse(error: NoFigure, target: &Target) -> Stop {
    match error {
        NoFigure::Wrong(wrong) => unusable(&target.source, &wrong),
        NoFigure::Unanswered(NoAnswer::Refused(wrong)) => unusable(&target.source, &[wrong]),
        NoFigure::Unanswered(NoAnswer::Unverified(unverified)) => {
            complain(unverified.to_string(), Some("what is not verified is not drawn; smaller sizes may do"));
            Stop::Refuted
        }
    }
}
