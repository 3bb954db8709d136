//! How fast a term grows with a variable β → ∞: exp(β·rate)·(c·β^d + …).
//!
//! Of exponentials those with the greatest rate decide, of powers those with the greatest degree; a
//! bounded function tends to its ends. Invariant: every rule holds for the functions of the table as
//! they are, wherever the coefficients noted in `nonzero` are not 0.

use super::exact;
use super::series::Series;
use crate::integer::Condition;
use crate::language::function::Function;
use crate::language::syntax::{Extremum, Name, Relation};
use crate::model::{Bound, Kind, Term};

/// The error of a sum of which terms are left out that are smaller by an exponential.
const EXPONENTIALLY_SMALL: i64 = -8;

/// exp(β·rate)·series
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Growth {
    pub rate: Term,
    pub series: Series,
}

/// What was found of a part of the formula, and by which argument.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The part.
    pub part: Term,
    /// The exponent by which it grows, without the factor β.
    pub rate: Term,
    /// Its leading coefficient and degree.
    pub leading: (Term, i64),
    /// The argument.
    pub argument: Argument,
}

/// Why a part behaves as it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    /// Of a sum of exponentials the greatest exponent decides.
    Exponentials,
    /// Of a sum of powers the highest decides.
    Powers,
    /// A function tends to its value at an end.
    Ends(Function),
    /// The logarithm of an exponential.
    Logarithm,
}

pub(super) struct Grower<'a> {
    /// The variable.
    pub param: &'a Name,
    /// Whether an array depends on it.
    pub depends: &'a dyn Fn(&Name) -> bool,
    /// Makes coefficients short.
    pub tidy: &'a dyn Fn(&Term) -> Term,
    /// What must not be 0.
    pub nonzero: Vec<Term>,
    /// Sums known to be positive: numbers of maxima.
    pub positive: Vec<Term>,
    /// What was found on the way.
    pub found: Vec<Found>,
}

fn apply(function: Function, u: Term) -> Term {
    exact::apply(function, std::slice::from_ref(&u)).unwrap_or_else(|_| Term::apply(function, vec![u]))
}

fn compare(relation: Relation, a: &Term, b: &Term) -> Term {
    match exact::compared(relation, a, b) {
        Some(holds) => Term::from_i64(holds.into()),
        None => Term::compare(relation, a.clone(), b.clone()),
    }
}

impl Grower<'_> {
    fn moves(&self, term: &Term) -> bool {
        term.any(&mut |part| match part.kind() {
            Kind::Read(name, _) => name == self.param || (self.depends)(name),
            Kind::Upstream(..) | Kind::Derivative(..) => true,
            _ => false,
        })
    }

    /// How a term grows; none where no rule says.
    pub(super) fn growth(&mut self, term: &Term) -> Option<Growth> {
        let flat = |series: Series| Some(Growth { rate: Term::zero(), series });
        if !self.moves(term) {
            return flat(Series::constant(term.clone()));
        }
        match term.kind() {
            Kind::Read(name, _) if name == self.param => flat(Series::power(Term::one(), 1)),
            Kind::Sum(terms) => {
                let parts: Option<Vec<Growth>> = terms.iter().map(|part| self.growth(part)).collect();
                let sum = self.sum(parts?);
                self.note(term, &sum);
                Some(sum)
            }
            Kind::Product(factors) => {
                let mut product = Growth { rate: Term::zero(), series: Series::constant(Term::one()) };
                for factor in factors {
                    let factor = self.growth(factor)?;
                    product.rate = (self.tidy)(&Term::sum([product.rate, factor.rate]));
                    product.series = self.tidied(&product.series.times(&factor.series));
                }
                Some(product)
            }
            Kind::Power(base, n) => self.power(base, *n),
            Kind::Sigma(bounds, body) => {
                let sum = self.sigma(bounds, body)?;
                self.note(term, &sum);
                Some(sum)
            }
            Kind::Apply(function, arguments) => match arguments.as_slice() {
                [u] => {
                    let found = self.function(*function, u)?;
                    if !matches!(function, Function::Exp) {
                        let argument = match function {
                            Function::Log => Argument::Logarithm,
                            function => Argument::Ends(*function),
                        };
                        self.noted(term, &found, argument);
                    }
                    Some(found)
                }
                [u, v] => self.two(*function, u, v),
                _ => None,
            },
            Kind::Compare(relation, [a, b]) => {
                let difference = self.growth(&Term::sum([a.clone(), b.clone().negative()]))?;
                let (_, leading) = difference.series.leading()?;
                let single = difference.series.terms.len() == 1 && difference.series.error.is_none();
                let known = single || exact::sign(leading).is_some();
                known.then(|| Growth {
                    rate: Term::zero(),
                    series: Series::constant(compare(*relation, leading, &Term::zero())),
                })
            }
            Kind::Extremum(which, bounds, condition, body) => {
                let [bound] = bounds.as_slice() else { return None };
                let inner = self.growth(body)?;
                let (degree, leading) = inner.series.leading()?;
                let single = inner.series.terms.len() == 1 && inner.series.error.is_none();
                if !inner.rate.is_zero() || !single {
                    return None;
                }
                let extremum = Term::extremum(*which, bound.clone(), condition.clone(), leading.clone());
                flat(Series::power(extremum, if which.is_place() { 0 } else { degree }))
            }
            _ => None,
        }
    }

    fn tidied(&self, series: &Series) -> Series {
        series.map(&mut |coefficient| (self.tidy)(coefficient))
    }

    fn note(&mut self, part: &Term, growth: &Growth) {
        let exponentials = part.any(&mut |t| matches!(t.kind(), Kind::Apply(Function::Exp, u) if self.moves(&u[0])));
        self.noted(part, growth, if exponentials { Argument::Exponentials } else { Argument::Powers });
    }

    fn noted(&mut self, part: &Term, growth: &Growth, argument: Argument) {
        let Some((degree, coefficient)) = growth.series.leading() else { return };
        let leading = (coefficient.clone(), degree);
        let found = Found { part: part.clone(), rate: growth.rate.clone(), leading, argument };
        if self.found.iter().all(|known| known.part != *part) {
            self.found.push(found);
        }
    }

    /// The terms with the greatest rate.
    fn sum(&mut self, parts: Vec<Growth>) -> Growth {
        let mut groups: Vec<Growth> = Vec::new();
        for part in parts {
            match groups.iter_mut().find(|group| group.rate == part.rate) {
                Some(group) => group.series = group.series.plus(&part.series),
                None => groups.push(part),
            }
        }
        let beaten = |a: &Growth, b: &Growth| exact::compared(Relation::Less, &a.rate, &b.rate) == Some(true);
        let left: Vec<Growth> = groups.iter().filter(|a| !groups.iter().any(|b| beaten(a, b))).cloned().collect();
        let dropped = left.len() < groups.len();
        let mut sum = match left.as_slice() {
            [only] => only.clone(),
            _ => {
                let rates = left.iter().map(|group| group.rate.clone());
                let rate = rates.reduce(|a, b| Term::apply(Function::Max, vec![a, b])).unwrap_or_else(Term::zero);
                let mut series = Series { terms: Default::default(), error: Some(EXPONENTIALLY_SMALL) };
                for group in &left {
                    let chosen = compare(Relation::Equal, &group.rate, &rate);
                    series = series.plus(&group.series.times(&Series::constant(chosen)));
                }
                let plain = |g: &Growth| g.series.leading().is_some_and(|(_, c)| exact::sign(c) == Some(1));
                if let Some((_, coefficient)) = series.leading()
                    && left.iter().all(plain)
                {
                    self.positive.push(coefficient.clone());
                }
                Growth { rate, series }
            }
        };
        if dropped {
            let error = sum.series.error.unwrap_or(EXPONENTIALLY_SMALL);
            sum.series.error = Some(error.max(EXPONENTIALLY_SMALL));
        }
        sum.series = self.tidied(&sum.series);
        sum
    }

    fn sigma(&mut self, bounds: &[Bound], body: &Term) -> Option<Growth> {
        let inner = self.growth(body)?;
        let bound_in = |term: &Term| bounds.iter().any(|b| term.any_var(&b.var));
        if !bound_in(&inner.rate) {
            let series = inner.series.map(&mut |c| (self.tidy)(&Term::sigma(bounds.to_vec(), c.clone())));
            return Some(Growth { rate: inner.rate, series });
        }
        let [bound] = bounds else { return None };
        let guards = body.factors().iter().filter_map(|factor| match factor.kind() {
            Kind::Bracket(condition) if condition.mentions(&bound.var) => Some(condition.clone()),
            _ => None,
        });
        let guards: Vec<Condition> = guards.collect();
        let condition = if guards.is_empty() { Condition::always() } else { Condition::All(guards) };
        let rate = Term::extremum(Extremum::Max, bound.clone(), condition, inner.rate.clone());
        let copy = rate.with_all_bounds_fresh(&|v| body.any_var(v) || *v == bound.var);
        let chosen = compare(Relation::Equal, &inner.rate, &copy);
        let one = |c: &Term| Term::sigma(bounds.to_vec(), Term::product([chosen.clone(), c.clone()]));
        let mut series = inner.series.map(&mut |c| (self.tidy)(&one(c)));
        series.error = Some(series.error.unwrap_or(EXPONENTIALLY_SMALL).max(EXPONENTIALLY_SMALL));
        if let (Some((_, c)), Some((_, whole))) = (inner.series.leading(), series.leading())
            && (exact::sign(c) == Some(1) || c.factors().iter().all(Term::is_bracket))
        {
            self.positive.push(whole.clone());
        }
        Some(Growth { rate, series })
    }

    fn power(&mut self, base: &Term, n: i64) -> Option<Growth> {
        let base = self.growth(base)?;
        let steps = usize::try_from(n.unsigned_abs()).ok().filter(|n| *n <= 8)?;
        let mut once = base.series.clone();
        if n < 0 {
            let (_, leading) = base.series.leading()?;
            if exact::sign(leading).is_none_or(|sign| sign == 0) && !self.positive.contains(leading) {
                self.nonzero.push(leading.clone());
            }
            once = base.series.inverse()?;
        }
        let mut series = Series::constant(Term::one());
        for _ in 0..steps {
            series = self.tidied(&series.times(&once));
        }
        Some(Growth { rate: (self.tidy)(&Term::product([Term::from_i64(n), base.rate])), series })
    }

    fn function(&mut self, function: Function, u: &Term) -> Option<Growth> {
        let inner = self.growth(u)?;
        let flat = |series: Series| Some(Growth { rate: Term::zero(), series });
        if function == Function::Log {
            return flat(self.logarithm(&inner)?);
        }
        if !inner.rate.is_zero() {
            return None;
        }
        let series = &inner.series;
        let exactly = series.error.is_none();
        let (degree, leading) = match series.leading() {
            Some((degree, leading)) => (degree, leading.clone()),
            None => (0, Term::zero()),
        };
        if degree <= 0 {
            return (series.error.is_none_or(|error| error <= 0))
                .then_some(())
                .and_then(|()| flat(near(function, series)?));
        }
        let single = series.terms.len() == 1 && exactly;
        let coarse = |coefficient: Term, exact: bool| {
            let mut series = Series::power(coefficient, degree);
            series.error = (!exact).then_some(degree);
            flat(series)
        };
        match function {
            Function::Exp => {
                if degree > 1 || series.error.is_some_and(|error| error > 0) {
                    return None;
                }
                let rest = series.terms.get(&0).cloned().unwrap_or_else(Term::zero);
                let mut factor = Series::constant(apply(Function::Exp, rest));
                let settled = exactly && series.terms.keys().all(|degree| *degree >= 0);
                factor.error = (!settled).then_some(0);
                Some(Growth { rate: leading, series: factor })
            }
            Function::Relu => coarse(apply(Function::Relu, leading), single),
            Function::Abs => coarse(apply(Function::Abs, leading), single),
            Function::Softplus | Function::Silu | Function::Gelu => coarse(apply(Function::Relu, leading), false),
            Function::Sqrt if degree % 2 == 0 => {
                let mut root = Series::power(apply(Function::Sqrt, leading), degree / 2);
                root.error = (!single).then_some(degree / 2);
                flat(root)
            }
            _ => {
                let (low, high) = ends(function)?;
                let mut rest = series.clone();
                rest.terms.remove(&degree);
                let zero = Term::zero();
                let on = |relation: Relation, value: Term| Term::product([compare(relation, &leading, &zero), value]);
                let middle = match (rest.terms.last_key_value(), rest.error) {
                    _ if exact::sign(&leading).is_some_and(|sign| sign != 0) => zero.clone(),
                    (None, None) => apply(function, zero.clone()),
                    (Some((0, value)), error) if error.is_none_or(|error| error <= 0) => apply(function, value.clone()),
                    _ => {
                        self.nonzero.push(leading.clone());
                        zero.clone()
                    }
                };
                let value =
                    Term::sum([on(Relation::Greater, high), on(Relation::Equal, middle), on(Relation::Less, low)]);
                let mut ends = Series::constant((self.tidy)(&value));
                ends.error = Some(0);
                flat(ends)
            }
        }
    }

    fn logarithm(&mut self, inner: &Growth) -> Option<Series> {
        let (degree, leading) = inner.series.leading()?;
        if exact::sign(leading) != Some(1) && !self.positive.contains(leading) {
            self.nonzero.push(leading.clone());
        }
        let exponent = Series::power(inner.rate.clone(), 1);
        if degree != 0 {
            return Some(Series { error: Some(1), ..exponent });
        }
        let single = inner.series.terms.len() == 1;
        let mut logarithm = Series::constant(apply(Function::Log, leading.clone()));
        logarithm.error = if single { inner.series.error } else { Some(0) };
        Some(exponent.plus(&logarithm))
    }

    fn two(&mut self, function: Function, u: &Term, v: &Term) -> Option<Growth> {
        let difference = Term::sum([u.clone(), v.clone().negative()]);
        match function {
            Function::Max => self.growth(&Term::sum([v.clone(), Term::apply(Function::Relu, vec![difference])])),
            Function::Min => {
                let less = Term::apply(Function::Relu, vec![difference]);
                self.growth(&Term::sum([u.clone(), less.negative()]))
            }
            Function::LeakyRelu if !self.moves(v) => {
                let inner = self.growth(u)?;
                let (degree, leading) = inner.series.leading()?;
                let single = inner.series.terms.len() == 1 && inner.series.error.is_none();
                let value = Term::apply(Function::LeakyRelu, vec![leading.clone(), v.clone()]);
                let mut series = Series::power(value, degree);
                series.error = (!single).then_some(degree);
                inner.rate.is_zero().then_some(Growth { rate: Term::zero(), series })
            }
            _ => None,
        }
    }
}

/// The limits of a bounded function at −∞ and ∞.
fn ends(function: Function) -> Option<(Term, Term)> {
    let (low, high) = match function {
        Function::Sigmoid | Function::NormalCdf | Function::Step => (0, 1),
        Function::Tanh | Function::Erf | Function::Sign => (-1, 1),
        Function::NormalPdf => (0, 0),
        _ => return None,
    };
    Some((Term::from_i64(low), Term::from_i64(high)))
}

/// A function near a finite limit: f(c) + f′(c)·(what is left).
fn near(function: Function, series: &Series) -> Option<Series> {
    let at = series.terms.get(&0).cloned().unwrap_or_else(Term::zero);
    let jumps = matches!(function, Function::Step | Function::Sign | Function::Floor | Function::Ceil);
    if jumps && exact::sign(&at).is_none_or(|sign| sign == 0) {
        return None;
    }
    let value = exact::apply(function, std::slice::from_ref(&at)).ok()?;
    let one = Term::one;
    let slope = match function {
        Function::Exp => Some(value.clone()),
        Function::Log => Some(Term::power(at.clone(), -1)),
        Function::Sqrt if !at.is_zero() => Some(Term::power(Term::product([Term::from_i64(2), value.clone()]), -1)),
        Function::Tanh => Some(Term::sum([one(), Term::product([value.clone(), value.clone()]).negative()])),
        Function::Sigmoid => Some(Term::product([value.clone(), Term::sum([one(), value.clone().negative()])])),
        Function::Softplus => Some(apply(Function::Sigmoid, at.clone())),
        Function::Sin => Some(apply(Function::Cos, at.clone())),
        Function::Cos => Some(apply(Function::Sin, at.clone()).negative()),
        _ => None,
    };
    let mut rest = series.clone();
    rest.terms.remove(&0);
    let constant = Series::constant(value);
    if rest.terms.is_empty() && rest.error.is_none() {
        return Some(constant);
    }
    let Some(slope) = slope else { return Some(Series { error: Some(0), ..constant }) };
    let order = rest.leading().map(|(degree, _)| degree).into_iter().chain(rest.error).max()?;
    if order >= 0 {
        return Some(Series { error: Some(0), ..constant });
    }
    let mut found = constant.plus(&rest.times(&Series::constant(slope)));
    found.error = Some(found.error.map_or(order, |error| error.max(order)));
    Some(found)
}
