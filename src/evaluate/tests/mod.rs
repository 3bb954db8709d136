//! Trees built by hand, small systems, and what the evaluator must say about them.
//!
//! Invariant: expected values come from loops written out here, never from the evaluator.

mod conv1d;
mod derivatives;
mod exactness;
mod functions;
mod hostile;
mod kept;
mod partition;
mod points;
mod recurrent;
mod reverse;
mod step;
mod values;

use super::{Instance, Sizes, check};
use crate::diagnostic::Span;
use crate::language::parse::parse_expression;
use crate::language::program::{ArrayBox, AxisBox, Param, Program, ResolvedEquation};
use crate::language::syntax::{
    Binder, Condition, Expr, ExprKind, Name, Normaliser, Operator, Reduction, Relation, Role, Sign,
};

const WORK: u64 = 5_000_000;

fn int(value: i128) -> Expr {
    Expr::integer(value)
}

fn n(name: &str) -> Expr {
    Expr::name(name)
}

fn names(text: &str) -> Vec<Name> {
    text.split_whitespace().map(Name::from).collect()
}

fn sizes(given: &[(&str, i64)]) -> Sizes {
    given.iter().map(|(name, size)| (Name::from(*name), *size)).collect()
}

fn add<const M: usize>(terms: [Expr; M]) -> Expr {
    Expr::new(ExprKind::Sum(terms.map(|term| (Sign::Plus, term)).into()))
}

fn sub(a: Expr, b: Expr) -> Expr {
    Expr::new(ExprKind::Sum(vec![(Sign::Plus, a), (Sign::Minus, b)]))
}

fn neg(a: Expr) -> Expr {
    Expr::new(ExprKind::Sum(vec![(Sign::Minus, a)]))
}

fn mul<const M: usize>(factors: [Expr; M]) -> Expr {
    Expr::new(ExprKind::Product(factors.map(|factor| (Operator::Times, factor)).into()))
}

fn join(a: Expr, operator: Operator, b: Expr) -> Expr {
    Expr::new(ExprKind::Product(vec![(Operator::Times, a), (operator, b)]))
}

fn over(a: Expr, b: Expr) -> Expr {
    join(a, Operator::Over, b)
}

fn pow(a: Expr, b: Expr) -> Expr {
    Expr::new(ExprKind::Power(Box::new(a), Box::new(b)))
}

fn call<const M: usize>(name: &str, arguments: [Expr; M]) -> Expr {
    Expr::new(ExprKind::Call(name.into(), arguments.into()))
}

fn read<const M: usize>(name: &str, index: [Expr; M]) -> Expr {
    Expr::new(ExprKind::Read(name.into(), index.into()))
}

fn upstream<const M: usize>(name: &str, index: [Expr; M]) -> Expr {
    Expr::new(ExprKind::Upstream(name.into(), index.into()))
}

fn derivative<const M: usize>(of: Expr, array: &str, at: [Expr; M]) -> Expr {
    Expr::new(ExprKind::Derivative(Box::new(of), array.into(), at.into()))
}

fn bracket(condition: Condition) -> Expr {
    Expr::new(ExprKind::Bracket(Box::new(condition)))
}

fn choose(condition: Condition, yes: Expr, no: Expr) -> Expr {
    Expr::new(ExprKind::If(Box::new(condition), Box::new(yes), Box::new(no)))
}

fn equal(a: Expr, b: Expr) -> Condition {
    Condition::Chain(a, vec![(Relation::Equal, b)])
}

fn compare(a: Expr, relation: Relation, b: Expr) -> Condition {
    Condition::Chain(a, vec![(relation, b)])
}

fn normalise<const M: usize>(word: Normaliser, binders: [Binder; M], body: Expr) -> Expr {
    Expr::new(ExprKind::Normalise(word, binders.into(), None, Box::new(body)))
}

fn within(a: Expr, b: Expr, c: Expr) -> Condition {
    Condition::Chain(a, vec![(Relation::AtMost, b), (Relation::AtMost, c)])
}

fn range(name: &str, first: Expr, last: Expr) -> Binder {
    let range = Some((first, last));
    Binder { name: name.into(), range, span: Span::default() }
}

fn reduce<const M: usize>(
    reduction: Reduction,
    binders: [Binder; M],
    condition: Option<Condition>,
    body: Expr,
) -> Expr {
    let condition = condition.map(Box::new);
    Expr::new(ExprKind::Reduce(reduction, binders.into(), condition, Box::new(body)))
}

fn sum<const M: usize>(binders: [Binder; M], body: Expr) -> Expr {
    reduce(Reduction::Sum, binders, None, body)
}

fn axis(last: Expr) -> AxisBox {
    padded(last, int(0))
}

fn padded(last: Expr, pad: Expr) -> AxisBox {
    AxisBox { first: int(1), last, before: pad.clone(), after: pad }
}

fn array<const M: usize>(name: &str, axes: [AxisBox; M]) -> ArrayBox {
    ArrayBox { name: name.into(), role: Role::Input, axes: axes.into(), values: None }
}

fn equation<const M: usize>(array: &str, indices: [Binder; M], body: Expr) -> ResolvedEquation {
    ResolvedEquation { array: array.into(), indices: indices.into(), body }
}

fn param(name: &str, bound: Option<(Relation, Expr)>) -> Param {
    Param { name: name.into(), bound, default: None }
}

fn program(size_names: &str, arrays: Vec<ArrayBox>, equations: Vec<ResolvedEquation>, outputs: &str) -> Program {
    let (sizes, outputs) = (names(size_names), names(outputs));
    Program { sizes, params: Vec::new(), arrays, equations, outputs, facts: Vec::new(), padded: Vec::new() }
}

/// `x[7]`, `token[4] in 1..7`, and nothing defined.
fn vectors() -> Instance {
    let mut token = array("token", [axis(int(4))]);
    token.role = Role::Integer;
    token.values = Some((int(1), n("N")));
    let program = program("N", vec![array("x", [axis(n("N"))]), token], vec![], "");
    Instance::new(&program, &sizes(&[("N", 7)]), 3, WORK).unwrap()
}

fn gradient(instance: &Instance, array: &str, free: &str, formula: Expr) -> Result<check::Checked, check::Failure> {
    let formula = instance.compile(&formula, &names(free))?;
    check::check_gradient(instance, array, &formula)
}

fn text(formula: &str) -> Expr {
    parse_expression(formula).unwrap()
}

/// `t:1..T`, or a constant: `0`.
fn index(written: &str, place: usize) -> Binder {
    match written.split_once(':') {
        Some((name, ends)) => {
            let (first, last) = ends.split_once("..").unwrap();
            range(name, text(first), text(last))
        }
        None => range(&format!("constant{place}"), text(written), text(written)),
    }
}

/// `h t:1..T 0 = body`: an equation with the ranges of its indices.
fn rule(written: &str) -> ResolvedEquation {
    let (left, body) = written.split_once('=').unwrap();
    let mut words = left.split_whitespace();
    let array = words.next().unwrap().into();
    let indices = words.zip(0..).map(|(word, place)| index(word, place)).collect();
    ResolvedEquation { array, indices, body: text(body) }
}

/// `x 1..T 0..J`: a given array.
fn given(written: &str) -> ArrayBox {
    let mut words = written.split_whitespace();
    let name = words.next().unwrap().into();
    let ends = |word: &str| {
        let (first, last) = word.split_once("..").unwrap();
        AxisBox { first: text(first), last: text(last), before: int(0), after: int(0) }
    };
    ArrayBox { name, role: Role::Input, axes: words.map(ends).collect(), values: None }
}

/// A program of given arrays and equations, one a line.
fn written(size_names: &str, arrays: &[&str], equations: &[&str], outputs: &str) -> Program {
    let arrays = arrays.iter().map(|array| given(array)).collect();
    program(size_names, arrays, equations.iter().map(|equation| rule(equation)).collect(), outputs)
}
