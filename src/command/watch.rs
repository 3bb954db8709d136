//! `backprose watch`: a homework is solved again whenever it is saved.

use super::report::complain;
use super::solve::solve;
use super::{SolveArgs, Stop};
use notify::{RecursiveMode, Watcher, recommended_watcher};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// How long nothing must happen before a file counts as saved: editors write in several steps.
const QUIET: Duration = Duration::from_millis(60);

/// Solves a homework now, and again after every change of it or of a folder with layers, until interrupted.
pub fn watch(arguments: &SolveArgs, folders: &[PathBuf]) -> Result<(), Stop> {
    if arguments.file == Path::new("-") {
        complain("standard input cannot be watched", Some("name a file"));
        return Err(Stop::Unusable);
    }
    if !arguments.file.is_file() {
        complain(format!("there is no file `{}`", arguments.file.display()), Some("`backprose new FILE` makes one"));
        return Err(Stop::Unusable);
    }
    let (tell, told) = channel();
    let changed = move |event: notify::Result<notify::Event>| {
        let read_only = event.as_ref().is_ok_and(|event| event.kind.is_access());
        if !read_only {
            let _ = tell.send(());
        }
    };
    let home = arguments.file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let watching = recommended_watcher(changed).and_then(|mut watcher| {
        for folder in folders.iter().map(PathBuf::as_path).chain([home]) {
            watcher.watch(folder, RecursiveMode::NonRecursive)?;
        }
        Ok(watcher)
    });
    let _watcher = watching.map_err(|error| {
        complain(format!("{} cannot be watched: {error}", home.display()), None);
        Stop::Unusable
    })?;
    loop {
        let seen = contents(&arguments.file, folders);
        let _ = solve(arguments, folders);
        eprintln!("watching {}; Ctrl-C ends", arguments.file.display());
        while contents(&arguments.file, folders) == seen {
            settled(&told)?;
        }
    }
}

/// Waits for a change, and until no more follow it at once.
fn settled(told: &Receiver<()>) -> Result<(), Stop> {
    told.recv().map_err(|_| Stop::Unusable)?;
    while told.recv_timeout(QUIET).is_ok() {}
    Ok(())
}

/// What the files that matter hold: the homework, and the layers beside the catalogue.
fn contents(file: &Path, folders: &[PathBuf]) -> Vec<Option<Vec<u8>>> {
    let layers = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
    let mut files: Vec<PathBuf> =
        layers.map(|entry| entry.path()).filter(|p| p.extension().is_some_and(|e| e == "bp")).collect();
    files.sort();
    std::iter::once(file).chain(files.iter().map(PathBuf::as_path)).map(|path| std::fs::read(path).ok()).collect()
}
