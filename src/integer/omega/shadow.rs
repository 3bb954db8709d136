//! The elimination of one unknown from inequalities, by Fourier and Motzkin, made exact for integers.
//!
//! A lower bound β ≤ a·x and an upper bound b·x ≤ α leave room for a real x where b·β ≤ a·α (the real
//! shadow), and certainly for an integer where a·α − b·β ≥ (a−1)(b−1) (the dark shadow). Solutions
//! outside the dark shadow lie close above a lower bound, a·x = β + i for few i: the splinters.

use super::{Budget, Constraints, Found, GaveUp, Row, product, sum, value};

/// An unknown and the rows that bound it.
pub(super) struct Elimination {
    unknown: usize,
    lower: Vec<Row>,
    upper: Vec<Row>,
}

impl Elimination {
    /// The unknown whose elimination costs least, if any occurs: one that is bounded on one side
    /// only, then one whose elimination is exact, then the one that makes the fewest rows.
    pub fn choose(constraints: &Constraints) -> Option<Elimination> {
        let cost = |unknown: usize| {
            let (mut below, mut above, mut steep_below, mut steep_above) = (0, 0, 0u128, 0u128);
            for row in &constraints.atleast {
                let n = row[unknown];
                let (count, steep) =
                    if n > 0 { (&mut below, &mut steep_below) } else { (&mut above, &mut steep_above) };
                *count += usize::from(n != 0);
                *steep = n.unsigned_abs().max(*steep);
            }
            let exact = below * above == 0 || steep_below.min(steep_above) <= 1;
            let steep = if exact { 0 } else { steep_below.max(steep_above) };
            (below + above > 0).then_some((!exact, steep, below * above, unknown))
        };
        let (.., unknown) = (0..constraints.unknowns).filter_map(cost).min()?;
        let with = |test: fn(&i128) -> bool| {
            constraints.atleast.iter().filter(|row| test(&row[unknown])).cloned().collect::<Vec<Row>>()
        };
        Some(Elimination { unknown, lower: with(|n| *n > 0), upper: with(|n| *n < 0) })
    }

    /// Whether nothing bounds the unknown on one of its sides.
    pub fn one_sided(&self) -> bool {
        self.lower.is_empty() || self.upper.is_empty()
    }

    /// Whether the real shadow says all about integers, because one coefficient of each pair is 1.
    pub fn exact(&self) -> bool {
        self.steepest(&self.lower) == 1 || self.steepest(&self.upper) == 1
    }

    fn steepest(&self, rows: &[Row]) -> i128 {
        rows.iter().map(|row| row[self.unknown].abs()).max().unwrap_or(0)
    }

    /// The point with a value of the unknown that satisfies its bounds, if an integer does.
    pub fn lifted(&self, mut point: Vec<i128>) -> Found {
        point[self.unknown] = 0;
        let ends = |rows: &[Row]| -> Result<Vec<i128>, GaveUp> {
            let end = |row: &Row| {
                let (rest, n) = (value(row, &point)?, row[self.unknown]);
                Ok(if n > 0 { -rest.div_euclid(n) } else { rest.div_euclid(-n) })
            };
            rows.iter().map(end).collect()
        };
        let (least, most) = (ends(&self.lower)?.into_iter().max(), ends(&self.upper)?.into_iter().min());
        if least.zip(most).is_some_and(|(least, most)| least > most) {
            return Ok(None);
        }
        point[self.unknown] = least.or(most).unwrap_or(0);
        Ok(Some(point))
    }

    /// Equations of which one holds at every solution outside the dark shadow.
    pub fn splinters(&self) -> Result<Vec<Row>, GaveUp> {
        let from_below = self.splinter_counts(&self.lower, self.steepest(&self.upper))?;
        let from_above = self.splinter_counts(&self.upper, self.steepest(&self.lower))?;
        let total = |counts: &[i128]| counts.iter().try_fold(0i128, |total, n| sum(total, *n));
        let below = total(&from_below)? <= total(&from_above)?;
        let (rows, counts) = if below { (&self.lower, from_below) } else { (&self.upper, from_above) };
        if total(&counts)? > MOST_SPLINTERS {
            return Err(GaveUp);
        }
        let mut equations = Vec::new();
        for (row, count) in rows.iter().zip(counts) {
            for i in 0..count {
                let mut equation = row.clone();
                let last = equation.len() - 1;
                equation[last] = sum(equation[last], -i)?;
                equations.push(equation);
            }
        }
        Ok(equations)
    }

    /// For each bound a·x ≥ β, how many i ≥ 0 satisfy b·i ≤ a·b − a − b, where b is the steepest of
    /// the bounds on the other side.
    fn splinter_counts(&self, rows: &[Row], b: i128) -> Result<Vec<i128>, GaveUp> {
        let count = |row: &Row| {
            let a = row[self.unknown].abs();
            Ok(sum(product(a, b)?, -sum(a, b)?)?.div_euclid(b) + 1)
        };
        rows.iter().map(count).collect()
    }
}

const MOST_SPLINTERS: i128 = 1_000;

impl Constraints {
    /// The constraints on the other unknowns: those under which a real, or (dark) certainly an
    /// integer, is left for the unknown.
    pub(super) fn shadow(&self, gone: &Elimination, dark: bool, budget: &mut Budget) -> Result<Constraints, GaveUp> {
        let rest = self.atleast.iter().filter(|row| row[gone.unknown] == 0);
        let mut shadow = Constraints { unknowns: self.unknowns, equal: Vec::new(), atleast: rest.cloned().collect() };
        for below in &gone.lower {
            for above in &gone.upper {
                budget.spend(below.len())?;
                let (a, b) = (below[gone.unknown], -above[gone.unknown]);
                let cross = |(n, m): (&i128, &i128)| sum(product(b, *n)?, product(a, *m)?);
                let mut row = below.iter().zip(above).map(cross).collect::<Result<Row, GaveUp>>()?;
                if dark {
                    let last = row.len() - 1;
                    row[last] = sum(row[last], -product(a - 1, b - 1)?)?;
                }
                shadow.atleast.push(row);
            }
        }
        Ok(shadow)
    }
}
