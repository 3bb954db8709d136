//! The control words of TeX that stand for one character, with that character.
//!
//! One table serves both directions: author's TeX to the terminal, and Unicode typed by the author
//! to TeX. Where several words give one character, the first is the one written.

use crate::language::greek::LETTERS;

/// Control word (without the backslash) and character, the Greek letters aside.
const SYMBOLS: &[(&str, &str)] = &[
    ("partial", "∂"),
    ("ell", "ℓ"),
    ("nabla", "∇"),
    ("infty", "∞"),
    ("hbar", "ℏ"),
    ("emptyset", "∅"),
    ("forall", "∀"),
    ("exists", "∃"),
    ("Re", "ℜ"),
    ("Im", "ℑ"),
    ("top", "⊤"),
    ("bot", "⊥"),
    ("sum", "∑"),
    ("prod", "∏"),
    ("int", "∫"),
    ("times", "×"),
    ("cdot", "·"),
    ("pm", "±"),
    ("mp", "∓"),
    ("div", "÷"),
    ("ast", "∗"),
    ("star", "⋆"),
    ("circ", "∘"),
    ("bullet", "•"),
    ("oplus", "⊕"),
    ("otimes", "⊗"),
    ("odot", "⊙"),
    ("ominus", "⊖"),
    ("oslash", "⊘"),
    ("cup", "∪"),
    ("cap", "∩"),
    ("setminus", "∖"),
    ("wedge", "∧"),
    ("land", "∧"),
    ("vee", "∨"),
    ("lor", "∨"),
    ("neg", "¬"),
    ("lnot", "¬"),
    ("prime", "′"),
    ("dagger", "†"),
    ("lfloor", "⌊"),
    ("rfloor", "⌋"),
    ("lceil", "⌈"),
    ("rceil", "⌉"),
    ("langle", "⟨"),
    ("rangle", "⟩"),
    ("lbrace", "{"),
    ("rbrace", "}"),
    ("lbrack", "["),
    ("rbrack", "]"),
    ("vert", "|"),
    ("lvert", "|"),
    ("rvert", "|"),
    ("Vert", "‖"),
    ("lVert", "‖"),
    ("rVert", "‖"),
    ("ldots", "…"),
    ("dots", "…"),
    ("dotsc", "…"),
    ("dotsb", "…"),
    ("cdots", "⋯"),
    ("vdots", "⋮"),
    ("ddots", "⋱"),
];

/// Control words that stand between two formulas, with their character.
const RELATIONS: &[(&str, &str)] = &[
    ("le", "≤"),
    ("leq", "≤"),
    ("ge", "≥"),
    ("geq", "≥"),
    ("ne", "≠"),
    ("neq", "≠"),
    ("ll", "≪"),
    ("gg", "≫"),
    ("in", "∈"),
    ("ni", "∋"),
    ("notin", "∉"),
    ("subset", "⊂"),
    ("subseteq", "⊆"),
    ("supset", "⊃"),
    ("supseteq", "⊇"),
    ("approx", "≈"),
    ("equiv", "≡"),
    ("sim", "∼"),
    ("simeq", "≃"),
    ("cong", "≅"),
    ("propto", "∝"),
    ("to", "→"),
    ("rightarrow", "→"),
    ("leftarrow", "←"),
    ("gets", "←"),
    ("mapsto", "↦"),
    ("leftrightarrow", "↔"),
    ("Rightarrow", "⇒"),
    ("Leftarrow", "⇐"),
    ("implies", "⟹"),
    ("iff", "⟺"),
    ("longrightarrow", "⟶"),
    ("uparrow", "↑"),
    ("downarrow", "↓"),
    ("mid", "|"),
    ("parallel", "∥"),
    ("perp", "⊥"),
    ("colon", ":"),
    ("bmod", "mod"),
    ("vdash", "⊢"),
    ("models", "⊨"),
];

/// Letters of the blackboard-bold alphabet that Unicode keeps apart from the others.
const BLACKBOARD: &[(&str, &str)] =
    &[("R", "ℝ"), ("N", "ℕ"), ("Z", "ℤ"), ("Q", "ℚ"), ("C", "ℂ"), ("P", "ℙ"), ("H", "ℍ"), ("F", "𝔽"), ("E", "𝔼")];

/// Accents over a letter.
const ACCENTS: &[(&str, char)] =
    &[("hat", '\u{302}'), ("tilde", '\u{303}'), ("bar", '\u{304}'), ("dot", '\u{307}'), ("vec", '\u{20d7}')];

/// The names of functions that TeX sets upright.
const FUNCTIONS: &[&str] = &[
    "exp", "log", "ln", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min", "sup", "inf", "lim", "det", "dim",
    "ker", "arg", "deg", "gcd", "Pr", "hom", "arctan", "arcsin", "arccos", "cot", "sec", "csc",
];

/// Superscripts of single characters.
const RAISED: &[(char, char)] = &[
    ('0', '⁰'),
    ('1', '¹'),
    ('2', '²'),
    ('3', '³'),
    ('4', '⁴'),
    ('5', '⁵'),
    ('6', '⁶'),
    ('7', '⁷'),
    ('8', '⁸'),
    ('9', '⁹'),
    ('+', '⁺'),
    ('-', '⁻'),
    ('n', 'ⁿ'),
    ('i', 'ⁱ'),
    ('T', 'ᵀ'),
    ('⊤', 'ᵀ'),
    ('′', '′'),
    ('∗', '*'),
    ('*', '*'),
];

fn find<'a>(table: &[(&'a str, &'a str)], word: &str) -> Option<&'a str> {
    table.iter().find(|(key, _)| *key == word).map(|(_, value)| *value)
}

/// The character a control word stands for.
pub fn character(word: &str) -> Option<&'static str> {
    find(LETTERS, word).or_else(|| find(SYMBOLS, word))
}

/// The character of a control word for a relation or an arrow.
pub fn relation(word: &str) -> Option<&'static str> {
    find(RELATIONS, word)
}

/// The accent that a control word sets over a letter.
pub fn accent(word: &str) -> Option<char> {
    ACCENTS.iter().find(|(key, _)| *key == word).map(|(_, accent)| *accent)
}

/// The blackboard-bold form of a letter.
pub fn blackboard(letter: &str) -> Option<&'static str> {
    find(BLACKBOARD, letter)
}

/// Whether TeX has a control word for the function of this name.
pub fn is_function(word: &str) -> bool {
    FUNCTIONS.contains(&word)
}

/// Whether the word names a Greek letter that differs from every Latin one.
pub fn is_greek(word: &str) -> bool {
    find(LETTERS, word).is_some()
}

/// The raised form of a text, when every character of it has one.
pub fn raised(text: &str) -> Option<String> {
    text.chars().map(|c| RAISED.iter().find(|(key, _)| *key == c).map(|(_, value)| *value)).collect()
}

/// TeX mathematics for a character outside ASCII, if there is any.
pub fn to_tex(c: char) -> Option<String> {
    let text = c.to_string();
    let word = LETTERS
        .iter()
        .chain(SYMBOLS)
        .chain(RELATIONS)
        .find(|(_, value)| *value == text)
        .map(|(key, _)| format!("\\{key} "));
    let letter = || BLACKBOARD.iter().find(|(_, value)| *value == text).map(|(key, _)| format!("\\mathbb{{{key}}}"));
    let script = || {
        RAISED
            .iter()
            .find(|(key, value)| *value == c && key.is_ascii_alphanumeric())
            .map(|(key, _)| format!("{{}}^{{{key}}}"))
    };
    let other = || match c {
        '−' => Some("-".into()),
        '∑' | 'Σ' => Some("\\sum ".into()),
        'µ' => Some("\\mu ".into()),
        '≔' => Some(":=".into()),
        _ => None,
    };
    word.or_else(letter).or_else(script).or_else(other)
}
