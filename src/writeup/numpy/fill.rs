//! The statements that compute an array: one expression for all of its entries, or for a part of them.

use super::arithmetic::{is_zero, length, minus, plus, split_guards};
use super::code::{Level, Mode, entry, tuple};
use super::expression::{Writer, all};
use super::known::Known;
use super::layout::{Doc, lines, list, loose, text};
use super::lower::Lowering;
use super::reading::range_of;
use super::tensor::{Dialect, Kind, Tensor};
use crate::language::program::AxisBox;
use crate::language::syntax::{Binder, Condition, Expr, ExprKind, Name};
use crate::model::each_part;

/// The shape of a box, as a tuple.
pub(super) fn shape(writer: &mut Writer<'_>, axes: &[AxisBox]) -> Result<Doc, String> {
    let lengths: Result<Vec<Doc>, String> =
        axes.iter().map(|axis| writer.index(&length(&axis.first, &axis.last))).collect();
    Ok(tuple(lengths?))
}

/// The statement that makes an array of zeros, as precise as the arrays `like`; of what is added to it,
/// if something is.
pub(super) fn zeros(
    writer: &mut Writer<'_>,
    array: &str,
    axes: &[AxisBox],
    like: &[String],
    added: Option<&str>,
) -> Result<String, String> {
    let (open, kind) = match writer.dialect {
        Dialect::Numpy => ("np.zeros(", "np.result_type("),
        Dialect::Torch => ("torch.zeros(", "_result_type("),
    };
    if writer.dialect == Dialect::Torch && !like.is_empty() {
        writer.needs.library.insert("_result_type".into());
    }
    let mut arguments = vec![shape(writer, axes)?];
    if !like.is_empty() {
        arguments.push(Doc::Seq(vec![text("dtype="), list(kind, super::function::texts(like), ")")]));
    }
    let zeros = list(format!("{array} = {open}"), arguments, ")");
    let added = added.map_or(String::new(), |added| format!(" + {added}"));
    Ok(lines(4, &Doc::Seq(vec![zeros, text(added)])))
}

/// Entries of an array and the formula that gives them.
#[derive(Debug)]
pub(super) struct Filling<'a> {
    /// The array in Python.
    pub array: &'a str,
    /// Its axes.
    pub axes: &'a [AxisBox],
    /// The indices of the entries with their ranges.
    pub indices: &'a [Binder],
    /// The axes whose indices are in scope: loops around run over them.
    pub looped: &'a [usize],
    /// The value of an entry.
    pub formula: &'a Expr,
    /// Whether it is added to what the array holds.
    pub added: bool,
}

impl Filling<'_> {
    /// The axes that are open, and those whose index is a number.
    fn split(&self) -> Result<(Vec<usize>, Vec<usize>), String> {
        let (mut open, mut fixed) = (Vec::new(), Vec::new());
        for (axis, index) in self.indices.iter().enumerate() {
            let (first, last) = range_of(index)?;
            if self.looped.contains(&axis) {
                continue;
            }
            match first == last && !occurs(&index.name, self.formula) {
                true => fixed.push(axis),
                false => open.push(axis),
            }
        }
        Ok((open, fixed))
    }

    /// Whether the indices run over all entries of the array.
    fn is_whole(&self) -> bool {
        let pairs = self.indices.iter().zip(self.axes);
        pairs.into_iter().all(|(index, axis)| index.range == Some((axis.first.clone(), axis.last.clone())))
    }
}

/// The statement that computes all entries of an array; none if the formula is for a part of them.
pub(super) fn whole(
    writer: &mut Writer<'_>,
    known: &Known,
    filling: &Filling<'_>,
    returned: bool,
) -> Result<Option<Filled>, String> {
    fits(filling)?;
    if !filling.is_whole() {
        return Ok(None);
    }
    let (open, fixed) = filling.split()?;
    let mut lowering = Lowering::new(writer, known);
    let mut dims = Vec::new();
    for axis in &open {
        dims.push(lowering.bind(&filling.indices[*axis])?.0);
    }
    let value = lowering.value(filling.formula, Mode::Value)?;
    let value = fresh(&mut lowering, value, &dims, &open, &fixed)?;
    let head = if returned { "return ".to_string() } else { format!("{} = ", filling.array) };
    let value = if value.level == Level::Atom { value.doc } else { loose(value.doc) };
    let masked = lowering.masked;
    let mut all = lowering.statements(4);
    all.push(lines(4, &Doc::Seq(vec![text(head), value])));
    Ok(Some(Filled { lines: all, masked }))
}

/// Statements, and whether they compute values that are not taken.
#[derive(Debug, Default)]
pub(super) struct Filled {
    /// The statements.
    pub lines: Vec<String>,
    /// Whether values are computed that are not taken, and may be no numbers.
    pub masked: bool,
}

/// A value as an array of its own, with all axes in their order.
fn fresh(
    lowering: &mut Lowering<'_, '_>,
    value: Tensor,
    dims: &[usize],
    open: &[usize],
    fixed: &[usize],
) -> Result<Tensor, String> {
    let dialect = lowering.dialect();
    let value =
        if value.dims.len() < dims.len() { lowering.spread(&value, dims)? } else { value.permuted(dims, dialect) };
    let mut value = value;
    if !fixed.is_empty() && !value.plain {
        let all = open.len() + fixed.len();
        let places: Vec<&str> = (0..all).map(|axis| if fixed.contains(&axis) { "None" } else { ":" }).collect();
        let doc = Doc::Seq(vec![value.at(Level::Atom), text(format!("[{}]", places.join(", ")))]);
        value = Tensor { doc, level: Level::Atom, ..value };
    }
    let shaped = value.plain && !fixed.is_empty();
    let (fresh, float) = match dialect {
        Dialect::Numpy => ("np.array(", "dtype=float"),
        Dialect::Torch => ("torch.as_tensor(", "dtype=torch.get_default_dtype()"),
    };
    let mut arguments = vec![value.doc.clone()];
    if value.kind != Kind::Real || value.plain {
        arguments.push(text(float));
    } else if dialect == Dialect::Torch {
        if !value.view {
            return Ok(value);
        }
        return Ok(Tensor::new(Doc::Seq(vec![value.at(Level::Atom), text(".clone()")]), dims.to_vec(), Kind::Real));
    } else if !value.view && !dims.is_empty() {
        return Ok(value);
    }
    let mut doc = list(fresh, arguments, ")");
    if shaped {
        doc = Doc::Seq(vec![doc, text(format!(".reshape({})", vec!["1"; fixed.len()].join(", ")))]);
    }
    Ok(Tensor::new(doc, dims.to_vec(), Kind::Real))
}

fn fits(filling: &Filling<'_>) -> Result<(), String> {
    let (axes, indices) = (filling.axes.len(), filling.indices.len());
    if axes != indices {
        return Err(format!("a result with {axes} axes has {indices} indices"));
    }
    Ok(())
}

/// The statements that compute entries of an array that is there already.
pub(super) fn fill(
    writer: &mut Writer<'_>,
    known: &Known,
    mut indent: usize,
    filling: &Filling<'_>,
) -> Result<Filled, String> {
    fits(filling)?;
    let Filling { array, axes, indices, looped, formula, added } = *filling;
    let mut out = Vec::new();
    let (open, fixed) = filling.split()?;
    let binders: Vec<&Binder> = open.iter().map(|axis| &indices[*axis]).collect();
    let (guards, value) = statement(formula);
    let is_outer = |guard: &Condition| !looped.is_empty() && holds_outside(guard, &binders);
    let (outer, guards): (Vec<Condition>, Vec<Condition>) = guards.into_iter().partition(is_outer);
    if !outer.is_empty() {
        out.push(only_if(writer, indent, &all(outer))?);
        indent += 4;
    }
    let value = match guards.is_empty() {
        true => value,
        false => Expr::new(ExprKind::If(Box::new(all(guards)), Box::new(value), Box::new(Expr::integer(0)))),
    };
    let mut lowering = Lowering::new(writer, known);
    let mut dims = Vec::new();
    for index in &binders {
        dims.push(lowering.bind(index)?.0);
    }
    let value = lowering.value(&value, Mode::Value)?;
    let value = value.aligned(&dims, lowering.dialect());
    let masked = lowering.masked;
    out.extend(lowering.statements(indent));
    let mut places = Vec::new();
    for (number, (index, axis)) in indices.iter().zip(axes).enumerate() {
        let (first, last) = range_of(index)?;
        if !open.contains(&number) {
            let at = if fixed.contains(&number) { first.clone() } else { Expr::name(index.name.clone()) };
            places.push(writer.index(&minus(&at, &axis.first))?);
            continue;
        }
        let (start, stop) = (minus(first, &axis.first), plus(&minus(last, &axis.first), &Expr::integer(1)));
        if is_zero(&start) && *last == axis.last {
            places.push(text(":"));
        } else {
            places.push(Doc::Seq(vec![writer.index(&start)?, text(" : "), writer.index(&stop)?]));
        }
    }
    let becomes = text(if added { " += " } else { " = " });
    let value = if value.level == Level::Atom { value.doc } else { loose(value.doc) };
    out.push(lines(indent, &Doc::Seq(vec![entry(array, places), becomes, value])));
    Ok(Filled { lines: out, masked })
}

/// Whether a name stands in a formula.
fn occurs(name: &Name, formula: &Expr) -> bool {
    let mut found = false;
    each_part(formula, &mut |part| found |= matches!(&part.kind, ExprKind::Name(other) if other == name));
    found
}

/// Whether a condition is one on indices of loops around alone.
fn holds_outside(guard: &Condition, open: &[&Binder]) -> bool {
    let mut inside = false;
    each_part(&Expr::new(ExprKind::Bracket(Box::new(guard.clone()))), &mut |part| {
        inside |= match &part.kind {
            ExprKind::Name(name) => open.iter().any(|index| index.name == *name),
            ExprKind::Read(..) | ExprKind::Upstream(..) | ExprKind::Derivative(..) => true,
            _ => false,
        };
    });
    !inside
}

/// `if …:`; the condition is then taken for granted.
pub(super) fn only_if(writer: &mut Writer<'_>, indent: usize, condition: &Condition) -> Result<String, String> {
    let test = writer.condition(condition)?.doc;
    Ok(lines(indent, &Doc::Seq(vec![text("if "), loose(test), text(":")])))
}

/// The conditions under which an entry differs from 0, and its value then.
fn statement(formula: &Expr) -> (Vec<Condition>, Expr) {
    match &formula.kind {
        ExprKind::If(condition, yes, no) if is_zero(no) => {
            let (guards, value) = statement(yes);
            let first = (**condition).clone();
            ([first].into_iter().chain(guards).collect(), value)
        }
        _ => split_guards(formula),
    }
}
