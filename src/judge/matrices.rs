//! Claims in matrix form: the form is given its shapes, and its entries are compared with the derived
//! answer as any other formula is.
//!
//! A form that is right in another layout than the one claimed is refuted, and that is said. Invariant:
//! the entries follow from the definitions of the operations alone; how the program itself would write
//! the answer as a matrix plays no part.

use super::counterexample::Counterexample;
use super::left::{Left, goal};
use super::{Judge, Judged, Verdict};
use crate::answer::Answer;
use crate::derivation::Goal;
use crate::diagnostic::{Diagnostic, Diagnostics, Span};
use crate::integer::Var;
use crate::language::syntax::{Expr, Layout, MatrixExpr, Target};
use crate::matrix::entry::entry;
use crate::matrix::written::{Letters, Misfit, read};
use crate::matrix::{Frame, Unfit};
use crate::model::Quote;
use crate::model::formula::{formula, resolve_formula};

impl Judge<'_> {
    /// Judges a matrix form in a layout.
    pub(super) fn judge_matrix(
        &mut self,
        target: &Target,
        written: &MatrixExpr,
        layout: Layout,
        span: Span,
    ) -> Result<Judged, Diagnostics> {
        let asked = match target {
            Target::Shape(_) => None,
            whole if whole.bare() == *whole => Some(goal(&self.system, target, span)?),
            _ => None,
        };
        let Some(asked) = asked else {
            let message = "a matrix form is claimed of a whole array or derivative";
            return Err(vec![Diagnostic::new(message, span).hint("as in `expect matrix dl/dW = g*x^T`")]);
        };
        let answer = self.answer(&asked)?;
        let frame = frame(&answer, layout, span)?;
        let mut verdict = self.in_frame(&answer, (&frame, layout), written, span)?;
        if let Verdict::Refuted(found) = &mut verdict {
            for other in Layout::ALL {
                let beside = self::frame(&answer, other, span)?;
                if beside != frame && self.holds(&answer, (&beside, other), written, span) {
                    found.note = Some(format!("in the {} layout it is right", other.word()));
                    break;
                }
            }
        }
        Ok((verdict, None).into())
    }

    fn holds(&self, answer: &Answer, frame: (&Frame, Layout), written: &MatrixExpr, span: Span) -> bool {
        self.in_frame(answer, frame, written, span).is_ok_and(|verdict| !matches!(verdict, Verdict::Refuted(_)))
    }

    fn in_frame(
        &self,
        answer: &Answer,
        (frame, layout): (&Frame, Layout),
        written: &MatrixExpr,
        span: Span,
    ) -> Result<Verdict, Diagnostics> {
        let letters = Letters { upstream: &self.names.upstream, lengths: &self.names.lengths };
        let wanted = frame.extents(&answer.derivation);
        let found = match read(&self.system, letters, written, &wanted) {
            Ok(found) => found,
            Err(Misfit::Unreadable(diagnostic)) => return Err(vec![diagnostic]),
            Err(Misfit::Shapes(reason)) => return Ok(refuted(reason)),
            Err(Misfit::Whole([yours, right])) => {
                let place = match answer.derivation.goal {
                    Goal::Value { .. } => "it should be".into(),
                    _ => format!("in the {} layout it is", layout.word()),
                };
                return Ok(refuted(format!("yours is {yours}, {place} {right}")));
            }
        };
        let index = |side: &Option<Var>| match side {
            Some(var) => Expr::name(Quote::plain().var(var)),
            None => Expr::integer(1),
        };
        let entries = entry(&self.system, &found.matrix, &index(&frame.row), &index(&frame.column));
        let left = Left::whole(&answer.derivation);
        let resolved = resolve_formula(&self.system, &entries)?;
        let term = formula(&self.system, &entries, &left.free);
        let trial = self.trial(&left, answer, &resolved, found.lettered);
        self.verdict(&trial, term, span)
    }
}

fn refuted(reason: String) -> Verdict {
    Verdict::Refuted(Box::new(Counterexample::reason(reason)))
}

fn frame(answer: &Answer, layout: Layout, span: Span) -> Result<Frame, Diagnostics> {
    Frame::new(&answer.derivation, layout).map_err(|why| {
        let message = match why {
            Unfit::Axes(count) => format!("the answer has {count} axes, a matrix has two"),
            _ => "the answer is no matrix".into(),
        };
        vec![Diagnostic::new(message, span).hint("claim it with indices, as in `expect df[r]/dW[k] = …`")]
    })
}
