//! Shapes: which read ends the range of each index, and what follows for the lengths.

use super::document::{Block, Inline, Line, Math, Piece, Prose, Symbol};
use super::reason::{condition, listed, math, text};
use crate::answer::Names;
use crate::derivation::{Goal, ShapeDerivation};
use crate::integer::{Condition, Facts, Index};
use crate::language::syntax::{Condition as Written, Expr, ExprKind, Name, Operator, Relation};
use crate::model::system::Limit;
use crate::model::{Quote, System};

/// `f ∈ ℝ^{5×2}`, or `f ∈ ℝ^{F×R}` and `R = ⌊…⌋+1` where a length is a floor.
pub fn boxed(system: &System, names: &Names, shape: &ShapeDerivation) -> Vec<Math> {
    boxed_slice(system, names, shape, &[])
}

/// An array at its first indices: `c[t]`.
pub fn sliced(array: &Name, at: &[Expr]) -> Expr {
    if at.is_empty() { Expr::name(array.clone()) } else { Expr::new(ExprKind::Read(array.clone(), at.to_vec())) }
}

/// `c[t] ∈ ℝ^m`: the same of a slice, of which the shape holds the lengths.
pub fn boxed_slice(system: &System, names: &Names, shape: &ShapeDerivation, at: &[Expr]) -> Vec<Math> {
    let named = names.quote(system, &[]);
    let plain = quote(system);
    let lengths: Vec<Expr> = shape.lengths.iter().map(|l| named.index(l)).collect();
    let groups = if lengths.is_empty() { Vec::new() } else { vec![lengths] };
    let whole = vec![Piece::Expr(sliced(&shape.array, at)), Piece::Symbol(Symbol::In), Piece::Space(groups)];
    let used = names.lengths.iter().filter(|(_, length)| shape.lengths.contains(length));
    let definitions = used.map(|(name, length)| {
        vec![Piece::Expr(Expr::name(name.clone())), Piece::Symbol(Symbol::Equal), Piece::Expr(plain.index(length))]
    });
    std::iter::once(whole).chain(definitions).collect()
}

/// The lengths alone: `5 × 2`.
pub fn lengths(system: &System, shape: &ShapeDerivation) -> Math {
    let quote = quote(system);
    vec![Piece::Lengths(vec![shape.lengths.iter().map(|l| quote.index(l)).collect()])]
}

/// The lengths of the axes of what a goal asks for: `3×(1×5×3)`.
pub fn lengths_of(system: &System, names: &Names, goal: &Goal) -> Math {
    let quote = names.quote(system, &[]);
    let group = |name: &Name| system.lengths(name).iter().map(|l| quote.index(l)).collect::<Vec<Expr>>();
    let groups = match goal {
        Goal::Value { output } => vec![group(output)],
        Goal::Jacobian { output, array } => vec![group(output), group(array)],
        Goal::Step { output, array, .. } => {
            let (rows, columns) = goal.named_first().unwrap_or_default();
            vec![group(output).split_off(rows), group(array).split_off(columns)]
        }
        Goal::Gradient { array } => vec![group(array)],
    };
    vec![Piece::Lengths(groups.into_iter().filter(|g| !g.is_empty()).collect())]
}

/// What was assumed of the sizes.
pub fn assumed(system: &System) -> Prose {
    let quote = quote(system);
    let mut prose = vec![text("Assumed: ")];
    prose.extend(listed(system.assumptions.iter().map(|c| condition(quote.condition(c))).collect()));
    prose.push(text("."));
    prose
}

/// Why the lengths are what they are: the read that ends each range, solved for the index.
pub fn derivation(system: &System, shape: &ShapeDerivation) -> Vec<Block> {
    let mut blocks = Vec::new();
    for limit in &shape.limits {
        if let Some(block) = solve(system, limit) {
            blocks.push(Block::Paragraph(last_read(system, limit)));
            blocks.push(block);
        }
    }
    let bare: Vec<&Limit> = shape.limits.iter().filter(|l| solve(system, l).is_none()).collect();
    if !bare.is_empty() {
        blocks.push(Block::Paragraph(read_alone(system, &bare)));
    }
    blocks.extend(remarks(system, shape));
    blocks
}

/// Where the output is not empty, what else is assumed, and axes that can be dropped.
pub fn remarks(system: &System, shape: &ShapeDerivation) -> Vec<Block> {
    let mut blocks = Vec::new();
    let quote = quote(system);
    let stated = |conditions: &[Condition]| listed(conditions.iter().map(|c| condition(quote.condition(c))).collect());
    if !shape.nonempty.is_empty() {
        let mut prose = vec![text("The output is not empty if and only if ")];
        prose.extend(stated(&shape.nonempty));
        prose.push(text("."));
        prose.extend(not_ensured(system, &shape.nonempty));
        blocks.push(Block::Paragraph(prose));
    }
    if !shape.assumptions.is_empty() {
        let mut prose = vec![text("It is assumed that ")];
        prose.extend(stated(&shape.assumptions));
        prose.push(text(", so that every read stays inside its array."));
        blocks.push(Block::Paragraph(prose));
    }
    if shape.lengths.len() > 1 && shape.lengths.iter().any(|l| l.as_constant() == Some(1)) {
        let ones = shape.lengths.iter().filter(|l| l.as_constant() == Some(1)).count();
        let word =
            if ones == 1 { "The axis of length 1 can be dropped." } else { "The axes of length 1 can be dropped." };
        blocks.push(Block::Paragraph(vec![text(word)]));
    }
    blocks
}

/// That what the author requires of the sizes is not enough: said where sizes were found that
/// satisfy the requirements and leave the output empty.
fn not_ensured(system: &System, nonempty: &[Condition]) -> Prose {
    let mut facts = Facts::default();
    for (size, least) in &system.sizes {
        facts.bound_size(size.clone(), *least);
    }
    system.requires.iter().for_each(|c| facts.require(c));
    if system.requires.is_empty() || !nonempty.iter().any(|c| facts.fails_somewhere(c)) {
        return Vec::new();
    }
    let quote = quote(system);
    let mut prose = vec![text(" That ")];
    prose.extend(listed(system.requires.iter().map(|c| condition(quote.condition(c))).collect()));
    prose.push(text(" does not ensure it."));
    prose
}

/// The general lengths with sizes set equal, as one line of a derivation.
pub fn specialised(
    system: &System,
    general: &ShapeDerivation,
    special: &ShapeDerivation,
    at: &System,
    by: &[(Name, Expr)],
) -> Block {
    let left = lengths(system, general);
    let right = lengths(at, special);
    let mut reason = vec![text("with ")];
    reason.extend(listed(equal_sizes(by)));
    Block::Derivation { left, lines: vec![Line { relation: Symbol::Equal, right, reason }], folded: None }
}

/// `K_H = K_W = K`, one chain for each value.
fn equal_sizes(by: &[(Name, Expr)]) -> Vec<Inline> {
    let mut values: Vec<(&Expr, Vec<&Name>)> = Vec::new();
    for (name, value) in by {
        match values.iter_mut().find(|(v, _)| *v == value) {
            Some((_, names)) => names.push(name),
            None => values.push((value, vec![name])),
        }
    }
    let chain = |(value, names): (&Expr, Vec<&Name>)| {
        let mut sides: Vec<Expr> = names.into_iter().map(|n| Expr::name(n.clone())).collect();
        sides.push(value.clone());
        let first = sides.remove(0);
        condition(Written::Chain(first, sides.into_iter().map(|s| (Relation::Equal, s)).collect()))
    };
    values.into_iter().map(chain).collect()
}

fn quote(system: &System) -> Quote {
    Quote { offsets: system.offsets.clone().into(), order: system.order.clone().into(), ..Quote::plain() }
}

/// Which read it is that ends the range.
fn last_read(system: &System, limit: &Limit) -> Prose {
    let (array, axis) = &limit.read;
    let axes = system.bounds(array).map_or(1, |b| b.len());
    let mut prose = vec![text("The index "), math(Expr::name(limit.var.written()))];
    let end = match &limit.solved {
        Condition::AtMost(_, last) if last.mentions(&limit.var) => " begins where the first read of ",
        _ => " ends where the last read of ",
    };
    prose.push(text(end));
    prose.push(math(Expr::name(array.clone())));
    if axes > 1 {
        prose.push(text(format!(" along axis {}", axis + 1)));
    }
    prose.push(text(" still lies inside it"));
    let padded = system
        .array(array)
        .is_some_and(|a| a.axes.get(*axis).is_some_and(|axis| !(axis.before.is_zero() && axis.after.is_zero())));
    prose.push(text(if padded { ", padding included:" } else { ":" }));
    prose
}

/// The limits at which an index stands alone on an axis: nothing is to be solved.
fn read_alone(system: &System, limits: &[&Limit]) -> Prose {
    let quote = quote(system);
    let each = limits.iter().map(|limit| condition(quote.condition(&limit.solved))).collect();
    let mut prose = vec![text(if limits.len() == 1 {
        "An index that stands alone runs over its axis: "
    } else {
        "Indices that stand alone run over their axes: "
    })];
    prose.extend(listed(each));
    prose.push(text("."));
    prose
}

/// ⌊room/slope⌋ as it stands, not worked out.
fn floor(quote: &Quote, room: &Index, slope: &Index) -> Expr {
    let factors = vec![(Operator::Times, quote.index(room)), (Operator::Div, quote.index(slope))];
    Expr::new(ExprKind::Product(factors))
}

/// reach ⟺ slope·(r−1) ≤ room ⟺ r ≤ ⌊room/slope⌋+1; none where the index stands alone already.
fn solve(system: &System, limit: &Limit) -> Option<Block> {
    let Condition::AtMost(a, b) = &limit.reach else { return None };
    if a.as_var().is_some() || b.as_var().is_some() {
        return None;
    }
    let quote = quote(system);
    let line = |c: &Condition, reason: Prose| Line {
        relation: Symbol::Iff,
        right: vec![Piece::Condition(quote.condition(c))],
        reason,
    };
    let mut lines = Vec::new();
    let base = Index::constant(system.base.into());
    let (slope, _) = b.minus(a).linear_in(&limit.var)?;
    let steep = slope.times_number(-1);
    let room = b.minus(a).substitute(&limit.var, &base);
    if steep.as_constant() != Some(1) {
        let shifted = steep.times(&Index::var(&limit.var).minus(&base));
        lines.push(line(&Condition::AtMost(shifted, room.clone()), Vec::new()));
    }
    let integer = match (steep.as_constant(), room.as_constant()) {
        (Some(1), _) => Vec::new(),
        (Some(_), Some(_)) => {
            vec![math(floor(&quote, &room, &steep)), text(" = "), math(quote.index(&room.floor_div(&steep)))]
        }
        _ => vec![math(Expr::name(limit.var.written())), text(" is an integer")],
    };
    lines.push(line(&limit.solved, integer));
    Some(Block::Derivation { left: vec![Piece::Condition(quote.condition(&limit.reach))], lines, folded: None })
}
