//! The tree of a formula, without meaning.

use crate::diagnostic::Span;
use crate::language::syntax::{Relation, Sign};

/// A piece of a formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    /// How it is built.
    pub kind: Kind,
    /// Where it stood.
    pub span: Span,
}

/// How a piece is built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `42`, `0.5`
    Number(String),
    /// A letter or a word that stands for one: `x`, `ell`, `sigma`, `token`; blackboard letters are
    /// `R` in `bb R`.
    Name(String),
    /// Words in between: `\text{if}`.
    Words(String),
    /// A base with a subscript and a superscript.
    Scripts(Box<Tree>, Option<Box<Tree>>, Option<Box<Tree>>),
    /// A fence around items that commas part.
    Fenced(Fence, Vec<Tree>),
    /// Items that commas part, without a fence.
    List(Vec<Tree>),
    /// Factors side by side, each with what links it to the one before.
    Row(Vec<(Link, Tree)>),
    /// Terms with their signs.
    Sum(Vec<(Sign, Tree)>),
    /// `\sqrt{a}`
    Root(Box<Tree>),
    /// `\frac{a}{b}`
    Over(Box<Tree>, Box<Tree>),
    /// `\sum_{…}^{…} body`; the word is `sum`, `prod`, `max`, …
    Big(String, Option<Box<Tree>>, Option<Box<Tree>>, Box<Tree>),
    /// `\begin{cases} value & condition \\ … \end{cases}`
    Cases(Vec<(Tree, Option<Tree>)>),
    /// `a = b \le c`: a first side, then relations; an empty first side where a line begins with one.
    Relations(Option<Box<Tree>>, Vec<(Glyph, Tree)>),
    /// Conditions joined by a word: `and`, `or`.
    Joined(&'static str, Vec<Tree>),
}

/// What stands between two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyph {
    /// `=`, `\le`, …
    Compare(Relation),
    /// `\in`
    In,
    /// `\mid`
    Divides,
    /// `\nmid`
    DividesNot,
}

/// What links a factor to the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// Nothing: side by side.
    Beside,
    /// `\cdot`, `*`
    Dot,
    /// `\times`
    Cross,
    /// `/`
    Slash,
    /// `\bmod`
    Mod,
}

/// A pair of brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fence {
    /// ( )
    Round,
    /// [ ]
    Square,
    /// \{ \}
    Curly,
    /// ⌊ ⌋
    Floor,
    /// ⌈ ⌉
    Ceil,
    /// | |
    Bars,
}
