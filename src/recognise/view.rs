//! The index map view of a formula: a Σ of a product of reads, and for each axis of each read the
//! affine map from output and summed indices to the place that is read.
//!
//! Invariant: a view stands for exactly the formula it was made from. A bracket is left out only
//! if it says that a read lies inside its array or that a quotient leaves no remainder; any other
//! bracket, but [a = b] on two output indices, leaves the formula without a view.

use crate::integer::{Atom, Condition, Index, Var};
use crate::language::syntax::{Name, Role};
use crate::model::{Bound, Kind, System, Term};

/// A formula as index maps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The output indices that have more than one value.
    pub free: Vec<Bound>,
    /// The summed indices.
    pub summed: Vec<Bound>,
    /// Numbers and sizes that multiply everything.
    pub scale: Vec<Term>,
    /// The reads.
    pub factors: Vec<Factor>,
    /// Output indices that must be equal, or the formula is 0.
    pub equal: Vec<(Var, Var)>,
    /// Whether a bracket keeps some read inside its array.
    pub guarded: bool,
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
    /// Where, axis by axis.
    pub accesses: Vec<Access>,
}

/// The place that is read on one axis: (Σ slope·index + offset) / divisor, without remainder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The indices and their slopes, which are free of indices.
    pub terms: Vec<(Var, Index)>,
    /// What is left without indices.
    pub offset: Index,
    /// The divisor, 1 where there is none.
    pub divisor: Index,
    /// The place as it stands in the formula.
    pub written: Index,
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
}

impl Factor {
    /// Whether the index stands in one of its places.
    pub fn mentions(&self, var: &Var) -> bool {
        self.accesses.iter().any(|a| a.mentions(var))
    }

    /// First and last index of each of its axes.
    pub fn bounds(&self, system: &System) -> Vec<(Index, Index)> {
        system.bounds(self.source.array()).unwrap_or_default()
    }

    /// The axis that is read at the bare index, if exactly one of its places mentions it.
    pub fn bare_axis(&self, var: &Var) -> Option<usize> {
        let mut axes = (0..self.accesses.len()).filter(|k| self.accesses[*k].mentions(var));
        let axis = axes.next()?;
        (axes.next().is_none() && self.accesses[axis].as_bare() == Some(var)).then_some(axis)
    }
}

impl Access {
    fn new(place: &Index, exact: &[(Index, Index)]) -> Option<Access> {
        let (mut rest, divisor) = cleared(place, exact)?;
        let mut vars = std::collections::BTreeSet::new();
        rest.collect_vars(&mut vars);
        let mut terms = Vec::new();
        for var in vars {
            let (slope, without) = rest.linear_in(&var)?;
            if !slope.is_free_of_vars() {
                return None;
            }
            terms.push((var, slope));
            rest = without;
        }
        Some(Access { terms, offset: rest, divisor, written: place.clone() })
    }

    /// Whether the index stands in it.
    pub fn mentions(&self, var: &Var) -> bool {
        self.terms.iter().any(|(v, _)| v == var)
    }

    /// The index, where the place is nothing but one.
    pub fn as_bare(&self) -> Option<&Var> {
        self.written.as_var()
    }

    /// Whether no index stands in it.
    pub fn is_fixed(&self) -> bool {
        self.terms.is_empty()
    }

    /// The place times the divisor.
    fn numerator(&self) -> Index {
        let parts = self.terms.iter().map(|(v, slope)| slope.times(&Index::var(v)));
        parts.fold(self.offset.clone(), |sum, part| sum.plus(&part))
    }
}

impl View {
    /// The view of a formula with these output indices, if it is a sum of a product of reads.
    pub fn new(system: &System, indices: &[Bound], term: &Term) -> Option<View> {
        let mut parts = Parts::default();
        parts.take(term)?;
        let free: Vec<Bound> = indices.iter().filter(|b| b.lo != b.hi).cloned().collect();
        if parts.summed.iter().any(|b| !b.lo.is_free_of_vars() || !b.hi.is_free_of_vars()) {
            return None;
        }
        let settled: Vec<(Var, Index)> =
            parts.summed.iter().filter(|b| b.lo == b.hi).map(|b| (b.var.clone(), b.lo.clone())).collect();
        parts.summed.retain(|b| b.lo != b.hi);
        let exact = parts.exact();
        let place = |index: &Index| settled.iter().fold(index.clone(), |index, (v, by)| index.substitute(v, by));
        let mut factors = Vec::new();
        for (source, at) in &parts.reads {
            let accesses = at.iter().map(|index| Access::new(&place(index), &exact)).collect::<Option<Vec<_>>>()?;
            factors.push(Factor { source: source.clone(), accesses });
        }
        let mut view =
            View { free, summed: parts.summed, scale: parts.scale, factors, equal: Vec::new(), guarded: false };
        let inside = view.inside(system);
        for guard in &parts.guards {
            view.settle(&guard.map(&mut |index| place(index)), &exact, &inside)?;
        }
        Some(view)
    }

    /// Leaves a bracket out that says what the view says anyhow.
    fn settle(&mut self, guard: &Condition, exact: &[(Index, Index)], inside: &[Condition]) -> Option<()> {
        match guard {
            Condition::All(parts) => parts.iter().try_for_each(|part| self.settle(part, exact, inside)),
            Condition::Divides(m, e) => {
                let divides = |f: &Factor| {
                    f.accesses.iter().any(|a| a.divisor == *m && a.numerator().minus(e).exact_quotient(m).is_some())
                };
                self.factors.iter().any(divides).then_some(())
            }
            Condition::Equal(a, b) => {
                let (a, b) = (a.as_var()?, b.as_var()?);
                let free = |v: &Var| self.free.iter().any(|bound| bound.var == *v);
                (free(a) && free(b)).then(|| self.equal.push((a.clone(), b.clone())))
            }
            Condition::AtMost(..) | Condition::Within(..) => {
                for e in guard.as_nonnegative()? {
                    let stated = Condition::AtMost(Index::default(), cleared(&e, exact)?.0).canonical();
                    if !stated.iter().all(|s| inside.contains(s)) {
                        return None;
                    }
                }
                self.guarded = true;
                Some(())
            }
            Condition::Any(_) | Condition::Not(_) => None,
        }
    }

    /// What it means for every read to lie inside its array.
    fn inside(&self, system: &System) -> Vec<Condition> {
        let mut stated = Vec::new();
        for factor in &self.factors {
            for (access, (lo, hi)) in factor.accesses.iter().zip(factor.bounds(system)) {
                let place = access.numerator();
                let first = Condition::AtMost(lo.times(&access.divisor), place.clone());
                let last = Condition::AtMost(place, hi.times(&access.divisor));
                stated.extend(first.canonical());
                stated.extend(last.canonical());
            }
        }
        stated
    }
}

/// The pieces of a formula, sorted by kind.
#[derive(Default)]
struct Parts {
    summed: Vec<Bound>,
    scale: Vec<Term>,
    reads: Vec<(Source, Vec<Index>)>,
    guards: Vec<Condition>,
}

impl Parts {
    fn take(&mut self, term: &Term) -> Option<()> {
        match term.kind() {
            Kind::Number(_) => self.scale.push(term.clone()),
            Kind::Integer(index) if index.is_free_of_vars() => self.scale.push(term.clone()),
            Kind::Power(base, _) if matches!(base.kind(), Kind::Integer(i) if i.is_free_of_vars()) => {
                self.scale.push(term.clone());
            }
            Kind::Read(array, at) => self.reads.push((Source::Array(array.clone()), at.clone())),
            Kind::Upstream(output, at) => self.reads.push((Source::Upstream(output.clone()), at.clone())),
            Kind::Bracket(condition) => self.guards.push(condition.clone()),
            Kind::Product(factors) => factors.iter().try_for_each(|factor| self.take(factor))?,
            Kind::Sigma(bounds, body) if self.summed.is_empty() => {
                self.summed = bounds.clone();
                self.take(body)?;
            }
            Kind::Integer(_)
            | Kind::Power(..)
            | Kind::Sum(_)
            | Kind::Sigma(..)
            | Kind::Pi(..)
            | Kind::Derivative(..) => {
                return None;
            }
        }
        Some(())
    }

    /// The quotients (numerator, divisor) that leave no remainder under the brackets.
    fn exact(&self) -> Vec<(Index, Index)> {
        fn collect(condition: &Condition, exact: &mut Vec<(Index, Index)>) {
            match condition {
                Condition::Divides(m, e) => exact.push((e.clone(), m.clone())),
                Condition::All(parts) => parts.iter().for_each(|p| collect(p, exact)),
                _ => {}
            }
        }
        let mut exact = Vec::new();
        self.guards.iter().for_each(|guard| collect(guard, &mut exact));
        exact
    }
}

/// An expression times the divisor of the one exact quotient in it, and that divisor. None if a
/// quotient on an index is not exact.
fn cleared(e: &Index, exact: &[(Index, Index)]) -> Option<(Index, Index)> {
    let mut found: Option<(Index, Index)> = None;
    e.any_atom(&mut |atom| {
        if let Atom::Div(pair) = atom
            && exact.contains(&**pair)
        {
            found = Some((**pair).clone());
        }
        false
    });
    let Some((numerator, divisor)) = found else {
        let open = e.any_atom(&mut |a| matches!(a, Atom::Div(pair) if !pair.0.is_free_of_vars()));
        return (!open).then(|| (e.clone(), Index::constant(1)));
    };
    let quotient = Index::atom(Atom::Div(Box::new((numerator.clone(), divisor.clone()))));
    let (mut with, mut without) = (Index::default(), Index::default());
    for (monomial, n) in e.terms() {
        let whole = |skip: bool| {
            let kept = monomial.iter().filter(|a| !skip || Index::atom((*a).clone()) != quotient);
            kept.fold(Index::constant(*n), |product, a| product.times(&Index::atom(a.clone())))
        };
        match monomial.iter().filter(|a| Index::atom((*a).clone()) == quotient).count() {
            0 => without = without.plus(&whole(false)),
            1 => with = with.plus(&whole(true)),
            _ => return None,
        }
    }
    let scaled = with.times(&numerator).plus(&without.times(&divisor));
    let open = scaled.any_atom(&mut |a| matches!(a, Atom::Div(pair) if !pair.0.is_free_of_vars()));
    (!open).then_some((scaled, divisor))
}
