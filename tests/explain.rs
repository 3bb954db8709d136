//! What `explain` says is computed: every rule is at work in its example, which is derived and
//! verified, and docs/rules.md is what the program prints. `BLESS=1 cargo test --release --test explain`
//! writes the page anew.

use backprose::calculus::rules;
use backprose::language::parse::parse_expression;
use backprose::language::print::{Alphabet, expression};
use backprose::writeup::explain::{ABOUT, Application, TITLE, explanation};
use backprose::writeup::render::{Format, render};

#[test]
fn every_rule_is_at_work_in_its_example() {
    for rule in rules() {
        let name = rule.name.text();
        let application = Application::of(&rule).unwrap_or_else(|e| panic!("{name}: {e:?}"));
        assert_eq!(application.answer.derivation.steps[application.step].rule, rule.name);
        assert!(application.certificate.entries > 0 && application.certificate.steps > 0, "{name}");
        let [before, after] =
            [application.before(), application.after()].map(|side| expression(side, Alphabet::Unicode));
        assert_ne!(before, after, "{name}: nothing is to be seen");
        let page = render(&explanation(&[rule], TITLE, "").unwrap(), Format::Text, false).unwrap();
        let flat = |text: &str| text.split_whitespace().collect::<String>();
        for part in [before.as_str(), after.as_str(), rule.conditions, rule.shrinks, rule.example.system] {
            assert!(flat(&page).contains(&flat(part)), "{name} does not show {part}:\n{page}");
        }
        for line in page.lines() {
            assert!(line.chars().count() <= 80, "{name}: {line}");
        }
    }
}

#[test]
fn every_rule_is_stated_in_the_language() {
    for rule in rules() {
        assert!(!rule.formula.is_empty());
        for side in rule.formula.iter().flat_map(|(before, after)| [before, after]) {
            assert!(parse_expression(side).is_ok(), "{}: {side}", rule.name.text());
        }
    }
}

#[test]
fn the_page_of_rules_is_what_the_program_prints() {
    let document = explanation(&rules(), TITLE, ABOUT).unwrap();
    let text = render(&document, Format::Markdown, false).unwrap();
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == text, "docs/rules.md differs; BLESS=1 writes it anew");
}
