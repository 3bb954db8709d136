//! The comparison of contractions and of everything else that reads arrays at index maps: which
//! index stays, which is summed, and what each array is read at.

use super::super::document::{Inline, Piece, Prose};
use super::super::operation::short_name;
use super::super::words::{enumerated, formula, text};
use super::Side;
use crate::answer::Names;
use crate::integer::Var;
use crate::language::syntax::{Expr, ExprKind};
use crate::model::System;
use crate::recognise::{Contraction, Factor, Operation, View};

type Rows = Vec<(Vec<Prose>, bool)>;

pub(super) fn compare(
    system: &System,
    names: &Names,
    sides: &[Side; 2],
    operations: &[Option<Operation>; 2],
    views: [Option<View>; 2],
) -> (Prose, Rows) {
    let mut rows: Rows = Vec::new();
    let mut row = |title: &str, cells: [Prose; 2]| {
        let [a, b] = cells;
        if !(a.is_empty() && b.is_empty()) {
            rows.push((vec![vec![text(title)], a, b], false));
        }
    };
    let each = |f: &dyn Fn(usize) -> Prose| [f(0), f(1)];
    row(
        "operation",
        each(&|k| match &operations[k] {
            Some(operation) => short_name(system, names, sides[k].answer, operation),
            None => Prose::new(),
        }),
    );
    row(
        "matrix form",
        each(&|k| match &operations[k] {
            Some(Operation::Contraction(c)) => sides[k].words.matrix_form(c).map(formula).into_iter().collect(),
            _ => Prose::new(),
        }),
    );
    row(
        "reads",
        each(&|k| match &views[k] {
            Some(view) => enumerated(view.factors.iter().map(|f| vec![read(&sides[k], f)]).collect()),
            None => vec![Inline::Math(vec![Piece::Expr(sides[k].answer.formula.clone())])],
        }),
    );
    row(
        "stays | is summed",
        each(&|k| match &views[k] {
            Some(view) => {
                let stays: Vec<&Var> = view.free.iter().map(|b| &b.var).collect();
                let summed: Vec<&Var> = view.summed.iter().map(|b| &b.var).collect();
                sides[k].stays_and_summed(&stays, &summed)
            }
            None => Prose::new(),
        }),
    );
    let sentences = match operations {
        [Some(Operation::Contraction(a)), Some(Operation::Contraction(b))] => match &views {
            [Some(x), Some(y)] => shared(sides, [a, b], [x, y]),
            _ => Prose::new(),
        },
        _ => Prose::new(),
    };
    (sentences, rows)
}

fn read(side: &Side, factor: &Factor) -> Inline {
    let at: Vec<Expr> = factor.accesses.iter().map(|a| side.words.quote.index(&a.written)).collect();
    let letter = side.words.letter(&factor.source);
    formula(match letter.kind {
        ExprKind::Name(name) if !at.is_empty() => Expr::new(ExprKind::Read(name, at)),
        ExprKind::Upstream(output, _) => Expr::new(ExprKind::Upstream(output, at)),
        _ => letter,
    })
}

/// For an array that both contractions read once: what becomes of each of its axes.
fn shared(sides: &[Side; 2], both: [&Contraction; 2], views: [&View; 2]) -> Prose {
    let once = |view: &View, k: usize| view.factors.iter().filter(|f| f.source == view.factors[k].source).count() == 1;
    let common = (0..views[0].factors.len()).filter(|k| once(views[0], *k)).find_map(|k| {
        let factor = &views[0].factors[k];
        let other = views[1].factors.iter().position(|f| f.source == factor.source)?;
        once(views[1], other).then(|| (factor, &views[1].factors[other]))
    });
    let Some((here, there)) = common else { return Prose::new() };
    let mut prose = vec![text("Both read "), formula(sides[0].words.letter(&here.source)), text(".")];
    let stays = |k: usize, v: &Var| both[k].roles.iter().any(|r| r.var == *v && r.stays);
    let (mut exchanged, mut kept): (Vec<Prose>, Vec<Prose>) = (Vec::new(), Vec::new());
    for (x, y) in here.accesses.iter().zip(&there.accesses) {
        let (Some(x), Some(y)) = (x.as_bare(), y.as_bare()) else { continue };
        let index = if x == y {
            vec![sides[0].words.var(x)]
        } else {
            vec![sides[0].words.var(x), text(" ("), sides[1].words.var(y), text(" in the second)")]
        };
        match (stays(0, x), stays(1, y)) {
            (true, false) => {
                exchanged.push([index, vec![text(" stays in the first and is summed in the second")]].concat())
            }
            (false, true) => {
                exchanged.push([index, vec![text(" is summed in the first and stays in the second")]].concat())
            }
            (true, true) => kept.push([index, vec![text(" stays in both")]].concat()),
            (false, false) => kept.push([index, vec![text(" is summed in both")]].concat()),
        }
    }
    for clause in exchanged.into_iter().chain(kept) {
        prose.push(text(" The index "));
        prose.extend(clause);
        prose.push(text("."));
    }
    prose
}
