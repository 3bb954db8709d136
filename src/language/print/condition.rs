//! Conditions, targets and shapes as plain text.
//!
//! Both sides of a comparison are set close in Unicode, so that the comparison stands out:
//! `1 ≤ n−2(r−1) ≤ 3`.
//!
//! Invariant: `or` inside `and`, and either inside itself, stands in parentheses.

use super::expression::{Level, Pen, Room};
use crate::language::syntax::{Condition, Expr, Relation, Target};

impl Pen {
    /// `1 <= n <= 3`, `p and q`
    pub(super) fn condition(self, p: &Condition) -> String {
        let room = if self.unicode() { Room::Tight } else { Room::Wide };
        let side = |value: &Expr| self.expression(value, Level::Sum, room);
        match p {
            Condition::Chain(first, links) => {
                let links = links.iter().map(|(joint, value)| format!(" {} {}", self.relation(*joint), side(value)));
                std::iter::once(side(first)).chain(links).collect()
            }
            Condition::Divides(left, right) => format!("{} | {}", side(left), side(right)),
            Condition::All(list) => self.joined(list, " and ", |p| matches!(p, Condition::All(_) | Condition::Any(_))),
            Condition::Any(list) => self.joined(list, " or ", |p| matches!(p, Condition::Any(_))),
            Condition::Not(p) => format!("not ({})", self.condition(p)),
        }
    }

    fn joined(self, list: &[Condition], joint: &str, wrapped: impl Fn(&Condition) -> bool) -> String {
        let pieces: Vec<String> = list
            .iter()
            .map(|p| if wrapped(p) { format!("({})", self.condition(p)) } else { self.condition(p) })
            .collect();
        pieces.join(joint)
    }

    /// `<=`, `≤`
    pub(super) fn relation(self, relation: Relation) -> &'static str {
        let (ascii, unicode) = match relation {
            Relation::Equal => ("=", "="),
            Relation::NotEqual => ("!=", "≠"),
            Relation::Less => ("<", "<"),
            Relation::AtMost => ("<=", "≤"),
            Relation::Greater => (">", ">"),
            Relation::AtLeast => (">=", "≥"),
        };
        if self.unicode() { unicode } else { ascii }
    }

    /// `shape f`, `df[r,1]/dx[n,c]`
    pub(super) fn target(self, target: &Target) -> String {
        match target {
            Target::Shape(of) => format!("shape {}", self.target(of)),
            Target::Value(name, at) => match at {
                None => name.to_string(),
                Some(at) => format!("{name}{}", self.indices(at)),
            },
            Target::Jacobian((above, at), (below, by)) => {
                format!("{}/{}", self.differential(above, at.as_deref()), self.differential(below, by.as_deref()))
            }
            Target::Second(parts) => {
                let [(of, rows), (first, at), (second, by)] = &**parts;
                let of = format!("{of}{}", rows.as_deref().map_or(String::new(), |rows| self.indices(rows)));
                self.second(&of, &self.differential(first, at.as_deref()), &self.differential(second, by.as_deref()))
            }
            Target::Gradient(name, at) => {
                format!("{}/{}", self.pick("dl", "∂ℓ"), self.differential(name, at.as_deref()))
            }
        }
    }

    /// `3 x (7 x 5)` without the groups.
    pub(super) fn shape(self, lengths: &[Expr]) -> String {
        if lengths.is_empty() {
            return "scalar".to_owned();
        }
        let level = if lengths.len() == 1 { Level::Sum } else { Level::Factor };
        let lengths: Vec<String> = lengths.iter().map(|length| self.expression(length, level, Room::Wide)).collect();
        lengths.join(self.pick(" x ", " × "))
    }
}
