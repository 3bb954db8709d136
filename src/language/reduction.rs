//! The prefix operators that bind indices, as words of the language.
//!
//! An extremum is the greatest or least of its terms, or the place where that stands first. Invariant:
//! the place of an extremum is a value of its index, so an `argmax` or `argmin` has exactly one.

/// The prefix operators that bind indices; the body is the product that follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reduction {
    /// `sum`
    Sum,
    /// `mean`: the sum over the number of its terms.
    Mean,
    /// `prod`
    Product,
    /// `var`: the mean of the squared distances from the mean.
    Variance,
    /// `max`, `min`, `argmax`, `argmin`
    Extremum(Extremum),
}

impl Reduction {
    /// The word in the language.
    pub fn word(self) -> &'static str {
        match self {
            Reduction::Sum => "sum",
            Reduction::Mean => "mean",
            Reduction::Product => "prod",
            Reduction::Variance => "var",
            Reduction::Extremum(extremum) => extremum.word(),
        }
    }
}

/// The greatest or the least of several values, or where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Extremum {
    /// `max`: the greatest value.
    Max,
    /// `min`: the least value.
    Min,
    /// `argmax`: the first index at which the value is greatest.
    ArgMax,
    /// `argmin`: the first index at which the value is least.
    ArgMin,
}

impl Extremum {
    /// All of them.
    pub const ALL: [Extremum; 4] = [Extremum::Max, Extremum::Min, Extremum::ArgMax, Extremum::ArgMin];

    /// The word in the language.
    pub fn word(self) -> &'static str {
        match self {
            Extremum::Max => "max",
            Extremum::Min => "min",
            Extremum::ArgMax => "argmax",
            Extremum::ArgMin => "argmin",
        }
    }

    /// Whether it is an index, not a value.
    pub fn is_place(self) -> bool {
        matches!(self, Extremum::ArgMax | Extremum::ArgMin)
    }

    /// Whether it is about the least value.
    pub fn is_least(self) -> bool {
        matches!(self, Extremum::Min | Extremum::ArgMin)
    }

    /// Where the value stands first.
    pub fn place(self) -> Extremum {
        if self.is_least() { Extremum::ArgMin } else { Extremum::ArgMax }
    }

    /// The same of the values with their signs changed.
    pub fn mirrored(self) -> Extremum {
        match self {
            Extremum::Max => Extremum::Min,
            Extremum::Min => Extremum::Max,
            Extremum::ArgMax => Extremum::ArgMin,
            Extremum::ArgMin => Extremum::ArgMax,
        }
    }
}
