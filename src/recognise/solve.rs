//! Solving: equations between unknown integers are used up to eliminate what neither stays nor is
//! read, equal unknowns become one wire, and what is left are ties.
//!
//! Invariant: each step keeps, for given output indices, the number of solutions and the places
//! read in each.

use super::limits::{Bound, Span};
use super::relation::{Origin, Relation};
use super::same;
use super::view::View;
use super::wire::{Linear, Place, Tie, Wire, Wiring};
use crate::integer::index::gcd;
use crate::integer::{Extreme, Index, Var};

impl Relation {
    /// Solves equations for summed and hidden unknowns, whose ranges become spans; puts equal
    /// unknowns together and fixed ones aside.
    pub(super) fn eliminate(&mut self) -> Option<()> {
        while let Some((k, place, sign)) = self.solvable(&[Origin::Hidden]).or_else(|| self.solvable(&[Origin::Summed]))
        {
            let equation = self.equations.remove(k);
            let gone = self.unknowns.remove(place);
            let value = Index::var(&gone.var).minus(&equation.times_number(sign));
            self.replace(&gone.var, &value);
            let Wire { shown, lo, hi, .. } = gone.wire;
            match gone.stated {
                [true, true] if gone.ranged => self.spans.push(Span { shown, value, lo, hi }),
                [true, false] if gone.ranged => self.bounds.push(Bound(value.minus(&lo))),
                [false, true] if gone.ranged => self.bounds.push(Bound(hi.minus(&value))),
                _ => {}
            }
        }
        self.combine();
        let mut k = 0;
        while k < self.equations.len() {
            k = if self.fix(k)? || self.unify(k) { 0 } else { k + 1 };
        }
        Some(())
    }

    /// Of a·t = e and b·t = f with coprime numbers a and b remains b·e = a·f, because then t is
    /// u·e + v·f with u·a + v·b = 1.
    pub(super) fn combine(&mut self) {
        while let Some((place, [k, j], [a, b])) = self.twice() {
            let var = self.unknowns.remove(place).var;
            let without = |e: &Index, slope: i128| e.minus(&Index::var(&var).times_number(slope)).times_number(-1);
            let (e, f) = (without(&self.equations[k], a), without(&self.equations[j], b));
            let (u, v) = bezout(a, b);
            let value = e.times_number(u).plus(&f.times_number(v));
            self.equations[k] = e.times_number(b).minus(&f.times_number(a));
            self.equations.remove(j);
            self.replace(&var, &value);
        }
    }

    /// A summed unknown in two equations, with coprime numbers as slopes.
    fn twice(&self) -> Option<(usize, [usize; 2], [i128; 2])> {
        self.unknowns.iter().enumerate().find_map(|(place, unknown)| {
            let mut within = (0..self.equations.len()).filter(|k| self.equations[*k].mentions(&unknown.var));
            let (k, j, more) = (within.next()?, within.next()?, within.next());
            let slope = |k: usize| self.equations[k].linear_in(&unknown.var)?.0.as_constant();
            let (a, b) = (slope(k)?, slope(j)?);
            let summed = unknown.kind == Origin::Summed;
            (summed && more.is_none() && gcd(a, b) == 1).then_some((place, [k, j], [a, b]))
        })
    }

    /// An equation with an unknown of one of the kinds at slope ±1: the equation, the unknown, the
    /// sign.
    fn solvable(&self, kinds: &[Origin]) -> Option<(usize, usize, i128)> {
        self.equations.iter().enumerate().find_map(|(k, equation)| {
            self.unknowns.iter().enumerate().filter(|(_, u)| kinds.contains(&u.kind)).find_map(|(place, unknown)| {
                let (slope, _) = equation.linear_in(&unknown.var)?;
                let sign = slope.as_constant().filter(|n| n.abs() == 1)?;
                Some((k, place, sign))
            })
        })
    }

    fn replace(&mut self, var: &Var, by: &Index) {
        let swap = |e: &mut Index| *e = e.substitute(var, by);
        self.equations.iter_mut().for_each(swap);
        self.spans.iter_mut().for_each(|span| swap(&mut span.value));
        self.bounds.iter_mut().for_each(|bound| swap(&mut bound.0));
        for (_, at, value) in &mut self.data {
            at.iter_mut().for_each(swap);
            swap(value);
        }
    }

    /// Sets aside the place that an equation fixes.
    fn fix(&mut self, k: usize) -> Option<bool> {
        let equation = &self.equations[k];
        let mut inside = (0..self.unknowns.len()).filter(|u| equation.mentions(&self.unknowns[*u].var));
        let (first, more) = (inside.next(), inside.next());
        let Some(first) = first else { return equation.is_zero().then(|| self.equations.remove(k)).map(|_| true) };
        if more.is_some() || self.unknowns[first].kind != Origin::Place {
            return Some(false);
        }
        let (slope, rest) = equation.linear_in(&self.unknowns[first].var)?;
        let sign = slope.as_constant().filter(|n| n.abs() == 1)?;
        let value = rest.times_number(-sign);
        self.equations.remove(k);
        let gone = self.unknowns.remove(first);
        self.replace(&gone.var, &value);
        self.fixed.extend(gone.wire.within.into_iter().map(|place| (place, value.clone())));
        Some(true)
    }

    /// Makes one of two unknowns that an equation says are equal.
    fn unify(&mut self, k: usize) -> bool {
        let equation = &self.equations[k];
        let named = |u: &usize| matches!(self.unknowns[*u].kind, Origin::Output | Origin::Place);
        let inside: Vec<usize> =
            (0..self.unknowns.len()).filter(|u| equation.mentions(&self.unknowns[*u].var)).collect();
        let &[a, b] = inside.as_slice() else { return false };
        let difference = Index::var(&self.unknowns[a].var).minus(&Index::var(&self.unknowns[b].var));
        if !named(&a) || !named(&b) || (*equation != difference && *equation != difference.times_number(-1)) {
            return false;
        }
        self.equations.remove(k);
        let gone = self.unknowns.remove(b);
        let kept = Index::var(&self.unknowns[a].var);
        self.replace(&gone.var, &kept);
        let (lo, hi, alike) = self.meet(&self.unknowns[a].wire, &gone.wire);
        let wire = &mut self.unknowns[a].wire;
        wire.stays.extend(gone.wire.stays);
        wire.within.extend(gone.wire.within);
        wire.whole &= gone.wire.whole && alike;
        (wire.lo, wire.hi) = (lo, hi);
        true
    }

    fn meet(&self, a: &Wire, b: &Wire) -> (Index, Index, bool) {
        let end = |x: &Index, y: &Index, which: Extreme| {
            let sign = if which == Extreme::Greatest { 1 } else { -1 };
            if self.facts.proves_nonnegative(&x.minus(y).times_number(sign)) {
                x.clone()
            } else if self.facts.proves_nonnegative(&y.minus(x).times_number(sign)) {
                y.clone()
            } else {
                Index::extreme(which, vec![x.clone(), y.clone()])
            }
        };
        let alike = same(&a.lo, &b.lo) && same(&a.hi, &b.hi);
        (end(&a.lo, &b.lo, Extreme::Greatest), end(&a.hi, &b.hi, Extreme::Least), alike)
    }

    fn linear(&self, e: &Index) -> Option<Linear> {
        let (mut terms, mut rest) = (Vec::new(), e.clone());
        for (k, unknown) in self.unknowns.iter().enumerate() {
            let (slope, without) = rest.linear_in(&unknown.var)?;
            if !slope.is_free_of_vars() {
                return None;
            }
            if !slope.is_zero() {
                terms.push((k, slope));
            }
            rest = without;
        }
        rest.is_free_of_vars().then_some(Linear { terms, rest })
    }

    /// The equations in which an integer stands that nothing else restricts, without it: what is left
    /// is a multiple of its slope.
    fn congruences(&mut self) -> Vec<(Index, Index)> {
        let mut found = Vec::new();
        let mut place = 0;
        while place < self.unknowns.len() {
            let unknown = &self.unknowns[place];
            let var = &unknown.var;
            let elsewhere = self.bounds.iter().any(|b| b.0.mentions(var))
                || self.data.iter().any(|(_, at, value)| value.mentions(var) || at.iter().any(|e| e.mentions(var)));
            let mut within = (0..self.equations.len()).filter(|k| self.equations[*k].mentions(var));
            let (only, more) = (within.next(), within.next());
            match only.filter(|_| more.is_none() && !unknown.ranged && !elsewhere) {
                Some(k) if self.equations[k].linear_in(var).is_some() => {
                    let (modulus, rest) = self.equations[k].linear_in(var).unwrap_or_default();
                    self.equations.remove(k);
                    self.unknowns.remove(place);
                    found.push((rest, modulus));
                }
                _ => place += 1,
            }
        }
        found
    }

    pub(super) fn finish(mut self, view: &View) -> Option<(Wiring, Vec<Tie>)> {
        self.unknowns.sort_by_key(|u| match u.kind {
            Origin::Output => 0,
            Origin::Place => 1,
            Origin::Summed => 2,
            Origin::Hidden => 3,
        });
        let congruences = self.congruences();
        let mut ties = Vec::new();
        for (zero, modulus) in &congruences {
            ties.push(Tie::Congruent(self.linear(zero)?, modulus.clone()));
        }
        for equation in &self.equations {
            ties.push(Tie::Equal(self.linear(equation)?));
        }
        for bound in &self.bounds {
            ties.push(Tie::Ordered(self.linear(&bound.0)?));
        }
        for (data, at, value) in &self.data {
            let at = at.iter().map(|e| self.linear(e)).collect::<Option<Vec<_>>>()?;
            ties.push(Tie::Datum { data: data.clone(), at, value: self.linear(value)? });
        }
        let shared = |k: usize| ties.iter().filter(|t| matches!(t, Tie::Equal(e) if e.wires().any(|w| w == k))).count();
        if self.unknowns.iter().enumerate().any(|(k, u)| !u.ranged && (u.kind != Origin::Hidden || shared(k) != 2)) {
            return None;
        }
        let mut wiring = Wiring::of(view);
        wiring.wires = self.unknowns.into_iter().map(|u| u.wire).collect();
        wiring.places = view.factors.iter().map(|f| vec![Place::Wire(usize::MAX); f.at.len()]).collect();
        for ((factor, axis), value) in self.fixed {
            wiring.places[factor][axis] = Place::Fixed(value);
        }
        for (k, wire) in wiring.wires.iter().enumerate() {
            for (factor, axis) in &wire.within {
                wiring.places[*factor][*axis] = Place::Wire(k);
            }
        }
        Some((wiring, ties))
    }
}

/// (u, v) with u·a + v·b = 1, for coprime a and b.
fn bezout(a: i128, b: i128) -> (i128, i128) {
    if b == 0 {
        return (a.signum(), 0);
    }
    let (u, v) = bezout(b, a.rem_euclid(b));
    (v, u - v * a.div_euclid(b))
}
