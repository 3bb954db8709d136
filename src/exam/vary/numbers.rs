//! The numbers in the text of a question, and what the words around them say they are.
//!
//! `21×12`, `seven positions`, `\mathbb{R}^{7\times 5}`, `1 \le n \le 7` are lengths, `stride 2` is a step,
//! `5\,\mathrm{ReLU}(z)` has a factor. Subscripts, exponents and numbers like 1.386 are no sizes. Of
//! anything else the text does not say what it is.

use super::walk::Kind;

/// A number in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// Its first byte.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
    /// Its value.
    pub value: i64,
    /// What it is, if the text says so.
    pub kind: Option<Kind>,
}

const WORDS: [&str; 20] = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];
const STEPS: [&str; 7] = ["stride", "strides", "strided", "dilation", "dilations", "dilated", "factor"];
const PADDINGS: [&str; 5] = ["padding", "paddings", "pad", "padded", "zeros"];
const LENGTHS: [&str; 46] = [
    "size",
    "sizes",
    "length",
    "lengths",
    "long",
    "width",
    "wide",
    "height",
    "high",
    "tall",
    "depth",
    "kernel",
    "kernels",
    "filter",
    "filters",
    "window",
    "windows",
    "channel",
    "channels",
    "position",
    "positions",
    "feature",
    "features",
    "unit",
    "units",
    "neuron",
    "neurons",
    "class",
    "classes",
    "token",
    "tokens",
    "entry",
    "entries",
    "row",
    "rows",
    "column",
    "columns",
    "dimension",
    "dimensions",
    "dimensional",
    "pixel",
    "pixels",
    "input",
    "inputs",
    "image",
    "images",
];
/// Words that may stand between a number and the word that says what it is.
const BETWEEN: [&str; 9] = ["of", "is", "a", "an", "the", "with", "to", "input", "output"];

/// A number as it would stand in place of a token.
pub(super) fn in_place_of(old: &str, value: i64) -> String {
    if old.starts_with(|c: char| c.is_ascii_digit()) {
        return value.to_string();
    }
    let word = usize::try_from(value - 1).ok().and_then(|k| WORDS.get(k));
    match word {
        Some(word) if old.starts_with(char::is_uppercase) => format!("{}{}", word[..1].to_uppercase(), &word[1..]),
        Some(word) => (*word).to_string(),
        None => value.to_string(),
    }
}

/// The numbers of a text in order.
pub(super) fn numbers(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let Some(first) = rest.chars().next() else { break };
        let length = match first {
            c if c.is_ascii_digit() => rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()),
            c if c.is_alphabetic() || c == '\\' => {
                1 + rest[c.len_utf8()..].find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len() - c.len_utf8())
                    + (c.len_utf8() - 1)
            }
            c => {
                at += c.len_utf8();
                continue;
            }
        };
        let (word, span) = (&rest[..length], (at, at + length));
        at += length;
        let value = match word.parse() {
            Ok(number) => Some(number),
            Err(_) => WORDS.iter().position(|w| w.eq_ignore_ascii_case(word)).map(|k| k as i64 + 1),
        };
        if let Some(value) = value
            && let Some(kind) = meaning(text, span)
        {
            found.push(Token { start: span.0, end: span.1, value, kind });
        }
    }
    found
}

/// What a number is; nothing if it is no size at all.
fn meaning(text: &str, (start, end): (usize, usize)) -> Option<Option<Kind>> {
    let (left, right) = (text[..start].trim_end(), text[end..].trim_start());
    let decimal = |c: char| c.is_ascii_digit();
    let point = text[..start].strip_suffix('.').is_some_and(|rest| rest.ends_with(decimal))
        || text[end..].strip_prefix('.').is_some_and(|rest| rest.starts_with(decimal));
    if point || ends_in_script(left, '_') {
        return None;
    }
    let chain = chain(left, right);
    if let Some(base) = exponent_of(chain.0) {
        let space = ["\\mathbb{R}", "\\mathbb R", "\\R", "ℝ"].iter().any(|r| base.ends_with(r));
        return (space || is_sum(base)).then_some(Some(Kind::Length));
    }
    if ["\\le", "\\leq", "≤", "<=", "\\dots,", "\\ldots,", "…,", ".."].iter().any(|sign| left.ends_with(sign)) {
        return Some(Some(Kind::Length));
    }
    let told = told(chain.0, chain.1);
    if told.is_some() || (chain.0.len(), chain.1.len()) != (left.len(), right.len()) {
        return Some(told.or(Some(Kind::Length)));
    }
    let mathematics = left.matches('$').count() % 2 == 1;
    let next = ["\\,", "\\cdot", "\\;"].iter().fold(right, |rest, sign| rest.strip_prefix(sign).unwrap_or(rest));
    let next = next.trim_start();
    let sign = ["\\le", "\\ge", "\\in", "\\to", "\\dots", "\\text"].iter().any(|sign| next.starts_with(sign));
    let factor = mathematics && !sign && next.starts_with(|c: char| c.is_alphabetic() || c == '\\' || c == '(');
    Some(factor.then_some(Kind::Factor))
}

/// What stands before and behind the whole of `1\times 5\times 3`.
fn chain<'t>(mut left: &'t str, mut right: &'t str) -> (&'t str, &'t str) {
    const TIMES: [&str; 4] = ["\\times", "×", " x", " by"];
    let number = |c: char| c.is_ascii_digit();
    loop {
        let before = TIMES.iter().find_map(|sign| left.strip_suffix(sign)).map(str::trim_end);
        match before.map(|rest| (rest, rest.trim_end_matches(number))) {
            Some((rest, shorter)) if shorter.len() < rest.len() => left = shorter.trim_end(),
            _ => break,
        }
    }
    loop {
        let behind = TIMES.iter().find_map(|sign| right.strip_prefix(sign.trim_start())).map(str::trim_start);
        match behind.map(|rest| (rest, rest.trim_start_matches(number))) {
            Some((rest, shorter)) if shorter.len() < rest.len() => right = shorter.trim_start(),
            _ => break,
        }
    }
    (left, right)
}

/// What the words around say.
fn told(left: &str, right: &str) -> Option<Kind> {
    let near = |word: &&str| !BETWEEN.contains(&word.to_lowercase().as_str());
    let words = |text: &str| -> Vec<String> {
        let clause = text.split([',', ';', '.', ':', '–', '(', ')']).next().unwrap_or_default().to_string();
        let word = |w: &str| w.trim_matches(|c: char| !c.is_alphabetic()).to_string();
        clause.split([' ', '-', '$', '\n']).map(word).filter(|w| !w.is_empty()).collect()
    };
    let before = left.rsplit([',', ';', '.', ':', '–', '(', ')']).next().unwrap_or_default();
    let before: Vec<String> = words(before).into_iter().rev().collect();
    let behind = words(right);
    let first = before.iter().map(String::as_str).find(near).and_then(kind_of);
    let next = || behind.iter().take(2).find_map(|word| kind_of(word));
    first.or_else(next)
}

fn kind_of(word: &str) -> Option<Kind> {
    let word = word.to_lowercase();
    let is = |list: &[&str]| list.contains(&word.as_str());
    match () {
        () if is(&STEPS) => Some(Kind::Step),
        () if is(&PADDINGS) => Some(Kind::Padding),
        () if is(&LENGTHS) => Some(Kind::Length),
        () => None,
    }
}

/// Whether the text ends inside a subscript or exponent that has just begun: `_`, `_{`, `_{1`, `_{i=`.
fn ends_in_script(left: &str, sign: char) -> bool {
    let inner = left.rsplit('{').next().unwrap_or_default();
    let short = inner.len() < left.len() && !inner.contains(['}', '$', ' ']);
    left.ends_with(sign) || short && left[..left.len() - inner.len() - 1].ends_with(sign)
}

/// What stands before `^` or `^{` at the end.
fn exponent_of(left: &str) -> Option<&str> {
    let left = left.trim_end();
    let left = left.strip_suffix('{').unwrap_or(left);
    left.strip_suffix('^').map(str::trim_end)
}

/// Whether the base of an exponent is a sum with its lower limit.
fn is_sum(base: &str) -> bool {
    let lower = base.strip_suffix('}').and_then(|rest| rest.rsplit_once('{')).map(|(before, _)| before);
    lower.is_some_and(|before| ["\\sum_", "\\prod_"].iter().any(|sign| before.ends_with(sign)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<(i64, Option<Kind>)> {
        numbers(text).into_iter().map(|token| (token.value, token.kind)).collect()
    }

    #[test]
    fn words_say_what_a_number_is() {
        let (length, step, padding) = (Some(Kind::Length), Some(Kind::Step), Some(Kind::Padding));
        let image = "An image of 21×12 is convolved with a 4×5 kernel, stride 4, no padding.";
        assert_eq!(said(image), [(21, length), (12, length), (4, length), (5, length), (4, step)]);
        assert_eq!(said("seven positions with five input channels each"), [(7, length), (5, length)]);
        assert_eq!(said("filters of size 3, a stride of 2 and padding 1"), [(3, length), (2, step), (1, padding)]);
        assert_eq!(
            said(r"$x\in\mathbb{R}^{7\times 5}$ with $1\le n\le 7$"),
            [(7, length), (5, length), (1, None), (7, length)]
        );
        assert_eq!(said(r"$f(z)=5\,\mathrm{ReLU}(z)$"), [(5, Some(Kind::Factor))]);
    }

    #[test]
    fn labels_exponents_and_decimals_are_no_sizes() {
        assert_eq!(said(r"$z_2=W_{2}x^2+b_{i=0}$, about 1.386"), []);
        assert_eq!(said("Give two reasons"), [(2, None)]);
    }

    #[test]
    fn a_number_is_written_as_the_one_before_it_was() {
        assert_eq!(in_place_of("Seven", 4), "Four");
        assert_eq!(in_place_of("seven", 31), "31");
        assert_eq!(in_place_of("7", 4), "4");
    }
}
