//! No text makes the parser panic, overflow its stack or take long.

use super::*;
use std::time::{Duration, Instant};

#[test]
fn hostile_texts_are_errors_within_a_second() {
    let many = |piece: &str, count: usize| piece.repeat(count);
    let texts = [
        format!("f = {}x{}", many("(", 100_000), many(")", 100_000)),
        format!("f = {}", many("(", 100_000)),
        format!("f = {}x", many("-", 10_000)),
        format!("f = {}x", many("- ", 9_000)),
        format!("f = x{}", many(" + x", 100_000)),
        format!("f = x{}", many("^x", 9_000)),
        format!("f = x{}x", many("^-", 4_000)),
        format!("f = {}x", many("sum[k] ", 20_000)),
        format!("f = {}0", many("if a = b then 0 else ", 10_000)),
        format!("f = {}0", many("if a = b then ", 20_000)),
        format!("f = {}x", many("x[", 100_000)),
        format!("f = {}x", many("2(", 63)),
        format!("f = [{}a = b{}", many("not (", 100), many(")", 100)),
        format!("f = {}", many("x", 10_000_000)),
        format!("f = {}", many("7", 500_000)),
        format!("layer {}", many("{", 100_000)),
        many("\"", 99_999),
        many("f = 1\n", 300_000),
        format!("f = {}", many("x[3] ", 20_000)),
        format!("f{}", "\0".repeat(9)),
    ];
    for text in texts {
        let start = Instant::now();
        assert!(parse_file(&text).is_err(), "{}…", text.chars().take(40).collect::<String>());
        let limit = Duration::from_secs(if cfg!(debug_assertions) { 15 } else { 1 });
        assert!(start.elapsed() < limit, "{:?} {}…", start.elapsed(), text.chars().take(40).collect::<String>());
    }
}

#[test]
fn deep_but_bounded_texts_are_read() {
    let nested = |open: &str, close: &str, count: usize| format!("f = {}x{}", open.repeat(count), close.repeat(count));
    for text in [
        nested("(", ")", 60),
        nested("a*(b+(", "))", 30),
        nested("x[", "]", 60),
        nested("[not (", " = 1)]", 24),
        nested("df[", "]/dx", 60),
        nested("2(", ")", 60),
        nested("⌊", "/2⌋", 60),
        nested("if a = b then ", " else 0", 40),
        nested("if (((a = b))) then 0 else ", "", 80),
        nested("sum[k] -", "", 40),
    ] {
        assert!(parse_file(&text).is_ok(), "{text}: {:?}", parse_file(&text));
    }
}

mod no_text_makes_the_parser_panic {
    use super::*;
    use proptest::prelude::*;

    const PIECES: [&str; 42] = [
        "f",
        "x[",
        "]",
        "(",
        ")",
        "{",
        "}",
        "=",
        "==",
        "+",
        "-",
        "*",
        "/",
        "^",
        "2",
        "0.5",
        "..",
        ",",
        ";",
        "\n",
        "sum[k]",
        "Σ(k=1..3)",
        "if ",
        " then ",
        " else ",
        "df/dW",
        "∂",
        "⌊",
        "⌋",
        "\"",
        "\"\"\"",
        "#",
        "layer a {",
        "test \"t\" {",
        "expect shape f = 3 x ",
        "answer ",
        "size N ",
        "notation f as ",
        " in ",
        "not (",
        "|",
        "é",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn made_of_its_own_pieces(pieces in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..24)) {
            let text = pieces.concat();
            for place in parse_file(&text).err().into_iter().flatten().flat_map(|found| found.places) {
                prop_assert!(text.get(place.0.start..place.0.end).is_some(), "{}", text);
            }
        }

        #[test]
        fn made_of_anything(text in "\\PC{0,60}") {
            let _ = (parse_file(&text), parse_expression(&text), parse_condition(&text), parse_target(&text));
        }
    }
}
