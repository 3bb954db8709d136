//! What is known of sizes and indices at a place, and what has been found out from it.
//!
//! Facts are stated one after the other and never taken back, so they form a tree: facts with one
//! more index in range are a branch of those without it. Invariant: a branch is made once, and what
//! is found out about the facts of a place holds for all copies of them.

use super::condition::Condition;
use super::index::{Index, Var};
use super::solver::Truth;
use super::witness::Witnesses;
use crate::language::syntax::Name;
use hashbrown::{Equivalent, HashMap};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The ranges of sizes and indices, and the requirements, that are in force at a place. A copy costs
/// next to nothing.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub(super) stated: Rc<Stated>,
    pub(super) learnt: Rc<Learnt>,
    /// What may still be spent on normal forms, one for all facts that come from the same; nothing bounds it
    /// outside [`Facts::within`].
    allowance: Rc<Cell<Option<usize>>>,
}

/// What was stated.
#[derive(Clone, Debug, Default)]
pub(super) struct Stated {
    pub least: BTreeMap<Name, i128>,
    pub ranges: Vec<(Var, Index, Index)>,
    pub required: Vec<Condition>,
    pub nonnegative: Vec<Index>,
    pub data: Rc<BTreeMap<Name, (Index, Index)>>,
}

/// What was found out from it.
#[derive(Debug, Default)]
pub(super) struct Learnt {
    pub judged: RefCell<HashMap<Condition, Truth>>,
    pub nonnegative: RefCell<HashMap<Index, bool>>,
    pub impossible: Cell<Option<bool>>,
    pub witnesses: RefCell<Witnesses>,
    /// The work that the proof under way may still do.
    pub work: Cell<usize>,
    branches: RefCell<HashMap<Fact, Facts>>,
}

/// One more fact.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Fact {
    Range(Var, Index, Index),
    Required(Condition),
}

/// The same as it is looked up. Invariant: its hash is that of the fact.
#[derive(Clone, Copy, Hash)]
enum Stating<'a> {
    Range(&'a Var, &'a Index, &'a Index),
    Required(&'a Condition),
}

impl Stating<'_> {
    fn fact(self) -> Fact {
        match self {
            Stating::Range(var, lo, hi) => Fact::Range(var.clone(), lo.clone(), hi.clone()),
            Stating::Required(condition) => Fact::Required(condition.clone()),
        }
    }
}

impl Equivalent<Fact> for Stating<'_> {
    fn equivalent(&self, fact: &Fact) -> bool {
        match (self, fact) {
            (Stating::Range(var, lo, hi), Fact::Range(v, a, b)) => (*var, *lo, *hi) == (v, a, b),
            (Stating::Required(condition), Fact::Required(known)) => *condition == known,
            _ => false,
        }
    }
}

impl Facts {
    /// States that a size is at least a number.
    pub fn bound_size(&mut self, size: Name, least: i128) {
        self.state().least.insert(size, least);
    }

    /// States that every entry of an array of integer data lies between two values.
    pub fn bound_data(&mut self, array: Name, least: Index, greatest: Index) {
        Rc::make_mut(&mut self.state().data).insert(array, (least, greatest));
    }

    /// States lo ≤ var ≤ hi; inner indices are stated after the outer ones their range mentions.
    /// What was known of an outer index of the same name is forgotten.
    pub fn bound_index(&mut self, var: &Var, lo: &Index, hi: &Index) {
        self.branch(Stating::Range(var, lo, hi));
    }

    /// States a requirement.
    pub fn require(&mut self, condition: &Condition) {
        self.branch(Stating::Required(condition));
    }

    /// What holds with one more fact: the facts with which that was stated before, if it was.
    fn branch(&mut self, fact: Stating) {
        let known = self.learnt.branches.borrow().get(&fact).cloned();
        let branch = known.unwrap_or_else(|| {
            let mut branch = self.clone();
            match fact {
                Stating::Range(var, lo, hi) => branch.add_range(var, lo, hi),
                Stating::Required(condition) => branch.add_requirement(condition),
            }
            self.learnt.branches.borrow_mut().insert(fact.fact(), branch.clone());
            branch
        });
        *self = branch;
    }

    fn add_range(&mut self, var: &Var, lo: &Index, hi: &Index) {
        let stated = self.state();
        stated.ranges.retain(|(v, a, b)| v != var && !a.mentions(var) && !b.mentions(var));
        stated.required.retain(|c| !c.mentions(var));
        stated.nonnegative.retain(|e| !e.mentions(var));
        if !lo.mentions(var) && !hi.mentions(var) {
            stated.ranges.push((var.clone(), lo.clone(), hi.clone()));
        }
    }

    /// States the range of an index that was bound before all those stated so far.
    pub fn bound_index_outermost(&mut self, var: Var, lo: Index, hi: Index) {
        let stated = self.state();
        stated.ranges.retain(|(v, ..)| *v != var);
        stated.ranges.insert(0, (var, lo, hi));
    }

    fn add_requirement(&mut self, condition: &Condition) {
        let stated = self.state();
        stated.nonnegative.extend(nonnegative_parts(condition));
        stated.required.push(condition.clone());
    }

    /// Does something within an allowance for normal forms; what came of it, and whether nothing was left.
    pub fn within<T>(&self, most: usize, run: impl FnOnce() -> T) -> (T, bool) {
        let outer = self.allowance.replace(Some(most));
        let done = run();
        (done, self.allowance.replace(outer) == Some(0))
    }

    /// Takes a cost from the allowance; whether it was that large.
    pub fn afford(&self, cost: usize) -> bool {
        let left = self.allowance.get().map(|left| left.checked_sub(cost));
        self.allowance.set(left.map(|left| left.unwrap_or(0)));
        left != Some(None)
    }

    /// Forgets what was found out, here and with more facts stated.
    pub fn forget(&self) {
        let Learnt { judged, nonnegative, impossible, witnesses, work: _, branches } = &*self.learnt;
        judged.borrow_mut().clear();
        nonnegative.borrow_mut().clear();
        impossible.set(None);
        witnesses.take();
        branches.borrow_mut().clear();
    }

    /// What copies of the same facts have in common, and no other facts.
    pub fn identity(&self) -> usize {
        Rc::as_ptr(&self.learnt).addr()
    }

    /// The indices whose ranges are in force.
    pub fn indices(&self) -> impl Iterator<Item = &Var> {
        self.stated.ranges.iter().map(|(var, ..)| var)
    }

    /// The range of an index, if it is in force.
    pub fn range(&self, var: &Var) -> Option<(&Index, &Index)> {
        self.stated.ranges.iter().rev().find(|(v, ..)| v == var).map(|(_, lo, hi)| (lo, hi))
    }

    /// The least value of a size: 1 where nothing else was stated.
    pub(super) fn least_size(&self, size: &str) -> i128 {
        self.stated.least.get(size).copied().unwrap_or(1)
    }

    /// What is stated, about to be changed: nothing is found out from the new facts yet.
    fn state(&mut self) -> &mut Stated {
        self.learnt = Rc::default();
        Rc::make_mut(&mut self.stated)
    }
}

fn nonnegative_parts(condition: &Condition) -> Vec<Index> {
    match condition {
        Condition::All(parts) => parts.iter().flat_map(nonnegative_parts).collect(),
        _ => condition.as_nonnegative().unwrap_or_default(),
    }
}
