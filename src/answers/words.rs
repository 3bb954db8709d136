//! What the words of a document say of its symbols: which are introduced, and whether words and
//! letter agree.
//!
//! A line that ends in a symbol alone introduces it: `Padding above $P_{H1}$`, `Batch size B`.

use super::outline::Place;
use crate::latex;
use crate::reading::written;

/// A symbol that a line introduces.
#[derive(Clone, Debug)]
pub struct Introduction {
    /// `P_H1`
    pub symbol: String,
    /// The words before it, in small letters.
    pub words: String,
    /// Its line, from 1.
    pub line: usize,
    /// Under which numbers it stands.
    pub place: Place,
}

/// So many words introduce a symbol; more are a sentence.
const MOST_WORDS: usize = 8;

impl Introduction {
    /// The symbol that a line introduces, if it does.
    pub fn of(line: &str, number: usize, place: &Place) -> Option<Introduction> {
        let line = line.trim().trim_end_matches(['.', ',', ';']);
        let (words, formula) = match line.strip_suffix('$') {
            Some(inner) => inner.rsplit_once('$')?,
            None => {
                line.rsplit_once(' ').filter(|(_, last)| last.len() == 1 && last.chars().all(char::is_uppercase))?
            }
        };
        let count = words.split_whitespace().count();
        if words.contains(['$', '?', '=']) || !(1..=MOST_WORDS).contains(&count) {
            return None;
        }
        let trees = latex::read(formula).ok()?;
        let [tree] = trees.as_slice() else { return None };
        let (symbol, words) = (written(tree)?, words.trim().to_lowercase());
        Some(Introduction { symbol, words, line: number, place: place.clone() })
    }

    /// What the words say that the letter of the symbol contradicts.
    pub fn contradiction(&self) -> Option<String> {
        let letter = self.symbol.split_once('_')?.1.chars().next()?;
        let said = |words: &[&'static str]| {
            words.iter().copied().find(|word| self.words.split(|c: char| !c.is_alphanumeric()).any(|w| w == *word))
        };
        let across = said(&["width", "horizontal", "horizontally", "left", "right", "columns"]);
        let down = said(&["height", "vertical", "vertically", "top", "bottom", "above", "below", "rows"]);
        match (letter, across, down) {
            ('H', Some(word), None) => Some(format!("`{word}` is said of {}, whose letter says height", self.symbol)),
            ('W' | 'V', None, Some(word)) => {
                Some(format!("`{word}` is said of {}, whose letter says width", self.symbol))
            }
            _ => None,
        }
    }
}
