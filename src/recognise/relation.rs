//! From a view to wires and ties: floors, remainders, divisibility, limits of sums and brackets all
//! become linear relations between integers, which are then [solved](super::solve).
//!
//! So Σ(i: 1+⌊(i−1)/S⌋ = n) g[i] and Σ(j=0..S−1) g[1+S(n−1)+j] become the same wires and ties.
//! Invariant: each step keeps, for given output indices, the number of solutions and the places
//! read in each; what cannot be treated so leaves the formula without wires.

use super::limits;
use super::limits::{Bound, Span};
use super::view::View;
use super::wire::{Tie, Wire, Wiring};
use crate::integer::{Atom, Condition, Extreme, Facts, Index, Var};
use crate::language::syntax::Name;
use crate::model::System;

/// The wires of a view and the ties between them.
pub(super) fn wiring(system: &System, view: &View) -> Option<(Wiring, Vec<Tie>)> {
    let mut relation = Relation { facts: system.facts(), ..Relation::default() };
    relation.outputs(view);
    relation.sums(view)?;
    relation.reads(system, view)?;
    relation.guards(&view.guards)?;
    relation.eliminate()?;
    limits::settle(&mut relation)?;
    relation.finish(view)
}

/// Unknown integers and what is known of them.
#[derive(Default)]
pub(super) struct Relation {
    pub(super) facts: Facts,
    pub(super) unknowns: Vec<Unknown>,
    /// Expressions that are 0.
    pub(super) equations: Vec<Index>,
    /// Expressions with their first and last values.
    pub(super) spans: Vec<Span>,
    /// Expressions that are not negative.
    pub(super) bounds: Vec<Bound>,
    pub(super) data: Vec<(Name, Vec<Index>, Index)>,
    pub(super) quotients: Vec<Quotient>,
    pub(super) fixed: Vec<(Place2, Index)>,
    serial: u16,
}

/// A factor and an axis of it.
pub(super) type Place2 = (usize, usize);

#[derive(Clone, Debug)]
pub(super) struct Unknown {
    pub(super) var: Var,
    pub(super) kind: Origin,
    pub(super) wire: Wire,
    /// Whether the range of the wire is known.
    pub(super) ranged: bool,
    /// Whether its two ends are stated, not only implied by what else is.
    pub(super) stated: [bool; 2],
}

/// Where an unknown comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// An output index.
    Output,
    /// The place on an axis.
    Place,
    /// A summed index.
    Summed,
    /// A quotient, a remainder, an entry of integer data.
    Hidden,
}

const BOTH: [bool; 2] = [true, true];

pub(super) struct Quotient {
    numerator: Index,
    divisor: Index,
    quotient: Var,
    /// None if there is none.
    remainder: Option<Var>,
}

impl Quotient {
    /// How much more the quotient of another numerator is, where the two differ by multiples of the
    /// divisor.
    fn divides_like(&self, numerator: &Index, divisor: &Index) -> Option<Index> {
        let more = numerator.minus(&self.numerator);
        if self.divisor != *divisor {
            return None;
        }
        if more.is_zero() { Some(Index::default()) } else { more.exact_quotient(divisor) }
    }
}

impl Relation {
    fn outputs(&mut self, view: &View) {
        for bound in &view.free {
            let mut wire = wire(Index::var(&bound.var), bound.lo.clone(), bound.hi.clone());
            wire.stays.push(bound.var.clone());
            self.unknowns.push(Unknown {
                var: bound.var.clone(),
                kind: Origin::Output,
                wire,
                ranged: true,
                stated: BOTH,
            });
        }
    }

    /// Summed indices: of their limits, those that are free of indices become the range.
    fn sums(&mut self, view: &View) -> Option<()> {
        for bound in &view.summed {
            let var = Index::var(&bound.var);
            let plain = |end: &Index, which| {
                let found = parts(end, which).into_iter().filter(Index::is_free_of_vars).collect::<Vec<_>>();
                (!found.is_empty()).then(|| Index::extreme(which, found))
            };
            let (lo, hi) = (plain(&bound.lo, Extreme::Greatest), plain(&bound.hi, Extreme::Least));
            let stated = [lo.is_some(), hi.is_some()];
            let reach = self.with_ranges();
            let lo = lo.or_else(|| reach.extreme_over_ranges(&bound.lo, false));
            let hi = hi.or_else(|| reach.extreme_over_ranges(&bound.hi, true));
            let known = lo.is_some() && hi.is_some();
            let wire = wire(var.clone(), lo.unwrap_or_default(), hi.unwrap_or_default());
            self.unknowns.push(Unknown { var: bound.var.clone(), kind: Origin::Summed, wire, ranged: known, stated });
            if bound.lo == bound.hi {
                let value = self.lift(&bound.lo)?;
                self.equations.push(var.minus(&value));
                continue;
            }
            for lower in parts(&bound.lo, Extreme::Greatest).iter().filter(|e| !e.is_free_of_vars()) {
                self.at_least_zero(&var.minus(lower))?;
            }
            for upper in parts(&bound.hi, Extreme::Least).iter().filter(|e| !e.is_free_of_vars()) {
                self.at_least_zero(&upper.minus(&var))?;
            }
        }
        Some(())
    }

    fn reads(&mut self, system: &System, view: &View) -> Option<()> {
        for (factor, read) in view.factors.iter().enumerate() {
            let bounds = read.bounds(system);
            for (axis, (at, (lo, hi))) in read.at.iter().zip(bounds).enumerate() {
                let value = self.lift(&at.canonical())?;
                let mut wire = wire(at.clone(), lo, hi);
                wire.within.push((factor, axis));
                let var = self.fresh();
                self.equations.push(Index::var(&var).minus(&value));
                self.unknowns.push(Unknown { var, kind: Origin::Place, wire, ranged: true, stated: BOTH });
            }
        }
        Some(())
    }

    /// Brackets, those on divisibility first.
    fn guards(&mut self, guards: &[Condition]) -> Option<()> {
        fn simple<'a>(guards: &'a [Condition], found: &mut Vec<&'a Condition>) {
            for guard in guards {
                match guard {
                    Condition::All(parts) => simple(parts, found),
                    _ => found.push(guard),
                }
            }
        }
        let mut all = Vec::new();
        simple(guards, &mut all);
        all.sort_by_key(|guard| !matches!(guard, Condition::Divides(..)));
        all.into_iter().try_for_each(|guard| self.guard(guard))
    }

    fn guard(&mut self, guard: &Condition) -> Option<()> {
        match guard {
            Condition::Equal(a, b) => {
                let zero = self.lift(&a.minus(b).canonical())?;
                self.equations.push(zero);
                Some(())
            }
            Condition::Divides(m, e) => self.divides(m, e),
            Condition::Within(lo, e, hi) if lo.is_free_of_vars() && hi.is_free_of_vars() && !has_quotient(e) => {
                let value = self.lift(e)?;
                self.spans.push(Span { shown: e.clone(), value, lo: lo.clone(), hi: hi.clone() });
                Some(())
            }
            Condition::AtMost(..) | Condition::Within(..) | Condition::Not(_) => {
                guard.as_nonnegative()?.iter().try_for_each(|e| self.at_least_zero(e))
            }
            Condition::All(_) | Condition::Any(_) => None,
        }
    }

    /// m | e: a quotient of an expression that differs from e by multiples of m has no remainder.
    fn divides(&mut self, m: &Index, e: &Index) -> Option<()> {
        let e = self.lift(&e.canonical())?;
        if let Some(known) = self.quotients.iter_mut().find(|q| q.divides_like(&e, m).is_some()) {
            if let Some(remainder) = known.remainder.take() {
                self.equations.push(Index::var(&remainder));
            }
            return Some(());
        }
        let quotient = self.hidden(None);
        self.equations.push(e.minus(&m.times(&Index::var(&quotient))));
        self.show(&quotient, e.floor_div(m));
        self.quotients.push(Quotient { numerator: e, divisor: m.clone(), quotient, remainder: None });
        Some(())
    }

    /// States e ≥ 0, with quotients by ⌊a/m⌋ ≥ −n ⟺ a + m·n ≥ 0 and ⌊a/m⌋ ≤ n ⟺ a ≤ m·n + m − 1.
    pub(super) fn at_least_zero(&mut self, e: &Index) -> Option<()> {
        for (monomial, n) in e.terms() {
            let [atom] = monomial.as_slice() else { continue };
            if Index::atom(atom.clone()).is_free_of_vars() {
                continue;
            }
            let rest = e.minus(&Index::atom(atom.clone()).times_number(*n));
            if self.is_exact(atom) {
                continue;
            }
            match (atom, n) {
                (Atom::Div(pair), 1) => return self.at_least_zero(&rest.times(&pair.1).plus(&pair.0)),
                (Atom::Div(pair), -1) => {
                    let room = rest.plus_number(1).times(&pair.1).plus_number(-1);
                    return self.at_least_zero(&room.minus(&pair.0));
                }
                (Atom::Extreme(Extreme::Least, parts), 1) => {
                    return parts.iter().try_for_each(|part| self.at_least_zero(&rest.plus(part)));
                }
                (Atom::Extreme(Extreme::Greatest, parts), -1) => {
                    return parts.iter().try_for_each(|part| self.at_least_zero(&rest.minus(part)));
                }
                _ => {}
            }
        }
        let value = self.lift(&e.canonical())?;
        self.bounds.push(Bound(value));
        Some(())
    }

    /// Whether an atom is a quotient of which a bracket says that there is no remainder.
    fn is_exact(&mut self, atom: &Atom) -> bool {
        let canonical = Index::atom(atom.clone()).canonical();
        let [.., (monomial, _)] = canonical.terms() else { return false };
        let [Atom::Div(pair)] = monomial.as_slice() else { return false };
        let Some(numerator) = self.lift(&pair.0) else { return false };
        let known = |q: &Quotient| q.remainder.is_none() && q.divides_like(&numerator, &pair.1).is_some();
        self.quotients.iter().any(known)
    }

    /// The expression with quotients and integer data on indices replaced by unknowns.
    fn lift(&mut self, e: &Index) -> Option<Index> {
        let mut sum = Index::default();
        for (monomial, n) in e.terms() {
            let mut product = Index::constant(*n);
            for atom in monomial {
                product = product.times(&self.lift_atom(atom)?);
            }
            sum = sum.plus(&product);
        }
        Some(sum)
    }

    fn lift_atom(&mut self, atom: &Atom) -> Option<Index> {
        let itself = Index::atom(atom.clone());
        if matches!(atom, Atom::Var(_)) || itself.is_free_of_vars() {
            return Some(itself);
        }
        match atom {
            Atom::Div(pair) => {
                let (numerator, divisor) = (self.lift(&pair.0)?, pair.1.clone());
                if !divisor.is_free_of_vars() {
                    return None;
                }
                let known = self
                    .quotients
                    .iter()
                    .find_map(|q| Some(Index::var(&q.quotient).plus(&q.divides_like(&numerator, &divisor)?)));
                if known.is_some() {
                    return known;
                }
                let quotient = self.hidden(None);
                let remainder = self.hidden(Some((Index::default(), divisor.plus_number(-1))));
                self.show(&remainder, pair.0.modulo(&pair.1));
                let product = divisor.times(&Index::var(&quotient));
                self.equations.push(numerator.minus(&product).minus(&Index::var(&remainder)));
                let found = Index::var(&quotient);
                self.quotients.push(Quotient { numerator, divisor, quotient, remainder: Some(remainder) });
                Some(found)
            }
            Atom::Datum(data, at) => {
                let at = at.iter().map(|e| self.lift(&e.canonical())).collect::<Option<Vec<_>>>()?;
                let known = self.data.iter().find(|(name, places, _)| name == data && *places == at);
                if let Some((.., value)) = known {
                    return Some(value.clone());
                }
                let value = Index::var(&self.hidden(None));
                self.data.push((data.clone(), at, value.clone()));
                Some(value)
            }
            Atom::Extreme(..) | Atom::Var(_) | Atom::Size(_) => None,
        }
    }

    fn fresh(&mut self) -> Var {
        self.serial += 1;
        Var { name: "·".into(), serial: self.serial }
    }

    fn hidden(&mut self, range: Option<(Index, Index)>) -> Var {
        let var = self.fresh();
        let ranged = range.is_some();
        let (lo, hi) = range.unwrap_or_default();
        let wire = wire(Index::var(&var), lo, hi);
        self.unknowns.push(Unknown { var: var.clone(), kind: Origin::Hidden, wire, ranged, stated: BOTH });
        var
    }

    /// What a hidden unknown is in the formula's own indices.
    fn show(&mut self, var: &Var, shown: Index) {
        if let Some(unknown) = self.unknowns.iter_mut().find(|u| u.var == *var) {
            unknown.wire.shown = shown;
        }
    }

    /// What is known, the ranges of all unknowns included.
    pub(super) fn with_ranges(&self) -> Facts {
        let mut facts = self.facts.clone();
        for unknown in self.unknowns.iter().filter(|u| u.ranged) {
            facts.bound_index(&unknown.var, &unknown.wire.lo, &unknown.wire.hi);
        }
        facts
    }

    /// A new summed unknown that equals an expression.
    pub(super) fn name(&mut self, shown: Index, value: &Index, lo: Index, hi: Index) {
        let var = self.fresh();
        self.equations.push(value.minus(&Index::var(&var)));
        self.unknowns.push(Unknown {
            var,
            kind: Origin::Summed,
            wire: wire(shown, lo, hi),
            ranged: true,
            stated: BOTH,
        });
    }
}

fn wire(shown: Index, lo: Index, hi: Index) -> Wire {
    Wire { stays: Vec::new(), within: Vec::new(), shown, lo, hi, whole: true }
}

/// The parts of a greatest or least; the expression itself if it is neither.
fn parts(e: &Index, which: Extreme) -> Vec<Index> {
    if let [(monomial, 1)] = e.terms()
        && let [Atom::Extreme(found, parts)] = monomial.as_slice()
        && *found == which
    {
        return parts.clone();
    }
    vec![e.clone()]
}

fn has_quotient(e: &Index) -> bool {
    e.any_atom(&mut |atom| matches!(atom, Atom::Div(pair) if !pair.0.is_free_of_vars()))
}
