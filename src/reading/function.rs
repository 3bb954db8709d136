//! Scalar functions as they are written in LaTeX: `\log p[c]`, `\tanh^{2}(u)`, `\max(u, v)`.
//!
//! Invariant: a letter that the author declared is his, whatever function is called so.

use super::expression::Reader;
use super::head::{Items, plain};
use super::whole::normaliser;
use crate::diagnostic::Diagnostic;
use crate::language::function::Function;
use crate::language::parse::parse_expression;
use crate::language::syntax::{Expr, ExprKind, Name};
use crate::latex::{Fence, Kind, Link, Tree};
use crate::model::rewrite;

/// The functions that LaTeX has commands for: their argument may go without parentheses.
const BARE: [Function; 5] = [Function::Exp, Function::Log, Function::Sin, Function::Cos, Function::Tanh];

impl Reader<'_> {
    /// The call that items begin with, and how many of them it takes.
    pub(super) fn function(&self, items: &Items, scope: &[Name]) -> Result<Option<(ExprKind, usize)>, Diagnostic> {
        let item = &items[0].1;
        let (named, above) = match &item.kind {
            Kind::Scripts(base, None, Some(above)) => (&**base, Some(&**above)),
            _ => (item, None),
        };
        let (in_brackets, power) = match items.get(1) {
            Some((Link::Beside, Tree { kind: Kind::Fenced(fence, inner), .. })) if calls(*fence) => {
                (Some(inner.as_slice()), None)
            }
            Some((Link::Beside, Tree { kind: Kind::Scripts(base, None, power), .. })) => match &base.kind {
                Kind::Fenced(fence, inner) if calls(*fence) => (Some(inner.as_slice()), power.as_deref()),
                _ => (None, None),
            },
            _ => (None, None),
        };
        if let (Kind::Scripts(base, Some(below), None), Some([argument])) = (&item.kind, in_brackets)
            && let Some(word) = plain(base).filter(|word| !self.means_something(word, scope))
            && let Some(word) = normaliser(&word)
        {
            let value = self.normalised((word, below), argument, scope)?;
            return Ok(Some((self.raised(value, power, scope)?, 2)));
        }
        let Some(word) = plain(named).filter(|word| !self.means_something(word, scope)) else { return Ok(None) };
        if word == "e"
            && let Some(above) = above
        {
            return Ok(Some((ExprKind::Call("exp".into(), vec![self.value(above, scope)?]), 1)));
        }
        let Some(call) = self.called(&word, in_brackets.map_or(1, <[Tree]>::len)) else { return Ok(None) };
        let (arguments, used) = match in_brackets {
            Some(inner) => (inner.iter().map(|part| self.value(part, scope)).collect::<Result<_, _>>()?, 2),
            None if self.takes_bare(&word) && items.len() > 1 => {
                let (argument, used) = self.factor(&items[1..], scope)?;
                (vec![Expr { kind: argument, span: items[1].1.span }], used + 1)
            }
            None => return Ok(None),
        };
        let value = self.raised(call(arguments).kind, above, scope)?;
        Ok(Some((self.raised(value, power, scope)?, used)))
    }

    /// Whether the argument of a function may go without parentheses.
    pub(super) fn takes_bare(&self, word: &str) -> bool {
        Function::of_latex(word, 1).is_some_and(|function| BARE.contains(&function))
    }

    /// What a word makes of so many arguments: a function of the table or, with a prime, its derivative.
    pub(super) fn called(&self, word: &str, arguments: usize) -> Option<impl Fn(Vec<Expr>) -> Expr + 'static> {
        let (bare, prime) = match word.strip_suffix('\'') {
            Some(bare) => (bare, true),
            None => (word, false),
        };
        let function = Function::of_latex(bare, arguments)?;
        let slope = match (prime, function.entry().derivatives) {
            (false, _) => None,
            (true, [one]) => Some(parse_expression(one).ok()?),
            (true, _) => return None,
        };
        Some(move |arguments: Vec<Expr>| {
            let argument = arguments.first().cloned();
            let value = Expr::new(ExprKind::Call(function.name().into(), arguments));
            let (Some(slope), Some(argument)) = (&slope, argument) else { return value };
            rewrite(slope, &|part| match &part.kind {
                ExprKind::Name(name) if &**name == "u" => Some(argument.kind.clone()),
                ExprKind::Name(name) if &**name == "y" => Some(value.kind.clone()),
                _ => None,
            })
        })
    }

    /// Whether a word is the author's, whatever else is called so.
    pub(super) fn means_something(&self, word: &str, scope: &[Name]) -> bool {
        scope.iter().any(|name| **name == *word) || self.is_defined(word) || self.system.names(word)
    }
}

/// Whether what a function takes may stand in such brackets.
fn calls(fence: Fence) -> bool {
    matches!(fence, Fence::Round | Fence::Square | Fence::Curly)
}
