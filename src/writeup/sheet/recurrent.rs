//! Answers about recurrences: gradients in terms of given ones, with the reading said, and the product
//! form of Jacobians over several steps.
//!
//! Invariant: a sentence stands on the sheet only after what it says of Jacobians by name was verified.

use super::{Section, Writer, merge};
use crate::derivation::Goal;
use crate::diagnostic::{Diagnostic, Span};
use crate::integer::Index;
use crate::language::syntax::{Expr, ExprKind, GivenGradient, Name, Reading, Target};
use crate::model::Quote;
use crate::study::{NoAnswer, Study};
use crate::writeup::document::{Block, Inline, Piece, Prose, Symbol};
use crate::writeup::json;
use crate::writeup::outline;
use crate::writeup::reason::{math, text};

impl Writer<'_> {
    /// A gradient in terms of one that the question gives.
    pub(super) fn given(
        &self,
        study: &mut Study,
        section: &mut Section,
        (target, given): (&Target, &GivenGradient),
        span: Span,
        known: &mut Vec<(String, Goal)>,
    ) -> Result<(), NoAnswer> {
        let refused = |message: String, hint: &str| NoAnswer::Refused(Diagnostic::new(message, span).hint(hint));
        let wanted = study.goal(target, span).map_err(NoAnswer::Refused)?;
        let Target::Gradient(array, _) = &given.gradient else {
            return Err(refused("what is given is a gradient".into(), "as in `answer dl/dW given total dl/dh`"));
        };
        let source = study.goal(&given.gradient, span).map_err(NoAnswer::Refused)?;
        if given.reading == Reading::Direct && study.system.direct_part(array).is_none() {
            let message = format!("the gradient for `{array}` has no direct part that differs from the total");
            return Err(refused(message, "only of an output that equations read is the direct part given"));
        }
        section.blocks.push(Block::Paragraph(reading(study, array, given)));
        if let Some(jacobian) = &given.jacobian {
            let same = |name: &Name| name == array;
            let fits = matches!(jacobian, Target::Jacobian((of, _), (by, _)) if same(of) && same(by));
            if wanted != source || !fits {
                let message = format!("with a Jacobian given, the gradient for `{array}` itself is asked for");
                return Err(refused(message, "as in `answer dl/dh given total dl/dh and dh/dh`"));
            }
            let (answer, certificate) = study.chain(array, given.reading)?;
            section.answers.push(json::formula(study, &answer, &certificate, None, None));
            section.certificate = merge(section.certificate.take(), &Some(certificate));
            let (system, names) = (&study.system, &study.names);
            section.summary.get_or_insert_with(|| outline::membership(system, names, &wanted));
            section.blocks.push(outline::boxed(system, names, &answer));
            return Ok(());
        }
        let held = if given.reading == Reading::Total && wanted != source { vec![source] } else { Vec::new() };
        for goal in study.with_adjoints_but(std::slice::from_ref(&wanted), &held) {
            if known.iter().any(|(_, k)| *k == goal) && goal != wanted {
                continue;
            }
            let (answer, certificate) = study.answer(&goal)?;
            let operations = study.operation(&answer);
            section.answers.push(json::formula(study, &answer, &certificate, operations.as_deref(), None));
            self.put(study, section, &answer, &certificate, None, operations.as_deref());
            known.push((section.label.clone(), goal));
        }
        Ok(())
    }

    /// Of the Jacobian of a state for an earlier one, that it is a product.
    pub(super) fn product_form(&self, study: &mut Study, section: &mut Section, goal: &Goal) -> Result<(), NoAnswer> {
        let Goal::Jacobian { output, array } = goal else { return Ok(()) };
        if output != array || study.system.recurrence(output).is_none() {
            return Ok(());
        }
        let Some(certificate) = study.product_of_steps(output)? else { return Ok(()) };
        section.certificate = merge(section.certificate.take(), &Some(certificate));
        let (Some(axis), Some(upwards)) =
            (study.system.step_axis(output), study.system.recurrence(output).map(|r| r.upwards))
        else {
            return Ok(());
        };
        let bounds = study.system.equation(output).map(|e| e.indices.clone()).unwrap_or_default();
        let late = &bounds[axis].var;
        let early = late.fresh(|v| v == late);
        let quote = Quote::plain();
        let sign = if upwards { 1 } else { -1 };
        let entry = |index: &Index| Expr::new(ExprKind::Read(output.clone(), vec![quote.index(index)]));
        let step = |from: &Index, to: &Index| {
            let of = Box::new(entry(to));
            Piece::Expr(Expr::new(ExprKind::Derivative(of, array.clone(), vec![quote.index(from)])))
        };
        if axis > 0 {
            return Ok(());
        }
        let (t, s) = (Index::var(late), Index::var(&early));
        let formula = vec![
            step(&s, &t),
            Piece::Symbol(Symbol::Equal),
            step(&t.plus_number(-sign), &t),
            step(&t.plus_number(-2 * sign), &t.plus_number(-sign)),
            Piece::Symbol(Symbol::Dots),
            step(&s, &s.plus_number(sign)),
        ];
        let order = if upwards { " lies before " } else { " lies after " };
        let (s, t) = (math(Expr::name(quote.var(&early))), math(Expr::name(quote.var(late))));
        let sentence = vec![
            text("As a product of matrices, one a step, where "),
            s,
            text(order),
            t,
            text(": each factor is the Jacobian of one step, in which what other steps computed is held."),
        ];
        section.blocks.push(Block::Boxed { formulas: vec![formula.clone()], ranges: Vec::new() });
        section.blocks.push(Block::Paragraph(sentence));
        let said = crate::writeup::unicode(&formula, &study.system.notation);
        section.answers.push(json::Answer::Text { text: said });
        Ok(())
    }
}

/// How the given gradient is read, and the Jacobian beside it.
fn reading(study: &Study, array: &Name, given: &GivenGradient) -> Prose {
    let gradient = || Inline::Math(vec![Piece::Expr(Expr::new(ExprKind::Upstream(array.clone(), Vec::new())))]);
    let jacobian = || {
        let of = Box::new(Expr::name(array.clone()));
        Inline::Math(vec![Piece::Expr(Expr::new(ExprKind::Derivative(of, array.clone(), Vec::new())))])
    };
    let mut prose = match given.reading {
        Reading::Total => vec![
            Inline::Emphasis("Reading:".into()),
            text(" the given "),
            gradient(),
            text(" is the total gradient; what an entry contributes to the loss through later steps is in it."),
        ],
        Reading::Direct => {
            let letter = study.system.direct_part(array).cloned().unwrap_or_else(|| array.clone());
            vec![
                Inline::Emphasis("Reading:".into()),
                text(" given is "),
                math(Expr::name(letter)),
                text(", the direct part of "),
                gradient(),
                text(": the loss as a function of this entry alone, all others held. The total gradient follows."),
            ]
        }
    };
    if given.jacobian.is_some() {
        if let (Reading::Total, Some(letter)) = (given.reading, study.system.direct_part(array)) {
            prose.extend([text(" Its direct part is "), math(Expr::name(letter.clone())), text(".")]);
        }
        prose.push(text(" The Jacobian "));
        prose.push(jacobian());
        prose.push(text(match given.reading {
            Reading::Total => {
                " is then that of one step, in which what other steps computed is held: no path is counted twice."
            }
            Reading::Direct => {
                " is then the total one: it goes along every path from the earlier entry to the later one."
            }
        }));
    }
    prose
}
