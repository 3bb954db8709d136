//! The picture of a wrong Jacobian: its matrix, the wrong entries marked.

use super::document::{Frame, Math, Pattern, Picture, Piece, Prose, Symbol};
use super::notation::Notation;
use super::reason::{listed, math, text};
use super::terminal;
use crate::judge::{Cell, Cells};
use crate::language::syntax::{Expr, ExprKind, Name};

const MOST_ROWS: usize = 24;
const MOST_COLUMNS: usize = 40;

/// How the marks are called, how they are set, and what they say.
const MARKS: &[(Cell, &str, &str, &str)] = &[
    (Cell::Right, "right", "\\bullet", "right"),
    (Cell::Missing, "missing", "-", "is 0 and should not be"),
    (Cell::Superfluous, "superfluous", "+", "should be 0"),
    (Cell::Other, "other", "\\ne", "has another value"),
    (Cell::Outside, "outside", "!", "reads outside an array"),
];

/// The colours of right and wrong entries, places in the palette.
const COLOURS: (usize, usize) = (0, 4);

/// The notation in which the marks are set.
pub fn notation() -> Vec<(Name, String)> {
    MARKS.iter().map(|(_, name, tex, _)| (Name::from(*name), (*tex).to_string())).collect()
}

/// The matrix with its wrong entries marked; none if it is too large to be read.
pub fn picture(cells: &Cells) -> Option<Picture> {
    let kept: Vec<usize> = (0..cells.axes.len()).filter(|axis| matters(cells, *axis)).collect();
    let (rows, columns): (Vec<usize>, Vec<usize>) = kept.iter().partition(|axis| **axis < cells.output_axes);
    let (row_places, column_places) = (places(cells, &rows), places(cells, &columns));
    if row_places.len() > MOST_ROWS || column_places.len() > MOST_COLUMNS {
        return None;
    }
    let cell = |row: &Vec<i64>, column: &Vec<i64>| {
        let mut at: Vec<i64> = cells.axes.iter().map(|(_, first, _)| *first).collect();
        rows.iter().zip(row).chain(columns.iter().zip(column)).for_each(|(axis, value)| at[*axis] = *value);
        let found = cells.entries.get(&at)?;
        let (_, name, ..) = MARKS.iter().find(|(mark, ..)| mark == found)?;
        let colour = if *found == Cell::Right { COLOURS.0 } else { COLOURS.1 };
        Some((colour, (*name).to_string(), String::new()))
    };
    let labels = |places: &[Vec<i64>]| {
        places.iter().map(|at| at.iter().map(i64::to_string).collect::<Vec<_>>().join(",")).collect::<Vec<_>>()
    };
    let matrix = Pattern {
        row_title: title(cells, &rows),
        column_title: title(cells, &columns),
        rows: labels(&row_places),
        columns: labels(&column_places),
        cells: row_places.iter().map(|row| column_places.iter().map(|column| cell(row, column)).collect()).collect(),
        frame: Frame::default(),
        caption: caption(cells, &kept),
    };
    let (output, array) = &cells.of;
    let (wrong, all) = (cells.wrong(), cells.entries.len());
    let alternative =
        format!("The derivative of {output} with respect to {array}: {wrong} of {all} entries are wrong.");
    Some(Picture { alternative, reads: None, matrix })
}

/// The matrix in characters, for the terminal.
pub fn characters(picture: &Picture) -> Vec<String> {
    let names = notation();
    let notation = Notation::new(&names);
    let writer = super::prose::Writer { dialect: super::prose::Dialect::Text, notation: &notation, marks: &[] };
    terminal::matrix(&picture.matrix, &notation, &writer.prose(&picture.matrix.caption))
}

/// Whether the entries differ along an axis.
fn matters(cells: &Cells, axis: usize) -> bool {
    let first = cells.axes[axis].1;
    cells.entries.iter().any(|(at, cell)| {
        let mut other = at.clone();
        other[axis] = first;
        cells.entries.get(&other) != Some(cell)
    })
}

fn places(cells: &Cells, axes: &[usize]) -> Vec<Vec<i64>> {
    axes.iter().fold(vec![Vec::new()], |places, axis| {
        let (_, first, last) = &cells.axes[*axis];
        places.iter().flat_map(|at| (*first..=*last).map(move |value| [at.as_slice(), &[value]].concat())).collect()
    })
}

fn title(cells: &Cells, axes: &[usize]) -> Math {
    let mut pieces = Vec::new();
    for axis in axes {
        if !pieces.is_empty() {
            pieces.push(Piece::Symbol(Symbol::Comma));
        }
        pieces.push(Piece::Expr(Expr::name(cells.axes[*axis].0.clone())));
    }
    if !pieces.is_empty() {
        pieces.push(Piece::Symbol(Symbol::Equal));
    }
    pieces
}

fn caption(cells: &Cells, kept: &[usize]) -> Prose {
    let (output, array) = &cells.of;
    let read = |name: &Name, axes: &[(Name, i64, i64)]| {
        let at = axes.iter().map(|(index, first, last)| match first == last {
            true => Expr::integer((*first).into()),
            false => Expr::name(index.clone()),
        });
        Expr::new(ExprKind::Read(name.clone(), at.collect()))
    };
    let (rows, columns) = cells.axes.split_at(cells.output_axes);
    let of = if rows.is_empty() { Expr::name(output.clone()) } else { read(output, rows) };
    let columns = columns.iter().map(|(index, first, last)| match first == last {
        true => Expr::integer((*first).into()),
        false => Expr::name(index.clone()),
    });
    let derivative = ExprKind::Derivative(Box::new(of), array.clone(), columns.collect());
    let mut prose = vec![math(Expr::new(derivative)), text(" as claimed")];
    let dropped = |axis: &usize| !kept.contains(axis) && cells.axes[*axis].1 != cells.axes[*axis].2;
    let dropped: Vec<_> =
        (0..cells.axes.len()).filter(dropped).map(|axis| math(Expr::name(cells.axes[axis].0.clone()))).collect();
    if !dropped.is_empty() {
        prose.push(text(" for one "));
        prose.extend(listed(dropped));
    }
    if !cells.sizes.is_empty() {
        let sizes: Vec<String> = cells.sizes.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        prose.push(text(format!(" at {}", sizes.join(", "))));
    }
    for (mark, name, _, words) in MARKS {
        if cells.entries.values().any(|cell| cell == mark) {
            prose.push(text("; "));
            prose.push(math(Expr::name(*name)));
            prose.push(text(format!(" {words}")));
        }
    }
    prose
}
