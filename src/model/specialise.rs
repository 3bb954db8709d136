//! Sizes set equal: `where K_H = K_W = K`.

use crate::language::syntax::{self, Expr, ExprKind, Name, Statement, StatementKind};

/// The statements with sizes replaced: each name on the left by its value. A value that is a new
/// name becomes a size, with the greatest of the least values of the sizes it replaces.
pub fn specialise(statements: &[Statement], by: &[(Name, Expr)]) -> Vec<Statement> {
    let value = |name: &Name| by.iter().find(|(n, _)| n == name).map(|(_, e)| e.kind.clone());
    let mut made: Vec<syntax::SizeDecl> = Vec::new();
    let mut rewritten = Vec::new();
    for statement in statements {
        let mut statement = super::resolve::map_statement(statement, &value);
        if let StatementKind::Size(decls) = &mut statement.kind {
            let mut kept = Vec::new();
            for decl in decls.drain(..) {
                match value(&decl.name) {
                    None => kept.push(decl),
                    Some(ExprKind::Name(name)) => match made.iter_mut().find(|d| d.name == name) {
                        Some(new) if decl.least.is_none() => new.least = None,
                        Some(_) => {}
                        None => made.push(syntax::SizeDecl { name, ..decl }),
                    },
                    Some(_) => {}
                }
            }
            *decls = kept;
        }
        rewritten.push(statement);
    }
    let declared = |name: &Name| {
        rewritten.iter().any(|s| matches!(&s.kind, StatementKind::Size(d) if d.iter().any(|d| d.name == *name)))
    };
    made.retain(|d| !declared(&d.name));
    if !made.is_empty() {
        let span = made[0].span;
        rewritten.push(Statement { kind: StatementKind::Size(made), span });
    }
    rewritten
}
