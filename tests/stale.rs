//! `solve --check`: a write-up that is not what would be written is found, shown, and left as it is.

use std::path::Path;
use std::process::Command;

fn solve(folder: &Path, more: &[&str]) -> (Option<i32>, String) {
    let homework = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/small.bp");
    let mut command = Command::new(env!("CARGO_BIN_EXE_backprose"));
    command.arg("solve").arg(homework).args(["--out", "sheets", "--format", "latex,json,text"]).args(more);
    let run = command.current_dir(folder).output().unwrap();
    (run.status.code(), String::from_utf8(run.stdout).unwrap())
}

#[test]
fn write_ups_out_of_date_are_found_shown_and_left_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join("sheets").join(name);
    let (code, text) = solve(folder.path(), &["--check"]);
    assert_eq!((code, file("").exists()), (Some(1), false), "a check writes nothing");
    assert!(
        text.starts_with("sheets/small.tex is missing; sheets/small.json is missing; sheets/small.txt is missing\n")
    );

    assert_eq!(solve(folder.path(), &[]).0, Some(0));
    let fresh = (Some(0), "sheets/small.tex, sheets/small.json, sheets/small.txt: up to date\n".to_string());
    assert_eq!(solve(folder.path(), &["--check"]), fresh);

    let written = std::fs::read_to_string(file("small.txt")).unwrap();
    let stale = written.replace("What is doubled?", "What is tripled?");
    std::fs::write(file("small.txt"), &stale).unwrap();
    let (code, text) = solve(folder.path(), &["--check"]);
    assert_eq!((code, std::fs::read_to_string(file("small.txt")).unwrap()), (Some(1), stale));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[..2], ["--- sheets/small.txt", "+++ sheets/small.txt (derived now)"]);
    let changed: Vec<&&str> = lines[2..].iter().filter(|line| line.starts_with(['-', '+'])).collect();
    assert_eq!(changed, [&"-1. What is tripled?", &"+1. What is doubled?"]);
    assert_eq!(lines[lines.len() - 2], "sheets/small.txt is out of date");
    let renew = lines[lines.len() - 1];
    assert!(renew.starts_with("to renew: backprose solve ") && !renew.contains("--check"), "{renew}");
    assert!(renew.ends_with("--out sheets --format latex,json,text"), "{renew}");
}
