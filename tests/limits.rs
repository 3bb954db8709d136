//! Limits: the page says what the table says, each can be lowered and raised, what is too large is refused by name,
//! and what is not finished in time is said to be so and never printed.

use backprose::limits::TABLE;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn run(arguments: &[&str], text: &str) -> Output {
    use std::io::Write;
    let mut command = Command::new(env!("CARGO_BIN_EXE_backprose"));
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(text.as_bytes());
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ")
}

#[test]
fn the_page_lists_the_limits() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/limits.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (begin, end) = ("<!-- limits -->\n", "<!-- /limits -->");
    let (before, rest) = page.split_once(begin).unwrap();
    let (found, after) = rest.split_once(end).unwrap();
    let mut table = String::from("| limit | counts | value | at most | protects |\n|---|---|--:|--:|---|\n");
    for entry in TABLE {
        let most = if entry.most == entry.value { "–".into() } else { grouped(entry.most) };
        let value = grouped(entry.value);
        table += &format!("| `{}` | {} | {value} | {most} | {} |\n", entry.name, entry.unit, entry.protects);
    }
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, format!("{before}{begin}{table}{end}{after}")).unwrap();
    } else {
        assert_eq!(found, table, "docs/limits.md: run BLESS=1 cargo test --release --test limits");
    }
}

/// 1 000 000
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().map(|part| std::str::from_utf8(part).unwrap()).collect();
    groups.join(" ")
}

const NOTEBOOK: &str = r#"{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}"#;

/// Each limit: a text that stays within 3 of it and one that does not, and the command that reads it.
#[test]
fn every_limit_can_be_lowered_and_says_how_to_raise_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_string();
    let homework = "homework \"h\" { problem 1 { question 1 \"\" { x[3]; y[i] = x[i]; answer y, dl/dx, dy/dx } } }";
    std::fs::write(path("h.bp"), homework).unwrap();
    std::fs::write(path("n.ipynb"), NOTEBOOK).unwrap();
    std::fs::create_dir_all(path("templates/markdown")).unwrap();
    for name in ["block.md", "mine.md", "other.md"] {
        std::fs::write(path("templates/markdown") + "/" + name, "x").unwrap();
    }
    let mark = "% backprose: linear : y\n$$y_i = x_i$$\n";
    std::fs::write(path("p.tex"), mark.repeat(4)).unwrap();
    std::fs::write(path("a.md"), "1. $$y_i = x_i$$\n".repeat(4)).unwrap();
    let equality = "size N\ninput x[N]\ny = sum[i] x[i]^2\nanswer show y = sum[i in 1..N] x[N+1-i]^2";
    let sheet = format!("homework \"H\" {{ problem 1 {{ question 1 {{\n{equality}\n}} }} }}\n");
    std::fs::write(path("e.bp"), sheet).unwrap();
    let (h, n, p, a, t) = (path("h.bp"), path("n.ipynb"), path("p.tex"), path("a.md"), path("templates"));
    let e = path("e.bp");
    let derive = |text: &'static str| (vec!["derive", text], 3);
    let cases: Vec<(&str, (Vec<&str>, u64))> = vec![
        ("bytes", derive("x[3]; y[i] = x[i]")),
        ("document-bytes", (vec!["solve", &h, "--out", "-", "--format", "text"], 3)),
        ("notebook-bytes", (vec!["check", &n], 3)),
        ("nesting", derive("x[3]; y[i] = ((((x[i]))))")),
        ("operators", derive("x[3]; y[i] = x[i] + 1 + 2 + 3 + 4")),
        ("letters", derive("xxxx[3]; y[i] = xxxx[i]")),
        ("sizes", derive("size A, B, C, D; x[A, B, C, D]; y[i] = x[i, 1, 1, 1]")),
        (
            "requirements",
            derive("size N; require N > 1; require N > 2; require N > 3; require N > 4; x[N]; y[i] = x[i]"),
        ),
        ("arrays", derive("a[3], b[3], c[3], d[3]; y[i] = a[i]*b[i]*c[i]*d[i]")),
        ("equations", derive("x[3]; a[i] = x[i]; b[i] = a[i]; c[i] = b[i]; d[i] = c[i]")),
        ("axes", derive("x[2, 2, 2, 2]; y = x[1, 1, 1, 1]")),
        ("outputs", derive("x[3]; a[i] = x[i]; b[i] = x[i]; c[i] = x[i]; d[i] = x[i]; output a, b, c, d")),
        ("terms", derive("x[3]; y[i] = x[i] + x[i]*x[i]")),
        ("factors", derive("x[3]; y[i] = x[i]*x[i]*x[i]*x[i]")),
        ("composed", derive("x[3, 3]; y = linear(x, x, x[1]); z = linear(y, x, x[1])")),
        ("answers", derive("x[3], w[3]; y[i] = x[i]*w[i]")),
        ("rewriting", (vec!["derive", "conv1d"], 3)),
        ("work", (vec!["derive", "conv1d"], 3)),
        ("proving", (vec!["solve", &e, "--out", "-", "--format", "text"], 3)),
        ("formulas", (vec!["check", &a, "--against", &h], 3)),
        ("marks", (vec!["check", &p], 3)),
        ("templates", (vec!["solve", &h, "--out", "-", "--format", "markdown", "--templates", &t], 2)),
    ];
    assert_eq!(cases.iter().map(|case| case.0).collect::<Vec<_>>(), TABLE.map(|entry| entry.name));
    for (name, (arguments, lowered)) in &cases {
        let limit = format!("{name}={lowered}");
        let refused = run(&[arguments.as_slice(), &["--limit", &limit]].concat(), "");
        let wanted = format!("--limit {name}={}", lowered * 2);
        assert!(matches!(refused.status.code(), Some(1 | 2)), "{name}: {:?} {}", refused.status, said(&refused));
        if *name != "nesting" {
            assert!(said(&refused).contains(&wanted), "{name}: {}", said(&refused));
        }
        let entry = TABLE.iter().find(|entry| entry.name == *name).unwrap();
        let most = format!("{name}={}", entry.most);
        let (raised, before) = (run(&[arguments.as_slice(), &["--limit", &most]].concat(), ""), run(arguments, ""));
        assert_eq!(raised.status.code(), before.status.code(), "{name}: {}", said(&raised));
        assert_eq!(raised.stdout, before.stdout, "{name}");
    }
}

#[test]
fn a_wrong_limit_is_refused_with_the_list() {
    let refused = run(&["derive", "conv1d", "--limit", "term=3"], "");
    assert_eq!(refused.status.code(), Some(2));
    for entry in TABLE {
        assert!(said(&refused).contains(entry.name), "{} is not named: {}", entry.name, said(&refused));
    }
    for wrong in ["--limit=terms", "--limit=terms=0", "--limit=nesting=65", "--timeout=-1", "--timeout=never"] {
        assert_eq!(run(&["derive", "conv1d", wrong], "").status.code(), Some(2), "{wrong}");
    }
}

/// Without time nothing is finished, and nothing that looks like an answer is printed.
#[test]
fn no_time_means_no_answers() {
    let folder = tempfile::tempdir().unwrap();
    let root = env!("CARGO_MANIFEST_DIR");
    let out = folder.path().to_str().unwrap();
    let homework = format!("{root}/examples/homework1.bp");
    let answers = format!("{root}/tests/latex/homework2-answers.md");
    let against = format!("{root}/examples/homework2.bp");
    let layers = format!("{root}/layers/conv1d.bp");
    for format in ["text", "latex", "json", "numpy", "torch", "notebook", "html"] {
        let ended = run(&["derive", "conv1d", "--timeout", "0", "--format", format], "");
        assert_eq!(ended.status.code(), Some(1), "{format}: {}", said(&ended));
        assert!(ended.stdout.is_empty() && said(&ended).contains("not finished"), "{format}: {}", said(&ended));
    }
    let ended = run(&["solve", &homework, "--out", out, "--timeout", "0", "--format", "json,markdown,notebook"], "");
    assert_eq!(ended.status.code(), Some(1), "{}", said(&ended));
    let written = std::fs::read_to_string(folder.path().join("homework1.json")).unwrap();
    let data: serde_json::Value = serde_json::from_str(&written).unwrap();
    let kinds = written.matches("\"kind\": \"missing\"").count();
    assert!(kinds > 3 && !written.contains("\"kind\": \"formula\""), "{data}");
    let page = std::fs::read_to_string(folder.path().join("homework1.md")).unwrap();
    assert!(page.contains("is not finished: the time ran out") && !page.contains("Verified"), "{page}");
    let hint = run(&["hint", &homework, "1.1", "--timeout", "0"], "");
    assert_ne!(hint.status.code(), Some(0), "{}", said(&hint));
    let check = run(&["check", &layers, "--timeout", "0"], "");
    assert_eq!(check.status.code(), Some(1), "{}", said(&check));
    assert!(!String::from_utf8_lossy(&check.stdout).contains("refuted  "), "{:?}", check.stdout);
    let check = run(&["check", &answers, "--against", &against, "--timeout", "0"], "");
    assert_eq!(check.status.code(), Some(1), "{}", said(&check));
    let vary = run(&["vary", &against, "--out", out, "--count", "3", "--timeout", "0"], "");
    assert_ne!(vary.status.code(), Some(0), "{}", said(&vary));
    assert!(!folder.path().join("homework2-variant-01-key.tex").exists());
}

/// With some time, what is finished is what it is without a clock.
#[test]
fn what_is_finished_in_time_looks_as_it_always_does() {
    let root = env!("CARGO_MANIFEST_DIR");
    let whole = run(&["derive", "conv2d", "--general", "--format", "json"], "");
    let whole: serde_json::Value = serde_json::from_slice(&whole.stdout).unwrap();
    let answers = |data: &serde_json::Value| data["answers"].as_array().unwrap().clone();
    let mut partly = 0;
    for seconds in ["0.005", "0.02", "0.05", "0.1", "0.2", "0.4", "0.8", "60"] {
        let ended = run(&["derive", "conv2d", "--general", "--format", "json", "--timeout", seconds], "");
        if ended.stdout.is_empty() {
            assert_eq!(ended.status.code(), Some(1));
            continue;
        }
        let data: serde_json::Value = serde_json::from_slice(&ended.stdout).unwrap();
        let (missing, there): (Vec<_>, Vec<_>) =
            answers(&data).into_iter().partition(|answer| answer["kind"] == "missing");
        assert_eq!(ended.status.code(), Some(i32::from(!missing.is_empty())), "{seconds}: {}", said(&ended));
        let known = answers(&whole);
        assert!(there.iter().all(|answer| known.contains(answer)), "{seconds}: an answer looks otherwise");
        partly += usize::from(!missing.is_empty());
    }
    println!("{partly} runs ended in between");
    let sheet = |seconds: &str| {
        let file = format!("{root}/examples/homework1.bp");
        run(&["solve", &file, "--out", "-", "--format", "json", "--timeout", seconds], "")
    };
    let long = sheet("600");
    let plain = run(&["solve", &format!("{root}/examples/homework1.bp"), "--out", "-", "--format", "json"], "");
    assert_eq!((long.status.code(), long.stdout), (Some(0), plain.stdout));
}
