//! What joins, opens, closes and parts: relations, links, brackets, words, line breaks.

use super::lexical::{Parsed, Wrong, command, line_break, raw_group, space, the_command};
use super::tree::{Fence, Glyph, Link};
use crate::language::syntax::Relation;
use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::tag;

/// Commands for words.
pub(super) const WORDS: &[&str] =
    &["text", "textrm", "textit", "textbf", "textsf", "texttt", "mbox", "textnormal", "hbox", "emph", "fbox"];

/// Commands that bind an index below them, or take a list.
const BIG: &[&str] = &["sum", "prod", "max", "min", "argmax", "argmin"];

/// Letters that are commands.
pub(super) const NAMES: &[&str] = &[
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "varepsilon",
    "zeta",
    "eta",
    "theta",
    "vartheta",
    "iota",
    "kappa",
    "lambda",
    "mu",
    "nu",
    "xi",
    "pi",
    "rho",
    "sigma",
    "tau",
    "upsilon",
    "phi",
    "varphi",
    "chi",
    "psi",
    "omega",
    "Gamma",
    "Delta",
    "Theta",
    "Lambda",
    "Xi",
    "Pi",
    "Sigma",
    "Phi",
    "Psi",
    "Omega",
    "ell",
    "partial",
    "infty",
    "top",
    "nabla",
    "min",
    "max",
    "exp",
    "log",
    "ln",
    "sin",
    "cos",
    "tanh",
    "hbar",
    "intercal",
    "prime",
    "dagger",
    "star",
    "imath",
    "jmath",
    "varrho",
    "varsigma",
    "Upsilon",
    "varpi",
];

pub(super) fn glyph(input: &str) -> Parsed<'_, Glyph> {
    use Relation::*;
    let input = space(skip_ampersand(input));
    let mut sign_glyph = alt((
        alt((tag("=:"), tag("="), tag(":="), tag("\\colon="), tag("≡"))).map(|_| Glyph::Compare(Equal)),
        tag("<=").map(|_| Glyph::Compare(AtMost)),
        tag(">=").map(|_| Glyph::Compare(AtLeast)),
        tag("<").map(|_| Glyph::Compare(Less)),
        tag(">").map(|_| Glyph::Compare(Greater)),
        tag("≤").map(|_| Glyph::Compare(AtMost)),
        tag("≥").map(|_| Glyph::Compare(AtLeast)),
        tag("≠").map(|_| Glyph::Compare(NotEqual)),
        tag("∈").map(|_| Glyph::In),
    ));
    let found: Parsed<'_, Glyph> = sign_glyph.parse(input);
    if let Ok((rest, glyph)) = found {
        return Ok((skip_ampersand(rest), glyph));
    }
    let (rest, name) = command(input)?;
    let glyph = match name {
        "le" | "leq" | "leqslant" => Glyph::Compare(AtMost),
        "ge" | "geq" | "geqslant" => Glyph::Compare(AtLeast),
        "lt" => Glyph::Compare(Less),
        "gt" => Glyph::Compare(Greater),
        "ne" | "neq" => Glyph::Compare(NotEqual),
        "equiv" | "coloneqq" | "triangleq" | "eqqcolon" | "doteq" | "coloneq" | "eqcolon" => Glyph::Compare(Equal),
        "in" => Glyph::In,
        "mid" => Glyph::Divides,
        "nmid" => Glyph::DividesNot,
        "not" => match glyph(rest) {
            Ok((rest, Glyph::Compare(Equal))) => return Ok((rest, Glyph::Compare(NotEqual))),
            Ok((rest, Glyph::Divides)) => return Ok((rest, Glyph::DividesNot)),
            _ => return Err(nom::Err::Error(Wrong { left: input.len(), message: "a relation is expected".into() })),
        },
        _ => return Err(nom::Err::Error(Wrong { left: input.len(), message: "a relation is expected".into() })),
    };
    Ok((skip_ampersand(rest), glyph))
}

pub(super) fn skip_ampersand(input: &str) -> &str {
    let here = space(input);
    here.strip_prefix('&').unwrap_or(input)
}

/// A line break before a relation continues the chain.
pub(super) fn skip_line_break(input: &str) -> &str {
    let Some(next) = line_break(input) else { return input };
    let next = skip_ampersand(next);
    let goes_on = glyph(next).is_ok() || space(next).starts_with(['+', '-', '−']);
    if goes_on { next } else { input }
}

/// Whether a line break comes, and then a sign.
pub(super) fn continues(input: &str) -> bool {
    let next = skip_line_break(input);
    next.len() < input.len() && space(next).starts_with(['+', '-', '−'])
}

/// A comma, a full stop, a line break or words between statements, skipped.
pub(super) fn separator(input: &str) -> Option<&str> {
    let here = space(input);
    if let Some(rest) = line_break(here).or_else(|| here.strip_prefix([',', ';', '.'])) {
        return Some(rest);
    }
    if let Ok((
        rest,
        "Rightarrow" | "implies" | "Longrightarrow" | "iff" | "Leftrightarrow" | "therefore" | "because",
    )) = command(here)
    {
        return Some(rest);
    }
    words(here).map(|(rest, _)| rest)
}

pub(super) fn words(input: &str) -> Option<(&str, String)> {
    let (rest, name) = command(input).ok()?;
    if name == "forall" {
        return Some((rest, "for all".into()));
    }
    let (rest, text) = raw_group(rest).ok().filter(|_| WORDS.contains(&name))?;
    (!is_function(text, rest)).then(|| (rest, text.trim().to_lowercase()))
}

/// Whether a word stands for a function: `\text{softmax}(z)`.
pub(super) fn is_function(word: &str, rest: &str) -> bool {
    const JOINING: &[&str] = &["if", "for", "and", "or", "otherwise", "else", "when", "where", "with", "since", "at"];
    let letters = !word.is_empty() && word.chars().all(char::is_alphanumeric);
    let called = ["(", "_", "'", "^"].iter().any(|sign| space(rest).starts_with(sign));
    letters && called && !JOINING.contains(&word.to_lowercase().as_str())
}

/// A line break inside a product or after a relation, where a formula goes on.
pub(super) fn skip_any_break(input: &str) -> &str {
    line_break(input).map_or(input, skip_ampersand)
}

/// A line break before a sign that links factors.
pub(super) fn skip_break_before_link(input: &str) -> &str {
    let next = skip_any_break(input);
    if next.len() < input.len() && link(next).is_some() { next } else { input }
}

pub(super) fn joining(input: &str) -> Option<(&str, &'static str)> {
    if let Ok((rest, name)) = command(input) {
        match name {
            "wedge" | "land" => return Some((rest, "and")),
            "vee" | "lor" => return Some((rest, "or")),
            _ => {}
        }
    }
    let (rest, text) = words(input)?;
    match text.as_str() {
        "and" => Some((rest, "and")),
        "or" => Some((rest, "or")),
        _ => None,
    }
}

/// Commands for dots.
pub(super) const DOTS: &[&str] = &["ldots", "dots", "cdots", "dotsc", "dotsb", "dotsm", "dotso"];

pub(super) fn dots(input: &str) -> Option<&str> {
    let three = ["...", "…"].iter().find_map(|dots| space(input).strip_prefix(dots));
    three.or_else(|| command(input).ok().filter(|(_, name)| DOTS.contains(name)).map(|(rest, _)| rest))
}

pub(super) fn big(input: &str) -> Parsed<'_, &'static str> {
    let (rest, name) = command(input)?;
    let (rest, name) = match name {
        "operatorname" | "mathrm" => {
            let (rest, word) = raw_group(rest.trim_start_matches('*'))?;
            match word.trim() {
                "arg\\,max" | "arg max" => (rest, "argmax"),
                "arg\\,min" | "arg min" => (rest, "argmin"),
                other => (rest, other),
            }
        }
        "arg" => match command(rest) {
            Ok((rest, "max")) => (rest, "argmax"),
            Ok((rest, "min")) => (rest, "argmin"),
            _ => (rest, name),
        },
        _ => (rest, name),
    };
    let known = BIG.iter().find(|word| **word == name);
    let listed = matches!(name, "max" | "min") && !space(rest).starts_with('_');
    match known.filter(|_| !listed) {
        Some(word) => Ok((rest, word)),
        None => Err(nom::Err::Error(Wrong { left: input.len(), message: "a sum is expected".into() })),
    }
}

pub(super) fn link(input: &str) -> Option<(&str, Link)> {
    let signs = [("*", Link::Dot), ("·", Link::Dot), ("×", Link::Cross), ("/", Link::Slash), ("⊙", Link::Entry)];
    let input = space(input);
    if let Some(found) = signs.iter().find_map(|(text, link)| Some((input.strip_prefix(text)?, *link))) {
        return Some(found);
    }
    let (rest, name) = command(input).ok()?;
    match name {
        "cdot" | "ast" | "cdotp" | "bullet" => Some((rest, Link::Dot)),
        "odot" | "circ" => Some((rest, Link::Entry)),
        "times" => Some((rest, Link::Cross)),
        "bmod" => Some((rest, Link::Mod)),
        "div" => Some((rest, Link::Slash)),
        _ => None,
    }
}

pub(super) fn opening(input: &str) -> Option<(&str, Fence, &'static [&'static str])> {
    let here = space(input);
    let table: &[(&str, Fence, &[&str])] = &[
        ("(", Fence::Round, &[")"]),
        ("[", Fence::Square, &["]"]),
        ("\\{", Fence::Curly, &["\\}"]),
        ("\\lbrace", Fence::Curly, &["\\rbrace"]),
        ("\\lbrack", Fence::Square, &["\\rbrack"]),
        ("\\lfloor", Fence::Floor, &["\\rfloor"]),
        ("\\lceil", Fence::Ceil, &["\\rceil"]),
        ("\\lvert", Fence::Bars, &["\\rvert"]),
        ("\\vert", Fence::Bars, &["\\vert"]),
        ("\\lVert", Fence::Norm, &["\\rVert"]),
        ("\\Vert", Fence::Norm, &["\\Vert"]),
        ("\\|", Fence::Norm, &["\\|"]),
        ("‖", Fence::Norm, &["‖"]),
        ("\\langle", Fence::Angle, &["\\rangle"]),
        ("⟨", Fence::Angle, &["⟩"]),
        ("⌊", Fence::Floor, &["⌋"]),
        ("⌈", Fence::Ceil, &["⌉"]),
        ("|", Fence::Bars, &["|"]),
    ];
    table.iter().find_map(|(open, fence, close)| Some((here.strip_prefix(open)?, *fence, *close)))
}

/// Commands that end what stands before them.
const CLOSING: &[&str] = &[
    "end",
    "rfloor",
    "rceil",
    "rvert",
    "rVert",
    "vert",
    "Vert",
    "rangle",
    "rbrace",
    "rbrack",
    "wedge",
    "land",
    "vee",
    "lor",
    "colon",
    "newline",
    "Rightarrow",
    "implies",
    "Longrightarrow",
    "iff",
    "Leftrightarrow",
    "therefore",
    "because",
    "mid",
];

/// Whether a factor begins here, with nothing before it.
pub(super) fn starts_factor(input: &str) -> bool {
    let here = space(input);
    let Some(first) = here.chars().next() else { return false };
    if here.starts_with("\\{") || here.starts_with("\\|") {
        return here.starts_with("\\{");
    }
    if here.starts_with("...") || here.starts_with('…') {
        return false;
    }
    match command(here) {
        Ok((_, "begin")) => begins(here, &["cases", "dcases", "cases*"]).is_some(),
        Ok((_, name)) => {
            !CLOSING.contains(&name)
                && glyph(here).is_err()
                && link(here).is_none()
                && words(here).is_none()
                && dots(here).is_none()
        }
        Err(_) => first.is_alphanumeric() && !here.starts_with("∈") || "([{⌊⌈⟨".contains(first),
    }
}

pub(super) fn begins<'a>(input: &'a str, names: &[&str]) -> Option<&'a str> {
    environment(input, "begin", names)
}

pub(super) fn ends<'a>(input: &'a str, names: &[&str]) -> Option<&'a str> {
    environment(input, "end", names)
}

pub(super) fn environment<'a>(input: &'a str, word: &'static str, names: &[&str]) -> Option<&'a str> {
    let (rest, _) = the_command(word)(input).ok()?;
    let (rest, name) = raw_group(rest).ok()?;
    names.contains(&name).then_some(rest)
}
