//! The outermost parts of a formula in TeX, and what it costs to end a line before one of them.

use crate::writeup::symbols;

/// What a part is, as far as the ends of lines are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Opens a bracket.
    Open,
    /// Closes a bracket.
    Close,
    /// Stands between two formulas.
    Relation,
    /// Stands between terms: `+`, `-`.
    Sign,
    /// Stands between factors or lengths.
    Times,
    /// Words that join conditions.
    Joint,
    /// Other words.
    Words,
    /// `,`
    Comma,
    /// A space between factors.
    Space,
    /// A wide space between formulas.
    Quad,
    /// Makes the delimiter behind it larger.
    Large,
    /// Anything else.
    Other,
}

/// A part: a character, a control word, a group, a fence or an environment as a whole.
#[derive(Clone, Copy, Debug)]
pub struct Token<'a> {
    /// Its TeX.
    pub text: &'a str,
    /// What it is.
    pub kind: Kind,
}

/// The parts of a formula, in order; joined they are the formula again.
pub fn tokens(formula: &str) -> Vec<Token<'_>> {
    let mut out: Vec<Token<'_>> = Vec::new();
    let mut rest = formula;
    while !rest.is_empty() {
        let mut length = length(rest);
        if word(rest) == "text" && rest[length..].starts_with('{') {
            length += self::length(&rest[length..]);
        }
        let (text, after) = rest.split_at(length);
        out.push(Token { text, kind: kind(text) });
        rest = after;
    }
    out
}

/// The letters of a control word at the head of a text; empty if there is none.
pub fn word(text: &str) -> &str {
    let Some(rest) = text.strip_prefix('\\') else { return "" };
    &rest[..rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len())]
}

fn length(text: &str) -> usize {
    match text.as_bytes() {
        [b'{', ..] => balanced(text, |rest| rest.starts_with('{'), |rest| rest.starts_with('}').then_some(1)),
        [b'\\', ..] => match word(text) {
            "" => 1 + text[1..].chars().next().map_or(0, char::len_utf8),
            "left" => balanced(text, |rest| word(rest) == "left", fence_end),
            "begin" => balanced(text, |rest| word(rest) == "begin", environment_end),
            name => {
                let end = 1 + name.len();
                end + text[end..].len() - text[end..].trim_start_matches(' ').len()
            }
        },
        _ => text.chars().next().map_or(1, char::len_utf8),
    }
}

fn fence_end(rest: &str) -> Option<usize> {
    (word(rest) == "right").then(|| 6 + delimiter(&rest[6..]))
}

fn environment_end(rest: &str) -> Option<usize> {
    (word(rest) == "end").then(|| rest.find('}').map_or(rest.len(), |at| at + 1))
}

/// The length of the delimiter at the head of a text.
pub fn delimiter(text: &str) -> usize {
    let spaces = text.len() - text.trim_start_matches(' ').len();
    spaces + length(&text[spaces..])
}

/// The length of what the head of a text opens.
fn balanced(text: &str, opens: fn(&str) -> bool, closes: fn(&str) -> Option<usize>) -> usize {
    let (mut at, mut depth) = (0, 0);
    while at < text.len() {
        let rest = &text[at..];
        if opens(rest) {
            depth += 1;
        } else if let Some(length) = closes(rest) {
            depth -= 1;
            if depth == 0 {
                return at + length;
            }
        }
        let step = if rest.starts_with('\\') { 1 + word(rest).len().max(1) } else { 1 };
        at += step;
        while at < text.len() && !text.is_char_boundary(at) {
            at += 1;
        }
    }
    text.len()
}

fn kind(text: &str) -> Kind {
    match text {
        "(" | "[" => Kind::Open,
        ")" | "]" => Kind::Close,
        "=" | "<" | ">" => Kind::Relation,
        "+" | "-" => Kind::Sign,
        "," => Kind::Comma,
        "\\," | "\\;" | "\\ " | "\\:" => Kind::Space,
        _ => match word(text) {
            "lfloor" | "lceil" | "langle" => Kind::Open,
            "rfloor" | "rceil" | "rangle" => Kind::Close,
            "times" | "odot" | "oslash" | "cdot" | "bmod" | "cdots" => Kind::Times,
            "quad" | "qquad" => Kind::Quad,
            "big" | "Big" | "bigl" | "bigr" | "Bigl" | "Bigr" | "biggl" | "biggr" => Kind::Large,
            "text" if text.starts_with("\\text{ ") && text.ends_with(" }") => Kind::Joint,
            "text" => Kind::Words,
            name if symbols::relation(name).is_some() => Kind::Relation,
            _ => Kind::Other,
        },
    }
}

/// What it costs to end a line before this part, and whether a dot must then begin the next one;
/// none where no line may end.
pub fn cost(tokens: &[Token<'_>], at: usize) -> Option<(f64, bool)> {
    let solid = |token: &&Token<'_>| token.kind != Kind::Space && !matches!(token.text, "\\!" | "{}");
    let before = tokens[..at].iter().rev().find(solid)?;
    let here = tokens[at];
    let ends = matches!(before.kind, Kind::Other | Kind::Close | Kind::Words);
    match here.kind {
        Kind::Relation if ends && here.text.starts_with("\\mid") => Some((6.0, false)),
        Kind::Relation if ends => Some((0.0, false)),
        Kind::Sign if ends => Some((2.0, false)),
        Kind::Times if ends => Some((4.0, false)),
        Kind::Joint => Some((3.0, false)),
        Kind::Open | Kind::Other | Kind::Large if tokens[at - 1].kind == Kind::Quad => Some((0.0, false)),
        Kind::Close | Kind::Comma | Kind::Space | Kind::Quad | Kind::Words => None,
        _ if before.kind == Kind::Comma => Some((4.0, false)),
        Kind::Large if closes(tokens, at) => None,
        Kind::Other if here.text.starts_with(['^', '_', '\'', '{', '*']) || word(here.text) == "limits" => None,
        Kind::Open | Kind::Other | Kind::Large if follows_operator(tokens, at) => Some((24.0, false)),
        Kind::Open | Kind::Other | Kind::Large
            if ends && before.kind != Kind::Words && tokens[at - 1].kind == Kind::Space =>
        {
            Some((5.0, true))
        }
        _ => None,
    }
}

/// Whether what stands before this part is a sign such as that of a sum, with its limits.
fn follows_operator(tokens: &[Token<'_>], at: usize) -> bool {
    let mut rest = &tokens[..at];
    loop {
        rest = match rest {
            [before @ .., mark, _] if matches!(mark.text, "_" | "^") => before,
            [before @ .., last] if last.kind == Kind::Space || word(last.text) == "limits" => before,
            [.., word, star, _] if word.text == "\\operatorname" && star.text == "*" => return true,
            [.., last] => return matches!(word(last.text), "sum" | "prod" | "max" | "min"),
            [] => return false,
        }
    }
}

fn closes(tokens: &[Token<'_>], at: usize) -> bool {
    tokens.get(at + 1).is_some_and(|next| next.kind == Kind::Close)
}

/// A line without the spaces at its ends.
pub fn trimmed(line: &str) -> &str {
    let mut line = line.trim();
    loop {
        let shorter = ["\\,", "\\;", "\\qquad", "\\quad"].iter().find_map(|space| line.strip_suffix(space));
        match shorter {
            Some(shorter) => line = shorter.trim_end(),
            None => return line,
        }
    }
}
