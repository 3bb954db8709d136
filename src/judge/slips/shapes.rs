//! Slips in a shape: axes in another order, a length off by one.
//!
//! Invariant: a slip is named only if the lengths with it taken back are not refuted.

use super::scene::inner;
use super::tree::plus;
use super::{Shown, Slip};
use crate::language::print::{Alphabet, shape};
use crate::language::syntax::Expr;

/// The slip that explains refuted lengths; `holds` says whether others are not refuted.
pub(in crate::judge) fn slip_of_shape(claimed: &[Expr], holds: &dyn Fn(&[Expr]) -> bool) -> Option<Slip> {
    order(claimed)
        .into_iter()
        .chain(off_by_one(claimed))
        .find(|(_, _, lengths)| holds(lengths))
        .map(|(name, sentence, _)| Slip { name, sentence, shown: Shown::Nothing })
}

type Lengths = (&'static str, String, Vec<Expr>);

fn order(claimed: &[Expr]) -> Vec<Lengths> {
    let mut orders = Vec::new();
    for k in 1..claimed.len() {
        let mut turned = claimed.to_vec();
        turned.rotate_left(k);
        orders.push(turned);
    }
    for a in 0..claimed.len() {
        for b in 0..a {
            let mut swapped = claimed.to_vec();
            swapped.swap(a, b);
            orders.push(swapped);
        }
    }
    let told = |lengths: Vec<Expr>| {
        let sentence = format!("the axes are in another order: {}", shape(&lengths, Alphabet::Ascii));
        ("swapped axes", sentence, lengths)
    };
    orders.into_iter().map(told).collect()
}

fn off_by_one(claimed: &[Expr]) -> Vec<Lengths> {
    let mut found = Vec::new();
    for (k, length) in claimed.iter().enumerate() {
        for by in [1, -1] {
            let mut lengths = claimed.to_vec();
            lengths[k] = plus(length, by);
            let sentence = format!("the length {} should be {}", inner(length), inner(&lengths[k]));
            found.push(("off by one", sentence, lengths));
        }
    }
    found
}
