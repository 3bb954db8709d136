//! The right sides of random equations.

use crate::layer::{Array, Formula, Index, Level, Maker, Range};

/// Functions of one value, each with what is put in.
const FUNCTIONS: [&str; 22] = [
    "tanh(_)",
    "sigmoid(_)",
    "exp(_)",
    "relu(_)",
    "silu(_)",
    "softplus(_)",
    "gelu(_)",
    "sin(_)",
    "cos(_)",
    "erf(_)",
    "abs(_)",
    "sqrt(1 + (_)^2)",
    "log(2 + (_)^2)",
    "leaky_relu(_, 1/8)",
    "max(_, 0)",
    "min(1, _)",
    "(_)^2",
    "(_)^3",
    "(1 + (_)^2)^(-1)",
    "sign(_)",
    "step(_)",
    "log(1 + exp(_))",
];

impl Maker<'_> {
    /// A formula over the indices in scope; `guarded` where a read may not decide a range.
    pub fn value(&mut self, scope: &[Index], depth: usize, guarded: bool) -> Formula {
        if depth == 0 {
            return match self.source.below(12) {
                0..=8 => self.read(scope, guarded),
                9 => Formula::atom((1 + self.source.below(3)).to_string()),
                10 => Formula::atom(self.param()),
                _ => match scope.first() {
                    Some(index) => Formula::atom(index.name.clone()),
                    None => self.read(scope, guarded),
                },
            };
        }
        match self.source.below(17) {
            0 | 1 => self.read(scope, guarded),
            2..=4 => {
                let (a, b) = (self.value(scope, depth - 1, guarded), self.value(scope, depth - 1, guarded));
                Formula(format!("{}*{}", a.factor(), b.factor()), Level::Product)
            }
            5 | 6 => {
                let (a, b) = (self.value(scope, depth - 1, guarded), self.value(scope, depth - 1, guarded));
                let sign = self.source.one_of(&["+", "-"]);
                Formula(format!("{} {sign} {}", a.0, b.term()), Level::Sum)
            }
            7..=9 => {
                let name = self.source.one_of(&FUNCTIONS);
                let inner = self.value(scope, depth - 1, guarded);
                let bare = name.contains("(_)^") || name.starts_with("(_");
                let level = if bare { Level::Product } else { Level::Atom };
                let text =
                    name.replace('_', "\u{1}").replace("leaky\u{1}relu", "leaky_relu").replace('\u{1}', &inner.0);
                Formula(text, level)
            }
            10 => {
                let condition = self.condition(scope);
                let inner = self.value(scope, depth - 1, true);
                Formula(format!("[{condition}]*{}", inner.factor()), Level::Product)
            }
            11 => {
                let condition = self.condition(scope);
                let (a, b) = (self.value(scope, depth - 1, true), self.value(scope, depth - 1, true));
                Formula::atom(format!("(if {condition} then {} else {})", a.0, b.0))
            }
            12..=14 => self.reduction(scope, depth - 1, guarded),
            15 => {
                let (a, b) = (self.value(scope, depth - 1, guarded), self.value(scope, 0, guarded));
                Formula(format!("{}/(1 + {}^2)", a.factor(), b.tight()), Level::Product)
            }
            _ => {
                let (a, b) = (self.value(scope, 0, true), self.value(scope, 0, true));
                let inner = self.value(scope, depth - 1, guarded);
                Formula(format!("[{} > {}]*{}", a.0, b.0, inner.factor()), Level::Product)
            }
        }
    }

    /// A sum, mean, product or extremum over new indices.
    fn reduction(&mut self, scope: &[Index], depth: usize, guarded: bool) -> Formula {
        let word = self.source.one_of(&["sum", "sum", "sum", "sum", "mean", "prod", "max", "min", "var", "logsumexp"]);
        let several = word == "sum" && self.source.once_in(3);
        let mut inside = scope.to_vec();
        let mut bound = Vec::new();
        for _ in 0..1 + usize::from(several) {
            let range = match (self.source.below(5), scope.last(), word) {
                (4, Some(outer), "sum") => Range { last: outer.name.clone(), ..outer.range.clone() },
                _ => self.length(),
            };
            let index = Index { name: self.fresh(), range };
            inside.insert(0, index.clone());
            bound.push(index);
        }
        let conditional = word == "sum" && self.source.once_in(4);
        let condition = if conditional { format!(" : {}", self.condition(&inside)) } else { String::new() };
        let body = self.value(&inside, depth, guarded || conditional);
        let written = |index: &Index| format!("{} in {}..{}", index.name, index.range.first, index.range.last);
        let list = bound.iter().map(written).collect::<Vec<_>>().join(", ");
        self.plain.retain(|name| bound.iter().all(|index| index.name != *name));
        let text = match word {
            "logsumexp" => format!("logsumexp[{list}]({})", body.0),
            _ => format!("{word}[{list}{condition}] {}", body.factor()),
        };
        Formula(text, Level::Open)
    }

    /// A read of an array that is there or, more often, of a new one.
    pub fn read(&mut self, scope: &[Index], guarded: bool) -> Formula {
        let known = self.arrays.clone();
        if !known.is_empty() && self.source.below(5) < 3 {
            let latest = known.len() - 1 - self.source.below(known.len());
            return self.read_of(&known[latest], scope, guarded);
        }
        let mut axes = Vec::new();
        for index in scope.iter().take(3) {
            if self.source.below(4) < 3 && !index.range.last.contains(char::is_lowercase) {
                axes.push(index.range.clone());
            }
        }
        let array = self.declare(&axes);
        self.read_of(&array, scope, guarded)
    }

    /// A read of an array inside its box.
    pub fn read_of(&mut self, array: &Array, scope: &[Index], guarded: bool) -> Formula {
        let mut guards = Vec::new();
        let mut at = Vec::new();
        let mut used: Vec<String> = Vec::new();
        for axis in &array.axes {
            at.push(self.place(axis, scope, (&mut used, &mut guards)));
        }
        if guards.is_empty() {
            if !guarded {
                let alone = at
                    .iter()
                    .zip(&array.axes)
                    .filter(|(e, axis)| scope.iter().any(|index| index.name == **e && index.range == **axis));
                let alone: Vec<String> = alone.map(|(name, _)| name.clone()).collect();
                self.plain.extend(alone);
            }
            return match at.is_empty() {
                true => Formula::atom(array.name.clone()),
                false => Formula::atom(format!("{}[{}]", array.name, at.join(", "))),
            };
        }
        let (read, condition) = (format!("{}[{}]", array.name, at.join(", ")), guards.join(" and "));
        match self.source.once_in(3) {
            false => Formula(format!("[{condition}]*{read}"), Level::Product),
            true => Formula::atom(format!("(if {condition} then {read} else 0)")),
        }
    }

    /// An index expression with values on an axis, or one with a guard.
    fn place(&mut self, axis: &Range, scope: &[Index], (used, guards): (&mut Vec<String>, &mut Vec<String>)) -> String {
        let fits: Vec<Index> =
            scope.iter().filter(|index| index.range == *axis && !used.contains(&index.name)).cloned().collect();
        let (first, last, base) = (axis.first.clone(), axis.last.clone(), self.base);
        let number: Option<i64> = axis.axis.parse().ok();
        let counted = !axis.axis.contains("..");
        let shift = |e: &str| if base == 0 { e.to_string() } else { format!("1 + {e}") };
        let from_0 = |name: &str| if base == 0 { name.to_string() } else { format!("({name} - 1)") };
        if let Some(index) = fits.first() {
            let name = index.name.clone();
            used.push(name.clone());
            match self.source.below(12) {
                9 => return format!("{last} + {first} - {name}"),
                10 if counted => {
                    let by = 1 + self.source.below(3);
                    return shift(&format!("({name} + {by}) mod {}", tight(&axis.axis)));
                }
                11 => return format!("min(max({name} - 1, {first}), {last})"),
                _ => return name,
            }
        }
        let Some(index) = scope.get(self.source.below(scope.len().max(1))).cloned() else { return first };
        let name = index.name;
        match self.source.below(10) {
            0 if self.source.once_in(2) || number.is_none() => first,
            0 => last,
            1 | 2 if counted => shift(&format!("{} mod {}", from_0(&name), tight(&axis.axis))),
            3 | 4 if !index.range.last.contains(char::is_lowercase) && !axis.axis.contains("div") => {
                format!("{}[{name}]", self.integers(&index.range, axis))
            }
            5 | 6 => format!("min(max({name}, {first}), {last})"),
            n => {
                let other = scope.get(self.source.below(scope.len())).map_or(name.clone(), |other| other.name.clone());
                let e = match (n, self.source.below(5)) {
                    (7, _) => format!("{name} + {}", self.source.below(3)),
                    (_, 0) => format!("2*{name} - 1"),
                    (_, 1) if other != name => format!("{name} - {other} + 1"),
                    (_, 2) => format!("{name} div 2"),
                    (_, 3) => format!("2*{name} + {other} - 3"),
                    _ => format!("3 - {name}"),
                };
                guards.push(format!("{first} <= {e} <= {last}"));
                e
            }
        }
    }

    /// A condition on the indices in scope.
    pub fn condition(&mut self, scope: &[Index]) -> String {
        let Some(index) = scope.get(self.source.below(scope.len().max(1))) else {
            return "1 <= 2".into();
        };
        let name = index.name.clone();
        let n = self.source.below(4);
        let other = scope.get(self.source.below(scope.len())).map_or(name.clone(), |other| other.name.clone());
        match self.source.below(9) {
            0 => format!("{name} <= {n}"),
            1 => format!("{name} >= {n}"),
            2 => format!("2 | {name} + {n}"),
            3 if other != name => format!("{name} {} {other}", self.source.one_of(&["=", "<", "<=", "!=", ">"])),
            4 => format!("{name} = {n}"),
            5 if other != name => format!("0 <= {name} + {n} - {other} <= 2"),
            6 => format!("{name} mod 3 = {}", n.min(2)),
            7 => format!("{name} != {n} and {name} <= {}", n + 2),
            _ => format!("not ({name} = {n}) or {name} = {}", n + 1),
        }
    }
}

fn tight(length: &str) -> String {
    if length.chars().all(char::is_alphanumeric) { length.to_string() } else { format!("({length})") }
}
