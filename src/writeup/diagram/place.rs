//! Where the spots of rows stand from left to right: each as near as it can to the middle of its
//! neighbours, in the order of its row and with room between.
//!
//! Invariant: two spots of a row are at least half their widths and the gap apart.

use super::layers::Rows;

/// How often all rows are placed anew.
const ROUNDS: usize = 40;

/// The middles of the spots; the leftmost edge is at 0.
pub(super) fn places(rows: &Rows, widths: &[f64], gap: f64, passing: impl Fn(usize) -> bool) -> Vec<f64> {
    let mut x = vec![0.0; rows.count];
    for row in &rows.rows {
        let zeros = vec![0.0; row.len()];
        fit(row, &zeros, &vec![1.0; row.len()], widths, gap, &mut x);
    }
    let levels = rows.rows.len();
    for round in 0..ROUNDS {
        let order: Vec<usize> = if round % 2 == 0 { (0..levels).collect() } else { (0..levels).rev().collect() };
        for level in order {
            let row = &rows.rows[level];
            let wanted: Vec<f64> = row
                .iter()
                .map(|spot| {
                    let near: Vec<f64> = rows.neighbours(*spot).map(|other| x[other]).collect();
                    if near.is_empty() { x[*spot] } else { near.iter().sum::<f64>() / near.len() as f64 }
                })
                .collect();
            let weights: Vec<f64> = row.iter().map(|spot| if passing(*spot) { 4.0 } else { 1.0 }).collect();
            fit(row, &wanted, &weights, widths, gap, &mut x);
        }
    }
    let left = (0..rows.count).map(|spot| x[spot] - widths[spot] / 2.0).fold(f64::INFINITY, f64::min);
    x.iter().map(|x| x - if left.is_finite() { left } else { 0.0 }).collect()
}

/// The places of a row that are, squared and weighted, nearest to those wanted: spots that would come
/// too near to one another move together as a block.
fn fit(row: &[usize], wanted: &[f64], weights: &[f64], widths: &[f64], gap: f64, x: &mut [f64]) {
    let mut offset = 0.0;
    let mut offsets = Vec::with_capacity(row.len());
    for (k, spot) in row.iter().enumerate() {
        if k > 0 {
            offset += (widths[row[k - 1]] + widths[*spot]) / 2.0 + gap;
        }
        offsets.push(offset);
    }
    let mut blocks: Vec<(f64, f64, usize)> = Vec::new();
    for k in 0..row.len() {
        blocks.push(((wanted[k] - offsets[k]) * weights[k], weights[k], 1));
        while let [.., before, last] = blocks.as_slice()
            && before.0 / before.1 > last.0 / last.1
        {
            let joined = (before.0 + last.0, before.1 + last.1, before.2 + last.2);
            blocks.truncate(blocks.len() - 2);
            blocks.push(joined);
        }
    }
    let mut k = 0;
    for (sum, weight, count) in blocks {
        for _ in 0..count {
            x[row[k]] = sum / weight + offsets[k];
            k += 1;
        }
    }
}
