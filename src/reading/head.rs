//! What stands at the head of a product: an array with its indices, a derivative, an upstream
//! gradient.

use super::expression::Reader;
use super::notation::{BARE_LOSSES, LOSSES};
use crate::diagnostic::Diagnostic;
use crate::judge::fits;
use crate::language::syntax::{Expr, ExprKind, Name, Target};
use crate::latex::{Fence, Kind, Link, Tree};

/// Factors side by side.
pub(super) type Items = [(Link, Tree)];

/// An array or a derivative, with what was read of its indices.
#[derive(Clone, Debug)]
pub enum Head {
    /// `x[n, k]`, `W_{1,k,i}`
    Array(Name, Vec<Expr>),
    /// ∂ℓ/∂A
    Gradient(Name, Vec<Expr>),
    /// ∂f/∂A: the indices of both.
    Local((Name, Vec<Expr>), (Name, Vec<Expr>)),
}

/// A name that is written as a letter, perhaps with a subscript of letters and digits: `P_{H1}`.
pub fn plain(tree: &Tree) -> Option<String> {
    match &tree.kind {
        Kind::Name(name) => Some(name.clone()),
        Kind::Scripts(base, Some(below), None) => {
            let base = plain(base).filter(|_| matches!(base.kind, Kind::Name(_)))?;
            Some(format!("{base}_{}", letters(below)?))
        }
        _ => None,
    }
}

pub(super) fn letters(tree: &Tree) -> Option<String> {
    match &tree.kind {
        Kind::Name(name) | Kind::Number(name) => Some(name.clone()),
        Kind::Words(words) if !words.contains(' ') => Some(words.clone()),
        Kind::Row(factors) if factors.iter().all(|(link, _)| *link == Link::Beside) => {
            factors.iter().map(|(_, tree)| letters(tree)).collect()
        }
        _ => None,
    }
}

pub(super) fn is_partial(tree: &Tree) -> bool {
    matches!(&tree.kind, Kind::Name(n) if n == "partial" || n == "d")
}

pub(super) fn beside(tree: &Tree) -> Vec<(Link, Tree)> {
    match &tree.kind {
        Kind::Row(factors) => factors.clone(),
        _ => vec![(Link::Beside, tree.clone())],
    }
}

/// The indices and the power of `[n]^{2}`, which is what follows the letter of `h[n]^{2}`.
pub(super) fn power_of_indices(tree: &Tree) -> Option<(&Tree, &Tree)> {
    match &tree.kind {
        Kind::Scripts(base, None, Some(above)) if matches!(base.kind, Kind::Fenced(Fence::Square, _)) => {
            Some((base, above))
        }
        _ => None,
    }
}

impl Reader<'_> {
    /// The target of a left side; none if it is no answer of the system.
    ///
    /// # Errors
    /// What cannot be understood, at its place.
    pub fn target(&self, tree: &Tree) -> Result<Option<Target>, Diagnostic> {
        let items = beside(tree);
        let power = |tree: &Tree| matches!(&tree.kind, Kind::Scripts(_, _, Some(above)) if !matches!(above.kind, Kind::Fenced(..)));
        if items
            .first()
            .is_some_and(|(_, first)| power(first) && self.notated(&items).is_none_or(|(_, used)| used == 1))
        {
            return Ok(None);
        }
        let Some((head, used)) = self.head(&items, &[])? else { return Ok(None) };
        if used < items.len() || items.last().is_some_and(|(_, last)| power_of_indices(last).is_some()) {
            return Ok(None);
        }
        let some = |at: Vec<Expr>| (!at.is_empty()).then_some(at);
        Ok(Some(match head {
            Head::Array(name, at) if self.system.equation(&name).is_some() => Target::Value(name, some(at)),
            Head::Array(..) => return Ok(None),
            Head::Gradient(name, at) => Target::Gradient(name, some(at)),
            Head::Local((output, rows), (array, columns)) => {
                Target::Jacobian((output, some(rows)), (array, some(columns)))
            }
        }))
    }

    /// What the factors begin with, and how many of them belong to it.
    pub(super) fn head(&self, items: &Items, scope: &[Name]) -> Result<Option<(Head, usize)>, Diagnostic> {
        let Some((_, first)) = items.first() else { return Ok(None) };
        if let Some(found) = self.lettered(items, scope)? {
            return Ok(Some(found));
        }
        if plain(first).is_some_and(|name| {
            BARE_LOSSES.contains(&&*name) && !self.system.names(&name) && !scope.contains(&name.as_str().into())
        }) && let Some(loss) = self.loss()
        {
            return Ok(Some((Head::Array(loss, Vec::new()), 1)));
        }
        if let Some(found) = self.superscripted(first, scope)? {
            return self.indexed(found, items, 1, scope).map(Some);
        }
        if let Some((head, used)) = self.nabla(items, scope)? {
            return self.indexed(head, items, used, scope).map(Some);
        }
        if let Some((head, used)) = self.adjoint(items, scope)? {
            return self.indexed(head, items, used, scope).map(Some);
        }
        if let Some((name, used)) = self.notated(items) {
            let mut at = Vec::new();
            if let Kind::Scripts(_, Some(below), _) = &items[0].1.kind
                && used == 1
                && plain(first).and_then(|name| self.lettered_array(&name)).is_none()
            {
                at = self.indices(&name, below, scope)?;
            }
            return self.indexed(Head::Array(name, at), items, used, scope).map(Some);
        }
        if let Some(found) = self.slashed(items, scope)? {
            return Ok(Some(found));
        }
        match &first.kind {
            Kind::Over(above, below) if is_partial(above) && items.len() > 1 => {
                let whole = Tree {
                    kind: Kind::Row(vec![(Link::Beside, (**above).clone()), items[1].clone()]),
                    span: first.span,
                };
                match self.derivative(&whole, below, scope)? {
                    Some(head) => self.indexed(head, items, 2, scope).map(Some),
                    None => Ok(None),
                }
            }
            Kind::Over(above, below) => match self.derivative(above, below, scope)? {
                Some(head) => self.indexed(head, items, 1, scope).map(Some),
                None => Ok(None),
            },
            Kind::Fenced(Fence::Round | Fence::Square, inner) => match inner.as_slice() {
                [only @ Tree { kind: Kind::Over(..) | Kind::Row(_), .. }] => {
                    let inside = beside(only);
                    match self.head(&inside, scope)? {
                        Some((head @ (Head::Gradient(..) | Head::Local(..)), used)) if used == inside.len() => {
                            self.indexed(head, items, 1, scope).map(Some)
                        }
                        _ => Ok(None),
                    }
                }
                _ => Ok(None),
            },
            Kind::Scripts(base, Some(list), above) => {
                let alone = vec![(Link::Beside, (**base).clone())];
                match (self.head(&alone, scope)?, &base.kind) {
                    (Some((head, 1)), Kind::Over(..) | Kind::Fenced(..)) => {
                        let head = self.with(head, list, scope)?;
                        if above.is_some() {
                            return Err(Diagnostic::new("a power of a derivative is not understood here", first.span));
                        }
                        self.indexed(head, items, 1, scope).map(Some)
                    }
                    _ => Ok(None),
                }
            }
            _ => Ok(None),
        }
    }

    /// What a letter of the author's stands for, with its subscript and the brackets that follow.
    fn lettered(&self, items: &Items, scope: &[Name]) -> Result<Option<(Head, usize)>, Diagnostic> {
        for (symbol, head) in &self.letters {
            if items.len() >= symbol.len() && symbol.iter().zip(items).all(|((_, a), (_, b))| a == b) {
                return self.indexed(head.clone(), items, symbol.len(), scope).map(Some);
            }
            if let ([(_, letter)], Kind::Scripts(base, Some(below), None)) = (symbol.as_slice(), &items[0].1.kind)
                && **base == *letter
            {
                let head = self.with(head.clone(), below, scope)?;
                return self.indexed(head, items, 1, scope).map(Some);
            }
        }
        Ok(None)
    }

    /// Whether a letter is that of an upstream gradient.
    pub(super) fn is_upstream(&self, name: &str) -> bool {
        let printed = self.names.upstream.iter().any(|(_, letter)| **letter == *name);
        printed || name == "g" && self.system.outputs.len() == 1 && !self.system.names("g")
    }

    pub(super) fn is_array(&self, name: &str) -> bool {
        let name: Name = name.into();
        self.system.bounds(&name).is_some()
    }

    /// Whether this is an entry of an array that an equation defines, at indices that nothing declares:
    /// `y_i`.
    pub(super) fn is_entry(&self, tree: &Tree) -> bool {
        let Kind::Scripts(base, Some(below), None) = &tree.kind else { return false };
        let Some(array) = plain(base).filter(|name| self.system.equation(name).is_some()) else { return false };
        let index = |e: &Expr| matches!(&e.kind, ExprKind::Name(name) if !self.has(name));
        self.indices(&array.as_str().into(), below, &[])
            .is_ok_and(|at| at.iter().all(index) && fits(self.system, &array.as_str().into(), &at))
    }

    /// The array that the factors begin with by its notation or name, the longest first.
    fn notated(&self, items: &Items) -> Option<(Name, usize)> {
        for (pattern, name) in self.patterns.iter() {
            let fits = items.len() >= pattern.len()
                && pattern
                    .iter()
                    .zip(items)
                    .enumerate()
                    .all(|(k, ((_, a), (link, b)))| a == b && (k == 0 || *link == Link::Beside));
            if fits {
                return Some((name.clone(), pattern.len()));
            }
        }
        let first = &items.first()?.1;
        if let Some(name) = plain(first).and_then(|name| self.lettered_array(&name)) {
            return Some((name, 1));
        }
        let bare = match &first.kind {
            Kind::Scripts(base, Some(_), _) => plain(base)?,
            _ => return None,
        };
        self.lettered_array(&bare).map(|name| (name, 1))
    }

    /// How many axes an array, or the output behind a letter, has.
    fn axes(&self, name: &Name) -> usize {
        let output = self.names.upstream.iter().find(|(_, letter)| letter == name).map(|(output, _)| output);
        let only = self.system.outputs.first().filter(|_| &**name == "g");
        let of = if self.system.bounds(name).is_some() { Some(name) } else { output.or(only) };
        of.and_then(|name| self.system.bounds(name)).map_or(0, |axes| axes.len())
    }

    /// Takes in the brackets that follow, as long as indices are missing.
    fn indexed(
        &self,
        mut head: Head,
        items: &Items,
        mut used: usize,
        scope: &[Name],
    ) -> Result<(Head, usize), Diagnostic> {
        while let Some((Link::Beside, next)) = items.get(used) {
            let missing = match &head {
                Head::Array(name, at) | Head::Gradient(name, at) => at.len() < self.axes(name).max(1),
                Head::Local((_, rows), (_, columns)) => rows.is_empty() && columns.is_empty(),
            };
            let index = |item: &Tree| !matches!(item.kind, Kind::Relations(..) | Kind::Joined(..));
            let (indices, power) = match power_of_indices(next) {
                Some((indices, power)) => (indices, Some(power)),
                None => (next, None),
            };
            let Kind::Fenced(Fence::Square, inner) = &indices.kind else { break };
            if !missing || !inner.iter().all(index) {
                break;
            }
            let list = Tree { kind: Kind::List(inner.clone()), span: next.span };
            head = self.with(head, &list, scope)?;
            used += 1;
            if power.is_some() {
                break;
            }
        }
        Ok((head, used))
    }

    pub(super) fn with(&self, head: Head, list: &Tree, scope: &[Name]) -> Result<Head, Diagnostic> {
        Ok(match head {
            Head::Array(name, mut at) => {
                at.extend(self.indices(&name, list, scope)?);
                Head::Array(name, at)
            }
            Head::Gradient(name, mut at) => {
                at.extend(self.indices(&name, list, scope)?);
                Head::Gradient(name, at)
            }
            Head::Local((output, rows), (array, columns)) if rows.is_empty() && columns.is_empty() => {
                let all = self.indices(&array, list, scope)?;
                let fitting =
                    |s: &usize| fits(self.system, &output, &all[..*s]) && fits(self.system, &array, &all[*s..]);
                let exact = |s: &usize| *s == self.axes(&output) && all.len() - s == self.axes(&array);
                let split = (0..=all.len()).find(exact).or_else(|| (0..=all.len()).find(fitting));
                let Some(split) = split else {
                    let axes = self.axes(&output) + self.axes(&array);
                    let message = format!("this derivative has {axes} axes, read with {} indices", all.len());
                    return Err(Diagnostic::new(message, list.span));
                };
                Head::Local((output, all[..split].to_vec()), (array, all[split..].to_vec()))
            }
            Head::Local(..) => return Err(Diagnostic::new("the indices are given twice", list.span)),
        })
    }

    /// The indices in a subscript or bracket: what commas part; letters side by side, if they are as
    /// many as the axes.
    pub(super) fn indices(&self, array: &Name, list: &Tree, scope: &[Name]) -> Result<Vec<Expr>, Diagnostic> {
        let items = match &list.kind {
            Kind::List(items) => items.clone(),
            Kind::Fenced(Fence::Square | Fence::Round, items) => items.clone(),
            _ => vec![list.clone()],
        };
        if let [Tree { kind: Kind::Row(factors), .. }] = items.as_slice() {
            let single = |tree: &Tree| matches!(&tree.kind, Kind::Name(n) | Kind::Number(n) if n.chars().count() == 1);
            let apart = factors.iter().all(|(link, tree)| *link == Link::Beside && single(tree));
            if apart {
                let each = factors.iter().map(|(_, tree)| self.value(tree, scope)).collect::<Result<Vec<_>, _>>()?;
                if fits(self.system, &self.behind(array), &each) {
                    return Ok(each);
                }
            }
        }
        items.iter().map(|item| self.value(item, scope)).collect()
    }

    /// The output behind the letter of an upstream gradient; else the name itself.
    pub(super) fn behind(&self, name: &Name) -> Name {
        let output = self.names.upstream.iter().find(|(_, letter)| letter == name).map(|(output, _)| output.clone());
        let known = self.system.bounds(name).is_some();
        match (known, output, self.system.outputs.as_slice()) {
            (true, ..) => name.clone(),
            (false, Some(output), _) => output,
            (false, None, [only]) => only.clone(),
            _ => name.clone(),
        }
    }

    /// `\partial \ell / \partial w_i`
    fn slashed(&self, items: &Items, scope: &[Name]) -> Result<Option<(Head, usize)>, Diagnostic> {
        let partial = |tree: &Tree| matches!(&tree.kind, Kind::Name(n) if n == "partial");
        if !items.first().is_some_and(|(_, first)| partial(first)) {
            return Ok(None);
        }
        let slash = items.iter().position(|(link, tree)| *link == Link::Slash && partial(tree));
        let Some(slash) = slash else { return Ok(None) };
        let row = |items: &Items, span| Tree { kind: Kind::Row(items.to_vec()), span };
        let Some((_, used)) = self.head(&items[slash + 1..], scope)? else { return Ok(None) };
        let used = slash + 1 + used;
        let (above, below) = (row(&items[..slash], items[0].1.span), row(&items[slash..used], items[slash].1.span));
        Ok(self.derivative(&above, &below, scope)?.map(|head| (head, used)))
    }

    /// ∂a/∂b: a derivative if both sides begin with ∂.
    pub(super) fn derivative(&self, above: &Tree, below: &Tree, scope: &[Name]) -> Result<Option<Head>, Diagnostic> {
        let after = |tree: &Tree| {
            let items = beside(tree);
            match items.split_first() {
                Some(((_, first), rest)) if is_partial(first) && !rest.is_empty() => Some(rest.to_vec()),
                _ => None,
            }
        };
        let (Some(above), Some(below)) = (after(above), after(below)) else { return Ok(None) };
        let span = below[0].1.span;
        let Some((Head::Array(array, columns), used)) = self.head(&below, scope)? else {
            return Err(Diagnostic::new("this is no array of the system", span).label("differentiated for this"));
        };
        if used < below.len() {
            return Err(Diagnostic::new("a derivative is for one array", span));
        }
        let is_loss = match above.as_slice() {
            [(_, only)] | [(_, only), (Link::Beside, Tree { kind: Kind::Fenced(Fence::Round, _), .. })] => {
                plain(only).is_some_and(|name| LOSSES.contains(&&*name) && !self.is_array(&name))
            }
            _ => false,
        };
        if is_loss && let Some(loss) = self.loss() {
            return Ok(Some(Head::Local((loss, Vec::new()), (array, columns))));
        }
        if is_loss {
            return Ok(Some(Head::Gradient(array, columns)));
        }
        match self.head(&above, scope)? {
            Some((Head::Array(output, rows), used)) if used == above.len() => {
                Ok(Some(Head::Local((output, rows), (array, columns))))
            }
            _ => Err(Diagnostic::new("this is no array of the system", above[0].1.span).label("differentiated")),
        }
    }

    /// The head as an expression.
    pub(super) fn head_expr(&self, head: Head) -> ExprKind {
        match head {
            Head::Array(name, at) if at.is_empty() => ExprKind::Name(name),
            Head::Array(name, at) => ExprKind::Read(name, at),
            Head::Gradient(name, at) => ExprKind::Upstream(name, at),
            Head::Local((output, rows), (array, columns)) => {
                let of = if rows.is_empty() { ExprKind::Name(output) } else { ExprKind::Read(output, rows) };
                ExprKind::Derivative(Box::new(Expr::new(of)), array, columns)
            }
        }
    }
}
