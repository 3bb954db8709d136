//! Answers at a point and in a limit on the sheet: the box, then the steps with their reasons.
//!
//! Invariant: what is shown was verified before.

use super::{Section, Writer, merge};
use crate::diagnostic::Span;
use crate::language::function::Function;
use crate::language::syntax::{Expr, ExprKind, LimitAsked, Name, Place, Sign, ValueAsked};
use crate::model::Bound;
use crate::point::Argument;
use crate::study::limit::Limited;
use crate::study::point::{Done, Entry, Shown, Valued};
use crate::study::{NoAnswer, Study};
use crate::writeup::document::{Block, Inline, Line, Math, Piece, Prose, Symbol};
use crate::writeup::json;
use crate::writeup::outline::{Level, membership};
use crate::writeup::reason::{listed, math, text};

/// How many entries stand in the box, and not in a table.
const BOXED: usize = 4;
/// How many given entries are listed.
const LISTED: usize = 8;

impl Writer<'_> {
    /// A value at a point.
    pub(super) fn value(
        &self,
        study: &mut Study,
        section: &mut Section,
        asked: &ValueAsked,
        span: Span,
        base: i64,
    ) -> Result<(), NoAnswer> {
        let mut special = if asked.sizes.is_empty() { None } else { Some(self.specialise(&asked.sizes, base)?) };
        let study = special.as_mut().unwrap_or(study);
        let (valued, certificate) = study.value(&asked.target, &asked.at, span)?;
        let by = (!asked.sizes.is_empty()).then_some(asked.sizes.as_slice());
        section.answers.push(json::value(study, asked, &valued, &certificate, by));
        section.certificate = merge(section.certificate.take(), &Some(certificate));
        let formulas: Vec<Math> = valued.entries.iter().map(equation).collect();
        section.summary.get_or_insert_with(|| formulas.first().cloned().unwrap_or_default());
        let one = formulas.len() <= BOXED;
        if one {
            section.blocks.push(Block::Boxed { formulas, ranges: given(&valued, &asked.sizes) });
        } else {
            let whole = membership(&study.system, &study.names, &valued.goal);
            section.blocks.push(Block::Boxed { formulas: vec![whole], ranges: given(&valued, &asked.sizes) });
            section.blocks.push(table(&valued));
        }
        if self.level != Level::Answer {
            section.blocks.extend(valued.lines.iter().map(derivation));
        }
        Ok(())
    }

    /// A limit.
    pub(super) fn limit(
        &self,
        study: &mut Study,
        section: &mut Section,
        asked: &LimitAsked,
        span: Span,
    ) -> Result<(), NoAnswer> {
        let (limited, certificate) = study.limit(asked, span)?;
        section.answers.push(json::limit(study, asked, &limited, &certificate));
        section.certificate = merge(section.certificate.take(), &Some(certificate));
        let formula =
            vec![Piece::Expr(limited.left.clone()), Piece::Symbol(Symbol::To), Piece::Expr(limited.value.clone())];
        section.summary.get_or_insert_with(|| formula.clone());
        section.blocks.push(Block::Boxed { formulas: vec![formula], ranges: vec![approach(&limited)] });
        if self.level != Level::Answer {
            section.blocks.extend(argument(&limited));
        }
        Ok(())
    }
}

/// `p = 1/3`, `y ≈ 0.693147`, `y = log 2 ≈ 0.693147`
fn equation(entry: &Entry) -> Math {
    let mut math = vec![Piece::Expr(entry.left.clone())];
    math.extend(right(entry, true));
    math
}

fn right(entry: &Entry, relation: bool) -> Math {
    let mut math = Vec::new();
    if let Some(exact) = &entry.exact {
        if relation {
            math.push(Piece::Symbol(Symbol::Equal));
        }
        math.push(Piece::Expr(exact.clone()));
    }
    if let Some(decimal) = &entry.decimal {
        if relation || entry.exact.is_some() {
            math.push(Piece::Symbol(Symbol::Approx));
        }
        math.push(Piece::Decimal(decimal.clone()));
    }
    math
}

fn equal(left: &Expr, right: &Expr) -> Math {
    vec![Piece::Expr(left.clone()), Piece::Symbol(Symbol::Equal), Piece::Expr(right.clone())]
}

/// Sizes and entries that are given.
fn given(valued: &Valued, sizes: &[(Name, Expr)]) -> Vec<Math> {
    let sizes = sizes.iter().map(|(name, value)| equal(&Expr::name(name.clone()), value));
    let mut all: Vec<Math> = sizes.collect();
    let whole = valued.given.len() <= LISTED;
    all.extend(valued.given.iter().take(LISTED).map(|(left, value)| equal(left, value)));
    if !whole {
        all.push(vec![Piece::Expr(Expr::name("…"))]);
    }
    all
}

/// The entries as a row, or as a matrix with a row for each place of the output.
fn table(valued: &Valued) -> Block {
    let axes = valued.free.len();
    let split = if valued.rows == 0 && axes == 2 { 1 } else { valued.rows };
    let (above, below) = valued.free.split_at(split.min(axes));
    let place = |bounds: &[Bound], at: &[i128]| -> Prose {
        let pairs = bounds.iter().zip(at);
        let each = pairs.map(|(b, n)| Inline::Math(equal(&Expr::name(b.var.written()), &Expr::integer(*n))));
        each.flat_map(|math| [math, text(" ")])
            .collect::<Vec<_>>()
            .split_last()
            .map(|(_, all)| all.to_vec())
            .unwrap_or_default()
    };
    let (mut header, mut found): (Vec<Prose>, Vec<(Vec<Prose>, bool)>) = (vec![Vec::new()], Vec::new());
    let mut last: Option<Vec<i128>> = None;
    for entry in &valued.entries {
        let (row, column) = entry.at.split_at(split.min(entry.at.len()));
        if last.as_deref() != Some(row) {
            found.push((vec![place(above, row)], false));
            last = Some(row.to_vec());
        }
        if found.len() == 1 {
            header.push(place(below, column));
        }
        if let Some((cells, _)) = found.last_mut() {
            cells.push(vec![Inline::Math(right(entry, false))]);
        }
    }
    Block::Table { header, rows: found }
}

fn derivation(shown: &Shown) -> Block {
    let derived = matches!(shown.left.kind, ExprKind::Upstream(..) | ExprKind::Derivative(..));
    let reason = |done: Done, place: usize| -> Prose {
        vec![text(match done {
            Done::Formula if shown.asked && derived => "the derived formula",
            Done::Formula if matches!(shown.left.kind, ExprKind::Upstream(..)) => "as derived",
            Done::Formula => "by definition",
            Done::PutIn => "values put in",
            Done::Evaluated => "functions evaluated",
            Done::Result if place == 0 && shown.asked && derived => "the derived formula",
            Done::Result if place == 0 && shown.asked => "by definition",
            Done::Result => "worked out",
            Done::Required => "worked out, as required of the values",
        })]
    };
    let lines = shown.lines.iter().enumerate().map(|(place, (right, done))| Line {
        relation: Symbol::Equal,
        right: vec![Piece::Expr(right.clone())],
        reason: reason(*done, place),
    });
    Block::Derivation { left: vec![Piece::Expr(shown.left.clone())], lines: lines.collect(), folded: None }
}

/// `β → ∞`
fn approach(limited: &Limited) -> Math {
    let to = match &limited.to {
        Place::Infinity(Sign::Plus) => Piece::Symbol(Symbol::Infinity),
        Place::Infinity(Sign::Minus) => Piece::Symbol(Symbol::MinusInfinity),
        Place::At(value) => Piece::Expr(value.clone()),
    };
    vec![Piece::Expr(Expr::name(limited.param.clone())), Piece::Symbol(Symbol::To), to]
}

/// The formula, how its parts behave, and the limit.
fn argument(limited: &Limited) -> Vec<Block> {
    let left = vec![Piece::Expr(limited.left.clone())];
    let mut blocks = Vec::new();
    for (part, leading, found) in &limited.parts {
        let reason = because(found.argument);
        let line =
            Line { relation: Symbol::Similar, right: vec![Piece::Expr(leading.clone())], reason: vec![text(reason)] };
        blocks.push(Block::Derivation { left: vec![Piece::Expr(part.clone())], lines: vec![line], folded: None });
    }
    let way = approach(limited);
    let last = match (limited.substituted, limited.last) {
        (true, _) => vec![text("by continuity, "), Inline::Math(way), text(" put in")],
        (false, Some(argument @ Argument::Ends(_))) => {
            vec![text(format!("{}, as ", because(argument))), Inline::Math(way)]
        }
        (false, _) => vec![text("the leading terms, as "), Inline::Math(way)],
    };
    let first = Line {
        relation: Symbol::Equal,
        right: vec![Piece::Expr(limited.formula.clone())],
        reason: vec![text("by definition")],
    };
    let line = Line { relation: Symbol::To, right: vec![Piece::Expr(limited.value.clone())], reason: last };
    blocks.push(Block::Derivation { left, lines: vec![first, line], folded: None });
    if !limited.nonzero.is_empty() {
        let mut prose = vec![text("This holds wherever ")];
        prose.extend(listed(limited.nonzero.iter().map(|e| math(e.clone())).collect()));
        prose.push(text(if limited.nonzero.len() == 1 { " is not 0." } else { " are not 0." }));
        blocks.push(Block::Paragraph(prose));
    }
    if limited.shared {
        let words = "Where several entries are extreme they share the limit alike; where only one is, it is one-hot.";
        blocks.push(Block::Paragraph(vec![text(words)]));
    }
    blocks
}

/// Why a part behaves as it does, in words.
fn because(argument: Argument) -> String {
    match argument {
        Argument::Exponentials => "of exponentials the greatest exponent decides, ties counted".into(),
        Argument::Powers => "of powers the highest decides".into(),
        Argument::Logarithm => "the logarithm of what is inside".into(),
        Argument::Ends(function) => ends(function),
    }
}

fn ends(function: Function) -> String {
    let unbounded = [Function::Softplus, Function::Relu, Function::Silu, Function::Gelu, Function::Abs, Function::Sqrt];
    match unbounded.contains(&function) {
        true => format!("the growth of {} at both ends", function.name()),
        false => format!("the values of {} at its ends and at 0", function.name()),
    }
}
