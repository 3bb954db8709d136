//! Answers as a module of Python that needs only NumPy: `--format numpy`.
//!
//! `OUTPUT(arrays…)`, `dOUTPUT_dARRAY(arrays…)` and `dl_dARRAY(arrays…, g)` compute by plain
//! loops what the formulas say; `python module.py` compares them with finite differences. The
//! skeleton is `templates/numpy/module.py`; only expressions are written here.
//!
//! Invariant: no index is negative by reliance on NumPy's wrapping, and every name the author can
//! choose yields a module that runs.

mod arithmetic;
mod code;
mod condition;
mod expression;
mod function;
mod layout;
mod loops;
mod names;
mod reading;
mod sizes;

use self::function::{Function, Workshop};
use self::layout::lines;
use self::loops::shape;
use self::names::Names;
use self::reading::stored;
use self::sizes::{Plan, Source};
use crate::language::program::{ArrayBox, Program};
use crate::language::syntax::{Binder, Condition, Expr, Name, Role};
use include_dir::{Dir, include_dir};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use tera::{Context, Tera};

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates/numpy");

/// What an answer is the value of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PieceKind {
    /// An output.
    Value(Name),
    /// The derivative of an output with respect to an array.
    Jacobian(Name, Name),
    /// The gradient of a loss with respect to an array.
    Gradient(Name),
}

impl PieceKind {
    /// The name of its function: `f`, `df_dx`, `dl_dx`.
    fn contract(&self) -> String {
        match self {
            PieceKind::Value(output) => output.to_string(),
            PieceKind::Jacobian(output, array) => format!("d{output}_d{array}"),
            PieceKind::Gradient(array) => format!("dl_d{array}"),
        }
    }
}

/// One derived answer: its shape is the box of the output, then that of the array.
#[derive(Clone, Debug)]
pub struct Piece {
    /// What it is the value of.
    pub kind: PieceKind,
    /// Its free indices, one an axis, each with its range.
    pub indices: Vec<Binder>,
    /// The value of an entry.
    pub formula: Expr,
    /// The formula as the author would read it, for the docstring; may be empty.
    pub text: String,
}

/// The text of a module with the answers `pieces` about `program`.
///
/// `defaults` are the sizes given on the command line, whether or not they have been put into the
/// program; `requires` are conditions on the sizes, checked at every call; `base` is the first
/// index of an axis.
///
/// # Errors
///
/// A sentence about what cannot be written: an index without a range, a derivative that is not
/// carried out, an unknown function.
pub fn module(
    program: &Program,
    pieces: &[Piece],
    defaults: &BTreeMap<Name, i64>,
    requires: &[Condition],
    title: &str,
    base: i64,
) -> Result<String, String> {
    let names = Names::new(program, defaults.keys());
    let plan = Plan::new(program, defaults);
    let arrays = stored(program, &names)?;
    let lost = program.outputs.iter().find(|o| !arrays.contains_key(*o));
    if let Some(output) = lost {
        return Err(format!("the output `{output}` is not defined"));
    }
    let shop = Workshop { program, names: &names, plan: &plan, arrays: &arrays };
    let kinds = kinds(program, pieces);
    let contract: Vec<String> = kinds.iter().map(PieceKind::contract).collect();
    let python = names::functions(&contract);
    let mut functions = Vec::new();
    for (kind, python) in kinds.iter().zip(&python) {
        let piece = pieces.iter().find(|piece| piece.kind == *kind);
        functions.push(match (piece, kind) {
            (Some(piece), _) => shop.answer(python, piece)?,
            (None, PieceKind::Value(output) | PieceKind::Jacobian(output, _)) => shop.output(python, output)?,
            (None, PieceKind::Gradient(array)) => shop.output(python, array)?,
        });
    }
    let forward = compute_intermediates(&shop, &mut functions)?;
    let mut context = Context::new();
    let all = || functions.iter().chain(forward.as_ref());
    context.insert("title", &docstring(title));
    context.insert("functions", &functions);
    context.insert("forward", &forward);
    context.insert("padded", &all().any(|function| function.uses.0));
    context.insert("mean", &all().any(|function| function.uses.1));
    let lines = all().flat_map(|function| &function.body);
    let loops = lines.filter(|line| line.contains("itertools.")).count() > 0;
    context.insert("itertools", &loops);
    context.insert("renamed", &renamed(&contract, &python));
    describe_inputs(&mut context, &shop, requires, base)?;
    describe_check(&mut context, &shop, &kinds, &contract, &python);
    render(&context)
}

/// The functions of the module: every output, then the derivatives asked for.
fn kinds(program: &Program, pieces: &[Piece]) -> Vec<PieceKind> {
    let values = program.outputs.iter().cloned().map(PieceKind::Value);
    let mut kinds: Vec<PieceKind> = values.collect();
    for piece in pieces {
        if !kinds.contains(&piece.kind) {
            kinds.push(piece.kind.clone());
        }
    }
    kinds
}

/// Makes `_forward`, and its call in every function that reads a defined array.
fn compute_intermediates(shop: &Workshop<'_>, functions: &mut [Function]) -> Result<Option<Function>, String> {
    let wanted: BTreeSet<Name> = functions.iter().flat_map(|function| function.reads.iter().cloned()).collect();
    let Some((forward, returned)) = shop.forward(&wanted)? else {
        return Ok(None);
    };
    for function in functions {
        if !function.reads.is_empty() {
            let call = shop.forward_call(&returned, &function.reads);
            function.body.insert(function.prepared, call);
        }
    }
    Ok(Some(forward))
}

/// Contract names that cannot be function names in Python, with the functions they stand for.
fn renamed<'a>(contract: &'a [String], python: &'a [String]) -> Vec<[&'a str; 2]> {
    let mut out: Vec<[&str; 2]> = Vec::new();
    for (contract_name, python_name) in contract.iter().zip(python) {
        if contract_name != python_name && !python.contains(contract_name) {
            out.push([contract_name, python_name]);
        }
    }
    out
}

/// A size, with the value it has in the self check if that is fixed.
#[derive(Serialize)]
struct SizeEntry<'a> {
    name: &'a str,
    value: Option<i64>,
}

/// What the template needs for `_shapes`, `_inputs` and `_draw`.
fn describe_inputs(
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
    for name in given.chain(&shop.program.outputs) {
        let stored = &shop.arrays[name];
        let doc = shape(&mut shop.writer(), &stored.axes)?;
        let entry = vec![layout::text(format!("\"{}\": ", stored.python)), doc, layout::text(",")];
        shapes.push(lines(8, &layout::Doc::Seq(entry)));
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
        let names = names.into_iter().map(layout::text).collect();
        lines(0, &layout::list(open, names, close))
    };
    let mut drawn = vec!["_rng".to_string()];
    drawn.extend(shop.sizes());
    context.insert("requires", &tests);
    context.insert("shapes", &shapes);
    context.insert("sizes", &shop.sizes().join(", "));
    context.insert("shapes_head", &head("def _shapes(", shop.sizes(), ") -> dict:"));
    context.insert("inputs_head", &head("def _inputs(", shop.arguments(), "):"));
    context.insert("draw_head", &head("def _draw(", drawn, ") -> list:"));
    context.insert("checks", &checks);
    context.insert("readings", &shop.plan.statements(shop.program, shop.names));
    context.insert("arrays", &shop.array_names());
    context.insert("contents", &contents);
    context.insert("returned", &shop.targets().join(", "));
    context.insert("draws", &draws);
    let integers = shop.program.arrays.iter().any(|a| a.role == Role::Integer);
    context.insert("integers", &integers);
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
        (Some((first, last)), _) => {
            format!("_rng.integers({first}, {last}, _shape, endpoint=True)")
        }
        (None, Role::Integer) => format!("_rng.integers({base}, {base}, _shape, endpoint=True)"),
        (None, _) => "_rng.uniform(0.5, 1.5, _shape)".to_string(),
    };
    Ok(Described {
        check,
        content: limits.map(|(first, last)| format!("_within(\"{python}\", {python}, {first}, {last})")),
        draw: draw.replace("_shape", &format!("_expected[\"{python}\"]")),
    })
}

/// What the template needs for the self check.
fn describe_check(
    context: &mut Context,
    shop: &Workshop<'_>,
    kinds: &[PieceKind],
    contract: &[String],
    python: &[String],
) {
    let array = |name: &Name| shop.program.arrays.iter().position(|a| a.name == *name);
    let output = |name: &Name| shop.program.outputs.iter().position(|o| o == name);
    let (mut outputs, mut jacobians, mut gradients) = (Vec::new(), Vec::new(), Vec::new());
    for ((kind, contract), python) in kinds.iter().zip(contract).zip(python) {
        match kind {
            PieceKind::Value(_) => outputs.push(format!("(\"{contract}\", {python})")),
            PieceKind::Jacobian(of, by) => {
                if let (Some(of), Some(by)) = (output(of), array(by)) {
                    jacobians.push(format!("(\"{contract}\", {python}, {of}, {by})"));
                }
            }
            PieceKind::Gradient(by) => {
                if let Some(by) = array(by) {
                    gradients.push(format!("(\"{contract}\", {python}, {by})"));
                }
            }
        }
    }
    let sources = shop.plan.sources.iter();
    let sizes: Vec<SizeEntry<'_>> = sources
        .filter_map(|(size, source)| {
            let value = match source {
                Source::Shape(value) | Source::Keyword(value) => *value,
                Source::Fixed(_) => return None,
            };
            let name = &shop.names.constants[size];
            Some(SizeEntry { name, value })
        })
        .collect();
    let open = shop.program.params.iter().filter(|param| param.default.is_none());
    let params: Vec<&String> = open.map(|param| &shop.names.constants[&param.name]).collect();
    let has = |wanted: fn(&Source) -> bool| shop.plan.sources.iter().any(|(_, s)| wanted(s));
    context.insert("outputs", &outputs);
    context.insert("jacobians", &jacobians);
    context.insert("gradients", &gradients);
    context.insert("size_entries", &sizes);
    context.insert("params", &params);
    context.insert("fixed", &has(|s| matches!(s, Source::Fixed(_))));
    context.insert("given", &has(|s| matches!(s, Source::Shape(Some(_)))));
    context.insert("read", &has(|s| matches!(s, Source::Shape(_))));
}

/// Text that may stand between the triple quotes of a docstring.
fn docstring(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

fn render(context: &Context) -> Result<String, String> {
    let template = TEMPLATES
        .get_file("module.py")
        .and_then(|file| file.contents_utf8())
        .ok_or("the template numpy/module.py is missing")?;
    let mut tera = Tera::default();
    tera.add_raw_template("module.py", template)
        .and_then(|()| tera.render("module.py", context))
        .map_err(|error| format!("the template numpy/module.py: {error}"))
}
