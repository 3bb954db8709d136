//! A graph as Mermaid text, for Markdown.
//!
//! Invariant: labels are quoted, and nothing in them can end a label or be read as markup.

use super::{Graph, Node, Part};
use crate::writeup::notation::Notation;
use crate::writeup::plain;
use std::fmt::Write;

/// The text of a flowchart.
pub fn mermaid(graph: &Graph, notation: &Notation) -> String {
    let mut out = String::from("flowchart TD\n");
    for (number, node) in graph.nodes.iter().enumerate() {
        let (open, close, class) = match node.part {
            Part::Input => ("([", "])", "input"),
            Part::Weight => ("[", "]", "weight"),
            Part::Computed => ("(", ")", "inner"),
            Part::Output => ("(", ")", "output"),
            Part::Earlier | Part::Later => ("(", ")", "other"),
        };
        let _ = writeln!(out, "  n{number}{open}\"{}\"{close}:::{class}", label(node, notation));
    }
    for edge in &graph.edges {
        let later = graph.nodes[edge.to].part == Part::Later;
        let _ = match &edge.back {
            Some(lag) => writeln!(out, "  n{} -. \"{}\" .-> n{}", edge.from, escaped(lag), edge.to),
            None if later => writeln!(out, "  n{} -.-> n{}", edge.from, edge.to),
            None => writeln!(out, "  n{} --> n{}", edge.from, edge.to),
        };
    }
    for (class, style) in [
        ("input", "fill:#D8EBD3,stroke:#4E9A44,color:#1b1b1b"),
        ("weight", "fill:#E4E4E4,stroke:#6A6A6A,color:#1b1b1b"),
        ("inner", "fill:#D9E6F5,stroke:#4F81BD,color:#1b1b1b"),
        ("output", "fill:#F6E3C5,stroke:#D08A1E,color:#1b1b1b"),
        ("other", "fill:none,stroke:#8a8a8a,stroke-dasharray:4 3"),
    ] {
        let _ = writeln!(out, "  classDef {class} {style}");
    }
    out
}

fn label(node: &Node, notation: &Notation) -> String {
    if node.part == Part::Later {
        return "⋯".into();
    }
    let name = escaped(&plain::math(&node.math(), notation));
    if node.sign.is_empty() { name } else { format!("{name}<br/>{}", escaped(&node.sign)) }
}

fn escaped(text: &str) -> String {
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
