//! Syntax tree to compiled formula: every name is looked up once, here.
//!
//! A name means, in this order: a bound or free index, a size, a param, an alias of an upstream
//! gradient, an array, a constant of the table of functions. Invariant: a compiled formula mentions only slots, arrays, literals and
//! params that exist in the scope it was compiled for.

mod exact;
mod kind;
mod value;

use super::error::EvalError;
use super::keep::Keeper;
use super::node::{Access, Exact, Test, Value};
use super::scalar::Scalar;
use super::scope::Scope;
use crate::language::syntax::{Binder, Condition, Expr, ExprKind, Name, Operator};
use num_rational::BigRational;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::rc::Rc;

/// How deep a formula may be nested; deeper ones are refused before the stack is at risk.
const DEEPEST: usize = 96;

/// A formula whose value is a scalar.
#[derive(Clone, Debug)]
pub struct Formula {
    pub(super) root: Value,
    pub(super) literals: Rc<[Scalar]>,
    pub(super) slots: usize,
    pub(super) free: usize,
    pub(super) reads: BTreeSet<usize>,
    /// How many operations one entry takes at least.
    pub(super) least: u64,
    /// Whether the residue of a value may be opaque.
    pub(super) opaque: bool,
    /// Whether a value may depend on floating point, or may not be real.
    pub(super) valued: bool,
}

/// Formulas of the same indices for all sizes of a program: these are their first free indices.
#[derive(Debug)]
pub struct General {
    pub(super) formulas: Vec<Formula>,
    pub(super) literals: Vec<Scalar>,
    pub(super) sizes: usize,
    /// How many parts of them are kept.
    pub(super) kept: usize,
}

/// A formula whose value is an integer.
#[derive(Clone, Debug)]
pub struct IntegerFormula {
    pub(super) root: Exact,
    pub(super) slots: usize,
    pub(super) free: usize,
}

/// A condition on its free indices.
#[derive(Clone, Debug)]
pub struct ConditionFormula {
    pub(super) root: Test,
    pub(super) literals: Vec<Scalar>,
    valued: bool,
    pub(super) slots: usize,
    pub(super) free: usize,
}

impl ConditionFormula {
    /// Whether it compares values, so that its answer at one point says nothing of another.
    pub fn compares_values(&self) -> bool {
        self.valued
    }
}

/// Compiles a value; `differentiable` says whether derivatives may occur in it.
pub fn value(scope: &Scope, expr: &Expr, free: &[Name], differentiable: bool) -> Result<Formula, EvalError> {
    let mut compiler = Compiler::new(scope, free);
    let formula = compiler.formula(expr, differentiable, &mut Keeper::new(false, 0))?;
    Ok(Formula { literals: compiler.embedded()?.into(), ..formula })
}

/// Compiles values of the same indices for all sizes; derivatives may occur in them. What occurs several times in
/// several of them is one part.
pub fn general(scope: &Scope, exprs: &[&Expr], free: &[Name]) -> Result<General, EvalError> {
    let sizes = scope.sizes.len();
    let names: Vec<Name> = scope.sizes.keys().chain(free).cloned().collect();
    let (mut compiler, mut keeper) = (Compiler::new(scope, &names), Keeper::new(exprs.len() > 1, sizes));
    let formulas = exprs.iter().map(|expr| compiler.formula(expr, true, &mut keeper));
    let formulas = formulas.collect::<Result<Vec<_>, _>>()?;
    Ok(General { formulas, literals: compiler.embedded()?, sizes, kept: keeper.count() })
}

/// Compiles an integer.
pub fn integer(scope: &Scope, expr: &Expr, free: &[Name]) -> Result<IntegerFormula, EvalError> {
    let mut compiler = Compiler::new(scope, free);
    let root = compiler.exact(expr, true)?;
    let (slots, free) = (compiler.slots, free.len());
    Ok(IntegerFormula { root, slots, free })
}

/// Compiles a condition.
pub fn condition(scope: &Scope, condition: &Condition, free: &[Name]) -> Result<ConditionFormula, EvalError> {
    let mut compiler = Compiler::new(scope, free);
    let root = compiler.test(condition)?;
    let (slots, free, valued) = (compiler.slots, free.len(), compiler.valued);
    Ok(ConditionFormula { root, literals: compiler.embedded()?, valued, slots, free })
}

struct Compiler<'a> {
    scope: &'a Scope,
    bound: Vec<(Name, usize)>,
    slots: usize,
    literals: Vec<BigRational>,
    reads: BTreeSet<usize>,
    depth: usize,
    differentiable: bool,
    opaque: bool,
    valued: bool,
}

impl<'a> Compiler<'a> {
    fn new(scope: &'a Scope, free: &[Name]) -> Compiler<'a> {
        Compiler {
            scope,
            bound: free.iter().cloned().zip(0..).collect(),
            slots: free.len(),
            literals: Vec::new(),
            reads: BTreeSet::new(),
            depth: 0,
            differentiable: false,
            opaque: false,
            valued: false,
        }
    }

    /// A formula whose literals are still to come.
    fn formula(&mut self, expr: &Expr, differentiable: bool, keeper: &mut Keeper) -> Result<Formula, EvalError> {
        (self.reads, self.opaque, self.valued) = (BTreeSet::new(), false, false);
        self.differentiable = differentiable;
        let mut root = self.value(expr)?;
        keeper.formula(&mut root, self.bound.len());
        Ok(Formula {
            least: root.least_work(),
            root,
            literals: Rc::default(),
            opaque: self.opaque,
            valued: self.valued || self.opaque,
            slots: self.slots,
            free: self.bound.len(),
            reads: std::mem::take(&mut self.reads),
        })
    }

    fn embedded(&self) -> Result<Vec<Scalar>, EvalError> {
        let embed = |literal| Scalar::from_rational(literal).ok_or(EvalError::ZeroDivisor);
        self.literals.iter().map(embed).collect()
    }

    fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T, EvalError>) -> Result<T, EvalError> {
        if self.depth >= DEEPEST {
            let what = format!("a formula nested more than {DEEPEST} deep");
            return Err(EvalError::Unsupported(what));
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    fn test(&mut self, condition: &Condition) -> Result<Test, EvalError> {
        self.nested(|compiler| compiler.test_node(condition))
    }

    fn test_node(&mut self, condition: &Condition) -> Result<Test, EvalError> {
        Ok(match condition {
            Condition::Chain(first, rest) if self.compares_values(first, rest) => {
                self.valued = true;
                let first = self.value(first)?;
                let link = |(relation, expr): &(_, _)| Ok((*relation, self.value(expr)?));
                Test::Values(Box::new((first, rest.iter().map(link).collect::<Result<_, EvalError>>()?)))
            }
            Condition::Chain(first, rest) => {
                let first = self.exact(first, false)?;
                let link = |(relation, expr): &(_, _)| Ok((*relation, self.exact(expr, false)?));
                Test::Chain(first, rest.iter().map(link).collect::<Result<_, _>>()?)
            }
            Condition::Divides(divisor, of) => Test::Divides(self.exact(divisor, true)?, self.exact(of, true)?),
            Condition::All(parts) => Test::All(self.tests(parts)?),
            Condition::Any(parts) => Test::Any(self.tests(parts)?),
            Condition::Not(part) => Test::Not(Box::new(self.test(part)?)),
        })
    }

    fn tests<'c>(&mut self, conditions: impl IntoIterator<Item = &'c Condition>) -> Result<Vec<Test>, EvalError> {
        conditions.into_iter().map(|part| self.test(part)).collect()
    }

    /// Opens binders; whoever calls this cuts `bound` back to its former length.
    fn bind(&mut self, binders: &[Binder]) -> Result<Vec<(usize, Exact, Exact)>, EvalError> {
        if binders.len() > DEEPEST {
            let what = format!("more than {DEEPEST} indices bound at once");
            return Err(EvalError::Unsupported(what));
        }
        let mut ranges = Vec::with_capacity(binders.len());
        for binder in binders {
            let no_range = || EvalError::NoRange(binder.name.clone());
            let (first, last) = binder.range.as_ref().ok_or_else(no_range)?;
            let (first, last) = (self.exact(first, true)?, self.exact(last, true)?);
            let slot = self.bound.len();
            ranges.push((slot, first, last));
            self.bound.push((binder.name.clone(), slot));
            self.slots = self.slots.max(slot + 1);
        }
        Ok(ranges)
    }

    fn slot(&self, name: &str) -> Option<usize> {
        let mut inner_first = self.bound.iter().rev();
        let found = inner_first.find(|(bound, _)| &**bound == name);
        found.map(|(_, slot)| *slot)
    }

    fn access(&mut self, name: &Name, index: &[Expr]) -> Result<Access, EvalError> {
        let array = self.scope.array(name)?;
        self.access_array(array, index)
    }

    fn access_array(&mut self, array: usize, index: &[Expr]) -> Result<Access, EvalError> {
        let layout = &self.scope.layouts[array];
        if layout.axes.len() != index.len() {
            return Err(EvalError::Rank {
                array: layout.name.clone(),
                expected: layout.axes.len(),
                found: index.len(),
            });
        }
        self.reads.insert(array);
        let index = index.iter().map(|expr| self.exact(expr, true)).collect::<Result<Vec<_>, _>>()?;
        Ok(Access::new(array, index))
    }
}

type Factors = [(Operator, Expr)];

/// Takes the brackets out of a product, those inside nested products too: first the brackets,
/// then what is left of the factors.
fn strengthened(factors: &Factors) -> (Vec<&Condition>, Cow<'_, Factors>) {
    let mut found = Vec::new();
    collect(factors, 0, &mut found);
    let rest = match found.is_empty() {
        true => Cow::Borrowed(factors),
        false => Cow::Owned(without(factors, 0)),
    };
    (found, rest)
}

fn collect<'e>(factors: &'e [(Operator, Expr)], depth: usize, found: &mut Vec<&'e Condition>) {
    let multiplied = factors.iter().filter(|(operator, _)| *operator == Operator::Times);
    for (_, factor) in multiplied {
        collect_factor(factor, depth, found);
    }
}

fn collect_factor<'e>(factor: &'e Expr, depth: usize, found: &mut Vec<&'e Condition>) {
    match &factor.kind {
        ExprKind::Bracket(condition) => found.push(condition),
        ExprKind::Product(factors) if depth < DEEPEST => collect(factors, depth + 1, found),
        ExprKind::Sum(terms) if terms.len() == 1 && depth < DEEPEST => {
            collect_factor(&terms[0].1, depth + 1, found);
        }
        _ => {}
    }
}

fn without(factors: &[(Operator, Expr)], depth: usize) -> Vec<(Operator, Expr)> {
    let left = factors.iter().map(|(operator, factor)| match operator {
        Operator::Times => (*operator, without_factor(factor, depth)),
        Operator::Over | Operator::Div | Operator::Mod | Operator::Matmul => (*operator, factor.clone()),
    });
    left.collect()
}

fn without_factor(factor: &Expr, depth: usize) -> Expr {
    match &factor.kind {
        ExprKind::Bracket(_) => Expr::integer(1),
        ExprKind::Product(factors) if depth < DEEPEST => Expr::new(ExprKind::Product(without(factors, depth + 1))),
        ExprKind::Sum(terms) if terms.len() == 1 && depth < DEEPEST => {
            let (sign, term) = &terms[0];
            let term = without_factor(term, depth + 1);
            Expr::new(ExprKind::Sum(vec![(*sign, term)]))
        }
        _ => factor.clone(),
    }
}
