//! How large a specification may be. What a person writes stays far below; what is beyond would
//! keep the program busy without bound, and is refused with a sentence.

use super::resolve::visit;
use crate::diagnostic::{Diagnostic, Diagnostics, Span};
use crate::language::syntax::{Expr, ExprKind, Statement, StatementKind};

/// The most sizes of a system, numbers and symbols.
const SIZES: usize = 100;
/// The most requirements.
const REQUIREMENTS: usize = 100;
/// The most arrays, given and defined.
const ARRAYS: usize = 10_000;
/// The most axes of an array, and the most indices bound at once.
const INDICES: usize = 32;
/// The most outputs.
pub(super) const OUTPUTS: usize = 100;
/// The most operators, reads and numbers on the right of an equation.
const PARTS: usize = 5_000;
/// How many bits of a number count as one part.
const BITS: usize = 4;
/// The most factors of a product.
const FACTORS: usize = 500;
/// The most complaints about one system.
pub(super) const COMPLAINTS: usize = 100;
/// The greatest weight of an index expression.
pub(super) const WEIGHT: usize = 500;
/// The greatest coefficient of an index expression.
pub(super) const COEFFICIENT: i128 = 1 << 100;

/// Complains about what is too large.
pub(super) fn check(statements: &[Statement]) -> Diagnostics {
    let mut found = Diagnostics::new();
    let mut counts = [0usize; 4];
    for statement in statements {
        let (what, more) = match &statement.kind {
            StatementKind::Size(sizes) => (0, sizes.len()),
            StatementKind::Require(_) => (1, 1),
            StatementKind::Arrays(_, arrays) => {
                arrays.iter().for_each(|a| indices("axes", a.axes.len(), a.span, &mut found));
                (2, arrays.len())
            }
            StatementKind::Param(params) => (2, params.len()),
            StatementKind::Equation(equation) => {
                indices("axes", equation.at.len(), equation.span, &mut found);
                expression(&equation.body, &mut found);
                (2, 1)
            }
            StatementKind::Output(names) => (3, names.len()),
            StatementKind::Notation(..) | StatementKind::Call(_) => continue,
        };
        let most = [SIZES, REQUIREMENTS, ARRAYS, OUTPUTS][what];
        let word = ["sizes", "requirements", "arrays", "outputs"][what];
        if counts[what] <= most && counts[what] + more > most {
            let message = format!("a system has at most {most} {word}");
            found.push(Diagnostic::new(message, statement.span).label("too many from here on"));
        }
        counts[what] += more;
    }
    found
}

fn indices(what: &str, count: usize, span: Span, found: &mut Diagnostics) {
    if count > INDICES {
        found.push(Diagnostic::new(format!("there are {count} {what} here; at most {INDICES} can be used"), span));
    }
}

fn expression(body: &Expr, found: &mut Diagnostics) {
    let mut parts = 0;
    walk(body, &mut parts, found);
    if parts > PARTS {
        let message = format!("this formula has {parts} parts; at most {PARTS} can be used");
        found.push(Diagnostic::new(message, body.span).hint("write it as a sum over an index"));
    }
}

fn walk(expr: &Expr, parts: &mut usize, found: &mut Diagnostics) {
    *parts += 1;
    match &expr.kind {
        ExprKind::Number(n) => *parts += (n.numer().bits() + n.denom().bits()) as usize / BITS,
        ExprKind::Reduce(_, binders, ..) => indices("indices", binders.len(), expr.span, found),
        ExprKind::Product(_) if factors(expr) > FACTORS => {
            let message = format!("a product has at most {FACTORS} factors");
            found.push(Diagnostic::new(message, expr.span).hint("write equal factors as a power"));
            return;
        }
        _ => {}
    }
    visit(expr, &mut |part| walk(part, parts, found));
}

/// How many factors a product has, those of products inside it included.
fn factors(expr: &Expr) -> usize {
    match &expr.kind {
        ExprKind::Product(factors) => factors.iter().map(|(_, factor)| self::factors(factor)).sum(),
        _ => 1,
    }
}
