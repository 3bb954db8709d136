//! PDF by the TeX that is installed, fragments in a paper; skipped with a message where there is no TeX,
//! required where BACKPROSE_TOOLS=required.

use std::path::Path;
use std::process::{Command, Output};

fn backprose(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_backprose"));
    command.args(arguments);
    command
}

fn has(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    let required = std::env::var("BACKPROSE_TOOLS").is_ok_and(|value| value == "required");
    assert!(found || !required, "{program} is required");
    if !found {
        eprintln!("skipped: {program} is not installed");
    }
    found
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_derivation_becomes_a_pdf() {
    if !has("pdflatex") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("linear.pdf");
    let output = backprose(&["derive", "linear", "-o", file.to_str().unwrap()]).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    assert!(std::fs::read(&file).unwrap().starts_with(b"%PDF-"));
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["linear.pdf"]);
}

#[test]
fn without_tex_nothing_is_written_and_what_to_install_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("linear.pdf");
    let mut command = backprose(&["derive", "linear", "-o", file.to_str().unwrap()]);
    let output = command.env("PATH", folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("pdflatex, lualatex or tectonic"), "{}", said(&output));
    assert!(said(&output).contains("install"), "{}", said(&output));
    assert!(!file.exists());
}

#[cfg(unix)]
#[test]
fn where_tex_fails_its_complaint_is_shown() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let tex = folder.path().join("pdflatex");
    std::fs::write(&tex, "#!/bin/sh\necho '! Emergency stop.' > sheet.log\nexit 1\n").unwrap();
    std::fs::set_permissions(&tex, std::fs::Permissions::from_mode(0o755)).unwrap();
    let file = folder.path().join("linear.pdf");
    let mut command = backprose(&["derive", "linear", "-o", file.to_str().unwrap()]);
    let output = command.env("PATH", folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("! Emergency stop."), "{}", said(&output));
    assert!(!file.exists());
}

#[cfg(unix)]
#[test]
fn tex_that_does_not_end_is_stopped() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let tex = folder.path().join("pdflatex");
    std::fs::write(&tex, "#!/bin/sh\nwhile :; do :; done\n").unwrap();
    std::fs::set_permissions(&tex, std::fs::Permissions::from_mode(0o755)).unwrap();
    let file = folder.path().join("linear.pdf");
    let mut command = backprose(&["derive", "linear", "-o", file.to_str().unwrap()]);
    let output = command.env("PATH", folder.path()).env("BACKPROSE_TEX_SECONDS", "1").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("did not end within 1 seconds"), "{}", said(&output));
    assert!(!file.exists());
}

#[test]
fn the_same_derivation_gives_the_same_pdf() {
    if !has("pdflatex") {
        return;
    }
    let pdf = || backprose(&["derive", "linear", "--format", "pdf"]).output().unwrap().stdout;
    let (first, second) = (pdf(), pdf());
    assert!(first.starts_with(b"%PDF-"));
    assert!(first == second, "two PDFs of one derivation differ");
}

#[test]
fn fragments_fit_a_paper_of_two_columns_and_are_referred_to() {
    if !has("pdflatex") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut paper = String::from("\\documentclass[twocolumn]{article}\n\\usepackage{amsmath}\n\\begin{document}\n");
    for layer in ["conv1d", "lstm", "attention", "batch_norm"] {
        let file = folder.path().join(format!("{layer}.tex"));
        let options = ["--general", "--label", layer, "-o"];
        let output = backprose(&["derive", layer]).args(options).arg(&file).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        paper += &format!("\\section{{A layer}}\\input{{{layer}}}\n");
    }
    paper += "By \\eqref{conv1d:dl-dW}.\n\\end{document}\n";
    std::fs::write(folder.path().join("paper.tex"), paper).unwrap();
    let log = twice(folder.path(), "paper.tex");
    let wrong: Vec<&str> = log
        .lines()
        .filter(|line| line.starts_with("Over") || line.starts_with("Under") || line.contains("Warning"))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn twice(folder: &Path, file: &str) -> String {
    let run = || {
        let arguments = ["-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", file];
        Command::new("pdflatex").args(arguments).current_dir(folder).output().unwrap()
    };
    run();
    let output = run();
    let log = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{log}");
    log
}
