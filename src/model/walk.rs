//! Walking through terms: subterms, what occurs in them, and the same term with parts replaced.

use super::term::{Kind, Term};
use crate::integer::{Index, Var};
use crate::language::syntax::Name;
use std::collections::BTreeSet;

impl Kind {
    /// The subterms, in reading order.
    pub(super) fn children(&self) -> &[Term] {
        match self {
            Kind::Sum(terms) | Kind::Product(terms) | Kind::Apply(_, terms) => terms,
            Kind::Compare(_, sides) => sides,
            Kind::Power(term, _) | Kind::Derivative(term, ..) => std::slice::from_ref(term),
            Kind::Sigma(_, term) | Kind::Pi(.., term) | Kind::Extremum(.., term) => std::slice::from_ref(term),
            Kind::Number(_) | Kind::Integer(_) | Kind::Read(..) | Kind::Upstream(..) | Kind::Bracket(_) => &[],
        }
    }
}

impl Term {
    /// The subterms, in reading order.
    pub fn children(&self) -> &[Term] {
        self.kind().children()
    }

    /// The same with its subterms replaced, in the order of `children`.
    pub fn with_children(&self, children: Vec<Term>) -> Term {
        let mut children = children;
        match self.kind() {
            Kind::Sum(_) => Term::sum(children),
            Kind::Product(_) => Term::product(children),
            Kind::Power(_, e) => Term::power(children.remove(0), *e),
            Kind::Apply(function, _) => Term::apply(*function, children),
            Kind::Compare(relation, _) => {
                let b = children.pop().unwrap_or_else(Term::zero);
                Term::compare(*relation, children.remove(0), b)
            }
            Kind::Sigma(bounds, _) | Kind::Pi(bounds, ..) | Kind::Extremum(_, bounds, ..) => {
                self.rebound(bounds.clone(), &mut Index::clone, children.remove(0))
            }
            Kind::Derivative(_, array, at) => Term::derivative(children.remove(0), array.clone(), at.clone()),
            Kind::Number(_) | Kind::Integer(_) | Kind::Read(..) | Kind::Upstream(..) | Kind::Bracket(_) => self.clone(),
        }
    }

    /// The same with `f` applied to each subterm; itself where that changes none.
    pub fn map_children(&self, f: &mut dyn FnMut(&Term) -> Term) -> Term {
        match changed(self.children(), |new, old| new.identity() == old.identity(), f) {
            Some(children) => self.with_children(children),
            None => self.clone(),
        }
    }

    /// Whether the term or a subterm satisfies the predicate.
    pub fn any(&self, test: &mut dyn FnMut(&Term) -> bool) -> bool {
        test(self) || self.children().iter().any(|child| child.any(test))
    }

    /// The arrays that it reads, in the order of their names.
    pub fn arrays_read(&self) -> Vec<&Name> {
        let mut found = Vec::new();
        self.push_reads(&mut found);
        found.sort_unstable();
        found.dedup();
        found
    }

    fn push_reads<'a>(&'a self, found: &mut Vec<&'a Name>) {
        if let Kind::Read(name, _) = self.kind() {
            found.push(name);
        }
        self.children().iter().for_each(|child| child.push_reads(found));
    }

    /// Adds every array that it reads to the set.
    pub fn collect_reads(&self, found: &mut BTreeSet<Name>) {
        if let Kind::Read(name, _) = self.kind() {
            found.insert(name.clone());
        }
        self.children().iter().for_each(|child| child.collect_reads(found));
    }

    /// Whether the array is read anywhere in it.
    pub fn reads(&self, array: &str) -> bool {
        self.any(&mut |term| matches!(term.kind(), Kind::Read(name, _) if &**name == array))
    }

    /// The indices that stand in the term itself, not in its subterms: of reads and ranges. Those
    /// of brackets, and of the condition of a Π or an extremum, are in their conditions.
    pub fn own_indices(&self) -> impl Iterator<Item = &Index> {
        let at = match self.kind() {
            Kind::Integer(index) => std::slice::from_ref(index),
            Kind::Read(_, at) | Kind::Upstream(_, at) | Kind::Derivative(_, _, at) => at,
            _ => &[],
        };
        at.iter().chain(self.bounds().iter().flat_map(|b| [&b.lo, &b.hi]))
    }

    /// The indices that occur free in it.
    pub fn free_vars(&self) -> BTreeSet<Var> {
        let mut vars = BTreeSet::new();
        self.collect_free(&mut vars);
        vars
    }

    fn collect_free(&self, vars: &mut BTreeSet<Var>) {
        match self.kind() {
            Kind::Bracket(condition) => condition.collect_vars(vars),
            Kind::Sigma(bounds, body) | Kind::Pi(bounds, _, body) | Kind::Extremum(_, bounds, _, body) => {
                let mut inner = BTreeSet::new();
                body.collect_free(&mut inner);
                if let Some(condition) = self.held() {
                    condition.collect_vars(&mut inner);
                }
                for bound in bounds.iter().rev() {
                    inner.remove(&bound.var);
                    bound.lo.collect_vars(&mut inner);
                    bound.hi.collect_vars(&mut inner);
                }
                vars.extend(inner);
            }
            _ => {
                self.own_indices().for_each(|index| index.collect_vars(vars));
                self.children().iter().for_each(|child| child.collect_free(vars));
            }
        }
    }

    /// The same with every index expression in it replaced, those in ranges included. `f` must not
    /// bring in an index that is bound here; `substitute` sees to that itself.
    pub fn map_indices(&self, f: &mut dyn FnMut(&Index) -> Index) -> Term {
        match self.kind() {
            Kind::Number(_) => self.clone(),
            Kind::Integer(index) => Term::integer(f(index)),
            Kind::Read(array, at) => match changed(at, Index::eq, f) {
                Some(at) => Term::read(array.clone(), at),
                None => self.clone(),
            },
            Kind::Upstream(array, at) => match changed(at, Index::eq, f) {
                Some(at) => Term::upstream(array.clone(), at),
                None => self.clone(),
            },
            Kind::Bracket(condition) => Term::bracket(condition.map(f)),
            Kind::Derivative(of, array, at) => {
                let at = at.iter().map(&mut *f).collect();
                Term::derivative(of.map_indices(f), array.clone(), at)
            }
            Kind::Sigma(bounds, body) | Kind::Pi(bounds, _, body) | Kind::Extremum(_, bounds, _, body) => {
                let bounds = bounds.iter().map(|b| b.map(f)).collect();
                let body = body.map_indices(f);
                self.rebound(bounds, f, body)
            }
            Kind::Sum(_) | Kind::Product(_) | Kind::Power(..) | Kind::Apply(..) | Kind::Compare(..) => {
                self.map_children(&mut |child| child.map_indices(f))
            }
        }
    }

    /// Whether an index occurs anywhere, free or bound.
    pub fn any_var(&self, var: &Var) -> bool {
        self.any(&mut |term| match term.kind() {
            Kind::Bracket(condition) => condition.mentions(var),
            _ if term.bounds().iter().any(|b| b.var == *var) => true,
            _ if term.held().is_some_and(|condition| condition.mentions(var)) => true,
            _ => term.own_indices().any(|index| index.mentions(var)),
        })
    }
}

/// The parts with `f` applied to each; none if that changes none.
fn changed<T: Clone>(parts: &[T], same: impl Fn(&T, &T) -> bool, f: &mut dyn FnMut(&T) -> T) -> Option<Vec<T>> {
    let mut new: Vec<T> = Vec::new();
    for (k, old) in parts.iter().enumerate() {
        let part = f(old);
        if !new.is_empty() {
            new.push(part);
        } else if !same(&part, old) {
            new.reserve_exact(parts.len());
            new.extend_from_slice(&parts[..k]);
            new.push(part);
        }
    }
    (!new.is_empty()).then_some(new)
}
