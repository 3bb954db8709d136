//! A recurrence and the one of its gradients side by side: which way each runs, where it begins, what it
//! reads, what is multiplied in.
//!
//! Invariant: every cell is read off the equations, or off derived and verified gradients; a recurrence
//! for which a cell might not be so simple is refused.

use super::document::{Block, Inline, Piece, Prose, Symbol};
use super::reason::{listed, math, text};
use crate::answer::Answer;
use crate::calculus::proof::tidied;
use crate::derivation::Goal;
use crate::diagnostic::{Diagnostic, Span};
use crate::integer::{Index, Var};
use crate::judge::agrees;
use crate::language::syntax::{Equality, Expr, ExprKind, Name};
use crate::model::system::Equation;
use crate::model::{Bound, Kind, Quote, Recurrence, System, Term};
use crate::study::{NoAnswer, Study};
use std::collections::{BTreeMap, BTreeSet};

type Rows = Vec<(Vec<Prose>, bool)>;

/// A table for each recurrence of a system, and a sentence.
///
/// # Errors
/// If the system has no recurrence, one that is not so simple, or gradients that do not verify.
pub fn directions(study: &mut Study, span: Span) -> Result<Vec<Block>, NoAnswer> {
    let recurrences = study.system.recurrences.clone();
    let refused = |message: &str, hint: &str| NoAnswer::Refused(Diagnostic::new(message, span).hint(hint));
    if recurrences.is_empty() {
        let hint = "a recurrence reads its own earlier steps, as in `h[t] = tanh(W @ h[t-1])`; \
                    two answers are compared by their names: `compare dl/dx with y`";
        return Err(refused("there is no recurrence in this question: nothing runs forward or backward", hint));
    }
    let grid = || {
        let hint = "a grid runs on two axes at once: compare the gradients themselves";
        refused("this recurrence steps on more than one axis", hint)
    };
    let mut seen: BTreeSet<&Name> = BTreeSet::new();
    if recurrences.iter().flat_map(|r| r.arrays.keys()).any(|array| !seen.insert(array)) {
        return Err(grid());
    }
    let mut blocks = Vec::new();
    for recurrence in &recurrences {
        let hint = "every read must be at a fixed distance in steps, as `h[t-1]` is";
        let forward = Pass::forward(&study.system, recurrence)
            .ok_or_else(|| refused("the steps of this recurrence are not a fixed distance apart", hint))?;
        if forward.goes_round() {
            return Err(grid());
        }
        let mut gradients = Vec::new();
        for array in recurrence.arrays.keys() {
            gradients.push(study.answer(&Goal::Gradient { array: array.clone() })?.0);
        }
        let backward = Pass::backward(&study.system, recurrence, &gradients)
            .ok_or_else(|| refused("the steps of its gradients are not a fixed distance apart", hint))?;
        blocks.extend(told(study, recurrence, [&forward, &backward], &gradients));
    }
    Ok(blocks)
}

/// One formula of a pass: an array, its indices, the axis of its steps, what it is.
struct Line {
    array: Name,
    indices: Vec<Bound>,
    axis: usize,
    body: Term,
}

/// What is computed step by step.
#[derive(Default)]
struct Pass {
    steps: Vec<Line>,
    /// Equations that begin it.
    first: Vec<Line>,
    /// The distances at which the steps read, none 0.
    lags: BTreeSet<i128>,
    /// The reads at another step, as they stand.
    reads: Vec<(Term, Vec<Bound>)>,
    /// Which arrays read which at their own step.
    within: BTreeSet<(Name, Name)>,
}

/// The indices of a read of an array of the recurrence, or of its gradient.
fn place(term: &Term, gradients: bool) -> Option<(&Name, &[Index])> {
    match (term.kind(), gradients) {
        (Kind::Read(name, at), false) | (Kind::Upstream(name, at), true) => Some((name, at)),
        _ => None,
    }
}

impl Pass {
    fn new(recurrence: &Recurrence, lines: Vec<Line>, gradients: bool) -> Option<Pass> {
        let mut pass = Pass::default();
        for line in lines {
            let own = Index::var(&line.indices.get(line.axis)?.var);
            let (mut recurrent, mut fixed) = (false, true);
            line.body.any(&mut |t| {
                let Some((name, at)) = place(t, gradients) else { return false };
                let Some(axis) = recurrence.arrays.get(name) else { return false };
                recurrent = true;
                match at.get(*axis).and_then(|index| index.minus(&own).as_constant()) {
                    Some(0) => drop(pass.within.insert((line.array.clone(), name.clone()))),
                    Some(lag) => {
                        pass.lags.insert(lag);
                        if pass.reads.iter().all(|(known, _)| known != t) {
                            pass.reads.push((t.clone(), line.indices.clone()));
                        }
                    }
                    None => fixed = false,
                }
                false
            });
            if !fixed {
                return None;
            }
            if recurrent { pass.steps.push(line) } else { pass.first.push(line) }
        }
        let one_way = pass.lags.iter().all(|lag| *lag < 0) || pass.lags.iter().all(|lag| *lag > 0);
        (one_way && !pass.lags.is_empty()).then_some(pass)
    }

    /// Whether arrays read each other at one step, so that another axis decides which comes first.
    fn goes_round(&self) -> bool {
        let mut left = self.within.clone();
        loop {
            let reading: BTreeSet<Name> = left.iter().map(|(array, _)| array.clone()).collect();
            let before = left.len();
            left.retain(|(_, read)| reading.contains(read));
            if left.len() == before {
                return !left.is_empty();
            }
        }
    }

    fn forward(system: &System, recurrence: &Recurrence) -> Option<Pass> {
        let mut lines = Vec::new();
        for (array, axis) in &recurrence.arrays {
            let equation: &Equation = system.equation(array)?;
            let whole = [(equation.indices.clone(), equation.body.clone())];
            let parts = if equation.parts.is_empty() { &whole[..] } else { &equation.parts };
            for (indices, body) in parts {
                lines.push(Line { array: array.clone(), indices: indices.clone(), axis: *axis, body: body.clone() });
            }
        }
        Pass::new(recurrence, lines, false)
    }

    fn backward(system: &System, recurrence: &Recurrence, gradients: &[Answer]) -> Option<Pass> {
        let mut lines = Vec::new();
        for answer in gradients {
            let Goal::Gradient { array } = &answer.derivation.goal else { return None };
            let axis = *recurrence.arrays.get(array)?;
            system.equation(array)?;
            let (indices, body) = (answer.derivation.indices.clone(), answer.derivation.result.clone());
            lines.push(Line { array: array.clone(), indices, axis, body });
        }
        Pass::new(recurrence, lines, true)
    }

    fn upwards(&self) -> bool {
        self.lags.iter().all(|lag| *lag < 0)
    }

    /// The steps of the states from the first to the last, in the order in which they are computed.
    fn order(&self, quote: &Quote, states: &BTreeSet<Name>) -> Vec<Inline> {
        let mut told: Vec<Inline> = Vec::new();
        for line in self.steps.iter().filter(|line| states.contains(&line.array)) {
            let step = &line.indices[line.axis];
            let ends = if self.upwards() { [&step.lo, &step.hi] } else { [&step.hi, &step.lo] };
            let [from, to] = ends.map(|end| Piece::Expr(quote.index(end)));
            let steps = Inline::Math(vec![
                Piece::Expr(Expr::name(quote.var(&step.var))),
                Piece::Symbol(Symbol::Equal),
                from,
                Piece::Symbol(Symbol::Comma),
                Piece::Expr(Expr::name("…")),
                Piece::Symbol(Symbol::Comma),
                to,
            ]);
            if !told.contains(&steps) {
                told.push(steps);
            }
        }
        told
    }

    /// Whether every line is a sum of products with at most one read of the pass each, none of them inside
    /// a function.
    fn is_linear(&self, recurrence: &Recurrence, gradients: bool) -> bool {
        self.steps.iter().all(|line| degree(&line.body, recurrence, gradients).is_some_and(|n| n <= 1))
    }

    /// The functions that are applied to what the pass itself computes.
    fn functions(&self, recurrence: &Recurrence) -> Vec<Name> {
        let mut found: Vec<Name> = Vec::new();
        for line in &self.steps {
            line.body.any(&mut |t| {
                if let Kind::Apply(function, arguments) = t.kind()
                    && arguments.iter().any(|u| degree(u, recurrence, false) != Some(0))
                    && !found.iter().any(|known| **known == *function.name())
                {
                    found.push(function.name().into());
                }
                false
            });
        }
        found
    }

    /// How each given array with several axes is summed over: its read, and which of its axes. One that
    /// is summed over in several ways is left out.
    fn contracted(&self, system: &System, recurrence: &Recurrence, gradients: bool) -> BTreeMap<Name, Contraction> {
        let mut found: BTreeMap<Name, Vec<Contraction>> = BTreeMap::new();
        for line in &self.steps {
            contractions(&line.body, &mut Vec::new(), &mut |read, bounds, beside| {
                let Kind::Read(name, at) = read.kind() else { return };
                let of_pass = |t: &Term| place(t, gradients).is_some_and(|(n, _)| recurrence.arrays.contains_key(n));
                if system.array(name).is_none() || at.len() < 2 || !beside.any(&mut |t| of_pass(t)) {
                    return;
                }
                let summed = |index: &Index| bounds.iter().any(|b| index.mentions(&b.var));
                let axes: BTreeSet<usize> = (0..at.len()).filter(|axis| summed(&at[*axis])).collect();
                let vars =
                    bounds.iter().map(|b| b.var.clone()).filter(|var| at.iter().any(|index| index.mentions(var)));
                let free = line.indices.iter().enumerate().filter(|(axis, _)| *axis != line.axis).map(|(_, b)| b);
                let lengths = free.chain(bounds).map(|b| b.hi.minus(&b.lo).plus_number(1));
                let products = lengths.fold(Index::constant(1), |all, length| all.times(&length)).canonical();
                if !axes.is_empty() {
                    let contraction = Contraction { read: read.clone(), axes, vars: vars.collect(), products };
                    found.entry(name.clone()).or_default().push(contraction);
                }
            });
        }
        let alike =
            |all: &[Contraction]| all.iter().all(|c| (&c.axes, &c.products) == (&all[0].axes, &all[0].products));
        let single = found.into_iter().filter(|(_, all)| alike(all));
        single.filter_map(|(name, all)| Some((name, all.into_iter().next()?))).collect()
    }
}

/// A read below sums, with the axes on which it is summed over.
struct Contraction {
    read: Term,
    axes: BTreeSet<usize>,
    vars: Vec<Var>,
    /// How many products are formed at one step.
    products: Index,
}

/// Every read below sums, with the sums around it and the innermost product in which it stands.
fn contractions(term: &Term, bounds: &mut Vec<Bound>, found: &mut dyn FnMut(&Term, &[Bound], &Term)) {
    let before = bounds.len();
    bounds.extend(term.bounds().iter().cloned());
    if let Kind::Product(factors) = term.kind() {
        factors.iter().filter(|f| matches!(f.kind(), Kind::Read(..))).for_each(|f| found(f, bounds, term));
    }
    term.children().iter().for_each(|child| contractions(child, bounds, found));
    bounds.truncate(before);
}

/// The degree of a formula in what the pass computes; none inside functions, conditions and denominators.
fn degree(term: &Term, recurrence: &Recurrence, gradients: bool) -> Option<usize> {
    if place(term, gradients).is_some_and(|(name, _)| recurrence.arrays.contains_key(name)) {
        return Some(1);
    }
    let children = term.children().iter().map(|child| degree(child, recurrence, gradients));
    let degrees: Vec<usize> = children.collect::<Option<_>>()?;
    let most = degrees.iter().copied().max().unwrap_or(0);
    match term.kind() {
        Kind::Sum(_) | Kind::Sigma(..) => Some(most),
        Kind::Product(_) => Some(degrees.iter().sum()),
        Kind::Power(_, n @ 2..) => Some(most * usize::try_from(*n).ok()?),
        _ => (most == 0).then_some(0),
    }
}

fn told(study: &Study, recurrence: &Recurrence, passes: [&Pass; 2], gradients: &[Answer]) -> Vec<Block> {
    let [forward, backward] = passes;
    let (system, names) = (&study.system, &study.names);
    let quote = |indices: &[Bound]| names.quote(system, indices);
    let plain = quote(&[]);
    let mut rows: Rows = Vec::new();
    let mut row = |title: &str, cells: [Prose; 2]| {
        let [a, b] = cells;
        rows.push((vec![vec![text(title)], a, b], false));
    };
    let order = passes.map(|pass| listed(pass.order(&plain, &recurrence.states)));
    row("order", order);
    let entries = passes
        .map(|pass| listed(pass.reads.iter().map(|(read, indices)| math(quote(indices).formula(read))).collect()));
    row("reads at other steps", entries);
    let begun = [beginning(forward, &quote), ends(study, recurrence, backward, &quote)];
    if begun.iter().all(|cell| !cell.is_empty()) {
        row("begins with", begun);
    }
    let (ahead, back) = (forward.contracted(system, recurrence, false), backward.contracted(system, recurrence, true));
    let (mut transposed, mut as_many): (Vec<Name>, bool) = (Vec::new(), true);
    for (name, one) in &ahead {
        let Some(other) = back.get(name) else { continue };
        let cell = |c: &Contraction| {
            let summed = c.vars.iter().map(|var| math(Expr::name(plain.var(var))));
            let products = vec![text(": "), math(plain.index(&c.products)), text(" products a step")];
            [vec![math(plain.formula(&c.read)), text(", summed over ")], listed(summed.collect()), products].concat()
        };
        row("multiplies by", [cell(one), cell(other)]);
        if one.axes != other.axes && one.axes.len() == 1 && other.axes.len() == 1 {
            as_many &= one.products == other.products;
            transposed.push(name.clone());
        }
    }
    let linear = backward.is_linear(recurrence, true);
    let functions = forward.functions(recurrence);
    let own = match (forward.is_linear(recurrence, false), functions.is_empty()) {
        (true, _) => vec![text("it is linear")],
        (false, true) => vec![text("they are multiplied")],
        (false, false) => {
            let names = functions.iter().map(|name| math(Expr::name(name.clone())));
            [vec![text("they stand inside ")], listed(names.collect())].concat()
        }
    };
    if linear {
        row("in its own values", [own, vec![text("it is linear")]]);
    }
    let kept = kept(system, gradients);
    if !kept.is_empty() {
        let kept: Vec<Inline> = kept.into_iter().map(|name| math(Expr::name(name))).collect();
        row(
            "needs",
            [vec![text("nothing of the backward pass")], [listed(kept), vec![text(" of the forward pass")]].concat()],
        );
    }
    let header = vec![vec![], vec![text("forward")], vec![text("backward")]];
    let mut prose: Prose = Vec::new();
    if forward.upwards() != backward.upwards() {
        prose.push(text("The backward pass runs through the steps the other way"));
        if !transposed.is_empty() {
            let of = if transposed.len() == 1 { "transpose of " } else { "transposes of " };
            prose.push(text(format!(", and multiplies by the {of}")));
            prose.extend(listed(transposed.into_iter().map(|name| math(Expr::name(name))).collect()));
            if as_many {
                prose.push(text(", with as many products a step"));
            }
        }
        prose.push(text(". "));
    }
    if linear {
        prose.push(text("It is linear in the gradients."));
    }
    let table = Block::Table { header, rows };
    if prose.is_empty() { vec![table] } else { vec![Block::Paragraph(prose), table] }
}

/// The computed arrays that the gradients read.
fn kept(system: &System, gradients: &[Answer]) -> Vec<Name> {
    let mut read = BTreeSet::new();
    gradients.iter().for_each(|answer| answer.derivation.result.collect_reads(&mut read));
    system.equations.iter().map(|e| e.array.clone()).filter(|name| read.contains(name)).collect()
}

/// `h[0, i] = 0`
fn equation(left: Expr, right: Expr) -> Inline {
    Inline::Math(vec![Piece::Expr(left), Piece::Symbol(Symbol::Equal), Piece::Expr(right)])
}

/// The equations that begin the forward pass.
fn beginning(pass: &Pass, quote: &dyn Fn(&[Bound]) -> Quote) -> Prose {
    let begun = pass.first.iter().map(|line| {
        let quote = quote(&line.indices);
        let at = line.indices.iter().map(|b| if b.lo == b.hi { b.lo.clone() } else { Index::var(&b.var) });
        let left = quote.formula(&Term::read(line.array.clone(), at.collect()));
        equation(left, quote.formula(&line.body))
    });
    listed(begun.collect())
}

/// The gradients of the states at the step with which the backward pass begins, tried at many sizes;
/// nothing unless all are found that read no gradient of a later step.
fn ends(study: &Study, recurrence: &Recurrence, pass: &Pass, quote: &dyn Fn(&[Bound]) -> Quote) -> Prose {
    let mut told = Vec::new();
    for line in pass.steps.iter().filter(|line| recurrence.states.contains(&line.array)) {
        let step = &line.indices[line.axis];
        let last = if pass.upwards() { &step.lo } else { &step.hi };
        let free: Vec<Bound> = line.indices.iter().filter(|b| b.var != step.var).cloned().collect();
        let Some(term) = tidied(&study.system, &free, &line.body.substitute(&step.var, last)) else {
            return Vec::new();
        };
        let own = |t: &Term| place(t, true).is_some_and(|(name, _)| recurrence.arrays.contains_key(name));
        if term.any(&mut |t| own(t)) {
            return Vec::new();
        }
        let quote = Quote { conditional_sums: true, ..quote(&free) };
        let at = line.indices.iter().map(|b| if b.var == step.var { last.clone() } else { Index::var(&b.var) });
        let at: Vec<Expr> = at.map(|index| quote.index(&index)).collect();
        let sides = [Expr::new(ExprKind::Upstream(line.array.clone(), at)), quote.formula(&term)];
        let ranges = free.iter().map(|b| quote.binder(b)).collect();
        let claim = Equality { sides: sides.clone(), ranges };
        if !agrees(&study.system, &study.names, &claim) {
            return Vec::new();
        }
        let [left, right] = sides;
        told.push(equation(left, right));
    }
    listed(told)
}
