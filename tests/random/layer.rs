//! Well-typed specifications: arrays, and equations that read them inside their boxes.

use crate::source::Source;
use std::fmt::Write;

/// How tightly the outermost operation of a formula binds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Sum,
    Open,
    Product,
    Atom,
}

/// A formula as text.
#[derive(Clone)]
pub struct Formula(pub String, pub Level);

impl Formula {
    pub fn atom(text: impl Into<String>) -> Formula {
        Formula(text.into(), Level::Atom)
    }

    fn at_least(&self, level: Level) -> String {
        if self.1 >= level { self.0.clone() } else { format!("({})", self.0) }
    }

    pub fn factor(&self) -> String {
        self.at_least(Level::Product)
    }

    pub fn tight(&self) -> String {
        self.at_least(Level::Atom)
    }

    pub fn term(&self) -> String {
        self.at_least(Level::Open)
    }
}

/// A range of integers: of an axis, or of an index.
#[derive(Clone, PartialEq, Eq)]
pub struct Range {
    pub first: String,
    pub last: String,
    /// What declares an axis that has it: `3`, `N`, `0..T`.
    pub axis: String,
}

/// An index that may be read with.
#[derive(Clone)]
pub struct Index {
    pub name: String,
    pub range: Range,
}

#[derive(Clone)]
pub struct Array {
    pub name: String,
    pub axes: Vec<Range>,
}

/// A specification in the making.
pub struct Maker<'a> {
    pub source: &'a mut Source,
    pub base: i64,
    head: Vec<String>,
    given: Vec<String>,
    facts: Vec<String>,
    equations: Vec<String>,
    pub lengths: Vec<Range>,
    pub arrays: Vec<Array>,
    integers: Vec<(String, Range, Range)>,
    params: Vec<String>,
    names: Vec<&'static str>,
    defined: Vec<&'static str>,
    pub indices: Vec<&'static str>,
    /// Indices that stand alone on an axis outside all brackets.
    pub plain: Vec<String>,
}

/// The statements of a random layer, one a line; with another index base if one is given.
pub fn layer(source: &mut Source, base: Option<i64>) -> String {
    let chosen = if source.once_in(4) { 0 } else { 1 };
    let mut maker = Maker::new(source, base.unwrap_or(chosen));
    let equations = 1 + maker.source.below(5).min(maker.source.below(5));
    for _ in 0..equations {
        maker.equation();
    }
    if maker.source.once_in(5) {
        maker.fact();
    }
    maker.text()
}

impl<'a> Maker<'a> {
    fn new(source: &'a mut Source, base: i64) -> Maker<'a> {
        let mut maker = Maker {
            source,
            base,
            head: Vec::new(),
            given: Vec::new(),
            facts: Vec::new(),
            equations: Vec::new(),
            lengths: Vec::new(),
            arrays: Vec::new(),
            integers: Vec::new(),
            params: Vec::new(),
            names: vec!["C", "B", "Z", "A", "U", "b", "v", "V", "W", "z", "w", "x"],
            defined: vec!["e", "u", "q", "p", "h", "f", "y"],
            indices: Vec::new(),
            plain: Vec::new(),
        };
        let symbols = ["N", "M", "K"];
        for symbol in symbols.iter().take(1 + maker.source.below(3)) {
            let length = match maker.source.below(8) {
                0..=2 => (1 + maker.source.below(4)).to_string(),
                n => {
                    let most = 2 + maker.source.below(3);
                    maker.head.push(match n {
                        3 => format!("size {symbol} = {most}"),
                        4 => format!("size {symbol} >= 2"),
                        _ => format!("size {symbol}"),
                    });
                    symbol.to_string()
                }
            };
            let range = maker.range(&length);
            maker.lengths.push(range);
        }
        maker
    }

    fn text(self) -> String {
        let mut text = String::new();
        if self.base == 0 {
            text += "index from 0\n";
        }
        for line in self.head.iter().chain(&self.given).chain(&self.facts).chain(&self.equations) {
            let _ = writeln!(text, "{line}");
        }
        text
    }

    /// The range of an axis of so many places.
    pub fn range(&self, length: &str) -> Range {
        let number: Option<i64> = length.parse().ok();
        let last = match (self.base, number) {
            (1, _) => length.to_string(),
            (_, Some(n)) => (n - 1).to_string(),
            _ => format!("{length}-1"),
        };
        Range { first: self.base.to_string(), last, axis: length.to_string() }
    }

    pub fn head(&mut self, line: String) {
        if !self.head.contains(&line) {
            self.head.push(line);
        }
    }

    pub fn write(&mut self, equation: String) {
        self.equations.push(equation);
    }

    /// A name for a computed array.
    pub fn name(&mut self) -> String {
        self.defined.pop().unwrap_or("e_1").to_string()
    }

    /// An index name that nothing in the equation has.
    pub fn fresh(&mut self) -> String {
        self.indices.pop().unwrap_or("i_1").to_string()
    }

    pub fn new_equation(&mut self) {
        self.indices = vec!["m_2", "m_1", "s", "c", "t", "r", "n", "m", "k", "j", "i"];
        self.plain.clear();
    }

    pub fn length(&mut self) -> Range {
        let lengths = self.lengths.clone();
        self.source.one_of(&lengths)
    }

    /// A new input or weight.
    pub fn declare(&mut self, axes: &[Range]) -> Array {
        self.declare_padded(axes, "")
    }

    /// The same with padding on its first axis.
    pub fn declare_padded(&mut self, axes: &[Range], pad: &str) -> Array {
        let Some(name) = self.names.pop() else {
            let known = self.arrays.iter().find(|array| array.axes == axes && pad.is_empty()).cloned();
            return known.unwrap_or_else(|| self.declared(format!("X_{}", self.given.len()), axes, pad));
        };
        self.declared(name.to_string(), axes, pad)
    }

    fn declared(&mut self, name: String, axes: &[Range], pad: &str) -> Array {
        let role = self.source.one_of(&["input", "weight"]);
        let mut list: Vec<String> = axes.iter().map(|range| range.axis.clone()).collect();
        if let Some(first) = list.first_mut() {
            *first += pad;
        }
        let brackets = if list.is_empty() { String::new() } else { format!("[{}]", list.join(", ")) };
        self.given.push(format!("{role} {name}{brackets}"));
        let array = Array { name, axes: axes.to_vec() };
        if pad.is_empty() {
            self.arrays.push(array.clone());
        }
        array
    }

    pub fn param(&mut self) -> String {
        if self.params.is_empty() || self.source.once_in(3) && self.params.len() < 2 {
            let name = ["alpha", "beta"][self.params.len()];
            let bound = self.source.one_of(&[" > 0", "", " > 0 = 2"]);
            self.head.push(format!("param {name}{bound}"));
            self.params.push(name.to_string());
        }
        let params = self.params.clone();
        self.source.one_of(&params)
    }

    /// Integer data on an axis with values in a range.
    pub fn integers(&mut self, on: &Range, values: &Range) -> String {
        let known = self.integers.iter().find(|(_, a, b)| a == on && b == values);
        if let Some((name, ..)) = known {
            return name.clone();
        }
        let name = format!("tok_{}", self.integers.len() + 1);
        self.given.push(format!("integer {name}[{}] in {}..{}", on.axis, values.first, values.last));
        self.integers.push((name.clone(), on.clone(), values.clone()));
        name
    }

    /// A fact about a new array, and an equation that it simplifies.
    fn fact(&mut self) {
        self.new_equation();
        let (range, name) = (self.length(), self.name());
        let y = self.declare(std::slice::from_ref(&range));
        let z = self.declare(std::slice::from_ref(&range));
        let (y, z) = (y.name, z.name);
        self.facts.push(format!("require sum[c] {y}[c] = 1"));
        let body = match self.source.below(3) {
            0 => format!("-sum[c] {y}[c]*log(sigmoid({z}[c]))"),
            1 => format!("-sum[c] {y}[c]*logsoftargmax[c]({z}[c])"),
            _ => format!("sum[c] {y}[c]*({z}[c] + 2)"),
        };
        self.write(format!("{name} = {body}"));
    }

    /// The left side of an equation, with ranges where they do not follow.
    pub fn left(&self, name: &str, scope: &[Index]) -> String {
        let one = |index: &Index| match self.plain.contains(&index.name) {
            true => index.name.clone(),
            false => format!("{} in {}..{}", index.name, index.range.first, index.range.last),
        };
        match scope {
            [] => name.to_string(),
            _ => format!("{name}[{}]", scope.iter().map(one).collect::<Vec<_>>().join(", ")),
        }
    }

    /// Indices for the left side.
    pub fn scope(&mut self, most: usize) -> Vec<Index> {
        let axes = self.source.below(most + 1);
        (0..axes).map(|_| Index { name: self.fresh(), range: self.length() }).collect()
    }
}
