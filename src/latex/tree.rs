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
    /// `\odot`, `\circ`: entry by entry
    Entry,
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
    /// ‖ ‖
    Norm,
    /// ⟨ ⟩
    Angle,
}

impl Tree {
    /// The parts it is made of, in reading order.
    pub fn parts(&self) -> Vec<&Tree> {
        match &self.kind {
            Kind::Number(_) | Kind::Name(_) | Kind::Words(_) => Vec::new(),
            Kind::Scripts(base, below, above) => {
                [Some(base), below.as_ref(), above.as_ref()].into_iter().flatten().map(|t| &**t).collect()
            }
            Kind::Fenced(_, items) | Kind::List(items) | Kind::Joined(_, items) => items.iter().collect(),
            Kind::Row(factors) => factors.iter().map(|(_, t)| t).collect(),
            Kind::Sum(terms) => terms.iter().map(|(_, t)| t).collect(),
            Kind::Root(inner) => vec![inner],
            Kind::Over(a, b) => vec![a, b],
            Kind::Big(_, below, above, body) => {
                [below.as_ref(), above.as_ref(), Some(body)].into_iter().flatten().map(|t| &**t).collect()
            }
            Kind::Cases(cases) => {
                cases.iter().flat_map(|(value, condition)| [value].into_iter().chain(condition)).collect()
            }
            Kind::Relations(first, sides) => first.iter().map(|t| &**t).chain(sides.iter().map(|(_, t)| t)).collect(),
        }
    }

    /// Whether it or a part of it satisfies the predicate.
    pub fn any(&self, test: &mut dyn FnMut(&Tree) -> bool) -> bool {
        test(self) || self.parts().into_iter().any(|part| part.any(test))
    }

    /// The same with another tree in the place of each of its parts.
    pub fn with_parts(self, f: &mut dyn FnMut(Tree) -> Tree) -> Tree {
        type Change<'f> = &'f mut dyn FnMut(Tree) -> Tree;
        fn one(tree: Tree, f: Change) -> Box<Tree> {
            Box::new(f(tree))
        }
        fn all(trees: Vec<Tree>, f: Change) -> Vec<Tree> {
            trees.into_iter().map(f).collect()
        }
        let kind = match self.kind {
            kind @ (Kind::Number(_) | Kind::Name(_) | Kind::Words(_)) => kind,
            Kind::Scripts(base, below, above) => {
                Kind::Scripts(one(*base, f), below.map(|t| one(*t, f)), above.map(|t| one(*t, f)))
            }
            Kind::Fenced(fence, items) => Kind::Fenced(fence, all(items, f)),
            Kind::List(items) => Kind::List(all(items, f)),
            Kind::Joined(word, items) => Kind::Joined(word, all(items, f)),
            Kind::Row(factors) => Kind::Row(factors.into_iter().map(|(link, t)| (link, f(t))).collect()),
            Kind::Sum(terms) => Kind::Sum(terms.into_iter().map(|(sign, t)| (sign, f(t))).collect()),
            Kind::Root(inner) => Kind::Root(one(*inner, f)),
            Kind::Over(a, b) => Kind::Over(one(*a, f), one(*b, f)),
            Kind::Big(word, below, above, body) => {
                Kind::Big(word, below.map(|t| one(*t, f)), above.map(|t| one(*t, f)), one(*body, f))
            }
            Kind::Cases(cases) => Kind::Cases(cases.into_iter().map(|(value, c)| (f(value), c.map(&mut *f))).collect()),
            Kind::Relations(first, sides) => {
                Kind::Relations(first.map(|t| one(*t, f)), sides.into_iter().map(|(glyph, t)| (glyph, f(t))).collect())
            }
        };
        Tree { kind, span: self.span }
    }

    /// The same with every place moved.
    pub(super) fn moved(self, to: &dyn Fn(Span) -> Span) -> Tree {
        let moved = self.with_parts(&mut |part| part.moved(to));
        Tree { span: to(moved.span), ..moved }
    }
}
