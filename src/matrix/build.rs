//! Matrices put together: what the textbook would simplify is simplified on the way.
//!
//! (AB)ᵀ = BᵀAᵀ, (Aᵀ)ᵀ = A, AI = A, 1 ⊙ v = v, products of products and of entries are flat.
//! Invariant: the shapes of what is put together fit, because indices of one range joined them.

use super::{Extent, Form, Matrix};
use crate::language::syntax::{Expr, Sign};
use crate::model::{Quote, Term};
use num_traits::{One, Signed};

/// A matrix of 1s.
pub fn ones(rows: Extent, columns: Extent) -> Matrix {
    match (&rows, &columns) {
        (Extent::One, Extent::One) => scalar(Expr::integer(1)),
        (Extent::One, _) => {
            Matrix { form: Form::Transpose(Box::new(ones(columns.clone(), Extent::One))), rows: Extent::One, columns }
        }
        (_, Extent::One) => Matrix { form: Form::Ones, rows, columns },
        _ => product(vec![ones(rows, Extent::One), ones(Extent::One, columns)]),
    }
}

/// A number.
pub fn scalar(value: Expr) -> Matrix {
    Matrix { form: Form::Scalar(value), rows: Extent::One, columns: Extent::One }
}

/// The identity.
pub fn identity(extent: &Extent) -> Matrix {
    Matrix { form: Form::Identity, rows: extent.clone(), columns: extent.clone() }
}

/// The matrix product.
pub fn product(factors: Vec<Matrix>) -> Matrix {
    let rows = factors.first().map_or(Extent::One, |m| m.rows.clone());
    let columns = factors.last().map_or(Extent::One, |m| m.columns.clone());
    let mut flat = Vec::with_capacity(factors.len());
    for factor in factors {
        match factor.form {
            Form::Product(inner) => flat.extend(inner),
            Form::Identity => {}
            _ => flat.push(factor),
        }
    }
    match flat.len() {
        0 => identity(&rows),
        1 => flat.remove(0),
        _ => Matrix { form: Form::Product(flat), rows, columns },
    }
}

/// The product entry by entry of at least one factor.
pub fn hadamard(factors: Vec<Matrix>) -> Option<Matrix> {
    let (rows, columns) = factors.first().map(|m| (m.rows.clone(), m.columns.clone()))?;
    let mut flat = Vec::with_capacity(factors.len());
    for factor in factors {
        match factor.form {
            Form::Hadamard(inner) => flat.extend(inner),
            Form::Ones => {}
            _ => flat.push(factor),
        }
    }
    Some(match flat.len() {
        0 => ones(rows, columns),
        1 => flat.remove(0),
        _ => Matrix { form: Form::Hadamard(flat), rows, columns },
    })
}

/// The quotient entry by entry.
pub fn quotient(above: Matrix, below: Matrix) -> Matrix {
    let (rows, columns) = (above.rows.clone(), above.columns.clone());
    Matrix { form: Form::Quotient(Box::new([above, below])), rows, columns }
}

/// The power entry by entry.
pub fn power(base: Matrix, exponent: i64) -> Matrix {
    let (rows, columns) = (base.rows.clone(), base.columns.clone());
    if exponent == 1 { base } else { Matrix { form: Form::Power(Box::new(base), exponent), rows, columns } }
}

/// The diagonal matrix of a vector.
pub fn diag(vector: Matrix) -> Matrix {
    let extent = vector.rows.clone();
    match vector.form {
        Form::Ones => identity(&extent),
        _ => Matrix { form: Form::Diag(Box::new(vector)), rows: extent.clone(), columns: extent },
    }
}

/// The diagonal of a square matrix.
pub fn diagonal(of: Matrix) -> Matrix {
    let rows = of.rows.clone();
    match of.form {
        Form::Diag(vector) => *vector,
        Form::Identity => ones(rows, Extent::One),
        _ => Matrix { form: Form::Diagonal(Box::new(of)), rows, columns: Extent::One },
    }
}

/// The trace of a square matrix.
pub fn trace(of: Matrix) -> Matrix {
    Matrix { form: Form::Trace(Box::new(of)), rows: Extent::One, columns: Extent::One }
}

/// How many transposes stand in it.
pub fn turns(matrix: &Matrix) -> usize {
    let own = usize::from(matches!(matrix.form, Form::Transpose(_)));
    own + matrix.parts().into_iter().map(turns).sum::<usize>()
}

/// The transpose of what stands by itself: sums and products entry by entry of products of matrices
/// are transposed part by part.
pub fn transposed_whole(matrix: Matrix) -> Matrix {
    let composed = matrix.parts().into_iter().any(|part| matches!(part.form, Form::Product(_)));
    match &matrix.form {
        Form::Sum(_) | Form::Hadamard(_) | Form::Quotient(_) if composed => inside(matrix),
        Form::Scale(_) => {
            let (rows, columns) = (matrix.columns.clone(), matrix.rows.clone());
            let Form::Scale(pair) = matrix.form else { return matrix };
            let [factor, of] = *pair;
            Matrix { form: Form::Scale(Box::new([factor, transposed_whole(of)])), rows, columns }
        }
        _ => transposed(matrix),
    }
}

/// The transpose, pushed inside where fewer transposes are left then: of products and of what
/// multiplies them always, of sums also where there are as many.
pub fn transposed(matrix: Matrix) -> Matrix {
    if matrix.is_scalar() {
        return matrix;
    }
    let always = match &matrix.form {
        Form::Identity | Form::Diag(_) => return matrix,
        Form::Transpose(_) | Form::Product(_) | Form::Scale(_) => true,
        Form::Sum(terms) => terms.len() == 1,
        _ => false,
    };
    if always {
        return inside(matrix);
    }
    let (rows, columns) = (matrix.columns.clone(), matrix.rows.clone());
    let outside = Matrix { form: Form::Transpose(Box::new(matrix.clone())), rows, columns };
    let on_par = matches!(matrix.form, Form::Sum(_) | Form::Hadamard(_));
    let inside = inside(matrix);
    let (fewer, more) = (turns(&inside), turns(&outside));
    if fewer < more || on_par && fewer == more { inside } else { outside }
}

/// The transpose, its parts transposed.
fn inside(matrix: Matrix) -> Matrix {
    let (rows, columns) = (matrix.columns.clone(), matrix.rows.clone());
    let form = match matrix.form {
        Form::Transpose(of) => return *of,
        Form::Product(factors) => Form::Product(factors.into_iter().rev().map(transposed).collect()),
        Form::Hadamard(factors) => Form::Hadamard(factors.into_iter().map(transposed).collect()),
        Form::Quotient(pair) => Form::Quotient(Box::new(pair.map(transposed))),
        Form::Scale(pair) => {
            let [factor, of] = *pair;
            Form::Scale(Box::new([factor, transposed(of)]))
        }
        Form::Sum(terms) => Form::Sum(terms.into_iter().map(|(sign, term)| (sign, transposed(term))).collect()),
        Form::Power(base, exponent) => Form::Power(Box::new(transposed(*base)), exponent),
        Form::Apply(function, parts) => Form::Apply(function, parts.into_iter().map(transposed).collect()),
        Form::Compare(relation, pair) => Form::Compare(relation, Box::new(pair.map(transposed))),
        Form::Array(_) | Form::Slice(..) | Form::Upstream(..) | Form::Scalar(_) | Form::Ones | Form::Identity => {
            Form::Transpose(Box::new(matrix.clone()))
        }
        Form::Diag(_) | Form::Diagonal(_) | Form::Trace(_) => Form::Transpose(Box::new(matrix.clone())),
    };
    Matrix { form, rows, columns }
}

/// A matrix with the scalars that multiply and divide it; without a matrix, these alone.
#[derive(Clone, Debug, Default)]
pub struct Scaled {
    /// Formulas without indices.
    pub scale: Vec<Term>,
    /// Scalars that matrices make, such as quadratic forms.
    pub above: Vec<Matrix>,
    /// The same in the denominator.
    pub below: Vec<Matrix>,
    /// The matrix.
    pub matrix: Option<Matrix>,
}

impl Scaled {
    /// The same times formulas without indices.
    pub fn times(mut self, scale: &[Term]) -> Scaled {
        self.scale.splice(0..0, scale.iter().cloned());
        self
    }

    /// Its sign, and what is left without it as one matrix.
    pub fn signed(self, quote: &Quote) -> (Sign, Matrix) {
        let number = Term::product(self.scale);
        let negative = number.factors()[0].as_number().is_some_and(|n| n.is_negative());
        let (sign, size) = if negative { (Sign::Minus, number.negative()) } else { (Sign::Plus, number) };
        let is_one = size.as_number().is_some_and(One::is_one);
        let mut scalars: Vec<Matrix> = if is_one { Vec::new() } else { vec![scalar(quote.formula(&size))] };
        scalars.extend(self.above);
        let below = chained(self.below);
        let scalars = match below {
            Some(below) => vec![quotient(chained(scalars).unwrap_or_else(|| scalar(Expr::integer(1))), below)],
            None => scalars,
        };
        let whole = chained(scalars.into_iter().chain(self.matrix).collect());
        (sign, whole.unwrap_or_else(|| scalar(Expr::integer(1))))
    }

    /// All of it as one matrix.
    pub fn whole(self, quote: &Quote) -> Matrix {
        match self.signed(quote) {
            (Sign::Plus, matrix) => matrix,
            signed => sum(vec![signed]),
        }
    }
}

/// Scalars times what stands last.
fn chained(mut parts: Vec<Matrix>) -> Option<Matrix> {
    let last = parts.pop()?;
    Some(parts.into_iter().rev().fold(last, |of, factor| {
        let (rows, columns) = (of.rows.clone(), of.columns.clone());
        Matrix { form: Form::Scale(Box::new([factor, of])), rows, columns }
    }))
}

/// A sum of at least one term, one that is added first if there is any.
pub fn sum(mut terms: Vec<(Sign, Matrix)>) -> Matrix {
    if let Some(first) = terms.iter().position(|(sign, _)| *sign == Sign::Plus) {
        terms[..=first].rotate_right(1);
    }
    if let [(Sign::Plus, only)] = terms.as_slice() {
        return only.clone();
    }
    let (rows, columns) =
        terms.first().map_or((Extent::One, Extent::One), |(_, m)| (m.rows.clone(), m.columns.clone()));
    if let [(sign, first), rest @ ..] = terms.as_slice()
        && !rest.is_empty()
        && rest.iter().all(|(other, m)| other == sign && m == first)
    {
        let number = Expr::integer(terms.len() as i128);
        let form = Form::Scale(Box::new([scalar(number), first.clone()]));
        return sum(vec![(*sign, Matrix { form, rows, columns })]);
    }
    let scale = |(_, m): &(Sign, Matrix)| if let Form::Scale(pair) = &m.form { Some(pair[0].clone()) } else { None };
    if let Some(common) = terms.first().and_then(scale)
        && terms.len() > 1
        && terms.iter().all(|term| scale(term).as_ref() == Some(&common))
    {
        let rest = terms.into_iter().map(|(sign, m)| match m.form {
            Form::Scale(pair) => (sign, pair[1].clone()),
            _ => (sign, m),
        });
        let form = Form::Scale(Box::new([common, sum(rest.collect())]));
        return Matrix { form, rows, columns };
    }
    Matrix { form: Form::Sum(terms), rows, columns }
}
