//! The NumPy or PyTorch module of a system: its verified answers, as code.

use super::numpy::{Dialect, Piece, PieceKind};
use crate::derivation::Goal;
use crate::diagnostic::Diagnostic;
use crate::language::print::{Alphabet, expression};
use crate::language::syntax::{Condition, Expr, Name, Relation};
use crate::model::formula::conditions;
use crate::study::{NoAnswer, Study};
use std::collections::BTreeMap;

/// The text of the module: every output and the derivatives that are `goals`, sizes given on the
/// command line as `defaults`; in which library, and for PyTorch with a `torch.autograd.Function` or not.
///
/// # Errors
/// If an answer cannot be derived, does not pass verification, or cannot be written as code.
pub fn module(
    library: (Dialect, bool),
    mut study: Study,
    goals: &[Goal],
    defaults: &BTreeMap<Name, i128>,
    title: &str,
) -> Result<String, NoAnswer> {
    let mut pieces = Vec::new();
    for goal in study.with_adjoints(goals) {
        let kind = match &goal {
            Goal::Value { output } => PieceKind::Value(output.clone()),
            Goal::Jacobian { output, array } => PieceKind::Jacobian(output.clone(), array.clone()),
            Goal::Step { .. } => continue,
            Goal::Gradient { array } => PieceKind::Gradient(array.clone()),
        };
        let (answer, _) = study.answer(&goal)?;
        let print = |e: &Expr| expression(e, Alphabet::Unicode);
        pieces.push(Piece {
            text: format!("{} = {}", print(&answer.left), print(&answer.formula)),
            kind,
            indices: answer.indices,
            formula: answer.formula,
        });
    }
    let defaults: BTreeMap<Name, i64> = defaults.iter().map(|(n, v)| (n.clone(), *v as i64)).collect();
    let requires = requirements(&study);
    let system = &study.system;
    super::numpy::module(library, &system.program, &pieces, &defaults, &requires, title, system.base, &system.direct)
        .map_err(|why| NoAnswer::Refused(Diagnostic::general(why)))
}

/// What the sizes must satisfy: their least values, what is required and what was assumed.
fn requirements(study: &Study) -> Vec<Condition> {
    let system = &study.system;
    let least = system.sizes.iter().map(|(name, least)| {
        Condition::Chain(Expr::name(name.clone()), vec![(Relation::AtLeast, Expr::integer(*least))])
    });
    let mut stated = system.requires.clone();
    stated.extend(system.assumptions.iter().cloned());
    least.chain(conditions(&stated)).collect()
}
