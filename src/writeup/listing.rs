//! The short form of a derivation: one row an answer, one line of evidence.

use super::conventions::letters;
use super::document::{Inline, Math, Prose};
use super::{evidence, matrix_answer, operation, outline, shape};
use crate::derivation::Goal;
use crate::study::{NoAnswer, Study};
use crate::verify::Certificate;

/// An answer in one row.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its name: `df/dW`.
    pub name: String,
    /// Its shape: `3×(1×5×3)`.
    pub shape: Math,
    /// The formula, left side included, and what its letters stand for.
    pub formulas: Vec<Math>,
    /// What it is: `cross-correlation, dilation 2`.
    pub operation: Prose,
    /// The matrix form, left side included; empty if it has none or none is wanted.
    pub matrix: Math,
}

/// All rows and the evidence.
pub struct Listing {
    /// The rows.
    pub rows: Vec<Entry>,
    /// What was assumed, the letters used, and how it was verified: a line each.
    pub evidence: Vec<Prose>,
}

/// Derives and verifies goals and puts each into a row.
///
/// # Errors
/// If one cannot be derived or does not pass verification.
pub fn listing(study: &mut Study, goals: &[Goal]) -> Result<Listing, NoAnswer> {
    let mut rows = Vec::new();
    let mut total: Option<Certificate> = None;
    for (k, goal) in goals.iter().enumerate() {
        let row = row(study, goal);
        if study.out_of_time(&goals[k..]) {
            break;
        }
        let (row, certificate) = row?;
        total = Some(total.map_or(certificate.clone(), |t| t.and(&certificate)));
        rows.push(row);
    }
    let goals = &goals[..rows.len()];
    let mut evidence = Vec::new();
    if !study.system.assumptions.is_empty() {
        evidence.push(shape::assumed(&study.system));
    }
    let letters = letters(study, goals);
    if !letters.is_empty() {
        evidence.push(letters);
    }
    if let Some(total) = total {
        evidence.push(evidence::evidence(&total, &[]));
    }
    Ok(Listing { rows, evidence })
}

/// A goal in its row, and how that was verified.
fn row(study: &mut Study, goal: &Goal) -> Result<(Entry, Certificate), NoAnswer> {
    if let Goal::Value { output } = goal {
        study.shape(output)?;
    }
    let (answer, certificate) = study.answer(goal)?;
    let operations = study.operation(&answer);
    let form = study.layout().and_then(|layout| study.matrix(&answer, layout).ok());
    let system = &study.system;
    let entry = Entry {
        name: answer.name.clone(),
        shape: shape::lengths_of(system, &study.names, goal),
        formulas: outline::equations(system, &answer),
        operation: operations
            .map(|found| operation::short_name(system, &study.names, &answer, &found))
            .unwrap_or_default(),
        matrix: form.map(|form| matrix_answer::equation(&answer, &form)).unwrap_or_default(),
    };
    Ok((entry, certificate))
}

/// Plain words of prose and its mathematics as Unicode.
pub fn plain(prose: &Prose, notation: &[(crate::language::syntax::Name, String)]) -> String {
    prose
        .iter()
        .map(|piece| match piece {
            Inline::Text(words) | Inline::Emphasis(words) => words.clone(),
            Inline::Math(math) => super::unicode(math, notation),
            Inline::Source(words) => super::tex_to_unicode(words),
        })
        .collect()
}
