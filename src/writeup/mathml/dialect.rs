//! The TeX that an engine is fed: what the LaTeX printer and the author write, in the words this
//! engine knows and gets right.
//!
//! One table holds the words that differ; the rest is grouping, because one engine takes `x_i^2`
//! for x with the index i². Invariant: what is known to come out wrong is refused.

use super::Engine;
use super::breaks::{is_relation, is_sign};
use super::engine;
use crate::writeup::symbols;
use crate::writeup::tex::Node;

/// A control word, what math-core is given for it, what latex2mathml is given; an empty text: refused.
const INSTEAD: &[(&str, &str, &str)] = &[
    ("le", "\\le ", "\\leq "),
    ("ge", "\\ge ", "\\geq "),
    ("ast", "\\ast ", "*"),
    ("neg", "\\neg ", "\\lnot "),
    ("vert", "|", "|"),
    ("Vert", "\\|", "\\|"),
    ("ldots", "\\ldots ", "\\ldots "),
    ("ni", "\\ni ", "∋"),
    ("colon", ":", ":"),
    ("iff", "\\iff ", "\\;\\iff \\;"),
    ("bmod", "\\bmod ", "\\;\\operatorname{mod}\\;"),
    ("deg", "\\deg ", "\\operatorname{deg}"),
    ("gcd", "\\gcd ", "\\operatorname{gcd}"),
    ("Pr", "\\Pr ", "\\operatorname{Pr}"),
    ("hom", "\\hom ", "\\operatorname{hom}"),
    ("dfrac", "\\dfrac ", "\\frac "),
    ("tfrac", "\\tfrac ", "\\frac "),
    ("stackrel", "\\stackrel ", "\\overset "),
    ("widetilde", "\\tilde ", "\\widetilde "),
    ("mathbf", "\\mathbf ", ""),
    ("mathsf", "\\mathsf ", ""),
    ("boldsymbol", "\\boldsymbol ", ""),
    ("enspace", "\\enspace ", "\\;"),
    ("thinspace", "\\,", "\\,"),
];

/// An environment, and how it begins and ends for math-core and for latex2mathml.
const ENVIRONMENTS: &[(&str, [&str; 2], [&str; 2])] = &[
    ("cases", ["\\begin{cases}", "\\end{cases}"], ["\\left\\{\\begin{align}", "\\end{align}\\right."]),
    ("substack", ["\\begin{subarray}{c}", "\\end{subarray}"], ["\\begin{matrix}", "\\end{matrix}"]),
    ("smallmatrix", ["\\begin{matrix}", "\\end{matrix}"], ["\\begin{matrix}", "\\end{matrix}"]),
    ("matrix", ["\\begin{matrix}", "\\end{matrix}"], ["\\begin{matrix}", "\\end{matrix}"]),
    ("pmatrix", ["\\begin{pmatrix}", "\\end{pmatrix}"], ["\\begin{pmatrix}", "\\end{pmatrix}"]),
    ("bmatrix", ["\\begin{bmatrix}", "\\end{bmatrix}"], ["\\begin{bmatrix}", "\\end{bmatrix}"]),
    ("vmatrix", ["\\begin{vmatrix}", "\\end{vmatrix}"], ["\\begin{vmatrix}", "\\end{vmatrix}"]),
    ("Bmatrix", ["\\begin{Bmatrix}", "\\end{Bmatrix}"], ["\\left\\{\\begin{matrix}", "\\end{matrix}\\right\\}"]),
    ("aligned", ["\\begin{aligned}", "\\end{aligned}"], ["\\begin{align}", "\\end{align}"]),
    ("split", ["\\begin{aligned}", "\\end{aligned}"], ["\\begin{align}", "\\end{align}"]),
    ("gathered", ["\\begin{gathered}", "\\end{gathered}"], ["\\begin{matrix}", "\\end{matrix}"]),
];

/// A formula, or a piece of one, as TeX for an engine; none if it cannot be said. A piece that
/// begins with a relation, or `continued` with a sign, keeps the space at its left, and one that
/// ends with a space keeps that.
pub fn write(nodes: &[Node], continued: bool, engine: Engine) -> Option<String> {
    let follows = |node: &Node| is_relation(node) || continued && is_sign(node);
    let before = if nodes.first().is_some_and(follows) { "{}" } else { "" };
    let after = if matches!(nodes, [.., _, Node::Space(_)]) { "{}" } else { "" };
    Some(format!("{before}{}{after}", Writer { engine }.row(nodes)?.trim_end()))
}

struct Writer {
    engine: Engine,
}

impl Writer {
    fn is_second(&self) -> bool {
        self.engine == Engine::Latex2mathml
    }

    fn row(&self, nodes: &[Node]) -> Option<String> {
        let mut out = String::new();
        let mut rest = nodes;
        while let Some((first, after)) = rest.split_first() {
            if let (Node::Text(colon), Some(Node::Relation("="))) = (first, after.first())
                && colon == ":"
            {
                out += if self.is_second() { ":=" } else { "\\coloneqq " };
                rest = &after[1..];
                continue;
            }
            let nucleus = (!is_script(first)).then_some(first);
            let scripts = if nucleus.is_some() { after } else { rest };
            let count = scripts.iter().take_while(|node| is_script(node)).count();
            out += &self.scripted(nucleus, &scripts[..count])?;
            rest = &scripts[count..];
        }
        Some(out)
    }

    fn scripted(&self, nucleus: Option<&Node>, scripts: &[Node]) -> Option<String> {
        let base = nucleus.map_or(Some(String::new()), |node| self.node(node))?;
        if scripts.is_empty() {
            return Some(base);
        }
        let base = if base.is_empty() { "{}".to_string() } else { base };
        let (mut below, mut above, mut primes) = (None, String::new(), 0);
        for script in scripts {
            match script {
                Node::Script(false, inner) => below = Some(self.argument(inner)?),
                Node::Script(true, inner) => above = self.argument(inner)?,
                _ => primes += 1,
            }
        }
        let low = below.as_ref().map(|below| format!("_{{{below}}}")).unwrap_or_default();
        if self.is_second() {
            above = "′".repeat(primes) + &above;
            primes = 0;
        }
        let high = if above.is_empty() { "'".repeat(primes) } else { format!("{}^{{{above}}}", "'".repeat(primes)) };
        let has_limits = matches!(nucleus, Some(Node::Apply(word, _)) if word == "operatorname*");
        Some(match (self.is_second(), has_limits, below) {
            (true, true, below) => {
                let under = below.map_or(base.clone(), |below| format!("\\underset{{{below}}}{{{base}}}"));
                if above.is_empty() { under } else { format!("\\overset{{{above}}}{{{under}}}") }
            }
            (true, false, Some(_)) if !high.is_empty() && !is_operator(nucleus) => format!("{{{base}{low}}}{high}"),
            _ => format!("{}{low}{high}", base.trim_end()),
        })
    }

    fn node(&self, node: &Node) -> Option<String> {
        match node {
            Node::Text(text) => text.chars().map(|c| self.character(c)).collect(),
            Node::Large(sign) => {
                let side = if ["(", "[", "{", "⌊", "⌈", "⟨"].contains(&sign.as_str()) { "l" } else { "r" };
                Some(format!("\\Big{side}{}", self.delimiter(sign)?))
            }
            Node::Relation("mod") => self.word("bmod"),
            Node::Relation("|") => self.word("mid"),
            Node::Relation(sign) => sign.chars().map(|c| self.character(c)).collect(),
            Node::Space(" ") => Some(if self.is_second() { "\\;" } else { "\\ " }.into()),
            Node::Space(">") => Some("\\:".into()),
            Node::Space(mark) if mark.chars().all(char::is_alphabetic) => self.word(mark),
            Node::Space(mark) => Some(format!("\\{mark}")),
            Node::Group(inner) => Some(format!("{{{}}}", self.row(inner)?)),
            Node::Marked(id, inner) => {
                let [begin, end] = engine::around(id);
                Some(format!("{{\\text{{{begin}}}{}\\text{{{end}}}}}", self.row(inner)?))
            }
            Node::Script(..) => self.scripted(None, std::slice::from_ref(node)),
            Node::Words(words) => self.words(words),
            Node::Function(name) => self.word(name),
            Node::Apply(word, arguments) => self.apply(word, arguments),
            Node::Fence(open, inner, close) => {
                let (open, close) = (self.delimiter(open)?, self.delimiter(close)?);
                Some(format!("\\left{open}{}\\right{close}", self.row(inner)?))
            }
            Node::Rows(name, rows) => self.rows(name, rows),
        }
    }

    fn word(&self, word: &str) -> Option<String> {
        match INSTEAD.iter().find(|(known, ..)| *known == word) {
            Some((_, first, second)) => {
                let said = if self.is_second() { second } else { first };
                (!said.is_empty()).then(|| said.to_string())
            }
            None => Some(format!("\\{word} ")),
        }
    }

    fn character(&self, c: char) -> Option<String> {
        match c {
            '{' | '}' | '_' | '%' | '#' | '$' => Some(format!("\\{c}")),
            '&' => (!self.is_second()).then(|| "\\&".into()),
            c if c.is_ascii() => Some(c.to_string()),
            c => match symbols::to_tex(c).as_deref().and_then(|tex| tex.strip_prefix('\\')) {
                Some(word) if word.trim_end().chars().all(|c| c.is_ascii_alphabetic()) => self.word(word.trim_end()),
                _ => Some(c.to_string()),
            },
        }
    }

    /// latex2mathml reads letters only, and drops the spaces between them.
    fn words(&self, words: &str) -> Option<String> {
        if !self.is_second() {
            return Some(format!("\\text{{{words}}}"));
        }
        let one = |word: &str| {
            word.chars().all(|c| c.is_ascii_alphabetic() || c.is_whitespace()).then(|| match word.trim() {
                "" => String::new(),
                word => format!("\\text{{{word}}}"),
            })
        };
        let joined: Option<Vec<String>> = words.split(' ').map(one).collect();
        Some(joined?.join("\\;"))
    }

    fn apply(&self, word: &str, arguments: &[Node]) -> Option<String> {
        let texts: Vec<String> = arguments.iter().map(|argument| self.argument(argument)).collect::<Option<_>>()?;
        let is_name = |text: &str| text.len() > 1 && text.chars().all(|c| c.is_ascii_alphabetic());
        let word = match (word, texts.as_slice()) {
            ("mathbb", [letter]) if symbols::blackboard(letter).is_some() => {
                return symbols::blackboard(letter).map(String::from);
            }
            ("mathbb", _) if self.is_second() => return None,
            ("mathbf", [one]) if one == "1" && self.is_second() => return Some("𝟏".into()),
            ("mathrm" | "operatorname" | "operatorname*", [name]) if self.is_second() => {
                if is_name(name) {
                    "operatorname"
                } else {
                    "mathrm"
                }
            }
            _ => word,
        };
        let head = if word.ends_with('*') { format!("\\{word}") } else { self.word(word)? };
        Some(texts.iter().fold(head.trim_end().to_string(), |out, text| format!("{out}{{{text}}}")))
    }

    fn argument(&self, node: &Node) -> Option<String> {
        match node {
            Node::Group(inner) => self.row(inner),
            _ => self.node(node),
        }
    }

    fn delimiter(&self, mark: &str) -> Option<String> {
        match mark {
            "" => Some(".".into()),
            "/" if self.is_second() => None,
            _ => mark.chars().map(|c| self.character(c)).collect(),
        }
    }

    fn rows(&self, name: &str, rows: &[Vec<Vec<Node>>]) -> Option<String> {
        let (_, first, second) = ENVIRONMENTS.iter().find(|(known, ..)| *known == name)?;
        let [begin, end] = if self.is_second() { second } else { first };
        let gap = if self.is_second() && name == "cases" { " & \\;" } else { " & " };
        let row = |cells: &Vec<Vec<Node>>| {
            let cells: Option<Vec<String>> = cells.iter().map(|cell| self.row(cell)).collect();
            Some(cells?.join(gap))
        };
        let rows: Option<Vec<String>> = rows.iter().map(row).collect();
        Some(format!("{begin}{}{end}", rows?.join("\\\\ ")))
    }
}

fn is_script(node: &Node) -> bool {
    matches!(node, Node::Script(..)) || matches!(node, Node::Text(text) if text == "′")
}

fn is_operator(nucleus: Option<&Node>) -> bool {
    match nucleus {
        Some(Node::Text(sign)) => ["∑", "∏", "∫"].contains(&sign.as_str()),
        Some(Node::Function(_)) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Engine, write};
    use crate::writeup::tex::parse;

    fn second(tex: &str) -> Option<String> {
        write(&parse(tex).unwrap(), false, Engine::Latex2mathml)
    }

    #[test]
    fn the_second_engine_is_fed_what_it_gets_right() {
        let said = |tex: &str| second(tex).unwrap();
        assert_eq!(said("x_i^2"), "{x_{i}}^{2}");
        assert_eq!(said("W_{c}''"), "{W_{c}}^{′′}");
        assert_eq!(said("k'"), "k^{′}");
        assert_eq!(said("\\sum_{k=1}^{5}x"), "\\sum_{k=1}^{5}x");
        assert_eq!(said("f\\in\\mathbb{R}^{3}"), "f\\in ℝ^{3}");
        assert_eq!(said("1\\le r\\text{ and }r\\le 3"), "1\\leq r\\;\\text{and}\\;r\\leq 3");
        assert_eq!(
            said("\\operatorname*{mean}\\limits_{j=1}^{M}x"),
            "\\overset{M}{\\underset{j=1}{\\operatorname{mean}}}x"
        );
        assert_eq!(
            said("\\begin{cases}v & \\text{if } c\\\\ 0 & \\text{otherwise}\\end{cases}"),
            "\\left\\{\\begin{align}v & \\;\\text{if}\\;c\\\\ 0 & \\;\\text{otherwise}\\end{align}\\right."
        );
        assert_eq!(second("\\mathbf{x}"), None);
        assert_eq!(second("\\text{2 words}"), None);
    }

    #[test]
    fn the_first_engine_is_fed_what_it_knows() {
        let first = |tex: &str| write(&parse(tex).unwrap(), false, Engine::MathCore).unwrap();
        assert_eq!(first("\\sum_{\\substack{a\\\\ b}}x"), "\\sum_{\\begin{subarray}{c}a\\\\ b\\end{subarray}}x");
        assert_eq!(first("=a"), "{}=a");
        assert_eq!(first("W_{c}''"), "W_{c}''");
        assert_eq!(first("R:=1"), "R\\coloneqq 1");
    }
}
