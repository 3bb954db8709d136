//! Texts that mean harm, in every place of a specification, a paper and a submission, in every format: they are shown,
//! and nothing acts on them. TeX runs with its shell open beside a file it must not read, a browser without the page's
//! policy, Python runs what was generated for it, Pandoc reads the Markdown; `tests/attack/inert.py` has what else is
//! looked for.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const SECRET: &str = "Zebrafish";
const LAST: &str = "Thelastwords";

fn has(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    let required = std::env::var("BACKPROSE_TOOLS").is_ok_and(|value| value == "required");
    assert!(found || !required, "{program} is required");
    if !found {
        eprintln!("skipped: {program} is not installed");
    }
    found
}

fn payloads() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/attack/payloads.txt");
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().filter(|line| !line.starts_with("# Texts") && !line.starts_with("# what")).map(decoded).collect()
}

/// A line of the list; what is no escape of the list stands for itself.
fn decoded(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let escape = [("\\\\", "\\"), ("\\n", "\n"), ("\\r", "\r"), ("\\t", "\t"), ("\\e", "\u{1b}"), ("\\\"", "\"")];
        let word = |rest: &str| rest[2..].starts_with(|c: char| c.is_ascii_lowercase());
        let found = escape.iter().find(|(from, _)| rest.starts_with(from) && (rest.len() < 3 || !word(rest)));
        if let Some((from, to)) = found {
            out += to;
            rest = &rest[from.len()..];
        } else if let Some((digits, after)) = rest.strip_prefix("\\u{").and_then(|rest| rest.split_once('}')) {
            out.push(char::from_u32(u32::from_str_radix(digits, 16).unwrap()).unwrap());
            rest = after;
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

/// A text of the language, as far as it can be quoted.
fn quoted(text: &str) -> String {
    let text = text.replace('\0', "").replace("\"\"\"", "'''");
    format!("\"\"\"{text}{}\"\"\"", if text.ends_with('"') { " " } else { "" })
}

/// A homework that holds every text in every place that takes one.
fn homework(payloads: &[String]) -> String {
    let all = quoted(&payloads.join(" ¦ "));
    let mut text = format!(
        "homework {all} {{\n  author {all}\n  course {all}\n  date <script>canary()</script>\n  numbering {all}, {all}, {all}\n"
    );
    for (number, payload) in payloads.iter().enumerate() {
        let (words, line) = (quoted(payload), payload.replace(['\n', '\r', ';'], " "));
        let number = number + 1;
        writeln!(
            text,
            "  problem {number} {words} {{\n    question 1 {words} {{\n      size N\n      input x[N]\n      notation y as {line}\n      \
             y[i] = 2*x[i]\n      part a {words} answer y\n      part b \"\" answer text {words}\n{}    }}\n  }}",
            if number % 3 == 0 { drawn(&line) } else { String::new() }
        )
        .unwrap();
    }
    write!(text, "  problem 99 {} {{ question 1 \"\" {{ x[3]; y[i] = x[i]; answer y }} }}\n}}\n", quoted(LAST))
        .unwrap();
    text
}

/// A part that is drawn: pictures, graphs, tables and matrices with a notation.
fn drawn(notation: &str) -> String {
    let system = format!("x[3], w[3]; notation y as {notation}\n h[i] = x[i]*w[i]; y[i] = 2*h[i]");
    let answers = "picture dy/dx, diagram y, shape y, matrix dy/dx, dl/dx";
    format!("      part c \"\" {{ {system}; answer {answers} }}\n")
}

/// Layers whose sentences and tests hold every text, with names that mean something elsewhere.
fn layers(payloads: &[String]) -> String {
    let names = ["class", "print", "np", "None", "eval", "__init__", "self", "torch", "open", "exec", "document", "x"];
    let mut text = String::new();
    for (number, payload) in payloads.iter().enumerate() {
        let name = names[number % names.len()].trim_matches('_');
        let words = quoted(payload);
        writeln!(text, "layer l{number} {words} {{ size N; input {name}[N]; weight w'[N]; import[i] = {name}[i]*w'[i]; output import }}").unwrap();
        writeln!(text, "test {words} for l{number} {{ reject import[i] = {name}[i] because {words} }}").unwrap();
        writeln!(text, "test {words} for l{number} {{ expect import[i] = {name}[i] }}").unwrap();
    }
    text
}

/// A submission and a paper with every text in words, headings, formulas and marks.
fn document(payloads: &[String], mark: bool) -> String {
    let mut text = String::new();
    for (number, payload) in payloads.iter().enumerate() {
        let line = payload.replace(['\n', '\r'], " ");
        writeln!(text, "## Problem {}\n\n1. {payload}\n", number + 1).unwrap();
        if mark {
            writeln!(text, "<!-- backprose: linear : reject y because \"{}\" -->", line.replace('"', "'")).unwrap();
            writeln!(text, "$$y_n = x_n$$\n<!-- backprose: {line} : y -->\n$$y = {line}$$\n").unwrap();
            writeln!(text, "<!-- backprose: symbol {line} = x -->\n").unwrap();
        }
        writeln!(text, "$$y_i = {line}$$\n\n(a) $$y_i = \\text{{{line}}} x_i$$\n\n$${line} = 2$$\n").unwrap();
    }
    text
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_backprose")).args(arguments).current_dir(folder).output().unwrap()
}

/// Runs the program, and keeps what it says on standard output and, as text, on standard error.
fn kept(folder: &Path, name: &str, arguments: &[&str], codes: &[i32]) -> PathBuf {
    let run = run(folder, arguments);
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(run.status.code().is_some_and(|code| codes.contains(&code)), "{arguments:?}: {:?} {said}", run.status);
    assert!(!said.contains("panicked"), "{arguments:?}: {said}");
    std::fs::write(folder.join(format!("{name}.said")), &run.stderr).unwrap();
    let path = folder.join(name);
    if !run.stdout.is_empty() {
        std::fs::write(&path, &run.stdout).unwrap();
    }
    path
}

fn inert(folder: &Path) {
    if !has("pandoc") || !has("python3") {
        return;
    }
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let endings = ["html", "md", "ipynb", "csv", "txt", "said", "log", "json", "py"];
    files.retain(|file| file.is_file() && file.extension().is_some_and(|e| endings.iter().any(|ending| e == *ending)));
    files.sort();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/attack/inert.py");
    let run = Command::new("python3").arg("-B").arg(script).args(&files).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{said}");
    println!("{said}");
    no_canary(folder);
}

fn no_canary(folder: &Path) {
    for name in ["canary", "canary.txt", "canary.tex"] {
        assert!(!folder.join(name).exists(), "a canary was let out");
    }
}

/// TeX with the shell open; what it set.
fn tex(folder: &Path, file: &str) -> (Output, String) {
    let arguments = ["-shell-escape", "-interaction=nonstopmode", "-halt-on-error", file];
    let tex = Command::new("pdflatex").args(arguments).current_dir(folder).env("openin_any", "a").output().unwrap();
    let pdf = file.replace(".tex", ".pdf");
    let text = Command::new("pdftotext").args([&pdf, "-"]).current_dir(folder).output().unwrap();
    (tex, String::from_utf8_lossy(&text.stdout).into_owned())
}

/// Sets a document; the last words are there, the secret is not. A document that does harm is seen to do it.
fn typeset(folder: &Path, file: &str) {
    let harm =
        "\\documentclass{article}\\begin{document}\\input{secret}\\immediate\\write18{touch seen}\\end{document}";
    std::fs::write(folder.join("harm.tex"), harm).unwrap();
    let (_, text) = tex(folder, "harm.tex");
    assert!(text.contains(SECRET) && folder.join("seen").exists(), "harm is not seen");
    let (tex, text) = tex(folder, file);
    let log = String::from_utf8_lossy(&tex.stdout);
    assert!(tex.status.success(), "{file}: {}", &log[log.len().saturating_sub(2_000)..]);
    assert!(text.contains(LAST) && !text.contains(SECRET), "{file} ends early, or holds the secret");
    no_canary(folder);
}

/// What a browser makes of a page without its policy: the tag at its root, and the rest.
fn browsed(folder: &Path, page: &str) -> (String, String) {
    let browsers = ["chromium", "chromium-browser", "google-chrome"];
    let there = |browser: &&str| Command::new(browser).arg("--version").output().is_ok();
    let open = folder.join("open.htm");
    std::fs::write(&open, page).unwrap();
    let run = Command::new(browsers.into_iter().find(there).unwrap())
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"])
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .arg(&open)
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&run.stdout).into_owned();
    (dom.split('>').find(|tag| tag.contains("<html")).unwrap_or_default().to_string(), dom)
}

/// No script of a page but its own runs, even without the page's policy; one that is put there is seen to run.
fn browse(folder: &Path, file: &str) {
    let page = std::fs::read_to_string(folder.join(file)).unwrap();
    let (before, rest) = page.split_once("<meta http-equiv=\"Content-Security-Policy\"").unwrap();
    let (_, after) = rest.split_once("/>").unwrap();
    let (root, dom) = browsed(folder, &format!("{before}{after}"));
    assert!(dom.contains(LAST) && !root.contains("data-canary"), "{file}: {root}");
    if file != "h.html" {
        return;
    }
    let script = "<script>document.documentElement.setAttribute(\"data-canary\",\"1\")</script></body>";
    let (root, _) = browsed(folder, &format!("{before}{after}").replace("</body>", script));
    assert!(root.contains("data-canary"), "harm is not seen");
}

#[test]
fn a_homework_breaks_out_of_no_format() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(at.join("secret.tex"), SECRET).unwrap();
    std::fs::write(at.join("h.bp"), homework(&payloads())).unwrap();
    let formats = "latex,markdown,html,notebook,text,json";
    kept(at, "solve.log", &["solve", "h.bp", "--out", ".", "--format", formats], &[0]);
    kept(at, "math.log", &["solve", "h.bp", "--out", "other", "--format", "html", "--mathml", "latex2mathml"], &[0]);
    std::fs::rename(at.join("other/h.html"), at.join("other.html")).unwrap();
    kept(at, "hint.txt", &["hint", "h.bp", "1.1(a)"], &[0]);
    kept(at, "list.txt", &["hint", "h.bp"], &[0]);
    kept(at, "hint.md", &["hint", "h.bp", "1.1(a)", "--format", "markdown"], &[0]);
    kept(at, "stale.txt", &["solve", "h.bp", "--out", "nowhere", "--check"], &[1]);
    inert(at);
    if has("pdflatex") && has("pdftotext") {
        typeset(at, "h.tex");
    }
    if has("chromium") {
        browse(at, "h.html");
        browse(at, "other.html");
    }
}

#[test]
fn layers_and_their_tests_break_out_of_no_format() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let payloads = payloads();
    let together: Vec<String> = payloads.chunks(10).map(|some| some.join(" ¦ ")).collect();
    let quoting = payloads.iter().filter(|text| text.ends_with(['\\', '"', '\'', '\n']) || text.contains("open("));
    let each: Vec<String> = together.into_iter().chain(quoting.cloned()).collect();
    std::fs::create_dir_all(at.join("layers")).unwrap();
    std::fs::create_dir_all(at.join("each")).unwrap();
    std::fs::write(at.join("layers/l.bp"), layers(&payloads)).unwrap();
    std::fs::write(at.join("each/e.bp"), layers(&each)).unwrap();
    kept(at, "check.said", &["check", "layers"], &[1]);
    kept(at, "check.json", &["check", "layers", "--format", "json"], &[1]);
    kept(at, "check.log", &["check", "layers", "--format", "github"], &[1]);
    kept(at, "list.txt", &["layers", "--layers", "layers"], &[0]);
    kept(at, "text.txt", &["layers", "l9", "--layers", "layers"], &[0]);
    kept(at, "section.md", &["layers", "l3", "--layers", "each", "--format", "markdown"], &[0]);
    let numpy = Command::new("python3").args(["-c", "import numpy"]).status().is_ok_and(|status| status.success());
    for (number, words) in each.iter().enumerate() {
        let target = format!("each/e.bp:l{number}");
        let formats: &[&str] = if number < 4 { &["py", "md", "html", "ipynb", "json", "txt"] } else { &["py"] };
        for format in formats {
            let name = format!("d{number}.{format}");
            kept(at, &name, &["derive", &target, "-o", &name], &[0]);
        }
        if numpy {
            let ran = Command::new("python3").arg("-B").arg(format!("d{number}.py")).current_dir(at).output().unwrap();
            assert!(ran.status.success(), "{words}: {}", String::from_utf8_lossy(&ran.stderr));
        }
    }
    inert(at);
}

/// Documents whose names mean harm as well.
const NAMES: [&str; 12] = [
    "=cmd.md",
    "+1.md",
    "@sum.md",
    "a;=b.md",
    "-rf.md",
    "a\n::error file=canary::x.md",
    "\u{1b}[31mred.md",
    "\u{202e}dm.dm.md",
    "%0A::error::x.md",
    "$(touch canary).md",
    "<img src=x onerror=canary()>.md",
    "##[error]x,y:z.md",
];

#[test]
fn submissions_break_out_of_no_report() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let payloads = payloads();
    std::fs::write(at.join("secret.tex"), SECRET).unwrap();
    std::fs::write(at.join("h.bp"), homework(&payloads)).unwrap();
    std::fs::create_dir_all(at.join("all")).unwrap();
    std::fs::create_dir_all(at.join("papers")).unwrap();
    let text = document(&payloads, false);
    std::fs::write(at.join("one.md"), format!("{text}\n{LAST}\n$$y = 3$$\n")).unwrap();
    for name in NAMES {
        let _ = std::fs::write(at.join("all").join(name), document(&payloads[..6], false));
        let _ = std::fs::write(at.join("papers").join(name), document(&payloads, true));
    }
    let _ = std::fs::write(at.join("all/\u{1b}]0;x.bin.md"), b"\xff\xfe");
    for (name, format) in [("all.said", "text"), ("all.json", "json"), ("all.log", "github"), ("all.csv", "csv")] {
        kept(at, name, &["check", "all", "--against", "h.bp", "--format", format], &[0, 1, 2]);
    }
    for (name, format) in [("papers.said", "text"), ("papers.json", "json"), ("papers.log", "github")] {
        kept(at, name, &["check", "papers", "--format", format], &[1, 2]);
    }
    let reports =
        [("r.said", "text"), ("r.md", "markdown"), ("r.html", "html"), ("r.tex", "latex"), ("r.log", "github")];
    for (name, format) in reports {
        kept(at, name, &["check", "one.md", "--against", "h.bp", "--format", format], &[0, 1, 2]);
    }
    std::fs::remove_file(at.join("one.md")).unwrap();
    inert(at);
    if has("pdflatex") && has("pdftotext") {
        let tex = std::fs::read_to_string(at.join("r.tex")).unwrap();
        std::fs::write(at.join("r.tex"), tex.replace("\\end{document}", &format!("{LAST}\\end{{document}}"))).unwrap();
        typeset(at, "r.tex");
    }
}

/// Nothing outside the folders given is read, whatever leads there.
#[cfg(unix)]
#[test]
fn links_and_paths_lead_out_of_no_folder() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    let at = folder.path();
    let secret = outside.path().join("secret.bp");
    let layer = format!("layer secret {{ size N; input x[N]; {SECRET}[i] = x[i]; output {SECRET} }}");
    std::fs::write(&secret, &layer).unwrap();
    std::fs::create_dir_all(at.join("layers")).unwrap();
    std::fs::create_dir_all(at.join("templates/markdown")).unwrap();
    std::fs::create_dir_all(at.join("paper")).unwrap();
    std::fs::write(at.join("paper/near.bp"), layer.replace(SECRET, "y").replace("secret", "near")).unwrap();
    symlink(&secret, at.join("layers/link.bp")).unwrap();
    symlink(&secret, at.join("paper/link.bp")).unwrap();
    symlink(&secret, at.join("templates/markdown/block.md")).unwrap();
    let silent = |output: &Output, what: &str| {
        let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(2), "{what}: {text}");
        assert!(!text.contains(SECRET), "{what}: {text}");
        text
    };
    silent(&run(at, &["layers", "secret", "--layers", "layers"]), "a link among layers");
    silent(
        &run(at, &["derive", "linear", "--format", "markdown", "--templates", "templates"]),
        "a link among templates",
    );
    let absolute = secret.display().to_string();
    let up = format!("../../{}/secret.bp", outside.path().file_name().unwrap().to_string_lossy());
    std::fs::write(at.join("text"), SECRET).unwrap();
    for target in [absolute.as_str(), up.as_str(), "link.bp", "paper/link.bp", "/etc/passwd", "../text:x", "/dev/stdin"]
    {
        let paper = format!("% backprose: {target} : {SECRET}x\n\\[ y_i = x_i \\]\n").replace(SECRET, "f");
        std::fs::write(at.join("paper/p.tex"), paper).unwrap();
        let said = silent(&run(&at.join("paper"), &["check", "p.tex"]), target);
        assert!(!said.contains("root:"), "{target}: {said}");
    }
    std::fs::write(at.join("paper/p.tex"), "% backprose: near.bp : y\n\\[ y_i = x_i \\]\n").unwrap();
    assert_eq!(run(at, &["check", "paper/p.tex"]).status.code(), Some(0));
    let own = "{% include \"/etc/passwd\" %}{% include \"../secret.bp\" %}{{ get_env(name=\"HOME\") }}";
    std::fs::write(at.join("own.md"), own).unwrap();
    silent(&run(at, &["derive", "linear", "--template", "own.md"]), "a template");
    std::fs::write(at.join("env.md"), "{{ get_env(name=\"HOME\") }}").unwrap();
    silent(&run(at, &["derive", "linear", "--template", "env.md"]), "the environment");
}
