//! Expressions as plain text.
//!
//! A [`Level`] says what may stand somewhere without parentheses, a [`Room`] how much air its
//! operators get: ASCII sets short sums in brackets close (`t-1`), Unicode everything in them.
//!
//! Invariant: a piece printed at a level is read back by the grammar rule of that level.

use super::Alphabet;
use super::literal::literal;
use crate::language::syntax::{Binder, Condition, Expr, ExprKind, LayerCall, Name, Operator, Reduction, Setting, Sign};

/// What may stand somewhere without parentheses; each level allows what is below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// Anything.
    Whole,
    /// Anything but `if`.
    Sum,
    /// A product or a reduction.
    Product,
    /// The last factor of a product: a reduction or a power.
    LastFactor,
    /// A power.
    Factor,
    /// The base of a power.
    Primary,
}

/// How much air the signs of a sum get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    /// `a + b`
    Wide,
    /// `a+b` if both are single words, else `a + 2*b`.
    Snug,
    /// `a+b`
    Tight,
}

/// Writes in one alphabet.
#[derive(Clone, Copy)]
pub(super) struct Pen {
    pub(super) alphabet: Alphabet,
}

impl Pen {
    /// One of two ways to write a sign.
    pub(super) fn pick<'a>(self, ascii: &'a str, unicode: &'a str) -> &'a str {
        match self.alphabet {
            Alphabet::Ascii => ascii,
            Alphabet::Unicode => unicode,
        }
    }

    pub(super) fn unicode(self) -> bool {
        self.alphabet == Alphabet::Unicode
    }

    /// The room inside square brackets.
    pub(super) fn inner(self) -> Room {
        if self.unicode() { Room::Tight } else { Room::Snug }
    }

    /// The room inside parentheses.
    fn grouped(self, outer: Room) -> Room {
        if self.unicode() { outer } else { Room::Snug }
    }

    /// An expression, in parentheses where its place asks for them.
    pub(super) fn expression(self, value: &Expr, level: Level, room: Room) -> String {
        let allowed = match &value.kind {
            ExprKind::If(..) => Level::Whole,
            ExprKind::Sum(_) => Level::Sum,
            ExprKind::Product(_) if self.floored(value) => Level::Primary,
            ExprKind::Product(_) => Level::Product,
            ExprKind::Reduce(..) => Level::LastFactor,
            ExprKind::Power(..) | ExprKind::Upstream(..) | ExprKind::Derivative(..) => Level::Factor,
            _ => Level::Primary,
        };
        if level <= allowed {
            return self.bare(value, room);
        }
        format!("({})", self.bare(value, self.grouped(room)))
    }

    fn bare(self, value: &Expr, room: Room) -> String {
        match &value.kind {
            ExprKind::Number(number) => literal(number),
            ExprKind::Name(name) => name.to_string(),
            ExprKind::Read(name, at) => format!("{name}{}", self.indices(at)),
            ExprKind::Upstream(name, at) => {
                format!("{}/{}", self.pick("dl", "∂ℓ"), self.differential(name, Some(at)))
            }
            ExprKind::Derivative(of, name, at) => {
                let by = self.differential(name, Some(at));
                match differentiated(of) {
                    Some((f, first, rows)) => {
                        self.second(&self.bare(f, room), &self.differential(first, Some(rows)), &by)
                    }
                    None => format!("{}/{by}", self.numerator(of)),
                }
            }
            ExprKind::Sum(terms) => self.sum(terms, room),
            ExprKind::Product(factors) => self.product(value, factors, room),
            ExprKind::Power(base, exponent) => {
                let tight = if self.unicode() { Room::Tight } else { Room::Snug };
                let above = match exponent.kind {
                    ExprKind::Upstream(..) | ExprKind::Derivative(..) => Level::Primary,
                    _ => Level::Factor,
                };
                let base = self.expression(base, Level::Primary, room);
                format!("{base}^{}", self.expression(exponent, above, tight))
            }
            ExprKind::Reduce(word, binders, p, body) => self.reduction(*word, binders, p.as_deref(), body, room),
            ExprKind::Call(name, arguments) => self.call(name, arguments, room),
            ExprKind::Layer(call) => self.layer(call),
            ExprKind::Normalise(normaliser, binders, p, argument) => {
                let bound = self.bounds(binders, p.as_deref());
                let argument = self.expression(argument, Level::Whole, self.grouped(room));
                format!("{}[{bound}]({argument})", normaliser.word())
            }
            ExprKind::Bracket(p) => format!("[{}]", self.condition(p)),
            ExprKind::If(p, then, other) => format!(
                "if {} then {} else {}",
                self.condition(p),
                self.expression(then, Level::Sum, room),
                self.expression(other, Level::Whole, room)
            ),
        }
    }

    fn sum(self, terms: &[(Sign, Expr)], room: Room) -> String {
        let simple = |value: &Expr| matches!(value.kind, ExprKind::Name(_) | ExprKind::Number(_));
        let short = terms.len() <= 2 && terms.iter().all(|(_, term)| simple(term));
        let blank = if room == Room::Tight || (room == Room::Snug && short) { "" } else { " " };
        let mut text = String::new();
        for (at, (sign, term)) in terms.iter().enumerate() {
            let sign = match sign {
                Sign::Plus => "+",
                Sign::Minus => self.pick("-", "−"),
            };
            match at {
                0 if sign == "+" => {}
                0 => text.push_str(sign),
                _ => text.extend([blank, sign, blank]),
            }
            text.push_str(&self.expression(term, Level::Product, room));
        }
        text
    }

    /// Whether a product is written `⌊a/b⌋`: its one `div` comes last.
    fn floored(self, value: &Expr) -> bool {
        let ExprKind::Product(factors) = &value.kind else {
            return false;
        };
        let divisions = factors.iter().filter(|(operator, _)| *operator == Operator::Div).count();
        self.unicode() && divisions == 1 && matches!(factors.last(), Some((Operator::Div, _)))
    }

    fn product(self, value: &Expr, factors: &[(Operator, Expr)], room: Room) -> String {
        if !self.floored(value) {
            return self.factors(factors, room);
        }
        let mut quotient = factors.to_vec();
        if let Some(last) = quotient.last_mut() {
            last.0 = Operator::Over;
        }
        format!("⌊{}⌋", self.factors(&quotient, Room::Tight))
    }

    fn factors(self, factors: &[(Operator, Expr)], room: Room) -> String {
        let blank = if self.unicode() || factors.iter().all(|(_, factor)| plain(factor)) { "" } else { " " };
        let mut text = String::new();
        let mut number = false;
        for (at, (operator, factor)) in factors.iter().enumerate() {
            let level = if at + 1 == factors.len() { Level::LastFactor } else { Level::Factor };
            let piece = self.expression(factor, level, room);
            let times = *operator == Operator::Times;
            match operator {
                _ if at == 0 => {}
                Operator::Times if number && touches(factor, &piece) => {}
                Operator::Times => text.extend([blank, self.pick("*", "·"), blank]),
                Operator::Over if piece.starts_with(['d', '∂']) => text.push_str(" / "),
                Operator::Over => text.extend([blank, "/", blank]),
                Operator::Div => text.push_str(" div "),
                Operator::Mod => text.push_str(" mod "),
                Operator::Matmul => text.push_str(" @ "),
            }
            number = self.unicode() && times && piece.ends_with(|letter: char| letter.is_ascii_digit());
            number &= matches!(factor.kind, ExprKind::Number(_));
            text.push_str(&piece);
        }
        text
    }

    fn reduction(self, word: Reduction, binders: &[Binder], p: Option<&Condition>, body: &Expr, room: Room) -> String {
        let extremum = matches!(word, Reduction::Extremum(_));
        let word = match word {
            Reduction::Sum => self.pick("sum", "Σ"),
            Reduction::Mean | Reduction::Variance | Reduction::Extremum(_) => word.word(),
            Reduction::Product => self.pick("prod", "Π"),
        };
        let (open, close) = if self.unicode() && !extremum { ("(", ")") } else { ("[", "]") };
        let bound = self.bounds(binders, p);
        let body = self.expression(body, Level::Product, room);
        format!("{word}{open}{bound}{close} {body}")
    }

    /// `k in 1..5, i : k != i`, `k=1..5, i: k ≠ i`
    fn bounds(self, binders: &[Binder], p: Option<&Condition>) -> String {
        let binders: Vec<String> = binders.iter().map(|binder| self.binder(binder)).collect();
        match p {
            Some(p) => format!("{}{}{}", binders.join(", "), self.pick(" : ", ": "), self.condition(p)),
            None => binders.join(", "),
        }
    }

    /// `k in 1..5`, `k=1..5`
    pub(super) fn binder(self, binder: &Binder) -> String {
        match &binder.range {
            None => binder.name.to_string(),
            Some(range) => format!("{}{}{}", binder.name, self.pick(" in ", "="), self.range(range)),
        }
    }

    /// `1..5`
    pub(super) fn range(self, (first, last): &(Expr, Expr)) -> String {
        let room = self.inner();
        let first = self.expression(first, Level::Sum, room);
        format!("{first}..{}", self.expression(last, Level::Sum, room))
    }

    fn call(self, name: &Name, arguments: &[Expr], room: Room) -> String {
        if let ([only], true) = (arguments, self.unicode()) {
            let quotient = match &only.kind {
                ExprKind::Product(factors) => matches!(factors.last(), Some((Operator::Over, _))),
                _ => false,
            };
            let inside = || self.expression(only, Level::Whole, Room::Tight);
            match &**name {
                "floor" if !quotient => return format!("⌊{}⌋", inside()),
                "ceil" => return format!("⌈{}⌉", inside()),
                _ => {}
            }
        }
        let room = self.grouped(room);
        format!("{name}({})", self.list(arguments, ", ", room))
    }

    /// `conv1d(x, W; S = 2)[r,1]`
    fn layer(self, call: &LayerCall) -> String {
        let room = self.grouped(Room::Wide);
        let value = |s: &Setting| format!("{} = {}", s.name, self.expression(&s.value, Level::Sum, room));
        let settings: Vec<String> = call.settings.iter().map(value).collect();
        let mark = if settings.is_empty() { "" } else { "; " };
        let at = call.at.as_ref().map(|at| self.indices(at)).unwrap_or_default();
        format!("{}({}{mark}{}){at}", call.layer, self.list(&call.arguments, ", ", room), settings.join(", "))
    }

    fn list(self, values: &[Expr], comma: &str, room: Room) -> String {
        let values: Vec<String> = values.iter().map(|value| self.expression(value, Level::Whole, room)).collect();
        values.join(comma)
    }

    /// `[i + 2*(r-1), k]`; single words are set close in ASCII: `[1,k,i]`.
    pub(super) fn indices(self, at: &[Expr]) -> String {
        let comma = if at.iter().all(word) { "," } else { ", " };
        format!("[{}]", self.list(at, comma, self.inner()))
    }

    /// `df[r,1]`, `∂f[r,1]`
    pub(super) fn differential(self, name: &str, at: Option<&[Expr]>) -> String {
        let d = if REFUSED.contains(&name) { "∂" } else { self.pick("d", "∂") };
        match at {
            None | Some([]) => format!("{d}{name}"),
            Some(at) => {
                let comma = if at.iter().all(word) { "," } else { ", " };
                format!("{d}{name}[{}]", self.list(at, comma, self.inner()))
            }
        }
    }

    /// `d2f[r]/dW[k] dx[i]`
    pub(super) fn second(self, of: &str, first: &str, by: &str) -> String {
        format!("{}{of}/{first} {by}", self.pick("d2", "∂²"))
    }

    /// What is differentiated: `df[r]`, or `d(…)`.
    fn numerator(self, of: &Expr) -> String {
        match &of.kind {
            ExprKind::Name(name) if !LOSS.contains(&&**name) => self.differential(name, None),
            ExprKind::Read(name, at) => self.differential(name, Some(at)),
            _ => {
                let inside = self.expression(of, Level::Whole, self.grouped(Room::Wide));
                format!("{}({inside})", self.pick("d", "∂"))
            }
        }
    }
}

/// f, x and the indices of x of ∂f[…]/∂x[…].
fn differentiated(of: &Expr) -> Option<(&Expr, &Name, &[Expr])> {
    match &of.kind {
        ExprKind::Derivative(f, by, at) => match &f.kind {
            ExprKind::Name(_) | ExprKind::Read(..) => Some((f, by, at)),
            _ => None,
        },
        _ => None,
    }
}

/// The names of the scalar loss, which differentiated by themselves are upstream gradients.
const LOSS: [&str; 2] = ["l", "ℓ"];
/// Names that with a `d` before them are other words of the language.
const REFUSED: [&str; 2] = ["iv", "elta"];

/// A name or a number.
fn word(value: &Expr) -> bool {
    matches!(value.kind, ExprKind::Name(_) | ExprKind::Number(_))
}

/// What is short enough to stand close to its `*`: `2*P`, `S*(r-1)`, `x^2`.
fn plain(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Name(_) | ExprKind::Number(_) | ExprKind::Sum(_) | ExprKind::Product(_) => true,
        ExprKind::Power(base, _) => word(base),
        _ => false,
    }
}

/// Whether a factor may follow a number directly: `2(r−1)`, `2x[i]`.
fn touches(factor: &Expr, piece: &str) -> bool {
    let base = match &factor.kind {
        ExprKind::Power(base, _) => base,
        _ => factor,
    };
    piece.starts_with('(') || matches!(base.kind, ExprKind::Name(_) | ExprKind::Read(..))
}
