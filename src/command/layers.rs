//! `backprose layers`: the catalogue.

use super::Stop;
use super::input::catalogue;
use super::output::print;
use super::report::complain;
use backprose::catalogue::Catalogue;
use backprose::diagnostic::nearest;
use std::path::PathBuf;

/// The names of the layers that come with the program.
pub fn names() -> Vec<String> {
    Catalogue::built_in().names().iter().map(|name| name.to_string()).collect()
}

/// Lists the layers, or prints the text of one.
pub fn layers(name: Option<&str>, folders: &[PathBuf]) -> Result<(), Stop> {
    let catalogue = catalogue(folders)?;
    let Some(name) = name else {
        let names = catalogue.names();
        let width = names.iter().map(|n| n.chars().count()).max().unwrap_or(0);
        let line = |name: &backprose::language::syntax::Name| {
            let about = catalogue.find(name).map_or(String::new(), |(layer, ..)| layer.about.clone());
            format!("{name:width$}  {about}\n")
        };
        return print(&names.iter().map(line).collect::<String>());
    };
    match catalogue.find(name) {
        Some((_, _, text)) => print(text),
        None => {
            let names = catalogue.names();
            let hint = nearest(name, names.iter().map(|n| &**n)).map(|guess| format!("did you mean `{guess}`?"));
            complain(format!("there is no layer `{name}`"), hint.as_deref().or(Some("`backprose layers` lists them")));
            Err(Stop::Unusable)
        }
    }
}
