//! The rules of differentiation. Only array reads and the functions of the table have a derivative
//! of their own.
//!
//! Of an entry of a defined array the derivative is total; of anything else the array that is
//! differentiated for moves alone, and other arrays are held. So a derivative is carried through a
//! definition only where nothing else in it depends on the array.

use super::rule::{Example, Rewrite, Rule};
use crate::derivation::RuleName;
use crate::integer::{Condition, Index};
use crate::language::syntax::Name;
use crate::model::{Bound, Contents, Kind, System, Term};

/// ∂ of what does not depend on the array is 0.
pub const CONSTANT: Rule = Rule {
    name: RuleName::Constant,
    statement: "the derivative of what does not depend on the array is 0",
    formula: &[("d(a)/dx[b]", "0")],
    conditions: "It applies where a does not read x; to an entry of a defined array where nothing it is defined \
                 from is x.",
    shrinks: "the number of derivatives",
    example: Example { system: "x[3], w[3]; y[i] = w[i]^2", goal: "dy/dx" },
    needs: Contents::DERIVATIVE,
    apply: |term, place| {
        let (of, array, _) = derivative(term)?;
        let constant = match of.kind() {
            Kind::Read(name, _) => !place.system.depends(name, array),
            _ => !of.reads(array),
        };
        constant.then(|| Term::zero().into())
    },
};

/// A named array is replaced by its definition.
pub const DEFINITION: Rule = Rule {
    name: RuleName::Definition,
    statement: "under a derivative a defined array is replaced by its defining formula",
    formula: &[("dy[a]/dx[b]", "d(E[a])/dx[b]")],
    conditions: "It applies where y is defined by an equation y[i] = E[i], is not x itself, and no other array in E \
                 depends on x. A bound index of E that would capture an index of a or b gets a prime.",
    shrinks: "the number of equations that can still be put in: definitions are not circular",
    example: Example { system: "x[3]; y[i] = x[i]^2 + 1", goal: "dy/dx" },
    needs: Contents::DERIVATIVE,
    apply: |term, place| {
        let (of, array, at) = derivative(term)?;
        let Kind::Read(name, indices) = of.kind() else { return None };
        if name == array {
            return None;
        }
        let equation = place.system.equation(name)?;
        if !is_direct(place.system, &equation.body, array) {
            return None;
        }
        let taken = |v: &_| place.taken.contains(v) || at.iter().chain(indices).any(|e: &Index| e.mentions(v));
        let pairs: Vec<_> = equation.indices.iter().map(|b| b.var.clone()).zip(indices.iter().cloned()).collect();
        let body = equation.body.with_all_bounds_fresh(&taken).substitute_all(&pairs);
        Some(Term::derivative(body, array.clone(), at.to_vec()).into())
    },
};

/// ∂(a + b) = ∂a + ∂b, and ∂Σ = Σ∂.
pub const SUM: Rule = Rule {
    name: RuleName::Sum,
    statement: "the derivative of a sum is the sum of the derivatives",
    formula: &[("d(a + c)/dx[b]", "d(a)/dx[b] + d(c)/dx[b]"), ("d(sum[i] a[i])/dx[b]", "sum[i] d(a[i])/dx[b]")],
    conditions: "It applies everywhere. A term that does not read x gives none of its own. A bound index i that occurs \
                 in b gets a prime.",
    shrinks: "the size of the term under a derivative",
    example: Example { system: "x[3], w[3]; y[i] = x[i] + w[i]", goal: "dy/dx" },
    needs: Contents::DERIVATIVE,
    apply: |term, place| {
        let (of, array, at) = derivative(term)?;
        let under = |t: &Term| partial(place.system, t, array, at);
        match of.kind() {
            Kind::Sum(terms) => Some(Term::sum(terms.iter().filter(|t| t.reads(array)).map(under)).into()),
            Kind::Sigma(..) => {
                let fresh = of.with_fresh_bounds(&|v| place.taken.contains(v) || at.iter().any(|e| e.mentions(v)));
                let Kind::Sigma(bounds, body) = fresh.kind() else { return None };
                Some(Term::sigma(bounds.clone(), under(body)).into())
            }
            _ => None,
        }
    },
};

/// ∂(ab) = ∂a·b + a·∂b; factors that do not depend on the array stay as they are.
pub const PRODUCT: Rule = Rule {
    name: RuleName::Product,
    statement: "the derivative of a product is the sum, over its factors, of the product with that factor differentiated",
    formula: &[("d(a*c)/dx[b]", "d(a)/dx[b] * c + a * d(c)/dx[b]")],
    conditions: "It applies everywhere. A factor that does not depend on x gives no term of its own.",
    shrinks: "the size of the term under a derivative",
    example: Example { system: "x[3], w[3]; y[i] = w[i]*x[i]*(x[i] + 1)", goal: "dy/dx" },
    needs: Contents::DERIVATIVE,
    apply: |term, place| {
        let (of, array, at) = derivative(term)?;
        let Kind::Product(factors) = of.kind() else { return None };
        let one = |k: usize| {
            let differentiated = |(j, f): (usize, &Term)| match j == k {
                true => partial(place.system, f, array, at),
                false => f.clone(),
            };
            Term::product(factors.iter().enumerate().map(differentiated))
        };
        let dependent = (0..factors.len()).filter(|k| factors[*k].reads(array));
        Some(Term::sum(dependent.map(one)).into())
    },
};

/// ∂Π_k F(k) = Σ_k ∂F(k)·Π_{k'≠k} F(k').
pub const INDEXED_PRODUCT: Rule = Rule {
    name: RuleName::IndexedProduct,
    statement: "the derivative of a product over k is the sum over k of the derivative of its k-th factor times the \
                product of the other factors",
    formula: &[("d(prod[k] a[k])/dx[b]", "sum[k] d(a[k])/dx[b] * prod[j : j != k] a[j]")],
    conditions: "It applies everywhere; a condition under the product holds for k and for j alike.",
    shrinks: "the term under the derivative",
    example: Example { system: "x[3]; y = prod[k] x[k]", goal: "dy/dx" },
    needs: Contents::DERIVATIVE,
    apply: |term, place| {
        let (of, array, at) = derivative(term)?;
        let outer = of.with_fresh_bounds(&|v| place.taken.contains(v) || at.iter().any(|e| e.mentions(v)));
        let Kind::Pi(bounds, condition, body) = outer.kind() else { return None };
        let inner = outer.with_fresh_bounds(&|v| place.taken.contains(v) || bounds.iter().any(|b| b.var == *v));
        let Kind::Pi(others, held, rest) = inner.kind() else { return None };
        let same = |(a, b): (&Bound, &Bound)| Condition::Equal(Index::var(&a.var), Index::var(&b.var));
        let mut same: Vec<Condition> = others.iter().zip(bounds).map(same).collect();
        let same = if same.len() == 1 { same.remove(0) } else { Condition::All(same) };
        let other = Condition::Not(Box::new(same));
        let wanted = if *held == Condition::always() { other } else { Condition::All(vec![held.clone(), other]) };
        let factors = [
            Term::bracket(condition.clone()),
            partial(place.system, body, array, at),
            Term::pi(others.clone(), wanted, rest.clone()),
        ];
        Some(Term::sigma(bounds.clone(), Term::product(factors)).into())
    },
};

/// ∂(aⁿ) = n·aⁿ⁻¹·∂a.
pub const POWER: Rule = Rule {
    name: RuleName::Power,
    statement: "the derivative of the n-th power of a is n times its (n−1)-th power times the derivative of a",
    formula: &[("d(a^n)/dx[b]", "n * a^(n-1) * d(a)/dx[b]")],
    conditions: "It applies where n is an integer, which may be negative: a quotient is a product with a power.",
    shrinks: "the size of the term under a derivative",
    example: Example { system: "x[3]; y[i] = x[i]^3", goal: "dy/dx" },
    needs: Contents::DERIVATIVE,
    apply: |term, place| {
        let (of, array, at) = derivative(term)?;
        let Kind::Power(base, n) = of.kind() else { return None };
        let inner = partial(place.system, base, array, at);
        Some(Term::product([Term::from_i64(*n), Term::power(base.clone(), n - 1), inner]).into())
    },
};

/// ∂f(u) = f′(u)·∂u, argument by argument.
pub const CHAIN: Rule = Rule {
    name: RuleName::Chain,
    statement: "the derivative of a function of u is its derivative at u times the derivative of u",
    formula: &[("d(exp(u))/dx[b]", "exp(u) * d(u)/dx[b]"), ("d(relu(u))/dx[b]", "[u > 0] * d(u)/dx[b]")],
    conditions: "It applies to the scalar functions of the table, for each argument that reads x. Where a function has \
                 a kink, the derivative is the one that the table names.",
    shrinks: "the size of the term under a derivative",
    example: Example { system: "x[3]; y[i] = exp(2*x[i])", goal: "dy/dx" },
    needs: Contents::DERIVATIVE,
    apply: |term, place| {
        let (of, array, at) = derivative(term)?;
        let Kind::Apply(function, arguments) = of.kind() else { return None };
        let moving = arguments.iter().enumerate().filter(|(_, u)| u.reads(array));
        let through = moving.map(|(k, u)| {
            let slope = super::slope::slope(*function, k, arguments, of);
            Term::product([slope, partial(place.system, u, array, at)])
        });
        Some(Term::sum(through).into())
    },
};

/// ∂[a > b] = 0
pub const COMPARE: Rule = Rule {
    name: RuleName::Compare,
    statement: "a bracket on values is constant on either side, so its derivative is 0",
    formula: &[("d([u > v])/dx[b]", "0")],
    conditions: "It applies everywhere; at the place where the sides meet there is no derivative.",
    shrinks: "the number of derivatives",
    example: Example { system: "x[3]; y[i] = [x[i] > 1] * x[i]^2", goal: "dy/dx" },
    needs: Contents::DERIVATIVE,
    apply: |term, _| {
        let (of, ..) = derivative(term)?;
        matches!(of.kind(), Kind::Compare(..)).then(|| Term::zero().into())
    },
};

/// ∂x[a]/∂x[b] = [a = b].
pub const READ: Rule = Rule {
    name: RuleName::Read,
    statement: "an entry of an array depends on itself only: the derivative of x[a] with respect to x[b] is [a = b], axis by axis",
    formula: &[("dx[a, b]/dx[c, e]", "[a = c] * [b = e]")],
    conditions: "It applies to the array that is differentiated for, with as many brackets as it has axes. An axis on \
                 which both entries are written alike gives no bracket.",
    shrinks: "the number of derivatives",
    example: Example { system: "x[5, 2]; y[i, k] = x[i+2, k]", goal: "dy/dx" },
    needs: Contents::DERIVATIVE,
    apply: |term, place| {
        let (of, array, at) = derivative(term)?;
        let Kind::Read(name, indices) = of.kind() else { return None };
        let alone = name == array && !place.system.dependencies.depends(array, array);
        alone.then(|| Rewrite::from(same_entry(indices, at)))
    },
};

/// The derivative of a part of a formula. Of an entry of an array that is computed from itself it is
/// the direct one, for the other entries are held.
pub(super) fn partial(system: &System, part: &Term, array: &Name, at: &[Index]) -> Term {
    match part.kind() {
        Kind::Read(name, indices) if name == array && system.dependencies.depends(array, array) => {
            same_entry(indices, at)
        }
        _ => Term::derivative(part.clone(), array.clone(), at.to_vec()),
    }
}

/// [a = b], axis by axis; nothing where both are written alike.
fn same_entry(indices: &[Index], at: &[Index]) -> Term {
    let same = |(a, b): (&Index, &Index)| match a == b {
        true => Term::one(),
        false => Term::bracket(Condition::Equal(a.clone(), b.clone())),
    };
    Term::product(indices.iter().zip(at).map(same))
}

fn derivative(term: &Term) -> Option<(&Term, &Name, &[Index])> {
    match term.kind() {
        Kind::Derivative(of, array, at) => Some((of, array, at)),
        _ => None,
    }
}

/// Whether the array reaches a formula through its own reads alone. An array that is computed from
/// itself does not.
pub fn is_direct(system: &System, body: &Term, array: &Name) -> bool {
    !body.any(&mut |t| match t.kind() {
        Kind::Read(name, _) => system.dependencies.depends(name, array),
        _ => false,
    })
}
