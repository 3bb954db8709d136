//! What a mark says: `conv1d N=7 C=5 : dl/dW`, `reject conv1d : dl/dW because "…"`, `symbol \kappa = W`.

use crate::diagnostic::{Diagnostic, Diagnostics, Span};
use crate::language::parse::parse_target;
use crate::language::syntax::{Layout, Name, Target};
use crate::latex::{self, Kind, Link};
use crate::model::Sizes;
use crate::reading::Symbol;

/// A mark.
#[derive(Clone, Debug)]
pub enum Mark {
    /// The next formula claims something of a target.
    Claim(Pledge),
    /// From here on a letter of the author's stands for an array, a size or a derivative.
    Letter {
        /// The letter.
        symbol: Symbol,
        /// `W`, `dl/dW`
        name: String,
        /// Where it stands.
        span: Span,
    },
}

/// What a formula is said to be.
#[derive(Clone, Debug)]
pub struct Pledge {
    /// A path, `PATH:LAYER`, or a layer of the catalogue.
    pub subject: String,
    /// Where that stands.
    pub subject_span: Span,
    /// The numbers for sizes.
    pub sizes: Sizes,
    /// What the formula is for.
    pub target: Target,
    /// The layout, if the formula is a matrix form.
    pub matrix: Option<Layout>,
    /// Where the name stands.
    pub name_span: Span,
    /// Whether the formula is expected to be wrong.
    pub rejected: bool,
    /// Why.
    pub because: Option<String>,
    /// Where the mark stands.
    pub span: Span,
}

const HINT: &str = "as in `backprose: conv1d N=7 S=2 : dl/dW`, `backprose: layers.bp:gate : dh[t]/dh[t-1]` or \
                    `backprose: reject conv1d : shape f because \"…\"`";

/// Reads the words of a mark that stand from `begin` on.
///
/// # Errors
/// What cannot be understood.
pub(super) fn mark(said: &str, begin: usize, whole: Span) -> Result<Mark, Diagnostics> {
    let span = |part: &str| {
        let start = begin + (part.as_ptr() as usize - said.as_ptr() as usize);
        Span::new(start, start + part.len())
    };
    if let Some(rest) = word(said, "symbol") {
        return letter(rest.trim(), span(rest.trim())).map_err(|wrong| vec![wrong]);
    }
    let (rejected, rest) = match word(said, "reject") {
        Some(rest) => (true, rest),
        None => (false, said),
    };
    let Some((about, name)) = parted(rest) else {
        let wrong = match rest.contains(':') {
            true => Diagnostic::new("the colon before the name stands between spaces", span(rest.trim())),
            false => Diagnostic::new("this mark does not name what the formula is", span(rest.trim())),
        };
        return Err(vec![wrong.hint(HINT)]);
    };
    let mut words = about.split_whitespace();
    let Some(subject) = words.next() else {
        return Err(vec![Diagnostic::new("this mark does not say what the formula is about", whole).hint(HINT)]);
    };
    let (name, because) = reason(name).map_err(|part| {
        let hint = "a reason is in quotes: because \"the stride is lost\"";
        vec![Diagnostic::new("this reason cannot be read", span(part)).hint(hint)]
    })?;
    if because.is_some() && !rejected {
        let hint = "only what is rejected has a reason: `reject` stands before the target";
        return Err(vec![Diagnostic::new("a reason for what is expected", whole).hint(hint)]);
    }
    let (mut sizes, mut problems) = (Sizes::default(), Vec::new());
    for argument in words {
        match size(argument) {
            Ok((name, value)) if sizes.given.insert(Name::from(name), value).is_some() => {
                problems.push(Diagnostic::new(format!("{name} is given twice"), span(argument)));
            }
            Ok(_) => {}
            Err((message, hint)) => problems.push(Diagnostic::new(message, span(argument)).hint(hint)),
        }
    }
    match named(name) {
        _ if !problems.is_empty() => Err(problems),
        Err(wrong) => {
            let at = span(name).start;
            let moved = |one: Diagnostic| {
                let mut one = one.moved(at);
                if !one.message.starts_with("there is no layout") {
                    one.hint =
                        Some("a name is `f`, `shape f`, `df/dx`, `dl/dW`, `dh[t]/dh[t-1]`, `matrix dl/dW` …".into());
                }
                one
            };
            Err(wrong.into_iter().map(moved).collect())
        }
        Ok((target, matrix)) => Ok(Mark::Claim(Pledge {
            subject: subject.to_string(),
            subject_span: span(subject),
            sizes,
            target,
            matrix,
            name_span: span(name),
            rejected,
            because,
            span: whole,
        })),
    }
}

/// What follows a word.
fn word<'a>(said: &'a str, word: &str) -> Option<&'a str> {
    said.strip_prefix(word).filter(|rest| rest.starts_with(char::is_whitespace))
}

/// What stands on both sides of the colon between spaces.
fn parted(said: &str) -> Option<(&str, &str)> {
    let colon = said.match_indices(':').map(|(at, _)| at).find(|at| {
        let (before, behind) = (&said[..*at], &said[at + 1..]);
        before.ends_with(char::is_whitespace) && behind.starts_with(char::is_whitespace)
    })?;
    Some((&said[..colon], said[colon + 1..].trim()))
}

/// A name and the reason behind it.
fn reason(said: &str) -> Result<(&str, Option<String>), &str> {
    let Some((name, reason)) = said.split_once("because") else { return Ok((said.trim(), None)) };
    let words = reason.trim().strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).map(str::trim);
    match words.filter(|words| !words.is_empty() && !words.contains('"')) {
        Some(words) => Ok((name.trim(), Some(words.split_whitespace().collect::<Vec<_>>().join(" ")))),
        None => Err(reason.trim()),
    }
}

/// `N=7`, or `S=S` for a size with a default that stays a symbol.
fn size(argument: &str) -> Result<(&str, Option<i128>), (String, String)> {
    let Some((name, value)) = argument.split_once('=') else {
        let hint = "between the target and the colon stand sizes, without spaces in them: N=7";
        return Err((format!("`{argument}` is not of the form SIZE=VALUE"), hint.into()));
    };
    match value.parse::<i128>() {
        Ok(number) => Ok((name, Some(number))),
        Err(_) if value == name => Ok((name, None)),
        Err(_) => {
            let hint = format!("give a whole number, or {name}={name} to keep it a symbol");
            Err((format!("{name} cannot be `{value}`"), hint))
        }
    }
}

/// `dl/dW`, `shape f`, `matrix dl/dW layout numerator`
fn named(name: &str) -> Result<(Target, Option<Layout>), Diagnostics> {
    let Some(rest) = word(name, "matrix") else { return Ok((parse_target(name)?, None)) };
    let (of, layout) = match rest.split_once(" layout ") {
        None => (rest, Layout::default()),
        Some((of, layout)) => match layout.trim() {
            "shape" => (of, Layout::Shape),
            "numerator" => (of, Layout::Numerator),
            "denominator" => (of, Layout::Denominator),
            other => {
                let at = name.len() - layout.trim_start().len();
                let wrong = Diagnostic::new(format!("there is no layout `{other}`"), Span::new(at, name.len()));
                return Err(vec![wrong.hint("layouts are `shape`, `numerator` and `denominator`")]);
            }
        },
    };
    let before = name.len() - rest.trim_start().len();
    let moved = |wrong: Diagnostics| wrong.into_iter().map(|one| one.moved(before)).collect::<Diagnostics>();
    let target = parse_target(of.trim()).map_err(moved)?;
    Ok((target, Some(layout)))
}

fn letter(said: &str, span: Span) -> Result<Mark, Diagnostic> {
    let wrong = |message: &str| Diagnostic::new(message, span).hint("as in `symbol \\kappa = W` or `symbol G = dl/dW`");
    let (symbol, name) = said.rsplit_once('=').ok_or_else(|| wrong("this mark does not say what the letter means"))?;
    if name.trim().is_empty() {
        return Err(wrong("nothing stands behind the `=`"));
    }
    let trees = latex::read(symbol.trim().trim_matches('$')).map_err(|_| wrong("this letter is no LaTeX"))?;
    let [tree] = trees.as_slice() else { return Err(wrong("one letter is expected here")) };
    let symbol = match &tree.kind {
        Kind::Row(factors) => factors.clone(),
        _ => vec![(Link::Beside, tree.clone())],
    };
    Ok(Mark::Letter { symbol, name: name.trim().to_string(), span })
}

#[cfg(test)]
mod tests {
    use super::{Mark, mark};
    use crate::diagnostic::Span;
    use crate::language::print::{Alphabet, target};

    fn read(said: &str) -> Result<Mark, String> {
        mark(said, 0, Span::new(0, said.len())).map_err(|wrong| {
            let at = wrong[0].places.first().map_or((0, 0), |(span, _)| (span.start, span.end));
            format!("{} at `{}`", wrong[0].message, &said[at.0..at.1])
        })
    }

    #[test]
    fn a_mark_names_its_subject_its_sizes_and_what_the_formula_is() {
        let Ok(Mark::Claim(found)) = read("reject a/b.bp:conv N=7 S=S : dh[t]/dh[t-1] because \"a sign\"") else {
            panic!()
        };
        assert_eq!((found.subject.as_str(), found.rejected), ("a/b.bp:conv", true));
        assert_eq!((found.sizes.given["N"], found.sizes.given["S"]), (Some(7), None));
        assert_eq!(target(&found.target, Alphabet::Ascii), "dh[t]/dh[t-1]");
        assert_eq!(found.because.as_deref(), Some("a sign"));
        let Ok(Mark::Claim(found)) = read("conv : matrix dl/dW layout numerator") else { panic!() };
        assert!(found.matrix == Some(crate::language::syntax::Layout::Numerator) && !found.rejected);
    }

    #[test]
    fn what_is_wrong_with_a_mark_is_said_where_it_is() {
        let cases = [
            ("conv1d dl/dW", "this mark does not name what the formula is at `conv1d dl/dW`"),
            ("conv1d: dl/dW", "the colon before the name stands between spaces at `conv1d: dl/dW`"),
            (": dl/dW", "the colon before the name stands between spaces at `: dl/dW`"),
            ("conv1d N=x : f", "N cannot be `x` at `N=x`"),
            ("conv1d N = 7 : f", "`N` is not of the form SIZE=VALUE at `N`"),
            ("conv1d N=7 N=8 : f", "N is given twice at `N=8`"),
            ("reject conv1d : f because no", "this reason cannot be read at `no`"),
            ("conv1d : matrix f layout wide", "there is no layout `wide` at `wide`"),
            ("symbol G", "this mark does not say what the letter means at `G`"),
        ];
        for (said, wrong) in cases {
            assert_eq!(read(said).err().as_deref(), Some(wrong), "{said}");
        }
    }
}
