//! Jacobians of what is computed step by step: one tangent equation an array.
//!
//! An entry y[α] = E(α) of a recurrence depends on an array through what it reads: the derivative is
//! the direct one, and for every array s that E reads ∂E/∂s[β]·∂s[β]/∂x summed over β. The last
//! factor stands by name, so the answer is a recurrence again, that runs the way the author's does. Where
//! x itself is computed step by step, ∂x[α]/∂x[β] begins with [α = β].
//! Invariant: of an array of another step only the name stands in it.

use super::adjoint::{Backward, LARGE};
use super::differentiate::partial;
use super::indices::indices_of;
use super::strategy::{entry, facts_of, rewrite, vars};
use crate::derivation::{Derivation, Goal, RuleName, Step};
use crate::integer::{Condition, Index, Var};
use crate::language::syntax::Name;
use crate::model::system::Equation;
use crate::model::{Bound, Kind, System, Term};
use std::collections::BTreeSet;
use std::rc::Rc;

/// Whether the Jacobian is a recurrence that runs as the author's does: the output is computed step by
/// step from the array, or is an array made of such.
pub(super) fn runs_forward(system: &System, output: &Name, array: &Name) -> bool {
    let through = |member: &Name| system.depends(output, member) && system.dependencies.depends(member, array);
    let recurrent = system.recurrences.iter().any(|r| r.arrays.keys().any(through));
    let scalar = system.equation(output).is_none_or(|e| e.indices.is_empty());
    recurrent && !scalar
}

impl Backward<'_> {
    /// The Jacobian of an output, after those of what its steps are made of.
    pub(super) fn tangent(&mut self, output: &Name, array: &Name) -> Option<Rc<Derivation>> {
        let key = (Some(output.clone()), array.clone());
        if let Some(known) = self.done.get(&key) {
            return known.clone();
        }
        let system = self.system;
        system.bounds(array)?;
        let equation = system.equation(output)?;
        for name in within_a_step(system, equation, array) {
            match runs_forward(system, &name, array) {
                true => self.tangent(&name, array)?,
                false => self.derivative(&Some(name), array)?,
            };
        }
        let made = self.make_tangent(equation, array).map(Rc::new);
        self.done.insert(key, made.clone());
        made
    }

    fn make_tangent(&self, equation: &Equation, array: &Name) -> Option<Derivation> {
        let system = self.system;
        let goal = Goal::Jacobian { output: equation.array.clone(), array: array.clone() };
        let rows = equation.indices.clone();
        let at = self.clear(indices_of(system, array, &rows), &rows);
        let indices: Vec<Bound> = rows.iter().chain(&at).cloned().collect();
        let start = beginning(system, equation, array, &rows, &at);
        let facts = facts_of(system, &indices);
        let mut steps = rewrite(system, &facts, &indices, self.phases, &start)?;
        for name in within_a_step(system, equation, array) {
            let before = steps.last().map_or(&start, |step| &step.after).clone();
            let Some(inner) = self.done.get(&(Some(name.clone()), array.clone())).cloned().flatten() else { continue };
            if inner.result.extent().0 > LARGE {
                continue;
            }
            let after = self.put_in(&before, &Some(name.clone()), array, &inner);
            if after == before {
                continue;
            }
            let rest = rewrite(system, &facts, &indices, self.phases.get(2..)?, &after)?;
            steps.push(Step::whole(RuleName::Adjoint, before, after));
            steps.extend(rest);
        }
        let result = steps.last().map_or(&start, |step| &step.after).clone();
        Some(Derivation { goal, indices, output_axes: rows.len(), start, steps, result })
    }
}

/// The direct derivative, and what comes through each array that the equation reads.
fn beginning(system: &System, equation: &Equation, array: &Name, rows: &[Bound], at: &[Bound]) -> Term {
    let taken = |v: &Var| at.iter().chain(rows).any(|b| b.var == *v);
    let values: Vec<_> = rows.iter().map(|b| b.var.clone()).zip(vars(rows)).collect();
    let body = equation.body.with_all_bounds_fresh(&taken).substitute_all(&values);
    if matches!(body.kind(), Kind::Read(name, _) if name != array) {
        return Term::derivative(body, array.clone(), vars(at));
    }
    let mut terms = Vec::new();
    let stepwise = system.recurrence(array).is_some();
    if equation.array == *array {
        let same = rows.iter().zip(at).filter(|(row, _)| row.lo != row.hi);
        terms.push(Term::product(
            same.map(|(row, column)| Term::bracket(Condition::Equal(Index::var(&row.var), Index::var(&column.var)))),
        ));
    }
    if body.reads(array) && !stepwise {
        terms.push(Term::derivative(body.clone(), array.clone(), vars(at)));
    }
    for name in moving(system, equation, array) {
        let Some(defined) = system.equation(&name) else { continue };
        let mut through = defined.indices.clone();
        for index in &mut through {
            index.var = index.var.fresh(|v| taken(v) || body.any_var(v));
        }
        let local = partial(system, &body, &name, &vars(&through));
        let inner = Term::derivative(entry(&name, &through), array.clone(), vars(at));
        through.retain(|b| b.lo != b.hi);
        terms.push(Term::sigma(through, Term::product([local, inner])));
    }
    Term::sum(terms)
}

/// The defined arrays that an equation reads and that depend on an array.
fn moving(system: &System, equation: &Equation, array: &Name) -> Vec<Name> {
    let mut read = BTreeSet::new();
    equation.body.collect_reads(&mut read);
    let own = system.recurrence(array).is_some();
    let moves = |name: &Name| if name == array { own } else { system.dependencies.depends(name, array) };
    read.into_iter().filter(moves).collect()
}

/// Those of them that are no states: they belong to the step itself.
fn within_a_step(system: &System, equation: &Equation, array: &Name) -> Vec<Name> {
    let inside = |name: &Name| *name != equation.array && !system.is_state(name);
    moving(system, equation, array).into_iter().filter(inside).collect()
}
