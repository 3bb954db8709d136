//! A figure as Mermaid text: graphs, and reads as two rows of nodes.

use super::{Figure, Panel};
use crate::diagnostic::Diagnostic;
use crate::writeup::diagram::{escaped, mermaid};
use crate::writeup::document::Reads;
use crate::writeup::notation::Notation;
use crate::writeup::prose::{Dialect, Writer};
use std::fmt::Write;

/// The most edges of a flowchart that can be read.
const MOST_EDGES: usize = 60;

/// The text of a flowchart.
///
/// # Errors
/// If the figure holds no nodes and edges, or too many of them.
pub(super) fn flowchart(figure: &Figure, notation: &Notation) -> Result<String, Diagnostic> {
    let mut graphs = figure.panels.iter().filter_map(|panel| match panel {
        Panel::Graph(graph) => Some(graph),
        Panel::Reads(_) | Panel::Matrix(_) => None,
    });
    let reads: Vec<&Reads> = figure.panels.iter().filter_map(as_reads).collect();
    let body = match graphs.next() {
        Some(graph) => mermaid(graph, notation),
        None if reads.is_empty() => {
            let message = "Mermaid draws nodes and edges: there is no matrix in it";
            return Err(Diagnostic::general(message).hint("use --format svg or --format tikz"));
        }
        None => rows(&reads, notation)?,
    };
    let spoken = |text: &str| text.replace(';', ".").replace(['#', '\n'], " ").replace(['{', '}'], "");
    let (head, rest) = body.split_once('\n').unwrap_or((&body, ""));
    let (title, details) = (spoken(&figure.title), spoken(&figure.details));
    Ok(format!("{head}\n  accTitle: {title}\n  accDescr: {details}\n{rest}"))
}

fn as_reads(panel: &Panel) -> Option<&Reads> {
    match panel {
        Panel::Reads(reads) => Some(reads),
        Panel::Graph(_) | Panel::Matrix(_) => None,
    }
}

fn rows(reads: &[&Reads], notation: &Notation) -> Result<String, Diagnostic> {
    let edges: usize = reads.iter().map(|reads| reads.lines.len()).sum();
    if edges > MOST_EDGES {
        let message = format!("this flowchart would have {edges} edges; up to {MOST_EDGES} can be read");
        return Err(Diagnostic::general(message).hint("give smaller sizes, or use --format svg"));
    }
    let writer = Writer { dialect: Dialect::Text, notation, marks: &[] };
    let mut out = String::from("flowchart TD\n");
    for (k, reads) in reads.iter().enumerate() {
        let (upper, lower) = (writer.prose(&reads.output_title), writer.prose(&reads.input_title));
        let _ = writeln!(out, "  subgraph s{k} [\"{}\"]", escaped(&format!("{upper} reads {lower}")));
        out += "    direction TB\n";
        for (place, label) in reads.outputs.iter().enumerate() {
            let _ = writeln!(out, "    f{k}_{place}((\"{}\")):::output", escaped(label));
        }
        for (place, (label, padding)) in reads.inputs.iter().enumerate() {
            let class = if *padding { "other" } else { "input" };
            let _ = writeln!(out, "    x{k}_{place}[\"{}\"]:::{class}", escaped(label));
        }
        for (from, to, _) in &reads.lines {
            let _ = writeln!(out, "    f{k}_{from} --- x{k}_{to}");
        }
        out += "  end\n";
    }
    out += "  classDef output fill:#F6E3C5,stroke:#D08A1E,color:#1b1b1b\n";
    out += "  classDef input fill:#D8EBD3,stroke:#4E9A44,color:#1b1b1b\n";
    out += "  classDef other fill:none,stroke:#8a8a8a,stroke-dasharray:4 3\n";
    Ok(out)
}
