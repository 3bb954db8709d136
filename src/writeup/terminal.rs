//! Terminal text: blocks laid out in lines of at most eighty columns.
//!
//! Everything is measured before it is coloured, so that colours never move a column.

use super::context::{BlockView, Formula, LineView, RowView};
use super::document::Pattern;
use super::notation::Notation;
use super::plain;

/// Columns of the page.
pub const WIDTH: usize = 80;
const INDENT: &str = "    ";

/// Colours, or none.
#[derive(Clone, Copy, Debug)]
pub struct Ink {
    /// Whether to colour at all.
    pub color: bool,
}

impl Ink {
    fn paint(self, code: &str, text: &str) -> String {
        if self.color && !text.is_empty() { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_string() }
    }

    /// Headings.
    pub fn strong(self, text: &str) -> String {
        self.paint("1", text)
    }

    /// Reasons, ranges, conventions.
    pub fn faint(self, text: &str) -> String {
        self.paint("2", text)
    }

    /// Rules and boxes.
    pub fn accent(self, text: &str) -> String {
        self.paint("34", text)
    }
}

/// Width in columns.
pub fn columns(text: &str) -> usize {
    text.chars().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).count()
}

fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(columns(text))))
}

/// Text in lines of at most `first` and then `rest` columns, broken at spaces.
pub fn wrapped(text: &str, first: usize, rest: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
            let room = if lines.is_empty() { first } else { rest };
            if !line.is_empty() && columns(&line) + 1 + columns(word) > room {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line += word;
        }
        if !line.is_empty() {
            lines.push(line);
        }
    }
    lines
}

/// A heading with something at the right margin.
pub fn heading(left: &str, right: &str, ink: Ink) -> Vec<String> {
    let gap = WIDTH.saturating_sub(columns(left) + columns(right));
    let mut lines = match (right.is_empty(), gap) {
        (true, _) | (_, 0..2) => wrapped(left, WIDTH, WIDTH).iter().map(|line| ink.strong(line)).collect(),
        _ => vec![format!("{}{}{}", ink.strong(left), " ".repeat(gap), ink.faint(right))],
    };
    if !right.is_empty() && gap < 2 {
        lines.extend(wrapped(right, WIDTH, WIDTH).iter().map(|line| ink.faint(line)));
    }
    lines.push(ink.accent(&"━".repeat(WIDTH)));
    lines
}

/// A paragraph behind a label.
pub fn labelled(label: &str, text: &str, ink: Ink) -> Vec<String> {
    let indent = if label.is_empty() { 0 } else { columns(label) + 1 };
    let mut lines = wrapped(text, WIDTH - indent.min(40), WIDTH - indent.min(40));
    if lines.is_empty() {
        lines.push(String::new());
    }
    let lead =
        |place: usize| if place == 0 && indent > 0 { format!("{} ", ink.strong(label)) } else { " ".repeat(indent) };
    lines.iter().enumerate().map(|(place, line)| format!("{}{line}", lead(place)).trim_end().to_string()).collect()
}

/// A faint paragraph.
pub fn faint(text: &str, ink: Ink) -> Vec<String> {
    wrapped(text, WIDTH, WIDTH).iter().map(|line| ink.faint(line)).collect()
}

/// The lines of a block.
pub fn block(view: &BlockView, pattern: Option<(&Pattern, &Notation)>, ink: Ink) -> Vec<String> {
    match view {
        BlockView::Boxed { formulas, ranges, .. } => boxed(formulas, ranges, ink),
        BlockView::Derivation { left, lines, folded, .. } => derivation(left, lines, folded.as_deref(), ink),
        BlockView::Paragraph { text, .. } => wrapped(text, WIDTH, WIDTH),
        BlockView::Table { header, rows, .. } => table(header, rows, ink),
        BlockView::Picture { alternative, caption, .. } => match pattern {
            Some((pattern, notation)) => matrix(pattern, notation, caption),
            None => vec![alternative.clone()],
        },
        BlockView::Diagram { reads, .. } => reads
            .iter()
            .flat_map(|read| hanging(&format!("{} ← {}", read.node, read.from.join(", ")), WIDTH - 4, 4))
            .map(|line| format!("{INDENT}{line}"))
            .collect(),
        BlockView::Missing { text, .. } => {
            framed(&wrapped(text, WIDTH - 8, WIDTH - 8), ["╔", "═", "╗", "║", "╚", "╝"], ink)
        }
    }
}

fn framed(lines: &[String], [a, b, c, d, e, f]: [&str; 6], ink: Ink) -> Vec<String> {
    let width = lines.iter().map(|line| columns(line)).max().unwrap_or(0);
    let rule = b.repeat(width + 2);
    let mut out = vec![format!("{INDENT}{}", ink.accent(&format!("{a}{rule}{c}")))];
    for line in lines {
        out.push(format!("{INDENT}{} {} {}", ink.accent(d), padded(line, width), ink.accent(d)));
    }
    out.push(format!("{INDENT}{}", ink.accent(&format!("{e}{rule}{f}"))));
    out
}

fn boxed(formulas: &[Formula], ranges: &[String], ink: Ink) -> Vec<String> {
    let row = formulas.iter().map(|formula| formula.whole.as_str()).collect::<Vec<_>>().join(",   ");
    let room = WIDTH - 8;
    let lines = if columns(&row) <= room {
        vec![row]
    } else {
        formulas.iter().flat_map(|formula| hanging(&formula.whole, room, 4)).collect()
    };
    let mut out = framed(&lines, ["┌", "─", "┐", "│", "└", "┘"], ink);
    let ranges = ranges.join(", ");
    let width = lines.iter().map(|line| columns(line)).max().unwrap_or(0) + 8;
    if ranges.is_empty() {
        return out;
    }
    if width + 2 + columns(&ranges) <= WIDTH {
        let middle = out.len() / 2;
        out[middle] += &format!("  {}", ink.faint(&ranges));
    } else {
        out.extend(wrapped(&ranges, WIDTH - 6, WIDTH - 6).iter().map(|line| format!("{INDENT}  {}", ink.faint(line))));
    }
    out
}

/// A formula in lines, broken at spaces outside brackets where there are any.
fn hanging(text: &str, room: usize, indent: usize) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut rest = text.trim();
    loop {
        let lead = if out.is_empty() { 0 } else { indent };
        let width = room.saturating_sub(lead).max(12);
        if columns(rest) <= width {
            out.push(format!("{}{rest}", " ".repeat(lead)));
            return out;
        }
        let cut = best_break(rest, width);
        out.push(format!("{}{}", " ".repeat(lead), rest[..cut].trim_end()));
        rest = rest[cut..].trim_start();
    }
}

/// Where to break: the last space of the shallowest kind in the right two thirds of the line.
fn best_break(text: &str, width: usize) -> usize {
    let (mut depth, mut best, mut hard) = (0_i32, None, text.len());
    for (column, (at, c)) in text.char_indices().enumerate() {
        if column > width {
            break;
        }
        hard = at;
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ' ' if column > width / 3 && best.is_none_or(|(shallow, _)| depth <= shallow) => best = Some((depth, at)),
            _ => {}
        }
    }
    best.map_or(hard, |(_, at)| at)
}

fn derivation(left: &str, lines: &[LineView], folded: Option<&str>, ink: Ink) -> Vec<String> {
    let mut out: Vec<String> = folded.map(|title| format!("{INDENT}{}", ink.strong(title))).into_iter().collect();
    let own_line = columns(left) > 26;
    let column = if own_line { 4 } else { columns(left) };
    if own_line {
        out.extend(hanging(left, WIDTH - 4, 4).iter().map(|line| format!("{INDENT}{line}")));
    }
    let body = 4 + column + 1;
    let widest = lines
        .iter()
        .map(|line| body + columns(&line.relation) + 1 + columns(&line.right))
        .filter(|w| *w <= 46)
        .max()
        .unwrap_or(40);
    let reasons = widest + 3;
    for (place, line) in lines.iter().enumerate() {
        let lead = if place == 0 && !own_line { left } else { "" };
        let text = format!("{} {}", line.relation, line.right);
        let rows = hanging(&text, WIDTH - body, 2 + columns(&line.relation));
        for (row, text) in rows.iter().enumerate() {
            out.push(
                format!("{INDENT}{} {text}", padded(if row == 0 { lead } else { "" }, column)).trim_end().to_string(),
            );
        }
        with_reason(&mut out, &line.reason, reasons, rows.len() == 1, ink);
    }
    out
}

/// The reason stands in its column where it can, else farther right, else on the next line.
fn with_reason(out: &mut Vec<String>, reason: &str, column: usize, may_share: bool, ink: Ink) {
    let used = out.last().map_or(0, |last| columns(last)) + 2;
    let whole = columns(reason);
    if may_share && used <= WIDTH - 24 && (used <= column || used + whole <= WIDTH) {
        let column = column.max(used);
        let mut rows = wrapped(reason, WIDTH - column, WIDTH - column).into_iter();
        if let (Some(last), Some(first)) = (out.last_mut(), rows.next()) {
            *last = format!("{}{}", padded(last, column), ink.faint(&first));
        }
        out.extend(rows.map(|row| format!("{}{}", " ".repeat(column), ink.faint(&row))));
        return;
    }
    let column = if whole + 8 <= WIDTH { column.min(WIDTH - whole) } else { column };
    out.extend(
        wrapped(reason, WIDTH - column, WIDTH - column)
            .iter()
            .map(|row| format!("{}{}", " ".repeat(column), ink.faint(row))),
    );
}

fn table(header: &[String], rows: &[RowView], ink: Ink) -> Vec<String> {
    let count = header.len();
    let natural = |c: usize| {
        rows.iter()
            .map(|row| &row.cells)
            .chain([&header.to_vec()])
            .filter_map(|cells| cells.get(c).map(|cell| columns(cell)))
            .max()
            .unwrap_or(0)
    };
    let mut widths: Vec<usize> = (0..count).map(natural).collect();
    let room = (WIDTH - 4).saturating_sub(3 * count.saturating_sub(1));
    while widths.iter().sum::<usize>() > room {
        match widths.iter_mut().max().filter(|width| **width > 8) {
            Some(widest) => *widest -= 1,
            None => break,
        }
    }
    let rule = |mark: &str| {
        format!("{INDENT}{}", ink.accent(&mark.repeat(widths.iter().sum::<usize>() + 3 * count.saturating_sub(1))))
    };
    let mut out = vec![rule("─")];
    out.extend(row(header, &widths, |text| ink.strong(text)));
    out.push(rule("─"));
    for line in rows {
        out.extend(row(&line.cells, &widths, |text| if line.bold { ink.strong(text) } else { text.to_string() }));
    }
    out.push(rule("─"));
    out
}

fn row(cells: &[String], widths: &[usize], paint: impl Fn(&str) -> String) -> Vec<String> {
    let cells: Vec<Vec<String>> = cells.iter().zip(widths).map(|(cell, width)| wrapped(cell, *width, *width)).collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or(0);
    let line = |r: usize| {
        let texts =
            cells.iter().zip(widths).map(|(cell, width)| padded(cell.get(r).map_or("", String::as_str), *width));
        let line = texts.collect::<Vec<_>>().join("   ");
        format!("{INDENT}{}", paint(line.trim_end()))
    };
    (0..height).map(line).collect()
}

/// A matrix in characters, its caption under it.
pub fn matrix(pattern: &Pattern, notation: &Notation, caption: &str) -> Vec<String> {
    let entry = |cell: &Option<(usize, String, String)>| {
        cell.as_ref().map_or("·".into(), |(_, base, below)| format!("{}{}", notation.unicode(base), below))
    };
    let cells: Vec<Vec<String>> = pattern.cells.iter().map(|row| row.iter().map(entry).collect()).collect();
    let widest = cells.iter().flatten().chain(&pattern.columns).map(|text| columns(text)).max().unwrap_or(1);
    let row_title = plain::math(&pattern.row_title, notation);
    let label = |r: usize| format!("{row_title} {}", pattern.rows.get(r).map_or("", String::as_str)).trim().to_string();
    let column_title = plain::math(&pattern.column_title, notation);
    let left = (0..cells.len()).map(|r| columns(&label(r))).chain([columns(&column_title)]).max().unwrap_or(0);
    let short = left + 8 + pattern.columns.len() * (widest + 1) > WIDTH;
    let width = if short { 1 } else { widest };
    let align = |text: &str, width: usize| format!("{}{text}", " ".repeat(width.saturating_sub(columns(text))));
    let gap = if short { "" } else { " " };
    let mut out = Vec::new();
    if short {
        out.push(format!(
            "{INDENT}{} {} …",
            align(&column_title, left),
            pattern.columns.first().map_or("", String::as_str)
        ));
    } else {
        let heads: Vec<String> = pattern.columns.iter().map(|head| align(head, width)).collect();
        out.push(format!("{INDENT}{}  {}", align(&column_title, left), heads.join(gap)));
    }
    for (r, row) in cells.iter().enumerate() {
        let texts: Vec<String> =
            row.iter().map(|text| if short && text != "·" { "■".into() } else { align(text, width) }).collect();
        out.push(format!("{INDENT}{} [{}]", align(&label(r), left), texts.join(gap)));
    }
    out.extend(wrapped(caption, WIDTH - 4, WIDTH - 4).iter().map(|line| format!("{INDENT}{line}")));
    out
}
