//! The words for patterns: diagonals, bands, permutations – what Jacobians hold.

use super::super::document::{Inline, Piece, Prose};
use super::super::words::{Words, enumerated, formula, text};
use super::letter;
use crate::integer::Index;
use crate::language::syntax::Expr;
use crate::recognise::axis::Window;
use crate::recognise::{Family, Operation, Pattern};

/// "A band that holds W, moved by 2 for each step of r; 0 elsewhere."
pub(super) fn describe(words: &Words, operation: &Operation, pattern: &Pattern) -> Prose {
    if operation.wiring.factors.is_empty() {
        return numbers(words, operation, pattern);
    }
    let bands: Vec<&Window> = pattern.families.iter().filter_map(band).collect();
    let guarded = !operation.wiring.guards.is_empty();
    let head = match pattern.families.first() {
        None => "Diagonal blocks: ",
        Some(Family::Band(_)) if !bands.iter().all(|w| is_toeplitz(w)) => "A band that holds ",
        Some(Family::Band(_)) if guarded => "A Toeplitz band that holds ",
        Some(Family::Band(_)) => "A Toeplitz matrix of ",
        Some(Family::Circulant) => "A circulant matrix of ",
        Some(_) => "A pattern of ",
    };
    let mut prose = vec![text(head), letter(words, operation)];
    for window in &bands {
        if window.stride.as_constant() != Some(1) && window.dilation.as_constant() == Some(1) {
            let index = words.index(&operation.wiring.wires[window.window].shown);
            prose.extend([text(", moved by "), words.index(&window.stride), text(" for each step of "), index]);
        }
    }
    let equal: Vec<Prose> = pattern.diagonal.iter().map(|vars| words.equal(vars)).collect();
    if !equal.is_empty() {
        prose.push(text(" where "));
        prose.extend(enumerated(equal));
        prose.push(text(", else 0"));
        if !bands.is_empty() {
            prose.extend([text(", and 0 outside "), letter(words, operation)]);
        }
    } else if guarded && !bands.is_empty() {
        prose.push(text("; 0 elsewhere"));
    }
    if let Some(clause) = words.times(operation) {
        prose.push(text(", "));
        prose.extend(clause);
    }
    prose.push(text("."));
    prose
}

/// "A diagonal: 1 where j = j', else 0."
fn numbers(words: &Words, operation: &Operation, pattern: &Pattern) -> Prose {
    let value = words.scale(operation).unwrap_or_else(|| Expr::integer(1));
    let (head, article) =
        (name(operation, pattern), if starts_with_vowel(name(operation, pattern)) { "An" } else { "A" });
    let mut prose = vec![text(format!("{article} {head}: ")), formula(value), text(" where ")];
    prose.extend(conditions(words, operation));
    prose.push(text(", else 0."));
    prose
}

fn starts_with_vowel(words: &str) -> bool {
    words.starts_with(['a', 'e', 'i', 'o', 'u']) && !words.starts_with("one")
}

/// The brackets of the formula, in its own words.
fn conditions(words: &Words, operation: &Operation) -> Prose {
    vec![Inline::Math(vec![Piece::Condition(words.quote.conditions(&operation.wiring.guards))])]
}

/// A few words for a table.
pub(super) fn name(operation: &Operation, pattern: &Pattern) -> &'static str {
    let numbers = operation.wiring.factors.is_empty();
    let first = pattern.families.first();
    match first {
        None if numbers => "diagonal",
        None => "diagonal blocks",
        Some(family)
            if pattern.families.iter().any(|f| std::mem::discriminant(f) != std::mem::discriminant(family)) =>
        {
            "permutation matrix"
        }
        Some(Family::OffDiagonal) => "shifted diagonal",
        Some(Family::AntiDiagonal) => "anti-diagonal",
        Some(Family::Strided) => "strided diagonal",
        Some(Family::Band(_)) => "band",
        Some(Family::CircularShift) => "circular shift matrix",
        Some(Family::CircularReversal) => "circular reversal matrix",
        Some(Family::Circulant) => "circulant matrix",
        Some(Family::OneHot) => "one-hot matrix",
        Some(Family::Triangle) => "triangular matrix",
        Some(Family::Numeral) => "permutation matrix",
    }
}

fn band(family: &Family) -> Option<&Window> {
    match family {
        Family::Band(window) => Some(window),
        _ => None,
    }
}

fn is_toeplitz(window: &Window) -> bool {
    let one = |e: &Index| e.as_constant() == Some(1);
    one(&window.stride) && one(&window.dilation)
}
