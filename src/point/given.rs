//! What a point gives: arrays, entries of arrays and upstream gradients, each with its values.
//!
//! Invariant: a list is as long as its axis, and no value reads an array.

use crate::diagnostic::{Diagnostic, Diagnostics, Span, nearest};
use crate::integer::{Condition, Facts, Index, Truth};
use crate::language::syntax::{Expr, Given, Name, Role, Target, Values};
use crate::model::formula::{formula, index_formula};
use crate::model::{Bound, Kind, System, Term};

/// What has values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slot {
    /// An array, given or computed, or a param.
    Array(Name),
    /// The upstream gradient of an output.
    Upstream(Name),
}

/// An array or a slice of one with its values.
#[derive(Clone, Debug)]
pub struct Assigned {
    /// What.
    pub slot: Slot,
    /// Its first indices.
    pub at: Vec<Index>,
    /// Its values.
    pub values: Tree,
}

/// Values, nested as the axes that are left.
#[derive(Clone, Debug)]
pub enum Tree {
    /// One for every entry.
    One(Term),
    /// One for each index of the next axis.
    List(Vec<Tree>),
}

/// What is given, with indices and values as terms; params with defaults that nothing else is said
/// of have these.
///
/// # Errors
/// A name that is no array, too many indices, a list of the wrong length.
pub fn resolve(system: &System, free: &[Bound], given: &[Given]) -> Result<Vec<Assigned>, Diagnostics> {
    let mut found = Vec::new();
    for given in given {
        found.push(assigned(system, free, given)?);
    }
    for param in &system.program.params {
        let said = |a: &Assigned| a.slot == Slot::Array(param.name.clone());
        if let Some(default) = &param.default
            && !found.iter().any(said)
        {
            let value = closed(system, &[], default)?;
            let slot = Slot::Array(param.name.clone());
            found.push(Assigned { slot, at: Vec::new(), values: Tree::One(value) });
        }
    }
    Ok(found)
}

fn refused<T>(message: String, span: Span, hint: Option<String>) -> Result<T, Diagnostics> {
    let diagnostic = Diagnostic::new(message, span);
    Err(vec![match hint {
        Some(hint) => diagnostic.hint(hint),
        None => diagnostic,
    }])
}

fn assigned(system: &System, free: &[Bound], given: &Given) -> Result<Assigned, Diagnostics> {
    let (name, at, upstream) = match &given.of {
        Target::Value(name, at) => (name, at, false),
        Target::Gradient(name, at) => (name, at, true),
        _ => return refused("only arrays and upstream gradients are given values".into(), given.span, None),
    };
    let at = at.as_deref().unwrap_or_default();
    let direct = system.direct.iter().find(|(_, letter)| letter == name).map(|(output, _)| output);
    let slot = match (upstream, direct) {
        (false, Some(output)) => Slot::Upstream(output.clone()),
        (false, None) => Slot::Array(name.clone()),
        (true, _) if system.direct_part(name).is_some() => {
            let letter = system.direct_part(name).map(|letter| format!("give its direct part: `{letter} = …`"));
            return refused(format!("`dl/d{name}` is not given: equations read `{name}`"), given.span, letter);
        }
        (true, _) if system.outputs.contains(name) => Slot::Upstream(name.clone()),
        (true, _) => {
            let hint = format!("the outputs are {}", system.outputs.join(", "));
            let message = format!("`{name}` is no output: its gradient is derived, not given");
            return refused(message, given.span, Some(hint));
        }
    };
    if system.array(name).is_some_and(|array| array.role == Role::Integer) {
        return refused(format!("`{name}` is integer data: it stays a symbol"), given.span, None);
    }
    let Some(axes) = system.bounds(name) else {
        if system.sizes.iter().any(|(size, _)| size == name) || system.given.contains_key(name) {
            let hint = Some(format!("sizes are set before `at`: `where {name} = …`"));
            return refused(format!("`{name}` is a size, not an array"), given.span, hint);
        }
        let known = system.arrays.iter().map(|a| &*a.name).chain(system.equations.iter().map(|e| &*e.array));
        let guess = nearest(name, known).map(|guess| format!("did you mean `{guess}`?"));
        return refused(format!("there is no array `{name}`"), given.span, guess);
    };
    if at.len() > axes.len() {
        let message = format!("`{name}` has {} and is given {} indices", counted(axes.len(), "axis", "axes"), at.len());
        return refused(message, given.span, None);
    }
    let mut indices = Vec::with_capacity(at.len());
    let facts = with(system.facts(), free);
    for (index, (lo, hi)) in at.iter().zip(&axes) {
        let found = index_formula(system, index, free)?;
        let inside = Condition::Within(lo.clone(), found.clone(), hi.clone());
        if found.as_constant().is_some() && facts.judge(&inside) == Truth::No {
            return refused(format!("this index is outside of `{name}`"), index.span, None);
        }
        indices.push(found);
    }
    let values = tree(system, free, (&given.values, given.span), (name, &axes[at.len()..]))?;
    Ok(Assigned { slot, at: indices, values })
}

/// `1 axis`, `2 axes`
fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// The facts with the ranges of indices.
pub(super) fn with(mut facts: Facts, indices: &[Bound]) -> Facts {
    indices.iter().for_each(|b| facts.bound_index(&b.var, &b.lo, &b.hi));
    facts
}

fn tree(
    system: &System,
    free: &[Bound],
    (values, span): (&Values, Span),
    (name, axes): (&Name, &[(Index, Index)]),
) -> Result<Tree, Diagnostics> {
    let list = match values {
        Values::One(value) => return Ok(Tree::One(closed(system, free, value)?)),
        Values::List(list) => list,
    };
    let Some(((lo, hi), rest)) = axes.split_first() else {
        return refused(format!("a list is given where `{name}` has no axis left"), span, None);
    };
    let length = hi.minus(lo).plus_number(1);
    match length.as_constant() {
        Some(n) if n == list.len() as i128 => {}
        Some(n) => {
            let found = counted(list.len(), "value", "values");
            let hint = Some("one number alone stands for every entry".into());
            return refused(format!("this axis of `{name}` has length {n} and is given {found}"), span, hint);
        }
        None => {
            let hint = Some("set its size behind `where`, or give one value for every entry".into());
            return refused(format!("the length of this axis of `{name}` is no number"), span, hint);
        }
    }
    let trees = list.iter().map(|values| tree(system, free, (values, span), (name, rest)));
    Ok(Tree::List(trees.collect::<Result<_, _>>()?))
}

/// A value: made of numbers, sizes and functions.
fn closed(system: &System, free: &[Bound], value: &Expr) -> Result<Term, Diagnostics> {
    let term = formula(system, value, free)?;
    if term.any(&mut |t| matches!(t.kind(), Kind::Read(..) | Kind::Upstream(..) | Kind::Derivative(..))) {
        let hint = Some("numbers and sizes can stand here: `20/3`, `1/C`".into());
        return refused("a value is no array".into(), value.span, hint);
    }
    Ok(term)
}

impl Assigned {
    /// The value of an entry; a truth where that is not the answer: no, or unknown.
    pub(super) fn value(&self, at: &[Index], axes: &[(Index, Index)], facts: &Facts) -> Result<Term, Truth> {
        for (mine, asked) in self.at.iter().zip(at) {
            match facts.judge(&Condition::Equal(mine.clone(), asked.clone())) {
                Truth::Yes => {}
                other => return Err(other),
            }
        }
        let mut values = &self.values;
        for (index, (lo, _)) in at.iter().zip(axes).skip(self.at.len()) {
            let Tree::List(list) = values else { break };
            let place = index.minus(lo).as_constant().and_then(|place| usize::try_from(place).ok());
            values = place.and_then(|place| list.get(place)).ok_or(Truth::Unknown)?;
        }
        match values {
            Tree::One(value) => Ok(value.clone()),
            Tree::List(_) => Err(Truth::Unknown),
        }
    }
}
