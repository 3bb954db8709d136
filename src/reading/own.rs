//! Symbols of the author's own that have indices or are whole vectors: `\delta_i = p_i - y_i`, `\delta = p - y`.

use super::expression::{Own, Reader};
use crate::language::syntax::Name;
use crate::latex::{Kind, Tree};

impl Reader<'_> {
    /// The symbol that a statement defines.
    pub fn own_of(&self, tree: &Tree) -> Option<Own> {
        let Kind::Relations(Some(first), sides) = &tree.kind else { return None };
        let letter = bare_letter(first)?;
        self.own_symbol(&letter)?;
        let (_, side) = sides.first()?;
        let at = match &first.kind {
            Kind::Scripts(_, Some(below), None) => indices(below)?,
            _ => Vec::new(),
        };
        let known = match at.is_empty() {
            true => self.is_whole(side),
            false => {
                let inside = |name: &Name| side.any(&mut |t| matches!(&t.kind, Kind::Name(n) if **n == **name));
                at.iter().all(|name| !self.is_size(name) && inside(name)) && self.value(side, &at).is_ok()
            }
        };
        known.then(|| Own { letter, at, value: side.clone() })
    }
}

/// The letter of a left side, without its indices.
pub fn bare_letter(tree: &Tree) -> Option<Tree> {
    match &tree.kind {
        Kind::Name(_) => Some(tree.clone()),
        Kind::Scripts(base, _, None) => matches!(base.kind, Kind::Name(_)).then(|| (**base).clone()),
        _ => None,
    }
}

/// The letters in a subscript.
fn indices(below: &Tree) -> Option<Vec<Name>> {
    let one = |tree: &Tree| match &tree.kind {
        Kind::Name(name) => Some(Name::from(name.as_str())),
        _ => None,
    };
    match &below.kind {
        Kind::List(items) => items.iter().map(one).collect(),
        Kind::Row(factors) => factors.iter().map(|(_, tree)| one(tree)).collect(),
        _ => one(below).map(|name| vec![name]),
    }
}
