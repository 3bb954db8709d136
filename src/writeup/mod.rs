//! The write-up: a document model, and the renderer that sets it in LaTeX, Markdown, HTML
//! and terminal text.

pub mod abbreviate;
mod column;
pub mod comparison;
pub mod context;
mod conventions;
pub mod diagram;
mod directions;
pub mod document;
pub mod evidence;
pub mod explain;
pub mod figure;
mod highlights;
mod html;
pub mod json;
mod label;
pub mod latex;
mod latex_expression;
mod lines;
pub mod listing;
pub mod marks;
pub mod mathml;
mod matrix;
mod matrix_answer;
pub mod mistake;
pub mod module;
pub mod notation;
pub mod notebook;
pub mod numpy;
mod once;
pub mod operation;
pub mod origin;
pub mod outline;
pub mod pattern;
pub mod picture;
mod plain;
pub mod proof;
mod prose;
pub mod reads;
mod reason;
mod reason_chain;
pub mod render;
pub mod shape;
pub mod sheet;
mod source;
mod symbols;
pub mod templates;
mod terminal;
pub mod tex;
pub mod viewer;
mod words;

#[cfg(test)]
mod tests;

pub use prose::markdown_source;

/// Words on one line, without characters that a terminal acts on, that cannot be seen, or that show a text
/// otherwise than it is read.
pub fn harmless(words: &str) -> String {
    words.chars().filter_map(harmless_character).collect()
}

/// The same, line by line.
pub fn harmless_lines(text: &str) -> String {
    text.split('\n').map(harmless).collect::<Vec<_>>().join("\n")
}

/// What a character is shown as: those of control as a space, those that turn the direction of a line or have no
/// width, joiners aside, not at all.
fn harmless_character(c: char) -> Option<char> {
    match c {
        '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}' => Some(' '),
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}' => None,
        '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' => None,
        '\u{e0000}'..='\u{e007f}' => None,
        c if c.is_control() => Some(' '),
        c => Some(c),
    }
}

/// A formula in one line of Unicode, with the author's notation.
pub fn unicode(math: &document::Math, names: &[(crate::language::syntax::Name, String)]) -> String {
    plain::math(math, &notation::Notation::new(names))
}

/// The author's text with its TeX mathematics as Unicode.
pub fn tex_to_unicode(words: &str) -> String {
    let mut out = String::new();
    for (k, part) in words.split('$').enumerate() {
        out += &if k % 2 == 1 { tex::to_unicode(part) } else { harmless(part) }
    }
    out
}

/// Words in lines of at most `width` columns.
pub fn wrapped(words: &str, width: usize) -> Vec<String> {
    terminal::wrapped(words, width, width)
}
