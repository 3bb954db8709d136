//! Nothing is lost: a write-up that is written over is the old one or the new one, whatever happens.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A homework with one question, whose title tells its write-ups apart.
fn homework(title: &str) -> String {
    format!(
        "homework \"{title}\" {{ problem 1 {{ question 1 \"The gradient?\" {{\n  size N, K\n  input x[N]\n  weight w[K]\n  \
         y[r] = sum[i] x[r+i-1]*w[i]\n  answer dl/dw\n}} }} }}\n"
    )
}

const FORMATS: &str = "latex,markdown,html,text,json";
const WRITTEN: [&str; 5] = ["h.tex", "h.md", "h.html", "h.txt", "h.json"];

fn solve(folder: &Path, file: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_backprose"));
    command.current_dir(folder).args(["solve", file, "--format", FORMATS]);
    command
}

fn write_ups(folder: &Path) -> Vec<String> {
    WRITTEN.iter().map(|name| std::fs::read_to_string(folder.join("out").join(name)).unwrap()).collect()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn killed_at_a_hundred_moments_every_file_is_the_old_one_or_the_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    for title in ["Old", "New"] {
        let name = format!("{}/h.bp", title.to_lowercase());
        std::fs::create_dir_all(here.join(title.to_lowercase())).unwrap();
        std::fs::write(here.join(&name), homework(title)).unwrap();
    }
    let begun = Instant::now();
    assert!(solve(here, "new/h.bp").output().unwrap().status.success());
    let whole = begun.elapsed();
    let new = write_ups(here);
    assert!(solve(here, "old/h.bp").output().unwrap().status.success());
    let old = write_ups(here);
    assert!(old.iter().zip(&new).all(|(old, new)| old != new));
    let (mut early, mut late) = (0, 0);
    for round in 0..100_u32 {
        let mut child = solve(here, "new/h.bp").stdout(std::process::Stdio::null()).spawn().unwrap();
        sleep(whole * (round * 37 % 100) / 90);
        let _ = child.kill();
        let _ = child.wait();
        for (k, found) in write_ups(here).iter().enumerate() {
            assert!(*found == old[k] || *found == new[k], "{} is torn in round {round}", WRITTEN[k]);
        }
        match write_ups(here) == old {
            true => early += 1,
            false => late += 1,
        }
        for (name, text) in WRITTEN.iter().zip(&old) {
            std::fs::write(here.join("out").join(name), text).unwrap();
        }
    }
    assert!(early > 0 && late > 0, "{early} rounds ended before anything was written, {late} after");
}

#[test]
fn a_full_disk_leaves_the_old_file() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::write(here.join("h.bp"), homework("Old")).unwrap();
    assert!(solve(here, "h.bp").output().unwrap().status.success());
    let old = write_ups(here);
    std::fs::write(here.join("h.bp"), homework("New")).unwrap();
    // A limit on the size of files stops a write in its middle as a full disk does.
    let program = env!("CARGO_BIN_EXE_backprose");
    let limited = format!("trap '' XFSZ; ulimit -f 2; exec '{program}' solve h.bp --format html");
    let output = Command::new("bash").current_dir(here).args(["-c", &limited]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("out/h.html cannot be written"), "{}", said(&output));
    assert_eq!(write_ups(here), old);
    let left = std::fs::read_dir(here.join("out")).unwrap().count();
    assert_eq!(left, WRITTEN.len(), "parts of files are left behind");
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::write(here.join("h.bp"), homework("Old")).unwrap();
    for (out, wrong) in [("h.bp", "h.bp/h.tex"), ("/proc/none", "/proc/none/h.tex")] {
        let output = solve(here, "h.bp").args(["--out", out]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{out}");
        assert!(said(&output).contains(&format!("{wrong} cannot be written")), "{}", said(&output));
    }
    assert_eq!(std::fs::read_to_string(here.join("h.bp")).unwrap(), homework("Old"));
}

#[test]
fn a_new_homework_can_be_solved_and_is_never_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let new = |name: &str| {
        let program = env!("CARGO_BIN_EXE_backprose");
        Command::new(program).current_dir(folder.path()).args(["new", name]).output().unwrap()
    };
    assert!(new("linear-maps_2").status.success());
    let text = std::fs::read_to_string(folder.path().join("linear-maps_2.bp")).unwrap();
    assert!(text.contains("homework \"Linear maps 2\""), "{text}");
    assert!(solve(folder.path(), "linear-maps_2.bp").output().unwrap().status.success());
    std::fs::write(folder.path().join("linear-maps_2.bp"), "mine").unwrap();
    let again = new("linear-maps_2.bp");
    assert_eq!(again.status.code(), Some(2));
    assert!(said(&again).contains("is there already"));
    assert_eq!(std::fs::read_to_string(folder.path().join("linear-maps_2.bp")).unwrap(), "mine");
    assert_eq!(new("linear.tex").status.code(), Some(2));
}

#[test]
fn what_is_watched_is_solved_on_every_save() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("h.bp");
    std::fs::write(&file, homework("Old")).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_backprose"))
        .current_dir(folder.path())
        .args(["watch", "h.bp", "--format", "markdown"])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let made = folder.path().join("out/h.md");
    let holds = |path: &PathBuf, words: &str| std::fs::read_to_string(path).is_ok_and(|text| text.contains(words));
    let patient = |words: &str| (0..600).any(|_| holds(&made, words) || (sleep(Duration::from_millis(50)), false).1);
    let old = patient("Old");
    std::fs::write(&file, "homework \"Broken {").unwrap();
    sleep(Duration::from_millis(300));
    // Many editors write a file beside and rename it.
    std::fs::write(folder.path().join("h.bp~"), homework("New")).unwrap();
    std::fs::rename(folder.path().join("h.bp~"), &file).unwrap();
    let new = patient("New");
    let _ = child.kill();
    let _ = child.wait();
    assert!(old && new, "solved at first: {old}; after a save: {new}");
}
