//! Answers about a system as it stands, for which nothing is differentiated: the shape of a slice, the
//! number of weights, the computational graph.
//!
//! Invariant: shapes and counts are verified before they are put on the sheet; a diagram shows the reads
//! of the equations and nothing else.

use super::{Section, Writer, merge};
use crate::derivation::{Goal, ShapeDerivation};
use crate::diagnostic::{Diagnostic, Span};
use crate::integer::{Condition, Index, Truth};
use crate::language::syntax::{Expr, ExprKind, Name, Target};
use crate::model::count::Count;
use crate::model::counted;
use crate::study::{NoAnswer, Study};
use crate::writeup::diagram::diagram;
use crate::writeup::document::{Block, Inline, Piece, Prose};
use crate::writeup::outline::Level;
use crate::writeup::pattern::picture;
use crate::writeup::reason::{math, text};
use crate::writeup::{json, shape};
use num_traits::ToPrimitive;

impl Writer<'_> {
    /// The shape of what remains of an array where its first indices are given.
    pub(super) fn slice(
        &self,
        study: &mut Study,
        section: &mut Section,
        (array, at): (&Name, &[Expr]),
        by: &[(Name, Expr)],
        (span, base): (Span, i64),
    ) -> Result<(), NoAnswer> {
        let mut special = if by.is_empty() { None } else { Some(self.specialise(by, base)?) };
        let study = special.as_mut().unwrap_or(study);
        let (whole, certificate) = study.shape(array)?;
        check_indices(study, &whole, at, span).map_err(NoAnswer::Refused)?;
        let found = ShapeDerivation {
            lengths: whole.lengths[at.len()..].to_vec(),
            limits: whole.limits.iter().filter(|limit| limit.axis >= at.len()).cloned().collect(),
            ..whole
        };
        let goal = Goal::Value { output: array.clone() };
        let by = (!by.is_empty()).then_some(by);
        section.answers.push(json::slice(study, (&goal, at), &found, &certificate, by));
        section.certificate = merge(section.certificate.take(), &Some(certificate));
        section.summary.get_or_insert_with(|| shape::lengths(&study.system, &found));
        let formulas = shape::boxed_slice(&study.system, &study.names, &found, at);
        section.blocks.push(Block::Boxed { formulas, ranges: Vec::new() });
        if self.level != Level::Answer {
            section.blocks.extend(shape::derivation(&study.system, &found));
        }
        Ok(())
    }

    /// How many numbers there are in the weights, or in one array.
    pub(super) fn count(
        &self,
        study: &mut Study,
        section: &mut Section,
        target: &Target,
        span: Span,
    ) -> Result<(), NoAnswer> {
        let refused = |message: String| NoAnswer::Refused(Diagnostic::new(message, span).hint("as in `count weights`"));
        let names = counted(&study.system, target).map_err(|unknown| match unknown {
            Some(name) => refused(format!("there is no array `{name}`")),
            None => refused("only the entries of arrays are counted".into()),
        })?;
        let (count, certificate) = study.count(&names)?;
        section.answers.push(json::count(target, &count, &certificate));
        let counted = (!count.arrays.is_empty()).then_some(certificate);
        section.certificate = merge(section.certificate.take(), &counted);
        let all = matches!(target, Target::Value(name, None) if names.as_slice() != std::slice::from_ref(name));
        let number = match (all, one(&count.total)) {
            (true, true) => "weight",
            (true, false) => "weights",
            (false, true) => "entry",
            (false, false) => "entries",
        };
        let boxed = vec![Piece::Expr(count.total.clone()), Piece::Expr(Expr::name(number))];
        section.summary.get_or_insert_with(|| boxed.clone());
        section.blocks.push(Block::Boxed { formulas: vec![boxed], ranges: Vec::new() });
        let worth = count.arrays.len() > 1 || count.arrays.iter().any(|(_, lengths, _)| lengths.len() > 1);
        if self.level != Level::Answer && worth {
            section.blocks.push(table(&count));
        }
        Ok(())
    }

    /// The computational graph of an array, or a sentence where it is too large.
    pub(super) fn diagram(
        &self,
        study: &mut Study,
        section: &mut Section,
        target: &Target,
        span: Span,
    ) -> Result<(), NoAnswer> {
        let refused = |message: String| {
            NoAnswer::Refused(Diagnostic::new(message, span).hint("as in `diagram h`, for an array h of an equation"))
        };
        let Target::Value(array, None) = target else {
            return Err(refused("a diagram is of a whole array".into()));
        };
        if study.system.equation(array).is_none() {
            return Err(refused(match study.system.array(array) {
                Some(_) => format!("`{array}` is given, not computed"),
                None => format!("there is no array `{array}`"),
            }));
        }
        match diagram(&study.system, array) {
            Ok(drawn) => {
                section.answers.push(json::diagram(&drawn));
                section.blocks.push(Block::Diagram(Box::new(drawn)));
            }
            Err(sentence) => {
                section.answers.push(json::Answer::Text { text: sentence.clone() });
                section.blocks.push(Block::Paragraph(vec![text(sentence)]));
            }
        }
        Ok(())
    }

    /// The pattern of a Jacobian, and which entries feed which.
    pub(super) fn picture(
        &mut self,
        study: &mut Study,
        section: &mut Section,
        target: &Target,
        span: Span,
    ) -> Result<(), NoAnswer> {
        let goal = study.goal(target, span).map_err(NoAnswer::Refused)?;
        let (answer, _) = study.answer(&goal)?;
        let drawn = picture(study, &answer).map_err(|why| NoAnswer::Refused(Diagnostic::new(why, span)))?;
        section.answers.push(json::Answer::Picture { of: answer.name.clone() });
        section.blocks.push(Block::Picture(drawn));
        Ok(())
    }
}

fn one(number: &Expr) -> bool {
    matches!(&number.kind, ExprKind::Number(value) if value.to_i64() == Some(1))
}

/// Complains about more indices than axes, and about numbers that are outside of their range.
fn check_indices(study: &Study, whole: &ShapeDerivation, at: &[Expr], span: Span) -> Result<(), Diagnostic> {
    let (array, axes) = (&whole.array, whole.lengths.len());
    if at.len() > axes {
        let message = match axes {
            0 => format!("`{array}` is a scalar: it takes no index"),
            1 => format!("`{array}` has only one axis"),
            n => format!("`{array}` has only {n} axes"),
        };
        return Err(Diagnostic::new(message, span));
    }
    let facts = study.system.facts();
    let bounds = study.system.bounds(array).unwrap_or_default();
    for (index, (lo, hi)) in at.iter().zip(bounds) {
        let ExprKind::Number(value) = &index.kind else { continue };
        let Some(value) = value.to_i64().map(|n| Index::constant(n.into())) else { continue };
        let inside = [Condition::AtMost(lo, value.clone()), Condition::AtMost(value.clone(), hi)];
        if inside.iter().any(|condition| facts.judge(condition) == Truth::No) {
            let value = value.as_constant().unwrap_or(0);
            return Err(Diagnostic::new(format!("the index {value} is outside of `{array}`"), span));
        }
    }
    Ok(())
}

/// One row an array, and the sum.
fn table(count: &Count) -> Block {
    let cell = |e: &Expr| -> Prose { vec![math(e.clone())] };
    let mut rows: Vec<(Vec<Prose>, bool)> = Vec::new();
    for (name, lengths, number) in &count.arrays {
        let space = match lengths.as_slice() {
            [] => vec![text("scalar")],
            _ => vec![Inline::Math(vec![Piece::Lengths(vec![lengths.clone()])])],
        };
        rows.push((vec![cell(&Expr::name(name.clone())), space, cell(number)], false));
    }
    if rows.len() > 1 {
        rows.push((vec![vec![text("sum")], Vec::new(), cell(&count.total)], true));
    }
    Block::Table { header: vec![vec![text("array")], vec![text("shape")], vec![text("entries")]], rows }
}
