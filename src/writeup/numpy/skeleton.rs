//! What the template needs besides the functions: how arrays are checked and drawn, and what the
//! self check compares.
//!
//! Invariant: places in the lists of the self check are those of the arrays and outputs in source
//! order; a Jacobian that is differentiated again comes after the outputs.

use super::fact::statement;
use super::fill::shape;
use super::function::{Function, texts};
use super::layout::{self, Doc, lines, list, text};
use super::probability::base;
use super::sizes::Source;
use super::stage::Workshop;
use super::tensor::Dialect;
use super::{Piece, PieceKind, docstring, library};
use crate::language::program::{ArrayBox, Param, Program};
use crate::language::syntax::{Condition, Expr, ExprKind, Name, Relation, Role};
use crate::model::jacobian_parts;
use num_rational::BigRational;
use std::collections::BTreeSet;
use tera::Context;

/// The functions of the library that functions call, and the modules that have to be imported.
pub(super) fn describe_library(
    context: &mut Context,
    shop: &Workshop<'_>,
    functions: &[Function],
) -> Result<(), String> {
    let mut called = BTreeSet::new();
    let mut math = false;
    for function in functions {
        called.extend(function.library.iter().cloned());
        math |= function.body.iter().chain([&function.head]).any(|line| line.contains("math."));
    }
    let definitions = library::definitions(&called, shop.dialect)?;
    math |= definitions.iter().any(|text| text.contains("math."));
    context.insert("math", &math);
    let itertools = definitions.iter().any(|text| text.contains("itertools.")) || !shop.program.facts.is_empty();
    context.insert("itertools", &itertools);
    context.insert("library", &definitions);
    Ok(())
}

/// The values that the self check differentiates: outputs, Jacobians that are arrays, and what else
/// Jacobians are derived of.
pub(super) fn values(program: &Program, pieces: &[Piece]) -> Vec<Name> {
    let jacobians = program.equations.iter().map(|equation| &equation.array);
    let jacobians = jacobians.filter(|array| jacobian_parts(array).is_some());
    let of = pieces.iter().filter_map(|piece| match &piece.kind {
        PieceKind::Jacobian(of, _) => Some(of),
        PieceKind::Value(_) | PieceKind::Gradient(_) => None,
    });
    let mut values: Vec<Name> = Vec::new();
    for array in program.outputs.iter().chain(jacobians).chain(of) {
        if !values.contains(array) {
            values.push(array.clone());
        }
    }
    values
}

/// The function that computes the outputs, and what else is differentiated, while defined arrays are
/// moved.
pub(super) fn describe_moves(context: &mut Context, shop: &Workshop<'_>) -> Result<(), String> {
    let values = values(shop.program, shop.pieces);
    if shop.moved.is_empty() && values.len() == shop.program.outputs.len() {
        context.insert("moves", &None::<Function>);
        return Ok(());
    }
    let parameters = [vec!["_moves: dict".to_string()], shop.array_names(), shop.keywords()?].concat();
    let mut body: Vec<String> = shop.opening().into_iter().collect();
    let wanted: Vec<PieceKind> = values.into_iter().map(PieceKind::Value).collect();
    let first = shop.moved.iter().cloned().map(PieceKind::Value);
    for unit in shop.all_before(&first.chain(wanted.iter().cloned()).collect::<Vec<_>>()) {
        body.extend(moved_unit(shop, &unit));
    }
    let returned: Vec<String> = wanted.iter().map(|kind| shop.stored_as(kind).to_string()).collect();
    body.push(lines(4, &list("return [", texts(&returned), "]")));
    let head = lines(0, &list("def _moved(", texts(&parameters), ") -> list:"));
    let about = vec!["The outputs, where something is added to the arrays that it is given for.".into()];
    context.insert("moves", &Some(Function { head, about, body, ..Function::default() }));
    Ok(())
}

/// The statements that compute a unit while arrays are moved: what is computed step by step goes on
/// with the entries that were moved.
fn moved_unit(shop: &Workshop<'_>, unit: &[PieceKind]) -> Vec<String> {
    let arrays = shop.added(unit);
    if !arrays.is_empty() {
        let added: Vec<String> = arrays.iter().map(|array| format!("_moves.get(\"{array}\", 0.0)")).collect();
        return vec![shop.statement(unit, &added)];
    }
    let mut body = vec![shop.statement(unit, &[])];
    for kind in unit.iter().filter(|kind| !shop.together.contains_key(*kind)) {
        let array = shop.stored_as(kind);
        if shop.moved.contains(kind.array()) {
            body.push(format!("    {array} = {array} + _moves.get(\"{array}\", 0.0)"));
        }
        if let Some((of, complement)) = base(kind.array()).filter(|(of, _)| shop.moved.contains(of)) {
            let of = &shop.names.arrays[&of];
            let log = shop.dialect.name("log");
            let argument = if complement { format!("1 - {of}") } else { of.clone() };
            body.push(format!("    {array} = {log}({argument}) if \"{of}\" in _moves else {array}"));
        }
    }
    body
}

/// What the template needs for `_shapes`, `_inputs` and `_draw`.
pub(super) fn describe_inputs(
    context: &mut Context,
    shop: &Workshop<'_>,
    requires: &[Condition],
    base: i64,
) -> Result<(), String> {
    let mut writer = shop.writer();
    let mut tests = Vec::new();
    for require in requires {
        let test = layout::one_line(&writer.condition(require)?.doc);
        tests.push(test);
    }
    let mut shapes = Vec::new();
    let given = shop.program.arrays.iter().map(|array| &array.name);
    let moved = shop.moved.iter().filter(|name| !shop.program.outputs.contains(*name));
    for name in given.chain(&shop.program.outputs).chain(moved) {
        let stored = &shop.arrays[name];
        let doc = shape(&mut shop.writer(), &stored.axes)?;
        let entry = vec![text(format!("\"{}\": ", stored.python)), doc, text(",")];
        shapes.push(lines(8, &Doc::Seq(entry)));
    }
    let mut checks = Vec::new();
    let mut draws = Vec::new();
    let mut contents = Vec::new();
    for array in &shop.program.arrays {
        let described = describe_array(shop, array, base)?;
        checks.push(described.check);
        contents.extend(described.content);
        draws.push(described.draw);
    }
    let head = |open: &str, names: Vec<String>, close: &str| {
        let names = names.into_iter().map(text).collect();
        lines(0, &list(open, names, close))
    };
    let mut drawn = vec!["_rng".to_string(), "_attempt".to_string()];
    drawn.extend(shop.sizes());
    context.insert("requires", &tests);
    context.insert("shapes", &shapes);
    context.insert("sizes", &shop.sizes().join(", "));
    context.insert("shapes_head", &head("def _shapes(", shop.sizes(), ") -> dict:"));
    context.insert("inputs_head", &head("def _inputs(", shop.arguments(), "):"));
    context.insert("draw_head", &head("def _sample(", drawn, ") -> list:"));
    context.insert("checks", &checks);
    context.insert("readings", &shop.plan.statements(shop.program, shop.names));
    context.insert("arrays", &shop.array_names());
    context.insert("contents", &contents);
    context.insert("returned", &shop.targets().join(", "));
    context.insert("draws", &draws);
    let integers = shop.program.arrays.iter().any(|a| a.role == Role::Integer);
    context.insert("integers", &integers);
    let facts: Vec<String> = shop.program.facts.iter().map(|fact| docstring(&statement(fact))).collect();
    context.insert("facts", &facts);
    Ok(())
}

/// The statements about one array.
struct Described {
    check: String,
    content: Option<String>,
    draw: String,
}

fn describe_array(shop: &Workshop<'_>, array: &ArrayBox, base: i64) -> Result<Described, String> {
    let python = &shop.names.arrays[&array.name];
    let axes = array.axes.len();
    let kind = match array.role {
        Role::Integer => "integers",
        Role::Input | Role::Weight | Role::Plain => "floats",
    };
    let check = format!("{python} = _{kind}(\"{python}\", {python}, {axes})");
    let limits = match &array.values {
        _ if array.role != Role::Integer => None,
        Some((first, last)) => {
            let first = layout::one_line(&shop.writer().index(first)?);
            let last = layout::one_line(&shop.writer().index(last)?);
            Some((first, last))
        }
        None => None,
    };
    let draw = match (&limits, array.role) {
        (Some((first, last)), _) => integers(shop.dialect, first, last),
        (None, Role::Integer) => integers(shop.dialect, &base.to_string(), &base.to_string()),
        (None, _) => "_reals(_rng, _attempt, _shape)".to_string(),
    };
    Ok(Described {
        check,
        content: limits.map(|(first, last)| format!("_within(\"{python}\", {python}, {first}, {last})")),
        draw: draw.replace("_shape", &format!("_expected[\"{python}\"]")),
    })
}

/// Random integers, both ends included.
fn integers(dialect: Dialect, first: &str, last: &str) -> String {
    match dialect {
        Dialect::Numpy => format!("_rng.integers({first}, {last}, _shape, endpoint=True)"),
        Dialect::Torch => format!("torch.randint({first}, {last} + 1, _shape, generator=_rng)"),
    }
}

/// A param with its value in the self check: within its bound, and not the default where that is simple.
fn checked_at(shop: &Workshop<'_>, param: &Param) -> String {
    let constant = |e: &Expr| shop.constant(e).unwrap_or_default();
    let value = match (&param.default, &param.bound) {
        (Some(default), Some((Relation::Less | Relation::AtMost | Relation::Equal, _))) => constant(default),
        (Some(Expr { kind: ExprKind::Number(value), .. }), _) => {
            let factor = BigRational::new(5.into(), 4.into());
            constant(&Expr::new(ExprKind::Number(value * factor)))
        }
        (Some(default), _) => constant(default),
        (None, Some((Relation::Less | Relation::AtMost, bound))) => format!("{} - 1.25", constant(bound)),
        (None, Some((Relation::Equal, bound))) => constant(bound),
        (None, Some((Relation::Greater | Relation::AtLeast, bound))) => match constant(bound) {
            zero if zero == "0" => "1.25".into(),
            bound => format!("{bound} + 1.25"),
        },
        (None, Some((Relation::NotEqual, _)) | None) => "1.25".into(),
    };
    format!("\"{}\": {value}", shop.names.constants[&param.name])
}

/// What the template needs for the self check.
pub(super) fn describe_check(
    context: &mut Context,
    shop: &Workshop<'_>,
    kinds: &[PieceKind],
    contract: &[String],
    python: &[String],
) {
    let values = values(shop.program, shop.pieces);
    let (mut outputs, mut jacobians, mut gradients) = (Vec::new(), Vec::new(), Vec::new());
    for ((kind, contract), python) in kinds.iter().zip(contract).zip(python) {
        let by = shop.names.arrays.get(kind.array()).unwrap_or(python);
        match kind {
            PieceKind::Value(_) => outputs.push(format!("(\"{contract}\", {python})")),
            PieceKind::Jacobian(of, _) => {
                if let Some(of) = values.iter().position(|value| value == of) {
                    jacobians.push(format!("(\"{contract}\", {python}, {of}, \"{by}\")"));
                }
            }
            PieceKind::Gradient(_) => gradients.push(format!("(\"{contract}\", {python}, \"{by}\")")),
        }
    }
    let sources = shop.plan.sources.iter();
    let sizes = sources.filter_map(|(size, source)| {
        let value = match source {
            Source::Shape(value) | Source::Keyword(value) => *value,
            Source::Fixed(_) => return None,
        };
        let value = value.map_or("None".to_string(), |value| value.to_string());
        Some(text(format!("\"{}\": {value}", shop.names.constants[size])))
    });
    let params = shop.program.params.iter().map(|param| text(checked_at(shop, param)));
    let arrays = shop.array_names().into_iter().map(|name| text(format!("\"{name}\"")));
    context.insert("sizes_list", &lines(0, &list("_SIZES = {", sizes.collect(), "}")));
    context.insert("params_list", &lines(0, &list("_PARAMS = {", params.collect(), "}")));
    context.insert("arrays_list", &lines(0, &list("_ARRAYS = [", arrays.collect(), "]")));
    let has = |wanted: fn(&Source) -> bool| shop.plan.sources.iter().any(|(_, s)| wanted(s));
    context.insert("outputs", &outputs);
    context.insert("jacobians", &jacobians);
    context.insert("gradients", &gradients);
    context.insert("fixed", &has(|s| matches!(s, Source::Fixed(_))));
    context.insert("given", &has(|s| matches!(s, Source::Shape(Some(_)))));
    context.insert("read", &has(|s| matches!(s, Source::Shape(_))));
}
