//! The grammar: relations of sums of products of factors with scripts.

use super::lexical::{
    Parsed, Wrong, command, fail, letter, line_break, number, raw_group, seen, sign, space, the_command,
};
use super::signs::*;
use super::tree::{Fence, Glyph, Kind, Link, Tree};
use crate::diagnostic::{Diagnostic, Span};
use crate::language::syntax::Sign;
use std::cell::Cell;

pub(super) const DEEPEST: usize = 60;
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
    "alignat",
    "alignat*",
    "flalign",
    "flalign*",
    "eqnarray",
    "eqnarray*",
    "multlined",
    "displaymath",
    "math",
    "subequations",
    "dmath",
    "dmath*",
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
    let reader = Reader { whole: text.len(), awaited: Cell::new("") };
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

/// What ends a row of cases.
pub(super) const ROW: &str = "\\\\";

pub(super) struct Reader {
    whole: usize,
    /// The sign that closes the innermost bracket, if it opened it as well: `|`.
    pub(super) awaited: Cell<&'static str>,
}

pub(super) type Found<'a> = Parsed<'a, Tree>;

impl Reader {
    pub(super) fn tree(&self, kind: Kind, from: &str, to: &str) -> Tree {
        let start = self.whole - space(from).len();
        Tree { kind, span: Span::new(start, (self.whole - to.len()).max(start)) }
    }

    fn statements<'a>(&self, mut input: &'a str, depth: usize) -> Parsed<'a, Vec<Tree>> {
        if depth > DEEPEST {
            return fail(input, "this nests too deeply");
        }
        let mut statements = Vec::new();
        loop {
            let parted = |input| separator(input).or_else(|| space(input).strip_prefix('&').filter(|_| depth > 0));
            while let Some(rest) = parted(input) {
                input = rest;
            }
            let here = space(input);
            if here.is_empty() || here.starts_with("\\end") {
                return Ok((input, statements));
            }
            if let Some(rest) = begins(here, LINED) {
                let rest = match begins(here, &["alignat", "alignat*", "alignedat"]) {
                    Some(rest) => raw_group(rest).map_or(rest, |(rest, _)| rest),
                    None => rest.strip_prefix("[t]").or_else(|| rest.strip_prefix("[b]")).unwrap_or(rest),
                };
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
            if !(next.is_empty() || next.starts_with("\\end") || parted(input).is_some()) {
                return fail(next, format!("{} is not expected here", seen(next)));
            }
        }
    }

    /// Relations joined by words: `i \ge 1 \text{ and } 2 \mid i`.
    pub(super) fn joined<'a>(&self, input: &'a str, depth: usize) -> Found<'a> {
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
            let divides = |text| sign("|")(text).map(|(rest, _)| (rest, Glyph::Divides));
            if self.closes(from) {
                break;
            }
            let Ok((after, glyph)) = glyph(from).or_else(|_| divides(from)) else { break };
            let after = skip_any_break(after);
            let (after, side) = self.sum(after, depth)?;
            sides.push((glyph, side));
            rest = after;
        }
        match first {
            Some(first) if sides.is_empty() => Ok((rest, first)),
            first => Ok((rest, self.tree(Kind::Relations(first.map(Box::new), sides), input, rest))),
        }
    }

    pub(super) fn sum<'a>(&self, input: &'a str, depth: usize) -> Found<'a> {
        if depth > DEEPEST {
            return fail(input, "this nests too deeply");
        }
        let mut terms = Vec::new();
        let mut rest = input;
        loop {
            let (after, sign) = match (sign("+")(rest), minus(rest)) {
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
            if continues(rest) && self.awaited.get() != ROW {
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
            let (after, link) = match link(skip_break_before_link(rest)) {
                Some((after, link)) => (after, Some(link)),
                None => (rest, None),
            };
            if link.is_none() && !starts_factor(rest) && !self.opens(rest) {
                break;
            }
            let (after, factor) = self.factor(if link.is_some() { skip_any_break(after) } else { after }, depth)?;
            factors.push((link.unwrap_or(Link::Beside), factor));
            rest = after;
        }
        match factors.len() {
            1 => Ok((rest, factors.remove(0).1)),
            _ => Ok((rest, self.tree(Kind::Row(factors), input, rest))),
        }
    }

    fn factor<'a>(&self, input: &'a str, depth: usize) -> Found<'a> {
        if depth > DEEPEST {
            return fail(input, "this nests too deeply");
        }
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
                if !primed(&mut base) {
                    return fail(rest, "a prime belongs to a letter");
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
                if is_primes(&script) && primed(&mut base) {
                    rest = after;
                    continue;
                }
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
        if depth > DEEPEST {
            return fail(input, "this nests too deeply");
        }
        if let Ok((rest, _)) = the_command("substack")(input) {
            return self.script(rest, depth + 1);
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
            let parted = next.strip_prefix([',', ';', ':']).or_else(|| next.strip_prefix("\\colon"));
            let parted = parted.or_else(|| line_break(next));
            let sets = close.contains(&"\\}");
            let such = || {
                let rest = next.strip_prefix('|').or_else(|| the_command("mid")(next).ok().map(|(rest, _)| rest));
                rest.filter(|_| sets)
            };
            rest = match parted.or_else(such) {
                Some(rest) => rest,
                None => return Ok((next, items)),
            };
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
        rest = skip_any_break(skip_ampersand(rest));
        if !starts_factor(rest) && !self.opens(rest) && minus(rest).is_err() {
            return fail(space(rest), format!("`\\{word}` needs something to run over, found {}", seen(rest)));
        }
        let (rest, body) = match minus(rest) {
            Ok((after, _)) => {
                let (after, inner) = self.row(after, depth + 1)?;
                (after, self.tree(Kind::Sum(vec![(Sign::Minus, inner)]), rest, after))
            }
            Err(_) => self.row(rest, depth + 1)?,
        };
        Ok((rest, self.tree(Kind::Big(word.into(), below, above, Box::new(body)), input, rest)))
    }

    /// Whether the sign comes that closes the innermost bracket and could also open one.
    fn closes(&self, input: &str) -> bool {
        let awaited = self.awaited.get();
        !awaited.is_empty() && space(input).starts_with(awaited)
    }

    /// Whether a bracket opens whose two signs are alike: one that closes again.
    fn opens(&self, input: &str) -> bool {
        let Some((rest, fence, close)) = opening(input) else { return false };
        symmetric(fence) && !self.closes(input) && closes_again(rest, close[0])
    }

    pub(super) fn atom<'a>(&self, input: &'a str, depth: usize) -> Found<'a> {
        if depth > DEEPEST {
            return fail(input, "this nests too deeply");
        }
        if let Ok((rest, digits)) = number(input) {
            return Ok((rest, self.tree(Kind::Number(digits.into()), input, rest)));
        }
        if let Some((rest, fence, close)) = opening(input) {
            let outer = self.awaited.replace(if symmetric(fence) { close[0] } else { "" });
            let (rest, items) = self.items(rest, depth, close)?;
            self.awaited.set(outer);
            let Some(rest) = close.iter().find_map(|close| space(rest).strip_prefix(close)) else {
                return fail(space(rest), format!("`{}` is expected, found {}", close[0], seen(rest)));
            };
            return Ok((rest, self.tree(Kind::Fenced(fence, items), input, rest)));
        }
        if let Ok((inner, _)) = sign("{")(input) {
            let outer = self.awaited.replace("");
            let (rest, items) = self.items(inner, depth, &["}"])?;
            self.awaited.set(outer);
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
}

/// Whether both signs of a bracket are alike.
fn symmetric(fence: Fence) -> bool {
    matches!(fence, Fence::Bars | Fence::Norm)
}

/// Whether a sign comes again before what is around it ends.
fn closes_again(input: &str, close: &str) -> bool {
    let (mut depth, mut escaped) = (0i64, false);
    for (at, c) in input.char_indices() {
        if depth == 0 && !escaped && at > 0 && input[at..].starts_with(close) {
            return true;
        }
        match c {
            '\\' => escaped = !escaped,
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth -= 1,
            _ => {}
        }
        escaped &= c == '\\';
        if depth < 0 {
            return false;
        }
    }
    false
}

/// Puts a prime on the letter at the bottom of what stands there.
fn primed(base: &mut Tree) -> bool {
    match &mut base.kind {
        Kind::Name(name) => name.push('\''),
        Kind::Scripts(inner, ..) => return primed(inner),
        _ => return false,
    }
    true
}

/// Whether a superscript is nothing but `\prime`.
fn is_primes(tree: &Tree) -> bool {
    matches!(&tree.kind, Kind::Name(name) if name == "prime")
}

fn minus(input: &str) -> Parsed<'_, &str> {
    sign("-")(input).or_else(|_| sign("−")(input))
}

pub(super) fn single(list: Tree) -> Tree {
    match list.kind {
        Kind::List(mut items) if items.len() == 1 => items.remove(0),
        kind => Tree { kind, span: list.span },
    }
}
