//! Stages: arrays that are computed once a call, each by a private function, and then read by name.
//!
//! A stage is a defined array, the gradient of an intermediate, or a Jacobian that stands in other
//! formulas by name. Invariant: a function computes the stages that its formula goes through, each
//! after those that it reads, and no others.

use super::code::Mode;
use super::expression::{Needs, Writer};
use super::function::{Function, formula_lines, texts};
use super::layout::{Doc, lines, list, text};
use super::loops::fill;
use super::names::Names;
use super::reading::Stored;
use super::sizes::{Plan, Source};
use super::{Piece, PieceKind, docstring};
use crate::language::print::{Alphabet, expression};
use crate::language::program::{AxisBox, Program, ResolvedEquation};
use crate::language::syntax::{Binder, Expr, ExprKind, Name};
use std::collections::{BTreeMap, BTreeSet};

/// What functions are made from.
#[derive(Debug)]
pub(super) struct Workshop<'a> {
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
    /// What the code of everything that is computed needs.
    pub needs: BTreeMap<PieceKind, Needs>,
    /// What has a function of its own to compute it.
    pub stages: BTreeSet<PieceKind>,
}

/// How an array is computed.
#[derive(Debug)]
struct Definition<'a> {
    indices: &'a [Binder],
    formula: &'a Expr,
    text: String,
}

impl<'a> Workshop<'a> {
    /// A writer with nothing in scope.
    pub(super) fn writer(&self) -> Writer<'a> {
        Writer::new(self.names, self.arrays)
    }

    /// Finds out what the functions of `public` go through, and `all` of which has a stage.
    pub(super) fn prepare(&mut self, public: &[PieceKind], all: &[PieceKind]) -> Result<(), String> {
        let mut open = [public, all].concat();
        self.stages.extend(all.iter().cloned());
        while let Some(kind) = open.pop() {
            if self.needs.contains_key(&kind) {
                continue;
            }
            let (_, needs) = self.filled(&kind, &self.names.result)?;
            let read = self.read_by(&needs);
            open.extend(read.iter().cloned());
            self.stages.extend(read);
            self.needs.insert(kind, needs);
        }
        Ok(())
    }

    /// The stages that a piece of code reads.
    fn read_by(&self, needs: &Needs) -> Vec<PieceKind> {
        let equations = self.program.equations.iter().filter(|equation| needs.arrays.contains(&equation.array));
        let defined = equations.map(|equation| PieceKind::Value(equation.array.clone()));
        let derived = self.pieces.iter().map(|piece| &piece.kind).filter(|kind| needs.derived.contains(kind));
        defined.chain(derived.cloned()).collect()
    }

    /// The stages that must be computed for a piece of code, in order.
    pub(super) fn before(&self, needs: &Needs) -> Vec<PieceKind> {
        self.all_before(&self.read_by(needs))
    }

    /// Stages, each after those that it reads.
    pub(super) fn all_before(&self, wanted: &[PieceKind]) -> Vec<PieceKind> {
        let mut order: Vec<PieceKind> = Vec::new();
        let mut open: Vec<(PieceKind, bool)> = wanted.iter().rev().map(|kind| (kind.clone(), false)).collect();
        let mut seen = BTreeSet::new();
        while let Some((kind, ready)) = open.pop() {
            if ready {
                order.push(kind);
            } else if seen.insert(kind.clone()) {
                let read = self.needs.get(&kind).map(|needs| self.read_by(needs)).unwrap_or_default();
                open.push((kind, true));
                open.extend(read.into_iter().rev().map(|kind| (kind, false)));
            }
        }
        order
    }

    /// The private functions, each after those whose arrays it takes.
    pub(super) fn private(&self) -> Result<Vec<Function>, String> {
        let wanted: Vec<PieceKind> = self.stages.iter().cloned().collect();
        self.all_before(&wanted).iter().map(|kind| self.stage(kind)).collect()
    }

    fn stage(&self, kind: &PieceKind) -> Result<Function, String> {
        let array = self.stored_as(kind);
        let (mut body, needs) = self.filled(kind, array)?;
        body.push(format!("    return {array}"));
        let head = list(format!("def _compute_{array}("), texts(&self.parameters(&needs)), ") -> np.ndarray:");
        let mut about = vec![format!("Compute {}.", kind.spoken())];
        about.extend(formula_lines(&docstring(&self.definition(kind)?.text)));
        Ok(Function { head: lines(0, &head), about, body, library: needs.library })
    }

    /// `h = _compute_h(…)`
    pub(super) fn statement(&self, kind: &PieceKind) -> String {
        let target = format!("{} = ", self.stored_as(kind));
        lines(4, &Doc::Seq(vec![text(target), self.computed(kind)]))
    }

    /// `_compute_h(…)`
    pub(super) fn computed(&self, kind: &PieceKind) -> Doc {
        let parameters = self.needs.get(kind).map(|needs| self.parameters(needs)).unwrap_or_default();
        list(format!("_compute_{}(", self.stored_as(kind)), texts(&parameters), ")")
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

    /// The statements that fill an array with what `kind` is, and what they need.
    pub(super) fn filled(&self, kind: &PieceKind, array: &str) -> Result<(Vec<String>, Needs), String> {
        let definition = self.definition(kind)?;
        let mut writer = self.writer();
        let body = fill(&mut writer, array, &self.axes(kind)?, definition.indices, definition.formula)?;
        Ok((body, writer.needs))
    }

    /// An answer as it was derived; what has none, and what is a normaliser, as the author defined it.
    fn definition(&self, kind: &PieceKind) -> Result<Definition<'a>, String> {
        let equation = match kind {
            PieceKind::Value(array) => self.program.equations.iter().find(|equation| equation.array == *array),
            PieceKind::Jacobian(..) | PieceKind::Gradient(_) => None,
        };
        let piece = self.pieces.iter().find(|piece| piece.kind == *kind);
        match (equation, piece) {
            (Some(equation), None) => Ok(Definition::of(equation)),
            (Some(equation), _) if matches!(equation.body.kind, ExprKind::Normalise(..)) => {
                Ok(Definition::of(equation))
            }
            (_, Some(Piece { indices, formula, text, .. })) => Ok(Definition { indices, formula, text: text.clone() }),
            (None, None) => Err(format!("{} is not derived", kind.spoken())),
        }
    }

    /// The box of a result: that of the output, then that of the array.
    fn axes(&self, kind: &PieceKind) -> Result<Vec<AxisBox>, String> {
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
        let at: Vec<Expr> = indices.iter().map(|index| Expr::name(index.name.clone())).collect();
        let left = if at.is_empty() { ExprKind::Name(array.clone()) } else { ExprKind::Read(array.clone(), at) };
        let print = |e: &Expr| expression(e, Alphabet::Unicode);
        Definition { indices, formula: body, text: format!("{} = {}", print(&Expr::new(left)), print(body)) }
    }
}
