//! What is said once at the head of an answer: the conventions in force, and what the letters stand
//! for that the author did not introduce.

use super::document::{Block, Inline, Line, Piece, Prose, Symbol};
use super::reason::{condition, listed, math, text};
use crate::calculus::strategy::vars;
use crate::derivation::Goal;
use crate::language::function::Function;
use crate::language::parse::{parse_condition, parse_expression};
use crate::language::program::Fact;
use crate::language::syntax::{self, Binder, Expr, ExprKind, Extremum, Name, Relation};
use crate::model::System;
use crate::study::Study;

/// One line on the conventions in force in a question.
pub fn conventions<'a>(study: &Study, goals: impl Iterator<Item = &'a Goal>) -> Prose {
    let goals: Vec<&Goal> = goals.collect();
    let system = &study.system;
    let mut prose = vec![text(format!("indices start at {}", system.base))];
    if goals.iter().any(|g| !matches!(g, Goal::Value { .. })) {
        prose.push(text("; "));
        let p = Expr::new(ExprKind::Bracket(Box::new(syntax::Condition::Chain(Expr::name("p"), Vec::new()))));
        prose.push(math(p));
        prose.push(text(" is 1 if "));
        prose.push(math(Expr::name("p")));
        prose.push(text(" holds, else 0 (Iverson bracket)"));
    }
    let letters = letters(study, goals.iter().copied());
    if !letters.is_empty() {
        prose.push(text("; "));
        prose.extend(letters);
    }
    prose.push(text("."));
    if goals.iter().any(|g| !matches!(g, Goal::Value { .. })) {
        prose.extend(system.functions().into_iter().filter_map(kink).flatten());
        prose.extend(ties(system));
    }
    prose.extend(system.program.facts.iter().flat_map(required));
    prose
}

/// What the author requires of the values of arrays: ` It is required that Σ_c y[b,c] = 1 for all b.`
fn required(fact: &Fact) -> Prose {
    let equation = syntax::Condition::Chain(fact.left.clone(), vec![(fact.relation, fact.right.clone())]);
    let mut prose = vec![text(" It is required that "), condition(equation)];
    if !fact.indices.is_empty() {
        prose.push(text(" for all "));
        prose.extend(listed(fact.indices.iter().map(|index| math(Expr::name(index.name.clone()))).collect()));
    }
    prose.push(text("."));
    prose
}

/// What is taken for the derivative of a function where it has none.
fn kink(function: Function) -> Option<Prose> {
    let kink = function.entry().kink?;
    let arguments: Vec<Expr> =
        ["u", "v"][..function.entry().derivatives.len()].iter().map(|name| Expr::name(*name)).collect();
    let value = Expr::new(ExprKind::Call(function.name().into(), arguments));
    let taken = match parse_expression(kink.taken) {
        Ok(number) => math(number),
        Err(_) => text(kink.taken),
    };
    let at = condition(parse_condition(kink.at).ok()?);
    Some(vec![
        text(" Where "),
        at,
        text(", the derivative of "),
        math(value),
        text(" is taken to be "),
        taken,
        text("."),
    ])
}

/// What is taken for the derivative of a maximum or minimum over an index where several terms are it.
fn ties(system: &System) -> Prose {
    let found = system.extrema();
    let mut prose = Vec::new();
    for (which, word) in [(Extremum::Max, "greatest"), (Extremum::Min, "least")] {
        if found.contains(&which) || found.contains(&which.place()) {
            let place = which.place().word();
            let one = "the derivative follows the first of them";
            prose.push(text(format!(" Where several terms are {word}, {one}, and {place} is its index.")));
        }
    }
    prose
}

/// The arrays between the given ones and the outputs, as the author defined them, those left out that
/// are answers themselves; the outputs too, where the answers are about the equations themselves, and an
/// output of which a step is asked for.
pub fn definitions<'a>(study: &Study, goals: impl Iterator<Item = &'a Goal>, outputs: bool) -> Vec<Block> {
    let system = &study.system;
    let (mut asked, mut stepped): (Vec<&Name>, Vec<&Name>) = (Vec::new(), Vec::new());
    for goal in goals {
        match goal {
            Goal::Value { output } => asked.push(output),
            Goal::Step { output, .. } => stepped.push(output),
            Goal::Jacobian { .. } | Goal::Gradient { .. } => {}
        }
    }
    let between = system.program.equations.iter().filter(|equation| {
        let jacobian = system.differentiated.iter().any(|d| d.name == equation.array);
        let shown = outputs || !system.outputs.contains(&equation.array) || stepped.contains(&&equation.array);
        !jacobian && shown && !asked.contains(&&equation.array)
    });
    let shown = between.map(|equation| {
        let at: Vec<Expr> = equation.indices.iter().map(standing).collect();
        let kind = match at.is_empty() {
            true => ExprKind::Name(equation.array.clone()),
            false => ExprKind::Read(equation.array.clone(), at),
        };
        let several = system.equation(&equation.array).is_some_and(|e| !e.parts.is_empty());
        let mut reason = vec![text("by definition")];
        for range in
            equation.indices.iter().filter(|index| several && standing(index) == Expr::name(index.name.clone()))
        {
            let Some((first, last)) = &range.range else { continue };
            let inside = vec![(Relation::AtMost, Expr::name(range.name.clone())), (Relation::AtMost, last.clone())];
            reason.extend([text(", "), condition(syntax::Condition::Chain(first.clone(), inside))]);
        }
        let line = Line { relation: Symbol::Equal, right: vec![Piece::Expr(equation.body.clone())], reason };
        Block::Derivation { left: vec![Piece::Expr(Expr::new(kind))], lines: vec![line], folded: None }
    });
    shown.collect()
}

/// The letter and the gradient at the indices of an output.
fn gradient_letter(study: &Study, output: &Name, letter: &Name) -> (Expr, Expr) {
    let indices = study.system.equation(output).map(|e| e.indices.clone()).unwrap_or_default();
    let quote = study.names.quote(&study.system, &[]);
    let at: Vec<Expr> = vars(&indices).iter().map(|i| quote.index(i)).collect();
    let read = match at.is_empty() {
        true => Expr::name(letter.clone()),
        false => Expr::new(ExprKind::Read(letter.clone(), at.clone())),
    };
    (read, Expr::new(ExprKind::Upstream(output.clone(), at)))
}

/// An index as it stands on the left: the number that it is fixed at, if it is.
fn standing(index: &Binder) -> Expr {
    match &index.range {
        Some((first, last)) if first == last => first.clone(),
        _ => Expr::name(index.name.clone()),
    }
}

/// What the letters stand for that the author did not introduce: upstream gradients, lengths.
pub fn letters<'a>(study: &Study, goals: impl IntoIterator<Item = &'a Goal>) -> Prose {
    let goals: Vec<&Goal> = goals.into_iter().collect();
    let system = &study.system;
    let mut items: Vec<Prose> = Vec::new();
    if goals.iter().any(|g| matches!(g, Goal::Gradient { .. })) {
        for (output, letter) in &study.names.upstream {
            let (read, total) = gradient_letter(study, output, letter);
            let meaning = vec![Piece::Expr(read), Piece::Symbol(Symbol::Equal), Piece::Expr(total)];
            items.push(vec![Inline::Math(meaning), text(" is the upstream gradient")]);
        }
        for (output, letter) in &system.direct {
            let (read, total) = gradient_letter(study, output, letter);
            let said = [
                math(read),
                text(" is the given, direct part of "),
                math(total),
                text(", which is the total gradient"),
            ];
            items.push(said.to_vec());
        }
    }
    let plain = crate::model::Quote { order: system.order.clone().into(), ..crate::model::Quote::plain() };
    for (name, length) in study.names.lengths.iter().filter(|_| !goals.is_empty()) {
        items.push(vec![Inline::Math(vec![
            Piece::Expr(Expr::name(name.clone())),
            Piece::Symbol(Symbol::Equal),
            Piece::Expr(plain.index(length)),
        ])]);
    }
    items.join(&text("; "))
}
