//! Prose and formulas → strings of one format, escaped so that no text can be taken for markup.

use super::document::{Inline, Piece};
use super::html;
use super::latex::{Highlight, Place, Printer};
use super::mathml::{self, Kind};
use super::notation::Notation;
use super::plain;
use super::source::{self, Event, Mark, Stretch};
use super::symbols;
use super::tex;
use super::{harmless, harmless_character};

/// The family a format belongs to, as far as words and formulas are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// LaTeX, with macros that break long formulas.
    Latex,
    /// LaTeX for any preamble.
    LatexFragment,
    /// Markdown with dollar signs.
    Markdown,
    /// HTML; formulas are marked, to become MathML when the page is finished.
    Html,
    /// The terminal.
    Text,
}

/// Writes prose and formulas in one format and one notation.
#[derive(Clone, Copy, Debug)]
pub struct Writer<'a> {
    /// The format.
    pub dialect: Dialect,
    /// How names print.
    pub notation: &'a Notation,
    /// Entries that are marked, in HTML.
    pub marks: &'a [Highlight],
}

impl Writer<'_> {
    /// Plain words.
    pub fn text(&self, text: &str) -> String {
        match self.dialect {
            Dialect::Latex | Dialect::LatexFragment => latex_text(text),
            Dialect::Markdown => markdown_text(text),
            Dialect::Html => html::text(text),
            Dialect::Text => harmless(text),
        }
    }

    /// A paragraph.
    pub fn prose(&self, prose: &[Inline]) -> String {
        let text: String = prose.iter().map(|inline| self.inline(inline)).collect();
        match self.dialect {
            Dialect::Markdown if matches!(prose.first(), Some(Inline::Source(_))) => text.trim().to_string(),
            Dialect::Markdown => guarded(text.trim()),
            _ => text.trim().to_string(),
        }
    }

    /// Paragraphs, lists and formulas on lines of their own, where a format has blocks for them.
    pub fn flow(&self, prose: &[Inline]) -> String {
        if self.dialect != Dialect::Html {
            return self.prose(prose);
        }
        let mut flow = html::Flow::default();
        for inline in prose {
            match inline {
                Inline::Source(text) => source::events(text).iter().for_each(|event| flow.event(event)),
                _ => flow.inline(&self.inline(inline)),
            }
        }
        flow.finish()
    }

    /// A formula on a line of its own, without delimiters.
    pub fn display(&self, math: &[Piece]) -> String {
        self.printed(math, Place::Display)
    }

    /// A formula on a line of its own, cut in two before its first relation.
    pub fn halves(&self, math: &[Piece]) -> (String, String) {
        let (left, right) = self.printer().halves(math, Place::Display);
        (self.finished(left, Place::Display), self.finished(right, Place::Display))
    }

    /// A formula in a line of text, with delimiters.
    pub fn inline_math(&self, math: &[Piece]) -> String {
        match self.printed(math, Place::Inline) {
            tex if matches!(self.dialect, Dialect::Text | Dialect::Html) || tex.is_empty() => tex,
            tex => format!("${tex}$"),
        }
    }

    /// How many characters wide a formula is, about.
    pub fn width(&self, math: &[Piece]) -> usize {
        match self.dialect {
            Dialect::Html => {
                let printer = Printer { notation: self.notation, marks: &[] };
                mathml::width(&printer.math(math, Place::Display)).ceil() as usize
            }
            _ => plain::math(math, self.notation).chars().count(),
        }
    }

    fn printer(&self) -> Printer<'_> {
        Printer { notation: self.notation, marks: if self.dialect == Dialect::Html { self.marks } else { &[] } }
    }

    fn printed(&self, math: &[Piece], place: Place) -> String {
        match self.dialect {
            Dialect::Text => plain::math(math, self.notation),
            _ => self.finished(self.printer().math(math, place), place),
        }
    }

    fn finished(&self, tex: String, place: Place) -> String {
        match self.dialect {
            Dialect::Markdown => markdown_math(&tex),
            Dialect::Html if tex.is_empty() => tex,
            Dialect::Html if place == Place::Display => mathml::marked(&tex, Kind::Display),
            Dialect::Html => mathml::marked(&tex, Kind::Inline),
            _ => tex,
        }
    }

    fn inline(&self, inline: &Inline) -> String {
        match (inline, self.dialect) {
            (Inline::Text(text), _) => self.text(text),
            (Inline::Emphasis(text), Dialect::Latex | Dialect::LatexFragment) => {
                format!("\\emph{{{}}}", self.text(text))
            }
            (Inline::Emphasis(text), Dialect::Markdown) => format!("*{}*", self.text(text)),
            (Inline::Emphasis(text), Dialect::Html) => format!("<em>{}</em>", self.text(text)),
            (Inline::Emphasis(text), Dialect::Text) => self.text(text),
            (Inline::Math(math), _) => self.inline_math(math),
            (Inline::Source(text), Dialect::Markdown) => markdown_source(text),
            (Inline::Source(text), _) => source::events(text).iter().map(|event| self.event(event)).collect(),
        }
    }

    fn event(&self, event: &Event) -> String {
        if self.dialect == Dialect::Html {
            return html::event(event);
        }
        if self.dialect == Dialect::Text {
            return match event {
                Event::Text(text) | Event::Code(text) => self.text(text),
                Event::Math(math) => tex::to_unicode(math),
                Event::Display(math) => format!("\n    {}\n", tex::to_unicode(math)),
                Event::Open(_) | Event::Close(_) => String::new(),
                Event::Paragraph => "\n".into(),
                Event::Item => "\n• ".into(),
            };
        }
        match event {
            Event::Text(text) => self.text(text),
            Event::Code(code) => format!("\\texttt{{{}}}", self.text(code)),
            Event::Math(math) => author_math(math, "$", "$"),
            Event::Display(math) => author_math(math, "\\[", "\\]"),
            Event::Open(Mark::Emphasis) => "\\emph{".into(),
            Event::Open(Mark::Strong) => "\\textbf{".into(),
            Event::Close(_) => "}".into(),
            Event::Paragraph => "\\par ".into(),
            Event::Item => "\\par\\textbullet\\enspace ".into(),
        }
    }
}

fn author_math(math: &str, open: &str, close: &str) -> String {
    match tex::sanitised(math) {
        Some(tex) => format!("{open}{tex}{close}"),
        None => latex_text(&format!("${math}$")),
    }
}

/// Words as LaTeX sets them, in any font encoding.
fn latex_text(text: &str) -> String {
    let mut out = String::new();
    let (mut before, mut unbroken) = (' ', 0);
    for c in text.chars() {
        unbroken = if c.is_whitespace() { 0 } else { unbroken + 1 };
        if unbroken > 20 && !c.is_alphanumeric() {
            out += "\\allowbreak{}";
            unbroken = 0;
        }
        match c {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => out.extend(['\\', c]),
            '\\' => out += "\\textbackslash{}",
            '~' => out += "\\textasciitilde{}",
            '^' => out += "\\textasciicircum{}",
            '<' => out += "\\textless{}",
            '>' => out += "\\textgreater{}",
            '|' => out += "\\textbar{}",
            '`' => out += "\\textasciigrave{}",
            '"' => out += if before.is_whitespace() || "([".contains(before) { "``" } else { "''" },
            c if c.is_control() || c == '\u{a0}' => out.push(' '),
            c if c.is_ascii() || is_latin(c) => out.push(c),
            c => out += &foreign(c),
        }
        before = c;
    }
    out
}

/// Words for the properties of a PDF and its bookmarks, where mathematics cannot stand.
pub fn latex_plain(text: &str) -> String {
    let words = |c: char| match c {
        c if c.is_ascii() || is_latin(c) => c.to_string(),
        c => symbols::to_tex(c).unwrap_or_default().chars().filter(char::is_ascii_alphanumeric).collect(),
    };
    let plain: String = text.chars().map(words).collect();
    latex_text(&plain).replace("\\allowbreak{}", "")
}

fn is_latin(c: char) -> bool {
    let letter = ('À'..='ž').contains(&c) && !"×÷ĦħĿŀŉĸŦŧĬĭ".contains(c);
    letter || "–—‘’“”„…§".contains(c)
}

fn foreign(c: char) -> String {
    match symbols::to_tex(c) {
        Some(tex) => format!("\\ensuremath{{{}}}", tex.trim_end()),
        None => format!("[U+{:04X}]", u32::from(c)),
    }
}

/// Words in Markdown.
pub fn markdown_text(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\\' | '*' | '_' | '[' | ']' | '|' | '`' | '#' | '$' | '~' | '^' => out.extend(['\\', c]),
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '&' => out += "&amp;",
            c => out.extend(harmless_character(c)),
        }
    }
    out
}

/// A paragraph that cannot be taken for a list, a heading or a rule.
fn guarded(text: &str) -> String {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let numbered = digits > 0 && text[digits..].starts_with(['.', ')']);
    match text.chars().next() {
        Some('-' | '+' | '=') => format!("\\{text}"),
        _ if numbered => format!("{}\\{}", &text[..digits], &text[digits..]),
        _ => text.to_string(),
    }
}

/// TeX that survives Markdown and is no tag: some renderers read `\,` and the like as escaped punctuation before
/// the mathematics is seen, two stars as emphasis, `}_{` as its beginning, and `\\` only at the end of a line;
/// others know neither `\thinspace` nor `\cr`. A reader that knows no mathematics sees no link and no code in it.
pub fn markdown_math(tex: &str) -> String {
    const WRITTEN: &[(&str, &str)] = &[
        ("\\\\", "\\\\\n"),
        ("\\operatorname*", "\\operatorname"),
        ("\\limits", ""),
        ("[\\,", "["),
        ("\\,]", "]"),
        ("\\,", "\\ "),
        ("\\;", "\\ "),
        ("\\:", "\\ "),
        ("\\!", ""),
        ("\\{", "\\lbrace "),
        ("\\}", "\\rbrace "),
        ("\\|", "\\Vert "),
        ("|", "\\vert "),
        ("\\_", "\\text{-}"),
        ("\\allowbreak{}", ""),
        ("<", "< "),
        ("](", "] ("),
        ("~", "\\ "),
        ("`", "\\lq "),
    ];
    let mut out = String::new();
    let mut rest = tex;
    while let Some(c) = rest.chars().next() {
        match WRITTEN.iter().find(|(from, _)| rest.starts_with(from)) {
            Some((from, to)) => {
                out += to;
                rest = &rest[from.len()..];
                if to.ends_with([' ', '\n']) {
                    rest = rest.strip_prefix(' ').unwrap_or(rest);
                }
            }
            None => {
                let opens = rest.starts_with("_{") && out.ends_with(|before: char| before.is_ascii_punctuation());
                out.push(if c.is_control() { ' ' } else { c });
                out += if opens { " " } else { "" };
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    out.trim().to_string()
}

/// The author's own text in Markdown: paragraphs, items, emphasis, code and mathematics are what they are, and
/// nothing else is markup.
pub fn markdown_source(text: &str) -> String {
    let mut out = String::new();
    for stretch in source::stretches(text) {
        match stretch {
            Stretch::Text(text) => markdown_words(text, &mut out),
            Stretch::Code(code) => {
                let code = harmless(&code.split_whitespace().collect::<Vec<_>>().join(" "));
                out += &if code.is_empty() { String::new() } else { format!("`{code}`") };
            }
            Stretch::Math(math) if tex::parse(math).is_some() => out += &format!("${}$", markdown_math(math)),
            Stretch::Display(math) if tex::parse(math).is_some() => {
                out += &format!("\n\n$$\n{}\n$$\n\n", markdown_math(math));
            }
            Stretch::Math(math) => out += &markdown_text(&format!("${math}$")),
            Stretch::Display(math) => out += &markdown_text(&format!("$${math}$$")),
        }
    }
    out
}

/// The author's words between formulas and code.
fn markdown_words(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if out.is_empty() || out.ends_with('\n') {
            let (begun, length) = line_begins(rest);
            *out += &begun;
            rest = &rest[length..];
            if length > 0 {
                continue;
            }
        }
        let after = rest[c.len_utf8()..].chars().next();
        let escaped = after.filter(|after| c == '\\' && after.is_ascii_punctuation());
        match (c, escaped) {
            (_, Some(sign)) => *out += &markdown_text(&sign.to_string()),
            ('\n', _) => out.push('\n'),
            ('*' | '_' | '^', _) => out.push(c),
            _ => *out += &markdown_text(&c.to_string()),
        }
        rest = &rest[c.len_utf8() + escaped.map_or(0, char::len_utf8)..];
    }
}

/// What a line begins with that would be taken for a heading, a rule, a list or code, made words; and how long it is.
fn line_begins(line: &str) -> (String, usize) {
    let own = line.trim_start_matches([' ', '\t', '\r']);
    let blank = line.len() - own.len();
    let margin = " ".repeat(blank.min(3));
    let item = own.starts_with("- ") || own.starts_with("* ");
    let digits = own.bytes().take_while(u8::is_ascii_digit).count();
    let rule = own.split('\n').next().unwrap_or_default();
    let rule = rule.len() > 2 && rule.chars().all(|c| "*-_ \t\r".contains(c));
    match own.chars().next() {
        Some(c @ ('-' | '+' | '=')) if !item || rule => (format!("{margin}\\{c}"), blank + 1),
        Some(c @ ('*' | '_')) if rule => (format!("{margin}\\{c}"), blank + 1),
        Some('-' | '*') if item => (format!("{margin}{}", &own[..2]), blank + 2),
        Some('0'..='9') if own[digits..].starts_with(['.', ')']) => {
            (format!("{margin}{}\\{}", &own[..digits], &own[digits..=digits]), blank + digits + 1)
        }
        _ => (if blank > 3 { margin } else { own_margin(line, blank) }, blank),
    }
}

fn own_margin(line: &str, blank: usize) -> String {
    line[..blank].replace(['\t', '\r'], " ")
}
