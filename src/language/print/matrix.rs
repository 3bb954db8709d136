//! Matrix forms as plain text: `Wᵀ·(g ⊙ h)` in Unicode, `W^T*(g .* h)` in ASCII.
//!
//! Invariant: as for expressions, a piece printed at a level is read back by the grammar rule of that
//! level.

use super::expression::{Level, Pen, Room};
use crate::language::matrix::{MatrixExpr, MatrixKind};
use crate::language::syntax::{ExprKind, Operator, Sign};

/// How tightly a matrix form binds, loosest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Bind {
    Sum,
    Entrywise,
    Product,
    Raised,
    Atom,
}

impl Pen {
    /// A matrix form.
    pub(super) fn matrix(self, matrix: &MatrixExpr) -> String {
        self.bound(matrix).0
    }

    fn least(self, matrix: &MatrixExpr, wanted: Bind) -> String {
        let (text, bind) = self.bound(matrix);
        if bind < wanted { format!("({text})") } else { text }
    }

    fn bound(self, matrix: &MatrixExpr) -> (String, Bind) {
        match &matrix.kind {
            MatrixKind::Entry(value) => (self.expression(value, Level::Primary, Room::Wide), Bind::Atom),
            MatrixKind::Name(name) => (name.to_string(), Bind::Atom),
            MatrixKind::Upstream(name) => {
                (format!("{}/{}", self.pick("dl", "∂ℓ"), self.differential(name, None)), Bind::Sum)
            }
            MatrixKind::Transpose(of) => {
                (format!("{}{}", self.least(of, Bind::Atom), self.pick("^T", "ᵀ")), Bind::Raised)
            }
            MatrixKind::Power(base, exponent, entry) => {
                let sign = if *entry { self.pick(".^", "^⊙") } else { "^" };
                (format!("{}{sign}{}", self.least(base, Bind::Atom), self.exponent(exponent)), Bind::Raised)
            }
            MatrixKind::Product(factors) => self.multiplied(factors),
            MatrixKind::Entrywise(factors) => {
                let sign = |operator: Operator| match operator {
                    Operator::Over => self.pick(" ./ ", " ⊘ "),
                    _ => self.pick(" .* ", " ⊙ "),
                };
                (self.chain(factors, sign), Bind::Entrywise)
            }
            MatrixKind::Sum(terms) => (self.added(terms), Bind::Sum),
            MatrixKind::Call(name, arguments) => {
                let list: Vec<String> = arguments.iter().map(|argument| self.matrix(argument)).collect();
                (format!("{name}({})", list.join(", ")), Bind::Atom)
            }
            MatrixKind::Compare(joint, pair) => {
                let [a, b] = [&pair[0], &pair[1]].map(|side| self.matrix(side));
                (format!("[{a} {} {b}]", self.relation(*joint)), Bind::Atom)
            }
        }
    }

    fn chain(self, factors: &[(Operator, MatrixExpr)], sign: impl Fn(Operator) -> &'static str) -> String {
        let mut text = String::new();
        for (place, (operator, factor)) in factors.iter().enumerate() {
            let piece = self.least(factor, Bind::Raised);
            let sign = match sign(*operator) {
                "/" if piece.starts_with('d') => " / ",
                sign => sign,
            };
            if place > 0 {
                text.push_str(sign);
            }
            text.push_str(&piece);
        }
        text
    }

    fn multiplied(self, factors: &[(Operator, MatrixExpr)]) -> (String, Bind) {
        let sign = |operator: Operator| match operator {
            Operator::Times => self.pick("*", "·"),
            Operator::Over => "/",
            Operator::Div => " div ",
            Operator::Mod => " mod ",
            Operator::Matmul => " @ ",
        };
        let divisions = factors.iter().filter(|(operator, _)| *operator == Operator::Div).count();
        if self.unicode() && divisions == 1 && matches!(factors.last(), Some((Operator::Div, _))) {
            let quotient = |operator: Operator| if operator == Operator::Div { "/" } else { sign(operator) };
            return (format!("⌊{}⌋", self.chain(factors, quotient)), Bind::Atom);
        }
        (self.chain(factors, sign), Bind::Product)
    }

    fn added(self, terms: &[(Sign, MatrixExpr)]) -> String {
        let mut text = String::new();
        for (place, (sign, term)) in terms.iter().enumerate() {
            text.push_str(match (place, sign) {
                (0, Sign::Plus) => "",
                (0, Sign::Minus) => self.pick("-", "−"),
                (_, Sign::Plus) => " + ",
                (_, Sign::Minus) => self.pick(" - ", " − "),
            });
            text.push_str(&self.least(term, Bind::Entrywise));
        }
        text
    }

    /// A raised number or name; a raised `T` alone would be a transpose.
    fn exponent(self, exponent: &MatrixExpr) -> String {
        match &exponent.kind {
            MatrixKind::Sum(terms) => match terms.as_slice() {
                [(Sign::Minus, size)] if is_number(size) => format!("{}{}", self.pick("-", "−"), self.matrix(size)),
                _ => self.parenthesised(exponent),
            },
            MatrixKind::Name(name) if &**name != "T" => name.to_string(),
            _ if is_number(exponent) => self.matrix(exponent),
            _ => self.parenthesised(exponent),
        }
    }

    fn parenthesised(self, matrix: &MatrixExpr) -> String {
        format!("({})", self.matrix(matrix))
    }
}

fn is_number(matrix: &MatrixExpr) -> bool {
    matches!(&matrix.kind, MatrixKind::Entry(value) if matches!(value.kind, ExprKind::Number(_)))
}
