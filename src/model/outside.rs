//! What is said where shapes do not fit: of ranges that end in two ways, and of reads that can leave their
//! array. The places of both sides are shown. Invariant: lengths are given in the author's sizes.

use super::names::Names;
use super::quote::Quote;
use super::ranges::{End, Reach};
use super::term::{Bound, Term};
use crate::diagnostic::{Diagnostic, Span};
use crate::integer::{Atom, Condition, Index, Truth, Var};
use crate::language::print::{Alphabet, expression};
use crate::language::syntax::Name;

fn text(index: &Index) -> String {
    expression(&Quote::plain().index(index), Alphabet::Ascii)
}

impl Reach {
    /// A place beyond the ends of the axis that is read for certain, if there is one.
    fn outside(&self) -> Option<Index> {
        let inside = Condition::Within(self.first.clone(), self.at.clone(), self.last.clone());
        if self.facts.judge(&inside) == Truth::Yes {
            return None;
        }
        let end = |largest| self.facts.extreme_over_ranges(&self.at, largest).filter(Index::is_free_of_vars);
        let below = end(false).filter(|at| self.facts.proves_positive(&self.first.minus(at)));
        below.or_else(|| end(true).filter(|at| self.facts.proves_positive(&at.minus(&self.last))))
    }
}

/// An entry of an array as it is spoken of where one axis matters: `h[0, …]`.
pub(super) fn place_on(array: &Name, axes: usize, axis: usize, at: &Index) -> String {
    let mut parts = vec![text(at)];
    if axis > 0 {
        parts.insert(0, "…".into());
    }
    if axis + 1 < axes {
        parts.push("…".into());
    }
    format!("`{array}[{}]`", parts.join(", "))
}

impl Names {
    /// Complains where the first or last step of a recurrence reads what no equation defines.
    pub(super) fn check_first_steps(
        &mut self,
        bounds: &[Bound],
        body: &Term,
        arrays: &[&Name],
        span: Span,
    ) -> Option<()> {
        let own = |reach: &Reach| arrays.contains(&&reach.array);
        for reach in self.reaches_in(bounds, body).iter().filter(|reach| own(reach)) {
            let Some(at) = reach.outside() else { continue };
            let axes = self.arrays.get(&reach.array).map_or(1, |info| info.axes.len());
            let place = place_on(&reach.array, axes, reach.axis, &at);
            let step = bounds.iter().find_map(|b| {
                let reads = |end: &&Index| reach.at.substitute(&b.var, end).canonical() == at.canonical();
                let ends = [&b.lo, &b.hi].into_iter().filter(|_| reach.at.mentions(&b.var));
                ends.into_iter().find(reads).map(|end| format!(" at {} = {}", b.var.name, text(end)))
            });
            let message = format!("{place} is read{}, and no equation defines it", step.unwrap_or_default());
            let hint = format!("add an equation for it: `{} = …`", place.trim_matches('`'));
            self.report(Diagnostic::new(message, span).label("in this equation").hint(hint));
            return None;
        }
        Some(())
    }

    /// Complains that two axes end the range of an index at places of which neither is known to come
    /// first, as where shapes do not fit.
    pub(super) fn unequal_ends(&mut self, var: &Var, ends: &[End], span: Span) {
        let mut seen: Vec<&End> = Vec::new();
        for end in ends {
            if seen.iter().all(|known| known.value.canonical() != end.value.canonical()) {
                seen.push(end);
            }
        }
        let place = |end: &End| format!("`{}` at {}", end.limit.read.0, text(&end.value));
        let places: Vec<String> = seen.iter().map(|end| place(end)).collect();
        let message = format!("the range of `{}` ends in two ways: {}", var.name, places.join(", "));
        let mut diagnostic = Diagnostic::new(message, span).label("in this equation");
        for end in &seen {
            let (array, axis) = &end.limit.read;
            if let Some(info) = self.arrays.get(array) {
                let axis = format!("axis {} of `{array}` ends the range at {}", axis + 1, text(&end.value));
                diagnostic = diagnostic.also(info.span, axis);
            }
        }
        let hint = match seen.as_slice() {
            [a, b, ..] => {
                let (a, b) = (text(&a.value), text(&b.value));
                format!("correct the shapes, say `require {a} = {b}`, or give the range: `{} in 1..{a}`", var.name)
            }
            _ => format!("give the range: `{} in 1..N`", var.name),
        };
        self.report(diagnostic.hint(hint));
    }

    /// Complains of a read that can leave its array.
    pub(super) fn outside(&mut self, reach: &Reach, message: String, span: Span) {
        let mut diagnostic = Diagnostic::new(message, span).label(format!("read at {} here", text(&reach.at)));
        if let Some(info) = self.arrays.get(&reach.array) {
            let axis = format!("axis {} runs over {}..{}", reach.axis + 1, text(&reach.first), text(&reach.last));
            diagnostic = diagnostic.also(info.span, axis);
        }
        let mut data: Option<Name> = None;
        reach.at.any_atom(&mut |atom| {
            if let Atom::Datum(name, _) = atom {
                data.get_or_insert_with(|| name.clone());
            }
            false
        });
        self.report(diagnostic.hint(match data {
            Some(name) => {
                format!("give `{name}` a range of values that stays inside, or guard the read with a bracket")
            }
            None => "guard the read with a bracket, or give the indices tighter ranges".into(),
        }));
    }
}
