//! Where the factors of a derivative come from: the reads of the forward equations that left them
//! behind.
//!
//! A rule of the calculus never invents a read. An entry x[i+2(r−1), k] in ∂ℓ/∂W is one that an equation
//! reads, at indices that were solved for or renamed; these are found by matching index with index. Where
//! several reads of an array match, those that stand in one product with what is differentiated by come first.

use super::abbreviate::replace;
use super::document::{Block, Math, Piece, Symbol};
use crate::integer::{Index, Var};
use crate::language::syntax::{Expr, ExprKind, Name};
use crate::model::formula::index_formula;
use crate::model::{Bound, System, visit};

/// A factor of a derivative and what it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// The left side of the derivative: `∂ℓ/∂W[k,i]`.
    pub derivative: Expr,
    /// The factor, as it is printed there.
    pub factor: Expr,
    /// The left side of the equation it comes from: `f[r]`.
    pub equation: Expr,
    /// What left it there.
    pub source: Source,
}

/// What leaves a factor in a derivative.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// A read of the equation, and what its indices are where they have changed.
    Read(Expr, Vec<(Name, Expr)>),
    /// The value that the equation computes.
    Value,
    /// The upstream gradient at what the equation computes.
    Upstream,
}

/// A forward equation as it is printed.
struct Forward {
    left: Expr,
    /// Each read, and the product in which it stands.
    reads: Vec<(Expr, Expr)>,
    indices: Vec<Name>,
}

/// The origins of the factors in the boxed derivatives of a question, each from an equation that stands in
/// the question too.
pub fn origins(system: &System, upstream: &[(Name, Name)], blocks: &[&Block]) -> Vec<Origin> {
    let forward: Vec<Forward> = blocks.iter().flat_map(|block| equations(block)).filter_map(forward).collect();
    let mut found = Vec::new();
    for (left, right) in blocks.iter().filter(|block| matches!(block, Block::Boxed { .. })).flat_map(|b| equations(b)) {
        let Some(by) = differentiated(left) else { continue };
        let scope = indices(&[left, right]);
        let mut factors = Vec::new();
        reads(right, right, &mut factors);
        for (factor, _) in factors {
            let whole = letters_of(blocks, right)
                .iter()
                .fold(factor.clone(), |e, (name, by)| replace(&e, &Expr::name(name.clone()), by));
            let known = |origin: &Origin| origin.derivative == *left && origin.factor == factor;
            if !found.iter().any(known) {
                let sources = sources(system, upstream, &forward, (&whole, &scope), by);
                found.extend(sources.into_iter().map(|(equation, source)| Origin {
                    derivative: left.clone(),
                    factor: factor.clone(),
                    equation,
                    source,
                }));
            }
        }
    }
    found
}

/// The equations of a block: left and right sides.
fn equations(block: &Block) -> Vec<(&Expr, &Expr)> {
    fn sides(math: &Math) -> Option<(&Expr, &Expr)> {
        match math.as_slice() {
            [Piece::Expr(left), Piece::Symbol(Symbol::Equal), Piece::Expr(right)] => Some((left, right)),
            _ => None,
        }
    }
    match block {
        Block::Boxed { formulas, .. } => formulas.iter().filter_map(sides).collect(),
        Block::Derivation { left, lines, folded: None } => match (left.as_slice(), lines.as_slice()) {
            ([Piece::Expr(left)], [line]) => match line.right.as_slice() {
                [Piece::Expr(right)] => vec![(left, right)],
                _ => Vec::new(),
            },
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn forward((left, right): (&Expr, &Expr)) -> Option<Forward> {
    let is_array = matches!(&left.kind, ExprKind::Read(..) | ExprKind::Name(_));
    let mut found = Vec::new();
    reads(right, right, &mut found);
    is_array.then(|| Forward { left: left.clone(), reads: found, indices: indices(&[left, right]) })
}

/// The array that a left side is differentiated by.
fn differentiated(left: &Expr) -> Option<&Name> {
    match &left.kind {
        ExprKind::Upstream(array, _) | ExprKind::Derivative(_, array, _) => Some(array),
        _ => None,
    }
}

/// The letters that stand for indices in a boxed formula, with what they stand for.
fn letters_of(blocks: &[&Block], right: &Expr) -> Vec<(Name, Expr)> {
    let holds = |block: &&&Block| equations(block).iter().any(|(_, other)| std::ptr::eq(*other, right));
    let letter = |(left, right): (&Expr, &Expr)| match &left.kind {
        ExprKind::Name(name) => Some((name.clone(), right.clone())),
        _ => None,
    };
    blocks.iter().find(holds).map(|block| equations(block).into_iter().filter_map(letter).collect()).unwrap_or_default()
}

/// The entries of arrays in a formula, each with the product in which it stands; nothing within a derivative.
fn reads(expr: &Expr, product: &Expr, out: &mut Vec<(Expr, Expr)>) {
    match &expr.kind {
        ExprKind::Read(..) => out.push((expr.clone(), product.clone())),
        ExprKind::Derivative(..) | ExprKind::Upstream(..) => {}
        ExprKind::Product(_) => visit(expr, &mut |part| reads(part, expr, out)),
        ExprKind::Sum(_) | ExprKind::Call(..) => visit(expr, &mut |part| reads(part, part, out)),
        _ => visit(expr, &mut |part| reads(part, product, out)),
    }
}

/// The names of the indices in formulas, free and bound.
fn indices(formulas: &[&Expr]) -> Vec<Name> {
    fn collect(expr: &Expr, out: &mut Vec<Name>) {
        match &expr.kind {
            ExprKind::Read(_, at) | ExprKind::Upstream(_, at) | ExprKind::Derivative(_, _, at) => {
                out.extend(
                    at.iter().filter_map(|e| if let ExprKind::Name(n) = &e.kind { Some(n.clone()) } else { None }),
                );
            }
            ExprKind::Reduce(_, binders, ..) | ExprKind::Normalise(_, binders, ..) => {
                out.extend(binders.iter().map(|binder| binder.name.clone()));
            }
            _ => {}
        }
        visit(expr, &mut |part| collect(part, out));
    }
    let mut out = Vec::new();
    formulas.iter().for_each(|formula| collect(formula, &mut out));
    out.sort();
    out.dedup();
    out
}

fn sources(
    system: &System,
    upstream: &[(Name, Name)],
    forward: &[Forward],
    (factor, scope): (&Expr, &[Name]),
    by: &Name,
) -> Vec<(Expr, Source)> {
    let ExprKind::Read(array, at) = &factor.kind else { return Vec::new() };
    let computes = |equation: &&Forward, name: &Name| array_of(&equation.left) == Some(name);
    if let Some((output, _)) = upstream.iter().find(|(_, letter)| letter == array) {
        let equation = forward.iter().find(|equation| computes(equation, output));
        return equation.map(|equation| (equation.left.clone(), Source::Upstream)).into_iter().collect();
    }
    let Some(target) = as_indices(system, at, scope) else { return Vec::new() };
    let quote = crate::model::Quote { order: system.order.clone().into(), ..crate::model::Quote::plain() };
    let mut matched = Vec::new();
    for equation in forward {
        for (read, product) in &equation.reads {
            let ExprKind::Read(name, places) = &read.kind else { continue };
            let pattern = (name == array).then(|| as_indices(system, places, &equation.indices)).flatten();
            let Some(solved) = pattern.and_then(|pattern| solve(&pattern, &target, &equation.indices)) else {
                continue;
            };
            let bare = |var: &Var| places.iter().position(|place| *place == Expr::name(var.written()));
            let said = |(var, index): &(Var, Index)| {
                let written = bare(var).map_or_else(|| quote.index(index), |place| at[place].clone());
                (index.as_var() != Some(var)).then(|| (var.written(), written))
            };
            let said: Vec<(Name, Expr)> = solved.iter().filter_map(said).collect();
            matched.push((equation.left.clone(), read.clone(), said, stands_with(product, by)));
        }
    }
    if matched.iter().any(|(.., near)| *near) {
        matched.retain(|(.., near)| *near);
    }
    matched.dedup_by(|later, earlier| later.0 == earlier.0 && later.1 == earlier.1);
    if matched.is_empty() {
        let equation = forward.iter().find(|equation| computes(equation, array));
        return equation.map(|equation| (equation.left.clone(), Source::Value)).into_iter().collect();
    }
    matched.into_iter().map(|(left, read, said, _)| (left, Source::Read(read, said))).collect()
}

fn array_of(left: &Expr) -> Option<&Name> {
    match &left.kind {
        ExprKind::Read(name, _) | ExprKind::Name(name) => Some(name),
        _ => None,
    }
}

fn stands_with(product: &Expr, array: &Name) -> bool {
    let mut found = array_of(product) == Some(array);
    visit(product, &mut |part| found |= stands_with(part, array));
    found
}

fn as_indices(system: &System, at: &[Expr], names: &[Name]) -> Option<Vec<Index>> {
    let one = || Index::constant(1);
    let scope: Vec<Bound> =
        names.iter().map(|name| Bound { var: Var::new(name.clone()), lo: one(), hi: one() }).collect();
    at.iter().map(|index| index_formula(system, index, &scope).ok()).collect()
}

/// What the indices of a read must be so that it is the target; none if it cannot be. An index of which
/// nothing is known keeps its name.
fn solve(pattern: &[Index], target: &[Index], names: &[Name]) -> Option<Vec<(Var, Index)>> {
    if pattern.len() != target.len() {
        return None;
    }
    let mut solved: Vec<(Var, Index)> = Vec::new();
    for (place, wanted) in pattern.iter().zip(target) {
        if let Some(var) = place.as_var()
            && !solved.iter().any(|(known, _)| known == var)
        {
            solved.push((var.clone(), wanted.clone()));
        }
    }
    for (place, wanted) in pattern.iter().zip(target) {
        let place = place.substitute_all(&solved);
        let missing = wanted.minus(&place);
        if missing.is_zero() {
            continue;
        }
        let open = names.iter().map(|name| Var::new(name.clone()));
        let step = open.filter(|var| !solved.iter().any(|(known, _)| known == var)).find_map(|var| {
            let (slope, rest) = place.linear_in(&var)?;
            let slope = slope.as_constant().filter(|slope| slope.abs() == 1)?;
            Some((var, wanted.minus(&rest).times_number(slope)))
        });
        match step {
            Some(step) => solved.push(step),
            None if missing.as_constant().is_some() => return None,
            None => {}
        }
    }
    Some(solved)
}
