//! Notations that say which array or derivative is meant in other ways than by name and subscript:
//! indices above, signs on letters, `\nabla`, `dW`, letters for a loss.

use super::expression::Reader;
use super::head::{Head, Items, beside, letters, plain};
use crate::diagnostic::Diagnostic;
use crate::language::syntax::Name;
use crate::latex::{Fence, Kind, Link, Tree};

/// How a loss is called.
pub(super) const LOSSES: &[&str] = &["ell", "cal L", "L", "l", "E", "J", "C", "Loss", "loss", "cal E", "cal J"];

/// How a loss is called where it stands alone.
pub(super) const BARE_LOSSES: &[&str] = &["ell", "cal L", "L", "J", "Loss", "loss", "cal E", "cal J"];

impl Reader<'_> {
    /// `x_n^{(k)}`, `x^{(t)}_j`: what stands above in brackets is an index, before or after the others as it is
    /// written, or the other way round.
    pub(super) fn superscripted(&self, tree: &Tree, scope: &[Name]) -> Result<Option<Head>, Diagnostic> {
        let Kind::Scripts(base, below, Some(above)) = &tree.kind else { return Ok(None) };
        let Kind::Fenced(Fence::Round | Fence::Square, inner) = &above.kind else { return Ok(None) };
        let ([only], Some(letter)) = (inner.as_slice(), plain(base)) else { return Ok(None) };
        let Some(name) = self.lettered_array(&letter) else { return Ok(None) };
        let under = below.as_ref().map_or(Ok(Vec::new()), |below| self.indices(&name, below, scope))?;
        let index = vec![self.value(only, scope)?];
        let first = self.swapped != below.as_ref().is_none_or(|below| above.span.start < below.span.start);
        Ok(Some(Head::Array(name, if first { [index, under].concat() } else { [under, index].concat() })))
    }

    /// The arrays that a tree reads with an index above in brackets: in which order the indices are meant
    /// is not said.
    pub fn loosely_indexed(&self, tree: &Tree) -> Vec<Name> {
        let mut found = Vec::new();
        tree.any(&mut |part| {
            if let Kind::Scripts(_, Some(_), Some(above)) = &part.kind
                && matches!(above.kind, Kind::Fenced(..))
                && let Ok(Some(Head::Array(name, _))) = self.superscripted(part, &[])
            {
                found.push(name);
            }
            false
        });
        found
    }

    /// `\nabla_W \ell`, `\partial_W \ell`
    pub(super) fn nabla(&self, items: &Items, scope: &[Name]) -> Result<Option<(Head, usize)>, Diagnostic> {
        let Some((_, Tree { kind: Kind::Scripts(base, Some(below), None), .. })) = items.first() else {
            return Ok(None);
        };
        if !matches!(&base.kind, Kind::Name(n) if n == "nabla" || n == "partial") || items.len() < 2 {
            return Ok(None);
        }
        let partial = || (Link::Beside, Tree { kind: Kind::Name("partial".into()), span: base.span });
        let mut used = 2;
        if matches!(items.get(2), Some((Link::Beside, Tree { kind: Kind::Fenced(Fence::Round, _), .. }))) {
            used = 3;
        }
        let above = [vec![partial()], items[1..used].to_vec()].concat();
        let under = [vec![partial()], beside(below)].concat();
        let row = |items| Tree { kind: Kind::Row(items), span: base.span };
        Ok(self.derivative(&row(above), &row(under), scope)?.map(|head| (head, used)))
    }

    /// `\bar W` and `dW` for the gradient: where nothing else is called so, and of a given array only where
    /// the formula speaks of an upstream gradient.
    pub(super) fn adjoint(&self, items: &Items, scope: &[Name]) -> Result<Option<(Head, usize)>, Diagnostic> {
        let allowed = |name: &str| self.is_array(name) && (self.upstream.get() || self.system.equation(name).is_some());
        let first = &items[0].1;
        let (base, below) = match &first.kind {
            Kind::Scripts(base, below, None) => (&**base, below.as_deref()),
            _ => (first, None),
        };
        if let Kind::Name(name) = &base.kind
            && let Some(letter) = name.strip_prefix("bar ")
            && self.accented(name).is_none()
        {
            let joined = below.and_then(letters).map(|label| format!("{letter}_{label}"));
            if let Some(array) = joined.filter(|name| allowed(name)) {
                return Ok(Some((Head::Gradient(array.as_str().into(), Vec::new()), 1)));
            }
            if allowed(letter) {
                let head = Head::Gradient(letter.into(), Vec::new());
                let head = match below {
                    Some(below) => self.with(head, below, scope)?,
                    None => head,
                };
                return Ok(Some((head, 1)));
            }
        }
        let differential =
            matches!(&first.kind, Kind::Name(n) if n == "d" && !self.is_array("d") && !self.is_size("d"));
        if differential
            && (self.differentials.get() || !scope.iter().any(|name| &**name == "d"))
            && let Some((Link::Beside, _)) = items.get(1)
            && let Some((Head::Array(array, at), used)) = self.head(&items[1..], scope)?
            && allowed(&array)
            && self.is_array(&array)
        {
            return Ok(Some((Head::Gradient(array, at), used + 1)));
        }
        Ok(None)
    }

    /// Whether a left side is `dW`: then `d` is no index, even where one is called so.
    pub(super) fn is_differential(&self, tree: &Tree) -> bool {
        let is_d = |tree: &Tree| matches!(&tree.kind, Kind::Name(n) if n == "d");
        matches!(&tree.kind, Kind::Row(factors) if is_d(&factors[0].1)) && !self.is_array("d") && !self.is_size("d")
    }

    /// Whether a formula speaks of an upstream gradient, in whatever notation: of that of an output, or of
    /// any array that is computed.
    pub(super) fn speaks_of_upstream(&self, tree: &Tree, outputs: bool) -> bool {
        let computed = |name: &str| match outputs {
            true => self.system.outputs.iter().any(|output| **output == *name),
            false => self.system.equation(name).is_some(),
        };
        tree.any(&mut |part| match &part.kind {
            Kind::Name(name) => self.is_upstream(name) || name.strip_prefix("bar ").is_some_and(computed),
            Kind::Row(factors) => factors.windows(2).any(|pair| {
                let letter = match &pair[1].1.kind {
                    Kind::Scripts(base, ..) => plain(base),
                    _ => plain(&pair[1].1),
                };
                matches!(&pair[0].1.kind, Kind::Name(n) if n == "d") && letter.is_some_and(|letter| computed(&letter))
            }),
            Kind::Over(above, below) => {
                let loss = |tree: &Tree| LOSSES.iter().any(|loss| plain(tree).as_deref() == Some(*loss));
                let after = beside(below);
                after.get(1).is_some_and(|(_, tree)| {
                    let letter = match &tree.kind {
                        Kind::Scripts(base, ..) => plain(base),
                        _ => plain(tree),
                    };
                    letter.is_some_and(|letter| computed(&letter))
                }) && beside(above).last().is_some_and(|(_, tree)| loss(tree))
            }
            _ => false,
        })
    }

    /// The array that a letter with a sign on it is: `yhat`, `y_hat` for `\hat y`.
    fn accented(&self, name: &str) -> Option<Name> {
        let (sign, letter) = name.split_once(' ')?;
        let names = [
            format!("{letter}{sign}"),
            format!("{letter}_{sign}"),
            format!("{sign}_{letter}"),
            format!("{sign}{letter}"),
        ];
        names.into_iter().find(|name| self.is_array(name)).map(|name| name.as_str().into())
    }

    /// The array or upstream gradient of a letter: also `yhat` for `\hat y` and W1 for `W_1`.
    pub(super) fn lettered_array(&self, name: &str) -> Option<Name> {
        if (self.is_array(name) || self.is_upstream(name)) && !self.is_size(name) {
            return Some(name.into());
        }
        let joined = name.replacen('_', "", 1);
        let joined = Some(joined).filter(|joined| joined.len() < name.len() && self.is_array(joined));
        self.accented(name).or_else(|| joined.map(|name| name.as_str().into()))
    }

    /// The output that a letter for a loss means: the only one, if it is a scalar called like a loss and the
    /// formula speaks of no gradient that comes from above.
    pub(super) fn loss(&self) -> Option<Name> {
        let [output] = self.system.outputs.as_slice() else { return None };
        let scalar = self.system.bounds(output).is_some_and(|axes| axes.is_empty());
        (scalar && LOSSES.contains(&&**output) && !self.given.get()).then(|| output.clone())
    }
}
