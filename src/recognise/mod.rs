//! Names for what was derived: an answer is matched against known operations by its index maps.
//!
//! The view says which array is read where; `sliding` finds correlations and convolutions,
//! `product` matrix products and contractions, `pattern` the single entries that Jacobians hold.
//! Invariant: only index maps, ranges, brackets and declared roles are looked at, never how
//! anything is called or where it came from; what does not fit exactly has no name.

pub mod pattern;
pub mod product;
pub mod sliding;
pub mod view;

use crate::derivation::Derivation;
use crate::integer::{Index, Var};
use crate::model::{System, Term};
pub use pattern::{Entry, Pattern};
pub use product::{Contraction, Form, Matrix};
pub use sliding::{Slide, Sliding, SlidingAxis};
pub use view::{Access, Factor, Source, View};

/// A known operation, with the arrays and indices that play its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// A kernel that slides over an input: cross-correlation, convolution, transposed convolution.
    Sliding(Sliding),
    /// A sum of products of entries read at bare indices: matrix products among them.
    Contraction(Contraction),
    /// One entry, or zero outside a pattern: what the Jacobian of a bilinear operation holds.
    Pattern(Pattern),
    /// A sum of operations: a matrix product plus a bias.
    Sum(Vec<Operation>),
}

/// What happens to an index that is read bare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexRole {
    /// The index.
    pub var: Var,
    /// Whether it stays: an index of the answer. Otherwise it is summed over.
    pub stays: bool,
    /// Which of the factors are read at it.
    pub within: Vec<usize>,
}

/// The operation that an answer is, if its index maps are those of one.
pub fn recognise(system: &System, derivation: &Derivation) -> Option<Operation> {
    let one = |term: &Term| recognise_term(system, derivation, term);
    match derivation.result.summands() {
        [only] => one(only),
        several => several.iter().map(one).collect::<Option<Vec<_>>>().map(Operation::Sum),
    }
}

fn recognise_term(system: &System, derivation: &Derivation, term: &Term) -> Option<Operation> {
    let view = View::new(system, &derivation.indices, term)?;
    if view.factors.len() == 2
        && let Some(sliding) = sliding::sliding(system, &view)
    {
        return Some(Operation::Sliding(sliding));
    }
    if let Some(contraction) = product::contraction(system, &view) {
        return Some(Operation::Contraction(contraction));
    }
    pattern::pattern(&view).map(Operation::Pattern)
}

/// The bare indices of a view and what happens to each, those that stay first.
fn roles(view: &View, skip: &[&Var]) -> Vec<IndexRole> {
    let stays = view.free.iter().map(|b| (&b.var, true));
    let summed = view.summed.iter().map(|b| (&b.var, false));
    let wanted = stays.chain(summed).filter(|(var, _)| !skip.contains(var));
    wanted
        .map(|(var, stays)| {
            let within = (0..view.factors.len()).filter(|k| view.factors[*k].mentions(var)).collect();
            IndexRole { var: var.clone(), stays, within }
        })
        .collect()
}

/// Whether whole arrays are read: every bare index runs over the whole axis it is read on, and a
/// place is fixed only where there is no other.
fn reads_are_whole(system: &System, view: &View) -> bool {
    let range = |v: &Var| view.summed.iter().chain(&view.free).find(|b| b.var == *v);
    view.factors.iter().all(|factor| {
        factor.accesses.iter().zip(factor.bounds(system)).all(|(access, (lo, hi))| match access.as_bare() {
            Some(var) => range(var).is_some_and(|b| same(&b.lo, &lo) && same(&b.hi, &hi)),
            None => !access.is_fixed() || same(&lo, &hi),
        })
    })
}

/// Whether two index expressions are equal.
fn same(a: &Index, b: &Index) -> bool {
    a == b || a.canonical() == b.canonical()
}
