//! From a goal to a derivation: the first formula, then rule after rule until none applies.

use super::adjoint::Derivations;
use super::rule::{PHASES, Place, Rewrite, Rule};
use crate::derivation::{Derivation, Goal, RuleName, Step};
use crate::integer::{Facts, Index, Var};
use crate::language::syntax::Name;
use crate::limits::Limit;
use crate::model::{Bound, Kind, System, Term};
use hashbrown::HashMap;
use std::collections::BTreeSet;

/// How deep a formula may nest on the way.
const DEEPEST: usize = 96;

/// Derives a goal. None if the goal names an array that the system does not have.
pub fn derive(system: &System, goal: &Goal) -> Option<Derivation> {
    derive_with(system, goal, PHASES)
}

/// Derives a goal with other rules: for tests that show what a wrong rule does.
pub fn derive_with(system: &System, goal: &Goal, phases: &[&[Rule]]) -> Option<Derivation> {
    Derivations::default().derive(system, goal, phases).map(|derivation| (*derivation).clone())
}

/// The entries of a defined array.
pub(super) fn value(system: &System, output: &Name, phases: &[&[Rule]]) -> Option<Derivation> {
    let equation = system.equation(output)?;
    let indices = equation.indices.clone();
    let settled: Vec<(Var, Index)> =
        indices.iter().filter(|b| b.lo == b.hi).map(|b| (b.var.clone(), b.lo.clone())).collect();
    let start = equation.body.substitute_all(&settled);
    let facts = facts_of(system, &indices);
    let as_written = |phase: &&[Rule]| phase.iter().all(|rule| rule.name != RuleName::Fold);
    let phases: Vec<&[Rule]> = phases.iter().copied().filter(as_written).collect();
    let steps = rewrite(system, &facts, &indices, &phases, &start)?;
    let result = steps.last().map_or(&start, |step| &step.after).clone();
    let output_axes = indices.len();
    Some(Derivation { goal: Goal::Value { output: output.clone() }, indices, output_axes, start, steps, result })
}

/// Rule after rule, phase after phase, until none applies, or the formula is one that the phase has come by before;
/// none if that leads through formulas that are too large, or the time runs out.
pub(crate) fn rewrite(
    system: &System,
    facts: &Facts,
    indices: &[Bound],
    phases: &[&[Rule]],
    start: &Term,
) -> Option<Vec<Step>> {
    let mut search = Search::new(system, indices);
    let mut steps: Vec<Step> = Vec::new();
    let (mut work, most) = (0, system.limits.of(Limit::Rewriting));
    for phase in phases {
        search.begin(phase);
        let (begun, mut sizes) = (steps.len(), Vec::new());
        while let Some(step) = search.step(steps.last().map_or(start, |step| &step.after), facts) {
            let (size, depth) = step.after.extent();
            work += size;
            if work > most || depth > DEEPEST || system.limits.expired() {
                return None;
            }
            let same = |k: &usize| sizes[*k] == size && steps[begun + k].after == step.after;
            if let Some(known) = (0..sizes.len()).find(same) {
                steps.truncate(begun + known + 1);
                break;
            }
            sizes.push(size);
            steps.push(step);
        }
    }
    Some(steps)
}

/// A formula in which every part that is the definition of an array has its name.
pub fn folded(system: &System, indices: &[Bound], term: &Term) -> Term {
    let facts = facts_of(system, indices);
    let steps = rewrite(system, &facts, indices, &[&[super::fold::FOLD]], term);
    steps.and_then(|steps| steps.last().map(|step| step.after.clone())).unwrap_or_else(|| term.clone())
}

/// The first line of a gradient with the Jacobian's result in the place of the Jacobian, and what
/// the last phases leave of it; none if that is not what the gradient itself came to.
pub fn insert_jacobian(
    system: &System,
    gradient: &Derivation,
    jacobian: &Derivation,
    phases: &[&[Rule]],
) -> Option<Term> {
    let Goal::Jacobian { output, .. } = &jacobian.goal else { return None };
    let inserted = replace_local(&gradient.start, output, jacobian)?;
    let facts = facts_of(system, &gradient.indices);
    let steps = rewrite(system, &facts, &gradient.indices, phases.get(2..)?, &inserted)?;
    let term = steps.last().map_or(&inserted, |step| &step.after);
    let same = *term == gradient.result || super::normal::proved_equal(system, &facts, term, &gradient.result);
    same.then_some(inserted)
}

fn replace_local(term: &Term, output: &Name, jacobian: &Derivation) -> Option<Term> {
    if let Kind::Derivative(of, _, at) = term.kind() {
        let Kind::Read(read, rows) = of.kind() else { return None };
        if read != output {
            return None;
        }
        let values = rows.iter().chain(at).cloned();
        let pairs: Vec<(Var, Index)> = jacobian.indices.iter().map(|b| b.var.clone()).zip(values).collect();
        let clear = jacobian.result.with_all_bounds_fresh(&|v| pairs.iter().any(|(_, by)| by.mentions(v)));
        return Some(clear.substitute_all(&pairs));
    }
    if term.children().is_empty() {
        return Some(term.clone());
    }
    let children: Option<Vec<Term>> =
        term.children().iter().map(|child| replace_local(child, output, jacobian)).collect();
    Some(term.with_children(children?))
}

pub(crate) fn facts_of(system: &System, indices: &[Bound]) -> Facts {
    let mut facts = system.facts();
    for bound in indices {
        facts.bound_index(&bound.var, &bound.lo, &bound.hi);
    }
    facts
}

pub(super) fn entry(array: &Name, indices: &[Bound]) -> Term {
    Term::read(array.clone(), vars(indices))
}

/// The indices as they stand in a read: an axis of one place is read at its number.
pub(crate) fn vars(bounds: &[Bound]) -> Vec<Index> {
    bounds.iter().map(|b| if b.lo == b.hi { b.lo.clone() } else { Index::var(&b.var) }).collect()
}

/// The parts of formulas, by their identity and that of the facts in force, in which no rule of a
/// phase was found to apply. Invariant: the facts with which a phase begins keep theirs in use.
type Idle = HashMap<(usize, usize), Term>;

/// The search for the outermost, leftmost place at which a rule of a phase applies.
struct Search<'a> {
    system: &'a System,
    phase: &'a [Rule],
    place: Vec<usize>,
    /// The free indices, and those bound around the place.
    taken: BTreeSet<Var>,
    found: Option<(RuleName, Rewrite)>,
    idle: Idle,
}

impl<'a> Search<'a> {
    fn new(system: &'a System, indices: &[Bound]) -> Self {
        let taken = indices.iter().map(|b| b.var.clone()).collect();
        Search { system, phase: &[], place: Vec::new(), taken, found: None, idle: Idle::new() }
    }

    /// Turns to the rules of a phase.
    fn begin(&mut self, phase: &'a [Rule]) {
        self.phase = phase;
        self.idle.clear();
    }

    /// The next step in a formula, if a rule applies.
    fn step(&mut self, term: &Term, facts: &Facts) -> Option<Step> {
        let after = self.rewrite(term, facts)?;
        let (rule, rewrite) = self.found.take()?;
        Some(Step {
            rule,
            place: std::mem::take(&mut self.place),
            before: term.clone(),
            after,
            solved: rewrite.solved,
            discharged: rewrite.discharged,
            given: rewrite.given,
        })
    }

    /// The whole term with the first applicable rule applied.
    fn rewrite(&mut self, term: &Term, facts: &Facts) -> Option<Term> {
        if !self.phase.iter().any(|rule| term.contents().include(rule.needs)) {
            return None;
        }
        if term.children().is_empty() {
            return self.here(term, facts);
        }
        let known = (term.identity(), facts.identity());
        if self.idle.contains_key(&known) {
            return None;
        }
        let after = self.here(term, facts).or_else(|| self.inside(term, facts));
        if after.is_none() {
            self.idle.insert(known, term.clone());
        }
        after
    }

    /// The term with the first rule applied that applies to the whole of it.
    fn here(&mut self, term: &Term, facts: &Facts) -> Option<Term> {
        let place = Place { system: self.system, facts, taken: &self.taken, whole: self.place.is_empty() };
        let mut tried = self.phase.iter().filter(|rule| term.contents().include(rule.needs));
        let (rule, rewrite) = tried.find_map(|rule| Some((rule.name, (rule.apply)(term, &place)?)))?;
        let after = rewrite.after.clone();
        self.found = Some((rule, rewrite));
        Some(after)
    }

    /// The term with the first applicable rule applied to a part of it.
    fn inside(&mut self, term: &Term, facts: &Facts) -> Option<Term> {
        let mut facts = facts.clone();
        let mut bound: Vec<&Var> = Vec::new();
        for b in term.bounds() {
            facts.bound_index(&b.var, &b.lo, &b.hi);
            if self.taken.insert(b.var.clone()) {
                bound.push(&b.var);
            }
        }
        let after = self.in_a_child(term, &facts);
        bound.into_iter().for_each(|var| {
            self.taken.remove(var);
        });
        after
    }

    fn in_a_child(&mut self, term: &Term, facts: &Facts) -> Option<Term> {
        for (k, child) in term.children().iter().enumerate() {
            self.place.push(k);
            if let Some(after) = self.rewrite(child, facts) {
                let mut children = term.children().to_vec();
                children[k] = after;
                return Some(term.with_children(children));
            }
            self.place.pop();
        }
        None
    }
}
