//! The operation of an equation in a few signs, from the outside in: `σ(Σ + Σ)`, `⊙ + ⊙`, `softargmax`.
//!
//! Invariant: a sign says what stands in the equation; where it would be long, only its outermost part.

use crate::language::function::Function;
use crate::language::syntax::{Expr, ExprKind, Name, Operator, Reduction, Sign};
use crate::model::each_part;
use crate::writeup::symbols;

/// The most characters that a sign has.
const LONGEST: usize = 12;

/// The sign of a right-hand side; empty where an entry is only passed on.
pub(super) fn sign(e: &Expr) -> String {
    match &e.kind {
        ExprKind::Number(_) | ExprKind::Name(_) | ExprKind::Read(..) | ExprKind::Upstream(..) => String::new(),
        ExprKind::Call(name, arguments) => applied(&function(name), arguments),
        ExprKind::Normalise(word, ..) => word.word().to_string(),
        ExprKind::Reduce(Reduction::Sum, ..) => "Σ".into(),
        ExprKind::Reduce(Reduction::Product, ..) => "Π".into(),
        ExprKind::Reduce(Reduction::Mean, _, _, body) => joined("mean", &sign(body)),
        ExprKind::Reduce(word @ (Reduction::Variance | Reduction::Extremum(_)), ..) => word.word().to_string(),
        ExprKind::Sum(terms) => sum(terms),
        ExprKind::Product(factors) => product(factors),
        ExprKind::Power(base, exponent) => power(base, exponent),
        ExprKind::If(..) => "cases".into(),
        ExprKind::Bracket(_) => "[ ]".into(),
        ExprKind::Layer(_) | ExprKind::Derivative(..) => String::new(),
    }
}

/// The sign of a function, or its name.
fn function(name: &Name) -> String {
    let entry = Function::all().map(Function::entry).find(|entry| entry.name == &**name);
    let greek = entry.and_then(|entry| entry.latex?.strip_prefix('\\')).and_then(symbols::character);
    greek.or(entry.and_then(|entry| entry.unicode)).map_or_else(|| name.to_string(), str::to_string)
}

fn applied(name: &str, arguments: &[Expr]) -> String {
    match arguments {
        [only] => joined(name, &sign(only)),
        _ => name.to_string(),
    }
}

fn joined(outer: &str, inner: &str) -> String {
    let whole = format!("{outer}({inner})");
    if inner.is_empty() || whole.chars().count() > LONGEST { outer.to_string() } else { whole }
}

fn sum(terms: &[(Sign, Expr)]) -> String {
    let mark = |sign: &Sign| if *sign == Sign::Minus { "−" } else { "+" };
    if let [(Sign::Minus, only)] = terms {
        return format!("−{}", sign(only));
    }
    let signs: Vec<(&str, String)> = terms.iter().map(|(s, term)| (mark(s), sign(term))).collect();
    let outer = if terms.iter().skip(1).all(|(s, _)| *s == Sign::Minus) { "−" } else { "+" };
    if signs.iter().all(|(_, sign)| !sign.is_empty()) {
        let mut whole = String::new();
        for (place, (mark, sign)) in signs.iter().enumerate() {
            match (place, *mark) {
                (0, "+") => whole += sign,
                (0, mark) => whole += &format!("{mark}{sign}"),
                (_, mark) => whole += &format!(" {mark} {sign}"),
            }
        }
        if whole.chars().count() <= LONGEST {
            return whole;
        }
    }
    let mut parts: Vec<&str> = signs.iter().map(|(_, sign)| sign.as_str()).filter(|sign| !sign.is_empty()).collect();
    parts.dedup();
    let whole = [&parts[..], &[outer]].concat().join(", ");
    if whole.chars().count() > LONGEST { outer.to_string() } else { whole }
}

fn product(factors: &[(Operator, Expr)]) -> String {
    if factors.iter().any(|(operator, _)| *operator == Operator::Over) {
        let above: Vec<(Operator, Expr)> = factors.iter().filter(|(o, _)| *o == Operator::Times).cloned().collect();
        let inner = if above.is_empty() { String::new() } else { product(&above) };
        return if inner.is_empty() || inner == "×" { "/".into() } else { format!("{inner}, /") };
    }
    let value = |e: &&Expr| !matches!(e.kind, ExprKind::Number(_) | ExprKind::Bracket(_));
    let values: Vec<&Expr> = factors.iter().map(|(_, factor)| factor).filter(value).collect();
    match values.as_slice() {
        [] => String::new(),
        [only] => sign(only),
        several if several.iter().all(|e| reads(e)) => "⊙".into(),
        _ => "×".into(),
    }
}

/// Whether an entry of an array stands in it.
fn reads(e: &Expr) -> bool {
    let mut found = false;
    each_part(e, &mut |part| found |= matches!(part.kind, ExprKind::Read(..)));
    found
}

fn power(base: &Expr, exponent: &Expr) -> String {
    let raised = match &exponent.kind {
        ExprKind::Number(value) => symbols::raised(&value.to_string()),
        _ => None,
    };
    match (raised, sign(base)) {
        (Some(raised), inner) if inner.is_empty() => format!("( ){raised}"),
        (Some(raised), inner) if inner.chars().count() + 3 <= LONGEST => format!("({inner}){raised}"),
        _ => "^".into(),
    }
}
