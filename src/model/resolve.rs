//! Filling in what the author may leave out: the range of every bound index.
//!
//! A bound index that stands alone on an axis runs over that axis. The result is again syntax,
//! with every range explicit: the form the evaluator runs.

use super::names::{Names, Scope};
use crate::diagnostic::{Diagnostic, Span};
use crate::integer::Var;
use crate::language::syntax::*;

/// The expression with names replaced where `replace` has something for them; names that are bound
/// inside keep standing for their index.
pub(super) fn map_names(expr: &Expr, replace: &dyn Fn(&Name) -> Option<ExprKind>) -> Expr {
    match &expr.kind {
        ExprKind::Name(name) => {
            let kind = replace(name).unwrap_or_else(|| expr.kind.clone());
            Expr { kind, span: expr.span }
        }
        ExprKind::Reduce(_, binders, ..) | ExprKind::Normalise(_, binders, ..) => {
            let inner = |name: &Name| {
                if binders.iter().any(|b| b.name == *name) { None } else { replace(name) }
            };
            map_parts(expr, &|e| map_names(e, &inner))
        }
        _ => map_parts(expr, &|e| map_names(e, replace)),
    }
}

/// The expression with every part rewritten, the innermost first, where `f` has something for it.
pub(crate) fn rewrite(expr: &Expr, f: &dyn Fn(&Expr) -> Option<ExprKind>) -> Expr {
    let mapped = map_parts(expr, &|e| rewrite(e, f));
    match f(&mapped) {
        Some(kind) => Expr { kind, span: expr.span },
        None => mapped,
    }
}

/// The expression with each direct part replaced.
fn map_parts(expr: &Expr, go: &dyn Fn(&Expr) -> Expr) -> Expr {
    map_parts_mut(expr, &mut |part| go(part))
}

/// The expression with each direct part replaced, in the order in which they stand.
pub(crate) fn map_parts_mut(expr: &Expr, go: &mut dyn FnMut(&Expr) -> Expr) -> Expr {
    let kind = match &expr.kind {
        ExprKind::Number(_) | ExprKind::Name(_) => expr.kind.clone(),
        ExprKind::Read(array, at) => ExprKind::Read(array.clone(), at.iter().map(go).collect()),
        ExprKind::Upstream(array, at) => ExprKind::Upstream(array.clone(), at.iter().map(go).collect()),
        ExprKind::Derivative(of, array, at) => {
            let of = Box::new(go(of));
            ExprKind::Derivative(of, array.clone(), at.iter().map(go).collect())
        }
        ExprKind::Sum(terms) => ExprKind::Sum(terms.iter().map(|(s, e)| (*s, go(e))).collect()),
        ExprKind::Product(factors) => ExprKind::Product(factors.iter().map(|(o, e)| (*o, go(e))).collect()),
        ExprKind::Power(base, exponent) => {
            let base = Box::new(go(base));
            ExprKind::Power(base, Box::new(go(exponent)))
        }
        ExprKind::Call(name, arguments) => ExprKind::Call(name.clone(), arguments.iter().map(go).collect()),
        ExprKind::Layer(call) => {
            let arguments = call.arguments.iter().map(&mut *go).collect();
            let setting = |s: &Setting| Setting { value: go(&s.value), ..s.clone() };
            let settings = call.settings.iter().map(setting).collect();
            let at = call.at.as_ref().map(|at| at.iter().map(go).collect());
            ExprKind::Layer(Box::new(LayerCall { layer: call.layer.clone(), arguments, settings, at }))
        }
        ExprKind::Bracket(condition) => ExprKind::Bracket(Box::new(map_condition_mut(condition, go))),
        ExprKind::If(condition, a, b) => {
            let condition = Box::new(map_condition_mut(condition, go));
            let a = Box::new(go(a));
            ExprKind::If(condition, a, Box::new(go(b)))
        }
        ExprKind::Reduce(word, binders, condition, body) => {
            let binders = binders.iter().map(|b| map_binder(b, go)).collect();
            let condition = condition.as_ref().map(|c| Box::new(map_condition_mut(c, go)));
            ExprKind::Reduce(*word, binders, condition, Box::new(go(body)))
        }
        ExprKind::Normalise(word, binders, condition, argument) => {
            let binders = binders.iter().map(|b| map_binder(b, go)).collect();
            let condition = condition.as_ref().map(|c| Box::new(map_condition_mut(c, go)));
            ExprKind::Normalise(*word, binders, condition, Box::new(go(argument)))
        }
    };
    Expr { kind, span: expr.span }
}

fn map_binder(binder: &Binder, go: &mut dyn FnMut(&Expr) -> Expr) -> Binder {
    let range = binder.range.as_ref().map(|(lo, hi)| (go(lo), go(hi)));
    Binder { range, ..binder.clone() }
}

pub(super) fn map_condition(condition: &Condition, go: &dyn Fn(&Expr) -> Expr) -> Condition {
    map_condition_mut(condition, &mut |part| go(part))
}

pub(super) fn map_condition_mut(condition: &Condition, go: &mut dyn FnMut(&Expr) -> Expr) -> Condition {
    match condition {
        Condition::Chain(first, rest) => {
            let first = go(first);
            Condition::Chain(first, rest.iter().map(|(r, e)| (*r, go(e))).collect())
        }
        Condition::Divides(m, e) => {
            let m = go(m);
            Condition::Divides(m, go(e))
        }
        Condition::All(parts) => Condition::All(parts.iter().map(|p| map_condition_mut(p, go)).collect()),
        Condition::Any(parts) => Condition::Any(parts.iter().map(|p| map_condition_mut(p, go)).collect()),
        Condition::Not(inner) => Condition::Not(Box::new(map_condition_mut(inner, go))),
    }
}

/// A declaration with everything in it that has a value replaced.
pub(super) fn map_array(array: &ArrayDecl, go: &dyn Fn(&Expr) -> Expr) -> ArrayDecl {
    let pair = |(a, b): &(Expr, Expr)| (go(a), go(b));
    let axis = |x: &Axis| Axis { first: x.first.as_ref().map(go), last: go(&x.last), pad: x.pad.as_ref().map(pair) };
    ArrayDecl { axes: array.axes.iter().map(axis).collect(), values: array.values.as_ref().map(pair), ..array.clone() }
}

/// A statement with names replaced in everything that has a value.
pub(super) fn map_statement(statement: &Statement, replace: &dyn Fn(&Name) -> Option<ExprKind>) -> Statement {
    let go = |e: &Expr| map_names(e, replace);
    let kind = match &statement.kind {
        StatementKind::Arrays(role, arrays) => {
            StatementKind::Arrays(*role, arrays.iter().map(|array| map_array(array, &go)).collect())
        }
        StatementKind::Call(call) => {
            let argument = |a: &Argument| Argument { declared: map_array(&a.declared, &go), ..a.clone() };
            let arguments = call.arguments.iter().map(argument).collect();
            let requires = call.requires.iter().map(|p| map_condition(p, &go)).collect();
            let size = |s: &SizeDecl| SizeDecl { default: s.default.as_ref().map(go), ..s.clone() };
            let sizes = call.sizes.iter().map(size).collect();
            StatementKind::Call(Call { sizes, arguments, requires, ..call.clone() })
        }
        StatementKind::Require(condition) => StatementKind::Require(map_condition(condition, &go)),
        StatementKind::Equation(equation) => {
            let at = equation.at.iter().map(|left| match left {
                LeftIndex::Free(binder) => LeftIndex::Free(map_binder(binder, &mut |part| go(part))),
                LeftIndex::Fixed(expr) => LeftIndex::Fixed(go(expr)),
            });
            StatementKind::Equation(Equation { at: at.collect(), body: go(&equation.body), ..equation.clone() })
        }
        StatementKind::Size(_) | StatementKind::Param(_) | StatementKind::Output(_) | StatementKind::Notation(..) => {
            statement.kind.clone()
        }
    };
    Statement { kind, span: statement.span }
}

/// Calls `f` on every direct part of an expression, those of its conditions and ranges included.
pub(crate) fn visit(expr: &Expr, f: &mut dyn FnMut(&Expr)) {
    match &expr.kind {
        ExprKind::Number(_) | ExprKind::Name(_) => {}
        ExprKind::Read(_, at) | ExprKind::Upstream(_, at) | ExprKind::Call(_, at) => at.iter().for_each(f),
        ExprKind::Layer(call) => {
            call.arguments.iter().for_each(&mut *f);
            call.settings.iter().for_each(|s| f(&s.value));
            call.at.iter().flatten().for_each(f);
        }
        ExprKind::Derivative(of, _, at) => {
            f(of);
            at.iter().for_each(f);
        }
        ExprKind::Sum(terms) => terms.iter().for_each(|(_, e)| f(e)),
        ExprKind::Product(factors) => factors.iter().for_each(|(_, e)| f(e)),
        ExprKind::Power(base, exponent) => {
            f(base);
            f(exponent);
        }
        ExprKind::Bracket(condition) => visit_condition(condition, f),
        ExprKind::If(condition, a, b) => {
            visit_condition(condition, f);
            f(a);
            f(b);
        }
        ExprKind::Reduce(_, binders, condition, body) | ExprKind::Normalise(_, binders, condition, body) => {
            for (lo, hi) in binders.iter().filter_map(|b| b.range.as_ref()) {
                f(lo);
                f(hi);
            }
            condition.iter().for_each(|c| visit_condition(c, f));
            f(body);
        }
    }
}

/// Calls `f` on an expression and on every part of it, from the outside in.
pub(crate) fn each_part(expr: &Expr, f: &mut dyn FnMut(&Expr)) {
    f(expr);
    visit(expr, &mut |part| each_part(part, f));
}

fn visit_condition(condition: &Condition, f: &mut dyn FnMut(&Expr)) {
    match condition {
        Condition::Chain(first, rest) => {
            f(first);
            rest.iter().for_each(|(_, e)| f(e));
        }
        Condition::Divides(m, e) => {
            f(m);
            f(e);
        }
        Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|p| visit_condition(p, f)),
        Condition::Not(inner) => visit_condition(inner, f),
    }
}

/// The arrays an expression reads.
pub(super) fn arrays_read(expr: &Expr, found: &mut Vec<(Name, Span)>) {
    match &expr.kind {
        ExprKind::Read(name, _) | ExprKind::Name(name) => found.push((name.clone(), expr.span)),
        _ => {}
    }
    visit(expr, &mut |part| arrays_read(part, found));
}

/// The axes on which a name stands alone: array, axis, place.
fn alone_on(name: &Name, expr: &Expr, found: &mut Vec<(Name, usize, Span)>) {
    match &expr.kind {
        ExprKind::Read(array, at) | ExprKind::Upstream(array, at) | ExprKind::Derivative(_, array, at) => {
            for (axis, index) in at.iter().enumerate() {
                if matches!(&index.kind, ExprKind::Name(n) if n == name) {
                    found.push((array.clone(), axis, index.span));
                }
            }
        }
        ExprKind::Reduce(_, binders, ..) if binders.iter().any(|b| b.name == *name) => return,
        ExprKind::Normalise(word, binders, ..) if word.binds() && binders.iter().any(|b| b.name == *name) => return,
        _ => {}
    }
    visit(expr, &mut |part| alone_on(name, part, found));
}

impl Names {
    /// The expression with sizes given as numbers written as numbers and every range explicit.
    pub fn resolve(&mut self, expr: &Expr) -> Expr {
        let expr = self.with_sizes(expr);
        self.fill_ranges(&expr)
    }

    fn fill_ranges(&mut self, expr: &Expr) -> Expr {
        let mut kind = expr.kind.clone();
        match &mut kind {
            ExprKind::Reduce(_, binders, condition, body) => {
                let mut whole = (**body).clone();
                if let Some(condition) = condition {
                    let guard = Expr { kind: ExprKind::Bracket(condition.clone()), span: expr.span };
                    whole = Expr::new(ExprKind::Product(vec![(Operator::Times, guard), (Operator::Times, whole)]));
                }
                for binder in binders.iter_mut() {
                    if let Some(size) = self.sizes.get(&binder.name) {
                        let message = format!("`{}` is a size and cannot be bound", binder.name);
                        let declared = size.span;
                        self.report(
                            Diagnostic::new(message, binder.span).also(declared, "declared here").hint("rename one"),
                        );
                    }
                    if binder.range.is_none() {
                        binder.range = self.range_of(&binder.name, &whole, binder.span);
                    }
                }
                if let Some(condition) = condition {
                    **condition = map_condition_mut(condition, &mut |part| self.fill_ranges(part));
                }
                **body = self.fill_ranges(body);
            }
            ExprKind::Normalise(_, binders, condition, argument) => {
                for binder in binders.iter_mut().filter(|b| b.range.is_none()) {
                    binder.range = self.range_of(&binder.name, argument, binder.span);
                }
                if let Some(condition) = condition {
                    **condition = map_condition_mut(condition, &mut |part| self.fill_ranges(part));
                }
                **argument = self.fill_ranges(argument);
            }
            ExprKind::Sum(terms) => terms.iter_mut().for_each(|(_, e)| *e = self.fill_ranges(e)),
            ExprKind::Product(factors) => factors.iter_mut().for_each(|(_, e)| *e = self.fill_ranges(e)),
            ExprKind::Power(base, _) => **base = self.fill_ranges(base),
            ExprKind::Call(_, arguments) => arguments.iter_mut().for_each(|e| *e = self.fill_ranges(e)),
            ExprKind::Bracket(condition) => {
                **condition = map_condition_mut(condition, &mut |part| self.fill_ranges(part));
            }
            ExprKind::If(condition, a, b) => {
                **condition = map_condition_mut(condition, &mut |part| self.fill_ranges(part));
                **a = self.fill_ranges(a);
                **b = self.fill_ranges(b);
            }
            ExprKind::Derivative(of, ..) => **of = self.fill_ranges(of),
            ExprKind::Number(_)
            | ExprKind::Name(_)
            | ExprKind::Layer(_)
            | ExprKind::Read(..)
            | ExprKind::Upstream(..) => {}
        }
        Expr { kind, span: expr.span }
    }

    /// The range that the axes give on which the name stands alone; all must agree.
    pub(super) fn range_of(&mut self, name: &Name, body: &Expr, span: Span) -> Option<(Expr, Expr)> {
        let (mut places, mut strange) = (Vec::new(), Vec::new());
        alone_on(name, body, &mut places);
        let scope = Scope::new();
        let mut chosen: Option<((Expr, Expr), Span, Name, usize)> = None;
        for (array, axis, place) in places {
            let Some(found) = self.arrays.get(&array).and_then(|a| a.boxes.get(axis)) else {
                strange.extend((!self.arrays.contains_key(&array)).then_some((array, place)));
                continue;
            };
            let range = (found.first.clone(), found.last.clone());
            match &chosen {
                None => chosen = Some((range, place, array, axis)),
                Some((first, other, array0, axis0)) => {
                    let (first, other) = (first.clone(), *other);
                    let mut same = |a: &Expr, b: &Expr| {
                        let (a, b) = (self.index(a, &scope), self.index(b, &scope));
                        a.zip(b).is_none_or(|(a, b)| a.canonical() == b.canonical())
                    };
                    if !(same(&first.0, &range.0) && same(&first.1, &range.1)) {
                        let label = |r: &(Expr, Expr), array: &Name, axis: usize| {
                            use crate::language::print::{Alphabet, expression};
                            let (lo, hi) = (expression(&r.0, Alphabet::Ascii), expression(&r.1, Alphabet::Ascii));
                            format!("axis {} of `{array}` runs over {lo}..{hi}", axis + 1)
                        };
                        let message = format!("`{name}` stands alone on two axes of different range");
                        let diagnostic = Diagnostic::new(message, place)
                            .label(label(&range, &array, axis))
                            .also(other, label(&first, array0, *axis0))
                            .hint(format!("give the range: `sum[{name} in …]`"));
                        self.report(diagnostic);
                        return None;
                    }
                }
            }
        }
        if let (None, Some((array, place))) = (&chosen, strange.first()) {
            self.unknown_array(array, *place);
        } else if chosen.is_none() {
            let message = format!("the range of `{name}` is not known: it stands alone on no axis");
            self.report(Diagnostic::new(message, span).hint(format!("give it: `{name} in 1..3`")));
        }
        chosen.map(|(range, ..)| range)
    }

    /// The index a name becomes when it is bound inside `scope`: primed if an outer one hides.
    pub fn bind(&self, name: &Name, scope: &Scope) -> Var {
        Var::new(name.clone()).fresh(|v| scope.iter().any(|(_, other)| other == v))
    }
}
