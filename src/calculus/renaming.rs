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

#[cfg(test)]
mod tests {
    use super::*;

    const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

    /// Σ a[i,j]·b[j,k]·c[k,i] under [i ≤ j] over three indices with those names and last values, bound in that order.
    fn cycle(names: [&str; 3], order: [usize; 3], last: &dyn Fn(&[Var; 3], usize) -> Index) -> Summand {
        let vars = names.map(Var::new);
        let bound = |k: usize| Bound { var: vars[k].clone(), lo: Index::constant(1), hi: last(&vars, k) };
        let [i, j, k] = vars.each_ref().map(Index::var);
        let read = |name: &str, at: [&Index; 2]| Term::read(name.into(), at.map(Clone::clone).to_vec());
        Summand {
            bounds: order.map(bound).to_vec(),
            conditions: Condition::AtMost(i.clone(), j.clone()).canonical(),
            factors: vec![read("a", [&i, &j]), read("b", [&j, &k]), read("c", [&k, &i])],
        }
    }

    /// The least form is the same whatever the indices are called and in whatever order they are bound.
    fn one_form(last: &dyn Fn(&[Var; 3], usize) -> Index) -> Summand {
        let expected = cycle(["i", "j", "k"], [0, 1, 2], last).least_renaming();
        for names in ORDERS.map(|order| order.map(|k| ["i", "j", "k"][k])) {
            for order in ORDERS {
                assert_eq!(cycle(names, order, last).least_renaming(), expected, "{names:?} bound as {order:?}");
            }
        }
        expected
    }

    #[test]
    fn names_and_order_of_bound_indices_do_not_matter() {
        let (m, n) = (Index::size("M"), Index::size("N"));
        one_form(&|_, _| n.clone());
        let form = one_form(&|_, k| if k == 1 { m.clone() } else { n.clone() });
        let ends: Vec<&Index> = form.bounds.iter().map(|b| &b.hi).collect();
        assert_eq!(ends, [&m, &n, &n], "ranges come first in the order of forms");
        one_form(&|vars, k| if k == 2 { Index::var(&vars[0]) } else { n.clone() });
    }

    #[test]
    fn of_two_indices_used_alike_the_first_is_any() {
        let square = |names: [&str; 2]| {
            let [a, b] = names.map(Var::new);
            let bound = |var: &Var| Bound { var: var.clone(), lo: Index::constant(1), hi: Index::size("N") };
            let read = |var: &Var| Term::read("u".into(), vec![Index::var(var)]);
            let (bounds, factors) = (vec![bound(&a), bound(&b)], vec![read(&b), read(&a)]);
            Summand { bounds, conditions: Vec::new(), factors }.least_renaming()
        };
        assert_eq!(square(["i", "j"]), square(["j", "i"]));
    }
}
