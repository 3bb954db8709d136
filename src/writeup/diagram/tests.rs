//! Pictures can be read: boxes stand apart, lines touch boxes at their borders only, labels lie inside.

use super::{Graph, MOST_NODES, Part, diagram, drawing, mermaid};
use crate::language::parse::parse_file;
use crate::model::{Sizes, System, elaborate};
use crate::writeup::notation::Notation;
use crate::writeup::picture::{Draughtsman, Drawing, PAGE, Shape};
use crate::writeup::prose::{Dialect, Writer};

const GATED: &str = "size n, m, T\ninput x[T, n]\nweight W_c[m, n], W_h[m, m], W_x[m, n]
    c[t] = sigmoid(W_c @ x[t] + W_h @ h[t-1])\nh[0] = 0
    h[t in 1..T] = c[t]*h[t-1] + (1 - c[t])*(W_x @ x[t])\noutput h";
const ATTENTION: &str = "size n, T\ninput x[T, n]\nweight Q[n, n], K[n, n], V[n, n], R[n, n], L[n, n], U[n, n]
    q_0[t] = Q @ x[t]\nk_0[t] = K @ x[t]\nv_0[t] = V @ x[t]
    q_1[t] = R @ h[t-1]\nk_1[t] = L @ h[t-2]\nv_1[t] = U @ h[t-1]
    w_0[t] = sum[j] q_0[t,j]*k_0[t,j]\nw_1[t] = sum[j] q_1[t,j]*k_1[t,j]\na[t] = sigmoid(w_0[t] - w_1[t])
    h[-1] = 0\nh[0] = 0\nh[t in 1..T, j] = a[t]*v_0[t,j] + (1 - a[t])*v_1[t,j]\noutput h";
const LSTM: &str = "size n, m, T\ninput x[T, n]
    weight A_i[m, n], B_i[m, m], A_f[m, n], B_f[m, m], A_o[m, n], B_o[m, m], A_g[m, n], B_g[m, m]
    i[t] = sigmoid(A_i @ x[t] + B_i @ h[t-1])\nf[t] = sigmoid(A_f @ x[t] + B_f @ h[t-1])
    o[t] = sigmoid(A_o @ x[t] + B_o @ h[t-1])\ng[t] = tanh(A_g @ x[t] + B_g @ h[t-1])
    c[0] = 0\nc[t in 1..T] = f[t]*c[t-1] + i[t]*g[t]\nh[0] = 0\nh[t in 1..T] = o[t]*tanh(c[t])\noutput h";
const BACKWARDS: &str = "size T\ninput x[T]\nweight w
    h[T+1] = 0\nh[t in 1..T] = w*h[t+1] + x[t]\noutput h";
const RESIDUAL: &str = "size n, m\ninput x[n]\nweight W[m, n], V[n, m]
    z = relu(W @ x)\ny = x + V @ z\noutput y";
const GRID: &str = "size N, M\ninput x[N, M]
    h[0, j in 0..M] = 0\nh[i in 1..N, 0] = 0
    h[i in 1..N, j in 1..M] = h[i-1, j] + h[i, j-1] + x[i, j]\noutput h";

fn system(text: &str) -> System {
    let file = parse_file(text).unwrap_or_else(|e| panic!("{text}\n{e:?}"));
    elaborate(&file.statements, 1, &Sizes::default()).unwrap_or_else(|e| panic!("{text}\n{}", e[0]))
}

fn graphs(text: &str) -> Vec<Graph> {
    let system = system(text);
    let found = diagram(&system, &system.outputs[0]).expect("it is small");
    std::iter::once(found.folded).chain(found.unrolled).collect()
}

fn drawn(graph: &Graph, dialect: Dialect) -> Drawing {
    drawing(graph, &Draughtsman { writer: Writer { dialect, notation: &Notation::default(), marks: &[] } })
}

/// Whether a piece of a line runs through a box, its border aside.
fn crosses(a: (f64, f64), b: (f64, f64), shape: &Shape) -> bool {
    (1..60).any(|k| {
        let s = f64::from(k) / 60.0;
        let (x, y) = (a.0 + s * (b.0 - a.0), a.1 + s * (b.1 - a.1));
        x > shape.x + 0.05 && x < shape.x2 - 0.05 && y > shape.y + 0.05 && y < shape.y2 - 0.05
    })
}

#[test]
fn pictures_can_be_read() {
    for text in [GATED, ATTENTION, LSTM, BACKWARDS, RESIDUAL, GRID] {
        for graph in graphs(text) {
            let drawing = drawn(&graph, Dialect::Markdown);
            assert!(drawing.width <= PAGE + 0.1, "{} mm", drawing.width);
            let of = |kind: &'static str| drawing.shapes.iter().filter(move |shape| shape.kind == kind);
            let boxes: Vec<&Shape> = of("box").collect();
            for (k, a) in boxes.iter().enumerate() {
                let apart = |b: &&Shape| a.x2 < b.x || b.x2 < a.x || a.y2 < b.y || b.y2 < a.y;
                assert!(boxes[k + 1..].iter().all(apart), "{text}: boxes overlap");
            }
            for line in of("path") {
                for pair in line.points.windows(2) {
                    assert!(!boxes.iter().any(|b| crosses(pair[0], pair[1], b)), "{text}: a line runs through a box");
                }
            }
            let tips: Vec<(f64, f64)> = of("head").map(|head| head.points[0]).collect();
            let ends =
                |tip: &(f64, f64)| boxes.iter().any(|b| (tip.1 - b.y).abs() < 0.05 && tip.0 > b.x && tip.0 < b.x2);
            let later = graph.edges.iter().filter(|e| graph.nodes[e.to].part == Part::Later).count();
            assert!(tips.iter().filter(|tip| !ends(tip)).count() <= later, "{text}: an arrow ends elsewhere");
            for label in of("text").filter(|label| label.anchor == "middle" && !label.text.contains('⋯')) {
                let letters = label.text.chars().chain(label.after.chars()).count() as f64
                    + 0.7 * label.below.chars().count() as f64;
                let half = letters * label.letters * 0.27;
                let inside =
                    |b: &&Shape| b.x <= label.x - half && label.x + half <= b.x2 && b.y < label.y && label.y < b.y2;
                assert!(boxes.iter().any(inside), "{text}: {} does not fit", label.text);
            }
        }
    }
}

#[test]
fn a_recurrence_has_feedback_edges_and_two_steps() {
    let found = graphs(GATED);
    let back: Vec<&str> = found[0].edges.iter().filter_map(|edge| edge.back.as_deref()).collect();
    assert_eq!((found.len(), back), (2, vec!["lag 1"]));
    let text = mermaid(&found[1], &Notation::default());
    for label in ["x[t−1]", "h[t−2]", "c[t−1]", "h[t−1]", "x[t]", "c[t]", "h[t]", "⋯"] {
        assert!(text.contains(&format!("\"{label}")), "{label} is missing in\n{text}");
    }
    let lags = |text: &str| graphs(text)[0].edges.iter().filter_map(|e| e.back.clone()).collect::<Vec<_>>();
    assert_eq!(lags(ATTENTION), ["lag 1", "lag 2"]);
    assert_eq!(lags(BACKWARDS), ["lead 1"]);
    assert_eq!(graphs(RESIDUAL).len(), 1);
}

#[test]
fn operations_are_named_by_their_outermost_signs() {
    let sign = |text: &str, label: &str| {
        let found = graphs(text);
        let text = mermaid(&found[0], &Notation::default());
        let line = text.lines().find(|line| line.contains(&format!("\"{label}"))).map(str::to_string);
        line.and_then(|line| Some(line.split_once("<br/>")?.1.split('"').next()?.to_string())).unwrap_or_default()
    };
    assert_eq!(sign(GATED, "c[t]"), "σ(Σ + Σ)");
    assert_eq!(sign(GATED, "h[t]"), "⊙ + ⊙");
    assert_eq!(sign(LSTM, "g[t]"), "tanh(Σ + Σ)");
    assert_eq!(sign(RESIDUAL, "z"), "relu(Σ)");
    assert_eq!(sign(RESIDUAL, "y"), "Σ, +");
}

#[test]
fn a_large_graph_is_not_drawn() {
    let mut text = String::from("size n\ninput x[n]\nz_0 = tanh(x)\n");
    for k in 1..=MOST_NODES {
        text += &format!("z_{k} = tanh(z_{})\n", k - 1);
    }
    let system = system(&text);
    let refused = diagram(&system, &system.outputs[0]).unwrap_err();
    assert_eq!(refused, "The computational graph of z_40 has 42 nodes; one of more than 40 is too large to draw.");
}
