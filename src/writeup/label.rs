//! Labels by which a paper refers to the answers of a fragment: `conv:dl-dW`.

use super::context::{BlockView, ProblemView};
use super::document::{Math, Piece};
use crate::language::syntax::{Expr, ExprKind};

/// What an answer is called by its left side: `dl-dW` for ∂ℓ/∂W; nothing where it has no such name.
pub fn of(formula: &Math) -> String {
    match formula.first() {
        Some(Piece::Expr(left)) => name(left).unwrap_or_default(),
        _ => String::new(),
    }
}

fn name(left: &Expr) -> Option<String> {
    match &left.kind {
        ExprKind::Name(name) | ExprKind::Read(name, _) => Some(plain(name)),
        ExprKind::Upstream(name, _) => Some(format!("dl-d{}", plain(name))),
        ExprKind::Derivative(of, by, _) => match &of.kind {
            ExprKind::Derivative(of, first, _) => Some(format!("d2{}-d{}-d{}", name(of)?, plain(first), plain(by))),
            _ => Some(format!("d{}-d{}", name(of)?, plain(by))),
        },
        _ => None,
    }
}

fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

/// Puts the prefix before every label, and a number behind one that was given already; without a
/// prefix there are no labels.
pub fn put(problems: &mut [ProblemView], prefix: Option<&str>) {
    let mut given: Vec<String> = Vec::new();
    let questions = problems.iter_mut().flat_map(|problem| &mut problem.questions);
    let blocks = questions.flat_map(|question| {
        question.blocks.iter_mut().chain(question.parts.iter_mut().flat_map(|part| &mut part.blocks))
    });
    for block in blocks {
        let BlockView::Boxed { label, .. } = block else { continue };
        let Some(prefix) = prefix.filter(|_| !label.is_empty()) else {
            label.clear();
            continue;
        };
        let count = given.iter().filter(|known| *known == label).count();
        given.push(label.clone());
        *label = match count {
            0 => format!("{prefix}:{label}"),
            _ => format!("{prefix}:{label}-{}", count + 1),
        };
    }
}
