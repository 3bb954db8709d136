//! Formulas for all sizes, at given ones: numbers in place of sizes, folded as the compiler folds them.
//!
//! Invariant: the slots of the sizes are gone and all others move up; a part that is kept is settled once.

use super::compile::{Formula, General};
use super::error::EvalError;
use super::instance::Instance;
use super::keep::Kept;
use super::node::{Access, Affine, Exact, Normalise, Reduce, Test, Value};
use super::scalar::Scalar;
use std::collections::BTreeMap;
use std::rc::Rc;

impl General {
    /// The formulas at the sizes of an instance of the program they were compiled for.
    ///
    /// # Errors
    /// An index that overflows.
    pub fn at(&self, instance: &Instance) -> Result<Vec<Formula>, EvalError> {
        let sizes: Vec<i64> = instance.scope.sizes.values().copied().collect();
        let (literals, inverses) = (self.literals.clone(), BTreeMap::new());
        let mut settler = Settler { sizes: &sizes, literals, inverses, kept: vec![None; self.kept] };
        let roots = self.formulas.iter().map(|formula| settler.value(&formula.root));
        let roots = roots.collect::<Result<Vec<_>, _>>()?;
        let literals: Rc<[Scalar]> = settler.literals.into();
        let formula = |(root, general): (Value, &Formula)| Formula {
            least: root.least_work(),
            root,
            literals: literals.clone(),
            slots: general.slots - self.sizes,
            free: general.free - self.sizes,
            reads: general.reads.clone(),
            opaque: general.opaque,
            valued: general.valued,
        };
        Ok(roots.into_iter().zip(&self.formulas).map(formula).collect())
    }
}

/// Binders with their ranges, by slot.
type Ranges = Vec<(usize, Exact, Exact)>;

struct Settler<'a> {
    sizes: &'a [i64],
    literals: Vec<Scalar>,
    /// The literals that are reciprocals of integers.
    inverses: BTreeMap<i64, usize>,
    kept: Vec<Option<Rc<Kept>>>,
}

impl Settler<'_> {
    fn value(&mut self, node: &Value) -> Result<Value, EvalError> {
        Ok(match node {
            Value::Literal(_) | Value::Param(_) => node.clone(),
            Value::Exact(exact) => Value::Exact(self.exact(exact)?),
            Value::Read(access) => Value::Read(self.access(access)?),
            Value::Adjoint(access) => Value::Adjoint(self.access(access)?),
            Value::Sum(terms) => {
                let term = |(sign, term): &(_, _)| Ok((*sign, self.value(term)?));
                Value::Sum(terms.iter().map(term).collect::<Result<_, EvalError>>()?)
            }
            Value::Product(guards, factors) => {
                let guards = self.tests(guards)?;
                let factor = |(over, factor): &(bool, _)| self.factor(*over, factor);
                Value::Product(guards, factors.iter().map(factor).collect::<Result<_, EvalError>>()?)
            }
            Value::Power(power) => Value::Power(Box::new((self.value(&power.0)?, self.exact(&power.1)?))),
            Value::Call(function, arguments) => {
                Value::Call(*function, arguments.iter().map(|a| self.value(a)).collect::<Result<_, _>>()?)
            }
            Value::Reduce(reduce) => {
                let Reduce { binders, condition, body, how } = &**reduce;
                let condition = condition.as_ref().map(|test| self.test(test)).transpose()?;
                let (binders, body) = (self.ranges(binders)?, self.value(body)?);
                Value::Reduce(Box::new(Reduce { binders, condition, body, how: *how }))
            }
            Value::Normalise(normalise) => {
                let Normalise { word, binders, condition, outer, body } = &**normalise;
                let outer = outer.iter().map(|slot| self.slot(*slot)).collect();
                let condition = condition.as_ref().map(|test| self.test(test)).transpose()?;
                let (binders, body) = (self.ranges(binders)?, self.value(body)?);
                Value::Normalise(Box::new(Normalise { word: *word, binders, condition, outer, body }))
            }
            Value::Bracket(test) => Value::Bracket(self.test(test)?),
            Value::If(parts) => {
                Value::If(Box::new((self.test(&parts.0)?, self.value(&parts.1)?, self.value(&parts.2)?)))
            }
            Value::Derivative(parts) => {
                Value::Derivative(Box::new((self.value(&parts.0)?, self.access(&parts.1)?, parts.2)))
            }
            Value::Kept(kept) => Value::Kept(self.kept(kept)?),
        })
    }

    fn kept(&mut self, kept: &Kept) -> Result<Rc<Kept>, EvalError> {
        let number = kept.number as usize;
        if let Some(known) = &self.kept[number] {
            return Ok(known.clone());
        }
        let slots = kept.slots.iter().map(|slot| self.slot(*slot)).collect();
        let settled = Rc::new(Kept { number: kept.number, slots, part: self.value(&kept.part)? });
        self.kept[number] = Some(settled.clone());
        Ok(settled)
    }

    /// Division by what is now a number becomes multiplication by a literal.
    fn factor(&mut self, over: bool, factor: &Value) -> Result<(bool, Value), EvalError> {
        let factor = self.value(factor)?;
        let Value::Exact(Exact::Affine(affine)) = &factor else { return Ok((over, factor)) };
        let Some(divisor) = affine.as_constant().filter(|_| over) else { return Ok((over, factor)) };
        if let Some(literal) = self.inverses.get(&divisor) {
            return Ok((false, Value::Literal(*literal)));
        }
        let Some(inverse) = Scalar::from_integer(divisor.into()).inverse() else { return Ok((over, factor)) };
        self.literals.push(inverse);
        self.inverses.insert(divisor, self.literals.len() - 1);
        Ok((false, Value::Literal(self.literals.len() - 1)))
    }

    fn slot(&self, slot: usize) -> usize {
        slot - self.sizes.len()
    }

    fn ranges(&mut self, binders: &Ranges) -> Result<Ranges, EvalError> {
        let range = |(slot, lo, hi): &(_, _, _)| Ok((self.slot(*slot), self.exact(lo)?, self.exact(hi)?));
        binders.iter().map(range).collect()
    }

    fn access(&mut self, access: &Access) -> Result<Access, EvalError> {
        Ok(Access::new(access.array, self.all(&access.index)?))
    }

    fn all(&mut self, parts: &[Exact]) -> Result<Vec<Exact>, EvalError> {
        parts.iter().map(|part| self.exact(part)).collect()
    }

    fn boxed(&mut self, part: &Exact) -> Result<Box<Exact>, EvalError> {
        self.exact(part).map(Box::new)
    }

    fn exact(&mut self, exact: &Exact) -> Result<Exact, EvalError> {
        Ok(match exact {
            Exact::Affine(affine) => Exact::Affine(self.affine(affine)?),
            Exact::Constant(value) => Exact::Constant(*value),
            Exact::Sum(terms) => {
                let term = |(sign, term): &(_, _)| Ok((*sign, self.exact(term)?));
                Exact::sum(terms.iter().map(term).collect::<Result<_, EvalError>>()?)
            }
            Exact::Product { guards, factors, whole } => {
                let guards = self.tests(guards)?;
                let factor = |(operator, factor): &(_, _)| Ok((*operator, self.exact(factor)?));
                Exact::product(guards, factors.iter().map(factor).collect::<Result<_, EvalError>>()?, *whole)
            }
            Exact::Power(power) => Exact::Power(Box::new((self.exact(&power.0)?, self.exact(&power.1)?))),
            Exact::Least(parts) => Exact::Least(self.all(parts)?),
            Exact::Greatest(parts) => Exact::Greatest(self.all(parts)?),
            Exact::Absolute(part) => Exact::Absolute(self.boxed(part)?),
            Exact::Floor(part) => Exact::Floor(self.boxed(part)?),
            Exact::Ceil(part) => Exact::Ceil(self.boxed(part)?),
            Exact::Read(access) => Exact::Read(self.access(access)?),
            Exact::Bracket(test) => Exact::Bracket(Box::new(self.test(test)?)),
            Exact::If(parts) => {
                Exact::If(Box::new((self.test(&parts.0)?, self.exact(&parts.1)?, self.exact(&parts.2)?)))
            }
        })
    }

    fn affine(&mut self, affine: &Affine) -> Result<Affine, EvalError> {
        let mut settled = Affine::constant(affine.constant);
        for (slot, coefficient) in &affine.terms {
            match self.sizes.get(*slot) {
                Some(size) => {
                    let constant = coefficient.checked_mul(*size).and_then(|term| settled.constant.checked_add(term));
                    settled.constant = constant.ok_or(EvalError::Overflow)?;
                }
                None => settled.terms.push((self.slot(*slot), *coefficient)),
            }
        }
        Ok(settled)
    }

    fn tests(&mut self, tests: &[Test]) -> Result<Vec<Test>, EvalError> {
        tests.iter().map(|test| self.test(test)).collect()
    }

    fn test(&mut self, test: &Test) -> Result<Test, EvalError> {
        Ok(match test {
            Test::Chain(first, rest) => {
                let side = |(relation, side): &(_, _)| Ok((*relation, self.exact(side)?));
                let rest = rest.iter().map(side).collect::<Result<_, EvalError>>()?;
                Test::Chain(self.exact(first)?, rest)
            }
            Test::Values(chain) => {
                let side = |(relation, side): &(_, _)| Ok((*relation, self.value(side)?));
                let rest = chain.1.iter().map(side).collect::<Result<_, EvalError>>()?;
                Test::Values(Box::new((self.value(&chain.0)?, rest)))
            }
            Test::Divides(divisor, of) => Test::Divides(self.exact(divisor)?, self.exact(of)?),
            Test::All(parts) => Test::All(self.tests(parts)?),
            Test::Any(parts) => Test::Any(self.tests(parts)?),
            Test::Not(part) => Test::Not(Box::new(self.test(part)?)),
        })
    }
}
