//! The loops that fill an array entry by entry.

use super::arithmetic::{is_zero, length, minus, split_guards};
use super::code::{Level, Mode, entry, tuple};
use super::expression::{Writer, all};
use super::layout::{Doc, lines, list, loose, text};
use super::reading::range_of;
use crate::language::program::AxisBox;
use crate::language::syntax::{Binder, Condition, Expr, ExprKind};

/// The shape of a box, as a tuple.
pub(super) fn shape(writer: &mut Writer<'_>, axes: &[AxisBox]) -> Result<Doc, String> {
    let lengths: Result<Vec<Doc>, String> =
        axes.iter().map(|axis| writer.index(&length(&axis.first, &axis.last))).collect();
    Ok(tuple(lengths?))
}

/// The statements that make an array of zeros and fill it.
pub(super) fn fill(
    writer: &mut Writer<'_>,
    array: &str,
    axes: &[AxisBox],
    indices: &[Binder],
    formula: &Expr,
) -> Result<Vec<String>, String> {
    if indices.len() != axes.len() {
        return Err(format!("a result with {} axes has {} indices", axes.len(), indices.len()));
    }
    let zeros = list(format!("{array} = np.zeros("), vec![shape(writer, axes)?], ")");
    let mut out = vec![lines(4, &zeros)];
    let mut heads = Vec::new();
    for index in indices {
        range_of(index)?;
        heads.push(writer.bind(index)?);
    }
    let mut indent = 4;
    if let Some(head) = loop_head(heads) {
        out.push(lines(indent, &head));
        indent += 4;
    }
    let (guards, value) = statement(formula);
    if !guards.is_empty() {
        let test = writer.condition(&all(guards))?.doc;
        let head = vec![text("if "), loose(test), text(":")];
        out.push(lines(indent, &Doc::Seq(head)));
        indent += 4;
    }
    let mut places = Vec::new();
    for (index, axis) in indices.iter().zip(axes) {
        let place = minus(&Expr::name(index.name.clone()), &axis.first);
        places.push(writer.index(&place)?);
    }
    let value = writer.expression(&value, Mode::Value)?;
    let value = match value.level {
        Level::Atom => value.doc,
        _ => loose(value.doc),
    };
    let assignment = vec![entry(array, places), text(" = "), value];
    out.push(lines(indent, &Doc::Seq(assignment)));
    Ok(out)
}

fn loop_head(mut heads: Vec<(String, Doc)>) -> Option<Doc> {
    if heads.len() < 2 {
        let (index, range) = heads.pop()?;
        return Some(Doc::Seq(vec![text(format!("for {index} in ")), range, text(":")]));
    }
    let (indices, ranges): (Vec<String>, Vec<Doc>) = heads.into_iter().unzip();
    let open = format!("for {} in itertools.product(", indices.join(", "));
    Some(list(open, ranges, "):"))
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
