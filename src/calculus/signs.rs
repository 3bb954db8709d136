//! Equality by cases of sign: for what brackets on values say, a maximum or an absolute value.
//!
//! In normal form every such bracket is [u > 0]; in each of the three cases that u is positive, negative
//! or 0 it is a number. Cases that contradict each other are left out. Invariant: the work is bounded.

use super::canonical::canonical;
use super::identities::is_positive;
use super::joint::equal_forms;
use crate::integer::{Facts, Var};
use crate::language::function::Function;
use crate::language::syntax::Relation;
use crate::model::{Kind, System, Term};

/// How many cases are told apart, and how deep.
const MOST_CASES: usize = 150;
const DEEPEST: usize = 6;

/// Whether two formulas are equal in each case of the signs of what they compare.
pub(super) fn equal(system: &System, facts: &Facts, a: &Term, b: &Term) -> bool {
    let kinked = |t: &Term| match t.kind() {
        Kind::Compare(..) => true,
        Kind::Apply(f, _) => matches!(
            f,
            Function::Relu | Function::Max | Function::Min | Function::Abs | Function::Sign | Function::LeakyRelu
        ),
        _ => false,
    };
    if !a.any(&mut |t| kinked(t)) && !b.any(&mut |t| kinked(t)) {
        return false;
    }
    let difference = Term::sum([a.clone(), b.clone().negative()]);
    Signs { system, facts }.vanishes(&difference, &[], DEEPEST, &mut { MOST_CASES })
}

struct Signs<'a> {
    system: &'a System,
    facts: &'a Facts,
}

/// The signs that are told apart.
#[derive(Clone, Copy, PartialEq)]
enum Sign {
    Positive,
    Negative,
    Zero,
}

impl Signs<'_> {
    /// Whether a formula is 0 where all terms of a list are positive.
    fn vanishes(&self, term: &Term, known: &[Term], depth: usize, cases: &mut usize) -> bool {
        let plain = self.canonical(term);
        if plain.is_zero() || equal_forms(self.system, self.facts, &plain, &Term::zero()).is_some() {
            return true;
        }
        let Some(u) = compared(&plain, &mut Vec::new()).filter(|_| depth > 0) else { return false };
        [Sign::Positive, Sign::Negative, Sign::Zero].into_iter().all(|sign| {
            let Some(fewer) = cases.checked_sub(1) else { return false };
            *cases = fewer;
            let mut more = known.to_vec();
            match sign {
                Sign::Positive => more.push(u.clone()),
                Sign::Negative => more.push(self.canonical(&u.clone().negative())),
                Sign::Zero => {}
            }
            let positive = |t: &Term| is_positive(self.system, self.facts, t);
            let never = sign == Sign::Zero && (positive(&u) || positive(&self.canonical(&u.clone().negative())));
            if never || !self.is_possible(&more) {
                return true;
            }
            let mut case = self.decided(&plain, &u, sign);
            if sign == Sign::Zero
                && let Some((read, value)) = solved(&u, &|read| !positive(read))
            {
                case = replaced(&case, &read, &value);
                more = more.iter().map(|term| self.canonical(&replaced(term, &read, &value))).collect();
                if !self.is_possible(&more) {
                    return true;
                }
            }
            self.vanishes(&case, &more, depth - 1, cases)
        })
    }

    fn canonical(&self, term: &Term) -> Term {
        canonical(self.system, self.facts, term)
    }

    /// Whether no term is known to be negative or 0, and no two of them together.
    fn is_possible(&self, positive: &[Term]) -> bool {
        let fails = |term: Term| {
            let opposite = self.canonical(&term.negative());
            opposite.is_zero() || is_positive(self.system, self.facts, &opposite)
        };
        positive.iter().enumerate().all(|(k, one)| {
            let pairs = positive[k + 1..].iter().map(|other| Term::sum([one.clone(), other.clone()]));
            !fails(one.clone()) && !pairs.into_iter().any(fails)
        })
    }

    /// The brackets on u, and on −u, as numbers.
    fn decided(&self, term: &Term, u: &Term, sign: Sign) -> Term {
        let opposite = self.canonical(&u.clone().negative());
        self.with_signs(term, u, &opposite, sign)
    }

    fn with_signs(&self, term: &Term, u: &Term, opposite: &Term, sign: Sign) -> Term {
        let number = |holds: bool| if holds { Term::one() } else { Term::zero() };
        match term.kind() {
            Kind::Compare(Relation::Greater, [v, zero]) if zero.is_zero() && v == u => number(sign == Sign::Positive),
            Kind::Compare(Relation::Greater, [v, zero]) if zero.is_zero() && v == opposite => {
                number(sign == Sign::Negative)
            }
            Kind::Compare(Relation::Equal, [v, zero]) if zero.is_zero() && (v == u || v == opposite) => {
                number(sign == Sign::Zero)
            }
            _ => term.map_children(&mut |child| self.with_signs(child, u, opposite, sign)),
        }
    }
}

/// What is compared with 0 in the first bracket that holds no other bracket and no bound index.
fn compared(term: &Term, bound: &mut Vec<Var>) -> Option<Term> {
    let before = bound.len();
    bound.extend(term.bounds().iter().map(|b| b.var.clone()));
    let found = term.children().iter().find_map(|child| compared(child, bound));
    bound.truncate(before);
    found.or_else(|| match term.kind() {
        Kind::Compare(Relation::Greater | Relation::Equal, [u, zero]) if zero.is_zero() => {
            let nested = u.any(&mut |t| matches!(t.kind(), Kind::Compare(..)));
            (!nested && bound.iter().all(|var| !u.any_var(var))).then(|| u.clone())
        }
        _ => None,
    })
}

/// An entry of which nothing else is known, for which u = 0 is solved, and its value.
fn solved(u: &Term, unknown: &dyn Fn(&Term) -> bool) -> Option<(Term, Term)> {
    let terms = u.summands();
    terms.iter().enumerate().find_map(|(k, term)| {
        let (read, negative) = match term.kind() {
            Kind::Read(..) => (term.clone(), false),
            Kind::Product(factors) => match factors.as_slice() {
                [n, read] if *n == Term::from_i64(-1) && matches!(read.kind(), Kind::Read(..)) => (read.clone(), true),
                _ => return None,
            },
            _ => return None,
        };
        let rest: Vec<Term> = terms.iter().enumerate().filter(|(j, _)| *j != k).map(|(_, t)| t.clone()).collect();
        let rest = Term::sum(rest);
        let clear = !rest.any(&mut |t| *t == read);
        (clear && unknown(&read)).then(|| (read, if negative { rest } else { rest.negative() }))
    })
}

/// An entry replaced by its value.
fn replaced(term: &Term, read: &Term, value: &Term) -> Term {
    if term == read {
        return value.clone();
    }
    term.map_children(&mut |child| replaced(child, read, value))
}
