//! The grammar: relations of sums of products of factors with scripts.

use super::lexical::{Parsed, Wrong, command, fail, letter, number, raw_group, seen, sign, space, the_command};
use super::signs::*;
use super::tree::{Kind, Link, Tree};
use crate::diagnostic::{Diagnostic, Span};
use crate::language::syntax::Sign;

const DEEPEST: usize = 60;
/// The longest formula that is read, in bytes.
const LONGEST: usize = 20_000;

/// Environments that only set a formula in lines.
const LINED: &[&str] = &[
    "aligned",
    "align",
    "align*",
    "split",
    "gather",
    "gather*",
    "gathered",
    "multline",
    "multline*",
    "equation",
    "equation*",
    "alignedat",
];

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
];

/// Reads the statements of a formula: what commas and line breaks part at the top.
///
/// # Errors
/// The place of what is not understood, and what was expected there.
pub fn read(text: &str) -> Result<Vec<Tree>, Diagnostic> {
    if text.len() > LONGEST {
        let message = format!("a formula of {} bytes is too long: {LONGEST} are read", text.len());
        return Err(Diagnostic::new(message, Span::new(0, 0)));
    }
    let reader = Reader { whole: text.len() };
    let complaint = |left: usize, message: String| {
        let start = text.len() - left;
        let end = text[start..].chars().next().map_or(start, |c| start + c.len_utf8());
        Diagnostic::new(message, Span::new(start, end))
    };
    match reader.statements(text, 0) {
        Ok((rest, statements)) if space(rest).is_empty() => Ok(statements),
        Ok((rest, _)) => Err(complaint(space(rest).len(), format!("{} is not expected here", seen(rest)))),
        Err(nom::Err::Error(wrong) | nom::Err::Failure(wrong)) => Err(complaint(wrong.left, wrong.message)),
        Err(nom::Err::Incomplete(_)) => Err(complaint(0, "the formula is not complete".into())),
    }
}

struct Reader {
    whole: usize,
}

type Found<'a> = Parsed<'a, Tree>;

impl Reader {
    fn tree(&self, kind: Kind, from: &str, to: &str) -> Tree {
        let start = self.whole - space(from).len();
        Tree { kind, span: Span::new(start, (self.whole - to.len()).max(start)) }
    }

    fn statements<'a>(&self, mut input: &'a str, depth: usize) -> Parsed<'a, Vec<Tree>> {
        if depth > DEEPEST {
            return fail(input, "this nests too deeply");
        }
        let mut statements = Vec::new();
        loop {
            while let Some(rest) = separator(input) {
                input = rest;
            }
            let here = space(input);
            if here.is_empty() || here.starts_with("\\end") {
                return Ok((input, statements));
            }
            if let Some(rest) = begins(here, LINED) {
                let (rest, inner) = self.statements(rest, depth + 1)?;
                let Some(rest) = ends(rest, LINED) else { return fail(rest, "`\\end{…}` is missing") };
                statements.extend(inner);
                input = rest;
                continue;
            }
            let (rest, statement) = self.joined(input, depth)?;
            statements.push(statement);
            input = rest;
            let next = space(input);
            if !(next.is_empty() || next.starts_with("\\end") || separator(input).is_some()) {
                return fail(next, format!("{} is not expected here", seen(next)));
            }
        }
    }

    /// Relations joined by words: `i \ge 1 \text{ and } 2 \mid i`.
    fn joined<'a>(&self, input: &'a str, depth: usize) -> Found<'a> {
        if depth > DEEPEST {
            return fail(input, "this nests too deeply");
        }
        let (mut rest, first) = self.relations(input, depth)?;
        let mut word = None;
        let mut parts = vec![first];
        while let Some((after, found)) = joining(rest) {
            if word.is_some_and(|known| known != found) {
                return fail(rest, "`and` and `or` side by side need brackets");
            }
            let (after, part) = self.relations(after, depth)?;
            word = Some(found);
            parts.push(part);
            rest = after;
        }
        match word {
            Some(word) => Ok((rest, self.tree(Kind::Joined(word, parts), input, rest))),
            None => Ok((rest, parts.remove(0))),
        }
    }

    fn relations<'a>(&self, input: &'a str, depth: usize) -> Found<'a> {
        let (mut rest, first) = match glyph(input) {
            Ok(_) => (input, None),
            Err(_) => {
                let (rest, first) = self.sum(input, depth)?;
                (rest, Some(first))
            }
        };
        let mut sides = Vec::new();
        loop {
            let from = skip_line_break(rest);
            let Ok((after, glyph)) = glyph(from) else { break };
            let (after, side) = self.sum(after, depth)?;
            sides.push((glyph, side));
            rest = after;
        }
        match first {
            Some(first) if sides.is_empty() => Ok((rest, first)),
            first => Ok((rest, self.tree(Kind::Relations(first.map(Box::new), sides), input, rest))),
        }
    }

    fn sum<'a>(&self, input: &'a str, depth: usize) -> Found<'a> {
        if depth > DEEPEST {
            return fail(input, "this nests too deeply");
        }
        let mut terms = Vec::new();
        let mut rest = input;
        loop {
            let (after, sign) = match (sign("+")(rest), sign("-")(rest).or_else(|_| sign("−")(rest))) {
                (Ok((after, _)), _) => (after, Some(Sign::Plus)),
                (_, Ok((after, _))) => (after, Some(Sign::Minus)),
                _ => (rest, None),
            };
            match (terms.is_empty(), sign) {
                (false, None) => break,
                (_, sign) => {
                    let (after, term) = self.row(skip_ampersand(after), depth)?;
                    terms.push((sign.unwrap_or(Sign::Plus), term));
                    rest = after;
                }
            }
            if continues(rest) {
                rest = skip_line_break(rest);
            }
        }
        match terms.as_slice() {
            [(Sign::Plus, _)] => Ok((rest, terms.remove(0).1)),
            _ => Ok((rest, self.tree(Kind::Sum(terms), input, rest))),
        }
    }

    fn row<'a>(&self, input: &'a str, depth: usize) -> Found<'a> {
        let (mut rest, first) = self.factor(input, depth)?;
        let mut factors = vec![(Link::Beside, first)];
        loop {
            let (after, link) = match link(rest) {
                Some((after, link)) => (after, Some(link)),
                None => (rest, None),
            };
            if link.is_none() && !starts_factor(rest) {
                break;
            }
            let (after, factor) = self.factor(after, depth)?;
            factors.push((link.unwrap_or(Link::Beside), factor));
            rest = after;
        }
        match factors.len() {
            1 => Ok((rest, factors.remove(0).1)),
            _ => Ok((rest, self.tree(Kind::Row(factors), input, rest))),
        }
    }

    fn factor<'a>(&self, input: &'a str, depth: usize) -> Found<'a> {
        if let Ok((rest, word)) = big(input) {
            return self.big(input, rest, word, depth);
        }
        let (rest, atom) = self.atom(input, depth + 1)?;
        self.scripts(input, rest, atom, depth)
    }

    fn scripts<'a>(&self, input: &'a str, mut rest: &'a str, base: Tree, depth: usize) -> Found<'a> {
        let (mut below, mut above) = (None, None);
        let mut base = base;
        loop {
            if let Ok((after, _)) = sign("'")(rest) {
                match &mut base.kind {
                    Kind::Name(name) if below.is_none() => name.push('\''),
                    _ => return fail(rest, "a prime belongs to a letter"),
                }
                rest = after;
            } else if let Ok((after, _)) = sign("_")(rest) {
                let (after, script) = self.script(after, depth)?;
                if below.replace(Box::new(script)).is_some() {
                    return fail(rest, "a second subscript");
                }
                rest = after;
            } else if let Ok((after, _)) = sign("^")(rest) {
                let (after, script) = self.script(after, depth)?;
                if above.replace(Box::new(script)).is_some() {
                    return fail(rest, "a second superscript");
                }
                rest = after;
            } else {
                break;
            }
        }
        match (&below, &above) {
            (None, None) => Ok((rest, base)),
            _ => Ok((rest, self.tree(Kind::Scripts(Box::new(base), below, above), input, rest))),
        }
    }

    /// What stands in a script: one sign, or a group whose items commas, colons or line breaks part.
    fn script<'a>(&self, input: &'a str, depth: usize) -> Found<'a> {
        if let Ok((rest, _)) = the_command("substack")(input) {
            return self.script(rest, depth);
        }
        let Ok((inner, _)) = sign("{")(input) else { return self.atom(input, depth + 1) };
        if let Ok((stacked, _)) = the_command("substack")(inner) {
            let (rest, list) = self.script(stacked, depth + 1)?;
            return match sign("}")(rest) {
                Ok((rest, _)) => Ok((rest, list)),
                Err(_) => fail(space(rest), format!("`}}` is expected, found {}", seen(rest))),
            };
        }
        let (rest, items) = self.items(inner, depth + 1, &["}"])?;
        let (rest, _) = match sign("}")(rest) {
            Ok(found) => found,
            Err(_) => return fail(space(rest), format!("`}}` is expected, found {}", seen(rest))),
        };
        let list = self.tree(Kind::List(items), input, rest);
        Ok((rest, single(list)))
    }

    /// Items up to a closing sign.
    fn items<'a>(&self, input: &'a str, depth: usize, close: &[&str]) -> Parsed<'a, Vec<Tree>> {
        let mut items = Vec::new();
        let mut rest = input;
        loop {
            if close.iter().any(|close| space(rest).starts_with(close)) {
                return Ok((rest, items));
            }
            let (after, item) = match dots(rest) {
                Some(after) => (after, self.tree(Kind::Words("…".into()), rest, after)),
                None => self.joined(rest, depth)?,
            };
            items.push(item);
            let next = space(after);
            rest = match next.strip_prefix([',', ';', ':']).or_else(|| next.strip_prefix("\\\\")) {
                Some(rest) => rest,
                None => next.strip_prefix("\\colon").unwrap_or(next),
            };
            if rest.len() == next.len() {
                return Ok((rest, items));
            }
        }
    }

    fn big<'a>(&self, input: &'a str, rest: &'a str, word: &str, depth: usize) -> Found<'a> {
        let (mut below, mut above) = (None, None);
        let mut rest = rest;
        loop {
            let (slot, after) = match (sign("_")(rest), sign("^")(rest)) {
                (Ok((after, _)), _) => (&mut below, after),
                (_, Ok((after, _))) => (&mut above, after),
                _ => break,
            };
            let (after, script) = self.script(after, depth)?;
            if matches!(&script.kind, Kind::List(items) if items.is_empty()) {
                return fail(rest, "this limit is empty");
            }
            *slot = Some(Box::new(script));
            rest = after;
        }
        if !starts_factor(rest) && !space(rest).starts_with(['-', '−']) {
            return fail(space(rest), format!("`\\{word}` needs something to run over, found {}", seen(rest)));
        }
        let (rest, body) = self.row(rest, depth + 1)?;
        Ok((rest, self.tree(Kind::Big(word.into(), below, above, Box::new(body)), input, rest)))
    }

    fn atom<'a>(&self, input: &'a str, depth: usize) -> Found<'a> {
        if depth > DEEPEST {
            return fail(input, "this nests too deeply");
        }
        if let Ok((rest, digits)) = number(input) {
            return Ok((rest, self.tree(Kind::Number(digits.into()), input, rest)));
        }
        if let Some((rest, fence, close)) = opening(input) {
            let (rest, items) = self.items(rest, depth, close)?;
            let Some(rest) = close.iter().find_map(|close| space(rest).strip_prefix(close)) else {
                return fail(space(rest), format!("`{}` is expected, found {}", close[0], seen(rest)));
            };
            return Ok((rest, self.tree(Kind::Fenced(fence, items), input, rest)));
        }
        if let Ok((inner, _)) = sign("{")(input) {
            let (rest, items) = self.items(inner, depth, &["}"])?;
            let Ok((rest, _)) = sign("}")(rest) else {
                return fail(space(rest), format!("`}}` is expected, found {}", seen(rest)));
            };
            let list = self.tree(Kind::List(items), input, rest);
            return Ok((rest, single(list)));
        }
        if let Some(rest) = begins(space(input), &["cases", "dcases", "cases*"]) {
            return self.cases(input, rest, depth);
        }
        if let Ok((rest, name)) = command(input) {
            return self.command(input, rest, name, depth);
        }
        match letter(input) {
            Ok((rest, letter)) => Ok((rest, self.tree(Kind::Name(letter.into()), input, rest))),
            Err(_) => {
                let here = space(input);
                Err(nom::Err::Error(Wrong {
                    left: here.len(),
                    message: format!("a formula is expected, found {}", seen(here)),
                }))
            }
        }
    }

    fn command<'a>(&self, input: &'a str, rest: &'a str, name: &str, depth: usize) -> Found<'a> {
        match name {
            "frac" | "dfrac" | "tfrac" | "cfrac" => {
                let (rest, above) = self.argument(rest, depth)?;
                let (rest, below) = self.argument(rest, depth)?;
                Ok((rest, self.tree(Kind::Over(Box::new(above), Box::new(below)), input, rest)))
            }
            "sqrt" => {
                let (rest, inner) = self.argument(rest, depth)?;
                Ok((rest, self.tree(Kind::Root(Box::new(inner)), input, rest)))
            }
            "mathbb" | "mathds" => {
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
                Ok((rest, self.tree(Kind::Words(words.trim().into()), input, rest)))
            }
            name if FONTS.contains(&name) => match raw_group(rest) {
                Ok((rest, word))
                    if word.trim().chars().all(|c| c.is_alphanumeric())
                        && word.trim().chars().any(char::is_alphabetic) =>
                {
                    Ok((rest, self.tree(Kind::Name(word.trim().into()), input, rest)))
                }
                Ok((rest, "1")) => Ok((rest, self.tree(Kind::Name("bb 1".into()), input, rest))),
                _ => self.argument(rest, depth),
            },
            "hat" | "bar" | "tilde" | "overline" | "widehat" | "widetilde" | "dot" => {
                let (rest, inner) = self.argument(rest, depth)?;
                let Kind::Name(letter) = inner.kind else { return fail(input, "a letter is expected") };
                Ok((rest, self.tree(Kind::Name(format!("{name} {letter}")), input, rest)))
            }
            "ldots" | "dots" | "cdots" | "dotsc" => Ok((rest, self.tree(Kind::Words("…".into()), input, rest))),
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

    fn cases<'a>(&self, input: &'a str, mut rest: &'a str, depth: usize) -> Found<'a> {
        let mut cases = Vec::new();
        loop {
            let (after, value) = self.sum(rest, depth + 1)?;
            let after = space(after);
            let after = after.strip_prefix(',').unwrap_or(after);
            let (after, condition) = self.condition(skip_ampersand(after), depth + 1)?;
            cases.push((value, condition));
            let after = space(after).strip_prefix([',', '.', ';']).unwrap_or(after);
            rest = match space(after).strip_prefix("\\\\") {
                Some(rest) => rest,
                None => after,
            };
            if let Some(rest) = ends(rest, &["cases", "dcases", "cases*"]) {
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
            if ["otherwise", "else", "sonst"].iter().any(|w| words.contains(w)) {
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

fn single(list: Tree) -> Tree {
    match list.kind {
        Kind::List(mut items) if items.len() == 1 => items.remove(0),
        kind => Tree { kind, span: list.span },
    }
}
