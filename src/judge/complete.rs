//! The right side of a claim in full: dropped axes of length 1 put back, `g[r]` as the upstream
//! gradient, letters the program gives to lengths as what they stand for.
//!
//! Invariant: the completed formula means what was written; names it does not know stay as they
//! are, except that an unbound index is reported, because it refutes the claim, and so is a value that
//! nothing says, because it leaves nothing to compare.

use super::left::{Left, is_size, unknown_array, with_dropped_axes};
use crate::answer::Names;
use crate::diagnostic::{Diagnostic, Diagnostics, Span};
use crate::integer::{self, Index, Truth};
use crate::language::function::Function;
use crate::language::syntax::{Binder, Condition, Expr, ExprKind, LayerCall, Name};
use crate::model::{Quote, System, visit};

/// A completed formula.
pub(super) struct Completed {
    /// The formula.
    pub formula: Expr,
    /// An index that is neither on the left nor bound.
    pub unbound: Option<Name>,
    /// A letter for a value that nothing says.
    pub undefined: Option<Name>,
    /// Whether the upstream gradient was written with its letter.
    pub lettered: bool,
}

/// Completes the right side of a claim. With `settle`, a bound index without a range gets the one that the
/// axes on which it stands alone have in common.
///
/// # Errors
/// Upstream gradients that are not given.
pub(super) fn complete(
    system: &System,
    names: &Names,
    right: &Expr,
    left: &Left,
    settle: bool,
) -> Result<Completed, Diagnostics> {
    let bound = left.free.iter().map(|b| b.var.written()).collect();
    let mut walk = Walk { bound, settle, ..Walk::new(system, names) };
    let formula = walk.expr(right);
    match walk.problems.is_empty() {
        true => {
            let Walk { unbound, undefined, lettered, .. } = walk;
            Ok(Completed { formula, unbound, undefined, lettered })
        }
        false => Err(walk.problems),
    }
}

/// The lengths of a shape claim with the letters of lengths replaced.
pub(super) fn complete_length(system: &System, names: &Names, length: &Expr) -> Expr {
    Walk::new(system, names).expr(length)
}

/// Bound indices, the condition on them and what stands under them.
type Inside = (Vec<Binder>, Option<Box<Condition>>, Box<Expr>);

struct Walk<'a> {
    system: &'a System,
    names: &'a Names,
    bound: Vec<Name>,
    settle: bool,
    /// How many index lists, ranges and conditions are open.
    indices: usize,
    unbound: Option<Name>,
    undefined: Option<Name>,
    lettered: bool,
    problems: Diagnostics,
}

impl<'a> Walk<'a> {
    fn new(system: &'a System, names: &'a Names) -> Self {
        Walk {
            system,
            names,
            bound: Vec::new(),
            settle: false,
            indices: 0,
            unbound: None,
            undefined: None,
            lettered: false,
            problems: Vec::new(),
        }
    }

    fn all(&mut self, parts: &[Expr]) -> Vec<Expr> {
        parts.iter().map(|part| self.expr(part)).collect()
    }

    fn indices(&mut self, at: &[Expr]) -> Vec<Expr> {
        self.indices += 1;
        let at = self.all(at);
        self.indices -= 1;
        at
    }

    fn expr(&mut self, expr: &Expr) -> Expr {
        let kind = match &expr.kind {
            ExprKind::Number(_) => expr.kind.clone(),
            ExprKind::Name(name) => self.name(name),
            ExprKind::Read(array, at) => {
                let at = self.indices(at);
                self.read(array, at)
            }
            ExprKind::Upstream(output, at) => {
                let at = self.indices(at);
                self.upstream(output, at, expr.span)
            }
            ExprKind::Derivative(of, array, at) => {
                let (of, at) = (self.expr(of), self.indices(at));
                ExprKind::Derivative(Box::new(of), array.clone(), self.filled(array, at))
            }
            ExprKind::Sum(terms) => ExprKind::Sum(terms.iter().map(|(s, e)| (*s, self.expr(e))).collect()),
            ExprKind::Product(factors) => ExprKind::Product(factors.iter().map(|(o, e)| (*o, self.expr(e))).collect()),
            ExprKind::Power(base, exponent) => {
                ExprKind::Power(Box::new(self.expr(base)), Box::new(self.expr(exponent)))
            }
            ExprKind::Call(name, arguments) => ExprKind::Call(name.clone(), self.all(arguments)),
            ExprKind::Layer(call) => {
                let arguments = self.all(&call.arguments);
                ExprKind::Layer(Box::new(LayerCall { arguments, ..(**call).clone() }))
            }
            ExprKind::Bracket(condition) => ExprKind::Bracket(Box::new(self.condition(condition))),
            ExprKind::If(condition, a, b) => {
                let condition = self.condition(condition);
                ExprKind::If(Box::new(condition), Box::new(self.expr(a)), Box::new(self.expr(b)))
            }
            ExprKind::Reduce(word, binders, condition, body) => {
                let (binders, condition, body) = self.inside(binders, condition.as_deref(), body);
                ExprKind::Reduce(*word, binders, condition, body)
            }
            ExprKind::Normalise(word, binders, condition, argument) => {
                let (binders, condition, argument) = self.inside(binders, condition.as_deref(), argument);
                ExprKind::Normalise(*word, binders, condition, argument)
            }
        };
        Expr { kind, span: expr.span }
    }

    fn inside(&mut self, binders: &[Binder], condition: Option<&Condition>, body: &Expr) -> Inside {
        let outer = self.bound.len();
        let mut binders: Vec<Binder> = binders.iter().map(|b| self.binder(b)).collect();
        let condition = condition.map(|c| Box::new(self.condition(c)));
        let body = self.expr(body);
        self.bound.truncate(outer);
        for binder in binders.iter_mut().filter(|b| self.settle && b.range.is_none()) {
            binder.range = self.common_axis(&binder.name, &body);
        }
        (binders, condition, Box::new(body))
    }

    fn binder(&mut self, binder: &Binder) -> Binder {
        self.indices += 1;
        let range = binder.range.as_ref().map(|(lo, hi)| (self.expr(lo), self.expr(hi)));
        self.indices -= 1;
        self.bound.push(binder.name.clone());
        Binder { range, ..binder.clone() }
    }

    fn condition(&mut self, condition: &Condition) -> Condition {
        self.indices += 1;
        let condition = match condition {
            Condition::Chain(first, rest) => {
                let first = self.expr(first);
                Condition::Chain(first, rest.iter().map(|(r, e)| (*r, self.expr(e))).collect())
            }
            Condition::Divides(m, e) => Condition::Divides(self.expr(m), self.expr(e)),
            Condition::All(parts) => Condition::All(parts.iter().map(|p| self.condition(p)).collect()),
            Condition::Any(parts) => Condition::Any(parts.iter().map(|p| self.condition(p)).collect()),
            Condition::Not(inner) => Condition::Not(Box::new(self.condition(inner))),
        };
        self.indices -= 1;
        condition
    }

    fn name(&mut self, name: &Name) -> ExprKind {
        let plain = ExprKind::Name(name.clone());
        if self.bound.contains(name) || is_size(self.system, name) {
            return plain;
        }
        if self.system.bounds(name).is_some() {
            let at = self.filled(name, Vec::new());
            return if at.is_empty() { plain } else { ExprKind::Read(name.clone(), at) };
        }
        if let Some((_, length)) = self.names.lengths.iter().find(|(letter, _)| letter == name) {
            return Quote::plain().index(length).kind;
        }
        if let Some(output) = self.lettered(name) {
            let at = self.filled(&output, Vec::new());
            return ExprKind::Upstream(output, at);
        }
        if let Some(constant) = Function::named(name, 0) {
            return ExprKind::Name(constant.name().into());
        }
        let missing = if self.indices > 0 { &mut self.unbound } else { &mut self.undefined };
        missing.get_or_insert_with(|| name.clone());
        plain
    }

    fn read(&mut self, array: &Name, at: Vec<Expr>) -> ExprKind {
        match self.lettered(array) {
            Some(output) => {
                let at = self.filled(&output, at);
                ExprKind::Upstream(output, at)
            }
            None => ExprKind::Read(array.clone(), self.filled(array, at)),
        }
    }

    fn upstream(&mut self, output: &Name, at: Vec<Expr>, span: Span) -> ExprKind {
        if self.system.bounds(output).is_none() {
            self.problems.push(unknown_array(self.system, output, span));
        } else if self.system.equation(output).is_none() {
            let outputs: Vec<String> = self.system.outputs.iter().map(|o| format!("`dl/d{o}`")).collect();
            let message = format!("`dl/d{output}` is what is asked for: nothing defines `{output}`");
            let hint = format!("given upstream: {}", outputs.join(", "));
            self.problems.push(Diagnostic::new(message, span).hint(hint));
        }
        ExprKind::Upstream(output.clone(), self.filled(output, at))
    }

    /// The output whose upstream gradient the name stands for.
    fn lettered(&mut self, name: &Name) -> Option<Name> {
        if self.system.bounds(name).is_some() || is_size(self.system, name) {
            return None;
        }
        let printed = self.names.upstream.iter().find(|(_, letter)| letter == name).map(|(output, _)| output);
        let found = match (printed, self.system.outputs.as_slice()) {
            (Some(output), _) => Some(output.clone()),
            (None, [only]) if &**name == "g" => Some(only.clone()),
            (None, _) => None,
        };
        self.lettered |= found.is_some();
        found
    }

    /// The range of the axes on which an index stands alone: where several differ, the entries that all of
    /// them have, if that is known, and else the first.
    fn common_axis(&self, name: &Name, expr: &Expr) -> Option<(Expr, Expr)> {
        let mut ranges: Vec<(Index, Index)> = Vec::new();
        self.axes_of(name, expr, &mut ranges);
        let facts = self.system.facts();
        let at_most =
            |a: &Index, b: &Index| facts.judge(&integer::Condition::AtMost(a.clone(), b.clone())) == Truth::Yes;
        let (lo, hi) = ranges.into_iter().reduce(|(lo, hi), (other_lo, other_hi)| {
            let lo = if at_most(&lo, &other_lo) { other_lo } else { lo };
            (lo, if at_most(&other_hi, &hi) { other_hi } else { hi })
        })?;
        Some((Quote::plain().index(&lo), Quote::plain().index(&hi)))
    }

    fn axes_of(&self, name: &Name, expr: &Expr, ranges: &mut Vec<(Index, Index)>) {
        if let ExprKind::Read(array, at) | ExprKind::Upstream(array, at) = &expr.kind {
            let axes = self.system.bounds(array).unwrap_or_default();
            let alone = |index: &Expr| matches!(&index.kind, ExprKind::Name(n) if n == name);
            ranges.extend(at.iter().zip(axes).filter(|(index, _)| alone(index)).map(|(_, range)| range));
        }
        visit(expr, &mut |part| self.axes_of(name, part, ranges));
    }

    /// The indices with those of dropped axes put in.
    fn filled(&self, array: &Name, at: Vec<Expr>) -> Vec<Expr> {
        let axes = self.system.bounds(array).unwrap_or_default();
        let Some(all) = with_dropped_axes(self.system, &at, &axes) else { return at };
        let first =
            |(index, (lo, _)): (Option<Expr>, &(Index, Index))| index.unwrap_or_else(|| Quote::plain().index(lo));
        all.into_iter().zip(&axes).map(first).collect()
    }
}
