//! Formulas as people write them in LaTeX: indices as subscripts or in brackets, cases or Iverson
//! brackets, ranges above the sum or as conditions below it.

use crate::source::Source;
use backprose::language::function::Function;
use backprose::language::syntax::{
    Binder, Condition, Expr, ExprKind, Name, Operator, Reduction, Relation, Sign, Target,
};

/// What one author does in one formula.
#[derive(Clone, Copy)]
pub struct Style {
    subscripts: bool,
    below: bool,
    blackboard: bool,
    fractions: bool,
    dots: bool,
    inside: bool,
}

impl Style {
    pub fn new(source: &mut Source) -> Style {
        let mut coin = || source.below(2) == 1;
        Style { subscripts: coin(), below: coin(), blackboard: coin(), fractions: coin(), dots: coin(), inside: coin() }
    }

    /// `left = right`, unless something stands in it that has no common sign.
    pub fn equation(self, target: &Target, right: &Expr) -> Option<String> {
        let at = |indices: &Option<Vec<Expr>>| indices.clone().unwrap_or_default();
        let left = match target {
            Target::Value(name, rows) => self.read(name, &at(rows))?,
            Target::Gradient(array, columns) => self.upstream(array, &at(columns))?,
            Target::Jacobian((output, rows), (array, columns)) => {
                format!(
                    "\\frac{{\\partial {}}}{{\\partial {}}}",
                    self.read(output, &at(rows))?,
                    self.read(array, &at(columns))?
                )
            }
            Target::Shape(_) | Target::Second(_) => return None,
        };
        Some(format!("{left} = {}", self.formula(right, 0)?))
    }

    fn name(self, name: &Name) -> Option<String> {
        let plain = name.trim_end_matches('\'');
        let letter = match plain {
            "alpha" | "beta" | "pi" => format!("\\{plain}"),
            _ if plain.len() == 1 => plain.to_string(),
            _ => return None,
        };
        Some(letter + &name[plain.len()..])
    }

    fn list(self, at: &[Expr]) -> Option<String> {
        Some(at.iter().map(|e| self.formula(e, 0)).collect::<Option<Vec<_>>>()?.join(", "))
    }

    fn read(self, name: &Name, at: &[Expr]) -> Option<String> {
        let (name, list) = (self.name(name)?, self.list(at)?);
        Some(match (at.is_empty(), self.subscripts) {
            (true, _) => name,
            (false, true) => format!("{name}_{{{list}}}"),
            (false, false) => format!("{name}[{list}]"),
        })
    }

    fn upstream(self, array: &Name, at: &[Expr]) -> Option<String> {
        Some(match self.inside || self.subscripts || at.is_empty() {
            true => format!("\\frac{{\\partial \\ell}}{{\\partial {}}}", self.read(array, at)?),
            false => format!("\\frac{{\\partial \\ell}}{{\\partial {}}}[{}]", self.name(array)?, self.list(at)?),
        })
    }

    /// A formula; in parentheses if it binds less tightly than `level`: 0 sum, 1 product, 2 factor.
    fn formula(self, e: &Expr, level: usize) -> Option<String> {
        let wrapped = |text: String, own: usize| if own < level { format!("({text})") } else { text };
        Some(match &e.kind {
            ExprKind::Number(n) if n.is_integer() => n.to_string(),
            ExprKind::Number(n) => format!("\\frac{{{}}}{{{}}}", n.numer(), n.denom()),
            ExprKind::Name(name) => self.name(name)?,
            ExprKind::Read(name, at) => self.read(name, at)?,
            ExprKind::Upstream(name, at) => self.upstream(name, at)?,
            ExprKind::Derivative(..) | ExprKind::Layer(_) | ExprKind::Normalise(..) => return None,
            ExprKind::Sum(terms) => {
                let mut text = String::new();
                for (k, (sign, term)) in terms.iter().enumerate() {
                    text += match (sign, k) {
                        (Sign::Plus, 0) => "",
                        (Sign::Plus, _) => " + ",
                        (Sign::Minus, 0) => "-",
                        (Sign::Minus, _) => " - ",
                    };
                    text += &self.formula(term, 1)?;
                }
                wrapped(text, 0)
            }
            ExprKind::Product(factors) => wrapped(self.product(factors)?, 1),
            ExprKind::Power(base, exponent) => {
                let base = match &base.kind {
                    ExprKind::Call(..) | ExprKind::Power(..) | ExprKind::Read(..) | ExprKind::Upstream(..) => {
                        format!("({})", self.formula(base, 0)?)
                    }
                    _ => self.formula(base, 3)?,
                };
                format!("{base}^{{{}}}", self.formula(exponent, 0)?)
            }
            ExprKind::Reduce(Reduction::Sum, binders, condition, body) => {
                wrapped(format!("{} {}", self.sums(binders, condition.as_deref())?, self.formula(body, 1)?), 1)
            }
            ExprKind::Reduce(..) => return None,
            ExprKind::Call(name, arguments) => self.call(name, arguments)?,
            ExprKind::Bracket(condition) => {
                let sign = if self.blackboard { "\\mathbb{1}" } else { "" };
                format!("{sign}[{}]", self.condition(condition)?)
            }
            ExprKind::If(condition, a, b) => {
                let (condition, a, b) = (self.condition(condition)?, self.formula(a, 0)?, self.formula(b, 0)?);
                let cases = format!(
                    "\\begin{{cases}} {a} & \\text{{if }} {condition} \\\\ {b} & \\text{{otherwise}} \\end{{cases}}"
                );
                if level > 0 { format!("\\left({cases}\\right)") } else { cases }
            }
        })
    }

    fn product(self, factors: &[(Operator, Expr)]) -> Option<String> {
        let mut text = String::new();
        let last = factors.len() - 1;
        for (k, (operator, factor)) in factors.iter().enumerate() {
            let open = matches!(factor.kind, ExprKind::Reduce(..)) && k < last;
            let own = self.formula(factor, if open { 3 } else { 2 })?;
            let own = if open && !own.starts_with('(') { format!("({own})") } else { own };
            text = match operator {
                _ if k == 0 => own,
                Operator::Times => {
                    let numbers = own.starts_with(|c: char| c.is_ascii_digit());
                    let dot = if self.dots || numbers { " \\cdot " } else { "\\, " };
                    format!("{text}{dot}{own}")
                }
                Operator::Over if self.fractions => format!("\\frac{{{text}}}{{{}}}", self.formula(factor, 0)?),
                Operator::Over => format!("{text} / {}", self.formula(factor, 2)?),
                Operator::Div => {
                    format!("\\left\\lfloor \\frac{{{text}}}{{{}}} \\right\\rfloor", self.formula(factor, 0)?)
                }
                Operator::Mod => format!("({text}) \\bmod {own}"),
                Operator::Matmul => return None,
            };
        }
        Some(text)
    }

    fn sums(self, binders: &[Binder], condition: Option<&Condition>) -> Option<String> {
        let mut text = String::new();
        for (k, binder) in binders.iter().enumerate() {
            let name = self.name(&binder.name)?;
            let (lo, hi) = binder.range.as_ref()?;
            let (lo, hi) = (self.formula(lo, 0)?, self.formula(hi, 0)?);
            let condition = condition.filter(|_| k + 1 == binders.len()).map(|c| self.condition(c));
            text += &match condition {
                None if self.below => format!("\\sum_{{{lo} \\le {name} \\le {hi}}}"),
                None => format!("\\sum_{{{name}={lo}}}^{{{hi}}}"),
                Some(condition) => {
                    format!("\\sum_{{\\substack{{{lo} \\le {name} \\le {hi} \\\\ {}}}}}", condition?)
                }
            };
        }
        Some(text)
    }

    fn call(self, name: &Name, arguments: &[Expr]) -> Option<String> {
        let list = self.list(arguments)?;
        Some(match &**name {
            "sqrt" => format!("\\sqrt{{{list}}}"),
            "abs" => format!("|{list}|"),
            "floor" => format!("\\lfloor {list} \\rfloor"),
            "ceil" => format!("\\lceil {list} \\rceil"),
            _ => {
                let sign = Function::named(name, arguments.len())?.entry().latex?;
                format!("{sign}({list})")
            }
        })
    }

    fn condition(self, condition: &Condition) -> Option<String> {
        let all = |parts: &[Condition], word: &str| {
            let parts = parts.iter().map(|part| self.condition(part)).collect::<Option<Vec<_>>>()?;
            Some(parts.join(word))
        };
        Some(match condition {
            Condition::Chain(first, rest) => {
                let mut text = self.formula(first, 0)?;
                for (relation, e) in rest {
                    let sign = match relation {
                        Relation::Equal => "=",
                        Relation::NotEqual => "\\ne",
                        Relation::Less => "<",
                        Relation::AtMost => "\\le",
                        Relation::Greater => ">",
                        Relation::AtLeast => "\\ge",
                    };
                    text += &format!(" {sign} {}", self.formula(e, 0)?);
                }
                text
            }
            Condition::Divides(m, e) => format!("{} \\mid {}", self.formula(m, 2)?, self.formula(e, 0)?),
            Condition::All(parts) => all(parts, " \\text{ and } ")?,
            Condition::Any(_) | Condition::Not(_) => return None,
        })
    }
}
