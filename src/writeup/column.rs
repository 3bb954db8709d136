//! Formulas in a column of a given width: which stand beside each other, and in which lines.

use super::context::{Formula, LineView};
use super::lines::{lines, width};

/// The width of a line of the document, in points: that of `templates/latex/preamble.tex`.
const PAGE: f64 = 494.0;
/// What is around the formulas in the box of an answer in the document.
const BOX: f64 = 28.0;
/// The narrowest left side of a derivation in the document, and where lines begin below one that stands above.
const SIDE: f64 = 69.0;
const BELOW: f64 = 35.0;

/// The share of a line beyond which a left side stands above what it equals.
const LEFT: f64 = 0.3;
/// The same where a line has to be broken.
const TIGHT: f64 = 0.14;
/// What a line that goes on is moved to the right by, in points.
const INDENT: f64 = 12.0;
/// A relation between the two sides.
const RELATION: f64 = 14.0;

/// How a derivation stands in a column.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    /// The lines of the left side, if it stands above the rest; else none.
    pub above: Vec<String>,
    /// Whether reasons stand beside the formulas.
    pub beside: bool,
    /// The room for a reason, in points.
    pub reason: u32,
}

/// The formulas of an answer in the document.
pub fn page_answer(formulas: &mut [Formula]) {
    answer(formulas, PAGE - BOX);
}

/// A derivation in the document; a left side beyond a third of the line stands above.
pub fn page_derivation(left: &str, steps: &mut [LineView]) -> Columns {
    let wide = width(left);
    let above = wide > PAGE / 3.0;
    let start = if above { BELOW } else { wide.max(SIDE) };
    for step in steps {
        step.rows = lines(&step.right, PAGE - start - 2.0, PAGE - start - 2.0 - INDENT);
    }
    let above = if above { lines(left, PAGE - BOX, PAGE - BOX - INDENT) } else { Vec::new() };
    Columns { above, ..Columns::default() }
}

/// The formulas of an answer in a column of this width: both sides aligned, or the left ones above.
pub fn answer(formulas: &mut [Formula], room: f64) {
    let left = formulas.iter().map(|formula| width(&formula.left)).fold(0.0, f64::max);
    let aligned = left <= LEFT * room;
    let count = formulas.len();
    for (place, formula) in formulas.iter_mut().enumerate() {
        let last = place + 1 == count;
        let stop = if last { 0.0 } else { 4.0 };
        if aligned && !formula.right.is_empty() {
            formula.head = formula.left.clone();
            formula.rows = lines(&formula.right, room - left - stop, room - left - INDENT - stop);
        } else {
            let whole = lines(&formula.whole, room - stop, room - INDENT - stop);
            let split = lines(&formula.right, room - INDENT - stop, room - 2.0 * INDENT - stop);
            formula.head = String::new();
            formula.rows = match formula.right.is_empty() || whole.len() == 1 {
                true => whole,
                false => [lines(&formula.left, room, room - INDENT), split].concat(),
            };
        }
    }
}

/// A derivation in a column of this width.
pub fn derivation(left: &str, steps: &mut [LineView], room: f64) -> Columns {
    let wide = width(left);
    let long = steps.iter().any(|step| width(&step.right) + RELATION > room - wide);
    let above = wide > if long { TIGHT * room } else { LEFT * room };
    let start = if above { INDENT } else { wide };
    let mut widest: f64 = 0.0;
    for step in steps {
        step.rows = lines(&step.right, room - start, room - start - INDENT);
        widest = step.rows.iter().map(|row| width(row)).fold(widest, f64::max);
    }
    let beside = start + widest + RELATION <= 0.6 * room;
    let rest = if beside { room - start - widest - 2.0 * RELATION } else { room - start - 2.0 * INDENT };
    Columns {
        above: if above { lines(left, room, room - INDENT) } else { Vec::new() },
        beside,
        reason: rest.clamp(60.0, 240.0) as u32,
    }
}
