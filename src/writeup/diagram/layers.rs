//! A graph without circles in rows: each node one row below the lowest that it reads from, and as low
//! as what reads it allows; long edges get a spot in every row that they pass.
//!
//! Within a row, spots stand in the order that the barycentres of their neighbours have, and neighbours
//! are exchanged as long as that removes a crossing. Invariant: links join adjacent rows.

use std::collections::{BTreeMap, BTreeSet};

/// How often the rows are sorted, downwards and upwards.
const SWEEPS: usize = 24;

/// Spots in rows: the first of them are the nodes, the others lie on long edges.
pub(super) struct Rows {
    /// From the uppermost down, each from left to right.
    pub(super) rows: Vec<Vec<usize>>,
    /// From a spot to one in the next row.
    pub(super) links: Vec<(usize, usize)>,
    /// How many spots there are.
    pub(super) count: usize,
    /// The spots on long edges, by the node from which they come and the row.
    pub(super) passing: BTreeMap<(usize, usize), usize>,
}

impl Rows {
    /// `lift` says of each node how many rows are below it at least.
    pub(super) fn new(lift: Vec<usize>, edges: &[(usize, usize)]) -> Rows {
        let depth = depths(lift, edges);
        let deepest = depth.iter().copied().max().unwrap_or(0);
        let mut row: Vec<usize> = depth.iter().map(|depth| deepest - depth).collect();
        let mut passing: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        let mut links: BTreeSet<(usize, usize)> = BTreeSet::new();
        for (from, to) in edges.iter().copied() {
            let mut last = from;
            for level in row[from] + 1..row[to] {
                let spot = *passing.entry((from, level)).or_insert_with(|| {
                    row.push(level);
                    row.len() - 1
                });
                links.insert((last, spot));
                last = spot;
            }
            links.insert((last, to));
        }
        let mut rows = vec![Vec::new(); deepest + 1];
        row.iter().enumerate().for_each(|(spot, level)| rows[*level].push(spot));
        let mut found = Rows { rows, links: links.into_iter().collect(), count: row.len(), passing };
        found.order();
        found
    }

    fn order(&mut self) {
        let mut best = (self.crossings(), self.rows.clone());
        for sweep in 0..SWEEPS {
            let downwards = sweep % 2 == 0;
            let levels: Vec<usize> = if downwards {
                (1..self.rows.len()).collect()
            } else {
                (0..self.rows.len().saturating_sub(1)).rev().collect()
            };
            for level in levels {
                let beside = if downwards { level - 1 } else { level + 1 };
                self.sort(level, beside);
            }
            self.exchange();
            let crossings = self.crossings();
            if crossings < best.0 {
                best = (crossings, self.rows.clone());
            }
        }
        self.rows = best.1;
    }

    /// Sorts a row by the barycentres of its neighbours in another.
    fn sort(&mut self, level: usize, beside: usize) {
        let place = |spot: usize| self.rows[beside].iter().position(|other| *other == spot);
        let centre = |(own, spot): (usize, &usize)| {
            let neighbours: Vec<usize> = self.neighbours(*spot).filter_map(place).collect();
            match neighbours.len() {
                0 => own as f64,
                n => neighbours.iter().sum::<usize>() as f64 / n as f64,
            }
        };
        let mut keyed: Vec<(f64, usize)> =
            self.rows[level].iter().enumerate().map(|item| (centre(item), *item.1)).collect();
        keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
        self.rows[level] = keyed.into_iter().map(|(_, spot)| spot).collect();
    }

    /// Exchanges neighbours where that removes a crossing.
    fn exchange(&mut self) {
        for level in 0..self.rows.len() {
            for place in 1..self.rows[level].len() {
                let before = self.crossings();
                self.rows[level].swap(place - 1, place);
                if self.crossings() >= before {
                    self.rows[level].swap(place - 1, place);
                }
            }
        }
    }

    /// The spots above and below that a spot is linked with.
    pub(super) fn neighbours(&self, spot: usize) -> impl Iterator<Item = usize> + '_ {
        self.links.iter().filter_map(move |(from, to)| match (*from == spot, *to == spot) {
            (true, _) => Some(*to),
            (_, true) => Some(*from),
            _ => None,
        })
    }

    fn crossings(&self) -> usize {
        let mut place = vec![(0, 0); self.count];
        for (level, row) in self.rows.iter().enumerate() {
            row.iter().enumerate().for_each(|(k, spot)| place[*spot] = (level, k));
        }
        let mut found = 0;
        for (k, (a, b)) in self.links.iter().enumerate() {
            for (c, d) in &self.links[k + 1..] {
                let together = place[*a].0 == place[*c].0;
                let (above, below) = (place[*a].1.cmp(&place[*c].1), place[*b].1.cmp(&place[*d].1));
                found += usize::from(together && above != below && above.is_ne() && below.is_ne());
            }
        }
        found
    }
}

/// How many edges the longest way from a node has, where ends begin at their lift.
pub(super) fn depths(lift: Vec<usize>, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut depth = lift;
    let most = depth.len() + depth.iter().max().unwrap_or(&0);
    for _ in 0..depth.len() {
        for (from, to) in edges {
            depth[*from] = depth[*from].max((depth[*to] + 1).min(most));
        }
    }
    depth
}
