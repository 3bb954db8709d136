//! The ranges of the output's indices, and whether every read stays inside its array.
//!
//! An index without a range gets the largest one for which every read lies inside its padded
//! array: that a read lies inside is two inequalities, each freed of floors and extrema, pushed to
//! its extreme over the bound indices and solved for the index.

use super::names::Names;
use super::system::Limit;
use super::term::{Bound, Kind, Term};
use crate::diagnostic::{Diagnostic, Span};
use crate::integer::{Atom, Condition, Extreme, Facts, Index, Truth, Var};
use crate::language::syntax::Name;
use std::collections::BTreeMap;

/// Among so many different ends each is compared with each.
const FEW: usize = 12;

/// One read on one axis: where it stands and the ends of the padded axis.
pub(super) struct Reach {
    pub array: Name,
    pub axis: usize,
    pub at: Index,
    pub first: Index,
    pub last: Index,
    pub facts: Facts,
}

/// A bound on an output index, with the read it comes from.
pub(super) struct End {
    pub value: Index,
    pub limit: Limit,
}

impl Names {
    /// Fills in the missing ranges of `indices` and reports reads that can leave their array. The
    /// term must have been translated with padding ignored. Gives the limits that were found.
    pub(super) fn infer_ranges(
        &mut self,
        indices: &mut [(Var, Option<Bound>)],
        body: &Term,
        span: Span,
    ) -> Option<Vec<Limit>> {
        let reaches = self.reaches(indices, body);
        let unknown: Vec<Var> = indices.iter().filter(|(_, b)| b.is_none()).map(|(v, _)| v.clone()).collect();
        let mut limits = Vec::new();
        for (axis, (var, bound)) in indices.iter_mut().enumerate() {
            if bound.is_none() {
                let (found, new) = self.range_of_output(axis, var, &unknown, &reaches, span)?;
                limits.extend(new);
                *bound = Some(found);
            }
        }
        let bounds: Vec<Bound> = indices.iter().filter_map(|(_, b)| b.clone()).collect();
        self.check_reads(&bounds, &reaches, span)?;
        self.check_extrema(&bounds, body, span)?;
        Some(limits)
    }

    /// The same for those indices whose range can be found from the arrays whose box is known: whether
    /// there were such, and their limits.
    pub(super) fn open_ranges(
        &mut self,
        indices: &mut [(Var, Option<Bound>)],
        body: &Term,
        span: Span,
    ) -> (bool, Vec<Limit>) {
        let reaches = self.reaches(indices, body);
        let unknown: Vec<Var> = indices.iter().filter(|(_, b)| b.is_none()).map(|(v, _)| v.clone()).collect();
        let mut limits = Vec::new();
        let mut progress = false;
        for (axis, (var, bound)) in indices.iter_mut().enumerate().filter(|(_, (_, b))| b.is_none()) {
            if let Some((found, new)) = self.range_of_output(axis, var, &unknown, &reaches, span) {
                limits.extend(new);
                *bound = Some(found);
                progress = true;
            }
        }
        (progress, limits)
    }

    /// Reports reads that can leave their array.
    pub(super) fn check_reads_in(&mut self, bounds: &[Bound], body: &Term, span: Span) -> Option<()> {
        let reaches = self.reaches_in(bounds, body);
        self.check_reads(bounds, &reaches, span)?;
        self.check_extrema(bounds, body, span)
    }

    /// The reads of a formula whose indices have their ranges.
    pub(super) fn reaches_in(&self, bounds: &[Bound], body: &Term) -> Vec<Reach> {
        let indices: Vec<(Var, Option<Bound>)> = bounds.iter().map(|b| (b.var.clone(), Some(b.clone()))).collect();
        self.reaches(&indices, body)
    }

    fn reaches(&self, indices: &[(Var, Option<Bound>)], body: &Term) -> Vec<Reach> {
        let mut reaches = Vec::new();
        let mut facts = self.facts.clone();
        for bound in indices.iter().filter_map(|(_, bound)| bound.as_ref()) {
            facts.bound_index(&bound.var, &bound.lo, &bound.hi);
        }
        self.collect_reaches(body, &facts, &mut reaches);
        reaches
    }

    fn collect_reaches(&self, term: &Term, facts: &Facts, found: &mut Vec<Reach>) {
        for index in term.own_indices() {
            self.collect_data(index, facts, found);
        }
        match term.kind() {
            Kind::Read(array, at) => self.reach(array, at, facts, found),
            Kind::Bracket(condition) => condition.visit(&mut |index| self.collect_data(index, facts, found)),
            Kind::Product(factors) => {
                let mut guarded = facts.clone();
                for factor in factors {
                    if let Kind::Bracket(condition) = factor.kind() {
                        guarded.require(condition);
                    }
                }
                factors.iter().for_each(|f| self.collect_reaches(f, &guarded, found));
            }
            Kind::Sigma(bounds, body) | Kind::Pi(bounds, _, body) | Kind::Extremum(_, bounds, _, body) => {
                let mut inner = facts.clone();
                for b in bounds {
                    inner.bound_index(&b.var, &b.lo, &b.hi);
                }
                if let Some(condition) = term.held() {
                    condition.visit(&mut |index| self.collect_data(index, &inner, found));
                    inner.require(condition);
                }
                self.collect_reaches(body, &inner, found);
            }
            _ => term.children().iter().for_each(|child| self.collect_reaches(child, facts, found)),
        }
    }

    fn reach(&self, array: &Name, at: &[Index], facts: &Facts, found: &mut Vec<Reach>) {
        let Some(info) = self.arrays.get(array).filter(|info| info.settled) else { return };
        for (axis, (index, range)) in at.iter().zip(&info.axes).enumerate() {
            found.push(Reach {
                array: array.clone(),
                axis,
                at: index.clone(),
                first: range.first.minus(&range.before),
                last: range.last.plus(&range.after),
                facts: facts.clone(),
            });
        }
    }

    /// The reads of integer data inside an index expression.
    fn collect_data(&self, index: &Index, facts: &Facts, found: &mut Vec<Reach>) {
        index.any_atom(&mut |atom| {
            if let Atom::Datum(array, at) = atom {
                self.reach(array, at, facts, found);
            }
            false
        });
    }

    fn range_of_output(
        &mut self,
        axis: usize,
        var: &Var,
        unknown: &[Var],
        reaches: &[Reach],
        span: Span,
    ) -> Option<(Bound, Vec<Limit>)> {
        let ask = |names: &mut Names, why: String| {
            let hint = format!("give the range: `{} in 1..N`", var.name);
            names.report(Diagnostic::new(why, span).label("this equation").hint(hint));
            None
        };
        let (mut lowers, mut uppers) = (Vec::new(), Vec::new());
        for reach in reaches.iter().filter(|r| r.at.mentions(var)) {
            let inside = Condition::Within(reach.first.clone(), reach.at.clone(), reach.last.clone());
            if reach.facts.judge(&inside) == Truth::Yes {
                continue;
            }
            if unknown.iter().any(|other| other != var && reach.at.mentions(other)) {
                return ask(self, format!("the range of `{}` depends on another index of the output", var.name));
            }
            let Some(ends) = self.ends(axis, var, reach) else {
                if in_data(&reach.at, var) {
                    continue;
                }
                let message = format!("the range of `{}` cannot be solved for from `{}`", var.name, reach.array);
                return ask(self, message);
            };
            for end in ends {
                if matches!(&end.limit.solved, Condition::AtMost(a, _) if a.as_var() == Some(var)) {
                    uppers.push(end);
                } else {
                    lowers.push(end);
                }
            }
        }
        if uppers.is_empty() {
            return ask(self, format!("the range of `{}` is not known: no read limits it", var.name));
        }
        let base = Index::constant(self.base.into());
        let facts = self.facts.clone();
        let first = dominant(&lowers, |a, b| facts.proves_nonnegative(&a.minus(b)));
        let last = dominant(&uppers, |a, b| facts.proves_nonnegative(&b.minus(a)));
        let (Some(first), Some(last)) = (first.or(lowers.is_empty().then_some(0)), last) else {
            self.unequal_ends(var, if last.is_none() { &uppers } else { &lowers }, span);
            return None;
        };
        let mut limits = vec![uppers[last].limit.clone()];
        let lo = if lowers.is_empty() || facts.proves_nonnegative(&base.minus(&lowers[first].value)) {
            base
        } else if facts.proves_nonnegative(&lowers[first].value.minus(&base)) {
            limits.insert(0, lowers[first].limit.clone());
            lowers[first].value.clone()
        } else {
            return ask(self, format!("where the range of `{}` begins depends on the sizes", var.name));
        };
        Some((Bound { var: var.clone(), lo, hi: uppers[last].value.clone() }, limits))
    }

    /// What one read says of the index: ends of its range; none if it cannot be solved for.
    fn ends(&self, axis: usize, var: &Var, reach: &Reach) -> Option<Vec<End>> {
        let below = Condition::AtMost(reach.at.clone(), reach.last.clone());
        let above = Condition::AtMost(reach.first.clone(), reach.at.clone());
        let mut ends = Vec::new();
        for side in [below, above] {
            if reach.facts.judge(&side) == Truth::Yes {
                continue;
            }
            for side in linear_sides(side, var, &reach.facts)? {
                ends.extend(self.end(axis, var, reach, side)?);
            }
        }
        Some(ends)
    }

    /// One side of a read solved for the index: a ≤ b with one of them linear in it.
    fn end(&self, axis: usize, var: &Var, reach: &Reach, (a, b): (Index, Index)) -> Option<Option<End>> {
        let (a, b) = (extreme(&a, var, &reach.facts, true)?, extreme(&b, var, &reach.facts, false)?);
        let room = b.minus(&a);
        let (slope, _) = room.linear_in(var)?;
        if slope.is_zero() {
            return reach.facts.proves_nonnegative(&room).then_some(None);
        }
        let falling = reach.facts.proves_positive(&slope.times_number(-1));
        if !falling && !reach.facts.proves_positive(&slope) {
            return None;
        }
        let base = Index::constant(self.base.into());
        let at_base = room.substitute(var, &base);
        let index = Index::var(var);
        let (value, solved) = if falling {
            let value = at_base.floor_div(&slope.times_number(-1)).plus(&base);
            (value.clone(), Condition::AtMost(index, value))
        } else {
            let value = base.minus(&at_base.floor_div(&slope));
            (value.clone(), Condition::AtMost(value, index))
        };
        let read = (reach.array.clone(), reach.axis);
        let limit = Limit { var: var.clone(), axis, read, reach: Condition::AtMost(a, b), solved };
        Some(Some(End { value, limit }))
    }

    fn check_reads(&mut self, bounds: &[Bound], reaches: &[Reach], span: Span) -> Option<()> {
        for bound in bounds {
            self.assume(&Condition::AtMost(bound.lo.clone(), bound.hi.clone()), span, || {
                format!("no value of `{}` keeps every read inside its array: the output is empty", bound.var.name)
            })?;
        }
        for reach in reaches {
            let mut facts = reach.facts.clone();
            for bound in bounds {
                facts.bound_index_outermost(bound.var.clone(), bound.lo.clone(), bound.hi.clone());
            }
            for assumption in &self.assumptions {
                facts.require(assumption);
            }
            let inside = Condition::Within(reach.first.clone(), reach.at.clone(), reach.last.clone());
            if facts.judge(&inside) == Truth::Yes {
                continue;
            }
            let worst = |largest| facts.extreme_over_ranges(&reach.at, largest);
            let ends = worst(false).zip(worst(true)).filter(|(lo, hi)| lo.is_free_of_vars() && hi.is_free_of_vars());
            let message = || format!("`{}` can be read outside its axis {}", reach.array, reach.axis + 1);
            match ends {
                Some((lo, hi)) => {
                    self.assume(&Condition::AtMost(reach.first.clone(), lo), span, message)?;
                    self.assume(&Condition::AtMost(hi, reach.last.clone()), span, message)?;
                }
                None => {
                    self.outside(reach, message(), span);
                    return None;
                }
            }
        }
        Some(())
    }

    /// Takes it as an assumption that a range that depends on sizes alone is not empty.
    pub(super) fn assume_nonempty(&mut self, bound: &Bound, span: Span) -> Option<()> {
        if !bound.lo.is_free_of_vars() || !bound.hi.is_free_of_vars() {
            return Some(());
        }
        let condition = Condition::AtMost(bound.lo.clone(), bound.hi.clone());
        self.assume(&condition, span, || format!("the range of `{}` is empty", bound.var.name))
    }

    /// Takes a condition on the sizes as an assumption unless it follows already; complains if it
    /// is refuted.
    pub(super) fn assume(&mut self, condition: &Condition, span: Span, message: impl Fn() -> String) -> Option<()> {
        match self.facts.judge(condition) {
            Truth::Yes => Some(()),
            Truth::No => {
                let diagnostic = Diagnostic::new(message(), span).label("in this equation");
                self.report(diagnostic.hint("check the sizes, the index and its range"));
                None
            }
            Truth::Unknown => {
                let simple = without_floor(condition);
                self.facts.require(&simple);
                self.assumptions.push(simple);
                Some(())
            }
        }
    }
}

/// Where a range is not empty, in the form in which it is assumed.
pub fn nonempty(bound: &Bound) -> Condition {
    without_floor(&Condition::AtMost(bound.lo.clone(), bound.hi.clone()))
}

/// lo ≤ lo + ⌊a/m⌋ holds exactly where 0 ≤ a.
fn without_floor(condition: &Condition) -> Condition {
    if let Condition::AtMost(a, b) = condition
        && let [(monomial, 1)] = b.minus(a).terms()
        && let [Atom::Div(pair)] = monomial.as_slice()
    {
        return Condition::AtMost(Index::default(), pair.0.clone());
    }
    match condition {
        Condition::AtMost(a, b) => Condition::AtMost(Index::default(), b.minus(a)),
        other => other.clone(),
    }
}

/// The inequality, wherever the index stands in it under a floor or in an extremum, as inequalities
/// in which it does not, all of which together are the same: ⌊a/m⌋ ≤ n is a ≤ m·n + m − 1, and a
/// maximum is ≤ n where each of its parts is.
fn linear_sides(side: Condition, var: &Var, facts: &Facts) -> Option<Vec<(Index, Index)>> {
    let Condition::AtMost(a, b) = side else { return None };
    let room = b.minus(&a);
    let compound = |atom: &&Atom| !matches!(atom, Atom::Var(_)) && Index::atom((*atom).clone()).mentions(var);
    let found = room.terms().iter().flat_map(|(m, _)| m).find(compound).cloned();
    let Some(atom) = found else { return Some(vec![(a, b)]) };
    let marker = Var { name: var.name.clone(), serial: u16::MAX };
    let hidden = room.map_atoms(&|x| Some(if *x == atom { Index::var(&marker) } else { Index::atom(x.clone()) }));
    let (slope, rest) = hidden.linear_in(&marker)?;
    let sign = slope.as_constant().filter(|n| n.abs() == 1)?;
    if rest.mentions(var) {
        return None;
    }
    match &atom {
        Atom::Div(pair) => {
            let (numerator, divisor) = &**pair;
            let ends = match sign {
                1 => Condition::AtMost(rest.times_number(-1).times(divisor), numerator.clone()),
                _ => Condition::AtMost(numerator.clone(), rest.plus_number(1).times(divisor).plus_number(-1)),
            };
            linear_sides(ends, var, facts)
        }
        Atom::Extreme(which, parts) => {
            let all = (*which == Extreme::Greatest) == (sign == -1);
            let sides =
                parts.iter().map(|part| Condition::AtMost(Index::default(), rest.plus(&part.times_number(sign))));
            let open: Vec<Condition> = sides.clone().filter(|side| facts.judge(side) != Truth::Yes).collect();
            let satisfied = open.len() < parts.len();
            match (all, satisfied) {
                (false, true) => Some(Vec::new()),
                (false, false) => None,
                (true, _) => {
                    let each: Option<Vec<_>> = open.into_iter().map(|side| linear_sides(side, var, facts)).collect();
                    Some(each?.concat())
                }
            }
        }
        Atom::Var(_) | Atom::Size(_) | Atom::Datum(..) => None,
    }
}

/// The place of an end that is at least as strong as all others, if there is one.
fn dominant(ends: &[End], stronger: impl Fn(&Index, &Index) -> bool) -> Option<usize> {
    let values: Vec<Index> = ends.iter().map(|end| end.value.canonical()).collect();
    let different: BTreeMap<&Index, usize> = values.iter().enumerate().rev().map(|(k, value)| (value, k)).collect();
    let mut places: Vec<usize> = different.into_values().collect();
    places.sort_unstable();
    let beats = |a: usize, b: usize| values[a] == values[b] || stronger(&ends[a].value, &ends[b].value);
    let best = places.iter().copied().reduce(|best, next| if beats(best, next) { best } else { next })?;
    let all = |k: &usize| places.iter().all(|other| beats(*k, *other));
    let tried = if places.len() <= FEW { places.as_slice() } else { std::slice::from_ref(&best) };
    tried.iter().copied().find(all)
}

/// The index expression at its largest or smallest over all indices in range but `keep`.
fn extreme(at: &Index, keep: &Var, facts: &Facts, largest: bool) -> Option<Index> {
    let marker = Var { name: keep.name.clone(), serial: u16::MAX };
    let held = at.substitute(keep, &Index::var(&marker));
    let pushed = facts.extreme_over_ranges(&held, largest)?;
    Some(pushed.substitute(&marker, &Index::var(keep)))
}

/// Whether an index occurs inside integer data.
fn in_data(at: &Index, var: &Var) -> bool {
    at.any_atom(&mut |atom| matches!(atom, Atom::Datum(_, inner) if inner.iter().any(|e| e.mentions(var))))
}
