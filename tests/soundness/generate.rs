//! Random well-typed terms over the arrays of a fixture.
//!
//! Invariant: a read is in range wherever it is evaluated – its indices run over the axes
//! themselves or are guarded by brackets – and derivatives are taken at entries that exist.

use crate::fixture::Fixture;
use backprose::calculus::differentiate::is_direct;
use backprose::evaluate::Random;
use backprose::integer::{Condition, Index, Var};
use backprose::language::function::Function;
use backprose::language::syntax::{Extremum, Name, Relation};
use backprose::model::{Bound, Term};

const NAMES: &[&str] = &["i", "j", "k", "l", "m", "n", "o", "p", "q"];
const OFTEN: u64 = 3;

/// A source of terms; the same seed gives the same terms. With every third seed many bound indices
/// hide others, with every fifth there are extrema.
pub struct Generator<'a> {
    fixture: &'a Fixture,
    random: Random,
    scope: Vec<Bound>,
    hiding: usize,
    extremal: bool,
}

impl<'a> Generator<'a> {
    /// A source with the free indices of the fixture in scope.
    pub fn new(fixture: &'a Fixture, seed: u64) -> Self {
        let hiding = if seed.is_multiple_of(OFTEN) { 60 } else { 3 };
        Generator { fixture, random: Random::new(seed), scope: fixture.free.clone(), hiding, extremal: seed % 5 == 2 }
    }

    /// One of the numbers below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.random.between(0, n as i64 - 1) as usize
    }

    /// Whether something that happens in so many of a hundred cases happens.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// A term that may hold derivatives.
    pub fn term(&mut self, depth: usize) -> Term {
        self.any(depth, true)
    }

    /// A term without derivatives.
    pub fn plain(&mut self, depth: usize) -> Term {
        self.any(depth, false)
    }

    fn any(&mut self, depth: usize, derivatives: bool) -> Term {
        if depth == 0 {
            return self.leaf();
        }
        if derivatives && self.chance(30) {
            return self.derivative(depth);
        }
        if self.extremal && self.chance(25) {
            return self.extremum(depth, derivatives);
        }
        match self.below(12) {
            10 => self.function(depth, derivatives),
            11 => self.quotient(depth, derivatives),
            0 | 1 => self.sum(depth, derivatives),
            2..=4 => Term::product([self.any(depth - 1, derivatives), self.any(depth - 1, derivatives)]),
            5 => {
                let exponent = [2, 2, 3][self.below(3)];
                Term::power(self.any(depth - 1, derivatives), exponent)
            }
            _ => self.sigma(depth, derivatives),
        }
    }

    /// A function of a term, often of one entry.
    fn function(&mut self, depth: usize, derivatives: bool) -> Term {
        let functions = [Function::Exp, Function::Tanh, Function::Sigmoid, Function::Sin];
        let function = functions[self.below(functions.len())];
        let argument = if self.chance(50) { self.read(true) } else { self.any(depth - 1, derivatives) };
        Term::apply(function, vec![argument])
    }

    /// A maximum or minimum over an axis, rarely the index of one, of an entry or another term.
    fn extremum(&mut self, depth: usize, derivatives: bool) -> Term {
        let outside = self.scope.clone();
        let var = self.name(&[]);
        let axis = self.fixture.free[self.below(self.fixture.free.len())].clone();
        let bound = Bound { var, ..axis };
        self.scope.retain(|b| b.var != bound.var);
        self.scope.push(bound.clone());
        let mut body = self.read(false);
        if self.chance(40) {
            body = Term::product([body, self.any(depth - 1, derivatives)]);
        }
        self.scope = outside;
        let which = [Extremum::Max, Extremum::Min, Extremum::Max, Extremum::ArgMax][self.below(4)];
        Term::extremum(which, bound, Condition::always(), body)
    }

    /// A term times an entry over the same entry, or times the sum of a power and another term.
    fn quotient(&mut self, depth: usize, derivatives: bool) -> Term {
        let (entry, other) = (self.read(false), self.any(depth - 1, derivatives));
        let over = Term::power(entry.clone(), -1);
        if self.chance(50) {
            return Term::product([other, Term::power(entry, 2), over]);
        }
        Term::product([entry, Term::sum([over, other])])
    }

    fn leaf(&mut self) -> Term {
        match self.below(10) {
            9 => match self.fixture.system.facts_of_values.first() {
                Some(fact) => fact.left.clone(),
                None => self.read(true),
            },
            8 => self.comparison(),
            0 => Term::from_i64(self.below(7) as i64 - 3),
            1 => Term::integer(self.affine()),
            2 => Term::bracket(self.condition(1)),
            3 => {
                let output = self.fixture.system.outputs[0].clone();
                let (guards, at) = self.place(&output);
                Term::product(guards.into_iter().chain([Term::upstream(output, at)]))
            }
            4 => Term::power(self.read(false), -1),
            _ => self.read(true),
        }
    }

    fn sum(&mut self, depth: usize, derivatives: bool) -> Term {
        let mut first = self.any(depth - 1, derivatives);
        if self.chance(40) {
            first = Term::product([Term::bracket(self.delta()), first]);
        }
        if self.chance(30) {
            let coefficient = Term::from_i64([2, -1, 3][self.below(3)]);
            return Term::sum([first.clone(), self.leaf(), Term::product([coefficient, first])]);
        }
        Term::sum([first, self.any(depth - 1, derivatives)])
    }

    fn derivative(&mut self, depth: usize) -> Term {
        let array = self.array(true);
        let bounds = self.fixture.system.bounds(&array).unwrap_or_default();
        let at = bounds.iter().map(|(lo, hi)| self.entry(lo, hi)).collect();
        let of = if self.chance(30) { self.read(false) } else { self.direct(depth - 1, &array) };
        Term::derivative(of, array, at)
    }

    /// A term in which no defined array depends on another one: its derivative is what its own reads
    /// of that give.
    fn direct(&mut self, depth: usize, array: &Name) -> Term {
        for _ in 0..5 {
            let term = match self.below(5) {
                0..=3 if self.extremal => self.extremum(depth + 1, false),
                0 => self.function(depth + 1, false),
                1 => Term::product([self.comparison(), self.any(depth, false)]),
                _ => self.any(depth, false),
            };
            if is_direct(&self.fixture.system, &term, array) {
                return term;
            }
        }
        self.read(false)
    }

    fn comparison(&mut self) -> Term {
        let relations = [Relation::Less, Relation::AtLeast];
        Term::compare(relations[self.below(2)], self.read(false), self.read(false))
    }

    fn sigma(&mut self, depth: usize, derivatives: bool) -> Term {
        let outside = self.scope.clone();
        let mut bounds = Vec::new();
        for _ in 0..=self.below(7).saturating_sub(4) {
            let bound = self.bind(&bounds);
            bounds.push(bound);
        }
        let mut factors = Vec::new();
        if self.chance(55) {
            factors.push(Term::bracket(self.delta()));
        }
        if self.chance(25) {
            factors.push(Term::bracket(self.condition(1)));
        }
        match self.below(6) {
            0 => factors.extend([self.leaf(), self.waiting_sum()]),
            1 => factors.extend([self.read(true), self.waiting_sigma()]),
            _ => factors.push(self.any(depth - 1, derivatives)),
        }
        if self.chance(40) {
            factors.push(self.leaf());
        }
        self.scope = outside;
        Term::sigma(bounds, Term::product(factors))
    }

    /// A sum with an equation on an index in scope in one of its terms.
    fn waiting_sum(&mut self) -> Term {
        let first = Term::product([Term::bracket(self.delta()), self.read(true)]);
        Term::sum([first, self.read(true)])
    }

    /// A Σ with an equation between its index and one in scope.
    fn waiting_sigma(&mut self) -> Term {
        let outside = self.scope.clone();
        let outer = self.var();
        let bound = self.bind(&[]);
        let equation = Condition::Equal(self.coefficient().times(&Index::var(&bound.var)), outer);
        let body = Term::product([Term::bracket(equation), self.read(true)]);
        self.scope = outside;
        Term::sigma(vec![bound], body)
    }

    /// A new index in scope, rarely one that hides another.
    fn bind(&mut self, here: &[Bound]) -> Bound {
        let var = self.name(here);
        let axis = self.fixture.free[self.below(self.fixture.free.len())].clone();
        let place = self.below(self.scope.len());
        let other = self.scope[place].var.clone();
        let (lo, hi) = match self.below(10) {
            0 => (axis.lo, Index::var(&other)),
            1 => (Index::var(&other), axis.hi),
            2 => (Index::constant(2), Index::constant(4)),
            3 => (axis.lo.plus_number(1), axis.hi),
            4 => (axis.lo, axis.hi.floor_div(&Index::constant(2))),
            _ => (axis.lo, axis.hi),
        };
        let bound = Bound { var, lo, hi };
        self.scope.retain(|b| b.var != bound.var);
        self.scope.push(bound.clone());
        bound
    }

    fn name(&mut self, here: &[Bound]) -> Var {
        let place = self.below_twice();
        let hidden = self.scope[place].var.clone();
        if self.below(100) < self.hiding && !here.iter().any(|b| b.var == hidden) {
            return hidden;
        }
        let start = self.below(3);
        let fresh = |name: &&&str| self.scope.iter().all(|b| *b.var.name != ***name);
        Var::new(NAMES[start..].iter().chain(NAMES).find(fresh).copied().unwrap_or("t"))
    }

    fn array(&mut self, differentiated: bool) -> Name {
        let names: &[&str] = if differentiated && self.chance(85) { &["x", "W", "z", "v"] } else { &["x", "h", "f"] };
        names[self.below(names.len())].into()
    }

    fn read(&mut self, guarded: bool) -> Term {
        let pool: &[&str] = &["x", "x", "W", "z", "v", "h", "f"];
        let array: Name = pool[self.below(pool.len())].into();
        if !guarded {
            let bounds = self.fixture.system.bounds(&array).unwrap_or_default();
            return Term::read(array, bounds.iter().map(|(lo, hi)| self.entry(lo, hi)).collect());
        }
        let (guards, at) = self.place(&array);
        Term::product(guards.into_iter().chain([Term::read(array, at)]))
    }

    /// The indices of a read and the brackets that keep them in range.
    fn place(&mut self, array: &Name) -> (Vec<Term>, Vec<Index>) {
        let (mut guards, mut at) = (Vec::new(), Vec::new());
        for (lo, hi) in self.fixture.system.bounds(array).unwrap_or_default() {
            if self.chance(60) {
                at.push(self.entry(&lo, &hi));
                continue;
            }
            let mut index = self.affine();
            if self.chance(15) {
                index = index.floor_div(&Index::constant(2));
            }
            guards.push(Term::bracket(Condition::Within(lo, index.clone(), hi)));
            at.push(index);
        }
        (guards, at)
    }

    /// An index that surely lies in an axis.
    fn entry(&mut self, lo: &Index, hi: &Index) -> Index {
        let same: Vec<&Bound> = self.scope.iter().filter(|b| b.lo == *lo && b.hi == *hi).collect();
        let fitting: Vec<Index> = same.into_iter().rev().map(|b| Index::var(&b.var)).collect();
        match fitting.is_empty() || self.chance(10) {
            true => lo.clone(),
            false => fitting[if self.chance(60) { 0 } else { self.below(fitting.len()) }].clone(),
        }
    }

    /// A random index in scope, inner ones more often.
    fn var(&mut self) -> Index {
        let place = self.below_twice();
        Index::var(&self.scope[place].var)
    }

    fn below_twice(&mut self) -> usize {
        let n = self.scope.len();
        self.below(n).max(self.below(n))
    }

    fn coefficient(&mut self) -> Index {
        if let (Some((size, _)), true) = (self.fixture.system.sizes.get(2), self.chance(20)) {
            return Index::size(size.clone());
        }
        Index::constant([1, 1, 1, -1, -1, 2, -2, 3][self.below(8)])
    }

    /// A sum of one or two multiples of indices and a number.
    pub fn affine(&mut self) -> Index {
        let mut sum = Index::constant(self.below(6) as i128 - 2);
        for _ in 0..=self.below(2) {
            sum = sum.plus(&self.coefficient().times(&self.var()));
        }
        if let (Some((size, _)), true) = (self.fixture.system.sizes.get(self.below(4)), self.chance(10)) {
            sum = sum.minus(&Index::size(size.clone()));
        }
        sum
    }

    /// An equation that the innermost index can often be solved for.
    fn delta(&mut self) -> Condition {
        let place = self.scope.len() - if self.chance(70) { 1 } else { 2 };
        let left = self.coefficient().times(&Index::var(&self.scope[place].var.clone()));
        if self.chance(60) {
            return Condition::Equal(left, self.var());
        }
        Condition::Equal(left, self.affine())
    }

    /// A random condition.
    pub fn condition(&mut self, depth: usize) -> Condition {
        let choices = if depth == 0 { 6 } else { 9 };
        match self.below(choices) {
            0 => self.delta(),
            1 => Condition::Equal(self.affine(), self.affine()),
            2 => Condition::AtMost(self.var(), self.affine()),
            3 => Condition::Within(Index::constant(1), self.affine(), Index::constant(4)),
            4 => {
                let divisor = match (self.fixture.system.sizes.get(2), self.chance(30)) {
                    (Some((size, _)), true) => Index::size(size.clone()),
                    _ => Index::constant(2 + self.below(2) as i128),
                };
                Condition::Divides(divisor, self.affine())
            }
            5 => {
                let axis = self.fixture.free[self.below(self.fixture.free.len())].clone();
                Condition::Within(axis.lo, self.affine(), axis.hi)
            }
            6 => Condition::Not(Box::new(self.condition(depth - 1))),
            7 => Condition::All(vec![self.condition(depth - 1), self.condition(depth - 1)]),
            _ => Condition::Any(vec![self.condition(depth - 1), self.condition(depth - 1)]),
        }
    }
}
