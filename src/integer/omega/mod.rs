//! The Omega test: whether a conjunction of linear equations and inequalities has an integer solution
//! (Pugh, "The Omega test: a fast and practical integer programming algorithm for dependence
//! analysis", 1992).
//!
//! Equations are solved first; then the unknowns are eliminated one by one from the inequalities,
//! exactly where a coefficient is 1, by the dark shadow and splinters where none is. Nothing here
//! knows what the unknowns stand for. Invariant: what is called satisfiable comes with a solution,
//! and arithmetic is checked, so that an answer is given up and never wrong.

mod shadow;
#[cfg(test)]
mod tests;

use super::index::gcd;
use shadow::Elimination;

/// One equation or inequality: the coefficient of each unknown, then the constant.
pub(super) type Row = Vec<i128>;

/// Whether there is a solution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// There is: these values of the unknowns.
    Satisfiable(Vec<i128>),
    /// There is none.
    Unsatisfiable,
    /// The work allowed was not enough, or a number became too large.
    GaveUp,
}

/// A conjunction of linear constraints.
#[derive(Clone, Debug, Default)]
pub(super) struct Constraints {
    /// How many unknowns there are.
    pub unknowns: usize,
    /// Rows whose value is 0.
    pub equal: Vec<Row>,
    /// Rows whose value is at least 0.
    pub atleast: Vec<Row>,
}

/// What stands in the way of an answer.
#[derive(Debug)]
struct GaveUp;

/// A solution, or none.
type Found = Result<Option<Vec<i128>>, GaveUp>;

/// The work that may still be done, in coefficients computed.
struct Budget<'a>(&'a mut usize);

impl Budget<'_> {
    fn spend(&mut self, work: usize) -> Result<(), GaveUp> {
        *self.0 = self.0.saturating_sub(work);
        if *self.0 == 0 { Err(GaveUp) } else { Ok(()) }
    }
}

impl Constraints {
    /// Whether there is a solution; the work done is taken from the budget.
    pub fn solve(&self, budget: &mut usize) -> Outcome {
        let rows = || self.equal.iter().chain(&self.atleast);
        debug_assert!(rows().all(|row| row.len() == self.unknowns + 1));
        if !rows().flatten().all(small) {
            return Outcome::GaveUp;
        }
        match self.clone().solution(&mut Budget(budget)) {
            Ok(Some(point)) if self.holds_at(&point) => Outcome::Satisfiable(point),
            Ok(Some(_)) | Err(GaveUp) => Outcome::GaveUp,
            Ok(None) => Outcome::Unsatisfiable,
        }
    }

    fn holds_at(&self, point: &[i128]) -> bool {
        self.equal.iter().all(|row| value(row, point).is_ok_and(|n| n == 0))
            && self.atleast.iter().all(|row| value(row, point).is_ok_and(|n| n >= 0))
    }

    fn solution(mut self, budget: &mut Budget) -> Found {
        budget.spend((self.equal.len() + self.atleast.len() + 1) * (self.unknowns + 1))?;
        if !self.normalise()? {
            return Ok(None);
        }
        let Some(equation) = self.next_equation() else { return self.solution_of_inequalities(budget) };
        let (unknown, by) = solved(&equation)?;
        if by[unknown] == 1 {
            self.equal.push(equation);
        }
        self.replace(unknown, &by, budget)?;
        let Some(mut point) = self.solution(budget)? else { return Ok(None) };
        point[unknown] = value(&by, &point)?;
        Ok(Some(point))
    }

    /// The equation with the smallest coefficient, taken out.
    fn next_equation(&mut self) -> Option<Row> {
        let cost = |row: &Row| {
            let used = || coefficients(row).iter().filter(|n| **n != 0);
            (used().map(|n| n.unsigned_abs()).min(), used().count())
        };
        let place = (0..self.equal.len()).min_by_key(|place| cost(&self.equal[*place]))?;
        Some(self.equal.swap_remove(place))
    }

    /// Puts an affine expression for an unknown into every row.
    fn replace(&mut self, unknown: usize, by: &Row, budget: &mut Budget) -> Result<(), GaveUp> {
        for row in self.equal.iter_mut().chain(&mut self.atleast) {
            let slope = std::mem::take(&mut row[unknown]);
            if slope != 0 {
                budget.spend(row.len())?;
                for (n, m) in row.iter_mut().zip(by) {
                    *n = sum(*n, product(slope, *m)?)?;
                }
            }
        }
        Ok(())
    }

    fn solution_of_inequalities(self, budget: &mut Budget) -> Found {
        let Some(elimination) = Elimination::choose(&self) else { return Ok(Some(vec![0; self.unknowns])) };
        if elimination.one_sided() || elimination.exact() {
            let Some(point) = self.shadow(&elimination, false, budget)?.solution(budget)? else { return Ok(None) };
            return elimination.lifted(point)?.map(Some).ok_or(GaveUp);
        }
        let Some(real) = self.shadow(&elimination, false, budget)?.solution(budget)? else { return Ok(None) };
        if let Some(point) = elimination.lifted(real)? {
            return Ok(Some(point));
        }
        if let Some(point) = self.shadow(&elimination, true, budget)?.solution(budget)? {
            return elimination.lifted(point)?.map(Some).ok_or(GaveUp);
        }
        for equation in elimination.splinters()? {
            let mut splinter = self.clone();
            splinter.equal.push(equation);
            if let Some(point) = splinter.solution(budget)? {
                return Ok(Some(point));
            }
        }
        Ok(None)
    }

    /// Divides every row by its common factor, rounding the constants of inequalities down; leaves
    /// the tightest of parallel rows, and makes an equation of two that meet. False if a row, or
    /// two, cannot hold.
    fn normalise(&mut self) -> Result<bool, GaveUp> {
        self.atleast.retain_mut(|row| !plain(row, |n, g| n.div_euclid(g)));
        self.atleast.sort_unstable();
        self.atleast.dedup_by(|next, kept| coefficients(next) == coefficients(kept));
        if self.atleast.iter().any(|row| coefficients(row).iter().all(|n| *n == 0)) {
            return Ok(false);
        }
        let mut place = 0;
        while place < self.atleast.len() {
            if let Some(other) = self.opposite(place) {
                let (below, above) = (constant(&self.atleast[place]), constant(&self.atleast[other]));
                let room = sum(below, above)?;
                if room < 0 {
                    return Ok(false);
                }
                if room == 0 {
                    self.equal.push(self.atleast.remove(place.max(other)));
                    self.atleast.remove(place.min(other));
                    continue;
                }
            }
            place += 1;
        }
        for row in &mut self.equal {
            let g = content(row);
            if if g == 0 { constant(row) != 0 } else { constant(row) % g != 0 } {
                return Ok(false);
            }
            plain(row, |n, g| n / g);
        }
        self.equal.retain(|row| row.iter().any(|n| *n != 0));
        Ok(true)
    }

    /// Where the row stands whose coefficients are the negated ones of this, if it is further on.
    fn opposite(&self, place: usize) -> Option<usize> {
        let row = coefficients(&self.atleast[place]);
        if row.iter().find(|n| **n != 0).is_none_or(|n| *n > 0) {
            return None;
        }
        let negated = row.iter().map(|n| n.checked_neg()).collect::<Option<Vec<i128>>>()?;
        self.atleast.binary_search_by(|other| coefficients(other).cmp(&negated)).ok()
    }
}

/// Divides a row by the common factor of its coefficients, its constant by what is given. True if
/// no coefficient is left and the constant is not negative.
fn plain(row: &mut Row, divided: impl Fn(i128, i128) -> i128) -> bool {
    let g = content(row);
    if g > 1 {
        let last = row.len() - 1;
        row[..last].iter_mut().for_each(|n| *n /= g);
        row[last] = divided(row[last], g);
    }
    g == 0 && constant(row) >= 0
}

/// An unknown and what to put for it: what the equation says where a coefficient is ±1; otherwise a
/// change of unknown, x = x′ − …, that reduces the other coefficients to the symmetric residues of
/// the smallest one.
fn solved(equation: &Row) -> Result<(usize, Row), GaveUp> {
    let used = (0..equation.len() - 1).filter(|k| equation[*k] != 0);
    let unknown = used.min_by_key(|k| equation[*k].unsigned_abs()).ok_or(GaveUp)?;
    let smallest = equation[unknown];
    let quotient = |n: &i128| -> Result<i128, GaveUp> {
        let doubled = sum(product(2, *n)?, smallest.abs())?;
        product(-smallest.signum(), doubled.div_euclid(product(2, smallest.abs())?))
    };
    let mut by = equation.iter().map(quotient).collect::<Result<Row, GaveUp>>()?;
    by[unknown] = i128::from(smallest.abs() != 1);
    Ok((unknown, by))
}

fn value(row: &Row, point: &[i128]) -> Result<i128, GaveUp> {
    coefficients(row).iter().zip(point).try_fold(constant(row), |total, (n, x)| sum(total, product(*n, *x)?))
}

fn coefficients(row: &Row) -> &[i128] {
    &row[..row.len() - 1]
}

fn constant(row: &Row) -> i128 {
    row[row.len() - 1]
}

fn content(row: &Row) -> i128 {
    coefficients(row).iter().fold(0, |g, n| if g == 1 || *n == 0 { g } else { gcd(g, *n) })
}

fn sum(a: i128, b: i128) -> Result<i128, GaveUp> {
    a.checked_add(b).filter(small).ok_or(GaveUp)
}

fn product(a: i128, b: i128) -> Result<i128, GaveUp> {
    a.checked_mul(b).filter(small).ok_or(GaveUp)
}

/// Numbers that can be negated and added a few times.
fn small(n: &i128) -> bool {
    n.unsigned_abs() < 1 << 120
}
