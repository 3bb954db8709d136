//! Reads: which position of which NumPy array an index stands for.
//!
//! Verification has shown that reads are in range, so they are written plainly. Only a read that
//! may fall into padding goes through `_padded`, unless a bracket or a range keeps it out.

use super::PieceKind;
use super::arithmetic::{is_zero, minus};
use super::code::{Code, Level, entry, tuple};
use super::expression::Writer;
use super::known::Known;
use super::layout::{Doc, bracketed, list, text};
use super::names::Names;
use crate::language::program::{AxisBox, Program};
use crate::language::syntax::{Binder, Condition, Expr, ExprKind, Name, Relation, Role};
use crate::model::jacobian_name;
use std::collections::BTreeMap;

/// An array as it is stored.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    /// Its name in Python.
    pub python: String,
    /// Whether it holds integer data.
    pub integer: bool,
    /// Its axes.
    pub axes: Vec<AxisBox>,
}

/// Every array of a program, given or defined, as it is stored.
pub(super) fn stored(program: &Program, names: &Names, known: &Known) -> Result<BTreeMap<Name, Stored>, String> {
    let python = |name: &Name| names.arrays.get(name).cloned().unwrap_or_default();
    let mut all = BTreeMap::new();
    for array in &program.arrays {
        let stored =
            Stored { python: python(&array.name), integer: array.role == Role::Integer, axes: array.axes.clone() };
        all.insert(array.name.clone(), stored);
    }
    let mut parts: BTreeMap<&Name, Vec<&[Binder]>> = BTreeMap::new();
    for equation in &program.equations {
        parts.entry(&equation.array).or_default().push(&equation.indices);
    }
    for (array, parts) in parts {
        let axes = parts.first().map_or(0, |indices| indices.len());
        if parts.iter().any(|indices| indices.len() != axes) {
            return Err(format!("the equations of `{array}` differ in the number of their indices"));
        }
        let axes = (0..axes).map(|axis| hull(array, &parts, axis, known)).collect::<Result<Vec<AxisBox>, String>>()?;
        all.insert(array.clone(), Stored { python: python(array), integer: false, axes });
    }
    Ok(all)
}

/// From the first index of all parts of an array to the last.
fn hull(array: &Name, parts: &[&[Binder]], axis: usize, known: &Known) -> Result<AxisBox, String> {
    let ranges = parts.iter().map(|indices| range_of(&indices[axis]).cloned()).collect::<Result<Vec<_>, String>>()?;
    let unknown = || format!("where `{array}` begins or ends on axis {} depends on the sizes", axis + 1);
    let (firsts, lasts): (Vec<Expr>, Vec<Expr>) = ranges.into_iter().unzip();
    let first = known.least(&firsts).ok_or_else(unknown)?.clone();
    let last = known.greatest(&lasts).ok_or_else(unknown)?.clone();
    Ok(AxisBox { first, last, before: Expr::integer(0), after: Expr::integer(0) })
}

/// The first and last value of an index.
pub(super) fn range_of(binder: &Binder) -> Result<&(Expr, Expr), String> {
    let missing = || format!("the range of the index `{}` is not known", binder.name);
    binder.range.as_ref().ok_or_else(missing)
}

/// The array whose derivative stands in a formula by name – an output, or such a derivative again –
/// and all the indices that it has there.
pub(super) fn jacobian_of(of: &Expr, by: &Name, at: &[Expr]) -> Result<(Name, Vec<Expr>), String> {
    let (output, mut places) = match &of.kind {
        ExprKind::Name(output) => (output.clone(), Vec::new()),
        ExprKind::Read(output, rows) => (output.clone(), rows.clone()),
        ExprKind::Derivative(of, first, columns) => match &of.kind {
            ExprKind::Name(output) => (jacobian_name(output, first), columns.clone()),
            ExprKind::Read(output, rows) => (jacobian_name(output, first), [rows.as_slice(), columns].concat()),
            _ => return Err(format!("a derivative with respect to `{first}` is left in the formula")),
        },
        _ => return Err(format!("a derivative with respect to `{by}` is left in the formula")),
    };
    places.extend(at.iter().cloned());
    Ok((output, places))
}

impl Writer<'_> {
    /// An entry of an array.
    pub(super) fn read(&mut self, array: &Name, at: &[Expr]) -> Result<Code, String> {
        if let Some(output) = self.names.letters.get(array) {
            return self.given(output, at);
        }
        let arrays = self.arrays;
        let stored = arrays.get(array).ok_or_else(|| format!("nothing is called `{array}`"))?;
        self.needs.arrays.insert(array.clone());
        let places = self.places(array, at, &stored.axes)?;
        let inside = at
            .iter()
            .zip(&stored.axes)
            .all(|(e, axis)| is_zero(&axis.before) && is_zero(&axis.after) || self.is_inside(e, axis));
        let code = if inside { entry(&stored.python, places) } else { self.padded(stored, places)? };
        Ok(if stored.integer {
            Code { doc: bracketed("int(", code, ")"), level: Level::Atom }
        } else {
            Code { doc: code, level: Level::Atom }
        })
    }

    /// An entry of the gradient of an array: that of an output is given, unless it is read further.
    pub(super) fn upstream(&mut self, array: &Name, at: &[Expr]) -> Result<Code, String> {
        match self.names.given(array) {
            true => self.given(array, at),
            false => self.derived(PieceKind::Gradient(array.clone()), at),
        }
    }

    /// An entry of what a caller gives as the gradient of an output.
    fn given(&mut self, output: &Name, at: &[Expr]) -> Result<Code, String> {
        let arrays = self.arrays;
        let (Some(stored), Some(python)) = (arrays.get(output), self.names.upstream.get(output)) else {
            return Err(format!("`{output}` is no output"));
        };
        self.needs.upstream.insert(output.clone());
        let places = self.places(output, at, &stored.axes)?;
        Ok(Code { doc: entry(python, places), level: Level::Atom })
    }

    /// An entry of the derivative of an output, or of such a derivative again.
    pub(super) fn derivative(&mut self, of: &Expr, by: &Name, at: &[Expr]) -> Result<Code, String> {
        let (output, places) = jacobian_of(of, by, at)?;
        let array = jacobian_name(&output, by);
        if self.arrays.contains_key(&array) {
            return self.read(&array, &places);
        }
        self.derived(PieceKind::Jacobian(output, by.clone()), &places)
    }

    /// An entry of a derivative that stands by name.
    fn derived(&mut self, kind: PieceKind, at: &[Expr]) -> Result<Code, String> {
        let names = self.names;
        let python = names.derived.get(&kind).ok_or_else(|| format!("{} is read but not derived", kind.spoken()))?;
        let mut axes = Vec::new();
        for name in kind.parts() {
            let missing = || format!("nothing is called `{name}`");
            axes.extend(self.arrays.get(name).ok_or_else(missing)?.axes.clone());
        }
        let places = self.places(&kind.spoken(), at, &axes)?;
        self.needs.derived.insert(kind);
        Ok(Code { doc: entry(python, places), level: Level::Atom })
    }

    /// The positions at which an entry is stored, an axis each.
    fn places(&mut self, array: &str, at: &[Expr], axes: &[AxisBox]) -> Result<Vec<Doc>, String> {
        if at.len() != axes.len() {
            return Err(format!("`{array}` has {} axes, but {} indices are given", axes.len(), at.len()));
        }
        at.iter().zip(axes).map(|(e, axis)| self.index(&minus(e, &axis.first))).collect()
    }

    fn padded(&mut self, stored: &Stored, places: Vec<Doc>) -> Result<Doc, String> {
        self.needs.library.insert("_padded".into());
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for axis in &stored.axes {
            before.push(self.index(&axis.before)?);
            after.push(self.index(&axis.after)?);
        }
        let arguments = vec![text(&stored.python), tuple(places), tuple(before), tuple(after)];
        Ok(list("_padded(", arguments, ")"))
    }

    /// Whether a bracket or the range of an index says that `e` lies on the axis proper.
    fn is_inside(&self, e: &Expr, axis: &AxisBox) -> bool {
        if let ExprKind::Name(name) = &e.kind
            && let Some(bound) = self.scope.iter().rev().find(|bound| bound.name == *name)
            && bound.range.0 == axis.first
            && bound.range.1 == axis.last
        {
            return true;
        }
        let says = |low: &Expr, high: &Expr| self.guards.iter().any(|guard| states(guard, low, high));
        says(&axis.first, e) && says(e, &axis.last)
    }
}

/// Whether `guard` holds only where `low <= high`, because it says just that.
fn states(guard: &Condition, low: &Expr, high: &Expr) -> bool {
    match guard {
        Condition::Chain(first, rest) => {
            let mut left = first;
            for (relation, right) in rest {
                let found = match relation {
                    Relation::AtMost | Relation::Less => left == low && right == high,
                    Relation::AtLeast | Relation::Greater => left == high && right == low,
                    Relation::Equal => left == low && right == high || left == high && right == low,
                    Relation::NotEqual => false,
                };
                if found {
                    return true;
                }
                left = right;
            }
            false
        }
        Condition::All(parts) => parts.iter().any(|part| states(part, low, high)),
        Condition::Any(_) | Condition::Not(_) | Condition::Divides(..) => false,
    }
}
