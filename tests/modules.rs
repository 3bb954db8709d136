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
    for script in ["finite_differences.py", "references.py", "extremes.py"] {
        passes(Command::new("python3").arg("-B").arg(scripts.join(script)).args(&modules));
    }
}

/// A Python that has PyTorch.
fn python_with_torch() -> Option<&'static str> {
    let has = |python: &&str| {
        Command::new(python).args(["-c", "import torch"]).output().is_ok_and(|run| run.status.success())
    };
    let found = ["python3", "/usr/bin/python3"].into_iter().find(has);
    let required = std::env::var_os("BACKPROSE_TOOLS").is_some_and(|tools| tools == "required");
    assert!(found.is_some() || !required, "python3 with PyTorch is required");
    if found.is_none() {
        println!("skipped: python3 with PyTorch is not installed");
    }
    found
}

/// Every PyTorch module agrees with automatic differentiation; convolutions, softargmax and the like are
/// operations of PyTorch.
#[test]
fn layers_agree_with_automatic_differentiation_in_pytorch() {
    agree_in_pytorch(12);
}

#[test]
#[ignore = "takes several minutes"]
fn every_layer_agrees_with_automatic_differentiation_in_pytorch() {
    agree_in_pytorch(1);
}

/// Layers whose modules are looked at more closely.
const NATIVE: [&str; 5] = ["conv1d", "conv2d", "conv_transpose1d", "attention", "softargmax"];
const OPERATIONS: [&str; 6] = ["conv1d", "conv2d", "attention", "layer_norm", "lstm", "embedding"];

/// Every so many layers of the catalogue, and those looked at more closely.
fn agree_in_pytorch(every: usize) {
    let Some(python) = python_with_torch() else { return };
    let folder = tempfile::tempdir().unwrap();
    let catalogue = backprose::catalogue::Catalogue::built_in();
    let mut native = Vec::new();
    let mut operations = Vec::new();
    let close = |name: &str| NATIVE.contains(&name) || OPERATIONS.contains(&name);
    let names = catalogue.names().into_iter().enumerate();
    for (_, name) in names.filter(|(place, name)| place % every == 0 || close(name)) {
        let path = folder.path().join(format!("{name}.py"));
        let run = Command::new(env!("CARGO_BIN_EXE_backprose"))
            .args(["derive", &name, "--general", "--format", "torch", "--autograd", "-o"])
            .arg(&path)
            .output()
            .unwrap();
        assert!(run.status.success(), "{name}: {}", String::from_utf8_lossy(&run.stderr));
        passes(Command::new(python).args(["-W", "error::SyntaxWarning"]).arg(&path));
        let text = std::fs::read_to_string(&path).unwrap();
        if OPERATIONS.contains(&&*name) {
            assert!(text.contains("class Operation"), "{name} has no operation");
            operations.push(path);
        }
        let calls = ["_convolved(", "_transposed(", "torch.softmax(", "torch.log_softmax(", "torch.logsumexp("];
        if calls.iter().any(|call| text.contains(call)) {
            native.push(name.to_string());
        }
    }
    for name in NATIVE {
        assert!(native.iter().any(|found| found == name), "{name} is not native: {native:?}");
    }
    println!("{} modules with a native convolution or normaliser", native.len());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/modules/operation.py");
    passes(Command::new(python).arg("-B").arg(script).args(&operations));
}

/// What is computed step by step: the layers of a file, each with a reference.
#[test]
fn recurrences_agree_with_finite_differences_and_with_their_references() {
    if !python() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/modules");
    let file = scripts.join("recurrences.bp");
    let text = std::fs::read_to_string(&file).unwrap();
    let names = text.lines().filter_map(|line| line.strip_prefix("layer ")?.split_whitespace().next());
    let modules: Vec<PathBuf> =
        names.map(|name| module(folder.path(), name, &[&format!("{}:{name}", file.display()), "--general"])).collect();
    assert!(modules.len() >= 8);
    for script in ["finite_differences.py", "references.py"] {
        passes(Command::new("python3").arg("-B").arg(scripts.join(script)).args(&modules));
    }
    for path in modules {
        passes(Command::new("python3").arg(path));
    }
}

#[test]
fn modules_check_themselves() {
    if !python() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let functions = "x[5]; param c > 0 = 1/3; y[n] = abs(x[n])*sign(x[n]) + relu(x[n] - 1/7) + leaky_relu(x[n], c) \
                     + step(x[n]) + floor(3*x[n]) + ceil(x[n]/2) + max(x[n], c) + min(x[n], c) + pow(1 + x[n]^2, c) \
                     + exp(x[n])*tanh(x[n]) + sigmoid(x[n]) + softplus(x[n]) + silu(x[n]) + gelu(x[n]) + normcdf(x[n]) \
                     + normpdf(x[n]) + erf(x[n]) + sin(x[n])*cos(pi*x[n]) + log(2 + x[n])*sqrt(2 - x[n]) + var[k] x[k]";
    let attention = "q[4,3], k[4,3], v[4,3]; s[i,j] = sum[d] q[i,d]*k[j,d]; \
                     y[i,d] = sum[j in 1..i] softargmax[j in 1..i](s[i,j])*v[j,d]";
    let facts = "x[4], w; param a > 0 = 2; require sum[i] x[i] = a; require x[i] > 0; require w != 0; \
                 y[i] = log(x[i])*pi; z = sum[i] y[i]*x[i]/w; output y, z";
    let from_zero = "index from 0 size T; x[T], a; h[0] = a^2; h[t in 1..T-1] = tanh(a*h[t-1] + x[t]); output h";
    let one_step = "size T; x[T], a; h[0] = a^2; h[t in 1..T] = tanh(a*h[t-1] + x[t]); y = h[T]*a; output y";
    let extrema = "x[7], W[3,2,7]; y[n] = max[j in 1..3] x[j + 2*(n-1)]; z[n in 1..5] = min[j in 1..4 : 2 <= n+j-1 <= 6] x[n+j-1]; \
                   u[i] = max[k] sum[j] W[k,i,j]*x[j]; v = argmin[k] x[k]^2; output y, z, u, v";
    let masked = "s[4,4]; p[i,j] = softargmax[j : j != i](s[i,j]); l = logsumexp[i, j : i < j](s[i,j]); output p, l";
    let cases: [(&str, &[&str]); 15] = [
        ("extrema", &[extrema, "--wrt", "x,W"]),
        ("sheet", &["conv1d", "N=7", "C=5", "F=1", "K=3", "S=2"]),
        ("long", &["conv1d", "N=11", "C=7", "F=2", "K=4", "S=3", "D=2", "P=1"]),
        ("general", &["conv1d", "--general"]),
        ("formula", &["x[7,5], W[1,5,3]; f[r] = sum[k,i] x[i + 2*(r-1), k] * W[1,k,i]"]),
        ("from_zero", &["index from 0 size N, K, S = 2; x[N], w[K]; y[i] = sum[k] x[S*i + k] * w[k]"]),
        ("steps_from_zero", &[from_zero]),
        ("one_step", &[one_step, "T=1"]),
        ("functions", &[functions]),
        ("attention", &[attention]),
        ("facts", &[facts]),
        ("intermediates", &["mlp", "--wrt", "x,z,h"]),
        ("outputs", &["x[3]; y[i] = tanh(x[i]); z = sum[i] y[i]^2; output y, z", "--wrt", "x,y"]),
        ("masked", &[masked]),
        ("normalisers", &["z[4]; y[c] = logsoftargmax[c](z[c]); s = logsumexp[c](3*z[c]); output y, s"]),
    ];
    for (name, arguments) in cases {
        passes(Command::new("python3").arg(module(folder.path(), name, arguments)));
    }
}
