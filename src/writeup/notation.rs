//! How names print: `W_c` as W with a subscript, `gamma` as γ, several letters upright, and the
//! author's own notation (`f` as `f_W(x)`) over all of it.
//!
//! Invariant: a name's TeX always compiles, whatever the author's notation holds; raw TeX that is
//! not sure to compile is ignored.

use super::symbols;
use super::tex;
use crate::language::syntax::Name;

/// The author's notation, and the rules for every other name.
#[derive(Clone, Debug, Default)]
pub struct Notation {
    overrides: Vec<(Name, String)>,
}

impl Notation {
    /// The notation in force: earlier entries win over later ones.
    pub fn new<'a>(entries: impl IntoIterator<Item = &'a (Name, String)>) -> Self {
        let safe = |(name, raw): &(Name, String)| {
            tex::sanitised(raw).filter(|raw| !raw.is_empty()).map(|raw| (name.clone(), raw))
        };
        Notation { overrides: entries.into_iter().filter_map(safe).collect() }
    }

    /// A name as LaTeX mathematics.
    pub fn latex(&self, name: &str) -> String {
        let (stem, primes) = self.split(name);
        let tex = match self.given(stem) {
            Some(raw) if raw.contains('^') && !primes.is_empty() => format!("{{{raw}}}"),
            Some(raw) => raw.to_string(),
            None => subscripted(stem),
        };
        tex + &primes
    }

    /// A name as Unicode text for the terminal.
    pub fn unicode(&self, name: &str) -> String {
        let (stem, primes) = self.split(name);
        let text = match self.given(stem) {
            Some(raw) => tex::to_unicode(raw),
            None => stem
                .split('_')
                .map(|part| if symbols::is_greek(part) { symbols::character(part).unwrap_or(part) } else { part })
                .collect::<Vec<_>>()
                .join("_"),
        };
        text + &primes
    }

    fn given(&self, stem: &str) -> Option<&str> {
        self.overrides.iter().find(|(key, _)| **key == *stem).map(|(_, raw)| raw.as_str())
    }

    fn split<'a>(&self, name: &'a str) -> (&'a str, String) {
        let stem = name.trim_end_matches(['\'', '′']);
        (stem, "'".repeat(name[stem.len()..].chars().count()))
    }
}

fn subscripted(stem: &str) -> String {
    let mut parts = stem.split('_').filter(|part| !part.is_empty());
    let Some(base) = parts.next() else { return words(stem) };
    let mut below: Vec<String> = parts.map(|part| letters(part, true)).collect();
    let digits = base.find(|c: char| c.is_ascii_digit()).unwrap_or(base.len());
    let (head, number) = base.split_at(digits);
    let single = head.chars().count() == 1 || symbols::is_greek(head);
    let head = if single && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) {
        below.insert(0, number.into());
        letters(head, false)
    } else {
        letters(base, false)
    };
    if below.is_empty() { head } else { format!("{head}_{{{}}}", below.join(",")) }
}

fn letters(text: &str, below: bool) -> String {
    let mut chars = text.chars();
    let one_letter_then_digits = chars.next().is_some() && chars.all(|c| c.is_ascii_digit());
    if symbols::is_greek(text) {
        format!("\\{text} ").trim_end().to_string()
    } else if text.bytes().all(|b| b.is_ascii_digit()) || one_letter_then_digits && (below || text.chars().count() == 1)
    {
        text.chars().map(one_character).collect()
    } else {
        words(text)
    }
}

fn one_character(c: char) -> String {
    if c.is_ascii_alphanumeric() {
        c.to_string()
    } else {
        symbols::to_tex(c).map_or_else(|| words(&c.to_string()), |tex| tex.trim_end().to_string())
    }
}

fn words(text: &str) -> String {
    let safe = |c: char| match c {
        '_' => "\\_".into(),
        c if c.is_ascii_alphanumeric() => c.to_string(),
        c => symbols::to_tex(c).unwrap_or_else(|| format!("\\langle {:X}\\rangle ", u32::from(c))),
    };
    format!("\\mathrm{{{}}}", text.chars().map(safe).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::Notation;

    #[test]
    fn names_print_as_a_mathematician_would_write_them() {
        let given = [
            ("f".into(), "f_W(x)".to_string()),
            ("W".into(), r"\input{secret}".to_string()),
            ("k".into(), "k^*".to_string()),
        ];
        let notation = Notation::new(&given);
        let latex: Vec<String> = ["W_c", "P_H1", "gamma", "vocab", "i'", "f", "W", "W_c''", "x1", "_", "k'"]
            .iter()
            .map(|n| notation.latex(n))
            .collect();
        assert_eq!(
            latex,
            [
                "W_{c}",
                "P_{H1}",
                r"\gamma",
                r"\mathrm{vocab}",
                "i'",
                "f_W(x)",
                "W",
                "W_{c}''",
                "x_{1}",
                r"\mathrm{\_}",
                "{k^*}'"
            ]
        );
        let text: Vec<String> = ["W_c", "gamma", "i'", "f"].iter().map(|n| notation.unicode(n)).collect();
        assert_eq!(text, ["W_c", "γ", "i'", "f_W(x)"]);
    }
}
