//! Shapes that become known on the way: the drafts of written matrix forms, in which `1` and `I` have
//! sides that are still open, and what joins them.
//!
//! Invariant: a side, once it is known, stays what it is; a draft becomes a matrix only when all of its
//! sides are known.

use super::{Extent, Form, Matrix, build};
use crate::diagnostic::Span;
use crate::language::function::Function;
use crate::language::print::{Alphabet, expression};
use crate::language::syntax::{Expr, ExprKind, Relation, Sign};
use crate::model::Quote;

/// One side of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Dim {
    /// A range.
    Known(Extent),
    /// Not known yet.
    Open(usize),
}

/// What a draft makes of its parts.
#[derive(Clone, Debug)]
pub(super) enum Op {
    Leaf(Form),
    Transpose,
    Product,
    Hadamard,
    Quotient,
    Scale,
    Power(i64),
    Apply(Function),
    Compare(Relation),
    Diag,
    Diagonal,
    Trace,
    Sum(Vec<Sign>),
}

/// A matrix form whose sides may be open.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub op: Op,
    pub parts: Vec<Draft>,
    pub rows: Dim,
    pub columns: Dim,
    pub span: Span,
}

impl Draft {
    pub fn leaf(form: Form, rows: Dim, columns: Dim, span: Span) -> Draft {
        Draft { op: Op::Leaf(form), parts: Vec::new(), rows, columns, span }
    }

    pub fn scalar(value: Expr, span: Span) -> Draft {
        let one = Dim::Known(Extent::One);
        Draft::leaf(Form::Scalar(value), one.clone(), one, span)
    }

    /// With the sides of its first part.
    pub fn like(op: Op, parts: Vec<Draft>, span: Span) -> Draft {
        let one = || Dim::Known(Extent::One);
        let sides = parts.first().map(|part| (part.rows.clone(), part.columns.clone()));
        let (rows, columns) = sides.unwrap_or_else(|| (one(), one()));
        Draft { op, parts, rows, columns, span }
    }

    pub fn scaled(factor: Draft, of: Draft) -> Draft {
        let (rows, columns, span) = (of.rows.clone(), of.columns.clone(), factor.span.to(of.span));
        Draft { op: Op::Scale, parts: vec![factor, of], rows, columns, span }
    }

    pub fn product(left: Draft, right: Draft) -> Draft {
        let (rows, columns, span) = (left.rows.clone(), right.columns.clone(), left.span.to(right.span));
        Draft { op: Op::Product, parts: vec![left, right], rows, columns, span }
    }
}

/// What is known of the open sides.
#[derive(Default)]
pub(super) struct Shapes {
    found: Vec<Option<Dim>>,
}

impl Shapes {
    /// A side of its own.
    pub fn open(&mut self) -> Dim {
        self.found.push(None);
        Dim::Open(self.found.len() - 1)
    }

    fn known<'a>(&'a self, mut dim: &'a Dim) -> &'a Dim {
        while let Dim::Open(k) = dim
            && let Some(next) = &self.found[*k]
        {
            dim = next;
        }
        dim
    }

    /// Makes two sides one; whether they can be.
    pub fn join(&mut self, a: &Dim, b: &Dim) -> bool {
        match (self.known(a).clone(), self.known(b).clone()) {
            (Dim::Known(a), Dim::Known(b)) => a.is(&b),
            (Dim::Open(a), Dim::Open(b)) if a == b => true,
            (Dim::Open(k), other) | (other, Dim::Open(k)) => {
                self.found[k] = Some(other);
                true
            }
        }
    }

    pub fn is_one(&self, dim: &Dim) -> bool {
        *self.known(dim) == Dim::Known(Extent::One)
    }

    pub fn is_scalar(&self, draft: &Draft) -> bool {
        self.is_one(&draft.rows) && self.is_one(&draft.columns)
    }

    /// Whether it is a column that may still turn out to be a number.
    pub fn is_open_column(&self, draft: &Draft) -> bool {
        self.is_one(&draft.columns) && matches!(self.known(&draft.rows), Dim::Open(_))
    }

    /// Whether it has rows and columns.
    pub fn is_wide(&self, draft: &Draft) -> bool {
        !self.is_one(&draft.rows) && !self.is_one(&draft.columns)
    }

    /// `m×n`; `scalar`; a side that is not known is any.
    pub fn text(&self, rows: &Dim, columns: &Dim) -> String {
        if self.is_one(rows) && self.is_one(columns) {
            return "a scalar".into();
        }
        let length = |dim: &Dim| match self.known(dim) {
            Dim::Known(extent) => {
                let length = Quote::plain().index(&extent.length());
                let text = expression(&length, Alphabet::Unicode);
                if matches!(length.kind, ExprKind::Sum(_)) { format!("({text})") } else { text }
            }
            Dim::Open(_) => "?".into(),
        };
        format!("{}×{}", length(rows), length(columns))
    }

    /// The matrix of a draft.
    ///
    /// # Errors
    /// Where a part stands whose sides stayed open.
    pub fn matrix(&self, draft: Draft) -> Result<Matrix, Span> {
        let extent = |dim: &Dim| match self.known(dim) {
            Dim::Known(extent) => Ok(extent.clone()),
            Dim::Open(_) => Err(draft.span),
        };
        let (rows, columns) = (extent(&draft.rows)?, extent(&draft.columns)?);
        let parts: Result<Vec<Matrix>, Span> = draft.parts.into_iter().map(|part| self.matrix(part)).collect();
        let form = form(draft.op, parts?).ok_or(draft.span)?;
        let scalar = rows == Extent::One && columns == Extent::One;
        Ok(match form {
            Form::Ones | Form::Identity if scalar => build::scalar(Expr::integer(1)),
            Form::Diag(of) if scalar => *of,
            form => Matrix { form, rows, columns },
        })
    }
}

/// What an operation makes of matrices.
fn form(op: Op, mut parts: Vec<Matrix>) -> Option<Form> {
    let mut first = || if parts.is_empty() { None } else { Some(Box::new(parts.remove(0))) };
    Some(match op {
        Op::Leaf(form) => form,
        Op::Transpose => Form::Transpose(first()?),
        Op::Power(n) => Form::Power(first()?, n),
        Op::Diag => Form::Diag(first()?),
        Op::Diagonal => Form::Diagonal(first()?),
        Op::Trace => Form::Trace(first()?),
        Op::Product => Form::Product(parts),
        Op::Hadamard => Form::Hadamard(parts),
        Op::Apply(function) => Form::Apply(function, parts),
        Op::Quotient => Form::Quotient(Box::new(parts.try_into().ok()?)),
        Op::Scale => Form::Scale(Box::new(parts.try_into().ok()?)),
        Op::Compare(relation) => Form::Compare(relation, Box::new(parts.try_into().ok()?)),
        Op::Sum(signs) => Form::Sum(signs.into_iter().zip(parts).collect()),
    })
}
