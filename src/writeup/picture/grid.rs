//! Matrices as cells with labels, in blocks where there are several axes.

use super::{Draughtsman, Drawing, PAGE, PALETTE, Shape, longest, markup, path, rect, rounded, words};
use crate::writeup::document::{Math, Pattern};

/// Smaller letters are not set into cells.
const LEAST: f64 = 1.0;

impl Draughtsman<'_> {
    /// The drawing of a matrix.
    pub(in crate::writeup) fn matrix(&self, pattern: &Pattern) -> Drawing {
        let columns = pattern.columns.len().max(1);
        let titles = [&pattern.row_title, &pattern.column_title].map(|title| self.writer.width(title));
        let label = longest(pattern.rows.iter().cloned());
        let outer =
            pattern.frame.rows.iter().map(|(_, label)| 1.5 * self.writer.width(label) as f64).fold(0.0, f64::max);
        let margin = 2.0 + 1.5 * titles[1].max(titles[0] + label) as f64 + outer;
        let cell = ((PAGE - margin) / columns as f64).clamp(if pattern.frame.is_plain() { 2.4 } else { 1.2 }, 6.2);
        let letters = 2.46_f64.min(cell * 0.5);
        let head = letters.max(2.0) + 1.8 + if pattern.frame.columns.is_empty() { 0.0 } else { 3.4 };
        let spelled = pattern.cells.iter().flatten().flatten().all(|(_, base, below)| {
            0.72 * self.writer.notation.unicode(base).chars().count() as f64 + 0.55 * below.chars().count() as f64
                <= cell / letters
        });
        let mut shapes = self.labels(pattern, (margin, head), cell, letters);
        for (r, row) in pattern.cells.iter().enumerate() {
            for (c, content) in row.iter().enumerate().take(columns) {
                let (x, y) = (margin + cell * c as f64, head + cell * r as f64);
                let square = rect(x, y, cell, content.as_ref().map(|(class, ..)| *class));
                shapes.push(Shape { dashed: pattern.frame.dashed.contains(&(r, c)), ..square });
                if let Some((class, base, below)) = content.as_ref().filter(|_| spelled && letters >= LEAST) {
                    let text = words(self.cell(base, below), x + cell / 2.0, y + cell / 2.0, "middle", letters);
                    let below = if self.is_tex() || base.is_empty() { String::new() } else { markup(below) };
                    shapes.push(Shape { below, class: Some(class % PALETTE.len()), ..text });
                }
            }
        }
        shapes.extend(self.blocks(pattern, (margin, head), cell));
        let height = head + cell * pattern.cells.len() as f64 + 0.4;
        Drawing {
            width: rounded(margin + cell * columns as f64 + 0.4),
            height: rounded(height),
            shapes,
            caption: self.prose(&pattern.caption),
            ..Drawing::default()
        }
    }

    /// Lines between blocks, and what is the same in each.
    fn blocks(&self, pattern: &Pattern, (margin, head): (f64, f64), cell: f64) -> Vec<Shape> {
        let (right, bottom) = (margin + cell * pattern.columns.len() as f64, head + cell * pattern.rows.len() as f64);
        let mut shapes = Vec::new();
        let shown = |labels: &[(usize, Math)], room: &dyn Fn(usize, usize) -> f64| {
            let tight = labels.iter().any(|(length, label)| room(*length, self.writer.width(label)) < 0.0);
            if tight { 0 } else { 1 }
        };
        let wide = |length: usize, letters: usize| cell * length as f64 - 1.4 * letters as f64;
        let named = shown(&pattern.frame.columns, &wide);
        let mut x = margin;
        for (length, label) in &pattern.frame.columns {
            let middle = x + cell * *length as f64 / 2.0;
            let last = label.len().saturating_sub(1);
            let label = if named == 1 { label.as_slice() } else { &label[last..] };
            shapes.push(words(self.title(label), middle, head - 5.2, "middle", 2.2));
            shapes.push(bar((x, head - 3.4), (x, bottom)));
            x += cell * *length as f64;
        }
        let mut y = head;
        let high = |length: usize, _: usize| cell * length as f64 - 2.4;
        let every = if shown(&pattern.frame.rows, &high) == 1 { 1 } else { 5 };
        for (k, (length, label)) in pattern.frame.rows.iter().enumerate() {
            let middle = y + cell * *length as f64 / 2.0;
            if k % every == 0 {
                shapes.push(words(self.title(label), 0.5, middle, "start", 2.2));
            }
            shapes.push(bar((margin - 1.0, y), (right, y)));
            y += cell * *length as f64;
        }
        if !pattern.frame.is_plain() {
            let corners = [(margin, head), (right, head), (right, bottom), (margin, bottom), (margin, head)];
            let points = corners.map(|(x, y)| (rounded(x), rounded(y))).to_vec();
            shapes.push(Shape { size: 0.6, ..path(&points, false) });
        }
        shapes
    }

    fn cell(&self, base: &str, below: &str) -> String {
        if base.is_empty() {
            return self.words(below);
        }
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

fn bar(from: (f64, f64), to: (f64, f64)) -> Shape {
    Shape { size: 0.6, ..path(&[from, to].map(|(x, y)| (rounded(x), rounded(y))), false) }
}

fn row_label(title: &str, label: &str, tex: bool) -> String {
    match title.strip_suffix('$') {
        Some(open) if tex => format!("{open}{label}$"),
        _ if title.is_empty() => label.to_string(),
        _ => format!("{title} {label}"),
    }
}
