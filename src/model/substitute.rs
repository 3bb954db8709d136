//! Substitution of indices in terms, and the renaming of bound ones.
//!
//! Invariant: no free index is ever captured; binders that would capture one are renamed first.

use super::term::{Bound, Kind, Term};
use crate::integer::{Index, Var};

impl Term {
    /// The same with a free index replaced by an expression; bound indices that the expression
    /// mentions are renamed first.
    pub fn substitute(&self, var: &Var, by: &Index) -> Term {
        match self.kind() {
            _ if self.bounds().iter().any(|b| by.mentions(&b.var)) => {
                rename_bounds(self, &|v| by.mentions(v)).substitute(var, by)
            }
            Kind::Sigma(bounds, body) | Kind::Pi(bounds, _, body) | Kind::Extremum(_, bounds, _, body) => {
                let mut bounds = bounds.clone();
                let mut shadowed = false;
                for bound in &mut bounds {
                    if !shadowed {
                        *bound = bound.map(&mut |index| index.substitute(var, by));
                    }
                    shadowed |= bound.var == *var;
                }
                let body = if shadowed { body.clone() } else { body.substitute(var, by) };
                let mut replace = |index: &Index| if shadowed { index.clone() } else { index.substitute(var, by) };
                self.rebound(bounds, &mut replace, body)
            }
            Kind::Derivative(of, array, at) => Term::derivative(
                of.substitute(var, by),
                array.clone(),
                at.iter().map(|index| index.substitute(var, by)).collect(),
            ),
            Kind::Sum(_) | Kind::Product(_) | Kind::Power(..) | Kind::Apply(..) | Kind::Compare(..) => {
                self.map_children(&mut |child| child.substitute(var, by))
            }
            Kind::Number(_) | Kind::Integer(_) | Kind::Read(..) | Kind::Upstream(..) | Kind::Bracket(_) => {
                self.map_indices(&mut |index| index.substitute(var, by))
            }
        }
    }

    /// Several free indices replaced at once. Where nothing that is bound is in the way, that is one walk.
    pub fn substitute_all(&self, pairs: &[(Var, Index)]) -> Term {
        let in_the_way = |b: &Bound| pairs.iter().any(|(var, by)| b.var == *var || by.mentions(&b.var));
        if !self.any(&mut |term| term.bounds().iter().any(in_the_way)) {
            return self.map_indices(&mut |index| index.substitute_all(pairs));
        }
        let clash = |v: &Var| pairs.iter().any(|(w, by)| v == w || by.mentions(v)) || self.any_var(v);
        let mut term = self.clone();
        let mut middle: Vec<(Var, &Index)> = Vec::new();
        for (var, by) in pairs {
            let place = var.fresh(|v| clash(v) || middle.iter().any(|(m, _)| m == v));
            term = term.substitute(var, &Index::var(&place));
            middle.push((place, by));
        }
        middle.into_iter().fold(term, |term, (place, by)| term.substitute(&place, by))
    }

    /// The same with the bound indices of its outermost Σ or Π renamed so that none is in `taken`.
    pub fn with_fresh_bounds(&self, taken: &dyn Fn(&Var) -> bool) -> Term {
        match self.bounds().iter().any(|b| taken(&b.var)) {
            true => rename_bounds(self, taken).with_fresh_bounds(taken),
            false => self.clone(),
        }
    }

    /// The same with other names for the bound indices of its outermost Σ or Π. The names must be
    /// free of each other and of what stands in the term, but for those that stay.
    pub fn with_bounds_named(&self, names: &[Var]) -> Term {
        let Some(body) = self.children().first().filter(|_| !self.bounds().is_empty()) else { return self.clone() };
        let mut bounds = self.bounds().to_vec();
        let mut body = body.with_all_bounds_fresh(&|v| names.contains(v));
        let mut renamed: Vec<(Var, Index)> = Vec::new();
        for (place, name) in names.iter().enumerate().take(bounds.len()) {
            let old = std::mem::replace(&mut bounds[place].var, name.clone());
            if old == *name {
                continue;
            }
            let by = Index::var(name);
            for later in &mut bounds[place + 1..] {
                *later = later.map(&mut |index| index.substitute(&old, &by));
            }
            body = body.substitute(&old, &by);
            renamed.push((old, by));
        }
        let mut replace = |index: &Index| renamed.iter().fold(index.clone(), |e, (old, by)| e.substitute(old, by));
        self.rebound(bounds, &mut replace, body)
    }

    /// Every bound index in it renamed so that none is in `taken`.
    pub fn with_all_bounds_fresh(&self, taken: &dyn Fn(&Var) -> bool) -> Term {
        if !self.any(&mut |term| term.bounds().iter().any(|b| taken(&b.var))) {
            return self.clone();
        }
        let renamed = self.with_fresh_bounds(taken);
        renamed.map_children(&mut |child| child.with_all_bounds_fresh(taken))
    }
}

/// A Σ or Π with its bound indices renamed so that none is in `taken`.
fn rename_bounds(term: &Term, taken: &dyn Fn(&Var) -> bool) -> Term {
    let fresh = |old: &Var| {
        taken(old).then(|| old.fresh(|v| taken(v) || term.any_var(v) || term.bounds().iter().any(|b| b.var == *v)))
    };
    let mut names: Vec<Var> = Vec::new();
    for bound in term.bounds() {
        let name = fresh(&bound.var).unwrap_or_else(|| bound.var.clone());
        let free = |v: &Var| names.contains(v) || taken(v) || term.any_var(v);
        names.push(if names.contains(&name) { name.fresh(free) } else { name });
    }
    term.with_bounds_named(&names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn substitution_never_captures() {
        let (i, k) = (Var::new("i"), Var::new("k"));
        let one = Index::constant(1);
        let body = Term::read("x".into(), vec![Index::var(&i), Index::var(&k)]);
        let sum = Term::sigma(vec![Bound { var: k.clone(), lo: one.clone(), hi: Index::size("K") }], body);
        let replaced = sum.substitute(&i, &Index::var(&k));
        assert!(replaced.free_vars().contains(&k));
        let Kind::Sigma(bounds, _) = replaced.kind() else { panic!("still a sum") };
        assert_eq!(bounds[0].var, Var { name: "k".into(), serial: 1 });
    }
}
