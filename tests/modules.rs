//! The NumPy modules of the catalogue, at random sizes: every derivative agrees with central finite
//! differences, every output with a definition written by hand (`tests/modules/references.py`, or
//! `scatter.py`, which has the derivatives as well). And modules check themselves.

use std::path::{Path, PathBuf};
use std::process::Command;

fn python() -> bool {
    let found = Command::new("python3").args(["-c", "import numpy"]).output().is_ok_and(|o| o.status.success());
    assert!(found || std::env::var_os("BACKPROSE_TOOLS").is_none(), "python3 with NumPy is required");
    if !found {
        println!("skipped: python3 with NumPy is not installed");
    }
    found
}

fn module(folder: &Path, name: &str, arguments: &[&str]) -> PathBuf {
    let path = folder.join(format!("{name}.py"));
    let run = Command::new(env!("CARGO_BIN_EXE_backprose"))
        .arg("derive")
        .args(arguments)
        .args(["--format", "numpy", "-o"])
        .arg(&path)
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    path
}

fn passes(command: &mut Command) {
    let run = command.output().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{command:?}\n{text}");
}

#[test]
fn modules_agree_with_a_brute_force_scatter() {
    if !python() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/modules/scatter.py");
    for layer in ["conv1d", "conv2d", "linear", "matmul"] {
        let path = module(folder.path(), layer, &[layer]);
        passes(Command::new("python3").arg(&script).arg(layer).arg(path));
    }
}

/// A module for every layer of the catalogue, no size fixed.
fn catalogue(folder: &Path) -> Vec<PathBuf> {
    let catalogue = backprose::catalogue::Catalogue::built_in();
    let general = |name: &str| module(folder, name, &[name, "--general"]);
    catalogue.names().iter().map(|name| general(name)).collect()
}

#[test]
fn every_layer_agrees_with_finite_differences_and_with_its_reference() {
    if !python() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let modules = catalogue(folder.path());
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/modules");
    for script in ["finite_differences.py", "references.py"] {
        passes(Command::new("python3").arg("-B").arg(scripts.join(script)).args(&modules));
    }
}

#[test]
fn modules_check_themselves() {
    if !python() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let cases: [(&str, &[&str]); 5] = [
        ("sheet", &["conv1d", "N=7", "C=5", "F=1", "K=3", "S=2"]),
        ("long", &["conv1d", "N=11", "C=7", "F=2", "K=4", "S=3", "D=2", "P=1"]),
        ("general", &["conv1d", "--general"]),
        ("formula", &["x[7,5], W[1,5,3]; f[r] = sum[k,i] x[i + 2*(r-1), k] * W[1,k,i]"]),
        ("from_zero", &["index from 0 size N, K, S = 2; x[N], w[K]; y[i] = sum[k] x[S*i + k] * w[k]"]),
    ];
    for (name, arguments) in cases {
        passes(Command::new("python3").arg(module(folder.path(), name, arguments)));
    }
}
