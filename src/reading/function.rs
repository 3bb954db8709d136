//! Scalar functions as they are written in LaTeX: `\log p[c]`, `\tanh^{2}(u)`, `\max(u, v)`.
//!
//! Invariant: a letter that the author declared is his, whatever function is called so.

use super::expression::Reader;
use super::head::{Items, plain};
use crate::diagnostic::Diagnostic;
use crate::language::function::Function;
use crate::language::syntax::{Expr, ExprKind, Name};
use crate::latex::{Fence, Kind, Link, Tree};

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
        let Some(word) = plain(named).filter(|word| !self.means_something(word, scope)) else { return Ok(None) };
        let in_brackets = match items.get(1) {
            Some((Link::Beside, Tree { kind: Kind::Fenced(Fence::Round, inner), .. })) => Some(inner),
            _ => None,
        };
        let arguments = in_brackets.map_or(1, Vec::len);
        let Some(function) = Function::of_latex(&word, arguments) else { return Ok(None) };
        let (arguments, used) = match in_brackets {
            Some(inner) => (inner.iter().map(|part| self.value(part, scope)).collect::<Result<_, _>>()?, 2),
            None if BARE.contains(&function) && items.len() > 1 => {
                let (argument, used) = self.factor(&items[1..], scope)?;
                (vec![Expr { kind: argument, span: items[1].1.span }], used + 1)
            }
            None => return Ok(None),
        };
        let call = ExprKind::Call(function.name().into(), arguments);
        Ok(Some((self.raised(call, above, scope)?, used)))
    }

    fn means_something(&self, word: &str, scope: &[Name]) -> bool {
        scope.iter().any(|name| **name == *word) || self.is_defined(word) || self.system.names(word)
    }
}
