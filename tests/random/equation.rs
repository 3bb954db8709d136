//! The kinds of random equations.

use crate::layer::{Array, Index, Maker, Range};

impl Maker<'_> {
    /// One more equation, or those of a recurrence.
    pub fn equation(&mut self) {
        self.new_equation();
        match self.source.below(10) {
            0..=2 => self.pointwise(),
            3 | 4 => self.sliding(),
            5 => self.contraction(),
            6 => self.normalised(),
            7 => self.recurrence(),
            8 => self.vectors(),
            _ => self.loss(),
        }
    }

    fn defines(&mut self, name: &str, scope: &[Index]) {
        let axes = scope.iter().map(|index| index.range.clone()).collect();
        self.arrays.push(Array { name: name.to_string(), axes });
    }

    fn pointwise(&mut self) {
        let name = self.name();
        let scope = self.scope(2);
        let depth = 1 + self.source.below(3);
        let body = self.value(&scope, depth, false);
        let left = self.left(&name, &scope);
        self.write(format!("{left} = {}", body.0));
        self.defines(&name, &scope);
    }

    /// A window that slides over an axis, with stride, dilation and padding.
    fn sliding(&mut self) {
        let name = self.name();
        let (r, k) = (self.fresh(), self.fresh());
        let (stride, dilation) = (1 + self.source.below(3), 1 + self.source.below(2));
        let pad = self.source.below(3);
        let window = 1 + self.source.below(3);
        let symbolic = self.source.once_in(2);
        let (length, pad_text) = match symbolic {
            true => {
                self.head("size L".into());
                let pad = if pad == 2 { "P".to_string() } else { pad.to_string() };
                if pad == "P" {
                    self.head("size P >= 0".into());
                }
                ("L".to_string(), pad)
            }
            false => {
                let least = dilation * (window - 1) + 1;
                ((least.saturating_sub(2 * pad).max(1) + self.source.below(4)).to_string(), pad.to_string())
            }
        };
        let symbolic_window = symbolic && self.source.once_in(2);
        let window_text = if symbolic_window { "Q".to_string() } else { window.to_string() };
        if symbolic_window {
            self.head("size Q".into());
        }
        let stride_text = if symbolic && self.source.once_in(3) { "S".to_string() } else { stride.to_string() };
        if stride_text == "S" {
            self.head("size S = 2".into());
        }
        let reach = match dilation {
            1 => format!("{window_text} - 1"),
            _ => format!("{dilation}*({window_text} - 1)"),
        };
        if symbolic && self.source.once_in(2) {
            self.head(format!("require {reach} + 1 <= {length} + 2*{pad_text}"));
        }
        let channel = self.source.once_in(3).then(|| Index { name: self.fresh(), range: self.length() });
        let ranges =
            |first: Range| std::iter::once(first).chain(channel.iter().map(|c| c.range.clone())).collect::<Vec<_>>();
        let suffix = if pad_text == "0" { String::new() } else { format!(" pad {pad_text}") };
        let x = self.declare_padded(&ranges(self.range(&length)), &suffix);
        let from_0 = |name: &str| if self.base == 0 { name.to_string() } else { format!("({name} - 1)") };
        let mut at = format!("{stride_text}*{} + {dilation}*{}", from_0(&r), from_0(&k));
        at = at.replace("1*", "");
        if self.base == 1 {
            at += " + 1";
        }
        if pad_text != "0" {
            at += &format!(" - {pad_text}");
        }
        let tail = channel.iter().map(|c| format!(", {}", c.name)).collect::<String>();
        let read = format!("{}[{at}{tail}]", x.name);
        let window_range = self.range(&window_text);
        let bound = |k: &str| match &channel {
            Some(c) => format!("{k}, {}", c.name),
            None => k.to_string(),
        };
        let body = match self.source.below(6) {
            4 => format!(
                "max[{k} in {}..{}] {}",
                window_range.first,
                window_range.last,
                read.replace(&tail, &kept(&channel))
            ),
            5 => format!(
                "mean[{k} in {}..{}] {}^2",
                window_range.first,
                window_range.last,
                read.replace(&tail, &kept(&channel))
            ),
            n => {
                let w = self.declare(&ranges(window_range));
                let weight = format!("{}[{k}{tail}]", w.name);
                match n {
                    3 => format!("sum[{}] tanh({read}*{weight})", bound(&k)),
                    _ => format!("sum[{}] {read}*{weight}", bound(&k)),
                }
            }
        };
        self.write(format!("{name}[{r}] = {body}"));
        let steps = format!("({length} + 2*{pad_text} - ({reach}) - 1) div {stride_text} + 1");
        let numbers = (!symbolic).then(|| {
            let length: usize = length.parse().unwrap_or(1);
            (length + 2 * pad - dilation * (window - 1) - 1) / stride + 1
        });
        if let Some(number) = numbers {
            let range = self.range(&number.to_string());
            self.defines(&name, &[Index { name: r, range }]);
        } else if self.source.once_in(2) {
            let range = self.range(&steps);
            let range = Range { last: if self.base == 0 { format!("({steps}) - 1") } else { steps }, ..range };
            self.defines(&name, &[Index { name: r, range }]);
        }
    }

    /// Products of reads, summed over what does not stay.
    fn contraction(&mut self) {
        let name = self.name();
        let scope = self.scope(2);
        let bound = Index { name: self.fresh(), range: self.length() };
        let mut all = scope.clone();
        all.insert(0, bound.clone());
        let factors: Vec<String> = (0..2 + self.source.below(2)).map(|_| self.read(&all, false).factor()).collect();
        let factors = factors.join("*");
        let list = match self.plain.contains(&bound.name) {
            true => bound.name.clone(),
            false => format!("{} in {}..{}", bound.name, bound.range.first, bound.range.last),
        };
        let left = self.left(&name, &scope);
        self.write(format!("{left} = sum[{list}] {factors}"));
        self.defines(&name, &scope);
    }

    fn normalised(&mut self) {
        let name = self.name();
        let mut scope = self.scope(1);
        let index = Index { name: self.fresh(), range: self.length() };
        scope.push(index.clone());
        let axes: Vec<Range> = scope.iter().map(|index| index.range.clone()).collect();
        let scores = match self.source.once_in(2) {
            false => self.declare(&axes),
            true => {
                let scores = self.name();
                let depth = 1 + self.source.below(2);
                let body = self.value(&scope, depth, false);
                let left = self.left(&scores, &scope);
                self.write(format!("{left} = {}", body.0));
                self.defines(&scores, &scope);
                Array { name: scores, axes }
            }
        };
        let names = scope.iter().map(|index| index.name.clone()).collect::<Vec<_>>().join(", ");
        let word = self.source.one_of(&["softargmax", "softmax", "logsoftargmax"]);
        let scale = if self.source.once_in(4) { format!("{}*", self.param()) } else { String::new() };
        let body = format!("{word}[{}]({scale}{}[{names}])", index.name, scores.name);
        self.write(format!("{name}[{names}] = {body}"));
        self.defines(&name, &scope);
    }

    fn recurrence(&mut self) {
        let name = self.name();
        let t = self.fresh();
        let lags = 1 + usize::from(self.source.once_in(4));
        let last = match self.source.once_in(2) {
            true => {
                self.head(format!("size T >= {lags}"));
                "T".to_string()
            }
            false => (lags + self.source.below(2)).to_string(),
        };
        let down = self.source.once_in(4);
        let scope = self.scope(1);
        let range = Range { first: "0".into(), last: last.clone(), axis: format!("0..{last}") };
        let own = Array {
            name: name.clone(),
            axes: std::iter::once(range.clone()).chain(scope.iter().map(|i| i.range.clone())).collect(),
        };
        let boxed = |at: &str| {
            let rest = scope.iter().map(|i| format!(", {} in {}..{}", i.name, i.range.first, i.range.last));
            format!("{name}[{at}{}]", rest.collect::<String>())
        };
        for k in 0..lags {
            let at = match (down, k) {
                (false, _) => k.to_string(),
                (true, 0) => last.clone(),
                (true, _) => format!("{last}-{k}"),
            };
            let start = if self.source.once_in(2) { self.read(&scope, true).0 } else { "0".into() };
            self.write(format!("{} = {start}", boxed(&at)));
        }
        let steps = match down {
            false => Range { first: lags.to_string(), last: last.clone(), axis: format!("{lags}..{last}") },
            true => Range { first: "0".into(), last: format!("{last}-{lags}"), axis: format!("0..{last}-{lags}") },
        };
        let before = |k: usize| if down { format!("{t}+{k}") } else { format!("{t}-{k}") };
        let lagged = |k: usize, j: Option<&str>| {
            let rest: String = scope.iter().map(|i| format!(", {}", j.unwrap_or(&i.name))).collect();
            format!("{name}[{}{rest}]", before(k))
        };
        let mut inside = scope.clone();
        inside.insert(0, Index { name: t.clone(), range: steps.clone() });
        let mut terms = Vec::new();
        for k in 1..=lags {
            let term = match (scope.first(), self.source.below(5)) {
                (Some(i), 0 | 1) => {
                    let (j, range) = (self.fresh(), i.range.clone());
                    let matrix = self.declare(&[range.clone(), range]);
                    format!("sum[{j}] {}[{}, {j}]*{}", matrix.name, i.name, lagged(k, Some(&j)))
                }
                (_, 2) => format!("{}*{}", self.read(&inside, true).factor(), lagged(k, None)),
                (_, 3) => format!("{}^2", lagged(k, None)),
                _ => lagged(k, None),
            };
            terms.push(term);
        }
        if self.source.below(3) < 2 {
            terms.push(self.value(&inside, 1, true).term());
        }
        let body = terms.join(" + ");
        let body = match self.source.below(4) {
            0 => body,
            1 => format!("sigmoid({body})"),
            _ => format!("tanh({body})"),
        };
        let left = boxed(&format!("{t} in {}..{}", steps.first, steps.last));
        self.write(format!("{left} = {body}"));
        self.arrays.push(own);
    }

    /// An equation without indices.
    fn vectors(&mut self) {
        let name = self.name();
        let (rows, columns) = (self.length(), self.length());
        let w = self.declare(&[rows.clone(), columns.clone()]).name;
        let x = self.declare(std::slice::from_ref(&columns)).name;
        let b = self.declare(std::slice::from_ref(&rows)).name;
        let body = match self.source.below(5) {
            0 => format!("{w} @ {x} + {b}"),
            1 => format!("tanh({w} @ {x} + {b})"),
            2 => format!("sigmoid({b})*({w} @ {x})"),
            3 => format!("relu({w} @ {x}) - {b}"),
            _ => format!("{w} @ {x} * {b}"),
        };
        self.write(format!("{name} = {body}"));
        self.arrays.push(Array { name, axes: vec![rows] });
    }

    /// A number made of everything in an array.
    fn loss(&mut self) {
        let name = self.name();
        let Some(array) = self.arrays.last().cloned() else { return self.pointwise() };
        let scope: Vec<Index> =
            array.axes.iter().map(|range| Index { name: self.fresh(), range: range.clone() }).collect();
        let names: Vec<String> = scope.iter().map(|index| index.name.clone()).collect();
        let brackets = if names.is_empty() { String::new() } else { format!("[{}]", names.join(", ")) };
        let read = format!("{}{brackets}", array.name);
        let target =
            self.declare(&array.axes.iter().filter(|r| r.first == self.base.to_string()).cloned().collect::<Vec<_>>());
        let target = match target.axes.len() == names.len() {
            true => format!("{}{brackets}", target.name),
            false => "2".to_string(),
        };
        let word = self.source.one_of(&["sum", "mean", "max", "prod"]);
        let body = match self.source.below(3) {
            0 => format!("({read} - {target})^2"),
            1 => format!("{read}*{target}"),
            _ => format!("tanh({read})"),
        };
        match names.is_empty() {
            true => self.write(format!("{name} = {body}")),
            false => self.write(format!("{name} = {word}{brackets} {body}")),
        }
        self.arrays.push(Array { name, axes: Vec::new() });
    }
}

fn kept(channel: &Option<Index>) -> String {
    channel.as_ref().map_or(String::new(), |c| format!(", {}", c.range.first))
}
