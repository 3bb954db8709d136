//! Pictures of the whole catalogue: each is drawn in every form it has, or refused with a hint; what is drawn can be
//! read, and shows what the layer says.

#[path = "draw/svg.rs"]
mod svg;

use backprose::catalogue::Catalogue;
use backprose::language::parse::parse_file;
use backprose::language::syntax::{Statement, StatementKind};
use backprose::model::Sizes;
use backprose::model::compose::composed_layer;
use backprose::study::NoAnswer;
use backprose::writeup::document::{Pattern, Reads};
use backprose::writeup::figure::{Asked, Figure, Form, NoFigure, Panel, What, figure};
use std::collections::BTreeSet;
use std::process::Command;
use svg::Picture;

fn asked(what: What) -> Asked {
    Asked { what, of: None, wrt: None, steps: None, whole: false }
}

/// The figure of a layer of the catalogue, or why there is none: what is wrong, and the hint.
fn drawn(layer: &str, sizes: &[(&str, i128)], asked: &Asked) -> Result<Figure, (String, String)> {
    let catalogue = Catalogue::built_in();
    let (layer, base) = composed_layer(layer, &catalogue).unwrap().unwrap();
    of(&layer.statements, base, sizes, asked)
}

fn of(statements: &[Statement], base: i64, sizes: &[(&str, i128)], asked: &Asked) -> Result<Figure, (String, String)> {
    let given = sizes.iter().map(|(name, value)| ((*name).into(), Some(*value))).collect();
    figure(statements, base, &Sizes { given, ..Sizes::default() }, asked).map_err(|error| match error {
        NoFigure::Unanswered(NoAnswer::Refused(wrong)) => {
            (wrong.message.clone(), wrong.hint.unwrap_or_else(|| panic!("no hint: {}", wrong.message)))
        }
        other => panic!("{other:?}"),
    })
}

fn formula(text: &str, asked: &Asked) -> Result<Figure, (String, String)> {
    of(&parse_file(text).unwrap().statements, 1, &[], asked)
}

fn text(figure: &Figure, form: Form) -> String {
    figure.written(form).unwrap_or_else(|error| panic!("{error}"))
}

fn picture(figure: &Figure) -> Picture {
    Picture::read(&text(figure, Form::Svg))
}

fn filled_cells(picture: &Picture) -> usize {
    picture.cells.iter().filter(|(_, filled)| *filled).count()
}

/// Draws something of every layer in every form; gives the layers that have no such picture, each with the reason.
fn each_layer(what: What, flowchart: bool) -> Vec<(String, String)> {
    let mut refused = Vec::new();
    for name in Catalogue::built_in().names() {
        let figure = match drawn(&name, &[], &asked(what)) {
            Ok(figure) => figure,
            Err((message, hint)) => {
                assert!(!hint.is_empty() && !message.is_empty());
                refused.push((name.to_string(), message));
                continue;
            }
        };
        let name = format!("{what:?} of {name}");
        picture(&figure).check(&name);
        for alone in [false, true] {
            check_tikz(&name, &text(&figure, Form::Tikz { alone }));
        }
        match figure.written(Form::Mermaid) {
            Ok(chart) => {
                assert!(flowchart, "{name} is no flowchart");
                check_flowchart(&name, &chart);
            }
            Err(wrong) => {
                assert!(!flowchart || wrong.message.contains("edges; up to"), "{name}: {wrong}");
                assert!(wrong.hint.is_some());
            }
        }
    }
    refused
}

fn check_tikz(name: &str, tex: &str) {
    let mut depth = 0;
    let mut before = ' ';
    for c in tex.chars() {
        match c {
            '{' if before != '\\' => depth += 1,
            '}' if before != '\\' => depth -= 1,
            _ => {}
        }
        assert!(depth >= 0, "{name}: a brace is closed that was not opened");
        assert!(c.is_ascii(), "{name}: {c} is nothing that every TeX sets");
        before = if before == '\\' { ' ' } else { c };
    }
    assert_eq!(depth, 0, "{name}: a brace is left open");
    assert_eq!(tex.matches("\\begin{tikzpicture}").count(), 1);
    for class in 0..10 {
        let used = ["fill=tap", "[line"].iter().any(|at| tex.contains(&format!("{at}{class}")));
        assert!(!used || tex.contains(&format!("\\definecolor{{tap{class}}}")), "{name}: colour {class} has no value");
    }
}

fn check_flowchart(name: &str, chart: &str) {
    assert!(chart.starts_with("flowchart TD\n  accTitle: "), "{name}: {chart}");
    let lines: Vec<&str> = chart.lines().map(str::trim).collect();
    let declared =
        |node: &str| lines.iter().any(|line| line.strip_prefix(node).is_some_and(|rest| rest.starts_with(['(', '['])));
    for line in lines.iter().filter(|line| line.contains("-->") || line.contains(".->") || line.contains("---")) {
        let mut ends = line.split(' ');
        let (from, to) = (ends.next().unwrap(), ends.next_back().unwrap());
        assert!(declared(from) && declared(to), "{name}: `{line}` joins what is not there");
    }
    let quotes = lines.iter().filter(|line| !line.starts_with("acc"));
    assert!(quotes.clone().all(|line| line.matches('"').count() % 2 == 0), "{name}: a label is not closed");
}

#[test]
fn every_layer_has_a_graph() {
    assert_eq!(each_layer(What::Graph, true), []);
}

#[test]
fn every_recurrence_with_steps_is_unrolled() {
    let refused = each_layer(What::Unrolled, true);
    let drawn = Catalogue::built_in().names().len() - refused.len();
    assert!(drawn >= 5, "only {drawn} recurrences");
    for (name, message) in refused {
        let known = ["there are no steps", "they are not drawn apart"];
        assert!(known.iter().any(|reason| message.ends_with(reason)), "{name}: {message}");
    }
}

#[test]
fn every_layer_reads() {
    assert_eq!(each_layer(What::Reads, true), []);
}

#[test]
fn every_layer_has_a_pattern_where_that_can_be_read() {
    for (name, message) in each_layer(What::Jacobian, false) {
        assert!(message.contains("cells; up to"), "{name}: {message}");
    }
}

#[test]
fn every_layer_has_a_way_back() {
    assert_eq!(each_layer(What::Adjoint, true), []);
}

#[test]
fn stride_padding_and_dilation_are_seen() {
    let sizes = [("N", 7), ("C", 5), ("F", 1), ("K", 3), ("S", 2), ("P", 1), ("D", 2)];
    let figure = drawn("conv1d", &sizes, &asked(What::Reads)).unwrap();
    let read: Vec<(String, Vec<String>)> = reads(&text(&figure, Form::Mermaid));
    // x is read at 1 + 2(r − 1) + 2(i − 1) − 1 = 2(r − 1) + 2(i − 1)
    let wanted = [("1", ["0", "2", "4"]), ("2", ["2", "4", "6"]), ("3", ["4", "6", "8"])];
    let wanted: Vec<(String, Vec<String>)> =
        wanted.iter().map(|(r, n)| (r.to_string(), n.iter().map(|n| n.to_string()).collect())).collect();
    assert_eq!(read, wanted);
    let svg = text(&figure, Form::Svg);
    assert_eq!(svg.matches("<circle").count(), 3);
    assert_eq!((svg.matches("<rect").count(), svg.matches("stroke-dasharray").count()), (9, 2));
    let colours = ["4F81BD", "D08A1E", "4E9A44"];
    assert!(colours.iter().all(|colour| svg.matches(colour).count() == 3), "each tap has a colour of its own");
}

/// Which lower nodes each upper node of a flowchart of reads is joined with, by their labels.
fn reads(chart: &str) -> Vec<(String, Vec<String>)> {
    let label = |node: &str| {
        let line = chart
            .lines()
            .map(str::trim)
            .find(|line| line.starts_with(&format!("{node}[")) || line.starts_with(&format!("{node}(")));
        line.unwrap().split('"').nth(1).unwrap().to_string()
    };
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    for (from, to) in chart.lines().filter_map(|line| line.trim().split_once(" --- ")) {
        let (from, to) = (label(from), label(to));
        match found.iter_mut().find(|(known, _)| *known == from) {
            Some((_, places)) => places.push(to),
            None => found.push((from, vec![to])),
        }
    }
    found
}

/// Pairs of labels that are joined, padding left out.
fn joined(reads: &Reads) -> BTreeSet<(&str, &str)> {
    let lines = reads.lines.iter().filter(|(_, to, _)| !reads.inputs[*to].1);
    lines.map(|(from, to, _)| (reads.outputs[*from].as_str(), reads.inputs[*to].0.as_str())).collect()
}

/// Pairs of labels at which a matrix is not 0.
fn filled(pattern: &Pattern) -> BTreeSet<(&str, &str)> {
    let rows = pattern.rows.iter().zip(&pattern.cells);
    let cells = rows.flat_map(|(row, cells)| cells.iter().zip(&pattern.columns).map(move |(cell, c)| (cell, (row, c))));
    cells.filter(|(cell, _)| cell.is_some()).map(|(_, (row, column))| (row.as_str(), column.as_str())).collect()
}

#[test]
fn what_is_read_is_where_the_jacobian_is_not_0() {
    let (mut equal, mut compared) = (0, 0);
    for name in Catalogue::built_in().names() {
        let catalogue = Catalogue::built_in();
        let (layer, _) = composed_layer(&name, &catalogue).unwrap().unwrap();
        let equations = layer.statements.iter().filter(|s| matches!(s.kind, StatementKind::Equation(_))).count();
        let figures = (drawn(&name, &[], &asked(What::Reads)), drawn(&name, &[], &asked(What::Jacobian)));
        let (Ok(reads), Ok(jacobian), 1) = (figures.0, figures.1, equations) else { continue };
        let ([Panel::Reads(reads)], [Panel::Matrix(pattern)]) = (reads.panels.as_slice(), jacobian.panels.as_slice())
        else {
            continue;
        };
        let stored: Vec<&String> = reads.inputs.iter().filter(|(_, p)| !p).map(|(label, _)| label).collect();
        if reads.outputs != pattern.rows || stored != pattern.columns.iter().collect::<Vec<_>>() {
            continue;
        }
        compared += 1;
        equal += usize::from(joined(reads) == filled(pattern));
        assert!(filled(pattern).is_subset(&joined(reads)), "{name}: a derivative of what is not read");
    }
    assert!(compared >= 15 && equal >= 12, "only {compared} layers were compared, {equal} of them equal");
}

#[test]
fn axes_that_have_nothing_to_do_with_each_other_are_drawn_apart() {
    let sizes = [("C", 2), ("H", 5), ("V", 4), ("F", 2), ("K_H", 3), ("K_W", 2)];
    let figure = drawn("conv2d", &sizes, &asked(What::Reads)).unwrap();
    assert_eq!(figure.panels.len(), 3);
    let chart = text(&figure, Form::Mermaid);
    assert_eq!(chart.matches(" --- ").count(), 3 * 3 + 3 * 2);
    let shown = picture(&figure);
    assert_eq!(filled_cells(&shown), 6, "one output reads 3 × 2 places");
    let pooled = drawn("avg_pool1d", &[("N", 6), ("C", 3), ("K", 2), ("S", 2)], &asked(What::Reads)).unwrap();
    assert!(pooled.panels.len() == 1 && text(&pooled, Form::Svg).contains("at equal c"));
}

#[test]
fn integer_data_say_what_is_read() {
    let figure = drawn("embedding", &[("T", 3), ("V", 5), ("D", 2)], &asked(What::Reads)).unwrap();
    let read = reads(&text(&figure, Form::Mermaid));
    let svg = text(&figure, Form::Svg);
    let tokens = svg.split("token = (").nth(1).unwrap().split(')').next().unwrap();
    let places: Vec<&str> = read.iter().flat_map(|(_, places)| places).map(String::as_str).collect();
    assert_eq!(places.join(", "), tokens);
}

#[test]
fn a_jacobian_of_several_axes_is_drawn_in_blocks() {
    let sizes = [("C", 2), ("H", 4), ("V", 3), ("F", 2), ("K_H", 2), ("K_W", 2)];
    let figure = drawn("conv2d", &sizes, &asked(What::Jacobian)).unwrap();
    let shown = picture(&figure);
    // 3 × 2 outputs, each of which reads 2 × 2 of 4 × 3 inputs, for one filter and one channel
    assert_eq!((shown.cells.len(), filled_cells(&shown)), (6 * 12, 6 * 4));
    let labels: Vec<&str> = shown.words.iter().map(|words| words.text.as_str()).collect();
    for block in ["r = 1", "r = 3", "p = 1", "p = 4", "s = 2"] {
        assert!(labels.contains(&block), "{block} is not among {labels:?}");
    }
    let whole = Asked { whole: true, ..asked(What::Jacobian) };
    let shown = picture(&drawn("conv2d", &sizes, &whole).unwrap());
    assert_eq!((shown.cells.len(), filled_cells(&shown)), (2 * 6 * 2 * 12, 2 * 6 * 2 * 4));
}

#[test]
fn gradients_are_added_where_paths_meet() {
    let residual = "size n, m; input x[n]; weight W[m, n], V[n, m]
        z = tanh(W @ x); y = x + V @ z; output y";
    let chart = text(&formula(residual, &asked(What::Adjoint)).unwrap(), Form::Mermaid);
    let node = |label: &str| {
        let line = chart.lines().find(|line| line.contains(&format!("\"{label}"))).unwrap_or_else(|| panic!("{chart}"));
        line.trim().split(['(', '[']).next().unwrap().to_string()
    };
    let arrows = |to: &str| chart.lines().filter(|line| line.ends_with(&format!("--> {to}"))).count();
    assert_eq!(arrows(&node("∂ℓ/∂x")), 2, "{chart}");
    assert_eq!((arrows(&node("∂ℓ/∂z")), arrows(&node("∂ℓ/∂W")), arrows(&node("∂ℓ/∂V"))), (1, 1, 1));
    let line = chart.lines().find(|line| line.contains("\"∂ℓ/∂x")).unwrap();
    let to = node("∂ℓ/∂x");
    let into = chart.lines().filter(|line| line.ends_with(&format!("--> {to}")));
    let numbers: Vec<&str> = into.map(|line| line.split('"').nth(1).unwrap()).collect();
    assert!(line.contains(&format!("<br/>{}\"", numbers.join(" + "))), "{line} is not the sum of {numbers:?}");
}

#[test]
fn the_way_back_through_a_recurrence_has_as_many_steps_as_wanted() {
    let recurrence = "size T; input x[T]; weight w; h[0] = 0; h[t in 1..T] = tanh(w*h[t-1] + x[t]); output h";
    for steps in [1, 2, 4] {
        let asked = Asked { steps: Some(steps), ..asked(What::Adjoint) };
        let chart = text(&formula(recurrence, &asked).unwrap(), Form::Mermaid);
        let count = |class: &str| chart.matches(&format!(":::{class}\n")).count();
        assert_eq!((count("output"), count("input"), count("loss")), (steps, steps, steps), "{chart}");
        assert!(chart.contains("\"∂ℓ/∂h[t+1]\"") && chart.contains("[t ≤ T−1]·∂ℓ/∂h[t+1]·(1 − h[t+1]^2)·w"), "{chart}");
    }
    let folded = Asked { steps: Some(0), ..asked(What::Adjoint) };
    let chart = text(&formula(recurrence, &folded).unwrap(), Form::Mermaid);
    assert!(chart.contains("\"lag 1\"") && chart.contains("\"∂ℓ/∂w"), "{chart}");
}

#[test]
fn every_sum_on_the_way_back_is_whole() {
    let text = "size T; input x[T]; weight w; h[0] = 0; h[t in 1..T] = tanh(w*h[t-1] + x[t])
        L = sum[t in 1..T] h[t]^2; output L";
    let chart = self::text(&formula(text, &asked(What::Adjoint)).unwrap(), Form::Mermaid);
    let state = chart.lines().find(|line| line.contains("\"∂ℓ/∂h[t]<br/>")).unwrap();
    let to = state.trim().split('(').next().unwrap();
    let into: Vec<&str> = chart.lines().filter(|line| line.ends_with(&format!("--> {to}"))).collect();
    assert_eq!(into.len(), 2, "from the next step and from L: {into:?}");
}

#[test]
fn what_carries_no_gradient_is_not_on_the_way_back() {
    let text = text(&drawn("embedding", &[], &asked(What::Adjoint)).unwrap(), Form::Mermaid);
    assert!(text.contains("∂ℓ/∂E") && !text.contains("∂ℓ/∂token"), "{text}");
}

#[test]
fn what_cannot_be_drawn_is_refused_with_a_hint() {
    let refusal = |result: Result<Figure, (String, String)>| result.map(|figure| figure.title).unwrap_err();
    let (message, hint) = refusal(drawn("linear", &[], &asked(What::Unrolled)));
    assert_eq!(message, "`y` is computed without a recurrence: there are no steps");
    assert_eq!(hint, "--what graph draws what is computed from what");
    let (message, hint) = refusal(drawn("conv1d", &[("N", 90), ("K", 3)], &asked(What::Jacobian)));
    assert!(
        message.contains("cells; up to 60 × 80 can be read") && hint.starts_with("give smaller sizes"),
        "{message}"
    );
    let (message, hint) = refusal(drawn("conv1d", &[("N", 90), ("K", 3)], &asked(What::Reads)));
    assert!(
        message.contains("places over 90; up to 24 over 40") && hint.starts_with("give smaller sizes"),
        "{message}"
    );
    let (message, hint) = refusal(drawn("linear", &[], &Asked { of: Some("Y".into()), ..asked(What::Graph) }));
    assert_eq!((message.as_str(), hint.as_str()), ("there is no array `Y`", "there is y"));
    let (message, hint) = refusal(drawn("linear", &[], &Asked { wrt: Some("z".into()), ..asked(What::Reads) }));
    assert_eq!(message, "no equation reads so");
    assert!(hint.contains("--of y --wrt x"), "{hint}");
    let matrix = drawn("linear", &[], &asked(What::Jacobian)).unwrap().written(Form::Mermaid).unwrap_err();
    assert_eq!(matrix.message, "Mermaid draws nodes and edges: there is no matrix in it");
    let mut long = String::from("size n; input x[n]; z_0 = tanh(x)");
    (1..=45).for_each(|k| long += &format!("; z_{k} = tanh(z_{})", k - 1));
    let (message, hint) = refusal(formula(&long, &asked(What::Graph)));
    assert_eq!(message, "the computational graph has 47 nodes; one of more than 40 is too large to draw");
    assert!(hint.starts_with("--of NAME"), "{hint}");
}

#[test]
fn a_cell_names_an_entry_only_if_that_is_the_value() {
    let cells = |text: &str| {
        let words = picture(&formula(text, &asked(What::Jacobian)).unwrap()).words;
        words.into_iter().filter(|words| words.text.starts_with(['w', '•'])).map(|words| words.text).collect::<Vec<_>>()
    };
    assert_eq!(cells("x[3], w[3]; y[i] = w[i]*x[i]"), ["w1", "w2", "w3"]);
    assert_eq!(cells("x[3], w[3]; y[i] = -w[i]*x[i]"), ["•", "•", "•"]);
}

/// Compiled where pdflatex is installed, required where BACKPROSE_TOOLS=required.
#[test]
fn tikz_compiles_on_a_page_of_its_own() {
    let required = std::env::var("BACKPROSE_TOOLS").is_ok_and(|value| value == "required");
    if Command::new("pdflatex").arg("--version").output().is_err() {
        assert!(!required, "pdflatex is required");
        eprintln!("skipped: pdflatex is not installed");
        return;
    }
    let pictures = [
        ("conv1d", What::Reads),
        ("conv2d", What::Jacobian),
        ("lstm", What::Adjoint),
        ("grid_rnn", What::Adjoint),
        ("gated_rnn", What::Unrolled),
        ("layer_norm", What::Graph),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (layer, what) in pictures {
        let tex = text(&drawn(layer, &[], &asked(what)).unwrap(), Form::Tikz { alone: true });
        std::fs::write(folder.path().join("picture.tex"), tex).unwrap();
        let arguments = ["-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "picture.tex"];
        let output = Command::new("pdflatex").args(arguments).current_dir(folder.path()).output().unwrap();
        let log = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{layer}: {log}");
        let bad =
            |line: &&str| line.starts_with("Overfull") || line.starts_with("Underfull") || line.contains("Warning");
        assert_eq!(log.lines().find(bad), None, "{layer}");
        assert!(log.contains("Output written on picture.pdf (1 page"), "{layer}: {log}");
    }
}

#[test]
fn the_pictures_of_the_book_are_what_draw_writes() {
    let page = include_str!("../docs/drawing.md");
    let book = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("pictures")).unwrap();
    let mut seen = Vec::new();
    for line in page.lines().filter_map(|line| line.strip_prefix("backprose ")) {
        let run = Command::new(env!("CARGO_BIN_EXE_backprose"))
            .args(line.split_whitespace())
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(run.status.success(), "{line}: {}", String::from_utf8_lossy(&run.stderr));
        match line.split_once(" -o ") {
            Some((_, file)) => {
                let read = |at: &std::path::Path| std::fs::read_to_string(at.join(file)).unwrap();
                assert!(read(&book) == read(folder.path()), "docs/{file} is not what `backprose {line}` writes");
                seen.push(file.trim_start_matches("pictures/").to_string());
            }
            None => {
                let shown = page.split("```mermaid\n").nth(1).unwrap().split("```").next().unwrap();
                assert_eq!(shown, String::from_utf8_lossy(&run.stdout), "`backprose {line}`");
            }
        }
    }
    let entries = std::fs::read_dir(book.join("pictures")).unwrap();
    let mut kept: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    kept.sort();
    seen.sort();
    assert_eq!(kept, seen, "pictures that the page does not make, or the reverse");
}

#[test]
fn what_cannot_be_read_is_noticed() {
    let page = |shapes: &str| {
        let head =
            "<svg xmlns='http://www.w3.org/2000/svg' role='img' viewBox='0 0 40 30'><title>t</title><desc>d</desc>";
        format!("{head}<rect x='5' y='5' width='10' height='6' rx='1'/>{shapes}</svg>")
    };
    let noticed = |shapes: &str| std::panic::catch_unwind(|| Picture::read(&page(shapes)).check("a page")).is_err();
    let words =
        |x: f64, y: f64, text: &str| format!("<text x='{x}' y='{y}' font-size='2' text-anchor='middle'>{text}</text>");
    assert!(!noticed(&words(10.0, 8.0, "y")));
    assert!(!noticed("<polyline points='0,20 30,20'/>"));
    for bad in [
        "<rect x='14' y='5' width='10' height='6' rx='1'/>",
        "<polyline points='0,8 30,8'/>",
        "<image href='http://example.org'/>",
        &words(39.5, 20.0, "outside"),
        &words(10.0, 8.0, "much too long for it"),
        &words(17.0, 8.0, "hidden"),
        &(words(30.0, 20.0, "one") + &words(30.5, 20.0, "two")),
    ] {
        assert!(noticed(bad), "{bad}");
    }
}
