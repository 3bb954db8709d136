//! The one plain-text printer, in two alphabets.
//!
//! ASCII is the language as it is typed; Unicode is what a terminal shows: `Σ(k=1..5) x[k]·W[k]`,
//! `2(r−1)`, `⌊a/b⌋`, `∂ℓ/∂f[r]`. Both can be read back. [`expression`](fn@expression) prints what has a
//! value, [`statement`](fn@statement) a line, [`file`](fn@file) everything.
//!
//! Invariant: for every tree that the parser can make, parsing what is printed here gives that
//! tree again, in either alphabet; parentheses stand exactly where they are needed for it, or
//! where the eye would be misled without.

mod condition;
mod expression;
mod literal;
mod matrix;
mod point;
mod statement;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod trees;

use super::syntax::{Answer, Binder, Claim, Condition, Equality, Expr, File, Given, MatrixExpr, Statement, Target};
use expression::{Level, Pen, Room};

/// Which signs are used for operators, comparisons, sums and derivatives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// What a keyboard has: `sum[k in 1..5] x[k] * W[k]`.
    Ascii,
    /// What a terminal shows: `Σ(k=1..5) x[k]·W[k]`.
    Unicode,
}

/// An expression: `sum[k in 1..5] x[i + 2*(r-1), k] * W[1,k,i]`.
pub fn expression(value: &Expr, alphabet: Alphabet) -> String {
    Pen { alphabet }.expression(value, Level::Whole, Room::Wide)
}

/// An expression as it stands inside square brackets, set closer: `i+2(r−1)`.
pub fn index(value: &Expr, alphabet: Alphabet) -> String {
    let pen = Pen { alphabet };
    pen.expression(value, Level::Whole, pen.inner())
}

/// A condition: `1 <= n - 2*(r-1) <= 3`.
pub fn condition(p: &Condition, alphabet: Alphabet) -> String {
    Pen { alphabet }.condition(p)
}

/// An index with its range: `k in 1..5`, in Unicode `k=1..5`.
pub fn binder(binder: &Binder, alphabet: Alphabet) -> String {
    Pen { alphabet }.binder(binder)
}

/// The name of something derived: `df[r,1]/dx[n,c]`.
pub fn target(target: &Target, alphabet: Alphabet) -> String {
    Pen { alphabet }.target(target)
}

/// The lengths of the axes of an array: `3 x 1`, and `scalar` where there are none.
pub fn shape(lengths: &[Expr], alphabet: Alphabet) -> String {
    Pen { alphabet }.shape(lengths)
}

/// A matrix form: `W^T*g`, in Unicode `Wᵀ·g`.
pub fn matrix(matrix: &MatrixExpr, alphabet: Alphabet) -> String {
    Pen { alphabet }.matrix(matrix)
}

/// What a test claims, as it stands after `expect`.
pub fn claim(claim: &Claim, alphabet: Alphabet) -> String {
    Pen { alphabet }.claimed(claim)
}

/// What is given at a point: `x = 1/3, h[t-1] = 0`.
pub fn given(given: &[Given], alphabet: Alphabet) -> String {
    Pen { alphabet }.given(given)
}

/// An equality, as it stands after `show`.
pub fn equality(equality: &Equality, alphabet: Alphabet) -> String {
    Pen { alphabet }.equality(equality)
}

/// A statement, without a line break.
pub fn statement(statement: &Statement, alphabet: Alphabet) -> String {
    Pen { alphabet }.statement(&statement.kind)
}

/// What is asked for, as it stands after `answer`.
pub fn answer(answer: &Answer, alphabet: Alphabet) -> String {
    Pen { alphabet }.answer(&answer.kind)
}

/// A whole specification in ASCII, indented by two spaces.
pub fn file(file: &File) -> String {
    file_in(file, Alphabet::Ascii)
}

/// A whole specification in either alphabet, indented by two spaces.
pub fn file_in(file: &File, alphabet: Alphabet) -> String {
    Pen { alphabet }.file(file)
}
