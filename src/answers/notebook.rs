//! The Markdown cells of a notebook as one text, and where each place of it stands in the file.

use crate::diagnostic::{Diagnostic, Diagnostics, Span};
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
struct Notebook<'a> {
    #[serde(borrow)]
    cells: Vec<Cell<'a>>,
}

#[derive(Deserialize)]
struct Cell<'a> {
    cell_type: String,
    #[serde(borrow)]
    source: &'a RawValue,
}

/// Where a text made of pieces of a file has them from.
#[derive(Debug, Default)]
pub struct Places {
    /// Where a piece begins in the text, where in the file, and how it is written there: a string of JSON.
    pieces: Vec<(usize, usize, String)>,
}

/// The text of all Markdown cells, empty lines between them: as many as it takes for a cell to begin in
/// the line of the file in which it does, where the file has a line for each line of a cell.
///
/// # Errors
/// If the file is no notebook.
pub fn notebook(file: &str) -> Result<(String, Places), Diagnostics> {
    let notebook: Notebook = serde_json::from_str(file).map_err(|error| {
        let at = file.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
        let at = (at + error.column().saturating_sub(1)).min(file.len());
        let hint = "a notebook is JSON with `cells`, each with a `cell_type` and a `source`";
        vec![Diagnostic::new("this is no notebook", Span::new(at, at)).label(error.to_string()).hint(hint)]
    })?;
    let (mut text, mut places) = (String::new(), Places::default());
    let lines_before = |text: &str, end: usize| text[..end].matches('\n').count();
    for cell in notebook.cells.iter().filter(|cell| cell.cell_type == "markdown") {
        let lines: Vec<&RawValue> = match cell.source.get().starts_with('[') {
            true => serde_json::from_str(cell.source.get()).unwrap_or_default(),
            false => vec![cell.source],
        };
        if let Some(first) = lines.first() {
            let line = lines_before(file, place(file, first));
            text += &"\n".repeat(line.saturating_sub(lines_before(&text, text.len())));
        }
        for line in lines {
            let Ok(words) = serde_json::from_str::<String>(line.get()) else { continue };
            places.pieces.push((text.len(), place(file, line), line.get().to_string()));
            text += &words;
        }
        text += "\n\n";
    }
    Ok((text, places))
}

/// Where a value stands in the file.
fn place(file: &str, value: &RawValue) -> usize {
    value.get().as_ptr() as usize - file.as_ptr() as usize
}

impl Places {
    /// Where a stretch of the text stands in the file; in a text that is no notebook's, there.
    pub fn in_file(&self, span: Span) -> Span {
        let start = self.at(span.start);
        Span::new(start, self.at(span.end).max(start))
    }

    fn at(&self, place: usize) -> usize {
        let Some((begin, start, raw)) = self.pieces.iter().rev().find(|(begin, ..)| *begin <= place) else {
            return place;
        };
        let (mut left, mut at) = (place - begin, 1);
        let bytes = raw.as_bytes();
        while left > 0 && at + 1 < bytes.len() {
            let (written, meant) = match (bytes[at], bytes.get(at + 1)) {
                (b'\\', Some(b'u')) => escaped(raw, at),
                (b'\\', _) => (2, 1),
                _ => (1, 1),
            };
            at += written;
            left = left.saturating_sub(meant);
        }
        start + at
    }
}

/// How long `\u…` at a place is, and the character that it means.
fn escaped(raw: &str, at: usize) -> (usize, usize) {
    let unit = |at: usize| raw.get(at + 2..at + 6).and_then(|digits| u16::from_str_radix(digits, 16).ok());
    let units: Vec<u16> = [unit(at), unit(at + 6)].into_iter().flatten().collect();
    match char::decode_utf16(units).next() {
        Some(Ok(one)) => (6 * one.len_utf16(), one.len_utf8()),
        _ => (6, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::notebook;
    use crate::diagnostic::Span;

    #[test]
    fn places_in_cells_are_places_in_the_file() {
        let file = r#"{"cells": [
 {"cell_type": "code", "source": ["x = 1"]},
 {"cell_type": "markdown", "source": ["\u00e9 \"\\alpha\"\n",
  "β"]}]}"#;
        let (text, places) = notebook(file).unwrap();
        assert_eq!(text, "\n\né \"\\alpha\"\nβ\n\n");
        for (word, written) in [("alpha", "alpha"), ("β", "β")] {
            let at = text.find(word).unwrap();
            let found = places.in_file(Span::new(at, at + word.len()));
            assert_eq!(&file[found.start..found.end], written);
        }
        assert!(notebook("{}").is_err());
    }
}
