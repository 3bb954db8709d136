//! What shells and the manual are given: complete, and accepted by the programs that read it,
//! where they are installed.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const COMMANDS: [&str; 12] =
    ["solve", "watch", "new", "derive", "draw", "check", "hint", "vary", "layers", "explain", "completions", "man"];

fn backprose(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_backprose")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What a program says of a text on its standard input; none if it is not installed.
fn read_by(program: &str, arguments: &[&str], text: &str) -> Option<Output> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    let mut stdin = child.stdin.take()?;
    let text = text.to_string();
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().ok()?;
    let _ = writer.join();
    Some(output)
}

#[test]
fn every_command_is_in_the_list_that_is_tested() {
    let help = backprose(&["--help"]);
    let list = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let commands = list.lines().filter(|line| !line.starts_with("   "));
    let listed: Vec<&str> = commands.filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(listed.iter().filter(|name| **name != "help").collect::<Vec<_>>(), COMMANDS.iter().collect::<Vec<_>>());
}

#[test]
fn completions_know_every_command_and_every_rule() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = backprose(&["completions", shell]);
        for command in COMMANDS {
            assert!(script.contains(command), "{shell} does not complete {command}");
        }
        assert!(script.contains("keep-going"), "{shell} does not complete options");
    }
    for shell in ["bash", "zsh"] {
        assert!(backprose(&["completions", shell]).contains("sift"), "{shell} does not complete rules");
    }
}

#[test]
fn the_shells_accept_their_completions() {
    for (shell, arguments) in [("bash", ["-n"]), ("zsh", ["-n"]), ("fish", ["--no-execute"])] {
        let Some(output) = read_by(shell, &arguments, &backprose(&["completions", shell])) else { continue };
        assert!(output.status.success(), "{shell}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn the_manual_has_a_page_for_every_command() {
    let all = backprose(&["man"]);
    assert_eq!(all.matches(".TH ").count(), COMMANDS.len() + 1);
    let folder = tempfile::tempdir().unwrap();
    backprose(&["man", "--out", folder.path().to_str().unwrap()]);
    let page = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let mut together = page("backprose.1");
    for command in COMMANDS {
        let text = page(&format!("backprose-{command}.1"));
        assert!(text.contains(".SH EXAMPLES") && text.contains("EXIT STATUS"), "{text}");
        together += &text;
    }
    assert_eq!(together, all);
}

#[test]
fn the_pages_are_accepted_and_show_the_examples() {
    let folder = tempfile::tempdir().unwrap();
    backprose(&["man", "--out", folder.path().to_str().unwrap()]);
    let mut pages: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().path()).collect();
    pages.sort();
    for page in pages {
        let text = std::fs::read_to_string(&page).unwrap();
        assert!(text.is_ascii(), "{}", page.display());
        if let Some(output) = read_by("groff", &["-man", "-Tutf8", "-ww"], &text) {
            let complaints = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success() && complaints.is_empty(), "{}: {complaints}", page.display());
            let shown = String::from_utf8_lossy(&output.stdout).replace("\u{8}", "");
            assert!(shown.contains("backprose derive") || !is_of(&page, "derive"), "{shown}");
        }
        if let Some(output) = read_by("mandoc", &["-T", "lint", "-W", "error"], &text) {
            assert!(output.status.success(), "{}: {}", page.display(), String::from_utf8_lossy(&output.stdout));
        }
    }
}

fn is_of(page: &Path, command: &str) -> bool {
    page.file_stem().is_some_and(|stem| stem.to_string_lossy().ends_with(command))
}
