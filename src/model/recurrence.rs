//! Equations that belong together: several for one array, and arrays that are defined by each other.
//!
//! An array whose box is not known yet ends no range; when all boxes are known every read is looked
//! at again. Equations of one array share its box out among them, and become one equation in which
//! each stands under the condition of its part. Invariant: a group is taken in only if every round
//! through it moves an index strictly one way ([`wellfounded`](super::wellfounded)).

use super::names::{ArrayInfo, Names, Scope};
use super::order::Group;
use super::outside::place_on;
use super::quote::Quote;
use super::system::{Axis, Equation, Limit};
use super::term::{Bound, Term};
use super::translate::Padding;
use crate::diagnostic::Diagnostic;
use crate::integer::{Condition, Facts, Index, Truth, Var};
use crate::language::program::ResolvedEquation;
use crate::language::syntax::{self, Expr, LeftIndex, Name, Role};
use std::collections::BTreeMap;

/// One equation of a group on its way.
struct Piece<'a> {
    written: &'a syntax::Equation,
    indices: Vec<(Var, Option<Bound>)>,
    limits: Vec<Limit>,
}

impl Piece<'_> {
    fn bounds(&self) -> Option<Vec<Bound>> {
        self.indices.iter().map(|(_, bound)| bound.clone()).collect()
    }

    fn scope(&self) -> Scope {
        self.indices.iter().map(|(var, _)| (var.written(), var.clone())).collect()
    }
}

/// The arrays of a group, each with one equation, and the equations as they were written.
pub(super) type Taken = (Vec<Equation>, Vec<ResolvedEquation>);

impl Names {
    /// The equations of a group; complaints go to the list of problems.
    pub(super) fn group(&mut self, group: &Group) -> Option<Taken> {
        if let ([only], false) = (group.equations.as_slice(), group.recurrent) {
            let is_open =
                only.at.iter().all(|left| matches!(left, LeftIndex::Free(b) if !self.sizes.contains_key(&b.name)));
            if is_open {
                return self.equation(only).map(|(model, program)| (vec![model], vec![program]));
            }
        }
        let mut pieces = self.opened_pieces(group)?;
        let known = self.problems.len();
        group.equations.iter().for_each(|equation| self.check_names(&equation.body));
        if self.problems.len() > known {
            return None;
        }
        self.find_boxes(&mut pieces)?;
        let mut resolved = Vec::new();
        let mut parts: Vec<(Name, Vec<Bound>, Term)> = Vec::new();
        let array_names: Vec<&Name> = group.equations.iter().map(|e| &e.array).collect();
        for piece in &pieces {
            let (term, program) = self.finished(piece, &array_names)?;
            parts.push((piece.written.array.clone(), piece.bounds()?, term));
            resolved.push(program);
        }
        let mut equations: Vec<Equation> = Vec::new();
        for piece in &pieces {
            if equations.iter().any(|e| e.array == piece.written.array) {
                continue;
            }
            let own: Vec<usize> = (0..parts.len()).filter(|k| parts[*k].0 == piece.written.array).collect();
            let limits = if own.len() == 1 { piece.limits.clone() } else { Vec::new() };
            equations.push(self.merged(&pieces, &parts, &own, limits)?);
        }
        if group.recurrent {
            self.check_wellfounded(&equations, &pieces.iter().map(|p| p.written).collect::<Vec<_>>())?;
        }
        Some((equations, resolved))
    }

    /// The left sides, constants as indices of one place; the arrays are known by their number of axes.
    fn opened_pieces<'a>(&mut self, group: &Group<'a>) -> Option<Vec<Piece<'a>>> {
        let mut declared: BTreeMap<Name, Option<Vec<Axis>>> = BTreeMap::new();
        for equation in &group.equations {
            if !declared.contains_key(&equation.array) {
                let axes = self.take_declaration(equation);
                declared.insert(equation.array.clone(), axes);
                self.insert_unsettled(equation);
            }
        }
        if !self.problems.is_empty() {
            return None;
        }
        let mut pieces: Vec<Piece<'a>> = Vec::new();
        for equation in &group.equations {
            let axes = self.arrays[&equation.array].axes.len();
            if equation.at.len() != axes {
                let message =
                    format!("`{}` has {axes} indices in one equation, {} here", equation.array, equation.at.len());
                let first = self.arrays[&equation.array].span;
                self.report(Diagnostic::new(message, equation.span).also(first, "first here"));
                return None;
            }
            let box_of = declared.get(&equation.array).cloned().flatten();
            let mut indices: Vec<(Var, Option<Bound>)> = Vec::new();
            for (axis, left) in equation.at.iter().enumerate() {
                let scope: Scope = indices.iter().map(|(v, _)| (v.written(), v.clone())).collect();
                let index = match self.constant_on_the_left(left) {
                    Some(value) => {
                        let value = self.index(&value, &Scope::new())?;
                        let var = Var::new(self.letter_of_axis(group, &equation.array, axis));
                        let taken = |v: &Var| scope.iter().any(|(_, other)| other == v);
                        let var = var.fresh(taken);
                        (var.clone(), Some(Bound { var, lo: value.clone(), hi: value }))
                    }
                    None => self.left_index(left, &scope, box_of.as_ref().and_then(|axes| axes.get(axis)))?,
                };
                indices.push(index);
            }
            pieces.push(Piece { written: equation, indices, limits: Vec::new() });
        }
        Some(pieces)
    }

    /// A number, a size or what is made of them, where an index might stand on the left.
    fn constant_on_the_left(&self, left: &LeftIndex) -> Option<Expr> {
        match left {
            LeftIndex::Fixed(value) => Some(value.clone()),
            LeftIndex::Free(binder) => {
                let size = binder.range.is_none() && self.sizes.contains_key(&binder.name);
                size.then(|| Expr { kind: syntax::ExprKind::Name(binder.name.clone()), span: binder.span })
            }
        }
    }

    /// What the index of an axis is called in another equation of the array.
    fn letter_of_axis(&self, group: &Group, array: &Name, axis: usize) -> Name {
        let others = group.equations.iter().filter(|e| e.array == *array);
        let names = others.filter_map(|e| match e.at.get(axis) {
            Some(LeftIndex::Free(binder)) if !self.sizes.contains_key(&binder.name) => Some(binder.name.clone()),
            _ => None,
        });
        names.into_iter().next().unwrap_or_else(|| "n".into())
    }

    fn insert_unsettled(&mut self, equation: &syntax::Equation) {
        let nothing = || Axis {
            first: Index::default(),
            last: Index::default(),
            before: Index::default(),
            after: Index::default(),
        };
        let info = ArrayInfo {
            role: Role::Plain,
            constant: false,
            axes: equation.at.iter().map(|_| nothing()).collect(),
            boxes: Vec::new(),
            values: None,
            span: equation.span,
            settled: false,
        };
        self.arrays.insert(equation.array.clone(), info);
    }

    /// Finds the ranges of all indices, round by round.
    fn find_boxes(&mut self, pieces: &mut [Piece]) -> Option<()> {
        loop {
            let mut progress = false;
            for piece in pieces.iter_mut().filter(|piece| piece.bounds().is_none()) {
                let known = self.problems.len();
                let found = self.ranges_so_far(piece);
                self.problems.truncate(known);
                progress |= found;
            }
            progress |= self.settle_arrays(pieces)?;
            if pieces.iter().all(|piece| self.arrays[&piece.written.array].settled) {
                return Some(());
            }
            if progress || borrow_ranges(pieces) {
                continue;
            }
            let open = pieces.iter_mut().find(|piece| piece.bounds().is_none())?;
            let known = self.problems.len();
            self.ranges_so_far(open);
            if self.problems.len() == known {
                let message = format!("the ranges of `{}` are not known", open.written.array);
                self.report(Diagnostic::new(message, open.written.span).hint("give them: `h[t in 1..T, j in 1..N]`"));
            }
            return None;
        }
    }

    /// Whether a range was found that was not known before.
    fn ranges_so_far(&mut self, piece: &mut Piece) -> bool {
        let body = self.resolve(&piece.written.body);
        let Some(term) = self.term(&body, &piece.scope(), Padding::Ignored) else { return false };
        let (found, limits) = self.open_ranges(&mut piece.indices, &term, piece.written.span);
        piece.limits.extend(limits);
        found
    }

    /// Gives those arrays their boxes whose equations all have their ranges.
    fn settle_arrays(&mut self, pieces: &[Piece]) -> Option<bool> {
        let mut progress = false;
        for piece in pieces {
            let array = &piece.written.array;
            if self.arrays[array].settled {
                continue;
            }
            let own = pieces.iter().filter(|p| p.written.array == *array);
            let Some(boxes) = own.map(Piece::bounds).collect::<Option<Vec<_>>>() else { continue };
            let hull = self.hull(&boxes, piece)?;
            self.define(piece.written, &hull);
            progress = true;
        }
        Some(progress)
    }

    /// The smallest box that holds all of them, in the names of the first in which nothing is fixed.
    fn hull(&mut self, boxes: &[Vec<Bound>], piece: &Piece) -> Option<Vec<Bound>> {
        let facts = self.facts.clone();
        let mut hull = Vec::new();
        for axis in 0..boxes[0].len() {
            let ends: Vec<&Bound> = boxes.iter().map(|b| &b[axis]).collect();
            let least = |b: &&&Bound| ends.iter().all(|other| facts.proves_nonnegative(&other.lo.minus(&b.lo)));
            let most = |b: &&&Bound| ends.iter().all(|other| facts.proves_nonnegative(&b.hi.minus(&other.hi)));
            let (Some(first), Some(last)) = (ends.iter().find(least), ends.iter().find(most)) else {
                let message =
                    format!("where `{}` begins or ends on axis {} depends on the sizes", piece.written.array, axis + 1);
                self.report(Diagnostic::new(message, piece.written.span).hint("declare it with its box: `h[0..T, N]`"));
                return None;
            };
            let named = ends.iter().find(|b| b.lo != b.hi).unwrap_or(&ends[0]);
            hull.push(Bound { var: named.var.clone(), lo: first.lo.clone(), hi: last.hi.clone() });
        }
        Some(hull)
    }

    /// An equation with all boxes known: as a term, and as resolved syntax.
    fn finished(&mut self, piece: &Piece, array_names: &[&Name]) -> Option<(Term, ResolvedEquation)> {
        let known = self.problems.len();
        let body = self.resolve(&piece.written.body);
        if self.problems.len() > known {
            return None;
        }
        let (scope, bounds) = (piece.scope(), piece.bounds()?);
        let plain = self.term(&body, &scope, Padding::Ignored)?;
        self.check_first_steps(&bounds, &plain, array_names, piece.written.span)?;
        self.check_reads_in(&bounds, &plain, piece.written.span)?;
        let term = self.term(&body, &scope, Padding::Brackets)?;
        let quote = Quote::plain();
        let indices = bounds.iter().map(|b| quote.binder(b)).collect();
        Some((term, ResolvedEquation { array: piece.written.array.clone(), indices, body }))
    }

    /// The equations of one array as one: each under the condition of its part of the box.
    fn merged(
        &mut self,
        pieces: &[Piece],
        parts: &[(Name, Vec<Bound>, Term)],
        own: &[usize],
        limits: Vec<Limit>,
    ) -> Option<Equation> {
        let first = &pieces[*own.first()?];
        let array = first.written.array.clone();
        let boxes: Vec<Vec<Bound>> = own.iter().map(|k| parts[*k].1.clone()).collect();
        let hull = self.hull(&boxes, first)?;
        if let [only] = own {
            return Some(Equation { array, indices: hull, body: parts[*only].2.clone(), parts: Vec::new(), limits });
        }
        let mut facts = self.facts.clone();
        hull.iter().for_each(|b| facts.bound_index(&b.var, &b.lo, &b.hi));
        let conditions: Vec<Condition> = boxes.iter().map(|b| part_of(b, &hull)).collect();
        self.check_partition(&facts, &hull, pieces, own, &conditions)?;
        let taken = |v: &Var| hull.iter().any(|b| b.var == *v);
        let bodies = own.iter().zip(&conditions).map(|(k, condition)| {
            let (_, bounds, term) = &parts[*k];
            let pairs: Vec<(Var, Index)> =
                bounds.iter().zip(&hull).map(|(b, h)| (b.var.clone(), Index::var(&h.var))).collect();
            let clear = term.with_all_bounds_fresh(&taken).substitute_all(&pairs);
            Term::product([Term::bracket(condition.clone()), clear])
        });
        let body = Term::sum(bodies.collect::<Vec<_>>().into_iter().rev());
        let parts = own.iter().map(|k| (parts[*k].1.clone(), parts[*k].2.clone())).collect();
        Some(Equation { array, indices: hull, body, parts, limits })
    }

    /// Complains if two equations of an array define one entry, or none does.
    fn check_partition(
        &mut self,
        facts: &Facts,
        hull: &[Bound],
        pieces: &[Piece],
        own: &[usize],
        conditions: &[Condition],
    ) -> Option<()> {
        let array = &pieces[own[0]].written.array;
        for (k, one) in conditions.iter().enumerate() {
            for (j, other) in conditions.iter().enumerate().skip(k + 1) {
                let both = Condition::All(vec![one.clone(), other.clone()]);
                if facts.judge(&both) != Truth::No {
                    let (first, second) = (pieces[own[k]].written, pieces[own[j]].written);
                    let message = format!("two equations define the same entries of `{array}`");
                    let diagnostic =
                        Diagnostic::new(message, second.span).label("this one").also(first.span, "and this one");
                    self.report(
                        diagnostic
                            .hint("give their indices ranges that share no place: `h[0] = 0`, `h[t in 1..T] = …`"),
                    );
                    return None;
                }
            }
        }
        if facts.judge(&Condition::Any(conditions.to_vec())) != Truth::Yes {
            let boxes: Vec<Vec<Bound>> = own.iter().filter_map(|k| pieces[*k].bounds()).collect();
            let message = match gap(facts, hull, &boxes, conditions) {
                Some((axis, at)) => {
                    let place = place_on(array, hull.len(), axis, &at);
                    format!("no equation defines {place}, which lies inside the box of `{array}`")
                }
                None => format!("the equations of `{array}` do not define all entries of its box"),
            };
            let mut diagnostic = Diagnostic::new(message, pieces[own[0]].written.span).label("one of its equations");
            for other in &own[1..] {
                diagnostic = diagnostic.also(pieces[*other].written.span, "and another");
            }
            self.report(diagnostic.hint("the box of an array reaches from its first to its last index on every axis"));
            return None;
        }
        Some(())
    }
}

/// Ranges that nothing else gives, from other equations of the array.
fn borrow_ranges(pieces: &mut [Piece]) -> bool {
    let mut borrowed = false;
    for k in 0..pieces.len() {
        for axis in 0..pieces[k].indices.len() {
            if pieces[k].indices[axis].1.is_some() {
                continue;
            }
            let other = pieces.iter().enumerate().find_map(|(j, piece)| {
                let same = j != k && piece.written.array == pieces[k].written.array;
                piece.indices.get(axis).filter(|_| same)?.1.clone()
            });
            if let Some(range) = other {
                let var = pieces[k].indices[axis].0.clone();
                pieces[k].indices[axis].1 = Some(Bound { var, ..range });
                borrowed = true;
            }
        }
    }
    borrowed
}

/// An axis, and the place behind the end of a part at which no part goes on.
fn gap(facts: &Facts, hull: &[Bound], boxes: &[Vec<Bound>], conditions: &[Condition]) -> Option<(usize, Index)> {
    let places = boxes.iter().flat_map(|part| part.iter().map(|b| b.hi.plus_number(1)).enumerate());
    places.into_iter().find(|(axis, at)| {
        let whole = &hull[*axis];
        let inside = Condition::Within(whole.lo.clone(), at.clone(), whole.hi.clone());
        let mut there = facts.clone();
        there.require(&Condition::Equal(Index::var(&whole.var), at.clone()));
        facts.judge(&inside) != Truth::No && there.judge(&Condition::Any(conditions.to_vec())) == Truth::No
    })
}

/// The condition on the indices of a box that they lie in a part of it.
fn part_of(part: &[Bound], hull: &[Bound]) -> Condition {
    let mut all = Vec::new();
    for (own, whole) in part.iter().zip(hull) {
        let index = Index::var(&whole.var);
        let (lo, hi) = (own.lo.clone(), own.hi.clone());
        match (own.lo == whole.lo, own.hi == whole.hi) {
            (true, true) => {}
            _ if own.lo == own.hi => all.push(Condition::Equal(index, lo)),
            (true, false) => all.push(Condition::AtMost(index, hi)),
            (false, true) => all.push(Condition::AtMost(lo, index)),
            (false, false) => all.push(Condition::Within(lo, index, hi)),
        }
    }
    Condition::joined(all)
}
