//! Whether a term is another one at some values of its indices.
//!
//! Invariant: a match is exact – the pattern with its indices replaced is the subject, up to the
//! order of sums and products and the names of bound indices.

use crate::integer::{Condition, Index, Var};
use crate::model::{Bound, Kind, Term};

/// How many terms or factors are tried in every order.
const MOST_PARTS: usize = 6;

/// A match in the making.
#[derive(Clone, Debug)]
pub struct Match<'a> {
    /// The indices of the pattern.
    vars: &'a [Bound],
    /// What each of them stands for, as far as that is known.
    values: Vec<Option<Index>>,
    /// Index expressions that must agree once all values are known.
    open: Vec<(Index, Index)>,
    conditions: Vec<(Condition, Condition)>,
    depth: u16,
}

impl<'a> Match<'a> {
    pub(super) fn new(vars: &'a [Bound]) -> Self {
        Match { vars, values: vec![None; vars.len()], open: Vec::new(), conditions: Vec::new(), depth: 0 }
    }

    /// The values of the indices at which a pattern is the subject.
    pub fn whole(pattern: &Term, vars: &'a [Bound], subject: &Term) -> Option<Vec<Index>> {
        if !alike(pattern, subject) {
            return None;
        }
        let mut found = Match::new(vars);
        if found.term(pattern, subject) { found.settled() } else { None }
    }

    /// The values, if all are known and everything agrees at them.
    pub(super) fn settled(&self) -> Option<Vec<Index>> {
        let mut values = Vec::with_capacity(self.vars.len());
        for (bound, value) in self.vars.iter().zip(&self.values) {
            match value {
                Some(value) => values.push(value.clone()),
                None if bound.lo == bound.hi => values.push(bound.lo.clone()),
                None => return None,
            }
        }
        let at = |index: &Index| self.at(index, &values);
        let same = self.open.iter().all(|(p, s)| at(p).canonical() == s.canonical());
        let alike = |(p, s): &(Condition, Condition)| {
            let (mut p, mut s) = (p.map(&mut |i| at(i)).canonical(), s.canonical());
            p.sort();
            s.sort();
            p == s
        };
        let inside = values.iter().any(|value| (0..self.depth).any(|k| value.mentions(&placeholder(k))));
        (same && !inside && self.conditions.iter().all(alike)).then_some(values)
    }

    fn at(&self, index: &Index, values: &[Index]) -> Index {
        index.map_atoms(&|atom| {
            let var = Index::atom(atom.clone());
            let place = self.vars.iter().position(|b| var.as_var() == Some(&b.var))?;
            Some(values[place].clone())
        })
    }

    /// Matches a pattern with a subject; where it fails, the state is of no more use.
    pub(super) fn term(&mut self, pattern: &Term, subject: &Term) -> bool {
        match (pattern.kind(), subject.kind()) {
            (Kind::Number(a), Kind::Number(b)) => a == b,
            (Kind::Integer(a), Kind::Integer(b)) => self.index(a, b),
            (Kind::Read(a, at), Kind::Read(b, places)) | (Kind::Upstream(a, at), Kind::Upstream(b, places)) => {
                a == b && at.len() == places.len() && at.iter().zip(places).all(|(p, s)| self.index(p, s))
            }
            (Kind::Sum(a), Kind::Sum(b)) | (Kind::Product(a), Kind::Product(b)) => {
                a.len() == b.len() && self.in_some_order(a, b)
            }
            (Kind::Power(a, n), Kind::Power(b, m)) => n == m && self.term(a, b),
            (Kind::Apply(f, a), Kind::Apply(g, b)) => {
                f == g && a.len() == b.len() && a.iter().zip(b).all(|(p, s)| self.term(p, s))
            }
            (Kind::Compare(p, a), Kind::Compare(s, b)) => p == s && a.iter().zip(b).all(|(p, s)| self.term(p, s)),
            (Kind::Bracket(a), Kind::Bracket(b)) => {
                self.conditions.push((a.clone(), b.clone()));
                true
            }
            (Kind::Sigma(a, inner), Kind::Sigma(b, body)) => self.bound(a, inner, b, body),
            (Kind::Extremum(p, a, held, inner), Kind::Extremum(s, b, other, body)) => {
                p == s && unconditional(held) && unconditional(other) && self.bound(a, inner, b, body)
            }
            _ => false,
        }
    }

    fn index(&mut self, pattern: &Index, subject: &Index) -> bool {
        if let Some(place) = pattern.as_var().and_then(|var| self.vars.iter().position(|b| b.var == *var)) {
            return match &self.values[place] {
                Some(known) => known.canonical() == subject.canonical(),
                None => {
                    self.values[place] = Some(subject.clone());
                    true
                }
            };
        }
        if self.vars.iter().any(|b| pattern.mentions(&b.var)) {
            self.open.push((pattern.clone(), subject.clone()));
            return true;
        }
        pattern.canonical() == subject.canonical()
    }

    /// Bound indices in the same order; both are called by one placeholder.
    fn bound(&mut self, a: &[Bound], inner: &Term, b: &[Bound], body: &Term) -> bool {
        if a.len() != b.len() || !alike(inner, body) {
            return false;
        }
        let (mut inner, mut body) = (inner.clone(), body.clone());
        let (mut a, mut b) = (a.to_vec(), b.to_vec());
        for k in 0..a.len() {
            let (lo, hi) = (a[k].clone(), b[k].clone());
            if !self.index(&lo.lo, &hi.lo) || !self.index(&lo.hi, &hi.hi) {
                return false;
            }
            let by = Index::var(&placeholder(self.depth));
            self.depth += 1;
            inner = inner.substitute(&lo.var, &by);
            body = body.substitute(&hi.var, &by);
            for later in a[k + 1..].iter_mut() {
                (later.lo, later.hi) = (later.lo.substitute(&lo.var, &by), later.hi.substitute(&lo.var, &by));
            }
            for later in b[k + 1..].iter_mut() {
                (later.lo, later.hi) = (later.lo.substitute(&hi.var, &by), later.hi.substitute(&hi.var, &by));
            }
        }
        self.term(&inner, &body)
    }

    fn in_some_order(&mut self, patterns: &[Term], subjects: &[Term]) -> bool {
        if patterns.len() > MOST_PARTS {
            return patterns.iter().zip(subjects).all(|(p, s)| self.term(p, s));
        }
        let Some((first, rest)) = patterns.split_first() else { return subjects.is_empty() };
        for k in 0..subjects.len() {
            let mut tried = self.clone();
            if tried.term(first, &subjects[k]) {
                let mut others = subjects.to_vec();
                others.remove(k);
                if tried.in_some_order(rest, &others) && tried.settled_or_open() {
                    *self = tried;
                    return true;
                }
            }
        }
        false
    }

    /// Whether nothing speaks against the match so far.
    fn settled_or_open(&self) -> bool {
        self.values.iter().any(Option::is_none) || self.settled().is_some()
    }
}

/// Whether nothing speaks against a match but indices, which are not looked at.
fn alike(pattern: &Term, subject: &Term) -> bool {
    let in_order = |a: &[Term], b: &[Term]| a.len() == b.len() && a.iter().zip(b).all(|(p, s)| alike(p, s));
    match (pattern.kind(), subject.kind()) {
        (Kind::Number(a), Kind::Number(b)) => a == b,
        (Kind::Integer(_), Kind::Integer(_)) | (Kind::Bracket(_), Kind::Bracket(_)) => true,
        (Kind::Read(a, _), Kind::Read(b, _)) | (Kind::Upstream(a, _), Kind::Upstream(b, _)) => a == b,
        (Kind::Sum(a), Kind::Sum(b)) | (Kind::Product(a), Kind::Product(b)) => {
            a.len() == b.len() && a.iter().all(|p| b.iter().any(|s| alike(p, s)))
        }
        (Kind::Power(a, n), Kind::Power(b, m)) => n == m && alike(a, b),
        (Kind::Apply(f, a), Kind::Apply(g, b)) => f == g && in_order(a, b),
        (Kind::Compare(p, a), Kind::Compare(s, b)) => p == s && in_order(a, b),
        (Kind::Sigma(a, inner), Kind::Sigma(b, body)) => a.len() == b.len() && alike(inner, body),
        (Kind::Extremum(p, .., inner), Kind::Extremum(s, .., body)) => p == s && alike(inner, body),
        _ => false,
    }
}

fn unconditional(condition: &Condition) -> bool {
    *condition == Condition::always()
}

fn placeholder(k: u16) -> Var {
    Var { name: "•".into(), serial: k }
}
