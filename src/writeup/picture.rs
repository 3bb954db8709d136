//! Pictures: the geometry of drawings, in millimetres, as shapes that templates write as SVG or
//! TikZ; and the same matrix in characters.
//!
//! A drawing is never wider than a page: cells and letters shrink together.

mod grid;
mod paragraph;

use super::diagram::Node;
use super::document::{Inline, Pattern, Picture, Reads};
use super::prose::{Dialect, Writer};
use super::symbols;
use serde::Serialize;

pub(super) use paragraph::length;

/// Tint and line of each class, told apart by colour-blind readers too: (fill, line).
pub const PALETTE: &[(&str, &str)] = &[
    ("D9E6F5", "4F81BD"),
    ("F6E3C5", "D08A1E"),
    ("D8EBD3", "4E9A44"),
    ("EBD9EE", "8F4FA3"),
    ("FADBD8", "C0504D"),
    ("D3EEEE", "2A9494"),
    ("EFE8B9", "8C7D14"),
    ("E4E4E4", "6A6A6A"),
    ("F8DCEA", "C2578F"),
    ("DAD9F2", "5A55A8"),
];

/// The width a drawing may take.
pub(super) const PAGE: f64 = 150.0;

/// The height of letters below which a label does not stand inside its node.
const READABLE: f64 = 1.2;

/// A drawing: its extent and its shapes.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Drawing {
    /// Width in millimetres.
    pub width: f64,
    /// Height in millimetres.
    pub height: f64,
    /// What is drawn, in order.
    pub shapes: Vec<Shape>,
    /// What stands under it.
    pub caption: String,
    /// What it shows, in plain words, for those who do not see it.
    pub about: String,
    /// The same at length; empty where there is no more to say.
    pub details: String,
}

/// A shape; `y` grows downwards.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Shape {
    /// `line`, `rect`, `circle`, `text`, `box`, `path` or `head`.
    pub kind: &'static str,
    /// Left end, left edge, or centre.
    pub x: f64,
    /// Upper end, upper edge, or centre.
    pub y: f64,
    /// The other end of a line; the right edge of a rectangle.
    pub x2: f64,
    /// The other end of a line; the lower edge of a rectangle.
    pub y2: f64,
    /// Width of a rectangle; radius of a circle; how thick a path is, 0 for the usual.
    pub size: f64,
    /// Class of a line or cell: a place in the palette.
    pub class: Option<usize>,
    /// The colour of that class, six hexadecimal digits.
    pub colour: &'static str,
    /// Whether it is drawn dashed.
    pub dashed: bool,
    /// The words, escaped for the format.
    pub text: String,
    /// Set below the line after the words.
    pub below: String,
    /// What follows that, on the line again.
    pub after: String,
    /// Width and height of a box.
    pub extent: (f64, f64),
    /// The corners of a path or of the head of an arrow.
    pub points: Vec<(f64, f64)>,
    /// `start`, `middle` or `end`: which point of the words stands at x.
    pub anchor: &'static str,
    /// Height of the letters in millimetres.
    pub letters: f64,
    /// Of words that TeX breaks into lines, how wide these may be; x and y are the upper left corner then.
    pub column: f64,
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn line(from: (f64, f64), to: (f64, f64), class: usize) -> Shape {
    let class = class % PALETTE.len();
    let [x, y, x2, y2] = [from.0, from.1, to.0, to.1].map(rounded);
    Shape { kind: "line", x, y, x2, y2, class: Some(class), colour: PALETTE[class].1, ..Shape::default() }
}

fn rect(x: f64, y: f64, side: f64, class: Option<usize>) -> Shape {
    let class = class.map(|class| class % PALETTE.len());
    let colour = class.map_or("", |class| PALETTE[class].0);
    let [x, y, x2, y2, size] = [x, y, x + side, y + side, side].map(rounded);
    Shape { kind: "rect", x, y, x2, y2, size, class, colour, ..Shape::default() }
}

pub(super) fn words(text: String, x: f64, y: f64, anchor: &'static str, letters: f64) -> Shape {
    let [x, y, letters] = [x, y, letters].map(rounded);
    Shape { kind: "text", x, y, text, anchor, letters, ..Shape::default() }
}

/// A rectangle with round corners, from its upper left to its lower right corner.
pub(super) fn box_shape(from: (f64, f64), to: (f64, f64), class: Option<usize>) -> Shape {
    let colour = class.map_or("", |class| PALETTE[class % PALETTE.len()].0);
    let [x, y, x2, y2] = [from.0, from.1, to.0, to.1];
    Shape { kind: "box", x, y, x2, y2, extent: (x2 - x, y2 - y), size: 1.0, class, colour, ..Shape::default() }
}

/// A line through several points.
pub(super) fn path(points: &[(f64, f64)], dashed: bool) -> Shape {
    Shape { kind: "path", points: points.to_vec(), dashed, ..Shape::default() }
}

/// The head of an arrow.
pub(super) fn head(points: [(f64, f64); 3]) -> Shape {
    Shape { kind: "head", points: points.to_vec(), ..Shape::default() }
}

/// The matrix of a picture as cells in TeX, with its titles and labels: for formats that set mathematics but
/// draw nothing.
pub fn cells(pattern: &Pattern, writer: &Writer<'_>) -> Vec<Vec<String>> {
    let tex = |text: &str| -> String {
        text.chars().map(|c| symbols::to_tex(c).unwrap_or_else(|| c.to_string())).collect::<String>().trim().into()
    };
    let label = |(_, base, below): &super::document::Cell| match (base.chars().count(), below.is_empty()) {
        (1, true) => tex(base),
        (1, false) => format!("{}_{{{}}}", tex(base), tex(below)),
        (_, true) => format!("\\mathrm{{{base}}}"),
        (_, false) => format!("\\mathrm{{{base}}}_{{{}}}", tex(below)),
    };
    let head = std::iter::once(writer.display(&pattern.column_title)).chain(pattern.columns.iter().map(|c| tex(c)));
    let title = writer.display(&pattern.row_title);
    let rows = pattern.rows.iter().zip(&pattern.cells).map(|(name, cells)| {
        let cells = cells.iter().map(|cell| cell.as_ref().map_or(String::new(), label));
        std::iter::once(format!("{title} {}", tex(name))).chain(cells).collect()
    });
    std::iter::once(head.collect()).chain(rows).collect()
}

/// The words of a picture, written for one format.
pub struct Draughtsman<'a> {
    /// Writes what is set in mathematics.
    pub writer: Writer<'a>,
}

impl Draughtsman<'_> {
    fn is_tex(&self) -> bool {
        matches!(self.writer.dialect, Dialect::Latex | Dialect::LatexFragment)
    }

    /// The label of a node in plain characters.
    pub(super) fn unicode(&self, node: &Node) -> String {
        Writer { dialect: Dialect::Text, ..self.writer }.inline_math(&node.math())
    }

    /// The same with the characters that a format spells out.
    pub(super) fn spelled(&self, node: &Node) -> String {
        let tex = self.is_tex();
        let spelled = |c: char| match tex && !c.is_ascii() && symbols::to_tex(c).is_none() {
            true => format!("({:X})", u32::from(c)),
            false => c.to_string(),
        };
        self.unicode(node).chars().map(spelled).collect()
    }

    /// The label of a node, what follows an underscore below the line.
    pub(super) fn label(&self, node: &Node, x: f64, y: f64, letters: f64) -> Shape {
        if self.is_tex() {
            return words(self.writer.inline_math(&node.math()), x, y, "middle", letters);
        }
        let text = self.unicode(node);
        let (base, rest) = text.split_once('_').unwrap_or((&text, ""));
        let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        let (below, after) = rest.split_at(end);
        Shape { below: markup(below), after: markup(after), ..words(markup(base), x, y, "middle", letters) }
    }

    /// The sign of an operation.
    pub(super) fn sign(&self, sign: &str) -> String {
        self.words(sign)
    }

    /// What stands for the steps that follow.
    pub(super) fn dots(&self) -> String {
        self.words("⋯")
    }

    pub(super) fn words(&self, text: &str) -> String {
        if self.is_tex() { self.writer.text(text) } else { markup(text) }
    }

    pub(super) fn prose(&self, prose: &[Inline]) -> String {
        if self.is_tex() {
            return self.writer.prose(prose);
        }
        markup(&Writer { dialect: Dialect::Text, ..self.writer }.prose(prose))
    }

    fn title(&self, math: &[super::document::Piece]) -> String {
        if self.is_tex() {
            return self.writer.inline_math(math);
        }
        markup(&Writer { dialect: Dialect::Text, ..self.writer }.inline_math(math))
    }

    /// The drawing of the reads, and the matrix.
    pub fn drawings(&self, picture: &Picture) -> Vec<Drawing> {
        let reads = picture.reads.iter().map(|reads| self.reads(reads));
        let matrix = Drawing { about: self.words(&picture.alternative), ..self.matrix(&picture.matrix) };
        reads.chain([matrix]).collect()
    }

    /// The drawing of outputs over the inputs that they read.
    pub(super) fn reads(&self, reads: &Reads) -> Drawing {
        let letters = 2.46_f64;
        let margin = 3.0
            + 1.35
                * longest(
                    [&reads.output_title, &reads.input_title]
                        .map(|title| self.writer.prose(title))
                        .iter()
                        .map(|s| strip(s)),
                ) as f64;
        let count = reads.inputs.len().max(reads.outputs.len()).max(1) as f64;
        let step = ((PAGE - margin) / count).clamp(1.5, 7.0);
        let node = (0.66 * step).min(4.6);
        let drop = (2.0 * step).clamp(11.0, 24.0);
        let at = |place: usize| margin + step * (place as f64 + 0.5);
        let outputs = output_places(reads, step, margin, &at);
        let inputs: Vec<f64> = (0..reads.inputs.len()).map(at).collect();
        let labels = reads.outputs.iter().chain(reads.inputs.iter().map(|(label, _)| label));
        let inside = letters.min(node * 0.53).min(node * 1.6 / longest(labels).max(1) as f64);
        let beside = inside < READABLE;
        let small = inside.max(READABLE);
        let above = Rows::new(beside, &outputs, longest(&reads.outputs));
        let below = Rows::new(beside, &inputs, longest(reads.inputs.iter().map(|(label, _)| label)));
        let top = above.height() + node / 2.0 + 0.5;
        let bottom = top + drop;
        let mut shapes: Vec<Shape> = reads
            .lines
            .iter()
            .filter(|(from, to, _)| *from < outputs.len() && *to < reads.inputs.len())
            .map(|(from, to, class)| line((outputs[*from], top + node / 2.0), (at(*to), bottom - node / 2.0), *class))
            .collect();
        for (place, (x, label)) in outputs.iter().zip(&reads.outputs).enumerate() {
            shapes.push(Shape {
                kind: "circle",
                x: rounded(*x),
                y: rounded(top),
                size: rounded(node / 2.0),
                ..Shape::default()
            });
            shapes.push(words(self.words(label), *x, top - above.away(place, node), "middle", small));
        }
        for (place, (label, padding)) in reads.inputs.iter().enumerate() {
            shapes.push(Shape { dashed: *padding, ..rect(at(place) - node / 2.0, bottom - node / 2.0, node, None) });
            shapes.push(words(self.words(label), at(place), bottom + below.away(place, node), "middle", small));
        }
        let first = outputs.first().copied().unwrap_or(margin);
        shapes.push(words(self.prose(&reads.output_title), first - node / 2.0 - 1.2, top, "end", letters));
        shapes.push(words(self.prose(&reads.input_title), at(0) - node / 2.0 - 1.2, bottom, "end", letters));
        let width = rounded(margin + step * count + 0.5);
        let caption = self.prose(&reads.caption);
        Drawing {
            width,
            height: rounded(bottom + node / 2.0 + 0.5 + below.height()),
            shapes,
            about: caption.clone(),
            caption,
            ..Drawing::default()
        }
    }
}

/// The rows in which the labels of nodes stand beside them, in turn, where they find no room inside; none
/// where they stand inside.
struct Rows(usize);

impl Rows {
    /// So many that labels of a length do not touch, over nodes at these places.
    fn new(beside: bool, places: &[f64], longest: usize) -> Rows {
        let gap = places.windows(2).map(|pair| pair[1] - pair[0]).fold(PAGE, f64::min);
        let width = 0.65 * READABLE * longest as f64;
        Rows(if beside { (width / gap).ceil().max(1.0) as usize } else { 0 })
    }

    fn height(&self) -> f64 {
        1.3 * READABLE * self.0 as f64
    }

    /// How far from the middle of its node, of this size, a label stands.
    fn away(&self, place: usize, node: f64) -> f64 {
        match self.0 {
            0 => 0.0,
            rows => node / 2.0 + READABLE * (0.8 + 1.3 * (place % rows) as f64),
        }
    }
}

/// Each output above the middle of what it reads, or evenly spread where that would collide.
fn output_places(reads: &Reads, step: f64, margin: f64, at: &dyn Fn(usize) -> f64) -> Vec<f64> {
    let count = reads.outputs.len();
    let middle = |output: usize| {
        let places: Vec<f64> = reads.lines.iter().filter(|line| line.0 == output).map(|line| at(line.1)).collect();
        if places.is_empty() { None } else { Some(places.iter().sum::<f64>() / places.len() as f64) }
    };
    let middles: Option<Vec<f64>> = (0..count).map(middle).collect();
    let apart = |places: &Vec<f64>| places.windows(2).all(|pair| pair[1] - pair[0] > 0.85 * step);
    let spread = || {
        let whole = step * reads.inputs.len().max(count) as f64;
        (0..count).map(|place| margin + whole * (place as f64 + 0.5) / count as f64).collect()
    };
    middles.filter(apart).unwrap_or_else(spread)
}

fn longest(texts: impl IntoIterator<Item = impl AsRef<str>>) -> usize {
    texts.into_iter().map(|text| text.as_ref().chars().count()).max().unwrap_or(0)
}

fn strip(text: &str) -> String {
    text.replace(['$', '\\'], "")
}

/// Text for SVG.
pub fn markup(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

impl Shape {
    /// The shape moved to the right and down, then made smaller or larger.
    pub(super) fn transformed(self, right: f64, down: f64, scale: f64) -> Shape {
        let [x, x2] = [self.x, self.x2].map(|x| rounded((x + right) * scale));
        let [y, y2] = [self.y, self.y2].map(|y| rounded((y + down) * scale));
        let [size, letters, column] = [self.size, self.letters, self.column].map(|length| rounded(length * scale));
        let extent = (rounded(self.extent.0 * scale), rounded(self.extent.1 * scale));
        let place = |(px, py): (f64, f64)| (rounded((px + right) * scale), rounded((py + down) * scale));
        Shape {
            x,
            x2,
            y,
            y2,
            size,
            letters,
            column,
            extent,
            points: self.points.into_iter().map(place).collect(),
            ..self
        }
    }
}
