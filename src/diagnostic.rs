//! What the program says about bad input: what is wrong, where, and a likely repair.
//!
//! The library only returns these; the command line draws them. A message is a full
//! lower-case sentence in the author's own symbols.

use std::fmt;

/// A stretch of source text, in bytes. All spans compare equal, so that two syntax trees
/// are equal when they say the same, wherever they stand.
#[derive(Clone, Copy, Debug, Default)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The stretch from `start` up to `end`.
    pub fn new(start: usize, end: usize) -> Self {
        Span { start, end }
    }

    /// The smallest stretch that holds both.
    pub fn to(self, other: Span) -> Span {
        Span::new(self.start.min(other.start), self.end.max(other.end))
    }

    /// The same stretch in a text before which so many bytes stand.
    pub fn moved(self, by: usize) -> Span {
        Span::new(self.start + by, self.end + by)
    }
}

impl PartialEq for Span {
    fn eq(&self, _: &Span) -> bool {
        true
    }
}
impl Eq for Span {}
impl std::hash::Hash for Span {
    fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
}

/// One complaint: what, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong.
    pub message: String,
    /// Where, with a few words to stand under the underline; the first is the main place.
    pub places: Vec<(Span, String)>,
    /// A likely repair.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// A complaint about one place.
    pub fn new(message: impl Into<String>, span: Span) -> Self {
        Diagnostic { message: message.into(), places: vec![(span, String::new())], hint: None }
    }

    /// A complaint that belongs to no place in the text.
    pub fn general(message: impl Into<String>) -> Self {
        Diagnostic { message: message.into(), places: Vec::new(), hint: None }
    }

    /// The words under the underline of the last place named.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        if let Some(place) = self.places.last_mut() {
            place.1 = label.into();
        }
        self
    }

    /// A second place that bears on the first.
    pub fn also(mut self, span: Span, label: impl Into<String>) -> Self {
        self.places.push((span, label.into()));
        self
    }

    /// What would mend it.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same complaint in a text before which so many bytes stand.
    pub fn moved(mut self, by: usize) -> Self {
        self.places.iter_mut().for_each(|(span, _)| *span = span.moved(by));
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}

/// One or more complaints.
pub type Diagnostics = Vec<Diagnostic>;

/// Names in a list, the first dozen if there are many.
pub fn few(names: &[&str]) -> String {
    const MOST: usize = 12;
    match names.get(MOST) {
        None => names.join(", "),
        Some(_) => format!("{}, … ({} in all)", names[..MOST].join(", "), names.len()),
    }
}

/// The name in `known` that `wanted` most likely misspells, if any is close.
pub fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = wanted.chars().count();
    let budget = 1 + length / 4;
    known
        .into_iter()
        .filter(|name| length <= LONGEST && name.chars().count().abs_diff(length) <= budget)
        .map(|name| (edit_distance(wanted, name), name))
        .filter(|(distance, name)| *distance <= budget && *distance < name.chars().count())
        .min()
        .map(|(_, name)| name)
}

/// Longer names are nobody's misspellings.
const LONGEST: usize = 40;

/// Levenshtein distance.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_misspelt_name_finds_its_neighbour() {
        assert_eq!(nearest("wieght", ["weight", "input"]), Some("weight"));
        assert_eq!(nearest("y", ["x", "W"]), None);
    }
}
