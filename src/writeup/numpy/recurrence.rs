//! What is computed step by step: arrays that read each other, filled by one private function.
//!
//! A loop over the steps goes the way the reads ask for; within a step the entries come in an order
//! in which they are there when they are read. What starts a recurrence is filled ahead of the loop.
//! Invariant: where no order is proved there is no code, but an error.

use super::PieceKind;
use super::arithmetic::{is_zero, minus, plus};
use super::docstring;
use super::expression::{Bound, all};
use super::fill::{Filling, fill, only_if, zeros};
use super::function::{Function, formula_lines, texts};
use super::layout::{Doc, bracketed, lines, list, text};
use super::reading::range_of;
use super::reads::{Entry, Reads};
use super::schedule::{Edge, Part, Schedule, Steps, schedule};
use super::stage::{Definition, Workshop};
use super::tensor::Dialect;
use crate::integer::Index;
use crate::language::program::{AxisBox, Program};
use crate::language::syntax::{Binder, Condition, Expr, ExprKind, Name, Relation};
use crate::model::{components, each_part};
use std::collections::{BTreeMap, BTreeSet};

/// The arrays that have several equations, or read each other in a circle.
pub(super) fn stepwise(program: &Program) -> BTreeSet<Name> {
    let mut number: BTreeMap<&Name, usize> = BTreeMap::new();
    let mut several = BTreeSet::new();
    for equation in &program.equations {
        let next = number.len();
        if number.contains_key(&equation.array) {
            several.insert(equation.array.clone());
        }
        number.entry(&equation.array).or_insert(next);
    }
    let mut graph = vec![BTreeSet::new(); number.len()];
    for equation in &program.equations {
        each_part(&equation.body, &mut |part| {
            if let ExprKind::Read(name, _) | ExprKind::Name(name) = &part.kind
                && let Some(read) = number.get(name)
                && equation.indices.iter().all(|index| index.name != *name)
            {
                graph[number[&equation.array]].insert(*read);
            }
        });
    }
    let component = components(&graph);
    let circle = |node: usize| {
        graph[node].contains(&node) || component.iter().filter(|other| **other == component[node]).count() > 1
    };
    several.extend(number.iter().filter(|(_, node)| circle(**node)).map(|(name, _)| (*name).clone()));
    several
}

impl<'a> Workshop<'a> {
    /// The function that computes what reads each other.
    pub(super) fn recurrence(&self, unit: &[PieceKind]) -> Result<Function, String> {
        let (loops, function) = (Vec::new(), Function::default());
        let mut run = Run { shop: self, unit, parts: self.parts(unit)?, loops, function };
        let arrays: Vec<String> = unit.iter().map(|kind| self.stored_as(kind).to_string()).collect();
        let mut parameters = self.parameters(&self.unit_needs(unit));
        let added = self.added(unit);
        parameters.extend(added.iter().map(|array| format!("_add_{array}=0.0")));
        let result = if arrays.len() == 1 { self.array_type() } else { "tuple" };
        let head = list(format!("def {}(", self.function_of(unit)), texts(&parameters), format!(") -> {result}:"));
        run.function.head = lines(0, &head);
        run.function.about = self.about_steps(unit, &added)?;
        let like = self.like(&self.unit_needs(unit));
        for (kind, array) in unit.iter().zip(&arrays) {
            let added = added.contains(array).then(|| format!("_add_{array}"));
            let mut writer = self.writer();
            let made = zeros(&mut writer, array, &self.axes(kind)?, &like, added.as_deref())?;
            run.function.body.push(made);
            run.function.library.extend(writer.needs.library);
        }
        let edges = run.edges();
        let parts: Vec<Part> =
            run.parts.iter().map(|part| Part { member: part.member, axes: part.indices.len() }).collect();
        let order = schedule(&parts, &edges).ok_or_else(|| unordered(unit))?;
        run.all(&order, 4)?;
        run.function.body.push(format!("    return {}", arrays.join(", ")));
        Ok(run.function)
    }

    /// The arrays of a unit that the self check moves, while they are computed step by step.
    pub(super) fn added(&self, unit: &[PieceKind]) -> Vec<String> {
        let moved = |kind: &&PieceKind| {
            let is_moved = matches!(kind, PieceKind::Value(array) if self.moved.contains(array));
            is_moved && self.together.contains_key(*kind)
        };
        unit.iter().filter(moved).map(|kind| self.stored_as(kind).to_string()).collect()
    }

    fn about_steps(&self, unit: &[PieceKind], added: &[String]) -> Result<Vec<String>, String> {
        let spoken: Vec<String> = unit.iter().map(PieceKind::spoken).collect();
        let mut about = vec![format!("Compute {} step by step.", listed(&spoken))];
        if !added.is_empty() {
            about.push(String::new());
            about.push(format!("    What is added to {} is for the self check.", listed(added)));
        }
        let mut formulas = String::new();
        for kind in unit {
            for definition in self.definitions(kind)? {
                formulas.push_str(&docstring(&definition.text));
                formulas.push('\n');
            }
        }
        about.extend(formula_lines(&formulas));
        Ok(about)
    }

    fn parts(&self, unit: &[PieceKind]) -> Result<Vec<Formula<'a>>, String> {
        let mut parts = Vec::new();
        for (member, kind) in unit.iter().enumerate() {
            for Definition { indices, formula, .. } in self.definitions(kind)? {
                let mut known = self.known.clone();
                let own = indices.iter().map(|index| Index::var(&known.bind(index))).collect();
                let mut reads = Reads { wanted: unit, found: Vec::new() };
                reads.walk(formula, &known);
                let (axes, reads) = (self.axes(kind)?, reads.found);
                parts.push(Formula { member, axes, indices, formula, own, reads });
            }
        }
        Ok(parts)
    }
}

fn unordered(unit: &[PieceKind]) -> String {
    let names: Vec<String> = unit.iter().map(|kind| format!("`{}`", kind.spoken())).collect();
    format!("no order was found in which {} can be computed step by step", listed(&names))
}

/// `a`, `a and b`, `a, b and c`
fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A formula for some entries of an array.
struct Formula<'a> {
    member: usize,
    axes: Vec<AxisBox>,
    indices: &'a [Binder],
    formula: &'a Expr,
    own: Vec<Index>,
    reads: Vec<Entry>,
}

/// A loop around what is written.
struct Looped<'a> {
    python: String,
    steps: &'a Steps,
    range: (Expr, Expr),
}

/// A function on its way.
struct Run<'w, 'a> {
    shop: &'w Workshop<'a>,
    unit: &'w [PieceKind],
    parts: Vec<Formula<'a>>,
    loops: Vec<Looped<'w>>,
    function: Function,
}

impl<'w> Run<'w, '_> {
    /// Which parts are computed from which.
    fn edges(&self) -> Vec<Edge> {
        let mut edges = Vec::new();
        for (from, part) in self.parts.iter().enumerate() {
            for entry in &part.reads {
                let possible =
                    |(_, read): &(usize, &Formula<'_>)| read.member == entry.member && self.meets(entry, read);
                for (to, _) in self.parts.iter().enumerate().filter(possible) {
                    let (own, at, known) = (part.own.clone(), entry.at.clone(), entry.known.clone());
                    edges.push(Edge { from, to, own, at, known });
                }
            }
        }
        edges
    }

    /// Whether an entry that is read may be one of a part.
    fn meets(&self, entry: &Entry, read: &Formula<'_>) -> bool {
        let known = self.shop.known;
        let is_outside = |(at, index): (&Option<Index>, &Binder)| {
            let range = index.range.as_ref().and_then(|(first, last)| Some((known.index(first)?, known.index(last)?)));
            at.as_ref().zip(range).is_some_and(|(at, range)| entry.known.is_outside(at, &range))
        };
        !entry.at.iter().zip(read.indices).any(is_outside)
    }

    fn all(&mut self, order: &'w [Schedule], indent: usize) -> Result<(), String> {
        for item in order {
            match item {
                Schedule::Fill(part) => self.fill(*part, indent)?,
                Schedule::Loop(steps) => self.steps(steps, indent)?,
            }
        }
        Ok(())
    }

    /// A loop from the first step of all parts to the last, or back.
    fn steps(&mut self, steps: &'w Steps, indent: usize) -> Result<(), String> {
        let mut ranges = Vec::new();
        let mut name = None;
        for (part, (axis, shift)) in &steps.parts {
            let index = &self.parts[*part].indices[*axis];
            let range = stepped(index, *shift, steps.upwards)?;
            if name.is_none() || range.0 != range.1 {
                name = Some(index.name.clone());
            }
            ranges.push(range);
        }
        let (firsts, lasts): (Vec<Expr>, Vec<Expr>) = ranges.into_iter().unzip();
        let call = |function: &str, all: &[Expr]| Expr::new(ExprKind::Call(function.into(), all.to_vec()));
        let known = self.shop.known;
        let first = known.least(&firsts).cloned().unwrap_or_else(|| call("min", &firsts));
        let last = known.greatest(&lasts).cloned().unwrap_or_else(|| call("max", &lasts));
        let name = name.unwrap_or_else(|| "t".into());
        let python = self.shop.names.index(&name, self.loops.iter().map(|looped| &looped.python));
        let mut writer = self.shop.writer();
        let mut limits = vec![writer.index(&plus(&last, &Expr::integer(1)))?];
        if !is_zero(&first) {
            limits.insert(0, writer.index(&first)?);
        }
        let range = list("range(", limits, ")");
        let range = if steps.upwards { range } else { bracketed("reversed(", range, ")") };
        let head = Doc::Seq(vec![text(format!("for {python} in ")), range, text(":")]);
        self.function.body.push(lines(indent, &head));
        self.loops.push(Looped { python, steps, range: (first, last) });
        self.all(&steps.body, indent + 4)?;
        self.loops.pop();
        Ok(())
    }

    /// The entries of a part that the loops around leave open.
    fn fill(&mut self, number: usize, mut indent: usize) -> Result<(), String> {
        let part = &self.parts[number];
        if is_zero(part.formula) {
            return Ok(());
        }
        let mut writer = self.shop.writer();
        let (mut looped, mut tests, mut body) = (Vec::new(), Vec::new(), Vec::new());
        for around in &self.loops {
            let Some((axis, shift)) = around.steps.parts.get(&number) else { continue };
            let index = &part.indices[*axis];
            let mut python = around.python.clone();
            if *shift != 0 {
                let used = writer.scope.iter().map(|bound| &bound.python);
                let used = used.chain(self.loops.iter().map(|looped| &looped.python));
                let own = self.shop.names.index(&index.name, used);
                let sign = if (*shift > 0) == around.steps.upwards { '+' } else { '-' };
                body.push(format!("{}{own} = {python} {sign} {}", " ".repeat(indent), shift.abs()));
                python = own;
            }
            let range = range_of(index)?.clone();
            writer.scope.push(Bound { name: index.name.clone(), python, range });
            tests.extend(at_steps(index, &around.range, *shift, around.steps.upwards)?);
            looped.push(*axis);
        }
        if !tests.is_empty() {
            body.push(only_if(&mut writer, indent, &all(tests))?);
            indent += 4;
        }
        let kind = &self.unit[part.member];
        let array = self.shop.stored_as(kind);
        let added = self.shop.added(self.unit).iter().any(|moved| moved == array);
        let Formula { axes, indices, formula, .. } = part;
        let filling = Filling { array, axes, indices, looped: &looped, formula, added };
        if self.shop.dialect == Dialect::Torch {
            writer.filled = self.unit.iter().map(|kind| self.shop.stored_as(kind).to_string()).collect();
        }
        writer.avoid = self.loops.iter().map(|looped| looped.python.clone()).collect();
        let filled = fill(&mut writer, self.shop.known, indent, &filling)?;
        body.extend(filled.lines);
        self.function.masked |= filled.masked && self.shop.dialect == Dialect::Numpy;
        let seen = |kind: &PieceKind| part.reads.iter().any(|entry| self.unit[entry.member] == *kind);
        let read = self.shop.read_by(&writer.needs);
        if let Some(missed) = read.iter().find(|kind| self.unit.contains(kind) && !seen(kind)) {
            return Err(format!("where {} reads {} was not found", kind.spoken(), missed.spoken()));
        }
        self.function.library.extend(writer.needs.library);
        self.function.body.extend(body);
        Ok(())
    }
}

/// The steps at which the entries of a part are computed.
fn stepped(index: &Binder, shift: i128, upwards: bool) -> Result<(Expr, Expr), String> {
    let (first, last) = range_of(index)?;
    let shift = Expr::integer(if upwards { shift } else { -shift });
    Ok((minus(first, &shift), minus(last, &shift)))
}

/// The condition that a step is one of those of a part, as far as the range of the loop does not say so.
fn at_steps(index: &Binder, range: &(Expr, Expr), shift: i128, upwards: bool) -> Result<Option<Condition>, String> {
    let own = stepped(index, shift, upwards)?;
    let (first, last) = range_of(index)?.clone();
    let name = Expr::name(index.name.clone());
    Ok(match (own.0 == range.0, own.1 == range.1) {
        (true, true) => None,
        _ if first == last => Some(Condition::Chain(name, vec![(Relation::Equal, first)])),
        (true, false) => Some(Condition::Chain(name, vec![(Relation::AtMost, last)])),
        (false, true) => Some(Condition::Chain(name, vec![(Relation::AtLeast, first)])),
        (false, false) => Some(Condition::Chain(first, vec![(Relation::AtMost, name), (Relation::AtMost, last)])),
    })
}
