//! `--template` and `--templates`: reading the templates of a user, and nothing outside their folder.

use super::Stop;
use super::input::read;
use super::report::{Source, complain, unusable};
use backprose::limits::{Limit, Limits};
use backprose::writeup::render::RenderError;
use backprose::writeup::templates::{Template, Templates, built_in, is_template};
use clap::Args;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// Templates of the user's own.
#[derive(Args)]
pub struct TemplateArgs {
    /// A template to write with, in one format: that of its extension, or --format.
    #[arg(long, value_name = "FILE")]
    pub template: Option<PathBuf>,
    /// A folder of templates that replace the built-in ones of the same name (markdown/block.md) or may be
    /// included.
    #[arg(long, value_name = "DIR")]
    pub templates: Option<PathBuf>,
}

impl TemplateArgs {
    /// Whether any are given.
    pub fn given(&self) -> bool {
        self.template.is_some() || self.templates.is_some()
    }

    /// The extension of the template, which what is written has as well.
    pub fn extension(&self) -> Option<&str> {
        self.template.as_ref()?.extension()?.to_str()
    }

    /// The templates, read.
    pub fn read(&self, limits: &Limits) -> Result<Templates, Stop> {
        let others = self.templates.as_deref().map(|path| folder(path, limits)).transpose()?.unwrap_or_default();
        let replaces = |other: &Template| built_in().iter().any(|known| known.name == other.name);
        if let (Some(folder), None, false) = (&self.templates, &self.template, others.iter().any(replaces)) {
            let message = format!("no file of {} replaces a built-in template", folder.display());
            complain(message, Some("docs/templates.md lists their names: for example markdown/block.md"));
            return Err(Stop::Unusable);
        }
        let document = self.template.as_deref().map(|path| document(path, limits)).transpose()?;
        Ok(Templates { document, others })
    }
}

/// A format that has no templates was asked for together with some.
pub fn without_templates(format: &str) -> Stop {
    let message = format!("{format} is not written through a template");
    complain(message, Some("--template and --templates go with latex, markdown, html or text"));
    Stop::Unusable
}

/// A template whose extension is that of no format.
pub fn unknown_format(path: &Path) -> Stop {
    let message = format!("the format of {} is not known from its extension", path.display());
    complain(message, Some("use .tex, .md, .html or .txt, or give --format"));
    Stop::Unusable
}

/// Shows why a document could not be rendered.
pub fn unrendered(error: RenderError) -> Stop {
    match error {
        RenderError::Template { at: Some(at), wrong } => unusable(&Source { name: at.file, text: at.text }, &[wrong]),
        RenderError::Template { at: None, wrong } => {
            complain(wrong.message, wrong.hint.as_deref());
            Stop::Unusable
        }
        RenderError::Formula(..) => {
            complain(error.to_string(), None);
            Stop::Unusable
        }
    }
}

/// A file by itself. Its name is one that no template of a folder can have.
fn document(path: &Path, limits: &Limits) -> Result<Template, Stop> {
    let source = read(path, limits)?;
    Ok(Template { name: format!("//{}", source.name), file: source.name, text: source.text })
}

/// All templates of a folder, by their paths in it. Hidden files and files that are no templates are left alone; a link that
/// leads out of the folder is refused.
fn folder(folder: &Path, limits: &Limits) -> Result<Vec<Template>, Stop> {
    let unreadable = |path: &Path, error: &dyn std::fmt::Display| {
        complain(format!("{} cannot be read: {error}", path.display()), None);
        Stop::Unusable
    };
    let home = folder.canonicalize().map_err(|error| unreadable(folder, &error))?;
    let hidden = |entry: &walkdir::DirEntry| entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.');
    let mut found = Vec::new();
    let entries = WalkDir::new(&home).sort_by_file_name().into_iter().filter_entry(|entry| !hidden(entry));
    for (count, entry) in entries.enumerate() {
        let entry = entry.map_err(|error| unreadable(folder, &error))?;
        if count > limits.of(Limit::Templates) {
            let message = format!("{} holds more than {} files", folder.display(), limits.of(Limit::Templates));
            complain(message, Some(&limits.hint(Limit::Templates, "name a folder of templates alone")));
            return Err(Stop::Unusable);
        }
        let inside = entry.path().strip_prefix(&home).unwrap_or(entry.path());
        let (name, shown) = (inside.to_string_lossy().replace('\\', "/"), folder.join(inside));
        if !is_template(&name) || entry.file_type().is_dir() {
            continue;
        }
        let target = entry.path().canonicalize().map_err(|error| unreadable(&shown, &error))?;
        if !target.starts_with(&home) {
            complain(format!("{} leads out of the folder", shown.display()), Some("copy the file into the folder"));
            return Err(Stop::Unusable);
        }
        if target.is_file() {
            let source = read(&shown, limits)?;
            found.push(Template { name, file: source.name, text: source.text });
        }
    }
    Ok(found)
}
