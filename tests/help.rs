//! The examples of every `--help` can be pasted: each line that needs no file of the reader's runs.

use std::path::Path;
use std::process::Command;

#[test]
fn the_examples_of_the_help_run() {
    let program = Path::new(env!("CARGO_BIN_EXE_backprose"));
    let folder = tempfile::tempdir().unwrap();
    let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap_or_default());
    let mut ran = 0;
    for command in ["solve", "derive", "draw", "check", "vary", "hint", "layers", "explain", "completions", "man"] {
        let help = Command::new(program).args([command, "--help"]).output().unwrap();
        let text = String::from_utf8(help.stdout).unwrap();
        for line in text.lines().map(str::trim).filter(|l| l.starts_with("backprose ")) {
            if ["my-", "homework", "layers/"].iter().any(|own| line.contains(own)) {
                continue;
            }
            let run =
                Command::new("sh").args(["-c", line]).env("PATH", &path).current_dir(folder.path()).output().unwrap();
            assert!(run.status.success(), "{line}\n{}", String::from_utf8_lossy(&run.stderr));
            ran += 1;
        }
    }
    assert!(ran >= 5, "only {ran} examples ran");
}
