//! What is said once at the head of an answer: the conventions in force, and what the letters stand
//! for that the author did not introduce.

use super::document::{Inline, Piece, Prose, Symbol};
use super::reason::{math, text};
use crate::derivation::Goal;
use crate::language::syntax::{self, Expr, ExprKind};
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
    prose
}

/// What the letters stand for that the author did not introduce: upstream gradients, lengths.
pub fn letters<'a>(study: &Study, goals: impl IntoIterator<Item = &'a Goal>) -> Prose {
    let goals: Vec<&Goal> = goals.into_iter().collect();
    let system = &study.system;
    let mut items: Vec<Prose> = Vec::new();
    if goals.iter().any(|g| matches!(g, Goal::Gradient { .. })) {
        for (output, letter) in &study.names.upstream {
            let indices = system.equation(output).map(|e| e.indices.clone()).unwrap_or_default();
            let quote = study.names.quote(system, &[]);
            let at: Vec<Expr> = crate::calculus::strategy::vars(&indices).iter().map(|i| quote.index(i)).collect();
            let read = match at.is_empty() {
                true => Expr::name(letter.clone()),
                false => Expr::new(ExprKind::Read(letter.clone(), at.clone())),
            };
            let meaning = Inline::Math(vec![
                Piece::Expr(read),
                Piece::Symbol(Symbol::Equal),
                Piece::Expr(Expr::new(ExprKind::Upstream(output.clone(), at))),
            ]);
            items.push(vec![meaning, text(" is the upstream gradient")]);
        }
    }
    let plain = crate::model::Quote { order: system.order.clone(), ..crate::model::Quote::plain() };
    for (name, length) in study.names.lengths.iter().filter(|_| !goals.is_empty()) {
        items.push(vec![Inline::Math(vec![
            Piece::Expr(Expr::name(name.clone())),
            Piece::Symbol(Symbol::Equal),
            Piece::Expr(plain.index(length)),
        ])]);
    }
    items.join(&text("; "))
}
