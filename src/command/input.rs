//! Reading: files, standard input, and what a target on the command line means.

use super::Stop;
use super::folder::ends;
use super::report::{Source, complain, unusable};
use backprose::catalogue::Catalogue;
use backprose::diagnostic::{Diagnostics, few, nearest};
use backprose::language::parse::parse_file_within;
use backprose::language::syntax::{File, Homework, Item, Layer, Name, Statement};
use backprose::limits::{Limit, Limits};
use backprose::model::Sizes;
use backprose::model::compose::{compose_within, composed_layer};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The statements of one layer or formula.
pub struct Target {
    /// What it is called.
    pub name: String,
    /// The sentence about it.
    pub about: String,
    /// Its statements.
    pub statements: Vec<Statement>,
    /// The index base of its file.
    pub base: i64,
    /// The text it came from.
    pub source: Source,
}

/// What is wrong, and a likely repair.
pub type Complaint = (String, Option<String>);

/// The text of a file, or of standard input for `-`.
pub fn read(path: &Path, limits: &Limits) -> Result<Source, Stop> {
    text_of(path, limits).map_err(complained)
}

/// Shows a complaint.
pub fn complained((message, hint): Complaint) -> Stop {
    complain(message, hint.as_deref());
    Stop::Unusable
}

/// The text of a file, or of standard input for `-`, if it is not longer than a file of its kind may be.
pub fn text_of(path: &Path, limits: &Limits) -> Result<Source, Complaint> {
    let limit = if ends(path, &["ipynb"]) { Limit::NotebookBytes } else { Limit::DocumentBytes };
    let most = limits.of(limit) as u64;
    let name = if path == Path::new("-") { "standard input".to_string() } else { path.display().to_string() };
    let mut bytes = Vec::new();
    let result = if path == Path::new("-") {
        std::io::stdin().lock().take(most + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(most + 1).read_to_end(&mut bytes))
    };
    if let Err(error) = result {
        return Err((format!("{name} cannot be read: {error}"), None));
    }
    if bytes.len() as u64 > most {
        let hint = limits.hint(limit, "is this the right file? Divide it");
        return Err((format!("{name} has more than {most} bytes"), Some(hint)));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Source { name, text }),
        Err(error) => {
            let place = error.utf8_error().valid_up_to();
            Err((format!("{name} is not UTF-8 text (byte {})", place + 1), None))
        }
    }
}

/// The catalogue with the folders given.
pub fn catalogue(folders: &[PathBuf], limits: &Limits) -> Result<Catalogue, Stop> {
    let mut catalogue = Catalogue::built_in();
    for folder in folders {
        let mut files: Vec<PathBuf> = match std::fs::read_dir(folder) {
            Ok(entries) => entries.filter_map(|e| e.ok().map(|e| e.path())).collect(),
            Err(error) => {
                complain(format!("{} cannot be read: {error}", folder.display()), None);
                return Err(Stop::Unusable);
            }
        };
        files.retain(|f| f.extension().is_some_and(|e| e == "bp"));
        files.sort();
        stays_inside(folder, &files)?;
        for file in files {
            if std::fs::metadata(&file).is_ok_and(|found| !found.is_file()) {
                complain(format!("{} is not a file", file.display()), Some("files of layers end in .bp"));
                return Err(Stop::Unusable);
            }
            let source = read(&file, limits)?;
            catalogue.add_within(&source.text, limits).map_err(|wrong| unusable(&source, &wrong))?;
        }
    }
    Ok(catalogue)
}

/// Complains about a link that leads out of a folder.
pub fn stays_inside(folder: &Path, files: &[PathBuf]) -> Result<(), Stop> {
    let Some(outside) = files.iter().find(|file| !is_inside(folder, file)) else { return Ok(()) };
    complain(format!("{} leads out of the folder", outside.display()), Some("copy the file into the folder"));
    Err(Stop::Unusable)
}

/// Whether a file is in a folder, links followed; one that cannot be followed is left to whoever reads it.
pub fn is_inside(folder: &Path, file: &Path) -> bool {
    match (folder.canonicalize(), file.canonicalize()) {
        (Ok(folder), Ok(file)) => file.starts_with(folder),
        _ => true,
    }
}

/// The specification that a text holds, its layer calls written out.
pub fn specification(source: &Source, catalogue: &Catalogue, limits: &Limits) -> Result<File, Diagnostics> {
    compose_within(&parse_file_within(&source.text, limits)?, catalogue, limits)
}

/// What a target means: `-`, a formula, FILE[:LAYER], or a layer of the catalogue.
pub fn target(given: &str, folders: &[PathBuf], limits: &Limits) -> Result<Target, Stop> {
    if given == "-" {
        return from_text(read(Path::new("-"), limits)?, None, folders, limits);
    }
    if given.contains(['=', '[', '\n']) && !Path::new(given).exists() {
        return from_text(Source { name: "formula".into(), text: given.into() }, None, folders, limits);
    }
    let split = given.rsplit_once(':').filter(|_| !Path::new(given).exists());
    let (path, layer) = split.map_or((given, None), |(path, layer)| (path, Some(layer)));
    if Path::new(path).is_file() {
        return from_text(read(Path::new(path), limits)?, layer, folders, limits);
    }
    let catalogue = catalogue(folders, limits)?;
    of_catalogue(given, &catalogue).unwrap_or_else(|| Err(complained(unknown(given, path, &catalogue))))
}

/// A layer of the catalogue; none if it has none of that name.
pub fn of_catalogue(name: &str, catalogue: &Catalogue) -> Option<Result<Target, Stop>> {
    let (_, _, text) = catalogue.find(name)?;
    let source = Source { name: format!("{name}.bp"), text: text.to_string() };
    let layer = composed_layer(name, catalogue)?.map_err(|wrong| unusable(&source, &wrong));
    Some(layer.map(|(layer, base)| of_layer(&layer, base, source)))
}

/// That a target is neither a file nor a layer.
pub fn unknown(given: &str, path: &str, catalogue: &Catalogue) -> Complaint {
    let known = catalogue.names();
    let hint = match nearest(given, known.iter().map(|n| &**n)) {
        Some(guess) => format!("did you mean `{guess}`?"),
        None => "`backprose layers` lists the catalogue; a formula looks like 'x[7]; y[i] = 2*x[i]'".into(),
    };
    let what = if path.ends_with(".bp") || path.contains('/') { "file" } else { "layer" };
    (format!("there is no {what} `{path}`"), Some(hint))
}

fn of_layer(layer: &Layer, base: i64, source: Source) -> Target {
    Target {
        name: layer.name.to_string(),
        about: layer.about.clone(),
        statements: layer.statements.clone(),
        base,
        source,
    }
}

fn from_text(source: Source, wanted: Option<&str>, folders: &[PathBuf], limits: &Limits) -> Result<Target, Stop> {
    let file =
        specification(&source, &catalogue(folders, limits)?, limits).map_err(|wrong| unusable(&source, &wrong))?;
    let base = file.base.unwrap_or(1);
    match chosen(&file, wanted, &source.name).map_err(complained)? {
        Some(layer) => Ok(of_layer(layer, base, source)),
        None => {
            let statements = file.statements.clone();
            Ok(Target { name: "formula".into(), about: String::new(), statements, base, source })
        }
    }
}

/// The layer of a file that is wanted, or the only one; none if the file holds statements of its own.
pub fn chosen<'f>(file: &'f File, wanted: Option<&str>, name: &str) -> Result<Option<&'f Layer>, Complaint> {
    let layers = layers_of(file);
    if let Some(wanted) = wanted {
        return layers.iter().find(|l| &*l.name == wanted).map(|layer| Some(*layer)).ok_or_else(|| {
            let guess = nearest(wanted, layers.iter().map(|l| &*l.name)).map(|g| format!("did you mean `{g}`?"));
            (format!("{name} has no layer `{wanted}`"), guess)
        });
    }
    match (layers.as_slice(), file.statements.is_empty()) {
        (_, false) => Ok(None),
        ([only], true) => Ok(Some(only)),
        ([], true) => {
            let hint = "a homework is for `backprose solve`, tests are for `backprose check`";
            Err((format!("{name} holds no layer and no formula"), Some(hint.into())))
        }
        (several, true) => {
            let names: Vec<&str> = several.iter().map(|l| &*l.name).collect();
            let hint = format!("name one: {name}:{}", names[0]);
            Err((format!("{name} holds the layers {}", few(&names)), Some(hint)))
        }
    }
}

fn layers_of(file: &File) -> Vec<&Layer> {
    file.items
        .iter()
        .filter_map(|item| match item {
            Item::Layer(layer) => Some(layer),
            Item::Homework(_) | Item::Test(_) => None,
        })
        .collect()
}

/// The sizes given as SIZE=VALUE.
pub fn sizes(given: &[String], general: bool) -> Result<Sizes, Stop> {
    let mut sizes = Sizes { general, ..Sizes::default() };
    for argument in given {
        let Some((name, value)) = argument.split_once('=') else {
            complain(format!("`{argument}` is not of the form SIZE=VALUE"), Some("for example N=7"));
            return Err(Stop::Unusable);
        };
        let (name, value) = (name.trim(), value.trim());
        let chosen = match value.parse::<i128>() {
            Ok(number) => Some(number),
            Err(_) if value == name => None,
            Err(_) => {
                let hint = format!("give a whole number, or {name}={name} to keep it a symbol");
                complain(format!("{name} cannot be `{value}`"), Some(&hint));
                return Err(Stop::Unusable);
            }
        };
        if sizes.given.insert(Name::from(name), chosen).is_some() {
            complain(format!("{name} is given twice"), None);
            return Err(Stop::Unusable);
        }
    }
    Ok(sizes)
}

/// The only homework of a file.
pub fn the_homework<'a>(items: &'a [Item], name: &str) -> Result<&'a Homework, Stop> {
    let mut homeworks = items.iter().filter_map(|item| match item {
        Item::Homework(homework) => Some(homework),
        Item::Layer(_) | Item::Test(_) => None,
    });
    match (homeworks.next(), homeworks.next()) {
        (Some(only), None) => Ok(only),
        (Some(_), Some(_)) => {
            complain(format!("{name} holds several homeworks"), Some("put each into a file of its own"));
            Err(Stop::Unusable)
        }
        (None, _) => {
            let hint = "a layer is for `backprose derive`, tests are for `backprose check`";
            complain(format!("{name} holds no homework"), Some(hint));
            Err(Stop::Unusable)
        }
    }
}
