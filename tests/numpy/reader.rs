//! Reads formulas for the tests: just enough of the language to write trees down legibly.

use backprose::language::syntax::{Binder, Condition, Expr, ExprKind, Operator, Reduction, Relation, Sign};
use num_rational::BigRational;

pub struct Reader {
    tokens: Vec<String>,
    at: usize,
}

pub fn formula(source: &str) -> Expr {
    let mut reader = Reader::new(source);
    let e = reader.sum();
    assert_eq!(reader.at, reader.tokens.len(), "left over in {source}");
    e
}

pub fn condition(source: &str) -> Condition {
    Reader::new(source).condition()
}

/// `r in 1..R, o in 1..F`
pub fn binders(source: &str) -> Vec<Binder> {
    if source.is_empty() {
        return Vec::new();
    }
    Reader::new(source).binders()
}

impl Reader {
    fn new(source: &str) -> Reader {
        let mut tokens: Vec<String> = Vec::new();
        let letters: Vec<char> = source.chars().collect();
        let mut k = 0;
        while k < letters.len() {
            let start = k;
            let c = letters[k];
            k += 1;
            if c.is_whitespace() {
                continue;
            }
            if c.is_alphanumeric() || c == '_' {
                while k < letters.len() && (letters[k].is_alphanumeric() || "_'".contains(letters[k])) {
                    k += 1;
                }
            } else if k < letters.len() && ["..", "<=", ">=", "!="].contains(&&*String::from_iter([c, letters[k]])) {
                k += 1;
            }
            tokens.push(letters[start..k].iter().collect());
        }
        Reader { tokens, at: 0 }
    }

    fn peek(&self) -> &str {
        self.tokens.get(self.at).map_or("", String::as_str)
    }

    fn eat(&mut self, token: &str) -> bool {
        let found = self.peek() == token;
        self.at += usize::from(found);
        found
    }

    fn next(&mut self) -> String {
        self.at += 1;
        self.tokens[self.at - 1].clone()
    }

    fn sum(&mut self) -> Expr {
        let mut terms = Vec::new();
        let mut sign = if self.eat("-") { Sign::Minus } else { Sign::Plus };
        loop {
            terms.push((sign, self.product()));
            sign = match self.peek() {
                "+" => Sign::Plus,
                "-" => Sign::Minus,
                _ => break,
            };
            self.at += 1;
        }
        match terms.as_slice() {
            [(Sign::Plus, only)] => only.clone(),
            _ => Expr::new(ExprKind::Sum(terms)),
        }
    }

    fn product(&mut self) -> Expr {
        let mut factors = vec![(Operator::Times, self.power())];
        loop {
            let operator = match self.peek() {
                "*" => Operator::Times,
                "/" => Operator::Over,
                "div" => Operator::Div,
                "mod" => Operator::Mod,
                _ => break,
            };
            self.at += 1;
            factors.push((operator, self.power()));
        }
        match factors.as_slice() {
            [(_, only)] => only.clone(),
            _ => Expr::new(ExprKind::Product(factors)),
        }
    }

    fn power(&mut self) -> Expr {
        let base = self.primary();
        if self.eat("^") {
            let exponent = self.primary();
            return Expr::new(ExprKind::Power(Box::new(base), Box::new(exponent)));
        }
        base
    }

    fn primary(&mut self) -> Expr {
        let token = self.next();
        match token.as_str() {
            "(" => {
                let e = self.sum();
                assert!(self.eat(")"), "missing )");
                e
            }
            "[" => {
                let condition = self.condition();
                assert!(self.eat("]"), "missing ]");
                Expr::new(ExprKind::Bracket(Box::new(condition)))
            }
            "sum" | "mean" | "prod" if self.peek() == "[" => self.reduce(&token),
            "if" => {
                let condition = Box::new(self.condition());
                assert!(self.eat("then"), "missing then");
                let yes = Box::new(self.sum());
                assert!(self.eat("else"), "missing else");
                Expr::new(ExprKind::If(condition, yes, Box::new(self.sum())))
            }
            word if word.chars().all(|c| c.is_ascii_digit()) => {
                let value = word.parse::<i64>().expect("a literal");
                Expr::new(ExprKind::Number(BigRational::from_integer(value.into())))
            }
            word => self.named(word),
        }
    }

    fn named(&mut self, word: &str) -> Expr {
        if self.eat("(") {
            return Expr::new(ExprKind::Call(word.into(), self.list(")")));
        }
        if self.eat("[") {
            return Expr::new(match word.strip_prefix("up_") {
                Some(output) => ExprKind::Upstream(output.into(), self.list("]")),
                None => ExprKind::Read(word.into(), self.list("]")),
            });
        }
        Expr::name(word)
    }

    fn list(&mut self, close: &str) -> Vec<Expr> {
        let mut items = Vec::new();
        while !self.eat(close) {
            items.push(self.sum());
            self.eat(",");
        }
        items
    }

    fn reduce(&mut self, word: &str) -> Expr {
        self.at += 1;
        let binders = self.binders();
        let condition = self.eat(":").then(|| Box::new(self.condition()));
        assert!(self.eat("]"), "missing ]");
        let body = Box::new(self.product());
        let reduction = match word {
            "sum" => Reduction::Sum,
            "prod" => Reduction::Product,
            _ => Reduction::Mean,
        };
        Expr::new(ExprKind::Reduce(reduction, binders, condition, body))
    }

    fn binders(&mut self) -> Vec<Binder> {
        let mut binders = Vec::new();
        loop {
            let name = self.next().into();
            assert!(self.eat("in"), "missing in");
            let first = self.sum();
            assert!(self.eat(".."), "missing ..");
            let range = Some((first, self.sum()));
            binders.push(Binder { name, range, span: Default::default() });
            if !self.eat(",") {
                return binders;
            }
        }
    }

    fn condition(&mut self) -> Condition {
        let mut parts = vec![self.relation()];
        while self.eat("and") {
            parts.push(self.relation());
        }
        if parts.len() == 1 { parts.remove(0) } else { Condition::All(parts) }
    }

    fn relation(&mut self) -> Condition {
        let first = self.sum();
        if self.eat("|") {
            return Condition::Divides(first, self.sum());
        }
        let mut rest = Vec::new();
        loop {
            let relation = match self.peek() {
                "=" => Relation::Equal,
                "!=" => Relation::NotEqual,
                "<" => Relation::Less,
                "<=" => Relation::AtMost,
                ">" => Relation::Greater,
                ">=" => Relation::AtLeast,
                _ => break,
            };
            self.at += 1;
            rest.push((relation, self.sum()));
        }
        Condition::Chain(first, rest)
    }
}
