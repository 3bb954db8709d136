//! Expressions → LaTeX mathematics.
//!
//! Every result carries how tightly it binds and whether it is open at its right end (a sum, a
//! case distinction), so that parentheses stand exactly where the reading would be in doubt.
//! Fractions are built up in displays and written with a slash in lines of text and in indices.

use super::latex::{Place, Printer};
use super::tex;
use crate::language::function::Function;
use crate::language::syntax::{Binder, Condition, Expr, ExprKind, Extremum, Operator, Reduction, Sign};
use num_traits::Signed;

/// The functions whose powers are written behind their names: tanh²(u).
const RAISED: [&str; 3] = ["tanh", "sin", "cos"];

/// How tightly an expression binds, loosest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// A sum, a remainder.
    Sum,
    /// A product.
    Product,
    /// A factor: a sum sign with its body, a function value.
    Factor,
    /// A name, a read, anything between brackets.
    Atom,
}

/// An expression in TeX, and how it may be combined.
#[derive(Clone, Debug)]
pub struct Set {
    /// The TeX.
    pub tex: String,
    /// How tightly it binds.
    pub level: Level,
    /// Whether it is higher than a line.
    pub tall: bool,
    /// Whether what follows it would be read as part of it.
    pub open: bool,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Number,
    Name,
    Parenthesis,
    Bracket,
    Other,
}

impl Set {
    fn new(tex: impl Into<String>, level: Level) -> Set {
        Set { tex: tex.into(), level, tall: false, open: false, kind: Kind::Other }
    }

    fn kind(self, kind: Kind) -> Set {
        Set { kind, ..self }
    }

    fn tall(self, tall: bool) -> Set {
        Set { tall, ..self }
    }

    fn open(self, open: bool) -> Set {
        Set { open, ..self }
    }
}

impl Printer<'_> {
    /// An expression with what is needed to combine it.
    pub fn set(&self, e: &Expr, place: Place) -> Set {
        let set = self.unmarked(e, place);
        match self.marks.iter().find(|mark| mark.entry == *e) {
            Some(mark) => Set { tex: tex::mark(&mark.id, &set.tex), ..set },
            None => set,
        }
    }

    fn unmarked(&self, e: &Expr, place: Place) -> Set {
        match &e.kind {
            ExprKind::Number(n) if n.is_integer() => Set::new(n.to_string(), Level::Atom).kind(Kind::Number),
            ExprKind::Number(n) if place == Place::Display => {
                Set::new(format!("\\frac{{{}}}{{{}}}", n.numer(), n.denom()), Level::Factor).tall(true)
            }
            ExprKind::Number(n) => Set::new(n.to_string(), Level::Product).kind(Kind::Number),
            ExprKind::Name(n) => Set::new(self.notation.latex(n), Level::Atom).kind(Kind::Name),
            ExprKind::Read(n, at) => self.read(n, at),
            ExprKind::Upstream(n, at) => {
                let output = self.read(n, at).tex;
                self.quotient("\\partial\\ell", &format!("\\partial {output}"), place)
            }
            ExprKind::Derivative(body, n, at) => {
                Printer { marks: &[], ..*self }.derivative(body, &self.read(n, at).tex, place)
            }
            ExprKind::Sum(terms) => self.sum(terms, place),
            ExprKind::Product(factors) => self.product(factors, place),
            ExprKind::Power(base, exponent) => self.power(base, exponent, place),
            ExprKind::Reduce(how, binders, condition, body) => {
                self.reduce(*how, binders, condition.as_deref(), body, place)
            }
            ExprKind::Call(n, arguments) => self.call(n, "", arguments, place),
            ExprKind::Layer(call) => self.call(&call.layer, "", &call.arguments, place),
            ExprKind::Normalise(word, binders, condition, argument) => {
                self.normalised(word.word(), (binders, condition.as_deref()), argument, place)
            }
            ExprKind::Bracket(condition) => {
                let inner = self.condition(condition, Place::Index);
                let tex = if is_simple(condition) { format!("[{inner}]") } else { format!("[\\,{inner}\\,]") };
                Set::new(tex, Level::Atom).kind(Kind::Bracket)
            }
            ExprKind::If(..) => self.cases(e, place),
        }
    }

    /// The TeX of an expression in parentheses if it binds more loosely than asked.
    pub fn at_least(&self, e: &Expr, level: Level, place: Place) -> Set {
        let set = self.set(e, place);
        if set.level < level { self.parenthesised(set) } else { set }
    }

    fn parenthesised(&self, set: Set) -> Set {
        let tex = if set.tall { format!("\\left({}\\right)", set.tex) } else { format!("({})", set.tex) };
        Set { tex, level: Level::Atom, tall: set.tall, open: false, kind: Kind::Parenthesis }
    }

    fn closed(&self, set: Set) -> Set {
        if set.open { self.parenthesised(set) } else { set }
    }

    fn read(&self, name: &str, at: &[Expr]) -> Set {
        let array = self.notation.latex(name);
        if at.is_empty() {
            return Set::new(array, Level::Atom).kind(Kind::Name);
        }
        let loose = at.iter().any(|index| !matches!(index.kind, ExprKind::Name(_) | ExprKind::Number(_)));
        let indices: Vec<String> = at.iter().map(|index| self.set(index, Place::Index).tex).collect();
        let tex = if loose {
            format!("{array}[\\,{}\\,]", indices.join(",\\,"))
        } else {
            format!("{array}[{}]", indices.join(","))
        };
        Set::new(tex, Level::Atom)
    }

    fn quotient(&self, above: &str, below: &str, place: Place) -> Set {
        match place {
            Place::Display => Set::new(format!("\\frac{{{above}}}{{{below}}}"), Level::Factor).tall(true),
            _ => Set::new(format!("{above}/{below}"), Level::Product),
        }
    }

    fn derivative(&self, body: &Expr, by: &str, place: Place) -> Set {
        if let ExprKind::Name(_) | ExprKind::Read(..) = body.kind {
            return self.quotient(
                &format!("\\partial {}", self.set(body, Place::Inline).tex),
                &format!("\\partial {by}"),
                place,
            );
        }
        if let ExprKind::Derivative(of, first, at) = &body.kind
            && let ExprKind::Name(_) | ExprKind::Read(..) = of.kind
        {
            let above = format!("\\partial^{{2}} {}", self.set(of, Place::Inline).tex);
            let below = format!("\\partial {}\\,\\partial {by}", self.read(first, at).tex);
            return self.quotient(&above, &below, place);
        }
        let inner = self.parenthesised(self.set(body, place));
        let sign = match place {
            Place::Display => format!("\\frac{{\\partial}}{{\\partial {by}}}"),
            _ => format!("(\\partial/\\partial {by})"),
        };
        let narrow = if inner.tex.starts_with("\\left") { "\\!" } else { "" };
        Set::new(format!("{sign}{narrow}{}", inner.tex), Level::Factor).tall(place == Place::Display)
    }

    fn sum(&self, terms: &[(Sign, Expr)], place: Place) -> Set {
        let mut out = Set::new("", Level::Sum);
        for (position, (sign, term)) in terms.iter().enumerate() {
            let last = position + 1 == terms.len();
            let set = self.at_least(term, Level::Product, place);
            let set = if last { set } else { self.closed(set) };
            out.tex += match (position, sign) {
                (0, Sign::Plus) => "",
                (_, Sign::Plus) => "+",
                (_, Sign::Minus) => "-",
            };
            out.tex += &set.tex;
            out.tall |= set.tall;
            out.open = set.open;
        }
        out
    }

    fn product(&self, factors: &[(Operator, Expr)], place: Place) -> Set {
        let mut done: Vec<Set> = Vec::new();
        for (operator, factor) in factors {
            match operator {
                Operator::Times | Operator::Matmul => match &factor.kind {
                    ExprKind::Product(inner) if inner.iter().all(|(o, _)| *o == Operator::Times) => {
                        done.extend(inner.iter().map(|(_, f)| self.set(f, place)));
                    }
                    _ => done.push(self.set(factor, place)),
                },
                Operator::Over => done = vec![self.over(done, factor, place)],
                Operator::Div => done = vec![self.floor_of(done, factor, place)],
                Operator::Mod => {
                    let above = self.tighten(self.joined(done, place), Level::Factor);
                    let below = self.at_least(factor, Level::Factor, place);
                    let tex = format!("{}\\bmod {}", self.closed(above).tex, below.tex);
                    done = vec![Set::new(tex, Level::Sum).open(below.open)];
                }
            }
        }
        self.joined(done, place)
    }

    fn tighten(&self, set: Set, level: Level) -> Set {
        if set.level < level { self.parenthesised(set) } else { set }
    }

    fn over(&self, above: Vec<Set>, below: &Expr, place: Place) -> Set {
        let above = self.joined(above, place);
        if place == Place::Display {
            let tex = format!("\\frac{{{}}}{{{}}}", above.tex, self.set(below, place).tex);
            return Set::new(tex, Level::Factor).tall(true);
        }
        let above = self.closed(self.tighten(above, Level::Product));
        let below = self.closed(self.at_least(below, Level::Factor, place));
        Set::new(format!("{}/{}", above.tex, below.tex), Level::Product)
    }

    fn floor_of(&self, above: Vec<Set>, below: &Expr, place: Place) -> Set {
        let ratio = self.over(above, below, place).tex;
        match place {
            Place::Display => Set::new(format!("\\left\\lfloor{ratio}\\right\\rfloor"), Level::Atom).tall(true),
            _ => Set::new(format!("\\lfloor {ratio}\\rfloor"), Level::Atom),
        }
    }

    fn joined(&self, mut factors: Vec<Set>, place: Place) -> Set {
        if factors.len() == 1 {
            return factors.remove(0);
        }
        let count = factors.len();
        let mut out = Set::new("", Level::Product);
        let mut before: Option<Kind> = None;
        for (position, set) in factors.into_iter().enumerate() {
            let last = position + 1 == count;
            let set = if last { set } else { self.closed(set) };
            let set = self.tighten(set, Level::Factor);
            if let Some(left) = before {
                out.tex += self.between(left, &set, place);
            }
            before = Some(set.kind);
            out.tex += &set.tex;
            out.tall |= set.tall;
            out.open = set.open;
        }
        out
    }

    fn between(&self, left: Kind, right: &Set, place: Place) -> &'static str {
        let number = |tex: &str| tex.starts_with(|c: char| c.is_ascii_digit());
        let digit = number(&right.tex);
        let fraction = right.tex.strip_prefix("\\frac{").is_some_and(number);
        match (left, right.kind) {
            (Kind::Name, Kind::Bracket) => "\\cdot ",
            _ if digit => "\\cdot ",
            (Kind::Number, _) if fraction => "\\cdot ",
            (Kind::Number, Kind::Name | Kind::Parenthesis) => "",
            (Kind::Name, Kind::Parenthesis) => "",
            (_, Kind::Parenthesis) if place == Place::Index => "",
            (Kind::Number, _) => "\\,",
            _ if place == Place::Index => "\\,",
            _ if left == Kind::Other || right.kind == Kind::Other || right.kind == Kind::Bracket => "\\;",
            _ => "\\,",
        }
    }

    fn power(&self, base: &Expr, exponent: &Expr, place: Place) -> Set {
        if let (ExprKind::Call(name, arguments), ExprKind::Number(n)) = (&base.kind, &exponent.kind)
            && RAISED.contains(&&**name)
            && n.is_integer()
            && n.is_positive()
        {
            return self.call(name, &format!("^{{{n}}}"), arguments, place);
        }
        let base = self.at_least(base, Level::Atom, place);
        let raised = self.set(exponent, Place::Index).tex;
        let bare =
            base.kind == Kind::Number || base.kind == Kind::Parenthesis || base.tex.chars().all(char::is_alphanumeric);
        let tex = if bare || base.tex.ends_with(']') { base.tex } else { format!("{{{}}}", base.tex) };
        Set::new(format!("{tex}^{{{raised}}}"), Level::Factor).tall(base.tall)
    }

    fn reduce(
        &self,
        how: Reduction,
        binders: &[Binder],
        condition: Option<&Condition>,
        body: &Expr,
        place: Place,
    ) -> Set {
        let sign = match how {
            Reduction::Sum => "\\sum",
            Reduction::Mean => "\\operatorname*{mean}\\limits",
            Reduction::Variance => "\\operatorname*{var}\\limits",
            Reduction::Product => "\\prod",
            Reduction::Extremum(Extremum::Max) => "\\max",
            Reduction::Extremum(Extremum::Min) => "\\min",
            Reduction::Extremum(Extremum::ArgMax) => "\\operatorname*{arg\\,max}",
            Reduction::Extremum(Extremum::ArgMin) => "\\operatorname*{arg\\,min}",
        };
        let extremum = matches!(how, Reduction::Extremum(_));
        let word = extremum || matches!(how, Reduction::Mean | Reduction::Variance);
        let split = condition.is_none() && !extremum && (!word || binders.len() == 1);
        let signs = match (split, place) {
            (true, _) => binders.iter().map(|binder| self.one_binder(sign, binder)).collect(),
            (false, _) => format!("{sign}_{{{}}}", self.substack(binders, condition)),
        };
        let inner = self.at_least(body, Level::Product, place);
        let gap = if inner.tex.starts_with("\\sum") || inner.tex.starts_with("\\left") || signs.ends_with('}') && !word
        {
            ""
        } else {
            "\\,"
        };
        Set::new(format!("{signs}{gap}{}", inner.tex), Level::Factor).tall(place == Place::Display).open(true)
    }

    fn one_binder(&self, sign: &str, binder: &Binder) -> String {
        let name = self.notation.latex(&binder.name);
        match &binder.range {
            Some((first, last)) => {
                format!(
                    "{sign}_{{{name}={}}}^{{{}}}",
                    self.set(first, Place::Index).tex,
                    self.set(last, Place::Index).tex
                )
            }
            None => format!("{sign}_{{{name}}}"),
        }
    }

    fn substack(&self, binders: &[Binder], condition: Option<&Condition>) -> String {
        let range = |binder: &Binder| {
            let name = self.notation.latex(&binder.name);
            match &binder.range {
                Some((a, b)) => {
                    format!("{}\\le {name}\\le {}", self.set(a, Place::Index).tex, self.set(b, Place::Index).tex)
                }
                None => name,
            }
        };
        let mut lines: Vec<String> = binders.iter().map(range).collect();
        match condition {
            Some(Condition::All(parts)) => lines.extend(parts.iter().map(|part| self.condition(part, Place::Index))),
            Some(other) => lines.push(self.condition(other, Place::Index)),
            None => {}
        }
        if lines.len() == 1 { lines.remove(0) } else { format!("\\substack{{{}}}", lines.join("\\\\ ")) }
    }

    /// softargmax_j(s[i,j])
    fn normalised(
        &self,
        word: &str,
        (binders, condition): (&[Binder], Option<&Condition>),
        argument: &Expr,
        place: Place,
    ) -> Set {
        let below = self.substack(binders, condition);
        let argument = self.parenthesised(self.set(argument, place));
        let narrow = if argument.tex.starts_with("\\left") { "\\!" } else { "" };
        let tex = format!("\\operatorname{{{word}}}_{{{below}}}{narrow}{}", argument.tex);
        Set::new(tex, Level::Factor).tall(argument.tall)
    }

    fn call(&self, name: &str, raised: &str, arguments: &[Expr], place: Place) -> Set {
        let sets: Vec<Set> = arguments.iter().map(|e| self.set(e, place)).collect();
        let tall = sets.iter().any(|set| set.tall);
        let list = sets.iter().map(|set| set.tex.as_str()).collect::<Vec<_>>().join(", ");
        let (left, right) = if tall { ("\\left", "\\right") } else { ("", "") };
        let between =
            |open: &str, close: &str| Set::new(format!("{left}{open} {list}{right}{close} "), Level::Atom).tall(tall);
        match (name, arguments.len()) {
            ("sqrt", 1) => Set::new(format!("\\sqrt{{{list}}}"), Level::Atom).tall(tall),
            ("abs", 1) => between("\\lvert", "\\rvert"),
            ("floor", 1) => between("\\lfloor", "\\rfloor"),
            ("ceil", 1) => between("\\lceil", "\\rceil"),
            ("delta", 2) => Set::new(format!("\\delta_{{{list}}}"), Level::Atom),
            _ => {
                let known = Function::named(name, arguments.len()).and_then(|function| function.entry().latex);
                let sign = known.map_or_else(|| format!("\\operatorname{{{}}}", plain(name)), str::to_owned);
                let narrow = if tall { "\\!" } else { "" };
                Set::new(format!("{sign}{raised}{narrow}{left}({list}{right})"), Level::Factor).tall(tall)
            }
        }
    }

    fn cases(&self, e: &Expr, place: Place) -> Set {
        let place = if place == Place::Index { Place::Inline } else { place };
        let mut rows = String::new();
        let mut rest = e;
        while let ExprKind::If(condition, then, otherwise) = &rest.kind {
            let condition = self.condition(condition, Place::Inline);
            rows += &format!("{} & \\text{{if }} {condition}\\\\ ", self.set(then, place).tex);
            rest = otherwise;
        }
        rows += &format!("{} & \\text{{otherwise}}", self.set(rest, place).tex);
        Set::new(format!("\\begin{{cases}}{rows}\\end{{cases}}"), Level::Factor).tall(true).open(true)
    }
}

fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

fn is_simple(condition: &Condition) -> bool {
    let simple = |e: &Expr| matches!(e.kind, ExprKind::Name(_) | ExprKind::Number(_));
    matches!(condition, Condition::Chain(first, rest) if rest.len() == 1 && simple(first) && simple(&rest[0].1))
}
