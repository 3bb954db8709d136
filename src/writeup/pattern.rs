//! The picture of a Jacobian: which entries are not 0, and which entry of which array stands there.
//!
//! The pattern comes from evaluating the verified formula. Axes on which it does not depend are
//! left out ("for one c").

use super::document::{Cell, Frame, Inline, Pattern, Picture, Piece, Prose, Reads, Symbol};
use super::reason::{listed, math, text};
use crate::answer::Answer;
use crate::derivation::Goal;
use crate::evaluate::{Instance, IntegerFormula, Scalar};
use crate::integer::Index;
use crate::language::syntax::{Expr, ExprKind, Name, Role};
use crate::model::{Kind, Term};
use crate::study::Study;
use std::collections::{BTreeMap, BTreeSet};

const MOST_ENTRIES: i64 = 60_000;

/// What of a Jacobian is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// The most rows.
    pub rows: usize,
    /// The most columns.
    pub columns: usize,
    /// Whether axes on which the pattern does not depend are kept.
    pub whole: bool,
    /// Whether several axes are told apart by blocks.
    pub blocks: bool,
}

impl Extent {
    /// A picture within the page of a write-up.
    pub const PAGE: Extent = Extent { rows: 24, columns: 40, whole: false, blocks: false };
}

/// The entries of a Jacobian that are not 0, and the indices at which the formula reads there.
struct Support {
    axes: Vec<(i64, i64)>,
    filled: BTreeMap<Vec<i64>, Vec<i64>>,
}

/// The picture of a Jacobian, and where that is small the reads of which it consists.
///
/// # Errors
/// Why there is none: sizes are symbols, or it would be too large to read.
pub fn picture(study: &Study, answer: &Answer) -> Result<Picture, String> {
    picture_within(study, answer, Extent::PAGE)
}

/// The picture of a Jacobian within other bounds.
///
/// # Errors
/// As [`picture`].
pub fn picture_within(study: &Study, answer: &Answer, extent: Extent) -> Result<Picture, String> {
    let Goal::Jacobian { output, array } = &answer.derivation.goal else {
        return Err("a picture is of a Jacobian: `picture df/dx`".into());
    };
    if !study.system.sizes.is_empty() {
        return Err("a picture needs a number for every size".into());
    }
    let read = the_read(&answer.derivation.result);
    let support = Support::new(study, answer, read)?;
    let split = answer.derivation.output_axes;
    let kept = match (extent.whole, support.kept_axes()) {
        (true, _) => support.long_axes(),
        (false, kept) if kept.is_empty() && extent.blocks => support.first_axes(split),
        (false, kept) => kept,
    };
    let (rows, columns): (Vec<usize>, Vec<usize>) = kept.iter().partition(|a| **a < split);
    let row_places = support.places(&rows);
    let column_places = support.places(&columns);
    if row_places.len() > extent.rows || column_places.len() > extent.columns {
        return Err(format!(
            "this picture would have {} × {} cells; up to {} × {} can be read",
            row_places.len(),
            column_places.len(),
            extent.rows,
            extent.columns
        ));
    }
    let varying = support.varying();
    let classes: BTreeSet<Vec<i64>> = support.filled.values().map(|t| pick(t, &varying)).collect();
    let class_of = |tuple: &[i64]| classes.iter().position(|c| *c == pick(tuple, &varying)).unwrap_or(0);
    let letter = read.map_or_else(|| "•".to_string(), |(name, _)| name.to_lowercase());
    let cell = |row: &[i64], column: &[i64]| {
        let at = support.entry(&rows, row, &columns, column);
        support.filled.get(&at).map(|tuple| {
            let subscript: Vec<String> = pick(tuple, &varying).iter().map(i64::to_string).collect();
            (class_of(tuple), letter.clone(), subscript.join(","))
        })
    };
    let cells: Vec<Vec<_>> = row_places.iter().map(|r| column_places.iter().map(|c| cell(r, c)).collect()).collect();
    let names = |axes: &[usize]| axes.iter().map(|a| Expr::name(answer.indices[*a].name.clone())).collect::<Vec<_>>();
    let title = |axes: &[usize]| {
        let mut pieces: Vec<Piece> = Vec::new();
        for name in names(axes) {
            if !pieces.is_empty() {
                pieces.push(Piece::Symbol(Symbol::Comma));
            }
            pieces.push(Piece::Expr(name));
        }
        if !pieces.is_empty() {
            pieces.push(Piece::Symbol(Symbol::Equal));
        }
        pieces
    };
    let (blocks_of_rows, blocks_of_columns) = match extent.blocks {
        true => (support.blocks(&rows), support.blocks(&columns)),
        false => (Vec::new(), Vec::new()),
    };
    let outer = |blocks: &Vec<(usize, i64)>| usize::from(!blocks.is_empty());
    let (inner_rows, inner_columns) = (&rows[outer(&blocks_of_rows)..], &columns[outer(&blocks_of_columns)..]);
    let named = |axes: &[usize], blocks: Vec<(usize, i64)>| {
        let label = |value: i64| [title(&axes[..1]), vec![Piece::Expr(Expr::integer(value.into()))]].concat();
        blocks.into_iter().map(|(length, value)| (length, label(value))).collect::<Vec<_>>()
    };
    let inner = |places: &[Vec<i64>], skip: usize| places.iter().map(|p| joined(&p[skip..])).collect::<Vec<_>>();
    let labels = |places: &[Vec<i64>]| inner(places, 0);
    let lines = lines(&cells);
    let small = rows.len() <= 1 && columns.len() <= 1 && row_places.len() <= 16 && column_places.len() <= 24;
    let role = match study.system.array(array).map(|a| a.role) {
        Some(Role::Weight) => "weight ",
        _ => "input ",
    };
    let reads = (small && !lines.is_empty()).then(|| Reads {
        output_title: titled("output ", names(&rows)),
        input_title: titled(role, names(&columns)),
        outputs: labels(&row_places),
        inputs: labels(&column_places).into_iter().map(|l| (l, false)).collect(),
        lines,
        caption: reads_caption(output, array, classes.len() > 1, read.map(|(name, _)| name)),
    });
    Ok(Picture {
        alternative: alternative(output, array, &cells),
        reads,
        matrix: Pattern {
            row_title: title(inner_rows),
            column_title: title(inner_columns),
            rows: inner(&row_places, outer(&blocks_of_rows)),
            columns: inner(&column_places, outer(&blocks_of_columns)),
            cells,
            frame: Frame {
                rows: named(&rows, blocks_of_rows),
                columns: named(&columns, blocks_of_columns),
                dashed: Vec::new(),
            },
            caption: caption(study, answer, &kept, read, &varying, &letter),
        },
    })
}

/// The one read that a Jacobian consists of, brackets aside.
fn the_read(term: &Term) -> Option<(&Name, &[Index])> {
    let mut reads = term.factors().iter().filter(|f| !matches!(f.kind(), Kind::Bracket(_)));
    match (reads.next()?.kind(), reads.next()) {
        (Kind::Read(name, at), None) => Some((name, at)),
        _ => None,
    }
}

impl Support {
    fn new(study: &Study, answer: &Answer, read: Option<(&Name, &[Index])>) -> Result<Self, String> {
        let fail = |e: crate::evaluate::EvalError| e.to_string();
        let instance = Instance::new(&study.system.program, &BTreeMap::new(), 7, 100_000_000).map_err(fail)?;
        let free: Vec<Name> = answer.indices.iter().map(|b| b.name.clone()).collect();
        let formula = instance.compile(&answer.formula, &free).map_err(fail)?;
        let quote = study.names.quote(&study.system, &[]);
        let taps: Vec<IntegerFormula> = read
            .map(|(_, at)| at)
            .unwrap_or_default()
            .iter()
            .map(|index| instance.compile_integer(&quote.index(index), &free))
            .collect::<Result<_, _>>()
            .map_err(fail)?;
        let mut axes = Vec::new();
        for binder in &answer.indices {
            let Some((lo, hi)) = &binder.range else { return Err("an index has no range".into()) };
            let number = |e| crate::evaluate::integer(e, &BTreeMap::new()).map_err(fail);
            axes.push((number(lo)? as i64, number(hi)? as i64));
        }
        if axes.iter().map(|(lo, hi)| hi - lo + 1).product::<i64>() > MOST_ENTRIES {
            return Err(format!("this Jacobian has more than {MOST_ENTRIES} entries, too many for a picture"));
        }
        let mut filled = BTreeMap::new();
        for at in grid(&axes) {
            if instance.evaluate(&formula, &at).map_err(fail)? != Scalar::ZERO {
                let tuple = taps.iter().map(|t| instance.evaluate_integer(t, &at).map(|v| v as i64));
                let tuple = tuple.collect::<Result<Vec<_>, _>>().map_err(fail)?;
                filled.insert(at, tuple);
            }
        }
        Ok(Support { axes, filled })
    }

    /// The axes on which the pattern depends.
    fn kept_axes(&self) -> Vec<usize> {
        (0..self.axes.len())
            .filter(|axis| {
                let (lo, hi) = self.axes[*axis];
                let moved = |at: &Vec<i64>, value: i64| {
                    let mut other = at.clone();
                    other[*axis] = value;
                    other
                };
                !self.filled.keys().all(|at| (lo..=hi).all(|v| self.filled.contains_key(&moved(at, v))))
            })
            .collect()
    }

    /// The axes with more than one place.
    fn long_axes(&self) -> Vec<usize> {
        (0..self.axes.len()).filter(|axis| self.axes[*axis].0 < self.axes[*axis].1).collect()
    }

    /// The first axis with more than one place on either side: those shown of a Jacobian without zeros.
    fn first_axes(&self, split: usize) -> Vec<usize> {
        let long = self.long_axes();
        let side = |output: bool| long.iter().copied().find(|axis| (*axis < split) == output);
        [side(true), side(false)].into_iter().flatten().collect()
    }

    /// Where there are several axes, for each place on the first of them how many there are on the others, and its
    /// index.
    fn blocks(&self, axes: &[usize]) -> Vec<(usize, i64)> {
        let [first, others @ ..] = axes else { return Vec::new() };
        if others.is_empty() {
            return Vec::new();
        }
        let (lo, hi) = self.axes[*first];
        let length = self.places(others).len();
        (lo..=hi).map(|value| (length, value)).collect()
    }

    /// The index values along some axes.
    fn places(&self, axes: &[usize]) -> Vec<Vec<i64>> {
        grid(&axes.iter().map(|a| self.axes[*a]).collect::<Vec<_>>())
    }

    fn entry(&self, rows: &[usize], row: &[i64], columns: &[usize], column: &[i64]) -> Vec<i64> {
        let mut at: Vec<i64> = self.axes.iter().map(|(lo, _)| *lo).collect();
        for (axis, value) in rows.iter().zip(row).chain(columns.iter().zip(column)) {
            at[*axis] = *value;
        }
        at
    }

    /// The axes of the array read whose index changes along the kept axes.
    fn varying(&self) -> Vec<usize> {
        let kept = self.kept_axes();
        let first: Vec<&Vec<i64>> = self
            .filled
            .iter()
            .filter(|(at, _)| (0..at.len()).all(|a| kept.contains(&a) || at[a] == self.axes[a].0))
            .map(|(_, tuple)| tuple)
            .collect();
        let arity = first.first().map_or(0, |t| t.len());
        (0..arity).filter(|k| first.iter().any(|t| t[*k] != first[0][*k])).collect()
    }
}

fn pick(tuple: &[i64], axes: &[usize]) -> Vec<i64> {
    axes.iter().map(|a| tuple[*a]).collect()
}

fn grid(axes: &[(i64, i64)]) -> Vec<Vec<i64>> {
    axes.iter().fold(vec![Vec::new()], |places, (lo, hi)| {
        places.iter().flat_map(|p| (*lo..=*hi).map(move |v| [p.as_slice(), &[v]].concat())).collect()
    })
}

fn joined(values: &[i64]) -> String {
    values.iter().map(i64::to_string).collect::<Vec<_>>().join(",")
}

fn lines(cells: &[Vec<Option<Cell>>]) -> Vec<(usize, usize, usize)> {
    let row = |(r, row): (usize, &Vec<Option<Cell>>)| {
        row.iter()
            .enumerate()
            .filter_map(move |(c, cell)| cell.as_ref().map(|(class, ..)| (r, c, *class)))
            .collect::<Vec<_>>()
    };
    cells.iter().enumerate().flat_map(row).collect()
}

fn titled(word: &str, names: Vec<Expr>) -> Prose {
    let mut prose = vec![text(word)];
    prose.extend(listed(names.into_iter().map(math).collect()));
    prose
}

fn reads_caption(output: &Name, array: &Name, coloured: bool, read: Option<&Name>) -> Prose {
    let mut prose = vec![text("Which entries of "), math(Expr::name(array.clone())), text(" each entry of ")];
    prose.push(math(Expr::name(output.clone())));
    prose.push(text(" reads"));
    if let (true, Some(read)) = (coloured, read) {
        prose.push(text("; colour: which entry of "));
        prose.push(math(Expr::name(read.clone())));
    }
    prose
}

fn alternative(output: &Name, array: &Name, cells: &[Vec<Option<Cell>>]) -> String {
    let filled: usize = cells.iter().map(|row| row.iter().flatten().count()).sum();
    let (rows, columns) = (cells.len(), cells.first().map_or(0, Vec::len));
    format!(
        "Pattern of the derivative of {output} with respect to {array}: {filled} of {rows} × {columns} cells are not 0."
    )
}

fn caption(
    study: &Study,
    answer: &Answer,
    kept: &[usize],
    read: Option<(&Name, &[Index])>,
    varying: &[usize],
    letter: &str,
) -> Prose {
    let mut prose = vec![math(answer.left.clone())];
    let dropped: Vec<Inline> = (0..answer.indices.len())
        .filter(|a| !kept.contains(a) && answer.derivation.indices[*a].lo != answer.derivation.indices[*a].hi)
        .map(|a| math(Expr::name(answer.indices[a].name.clone())))
        .collect();
    if !dropped.is_empty() {
        prose.push(text(" for one "));
        prose.extend(listed(dropped));
    }
    if let Some((name, at)) = read {
        let quote = study.names.quote(&study.system, &answer.derivation.indices);
        let own = authors_indices(study, name);
        let mut shown: Vec<Expr> = at.iter().map(|i| quote.index(i)).collect();
        let mut subscripts = Vec::new();
        for axis in varying {
            let index = own.get(*axis).cloned().flatten().unwrap_or_else(|| "j".into());
            subscripts.push(index.to_string());
            shown[*axis] = Expr::name(index);
        }
        if !subscripts.is_empty() {
            prose.push(text(", "));
            prose.push(math(Expr::name(format!("{letter}_{}", subscripts.join("")))));
            prose.push(text(" = "));
            prose.push(math(Expr::new(ExprKind::Read(name.clone(), shown))));
        }
    }
    prose.push(text("; empty cells are 0"));
    prose
}

/// The bare indices with which the author reads an array, axis by axis.
fn authors_indices(study: &Study, array: &Name) -> Vec<Option<Name>> {
    let mut found = Vec::new();
    for equation in &study.system.equations {
        equation.body.any(&mut |t| {
            if let Kind::Read(name, at) = t.kind()
                && name == array
                && found.is_empty()
            {
                found = at.iter().map(|i| i.as_var().map(|v| v.name.clone())).collect();
            }
            false
        });
    }
    found
}
