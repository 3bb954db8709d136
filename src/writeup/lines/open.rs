//! What is too wide in one piece is opened, so that lines may end within it.

use super::token::{self, Token};
use super::{lines, width};

/// Room for what stands beside an opened part: a relation, a sign, brackets.
const BESIDE: f64 = 26.0;

/// The formula with its widest part opened that can be; none if there is none.
pub fn widest(tokens: &[Token<'_>], room: f64) -> Option<String> {
    let mut parts: Vec<(usize, f64)> = (0..tokens.len())
        .filter(|at| can_open(tokens[*at].text, tokens.get(*at + 1)))
        .map(|at| {
            (
                at,
                width(
                    &tokens[at..(at + arguments(tokens[at].text)).min(tokens.len())]
                        .iter()
                        .map(|t| t.text)
                        .collect::<String>(),
                ),
            )
        })
        .collect();
    parts.sort_by(|a, b| b.1.total_cmp(&a.1));
    parts.into_iter().find_map(|(at, _)| {
        let end = (at + arguments(tokens[at].text)).min(tokens.len());
        let part: Vec<&str> = tokens[at..end].iter().map(|token| token.text).collect();
        let opened = opened(&part, room)?;
        let join = |tokens: &[Token<'_>]| tokens.iter().map(|token| token.text).collect::<String>();
        let whole = join(&tokens[..at]) + &opened + &join(&tokens[end..]);
        (opened != part.concat()).then_some(whole)
    })
}

fn can_open(text: &str, next: Option<&Token<'_>>) -> bool {
    match token::word(text) {
        "left" => true,
        "begin" => text.starts_with("\\begin{cases}"),
        "frac" | "sqrt" => next.is_some_and(|next| next.text.starts_with('{')),
        _ => matches!(text, "^" | "_") && next.is_some_and(|next| next.text.starts_with('{')),
    }
}

/// How many parts belong together.
fn arguments(text: &str) -> usize {
    match token::word(text) {
        "frac" => 3,
        "sqrt" => 2,
        _ if matches!(text, "^" | "_") => 2,
        _ => 1,
    }
}

fn opened(part: &[&str], room: f64) -> Option<String> {
    match (token::word(part[0]), part) {
        ("left", [fence]) => opened_fence(fence),
        ("begin", [cases]) => Some(stacked_cases(cases, room)),
        ("frac", [_, above, below]) => {
            let room = room - BESIDE;
            Some(format!("\\frac{{{}}}{{{}}}", stacked(inner(above), room), stacked(inner(below), room)))
        }
        ("sqrt", [_, of]) => Some(format!("\\Bigl({}\\Bigr)^{{1/2}}", inner(of))),
        (_, [mark, script]) => {
            stacked_script(inner(script), (room - BESIDE) / 0.8).map(|rows| format!("{mark}{{{rows}}}"))
        }
        _ => None,
    }
}

fn inner(group: &str) -> &str {
    group.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(group)
}

/// A fence as two large signs.
fn opened_fence(fence: &str) -> Option<String> {
    let rest = fence.strip_prefix("\\left")?;
    let (open, rest) = rest.split_at(token::delimiter(rest));
    let at = rest.rfind("\\right")?;
    let (middle, close) = (&rest[..at], &rest[at + 6..]);
    let visible = |sign: &str| sign.trim() != ".";
    if !visible(open) || !visible(close) || middle.starts_with("\\begin{aligned}") {
        return None;
    }
    let size =
        if ["\\sum", "\\prod", "\\frac", "\\begin"].iter().any(|tall| middle.contains(tall)) { "bigg" } else { "Big" };
    Some(format!("\\{size}l{open}{middle}\\{size}r{close}"))
}

/// Lines one below the other; a formula that fits stays as it is.
/// Behind `\begin{aligned}` TeX looks at what follows; were that `&`, a later prime would end the line.
fn stacked(formula: &str, room: f64) -> String {
    if width(formula) <= room || formula.starts_with("\\begin{aligned}") {
        return formula.to_string();
    }
    let rows = lines(formula, room, room - 10.0);
    format!("\\begin{{aligned}}{{}}&{}\\end{{aligned}}", rows.join("\\\\ &\\quad{}"))
}

/// The cases one below the other, each condition below its value.
fn stacked_cases(cases: &str, room: f64) -> String {
    let content = cases.strip_prefix("\\begin{cases}").and_then(|rest| rest.strip_suffix("\\end{cases}"));
    let content = content.unwrap_or(cases);
    let room = room - BESIDE;
    let mut rows = Vec::new();
    for row in split(content, "\\\\") {
        let cells = split(row, "&");
        let value = lines(cells[0].trim(), room, room - 10.0);
        rows.push(value.join("\\\\ &\\quad{}"));
        if let Some(condition) = cells.get(1) {
            let lines = lines(condition.trim(), room - 20.0, room - 30.0);
            rows.push(format!("\\qquad {}", lines.join("\\\\ &\\qquad\\quad{}")));
        }
    }
    format!("\\left\\{{\\begin{{aligned}}{{}}&{}\\end{{aligned}}\\right.", rows.join("\\\\ &"))
}

/// A formula cut at a mark that stands outside of groups and environments.
fn split<'a>(formula: &'a str, mark: &str) -> Vec<&'a str> {
    let mut out = Vec::new();
    let (mut begin, mut at) = (0, 0);
    for token in token::tokens(formula) {
        if token.text == mark {
            out.push(&formula[begin..at]);
            begin = at + mark.len();
        }
        at += token.text.len();
    }
    out.push(&formula[begin..]);
    out
}

/// The rows below or above a sign.
fn stacked_script(script: &str, room: f64) -> Option<String> {
    let rows = script.strip_prefix("\\substack").map_or(script, inner);
    let cut: Vec<String> = split(rows, "\\\\").into_iter().flat_map(|row| lines(row.trim(), room, room)).collect();
    (cut.len() > 1).then(|| format!("\\substack{{{}}}", cut.join("\\\\ ")))
}
