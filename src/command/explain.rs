//! `backprose explain`: the rules of the calculus, each with an example derived on the spot.

use super::output::print;
use super::report::{colours, complain};
use super::{ExplainArgs, ExplainFormat, Stop};
use backprose::calculus::{Rule, rules};
use backprose::diagnostic::nearest;
use backprose::study::NoAnswer;
use backprose::writeup::explain::{ABOUT, TITLE, explanation};
use backprose::writeup::render::{Format, render};
use backprose::writeup::wrapped;

/// The names of the rules.
pub fn names() -> Vec<String> {
    rules().iter().map(|rule| rule.name.text().to_string()).collect()
}

/// Lists the rules, or explains one.
pub fn explain(arguments: &ExplainArgs) -> Result<(), Stop> {
    let mut chosen = rules();
    if let Some(name) = &arguments.rule {
        chosen.retain(|rule| rule.name.text() == name);
        if chosen.is_empty() {
            let known = names();
            let hint = nearest(name, known.iter().map(String::as_str)).map(|guess| format!("did you mean `{guess}`?"));
            complain(format!("there is no rule `{name}`"), hint.as_deref().or(Some("`backprose explain` lists them")));
            return Err(Stop::Unusable);
        }
    }
    let text = match (arguments.format, &arguments.rule) {
        (ExplainFormat::Text, None) => list(&chosen, colours(&std::io::stdout())),
        (ExplainFormat::Text, Some(_)) => page(&chosen, Format::Text, TITLE, "")?,
        (ExplainFormat::Markdown, Some(_)) => page(&chosen, Format::Markdown, "", "")?,
        (ExplainFormat::Markdown, None) => page(&chosen, Format::Markdown, TITLE, ABOUT)?,
    };
    print(&text)
}

/// Name and sentence.
fn list(rules: &[Rule], color: bool) -> String {
    let (strong, end) = if color { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
    let width = rules.iter().map(|rule| rule.name.text().chars().count()).max().unwrap_or(0);
    let margin = " ".repeat(width + 2);
    let entry = |rule: &Rule| {
        let lines = wrapped(rule.statement, 80 - width - 2);
        let name = rule.name.text();
        format!("{strong}{name:width$}{end}  {}\n", lines.join(&format!("\n{margin}")))
    };
    rules.iter().map(entry).collect()
}

fn page(rules: &[Rule], format: Format, title: &str, about: &str) -> Result<String, Stop> {
    let failed = |error: NoAnswer| {
        let (message, stop) = match error {
            NoAnswer::Refused(diagnostic) => (diagnostic.to_string(), Stop::Unusable),
            NoAnswer::Unverified(unverified) => (unverified.to_string(), Stop::Refuted),
        };
        complain(message, None);
        stop
    };
    let document = explanation(rules, title, about).map_err(failed)?;
    render(&document, format, colours(&std::io::stdout())).map_err(|error| {
        complain(error.to_string(), None);
        Stop::Unusable
    })
}
