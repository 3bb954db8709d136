//! One walk over the letters of a text, before any grammar sees it.
//!
//! It turns away what would make a parser recurse or run without bound, pairs the brackets
//! (which gives better complaints than a grammar can), and names what the language promises but
//! does not have yet. Texts in quotes, comments and the free text of `notation` are stepped over.
//!
//! Invariant: time is linear in the text, and nothing recurses.

use crate::diagnostic::{Diagnostic, Diagnostics, Span};
use crate::limits::{Limit, Limits};

/// How many primes a name may have.
const MAX_PRIMES: usize = 20;

/// What is open: the bracket, where it stands, the `if`s and the operators since.
struct Open {
    bracket: char,
    at: usize,
    ifs: usize,
    operators: usize,
}

/// The state of the walk.
struct Scan<'i> {
    text: &'i str,
    at: usize,
    open: Vec<Open>,
    ifs: usize,
    limits: &'i Limits,
    found: Diagnostics,
}

/// Complains about what no parser should be asked to read.
pub(super) fn scan(text: &str, limits: &Limits) -> Diagnostics {
    let most = limits.of(Limit::Bytes);
    if text.len() > most {
        let message = format!("this text has {} bytes; at most {most} are read", text.len());
        return vec![Diagnostic::general(message).hint(limits.hint(Limit::Bytes, "write it in several files"))];
    }
    let mut walk = Scan::new(text, limits);
    walk.to(text.len());
    walk.finish();
    walk.found
}

/// The bracket that is open at `end` and where it stands, if there is one.
pub(super) fn open_at(text: &str, end: usize) -> Option<(char, usize)> {
    let limits = Limits::default();
    let mut walk = Scan::new(text, &limits);
    walk.to(end);
    walk.open.last().filter(|open| open.bracket != ' ').map(|open| (open.bracket, open.at))
}

/// Where the line that `at` stands on ends.
fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |length| at + length)
}

impl<'i> Scan<'i> {
    fn new(text: &'i str, limits: &'i Limits) -> Self {
        let bottom = Open { bracket: ' ', at: 0, ifs: 0, operators: 0 };
        Scan { text, at: 0, open: vec![bottom], ifs: 0, limits, found: Vec::new() }
    }

    /// Walks up to `end`, or to the first thing that makes it pointless to go on.
    fn to(&mut self, end: usize) {
        while self.at < end && self.found.is_empty() {
            let Some(letter) = self.text[self.at..].chars().next() else {
                return;
            };
            match letter {
                '#' => self.at = line_end(self.text, self.at),
                '"' => self.quote(),
                _ if letter.is_alphabetic() => self.word(),
                _ if letter.is_ascii_digit() => self.number(),
                _ => {
                    self.symbol(letter);
                    self.at += letter.len_utf8();
                }
            }
        }
    }

    fn complain(&mut self, complaint: Diagnostic) {
        self.found.push(complaint);
    }

    /// Steps over a text in quotes.
    fn quote(&mut self) {
        let rest = &self.text[self.at..];
        let (mark, body) = match rest.strip_prefix("\"\"\"") {
            Some(body) => ("\"\"\"", body),
            None => ("\"", &rest[1..]),
        };
        let closed = match mark {
            "\"" => body[..line_end(body, 0)].find(mark),
            _ => body.find(mark),
        };
        match closed {
            Some(length) => self.at += length + 2 * mark.len(),
            None => {
                let span = Span::new(self.at, line_end(self.text, self.at));
                let hint = match mark {
                    "\"" => "a text of several lines stands between `\"\"\"` and `\"\"\"`",
                    _ => "close it with `\"\"\"`",
                };
                self.complain(Diagnostic::new("this text in quotes is never closed", span).hint(hint));
            }
        }
    }

    /// Steps over the letters that make one word.
    fn run(&mut self, more: impl Fn(char) -> bool) -> &'i str {
        let rest = &self.text[self.at..];
        let word = &rest[..rest.find(|letter| !more(letter)).unwrap_or(rest.len())];
        let most = self.limits.of(Limit::Letters);
        if word.chars().count() > most {
            let span = Span::new(self.at, self.at + word.len());
            let hint = self.limits.hint(Limit::Letters, "");
            self.complain(Diagnostic::new(format!("a word has at most {most} letters"), span).hint(hint));
        }
        self.at += word.len();
        word
    }

    fn number(&mut self) {
        self.run(|letter| letter.is_ascii_digit());
    }

    fn word(&mut self) {
        let start = self.at;
        let word = self.run(|letter| letter.is_alphabetic() || letter.is_ascii_digit() || letter == '_');
        let primes = self.text[self.at..].bytes().take_while(|letter| *letter == b'\'').count();
        self.at += primes;
        if primes > MAX_PRIMES {
            let span = Span::new(start, self.at);
            self.complain(Diagnostic::new(format!("a name has at most {MAX_PRIMES} primes"), span));
        }
        let rest = self.text[self.at..].trim_start();
        match word {
            "if" => {
                self.ifs += 1;
                if let Some(inner) = self.open.last_mut() {
                    inner.ifs += 1;
                }
                self.check_open(Span::new(start, self.at));
            }
            "else" => {
                if let Some(inner) = self.open.last_mut().filter(|inner| inner.ifs > 0) {
                    inner.ifs -= 1;
                    self.ifs -= 1;
                }
            }
            "div" | "mod" => self.operator(),
            "notation" => self.notation(),
            "latex" if rest.starts_with('"') => self.missing("latex", start),
            _ => {}
        }
    }

    /// Steps over the free text behind `notation f as`.
    fn notation(&mut self) {
        let line = &self.text[self.at..line_end(self.text, self.at)];
        let mut words = line.split_whitespace();
        let named = words.next().is_some_and(|word| word.starts_with(char::is_alphabetic));
        if named && words.next() == Some("as") {
            let ends = [line.find(';'), line.find(" #"), Some(line.len())];
            self.at += ends.into_iter().flatten().min().unwrap_or(0);
        }
    }

    fn missing(&mut self, what: &str, start: usize) {
        let span = Span::new(start, start + what.len());
        self.complain(Diagnostic::new(format!("`{what}` is not in the language yet"), span));
    }

    fn symbol(&mut self, letter: char) {
        let span = Span::new(self.at, self.at + letter.len_utf8());
        match letter {
            '\0' => self.complain(Diagnostic::new("a text may not hold a NUL byte", span).hint("is this a text file?")),
            '(' | '[' | '{' | '⌊' | '⌈' => {
                self.open.push(Open { bracket: letter, at: self.at, ifs: 0, operators: 0 });
                self.check_open(span);
            }
            ')' | ']' | '}' | '⌋' | '⌉' => self.close(letter, span),
            '+' | '-' | '−' | '*' | '·' | '⋅' | '⊙' | '⊘' | '/' | '^' | '@' => self.operator(),
            ',' | ';' | '=' => self.restart(),
            _ => {}
        }
    }

    fn restart(&mut self) {
        if let Some(inner) = self.open.last_mut() {
            inner.operators = 0;
        }
    }

    fn operator(&mut self) {
        let most = self.limits.of(Limit::Operators);
        let Some(inner) = self.open.last_mut() else {
            return;
        };
        inner.operators += 1;
        if inner.operators == most {
            let span = Span::new(self.at, self.at + 1);
            self.complain(
                Diagnostic::new(format!("an expression has at most {most} operators"), span).hint(
                    self.limits.hint(Limit::Operators, "write it as a sum over an index, or in several equations"),
                ),
            );
        }
    }

    fn check_open(&mut self, span: Span) {
        let most = self.limits.of(Limit::Nesting);
        if self.open.len() + self.ifs > most {
            self.complain(
                Diagnostic::new(format!("brackets and `if`s nest at most {most} deep"), span)
                    .hint(self.limits.hint(Limit::Nesting, "give a part of it a name, in an equation of its own")),
            );
        }
    }

    fn close(&mut self, letter: char, span: Span) {
        let wanted = self.open.last().map_or(' ', |inner| partner(inner.bracket));
        if wanted == letter {
            if let Some(inner) = self.open.pop() {
                self.ifs -= inner.ifs;
            }
            self.restart_block(letter);
            return;
        }
        let complaint = match self.open.last() {
            Some(inner) if inner.bracket != ' ' => {
                let opened = Span::new(inner.at, inner.at + inner.bracket.len_utf8());
                Diagnostic::new(format!("`{}` is closed by `{letter}`", inner.bracket), span)
                    .label(format!("expected `{wanted}`"))
                    .also(opened, "opened here")
                    .hint(format!("a `{wanted}` is missing before this"))
            }
            _ => Diagnostic::new(format!("`{letter}` closes nothing"), span)
                .hint(format!("leave it out, or open it with `{}`", partner(letter))),
        };
        self.complain(complaint);
    }

    /// After a block nothing of a chain is left.
    fn restart_block(&mut self, letter: char) {
        if letter == '}' {
            self.restart();
        }
    }

    fn finish(&mut self) {
        if !self.found.is_empty() {
            return;
        }
        let Some(inner) = self.open.pop().filter(|inner| inner.bracket != ' ') else {
            return;
        };
        let span = Span::new(inner.at, inner.at + inner.bracket.len_utf8());
        let wanted = partner(inner.bracket);
        let complaint = match inner.bracket {
            '{' => Diagnostic::new("this block is never closed", span).hint("end it with `}`"),
            bracket => {
                Diagnostic::new(format!("`{bracket}` is never closed"), span).hint(format!("a `{wanted}` is missing"))
            }
        };
        self.complain(complaint);
    }
}

/// The other bracket of a pair.
fn partner(bracket: char) -> char {
    match bracket {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        '⌊' => '⌋',
        '⌈' => '⌉',
        ')' => '(',
        ']' => '[',
        '}' => '{',
        '⌋' => '⌊',
        '⌉' => '⌈',
        _ => ' ',
    }
}
