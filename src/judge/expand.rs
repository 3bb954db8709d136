//! A formula at one place, written out: every sum carried out, every definition put in, until a
//! polynomial in entries of the given arrays is left. With all sizes numbers, equal polynomials at
//! every place prove two formulas equal.
//!
//! It reads resolved syntax and shares nothing with the calculus; integers are the evaluator's.
//! Invariant: an entry outside its array counts as 0 here (padding, or extension by zero), the
//! work is bounded, and nothing is said where the bound is hit.

use super::polynomial::{Entry, Polynomial};
use crate::evaluate::{ConditionFormula, Instance, IntegerFormula};
use crate::language::program::Program;
use crate::language::syntax::{Binder, Condition, Expr, ExprKind, Name, Operator, Reduction, Sign};
use crate::model::each_part;
use num_rational::BigRational;
use std::collections::BTreeMap;
use std::rc::Rc;

const DEEPEST: usize = 64;

/// An integer expression over the first `free` indices in scope.
struct Integer {
    formula: IntegerFormula,
    free: usize,
}

/// A condition over the first `free` indices in scope.
struct Test {
    formula: ConditionFormula,
    free: usize,
}

/// A formula with its integer parts compiled.
enum Node {
    Number(BigRational),
    Integer(Integer),
    Read(Name, bool, Vec<Integer>),
    Sum(Vec<(Sign, Node)>),
    Product(Vec<Test>, Vec<(Operator, Node)>),
    Power(Box<Node>, Integer),
    Reduce(Reduction, Vec<(Integer, Integer)>, Option<Test>, Box<Node>),
    If(Test, Box<Node>, Box<Node>),
    Derivative(Box<Node>, Name, Vec<Integer>),
}

/// A formula ready to be expanded.
pub(super) struct Expandable(Node);

/// Expands formulas about one program at given sizes.
pub(super) struct Expander<'a> {
    instance: &'a Instance,
    program: &'a Program,
    letters: &'a [(Name, Name)],
    definitions: BTreeMap<Name, Option<Rc<Node>>>,
    fuel: usize,
}

impl<'a> Expander<'a> {
    /// `letters` pairs outputs with the letters of their upstream gradients; `fuel` bounds the work.
    pub fn new(instance: &'a Instance, program: &'a Program, letters: &'a [(Name, Name)], fuel: usize) -> Self {
        Expander { instance, program, letters, definitions: BTreeMap::new(), fuel }
    }

    /// Compiles a formula; nothing if it has parts that are not polynomial.
    pub fn compile(&self, formula: &Expr, free: &[Name]) -> Option<Expandable> {
        let mut scope = free.to_vec();
        self.node(formula, &mut scope, 0).map(Expandable)
    }

    /// The polynomial a formula is at the given free indices.
    pub fn expand(&mut self, formula: &Expandable, at: &[i64]) -> Option<Polynomial> {
        self.value(&formula.0, &mut at.to_vec(), 0)
    }

    fn integer(&self, expr: &Expr, scope: &[Name]) -> Option<Integer> {
        let formula = self.instance.compile_integer(expr, scope).ok()?;
        Some(Integer { formula, free: scope.len() })
    }

    fn test(&self, condition: &Condition, scope: &[Name]) -> Option<Test> {
        let formula = self.instance.compile_condition(condition, scope).ok()?;
        if formula.compares_values() {
            return None;
        }
        Some(Test { formula, free: scope.len() })
    }

    fn integers(&self, exprs: &[Expr], scope: &[Name]) -> Option<Vec<Integer>> {
        exprs.iter().map(|e| self.integer(e, scope)).collect()
    }

    fn node(&self, expr: &Expr, scope: &mut Vec<Name>, depth: usize) -> Option<Node> {
        if depth > DEEPEST {
            return None;
        }
        Some(match &expr.kind {
            ExprKind::Number(n) => Node::Number(n.clone()),
            ExprKind::Name(name) if scope.contains(name) => Node::Integer(self.integer(expr, scope)?),
            ExprKind::Name(name) => match self.read(name, &[], scope) {
                Some(read) => read,
                None => Node::Integer(self.integer(expr, scope)?),
            },
            ExprKind::Read(name, at) => self.read(name, at, scope)?,
            ExprKind::Upstream(output, at) => Node::Read(output.clone(), true, self.integers(at, scope)?),
            ExprKind::Derivative(of, array, at) => {
                let bare = matches!(of.kind, ExprKind::Read(..) | ExprKind::Name(_));
                if !bare && self.reads_defined(of) {
                    return None;
                }
                Node::Derivative(self.boxed(of, scope, depth)?, array.clone(), self.integers(at, scope)?)
            }
            ExprKind::Sum(terms) => {
                let term = |(s, e): &(Sign, Expr)| Some((*s, self.node(e, scope, depth + 1)?));
                Node::Sum(terms.iter().map(term).collect::<Option<_>>()?)
            }
            ExprKind::Product(factors) => self.product(expr, factors, scope, depth)?,
            ExprKind::Power(base, exponent) => {
                Node::Power(self.boxed(base, scope, depth)?, self.integer(exponent, scope)?)
            }
            ExprKind::Reduce(word, binders, condition, body) => {
                self.reduce(*word, (binders, condition.as_deref()), body, scope, depth)?
            }
            ExprKind::Call(..) => Node::Integer(self.integer(expr, scope)?),
            ExprKind::Normalise(..) | ExprKind::Layer(_) => return None,
            ExprKind::Bracket(condition) => Node::Product(vec![self.test(condition, scope)?], Vec::new()),
            ExprKind::If(condition, a, b) => {
                let (a, b) = (self.boxed(a, scope, depth)?, self.boxed(b, scope, depth)?);
                Node::If(self.test(condition, scope)?, a, b)
            }
        })
    }

    fn boxed(&self, expr: &Expr, scope: &mut Vec<Name>, depth: usize) -> Option<Box<Node>> {
        self.node(expr, scope, depth + 1).map(Box::new)
    }

    fn read(&self, name: &Name, at: &[Expr], scope: &[Name]) -> Option<Node> {
        let upstream = self.letters.iter().find(|(_, letter)| letter == name).map(|(output, _)| output);
        match upstream {
            Some(output) => Some(Node::Read(output.clone(), true, self.integers(at, scope)?)),
            None if self.instance.axes(name).is_some() || self.is_param(name) => {
                Some(Node::Read(name.clone(), false, self.integers(at, scope)?))
            }
            None => None,
        }
    }

    /// Whether an expression reads an array that an equation defines, which a direct derivative holds.
    fn reads_defined(&self, expr: &Expr) -> bool {
        let mut found = false;
        each_part(expr, &mut |part| {
            if let ExprKind::Read(name, _) | ExprKind::Name(name) = &part.kind {
                found |= self.program.equations.iter().any(|equation| &equation.array == name);
            }
        });
        found
    }

    fn is_param(&self, name: &Name) -> bool {
        self.program.params.iter().any(|param| param.name == *name)
    }

    fn product(&self, whole: &Expr, factors: &[(Operator, Expr)], scope: &mut Vec<Name>, depth: usize) -> Option<Node> {
        if factors.iter().any(|(o, _)| matches!(o, Operator::Div | Operator::Mod)) {
            return Some(Node::Integer(self.integer(whole, scope)?));
        }
        let (mut guards, mut rest) = (Vec::new(), Vec::new());
        for (operator, factor) in factors {
            match &factor.kind {
                ExprKind::Bracket(condition) if *operator == Operator::Times => {
                    guards.push(self.test(condition, scope)?)
                }
                _ => rest.push((*operator, self.node(factor, scope, depth + 1)?)),
            }
        }
        Some(Node::Product(guards, rest))
    }

    fn reduce(
        &self,
        word: Reduction,
        (binders, condition): (&[Binder], Option<&Condition>),
        body: &Expr,
        scope: &mut Vec<Name>,
        depth: usize,
    ) -> Option<Node> {
        let outer = scope.len();
        let mut ranges = Vec::new();
        for binder in binders {
            let (lo, hi) = binder.range.as_ref()?;
            ranges.push((self.integer(lo, scope)?, self.integer(hi, scope)?));
            scope.push(binder.name.clone());
        }
        let test = match condition {
            Some(condition) => Some(self.test(condition, scope)?),
            None => None,
        };
        let body = self.node(body, scope, depth + 1)?;
        scope.truncate(outer);
        Some(Node::Reduce(word, ranges, test, Box::new(body)))
    }

    fn number(&self, integer: &Integer, at: &[i64]) -> Option<i64> {
        let value = self.instance.evaluate_integer(&integer.formula, at.get(..integer.free)?).ok()?;
        i64::try_from(value).ok()
    }

    fn holds(&self, test: &Test, at: &[i64]) -> Option<bool> {
        self.instance.evaluate_condition(&test.formula, at.get(..test.free)?).ok()
    }

    fn value(&mut self, node: &Node, at: &mut Vec<i64>, depth: usize) -> Option<Polynomial> {
        self.fuel = self.fuel.checked_sub(1).filter(|_| depth <= DEEPEST)?;
        let found = match node {
            Node::Number(n) => Polynomial::constant(n.clone()),
            Node::Integer(integer) => {
                let value = self.instance.evaluate_integer(&integer.formula, at.get(..integer.free)?).ok()?;
                Polynomial::constant(BigRational::from_integer(value.into()))
            }
            Node::Read(array, upstream, indices) => {
                let place = indices.iter().map(|i| self.number(i, at)).collect::<Option<Vec<_>>>()?;
                self.entry(array, *upstream, place, depth)?
            }
            Node::Sum(terms) => {
                let mut sum = Polynomial::default();
                for (sign, term) in terms {
                    sum.add(&self.value(term, at, depth + 1)?, *sign)?;
                }
                sum
            }
            Node::Product(guards, factors) => self.product_value(guards, factors, at, depth)?,
            Node::Power(base, exponent) => self.value(base, at, depth + 1)?.power(self.number(exponent, at)?)?,
            Node::Reduce(word, ranges, test, body) => {
                let neutral = match word {
                    Reduction::Variance | Reduction::Extremum(_) => return None,
                    Reduction::Sum | Reduction::Mean => Polynomial::default(),
                    Reduction::Product => Polynomial::constant(BigRational::from_integer(1.into())),
                };
                let mut total = (neutral, 0i64);
                self.accumulate((*word, test.as_ref()), ranges, body, at, &mut total, depth)?;
                match word {
                    Reduction::Sum | Reduction::Product | Reduction::Variance | Reduction::Extremum(_) => total.0,
                    Reduction::Mean => {
                        let count = Polynomial::constant(BigRational::from_integer(total.1.into()));
                        total.0.times(&count.inverse()?)?
                    }
                }
            }
            Node::If(test, a, b) => self.value(if self.holds(test, at)? { a } else { b }, at, depth + 1)?,
            Node::Derivative(of, array, indices) => {
                let place = indices.iter().map(|i| self.number(i, at)).collect::<Option<Vec<_>>>()?;
                if self.program.equations.iter().any(|e| e.array == *array) {
                    return None;
                }
                let entry = Entry { upstream: false, array: array.clone(), at: place };
                self.value(of, at, depth + 1)?.derivative(&entry)
            }
        };
        self.fuel = self.fuel.checked_sub(found.len())?;
        Some(found)
    }

    fn product_value(
        &mut self,
        guards: &[Test],
        factors: &[(Operator, Node)],
        at: &mut Vec<i64>,
        depth: usize,
    ) -> Option<Polynomial> {
        for guard in guards {
            if !self.holds(guard, at)? {
                return Some(Polynomial::default());
            }
        }
        let mut product = Polynomial::constant(BigRational::from_integer(1.into()));
        for (operator, factor) in factors {
            let value = self.value(factor, at, depth + 1)?;
            let value = if *operator == Operator::Over { value.inverse()? } else { value };
            product = product.times(&value)?;
            if product.is_zero() {
                break;
            }
        }
        Some(product)
    }

    fn accumulate(
        &mut self,
        (word, test): (Reduction, Option<&Test>),
        ranges: &[(Integer, Integer)],
        body: &Node,
        at: &mut Vec<i64>,
        total: &mut (Polynomial, i64),
        depth: usize,
    ) -> Option<()> {
        let Some(((lo, hi), inner)) = ranges.split_first() else {
            self.fuel = self.fuel.checked_sub(1)?;
            if test.map_or(Some(true), |test| self.holds(test, at))? {
                let term = self.value(body, at, depth + 1)?;
                match word {
                    Reduction::Sum | Reduction::Mean => total.0.add(&term, Sign::Plus)?,
                    Reduction::Variance | Reduction::Extremum(_) => return None,
                    Reduction::Product => total.0 = total.0.times(&term)?,
                }
                total.1 += 1;
            }
            return Some(());
        };
        for index in self.number(lo, at)?..=self.number(hi, at)? {
            at.push(index);
            self.accumulate((word, test), inner, body, at, total, depth)?;
            at.pop();
        }
        Some(())
    }

    fn entry(&mut self, array: &Name, upstream: bool, place: Vec<i64>, depth: usize) -> Option<Polynomial> {
        let entry = Entry { upstream, array: array.clone(), at: place };
        if self.is_param(array) {
            return Some(Polynomial::entry(entry));
        }
        let axes = self.instance.axes(array)?;
        let inside = entry.at.iter().zip(axes).all(|(i, (first, last))| first <= i && i <= last);
        match self.definition(array).filter(|_| !upstream) {
            _ if !inside => Some(Polynomial::default()),
            Some(definition) => self.value(&*definition?, &mut entry.at.clone(), depth + 1),
            None => Some(Polynomial::entry(entry)),
        }
    }

    /// The right-hand side of the equation of a defined array, compiled once; the inner option is
    /// empty if it is not polynomial.
    fn definition(&mut self, array: &Name) -> Option<Option<Rc<Node>>> {
        if let Some(known) = self.definitions.get(array) {
            return Some(known.clone());
        }
        let equation = self.program.equations.iter().find(|e| e.array == *array)?;
        let mut scope: Vec<Name> = equation.indices.iter().map(|b| b.name.clone()).collect();
        let compiled = self.node(&equation.body, &mut scope, 0).map(Rc::new);
        self.definitions.insert(array.clone(), compiled.clone());
        Some(compiled)
    }
}
