//! PDF: a LaTeX document through the TeX that is installed, in a folder of its own.

use super::Stop;
use super::report::complain;
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use wait_timeout::ChildExt;

/// Programs that make a PDF of a LaTeX document, in the order in which they are tried.
const PROGRAMS: [&str; 3] = ["pdflatex", "lualatex", "tectonic"];
/// References and bookmarks stand after so many runs.
const MOST_RUNS: usize = 3;
/// What is shown of what TeX says, in lines.
const MOST_LINES: usize = 12;
/// The variable that says how many seconds a run of TeX may take, and how many if it is not set.
const PATIENCE: (&str, u64) = ("BACKPROSE_TEX_SECONDS", 60);

/// The document as PDF.
pub fn pdf(document: &str) -> Result<Vec<u8>, Stop> {
    let failed = |what: String, hint: Option<&str>| {
        complain(what, hint);
        Stop::Unusable
    };
    let folder = Folder::new().map_err(|error| failed(format!("no folder for TeX can be made: {error}"), None))?;
    let written = std::fs::write(folder.0.join("sheet.tex"), document);
    written.map_err(|error| failed(format!("TeX cannot be given the document: {error}"), None))?;
    let patience = patience()?;
    for program in PROGRAMS {
        match typeset(program, &folder.0, patience) {
            Ok(Run::Done) => {
                let result = std::fs::read(folder.0.join("sheet.pdf"));
                return result.map_err(|error| failed(format!("{program} left no PDF: {error}"), None));
            }
            Ok(Run::Failed) => {
                let hint = "--format latex writes the document, to be compiled by hand";
                let said = complaints(&folder.0);
                return Err(failed(format!("{program} cannot set the document:\n{said}"), Some(hint)));
            }
            Ok(Run::TooLong) => {
                let hint = format!("{} says how many seconds it may take", PATIENCE.0);
                let seconds = patience.as_secs();
                return Err(failed(format!("{program} did not end within {seconds} seconds"), Some(&hint)));
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(failed(format!("{program} cannot be run: {error}"), None)),
        }
    }
    let hint = "install TeX Live (on Debian: apt-get install texlive-latex-extra texlive-pictures lmodern), MiKTeX or \
                tectonic; --format latex needs none of them";
    Err(failed(
        format!("a PDF needs {}: none is found", PROGRAMS.join(", ").replace(", tectonic", " or tectonic")),
        Some(hint),
    ))
}

/// How long a run of TeX may take.
fn patience() -> Result<Duration, Stop> {
    let (variable, usual) = PATIENCE;
    match std::env::var(variable).map(|text| text.trim().parse()) {
        Err(_) => Ok(Duration::from_secs(usual)),
        Ok(Ok(seconds @ 1..=86_400)) => Ok(Duration::from_secs(seconds)),
        Ok(_) => {
            complain(format!("{variable} is no number of seconds"), Some("give 1 to 86400, or leave it out"));
            Err(Stop::Unusable)
        }
    }
}

/// How the runs of a program ended.
enum Run {
    Done,
    Failed,
    TooLong,
}

/// Runs a program until nothing changes any more. What it prints is in `printed`.
fn typeset(program: &str, folder: &Path, patience: Duration) -> std::io::Result<Run> {
    let arguments: &[&str] = match program {
        "tectonic" => &["--untrusted", "--keep-logs", "sheet.tex"],
        _ => &["-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "-file-line-error", "sheet.tex"],
    };
    let notes = || ["aux", "out"].map(|extension| std::fs::read(folder.join(format!("sheet.{extension}"))).ok());
    for _ in 0..MOST_RUNS {
        let before = notes();
        let printed = File::create(folder.join("printed"))?;
        let mut command = Command::new(program);
        command.args(arguments).current_dir(folder).stdin(Stdio::null());
        command.stderr(printed.try_clone()?).stdout(printed);
        let mut child = command.env("openin_any", "p").env("openout_any", "p").spawn()?;
        match child.wait_timeout(patience)? {
            Some(status) if status.success() => {}
            Some(_) => return Ok(Run::Failed),
            None => {
                child.kill()?;
                child.wait()?;
                return Ok(Run::TooLong);
            }
        }
        if program == "tectonic" || notes() == before {
            break;
        }
    }
    Ok(Run::Done)
}

/// The lines of the log that say what is wrong; the last ones of what was printed if none does.
fn complaints(folder: &Path) -> String {
    let text = |name: &str| {
        let bytes = std::fs::read(folder.join(name)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let log = text("sheet.log");
    let wrong = |line: &&str| line.starts_with('!') || line.starts_with("./sheet.tex:") || line.starts_with("l.");
    let lines: Vec<&str> = log.lines().filter(wrong).take(MOST_LINES).collect();
    if !lines.is_empty() {
        return lines.join("\n");
    }
    let printed = text("printed");
    let lines: Vec<&str> = printed.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(MOST_LINES)..].join("\n")
}

/// A folder that goes when it is no longer needed.
struct Folder(PathBuf);

impl Folder {
    fn new() -> std::io::Result<Folder> {
        let mut number = 0;
        loop {
            let path = std::env::temp_dir().join(format!("backprose-{}-{number}", std::process::id()));
            match std::fs::create_dir(&path) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists && number < 1000 => number += 1,
                made => return made.map(|()| Folder(path)),
            }
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
