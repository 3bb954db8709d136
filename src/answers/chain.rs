//! The members of a chain `a = b = c`: how each is shown, and which `=` is the first that is wrong.

use super::Found;
use super::marker::Last;
use crate::diagnostic::Diagnostic;
use crate::judge::Verdict;
use crate::language::syntax::{AnswerKind, Claim, Layout, Problem, Question, Relation};
use crate::latex::{Fence, Glyph, Kind, Link, Tree};
use crate::reading::{Side, Symbol};

/// The letter at the left of a formula, without its indices, and the formula; what has no relation in
/// it stands to the right of one.
pub(crate) fn letter_and_formula(tree: &Tree) -> (Option<Symbol>, Tree) {
    let crossed = |factors: &[(Link, Tree)]| factors.iter().any(|(link, _)| *link == Link::Cross);
    match &tree.kind {
        Kind::Relations(Some(first), _) => {
            let mut base = &**first;
            while let Kind::Scripts(inner, Some(_), None) = &base.kind {
                base = inner;
            }
            let symbol = match &base.kind {
                Kind::Name(_) => vec![(Link::Beside, base.clone())],
                Kind::Row(factors) => {
                    let bracket = |(_, tree): &(Link, Tree)| matches!(tree.kind, Kind::Fenced(Fence::Square, _));
                    let end = factors.iter().position(bracket).unwrap_or(factors.len());
                    factors[..end].to_vec()
                }
                _ => return (None, tree.clone()),
            };
            (Some(symbol), tree.clone())
        }
        Kind::Relations(None, _) => (None, tree.clone()),
        Kind::Row(factors) if crossed(factors) => (None, tree.clone()),
        _ => {
            let kind = Kind::Relations(None, vec![(Glyph::Compare(Relation::Equal), tree.clone())]);
            (None, Tree { kind, span: tree.span })
        }
    }
}

/// Claims that are read in one way only.
pub(crate) fn plain(claims: Vec<Claim>) -> Vec<Result<Side, Diagnostic>> {
    claims.into_iter().map(|claim| Ok(Side::plain(claim))).collect()
}

/// What the line after these claims goes on with.
pub(super) fn spoken_of(sides: &[Result<Side, Diagnostic>]) -> Option<Last> {
    sides.iter().flatten().last().map(|side| Last::Answer(side.claim.target.clone()))
}

/// The layout in force in a question: its own, or that of an answer in matrix form.
pub(super) fn layout_of(problem: &Problem, question: &Question) -> Option<Layout> {
    let answers = question.answers.iter().chain(question.parts.iter().flat_map(|part| &part.answers));
    let asked = answers.filter_map(|answer| match &answer.kind {
        AnswerKind::Matrix(_, layout) => *layout,
        _ => None,
    });
    asked.chain(question.layout).chain(problem.layout).next()
}

/// Says of the members of a chain which `=` is the first that is wrong.
pub(super) fn first_wrong(mut found: Vec<Found>, lines: &[usize]) -> Vec<Found> {
    const WORDS: [&str; 10] =
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
    let wrong = |found: &Found| matches!(found, Found::Judged { mark, .. } if matches!(mark.judgement.verdict, Verdict::Refuted(_)));
    let Some(first) = found.iter().position(wrong) else { return found };
    let place = match lines.iter().any(|line| *line != lines[0]) {
        true => format!(", in line {},", lines[first]),
        false => String::new(),
    };
    let ordinal = WORDS.get(first).map_or_else(|| format!("{}th", first + 1), ToString::to_string);
    for (k, one) in found.iter_mut().enumerate().skip(first) {
        let is_wrong = wrong(one);
        if let (true, Found::Judged { link, .. }) = (is_wrong, one) {
            *link = Some(match k == first {
                true => format!("the {ordinal} ={place} is the first that is wrong"),
                false => format!("the {ordinal} ={place} before it is wrong already"),
            });
        }
    }
    found
}

/// The members of a chain `a = b = c` as they are judged: `a = b`, then `… = c`; and where each begins.
pub(super) fn links(tree: &Tree, source: &str) -> Option<Vec<(usize, String)>> {
    let Kind::Relations(first, sides) = &tree.kind else { return None };
    let begin = first.as_ref().map_or(tree.span.start, |first| first.span.start);
    let link = |(k, (_, side)): (usize, &(Glyph, Tree))| {
        let whole = source.get(begin..side.span.end)?;
        let alone = source.get(side.span.start..side.span.end)?;
        let text = if k == 0 { whole.trim().replacen("&=", "=", 1) } else { format!("… = {}", alone.trim()) };
        Some((side.span.start, text))
    };
    (sides.len() > 1).then(|| sides.iter().enumerate().map(link).collect())?
}
