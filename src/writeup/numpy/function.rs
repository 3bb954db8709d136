//! The public functions of the module: signature, docstring, statements.
//!
//! Every function checks its arrays, computes the stages that it goes through, and returns its result
//! – or a stage, where others read what it computes.

use super::code::tuple;
use super::layout::{Doc, lines, list, text};
use super::sizes::Source;
use super::stage::Workshop;
use super::tensor::Dialect;
use super::{PieceKind, docstring};
use serde::Serialize;
use std::collections::BTreeSet;

/// A Python function in the parts that the template puts together.
#[derive(Debug, Default, Serialize)]
pub(super) struct Function {
    /// `def …:`
    pub head: String,
    /// The lines of the docstring.
    pub about: Vec<String>,
    /// The statements, indented.
    pub body: Vec<String>,
    /// Whether it computes values that are not taken, about which NumPy need not warn.
    pub masked: bool,
    /// The functions of the library that it calls.
    #[serde(skip)]
    pub library: BTreeSet<String>,
}

impl Workshop<'_> {
    /// The function of one answer.
    pub(super) fn public(&self, python: &str, kind: &PieceKind) -> Result<Function, String> {
        let unit = self.unit(kind);
        let mut function =
            Function { head: self.head(python, kind)?, about: vec![self.about(kind)], ..Function::default() };
        let piece = self.pieces.iter().find(|piece| piece.kind == *kind);
        function.about.extend(formula_lines(&docstring(piece.map_or("", |piece| &piece.text))));
        function.body.extend(self.opening());
        if matches!(kind, PieceKind::Gradient(_)) {
            function.body.extend(self.upstream_checks());
        }
        if !matches!(kind, PieceKind::Value(_)) && !self.program.facts.is_empty() {
            function.body.push(self.demand());
        }
        function.body.extend(self.before(&unit).iter().map(|unit| self.statement(unit, &[])));
        if unit.len() > 1 {
            function.body.push(self.statement(&unit, &[]));
            function.body.push(format!("    return {}", self.stored_as(kind)));
            return Ok(function);
        }
        if self.stages.contains(kind) {
            let result = Doc::Seq(vec![text("return "), self.computed(&unit, &[])]);
            function.body.push(lines(4, &result));
            return Ok(function);
        }
        let (filled, needs) = self.filled(kind, &self.names.result, true)?;
        function.body.extend(filled.lines);
        function.masked = filled.masked && self.dialect == Dialect::Numpy;
        function.library = needs.library;
        Ok(function)
    }

    /// The outputs and all gradients at once: what they share is computed once.
    pub(super) fn together(&self, python: &str, kinds: &[PieceKind]) -> Result<Option<Function>, String> {
        let is_gradient = |kind: &&PieceKind| matches!(kind, PieceKind::Gradient(_));
        let Some(first) = kinds.iter().find(is_gradient) else { return Ok(None) };
        let outputs = self.program.outputs.iter().cloned().map(PieceKind::Value);
        let wanted: Vec<PieceKind> = outputs.chain(kinds.iter().filter(is_gradient).cloned()).collect();
        let names = |gradients: bool| -> Vec<String> {
            let wanted = wanted.iter().filter(|kind| is_gradient(kind) == gradients);
            wanted.map(|kind| self.stored_as(kind).to_string()).collect()
        };
        let (values, gradients) = (names(false), names(true));
        let mut about = vec!["The outputs and the gradients of the loss, as two tuples.".to_string(), String::new()];
        about.extend(formula_lines(&format!("({})", values.join(", "))).into_iter().skip(1));
        about.extend(formula_lines(&format!("({})", gradients.join(", "))).into_iter().skip(1));
        let head = self.head(python, first)?.replace(&format!("-> {}:", self.array_type()), "-> tuple:");
        let mut function = Function { head, about, ..Function::default() };
        function.body.extend(self.opening());
        function.body.extend(self.upstream_checks());
        if !self.program.facts.is_empty() {
            function.body.push(self.demand());
        }
        for unit in self.all_before(&wanted) {
            match unit.as_slice() {
                [only] if !self.stages.contains(only) && !self.together.contains_key(only) => {
                    let (filled, needs) = self.filled(only, self.stored_as(only), false)?;
                    function.body.extend(filled.lines);
                    function.masked |= filled.masked && self.dialect == Dialect::Numpy;
                    function.library.extend(needs.library);
                }
                _ => function.body.push(self.statement(&unit, &[])),
            }
        }
        let (values, gradients) = (tuple(texts(&values)), tuple(texts(&gradients)));
        function.body.push(lines(4, &Doc::Seq(vec![text("return "), values, text(", "), gradients])));
        Ok(Some(function))
    }

    /// The call of `_inputs`, unless there is nothing to check.
    pub(super) fn opening(&self) -> Option<String> {
        let targets = self.targets();
        if targets.is_empty() {
            return None;
        }
        let call = list("_inputs(", texts(&self.arguments()), ")");
        let targets = format!("{} = ", targets.join(", "));
        Some(lines(4, &Doc::Seq(vec![text(targets), call])))
    }

    /// The statement that refuses values at which the derivatives are not known to hold.
    fn demand(&self) -> String {
        let mut arguments = self.array_names();
        let sizes = self.plan.sources.iter().map(|(size, _)| size);
        let params = self.program.params.iter().map(|param| &param.name);
        for name in sizes.chain(params) {
            let python = &self.names.constants[name];
            arguments.push(format!("{python}={python}"));
        }
        lines(4, &list("_demand(", vec![list("_facts(", texts(&arguments), ")")], ")"))
    }

    fn head(&self, python: &str, kind: &PieceKind) -> Result<String, String> {
        let mut parameters = self.array_names();
        if matches!(kind, PieceKind::Gradient(_)) {
            parameters.extend(self.upstream());
        }
        let parameters: Vec<String> =
            parameters.into_iter().map(|name| format!("{name}: {}", self.array_type())).collect();
        let parameters = [parameters, self.keywords()?].concat();
        Ok(lines(0, &list(format!("def {python}("), texts(&parameters), format!(") -> {}:", self.array_type()))))
    }

    /// `*` and the keywords of a function, if there are any.
    pub(super) fn keywords(&self) -> Result<Vec<String>, String> {
        let mut keywords = self.plan.keywords(self.names);
        for param in &self.program.params {
            let name = &self.names.constants[&param.name];
            keywords.push(match &param.default {
                None => format!("{name}: float"),
                Some(e) => format!("{name}: float = {}", self.constant(e)?),
            });
        }
        if !keywords.is_empty() {
            keywords.insert(0, "*".into());
        }
        Ok(keywords)
    }

    fn about(&self, kind: &PieceKind) -> String {
        match kind {
            PieceKind::Value(output) if self.program.outputs.contains(output) => format!("The output {output}."),
            PieceKind::Value(output) => format!("The array {output}."),
            PieceKind::Jacobian(output, array) => format!(
                "The Jacobian of {output} with respect to {array}: \
                 axes of {output}, then axes of {array}."
            ),
            PieceKind::Gradient(array) => {
                let given: Vec<String> = self
                    .program
                    .outputs
                    .iter()
                    .map(|output| {
                        let part = if self.names.given(output) { "" } else { "the direct part of " };
                        format!("{} = {part}dl/d{output}", self.names.upstream[output])
                    })
                    .collect();
                let given = given.join(" and ");
                format!("The gradient of the loss with respect to {array}, given {given}.")
            }
        }
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
}

/// Words as code.
pub(super) fn texts(words: &[String]) -> Vec<Doc> {
    words.iter().map(text).collect()
}

/// A formula as paragraphs of a docstring: an empty line, then the formula, indented.
pub(super) fn formula_lines(formula: &str) -> Vec<String> {
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
