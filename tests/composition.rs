//! Layer calls: a layer that is called is the layer, counted from anywhere; what calls without bound is
//! refused.

use backprose::catalogue::Catalogue;
use backprose::language::parse::parse_file;
use backprose::language::print::{Alphabet, expression, statement};
use backprose::language::syntax::{Item, Layer, Name, Normaliser, Role, SizeDecl, Statement, StatementKind};
use backprose::model::compose::{Library, compose, composed_layer, rebased};
use backprose::model::{Quote, Sizes, System, elaborate};

fn general() -> Sizes {
    Sizes { general: true, ..Sizes::default() }
}

fn system(statements: &[Statement], base: i64, of: &str) -> System {
    elaborate(statements, base, &general()).unwrap_or_else(|problems| panic!("{of}: {}", problems[0]))
}

/// The equations, a line each.
fn equations(system: &System) -> Vec<String> {
    let quote = Quote::plain();
    let line = |e: &backprose::model::system::Equation| {
        let ranges: Vec<String> =
            e.indices.iter().map(|b| backprose::language::print::binder(&quote.binder(b), Alphabet::Ascii)).collect();
        format!("{}[{}] = {}", e.array, ranges.join(", "), expression(&quote.formula(&e.body), Alphabet::Ascii))
    };
    let mut lines: Vec<String> = system.equations.iter().map(line).collect();
    lines.sort();
    lines
}

fn catalogue() -> Vec<Layer> {
    let catalogue = Catalogue::built_in();
    let names = Library::names(&catalogue);
    names.iter().map(|name| composed_layer(name, &catalogue).unwrap().unwrap().0).collect()
}

/// A text that declares what the layer declares, without padding, and calls it with every size by name.
fn caller(layer: &Layer, output: &Name) -> String {
    let (mut lines, mut sizes, mut arrays) = (Vec::new(), Vec::new(), Vec::new());
    let defined = |name: &Name| {
        layer.statements.iter().any(|s| matches!(&s.kind, StatementKind::Equation(e) if e.array == *name))
    };
    for written in &layer.statements {
        let mut written = written.clone();
        match &mut written.kind {
            StatementKind::Size(list) => {
                sizes.extend(list.iter().map(|SizeDecl { name, .. }| format!("{name} = {name}")))
            }
            StatementKind::Arrays(role, list) => {
                list.retain(|array| *role != Role::Plain || !defined(&array.name));
                if list.is_empty() {
                    continue;
                }
                list.iter_mut().flat_map(|array| &mut array.axes).for_each(|axis| axis.pad = None);
                arrays.extend(list.iter().map(|array| array.name.to_string()));
            }
            StatementKind::Param(_) | StatementKind::Require(_) => {}
            _ => continue,
        }
        lines.push(statement(&written, Alphabet::Ascii));
    }
    lines.push(format!("{output} = {}({}; {})", layer.name, arrays.join(", "), sizes.join(", ")));
    lines.join("\n")
}

#[test]
fn a_layer_that_is_called_is_the_layer() {
    let library = Catalogue::built_in();
    let mut compared = 0;
    for layer in catalogue() {
        let own = system(&layer.statements, 1, &layer.name);
        let [output] = own.outputs.as_slice() else { continue };
        let text = caller(&layer, output).replace("; )", ")");
        let normaliser = Normaliser::ALL.into_iter().any(|word| word.word() == &*layer.name);
        if normaliser || backprose::language::function::Function::all().any(|f| f.name() == &*layer.name) {
            continue;
        }
        let file = parse_file(&text).and_then(|file| compose(&file, &library));
        let file = file.unwrap_or_else(|problems| panic!("{text}\n{}", problems[0]));
        let called = system(&file.statements, 1, &text);
        let plain: Vec<String> = equations(&called).iter().map(|l| l.replace(&format!("{output}_"), "")).collect();
        let own = equations(&own);
        for line in &plain {
            assert!(
                own.iter().any(|known| known.replace(&format!("{output}_"), "") == *line),
                "{text}\n{line}\n{own:?}"
            );
        }
        compared += 1;
    }
    assert!(compared >= 60, "only {compared} layers were called");
}

#[test]
fn a_layer_counted_from_0_and_back_is_the_layer() {
    for layer in catalogue() {
        let own = system(&layer.statements, 1, &layer.name);
        let from_0 = rebased(&layer.statements, -1);
        let moved = system(&from_0, 0, &layer.name);
        for output in &own.outputs {
            let lengths =
                |system: &System| -> Vec<_> { system.lengths(output).iter().map(|l| l.canonical()).collect() };
            assert_eq!(lengths(&own), lengths(&moved), "{}", layer.name);
        }
        let back = system(&rebased(&from_0, 1), 1, &layer.name);
        assert_eq!(equations(&own), equations(&back), "{}", layer.name);
    }
}

/// What is said of a text with calls that cannot be.
fn refused(text: &str) -> String {
    let file = parse_file(text).unwrap_or_else(|problems| panic!("{text}: {}", problems[0]));
    match compose(&file, &Catalogue::built_in()) {
        Err(problems) => problems[0].message.clone(),
        Ok(_) => panic!("{text} is composed"),
    }
}

#[test]
fn layers_that_double_are_refused_by_name() {
    let mut text = String::from("layer l0 { size N; input x[N]; y[i] = 2*x[i] }\n");
    for k in 1..30 {
        let below = k - 1;
        text += &format!("layer l{k} {{ size N; input x[N]; a = l{below}(x); b = l{below}(a); output b }}\n");
    }
    assert!(refused(&text).ends_with("make more than 2000 statements"));
}

#[test]
fn layers_that_call_too_deep_are_refused_by_name() {
    let mut text = String::new();
    for k in 0..100 {
        text += &format!("layer l{k} {{ size N; input x[N]; y = l{}(x) }}\n", k + 1);
    }
    text += "layer l100 { size N; input x[N]; y[i] = 2*x[i] }\n";
    assert_eq!(refused(&text), "layers call layers at most 64 deep");
}

#[test]
fn a_layer_that_calls_itself_is_refused() {
    let text = "layer a { size N; input x[N]; y = a(x) }";
    assert_eq!(refused(text), "layers call each other in a circle: `a` calls `a`");
}

#[test]
fn a_file_without_calls_is_itself() {
    let text = include_str!("problems/convolution_1d.bp");
    let file = parse_file(text).unwrap();
    assert_eq!(compose(&file, &Catalogue::built_in()).as_ref(), Ok(&file));
    assert!(file.items.iter().any(|item| matches!(item, Item::Test(_))));
}
