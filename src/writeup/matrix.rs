//! Expressions of matrix algebra as LaTeX and as one line of Unicode: the same walk for both, each
//! with its own signs.
//!
//! Invariant: parentheses stand exactly where products, products entry by entry and sums would be
//! mixed up; products keep their order.

use super::latex::{Place, Printer, sign};
use super::latex_expression::Level;
use super::notation::Notation;
use super::plain;
use crate::language::function::Function;
use crate::language::syntax::{Expr, ExprKind, Relation, Sign};
use crate::matrix::{Extent, Form, Matrix};

/// A matrix in one line of Unicode.
pub fn text(matrix: &Matrix, notation: &Notation) -> String {
    Pen::Text(notation).set(matrix).0
}

/// A matrix as LaTeX mathematics.
pub fn tex(matrix: &Matrix, printer: &Printer<'_>, place: Place) -> String {
    Pen::Tex(printer, place).set(matrix).0
}

/// How tightly an expression binds, loosest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Bind {
    /// A sum.
    Sum,
    /// A product entry by entry, a quotient.
    Entrywise,
    /// A product of matrices.
    Product,
    /// What has something raised.
    Raised,
    /// A letter, a function value, what stands in brackets.
    Atom,
}

enum Pen<'a> {
    Text(&'a Notation),
    Tex(&'a Printer<'a>, Place),
}

impl Pen<'_> {
    fn pick<'t>(&self, text: &'t str, tex: &'t str) -> &'t str {
        match self {
            Pen::Text(_) => text,
            Pen::Tex(..) => tex,
        }
    }

    fn set(&self, matrix: &Matrix) -> (String, Bind) {
        match &matrix.form {
            Form::Array(name) => (self.name(name), Bind::Atom),
            Form::Slice(name, at) => {
                (self.expr(&Expr::new(ExprKind::Read(name.clone(), at.clone())), Level::Sum), Bind::Atom)
            }
            Form::Upstream(_, Some(letter)) => (self.name(letter), Bind::Atom),
            Form::Upstream(output, None) => {
                let built_up = matches!(self, Pen::Tex(_, Place::Display));
                let bind = if built_up { Bind::Raised } else { Bind::Sum };
                (self.expr(&Expr::new(ExprKind::Upstream(output.clone(), Vec::new())), Level::Sum), bind)
            }
            Form::Scalar(value) => {
                let bind = match value.kind {
                    ExprKind::Sum(_) | ExprKind::If(..) => Bind::Sum,
                    ExprKind::Upstream(..) if matches!(self, Pen::Text(_)) => Bind::Sum,
                    ExprKind::Product(_) | ExprKind::Reduce(..) | ExprKind::Upstream(..) => Bind::Product,
                    ExprKind::Power(..) => Bind::Raised,
                    _ => Bind::Atom,
                };
                (self.expr(value, Level::Sum), bind)
            }
            Form::Ones => (self.pick("1", "\\mathbf{1}").into(), Bind::Atom),
            Form::Identity => ("I".into(), Bind::Atom),
            Form::Transpose(of) => (self.raised(of, self.pick("ᵀ", "^{\\top}")), Bind::Raised),
            Form::Product(factors) => {
                let factors: Vec<String> = factors.iter().map(|f| self.least(f, Bind::Raised)).collect();
                (factors.join(self.pick("·", "\\,")), Bind::Product)
            }
            Form::Hadamard(factors) => {
                let factors: Vec<String> = factors.iter().map(|f| self.least(f, Bind::Raised)).collect();
                (factors.join(self.pick(" ⊙ ", "\\odot ")), Bind::Entrywise)
            }
            Form::Quotient(pair) => self.quotient(&pair[0], &pair[1], matrix.is_scalar()),
            Form::Power(base, exponent) => {
                let wide = !matrix.is_scalar() && [&matrix.rows, &matrix.columns].iter().all(|e| **e != Extent::One);
                let sign = if wide { self.pick("⊙", "\\odot ") } else { "" };
                let script = match self {
                    Pen::Text(_) => format!("^{sign}{exponent}"),
                    Pen::Tex(..) => format!("^{{{sign}{exponent}}}"),
                };
                (self.raised(base, &script), Bind::Raised)
            }
            Form::Apply(function, parts) => (self.call(*function, parts), Bind::Atom),
            Form::Compare(relation, pair) => {
                let [a, b] = [&pair[0], &pair[1]].map(|side| self.set(side).0);
                let sign = self.relation(*relation);
                (
                    match self {
                        Pen::Text(_) => format!("[{a} {sign} {b}]"),
                        Pen::Tex(..) => format!("[\\,{a}{sign}{b}\\,]"),
                    },
                    Bind::Atom,
                )
            }
            Form::Diag(of) | Form::Diagonal(of) => (self.word("diag", of), Bind::Atom),
            Form::Trace(of) => (self.word("tr", of), Bind::Atom),
            Form::Sum(terms) => (self.sum(terms), Bind::Sum),
            Form::Scale(pair) => self.scale(&pair[0], &pair[1]),
        }
    }

    fn name(&self, name: &str) -> String {
        match self {
            Pen::Text(notation) => notation.unicode(name),
            Pen::Tex(printer, _) => printer.notation.latex(name),
        }
    }

    fn expr(&self, value: &Expr, level: Level) -> String {
        match self {
            Pen::Text(notation) => plain::expression(value, notation),
            Pen::Tex(printer, place) => printer.at_least(value, level, *place).tex,
        }
    }

    fn parenthesised(&self, inside: &str) -> String {
        match self {
            Pen::Tex(..) if inside.contains("\\frac") => format!("\\left({inside}\\right)"),
            _ => format!("({inside})"),
        }
    }

    fn least(&self, matrix: &Matrix, wanted: Bind) -> String {
        let (set, bind) = self.set(matrix);
        if bind < wanted { self.parenthesised(&set) } else { set }
    }

    /// With something raised at its right; what has scripts already is grouped.
    fn raised(&self, base: &Matrix, script: &str) -> String {
        let set = self.least(base, Bind::Atom);
        let grouped = matches!(self, Pen::Tex(..)) && set.contains(['^', '\'']) && !set.ends_with([')', ']']);
        if grouped { format!("{{{set}}}{script}") } else { format!("{set}{script}") }
    }

    fn word(&self, word: &str, of: &Matrix) -> String {
        let inside = self.parenthesised(&self.set(of).0);
        match self {
            Pen::Text(_) => format!("{word}{inside}"),
            Pen::Tex(..) => format!("\\operatorname{{{word}}}{inside}"),
        }
    }

    fn quotient(&self, above: &Matrix, below: &Matrix, scalar: bool) -> (String, Bind) {
        if let (Pen::Tex(_, Place::Display), true) = (self, scalar) {
            return (format!("\\frac{{{}}}{{{}}}", self.set(above).0, self.set(below).0), Bind::Atom);
        }
        let sign = if scalar { "/" } else { self.pick(" ⊘ ", "\\oslash ") };
        let least = if scalar { Bind::Product } else { Bind::Raised };
        (format!("{}{sign}{}", self.least(above, least), self.least(below, Bind::Raised)), Bind::Entrywise)
    }

    fn call(&self, function: Function, parts: &[Matrix]) -> String {
        let entry = function.entry();
        let list = parts.iter().map(|part| self.set(part).0).collect::<Vec<_>>().join(", ");
        match (self, function) {
            (Pen::Text(_), _) => format!("{}({list})", entry.name),
            (_, Function::Sqrt) => format!("\\sqrt{{{list}}}"),
            (_, Function::Abs) => format!("\\lvert {list}\\rvert "),
            _ => {
                let own = || format!("\\operatorname{{{}}}", entry.name.replace('_', "-"));
                format!("{}{}", entry.latex.map_or_else(own, String::from), self.parenthesised(&list))
            }
        }
    }

    fn relation(&self, relation: Relation) -> &'static str {
        match (self, relation) {
            (Pen::Tex(..), _) => sign(relation),
            (_, Relation::Equal) => "=",
            (_, Relation::NotEqual) => "≠",
            (_, Relation::Less) => "<",
            (_, Relation::AtMost) => "≤",
            (_, Relation::Greater) => ">",
            (_, Relation::AtLeast) => "≥",
        }
    }

    fn sum(&self, terms: &[(Sign, Matrix)]) -> String {
        let mut out = String::new();
        for (place, (sign, term)) in terms.iter().enumerate() {
            let sign = match (self, place, sign) {
                (_, 0, Sign::Plus) => "",
                (Pen::Text(_), 0, Sign::Minus) => "−",
                (Pen::Text(_), _, Sign::Plus) => " + ",
                (Pen::Text(_), _, Sign::Minus) => " − ",
                (Pen::Tex(..), _, Sign::Plus) => "+",
                (Pen::Tex(..), _, Sign::Minus) => "-",
            };
            out += sign;
            out += &self.least(term, Bind::Entrywise);
        }
        out
    }

    /// A scalar before what it multiplies.
    fn scale(&self, factor: &Matrix, of: &Matrix) -> (String, Bind) {
        let written = matches!(factor.form, Form::Scalar(_));
        let left = if written { self.least(factor, Bind::Product) } else { self.least(factor, Bind::Raised) };
        let right = match &of.form {
            Form::Product(_) if of.is_scalar() && !written => self.parenthesised(&self.set(of).0),
            _ => self.least(of, Bind::Product),
        };
        let times = match self {
            Pen::Text(_) => "·",
            Pen::Tex(..) if right.starts_with(|c: char| c.is_ascii_digit()) => "\\cdot ",
            Pen::Tex(..) => "\\,",
        };
        (format!("{left}{times}{right}"), Bind::Product)
    }
}
