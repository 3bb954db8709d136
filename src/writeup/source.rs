//! Reading the author's own text: a little Markdown with TeX mathematics between dollar signs.
//!
//! The result is a flat row of events in which every `Open` has its `Close`, whatever was written.

/// What carries emphasis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// `*…*`
    Emphasis,
    /// `**…**`
    Strong,
}

/// A piece of the author's text.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Words, runs of white space made one space.
    Text(String),
    /// `` `…` ``
    Code(String),
    /// `$…$`
    Math(String),
    /// `$$…$$`
    Display(String),
    /// Emphasis begins.
    Open(Mark),
    /// Emphasis ends.
    Close(Mark),
    /// A blank line.
    Paragraph,
    /// The head of a list item.
    Item,
}

/// A stretch of the source as it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stretch<'a> {
    /// Anything else.
    Text(&'a str),
    /// Code, without its backquotes.
    Code(&'a str),
    /// A formula within a line.
    Math(&'a str),
    /// A formula on its own.
    Display(&'a str),
}

/// Splits a text into code, mathematics and the rest; nothing is lost but the delimiters.
pub fn stretches(source: &str) -> Vec<Stretch<'_>> {
    let mut out = Vec::new();
    let (mut begin, mut at) = (0, 0);
    while let Some(c) = source[at..].chars().next() {
        let rest = &source[at..];
        let found = match c {
            '\\' => None,
            '`' => delimited(rest, "`").map(|(inner, end)| (Stretch::Code(inner), end)),
            '$' if rest.starts_with("$$") => delimited(rest, "$$").map(|(inner, end)| (Stretch::Display(inner), end)),
            '$' => inline_math(rest).map(|(inner, end)| (Stretch::Math(inner), end)),
            _ => None,
        };
        match found {
            Some((stretch, length)) => {
                if begin < at {
                    out.push(Stretch::Text(&source[begin..at]));
                }
                out.push(stretch);
                at += length;
                begin = at;
            }
            None if c == '\\' => at += 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            None => at += c.len_utf8(),
        }
    }
    if begin < source.len() {
        out.push(Stretch::Text(&source[begin..]));
    }
    out
}

fn delimited<'a>(rest: &'a str, mark: &str) -> Option<(&'a str, usize)> {
    let inner = &rest[mark.len()..];
    let end = inner.find(mark).filter(|end| *end > 0)?;
    Some((&inner[..end], end + 2 * mark.len()))
}

fn inline_math(rest: &str) -> Option<(&str, usize)> {
    let inner = &rest[1..];
    let mut escaped = false;
    let end = inner.char_indices().find_map(|(at, c)| {
        let ends = c == '$' && !escaped;
        escaped = c == '\\' && !escaped;
        ends.then_some(at)
    })?;
    let formula = &inner[..end];
    let blank =
        formula.is_empty() || formula.starts_with(char::is_whitespace) || formula.ends_with(char::is_whitespace);
    let price = inner[end + 1..].starts_with(|c: char| c.is_ascii_digit());
    if blank || price || formula.contains("\n\n") { None } else { Some((formula, end + 2)) }
}

/// Reads a text.
pub fn events(source: &str) -> Vec<Event> {
    let mut raw = Vec::new();
    let own = source.trim_start();
    let begun = if own.starts_with("- ") || own.starts_with("* ") { format!("\n{own}") } else { source.to_string() };
    for stretch in stretches(&begun) {
        match stretch {
            Stretch::Text(text) => words(text, &mut raw),
            Stretch::Code(code) => raw.push(Event::Code(code.split_whitespace().collect::<Vec<_>>().join(" "))),
            Stretch::Math(math) => raw.push(Event::Math(math.into())),
            Stretch::Display(math) => raw.push(Event::Display(math.trim().into())),
        }
    }
    paired(raw)
}

fn words(text: &str, out: &mut Vec<Event>) {
    let mut line = String::new();
    let mut chars = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.peek().is_some_and(char::is_ascii_punctuation) => line.extend(chars.next()),
            '*' => {
                let strong = chars.next_if_eq(&'*').is_some();
                let after = chars.peek().copied().unwrap_or('x');
                if before.is_whitespace() && after.is_whitespace() {
                    line += if strong { "**" } else { "*" };
                } else {
                    flush(&mut line, out);
                    out.push(Event::Open(if strong { Mark::Strong } else { Mark::Emphasis }));
                }
            }
            '\n' => newline(&mut line, &mut chars, out),
            c if c.is_whitespace() => line.push(' '),
            c if c.is_control() => {}
            c => line.push(c),
        }
        before = c;
    }
    flush(&mut line, out);
}

fn newline(line: &mut String, chars: &mut std::iter::Peekable<std::str::Chars<'_>>, out: &mut Vec<Event>) {
    let mut blank = false;
    while let Some(space) = chars.next_if(|c| c.is_whitespace()) {
        blank |= space == '\n';
    }
    let mut ahead = chars.clone();
    let item = matches!(ahead.next(), Some('-' | '*')) && ahead.next() == Some(' ');
    if item {
        chars.next();
        chars.next();
        flush(line, out);
        out.push(Event::Item);
    } else if blank {
        flush(line, out);
        out.push(Event::Paragraph);
    } else {
        line.push(' ');
    }
}

fn flush(line: &mut String, out: &mut Vec<Event>) {
    if !line.is_empty() {
        out.push(Event::Text(std::mem::take(line)));
    }
}

/// Every mark arrives as an `Open`; the second of a pair becomes its `Close`, a lonely one words.
fn paired(raw: Vec<Event>) -> Vec<Event> {
    let mut open: Vec<(Mark, usize)> = Vec::new();
    let mut out: Vec<Event> = Vec::new();
    for event in raw {
        match event {
            Event::Open(mark) if open.last().is_some_and(|(last, _)| *last == mark) => {
                open.pop();
                out.push(Event::Close(mark));
            }
            Event::Open(mark) if open.iter().any(|(other, _)| *other == mark) => out.push(literal(mark)),
            Event::Open(mark) => {
                open.push((mark, out.len()));
                out.push(Event::Open(mark));
            }
            Event::Paragraph | Event::Item | Event::Display(_) => {
                for (mark, at) in open.drain(..) {
                    out[at] = literal(mark);
                }
                out.push(event);
            }
            _ => out.push(event),
        }
    }
    for (mark, at) in open {
        out[at] = literal(mark);
    }
    out
}

fn literal(mark: Mark) -> Event {
    Event::Text(if mark == Mark::Strong { "**".into() } else { "*".into() })
}

#[cfg(test)]
mod tests {
    use super::{Event, Mark, events};

    #[test]
    fn every_emphasis_that_opens_closes() {
        use Event::{Close, Open, Text};
        let emphasis =
            [Text("a ".into()), Open(Mark::Emphasis), Text("b".into()), Close(Mark::Emphasis), Text(" * c*".into())];
        let read = events("a *b* * c*");
        assert_eq!(read[..4], emphasis[..4]);
        assert_eq!(events("**lonely")[0], Text("**".into()));
        assert_eq!(events("costs $5 and $6"), [Text("costs $5 and $6".into())]);
        assert_eq!(events("$x_1$"), [Event::Math("x_1".into())]);
    }
}
