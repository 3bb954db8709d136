//! Formulas of papers: what marks say of them is judged, and nothing about a mark passes unseen.

use serde_json::Value;
use std::path::Path;
use std::process::Command;

fn check(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_backprose"));
    let run = command.arg("check").args(arguments).current_dir(folder).output().unwrap();
    (run.status.code(), String::from_utf8(run.stdout).unwrap())
}

/// The example paper as someone hands it in: without a word in its marks about what is wrong.
fn handed_in() -> tempfile::TempDir {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/paper");
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(root.join("block.bp"), folder.path().join("block.bp")).unwrap();
    let paper = std::fs::read_to_string(root.join("paper.tex")).unwrap();
    let line = |line: &str| match line.trim_start().starts_with("% backprose: reject ") {
        true => line.replace("reject ", "").split(" because ").next().unwrap_or_default().to_string(),
        false => line.to_string(),
    };
    let lines: Vec<String> = paper.lines().map(line).collect();
    std::fs::write(folder.path().join("paper.tex"), lines.join("\n") + "\n").unwrap();
    folder
}

#[test]
fn of_thirty_formulas_of_a_paper_the_six_wrong_ones_are_refuted_with_their_slips() {
    let folder = handed_in();
    let (code, text) = check(folder.path(), &["paper.tex", "--format", "json"]);
    assert_eq!(code, Some(1));
    let found: Value = serde_json::from_str(&text).unwrap();
    let claims = found["files"][0]["claims"].as_array().unwrap();
    assert_eq!((claims.len(), found["summary"]["proved"].as_u64()), (30, Some(24)));
    let refuted = claims.iter().filter(|claim| claim["verdict"] == "refuted");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    let refuted: Vec<(String, String)> =
        refuted.map(|claim| (text(&claim["name"]), text(&claim["slip"]["name"]))).collect();
    let expected = [
        ("shape f", "off by one"),
        ("dl/dx", "lost stride"),
        ("dl/dgamma", "missing upstream gradient"),
        ("dl/dh", "wrong lower limit"),
        ("dl/dK", "swapped axes"),
        ("dloss/dz", "sign"),
    ];
    assert_eq!(refuted, expected.map(|(name, slip)| (name.to_string(), slip.to_string())));
}

#[test]
fn the_page_on_formulas_under_test_shows_what_check_prints() {
    let page = include_str!("../docs/ci.md");
    let session = page.split("```shell-session\n$ backprose check ").nth(1).unwrap();
    let (command, rest) = session.split_once('\n').unwrap();
    let arguments: Vec<&str> = command.split_whitespace().collect();
    let (_, text) = check(handed_in().path(), &arguments);
    assert_eq!(text, rest.split("```").next().unwrap());
}

#[test]
fn letters_that_a_formula_defines_stand_for_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let layer = "layer two {\n  size n, m, k\n  input x[n]\n  weight W1[m, n], W2[k, m]\n  z[i] = sum[j] W1[i, j] * x[j]\n  \
                 h[i] = tanh(z[i])\n  y[c] = sum[i] W2[c, i] * h[i]\n}\n";
    std::fs::write(folder.path().join("two.bp"), layer).unwrap();
    let marked = |formula: &str| {
        std::fs::write(
            folder.path().join("paper.md"),
            format!("<!-- backprose: two.bp : dl/dW1 -->\n$$ {formula} $$\n"),
        )
        .unwrap();
        check(folder.path(), &["paper.md"])
    };
    let gradient = r"\frac{\partial \ell}{\partial W^{(1)}}";
    for (word, right) in [
        ("proved", r"\delta^{(1)} x^\top \quad\text{where}\quad \delta^{(1)} = (W_2^\top g) \odot (1 - h \odot h)"),
        ("refuted", r"\delta^{(1)} x^\top \quad\text{where}\quad \delta^{(1)} = (W_2^\top g) \odot (1 - h)"),
        ("proved", r"\delta x^\top, \quad \delta = (W_2^\top g) \odot (1 - h \odot h)"),
    ] {
        let (_, text) = marked(&format!("{gradient} = {right}"));
        assert!(text.contains(word), "{right}\n{text}");
    }
    let (code, _) = marked(&format!(r"{gradient} = \kappa x^\top"));
    assert_eq!(code, Some(2));
}
