//! `backprose watch`: a homework is solved again whenever it is saved.

use super::report::complain;
use super::solve::solve;
use super::{SolveArgs, Stop};
use backprose::writeup::templates::is_template;
use notify::{RecursiveMode, Watcher, recommended_watcher};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use walkdir::WalkDir;

/// How long nothing must happen before a file counts as saved: editors write in several steps.
const QUIET: Duration = Duration::from_millis(60);

/// Solves a homework now, and again after every change of it, of a folder with layers or of a template, until
/// interrupted.
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
    let template = arguments.templates.template.as_deref();
    let beside = template.map(|file| file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")));
    let watching = recommended_watcher(changed).and_then(|mut watcher| {
        for folder in folders.iter().map(PathBuf::as_path).chain([home]).chain(beside) {
            watcher.watch(folder, RecursiveMode::NonRecursive)?;
        }
        if let Some(folder) = &arguments.templates.templates {
            watcher.watch(folder, RecursiveMode::Recursive)?;
        }
        Ok(watcher)
    });
    let _watcher = watching.map_err(|error| {
        complain(format!("{} cannot be watched: {error}", home.display()), None);
        Stop::Unusable
    })?;
    loop {
        let seen = contents(arguments, folders);
        let _ = solve(arguments, folders);
        eprintln!("watching {}; Ctrl-C ends", arguments.file.display());
        while contents(arguments, folders) == seen {
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

/// What the files that matter hold: the homework, the layers beside the catalogue, the templates.
fn contents(arguments: &SolveArgs, folders: &[PathBuf]) -> Vec<Option<Vec<u8>>> {
    let layers = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
    let layers = layers.map(|entry| entry.path()).filter(|p| p.extension().is_some_and(|e| e == "bp"));
    let templates = arguments.templates.templates.iter().flat_map(WalkDir::new).flatten();
    let templates = templates.map(walkdir::DirEntry::into_path).filter(|p| is_template(&p.to_string_lossy()));
    let mut files: Vec<PathBuf> = layers.chain(templates).chain(arguments.templates.template.clone()).collect();
    files.sort();
    std::iter::once(&arguments.file).chain(&files).map(|path| std::fs::read(path).ok()).collect()
}
