//! An answer: a derivation put into the words of the page – every formula as syntax, with the
//! author's names. This is what is verified, and what is printed.

use crate::calculus::{self, Derivations, derive_with, rows_of_step, rule::Rule, strategy::vars};
use crate::derivation::{Derivation, Goal, Step};
use crate::diagnostic::Diagnostics;
use crate::example::{Example, examples};
use crate::integer::{Atom, Index, Var};
use crate::language::print::{Alphabet, expression};
use crate::language::syntax::{Binder, Expr, ExprKind, Name};
use crate::model::formula::index_formula;
use crate::model::system::Equation;
use crate::model::{Bound, Kind, OneStep, Quote, System, Term, jacobian_parts};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

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
    /// The same in the author's intermediates, wherever a name is known for a part: what a teacher would
    /// write on the board.
    pub board: Vec<Expr>,
    /// The right-hand side in which an earlier answer has been inserted.
    pub shortcut: Option<Expr>,
    /// Entries worked by hand, and their values as syntax.
    pub examples: Vec<(Example, Expr)>,
    /// The derivation.
    pub derivation: Derivation,
    /// Of one step of a recurrence, the system that this step is.
    pub step: Option<Rc<OneStep>>,
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
            // I is the identity matrix, and before parentheses an indicator.
            letter == "I" || system.sizes.iter().any(|(size, _)| size.starts_with(&letter))
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
            offsets: system.offsets.clone().into(),
            order: Arc::new(invented.chain(system.order.iter().cloned()).collect()),
            named: Arc::new(self.lengths.iter().map(|(name, index)| (index.clone(), name.clone())).collect()),
            conditional_sums: false,
            cases: false,
            upstream: Arc::new(self.upstream.iter().cloned().collect()),
            differentiated: system.differentiated.clone().into(),
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
        match goal {
            Goal::Step { output, .. } => {
                let step = Rc::new(system.step(output)?);
                Answer::of_step(system, names, (&step, &mut Derivations::default()), goal, phases)
            }
            _ => Some(Answer::of(system, names, derive_with(system, goal, phases)?)),
        }
    }

    /// A derivative of one step of a recurrence, as [`Answer::new`] does it, with what was derived for
    /// that step before.
    pub fn of_step(
        system: &System,
        names: &Names,
        (step, derivations): (&Rc<OneStep>, &mut Derivations),
        goal: &Goal,
        phases: &[&[Rule]],
    ) -> Option<Answer> {
        let rows = rows_of_step(system, goal)?;
        let derivation = derivations.step(step, goal, &rows, phases)?;
        let answer = Answer::of(&step.system, names, (*derivation).clone());
        let board = board(system, names, &answer.derivation);
        Some(Answer { step: Some(step.clone()), board, ..answer })
    }

    /// The system in which it was derived: one step of a recurrence, or the whole.
    pub fn system<'a>(&'a self, whole: &'a System) -> &'a System {
        self.step.as_ref().map_or(whole, |step| &step.system)
    }

    /// A derivation put into syntax.
    pub fn of(system: &System, names: &Names, derivation: Derivation) -> Answer {
        let goal = &derivation.goal;
        let lines = names.quote(system, &derivation.indices);
        let result = Quote { conditional_sums: true, cases: true, ..lines.clone() };
        let plain = Quote { named: Arc::default(), ..lines.clone() };
        Answer {
            name: goal_name(goal),
            left: left_side(goal, &derivation, &lines),
            indices: derivation.indices.iter().map(|b| plain.binder(b)).collect(),
            formula: result.formula(&derivation.result),
            start: lines.formula(&derivation.start),
            lines: derivation.steps.iter().map(|s| lines.formula(&s.after)).collect(),
            board: board(system, names, &derivation),
            shortcut: None,
            examples: examples(system, &derivation)
                .into_iter()
                .map(|e| (e.clone(), result.formula(&e.value)))
                .collect(),
            derivation,
            step: None,
        }
    }

    /// Every right-hand side that may be printed, from the first to the boxed one.
    pub fn all_lines(&self) -> impl Iterator<Item = &Expr> {
        let board = self.board.iter().zip(&self.lines).filter(|(board, line)| board != line).map(|(board, _)| board);
        std::iter::once(&self.start).chain(&self.lines).chain(board).chain(&self.shortcut).chain([&self.formula])
    }
}

/// The right-hand sides of a derivation with every part named that the author has a name for; while
/// formulas are being differentiated they stay as they are.
fn board(system: &System, names: &Names, derivation: &Derivation) -> Vec<Expr> {
    let quote = names.quote(system, &derivation.indices);
    let open = |t: &Term| matches!(t.kind(), Kind::Derivative(of, ..) if !matches!(of.kind(), Kind::Read(..)));
    let line = |step: &Step| match step.after.any(&mut |t| open(t)) {
        true => quote.formula(&step.after),
        false => quote.formula(&calculus::folded(system, &derivation.indices, &step.after)),
    };
    derivation.steps.iter().map(line).collect()
}

/// The name of a goal, as on the command line: `f`, `df/dW`, `dl/dW`, `d2f/dW dx`.
pub fn goal_name(goal: &Goal) -> String {
    match goal {
        Goal::Value { output } => output.to_string(),
        Goal::Jacobian { output, array } => match jacobian_parts(output) {
            Some((of, by)) => format!("d2{of}/d{by} d{array}"),
            None => format!("d{output}/d{array}"),
        },
        Goal::Step { .. } => expression(&step_left(goal), Alphabet::Ascii),
        Goal::Gradient { array } => format!("dl/d{array}"),
    }
}

/// The goal that `dh[t]/dh[t-1]` names: a derivative of one step, of an array and one that is computed
/// in the same recurrence, at an index made of those of the first; none if it names no such thing.
///
/// # Errors
/// An index that has no meaning.
pub fn step_goal(
    system: &System,
    (output, rows): (&Name, &[Expr]),
    (array, columns): (&Name, &[Expr]),
) -> Result<Option<Goal>, Diagnostics> {
    let together = system.recurrence(output).is_some_and(|recurrence| recurrence.arrays.contains_key(array));
    let (Some(equation), Some(axes), true) = (system.equation(output), system.bounds(array), together) else {
        return Ok(None);
    };
    let written: Option<Vec<Name>> = rows.iter().map(as_name).collect();
    let Some(written) = written.filter(|names| names.len() <= equation.indices.len() && columns.len() <= axes.len())
    else {
        return Ok(None);
    };
    let own: Vec<(Name, &Var)> = written.into_iter().zip(equation.indices.iter().map(|b| &b.var)).collect();
    let scope: Vec<Bound> = own
        .iter()
        .zip(&equation.indices)
        .map(|((name, _), bound)| Bound { var: Var::new(name.clone()), ..bound.clone() })
        .collect();
    let mut at = vec![None; axes.len()];
    for (place, column) in at.iter_mut().zip(columns) {
        if as_name(column).is_some_and(|name| own.iter().all(|(known, _)| *known != name)) {
            continue;
        }
        let mut index = index_formula(system, column, &scope)?;
        if own.iter().any(|(name, _)| index.mentions(&Var::new(name.clone()))) {
            for (name, var) in &own {
                index = index.substitute(&Var::new(name.clone()), &Index::var(var));
            }
            *place = Some(index);
        }
    }
    let rows = equation.indices.iter().map(|b| b.var.clone()).collect();
    let (output, array) = (output.clone(), array.clone());
    Ok(at.iter().any(Option::is_some).then_some(Goal::Step { output, array, rows, at }))
}

fn as_name(expr: &Expr) -> Option<Name> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name.clone()),
        _ => None,
    }
}

/// The left side of a derivative of one step with the indices that name it: `dh[t]/dh[t-1]`, where
/// they come first; otherwise with all those of the output.
pub fn step_left(goal: &Goal) -> Expr {
    let Goal::Step { output, array, rows, at } = goal else { return Expr::integer(0) };
    let quote = Quote::plain();
    let (first, second) = goal.named_first().unwrap_or((rows.len(), 0));
    let free = |axis: usize| Expr::name(["i", "j", "k", "m", "n"][axis % 5]);
    let place = |(axis, index): (usize, &Option<Index>)| index.as_ref().map_or_else(|| free(axis), |i| quote.index(i));
    let columns = match goal.named_first() {
        Some(_) => at.iter().take(second).flatten().map(|index| quote.index(index)).collect(),
        None => at.iter().enumerate().map(place).collect(),
    };
    let of = entry(output, rows[..first].iter().map(|var| Expr::name(quote.var(var))).collect());
    Expr::new(ExprKind::Derivative(Box::new(of), array.clone(), columns))
}

/// An entry of an array, or the whole of it.
fn entry(name: &Name, at: Vec<Expr>) -> Expr {
    Expr::new(if at.is_empty() { ExprKind::Name(name.clone()) } else { ExprKind::Read(name.clone(), at) })
}

fn left_side(goal: &Goal, derivation: &Derivation, quote: &Quote) -> Expr {
    let at = |bounds: &[Bound]| vars(bounds).iter().map(|i| quote.index(i)).collect::<Vec<_>>();
    let (rows, columns) = derivation.indices.split_at(derivation.output_axes);
    match goal {
        Goal::Value { output } => entry(output, at(rows)),
        Goal::Jacobian { output, array } | Goal::Step { output, array, .. } => {
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
