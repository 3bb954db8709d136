//! The signs of LaTeX: what is space, what is a command, what is a group's end.

use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while1};
use nom::character::complete::{alpha1, anychar, char, satisfy};
use nom::combinator::{opt, recognize, verify};
use nom::sequence::{pair, preceded};

/// What went wrong, and how many bytes were left there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Bytes left of the input.
    pub left: usize,
    /// What was expected, or what is not understood.
    pub message: String,
}

impl<'a> nom::error::ParseError<&'a str> for Wrong {
    fn from_error_kind(input: &'a str, _: nom::error::ErrorKind) -> Self {
        Wrong { left: input.len(), message: "this is not expected here".into() }
    }

    fn append(_: &'a str, _: nom::error::ErrorKind, other: Self) -> Self {
        other
    }

    fn or(self, other: Self) -> Self {
        if other.left <= self.left { other } else { self }
    }
}

/// The result of a parser.
pub type Parsed<'a, T> = nom::IResult<&'a str, T, Wrong>;

/// An error that another way of reading cannot mend.
pub fn fail<T>(input: &str, message: impl Into<String>) -> Parsed<'_, T> {
    Err(nom::Err::Failure(Wrong { left: input.len(), message: message.into() }))
}

/// Commands that only change how a formula looks, in the order of their letters.
const LOOKS: &[&str] = &[
    "Big",
    "Bigg",
    "Biggl",
    "Biggr",
    "Bigl",
    "Bigr",
    "allowbreak",
    "big",
    "bigg",
    "biggl",
    "biggr",
    "bigl",
    "bigm",
    "bigr",
    "bigskip",
    "boldmath",
    "centering",
    "displaylimits",
    "displaystyle",
    "enspace",
    "hfil",
    "hfill",
    "large",
    "left",
    "limits",
    "mathbin",
    "mathclose",
    "mathopen",
    "mathord",
    "mathrel",
    "mathstrut",
    "medskip",
    "medspace",
    "middle",
    "negthinspace",
    "noindent",
    "nolimits",
    "nonumber",
    "normalsize",
    "notag",
    "null",
    "qquad",
    "quad",
    "relax",
    "right",
    "scriptstyle",
    "small",
    "smallskip",
    "strut",
    "textstyle",
    "thickspace",
    "thinspace",
];

/// Commands whose argument in braces only changes how a formula looks, or names it.
const HIDDEN: &[&str] = &[
    "label",
    "tag",
    "hspace",
    "vspace",
    "hphantom",
    "vphantom",
    "phantom",
    "color",
    "mspace",
    "notag",
    "intertext",
    "shortintertext",
    "ref",
    "eqref",
    "footnote",
];

/// What follows a line break, with the space that it asks for: `\\\\[4pt]`.
pub fn line_break(input: &str) -> Option<&str> {
    let rest =
        space(input).strip_prefix("\\\\").or_else(|| the_command("newline")(input).ok().map(|(rest, _)| rest))?;
    let rest = rest.strip_prefix('*').unwrap_or(rest);
    let length = |text: &str| {
        let number =
            text.trim_start_matches(['-', '.', ' ']).trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        number.len() < text.len() && ["pt", "em", "ex", "mm", "cm", "in", "mu"].contains(&number.trim())
    };
    match rest.trim_start().strip_prefix('[').and_then(|inner| inner.split_once(']')) {
        Some((inner, after)) if length(inner) => Some(after),
        _ => Some(rest),
    }
}

/// Space, comments, and commands that only change how a formula looks.
pub fn space(mut input: &str) -> &str {
    let blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '~');
    while input.starts_with(|c| blank(c) || matches!(c, '\\' | '%')) {
        let trimmed = input.trim_start_matches(blank);
        let next = match trimmed.strip_prefix('\\') {
            Some(rest) if rest.starts_with([',', ';', '!', ':', ' ', '>', '/']) => &rest[1..],
            Some(rest) => {
                let name = rest.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
                let after = &rest[name.len()..];
                let starred = after.strip_prefix('*').unwrap_or(after);
                match name {
                    "left" | "right" if after.trim_start().starts_with('.') => &after.trim_start()[1..],
                    _ if starred.starts_with('{') && HIDDEN.contains(&name) => {
                        starred.split_once('}').map_or("", |(_, rest)| rest)
                    }
                    _ if LOOKS.binary_search(&name).is_ok() => after,
                    _ => return trimmed,
                }
            }
            None => match trimmed.strip_prefix('%') {
                Some(rest) => rest.split_once('\n').map_or("", |(_, rest)| rest),
                None if trimmed.len() == input.len() => return trimmed,
                None => trimmed,
            },
        };
        input = next;
    }
    input
}

/// A command's name, without the backslash.
pub fn command(input: &str) -> Parsed<'_, &str> {
    preceded(char('\\'), alpha1).parse(space(input))
}

/// The command of this name.
pub fn the_command<'a>(name: &'static str) -> impl Fn(&'a str) -> Parsed<'a, &'a str> {
    move |input| verify(command, |found: &str| found == name).parse(input)
}

/// A sign, after space.
pub fn sign<'a>(text: &'static str) -> impl Fn(&'a str) -> Parsed<'a, &'a str> {
    move |input| tag(text).parse(space(input))
}

/// `42`, `0.5`
pub fn number(input: &str) -> Parsed<'_, &str> {
    let digits = |input| take_while1(|c: char| c.is_ascii_digit()).parse(input);
    let fraction = pair(char('.'), take_while1(|c: char| c.is_ascii_digit()));
    recognize(pair(digits, opt(fraction))).parse(space(input))
}

/// One letter, Latin or Greek.
pub fn letter(input: &str) -> Parsed<'_, &str> {
    recognize(satisfy(char::is_alphabetic)).parse(space(input))
}

/// The raw text of a group in braces, without nested braces.
pub fn raw_group(input: &str) -> Parsed<'_, &str> {
    let (rest, _) = char('{').parse(space(input))?;
    let (rest, text) = take_while(|c| c != '{' && c != '}').parse(rest)?;
    let (rest, _) = char('}').parse(rest)?;
    Ok((rest, text))
}

/// What stands there, for a complaint: a command with its name, or a letter.
pub fn seen(input: &str) -> String {
    let here = space(input);
    let one = alt((recognize(pair(char('\\'), alpha1)), recognize(pair(char('\\'), anychar)), recognize(anychar)));
    let mut one = one;
    let found: nom::IResult<&str, &str, Wrong> = one.parse(here);
    found.map_or_else(|_| "the end of the formula".into(), |(_, found)| format!("`{found}`"))
}
