//! What the search for a slip looks at: the claim, the right formula in several forms, and the
//! coefficients, shifts and limits that the system's own equations hold.
//!
//! Invariant: every form has the right values, and is written in the free indices of the claim.

use super::tree::{Role, as_integer, names, places};
use crate::answer::Names;
use crate::derivation::Derivation;
use crate::integer::Var;
use crate::judge::left::Left;
use crate::judge::trial::Trial;
use crate::language::print::{Alphabet, expression, index};
use crate::language::syntax::{Expr, ExprKind, Name, Operator};
use crate::model::{Kind, Quote, System, Term};
use std::sync::Arc;

const FORMS: usize = 5;
const LONGEST: usize = 400;

/// What the coefficient of an index is to the equation it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It belongs to an index of the output.
    Stride,
    /// It belongs to an index that is summed over.
    Dilation,
}

impl Step {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Step::Stride => "stride",
            Step::Dilation => "dilation",
        }
    }
}

/// A claim before the derived answer.
pub struct Scene<'a> {
    /// The system.
    pub system: &'a System,
    /// The letters of its write-up.
    pub names: &'a Names,
    /// The claim's free indices.
    pub free: Vec<Name>,
    /// The claim.
    pub claim: &'a Expr,
    /// The right formula: the answer, and what its derivation went through.
    pub forms: Vec<Expr>,
}

impl<'a> Scene<'a> {
    /// Looks at a trial.
    pub fn new(trial: &Trial<'a>) -> Scene<'a> {
        Scene {
            system: trial.system,
            names: trial.names,
            free: trial.free_names(),
            claim: trial.claim,
            forms: forms(trial.system, trial.names, trial.left, &trial.answer.derivation),
        }
    }

    /// Whether a name is an index, not a size, a length or an array.
    pub fn is_index(&self, name: &Name) -> bool {
        let is_length = self.names.lengths.iter().any(|(letter, _)| letter == name);
        !is_length && !self.system.program.sizes.contains(name) && self.system.bounds(name).is_none()
    }

    /// Whether an index stands in an expression.
    pub fn has_index(&self, expr: &Expr) -> bool {
        names(expr).iter().any(|name| self.is_index(name))
    }

    /// The first and last index of each axis of an array.
    pub fn axes(&self, array: &str) -> Vec<(Expr, Expr)> {
        let quote = self.quote();
        let bounds = self.system.bounds(array).unwrap_or_default();
        bounds.iter().map(|(lo, hi)| (quote.index(lo), quote.index(hi))).collect()
    }

    /// Whether the coefficient of what holds these indices is a stride or a dilation.
    pub fn step_of(&self, rest: &Expr) -> Step {
        let equations = &self.system.program.equations;
        let is_output = |name: &Name| {
            let plain = name.trim_end_matches('\'');
            equations.iter().any(|e| e.indices.iter().any(|b| &*b.name == plain))
        };
        let found: Vec<Name> = names(rest).into_iter().filter(|name| self.is_index(name)).collect();
        if found.iter().any(is_output) { Step::Stride } else { Step::Dilation }
    }

    /// The coefficients of indices in the system's reads, sizes and numbers beyond 1.
    pub fn steps(&self) -> Vec<(Expr, Step)> {
        let mut found: Vec<(Expr, Step)> = Vec::new();
        for (role, part) in self.written() {
            let ExprKind::Product(factors) = &part.kind else { continue };
            if !role.integer() || factors.iter().any(|(o, _)| *o != Operator::Times) {
                continue;
            }
            for (k, (_, factor)) in factors.iter().enumerate() {
                let rest: Vec<Expr> =
                    factors.iter().enumerate().filter(|(m, _)| *m != k).map(|(_, (_, e))| e.clone()).collect();
                let Some(indexed) = rest.iter().find(|e| self.has_index(e)) else { continue };
                let step = (factor.clone(), self.step_of(indexed));
                if self.is_coefficient(factor) && !found.contains(&step) {
                    found.push(step);
                }
            }
        }
        found
    }

    /// Whether an expression is a size or a number beyond 1.
    pub fn is_coefficient(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Name(name) => !self.is_index(name) && self.system.bounds(name).is_none(),
            _ => as_integer(expr).is_some_and(|n| n > 1),
        }
    }

    /// The paddings of the arrays, those that are 0 left out.
    pub fn paddings(&self) -> Vec<Expr> {
        let mut found: Vec<Expr> = Vec::new();
        for axis in self.system.program.arrays.iter().flat_map(|array| &array.axes) {
            for padding in [&axis.before, &axis.after] {
                if as_integer(padding) != Some(0) && !found.contains(padding) {
                    found.push(padding.clone());
                }
            }
        }
        found
    }

    /// Sizes, and the ends of all axes, each once.
    pub fn ends(&self) -> Vec<Expr> {
        let mut found: Vec<Expr> = Vec::new();
        let system = self.system;
        let arrays = system.arrays.iter().map(|a| &a.name).chain(system.equations.iter().map(|e| &e.array));
        let axes = arrays.flat_map(|name| self.axes(name)).flat_map(|(lo, hi)| [hi, lo]);
        let sizes = system.program.sizes.iter().map(|name| Expr::name(name.clone()));
        for end in axes.chain(sizes) {
            if !found.contains(&end) {
                found.push(end);
            }
        }
        found
    }

    /// Everything in the bodies of the system's equations.
    fn written(&self) -> impl Iterator<Item = (Role, Expr)> {
        self.system.program.equations.iter().flat_map(|e| places(&e.body))
    }

    fn quote(&self) -> Quote {
        Quote {
            named: Arc::new(self.names.lengths.iter().map(|(n, i)| (i.clone(), n.clone())).collect()),
            ..Quote::plain()
        }
    }
}

/// An expression in a sentence; a long one is not shown.
pub fn text(expr: &Expr) -> String {
    let text = expression(expr, Alphabet::Ascii);
    if text.chars().count() > 80 { "…".into() } else { text }
}

/// An index or a limit in a sentence.
pub fn inner(expr: &Expr) -> String {
    index(expr, Alphabet::Ascii)
}

/// The last line of a derivation, the first without a derivative in it, and some between.
fn forms(system: &System, names: &Names, left: &Left, derivation: &Derivation) -> Vec<Expr> {
    let quote = Quote { upstream: Arc::default(), conditional_sums: true, ..names.quote(system, &left.free) };
    let pairs: Vec<_> = derivation.indices.iter().map(|b| b.var.clone()).zip(left.values()).collect::<Vec<(Var, _)>>();
    let carried_out = |term: &&Term| !term.any(&mut |t| matches!(t.kind(), Kind::Derivative(..)));
    let lines = || std::iter::once(&derivation.start).chain(derivation.steps.iter().map(|s| &s.after));
    let first = lines().find(carried_out);
    let last = std::iter::once(&derivation.result);
    let between: Vec<&Term> = lines().filter(carried_out).collect();
    let mut found: Vec<Expr> = Vec::new();
    for term in last.chain(first).chain(between.into_iter().rev()) {
        let form = quote.formula(&term.substitute_all(&pairs));
        if found.len() < FORMS && !found.contains(&form) && places(&form).len() <= LONGEST {
            found.push(form);
        }
    }
    found
}
