//! What commands stand for: fractions, roots, letters in a font or with a hat, cases, words.

use super::lexical::{Parsed, Wrong, fail, line_break, raw_group, seen, sign, space};
use super::parse::{Found, ROW, Reader};
use super::signs::*;
use super::tree::{Kind, Tree};

/// Commands that only change the letters they are given.
const FONTS: &[&str] = &[
    "mathrm",
    "mathbf",
    "mathit",
    "mathsf",
    "mathtt",
    "boldsymbol",
    "bm",
    "operatorname",
    "mathnormal",
    "vec",
    "symbf",
    "symbfit",
    "mathbfit",
    "pmb",
    "mathsfit",
    "mathord",
    "mathop",
    "mathbin",
    "mathrel",
    "ensuremath",
    "smash",
    "mathclap",
];

/// Signs that are put on a letter.
const ACCENTS: &[&str] =
    &["hat", "bar", "tilde", "overline", "widehat", "widetilde", "dot", "ddot", "check", "breve", "underline"];

/// Puts a sign on the letter at the bottom of what stands there.
fn accented(tree: &mut Tree, sign: &str) -> bool {
    match &mut tree.kind {
        Kind::Name(letter) => {
            let sign = match sign {
                "widehat" => "hat",
                "widetilde" => "tilde",
                "overline" => "bar",
                sign => sign,
            };
            *letter = format!("{sign} {letter}");
        }
        Kind::Scripts(base, ..) => return accented(base, sign),
        _ => return false,
    }
    true
}

impl Reader {
    pub(super) fn command<'a>(&self, input: &'a str, rest: &'a str, name: &str, depth: usize) -> Found<'a> {
        match name {
            "frac" | "dfrac" | "tfrac" | "cfrac" => {
                let (rest, above) = self.argument(rest, depth)?;
                let (rest, below) = self.argument(rest, depth)?;
                Ok((rest, self.tree(Kind::Over(Box::new(above), Box::new(below)), input, rest)))
            }
            "sqrt" if space(rest).starts_with('[') => {
                fail(space(rest), "only square roots are understood: write a power")
            }
            "sqrt" => {
                let (rest, inner) = self.argument(rest, depth)?;
                Ok((rest, self.tree(Kind::Root(Box::new(inner)), input, rest)))
            }
            "mathbb" | "mathds" | "mathbbm" | "mathbbold" | "Bbb" => {
                let (rest, inner) = self.argument(rest, depth)?;
                let letter = match inner.kind {
                    Kind::Name(name) | Kind::Number(name) => name,
                    _ => return fail(input, "a letter is expected"),
                };
                Ok((rest, self.tree(Kind::Name(format!("bb {letter}")), input, rest)))
            }
            "mathcal" | "mathscr" | "mathfrak" => {
                let (rest, inner) = self.argument(rest, depth)?;
                let Kind::Name(letter) = inner.kind else { return fail(input, "a letter is expected") };
                Ok((rest, self.tree(Kind::Name(format!("cal {letter}")), input, rest)))
            }
            name if WORDS.contains(&name) => {
                let (rest, words) = raw_group(rest).map_err(|_: nom::Err<Wrong>| {
                    nom::Err::Failure(Wrong { left: rest.len(), message: "`{` with words is expected".into() })
                })?;
                let kind = match is_function(words, rest) {
                    true => Kind::Name(words.into()),
                    false => Kind::Words(words.trim().into()),
                };
                Ok((rest, self.tree(kind, input, rest)))
            }
            name if FONTS.contains(&name) => match raw_group(rest.strip_prefix('*').unwrap_or(rest)) {
                Ok((rest, word))
                    if word.trim().chars().all(|c| c.is_alphanumeric())
                        && word.trim().chars().any(char::is_alphabetic) =>
                {
                    Ok((rest, self.tree(Kind::Name(word.trim().into()), input, rest)))
                }
                _ => {
                    let (rest, mut inner) = self.argument(rest, depth)?;
                    if matches!(&inner.kind, Kind::Number(digits) if digits == "1") {
                        inner.kind = Kind::Name("bb 1".into());
                    }
                    Ok((rest, inner))
                }
            },
            name if ACCENTS.contains(&name) => {
                let (rest, mut inner) = self.argument(rest, depth)?;
                match accented(&mut inner, name) {
                    true => Ok((rest, inner)),
                    false => fail(input, "a letter is expected"),
                }
            }
            name if DOTS.contains(&name) => Ok((rest, self.tree(Kind::Words("…".into()), input, rest))),
            "begin" | "end" => fail(input, "this environment is not expected here"),
            name if NAMES.contains(&name) => Ok((rest, self.tree(Kind::Name(name.into()), input, rest))),
            name => fail(space(input), format!("the command `\\{name}` is not understood here")),
        }
    }

    /// An argument of a command: a group, or one sign.
    fn argument<'a>(&self, input: &'a str, depth: usize) -> Found<'a> {
        if let Ok((inner, _)) = sign("{")(input) {
            let (rest, inner) = self.joined(inner, depth + 1)?;
            return match sign("}")(rest) {
                Ok((rest, _)) => Ok((rest, inner)),
                Err(_) => fail(space(rest), format!("`}}` is expected, found {}", seen(rest))),
            };
        }
        if let Some(digit) = space(input).chars().next().filter(char::is_ascii_digit) {
            let rest = &space(input)[1..];
            return Ok((rest, self.tree(Kind::Number(digit.into()), input, rest)));
        }
        self.atom(input, depth + 1)
    }

    pub(super) fn cases<'a>(&self, input: &'a str, mut rest: &'a str, depth: usize) -> Found<'a> {
        let mut cases = Vec::new();
        let outer = self.awaited.replace(ROW);
        loop {
            let (after, value) = self.sum(rest, depth + 1)?;
            let after = space(after);
            let after = after.strip_prefix(',').unwrap_or(after);
            let (after, condition) = self.condition(skip_ampersand(after), depth + 1)?;
            cases.push((value, condition));
            let after = space(after).strip_prefix([',', '.', ';']).unwrap_or(after);
            rest = match line_break(after) {
                Some(rest) => rest,
                None => after,
            };
            if let Some(rest) = ends(rest, &["cases", "dcases", "cases*"]) {
                self.awaited.set(outer);
                return Ok((rest, self.tree(Kind::Cases(cases), input, rest)));
            }
            if rest.len() == after.len() {
                return fail(space(rest), format!("`\\\\` or `\\end{{cases}}` is expected, found {}", seen(rest)));
            }
        }
    }

    /// The condition of a case, without *if*; none for *otherwise*.
    fn condition<'a>(&self, input: &'a str, depth: usize) -> Parsed<'a, Option<Tree>> {
        let mut rest = input;
        while let Some((after, words)) = words(rest) {
            rest = after;
            if ["otherwise", "else", "elsewhere", "sonst"].iter().any(|w| words.contains(w)) {
                return Ok((rest, None));
            }
        }
        let here = space(rest);
        if here.is_empty() || here.starts_with("\\\\") || here.starts_with("\\end") {
            return Ok((rest, None));
        }
        let (mut rest, condition) = self.joined(rest, depth)?;
        let mut parts = vec![condition];
        while let Some(after) = space(rest).strip_prefix(',') {
            let Ok((after, part)) = self.joined(after, depth) else { break };
            parts.push(part);
            rest = after;
        }
        let whole = match parts.len() {
            1 => parts.remove(0),
            _ => self.tree(Kind::Joined("and", parts), input, rest),
        };
        Ok((rest, Some(whole)))
    }
}
