//! Gradients through a system: one adjoint equation an array.
//!
//! ℓ depends on an array through the equations that read it. Each entry y[α] of these contributes
//! ∂ℓ/∂y[α] times the derivative of its equation, in which all other arrays are held; an output
//! starts with its given gradient. With the entry f[α] of an output in the place of ℓ the same gives
//! Jacobians. Invariant: an array's adjoint is derived once, after those of all that read it.

use super::differentiate::{is_direct, partial};
use super::indices::indices_of;
use super::rule::{Example, PHASES, Rule};
use super::strategy::{entry, facts_of, rewrite, value, vars};
use super::tangent::runs_forward;
use crate::derivation::{Derivation, Goal, RuleName, Step};
use crate::integer::{Condition, Facts, Index, Var};
use crate::language::syntax::{Name, Role};
use crate::model::system::Equation;
use crate::model::{Bound, Contents, Kind, OneStep, StepAxes, System, Term};
use hashbrown::HashMap;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::rc::Rc;

/// An adjoint that is no larger than this, and no sum, is put in wherever it is read.
const SMALL: usize = 8;
/// A larger one than this is not tried.
pub(super) const LARGE: usize = 60;
/// The greatest extent of a Jacobian that is written out.
const LARGEST: usize = 5_000;
/// By how much a formula may grow when an adjoint is put in that it reads more than once.
const GROWTH: usize = 2;

/// ∂ℓ/∂y, where it stands by name, is what was derived for it. It is applied in a walk back through the
/// system and not searched for.
pub const ADJOINT: Rule = Rule {
    name: RuleName::Adjoint,
    statement: "the gradient of an intermediate is put in where the formula is better with it",
    formula: &[("dl/dy[a]", "A[a]")],
    conditions: "It applies where dl/dy[i] = A[i] was derived before, and nothing else reads that gradient, or it is \
                 short, or the formula does not grow. So an answer is one equation an array, not an expression swell.",
    shrinks: "the number of intermediates whose gradients stand by name: each is defined by what is nearer to the loss",
    example: Example { system: "x[3]; h[i] = tanh(x[i]); y[i] = h[i]^2", goal: "dl/dx" },
    needs: Contents::NOTHING,
    apply: |_, _| None,
};

/// When a derivative that was derived before is put in where it stands by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Insertion {
    /// Where the formula is better with it.
    Better,
    /// Everywhere: no derivative is left by name.
    Always,
}

/// What is differentiated: the loss, or an output.
pub(super) type Seed = Option<Name>;

/// The derivations of one system by the rules of one set of phases, each made once.
#[derive(Clone, Debug, Default)]
pub struct Derivations {
    done: Done,
}

pub(super) type Done = HashMap<(Seed, Name), Option<Rc<Derivation>>>;

impl Derivations {
    /// The derivation of a goal, after those of the adjoints that it goes through. None if the goal
    /// names an array that the system does not have, or grows too large.
    pub fn derive(&mut self, system: &System, goal: &Goal, phases: &[&[Rule]]) -> Option<Rc<Derivation>> {
        let mut backward = Backward { system, phases, done: &mut self.done, within: None };
        match goal {
            Goal::Value { output } => value(system, output, phases).map(Rc::new),
            Goal::Jacobian { output, array } if runs_forward(system, output, array) => backward.tangent(output, array),
            Goal::Jacobian { output, array } => backward.derivative(&Some(output.clone()), array),
            Goal::Step { .. } => None,
            Goal::Gradient { array } => backward.derivative(&None, array),
        }
    }

    /// A derivative of one step of a recurrence, of the system that this step is. None as for
    /// [`Derivations::derive`].
    pub fn step(&mut self, step: &OneStep, goal: &Goal, rows: &[Bound], phases: &[&[Rule]]) -> Option<Rc<Derivation>> {
        let within = Some(&step.axes);
        Backward { system: &step.system, phases, done: &mut self.done, within }.step(goal, rows).map(Rc::new)
    }
}

impl Derivations {
    /// The Jacobian of an output in which those of intermediates are written out, without its steps.
    /// None as for [`Derivations::derive`].
    pub fn written_out(&mut self, system: &System, output: &Name, array: &Name) -> Option<Derivation> {
        let seed = Some(output.clone());
        let goal = goal_of(&seed, array.clone());
        let derived = self.derive(system, &goal, PHASES)?;
        let backward = Backward { system, phases: PHASES, done: &mut self.done, within: None };
        let mut result = derived.result.clone();
        while let Some(name) = symbols(system, &seed, &result).pop() {
            let adjoint = backward.done.get(&(seed.clone(), name.clone())).cloned().flatten()?;
            result = backward.put_in(&result, &seed, &name, &adjoint);
            if result.extent().0 > LARGEST {
                return None;
            }
        }
        Some(Derivation { start: result.clone(), steps: Vec::new(), result, ..(*derived).clone() })
    }
}

/// The gradients or Jacobians of intermediates that stand in a derived formula by name, in the order
/// in which it reads them.
pub fn adjoints_in(system: &System, derivation: &Derivation) -> Vec<Goal> {
    match &derivation.goal {
        Goal::Value { .. } | Goal::Step { .. } => Vec::new(),
        Goal::Jacobian { .. } => jacobians_in(&derivation.result),
        Goal::Gradient { .. } => {
            let symbols = symbols(system, &None, &derivation.result).into_iter();
            symbols.map(|array| Goal::Gradient { array }).collect()
        }
    }
}

/// The Jacobians that stand in a formula by name.
fn jacobians_in(term: &Term) -> Vec<Goal> {
    let mut found = Vec::new();
    term.any(&mut |t| {
        if let Kind::Derivative(of, array, _) = t.kind()
            && let Kind::Read(output, _) = of.kind()
        {
            let goal = Goal::Jacobian { output: output.clone(), array: array.clone() };
            if !found.contains(&goal) {
                found.push(goal);
            }
        }
        false
    });
    found
}

fn goal_of(seed: &Seed, array: Name) -> Goal {
    match seed {
        Some(output) => Goal::Jacobian { output: output.clone(), array },
        None => Goal::Gradient { array },
    }
}

/// One walk back through a system.
pub(super) struct Backward<'a> {
    pub(super) system: &'a System,
    pub(super) phases: &'a [&'a [Rule]],
    pub(super) done: &'a mut Done,
    /// Of one step of a recurrence, along which axes the steps run: no other step is gone through.
    pub(super) within: Option<&'a StepAxes>,
}

impl<'a> Backward<'a> {
    /// The derivative of the seed for an array, after those of all arrays between them.
    pub(super) fn derivative(&mut self, seed: &Seed, array: &Name) -> Option<Rc<Derivation>> {
        self.system.bounds(array)?;
        if let Some(output) = seed {
            self.system.equation(output)?;
        }
        for name in self.between(seed, array)? {
            self.once(seed, &name)?;
        }
        self.once(seed, array)
    }

    /// The arrays between an array and the seed whose adjoints are not derived yet, those nearest to
    /// the seed first; none if one of them cannot be derived.
    pub(super) fn between(&self, seed: &Seed, array: &Name) -> Option<Vec<Name>> {
        let mut found: BTreeMap<Reverse<(usize, Reverse<bool>, usize)>, Name> = BTreeMap::new();
        let mut waiting = vec![array.clone()];
        while let Some(name) = waiting.pop() {
            for equation in self.reached(seed, &name) {
                let reader = &equation.array;
                if !self.is_named(seed, reader) {
                    continue;
                }
                let known = self.done.get(&(seed.clone(), reader.clone()));
                match known {
                    Some(Some(_)) => {}
                    Some(None) => return None,
                    None => {
                        if found.insert(self.turn(reader)?, reader.clone()).is_none() {
                            waiting.push(reader.clone());
                        }
                    }
                }
            }
        }
        Some(found.into_values().collect())
    }

    /// When an array is met on the walk back: after all that read it, but for a recurrence, where what
    /// is computed within a step comes before what is read at other steps.
    fn turn(&self, array: &Name) -> Option<Reverse<(usize, Reverse<bool>, usize)>> {
        let place = self.system.place(array)?;
        let recurrence = self.system.recurrence(array);
        let together = recurrence.into_iter().flat_map(|r| r.arrays.keys()).filter_map(|name| self.system.place(name));
        let last = together.max().unwrap_or(place);
        Some(Reverse((last, Reverse(self.system.is_state(array)), place)))
    }

    /// Whether the adjoint of an array is one that must be derived: the seed depends on it, and it is
    /// not given.
    fn is_named(&self, seed: &Seed, name: &Name) -> bool {
        match seed {
            Some(output) => output != name && self.system.depends(output, name),
            None => self.reached(seed, name).next().is_some(),
        }
    }

    /// The equations that read an array and on which the seed depends.
    fn reached(&self, seed: &Seed, array: &Name) -> impl Iterator<Item = &'a Equation> {
        let system = self.system;
        let seed = seed.clone();
        system.readers(array).filter(move |equation| match &seed {
            Some(output) => system.depends(output, &equation.array),
            None => system.outputs.iter().any(|output| system.depends(output, &equation.array)),
        })
    }

    pub(super) fn once(&mut self, seed: &Seed, array: &Name) -> Option<Rc<Derivation>> {
        let key = (seed.clone(), array.clone());
        if let Some(known) = self.done.get(&key) {
            return known.clone();
        }
        let made = self.make(seed, array).map(Rc::new);
        self.done.insert(key, made.clone());
        made
    }

    fn make(&mut self, seed: &Seed, array: &Name) -> Option<Derivation> {
        let rows = match seed {
            Some(output) => self.system.equation(output)?.indices.clone(),
            None => Vec::new(),
        };
        let at = self.clear(indices_of(self.system, array, &rows), &rows);
        self.derived(goal_of(seed, array.clone()), (seed, array), (&rows, &at), Insertion::Better)
    }

    /// The derivative of the seed for an array, at the indices of both.
    pub(super) fn derived(
        &self,
        goal: Goal,
        (seed, array): (&Seed, &Name),
        (rows, at): (&[Bound], &[Bound]),
        insertion: Insertion,
    ) -> Option<Derivation> {
        let indices: Vec<Bound> = rows.iter().chain(at).cloned().collect();
        let start = self.beginning(seed, array, rows, at)?;
        let facts = facts_of(self.system, &indices);
        let mut steps = rewrite(self.system, &facts, &indices, self.phases, &start)?;
        let mut waiting = symbols(self.system, seed, steps.last().map_or(&start, |step| &step.after));
        while let Some(name) = waiting.pop() {
            if name == *array || self.system.is_state(&name) {
                continue;
            }
            let before = steps.last().map_or(&start, |step| &step.after).clone();
            let Some(adjoint) = self.done.get(&(seed.clone(), name.clone())).cloned().flatten() else { continue };
            let Some(more) = self.inserted((&facts, &indices), &before, (seed, &name), &adjoint, insertion) else {
                continue;
            };
            steps.extend(more);
            if insertion == Insertion::Always {
                let after = &steps.last()?.after;
                waiting = symbols(self.system, seed, after);
                if after.extent().0 > LARGEST || waiting.contains(&name) {
                    return None;
                }
            }
        }
        let result = steps.last().map_or(&start, |step| &step.after).clone();
        Some(Derivation { goal, indices, output_axes: rows.len(), start, steps, result })
    }

    /// The indices of an array, none called as one of an output is.
    pub(super) fn clear(&self, mut at: Vec<Bound>, rows: &[Bound]) -> Vec<Bound> {
        for index in &mut at {
            index.var = index.var.fresh(|v| rows.iter().any(|b| b.var == *v));
        }
        at
    }

    /// Σ over the equations that read the array, of their adjoints times their derivatives.
    fn beginning(&self, seed: &Seed, array: &Name, rows: &[Bound], at: &[Bound]) -> Option<Term> {
        if let Some(output) = seed
            && (output == array || !self.system.depends(output, array))
        {
            return Some(Term::derivative(entry(output, rows), array.clone(), vars(at)));
        }
        Some(Term::sum(self.added(seed, array, rows, at).into_iter().map(|(_, term)| term)))
    }

    /// The terms of that sum, each with the array whose adjoint it goes through; none: the loss itself.
    pub(super) fn added(&self, seed: &Seed, array: &Name, rows: &[Bound], at: &[Bound]) -> Vec<(Option<Name>, Term)> {
        let mut terms: Vec<(Option<Name>, Term)> = Vec::new();
        if seed.is_none() && self.system.outputs.contains(array) {
            let given = match self.system.direct_part(array) {
                Some(letter) => Term::read(letter.clone(), vars(at)),
                None => Term::upstream(array.clone(), vars(at)),
            };
            terms.push((None, given));
        }
        for equation in self.reached(seed, array) {
            let reader = Some(equation.array.clone());
            if *seed == reader {
                terms.push((reader, self.local(equation, rows, array, at)));
                continue;
            }
            let mut indices = equation.indices.clone();
            for index in &mut indices {
                index.var = index.var.fresh(|v| at.iter().chain(rows).any(|b| b.var == *v));
            }
            self.hold_step(seed, &equation.array, rows, &mut indices);
            let upstream = self.symbol(seed, &equation.array, rows, &indices);
            let local = self.local(equation, &indices, array, at);
            indices.retain(|b| b.lo != b.hi);
            terms.push((reader, Term::sigma(indices, Term::product([upstream, local]))));
        }
        terms
    }

    /// Within one step, the indices of an array are those of the step of the seed.
    fn hold_step(&self, seed: &Seed, array: &Name, rows: &[Bound], indices: &mut [Bound]) {
        let axes = |name: &Name| self.within.and_then(|axes| axes.get(name));
        let Some((own, steps)) = axes(array).zip(seed.as_ref().and_then(axes)) else { return };
        for (axis, row) in own.iter().zip(steps) {
            let at = Index::var(&rows[*row].var);
            (indices[*axis].lo, indices[*axis].hi) = (at.clone(), at);
        }
    }

    /// The derivative of the entry of an equation, with other arrays held.
    fn local(&self, equation: &Equation, indices: &[Bound], array: &Name, at: &[Bound]) -> Term {
        let own = equation.array == *array;
        let of = match !own && is_direct(self.system, &equation.body, array) {
            true => entry(&equation.array, indices),
            false => {
                let taken = |v: &Var| at.iter().chain(indices).any(|b| b.var == *v);
                let names = equation.indices.iter().map(|b| b.var.clone());
                let pairs: Vec<(Var, Index)> = names.zip(vars(indices)).collect();
                equation.body.with_all_bounds_fresh(&taken).substitute_all(&pairs)
            }
        };
        partial(self.system, &of, array, &vars(at))
    }

    /// What stands for the adjoint of an array at some indices.
    fn symbol(&self, seed: &Seed, name: &Name, rows: &[Bound], at: &[Bound]) -> Term {
        match seed {
            Some(output) => Term::derivative(entry(output, rows), name.clone(), vars(at)),
            None => Term::upstream(name.clone(), vars(at)),
        }
    }

    /// The steps that put an adjoint in, if the formula is better with it than with its symbol: where
    /// nothing else reads the adjoint, where it is short, or where the formula does not grow.
    fn inserted(
        &self,
        (facts, indices): (&Facts, &[Bound]),
        before: &Term,
        (seed, name): (&Seed, &Name),
        adjoint: &Derivation,
        insertion: Insertion,
    ) -> Option<Vec<Step>> {
        let mut places = 0;
        before.any(&mut |t| {
            places += usize::from(symbol_at(self.system, seed, t).is_some_and(|(found, _)| found == name));
            false
        });
        let (size, _) = adjoint.result.extent();
        let sum = adjoint.result.any(&mut |t| !t.bounds().is_empty());
        let short = before.extent().0 + size <= LARGE;
        let once = places == 1 && (self.uses(name) == 1 || seed.is_some() && short);
        let always = insertion == Insertion::Always || once || size <= SMALL && !sum;
        if !always && size > LARGE {
            return None;
        }
        let mut after = self.put_in(before, seed, name, adjoint);
        if insertion == Insertion::Always {
            after = without_equals(&after);
        }
        let step = Step::whole(RuleName::Adjoint, before.clone(), after.clone());
        let rest = rewrite(self.system, facts, indices, self.phases.get(2..)?, &after)?;
        let last = rest.last().map_or(&after, |step| &step.after);
        let better = always || last.extent().0 <= before.extent().0 + GROWTH;
        better.then(|| std::iter::once(step).chain(rest).collect())
    }

    /// How many arrays read the adjoint of an array: those that its equation reads.
    fn uses(&self, name: &Name) -> usize {
        let mut read = std::collections::BTreeSet::new();
        if let Some(equation) = self.system.equation(name) {
            equation.body.collect_reads(&mut read);
        }
        let moves = |array: &&Name| match self.system.array(array) {
            Some(given) => !given.constant && given.role != Role::Integer,
            None => true,
        };
        read.iter().filter(moves).count()
    }

    /// The formula with an adjoint in the place of its symbol.
    pub(super) fn put_in(&self, term: &Term, seed: &Seed, name: &Name, adjoint: &Derivation) -> Term {
        match symbol_at(self.system, seed, term) {
            Some((found, at)) if found == name => at_values(adjoint, &at),
            _ => term.map_children(&mut |child| self.put_in(child, seed, name, adjoint)),
        }
    }
}

/// The formula without brackets of which both sides are one: [t = t].
fn without_equals(term: &Term) -> Term {
    match term.kind() {
        Kind::Bracket(Condition::Equal(a, b)) if a == b => Term::one(),
        Kind::Product(factors) => Term::product(factors.iter().map(without_equals)),
        _ => term.map_children(&mut without_equals),
    }
}

/// The result of a derivation at values for its free indices.
pub(super) fn at_values(derivation: &Derivation, values: &[Index]) -> Term {
    let taken = |v: &Var| values.iter().any(|value| value.mentions(v));
    let names = derivation.indices.iter().map(|b| b.var.clone());
    let pairs: Vec<(Var, Index)> = names.zip(values.iter().cloned()).collect();
    derivation.result.with_all_bounds_fresh(&taken).substitute_all(&pairs)
}

/// The arrays whose adjoints stand in a formula by name.
fn symbols(system: &System, seed: &Seed, term: &Term) -> Vec<Name> {
    let mut found: Vec<Name> = Vec::new();
    term.any(&mut |t| {
        if let Some((name, _)) = symbol_at(system, seed, t)
            && !found.contains(name)
        {
            found.push(name.clone());
        }
        false
    });
    found
}

/// The array whose adjoint a term is, and at which indices.
fn symbol_at<'t>(system: &System, seed: &Seed, term: &'t Term) -> Option<(&'t Name, Vec<Index>)> {
    match (term.kind(), seed) {
        (Kind::Upstream(name, at), None) if !system.outputs.contains(name) || system.direct_part(name).is_some() => {
            Some((name, at.clone()))
        }
        (Kind::Derivative(of, name, at), Some(output)) => match of.kind() {
            Kind::Read(read, rows) if read == output => Some((name, rows.iter().chain(at).cloned().collect())),
            _ => None,
        },
        _ => None,
    }
}
