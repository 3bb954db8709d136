//! Verified answers → the structures that are written as JSON.

use super::{
    Amount, Answer, Array, Axis, Certificate, Definition, Derivation, Formula, Head, Letter, Limit, MatrixForm, Range,
    Shape, Size, Solved, Special, Step, System,
};
use crate::calculus::strategy::vars;
use crate::derivation::{self, Goal, ShapeDerivation};
use crate::integer::{Condition, Index};
use crate::language::print::{self, Alphabet};
use crate::language::syntax::{Binder, Expr, ExprKind, Layout, Name, Role, Sign};
use crate::matrix::Unfit;
use crate::model::{self, Quote};
use crate::recognise::Operation;
use crate::study::{NoAnswer, Study};
use crate::verify;
use crate::writeup::document::{Piece, Symbol};
use crate::writeup::latex::{Place, Printer};
use crate::writeup::listing::plain;
use crate::writeup::notation::Notation;
use crate::writeup::{evidence, matrix_answer, operation, outline, shape as shapes};
use num_traits::ToPrimitive;

/// Derives and verifies goals and puts them into one document.
///
/// # Errors
/// If one cannot be derived or does not pass verification.
pub fn derivation(study: &mut Study, goals: &[Goal], target: &str, about: &str) -> Result<Derivation, NoAnswer> {
    let mut answers = Vec::new();
    for (k, goal) in goals.iter().enumerate() {
        let answered = answered(study, goal);
        if study.out_of_time(&goals[k..]) {
            break;
        }
        answers.extend(answered?);
    }
    let (target, about) = (target.to_string(), about.to_string());
    Ok(Derivation { head: Head::default(), target, about, system: system(study), answers })
}

/// A goal answered: the shape of an output, and the formula.
fn answered(study: &mut Study, goal: &Goal) -> Result<Vec<Answer>, NoAnswer> {
    let mut answers = Vec::new();
    if let Goal::Value { output } = goal {
        let (found, certificate) = study.shape(output)?;
        answers.push(shape(study, goal, Some(&found), &certificate, None));
    }
    let (answer, certificate) = study.answer(goal)?;
    let operations = study.operation(&answer);
    let found = study.layout().map(|layout| (layout, study.matrix(&answer, layout)));
    let matrix = found.map(|(layout, found)| matrix(study, &answer, &found, layout));
    answers.push(formula(study, &answer, &certificate, operations.as_deref(), None).with_matrix(matrix));
    Ok(answers)
}

/// An answer with its derivation. `by` are sizes set equal, of which the study is the outcome.
pub fn formula(
    study: &Study,
    answer: &crate::answer::Answer,
    certificate: &verify::Certificate,
    operations: Option<&[Operation]>,
    by: Option<&[(Name, Expr)]>,
) -> Answer {
    let (system, names) = (&study.system, &study.names);
    let quote = names.quote(system, &answer.derivation.indices);
    let described = operations.map(|found| operation::describe(system, names, answer, found));
    let operation = described.filter(|prose| !prose.is_empty()).map(|prose| plain(&prose, &system.notation));
    let ends = || std::iter::once(&answer.start).chain(&answer.lines);
    let steps = answer.derivation.steps.iter().zip(ends().zip(ends().skip(1)));
    Answer::Formula(Box::new(Formula {
        name: answer.name.clone(),
        left: ascii(&answer.left),
        formula: ascii(&answer.formula),
        latex: latex(study, &equation(answer)),
        shape: lengths(study, &answer.derivation.goal),
        indices: answer.indices.iter().map(range).collect(),
        operation,
        matrix: None,
        start: ascii(&answer.start),
        steps: steps.map(|(step, (before, after))| one_step(&quote, step, before, after)).collect(),
        result: ascii(answer.lines.last().unwrap_or(&answer.start)),
        special: by.map(|by| special(study, by)),
        certificate: certify(certificate),
    }))
}

/// An answer in matrix form, or why it has none.
pub fn matrix(
    study: &Study,
    answer: &crate::answer::Answer,
    found: &Result<crate::matrix::MatrixForm, Unfit>,
    layout: Layout,
) -> MatrixForm {
    let (system, names) = (&study.system, &study.names);
    let quote = names.quote(system, &[]);
    let form = found.as_ref().ok();
    let words = |math: &Vec<Piece>| crate::writeup::unicode(math, &system.notation);
    let missing = found.as_ref().err().map(|unfit| plain(&matrix_answer::why_not(unfit), &system.notation));
    MatrixForm {
        layout: layout.word(),
        text: form.map(|form| words(&vec![Piece::Matrix(form.matrix.clone())])),
        latex: form.map(|form| latex(study, &matrix_answer::equation(answer, form))),
        shape: form
            .map(|form| [&form.matrix.rows, &form.matrix.columns].map(|extent| amount(&quote.index(&extent.length())))),
        missing,
    }
}

/// How long the axes of what a goal asks for are; `found` says why, where that was derived.
pub fn shape(
    study: &Study,
    goal: &Goal,
    found: Option<&ShapeDerivation>,
    certificate: &verify::Certificate,
    by: Option<&[(Name, Expr)]>,
) -> Answer {
    let (system, names) = (&study.system, &study.names);
    let quote = names.quote(system, &[]);
    let conditions = |list: &[Condition]| list.iter().map(|c| condition(&quote, c)).collect::<Vec<_>>();
    let groups = shapes::lengths_of(system, names, goal);
    let flat: Vec<Expr> = groups.iter().flat_map(|piece| group_lengths(piece).concat()).collect();
    let limits = found.map(|found| {
        let limit = |limit: &model::system::Limit| Limit {
            index: quote.var(&limit.var).to_string(),
            array: limit.read.0.to_string(),
            axis: limit.read.1 + 1,
            reach: condition(&quote, &limit.reach),
            solved: condition(&quote, &limit.solved),
        };
        found.limits.iter().map(limit).collect()
    });
    Answer::Shape(Box::new(Shape {
        name: format!("shape {}", crate::answer::goal_name(goal)),
        left: ascii(&outline::whole_left(goal)),
        formula: print::shape(&flat, Alphabet::Ascii),
        latex: latex(study, &outline::membership(system, names, goal)),
        shape: lengths(study, goal),
        limits: limits.unwrap_or_default(),
        nonempty: found.map(|found| conditions(&found.nonempty)).unwrap_or_default(),
        assumptions: found.map(|found| conditions(&found.assumptions)).unwrap_or_default(),
        special: by.map(|by| special(study, by)),
        certificate: certify(certificate),
    }))
}

/// What the formulas of a study are about.
pub fn system(study: &Study) -> System {
    let (system, names) = (&study.system, &study.names);
    let quote = Quote { offsets: system.offsets.clone().into(), order: system.order.clone().into(), ..Quote::plain() };
    let conditions = |list: &[Condition]| list.iter().map(|c| condition(&quote, c)).collect();
    let given = system.given.iter().map(|(name, n)| Size::Given { name: name.to_string(), value: number(*n) });
    let symbols = system.sizes.iter().map(|(name, n)| Size::Symbol { name: name.to_string(), least: number(*n) });
    let upstream = names.upstream.iter().map(|(output, letter)| {
        let indices = system.equation(output).map(|e| vars(&e.indices)).unwrap_or_default();
        let at = indices.iter().map(|i| quote.index(i)).collect();
        let equals = ascii(&Expr::new(ExprKind::Upstream(output.clone(), at)));
        let (name, of) = (letter.to_string(), Some(output.to_string()));
        Letter { name, meaning: "upstream gradient", of, equals }
    });
    let floors = names.lengths.iter().map(|(name, length)| {
        let equals = ascii(&quote.index(length));
        Letter { name: name.to_string(), meaning: "length", of: None, equals }
    });
    System {
        index_base: system.base,
        sizes: given.chain(symbols).collect(),
        arrays: arrays(system, &quote),
        requirements: conditions(&system.requires),
        assumptions: conditions(&system.assumptions),
        letters: upstream.chain(floors).collect(),
    }
}

fn arrays(system: &model::System, quote: &Quote) -> Vec<Array> {
    let axis = |first: &Index, last: &Index, padding: [&Index; 2]| Axis {
        first: amount(&quote.index(first)),
        last: amount(&quote.index(last)),
        length: amount(&quote.index(&last.minus(first).plus_number(1))),
        padding: padding.map(|p| amount(&quote.index(p))),
    };
    let given = system.arrays.iter().map(|array| Array {
        name: array.name.to_string(),
        role: match array.role {
            _ if array.constant => "param",
            Role::Input => "input",
            Role::Weight => "weight",
            Role::Integer => "integer",
            Role::Plain => "plain",
        },
        axes: array.axes.iter().map(|a| axis(&a.first, &a.last, [&a.before, &a.after])).collect(),
        definition: None,
    });
    let none = Index::default();
    let defined = system.program.equations.iter().map(|equation| Array {
        name: equation.array.to_string(),
        role: if system.outputs.contains(&equation.array) { "output" } else { "intermediate" },
        axes: system
            .bounds(&equation.array)
            .unwrap_or_default()
            .iter()
            .map(|(first, last)| axis(first, last, [&none, &none]))
            .collect(),
        definition: Some(Definition {
            indices: equation.indices.iter().map(range).collect(),
            formula: ascii(&equation.body),
        }),
    });
    given.chain(defined).collect()
}

pub(super) fn special(study: &Study, by: &[(Name, Expr)]) -> Special {
    let sizes = by.iter().map(|(name, value)| (name.to_string(), ascii(value))).collect();
    Special { sizes, system: system(study) }
}

fn one_step(quote: &Quote, step: &derivation::Step, before: &Expr, after: &Expr) -> Step {
    Step {
        rule: step.rule.text(),
        place: step.place.clone(),
        before: ascii(before),
        after: ascii(after),
        solved: step
            .solved
            .as_ref()
            .map(|(var, value)| Solved { index: quote.var(var).to_string(), value: ascii(&quote.index(value)) }),
        discharged: step.discharged.iter().map(|c| condition(quote, c)).collect(),
        given: step.given.iter().map(|c| condition(quote, c)).collect(),
    }
}

pub(super) fn certify(certificate: &verify::Certificate) -> Certificate {
    Certificate {
        entries: certificate.entries,
        sampled: certificate.sampled,
        points: certificate.points,
        field: "2^61 - 1",
        assignments: certificate.assignments,
        comparisons: certificate.steps,
        places: certificate.places,
        sentence: plain(&evidence::evidence(certificate, &[]), &[]),
    }
}

fn equation(answer: &crate::answer::Answer) -> Vec<Piece> {
    vec![Piece::Expr(answer.left.clone()), Piece::Symbol(Symbol::Equal), Piece::Expr(answer.formula.clone())]
}

pub(super) fn latex(study: &Study, math: &[Piece]) -> String {
    let notation = Notation::new(&study.system.notation);
    Printer { notation: &notation, marks: &[] }.math(math, Place::Display)
}

fn lengths(study: &Study, goal: &Goal) -> Vec<Vec<Amount>> {
    let groups = shapes::lengths_of(&study.system, &study.names, goal);
    let groups = groups.iter().flat_map(group_lengths);
    groups.map(|group| group.iter().map(amount).collect()).collect()
}

fn group_lengths(piece: &Piece) -> Vec<Vec<Expr>> {
    match piece {
        Piece::Lengths(groups) | Piece::Space(groups) => groups.clone(),
        Piece::Expr(_)
        | Piece::Decimal(_)
        | Piece::Condition(_)
        | Piece::Matrix(_)
        | Piece::Symbol(_)
        | Piece::Quad => Vec::new(),
    }
}

pub(super) fn range(binder: &Binder) -> Range {
    let (first, last) = match &binder.range {
        Some((first, last)) => (amount(first), amount(last)),
        None => (Amount::Formula(String::new()), Amount::Formula(String::new())),
    };
    Range { name: binder.name.to_string(), first, last }
}

fn number(n: i128) -> Amount {
    i64::try_from(n).map_or_else(|_| Amount::Formula(n.to_string()), Amount::Number)
}

/// An integer literal as a number, anything else as text.
pub(super) fn amount(e: &Expr) -> Amount {
    let literal = |e: &Expr| match &e.kind {
        ExprKind::Number(value) if value.is_integer() => value.to_integer().to_i64(),
        _ => None,
    };
    let value = match &e.kind {
        ExprKind::Sum(terms) => match terms.as_slice() {
            [(Sign::Minus, only)] => literal(only).map(|n| -n),
            _ => None,
        },
        _ => literal(e),
    };
    value.map_or_else(|| Amount::Formula(ascii(e)), Amount::Number)
}

fn condition(quote: &Quote, condition: &Condition) -> String {
    print::condition(&quote.condition(condition), Alphabet::Ascii)
}

pub(super) fn ascii(e: &Expr) -> String {
    print::expression(e, Alphabet::Ascii)
}
