//! Why an expression has no value at the given sizes and indices.
//!
//! Every message is a full lower-case sentence in the author's own symbols.

use crate::language::function::Function;
use crate::language::syntax::Name;
use std::fmt;

/// Why an expression has no value.
#[derive(Clone, Debug, PartialEq)]
pub enum EvalError {
    /// A read outside its array and its padding.
    OutOfRange {
        /// The array read.
        array: Name,
        /// Which of its axes, counted from 0.
        axis: usize,
        /// The index that was asked for.
        index: i128,
        /// The first index of that axis.
        first: i64,
        /// The last index of that axis.
        last: i64,
    },
    /// A name that is neither an index, a size, a param nor an array evaluated before.
    UnknownName(Name),
    /// A size of the system that was given no number.
    MissingSize(Name),
    /// A bound index without a range.
    NoRange(Name),
    /// An array read with the wrong number of indices.
    Rank {
        /// The array read.
        array: Name,
        /// How many axes it has.
        expected: usize,
        /// How many indices were given.
        found: usize,
    },
    /// A formula evaluated at the wrong number of free indices, or a direction of the wrong length.
    Count {
        /// How many numbers are needed.
        expected: usize,
        /// How many were given.
        found: usize,
    },
    /// A fraction where an integer is needed, written `7/2`.
    NotInteger(String),
    /// A division by zero, or divisibility by zero.
    ZeroDivisor,
    /// A mean over no terms.
    EmptyMean,
    /// A normaliser over no terms.
    EmptyNormaliser(&'static str),
    /// A maximum or minimum over no terms.
    EmptyExtremum(&'static str),
    /// A logarithm of a softargmax at an index outside its range.
    OutsideNormaliser(&'static str),
    /// No real value at any of the points that were tried.
    OutsideDomain {
        /// The array defined with it.
        array: Name,
        /// The function that has no real value, where one is known.
        function: Option<Function>,
    },
    /// An equality that is required of the given arrays and cannot be solved for an entry.
    NotAFact(String),
    /// A comparison that is required and holds at none of the points that were tried.
    UnmetFact(String),
    /// An entry that two equations define.
    DefinedTwice {
        /// The array.
        array: Name,
        /// The indices.
        at: Vec<i64>,
    },
    /// An entry between those that the equations of its array define.
    NeverDefined {
        /// The array.
        array: Name,
        /// The indices.
        at: Vec<i64>,
    },
    /// Entries of which each is computed from the next, and the last from the first.
    Circle(Vec<(Name, Vec<i64>)>),
    /// Integer data whose range of values is empty or missing.
    NoValues(Name),
    /// Integer data, a size or a param differentiated for.
    NotDifferentiable(Name),
    /// An array has too many entries to be held.
    TooManyEntries {
        /// The most entries an array may have.
        limit: usize,
    },
    /// More elementary operations than allowed.
    TooMuchWork {
        /// How many are allowed.
        limit: u64,
    },
    /// The time ran out.
    OutOfTime,
    /// An integer beyond 128 bits, or an index beyond 64 bits.
    Overflow,
    /// A construct that has no exact value here, in words that follow "cannot evaluate".
    Unsupported(String),
}

impl fmt::Display for EvalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EvalError::OutOfRange { array, axis, index, first, last } => {
                write!(f, "{array} is read at {index} on axis {}, which runs over {first}..{last}", axis + 1)
            }
            EvalError::UnknownName(name) => write!(f, "{name} has no value here"),
            EvalError::MissingSize(name) => write!(f, "the size {name} is given no number"),
            EvalError::NoRange(name) => write!(f, "the index {name} has no range"),
            EvalError::Rank { array, expected, found } => {
                write!(f, "{array} has {expected} axes and is read with {found} indices")
            }
            EvalError::Count { expected, found } => {
                write!(f, "{expected} numbers are needed and {found} are given")
            }
            EvalError::NotInteger(value) => {
                write!(f, "{value} is not an integer where an integer is needed")
            }
            EvalError::ZeroDivisor => f.write_str("a divisor is zero"),
            EvalError::EmptyMean => f.write_str("a mean is taken over no terms"),
            EvalError::EmptyNormaliser(word) | EvalError::EmptyExtremum(word) => {
                write!(f, "{word} is taken over no terms")
            }
            EvalError::OutsideNormaliser(word) => write!(f, "{word} is taken outside its range"),
            EvalError::OutsideDomain { array, function } => {
                write!(f, "{array} has no real value at any point that was tried")?;
                function.map_or(Ok(()), |function| write!(f, ": {} has none there", function.name()))
            }
            EvalError::NotAFact(fact) => {
                write!(f, "{fact} cannot be required: it is linear in no entry of a given array that is still free")
            }
            EvalError::UnmetFact(fact) => write!(f, "{fact} does not hold at any point that was tried"),
            EvalError::DefinedTwice { array, at } => write!(f, "{} is defined twice", entry(array, at)),
            EvalError::NeverDefined { array, at } => write!(f, "{} is never defined", entry(array, at)),
            EvalError::Circle(entries) => circle(f, entries),
            EvalError::NoValues(name) => {
                write!(f, "the integer data {name} can take no value")
            }
            EvalError::NotDifferentiable(name) => {
                write!(f, "{name} is not an array that can be differentiated for")
            }
            EvalError::TooManyEntries { limit } => write!(f, "an array here has more than {limit} entries"),
            EvalError::TooMuchWork { limit } => {
                write!(f, "the evaluation needs more than {limit} operations")
            }
            EvalError::OutOfTime => f.write_str("the time ran out"),
            EvalError::Overflow => f.write_str("an integer is too large"),
            EvalError::Unsupported(what) => write!(f, "cannot evaluate {what}"),
        }
    }
}

impl std::error::Error for EvalError {}

impl EvalError {
    /// Whether a value only grew beyond what floating point holds, so that smaller sizes may have values.
    pub fn grew_too_large(&self) -> bool {
        matches!(self, EvalError::OutsideDomain { function, .. } if function.is_none_or(|f| f.entry().domain.is_none()))
    }
}

fn entry(array: &str, at: &[i64]) -> String {
    let indices: Vec<String> = at.iter().map(i64::to_string).collect();
    if at.is_empty() { array.into() } else { format!("{array}[{}]", indices.join(",")) }
}

/// How many entries of a circle are named.
const NAMED: usize = 6;

fn circle(f: &mut fmt::Formatter<'_>, entries: &[(Name, Vec<i64>)]) -> fmt::Result {
    for (place, (array, at)) in entries.iter().take(NAMED).enumerate() {
        let link = if place == 0 { "" } else { " needs " };
        let link = if place > 1 { ", which needs " } else { link };
        write!(f, "{link}{}", entry(array, at))?;
    }
    let dots = if entries.len() > NAMED { ", and so on," } else { "" };
    let Some((array, at)) = entries.first() else { return Ok(()) };
    let link = if entries.len() == 1 { " needs" } else { ", which needs" };
    let link = if entries.len() > NAMED { " back to" } else { link };
    write!(f, "{dots}{link} {}", entry(array, at))
}
