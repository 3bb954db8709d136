//! What follows from the ranges and requirements in force: yes, no, or unknown – never a guess.
//!
//! Witnesses come first: two of them at which a condition has different truth values leave it unknown.
//! Then quick proofs are tried, and last the complete procedure. With sizes given as numbers, and
//! within the work it may do, the answer is *unknown* only where both truth values occur.

#[cfg(test)]
mod tests;

use super::cases::{Verdict, decide};
use super::condition::Condition;
use super::facts::Facts;
use super::index::Index;
use super::linear::Translation;
use super::witness::{MANY, Point};

/// An answer that may be withheld.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It follows.
    Yes,
    /// Its negation follows.
    No,
    /// Neither was proved.
    Unknown,
}

impl Facts {
    /// The expression with every index in range pushed, innermost first, to the end at which it is
    /// largest or smallest; none if the direction of some index cannot be proved.
    pub fn extreme_over_ranges(&self, e: &Index, largest: bool) -> Option<Index> {
        let mut pushed = e.clone();
        for (var, lo, hi) in self.stated.ranges.iter().rev() {
            if !pushed.mentions(var) {
                continue;
            }
            let (slope, _) = pushed.linear_in(var)?;
            let end = if self.proves_nonnegative(&slope) {
                if largest { hi } else { lo }
            } else if self.proves_nonnegative(&slope.times_number(-1)) {
                if largest { lo } else { hi }
            } else {
                return None;
            };
            pushed = pushed.substitute(var, end);
        }
        Some(pushed)
    }

    /// Whether the condition holds wherever the facts do (Yes), nowhere (No), or neither is proved.
    /// Where the facts cannot hold at all, either may be said.
    pub fn judge(&self, condition: &Condition) -> Truth {
        let known = self.learnt.judged.borrow().get(condition).copied();
        known.unwrap_or_else(|| {
            let found = self.find_out(condition);
            self.learnt.judged.borrow_mut().insert(condition.clone(), found);
            found
        })
    }

    fn find_out(&self, condition: &Condition) -> Truth {
        let (yes, no) = self.seen(|point| point.holds(condition));
        if yes && no {
            return Truth::Unknown;
        }
        if !no && self.shows(condition, true) {
            return Truth::Yes;
        }
        if !yes && self.shows(condition, false) {
            return Truth::No;
        }
        if !no && self.refutes(condition, false) {
            return Truth::Yes;
        }
        if !yes && self.refutes(condition, true) {
            return Truth::No;
        }
        Truth::Unknown
    }

    /// Whether e ≥ 0 follows.
    pub fn proves_nonnegative(&self, e: &Index) -> bool {
        if let Some(n) = e.as_constant() {
            return n >= 0;
        }
        let known = self.learnt.nonnegative.borrow().get(e).copied();
        known.unwrap_or_else(|| {
            let (_, no) = self.seen(|point| point.value(e).map(|n| n >= 0));
            let claim = || Condition::AtMost(Index::default(), e.clone());
            let proved = !no && (self.proves(e) || self.refutes(&claim(), false));
            self.learnt.nonnegative.borrow_mut().insert(e.clone(), proved);
            proved
        })
    }

    /// Whether e ≥ 1 follows.
    pub fn proves_positive(&self, e: &Index) -> bool {
        if let Some(n) = e.as_constant() {
            return n >= 1;
        }
        self.proves_nonnegative(&e.plus_number(-1))
    }

    /// Whether the facts are found to contradict each other.
    pub fn impossible(&self) -> bool {
        self.learnt.impossible.get().unwrap_or_else(|| {
            let found = !self.seen(|_| Some(true)).0 && self.refutes(&Condition::always(), true);
            self.learnt.impossible.set(Some(found));
            found
        })
    }

    /// Whether numbers were found that satisfy the facts and not the condition.
    pub fn fails_somewhere(&self, condition: &Condition) -> bool {
        let fails = |point: Point| point.satisfies(self) && point.holds(condition) == Some(false);
        match self.met(condition, false) {
            (Verdict::Refuted, _) => false,
            (_, Some(_)) => true,
            (_, None) => (0..MANY).filter_map(|seed| Point::draw(self, seed)).any(fails),
        }
    }

    /// Numbers at which the condition and the facts hold, if the complete procedure finds some.
    pub fn example(&self, condition: &Condition) -> Option<Point> {
        self.met(condition, true).1
    }

    /// What the complete procedure says of the facts together with the condition, or with its negation, and
    /// the numbers at which they hold together.
    fn met(&self, condition: &Condition, holds: bool) -> (Verdict, Option<Point>) {
        let translation = self.with(condition, holds);
        let verdict = decide(&translation);
        let point = match &verdict {
            Verdict::Met(solution) => Some(Point::at(self, translation.values(solution))),
            Verdict::Refuted | Verdict::Open => None,
        };
        let point = point.filter(|point| point.satisfies(self) && point.holds(condition) == Some(holds));
        (verdict, point)
    }

    /// Whether a truth value was seen at a witness: true, and false.
    fn seen(&self, value: impl Fn(&Point) -> Option<bool>) -> (bool, bool) {
        let (mut yes, mut no) = (false, false);
        let mut witnesses = self.learnt.witnesses.borrow_mut();
        let mut place = 0;
        while let Some(point) = witnesses.get(place, self) {
            match value(point) {
                Some(true) => yes = true,
                Some(false) => no = true,
                None => {}
            }
            if yes && no {
                break;
            }
            place += 1;
        }
        (yes, no)
    }

    /// Whether a quick proof shows that the condition holds, or that it does not.
    fn shows(&self, condition: &Condition, holds: bool) -> bool {
        match condition {
            Condition::Equal(a, b) => {
                let e = a.minus(b).canonical();
                let negative = e.times_number(-1);
                if holds {
                    return self.shows_nonnegative(&e) && self.shows_nonnegative(&negative);
                }
                let (content, constant) = (e.plus_number(-e.constant_term()).content(), e.constant_term());
                (if content == 0 { constant != 0 } else { constant % content != 0 })
                    || self.shows_nonnegative(&e.plus_number(-1))
                    || self.shows_nonnegative(&negative.plus_number(-1))
            }
            Condition::AtMost(a, b) if holds => self.shows_nonnegative(&b.minus(a)),
            Condition::AtMost(a, b) => self.shows_nonnegative(&a.minus(b).plus_number(-1)),
            Condition::Within(lo, e, hi) if holds => {
                self.shows_nonnegative(&e.minus(lo)) && self.shows_nonnegative(&hi.minus(e))
            }
            Condition::Within(lo, e, hi) => {
                self.shows_nonnegative(&lo.minus(e).plus_number(-1))
                    || self.shows_nonnegative(&e.minus(hi).plus_number(-1))
            }
            Condition::Divides(m, e) => {
                let (_, rest) = e.split_by(m);
                match (m.as_constant(), rest.as_constant()) {
                    _ if rest.is_zero() => holds,
                    (Some(1), _) => holds,
                    (Some(m), Some(n)) if m > 1 => holds == (n % m == 0),
                    _ => false,
                }
            }
            Condition::All(parts) if holds => parts.iter().all(|p| self.shows(p, true)),
            Condition::All(parts) => parts.iter().any(|p| self.shows(p, false)),
            Condition::Any(parts) if holds => parts.iter().any(|p| self.shows(p, true)),
            Condition::Any(parts) => parts.iter().all(|p| self.shows(p, false)),
            Condition::Not(inner) => self.shows(inner, !holds),
        }
    }

    fn shows_nonnegative(&self, e: &Index) -> bool {
        match e.as_constant() {
            Some(n) => n >= 0,
            None => !self.seen(|point| point.value(e).map(|n| n >= 0)).1 && self.proves(e),
        }
    }

    /// Whether the complete procedure refutes that the condition holds, or that it does not.
    fn refutes(&self, condition: &Condition, holds: bool) -> bool {
        decide(&self.with(condition, holds)) == Verdict::Refuted
    }

    /// The facts together with the condition, or with its negation.
    fn with(&self, condition: &Condition, holds: bool) -> Translation<'_> {
        let mut translation = Translation::new(self, condition);
        translation.state(condition, holds);
        translation.state_facts();
        translation
    }
}
