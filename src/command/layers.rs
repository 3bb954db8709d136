//! `backprose layers`: the catalogue.

use super::derive::answered;
use super::input::{catalogue, of_catalogue};
use super::output::{print, print_plain};
use super::parallel::in_order;
use super::report::complain;
use super::{ListFormat, Stop};
use backprose::catalogue::Catalogue;
use backprose::diagnostic::nearest;
use backprose::limits::Limits;
use backprose::writeup::{harmless_lines, markdown_source};
use std::path::PathBuf;

/// What the page of the catalogue begins with.
const ABOUT: &str = "# The catalogue

Every layer that comes with the program: its definition, and what is derived from it, each answer verified when this
page was made (`backprose layers --format markdown`). A layer can be called by name in any system, and derived by name:
`backprose derive conv1d N=7 C=5 F=1 K=3 S=2 --steps main`.
";

/// The names of the layers that come with the program.
pub fn names() -> Vec<String> {
    Catalogue::built_in().names().iter().map(|name| name.to_string()).collect()
}

/// Lists the layers, or prints one: its text, or a section of the catalogue's page.
pub fn layers(name: Option<&str>, format: ListFormat, folders: &[PathBuf]) -> Result<(), Stop> {
    let catalogue = catalogue(folders, &Limits::default())?;
    let names: Vec<String> = catalogue.names().iter().map(|name| name.to_string()).collect();
    if let Some(unknown) = name.filter(|name| catalogue.find(name).is_none()) {
        let hint = nearest(unknown, names.iter().map(String::as_str)).map(|guess| format!("did you mean `{guess}`?"));
        complain(format!("there is no layer `{unknown}`"), hint.as_deref().or(Some("`backprose layers` lists them")));
        return Err(Stop::Unusable);
    }
    match (format, name) {
        (ListFormat::Text, Some(name)) => print_plain(catalogue.find(name).map_or("", |(_, _, text)| text)),
        (ListFormat::Text, None) => print_plain(&list(&catalogue, &names)),
        (ListFormat::Markdown, Some(name)) => print(&section(&catalogue, name)?),
        (ListFormat::Markdown, None) => {
            print(ABOUT)?;
            let work = |(): &mut (), name: &String| section(&catalogue, name);
            in_order(&names, || (), work, |section| print(format!("\n{}", section?)))
        }
    }
}

/// A line a layer: name and sentence.
fn list(catalogue: &Catalogue, names: &[String]) -> String {
    let width = names.iter().map(|n| n.chars().count()).max().unwrap_or(0);
    let line = |name: &String| {
        let about = catalogue.find(name).map_or(String::new(), |(layer, ..)| layer.about.clone());
        format!("{name:width$}  {about}\n")
    };
    names.iter().map(line).collect()
}

/// A layer in Markdown: its sentence, its definition, its answers.
fn section(catalogue: &Catalogue, name: &str) -> Result<String, Stop> {
    let Some(target) = of_catalogue(name, catalogue).transpose()? else { return Ok(String::new()) };
    let definition = target.source.text.split("\ntest ").next().unwrap_or_default().trim();
    let answers = answered(&target)?;
    let (about, definition) = (markdown_source(&target.about), harmless_lines(definition));
    let fence = "`".repeat(longest_run(&definition, '`').max(2) + 1);
    Ok(format!("## {name}\n\n{about}\n\n{fence}bp\n{definition}\n{fence}\n\n```text\n{}\n```\n", answers.trim_end()))
}

/// How often a character stands in a row at most.
fn longest_run(text: &str, of: char) -> usize {
    text.split(|c| c != of).map(str::len).max().unwrap_or(0)
}
