//! The syntax tree of the specification language: what the author wrote, and also what is
//! printed. The parser makes it, the printers and the independent evaluator read it.
//!
//! Invariant: `parse(print(tree)) == tree` for every tree the parser can make.

pub use super::call::{Argument, Call, LayerCall, Setting};
pub use super::homework::{
    Answer, AnswerKind, Equality, GivenGradient, Homework, Layout, Part, Problem, Question, Reading,
};
pub use super::matrix::{MatrixExpr, MatrixKind};
pub use super::point::{Given, LimitAsked, Place, ValueAsked, Values};
pub use super::reduction::{Extremum, Reduction};
use crate::diagnostic::Span;
use num_rational::BigRational;
use std::sync::Arc;

/// An identifier of the language; fresh copies of an index carry primes (`k'`).
pub type Name = Arc<str>;

/// An expression and where it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stood (ignored by equality).
    pub span: Span,
}

/// The shapes an expression can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExprKind {
    /// A non-negative rational literal: `3`, `0.5`.
    Number(BigRational),
    /// A size, an index, a param, or an array without axes.
    Name(Name),
    /// An array read: `x[i + 2*(r-1), k]`.
    Read(Name, Vec<Expr>),
    /// The upstream gradient of an output: `dl/df[r, 1]`.
    Upstream(Name, Vec<Expr>),
    /// A derivative not yet carried out: `d(x[n] * W[k])/dW[i]`, `df[r]/dW[i]`.
    Derivative(Box<Expr>, Name, Vec<Expr>),
    /// `a + b - c`: at least two terms, or a single negative one (`-a`).
    Sum(Vec<(Sign, Expr)>),
    /// `a * b / c div d`: at least two factors; the first carries `Times`.
    Product(Vec<(Operator, Expr)>),
    /// `a ^ b`.
    Power(Box<Expr>, Box<Expr>),
    /// `sum[k, i in 1..3 : condition] body`.
    Reduce(Reduction, Vec<Binder>, Option<Box<Condition>>, Box<Expr>),
    /// `floor(x)`, `min(a, b)`, `exp(a)`.
    Call(Name, Vec<Expr>),
    /// `conv1d(x, W; S = 2)[r, 1]`: with sizes or indices behind its arrays.
    Layer(Box<LayerCall>),
    /// `softargmax[j](s[i,j])`, `logsumexp[j in 1..i : j != k](s[i,j])`.
    Normalise(Normaliser, Vec<Binder>, Option<Box<Condition>>, Box<Expr>),
    /// An Iverson bracket `[p]`: 1 where p holds, else 0, and then what it multiplies is not evaluated.
    Bracket(Box<Condition>),
    /// `if p then a else b`.
    If(Box<Condition>, Box<Expr>, Box<Expr>),
}

/// Whether a term of a sum is added or subtracted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sign {
    /// `+`
    Plus,
    /// `-`
    Minus,
}

/// How a factor joins the product at its left. All bind alike and associate to the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `*`
    Times,
    /// `/`: exact division of values.
    Over,
    /// `div`: division of integers rounded down.
    Div,
    /// `mod`: the remainder of `div`, never negative for a positive divisor.
    Mod,
    /// `@`: the matrix product over trailing axes; elaboration writes it as a sum.
    Matmul,
}

/// What compares the entries of an array with the exponentials of all of them. The argument stands
/// in parentheses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Normaliser {
    /// `softargmax[j](z[j])`: exp(z[j]) / Σ exp(z[j]); the index stays free, and outside a given
    /// range the value is 0.
    Softargmax,
    /// `softmax[j](z[j])`: the same by its common name.
    Softmax,
    /// `logsoftargmax[j](z[j])`: its logarithm; the index stays free.
    LogSoftargmax,
    /// `logsoftmax[j](z[j])`: the same by its common name.
    LogSoftmax,
    /// `logsumexp[j](z[j])`: log Σ exp(z[j]); the index is bound.
    LogSumExp,
}

impl Normaliser {
    /// All of them.
    pub const ALL: [Normaliser; 5] = [
        Normaliser::Softargmax,
        Normaliser::Softmax,
        Normaliser::LogSoftargmax,
        Normaliser::LogSoftmax,
        Normaliser::LogSumExp,
    ];

    /// The word in the language.
    pub fn word(self) -> &'static str {
        match self {
            Normaliser::Softargmax => "softargmax",
            Normaliser::Softmax => "softmax",
            Normaliser::LogSoftargmax => "logsoftargmax",
            Normaliser::LogSoftmax => "logsoftmax",
            Normaliser::LogSumExp => "logsumexp",
        }
    }

    /// Whether its index is bound, as that of a sum is; otherwise the value depends on it.
    pub fn binds(self) -> bool {
        self == Normaliser::LogSumExp
    }
}

/// An index with the range it runs over, both ends included: `i`, `i in 1..3`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binder {
    /// The index.
    pub name: Name,
    /// Its first and last value; inferred where the author gives none.
    pub range: Option<(Expr, Expr)>,
    /// Where it stood.
    pub span: Span,
}

/// What an Iverson bracket, an `if`, a `require` or a conditional sum asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// `a <= b < c`: at least one relation.
    Chain(Expr, Vec<(Relation, Expr)>),
    /// `m | e`: m divides e.
    Divides(Expr, Expr),
    /// `p and q`: at least two.
    All(Vec<Condition>),
    /// `p or q`: at least two.
    Any(Vec<Condition>),
    /// `not (p)`.
    Not(Box<Condition>),
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

impl Relation {
    /// What holds of two values exactly where this does not.
    pub fn negated(self) -> Relation {
        match self {
            Relation::Equal => Relation::NotEqual,
            Relation::NotEqual => Relation::Equal,
            Relation::Less => Relation::AtLeast,
            Relation::AtMost => Relation::Greater,
            Relation::Greater => Relation::AtMost,
            Relation::AtLeast => Relation::Less,
        }
    }

    /// The same with its sides exchanged.
    pub fn mirrored(self) -> Relation {
        match self {
            Relation::Less => Relation::Greater,
            Relation::AtMost => Relation::AtLeast,
            Relation::Greater => Relation::Less,
            Relation::AtLeast => Relation::AtMost,
            same => same,
        }
    }
}

/// A specification file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct File {
    /// `index from 0`; 1 if absent.
    pub base: Option<i64>,
    /// Layers, homeworks and tests, in source order.
    pub items: Vec<Item>,
    /// Statements outside any of them: a formula alone, as given on the command line.
    pub statements: Vec<Statement>,
}

/// A top-level item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// `layer name "…" { … }`
    Layer(Layer),
    /// `homework "…" { … }`
    Homework(Homework),
    /// `test "…" for … { … }`
    Test(Test),
}

/// A named system of equations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// The layer's name.
    pub name: Name,
    /// The sentence in quotes after it.
    pub about: String,
    /// Sizes, arrays, equations, outputs.
    pub statements: Vec<Statement>,
    /// Where its name stands.
    pub span: Span,
}

/// A declaration or an equation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// What it says.
    pub kind: StatementKind,
    /// Where it stands.
    pub span: Span,
}

/// The statements layers, questions and tests are made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatementKind {
    /// `size N, P >= 0 = 0`
    Size(Vec<SizeDecl>),
    /// `param eps > 0 = 1/100000`
    Param(Vec<ParamDecl>),
    /// `require D*(K-1) + 1 <= N + 2*P`
    Require(Condition),
    /// `input x[N pad P, C]`, `weight W[F, C, K]`, `x[7, 5]`
    Arrays(Role, Vec<ArrayDecl>),
    /// `f[r] = sum[k] …`
    Equation(Equation),
    /// `output f`
    Output(Vec<(Name, Span)>),
    /// `notation f as f_W(x)`
    Notation(Name, String),
    /// What a layer call leaves behind; no author writes it.
    Call(Call),
}

/// `P >= 0 = 0`: a size, its least value (1 if none is given) and its default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SizeDecl {
    /// The size's name.
    pub name: Name,
    /// `>= 0`
    pub least: Option<Expr>,
    /// `= 3`
    pub default: Option<Expr>,
    /// Where it stands.
    pub span: Span,
}

/// `eps > 0 = 1/100000`: a constant that occurs in values only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParamDecl {
    /// The constant's name.
    pub name: Name,
    /// `> 0`
    pub bound: Option<(Relation, Expr)>,
    /// `= 1/100000`
    pub default: Option<Expr>,
    /// Where it stands.
    pub span: Span,
}

/// What an array is to the layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// `input`
    Input,
    /// `weight`
    Weight,
    /// `integer`: data that may stand inside an index; never differentiated.
    Integer,
    /// Declared without a word: an input if nothing defines it.
    Plain,
}

/// `x[N pad P, C]`, `token[T] in 1..vocab`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArrayDecl {
    /// The array's name.
    pub name: Name,
    /// Its axes; none for a scalar.
    pub axes: Vec<Axis>,
    /// The range of the values of integer data.
    pub values: Option<(Expr, Expr)>,
    /// Where it stands.
    pub span: Span,
}

/// One axis: a length (`N`) or a range (`0..T`), with padding before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    /// The first index of an explicit range; the index base if absent.
    pub first: Option<Expr>,
    /// The length, or the last index of an explicit range.
    pub last: Expr,
    /// `pad P` gives (P, P), `pad (top, bottom)` both.
    pub pad: Option<(Expr, Expr)>,
}

/// `f[r in 1..3, 1] = …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equation {
    /// The array defined.
    pub array: Name,
    /// Its indices: new names, or constants.
    pub at: Vec<LeftIndex>,
    /// The right-hand side.
    pub body: Expr,
    /// Where the left-hand side stands.
    pub span: Span,
}

/// An index on the left of an equation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeftIndex {
    /// `r`, `r in 1..3`
    Free(Binder),
    /// `1`
    Fixed(Expr),
}

/// The name of something that is derived. Indices may be given, to name or fix them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// `shape f`
    Shape(Box<Target>),
    /// `f`, `f[r, 1]`
    Value(Name, Option<Vec<Expr>>),
    /// `df/dW`, `df[r, 1]/dx[n, c]`
    Jacobian((Name, Option<Vec<Expr>>), (Name, Option<Vec<Expr>>)),
    /// `dl/dW`, `dl/dW[1, k, i]`
    Gradient(Name, Option<Vec<Expr>>),
    /// `d2f/dW dx`, `d2f[r]/dx[i] dx[j]`
    Second(Box<[(Name, Option<Vec<Expr>>); 3]>),
}

impl Target {
    /// What a shape is asked of; anything else is itself.
    pub fn within(&self) -> &Target {
        match self {
            Target::Shape(of) => of.within(),
            other => other,
        }
    }

    /// The shape of it; a shape is itself.
    pub fn shape(self) -> Target {
        match self {
            shape @ Target::Shape(_) => shape,
            of => Target::Shape(Box::new(of)),
        }
    }

    /// A second derivative as a Jacobian of the array that the first one is; anything else is itself.
    pub fn lowered(&self) -> Target {
        match self {
            Target::Shape(of) => Target::Shape(Box::new(of.lowered())),
            Target::Second(parts) => {
                let [(of, rows), (first, at), second] = &**parts;
                let written = rows.is_some() || at.is_some();
                let rows = written.then(|| rows.iter().chain(at).flatten().cloned().collect());
                Target::Jacobian((format!("∂{of}/∂{first}").into(), rows), second.clone())
            }
            other => other.clone(),
        }
    }

    /// The same without indices.
    pub fn bare(&self) -> Target {
        match self {
            Target::Shape(of) => Target::Shape(Box::new(of.bare())),
            Target::Value(name, _) => Target::Value(name.clone(), None),
            Target::Jacobian((output, _), (array, _)) => {
                Target::Jacobian((output.clone(), None), (array.clone(), None))
            }
            Target::Gradient(array, _) => Target::Gradient(array.clone(), None),
            Target::Second(parts) => Target::Second(Box::new(parts.each_ref().map(|(name, _)| (name.clone(), None)))),
        }
    }
}

/// `test "…" for conv1d(N=7) { expect … reject … }`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// Its title.
    pub title: String,
    /// The layer and the sizes it is tested at; none if the test holds its own statements.
    pub subject: Option<Subject>,
    /// Its own statements.
    pub statements: Vec<Statement>,
    /// What it claims.
    pub claims: Vec<Claim>,
    /// Where its title stands.
    pub span: Span,
}

/// `conv1d(N = 7, C = 5)`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The layer's name.
    pub layer: Name,
    /// Sizes by name.
    pub sizes: Vec<(Name, Expr)>,
    /// Where it stands.
    pub span: Span,
}

/// `expect dl/dW[1,k,i] = …` or `reject … because "…"`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Whether the formula must be equal (`expect`) or must differ (`reject`).
    pub expected: bool,
    /// What the formula is for.
    pub target: Target,
    /// The formula.
    pub value: ClaimValue,
    /// `because "…"`
    pub because: Option<String>,
    /// Where it stands.
    pub span: Span,
}

/// The right-hand side of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimValue {
    /// `3 x (7 x 5)`: the lengths of the axes, groups flattened; empty for a scalar (`scalar`).
    Shape(Vec<Expr>),
    /// A formula in the language.
    Formula(Expr),
    /// `matrix … layout numerator = x*g^T`: a matrix form, in the shape layout if none is given.
    Matrix(MatrixExpr, Option<Layout>),
    /// `count weights = (D + 1)*H`: how many numbers there are in all weights, or in one array.
    Count(Expr),
}

impl Expr {
    /// An expression that stands nowhere in a source text.
    pub fn new(kind: ExprKind) -> Self {
        Expr { kind, span: Span::default() }
    }

    /// A name.
    pub fn name(name: impl Into<Name>) -> Self {
        Expr::new(ExprKind::Name(name.into()))
    }

    /// An integer, negative ones as `-n`.
    pub fn integer(value: i128) -> Self {
        let literal = Expr::new(ExprKind::Number(BigRational::from_integer(value.unsigned_abs().into())));
        if value < 0 { Expr::new(ExprKind::Sum(vec![(Sign::Minus, literal)])) } else { literal }
    }
}
