//! Terms at a point: given entries become their values, computed ones what their equations give.
//!
//! A sum is taken as it stands where its body has one value for all indices, and term by term where
//! not and its range is made of numbers. Invariant: what is given is fixed, whatever equations say.

use super::exact;
use super::given::{Assigned, Slot, with};
use super::tidy::Tidy;
use crate::derivation::{Derivation, Goal};
use crate::integer::{Condition, Facts, Index, Truth, Var};
use crate::language::syntax::{Extremum, Name, Relation};
use crate::model::{Bound, Kind, System, Term};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// How deep definitions are followed.
const DEEPEST: usize = 100;
/// How many terms a sum may have.
const MOST_TERMS: usize = 2000;
/// How many parts of formulas are looked at.
const MOST_WORK: usize = 200_000;

/// Why a term has no value.
#[derive(Clone, Debug, PartialEq)]
pub enum Stuck {
    /// An entry is read and nothing gives it; then the array in whose definition it is read.
    Missing(Term, Option<Name>),
    /// A division by zero, or a function outside its domain.
    NoValue(String),
    /// What is left cannot be brought to a value.
    Open(Term),
    /// It takes too many steps.
    TooLarge,
}

/// Derives what a value needs: a Jacobian, a gradient.
pub type Derive<'a> = dyn FnMut(&Goal) -> Option<Rc<Derivation>> + 'a;

/// Evaluates terms.
pub struct Point<'a> {
    /// The system.
    pub system: &'a System,
    given: &'a [Assigned],
    derive: RefCell<&'a mut Derive<'a>>,
    known: RefCell<HashMap<(Term, usize), (Term, Facts)>>,
    readers: RefCell<HashMap<Term, Name>>,
    reader: RefCell<Vec<Name>>,
    depth: Cell<usize>,
    work: Cell<usize>,
    tidy: Tidy,
}

impl<'a> Point<'a> {
    /// A point at which something is given.
    pub fn new(system: &'a System, given: &'a [Assigned], derive: &'a mut Derive<'a>) -> Point<'a> {
        Point {
            system,
            given,
            derive: RefCell::new(derive),
            known: RefCell::default(),
            readers: RefCell::default(),
            reader: RefCell::default(),
            depth: Cell::new(0),
            work: Cell::new(0),
            tidy: Tidy::new(),
        }
    }

    /// The value of a term, without reads.
    ///
    /// # Errors
    /// Why there is none.
    pub fn closed(&self, term: &Term, facts: &Facts) -> Result<Term, Stuck> {
        let value = self.tidied(&self.value(term, facts)?, facts);
        let value = self.value(&value, facts)?;
        match self.unread(&value) {
            Some(stuck) => Err(stuck),
            None => Ok(value),
        }
    }

    /// What is still read in a value, if anything is.
    fn unread(&self, value: &Term) -> Option<Stuck> {
        let mut found = None;
        value.any(&mut |part| {
            let reads = matches!(part.kind(), Kind::Read(..) | Kind::Upstream(..));
            if reads {
                found = Some(Stuck::Missing(part.clone(), self.readers.borrow().get(part).cloned()));
            } else if matches!(part.kind(), Kind::Derivative(..)) {
                found = Some(Stuck::Open(part.clone()));
            }
            found.is_some()
        });
        found
    }

    pub(super) fn tidied(&self, term: &Term, facts: &Facts) -> Term {
        self.tidy.term(self.system, facts, term)
    }

    /// The value as far as it can be found: what is not given stays.
    ///
    /// # Errors
    /// A division by zero and the like, or too many steps.
    pub fn value(&self, term: &Term, facts: &Facts) -> Result<Term, Stuck> {
        self.work.set(self.work.get() + 1);
        if self.work.get() > MOST_WORK {
            return Err(Stuck::TooLarge);
        }
        match term.kind() {
            Kind::Number(_) => Ok(term.clone()),
            Kind::Integer(_) => Ok(term.clone()),
            Kind::Read(..) | Kind::Upstream(..) | Kind::Derivative(..) => self.entry(term, facts),
            Kind::Sum(terms) => self.all(terms, facts).map(Term::sum),
            Kind::Product(factors) => self.product(factors, facts),
            Kind::Power(base, n) => {
                let base = self.value(base, facts)?;
                if *n < 0 && base.is_zero() {
                    return Err(Stuck::NoValue("a division by zero".into()));
                }
                Ok(if base.is_zero() { base } else { Term::power(base, *n) })
            }
            Kind::Apply(function, arguments) => {
                let values = self.all(arguments, facts)?;
                exact::apply(*function, &values).map_err(Stuck::NoValue)
            }
            Kind::Bracket(condition) => Ok(match facts.judge(condition) {
                Truth::Yes => Term::one(),
                Truth::No => Term::zero(),
                Truth::Unknown => term.clone(),
            }),
            Kind::Compare(relation, [a, b]) => {
                let (a, b) = (self.value(a, facts)?, self.value(b, facts)?);
                Ok(match exact::compared(*relation, &a, &b) {
                    Some(holds) => Term::from_i64(holds.into()),
                    None => Term::compare(*relation, a, b),
                })
            }
            Kind::Sigma(bounds, body) => self.sigma(term, bounds, body, facts),
            Kind::Pi(..) | Kind::Extremum(..) => self.extreme(term, facts),
        }
    }

    fn all(&self, terms: &[Term], facts: &Facts) -> Result<Vec<Term>, Stuck> {
        terms.iter().map(|term| self.value(term, facts)).collect()
    }

    /// What a bracket that is 0 multiplies is not evaluated.
    fn product(&self, factors: &[Term], facts: &Facts) -> Result<Term, Stuck> {
        let mut values = vec![Term::one(); factors.len()];
        for strong in [true, false] {
            for (value, factor) in values.iter_mut().zip(factors).filter(|(_, f)| f.is_bracket() == strong) {
                *value = self.value(factor, facts)?;
                if strong && value.is_zero() {
                    return Ok(Term::zero());
                }
            }
        }
        Ok(Term::product(values))
    }

    /// An entry: as given, by its equation, or as derived.
    fn entry(&self, term: &Term, facts: &Facts) -> Result<Term, Stuck> {
        let key = (term.clone(), facts.identity());
        if let Some((known, _)) = self.known.borrow().get(&key) {
            return Ok(known.clone());
        }
        if self.depth.get() >= DEEPEST {
            return Err(Stuck::TooLarge);
        }
        self.depth.set(self.depth.get() + 1);
        let value = self.uncached(term, facts);
        self.depth.set(self.depth.get() - 1);
        let value = value?;
        self.known.borrow_mut().insert(key, (value.clone(), facts.clone()));
        Ok(value)
    }

    fn uncached(&self, term: &Term, facts: &Facts) -> Result<Term, Stuck> {
        let kept = || {
            if let Some(reader) = self.reader.borrow().last() {
                self.readers.borrow_mut().entry(term.clone()).or_insert_with(|| reader.clone());
            }
            Ok(term.clone())
        };
        let (goal, at) = match term.kind() {
            Kind::Read(array, at) => {
                let letter = self.system.direct.iter().find(|(_, letter)| letter == array);
                let slot = match letter {
                    Some((output, _)) => Slot::Upstream(output.clone()),
                    None => Slot::Array(array.clone()),
                };
                match self.given(&slot, array, at, facts) {
                    Ok(value) => return Ok(value),
                    Err(Truth::Unknown) => return kept(),
                    Err(_) => {}
                }
                return match self.definition(array, at, facts) {
                    Some(body) => self.within(array, &body, facts),
                    None => kept(),
                };
            }
            Kind::Upstream(output, at) => {
                if self.is_given(output) {
                    let slot = Slot::Upstream(output.clone());
                    return self.given(&slot, output, at, facts).or_else(|_| kept());
                }
                (Goal::Gradient { array: output.clone() }, at.clone())
            }
            Kind::Derivative(of, array, columns) => match of.kind() {
                Kind::Read(output, rows) => {
                    let goal = Goal::Jacobian { output: output.clone(), array: array.clone() };
                    (goal, rows.iter().chain(columns).cloned().collect())
                }
                _ => return Ok(term.clone()),
            },
            _ => return Ok(term.clone()),
        };
        match self.derived(&goal, &at, facts).filter(|body| body != term) {
            Some(body) => match &goal {
                Goal::Jacobian { output: name, .. } | Goal::Gradient { array: name } => self.within(name, &body, facts),
                Goal::Value { output } | Goal::Step { output, .. } => self.within(output, &body, facts),
            },
            None => kept(),
        }
    }

    /// What was derived for a goal at some indices.
    fn derived(&self, goal: &Goal, at: &[Index], facts: &Facts) -> Option<Term> {
        let derivation = (self.derive.borrow_mut())(goal)?;
        let pairs: Vec<(Var, Index)> =
            derivation.indices.iter().map(|b| b.var.clone()).zip(at.iter().cloned()).collect();
        let clear = derivation.result.with_all_bounds_fresh(&|v| taken(v, at, facts));
        Some(clear.substitute_all(&pairs))
    }

    /// The formula of the gradient for a computed entry, where that is derived and not given.
    pub(super) fn adjoint(&self, array: &Name, at: &[Index], facts: &Facts) -> Option<Term> {
        if self.is_given(array) {
            return None;
        }
        self.derived(&Goal::Gradient { array: array.clone() }, at, facts)
    }

    /// Whether the upstream gradient of an output is given, and not made of others.
    fn is_given(&self, output: &Name) -> bool {
        self.system.outputs.contains(output) && self.system.direct_part(output).is_none()
    }

    fn within(&self, reader: &Name, body: &Term, facts: &Facts) -> Result<Term, Stuck> {
        self.reader.borrow_mut().push(reader.clone());
        let value = self.value(body, facts);
        self.reader.borrow_mut().pop();
        value.map(|value| self.tidied(&value, facts))
    }

    /// The value that is given for an entry.
    pub(super) fn given(&self, slot: &Slot, array: &Name, at: &[Index], facts: &Facts) -> Result<Term, Truth> {
        let axes = self.system.bounds(array).unwrap_or_default();
        let mut unknown = Truth::No;
        for given in self.given.iter().filter(|given| given.slot == *slot) {
            match given.value(at, &axes, facts) {
                Ok(value) => return Ok(value),
                Err(Truth::Unknown) => unknown = Truth::Unknown,
                Err(_) => {}
            }
        }
        Err(unknown)
    }

    /// Whether entries that an array depends on are given with indices that are free.
    pub(super) fn single(&self, array: &Name) -> bool {
        self.given.iter().any(|given| {
            let (Slot::Array(name) | Slot::Upstream(name)) = &given.slot;
            given.at.iter().any(|index| !index.is_free_of_vars()) && self.system.depends(array, name)
        })
    }

    /// What the equation of an entry says, where it is known which one it is.
    pub fn definition(&self, array: &Name, at: &[Index], facts: &Facts) -> Option<Term> {
        let equation = self.system.equation(array)?;
        let whole = [(equation.indices.clone(), equation.body.clone())];
        let parts = if equation.parts.is_empty() { &whole[..] } else { &equation.parts };
        let inside = |indices: &[Bound]| {
            indices.iter().zip(at).all(|(b, index)| {
                facts.judge(&Condition::Within(b.lo.clone(), index.clone(), b.hi.clone())) == Truth::Yes
            })
        };
        let (indices, body) = match parts {
            [only] => only,
            parts => parts.iter().find(|(indices, _)| inside(indices))?,
        };
        let pairs: Vec<(Var, Index)> = indices.iter().map(|b| b.var.clone()).zip(at.iter().cloned()).collect();
        Some(body.with_all_bounds_fresh(&|v| taken(v, at, facts)).substitute_all(&pairs))
    }

    fn sigma(&self, term: &Term, bounds: &[Bound], body: &Term, facts: &Facts) -> Result<Term, Stuck> {
        let inner = with(facts.clone(), bounds);
        let whole = self.value(body, &inner);
        let entries = places(bounds);
        let unsettled = |value: &Term| bounds.iter().any(|b| value.any_var(&b.var));
        match whole {
            Ok(value) if !unsettled(&value) || entries.is_none() => {
                Ok(self.tidied(&Term::sigma(bounds.to_vec(), value), facts))
            }
            Ok(value) => {
                let short = self.tidied(&Term::sigma(bounds.to_vec(), value), facts);
                if !unsettled(&short) {
                    return Ok(short);
                }
                let terms = unrolled(term).ok_or(Stuck::TooLarge)?;
                Ok(self.tidied(&Term::sum(self.all(&terms, facts)?), facts))
            }
            Err(Stuck::TooLarge) => Err(Stuck::TooLarge),
            Err(stuck) if entries.is_none() => Err(stuck),
            _ => {
                let terms = unrolled(term).ok_or(Stuck::TooLarge)?;
                Ok(self.tidied(&Term::sum(self.all(&terms, facts)?), facts))
            }
        }
    }

    /// A product over an index, or an extremum.
    fn extreme(&self, term: &Term, facts: &Facts) -> Result<Term, Stuck> {
        let (bounds, condition) = (term.bounds(), term.held().cloned().unwrap_or_else(Condition::always));
        let Some(body) = term.children().first() else { return Ok(term.clone()) };
        let mut inner = with(facts.clone(), bounds);
        inner.require(&condition);
        let all = condition == Condition::always();
        let value = match self.value(body, &inner) {
            Err(Stuck::TooLarge) => return Err(Stuck::TooLarge),
            value => value,
        };
        if let (Ok(value), true) = (&value, all)
            && !bounds.iter().any(|b| value.any_var(&b.var))
        {
            match term.kind() {
                Kind::Extremum(which, ..) if which.is_place() => return Ok(Term::integer(bounds[0].lo.clone())),
                Kind::Extremum(..) => return Ok(value.clone()),
                _ if value.is_zero() || value.as_number().is_some_and(num_traits::One::is_one) => {
                    return Ok(value.clone());
                }
                _ => {}
            }
        }
        if places(bounds).is_none() {
            let value = value?;
            return Ok(term.with_children(vec![value]));
        }
        let places = places(bounds).ok_or(Stuck::TooLarge)?;
        let mut values = Vec::new();
        for pairs in &places {
            let holds = pairs.iter().fold(condition.clone(), |c, (var, by)| c.substitute(var, by));
            match facts.judge(&holds) {
                Truth::No => continue,
                Truth::Yes => values.push((pairs, self.value(&body.substitute_all(pairs), facts)?)),
                Truth::Unknown => return Ok(term.clone()),
            }
        }
        let Kind::Extremum(which, ..) = term.kind() else {
            return Ok(Term::product(values.into_iter().map(|(_, value)| value)));
        };
        let mut best: Option<(&Vec<(Var, Index)>, Term)> = None;
        for (pairs, value) in values {
            let better = match &best {
                None => true,
                Some((_, known)) => {
                    let relation = if which.is_least() { Relation::Less } else { Relation::Greater };
                    match exact::compared(relation, &value, known) {
                        Some(better) => better,
                        None => return Ok(term.clone()),
                    }
                }
            };
            if better {
                best = Some((pairs, value));
            }
        }
        let (pairs, value) = best.ok_or_else(|| Stuck::NoValue("an extremum over no terms".into()))?;
        let place = pairs.first().map_or_else(Index::default, |(_, index)| index.clone());
        Ok(if matches!(which, Extremum::ArgMax | Extremum::ArgMin) { Term::integer(place) } else { value })
    }
}

/// Whether a new bound index must not be called so.
fn taken(var: &Var, at: &[Index], facts: &Facts) -> bool {
    at.iter().any(|index| index.mentions(var)) || facts.indices().any(|known| known == var)
}

/// The indices of each term, where the ranges are numbers and the terms are not too many.
pub(super) fn places(bounds: &[Bound]) -> Option<Vec<Vec<(Var, Index)>>> {
    let mut all: Vec<Vec<(Var, Index)>> = vec![Vec::new()];
    for b in bounds {
        let mut longer = Vec::new();
        for known in &all {
            let end =
                |index: &Index| known.iter().fold(index.clone(), |e, (var, by)| e.substitute(var, by)).as_constant();
            for n in end(&b.lo)?..=end(&b.hi)? {
                longer.push([known.as_slice(), &[(b.var.clone(), Index::constant(n))]].concat());
                if longer.len() > MOST_TERMS {
                    return None;
                }
            }
        }
        all = longer;
    }
    Some(all)
}

/// The terms of a sum over numbers.
pub(super) fn unrolled(term: &Term) -> Option<Vec<Term>> {
    let Kind::Sigma(bounds, body) = term.kind() else { return None };
    Some(places(bounds)?.iter().map(|pairs| body.substitute_all(pairs)).collect())
}
