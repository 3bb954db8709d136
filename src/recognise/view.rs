//! A formula as it is written: a Σ of a product of reads, with what multiplies it and the brackets
//! under it.
//!
//! Invariant: a view stands for exactly the formula it was made from. An index of one value is
//! replaced by that value; an entry of an array without axes counts as a number.

use crate::integer::{Condition, Index, Var};
use crate::language::syntax::{Name, Role};
use crate::model::{Bound, Kind, System, Term};
use std::collections::BTreeSet;

/// A product of reads under a Σ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The output indices that have more than one value.
    pub free: Vec<Bound>,
    /// The summed indices that have more than one value; a range may mention those before it.
    pub summed: Vec<Bound>,
    /// Numbers, sizes and entries of arrays without axes that multiply everything.
    pub scale: Vec<Term>,
    /// The reads of arrays with axes; of arrays without, if there is nothing else.
    pub factors: Vec<Factor>,
    /// The brackets.
    pub guards: Vec<Condition>,
}

/// What a factor reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// An array of the system.
    Array(Name),
    /// The upstream gradient of an output.
    Upstream(Name),
}

/// One read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factor {
    /// What is read.
    pub source: Source,
    /// Where, axis by axis, as it stands in the formula.
    pub at: Vec<Index>,
}

impl Source {
    /// The array, or the output whose upstream gradient it is.
    pub fn array(&self) -> &Name {
        match self {
            Source::Array(name) | Source::Upstream(name) => name,
        }
    }

    /// Whether it is declared as a weight.
    pub fn is_weight(&self, system: &System) -> bool {
        match self {
            Source::Array(name) => system.array(name).is_some_and(|a| a.role == Role::Weight),
            Source::Upstream(_) => false,
        }
    }

    /// Whether it is an upstream gradient.
    pub fn is_upstream(&self) -> bool {
        matches!(self, Source::Upstream(_))
    }
}

impl Factor {
    /// First and last index of each of its axes.
    pub fn bounds(&self, system: &System) -> Vec<(Index, Index)> {
        system.bounds(self.source.array()).unwrap_or_default()
    }
}

impl View {
    /// The view of a formula with these output indices, if it is a sum of a product of reads.
    pub fn new(indices: &[Bound], term: &Term) -> Option<View> {
        let mut view = View {
            free: indices.iter().filter(|b| b.lo != b.hi).cloned().collect(),
            summed: Vec::new(),
            scale: Vec::new(),
            factors: Vec::new(),
            guards: Vec::new(),
        };
        let settled: Vec<(Var, Index)> =
            indices.iter().filter(|b| b.lo == b.hi).map(|b| (b.var.clone(), b.lo.clone())).collect();
        let mut taken: BTreeSet<Var> = indices.iter().map(|b| b.var.clone()).collect();
        view.take(&term.substitute_all(&settled), &mut taken)?;
        if view.factors.is_empty() && view.guards.is_empty() {
            view.promote_scalars();
        }
        Some(view)
    }

    fn take(&mut self, term: &Term, taken: &mut BTreeSet<Var>) -> Option<()> {
        match term.kind() {
            _ if is_scalar(term) => self.scale.push(term.clone()),
            Kind::Power(base, 2) if matches!(base.kind(), Kind::Read(..)) => {
                self.take(base, taken)?;
                self.take(base, taken)?;
            }
            Kind::Read(array, at) => self.read(Source::Array(array.clone()), at),
            Kind::Upstream(output, at) => self.read(Source::Upstream(output.clone()), at),
            Kind::Bracket(condition) => self.guards.push(condition.clone()),
            Kind::Product(factors) => factors.iter().try_for_each(|factor| self.take(factor, taken))?,
            Kind::Sigma(..) => self.sum(&term.with_fresh_bounds(&|v| taken.contains(v)), taken)?,
            Kind::Number(_) | Kind::Integer(_) | Kind::Power(..) => return None,
            Kind::Sum(_) | Kind::Pi(..) | Kind::Extremum(..) | Kind::Derivative(..) => return None,
            Kind::Apply(..) | Kind::Compare(..) => return None,
        }
        Some(())
    }

    fn sum(&mut self, term: &Term, taken: &mut BTreeSet<Var>) -> Option<()> {
        let Kind::Sigma(bounds, body) = term.kind() else { return None };
        taken.extend(bounds.iter().map(|b| b.var.clone()));
        match bounds.iter().find(|b| b.lo == b.hi && b.lo.is_free_of_vars()) {
            Some(one) => {
                let rest: Vec<Bound> = bounds.iter().filter(|b| b.var != one.var).cloned().collect();
                let inner = if rest.is_empty() { body.clone() } else { Term::sigma(rest, body.clone()) };
                self.take(&inner.substitute(&one.var, &one.lo), taken)
            }
            None => {
                self.summed.extend(bounds.iter().cloned());
                self.take(body, taken)
            }
        }
    }

    fn read(&mut self, source: Source, at: &[Index]) {
        self.factors.push(Factor { source, at: at.to_vec() });
    }

    /// A product of nothing but entries of arrays without axes is a product of those.
    fn promote_scalars(&mut self) {
        let scale = std::mem::take(&mut self.scale);
        for term in scale {
            match term.kind() {
                Kind::Read(array, _) => self.read(Source::Array(array.clone()), &[]),
                Kind::Upstream(output, _) => self.read(Source::Upstream(output.clone()), &[]),
                _ => self.scale.push(term),
            }
        }
    }
}

/// Whether a term has one value, whatever the indices: numbers, sizes, entries of arrays without
/// axes, and what is made of them.
fn is_scalar(term: &Term) -> bool {
    let plain = |t: &Term| match t.kind() {
        Kind::Number(_) | Kind::Sum(_) | Kind::Product(_) | Kind::Power(..) => true,
        Kind::Apply(..) | Kind::Compare(..) => true,
        Kind::Integer(index) => index.is_free_of_vars(),
        Kind::Read(_, at) | Kind::Upstream(_, at) => at.is_empty(),
        Kind::Sigma(..) | Kind::Pi(..) | Kind::Extremum(..) | Kind::Bracket(_) | Kind::Derivative(..) => false,
    };
    let product = matches!(term.kind(), Kind::Product(_));
    !product && !term.any(&mut |t| !plain(t))
}
