//! A class that hands in problem 1.1 of `examples/homework2.bp`: every student writes in a notation of
//! their own, with names of their own for the indices, and makes mistakes of their own.
//!
//! The same number gives the same submission.

/// A generator of numbers: splitmix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// How a student writes.
struct Hand {
    random: Random,
    /// Names of the output's index, the channel's, the tap's and the position's.
    names: [&'static str; 4],
    brackets: usize,
    leading_one: bool,
    upstream: usize,
    /// How many of a hundred formulas are wrong.
    careless: usize,
}

/// What may be wrong with the place at which the input is read.
#[derive(Clone, Copy, PartialEq)]
enum Wrong {
    Nothing,
    Stride,
    Offset,
    Exchanged,
    Stretched,
}

impl Hand {
    fn new(number: u64) -> Hand {
        let mut random = Random(number.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0xbac1);
        random.next();
        let names = loop {
            let names = [
                random.one(&["r", "t", "s", "m", "j", "p", "b"]),
                random.one(&["k", "c", "q", "j", "h", "d"]),
                random.one(&["i", "u", "v", "a", "l", "w"]),
                random.one(&["n", "m", "t", "y", "z", "p"]),
            ];
            if (0..4).all(|a| (0..a).all(|b| names[a] != names[b])) {
                break names;
            }
        };
        let (brackets, leading_one, upstream) = (random.below(4), random.chance(60), random.below(4));
        let careless = [5, 20, 40, 70][random.below(4)];
        Hand { random, names, brackets, leading_one, upstream, careless }
    }

    fn wrong(&mut self) -> Wrong {
        match self.random.chance(self.careless) {
            false => Wrong::Nothing,
            true => [Wrong::Stride, Wrong::Offset, Wrong::Exchanged, Wrong::Stretched][self.random.below(4)],
        }
    }

    fn read(&self, array: &str, at: &[&str]) -> String {
        match self.brackets {
            0 => format!("{array}[{}]", at.join(", ")),
            1 => format!("{array}_{{{}}}", at.join(",")),
            2 => at.iter().fold(array.to_string(), |text, index| format!("{text}[{index}]")),
            _ => format!("{array}_{{{}}}[{}]", at[0], at[1..].join(",")),
        }
        .replace("[]", "")
    }

    fn weight(&self, channel: &str, tap: &str) -> String {
        match self.leading_one {
            true => self.read("W", &["1", channel, tap]),
            false => self.read("W", &[channel, tap]),
        }
    }

    /// `i + 2(r-1)` in one of many ways.
    fn window(&mut self, tap: &str, wrong: Wrong) -> String {
        let row = self.names[0];
        let (row, tap) = if wrong == Wrong::Exchanged { (tap, row) } else { (row, tap) };
        let stride = match wrong {
            Wrong::Stride => 1,
            Wrong::Stretched => 3 + self.random.below(4),
            _ => 2,
        };
        let off = if wrong == Wrong::Offset { 1 + self.random.below(3) } else { 0 };
        let coefficient = if stride == 1 { String::new() } else { stride.to_string() };
        let constant = off as i64 - stride as i64;
        let tail = |number: i64| match number {
            0 => String::new(),
            _ => format!("{number:+}"),
        };
        match self.random.below(5) {
            0 => format!("{tap}+{coefficient}({row}-1){}", tail(off as i64)),
            1 => format!("{coefficient}{row}+{tap}{}", tail(constant)),
            2 => format!("{coefficient}({row}-1)+{tap}{}", tail(off as i64)),
            3 => format!("{tap}{}+{coefficient}{row}", tail(constant)),
            _ if stride == 1 => format!("({row}-1)+{tap}{}", tail(off as i64)),
            _ => format!("{coefficient}\\cdot({row}-1)+{tap}{}", tail(off as i64)),
        }
    }

    fn upstream(&self, row: &str) -> String {
        match self.upstream {
            0 => format!("g_{{{row}}}"),
            1 => format!("\\frac{{\\partial\\ell}}{{\\partial f}}[{row}]"),
            2 => format!("\\left(\\frac{{\\partial\\ell}}{{\\partial f_W(x)}}\\right)[{row}]"),
            _ => format!("g[{row}]"),
        }
    }

    fn sum(&mut self, index: &str, last: usize) -> String {
        let last = if self.random.chance(self.careless / 8) { last + 1 + self.random.below(3) } else { last };
        let first = if self.random.chance(self.careless / 12) { 2 } else { 1 };
        match self.random.below(3) {
            0 => format!("\\sum_{{{index}={first}}}^{{{last}}}"),
            1 => format!("\\sum_{{{first} \\le {index} \\le {last}}}"),
            _ => format!("\\sum_{{{index}={first}}}^{last}"),
        }
    }

    /// Two factors in either order, and a number that does not belong there.
    fn product(&mut self, a: &str, b: &str) -> String {
        let (a, b) = if self.random.chance(50) { (a, b) } else { (b, a) };
        let sign = self.random.one(&[" ", "\\, ", " \\cdot ", " \\times "]);
        let number = if self.random.chance(self.careless / 8) {
            self.random.one(&["2\\,", "-", "\\frac{1}{2}\\,", "3\\,"])
        } else {
            ""
        };
        format!("{number}{a}{sign}{b}")
    }

    fn value(&mut self) -> String {
        let [row, channel, tap, _] = self.names;
        let left = match self.random.below(3) {
            0 => format!("f_W(x)[{row}]"),
            1 => format!("f[{row}]"),
            _ => format!("f_{{{row}}}"),
        };
        let wrong = self.wrong();
        let window = self.window(tap, wrong);
        let (x, w) = (self.read("x", &[&window, channel]), self.weight(channel, tap));
        let (over_channels, over_taps) = (self.sum(channel, 5), self.sum(tap, 3));
        let body = self.product(&x, &w);
        match self.random.below(3) {
            0 => format!("{left} = {over_channels}{over_taps} {body}"),
            1 => format!("{left} = {over_taps} {over_channels} {body}"),
            _ => format!("{left} = {over_taps} \\Bigl({over_channels} {body}\\Bigr)"),
        }
    }

    fn for_weights(&mut self) -> String {
        let [row, channel, tap, _] = self.names;
        let left = match (self.random.below(2), self.leading_one) {
            (0, _) => format!("\\frac{{\\partial f_W(x)}}{{\\partial W}}[{row},1,{channel},{tap}]"),
            (_, true) => format!("\\frac{{\\partial f[{row}]}}{{\\partial W_{{1,{channel},{tap}}}}}"),
            (_, false) => format!("\\frac{{\\partial f_{{{row}}}}}{{\\partial W_{{{channel},{tap}}}}}"),
        };
        let wrong = self.wrong();
        let window = self.window(tap, wrong);
        format!("{left} = {}", self.read("x", &[&window, channel]))
    }

    fn for_input(&mut self) -> String {
        let [row, channel, tap, at] = self.names;
        let left = match self.random.below(2) {
            0 => format!("\\frac{{\\partial f_W(x)}}{{\\partial x}}[{row},{at},{channel}]"),
            _ => format!("\\frac{{\\partial f[{row}]}}{{\\partial x_{{{at},{channel}}}}}"),
        };
        let stride = if self.random.chance(self.careless) { ["", "3"][self.random.below(2)] } else { "2" };
        let (first, last) = if self.random.chance(self.careless / 2) { (0, 2 + self.random.below(3)) } else { (1, 3) };
        let back = match self.random.below(3) {
            0 => format!("{at}-{stride}({row}-1)"),
            1 if stride == "2" => format!("{at}-2{row}+2"),
            _ => format!("{at}-{stride}{row}+{}", if stride.is_empty() { "1" } else { stride }),
        };
        let w = self.weight(channel, &back);
        match self.random.below(5) {
            0 => format!(
                "{left} = \\begin{{cases}} {w} & \\text{{if }} {first} \\le {back} \\le {last} \\\\ 0 & \\text{{otherwise}} \\end{{cases}}"
            ),
            1 => format!(
                "{left} = \\begin{{cases}} {w} & \\text{{if }} {back} \\in [{first},{last}] \\\\ 0 & \\text{{otherwise}} \\end{{cases}}"
            ),
            2 => format!("{left} = [{first} \\le {back} \\le {last}]\\, {w}"),
            3 => {
                let (sum, window) = (self.sum(tap, 3), self.window(tap, Wrong::Nothing));
                format!("{left} = {sum} {}\\, \\delta_{{{at}, {window}}}", self.weight(channel, tap))
            }
            _ => {
                let (sum, window) = (self.sum(tap, 3), self.window(tap, Wrong::Nothing));
                format!("{left} = {sum} \\mathbb{{1}}[{at} = {window}]\\, {}", self.weight(channel, tap))
            }
        }
    }

    fn gradient_for_weights(&mut self) -> String {
        let [row, channel, tap, _] = self.names;
        let left = match (self.random.below(2), self.leading_one) {
            (0, _) => format!("\\frac{{\\partial\\ell}}{{\\partial W}}[1,{channel},{tap}]"),
            (_, true) => format!("\\frac{{\\partial\\ell}}{{\\partial W_{{1,{channel},{tap}}}}}"),
            (_, false) => format!("\\frac{{\\partial\\ell}}{{\\partial W_{{{channel},{tap}}}}}"),
        };
        let wrong = self.wrong();
        let window = self.window(tap, wrong);
        let (sum, x, g) = (self.sum(row, 3), self.read("x", &[&window, channel]), self.upstream(row));
        let body = if self.random.chance(self.careless / 8) { x } else { self.product(&g, &x) };
        format!("{left} = {sum} {body}")
    }

    fn gradient_for_input(&mut self) -> String {
        let [row, channel, tap, at] = self.names;
        let left = match self.random.below(2) {
            0 => format!("\\frac{{\\partial\\ell}}{{\\partial x}}[{at},{channel}]"),
            _ => format!("\\frac{{\\partial\\ell}}{{\\partial x_{{{at},{channel}}}}}"),
        };
        let g = self.upstream(row);
        if self.random.chance(50) {
            let wrong = self.wrong();
            let (over_rows, over_taps) = (self.sum(row, 3), self.sum(tap, 3));
            let (window, w) = (self.window(tap, wrong), self.weight(channel, tap));
            return format!("{left} = {over_rows} {over_taps} [{at} = {window}]\\, {}", self.product(&g, &w));
        }
        let last = if self.random.chance(self.careless) { 2 + self.random.below(3) } else { 3 };
        let back = self.random.one(&["-2(R-1)", "-2R+2"]).replace('R', row);
        let w = self.weight(channel, &format!("{at}{back}"));
        format!("{left} = \\sum_{{{row}: 1 \\le {at}{back} \\le {last}}} {}", self.product(&g, &w))
    }

    fn shape(&mut self, of: &str, right: &[&str]) -> String {
        let lengths: Vec<String> = match self.random.chance(self.careless / 2) {
            true => right.iter().map(|_| (1 + self.random.below(7)).to_string()).collect(),
            false => right.iter().map(ToString::to_string).collect(),
        };
        format!("{of} \\in \\mathbb{{R}}^{{{}}}", lengths.join(" \\times "))
    }
}

/// What student `number` hands in.
pub fn submission(number: u64) -> String {
    let mut hand = Hand::new(number);
    let mut text = String::from("# Problem 1.1\n\n");
    let display = |formula: String| format!("$${formula}$$\n\n");
    let (rows, columns) = if hand.random.chance(hand.careless) { (4 + hand.random.below(3), 3) } else { (5, 2) };
    text += &format!("1. ${rows} \\times {columns}$\n\n3. (a)\n\n");
    text += &display(hand.shape("f_W(x)", &["3"]));
    text += &display(hand.value());
    text += "(b)\n\n";
    if hand.random.chance(50) {
        text += &display(hand.shape("\\frac{\\partial f_W(x)}{\\partial W}", &["3", "1", "5", "3"]));
    }
    text += &display(hand.for_weights());
    text += "(c)\n\n";
    if hand.random.chance(40) {
        text += &display(hand.shape("\\frac{\\partial f_W(x)}{\\partial x}", &["3", "7", "5"]));
    }
    text += &display(hand.for_input());
    text += "(d)\n\n";
    text += &display(hand.gradient_for_weights());
    if hand.random.chance(70) {
        text += &display(hand.gradient_for_input());
    }
    text
}
