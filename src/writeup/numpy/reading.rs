//! Which arrays there are, how they are stored, and integer data in indices.

use super::arithmetic::minus;
use super::code::{Code, Level, entry};
use super::expression::Writer;
use super::known::Known;
use super::layout::bracketed;
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
    /// An entry of integer data.
    pub(super) fn read(&mut self, array: &Name, at: &[Expr]) -> Result<Code, String> {
        let arrays = self.arrays;
        let stored = arrays.get(array).ok_or_else(|| format!("nothing is called `{array}`"))?;
        if !stored.integer || at.len() != stored.axes.len() {
            return Err(format!("`{array}` cannot stand in an index"));
        }
        self.needs.arrays.insert(array.clone());
        let places = at.iter().zip(&stored.axes).map(|(e, axis)| self.index(&minus(e, &axis.first)));
        let code = entry(&stored.python, places.collect::<Result<Vec<_>, String>>()?);
        Ok(Code { doc: bracketed("int(", code, ")"), level: Level::Atom })
    }
}

/// Whether `guard` holds only where `low <= high`, because it says just that.
pub(super) fn states(guard: &Condition, low: &Expr, high: &Expr) -> bool {
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
