//! One equation: its names checked, its ranges found, its right-hand side as a term.

use super::names::{Names, Scope};
use super::quote::Quote;
use super::system::{Axis, Equation};
use super::term::Bound;
use super::translate::Padding;
use crate::diagnostic::Diagnostic;
use crate::integer::{Index, Var};
use crate::language::program::{AxisBox, ResolvedEquation};
use crate::language::syntax::{self, Expr, ExprKind, LeftIndex, Role};

impl Names {
    /// The equation as a term, and as resolved syntax; complaints go to the list of problems.
    pub(super) fn equation(&mut self, written: &syntax::Equation) -> Option<(Equation, ResolvedEquation)> {
        let declared = self.take_declaration(written);
        let known = self.problems.len();
        self.check_names(&written.body);
        if self.problems.len() > known {
            return None;
        }
        let body = self.resolve(&written.body);
        let mut scope = Scope::new();
        let mut indices: Vec<(Var, Option<Bound>)> = Vec::new();
        for (axis, left) in written.at.iter().enumerate() {
            let (var, bound) = self.left_index(left, &scope, declared.as_ref().and_then(|d| d.get(axis)))?;
            scope.push((var.written(), var.clone()));
            indices.push((var, bound));
        }
        if let Some(declared) = &declared
            && declared.len() != indices.len()
        {
            let message = format!("`{}` was declared with another number of axes", written.array);
            self.report(Diagnostic::new(message, written.span));
            return None;
        }
        let plain = self.term(&body, &scope, Padding::Ignored)?;
        let limits = self.infer_ranges(&mut indices, &plain, written.span)?;
        let limits = limits.into_iter().map(|limit| self.limit_behind(limit)).collect();
        let term = self.term(&body, &scope, Padding::Brackets)?;
        let bounds: Vec<Bound> = indices.into_iter().filter_map(|(_, b)| b).collect();
        self.define(written, &bounds);
        let quote = Quote::plain();
        let binders = bounds.iter().map(|b| quote.binder(b)).collect();
        self.keep_padded(&written.array, &body);
        let body = self.without_views(&body);
        let model = Equation { array: written.array.clone(), indices: bounds, body: term, parts: Vec::new(), limits };
        Some((model, ResolvedEquation { array: written.array.clone(), indices: binders, body }))
    }

    /// Complains about every array that is not declared or is read with a wrong number of indices.
    pub(super) fn check_names(&mut self, expr: &Expr) {
        if let ExprKind::Read(array, at) = &expr.kind {
            match self.arrays.get(array).map(|info| info.axes.len()) {
                None => self.unknown_array(array, expr.span),
                Some(axes) if axes != at.len() => {
                    self.checked_indices(array, at, expr.span, &Scope::new());
                }
                Some(_) => {}
            }
        }
        super::resolve::visit(expr, &mut |part| self.check_names(part));
    }

    /// A declaration without a role of an array that an equation defines is only its box.
    pub(super) fn take_declaration(&mut self, written: &syntax::Equation) -> Option<Vec<Axis>> {
        match self.arrays.get(&written.array) {
            Some(info) if info.role == Role::Plain && !info.constant => {
                self.array_order.retain(|n| *n != written.array);
                self.arrays.remove(&written.array).map(|info| info.axes)
            }
            Some(info) => {
                let message = format!("`{}` is given and cannot be defined", written.array);
                let declared = info.span;
                self.report(Diagnostic::new(message, written.span).also(declared, "given here"));
                None
            }
            None => {
                if let Some(size) = self.sizes.get(&written.array) {
                    let (message, declared) = (format!("`{}` is a size", written.array), size.span);
                    let diagnostic = Diagnostic::new(message, written.span).also(declared, "declared here");
                    self.report(diagnostic.hint("a size and an array cannot share a name: rename one"));
                }
                None
            }
        }
    }

    pub(super) fn left_index(
        &mut self,
        left: &LeftIndex,
        scope: &Scope,
        declared: Option<&Axis>,
    ) -> Option<(Var, Option<Bound>)> {
        match left {
            LeftIndex::Fixed(expr) => {
                self.report(Diagnostic::new("an index is needed here", expr.span));
                None
            }
            LeftIndex::Free(binder) => {
                if self.sizes.contains_key(&binder.name) || scope.iter().any(|(n, _)| *n == binder.name) {
                    let message = format!("`{}` cannot name this index: the name is taken", binder.name);
                    self.report(Diagnostic::new(message, binder.span).hint("choose another letter"));
                    return None;
                }
                let var = Var::new(binder.name.clone());
                let bound = match (&binder.range, declared) {
                    (Some((lo, hi)), _) => {
                        let (lo, hi) = (self.index(lo, scope)?, self.index(hi, scope)?);
                        if !lo.is_free_of_vars() || !hi.is_free_of_vars() {
                            let message = "the range of an output's index cannot depend on another index";
                            self.report(
                                Diagnostic::new(message, binder.span).hint("the box of an array is rectangular"),
                            );
                            return None;
                        }
                        Some(Bound { var: var.clone(), lo, hi })
                    }
                    (None, Some(axis)) => {
                        Some(Bound { var: var.clone(), lo: axis.first.clone(), hi: axis.last.clone() })
                    }
                    (None, None) => None,
                };
                Some((var, bound))
            }
        }
    }

    pub(super) fn define(&mut self, written: &syntax::Equation, bounds: &[Bound]) {
        let quote = Quote::plain();
        let axes = bounds
            .iter()
            .map(|b| Axis {
                first: b.lo.clone(),
                last: b.hi.clone(),
                before: Index::default(),
                after: Index::default(),
            })
            .collect();
        let boxes = bounds
            .iter()
            .map(|b| AxisBox {
                first: quote.index(&b.lo),
                last: quote.index(&b.hi),
                before: Expr::integer(0),
                after: Expr::integer(0),
            })
            .collect();
        let info = super::names::ArrayInfo {
            role: Role::Plain,
            constant: false,
            axes,
            boxes,
            values: None,
            span: written.span,
            settled: true,
        };
        self.arrays.insert(written.array.clone(), info);
    }
}
