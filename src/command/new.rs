//! `backprose new`: a homework file to begin with.

use super::Stop;
use super::output::{create, print};
use super::report::complain;
use std::path::Path;

/// The homework that a new file begins as.
const HOMEWORK: &str = include_str!("../../templates/new/homework.bp");

/// Writes a homework that can be solved as it is; a file that is there stays as it is.
pub fn new(path: &Path) -> Result<(), Stop> {
    let path = match path.extension() {
        None => path.with_extension("bp"),
        Some(ending) if ending == "bp" => path.to_path_buf(),
        Some(ending) => {
            let hint = format!("for example {}", path.with_extension("bp").display());
            complain(format!("homework files end in .bp, not .{}", ending.display()), Some(&hint));
            return Err(Stop::Unusable);
        }
    };
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let shown: String = path.display().to_string().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let text = HOMEWORK.replace("{{ title }}", &title(&stem)).replace("{{ file }}", &shown);
    create(&path, &text)?;
    print(format!(
        "wrote {shown}\nbackprose solve {shown} makes the solution sheet, backprose watch {shown} on every save\n"
    ))
}

/// `linear-maps_2` is the title *Linear maps 2*.
fn title(stem: &str) -> String {
    let words: String = stem.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => "Homework".to_string(),
    }
}
