//! The loops that fill an array: entry by entry, or row by row where a normaliser makes whole rows.

use super::arithmetic::{is_zero, length, minus, split_guards};
use super::code::{Level, Mode, entry, tuple};
use super::expression::{Writer, all};
use super::layout::{Doc, bracketed, lines, list, loose, text};
use super::reading::range_of;
use crate::language::program::AxisBox;
use crate::language::syntax::{Binder, Condition, Expr, ExprKind, Normaliser};

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
    let row = row_of(indices, formula);
    let mut heads = Vec::new();
    for index in indices.iter().filter(|index| row.as_ref().is_none_or(|row| row.index != *index)) {
        range_of(index)?;
        heads.push(writer.bind(index)?);
    }
    let mut indent = 4;
    if let Some(head) = loop_head(heads) {
        out.push(lines(indent, &head));
        indent += 4;
    }
    let (guards, value) = if row.is_some() { (Vec::new(), formula.clone()) } else { statement(formula) };
    if !guards.is_empty() {
        let test = writer.condition(&all(guards))?.doc;
        let head = vec![text("if "), loose(test), text(":")];
        out.push(lines(indent, &Doc::Seq(head)));
        indent += 4;
    }
    let mut places = Vec::new();
    for (index, axis) in indices.iter().zip(axes) {
        if row.as_ref().is_some_and(|row| row.index == index) {
            places.push(text(":"));
            continue;
        }
        let place = minus(&Expr::name(index.name.clone()), &axis.first);
        places.push(writer.index(&place)?);
    }
    let value = match row {
        Some(row) => row.value(writer)?,
        None => {
            let value = writer.expression(&value, Mode::Value)?;
            if value.level == Level::Atom { value.doc } else { loose(value.doc) }
        }
    };
    let assignment = vec![entry(array, places), text(" = "), value];
    out.push(lines(indent, &Doc::Seq(assignment)));
    Ok(out)
}

/// A normaliser over a whole axis of the array that it defines.
struct Row<'a> {
    word: Normaliser,
    index: &'a Binder,
    body: &'a Expr,
}

fn row_of<'a>(indices: &'a [Binder], formula: &'a Expr) -> Option<Row<'a>> {
    let ExprKind::Normalise(word, binders, body) = &formula.kind else { return None };
    let [binder] = binders.as_slice() else { return None };
    let index = indices.iter().find(|index| index.name == binder.name && index.range == binder.range)?;
    (!word.binds()).then_some(Row { word: *word, index, body })
}

impl Row<'_> {
    fn value(&self, writer: &mut Writer<'_>) -> Result<Doc, String> {
        let function = match self.word {
            Normaliser::LogSoftargmax | Normaliser::LogSoftmax => "_logsoftargmax",
            Normaliser::Softargmax | Normaliser::Softmax | Normaliser::LogSumExp => "_softargmax",
        };
        writer.needs.library.insert(function.into());
        let terms = writer.terms(std::slice::from_ref(self.index), Vec::new(), self.body, Mode::Value)?;
        Ok(bracketed(format!("{function}(["), terms, "])"))
    }
}

/// `for … in …:`, or one over a product of ranges; none without indices.
pub(super) fn loop_head(mut heads: Vec<(String, Doc)>) -> Option<Doc> {
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
