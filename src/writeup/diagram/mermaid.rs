//! A graph as Mermaid text, for Markdown.
//!
//! Invariant: labels are quoted, and nothing in them can end a label or be read as markup.

use super::{Graph, Node, Part};
use crate::writeup::document::Inline;
use crate::writeup::notation::Notation;
use crate::writeup::plain;
use crate::writeup::prose::{Dialect, Writer};
use std::fmt::Write;

/// How nodes of each class look.
const STYLES: [(&str, &str); 7] = [
    ("input", "fill:#D8EBD3,stroke:#4E9A44,color:#1b1b1b"),
    ("weight", "fill:#E4E4E4,stroke:#6A6A6A,color:#1b1b1b"),
    ("inner", "fill:#D9E6F5,stroke:#4F81BD,color:#1b1b1b"),
    ("output", "fill:#F6E3C5,stroke:#D08A1E,color:#1b1b1b"),
    ("other", "fill:none,stroke:#8a8a8a,stroke-dasharray:4 3"),
    ("loss", "fill:#FADBD8,stroke:#C0504D,color:#1b1b1b"),
    ("list", "fill:none,stroke:none,text-align:left"),
];
/// Those of them that are said in every flowchart.
const WRITTEN: [&str; 5] = ["input", "weight", "inner", "output", "other"];

/// The text of a flowchart.
pub fn mermaid(graph: &Graph, notation: &Notation) -> String {
    let mut out = String::from("flowchart TD\n");
    for (number, node) in graph.nodes.iter().enumerate() {
        let (open, close, class) = match node.part {
            Part::Input => ("([", "])", "input"),
            Part::Weight => ("[", "]", "weight"),
            Part::Computed => ("(", ")", "inner"),
            Part::Output => ("(", ")", "output"),
            Part::Loss => ("((", "))", "loss"),
            Part::Earlier | Part::Later => ("(", ")", "other"),
        };
        let _ = writeln!(out, "  n{number}{open}\"{}\"{close}:::{class}", label(node, notation));
    }
    for edge in &graph.edges {
        let later = graph.nodes[edge.to].part == Part::Later;
        let piece = edge.piece.map(|piece| escaped(&in_text(&graph.tag(piece), notation)));
        let _ = match (&edge.back, piece) {
            (Some(lag), _) => writeln!(out, "  n{} -. \"{}\" .-> n{}", edge.from, escaped(lag), edge.to),
            (None, Some(piece)) => writeln!(out, "  n{} -- \"{piece}\" --> n{}", edge.from, edge.to),
            (None, None) if later => writeln!(out, "  n{} -.-> n{}", edge.from, edge.to),
            (None, None) => writeln!(out, "  n{} --> n{}", edge.from, edge.to),
        };
    }
    let list: Vec<String> = graph.list().iter().map(|line| escaped(&in_text(line, notation))).collect();
    if !list.is_empty() {
        let _ = writeln!(out, "  list[\"{}\"]:::list", list.join("<br/>"));
    }
    let used = |class: &str| out.contains(&format!(":::{class}\n"));
    let styles: Vec<(&str, &str)> =
        STYLES.iter().filter(|(class, _)| WRITTEN.contains(class) || used(class)).copied().collect();
    for (class, style) in styles {
        let _ = writeln!(out, "  classDef {class} {style}");
    }
    out
}

fn in_text(prose: &[Inline], notation: &Notation) -> String {
    Writer { dialect: Dialect::Text, notation, marks: &[] }.prose(prose)
}

fn label(node: &Node, notation: &Notation) -> String {
    if node.part == Part::Later {
        return "⋯".into();
    }
    let name = escaped(&plain::math(&node.math(), notation));
    if node.sign.is_empty() { name } else { format!("{name}<br/>{}", escaped(&node.sign)) }
}

/// A label that can end nothing and is no markup.
pub fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '"' => out += "#quot;",
            '#' => out += "#35;",
            '&' => out += "#amp;",
            '<' => out += "#lt;",
            '>' => out += "#gt;",
            '`' => out += "#96;",
            '\\' => out += "#92;",
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
