//! An equality between two formulas about a system: its free indices, their ranges, both sides.
//!
//! A name that nothing declares is a free index, and runs over the largest range in which every read of
//! either side lies inside its array. Invariant: where the assumptions hold, both sides have their reads
//! inside, for every value of the free indices.

use super::formula::names_of;
use super::names::Scope;
use super::resolve::{rewrite, visit};
use super::system::System;
use super::term::{Bound, Kind, Term};
use super::translate::Padding;
use crate::diagnostic::{Diagnostic, Diagnostics, Span};
use crate::integer::{Condition, Facts, Var};
use crate::language::function::Function;
use crate::language::syntax::{Equality, Expr, ExprKind, Name};

/// An equality, understood.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The free indices with their ranges.
    pub free: Vec<Bound>,
    /// Both sides as resolved syntax.
    pub sides: [Expr; 2],
    /// Both sides as terms.
    pub terms: [Term; 2],
    /// What had to be assumed of the sizes.
    pub assumptions: Vec<Condition>,
    /// What is known of sizes and free indices.
    pub facts: Facts,
}

/// Reads an equality. `letters` pairs outputs with the letters of their upstream gradients.
///
/// # Errors
/// What is wrong with it.
pub fn identity(
    system: &System,
    written: &Equality,
    letters: &[(Name, Name)],
    span: Span,
) -> Result<Identity, Diagnostics> {
    let mut names = names_of(system);
    let mut open = Open { system, letters, free: Vec::new() };
    let sides = written.sides.each_ref().map(|side| open.letters_in(side));
    sides.iter().for_each(|side| open.collect(side, &mut Vec::new()));
    for binder in &written.ranges {
        if names.sizes.contains_key(&binder.name) || names.arrays.contains_key(&binder.name) {
            let message = format!("`{}` cannot name an index: the name is taken", binder.name);
            return Err(vec![Diagnostic::new(message, binder.span).hint("choose another letter")]);
        }
        if !open.free.contains(&binder.name) {
            let message = format!("`{}` is no free index of either side", binder.name);
            return Err(vec![Diagnostic::new(message, binder.span).hint("leave the range out")]);
        }
    }
    let scope: Scope = open.free.iter().map(|name| (name.clone(), Var::new(name.clone()))).collect();
    sides.iter().for_each(|side| names.check_names(side));
    let resolved = if names.problems.is_empty() { sides.map(|side| names.resolve(&side)) } else { sides };
    let plain = resolved.each_ref().map(|side| names.term(side, &scope, Padding::Ignored));
    let ([Some(a), Some(b)], true) = (plain, names.problems.is_empty()) else {
        return Err(or_unclear(names.problems, span));
    };
    let mut indices: Vec<(Var, Option<Bound>)> = Vec::new();
    for (_, var) in &scope {
        let given = written.ranges.iter().find(|binder| binder.name == var.name);
        let Some((lo, hi)) = given.and_then(|binder| binder.range.as_ref()) else {
            indices.push((var.clone(), None));
            continue;
        };
        let ends = (names.index(lo, &Scope::new()), names.index(hi, &Scope::new()));
        let (Some(lo), Some(hi)) = ends else { return Err(or_unclear(names.problems, span)) };
        indices.push((var.clone(), Some(Bound { var: var.clone(), lo, hi })));
    }
    let reads = Term::sum([as_reads(&a), as_reads(&b)]);
    if let Some((var, _)) = indices.iter().find(|(var, bound)| bound.is_none() && !reads.any_var(var)) {
        let message = format!("`{}` is neither an array nor a size, and stands in no index", var.name);
        return Err(vec![Diagnostic::new(message, span).hint("free indices stand inside the brackets of reads")]);
    }
    if names.infer_ranges(&mut indices, &reads, span).is_none() {
        names.problems.iter_mut().for_each(|problem| {
            problem.places.iter_mut().for_each(|(_, label)| label.clear());
            if problem.message.contains("is not known: no read limits it") {
                problem.hint = Some("give the range behind the equality: `show … for i in 1..N`".into());
            }
        });
        return Err(or_unclear(names.problems, span));
    }
    let terms = resolved.each_ref().map(|side| names.term(side, &scope, Padding::Brackets));
    let ([Some(a), Some(b)], true) = (terms, names.problems.is_empty()) else {
        return Err(or_unclear(names.problems, span));
    };
    let free: Vec<Bound> = indices.into_iter().filter_map(|(_, bound)| bound).collect();
    let mut facts = names.facts.clone();
    free.iter().for_each(|b| facts.bound_index(&b.var, &b.lo, &b.hi));
    Ok(Identity { free, sides: resolved, terms: [a, b], assumptions: names.assumptions, facts })
}

fn or_unclear(problems: Diagnostics, span: Span) -> Diagnostics {
    match problems.is_empty() {
        true => vec![Diagnostic::new("this equality has no meaning here", span)],
        false => problems,
    }
}

/// The same with everything that has a place in an array read there: for ranges alone.
fn as_reads(term: &Term) -> Term {
    match term.kind() {
        Kind::Upstream(name, at) => Term::read(name.clone(), at.clone()),
        Kind::Derivative(of, name, at) => Term::product([as_reads(of), Term::read(name.clone(), at.clone())]),
        _ => term.map_children(&mut as_reads),
    }
}

/// The names of an equality that nothing declares.
struct Open<'a> {
    system: &'a System,
    letters: &'a [(Name, Name)],
    free: Vec<Name>,
}

impl Open<'_> {
    fn is_known(&self, name: &Name) -> bool {
        let system = self.system;
        system.given.contains_key(name)
            || system.sizes.iter().any(|(size, _)| size == name)
            || system.bounds(name).is_some()
            || Function::named(name, 0).is_some()
    }

    /// The upstream gradients in the place of their letters.
    fn letters_in(&self, side: &Expr) -> Expr {
        let output = |name: &Name| {
            let letter = self.letters.iter().find(|(_, letter)| letter == name);
            letter.filter(|_| !self.is_known(name)).map(|(output, _)| output.clone())
        };
        let axes = |output: &Name| self.system.bounds(output).map_or(0, |axes| axes.len());
        rewrite(side, &|part| match &part.kind {
            ExprKind::Read(name, at) => output(name).map(|output| ExprKind::Upstream(output, at.clone())),
            ExprKind::Name(name) => {
                output(name).filter(|o| axes(o) == 0).map(|output| ExprKind::Upstream(output, Vec::new()))
            }
            _ => None,
        })
    }

    fn collect(&mut self, expr: &Expr, bound: &mut Vec<Name>) {
        let before = bound.len();
        match &expr.kind {
            ExprKind::Name(name) => self.add(name, bound),
            ExprKind::Reduce(_, binders, ..) => bound.extend(binders.iter().map(|b| b.name.clone())),
            ExprKind::Normalise(word, binders, ..) => {
                if !word.binds() {
                    binders.iter().for_each(|b| self.add(&b.name, bound));
                }
                bound.extend(binders.iter().map(|b| b.name.clone()));
            }
            _ => {}
        }
        visit(expr, &mut |part| self.collect(part, bound));
        bound.truncate(before);
    }

    fn add(&mut self, name: &Name, bound: &[Name]) {
        if !bound.contains(name) && !self.free.contains(name) && !self.is_known(name) {
            self.free.push(name.clone());
        }
    }
}
