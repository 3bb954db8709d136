//! Formulas → one line of Unicode for the terminal.
//!
//! The language's own printer writes the expressions; here names are replaced by their printed
//! form beforehand, and the pieces are put in a row.

use super::document::{Piece, Symbol};
use super::notation::Notation;
use crate::language::print::{self, Alphabet};
use crate::language::syntax::{Binder, Condition, Expr, ExprKind, Name};

/// A formula in one line.
pub fn math(math: &[Piece], notation: &Notation) -> String {
    let mut out = String::new();
    for (position, piece) in math.iter().enumerate() {
        let bare = !matches!(piece, Piece::Symbol(_) | Piece::Quad);
        let after_bare = position > 0 && !matches!(math[position - 1], Piece::Symbol(_) | Piece::Quad);
        if bare && after_bare {
            out.push(' ');
        }
        out += &one(piece, notation);
    }
    out.trim().to_string()
}

fn one(piece: &Piece, notation: &Notation) -> String {
    match piece {
        Piece::Expr(e) => expression(e, notation),
        Piece::Matrix(matrix) => super::matrix::text(matrix, notation),
        Piece::Condition(c) => print::condition(&renamed_condition(c, notation), Alphabet::Unicode),
        Piece::Space(groups) if groups.iter().all(Vec::is_empty) => "ℝ".into(),
        Piece::Space(groups) => match lengths(groups, notation) {
            text if text.chars().all(|c| c.is_alphanumeric()) => format!("ℝ^{text}"),
            text => format!("ℝ^({text})"),
        },
        Piece::Lengths(groups) if groups.iter().all(Vec::is_empty) => "1".into(),
        Piece::Lengths(groups) => lengths(groups, notation),
        Piece::Decimal(digits) => digits.replace('-', "−"),
        Piece::Symbol(Symbol::Equal) => " = ".into(),
        Piece::Symbol(Symbol::Approx) => " ≈ ".into(),
        Piece::Symbol(Symbol::Similar) => " ∼ ".into(),
        Piece::Symbol(Symbol::To) => " → ".into(),
        Piece::Symbol(Symbol::Infinity) => "∞".into(),
        Piece::Symbol(Symbol::MinusInfinity) => "−∞".into(),
        Piece::Symbol(Symbol::In) => " ∈ ".into(),
        Piece::Symbol(Symbol::Iff) => " ⟺ ".into(),
        Piece::Symbol(Symbol::Define) => " ≔ ".into(),
        Piece::Symbol(Symbol::Bar) => " | ".into(),
        Piece::Symbol(Symbol::Comma) => ", ".into(),
        Piece::Symbol(Symbol::Dots) => " ⋯ ".into(),
        Piece::Quad => "   ".into(),
    }
}

/// An expression in one line.
pub fn expression(e: &Expr, notation: &Notation) -> String {
    print::expression(&renamed(e, notation), Alphabet::Unicode)
}

fn lengths(groups: &[Vec<Expr>], notation: &Notation) -> String {
    let groups: Vec<&Vec<Expr>> = groups.iter().filter(|group| !group.is_empty()).collect();
    let alone = groups.len() == 1 && groups[0].len() == 1;
    let axis = |e: &Expr| {
        let text = expression(e, notation);
        let several = matches!(e.kind, ExprKind::Sum(_)) || text.contains('·') && !text.starts_with('⌊');
        if several && !alone { format!("({text})") } else { text }
    };
    let group = |axes: &&Vec<Expr>| {
        let text = axes.iter().map(axis).collect::<Vec<_>>().join("×");
        if groups.len() == 1 || axes.len() == 1 { text } else { format!("({text})") }
    };
    groups.iter().map(group).collect::<Vec<_>>().join("×")
}

fn renamed(e: &Expr, n: &Notation) -> Expr {
    let one = |e: &Expr| Box::new(renamed(e, n));
    let many = |list: &[Expr]| list.iter().map(|e| renamed(e, n)).collect::<Vec<_>>();
    let name = |name: &Name| Name::from(n.unicode(name));
    Expr::new(match &e.kind {
        ExprKind::Number(value) => ExprKind::Number(value.clone()),
        ExprKind::Name(a) => ExprKind::Name(name(a)),
        ExprKind::Read(a, at) => ExprKind::Read(name(a), many(at)),
        ExprKind::Upstream(a, at) => ExprKind::Upstream(name(a), many(at)),
        ExprKind::Derivative(body, a, at) => match *one(body) {
            Expr { kind: ExprKind::Name(loss), .. } if *loss == *"ℓ" => ExprKind::Upstream(name(a), many(at)),
            body => ExprKind::Derivative(Box::new(body), name(a), many(at)),
        },
        ExprKind::Sum(terms) => ExprKind::Sum(terms.iter().map(|(sign, term)| (*sign, renamed(term, n))).collect()),
        ExprKind::Product(factors) => {
            ExprKind::Product(factors.iter().map(|(op, factor)| (*op, renamed(factor, n))).collect())
        }
        ExprKind::Power(a, b) => ExprKind::Power(one(a), one(b)),
        ExprKind::Reduce(how, binders, condition, body) => {
            let binders = binders.iter().map(|b| renamed_binder(b, n)).collect();
            let condition = condition.as_ref().map(|c| Box::new(renamed_condition(c, n)));
            ExprKind::Reduce(*how, binders, condition, one(body))
        }
        ExprKind::Normalise(word, binders, condition, argument) => {
            let binders = binders.iter().map(|b| renamed_binder(b, n)).collect();
            let condition = condition.as_ref().map(|c| Box::new(renamed_condition(c, n)));
            ExprKind::Normalise(*word, binders, condition, one(argument))
        }
        ExprKind::Call(function, arguments) => ExprKind::Call(function.clone(), many(arguments)),
        ExprKind::Layer(call) => ExprKind::Call(call.layer.clone(), many(&call.arguments)),
        ExprKind::Bracket(c) => ExprKind::Bracket(Box::new(renamed_condition(c, n))),
        ExprKind::If(c, a, b) => ExprKind::If(Box::new(renamed_condition(c, n)), one(a), one(b)),
    })
}

fn renamed_binder(binder: &Binder, n: &Notation) -> Binder {
    let range = binder.range.as_ref().map(|(first, last)| (renamed(first, n), renamed(last, n)));
    Binder { name: Name::from(n.unicode(&binder.name)), range, span: binder.span }
}

fn renamed_condition(condition: &Condition, n: &Notation) -> Condition {
    let many = |list: &[Condition]| list.iter().map(|c| renamed_condition(c, n)).collect();
    match condition {
        Condition::Chain(first, rest) => {
            Condition::Chain(renamed(first, n), rest.iter().map(|(r, e)| (*r, renamed(e, n))).collect())
        }
        Condition::Divides(a, b) => Condition::Divides(renamed(a, n), renamed(b, n)),
        Condition::All(parts) => Condition::All(many(parts)),
        Condition::Any(parts) => Condition::Any(many(parts)),
        Condition::Not(inner) => Condition::Not(Box::new(renamed_condition(inner, n))),
    }
}
