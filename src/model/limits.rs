//! How large a specification may be. What a person writes stays far below; what is beyond would
//! keep the program busy without bound, and is refused with a sentence.

use super::resolve::visit;
use crate::diagnostic::{Diagnostic, Diagnostics, Span};
use crate::language::syntax::{Expr, ExprKind, Statement, StatementKind};
use crate::limits::{Limit, Limits};

/// How many bits of a number count as one part.
const BITS: usize = 4;
/// The most complaints about one system.
pub(super) const COMPLAINTS: usize = 100;
/// The greatest weight of an index expression.
pub(super) const WEIGHT: usize = 500;
/// The greatest coefficient of an index expression.
pub(super) const COEFFICIENT: i128 = 1 << 100;

/// What statements may hold several of, with the word for it.
const COUNTED: [(Limit, &str); 5] = [
    (Limit::Sizes, "sizes"),
    (Limit::Requirements, "requirements"),
    (Limit::Arrays, "given arrays"),
    (Limit::Equations, "equations"),
    (Limit::Outputs, "outputs"),
];

/// Complains about what is too large.
pub(super) fn check(statements: &[Statement], limits: &Limits) -> Diagnostics {
    let mut walk = Walk { limits, found: Diagnostics::new() };
    let mut counts = [0usize; COUNTED.len()];
    for statement in statements {
        let (what, more) = match &statement.kind {
            StatementKind::Size(sizes) => (0, sizes.len()),
            StatementKind::Require(_) => (1, 1),
            StatementKind::Arrays(_, arrays) => {
                arrays.iter().for_each(|a| walk.indices("axes", a.axes.len(), a.span));
                (2, arrays.len())
            }
            StatementKind::Param(params) => (2, params.len()),
            StatementKind::Equation(equation) => {
                walk.indices("axes", equation.at.len(), equation.span);
                walk.expression(&equation.body);
                (3, 1)
            }
            StatementKind::Output(names) => (4, names.len()),
            StatementKind::Notation(..) | StatementKind::Call(_) => continue,
        };
        let (limit, word) = COUNTED[what];
        let most = limits.of(limit);
        if counts[what] <= most && counts[what] + more > most {
            let message = format!("a system has at most {most} {word}");
            let diagnostic = Diagnostic::new(message, statement.span).label("too many from here on");
            walk.found.push(diagnostic.hint(limits.hint(limit, "")));
        }
        counts[what] += more;
    }
    walk.found
}

/// A walk over statements, and what was found.
struct Walk<'a> {
    limits: &'a Limits,
    found: Diagnostics,
}

impl Walk<'_> {
    fn complain(&mut self, message: String, span: Span, limit: Limit, otherwise: &str) {
        self.found.push(Diagnostic::new(message, span).hint(self.limits.hint(limit, otherwise)));
    }

    fn indices(&mut self, what: &str, count: usize, span: Span) {
        let most = self.limits.of(Limit::Axes);
        if count > most {
            let message = format!("there are {count} {what} here; at most {most} can be used");
            self.complain(message, span, Limit::Axes, "");
        }
    }

    fn expression(&mut self, body: &Expr) {
        let (mut parts, most) = (0, self.limits.of(Limit::Terms));
        self.walk(body, &mut parts);
        if parts > most {
            let message = format!("this formula has {parts} parts; at most {most} can be used");
            self.complain(message, body.span, Limit::Terms, "write it as a sum over an index");
        }
    }

    fn walk(&mut self, expr: &Expr, parts: &mut usize) {
        *parts += 1;
        match &expr.kind {
            ExprKind::Number(n) => *parts += (n.numer().bits() + n.denom().bits()) as usize / BITS,
            ExprKind::Reduce(_, binders, ..) => self.indices("indices", binders.len(), expr.span),
            ExprKind::Product(_) if factors(expr) > self.limits.of(Limit::Factors) => {
                let message = format!("a product has at most {} factors", self.limits.of(Limit::Factors));
                self.complain(message, expr.span, Limit::Factors, "write equal factors as a power");
                return;
            }
            _ => {}
        }
        visit(expr, &mut |part| self.walk(part, parts));
    }
}

/// How many factors a product has, those of products inside it included.
fn factors(expr: &Expr) -> usize {
    match &expr.kind {
        ExprKind::Product(factors) => factors.iter().map(|(_, factor)| self::factors(factor)).sum(),
        _ => 1,
    }
}
