//! Which entries of an array the entries of another read, by the index maps of its equation: with stride, dilation,
//! padding and whatever else an index can say, at numbers for all sizes.
//!
//! The reads are found by going through all indices, free and bound; axes on which they do not depend are left
//! out, and axes that have nothing to do with one another are shown apart. Invariant: a line is a read of the
//! equation, padding included, and every read of the axes shown has a line.

mod relation;

use super::document::{Frame, Pattern, Piece, Prose, Reads, Symbol};
use super::reason::{listed, math, text};
use crate::calculus::indices::indices_of;
use crate::evaluate::{ConditionFormula, EvalError, Instance, IntegerFormula};
use crate::integer::{Condition, Index, Var};
use crate::language::syntax::{Expr, ExprKind, Name, Role};
use crate::model::system::{Array, Equation};
use crate::model::{Bound, Kind, System, Term};
use crate::study::Study;
use relation::Relation;
use std::collections::{BTreeMap, BTreeSet};

/// The most places of the upper and the lower row.
pub const MOST_OUTPUTS: usize = 24;
/// The most places of the lower row.
pub const MOST_INPUTS: usize = 40;
/// The most combinations of indices that are gone through.
const MOST_VISITS: usize = 60_000;
/// The most work of the evaluator.
const WORK: u64 = 100_000_000;
/// The seed of integer data.
const SEED: u64 = 7;

/// The reads of one array by another.
#[derive(Clone, Debug, PartialEq)]
pub struct Footprint {
    /// The arrays: reader, read.
    pub arrays: (Name, Name),
    /// Rows of outputs and inputs, one for each group of axes that depend on one another.
    pub rows: Vec<Reads>,
    /// If the entries of two axes are read, those that one output reads: the array as a matrix.
    pub window: Option<Pattern>,
    /// What it shows, in plain words.
    pub alternative: String,
}

/// The equations whose reads are most worth drawing, and the arrays they read: first those that read at a place
/// that is computed, in the order of the system.
pub fn candidates(system: &System) -> Vec<(Name, Name)> {
    let mut found: Vec<(bool, bool, Name, Name)> = Vec::new();
    for equation in &system.equations {
        for read in visits(equation, None) {
            let computed = read.at.iter().any(|index| index.as_var().is_none() && index.as_constant().is_none());
            let weight = system.array(&read.array).is_some_and(|array| array.role == Role::Weight);
            let key = (!computed || equation.array == read.array, weight, equation.array.clone(), read.array.clone());
            if !found.contains(&key) {
                found.push(key);
            }
        }
    }
    let of_outputs = |(.., reader, _): &(bool, bool, Name, Name)| !system.outputs.contains(reader);
    found.sort_by_key(|key| (key.0, if key.0 { of_outputs(key) } else { false }, key.1));
    found.into_iter().map(|(.., reader, read)| (reader, read)).collect()
}

/// The reads of `array` by the equation of `of`; every size is a number.
///
/// # Errors
/// Why there is no picture: there are no such reads, or it would be too large.
pub fn footprint(study: &Study, of: &Name, array: &Name) -> Result<Footprint, String> {
    let system = &study.system;
    let equation = system.equation(of).ok_or(format!("`{of}` is given, it reads nothing"))?;
    let reads = visits(equation, Some(array));
    if reads.is_empty() {
        return Err(format!("the equation of `{of}` reads no entry of `{array}`"));
    }
    let instance =
        Instance::new(&system.program, &BTreeMap::new(), SEED, WORK).map_err(|error: EvalError| error.to_string())?;
    let outside = equation.indices.iter().map(|bound| (number(&bound.lo), number(&bound.hi)));
    let inside = padded(system, array)?;
    let mut relation =
        Relation::new(outside.chain(inside.iter().map(|axis| axis.range)).collect(), equation.indices.len());
    let mut left = MOST_VISITS;
    for read in &reads {
        Walk::new(study, &instance, equation, read, &inside)?.go(&mut relation, &mut left)?;
    }
    if relation.is_empty() {
        return Err(format!("at these sizes no entry of `{of}` reads one of `{array}`"));
    }
    let columns = indices_of(system, array, &equation.indices);
    let names: Vec<Expr> =
        equation.indices.iter().chain(&columns).map(|bound| Expr::name(bound.var.written())).collect();
    let page = Page { of, array, names: &names, inside: &inside, split: equation.indices.len() };
    page.footprint(&relation)
}

fn number(index: &Index) -> i64 {
    index.as_constant().and_then(|n| i64::try_from(n).ok()).unwrap_or(0)
}

/// An axis of the array that is read.
struct Inside {
    /// The first and last index that may be read, padding included.
    range: (i64, i64),
    /// The first and last index that is stored.
    stored: (i64, i64),
}

fn padded(system: &System, array: &Name) -> Result<Vec<Inside>, String> {
    if let Some(Array { axes, .. }) = system.array(array) {
        let inside = |axis: &crate::model::system::Axis| {
            let stored = (number(&axis.first), number(&axis.last));
            Inside { stored, range: (stored.0 - number(&axis.before), stored.1 + number(&axis.after)) }
        };
        return Ok(axes.iter().map(inside).collect());
    }
    let bounds = system.bounds(array).ok_or(format!("there is no array `{array}`"))?;
    let inside =
        |(lo, hi): &(Index, Index)| Inside { stored: (number(lo), number(hi)), range: (number(lo), number(hi)) };
    Ok(bounds.iter().map(inside).collect())
}

/// A read as it stands in an equation.
struct Visit {
    array: Name,
    at: Vec<Index>,
    bounds: Vec<Bound>,
    conditions: Vec<Condition>,
}

/// The reads of an equation, those of integer data in indices left out.
fn visits(equation: &Equation, array: Option<&Name>) -> Vec<Visit> {
    let mut found = Vec::new();
    gather(&equation.body, array, (&mut Vec::new(), &mut Vec::new()), &mut found);
    found
}

fn gather(
    term: &Term,
    array: Option<&Name>,
    (bounds, conditions): (&mut Vec<Bound>, &mut Vec<Condition>),
    found: &mut Vec<Visit>,
) {
    if let Kind::Read(name, at) = term.kind()
        && array.is_none_or(|array| array == name)
    {
        let (array, at) = (name.clone(), at.clone());
        found.push(Visit { array, at, bounds: bounds.clone(), conditions: conditions.clone() });
    }
    let before = (bounds.len(), conditions.len());
    bounds.extend(term.bounds().iter().cloned());
    conditions.extend(term.held().cloned());
    if let Kind::Product(factors) = term.kind() {
        conditions.extend(factors.iter().filter_map(|factor| match factor.kind() {
            Kind::Bracket(condition) => Some(condition.clone()),
            _ => None,
        }));
    }
    for child in term.children() {
        gather(child, array, (bounds, conditions), found);
    }
    bounds.truncate(before.0);
    conditions.truncate(before.1);
}

/// The condition without what only says that the read lies inside the array.
fn without_padding(condition: &Condition, at: &[Index], inside: &[Inside]) -> Option<Condition> {
    let is_end = |low: &Index, high: &Index| {
        let gap = high.minus(low);
        at.iter().zip(inside).any(|(index, axis)| {
            let (first, last) = (index.plus_number(-i128::from(axis.stored.0)), Index::constant(axis.stored.1.into()));
            gap == first || gap == last.minus(index)
        })
    };
    match condition {
        Condition::All(parts) => {
            let parts: Vec<Condition> = parts.iter().filter_map(|part| without_padding(part, at, inside)).collect();
            (!parts.is_empty()).then_some(Condition::All(parts))
        }
        Condition::AtMost(low, high) if is_end(low, high) => None,
        Condition::Within(low, e, high) => match (is_end(low, e), is_end(e, high)) {
            (true, true) => None,
            (true, false) => Some(Condition::AtMost(e.clone(), high.clone())),
            (false, true) => Some(Condition::AtMost(low.clone(), e.clone())),
            (false, false) => Some(condition.clone()),
        },
        other => Some(other.clone()),
    }
}

/// Goes through all indices of one read.
struct Walk<'a> {
    instance: &'a Instance,
    free: usize,
    inside: &'a [Inside],
    ranges: Vec<(IntegerFormula, IntegerFormula)>,
    at: Vec<IntegerFormula>,
    condition: Option<ConditionFormula>,
    /// Which bound indices say at which tap it is read.
    taps: Vec<usize>,
}

impl<'a> Walk<'a> {
    fn new(
        study: &Study,
        instance: &'a Instance,
        equation: &Equation,
        read: &Visit,
        inside: &'a [Inside],
    ) -> Result<Self, String> {
        let fail = |error: EvalError| error.to_string();
        let quote = study.names.quote(&study.system, &equation.indices);
        let all = equation.indices.iter().chain(&read.bounds);
        let names: Vec<Name> = all.map(|bound| quote.var(&bound.var)).collect();
        let integer = |index: &Index| instance.compile_integer(&quote.index(index), &names).map_err(fail);
        let kept: Vec<Condition> =
            read.conditions.iter().filter_map(|c| without_padding(c, &read.at, inside)).collect();
        let condition = match kept.is_empty() {
            true => None,
            false => Some(instance.compile_condition(&quote.conditions(&kept), &names).map_err(fail)?),
        };
        let bare = |var: &Var| read.at.iter().any(|index| index.as_var() == Some(var));
        let mentioned = |var: &Var| {
            let shared = |index: &Index| index.mentions(var) && index.as_var().is_none();
            read.at.iter().any(shared) || kept.iter().any(|condition| condition.mentions(var))
        };
        let taps = (0..read.bounds.len()).filter(|k| mentioned(&read.bounds[*k].var) && !bare(&read.bounds[*k].var));
        let ranges = read.bounds.iter().map(|bound| Ok((integer(&bound.lo)?, integer(&bound.hi)?)));
        Ok(Walk {
            instance,
            free: equation.indices.len(),
            inside,
            ranges: ranges.collect::<Result<_, String>>()?,
            at: read.at.iter().map(integer).collect::<Result<_, _>>()?,
            condition,
            taps: taps.collect(),
        })
    }

    fn go(&self, relation: &mut Relation, left: &mut usize) -> Result<(), String> {
        for place in relation.outputs() {
            let mut at = place.clone();
            at.resize(self.free + self.ranges.len(), 0);
            self.bind(&mut at, 0, relation, left)?;
        }
        Ok(())
    }

    fn bind(&self, at: &mut Vec<i64>, bound: usize, relation: &mut Relation, left: &mut usize) -> Result<(), String> {
        let fail = |error: EvalError| error.to_string();
        if let Some((lo, hi)) = self.ranges.get(bound) {
            let lo = self.instance.evaluate_integer(lo, at).map_err(fail)? as i64;
            let hi = self.instance.evaluate_integer(hi, at).map_err(fail)? as i64;
            for value in lo..=hi {
                at[self.free + bound] = value;
                self.bind(at, bound + 1, relation, left)?;
            }
            at[self.free + bound] = lo;
            return Ok(());
        }
        let many = || format!("there are more than {MOST_VISITS} reads, too many for a picture");
        *left = left.checked_sub(1).ok_or_else(many)?;
        if let Some(condition) = &self.condition
            && !self.instance.evaluate_condition(condition, at).map_err(fail)?
        {
            return Ok(());
        }
        let mut place = at[..self.free].to_vec();
        for (formula, axis) in self.at.iter().zip(self.inside) {
            let index = self.instance.evaluate_integer(formula, at).map_err(fail)? as i64;
            if index < axis.range.0 || axis.range.1 < index {
                return Ok(());
            }
            place.push(index);
        }
        relation.insert(place, self.taps.iter().map(|tap| at[self.free + tap]).collect());
        Ok(())
    }
}

/// What is written at a picture.
struct Page<'a> {
    of: &'a Name,
    array: &'a Name,
    names: &'a [Expr],
    inside: &'a [Inside],
    split: usize,
}

impl Page<'_> {
    fn footprint(&self, relation: &Relation) -> Result<Footprint, String> {
        let (groups, side_by_side) = relation.groups();
        let rows: Vec<Reads> =
            groups.iter().map(|group| self.row(relation, group, &side_by_side)).collect::<Result<_, _>>()?;
        let inner: BTreeSet<usize> = groups.iter().flatten().copied().filter(|axis| *axis >= self.split).collect();
        let window = match inner.into_iter().collect::<Vec<_>>().as_slice() {
            [a, b] => self.window(relation, (*a, *b)),
            _ => None,
        };
        let count: usize = rows.iter().map(|row| row.lines.len()).sum();
        let alternative = format!("Which entries of {} the entries of {} read: {count} lines.", self.array, self.of);
        Ok(Footprint { arrays: (self.of.clone(), self.array.clone()), rows, window, alternative })
    }

    fn is_padding(&self, axes: &[usize], place: &[i64]) -> bool {
        axes.iter().zip(place).any(|(axis, index)| {
            let (first, last) = self.inside[axis - self.split].stored;
            *index < first || last < *index
        })
    }

    /// Outputs above, inputs below.
    fn row(&self, relation: &Relation, axes: &[usize], side_by_side: &[Vec<usize>]) -> Result<Reads, String> {
        let (upper, lower): (Vec<usize>, Vec<usize>) = axes.iter().partition(|axis| **axis < self.split);
        let (above, below) = (relation.places(&upper), relation.places(&lower));
        if above.len() > MOST_OUTPUTS || below.len() > MOST_INPUTS {
            let (m, n) = (above.len(), below.len());
            return Err(format!(
                "this picture would have {m} places over {n}; up to {MOST_OUTPUTS} over {MOST_INPUTS} can be read"
            ));
        }
        let pairs = relation.projected(axes);
        let taps: BTreeSet<&Vec<i64>> = pairs.values().collect();
        let mut lines = Vec::new();
        for (place, tap) in &pairs {
            let (out, inner) = place.split_at(upper.len());
            let from = above.iter().position(|known| known == out);
            let to = below.iter().position(|known| known == inner);
            let class = taps.iter().position(|known| *known == tap);
            lines.extend(from.zip(to).zip(class).map(|((from, to), class)| (from, to, class)));
        }
        let names = |axes: &[usize]| axes.iter().map(|axis| self.names[*axis].clone()).collect::<Vec<_>>();
        let padding = below.iter().any(|place| self.is_padding(&lower, place));
        Ok(Reads {
            output_title: titled(self.of, names(&upper)),
            input_title: titled(self.array, names(&lower)),
            outputs: above.iter().map(|place| joined(place)).collect(),
            inputs: below.iter().map(|place| (joined(place), self.is_padding(&lower, place))).collect(),
            lines,
            caption: self.caption((&upper, &lower), side_by_side, taps.len() > 1, padding),
        })
    }

    /// `Which n of x each r of f reads, at equal c`
    fn caption(
        &self,
        (upper, lower): (&[usize], &[usize]),
        side_by_side: &[Vec<usize>],
        coloured: bool,
        padding: bool,
    ) -> Prose {
        let named = |axes: &[usize]| listed(axes.iter().map(|axis| math(self.names[*axis].clone())).collect());
        let entry = |axes: &[usize], array: &Name| {
            let mut prose = named(axes);
            prose.extend((!axes.is_empty()).then(|| text(" of ")));
            prose.push(math(Expr::name(array.clone())));
            prose
        };
        let mut prose = vec![text("Which ")];
        prose.extend(entry(lower, self.array));
        prose.push(text(if upper.is_empty() { " " } else { " each " }));
        prose.extend(entry(upper, self.of));
        prose.push(text(" reads"));
        if !side_by_side.is_empty() {
            prose.push(text(", at equal "));
            prose.extend(named(&side_by_side.iter().map(|pair| pair[0]).collect::<Vec<_>>()));
        }
        if coloured {
            prose.push(text("; a colour for each tap"));
        }
        if padding {
            prose.push(text("; dashed: padding, which is 0"));
        }
        prose
    }

    /// What one output reads: the first, if there is padding, else one in the middle.
    fn window(&self, relation: &Relation, (row, column): (usize, usize)) -> Option<Pattern> {
        let axes = [row, column];
        let (rows, columns) = (relation.places(&[row]), relation.places(&[column]));
        if rows.len() > MOST_OUTPUTS || columns.len() > MOST_INPUTS {
            return None;
        }
        let padding = |place: &[i64]| self.is_padding(&axes, place);
        let any_padding = rows.iter().any(|r| columns.iter().any(|c| padding(&[r[0], c[0]])));
        let (output, read) = relation.one_output(&axes, !any_padding)?;
        let taps: BTreeSet<&Vec<i64>> = read.values().collect();
        let letter: Vec<String> = taps.iter().map(|tap| joined(tap)).collect();
        let cell = |r: &Vec<i64>, c: &Vec<i64>| {
            let tap = read.get(&vec![r[0], c[0]])?;
            let class = taps.iter().position(|known| *known == tap)?;
            Some((class, String::new(), letter[class].clone()))
        };
        let mut dashed = Vec::new();
        for (k, r) in rows.iter().enumerate() {
            dashed.extend((0..columns.len()).filter(|c| padding(&[r[0], columns[*c][0]])).map(|c| (k, c)));
        }
        let title = |axis: usize| vec![Piece::Expr(self.names[axis].clone()), Piece::Symbol(Symbol::Equal)];
        let labels = |places: &[Vec<i64>]| places.iter().map(|place| joined(place)).collect();
        let at = output.iter().map(|index| Expr::integer((*index).into())).collect::<Vec<_>>();
        let entry =
            if at.is_empty() { Expr::name(self.of.clone()) } else { Expr::new(ExprKind::Read(self.of.clone(), at)) };
        let mut caption = vec![text("What "), math(entry), text(" reads of "), math(Expr::name(self.array.clone()))];
        if taps.len() > 1 {
            caption.push(text("; in the cells the taps"));
        }
        Some(Pattern {
            row_title: title(row),
            column_title: title(column),
            rows: labels(&rows),
            columns: labels(&columns),
            cells: rows.iter().map(|r| columns.iter().map(|c| cell(r, c)).collect()).collect(),
            frame: Frame { dashed, ..Frame::default() },
            caption,
        })
    }
}

fn titled(array: &Name, names: Vec<Expr>) -> Prose {
    let mut prose = vec![math(Expr::name(array.clone()))];
    if !names.is_empty() {
        prose.push(text(", "));
        prose.extend(listed(names.into_iter().map(math).collect()));
    }
    prose
}

fn joined(values: &[i64]) -> String {
    values.iter().map(i64::to_string).collect::<Vec<_>>().join(",")
}

/// Whether integer data stand in the places at which an equation reads an array.
pub fn reads_data(system: &System, of: &Name, array: &Name) -> bool {
    system.equation(of).is_some_and(|equation| {
        visits(equation, Some(array))
            .iter()
            .any(|read| read.at.iter().any(Index::reads_data) || read.conditions.iter().any(Condition::reads_data))
    })
}

/// The integer data with which reads are drawn; every size is a number.
pub fn data(system: &System) -> Vec<(Name, Vec<i64>)> {
    let Ok(instance) = Instance::new(&system.program, &BTreeMap::new(), SEED, WORK) else { return Vec::new() };
    let arrays = system.arrays.iter().filter(|array| array.role == Role::Integer);
    let values = |array: &Array| {
        let axes = instance.axes(&array.name)?;
        let places = relation::places(axes);
        places.iter().map(|at| instance.integer_entry(&array.name, at)).collect::<Option<Vec<i64>>>()
    };
    arrays.filter_map(|array| Some((array.name.clone(), values(array)?))).collect()
}
