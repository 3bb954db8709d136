//! Files and folders on the command line.

use super::Stop;
use super::input::stays_inside;
use super::report::complain;
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// The files that paths name: files as they are, of folders what has one of the endings, hidden ones left out,
/// in the order of their names. `-` is standard input.
///
/// # Errors
/// What cannot be read, and folders that hold nothing of the kind.
pub fn files(paths: &[PathBuf], endings: &[&str]) -> Result<Vec<PathBuf>, Stop> {
    let mut found = Vec::new();
    for path in paths {
        if !path.is_dir() {
            found.push(path.clone());
            continue;
        }
        let before = found.len();
        let shown = |entry: &DirEntry| entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.');
        for entry in WalkDir::new(path).sort_by_file_name().into_iter().filter_entry(shown) {
            let entry = entry.map_err(|error| {
                complain(format!("{} cannot be read: {error}", path.display()), None);
                Stop::Unusable
            })?;
            if !entry.file_type().is_dir() && ends(entry.path(), endings) {
                found.push(entry.into_path());
            }
        }
        stays_inside(path, &found[before..])?;
        if found.len() == before {
            complain(format!("{} holds no {} file", path.display(), endings.join(", ")), None);
            return Err(Stop::Unusable);
        }
    }
    Ok(found)
}

/// Whether a file's name ends in one of the extensions.
pub fn ends(path: &Path, endings: &[&str]) -> bool {
    path.extension().is_some_and(|ending| endings.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}
