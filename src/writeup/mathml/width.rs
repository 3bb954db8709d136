//! How wide a formula is, about: fractions and cases are built up, scripts are small.

use crate::writeup::tex::Node;

/// About how many characters wide a formula is when its fractions and cases are built up.
pub fn width(nodes: &[Node]) -> f64 {
    nodes.iter().map(one).sum()
}

fn one(node: &Node) -> f64 {
    let arguments = |list: &[Node]| list.iter().map(one).fold(0.0, f64::max);
    match node {
        Node::Text(text) | Node::Large(text) => text.chars().count() as f64,
        Node::Relation(_) => 3.0,
        Node::Space("qquad") => 4.0,
        Node::Space("quad") => 2.0,
        Node::Space(_) => 0.5,
        Node::Group(inner) | Node::Marked(_, inner) => width(inner),
        Node::Script(_, inner) => 0.7 * one(inner),
        Node::Words(words) | Node::Function(words) => words.chars().count() as f64,
        Node::Apply(_, list) => arguments(list),
        Node::Fence(_, inner, _) => 2.0 + width(inner),
        Node::Rows(_, rows) => {
            let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
            let column =
                |c: usize| rows.iter().filter_map(|row| row.get(c)).map(|cell| width(cell)).fold(0.0, f64::max);
            (0..columns).map(|c| column(c) + 1.5).sum()
        }
    }
}
