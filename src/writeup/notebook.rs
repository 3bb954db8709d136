//! The write-up as a Jupyter notebook: the Markdown, a cell a part, and behind what is said of a
//! system a code cell that defines its answers in NumPy and compares them with finite differences.
//!
//! The format is nbformat 4.5. No outputs are stored, and the bytes are those that nbformat itself would
//! write, so that saving a notebook that nobody changed changes nothing.

use super::context::DocumentView;
use super::document::Document;
use super::module::module;
use super::numpy;
use super::prose::Dialect;
use super::render::{Format, RenderError, spaced};
use super::sheet::Asked;
use super::templates::Templates;
use super::terminal::Ink;
use super::viewer::Viewer;
use crate::derivation::Goal;
use crate::study::{NoAnswer, Study};
use serde_json::{Map, Value, json};
use tera::{Context, Tera};

/// Where a system is asked about: the places of the problem, the question, and the part with a system
/// of its own.
pub type Place = (usize, usize, Option<usize>);

/// The check of a system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Where it stands.
    pub place: Place,
    /// A NumPy module that checks itself when it is run, or why there is none.
    pub module: Result<String, String>,
}

/// The checks of the systems of a homework.
pub fn checks(asked: Vec<Asked>) -> Vec<Check> {
    asked.into_iter().map(|Asked { place, study, goals }| check(place, study, &goals)).collect()
}

/// The check of one system: its outputs, and the derivatives that are goals.
pub fn check(place: Place, study: Study, goals: &[Goal]) -> Check {
    let sizes = study.system.given.clone();
    let module =
        module((numpy::Dialect::Numpy, false), study.without_letters(), goals, &sizes, "Answers.").map_err(|error| {
            match error {
                NoAnswer::Refused(diagnostic) => diagnostic.message,
                NoAnswer::Unverified(unverified) => unverified.to_string(),
            }
        });
    Check { place, module }
}

/// The notebook of a document, as JSON, through the templates of Markdown.
///
/// # Errors
/// What is wrong with a template.
pub fn notebook(document: &Document, checks: &[Check], templates: &Templates) -> Result<String, RenderError> {
    let viewer = Viewer { dialect: Dialect::Markdown, ink: Ink { color: false }, column: 0.0 };
    let view = viewer.document(document);
    let (tera, _) = templates.instance(false, Format::Markdown.template())?;
    let mut cells = Cells { tera, templates, cells: Vec::new() };
    cells.document(&view, checks)?;
    let whole = json!({
        "cells": cells.cells,
        "metadata": {
            "kernelspec": { "display_name": "Python 3", "language": "python", "name": "python3" },
            "language_info": { "name": "python" },
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    });
    Ok(written(&whole))
}

struct Cells<'a> {
    tera: Tera,
    templates: &'a Templates,
    cells: Vec<Value>,
}

impl Cells<'_> {
    fn document(&mut self, view: &DocumentView, checks: &[Check]) -> Result<(), RenderError> {
        let mut context = Context::new();
        context.insert("document", view);
        self.markdown("markdown/title.md", &context)?;
        for (number, problem) in view.problems.iter().enumerate() {
            context.insert("problem", problem);
            self.markdown("markdown/heading.md", &context)?;
            for (at, question) in problem.questions.iter().enumerate() {
                context.insert("question", question);
                self.markdown("markdown/opening.md", &context)?;
                for (place, part) in question.parts.iter().enumerate() {
                    context.insert("part", part);
                    self.markdown("markdown/part.md", &context)?;
                    self.check((number, at, Some(place)), checks);
                }
                self.push(&question.evidence);
                self.check((number, at, None), checks);
            }
        }
        Ok(())
    }

    fn markdown(&mut self, template: &str, context: &Context) -> Result<(), RenderError> {
        let text = self.tera.render(template, context).map_err(|error| self.templates.refused(&error))?;
        self.push(&spaced(&text));
        Ok(())
    }

    /// A Markdown cell, unless there is nothing to say.
    fn push(&mut self, text: &str) {
        if !text.trim().is_empty() {
            self.cell("markdown", text.trim(), json!({}));
        }
    }

    fn check(&mut self, place: Place, checks: &[Check]) {
        for check in checks.iter().filter(|check| check.place == place) {
            match &check.module {
                Ok(module) => {
                    self.push(INTRODUCTION);
                    self.cell("code", &runnable(module), json!({ "jupyter": { "source_hidden": true } }));
                }
                Err(reason) => {
                    let plain = super::prose::markdown_text(reason);
                    self.push(&format!("*There is no NumPy check of this:* {plain}."));
                }
            }
        }
    }

    fn cell(&mut self, kind: &str, source: &str, metadata: Value) {
        let mut cell = Map::new();
        cell.insert("cell_type".into(), kind.into());
        cell.insert("id".into(), format!("cell-{}", self.cells.len() + 1).into());
        cell.insert("metadata".into(), metadata);
        cell.insert("source".into(), source.split_inclusive('\n').collect());
        if kind == "code" {
            cell.insert("execution_count".into(), Value::Null);
            cell.insert("outputs".into(), json!([]));
        }
        self.cells.push(Value::Object(cell));
    }
}

const INTRODUCTION: &str = "The next cell holds these answers as NumPy functions. When it is run, every derivative is \
                            compared with central finite differences at random values.";

/// A module whose last statement ends the program on failure, so that in a notebook it fails its cell
/// instead, and does not end anything otherwise.
fn runnable(module: &str) -> String {
    let module = module.trim_end();
    match module.rsplit_once("raise SystemExit(").and_then(|(before, call)| Some((before, call.strip_suffix(')')?))) {
        Some((before, call)) => format!("{before}assert {call} == 0"),
        None => module.into(),
    }
}

/// JSON with sorted keys and an indent of one, as nbformat writes it.
fn written(value: &Value) -> String {
    let mut bytes = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b" ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
    let done = serde::Serialize::serialize(&sorted(value), &mut serializer);
    debug_assert!(done.is_ok(), "a JSON value can be written into memory");
    String::from_utf8_lossy(&bytes).into_owned() + "\n"
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut pairs: Vec<(&String, &Value)> = map.iter().collect();
            pairs.sort_by_key(|(key, _)| key.as_str());
            Value::Object(pairs.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::{runnable, written};
    use serde_json::json;

    #[test]
    fn a_module_fails_its_cell_and_ends_nothing() {
        let module = "def _check():\n    return 0\n\n\nif __name__ == \"__main__\":\n    raise SystemExit(_check())\n";
        assert!(runnable(module).ends_with("if __name__ == \"__main__\":\n    assert _check() == 0"));
    }

    #[test]
    fn keys_are_sorted_at_every_depth() {
        assert_eq!(
            written(&json!({"b": [{"d": 1, "c": 2}], "a": {}})),
            "{\n \"a\": {},\n \"b\": [\n  {\n   \"c\": 2,\n   \"d\": 1\n  }\n ]\n}\n"
        );
    }
}
