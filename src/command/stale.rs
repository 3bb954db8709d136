//! `backprose solve --check`: whether the write-ups that are there are what would be written.

use super::Stop;
use super::output::{print, print_plain};
use super::report::{colours, complain};
use backprose::writeup::harmless;
use similar::{ChangeTag, TextDiff};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// How many lines stand around a change.
const AROUND: usize = 3;

/// Compares every write-up with its file, shows the differences, and says how to renew what is out of date.
///
/// # Errors
/// If a file is out of date or missing, or cannot be read.
pub fn check(written: &[(PathBuf, Vec<u8>)]) -> Result<(), Stop> {
    let (mut stale, mut missing) = (Vec::new(), Vec::new());
    for (path, contents) in written {
        match std::fs::read(path) {
            Ok(found) if found == *contents => {}
            Ok(found) => {
                if let Ok(text) = std::str::from_utf8(contents) {
                    print(difference(path, &String::from_utf8_lossy(&found), text))?;
                }
                stale.push(format!("{} is out of date", path.display()));
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                missing.push(format!("{} is missing", path.display()));
            }
            Err(error) => {
                complain(format!("{} cannot be read: {error}", path.display()), None);
                return Err(Stop::Unusable);
            }
        }
    }
    if stale.is_empty() && missing.is_empty() {
        let names: Vec<String> = written.iter().map(|(path, _)| path.display().to_string()).collect();
        return print_plain(&format!("{}: up to date\n", names.join(", ")));
    }
    let words = [stale, missing].concat().join("; ");
    print_plain(&format!("{words}\nto renew: {}\n", renewing()))?;
    Err(Stop::Refuted)
}

/// The command as it was given, without `--check`.
fn renewing() -> String {
    let quoted = |word: String| match word.chars().all(|c| c.is_ascii_alphanumeric() || "-_./=,:+@".contains(c)) {
        true if !word.is_empty() => word,
        _ => format!("'{}'", word.replace('\'', "'\\''")),
    };
    let words = std::env::args().skip(1).filter(|word| word != "--check").map(quoted);
    ["backprose".to_string()].into_iter().chain(words).collect::<Vec<_>>().join(" ")
}

/// What has to change in a file, as a unified difference.
fn difference(path: &Path, found: &str, wanted: &str) -> String {
    let (red, green, cyan, end) = match colours(&std::io::stdout()) {
        true => ("\u{1b}[31m", "\u{1b}[32m", "\u{1b}[36m", "\u{1b}[0m"),
        false => ("", "", "", ""),
    };
    let name = harmless(&path.display().to_string());
    let mut text = format!("--- {name}\n+++ {name} (derived now)\n");
    let diff = TextDiff::from_lines(found, wanted);
    for hunk in diff.unified_diff().context_radius(AROUND).iter_hunks() {
        text += &format!("{cyan}{}{end}\n", hunk.header());
        for change in hunk.iter_changes() {
            let (sign, on, off) = match change.tag() {
                ChangeTag::Delete => ('-', red, end),
                ChangeTag::Insert => ('+', green, end),
                ChangeTag::Equal => (' ', "", ""),
            };
            text += &format!("{on}{sign}{}{off}\n", harmless(change.value().trim_end_matches(['\n', '\r'])));
            if change.missing_newline() {
                text += "\\ No newline at end of file\n";
            }
        }
    }
    text
}
