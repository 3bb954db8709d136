//! A proof as a chain: the left side, line by line to where both sides meet, and on to the right side,
//! each line with its reason.

use super::document::{Block, Line, Math, Piece, Prose, Symbol};
use super::outline::{Level, reasons};
use super::reason::{condition, listed, math, single, text};
use crate::answer::{Answer, Names};
use crate::calculus::joint::Joint;
use crate::calculus::proof::Side;
use crate::derivation::{Derivation, Goal, RuleName, Step};
use crate::judge::Proved;
use crate::language::print::{Alphabet, expression};
use crate::language::syntax::{Condition, Expr, ExprKind, Name, Relation};
use crate::model::{Kind, System, Term, each_part};
use std::collections::BTreeSet;

/// `q[c] = p[c]`
pub fn statement(shown: &Proved) -> Math {
    let [left, right] = shown.identity.sides.clone();
    vec![Piece::Expr(left), Piece::Symbol(Symbol::Equal), Piece::Expr(right)]
}

/// The equality in a box, what it rests on, and its proof.
pub fn blocks(system: &System, names: &Names, shown: &Proved, level: Level) -> Vec<Block> {
    let quote = names.quote(system, &[]);
    let ranges = shown.identity.free.iter().filter(|b| b.lo != b.hi).map(|b| {
        let chain = vec![(Relation::AtMost, Expr::name(quote.var(&b.var))), (Relation::AtMost, quote.index(&b.hi))];
        vec![Piece::Condition(Condition::Chain(quote.index(&b.lo), chain))]
    });
    let mut blocks = vec![Block::Boxed { formulas: vec![statement(shown)], ranges: ranges.collect() }];
    let assumed = shown.identity.assumptions.iter().map(|c| condition(quote.condition(c)));
    let assumed = listed(assumed.collect());
    if !assumed.is_empty() {
        blocks.push(Block::Paragraph([vec![text("Assumed: ")], assumed, vec![text(".")]].concat()));
    }
    if level != Level::Answer {
        let left = vec![Piece::Expr(shown.identity.sides[0].clone())];
        blocks.push(Block::Derivation { left: left.clone(), lines: chain(system, names, shown, false), folded: None });
        if level == Level::All {
            let lines = chain(system, names, shown, true);
            blocks.push(Block::Derivation { left, lines, folded: Some("every step".into()) });
        }
    }
    blocks
}

/// A side with the lines and reasons that lead from it, the first without a reason.
fn told(system: &System, names: &Names, shown: &Proved, number: usize, every: bool) -> Vec<(Expr, Prose)> {
    let (side, lines) = (&shown.proof.sides[number], &shown.lines[number]);
    let answer = answer(shown, side, lines);
    let mut told = vec![(lines[0].clone(), Vec::new())];
    if normalises(&lines[0]) {
        told.push((shown.starts[number].clone(), vec![text("by definition")]));
    }
    match every {
        true => told.extend(
            side.steps.iter().zip(&lines[1..]).map(|(step, e)| (e.clone(), single(names, system, &answer, step))),
        ),
        false => {
            let mut first = 0;
            for (last, reason) in reasons(system, names, &answer, &side.steps) {
                let steps = &side.steps[first..=last];
                let defined = steps.iter().all(|step| step.rule == RuleName::Definition);
                let reason = if defined { definitions(steps) } else { reason };
                told.push((lines[last + 1].clone(), reason));
                first = last + 1;
            }
        }
    }
    told
}

/// `definition of y2 and u`
fn definitions(steps: &[Step]) -> Prose {
    let mut names: Vec<Name> = Vec::new();
    for step in steps {
        let mut read = BTreeSet::new();
        step.before.collect_reads(&mut read);
        let fewer = |name: &Name| reads(&step.after, name) < reads(&step.before, name);
        names.extend(read.into_iter().filter(fewer));
    }
    names.dedup();
    let names = names.into_iter().map(|name| math(Expr::name(name)));
    [vec![text("definition of ")], listed(names.collect())].concat()
}

/// How often an array is read.
fn reads(term: &Term, array: &Name) -> usize {
    let own = usize::from(matches!(term.kind(), Kind::Read(name, _) if name == array));
    own + term.children().iter().map(|child| reads(child, array)).sum::<usize>()
}

fn normalises(side: &Expr) -> bool {
    let mut found = false;
    each_part(side, &mut |part| found |= matches!(part.kind, ExprKind::Normalise(..)));
    found
}

/// The lines behind the left side.
pub fn chain(system: &System, names: &Names, shown: &Proved, every: bool) -> Vec<Line> {
    let [left, right] = [0, 1].map(|number| told(system, names, shown, number, every));
    let first = left[0].0.clone();
    let mut all: Vec<(Expr, Prose)> = left;
    let nothing = right.last().is_some_and(|(expr, _)| *expr == Expr::integer(0));
    let mut reason = joint(shown.proof.joint, nothing);
    let meeting = right.len() > 1 && shown.proof.joint == Joint::Same;
    for (number, (expr, own)) in right.into_iter().rev().enumerate() {
        let because = std::mem::replace(&mut reason, own);
        if number > 0 || !meeting {
            all.push((expr, because));
        }
    }
    let printed = |e: &Expr| expression(e, Alphabet::Ascii);
    let same = joint(Joint::Same, false);
    let mut lines: Vec<Line> = Vec::new();
    let mut before = printed(&first);
    for (expr, reason) in all.into_iter().skip(1) {
        let now = printed(&expr);
        if now == before {
            if let Some(line) = lines.last_mut().filter(|_| !reason.is_empty() && reason != same) {
                line.reason.push(text("; "));
                line.reason.extend(reason);
            }
            continue;
        }
        before = now;
        lines.push(Line { relation: Symbol::Equal, right: vec![Piece::Expr(expr)], reason });
    }
    lines
}

/// Why the last lines of both sides are equal.
fn joint(joint: Joint, nothing: bool) -> Prose {
    match joint {
        Joint::Same => vec![text("the same but for order and names")],
        Joint::Form if nothing => vec![text("multiplied out, all terms cancel")],
        Joint::Form => vec![text("the same terms, multiplied out and in another order")],
        Joint::Cases => vec![text("the same terms, summed in another order")],
        Joint::Signs => vec![text("case by case, by the signs of what is compared")],
        Joint::Denominators | Joint::Exponentials => vec![text("over a common denominator")],
    }
}

/// The steps of a side as those of an answer, for the words of their reasons.
fn answer(shown: &Proved, side: &Side, lines: &[Expr]) -> Answer {
    let derivation = Derivation {
        goal: goal(&side.start),
        indices: shown.identity.free.clone(),
        output_axes: shown.identity.free.len(),
        start: side.start.clone(),
        steps: side.steps.clone(),
        result: side.steps.last().map_or(&side.start, |step| &step.after).clone(),
    };
    Answer {
        name: String::new(),
        left: lines[0].clone(),
        indices: Vec::new(),
        formula: lines.last().unwrap_or(&lines[0]).clone(),
        start: lines[0].clone(),
        lines: lines[1..].to_vec(),
        board: lines[1..].to_vec(),
        shortcut: None,
        examples: Vec::new(),
        derivation,
        step: None,
    }
}

/// With respect to what something is differentiated in a side.
fn goal(start: &Term) -> Goal {
    let mut found = None;
    start.any(&mut |t| {
        if let Kind::Derivative(_, array, _) = t.kind() {
            found.get_or_insert_with(|| Goal::Gradient { array: array.clone() });
        }
        false
    });
    found.unwrap_or(Goal::Value { output: "".into() })
}
