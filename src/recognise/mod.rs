//! Names for what was derived: an answer is matched against known operations by its index maps.
//!
//! A formula is read as a [view], its places become [wires](wire) with [ties](relation) between
//! them – solved brackets and unsolved ones alike – and the ties become [axes](axis) with their
//! parameters; each family of operations says which axes are its own. Invariant: only index maps,
//! ranges, brackets and declared roles are looked at, never how anything is called or where it came
//! from; what does not fit exactly has no name, and [perform] runs what was named against the formula.

pub mod axis;
mod groups;
mod limits;
pub mod pattern;
pub mod perform;
pub mod product;
pub mod rearrangement;
mod relation;
pub mod selection;
pub mod sliding;
mod solve;
pub mod view;
pub mod windows;
pub mod wire;

use crate::derivation::Derivation;
use crate::integer::{Index, Var};
use crate::model::{Kind, System, Term};
pub use axis::Axis;
pub use pattern::{Family, Pattern};
pub use product::{Contraction, Form, Matrix};
pub use rearrangement::{Move, Rearrangement};
pub use selection::{Running, Selection};
pub use sliding::{Grouping, Slide, Sliding, SlidingAxis};
pub use view::{Factor, Source, View};
pub use windows::{WindowKind, Windows};
pub use wire::{Part, Place, Wire, Wiring};

const MOST_SUMMANDS: usize = 12;

/// A known operation, with the arrays and indices that play its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Which it is.
    pub kind: OperationKind,
    /// The arrays, the places in them, and what multiplies everything.
    pub wiring: Wiring,
    /// How the places are tied.
    pub axes: Vec<Axis>,
}

/// The families of operations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OperationKind {
    /// A kernel that slides over an input: cross-correlation, convolution, transposed convolution.
    Sliding(Sliding),
    /// A sum of products of entries at bare indices: matrix products among them.
    Contraction(Contraction),
    /// Pooling, upsampling, unfolding.
    Windows(Windows),
    /// Shifts, reversals, reshapes.
    Rearrangement(Rearrangement),
    /// A gather or a scatter-add.
    Selection(Selection),
    /// A prefix or suffix sum.
    Running(Running),
    /// Entries or zeros: what the Jacobians of linear operations hold.
    Pattern(Pattern),
}

/// What happens to a wire that is tied to no other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexRole {
    /// Its number.
    pub wire: usize,
    /// The index, as the formula writes it.
    pub shown: Index,
    /// Whether it stays: an index of the answer. Otherwise it is summed over.
    pub stays: bool,
    /// The output indices that it is, if there are several, which must be equal.
    pub equal: Vec<Var>,
    /// Which of the factors are read at it.
    pub within: Vec<usize>,
}

/// The operations whose sum an answer is, if the index maps of each summand are those of one.
pub fn recognise(system: &System, derivation: &Derivation) -> Option<Vec<Operation>> {
    let summands = summands(&derivation.result)?;
    summands.iter().map(|term| recognise_term(system, derivation, term)).collect()
}

/// The summands of a formula, products of sums and sums of sums taken apart; none if there are many.
pub fn summands(term: &Term) -> Option<Vec<Term>> {
    let parts = match term.kind() {
        Kind::Sum(terms) => terms.clone(),
        Kind::Sigma(bounds, body) => {
            let parts = summands(body)?;
            return Some(parts.into_iter().map(|part| Term::sigma(bounds.clone(), part)).collect());
        }
        Kind::Product(factors) => {
            let Some(k) = factors.iter().position(|f| matches!(f.kind(), Kind::Sum(_))) else {
                return Some(vec![term.clone()]);
            };
            let with = |part: &Term| {
                let chosen = factors.iter().enumerate().map(|(j, f)| if j == k { part.clone() } else { f.clone() });
                Term::product(chosen)
            };
            factors[k].summands().iter().map(with).collect()
        }
        _ => return Some(vec![term.clone()]),
    };
    let mut all = Vec::new();
    for part in parts {
        all.extend(summands(&part)?);
    }
    (all.len() <= MOST_SUMMANDS).then_some(all)
}

fn recognise_term(system: &System, derivation: &Derivation, term: &Term) -> Option<Operation> {
    let (wiring, axes) = wired(system, derivation, term)?;
    let kind = kind(system, &wiring, &axes)?;
    Some(Operation { kind, wiring, axes })
}

/// The wires of a summand of an answer and how they are tied, whether that has a name or not.
pub fn wired(system: &System, derivation: &Derivation, term: &Term) -> Option<(Wiring, Vec<Axis>)> {
    let view = View::new(&derivation.indices, term)?;
    let (wiring, ties) = relation::wiring(system, &view)?;
    let axes = axis::axes(system, &wiring, &ties)?;
    Some((wiring, axes))
}

/// The first family that the axes are of.
fn kind(system: &System, wiring: &Wiring, axes: &[Axis]) -> Option<OperationKind> {
    let contraction = || product::contraction(system, wiring, axes).map(OperationKind::Contraction);
    let sliding = || sliding::sliding(system, wiring, axes).map(OperationKind::Sliding);
    let rearrangement = || rearrangement::rearrangement(system, wiring, axes).map(OperationKind::Rearrangement);
    let windows = || windows::windows(wiring, axes).map(OperationKind::Windows);
    let selection = || selection::selection(wiring, axes).map(OperationKind::Selection);
    let running = || selection::running(wiring, axes).map(OperationKind::Running);
    let pattern = || pattern::pattern(wiring, axes).map(OperationKind::Pattern);
    contraction()
        .or_else(sliding)
        .or_else(rearrangement)
        .or_else(windows)
        .or_else(selection)
        .or_else(running)
        .or_else(pattern)
}

/// What happens to a bare wire; none if it is two axes of one factor.
fn role(wiring: &Wiring, wire: usize) -> Option<IndexRole> {
    let found = &wiring.wires[wire];
    let within: Vec<usize> =
        (0..wiring.factors.len()).filter(|k| found.within.iter().any(|(factor, _)| factor == k)).collect();
    let equal = if found.stays.len() > 1 { found.stays.clone() } else { Vec::new() };
    let (shown, stays) = (found.shown.clone(), found.stays());
    (within.len() == found.within.len()).then_some(IndexRole { wire, shown, stays, equal, within })
}

/// Whether two index expressions are equal.
fn same(a: &Index, b: &Index) -> bool {
    a == b || a.canonical() == b.canonical()
}
