//! The two crates behind one call: what the second is known to write badly is mended, and nothing
//! leaves without having been read back.

use super::Engine;
use latex2mathml::{DisplayStyle, latex_to_mathml};
use math_core::{LatexToMathML, MathCoreConfig, MathDisplay, PrettyPrint};

/// What latex2mathml writes, and what it means: unescaped signs, an attribute without quotes,
/// names that XML does not know, operators without their form.
const MENDED: &[(&str, &str)] = &[
    (" xmlns=\"http://www.w3.org/1998/Math/MathML\"", ""),
    (" display=\"inline\"", ""),
    (" columnalign=left", " class=\"left\""),
    ("</mro>", "</mo>"),
    ("<mo><</mo>", "<mo>&lt;</mo>"),
    ("<mo>></mo>", "<mo>&gt;</mo>"),
    (">&lang;<", ">⟨<"),
    (">&rang;<", ">⟩<"),
    ("<mo>-</mo>", "<mo>−</mo>"),
    ("<mo>*</mo>", "<mo>∗</mo>"),
    ("<mi mathvariant=\"normal\">′</mi>", "<mo>′</mo>"),
    ("<mo>·</mo>", "<mo>⋅</mo>"),
    ("<mo mathvariant=\"italic\">∂</mo>", "<mi>∂</mi>"),
    ("<mo>⊤</mo>", "<mi>⊤</mi>"),
    ("<mo>/</mo>", "<mo lspace=\"0\" rspace=\"0\">/</mo>"),
    ("<mo>(</mo>", "<mo form=\"prefix\" stretchy=\"false\">(</mo>"),
    ("<mo>)</mo>", "<mo form=\"postfix\" stretchy=\"false\">)</mo>"),
    ("<mo>[</mo>", "<mo form=\"prefix\" stretchy=\"false\">[</mo>"),
    ("<mo>]</mo>", "<mo form=\"postfix\" stretchy=\"false\">]</mo>"),
    ("<mo>⌊</mo>", "<mo form=\"prefix\" stretchy=\"false\">⌊</mo>"),
    ("<mo>⌋</mo>", "<mo form=\"postfix\" stretchy=\"false\">⌋</mo>"),
    ("<mo>⌈</mo>", "<mo form=\"prefix\" stretchy=\"false\">⌈</mo>"),
    ("<mo>⌉</mo>", "<mo form=\"postfix\" stretchy=\"false\">⌉</mo>"),
    ("<mo>⟨</mo>", "<mo form=\"prefix\" stretchy=\"false\">⟨</mo>"),
    ("<mo>⟩</mo>", "<mo form=\"postfix\" stretchy=\"false\">⟩</mo>"),
    ("<mo>|</mo>", "<mo lspace=\"0\" rspace=\"0\" stretchy=\"false\">|</mo>"),
    ("<mo>{</mo>", "<mo form=\"prefix\" stretchy=\"false\">{</mo>"),
    ("<mo>}</mo>", "<mo form=\"postfix\" stretchy=\"false\">}</mo>"),
];

/// An engine at work.
pub struct Converter {
    /// Which it is.
    pub engine: Engine,
    first: LatexToMathML,
}

impl Converter {
    /// The engine, ready.
    pub fn new(engine: Engine) -> Converter {
        let config = MathCoreConfig { pretty_print: PrettyPrint::Never, ..MathCoreConfig::default() };
        Converter { engine, first: LatexToMathML::new(config).unwrap_or_default() }
    }

    /// A formula in this engine's dialect as one `math` element that stands in a line, in display
    /// style if asked for.
    ///
    /// # Errors
    /// What the engine complains of, or what is wrong with what it wrote.
    pub fn mathml(&self, tex: &str, display: bool) -> Result<String, String> {
        let mathml = match self.engine {
            Engine::MathCore => {
                let display = if display { MathDisplay::Block } else { MathDisplay::Inline };
                self.first.convert_with_local_state(tex, display).map_err(|error| error.to_string())?.mathml
            }
            Engine::Latex2mathml => {
                let display = if display { DisplayStyle::Block } else { DisplayStyle::Inline };
                let mathml = latex_to_mathml(tex, display).map_err(|error| error.to_string())?;
                MENDED.iter().fold(mathml, |text, (bad, good)| text.replace(bad, good))
            }
        };
        let inline = without_levels(&mathml).replacen("<math display=\"block\">", "<math displaystyle=\"true\">", 1);
        examined(with_marks(&with_low_primes(&inline)))
    }
}

/// Tables at the level of scripts that they inherit: they have no attribute for it.
fn without_levels(mathml: &str) -> String {
    ["0", "1"].iter().fold(mathml.to_string(), |text, level| {
        text.replace(
            &format!("<mtable displaystyle=\"false\" scriptlevel=\"{level}\">"),
            "<mtable displaystyle=\"false\">",
        )
    })
}

/// What stands at the beginning and at the end of a marked part in what the engine is fed. Within words not
/// every engine takes digits and hyphens, so other characters stand for them.
pub fn around(id: &str) -> [String; 2] {
    let fed = STANDING.iter().fold(id.to_string(), |text, (shown, fed)| text.replace(*shown, fed));
    [format!("{BEGIN}{fed}{BEGIN}"), END.into()]
}

const BEGIN: char = '\u{e003}';
const END: &str = "\u{e004}";
/// What stands between the names of a mark, and its digits, and what an engine is fed in their place.
const STANDING: [(char, &str); 11] = [
    ('-', "\u{e010}"),
    ('0', "\u{e011}"),
    ('1', "\u{e012}"),
    ('2', "\u{e013}"),
    ('3', "\u{e014}"),
    ('4', "\u{e015}"),
    ('5', "\u{e016}"),
    ('6', "\u{e017}"),
    ('7', "\u{e018}"),
    ('8', "\u{e019}"),
    ('9', "\u{e01a}"),
];

/// Marked parts as rows with what they are marked as for classes.
fn with_marks(mathml: &str) -> String {
    let begin = format!("<mtext>{BEGIN}");
    let mut parts = mathml.split(&begin);
    let mut out = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let (ids, rest) = part.split_once(&format!("{BEGIN}</mtext>")).unwrap_or(("", part));
        let ids = STANDING.iter().fold(ids.to_string(), |text, (shown, fed)| text.replace(fed, &shown.to_string()));
        out += &format!("<mrow class=\"{}\">{rest}", ids.replace('-', " "));
    }
    out.replace(&format!("<mtext>{END}</mtext>"), "</mrow>")
}

/// Primes of letters beside them: fonts draw them raised already, and as exponents browsers raise
/// them twice.
fn with_low_primes(mathml: &str) -> String {
    let mut parts = mathml.split("<msup>");
    let mut out = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let letter = part.find("</mi>").filter(|_| part.starts_with("<mi")).map_or(0, |at| at + "</mi>".len());
        let prime = |sign: &str| part[letter..].starts_with(&format!("<mo>{sign}</mo></msup>"));
        match letter > 0 && (prime("′") || prime("″")) {
            true => out += &format!("<mrow>{}", part.replacen("</msup>", "</mrow>", 1)),
            false => out += &format!("<msup>{part}"),
        }
    }
    out
}

/// MathML that is one well-formed `math` element, says something, and is no complaint.
fn examined(mathml: String) -> Result<String, String> {
    let document = roxmltree::Document::parse(&mathml).map_err(|error| format!("not well formed: {error}"))?;
    let root = document.root_element();
    if root.tag_name().name() != "math" {
        return Err("not a math element".into());
    }
    let text: String = root.descendants().filter_map(|node| node.text()).collect();
    if let Some(at) = text.find("PARSE ERROR") {
        return Err(text[at..].chars().take(80).collect());
    }
    if text.trim().is_empty() {
        return Err("nothing would be seen".into());
    }
    Ok(mathml)
}

#[cfg(test)]
mod tests {
    use super::{Converter, Engine, examined};

    #[test]
    fn bad_mathml_is_turned_away() {
        let bad = [
            "<math><mo><</mo></math>",
            "<math><mi>x</math>",
            "<math><mtext>[PARSE ERROR: Undefined]</mtext></math>",
            "<math></math>",
            "<p>x</p>",
            "<math><mi>x</mi></math><script/>",
            "<math><mo>&lang;</mo></math>",
        ];
        for mathml in bad {
            assert!(examined(mathml.into()).is_err(), "{mathml}");
        }
        assert!(examined("<math><mi>x</mi></math>".into()).is_ok());
    }

    #[test]
    fn what_the_second_engine_does_not_know_is_an_error() {
        let converter = Converter::new(Engine::Latex2mathml);
        for tex in ["a\\le b", "\\begin{cases}a\\end{cases}", "\\boxed{x}", "\\bmod"] {
            assert!(converter.mathml(tex, true).is_err(), "{tex}");
        }
        assert!(converter.mathml("a<b\\leq \\langle c\\rangle ", true).is_ok());
    }
}
