//! The Greek letters: `gamma` is what is typed, γ what is printed, and both mean the same name.

/// The word of a letter, which is also its control word in TeX, and the letter.
pub const LETTERS: &[(&str, &str)] = &[
    ("alpha", "α"),
    ("beta", "β"),
    ("gamma", "γ"),
    ("delta", "δ"),
    ("epsilon", "ϵ"),
    ("varepsilon", "ε"),
    ("zeta", "ζ"),
    ("eta", "η"),
    ("theta", "θ"),
    ("vartheta", "ϑ"),
    ("iota", "ι"),
    ("kappa", "κ"),
    ("lambda", "λ"),
    ("mu", "μ"),
    ("nu", "ν"),
    ("xi", "ξ"),
    ("pi", "π"),
    ("rho", "ρ"),
    ("varrho", "ϱ"),
    ("sigma", "σ"),
    ("varsigma", "ς"),
    ("tau", "τ"),
    ("upsilon", "υ"),
    ("phi", "ϕ"),
    ("varphi", "φ"),
    ("chi", "χ"),
    ("psi", "ψ"),
    ("omega", "ω"),
    ("Gamma", "Γ"),
    ("Delta", "Δ"),
    ("Theta", "Θ"),
    ("Lambda", "Λ"),
    ("Xi", "Ξ"),
    ("Pi", "Π"),
    ("Sigma", "Σ"),
    ("Upsilon", "Υ"),
    ("Phi", "Φ"),
    ("Psi", "Ψ"),
    ("Omega", "Ω"),
];

/// A name as it is typed: each Greek letter between its underscores as its word; nothing if it holds
/// none.
pub fn typed(name: &str) -> Option<String> {
    let stem = name.trim_end_matches('\'');
    let word = |part: &str| LETTERS.iter().find(|(_, letter)| *letter == part).map(|(word, _)| *word);
    let parts: Vec<&str> = stem.split('_').collect();
    parts.iter().any(|part| word(part).is_some()).then(|| {
        let words: Vec<&str> = parts.iter().map(|part| word(part).unwrap_or(part)).collect();
        words.join("_") + &name[stem.len()..]
    })
}
