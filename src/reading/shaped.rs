//! Values with rows and columns, as formulas for their entries: the way from `W^\top g` to
//! Σ_i W[i,j]·g[i].
//!
//! Invariant: an entry follows from the definitions of the operations alone; sides that are joined run
//! over the same range, and what does not fit is said with both shapes.

use crate::integer::Index;
use crate::language::print::{Alphabet, expression};
use crate::language::syntax::{Binder, Condition, Expr, ExprKind, Name, Normaliser, Operator, Reduction, Sign};
use crate::model::Quote;
use std::rc::Rc;

/// One side of a value.
#[derive(Clone, Debug)]
pub(super) enum Side {
    /// One place.
    One,
    /// First and last index.
    Range(Index, Index),
    /// As long as what stands beside it: of a vector of ones, of the identity.
    Open,
}

/// The formula of the entry at a row and a column.
type Entry = Rc<dyn Fn(&Expr, &Expr) -> Expr>;

/// A value with rows and columns; a vector is a column, a scalar has one place.
#[derive(Clone)]
pub(super) struct Shaped {
    pub rows: Side,
    pub columns: Side,
    entry: Entry,
}

impl Side {
    pub fn new(lo: &Index, hi: &Index) -> Side {
        if lo.canonical() == hi.canonical() { Side::One } else { Side::Range(lo.clone(), hi.clone()) }
    }

    pub fn is_one(&self) -> bool {
        matches!(self, Side::One)
    }

    /// What both sides are, if they can be one.
    pub fn joined(&self, other: &Side) -> Option<Side> {
        match (self, other) {
            (Side::Open, side) | (side, Side::Open) => Some(side.clone()),
            (Side::One, Side::One) => Some(Side::One),
            (Side::Range(a, b), Side::Range(c, d)) => {
                let same = |x: &Index, y: &Index| x == y || x.canonical() == y.canonical();
                (same(a, c) && same(b, d)).then(|| self.clone())
            }
            _ => None,
        }
    }

    fn text(&self) -> String {
        match self {
            Side::One => "1".into(),
            Side::Open => "?".into(),
            Side::Range(lo, hi) => {
                let length = Quote::plain().index(&hi.minus(lo).plus_number(1));
                let text = expression(&length, Alphabet::Unicode);
                if matches!(length.kind, ExprKind::Sum(_)) { format!("({text})") } else { text }
            }
        }
    }

    /// An index that runs over it.
    pub fn binder(&self, name: &Name) -> Binder {
        let quote = Quote::plain();
        let range = match self {
            Side::Range(lo, hi) => Some((quote.index(lo), quote.index(hi))),
            Side::One | Side::Open => None,
        };
        Binder { name: name.clone(), range, span: Default::default() }
    }
}

impl Shaped {
    pub fn new(rows: Side, columns: Side, entry: impl Fn(&Expr, &Expr) -> Expr + 'static) -> Shaped {
        Shaped { rows, columns, entry: Rc::new(entry) }
    }

    pub fn scalar(value: Expr) -> Shaped {
        Shaped::new(Side::One, Side::One, move |_, _| value.clone())
    }

    /// A column of ones, as long as it has to be.
    pub fn ones() -> Shaped {
        Shaped::new(Side::Open, Side::One, |_, _| Expr::integer(1))
    }

    pub fn identity() -> Shaped {
        Shaped::new(Side::Open, Side::Open, Expr::equality)
    }

    pub fn is_scalar(&self) -> bool {
        self.rows.is_one() && self.columns.is_one()
    }

    /// Whether it has rows and columns.
    fn is_wide(&self) -> bool {
        !self.rows.is_one() && !self.columns.is_one()
    }

    /// `m×n`, `a scalar`
    pub fn text(&self) -> String {
        match self.is_scalar() {
            true => "a scalar".into(),
            false => format!("{}×{}", self.rows.text(), self.columns.text()),
        }
    }

    pub fn at(&self, row: &Expr, column: &Expr) -> Expr {
        (self.entry)(row, column)
    }

    /// The value of a scalar.
    pub fn value(&self) -> Option<Expr> {
        self.is_scalar().then(|| self.at(&Expr::integer(1), &Expr::integer(1)))
    }

    pub fn transposed(self) -> Shaped {
        let entry = self.entry;
        Shaped::new(self.columns, self.rows, move |row, column| entry(column, row))
    }

    /// Entry by entry.
    pub fn map(self, f: impl Fn(Expr) -> Expr + 'static) -> Shaped {
        let entry = self.entry;
        Shaped::new(self.rows, self.columns, move |row, column| f(entry(row, column)))
    }

    /// Values of one shape, entry by entry; a scalar is the same for all entries.
    pub fn together(parts: Vec<Shaped>, how: &str, f: impl Fn(Vec<Expr>) -> Expr + 'static) -> Result<Shaped, String> {
        let (mut rows, mut columns) = (Side::One, Side::One);
        let mut first: Option<&Shaped> = None;
        for part in parts.iter().filter(|part| !part.is_scalar()) {
            let Some(before) = first else {
                (rows, columns) = (part.rows.clone(), part.columns.clone());
                first = Some(part);
                continue;
            };
            match (rows.joined(&part.rows), columns.joined(&part.columns)) {
                (Some(r), Some(c)) => (rows, columns) = (r, c),
                _ => return Err(clash(before, part, how)),
            }
        }
        Ok(Shaped::new(rows, columns, move |row, column| f(parts.iter().map(|part| part.at(row, column)).collect())))
    }

    pub fn sum(terms: Vec<(Sign, Shaped)>) -> Result<Shaped, String> {
        let (signs, parts): (Vec<Sign>, Vec<Shaped>) = terms.into_iter().unzip();
        Shaped::together(parts, "added to", move |entries| {
            Expr::new(ExprKind::Sum(signs.iter().copied().zip(entries).collect()))
        })
    }

    pub fn entrywise(parts: Vec<Shaped>) -> Result<Shaped, String> {
        Shaped::together(parts, "entry by entry with", Expr::product)
    }

    pub fn over(self, below: Shaped) -> Result<Shaped, String> {
        Shaped::together(vec![self, below], "divided by", |mut pair| {
            let below = pair.pop().unwrap_or_else(|| Expr::integer(1));
            let above = pair.pop().unwrap_or_else(|| Expr::integer(1));
            Expr::new(ExprKind::Product(vec![(Operator::Times, above), (Operator::Over, below)]))
        })
    }

    /// The matrix product; a scalar scales. Columns of one length are multiplied entry by entry: nothing
    /// else can be meant. `index` is the one that is summed over.
    pub fn times(self, other: Shaped, index: &Name) -> Result<Shaped, String> {
        if self.is_scalar() || other.is_scalar() {
            return Shaped::entrywise(vec![self, other]);
        }
        let Some(between) = self.columns.joined(&other.rows) else {
            let columns = self.columns.is_one() && other.columns.is_one() && self.rows.joined(&other.rows).is_some();
            return if columns { Shaped::entrywise(vec![self, other]) } else { Err(clash(&self, &other, "times")) };
        };
        let (rows, columns) = (self.rows.clone(), other.columns.clone());
        if between.is_one() {
            let one = Expr::integer(1);
            return Ok(Shaped::new(rows, columns, move |row, column| {
                Expr::product(vec![self.at(row, &one), other.at(&one, column)])
            }));
        }
        let (binder, at) = (between.binder(index), Expr::name(index.clone()));
        Ok(Shaped::new(rows, columns, move |row, column| {
            Expr::sum_over(vec![binder.clone()], Expr::product(vec![self.at(row, &at), other.at(&at, column)]))
        }))
    }

    /// The diagonal matrix of a vector, the diagonal of a matrix.
    pub fn diag(self) -> Result<Shaped, String> {
        if self.is_wide() {
            let Some(side) = self.rows.joined(&self.columns) else { return Err(not_square(&self)) };
            return Ok(Shaped::new(side, Side::One, move |row, _| self.at(row, row)));
        }
        let vector = if self.columns.is_one() { self } else { self.transposed() };
        Ok(Shaped::new(vector.rows.clone(), vector.rows.clone(), move |row, column| {
            Expr::product(vec![Expr::equality(row, column), vector.at(row, &Expr::integer(1))])
        }))
    }

    pub fn trace(self, index: &Name) -> Result<Shaped, String> {
        let Some(side) = self.rows.joined(&self.columns) else { return Err(not_square(&self)) };
        let at = Expr::name(index.clone());
        let body = self.at(&at, &at);
        Ok(Shaped::scalar(if side.is_one() { body } else { Expr::sum_over(vec![side.binder(index)], body) }))
    }

    /// The sum over all entries of a value.
    pub fn total(self, [row, column]: [&Name; 2]) -> Shaped {
        let sides = [(&self.rows, row), (&self.columns, column)];
        let binders = sides.iter().filter(|(side, _)| !side.is_one()).map(|(side, name)| side.binder(name)).collect();
        Shaped::scalar(Expr::sum_over(binders, self.at(&Expr::name(row.clone()), &Expr::name(column.clone()))))
    }

    /// The normaliser along a vector, or along each row of a matrix.
    pub fn normalised(self, word: Normaliser, index: &Name) -> Shaped {
        let along_columns = !self.columns.is_one();
        let side = if along_columns { self.columns.clone() } else { self.rows.clone() };
        let (rows, columns) = match (word.binds(), along_columns) {
            (true, true) => (self.rows.clone(), Side::One),
            (true, false) => (Side::One, Side::One),
            _ => (self.rows.clone(), self.columns.clone()),
        };
        let (index, binder) = (index.clone(), side.binder(index));
        Shaped::new(rows, columns, move |row, column| {
            let place = |at: &Expr| if along_columns { self.at(row, at) } else { self.at(at, column) };
            let here = if along_columns { column } else { row };
            match &here.kind {
                ExprKind::Name(name) if !word.binds() => {
                    let binder = Binder { name: name.clone(), ..binder.clone() };
                    Expr::new(ExprKind::Normalise(word, vec![binder], None, Box::new(place(here))))
                }
                _ => {
                    let inner = Expr::name(index.clone());
                    let inside = Box::new(place(&inner));
                    let all = ExprKind::Normalise(Normaliser::LogSumExp, vec![binder.clone()], None, inside);
                    if word.binds() {
                        return Expr::new(all);
                    }
                    let log = Expr::new(ExprKind::Sum(vec![(Sign::Plus, place(here)), (Sign::Minus, Expr::new(all))]));
                    match word {
                        Normaliser::LogSoftargmax | Normaliser::LogSoftmax => log,
                        _ => Expr::new(ExprKind::Call("exp".into(), vec![log])),
                    }
                }
            }
        })
    }

    /// A reduction over indices of its entries.
    pub fn reduced(self, reduction: Reduction, binders: Vec<Binder>, condition: Option<Box<Condition>>) -> Shaped {
        self.map(move |body| Expr::new(ExprKind::Reduce(reduction, binders.clone(), condition.clone(), Box::new(body))))
    }
}

fn clash(left: &Shaped, right: &Shaped, how: &str) -> String {
    format!("the shapes do not fit: {} {how} {}", left.text(), right.text())
}

fn not_square(of: &Shaped) -> String {
    format!("the shapes do not fit: {} is not square", of.text())
}
