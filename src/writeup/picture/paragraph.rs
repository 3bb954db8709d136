//! Words under drawings and on their edges: how long they are, and where lines break.

use super::{Draughtsman, Drawing, PAGE, Shape, markup, rounded, words};
use crate::writeup::document::{Inline, Prose};
use crate::writeup::lines;
use crate::writeup::prose::{Dialect, Writer};

/// Letters and lines of what stands under a drawing, in millimetres.
const NOTE: f64 = 2.3;
const LINE: f64 = 3.5;
/// Points of a millimetre.
const POINTS: f64 = 2.845;

impl Draughtsman<'_> {
    /// Words in plain characters, for judging how long they are.
    pub(in crate::writeup) fn measured(&self, prose: &[Inline]) -> String {
        Writer { dialect: Dialect::Text, ..self.writer }.prose(prose)
    }

    /// About how long words are on one line, in the unit of their letters, in a drawing that is scaled: TeX sets signs
    /// apart, and small letters wide.
    pub(in crate::writeup) fn reach(&self, prose: &[Inline], letters: f64, scale: f64) -> f64 {
        let plain = |prose: &[Inline]| length(&self.measured(prose), letters);
        if !self.is_tex() {
            return plain(prose);
        }
        let points = letters * scale * POINTS;
        let wide = (1.0 + 0.08 * (10.0 - points)).clamp(1.0, 1.4);
        let set = prose.iter().map(|inline| match inline {
            Inline::Math(math) => wide * letters * lines::width(self.writer.inline_math(math).trim_matches('$')) / 10.0,
            words => plain(std::slice::from_ref(words)),
        });
        set.sum::<f64>().max(plain(prose))
    }

    /// Words on one line, with what follows an underscore below it.
    pub(in crate::writeup) fn line(&self, prose: &[Inline]) -> String {
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
            let (height, column) = (height * if formulas { 1.4 } else { 1.0 }, rounded(column));
            return (vec![Shape { column, ..words(self.writer.prose(prose), x, y, "start", NOTE) }], height);
        }
        let at = |k: usize| y + LINE * (k as f64 + 0.5);
        let shapes = texts.iter().enumerate().map(|(k, text)| words(lowered(text), x, at(k), "start", NOTE));
        (shapes.collect(), height)
    }

    /// A drawing with paragraphs under it.
    pub(in crate::writeup) fn above(&self, drawing: Drawing, paragraphs: &[Prose]) -> Drawing {
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
}

/// About how long a line of words is, in the unit of its letters.
pub(in crate::writeup) fn length(text: &str, letters: f64) -> f64 {
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
