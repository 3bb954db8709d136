//! What a judge can be asked beside verdicts: what is right, what the operation is, which slips are made.

use super::cells::Cells;
use super::complete::complete;
use super::counterexample::Counterexample;
use super::left::{Left, Place, goal};
use super::slips::{Slipped, slipped};
use super::{Judge, Right, shape};
use crate::diagnostic::{Diagnostics, Span};
use crate::language::print::{Alphabet, expression};
use crate::language::syntax::{Claim, ClaimValue, Expr, ExprKind, Name, Target};
use crate::model::{Quote, rewrite};
use crate::recognise::{Operation, recognise};
use crate::study::performs;

impl Judge<'_> {
    /// The operation that the answer to a target is, if it is one and performing it gives the answer.
    pub fn operation(&mut self, target: &Target) -> Option<Operation> {
        let answer = self.answer(&goal(&self.system, target, Span::default()).ok()?).ok()?;
        let mut found = recognise(&self.system, &answer.derivation)?;
        if found.len() == 1 && performs(&self.trials, &answer, &found) { found.pop() } else { None }
    }

    /// Whether a target asks for something that the system has.
    ///
    /// # Errors
    /// What it has not.
    pub fn knows(&self, target: &Target, span: Span) -> Result<(), Diagnostics> {
        match target {
            Target::Shape(of) => shape::arrays(&self.system, of, span).map(drop),
            _ => goal(&self.system, target, span).map(drop),
        }
    }

    /// The claim with a range at every bound index: what the axes have in common on which it stands alone.
    pub fn ranged(&self, claim: &Claim) -> Option<Claim> {
        let ClaimValue::Formula(formula) = &claim.value else { return None };
        let left = Left::read(&self.system, &claim.target, claim.span).ok()?;
        let formula = complete(&self.system, &self.names, formula, &left, true).ok()?.formula;
        Some(Claim { value: ClaimValue::Formula(formula), ..claim.clone() })
    }

    /// A target with the indices that its derivation uses.
    pub fn indexed(&mut self, target: &Target) -> Option<Target> {
        let answer = self.answer(&goal(&self.system, target, Span::default()).ok()?).ok()?;
        let mut rows: Vec<Expr> = answer.indices.iter().map(|binder| Expr::name(binder.name.clone())).collect();
        let columns = rows.split_off(answer.derivation.output_axes);
        Some(match target.bare() {
            Target::Jacobian((output, _), (array, _)) => Target::Jacobian((output, Some(rows)), (array, Some(columns))),
            Target::Gradient(array, _) => Target::Gradient(array, Some(columns)),
            Target::Value(name, _) => Target::Value(name, Some(rows)),
            other @ (Target::Shape(_) | Target::Second(_)) => other,
        })
    }

    /// The right formula of a target with each of the usual slips made in it, and whether it shows.
    ///
    /// # Errors
    /// What is wrong with the target, or an answer that does not verify.
    pub fn slipped(&mut self, target: &Target) -> Result<Vec<Slipped>, Diagnostics> {
        let goal = match target.bare() == *target {
            true => goal(&self.system, target, Span::default())?,
            false => Left::read(&self.system, target, Span::default())?.goal,
        };
        let answer = self.answer(&goal)?;
        let left = Left::whole(&answer.derivation);
        Ok(slipped(&self.trial(&left, &answer, &answer.formula, true), &self.runs))
    }

    /// The entries of a refuted Jacobian that are right and wrong, at the sizes of its counterexample.
    pub fn cells(&mut self, claim: &Claim, found: &Counterexample) -> Option<Cells> {
        let (Target::Jacobian(..), ClaimValue::Formula(right)) = (&claim.target, &claim.value) else { return None };
        let left = Left::read(&self.system, &claim.target, claim.span).ok()?;
        let answer = self.answer(&left.goal).ok()?;
        let (resolved, lettered) = self.settled(right, &left)?;
        let run = self.run_at(&found.sizes)?;
        Cells::new(&self.trial(&left, &answer, &resolved, lettered), run)
    }

    /// What is right, with the claim's own indices unless these mean something else in it: an equation,
    /// or the lengths of a shape.
    pub fn right(&mut self, target: &Target) -> Option<Right> {
        if let Some((wider, target)) = self.wider(target, Span::default()).ok()? {
            return Judge::new(&wider).ok()?.right(&target);
        }
        if let Target::Shape(of) = target {
            let lengths = shape::lengths(&self.system, of, Span::default()).ok()?;
            return Some(Right::Shape(lengths.iter().map(|length| Quote::plain().index(length)).collect()));
        }
        let left = Left::read(&self.system, target, Span::default()).ok()?;
        let answer = self.answer(&left.goal).ok()?;
        let (head, formula) = (answer.left.clone(), answer.formula.clone());
        let names = answer.indices.iter().zip(&left.places).filter_map(|(binder, place)| match place {
            Place::Free(number) => Some((binder.name.clone(), left.free[*number].var.written())),
            Place::Fixed(_) => None,
        });
        let names: Vec<(Name, Name)> = names.filter(|(own, authors)| own != authors).collect();
        let printed = format!("{} {}", expression(&head, Alphabet::Ascii), expression(&formula, Alphabet::Ascii));
        let taken = |name: &Name| {
            printed.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '\'')).any(|word| word == &**name)
        };
        if names.iter().any(|(_, authors)| taken(authors)) {
            return Some(Right::Equation(head, formula));
        }
        let renamed = |e: &Expr| {
            rewrite(e, &|part| match &part.kind {
                ExprKind::Name(name) => {
                    names.iter().find(|(own, _)| own == name).map(|(_, authors)| ExprKind::Name(authors.clone()))
                }
                _ => None,
            })
        };
        Some(Right::Equation(renamed(&head), renamed(&formula)))
    }
}
