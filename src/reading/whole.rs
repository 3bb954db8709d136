//! Formulas about whole arrays: `W^\top(\hat y - y) \odot h`, read with the shapes that the system gives.
//!
//! Invariant: what is read is a formula with an index for each side, equal to the entry of what is
//! written there.

use super::expression::{Reader, is_condition};
use super::head::{Items, plain, power_of_indices};
use super::shaped::{Shaped, Side};
use crate::diagnostic::Diagnostic;
use crate::judge::meaningless;
use crate::language::function::Function;
use crate::language::syntax::{Condition, Expr, ExprKind, Name, Normaliser, Relation};
use crate::latex::{Fence, Glyph, Kind, Link, Tree};
use crate::model::rewrite;

/// Why a tree is no value with rows and columns.
#[derive(Clone, Debug)]
pub(super) enum Misread {
    /// It has no meaning.
    Unreadable(Diagnostic),
    /// Shapes in it do not fit: a sentence with both.
    Shapes(String),
}

impl From<Diagnostic> for Misread {
    fn from(problem: Diagnostic) -> Misread {
        Misread::Unreadable(problem)
    }
}

impl From<String> for Misread {
    fn from(reason: String) -> Misread {
        Misread::Shapes(reason)
    }
}

impl Misread {
    pub fn diagnostic(self, tree: &Tree) -> Diagnostic {
        match self {
            Misread::Unreadable(problem) => problem,
            Misread::Shapes(reason) => Diagnostic::new(reason, tree.span),
        }
    }
}

pub(super) type Read<T> = Result<T, Misread>;

/// Whether a superscript says that rows and columns are exchanged.
pub(super) fn is_transpose(above: &Tree) -> bool {
    matches!(&above.kind, Kind::Name(n) if ["top", "T", "intercal", "t"].contains(&n.as_str()))
}

/// The normaliser of a word.
pub(super) fn normaliser(word: &str) -> Option<Normaliser> {
    match word {
        "softmax" | "Softmax" | "SoftMax" => Some(Normaliser::Softmax),
        "softargmax" => Some(Normaliser::Softargmax),
        "logsoftmax" | "LogSoftmax" | "LogSoftMax" => Some(Normaliser::LogSoftmax),
        "logsoftargmax" => Some(Normaliser::LogSoftargmax),
        "logsumexp" | "LogSumExp" | "LSE" => Some(Normaliser::LogSumExp),
        _ => None,
    }
}

fn is_shaping(word: &str) -> bool {
    ["diag", "Diag", "tr", "Tr", "trace"].contains(&word) || normaliser(word).is_some()
}

/// A bracket around what a function takes.
fn arguments(tree: &Tree) -> Option<(&[Tree], Option<&Tree>, Option<&Tree>)> {
    match &tree.kind {
        Kind::Fenced(Fence::Round | Fence::Curly | Fence::Square, inner) => Some((inner, None, None)),
        Kind::Scripts(base, below, above) => {
            let (inner, ..) = arguments(base).filter(|_| matches!(base.kind, Kind::Fenced(..)))?;
            Some((inner, below.as_deref(), above.as_deref()))
        }
        _ => None,
    }
}

impl Reader<'_> {
    /// A tree as a value with rows and columns.
    pub(super) fn shaped(&self, tree: &Tree, scope: &[Name]) -> Read<Shaped> {
        match &tree.kind {
            Kind::Sum(terms) => {
                let terms: Read<Vec<_>> = terms.iter().map(|(sign, t)| Ok((*sign, self.shaped(t, scope)?))).collect();
                Ok(Shaped::sum(terms?)?)
            }
            Kind::Row(items) => self.shaped_row(items, scope),
            Kind::Big(word, below, above, body) => {
                let limits = self.limits(word, (below, above), tree, scope)?;
                let body = self.shaped(body, &limits.bound.scope)?;
                Ok(body.reduced(limits.reduction, limits.bound.binders, limits.bound.condition))
            }
            Kind::Cases(cases) => self.shaped_cases(cases, tree, scope),
            Kind::Number(_) => Ok(Shaped::scalar(self.value(tree, scope)?)),
            _ => self.shaped_row(&[(Link::Beside, tree.clone())], scope),
        }
    }

    /// Values of one shape, told apart by conditions that hold of all their entries.
    fn shaped_cases(&self, cases: &[(Tree, Option<Tree>)], whole: &Tree, scope: &[Name]) -> Read<Shaped> {
        let (mut values, mut conditions) = (Vec::new(), Vec::new());
        for (value, condition) in cases {
            values.push(self.shaped(value, scope)?);
            conditions.push(condition.as_ref().map(|condition| self.condition(condition, scope)).transpose()?);
        }
        let span = whole.span;
        Ok(Shaped::together(values, "beside", move |entries| {
            let both = entries.into_iter().zip(&conditions).rev();
            both.fold(Expr::integer(0), |below, (value, condition)| match condition {
                None => value,
                Some(condition) => {
                    let kind = ExprKind::If(Box::new(condition.clone()), Box::new(value), Box::new(below));
                    Expr { kind, span }
                }
            })
        })?)
    }

    /// Factors: products of matrices, and between those the product entry by entry.
    pub(super) fn shaped_row(&self, items: &Items, scope: &[Name]) -> Read<Shaped> {
        let mut groups: Vec<Shaped> = Vec::new();
        let mut left: Option<Shaped> = None;
        let mut place = 0;
        while place < items.len() {
            let link = items[place].0;
            let (factor, used) = self.shaped_factor(&items[place..], scope)?;
            place += used;
            left = Some(match (left.take(), link) {
                (None, _) => factor,
                (Some(before), Link::Entry) => {
                    groups.push(before);
                    factor
                }
                (Some(before), Link::Slash) => before.over(factor)?,
                (Some(_), Link::Mod) => {
                    let span = items[0].1.span;
                    return Err(Diagnostic::new("a remainder is of integers", span).into());
                }
                (Some(before), Link::Beside | Link::Dot | Link::Cross) => before.times(factor, &self.fresh(scope))?,
            });
        }
        groups.extend(left);
        match groups.len() {
            1 => Ok(groups.remove(0)),
            _ => Ok(Shaped::entrywise(groups)?),
        }
    }

    fn shaped_factor(&self, items: &Items, scope: &[Name]) -> Read<(Shaped, usize)> {
        let item = &items[0].1;
        if let Kind::Scripts(base, below, Some(above)) = &item.kind
            && is_transpose(above)
        {
            let inner = match below {
                None => (**base).clone(),
                Some(_) => Tree { kind: Kind::Scripts(base.clone(), below.clone(), None), span: item.span },
            };
            let (of, _) = self.shaped_factor(&[(Link::Beside, inner)], scope)?;
            let named =
                matches!(&above.kind, Kind::Name(n) if self.system.names(n) || scope.iter().any(|s| **s == **n));
            return match of.value().filter(|_| named) {
                Some(value) => Ok((Shaped::scalar(Expr::new(self.raised(value.kind, Some(above), scope)?)), 1)),
                None => Ok((of.transposed(), 1)),
            };
        }
        if let Some((head, used)) = self.head(items, scope)? {
            let of = self.shaped_head(head, item)?;
            let above = match &item.kind {
                Kind::Scripts(_, _, Some(above)) if !matches!(above.kind, Kind::Fenced(..)) => Some(&**above),
                _ if used > 1 => power_of_indices(&items[used - 1].1).map(|(_, above)| above),
                _ => None,
            };
            return Ok((self.powered(of, above, scope)?, used));
        }
        if let Some(of) = self.own_whole(item, scope)? {
            return Ok((of, 1));
        }
        if let Some(found) = self.shaped_word(items, scope)? {
            return Ok(found);
        }
        let found = match &item.kind {
            Kind::Fenced(Fence::Norm, inner) => self.norm(inner, None, None, item, scope)?,
            Kind::Fenced(Fence::Angle, inner) => self.inner_product(inner, item, scope)?,
            Kind::Fenced(Fence::Square, inner) if inner.iter().any(is_condition) => {
                self.compared(inner, item, scope)?
            }
            Kind::Fenced(Fence::Round | Fence::Square | Fence::Curly, inner) => match inner.as_slice() {
                [only] => self.shaped(only, scope)?,
                _ => return Err(Diagnostic::new("this list belongs to no array", item.span).into()),
            },
            Kind::Fenced(Fence::Bars, inner) => match inner.as_slice() {
                [only] => self.shaped(only, scope)?.map(|value| Expr::new(ExprKind::Call("abs".into(), vec![value]))),
                _ => return Err(Diagnostic::new("one value is expected in these brackets", item.span).into()),
            },
            Kind::Scripts(base, below, above) => match (&base.kind, below) {
                (Kind::Fenced(Fence::Norm, inner), _) => {
                    self.norm(inner, below.as_deref(), above.as_deref(), item, scope)?
                }
                (Kind::Fenced(..), Some(below)) => {
                    let of = self.shaped(base, scope)?;
                    self.powered(self.place(of, below, scope)?, above.as_deref(), scope)?
                }
                (_, None) => self.powered(self.shaped(base, scope)?, above.as_deref(), scope)?,
                _ => Shaped::scalar(self.value(item, scope)?),
            },
            Kind::Over(above, below) => self.shaped(above, scope)?.over(self.shaped(below, scope)?)?,
            Kind::Root(inner) => {
                self.shaped(inner, scope)?.map(|value| Expr::new(ExprKind::Call("sqrt".into(), vec![value])))
            }
            Kind::Sum(_) | Kind::Row(_) | Kind::Big(..) => self.shaped(item, scope)?,
            _ => {
                let value = self.value(item, scope)?;
                if let ExprKind::Name(name) = &value.kind
                    && !self.means_something(name, scope)
                    && !self.is_letter(name)
                {
                    return Err(meaningless(name, item.span).into());
                }
                Shaped::scalar(value)
            }
        };
        Ok((found, 1))
    }

    /// Whether a tree is a value that is no scalar.
    pub fn is_whole(&self, tree: &Tree) -> bool {
        self.shaped(tree, &[]).is_ok_and(|of| !of.is_scalar())
    }

    /// A symbol of the author's own without its indices.
    fn own_whole(&self, item: &Tree, scope: &[Name]) -> Read<Option<Shaped>> {
        let (letter, above) = match &item.kind {
            Kind::Scripts(base, None, Some(above)) => (&**base, Some(&**above)),
            _ => (item, None),
        };
        let Some(place) = self.own.iter().rposition(|own| own.letter == *letter) else { return Ok(None) };
        let own = &self.own[place];
        let before = self.before(place);
        let of = match own.at.as_slice() {
            [] => before.shaped(&own.value, scope)?,
            [index] => {
                let (index, value) = (index.clone(), before.value(&own.value, &[scope, &own.at].concat())?);
                Shaped::new(Side::Open, Side::One, move |row, _| {
                    rewrite(&value, &|part| match &part.kind {
                        ExprKind::Name(name) if *name == index => Some(row.kind.clone()),
                        _ => None,
                    })
                })
            }
            _ => return Ok(None),
        };
        Ok(Some(self.powered(of, above, scope)?))
    }

    /// Ones, the identity, functions.
    fn shaped_word(&self, items: &Items, scope: &[Name]) -> Read<Option<(Shaped, usize)>> {
        let item = &items[0].1;
        let (named, below, above) = match &item.kind {
            Kind::Scripts(base, below, above) => (&**base, below.as_deref(), above.as_deref()),
            _ => (item, None, None),
        };
        let Kind::Name(word) = &named.kind else { return Ok(None) };
        if self.means_something(word, scope) || plain(item).is_some_and(|name| self.means_something(&name, scope)) {
            return Ok(None);
        }
        let next = items.get(1).filter(|(link, _)| *link == Link::Beside).map(|(_, tree)| tree);
        if word == "bb 1" || word == "bb I" {
            if let Some(Tree { kind: Kind::Fenced(_, inner), .. }) = next
                && inner.iter().any(is_condition)
            {
                return Ok(Some((self.compared(inner, item, scope)?, 2)));
            }
            if let Some(below) = below
                && below.any(&mut |t| is_condition(t))
            {
                let inner = match &below.kind {
                    Kind::List(items) | Kind::Fenced(_, items) => items.clone(),
                    _ => vec![below.clone()],
                };
                return Ok(Some((self.compared(&inner, item, scope)?, 1)));
            }
            return Ok(Some((if word == "bb 1" { Shaped::ones() } else { Shaped::identity() }, 1)));
        }
        if word == "I" && next.is_none_or(|next| arguments(next).is_none()) {
            return Ok(Some((Shaped::identity(), 1)));
        }
        let Some((inner, at, power)) = next.and_then(arguments).filter(|_| below.is_none()) else {
            let bare = Function::of_latex(word, 1).filter(|_| self.takes_bare(word) && items.len() > 1);
            let Some(function) = bare else { return Ok(None) };
            let (argument, used) = self.shaped_factor(&items[1..], scope)?;
            let call = argument.map(move |value| Expr::new(ExprKind::Call(function.name().into(), vec![value])));
            return Ok(Some((self.powered(call, above, scope)?, used + 1)));
        };
        let of = match (word.as_str(), normaliser(word), inner) {
            ("diag" | "Diag", _, [only]) => self.shaped(only, scope)?.diag()?,
            ("tr" | "Tr" | "trace", _, [only]) => self.shaped(only, scope)?.trace(&self.fresh(scope))?,
            (_, Some(known), [only]) => self.shaped(only, scope)?.normalised(known, &self.fresh(scope)),
            _ => {
                let parts: Read<Vec<Shaped>> = inner.iter().map(|part| self.shaped(part, scope)).collect();
                let parts = parts?;
                let Some(call) = self.called(word, parts.len()) else { return Ok(None) };
                Shaped::together(parts, "entry by entry with", call)?
            }
        };
        let of = self.powered(of, above, scope)?;
        let of = match at {
            Some(at) => self.place(of, at, scope)?,
            None => of,
        };
        let of = match power {
            Some(above) if is_transpose(above) => of.transposed(),
            power => self.powered(of, power, scope)?,
        };
        Ok(Some((of, 2)))
    }

    fn powered(&self, of: Shaped, above: Option<&Tree>, scope: &[Name]) -> Read<Shaped> {
        let Some(above) = above else { return Ok(of) };
        let exponent = self.shaped(above, scope)?;
        if !(of.rows.is_one() || of.columns.is_one()) {
            let message = "a power of a matrix could be of its entries or of it";
            return Err(Diagnostic::new(message, above.span).hint("write a product").into());
        }
        Ok(Shaped::together(vec![of, exponent], "to the power", |mut pair| {
            let exponent = pair.pop().unwrap_or_else(|| Expr::integer(1));
            let base = pair.pop().unwrap_or_else(|| Expr::integer(1));
            Expr::new(ExprKind::Power(Box::new(base), Box::new(exponent)))
        })?)
    }

    /// The entry that a subscript behind brackets names: `(Wx)_i`.
    fn place(&self, of: Shaped, below: &Tree, scope: &[Name]) -> Read<Shaped> {
        let items = match &below.kind {
            Kind::List(items) => items.clone(),
            Kind::Row(factors) if !of.rows.is_one() && !of.columns.is_one() => {
                factors.iter().map(|(_, tree)| tree.clone()).collect()
            }
            _ => vec![below.clone()],
        };
        let at = items.iter().map(|item| self.value(item, scope)).collect::<Result<Vec<_>, _>>()?;
        let one = Expr::integer(1);
        let entry = match (at.as_slice(), of.rows.is_one(), of.columns.is_one()) {
            ([row], false, true) => of.at(row, &one),
            ([column], true, false) => of.at(&one, column),
            ([row, column], false, false) => of.at(row, column),
            _ => {
                let message = format!("{} indices of what is {}", at.len(), of.text());
                return Err(Diagnostic::new(message, below.span).into());
            }
        };
        Ok(Shaped::scalar(entry))
    }

    fn norm(
        &self,
        inner: &[Tree],
        below: Option<&Tree>,
        above: Option<&Tree>,
        item: &Tree,
        scope: &[Name],
    ) -> Read<Shaped> {
        let [only] = inner else {
            return Err(Diagnostic::new("one value is expected in these brackets", item.span).into());
        };
        let is = |tree: Option<&Tree>, text: &str| matches!(tree.map(|t| &t.kind), Some(Kind::Number(n) | Kind::Name(n)) if n == text);
        let of = self.shaped(only, scope)?;
        let (row, column) = (self.fresh(scope), self.fresh(scope));
        let total = |f: fn(Expr) -> Expr| of.clone().map(f).total([&row, &column]);
        if is(below, "1") {
            let absolute = total(|e| Expr::new(ExprKind::Call("abs".into(), vec![e])));
            return self.powered(absolute, above, scope);
        }
        if !(below.is_none() || is(below, "2") || is(below, "F")) {
            return Err(Diagnostic::new("this norm is not understood", item.span).into());
        }
        let squares = total(|e| Expr::new(ExprKind::Power(Box::new(e), Box::new(Expr::integer(2)))));
        if is(above, "2") {
            return Ok(squares);
        }
        self.powered(squares.map(|e| Expr::new(ExprKind::Call("sqrt".into(), vec![e]))), above, scope)
    }

    fn inner_product(&self, inner: &[Tree], item: &Tree, scope: &[Name]) -> Read<Shaped> {
        let [a, b] = inner else {
            return Err(Diagnostic::new("an inner product is of two", item.span).into());
        };
        let both = Shaped::entrywise(vec![self.shaped(a, scope)?, self.shaped(b, scope)?])?;
        let (row, column) = (self.fresh(scope), self.fresh(scope));
        Ok(both.total([&row, &column]))
    }

    /// `[z > 0]`, entry by entry.
    fn compared(&self, inner: &[Tree], item: &Tree, scope: &[Name]) -> Read<Shaped> {
        if let [Tree { kind: Kind::Relations(Some(first), sides), .. }] = inner
            && let [(Glyph::Compare(relation), side)] = sides.as_slice()
        {
            let relation: Relation = *relation;
            let pair = vec![self.shaped(first, scope)?, self.shaped(side, scope)?];
            return Ok(Shaped::together(pair, "compared with", move |mut pair| {
                let right = pair.pop().unwrap_or_else(|| Expr::integer(0));
                let left = pair.pop().unwrap_or_else(|| Expr::integer(0));
                let chain = Condition::Chain(left, vec![(relation, right)]);
                Expr::new(ExprKind::Bracket(Box::new(chain)))
            })?);
        }
        let kind = Kind::Fenced(Fence::Square, inner.to_vec());
        Ok(Shaped::scalar(self.value(&Tree { kind, span: item.span }, scope)?))
    }

    /// The scalar that items in a formula with indices begin with, where it is made of whole vectors:
    /// `w^\top x_n`, `\|x\|^2`, `(Wx)_i`.
    pub(super) fn made_of_wholes(
        &self,
        items: &Items,
        scope: &[Name],
    ) -> Result<Option<(ExprKind, usize)>, Diagnostic> {
        let item = &items[0].1;
        let next = items.get(1).filter(|(link, _)| *link == Link::Beside).and_then(|(_, tree)| arguments(tree));
        let begins = match &item.kind {
            Kind::Scripts(base, below, above) => match &base.kind {
                Kind::Fenced(Fence::Norm | Fence::Angle, _) => true,
                Kind::Fenced(Fence::Round | Fence::Square, inner) if below.is_some() => !inner.iter().any(is_condition),
                _ => above.as_ref().is_some_and(|above| is_transpose(above)),
            },
            Kind::Fenced(Fence::Norm | Fence::Angle, _) => true,
            Kind::Name(word) if next.is_some() && !self.means_something(word, scope) => {
                is_shaping(word) || next.is_some_and(|(_, below, _)| below.is_some())
            }
            _ => false,
        };
        if !begins || self.head(items, scope)?.is_some() {
            return Ok(None);
        }
        let mut wrong = None;
        let least = if matches!(item.kind, Kind::Name(_)) { 2 } else { 1 };
        for used in least..=items.len() {
            match self.shaped_row(&items[..used], scope) {
                Ok(found) => {
                    if let Some(value) = found.value() {
                        return Ok(Some((value.kind, used)));
                    }
                    wrong =
                        Some(Diagnostic::new(format!("this is {}, and a scalar is wanted", found.text()), item.span));
                }
                Err(problem) => wrong = wrong.or_else(|| Some(problem.diagnostic(item))),
            }
        }
        wrong.map_or(Ok(None), Err)
    }
}
