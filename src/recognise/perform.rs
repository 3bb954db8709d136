//! An operation, performed from its parameters alone: every value of every wire is tried, what the
//! axes admit is read, multiplied and added up.
//!
//! This shares no code with the recognition and never sees the formula; that both give the same
//! entries is what makes a name more than a guess. Invariant: slow and plain.

use super::axis::Axis;
use super::view::Source;
use super::wire::Place;
use super::{Operation, Wire};
use crate::evaluate::{EvalError, Formula, Instance, Scalar};
use crate::integer::Index;
use crate::model::{Bound, Quote, Term};

/// An operation at the sizes of an instance.
pub struct Performed<'a> {
    instance: &'a Instance,
    operation: &'a Operation,
    ranges: Vec<(i64, i64)>,
    /// For each wire that stays, the places of its indices among those of the answer.
    outputs: Vec<Vec<usize>>,
    fixed: Vec<Vec<Option<i64>>>,
    axes: Vec<(Vec<usize>, Relation)>,
    scale: Scalar,
}

/// What an axis demands of the values of its wires.
enum Relation {
    Free,
    Fixed(i64),
    /// The first is slope·second + shift.
    Line(i64, i64),
    /// The first is stride·second + dilation·third + shift.
    Window(i64, i64, i64),
    /// The first is the numeral of the others.
    Digits,
    /// The signed sum and the shift are a multiple of the modulus.
    Cycle(Vec<i64>, i64, i64),
    /// The last is an entry of the data at the others, plus a shift.
    Lookup(i64),
    /// The first plus the gap does not exceed the second.
    Order(i64),
    /// Number and group agree on both sides of two.
    Groups([i64; 2]),
}

impl<'a> Performed<'a> {
    /// The operation at the sizes of an instance; `indices` are those of the answer.
    ///
    /// # Errors
    /// A parameter that has no value there.
    pub fn new(instance: &'a Instance, operation: &'a Operation, indices: &[Bound]) -> Result<Self, EvalError> {
        let number = |index: &Index| -> Result<i64, EvalError> {
            let formula = instance.compile_integer(&Quote::plain().index(index), &[])?;
            instance.evaluate_integer(&formula, &[]).map(|n| n as i64)
        };
        let wiring = &operation.wiring;
        let ranges = wiring.wires.iter().map(|w| Ok((number(&w.lo)?, number(&w.hi)?)));
        let ranges = ranges.collect::<Result<Vec<_>, EvalError>>()?;
        let place = |wire: &Wire| {
            wire.stays.iter().filter_map(|v| indices.iter().position(|b| b.var == *v)).collect::<Vec<_>>()
        };
        let mut fixed = Vec::new();
        for places in &wiring.places {
            let one = places.iter().map(|place| match place {
                Place::Wire(_) => Ok(None),
                Place::Fixed(index) => number(index).map(Some),
            });
            fixed.push(one.collect::<Result<Vec<_>, EvalError>>()?);
        }
        let mut axes = Vec::new();
        for axis in &operation.axes {
            axes.push((axis.wires(), relation(axis, &number)?));
        }
        let scale = Quote::plain().formula(&Term::product(wiring.scale.iter().cloned()));
        let scale = instance.evaluate(&instance.compile(&scale, &[])?, &[])?;
        let outputs = wiring.wires.iter().map(place).collect();
        Ok(Performed { instance, operation, ranges, outputs, fixed, axes, scale })
    }

    /// The entry at the indices of the answer.
    ///
    /// # Errors
    /// A read outside its array.
    pub fn entry(&self, at: &[i64]) -> Result<Scalar, EvalError> {
        let mut values: Vec<Option<i64>> = vec![None; self.ranges.len()];
        for (wire, places) in self.outputs.iter().enumerate() {
            let Some(first) = places.first() else { continue };
            let (lo, hi) = self.ranges[wire];
            let value = at[*first];
            if places.iter().any(|k| at[*k] != value) || value < lo || value > hi {
                return Ok(Scalar::ZERO);
            }
            values[wire] = Some(value);
        }
        Ok(self.sum(&mut values, 0)? * self.scale)
    }

    /// About how many values are tried, and entries read, for one entry.
    fn cost(&self) -> i64 {
        let (mut total, mut alive) = (0i64, 1i64);
        let mut settled: Vec<bool> = self.outputs.iter().map(|places| !places.is_empty()).collect();
        for (wires, relation) in &self.axes {
            let open: Vec<usize> =
                wires.iter().copied().filter(|w| !std::mem::replace(&mut settled[*w], true)).collect();
            let lengths = open.iter().map(|w| self.ranges[*w].1 - self.ranges[*w].0 + 1);
            let tried = lengths.clone().fold(1i64, i64::saturating_mul);
            total = total.saturating_add(alive.saturating_mul(tried));
            let free = matches!(relation, Relation::Free | Relation::Order(_));
            alive = alive.saturating_mul(tried / if free { 1 } else { lengths.max().unwrap_or(1).max(1) });
        }
        total.saturating_mul(1 + self.operation.wiring.factors.len() as i64)
    }

    /// The sum over all values of the wires of the axes from the k-th on.
    fn sum(&self, values: &mut [Option<i64>], k: usize) -> Result<Scalar, EvalError> {
        let Some((wires, relation)) = self.axes.get(k) else { return self.product(values) };
        let Some(open) = wires.iter().copied().find(|w| values[*w].is_none()) else {
            let settled: Vec<i64> = wires.iter().filter_map(|w| values[*w]).collect();
            return if self.holds(k, relation, &settled) { self.sum(values, k + 1) } else { Ok(Scalar::ZERO) };
        };
        let (lo, hi) = self.ranges[open];
        let mut total = Scalar::ZERO;
        for value in lo..=hi {
            values[open] = Some(value);
            total = total + self.sum(values, k)?;
        }
        values[open] = None;
        Ok(total)
    }

    fn product(&self, values: &[Option<i64>]) -> Result<Scalar, EvalError> {
        let mut product = Scalar::ONE;
        for (k, factor) in self.operation.wiring.factors.iter().enumerate() {
            let places = self.operation.wiring.places[k].iter().zip(&self.fixed[k]);
            let at: Vec<i64> = places
                .filter_map(|(place, fixed)| match place {
                    Place::Wire(wire) => values[*wire],
                    Place::Fixed(_) => *fixed,
                })
                .collect();
            let entry = match &factor.source {
                Source::Array(name) => self.instance.entry(name, &at),
                Source::Upstream(output) => self.instance.upstream(output, &at),
            };
            product = product * entry.ok_or_else(|| EvalError::UnknownName(factor.source.array().clone()))?;
        }
        Ok(product)
    }

    fn holds(&self, axis: usize, relation: &Relation, values: &[i64]) -> bool {
        match (relation, values) {
            (Relation::Free, _) => true,
            (Relation::Fixed(n), [value]) => value == n,
            (Relation::Line(slope, shift), [to, from]) => *to == slope * from + shift,
            (Relation::Window(stride, dilation, shift), [position, window, tap]) => {
                *position == stride * window + dilation * tap + shift
            }
            (Relation::Digits, [whole, parts @ ..]) => {
                let wires = &self.axes[axis].0;
                let digit = |k: usize, n: i64| n - self.ranges[wires[k]].0;
                let radix = |k: usize| self.ranges[wires[k]].1 - self.ranges[wires[k]].0 + 1;
                let number = parts.iter().enumerate().fold(0, |n, (k, part)| n * radix(k + 1) + digit(k + 1, *part));
                digit(0, *whole) == number
            }
            (Relation::Cycle(signs, shift, modulus), values) => {
                let sum = signs.iter().zip(values).fold(*shift, |sum, (sign, value)| sum + sign * value);
                sum.rem_euclid(*modulus) == 0
            }
            (Relation::Lookup(shift), [at @ .., value]) => match &self.operation.axes[axis] {
                Axis::Lookup(lookup) => {
                    self.instance.integer_entry(&lookup.data, at).is_some_and(|entry| *value == entry + shift)
                }
                _ => false,
            },
            (Relation::Order(gap), [small, large]) => small + gap <= *large,
            (Relation::Groups(sizes), [a, m, b, n]) => {
                let wires = &self.axes[axis].0;
                let first = |k: usize| self.ranges[wires[k]].0;
                let (a, m, b, n) = (a - first(0), m - first(1), b - first(2), n - first(3));
                a % sizes[0] == m && b % sizes[1] == n && a / sizes[0] == b / sizes[1]
            }
            _ => false,
        }
    }
}

/// Whether operations, performed and added up, give the entries that a formula does. Where one entry
/// takes long, the last of the entries only are compared; where even one takes too long, nothing is
/// confirmed.
pub fn confirms(
    operations: &[Operation],
    indices: &[Bound],
    instance: &Instance,
    formula: &Formula,
    entries: &[Vec<i64>],
) -> bool {
    let performed = operations.iter().map(|o| Performed::new(instance, o, indices)).collect::<Result<Vec<_>, _>>();
    let Ok(performed) = performed else { return false };
    let cost: i64 = performed.iter().map(Performed::cost).fold(1, i64::saturating_add);
    if cost > MOST_STEPS {
        return false;
    }
    let affordable = usize::try_from(STEPS / cost).unwrap_or(0).max(1);
    entries.iter().rev().take(affordable).all(|at| {
        let total = performed.iter().try_fold(Scalar::ZERO, |sum, one| Ok::<_, EvalError>(sum + one.entry(at)?));
        total.is_ok() && total == instance.evaluate(formula, at)
    })
}

/// How many values are tried for all entries together, and at most for a single one.
const STEPS: i64 = 2_000_000;
const MOST_STEPS: i64 = 4 * STEPS;

fn relation(axis: &Axis, number: &dyn Fn(&Index) -> Result<i64, EvalError>) -> Result<Relation, EvalError> {
    Ok(match axis {
        Axis::Bare(_) => Relation::Free,
        Axis::Fixed(_, value) => Relation::Fixed(number(value)?),
        Axis::Line(line) => Relation::Line(number(&line.slope)?, number(&line.shift)?),
        Axis::Window(w) => {
            let sign = if w.flipped { -1 } else { 1 };
            Relation::Window(number(&w.stride)?, sign * number(&w.dilation)?, number(&w.shift)?)
        }
        Axis::Digits(_) => Relation::Digits,
        Axis::Cycle(c) => {
            let signs = c.terms.iter().map(|(_, negative)| if *negative { -1 } else { 1 }).collect();
            Relation::Cycle(signs, number(&c.shift)?, number(&c.modulus)?)
        }
        Axis::Lookup(l) => Relation::Lookup(number(&l.shift)?),
        Axis::Order(o) => Relation::Order(number(&o.gap)?),
        Axis::Groups(g) => Relation::Groups([number(&g.sizes[0])?, number(&g.sizes[1])?]),
    })
}
