//! Single entries: what the Jacobians of bilinear operations hold, and where they are zero.
//!
//! Invariant: no sum is left, at most one array is read, and every place in it is fixed, a bare
//! output index, or made of two output indices.

use super::view::{Access, Source, View};
use crate::integer::{Index, Var};
use crate::model::Term;

/// An entry of an array, or zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// The array; none if the entries are ones.
    pub source: Option<Source>,
    /// The places that two output indices make.
    pub entries: Vec<Entry>,
    /// Output indices that must be equal: blocks on a diagonal.
    pub diagonal: Vec<(Var, Var)>,
    /// Numbers and sizes that multiply everything.
    pub scale: Vec<Term>,
    /// Whether entries that would be read outside the array are zero.
    pub guarded: bool,
}

/// A place made of two output indices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The axis of the array.
    pub axis: usize,
    /// The two indices with their slopes.
    pub slopes: [(Var, Index); 2],
    /// The place.
    pub place: Access,
}

impl Entry {
    /// Whether the place moves with both indices: a window. Otherwise it is a band.
    pub fn is_window(&self) -> bool {
        let negative = |e: &Index| e.terms().iter().all(|(_, n)| *n < 0);
        self.slopes.iter().all(|(_, slope)| !negative(slope))
    }
}

/// The pattern that a view without sums is.
pub(super) fn pattern(view: &View) -> Option<Pattern> {
    if !view.summed.is_empty() || view.factors.len() > 1 {
        return None;
    }
    let mut entries = Vec::new();
    for (axis, access) in view.factors.iter().flat_map(|f| f.accesses.iter().enumerate()) {
        if access.is_fixed() || access.as_bare().is_some() {
            continue;
        }
        let [a, b] = access.terms.as_slice() else { return None };
        entries.push(Entry { axis, slopes: [a.clone(), b.clone()], place: access.clone() });
    }
    if entries.is_empty() && view.equal.is_empty() {
        return None;
    }
    Some(Pattern {
        source: view.factors.first().map(|f| f.source.clone()),
        entries,
        diagonal: view.equal.clone(),
        scale: view.scale.clone(),
        guarded: view.guarded,
    })
}
