//! `backprose hint`: the next step of a derivation, and no more.

use super::input::{catalogue, read, specification, the_homework};
use super::output::{print, print_plain};
use super::report::{colours, complain, unusable};
use super::{ExplainFormat, HintArgs, Stop};
use backprose::calculus::Printing;
use backprose::exam::{self, Unhinted};
use backprose::language::print::{Alphabet, answer};
use backprose::language::syntax::{AnswerKind, Homework};
use backprose::writeup::outline::{Level, Style};
use backprose::writeup::render::{Format, render};

/// Every question with what it asks for.
fn list(homework: &Homework) -> String {
    let asked = exam::asked(homework);
    let width = asked.iter().map(|place| place.name().chars().count()).max().unwrap_or(0);
    let line = |place: &exam::Asked| {
        let derived = place.answers().iter().filter(|a| !matches!(a.kind, AnswerKind::Text(_)));
        let answers: Vec<String> = derived.map(|a| answer(a, Alphabet::Ascii)).collect();
        let what = if answers.is_empty() { "in words, without steps".into() } else { answers.join(", ") };
        format!("{:width$}  {what}\n", place.name())
    };
    asked.iter().map(line).collect()
}

/// Shows one step of the derivation that a question asks for.
pub fn hint(arguments: &HintArgs, folders: &[std::path::PathBuf]) -> Result<(), Stop> {
    let limits = arguments.limits.read()?;
    let source = read(&arguments.file, &limits)?;
    let file =
        specification(&source, &catalogue(folders, &limits)?, &limits).map_err(|wrong| unusable(&source, &wrong))?;
    let homework = the_homework(&file.items, &source.name)?;
    let Some(question) = &arguments.question else { return print_plain(&list(homework)) };
    let (place, answers) = exam::find(homework, question).map_err(|wrong| {
        complain(&*wrong.message, wrong.hint.as_deref());
        Stop::Unusable
    })?;
    let style = Style { level: Level::Main, printing: Printing::from(arguments.printing) };
    let hint = exam::hint(homework, file.base.unwrap_or(1), (place, answers), arguments.step, style, &limits);
    let hint = hint.map_err(|why| match why {
        Unhinted::Refused(wrong) => unusable(&source, &wrong),
        Unhinted::Unverified(unverified) => {
            complain(unverified.to_string(), unverified.remedy(&limits).as_deref());
            Stop::Refuted
        }
        Unhinted::NoSteps => {
            complain(format!("{} is answered in words, without steps", place.name()), None);
            Stop::Unusable
        }
        Unhinted::Beyond(last) => {
            let steps = if last == 1 { "one step".into() } else { format!("{last} steps") };
            complain(format!("{question} has {steps}"), Some(&format!("the last is --step {last}")));
            Stop::Unusable
        }
    })?;
    let format = match arguments.format {
        ExplainFormat::Text => Format::Text,
        ExplainFormat::Markdown => Format::MarkdownFragment,
    };
    let text = render(&hint.document, format, colours(&std::io::stdout())).map_err(|error| {
        complain(error.to_string(), None);
        Stop::Unusable
    })?;
    print(&text)
}
