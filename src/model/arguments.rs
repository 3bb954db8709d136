//! The arrays that a layer call was given, under the names by which the equations in its place read them.
//!
//! Such a name is a view: it has the padding that the layer declares, and counts as the layer does. A
//! read of it becomes [in range]·read of the array itself, as a term and as resolved syntax. The sizes
//! that the arguments decide are the lengths of their axes, known when the arrays are.
//!
//! Invariant: no view and no size of a layer is left in a term or in a resolved equation.

use super::names::{ArrayInfo, Names, Scope};
use super::quote::Quote;
use super::resolve::{arrays_read, map_condition, rewrite};
use super::system::{Axis, Limit};
use crate::diagnostic::{Diagnostic, Span};
use crate::integer::{Condition, Index, Truth};
use crate::language::print::{self, Alphabet};
use crate::language::program::{ArrayBox, AxisBox, PaddedReads};
use crate::language::syntax::{self, Argument, Call, Expr, ExprKind, Name, Operator, Relation, Role, Sign, SizeDecl};

/// What stands behind the name of an argument.
#[derive(Clone, Debug)]
pub(super) struct View {
    /// The array.
    pub of: Name,
    /// What is added to each index.
    pub shifts: Vec<Index>,
}

/// A size of a layer, and the axis that it is the length of.
#[derive(Clone, Debug)]
pub(super) struct Length {
    /// Its value.
    pub value: Index,
    place: (String, Span),
}

impl Names {
    /// Takes note of what stands behind the names of calls, for the order of evaluation.
    pub(super) fn know_calls(&mut self, calls: &[&Call]) {
        for call in calls {
            let behind: Vec<Name> = call.arguments.iter().map(|a| a.of.clone()).collect();
            self.behind.extend(call.names().map(|name| (name.clone(), behind.clone())));
        }
    }

    /// The arrays that an expression needs: those it reads, and those behind the names of calls.
    pub(super) fn needed(&self, expr: &Expr) -> Vec<(Name, Span)> {
        let mut read = Vec::new();
        arrays_read(expr, &mut read);
        let behind = |(name, span): (Name, Span)| match self.behind.get(&name) {
            Some(arrays) => arrays.iter().map(|array| (array.clone(), span)).collect(),
            None => vec![(name, span)],
        };
        read.into_iter().flat_map(behind).collect()
    }

    /// Opens every call whose arguments are known; the names of one that cannot be opened fail.
    pub(super) fn open_calls(&mut self, calls: &mut Vec<&Call>, failed: &mut Vec<Name>) {
        calls.retain(|call| {
            let lost = call.arguments.iter().any(|a| failed.contains(&a.of));
            let known = call.arguments.iter().all(|a| self.arrays.contains_key(&a.of));
            if lost || known && self.open_call(call).is_none() {
                failed.extend(call.names().cloned());
            }
            !lost && !known
        });
    }

    fn open_call(&mut self, call: &Call) -> Option<()> {
        let fit = call.arguments.iter().filter(|argument| self.fits(call, argument).is_some()).count();
        if fit < call.arguments.len() {
            return None;
        }
        call.sizes.iter().try_for_each(|size| self.settle(call, size))?;
        let opened = call.arguments.iter().filter(|argument| self.open(call, argument).is_some()).count();
        if opened < call.arguments.len() {
            return None;
        }
        call.requires.iter().try_for_each(|condition| self.take_requirement(call, condition))
    }

    /// Whether an array has the axes and holds the numbers that the layer asks for.
    fn fits(&mut self, call: &Call, argument: &Argument) -> Option<()> {
        let Argument { of, role, written, declared } = argument;
        let info = self.arrays.get(of)?;
        let (has, span, wanted) = (info.axes.len(), info.span, declared.axes.len());
        if has != wanted {
            let axes = super::translate::axes;
            let message =
                format!("the `{written}` of `{}` has {}, `{of}` here has {}", call.layer, axes(wanted), axes(has));
            let hint = format!("give an array with {}, or another layer", axes(wanted));
            let diagnostic = Diagnostic::new(message, declared.span).label("given here");
            self.report(diagnostic.also(span, "declared here").hint(hint));
            return None;
        }
        if (info.role == Role::Integer) != (*role == Role::Integer) {
            let message = match role {
                Role::Integer => format!("`{written}` of `{}` is integer data, `{of}` is not", call.layer),
                _ => format!("`{of}` is integer data, `{written}` of `{}` is not", call.layer),
            };
            self.report(Diagnostic::new(message, declared.span).label("given here").also(span, "declared here"));
            return None;
        }
        Some(())
    }

    /// A size is given, or decided by an argument; it is at least what the layer says.
    fn settle(&mut self, call: &Call, size: &SizeDecl) -> Option<()> {
        let length = match &size.default {
            Some(given) => {
                let value = self.index(given, &Scope::new())?;
                Length { value, place: ("is given here".into(), given.span) }
            }
            None => self.decided(call, size)?,
        };
        let least = size.least.as_ref().map_or(Some(1), |e| self.number(e, &Scope::new()))?;
        let enough = Condition::AtMost(Index::constant(least), length.value.clone());
        match self.facts.judge(&enough) {
            Truth::Yes => {}
            Truth::No => {
                let (plain, span) = (size.name.rsplit('.').next().unwrap_or_default(), length.place.1);
                let message = format!("`{plain}` of `{}` must be at least {least}", call.layer);
                let label = format!("it is {}", text(&length.value));
                self.report(Diagnostic::new(message, span).label(label));
                return None;
            }
            Truth::Unknown => {
                self.facts.require(&enough);
                self.requires.push(enough);
            }
        }
        self.lengths.insert(size.name.clone(), length);
        Some(())
    }

    /// The first axis of an argument, or the greatest of its values, that is this size and nothing else.
    fn decided(&mut self, call: &Call, size: &SizeDecl) -> Option<Length> {
        let alone = |expr: &Expr| matches!(&expr.kind, ExprKind::Name(name) if *name == size.name);
        for argument in &call.arguments {
            let info = self.arrays.get(&argument.of)?;
            let (axes, values, span) = (info.axes.clone(), info.values.clone(), argument.declared.span);
            for (k, (axis, has)) in argument.declared.axes.iter().zip(&axes).enumerate() {
                if alone(&axis.last)
                    && let Some(value) = self.ahead(axis.first.as_ref()).map(|ahead| has.length().plus(&ahead))
                {
                    let place = format!("is the length of axis {} of `{}`", k + 1, argument.of);
                    return Some(Length { value, place: (place, span) });
                }
            }
            if let (Some((_, hi)), Some(((_, greatest), _))) = (&argument.declared.values, values)
                && alone(hi)
            {
                let place = format!("is the greatest value of `{}`", argument.of);
                return Some(Length { value: greatest, place: (place, span) });
            }
        }
        None
    }

    /// By how much the last index of an axis is more than its length.
    fn ahead(&mut self, first: Option<&Expr>) -> Option<Index> {
        let Some(first) = first else { return Some(Index::default()) };
        super::translate::fold(first)?;
        self.index(first, &Scope::new()).map(|first| first.plus_number(-1))
    }

    fn open(&mut self, call: &Call, argument: &Argument) -> Option<()> {
        let Argument { of, role, declared, .. } = argument;
        let info = self.arrays.get(of)?.clone();
        let (mut axes, mut boxes, mut shifts): (Vec<Axis>, Vec<AxisBox>, Vec<Index>) = Default::default();
        for (k, (axis, has)) in declared.axes.iter().zip(&info.axes).enumerate() {
            let (model, resolved) = self.axis(axis)?;
            self.same_length(call, argument, k, (&model.length(), &has.length()))?;
            shifts.push(has.first.minus(&model.first));
            axes.push(model);
            boxes.push(resolved);
        }
        if let (Some((lo, hi)), Some(((least, greatest), _))) = (&declared.values, &info.values) {
            let (lo, hi) = (self.index(lo, &Scope::new())?, self.index(hi, &Scope::new())?);
            let below = self.facts.judge(&Condition::AtMost(lo, least.clone()));
            if (below, self.facts.judge(&Condition::AtMost(greatest.clone(), hi))) != (Truth::Yes, Truth::Yes) {
                let message = format!("`{of}` can hold values that `{}` of `{}` cannot", argument.written, call.layer);
                let range = declared.values.as_ref().map(|(lo, hi)| format!("{}..{}", shown(lo), shown(hi)));
                let hint = format!("they lie in {} there", range.unwrap_or_default());
                self.report(Diagnostic::new(message, declared.span).also(info.span, "declared here").hint(hint));
                return None;
            }
        }
        let view = ArrayInfo {
            role: *role,
            constant: false,
            axes,
            boxes,
            values: info.values,
            span: declared.span,
            settled: true,
        };
        self.arrays.insert(declared.name.clone(), view);
        self.views.insert(declared.name.clone(), View { of: of.clone(), shifts });
        Some(())
    }

    /// Complains unless an axis is as long as the layer says.
    fn same_length(&mut self, call: &Call, argument: &Argument, axis: usize, lengths: (&Index, &Index)) -> Option<()> {
        let (wanted, has) = lengths;
        if wanted.canonical() == has.canonical() {
            return Some(());
        }
        let truth = self.facts.judge(&Condition::Equal(wanted.clone(), has.clone()));
        if truth == Truth::Yes {
            return Some(());
        }
        let declared = &argument.declared.axes[axis].last;
        let (layer, of, by) = (&call.layer, &argument.of, shown(declared));
        let (wanted, has) = (text(wanted), text(has));
        let message = format!("axis {} of `{of}` has length {has}, but `{layer}` takes {wanted} there", axis + 1);
        let mut diagnostic =
            Diagnostic::new(message, argument.declared.span).label(format!("its length is {by} in `{layer}`"));
        let mut sizes = Vec::new();
        arrays_read(declared, &mut sizes);
        for (name, _) in sizes {
            if let Some(Length { place: (what, span), .. }) = self.lengths.get(&name) {
                let plain = name.rsplit('.').next().unwrap_or(&name);
                diagnostic = diagnostic.also(*span, format!("{plain} {what}"));
            }
        }
        self.report(match truth {
            Truth::No => diagnostic.hint("give arrays that fit together"),
            _ => diagnostic.hint(format!("if they are equal, say so: `require {has} = {wanted}`")),
        });
        None
    }

    /// A requirement of the layer on its sizes is one of the caller. One on values is kept where all its
    /// arrays are given; those that are computed have the values that they have.
    fn take_requirement(&mut self, call: &Call, condition: &syntax::Condition) -> Option<()> {
        if self.is_on_values(condition) {
            let mut read = Vec::new();
            arrays_read(&Expr::new(ExprKind::Bracket(Box::new(condition.clone()))), &mut read);
            let of = |name: &Name| self.views.get(name).map(|view| view.of.clone());
            let given = |name: &Name| !self.arrays.contains_key(name) || of(name).is_some_and(|of| self.is_given(&of));
            if read.iter().all(|(name, _)| self.lengths.contains_key(name) || given(name)) {
                self.declare_fact(condition, call.span)?;
            }
            return Some(());
        }
        let known = self.condition(condition, &Scope::new())?;
        match self.facts.judge(&known) {
            Truth::Yes => {}
            Truth::No => {
                let text = shown_condition(condition);
                let message = format!("this call breaks what `{}` requires: {text}", call.layer);
                self.report(Diagnostic::new(message, call.span).hint("choose sizes that satisfy it"));
                return None;
            }
            Truth::Unknown => {
                self.facts.require(&known);
                self.requires.push(known);
            }
        }
        Some(())
    }

    fn is_given(&self, array: &Name) -> bool {
        self.array_order.contains(array) && !self.defined.contains(array)
    }

    /// The array and the indices that a read of a view means; any other read is itself.
    pub(super) fn behind_view(&self, array: &Name, at: Vec<Index>) -> (Name, Vec<Index>) {
        match self.views.get(array) {
            None => (array.clone(), at),
            Some(view) => {
                let at = at.iter().zip(&view.shifts).map(|(index, shift)| index.plus(shift)).collect();
                (view.of.clone(), at)
            }
        }
    }

    /// The limit in terms of the array that is read.
    pub(super) fn limit_behind(&self, limit: Limit) -> Limit {
        let (name, axis) = &limit.read;
        let Some(view) = self.views.get(name) else { return limit };
        let shifted = match (&limit.reach, view.shifts.get(*axis)) {
            (Condition::AtMost(a, b), Some(shift)) => Condition::AtMost(a.plus(shift), b.plus(shift)),
            (reach, _) => reach.clone(),
        };
        Limit { read: (view.of.clone(), *axis), reach: shifted, ..limit }
    }

    /// Resolved syntax with every read of a view as [in range]·read of the array.
    pub(super) fn without_views(&self, expr: &Expr) -> Expr {
        self.without(expr, &|_| true)
    }

    /// Keeps the equation as it reads its arguments, if it reads one that is padded.
    pub(super) fn keep_padded(&mut self, array: &Name, body: &Expr) {
        let mut read = Vec::new();
        arrays_read(body, &mut read);
        let mut names: Vec<Name> = read.into_iter().map(|(name, _)| name).filter(|name| self.is_padded(name)).collect();
        names.sort();
        names.dedup();
        let boxed = |name: &Name| {
            let axes = self.arrays[name].boxes.clone();
            ArrayBox { name: name.clone(), role: Role::Input, axes, values: None }
        };
        let arguments: Vec<ArrayBox> = names.iter().map(boxed).collect();
        if !arguments.is_empty() {
            let body = self.without(body, &|name| !names.contains(name));
            self.padded.push(PaddedReads { array: array.clone(), arguments, body });
        }
    }

    fn is_padded(&self, name: &Name) -> bool {
        let padded = |axis: &Axis| !(axis.before.is_zero() && axis.after.is_zero());
        self.views.contains_key(name) && self.arrays.get(name).is_some_and(|info| info.axes.iter().any(padded))
    }

    fn without(&self, expr: &Expr, which: &dyn Fn(&Name) -> bool) -> Expr {
        if self.views.is_empty() {
            return expr.clone();
        }
        rewrite(expr, &|part| match &part.kind {
            ExprKind::Read(name, at) if which(name) => self.read_behind(name, at, part.span),
            ExprKind::Name(name) if which(name) => self.views.get(name).map(|view| ExprKind::Name(view.of.clone())),
            _ => None,
        })
    }

    fn read_behind(&self, name: &Name, at: &[Expr], span: Span) -> Option<ExprKind> {
        let (view, info) = (self.views.get(name)?, self.arrays.get(name)?);
        let mut factors = Vec::new();
        let mut shifted = Vec::with_capacity(at.len());
        for ((index, shift), (axis, range)) in at.iter().zip(&view.shifts).zip(info.axes.iter().zip(&info.boxes)) {
            if !(axis.before.is_zero() && axis.after.is_zero()) {
                let inside = vec![(Relation::AtMost, index.clone()), (Relation::AtMost, range.last.clone())];
                let inside = syntax::Condition::Chain(range.first.clone(), inside);
                factors.push((Operator::Times, Expr { kind: ExprKind::Bracket(Box::new(inside)), span }));
            }
            shifted.push(match shift.is_zero() {
                true => index.clone(),
                false => {
                    let terms = vec![(Sign::Plus, index.clone()), (Sign::Plus, Quote::plain().index(shift))];
                    Expr { kind: ExprKind::Sum(terms), span }
                }
            });
        }
        let read = ExprKind::Read(view.of.clone(), shifted);
        if factors.is_empty() {
            return Some(read);
        }
        factors.push((Operator::Times, Expr { kind: read, span }));
        Some(ExprKind::Product(factors))
    }
}

fn text(index: &Index) -> String {
    print::expression(&Quote::plain().index(index), Alphabet::Ascii)
}

/// An expression of a layer as its author wrote it.
fn shown(expr: &Expr) -> String {
    print::expression(&as_written(expr), Alphabet::Ascii)
}

fn shown_condition(condition: &syntax::Condition) -> String {
    print::condition(&map_condition(condition, &as_written), Alphabet::Ascii)
}

/// The names without what tells those of one call from those of another.
fn as_written(expr: &Expr) -> Expr {
    let plain = |name: &Name| name.rsplit_once('.').map(|(_, plain)| Name::from(plain));
    rewrite(expr, &|part| match &part.kind {
        ExprKind::Name(name) => plain(name).map(ExprKind::Name),
        ExprKind::Read(name, at) => plain(name).map(|name| ExprKind::Read(name, at.clone())),
        _ => None,
    })
}
