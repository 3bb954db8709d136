//! The words in which operations are told: arrays by their roles, indices in lists.
//!
//! Invariant: an array is called what it was declared as – a weight, an upstream gradient – or by
//! its name alone.

use super::document::{Inline, Piece, Prose, Symbol};
use crate::answer::{Answer, Names};
use crate::integer::{Index, Var};
use crate::language::syntax::{Expr, ExprKind, Name};
use crate::model::{Quote, System, Term};
use crate::recognise::{Form, IndexRole, Matrix, Operation, OperationKind, Source};

/// Words for one answer.
pub(super) struct Words<'a> {
    pub(super) system: &'a System,
    pub(super) quote: Quote,
}

impl<'a> Words<'a> {
    pub(super) fn new(system: &'a System, names: &Names, answer: &Answer) -> Words<'a> {
        Words { system, quote: names.quote(system, &answer.derivation.indices) }
    }

    pub(super) fn index(&self, index: &Index) -> Inline {
        formula(self.quote.index(index))
    }

    pub(super) fn var(&self, var: &Var) -> Inline {
        formula(Expr::name(self.quote.var(var)))
    }

    /// The letter of an array or an upstream gradient.
    pub(super) fn letter(&self, source: &Source) -> Expr {
        match source {
            Source::Array(name) => Expr::name(name.clone()),
            Source::Upstream(output) => match self.quote.upstream.get(output) {
                Some(letter) => Expr::name(letter.clone()),
                None => Expr::new(ExprKind::Upstream(output.clone(), Vec::new())),
            },
        }
    }

    /// `x`, `the weight W`, `the upstream gradient g`
    pub(super) fn array(&self, source: &Source) -> Prose {
        let role = match source {
            Source::Upstream(_) => "the upstream gradient ",
            Source::Array(_) if source.is_weight(self.system) => "the weight ",
            Source::Array(_) => "",
        };
        let words = (!role.is_empty()).then(|| text(role));
        words.into_iter().chain([formula(self.letter(source))]).collect()
    }

    /// `i`, `i and k`, `i, j and k`
    pub(super) fn list(&self, vars: &[&Var]) -> Prose {
        enumerated(vars.iter().map(|v| vec![self.var(v)]).collect())
    }

    /// `i and k`, for indices as the formula writes them.
    pub(super) fn shown(&self, indices: &[&Index]) -> Prose {
        enumerated(indices.iter().map(|i| vec![self.index(i)]).collect())
    }

    /// The array that a factor of an operation reads.
    pub(super) fn factor(&self, operation: &Operation, factor: usize) -> Prose {
        self.array(&operation.wiring.factors[factor].source)
    }

    /// An entry as the formula reads it.
    pub(super) fn read(&self, source: &Source, at: &[Index]) -> Inline {
        let at: Vec<Expr> = at.iter().map(|i| self.quote.index(i)).collect();
        let letter = self.letter(source);
        formula(match letter.kind {
            ExprKind::Name(name) if !at.is_empty() => Expr::new(ExprKind::Read(name, at)),
            ExprKind::Upstream(output, _) => Expr::new(ExprKind::Upstream(output, at)),
            _ => letter,
        })
    }

    /// A contraction in matrix form.
    pub(super) fn matrix_form(&self, operation: &Operation) -> Option<Expr> {
        let OperationKind::Contraction(contraction) = &operation.kind else { return None };
        let times = crate::language::syntax::Operator::Times;
        let letter = |source: &Source| self.letter(source);
        let factor = |m: &Matrix| if m.transposed { transposed(letter(&m.source)) } else { letter(&m.source) };
        let mut factors = match contraction.form.as_ref()? {
            Form::Product(a, b) if b.vector || !a.vector => vec![factor(a), factor(b)],
            Form::Product(..) | Form::Elementwise(..) | Form::AxisSum(_) => return None,
            Form::Trace(_) | Form::Diagonal(_) | Form::DiagonalMatrix(_) => return None,
            Form::Outer(a, b) => vec![letter(a), transposed(letter(b))],
            Form::Inner(a, b) => vec![transposed(letter(a)), letter(b)],
            Form::Bilinear(a, m, b) => vec![transposed(letter(a)), factor(m), letter(b)],
            Form::Itself(m) => vec![factor(m)],
        };
        let mut all = match self.scale(operation) {
            None if factors.len() == 1 => return Some(factors.remove(0)),
            None => Vec::new(),
            Some(Expr { kind: ExprKind::Product(scale), .. }) => scale,
            Some(scale) => vec![(times, scale)],
        };
        all.extend(factors.into_iter().map(|e| (times, e)));
        Some(Expr::new(ExprKind::Product(all)))
    }

    /// The number or scalar that multiplies an operation; none if it is 1.
    pub(super) fn scale(&self, operation: &Operation) -> Option<Expr> {
        let scale = &operation.wiring.scale;
        (!scale.is_empty()).then(|| self.quote.formula(&Term::product(scale.iter().cloned())))
    }

    /// `times 1/N`, an item of its own.
    pub(super) fn times(&self, operation: &Operation) -> Option<Prose> {
        self.scale(operation).map(|scale| vec![text("times "), formula(scale)])
    }

    /// `o = o'`, for output indices that must be equal.
    pub(super) fn equal(&self, vars: &[Var]) -> Prose {
        let names = vars.iter().map(|v| Piece::Expr(Expr::name(self.quote.var(v))));
        let mut pieces: Vec<Piece> = Vec::new();
        for name in names {
            if !pieces.is_empty() {
                pieces.push(Piece::Symbol(Symbol::Equal));
            }
            pieces.push(name);
        }
        vec![Inline::Math(pieces)]
    }

    /// `n = n'`, for each of the indices that is several.
    pub(super) fn diagonals(&self, roles: &[IndexRole]) -> Vec<Prose> {
        roles.iter().filter(|r| !r.equal.is_empty()).map(|r| self.equal(&r.equal)).collect()
    }
}

fn transposed(expr: Expr) -> Expr {
    Expr::new(ExprKind::Power(Box::new(expr), Box::new(Expr::name(Name::from("⊤")))))
}

/// Plain words.
pub(super) fn text(words: impl Into<String>) -> Inline {
    Inline::Text(words.into())
}

/// A formula in a line of text.
pub(super) fn formula(expr: Expr) -> Inline {
    Inline::Math(vec![Piece::Expr(expr)])
}

/// left = right
pub(super) fn equation(left: Expr, right: Expr) -> Inline {
    Inline::Math(vec![Piece::Expr(left), Piece::Symbol(Symbol::Equal), Piece::Expr(right)])
}

/// `a`, `a and b`, `a, b and c`
pub(super) fn enumerated(items: Vec<Prose>) -> Prose {
    let last = items.len().saturating_sub(1);
    let mut prose = Prose::new();
    for (k, item) in items.into_iter().enumerate() {
        match k {
            0 => {}
            k if k == last => prose.push(text(" and ")),
            _ => prose.push(text(", ")),
        }
        prose.extend(item);
    }
    prose
}

/// Clauses, commas between them.
pub(super) fn clauses(items: Vec<Prose>) -> Prose {
    joined(items, ", ")
}

/// Items with a separator between them.
pub(super) fn joined(items: Vec<Prose>, separator: &str) -> Prose {
    let mut prose = Prose::new();
    for (k, item) in items.into_iter().enumerate() {
        if k > 0 {
            prose.push(text(separator));
        }
        prose.extend(item);
    }
    prose
}

/// `first`, `second`, …
pub(super) fn ordinal(k: usize) -> String {
    const WORDS: [&str; 5] = ["first", "second", "third", "fourth", "fifth"];
    WORDS.get(k).map_or_else(|| format!("{}th", k + 1), |word| (*word).to_string())
}
