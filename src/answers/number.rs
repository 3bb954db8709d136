//! Numbers at the head of a heading, a list item or a line, which say what is answered: `1.1.3(b)`,
//! `Question 3`, `**2 (a)**`, `- 3.`, `b)`.
//!
//! What looks like a number is read here; whether the homework has it is for the outline to say.

use super::outline::Level;

/// A number as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Number {
    /// What the word before it calls it: `Question 3`.
    pub level: Option<Level>,
    /// Its labels from the outside to the inside, in small letters: `1`, `1`, `3`, `b`.
    pub labels: Vec<String>,
    /// Whether something closes it, as in `3.`, `b)`, `(b)` and alone in a line, and not in `3 layers`.
    pub closed: bool,
}

/// Words before a number that say nothing: `Solution to Problem 1`.
const FILLING: &[&str] = &["solution", "solutions", "answer", "answers", "to", "for", "of", "my", "the"];

/// Words for what is numbered.
const LEVELS: &[(&str, Level)] = &[
    ("problem", Level::Problem),
    ("exercise", Level::Problem),
    ("ex", Level::Problem),
    ("task", Level::Problem),
    ("question", Level::Question),
    ("q", Level::Question),
    ("part", Level::Part),
];

/// Signs before a number that say nothing: emphasis and bullets.
const MARKUP: &[&str] =
    &["\\noindent", "\\textbf{", "\\textit{", "\\underline{", "\\emph{", "\\bf", "**", "__", "- ", "* ", "+ ", "> "];

/// What stands between the parts of a number.
const BETWEEN: &[char] = &[' ', '.', ',', ';', ':', '-', '–', '—', '/', '~', '}', '*', '_', ')', ']'];

/// The number at the head of a text, and what follows.
pub(super) fn leading(text: &str) -> Option<(Number, &str)> {
    let (mut number, mut rest) = (Number::default(), text);
    let mut next = unmarked(text);
    while let Some((_, behind)) = word(next).filter(|(word, _)| FILLING.contains(&word.as_str())) {
        next = behind;
    }
    loop {
        let called = word(next).and_then(|(word, behind)| {
            let (_, level) = LEVELS.iter().find(|(known, _)| *known == word)?;
            Some((*level, behind.trim_start_matches(['.', ':', ' ', '~'])))
        });
        let (level, at) = called.map_or((None, next), |(level, behind)| (Some(level), behind));
        let Some((labels, closed, behind)) = group(at, level, number.labels.is_empty()) else { break };
        if !number.labels.is_empty() && level.is_none() && !closed {
            break;
        }
        number.level = level.or(number.level);
        number.labels.extend(labels.iter().map(|label| label.to_ascii_lowercase()));
        number.closed = closed;
        rest = behind;
        next = unmarked(behind.trim_start_matches(BETWEEN));
    }
    (!number.labels.is_empty()).then_some((number, rest))
}

fn unmarked(text: &str) -> &str {
    let mut rest = text.trim_start();
    while let Some(behind) = MARKUP.iter().find_map(|sign| rest.strip_prefix(sign)) {
        rest = behind.trim_start();
    }
    rest
}

/// A word at the head of a text, in small letters, and what follows.
fn word(text: &str) -> Option<(String, &str)> {
    let (word, rest) = split(text, |c| c.is_ascii_alphabetic())?;
    Some((word.to_ascii_lowercase(), rest.trim_start_matches([' ', '~'])))
}

fn split(text: &str, fits: impl Fn(char) -> bool) -> Option<(&str, &str)> {
    let end = text.find(|c| !fits(c)).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// Labels that hang together – `1.1.3(b)`, `3b`, `(a)` – whether something closes them, and what follows; a letter
/// alone only if nothing stands before it.
fn group(text: &str, level: Option<Level>, first: bool) -> Option<(Vec<&str>, bool, &str)> {
    let listed = || {
        let (letter, rest) = letters(text)?;
        let listed = rest.starts_with(')') || rest.starts_with(". ") && letter.starts_with(char::is_lowercase);
        (listed || first && ends(rest) || level == Some(Level::Part)).then_some((letter, rest))
    };
    let (label, mut rest) = bracketed(text).or_else(|| digits(text, level)).or_else(listed)?;
    let (mut labels, mut bracket) = (vec![label], text.starts_with('('));
    loop {
        let dotted = rest.strip_prefix('.').unwrap_or(rest);
        let spaced = dotted.trim_start_matches(' ');
        let numeric = labels.last().is_some_and(|label| label.starts_with(|c: char| c.is_ascii_digit()));
        let number = digits(dotted, level).filter(|_| dotted.len() < rest.len() && !bracket);
        let letter = letter_ending(spaced, level.filter(|_| spaced.len() == rest.len()));
        let near = |after: &str| spaced.len() == dotted.len() || after.starts_with([')', '.', ':']);
        let letter = letter.filter(|(_, after)| numeric && !bracket && (near(after) || level.is_some()));
        let next = bracketed(spaced).or(number).or(letter);
        let Some((label, after)) = next else { break };
        bracket = spaced.starts_with('(');
        labels.push(label);
        rest = after;
    }
    Some((labels, bracket || closes(rest), rest))
}

/// `(b)`, `(ii)`, `(3)`
fn bracketed(text: &str) -> Option<(&str, &str)> {
    let (inside, rest) = text.strip_prefix('(')?.split_once(')')?;
    let label = (1..=4).contains(&inside.len()) && inside.chars().all(|c| c.is_ascii_alphanumeric());
    label.then_some((inside, rest))
}

/// Digits; a letter may hang on them only if the number ends with it, or goes on after a word that calls it one.
fn digits(text: &str, level: Option<Level>) -> Option<(&str, &str)> {
    let (digits, rest) = split(text, |c| c.is_ascii_digit())?;
    let hanging = rest.starts_with(|c: char| c.is_alphanumeric());
    (digits.len() <= 3 && (!hanging || letter_ending(rest, level).is_some())).then_some((digits, rest))
}

/// The letter or Roman numeral with which a number ends.
fn letter_ending(text: &str, level: Option<Level>) -> Option<(&str, &str)> {
    letters(text).filter(|(_, after)| closes(after) || level.is_some() && after.starts_with(' '))
}

/// A letter, or a small Roman numeral.
fn letters(text: &str) -> Option<(&str, &str)> {
    let (letters, rest) = split(text, |c| c.is_ascii_alphabetic())?;
    let roman = letters.len() <= 4 && letters.chars().all(|c| "ivx".contains(c));
    (letters.len() == 1 || roman).then_some((letters, rest))
}

/// Whether a number ends here: with a sign that closes it, or with the line.
fn closes(rest: &str) -> bool {
    rest.starts_with(['.', ')', ':', ']']) && !rest[1..].starts_with(|c: char| c.is_ascii_digit()) || ends(rest)
}

/// Whether nothing but signs follows.
fn ends(rest: &str) -> bool {
    rest.trim_matches(['*', '_', '}', ' ', '\r']).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        leading(text).map_or("none".into(), |(number, rest)| {
            let level = number.level.map_or(String::new(), |level| format!("{level:?} "));
            let closed = if number.closed { "" } else { " open" };
            format!("{level}{}{closed} | {}", number.labels.join(" "), rest.trim())
        })
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, expected) in [
            ("1.1.3(b)", "1 1 3 b |"),
            ("Problem 1.1.3 (b)", "Problem 1 1 3 b |"),
            ("**1.1.3 b)**", "1 1 3 b | )**"),
            ("Problem 1.1: Convolution", "Problem 1 1 | : Convolution"),
            ("Problem 1.1: 3 layers", "Problem 1 1 | : 3 layers"),
            ("Problem 1.1, question 3, part (b)", "Part 1 1 3 b |"),
            ("Solution to Exercise 2(a).", "Problem 2 a | ."),
            ("- 3. Let us", "3 | . Let us"),
            ("3. (b) $x$", "3 b | $x$"),
            ("3. x", "3 | . x"),
            ("3. b) x", "3 b | ) x"),
            ("3.b", "3 b |"),
            ("b) $x$", "b | ) $x$"),
            ("(ii) so", "ii | so"),
            ("Q3b", "Question 3 b |"),
            ("3 layers", "3 open | layers"),
            ("2D convolution", "none"),
            ("3d convolution", "none"),
            ("Part b", "Part b |"),
            ("a. First", "a | . First"),
            ("A layer", "none"),
            ("b", "b |"),
            ("Homework 2", "none"),
            ("1.5 times", "1 5 open | times"),
            ("$x$", "none"),
        ] {
            assert_eq!(read(text).trim_end(), expected, "{text}");
        }
    }
}
