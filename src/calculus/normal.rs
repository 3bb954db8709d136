//! The normal form: two formulas with the same normal form are equal.
//!
//! A formula becomes a set of summands, each a rational coefficient, bound indices with ranges,
//! conditions and factors. Sums are multiplied out, deltas sifted, implied conditions dropped,
//! bound indices shifted or reversed until an array is read with them bare, and renamed in the
//! order that gives the least form. Different normal forms prove nothing.

use super::rule::{Place, Rule};
use super::{canonical, rearrange, sift};
use crate::integer::{Atom, Condition, Facts, Index, Truth, Var};
use crate::model::{Bound, Kind, System, Term};
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};
use std::collections::{BTreeMap, BTreeSet};

const MOST_SUMMANDS: usize = 2_000;

/// The normal form of a formula: summands and their coefficients.
pub type Normal = BTreeMap<Summand, BigRational>;

/// A product under sums, up to its coefficient.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Summand {
    pub(super) bounds: Vec<Bound>,
    pub(super) conditions: Vec<Condition>,
    pub(super) factors: Vec<Term>,
}

pub use super::joint::proved_equal;

/// The normal form, unless the formula is too large for it or for what the facts allow, or holds derivatives.
pub fn normal(system: &System, facts: &Facts, term: &Term) -> Option<Normal> {
    facts.afford(1).then_some(())?;
    let mut sifted = sifted(system, facts, term);
    if term.any(&mut |t| matches!(t.kind(), Kind::Extremum(..))) {
        sifted = self::sifted(system, facts, &sifted);
    }
    let mut normal = Normal::new();
    let taken = sifted.free_vars().into_iter().chain(facts.indices().cloned()).collect();
    let expanded = expand(&sifted, &taken)?;
    facts.afford(expanded.len()).then_some(())?;
    for (coefficient, summand) in expanded {
        if let Some((number, summand)) = summand.reduced(system, facts) {
            *normal.entry(summand).or_insert_with(BigRational::zero) += coefficient * number;
        }
    }
    normal.retain(|_, n| !n.is_zero());
    Some(normal)
}

/// The term with its letters in normal form and its equations solved.
fn sifted(system: &System, facts: &Facts, term: &Term) -> Term {
    sift_all(system, facts, &canonical::settled(system, facts, &split_conditions(term)))
}

/// Whether a formula is proved 0 wherever the facts hold. It is not tried where products of the same
/// arrays do not even occur with both signs.
pub fn proved_zero(system: &System, facts: &Facts, term: &Term) -> bool {
    normal(system, facts, term).is_some_and(|normal| may_vanish(&normal) && vanishes(system, facts, normal))
}

fn vanishes(system: &System, facts: &Facts, normal: Normal) -> bool {
    normal.is_empty() || super::equality::vanishes(facts, &normal) || super::joint::cleared(system, facts, normal)
}

fn may_vanish(normal: &Normal) -> bool {
    let number = |factor: &Term| matches!(factor.kind(), Kind::Integer(_) | Kind::Power(..));
    if normal.keys().any(|summand| summand.factors.iter().any(number)) {
        return true;
    }
    let mut signs: BTreeMap<Vec<Term>, [bool; 2]> = BTreeMap::new();
    for (summand, coefficient) in normal {
        let nowhere = |factor: &Term| factor.map_indices(&mut |_| Index::default());
        let mut arrays: Vec<Term> = summand.factors.iter().map(nowhere).collect();
        arrays.sort();
        signs.entry(arrays).or_default()[usize::from(coefficient.is_negative())] = true;
    }
    signs.into_values().all(|[positive, negative]| positive && negative)
}

/// [p and q] as [p]·[q], and [p or q] as [p] + [not p]·[q], so that each equation can be sifted.
fn split_conditions(term: &Term) -> Term {
    match term.kind() {
        Kind::Bracket(Condition::All(parts)) => {
            Term::product(parts.iter().map(|part| split_conditions(&Term::bracket(part.clone()))))
        }
        Kind::Bracket(Condition::Any(parts)) if parts.iter().any(|p| matches!(p, Condition::Equal(..))) => {
            let (first, rest) = (&parts[0], Condition::Any(parts[1..].to_vec()));
            let otherwise = [Term::bracket(first.negated()), Term::bracket(rest)];
            split_conditions(&Term::sum([Term::bracket(first.clone()), Term::product(otherwise)]))
        }
        _ => term.map_children(&mut split_conditions),
    }
}

fn sift_all(system: &System, facts: &Facts, term: &Term) -> Term {
    const RULES: &[Rule] = &[sift::SIFT, rearrange::DISTRIBUTE, rearrange::JOIN];
    let place = Place { system, facts, taken: &term.free_vars(), whole: false };
    for rule in RULES {
        if let Some(rewrite) = (rule.apply)(term, &place) {
            return sift_all(system, facts, &rewrite.after);
        }
    }
    let mut facts = facts.clone();
    term.bounds().iter().for_each(|b| facts.bound_index(&b.var, &b.lo, &b.hi));
    let mapped = term.map_children(&mut |child| sift_all(system, &facts, child));
    let place = Place { system, facts: &facts, taken: &BTreeSet::new(), whole: false };
    match RULES.iter().any(|rule| mapped != *term && (rule.apply)(&mapped, &place).is_some()) {
        true => sift_all(system, &facts, &mapped),
        false => mapped,
    }
}

type Expanded = Vec<(BigRational, Summand)>;

/// The summands of a term, every bound index different from `taken` and from the others.
fn expand(term: &Term, taken: &BTreeSet<Var>) -> Option<Expanded> {
    let one = |factor: Term| vec![(BigRational::one(), Summand::of(Vec::new(), Vec::new(), vec![factor]))];
    Some(match term.kind() {
        Kind::Number(n) => vec![(n.clone(), Summand::of(Vec::new(), Vec::new(), Vec::new()))],
        Kind::Integer(index) => expand_integer(&index.canonical()),
        Kind::Read(..) | Kind::Upstream(..) | Kind::Apply(..) | Kind::Compare(..) => {
            one(term.map_indices(&mut |index| index.canonical()))
        }
        Kind::Sum(terms) => {
            let mut all = Vec::new();
            for term in terms {
                all.extend(expand(term, taken)?);
            }
            (all.len() <= MOST_SUMMANDS).then_some(all)?
        }
        Kind::Product(factors) => {
            let mut product = one(Term::one());
            product[0].1.factors.clear();
            let mut taken = taken.clone();
            for factor in factors {
                let expanded = expand(factor, &taken)?;
                taken.extend(expanded.iter().flat_map(|(_, s)| s.bounds.iter().map(|b| b.var.clone())));
                product = multiply(&product, &expanded)?;
            }
            product
        }
        Kind::Power(base, n) if (2..=4).contains(n) => expand(&Term::product_of_copies(base, *n as usize), taken)?,
        Kind::Power(base, n) => match power_of_product(base, *n) {
            Some(product) => expand(&product, taken)?,
            None => one(Term::power(base.map_indices(&mut |index| index.canonical()), *n)),
        },
        Kind::Bracket(condition) => {
            vec![(BigRational::one(), Summand::of(Vec::new(), condition.canonical(), Vec::new()))]
        }
        Kind::Sigma(..) => {
            let fresh = term.with_fresh_bounds(&|v| taken.contains(v));
            let Kind::Sigma(bounds, body) = fresh.kind() else { return None };
            let mut taken = taken.clone();
            taken.extend(bounds.iter().map(|b| b.var.clone()));
            taken.extend(body.free_vars());
            let mut all = expand(body, &taken)?;
            for (_, summand) in &mut all {
                summand.bounds.splice(0..0, bounds.iter().cloned());
            }
            all
        }
        Kind::Pi(bounds, ..) | Kind::Extremum(_, bounds, ..) => {
            let names: Vec<Var> = (0..bounds.len()).map(|k| Var { name: "Π".into(), serial: k as u16 }).collect();
            one(straightened(&term.with_bounds_named(&names)).map_indices(&mut |index| index.canonical()))
        }
        Kind::Derivative(of, ..) if matches!(of.kind(), Kind::Read(..)) => {
            one(term.map_indices(&mut |index| index.canonical()))
        }
        Kind::Derivative(..) => return None,
    })
}

/// A product over indices with each of them shifted or reversed as that of a sum is; anything else is
/// itself.
fn straightened(term: &Term) -> Term {
    let Kind::Pi(bounds, condition, body) = term.kind() else { return term.clone() };
    let mut whole = Summand::of(bounds.clone(), vec![condition.clone()], vec![body.clone()]);
    for place in 0..bounds.len() {
        whole.straighten(place);
    }
    match (whole.conditions.pop(), whole.factors.pop()) {
        (Some(condition), Some(body)) => Term::pi(whole.bounds, condition, body),
        _ => term.clone(),
    }
}

/// aⁿ·bⁿ for (a·b)ⁿ; none if the base is no product. What is made of integers alone is one integer.
fn power_of_product(base: &Term, n: i64) -> Option<Term> {
    if base.as_number().is_some() {
        return None;
    }
    let raised = |factor: Term| Term::power(factor, n);
    match (integral(base), base.kind()) {
        (Some(index), kind) => match index.canonical().terms() {
            [(atoms, k)] if (atoms.len(), *k) != (1, 1) => {
                let number = Term::number(BigRational::from_integer((*k).into()));
                let atoms = atoms.iter().map(|atom| Term::integer(Index::atom(atom.clone())));
                Some(Term::product(std::iter::once(number).chain(atoms).map(raised)))
            }
            _ if matches!(kind, Kind::Integer(_)) => None,
            _ => Some(raised(Term::integer(index))),
        },
        (None, Kind::Product(factors)) => Some(Term::product(factors.iter().cloned().map(raised))),
        (None, _) => None,
    }
}

/// The index expression that sums and products of integers are.
fn integral(term: &Term) -> Option<Index> {
    match term.kind() {
        Kind::Integer(index) => Some(index.clone()),
        Kind::Number(n) if n.is_integer() => n.to_integer().to_i128().map(Index::constant),
        Kind::Sum(terms) => terms.iter().try_fold(Index::constant(0), |sum, term| Some(sum.plus(&integral(term)?))),
        Kind::Product(factors) => {
            factors.iter().try_fold(Index::constant(1), |product, factor| Some(product.times(&integral(factor)?)))
        }
        _ => None,
    }
}

/// The factors of an integer of one monomial; a number stays one factor.
fn expand_integer_product(whole: &Term) -> Vec<Term> {
    let Kind::Integer(index) = whole.kind() else { return vec![whole.clone()] };
    let [(atoms, n)] = index.terms() else { return vec![whole.clone()] };
    let number = Term::number(BigRational::from_integer((*n).into()));
    let atoms = atoms.iter().map(|atom| Term::integer(Index::atom(atom.clone())));
    std::iter::once(number).chain(atoms).collect()
}

fn expand_integer(index: &Index) -> Expanded {
    let term = |(monomial, n): &(Vec<Atom>, i128)| {
        let factors = monomial.iter().map(|atom| Term::integer(Index::atom(atom.clone()))).collect();
        (BigRational::from_integer((*n).into()), Summand::of(Vec::new(), Vec::new(), factors))
    };
    index.terms().iter().map(term).collect()
}

fn multiply(a: &Expanded, b: &Expanded) -> Option<Expanded> {
    if a.len() * b.len() > MOST_SUMMANDS {
        return None;
    }
    let both = a.iter().flat_map(|(m, s)| b.iter().map(move |(n, t)| (m * n, s.joined(t))));
    Some(both.collect())
}

impl Summand {
    fn of(bounds: Vec<Bound>, conditions: Vec<Condition>, factors: Vec<Term>) -> Self {
        Summand { bounds, conditions, factors }
    }

    fn joined(&self, other: &Summand) -> Summand {
        Summand {
            bounds: self.bounds.iter().chain(&other.bounds).cloned().collect(),
            conditions: self.conditions.iter().chain(&other.conditions).cloned().collect(),
            factors: self.factors.iter().chain(&other.factors).cloned().collect(),
        }
    }

    /// The least form and a number that multiplies it; none if it is 0.
    fn reduced(mut self, system: &System, facts: &Facts) -> Option<(BigRational, Summand)> {
        self.count_idle(facts);
        let mut number = self.take_numbers();
        self.factors = canonical::gathered(system, facts, std::mem::take(&mut self.factors));
        self.factors.sort();
        let moved = (0..self.bounds.len()).filter(|place| self.straighten(*place)).count();
        let letter =
            |f: &Term| matches!(f.kind(), Kind::Apply(..) | Kind::Compare(..) | Kind::Power(..) | Kind::Pi(..));
        if moved > 0 && self.factors.iter().any(letter) {
            let facts = self.facts(facts);
            let settled = self.factors.iter().map(|f| canonical::settled(system, &facts, f));
            self.factors = settled.flat_map(|f| f.factors().to_vec()).collect();
            self.factors.sort();
            number *= self.take_numbers();
        }
        self.tighten(facts)?;
        self.drop_implied(facts)?;
        for bound in &mut self.bounds {
            (bound.lo, bound.hi) = (bound.lo.canonical(), bound.hi.canonical());
        }
        Some((number, self.least_renaming()))
    }

    /// The product of the factors that are numbers, which go.
    fn take_numbers(&mut self) -> BigRational {
        let mut number = BigRational::one();
        self.factors.retain(|factor| {
            factor.as_number().inspect(|n| number *= *n);
            factor.as_number().is_none()
        });
        number
    }

    /// A bound index on which nothing depends counts its range.
    fn count_idle(&mut self, facts: &Facts) {
        for place in (0..self.bounds.len()).rev() {
            let Bound { var, lo, hi } = &self.bounds[place];
            let others = self.bounds.iter().enumerate().filter(|(k, _)| *k != place).map(|(_, b)| b);
            let idle = others.into_iter().all(|b| !b.lo.mentions(var) && !b.hi.mentions(var))
                && self.conditions.iter().all(|c| !c.mentions(var))
                && self.factors.iter().all(|f| !f.any_var(var));
            let length = hi.minus(lo).plus_number(1).canonical();
            let single = matches!(length.terms(), [_]);
            if idle && single && facts.proves_nonnegative(&length) {
                self.bounds.remove(place);
                let whole = Term::integer(length);
                self.factors.extend(expand_integer_product(&whole));
            }
        }
    }

    /// Shifts or reverses a bound index so that the first read that has it with slope ±1 has it bare;
    /// reads inside functions and denominators come last. Says whether that changed anything.
    fn straighten(&mut self, place: usize) -> bool {
        let var = self.bounds[place].var.clone();
        let later_depend = self.bounds[place + 1..].iter().any(|b| b.lo.mentions(&var) || b.hi.mentions(&var));
        let inside = |f: &Term| {
            let mut found = Vec::new();
            open_indices(f, &mut Vec::new(), &mut found);
            found
        };
        let own = self.factors.iter().flat_map(|f| f.own_indices().cloned());
        let straight = own.chain(self.factors.iter().flat_map(inside)).find_map(|index| {
            let (slope, rest) = index.linear_in(&var)?;
            let sign = slope.as_constant().filter(|n| n.abs() == 1)?;
            let bound_elsewhere = self.bounds.iter().any(|b| rest.mentions(&b.var));
            (!bound_elsewhere).then_some((sign, rest))
        });
        let Some((sign, rest)) = straight else { return false };
        let changed = (sign, rest.is_zero()) != (1, true);
        if later_depend && changed {
            return false;
        }
        // index = sign·var + rest becomes the new var; var = sign·(new − rest)
        let by = Index::var(&var).minus(&rest).times_number(sign);
        let image = |end: &Index| end.times_number(sign).plus(&rest);
        let bound = &self.bounds[place];
        let (lo, hi) = match sign {
            1 => (image(&bound.lo), image(&bound.hi)),
            _ => (image(&bound.hi), image(&bound.lo)),
        };
        self.bounds[place] = Bound { var: var.clone(), lo, hi };
        let moved = |f: &Term| f.substitute(&var, &by).map_indices(&mut |index| index.canonical());
        self.factors = self.factors.iter().map(moved).collect();
        self.factors.sort();
        self.conditions = self.conditions.iter().map(|c| c.substitute(&var, &by)).collect();
        changed
    }

    fn facts(&self, facts: &Facts) -> Facts {
        let mut facts = facts.clone();
        for b in &self.bounds {
            facts.bound_index(&b.var, &b.lo, &b.hi);
        }
        facts
    }

    /// Moves conditions on one bound index into its range where they are at least as tight; of two
    /// ends of which neither is known to be tighter, the lesser expression is the range's.
    fn tighten(&mut self, facts: &Facts) -> Option<()> {
        self.conditions = self.conditions.iter().flat_map(Condition::canonical).collect();
        while (0..self.conditions.len()).any(|k| self.absorb(k, facts)) {}
        for bound in &self.bounds {
            if facts.judge(&Condition::AtMost(bound.lo.clone(), bound.hi.clone())) == Truth::No {
                return None;
            }
        }
        Some(())
    }

    /// Whether a condition went into a range, or changed places with an end of one. Each time there are
    /// fewer conditions, or as many and a lesser end, so that this comes to an end.
    fn absorb(&mut self, k: usize, facts: &Facts) -> bool {
        let Condition::AtMost(zero, e) = &self.conditions[k] else { return false };
        if !zero.is_zero() {
            return false;
        }
        for place in (0..self.bounds.len()).rev() {
            let bound = &self.bounds[place];
            let Some((slope, rest)) = e.linear_in(&bound.var) else { continue };
            if self.bounds.iter().any(|b| rest.mentions(&b.var)) {
                continue;
            }
            let Some(sign) = slope.as_constant().filter(|n| n.abs() == 1) else { continue };
            let end = rest.times_number(-sign).canonical();
            let held = if sign == 1 { &bound.lo } else { &bound.hi };
            if facts.proves_nonnegative(&end.minus(held).times_number(sign)) {
                self.replace_end(place, sign, end);
                self.conditions.remove(k);
                return true;
            }
            let movable = !self.bounds.iter().any(|b| held.mentions(&b.var));
            if movable && end < held.canonical() {
                let freed = held.times_number(-sign).plus(&Index::var(&bound.var).times_number(sign));
                self.conditions[k] = Condition::AtMost(Index::default(), freed);
                self.replace_end(place, sign, end);
                return true;
            }
        }
        false
    }

    fn replace_end(&mut self, place: usize, sign: i128, end: Index) {
        let bound = &mut self.bounds[place];
        if sign == 1 { bound.lo = end } else { bound.hi = end }
    }

    fn drop_implied(&mut self, facts: &Facts) -> Option<()> {
        let base = self.facts(facts);
        self.conditions.sort();
        self.conditions.dedup();
        let mut k = 0;
        while k < self.conditions.len() {
            let mut known = base.clone();
            for (j, other) in self.conditions.iter().enumerate() {
                if j != k {
                    known.require(other);
                }
            }
            match known.judge(&self.conditions[k]) {
                Truth::Yes => {
                    self.conditions.remove(k);
                }
                Truth::No => return None,
                Truth::Unknown => k += 1,
            }
        }
        Some(())
    }
}

/// The indices of everything in a term that mention none of its own bound indices.
fn open_indices(term: &Term, bound: &mut Vec<Var>, found: &mut Vec<Index>) {
    let outer = bound.len();
    bound.extend(term.bounds().iter().map(|b| b.var.clone()));
    if term.bounds().is_empty() {
        found.extend(term.own_indices().filter(|index| bound.iter().all(|var| !index.mentions(var))).cloned());
    }
    term.children().iter().for_each(|child| open_indices(child, bound, found));
    bound.truncate(outer);
}
