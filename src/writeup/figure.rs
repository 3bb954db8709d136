//! A figure: one picture of a system as a file of its own, in SVG, TikZ or Mermaid.
//!
//! `made` asks the system for what is shown, here it becomes text. SVG and TikZ are written from the same drawing,
//! Mermaid from the same graph. Invariant: whatever is shown comes from the system or from verified answers.

mod flowchart;
mod made;
mod sizes;

pub use made::{Asked, NoFigure, What, figure};

use super::diagram::{self, Graph};
use super::document::{Pattern, Prose, Reads};
use super::notation::Notation;
use super::picture::{Draughtsman, Drawing, PALETTE, Shape, markup};
use super::prose::{Dialect, Writer};
use super::render::{RenderError, spaced};
use super::templates::Templates;
use crate::diagnostic::Diagnostic;
use crate::language::syntax::Name;
use serde::Serialize;
use tera::Context;

/// Between the parts of a figure, in millimetres.
const GAP: f64 = 5.0;

/// A picture and what is said of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figure {
    /// What it is.
    pub title: String,
    /// What it shows, in plain words, for those who do not see it.
    pub details: String,
    /// Its parts, one under the other.
    pub panels: Vec<Panel>,
    /// What stands at its foot; empty if nothing does.
    pub note: Prose,
    /// How names print.
    pub notation: Vec<(Name, String)>,
}

/// A part of a figure.
#[derive(Clone, Debug, PartialEq)]
pub enum Panel {
    /// Nodes and edges.
    Graph(Graph),
    /// Outputs over the inputs that they read.
    Reads(Reads),
    /// Coloured cells.
    Matrix(Pattern),
}

/// What a figure is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A picture for any browser, in a file of its own.
    Svg,
    /// TikZ to be `\input` into a document, or a document that shows it alone.
    Tikz {
        /// Whether it is a document.
        alone: bool,
    },
    /// A flowchart in Mermaid.
    Mermaid,
}

/// A colour that a figure uses.
#[derive(Serialize)]
struct Colour {
    class: usize,
    fill: &'static str,
    line: &'static str,
}

impl Figure {
    /// The figure as text.
    ///
    /// # Errors
    /// If there is no such picture in this form.
    pub fn written(&self, form: Form) -> Result<String, Diagnostic> {
        let notation = Notation::new(&self.notation);
        match form {
            Form::Mermaid => flowchart::flowchart(self, &notation),
            Form::Svg => self.svg().map_err(broken),
            Form::Tikz { alone } => self.tikz(alone).map_err(broken),
        }
    }

    /// All parts as one drawing, with what stands under them.
    pub fn drawing(&self, dialect: Dialect) -> Drawing {
        let notation = Notation::new(&self.notation);
        let pen = Draughtsman { writer: Writer { dialect, notation: &notation, marks: &[] } };
        let last = self.panels.len().saturating_sub(1);
        let drawn = self.panels.iter().enumerate().map(|(k, panel)| {
            let (drawing, caption) = match panel {
                Panel::Graph(graph) => (diagram::drawing(graph, &pen), &graph.caption),
                Panel::Reads(reads) => (pen.reads(reads), &reads.caption),
                Panel::Matrix(pattern) => (pen.matrix(pattern), &pattern.caption),
            };
            let note = if k == last { Some(&self.note) } else { None };
            let under: Vec<Prose> =
                [Some(caption), note].into_iter().flatten().filter(|p| !p.is_empty()).cloned().collect();
            pen.above(drawing, &under)
        });
        stacked(drawn.collect())
    }

    fn svg(&self) -> Result<String, RenderError> {
        let drawing = self.drawing(Dialect::Markdown);
        let mut context = Context::new();
        context.insert("drawing", &Drawing { details: markup(&self.details), ..drawing });
        context.insert("title", &markup(&self.title));
        context.insert("alone", &true);
        filled(false, "picture/drawing.svg", &context)
    }

    fn tikz(&self, alone: bool) -> Result<String, RenderError> {
        let drawing = self.drawing(Dialect::LatexFragment);
        let used = |class: usize| drawing.shapes.iter().any(|shape| shape.class == Some(class));
        let colours = PALETTE.iter().enumerate().filter(|(class, _)| used(*class));
        let colours: Vec<Colour> = colours.map(|(class, (fill, line))| Colour { class, fill, line }).collect();
        let mut context = Context::new();
        context.insert("colours", &colours);
        context.insert("title", &self.title);
        context.insert("alone", &alone);
        context.insert("drawing", &drawing);
        filled(true, "picture/figure.tex", &context)
    }
}

fn filled(tex: bool, template: &str, context: &Context) -> Result<String, RenderError> {
    let templates = Templates::default();
    let (tera, name) = templates.instance(tex, template)?;
    tera.render(&name, context).map(|text| spaced(&text)).map_err(|error| templates.refused(&error))
}

fn broken(error: RenderError) -> Diagnostic {
    Diagnostic::general(error.to_string())
}

/// Drawings one under the other, each in the middle.
fn stacked(drawings: Vec<Drawing>) -> Drawing {
    let width = drawings.iter().map(|drawing| drawing.width).fold(0.0, f64::max);
    let mut whole = Drawing { width, ..Drawing::default() };
    for (k, drawing) in drawings.into_iter().enumerate() {
        let down = whole.height + if k > 0 { GAP } else { 0.0 };
        let right = (width - drawing.width) / 2.0;
        let moved = |shape: Shape| shape.transformed(right, down, 1.0);
        whole.shapes.extend(drawing.shapes.into_iter().map(moved));
        whole.height = ((down + drawing.height) * 100.0).round() / 100.0;
    }
    whole
}
