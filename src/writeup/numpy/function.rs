//! The functions of the module: signature, docstring, loops.
//!
//! Every public function checks its arrays, lets `_forward` compute the intermediate arrays it
//! reads, and fills its result entry by entry.

use super::code::Mode;
use super::expression::Writer;
use super::layout::{Doc, lines, list, text};
use super::loops::fill;
use super::names::Names;
use super::reading::Stored;
use super::sizes::{Plan, Source};
use super::{Piece, PieceKind, docstring};
use crate::language::program::{AxisBox, Program};
use crate::language::syntax::Name;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What functions are made from.
#[derive(Debug)]
pub(super) struct Workshop<'a> {
    /// The system.
    pub program: &'a Program,
    /// What things are called.
    pub names: &'a Names,
    /// How sizes are found.
    pub plan: &'a Plan,
    /// All arrays.
    pub arrays: &'a BTreeMap<Name, Stored>,
}

/// A Python function in the parts that the template puts together.
#[derive(Debug, Default, Serialize)]
pub(super) struct Function {
    /// `def …:`
    pub head: String,
    /// The lines of the docstring.
    pub about: Vec<String>,
    /// The statements, indented.
    pub body: Vec<String>,
    /// How many statements come before the first that needs the defined arrays.
    #[serde(skip)]
    pub prepared: usize,
    /// The defined arrays that it reads.
    #[serde(skip)]
    pub reads: BTreeSet<Name>,
    /// Whether it needs `_padded`, `_mean`.
    #[serde(skip)]
    pub uses: (bool, bool),
}

impl<'a> Workshop<'a> {
    /// A writer with nothing in scope.
    pub(super) fn writer(&self) -> Writer<'a> {
        Writer::new(self.names, self.arrays)
    }

    /// The function of one answer.
    pub(super) fn answer(&self, python: &str, piece: &Piece) -> Result<Function, String> {
        let mut function = Function::default();
        let axes = self.result_axes(&piece.kind)?;
        let mut writer = self.writer();
        let loops = fill(&mut writer, &self.names.result, &axes, &piece.indices, &piece.formula)?;
        self.open(&mut function, python, &piece.kind, writer.reads.clone())?;
        function.about.extend(formula_lines(&docstring(&piece.text)));
        function.body.extend(loops);
        function.body.push(format!("    return {}", self.names.result));
        function.uses = (writer.padded, writer.mean);
        Ok(function)
    }

    /// The function of an output, computed by its own equation.
    pub(super) fn output(&self, python: &str, output: &Name) -> Result<Function, String> {
        let mut function = Function::default();
        let kind = PieceKind::Value(output.clone());
        self.open(&mut function, python, &kind, [output.clone()].into())?;
        let array = &self.names.arrays[output];
        function.body.push(format!("    return {array}"));
        Ok(function)
    }

    /// Signature, docstring and the statements before the loops.
    fn open(
        &self,
        function: &mut Function,
        python: &str,
        kind: &PieceKind,
        reads: BTreeSet<Name>,
    ) -> Result<(), String> {
        let gradient = matches!(kind, PieceKind::Gradient(_));
        function.head = self.head(python, gradient)?;
        function.about = vec![self.about(kind)];
        let targets = self.targets();
        if !targets.is_empty() {
            let call = list("_inputs(", texts(&self.arguments()), ")");
            let targets = format!("{} = ", targets.join(", "));
            let call = Doc::Seq(vec![text(targets), call]);
            function.body.push(lines(4, &call));
        }
        if gradient {
            function.body.extend(self.upstream_checks());
        }
        function.prepared = function.body.len();
        let given = |name: &Name| self.program.arrays.iter().any(|array| array.name == *name);
        function.reads = reads.into_iter().filter(|name| !given(name)).collect();
        Ok(())
    }

    fn head(&self, python: &str, gradient: bool) -> Result<String, String> {
        let mut parameters = self.array_names();
        if gradient {
            parameters.extend(self.upstream());
        }
        let mut parameters: Vec<String> = parameters.into_iter().map(|name| format!("{name}: np.ndarray")).collect();
        let mut keywords = self.plan.keywords(self.names);
        for param in &self.program.params {
            let name = &self.names.constants[&param.name];
            keywords.push(match &param.default {
                None => format!("{name}: float"),
                Some(e) => {
                    let value = self.writer().expression(e, Mode::Value)?.doc;
                    format!("{name}: float = {}", lines(0, &value))
                }
            });
        }
        if !keywords.is_empty() {
            parameters.push("*".into());
            parameters.extend(keywords);
        }
        let open = format!("def {python}(");
        Ok(lines(0, &list(open, texts(&parameters), ") -> np.ndarray:")))
    }

    fn about(&self, kind: &PieceKind) -> String {
        match kind {
            PieceKind::Value(output) => format!("The output {output}."),
            PieceKind::Jacobian(output, array) => format!(
                "The Jacobian of {output} with respect to {array}: \
                 axes of {output}, then axes of {array}."
            ),
            PieceKind::Gradient(array) => {
                let given: Vec<String> = self
                    .program
                    .outputs
                    .iter()
                    .map(|output| format!("{} = dl/d{output}", self.names.upstream[output]))
                    .collect();
                let given = given.join(" and ");
                format!("The gradient of the loss with respect to {array}, given {given}.")
            }
        }
    }

    /// The box of a result: that of the output, then that of the array.
    fn result_axes(&self, kind: &PieceKind) -> Result<Vec<AxisBox>, String> {
        let parts = match kind {
            PieceKind::Value(name) | PieceKind::Gradient(name) => vec![name],
            PieceKind::Jacobian(output, array) => vec![output, array],
        };
        let mut axes = Vec::new();
        for name in parts {
            let missing = || format!("nothing is called `{name}`");
            axes.extend(self.arrays.get(name).ok_or_else(missing)?.axes.clone());
        }
        Ok(axes)
    }

    fn upstream_checks(&self) -> Vec<String> {
        let sizes = self.sizes().join(", ");
        let mut out = vec![format!("    _expected = _shapes({sizes})")];
        for output in &self.program.outputs {
            let python = &self.names.upstream[output];
            let array = &self.names.arrays[output];
            let axes = self.arrays[output].axes.len();
            out.push(format!("    {python} = _floats(\"{python}\", {python}, {axes})"));
            out.push(format!("    _fits(\"{python}\", {python}, _expected[\"{array}\"])"));
        }
        out
    }

    /// The given arrays in source order.
    pub(super) fn array_names(&self) -> Vec<String> {
        let given = self.program.arrays.iter();
        given.map(|array| self.names.arrays[&array.name].clone()).collect()
    }

    /// The upstream gradients in the order of the outputs.
    fn upstream(&self) -> Vec<String> {
        let outputs = self.program.outputs.iter();
        outputs.map(|output| self.names.upstream[output].clone()).collect()
    }

    /// The sizes that occur in formulas.
    pub(super) fn sizes(&self) -> Vec<String> {
        let sizes = self.program.sizes.iter();
        sizes.map(|size| self.names.constants[size].clone()).collect()
    }

    /// What `_inputs` takes: arrays, then all keywords that are sizes.
    pub(super) fn arguments(&self) -> Vec<String> {
        let mut arguments = self.array_names();
        let sources = self.plan.sources.iter();
        arguments.extend(sources.map(|(size, _)| self.names.constants[size].clone()));
        arguments
    }

    /// What `_inputs` returns: arrays, then sizes.
    pub(super) fn targets(&self) -> Vec<String> {
        let mut targets = self.array_names();
        let sources = self.plan.sources.iter();
        let symbolic = sources.filter(|(_, source)| !matches!(source, Source::Fixed(_)));
        targets.extend(symbolic.map(|(size, _)| self.names.constants[size].clone()));
        targets
    }

    /// What `_forward` takes: all of that, and the params.
    fn forward_arguments(&self) -> Vec<String> {
        let mut arguments = self.targets();
        let params = self.program.params.iter();
        arguments.extend(params.map(|param| self.names.constants[&param.name].clone()));
        arguments
    }

    /// `h, y = _forward(…)`, where `read` says which of the returned arrays are used.
    pub(super) fn forward_call(&self, returned: &[Name], read: &BTreeSet<Name>) -> String {
        let targets: Vec<&str> = returned
            .iter()
            .map(|name| match read.contains(name) {
                true => self.names.arrays[name].as_str(),
                false => "_",
            })
            .collect();
        let targets = format!("{} = ", targets.join(", "));
        let call = list("_forward(", texts(&self.forward_arguments()), ")");
        lines(4, &Doc::Seq(vec![text(targets), call]))
    }

    /// The private function that computes the defined arrays `wanted`, by the author's equations,
    /// and the arrays that it returns.
    pub(super) fn forward(&self, wanted: &BTreeSet<Name>) -> Result<Option<(Function, Vec<Name>)>, String> {
        let mut needed = wanted.clone();
        let mut parts = Vec::new();
        let (mut padded, mut mean) = (false, false);
        for equation in self.program.equations.iter().rev() {
            if !needed.contains(&equation.array) {
                continue;
            }
            let mut writer = self.writer();
            let stored = &self.arrays[&equation.array];
            let (python, axes) = (&stored.python, &stored.axes);
            let (at, body) = (&equation.indices, &equation.body);
            parts.push(fill(&mut writer, python, axes, at, body)?);
            needed.extend(writer.reads);
            padded |= writer.padded;
            mean |= writer.mean;
        }
        if parts.is_empty() {
            return Ok(None);
        }
        let returned: Vec<Name> = self
            .program
            .equations
            .iter()
            .map(|equation| equation.array.clone())
            .filter(|array| wanted.contains(array))
            .collect();
        let names: Vec<&str> = returned.iter().map(|name| self.names.arrays[name].as_str()).collect();
        let mut body: Vec<String> = parts.into_iter().rev().flatten().collect();
        body.push(format!("    return {}", names.join(", ")));
        let head = list("def _forward(", texts(&self.forward_arguments()), "):");
        let function = Function {
            head: lines(0, &head),
            about: vec![format!("Compute {}.", names.join(", "))],
            body,
            prepared: 0,
            reads: BTreeSet::new(),
            uses: (padded, mean),
        };
        Ok(Some((function, returned)))
    }
}

fn texts(words: &[String]) -> Vec<Doc> {
    words.iter().map(text).collect()
}

/// A formula as paragraphs of a docstring: an empty line, then the formula, indented.
fn formula_lines(formula: &str) -> Vec<String> {
    let mut out = Vec::new();
    for line in formula.lines() {
        let mut current = String::from("       ");
        for word in line.split_whitespace() {
            if current.chars().count() + word.chars().count() > 86 {
                out.push(std::mem::replace(&mut current, " ".repeat(11)));
            }
            current.push(' ');
            current.push_str(word);
        }
        out.push(current);
    }
    if !out.is_empty() {
        out.insert(0, String::new());
    }
    out
}
