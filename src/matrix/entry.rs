//! The entries of a matrix, by the definitions of the operations: what is compared with the formula
//! that the matrix was read from.
//!
//! Nothing of the recognition is used here. Invariant: the formula of an entry holds no index but
//! the two given and those it binds itself.

use super::{Extent, Form, Matrix};
use crate::language::function::Function;
use crate::language::syntax::{Binder, Condition, Expr, ExprKind, Name, Operator};
use crate::model::{Quote, System};

/// The entry of a matrix at a row and a column, as a formula of the language. For an axis of one
/// place the index given does not matter.
pub fn entry(system: &System, matrix: &Matrix, row: &Expr, column: &Expr) -> Expr {
    Entries { system, quote: Quote::plain(), taken: [row, column].map(name_of) }.at(matrix, row, column, 0)
}

fn name_of(index: &Expr) -> Option<Name> {
    match &index.kind {
        ExprKind::Name(name) => Some(name.clone()),
        _ => None,
    }
}

struct Entries<'a> {
    system: &'a System,
    quote: Quote,
    taken: [Option<Name>; 2],
}

impl Entries<'_> {
    /// `bound` counts the indices bound around it.
    fn at(&self, matrix: &Matrix, row: &Expr, column: &Expr, bound: usize) -> Expr {
        let here = |of: &Matrix| self.at(of, row, column, bound);
        match &matrix.form {
            Form::Slice(name, first) => {
                let rest = self.place(name, first.len(), row, column);
                Expr::new(ExprKind::Read(name.clone(), first.iter().cloned().chain(rest).collect()))
            }
            Form::Array(name) => match self.place(name, 0, row, column) {
                at if at.is_empty() => Expr::name(name.clone()),
                at => Expr::new(ExprKind::Read(name.clone(), at)),
            },
            Form::Upstream(output, letter) => {
                let at = self.place(output, 0, row, column);
                Expr::new(match letter {
                    Some(letter) if at.is_empty() => ExprKind::Name(letter.clone()),
                    Some(letter) => ExprKind::Read(letter.clone(), at),
                    None => ExprKind::Upstream(output.clone(), at),
                })
            }
            Form::Scalar(value) => value.clone(),
            Form::Ones => Expr::integer(1),
            Form::Identity => Expr::equality(row, column),
            Form::Transpose(of) => self.at(of, column, row, bound),
            Form::Product(factors) => self.product(factors, row, column, bound),
            Form::Hadamard(factors) => Expr::product(factors.iter().map(here).collect()),
            Form::Quotient(pair) => {
                let parts = vec![(Operator::Times, here(&pair[0])), (Operator::Over, here(&pair[1]))];
                Expr::new(ExprKind::Product(parts))
            }
            Form::Power(base, exponent) => raised(here(base), Expr::integer((*exponent).into())),
            Form::Apply(Function::Pow, parts) if parts.len() == 2 => raised(here(&parts[0]), here(&parts[1])),
            Form::Apply(function, parts) => {
                Expr::new(ExprKind::Call(function.name().into(), parts.iter().map(here).collect()))
            }
            Form::Compare(relation, pair) => {
                let chain = Condition::Chain(here(&pair[0]), vec![(*relation, here(&pair[1]))]);
                Expr::new(ExprKind::Bracket(Box::new(chain)))
            }
            Form::Diag(vector) => Expr::product(vec![Expr::equality(row, column), here(vector)]),
            Form::Diagonal(of) => self.at(of, row, row, bound),
            Form::Trace(of) => {
                let (index, binder) = self.index(&of.rows, bound);
                Expr::sum_over(binder.into_iter().collect(), self.at(of, &index, &index, bound + 1))
            }
            Form::Sum(terms) => Expr::new(ExprKind::Sum(terms.iter().map(|(sign, of)| (*sign, here(of))).collect())),
            Form::Scale(pair) => Expr::product(pair.iter().map(here).collect()),
        }
    }

    /// Σ over the indices between the factors.
    fn product(&self, factors: &[Matrix], row: &Expr, column: &Expr, bound: usize) -> Expr {
        let (mut binders, mut entries) = (Vec::new(), Vec::new());
        let inside = bound + factors.len();
        let mut left = row.clone();
        for (k, factor) in factors.iter().enumerate() {
            let (right, binder) = match k + 1 == factors.len() {
                true => (column.clone(), None),
                false => self.index(&factor.columns, bound + k),
            };
            entries.push(self.at(factor, &left, &right, inside));
            binders.extend(binder);
            left = right;
        }
        Expr::sum_over(binders, Expr::product(entries))
    }

    /// A bound index that runs over an axis; the first place of an axis that has one only is never
    /// looked at.
    fn index(&self, extent: &Extent, bound: usize) -> (Expr, Option<Binder>) {
        let Extent::Range(lo, hi) = extent else { return (Expr::integer(0), None) };
        let taken = |name: &str| {
            self.system.sizes.iter().any(|(size, _)| &**size == name)
                || self.system.given.contains_key(name)
                || self.system.bounds(name).is_some()
                || self.taken.iter().flatten().any(|index| &**index == name)
        };
        let mut name = format!("at_{bound}");
        while taken(&name) {
            name.push('_');
        }
        let range = Some((self.quote.index(lo), self.quote.index(hi)));
        (Expr::name(name.as_str()), Some(Binder { name: name.into(), range, span: Default::default() }))
    }

    /// Where an array is read for an entry of it as a matrix, after the first `fixed` indices: of two
    /// axes these are rows and columns; of any other number those that have more than one place.
    fn place(&self, array: &str, fixed: usize, row: &Expr, column: &Expr) -> Vec<Expr> {
        let mut axes = self.system.bounds(array).unwrap_or_default();
        axes.drain(..fixed.min(axes.len()));
        let own = axes.len() == 2;
        let mut indices = [row, column].into_iter();
        let mut at = Vec::with_capacity(axes.len());
        for (lo, hi) in &axes {
            let single = Extent::new(lo, hi) == Extent::One;
            let index = if own || !single { indices.next() } else { None };
            at.push(index.filter(|_| !single).cloned().unwrap_or_else(|| self.quote.index(lo)));
        }
        at
    }
}

fn raised(base: Expr, exponent: Expr) -> Expr {
    Expr::new(ExprKind::Power(Box::new(base), Box::new(exponent)))
}
