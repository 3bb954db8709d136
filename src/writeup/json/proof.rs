//! Proofs as data.

use super::make::{ascii, certify, latex, range};
use super::{Answer, Certificate, Range};
use crate::judge::{Proved, shown_name};
use crate::language::print::{Alphabet, condition};
use crate::language::syntax::Equality;
use crate::study::Study;
use crate::verify;
use crate::writeup::document::Piece;
use crate::writeup::listing::plain;
use crate::writeup::proof;
use serde::Serialize;

/// An equality with its proof.
#[derive(Clone, Debug, Serialize)]
pub struct Proof {
    /// `show q[c] = p[c]`
    pub name: String,
    /// The left side.
    pub left: String,
    /// The right side.
    pub right: String,
    /// Both sides in LaTeX, an equals sign between them.
    pub latex: String,
    /// The free indices.
    pub indices: Vec<Range>,
    /// What had to be assumed of the sizes.
    pub assumptions: Vec<String>,
    /// The formulas from the left side to the right one, each equal to the one before.
    pub lines: Vec<ProofLine>,
    /// How it was verified; `entries` are those at which both sides were compared.
    pub certificate: Certificate,
}

/// A line of a proof.
#[derive(Clone, Debug, Serialize)]
pub struct ProofLine {
    /// The formula.
    pub formula: String,
    /// Why it is equal to the one before.
    pub reason: String,
}

/// An equality with its proof.
pub fn proof(study: &Study, equality: &Equality, shown: &Proved) -> Answer {
    let (system, names) = (&study.system, &study.names);
    let quote = names.quote(system, &[]);
    let [left, right] = shown.identity.sides.each_ref().map(ascii);
    let lines = proof::chain(system, names, shown, false).into_iter().map(|line| ProofLine {
        formula: line
            .right
            .iter()
            .map(|piece| if let Piece::Expr(e) = piece { ascii(e) } else { String::new() })
            .collect(),
        reason: plain(&line.reason, &system.notation),
    });
    let counted = verify::Certificate { entries: shown.certificate.compared, ..shown.certificate.clone() };
    Answer::Proof(Box::new(Proof {
        name: shown_name(equality),
        left,
        right,
        latex: latex(study, &proof::statement(shown)),
        indices: shown.identity.free.iter().map(|b| range(&quote.binder(b))).collect(),
        assumptions: shown
            .identity
            .assumptions
            .iter()
            .map(|c| condition(&quote.condition(c), Alphabet::Ascii))
            .collect(),
        lines: lines.collect(),
        certificate: certify(&counted),
    }))
}
