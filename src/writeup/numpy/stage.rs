//! Stages: arrays that are computed once a call, each by a private function, and then read by name.
//!
//! A stage is a defined array, the gradient of an intermediate, or a Jacobian that stands in other
//! formulas by name. Those that read each other are one unit, computed together. Invariant: a
//! function computes the units that its formula goes through, each after those that it reads, and
//! no others.

use super::arithmetic::is_zero;
use super::code::Mode;
use super::expression::{Needs, Writer};
use super::fill::{Filled, Filling, fill, whole, zeros};
use super::function::{Function, formula_lines, texts};
use super::known::Known;
use super::layout::{Doc, lines, list, text};
use super::names::Names;
use super::reading::Stored;
use super::sizes::{Plan, Source};
use super::tensor::Dialect;
use super::{Piece, PieceKind, docstring};
use crate::language::print::{Alphabet, expression};
use crate::language::program::{AxisBox, Program, ResolvedEquation};
use crate::language::syntax::{Binder, Expr, ExprKind, Name, Role};
use crate::model::components;
use std::collections::{BTreeMap, BTreeSet};

/// What functions are made from.
#[derive(Debug)]
pub(super) struct Workshop<'a> {
    /// The library that code is written for.
    pub dialect: Dialect,
    /// The system.
    pub program: &'a Program,
    /// The answers.
    pub pieces: &'a [Piece],
    /// What things are called.
    pub names: &'a Names,
    /// How sizes are found.
    pub plan: &'a Plan,
    /// All arrays.
    pub arrays: &'a BTreeMap<Name, Stored>,
    /// What is known of the sizes.
    pub known: &'a Known,
    /// The defined arrays that the self check moves.
    pub moved: &'a [Name],
    /// The arrays that are computed by the author's equations: there are several, or they read each other.
    pub stepwise: &'a BTreeSet<Name>,
    /// What the code of everything that is computed needs.
    pub needs: BTreeMap<PieceKind, Needs>,
    /// What has a function of its own to compute it.
    pub stages: BTreeSet<PieceKind>,
    /// Of what is computed from itself, all that is computed together with it.
    pub together: BTreeMap<PieceKind, Vec<PieceKind>>,
}

/// How entries of an array are computed.
#[derive(Debug)]
pub(super) struct Definition<'a> {
    /// The indices of the entries with their ranges.
    pub indices: &'a [Binder],
    /// The value of an entry.
    pub formula: &'a Expr,
    /// The formula as the author would read it.
    pub text: String,
}

impl<'a> Workshop<'a> {
    /// A writer with nothing in scope.
    pub(super) fn writer(&self) -> Writer<'a> {
        Writer::new(self.dialect, self.names, self.arrays)
    }

    /// Finds out what the functions of `public` go through, and `all` of which has a stage.
    pub(super) fn prepare(&mut self, public: &[PieceKind], all: &[PieceKind]) -> Result<(), String> {
        let mut open = [public, all].concat();
        self.stages.extend(all.iter().cloned());
        while let Some(kind) = open.pop() {
            if self.needs.contains_key(&kind) {
                continue;
            }
            let (_, needs) = self.filled(&kind, &self.names.result, true)?;
            let read = self.read_by(&needs);
            open.extend(read.iter().cloned());
            self.stages.extend(read);
            self.needs.insert(kind, needs);
        }
        self.together = self.circles();
        Ok(())
    }

    /// What reads each other in a circle, in the order in which it is defined.
    fn circles(&self) -> BTreeMap<PieceKind, Vec<PieceKind>> {
        let kinds: Vec<&PieceKind> = self.needs.keys().collect();
        let number: BTreeMap<&PieceKind, usize> = kinds.iter().enumerate().map(|(k, kind)| (*kind, k)).collect();
        let reads = |needs| self.read_by(needs).iter().filter_map(|kind| number.get(kind).copied()).collect();
        let graph: Vec<BTreeSet<usize>> = self.needs.values().map(reads).collect();
        let component = components(&graph);
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (node, group) in component.iter().enumerate() {
            groups.entry(*group).or_default().push(node);
        }
        let mut together = BTreeMap::new();
        for group in groups.values().filter(|group| group.len() > 1 || graph[group[0]].contains(&group[0])) {
            let mut members: Vec<PieceKind> = group.iter().map(|node| kinds[*node].clone()).collect();
            members.sort_by_key(|kind| self.place(kind));
            members.iter().for_each(|kind| {
                together.insert(kind.clone(), members.clone());
            });
        }
        together
    }

    /// Where something is defined: equations come first, then what is derived.
    fn place(&self, kind: &PieceKind) -> Option<usize> {
        match kind {
            PieceKind::Value(array) => self.program.equations.iter().rposition(|equation| equation.array == *array),
            derived => {
                let place = self.pieces.iter().position(|piece| piece.kind == *derived)?;
                Some(self.program.equations.len() + place)
            }
        }
    }

    /// What is computed together with a stage, itself among it.
    pub(super) fn unit(&self, kind: &PieceKind) -> Vec<PieceKind> {
        self.together.get(kind).cloned().unwrap_or_else(|| vec![kind.clone()])
    }

    /// What the code of a unit needs, itself not.
    pub(super) fn unit_needs(&self, unit: &[PieceKind]) -> Needs {
        let mut all = Needs::default();
        for needs in unit.iter().filter_map(|kind| self.needs.get(kind)).cloned() {
            all.arrays.extend(needs.arrays);
            all.derived.extend(needs.derived);
            all.upstream.extend(needs.upstream);
            all.constants.extend(needs.constants);
            all.library.extend(needs.library);
        }
        for kind in unit.iter().filter(|kind| self.together.contains_key(*kind)) {
            all.derived.remove(kind);
            if let PieceKind::Value(array) = kind {
                all.arrays.remove(array);
            }
        }
        all
    }

    /// The stages that a piece of code reads.
    pub(super) fn read_by(&self, needs: &Needs) -> Vec<PieceKind> {
        let mut read: Vec<PieceKind> = Vec::new();
        for equation in self.program.equations.iter().filter(|equation| needs.arrays.contains(&equation.array)) {
            let kind = PieceKind::Value(equation.array.clone());
            if read.last() != Some(&kind) && !read.contains(&kind) {
                read.push(kind);
            }
        }
        let derived = self.pieces.iter().map(|piece| &piece.kind).filter(|kind| needs.derived.contains(kind));
        read.extend(derived.cloned());
        read
    }

    /// The units that must be computed ahead of one, in order.
    pub(super) fn before(&self, unit: &[PieceKind]) -> Vec<Vec<PieceKind>> {
        self.all_before(&self.read_by(&self.unit_needs(unit)))
    }

    /// The units of stages, each after those that it reads.
    pub(super) fn all_before(&self, wanted: &[PieceKind]) -> Vec<Vec<PieceKind>> {
        let mut order = Vec::new();
        let mut open: Vec<(PieceKind, bool)> = wanted.iter().rev().map(|kind| (kind.clone(), false)).collect();
        let mut seen = BTreeSet::new();
        while let Some((kind, ready)) = open.pop() {
            let unit = self.unit(&kind);
            if ready {
                order.push(unit);
            } else if !seen.contains(&kind) {
                let read = self.read_by(&self.unit_needs(&unit));
                seen.extend(unit);
                open.push((kind, true));
                open.extend(read.into_iter().rev().map(|kind| (kind, false)));
            }
        }
        order
    }

    /// The private functions, each after those whose arrays it takes.
    pub(super) fn private(&self) -> Result<Vec<Function>, String> {
        let wanted: Vec<PieceKind> = self.stages.iter().cloned().collect();
        let made = |unit: &Vec<PieceKind>| match unit.as_slice() {
            [only] if !self.together.contains_key(only) => self.stage(only),
            _ => self.recurrence(unit),
        };
        self.all_before(&wanted).iter().map(made).collect()
    }

    fn stage(&self, kind: &PieceKind) -> Result<Function, String> {
        let array = self.stored_as(kind);
        let (Filled { lines: body, masked }, needs) = self.filled(kind, array, true)?;
        let open = format!("def _compute_{array}(");
        let head = list(open, texts(&self.parameters(&needs)), format!(") -> {}:", self.array_type()));
        let mut about = vec![format!("Compute {}.", kind.spoken())];
        for definition in self.definitions(kind)? {
            about.extend(formula_lines(&docstring(&definition.text)));
        }
        Ok(Function {
            head: lines(0, &head),
            about,
            body,
            masked: masked && self.dialect == Dialect::Numpy,
            library: needs.library,
        })
    }

    /// `h = _compute_h(…)`, or all that is computed together; `added` are further arguments.
    pub(super) fn statement(&self, unit: &[PieceKind], added: &[String]) -> String {
        let targets: Vec<&str> = unit.iter().map(|kind| self.stored_as(kind)).collect();
        lines(4, &Doc::Seq(vec![text(format!("{} = ", targets.join(", "))), self.computed(unit, added)]))
    }

    /// `_compute_h(…)`
    pub(super) fn computed(&self, unit: &[PieceKind], added: &[String]) -> Doc {
        let mut parameters = self.parameters(&self.unit_needs(unit));
        parameters.extend(added.iter().cloned());
        list(format!("{}(", self.function_of(unit)), texts(&parameters), ")")
    }

    /// The name of the function that computes a unit: what is computed step by step is called after
    /// its last array.
    pub(super) fn function_of(&self, unit: &[PieceKind]) -> String {
        match unit {
            [only] if !self.together.contains_key(only) => format!("_compute_{}", self.stored_as(only)),
            _ => format!("_run_{}", unit.last().map_or("", |kind| self.stored_as(kind))),
        }
    }

    /// The variable that holds a stage.
    pub(super) fn stored_as(&self, kind: &PieceKind) -> &str {
        let name = match kind {
            PieceKind::Value(array) => self.names.arrays.get(array),
            PieceKind::Jacobian(..) | PieceKind::Gradient(_) => self.names.derived.get(kind),
        };
        name.unwrap_or(&self.names.result)
    }

    /// What a piece of code takes: arrays, derivatives, upstream gradients, sizes, params.
    pub(super) fn parameters(&self, needs: &Needs) -> Vec<String> {
        let given = self.program.arrays.iter().map(|array| &array.name);
        let given = given.filter(|array| needs.arrays.contains(*array)).map(|array| self.names.arrays[array].clone());
        let mut parameters: Vec<String> = given.collect();
        parameters.extend(self.read_by(needs).iter().map(|kind| self.stored_as(kind).to_string()));
        let outputs = self.program.outputs.iter().filter(|output| needs.upstream.contains(*output));
        parameters.extend(outputs.map(|output| self.names.upstream[output].clone()));
        let sizes = self.plan.sources.iter().filter(|(_, source)| !matches!(source, Source::Fixed(_)));
        let params = self.program.params.iter().map(|param| &param.name);
        let constants = sizes.map(|(size, _)| size).chain(params).filter(|name| needs.constants.contains(*name));
        parameters.extend(constants.map(|name| self.names.constants[name].clone()));
        parameters
    }

    /// The statements that compute what `kind` is as `array`, and return it or not; what they need.
    pub(super) fn filled(&self, kind: &PieceKind, array: &str, returned: bool) -> Result<(Filled, Needs), String> {
        let mut writer = self.writer();
        let axes = self.axes(kind)?;
        let definitions = self.definitions(kind)?;
        if let [Definition { indices, formula, .. }] = definitions.as_slice() {
            let filling = Filling { array, axes: &axes, indices, looped: &[], formula, added: false };
            if let Some(filled) = whole(&mut writer, self.known, &filling, returned)? {
                return Ok((filled, writer.needs));
            }
            writer.needs = Needs::default();
        }
        let mut all = Filled::default();
        for Definition { indices, formula, .. } in &definitions {
            if definitions.len() > 1 && is_zero(formula) {
                continue;
            }
            let filling = Filling { array, axes: &axes, indices, looped: &[], formula, added: false };
            let filled = fill(&mut writer, self.known, 4, &filling)?;
            all.lines.extend(filled.lines);
            all.masked |= filled.masked;
        }
        let like = self.like(&writer.needs);
        all.lines.insert(0, zeros(&mut writer, array, &axes, &like, None)?);
        if returned {
            all.lines.push(format!("    return {array}"));
        }
        Ok((all, writer.needs))
    }

    /// The arrays of numbers that a piece of code reads.
    pub(super) fn like(&self, needs: &Needs) -> Vec<String> {
        let given = self.program.arrays.iter().filter(|array| array.role != Role::Integer);
        let given = given.map(|array| &array.name).filter(|array| needs.arrays.contains(*array));
        let mut like: Vec<String> = given.map(|array| self.names.arrays[array].clone()).collect();
        like.extend(self.read_by(needs).iter().map(|kind| self.stored_as(kind).to_string()));
        let outputs = self.program.outputs.iter().filter(|output| needs.upstream.contains(*output));
        like.extend(outputs.map(|output| self.names.upstream[output].clone()));
        like
    }

    /// The type of an array.
    pub(super) fn array_type(&self) -> &'static str {
        self.word("array")
    }

    /// A word of the library that code is written for.
    pub(super) fn word(&self, word: &str) -> &'static str {
        match (self.dialect, word) {
            (Dialect::Numpy, "array") => "np.ndarray",
            (Dialect::Torch, "array") => "torch.Tensor",
            (Dialect::Numpy, _) => "np.ravel",
            (Dialect::Torch, _) => "torch.ravel",
        }
    }

    /// An answer as it was derived; what has none, what is a normaliser, and what is computed step by
    /// step, as the author defined it.
    pub(super) fn definitions(&self, kind: &PieceKind) -> Result<Vec<Definition<'a>>, String> {
        let program = self.program;
        let written: Vec<&ResolvedEquation> = match kind {
            PieceKind::Value(array) => program.equations.iter().filter(|equation| equation.array == *array).collect(),
            PieceKind::Jacobian(..) | PieceKind::Gradient(_) => Vec::new(),
        };
        let stays = |equation: &ResolvedEquation| {
            matches!(equation.body.kind, ExprKind::Normalise(..)) || self.stepwise.contains(&equation.array)
        };
        let piece = self.pieces.iter().find(|piece| piece.kind == *kind);
        match (written.as_slice(), piece) {
            ([first, ..], piece) if piece.is_none() || stays(first) => {
                Ok(written.into_iter().map(Definition::of).collect())
            }
            (_, Some(Piece { indices, formula, text, .. })) => {
                Ok(vec![Definition { indices, formula, text: text.clone() }])
            }
            (_, None) => Err(format!("{} is not derived", kind.spoken())),
        }
    }

    /// The box of a result: that of the output, then that of the array.
    pub(super) fn axes(&self, kind: &PieceKind) -> Result<Vec<AxisBox>, String> {
        let mut axes = Vec::new();
        for name in kind.parts() {
            let missing = || format!("nothing is called `{name}`");
            axes.extend(self.arrays.get(name).ok_or_else(missing)?.axes.clone());
        }
        Ok(axes)
    }

    /// The default of a param as Python.
    pub(super) fn constant(&self, e: &Expr) -> Result<String, String> {
        Ok(lines(0, &self.writer().expression(e, Mode::Value)?.doc))
    }
}

impl<'a> Definition<'a> {
    fn of(equation: &'a ResolvedEquation) -> Definition<'a> {
        let ResolvedEquation { array, indices, body } = equation;
        let place = |index: &Binder| match &index.range {
            Some((first, last)) if first == last => first.clone(),
            _ => Expr::name(index.name.clone()),
        };
        let at: Vec<Expr> = indices.iter().map(place).collect();
        let left = if at.is_empty() { ExprKind::Name(array.clone()) } else { ExprKind::Read(array.clone(), at) };
        let print = |e: &Expr| expression(e, Alphabet::Unicode);
        Definition { indices, formula: body, text: format!("{} = {}", print(&Expr::new(left)), print(body)) }
    }
}
