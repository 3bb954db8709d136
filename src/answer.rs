//! An answer: a derivation put into the words of the page – every formula as syntax, with the
//! author's names. This is what is verified, and what is printed.

use crate::calculus::{derive_with, rule::Rule, strategy::vars};
use crate::derivation::{Derivation, Goal};
use crate::example::{Example, examples};
use crate::integer::{Atom, Index, Var};
use crate::language::syntax::{Binder, Expr, ExprKind, Name};
use crate::model::system::Equation;
use crate::model::{Bound, Quote, System, Term, jacobian_parts};
use std::collections::BTreeSet;

/// A derived formula as it is printed, with the lines of its derivation.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its name: `df/dW`.
    pub name: String,
    /// The left side.
    pub left: Expr,
    /// The free indices with their ranges; an axis of one place has an index that does not occur.
    pub indices: Vec<Binder>,
    /// The right side.
    pub formula: Expr,
    /// The first right-hand side.
    pub start: Expr,
    /// The right-hand side after each step of the derivation.
    pub lines: Vec<Expr>,
    /// The right-hand side in which an earlier answer has been inserted.
    pub shortcut: Option<Expr>,
    /// Entries worked by hand, and their values as syntax.
    pub examples: Vec<(Example, Expr)>,
    /// The derivation.
    pub derivation: Derivation,
}

/// Names that the write-up of a system gives to what the author left without one.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// The letters of the upstream gradients: output, letter.
    pub upstream: Vec<(Name, Name)>,
    /// Lengths of output axes that are floors: letter, length.
    pub lengths: Vec<(Name, Index)>,
}

impl Names {
    /// Letters that the author did not use.
    pub fn new(system: &System) -> Names {
        let mut taken: BTreeSet<Name> = ["l", "d"].into_iter().map(Name::from).collect();
        let mut fresh = |wishes: &[String]| {
            let numbered = (1..).map(|k| format!("{}_{k}", wishes[0]));
            let found =
                wishes.iter().cloned().chain(numbered).map(Name::from).find(|n| !taken.contains(n) && !system.names(n));
            let name = found.unwrap_or_else(|| wishes[0].as_str().into());
            taken.insert(name.clone());
            name
        };
        let given: Vec<&Name> = system.outputs.iter().filter(|output| system.direct_part(output).is_none()).collect();
        let upstream = match system.outputs.as_slice() {
            [only] if !given.is_empty() => {
                vec![(only.clone(), fresh(&["g".into(), "G".into(), "u".into(), "gbar".into()]))]
            }
            _ => given.into_iter().map(|o| (o.clone(), fresh(&[format!("g_{o}")]))).collect(),
        };
        let floors: Vec<(&Bound, Option<Name>)> = system.equations.iter().flat_map(|e| floors(system, e)).collect();
        let clash = |b: &Bound| {
            let letter = b.var.name.to_uppercase();
            system.sizes.iter().any(|(size, _)| size.starts_with(&letter))
        };
        let letters = floors.iter().all(|(b, _)| !clash(b));
        let mut lengths: Vec<(Name, Index)> = Vec::new();
        for (bound, size) in floors {
            if lengths.iter().any(|(_, known)| *known == bound.hi) {
                continue;
            }
            let letter = bound.var.name.to_uppercase();
            let out = format!("{}_out", size.as_deref().unwrap_or(&letter));
            let wishes = if letters { [letter, out] } else { [out.clone(), format!("n_{}", bound.var.name)] };
            lengths.push((fresh(&wishes), bound.hi.clone()));
        }
        Names { upstream, lengths }
    }

    /// How terms of the system become syntax. Indices that the author did not name are ordered as
    /// their axes are, before the author's own: what they are called decides nothing.
    pub fn quote(&self, system: &System, indices: &[Bound]) -> Quote {
        let names = indices.iter().map(|b| b.var.name.clone());
        let invented = names.filter(|name| !system.order.contains(name));
        Quote {
            offsets: system.offsets.clone(),
            order: invented.chain(system.order.iter().cloned()).collect(),
            named: self.lengths.iter().map(|(name, index)| (index.clone(), name.clone())).collect(),
            conditional_sums: false,
            cases: false,
            upstream: self.upstream.iter().cloned().collect(),
            differentiated: system.differentiated.clone(),
            taken: indices.iter().map(|b| b.var.clone()).collect(),
        }
    }
}

/// The indices of an equation whose last value is a floor, with the size of the axis that ends it.
fn floors<'a>(system: &System, equation: &'a Equation) -> Vec<(&'a Bound, Option<Name>)> {
    let floor = |b: &&Bound| b.hi.any_atom(&mut |a| matches!(a, Atom::Div(_)));
    let size = |b: &Bound| {
        let (array, axis) = &equation.limits.iter().find(|l| l.var == b.var)?.read;
        let last = &system.array(array)?.axes.get(*axis)?.last;
        match last.terms() {
            [(monomial, 1)] => match monomial.as_slice() {
                [Atom::Size(name)] => Some(name.clone()),
                _ => None,
            },
            _ => None,
        }
    };
    equation.indices.iter().filter(floor).map(|b| (b, size(b))).collect()
}

impl Answer {
    /// Derives a goal by the rules of `phases` and puts it into syntax. `rename` gives the free
    /// indices other names or values, in their order. None if the goal names no array of the system.
    pub fn new(system: &System, names: &Names, goal: &Goal, phases: &[&[Rule]]) -> Option<Answer> {
        Some(Answer::of(system, names, derive_with(system, goal, phases)?))
    }

    /// A derivation put into syntax.
    pub fn of(system: &System, names: &Names, derivation: Derivation) -> Answer {
        let goal = &derivation.goal;
        let lines = names.quote(system, &derivation.indices);
        let result = Quote { conditional_sums: true, cases: true, ..lines.clone() };
        let plain = Quote { named: Vec::new(), ..lines.clone() };
        Answer {
            name: goal_name(goal),
            left: left_side(goal, &derivation, &lines),
            indices: derivation.indices.iter().map(|b| plain.binder(b)).collect(),
            formula: result.formula(&derivation.result),
            start: lines.formula(&derivation.start),
            lines: derivation.steps.iter().map(|s| lines.formula(&s.after)).collect(),
            shortcut: None,
            examples: examples(system, &derivation)
                .into_iter()
                .map(|e| (e.clone(), result.formula(&e.value)))
                .collect(),
            derivation,
        }
    }

    /// Every right-hand side that may be printed, from the first to the boxed one.
    pub fn all_lines(&self) -> impl Iterator<Item = &Expr> {
        std::iter::once(&self.start).chain(&self.lines).chain(&self.shortcut).chain([&self.formula])
    }
}

/// The name of a goal, as on the command line: `f`, `df/dW`, `dl/dW`, `d2f/dW dx`.
pub fn goal_name(goal: &Goal) -> String {
    match goal {
        Goal::Value { output } => output.to_string(),
        Goal::Jacobian { output, array } => match jacobian_parts(output) {
            Some((of, by)) => format!("d2{of}/d{by} d{array}"),
            None => format!("d{output}/d{array}"),
        },
        Goal::Gradient { array } => format!("dl/d{array}"),
    }
}

fn left_side(goal: &Goal, derivation: &Derivation, quote: &Quote) -> Expr {
    let at = |bounds: &[Bound]| vars(bounds).iter().map(|i| quote.index(i)).collect::<Vec<_>>();
    let (rows, columns) = derivation.indices.split_at(derivation.output_axes);
    let entry = |name: &Name, at: Vec<Expr>| {
        let kind = if at.is_empty() { ExprKind::Name(name.clone()) } else { ExprKind::Read(name.clone(), at) };
        Expr::new(kind)
    };
    match goal {
        Goal::Value { output } => entry(output, at(rows)),
        Goal::Jacobian { output, array } => {
            let of = quote.formula(&Term::read(output.clone(), vars(rows)));
            Expr::new(ExprKind::Derivative(Box::new(of), array.clone(), at(columns)))
        }
        Goal::Gradient { array } => Expr::new(ExprKind::Upstream(array.clone(), at(columns))),
    }
}

/// A derivation's result with its free indices replaced, in order.
pub fn at_indices(derivation: &Derivation, values: &[Index]) -> Term {
    let pairs: Vec<(Var, Index)> =
        derivation.indices.iter().map(|b| b.var.clone()).zip(values.iter().cloned()).collect();
    derivation.result.substitute_all(&pairs)
}
