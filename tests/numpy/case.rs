//! Systems and answers written down as text, and Python run on the module made from them.

use super::reader::{binders, condition, formula};
use backprose::language::program::{ArrayBox, AxisBox, Param, Program, ResolvedEquation};
use backprose::language::syntax::{Condition, Expr, Name, Role};
use backprose::writeup::numpy::{Dialect, Piece, PieceKind, module};
use std::collections::BTreeMap;
use std::process::Command;

/// A system and answers about it, written down as text.
pub struct Case {
    pub program: Program,
    pieces: Vec<Piece>,
    defaults: BTreeMap<Name, i64>,
    requires: Vec<Condition>,
}

impl Case {
    pub fn new(sizes: &str) -> Case {
        Case {
            program: Program {
                sizes: sizes.split_whitespace().map(Name::from).collect(),
                params: Vec::new(),
                arrays: Vec::new(),
                equations: Vec::new(),
                outputs: Vec::new(),
                facts: Vec::new(),
                padded: Vec::new(),
            },
            pieces: Vec::new(),
            defaults: BTreeMap::new(),
            requires: Vec::new(),
        }
    }

    /// `given("x", "1..N pad P, 1..C")`, `given("token", "1..T in 1..vocab")`
    pub fn given(mut self, name: &str, axes: &str) -> Case {
        let (axes, values) = match axes.split_once(" in ") {
            Some((axes, values)) => (axes, Some(pair(values))),
            None => (axes, None),
        };
        let role = if values.is_some() { Role::Integer } else { Role::Input };
        let axes = axes.split(", ").filter(|axis| !axis.is_empty()).map(|axis| {
            let (range, pad) = axis.split_once(" pad ").unwrap_or((axis, "0"));
            let (first, last) = pair(range);
            AxisBox { first, last, before: formula(pad), after: formula(pad) }
        });
        let axes = axes.collect();
        self.program.arrays.push(ArrayBox { name: name.into(), role, axes, values });
        self
    }

    pub fn param(mut self, name: &str, default: Option<&str>) -> Case {
        let param = Param { name: name.into(), bound: None, default: default.map(formula) };
        self.program.params.push(param);
        self
    }

    pub fn define(mut self, array: &str, indices: &str, body: &str) -> Case {
        self.program.equations.push(ResolvedEquation {
            array: array.into(),
            indices: binders(indices),
            body: formula(body),
        });
        self
    }

    pub fn output(mut self, name: &str) -> Case {
        self.program.outputs.push(name.into());
        self
    }

    fn piece(mut self, kind: PieceKind, indices: &str, body: &str) -> Case {
        self.pieces.push(Piece { kind, indices: binders(indices), formula: formula(body), text: body.to_string() });
        self
    }

    pub fn value(self, output: &str, indices: &str, body: &str) -> Case {
        self.piece(PieceKind::Value(output.into()), indices, body)
    }

    pub fn jacobian(self, output: &str, array: &str, indices: &str, body: &str) -> Case {
        self.piece(PieceKind::Jacobian(output.into(), array.into()), indices, body)
    }

    pub fn gradient(self, array: &str, indices: &str, body: &str) -> Case {
        self.piece(PieceKind::Gradient(array.into()), indices, body)
    }

    pub fn default(mut self, size: &str, value: i64) -> Case {
        self.defaults.insert(size.into(), value);
        self
    }

    pub fn require(mut self, text: &str) -> Case {
        self.requires.push(condition(text));
        self
    }

    pub fn module(&self) -> String {
        module(
            (Dialect::Numpy, false),
            &self.program,
            &self.pieces,
            &self.defaults,
            &self.requires,
            "A test: \"\\s\"",
            1,
            &[],
        )
        .expect("a module")
    }

    /// Why there is no module.
    pub fn refusal(&self) -> String {
        module((Dialect::Numpy, false), &self.program, &self.pieces, &self.defaults, &self.requires, "", 1, &[])
            .expect_err("a refusal")
    }

    /// Runs the self check, then `script`, in which the module is called `m`.
    pub fn run(&self, script: &str) {
        self.run_as(script, true);
    }

    pub fn run_as(&self, script: &str, right: bool) {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("module.py"), self.module()).expect("written");
        let python = |arguments: &[&str]| Command::new("python3").args(arguments).current_dir(folder.path()).output();
        if !python(&["-c", "import numpy"]).is_ok_and(|run| run.status.success()) {
            println!("skipped: python3 with NumPy is not installed");
            return;
        }
        let check = python(&["-W", "error", "module.py"]).expect("python runs");
        let words = format!("{}{}", String::from_utf8_lossy(&check.stdout), String::from_utf8_lossy(&check.stderr));
        println!("{words}");
        let code = i32::from(!right);
        assert_eq!(check.status.code(), Some(code), "{words}\n{}", self.module());
        let script = format!("{PRELUDE}\n{script}");
        let run = python(&["-W", "error", "-c", &script]).expect("python runs");
        let words = String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success(), "{words}\n{}", self.module());
    }
}

fn pair(range: &str) -> (Expr, Expr) {
    let (first, last) = range.split_once("..").expect("a range");
    (formula(first), formula(last))
}

const PRELUDE: &str = r#"
import numpy as np
import module as m
rng = np.random.default_rng(7)
def close(a, b):
    assert np.shape(a) == np.shape(b), (np.shape(a), np.shape(b))
    assert np.allclose(a, b), (a, b)
def refuses(call, word):
    try:
        call()
    except ValueError as error:
        assert word in str(error), str(error)
    else:
        raise AssertionError("nothing was refused")
"#;
