//! A formula between matrices, without indices: `W^\top g`, `\operatorname{diag}(p) - p p^\top`.

use super::expression::Reader;
use super::head::{Head, Items, plain};
use crate::diagnostic::Diagnostic;
use crate::language::syntax::{Expr, ExprKind, MatrixExpr, MatrixKind, Name, Operator};
use crate::latex::{Fence, Kind, Link, Tree};

impl Reader<'_> {
    /// The matrix form that a tree stands for.
    ///
    /// # Errors
    /// What has no meaning there, at its place.
    pub fn matrix(&self, tree: &Tree) -> Result<MatrixExpr, Diagnostic> {
        let kind = match &tree.kind {
            Kind::Sum(terms) => {
                let terms = terms.iter().map(|(sign, term)| Ok((*sign, self.matrix(term)?)));
                MatrixKind::Sum(terms.collect::<Result<_, Diagnostic>>()?)
            }
            Kind::Row(factors) => return self.matrix_row(factors, tree),
            _ => return self.matrix_row(&[(Link::Beside, tree.clone())], tree),
        };
        Ok(MatrixExpr { kind, span: tree.span })
    }

    fn matrix_row(&self, items: &Items, whole: &Tree) -> Result<MatrixExpr, Diagnostic> {
        let (mut product, mut place): (Vec<(Operator, MatrixExpr)>, _) = (Vec::new(), 0);
        while let Some((link, item)) = items.get(place) {
            let operator = match link {
                Link::Beside | Link::Dot => Operator::Times,
                Link::Slash => Operator::Over,
                _ => return Err(Diagnostic::new("this joins no matrices", item.span)),
            };
            let (kind, used) = self.matrix_factor(&items[place..])?;
            product.push((operator, MatrixExpr { kind, span: item.span }));
            place += used;
        }
        match product.len() {
            1 => Ok(product.remove(0).1),
            _ => Ok(MatrixExpr { kind: MatrixKind::Product(product), span: whole.span }),
        }
    }

    /// The factor that items begin with, and how many of them it takes.
    fn matrix_factor(&self, items: &Items) -> Result<(MatrixKind, usize), Diagnostic> {
        let item = &items[0].1;
        if let Kind::Scripts(base, below, Some(above)) = &item.kind {
            let base = match below {
                None => (**base).clone(),
                Some(below) => Tree { kind: Kind::Scripts(base.clone(), Some(below.clone()), None), span: item.span },
            };
            let base = Box::new(self.matrix(&base)?);
            let transposed = matches!(plain(above).as_deref(), Some("top" | "T" | "intercal"));
            return Ok(match transposed {
                true => (MatrixKind::Transpose(base), 1),
                false => (MatrixKind::Power(base, Box::new(self.matrix(above)?), false), 1),
            });
        }
        if let Some(name) = plain(item)
            && let Some((Link::Beside, Tree { kind: Kind::Fenced(Fence::Round, inner), .. })) = items.get(1)
            && !self.is_array(&name)
            && !self.is_size(&name)
        {
            let arguments = inner.iter().map(|tree| self.matrix(tree)).collect::<Result<_, _>>()?;
            return Ok((MatrixKind::Call(name.as_str().into(), arguments), 2));
        }
        match self.head(items, &[])? {
            Some((Head::Array(name, at), used)) if at.is_empty() => return Ok((MatrixKind::Name(name), used)),
            Some((Head::Gradient(name, at), used)) if at.is_empty() => return Ok((MatrixKind::Upstream(name), used)),
            Some((head, used)) => return Ok((MatrixKind::Entry(Expr::new(self.head_expr(head))), used)),
            None => {}
        }
        match plain(item).as_deref() {
            Some("bb 1") => return Ok((MatrixKind::Entry(Expr::integer(1)), 1)),
            Some(name) => return Ok((MatrixKind::Name(Name::from(name)), 1)),
            None => {}
        }
        let kind = match &item.kind {
            Kind::Over(above, below) => {
                let parts = [(Operator::Times, self.matrix(above)?), (Operator::Over, self.matrix(below)?)];
                MatrixKind::Product(parts.to_vec())
            }
            Kind::Fenced(Fence::Round | Fence::Square | Fence::Curly, inner) => match inner.as_slice() {
                [only] => self.matrix(only)?.kind,
                _ => return Err(Diagnostic::new("this list is no matrix", item.span)),
            },
            Kind::Number(_) | Kind::Root(_) => MatrixKind::Entry(self.value(item, &[])?),
            Kind::Sum(_) | Kind::Row(_) => self.matrix(item)?.kind,
            _ => {
                let hint = "products, transposes, `\\operatorname{diag}` and functions of whole arrays are";
                return Err(Diagnostic::new("this is no formula between matrices", item.span).hint(hint));
            }
        };
        match kind {
            MatrixKind::Entry(Expr { kind: ExprKind::Name(name), .. }) => Ok((MatrixKind::Name(name), 1)),
            kind => Ok((kind, 1)),
        }
    }
}
