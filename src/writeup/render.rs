//! Document → text of one format: the views of the document, put through a Tera template.
//!
//! Each format has its own Tera instance: TeX needs other delimiters than the rest, and escaping
//! is done before a template sees anything, so Tera's own is off.

use super::document::Document;
use super::html;
use super::mathml::{self, Engine, Fault};
use super::prose::Dialect;
use super::terminal::Ink;
use super::viewer::Viewer;
use include_dir::{Dir, include_dir};
use std::error::Error;
use std::fmt;
use tera::{Context, Delimiters, Tera};

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");

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
    /// A page in HTML: one file without scripts, its formulas MathML.
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

    fn template(self) -> &'static str {
        match self {
            Format::Latex => "latex/document.tex",
            Format::LatexFragment(_) => "latex/fragment.tex",
            Format::Markdown => "markdown/document.md",
            Format::MarkdownFragment => "markdown/fragment.md",
            Format::Html(_) => "html/document.html",
            Format::Text => "text/document.txt",
        }
    }

    fn is_tex(self) -> bool {
        matches!(self, Format::Latex | Format::LatexFragment(_))
    }
}

/// Why a document could not be rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RenderError {
    /// A template is at fault: what Tera says, with the place in the template.
    Template(String),
    /// A formula that the MathML engine cannot set.
    Formula(Engine, Fault),
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RenderError::Template(message) => write!(f, "the template cannot be rendered: {message}"),
            RenderError::Formula(engine, Fault { formula, reason }) => {
                write!(f, "{engine} cannot set the formula {formula}: {reason}")
            }
        }
    }
}

impl Error for RenderError {}

impl From<tera::Error> for RenderError {
    fn from(error: tera::Error) -> Self {
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            message += &format!(": {cause}");
            source = cause.source();
        }
        RenderError::Template(message)
    }
}

/// The document in a format; colours (ANSI) in terminal text only.
pub fn render(document: &Document, format: Format, color: bool) -> Result<String, RenderError> {
    finish(document, format, color, &instance(format)?, format.template())
}

/// The document through a template of the user's own, which may include the built-in ones. TeX
/// templates use `<< >>`, `<% %>`, `<# #>`, the others `{{ }}`, `{% %}`, `{# #}`.
pub fn render_with(document: &Document, format: Format, color: bool, template: &str) -> Result<String, RenderError> {
    let mut tera = instance(format)?;
    tera.add_raw_template("own", template)?;
    finish(document, format, color, &tera, "own")
}

fn finish(
    document: &Document,
    format: Format,
    color: bool,
    tera: &Tera,
    template: &str,
) -> Result<String, RenderError> {
    let column = if let Format::LatexFragment(points) = format { f64::from(points) } else { 0.0 };
    let viewer = Viewer { dialect: format.dialect(), ink: Ink { color: color && format == Format::Text }, column };
    let written = |document: &Document| {
        let mut context = Context::new();
        context.insert("document", &viewer.document(document));
        tera.render(template, &context).map(|text| spaced(&text))
    };
    let Format::Html(engine) = format else { return Ok(written(document)?) };
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

pub(super) fn instance(format: Format) -> Result<Tera, RenderError> {
    let mut tera = Tera::default();
    tera.autoescape_on(Vec::<&str>::new());
    let tex = format.is_tex();
    if tex {
        tera.set_delimiters(Delimiters {
            block_start: "<%".into(),
            block_end: "%>".into(),
            variable_start: "<<".into(),
            variable_end: ">>".into(),
            comment_start: "<#".into(),
            comment_end: "#>".into(),
        })?;
    }
    let mut files = Vec::new();
    collect(&TEMPLATES, tex, &mut files);
    tera.add_raw_templates(files)?;
    Ok(tera)
}

fn collect(folder: &'static Dir<'static>, tex: bool, files: &mut Vec<(String, &'static str)>) {
    for file in folder.files() {
        let is_tex = file.path().extension().is_some_and(|extension| extension == "tex");
        if let (true, Some(text)) = (is_tex == tex, file.contents_utf8()) {
            files.push((file.path().to_string_lossy().replace('\\', "/"), text));
        }
    }
    for inner in folder.dirs() {
        collect(inner, tex, files);
    }
}
