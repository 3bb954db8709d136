//! The way back: terms, index expressions and conditions as syntax, in the form a person would
//! write. What is printed, and what is verified, is what this makes.
//!
//! Index expressions come out as i+2(r−1), not 2r+i−2: an index is written with the offset in which
//! the author wrote it, and D·K−D as D·(K−1).

use super::quote_integer::solved_alone;
use super::second::Differentiated;
use super::term::{Bound, Kind, Term};
use crate::integer::{Condition, Index, Var};
use crate::language::function::Function;
use crate::language::syntax::{self, Binder, Expr, ExprKind, Name, Operator, Reduction, Relation, Sign};
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How terms become syntax. What does not change inside a formula is shared.
#[derive(Clone, Debug, Default)]
pub struct Quote {
    /// The offsets in which indices are written.
    pub offsets: Arc<BTreeMap<Name, i128>>,
    /// Index names in the order in which the author first wrote them.
    pub order: Arc<Vec<Name>>,
    /// Expressions that have a name: the length of an output axis.
    pub named: Arc<Vec<(Index, Name)>>,
    /// Whether brackets on a bound index stand under its Σ.
    pub conditional_sums: bool,
    /// Whether brackets on a whole formula become `if … then … else 0`.
    pub cases: bool,
    /// The letter that the upstream gradient of an output has.
    pub upstream: Arc<BTreeMap<Name, Name>>,
    /// The arrays that are Jacobians.
    pub differentiated: Arc<Vec<Differentiated>>,
    /// Indices that bound ones must not share a name with.
    pub taken: BTreeSet<Var>,
}

impl Quote {
    /// No offsets, plain brackets.
    pub fn plain() -> Self {
        Quote::default()
    }

    /// The name of an index: primes for copies.
    pub fn var(&self, var: &Var) -> Name {
        var.written()
    }

    /// A binder with its range.
    pub fn binder(&self, bound: &Bound) -> Binder {
        let range = Some((self.index(&bound.lo), self.index(&bound.hi)));
        Binder { name: self.var(&bound.var), range, span: Default::default() }
    }

    /// A whole formula.
    pub fn formula(&self, term: &Term) -> Expr {
        if self.cases
            && let Some((bracket, value, otherwise)) = either(term)
        {
            let holds = match bracket.kind() {
                Kind::Compare(relation, [a, b]) => self.comparison(*relation, a, b, &[]),
                Kind::Bracket(condition) => self.guards(std::slice::from_ref(condition), &[]),
                _ => return self.term(term, &[]),
            };
            let (value, otherwise) = (self.formula(&value), self.formula(&otherwise));
            return Expr::new(ExprKind::If(Box::new(holds), Box::new(value), Box::new(otherwise)));
        }
        if self.cases
            && let Kind::Product(factors) = term.kind()
        {
            let (guards, rest) = split_brackets(factors);
            if guards.iter().any(|c| !matches!(c, Condition::Equal(..))) {
                let exact = exact_quotients(&guards);
                let holds = self.guards(&guards, &[]);
                let value = self.term(&Term::product(rest), &exact);
                return Expr::new(ExprKind::If(Box::new(holds), Box::new(value), Box::new(Expr::integer(0))));
            }
        }
        self.term(term, &[])
    }

    fn term(&self, term: &Term, exact: &[(Index, Index)]) -> Expr {
        let at = |indices: &[Index]| indices.iter().map(|i| self.index_under(i, exact)).collect::<Vec<_>>();
        let kind = match term.kind() {
            Kind::Number(_) | Kind::Product(_) | Kind::Power(_, ..=-1) => return self.product(term, exact),
            Kind::Integer(index) => return self.index_under(index, exact),
            Kind::Read(array, indices) => match self.differentiated.iter().find(|d| d.name == *array) {
                Some(jacobian) => jacobian.entry(at(indices)),
                None => named(array, at(indices)),
            },
            Kind::Upstream(output, indices) => match self.upstream.get(output) {
                Some(letter) => named(letter, at(indices)),
                None => ExprKind::Upstream(output.clone(), at(indices)),
            },
            Kind::Sum(terms) => {
                let mut signed: Vec<(Sign, Term)> = terms.iter().map(split_sign).collect();
                if let Some(first) = signed.iter().position(|(sign, _)| *sign == Sign::Plus) {
                    signed[..=first].rotate_right(1);
                }
                let written = signed.iter().map(|(sign, size)| (*sign, self.term(size, exact)));
                ExprKind::Sum(written.collect())
            }
            Kind::Power(base, e) => {
                ExprKind::Power(Box::new(self.term(base, exact)), Box::new(Expr::integer((*e).into())))
            }
            Kind::Sigma(..) | Kind::Pi(..) | Kind::Extremum(..) => return self.reduction(term, exact),
            Kind::Apply(Function::Pi, _) => ExprKind::Name(Function::Pi.name().into()),
            Kind::Apply(Function::Pow, arguments) => {
                let mut sides = arguments.iter().map(|argument| Box::new(self.term(argument, exact)));
                match (sides.next(), sides.next()) {
                    (Some(base), Some(exponent)) => ExprKind::Power(base, exponent),
                    _ => return Expr::integer(1),
                }
            }
            Kind::Apply(function, arguments) => {
                let arguments = arguments.iter().map(|argument| self.term(argument, exact)).collect();
                ExprKind::Call(function.name().into(), arguments)
            }
            Kind::Compare(relation, [a, b]) => ExprKind::Bracket(Box::new(self.comparison(*relation, a, b, exact))),
            Kind::Bracket(condition) => ExprKind::Bracket(Box::new(self.guard(condition, exact))),
            Kind::Derivative(of, array, indices) => {
                ExprKind::Derivative(Box::new(self.term(of, exact)), array.clone(), at(indices))
            }
        };
        Expr::new(kind)
    }

    /// A comparison, a number on its right: `[x > 0]`.
    fn comparison(&self, relation: Relation, a: &Term, b: &Term, exact: &[(Index, Index)]) -> syntax::Condition {
        let (relation, a, b) = match (a.as_number(), b.as_number()) {
            (Some(_), None) => (relation.mirrored(), b, a),
            _ => (relation, a, b),
        };
        syntax::Condition::Chain(self.term(a, exact), vec![(relation, self.term(b, exact))])
    }

    /// The bound indices of a formula, each with the one that is written for it.
    pub fn written(&self, term: &Term) -> Vec<(Var, Var)> {
        let mut found = Vec::new();
        self.collect_written(term, term, &mut found);
        found
    }

    fn collect_written(&self, term: &Term, shown: &Term, found: &mut Vec<(Var, Var)>) {
        let (tidy, inner) = if term.bounds().is_empty() { (shown.clone(), self.clone()) } else { self.tidied(shown) };
        found.extend(term.bounds().iter().map(|b| b.var.clone()).zip(tidy.bounds().iter().map(|b| b.var.clone())));
        for (child, shown) in term.children().iter().zip(tidy.children()) {
            inner.collect_written(child, shown, found);
        }
    }

    /// A Σ, Π or extremum whose bound indices carry as few primes as the indices around them allow, and how
    /// what stands in it is written.
    fn tidied(&self, whole: &Term) -> (Term, Quote) {
        let outer = whole.free_vars();
        let mut chosen: Vec<Var> = Vec::new();
        for bound in whole.bounds() {
            let plain = Var { serial: 0, ..bound.var.clone() };
            chosen.push(plain.fresh(|v| outer.contains(v) || self.taken.contains(v) || chosen.contains(v)));
        }
        let stay = whole.bounds().iter().map(|b| &b.var).eq(&chosen);
        let inside = |term: &Term| term.any(&mut |t| t.bounds().iter().any(|b| chosen.contains(&b.var)));
        let clash = |v: &Var| chosen.contains(v) || whole.bounds().iter().any(|b| b.var == *v);
        let tidy = match stay && !whole.children().iter().any(inside) {
            true => whole.clone(),
            false => whole.with_fresh_bounds(&clash).with_bounds_named(&chosen),
        };
        let mut inner = self.clone();
        inner.taken.extend(chosen);
        (tidy, inner)
    }

    /// A Σ, Π or extremum with its condition, a Σ with the brackets on its indices under it.
    fn reduction(&self, whole: &Term, exact: &[(Index, Index)]) -> Expr {
        let (tidy, inner) = self.tidied(whole);
        let binders = tidy.bounds().iter().map(|b| inner.binder(b)).collect();
        let mut exact = exact.to_vec();
        let (word, condition, body) = match tidy.kind() {
            Kind::Pi(_, condition, body) | Kind::Extremum(_, _, condition, body) => {
                let condition = (*condition != Condition::always()).then(|| inner.guard(condition, &exact));
                let word = match tidy.kind() {
                    Kind::Extremum(which, ..) => Reduction::Extremum(*which),
                    _ => Reduction::Product,
                };
                (word, condition, body.clone())
            }
            Kind::Sigma(bounds, body) => {
                let (guards, rest) = split_brackets(body.factors());
                let on_bound = |c: &Condition| bounds.iter().any(|b| c.mentions(&b.var));
                let (under, ahead): (Vec<_>, Vec<_>) = guards.into_iter().partition(on_bound);
                if self.conditional_sums && !under.is_empty() {
                    let condition = inner.guards(&under, &exact);
                    exact.extend(exact_quotients(&under));
                    let body = Term::product(ahead.into_iter().map(Term::bracket).chain(rest));
                    (Reduction::Sum, Some(condition), body)
                } else {
                    (Reduction::Sum, None, body.clone())
                }
            }
            _ => return self.term(&tidy, &exact),
        };
        let body = inner.term(&body, &exact);
        Expr::new(ExprKind::Reduce(word, binders, condition.map(Box::new), Box::new(body)))
    }

    /// Brackets that multiply each other as one condition.
    pub fn conditions(&self, guards: &[Condition]) -> syntax::Condition {
        self.guards(guards, &[])
    }

    /// Conditions that all hold, tested in order: each is written knowing those before it.
    fn guards(&self, guards: &[Condition], exact: &[(Index, Index)]) -> syntax::Condition {
        let apart = guards.iter().flat_map(|guard| match guard {
            Condition::All(parts) => parts.clone(),
            other => vec![other.clone()],
        });
        let guards = merged(apart.collect());
        let mut known = exact.to_vec();
        let mut written = Vec::with_capacity(guards.len());
        for guard in &guards {
            written.push(self.guard(guard, &known));
            known.extend(exact_quotients(std::slice::from_ref(guard)));
        }
        if written.len() == 1 { written.remove(0) } else { syntax::Condition::All(written) }
    }

    /// A product as −(p/q)·a·b/(c·d).
    fn product(&self, term: &Term, exact: &[(Index, Index)]) -> Expr {
        let mut number = BigRational::one();
        let (guards, _) = split_brackets(term.factors());
        let mut known = exact.to_vec();
        let exact = [exact, &exact_quotients(&guards)].concat();
        let (mut scale, mut above, mut below, mut under) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for factor in &with_merged_brackets(term.factors()) {
            match factor.kind() {
                Kind::Number(n) => number *= n,
                Kind::Bracket(guard) => {
                    above.push(self.term(factor, &known));
                    known.extend(exact_quotients(std::slice::from_ref(guard)));
                }
                Kind::Power(base, e) if *e < 0 => {
                    let positive = Term::power(base.clone(), e.checked_neg().unwrap_or(i64::MAX));
                    let list = if matches!(base.kind(), Kind::Integer(_)) { &mut under } else { &mut below };
                    list.push(self.term(&positive, &exact));
                }
                Kind::Integer(_) => scale.push(self.term(factor, &exact)),
                _ => above.push(self.term(factor, &exact)),
            }
        }
        let (negative, number) = (number.is_negative(), number.abs());
        if !number.denom().is_one() {
            under.insert(0, literal(number.denom()));
        }
        let front_empty = scale.is_empty() && (!under.is_empty() || (above.is_empty() && !below.is_empty()));
        if !number.numer().is_one() || front_empty || (scale.is_empty() && above.is_empty()) {
            scale.insert(0, literal(number.numer()));
        }
        if above.is_empty() {
            under.append(&mut below);
        }
        let joined = |operator: Operator, list: Vec<Expr>| list.into_iter().map(move |e| (operator, e));
        let divided = |list: Vec<Expr>| match list.len() {
            0 | 1 => joined(Operator::Over, list),
            _ => joined(Operator::Over, vec![Expr::new(ExprKind::Product(joined(Operator::Times, list).collect()))]),
        };
        let mut all: Vec<(Operator, Expr)> = joined(Operator::Times, scale)
            .chain(divided(under))
            .chain(joined(Operator::Times, above))
            .chain(divided(below))
            .collect();
        let product = if all.len() == 1 { all.remove(0).1 } else { Expr::new(ExprKind::Product(all)) };
        if negative { Expr::new(ExprKind::Sum(vec![(Sign::Minus, product)])) } else { product }
    }
}

fn named(array: &Name, at: Vec<Expr>) -> ExprKind {
    if at.is_empty() { ExprKind::Name(array.clone()) } else { ExprKind::Read(array.clone(), at) }
}

fn literal(n: &BigInt) -> Expr {
    Expr::new(ExprKind::Number(BigRational::from_integer(n.clone())))
}

/// The sign that stands before a summand, and the summand without it.
fn split_sign(term: &Term) -> (Sign, Term) {
    match term.factors().first().and_then(Term::as_number) {
        Some(n) if n.is_negative() => (Sign::Minus, term.clone().negative()),
        _ => (Sign::Plus, term.clone()),
    }
}

/// Neighbouring conditions a ≤ e and e ≤ b on one index, or on the same expression, as a ≤ e ≤ b.
fn merged(conditions: Vec<Condition>) -> Vec<Condition> {
    let alone = |condition: &Condition| match condition {
        Condition::AtMost(a, b) => solved_alone(&b.minus(a)),
        _ => None,
    };
    let mut merged: Vec<Condition> = Vec::with_capacity(conditions.len());
    for condition in conditions {
        let whole = merged.last().and_then(|last| match (alone(last), alone(&condition)) {
            (Some((i, lo, true)), Some((j, hi, false))) | (Some((i, hi, false)), Some((j, lo, true))) if i == j => {
                Some(Condition::Within(lo, i, hi))
            }
            (Some(_), Some(_)) => None,
            _ => chained(last, &condition),
        });
        if whole.is_some() {
            merged.pop();
        }
        merged.push(whole.unwrap_or(condition));
    }
    merged
}

/// a ≤ e and e ≤ b, in either order, as a ≤ e ≤ b.
fn chained(first: &Condition, second: &Condition) -> Option<Condition> {
    let (Condition::AtMost(a, b), Condition::AtMost(c, d)) = (first, second) else { return None };
    let within = |lo: &Index, e: &Index, hi: &Index| {
        (!e.is_free_of_vars()).then(|| Condition::Within(lo.clone(), e.clone(), hi.clone()))
    };
    if b == c
        && let Some(whole) = within(a, b, d)
    {
        return Some(whole);
    }
    if a == d { within(c, a, b) } else { None }
}

fn with_merged_brackets(factors: &[Term]) -> Vec<Term> {
    let bracket = |term: &Term| match term.kind() {
        Kind::Bracket(condition) => Some(condition.clone()),
        _ => None,
    };
    let runs = factors.chunk_by(|a, b| bracket(a).is_some() && bracket(b).is_some());
    runs.flat_map(|run| match bracket(&run[0]) {
        Some(_) => merged(run.iter().filter_map(bracket).collect()).into_iter().map(Term::bracket).collect(),
        None => run.to_vec(),
    })
    .collect()
}

fn split_brackets(factors: &[Term]) -> (Vec<Condition>, Vec<Term>) {
    let (mut guards, mut rest) = (Vec::new(), Vec::new());
    for factor in factors {
        match factor.kind() {
            Kind::Bracket(condition) => guards.push(condition.clone()),
            _ => rest.push(factor.clone()),
        }
    }
    (guards, rest)
}

/// [p]·a + [not p]·b as [p], a and b.
fn either(term: &Term) -> Option<(Term, Term, Term)> {
    let Kind::Sum(terms) = term.kind() else { return None };
    let [holds, fails] = terms.as_slice() else { return None };
    let (first, value) = holds.factors().split_first()?;
    let (second, otherwise) = fails.factors().split_first()?;
    let opposite = match (first.kind(), second.kind()) {
        (Kind::Bracket(p), Kind::Bracket(Condition::Not(q))) => *p == **q,
        (Kind::Compare(p, sides), Kind::Compare(q, others)) => *p == q.negated() && sides == others,
        _ => false,
    };
    let product = |factors: &[Term]| Term::product(factors.iter().cloned());
    opposite.then(|| (first.clone(), product(value), product(otherwise)))
}

/// The quotients that leave no remainder where the guards hold.
fn exact_quotients(guards: &[Condition]) -> Vec<(Index, Index)> {
    guards
        .iter()
        .filter_map(|guard| match guard {
            Condition::Divides(m, e) => Some((e.clone(), m.clone())),
            _ => None,
        })
        .collect()
}
