//! Index expressions and conditions as a person writes them.
//!
//! i+2(r−1), not 2r+i−2: an index is written with the offset in which the author wrote it, D·K−D as
//! D·(K−1), a condition with one side 0 as negative parts ≤ positive parts.

use super::quote::Quote;
use crate::integer::{Atom, Condition, Extreme, Index, Var};
use crate::language::syntax::{self, Expr, ExprKind, Name, Operator, Relation, Sign};
use std::collections::BTreeSet;

/// One signed part of an index expression while it is being arranged.
struct Part {
    negative: bool,
    rank: u8,
    mentions_index: bool,
    expr: Expr,
}

impl Quote {
    /// An index expression.
    pub fn index(&self, index: &Index) -> Expr {
        self.index_under(index, &[])
    }

    /// An index expression where the quotients `exact` (numerator, divisor) are known to leave no
    /// remainder.
    pub fn index_with_exact(&self, index: &Index, exact: &[(Index, Index)]) -> Expr {
        self.index_under(index, exact)
    }

    /// An index expression where the quotients `exact` (numerator, divisor) leave no remainder.
    pub(super) fn index_under(&self, index: &Index, exact: &[(Index, Index)]) -> Expr {
        match index.terms() {
            _ if self.named.iter().any(|(length, _)| length == index) => join(self.parts(index, exact)),
            [(alone, 1)] if alone.len() == 1 => match &alone[0] {
                Atom::Var(var) => Expr::name(self.var(var)),
                Atom::Size(name) => Expr::name(name.clone()),
                Atom::Div(_) | Atom::Extreme(..) | Atom::Datum(..) => join(self.parts(index, exact)),
            },
            [(nothing, number)] if nothing.is_empty() && *number > 0 => Expr::integer(*number),
            _ => join(self.parts(index, exact)),
        }
    }

    fn parts(&self, index: &Index, exact: &[(Index, Index)]) -> Vec<Part> {
        if let Some((_, name)) = self.named.iter().find(|(length, _)| length == index) {
            return vec![Part { negative: false, rank: 2, mentions_index: false, expr: Expr::name(name.clone()) }];
        }
        let (remainders, mut rest) = split_remainders(index);
        let mut parts = Vec::new();
        let compound;
        (rest, compound) = rest.split_terms(|atom| matches!(atom, Atom::Var(_) | Atom::Size(_)));
        for var in &self.in_authors_order(index) {
            let Some((slope, without)) = rest.linear_in(var) else { continue };
            if slope.is_zero() {
                continue;
            }
            let plain = slope.as_constant().is_some_and(|n| n.abs() == 1) || !slope.is_free_of_vars();
            let authors = || self.offsets.get(&var.name).copied().unwrap_or(0);
            let offset = if plain { 0 } else { offset_within(&slope, &without).unwrap_or_else(authors) };
            rest = without.plus(&slope.times_number(offset));
            parts.push(self.slope_times(&slope, var, offset, exact));
        }
        parts.extend(remainders.iter().map(|r| self.remainder(r, exact)));
        parts.extend(self.size_parts(&rest.plus(&compound), exact));
        parts
    }

    /// The indices of an expression in the order in which the author first wrote them.
    fn in_authors_order(&self, index: &Index) -> Vec<Var> {
        let mut vars = BTreeSet::new();
        index.collect_vars(&mut vars);
        let mut vars: Vec<Var> = vars.into_iter().collect();
        vars.sort_by_key(|v| self.order.iter().position(|name| *name == v.name).map_or(0, |k| k + 1));
        vars
    }

    /// ±k·(a mod m)
    fn remainder(&self, remainder: &Remainder, exact: &[(Index, Index)]) -> Part {
        let (numerator, divisor) = &remainder.quotient;
        let (a, m) = (self.index_under(numerator, exact), self.index_under(divisor, exact));
        let value = Expr::new(ExprKind::Product(vec![(Operator::Times, a), (Operator::Mod, m)]));
        let negative = remainder.factor.terms().iter().all(|(_, n)| *n < 0);
        let factor = if negative { remainder.factor.times_number(-1) } else { remainder.factor.clone() };
        let unit = factor.as_constant() == Some(1);
        let expr = if unit { value } else { times(vec![self.index_under(&factor, exact), value]) };
        Part { negative, rank: 1, mentions_index: true, expr }
    }

    fn slope_times(&self, slope: &Index, var: &Var, offset: i128, exact: &[(Index, Index)]) -> Part {
        let name = Expr::name(self.var(var));
        let shifted = match offset {
            0 => name,
            n => join(vec![
                Part { negative: false, rank: 0, mentions_index: true, expr: name },
                Part { negative: n > 0, rank: 1, mentions_index: false, expr: Expr::integer(n.abs()) },
            ]),
        };
        let negative = slope.terms().iter().all(|(_, n)| *n < 0);
        let slope = if negative { slope.times_number(-1) } else { slope.clone() };
        let unit = slope.as_constant() == Some(1);
        let expr = if unit { shifted } else { times(vec![self.index_under(&slope, exact), shifted]) };
        Part { negative, rank: u8::from(!unit), mentions_index: true, expr }
    }

    /// Where the author first wrote the names of a monomial.
    fn place_of(&self, monomial: &[Atom]) -> Vec<usize> {
        let place = |name: &Name| self.order.iter().position(|n| n == name).unwrap_or(usize::MAX);
        let of = |atom: &Atom| match atom {
            Atom::Size(name) => place(name),
            Atom::Var(var) => place(&var.name),
            Atom::Div(_) | Atom::Extreme(..) | Atom::Datum(..) => usize::MAX,
        };
        monomial.iter().map(of).collect()
    }

    /// Terms without indices outside quotients, M·A − k·M written as M·(A−k).
    fn size_parts(&self, rest: &Index, exact: &[(Index, Index)]) -> Vec<Part> {
        let mut terms: Vec<(Vec<Atom>, i128)> = rest.terms().to_vec();
        let mut parts: Vec<(usize, Vec<Atom>, Part)> = Vec::new();
        while let Some(place) = (0..terms.len()).max_by_key(|k| (terms[*k].0.len(), usize::MAX - k)) {
            let (monomial, n) = terms.remove(place);
            let rounded_up = |a: &Atom| n < 0 && matches!(a, Atom::Div(pair) if leads_negative(&pair.0));
            if let Some(place) = monomial.iter().position(rounded_up) {
                let mut others = monomial.clone();
                let quotient = others.remove(place);
                let mut factors: Vec<Expr> = others.iter().map(|a| self.atom(a, exact)).collect();
                if n != -1 {
                    factors.insert(0, Expr::integer(n.abs()));
                }
                factors.push(self.ceiling(&quotient, exact));
                let mentions_index = !Index::atom(quotient).is_free_of_vars();
                let rank = if mentions_index { 1 } else { 2 };
                let part = Part { negative: false, rank, mentions_index, expr: times(factors) };
                parts.push((monomial.len(), monomial, part));
                continue;
            }
            let mut factors: Vec<Expr> = Vec::new();
            if n.abs() != 1 || monomial.is_empty() {
                factors.push(Expr::integer(n.abs()));
            }
            let folded = if monomial.len() < 2 { None } else { fold_offset(&monomial, n, &terms) };
            if let Some((atom, other, k)) = folded {
                let remaining: Vec<Atom> = terms.remove(other).0;
                factors.extend(remaining.iter().map(|a| self.atom(a, exact)));
                factors.push(self.index_under(&Index::atom(monomial[atom].clone()).plus_number(-k), exact));
            } else {
                factors.extend(self.powers(&monomial, exact));
            }
            let rank = if monomial.is_empty() { 3 } else { 2 };
            let within = |a: &Atom| !Index::atom(a.clone()).is_free_of_vars();
            let mentions_index = monomial.iter().any(within);
            let rank = if mentions_index { 1 } else { rank };
            let part = Part { negative: n < 0, rank, mentions_index, expr: times(factors) };
            parts.push((monomial.len(), monomial, part));
        }
        parts.sort_by_key(|(degree, monomial, part)| (part.rank, *degree, self.place_of(monomial), monomial.clone()));
        parts.into_iter().map(|(.., part)| part).collect()
    }

    /// A monomial: S·S as S².
    fn powers(&self, monomial: &[Atom], exact: &[(Index, Index)]) -> Vec<Expr> {
        let runs = monomial.chunk_by(|a, b| a == b);
        let power = |run: &[Atom]| match run.len() {
            1 => self.atom(&run[0], exact),
            n => {
                let exponent = Expr::integer(n as i128);
                Expr::new(ExprKind::Power(Box::new(self.atom(&run[0], exact)), Box::new(exponent)))
            }
        };
        runs.map(power).collect()
    }

    fn atom(&self, atom: &Atom, exact: &[(Index, Index)]) -> Expr {
        match atom {
            Atom::Var(var) => Expr::name(self.var(var)),
            Atom::Size(name) => Expr::name(name.clone()),
            Atom::Div(pair) => {
                let (numerator, divisor) = pair.0.unnested(&pair.1);
                // That ⌊a/2⌋/2 leaves no remainder does not say that a/4 leaves none.
                let whole = numerator == pair.0 && exact.contains(&**pair);
                let operator = if whole { Operator::Over } else { Operator::Div };
                let (numerator, divisor) = (self.index_under(&numerator, exact), self.index_under(&divisor, exact));
                Expr::new(ExprKind::Product(vec![(Operator::Times, numerator), (operator, divisor)]))
            }
            Atom::Extreme(which, parts) => {
                let (word, parts) = match (which, parts.as_slice()) {
                    (Extreme::Greatest, [a, b]) if *a == b.times_number(-1) => {
                        ("abs", std::slice::from_ref(if leads_negative(a) { b } else { a }))
                    }
                    (Extreme::Greatest, parts) => ("max", parts),
                    (Extreme::Least, parts) => ("min", parts),
                };
                Expr::new(ExprKind::Call(word.into(), parts.iter().map(|p| self.index_under(p, exact)).collect()))
            }
            Atom::Datum(array, at) if at.is_empty() => Expr::name(array.clone()),
            Atom::Datum(array, at) => {
                Expr::new(ExprKind::Read(array.clone(), at.iter().map(|i| self.index_under(i, exact)).collect()))
            }
        }
    }

    /// −⌊−a/m⌋ as ⌈a/m⌉.
    fn ceiling(&self, quotient: &Atom, exact: &[(Index, Index)]) -> Expr {
        let Atom::Div(pair) = quotient else { return self.atom(quotient, exact) };
        let (a, m) = (self.index_under(&pair.0.times_number(-1), exact), self.index_under(&pair.1, exact));
        let over = Expr::new(ExprKind::Product(vec![(Operator::Times, a), (Operator::Over, m)]));
        if exact.contains(&**pair) { over } else { Expr::new(ExprKind::Call("ceil".into(), vec![over])) }
    }

    /// A condition. Where one side is 0 the negative parts move to the other side.
    pub fn condition(&self, condition: &Condition) -> syntax::Condition {
        self.condition_under(condition, &[])
    }

    pub(super) fn condition_under(&self, condition: &Condition, exact: &[(Index, Index)]) -> syntax::Condition {
        use syntax::Condition as Written;
        let index = |e: &Index| self.index_under(e, exact);
        let all = |parts: &[Condition]| parts.iter().map(|p| self.condition_under(p, exact)).collect();
        match condition {
            Condition::Equal(a, b) if b.is_zero() => self.balanced(a, Relation::Equal, exact),
            Condition::Equal(a, b) if a.is_free_of_vars() && !b.is_free_of_vars() => {
                Written::Chain(index(b), vec![(Relation::Equal, index(a))])
            }
            Condition::Equal(a, b) => Written::Chain(index(a), vec![(Relation::Equal, index(b))]),
            Condition::AtMost(a, b) if a.is_zero() => self.balanced(b, Relation::AtMost, exact),
            Condition::AtMost(a, b) => Written::Chain(index(a), vec![(Relation::AtMost, index(b))]),
            Condition::Within(lo, e, hi) => {
                Written::Chain(index(lo), vec![(Relation::AtMost, index(e)), (Relation::AtMost, index(hi))])
            }
            Condition::Divides(m, e) => Written::Divides(index(m), index(e)),
            Condition::All(parts) if parts.len() == 1 => self.condition_under(&parts[0], exact),
            Condition::Any(parts) if parts.len() == 1 => self.condition_under(&parts[0], exact),
            Condition::All(parts) if parts.is_empty() => {
                Written::Chain(Expr::integer(0), vec![(Relation::Equal, Expr::integer(0))])
            }
            Condition::Any(parts) if parts.is_empty() => {
                Written::Chain(Expr::integer(0), vec![(Relation::Equal, Expr::integer(1))])
            }
            Condition::All(parts) => Written::All(all(parts)),
            Condition::Any(parts) => Written::Any(all(parts)),
            Condition::Not(inner) => match &**inner {
                Condition::Equal(a, b) => Written::Chain(index(a), vec![(Relation::NotEqual, index(b))]),
                Condition::AtMost(a, b) => Written::Chain(index(a), vec![(Relation::Greater, index(b))]),
                _ => Written::Not(Box::new(self.condition_under(inner, exact))),
            },
        }
    }

    /// A condition within a formula: one on a single index is solved for it.
    pub(super) fn guard(&self, condition: &Condition, exact: &[(Index, Index)]) -> syntax::Condition {
        self.condition_under(&solved(condition), exact)
    }

    /// 0 ≤ e (or e = 0) as negative parts ≤ positive parts.
    fn balanced(&self, e: &Index, relation: Relation, exact: &[(Index, Index)]) -> syntax::Condition {
        let (negative, positive): (Vec<Part>, Vec<Part>) = self.parts(e, exact).into_iter().partition(|p| p.negative);
        let flipped: Vec<Part> = negative.into_iter().map(|p| Part { negative: false, ..p }).collect();
        let backwards = |left: &[Part], right: &[Part]| {
            !left.iter().any(|p| p.mentions_index) && right.iter().any(|p| p.mentions_index)
        };
        let (left, right) = match relation {
            Relation::Equal if backwards(&positive, &flipped) => (flipped, positive),
            Relation::Equal => (positive, flipped),
            _ => (flipped, positive),
        };
        syntax::Condition::Chain(join(left), vec![(relation, join(right))])
    }
}

/// factor · (a mod m), where (a, m) is the quotient.
struct Remainder {
    factor: Index,
    quotient: (Index, Index),
}

/// Takes out of an expression what is k·(a − m⌊a/m⌋) in it: the remainders, and the rest.
fn split_remainders(index: &Index) -> (Vec<Remainder>, Index) {
    let (mut found, mut rest) = (Vec::new(), index.clone());
    let weight = |e: &Index| e.terms().iter().filter(|(m, _)| !m.is_empty()).count();
    loop {
        let quotients = rest.terms().iter().flat_map(|(m, _)| m).filter_map(|atom| match atom {
            Atom::Div(pair) => Some((atom.clone(), (**pair).clone())),
            _ => None,
        });
        let next = quotients.into_iter().find_map(|(atom, (numerator, divisor))| {
            let marker = Var::new("·");
            let hidden =
                rest.map_atoms(&|a| Some(if *a == atom { Index::var(&marker) } else { Index::atom(a.clone()) }));
            let (slope, _) = hidden.linear_in(&marker)?;
            let factor = slope.exact_quotient(&divisor)?.times_number(-1);
            let whole = factor.times(&numerator.minus(&divisor.times(&Index::atom(atom.clone()))));
            let left = rest.minus(&whole);
            (weight(&left) + weight(&whole) == weight(&rest))
                .then_some((Remainder { factor, quotient: (numerator, divisor) }, left))
        });
        match next {
            Some((remainder, left)) => {
                found.push(remainder);
                rest = left;
            }
            None => return (found, rest),
        }
    }
}

/// An inequality with a single index, solved for it; one with numbers on both sides with one of
/// them; any other condition as it is.
fn solved(condition: &Condition) -> Condition {
    match condition {
        Condition::AtMost(a, b) => match solved_alone(&b.minus(a)) {
            Some((var, end, true)) => Condition::AtMost(end, var),
            Some((var, end, false)) => Condition::AtMost(var, end),
            None if a.constant_term() * b.constant_term() != 0 => Condition::AtMost(Index::default(), b.minus(a)),
            None => condition.clone(),
        },
        Condition::Within(lo, e, hi) => match (solved_alone(&e.minus(lo)), solved_alone(&hi.minus(e))) {
            (Some((i, a, true)), Some((j, b, false))) | (Some((i, b, false)), Some((j, a, true))) if i == j => {
                Condition::Within(a, i, b)
            }
            _ => condition.clone(),
        },
        Condition::All(parts) => Condition::All(parts.iter().map(solved).collect()),
        Condition::Any(parts) => Condition::Any(parts.iter().map(solved).collect()),
        Condition::Equal(..) | Condition::Divides(..) | Condition::Not(_) => condition.clone(),
    }
}

/// Of e ≥ 0 with one index, outside floors and of slope ±1 or alone with numbers: that index, the
/// end at which it starts to hold, and whether it holds beyond it.
pub(super) fn solved_alone(e: &Index) -> Option<(Index, Index, bool)> {
    let mut vars = BTreeSet::new();
    e.collect_vars(&mut vars);
    let var = vars.first().filter(|_| vars.len() == 1)?;
    let (slope, rest) = e.linear_in(var)?;
    let slope = slope.as_constant()?;
    let end = match (slope, rest.as_constant()) {
        (1 | -1, _) => rest.times_number(-slope),
        (_, Some(n)) if slope > 0 => Index::constant(-n.div_euclid(slope)),
        (_, Some(n)) => Index::constant(n.div_euclid(-slope)),
        _ => return None,
    };
    Some((Index::var(var), end, slope > 0))
}

/// k with slope·index − k·slope in the expression, for a slope made of sizes.
fn offset_within(slope: &Index, rest: &Index) -> Option<i128> {
    let [(monomial, n)] = slope.terms() else { return None };
    let (_, m) = rest.terms().iter().find(|(other, _)| other == monomial && !monomial.is_empty())?;
    (m % n == 0).then_some(-m / n)
}

/// Whether the first term of the expression that is not a number carries a minus.
fn leads_negative(e: &Index) -> bool {
    e.terms().iter().find(|(m, _)| !m.is_empty()).is_some_and(|(_, n)| *n < 0)
}

/// The parts as a sum: what an index heads first, positive parts before negative ones, the number
/// last; a positive number leads where the first part is a product with an index, 1+S(r−1), or
/// negative, 4−n.
fn join(mut parts: Vec<Part>) -> Expr {
    parts.sort_by_key(|p| (p.rank == 3, p.negative, p.rank));
    if let Some(number) = parts.iter().position(|p| p.rank == 3 && !p.negative)
        && (parts[0].negative || parts[0].rank == 1 && parts[0].mentions_index)
    {
        let number = parts.remove(number);
        parts.insert(0, number);
    }
    if let [only] = parts.as_slice()
        && !only.negative
    {
        return only.expr.clone();
    }
    let signed = |p: Part| (if p.negative { Sign::Minus } else { Sign::Plus }, p.expr);
    match parts.is_empty() {
        true => Expr::integer(0),
        false => Expr::new(ExprKind::Sum(parts.into_iter().map(signed).collect())),
    }
}

/// The product of factors; products among them are flattened.
fn times(factors: Vec<Expr>) -> Expr {
    let mut flat = Vec::new();
    for factor in factors {
        match factor.kind {
            ExprKind::Product(inner) if flat.is_empty() => flat.extend(inner),
            _ => flat.push((Operator::Times, factor)),
        }
    }
    if flat.len() == 1 { flat.remove(0).1 } else { Expr::new(ExprKind::Product(flat)) }
}

/// For n·M with M of two atoms or more: an atom A of it and the place of a term −k·n·M/A, so that
/// both are n·(M/A)·(A−k).
fn fold_offset(monomial: &[Atom], n: i128, terms: &[(Vec<Atom>, i128)]) -> Option<(usize, usize, i128)> {
    (0..monomial.len()).rev().filter(|k| matches!(monomial[*k], Atom::Size(_))).find_map(|atom| {
        let mut remaining = monomial.to_vec();
        remaining.remove(atom);
        let other = terms.iter().position(|(m, c)| *m == remaining && c % n == 0 && (*c < 0) != (n < 0))?;
        Some((atom, other, -terms[other].1 / n))
    })
}
