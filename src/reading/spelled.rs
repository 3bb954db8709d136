//! Names that are spelled with more than one letter, made one: `W^{(2)}`, `W_{2,ij}`, `(W_2)_{ij}`, `\bar W_2`.
//!
//! Invariant: what has a meaning as it stands keeps it; only the spelling changes.

use super::expression::{Reader, is_condition};
use super::head::{is_partial, letters, plain};
use super::notation::LOSSES;
use crate::language::syntax::{Relation, Target};
use crate::latex::{Fence, Glyph, Kind, Link, Tree};
use std::collections::BTreeMap;

impl Reader<'_> {
    /// The tree with each name in one letter: a label above in brackets, or the first of the subscripts, is
    /// part of the name where an array is called so; what a derivative is for stands without parentheses.
    /// Of letters that the system does not know, a number above in brackets is part of the name, and so is a
    /// letter that stands nowhere else; what else stands there is an index before the others.
    pub fn spelled(&self, tree: &Tree) -> Tree {
        let mut once = BTreeMap::new();
        tree.any(&mut |part| {
            if let Kind::Name(name) = &part.kind {
                once.entry(name.clone()).and_modify(|once| *once = false).or_insert(true);
            }
            false
        });
        self.respelled(tree, &once)
    }

    /// The statements of a formula, spelled. What is said of an entry of a recurrence under a condition
    /// that follows, `h_t = A h_{t-1},\ t \ge 1`, says nothing of the others.
    pub fn statements(&self, trees: &[Tree]) -> Vec<Tree> {
        let spelled = trees.iter().map(|tree| self.spelled(tree)).map(without_range);
        let (mut spelled, ranges): (Vec<Tree>, Vec<Option<Tree>>) = spelled.unzip();
        for k in 0..spelled.len() {
            let (before, after) = spelled.split_at_mut(k + 1);
            if let Some(range) = ranges[k].clone().or_else(|| range(after)) {
                self.restrict(&mut before[k], &range);
            }
        }
        spelled
    }

    fn restrict(&self, statement: &mut Tree, condition: &Tree) {
        let Kind::Relations(Some(first), sides) = &mut statement.kind else { return };
        let Ok(Some(target)) = self.target(first) else { return };
        let array = match &target {
            Target::Value(array, Some(_))
            | Target::Gradient(array, Some(_))
            | Target::Jacobian((_, None), (array, Some(_))) => array,
            _ => return,
        };
        let own = self.indices_of(&target);
        let about_own =
            condition.any(&mut |part| matches!(&part.kind, Kind::Name(name) if own.iter().any(|i| **i == **name)));
        if self.system.recurrence(array).is_none() || !about_own {
            return;
        }
        for (_, side) in sides.iter_mut().filter(|(glyph, _)| *glyph == Glyph::Compare(Relation::Equal)) {
            let cases = vec![(side.clone(), Some(condition.clone())), ((**first).clone(), None)];
            *side = Tree { kind: Kind::Cases(cases), span: side.span };
        }
    }

    fn respelled(&self, tree: &Tree, once: &Once) -> Tree {
        let mut patterns = self.patterns.iter();
        if patterns.any(|(pattern, _)| matches!(pattern.as_slice(), [(_, only)] if only == tree)) {
            return tree.clone();
        }
        if let Kind::Name(name) = &tree.kind
            && let Some(other) = self.other_form(name)
        {
            return Tree { kind: Kind::Name(other), span: tree.span };
        }
        let mut tree = tree.clone().with_parts(&mut |part| self.respelled(&part, once));
        if let Kind::Row(items) = &mut tree.kind
            && let [(_, first), (Link::Beside, second), ..] = items.as_mut_slice()
            && is_partial(first)
            && let Kind::Scripts(base, ..) = &mut second.kind
        {
            **base = self.without_parentheses(base).clone();
            *second = self.respelled(second, once);
        }
        let Kind::Scripts(base, below, above) = &tree.kind else { return tree };
        let spelled = match plain(base) {
            Some(letter) => self.labelled(&letter, below.as_deref(), above.as_deref(), once),
            None => None,
        };
        let (name, below, above) = match spelled {
            Some((name, below, above)) => (Tree { kind: Kind::Name(name), span: base.span }, below, above),
            None => return tree,
        };
        match (below, above) {
            (None, None) => Tree { span: tree.span, ..name },
            (below, above) => {
                let kind = Kind::Scripts(Box::new(name), below.map(Box::new), above.map(Box::new));
                Tree { kind, span: tree.span }
            }
        }
    }

    /// The form in which a Greek letter is declared, if it is in another: ε for ϵ, `eps`.
    fn other_form(&self, name: &str) -> Option<String> {
        if self.system.names(name) {
            return None;
        }
        let plain = name.strip_prefix("var").unwrap_or(name);
        let short = if plain == "epsilon" { "eps" } else { plain };
        let forms = [plain.to_string(), format!("var{plain}"), short.to_string()];
        forms.into_iter().find(|form| form != name && self.system.names(form))
    }

    /// The name of an array, out of the parentheses around it.
    fn without_parentheses<'t>(&self, base: &'t Tree) -> &'t Tree {
        match &base.kind {
            Kind::Fenced(Fence::Round | Fence::Square, items) => match items.as_slice() {
                [only] if plain(only).is_some_and(|name| self.lettered_array(&name).is_some()) => only,
                _ => base,
            },
            _ => base,
        }
    }

    /// A letter with what belongs to its name, and the scripts that are left.
    fn labelled(&self, letter: &str, below: Option<&Tree>, above: Option<&Tree>, once: &Once) -> Option<Spelled> {
        let label_above = above.and_then(|above| match &above.kind {
            Kind::Fenced(Fence::Round | Fence::Square, items) if items.len() == 1 => items.first(),
            _ => None,
        });
        if let Some(inner) = label_above {
            if let Some(name) = letters(inner).and_then(|label| self.called_with(letter, &label)) {
                return Some((name, below.cloned(), None));
            }
            if self.is_foreign(letter) {
                return Some(match (&inner.kind, below) {
                    (Kind::Number(label), _) => (format!("{letter}^({label})"), below.cloned(), None),
                    (Kind::Name(label), _) if once.get(label) == Some(&true) => {
                        (format!("{letter}^({label})"), below.cloned(), None)
                    }
                    (_, None) => (letter.to_string(), Some(inner.clone()), None),
                    (_, Some(below)) => {
                        let mut items = vec![inner.clone()];
                        match &below.kind {
                            Kind::List(more) => items.extend(more.iter().cloned()),
                            _ => items.push(below.clone()),
                        }
                        (letter.to_string(), Some(Tree { kind: Kind::List(items), span: below.span }), None)
                    }
                });
            }
        }
        let below = below?;
        match &below.kind {
            Kind::List(items) if self.lettered_array(letter).is_none() => {
                let (first, rest) = items.split_first()?;
                let name = letters(first).and_then(|label| self.called_with(letter, &label))?;
                let rest = match rest {
                    [only] => only.clone(),
                    _ => Tree { kind: Kind::List(rest.to_vec()), span: below.span },
                };
                Some((name, Some(rest), above.cloned()))
            }
            Kind::List(_) => None,
            _ => {
                let signed = letter.contains(' ');
                let name = letters(below).filter(|_| signed).and_then(|label| self.called_with(letter, &label))?;
                Some((name, None, above.cloned()))
            }
        }
    }

    /// The array that a letter with a label is, with the sign that the letter has.
    fn called_with(&self, letter: &str, label: &str) -> Option<String> {
        let (sign, letter) = match letter.strip_prefix("bar ") {
            Some(letter) if self.lettered_array(&format!("bar {letter}")).is_none() => ("bar ", letter),
            _ => ("", letter),
        };
        let names = [format!("{letter}{label}"), format!("{letter}_{label}")];
        names.into_iter().find(|name| self.is_array(name)).map(|name| format!("{sign}{name}"))
    }

    /// Whether a letter means nothing to the system.
    fn is_foreign(&self, letter: &str) -> bool {
        let bare = letter.strip_prefix("bar ").unwrap_or(letter);
        let known = |name: &str| {
            self.lettered_array(name).is_some() || self.means_something(name, &[]) || self.called(name, 1).is_some()
        };
        !(known(letter) || known(bare) || ["e", "partial", "nabla"].contains(&letter) || LOSSES.contains(&letter))
    }
}

/// The statement and, if it ends with one in parentheses, the range of an index: `(1 \le t \le T)`.
fn without_range(mut statement: Tree) -> (Tree, Option<Tree>) {
    let range = match &mut statement.kind {
        Kind::Relations(Some(_), sides) => match sides.last_mut() {
            Some((Glyph::Compare(Relation::Equal), side)) => range_at_the_end(side),
            _ => None,
        },
        _ => None,
    };
    (statement, range)
}

/// Takes a condition in parentheses away from the end of a value, where it is no factor: nothing that counts
/// conditions stands before it.
fn range_at_the_end(side: &mut Tree) -> Option<Tree> {
    const COUNTING: [&str; 5] = ["bb 1", "bb I", "I", "1", "delta"];
    match &mut side.kind {
        Kind::Sum(terms) => range_at_the_end(&mut terms.last_mut()?.1),
        Kind::Big(_, _, _, body) => range_at_the_end(body),
        Kind::Row(items) => {
            let [.., (_, before), (link, last)] = items.as_mut_slice() else { return None };
            let Kind::Fenced(Fence::Round, inner) = &last.kind else { return range_at_the_end(last) };
            let counts = plain(before).is_some_and(|name| COUNTING.contains(&name.as_str()));
            if *link != Link::Beside || counts || !inner.first().is_some_and(is_condition) {
                return None;
            }
            let range = range(inner);
            items.pop();
            if items.len() == 1 {
                *side = items.remove(0).1;
            }
            range
        }
        _ => None,
    }
}

/// The range of an index that items begin with: `1 \le t \le T`, `t \in \{1, \ldots, T\}`, `t = 1, \ldots, T`.
fn range(items: &[Tree]) -> Option<Tree> {
    let (first, rest) = items.split_first()?;
    let Kind::Relations(Some(index), sides) = &first.kind else { return None };
    let bounds = |(glyph, side): &(Glyph, Tree)| match glyph {
        Glyph::Compare(relation) => *relation != Relation::Equal,
        Glyph::In => matches!(side.kind, Kind::Fenced(Fence::Curly | Fence::Square, _)),
        Glyph::Divides | Glyph::DividesNot => false,
    };
    if sides.iter().all(bounds) {
        return Some(first.clone());
    }
    let dots = rest.iter().take(2).any(|item| matches!(&item.kind, Kind::Words(words) if words == "…"));
    match (&index.kind, sides.as_slice()) {
        (Kind::Name(_), [(Glyph::Compare(Relation::Equal), least)]) if dots => {
            let sides = vec![(Glyph::Compare(Relation::AtLeast), least.clone())];
            Some(Tree { kind: Kind::Relations(Some(index.clone()), sides), span: first.span })
        }
        (Kind::Name(_), [(Glyph::Compare(Relation::Equal), _)]) => Some(first.clone()),
        _ => None,
    }
}

/// A name, and the scripts below and above that are no part of it.
type Spelled = (String, Option<Tree>, Option<Tree>);

/// The names in a formula, and whether each stands there once.
type Once = BTreeMap<String, bool>;
