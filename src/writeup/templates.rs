//! Templates: the built-in ones, and a user's own in their place.
//!
//! A template is a name and a text. Nothing here reads a file: what a template includes is among the
//! templates given, or it is refused. Everything a template sees is escaped for its format already, so
//! that Tera's own escaping is off.

use super::render::RenderError;
use crate::diagnostic::{Diagnostic, Span, nearest};
use include_dir::{Dir, include_dir};
use tera::{Delimiters, ErrorKind, Tera};

static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// The extensions of templates.
pub const EXTENSIONS: &[&str] = &["tex", "md", "html", "css", "txt", "svg", "js"];

const TEX: [&str; 6] = ["<%", "%>", "<<", ">>", "<#", "#>"];
const PLAIN: [&str; 6] = ["{%", "%}", "{{", "}}", "{#", "#}"];
const REFERENCE: &str = "docs/templates.md names every field";

/// A template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// What others include it by: `markdown/block.md`.
    pub name: String,
    /// What it is called in complaints: its file.
    pub file: String,
    /// Its text.
    pub text: String,
}

/// The templates of a user. Those for TeX (in a format of TeX, or named `*.tex`) use `<< >>`, `<% %>` and
/// `<# #>`, all others `{{ }}`, `{% %}` and `{# #}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Templates {
    /// What a document is put through, in place of its format's own template.
    pub document: Option<Template>,
    /// What may be included; one that is named like a built-in template replaces it.
    pub others: Vec<Template>,
}

/// The built-in templates.
pub fn built_in() -> Vec<Template> {
    let mut found = Vec::new();
    collect(&BUILT_IN, &mut found);
    found
}

fn collect(folder: &'static Dir<'static>, found: &mut Vec<Template>) {
    for file in folder.files() {
        let name = file.path().to_string_lossy().replace('\\', "/");
        if let (true, Some(text)) = (is_template(&name), file.contents_utf8()) {
            found.push(Template { file: format!("the built-in template {name}"), name, text: text.into() });
        }
    }
    folder.dirs().for_each(|inner| collect(inner, found));
}

/// Whether a file of this name is a template.
pub fn is_template(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, extension)| EXTENSIONS.contains(&extension))
}

impl Templates {
    /// Tera with all templates for TeX, or with all others; and the name by which it knows the template of
    /// the document, `usual` if that is no template of the user's own.
    ///
    /// # Errors
    /// The first template that cannot be read.
    pub(super) fn instance(&self, tex: bool, usual: &str) -> Result<(Tera, String), RenderError> {
        let mut tera = Tera::default();
        tera.autoescape_on(Vec::<&str>::new());
        let signs = if tex { TEX } else { PLAIN };
        let [block_start, block_end, variable_start, variable_end, comment_start, comment_end] = signs.map(Into::into);
        let delimiters =
            Delimiters { block_start, block_end, variable_start, variable_end, comment_start, comment_end };
        tera.set_delimiters(delimiters).map_err(|error| self.refused(&error))?;
        let fitting = |template: &&Template| template.name.ends_with(".tex") == tex;
        let built_in = built_in();
        let files = built_in.iter().chain(&self.others).filter(fitting);
        let files: Vec<(&str, &str)> = files.map(|file| (file.name.as_str(), file.text.as_str())).collect();
        tera.add_raw_templates(files).map_err(|error| self.refused(&error))?;
        let Some(own) = &self.document else { return Ok((tera, usual.into())) };
        if !signs[..3].iter().step_by(2).any(|sign| own.text.contains(sign)) {
            let wrong = Diagnostic::general(format!("{} says nothing of the document", own.file));
            let hint = format!("the signs of this format are {} {} and {} {}", signs[2], signs[3], signs[0], signs[1]);
            return Err(RenderError::Template { at: None, wrong: wrong.hint(hint) });
        }
        tera.add_raw_template(&own.name, &own.text).map_err(|error| self.refused(&error))?;
        Ok((tera, own.name.clone()))
    }

    /// What Tera says, with the place in the template and a hint.
    pub(super) fn refused(&self, error: &tera::Error) -> RenderError {
        let (message, place) = match error.kind() {
            ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
                (report.message().to_string(), Some((report.filename().to_string(), report.span().range.clone())))
            }
            ErrorKind::Msg(text) => {
                let message = text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_string();
                let place = text.lines().nth(1).and_then(|line| self.place(line));
                (message, place)
            }
            kind => (kind.to_string(), None),
        };
        let (message, hint) = worded(&message, &self.names());
        let at = place.as_ref().and_then(|(name, _)| self.find(name)).map(Box::new);
        let wrong = match place {
            Some((_, range)) if at.is_some() => Diagnostic::new(message, Span::new(range.start, range.end)),
            _ => Diagnostic::general(message),
        };
        RenderError::Template { at, wrong: wrong.hint(hint) }
    }

    /// The place that a line such as ` --> name:3:14` tells: a template, and a stretch of its text.
    fn place(&self, line: &str) -> Option<(String, std::ops::Range<usize>)> {
        let mut parts = line.trim_start().strip_prefix("--> ")?.rsplitn(3, ':');
        let (column, row) = (parts.next()?.parse::<usize>().ok()?, parts.next()?.parse::<usize>().ok()?);
        let name = parts.next()?.to_string();
        let text = self.find(&name)?.text;
        let mut lines = text.split_inclusive('\n');
        let before: usize = lines.by_ref().take(row.saturating_sub(1)).map(str::len).sum();
        let line = lines.next()?.trim_end_matches(['\n', '\r']);
        let start = line.char_indices().nth(column.saturating_sub(1)).map_or(line.len(), |(at, _)| at);
        Some((name, before + start..before + line.len()))
    }

    fn find(&self, name: &str) -> Option<Template> {
        let own = self.document.iter().chain(&self.others).find(|template| template.name == name).cloned();
        own.or_else(|| built_in().into_iter().find(|template| template.name == name))
    }

    fn names(&self) -> Vec<String> {
        self.others.iter().cloned().chain(built_in()).map(|template| template.name).collect()
    }
}

/// A sentence of Tera's, and what would mend it.
fn worded(message: &str, templates: &[String]) -> (String, String) {
    let quoted = message.split('`').nth(1).unwrap_or_default();
    let unknown_template = message.starts_with("Unknown template");
    let (sentence, known) = match message.split_once(". Available ") {
        Some((sentence, list)) => (sentence, list.split_once(": ").map_or("", |(_, names)| names)),
        None => (message, ""),
    };
    let mut known: Vec<&str> = known.split(", ").filter(|name| !name.is_empty()).collect();
    if unknown_template {
        known = templates.iter().map(String::as_str).collect();
    }
    known.sort_unstable();
    let hint = match nearest(quoted, known.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None if unknown_template => {
            "a template includes the built-in ones and those of --templates, nothing else".into()
        }
        None if known.is_empty() => REFERENCE.into(),
        None => format!("there are {}; {REFERENCE}", known.join(", ")),
    };
    let mut letters = sentence.chars();
    let first = letters.next().map(|letter| letter.to_lowercase().to_string()).unwrap_or_default();
    (first + letters.as_str(), hint)
}
