//! Bound indices of a summand under names of their own, in the order that gives the least form.
//!
//! Invariant: summands that differ in the names of their bound indices alone have one least form.

use super::normal::Summand;
use crate::integer::{Atom, Condition, Index, Var};
use crate::model::{Bound, Term};

const MOST_PERMUTED: usize = 5;

impl Summand {
    /// The least form that comes of naming the bound indices in an order. Ranges come first in it, so that where
    /// none depends on another index only those over the same range change places.
    pub(super) fn least_renaming(&self) -> Summand {
        let range = |place: usize| (&self.bounds[place].lo, &self.bounds[place].hi);
        let mentions = |end: &Index| self.bounds.iter().any(|b| end.mentions(&b.var));
        let alone = !self.bounds.iter().any(|b| mentions(&b.lo) || mentions(&b.hi));
        let alike = |a: usize, b: usize| !alone || range(a) == range(b);
        let mut order: Vec<usize> = (0..self.bounds.len()).collect();
        if order.len() > MOST_PERMUTED {
            return self.renamed(&order);
        }
        if alone {
            order.sort_by_key(|place| range(*place));
        }
        let mut best: Option<Summand> = None;
        permutations(&mut order, 0, &alike, &mut |order| {
            let candidate = self.renamed(order);
            if best.as_ref().is_none_or(|b| candidate < *b) {
                best = Some(candidate);
            }
        });
        best.unwrap_or_else(|| self.clone())
    }

    fn renamed(&self, order: &[usize]) -> Summand {
        let name = |k: usize| Var { name: "·".into(), serial: k as u16 };
        let table: Vec<(Var, Index)> = order
            .iter()
            .enumerate()
            .map(|(k, place)| (self.bounds[*place].var.clone(), Index::var(&name(k))))
            .collect();
        let swap = |index: &Index| {
            index.map_atoms(&|atom| match atom {
                Atom::Var(v) => table.iter().find(|(old, _)| old == v).map(|(_, new)| new.clone()),
                _ => None,
            })
        };
        let bounds = order.iter().enumerate().map(|(k, place)| {
            let bound = &self.bounds[*place];
            Bound { var: name(k), lo: swap(&bound.lo), hi: swap(&bound.hi) }
        });
        let mut conditions: Vec<Condition> =
            self.conditions.iter().flat_map(|c| c.map(&mut |i| swap(i)).canonical()).collect();
        let mut factors: Vec<Term> = self.factors.iter().map(|f| f.substitute_all(&table)).collect();
        let bounds = bounds.collect();
        conditions.sort();
        factors.sort();
        Summand { bounds, conditions, factors }
    }
}

/// Every order in which those that are alike, and stand together, change places.
fn permutations(
    order: &mut Vec<usize>,
    from: usize,
    alike: &dyn Fn(usize, usize) -> bool,
    f: &mut dyn FnMut(&[usize]),
) {
    if from + 1 >= order.len() {
        f(order);
        return;
    }
    let group = order[from..].iter().take_while(|other| alike(order[from], **other)).count();
    for k in from..from + group {
        order.swap(from, k);
        permutations(order, from + 1, alike, f);
        order.swap(from, k);
    }
}
