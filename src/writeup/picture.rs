//! Pictures: the geometry of drawings, in millimetres, as shapes that templates write as SVG or
//! TikZ; and the same matrix in characters.
//!
//! A drawing is never wider than a page: cells and letters shrink together.

use super::diagram::Node;
use super::document::{Inline, Pattern, Picture, Prose, Reads};
use super::prose::{Dialect, Writer};
use super::symbols;
use serde::Serialize;

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

/// Letters and lines of what stands under a drawing, in millimetres.
const NOTE: f64 = 2.3;
const LINE: f64 = 3.5;

/// The width a drawing may take.
pub(super) const PAGE: f64 = 150.0;

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
    /// Width of a rectangle; radius of a circle.
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

    fn words(&self, text: &str) -> String {
        if self.is_tex() { self.writer.text(text) } else { markup(text) }
    }

    /// Words in plain characters, for judging how long they are.
    pub(super) fn measured(&self, prose: &[Inline]) -> String {
        Writer { dialect: Dialect::Text, ..self.writer }.prose(prose)
    }

    /// Words on one line, with what follows an underscore below it.
    pub(super) fn line(&self, prose: &[Inline]) -> String {
        if self.is_tex() { self.writer.prose(prose) } else { lowered(&self.measured(prose)) }
    }

    /// Words in lines, from an upper left corner; and how much of the height they take.
    fn lines(&self, prose: &[Inline], (x, y): (f64, f64), column: f64) -> (Vec<Shape>, f64) {
        let most = (column / (0.56 * NOTE)).floor().max(12.0) as usize;
        let text = self.measured(prose);
        let texts = broken(&text, most);
        let height = texts.len() as f64 * LINE;
        if self.is_tex() {
            let formulas = prose.iter().any(|inline| matches!(inline, Inline::Math(_)));
            let (height, column) = (height * if formulas { 1.25 } else { 1.0 }, rounded(column));
            return (vec![Shape { column, ..words(self.writer.prose(prose), x, y, "start", NOTE) }], height);
        }
        let at = |k: usize| y + LINE * (k as f64 + 0.5);
        let shapes = texts.iter().enumerate().map(|(k, text)| words(lowered(text), x, at(k), "start", NOTE));
        (shapes.collect(), height)
    }

    /// A drawing with paragraphs under it.
    pub(super) fn above(&self, drawing: Drawing, paragraphs: &[Prose]) -> Drawing {
        let natural = paragraphs.iter().map(|prose| length(&self.measured(prose), NOTE) + 1.0).fold(0.0, f64::max);
        let width = drawing.width.max(natural.min(PAGE)).max(natural.min(60.0));
        let left = (width - drawing.width) / 2.0;
        let mut shapes: Vec<Shape> =
            drawing.shapes.into_iter().map(|shape| shape.transformed(left, 0.0, 1.0)).collect();
        let mut y = drawing.height + 1.6;
        for prose in paragraphs {
            let (lines, height) = self.lines(prose, (0.5, y), width - 1.0);
            shapes.extend(lines);
            y += height;
        }
        Drawing { width: rounded(width), height: rounded(y + 0.5), shapes, ..drawing }
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

    fn reads(&self, reads: &Reads) -> Drawing {
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
        let (top, bottom) = (node / 2.0 + 0.5, node / 2.0 + 0.5 + drop);
        let at = |place: usize| margin + step * (place as f64 + 0.5);
        let outputs = output_places(reads, step, margin, &at);
        let mut shapes: Vec<Shape> = reads
            .lines
            .iter()
            .filter(|(from, to, _)| *from < outputs.len() && *to < reads.inputs.len())
            .map(|(from, to, class)| line((outputs[*from], top + node / 2.0), (at(*to), bottom - node / 2.0), *class))
            .collect();
        let small = letters.min(node * 0.53);
        for (x, label) in outputs.iter().zip(&reads.outputs) {
            shapes.push(Shape {
                kind: "circle",
                x: rounded(*x),
                y: rounded(top),
                size: rounded(node / 2.0),
                ..Shape::default()
            });
            shapes.push(words(self.words(label), *x, top, "middle", small));
        }
        for (place, (label, padding)) in reads.inputs.iter().enumerate() {
            shapes.push(Shape { dashed: *padding, ..rect(at(place) - node / 2.0, bottom - node / 2.0, node, None) });
            shapes.push(words(self.words(label), at(place), bottom, "middle", small));
        }
        let first = outputs.first().copied().unwrap_or(margin);
        shapes.push(words(self.prose(&reads.output_title), first - node / 2.0 - 1.2, top, "end", letters));
        shapes.push(words(self.prose(&reads.input_title), at(0) - node / 2.0 - 1.2, bottom, "end", letters));
        let width = rounded(margin + step * count + 0.5);
        let caption = self.prose(&reads.caption);
        Drawing {
            width,
            height: rounded(bottom + node / 2.0 + 0.5),
            shapes,
            about: caption.clone(),
            caption,
            ..Drawing::default()
        }
    }

    fn matrix(&self, pattern: &Pattern) -> Drawing {
        let columns = pattern.columns.len().max(1);
        let titles = [&pattern.row_title, &pattern.column_title].map(|title| self.writer.width(title));
        let label = longest(pattern.rows.iter().cloned());
        let margin = 2.0 + 1.5 * titles[1].max(titles[0] + label) as f64;
        let cell = ((PAGE - margin) / columns as f64).clamp(2.4, 6.2);
        let letters = 2.46_f64.min(cell * 0.5);
        let head = letters.max(2.0) + 1.8;
        let spelled = pattern.cells.iter().flatten().flatten().all(|(_, base, below)| {
            0.72 * self.writer.notation.unicode(base).chars().count() as f64 + 0.55 * below.chars().count() as f64
                <= cell / letters
        });
        let mut shapes = self.labels(pattern, (margin, head), cell, letters);
        for (r, row) in pattern.cells.iter().enumerate() {
            for (c, content) in row.iter().enumerate().take(columns) {
                let (x, y) = (margin + cell * c as f64, head + cell * r as f64);
                shapes.push(rect(x, y, cell, content.as_ref().map(|(class, ..)| *class)));
                if let Some((class, base, below)) = content.as_ref().filter(|_| spelled) {
                    let text = words(self.cell(base, below), x + cell / 2.0, y + cell / 2.0, "middle", letters);
                    let below = if self.is_tex() { String::new() } else { markup(below) };
                    shapes.push(Shape { below, class: Some(class % PALETTE.len()), ..text });
                }
            }
        }
        let height = head + cell * pattern.cells.len() as f64 + 0.4;
        Drawing {
            width: rounded(margin + cell * columns as f64 + 0.4),
            height: rounded(height),
            shapes,
            caption: self.prose(&pattern.caption),
            ..Drawing::default()
        }
    }

    fn cell(&self, base: &str, below: &str) -> String {
        if !self.is_tex() {
            return markup(&self.writer.notation.unicode(base));
        }
        let index: String = below.chars().filter(|c| c.is_ascii_alphanumeric() || ",+-".contains(*c)).collect();
        let base = self.writer.notation.latex(base);
        if index.is_empty() { format!("${base}$") } else { format!("${base}_{{{index}}}$") }
    }

    fn labels(&self, pattern: &Pattern, (margin, head): (f64, f64), cell: f64, letters: f64) -> Vec<Shape> {
        let room = |labels: &[String], high: bool| {
            let need = if high { letters } else { letters * 0.62 * longest(labels.iter().cloned()) as f64 + 0.6 };
            if need <= cell { 1 } else { 5 }
        };
        let mut shapes =
            vec![words(self.title(&pattern.column_title), margin - 1.2, head - letters / 2.0 - 0.8, "end", 2.46)];
        let every = room(&pattern.columns, false);
        for (c, label) in pattern.columns.iter().enumerate().step_by(every) {
            let x = margin + cell * (c as f64 + 0.5);
            shapes.push(words(self.words(label), x, head - letters / 2.0 - 0.8, "middle", letters.max(1.6)));
        }
        let title = self.title(&pattern.row_title);
        let every = room(&pattern.rows, true);
        for (r, label) in pattern.rows.iter().enumerate().step_by(every) {
            let text = row_label(&title, &self.words(label), self.is_tex());
            shapes.push(words(text, margin - 1.2, head + cell * (r as f64 + 0.5), "end", letters.max(1.6)));
        }
        shapes
    }
}

/// About how long a line of words is, in the unit of its letters.
pub(super) fn length(text: &str, letters: f64) -> f64 {
    let wide = |c: char| {
        if c == '_' || c == '′' {
            0.2
        } else if "⊙Σ⋯".contains(c) {
            0.85
        } else {
            0.6
        }
    };
    text.chars().map(wide).sum::<f64>() * letters
}

/// Words in lines of at most so many characters, broken at spaces and behind dots.
fn broken(text: &str, most: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for piece in text.split_inclusive([' ', '·', ',']) {
        let fits = |line: &String| line.chars().count() + piece.trim_end().chars().count() <= most;
        match lines.last_mut() {
            Some(line) if line.is_empty() || fits(line) => *line += piece,
            _ => lines.push(piece.to_string()),
        }
    }
    lines.into_iter().map(|line| line.trim_end().to_string()).collect()
}

/// Text for SVG, with what follows an underscore below the line.
fn lowered(text: &str) -> String {
    let mut parts = text.split('_');
    let mut out = markup(parts.next().unwrap_or_default());
    for part in parts {
        let end = part.find(|c: char| !c.is_alphanumeric()).unwrap_or(part.len());
        let (below, after) = part.split_at(end);
        let (below, after) = (markup(below), markup(after));
        out += &format!("<tspan dy=\".25em\" font-size=\"70%\">{below}</tspan><tspan dy=\"-.175em\">{after}</tspan>");
    }
    out
}

fn row_label(title: &str, label: &str, tex: bool) -> String {
    match title.strip_suffix('$') {
        Some(open) if tex => format!("{open}{label}$"),
        _ if title.is_empty() => label.to_string(),
        _ => format!("{title} {label}"),
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
