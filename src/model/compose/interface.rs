//! What a layer takes and what it gives: its arrays in order, its sizes and params, its one output.

use super::Definition;
use super::rebase::{plus, rebased};
use crate::diagnostic::{Diagnostic, Span};
use crate::language::syntax::*;
use crate::model::resolve::{arrays_read, each_part};
use std::collections::BTreeSet;

/// A layer as its callers see it, its indices counted as theirs.
pub(super) struct Interface {
    /// Its sizes.
    pub sizes: Vec<SizeDecl>,
    /// Its params.
    pub params: Vec<ParamDecl>,
    /// The arrays that it is given, in order.
    pub given: Vec<(Role, ArrayDecl)>,
    /// What it requires.
    pub requires: Vec<Condition>,
    /// The array that it gives.
    pub output: Name,
    /// The equations that this needs.
    pub equations: Vec<Equation>,
    /// The calls that these need.
    pub calls: Vec<Call>,
}

impl Interface {
    /// The interface of a layer called in a file that counts from `base`.
    pub fn new(name: &Name, definition: &Definition, base: i64, span: Span) -> Result<Self, Diagnostic> {
        let written = crate::model::vector::written_out(&definition.statements);
        let statements =
            written.map_err(|problems| Diagnostic { places: vec![(span, String::new())], ..problems[0].clone() })?;
        let statements = rebased(&statements, i128::from(base) - i128::from(definition.base));
        let (mut sizes, mut params, mut requires) = (Vec::new(), Vec::new(), Vec::new());
        let (mut declared, mut equations, mut calls) = (Vec::new(), Vec::new(), Vec::new());
        let mut outputs: Vec<Name> = Vec::new();
        for statement in statements {
            match statement.kind {
                StatementKind::Size(list) => sizes.extend(list),
                StatementKind::Param(list) => params.extend(list),
                StatementKind::Require(condition) => requires.push(condition),
                StatementKind::Arrays(role, list) => declared.extend(list.into_iter().map(|array| (role, array))),
                StatementKind::Equation(equation) => equations.push(equation),
                StatementKind::Output(list) => outputs.extend(list.into_iter().map(|(name, _)| name)),
                StatementKind::Call(call) => calls.push(call),
                StatementKind::Notation(..) => {}
            }
        }
        let defined = |name: &Name| equations.iter().any(|e| e.array == *name);
        let (boxes, given): (Vec<_>, Vec<_>) = declared.into_iter().partition(|(_, array)| defined(&array.name));
        if outputs.is_empty() {
            outputs = unread(&equations, &calls);
        }
        let output = match outputs.as_slice() {
            [only] => only.clone(),
            [] => return Err(Diagnostic::new(format!("`{name}` gives nothing"), span)),
            several => {
                let list: Vec<&str> = several.iter().map(|name| &**name).collect();
                let message = format!("`{name}` gives {} arrays ({}), a call is one", list.len(), list.join(", "));
                let hint = format!("let the layer say which: `output {}`", list[0]);
                return Err(Diagnostic::new(message, span).hint(hint));
            }
        };
        equations.iter_mut().for_each(|equation| fill_ranges(equation, &boxes, base));
        let mut interface = Interface { sizes, params, given, requires, output, equations, calls };
        interface.keep_needed();
        Ok(interface)
    }

    /// The names of the axes of what it gives.
    pub fn axes(&self) -> Vec<Option<Name>> {
        let output = self.equations.iter().find(|e| e.array == self.output);
        let name = |left: &LeftIndex| match left {
            LeftIndex::Free(binder) => Some(binder.name.clone()),
            LeftIndex::Fixed(_) => None,
        };
        output.map(|e| e.at.iter().map(name).collect()).unwrap_or_default()
    }

    /// Whether its output may be defined under other indices, some of them constants.
    pub fn is_direct(&self, constant: &dyn Fn(usize) -> bool) -> bool {
        let mut defining = self.equations.iter().filter(|e| e.array == self.output);
        let (Some(only), None) = (defining.next(), defining.next()) else { return false };
        let mut fixed = BTreeSet::new();
        for (k, left) in only.at.iter().enumerate() {
            match left {
                LeftIndex::Free(binder) if constant(k) => {
                    fixed.insert(&binder.name);
                }
                LeftIndex::Free(_) => {}
                LeftIndex::Fixed(_) => return false,
            }
        }
        let mut free = true;
        each_part(&only.body, &mut |part| {
            if let ExprKind::Normalise(_, binders, ..) = &part.kind {
                free &= !binders.iter().any(|b| fixed.contains(&b.name));
            }
        });
        free
    }

    /// Whether an argument decides a size: an axis, or the greatest of its values, is this and no more.
    pub fn is_decided(&self, size: &Name) -> bool {
        let alone = |expr: &Expr| matches!(&expr.kind, ExprKind::Name(name) if name == size);
        self.given.iter().any(|(_, array)| {
            array.axes.iter().any(|axis| alone(&axis.last)) || array.values.as_ref().is_some_and(|(_, hi)| alone(hi))
        })
    }

    /// Leaves out what the output does not need.
    fn keep_needed(&mut self) {
        let mut needed: BTreeSet<Name> = BTreeSet::new();
        let mut open = vec![self.output.clone()];
        while let Some(name) = open.pop() {
            if !needed.insert(name.clone()) {
                continue;
            }
            for equation in self.equations.iter().filter(|e| e.array == name) {
                let mut read = Vec::new();
                arrays_read(&equation.body, &mut read);
                open.extend(read.into_iter().map(|(name, _)| name));
            }
            let behind = self.calls.iter().filter(|call| call.names().any(|known| *known == name));
            open.extend(behind.flat_map(|call| call.arguments.iter().map(|a| a.of.clone())));
        }
        self.equations.retain(|equation| needed.contains(&equation.array));
        self.calls.retain(|call| call.names().any(|name| needed.contains(name)));
    }
}

/// The arrays that no equation reads, directly or as an argument.
fn unread(equations: &[Equation], calls: &[Call]) -> Vec<Name> {
    let mut read = Vec::new();
    equations.iter().for_each(|equation| arrays_read(&equation.body, &mut read));
    let mut read: BTreeSet<Name> = read.into_iter().map(|(name, _)| name).collect();
    read.extend(calls.iter().flat_map(|call| call.arguments.iter().map(|a| a.of.clone())));
    let mut found: Vec<Name> = Vec::new();
    for equation in equations.iter().filter(|e| !read.contains(&e.array)) {
        if !found.contains(&equation.array) {
            found.push(equation.array.clone());
        }
    }
    found
}

/// The box that a line of its own gives an array, as ranges on the left of its equation.
fn fill_ranges(equation: &mut Equation, boxes: &[(Role, ArrayDecl)], base: i64) {
    let Some((_, array)) = boxes.iter().find(|(_, array)| array.name == equation.array) else { return };
    for (left, axis) in equation.at.iter_mut().zip(&array.axes) {
        let LeftIndex::Free(binder) = left else { continue };
        let range = match &axis.first {
            Some(first) => (first.clone(), axis.last.clone()),
            None => (Expr::integer(base.into()), plus(&axis.last, i128::from(base) - 1)),
        };
        binder.range.get_or_insert(range);
    }
}
