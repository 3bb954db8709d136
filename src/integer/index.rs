//! Index expressions: polynomials over indices, sizes, floor quotients, extrema and integer data, in
//! one canonical form.
//!
//! Invariant: terms are sorted by monomial, no coefficient is zero, no monomial occurs twice; so
//! equal polynomials are equal values. Literals are bounded (see `LARGEST`), which keeps the
//! coefficients of every expression the language can state inside `i128`.

#[cfg(test)]
mod tests;

use crate::language::syntax::Name;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The largest literal or size, in absolute value.
pub const LARGEST: i128 = 1 << 30;

/// An index: a name and, for fresh copies made by the engine, the number of primes it carries.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Var {
    /// The author's name.
    pub name: Name,
    /// 0 for the author's own index, more for fresh copies of it.
    pub serial: u16,
}

impl Var {
    /// The index that is written so; primes behind the name count as those of a copy.
    pub fn new(name: impl Into<Name>) -> Self {
        let name = name.into();
        let plain = name.trim_end_matches('\'');
        match u16::try_from(name.len() - plain.len()) {
            Ok(primes) if primes > 0 && !plain.is_empty() => Var { name: plain.into(), serial: primes },
            _ => Var { name, serial: 0 },
        }
    }

    /// How it is written: the name with its primes.
    pub fn written(&self) -> Name {
        match self.serial {
            0 => self.name.clone(),
            primes => format!("{}{}", self.name, "'".repeat(primes.into())).into(),
        }
    }

    /// The first copy of this index that `taken` does not hold.
    pub fn fresh(&self, taken: impl Fn(&Var) -> bool) -> Var {
        let mut var = self.clone();
        while taken(&var) {
            var.serial += 1;
        }
        var
    }
}

/// An unknown of a polynomial.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Atom {
    /// A free or bound index.
    Var(Var),
    /// A symbolic size.
    Size(Name),
    /// ⌊numerator / denominator⌋, the denominator at least 1.
    Div(Box<(Index, Index)>),
    /// The largest or the smallest of several expressions.
    Extreme(Extreme, Vec<Index>),
    /// An entry of an array of integer data.
    Datum(Name, Vec<Index>),
}

/// Which of several expressions an extremum is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Extreme {
    /// `min`
    Least,
    /// `max`
    Greatest,
}

impl Atom {
    /// The expressions that it is made of.
    pub fn parts(&self) -> Vec<&Index> {
        match self {
            Atom::Var(_) | Atom::Size(_) => Vec::new(),
            Atom::Div(pair) => vec![&pair.0, &pair.1],
            Atom::Extreme(_, parts) | Atom::Datum(_, parts) => parts.iter().collect(),
        }
    }

    /// The same made of other expressions, given in the order of `parts`.
    pub fn with_parts(&self, mut parts: Vec<Index>) -> Index {
        match self {
            Atom::Var(_) | Atom::Size(_) => Index::atom(self.clone()),
            Atom::Div(_) => parts.swap_remove(0).floor_div(&parts.remove(0)),
            Atom::Extreme(which, _) => Index::extreme(*which, parts),
            Atom::Datum(name, _) => Index::atom(Atom::Datum(name.clone(), parts)),
        }
    }
}

type Monomial = Vec<Atom>;

/// A polynomial with integer coefficients. It is shared: a copy costs next to nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Index {
    terms: Arc<[(Monomial, i128)]>,
}

impl Index {
    /// The number n.
    pub fn constant(n: i128) -> Self {
        if n == 0 { Index::default() } else { Index { terms: Arc::new([(Vec::new(), n)]) } }
    }

    /// One unknown.
    pub fn atom(atom: Atom) -> Self {
        Index { terms: Arc::new([(vec![atom], 1)]) }
    }

    /// An index.
    pub fn var(var: &Var) -> Self {
        Index::atom(Atom::Var(var.clone()))
    }

    /// A size.
    pub fn size(name: impl Into<Name>) -> Self {
        Index::atom(Atom::Size(name.into()))
    }

    /// The terms: monomials, as sorted lists of atoms, and their coefficients.
    pub fn terms(&self) -> &[(Vec<Atom>, i128)] {
        &self.terms
    }

    /// The number this is, if it is one.
    pub fn as_constant(&self) -> Option<i128> {
        match &*self.terms {
            [] => Some(0),
            [(monomial, n)] if monomial.is_empty() => Some(*n),
            _ => None,
        }
    }

    /// The index this is, if it is a bare one.
    pub fn as_var(&self) -> Option<&Var> {
        match &*self.terms {
            [(monomial, 1)] => match monomial.as_slice() {
                [Atom::Var(var)] => Some(var),
                _ => None,
            },
            _ => None,
        }
    }

    /// The constant term.
    pub fn constant_term(&self) -> i128 {
        self.terms.iter().find(|(m, _)| m.is_empty()).map_or(0, |(_, n)| *n)
    }

    /// How many atoms and terms it has, those inside quotients included.
    pub fn weight(&self) -> usize {
        let atom = |atom: &Atom| 1 + atom.parts().iter().map(|part| part.weight()).sum::<usize>();
        self.terms.iter().map(|(monomial, _)| 1 + monomial.iter().map(atom).sum::<usize>()).sum()
    }

    /// Whether this is the number 0.
    pub fn is_zero(&self) -> bool {
        self.terms.is_empty()
    }

    fn collect(mut raw: Vec<(Monomial, i128)>) -> Self {
        raw.sort_by(|a, b| a.0.cmp(&b.0));
        let mut terms: Vec<(Monomial, i128)> = Vec::with_capacity(raw.len());
        for (monomial, n) in raw {
            match terms.last_mut() {
                Some((last, m)) if *last == monomial => *m = m.saturating_add(n),
                _ => terms.push((monomial, n)),
            }
        }
        terms.retain(|(_, n)| *n != 0);
        Index { terms: terms.into() }
    }

    /// self + other.
    pub fn plus(&self, other: &Index) -> Index {
        if self.is_zero() {
            return other.clone();
        }
        if other.is_zero() {
            return self.clone();
        }
        Index::collect(self.terms.iter().chain(&*other.terms).cloned().collect())
    }

    /// self − other.
    pub fn minus(&self, other: &Index) -> Index {
        if other.is_zero() {
            return self.clone();
        }
        let negated = other.terms.iter().map(|(monomial, n)| (monomial.clone(), n.saturating_neg()));
        Index::collect(self.terms.iter().cloned().chain(negated).collect())
    }

    /// self + n.
    pub fn plus_number(&self, n: i128) -> Index {
        self.plus(&Index::constant(n))
    }

    /// self · n.
    pub fn times_number(&self, n: i128) -> Index {
        match n {
            0 => return Index::default(),
            1 => return self.clone(),
            _ => {}
        }
        Index { terms: self.terms.iter().map(|(m, c)| (m.clone(), c.saturating_mul(n))).collect() }
    }

    /// self · other.
    pub fn times(&self, other: &Index) -> Index {
        match (self.as_constant(), other.as_constant()) {
            (_, Some(n)) => return self.times_number(n),
            (Some(n), _) => return other.times_number(n),
            (None, None) => {}
        }
        let mut raw = Vec::with_capacity(self.terms.len() * other.terms.len());
        for (a, m) in &*self.terms {
            for (b, n) in &*other.terms {
                let mut monomial: Monomial = a.iter().chain(b).cloned().collect();
                monomial.sort();
                raw.push((monomial, m.saturating_mul(*n)));
            }
        }
        Index::collect(raw)
    }

    /// ⌊self / divisor⌋ for a divisor known to be at least 1. The parts of self that the divisor
    /// divides term by term leave the floor when nothing else remains in it.
    pub fn floor_div(&self, divisor: &Index) -> Index {
        if let (Some(a), Some(b)) = (self.as_constant(), divisor.as_constant())
            && b != 0
        {
            return Index::constant(a.div_euclid(b));
        }
        match self.exact_quotient(divisor) {
            Some(quotient) => quotient,
            None => Index::atom(Atom::Div(Box::new((self.clone(), divisor.clone())))),
        }
    }

    /// The largest or smallest of several expressions, at least one. Those of which it is plain that
    /// another is more extreme, because they differ from it by a number, are left out.
    pub fn extreme(which: Extreme, parts: Vec<Index>) -> Index {
        let mut kept: Vec<Index> = Vec::with_capacity(parts.len());
        for part in parts {
            let flat = match &*part.terms {
                [(monomial, 1)] => match monomial.as_slice() {
                    [Atom::Extreme(inner, parts)] if *inner == which => parts.clone(),
                    _ => vec![part],
                },
                _ => vec![part],
            };
            for part in flat {
                let ahead = |a: &Index, b: &Index| {
                    a.minus(b).as_constant().is_some_and(|n| if which == Extreme::Greatest { n >= 0 } else { n <= 0 })
                };
                if !kept.iter().any(|other| ahead(other, &part)) {
                    kept.retain(|other| !ahead(&part, other));
                    kept.push(part);
                }
            }
        }
        if kept.len() == 1 { kept.remove(0) } else { Index::atom(Atom::Extreme(which, kept)) }
    }

    /// |self|
    pub fn absolute(&self) -> Index {
        Index::extreme(Extreme::Greatest, vec![self.clone(), self.times_number(-1)])
    }

    /// self mod divisor: self − divisor·⌊self/divisor⌋.
    pub fn modulo(&self, divisor: &Index) -> Index {
        self.minus(&divisor.times(&self.floor_div(divisor)))
    }

    /// self / divisor where a divisor of one term divides every term.
    pub fn exact_quotient(&self, divisor: &Index) -> Option<Index> {
        let [(monomial, n)] = &*divisor.terms else { return None };
        if monomial.is_empty() && *n == 1 {
            return Some(self.clone());
        }
        let mut terms = Vec::with_capacity(self.terms.len());
        for (m, c) in &*self.terms {
            let mut rest = m.clone();
            for atom in monomial {
                rest.remove(rest.iter().position(|a| a == atom)?);
            }
            if c % n != 0 {
                return None;
            }
            terms.push((rest, c / n));
        }
        Some(Index::collect(terms))
    }

    /// self = quotient·divisor + rest, where the quotient takes every term that a divisor of one
    /// term divides.
    pub fn split_by(&self, divisor: &Index) -> (Index, Index) {
        let (mut quotient, mut rest) = (Index::default(), Index::default());
        for term in &*self.terms {
            let term = Index { terms: Arc::new([term.clone()]) };
            match term.exact_quotient(divisor) {
                Some(part) => quotient = quotient.plus(&part),
                None => rest = rest.plus(&term),
            }
        }
        (quotient, rest)
    }

    /// The terms all of whose atoms satisfy the predicate, and the other terms.
    pub fn split_terms(&self, plain: impl Fn(&Atom) -> bool) -> (Index, Index) {
        let whole = |(monomial, _): &&(Monomial, i128)| monomial.iter().all(&plain);
        let (plain, other): (Vec<_>, Vec<_>) = self.terms.iter().partition(whole);
        let some = |terms: Vec<&(Monomial, i128)>| Index { terms: terms.into_iter().cloned().collect() };
        (some(plain), some(other))
    }

    /// (a, m·n) for ⌊⌊a/m⌋/n⌋, where self is ⌊a/m⌋ and n the divisor; any other self as it is.
    pub fn unnested(&self, divisor: &Index) -> (Index, Index) {
        match &*self.terms {
            [(monomial, 1)] => match monomial.as_slice() {
                [Atom::Div(inner)] => inner.0.unnested(&inner.1.times(divisor)),
                _ => (self.clone(), divisor.clone()),
            },
            _ => (self.clone(), divisor.clone()),
        }
    }

    /// The greatest common divisor of all coefficients; 0 for the number 0.
    pub fn content(&self) -> i128 {
        self.terms.iter().fold(0, |g, (_, n)| gcd(g, *n))
    }

    /// (c, e) with self = c·var + e, where neither mentions var; none if var stands inside a
    /// quotient or a square.
    pub fn linear_in(&self, var: &Var) -> Option<(Index, Index)> {
        let (mut slope, mut rest) = (Vec::new(), Vec::new());
        for (monomial, n) in &*self.terms {
            match monomial.iter().position(|a| matches!(a, Atom::Var(v) if v == var)) {
                Some(place) => {
                    let mut other = monomial.clone();
                    other.remove(place);
                    slope.push((other, *n));
                }
                None => rest.push((monomial.clone(), *n)),
            }
        }
        let (slope, rest) = (Index::collect(slope), Index::collect(rest));
        (!slope.mentions(var) && !rest.mentions(var)).then_some((slope, rest))
    }

    /// Whether the index occurs anywhere in this.
    pub fn mentions(&self, var: &Var) -> bool {
        self.any_atom(&mut |atom| matches!(atom, Atom::Var(v) if v == var))
    }

    /// Whether integer data is read anywhere in this.
    pub fn reads_data(&self) -> bool {
        self.any_atom(&mut |atom| matches!(atom, Atom::Datum(..)))
    }

    /// Whether any atom, quotients' insides included, satisfies the predicate.
    pub fn any_atom(&self, test: &mut dyn FnMut(&Atom) -> bool) -> bool {
        self.terms
            .iter()
            .flat_map(|(m, _)| m)
            .any(|atom| test(atom) || atom.parts().into_iter().any(|part| part.any_atom(test)))
    }

    /// Adds every index that occurs in this to the set.
    pub fn collect_vars(&self, vars: &mut BTreeSet<Var>) {
        self.any_atom(&mut |atom| {
            if let Atom::Var(var) = atom {
                vars.insert(var.clone());
            }
            false
        });
    }

    /// Whether no index occurs in this.
    pub fn is_free_of_vars(&self) -> bool {
        !self.any_atom(&mut |atom| matches!(atom, Atom::Var(_)))
    }

    /// The same with every atom replaced by what `replace` gives for it; the others are rebuilt
    /// from their replaced insides.
    pub fn map_atoms(&self, replace: &dyn Fn(&Atom) -> Option<Index>) -> Index {
        let mut sum = Index::default();
        for (monomial, n) in &*self.terms {
            let mut product = Index::constant(*n);
            for atom in monomial {
                let rebuilt = || atom.with_parts(atom.parts().into_iter().map(|p| p.map_atoms(replace)).collect());
                let factor = replace(atom).unwrap_or_else(rebuilt);
                product = product.times(&factor);
            }
            sum = sum.plus(&product);
        }
        sum
    }

    /// The same with an index replaced by an expression.
    pub fn substitute(&self, var: &Var, by: &Index) -> Index {
        match self.as_var() {
            Some(own) if own == var => by.clone(),
            _ if !self.mentions(var) => self.clone(),
            _ => self.map_atoms(&|atom| matches!(atom, Atom::Var(v) if v == var).then(|| by.clone())),
        }
    }

    /// The same with several indices replaced at once.
    pub fn substitute_all(&self, pairs: &[(Var, Index)]) -> Index {
        let value = |var: &Var| pairs.iter().find(|(v, _)| v == var).map(|(_, by)| by);
        match self.as_var() {
            Some(own) => value(own).unwrap_or(self).clone(),
            None if pairs.iter().all(|(var, _)| !self.mentions(var)) => self.clone(),
            None => self.map_atoms(&|atom| match atom {
                Atom::Var(var) => value(var).cloned(),
                _ => None,
            }),
        }
    }

    /// The same with a size replaced by an expression.
    pub fn substitute_size(&self, size: &str, by: &Index) -> Index {
        self.map_atoms(&|atom| matches!(atom, Atom::Size(name) if &**name == size).then(|| by.clone()))
    }

    /// A form in which quotients by a number have their numerator reduced, quotients of quotients
    /// are one, and extrema are sorted maxima that begin with 0, so that equal expressions such as
    /// ⌊(n+2)/2⌋ and 1+⌊n/2⌋ are equal values. For comparison, not for print.
    pub fn canonical(&self) -> Index {
        if !self.any_atom(&mut |atom| matches!(atom, Atom::Div(_) | Atom::Extreme(..))) {
            return self.clone();
        }
        self.map_atoms(&|atom| match atom {
            Atom::Div(pair) => {
                let (numerator, divisor) = (pair.0.canonical(), pair.1.canonical());
                let (quotient, rest) = match divisor.as_constant() {
                    Some(m) if m > 0 => reduce(&numerator, m),
                    _ => numerator.split_by(&divisor),
                };
                let (numerator, divisor) = rest.unnested(&divisor);
                Some(quotient.plus(&numerator.floor_div(&divisor)))
            }
            Atom::Extreme(which, parts) => {
                let sign = if *which == Extreme::Greatest { 1 } else { -1 };
                let mut parts: Vec<Index> = parts.iter().map(|p| p.canonical().times_number(sign)).collect();
                parts.sort();
                let pivot = parts[0].clone();
                let differences = parts.iter().map(|p| p.minus(&pivot)).collect();
                Some(pivot.plus(&Index::extreme(Extreme::Greatest, differences)).times_number(sign))
            }
            Atom::Var(_) | Atom::Size(_) | Atom::Datum(..) => None,
        })
    }
}

fn reduce(numerator: &Index, m: i128) -> (Index, Index) {
    let part = |f: fn(i128, i128) -> i128| {
        Index::collect(numerator.terms.iter().map(|(mono, n)| (mono.clone(), f(*n, m))).collect())
    };
    (part(i128::div_euclid), part(i128::rem_euclid))
}

/// The greatest common divisor, never negative.
pub fn gcd(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.min(i128::MAX as u128) as i128
}
