//! The left side of a claim: which derived thing it speaks of, and which indices are free.
//!
//! Invariant: there is one place for each axis of the goal, in the order of a derivation's
//! indices, also where the author dropped axes of length 1.

use crate::answer::step_goal;
use crate::calculus::rows_of_step;
use crate::derivation::{Derivation, Goal};
use crate::diagnostic::{Diagnostic, Diagnostics, Span, few, nearest};
use crate::integer::{Condition, Facts, Index, Truth, Var};
use crate::language::syntax::{Expr, ExprKind, Name, Role, Target};
use crate::model::formula::index_formula;
use crate::model::{Bound, Quote, System};

/// What stands on an axis of the goal.
pub(super) enum Place {
    /// The free index of that number.
    Free(usize),
    /// An index without free ones in it, or one that is made of those before: of one step of a
    /// recurrence.
    Fixed(Index),
}

/// The left side of a claim, understood.
pub(super) struct Left {
    /// What the claim is for.
    pub goal: Goal,
    /// The free indices, in the order in which they were written.
    pub free: Vec<Bound>,
    /// What stands on each axis.
    pub places: Vec<Place>,
    /// The first and last index of each axis.
    pub axes: Vec<(Index, Index)>,
}

impl Left {
    /// Reads a target against the axes of the arrays it names.
    pub fn read(system: &System, target: &Target, span: Span) -> Result<Left, Diagnostics> {
        let mut goal = goal(system, target, span)?;
        let target = &target.lowered();
        if let Target::Jacobian((output, Some(rows)), (array, Some(columns))) = target.within()
            && let Some(step) = step_goal(system, (output, rows), (array, columns))?
        {
            goal = step;
        }
        let parts = match target.within() {
            Target::Jacobian((output, rows), (array, columns)) => vec![(output, rows), (array, columns)],
            Target::Value(name, at) | Target::Gradient(name, at) => vec![(name, at)],
            Target::Shape(_) | Target::Second(_) => Vec::new(),
        };
        let mut left = Left { goal, free: Vec::new(), places: Vec::new(), axes: Vec::new() };
        for (array, at) in parts {
            left.add(system, array, at.as_deref(), span)?;
        }
        for (place, row) in left.places.iter().zip(rows_of_step(system, &left.goal).into_iter().flatten()) {
            if let Place::Free(number) = place {
                (left.free[*number].lo, left.free[*number].hi) = (row.lo, row.hi);
            }
        }
        Ok(left)
    }

    /// The whole of what was derived, with its own indices free.
    pub fn whole(derivation: &Derivation) -> Left {
        let mut left = Left { goal: derivation.goal.clone(), free: Vec::new(), places: Vec::new(), axes: Vec::new() };
        for Bound { var, lo, hi } in &derivation.indices {
            let place = if lo == hi { Place::Fixed(lo.clone()) } else { Place::Free(left.free.len()) };
            if let Place::Free(_) = place {
                let var = Var::new(Quote::plain().var(var));
                left.free.push(Bound { var, lo: lo.clone(), hi: hi.clone() });
            }
            left.places.push(place);
            left.axes.push((lo.clone(), hi.clone()));
        }
        left
    }

    fn add(&mut self, system: &System, array: &Name, at: Option<&[Expr]>, span: Span) -> Result<(), Diagnostics> {
        let axes = system.bounds(array).unwrap_or_default();
        let Some(at) = with_dropped_axes(system, at.unwrap_or_default(), &axes) else {
            let names: Vec<String> = (0..axes.len()).map(|k| ["i", "j", "k", "m", "n"][k % 5].to_string()).collect();
            let named = at.map_or(0, <[_]>::len);
            let message = format!("`{array}` has {} axes, and the left side names {named} of them", axes.len());
            let hint = format!("name every index, or fix it: `{array}[{}]`", names.join(","));
            return Err(vec![Diagnostic::new(message, span).hint(hint)]);
        };
        for (index, (lo, hi)) in at.into_iter().zip(axes) {
            let place = match index {
                None => Place::Fixed(lo.clone()),
                Some(index) => self.place(system, array, &index, (&lo, &hi))?,
            };
            self.places.push(place);
            self.axes.push((lo, hi));
        }
        Ok(())
    }

    fn place(
        &mut self,
        system: &System,
        array: &Name,
        index: &Expr,
        (lo, hi): (&Index, &Index),
    ) -> Result<Place, Diagnostics> {
        if let ExprKind::Name(name) = &index.kind
            && !is_size(system, name)
        {
            let known = self.free.iter().position(|b| b.var.written() == *name);
            return Ok(Place::Free(known.unwrap_or_else(|| {
                self.free.push(Bound { var: Var::new(name.clone()), lo: lo.clone(), hi: hi.clone() });
                self.free.len() - 1
            })));
        }
        let fixed = index_formula(system, index, &self.free).map_err(|mut problems| {
            problems.iter_mut().for_each(|p| p.hint = Some("an index on the left is a name or a number".into()));
            problems
        })?;
        if system.facts().judge(&Condition::Within(lo.clone(), fixed.clone(), hi.clone())) == Truth::No {
            let message = format!("`{array}` has no such index on this axis");
            return Err(vec![Diagnostic::new(message, index.span).label("outside the axis")]);
        }
        Ok(Place::Fixed(fixed))
    }

    /// The index on each axis.
    pub fn values(&self) -> Vec<Index> {
        let value = |place: &Place| match place {
            Place::Free(number) => Index::var(&self.free[*number].var),
            Place::Fixed(index) => index.clone(),
        };
        self.places.iter().map(value).collect()
    }

    /// What is known where the claim speaks: an index named on two axes lies in both.
    pub fn facts(&self, system: &System) -> Facts {
        let mut facts = system.facts();
        for bound in &self.free {
            facts.bound_index(&bound.var, &bound.lo, &bound.hi);
        }
        for (value, (lo, hi)) in self.values().into_iter().zip(&self.axes) {
            let inside = Condition::Within(lo.clone(), value, hi.clone());
            if facts.judge(&inside) != Truth::Yes {
                facts.require(&inside);
            }
        }
        facts
    }
}

/// Whether a name is a size of the system, symbolic or given.
pub(super) fn is_size(system: &System, name: &Name) -> bool {
    system.given.contains_key(name) || system.sizes.iter().any(|(size, _)| size == name)
}

/// Whether so many indices name every axis of an array, those of length 1 left out or not.
pub fn fits(system: &System, array: &Name, at: &[Expr]) -> bool {
    system.bounds(array).is_some_and(|axes| with_dropped_axes(system, at, &axes).is_some())
}

/// The indices of all axes, `None` where the author dropped one of length 1; an index that is the
/// first of an axis of length 1 the array does not have is left out. Nothing if the axes left over
/// are not as many as the indices.
pub(super) fn with_dropped_axes(system: &System, at: &[Expr], axes: &[(Index, Index)]) -> Option<Vec<Option<Expr>>> {
    if at.len() == axes.len() {
        return Some(at.iter().cloned().map(Some).collect());
    }
    if at.len() > axes.len() {
        let base = Expr::integer(system.base.into());
        let kept: Vec<Option<Expr>> = at.iter().filter(|index| **index != base).cloned().map(Some).collect();
        return (kept.len() == axes.len()).then_some(kept);
    }
    let facts = system.facts();
    let single = |(lo, hi): &(Index, Index)| facts.judge(&Condition::Equal(lo.clone(), hi.clone())) == Truth::Yes;
    let kept = axes.iter().filter(|axis| !single(axis)).count();
    let mut given = at.iter().cloned();
    let mut fill = || axes.iter().map(|axis| if single(axis) { None } else { given.next() }).collect();
    (at.len() == kept).then(&mut fill)
}

/// A complaint about a name that no array of the system has.
pub(super) fn unknown_array(system: &System, name: &str, span: Span) -> Diagnostic {
    let known = system.arrays.iter().map(|a| &*a.name).chain(system.equations.iter().map(|e| &*e.array));
    let names: Vec<&str> = known.collect();
    let hint = match nearest(name, names.iter().copied()) {
        Some(guess) => format!("did you mean `{guess}`?"),
        None => format!("the arrays are {}", names.join(", ")),
    };
    Diagnostic::new(format!("there is no array `{name}`"), span).hint(hint)
}

/// What a target asks for, of arrays that the system has.
pub(super) fn goal(system: &System, target: &Target, span: Span) -> Result<Goal, Diagnostics> {
    let goal = match target {
        Target::Value(name, _) => Goal::Value { output: name.clone() },
        Target::Jacobian((output, _), (array, _)) => Goal::Jacobian { output: output.clone(), array: array.clone() },
        Target::Gradient(array, _) => Goal::Gradient { array: array.clone() },
        Target::Shape(of) => return self::goal(system, of, span),
        Target::Second(_) => return self::goal(system, &target.lowered(), span),
    };
    check_arrays(system, &goal, span)?;
    Ok(goal)
}

pub(super) fn check_arrays(system: &System, goal: &Goal, span: Span) -> Result<(), Diagnostics> {
    let (defined, any) = match goal {
        Goal::Value { output } => (Some(output), None),
        Goal::Jacobian { output, array } | Goal::Step { output, array, .. } => (Some(output), Some(array)),
        Goal::Gradient { array } => (None, Some(array)),
    };
    let known = |name: &&Name| system.array(name).is_none() && system.equation(name).is_none();
    let mut problems: Diagnostics =
        defined.into_iter().chain(any).filter(known).map(|name| unknown_array(system, name, span)).collect();
    if let Some(given) = defined.filter(|name| system.array(name).is_some()) {
        let message = format!("`{given}` is given: there is nothing to derive");
        problems.push(Diagnostic::new(message, span).hint("claim something of an array that an equation defines"));
    }
    let by = match goal {
        Goal::Value { .. } => None,
        Goal::Jacobian { array, .. } | Goal::Step { array, .. } | Goal::Gradient { array } => system.array(array),
    };
    if let Some(data) = by.filter(|array| array.role == Role::Integer) {
        let message = format!("`{}` is integer data: nothing is differentiated with respect to it", data.name);
        let known: Vec<&str> = system.differentiable().map(|array| &*array.name).collect();
        problems.push(Diagnostic::new(message, span).hint(format!("there are {}", few(&known))));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}
