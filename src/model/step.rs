//! One step of a recurrence as a system of its own.
//!
//! What is computed at the same step stays defined; what is read from other steps is held: it becomes
//! an array that is given. Derivatives there are the factors of which derivatives over several steps
//! consist. Invariant: no author can give a held array its name, and it has the box of its original.

use super::dependencies::Dependencies;
use super::order::components;
use super::system::{Array, Axis, Equation, System};
use super::term::{Bound, Kind, Term};
use crate::integer::{Condition, Extreme, Index, Truth, Var};
use crate::language::syntax::{Name, Role};
use std::collections::{BTreeMap, BTreeSet};

/// The axes along which the steps of each array of a recurrence run.
pub type StepAxes = BTreeMap<Name, BTreeSet<usize>>;

/// One step of a recurrence.
#[derive(Clone, Debug)]
pub struct OneStep {
    /// The equations of the step.
    pub system: System,
    /// Along which axes the steps run.
    pub axes: StepAxes,
}

/// The name of the entries of other steps of an array.
fn held(array: &Name) -> Name {
    format!("{array}°").into()
}

impl System {
    /// A formula in which what was held has its author's name.
    pub fn released(&self, term: &Term) -> Term {
        let authors = |array: &Name| self.held.iter().find(|(name, _)| name == array).map(|(_, of)| of.clone());
        match term.kind() {
            Kind::Read(array, at) => authors(array).map_or_else(|| term.clone(), |name| Term::read(name, at.clone())),
            Kind::Derivative(of, array, at) => {
                Term::derivative(self.released(of), authors(array).unwrap_or_else(|| array.clone()), at.clone())
            }
            _ => term.map_children(&mut |child| self.released(child)),
        }
    }

    /// What stands for the entries of other steps of an array, if this is one step and they are read.
    pub fn held_name(&self, array: &str) -> Option<&Name> {
        self.held.iter().find(|(_, of)| **of == *array).map(|(name, _)| name)
    }

    /// Along which axes the recurrence steps in which an array is computed; none if it is not.
    pub fn step_axes(&self, array: &str) -> Option<StepAxes> {
        let recurrence = self.recurrence(array)?;
        let first = |(name, axis): (&Name, &usize)| (name.clone(), BTreeSet::from([*axis]));
        let mut axes: StepAxes = recurrence.arrays.iter().map(first).collect();
        loop {
            let cut: Vec<Equation> = self.members(&axes).map(|e| cut(e, &axes)).collect();
            let Some(more) = still_moving(&cut) else { return Some(axes) };
            let before: usize = axes.values().map(BTreeSet::len).sum();
            for (name, axis) in more {
                axes.entry(name).or_default().insert(axis);
            }
            if axes.values().map(BTreeSet::len).sum::<usize>() == before {
                return None;
            }
        }
    }

    fn members<'a>(&'a self, axes: &'a StepAxes) -> impl Iterator<Item = &'a Equation> {
        self.equations.iter().filter(|equation| axes.contains_key(&equation.array))
    }

    /// One step of the recurrence in which an array is computed; none if it is computed in none.
    pub fn step(&self, array: &str) -> Option<OneStep> {
        let axes = self.step_axes(array)?;
        let mut step = self.clone();
        step.recurrences.retain(|recurrence| !recurrence.arrays.contains_key(array));
        step.direct.clear();
        step.outputs = vec![array.into()];
        let (mut own, mut others): (Vec<Equation>, Vec<Equation>) =
            step.equations.drain(..).partition(|equation| axes.contains_key(&equation.array));
        own = own.iter().map(|equation| cut(equation, &axes)).collect();
        for name in axes.keys() {
            if !own.iter().any(|equation| equation.body.reads(&held(name))) {
                continue;
            }
            let axis =
                |(first, last): (Index, Index)| Axis { first, last, before: Index::default(), after: Index::default() };
            let bounds = self.bounds(name)?.into_iter().map(axis).collect();
            let array = Array { name: held(name), role: Role::Plain, constant: false, axes: bounds, values: None };
            step.arrays.push(array);
            step.held.push((held(name), name.clone()));
        }
        others.extend(own);
        step.equations = in_order(others)?;
        step.dependencies = Dependencies::new(&step.arrays, &step.equations);
        Some(OneStep { system: step, axes })
    }

    /// The axis of the steps of the only state of a recurrence; none if there are several states, or
    /// several such axes.
    pub fn step_axis(&self, state: &str) -> Option<usize> {
        let recurrence = self.recurrence(state)?;
        let axes = self.step_axes(state)?;
        let only = recurrence.states.len() == 1 && recurrence.states.contains(state);
        let mut own = axes.get(state)?.iter();
        let axis = own.next().filter(|_| own.next().is_none() && only);
        axis.copied()
    }

    /// How many steps back, of the recurrence with one state, this is read at most; none if that
    /// depends on data or on the step.
    pub fn reach(&self, state: &str) -> Option<Index> {
        let axis = self.step_axis(state)?;
        let step = self.step(state)?;
        let held = step.system.held_name(state)?;
        let sign = if self.recurrence(state)?.upwards { 1 } else { -1 };
        let mut lags: Vec<Option<Index>> = Vec::new();
        for equation in step.system.equations.iter().filter(|e| e.body.reads(held)) {
            let own = Index::var(&equation.indices[*step.axes.get(&equation.array)?.first()?].var);
            let lag = |at: &[Index], bounds: &[Bound]| {
                let lag = own.minus(&at[axis]).times_number(sign);
                greatest(lag, bounds)
            };
            collect_lags(&equation.body, held, &mut equation.indices.clone(), &mut |at, bounds| {
                lags.push(lag(at, bounds))
            });
        }
        let lags: Option<BTreeSet<Index>> = lags.into_iter().collect();
        let facts = self.facts();
        let mut lags: Vec<Index> = lags?.into_iter().collect();
        let largest = lags.iter().position(|lag| lags.iter().all(|other| facts.proves_nonnegative(&lag.minus(other))));
        match largest {
            Some(place) => Some(lags.swap_remove(place)),
            None => (!lags.is_empty()).then(|| Index::extreme(Extreme::Greatest, lags)),
        }
    }

    /// The indices of an array of a recurrence at its steps proper: where its author wrote several
    /// equations, those of the one that goes on from other steps, if there is one such.
    pub fn proper_steps(&self, array: &str) -> Option<Vec<Bound>> {
        let equation = self.equation(array)?;
        let recurrence = self.recurrence(array)?;
        let goes_on = |body: &Term| recurrence.arrays.keys().any(|name| body.reads(name));
        let mut parts = equation.parts.iter().filter(|(_, body)| goes_on(body));
        match (parts.next(), parts.next()) {
            (Some((indices, _)), None) if indices.len() == equation.indices.len() => {
                let own = equation.indices.iter().zip(indices);
                Some(own.map(|(whole, part)| Bound { var: whole.var.clone(), ..part.clone() }).collect())
            }
            _ => Some(equation.indices.clone()),
        }
    }

    /// The ranges of indices cut down to where an index of theirs lies inside a range.
    pub fn within(&self, indices: &mut [Bound], index: &Index, (lo, hi): (&Index, &Index)) {
        let facts = self.facts();
        for bound in indices.iter_mut() {
            let shift = index.linear_in(&bound.var).filter(|(slope, _)| slope.as_constant() == Some(1));
            let Some((_, rest)) = shift else { continue };
            let (first, last) = (lo.minus(&rest), hi.minus(&rest));
            let later = |a: &Index, b: &Index| facts.judge(&Condition::AtMost(a.clone(), b.clone())) == Truth::Yes;
            if later(&bound.lo, &first) {
                bound.lo = first;
            }
            if later(&last, &bound.hi) {
                bound.hi = last;
            }
        }
    }
}

/// The equation in which entries of other steps are held.
fn cut(equation: &Equation, axes: &StepAxes) -> Equation {
    let own: Vec<&Var> = axes[&equation.array].iter().map(|axis| &equation.indices[*axis].var).collect();
    let hold = |body: &Term| hold(body, axes, &own);
    let parts = equation.parts.iter().map(|(indices, body)| (indices.clone(), hold(body))).collect();
    Equation { body: hold(&equation.body), parts, ..equation.clone() }
}

fn hold(term: &Term, axes: &StepAxes, own: &[&Var]) -> Term {
    if let Kind::Read(name, at) = term.kind()
        && let Some(steps) = axes.get(name)
    {
        let here = |(axis, var): (&usize, &&Var)| at.get(*axis).and_then(Index::as_var) == Some(*var);
        return match steps.iter().zip(own).all(here) {
            true => term.clone(),
            false => Term::read(held(name), at.clone()),
        };
    }
    term.map_children(&mut |child| hold(child, axes, own))
}

/// Every read of an array, with the indices bound around it.
fn collect_lags(term: &Term, array: &Name, bounds: &mut Vec<Bound>, found: &mut dyn FnMut(&[Index], &[Bound])) {
    if let Kind::Read(name, at) = term.kind()
        && name == array
    {
        found(at, bounds);
    }
    let outside = bounds.len();
    bounds.extend(term.bounds().iter().cloned());
    term.children().iter().for_each(|child| collect_lags(child, array, bounds, found));
    bounds.truncate(outside);
}

/// The greatest value of an index expression over the ranges of its indices; none if it depends on
/// more than these, or not linearly.
fn greatest(mut index: Index, bounds: &[Bound]) -> Option<Index> {
    for bound in bounds.iter().rev().filter(|bound| bound.lo.is_free_of_vars() && bound.hi.is_free_of_vars()) {
        if index.mentions(&bound.var) {
            let (slope, _) = index.linear_in(&bound.var)?;
            let end = if slope.as_constant()? > 0 { &bound.hi } else { &bound.lo };
            index = index.substitute(&bound.var, end);
        }
    }
    (!index.reads_data() && index.is_free_of_vars()).then_some(index)
}

/// The axes on which equations that still go round in a circle move; none if none do.
fn still_moving(equations: &[Equation]) -> Option<Vec<(Name, usize)>> {
    let place = |name: &Name| equations.iter().position(|e| e.array == *name);
    let mut graph: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); equations.len()];
    for (from, equation) in equations.iter().enumerate() {
        let mut read = BTreeSet::new();
        equation.body.collect_reads(&mut read);
        graph[from].extend(read.iter().filter_map(place));
    }
    let component = components(&graph);
    let mut moving = Vec::new();
    let mut round = false;
    for (from, equation) in equations.iter().enumerate() {
        equation.body.any(&mut |t| {
            if let Kind::Read(name, at) = t.kind()
                && place(name).is_some_and(|to| component[to] == component[from])
            {
                round = true;
                let axes = equation.indices.iter().zip(at).enumerate();
                let moved = axes.filter(|(_, (own, index))| index.as_var() != Some(&own.var));
                moving.extend(moved.map(|(axis, _)| (name.clone(), axis)));
            }
            false
        });
    }
    round.then_some(moving)
}

/// Equations, each after those that it reads; none if they go round in a circle.
fn in_order(mut equations: Vec<Equation>) -> Option<Vec<Equation>> {
    let mut ordered: Vec<Equation> = Vec::with_capacity(equations.len());
    while !equations.is_empty() {
        let waits = |equation: &Equation| equations.iter().any(|other| equation.body.reads(&other.array));
        let next = equations.iter().position(|equation| !waits(equation))?;
        ordered.push(equations.remove(next));
    }
    Some(ordered)
}
