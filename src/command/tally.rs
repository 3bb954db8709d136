//! The verdicts on many documents: as a table of comma-separated values, a row a document, and as a
//! summary, a row a question.

use backprose::answers::Cell;
use std::collections::BTreeMap;

/// How many slips are named of one question.
const MOST_SLIPS: usize = 3;

/// The row above all others: the document, what is asked for, how much of it is proved.
pub fn head(wanted: &[String]) -> String {
    row(["file"].into_iter().chain(wanted.iter().map(String::as_str)).chain(["proved", "asked"]))
}

/// The row of one document.
pub fn line(file: &str, cells: &[Cell]) -> String {
    let words: Vec<String> = cells.iter().map(ToString::to_string).collect();
    let proved = cells.iter().filter(|cell| **cell == Cell::Proved).count().to_string();
    let asked = cells.len().to_string();
    row([file].into_iter().chain(words.iter().map(String::as_str)).chain([&*proved, &*asked]))
}

fn row<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let cells: Vec<String> = cells.map(inert).collect();
    let written = writer.write_record(&cells).ok().and_then(|()| writer.into_inner().ok());
    String::from_utf8(written.unwrap_or_default()).unwrap_or_default()
}

/// A cell that no spreadsheet takes for a formula, nor for several cells where these are separated by semicolons.
fn inert(cell: &str) -> String {
    const BEGINS: [char; 9] = ['=', '+', '-', '@', '|', '＝', '＋', '－', '＠'];
    let mut out = String::new();
    for part in cell.replace(['\t', '\r', '\n'], " ").split_inclusive(';') {
        out += if part.trim_start().starts_with(BEGINS) { "'" } else { "" };
        out += part;
    }
    out
}

/// What became of each thing asked for in all documents.
pub struct Summary {
    rows: Vec<Row>,
    documents: usize,
}

#[derive(Default)]
struct Row {
    name: String,
    words: BTreeMap<&'static str, usize>,
    slips: BTreeMap<&'static str, usize>,
}

/// The columns of the summary.
const WORDS: [&str; 5] = ["proved", "refuted", "undecided", "missing", "unreadable"];

impl Summary {
    /// Nothing counted yet.
    pub fn new(wanted: &[String]) -> Summary {
        let rows = wanted.iter().map(|name| Row { name: name.clone(), ..Row::default() });
        Summary { rows: rows.collect(), documents: 0 }
    }

    /// Counts a document.
    pub fn add(&mut self, cells: &[Cell]) {
        self.documents += 1;
        for (row, cell) in self.rows.iter_mut().zip(cells) {
            *row.words.entry(cell.word()).or_default() += 1;
            if let Cell::Refuted(Some(slip)) = cell {
                *row.slips.entry(slip).or_default() += 1;
            }
        }
    }

    /// The table; what nobody answers is one line.
    pub fn table(&self) -> String {
        let nobody = |row: &Row| row.words.get("missing") == Some(&self.documents);
        let rows: Vec<&Row> = self.rows.iter().filter(|row| !nobody(row)).collect();
        let width = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0);
        let mut text = format!("{} documents\n", self.documents);
        if !rows.is_empty() {
            text += &format!("{:width$}", "");
            WORDS.iter().for_each(|word| text += &format!("  {word}"));
            text += "  slips\n";
        }
        for row in &rows {
            text += &format!("{:width$}", row.name);
            for word in WORDS {
                text += &format!("  {:>1$}", row.words.get(word).copied().unwrap_or(0), word.len());
            }
            text += &format!("  {}", row.most_frequent());
            text = format!("{}\n", text.trim_end());
        }
        let left = self.rows.len() - rows.len();
        if left > 0 {
            text += &format!("in no document: {left} of {} answers\n", self.rows.len());
        }
        text
    }
}

impl Row {
    /// The most frequent slips, each with its number.
    fn most_frequent(&self) -> String {
        let mut slips: Vec<(&&str, &usize)> = self.slips.iter().collect();
        slips.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let shown: Vec<String> =
            slips.iter().take(MOST_SLIPS).map(|(slip, count)| format!("{slip} ({count})")).collect();
        let more = if slips.len() > MOST_SLIPS { ", …" } else { "" };
        format!("{}{more}", shown.join(", "))
    }
}
