//! Proofs of equalities: both sides are rewritten until they meet.
//!
//! First the derivatives that stand in them are put in as they were derived, then definitions, one array
//! at a time, those of later equations first, and only those that are needed; between, the rules of the
//! calculus and the identities of the table shorten both sides. Invariant: every step is one application
//! of one rule, and the last lines of both sides are proved equal by the normal form.

use super::adjoint::{Derivations, at_values};
use super::identities::{EXPONENTIALS, PARITY, SHORTER, rewritten, same};
use super::joint::{Joint, how_equal};
use super::rule::{Example, PHASES, Place, Rule};
use super::strategy::rewrite;
use super::{extremum, floor, fold, limit, range, rearrange, sift, simplify};
use crate::derivation::{Goal, RuleName, Step};
use crate::integer::{Facts, Index, Var};
use crate::language::function::Function;
use crate::language::syntax::Name;
use crate::model::{Bound, Contents, Kind, System, Term};

/// How many definitions are put in before a proof is given up.
const MOST_UNFOLDED: usize = 14;
/// How many derivatives are put in on one side.
const MOST_DERIVED: usize = 12;
/// The greatest extent of a side.
const LARGEST: usize = 1_500;
/// A sum of so many terms is written out.
const FEW: i128 = 4;

/// Both sides of an equality, rewritten until they meet.
#[derive(Clone, Debug)]
pub struct Proof {
    /// The steps from the left side, and those from the right side.
    pub sides: [Side; 2],
    /// Why their last lines are equal.
    pub joint: Joint,
}

/// One side of an equality with the steps that were taken from it.
#[derive(Clone, Debug)]
pub struct Side {
    /// As it was written.
    pub start: Term,
    /// The steps, each from the formula before it.
    pub steps: Vec<Step>,
}

impl Side {
    fn last(&self) -> &Term {
        self.steps.last().map_or(&self.start, |step| &step.after)
    }

    fn put(&mut self, rule: RuleName, after: Term) {
        let before = self.last().clone();
        if before != after {
            self.steps.push(Step::whole(rule, before, after));
        }
    }
}

const fn own(name: RuleName, apply: fn(&Term, &Place) -> Option<super::Rewrite>) -> Rule {
    let example = Example { system: "", goal: "" };
    Rule { name, statement: "", formula: &[], conditions: "", shrinks: "", example, needs: Contents::NOTHING, apply }
}

/// The identities of the table that make a formula shorter.
const IDENTITY: Rule =
    own(RuleName::Identity, |term, place| rewritten(SHORTER, term, place).or_else(|| rewritten(PARITY, term, place)));

/// Of two parts that are the same but for the names of bound indices, the second is written as the first,
/// where they then cancel or are collected.
const RENAME: Rule = own(RuleName::Rename, |term, _| {
    let base = |t: &Term| match t.kind() {
        Kind::Power(base, n) => (base.clone(), Some(*n)),
        _ => (t.clone(), None),
    };
    let parts: Vec<Term> = match term.kind() {
        Kind::Product(factors) => factors.clone(),
        Kind::Sum(terms) => terms.iter().flat_map(|t| t.factors().iter().cloned()).collect(),
        _ => return None,
    };
    let sums: Vec<Term> = parts.iter().map(|p| base(p).0).filter(|b| b.any(&mut |t| !t.bounds().is_empty())).collect();
    for (k, first) in sums.iter().enumerate() {
        let Some(second) = sums[k + 1..].iter().find(|other| *other != first && same(first, other)) else { continue };
        let renamed = |t: &Term| match base(t) {
            (b, n) if b == *second => Term::power(first.clone(), n.unwrap_or(1)),
            _ => t.clone(),
        };
        let after = match term.kind() {
            Kind::Sum(terms) => Term::sum(terms.iter().map(|t| Term::product(t.factors().iter().map(renamed)))),
            _ => Term::product(parts.iter().map(renamed)),
        };
        return (after != *term).then(|| after.into());
    }
    None
});

/// Σ(a + b) = Σa + Σb
const APART: Rule = own(RuleName::Distribute, |term, _| {
    let Kind::Sigma(bounds, body) = term.kind() else { return None };
    let Kind::Sum(terms) = body.kind() else { return None };
    Some(Term::sum(terms.iter().map(|t| Term::sigma(bounds.clone(), t.clone()))).into())
});

/// The rules that shorten a side; names stay as they are.
const TIDY: &[&[Rule]] = &[
    &[rearrange::SEPARATE, sift::SIFT, rearrange::DISTRIBUTE, rearrange::JOIN, rearrange::FACTOR],
    &[extremum::SETTLE, floor::WINDOW, range::RANGE, rearrange::FACTOR, limit::LIMIT],
    &[rearrange::COLLECT],
    &[
        IDENTITY,
        fold::FACT,
        RENAME,
        simplify::CANCEL,
        simplify::COUNT,
        simplify::OUTSIDE,
        APART,
        simplify::EXPAND,
        simplify::COMMON,
        rearrange::FACTOR,
        rearrange::COLLECT,
    ],
];

/// The same without those that multiply out and take out in turns.
const CAREFUL: &[&[Rule]] = &[
    TIDY[0],
    TIDY[1],
    TIDY[2],
    &[IDENTITY, fold::FACT, RENAME, simplify::CANCEL, simplify::COUNT, simplify::OUTSIDE, APART, rearrange::COLLECT],
];

/// What is put in.
#[derive(Clone, PartialEq)]
enum Unfold {
    /// The definition of an array, or only where it is read below a sum.
    Array(Name, bool),
    /// Sums of few terms, written out.
    Terms,
    /// Functions in terms of exponentials.
    Functions,
}

/// A proof that two formulas are equal for all values of the free indices, if the rules give one.
pub fn prove(system: &System, facts: &Facts, free: &[Bound], terms: [&Term; 2]) -> Option<Proof> {
    let mut prover = Prover { system, facts, free, terms, derivations: Derivations::default() };
    let mut chosen: Vec<Unfold> = Vec::new();
    let mut proof = loop {
        let sides = match prover.attempt(&chosen) {
            Ok(proof) => break proof,
            Err(sides) => sides?,
        };
        let next = prover.next(&sides, &chosen).filter(|_| chosen.len() < MOST_UNFOLDED)?;
        chosen.push(next);
    };
    for k in (0..chosen.len()).rev() {
        let mut fewer = chosen.clone();
        fewer.remove(k);
        if let Ok(shorter) = prover.attempt(&fewer) {
            (proof, chosen) = (shorter, fewer);
        }
    }
    for k in 0..chosen.len() {
        let mut narrower = chosen.clone();
        let Unfold::Array(_, below) = &mut narrower[k] else { continue };
        *below = true;
        if let Ok(shorter) = prover.attempt(&narrower) {
            (proof, chosen) = (shorter, narrower);
        }
    }
    Some(proof)
}

/// A formula as the rules that shorten proofs leave it; none if it grows too large.
pub fn tidied(system: &System, free: &[Bound], term: &Term) -> Option<Term> {
    let facts = super::strategy::facts_of(system, free);
    let steps = rewrite(system, &facts, free, TIDY, term)?;
    Some(steps.last().map_or(term, |step| &step.after).clone())
}

struct Prover<'a> {
    system: &'a System,
    facts: &'a Facts,
    free: &'a [Bound],
    terms: [&'a Term; 2],
    derivations: Derivations,
}

impl Prover<'_> {
    /// The proof with certain definitions put in, or else how far it came; nothing if it grew too large.
    fn attempt(&mut self, chosen: &[Unfold]) -> Result<Proof, Option<[Side; 2]>> {
        let mut sides = self.terms.map(|start| Side { start: start.clone(), steps: Vec::new() });
        let plain = self.meets(&sides).map(|joint| (sides.clone(), joint));
        if let Some((sides, Joint::Same)) = plain {
            return Ok(Proof { sides, joint: Joint::Same });
        }
        for side in &mut sides {
            self.derive(side).ok_or(None)?;
            self.tidy(side).ok_or(None)?;
        }
        if let Some((plain, joint)) = plain
            && self.meets(&sides) != Some(Joint::Same)
        {
            return Ok(self.finished(plain, joint));
        }
        let mut open = chosen.iter();
        loop {
            if let Some(joint) = self.meets(&sides) {
                return Ok(self.finished(sides, joint));
            }
            let Some(unfold) = open.next() else { return Err(Some(sides)) };
            for side in &mut sides {
                self.unfold(side, unfold).ok_or(None)?;
            }
            if same(sides[0].last(), sides[1].last()) {
                return Ok(Proof { sides, joint: Joint::Same });
            }
            for side in &mut sides {
                self.tidy(side).ok_or(None)?;
            }
        }
    }

    fn meets(&self, sides: &[Side; 2]) -> Option<Joint> {
        let [a, b] = sides.each_ref().map(Side::last);
        if same(a, b) { Some(Joint::Same) } else { how_equal(self.system, self.facts, a, b) }
    }

    /// Fractions in exponentials are shown as such.
    fn finished(&self, mut sides: [Side; 2], joint: Joint) -> Proof {
        if joint == Joint::Exponentials {
            for side in &mut sides {
                let mut shown = side.clone();
                if self.unfold(&mut shown, &Unfold::Functions).is_some() {
                    *side = shown;
                }
            }
        }
        Proof { sides, joint }
    }

    /// Puts in what was derived for the derivatives of arrays, and carries out those of formulas.
    fn derive(&mut self, side: &mut Side) -> Option<()> {
        let mut stuck: Vec<Goal> = Vec::new();
        for _ in 0..MOST_DERIVED {
            let mut found = None;
            side.last().any(&mut |t| {
                found = found.take().or_else(|| self.goal(t).filter(|goal| !stuck.contains(goal)));
                found.is_some()
            });
            let Some(goal) = found else { break };
            let derivation = self.derivations.derive(self.system, &goal, PHASES)?;
            if derivation.result.any(&mut |t| self.goal(t).as_ref() == Some(&goal)) {
                stuck.push(goal);
                continue;
            }
            let after = self.put_in(side.last(), &goal, &|at| at_values(&derivation, at));
            side.put(RuleName::Adjoint, after);
            (side.last().extent().0 <= LARGEST).then_some(())?;
        }
        if side.last().any(&mut |t| matches!(t.kind(), Kind::Derivative(..) if self.goal(t).is_none())) {
            let steps = rewrite(self.system, self.facts, self.free, &PHASES[..2], side.last())?;
            side.steps.extend(steps);
        }
        Some(())
    }

    /// What is to be derived, if a term is a derivative of an array that is no state of a recurrence.
    fn goal(&self, term: &Term) -> Option<Goal> {
        let system = self.system;
        match term.kind() {
            Kind::Derivative(of, array, _) => match of.kind() {
                Kind::Read(output, _) if system.equation(output).is_some() && !system.is_state(output) => {
                    Some(Goal::Jacobian { output: output.clone(), array: array.clone() })
                }
                _ => None,
            },
            Kind::Upstream(array, _) => {
                let given = system.outputs.contains(array) && system.direct_part(array).is_none();
                (!given && !system.is_state(array)).then(|| Goal::Gradient { array: array.clone() })
            }
            _ => None,
        }
    }

    fn put_in(&self, term: &Term, goal: &Goal, by: &dyn Fn(&[Index]) -> Term) -> Term {
        if self.goal(term).as_ref() != Some(goal) {
            return term.map_children(&mut |child| self.put_in(child, goal, by));
        }
        match term.kind() {
            Kind::Derivative(of, _, at) => match of.kind() {
                Kind::Read(_, rows) => by(&[rows.as_slice(), at].concat()),
                _ => term.clone(),
            },
            Kind::Upstream(_, at) => by(at),
            _ => term.clone(),
        }
    }

    fn tidy(&self, side: &mut Side) -> Option<()> {
        (side.last().extent().0 <= LARGEST).then_some(())?;
        let tidied = |phases: &[&[Rule]]| rewrite(self.system, self.facts, self.free, phases, side.last());
        let steps = tidied(TIDY).or_else(|| tidied(CAREFUL)).unwrap_or_default();
        side.steps.extend(steps);
        Some(())
    }

    /// The next definition to put in: the last that is read on either side, then sums of few terms, then
    /// functions.
    fn next(&self, sides: &[Side; 2], chosen: &[Unfold]) -> Option<Unfold> {
        let mut read = std::collections::BTreeSet::new();
        sides.iter().for_each(|side| side.last().collect_reads(&mut read));
        let fresh = |unfold: &Unfold| !chosen.contains(unfold);
        let arrays = read.into_iter().filter(|name| self.system.recurrence(name).is_none());
        let placed = arrays.filter_map(|name| Some((self.system.place(&name)?, Unfold::Array(name, false))));
        let last = placed.filter(|(_, unfold)| fresh(unfold)).max_by_key(|(place, _)| *place);
        last.map(|(_, unfold)| unfold)
            .or_else(|| Some(Unfold::Terms).filter(fresh))
            .or_else(|| Some(Unfold::Functions).filter(fresh))
    }

    fn unfold(&self, side: &mut Side, unfold: &Unfold) -> Option<()> {
        match unfold {
            Unfold::Array(name, below) => {
                let after = self.defined(side.last(), name, !below);
                side.put(RuleName::Definition, after);
            }
            Unfold::Terms => {
                let after = written_out(side.last());
                side.put(RuleName::Terms, after);
            }
            Unfold::Functions => {
                for _ in 0..2 {
                    let after = self.exponentials(side.last());
                    side.put(RuleName::Identity, after);
                }
            }
        }
        (side.last().extent().0 <= LARGEST).then_some(())
    }

    /// The definition of an array in its place, or only below sums.
    fn defined(&self, term: &Term, name: &Name, here: bool) -> Term {
        if let Kind::Read(read, at) = term.kind()
            && read == name
            && here
            && let Some(equation) = self.system.equation(name)
        {
            let taken = |v: &Var| at.iter().any(|e| e.mentions(v)) || self.free.iter().any(|b| b.var == *v);
            let vars = equation.indices.iter().map(|b| b.var.clone());
            let pairs: Vec<(Var, Index)> = vars.zip(at.iter().cloned()).collect();
            return equation.body.with_all_bounds_fresh(&taken).substitute_all(&pairs);
        }
        let here = here || matches!(term.kind(), Kind::Sigma(..));
        term.map_children(&mut |child| self.defined(child, name, here))
    }

    fn exponentials(&self, term: &Term) -> Term {
        let place = Place { system: self.system, facts: self.facts, taken: &Default::default(), whole: false };
        let mapped = term.map_children(&mut |child| self.exponentials(child));
        let shown = |t: &Term| !matches!(t.kind(), Kind::Apply(Function::Softplus, _));
        match rewritten(EXPONENTIALS, &mapped, &place).filter(|_| shown(&mapped)) {
            Some(rewrite) => rewrite.after,
            None => mapped,
        }
    }
}

/// Sums and products of few terms written out.
fn written_out(term: &Term) -> Term {
    let mapped = term.map_children(&mut written_out);
    let Kind::Sigma(bounds, body) = mapped.kind() else { return mapped };
    let Some((last, outer)) = bounds.split_last() else { return mapped };
    let length = last.hi.minus(&last.lo).canonical().as_constant();
    let Some(length) = length.filter(|n| (0..FEW).contains(n)) else { return mapped };
    let at = |k: i128| body.substitute(&last.var, &last.lo.plus_number(k));
    written_out(&Term::sigma(outer.to_vec(), Term::sum((0..=length).map(at))))
}

/// Whether a step is an identity of the table, and which.
pub fn identity_of(system: &System, facts: &Facts, step: &Step) -> Vec<&'static super::identities::Identity> {
    let at = |term: &Term| step.place.iter().try_fold(term.clone(), |t, k| t.children().get(*k).cloned());
    let (Some(before), Some(after)) = (at(&step.before), at(&step.after)) else { return Vec::new() };
    let place = Place { system, facts, taken: &Default::default(), whole: false };
    let here = SHORTER.iter().chain(PARITY).find(|identity| (identity.apply)(&before, &place).as_ref() == Some(&after));
    if let Some(identity) = here {
        return vec![identity];
    }
    let applies = |identity: &&super::identities::Identity| {
        step.before.any(&mut |t| (identity.apply)(t, &place).is_some())
            && !step.after.any(&mut |t| (identity.apply)(t, &place).is_some())
    };
    EXPONENTIALS.iter().filter(applies).collect()
}
