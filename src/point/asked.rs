//! What a target asks for: a goal at some of its indices.

use crate::derivation::Goal;
use crate::diagnostic::{Diagnostic, Diagnostics, Span};
use crate::integer::{Index, Var};
use crate::language::syntax::{Expr, ExprKind, Target};
use crate::model::formula::index_formula;
use crate::model::{Bound, System};

/// A goal at some indices: names are free, numbers fix an entry.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The indices that are free, with their ranges.
    pub free: Vec<Bound>,
    /// A value for each index of the goal.
    pub at: Vec<Index>,
    /// How many of them belong to the output.
    pub output_axes: usize,
}

/// The indices at which a target asks for a goal whose own indices are `indices`.
///
/// # Errors
/// The wrong number of indices, or what is no index.
pub fn asked(
    system: &System,
    target: &Target,
    goal: &Goal,
    (indices, output_axes): (&[Bound], usize),
    span: Span,
) -> Result<Asked, Diagnostics> {
    let lowered = target.lowered();
    let (rows, columns) = match lowered.within() {
        Target::Value(_, at) => (at.as_ref(), None),
        Target::Gradient(_, at) => (None, at.as_ref()),
        Target::Jacobian((_, rows), (_, columns)) => (rows.as_ref(), columns.as_ref()),
        Target::Shape(_) | Target::Second(_) => (None, None),
    };
    let split = if matches!(goal, Goal::Gradient { .. }) { 0 } else { output_axes };
    let (own_rows, own_columns) = indices.split_at(split.min(indices.len()));
    let mut found = Asked { free: Vec::new(), at: Vec::new(), output_axes };
    let sides = [(rows, own_rows), (columns, own_columns)];
    for (written, own) in &sides {
        let Some(written) = written else { continue };
        if written.len() > own.len() {
            let message = format!("there are {} indices here, {} are given", own.len(), written.len());
            return Err(vec![Diagnostic::new(message, span).hint("indices that are left out are free")]);
        }
        for (index, bound) in written.iter().zip(*own) {
            if let ExprKind::Name(name) = &index.kind
                && !is_size(system, name)
                && system.bounds(name).is_none()
                && found.free.iter().all(|b| b.var.name != *name)
            {
                found.free.push(Bound { var: Var::new(name.clone()), ..bound.clone() });
            }
        }
    }
    for (written, own) in sides {
        for (place, bound) in own.iter().enumerate() {
            let index: Option<&Expr> = written.and_then(|written| written.get(place));
            let at = match index {
                Some(index) => index_formula(system, index, &found.free)?,
                None if bound.lo == bound.hi => bound.lo.clone(),
                None => {
                    let clash = |v: &Var| found.free.iter().any(|b| b.var == *v);
                    let var = bound.var.fresh(clash);
                    found.free.push(Bound { var: var.clone(), ..bound.clone() });
                    Index::var(&var)
                }
            };
            found.at.push(at);
        }
    }
    Ok(found)
}

fn is_size(system: &System, name: &str) -> bool {
    system.given.contains_key(name) || system.sizes.iter().any(|(size, _)| &**size == name)
}
