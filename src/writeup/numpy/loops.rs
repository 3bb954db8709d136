//! The loops that fill an array: entry by entry, or row by row where a normaliser makes whole rows.

use super::arithmetic::{is_zero, length, minus, split_guards};
use super::code::{Level, Mode, entry, tuple};
use super::expression::{Writer, all};
use super::layout::{Doc, bracketed, lines, list, loose, text};
use super::reading::range_of;
use crate::language::program::AxisBox;
use crate::language::syntax::{Binder, Condition, Expr, ExprKind, Name, Normaliser};
use crate::model::each_part;

/// The shape of a box, as a tuple.
pub(super) fn shape(writer: &mut Writer<'_>, axes: &[AxisBox]) -> Result<Doc, String> {
    let lengths: Result<Vec<Doc>, String> =
        axes.iter().map(|axis| writer.index(&length(&axis.first, &axis.last))).collect();
    Ok(tuple(lengths?))
}

/// The statement that makes an array of zeros; of what is added to it, if something is.
pub(super) fn zeros(
    writer: &mut Writer<'_>,
    array: &str,
    axes: &[AxisBox],
    added: Option<&str>,
) -> Result<String, String> {
    let zeros = list(format!("{array} = np.zeros("), vec![shape(writer, axes)?], ")");
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

/// The statements that compute entries of an array.
pub(super) fn fill(writer: &mut Writer<'_>, mut indent: usize, filling: &Filling<'_>) -> Result<Vec<String>, String> {
    let Filling { array, axes, indices, looped, formula, added } = *filling;
    if indices.len() != axes.len() {
        return Err(format!("a result with {} axes has {} indices", axes.len(), indices.len()));
    }
    let mut out = Vec::new();
    let row = row_of(indices, axes, looped, formula);
    let (mut fixed, mut open): (Vec<usize>, Vec<&Binder>) = Default::default();
    for (axis, index) in indices.iter().enumerate() {
        let (first, last) = range_of(index)?;
        if looped.contains(&axis) || row.as_ref().is_some_and(|row| row.index == index) {
            continue;
        }
        match first == last && !occurs(&index.name, formula) {
            true => fixed.push(axis),
            false => open.push(index),
        }
    }
    let (guards, value) = if row.is_some() { (Vec::new(), formula.clone()) } else { statement(formula) };
    let is_outer = |guard: &Condition| !looped.is_empty() && holds_outside(guard, &open);
    let (outer, guards): (Vec<Condition>, Vec<Condition>) = guards.into_iter().partition(is_outer);
    if !outer.is_empty() {
        out.push(only_if(writer, indent, &all(outer))?);
        indent += 4;
    }
    let heads = open.iter().map(|index| writer.bind(index)).collect::<Result<Vec<_>, String>>()?;
    if let Some(head) = loop_head(heads) {
        out.push(lines(indent, &head));
        indent += 4;
    }
    if !guards.is_empty() {
        out.push(only_if(writer, indent, &all(guards))?);
        indent += 4;
    }
    let mut places = Vec::new();
    for (number, (index, axis)) in indices.iter().zip(axes).enumerate() {
        if row.as_ref().is_some_and(|row| row.index == index) {
            places.push(text(":"));
            continue;
        }
        let at = if fixed.contains(&number) { range_of(index)?.0.clone() } else { Expr::name(index.name.clone()) };
        places.push(writer.index(&minus(&at, &axis.first))?);
    }
    let value = match row {
        Some(row) => row.value(writer)?,
        None => {
            let value = writer.expression(&value, Mode::Value)?;
            if value.level == Level::Atom { value.doc } else { loose(value.doc) }
        }
    };
    let becomes = text(if added { " += " } else { " = " });
    out.push(lines(indent, &Doc::Seq(vec![entry(array, places), becomes, value])));
    Ok(out)
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

/// A normaliser over a whole axis of the array that it defines.
struct Row<'a> {
    word: Normaliser,
    index: &'a Binder,
    body: &'a Expr,
}

fn row_of<'a>(indices: &'a [Binder], axes: &[AxisBox], looped: &[usize], formula: &'a Expr) -> Option<Row<'a>> {
    let ExprKind::Normalise(word, binders, body) = &formula.kind else { return None };
    let [binder] = binders.as_slice() else { return None };
    let whole = |axis: &AxisBox| Some((axis.first.clone(), axis.last.clone()));
    let is_row = |axis: usize, index: &Binder| {
        index.name == binder.name
            && index.range == binder.range
            && axes.get(axis).is_some_and(|a| whole(a) == index.range)
    };
    let mut open = indices.iter().enumerate().filter(|(axis, _)| !looped.contains(axis));
    let (_, index) = open.find(|(axis, index)| is_row(*axis, index))?;
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
