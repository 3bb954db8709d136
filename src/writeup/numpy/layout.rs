//! Breaks Python code into lines no longer than 88 characters where it has a bracket to break in.
//!
//! A small pretty printer: a group stands on one line if it fits, and else every line break that
//! belongs to it is taken. Breaks occur only inside brackets, so that breaking never changes what
//! the code means.

/// The longest line, as `black` sets it.
const WIDTH: usize = 88;

/// Code with the places where it may be broken.
#[derive(Clone, Debug)]
pub(super) enum Doc {
    /// Unbreakable text.
    Text(String),
    /// A break: the given text on one line, a new line otherwise.
    Line(&'static str),
    /// Text that is there only if the group is broken.
    Broken(&'static str),
    /// One after another.
    Seq(Vec<Doc>),
    /// Lines inside are indented by four more columns.
    Nest(Box<Doc>),
    /// Broken as a whole or not at all.
    Group(Box<Doc>),
}

/// Unbreakable text.
pub(super) fn text(words: impl Into<String>) -> Doc {
    Doc::Text(words.into())
}

/// `open body close`, with breaks after `open` and before `close`.
pub(super) fn bracketed(open: impl Into<String>, body: Doc, close: impl Into<String>) -> Doc {
    let inside = Doc::Nest(Box::new(Doc::Seq(vec![Doc::Line(""), body])));
    group(vec![text(open), inside, Doc::Line(""), text(close)])
}

/// `open a, b, c close`: on one line, on one line between the brackets, or one a line.
pub(super) fn list(open: impl Into<String>, items: Vec<Doc>, close: impl Into<String>) -> Doc {
    let (open, close) = (open.into(), close.into());
    if items.is_empty() {
        return text(open + &close);
    }
    let several = items.len() > 1;
    let mut body = Vec::new();
    for (k, item) in items.into_iter().enumerate() {
        if k > 0 {
            body.extend([text(","), Doc::Line(" ")]);
        }
        body.push(item);
    }
    if several {
        body.push(Doc::Broken(","));
    }
    bracketed(open, group(body), close)
}

/// `first op b op c`, broken before the operators.
pub(super) fn chain(first: Doc, rest: Vec<(String, Doc)>) -> Doc {
    let mut parts = vec![first];
    for (operator, operand) in rest {
        parts.extend([Doc::Line(" "), text(operator + " "), operand]);
    }
    group(parts)
}

/// An expression that is put in parentheses only if it has to be broken.
pub(super) fn loose(body: Doc) -> Doc {
    let inside = Doc::Nest(Box::new(Doc::Seq(vec![Doc::Line(""), body])));
    group(vec![Doc::Broken("("), inside, Doc::Line(""), Doc::Broken(")")])
}

/// Parts that are broken together.
pub(super) fn group(parts: Vec<Doc>) -> Doc {
    Doc::Group(Box::new(Doc::Seq(parts)))
}

/// The lines of a statement that starts at column `indent`, indented, without a last line feed.
pub(super) fn lines(indent: usize, doc: &Doc) -> String {
    let mut out = " ".repeat(indent);
    let mut column = indent;
    let mut stack = vec![(indent, false, doc)];
    while let Some((margin, flat, doc)) = stack.pop() {
        match doc {
            Doc::Text(words) => put(&mut out, &mut column, words),
            Doc::Line(words) if flat => put(&mut out, &mut column, words),
            Doc::Line(_) => {
                out.push('\n');
                out.push_str(&" ".repeat(margin));
                column = margin;
            }
            Doc::Broken(words) if !flat => put(&mut out, &mut column, words),
            Doc::Broken(_) => {}
            Doc::Seq(parts) => stack.extend(parts.iter().rev().map(|part| (margin, flat, part))),
            Doc::Nest(inner) => stack.push((margin + 4, flat, inner)),
            Doc::Group(inner) => {
                let flat = flat || fits(WIDTH.saturating_sub(column), inner, &stack);
                stack.push((margin, flat, inner));
            }
        }
    }
    out
}

/// A statement or expression on one line, however long.
pub(super) fn one_line(doc: &Doc) -> String {
    match doc {
        Doc::Text(words) => words.clone(),
        Doc::Line(words) => (*words).to_string(),
        Doc::Broken(_) => String::new(),
        Doc::Seq(parts) => parts.iter().map(one_line).collect(),
        Doc::Nest(inner) | Doc::Group(inner) => one_line(inner),
    }
}

fn put(out: &mut String, column: &mut usize, words: &str) {
    out.push_str(words);
    *column += words.chars().count();
}

/// Whether `doc` on one line, and what follows up to the next break taken, fits in `room`.
fn fits(room: usize, doc: &Doc, rest: &[(usize, bool, &Doc)]) -> bool {
    let mut room = room;
    let mut stack: Vec<(bool, &Doc)> = rest.iter().map(|(_, flat, doc)| (*flat, *doc)).collect();
    stack.push((true, doc));
    while let Some((flat, doc)) = stack.pop() {
        let words = match doc {
            Doc::Text(words) => words.as_str(),
            Doc::Line(words) if flat => words,
            Doc::Line(_) => return true,
            Doc::Broken(words) if !flat => words,
            Doc::Broken(_) => "",
            Doc::Seq(parts) => {
                stack.extend(parts.iter().rev().map(|part| (flat, part)));
                ""
            }
            Doc::Nest(inner) => {
                stack.push((flat, inner));
                ""
            }
            Doc::Group(inner) => {
                stack.push((flat, inner));
                ""
            }
        };
        match room.checked_sub(words.chars().count()) {
            Some(left) => room = left,
            None => return false,
        }
    }
    true
}
