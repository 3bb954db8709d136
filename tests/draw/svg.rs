//! An SVG of `draw`, read back: boxes, lines and words, and where they stand.

use roxmltree::{Document, Node};

/// What an SVG shows.
pub struct Picture {
    pub title: String,
    pub details: String,
    pub width: f64,
    pub height: f64,
    pub boxes: Vec<[f64; 4]>,
    /// Squares, and whether they are filled.
    pub cells: Vec<([f64; 4], bool)>,
    pub lines: Vec<Vec<(f64, f64)>>,
    pub words: Vec<Words>,
}

/// A line of words.
pub struct Words {
    pub text: String,
    pub x: f64,
    pub y: f64,
    pub letters: f64,
    pub anchor: String,
}

impl Words {
    /// Its left and its right end; no letter is counted wider than it is.
    fn ends(&self) -> (f64, f64) {
        let width = 0.46 * self.letters * self.text.chars().count() as f64;
        match self.anchor.as_str() {
            "start" => (self.x, self.x + width),
            "end" => (self.x - width, self.x),
            _ => (self.x - width / 2.0, self.x + width / 2.0),
        }
    }

    fn extent(&self) -> [f64; 4] {
        let (left, right) = self.ends();
        [left, self.y - 0.4 * self.letters, right, self.y + 0.4 * self.letters]
    }
}

fn number(node: Node, name: &str) -> f64 {
    node.attribute(name).and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("{name} of {node:?}"))
}

fn rectangle(node: Node) -> [f64; 4] {
    let [x, y, w, h] = ["x", "y", "width", "height"].map(|name| number(node, name));
    [x, y, x + w, y + h]
}

fn points(node: Node) -> Vec<(f64, f64)> {
    let text = node.attribute("points").unwrap();
    let pair = |pair: &str| pair.split_once(',').map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap())).unwrap();
    text.split(' ').map(pair).collect()
}

impl Picture {
    /// Reads an SVG that stands alone.
    pub fn read(svg: &str) -> Picture {
        let document = Document::parse(svg).unwrap_or_else(|error| panic!("{error}\n{svg}"));
        let root = document.root_element();
        assert_eq!(root.tag_name().namespace(), Some("http://www.w3.org/2000/svg"));
        assert_eq!(root.attribute("role"), Some("img"));
        let view: Vec<f64> = root.attribute("viewBox").unwrap().split(' ').map(|n| n.parse().unwrap()).collect();
        let all = |name: &'static str| root.children().filter(move |node| node.has_tag_name(name));
        let only = |name: &'static str| all(name).map(|node| node.text().unwrap_or_default().to_string()).next();
        for node in root.descendants().filter(Node::is_element) {
            let foreign = node.attributes().any(|a| a.name().ends_with("href") || a.value().contains("url("));
            assert!(!foreign, "it is not self-contained: {node:?}");
        }
        let (round, square): (Vec<Node>, Vec<Node>) = all("rect").partition(|node| node.attribute("rx").is_some());
        let text = |node: Node| node.descendants().filter_map(|n| if n.is_text() { n.text() } else { None }).collect();
        let words = |node: Node| Words {
            text: text(node),
            x: number(node, "x"),
            y: number(node, "y"),
            letters: number(node, "font-size"),
            anchor: node.attribute("text-anchor").unwrap().to_string(),
        };
        Picture {
            title: only("title").unwrap_or_default(),
            details: only("desc").unwrap_or_default(),
            width: view[2],
            height: view[3],
            boxes: round.into_iter().map(rectangle).collect(),
            cells: square.into_iter().map(|node| (rectangle(node), node.attribute("fill") != Some("none"))).collect(),
            lines: all("polyline").map(points).collect(),
            words: all("text").map(words).collect(),
        }
    }

    /// Complains of what cannot be read.
    pub fn check(&self, name: &str) {
        assert!(!self.title.is_empty() && !self.details.is_empty(), "{name} has no words for those who do not see it");
        for words in &self.words {
            let [left, top, right, bottom] = words.extent();
            let inside = left >= -0.3 && top >= -0.3 && right <= self.width + 0.3 && bottom <= self.height + 0.3;
            assert!(inside, "{name}: `{}` leaves the page of {} × {}", words.text, self.width, self.height);
            assert!(words.letters >= 0.9, "{name}: `{}` is too small", words.text);
        }
        let shapes: Vec<&[f64; 4]> = self.boxes.iter().chain(self.cells.iter().map(|(cell, _)| cell)).collect();
        for (k, one) in shapes.iter().enumerate() {
            assert!(one[0] >= -0.1 && one[1] >= -0.1 && one[2] <= self.width + 0.1 && one[3] <= self.height + 0.1);
            let apart = |other: &&&[f64; 4]| !overlap(one, other, 0.05);
            assert!(shapes[k + 1..].iter().all(|other| apart(&other)), "{name}: two nodes overlap");
        }
        for line in &self.lines {
            for pair in line.windows(2) {
                let crossed = self.boxes.iter().any(|b| runs_through(pair[0], pair[1], b));
                assert!(!crossed, "{name}: a line runs through a node");
            }
        }
        if self.boxes.is_empty() {
            return;
        }
        for words in &self.words {
            let inside = |b: &&[f64; 4]| b[0] < words.x && words.x < b[2] && b[1] < words.y && words.y < b[3];
            let (left, right) = words.ends();
            match self.boxes.iter().find(inside) {
                Some(b) if words.anchor == "middle" => {
                    assert!(left > b[0] && right < b[2], "{name}: `{}` does not fit into its node", words.text)
                }
                _ => {
                    let hidden = self.boxes.iter().any(|b| overlap(b, &words.extent(), 0.05));
                    assert!(!hidden, "{name}: `{}` lies on a node", words.text);
                }
            }
        }
        for (k, one) in self.words.iter().enumerate() {
            let other = self.words[k + 1..].iter().find(|other| overlap(&one.extent(), &other.extent(), 0.1));
            assert!(other.is_none(), "{name}: `{}` lies on `{}`", one.text, other.unwrap().text);
        }
    }
}

fn overlap(a: &[f64; 4], b: &[f64; 4], least: f64) -> bool {
    a[0] + least < b[2] && b[0] + least < a[2] && a[1] + least < b[3] && b[1] + least < a[3]
}

fn runs_through(a: (f64, f64), b: (f64, f64), [left, top, right, bottom]: &[f64; 4]) -> bool {
    (1..80).any(|k| {
        let s = f64::from(k) / 80.0;
        let (x, y) = (a.0 + s * (b.0 - a.0), a.1 + s * (b.1 - a.1));
        x > left + 0.06 && x < right - 0.06 && y > top + 0.06 && y < bottom - 0.06
    })
}
