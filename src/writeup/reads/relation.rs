//! A relation between the indices of two arrays, entry by entry, and how it falls apart.
//!
//! Invariant: the relation is the product of what its groups of axes say, over all values of the other axes.

use std::collections::{BTreeMap, BTreeSet};

/// By place, at which tap something is read.
pub(super) type Taps = BTreeMap<Vec<i64>, Vec<i64>>;

/// Which places of the first axes are related with which of the others, and by what.
pub(super) struct Relation {
    axes: Vec<(i64, i64)>,
    split: usize,
    pairs: Taps,
}

impl Relation {
    /// Nothing related yet; `split` of the axes are those of the outputs.
    pub(super) fn new(axes: Vec<(i64, i64)>, split: usize) -> Self {
        Relation { axes, split, pairs: BTreeMap::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The first of several taps at a place is kept.
    pub(super) fn insert(&mut self, place: Vec<i64>, tap: Vec<i64>) {
        self.pairs.entry(place).or_insert(tap);
    }

    /// All places of the outputs.
    pub(super) fn outputs(&self) -> Vec<Vec<i64>> {
        self.places(&(0..self.split).collect::<Vec<_>>())
    }

    /// All places along some axes.
    pub(super) fn places(&self, axes: &[usize]) -> Vec<Vec<i64>> {
        places(&axes.iter().map(|axis| self.axes[*axis]).collect::<Vec<_>>())
    }

    /// The axes with more than one place.
    pub(super) fn long_axes(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.axes.len()).filter(|axis| self.axes[*axis].0 < self.axes[*axis].1)
    }

    /// The relation along some axes.
    pub(super) fn projected(&self, axes: &[usize]) -> Taps {
        let mut found = BTreeMap::new();
        for (place, tap) in &self.pairs {
            found.entry(axes.iter().map(|axis| place[*axis]).collect()).or_insert_with(|| tap.clone());
        }
        found
    }

    fn count(&self, axes: &[usize]) -> usize {
        let places: BTreeSet<Vec<i64>> =
            self.pairs.keys().map(|place| axes.iter().map(|axis| place[*axis]).collect()).collect();
        places.len()
    }

    fn size(&self, axis: usize) -> usize {
        usize::try_from(self.axes[axis].1 - self.axes[axis].0 + 1).unwrap_or(0)
    }

    /// Groups of axes that depend on one another, those of the outputs first in each; and, if there are others, the
    /// pairs of axes that only run side by side.
    pub(super) fn groups(&self) -> (Vec<Vec<usize>>, Vec<Vec<usize>>) {
        let whole = self.pairs.len();
        let others = |axis: usize| (0..self.axes.len()).filter(|a| *a != axis).collect::<Vec<_>>();
        let kept: Vec<usize> =
            (0..self.axes.len()).filter(|axis| self.count(&others(*axis)) * self.size(*axis) != whole).collect();
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for axis in &kept {
            let joined = |group: &Vec<usize>| {
                group.iter().any(|other| self.count(&[*axis, *other]) != self.count(&[*axis]) * self.count(&[*other]))
            };
            let (together, apart): (Vec<Vec<usize>>, Vec<Vec<usize>>) = groups.into_iter().partition(joined);
            groups = apart;
            groups.push(together.into_iter().flatten().chain([*axis]).collect());
        }
        groups.iter_mut().for_each(|group| group.sort_unstable());
        groups.sort();
        let product: usize = groups.iter().map(|group| self.count(group)).product();
        if product != self.count(&kept) {
            groups = vec![kept];
        }
        let (mut side_by_side, mut others): (Vec<_>, Vec<_>) = groups.into_iter().partition(|g| self.is_diagonal(g));
        if others.is_empty() && !side_by_side.is_empty() {
            others.push(side_by_side.remove(0));
        }
        if others.is_empty() {
            others.push(self.plain_group());
        }
        (others, side_by_side)
    }

    /// Of a relation of everything with everything, a long axis of either side.
    fn plain_group(&self) -> Vec<usize> {
        let upper = self.long_axes().find(|axis| *axis < self.split);
        let lower = self.long_axes().find(|axis| *axis >= self.split);
        upper.into_iter().chain(lower).collect()
    }

    fn is_diagonal(&self, group: &[usize]) -> bool {
        let [upper, lower] = group else { return false };
        *upper < self.split
            && *lower >= self.split
            && self.axes[*upper] == self.axes[*lower]
            && self.pairs.keys().all(|place| place[*upper] == place[*lower])
    }

    /// One output and what it reads along some axes: of those that read the most the first, or the one nearest to
    /// the middle.
    pub(super) fn one_output(&self, axes: &[usize], middle: bool) -> Option<(Vec<i64>, Taps)> {
        let mut read: BTreeMap<Vec<i64>, Taps> = BTreeMap::new();
        for (place, tap) in &self.pairs {
            let inner = axes.iter().map(|axis| place[*axis]).collect();
            read.entry(place[..self.split].to_vec()).or_default().entry(inner).or_insert_with(|| tap.clone());
        }
        let most = read.values().map(BTreeMap::len).max()?;
        let away = |place: &[i64]| {
            let sides = place.iter().zip(&self.axes).map(|(index, (lo, hi))| (2 * index - lo - hi).abs());
            if middle { sides.sum() } else { 0 }
        };
        read.into_iter().filter(|(_, inner)| inner.len() == most).min_by_key(|(place, _)| away(place))
    }
}

/// All places of a box.
pub(super) fn places(axes: &[(i64, i64)]) -> Vec<Vec<i64>> {
    axes.iter().fold(vec![Vec::new()], |places, (lo, hi)| {
        places.iter().flat_map(|at| (*lo..=*hi).map(move |value| [at.as_slice(), &[value]].concat())).collect()
    })
}
