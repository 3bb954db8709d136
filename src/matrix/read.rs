//! A formula read as matrices: sums add up, a product under a Σ is a network of factors, and what is
//! inside a function, a power or a comparison is a matrix of its own.
//!
//! Invariant: an index stands for a whole axis wherever it occurs, so that exchanging it for a row or
//! a column loses nothing; whatever is not so is refused.

use super::build::{self, Scaled};
use super::network::{Network, Piece};
use super::{Extent, Form, Matrix, Unfit};
use crate::derivation::Derivation;
use crate::integer::{Condition, Index, Var};
use crate::language::syntax::Name;
use crate::model::{Bound, Kind, Quote, System, Term};
use std::collections::BTreeSet;

/// Into how many summands a product with sums may fall.
const MOST_SUMMANDS: usize = 64;

type Sides<'a> = [&'a Option<Var>; 2];

/// The formula of a derivation with these indices for rows and columns.
///
/// # Errors
/// Why there is no such matrix.
pub(super) fn matrix(
    system: &System,
    quote: &Quote,
    derivation: &Derivation,
    sides: Sides<'_>,
) -> Result<Matrix, Unfit> {
    let single = |b: &&Bound| super::is_single(b);
    let settled: Vec<(Var, Index)> =
        derivation.indices.iter().filter(single).map(|b| (b.var.clone(), b.lo.clone())).collect();
    let fixed = |b: &&Bound| derivation.goal.fixes(&b.var);
    let scope = derivation.indices.iter().filter(|b| !super::is_single(b) && !fixed(b)).cloned().collect::<Vec<_>>();
    let fixed = derivation.indices.iter().filter(fixed).map(|b| b.var.clone()).collect();
    let mut reader = Reader { system, quote, fixed, summands: 0 };
    Ok(reader.value(&derivation.result.substitute_all(&settled), &scope, sides)?.whole(quote))
}

struct Reader<'a> {
    system: &'a System,
    quote: &'a Quote,
    /// Indices that are the same throughout.
    fixed: Vec<Var>,
    summands: usize,
}

/// A product under a Σ, taken apart.
#[derive(Default)]
struct Flat {
    scale: Vec<Term>,
    bounds: Vec<Bound>,
    deltas: Vec<[Var; 2]>,
    factors: Vec<Term>,
}

impl Reader<'_> {
    /// Whether an index expression is the same throughout.
    fn is_fixed(&self, index: &Index) -> bool {
        let mut vars = BTreeSet::new();
        index.collect_vars(&mut vars);
        vars.iter().all(|var| self.fixed.contains(var))
    }

    /// Whether a term is a formula without indices, to be written as it stands.
    fn is_plain(&self, term: &Term) -> bool {
        let own = match term.kind() {
            Kind::Sigma(..) | Kind::Pi(..) | Kind::Extremum(..) | Kind::Derivative(..) => false,
            Kind::Bracket(condition) => {
                let mut free = true;
                condition.visit(&mut |index| free &= self.is_fixed(index));
                free
            }
            _ => term.own_indices().all(|index| self.is_fixed(index)),
        };
        own && term.children().iter().all(|child| self.is_plain(child))
    }

    fn value(&mut self, term: &Term, scope: &[Bound], sides: Sides<'_>) -> Result<Scaled, Unfit> {
        match term.kind() {
            Kind::Sum(terms) if !self.is_plain(term) || sides.iter().any(|s| s.is_some()) => {
                self.sum(terms, scope, sides)
            }
            _ => self.network(term, scope, sides),
        }
    }

    fn sum(&mut self, terms: &[Term], scope: &[Bound], sides: Sides<'_>) -> Result<Scaled, Unfit> {
        self.summands += terms.len();
        if self.summands > MOST_SUMMANDS {
            return Err(Unfit::Wiring);
        }
        let mut signed = Vec::with_capacity(terms.len());
        for term in terms {
            signed.push(self.value(term, scope, sides)?.signed(self.quote));
        }
        Ok(Scaled { matrix: Some(build::sum(signed)), ..Scaled::default() })
    }

    fn network(&mut self, term: &Term, scope: &[Bound], sides: Sides<'_>) -> Result<Scaled, Unfit> {
        let mut flat = Flat::default();
        let mut inside = scope.to_vec();
        self.flatten(term, &mut flat, &mut inside)?;
        if let Some(place) = self.to_multiply_out(&flat, &inside) {
            let summands = flat.factors[place].summands().to_vec();
            let deltas: Vec<Term> = flat.deltas.iter().map(|[a, b]| delta(a, b)).collect();
            let part = |summand: &Term| {
                let chosen = flat.factors.iter().enumerate();
                let factors = chosen.map(|(k, f)| if k == place { summand.clone() } else { f.clone() });
                Term::sigma(flat.bounds.clone(), Term::product(deltas.iter().cloned().chain(factors)))
            };
            let parts: Vec<Term> = summands.iter().map(part).collect();
            return Ok(self.sum(&parts, scope, sides)?.times(&flat.scale));
        }
        let mut network = Network::new(scope, sides, &flat.bounds);
        for [a, b] in &flat.deltas {
            network.join(a, b)?;
        }
        for factor in &flat.factors {
            let (base, exponent) = match factor.kind() {
                Kind::Power(base, exponent) => (base, *exponent),
                _ => (factor, 1),
            };
            let mut piece = self.piece(base, &inside)?;
            piece.under = exponent < 0;
            piece.matrix = build::power(piece.matrix, exponent.checked_abs().ok_or(Unfit::Value)?);
            network.add(piece)?;
        }
        Ok(network.contracted()?.times(&flat.scale))
    }

    /// Products, sums over indices, brackets and powers of products taken apart; each sum gets
    /// indices of its own.
    fn flatten(&self, term: &Term, flat: &mut Flat, scope: &mut Vec<Bound>) -> Result<(), Unfit> {
        match term.kind() {
            _ if self.is_plain(term) => flat.scale.push(term.clone()),
            Kind::Product(factors) => factors.iter().try_for_each(|f| self.flatten(f, flat, scope))?,
            Kind::Power(base, n) if matches!(base.kind(), Kind::Product(_)) => {
                base.factors().iter().try_for_each(|f| self.flatten(&Term::power(f.clone(), *n), flat, scope))?;
            }
            Kind::Bracket(condition) => flat.deltas.extend(deltas(condition, scope)?),
            Kind::Sigma(..) => {
                let fresh = term.with_fresh_bounds(&|v| scope.iter().any(|b| b.var == *v));
                let Kind::Sigma(bounds, body) = fresh.kind() else { return Err(Unfit::Value) };
                let mut body = body.clone();
                for bound in bounds {
                    if !bound.lo.is_free_of_vars() || !bound.hi.is_free_of_vars() {
                        return Err(Unfit::Range(bound.var.name.clone()));
                    }
                    if super::is_single(bound) {
                        body = body.substitute(&bound.var, &bound.lo);
                        continue;
                    }
                    scope.push(bound.clone());
                    flat.bounds.push(bound.clone());
                }
                self.flatten(&body, flat, scope)?;
            }
            _ => flat.factors.push(term.clone()),
        }
        Ok(())
    }

    /// A sum among the factors that is no matrix to multiply with: it has more than two indices, or a
    /// summand is a Kronecker delta or constant along an axis that no other factor shares with it.
    fn to_multiply_out(&self, flat: &Flat, scope: &[Bound]) -> Option<usize> {
        let wires: Vec<Vec<Var>> = flat.factors.iter().map(|f| wires(f, scope)).collect();
        let mixed = |k: usize| {
            let Kind::Sum(terms) = flat.factors[k].kind() else { return false };
            let own = &wires[k];
            let others = || wires.iter().enumerate().filter(|(j, other)| *j != k && !other.is_empty());
            let alone = others().next().is_none() && flat.deltas.is_empty();
            let beside = others().any(|(_, other)| other.len() == 2 && own.iter().all(|v| other.contains(v)));
            let partial = |t: &Term| {
                let delta = t.factors().iter().any(|f| matches!(f.kind(), Kind::Bracket(Condition::Equal(..))));
                delta || own.iter().any(|v| !t.free_vars().contains(v))
            };
            own.len() > 2 || own.len() == 2 && !alone && !beside && terms.iter().any(partial)
        };
        (0..flat.factors.len()).find(|k| mixed(*k))
    }

    /// A factor as a matrix, with the indices of its rows and columns.
    fn piece(&mut self, term: &Term, scope: &[Bound]) -> Result<Piece, Unfit> {
        match term.kind() {
            Kind::Read(name, at) => self.letter(Form::Array(name.clone()), name, at, scope),
            Kind::Upstream(name, at) => {
                let letter = self.quote.upstream.get(name).cloned();
                self.letter(Form::Upstream(name.clone(), letter), name, at, scope)
            }
            Kind::Sum(_) | Kind::Apply(..) | Kind::Compare(..) | Kind::Sigma(..) => self.composed(term, scope),
            Kind::Product(_) | Kind::Power(..) => self.composed(term, scope),
            Kind::Bracket(_) => Err(Unfit::Condition),
            Kind::Number(_) | Kind::Integer(_) | Kind::Pi(..) => Err(Unfit::Value),
            Kind::Extremum(..) | Kind::Derivative(..) => Err(Unfit::Value),
        }
    }

    fn composed(&mut self, term: &Term, scope: &[Bound]) -> Result<Piece, Unfit> {
        let mut wires = wires(term, scope).into_iter();
        let (row, column) = (wires.next(), wires.next());
        if wires.next().is_some() {
            return Err(Unfit::Wiring);
        }
        let sides = [&row, &column];
        let form = match term.kind() {
            Kind::Apply(function, arguments) => {
                let parts: Result<Vec<Matrix>, Unfit> =
                    arguments.iter().map(|argument| self.argument(argument, scope, sides)).collect();
                Form::Apply(*function, parts?)
            }
            Kind::Compare(relation, [a, b]) => {
                let pair = [self.argument(a, scope, sides)?, self.argument(b, scope, sides)?];
                Form::Compare(*relation, Box::new(pair))
            }
            _ => {
                let matrix = self.value(term, scope, sides)?.whole(self.quote);
                return Ok(Piece { matrix, row, column, under: false });
            }
        };
        let extent = |side: &Option<Var>| side.as_ref().map_or(Extent::One, |v| extent_of(v, scope));
        let matrix = Matrix { form, rows: extent(&row), columns: extent(&column) };
        Ok(Piece { matrix, row, column, under: false })
    }

    /// What a function is applied to entry by entry; a scalar stays one.
    fn argument(&mut self, term: &Term, scope: &[Bound], sides: Sides<'_>) -> Result<Matrix, Unfit> {
        let sides = if wires(term, scope).is_empty() { [&None, &None] } else { sides };
        Ok(self.value(term, scope, sides)?.whole(self.quote))
    }

    /// An array read at bare indices over its whole axes. Axes of one place count only in an array
    /// that is declared with two.
    fn letter(&self, form: Form, name: &Name, at: &[Index], scope: &[Bound]) -> Result<Piece, Unfit> {
        let mut axes = self.system.bounds(name).unwrap_or_default();
        let lead = at
            .iter()
            .zip(&axes)
            .take_while(|(index, (lo, hi))| self.is_fixed(index) && Extent::new(lo, hi) != Extent::One);
        let lead = lead.count();
        let form = match form {
            Form::Array(name) if lead > 0 => {
                Form::Slice(name, at[..lead].iter().map(|index| self.quote.index(index)).collect())
            }
            other if lead == 0 => other,
            _ => return Err(Unfit::Place(name.clone())),
        };
        axes.drain(..lead);
        let at = &at[lead..];
        let mut sides: Vec<Option<Var>> = Vec::with_capacity(axes.len());
        for (index, (lo, hi)) in at.iter().zip(&axes) {
            let axis = Extent::new(lo, hi);
            let whole = |v: &&Var| scope.iter().any(|b| b.var == **v && Extent::new(&b.lo, &b.hi).is(&axis));
            match index.as_var().filter(whole) {
                Some(var) => sides.push(Some(var.clone())),
                None if axis == Extent::One && super::same(index, lo) => sides.push(None),
                None => return Err(Unfit::Place(name.clone())),
            }
        }
        if sides.len() != 2 {
            sides.retain(Option::is_some);
        }
        let mut sides = sides.into_iter();
        let (row, column) = (sides.next().flatten(), sides.next().flatten());
        if sides.next().is_some() {
            return Err(Unfit::Factor(name.clone()));
        }
        let extent = |side: &Option<Var>| side.as_ref().map_or(Extent::One, |v| extent_of(v, scope));
        let matrix = Matrix { form, rows: extent(&row), columns: extent(&column) };
        Ok(Piece { matrix, row, column, under: false })
    }
}

/// The indices in force that a term depends on, in the order in which it reads them.
fn wires(term: &Term, scope: &[Bound]) -> Vec<Var> {
    let free = term.free_vars();
    let mut found: Vec<Var> = Vec::new();
    term.any(&mut |t| {
        for var in t.own_indices().filter_map(Index::as_var) {
            if free.contains(var) && !found.contains(var) {
                found.push(var.clone());
            }
        }
        false
    });
    let rest: Vec<Var> = free.into_iter().filter(|v| !found.contains(v)).collect();
    found.into_iter().chain(rest).filter(|v| scope.iter().any(|b| b.var == *v)).collect()
}

fn extent_of(var: &Var, scope: &[Bound]) -> Extent {
    scope.iter().find(|b| b.var == *var).map_or(Extent::One, |b| Extent::new(&b.lo, &b.hi))
}

fn delta(a: &Var, b: &Var) -> Term {
    Term::bracket(Condition::Equal(Index::var(a), Index::var(b)))
}

/// The equations of indices that a bracket asks for.
fn deltas(condition: &Condition, scope: &[Bound]) -> Result<Vec<[Var; 2]>, Unfit> {
    let known = |index: &Index| index.as_var().filter(|v| scope.iter().any(|b| b.var == **v)).cloned();
    match condition {
        Condition::Equal(a, b) => match (known(a), known(b)) {
            (Some(a), Some(b)) => Ok(vec![[a, b]]),
            _ => Err(Unfit::Condition),
        },
        Condition::All(parts) => {
            let all: Result<Vec<_>, Unfit> = parts.iter().map(|part| deltas(part, scope)).collect();
            Ok(all?.concat())
        }
        _ => Err(Unfit::Condition),
    }
}
