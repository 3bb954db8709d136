//! What the marks of a paper are about: files beside it, and layers of the catalogue.

use super::input::{Complaint, chosen, is_inside, specification, text_of, unknown};
use backprose::catalogue::Catalogue;
use backprose::diagnostic::Diagnostic;
use backprose::language::syntax::Layer;
use backprose::limits::Limits;
use backprose::model::compose::composed_layer;
use backprose::paper::Subject;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What was found for the targets of marks so far.
pub struct Subjects<'a> {
    catalogue: &'a Catalogue,
    limits: &'a Limits,
    found: BTreeMap<(PathBuf, String), Result<Subject, Complaint>>,
}

impl<'a> Subjects<'a> {
    pub fn new(catalogue: &'a Catalogue, limits: &'a Limits) -> Self {
        Subjects { catalogue, limits, found: BTreeMap::new() }
    }

    /// What a target means in a document of that folder: a path from there, a path from here, `PATH:LAYER`,
    /// or a layer of the catalogue.
    pub fn find(&mut self, folder: &Path, target: &str) -> Result<Subject, Diagnostic> {
        let place = || look_up(folder, target, self.catalogue, self.limits);
        let found = self.found.entry((folder.to_path_buf(), target.to_string())).or_insert_with(place);
        found.clone().map_err(|(message, hint)| match hint {
            Some(hint) => Diagnostic::general(message).hint(hint),
            None => Diagnostic::general(message),
        })
    }
}

fn look_up(folder: &Path, target: &str, catalogue: &Catalogue, limits: &Limits) -> Result<Subject, Complaint> {
    let split = target.rsplit_once(':').map(|(path, layer)| (path, Some(layer)));
    for (path, layer) in [Some((target, None)), split].into_iter().flatten() {
        let file = [folder.join(path), PathBuf::from(path)].into_iter().find(|file| file.is_file());
        if let Some(file) = file {
            let here = |home: &Path| is_inside(if home.as_os_str().is_empty() { Path::new(".") } else { home }, &file);
            if !here(folder) && !here(Path::new(".")) {
                let message = format!("`{target}` leads out of the folder of the document and of this one");
                return Err((message, Some("copy the file there, or start from a folder that holds both".into())));
            }
            return of_file(&file, layer, catalogue, limits);
        }
    }
    let of_layer = |(layer, base): (Layer, i64)| Subject { statements: layer.statements, base };
    match composed_layer(target, catalogue) {
        Some(layer) => layer.map(of_layer).map_err(|problems| (format!("{target}: {}", problems[0]), None)),
        None => {
            let (message, hint) = unknown(target, split.map_or(target, |(path, _)| path), catalogue);
            let hint = hint.filter(|hint| hint.starts_with("did you mean"));
            let otherwise =
                "a target is a path from the document or from here, PATH:LAYER, or a layer of the catalogue";
            Err((message, Some(hint.unwrap_or_else(|| otherwise.into()))))
        }
    }
}

fn of_file(path: &Path, layer: Option<&str>, catalogue: &Catalogue, limits: &Limits) -> Result<Subject, Complaint> {
    let source = text_of(path, limits)?;
    let file = specification(&source, catalogue, limits).map_err(|problems| {
        let at = problems[0].places.first().map_or(0, |(span, _)| span.start).min(source.text.len());
        let line = source.text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
        (format!("{}:{line}: {}", source.name, problems[0].message), problems[0].hint.clone())
    })?;
    let statements = match chosen(&file, layer, &source.name)? {
        Some(layer) => layer.statements.clone(),
        None => file.statements.clone(),
    };
    Ok(Subject { statements, base: file.base.unwrap_or(1) })
}
