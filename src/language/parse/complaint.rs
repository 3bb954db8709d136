//! What the grammar did not expect, in the language's own terms.
//!
//! The grammar knows how far it came and which rules it tried there. Before that is put into
//! words, likely mistakes are looked for by name: a misspelt keyword, a forgotten `*`, `==`,
//! something the language promises but does not have yet.
//!
//! Invariant: no name of a grammar rule ever reaches the author.

use super::{Rule, scan};
use crate::diagnostic::{Diagnostic, Diagnostics, Span, nearest};
use pest::error::{Error, ErrorVariant, InputLocation};

/// The words statements and blocks begin with.
const KEYWORDS: [&str; 21] = [
    "layer",
    "homework",
    "test",
    "size",
    "param",
    "require",
    "input",
    "weight",
    "integer",
    "output",
    "notation",
    "problem",
    "question",
    "part",
    "answer",
    "author",
    "course",
    "numbering",
    "layout",
    "expect",
    "reject",
];
/// Answers that are still missing.
const MISSING_ANSWERS: [&str; 1] = ["latex"];

/// The complaint about a text that the grammar did not recognise.
pub(super) fn complaints(rule: Rule, text: &str, error: &Error<Rule>) -> Diagnostics {
    let at = match error.location {
        InputLocation::Pos(at) => at,
        InputLocation::Span((at, _)) => at,
    };
    let at = at + blank_length(&text[at..]);
    let here = token(text, at);
    let before = before(text, at);
    let known = misspelt(text, at, before, here)
        .or_else(|| missing_answer(text, at, before, here))
        .or_else(|| unplaced(text, at))
        .or_else(|| keyword_alone(text, at, before, here))
        .or_else(|| doubled_equals(text, at))
        .or_else(|| forgotten_product(text, at, before, here))
        .or_else(|| reserved(text, at, here));
    vec![known.unwrap_or_else(|| unexpected(rule, text, at, error))]
}

/// How long the blanks and comments at the head of `text` are.
fn blank_length(text: &str) -> usize {
    let rest = text.trim_start_matches([' ', '\t', '\r', '\n', '\u{A0}', '\u{FEFF}']);
    if !rest.starts_with('#') {
        return text.len() - rest.len();
    }
    let comment = rest.find('\n').unwrap_or(rest.len());
    let skipped = text.len() - rest.len() + comment;
    let tail = text[skipped..].trim_start();
    if tail.starts_with('#') { skipped } else { text.len() - tail.len() }
}

/// Whether a letter can stand in a name.
fn in_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == '\''
}

/// The word or the symbol at `at`; empty at the end of the text.
fn token(text: &str, at: usize) -> &str {
    let rest = &text[at..];
    let word = rest.find(|letter| !in_name(letter)).unwrap_or(rest.len());
    let symbol = rest.chars().next().map_or(0, char::len_utf8);
    &rest[..word.max(symbol)]
}

/// The word that ends at or before `at`, blanks between, and where it starts.
fn before(text: &str, at: usize) -> (usize, &str) {
    let head = text[..at].trim_end();
    let start = head.char_indices().rev().take_while(|(_, letter)| in_name(*letter)).last();
    let start = start.map_or(head.len(), |(start, _)| start);
    (start, &head[start..])
}

/// Whether only blanks or the end of a statement stand between the line's start and `at`.
fn heads_line(text: &str, at: usize) -> bool {
    let head = text[..at].trim_end_matches([' ', '\t']);
    head.is_empty() || head.ends_with(['\n', ';', '{', '}'])
}

/// `wieght W[3]`: a word at the head of a statement, close to a keyword.
fn misspelt(text: &str, at: usize, before: (usize, &str), here: &str) -> Option<Diagnostic> {
    [(at, here), before].into_iter().find_map(|(start, word)| {
        if word.chars().count() < 3 || KEYWORDS.contains(&word) || !heads_line(text, start) {
            return None;
        }
        let near = nearest(word, KEYWORDS)?;
        let span = Span::new(start, start + word.len());
        let complaint = Diagnostic::new(format!("no statement begins with `{word}`"), span);
        Some(complaint.hint(format!("did you mean `{near}`?")))
    })
}

/// `answer matrix A`: promised by the language, not there yet.
fn missing_answer(text: &str, at: usize, prior: (usize, &str), here: &str) -> Option<Diagnostic> {
    let earlier = before(text, prior.0);
    let words = [(at, here), prior, earlier];
    let (start, word) = words.into_iter().find(|(_, word)| MISSING_ANSWERS.contains(word))?;
    let (_, keyword) = before(text, start);
    let listed = text[..start].trim_end().ends_with(',');
    if !listed && keyword != "answer" && word != "given" && word != "latex" {
        return None;
    }
    let span = Span::new(start, start + word.len());
    Some(Diagnostic::new(format!("`{word}` is not in the language yet"), span))
}

/// `answer value f` without `at`, `answer limit p as beta` without an arrow.
fn unplaced(text: &str, at: usize) -> Option<Diagnostic> {
    let asked = text[..at].rfind("answer").map(|start| start + "answer".len())?;
    let head = &text[asked..at];
    let start = head.rfind("value ").max(head.rfind("limit "))?;
    let rest = &head[start + "value ".len()..];
    let opens = head[..start].trim_end();
    if !(opens.is_empty() || opens.ends_with(',')) || rest.contains(['=', '{', '}']) {
        return None;
    }
    let span = Span::new(asked + start, asked + head.trim_end().len());
    let (message, hint) = match &head[start..start + 5] {
        "value" if !rest.contains(" at ") => {
            ("this does not say where the value is taken", "as in `value f at x = 1/3`")
        }
        "limit" if !rest.contains("->") => {
            ("this does not say where the limit is taken", "as in `limit p as beta -> infinity`")
        }
        _ => return None,
    };
    Some(Diagnostic::new(message, span).hint(hint))
}

/// `input 3`, or `answer f` outside a question.
fn keyword_alone(text: &str, at: usize, prior: (usize, &str), here: &str) -> Option<Diagnostic> {
    let (start, word) = prior;
    let (wanted, home) = match word {
        "size" | "param" | "input" | "weight" | "integer" | "output" | "layer" | "notation" => (A_NAME, None),
        "answer" => ("an array or a derivative", Some("a question")),
        "expect" | "reject" => ("an array or a derivative", Some("a test")),
        "part" => (A_LABEL, Some("a question")),
        "question" => (A_LABEL, Some("a problem")),
        "problem" => (A_LABEL, Some("a homework")),
        "author" | "course" | "numbering" => (A_TEXT, Some("a homework")),
        "layout" => (A_LAYOUT, Some("a homework, a problem or a question")),
        "homework" | "test" => (A_TEXT, None),
        _ => return None,
    };
    let fits = here.starts_with(|letter: char| match wanted {
        A_TEXT => letter == '"',
        A_LABEL => letter.is_alphanumeric(),
        A_LAYOUT => false,
        _ => letter.is_alphabetic() || letter == '∂',
    });
    if (word != "layout" && !heads_line(text, start)) || here.starts_with(['=', '[', ',']) {
        return None;
    }
    match home {
        Some(home) if fits => {
            let span = Span::new(start, start + word.len());
            Some(Diagnostic::new(format!("`{word}` does not belong here"), span).hint(format!("it belongs in {home}")))
        }
        _ if fits => None,
        _ => {
            let span = Span::new(at, at + here.len());
            Some(Diagnostic::new(format!("expected {wanted} after `{word}`, found {}", shown(here)), span))
        }
    }
}

/// `f == x`
fn doubled_equals(text: &str, at: usize) -> Option<Diagnostic> {
    let start = if text[at..].starts_with("==") { at } else { at.checked_sub(1)? };
    let doubled = text.get(start..)?.starts_with("==");
    let complaint = || Diagnostic::new("an equation is written with one `=`", Span::new(start, start + 2));
    doubled.then(|| complaint().hint("write `=` instead of `==`"))
}

/// `x y`, `3 x`, `f[r] (a + b)`: two factors with nothing between.
fn forgotten_product(text: &str, at: usize, prior: (usize, &str), here: &str) -> Option<Diagnostic> {
    let starts_factor = |word: &str| word.starts_with(|letter: char| in_name(letter) || letter == '(');
    let mut at = at;
    let mut here = here;
    let (word_start, word) = prior;
    if !starts_factor(here) && !word.is_empty() && text[..at].ends_with(word) {
        at = word_start;
        here = word;
    }
    let head = text[..at].trim_end_matches([' ', '\t']);
    let last = head.chars().next_back()?;
    let (_, left) = before(head, head.len());
    let ends_factor = in_name(last) || matches!(last, ')' | ']');
    if !starts_factor(here) || !ends_factor || is_word(left) || is_word(here) {
        return None;
    }
    let span = Span::new(at, at + here.len());
    let complaint = Diagnostic::new(format!("an operator is missing before `{here}`"), span);
    Some(complaint.hint("a product is written with `*`"))
}

/// Whether a word has a meaning of its own, so that it is no factor.
fn is_word(word: &str) -> bool {
    KEYWORDS.contains(&word) || RESERVED.contains(&word) || OTHERS.contains(&word)
}

/// Words that are no names.
const RESERVED: [&str; 15] =
    ["if", "then", "else", "and", "or", "not", "div", "mod", "sum", "mean", "in", "pad", "where", "with", "Σ"];
/// Words that mean something only where the grammar waits for them.
const OTHERS: [&str; 14] = [
    "show", "shape", "compare", "matrix", "picture", "diagram", "count", "text", "because", "for", "as", "date",
    "index", "from",
];

/// A word of the language where a name is wanted.
fn reserved(text: &str, at: usize, here: &str) -> Option<Diagnostic> {
    let (_, left) = before(text, at);
    let wants_name = ["size", "param", "input", "weight", "integer", "output", "layer"].contains(&left)
        || (heads_line(text, at) && text[at + here.len()..].trim_start().starts_with(['=', '[']));
    if !wants_name || !RESERVED.contains(&here) {
        return None;
    }
    let span = Span::new(at, at + here.len());
    let complaint = Diagnostic::new(format!("`{here}` is a word of the language, not a name"), span);
    Some(complaint.hint("choose another name"))
}

/// What was found, as a message names it.
fn shown(here: &str) -> String {
    if here.is_empty() { "the end of the text".to_owned() } else { format!("`{here}`") }
}

/// What was found, and what was expected instead.
fn unexpected(rule: Rule, text: &str, at: usize, error: &Error<Rule>) -> Diagnostic {
    let here = token(text, at);
    let found = shown(here);
    let mut wanted: Vec<&str> = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => positives.iter().filter_map(|rule| words(*rule)).collect(),
        ErrorVariant::CustomError { .. } => Vec::new(),
    };
    let rank = |word: &str| ORDER.iter().position(|known| *known == word).unwrap_or(ORDER.len());
    wanted.sort_by_key(|word| (rank(word), *word));
    wanted.dedup();
    if wanted.contains(&AN_OPERATOR) {
        wanted.retain(|word| !NOISE.contains(word));
        match scan::open_at(text, at) {
            Some(('[', _)) => wanted.extend(["`,`", "`]`"]),
            Some(('(', _)) => wanted.extend(["`,`", "`)`"]),
            Some(('⌊', _)) => wanted.push("`⌋`"),
            Some(('⌈', _)) => wanted.push("`⌉`"),
            _ if rule == Rule::file => {}
            _ => wanted.push("the end"),
        }
    }
    let (start, _) = before(text, at);
    if wanted.contains(&A_TEXT) && ["layer", "problem", "question"].contains(&before(text, start).1) {
        wanted.push("`{`");
    }
    let span = Span::new(at, at + here.len());
    let message = match listed(&wanted) {
        Some(list) => format!("expected {list}, found {found}"),
        None => format!("{found} is not expected here"),
    };
    let complaint = Diagnostic::new(message, span);
    let (_, left) = before(text, at);
    match here {
        "if" => complaint.hint("put `if … then … else …` in parentheses"),
        "/" if left.starts_with('d') => complaint.hint("write a derivative without blanks, as in `df/dW`"),
        "sum" | "mean" => complaint.hint(format!("name the index behind it, as in `{here}[k] x[k]`")),
        _ => complaint,
    }
}

/// `a, b or c`
fn listed(words: &[&str]) -> Option<String> {
    match words {
        [] => None,
        [only] => Some((*only).to_owned()),
        [first @ .., last] => Some(format!("{} or {last}", first.join(", "))),
    }
}

const AN_EXPRESSION: &str = "an expression";
const AN_OPERATOR: &str = "an operator";
const A_MATRIX: &str = "a matrix form";
const A_NAME: &str = "a name";
const A_TEXT: &str = "a text in quotes";
const A_LABEL: &str = "a number such as `1.1` or a letter";
const A_LAYOUT: &str = "`shape`, `numerator` or `denominator`";
/// Said only where no operator could have followed.
const NOISE: [&str; 5] = [AN_EXPRESSION, A_MATRIX, A_NAME, "a statement", "indices in square brackets"];
/// The order in which expectations are listed.
const ORDER: [&str; 5] = [AN_EXPRESSION, A_MATRIX, A_NAME, AN_OPERATOR, "a comparison"];

/// What a rule is called in a message; none for what is better left unsaid.
fn words(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::expression
        | Rule::sum
        | Rule::product
        | Rule::factor
        | Rule::power
        | Rule::number
        | Rule::group
        | Rule::bracket
        | Rule::reference
        | Rule::minus
        | Rule::juxtaposed
        | Rule::floor
        | Rule::exponent => AN_EXPRESSION,
        Rule::matrix_sum
        | Rule::matrix_entrywise
        | Rule::matrix_product
        | Rule::matrix_power
        | Rule::matrix_group
        | Rule::matrix_reference
        | Rule::matrix_name => A_MATRIX,
        Rule::disjunction | Rule::conjunction | Rule::chain => "a condition",
        Rule::identifier
        | Rule::binder
        | Rule::declared
        | Rule::array
        | Rule::size_item
        | Rule::param_item
        | Rule::free
        | Rule::setting
        | Rule::subject => A_NAME,
        Rule::plus
        | Rule::times
        | Rule::over
        | Rule::div_word
        | Rule::mod_word
        | Rule::entry_times
        | Rule::entry_over => AN_OPERATOR,
        Rule::relation => "a comparison",
        Rule::equals | Rule::default => "`=`",
        Rule::range | Rule::last => "a range",
        Rule::axes | Rule::indices | Rule::left_indices => "indices in square brackets",
        Rule::statement => "a statement",
        Rule::target => "an array or a derivative",
        Rule::string => A_TEXT,
        Rule::label => A_LABEL,
        Rule::layout_name | Rule::claim_layout_name => A_LAYOUT,
        Rule::question => "a question",
        Rule::problem => "a problem",
        Rule::answer | Rule::item => "an answer",
        Rule::claim => "`expect` or `reject`",
        Rule::layer => "a layer",
        Rule::homework => "a homework",
        Rule::test => "a test",
        Rule::with_word => "`with`",
        Rule::where_word => "`where`",
        Rule::then_word => "`then`",
        Rule::else_word => "`else`",
        Rule::in_word => "`in`",
        Rule::reduction_word | Rule::reduction => AN_EXPRESSION,
        _ => return None,
    })
}
