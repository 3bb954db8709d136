//! Conditions on integers: what an Iverson bracket asks.
//!
//! The sides are kept as they came (`1 ≤ n−2(r−1) ≤ 3`), because a reader wants to see them so.

use super::index::{Index, Var};
use std::collections::BTreeSet;

/// A condition on index expressions.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Condition {
    /// a = b
    Equal(Index, Index),
    /// a ≤ b
    AtMost(Index, Index),
    /// lo ≤ e ≤ hi
    Within(Index, Index, Index),
    /// m | e, with m at least 1
    Divides(Index, Index),
    /// All of them hold; none: true.
    All(Vec<Condition>),
    /// One of them holds; none: false.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
}

impl Condition {
    /// The condition that always holds.
    pub fn always() -> Self {
        Condition::All(Vec::new())
    }

    /// The condition that never holds.
    pub fn never() -> Self {
        Condition::Any(Vec::new())
    }

    /// The condition that all of these hold: the only one, if there is one.
    pub fn joined(mut parts: Vec<Condition>) -> Self {
        if parts.len() == 1 { parts.remove(0) } else { Condition::All(parts) }
    }

    /// The same with every index expression in it replaced.
    pub fn map(&self, f: &mut dyn FnMut(&Index) -> Index) -> Condition {
        match self {
            Condition::Equal(a, b) => Condition::Equal(f(a), f(b)),
            Condition::AtMost(a, b) => Condition::AtMost(f(a), f(b)),
            Condition::Within(lo, e, hi) => Condition::Within(f(lo), f(e), f(hi)),
            Condition::Divides(m, e) => Condition::Divides(f(m), f(e)),
            Condition::All(parts) => Condition::All(parts.iter().map(|p| p.map(f)).collect()),
            Condition::Any(parts) => Condition::Any(parts.iter().map(|p| p.map(f)).collect()),
            Condition::Not(inner) => Condition::Not(Box::new(inner.map(f))),
        }
    }

    /// Calls `f` on every index expression in it.
    pub fn visit(&self, f: &mut dyn FnMut(&Index)) {
        match self {
            Condition::Equal(a, b) | Condition::AtMost(a, b) | Condition::Divides(a, b) => {
                f(a);
                f(b);
            }
            Condition::Within(lo, e, hi) => {
                f(lo);
                f(e);
                f(hi);
            }
            Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|p| p.visit(f)),
            Condition::Not(inner) => inner.visit(f),
        }
    }

    /// The condition that holds where this one does not; without the word *not* but for equations
    /// and divisibility.
    pub fn negated(&self) -> Condition {
        let each = |parts: &[Condition]| parts.iter().map(Condition::negated).collect();
        match self {
            Condition::AtMost(a, b) => Condition::AtMost(b.plus_number(1), a.clone()),
            Condition::Within(lo, e, hi) => Condition::Any(vec![
                Condition::AtMost(e.plus_number(1), lo.clone()),
                Condition::AtMost(hi.plus_number(1), e.clone()),
            ]),
            Condition::All(parts) => Condition::Any(each(parts)),
            Condition::Any(parts) => Condition::All(each(parts)),
            Condition::Not(inner) => (**inner).clone(),
            Condition::Equal(..) | Condition::Divides(..) => Condition::Not(Box::new(self.clone())),
        }
    }

    /// The same with an index replaced.
    pub fn substitute(&self, var: &Var, by: &Index) -> Condition {
        self.map(&mut |index| index.substitute(var, by))
    }

    /// Whether the index occurs.
    pub fn mentions(&self, var: &Var) -> bool {
        let mut found = false;
        self.visit(&mut |index| found |= index.mentions(var));
        found
    }

    /// Whether integer data is read anywhere in this.
    pub fn reads_data(&self) -> bool {
        let mut found = false;
        self.visit(&mut |index| found |= index.reads_data());
        found
    }

    /// Whether only numbers occur.
    pub fn is_constant(&self) -> bool {
        let mut constant = true;
        self.visit(&mut |index| constant &= index.as_constant().is_some());
        constant
    }

    /// Adds every index that occurs to the set.
    pub fn collect_vars(&self, vars: &mut BTreeSet<Var>) {
        self.visit(&mut |index| index.collect_vars(vars));
    }

    /// The expressions that must all be ≥ 0 for an order relation or equation to hold; none for
    /// divisibility and for disjunctions.
    pub fn as_nonnegative(&self) -> Option<Vec<Index>> {
        match self {
            Condition::Equal(a, b) => Some(vec![a.minus(b), b.minus(a)]),
            Condition::AtMost(a, b) => Some(vec![b.minus(a)]),
            Condition::Within(lo, e, hi) => Some(vec![e.minus(lo), hi.minus(e)]),
            Condition::All(parts) => {
                let mut all = Vec::new();
                for part in parts {
                    all.extend(part.as_nonnegative()?);
                }
                Some(all)
            }
            Condition::Not(inner) => match &**inner {
                Condition::AtMost(a, b) => Some(vec![a.minus(b).plus_number(-1)]),
                _ => None,
            },
            Condition::Divides(..) | Condition::Any(_) => None,
        }
    }

    /// a and b, where the condition is a ≠ b.
    pub fn as_unequal(&self) -> Option<(&Index, &Index)> {
        let Condition::Not(inner) = self else { return None };
        if let Condition::Equal(a, b) = &**inner { Some((a, b)) } else { None }
    }

    /// The simple conditions that together are this one, each in a form that depends only on what
    /// it says: sides subtracted, common factors taken out, signs fixed. For comparison.
    pub fn canonical(&self) -> Vec<Condition> {
        let mut parts = match self {
            Condition::Equal(a, b) => vec![canonical_equation(&a.minus(b).canonical())],
            Condition::AtMost(a, b) => vec![canonical_inequality(&b.minus(a).canonical())],
            Condition::Within(lo, e, hi) => {
                vec![canonical_inequality(&e.minus(lo).canonical()), canonical_inequality(&hi.minus(e).canonical())]
            }
            Condition::Divides(m, e) => {
                let (_, rest) = e.canonical().split_by(&m.canonical());
                vec![Condition::Divides(m.canonical(), canonical_remainder(&rest, m))]
            }
            Condition::All(parts) => parts.iter().flat_map(Condition::canonical).collect(),
            Condition::Any(parts) => {
                let mut options: Vec<Condition> = parts.iter().map(|p| Condition::All(p.canonical())).collect();
                options.sort();
                options.dedup();
                match (options.pop(), options.is_empty()) {
                    (Some(Condition::All(parts)), true) => parts,
                    (last, _) => vec![Condition::Any(options.into_iter().chain(last).collect())],
                }
            }
            Condition::Not(inner) => match inner.negated() {
                Condition::Not(_) => vec![Condition::Not(Box::new(Condition::joined(inner.canonical())))],
                negated => negated.canonical(),
            },
        };
        parts.sort();
        parts.dedup();
        parts.retain(|p| !is_plainly_true(p));
        parts
    }
}

fn is_plainly_true(condition: &Condition) -> bool {
    match condition {
        Condition::Equal(a, b) => a == b,
        Condition::AtMost(a, b) => b.minus(a).as_constant().is_some_and(|n| n >= 0),
        Condition::Divides(_, e) => e.is_zero(),
        _ => false,
    }
}

fn canonical_equation(e: &Index) -> Condition {
    let content = e.content().max(1);
    let sign = if e.terms().first().is_some_and(|(_, n)| *n < 0) { -1 } else { 1 };
    let reduced = e.exact_quotient(&Index::constant(content * sign)).unwrap_or_default();
    Condition::Equal(reduced, Index::default())
}

/// 0 ≤ e with common factors of the non-constant terms taken out and the constant rounded down.
fn canonical_inequality(e: &Index) -> Condition {
    let constant = e.constant_term();
    let rest = e.plus_number(-constant);
    let g = rest.content();
    if g == 0 {
        return Condition::AtMost(Index::default(), e.clone());
    }
    let reduced = rest.exact_quotient(&Index::constant(g)).unwrap_or_default();
    Condition::AtMost(Index::default(), reduced.plus_number(constant.div_euclid(g)))
}

fn canonical_remainder(rest: &Index, divisor: &Index) -> Index {
    match divisor.as_constant() {
        Some(m) if m > 0 => {
            let positive = |e: &Index| {
                e.terms().iter().fold(Index::default(), |sum, (mono, n)| {
                    let unit =
                        mono.iter().fold(Index::constant(n.rem_euclid(m)), |p, a| p.times(&Index::atom(a.clone())));
                    sum.plus(&unit)
                })
            };
            positive(rest).min(positive(&rest.times_number(-1)))
        }
        _ => {
            let flip = rest.terms().first().is_some_and(|(_, n)| *n < 0);
            if flip { rest.times_number(-1) } else { rest.clone() }
        }
    }
}
