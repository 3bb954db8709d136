//! Document → text of one format: the views of the document, put through a Tera template.
//!
//! Each format has its own Tera instance, since TeX needs other delimiters than the rest.

use super::context::DocumentView;
use super::document::Document;
use super::html;
use super::mathml::{self, Engine, Fault};
use super::prose::Dialect;
use super::templates::{Template, Templates};
use super::terminal::Ink;
use super::viewer::Viewer;
use crate::diagnostic::Diagnostic;
use std::error::Error;
use std::fmt;
use tera::Context;

/// What a document can be rendered as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A LaTeX document.
    Latex,
    /// LaTeX to be `\input` into a paper whose lines are this many points wide: amsmath is all it needs.
    LatexFragment(u16),
    /// A Markdown document.
    Markdown,
    /// Markdown without title and headings.
    MarkdownFragment,
    /// A page in HTML: one file, its formulas MathML.
    Html(Engine),
    /// The terminal, eighty columns.
    Text,
}

impl Format {
    fn dialect(self) -> Dialect {
        match self {
            Format::Latex => Dialect::Latex,
            Format::LatexFragment(_) => Dialect::LatexFragment,
            Format::Markdown | Format::MarkdownFragment => Dialect::Markdown,
            Format::Html(_) => Dialect::Html,
            Format::Text => Dialect::Text,
        }
    }

    pub(super) fn template(self) -> &'static str {
        match self {
            Format::Latex => "latex/document.tex",
            Format::LatexFragment(_) => "latex/fragment.tex",
            Format::Markdown => "markdown/document.md",
            Format::MarkdownFragment => "markdown/fragment.md",
            Format::Html(_) => "html/document.html",
            Format::Text => "text/document.txt",
        }
    }

    pub(super) fn is_tex(self) -> bool {
        matches!(self, Format::Latex | Format::LatexFragment(_))
    }
}

/// Why a document could not be rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RenderError {
    /// A template is at fault.
    Template {
        /// Which one, if it is known; the place is a place in its text.
        at: Option<Box<Template>>,
        /// What Tera says, where, and a hint.
        wrong: Diagnostic,
    },
    /// A formula that the MathML engine cannot set.
    Formula(Engine, Fault),
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RenderError::Template { at, wrong } => {
                let line = |text: &str, at: usize| text.get(..at).map_or(1, |before| 1 + before.matches('\n').count());
                if let Some(Template { file, text, .. }) = at.as_deref() {
                    write!(f, "{file}")?;
                    if let Some((span, _)) = wrong.places.first() {
                        write!(f, ":{}", line(text, span.start))?;
                    }
                    write!(f, ": ")?;
                }
                write!(f, "{wrong}")
            }
            RenderError::Formula(engine, Fault { formula, reason }) => {
                write!(f, "{engine} cannot set the formula {formula}: {reason}")
            }
        }
    }
}

impl Error for RenderError {}

/// The document in a format; colours (ANSI) in terminal text only.
pub fn render(document: &Document, format: Format, color: bool) -> Result<String, RenderError> {
    render_with(document, format, color, &Templates::default())
}

/// The document as the templates of a format see it.
pub fn view(document: &Document, format: Format) -> DocumentView {
    viewer(format, false).document(document)
}

fn viewer(format: Format, color: bool) -> Viewer {
    let column = if let Format::LatexFragment(points) = format { f64::from(points) } else { 0.0 };
    Viewer { dialect: format.dialect(), ink: Ink { color: color && format == Format::Text }, column }
}

/// The document through a user's own templates.
///
/// # Errors
/// A template that cannot be read or rendered, with the place in it; a formula that cannot be set.
pub fn render_with(
    document: &Document,
    format: Format,
    color: bool,
    templates: &Templates,
) -> Result<String, RenderError> {
    let (tera, template) = templates.instance(format.is_tex(), format.template())?;
    let viewer = viewer(format, color);
    let written = |document: &Document| {
        let mut context = Context::new();
        context.insert("document", &viewer.document(document));
        tera.render(&template, &context).map(|text| spaced(&text)).map_err(|error| templates.refused(&error))
    };
    let Format::Html(engine) = format else { return written(document) };
    let page = written(&html::with_plain_names(document, engine))?;
    mathml::set(&page, engine).map_err(|fault| RenderError::Formula(engine, fault))
}

/// At most one blank line in a row, none at the head, no space at line ends, one final newline.
pub(super) fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = true;
    for line in text.lines().map(str::trim_end) {
        if !line.is_empty() || !blank {
            out += line;
            out.push('\n');
        }
        blank = line.is_empty();
    }
    out.truncate(out.trim_end_matches('\n').len());
    out + "\n"
}
