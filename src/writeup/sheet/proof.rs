//! Equalities that are to be shown, and a recurrence beside that of its gradients.
//!
//! Invariant: only what is proved, and whose every line was verified, is put on the sheet.

use super::{Section, Writer, merge};
use crate::derivation::Goal;
use crate::diagnostic::{Diagnostic, Span};
use crate::judge::{Unshown, show, shown_name};
use crate::language::print;
use crate::language::syntax::{Equality, Target};
use crate::limits::Limit;
use crate::model::{Kind, Term};
use crate::study::{NoAnswer, Study};
use crate::verify::Unverified;
use crate::writeup::directions::directions;
use crate::writeup::{json, proof};

impl Writer<'_> {
    /// Whether `backward` and `forward` are to be compared, where no arrays are called so.
    pub(super) fn asks_directions(study: &Study, both: [&Target; 2]) -> bool {
        let mut words = both.map(|target| match target {
            Target::Value(name, None) if study.system.bounds(name).is_none() => &**name,
            _ => "",
        });
        words.sort_unstable();
        words == ["backward", "forward"]
    }

    /// A recurrence beside that of its gradients.
    pub(super) fn directions(
        &self,
        study: &mut Study,
        section: &mut Section,
        both: [&Target; 2],
        span: Span,
    ) -> Result<(), NoAnswer> {
        section.blocks.extend(directions(study, span)?);
        let arrays = study.system.recurrences.iter().flat_map(|r| r.arrays.keys().cloned());
        let gradients = arrays.map(|array| Goal::Gradient { array });
        section.spoken.get_or_insert_default().extend(gradients);
        let [of, with] = both.map(|target| print::target(target, print::Alphabet::Ascii));
        section.answers.push(json::Answer::Comparison { of, with });
        Ok(())
    }

    /// A proof of an equality.
    pub(super) fn show(
        &self,
        study: &Study,
        section: &mut Section,
        equality: &Equality,
        span: Span,
    ) -> Result<(), NoAnswer> {
        let (system, names) = (&study.system, &study.names);
        let shown = show(system, names, equality, span).map_err(|why| match why {
            Unshown::Wrong(mut problems) if !problems.is_empty() => NoAnswer::Refused(problems.remove(0)),
            Unshown::Wrong(_) => NoAnswer::Refused(Diagnostic::new("this equality has no meaning here", span)),
            Unshown::Unproved { tried, lacked } => NoAnswer::Unverified(Unverified {
                answer: shown_name(equality),
                reason: match lacked {
                    true => format!("the proof grows too large; {}", system.limits.hint(Limit::Proving, "")),
                    false => format!("not proved, though both sides agree at all {tried} entries tried"),
                },
                sizes: Default::default(),
                cause: None,
            }),
        })?;
        section.spoken.get_or_insert_default().extend(goals(&shown.identity.terms));
        section.answers.push(json::proof(study, equality, &shown));
        section.certificate = merge(section.certificate.take(), &Some(shown.certificate.clone()));
        section.summary.get_or_insert_with(|| proof::statement(&shown));
        section.blocks.extend(proof::blocks(system, names, &shown, self.level));
        Ok(())
    }
}

/// The derivatives that stand in formulas.
fn goals(terms: &[Term]) -> Vec<Goal> {
    let mut found = Vec::new();
    let mut add = |term: &Term| match term.kind() {
        Kind::Upstream(array, _) => found.push(Goal::Gradient { array: array.clone() }),
        Kind::Derivative(of, array, _) => {
            if let Kind::Read(output, _) = of.kind() {
                found.push(Goal::Jacobian { output: output.clone(), array: array.clone() });
            }
        }
        _ => {}
    };
    for term in terms {
        term.any(&mut |t| {
            add(t);
            false
        });
    }
    found
}
