//! Formulas of a page in HTML: TeX → MathML, by one of two engines.
//!
//! While a page is made, formulas stand in it as TeX between marks that no text can hold
//! ([`marked`]); at the end [`set`] replaces them. Invariant: what an engine gives back is either
//! well-formed MathML without a complaint in it, or it is not printed.

mod breaks;
mod dialect;
mod engine;
mod width;

use super::tex::{self, Node};
use engine::Converter;
use std::fmt;

/// The crate that turns TeX into MathML.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Engine {
    /// math-core
    #[default]
    MathCore,
    /// latex2mathml
    Latex2mathml,
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Engine::MathCore => "math-core",
            Engine::Latex2mathml => "latex2mathml",
        })
    }
}

/// A formula that an engine could not set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The formula in TeX.
    pub formula: String,
    /// What is wrong with it or with its MathML.
    pub reason: String,
}

/// Whose a formula is, and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Printed by this program, in a line of text: it must be set.
    Inline,
    /// Printed by this program, on a line of its own: it must be set.
    Display,
    /// Written by the author, in a line of text: where it cannot be set, its TeX is shown.
    Source,
    /// Written by the author, on a line of its own.
    SourceDisplay,
}

const KINDS: [(char, Kind); 4] =
    [('i', Kind::Inline), ('d', Kind::Display), ('s', Kind::Source), ('t', Kind::SourceDisplay)];
const OPEN: char = '\u{1}';
const CLOSE: char = '\u{2}';

/// Formulas longer than this many characters may be broken into several lines.
const LONG: f64 = 24.0;
/// In a line of text, a beginning as short as this stays with what follows it.
const SHORT: f64 = 8.0;
/// How many brackets deep a line may end.
const DEEPEST: i32 = 2;

/// A formula as it stands in an unfinished page.
pub(super) fn marked(tex: &str, kind: Kind) -> String {
    let letter = KINDS.iter().find(|(_, known)| *known == kind).map_or('i', |(letter, _)| *letter);
    let tex: String = tex.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("{OPEN}{letter}{tex}{CLOSE}")
}

/// The page with every marked formula as MathML.
///
/// # Errors
/// The first formula of this program's own that the engine cannot set.
pub(super) fn set(page: &str, engine: Engine) -> Result<String, Fault> {
    let converter = Converter::new(engine);
    let mut out = String::with_capacity(4 * page.len());
    let mut parts = page.split(OPEN);
    out += parts.next().unwrap_or_default();
    for part in parts {
        let (formula, rest) = part.split_once(CLOSE).unwrap_or((part, ""));
        let mut chars = formula.chars();
        let letter = chars.next().unwrap_or('i');
        let kind = KINDS.iter().find(|(known, _)| *known == letter).map_or(Kind::Inline, |(_, kind)| *kind);
        match (formula_of(chars.as_str(), kind, &converter), kind) {
            (Ok(mathml), _) => out += &mathml,
            (Err(_), Kind::Source | Kind::SourceDisplay) => out += &shown(chars.as_str()),
            (Err(reason), _) => return Err(Fault { formula: chars.as_str().into(), reason }),
        }
        out += rest;
    }
    Ok(out)
}

/// About how many characters wide a formula in TeX is.
pub(super) fn width(tex: &str) -> f64 {
    tex::parse(tex).map_or(0.0, |nodes| width::width(&nodes))
}

/// Whether an engine can set a formula that the author wrote.
pub(super) fn can_set(tex: &str, engine: Engine) -> bool {
    formula_of(tex, Kind::Source, &Converter::new(engine)).is_ok()
}

/// The formula as MathML; a long one in pieces between which a line may end.
fn formula_of(tex: &str, kind: Kind, converter: &Converter) -> Result<String, String> {
    if tex.is_empty() {
        return Ok(String::new());
    }
    let nodes = tex::parse(tex).ok_or("it is nested too deeply, or not TeX that is known here")?;
    let display = matches!(kind, Kind::Display | Kind::SourceDisplay);
    let nodes = if display { breaks::opened(nodes) } else { nodes };
    Setter { converter, display }.pieces(&nodes, 0, false)
}

struct Setter<'a> {
    converter: &'a Converter,
    display: bool,
}

impl Setter<'_> {
    /// Pieces outside of brackets; those that are still long in pieces again.
    fn pieces(&self, nodes: &[Node], within: i32, continued: bool) -> Result<String, String> {
        if width::width(nodes) <= LONG || within > DEEPEST {
            let engine = self.converter.engine;
            let said = dialect::write(nodes, continued, engine).ok_or("it holds what this engine cannot say")?;
            return self.converter.mathml(&said, self.display);
        }
        let mut pieces = breaks::pieces(nodes, within);
        if let ([first, second, ..], false) = (pieces.as_slice(), self.display)
            && width::width(first) <= SHORT
        {
            let joined = &nodes[..first.len() + second.len()];
            pieces.splice(..2, [joined]);
        }
        if let [whole] = pieces.as_slice() {
            return self.pieces(whole, within + 1, continued);
        }
        let mut lines = Vec::new();
        for (place, piece) in pieces.into_iter().enumerate() {
            let piece = self.pieces(piece, within + 1, continued || place > 0)?;
            let several = piece.contains("<wbr/>");
            lines.push(if several { format!("<span class=\"piece\">{piece}</span>") } else { piece });
        }
        Ok(lines.join("<wbr/>"))
    }
}

/// TeX as it is, for a formula that cannot be set.
fn shown(tex: &str) -> String {
    let text = tex.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<code class=\"tex\">${text}$</code>")
}

#[cfg(test)]
mod tests {
    use super::{Engine, Kind, marked, set};

    #[test]
    fn what_cannot_be_set_is_an_error_or_shown_as_it_is() {
        for engine in [Engine::MathCore, Engine::Latex2mathml] {
            let bad = format!("<p>{}</p>", marked("x_{1", Kind::Inline));
            assert_eq!(set(&bad, engine).unwrap_err().formula, "x_{1");
            let source = format!("<p>{}</p>", marked("\\undefined<script>", Kind::Source));
            let page = set(&source, engine).unwrap();
            assert_eq!(page, "<p><code class=\"tex\">$\\undefined&lt;script&gt;$</code></p>");
        }
    }

    #[test]
    fn bars_are_as_tall_as_what_stands_between_them() {
        for engine in [Engine::MathCore, Engine::Latex2mathml] {
            for [open, close] in [["\\lvert", "\\rvert"], ["\\lVert", "\\rVert"]] {
                let tex = format!("\\left{open} \\sum_{{i=1}}^{{N}}x[i]\\right{close} ");
                let page = set(&marked(&tex, Kind::Display), engine);
                assert!(page.is_ok(), "{tex}: {page:?}");
            }
        }
    }

    #[test]
    fn a_long_formula_may_be_broken_and_a_short_one_not() {
        let count = |tex: &str| set(&marked(tex, Kind::Display), Engine::MathCore).unwrap().matches("<math").count();
        assert_eq!(count("a=b+c"), 1);
        assert_eq!(count("f[r]=\\sum_{k=1}^{5}x[i+2(r-1)]\\;W[1,k,i]+b"), 4);
    }
}
