//! Long formulas in lines of a given width, where TeX would let them stick out.
//!
//! A formula is cut where a mathematician would cut it: before a relation, before a sign between
//! terms, between factors (a dot then begins the next line), after a comma; outside of brackets
//! first. What is too wide in one piece is opened: fences become large signs, the cases of a case
//! distinction stand one below the other, parts of fractions get lines of their own.

mod metric;
mod open;
mod token;

pub use metric::width;
use token::{Kind, Token};

/// What a further line costs, against places where a line should rather not end.
const LINE: f64 = 12.0;
/// What a point beyond the width costs.
const OVER: f64 = 1000.0;
/// Openings that are tried before a formula is left as it is.
const OPENINGS: usize = 24;

/// The formula in lines: the first at most `first` points wide, the others at most `rest`. Lines are
/// wider only where nothing can be done about it.
pub fn lines(formula: &str, first: f64, rest: f64) -> Vec<String> {
    let mut formula = formula.to_string();
    for _ in 0..OPENINGS {
        let tokens = token::tokens(&formula);
        let (broken, over) = best(&tokens, first, rest);
        if !over {
            return broken;
        }
        match open::widest(&tokens, rest) {
            Some(opened) => formula = opened,
            None => return broken,
        }
    }
    best(&token::tokens(&formula), first, rest).0
}

/// A place where a line may end: before this token, and what that costs.
struct Place {
    at: usize,
    cost: f64,
    dot: bool,
}

fn places(tokens: &[Token<'_>]) -> Vec<Place> {
    let mut places = vec![Place { at: 0, cost: 0.0, dot: false }];
    let mut brackets: Vec<f64> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if at > 0
            && let Some((cost, dot)) = token::cost(tokens, at)
        {
            places.push(Place { at, cost: cost + brackets.iter().sum::<f64>(), dot });
        }
        match token.kind {
            Kind::Open if at > 0 && tokens[at - 1].kind == Kind::Large => brackets.push(6.0),
            Kind::Open if token.text == "(" => brackets.push(14.0),
            Kind::Open => brackets.push(25.0),
            Kind::Close => drop(brackets.pop()),
            _ => {}
        }
    }
    places.push(Place { at: tokens.len(), cost: 0.0, dot: false });
    places
}

/// The cheapest way to cut, and whether a line is too wide even so.
fn best(tokens: &[Token<'_>], first: f64, rest: f64) -> (Vec<String>, bool) {
    let places = places(tokens);
    let pieces: Vec<f64> = places.windows(2).map(|pair| width(&text(&tokens[pair[0].at..pair[1].at]))).collect();
    let count = places.len();
    let mut cheapest = vec![f64::INFINITY; count];
    let mut from = vec![0; count];
    cheapest[0] = 0.0;
    for start in 0..count - 1 {
        let room = if start == 0 { first } else { rest };
        let mut wide = if places[start].dot { 7.3 } else { 0.0 };
        for end in start + 1..count {
            wide += pieces[end - 1];
            let over = (wide - room).max(0.0);
            let ragged = if end + 1 == count { 0.0 } else { 6.0 * ((room - wide).max(0.0) / room).powi(2) };
            let cost = cheapest[start] + places[start].cost + LINE + ragged + OVER * over;
            if cost < cheapest[end] {
                (cheapest[end], from[end]) = (cost, start);
            }
            if over > 0.0 {
                break;
            }
        }
    }
    let mut ends = vec![count - 1];
    while let Some(&last) = ends.last().filter(|last| **last > 0) {
        ends.push(from[last]);
    }
    ends.reverse();
    let line = |pair: &[usize]| {
        let (start, end) = (&places[pair[0]], &places[pair[1]]);
        let words = text(&tokens[start.at..end.at]);
        let words = token::trimmed(&words);
        if start.dot { format!("\\cdot {words}") } else { words.to_string() }
    };
    (ends.windows(2).map(line).collect(), cheapest[count - 1] >= OVER)
}

fn text(tokens: &[Token<'_>]) -> String {
    tokens.iter().map(|token| token.text).collect()
}

#[cfg(test)]
mod tests {
    use super::{lines, width};

    #[test]
    fn lines_end_where_a_mathematician_would_end_them() {
        let sum = "=\\sum_{k=1}^{5}a[k]\\;b[k]+\\sum_{k=1}^{5}c[k]\\;d[k]";
        assert_eq!(lines(sum, 400.0, 400.0), [sum]);
        assert_eq!(lines(sum, 80.0, 80.0), ["=\\sum_{k=1}^{5}a[k]\\;b[k]", "+\\sum_{k=1}^{5}c[k]\\;d[k]"]);
        assert_eq!(lines("aaaaaa\\;bbbbbb", 40.0, 60.0), ["aaaaaa", "\\cdot bbbbbb"]);
        assert_eq!(lines("x[\\,aaaaaa,\\,bbbbbb\\,]", 50.0, 50.0), ["x[\\,aaaaaa,", "bbbbbb\\,]"]);
        let deep = "aaaa=(b+c)\\;(d+e)+(f+g)\\;(h+i)";
        assert_eq!(lines(deep, 100.0, 100.0), ["aaaa=(b+c)\\;(d+e)", "+(f+g)\\;(h+i)"]);
    }

    #[test]
    fn what_is_too_wide_is_opened() {
        let fence = "\\sigma\\!\\left(\\frac{a}{b}+cccccccc+dddddddd\\right)";
        assert_eq!(lines(fence, 85.0, 85.0), ["\\sigma\\!\\biggl(\\frac{a}{b}+cccccccc", "+dddddddd\\biggr)"]);
        let cases = "\\begin{cases}aaaaaaaaaa & \\text{if }bbbbbbbbbbb\\text{ and }ccccccccc\\\\ 0 & \\text{otherwise}\\end{cases}";
        let opened = lines(cases, 125.0, 125.0);
        assert_eq!(opened.len(), 1);
        assert!(width(&opened[0]) <= 125.0, "{opened:?}");
        let fraction = lines("\\frac{aaaaaaaaa+bbbbbbbbb}{c}", 90.0, 90.0);
        assert!(fraction.len() == 1 && width(&fraction[0]) <= 90.0, "{} {fraction:?}", width(&fraction[0]));
    }
}
