//! Answers as a module of Python that needs only NumPy: `--format numpy`.
//!
//! `OUTPUT(arrays…)`, `dOUTPUT_dARRAY(arrays…)` and `dl_dARRAY(arrays…, g)` compute on whole arrays
//! what the formulas say – by matrix products, strided views and masks, which follow from the index
//! maps – and step by step where arrays read each other or themselves; `python module.py` compares
//! them with finite differences. The skeleton is `templates/numpy/module.py`; only expressions are
//! written here.
//!
//! Invariant: no index is negative by reliance on NumPy's wrapping, and every name the author can
//! choose yields a module that runs.

mod access;
mod affine;
mod arithmetic;
mod call;
mod code;
mod condition;
mod contraction;
mod exponential;
mod expression;
mod fact;
mod fill;
mod function;
mod known;
mod layout;
mod library;
mod lower;
mod names;
mod native;
mod probability;
mod reading;
mod reads;
mod recurrence;
mod reduction;
mod scatter;
mod schedule;
mod shadow;
mod sizes;
mod skeleton;
mod stage;
mod tensor;

use self::fact::facts;
use self::known::Known;
use self::names::Names;
use self::probability::with_logarithms;
use self::reading::stored;
use self::recurrence::stepwise;
use self::sizes::Plan;
use self::skeleton::{describe_check, describe_inputs, describe_library, describe_moves, values};
use self::stage::Workshop;
pub use self::tensor::Dialect;
use crate::language::program::Program;
use crate::language::syntax::{Binder, Condition, Expr, Name};
use crate::model::jacobian_parts;
use include_dir::{Dir, include_dir};
use std::collections::{BTreeMap, BTreeSet};
use tera::{Context, Tera};

static TORCH: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates/torch");
static NUMPY: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates/numpy");
/// What modules in either library hold alike.
static PYTHON: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates/python");

/// What an answer is the value of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PieceKind {
    /// An output.
    Value(Name),
    /// The derivative of an output with respect to an array.
    Jacobian(Name, Name),
    /// The gradient of a loss with respect to an array.
    Gradient(Name),
}

impl PieceKind {
    /// The name of its function: `f`, `df_dx`, `dl_dx`, `d2f_dx_dW`.
    fn contract(&self) -> String {
        match self {
            PieceKind::Value(output) => match jacobian_parts(output) {
                Some((of, by)) => format!("d{of}_d{by}"),
                None => output.to_string(),
            },
            PieceKind::Jacobian(output, array) => match jacobian_parts(output) {
                Some((of, by)) => format!("d2{of}_d{by}_d{array}"),
                None => format!("d{output}_d{array}"),
            },
            PieceKind::Gradient(array) => format!("dl_d{array}"),
        }
    }

    /// Its name in a sentence: `f`, `df/dx`, `dl/dx`.
    fn spoken(&self) -> String {
        match self {
            PieceKind::Value(output) => output.to_string(),
            PieceKind::Jacobian(output, array) => format!("d{output}/d{array}"),
            PieceKind::Gradient(array) => format!("dl/d{array}"),
        }
    }

    /// The arrays whose axes it has.
    fn parts(&self) -> Vec<&Name> {
        match self {
            PieceKind::Value(name) | PieceKind::Gradient(name) => vec![name],
            PieceKind::Jacobian(output, array) => vec![output, array],
        }
    }

    /// The array itself, or the one that it is the derivative with respect to.
    fn array(&self) -> &Name {
        match self {
            PieceKind::Value(name) | PieceKind::Gradient(name) | PieceKind::Jacobian(_, name) => name,
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

/// The text of a module with the answers `pieces` about `program`, in the library that is asked for; in PyTorch with a
/// class for automatic differentiation or not.
///
/// `defaults` are the sizes given on the command line, whether or not they have been put into the
/// program; `requires` are conditions on the sizes, checked at every call; `base` is the first
/// index of an axis; `direct` are the outputs that are read further, with the letters that stand in
/// formulas for the given, direct parts of their gradients.
///
/// # Errors
///
/// A sentence about what cannot be written: an index without a range, a derivative that is not
/// carried out, an unknown function.
#[allow(clippy::too_many_arguments)]
pub fn module(
    (dialect, autograd): (Dialect, bool),
    program: &Program,
    pieces: &[Piece],
    defaults: &BTreeMap<Name, i64>,
    requires: &[Condition],
    title: &str,
    base: i64,
    direct: &[(Name, Name)],
) -> Result<String, String> {
    let stepwise = &stepwise(program);
    let program = &with_logarithms(program, stepwise);
    let kinds = kinds(program, pieces);
    let names = Names::new(program, &kinds, defaults.keys(), direct);
    let plan = Plan::new(program, defaults);
    let known = Known::new(program, requires);
    let arrays = stored(program, &names, &known)?;
    let lost = program.outputs.iter().find(|o| !arrays.contains_key(*o));
    if let Some(output) = lost {
        return Err(format!("the output `{output}` is not defined"));
    }
    let moved = moved(program, &kinds);
    let mut shop = Workshop {
        dialect,
        program,
        pieces,
        names: &names,
        plan: &plan,
        arrays: &arrays,
        known: &known,
        moved: &moved,
        stepwise,
        needs: BTreeMap::new(),
        stages: BTreeSet::new(),
        together: BTreeMap::new(),
    };
    let values = values(program, pieces);
    let alone = moved.is_empty() && values.len() == program.outputs.len();
    let checked = values.into_iter().chain(moved.iter().cloned()).map(PieceKind::Value).collect::<Vec<_>>();
    shop.prepare(&kinds, if alone { &[] } else { &checked })?;
    let contract: Vec<String> = kinds.iter().map(PieceKind::contract).collect();
    let python = names::functions(&contract);
    let mut functions = Vec::new();
    for (kind, python) in kinds.iter().zip(&python) {
        functions.push(shop.public(python, kind)?);
    }
    let all = [contract.as_slice(), &["vjp".to_string()]].concat();
    let vjp = names::functions(&all).pop().unwrap_or_default();
    functions.extend(shop.together(&vjp, &kinds)?);
    functions.extend(shop.private()?);
    functions.extend(facts(&shop)?);
    let mut context = Context::new();
    context.insert("title", &docstring(title));
    context.insert("functions", &functions);
    context.insert("renamed", &renamed(&contract, &python));
    describe_library(&mut context, &shop, &functions)?;
    describe_inputs(&mut context, &shop, requires, base)?;
    describe_check(&mut context, &shop, &kinds, &contract, &python);
    describe_moves(&mut context, &shop)?;
    let has_gradients = kinds.iter().any(|kind| matches!(kind, PieceKind::Gradient(_)));
    context.insert("autograd", &(autograd && has_gradients));
    let gradients = gradients(program, &kinds);
    context.insert("gradient_of", &gradients);
    context.insert("vjp", &vjp);
    render(&context, dialect)
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

/// The defined arrays that something is differentiated with respect to: they have to be moved when
/// that is compared with differences.
fn moved(program: &Program, kinds: &[PieceKind]) -> Vec<Name> {
    let second = kinds.iter().any(|kind| kind.parts().iter().any(|name| jacobian_parts(name).is_some()));
    let moves = |name: &Name| {
        let by = |kind: &PieceKind| !matches!(kind, PieceKind::Value(_)) && kind.array() == name;
        second && jacobian_parts(name).is_some() || kinds.iter().any(by)
    };
    let mut moved: Vec<Name> = Vec::new();
    for equation in &program.equations {
        if moves(&equation.array) && !moved.contains(&equation.array) {
            moved.push(equation.array.clone());
        }
    }
    moved
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

/// Text that may stand between the triple quotes of a docstring.
fn docstring(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

/// For each given array, the place of its gradient among all gradients, as Python.
fn gradients(program: &Program, kinds: &[PieceKind]) -> Vec<String> {
    let gradients: Vec<&PieceKind> = kinds.iter().filter(|kind| matches!(kind, PieceKind::Gradient(_))).collect();
    let place = |array: &Name| gradients.iter().position(|kind| kind.array() == array);
    let spoken = |place: Option<usize>| place.map_or("None".to_string(), |place| format!("gradients[{place}]"));
    program.arrays.iter().map(|array| spoken(place(&array.name))).collect()
}

fn render(context: &Context, dialect: Dialect) -> Result<String, String> {
    let (folder, templates) = match dialect {
        Dialect::Numpy => ("numpy", &NUMPY),
        Dialect::Torch => ("torch", &TORCH),
    };
    let files = [(folder, templates), ("python", &PYTHON)].into_iter().flat_map(|(folder, templates)| {
        let named = move |path: &std::path::Path| Some(format!("{folder}/{}", path.to_str()?));
        templates.files().filter_map(move |file| Some((named(file.path())?, file.contents_utf8()?)))
    });
    let mut tera = Tera::default();
    tera.add_raw_templates(files)
        .and_then(|()| tera.render(&format!("{folder}/module.py"), context))
        .map_err(|error| format!("the templates of {folder}: {error}"))
}
