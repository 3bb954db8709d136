//! Matrix forms: a derived formula with at most two free axes as an expression of matrix algebra.
//!
//! A formula is [read] as a [network] of factors that share indices; contracting it gives products,
//! traces, outer products and diagonal matrices. Only the wiring of indices is looked at, never where
//! the answer came from; what does not fit is [refused](Unfit), never guessed. Invariant: every
//! matrix knows its shape, and its [entries](entry) follow from the definitions of the operations
//! alone, in code that shares nothing with the recognition.

mod build;
pub mod entry;
mod network;
mod plain;
mod read;
mod shapes;
pub mod written;

use crate::derivation::{Derivation, Goal};
use crate::integer::{Index, Var};
use crate::language::function::Function;
use crate::language::syntax::{Expr, Layout, Name, Relation, Sign};
use crate::model::{Bound, Quote, System};

/// An expression of matrix algebra with its shape: a vector is a column, a scalar is 1×1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// What it is.
    pub form: Form,
    /// Its rows.
    pub rows: Extent,
    /// Its columns.
    pub columns: Extent,
}

/// The range of one axis of a matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extent {
    /// One place.
    One,
    /// First and last index.
    Range(Index, Index),
}

/// The forms a matrix can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// An array of the system.
    Array(Name),
    /// What remains of an array at fixed first indices: `Q[1]`, `h[t-1]`.
    Slice(Name, Vec<Expr>),
    /// The upstream gradient of an output, and the letter that it has.
    Upstream(Name, Option<Name>),
    /// A number: a formula without indices.
    Scalar(Expr),
    /// Every entry is 1.
    Ones,
    /// 1 on the diagonal, 0 elsewhere.
    Identity,
    /// The transpose.
    Transpose(Box<Matrix>),
    /// The matrix product of at least two factors.
    Product(Vec<Matrix>),
    /// The product entry by entry of at least two factors.
    Hadamard(Vec<Matrix>),
    /// The quotient entry by entry.
    Quotient(Box<[Matrix; 2]>),
    /// The power entry by entry.
    Power(Box<Matrix>, i64),
    /// A function entry by entry; an argument that is a scalar is the same for all entries.
    Apply(Function, Vec<Matrix>),
    /// 1 where the comparison of entries holds, else 0; a side that is a scalar is the same for all.
    Compare(Relation, Box<[Matrix; 2]>),
    /// The diagonal matrix of a vector.
    Diag(Box<Matrix>),
    /// The diagonal of a square matrix, as a vector.
    Diagonal(Box<Matrix>),
    /// The trace of a square matrix.
    Trace(Box<Matrix>),
    /// A sum of terms; a single one is negative.
    Sum(Vec<(Sign, Matrix)>),
    /// A scalar times a matrix.
    Scale(Box<[Matrix; 2]>),
}

/// An answer in matrix form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatrixForm {
    /// The right side.
    pub matrix: Matrix,
    /// The free index of the rows.
    pub row: Option<Var>,
    /// The free index of the columns.
    pub column: Option<Var>,
    /// How the axes are laid out.
    pub layout: Layout,
}

/// Why a formula has no matrix form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// The answer has more than two axes.
    Axes(usize),
    /// A factor has more than two axes that are not of length 1.
    Factor(Name),
    /// An array is read elsewhere than at bare indices that run over its whole axes.
    Place(Name),
    /// A bracket asks for more than that two indices are equal.
    Condition,
    /// An index that is summed over has a range that depends on others.
    Range(Name),
    /// A value that no operation on matrices gives: an index as a number, a product over an index.
    Value,
    /// The factors share indices in a way that no product of matrices has.
    Wiring,
    /// The matrix form found has other entries than the formula.
    Differs,
}

impl Extent {
    /// The range from first to last.
    fn new(lo: &Index, hi: &Index) -> Extent {
        if same(lo, hi) { Extent::One } else { Extent::Range(lo.clone(), hi.clone()) }
    }

    /// Whether both are the same range.
    fn is(&self, other: &Extent) -> bool {
        match (self, other) {
            (Extent::One, Extent::One) => true,
            (Extent::Range(a, b), Extent::Range(c, d)) => same(a, c) && same(b, d),
            _ => false,
        }
    }

    /// How many places it has.
    pub fn length(&self) -> Index {
        match self {
            Extent::One => Index::constant(1),
            Extent::Range(lo, hi) => hi.minus(lo).plus_number(1),
        }
    }
}

fn same(a: &Index, b: &Index) -> bool {
    a == b || a.canonical() == b.canonical()
}

impl Matrix {
    /// Whether it is 1×1.
    pub fn is_scalar(&self) -> bool {
        self.rows == Extent::One && self.columns == Extent::One
    }

    /// The parts it is made of, in reading order.
    pub fn parts(&self) -> Vec<&Matrix> {
        match &self.form {
            Form::Array(_) | Form::Slice(..) | Form::Upstream(..) => Vec::new(),
            Form::Scalar(_) | Form::Ones | Form::Identity => Vec::new(),
            Form::Transpose(of) | Form::Power(of, _) | Form::Diag(of) | Form::Diagonal(of) | Form::Trace(of) => {
                vec![of]
            }
            Form::Product(all) | Form::Hadamard(all) | Form::Apply(_, all) => all.iter().collect(),
            Form::Quotient(pair) | Form::Compare(_, pair) | Form::Scale(pair) => pair.iter().collect(),
            Form::Sum(terms) => terms.iter().map(|(_, term)| term).collect(),
        }
    }

    /// Whether it or a part of it satisfies the predicate.
    pub fn any(&self, test: &mut dyn FnMut(&Matrix) -> bool) -> bool {
        test(self) || self.parts().into_iter().any(|part| part.any(test))
    }
}

/// The rows and columns that a derivative has in a layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The free index of the rows.
    pub row: Option<Var>,
    /// The free index of the columns.
    pub column: Option<Var>,
    /// Whether they are exchanged, compared with the shape layout.
    turned: bool,
}

impl Frame {
    /// The frame of an answer in a layout.
    ///
    /// # Errors
    /// If the answer has more than two axes.
    pub fn new(derivation: &Derivation, layout: Layout) -> Result<Frame, Unfit> {
        let [row, column] = sides(derivation)?;
        let turned = match (&derivation.goal, layout) {
            (Goal::Value { .. }, _) | (_, Layout::Shape) => false,
            (Goal::Gradient { .. }, layout) => layout == Layout::Numerator,
            (Goal::Jacobian { .. } | Goal::Step { .. }, layout) => {
                let scalar = derivation.indices[..derivation.output_axes].iter().all(is_single);
                (layout == Layout::Numerator) == scalar
            }
        };
        let (row, column) = if turned { (column, row) } else { (row, column) };
        Ok(Frame { row, column, turned })
    }

    /// The ranges of rows and columns.
    pub fn extents(&self, derivation: &Derivation) -> [Extent; 2] {
        [&self.row, &self.column].map(|side| {
            let bound = derivation.indices.iter().find(|b| Some(&b.var) == side.as_ref());
            bound.map_or(Extent::One, |b| Extent::new(&b.lo, &b.hi))
        })
    }
}

/// The matrix form of a derived formula in a layout; `quote` gives its scalars and letters.
///
/// # Errors
/// Why it has none.
pub fn matrix_form(
    system: &System,
    quote: &Quote,
    derivation: &Derivation,
    layout: Layout,
) -> Result<MatrixForm, Unfit> {
    let [row, column] = sides(derivation)?;
    let matrix = read::matrix(system, quote, derivation, [&row, &column])?;
    let Frame { row, column, turned } = Frame::new(derivation, layout)?;
    let matrix = if turned { build::transposed_whole(matrix) } else { matrix };
    Ok(MatrixForm { matrix, row, column, layout })
}

fn is_single(bound: &Bound) -> bool {
    same(&bound.lo, &bound.hi)
}

/// The free indices of rows and columns in the shape layout. Axes of length 1 count as none; of an
/// array that is declared with two axes both keep their places, so that a row is a row.
fn sides(derivation: &Derivation) -> Result<[Option<Var>; 2], Unfit> {
    let (all, array) = derivation.indices.split_at(derivation.output_axes);
    let output: Vec<Bound> = all.iter().filter(|b| !derivation.goal.fixes(&b.var)).cloned().collect();
    let output = output.as_slice();
    let long =
        |bounds: &[Bound]| -> Vec<Var> { bounds.iter().filter(|b| !is_single(b)).map(|b| b.var.clone()).collect() };
    let shaped = |bounds: &[Bound]| match (bounds, long(bounds).as_slice()) {
        ([first, second], [_] | []) => Ok([first, second].map(|b| (!is_single(b)).then(|| b.var.clone()))),
        (_, []) => Ok([None, None]),
        (_, [one]) => Ok([Some(one.clone()), None]),
        (_, [one, two]) => Ok([Some(one.clone()), Some(two.clone())]),
        (_, more) => Err(Unfit::Axes(more.len())),
    };
    match (long(output).as_slice(), long(array).as_slice()) {
        (_, []) if !output.is_empty() => shaped(output),
        ([], _) => shaped(array),
        ([one], [two]) => Ok([Some(one.clone()), Some(two.clone())]),
        (rows, columns) => Err(Unfit::Axes(rows.len() + columns.len())),
    }
}
