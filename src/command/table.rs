//! Answers in rows, for the terminal.

use backprose::writeup::document::Prose;
use backprose::writeup::listing::{Entry, plain};
use backprose::writeup::unicode;

const WIDTH: usize = 100;

/// Name, shape, formula, operation; the evidence below.
pub fn answers(rows: &[Entry], evidence: &[Prose], color: bool) -> String {
    let (strong, dim, end) = if color { ("\u{1b}[1m", "\u{1b}[2m", "\u{1b}[0m") } else { ("", "", "") };
    let cells: Vec<[String; 5]> = rows
        .iter()
        .map(|e| {
            let formulas: Vec<String> = e.formulas.iter().map(|f| unicode(f, &[])).collect();
            [
                e.name.clone(),
                unicode(&e.shape, &[]),
                formulas.join(",  "),
                plain(&e.operation, &[]),
                unicode(&e.matrix, &[]),
            ]
        })
        .collect();
    let widest = |k: usize| cells.iter().map(|c| c[k].chars().count()).max().unwrap_or(0);
    let (first, second) = (widest(0), widest(1).min(16));
    let formula =
        cells.iter().map(|c| c[2].chars().count()).filter(|w| first + second + w + 4 <= 70).max().unwrap_or(0);
    let pad = |text: &str, width: usize| format!("{text}{}", " ".repeat(width.saturating_sub(text.chars().count())));
    let mut table = String::new();
    for [name, shape, equation, operation, matrix] in &cells {
        table += &format!("{strong}{}{end}  {}", pad(name, first), pad(shape, second));
        let fits = shape.chars().count() <= second && first + second + 4 + equation.chars().count() <= WIDTH;
        let margin = " ".repeat(first + 2);
        match fits {
            true => table += &format!("  {}", pad(equation, formula)),
            false => {
                table = table.trim_end().to_string();
                table += &format!("\n{margin}{equation}");
            }
        }
        if !operation.is_empty() {
            let used = if fits { first + second + 4 + equation.chars().count().max(formula) } else { WIDTH };
            let room = used + 2 + operation.chars().count() <= WIDTH + 10;
            table += &match room {
                true => format!("  {dim}{operation}{end}"),
                false => format!("\n{margin}{dim}{operation}{end}"),
            };
        }
        table = table.trim_end().to_string();
        if !matrix.is_empty() {
            table += &format!("\n{margin}{matrix}");
        }
        table.push('\n');
    }
    for line in evidence {
        for wrapped in wrap(&plain(line, &[]), WIDTH) {
            table += &format!("{dim}{wrapped}{end}\n");
        }
    }
    table
}

fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.len() - 1;
        if !lines[last].is_empty() && lines[last].chars().count() + 1 + word.chars().count() > width {
            lines.push(word.to_string());
        } else {
            if !lines[last].is_empty() {
                lines[last].push(' ');
            }
            lines[last] += word;
        }
    }
    lines
}
