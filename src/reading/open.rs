//! What the indices of an array, a derivative or a target leave open: its rows and columns.

use super::expression::Reader;
use super::head::Head;
use super::shaped::{Shaped, Side};
use super::whole::{Misread, Read};
use crate::diagnostic::Diagnostic;
use crate::judge::fits;
use crate::language::syntax::{Expr, ExprKind, Layout, Name, Target};
use crate::latex::Tree;
use crate::model::Quote;

impl Reader<'_> {
    /// An array, a gradient, a Jacobian, with what is missing of its indices as rows and columns.
    pub(super) fn shaped_head(&self, head: Head, item: &Tree) -> Read<Shaped> {
        let many = |name: &str, count: usize| {
            let message = format!("`{name}` has {count} axes, a matrix has two");
            Misread::Unreadable(Diagnostic::new(message, item.span).hint("write the entries, with indices"))
        };
        match head {
            Head::Array(name, at) => {
                let open = self.open(&name, &at).map_err(|count| many(&name, count))?;
                Ok(open.shaped(move |full| match full.is_empty() {
                    true => Expr::name(name.clone()),
                    false => Expr::new(ExprKind::Read(name.clone(), full)),
                }))
            }
            Head::Gradient(name, at) => {
                let open = self.open(&name, &at).map_err(|count| many(&name, count))?;
                let of = open.shaped(move |full| Expr::new(ExprKind::Upstream(name.clone(), full)));
                Ok(if self.layout == Layout::Numerator { of.transposed() } else { of })
            }
            Head::Local((output, rows), (array, columns)) => {
                let (above, below) = (
                    self.open(&output, &rows).map_err(|count| many(&output, count))?,
                    self.open(&array, &columns).map_err(|count| many(&array, count))?,
                );
                let derivative = move |rows: Vec<Expr>, columns: Vec<Expr>| {
                    let of = if rows.is_empty() {
                        ExprKind::Name(output.clone())
                    } else {
                        ExprKind::Read(output.clone(), rows)
                    };
                    Expr::new(ExprKind::Derivative(Box::new(Expr::new(of)), array.clone(), columns))
                };
                let Some((of, turned)) = self.laid_out(&above, &below, derivative) else {
                    return Err(many("this derivative", above.count() + below.count()));
                };
                Ok(if turned { of.transposed() } else { of })
            }
        }
    }

    /// A derivative by the sides of what is above and below, and whether the layout exchanges them.
    fn laid_out(
        &self,
        above: &Open,
        below: &Open,
        derivative: impl Fn(Vec<Expr>, Vec<Expr>) -> Expr + 'static,
    ) -> Option<(Shaped, bool)> {
        let (a, b) = (above.clone(), below.clone());
        let turned = (self.layout == Layout::Numerator) == (above.count() == 0) && self.layout != Layout::Shape;
        let one = Expr::integer(1);
        let shaped = match (above.count(), below.count()) {
            (_, 0) => Shaped::new(above.rows.clone(), above.columns.clone(), move |row, column| {
                derivative(a.at(row, column), b.at(&one, &one))
            }),
            (0, _) => Shaped::new(below.rows.clone(), below.columns.clone(), move |row, column| {
                derivative(a.at(&one, &one), b.at(row, column))
            }),
            (1, 1) => {
                let long = |open: &Open| if open.rows.is_one() { open.columns.clone() } else { open.rows.clone() };
                Shaped::new(long(above), long(below), move |row, column| derivative(a.along(row), b.along(column)))
            }
            _ => return None,
        };
        Some((shaped, turned))
    }

    /// The sides of an array that the indices leave open; the number of axes if they are too many.
    pub(super) fn open(&self, name: &Name, at: &[Expr]) -> Result<Open, usize> {
        let of = self.behind(name);
        let axes = self.system.bounds(&of).unwrap_or_default();
        if !at.is_empty() && fits(self.system, &of, at) || axes.is_empty() {
            return Ok(Open { given: at.to_vec(), rest: Vec::new(), rows: Side::One, columns: Side::One });
        }
        let rest: Vec<_> =
            axes.iter().skip(at.len()).map(|(lo, hi)| (Side::new(lo, hi), Quote::plain().index(lo))).collect();
        let long: Vec<Side> = rest.iter().map(|(side, _)| side.clone()).filter(|side| !side.is_one()).collect();
        let (rows, columns) = match (rest.as_slice(), long.as_slice()) {
            ([(rows, _), (columns, _)], _) => (rows.clone(), columns.clone()),
            (_, []) => (Side::One, Side::One),
            (_, [one]) => (one.clone(), Side::One),
            (_, [one, two]) => (one.clone(), two.clone()),
            _ => return Err(long.len()),
        };
        Ok(Open { given: at.to_vec(), rest, rows, columns })
    }

    /// The sides of a target that its indices leave open, and the target with an index for each.
    pub(super) fn whole(&self, target: &Target, scope: &[Name]) -> Option<Whole> {
        let [row, column] = [self.fresh(scope), self.fresh(scope)].map(Expr::name);
        let one = Expr::integer(1);
        let given = |at: &Option<Vec<Expr>>| at.clone().unwrap_or_default();
        let some = |at: Vec<Expr>| Some(at);
        let (rows, columns, turned, target) = match target {
            Target::Value(name, at) => {
                let open = self.open(name, &given(at)).ok()?;
                let full = open.at(&row, &column);
                (open.rows, open.columns, false, Target::Value(name.clone(), some(full)))
            }
            Target::Gradient(name, at) => {
                let open = self.open(name, &given(at)).ok()?;
                let full = open.at(&row, &column);
                let turned = self.layout == Layout::Numerator;
                (open.rows, open.columns, turned, Target::Gradient(name.clone(), some(full)))
            }
            Target::Jacobian((output, rows), (array, columns)) => {
                let above = self.open(output, &given(rows)).ok()?;
                let below = self.open(array, &given(columns)).ok()?;
                let (shaped, turned) = self.laid_out(&above, &below, |_, _| Expr::integer(0))?;
                let (full, at) = match (above.count(), below.count()) {
                    (_, 0) => (above.at(&row, &column), below.at(&one, &one)),
                    (0, _) => (above.at(&one, &one), below.at(&row, &column)),
                    _ => (above.along(&row), below.along(&column)),
                };
                let target = Target::Jacobian((output.clone(), some(full)), (array.clone(), some(at)));
                (shaped.rows, shaped.columns, turned, target)
            }
            Target::Shape(_) | Target::Second(_) => return None,
        };
        let shape = Shaped::new(rows, columns, |_, _| Expr::integer(0));
        if shape.is_scalar() {
            return None;
        }
        let shape = if turned { shape.transposed() } else { shape };
        Some(Whole { target, shape, place: if turned { [column, row] } else { [row, column] } })
    }
}

/// A target with sides that its indices left open.
pub(super) struct Whole {
    /// The target with an index for each side.
    pub target: Target,
    /// The sides, as the layout has them.
    shape: Shaped,
    /// The indices of the row and the column.
    place: [Expr; 2],
}

impl Whole {
    /// The entry that the target speaks of, of a value that is claimed of the whole.
    pub fn entry(&self, of: &Shaped) -> Read<Expr> {
        let zero = of.value().filter(|value| *value == Expr::integer(0));
        let fits = self.shape.rows.joined(&of.rows).is_some() && self.shape.columns.joined(&of.columns).is_some();
        if !fits && zero.is_none() {
            return Err(Misread::Shapes(format!("yours is {}, it should be {}", of.text(), self.shape.text())));
        }
        Ok(of.at(&self.place[0], &self.place[1]))
    }
}

/// What the indices of an array leave open.
#[derive(Clone)]
pub(super) struct Open {
    given: Vec<Expr>,
    /// The other axes, with the first index of each.
    rest: Vec<(Side, Expr)>,
    rows: Side,
    columns: Side,
}

impl Open {
    /// How many sides are open.
    fn count(&self) -> usize {
        [&self.rows, &self.columns].into_iter().filter(|side| !side.is_one()).count()
    }

    /// All indices, for an entry.
    fn at(&self, row: &Expr, column: &Expr) -> Vec<Expr> {
        let own = self.rest.len() == 2;
        let mut indices = [row, column].into_iter();
        let rest = self.rest.iter().map(|(side, first)| {
            let index = if own || !side.is_one() { indices.next() } else { None };
            index.filter(|_| !side.is_one()).unwrap_or(first).clone()
        });
        self.given.iter().cloned().chain(rest).collect()
    }

    /// All indices, where one side is open.
    fn along(&self, index: &Expr) -> Vec<Expr> {
        self.at(index, index)
    }

    fn shaped(self, f: impl Fn(Vec<Expr>) -> Expr + 'static) -> Shaped {
        Shaped::new(self.rows.clone(), self.columns.clone(), move |row, column| f(self.at(row, column)))
    }
}
