//! Entries of arrays: a part of the array where the indices run evenly, a strided view where several
//! indices share an axis, and an array of positions where indices are data or quotients.
//!
//! Invariant: no index is negative by reliance on wrapping. Where a read may be outside – in padding,
//! or where a condition fails – the value is 0.

use super::PieceKind;
use super::affine::{Affine, affine, times};
use super::arithmetic::{is_one, is_zero, minus, plus};
use super::code::{Level, tuple};
use super::layout::{Doc, list, text};
use super::lower::Lowering;
use super::reading::jacobian_of;
use super::tensor::{Kind, Tensor, union};
use crate::language::program::AxisBox;
use crate::language::syntax::{Expr, Name};
use crate::model::jacobian_name;

/// An array that is read.
pub(super) struct Source<'s> {
    /// Its name in Python.
    pub python: String,
    /// Its axes.
    pub axes: &'s [AxisBox],
    /// What it holds.
    pub kind: Kind,
}

impl Lowering<'_, '_> {
    /// Entries of an array.
    pub(super) fn read(&mut self, array: &Name, at: &[Expr]) -> Result<Tensor, String> {
        if let Some(output) = self.writer.names.letters.get(array) {
            return self.handed(output, at);
        }
        let arrays = self.writer.arrays;
        let stored = arrays.get(array).ok_or_else(|| format!("nothing is called `{array}`"))?;
        self.writer.needs.arrays.insert(array.clone());
        let kind = if stored.integer { Kind::Integer } else { Kind::Real };
        self.entries(array, &Source { python: stored.python.clone(), axes: &stored.axes, kind }, at)
    }

    /// Entries of the gradient of an array: that of an output is given, unless it is read further.
    pub(super) fn upstream(&mut self, array: &Name, at: &[Expr]) -> Result<Tensor, String> {
        match self.writer.names.given(array) {
            true => self.handed(array, at),
            false => self.derived(PieceKind::Gradient(array.clone()), at),
        }
    }

    /// Entries of what a caller gives as the gradient of an output.
    fn handed(&mut self, output: &Name, at: &[Expr]) -> Result<Tensor, String> {
        let arrays = self.writer.arrays;
        let (Some(stored), Some(python)) = (arrays.get(output), self.writer.names.upstream.get(output)) else {
            return Err(format!("`{output}` is no output"));
        };
        self.writer.needs.upstream.insert(output.clone());
        self.entries(output, &Source { python: python.clone(), axes: &stored.axes, kind: Kind::Real }, at)
    }

    /// Entries of the derivative of an output, or of such a derivative again.
    pub(super) fn derivative(&mut self, of: &Expr, by: &Name, at: &[Expr]) -> Result<Tensor, String> {
        let (output, places) = jacobian_of(of, by, at)?;
        let array = jacobian_name(&output, by);
        if self.writer.arrays.contains_key(&array) {
            return self.read(&array, &places);
        }
        self.derived(PieceKind::Jacobian(output, by.clone()), &places)
    }

    /// Entries of a derivative that stands by name.
    fn derived(&mut self, kind: PieceKind, at: &[Expr]) -> Result<Tensor, String> {
        let names = self.writer.names;
        let python = names.derived.get(&kind).ok_or_else(|| format!("{} is read but not derived", kind.spoken()))?;
        let mut axes = Vec::new();
        for name in kind.parts() {
            let missing = || format!("nothing is called `{name}`");
            axes.extend(self.writer.arrays.get(name).ok_or_else(missing)?.axes.clone());
        }
        let source = Source { python: python.clone(), axes: &axes, kind: Kind::Real };
        let entries = self.entries(&kind.spoken(), &source, at)?;
        self.writer.needs.derived.insert(kind);
        Ok(entries)
    }

    fn entries(&mut self, spoken: &str, source: &Source<'_>, at: &[Expr]) -> Result<Tensor, String> {
        if at.len() != source.axes.len() {
            let (axes, given) = (source.axes.len(), at.len());
            return Err(format!("`{spoken}` has {axes} axes, but {given} indices are given"));
        }
        let inside = at.iter().zip(source.axes).all(|(e, axis)| self.is_inside(e, axis));
        let at: Vec<Expr> = at.iter().zip(source.axes).map(|(e, axis)| minus(e, &axis.first)).collect();
        let forms: Option<Vec<Affine>> = at.iter().map(|e| affine(e, &|name| self.axis(name))).collect();
        let filled = self.writer.filled.contains(&source.python);
        let own = |tensor: Tensor| match filled && tensor.view {
            true => {
                Tensor { doc: Doc::Seq(vec![tensor.at(Level::Atom), text(".clone()")]), level: Level::Atom, ..tensor }
            }
            false => tensor,
        };
        let Some(forms) = forms else { return self.gathered(source, &at, inside) };
        if inside && let Some(part) = self.part(source, &forms)? {
            return Ok(own(part));
        }
        let whole: Vec<bool> = forms.iter().zip(source.axes).map(|(form, axis)| self.is_whole(form, axis)).collect();
        let window = self.window(&source.python, &forms, &whole)?.filter(|_| !filled);
        let strided = self.strided(source, &forms)?;
        Ok(own(Tensor { window: window.map(Box::new), ..strided }))
    }

    /// Whether a position is one of an axis for certain, wherever it is computed.
    pub(super) fn is_inside(&self, e: &Expr, axis: &AxisBox) -> bool {
        let bare = is_zero(&axis.before) && is_zero(&axis.after);
        bare && self.guards.is_empty() || self.known.is_within(e, &axis.first, &axis.last)
    }

    /// Whether an index runs over a whole axis.
    fn is_whole(&self, form: &Affine, axis: &AxisBox) -> bool {
        let [(dim, step)] = form.terms.as_slice() else { return false };
        let (first, last) = &self.axes[*dim].range;
        let end = minus(&axis.last, &axis.first);
        is_one(step) && is_zero(&plus(&form.offset, first)) && plus(&form.offset, last) == end
    }

    /// A part that basic indexing takes; none if two indices share an axis, or an index has two.
    fn part(&mut self, source: &Source<'_>, forms: &[Affine]) -> Result<Option<Tensor>, String> {
        let mut dims: Vec<usize> = Vec::new();
        for form in forms {
            match form.terms.as_slice() {
                [] => {}
                [(axis, step)] if !dims.contains(axis) && self.known.is_positive(step) => dims.push(*axis),
                _ => return Ok(None),
            }
        }
        let mut places = Vec::new();
        for (form, axis) in forms.iter().zip(source.axes) {
            let [(dim, step)] = form.terms.as_slice() else {
                places.push(self.writer.index(&form.offset)?);
                continue;
            };
            let (first, last) = self.axes[*dim].range.clone();
            let start = plus(&form.offset, &times(step, &first));
            let end = plus(&form.offset, &times(step, &last));
            if self.is_whole(form, axis) {
                places.push(text(":"));
                continue;
            }
            let stop = plus(&end, &Expr::integer(1));
            if !self.known.is_positive(&plus(&stop, &Expr::integer(1))) {
                return Ok(None);
            }
            let mut slice = Vec::new();
            if !is_zero(&start) {
                slice.push(self.writer.index(&start)?);
            }
            slice.extend([text(" : "), self.writer.index(&stop)?]);
            if !is_one(step) {
                slice.extend([text(" : "), self.writer.index(step)?]);
            }
            if is_zero(&start) {
                slice[0] = text(":");
            }
            places.push(Doc::Seq(slice));
        }
        while places.last().is_some_and(|place| matches!(place, Doc::Text(words) if words == ":")) {
            places.pop();
        }
        let doc = if places.is_empty() {
            text(source.python.clone())
        } else {
            list(format!("{}[", source.python), places, "]")
        };
        Ok(Some(Tensor { view: true, ..Tensor::new(doc, dims, source.kind) }))
    }

    /// A strided view, 0 outside of the array.
    fn strided(&mut self, source: &Source<'_>, forms: &[Affine]) -> Result<Tensor, String> {
        let mut dims: Vec<usize> = Vec::new();
        for (dim, _) in forms.iter().flat_map(|form| &form.terms) {
            if !dims.contains(dim) {
                dims.push(*dim);
            }
        }
        let shape = dims.iter().map(|dim| self.length(*dim)).collect::<Result<Vec<_>, String>>()?;
        let mut start = Vec::new();
        for form in forms {
            let mut first = form.offset.clone();
            for (dim, step) in &form.terms {
                first = plus(&first, &times(step, &self.axes[*dim].range.0));
            }
            start.push(self.writer.index(&first)?);
        }
        let mut steps = Vec::new();
        for dim in &dims {
            let mut row = Vec::new();
            for form in forms {
                let step = form.terms.iter().find(|(own, _)| own == dim).map(|(_, step)| step.clone());
                row.push(self.writer.index(&step.unwrap_or_else(|| Expr::integer(0)))?);
            }
            steps.push(tuple(row));
        }
        let function = self.word("_strided");
        let arguments = vec![text(&source.python), tuple(shape), tuple(start), tuple(steps)];
        let doc = list(format!("{function}("), arguments, ")");
        Ok(Tensor { view: true, ..Tensor::new(doc, dims, source.kind) })
    }

    /// Entries at positions that are arrays.
    fn gathered(&mut self, source: &Source<'_>, at: &[Expr], inside: bool) -> Result<Tensor, String> {
        let mut places = Vec::new();
        for e in at {
            places.push(self.index(e)?);
        }
        if inside && let Some(rows) = self.rows(source, at, &places) {
            return Ok(rows);
        }
        let dims = union(&places.iter().collect::<Vec<_>>());
        let dialect = self.dialect();
        let docs: Vec<Doc> = places.iter().map(|place| place.aligned(&dims, dialect).doc).collect();
        let doc = if inside {
            list(format!("{}[", source.python), docs, "]")
        } else {
            let function = self.word("_entries");
            list(format!("{function}("), [vec![text(&source.python)], docs].concat(), ")")
        };
        Ok(Tensor::new(doc, dims, source.kind))
    }

    /// Whole rows at positions on the first axis: `E[token]`.
    fn rows(&self, source: &Source<'_>, at: &[Expr], places: &[Tensor]) -> Option<Tensor> {
        let (first, rest) = places.split_first()?;
        let mut dims = first.dims.clone();
        for ((e, place), axis) in at[1..].iter().zip(rest).zip(&source.axes[1..]) {
            let [dim] = place.dims.as_slice() else { return None };
            let form = affine(e, &|name| self.axis(name))?;
            let whole = self.is_whole(&form, axis);
            if !whole || dims.contains(dim) {
                return None;
            }
            dims.push(*dim);
        }
        let doc = list(format!("{}[", source.python), vec![first.at(Level::Choice)], "]");
        Some(Tensor::new(doc, dims, source.kind))
    }
}
