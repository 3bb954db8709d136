//! A document as text with nothing in it that its readers would not see as prose and mathematics:
//! comments, code and what is quoted word by word are blanks, of the same length.

use super::Kind;
use crate::diagnostic::Span;

/// What a mark begins with.
pub const SIGN: &str = "backprose:";

/// Environments of LaTeX whose text is shown as it stands, or not at all.
const VERBATIM: &[&str] = &["verbatim", "verbatim*", "Verbatim", "lstlisting", "minted", "comment"];

/// A text, and the comments in it that are marks.
pub(super) struct Source {
    /// The text with blanks.
    pub text: String,
    /// What each mark says behind its sign, and where: the whole comment, and the words.
    pub marks: Vec<(Span, Span)>,
}

/// Reads a document.
pub(super) fn source(text: &str, kind: Kind) -> Source {
    let mut pen = Pen { bytes: text.as_bytes().to_vec(), text, marks: Vec::new() };
    match kind {
        Kind::Latex => latex(&mut pen),
        Kind::Markdown | Kind::Notebook => markdown(&mut pen),
    }
    let Pen { bytes, marks, .. } = pen;
    Source { text: String::from_utf8(bytes).unwrap_or_default(), marks }
}

/// Puts blanks into a text.
struct Pen<'a> {
    text: &'a str,
    bytes: Vec<u8>,
    marks: Vec<(Span, Span)>,
}

impl Pen<'_> {
    /// Puts blanks in place of a stretch; line breaks stay.
    fn blank(&mut self, start: usize, end: usize) {
        self.bytes[start..end].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
    }

    /// Takes out a comment, with the words in it; it may be a mark.
    fn comment(&mut self, whole: Span, words: Span) {
        let said = &self.text[words.start..words.end];
        if let Some(rest) = said.trim_start().strip_prefix(SIGN) {
            let start = words.end - rest.trim_start().len();
            self.marks.push((whole, Span::new(start, start + rest.trim().len())));
        }
        self.blank(whole.start, whole.end);
    }

    /// The lines, with where each begins.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> + use<'_> {
        let mut at = 0;
        self.text.split_inclusive('\n').map(move |line| {
            at += line.len();
            (at - line.len(), line.trim_end_matches(['\n', '\r']))
        })
    }
}

fn latex(pen: &mut Pen) {
    let (mut inside, mut found) = (None::<&str>, Vec::new());
    for (at, line) in pen.lines() {
        if let Some(name) = inside {
            match line.find(&format!("\\end{{{name}}}")) {
                Some(_) => inside = None,
                None => found.push((Span::new(at, at + line.len()), None)),
            }
            continue;
        }
        let percent = line.match_indices('%').map(|(place, _)| place).find(|place| {
            let slashes = line[..*place].bytes().rev().take_while(|byte| *byte == b'\\').count();
            slashes % 2 == 0
        });
        let code = &line[..percent.unwrap_or(line.len())];
        if let Some(percent) = percent {
            let behind = line[percent..].trim_start_matches('%').len();
            let end = at + line.len();
            found.push((Span::new(at + percent, end), Some(Span::new(end - behind, end))));
        }
        if code.contains("\\end{document}") {
            found.push((Span::new(at + line.len(), pen.text.len()), None));
            break;
        }
        inside = VERBATIM.iter().copied().find(|name| {
            let begun = code.split_once(&format!("\\begin{{{name}}}"));
            begun.is_some_and(|(_, rest)| !rest.contains(&format!("\\end{{{name}}}")))
        });
    }
    take(pen, found);
}

fn markdown(pen: &mut Pen) {
    let (mut fence, mut found) = (None::<(char, usize, bool)>, Vec::new());
    let mut math = Vec::new();
    for (at, line) in pen.lines() {
        let bare = line.trim_start();
        let sign = bare.chars().next().filter(|sign| ['`', '~'].contains(sign));
        let length = sign.map_or(0, |sign| bare.len() - bare.trim_start_matches(sign).len());
        let words = &bare[length..];
        let whole = Span::new(at, at + line.len());
        match (fence, sign.filter(|_| length >= 3)) {
            (Some((open, least, is_math)), Some(sign))
                if sign == open && length >= least && words.trim().is_empty() =>
            {
                fence = None;
                found.push((whole, None));
                math.extend(is_math.then_some(at));
            }
            (Some((_, _, false)), _) => found.push((whole, None)),
            (Some((_, _, true)), _) => {}
            (None, Some(sign)) if !(sign == '`' && words.contains('`')) => {
                let is_math = words.trim() == "math";
                fence = Some((sign, length, is_math));
                found.push((whole, None));
                math.extend(is_math.then_some(at));
            }
            (None, _) => {
                if let Some(rest) = bare.strip_prefix('%').filter(|rest| rest.trim_start().starts_with(SIGN)) {
                    let end = at + line.len();
                    found.push((whole, Some(Span::new(end - rest.len(), end))));
                }
                found.extend(code_spans(line).into_iter().map(|(from, to)| (Span::new(at + from, at + to), None)));
            }
        }
    }
    take(pen, found);
    for at in math {
        pen.bytes[at..at + 2].copy_from_slice(b"$$");
    }
    let text = String::from_utf8_lossy(&pen.bytes).into_owned();
    let mut from = 0;
    while let Some(start) = text[from..].find("<!--").map(|place| from + place) {
        let words = start + 4;
        let (end, whole) = match text[words..].find("-->") {
            Some(length) => (words + length, words + length + 3),
            None => (text.len(), text.len()),
        };
        pen.comment(Span::new(start, whole), Span::new(words, end));
        from = whole;
    }
    pen.marks.sort_by_key(|(whole, _)| whole.start);
}

fn take(pen: &mut Pen, found: Vec<(Span, Option<Span>)>) {
    for (whole, words) in found {
        match words {
            Some(words) => pen.comment(whole, words),
            None => pen.blank(whole.start, whole.end),
        }
    }
}

/// The stretches of a line between backticks, as many on both sides.
fn code_spans(line: &str) -> Vec<(usize, usize)> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(open) = line[at..].find('`').map(|place| at + place) {
        let ticks = line[open..].bytes().take_while(|byte| *byte == b'`').count();
        let mut from = open + ticks;
        let close = loop {
            let Some(close) = line[from..].find('`').map(|place| from + place) else { break None };
            let length = line[close..].bytes().take_while(|byte| *byte == b'`').count();
            from = close + length;
            if length == ticks {
                break Some(from);
            }
        };
        match close {
            Some(end) => {
                found.push((open, end));
                at = end;
            }
            None => at = open + ticks,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Kind, source};

    fn marks(text: &str, kind: Kind) -> Vec<&str> {
        source(text, kind).marks.into_iter().map(|(_, words)| &text[words.start..words.end]).collect()
    }

    #[test]
    fn a_mark_is_a_comment_and_nothing_else() {
        let text = "50\\% backprose: a : f\n\\\\% backprose:  b : f \n%% backprose: c : f\n% about backprose: d\n";
        assert_eq!(marks(text, Kind::Latex), ["b : f", "c : f"]);
        let text = "\\begin{verbatim}\n% backprose: a : f\n\\end{verbatim}\n% backprose: b : f\n\\end{document}\n% backprose: c : f";
        assert_eq!(marks(text, Kind::Latex), ["b : f"]);
        let text = "`<!-- backprose: a : f -->` <!-- backprose:\n b : f --> x\n```tex\n% backprose: c : f\n```\n% backprose: d : f";
        assert_eq!(marks(text, Kind::Markdown), ["b : f", "d : f"]);
    }

    #[test]
    fn blanks_keep_every_place() {
        let text = "é % ü\n$$ a % b\n$$";
        let blank = source(text, Kind::Latex).text;
        assert_eq!(blank, "é     \n$$ a    \n$$");
        let text = "```math\na = b\n```\n`$$`";
        assert_eq!(source(text, Kind::Markdown).text, "$$     \na = b\n$$ \n    ");
        let text = "````md\n```math\n$$ a\n```\n````\n$$ b";
        assert_eq!(source(text, Kind::Markdown).text, "      \n       \n    \n   \n    \n$$ b");
    }
}
