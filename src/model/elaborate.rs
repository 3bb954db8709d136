//! From statements to a system: declarations first, then the equations in the order in which they
//! can be evaluated. All complaints are collected before giving up.

use super::dependencies::Dependencies;
use super::names::{Names, Sizes};
use super::order::{equation_depends_on, evaluation_order};
use super::system::{Array, Equation, System, facts_of_sizes};
use crate::diagnostic::{Diagnostic, Diagnostics, few, nearest};
use crate::language::program::{ArrayBox, Program, ResolvedEquation};
use crate::language::syntax::{self, Expr, ExprKind, Name, Operator, Sign, Statement, StatementKind};
use crate::limits::{Limit, Limits};
use std::collections::{BTreeMap, BTreeSet};

/// The system that statements describe, at the sizes chosen. `base` is the index base of the file.
///
/// # Errors
/// Everything that is wrong with the statements, in source order as far as it could be found.
pub fn elaborate(statements: &[Statement], base: i64, chosen: &Sizes) -> Result<System, Diagnostics> {
    elaborate_within(statements, base, chosen, &Limits::default())
}

/// The same within other limits, which the system keeps for all that is worked out of it.
///
/// # Errors
/// As [`elaborate`].
pub fn elaborate_within(
    statements: &[Statement],
    base: i64,
    chosen: &Sizes,
    limits: &Limits,
) -> Result<System, Diagnostics> {
    let too_large = super::limits::check(statements, limits);
    if !too_large.is_empty() {
        return Err(too_large);
    }
    let statements = &super::hoist::hoisted(&super::vector::written_out(statements)?);
    let mut names = Names { base, ..Names::default() };
    declare_all(&mut names, statements, chosen);
    let written: Vec<&syntax::Equation> = statements
        .iter()
        .filter_map(|s| match &s.kind {
            StatementKind::Equation(equation) => Some(equation),
            _ => None,
        })
        .collect();
    if written.is_empty() && names.problems.is_empty() {
        let message = "there is no equation to derive from";
        return Err(vec![Diagnostic::general(message).hint("write one: `y[i] = sum[j] W[i,j] * x[j]`")]);
    }
    let mut calls = calls(statements);
    names.know_calls(&calls);
    names.defined.extend(written.iter().map(|equation| equation.array.clone()));
    let mut equations = Vec::new();
    let mut resolved = Vec::new();
    let mut failed: Vec<Name> = Vec::new();
    for group in evaluation_order(&names, &written) {
        names.open_calls(&mut calls, &mut failed);
        let lost = group.equations.iter().any(|equation| equation_depends_on(equation, &failed));
        match if lost { None } else { names.group(&group) } {
            Some((models, programs)) => {
                equations.extend(models);
                resolved.extend(programs);
            }
            None => failed.extend(group.equations.iter().map(|equation| equation.array.clone())),
        }
    }
    names.open_calls(&mut calls, &mut failed);
    let outputs = outputs(&mut names, statements, &equations, limits);
    if !names.problems.is_empty() {
        return Err(names.problems);
    }
    Ok(assemble((names, limits), statements, equations, resolved, outputs))
}

fn calls(statements: &[Statement]) -> Vec<&syntax::Call> {
    statements
        .iter()
        .filter_map(|statement| match &statement.kind {
            StatementKind::Call(call) => Some(call),
            _ => None,
        })
        .collect()
}

fn declare_all(names: &mut Names, statements: &[Statement], chosen: &Sizes) {
    let rank = |s: &Statement| match s.kind {
        StatementKind::Size(_) => 0,
        StatementKind::Require(_) => 2,
        _ => 1,
    };
    for wave in 0..3 {
        statements.iter().filter(|s| rank(s) == wave).for_each(|s| names.declare(s, chosen));
    }
    for size in chosen.given.keys() {
        if !names.sizes.contains_key(size) {
            let known: Vec<&str> = names.sizes.keys().map(|n| &**n).collect();
            let mut diagnostic = Diagnostic::general(format!("there is no size `{size}`"));
            diagnostic = match nearest(size, known.iter().copied()) {
                Some(guess) => diagnostic.hint(format!("did you mean `{guess}`?")),
                None if known.is_empty() => diagnostic.hint("nothing here has a symbolic size"),
                None => diagnostic.hint(format!("the sizes are {}", few(&known))),
            };
            names.report(diagnostic);
        }
    }
}

fn outputs(names: &mut Names, statements: &[Statement], equations: &[Equation], limits: &Limits) -> Vec<Name> {
    let mut outputs = Vec::new();
    for statement in statements {
        let StatementKind::Output(listed) = &statement.kind else { continue };
        for (name, span) in listed {
            if outputs.contains(name) {
                names.report(Diagnostic::new(format!("`{name}` is listed twice"), *span).hint("leave it out here"));
            } else if equations.iter().any(|e| e.array == *name) {
                outputs.push(name.clone());
            } else if names.problems.is_empty() {
                let message = format!("`{name}` is an output, but no equation defines it");
                names.report(Diagnostic::new(message, *span).hint(format!("write `{name}[…] = …`")));
            }
        }
    }
    if outputs.is_empty() {
        let mut read = BTreeSet::new();
        for equation in equations {
            let mut own = BTreeSet::new();
            equation.body.collect_reads(&mut own);
            let recurrence = names.recurrences.iter().find(|r| r.arrays.contains_key(&equation.array));
            let outside =
                |array: &Name| recurrence.is_none_or(|r| !r.arrays.contains_key(array) || !r.states.contains(array));
            read.extend(own.into_iter().filter(outside));
        }
        outputs = equations.iter().map(|e| e.array.clone()).filter(|name| !read.contains(name)).collect();
        if let (true, Some(first)) = (outputs.len() > limits.of(Limit::Outputs), outputs.first()) {
            let message = format!("no equation reads {} of the arrays defined here", outputs.len());
            let hint = limits.hint(Limit::Outputs, &format!("say which are outputs: `output {first}`"));
            names.report(Diagnostic::general(message).hint(hint));
        }
    }
    outputs
}

fn assemble(
    (names, limits): (Names, &Limits),
    statements: &[Statement],
    equations: Vec<Equation>,
    resolved: Vec<ResolvedEquation>,
    outputs: Vec<Name>,
) -> System {
    let (mut offsets, mut order) = (BTreeMap::new(), names.size_order.clone());
    let mut notation = Vec::new();
    for statement in statements {
        match &statement.kind {
            StatementKind::Equation(equation) => collect_offsets(&equation.body, &mut offsets, &mut order),
            StatementKind::Notation(name, text) => notation.push((name.clone(), text.clone())),
            _ => {}
        }
    }
    let given = |name: &Name| &names.arrays[name];
    let arrays: Vec<Array> = names
        .array_order
        .iter()
        .map(|name| Array {
            name: name.clone(),
            role: given(name).role,
            constant: given(name).constant,
            axes: given(name).axes.clone(),
            values: given(name).values.clone().map(|(values, _)| values),
        })
        .collect();
    let boxes = names.array_order.iter().filter(|name| !given(name).constant).map(|name| ArrayBox {
        name: name.clone(),
        role: given(name).role,
        axes: given(name).boxes.clone(),
        values: given(name).values.clone().map(|(_, values)| values),
    });
    let symbols = |name: &&Name| names.sizes[*name].value.is_none();
    let program = Program {
        sizes: names.size_order.iter().filter(symbols).cloned().collect(),
        params: names.params.clone(),
        arrays: boxes.collect(),
        equations: resolved,
        outputs: outputs.clone(),
        facts: names.program_facts,
        padded: names.padded,
    };
    let dependencies = Dependencies::new(&arrays, &equations);
    let sizes: Vec<_> = names.size_order.iter().filter(symbols).map(|n| (n.clone(), names.sizes[n].least)).collect();
    let facts = facts_of_sizes(&sizes, &arrays, names.requires.iter().chain(&names.assumptions));
    let mut system = System {
        base: names.base,
        sizes,
        given: names.sizes.iter().filter_map(|(n, s)| s.value.map(|v| (n.clone(), v))).collect(),
        arrays,
        equations,
        outputs,
        requires: names.requires,
        facts_of_values: names.facts_of_values,
        assumptions: names.assumptions,
        notation,
        program,
        offsets,
        order,
        differentiated: Vec::new(),
        held: Vec::new(),
        direct: Vec::new(),
        recurrences: names.recurrences,
        dependencies,
        limits: *limits,
        facts,
    };
    system.direct = direct_parts(&system);
    system
}

/// The outputs that equations read, with letters that mean nothing else.
fn direct_parts(system: &System) -> Vec<(Name, Name)> {
    let passed_on = system.outputs.iter().filter(|output| system.readers(output).next().is_some());
    let only = system.outputs.len() == 1;
    let letter = |output: &Name| {
        let wishes =
            if only { ["g", "G", "u", "gbar"].map(Name::from).to_vec() } else { vec![format!("g_{output}").into()] };
        let numbered = (1..).map(|k| Name::from(format!("g_{k}")));
        wishes.into_iter().chain(numbered).find(|name| !system.names(name)).unwrap_or_else(|| "g".into())
    };
    passed_on.map(|output| (output.clone(), letter(output))).collect()
}

/// `(r - 1)` as a factor says that the author counts r from 1: remembered for printing, with the
/// order in which names come.
fn collect_offsets(expr: &Expr, offsets: &mut BTreeMap<Name, i128>, order: &mut Vec<Name>) {
    if let ExprKind::Name(name) = &expr.kind
        && !order.contains(name)
    {
        order.push(name.clone());
    }
    if let ExprKind::Product(factors) = &expr.kind {
        for (operator, factor) in factors {
            if let (Operator::Times, ExprKind::Sum(terms)) = (operator, &factor.kind)
                && let [(Sign::Plus, first), (sign, second)] = terms.as_slice()
                && let (ExprKind::Name(name), ExprKind::Number(n)) = (&first.kind, &second.kind)
                && let Ok(n) = i128::try_from(n.to_integer())
            {
                offsets.entry(name.clone()).or_insert(if *sign == Sign::Minus { n } else { -n });
            }
        }
    }
    super::resolve::visit(expr, &mut |part| collect_offsets(part, offsets, order));
}
