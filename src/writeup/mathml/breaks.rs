//! Where a long formula may be broken: before a relation, a sign between terms or lengths, a word
//! between conditions, and after the space between factors. Outside of brackets first; within them
//! only where a piece is still too long for a line of its own.

use super::width::width;
use crate::writeup::tex::Node;

/// Parentheses and cases that are wider than this are opened up.
const WIDE: f64 = 36.0;
/// Brackets narrower than this are not broken before a relation.
const SHORT: f64 = 14.0;

/// The formula in pieces, between two of which a line may end; at a depth of 0 outside of brackets.
pub fn pieces(nodes: &[Node], within: i32) -> Vec<&[Node]> {
    let mut pieces = Vec::new();
    let (mut depth, mut begin) = (0, 0);
    for (at, node) in nodes.iter().enumerate() {
        if depth <= within && at > begin && may_break(nodes, at) && !(depth > 0 && in_short_bracket(nodes, at)) {
            pieces.push(&nodes[begin..at]);
            begin = at;
        }
        depth += step(node);
    }
    pieces.push(&nodes[begin..]);
    pieces
}

/// Whether a relation stands in brackets that fit on any line: `[1 ≤ t]` stays whole.
fn in_short_bracket(nodes: &[Node], at: usize) -> bool {
    let (before, after) = nodes.split_at(at);
    let mut left = 0;
    let open = before.iter().rposition(|node| {
        left += step(node);
        left > 0
    });
    let mut right = 0;
    let close = after.iter().position(|node| {
        right += step(node);
        right < 0
    });
    let (Some(open), Some(close)) = (open, close) else { return false };
    matches!(nodes[at], Node::Relation(_)) && width(&nodes[open..=at + close]) < SHORT
}

/// The formula with wide parentheses as two large signs, so that lines may end between them, and
/// with the conditions of wide cases one below the other.
pub fn opened(nodes: Vec<Node>) -> Vec<Node> {
    let mut out = Vec::new();
    for node in nodes {
        let wide = width(std::slice::from_ref(&node)) > WIDE;
        match node {
            Node::Fence(open, inner, close) if wide && !open.is_empty() && !close.is_empty() => {
                out.push(Node::Large(open));
                out.extend(inner);
                out.push(Node::Large(close));
            }
            Node::Rows("cases", rows) if wide => {
                out.push(Node::Rows("cases", rows.into_iter().flat_map(one_condition_a_row).collect()));
            }
            Node::Marked(id, inner) if wide => out.extend(apart(&id, &inner)),
            other => out.push(other),
        }
    }
    out
}

/// A marked part in as many marked pieces as it can be broken into.
fn apart(id: &str, inner: &[Node]) -> Vec<Node> {
    let mut out = Vec::new();
    for piece in pieces(inner, 1) {
        let end = piece.iter().rposition(|node| !matches!(node, Node::Space(_))).map_or(0, |at| at + 1);
        out.push(Node::Marked(id.into(), piece[..end].to_vec()));
        out.extend_from_slice(&piece[end..]);
    }
    out
}

fn one_condition_a_row(mut row: Vec<Vec<Node>>) -> Vec<Vec<Vec<Node>>> {
    let mut rows = Vec::new();
    while let Some(at) = row.get(1).and_then(|conditions| conditions.iter().position(joins)) {
        let mut rest = row[1].split_off(at);
        if let Some(Node::Words(word)) = rest.first_mut() {
            *word = word.trim_start().to_string();
        }
        rows.push(std::mem::replace(&mut row, vec![vec![], rest]));
    }
    rows.push(row);
    rows
}

fn joins(node: &Node) -> bool {
    matches!(node, Node::Words(words) if words.starts_with(' ') && words.ends_with(' '))
}

fn step(node: &Node) -> i32 {
    match node {
        Node::Marked(_, inner) => inner.iter().map(step).sum(),
        Node::Text(sign) | Node::Large(sign) => match sign.as_str() {
            "(" | "[" | "{" | "⌊" | "⌈" | "⟨" => 1,
            ")" | "]" | "}" | "⌋" | "⌉" | "⟩" => -1,
            _ => 0,
        },
        _ => 0,
    }
}

/// Whether this node stands between two formulas, whatever is at its left.
pub fn is_relation(node: &Node) -> bool {
    matches!(node, Node::Relation(_)) || is(node, ":")
}

fn may_break(nodes: &[Node], at: usize) -> bool {
    if at > 1 && matches!(nodes[at - 1], Node::Space(",")) && is(&nodes[at - 2], ",") {
        return true;
    }
    let before = nodes[..at].iter().rev().find(|node| !matches!(node, Node::Space(_)));
    let Some(before) = before.filter(|node| !is_relation(node) && !is_sign(node) && !is(node, ",") && !is(node, "/"))
    else {
        return false;
    };
    match &nodes[at] {
        Node::Relation(_) => true,
        node if is_sign(node) => true,
        node if is(node, ":") => matches!(nodes.get(at + 1), Some(Node::Relation("="))),
        node if joins(node) => true,
        Node::Script(..) | Node::Space(_) => false,
        _ => matches!(nodes[at - 1], Node::Space(";" | "qquad")) && !matches!(before, Node::Words(_)),
    }
}

/// Whether this node is a sign between terms or lengths.
pub fn is_sign(node: &Node) -> bool {
    ["+", "-", "×", "·"].iter().any(|sign| is(node, sign))
}

fn is(node: &Node, sign: &str) -> bool {
    matches!(node, Node::Text(text) if text == sign)
}

#[cfg(test)]
mod tests {
    use super::{opened, pieces};
    use crate::writeup::tex::{Node, parse};

    fn count(tex: &str) -> usize {
        pieces(&parse(tex).unwrap(), 0).len()
    }

    #[test]
    fn lines_end_where_a_mathematician_would_break() {
        assert_eq!(count("f[r+1]=-a+b"), 3);
        assert_eq!(count("x:=(a+b)\\;c"), 3);
        assert_eq!(count("\\sum_{k=1}^{5}a\\;b"), 2);
        assert_eq!(count("1\\le r\\text{ and }r\\le 3"), 4);
        assert_eq!(count("r\\;\\mid\\;i"), 2);
        assert_eq!(count("x^{a+b}_{c=d}"), 1);
        assert_eq!(pieces(&parse("(a+b)\\;x[\\,i,\\,k\\,]").unwrap(), 1).len(), 4);
        assert_eq!(pieces(&parse("[1\\le t]\\;a").unwrap(), 1).len(), 2);
        assert_eq!(pieces(&parse("[1\\le aaaaaaaaaaaaaaaaaaaa]\\;a").unwrap(), 1).len(), 3);
    }

    #[test]
    fn long_conditions_get_a_row_each() {
        let tex = "\\begin{cases}x & \\text{if } aaaaaaaaa\\text{ and }bbbbbbbbbbbbbb\\text{ and }cccccccccc\\\\ 0 & \\text{otherwise}\\end{cases}";
        let rows = |nodes: Vec<Node>| if let [Node::Rows(_, rows)] = nodes.as_slice() { rows.len() } else { 0 };
        assert_eq!(rows(parse(tex).unwrap()), 2);
        assert_eq!(rows(opened(parse(tex).unwrap())), 4);
    }
}
