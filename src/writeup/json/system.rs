//! What formulas are about, as data: sizes, arrays, definitions, letters.

use serde::Serialize;

/// What the formulas are about: sizes, arrays, and what is known of them.
#[derive(Clone, Debug, Default, Serialize)]
pub struct System {
    /// The first value of an index whose range is not given.
    pub index_base: i64,
    /// Sizes given as numbers by name, then those that are symbols in source order.
    pub sizes: Vec<Size>,
    /// Given arrays, then defined ones, in source order.
    pub arrays: Vec<Array>,
    /// What the author requires of the sizes.
    pub requirements: Vec<String>,
    /// What had to be assumed of the sizes.
    pub assumptions: Vec<String>,
    /// Letters in the formulas that the author did not introduce.
    pub letters: Vec<Letter>,
}

/// A size.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Size {
    /// A number.
    Given {
        /// Its name.
        name: String,
        /// The number.
        value: Amount,
    },
    /// A symbol.
    Symbol {
        /// Its name.
        name: String,
        /// The least value it may take.
        least: Amount,
    },
}

/// An integer where it is known, a formula over the sizes elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Amount {
    /// An integer.
    Number(i64),
    /// A formula.
    Formula(String),
}

/// An array.
#[derive(Clone, Debug, Serialize)]
pub struct Array {
    /// Its name.
    pub name: String,
    /// `input`, `weight`, `integer`, `plain` (declared without a word), `param`, `output` or
    /// `intermediate`.
    pub role: &'static str,
    /// Its axes.
    pub axes: Vec<Axis>,
    /// The equation that defines it; none for a given array.
    pub definition: Option<Definition>,
}

/// One axis of an array.
#[derive(Clone, Debug, Serialize)]
pub struct Axis {
    /// The first index.
    pub first: Amount,
    /// The last index.
    pub last: Amount,
    /// The number of indices.
    pub length: Amount,
    /// How far reads may lie before and behind it, where they are 0.
    pub padding: [Amount; 2],
}

/// An equation as the author wrote it, every range explicit.
#[derive(Clone, Debug, Serialize)]
pub struct Definition {
    /// The free indices.
    pub indices: Vec<Range>,
    /// The right-hand side.
    pub formula: String,
}

/// An index and the range it runs over, both ends included.
#[derive(Clone, Debug, Serialize)]
pub struct Range {
    /// The index.
    pub name: String,
    /// Its first value.
    pub first: Amount,
    /// Its last value.
    pub last: Amount,
}

/// A letter and what it stands for.
#[derive(Clone, Debug, Serialize)]
pub struct Letter {
    /// The letter.
    pub name: String,
    /// `upstream gradient` or `length`.
    pub meaning: &'static str,
    /// The output whose upstream gradient it is.
    pub of: Option<String>,
    /// What it is equal to: `dl/df[r,o]`, `(N - K) div S + 1`.
    pub equals: String,
}

impl System {
    /// Of a question that is about no formulas: nothing but the first index.
    pub fn without(base: i64) -> System {
        System { index_base: base, ..System::default() }
    }
}
