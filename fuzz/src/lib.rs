//! What must hold of any bytes. `cargo +nightly fuzz run TARGET` looks for bytes of which it does not hold; the
//! ordinary test `tests/corpus.rs` goes through those that are kept.

#![forbid(unsafe_code)]

use backprose::catalogue::Catalogue;
use backprose::language::parse::parse_file;
use backprose::language::syntax::{File, Item};
use backprose::latex;
use backprose::model::compose::{compose, composed_layer};
use backprose::model::{Sizes, elaborate};
use backprose::paper::{Kind, Paper, Subject};
use backprose::writeup::document::{Document, Inline, Problem, Question};
use backprose::writeup::render::{Format, render_with};
use backprose::writeup::templates::{Template, Templates};
use backprose::{
    answers,
    diagnostic::{Diagnostic, Diagnostics, Span},
};

/// A text is refused with places inside it, or it is a file whose systems are refused or elaborated.
pub fn specification(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let read = parse_file(text).and_then(|file| compose(&file, &Catalogue::built_in()));
    match read {
        Err(wrong) => inside(&wrong, text),
        Ok(file) => systems(&file, text),
    }
}

fn systems(file: &File, text: &str) {
    let base = file.base.unwrap_or(1);
    let layers = file.items.iter().filter_map(|item| match item {
        Item::Layer(layer) => Some(&layer.statements),
        Item::Homework(_) | Item::Test(_) => None,
    });
    for statements in layers.chain([&file.statements]).filter(|statements| !statements.is_empty()) {
        if let Err(wrong) = elaborate(statements, base, &Sizes::default()) {
            inside(&wrong, text);
        }
    }
}

/// Every complaint has words, and its places lie in the text.
fn inside(wrong: &Diagnostics, text: &str) {
    assert!(!wrong.is_empty());
    for diagnostic in wrong {
        assert!(!diagnostic.message.is_empty());
        for (span, _) in &diagnostic.places {
            assert!(span.start <= span.end && span.end <= text.len(), "{diagnostic:?}");
        }
    }
}

/// A formula in LaTeX is read, or refused at a place inside it.
pub fn formula(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Err(wrong) = latex::read(text) {
        inside(&vec![wrong], text);
    }
}

/// A template is rendered, or refused with a message.
pub fn template(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let question = Question { label: "1".into(), text: vec![Inline::Text("Why?".into())], ..Question::default() };
    let problem = Problem { label: "1".into(), title: "One".into(), questions: vec![question] };
    let document = Document { title: "Title".into(), problems: vec![problem], ..Document::default() };
    let own = Template { name: "own".into(), file: "own".into(), text: text.into() };
    let templates = Templates { document: Some(own), ..Templates::default() };
    for format in [Format::Markdown, Format::Latex] {
        if let Err(error) = render_with(&document, format, false, &templates) {
            assert!(!error.to_string().is_empty());
        }
    }
}

/// A document is judged, and every answer has a verdict.
pub fn document(data: &[u8]) {
    const HOMEWORK: &str = r#"homework "h" { problem 1.1 "p" { question 1 "q" {
        input x[7, 5]  weight W[1, 5, 3]
        f[r] = sum[k, i] x[i + 2*(r-1), k] * W[1, k, i]
        part a "" answer shape f, f   part b "" answer df/dx   part c "" answer dl/dW, dl/dx } } }"#;
    let Ok(text) = std::str::from_utf8(data) else { return };
    let file = parse_file(HOMEWORK).expect("the homework is right");
    let Some(Item::Homework(homework)) = file.items.first() else { unreachable!("it is a homework") };
    let mapping = answers::Mapping::default();
    let grader = answers::Grader::new(homework, 1, &mapping, answers::Detail::Full);
    if let Ok(marked) = grader.and_then(|mut grader| grader.judge(text)) {
        assert!(marked.entries.iter().all(|entry| !entry.verdict().is_empty()));
    }
}

/// A notebook is read and its places lie in the file, or it is refused; whatever is marked in it is judged.
pub fn notebook(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match answers::notebook(text) {
        Err(wrong) => assert!(!wrong.is_empty() && !wrong[0].message.is_empty()),
        Ok((words, places)) => {
            for at in (0..=words.len()).filter(|at| words.is_char_boundary(*at)).take(200) {
                let found = places.in_file(Span::new(at, at));
                assert!(found.start <= found.end && found.end <= text.len(), "{at} is at {found:?}");
            }
        }
    }
    judged(text, Kind::Notebook);
}

/// A paper is read, and every mark of it has a verdict or a complaint at a place in the file.
pub fn marked(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let kind = if text.starts_with('%') { Kind::Latex } else { Kind::Markdown };
    judged(text, kind);
}

fn judged(text: &str, kind: Kind) {
    let Ok(paper) = Paper::read(text, kind) else { return };
    let catalogue = Catalogue::built_in();
    let mut find = |target: &str| match composed_layer(target, &catalogue) {
        Some(Ok((layer, base))) => Ok(Subject { statements: layer.statements, base }),
        _ => Err(Diagnostic::general("there is no such layer")),
    };
    for entry in paper.judge(&mut find) {
        assert!(entry.span.start <= entry.span.end && entry.span.end <= text.len(), "{:?}", entry.span);
        match entry.found {
            Ok(judged) => assert!(!judged.formula.is_empty()),
            Err(wrong) => inside(&wrong, text),
        }
    }
}
