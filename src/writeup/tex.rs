//! Reading TeX mathematics that the author wrote: question texts and notation.
//!
//! Only what is known to compile is accepted: braces, fences and environments balanced, known
//! control words with their arguments. Whatever does not parse is shown as plain text, so that
//! nothing an author types can break a write-up or reach the file system.

use super::symbols;

/// Nesting deeper than this is refused.
const DEPTH: usize = 40;

/// A piece of TeX mathematics.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// A character, or several that a control word stands for.
    Text(String),
    /// A delimiter larger than usual.
    Large(String),
    /// A relation or arrow: spaces around it.
    Relation(&'static str),
    /// A space: the control word or the character behind the backslash that makes it.
    Space(&'static str),
    /// `{…}`
    Group(Vec<Node>),
    /// `^` (true) or `_`, and what is raised or lowered.
    Script(bool, Box<Node>),
    /// Words within mathematics.
    Words(String),
    /// A function whose name is set upright.
    Function(String),
    /// What is marked, and what it is marked as.
    Marked(String, Vec<Node>),
    /// A control word with its arguments.
    Apply(String, Vec<Node>),
    /// `\left( … \right)`: with the delimiters.
    Fence(String, Vec<Node>, String),
    /// An environment, or `substack`: its name, and rows of cells.
    Rows(&'static str, Vec<Vec<Vec<Node>>>),
}

/// Control words with arguments, and how many.
const APPLIED: &[(&str, usize)] = &[
    ("frac", 2),
    ("dfrac", 2),
    ("tfrac", 2),
    ("binom", 2),
    ("sqrt", 1),
    ("mathbb", 1),
    ("mathbf", 1),
    ("mathrm", 1),
    ("mathcal", 1),
    ("mathit", 1),
    ("mathsf", 1),
    ("mathtt", 1),
    ("boldsymbol", 1),
    ("operatorname", 1),
    ("bar", 1),
    ("hat", 1),
    ("tilde", 1),
    ("vec", 1),
    ("dot", 1),
    ("ddot", 1),
    ("overline", 1),
    ("underline", 1),
    ("widehat", 1),
    ("widetilde", 1),
    ("overset", 2),
    ("underset", 2),
    ("stackrel", 2),
    ("underbrace", 1),
    ("overbrace", 1),
    ("boxed", 1),
    ("pmod", 1),
    ("mathop", 1),
    ("mathrel", 1),
    ("mathbin", 1),
    ("phantom", 1),
];

/// Control words whose argument is words.
const WORDS: &[&str] = &["text", "textrm", "textbf", "textit", "mbox"];

/// Control words that print nothing in a line of text.
const SILENT: &[&str] = &["displaystyle", "textstyle", "scriptstyle", "allowbreak"];

/// Control words that make the delimiter after them larger.
const LARGER: &[&str] =
    &["big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr", "Biggl", "Biggr"];

/// Control words for spaces.
const SPACES: &[&str] = &[",", ";", ":", " ", ">", "!", "quad", "qquad", "enspace", "thinspace"];

/// Environments that may stand within a formula.
const ENVIRONMENTS: &[&str] =
    &["cases", "aligned", "matrix", "pmatrix", "bmatrix", "vmatrix", "Bmatrix", "smallmatrix", "gathered", "split"];

/// The words that may follow `\left` and `\right`.
const DELIMITERS: [&str; 14] = [
    "lfloor", "rfloor", "lceil", "rceil", "langle", "rangle", "lbrace", "rbrace", "vert", "lvert", "rvert", "Vert",
    "lVert", "rVert",
];

/// Around what a part of a formula is marked as, and behind the part: letters that no alphabet has.
const MARK: [char; 3] = ['\u{e000}', '\u{e001}', '\u{e002}'];

/// A part of a formula, marked.
pub fn mark(id: &str, part: &str) -> String {
    let [begin, then, end] = MARK;
    format!("{begin}{id}{then}{part}{end}")
}

/// Reads a formula; none if it is not sure to compile.
pub fn parse(source: &str) -> Option<Vec<Node>> {
    let mut reader = Reader { rest: source };
    let nodes = reader.nodes(0, false)?;
    reader.rest.is_empty().then_some(nodes)
}

/// The formula as TeX that compiles, characters outside ASCII replaced by control words; none if
/// it is not sure to compile.
pub fn sanitised(source: &str) -> Option<String> {
    parse(source)?;
    source.trim().chars().map(|c| if c.is_ascii() { Some(c.to_string()) } else { symbols::to_tex(c) }).collect()
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn eat(&mut self, token: &str) -> bool {
        let found = self.rest.starts_with(token);
        if found {
            self.rest = &self.rest[token.len()..];
        }
        found
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    /// Everything up to a closing brace, `\right`, `\end`, or, inside an environment, `&` and `\\`.
    fn nodes(&mut self, depth: usize, in_rows: bool) -> Option<Vec<Node>> {
        let mut nodes: Vec<Node> = Vec::new();
        loop {
            self.skip_spaces();
            let ends = self.rest.is_empty()
                || self.rest.starts_with(['}', MARK[2]])
                || self.at_word("right")
                || self.at_word("end");
            if ends || in_rows && (self.rest.starts_with('&') || self.rest.starts_with("\\\\")) {
                return Some(nodes);
            }
            let node = self.node(depth)?;
            if let Node::Script(up, _) = &node {
                let mut before = nodes.iter().rev();
                let doubled = match (before.next(), before.next()) {
                    (Some(Node::Script(last, _)), other) => last == up || matches!(other, Some(Node::Script(..))),
                    (Some(Node::Text(mark)), _) => *up && mark == "′",
                    _ => false,
                };
                if doubled {
                    return None;
                }
            }
            nodes.push(node);
        }
    }

    fn skip_spaces(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn at_word(&self, word: &str) -> bool {
        let after = self.rest.strip_prefix('\\').and_then(|rest| rest.strip_prefix(word));
        after.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphabetic()))
    }

    fn node(&mut self, depth: usize) -> Option<Node> {
        if depth > DEPTH {
            return None;
        }
        match self.next()? {
            '{' => {
                let inner = self.nodes(depth + 1, false)?;
                self.eat("}").then_some(Node::Group(inner))
            }
            c if c == MARK[0] => self.marked(depth),
            mark @ ('^' | '_') => Some(Node::Script(mark == '^', Box::new(self.argument(depth, true)?))),
            '\'' => Some(Node::Text("′".into())),
            '~' => Some(Node::Space(" ")),
            '\\' => self.command(depth),
            '=' => Some(Node::Relation("=")),
            '<' => Some(Node::Relation("<")),
            '>' => Some(Node::Relation(">")),
            '}' | '$' | '%' | '#' | '&' => None,
            c if c.is_ascii_graphic() || symbols::to_tex(c).is_some() => Some(Node::Text(c.to_string())),
            _ => None,
        }
    }

    fn marked(&mut self, depth: usize) -> Option<Node> {
        let (id, rest) = self.rest.split_once(MARK[1])?;
        self.rest = rest;
        let inner = self.nodes(depth + 1, false)?;
        let plain = id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        (plain && self.eat(MARK[2].encode_utf8(&mut [0; 4]))).then(|| Node::Marked(id.into(), inner))
    }

    /// A group, or one token; in scripts also a letter in a font of its own.
    fn argument(&mut self, depth: usize, script: bool) -> Option<Node> {
        self.skip_spaces();
        let raised = self.rest.chars().next().and_then(symbols::to_tex).is_some_and(|tex| tex.contains('{'));
        if raised || self.rest.starts_with(['^', '_', '}', '\'', '~']) {
            return None;
        }
        let node = self.node(depth + 1)?;
        let whole = match &node {
            Node::Group(_) | Node::Text(_) | Node::Relation(_) => true,
            Node::Apply(word, _) => script && word.starts_with("math"),
            _ => false,
        };
        whole.then_some(node)
    }

    fn command(&mut self, depth: usize) -> Option<Node> {
        let length = self.rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(self.rest.len());
        if length == 0 {
            return match self.next()? {
                c if SPACES.iter().any(|space| space.chars().eq([c])) => space(c.encode_utf8(&mut [0; 4])),
                '|' => Some(Node::Text("‖".into())),
                c @ ('{' | '}' | '%' | '&' | '#' | '_' | '$') => Some(Node::Text(c.into())),
                _ => None,
            };
        }
        let (word, rest) = self.rest.split_at(length);
        self.rest = rest;
        self.word(word, depth)
    }

    fn word(&mut self, word: &str, depth: usize) -> Option<Node> {
        if let Some(text) = symbols::character(word) {
            if matches!(word, "sum" | "prod" | "int") {
                self.skip_spaces();
                let _ = self.eat("\\limits") || self.eat("\\nolimits");
            }
            return Some(Node::Text(text.into()));
        }
        if let Some(text) = symbols::relation(word) {
            return Some(Node::Relation(text));
        }
        if let Some((_, count)) = APPLIED.iter().find(|(key, _)| *key == word) {
            let star = if word == "operatorname" && self.eat("*") { "*" } else { "" };
            let arguments: Option<Vec<Node>> = (0..*count).map(|_| self.argument(depth, false)).collect();
            let _ = !star.is_empty() && self.eat("\\limits");
            return Some(Node::Apply(format!("{word}{star}"), arguments?));
        }
        match word {
            _ if WORDS.contains(&word) => self.words(),
            _ if symbols::is_function(word) => Some(Node::Function(word.into())),
            _ if SPACES.contains(&word) => space(word),
            _ if SILENT.contains(&word) => Some(Node::Text(String::new())),
            _ if LARGER.contains(&word) => self.delimiter().map(Node::Large),
            "left" => self.fence(depth),
            "begin" => self.environment(depth),
            "substack" => self.substack(depth),
            _ => None,
        }
    }

    fn words(&mut self) -> Option<Node> {
        if !self.eat("{") {
            return None;
        }
        let end = self.rest.find(['{', '}', '$', '\\', '%', '#', '&', '_', '^'])?;
        let (words, rest) = self.rest.split_at(end);
        self.rest = rest;
        let plain = words.chars().all(|c| c.is_ascii_graphic() || c == ' ');
        (plain && self.eat("}")).then(|| Node::Words(words.into()))
    }

    fn delimiter(&mut self) -> Option<String> {
        self.skip_spaces();
        match self.next()? {
            c @ ('(' | ')' | '[' | ']' | '|' | '/') => Some(c.into()),
            '.' => Some(String::new()),
            '\\' => {
                if let Some(c) = ['{', '}'].into_iter().find(|c| self.rest.starts_with(*c)) {
                    self.next();
                    return Some(c.into());
                }
                if self.eat("|") {
                    return Some("‖".into());
                }
                let length = self.rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(self.rest.len());
                let (word, rest) = self.rest.split_at(length);
                self.rest = rest;
                DELIMITERS.contains(&word).then(|| symbols::character(word).unwrap_or_default().into())
            }
            _ => None,
        }
    }

    fn fence(&mut self, depth: usize) -> Option<Node> {
        let open = self.delimiter()?;
        let inner = self.nodes(depth + 1, false)?;
        if !self.eat("\\right") {
            return None;
        }
        Some(Node::Fence(open, inner, self.delimiter()?))
    }

    fn environment(&mut self, depth: usize) -> Option<Node> {
        let name = ENVIRONMENTS.iter().find(|name| self.rest.starts_with(&format!("{{{name}}}")))?;
        self.rest = &self.rest[name.len() + 2..];
        let mut rows = vec![vec![]];
        loop {
            let cell = self.nodes(depth + 1, true)?;
            rows.last_mut()?.push(cell);
            if self.eat("\\\\") {
                rows.push(vec![]);
            } else if !self.eat("&") {
                break;
            }
        }
        let columns = if matches!(*name, "cases" | "aligned" | "split") { 2 } else { 10 };
        let fits = *name == "aligned" || rows.iter().all(|row| row.len() <= columns);
        (fits && self.eat(&format!("\\end{{{name}}}"))).then_some(Node::Rows(name, rows))
    }

    fn substack(&mut self, depth: usize) -> Option<Node> {
        self.eat("{").then_some(())?;
        let mut rows = vec![vec![self.nodes(depth + 1, true)?]];
        while self.eat("\\\\") {
            rows.push(vec![self.nodes(depth + 1, true)?]);
        }
        self.eat("}").then_some(Node::Rows("substack", rows))
    }
}

fn space(mark: &str) -> Option<Node> {
    SPACES.iter().find(|space| **space == mark).map(|space| Node::Space(space))
}

/// The formula as a line of Unicode; the source itself where it does not parse.
pub fn to_unicode(source: &str) -> String {
    parse(source).map_or_else(|| super::harmless(source), |nodes| tidy(&line(&nodes)))
}

fn tidy(text: &str) -> String {
    text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn line(nodes: &[Node]) -> String {
    let mut out = String::new();
    for (place, node) in nodes.iter().enumerate() {
        let text = one(node);
        let is_word = |node: &Node| matches!(node, Node::Words(_) | Node::Function(_));
        let follows_word = is_word(node) || place > 0 && is_word(&nodes[place - 1]);
        let touches = out.ends_with(|c: char| c.is_alphanumeric()) && text.starts_with(|c: char| c.is_alphanumeric());
        if follows_word && touches {
            out.push(' ');
        }
        out += &text;
    }
    out
}

fn one(node: &Node) -> String {
    match node {
        Node::Text(text) | Node::Large(text) => text.clone(),
        Node::Relation(sign) => format!(" {sign} "),
        Node::Space("!") => String::new(),
        Node::Space(_) => " ".into(),
        Node::Group(inner) | Node::Marked(_, inner) => line(inner),
        Node::Script(up, inner) => script(*up, &tidy(&one(inner))),
        Node::Words(words) | Node::Function(words) => words.clone(),
        Node::Apply(word, arguments) => apply(word, &arguments.iter().map(one).collect::<Vec<_>>()),
        Node::Fence(open, inner, close) => format!("{open}{}{close}", line(inner).trim()),
        Node::Rows(_, rows) => {
            let cells = |row: &Vec<Vec<Node>>| row.iter().map(|cell| line(cell)).collect::<Vec<_>>().join(" ");
            rows.iter().map(cells).collect::<Vec<_>>().join("; ")
        }
    }
}

fn script(up: bool, text: &str) -> String {
    let text = &text.replace(" = ", "=");
    let mark = if up { '^' } else { '_' };
    match symbols::raised(text).filter(|_| up) {
        Some(raised) => raised,
        None if text.chars().all(char::is_alphanumeric) => format!("{mark}{text}"),
        None => format!("{mark}({text})"),
    }
}

fn apply(word: &str, arguments: &[String]) -> String {
    let closed = |text: &str| {
        let simple = text.chars().all(|c| c.is_alphanumeric() || "∂ℓ_′".contains(c))
            || text.starts_with('∂') && !text.contains(['+', '-', '/']);
        if simple { text.to_string() } else { format!("({text})") }
    };
    match (word, arguments) {
        ("frac" | "dfrac" | "tfrac", [a, b]) => format!("{}/{}", closed(a.trim()), closed(b.trim())),
        ("binom", [a, b]) => format!("C({a}, {b})"),
        ("sqrt", [a]) => format!("√{}", closed(a)),
        ("mathbb", [a]) => symbols::blackboard(a).map_or_else(|| a.clone(), String::from),
        ("pmod", [a]) => format!(" (mod {a})"),
        ("phantom", _) => String::new(),
        (accent, [letter]) if letter.chars().count() == 1 && symbols::accent(accent).is_some() => {
            letter.chars().chain(symbols::accent(accent)).collect()
        }
        ("overset" | "stackrel", [_, b]) | ("underset", [_, b]) => b.clone(),
        _ => arguments.join(" "),
    }
}
