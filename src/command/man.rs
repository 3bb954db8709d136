//! `backprose man`: the manual, one page for the program and one for each command, made from the
//! same declarations as `--help`.

use super::output::{print, write};
use super::report::complain;
use super::{Cli, Stop};
use clap::{Command, CommandFactory};
use clap_mangen::Man;
use std::path::Path;

const EXIT_STATUS: &str = ".SH \"EXIT STATUS\"\n.TP\n\\fB0\\fR\neverything is good\n.TP\n\\fB1\\fR\nsomething is \
                           refuted, or could not be verified\n.TP\n\\fB2\\fR\nthe input or the usage is wrong\n";

/// Prints all pages, or writes each into a folder.
pub fn man(folder: Option<&Path>) -> Result<(), Stop> {
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    let version = program.get_version().unwrap_or_default().to_string();
    let commands = std::iter::once(&program).chain(program.get_subcommands());
    let pages = commands.map(|command| page(command, &version)).collect::<std::io::Result<Vec<_>>>();
    let pages = pages.map_err(|error| {
        complain(format!("the manual cannot be written: {error}"), None);
        Stop::Unusable
    })?;
    let Some(folder) = folder else {
        return print(pages.into_iter().map(|(_, text)| text).collect::<String>());
    };
    for (name, text) in &pages {
        write(&folder.join(name), text)?;
    }
    let names: Vec<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
    print(format!("wrote {} to {}\n", names.join(", "), folder.display()))
}

/// File name and text of the page of one command.
fn page(command: &Command, version: &str) -> std::io::Result<(String, String)> {
    let examples = command.get_after_help().map(|help| help.to_string()).unwrap_or_default();
    let man = Man::new(command.clone().author(None)).source(format!("backprose {version}")).manual("Backprose");
    let mut roff = Vec::new();
    man.render_title(&mut roff)?;
    man.render_name_section(&mut roff)?;
    man.render_synopsis_section(&mut roff)?;
    man.render_description_section(&mut roff)?;
    man.render_options_section(&mut roff)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut roff)?;
    }
    let text = String::from_utf8_lossy(&roff).into_owned() + &verbatim(&examples) + EXIT_STATUS;
    Ok((man.get_filename(), text))
}

/// Examples as they stand below `--help`, line by line, and the sentences after them.
fn verbatim(help: &str) -> String {
    let Some((title, lines)) = help.split_once('\n') else { return String::new() };
    let (examples, rest): (Vec<&str>, Vec<&str>) = lines.lines().partition(|line| line.starts_with(' '));
    let escaped = |line: &str| {
        let plain = line.trim().replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq");
        if plain.starts_with('.') { format!("\\&{plain}\n") } else { format!("{plain}\n") }
    };
    let section = title.trim_end_matches(':').to_uppercase();
    let shown: String = examples.iter().map(|line| escaped(line)).collect();
    let sentences: String = rest.iter().map(|line| escaped(line)).collect();
    let sentences = if sentences.is_empty() { sentences } else { format!(".PP\n{sentences}") };
    format!(".SH {section}\n.nf\n.RS 2\n{shown}.RE\n.fi\n{sentences}")
}
